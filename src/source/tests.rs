//! Where bytes come from, and how far they are read.

use std::io::Write as _;

use super::*;

#[test]
fn a_stream_is_read_only_as_far_as_asked_for() {
    let endless = Source::stream(io::repeat(7));
    assert_eq!(endless.read(1 << 20, 3).unwrap(), [7, 7, 7]);
}

#[test]
fn a_stream_that_is_cut_or_broken_is_to_blame_and_a_system_that_refuses_is_not() {
    for (kind, blamed) in [
        (io::ErrorKind::InvalidData, true),
        (io::ErrorKind::UnexpectedEof, true),
        (io::ErrorKind::PermissionDenied, false),
        (io::ErrorKind::InvalidInput, false),
    ] {
        assert_eq!(is_data(&kind.into()), blamed, "{kind:?}");
    }
}

#[test]
fn a_stream_can_be_read_again_and_knows_its_size() {
    let bytes: Vec<u8> = (0..200_000u32).map(|i| i.to_le_bytes()[0]).collect();
    let source = Source::stream(io::Cursor::new(bytes.clone()));
    assert_eq!(source.read(150_000, 10).unwrap(), bytes[150_000..150_010]);
    assert_eq!(source.read(0, u64::MAX).unwrap(), bytes);
    assert_eq!(source.size().unwrap(), 200_000);
    assert_eq!(source.read(200_000, 1).unwrap(), b"");
}

/// Fails every other time as a system call does when a signal comes, and gives little else.
struct Interrupted(std::sync::atomic::AtomicUsize, Vec<u8>);

impl Interrupted {
    fn of(bytes: &[u8]) -> Interrupted {
        Interrupted(0.into(), bytes.to_vec())
    }

    fn call(&self) -> io::Result<()> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2 {
            0 => Err(io::ErrorKind::Interrupted.into()),
            _ => Ok(()),
        }
    }
}

impl ReadAt for Interrupted {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.call()?;
        let few = buf.len().min(3);
        self.1.read_at(offset, &mut buf[..few])
    }

    fn size(&self) -> io::Result<u64> {
        self.1.size()
    }
}

impl Read for Interrupted {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.call()?;
        let few = buf.len().min(3).min(self.1.len());
        buf[..few].copy_from_slice(&self.1[..few]);
        self.1.drain(..few);
        Ok(few)
    }
}

#[test]
fn a_signal_while_reading_loses_no_bytes() {
    let stream = Source::stream(Interrupted::of(b"0123456789"));
    assert_eq!(stream.size().unwrap(), 10);
    for source in [
        Source::new(Interrupted::of(b"0123456789")),
        Source::stream(Interrupted::of(b"0123456789")),
    ] {
        assert_eq!(source.read(2, 5).unwrap(), b"23456");
        assert_eq!(source.read(0, 100).unwrap(), b"0123456789");
        assert_eq!(source.size().unwrap(), 10);
    }
}

#[test]
fn offsets_that_no_file_reaches_are_behind_the_end_of_every_source() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"0123456789").unwrap();
    for source in [
        Source::new(file.try_clone().unwrap()),
        Source::seekable(file),
        Source::from(&b"0123456789"[..]),
        Source::stream(&b"0123456789"[..]),
    ] {
        for offset in [10, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX] {
            assert_eq!(source.read(offset, 4).unwrap(), b"", "{offset:#x}");
        }
        let mut reader = source.reader(u64::MAX);
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert_eq!(source.read(8, u64::MAX).unwrap(), b"89");
    }
}

#[test]
fn a_size_is_known_where_nothing_has_to_be_read_for_it() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"0123456789").unwrap();
    for source in [
        Source::open(file.path()).unwrap(),
        Source::seekable(io::Cursor::new(b"0123456789")),
        Source::from(&b"0123456789"[..]),
        Source::new(Interrupted::of(b"0123456789")),
    ] {
        assert_eq!(source.known_size(), Some(10));
    }
    let stream = Source::stream(&b"0123456789"[..]);
    assert_eq!(stream.read(3, 7).unwrap(), b"3456789");
    assert_eq!(stream.known_size(), None, "there may be more");
    assert_eq!(stream.read(3, 8).unwrap(), b"3456789");
    assert_eq!(stream.known_size(), Some(10));
}

/// The system says that it has no bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_file_of_proc_is_read_whole() {
    let source = Source::open("/proc/self/status").unwrap();
    assert!(source.size().unwrap() > 5);
    assert_eq!(source.read(0, 5).unwrap(), b"Name:");
    let error = Source::open_up_to("/proc/self/status", 4).unwrap().size();
    assert!(error.unwrap_err().to_string().contains("more than 4 bytes"));
}

#[test]
fn a_directory_is_no_source() {
    let folder = tempfile::tempdir().unwrap();
    let error = Source::open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
}

/// Asked for again, it neither seems to end at the limit nor goes on after what was read over.
#[test]
fn no_more_of_a_stream_is_kept_than_was_said() {
    let stream = |most| Source::stream_up_to(Counted(0).take(200), most);
    assert_eq!(stream(200).size().unwrap(), 200);
    for most in [0_u8, 99, 199] {
        let more = stream(most.into());
        for _ in 0..2 {
            assert!(more.size().is_err());
            assert_eq!(more.known_size(), None);
            assert!(more.read(0, u64::from(most) + 1).is_err());
            let kept: Vec<u8> = (0..most).collect();
            assert_eq!(more.read(0, most.into()).unwrap(), kept);
        }
    }
}

/// What is kept goes to a file at 16 MiB, and is the same bytes.
#[cfg(feature = "files")]
#[test]
fn a_stream_larger_than_memory_is_allowed_is_read_again_whole() {
    use super::spool::{SPOOL_IN_MEMORY, SPOOL_STEP};

    let size = SPOOL_IN_MEMORY as u64 + SPOOL_STEP;
    let source = Source::stream(Counted(0).take(size));
    let around = SPOOL_IN_MEMORY as u64 - 4;
    for offset in [size - 8, around, 0, around] {
        let mut expected = [0; 8];
        Counted(offset).read_exact(&mut expected).unwrap();
        assert_eq!(source.read(offset, 8).unwrap(), expected, "{offset:#x}");
    }
    assert_eq!(source.size().unwrap(), size);
    assert_eq!(source.read(size - 1, 2).unwrap().len(), 1);
}

/// Bytes that tell where they are.
struct Counted(u64);

impl Read for Counted {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *buf {
            *byte = (self.0 % 251) as u8;
            self.0 += 1;
        }
        Ok(buf.len())
    }
}

#[test]
fn what_is_asked_for_comes_whole_at_any_size() {
    let mut bytes = vec![0; (3 << 20) + 7];
    Counted(0).read_exact(&mut bytes).unwrap();
    let source = Source::from(&*bytes);
    for (offset, size) in [
        (0, 1 << 20),
        (5, (1 << 20) + 1),
        (1, 3 << 20),
        (0, u64::MAX),
    ] {
        let end = bytes.len().min((offset + size.min(1 << 40)) as usize);
        assert!(
            source.read(offset, size).unwrap() == bytes[offset as usize..end],
            "{size}"
        );
    }
}

#[test]
fn what_is_there_is_given_without_waiting_for_more() {
    let source = Source::new(Interrupted::of(b"0123456789"));
    assert_eq!(source.read_some(2, 8).unwrap(), b"234");
    assert_eq!(source.read_some(10, 8).unwrap(), b"");
    let stream = Source::stream(Interrupted::of(b"0123456789"));
    assert_eq!(stream.read_some(0, 8).unwrap(), b"012");
    assert_eq!(stream.read_some(2, 8).unwrap(), b"2");
    assert_eq!(stream.read_some(3, 2).unwrap(), b"34");
}

#[test]
fn other_errors_than_signals_are_told() {
    struct Broken;
    impl ReadAt for Broken {
        fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn size(&self) -> io::Result<u64> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    for source in [Source::new(Broken), Source::stream(Broken)] {
        let denied = |e: io::Error| e.kind() == io::ErrorKind::PermissionDenied;
        assert!(denied(source.read(0, 1).unwrap_err()));
        assert!(denied(source.read_some(0, 1).unwrap_err()));
        assert!(denied(source.size().unwrap_err()));
        assert_eq!(source.known_size(), None);
    }
}

#[test]
fn a_head_at_hand_changes_no_bytes() {
    let source = Source::from(&b"0123456789"[..]);
    for size in [0, 1, 4, 10, 11, u64::MAX] {
        let head = source.with_head(size).unwrap();
        assert_eq!(head.size().unwrap(), 10);
        for offset in 0..12 {
            let expected = source.read(offset, 5).unwrap();
            assert_eq!(head.read(offset, 5).unwrap(), expected, "{size} {offset}");
        }
    }
    let stream = Source::stream(io::repeat(7)).with_head(4).unwrap();
    assert_eq!(stream.known_size(), None);
}

#[test]
fn who_watches_learns_how_far_it_was_read() {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    let far = Arc::new(AtomicU64::new(0));
    let tell = {
        let far = far.clone();
        move |end| far.store(end, Relaxed)
    };
    let source = watched::source(Source::from(&b"0123456789"[..]), tell.clone());
    assert_eq!(source.read(2, 3).unwrap(), b"234");
    assert_eq!(far.load(Relaxed), 5);
    assert_eq!(
        (source.size().unwrap(), source.known_size()),
        (10, Some(10))
    );
    let open = watched::source(Source::stream(io::repeat(7)), |_| {});
    assert_eq!(open.known_size(), None);
    let mut stream = watched::stream(&b"0123456789"[..], tell);
    for (size, end) in [(3, 3), (4, 7), (9, 10), (1, 10)] {
        let _ = stream.read(&mut vec![0; size]).unwrap();
        assert_eq!(far.load(Relaxed), end);
    }
}

#[test]
fn a_reader_goes_from_every_end_and_never_before_the_start() {
    let mut reader = Source::from(&b"0123456789"[..]).reader(2);
    for (to, at, byte) in [
        (SeekFrom::Start(7), 7, b'7'),
        (SeekFrom::Current(-3), 5, b'5'),
        (SeekFrom::Current(2), 8, b'8'),
        (SeekFrom::End(-10), 0, b'0'),
    ] {
        assert_eq!(reader.seek(to).unwrap(), at);
        let mut found = [0];
        reader.read_exact(&mut found).unwrap();
        assert_eq!(found, [byte]);
    }
    assert!(reader.seek(SeekFrom::End(-11)).is_err());
    assert_eq!(
        reader.stream_position().unwrap(),
        1,
        "it stays where it was"
    );
    assert_eq!(reader.seek(SeekFrom::Start(u64::MAX)).unwrap(), u64::MAX);
    assert!(reader.seek(SeekFrom::Current(1)).is_err());
    assert_eq!(reader.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_reader_seeks() {
    let mut reader = Source::from(&b"0123456789"[..]).reader(2);
    reader.seek(SeekFrom::End(-3)).unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "789");
    assert!(reader.seek(SeekFrom::Current(-100)).is_err());
}

/// They are read a mebibyte at a time.
#[test]
fn long_reads_go_on_where_the_last_step_ended() {
    let bytes: Vec<u8> = (0..2_500_000u32)
        .map(|n| (n.wrapping_mul(0x9e37_79b9) >> 24) as u8)
        .collect();
    let source = Source::from(bytes.clone());
    for (from, size) in [
        (0, 2_500_000),
        (7, 2_400_000),
        (1 << 20, 1 << 20),
        (7, 1 << 20),
    ] {
        let found = source.read(from as u64, size as u64).unwrap();
        assert!(found == bytes[from..from + size], "{from} {size}");
    }
    assert!(source.read(7, u64::MAX).unwrap() == bytes[7..]);
}

/// An empty file may hold something all the same, as those of `/proc` do, and is read to its end.
#[test]
fn a_file_of_one_byte_has_a_known_size() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(Source::open(file.path()).unwrap().known_size(), None);
    std::fs::write(file.path(), b"a").unwrap();
    assert_eq!(Source::open(file.path()).unwrap().known_size(), Some(1));
}

/// Says how far it was read.
#[derive(Default)]
struct Watched(std::sync::atomic::AtomicU64);

impl ReadAt for Arc<Watched> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let end = offset + buf.len() as u64;
        self.0.fetch_max(end, std::sync::atomic::Ordering::Relaxed);
        buf.fill(7);
        Ok(buf.len())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(1 << 40)
    }
}

#[test]
fn of_a_file_only_the_head_is_read_at_once() {
    let watched = Arc::new(Watched::default());
    let source = Source::new(watched.clone());
    let headed = source.with_head(100).unwrap();
    assert_eq!(watched.0.load(std::sync::atomic::Ordering::Relaxed), 100);
    assert_eq!(headed.read(98, 4).unwrap(), [7; 4]);
    assert_eq!(headed.size().unwrap(), 1 << 40);
    assert_eq!(watched.0.load(std::sync::atomic::Ordering::Relaxed), 102);
}
