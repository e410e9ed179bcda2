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

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Inside(u16);

#[derive(Serialize)]
struct Two(u8, u16);

#[derive(Serialize)]
struct Named {
    b: u16,
    a: u8,
    none: Option<u8>,
}

#[test]
fn each_type_hands_over_its_value() {
    fn written<T: Serialize>(format: &str, value: T, bytes: &[u8]) {
        let layout = compiled(&super::borders::whole(format), &[]);
        let written = layout.serialize(&value).map_err(|e| e.to_string());
        assert_eq!(written.as_deref(), Ok(bytes), "{format}");
    }
    fn refused<T: Serialize>(format: &str, value: T, words: &str) {
        let layout = compiled(&super::borders::whole(format), &[]);
        let error = layout.serialize(&value).unwrap_err().to_string();
        assert!(error.contains(words), "{format}: {error}");
    }
    written("?:x", (true,), b"\x01");
    written("b:x", (-1i8,), b"\xff");
    written("<h:x", (-2i16,), b"\xfe\xff");
    written("<i:x", (-2i32,), b"\xfe\xff\xff\xff");
    written(">q:x", (1i64,), b"\0\0\0\0\0\0\0\x01");
    written("B:x", (1u8,), b"\x01");
    written(">H:x", (0x102u16,), b"\x01\x02");
    written(">I:x", (0x102u32,), b"\0\0\x01\x02");
    written(">Q:x", (0x102u64,), b"\0\0\0\0\0\0\x01\x02");
    written("<y:x", (-1i128,), &[0xff; 16]);
    written("<Y:x", (u128::MAX,), &[0xff; 16]);
    written("<f:x", (0.5f32,), b"\0\0\0\x3f");
    written(">d:x", (0.5f64,), b"\x3f\xe0\0\0\0\0\0\0");
    written("c:x", ('q',), b"q");
    written("2s:x", ('\u{e9}',), b"\xc3\xa9");
    written("z:x", ("ab",), b"ab\0");
    written(
        "2s:x",
        (crate::value::Bytes::from(&b"\0\xff"[..]),),
        b"\0\xff",
    );
    written("4s:x", (Kind::Text,), b"text");
    written("<H:x", (Some(Some(Inside(0x102))),), b"\x02\x01");
    written("<B:a H:b", Two(1, 2), b"\x01\x02\0");
    written("<(B:a H:b):g", (Two(1, 2),), b"\x01\x02\0");
    written("<(B:a H:b):g", ((1u8, 2u8),), b"\x01\x02\0");
    written("3B:x", (vec![1u8, 2, 3],), b"\x01\x02\x03");
    written("3s:x", ([1u8, 2, 3],), b"\x01\x02\x03");
    let named = || Named {
        a: 1,
        b: 2,
        none: None,
    };
    written("<B:a H:b", named(), b"\x01\x02\0");
    written("<(B:a H:b):g", (named(),), b"\x01\x02\0");
    let map = std::collections::BTreeMap::from([("b", 2), ("a", 1)]);
    written("<B:a H:b", map, b"\x01\x02\0");
    let indices = std::collections::BTreeMap::from([(0u8, 7u8), (1, 8)]);
    written("B B", indices, b"\x07\x08");
    let mixed = std::collections::BTreeMap::from([("b", 8u8), ("0", 7), ("2", 9)]);
    written("B B:b B", mixed, b"\x07\x08\x09");
    written("2x", (), b"\0\0");
    written("2x", Unit, b"\0\0");
    written("2x", None::<u8>, b"\0\0");
    written("B:x", 7u8, b"\x07");
    // An address is four bytes to what isn't read by people.
    let address = std::net::Ipv4Addr::new(192, 0, 2, 1);
    written("4s:x", (address,), &[192, 0, 2, 1]);

    refused("2B:x", (vec![Some(1u8), None],), "an item has no value");
    refused("B:x", ((),), "no value");
    let keys = std::collections::BTreeMap::from([((0u8, 1u8), 7u8)]);
    refused("B:x", keys, "neither a name nor an index");
}
