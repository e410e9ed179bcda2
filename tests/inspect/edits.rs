//! What an edit is: with and without what follows, whose fault a refusal is, and how it is written down.

use std::io::{self, ErrorKind};

use bytewright::format::StructFormat;
use bytewright::formats::tar::Tar;
use bytewright::inspect::Document;
use bytewright::inspect::edit::{self, Edit};
use bytewright::inspect::patch::Patch;
use bytewright::source::ReadAt;
use bytewright::{Source, Struct};

fn document(format: &str, bytes: &[u8]) -> Document {
    let layout = StructFormat::new("s", Struct::new(format).unwrap());
    Document::open(Source::from(bytes), layout).unwrap()
}

fn planned(document: &Document, path: &str, text: &str, repair: bool) -> Result<Edit, edit::Error> {
    let set = [(path.parse().unwrap(), text.to_owned())];
    edit::plan(document, &set, repair, &|_| None)
}

fn archive() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "content").unwrap();
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    builder.finish().unwrap()
}

#[test]
fn what_follows_is_left_out_on_request_and_then_told_as_an_error() {
    let document = Document::open(Source::from(archive()), Tar).unwrap();
    let paths = |edit: &Edit| {
        let paths = edit.changes.iter().map(|change| change.path.clone());
        paths.collect::<Vec<_>>()
    };
    let whole = planned(&document, "members[0].header.uid", "77", true).unwrap();
    let uid = "members[0].header.uid".to_owned();
    let sum = "members[0].header.chksum".to_owned();
    assert_eq!(paths(&whole), [uid.clone(), sum.clone()]);
    assert_eq!(whole.new_problems, []);
    let alone = planned(&document, "members[0].header.uid", "77", false).unwrap();
    assert_eq!(paths(&alone), [uid]);
    assert!(!alone.new_problems.is_empty());
    // A checksum that is set itself stays as it is set.
    let set = [
        ("members[0].header.uid".parse().unwrap(), "77".to_owned()),
        ("members[0].header.chksum".parse().unwrap(), "1".to_owned()),
    ];
    let both = edit::plan(&document, &set, true, &|_| None).unwrap();
    assert_eq!(both.changes.len(), 2);
    let change = both.changes.iter().find(|change| change.path == sum);
    assert!(!change.unwrap().follows);
}

#[test]
fn a_change_is_written_down_as_people_read_it() {
    let document = document("<H:a *s:rest", b"\x01\x02xyz");
    let edit = planned(&document, "a", "0x0403", true).unwrap();
    assert_eq!(
        serde_json::to_value(&edit).unwrap(),
        serde_json::json!({
            "changes": [{
                "path": "a",
                "offset": 0,
                "old": "0102",
                "new": "0304",
                "old_value": "513",
                "new_value": "1027",
                "follows": false,
            }],
            "new_problems": [],
        })
    );
}

/// Bytes of which the second half can't be read.
struct Halved;

impl ReadAt for Halved {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if offset >= 1 << 20 {
            return Err(io::Error::new(ErrorKind::TimedOut, "no answer"));
        }
        let left = usize::try_from((1 << 20) - offset).unwrap();
        let n = buf.len().min(left);
        buf[..n].fill(0);
        Ok(n)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(2 << 20)
    }
}

#[test]
fn an_error_is_the_datas_or_not() {
    let whole = document("<H:a I:b", &[1, 0, 2, 0, 0, 0]);
    let cut = document("<H:a I:b", &[1, 0, 2]);
    for (document, path, text, is_data) in [
        (&whole, "a", "x", true),
        (&whole, "c", "1", false),
        (&cut, "b", "1", true),
        (&cut, "c", "1", false),
    ] {
        let error = planned(document, path, text, true).unwrap_err();
        assert_eq!(error.is_data(), is_data, "{path}: {error}");
    }
    for (kind, is_data) in [
        (ErrorKind::InvalidData, true),
        (ErrorKind::UnexpectedEof, true),
        (ErrorKind::TimedOut, false),
    ] {
        assert_eq!(edit::Error::Io(kind.into()).is_data(), is_data);
        let find = bytewright::inspect::FindError::Io(kind.into());
        assert_eq!(find.is_data(), is_data);
    }
    let layout = StructFormat::new("s", Struct::new("1048576s:a 1048576s:b").unwrap());
    let unreadable = Document::open(Source::new(Halved), layout);
    let error = match unreadable {
        Ok(document) => planned(&document, "b", "x", true).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    assert!(error.contains("no answer"), "{error}");
}

#[test]
fn what_has_no_bytes_of_its_own_is_refused() {
    let whole = document("B:n [n]s~xor(1):data {0: x} .twice=[n * 2]", b"\x02ab");
    for (path, text, words) in [
        ("data", "xy", "its bytes are coded"),
        ("data.content", "xy", "compressed stream"),
    ] {
        let error = planned(&whole, path, text, true).unwrap_err().to_string();
        assert!(error.contains(words), "{path}: {error}");
    }
}

#[test]
fn a_patch_has_comments_and_lines_of_any_system() {
    let text = "bytewright patch 1\r\n# by hand\r\nfile  a b.bin \r\nsize 4\r\n\r\n\
                at 1 x.y[2]\r\n- 62\r\n+ 7a # not\r\n#\r\nat 0x3\r\n-64  # old\r\n";
    // A sign stands apart from its bytes.
    let error = text.parse::<Patch>().unwrap_err();
    assert_eq!(error.line, 11, "{error}");
    let text = text.replace("-64", "- 64") + "+ 65 # new\n";
    let patch: Patch = text.parse().unwrap();
    assert_eq!(patch.file.as_deref(), Some("a b.bin".as_ref()));
    assert_eq!(patch.size, 4);
    let changes: Vec<_> = patch
        .changes
        .iter()
        .map(|c| {
            let bytes = (c.old.as_slice(), c.new.as_slice());
            (c.offset, &*c.path, bytes, &*c.old_value, &*c.new_value)
        })
        .collect();
    assert_eq!(
        changes,
        [
            (1, "x.y[2]", (&b"b"[..], &b"z"[..]), "", "not"),
            (3, "", (b"d", b"e"), "old", "new"),
        ]
    );
}

/// Bit fields of one integer are one change, which names each of them with its values.
#[test]
fn bit_fields_of_one_integer_change_it_together() {
    let document = document(
        ">H{a:3 b:5 c:8} H:d B{e:4 f:4}:g",
        &[0b001_00010, 3, 0, 0, 0x45],
    );
    let set = |of: &[(&str, &str)]| {
        let set: Vec<_> = of
            .iter()
            .map(|(path, text)| (path.parse().unwrap(), (*text).to_owned()))
            .collect();
        let edit = edit::plan(&document, &set, true, &|_| None).unwrap();
        let told = |change: &edit::Change| {
            let values = format!("{} -> {}", change.old_value, change.new_value);
            (
                change.path.clone(),
                values,
                change.offset,
                change.new.clone(),
            )
        };
        edit.changes.iter().map(told).collect::<Vec<_>>()
    };
    let told = |path: &str, values: &str, offset: u64, new: &[u8]| {
        (path.to_owned(), values.to_owned(), offset, new.to_vec())
    };
    let integer = told("a, c, b", "1, 3, 2 -> 7, 255, 31", 0, &[0xff, 0xff]);
    let group = told("g.f", "5 -> 0", 4, &[0x40]);
    let changed = set(&[("g.f", "0"), ("a", "7"), ("c", "255"), ("b", "31")]);
    assert_eq!(changed, [integer, group]);
    // Set to what they are, they change nothing.
    assert_eq!(set(&[("a", "1"), ("b", "2")]), []);
    for (path, most) in [("a", 7), ("b", 31), ("c", 255), ("g.e", 15)] {
        assert!(
            planned(&document, path, &most.to_string(), true).is_ok(),
            "{path}"
        );
        let beyond = planned(&document, path, &(most + 1).to_string(), true);
        let error = beyond.unwrap_err().to_string();
        assert!(error.contains(&format!("0 to {most}")), "{error}");
    }
    // A field of an integer that is set before it changes what was set.
    assert_eq!(set(&[("g", "1"), ("g.e", "2")])[0].3, [0x21]);
    let after = [
        ("g.e".parse().unwrap(), "2".to_owned()),
        ("g".parse().unwrap(), "1".to_owned()),
    ];
    assert!(edit::plan(&document, &after, true, &|_| None).is_err());
}
