//! What the types of the library say of themselves: formats, codes, errors, values.

use std::borrow::Borrow;
use std::error::Error as _;

use bytewright::structs::{StreamError, codes};
use bytewright::{Bytes, Error, Fields, Formats, Record, Struct, Value};

use super::{compiled, list, unpacked};

/// The sizes are those of Python's documentation; native ones are the C compiler's.
#[test]
fn the_codes_of_the_language() {
    let told: Vec<String> = codes()
        .iter()
        .filter(|code| code.is_python())
        .map(|code| {
            let size = code.size().map_or("-".to_owned(), |size| size.to_string());
            format!("{}{size}", code.letters())
        })
        .collect();
    for code in "x1 c1 b1 B1 ?1 h2 H2 i4 I4 l4 L4 q8 Q8 n- N- e2 f4 d8 s1 p1 P-".split(' ') {
        assert!(told.iter().any(|told| told == code), "{code} in {told:?}");
    }
    for code in codes() {
        let letters = code.letters();
        let alone = compiled(&format!("@{letters}"));
        let smallest = alone.layout().min_size;
        assert_eq!(u64::from(code.native_size()), smallest, "{letters}");
        assert_eq!(
            Struct::python(letters).is_ok(),
            code.is_python(),
            "{letters}"
        );
        assert!(code.about().len() > 5, "{letters}: {}", code.about());
        let standard = Struct::new(&format!("<{letters}")).map(|format| format.layout().min_size);
        assert_eq!(standard.ok(), code.size().map(u64::from), "{letters}");
    }
    let beyond: String = codes()
        .iter()
        .filter(|code| !code.is_python())
        .map(|code| code.letters())
        .collect();
    for letter in "zvVjJkKyY".chars() {
        assert!(beyond.contains(letter), "{letter} in {beyond}");
    }
}

#[test]
fn a_struct_knows_its_format_and_whether_it_has_names() {
    for (format, named) in [
        ("<H", false),
        ("<H:a", true),
        ("", false),
        ("(B:a)", false),
        ("B{a:4 b:4}", true),
        ("x:a B", false),
    ] {
        let compiled = compiled(format);
        assert_eq!((compiled.format(), compiled.is_named()), (format, named));
    }
}

#[test]
fn a_record_that_is_used_again_has_the_names_of_its_last_format() {
    let mut record = Record::default();
    for (format, names) in [
        ("<B:a B:b", [Some("a"), Some("b")]),
        ("<B:a B:b", [Some("a"), Some("b")]),
        ("<B:c 2s", [Some("c"), None]),
        ("<BB", [None, None]),
        ("<z V:x", [None, Some("x")]),
    ] {
        compiled(format)
            .unpack_into(&[1, 0, 2], &mut record)
            .unwrap();
        assert_eq!([record.name(0), record.name(1)], names, "{format}");
    }
}

#[test]
fn a_formats_error_names_its_place_in_the_outermost_text() {
    let formats = Formats::from_iter([("wide", "9223372036854775807s B")]);
    let error = Struct::with_formats("B %wide B", &formats).unwrap_err();
    assert_eq!(
        (error.message(), error.span()),
        ("the size is too large", 2..7)
    );
    let error = Struct::with_formats("B 0%wide B", &formats).unwrap_err();
    assert_eq!(
        (error.message(), error.span()),
        ("the size is too large", 2..8)
    );
    let mut formats = Formats::default();
    formats.insert("pair", "BB");
    assert_eq!(
        Struct::with_formats("%pair", &formats).unwrap().size(),
        Some(2)
    );
    let error = Struct::new("%pair").unwrap_err();
    assert_eq!(
        (error.message(), error.hint()),
        ("%pair is not known", "no format of that name is known")
    );
    let error = Struct::with_formats("%piar", &formats).unwrap_err();
    assert_eq!(error.hint(), "did you mean %pair?");
}

#[test]
fn messages_of_the_grammar_and_of_constants() {
    for (format, message, hint) in [
        (
            "E",
            "E is no format code",
            "the codes are x c b B ? h H i I l L q Q n N e f d F D s p P z v V j J k K y Y",
        ),
        ("é", "'é' is no format code", "formats are written in ASCII"),
        (
            "B:9",
            "a colon is followed by no name",
            "a name begins with a letter or an underscore",
        ),
        (
            "B:é",
            "a colon is followed by no name",
            "a name has letters and digits of ASCII, and _",
        ),
        ("H=1.5", "\"1.5\" is not an integer", ""),
        (
            "H:a(B)",
            "a name is not set off from what follows",
            "put a space here",
        ),
        (
            "int16_t:a",
            "t is no format code",
            "the code of int16_t is h",
        ),
        (
            "B{a:4 b:3}",
            "the bit fields have 7 bits, B has 8",
            "name the other 1: _:1 where they are reserved",
        ),
        (
            "B{a:4 b:5}",
            "the bit fields have 9 bits, B has 8",
            "leave some out, or take a wider code",
        ),
    ] {
        let error = Struct::new(format).unwrap_err();
        assert_eq!((error.message(), error.hint()), (message, hint), "{format}");
    }
    assert_eq!(compiled("H:a:(B)").size(), Some(3));
}

#[test]
fn errors_have_sources_and_can_be_debugged() {
    let format = bytewright::calcsize("3").unwrap_err();
    let data = bytewright::calcsize("z").unwrap_err();
    assert_eq!(
        data.to_string(),
        "only data can tell the size of this format"
    );
    assert!(
        format
            .to_string()
            .starts_with("a count is followed by nothing\n  3\n")
    );
    for error in [format, data] {
        let (shown, debugged) = match &error {
            Error::Format(e) => (e.to_string(), format!("{e:?}")),
            Error::Data(e) => (e.to_string(), format!("{e:?}")),
            _ => panic!("{error:?}"),
        };
        assert_eq!(error.to_string(), shown);
        assert!(error.source().is_none(), "the text has it");
        let words = [
            "a count is followed by nothing",
            "only data can tell the size of this format",
        ];
        assert!(
            words.iter().any(|words| debugged.contains(words)),
            "{debugged}"
        );
    }
    let error = compiled("").iter_unpack(&[]).unwrap_err().to_string();
    assert_eq!(error, "a struct without any bytes can't be iterated over");
}

#[test]
fn values_are_packed_from_slices_vectors_references_and_nothing() {
    let pair = compiled("<B:a B:b");
    let values = vec![Value::from(1), 2.into()];
    let named = Record::from_iter([("b", 2), ("a", 1)]);
    fn packed(format: &Struct, values: &(impl Fields + ?Sized)) -> Vec<u8> {
        format.pack(values).unwrap()
    }
    assert_eq!(packed(&pair, &values), [1, 2]);
    assert_eq!(packed(&pair, &&values), [1, 2]);
    assert_eq!(packed(&pair, &values[..]), [1, 2]);
    assert_eq!(packed(&pair, &&named), [1, 2]);
    assert_eq!(packed(&compiled("B=7"), &()), [7]);
    let mut buffer = [0; 3];
    bytewright::pack_into("<BB", &mut buffer, 1, &(1, 2)).unwrap();
    assert_eq!(buffer, [0, 1, 2]);
    assert!(bytewright::pack_into("<BB", &mut buffer, 2, &(1, 2)).is_err());
    let rows = bytewright::iter_unpack("<H", &[1, 0, 2, 0]).unwrap();
    assert_eq!(
        rows.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["(1,)", "(2,)"]
    );
}

#[test]
fn values_of_every_kind_are_true_or_false() {
    let full = Record::from_iter([("a", 0)]);
    for (value, expected) in [
        (Value::from(true), true),
        (Value::from(false), false),
        (Value::from(-1), true),
        (Value::from(0), false),
        (Value::from(u128::MAX), true),
        (Value::from(f64::NAN), true),
        (Value::from(-0.0), false),
        (Value::Complex(0.0, 1.0), true),
        (Value::Complex(1.0, 0.0), true),
        (Value::Complex(0.0, -0.0), false),
        (Value::from("0"), true),
        (Value::from(""), false),
        (list([0]), true),
        (list([0; 0]), false),
        (full.into(), true),
        (Record::default().into(), false),
    ] {
        assert_eq!(
            compiled("?").pack(std::slice::from_ref(&value)).unwrap(),
            [u8::from(expected)],
            "{value}"
        );
    }
    assert_eq!(Value::from(true).as_int(), Some(1));
    assert_eq!(Value::from(true).as_f64(), Some(1.0));
    assert_eq!(Value::from(u128::MAX).as_f64(), Some(u128::MAX as f64));
}

#[test]
fn bytes_are_the_slice_that_they_hold() {
    let value = unpacked("3s", b"ab\0");
    let Value::Bytes(bytes) = &value[0] else {
        panic!("{value}")
    };
    let (by_reference, borrowed): (&[u8], &[u8]) = (bytes.as_ref(), bytes.borrow());
    assert_eq!((by_reference, borrowed), (&b"ab\0"[..], &b"ab\0"[..]));
    assert_eq!(Vec::from(bytes.clone()), b"ab\0");
    assert!(*bytes == b"ab\0"[..] && *bytes != b"ab"[..]);
    assert_eq!(
        (bytes.to_string(), format!("{bytes:?}")),
        ("b'ab\\x00'".to_owned(), "b'ab\\x00'".to_owned())
    );
    assert_eq!(Bytes::from(&b"x"[..]), Bytes::from(vec![b'x']));
    let owned: Vec<Value> = unpacked("BB", &[1, 2]).into_iter().collect();
    assert_eq!(owned, [Value::from(1), 2.into()]);
}

#[test]
fn records_and_bytes_in_json() {
    let json = |value: &dyn Fn() -> Value| serde_json::to_string(&value()).unwrap();
    assert_eq!(json(&|| unpacked("BB", &[1, 2]).into()), "[1,2]");
    assert_eq!(
        json(&|| unpacked("B:a B", &[1, 2]).into()),
        r#"{"a":1,"1":2}"#
    );
    for (bytes, expected) in [
        (&b"plain ~"[..], r#""plain ~""#),
        ("\u{e9}".as_bytes(), "\"\u{e9}\""),
        (b"\x07", r#"{"hex":"07"}"#),
        (b"\x7f", r#"{"hex":"7f"}"#),
        (b"\xff", r#"{"hex":"ff"}"#),
        ("\u{202e}".as_bytes(), r#"{"hex":"e280ae"}"#),
        ("\u{200b}".as_bytes(), r#"{"hex":"e2808b"}"#),
    ] {
        assert_eq!(json(&|| Value::from(bytes)), expected);
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(read(r#"{"hex":"ff"}"#), Value::from(b"\xff"));
    assert_eq!(read(r#"{"re":1,"im":-2.5}"#), Value::Complex(1.0, -2.5));
    for text in [
        r#"{"hax":"ff"}"#,
        r#"{"re":1,"mi":2}"#,
        r#"{"er":1,"im":2}"#,
        r#"{"re":1}"#,
        r#"{"hex":"ff","x":1}"#,
    ] {
        assert!(read(text).as_record().is_some(), "{text}");
    }
    let wrong = |text: &str| {
        serde_json::from_str::<Record>(text)
            .unwrap_err()
            .to_string()
    };
    assert!(wrong("1").contains("expected"), "{}", wrong("1"));
    assert!(wrong("1").len() > "invalid type: integer `1`, expected  at line 1 column 1".len());
    let none = serde_json::from_str::<Value>("null")
        .unwrap_err()
        .to_string();
    assert!(
        none.len() > "invalid type: null, expected  at line 1 column 4".len(),
        "{none}"
    );
}

/// Whatever holds values hands over the same, by reference and borrowed again.
#[test]
fn values_to_be_packed_come_from_slices_arrays_vectors_tuples_and_records() {
    fn of(fields: &(impl Fields + ?Sized)) -> Vec<Value> {
        let values = fields.values().into_owned();
        assert_eq!(fields.with_values(<[Value]>::to_vec), values);
        values
    }
    let values = [Value::from(1), "ab".into()];
    let vector = values.to_vec();
    assert_eq!(of(&values), values);
    assert_eq!(of(&values[..]), values);
    assert_eq!(of(&vector), values);
    assert_eq!(of(&&vector), values);
    assert_eq!(of(&(1, "ab")), values);
    assert_eq!(of(&Record::new(vector)), values);
    assert_eq!(of(&()), []);
    let record = Record::from_iter([("n", 1)]);
    assert_eq!(Fields::names(&record), record.names());
    assert_eq!(Fields::names(&&record), record.names());
    assert!(record.names().is_some());
    assert!(Fields::names(&(1, "ab")).is_none());
}

#[test]
fn an_error_blames_the_format_or_the_data() {
    let of = |format: &str, data: &[u8]| bytewright::structs::unpack(format, data).unwrap_err();
    assert!(!of("<3", b"").is_data());
    assert!(of("<HI", b"12345").is_data());
    let Error::Data(short) = of("<HI", b"12345") else {
        panic!("the format is right");
    };
    let told = (short.offset(), short.needed(), short.available());
    assert_eq!(told, (Some(2), Some(4), Some(3)));
}

#[test]
fn texts_are_shortened_where_they_are_filled_up_and_pack_to_the_same() {
    let format = Struct::new("<4s:a H:n (3s:b 2s:c):g 2(2s:d):h 2s 1p").unwrap();
    for (data, expected) in [
        (b"abcd\x01\0xyzpqrsttuv\0", None),
        (
            b"ab\0\0\x01\0xyzpqrsttuv\0",
            Some("(b'ab', 1, (b'xyz', b'pq'), [(b'rs',), (b'tt',)], b'uv', b'')"),
        ),
        (
            b"abcd\x01\0xy\0pqrsttuv\0",
            Some("(b'abcd', 1, (b'xy', b'pq'), [(b'rs',), (b'tt',)], b'uv', b'')"),
        ),
        (
            b"abcd\x01\0xyzpqrst\0uv\0",
            Some("(b'abcd', 1, (b'xyz', b'pq'), [(b'rs',), (b't',)], b'uv', b'')"),
        ),
        (
            b"abcd\x01\0xyzp\0rst\0uv\0",
            Some("(b'abcd', 1, (b'xyz', b'p'), [(b'rs',), (b't',)], b'uv', b'')"),
        ),
        (
            b"abcd\x01\0xyzpqr\0s\0u\0\0",
            Some("(b'abcd', 1, (b'xyz', b'pq'), [(b'r',), (b's',)], b'u', b'')"),
        ),
        // What isn't text stays whole, and zeros within a text do.
        (b"\x01b\0\0\x01\0x\0zpqrsttuv\0", None),
    ] {
        let values = format.unpack(data).unwrap();
        let shorter = format.without_padding(&values);
        let told = shorter.as_ref().map(ToString::to_string);
        assert_eq!(told.as_deref(), expected, "{data:?}");
        if let Some(shorter) = shorter {
            assert_eq!(format.pack(&shorter).unwrap(), data);
            assert_eq!(shorter.names(), values.names());
        }
    }
}

#[test]
fn structs_are_read_from_readers_and_written_to_writers() {
    let pair = compiled("<H:a H:b");
    assert_eq!(pair.to_string(), "<H:a H:b");
    let mut file = &b"\x01\0\x02\0rest"[..];
    assert_eq!(pair.read_from(&mut file).unwrap().to_string(), "(1, 2)");
    assert_eq!(file, b"rest");
    assert_eq!(
        pair.read_from(&mut &b"\x01\0\x02\0"[..]).unwrap()["b"],
        Value::from(2)
    );
    let Err(StreamError::Data(short)) = pair.read_from(&b"\x01\0\x02"[..]) else {
        panic!("a byte is missing");
    };
    assert_eq!((short.needed(), short.available()), (Some(4), Some(3)));
    let unknown = compiled("z:a").read_from(&b"a\0"[..]).unwrap_err();
    assert!(unknown.to_string().contains("only data"), "{unknown}");
    let mut written = Vec::new();
    pair.write_to(&mut written, &(1, 2)).unwrap();
    assert_eq!(written, b"\x01\0\x02\0");
    assert!(matches!(
        pair.write_to(&mut written, &(1, 65_536)),
        Err(StreamError::Data(_))
    ));
    assert!(matches!(
        pair.write_to(&mut &mut [0; 3][..], &(1, 2)),
        Err(StreamError::Io(_))
    ));
    assert_eq!(written.len(), 4);
}

#[test]
fn what_python_has_not_is_named() {
    for (format, what) in [
        ("{1: B}", "a choice"),
        ("B~hex", "such an item"),
        ("M", "such a code"),
        ("3U", "such a code"),
        ("V", "such a code"),
        ("|4", "an alignment"),
        ("H{a:16}", "bit fields"),
        ("(B)", "a group"),
        ("%f", "a reference"),
        ("[1]B", "a computed count"),
        ("*B", "a count to the end"),
        ("B=1", "a constant"),
        ("B:n", "a name"),
        (".n=[1]", "a computed value"),
        ("B # n", "a comment"),
    ] {
        let error = Struct::python(format).unwrap_err().to_string();
        let expected = format!("{what}: Python's struct has none");
        assert!(error.starts_with(&expected), "{format}: {error}");
    }
}
