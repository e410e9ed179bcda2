//! Comparing bytes: edits that lead from one file to the other, and as few as there should be.

use bytewright::Source;
use bytewright::inspect::align::{Align, Edit, Kind, same};
use proptest::prelude::*;

use crate::common::within_processor_seconds;

/// The edits, after a look at whether they are true and cover both files.
fn edits(a: &[u8], b: &[u8]) -> Vec<Edit> {
    let (source_a, source_b) = (Source::from(a), Source::from(b));
    let edits = Align::new(&source_a, &source_b).unwrap();
    let edits: Vec<Edit> = edits.collect::<Result<_, _>>().unwrap();
    let (mut at_a, mut at_b) = (0, 0);
    let mut last = None;
    for edit in &edits {
        assert_eq!((edit.a.start, edit.b.start), (at_a, at_b), "{edits:?}");
        let in_a = &a[edit.a.start as usize..edit.a.end as usize];
        let in_b = &b[edit.b.start as usize..edit.b.end as usize];
        match edit.kind {
            Kind::Equal => assert!(in_a == in_b && !in_a.is_empty(), "{edit:?}"),
            Kind::Changed => assert!(in_a != in_b && !in_a.is_empty() && !in_b.is_empty()),
            Kind::Inserted => assert!(in_a.is_empty() && !in_b.is_empty()),
            Kind::Deleted => assert!(!in_a.is_empty() && in_b.is_empty()),
        }
        let equal = edit.kind == Kind::Equal;
        assert_ne!(last, Some(equal), "stretches take turns: {edits:?}");
        last = Some(equal);
        (at_a, at_b) = (edit.a.end, edit.b.end);
    }
    assert_eq!((at_a, at_b), (a.len() as u64, b.len() as u64));
    assert_eq!(same(&source_a, &source_b).unwrap(), a == b);
    edits
}

/// What isn't equal: its kind, and how many bytes of either file.
fn differences(a: &[u8], b: &[u8]) -> Vec<(Kind, u64, u64)> {
    let edits = edits(a, b).into_iter();
    edits
        .filter(|edit| edit.kind != Kind::Equal)
        .map(|edit| (edit.kind, edit.a.size(), edit.b.size()))
        .collect()
}

/// Bytes without any pattern, the same in every run.
fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(byte).take(size).collect()
}

/// Records of 24 bytes that resemble each other, as tables in files do.
fn records(count: u32) -> Vec<u8> {
    let record = |i: u32| {
        let mut record = b"REC\0".to_vec();
        record.extend((1000 + i).to_le_bytes());
        record.extend([0; 12]);
        record.extend((i % 7).to_be_bytes());
        record
    };
    (0..count).flat_map(record).collect()
}

fn spliced(bytes: &[u8], at: usize, delete: usize, insert: &[u8]) -> Vec<u8> {
    [&bytes[..at], insert, &bytes[at + delete..]].concat()
}

#[test]
fn files_without_a_difference_have_none() {
    assert_eq!(edits(b"", b""), []);
    for bytes in [noise(1, 1), noise(2, 300_000), vec![0; 100_000]] {
        assert_eq!(differences(&bytes, &bytes), []);
    }
}

#[test]
fn an_insertion_moves_what_follows_and_changes_nothing_else() {
    for bytes in [
        noise(3, 200_000),
        records(5000),
        vec![0; 70_000],
        b"abc".repeat(30_000),
    ] {
        for (at, size) in [
            (0, 1),
            (1, 4000),
            (31_000, 1),
            (60_123, 17),
            (bytes.len(), 9),
        ] {
            let longer = spliced(&bytes, at, 0, &noise(4, size));
            let size = size as u64;
            assert_eq!(differences(&bytes, &longer), [(Kind::Inserted, 0, size)]);
            assert_eq!(differences(&longer, &bytes), [(Kind::Deleted, size, 0)]);
        }
    }
}

#[test]
fn several_edits_far_apart_are_told_apart() {
    let bytes = noise(5, 3_000_000);
    let mut changed = bytes.clone();
    changed[1_000_000..1_000_004].copy_from_slice(b"\xff\xfe\xfd\xfc");
    let changed = spliced(&changed, 2_500_000, 40, b"");
    let changed = spliced(&changed, 1_700_000, 100, b"something else");
    let changed = spliced(&changed, 300, 0, b"new");
    let found = differences(&bytes, &changed);
    assert_eq!(found[0], (Kind::Inserted, 0, 3));
    assert_eq!(found[1], (Kind::Changed, 4, 4));
    assert_eq!(found[2].0, Kind::Changed);
    assert!((99..=100).contains(&found[2].1), "{found:?}");
    assert_eq!(found[3], (Kind::Deleted, 40, 0));
    assert_eq!(found.len(), 4);
}

#[test]
fn records_that_differ_all_over_are_aligned_around_a_new_one() {
    // Every record has another time, so no two stretches of 24 bytes are equal.
    let bytes = records(4000);
    let mut other = bytes.clone();
    for (i, record) in other.chunks_mut(24).enumerate() {
        record[8..10].copy_from_slice(&(i as u16 + 1).to_le_bytes());
    }
    let other = spliced(&other, 24 * 1700, 0, &noise(6, 24));
    let found = differences(&bytes, &other);
    let inserted: Vec<_> = found.iter().filter(|(_, a, b)| a != b).collect();
    assert_eq!(inserted.len(), 1, "{inserted:?}");
    assert_eq!(inserted[0].2 - inserted[0].1, 24);
    let changed: u64 = found.iter().map(|(_, a, _)| a).sum();
    assert!(
        changed < 4000 * 3,
        "{changed} bytes of 8000 that really did"
    );
}

#[test]
fn where_nothing_anchors_the_best_place_for_one_gap_is_found() {
    let bytes = noise(16, 60_000);
    let mut changed = bytes.clone();
    for byte in changed.iter_mut().step_by(12) {
        *byte = !*byte;
    }
    let longer = spliced(&changed, 30_006, 0, &noise(17, 100));
    let found = differences(&bytes, &longer);
    assert_eq!(found.len(), 5001);
    assert_eq!(found[2501], (Kind::Inserted, 0, 100));
    let found = differences(&longer, &bytes);
    assert_eq!(found[2501], (Kind::Deleted, 100, 0));
}

#[test]
fn a_block_that_moved_is_deleted_here_and_inserted_there() {
    let bytes = noise(7, 400_000);
    let moved = [
        &bytes[..50_000],
        &bytes[70_000..300_000],
        &bytes[50_000..70_000],
        &bytes[300_000..],
    ];
    assert_eq!(
        differences(&bytes, &moved.concat()),
        [(Kind::Deleted, 20_000, 0), (Kind::Inserted, 0, 20_000)]
    );
}

#[test]
fn changes_in_place_stay_in_place_in_data_that_repeat() {
    let bytes = vec![0; 1 << 20];
    let mut changed = bytes.clone();
    for at in (100..bytes.len()).step_by(1000) {
        changed[at] = 1;
    }
    let found = differences(&bytes, &changed);
    assert_eq!(found.len(), (100..bytes.len()).step_by(1000).count());
    assert!(found.iter().all(|found| *found == (Kind::Changed, 1, 1)));
}

#[test]
fn what_has_nothing_in_common_is_one_change_and_takes_no_time() {
    let size = 1 << 20;
    let period = |size: usize, text: &[u8]| text.repeat(size / text.len());
    let cases = [
        (vec![0; size], vec![255; size]),
        (noise(8, size), noise(9, size / 2)),
        (vec![7], noise(10, size)),
    ];
    for (a, b) in cases {
        let found = differences(&a, &b);
        // By chance a few bytes at the ends may be equal.
        assert!(found.len() <= 2, "{} differences", found.len());
    }
    let hostile = [
        (period(size, b"ab"), period(size, b"ba")),
        (period(size, b"abcabd"), period(size, b"abdabcab")),
        (
            period(size, &noise(11, 1000)),
            period(size, &noise(11, 1001)),
        ),
        (
            noise(12, size).iter().map(|b| b & 1).collect(),
            noise(13, size).iter().map(|b| b & 1).collect(),
        ),
        (pieces(14, size), pieces(15, size)),
    ];
    for (case, (a, b)) in hostile.into_iter().enumerate() {
        within_processor_seconds(120, &format!("case {case}"), || differences(&a, &b));
    }
}

/// Half of it what every seed has, half its own, in turns: each piece must be compared.
fn pieces(seed: u64, size: usize) -> Vec<u8> {
    let piece = |i: u64| [noise(i, 64), noise(seed * 1_000_000 + i, 900)].concat();
    (1..=size as u64 / 964).flat_map(piece).collect()
}

#[test]
fn a_file_that_became_shorter_is_an_error() {
    struct Liar;
    impl bytewright::source::ReadAt for Liar {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
            buf.fill(0);
            Ok(buf.len().min(100_000usize.saturating_sub(offset as usize)))
        }
        fn size(&self) -> std::io::Result<u64> {
            Ok(1_000_000)
        }
    }
    let other = Source::from(vec![0; 1_000_000]);
    let found: Vec<_> = Align::new(&Source::new(Liar), &other).unwrap().collect();
    assert!(found.last().unwrap().is_err());
}

/// A file of some structure and some edits to it.
fn pair() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let base = (0u8..4, 1usize..20_000, any::<u64>()).prop_map(|(kind, size, seed)| match kind {
        0 => noise(seed, size),
        1 => records(size as u32 / 24 + 1),
        2 => noise(seed, size).iter().map(|b| b & 1).collect(),
        _ => noise(seed, 7).repeat(size / 7 + 1),
    });
    let edit = (
        any::<prop::sample::Index>(),
        0usize..300,
        0usize..300,
        any::<u64>(),
    );
    (base, proptest::collection::vec(edit, 0..12)).prop_map(|(a, edits)| {
        let mut b = a.clone();
        for (at, delete, insert, seed) in edits {
            let at = at.index(b.len() + 1);
            let delete = delete.min(b.len() - at);
            b = spliced(&b, at, delete, &noise(seed, insert));
        }
        (a, b)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn edits_lead_from_one_file_to_the_other((a, b) in pair()) {
        edits(&a, &b);
        edits(&b, &a);
    }

    #[test]
    fn one_splice_in_noise_is_one_edit_of_its_size(
        size in 2000usize..30_000,
        at in 0usize..2000,
        delete in 0usize..2000,
        insert in 0usize..2000,
        seed: u64,
    ) {
        let a = noise(seed, size + 2000);
        let b = spliced(&a, at, delete, &noise(!seed, insert));
        let found = differences(&a, &b);
        let (deleted, inserted) = (delete as u64, insert as u64);
        if delete == 0 || insert == 0 {
            prop_assert_eq!(found.iter().map(|f| (f.1, f.2)).collect::<Vec<_>>(),
                if delete + insert == 0 { vec![] } else { vec![(deleted, inserted)] });
        } else {
            // Other bytes in the place of some: by chance a few of them are the same.
            let sum = |side: fn(&(Kind, u64, u64)) -> u64| found.iter().map(side).sum::<u64>();
            let few = 40;
            prop_assert!(sum(|f| f.1) + few >= deleted && sum(|f| f.1) <= deleted);
            prop_assert!(sum(|f| f.2) + few >= inserted && sum(|f| f.2) <= inserted);
        }
    }
}
