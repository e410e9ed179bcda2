//! Values from text and from plain data: each is read as its field's code asks.

use bytewright::{Record, Value};

use super::{compiled, list};

/// What the texts become, or the message that refuses them.
fn read(format: &str, texts: &[&str]) -> String {
    let nested = |text: &str| text.strip_prefix('#').map(|n| list([n.len() as u64]));
    match compiled(format).values_from_text(texts, nested) {
        Ok(values) => values.to_string(),
        Err(e) => e.to_string(),
    }
}

#[test]
fn each_text_is_read_as_its_code_asks() {
    assert_eq!(read("<b Y", &["-0x10", "0b11"]), "(-16, 3)");
    assert_eq!(read("P v V", &["0o17", "-1", "1_0"]), "(15, -1, 10)");
    assert_eq!(
        read("? ? ? ?", &["true", "FALSE", "0", "2"]),
        "(True, False, False, True)"
    );
    assert_eq!(
        read("e f d", &["1.5", "-inf", "0x1p-1"]),
        "(1.5, -inf, 0.5)"
    );
    assert_eq!(read("F Zd", &["1+2j", "-3"]), "((1+2j), (-3+0j))");
    assert_eq!(
        read("c 2s p z", &["a", "x'6162'", r"b'\x00'", "12"]),
        r"(b'a', b'ab', b'\x00', b'12')"
    );
    assert_eq!(read("B{a:4 b:4}", &["0x5", "3"]), "(5, 3)");
    assert_eq!(read("2H", &["1", "2"]), "(1, 2)");
}

#[test]
fn arrays_and_groups_are_read_by_the_caller() {
    assert_eq!(read("2H:list (B):g", &["#..", "#."]), "([2], [1])");
    assert_eq!(read("2H:list B", &["1", "2"]), "list: \"1\" is no array");
    assert_eq!(read("B (B):g", &["1", "2"]), "g: \"2\" is no group");
}

#[test]
fn bit_fields_with_a_name_are_a_group_or_the_integer_that_they_make_up() {
    assert_eq!(read("B{a:4 b:4}:n", &["#.."]), "([2],)");
    assert_eq!(read("B{a:4 b:4}:n", &["0x21"]), "(33,)");
    assert_eq!(read("b{a:4 b:4}:n", &["-1"]), "(-1,)");
    assert_eq!(read("B{a:4 b:4}:n", &["x"]), "n: \"x\" is not an integer");
    assert_eq!(compiled("B{a:4 b:4}:n").pack(&(33,)).unwrap(), [0x21]);
}

#[test]
fn all_or_all_but_what_follows() {
    let format = "2s:magic='BM' B:n [n]s:text B{v:4 w:4}=0x45 H:end";
    assert_eq!(
        read(format, &["BM", "1", "a", "5", "4", "9"]),
        "(b'BM', 1, b'a', 5, 4, 9)"
    );
    // The magic, the count and both bit fields are left out.
    assert_eq!(read(format, &["1", "9"]), "(b'1', 9)");
    let message = "expected 6 values (or 2, without the constants and the counts), found ";
    for texts in [&["1"][..], &["1"; 3], &["1"; 5], &["1"; 7]] {
        assert_eq!(read(format, texts), format!("{message}{}", texts.len()));
    }
    assert_eq!(read("B B", &["1"]), "expected 2 values, found 1");
    assert_eq!(read("B", &[]), "expected 1 value, found 0");
}

#[test]
fn what_cannot_be_read_names_its_field() {
    assert_eq!(
        read("B:a 2H", &["1", "2", "x"]),
        "field 2: \"x\" is not an integer"
    );
    assert_eq!(
        read("B{a:4 b:4}", &["1", "y"]),
        "b: \"y\" is not an integer"
    );
    assert_eq!(read("f:x", &["one"]), "x: \"one\" is not a number");
    assert_eq!(
        read("?:t", &["maybe"]),
        "t: \"maybe\" is neither true nor false"
    );
    assert_eq!(read("F:z", &["1+xj"]), "z: \"+x\" is not a number");
    assert_eq!(
        read("2s:h", &["x'0'"]),
        "h: a byte has two hexadecimal digits; the last one stands alone"
    );
}

#[test]
fn bytes_are_spelled_in_hexadecimal_or_with_escapes() {
    let hex = |text: &str| read("9s", &[&format!("x'{text}'")]);
    for text in [
        "0102ff",
        "01 02 ff",
        "01:02:FF",
        "01-02-ff",
        "01_02\tfF",
        " 0102ff\n",
    ] {
        assert_eq!(hex(text), r"(b'\x01\x02\xff',)", "{text:?}");
    }
    assert_eq!(
        hex("1 02"),
        "field 0: a byte has two hexadecimal digits; one stands alone"
    );
    assert_eq!(hex("01,02"), "field 0: ',' is not a hexadecimal digit");
    assert_eq!(hex("0g"), "field 0: 'g' is not a hexadecimal digit");
    let escaped = |text: &str| read("9s", &[&format!("b'{text}'")]);
    assert_eq!(
        escaped(r"\a\b\f\v\0\\\'"),
        r#"(b"\x07\x08\x0c\x0b\x00\\'",)"#
    );
    assert_eq!(escaped(r"\x5fu\u{e9}"), r"(b'_u\xc3\xa9',)");
    for text in [r"\x", r"\x5", r"\xg0", r"\x+5", r"\x 5"] {
        assert_eq!(
            escaped(text),
            "field 0: \\x wants two hexadecimal digits",
            "{text}"
        );
    }
    for text in [
        r"\u",
        r"\u{",
        r"\u{}",
        r"\u{d800}",
        r"\u{110000}",
        r"\u{+e9}",
        r"\ue9",
    ] {
        let message = "field 0: \\u wants a code point in braces, as in \\u{e9}";
        assert_eq!(escaped(text), message, "{text}");
    }
    assert_eq!(
        escaped(r"\q"),
        r"field 0: \q is not an escape; a backslash is \\"
    );
}

#[test]
fn floats_are_read_in_every_spelling_and_rounded_once() {
    let float = |text: &str| match compiled("d").values_from_text(&[text], |_| None) {
        Ok(values) => values[0].as_f64(),
        Err(_) => None,
    };
    for (text, expected) in [
        ("1_000.5", 1000.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("0b101", 5.0),
        ("0O17", 15.0),
        ("-0b1", -1.0),
        ("+Infinity", f64::INFINITY),
        ("0x.8", 0.5),
        ("0x1.8p3", 12.0),
        ("0x1P+4", 16.0),
        ("-0xFf", -255.0),
        ("0x1.fffffffffffffp1023", f64::MAX),
        ("0x1p-1074", 5e-324),
        // Half of the smallest is a tie, which goes to the even zero; more than half is not.
        ("0x1p-1075", 0.0),
        ("0x1.8p-1075", 5e-324),
        // 1.5 times the smallest is a tie between one and two of it.
        ("0x1.8p-1074", 1e-323),
        ("0x1.7p-1074", 5e-324),
        ("0x1p-9999999999", 0.0),
        ("0x0p99", 0.0),
        // 2^53 + 1 is a tie between two floats; the even one is 2^53. A bit beyond is none.
        ("0x20000000000001", 9_007_199_254_740_992.0),
        ("0x20000000000001.8", 9_007_199_254_740_994.0),
        ("0x20000000000003", 9_007_199_254_740_996.0),
        // The digit that breaks the tie may stand after a hundred others.
        (
            "0x20000000000001.000000000000000000000000000000000001",
            9_007_199_254_740_994.0,
        ),
        (
            "0x20000000000001.000000000000000000000000000000000000",
            9_007_199_254_740_992.0,
        ),
    ] {
        assert_eq!(float(text), Some(expected), "{text}");
    }
    // What rounds beyond the largest float is refused, as `float.fromhex` refuses it.
    for text in ["0x1.fffffffffffff8p1023", "0x1p1024", "-0x1p9999999999"] {
        assert_eq!(float(text), None, "{text}");
    }
    for text in [
        "", "-", "--1", "1__0", "1_", "_1", "0x", "0x.p1", "0b", "0b2", "0o8", "e5", "1e", "0x1p",
        "x1",
    ] {
        assert_eq!(float(text), None, "{text}");
    }
}

/// What plain data become, or the message that refuses them.
fn plain(format: &str, values: impl Into<Record>) -> String {
    match compiled(format).values_from_plain(&values.into()) {
        Ok(values) => values.to_string(),
        Err(e) => e.to_string(),
    }
}

#[test]
fn plain_data_stand_for_values() {
    let hex = |digits: &str| Value::from(Record::from_iter([("hex", digits)]));
    let parts = Record::from_iter([("re", Value::from(1)), ("im", "nan".into())]);
    assert_eq!(
        plain(
            "c 2s z p",
            [hex("00"), hex("ff 01"), hex(""), "a".into()].to_vec()
        ),
        r"(b'\x00', b'\xff\x01', b'', b'a')"
    );
    assert_eq!(plain("F", vec![parts.into()]), "((1+nanj),)");
    assert_eq!(
        plain("v V P", ["-1", "0x10", "7"].map(Value::from).to_vec()),
        "(-1, 16, 7)"
    );
    assert_eq!(
        plain("f f", vec![Value::from(1), "1e3".into()]),
        "(1.0, 1000.0)"
    );
    assert_eq!(
        plain("2c:a", vec![list([hex("61"), "b".into()])]),
        "([b'a', b'b'],)"
    );
    // Bit fields: their own values, and the integer that they make up.
    assert_eq!(
        plain("B{a:4 b:4}", ["1", "0b10"].map(Value::from).to_vec()),
        "(1, 2)"
    );
    assert_eq!(plain("B{a:4 b:4}:n", vec!["0x21".into()]), "(33,)");
    assert_eq!(plain("B{a:4 b:4}:n", vec![list(["1", "2"])]), "((1, 2),)");
    assert_eq!(plain("(B):n", vec!["0x21".into()]), "(b'0x21',)");
    // What has more than the digits is a group that no bytes are.
    let more = Record::from_iter([("hex", "00"), ("b", "c")]);
    assert_eq!(plain("2s", vec![more.into()]), "((b'00', b'c'),)");
    assert_eq!(
        plain("2s:t", vec![hex("0")]),
        "t: a byte has two hexadecimal digits; the last one stands alone"
    );
}
