//! Files of every compression: what they hold is a tree, and where they are broken reading says so.

use std::io::{Read as _, Write as _};

use bytewright::Source;
use bytewright::codecs::Compression;
use bytewright::formats::{Registry, compressed};
use bytewright::inspect::{Document, diff};
use bytewright::tree::{Node, Space};

fn compress(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut writer = compression.writer(Vec::new());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn codecs() -> impl Iterator<Item = Compression> {
    let all = Compression::ALL.iter().copied();
    all.filter(|compression| *compression != Compression::None)
}

/// An archive with one member, `a`, that holds `content`: its header by POSIX's offsets.
fn archive(content: &[u8]) -> Vec<u8> {
    let mut block = [0; 512];
    block[0] = b'a';
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    block[148..156].fill(b' ');
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
    [&block[..], content, &padding, &[0; 1024]].concat()
}

fn open(bytes: &[u8]) -> Document {
    Document::detect(Source::from(bytes), None).unwrap()
}

fn find(document: &Document, path: &str) -> Node {
    let mut found = document.find(&path.parse().unwrap()).unwrap();
    found.remove(0).node
}

fn read(document: &Document, path: &str) -> (Vec<u8>, Option<String>) {
    let mut bytes = Vec::new();
    let mut reader = document.reader(find(document, path).range).unwrap();
    let error = reader.read_to_end(&mut bytes).err();
    (bytes, error.map(|error| error.to_string()))
}

#[test]
fn the_archive_in_a_file_of_any_compression_is_a_tree() {
    let inner = archive(b"some content");
    for compression in codecs() {
        let name = compression.name();
        let document = open(&compress(compression, &inner));
        assert_eq!(document.format().name(), name);
        let member = "content.members[\"a\"].data";
        assert_eq!(
            read(&document, member),
            (b"some content".to_vec(), None),
            "{name}"
        );
        assert_eq!(
            find(&document, member).range.space,
            Space::stream(0),
            "{name}"
        );
        assert_eq!(find(&document, member).range.offset, 512, "{name}");
        assert_eq!(read(&document, "content"), (inner.clone(), None), "{name}");
        let held = document.content().unwrap().unwrap();
        assert_eq!(held.format().name(), "tar", "{name}");
        assert!(held.content().unwrap().is_none(), "{name}");
    }
}

#[test]
fn a_stream_in_a_stream_is_a_space_of_its_own_and_the_eighth_the_last() {
    let inner = archive(b"x");
    let twice = compress(
        Compression::Zstd(3),
        &compress(Compression::Gzip(6), &inner),
    );
    let document = open(&twice);
    let data = find(&document, "content.content.members[0].data");
    assert_eq!(
        (data.range.space, data.range.offset),
        (Space::stream(1), 512)
    );
    assert_eq!(read(&document, "content.content").0, inner);

    let mut many = inner;
    for _ in 0..10 {
        many = compress(Compression::Zstd(1), &many);
    }
    let document = open(&many);
    let path = |depth| vec!["content"; depth].join(".");
    assert_eq!(find(&document, &path(9)).problems[0].code, "C004");
    assert!(find(&document, &path(8)).problems.is_empty());
    assert!(document.find(&path(10).parse().unwrap()).is_err());
}

#[test]
fn equal_archives_of_different_compressions_hold_the_same() {
    let inner = archive(b"equal");
    let mut held = codecs().map(|codec| open(&compress(codec, &inner)).content().unwrap().unwrap());
    let first = held.next().unwrap();
    for other in held {
        assert!(diff::diff(&first, &other, &mut |_| unreachable!()).unwrap());
    }
}

#[test]
fn a_stream_that_is_cut_ends_in_an_error_and_has_a_code() {
    let inner = archive(&[7; 3000]);
    for compression in codecs().filter(|codec| codec.name() != "gzip") {
        let name = compression.name();
        let whole = compress(compression, &inner);
        let document = open(&whole[..whole.len() - 5]);
        let (bytes, error) = read(&document, "content");
        assert!(inner.starts_with(&bytes), "{name}");
        let broken = format!("the {name} stream is broken: ");
        assert!(error.unwrap().starts_with(&broken), "{name}");
        let problems = find(&document, "stream").problems;
        assert_eq!(problems[0].code, "C001", "{name}");
        assert!(document.content().is_err(), "{name}");

        let followed = [&whole[..], b"and more"].concat();
        let document = open(&followed);
        assert_eq!(read(&document, "content"), (inner.clone(), None), "{name}");
        assert_eq!(find(&document, "stream").problems[0].code, "C002", "{name}");
    }
}

#[test]
fn a_file_that_is_not_compressed_so_is_told() {
    for format in [
        compressed::BZIP2,
        compressed::XZ,
        compressed::ZSTD,
        compressed::LZ4,
    ] {
        for bytes in [&b""[..], b"text", &compress(Compression::Gzip(6), b"x")] {
            let document = Document::open(Source::from(bytes), format).unwrap();
            let (bytes, error) = read(&document, "content");
            assert!(bytes.is_empty());
            assert!(error.unwrap().ends_with("it doesn't begin as one does"));
        }
    }
    for name in ["bzip2", "xz", "zstd", "lz4"] {
        assert_eq!(Registry::built_in().named(name).unwrap().name(), name);
    }
}
