//! Changing fields: what becomes of the bytes, what follows, what is refused, and that a file is
//! the old one or the new one whatever happens meanwhile.

#![cfg(feature = "cli")]

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use bytewright::inspect::edit::{self, Edit};
use bytewright::inspect::patch::Patch;
use bytewright::inspect::{Document, Format, Layout};
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
    let layout = Layout::new("s", Struct::new(format).unwrap());
    Document::open(Source::from(bytes), layout.into()).unwrap()
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
    let document = Document::open(Source::from(&*bytes), Format::Tar).unwrap();
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
    let document = Document::open(Source::from(&*bytes), Format::Tar).unwrap();
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
    let document = Document::open(Source::from(after), Format::Tar).unwrap();
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
    assert!(read.check(&Source::from(&*bytes)).unwrap().is_ok());
    assert!(read.check(&after).unwrap().is_err());
    assert!(read.reversed().check(&after).unwrap().is_ok());
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
    assert!(patch.check(&Source::from(&b"abcd"[..])).unwrap().is_ok());
    for other in ["abc", "abcde", ""] {
        let found = other.len();
        let mismatch = patch.check(&Source::from(other.as_bytes())).unwrap();
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
