//! Kinds at their borders: the last value that is taken, and the first that isn't.

use super::borders::whole;
use super::{compiled, record, unpacked};
use crate::structs::Struct;
use crate::tree::Space;
use crate::value::Value;
use crate::value::literal::hex;

#[test]
fn kinds_take_what_they_can_and_leave_the_rest() {
    for (format, data, expected) in [
        ("3s~octal:x", &b"7 \0"[..], "7"),
        ("3s~octal:x", b"\0\0\0", "0"),
        ("3s~octal:x", b"   ", "0"),
        ("3s~octal:x", b"\t7\n", "7"),
        ("3s~octal:x", b"\r07", "7"),
        ("3s~octal:x", b"-1 ", "b'-1 '"),
        ("3s~octal:x", b"+1 ", "b'+1 '"),
        ("3s~octal:x", b"8  ", "b'8  '"),
        ("3s~octal:x", b"1 2", "b'1 2'"),
        ("3s~decimal:x", b"90 ", "90"),
        ("3s~decimal:x", b"9a ", "b'9a '"),
        ("3s~decimal:x", b"\xff0 ", "b'\\xff0 '"),
        ("3s~hexdigits:x", b"fF ", "255"),
        ("3s~hexdigits:x", b"fg ", "b'fg '"),
        ("2s~bcd:x", &[0x99, 0x09], "9909"),
        ("2s~bcd:x", &[0x9a, 0], "b'\\x9a\\x00'"),
        ("2s~bcd:x", &[0xa0, 0], "b'\\xa0\\x00'"),
        (">I~synchsafe:x", &[0x7f; 4], "268435455"),
        (">I~synchsafe:x", &[0, 0, 1, 0], "128"),
        // The highest bit of each byte counts for nothing.
        (">I~synchsafe:x", &[0x80, 0, 0x80, 1], "1"),
        ("B~zigzag:x", &[0], "0"),
        ("B~zigzag:x", &[1], "-1"),
        ("B~zigzag:x", &[2], "1"),
        ("B~zigzag:x", &[254], "127"),
        ("B~zigzag:x", &[255], "-128"),
        (">Q~zigzag:x", &[0xff; 8], "-9223372036854775808"),
        ("<I~ipv4:x", &[1, 0, 2, 192], "b'1.0.2.192'"),
        (">I~ipv4:x", &[1, 0, 2, 192], "b'1.0.2.192'"),
        ("3s~ipv4:x", &[1, 2, 3], "b'\\x01\\x02\\x03'"),
        (
            "16s~ipv6:x",
            b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01",
            "b'2001:db8::1'",
        ),
        ("2s~uuid:x", b"ab", "b'ab'"),
        ("2s~guid:x", b"ab", "b'ab'"),
        ("2s~ascii:x", b"\x80a", "b'\\x80a'"),
        ("2s~utf8:x", b"\xff\xfe", "b'\\xff\\xfe'"),
        ("4s~utf8:x", b"\0a\0\0", "b'\\x00a'"),
        ("2s~utf16le:x", b"\0\xd8", "b'\\x00\\xd8'"),
        ("4s~utf16be:x", b"\0a\0\0", "b'a'"),
        ("3s~utf16be:x", b"\0a\0", "b'\\x00a\\x00'"),
        ("6s~utf16le:x", b"\0\0a\0\0\0", "b'\\x00a'"),
        ("8s~utf32le:x", b"a\0\0\0\0\0\0\0", "b'a'"),
        // NULs end it in pairs, which are at even places.
        ("z~utf16le:x", b"a\0\0b\0\0", "b'a\\xe6\\x88\\x80'"),
        ("<1U:x", &[255], "255"),
        ("<3u:x", &[255, 255, 127], "8388607"),
        ("<3u:x", &[0, 0, 128], "-8388608"),
        (
            ">16u:x",
            b"\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "-170141183460469231731687303715884105728",
        ),
        (
            "<16U:x",
            &[255; 16],
            "340282366920938463463374607431768211455",
        ),
        ("M:x", &[0x7f], "127"),
        ("M:x", &[0x81, 0x80, 0], "16384"),
        (
            "M:x",
            b"\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
            "340282366920938463463374607431768211455",
        ),
        ("m:x", &[0x7f], "-1"),
        ("m:x", &[0x40], "-64"),
        ("m:x", &[0x3f], "63"),
        ("m:x", &[0x80, 0x40], "64"),
        ("m:x", &[0xff, 0x3f], "-65"),
        ("M~sqlite:x", &[0x81, 0], "128"),
        (
            "M~sqlite:x",
            &[255, 255, 255, 255, 255, 255, 255, 0x7f],
            "72057594037927935",
        ),
        (
            "M~sqlite:x",
            &[0x80, 0xc0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
            "72057594037927936",
        ),
        ("M~sqlite:x", &[255; 9], "-1"),
        (
            "M~sqlite:x",
            &[255, 255, 255, 255, 255, 255, 255, 255, 0x7f],
            "-129",
        ),
    ] {
        let format = whole(format);
        assert_eq!(unpacked(&format, data), format!("x {expected}"), "{format}");
        let layout = compiled(&format, &[]);
        let values = layout.unpack(data).unwrap();
        assert_eq!(layout.pack_onto(data, &values).unwrap(), data, "{format}");
        let packed = layout.pack(&values).unwrap();
        assert_eq!(layout.unpack(&packed).unwrap(), values, "{format}");
    }
    for (format, data, words) in [
        ("M:x", [0x80; 20].as_slice(), "more than 128 bits"),
        (
            "M:x",
            b"\x84\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
            "more than 128 bits",
        ),
        ("M:x", &[0x80], "needs 1 byte"),
        ("B:n [n]U:x", &[0, 1], "1 to 16 bytes, not 0"),
        ("B:n [n]U:x", &[17; 18], "1 to 16 bytes, not 17"),
        ("z~utf16le:x", b"a\0\0", "nothing ends the text"),
        ("z:x", b"a", "no NUL"),
        ("z\"ab\":x", b"a b", "nothing ends the text"),
    ] {
        let found = unpacked(&whole(format), data);
        assert!(found.contains(words), "{format}: {found}");
    }
    // More digits than 128 bits hold.
    let data = [b'9'; 40];
    let values = compiled(&whole("40s~decimal:x"), &[])
        .unpack(&data)
        .unwrap();
    assert_eq!(values["x"], Value::from(&data[..]));
}

#[test]
fn values_are_written_as_far_as_their_field_goes() {
    let text = |text: &str| Value::from(text);
    let int = |n: i128| Value::Int(n);
    for (format, value, expected) in [
        ("4s~octal:x", int(7), "30303700"),
        ("4s~octal:x", int(0o777), "37373700"),
        ("4s~octal:x", int(0o7777), "37373737"),
        ("4s~decimal:x", int(7), "30303700"),
        ("4s~decimal:x", int(9999), "39393939"),
        ("4s~hexdigits:x", int(0xab), "30304142"),
        ("4s~hexdigits:x", int(0xffff), "46464646"),
        ("2s~bcd:x", int(7), "0007"),
        ("2s~bcd:x", int(123), "0123"),
        ("2s~bcd:x", int(9999), "9999"),
        (">I~synchsafe:x", int(127), "0000007f"),
        (">I~synchsafe:x", int(128), "00000100"),
        (">I~synchsafe:x", int(268_435_455), "7f7f7f7f"),
        ("B~zigzag:x", int(-128), "ff"),
        ("B~zigzag:x", int(127), "fe"),
        ("<I~ipv4:x", text("1.2.3.4"), "01020304"),
        (">I~ipv4:x", text("1.2.3.4"), "01020304"),
        ("4s~ipv4:x", text("1.2.3.4"), "01020304"),
        (
            "16s~ipv6:x",
            text("::ff"),
            "000000000000000000000000000000ff",
        ),
        ("6s~mac:x", text("00:01:02:03:04:ff"), "0001020304ff"),
        (
            "16s~uuid:x",
            text("00112233-4455-6677-8899-aabbccddeeff"),
            "00112233445566778899aabbccddeeff",
        ),
        (
            "16s~guid:x",
            text("00112233-4455-6677-8899-aabbccddeeff"),
            "33221100554477668899aabbccddeeff",
        ),
        ("2s~latin1:x", text("\u{e9}"), "e900"),
        ("M:x", int(0), "00"),
        ("M:x", int(127), "7f"),
        ("M:x", int(128), "8100"),
        ("M:x", int(16_383), "ff7f"),
        ("M:x", int(16_384), "818000"),
        ("m:x", int(0), "00"),
        ("m:x", int(-1), "7f"),
        ("m:x", int(63), "3f"),
        ("m:x", int(64), "8040"),
        ("m:x", int(-64), "40"),
        ("m:x", int(-65), "ff3f"),
        ("M~sqlite:x", int((1 << 56) - 1), "ffffffffffffff7f"),
        ("M~sqlite:x", int(1 << 56), "80c080808080808000"),
        (
            "M~sqlite:x",
            int(i128::from(i64::MAX)),
            "bfffffffffffffffff",
        ),
        (
            "M~sqlite:x",
            int(i128::from(i64::MIN)),
            "c08080808080808000",
        ),
        ("M~sqlite:x", int(-1), "ffffffffffffffffff"),
        ("z:x", text(""), "00"),
        ("z~utf16le:x", text("a"), "61000000"),
        ("z\"\\r\\n\":x", text("a\rb"), "610d620d0a"),
        ("s:x", text(""), "00"),
        ("s:x", text("a"), "61"),
        ("s~ascii:x", text(""), "00"),
        ("p:x", text(""), "00"),
        ("0p:x", text(""), ""),
        ("1p:x", text(""), "00"),
        ("3p:x", text("a"), "016100"),
        ("3p:x", text("ab"), "026162"),
        ("3s:x", text("ab"), "616200"),
        ("3s:x", text("abc"), "616263"),
        ("2s:x", Value::List(vec![1.into(), 255.into()]), "01ff"),
        (
            ">B{a:4 b:4}:x",
            Value::Record(record([("a", 15.into()), ("b", 1.into())])),
            "f1",
        ),
        (
            "<B{a:4 b:4}:x",
            Value::Record(record([("a", 15.into()), ("b", 1.into())])),
            "1f",
        ),
    ] {
        let packed = compiled(&whole(format), &[]).pack(&record([("x", value.clone())]));
        let packed = packed.unwrap_or_else(|e| panic!("{format} {value}: {e}"));
        assert_eq!(packed, hex(expected).unwrap(), "{format} {value}");
    }
    for (format, value, words) in [
        ("4s~octal:x", int(0o10000), "at most 4 bytes"),
        ("4s~octal:x", int(-1), "not negative"),
        ("4s~decimal:x", int(10_000), "at most 4 bytes"),
        ("4s~decimal:x", int(-1), "not negative"),
        ("4s~hexdigits:x", int(0x10000), "at most 4 bytes"),
        ("4s~hexdigits:x", int(-1), "not negative"),
        ("2s~bcd:x", int(10_000), "at most 2 bytes"),
        ("2s~bcd:x", int(-1), "a number"),
        (">I~synchsafe:x", int(268_435_456), "out of range"),
        (">I~synchsafe:x", int(-1), "not negative"),
        ("B~zigzag:x", int(128), "out of range"),
        ("B~zigzag:x", int(-129), "out of range"),
        ("4s~ipv4:x", text("1.2.3"), "an IPv4 address"),
        ("16s~ipv6:x", text("x"), "an IPv6 address"),
        ("6s~mac:x", text("0x"), "an address"),
        ("16s~uuid:x", text("zz"), "a UUID"),
        ("2s~latin1:x", text("\u{20ac}"), "can't be written in"),
        ("M:x", int(-1), "M holds no negative numbers"),
        ("M~sqlite:x", int(-(1 << 63) - 1), "an integer"),
        ("M~sqlite:x", int(1 << 64), "an integer"),
        ("M:x", text("q"), "q"),
        ("z:x", text("a\0b"), "can't hold one"),
        ("z~utf16le:x", text("a\0b"), "can't hold one"),
        (
            "z\"\\r\\n\":x",
            text("a\r\nb"),
            "holds the bytes that end it",
        ),
        ("s:x", text("ab"), "at most 1 bytes"),
        ("s~ascii:x", text("ab"), "at most 1 bytes"),
        ("p:x", text("a"), "at most 0 bytes"),
        ("3p:x", text("abc"), "at most 2 bytes"),
        ("3s:x", text("abcd"), "at most 3 bytes"),
        ("2s:x", Value::List(vec![1.into(), 256.into()]), "bytes"),
        ("4s~octal:x", Value::List(vec![]), "number"),
    ] {
        let packed = compiled(&whole(format), &[]).pack(&record([("x", value.clone())]));
        let error = packed.unwrap_err().to_string();
        assert!(error.contains(words), "{format} {value}: {error}");
    }
    for (size, is_fine) in [(255, true), (256, false)] {
        let layout = compiled(&whole("300p:x"), &[]);
        let packed = layout.pack(&record([("x", Value::from(vec![1u8; size]))]));
        assert_eq!(packed.is_ok(), is_fine);
        if let Ok(bytes) = packed {
            assert_eq!(
                (bytes.len(), bytes[0], bytes[255], bytes[256]),
                (300, 255, 1, 0)
            );
        }
    }
}

#[test]
fn meanings_reach_as_far_as_calendars_and_ranges() {
    let meaning = |format: &str, n: i64| {
        let nodes = compiled(format, &[]).nodes(&n.to_le_bytes(), Space::FILE, 0);
        nodes.unwrap()[0].meaning.clone()
    };
    for (format, n, expected) in [
        ("<q~unix:t", 0, "1970-01-01 00:00:00 UTC"),
        ("<q~unix:t", -1, "1969-12-31 23:59:59 UTC"),
        ("<q~unixms:t", 1_999, "1970-01-01 00:00:01 UTC"),
        ("<q~unixms:t", -1, "1969-12-31 23:59:59 UTC"),
        ("<q~filetime:t", 0, "1601-01-01 00:00:00 UTC"),
        (
            "<q~filetime:t",
            116_444_736_000_000_000,
            "1970-01-01 00:00:00 UTC",
        ),
        ("<q~filetime:t", -1, "1600-12-31 23:59:59 UTC"),
        ("<q~hfs:t", 0, "1904-01-01 00:00:00 UTC"),
        ("<q~dos:t", 0x0021_0000, "1980-01-01 00:00:00"),
        ("<q~dos:t", 0xffff_ffff, "2107-15-31 31:63:62"),
        ("<q~fixed(8):t", 0x180, "1.5"),
        ("<q~fixed(1):t", -3, "-1.5"),
        ("<q~fixed:t", 0x8000, "0.5"),
        ("<q~percent:t", 50, "50.0 %"),
        ("<q~percent(1):t", 1, "100.0 %"),
        ("<q~percent(16, 235):t", 16, "0.0 %"),
        ("<q~percent(16, 235):t", 235, "100.0 %"),
        // (0 - 16) / (235 - 16).
        ("<q~percent(16, 235):t", 0, "-7.3 %"),
    ] {
        assert_eq!(
            meaning(format, n).as_deref(),
            Some(expected),
            "{format} {n}"
        );
    }
    for (format, n) in [("<q~dos:t", 1 << 32), ("<q~dos:t", -1)] {
        assert_eq!(meaning(format, n), None, "{format} {n}");
    }
    // Some 35,000 years on either side.
    let most = (1i64 << 40) - 1;
    for (n, is_told) in [
        (most, true),
        (most + 1, false),
        (-most, true),
        (-most - 1, false),
    ] {
        assert_eq!(meaning("<q~unix:t", n).is_some(), is_told, "{n}");
    }
}

#[test]
fn arguments_of_kinds_are_bounded() {
    for kind in [
        "fixed(1)",
        "fixed(127)",
        "percent(1)",
        "percent(5, 6)",
        "percent(-6, -5)",
    ] {
        assert!(Struct::new(&format!("<q~{kind}:t")).is_ok(), "{kind}");
    }
    for (kind, words) in [
        ("fixed(0)", "a fixed point has a number of bits"),
        ("fixed(128)", "a fixed point has a number of bits"),
        ("fixed(1, 2)", "takes no arguments"),
        ("percent(0)", "a percentage has a range"),
        ("percent(5, 5)", "a percentage has a range"),
        ("percent(6, 5)", "a percentage has a range"),
        ("percent(1, 2, 3)", "a percentage has a range"),
        ("hex(1)", "takes no arguments"),
        ("octl", "did you mean ~octal?"),
        ("zzzzzzzz", "as in I~unix:mtime"),
    ] {
        let error = Struct::new(&format!("<q~{kind}:t"))
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{kind}: {error}");
    }
    for (by, data, expected) in [
        (1, 0x81, 3),
        (7, 0x81, 0xc0),
        (-1, 0x81, 0xc0),
        (-7, 0x81, 3),
    ] {
        let layout = compiled(&format!("1s~rotate({by}):x {{0: x}}"), &[]);
        let values = layout.unpack(&[data]).unwrap();
        assert_eq!(values["x"], Value::from(&[expected][..]), "{by}");
        assert_eq!(layout.pack(&values).unwrap(), [data], "{by}");
    }
    for by in ["0", "8", "-8", "256", "n"] {
        let error = Struct::new(&format!("B:n 1s~rotate({by}):x")).unwrap_err();
        assert!(
            error.to_string().contains("no number of bits"),
            "{by}: {error}"
        );
    }
}

/// Sixteen bytes hold 112 bits, seven in each.
#[test]
fn a_synchsafe_number_fills_its_field() {
    for size in [1u32, 15, 16] {
        let format = format!("{size}U~synchsafe:x {{0: B}}");
        let layout = compiled(&format, &[]);
        let data = vec![0x7f; size as usize];
        let largest = Value::Int((1 << (7 * size)) - 1);
        let values = layout.unpack(&data).unwrap();
        assert_eq!(values.get("x"), Some(&largest), "{size}");
        assert_eq!(layout.pack(&values).unwrap(), data, "{size}");
        let more = record([("x", Value::Int(1 << (7 * size)))]);
        assert!(layout.pack(&more).is_err(), "{size}");
    }
}

#[test]
fn bytes_that_are_no_text_fill_their_field() {
    for (format, given, expected) in [
        ("8s~ascii:x {0: B}", &b"\xff"[..], b"\xff\0\0\0\0\0\0\0"),
        ("8s~utf8:x {0: B}", b"\xffab", b"\xffab\0\0\0\0\0"),
    ] {
        let values = record([("x", Value::from(given))]);
        assert_eq!(
            compiled(format, &[]).pack(&values).unwrap(),
            expected,
            "{format}"
        );
    }
}
