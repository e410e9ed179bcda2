//! Documents, paths and walks: what works on any file.

use std::io::Write as _;

use bytewright::inspect::{Document, Format, Layout, Path, Segment, Step, walk};
use bytewright::tree::{Role, Space};
use bytewright::{Source, Struct};
use flate2::{Compression, GzBuilder};

/// Owners of the file's bytes, as paths; asserts that each byte has one.
fn owners(document: &Document) -> Vec<String> {
    let mut at = 0;
    let mut paths = Vec::new();
    walk(document.root(), &mut |path, _, node| {
        if node.owns_bytes() && node.range.space == Space::FILE && node.range.size > 0 {
            assert_eq!(node.range.offset, at, "{path}");
            at = node.range.end();
            paths.push(path.to_owned());
        }
        Ok(Step::Into)
    })
    .unwrap();
    assert_eq!(at, document.root().range.size);
    paths
}

fn gzip(name: Option<&str>, content: &[u8]) -> Vec<u8> {
    let mut builder = GzBuilder::new().mtime(1_000_000_000);
    if let Some(name) = name {
        builder = builder
            .filename(name)
            .comment("made here")
            .extra(b"ab\x02\0xy".to_vec());
    }
    let mut encoder = builder.write(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn problems(document: &Document) -> Vec<(&'static str, u64)> {
    let mut found = Vec::new();
    walk(document.root(), &mut |_, _, node| {
        found.extend(node.problems.iter().map(|p| (p.code, p.range.offset)));
        Ok(Step::Into)
    })
    .unwrap();
    found
}

fn value(document: &Document, path: &str) -> String {
    let found = document.find(&path.parse().unwrap()).unwrap();
    found[0].node.value.as_ref().unwrap().to_string()
}

#[test]
fn a_gzip_member_has_all_its_fields() {
    let file = [gzip(Some("a name"), b"hello "), gzip(None, b"world")].concat();
    let document = Document::detect(Source::from(file), None).unwrap();
    assert_eq!(
        owners(&document)[..12],
        [
            "members[0].header.magic",
            "members[0].header.method",
            "members[0].header.flags",
            "members[0].header.mtime",
            "members[0].header.extra_flags",
            "members[0].header.os",
            "members[0].header.extra.size",
            "members[0].header.extra.data",
            "members[0].header.name",
            "members[0].header.comment",
            "members[0].data",
            "members[0].trailer.crc32",
        ]
    );
    assert_eq!(value(&document, "members[0].header.name"), "b'a name'");
    assert_eq!(value(&document, "members[-1].trailer.size"), "5");
    assert_eq!(value(&document, "members[0].header.flags.comment"), "1");
    // zlib.crc32(b"world") in Python.
    assert_eq!(value(&document, "members[1].trailer.crc32"), "980881731");
    let content = document.find(&"content".parse().unwrap()).unwrap();
    assert_eq!(
        document.bytes(content[0].node.range, 100).unwrap(),
        b"hello world"
    );
    assert_eq!(problems(&document), []);
}

#[test]
fn what_is_wrong_with_a_gzip_file_stands_where_it_is() {
    let whole = gzip(None, b"some content");
    let end = whole.len() as u64;
    let with = |at: usize, xor: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= xor;
        bytes
    };
    for (file, expected) in [
        (with(whole.len() - 8, 1), ("G003", end - 8)),
        (with(whole.len() - 4, 1), ("G004", end - 4)),
        (with(2, 1), ("G005", 2)),
        (with(3, 0x80), ("G006", 3)),
        (whole[..whole.len() - 9].to_vec(), ("G001", end - 9)),
        (whole[..whole.len() - 3].to_vec(), ("G001", end - 3)),
        (whole[..5].to_vec(), ("G001", 5)),
        ([&whole[..], b"behind"].concat(), ("G008", end)),
    ] {
        let document = Document::detect(Source::from(file), None).unwrap();
        owners(&document);
        assert_eq!(problems(&document), [expected]);
    }
    let padded = [&whole[..], &[0; 5000]].concat();
    let document = Document::detect(Source::from(padded), None).unwrap();
    assert_eq!(owners(&document).last().unwrap(), "zeros");
    assert_eq!(problems(&document), []);
}

#[test]
fn the_checksum_of_a_gzip_header_counts() {
    // Flag FHCRC, then the low half of zlib.crc32(header) as Python computes it: 0x77a7.
    let header = b"\x1f\x8b\x08\x02\0\0\0\0\0\x03";
    let rest = &gzip(None, b"x")[10..];
    for (crc, expected) in [(b"\xa7\x77", vec![]), (b"\xa6\x77", vec![("G007", 10)])] {
        let file = [&header[..], crc, rest].concat();
        let document = Document::detect(Source::from(file), None).unwrap();
        owners(&document);
        assert_eq!(problems(&document), expected);
    }
}

#[test]
fn every_cut_of_a_gzip_file_is_covered() {
    let whole = [gzip(Some("n"), b"hello"), gzip(None, &[7; 3000])].concat();
    for end in 2..=whole.len() {
        let document = Document::detect(Source::from(&whole[..end]), None).unwrap();
        owners(&document);
    }
}

#[test]
fn a_struct_that_does_not_fit_shows_what_does() {
    let layout = Layout::new(
        "s",
        Struct::new("<2s:magic=\"XY\" (H:n [n]H:items):g").unwrap(),
    );
    let source = Source::from(&b"ZY\x03\0\x01\0\x02"[..]);
    let document = Document::open(source, layout.into()).unwrap();
    assert_eq!(owners(&document), ["magic", "g.n", "unread"]);
    assert_eq!(problems(&document), [("S001", 0), ("S002", 6)]);
}

#[test]
fn a_struct_larger_than_a_window_is_read_whole() {
    let mut file = 100_000_u32.to_le_bytes().to_vec();
    file.extend(vec![7; 100_000]);
    file.push(1);
    let layout = |text| Format::from(Layout::new("s", Struct::new(text).unwrap()));
    let document = Document::open(Source::from(&*file), layout("<I:n [n]s:data")).unwrap();
    assert_eq!(owners(&document), ["n", "data", "rest"]);
    let document = Document::open(Source::from(&*file), layout("<I:n *s:data")).unwrap();
    assert_eq!(owners(&document), ["n", "data"]);
}

#[test]
fn records_go_on_to_the_end() {
    let layout = Layout::new("s", Struct::new("<H:a B:b").unwrap())
        .at(1)
        .repeated();
    let source = Source::from((0..9).collect::<Vec<u8>>());
    let document = Document::open(source, layout.into()).unwrap();
    assert_eq!(
        owners(&document),
        [
            "before",
            "records[0].a",
            "records[0].b",
            "records[1].a",
            "records[1].b",
            "records[2].a"
        ]
    );
}

#[test]
fn empty_structs_end() {
    let layout = Layout::new("s", Struct::new("0s").unwrap()).repeated();
    let document = Document::open(Source::from(&b"abc"[..]), layout.into()).unwrap();
    assert_eq!(owners(&document), ["records[0].unread"]);
}

#[test]
fn formats_are_told_by_content_then_by_name() {
    let name = |bytes: &[u8], path: &str| {
        let path = std::path::Path::new(path);
        let document = Document::detect(Source::from(bytes), Some(path)).unwrap();
        document.format().name().to_owned()
    };
    assert_eq!(name(b"BMW is a car, and this is a text", "x"), "unknown");
    assert_eq!(name(b"BM\x01\0", "x"), "bmp");
    assert_eq!(name(&[0; 10240], "x.tar"), "tar");
    assert_eq!(name(&[0; 10240], "x"), "unknown");
    assert_eq!(name(b"", "x"), "unknown");
    assert_eq!(name(b"\x1f\x8b", "x.bmp"), "gzip");
}

#[test]
fn paths_read_and_print() {
    let segments = |text: &str| text.parse::<Path>().unwrap().segments().to_vec();
    let name = |text: &str| Segment::Name(text.to_owned());
    assert_eq!(segments(""), []);
    assert_eq!(segments("a.b"), [name("a"), name("b")]);
    assert_eq!(segments(".a[3]"), [name("a"), Segment::Index(3)]);
    assert_eq!(
        segments(r#"m["a=b[1].txt"].x"#),
        [name("m"), Segment::Key(b"a=b[1].txt".to_vec()), name("x")]
    );
    assert_eq!(segments(r#"['\xff"']"#), [Segment::Key(b"\xff\"".to_vec())]);
    assert_eq!(
        segments("m[*][-2]"),
        [name("m"), Segment::All, Segment::Index(-2)]
    );
    for (text, at) in [
        ("a.", 2),
        ("a..b", 2),
        ("a[", 1),
        ("a[x]", 1),
        ("a[\"x]", 1),
        ("a[1]b", 4),
        ("a-b", 0),
        ("..", 1),
    ] {
        assert_eq!(text.parse::<Path>().unwrap_err().at(), at, "{text}");
    }
}

#[test]
fn a_path_finds_items_from_both_ends_and_all_of_them() {
    let layout = Struct::new("<3(B:a B{lo:4 hi:4}):g H{x:8 y:8}").unwrap();
    let format = Format::from(Layout::new("s", layout));
    let source = Source::from(&[1, 0x10, 2, 0x20, 3, 0x30, 4, 5][..]);
    let document = Document::open(source, format).unwrap();
    assert_eq!(value(&document, "g[-1].a"), "3");
    assert_eq!(value(&document, "g[1].hi"), "2");
    assert_eq!(value(&document, "y"), "5");
    let all = document.find(&"g[*].a".parse().unwrap()).unwrap();
    let paths: Vec<&str> = all.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["g[0].a", "g[1].a", "g[2].a"]);
    for path in ["g[3]", "g[-4]", "h", "g.a", "g[0].a.b"] {
        let error = document.find(&path.parse().unwrap()).unwrap_err();
        assert!(error.to_string().contains("nothing of that name"), "{path}");
    }
    assert_eq!(
        document.root().children().next().unwrap().unwrap().role,
        Role::Field
    );
}
