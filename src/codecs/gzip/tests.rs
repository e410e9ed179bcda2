//! What is promised of gzip as a whole: members, blocks, what follows them, and how little is
//! read for it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::single_range_in_vec_init,
    reason = "a test that can't go on fails, and a file may have one piece"
)]

use std::io::{self, Read, Write};

use std::num::NonZeroUsize;

use std::sync::atomic::{AtomicU64, Ordering};

use std::sync::{Arc, Mutex};

use flate2::{Compression, FlushCompress, GzBuilder};

use super::blocks::{self, BLOCK, Blocks};

use super::{Reader, Seekable, Writer, note};

use crate::Source;

use crate::source::ReadAt;

pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A header with these flags and all else unset, then these parts.
pub(crate) fn header(flags: u8, parts: &[u8]) -> Vec<u8> {
    [b"\x1f\x8b\x08", &[flags][..], b"\0\0\0\0\0\x03", parts].concat()
}

pub(crate) fn noise(size: usize) -> Vec<u8> {
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
pub(crate) fn text(lines: u32) -> Vec<u8> {
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

/// Bytes that come in pieces of a given size, each after an interruption.
pub(crate) struct Haltingly {
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

pub(crate) fn haltingly(bytes: &[u8], step: usize) -> Haltingly {
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
    // A small block after a large one is compressed alike.
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
    // More after the end.
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

/// Memory is taken for the data that are there, not for what a header claims.
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
        ("after its own end", note_end(size, 4, size, sum)),
        ("far after", note_end(u64::MAX, u64::MAX, size, sum)),
        ("4 GiB", note_end(start, 4 << 30, size, sum)),
        ("of a longer file", note_end(start, 4, size + 1, sum)),
        ("of a shorter file", note_end(0, size / 2, size - 1, sum)),
    ] {
        assert_eq!(find(end, u64::MAX), (false, false), "{what}");
    }
}
