//! How values are taken and shown.

use super::{compiled, record, unpacked};
use crate::tree::Space;
#[cfg(feature = "encodings")]
use crate::value::Value;

#[test]
fn kinds_say_how_values_are_taken() {
    for (format, data, expected) in [
        ("4s~ascii:x", &b"ab\0\0"[..], "b'ab'"),
        ("2s~latin1:x", b"\xe9b", "b'\\xc3\\xa9b'"),
        ("4s~utf16le:x", b"a\0\xe9\0", "b'a\\xc3\\xa9'"),
        ("z~utf16be:x", b"\0a\x01\x00\0\0", "b'a\\xc4\\x80'"),
        ("2s~cp437:x", b"\x81a", "b'\\xc3\\xbca'"),
        ("4s~mutf8:x", b"a\xc0\x80b", "b'a\\x00b'"),
        ("8s~octal:x", b"0000755\0", "493"),
        ("3s~decimal:x", b" 42", "42"),
        ("2s~bcd:x", b"\x12\x34", "1234"),
        // The mode of a file in an archive of cpio.
        ("8s~hexdigits:x", b"000081A4", "33188"),
        // ID3 tag version 2.4.0, section 6.2: the size of a tag of 257 bytes.
        (">I~synchsafe:x", &[0, 0, 2, 1], "257"),
        (">10s~float80:x", b"\x40\x0e\xac\x44\0\0\0\0\0\0", "44100.0"),
        ("B~zigzag:x", &[3], "-2"),
        ("4s~ipv4:x", &[192, 0, 2, 1], "b'192.0.2.1'"),
        ("6s~mac:x", &[0, 1, 2, 3, 4, 255], "b'00:01:02:03:04:ff'"),
        (
            "16s~uuid:x",
            b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
            "b'00112233-4455-6677-8899-aabbccddeeff'",
        ),
        (
            "16s~guid:x",
            b"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
            "b'00112233-4455-6677-8899-aabbccddeeff'",
        ),
        ("<5U:x", &[1, 2, 3, 4, 5], "21542142465"),
        (">5U:x", &[1, 2, 3, 4, 5], "4328719365"),
        (">3u:x", &[255, 255, 254], "-2"),
        // The examples of the Standard MIDI Files specification.
        ("M:x", &[0x81, 0x00], "128"),
        ("M:x", &[0xff, 0xff, 0xff, 0x7f], "268435455"),
        ("z\"\\r\\n\":x", b"ab\rc\r\nd", "b'ab\\rc'"),
    ] {
        // The choice makes a format of a whole file of it.
        let format = format.replacen(format.trim_start_matches(['<', '>']), "", 1)
            + "{0: B:y} "
            + format.trim_start_matches(['<', '>']);
        assert_eq!(unpacked(&format, data), format!("x {expected}"), "{format}");
        let layout = compiled(&format, &[]);
        let (record, taken) = layout.unpack_prefix(data).unwrap();
        let again = layout.pack(&record).unwrap();
        let same = layout.unpack_prefix(&again).unwrap().0;
        assert_eq!(same, record, "{format}");
        assert_eq!(
            layout.pack_onto(&data[..taken], &record).unwrap(),
            &data[..taken],
            "{format}"
        );
    }
}

/// As Python's codecs have it.
#[cfg(feature = "encodings")]
#[test]
fn text_of_legacy_encodings_goes_both_ways() {
    for (kind, bytes, text) in [
        ("gbk", &b"\xc4\xe3\xba\xc3"[..], "\u{4f60}\u{597d}"),
        ("big5", b"\xa7A\xa6n", "\u{4f60}\u{597d}"),
        ("shiftjis", b"\x93\xfa\x96{", "\u{65e5}\u{672c}"),
        ("koi8r", b"\xc4\xc1", "\u{434}\u{430}"),
        ("cp1252", b"\x80", "\u{20ac}"),
        ("macroman", b"\xdb\x8e", "\u{20ac}\u{e9}"),
        ("iso885915", b"\xa4", "\u{20ac}"),
        ("utf32be", b"\0\x01\xd1\x1e", "\u{1d11e}"),
    ] {
        let layout = compiled(&format!("{}s~{kind}:x", bytes.len()), &[]);
        let values = layout.unpack(bytes).unwrap();
        assert_eq!(values["x"], Value::from(text), "{kind}");
        assert_eq!(layout.pack(&values).unwrap(), bytes, "{kind}");
    }
    // Half a unit is no NUL that fills.
    let odd = compiled("3s~utf16le:x", &[]).unpack(b"a\0\0").unwrap();
    assert_eq!(odd["x"], Value::from(b"a\0\0"));
    // What is no text of the encoding stays bytes, and what it has no bytes for is refused.
    let layout = compiled("2s~gbk:x", &[]);
    assert_eq!(
        layout.unpack(b"\xff\xff").unwrap()["x"],
        Value::from(b"\xff\xff")
    );
    let error = layout
        .pack(&record([("x", "\u{1f600}".into())]))
        .unwrap_err();
    assert!(
        error.to_string().contains("can't be written in GBK"),
        "{error}"
    );
}

/// Bytes that are no text of their encoding may be text in UTF-8, from which other bytes would be made.
#[cfg(feature = "encodings")]
#[test]
fn text_comes_back_to_the_same_bytes_through_json() {
    let layout = compiled("3s~gbk:x", &[]);
    let json = |bytes: &[u8]| {
        let values = layout.unpack(bytes).unwrap();
        let json = serde_json::to_string(&values).unwrap();
        let again: crate::value::Record = serde_json::from_str(&json).unwrap();
        assert_eq!(layout.pack(&again).unwrap(), bytes, "{json}");
        json
    };
    assert_eq!(
        json(b"\xe4\xbd\xa0"),
        r#"{"x":{"hex":"e4bda0","raw":true}}"#
    );
    assert_eq!(json(b"\xff\xbd\xa0"), r#"{"x":{"hex":"ffbda0"}}"#);
    assert_eq!(json(b"\xc4\xe3a"), "{\"x\":\"\u{4f60}a\"}");
    let node = &layout.nodes(b"\xe4\xbd\xa0", Space::FILE, 0).unwrap()[0];
    let shown = serde_json::to_value(node).unwrap();
    assert_eq!(
        shown["value"],
        serde_json::json!({"hex": "e4bda0", "raw": true})
    );
    for kind in [
        "gbk", "big5", "shiftjis", "latin1", "cp437", "utf16le", "utf32be", "ascii", "mutf8",
    ] {
        let layout = compiled(&format!("6s~{kind}:x"), &[]);
        for text in [
            "\u{4f60}\u{597d}",
            "\u{e9}\u{e9}\u{e9}",
            "\u{4f60}abc",
            "ab\0\0\0\0",
            "\u{e9}a\0b\0",
        ] {
            let values = layout.unpack(text.as_bytes()).unwrap();
            let json = serde_json::to_string(&values).unwrap();
            let again: crate::value::Record = serde_json::from_str(&json).unwrap();
            let packed = layout.pack(&again);
            assert_eq!(packed.unwrap(), text.as_bytes(), "{kind} {json}");
        }
    }
}

#[test]
fn times_have_their_meaning_beside_the_number() {
    for (format, data, expected) in [
        (
            "<I~unix:t",
            951_782_400u64.to_le_bytes(),
            "2000-02-29 00:00:00 UTC",
        ),
        (
            "<Q~filetime:t",
            125_962_560_000_000_000u64.to_le_bytes(),
            "2000-02-29 00:00:00 UTC",
        ),
        (
            "<I~hfs:t",
            (951_782_400u64 + 2_082_844_800).to_le_bytes(),
            "2000-02-29 00:00:00 UTC",
        ),
        (
            "<I~dos:t",
            ((20 << 25 | 2 << 21 | 29 << 16 | 13 << 11 | 5 << 5 | 10) as u64).to_le_bytes(),
            "2000-02-29 13:05:20",
        ),
        ("<I~fixed(16):t", 0x0001_8000u64.to_le_bytes(), "1.5"),
        ("B~percent(200):t", 50u64.to_le_bytes(), "25.0 %"),
        ("<h~percent(-100, 100):t", 50u64.to_le_bytes(), "75.0 %"),
    ] {
        let nodes = compiled(format, &[]).nodes(&data, Space::FILE, 0).unwrap();
        assert_eq!(nodes[0].meaning.as_deref(), Some(expected), "{format}");
        assert!(nodes[0].value.as_ref().unwrap().as_int().is_some());
    }
}

/// A constant is the value that a field spells, or its bytes as they are.
#[test]
fn constants_are_what_kinds_make_of_bytes() {
    let guid = b"\x66\x66\x69\x72\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0";
    for (field, bytes) in [
        (r#"4s~utf16le:t="ab""#, &b"a\0b\0"[..]),
        (r#"4s~utf16le:t="a\0b\0""#, b"a\0b\0"),
        (r#"4s~utf16le:t=x"61006200""#, b"a\0b\0"),
        (r#"4s~latin1:t="\xc3\xa4""#, b"\xe4\0\0\0"),
        (r#"4s~ascii:t="ab""#, b"ab\0\0"),
        ("3s~octal:t=10", b"12\0"),
        ("4s~decimal:t=10", b"010\0"),
        (r#"4s~ipv4:t="1.2.3.4""#, b"\x01\x02\x03\x04"),
        (
            r#"16s~guid:t="72696666-912e-11cf-a5d6-28db04c10000""#,
            b"\x66\x66\x69\x72\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0",
        ),
        (r#"16s~guid:t=x"666669722e91cf11a5d628db04c10000""#, guid),
    ] {
        for format in [field.to_owned(), format!("{field} {{0: z}}")] {
            let layout = compiled(&format, &[]);
            let read = layout.unpack(bytes);
            assert!(read.is_ok(), "{format}: {read:?}");
            let mut wrong = bytes.to_vec();
            wrong[0] ^= 1;
            assert!(layout.unpack(&wrong).is_err(), "{format}");
            let packed = layout.pack(&record([])).unwrap();
            assert_eq!(packed.len(), bytes.len(), "{format}");
            assert_eq!(layout.unpack(&packed).unwrap(), read.unwrap(), "{format}");
        }
    }
}

/// The format of a text of wider letters isn't that of one that a zero byte ends.
#[test]
fn a_format_says_how_a_field_is_read() {
    for (format, data, expected) in [
        ("z:x {0: B}", &b"ab\0"[..], Some("z")),
        ("z~utf16le:x {0: B}", b"a\0\0\0", None),
    ] {
        let nodes = compiled(format, &[]).nodes(data, Space::FILE, 0).unwrap();
        assert_eq!(nodes[0].format.as_deref(), expected, "{format}");
    }
}
