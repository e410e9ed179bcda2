//! Types of Rust from whole files, and to them; values in order.

use serde::{Deserialize, Serialize};

use super::compiled;
use crate::value::Value;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Text,
    Numbers,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Block {
    kind: Kind,
    text: Option<String>,
    numbers: Option<Vec<u16>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct File {
    id: [u8; 2],
    flag: bool,
    ratio: f32,
    blocks: Vec<Block>,
    pair: (i8, u64),
}

const FORMAT: &str = "<2s:id ?:flag f:ratio B:n [n](8s:kind {kind \
    ; \"text\": B:size [size]s~latin1:text \
    ; \"numbers\": B:count [count]H:numbers}):blocks (b:a Q:b):pair B:sum=sum(id..pair)";

fn file() -> File {
    File {
        id: *b"ab",
        flag: true,
        ratio: 0.5,
        blocks: vec![
            Block {
                kind: Kind::Text,
                text: Some("h\u{e9}".to_owned()),
                numbers: None,
            },
            Block {
                kind: Kind::Numbers,
                text: None,
                numbers: Some(vec![1, 0x203]),
            },
        ],
        pair: (-1, 1 << 40),
    }
}

#[test]
fn types_go_both_ways() {
    let layout = compiled(FORMAT, &[]);
    let bytes = layout.serialize(&file()).unwrap();
    let expected = [
        &b"ab\x01\x00\x00\x00\x3f\x02text\0\0\0\0\x02h\xe9numbers\0\x02\x01\x00\x03\x02"[..],
        b"\xff\x00\x00\x00\x00\x00\x01\x00\x00",
    ]
    .concat();
    assert_eq!(bytes[..expected.len()], expected);
    assert_eq!(bytes.len(), expected.len() + 1);
    assert_eq!(layout.deserialize::<File>(&bytes).unwrap(), file());
}

#[test]
fn what_does_not_fit_a_type_is_an_error() {
    let layout = compiled("B:n {n: B:more}", &[]);
    #[derive(Deserialize, Debug)]
    struct More {
        more: u8,
    }
    assert_eq!(layout.deserialize::<More>(b"\x01\x02").unwrap().more, 2);
    let error = layout.deserialize::<More>(b"\x00").unwrap_err().to_string();
    assert!(error.contains("missing field `more`"), "{error}");
    let error = layout.deserialize::<(String, u8)>(b"\x01\x02").unwrap_err();
    assert!(error.to_string().contains("invalid type"), "{error}");
    assert_eq!(layout.deserialize::<(u8, u8)>(b"\x01\x02").unwrap(), (1, 2));
    #[derive(Serialize)]
    enum Holds {
        Something(u8),
    }
    let error = layout.serialize(&Holds::Something(1)).unwrap_err();
    assert!(error.to_string().contains("hold nothing"), "{error}");
}

#[test]
fn values_in_order_are_all_or_those_that_nothing_tells() {
    let format =
        "2s:magic=\"AB\" B:n [n]s:text {n == 2: B:more} B{high:4 low:4} B:sum=sum(magic..low)";
    let layout = compiled(&format.replace("..low", "..text"), &[]);
    let (text, ab) = (Value::from("xy"), Value::from("AB"));
    let sum = Value::from((0x41 + 0x42 + 2 + 0x78 + 0x79) & 0xff);
    let expected = layout
        .pack(&[
            ab.clone(),
            2.into(),
            text.clone(),
            7.into(),
            1.into(),
            2.into(),
            sum.clone(),
        ])
        .unwrap();
    assert_eq!(expected[..6], *b"AB\x02xy\x07");
    let reduced = [text.clone(), 7.into(), 1.into(), 2.into()];
    assert_eq!(layout.pack(&reduced).unwrap(), expected);
    for wrong in [
        &[text.clone(), 7.into(), 1.into()][..],
        &[text.clone(), 7.into(), 1.into(), 2.into(), 9.into()],
        &[
            ab,
            2.into(),
            text,
            7.into(),
            1.into(),
            2.into(),
            sum,
            9.into(),
        ],
    ] {
        assert!(layout.pack(&wrong.to_vec()).is_err(), "{wrong:?}");
    }
}
