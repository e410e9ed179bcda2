//! The same bytes from positions, from a stream, and from a compressed one; and how they are read.

use std::io::Write as _;

use super::*;

/// Bytes that tell where they are, in no whole number of blocks.
fn sample() -> Vec<u8> {
    (0..200_100_u32)
        .map(|i| (i % 251).to_le_bytes()[0])
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Fails every other time as a system call does when a signal comes.
struct Interrupted<R>(R, bool);

impl<R: Read> Read for Interrupted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        match self.1 {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => self.0.read(buf),
        }
    }
}

/// Each way to the same bytes.
fn inputs(bytes: &[u8]) -> Vec<(&'static str, Input<'_>)> {
    let packed = gzip(bytes);
    let stream = |bytes: &[u8]| {
        let stream = Interrupted(io::Cursor::new(bytes.to_vec()), false);
        Input::stream(Box::new(stream)).unwrap()
    };
    vec![
        ("positions", Input::positions(bytes.into()).unwrap()),
        ("plain", Input::plain(bytes.into())),
        ("inside", Input::inside(bytes.into(), "gzip")),
        ("stream", stream(bytes)),
        ("gzip", Input::positions((&packed[..]).into()).unwrap()),
        ("stream of gzip", stream(&packed)),
    ]
}

#[test]
fn what_was_looked_at_is_read_after_it() {
    let bytes = sample();
    for (way, mut input) in inputs(&bytes) {
        assert_eq!(input.peek().unwrap().unwrap()[..], bytes[..512], "{way}");
        assert_eq!(input.position(), 0, "{way}");
        assert_eq!(input.peek().unwrap().unwrap()[..], bytes[..512], "{way}");
        let mut buf = [0; 1000];
        assert_eq!(input.read(&mut buf[..100]).unwrap(), 100, "{way}");
        assert_eq!(buf[..100], bytes[..100], "{way}");
        assert_eq!(input.position(), 100, "{way}");
        assert_eq!(input.read(&mut buf).unwrap(), 412, "{way}");
        assert_eq!(buf[..412], bytes[100..512], "{way}");
        assert_eq!(input.position(), 512, "{way}");
        assert_eq!(input.fill(&mut buf).unwrap(), 1000, "{way}");
        assert_eq!(buf[..], bytes[512..1512], "{way}");
        assert_eq!(input.position(), 1512, "{way}");
        input.peek().unwrap();
        assert_eq!(input.block().unwrap().unwrap()[..], bytes[1512..2024]);
        assert_eq!(input.position(), 2024, "{way}");
        // The second one that is looked at is read from its start, too.
        input.peek().unwrap();
        assert_eq!(input.read(&mut buf[..10]).unwrap(), 10, "{way}");
        assert_eq!(buf[..10], bytes[2024..2034], "{way}");
        let mut rest = vec![0; bytes.len()];
        assert_eq!(input.fill(&mut rest).unwrap(), bytes.len() - 2034, "{way}");
        assert_eq!(rest[..bytes.len() - 2034], bytes[2034..], "{way}");
        assert_eq!(input.read(&mut buf).unwrap(), 0, "{way}");
        assert_eq!(input.position(), bytes.len() as u64, "{way}");
    }
}

#[test]
fn what_is_skipped_is_counted_and_what_is_missing_is_told() {
    let bytes = sample();
    let size = bytes.len() as u64;
    for (target, missing) in [
        (0, 0),
        (1, 0),
        (511, 0),
        (512, 0),
        (513, 0),
        (66_000, 0),
        (size - 1, 0),
        (size, 0),
        (size + 1, 1),
        (size + 100_000, 100_000),
        (u64::MAX, u64::MAX - size),
    ] {
        for (way, mut input) in inputs(&bytes) {
            let what = format!("{way} to {target}");
            assert_eq!(input.skip_to(target).unwrap(), missing, "{what}");
            let at = target.min(size);
            assert_eq!(input.position(), at, "{what}");
            // What lies after is skipped, and nothing is gone back for.
            assert_eq!(input.skip_to(0).unwrap(), 0, "{what}");
            assert_eq!(input.position(), at, "{what}");
            let mut next = [0];
            let read = input.read(&mut next).unwrap();
            let rest = &bytes[usize::try_from(at).unwrap()..];
            assert_eq!(next[..read], rest[..rest.len().min(1)], "{what}");
        }
    }
}

#[test]
fn what_is_skipped_to_counts_from_what_was_looked_at() {
    let bytes = sample();
    for (way, mut input) in inputs(&bytes) {
        input.peek().unwrap();
        assert_eq!(input.skip_to(512).unwrap(), 0, "{way}");
        assert_eq!(input.block().unwrap().unwrap()[..], bytes[512..1024]);
        input.peek().unwrap();
        assert_eq!(input.skip_to(1024).unwrap(), 0, "{way}");
        assert_eq!(input.block().unwrap().unwrap()[..], bytes[1024..1536]);
        input.peek().unwrap();
        assert_eq!(input.skip_to(70_000).unwrap(), 0, "{way}");
        assert_eq!(input.block().unwrap().unwrap()[..], bytes[70_000..70_512]);
    }
}

/// An index says where to; a stream can't go there without reading on.
#[test]
fn a_jump_lands_on_a_whole_block_or_is_not_made() {
    let bytes = sample();
    let size = bytes.len() as u64;
    for (way, mut input) in inputs(&bytes) {
        let is_possible = matches!(way, "positions" | "plain" | "inside");
        input.peek().unwrap();
        for target in [1024, 0, 0, size - 512] {
            let before = input.position();
            assert_eq!(input.jump_to(target).unwrap(), is_possible, "{way}");
            let at = if is_possible { target } else { before };
            assert_eq!(input.position(), at, "{way}");
            let at = usize::try_from(at).unwrap();
            assert_eq!(input.peek().unwrap().unwrap()[..], bytes[at..at + 512]);
        }
        for target in [size - 511, size, size + 1, u64::MAX] {
            let before = input.position();
            assert!(!input.jump_to(target).unwrap(), "{way} to {target}");
            assert_eq!(input.position(), before, "{way} to {target}");
        }
    }
}

#[test]
fn what_is_gone_to_is_read_next() {
    let bytes = sample();
    for (way, mut input) in inputs(&bytes).into_iter().take(3) {
        input.peek().unwrap();
        for target in [1024, 3, 100_000] {
            input.go_to(target as u64);
            assert_eq!(input.position(), target as u64, "{way}");
            let block = input.block().unwrap().unwrap();
            assert_eq!(block[..], bytes[target..target + 512], "{way}");
        }
    }
}

#[test]
fn an_end_in_half_a_block_of_zeros_is_told_from_others() {
    for (end, is_cut_zeros) in [
        (&[0; 100][..], true),
        (&[0; 511], true),
        (&[0], true),
        (&[1], false),
        (&[0, 0, 1], false),
        (&[], false),
    ] {
        for (way, mut input) in inputs(&[&[7; 512], end].concat()) {
            assert!(input.block().unwrap().is_some(), "{way}");
            assert!(!input.ends_in_cut_zeros(), "{way}");
            assert!(input.block().unwrap().is_none(), "{way}");
            assert_eq!(input.ends_in_cut_zeros(), is_cut_zeros, "{way} {end:?}");
        }
    }
}

#[test]
fn compression_is_named_and_garbage_behind_it_is_told() {
    let bytes = sample();
    for (way, mut input) in inputs(&bytes) {
        let is_packed = way.contains("gzip") || way == "inside";
        assert_eq!(input.compression(), is_packed.then_some("gzip"), "{way}");
        input.skip_to(u64::MAX).unwrap();
        assert!(!input.garbage(), "{way}");
    }
    let more = [&gzip(&bytes)[..], b"garbage"].concat();
    let mut input = Input::positions(more.into()).unwrap();
    input.skip_to(u64::MAX).unwrap();
    assert!(input.garbage());
}

#[test]
fn errors_of_what_is_read_are_told() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    assert!(Input::stream(Box::new(Broken)).is_err());
    let start = usize::try_from(codecs::LONGEST_START).unwrap();
    let begun = io::Cursor::new(vec![7; start]).chain(Broken);
    let mut input = Input::stream(Box::new(begun)).unwrap();
    for _ in 0..start / BLOCK {
        assert!(input.block().unwrap().is_some());
    }
    assert!(input.block().is_err());
}

#[test]
fn more_than_one_step_is_taken_and_no_more_than_there_is() {
    let bytes: Vec<u8> = (0..(2 << 20) + 5_u32)
        .map(|i| (i % 251).to_le_bytes()[0])
        .collect();
    let long = bytes.len() as u64;
    for (asked, taken) in [
        (1 << 20, 1 << 20),
        ((1 << 20) + 1, (1 << 20) + 1),
        (long, long),
        (long + 1, long),
        (u64::MAX, long),
    ] {
        let mut input = Input::plain((&bytes[..]).into());
        let got = input.take(asked).unwrap();
        assert!(
            got == bytes[..usize::try_from(taken).unwrap()],
            "{asked} of {long}: {}",
            got.len()
        );
        assert_eq!(input.position(), taken);
    }
}
