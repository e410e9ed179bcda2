//! Documents, paths and walks: what works on any file.

use std::io::{Read as _, Write as _};

use bytewright::format::StructFormat;
use bytewright::formats::Registry;
use bytewright::formats::bmp::Bmp;
use bytewright::inspect::{Document, FindError, Path, Segment, Step, walk};
use bytewright::tree::{Role, Space};
use bytewright::{Source, Struct};
use flate2::{Compression, GzBuilder};

use Nowhere::{DataEnd, NotThere};

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
    let layout = StructFormat::new(
        "s",
        Struct::new("<2s:magic=\"XY\" (H:n [n]H:items):g").unwrap(),
    );
    let source = Source::from(&b"ZY\x03\0\x01\0\x02"[..]);
    let document = Document::open(source, layout).unwrap();
    assert_eq!(owners(&document), ["magic", "g.n", "unread"]);
    assert_eq!(problems(&document), [("S001", 0), ("S002", 6)]);
}

#[test]
fn a_struct_larger_than_a_window_is_read_whole() {
    let mut file = 100_000_u32.to_le_bytes().to_vec();
    file.extend(vec![7; 100_000]);
    file.push(1);
    let layout = |text| StructFormat::new("s", Struct::new(text).unwrap());
    let document = Document::open(Source::from(&*file), layout("<I:n [n]s:data")).unwrap();
    assert_eq!(owners(&document), ["n", "data", "rest"]);
    let document = Document::open(Source::from(&*file), layout("<I:n *s:data")).unwrap();
    assert_eq!(owners(&document), ["n", "data"]);
}

#[test]
fn records_go_on_to_the_end() {
    let layout = StructFormat::new("s", Struct::new("<H:a B:b").unwrap())
        .at(1)
        .repeated();
    let source = Source::from((0..9).collect::<Vec<u8>>());
    let document = Document::open(source, layout).unwrap();
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
    let layout = StructFormat::new("s", Struct::new("0s").unwrap()).repeated();
    let document = Document::open(Source::from(&b"abc"[..]), layout).unwrap();
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
    let format = StructFormat::new("s", layout);
    let source = Source::from(&[1, 0x10, 2, 0x20, 3, 0x30, 4, 5][..]);
    let document = Document::open(source, format).unwrap();
    assert_eq!(value(&document, "g[-1].a"), "3");
    assert_eq!(value(&document, "g[1].hi"), "2");
    assert_eq!(value(&document, "y"), "5");
    let all = document.find(&"g[*].a".parse().unwrap()).unwrap();
    let paths: Vec<String> = all.iter().map(|found| found.path.to_string()).collect();
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

#[test]
fn built_in_formats_have_names_in_letters_of_either_case() {
    for name in ["bmp", "tar", "gzip", "zip", "png"] {
        for spelled in [name.to_owned(), name.to_ascii_uppercase()] {
            assert_eq!(Registry::built_in().named(&spelled).unwrap().name(), name);
        }
    }
    for name in ["", "bm", "zi", "unknown", "struct"] {
        assert!(Registry::built_in().named(name).is_none(), "{name}");
    }
}

#[test]
fn a_file_of_no_known_format_is_one_gap_and_an_empty_one_is_nothing() {
    for (bytes, expected) in [(&b"what is this"[..], &["data"][..]), (b"", &[])] {
        let document = Document::detect(Source::from(bytes), None).unwrap();
        assert_eq!(owners(&document), expected);
        assert_eq!(document.root().range.size, bytes.len() as u64);
        assert_eq!(document.root().children().count(), expected.len());
    }
}

/// As many zeros as a disk has.
struct Zeros(u64);

impl bytewright::source::ReadAt for Zeros {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let rest = usize::try_from(self.0.saturating_sub(offset)).unwrap_or(usize::MAX);
        let n = rest.min(buf.len());
        buf[..n].fill(0);
        Ok(n)
    }

    fn size(&self) -> std::io::Result<u64> {
        Ok(self.0)
    }
}

/// Of what a stream holds, 4 GiB are looked at; of a file, all is.
#[test]
fn reading_ends_in_an_error_where_a_stream_was_cut_and_nowhere_else() {
    use bytewright::formats::gzip::MAX_CONTENT;
    use bytewright::tree::Range;

    let read = |document: &Document, range| {
        let mut bytes = Vec::new();
        let read = document.reader(range).unwrap().read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|e| e.to_string())
    };
    let size = MAX_CONTENT + 8;
    let large = Document::detect(Source::new(Zeros(size)), None).unwrap();
    assert_eq!(read(&large, Range::file(size - 9, 9)).unwrap(), [0; 9]);
    let zipped = Document::detect(Source::from(gzip(None, b"hello")), None).unwrap();
    let stream = Space::stream(0);
    assert_eq!(read(&zipped, Range::new(stream, 1, 4)).unwrap(), b"ello");
    assert_eq!(
        read(&zipped, Range::new(stream, 0, MAX_CONTENT - 1)).unwrap(),
        b"hello"
    );
    for range in [
        Range::new(stream, 0, MAX_CONTENT),
        Range::new(stream, MAX_CONTENT - 1, 2),
    ] {
        let error = read(&zipped, range).unwrap_err();
        assert!(error.contains("more than 4294967296 bytes"), "{error}");
    }
    let nowhere = zipped.reader(Range::new(Space::stream(1), 0, 1));
    assert!(nowhere.is_err());
}

/// Why the content can't be read to its end, and how much was read before.
fn end_of_content(file: Vec<u8>) -> (usize, Option<String>) {
    let document = Document::detect(Source::from(file), None).unwrap();
    let found = document.find(&"content".parse().unwrap()).unwrap();
    let mut bytes = Vec::new();
    let mut reader = document.reader(found[0].node.range).unwrap();
    let error = reader.read_to_end(&mut bytes).err();
    (bytes.len(), error.map(|error| error.to_string()))
}

#[test]
fn the_content_of_a_broken_gzip_file_ends_in_an_error_and_never_in_silence() {
    let whole = gzip(Some("n"), &[7; 3000]);
    let sum = whole.len() - 8;
    let changed = |at: usize, to: u8| {
        let mut file = whole.clone();
        file[at] = to;
        end_of_content(file)
    };
    let why = |text: &str| Some(text.to_owned());
    assert_eq!(end_of_content(whole.clone()), (3000, None));
    assert_eq!(
        end_of_content([&whole[..], b"behind"].concat()),
        (3000, None)
    );
    assert_eq!(
        end_of_content(whole[..sum + 7].to_vec()),
        (3000, why("the file ends in the trailer"))
    );
    let (read, error) = end_of_content(whole[..sum - 2].to_vec());
    assert!(read <= 3000);
    assert_eq!(error, why("the file ends in the compressed data"));
    let (read, error) = changed(sum, whole[sum] ^ 1);
    assert_eq!(read, 3000);
    assert!(error.unwrap().starts_with("expected the CRC-32 "));
    assert_eq!(
        changed(sum + 4, 9),
        (3000, why("expected 3000, the length of the data"))
    );
    assert_eq!(changed(2, 7), (0, why("expected 8, deflate; found 7")));

    let second = [whole.clone(), whole[..11].to_vec()].concat();
    let header = why("the file ends in the header of a member");
    assert_eq!(end_of_content(second), (3000, header));
}

#[test]
fn a_gzip_name_beyond_the_limit_is_named_and_one_at_the_limit_read() {
    let file = |size: usize| gzip(Some(&"n".repeat(size)), b"hello");
    assert_eq!(end_of_content(file(65_535)), (5, None));
    let why = "the name goes on beyond 65536 bytes: what follows it is not read";
    assert_eq!(end_of_content(file(65_536)), (0, Some(why.to_owned())));
    let document = Document::detect(Source::from(file(65_536)), None).unwrap();
    assert_eq!(problems(&document), [("G010", 18)]);
}

/// Why a path leads nowhere, in which of two ways.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Nowhere {
    NotThere,
    DataEnd,
}

fn nowhere(document: &Document, path: &str) -> (Nowhere, String) {
    let error = document.find(&path.parse().unwrap()).unwrap_err();
    let kind = match &error {
        FindError::Path(_) => NotThere,
        FindError::Data(_) => DataEnd,
        error => panic!("{error}"),
    };
    assert_eq!(error.is_data(), kind == DataEnd);
    (kind, error.to_string())
}

#[test]
fn a_field_that_the_data_do_not_reach_is_told_from_one_that_is_not_there() {
    let open = |format: &str, repeated: bool, bytes: &[u8]| {
        let layout = StructFormat::new("s", Struct::new(format).unwrap());
        let layout = if repeated { layout.repeated() } else { layout };
        Document::open(Source::from(bytes), layout).unwrap()
    };
    let one = open("<H:a (I:b 2H:c):g", false, &[1, 0, 2]);
    let many = open(
        "<H:a (I:b 2H:c):g",
        true,
        &[1, 0, 2, 0, 0, 0, 3, 0, 4, 0, 9, 0, 7],
    );
    for (document, path, kind) in [
        (&one, "g.b", DataEnd),
        (&one, "g.c", DataEnd),
        (&one, "g.c[1]", DataEnd),
        (&one, r#"["g"].b"#, DataEnd),
        (&one, "h", NotThere),
        (&one, "g.d", NotThere),
        (&one, "a.b", NotThere),
        (&many, "records[1].g.b", DataEnd),
        (&many, "records[-1].g.c[0]", DataEnd),
        (&many, "records[0].g.d", NotThere),
        (&many, "records[1].h", NotThere),
        (&many, "records[2].a", NotThere),
        (&many, "other[0].a", NotThere),
        (&many, "g.b", NotThere),
    ] {
        let (found, words) = nowhere(document, path);
        assert_eq!(found, kind, "{path}: {words}");
        let says = match kind {
            NotThere => "nothing of that name",
            _ => "ends at",
        };
        assert!(words.contains(says), "{path}: {words}");
    }
    // What is wrong, and is not what ends the data, says nothing about a name.
    let wrong = open("<B:a=7 B:b", false, &[1, 2]);
    assert_eq!(nowhere(&wrong, "c").0, NotThere);
    let unknown = Document::detect(Source::from(&b"text"[..]), None).unwrap();
    assert_eq!(nowhere(&unknown, "a").0, NotThere);
}

#[test]
fn a_name_that_a_cut_file_lacks_may_be_one_that_a_whole_one_has() {
    let whole = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/bmp/info-8.bmp"
    ));
    let whole = whole.unwrap();
    let open = |bytes: &[u8]| Document::open(Source::from(bytes), Bmp).unwrap();
    assert_eq!(nowhere(&open(&whole), "dib_header.depth").0, NotThere);
    let (kind, words) = nowhere(&open(&whole[..30]), "palette");
    assert_eq!(kind, DataEnd, "{words}");
    // A member that ends in its header, and one that is whole.
    let zipped = gzip(Some("n"), b"hello");
    let open = |bytes: &[u8]| Document::detect(Source::from(bytes), None).unwrap();
    assert_eq!(
        nowhere(&open(&zipped), "members[0].header.mode").0,
        NotThere
    );
    let (kind, words) = nowhere(&open(&zipped[..12]), "members[0].trailer");
    assert_eq!(kind, DataEnd, "{words}");
}

#[test]
fn records_of_one_size_are_counted_and_reached_without_those_before_them() {
    let layout = |format: &str| StructFormat::new("s", Struct::new(format).unwrap()).repeated();
    let bytes: Vec<u8> = (0..11).collect();
    let count = |layout: StructFormat| {
        let document = Document::open(Source::from(&*bytes), layout).unwrap();
        let records = document.find(&"records".parse().unwrap()).unwrap();
        records[0].node.count()
    };
    assert_eq!(count(layout("<H:a B:b")), Some(4), "the last one is cut");
    assert_eq!(count(layout("<H:a B:b").at(2)), Some(3));
    assert_eq!(count(layout("<H:a B:b").at(99)), Some(0));
    assert_eq!(count(layout("B:n [n]s:a")), None);
    assert_eq!(count(layout("0s:a")), None, "no number of them is the file");
    for (layout, path, expected) in [
        (layout("<H:a B:b"), "records[2].b", "8"),
        (layout("<H:a B:b").at(2), "records[2].b", "10"),
        (layout("<H:a B:b").at(2), "records[-1].a", "2312"),
        // 0; 1 2; 3 4 5 6; 7 8 9 10 and four that are missing.
        (layout("B:n [n]s:a"), "records[2].n", "3"),
        (layout("B:n [n]s:a"), "records[-2].a", "b'\\x04\\x05\\x06'"),
    ] {
        let document = Document::open(Source::from(&*bytes), layout).unwrap();
        assert_eq!(value(&document, path), expected, "{path}");
    }
}

/// Data that can't be read tell so once, whatever follows them.
#[test]
fn records_end_where_they_can_not_be_read() {
    struct Broken;
    impl bytewright::source::ReadAt for Broken {
        fn read_at(&self, _: u64, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
        fn size(&self) -> std::io::Result<u64> {
            Ok(1 << 20)
        }
    }
    let layout = StructFormat::new("s", Struct::new("<I:a").unwrap()).repeated();
    let document = Document::open(Source::new(Broken), layout).unwrap();
    let records = document.find(&"records".parse().unwrap()).unwrap();
    let made: Vec<_> = records[0]
        .node
        .children()
        .map(|child| child.is_ok())
        .collect();
    assert_eq!(made, [false]);
}

#[test]
fn names_of_files_tell_what_their_bytes_do_not() {
    let name = |path: &str| {
        let path = std::path::Path::new(path);
        let document = Document::detect(Source::from(&[0; 4][..]), Some(path)).unwrap();
        document.format().name().to_owned()
    };
    for (path, format) in [
        ("a.tar", "tar"),
        ("a.TAR", "tar"),
        ("a.bmp", "bmp"),
        ("a.dib", "bmp"),
        ("a.gz", "unknown"),
        ("tar", "unknown"),
        ("a.tar.x", "unknown"),
    ] {
        assert_eq!(name(path), format, "{path}");
    }
}
