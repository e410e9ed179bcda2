//! Files of every compression: what they hold is a tree, and where they are broken reading says so.

#![cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]

use std::io::{Read as _, Write as _};
use std::process::Command;

use bytewright::Source;
use bytewright::codecs::Compression;
use bytewright::formats::{Registry, compressed};
use bytewright::inspect::{Document, Step, diff, walk};
use bytewright::tree::{Node, Space};

use crate::common::peer_output;

fn compress(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut writer = compression.writer(Vec::new());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn codecs() -> impl Iterator<Item = Compression> {
    let all = Compression::ALL.iter().copied();
    all.filter(|compression| *compression != Compression::None)
}

#[test]
fn each_compression_is_called_by_what_it_is() {
    for (name, title) in [
        ("gzip", "A stream of gzip"),
        ("zlib", "A stream of zlib"),
        ("bzip2", "A stream of bzip2"),
        ("xz", "A stream of xz"),
        ("zstd", "Frames of Zstandard"),
        ("lz4", "Frames of lz4"),
    ] {
        let format = Registry::built_in().named(name).unwrap();
        assert_eq!((format.name(), format.title()), (name, title));
    }
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

/// The codes of the problems of a tree, in its order.
fn codes(document: &Document) -> Vec<&'static str> {
    let mut codes = Vec::new();
    walk(document.root(), &mut |_, _, node| {
        codes.extend(node.problems.iter().map(|problem| problem.code));
        Ok(Step::Into)
    })
    .unwrap();
    codes.extend(document.root().problems.iter().map(|problem| problem.code));
    codes
}

/// Whether each byte of the file has one owner.
fn is_covered(document: &Document) -> bool {
    let mut owned = Vec::new();
    walk(document.root(), &mut |_, _, node| {
        if node.owns_bytes() && node.range.space.is_file() && node.range.size > 0 {
            owned.push(node.range);
        }
        Ok(Step::Into)
    })
    .unwrap();
    owned.sort_by_key(|range| range.offset);
    let mut at = 0;
    owned.iter().all(|range| {
        let follows = range.offset == at;
        at = range.end();
        follows
    }) && at == document.root().range.size
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
        assert_eq!(codes(&document), ["C001"], "{name}");
        assert!(document.content().is_err(), "{name}");

        let followed = [&whole[..], b"and more"].concat();
        let document = open(&followed);
        assert_eq!(read(&document, "content"), (inner.clone(), None), "{name}");
        assert_eq!(codes(&document), ["C002"], "{name}");
        assert_eq!(find(&document, "trailing").range.size, 8, "{name}");
    }
}

#[test]
fn a_file_that_is_not_compressed_so_is_told() {
    for format in [
        compressed::BZIP2,
        compressed::XZ,
        compressed::ZSTD,
        compressed::LZ4,
        compressed::ZLIB,
    ] {
        for bytes in [&b""[..], b"text", &compress(Compression::Gzip(6), b"x")] {
            let document = Document::open(Source::from(bytes), format).unwrap();
            let (bytes, error) = read(&document, "content");
            assert!(bytes.is_empty());
            assert!(error.unwrap().ends_with("it doesn't begin as one does"));
        }
    }
    for name in ["bzip2", "xz", "zstd", "lz4", "zlib"] {
        assert_eq!(Registry::built_in().named(name).unwrap().name(), name);
    }
}

/// The format of a compression.
fn format(compression: Compression) -> compressed::Compressed {
    match compression.name() {
        "bzip2" => compressed::BZIP2,
        "xz" => compressed::XZ,
        "zstd" => compressed::ZSTD,
        "lz4" => compressed::LZ4,
        _ => compressed::ZLIB,
    }
}

/// Two frames with padding and other bytes after them, cut anywhere; one with any byte another.
#[test]
fn every_byte_has_one_owner_however_a_stream_is_broken() {
    for compression in codecs().filter(|codec| codec.name() != "gzip") {
        let name = compression.name();
        let one = compress(compression, &[&b"some content "[..], &[7; 90]].concat());
        let whole = [&one[..], &one, &[0; 8], b"junk"].concat();
        for end in 0..=whole.len() {
            let document =
                Document::open(Source::from(&whole[..end]), format(compression)).unwrap();
            assert!(is_covered(&document), "{name} cut at {end}");
        }
        for at in 0..one.len() {
            for bits in [1, 0x80] {
                let mut changed = one.clone();
                changed[at] ^= bits;
                let document = Document::open(Source::from(changed), format(compression)).unwrap();
                assert!(is_covered(&document), "{name} {bits:#x} at {at}");
            }
        }
    }
}

/// As `xz --list` tells them of a file of two streams, with padding between them.
#[test]
fn the_blocks_of_xz_are_where_its_own_tool_finds_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xz");
    let noise: Vec<u8> = (0..50_000u32)
        .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes())
        .collect();
    let input = folder.path().join("noise");
    std::fs::write(&input, &noise).unwrap();
    let mut xz = Command::new("xz");
    let xz = xz
        .args(["-c", "--block-size=65536", "--check=crc32"])
        .arg(&input);
    let Some(made) = peer_output(xz) else { return };
    std::fs::write(&path, [&made[..], &[0; 4], &made].concat()).unwrap();
    let mut list = Command::new("xz");
    let list = list.args(["--robot", "--list", "-vv"]).arg(&path);
    let Some(told) = peer_output(list) else {
        return;
    };
    // block, in the stream, its number, all in the file: where it begins compressed, uncompressed, and
    // how long it is.
    let told = String::from_utf8(told).unwrap();
    let told: Vec<(u64, u64)> = told
        .lines()
        .filter_map(|line| line.strip_prefix("block\t"))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            (fields[3].parse().unwrap(), fields[5].parse().unwrap())
        })
        .collect();
    assert_eq!(told.len(), 8);
    let document = Document::detect(Source::open(&path).unwrap(), None).unwrap();
    let found = document
        .find(&"streams[*].blocks[*]".parse().unwrap())
        .unwrap();
    let found: Vec<(u64, u64)> = found
        .iter()
        .map(|found| (found.node.range.offset, found.node.range.size))
        .collect();
    assert_eq!(found, told);
    assert!(codes(&document).is_empty());
    assert!(is_covered(&document));
}

/// The parts of a file.
fn parts(document: &Document) -> Vec<Node> {
    let parts = document.root().children();
    parts.map(|part| part.unwrap().into_owned()).collect()
}

/// Zeros are padding, as tapes and block devices add them; what is compressed otherwise is told.
#[test]
fn what_follows_a_stream_is_padding_or_told() {
    use bytewright::tree::Role;

    for compression in codecs().filter(|codec| codec.name() != "gzip") {
        let name = compression.name();
        let one = compress(compression, b"content");
        let frames = match name {
            "zstd" | "lz4" => "frames",
            _ => "streams",
        };
        for (after, rest) in [
            (&b""[..], None),
            (&[0; 5], Some(("zeros", Role::Padding, &[][..]))),
            (b"x", Some(("trailing", Role::Gap, &["C002"]))),
            (b"\0\0\0\0x", Some(("trailing", Role::Gap, &["C002"]))),
        ] {
            let document = open(&[&one[..], after].concat());
            let children = parts(&document);
            assert_eq!(children[0].name, frames, "{name}");
            let one_of_it = frames.trim_end_matches('s');
            assert_eq!(
                children[0].meaning.as_deref(),
                Some(&*format!("1 {one_of_it}")),
                "{name}"
            );
            assert_eq!(children[0].range.size, one.len() as u64, "{name}");
            assert_eq!(children[1].name, "content", "{name}");
            let last = children.get(2).map(|node| {
                let codes: Vec<_> = node.problems.iter().map(|problem| problem.code).collect();
                assert_eq!(node.range.offset, one.len() as u64, "{name}");
                assert_eq!(node.range.size, after.len() as u64, "{name}");
                (node.name.to_string(), node.role, codes)
            });
            let rest = rest.map(|(name, role, codes)| (name.to_owned(), role, codes.to_vec()));
            assert_eq!(last, rest, "{name} {after:?}");
        }
        if name != "zlib" {
            let two = open(&[&one[..], &one].concat());
            let meaning = parts(&two)[0].meaning.clone();
            assert_eq!(meaning.as_deref(), Some(&*format!("2 {frames}")), "{name}");
        }
    }
}

#[test]
fn as_many_frames_are_taken_apart_as_have_places() {
    let skippable = b"\x50\x2a\x4d\x18\0\0\0\0";
    let one = compress(Compression::Zstd(3), b"one");
    for (before, codes_told, rest) in [(65_534, &[][..], None), (65_536, &["C007"], Some("unread"))]
    {
        let bytes = [&skippable.repeat(before)[..], &one].concat();
        let document = open(&bytes);
        assert_eq!(document.format().name(), "zstd");
        let children = parts(&document);
        let told: Vec<_> = children
            .iter()
            .flat_map(|node| &node.problems)
            .map(|problem| problem.code)
            .collect();
        assert_eq!(told, codes_told, "{before}");
        let last = children.get(2).map(|node| node.name.to_string());
        assert_eq!(last.as_deref(), rest, "{before}");
        assert_eq!(read(&document, "content"), (b"one".to_vec(), None));
    }
}

/// The names of a node's children, and how many bytes each takes.
fn children(node: &Node) -> Vec<(String, u64)> {
    let children = node.children().map(|child| child.unwrap().into_owned());
    children
        .map(|child| (child.name.to_string(), child.range.size))
        .collect()
}

fn sizes<const N: usize>(of: [(&str, u64); N]) -> Vec<(String, u64)> {
    of.map(|(name, size)| (name.to_owned(), size)).to_vec()
}

/// It begins at any bit. Where is found here by looking at each bit from the end of the file on.
#[test]
fn the_end_of_bzip2_is_found_at_every_bit() {
    const MAGIC: u64 = 0x1772_4538_5090;
    let mut seen = [false; 8];
    for size in 0..200usize {
        let content: Vec<u8> = (0..size).map(|i| (i * i % 251) as u8).collect();
        let stream = compress(Compression::Bzip2(1), &content);
        let bit = |at: usize| u64::from(stream[at / 8] >> (7 - at % 8) & 1);
        let number = |at: usize, bits: usize| (at..at + bits).fold(0, |n, at| n << 1 | bit(at));
        let all = stream.len() * 8;
        let start = (all - 87..=all - 80).find(|at| number(*at, 48) == MAGIC);
        let start = start.expect("the end of a stream");
        let crc = number(start + 48, 32);
        let document = open(&stream);
        let end = find(&document, "streams[0].end");
        assert_eq!(end.range.offset, start as u64 / 8, "{size}");
        assert_eq!(end.range.end(), stream.len() as u64, "{size}");
        let expected = match start % 8 {
            0 => format!("end of the stream, CRC {crc:#010x}"),
            bits => format!("end of the stream after {bits} bits of a block, CRC {crc:#010x}"),
        };
        assert_eq!(end.meaning.as_deref(), Some(&*expected), "{size}");
        seen[start % 8] = true;
    }
    assert_eq!(seen, [true; 8]);
}

#[test]
fn the_streams_of_a_file_are_counted_without_being_made() {
    for compression in codecs().filter(|codec| !matches!(codec.name(), "gzip" | "zlib")) {
        let one = compress(compression, b"content");
        for count in [1, 3] {
            let document = open(&one.repeat(count));
            let frames = parts(&document).swap_remove(0);
            assert_eq!(frames.count(), Some(count as u64), "{}", compression.name());
            assert_eq!(frames.children().count(), count);
        }
    }
}

/// By hand: a token of three literals in a block of four bytes.
#[test]
fn the_blocks_of_lz4_are_parts_of_its_frames() {
    let legacy = b"\x02\x21\x4c\x18";
    let block = b"\x04\0\0\0\x30abc";
    let document = open(&[&legacy[..], block, block].concat());
    let frame = find(&document, "frames[0]");
    assert_eq!(children(&frame), sizes([("magic", 4), ("blocks", 16)]));
    let two = find(&document, "frames[0].blocks[1]");
    assert_eq!(children(&two), sizes([("compressed_size", 4), ("data", 4)]));
    assert_eq!(two.range.offset, 12);
    let empty = find(&open(legacy), "frames[0]");
    assert_eq!(children(&empty), sizes([("magic", 4)]));
    // The size of the second block is cut, and then its data.
    for (cut, expected) in [
        (2, sizes([("unread", 2)])),
        (6, sizes([("compressed_size", 4), ("data", 2)])),
    ] {
        let document = open(&[&legacy[..], block, &block[..cut]].concat());
        let two = find(&document, "frames[0].blocks[1]");
        assert_eq!(children(&two), expected);
    }
    let modern = open(&compress(Compression::Lz4, b"abc"));
    let one = find(&modern, "frames[0].blocks[0]");
    assert_eq!(children(&one), sizes([("header", 4), ("data", 3)]));
}

/// A stream without content has an index and no block.
#[test]
fn a_stream_of_xz_that_is_cut_shows_what_there_is_of_its_first_block() {
    let whole = compress(Compression::Xz(6), b"some content");
    let document = open(&whole);
    let all = children(&find(&document, "streams[0]"));
    let names: Vec<&str> = all.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["header", "blocks", "index", "footer"]);
    let cut = open(&whole[..36]);
    let stream = children(&find(&cut, "streams[0]"));
    assert_eq!(stream, sizes([("header", 12), ("blocks", 24)]));
    let block = children(&find(&cut, "streams[0].blocks[0]"));
    assert_eq!(block, sizes([("header", 20), ("data", 4)]));

    let empty = compress(Compression::Xz(6), b"");
    let stream = children(&find(&open(&empty), "streams[0]"));
    assert_eq!(
        stream,
        sizes([("header", 12), ("index", 8), ("footer", 12)])
    );
    let stream = children(&find(&open(&empty[..20]), "streams[0]"));
    assert_eq!(stream, sizes([("header", 12), ("unread", 8)]));
}

/// A stream whose data are wrong is taken apart by its footer, unless that is wrong, too.
#[test]
fn a_footer_of_xz_is_believed_if_its_checksum_and_its_magic_are_right() {
    let whole = compress(Compression::Xz(6), b"some content");
    let names = |broken: &[usize]| {
        let mut bytes = whole.clone();
        for at in broken {
            bytes[*at] ^= 1;
        }
        let stream = find(&open(&bytes), "streams[0]");
        let names = children(&stream).into_iter().map(|(name, _)| name);
        names.collect::<Vec<_>>().join(" ")
    };
    let (data, end) = (26, whole.len());
    assert_eq!(names(&[data]), "header blocks index footer");
    assert_eq!(names(&[data, end - 1]), "header blocks");
    assert_eq!(names(&[data, end - 12]), "header blocks");
}

/// As `xz` writes them: data of all sizes modulo four, checks of no byte, four, eight and 32.
#[test]
fn blocks_of_xz_have_padding_and_a_check_where_they_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("content");
    for (check, size) in [("none", 0), ("crc32", 4), ("crc64", 8), ("sha256", 32)] {
        for length in 120..=127u32 {
            let noise = (1..=length).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 24) as u8);
            std::fs::write(&path, noise.collect::<Vec<u8>>()).unwrap();
            let mut xz = Command::new("xz");
            let xz = xz
                .args(["-c", "-T2", &format!("--check={check}")])
                .arg(&path);
            let Some(made) = peer_output(xz) else { return };
            let document = open(&made);
            let block = find(&document, "streams[0].blocks[0]");
            // LZMA2 stores what it can't make smaller: three bytes before it, one after it.
            let data = u64::from(length) + 4;
            let padding = data.next_multiple_of(4) - data;
            let mut expected = vec![
                ("header", block.range.size - data - padding - size),
                ("data", data),
            ];
            expected.extend((padding > 0).then_some(("padding", padding)));
            expected.extend((size > 0).then_some(("check", size)));
            let expected = expected
                .into_iter()
                .map(|(name, size)| (name.to_owned(), size));
            assert_eq!(
                children(&block),
                expected.collect::<Vec<_>>(),
                "{check} {length}"
            );
            let header = find(&document, "streams[0].blocks[0].header");
            let mut names = children(&header).into_iter().map(|(name, _)| name);
            assert!(names.any(|name| name == "padding"));
            assert!(codes(&document).is_empty());
        }
    }
}

/// A stream by hand, with one block of 127 bytes that are stored: a byte of its header's size, one of flags, two and one
/// of sizes and three of the filter fill the header up to its checksum.
#[test]
fn a_header_of_xz_that_its_fields_fill_has_no_padding() {
    let crc = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let checked = |bytes: &[u8]| [bytes, &crc(bytes)].concat();
    let start = [b"\xfd7zXZ\0".to_vec(), checked(b"\0\0")].concat();
    let header = checked(b"\x02\xc0\x83\x01\x7f\x21\x01\x16");
    let data = [b"\x01\0\x7e", &[7; 127][..], b"\0"].concat();
    // A block of 143 bytes, padded to 144.
    let index = checked(b"\0\x01\x8f\x01\x7f\0\0\0");
    let sizes_and_flags = b"\x02\0\0\0\0\0";
    let footer = [&crc(sizes_and_flags)[..], sizes_and_flags, b"YZ"].concat();
    let document = open(&[&start[..], &header, &data, b"\0", &index, &footer].concat());
    assert!(codes(&document).is_empty(), "{:?}", codes(&document));
    assert_eq!(read(&document, "content"), (vec![7; 127], None));
    let block = find(&document, "streams[0].blocks[0]");
    assert_eq!(
        children(&block),
        sizes([("header", 12), ("data", 131), ("padding", 1)])
    );
    let header = find(&document, "streams[0].blocks[0].header");
    let all = children(&header);
    assert_eq!(all.iter().map(|(_, size)| size).sum::<u64>(), 12);
    assert!(
        all.iter()
            .all(|(name, size)| name != "padding" && *size > 0),
        "{all:?}"
    );
}
