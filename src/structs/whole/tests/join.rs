//! What several items hold, joined.

use std::sync::Arc;

use super::{Space, compiled, shown, unpacked, unpacked_with};

#[test]
fn texts_of_items_are_joined() {
    // A name of a DNS message (RFC 1035, section 3.1).
    assert_eq!(
        unpacked(
            "*[size == 0](B:size [size]s~ascii:text):labels .name=[join(labels.text, \".\")]",
            b"\x03www\x07example\x00"
        ),
        "labels [(size 3 text b'www'), (size 7 text b'example'), (size 0 text b'')] \
         name b'www.example.'"
    );
    // Those for which a condition holds, and what has no value is left out.
    for (format, expected) in [
        (".all=[join(list.b)]", "b'abcd'"),
        (".all=[join(list[a == 2].b)]", "b'cd'"),
        (".all=[join(list[a == 2].b, \"-\")]", "b'c-d'"),
        (".all=[join(list[a == 2].c ?? 1)]", "error"),
        (".all=[join(\"x\")]", "b'x'"),
        (".all=[len(join(list.b, \"--\"))]", "10"),
        (".all=[join(list[1].b)]", "b'b'"),
    ] {
        let format = format!("4(B:a 1s:b):list {format}");
        let found = unpacked(&format, b"\x01a\x01b\x02c\x02d");
        match expected {
            "error" => assert!(!found.contains("all b"), "{found}"),
            _ => assert!(
                found.ends_with(&format!(" all {expected}")),
                "{format}: {found}"
            ),
        }
    }
    for format in ["2B:a .b=[join(a)]", "2(B:a):g .b=[join(g)]"] {
        let found = unpacked(format, b"12");
        assert!(found.contains("only text and bytes are joined"), "{found}");
    }
    // Of a field that isn't there, nothing is joined.
    let format = "B:n {n: 1s:t} .all=[join(t)]";
    assert_eq!(unpacked(format, b"\x01x"), "n 1 t b'x' all b'x'");
    assert_eq!(unpacked(format, b"\0"), "n 0");
}

#[test]
fn joined_values_are_left_out_when_packing() {
    let layout = compiled(
        "*[size == 0](B:size [size]s:data):blocks .all=[join(blocks.data)] {0: x}",
        &[],
    );
    let values = layout.unpack(b"\x02ab\x01c\x00").unwrap();
    assert!(shown(&values).ends_with("all b'abc'"));
    assert_eq!(layout.pack(&values).unwrap(), b"\x02ab\x01c\x00");
}

#[test]
fn joined_bytes_may_be_coded() {
    let format = "*[size == 0](B:size [size]s:data):blocks .all~xor(255)=[join(blocks.data)] .first=[all[0]]";
    assert!(
        unpacked_with(format, &[], b"\x02\x9e\x9d\x01\x9c\x00").ends_with("all b'abc' first 97")
    );
    let layout = compiled(format, &[]);
    let values = layout.unpack(b"\x02\x9e\x9d\x01\x9c\x00").unwrap();
    assert_eq!(layout.pack(&values).unwrap(), b"\x02\x9e\x9d\x01\x9c\x00");
}

/// A join that is too long is refused before any of it is read.
#[test]
fn what_is_joined_is_bounded() {
    const MOST: usize = 256 << 20;
    let layout = compiled(
        &format!("{}s:x .all=[join(x)] 1s:y", MOST.saturating_add(1)),
        &[],
    );
    let source = crate::Source::from(vec![0; MOST.saturating_add(2)]);
    let (_, error) = Arc::new(layout).nodes_at(&source, Space::FILE, 0).unwrap();
    let error = error.unwrap().to_string();
    assert!(
        error.contains("more than 268435456 bytes are joined"),
        "{error}"
    );
}
