//! Values as people and plain data spell them, and which of them people read in hexadecimal.

use super::borders::whole;
use super::{compiled, record, unpacked};
use crate::tree::Space;
use crate::value::Value;
use crate::value::literal::hex;
use crate::value::plain::written;

#[test]
fn text_is_read_as_its_field_asks() {
    for (format, text, expected) in [
        ("<H:x", "0x102", "0201"),
        ("<h:x", "-2", "feff"),
        (">3U:x", "0b11", "000003"),
        ("?:x", "true", "01"),
        ("?:x", "false", "00"),
        ("<f:x", "1.5", "0000c03f"),
        (">d:x", "-inf", "fff0000000000000"),
        ("<F:x", "1+2j", "0000803f00000040"),
        (">F:x", "-0.5j", "00000000bf000000"),
        (">10s~float80:x", "1", "3fff8000000000000000"),
        ("4s~octal:x", "0o17", "30313700"),
        ("4s~decimal:x", "17", "30313700"),
        ("4s~hexdigits:x", "0xab", "30304142"),
        ("2s~bcd:x", "42", "0042"),
        (">I~synchsafe:x", "128", "00000100"),
        ("B~zigzag:x", "-1", "01"),
        ("M:x", "128", "8100"),
        ("V:x", "128", "8001"),
        ("c:x", "q", "71"),
        ("3s:x", "q", "710000"),
        ("3s:x", "b'\\x01q'", "017100"),
        ("3s:x", "x'0203'", "020300"),
        ("3p:x", "q", "017100"),
        ("z:x", "12", "313200"),
        ("z\"\\n\":x", "12", "31320a"),
        ("2s~latin1:x", "\u{e9}", "e900"),
        ("4s~ipv4:x", "1.2.3.4", "01020304"),
    ] {
        let layout = compiled(&whole(format), &[]);
        let packed = layout.pack(&record([("x", written(text, None))]));
        let packed = packed.unwrap_or_else(|e| panic!("{format} {text}: {e}"));
        assert_eq!(packed, hex(expected).unwrap(), "{format} {text}");
    }
    for (format, text) in [
        ("<H:x", "1.5"),
        ("<H:x", "q"),
        ("?:x", "q"),
        ("<f:x", "q"),
        ("<F:x", "1+2"),
        ("10s~float80:x", "q"),
        ("4s~octal:x", "q"),
        ("M:x", "q"),
        ("B{a:4 b:4}:x", "1"),
        ("(B:a):x", "1"),
    ] {
        let layout = compiled(&whole(format), &[]);
        let packed = layout.pack(&record([("x", written(text, None))]));
        assert!(packed.is_err(), "{format} {text}: {packed:?}");
    }
}

/// `[1, 2]` is text for bytes, and a list for what has items.
#[test]
fn text_that_is_json_is_nested_for_groups_and_arrays() {
    let list = Value::List(vec![1.into(), 2.into()]);
    let group = Value::Record(record([("a", 1.into()), ("b", 2.into())]));
    for (format, text, nested, expected) in [
        ("2B:x", "[1, 2]", &list, "0102"),
        ("(B:a B:b):x", "[1, 2]", &list, "0102"),
        ("(B:a B:b):x", "{}", &group, "0102"),
        ("<B{a:4 b:4}:x", "{}", &group, "21"),
        ("4s:x", "[1]", &list, "5b315d00"),
        ("z:x", "[1]", &list, "5b315d00"),
        ("z\"]]\":x", "[1", &list, "5b315d5d"),
    ] {
        let layout = compiled(&whole(format).replace('>', "<"), &[]);
        let value = written(text, Some(nested.clone()));
        let packed = layout.pack(&record([("x", value)]));
        let packed = packed.unwrap_or_else(|e| panic!("{format} {text}: {e}"));
        assert_eq!(packed, hex(expected).unwrap(), "{format} {text}");
    }
}

/// What JSON has for bytes that are no text.
#[test]
fn a_record_of_hexadecimal_digits_is_bytes() {
    let digits = |text: &str| Value::Record(record([("hex", text.into())]));
    for (format, value, expected) in [
        ("3s:x", digits("00ff"), "00ff00"),
        ("z:x", digits("41"), "4100"),
        ("*s:x", digits(""), ""),
    ] {
        let layout = compiled(&whole(format), &[]);
        let packed = layout.pack(&record([("x", value)])).unwrap();
        assert_eq!(packed, hex(expected).unwrap(), "{format}");
    }
    let more = Value::Record(record([("hex", "00".into()), ("more", 1.into())]));
    for value in [digits("0"), digits("zz"), more] {
        let layout = compiled(&whole("3s:x"), &[]);
        let packed = layout.pack(&record([("x", value.clone())]));
        assert!(packed.is_err(), "{value}: {packed:?}");
    }
    // A group may have a field of that name.
    let layout = compiled(&whole("(2s:hex):x"), &[]);
    let packed = layout.pack(&record([("x", digits("ab"))]));
    assert_eq!(packed.unwrap(), b"ab");
}

#[test]
fn a_field_is_read_in_hexadecimal_where_its_format_says_so() {
    for (format, expected) in [
        ("B~hex:x", true),
        ("B:x", false),
        ("B~zigzag:x", false),
        ("B~hex~zigzag:x", true),
        ("B=0x10 .x=[1]", false),
        ("B:x=0x10", true),
        ("B:x=16", false),
        ("2B~hex:x", true),
        ("2B:x", false),
        ("B~hex:x=16", true),
        ("B{a:4 b:4}~hex:x", true),
    ] {
        let layout = compiled(&whole(format), &[]);
        let nodes = layout.nodes(&[16, 16], Space::FILE, 0).unwrap();
        let node = nodes.iter().find(|node| node.name == "x").unwrap();
        assert_eq!(node.hex, expected, "{format}");
    }
}

#[test]
fn an_item_beyond_the_last_is_none() {
    for (expression, expected) in [
        ("items[1].n ?? 9", "6"),
        ("items[2].n ?? 9", "9"),
        ("items[2] ?? 9", "9"),
        ("items[0 - 1] ?? 9", "9"),
        ("bytes[1] ?? 9", "8"),
        ("bytes[2] ?? 9", "9"),
        ("numbers[1] ?? 9", "4"),
        ("numbers[2] ?? 9", "9"),
        ("text[0] ?? 9", "113"),
        ("text[1] ?? 9", "9"),
    ] {
        let format = format!("2(B:n):items 2s:bytes 2B:numbers z:text .x=[{expression}]");
        let found = unpacked(&format, b"\x05\x06\x07\x08\x03\x04q\0");
        assert!(
            found.ends_with(&format!(" x {expected}")),
            "{expression}: {found}"
        );
    }
}

/// A computed value that nothing tells is what is given for it: a number where the text is one.
#[test]
fn text_for_a_value_that_is_not_known_may_be_a_number() {
    for (condition, text) in [("x == 16", "0x10"), ("x == \"q\"", "q")] {
        let format = format!("B:n {{n: B:m}} .x=[m] {{{condition}: B:z}}");
        let values = record([("n", 0.into()), ("x", written(text, None)), ("z", 5.into())]);
        let bytes = compiled(&format, &[]).pack(&values);
        assert_eq!(bytes.map_err(|e| e.to_string()), Ok(vec![0, 5]), "{text}");
    }
}

/// Plain data have digits where a time is given as a number.
#[test]
fn digits_are_a_time() {
    let bytes = compiled("<I~unix:t {0: B}", &[]).serialize(&serde_json::json!({"t": "258"}));
    assert_eq!(bytes.unwrap(), [2, 1, 0, 0]);
}

#[test]
fn zero_is_one_group_of_seven_bits() {
    for format in [
        "M~sqlite:n {0: B}",
        "M:n {0: B}",
        "m:n {0: B}",
        "v:n {0: B}",
    ] {
        let bytes = compiled(format, &[]).pack(&record([("n", 0.into())]));
        assert_eq!(bytes.unwrap(), [0], "{format}");
    }
}
