//! Changing fields: what becomes of the bytes, what follows, what is refused, and that a file is
//! the old one or the new one whatever happens meanwhile.

#![cfg(feature = "cli")]

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use bytewright::format::StructFormat;
use bytewright::formats::tar::Tar;
use bytewright::inspect::Document;
use bytewright::inspect::edit::{self, Edit};
use bytewright::inspect::patch::Patch;
use bytewright::{Source, Struct, Value};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp");
    fs::read(folder.join(name)).unwrap()
}

fn plan(document: &Document, set: &[(&str, &str)]) -> Result<Edit, String> {
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

fn document(format: &str, bytes: &[u8]) -> Document {
    let layout = StructFormat::new("s", Struct::new(format).unwrap());
    Document::open(Source::from(bytes), layout).unwrap()
}

/// The bytes with all changes.
fn edited(bytes: &[u8], edit: &Edit) -> Vec<u8> {
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

fn hex(text: &str) -> Vec<u8> {
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

#[test]
fn the_sizes_of_a_bitmap_follow() {
    let bytes = fixture("info-8.bmp");
    let document = Document::detect(Source::from(&*bytes), None).unwrap();
    let edit = plan(&document, &[("dib_header.width", "8")]).unwrap();
    let paths: Vec<_> = edit.changes.iter().map(|c| (&*c.path, c.follows)).collect();
    assert_eq!(
        paths,
        [("dib_header.width", false), ("dib_header.image_size", true)]
    );
    // Rows of 8 bytes, 16 of them.
    assert_eq!(edit.changes[1].new, 128_u32.to_le_bytes());
    // What is set itself stays as it is set.
    let set = [("dib_header.width", "8"), ("dib_header.image_size", "7")];
    let edit = plan(&document, &set).unwrap();
    assert_eq!(edit.changes[1].new, 7_u32.to_le_bytes());
    assert_eq!(edit.changes.len(), 2);
    let edit = plan(&document, &[("dib_header.planes", "2")]).unwrap();
    assert_eq!(edit.new_problems[0].code, "B014");
}

#[test]
fn what_was_wrong_before_and_does_not_depend_on_the_change_stays() {
    let mut bytes = fixture("info-8.bmp");
    // The size of the file, and that of the pixels, 256 bytes: 16 rows of 16.
    bytes[2..6].copy_from_slice(&7_u32.to_le_bytes());
    bytes[34..38].copy_from_slice(&9_u32.to_le_bytes());
    let document = Document::detect(Source::from(&*bytes), None).unwrap();
    let changed = |path: &str, value: &str| {
        let edit = plan(&document, &[(path, value)]).unwrap();
        assert!(edit.new_problems.is_empty(), "{:?}", edit.new_problems);
        let changes = edit.changes.into_iter();
        changes
            .map(|change| (change.path, change.new_value))
            .collect::<Vec<_>>()
    };
    let pair = |path: &str, value: &str| (path.to_owned(), value.to_owned());
    for field in ["x_ppm", "colors_important"] {
        let path = format!("dib_header.{field}");
        assert_eq!(changed(&path, "5"), [pair(&path, "5")]);
    }
    // The width decides about the rows, and about nothing else.
    assert_eq!(
        changed("dib_header.width", "8"),
        [
            pair("dib_header.width", "8"),
            pair("dib_header.image_size", "128")
        ]
    );
    // A field that is set to what it is is no change, and nothing follows from it.
    assert_eq!(changed("dib_header.width", "16"), []);
}

/// The sum is spelled with a space in front, as old tars do: another spelling of the same sum.
#[test]
fn a_field_that_is_set_to_what_it_is_changes_no_checksum() {
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "content").unwrap();
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    let mut bytes = builder.finish().unwrap();
    bytes[148] = b' ';
    let document = Document::open(Source::from(&*bytes), Tar).unwrap();
    let uid = document
        .find(&"members[0].header.uid".parse().unwrap())
        .unwrap()[0]
        .node
        .value
        .clone()
        .unwrap();
    let same = plan(&document, &[("members[0].header.uid", &uid.to_string())]).unwrap();
    assert_eq!(same.changes, []);
    let other = plan(&document, &[("members[0].header.uid", "77")]).unwrap();
    let paths: Vec<_> = other.changes.iter().map(|change| &*change.path).collect();
    assert_eq!(paths, ["members[0].header.uid", "members[0].header.chksum"]);
}

#[test]
fn errors_that_were_there_before_are_not_told_as_new() {
    // Each item states a 1 that the data haven't.
    let bytes = [0_u8; 3000];
    let document = document("*(B=1 B:x):items", &bytes);
    let edit = plan(&document, &[("items[0].x", "9")]).unwrap();
    assert_eq!(edit.new_problems, []);
    // The error at this place was there before, with other words.
    let edit = plan(&document, &[("items[0][0]", "2")]).unwrap();
    assert_eq!(edit.new_problems, []);
    let mut bytes = bytes;
    bytes[0] = 1;
    bytes[2998] = 1;
    let document = self::document("*(B=1 B:x):items", &bytes);
    for (item, place) in [("items[0][0]", 0), ("items[1499][0]", 2998)] {
        let edit = plan(&document, &[(item, "0")]).unwrap();
        let new: Vec<_> = edit
            .new_problems
            .iter()
            .map(|problem| (problem.code, problem.range.offset))
            .collect();
        assert_eq!(new, [("S001", place)], "{item}");
    }
    // Where an error goes, none of the others becomes a new one.
    let edit = plan(&document, &[("items[1][0]", "1")]).unwrap();
    assert_eq!(edit.new_problems, []);
}

/// A header with the sum that GNU tar would have written.
#[test]
fn the_checksum_of_a_tar_header_follows() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "content").unwrap();
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    let bytes = builder.finish().unwrap();
    let document = Document::open(Source::from(&*bytes), Tar).unwrap();
    let set = [
        (r#"members["a"].header.mode"#, "0o751"),
        ("members[0].header.name", "b"),
        ("members[0].header.uid", "-1"),
    ];
    let after = edited(&bytes, &plan(&document, &set).unwrap());
    let sum: u32 = after[..512].iter().map(|&b| u32::from(b)).sum::<u32>()
        - after[148..156].iter().map(|&b| u32::from(b)).sum::<u32>()
        + 8 * 32;
    assert_eq!(after[148..156], *format!("{sum:06o}\0 ").as_bytes());
    let document = Document::open(Source::from(after), Tar).unwrap();
    for (path, value) in [("mode", 0o751), ("uid", -1)] {
        let path = format!(r#"members["b"].header.{path}"#);
        let found = document.find(&path.parse().unwrap()).unwrap();
        assert_eq!(found[0].node.value, Some(value.into()));
    }
    let error = plan(&document, &[("members[0].header.mode", "0755")]).unwrap_err();
    assert!(error.contains("0o755"), "{error}");
}

#[test]
fn a_patch_reads_as_it_was_written_and_goes_both_ways() {
    let bytes = fixture("info-8.bmp");
    let document = Document::detect(Source::from(&*bytes), None).unwrap();
    let palette = format!("x'{}'", "ab".repeat(256));
    let set = [("dib_header.width", "8"), ("pixels", &*palette)];
    let edit = plan(&document, &set).unwrap();
    let patch = Patch {
        file: Some("a b.bmp".into()),
        size: bytes.len() as u64,
        changes: edit.changes.clone(),
    };
    let read: Patch = patch.to_string().parse().unwrap();
    assert_eq!(read.to_string(), patch.to_string());
    let after = Source::from(edited(&bytes, &edit));
    assert!(read.check(&Source::from(&*bytes)).is_ok());
    assert!(read.check(&after).is_err());
    assert!(read.reversed().check(&after).is_ok());
}

#[test]
fn broken_patches_are_refused_with_their_line() {
    let patch = |body: &str| {
        let text = format!("bytewright patch 1\n{body}");
        text.parse::<Patch>().unwrap_err()
    };
    for (body, line, reason) in [
        ("", 1, "the size of the file is missing"),
        ("size x", 2, "expected a length"),
        ("size 4\n- 00", 3, "a line that begins with at"),
        ("size 4\nat x\n", 3, "expected an offset"),
        ("size 4\nat 0\n- 0\n", 4, ""),
        ("size 4\nat 0 a\n- 00\n+ 0000\n", 5, "1 bytes into 2"),
        ("size 4\nat 3 a\n- 0000\n+ 0000\n", 5, "leaves the file"),
        (
            "size 4\nat 0xffffffffffffffff a\n- 0000\n+ 0000\n",
            5,
            "leaves the file",
        ),
        (
            "size 4\nat 1 a\n- 0000\n+ 1111\nat 2 b\n- 00\n+ 11\n",
            8,
            "overlaps",
        ),
        ("size 4\nrm -rf\n", 3, "expected file, size, at"),
    ] {
        let error = patch(body);
        assert_eq!(error.line, line, "{body:?}: {error}");
        assert!(error.to_string().contains(reason), "{body:?}: {error}");
    }
    assert!("other".parse::<Patch>().is_err());
}

#[test]
fn a_patch_fits_no_file_of_another_length() {
    let patch: Patch = "bytewright patch 1\nsize 4\nat 0x1 x\n- 62\n+ 7a\n"
        .parse()
        .unwrap();
    assert!(patch.check(&Source::from(&b"abcd"[..])).is_ok());
    for other in ["abc", "abcde", ""] {
        let found = other.len();
        let mismatch = patch.check(&Source::from(other.as_bytes()));
        assert_eq!(
            mismatch.unwrap_err().to_string(),
            format!("the patch is for a file of 4 bytes, this one has {found}")
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("five");
    fs::write(folder.path().join("patch"), patch.to_string()).unwrap();
    for in_place in [&[][..], &["--in-place"]] {
        fs::write(&path, "abcde").unwrap();
        let output = bytewright()
            .args([&["apply", "patch", "five"], in_place].concat())
            .current_dir(&folder)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(fs::read(&path).unwrap(), b"abcde");
        let mut file = File::options().read(true).write(true).open(&path).unwrap();
        assert!(patch.write_in_place(&mut file).is_err());
        let mut copy = tempfile::tempfile().unwrap();
        assert!(patch.write_to(&file, &mut copy).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"abcde");
    }
}

fn bytewright() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bytewright"))
}

#[test]
fn set_get_and_undo_give_the_file_back() {
    let folder = tempfile::tempdir().unwrap();
    let before = fixture("info-8.bmp");
    fs::write(folder.path().join("a.bmp"), &before).unwrap();
    let run = |args: &[&str]| {
        let output = bytewright()
            .args(args)
            .current_dir(&folder)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    for in_place in [&[][..], &["--in-place"]] {
        let dry = run(&["set", "a.bmp", "dib_header.width=8", "-n"]);
        assert_eq!(dry.0, 0);
        assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
        let set = ["set", "a.bmp", "dib_header.width=8", "--undo", "undo"];
        let done = run(&[&set[..], in_place].concat());
        assert_eq!(done, dry, "a dry run shows what is done");
        assert_eq!(run(&["get", "a.bmp", "dib_header.width"]).1, "8\n");
        assert_eq!(run(&["get", "a.bmp", "dib_header.image_size"]).1, "128\n");
        let undo = run(&[&["apply", "--reverse", "undo"][..], in_place].concat());
        assert_eq!(undo.0, 0);
        assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
        assert_eq!(run(&["apply", "--reverse", "undo"]).0, 1, "undone already");
        assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
    }
    assert_eq!(run(&["set", "a.bmp", "dib_header.depth=8"]).0, 1);
    assert_eq!(
        run(&["set", "a.bmp", "dib_header.width=2_147_483_648"]).0,
        4
    );
    assert_eq!(run(&["set", "a.bmp", "dib_header.planes=3"]).0, 1);
    assert_eq!(fs::read(folder.path().join("a.bmp")).unwrap(), before);
    assert_eq!(
        run(&["set", "a.bmp", "dib_header.planes=3", "--force"]).0,
        0
    );
    assert_eq!(run(&["get", "a.bmp", "dib_header.planes"]).1, "3\n");
    let outside = fs::read_to_string(folder.path().join("undo")).unwrap();
    let outside = outside.replace("file a.bmp", "file ../a.bmp");
    fs::write(folder.path().join("outside"), outside).unwrap();
    assert_eq!(run(&["apply", "outside"]).0, 2);
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

/// A number in a struct is written as Python writes one, also where a tar header would be octal.
#[test]
fn only_the_numbers_of_tar_headers_are_octal() {
    let edit = plan(&document("8s:mode", b"0000644\0"), &[("mode", "0755")]).unwrap();
    assert_eq!(edit.changes[0].new, b"0755\0\0\0\0");
    let edit = plan(&document("<H:mode", &[0, 0]), &[("mode", "0o755")]).unwrap();
    assert_eq!(
        (&*edit.changes[0].new, &*edit.changes[0].new_value),
        (&[0xed, 1][..], "493")
    );
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "content").unwrap();
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    let bytes = builder.finish().unwrap();
    let document = Document::open(Source::from(&*bytes), Tar).unwrap();
    // Names and the magic are text, whatever digits they have.
    for (field, text, start) in [("name", "0755", &b"0755\0"[..]), ("uname", "07", b"07\0")] {
        let path = format!("members[0].header.{field}");
        let edit = plan(&document, &[(&path, text)]).unwrap();
        let change = edit.changes.iter().find(|change| change.path == path);
        assert!(change.unwrap().new.starts_with(start), "{field}");
    }
    for (text, new) in [
        ("0", "0000000\0"),
        ("7", "0000007\0"),
        ("0o17", "0000017\0"),
    ] {
        let edit = plan(&document, &[("members[0].header.mode", text)]).unwrap();
        assert_eq!(edit.changes[0].new, new.as_bytes(), "{text}");
    }
    let error = plan(&document, &[("members[0].header.mode", "00755")]).unwrap_err();
    assert!(
        error.contains("Write 0o755 if it is, 755 if it isn't"),
        "{error}"
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

/// The error is one of the path, or of the value; each leads to its cause.
#[test]
fn an_error_of_an_edit_has_its_source() {
    let document = document("<H:a", &[1, 0]);
    let failed = |path: &str, text: &str| {
        let set = [(path.parse().unwrap(), text.to_owned())];
        edit::plan(&document, &set, true, &|_| None).unwrap_err()
    };
    for (path, text, is_found) in [("b", "1", false), ("a", "x", true)] {
        let error = failed(path, text);
        assert_eq!(matches!(error, edit::Error::Edit(_)), is_found);
        assert_eq!(error.is_data(), is_found);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), error.to_string());
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

#[test]
fn a_patch_says_values_for_people_only_where_they_fit_on_its_line() {
    let patch = |old_value: &str| {
        let text = "bytewright patch 1\nsize 40\nat 0x2 a.b\n- 01\n+ 02\n";
        let mut patch: Patch = text.parse().unwrap();
        old_value.clone_into(&mut patch.changes[0].old_value);
        "two".clone_into(&mut patch.changes[0].new_value);
        patch.to_string()
    };
    let written =
        |old: &str| format!("bytewright patch 1\nsize 40\n\nat 0x2 a.b\n- 01{old}\n+ 02  # two\n");
    assert_eq!(patch("one"), written("  # one"));
    assert_eq!(patch(""), written(""));
    assert_eq!(patch("one\n+ ff"), written(""));
    let read: Patch = patch("one").parse().unwrap();
    assert_eq!(read.changes[0].old_value, "one");
    assert_eq!(read.changes[0].new_value, "two");
}

#[test]
fn a_mismatch_shows_sixteen_bytes_of_either_side() {
    for (size, more) in [(15, ""), (16, ""), (17, "…")] {
        let digits = |byte: &str| vec![byte; size].join(" ");
        let text = format!(
            "bytewright patch 1\nsize {size}\nat 0 a\n- {}\n+ {}\n",
            digits("01"),
            digits("02")
        );
        let patch: Patch = text.parse().unwrap();
        let found = Source::from(vec![3; size]);
        let mismatch = patch.check(&found).unwrap_err();
        let shown = |byte: &str| format!("{}{more}", byte.repeat(size.min(16)));
        assert_eq!(
            mismatch.to_string(),
            format!(
                "a at 0x0: the patch expects {}, the file has {}",
                shown("01"),
                shown("03")
            )
        );
    }
}

#[test]
fn a_patch_reaches_the_end_of_its_file_and_changes_may_touch() {
    let text = "bytewright patch 1\nsize 4\nat 0 a\n- 61 62\n+ 41 42\nat 2 b\n- 63 64\n+ 43 44\n";
    let patch: Patch = text.parse().unwrap();
    let mut from = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut from, b"abcd").unwrap();
    let mut to = tempfile::tempfile().unwrap();
    patch.write_to(&from, &mut to).unwrap();
    assert_eq!(Source::new(to).read(0, 9).unwrap(), b"ABCD");
    patch.write_in_place(&mut from).unwrap();
    assert!(patch.write_in_place(&mut from).is_err(), "it is applied");
    patch.reversed().write_in_place(&mut from).unwrap();
    assert_eq!(Source::new(from).read(0, 9).unwrap(), b"abcd");
}

/// All over a file of many kinds: what is set and undone is what was there.
#[test]
fn every_field_that_is_set_and_undone_gives_the_file_back() {
    let format = "<4s:m B{lo:3 hi:5}:bits 2x 2(>H:x h:y):g f:f V:v z:name 3B:n *s:rest";
    let bytes = hex("41424300 a7 0000 0100fffe 02000003 0000c03f ac02 616200 070809 ff00ff");
    let document = document(format, &bytes);
    for (path, text) in [
        ("m", "xy"),
        ("bits.lo", "2"),
        ("bits.hi", "30"),
        ("padding", "x'0102'"),
        ("g[*].x", "513"),
        ("g[-1].y", "-5"),
        ("f", "-0.5"),
        ("v", "129"),
        ("name", "zz"),
        ("n", "[1, 2, 3]"),
        ("rest", "x'010203'"),
    ] {
        let edit = plan(&document, &[(path, text)]).unwrap_or_else(|e| panic!("{path}: {e}"));
        let after = edited(&bytes, &edit);
        assert_ne!(after, bytes, "{path}");
        let undo = Patch {
            file: None,
            size: bytes.len() as u64,
            changes: edit.changes,
        };
        let undo: Patch = undo.to_string().parse().unwrap();
        let undo = undo.reversed();
        assert!(undo.check(&Source::from(&*after)).is_ok());
        let mut back = after;
        for change in &undo.changes {
            let start = usize::try_from(change.offset).unwrap();
            back[start..start + change.new.len()].copy_from_slice(&change.new);
        }
        assert_eq!(back, bytes, "{path}");
    }
}

/// The archive says `@`, which is the order of this machine.
#[cfg(target_endian = "little")]
#[test]
fn bits_in_the_order_of_the_machine_are_set_in_it() {
    let document = document("@H{a:8 b:8}", &[1, 2]);
    let edit = plan(&document, &[("a", "9")]).unwrap();
    assert_eq!(edited(&[1, 2], &edit), [9, 2]);
}

/// Bytes after the end are not made up, and what was read over is not touched.
#[test]
fn an_overlay_changes_its_bytes_and_no_others() {
    use bytewright::inspect::edit::Overlay;

    let over = |offset: u64, bytes: &[u8]| {
        Overlay::new(Source::from(&b"abcdef"[..]), &[])
            .with(offset, bytes.to_vec())
            .into_source()
    };
    for (offset, bytes, expected) in [
        (0, &b"XY"[..], &b"XYcdef"[..]),
        (4, b"XY", b"abcdXY"),
        (5, b"XY", b"abcdeX"),
        (6, b"XY", b"abcdef"),
        (u64::MAX, b"XY", b"abcdef"),
        (2, b"", b"abcdef"),
    ] {
        let source = over(offset, bytes);
        assert_eq!((source.size().unwrap(), source.known_size()), (6, Some(6)));
        for start in 0..7 {
            for end in start..9 {
                let found = source.read(start, end - start).unwrap();
                let of = |at: u64| expected.len().min(usize::try_from(at).unwrap());
                assert_eq!(
                    found,
                    expected[of(start)..of(end)],
                    "{offset} {start} {end}"
                );
            }
        }
    }
    let stream = Source::stream(std::io::repeat(7));
    let source = Overlay::new(stream, &[]).with(1, vec![8]).into_source();
    assert_eq!(source.read(0, 3).unwrap(), [7, 8, 7]);
    assert_eq!(source.known_size(), None);
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
