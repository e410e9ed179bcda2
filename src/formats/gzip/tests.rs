//! What is promised of gzip as a whole: members, blocks, what stands behind them, and how little is
//! read for it.

use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use flate2::{Compression, FlushCompress, GzBuilder};

use super::blocks::{self, BLOCK, Blocks};
use super::{MAX_CONTENT, Reader, Seekable, Stream, Writer, note};
use crate::Source;
use crate::source::ReadAt;
use crate::tree::{Node, Range, Role};

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A header with these flags and all else unset, then these parts.
fn header(flags: u8, parts: &[u8]) -> Vec<u8> {
    [b"\x1f\x8b\x08", &[flags][..], b"\0\0\0\0\0\x03", parts].concat()
}

fn noise(size: usize) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..size.div_ceil(8)).flat_map(|_| next()).collect();
    bytes.truncate(size);
    bytes
}

/// Text that compresses, some of it far apart.
fn text(lines: u32) -> Vec<u8> {
    let line = |i: u32| format!("{} {}\n", i, i.wrapping_mul(2_654_435_761));
    (0..lines).flat_map(|i| line(i).into_bytes()).collect()
}

fn in_blocks(data: &[u8], level: u32) -> (Vec<u8>, Blocks) {
    let mut writer = Writer::new(Vec::new(), level);
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn read(stream: impl Read + Send + 'static) -> (io::Result<Vec<u8>>, bool) {
    let mut reader = Reader::new(Box::new(stream));
    let mut data = Vec::new();
    let result = reader.read_to_end(&mut data).map(|_| data);
    (result, reader.garbage())
}

/// Bytes that come in pieces of so many, each after an interruption.
struct Haltingly {
    bytes: io::Cursor<Vec<u8>>,
    step: usize,
    interrupts: bool,
}

impl Read for Haltingly {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.interrupts = !self.interrupts;
        if self.interrupts {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = buf.len().min(self.step);
        self.bytes.read(&mut buf[..size])
    }
}

fn haltingly(bytes: &[u8], step: usize) -> Haltingly {
    Haltingly {
        bytes: io::Cursor::new(bytes.to_vec()),
        step,
        interrupts: false,
    }
}

/// Bytes, and then an error instead of an end.
fn failing(bytes: &[u8], kind: io::ErrorKind) -> impl Read + Send + use<> {
    struct Fails(io::ErrorKind);
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
    }
    io::Cursor::new(bytes.to_vec()).chain(Fails(kind))
}

/// Bytes that count what is read of them.
struct Counted(Vec<u8>, Arc<AtomicU64>);

impl ReadAt for Counted {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read_at(offset, buf)?;
        self.1.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

fn counted(bytes: Vec<u8>) -> (Source, Arc<AtomicU64>) {
    let count = Arc::default();
    (Source::new(Counted(bytes, Arc::clone(&count))), count)
}

fn tree(bytes: &[u8]) -> Node {
    let stream = Stream::read(&Source::from(bytes)).unwrap();
    stream.tree(Node::new("", Range::file(0, 0))).unwrap()
}

/// The members of a tree, and what is wrong with each node of them: its path, the code, the place.
fn members(tree: &Node) -> Vec<Node> {
    let members = tree.child("members").unwrap().children();
    members.map(|node| node.unwrap().into_owned()).collect()
}

fn problems(node: &Node) -> Vec<(String, &'static str, u64)> {
    let own = node.problems.iter();
    let mut found: Vec<_> = own
        .map(|problem| (node.name.to_string(), problem.code, problem.range.offset))
        .collect();
    for child in node.children() {
        for (path, code, at) in problems(&child.unwrap()) {
            found.push((format!("{}.{path}", node.name), code, at));
        }
    }
    found
}

/// As GNU gzip 1.12 takes what follows a member: another one, zeros, or garbage that it ignores. What
/// begins as a member does is one, and an error where it is cut.
#[test]
fn what_follows_a_member_is_what_gzip_takes_it_for() {
    let one = gzip(b"one");
    for (behind, expected) in [
        (&b""[..], Some(("one", false))),
        (b"\0", Some(("one", false))),
        (&[0; 100_000], Some(("one", false))),
        (b"junk", Some(("one", true))),
        (b"\0junk", Some(("one", true))),
        (b"\x1fjunk", Some(("one", true))),
        (b"\x8b\x1f", Some(("one", true))),
        (&one, Some(("oneone", false))),
        (&[b"\0", &one[..]].concat(), Some(("one", true))),
        (&[&[0; 100_000], &one[..]].concat(), Some(("one", true))),
        (b"\x1f", None),
        (b"\x1f\x8b", None),
        (b"\x1f\x8bjunk", None),
    ] {
        let file = [&one[..], behind].concat();
        // How the bytes come to be in a buffer makes no difference.
        for step in [1, 2, 511, 1 << 20] {
            if step * 500 < file.len() {
                continue;
            }
            let (found, garbage) = read(haltingly(&file, step));
            let shown = behind.get(..8).unwrap_or(behind);
            match expected {
                Some((text, is_garbage)) => {
                    assert_eq!(found.unwrap(), text.as_bytes(), "{shown:x?} by {step}");
                    assert_eq!(garbage, is_garbage, "{shown:x?} by {step}");
                }
                None => assert!(found.is_err(), "{shown:x?} by {step}"),
            }
        }
    }
}

#[test]
fn an_error_below_is_told_and_not_taken_for_the_end() {
    let (blocks, _) = in_blocks(&noise(3000), 1);
    for whole in [gzip(&noise(3000)), blocks] {
        for end in [0, 1, 10, 1500, whole.len()] {
            for kind in [io::ErrorKind::TimedOut, io::ErrorKind::PermissionDenied] {
                let (found, _) = read(failing(&whole[..end], kind));
                assert_eq!(found.unwrap_err().kind(), kind, "{end}");
            }
        }
    }
}

/// What came can be had before more comes: 20 bytes, as many as tell whether a member is a block.
#[test]
fn no_more_is_waited_for_than_it_takes_to_go_on() {
    let stored = header(0, b"\0\x05\0\xfa\xffhello");
    assert_eq!(stored.len(), blocks::header_size());
    let mut reader = Reader::new(Box::new(failing(&stored, io::ErrorKind::TimedOut)));
    let mut text = [0; 5];
    reader.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"hello");
    reader.read_exact(&mut text).unwrap_err();
}

#[test]
fn nothing_is_read_into_a_buffer_of_nothing() {
    let mut reader = Reader::new(Box::new(io::Cursor::new(gzip(b"one"))));
    assert_eq!(reader.read(&mut []).unwrap(), 0);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "one");
}

/// The level is that of each block, whatever was compressed on the same thread before.
#[test]
fn the_same_content_at_the_same_level_gives_the_same_bytes() {
    let text = text(2000);
    let first = [0, 1, 9, 12].map(|level| blocks::compress(&text, level).unwrap());
    let again = [12, 9, 1, 0].map(|level| blocks::compress(&text, level).unwrap());
    for (i, member) in first.iter().enumerate() {
        assert!(*member == again[first.len() - 1 - i], "{i}");
    }
    assert!(first[0].len() > text.len(), "stored");
    assert!(first[3].len() < first[1].len());
    // A small block behind a large one is compressed alike.
    let small = blocks::compress(b"small", 6).unwrap();
    blocks::compress(&noise(1 << 20), 6).unwrap();
    assert_eq!(blocks::compress(b"small", 6).unwrap(), small);
}

/// A block whose parts contradict each other.
fn forged(deflated: &[u8], crc: u32, length: u32) -> Vec<u8> {
    let size = blocks::header_size() + deflated.len() + blocks::trailer_size();
    let mut member = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x08\0BW\x04\0".to_vec();
    member.extend(u32::try_from(size).unwrap().to_le_bytes());
    member.extend(deflated);
    member.extend(crc.to_le_bytes());
    member.extend(length.to_le_bytes());
    assert_eq!(blocks::size_of(&member), Some(size));
    member
}

#[test]
fn a_block_is_whole_and_what_its_trailer_says_or_none() {
    let crc = libdeflater::crc32;
    let stored = b"\x01\x05\0\xfa\xffhello";
    let hello = |deflated: &[u8]| blocks::decompress(&forged(deflated, crc(b"hello"), 5));
    assert_eq!(hello(stored).unwrap(), b"hello");
    // All of the content, and no end.
    let mut open = stored.to_vec();
    open[0] = 0;
    assert_eq!(hello(&open), None);
    let mut unfinished = vec![0; 100];
    let mut compress = flate2::Compress::new(Compression::best(), false);
    let flush = FlushCompress::Sync;
    compress.compress(b"hello", &mut unfinished, flush).unwrap();
    unfinished.truncate(usize::try_from(compress.total_out()).unwrap());
    assert_eq!(hello(&unfinished), None);
    // More behind the end.
    assert_eq!(hello(&[&stored[..], b"x"].concat()), None);
    // Another length, another sum.
    for (sum, length) in [(b"hell", 4), (b"helo", 5)] {
        let member = forged(stored, crc(sum), length);
        assert_eq!(blocks::decompress(&member), None, "{length}");
    }
    assert_eq!(blocks::decompress(&forged(stored, crc(b"hello"), 6)), None);
    // Its header says another size than it has.
    let whole = forged(stored, crc(b"hello"), 5);
    for other in [&whole[..whole.len() - 1], &[&whole[..], b"\0"].concat()] {
        assert_eq!(blocks::decompress(other), None);
    }
}

#[test]
fn blocks_add_up_to_the_size_or_are_none() {
    let sizes = |blocks: &Blocks| blocks.sizes().collect::<Vec<_>>();
    let blocks = Blocks::new([10, 7, 30], 4, 9).unwrap();
    assert_eq!((blocks.block(), blocks.size(), blocks.end()), (4, 9, 47));
    assert_eq!(sizes(&blocks), [10, 7, 30]);
    let lengths = [0, 1, 2, 3, u64::MAX].map(|number| blocks.length(number));
    assert_eq!(lengths, [4, 4, 1, 0, 0]);
    // Nothing is one block of nothing.
    assert!(Blocks::new([20], 4, 0).is_some());
    for (sizes, block, size) in [
        (&[][..], 4, 0),
        (&[1], 0, 0),
        (&[1, 2], 4, 4),
        (&[1, 2], 4, 9),
        (&[1], 4, 5),
        (&[1, 2, 3], 4, 8),
    ] {
        let found = Blocks::new(sizes.iter().copied(), block, size);
        assert_eq!(found, None, "{sizes:?} of {block} for {size}");
    }
}

#[test]
fn what_flush_writes_is_all_that_makes_whole_blocks() {
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<(Vec<u8>, usize)>>);
    impl Write for Shared {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().0.write(buf)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.0.lock().unwrap().1 += 1;
            Ok(())
        }
    }
    let out = Shared::default();
    let data = noise(BLOCK + 5);
    let mut writer = Writer::with_threads(out.clone(), 1, NonZeroUsize::MIN);
    writer.write_all(&data).unwrap();
    writer.flush().unwrap();
    let (written, flushed) = out.0.lock().unwrap().clone();
    assert_eq!(flushed, 1);
    assert!(blocks::decompress(&written).unwrap() == data[..BLOCK]);
    writer.finish().unwrap();
    let (written, flushed) = out.0.lock().unwrap().clone();
    assert_eq!(flushed, 2);
    assert!(read(io::Cursor::new(written)).0.unwrap() == data);
}

/// Memory holds some blocks, whatever comes.
#[test]
fn blocks_are_written_while_more_come() {
    let mut writer = Writer::with_threads(Vec::new(), 0, NonZeroUsize::MIN);
    let block = vec![7; BLOCK];
    let mut behind = 0;
    for written in 1..=8 {
        writer.write_all(&block).unwrap();
        behind = written - writer.out().len() / BLOCK;
        assert!(behind <= 3, "{behind} of {written}");
    }
    assert!(behind > 0);
}

#[test]
fn a_writer_that_fails_is_told() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = Writer::new(Full, 1);
    writer.write_all(b"x").unwrap();
    let error = writer.finish().map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    note::write(&mut Full, 0, b"x").unwrap_err();
}

#[test]
fn a_block_that_was_just_read_is_not_read_again() {
    let data = noise(2 * BLOCK + 100);
    let (file, blocks) = in_blocks(&data, 1);
    let (source, count) = counted(file);
    let seekable = Seekable::new(source, blocks).unwrap().unwrap();
    let source = Source::new(seekable);
    let reads = || count.swap(0, Ordering::Relaxed);
    reads();
    for (at, is_read) in [(0, true), (500, false), (BLOCK - 1, false), (BLOCK, true)] {
        let mut byte = [0];
        assert_eq!(source.read_into(at as u64, &mut byte).unwrap(), 1);
        assert_eq!(byte[0], data[at]);
        assert_eq!(reads() > 0, is_read, "{at}");
    }
    assert_eq!(source.size().unwrap(), data.len() as u64);
    // Nothing is asked for, or nothing is there: no block is looked at.
    assert_eq!(source.read(data.len() as u64, 9).unwrap(), b"");
    assert_eq!(source.read(u64::MAX, 9).unwrap(), b"");
    assert_eq!(reads(), 0);
}

/// The trailers say what the index says, the blocks hold something else.
#[test]
fn a_block_of_another_length_than_its_place_has_is_an_error() {
    let crc = libdeflater::crc32;
    let long = forged(b"\x01\x06\0\xf9\xffabcdef", crc(b"abcdef"), 6);
    let short = blocks::compress(b"abc", 6).unwrap();
    let sizes = [long.len() as u64, short.len() as u64];
    let blocks = Blocks::new(sizes, 6, 9).unwrap();
    let file = [&long[..], &short].concat();
    let seekable = Seekable::new(file.clone().into(), blocks.clone());
    let source = Source::new(seekable.unwrap().unwrap());
    assert_eq!(source.read(2, 9).unwrap(), b"cdefabc");
    // Changed once it was looked at.
    struct Changing(Vec<u8>, Vec<u8>, AtomicU64);
    impl ReadAt for Changing {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            let bytes = match self.2.fetch_add(1, Ordering::Relaxed) {
                0..=2 => &self.0,
                _ => &self.1,
            };
            bytes.read_at(offset, buf)
        }
        fn size(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64)
        }
    }
    // An empty block of deflate in front makes it as long.
    let shorter = forged(b"\0\0\0\xff\xff\x01\x01\0\xfe\xffa", crc(b"a"), 1);
    assert_eq!(blocks::decompress(&shorter).unwrap(), b"a");
    let changed = [&shorter[..], &short].concat();
    let changing = Changing(file, changed, AtomicU64::new(0));
    let seekable = Seekable::new(Source::new(changing), blocks).unwrap();
    let error = Source::new(seekable.unwrap()).read(0, 4).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("block 0 "), "{error}");
}

fn with_note(content: &[u8], note: &[u8]) -> (Vec<u8>, usize) {
    let (mut file, blocks) = in_blocks(content, 0);
    note::write(&mut file, blocks.end(), note).unwrap();
    (file, usize::try_from(blocks.end()).unwrap())
}

/// The last member of a note, whose fields are written as RFC 1952 and the layout say.
fn note_end(start: u64, size: u64, file_size: u64, checksum: u32) -> Vec<u8> {
    let mut end = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x20\0BE\x1c\0".to_vec();
    for number in [start, size, file_size] {
        end.extend(number.to_le_bytes());
    }
    end.extend(checksum.to_le_bytes());
    end.extend(b"\x03\0\0\0\0\0\0\0\0\0");
    end
}

#[test]
fn a_note_ends_with_where_it_is_and_how_long() {
    let (file, start) = with_note(b"content", b"some note");
    let size = file.len() as u64;
    // zlib.crc32(b"some note") of Python.
    let end = note_end(start as u64, 9, size, 0xbb8c_e069);
    assert!(file.ends_with(&end), "{:x?}", &file[start..]);
}

/// What takes memory is not what somebody claims.
#[test]
fn a_note_that_claims_much_is_not_read() {
    let content = vec![b'x'; 100_000];
    let (file, start) = with_note(&content, b"note");
    let last = note_end(0, 0, 0, 0).len();
    let front = &file[..file.len() - last];
    let size = file.len() as u64;
    let sum = libdeflater::crc32(b"note");
    let find = |end: Vec<u8>, longest: u64| {
        let (source, count) = counted([front, &end].concat());
        let found = note::find_up_to(&source, longest).unwrap();
        (found.is_some(), count.load(Ordering::Relaxed) > 1000)
    };
    let start = start as u64;
    assert_eq!(find(note_end(start, 4, size, sum), 4), (true, false));
    assert_eq!(find(note_end(start, 4, size, sum), 3), (false, false));
    for (what, end) in [
        ("from the start of the file", note_end(0, 4, size, sum)),
        ("longer than its members", note_end(0, size, size, sum)),
        ("behind its own end", note_end(size, 4, size, sum)),
        ("far behind", note_end(u64::MAX, u64::MAX, size, sum)),
        ("4 GiB", note_end(start, 4 << 30, size, sum)),
        ("of a longer file", note_end(start, 4, size + 1, sum)),
        ("of a shorter file", note_end(0, size / 2, size - 1, sum)),
    ] {
        assert_eq!(find(end, u64::MAX), (false, false), "{what}");
    }
}

/// Each part, also where the file ends in it.
#[test]
fn every_field_of_a_header_has_its_meaning() {
    let rest = &gzip(b"x")[10..];
    for (at, value, name, meaning) in [
        (2, 8, "method", Some("deflate")),
        (4, 0, "mtime", Some("not stated")),
        (4, 1, "mtime", Some("1970-01-01 00:00:01 UTC")),
        (8, 2, "extra_flags", Some("slowest, smallest")),
        (8, 4, "extra_flags", Some("fastest")),
        (8, 3, "extra_flags", None),
        (9, 0, "os", Some("FAT")),
        (9, 3, "os", Some("Unix")),
        (9, 7, "os", Some("Macintosh")),
        (9, 10, "os", Some("TOPS-20")),
        (9, 11, "os", Some("NTFS")),
        (9, 255, "os", Some("unknown")),
        (9, 77, "os", None),
    ] {
        let mut file = [&header(0, b"")[..], rest].concat();
        file[at] = value;
        let members = members(&tree(&file));
        let field = members[0].child("header").unwrap().child(name).unwrap();
        assert_eq!(field.meaning.as_deref(), meaning, "{name} {value}");
    }
    let members = members(&tree(&gzip(b"world")));
    let names: Vec<_> = members[0]
        .children()
        .map(|n| n.unwrap().name.clone())
        .collect();
    assert_eq!(names, ["header", "data", "trailer"]);
    let trailer = members[0].child("trailer").unwrap();
    // zlib.crc32(b"world") in Python.
    let crc = trailer.child("crc32").unwrap();
    assert_eq!(crc.meaning.as_deref(), Some("0x3a771143"));
    let size = trailer.child("size").unwrap();
    assert_eq!(size.meaning.as_deref(), Some("of the content, modulo 2^32"));
}

#[test]
fn an_extra_field_and_a_name_may_be_as_long_as_there_is_room_for() {
    let rest = &gzip(b"x")[10..];
    let extra = [&[0xff, 0xff][..], &[7; 0xffff]].concat();
    let file = [&header(4, &extra)[..], rest].concat();
    let found = tree(&file);
    assert_eq!(problems(&members(&found)[0]), []);
    assert_eq!(
        found.child("members").unwrap().range.size,
        file.len() as u64
    );
    let name = [&[b'n'; 0xffff][..], b"\0"].concat();
    for flags in [8, 16] {
        let file = [&header(flags, &name)[..], rest].concat();
        assert_eq!(problems(&members(&tree(&file))[0]), []);
        let longer = [&header(flags, b"n")[..], &name, rest].concat();
        assert_eq!(problems(&members(&tree(&longer))[0])[0].1, "G001");
    }
}

/// A file that ends right in front of a part has that part in its tree, with nothing in it; that it
/// ends there is told of the member.
#[test]
fn the_end_of_a_file_in_a_header_is_told_of_the_member() {
    for (flags, parts, part) in [
        (4, &b""[..], "extra"),
        (4, b"\x05\0ab", "extra"),
        (8, b"", "name"),
        (8, b"na", "name"),
        (16, b"", "comment"),
        (2, b"\x01", "header_crc"),
        (12, b"\0\0", "name"),
    ] {
        let file = header(flags, parts);
        let members = members(&tree(&file));
        let end = file.len() as u64;
        assert_eq!(problems(&members[0]), [("0".into(), "G001", end)], "{part}");
        let header = members[0].child("header").unwrap();
        assert_eq!(header.range, Range::file(0, end), "{part}");
        assert!(header.child(part).unwrap().role == Role::Gap, "{part}");
        assert!(members[0].child("data").is_none() && members[0].child("trailer").is_none());
    }
}

#[test]
fn what_is_not_deflate_has_neither_data_nor_trailer() {
    let mut file = gzip(b"x");
    file[2] = 7;
    let members = members(&tree(&file));
    assert_eq!(
        problems(&members[0]),
        [("0.header.method".into(), "G005", 2)]
    );
    let names: Vec<_> = members[0]
        .children()
        .map(|n| n.unwrap().name.clone())
        .collect();
    assert_eq!(names, ["header"]);
    // Cut in front of the data, and in front of the trailer.
    let whole = gzip(b"some text");
    for (end, expected) in [
        (10, &["header"][..]),
        (whole.len() - 8, &["header", "data"]),
    ] {
        let members = self::members(&tree(&whole[..end]));
        let names: Vec<_> = members[0]
            .children()
            .map(|n| n.unwrap().name.clone())
            .collect();
        assert_eq!(names, expected);
        assert_eq!(problems(&members[0]), [("0".into(), "G001", end as u64)]);
    }
}

#[test]
fn problems_stand_at_the_field_that_they_are_of() {
    let whole = gzip(b"some text");
    let end = whole.len();
    for (at, xor, path, code) in [
        (3, 0x20, "0.header.flags", "G006"),
        (3, 0x40, "0.header.flags", "G006"),
        (3, 0x80, "0.header.flags", "G006"),
        (end - 8, 1, "0.trailer.crc32", "G003"),
        (end - 1, 1, "0.trailer.size", "G004"),
    ] {
        let mut file = whole.clone();
        file[at] ^= xor;
        let found = problems(&members(&tree(&file))[0]);
        let at = if code == "G004" { end - 4 } else { at };
        assert_eq!(found, [(path.into(), code, at as u64)]);
    }
    // FTEXT says something of the content alone.
    let mut file = whole.clone();
    file[3] = 1;
    assert_eq!(problems(&members(&tree(&file))[0]), []);
    // A block of deflate of a type that isn't one.
    let broken = [&header(0, b"")[..], b"\x07rest of it"].concat();
    let found = problems(&members(&tree(&broken))[0]);
    assert_eq!((found.len(), found[0].1), (1, "G002"));
}

/// Content that is much larger than its data, and data that come a byte at a time.
#[test]
fn a_member_is_checked_whatever_pieces_it_comes_in() {
    let zeros = gzip(&vec![0; 1_000_000]);
    let text = gzip(&noise(200_000));
    for whole in [&zeros, &text] {
        assert_eq!(problems(&tree(whole)), []);
        let stream = Source::stream(haltingly(whole, 1000));
        let read = Stream::read(&stream).unwrap();
        let tree = read.tree(Node::new("", Range::file(0, 0))).unwrap();
        assert_eq!(problems(&tree), []);
        assert_eq!(members(&tree)[0].range.size, whole.len() as u64);
    }
}

#[test]
fn what_stands_behind_the_members_is_told_in_the_tree() {
    let whole = gzip(b"one");
    let end = whole.len() as u64;
    let last = |bytes: &[u8]| {
        let tree = tree(bytes);
        let last = tree.children().last().unwrap().unwrap().into_owned();
        let found = problems(&last).into_iter().map(|(_, code, _)| code);
        (
            last.name.to_string(),
            last.range.offset,
            found.collect::<Vec<_>>(),
        )
    };
    let zeros = [&whole[..], &[0; 20_000]].concat();
    let late = [&zeros[..], b"x"].concat();
    assert_eq!(last(&whole), ("content".into(), 0, vec![]));
    assert_eq!(last(&zeros), ("zeros".into(), end, vec![]));
    assert_eq!(last(&late), ("behind".into(), end, vec!["G008"]));
    // Behind a member that can't be read to its end, nothing is known.
    let mut broken = [&whole[..], b"rest"].concat();
    broken[10] = 7;
    assert_eq!(last(&broken).0, "unread");
    assert_eq!(last(&broken).2, [""; 0]);
    let two = tree(&[&whole[..], &whole].concat());
    let members = two.child("members").unwrap();
    assert_eq!(members.meaning.as_deref(), Some("2 members"));
    let one = tree(&whole);
    let members = one.child("members").unwrap();
    assert_eq!(members.meaning.as_deref(), Some("1 member"));
}

#[test]
fn members_beyond_the_limit_are_told_and_not_looked_at() {
    let whole = gzip(b"one").repeat(3);
    let source = Source::from(whole.clone());
    let tree = |most| {
        let stream = Stream::read_up_to(&source, most).unwrap();
        stream.tree(Node::new("", Range::file(0, 0))).unwrap()
    };
    let at = whole.len() as u64 / 3 * 2;
    let found = tree(2);
    assert_eq!(members(&found).len(), 2);
    assert_eq!(problems(&found), [("gzip.unread".into(), "G009", at)]);
    assert_eq!(problems(&tree(3)), []);
    assert_eq!(members(&tree(3)).len(), 3);
}

#[test]
fn content_beyond_the_limit_is_told() {
    let stream = Stream::read(&Source::from(gzip(b"one"))).unwrap();
    for (size, expected) in [(MAX_CONTENT - 1, 0), (MAX_CONTENT, 1), (MAX_CONTENT + 1, 1)] {
        let tree = stream.tree(Node::new("x", Range::file(0, size))).unwrap();
        assert_eq!(tree.child("content").unwrap().problems.len(), expected);
    }
}

/// Content ends where a stream is broken; an error of the disk isn't an end.
#[test]
fn content_goes_as_far_as_the_stream_can_be_read() {
    struct Failing(Vec<u8>);
    impl ReadAt for Failing {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            match self.0.read_at(offset, buf)? {
                0 => Err(io::ErrorKind::PermissionDenied.into()),
                read => Ok(read),
            }
        }
        fn size(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64 + 100)
        }
    }
    let text = text(30_000);
    let whole = gzip(&text);
    let middle = whole.len() / 3 * 2;
    // A block of a type that there is none of, behind a whole member.
    let broken = [&whole[..], &header(0, b"\x07rest")].concat();
    let content = |bytes: Vec<u8>| {
        let stream = Stream::read(&bytes.into()).unwrap();
        stream.content().read(0, 1 << 20).unwrap()
    };
    assert!(content(broken) == text);
    let found = content(whole[..middle].to_vec());
    assert!(found.len() > text.len() / 2 && found.len() < text.len());
    assert!(text.starts_with(&found));
    let mut stream = Stream::read(&whole.clone().into()).unwrap();
    stream.source = Source::new(Failing(whole[..middle].to_vec()));
    let error = stream.content().read(0, 1 << 20).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    Stream::read(&Source::new(Failing(whole[..middle].to_vec()))).unwrap_err();
}
