//! Formats of whole files: no text and no data do harm.

use bytewright::tree::Space;
use bytewright::{Formats, Struct};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

const PIECES: [&str; 103] = [
    "B:n ",
    "H:m ",
    "<I:k ",
    "4s:t ",
    "[n]s:d",
    "z:s ",
    "M:v ",
    "3U:w ",
    "B{a:4 b:4} ",
    "(",
    ")",
    "x",
    "|4 ",
    "{",
    "}",
    "; ",
    ";",
    ": ",
    ":",
    "{n: ",
    "{n ; ",
    "{t ; ",
    "1: ",
    "2..9: ",
    "\"ab\": ",
    "x\"00\": ",
    "else: ",
    "else",
    "\"no\"",
    "&",
    "&[n]",
    "&[0]",
    "&[@at]",
    "&[@end - 1]",
    "&[n * 99999999999]",
    "*",
    "*s:r ",
    "*[n == 0]",
    "*[@index == 3]",
    "*[@at == @end]",
    "*[",
    "[",
    "]",
    "[n]",
    "[n - 1]",
    "[1 << 62]",
    "[n]&[m]",
    "=[n]",
    "=[len(d) + 1]",
    "=(",
    "=%f ",
    "=%r ",
    "={",
    "=crc32(n..m) ",
    "=sum(n..n, self=0x20) ",
    "=",
    ".c=[n * m] ",
    ".c=[n ? m : k] ",
    ".c=[g[0].n ?? 1] ",
    ".c=[g[n == 1].m] ",
    ".c=[find(\"a\")] ",
    ".c=[rfind(\"b\", 9)] ",
    ".c=[-n % 3] ",
    ".",
    "~hex",
    "~utf16le",
    "~latin1",
    "~octal",
    "~unix",
    "~fixed(8)",
    "~zlib",
    "~xor(n)",
    "~rotate(3)",
    ".c=[join(g.n)] ",
    "=crc16xmodem(n..m) ",
    "=xor(d.content) ",
    "=sum(g.content..m) ",
    "~",
    "~guid",
    ":g[n] ",
    ":g ",
    ":n ",
    "%f:g ",
    "%r:g ",
    "%p{w: n}:q ",
    "%p{",
    "[n]%r:g ",
    "*%f:g ",
    "?",
    "??",
    " ? ",
    " && ",
    " || ",
    "!",
    "@",
    "@size",
    "@item",
    "'",
    "\"",
    "#\n",
    " ",
    "\u{e9}",
    "\0",
];

/// What pieces refer to, or nothing.
const STARTS: [&str; 2] = ["", "B:n B:m B:k "];

fn formats() -> Formats {
    Formats::from_iter([
        ("f", "B:n H:m"),
        ("r", "B:n {n & 1: %r:left} {n & 2: [n]%r:more}"),
        (
            "p",
            "{w ; 1: B:one ; 2: %p{w: w - 1}:two ; else: [w]s:text}",
        ),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_and_no_data_do_harm(
        start in prop::sample::select(&STARTS[..]),
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..16),
        data in prop::collection::vec(prop::sample::select(vec![0u8, 1, 2, 3, 0x61, 0x80, 0xff]), 0..40),
    ) {
        let text = start.to_owned() + &pieces.concat();
        match Struct::with_formats(&text, &formats()) {
            Ok(layout) => {
                let (nodes, error) = layout.nodes_so_far(&data, Space::FILE, 7);
                for node in &nodes {
                    let end = node.range.end();
                    prop_assert!(node.range.offset >= 7 && end <= 7 + data.len() as u64, "{text}: {node:?}");
                }
                match layout.unpack_prefix(&data) {
                    Ok((values, taken)) => {
                        prop_assert!(error.is_none(), "{text}: {error:?}");
                        prop_assert!(taken <= data.len());
                        let _ = layout.pack(&values);
                        let _ = layout.pack_onto(&data, &values);
                    }
                    Err(error) => prop_assert!(!error.to_string().is_empty()),
                }
                let _ = layout.layout();
            }
            Err(e) => {
                prop_assert!(e.format().get(e.span()).is_some(), "{e:?}");
                prop_assert!(e.to_string().lines().count() == 3, "{e}");
            }
        }
    }
}

/// Texts that all fail to compile would prove nothing.
#[test]
fn many_of_the_texts_are_formats_that_read_something() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..16);
    let (mut compiled, mut read) = (0, 0);
    for _ in 0..4_000 {
        let text =
            "B:n B:m B:k ".to_owned() + &pieces.new_tree(&mut runner).unwrap().current().concat();
        if let Ok(layout) = Struct::with_formats(&text, &formats()) {
            compiled += 1;
            read += u32::from(
                layout
                    .unpack_prefix(&[1; 40])
                    .is_ok_and(|(values, _)| !values.is_empty()),
            );
        }
    }
    assert!(compiled > 200 && read > 100, "{compiled} {read}");
}

/// What is damaged stays so as far as it isn't edited. The sum of the right bytes is that of `zlib.crc32(b"abcd")`.
#[test]
fn a_check_that_is_wrong_in_the_base_is_kept_unless_it_is_edited() {
    let format = Struct::new("<4s:data I:crc=crc32(data) B:n").unwrap();
    let file = b"abcd\x01\x02\x03\x04\x05";
    assert!(format.unpack(file).is_err());
    let mut values = bytewright::Record::default();
    values.insert("data", bytewright::Value::from(&b"abcd"[..]));
    values.insert("crc", 0x0403_0201);
    values.insert("n", 5u8);
    assert_eq!(format.pack_onto(file, &values).unwrap(), file);
    values.insert("n", 6u8);
    let edited = b"abcd\x01\x02\x03\x04\x06";
    assert_eq!(format.pack_onto(file, &values).unwrap(), edited);
    let wrong = |values: &bytewright::Record| {
        let kept = format.pack_onto(file, values).unwrap_err().to_string();
        let alone = format.pack(values).unwrap_err().to_string();
        assert!(
            kept.contains("crc: expected the constant 3984772369"),
            "{kept}"
        );
        assert!(
            alone.contains("crc: expected the constant 3984772369"),
            "{alone}"
        );
    };
    values.insert("crc", 7u8);
    wrong(&values);
    values.insert("crc", 0xed82_cd11u32);
    let mended = b"abcd\x11\xcd\x82\xed\x06";
    assert_eq!(format.pack_onto(file, &values).unwrap(), mended);
}

/// Each means in a whole file what it means in a struct.
#[test]
fn rare_items_mean_the_same_in_a_whole_file() {
    for (format, bytes, values) in [
        // Bit fields with a count and no name are as many groups.
        (
            "<2B{a:1 b:7} .one=[1]",
            &b"\x01\x05"[..],
            "((1, 0), (1, 2), 1)",
        ),
        ("<1B{a:1 b:7} .one=[1]", b"\x01", "((1, 0), 1)"),
        ("<0B{a:1 b:7} .one=[1]", b"", "(1,)"),
        // A NaN is the constant that it is, and -0 is not 0.
        ("<f=nan .one=[1]", b"\0\0\xc0\x7f", "(nan, 1)"),
        ("0p B .one=[1]", b"\x07", "(b'', 7, 1)"),
    ] {
        let layout = Struct::new(format).unwrap();
        let found = layout.unpack(bytes).unwrap();
        assert_eq!(found.to_string(), values, "{format}");
        assert_eq!(layout.pack(&found).unwrap(), bytes, "{format}");
    }
    let layout = Struct::new("<f=0 .one=[1]").unwrap();
    layout.unpack(b"\0\0\0\x80").unwrap_err();
    layout.unpack(b"\0\0\0\0").unwrap();
    let many = Struct::new("4000000000B{a:1 b:7} .one=[1]").unwrap_err();
    assert_eq!(many.message(), "the format has too many items");
}

/// In a file inside a file, offsets count from where that begins: the sum of both may be one that 64 bits don't hold.
#[test]
fn a_place_beyond_64_bits_is_told_as_it_is() {
    let inner = Formats::from_iter([("inner", "<Q:at &[at]B:x")]);
    let format = Struct::with_formats("3s:before *s:file=%inner", &inner).unwrap();
    let bytes = [&b"abc"[..], &[0xff; 8]].concat();
    let error = format.unpack(&bytes).unwrap_err().to_string();
    assert!(
        error.contains("stands at offset 0x10000000000000002, the file ends at 0xb"),
        "{error}"
    );
}

/// Only in a format of a whole file may a truth value count.
#[test]
fn one_item_of_a_whole_file_is_enough_for_a_format_of_one() {
    for (format, data, expected) in [
        (
            "?:more [more]B:a [more ? 1 : 0]B:b",
            &b"\x01ab"[..],
            "(True, [97], [98])",
        ),
        (
            "?:more [more]B:a [more ? 1 : 0]B:b",
            b"\0",
            "(False, [], [])",
        ),
        (
            "?:more [more]B:a *[@item == 98]B:b",
            b"\x01acb",
            "(True, [97], [99, 98])",
        ),
        (
            "(?:more [more]B:a *[@item == 98]B:b):g",
            b"\0cb",
            "((False, [], [99, 98]),)",
        ),
    ] {
        assert_eq!(
            super::unpacked(format, data).to_string(),
            expected,
            "{format}"
        );
    }
    let error = Struct::new("?:more [more]B:a").unwrap_err();
    assert_eq!(error.message(), "more is not an integer");
}
