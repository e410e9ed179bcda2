#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::single_range_in_vec_init,
    reason = "a test that can't go on fails, and a file may have one piece"
)]

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::super::copy::{Copy, Pieces, Source};
use super::super::headers::Headers;
use super::super::metadata::Details;
use super::super::sink::Sink;
use super::super::{Builder, NewMember, NoticeKind};
use super::{members, write};
use crate::formats::tar::member::Format;
use crate::formats::tar::time::Time;

/// A file by its size before, and its content now.
fn source(path: &Path, was: usize, now: &[u8], is_touched: bool) -> Arc<Source> {
    fs::write(path, vec![7; was]).unwrap();
    let file = File::options().read(true).write(true).open(path).unwrap();
    let mut details = Details::of_file(path, &file).unwrap();
    fs::write(path, now).unwrap();
    // Two times may lie within one tick of the system's clock.
    let time = match is_touched {
        true => std::time::UNIX_EPOCH + std::time::Duration::from_secs(1),
        false => std::time::UNIX_EPOCH + std::time::Duration::from_secs(2),
    };
    file.set_modified(time).unwrap();
    details.mtime = Time::at(2);
    Source::new(path, Arc::new(file), &details)
}

/// What a stream of these pieces reads in all, and what is said at the end.
fn copied(source: &Arc<Source>, pieces: &[std::ops::Range<u64>]) -> (Vec<u8>, Option<NoticeKind>) {
    let mut pieces = Pieces::new(Arc::clone(source), pieces.to_vec());
    let size = pieces.size();
    let mut bytes = Vec::new();
    pieces.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, size);
    let notice = Copy::end(source).run().unwrap();
    (bytes, notice.map(|notice| notice.kind))
}

#[test]
fn a_file_gives_as_many_bytes_as_announced_and_what_it_did_is_told() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    let all = |was: usize, now: &[u8], is_touched| {
        let source = source(&path, was, now, is_touched);
        copied(&source, &[0..was as u64])
    };
    let (bytes, said) = all(5, b"abcde", false);
    assert_eq!(bytes, b"abcde");
    assert!(said.is_none(), "{said:?}");
    let (bytes, said) = all(5, b"abc", false);
    assert_eq!(bytes, b"abc\0\0");
    assert!(
        matches!(said, Some(NoticeKind::Shrunk { missing: 2 })),
        "{said:?}"
    );
    let (bytes, said) = all(5, b"abcdef", false);
    assert_eq!(bytes, b"abcde");
    assert!(matches!(said, Some(NoticeKind::Grown)), "{said:?}");
    let (bytes, said) = all(5, b"vwxyz", true);
    assert_eq!(bytes, b"vwxyz");
    assert!(matches!(said, Some(NoticeKind::Changed)), "{said:?}");
    let (bytes, said) = all(0, b"", false);
    assert!(bytes.is_empty() && said.is_none(), "{said:?}");
}

#[test]
fn pieces_are_read_one_behind_the_other() {
    let home = tempfile::tempdir().unwrap();
    let text = b"0123456789";
    let source = source(&home.path().join("f"), 10, text, false);
    for (pieces, expected) in [
        (&[0..10][..], &b"0123456789"[..]),
        (&[2..4, 4..4, 7..10], b"23789"),
        (&[0..0, 9..10], b"9"),
        (&[], b""),
    ] {
        assert_eq!(copied(&source, pieces).0, expected);
    }
    let mut pieces = Pieces::new(source, vec![0..3, 5..8]);
    let mut two = [0; 2];
    let mut found = Vec::new();
    loop {
        match pieces.read(&mut two).unwrap() {
            0 => break,
            read => found.push(two[..read].to_vec()),
        }
    }
    assert_eq!(found, [&b"01"[..], b"2", b"56", b"7"]);
}

/// The memory of a process at 0, where nothing is.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_zeros_and_told_once() {
    let path = Path::new("/proc/self/mem");
    let file = File::open(path).unwrap();
    let mut details = Details::of_file(path, &file).unwrap();
    details.size = 100;
    let source = Source::new(path, Arc::new(file), &details);
    let (bytes, said) = copied(&source, &[0..50, 50..100]);
    assert_eq!(bytes, [0; 100]);
    assert!(matches!(said, Some(NoticeKind::Unreadable(_))), "{said:?}");
}

#[test]
fn parts_of_a_file_go_to_their_places() {
    const PIECE: u64 = 16 << 20;
    let home = tempfile::tempdir().unwrap();
    let from = home.path().join("from");
    let file = File::create_new(&from).unwrap();
    let size = 2 * PIECE + 10;
    file.set_len(size).unwrap();
    let marks = [0, PIECE - 1, PIECE, 2 * PIECE, size - 3];
    for at in marks {
        crate::output::write_all_at(&file, &[at as u8 | 1, 2, 3], at).unwrap();
    }
    let file = File::open(&from).unwrap();
    let details = Details::of_file(&from, &file).unwrap();
    let source = Source::new(&from, Arc::new(file), &details);
    let to = Arc::new(tempfile::tempfile().unwrap());
    let parts: Vec<Copy> = Copy::all(&source, 0..size, &to, 1000).collect();
    let sizes: Vec<u64> = parts.iter().map(Copy::size).collect();
    assert_eq!(sizes, [PIECE, PIECE, 10]);
    assert_eq!(Copy::end(&source).size(), 0);
    // In any order.
    for part in parts.into_iter().rev() {
        assert!(part.run().unwrap().is_none());
    }
    let found = crate::Source::new(to.try_clone().unwrap());
    assert_eq!(found.size().unwrap(), 1000 + size);
    assert_eq!(found.read(0, 1000).unwrap(), [0; 1000]);
    let original = crate::Source::open(&from).unwrap();
    for at in marks {
        let (found, expected) = (found.read(1000 + at, 3), original.read(at, 3));
        assert_eq!(found.unwrap(), expected.unwrap(), "{at}");
    }
    // The middle alone.
    let middle: Vec<u64> = Copy::all(&source, 5..PIECE + 6, &to, 0)
        .map(|part| part.size())
        .collect();
    assert_eq!(middle, [PIECE, 1]);
    assert_eq!(Copy::all(&source, 7..7, &to, 0).count(), 0);
}

fn headers(name: &[u8]) -> Headers {
    let mut headers = Headers::default();
    let member = NewMember {
        name: name.to_vec(),
        ..NewMember::default()
    };
    headers.fill(&member, 0, None, Format::Ustar, None).unwrap();
    headers
}

#[test]
fn a_position_is_where_the_next_member_begins() {
    for is_stream in [true, false] {
        let file = tempfile::tempfile().unwrap();
        let mut sink = match is_stream {
            true => Sink::stream(file.try_clone().unwrap()),
            false => Sink::positions(file.try_clone().unwrap(), file.try_clone().unwrap()),
        };
        assert_eq!(sink.position(), 0);
        sink.small(&headers(b"a"), b"x").unwrap();
        assert_eq!(sink.position(), 1024);
        sink.small(&headers(b"b"), b"").unwrap();
        assert_eq!(sink.position(), 1536);
        // More than is gathered before it is written.
        sink.small(&headers(b"c"), &vec![7; 2_000_000]).unwrap();
        let size = 1536 + 512 + 2_000_000u64.next_multiple_of(512);
        assert_eq!(sink.position(), size);
        sink.blocks(&[9; 1024][..], 1024).unwrap();
        assert_eq!(sink.position(), size + 1024);
        sink.blocks(io::repeat(9), 3 << 20).unwrap();
        let size = size + 1024 + (3 << 20);
        assert_eq!(sink.position(), size);
        let written = file.metadata().unwrap().len();
        assert!(written >= size - (1 << 20), "what is gathered is bounded");
        sink.blocks(io::empty(), 0).unwrap();
        sink.finish(0).unwrap();
        let found = crate::Source::new(file);
        assert_eq!(
            found.size().unwrap(),
            (size + 1024).next_multiple_of(10_240)
        );
        assert_eq!(found.read(size - 512, 512).unwrap(), [9; 512]);
        assert_eq!(found.read(size, 512).unwrap(), [0; 512]);
    }
}

#[test]
fn blocks_that_end_early_are_an_error() {
    let mut sink = Sink::stream(Vec::new());
    for (there, size) in [(511, 512), (0, 512), ((1 << 20) + 5, 2 << 20)] {
        let error = sink.blocks(&vec![1; there][..], size).unwrap_err();
        assert!(error.to_string().contains("end of file"), "{error}");
    }
}

/// Content of a file between headers, and the warnings on the way.
#[test]
fn a_large_member_is_told_while_it_is_written() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    let source = source(&path, 1_000_000, &vec![5; 1_000_000], false);
    let mut sink = Sink::stream(Vec::new());
    sink.small(&headers(b"a"), b"").unwrap();
    let mut told = Vec::new();
    let mut tell = |at| told.push(at);
    let pieces = vec![0..1_000_000];
    let copies = sink
        .large(&headers(b"f"), &source, pieces, &mut tell)
        .unwrap();
    assert_eq!(
        copies.len(),
        1,
        "the end alone: a stream is written at once"
    );
    let end = 1024 + 1_000_000u64.next_multiple_of(512);
    assert_eq!(sink.position(), end);
    assert!(told.is_sorted() && told.len() >= 3, "{told:?}");
    assert!(
        told.last()
            .is_some_and(|last| (1_000_000..=end).contains(last)),
        "{told:?}"
    );
    let bytes = sink.finish(0).unwrap();
    assert_eq!(bytes.len() as u64, (end + 1024).next_multiple_of(10_240));
    assert!(bytes[1024..1_001_024].iter().all(|&byte| byte == 5));
}

#[test]
fn what_is_written_to_gets_everything_or_the_error_is_told() {
    #[derive(Default)]
    struct Bounded(usize);
    impl Write for Bounded {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            if buf.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= buf.len();
            Ok(buf.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    for (room, fits) in [(10_240, true), (10_239, false), (0, false)] {
        let mut builder = Builder::new(Bounded(room));
        builder.add(home.path(), "", &mut |_| {}).unwrap();
        assert_eq!(builder.finish().is_ok(), fits, "{room}");
    }
}

/// A folder of a thousand small files and large ones between them, at positions and as a stream.
#[test]
fn members_stand_where_an_index_and_progress_say() {
    let home = tempfile::tempdir().unwrap();
    for i in 0..70 {
        let size = if i % 30 == 7 { 300_000 } else { 10 };
        fs::write(home.path().join(format!("f{i:02}")), vec![7; size]).unwrap();
    }
    let mut told = Vec::new();
    let archive = tempfile::NamedTempFile::new().unwrap();
    let file = archive.reopen().unwrap();
    let mut builder = Builder::at(file).unwrap().progress(|at| told.push(at));
    builder
        .add(home.path(), "", &mut |notice| panic!("{notice}"))
        .unwrap();
    builder.finish().unwrap();
    let bytes = fs::read(archive.path()).unwrap();
    let sizes: Vec<u64> = members(&bytes).iter().map(|member| member.size).collect();
    let expected = (0..70).map(|i| if i % 30 == 7 { 300_000 } else { 10 });
    assert_eq!(sizes, expected.collect::<Vec<u64>>());
    assert!(told.is_sorted(), "{told:?}");
    let last = *told.last().unwrap();
    assert_eq!((last + 1024).next_multiple_of(10_240), bytes.len() as u64);
}

/// What a header says of many members lies elsewhere than an index leads to.
#[test]
fn an_archive_with_blocks_of_no_member_has_no_index() {
    use crate::formats::tar::{Compression, Index};

    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("f"), "content").unwrap();
    let header = headers(b"x").blocks;
    for (name, is_indexed) in [(&b"x"[..], true), (b"", false)] {
        let out = Compression::Gzip(1).writer(Vec::new());
        let mut builder = Builder::new(out).indexed(true);
        builder.add_blocks(name, &*header, 512).unwrap();
        builder.add(home.path(), "d", &mut |_| {}).unwrap();
        let (out, index) = builder.finish_with_index().unwrap();
        let bytes = out.finish_with_index(index).unwrap();
        let found = Index::find(&bytes.into()).unwrap();
        assert_eq!(found.is_some(), is_indexed);
    }
}
