//! What is asked of a source, and that what is read ahead is what is read otherwise.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::source::ReadAt;

/// The offsets and sizes that were asked for.
type Requests = Arc<Mutex<Vec<(u64, usize)>>>;

/// Zeros without an end.
struct Watched(Requests);

impl ReadAt for Watched {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push((offset, buf.len()));
        buf.fill(0);
        Ok(buf.len())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

/// What is asked for when blocks are read at these offsets, one after the other.
fn asked(offsets: impl IntoIterator<Item = u64>) -> Vec<(u64, usize)> {
    let asked = Requests::default();
    let mut window = Window::new(Source::new(Watched(asked.clone())));
    for offset in offsets {
        assert_eq!(window.read(offset, &mut [0; 512]).unwrap(), 512);
    }
    let asked = asked.lock().unwrap();
    asked.clone()
}

/// A system call for each of many small files would take longer than reading them.
#[test]
fn more_is_read_at_once_the_longer_headers_stand_close_together() {
    let k = 1 << 10;
    let sizes: Vec<_> = asked((0..600).map(|i| i * 512))
        .into_iter()
        .map(|(_, size)| size / k)
        .collect();
    assert_eq!(sizes, [2, 4, 8, 16, 32, 64, 128, 128]);
}

#[test]
fn little_is_read_in_vain_where_headers_stand_far_apart() {
    let far = |i: u64| i << 20;
    let asked_far = asked((1..5).map(far));
    let expected: Vec<_> = (1..5).map(|i| (far(i), 1 << 10)).collect();
    assert_eq!(asked_far, expected);
    // The first 256 KiB are read in windows up to 128 KiB; the last of them ends at 254 KiB.
    let k = 1 << 10;
    let grown = (0..=254).map(|i| i * k);
    let end = 254 * k + 128 * k;
    for (next, size) in [
        (end, 128 << 10),
        (end + 32 * k, 128 << 10),
        (end + 32 * k + 1, 1 << 10),
        (0, 1 << 10),
    ] {
        let last = asked(grown.clone().chain([next])).pop().unwrap();
        assert_eq!(last, (next, size));
    }
    // Near is 4 KiB for a window that hasn't grown.
    let first = 2 * k;
    assert_eq!(asked([0, first + 4 * k]).pop().unwrap().1, 4 << 10);
    assert_eq!(asked([0, first + 4 * k + 1]).pop().unwrap().1, 1 << 10);
}

/// Content isn't copied twice.
#[test]
fn as_much_as_a_window_is_read_to_where_it_is_wanted() {
    let asked = Requests::default();
    let mut window = Window::new(Source::new(Watched(asked.clone())));
    for size in [1 << 10, 300_000] {
        assert_eq!(window.read(7, &mut vec![1; size]).unwrap(), size);
        assert_eq!(asked.lock().unwrap().pop(), Some((7, size)));
    }
    let less = (1 << 10) - 1;
    assert_eq!(window.read(7, &mut vec![1; less]).unwrap(), less);
    assert_ne!(asked.lock().unwrap().pop(), Some((7, less)));
}

#[test]
fn what_could_not_be_read_is_not_taken_for_read() {
    struct Once(Mutex<bool>);
    impl ReadAt for Once {
        fn read_at(&self, _: u64, buf: &mut [u8]) -> io::Result<usize> {
            let mut failed = self.0.lock().unwrap();
            if !*failed {
                *failed = true;
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            buf.fill(7);
            Ok(buf.len())
        }
        fn size(&self) -> io::Result<u64> {
            Ok(1 << 20)
        }
    }
    let mut window = Window::new(Source::new(Once(Mutex::new(false))));
    let mut buf = [0; 4];
    assert!(window.read(0, &mut buf).is_err());
    assert_eq!(window.read(0, &mut buf).unwrap(), 4);
    assert_eq!(buf, [7; 4]);
}

/// Bytes that tell where they are: many windows of the largest size, and a part of one.
fn sample() -> Vec<u8> {
    (0..(3 << 20) + 77_u32)
        .map(|i| (i % 251).to_le_bytes()[0])
        .collect()
}

#[test]
fn what_is_read_ahead_is_what_is_read_otherwise() {
    let bytes = sample();
    let size = bytes.len() as u64;
    // Close together, with a jump now and then.
    let offsets = |jump: u64, back: u64| {
        let (mut offset, mut offsets) = (0_u64, Vec::new());
        for n in 1..3000_u64 {
            offsets.push(offset);
            offset += n * 7919 % 3000;
            if n % 1000 == 0 {
                offset = (offset + jump).saturating_sub(back);
            }
        }
        offsets
    };
    let to_the_end = (0..).map(|n| n * 700).take_while(|at| *at < size + 5000);
    for offsets in [
        to_the_end.collect(),
        offsets(0, 0),
        offsets(40_000, 0),
        offsets(900_000, 0),
        offsets(0, 10_000),
        offsets(0, 1 << 20),
    ] {
        let mut window = Window::new(Source::from(bytes.clone()));
        window.read_ahead();
        for (n, offset) in offsets.into_iter().enumerate() {
            let at = usize::try_from(offset.min(size)).unwrap();
            let rest = &bytes[at..];
            let mut buf = [0; 512];
            let read = window.read(offset, &mut buf).unwrap();
            assert_eq!(read == 0, rest.is_empty(), "{n}: {offset}");
            assert_eq!(buf[..read], rest[..read], "{n}: {offset}");
        }
    }
}

#[test]
fn nothing_is_read_twice_and_little_in_vain() {
    let asked = Requests::default();
    let mut window = Window::new(Source::new(Watched(asked.clone())));
    window.read_ahead();
    let wanted = 8 << 20;
    for offset in (0..wanted).step_by(2048) {
        assert_eq!(window.read(offset, &mut [0; 512]).unwrap(), 512);
    }
    // Far away nothing is known of what follows.
    assert_eq!(window.read(1 << 40, &mut [0; 512]).unwrap(), 512);
    drop(window);
    let mut asked = asked.lock().unwrap().clone();
    assert_eq!(asked.pop().unwrap(), (1 << 40, 1 << 10));
    asked.sort_unstable();
    let mut end = 0;
    for (offset, size) in asked {
        assert!(offset >= end, "{offset} is read twice");
        end = offset + size as u64;
    }
    let most = (ReadAhead::DEPTH + 1) * Window::MOST;
    assert!(end >= wanted && end <= wanted + most as u64, "{end}");
}

/// The reader waits for nothing here: another thread has to read.
#[test]
fn a_thread_reads_what_nobody_has_asked_for_yet() {
    if parallel::threads() == NonZeroUsize::MIN {
        return;
    }
    let asked = Requests::default();
    let mut window = Window::new(Source::new(Watched(asked.clone())));
    window.read_ahead();
    let mut last = 0;
    while window.steady <= Window::STEADY {
        window.read(last, &mut [0; 512]).unwrap();
        last += 512;
    }
    let is_ahead = || {
        let asked = asked.lock().unwrap();
        asked.iter().any(|(offset, _)| *offset > last + 128_000)
    };
    let begun = Instant::now();
    while !is_ahead() {
        assert!(begun.elapsed() < Duration::from_secs(300));
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn few_windows_are_no_reason_to_read_ahead() {
    let asked = Requests::default();
    let mut window = Window::new(Source::new(Watched(asked.clone())));
    window.read_ahead();
    // The windows double up to 128 KiB, of which the first two end here.
    let end = (2 + 4 + 8 + 16 + 32 + 64 + 2 * 128) << 10;
    for offset in (0..end).step_by(512) {
        window.read(offset, &mut [0; 512]).unwrap();
    }
    drop(window);
    let asked = asked.lock().unwrap();
    let read: usize = asked.iter().map(|(_, size)| size).sum();
    assert_eq!(read as u64, end);
}

#[test]
fn what_cannot_be_read_ahead_is_an_error_when_it_is_asked_for() {
    const BROKEN: u64 = 2 << 20;
    struct Broken(Arc<AtomicBool>);
    impl ReadAt for Broken {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            let left = usize::try_from(BROKEN.saturating_sub(offset)).unwrap();
            match left {
                0 if self.0.load(Ordering::Relaxed) => Err(io::ErrorKind::PermissionDenied.into()),
                0 => Ok(0),
                left => Ok(left.min(buf.len())),
            }
        }
        fn size(&self) -> io::Result<u64> {
            Ok(BROKEN)
        }
    }
    let is_broken = Arc::new(AtomicBool::new(true));
    let mut window = Window::new(Source::new(Broken(is_broken.clone())));
    window.read_ahead();
    let mut buf = [0; 512];
    let mut read = 0;
    let error = loop {
        match window.read(read, &mut buf) {
            Ok(size) => read += size as u64,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    assert!(
        read <= BROKEN && read >= BROKEN - Window::MOST as u64,
        "{read}"
    );
    assert!(window.read(read, &mut buf).is_err());
    is_broken.store(false, Ordering::Relaxed);
    while read < BROKEN {
        let size = window.read(read, &mut buf).unwrap();
        assert_ne!(size, 0);
        read += size as u64;
    }
    assert_eq!(window.read(BROKEN, &mut buf).unwrap(), 0);
}
