//! Changing fields: what becomes of the bytes, what follows, what is refused, and that a file is
//! the old one or the new one whatever happens meanwhile.

#![cfg(feature = "cli")]

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use bytewright::format::{Content, Fit, Format, Head, StructFormat};
use bytewright::formats::user::Known;
use bytewright::inspect::Document;
use bytewright::inspect::edit::{self, Edit};
use bytewright::tree::{Node, Range, Role};
use bytewright::{Source, Struct, Value};

pub(super) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp");
    fs::read(folder.join(name)).unwrap()
}

pub(super) fn plan(document: &Document, set: &[(&str, &str)]) -> Result<Edit, String> {
    let set: Vec<_> = set
        .iter()
        .map(|(path, value)| (path.parse().unwrap(), (*value).to_owned()))
        .collect();
    let list = |text: &str| {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        let items: Result<Vec<Value>, _> = inner
            .split(',')
            .map(|item| item.trim().parse::<i64>().map(Value::from))
            .collect();
        Some(Value::List(items.ok()?))
    };
    edit::plan(document, &set, true, &list).map_err(|e| e.to_string())
}

pub(super) fn document(format: &str, bytes: &[u8]) -> Document {
    let layout = StructFormat::new("s", Struct::new(format).unwrap());
    Document::open(Source::from(bytes), layout).unwrap()
}

/// The bytes with all changes.
pub(super) fn edited(bytes: &[u8], edit: &Edit) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for change in &edit.changes {
        let start = usize::try_from(change.offset).unwrap();
        assert_eq!(bytes[start..start + change.old.len()], change.old);
        bytes[start..start + change.new.len()].copy_from_slice(&change.new);
    }
    bytes
}

#[test]
fn every_kind_of_field_can_be_set() {
    for (format, before, path, text, after) in [
        (
            "<H:a I:b",
            "0100 02000000",
            "b",
            "0x01020304",
            "0100 04030201",
        ),
        (">h:a", "0001", "a", "-2", "fffe"),
        ("<J:a", "010000", "a", "0x123456", "563412"),
        ("<d:a", "0000000000000000", "a", "1.5", "000000000000f83f"),
        (">e:a", "0000", "a", "-2", "c000"),
        ("?:a", "00", "a", "true", "01"),
        ("4s:a", "78787878", "a", "ab", "61620000"),
        ("4p:a", "03787878", "a", "ab", "02616200"),
        ("B:n [n]s:a", "02 6162", "a", "xy", "02 7879"),
        ("B:n [n]p:a", "04 03787878", "a", "ab", "04 02616200"),
        ("B:n *s:a", "02 6162", "a", "xy", "02 7879"),
        ("z:a B:b", "616200 07", "a", "xy", "787900 07"),
        ("V:a", "8001", "a", "300", "ac02"),
        (
            ">3H:a",
            "0001 0002 0003",
            "a",
            "[7, 8, 9]",
            "0007 0008 0009",
        ),
        (">2H", "0001 0002", "[1]", "5", "0001 0005"),
        ("(B:x B:y):g", "0102", "g.y", "9", "0109"),
        ("B:a 2x B:b", "01aabb02", "padding", "x'0000'", "01000002"),
        ("<H{a:5 b:11}", "4108", "b", "1", "2100"),
        (">H{a:5 b:11}", "0842", "a", "31", "f842"),
        ("<h{a:4 b:12}:p", "0000", "p.a", "-8", "0800"),
        ("<K{a:40 b:8}", "000000000000", "b", "255", "0000000000ff"),
    ] {
        let before = hex(before);
        let document = document(format, &before);
        let edit = plan(&document, &[(path, text)]).unwrap_or_else(|e| panic!("{format}: {e}"));
        assert_eq!(edited(&before, &edit), hex(after), "{format} {path}={text}");
        assert!(edit.new_problems.is_empty());
    }
}

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

#[test]
fn what_does_not_fit_is_refused_with_a_reason() {
    for (format, before, path, text, reason) in [
        (
            "<B:a",
            "00",
            "a",
            "256",
            "a: 256 is out of range: B holds 0 to 255",
        ),
        ("<B:a", "00", "a", "x", "a: \"x\" is not an integer"),
        ("2s:a", "0000", "a", "abc", "a: 3 bytes don't fit into 2"),
        ("2p:a", "0000", "a", "ab", "a: 2 bytes don't fit into 1"),
        // With a length that is computed, packing refuses other lengths too.
        (
            "B:n [n]s:a",
            "03 616263",
            "a",
            "xy",
            "a: expected 3 bytes, found 2",
        ),
        (
            "B:n [n]s:a",
            "03 616263",
            "a",
            "wxyz",
            "a: 4 bytes don't fit into 3",
        ),
        ("*s:a", "616263", "a", "", "a: expected 3 bytes, found 0"),
        (
            "B:n [n]p:a",
            "02 0161",
            "a",
            "xy",
            "a: 2 bytes don't fit into 1",
        ),
        ("z:a", "616200", "a", "abc", "can't stand in the place of 3"),
        (
            "V:a",
            "01",
            "a",
            "300",
            "2 bytes can't stand in the place of 1",
        ),
        (">2H:a", "00010002", "a", "[1, 2, 3]", "a: expected"),
        (
            "B{a:4 b:4}",
            "00",
            "b",
            "16",
            "b: 16 is not within 0 to 15, what 4 bits hold",
        ),
        (
            "b{a:4 b:4}",
            "00",
            "b",
            "8",
            "b: 8 is not within -8 to 7, what 4 bits hold",
        ),
        ("(B:x):g", "00", "g", "1", "g: it is a group"),
        (
            "B:a 2x",
            "000000",
            "padding",
            "x'00'",
            "1 bytes can't stand in the place of 2",
        ),
    ] {
        let document = document(format, &hex(before));
        let error = plan(&document, &[(path, text)]).unwrap_err();
        assert!(error.contains(reason), "{format} {path}={text}: {error}");
    }
}

#[test]
fn bit_fields_of_one_integer_are_one_change() {
    let document = document(">B{version:4 ihl:4} B:tos", &[0x45, 0]);
    let edit = plan(&document, &[("version", "6"), ("tos", "1"), ("ihl", "15")]).unwrap();
    assert_eq!(edited(&[0x45, 0], &edit), [0x6f, 1]);
    assert_eq!(edit.changes.len(), 2);
    assert_eq!(edit.changes[0].path, "version, ihl");
    let error = plan(&document, &[("tos", "1"), ("tos", "2")]).unwrap_err();
    assert!(error.contains("overlaps"), "{error}");
}

pub(super) fn bytewright() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bytewright"))
}

/// A mebibyte at a time: the limit met exactly, and passed by one.
#[test]
fn a_change_has_up_to_a_mebibyte() {
    let most = 1 << 20;
    let size = usize::try_from(edit::MAX_CHANGE).unwrap();
    assert_eq!(size, most);
    let bytes = vec![b'a'; most + 1];
    let text = "b".repeat(most);
    let whole = document(&format!("{most}s:a *s:b"), &bytes);
    let edit = plan(&whole, &[("a", &text)]).unwrap();
    assert_eq!(edit.changes[0].new, text.as_bytes());
    let larger = document(&format!("{}s:a", most + 1), &bytes);
    let error = plan(&larger, &[("a", "x")]).unwrap_err();
    assert_eq!(
        error,
        "a: it has 1048577 bytes, the most to set at once is 1048576"
    );
}

#[test]
fn what_a_change_says_of_values_is_what_stood_there_and_what_will() {
    let document = document("<H:a 2x *s:data", b"\x01\x00\xaa\xbb\x00\xff");
    let set = [("a", "0x10"), ("padding", "x'0102'"), ("data", "ok")];
    let edit = plan(&document, &set).unwrap();
    let values: Vec<_> = edit
        .changes
        .iter()
        .map(|change| (&*change.path, &*change.old_value, &*change.new_value))
        .collect();
    assert_eq!(
        values,
        [
            ("a", "1", "16"),
            ("padding", "x'aabb'", "x'0102'"),
            ("data", r"b'\x00\xff'", "b'ok'"),
        ]
    );
}

#[test]
fn what_is_no_field_of_the_file_is_refused() {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"hello").unwrap();
    let zipped = encoder.finish().unwrap();
    let document = Document::detect(Source::from(zipped), None).unwrap();
    let error = plan(&document, &[("content", "x'00'")]).unwrap_err();
    assert!(error.contains("in a compressed stream"), "{error}");
    let error = plan(&document, &[("members[0].header.name", "x")]).unwrap_err();
    assert!(error.contains("nothing of that name"), "{error}");
}

/// The error is one of the path, or of the value; each tells its cause once.
#[test]
fn an_error_of_an_edit_has_the_words_of_its_cause() {
    let document = document("<H:a", &[1, 0]);
    let failed = |path: &str, text: &str| {
        let set = [(path.parse().unwrap(), text.to_owned())];
        edit::plan(&document, &set, true, &|_| None).unwrap_err()
    };
    for (path, text, is_found) in [("b", "1", false), ("a", "x", true)] {
        let error = failed(path, text);
        assert_eq!(matches!(error, edit::Error::Edit(_)), is_found);
        assert_eq!(error.is_data(), is_found);
        let cause = match &error {
            edit::Error::Edit(cause) => cause.to_string(),
            edit::Error::Find(cause) => cause.to_string(),
            edit::Error::Io(cause) => panic!("{cause}"),
            _ => unreachable!(),
        };
        assert_eq!(cause, error.to_string());
        assert!(std::error::Error::source(&error).is_none());
    }
}

/// What is set twice is two changes of one place, unless they are bits of one integer.
#[test]
fn two_changes_of_one_place_are_refused() {
    let one = document("<H:a H{x:8 y:8}:b 4s:c", &[0; 8]);
    for set in [[("a", "1"), ("a", "1")], [("c", "x"), ("c", "y")]] {
        let error = plan(&one, &set).unwrap_err();
        assert!(error.contains("overlaps"), "{error}");
    }
    let two = document("<H{a:8 b:8}:p H{a:8 b:8}:q", &[0; 4]);
    let edit = plan(&two, &[("p.a", "1"), ("q.a", "2"), ("p.b", "3")]).unwrap();
    assert_eq!(edited(&[0; 4], &edit), [1, 3, 2, 0]);
    // Beside each other is no overlap, in either order.
    let edit = plan(&one, &[("c", "xy"), ("b.y", "2"), ("a", "1"), ("b.x", "1")]).unwrap();
    assert_eq!(edited(&[0; 8], &edit), b"\x01\0\x01\x02xy\0\0");
    let offsets: Vec<_> = edit.changes.iter().map(|change| change.offset).collect();
    assert_eq!(offsets, [0, 2, 4]);
    // Bits of an integer that is set before them, but not after them.
    let edit = plan(&one, &[("b", "0x0304"), ("b.x", "9")]).unwrap();
    assert_eq!(edited(&[0; 8], &edit), [0, 0, 9, 3, 0, 0, 0, 0]);
    assert!(plan(&one, &[("b.x", "9"), ("b", "0x0304")]).is_err());
}

#[test]
fn bits_hold_what_they_can_in_either_order_and_no_more() {
    for (format, before, path, least, most, after) in [
        (
            "<H{a:3 b:13}",
            [0xff, 0xff],
            "a",
            "0",
            "7",
            [[0xf8, 0xff], [0xff, 0xff]],
        ),
        (
            ">H{a:3 b:13}",
            [0, 0],
            "b",
            "0",
            "8191",
            [[0, 0], [0x1f, 0xff]],
        ),
        ("<h{a:3 b:13}", [0, 0], "a", "-4", "3", [[4, 0], [3, 0]]),
        (
            ">h{a:3 b:13}",
            [0, 0],
            "a",
            "-4",
            "3",
            [[0x80, 0], [0x60, 0]],
        ),
    ] {
        let document = document(format, &before);
        for (text, after) in [least, most].into_iter().zip(after) {
            let edit = plan(&document, &[(path, text)]).unwrap();
            assert_eq!(edited(&before, &edit), after, "{format} {path}={text}");
        }
        for beyond in [
            least.parse::<i64>().unwrap() - 1,
            most.parse::<i64>().unwrap() + 1,
        ] {
            let error = plan(&document, &[(path, &beyond.to_string())]).unwrap_err();
            assert!(error.contains("is not within"), "{format} {path}: {error}");
        }
    }
    // 128 bits, and one of them.
    let document = document("<Y{low:127 high:1}", &[0xff; 16]);
    let edit = plan(&document, &[("high", "0")]).unwrap();
    let mut expected = [0xff; 16];
    expected[15] = 0x7f;
    assert_eq!(edited(&[0xff; 16], &edit), expected);
}

/// The archive says `@`, which is the order of this machine.
#[cfg(target_endian = "little")]
#[test]
fn bits_in_the_order_of_the_machine_are_set_in_it() {
    let document = document("@H{a:8 b:8}", &[1, 2]);
    let edit = plan(&document, &[("a", "9")]).unwrap();
    assert_eq!(edited(&[1, 2], &edit), [9, 2]);
}

/// A count that is changed moves every item, and each of them is wrong then.
#[test]
fn of_the_errors_that_an_edit_makes_the_first_thousand_are_told() {
    for (items, told) in [(998, 999), (999, 1000), (1000, 1000)] {
        // After a byte that belongs to no item, items of 7 and 1; with it, 9 and 7, then 1 and 7.
        let mut bytes = vec![1, 9];
        bytes.extend([7, 1].repeat(items));
        let document = document("B:skip [skip]s:gap *(B=7 B:x):items", &bytes);
        let edit = plan(&document, &[("skip", "0")]).unwrap();
        let wrong = edit.new_problems.iter();
        let wrong = wrong.filter(|problem| problem.code == "S001").count();
        assert_eq!(wrong, told, "{items}");
    }
}

#[test]
fn an_item_of_an_array_is_set_alone() {
    let bytes = [2, 1, 0, 2, 0, b'a', b'b', 0, b'c', 0];
    let document = document("<B:n [n]H:h [2]z:z", &bytes);
    let edit = plan(&document, &[("h[1]", "0x0304"), ("z[0]", "XY")]).unwrap();
    let changes: Vec<_> = edit.changes.iter().map(|c| (c.offset, &*c.new)).collect();
    assert_eq!(changes, [(3, &[4, 3][..]), (5, b"XY\0")]);
    let error = plan(&document, &[("z[0]", "XYZ")]).unwrap_err();
    assert!(error.contains("what follows would move"), "{error}");
    let error = plan(&document, &[("h[0]", "65536")]).unwrap_err();
    assert!(error.contains("65536"), "{error}");
    let error = plan(&document, &[("h[0]", "1"), ("h", "[3,4]")]).unwrap_err();
    assert!(error.contains("overlaps"), "{error}");
}

/// A name in the place of a value is told from a value by the kind of the field.
#[test]
fn what_is_neither_a_value_nor_a_name_of_bytes_is_told_with_the_names() {
    let text = "[formats.a]\nformat = '4s:kind B:n'\nenums.kind = { RIFF = 'sound', 'x\"00\"' = 'none' }\n\
                enums.n = { 1 = 'one' }";
    let known = Known::from_text("a.toml", text).unwrap();
    let compiled = known.compile("%a").unwrap();
    let format = StructFormat::new("a", compiled.layout).meanings(compiled.meanings);
    let document = Document::open(Source::from(&b"RIFF\x01"[..]), format).unwrap();
    let edit = plan(&document, &[("kind", "none")]).unwrap();
    assert_eq!(edit.changes[0].new, [0; 4]);
    let edit = plan(&document, &[("kind", "WAVE")]).unwrap();
    assert_eq!(edit.changes[0].new, b"WAVE");
    let error = plan(&document, &[("kind", "sounds")]).unwrap_err();
    assert!(
        error.ends_with(r#"; what has a name here: b'' "none", b'RIFF' "sound""#),
        "{error}"
    );
    // Numbers have their names, and errors of their own.
    let error = plan(&document, &[("n", "two")]).unwrap_err();
    assert!(!error.contains("what has a name here"), "{error}");
}

#[test]
fn a_field_that_the_file_was_cut_in_since_is_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, [1; 8]).unwrap();
    let layout = StructFormat::new("s", Struct::new("<I:a I:b").unwrap());
    let document = Document::open(Source::open(&path).unwrap(), layout).unwrap();
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(6)
        .unwrap();
    let error = plan(&document, &[("b", "7")]).unwrap_err();
    assert_eq!(error, "b: the file ends in it; has it been shortened?");
}

/// A format of a field and a second look at it.
#[derive(Debug)]
struct TwoLooks;

impl Format for TwoLooks {
    fn name(&self) -> &'static str {
        "two-looks"
    }

    fn fit(&self, _: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(None)
    }

    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        let all = Range::file(0, source.size()?);
        let again = Node::new("again", all).role(Role::View);
        Ok(Node::new("file", all).with_children(vec![Node::new("bytes", all), again]))
    }
}

#[test]
fn bytes_are_set_by_the_field_that_owns_them() {
    let document = Document::open(Source::from(&b"ab"[..]), TwoLooks).unwrap();
    let edit = plan(&document, &[("bytes", "cd")]).unwrap();
    assert_eq!(edit.changes[0].new, b"cd");
    let error = plan(&document, &[("again", "cd")]).unwrap_err();
    assert_eq!(
        error,
        "again: it is a view of bytes that another field owns: set that one"
    );
}
