//! A repair changes what its findings say, and not a byte more.

use super::*;
use crate::Source;
use crate::formats::tar::{plain, repair};

/// What a repair makes of an archive, and what it tells.
fn repaired(bytes: &[u8], ignore_zeros: bool) -> (Vec<u8>, Vec<&'static str>, Summary) {
    let (mut out, mut codes) = (Vec::new(), Vec::new());
    let mut tell = |finding: &tar::Finding| {
        codes.push(finding.problem.code);
        Ok(())
    };
    let summary = repair(&bytes.into(), ignore_zeros, &mut tell, &mut out).unwrap();
    (out, codes, summary)
}

/// Members and what ends them: two blocks of zeros, and zeros up to 10,240 bytes.
fn whole(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = [&parts.concat()[..], END].concat();
    bytes.resize(bytes.len().next_multiple_of(10_240), 0);
    bytes
}

fn gzip(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_repair_changes_only_what_its_findings_say() {
    let (a, b, c) = (file("a", b"1"), file("b", &[2; 600]), file("c", b""));
    let with = |mut part: Vec<u8>, at: usize, byte: u8| {
        part[at] ^= byte;
        part
    };
    let (padded, checksum) = (with(a.clone(), 600, 9), with(b.clone(), 150, 1));
    let bad_mode = Block::new(b"m", b'0', 0).with(100, b"x").and(b"");
    let nul = [pax(&[("path", b"x\0y")]), file("x", b"")].concat();
    let long = [pax(&[("path", b"long")]), file("x", b"1")].concat();
    let long_padded = with(long.clone(), 512 + 300, 1);
    let mode_padded = with(Block::new(b"m", b'0', 1).with(100, b"x").and(b"1"), 1000, 1);
    let odd = Block::new(b"o", b'~', 0).and(b"");
    let sized = Block::new(b"d", b'5', 9).and(b"");
    let junk: &[u8] = &[7; 512];
    let zeros: &[u8] = &[0; 512];
    type Case<'a> = (&'a str, &'a [&'a [u8]], &'a [&'a [u8]], &'a [&'static str]);
    let cases: [Case<'_>; 22] = [
        ("nothing is wrong", &[&a, &b, END], &[&a, &b], &[]),
        ("no end", &[&a, &b], &[&a, &b], &["T002"]),
        ("half an end", &[&a, &b, zeros], &[&a, &b], &["T002"]),
        ("no padding", &[&a, &b[..1112]], &[&a, &b], &["T003"]),
        ("lone zeros", &[&a, zeros, &b, END], &[&a, &b], &["T001"]),
        ("padding", &[&padded, &b, END], &[&a, &b], &["T032"]),
        (
            "a checksum",
            &[&a, &checksum, &c, END],
            &[&a, &b, &c],
            &["T015", "T036"],
        ),
        (
            "both, in this order",
            &[&padded, &checksum, &padded, END],
            &[&a, &b, &a],
            &["T032", "T015", "T036", "T032", "T033"],
        ),
        (
            "an extended header's padding",
            &[&long_padded, END],
            &[&long],
            &["T032"],
        ),
        ("a number", &[&a, &bad_mode, &b, END], &[&a, &b], &["T004"]),
        ("a name", &[&a, &nul, &b, END], &[&a, &b], &["T008"]),
        (
            "padding of what is left out",
            &[&a, &mode_padded, &padded, END],
            &[&a, &a],
            &["T004", "T032", "T032", "T033"],
        ),
        (
            "a stray header",
            &[&a, &pax(&[("path", b"x")]), END],
            &[&a],
            &["T014"],
        ),
        ("something after", &[&a, END, junk], &[&a], &["T012"]),
        ("a second archive", &[&a, END, &b, END], &[&a], &["T030"]),
        ("a cut", &[&a, &b[..700]], &[&a], &["T015"]),
        ("a cut header", &[&a, &b[..300]], &[&a], &["T015"]),
        ("junk", &[&a, junk, &b, END], &[&a, &b], &["T015", "T031"]),
        // What is odd and can be read stays as it is.
        ("a type", &[&odd, &a, END], &[&odd, &a], &["T006"]),
        (
            "a size without data",
            &[&sized, &a, END],
            &[&sized, &a],
            &["T005"],
        ),
        ("twice", &[&a, &a, END], &[&a, &a], &["T033"]),
        ("no members", &[END], &[], &[]),
    ];
    for (what, bytes, expected, codes) in cases {
        let bytes = bytes.concat();
        let (saved, mut told, summary) = repaired(&bytes, false);
        assert!(saved == whole(expected), "{what}");
        told.sort_unstable();
        let mut codes = codes.to_vec();
        codes.sort_unstable();
        assert_eq!(told, codes, "{what}");
        assert_eq!(summary, check(&bytes).1, "{what}");
        // The same of what a gzip stream holds.
        assert!(
            repaired(&gzip(&bytes), false).0 == whole(expected),
            "{what}, gzipped"
        );
        // What was repaired has nothing left to repair.
        let (again, ..) = repaired(&saved, false);
        assert!(again == saved, "{what}");
    }
}

/// What is put right and left out nevertheless leaves nothing of it.
#[test]
fn a_header_that_is_put_right_before_a_member_that_is_left_out_is_left_out_too() {
    let (a, b) = (file("a", b"1"), file("b", b"2"));
    let mut before = pax(&[("uid", b"1")]);
    before[150] ^= 1;
    let bad = Block::new(b"m", b'0', 0).with(100, b"x").and(b"");
    let (saved, codes, _) = repaired(&[&a[..], &before, &bad, &b, END].concat(), false);
    assert_eq!(codes, ["T015", "T036", "T004"]);
    assert!(saved == whole(&[&a, &b]));
}

#[test]
fn a_summary_counts_members_broken_ones_and_findings_by_weight() {
    let bad = Block::new(b"m", b'0', 0).with(100, b"x").and(b"");
    let label = member("v", b'V', b"");
    let padded = {
        let mut part = file("p", b"1");
        part[1000] = 1;
        part
    };
    let bytes = [&file("a", b"1")[..], &bad, &label, &padded, &[7; 512], END].concat();
    let (_, _, summary) = repaired(&bytes, false);
    let expected = Summary {
        members: 4,
        broken: 1,
        lost: 512,
        errors: 3,
        warnings: 1,
        notes: 1,
    };
    assert_eq!(summary, expected);
    assert!(!summary.is_ok());
    let only = |errors, warnings, notes| Summary {
        errors,
        warnings,
        notes,
        ..Summary::default()
    };
    assert!(only(0, 0, 9).is_ok() && !only(1, 0, 0).is_ok() && !only(0, 1, 0).is_ok());
}

#[test]
fn what_is_broken_about_a_stream_is_told_behind_its_members() {
    let bytes = whole(&[&file("a", b"1")]);
    let packed = gzip(&bytes);
    let behind = [&packed[..], b"junk"].concat();
    let (saved, codes, summary) = repaired(&behind, false);
    assert!(saved == bytes);
    assert_eq!(
        (codes, summary.warnings, summary.errors),
        (vec!["T013"], 1, 0)
    );
    let mut broken = packed.clone();
    let crc = broken.len() - 8;
    broken[crc] ^= 1;
    let (saved, codes, summary) = repaired(&broken, false);
    assert!(saved == bytes);
    assert_eq!(
        (codes, summary.warnings, summary.errors),
        (vec!["T015"], 0, 1)
    );
    // Who tells may end it.
    let stop = |bytes: &[u8]| {
        let mut tell = |_: &tar::Finding| Err(std::io::Error::other("enough"));
        repair(&bytes.into(), false, &mut tell, &mut Vec::new()).unwrap_err()
    };
    for bytes in [&behind, &broken, &[0; 512].to_vec()] {
        assert_eq!(stop(bytes).to_string(), "enough");
    }
}

#[test]
fn a_second_archive_is_saved_for_who_ignores_zeros() {
    let (a, b) = (file("a", b"1"), file("b", b"2"));
    let bytes = [&a[..], END, &[0; 512], &b, END].concat();
    assert!(repaired(&bytes, true).0 == whole(&[&a, &b]));
    assert!(repaired(&bytes, false).0 == whole(&[&a]));
}

#[test]
fn an_end_is_a_whole_record_of_10240_bytes() {
    for (blocks, expected) in [(1, 10_240), (18, 10_240), (19, 20_480), (38, 20_480)] {
        // A header and the rest of them data.
        let part = file("a", &vec![1; (blocks - 1) * 512]);
        assert_eq!(part.len(), blocks * 512);
        assert_eq!(repaired(&part, false).0.len(), expected, "{blocks}");
    }
}

#[test]
fn what_a_source_holds_is_the_source_or_what_is_decompressed_of_it() {
    let bytes = whole(&[&file("a", b"1")]);
    for source in [bytes.clone(), gzip(&bytes)] {
        let plain = plain(&Source::from(source)).unwrap();
        assert!(plain.read(0, 1 << 20).unwrap() == bytes);
    }
    // An error is reported there, and isn't the end.
    let packed = gzip(&bytes);
    let cut = plain(&Source::from(&packed[..packed.len() - 4])).unwrap();
    assert!(cut.read(0, 1 << 20).is_err());
}

/// Wherever one byte is another: the padding that is told becomes zeros, the checksum that is told
/// the right one, and every other byte stays.
#[test]
fn a_changed_byte_changes_nothing_else_when_it_is_repaired() {
    let members = [
        pax(&[("path", b"long")]),
        file("a", b"1"),
        link(b'2', "b", b"long"),
        file("c", &[3; 513]),
    ];
    let original = [&members.concat()[..], END].concat();
    let mut put_right = 0;
    for at in (0..original.len() - 1024).step_by(3) {
        let mut bytes = original.clone();
        bytes[at] ^= 1 << (at % 7);
        let mut expected = bytes[..bytes.len() - 1024].to_vec();
        let (mut out, mut is_whole) = (Vec::new(), true);
        let mut tell = |finding: &tar::Finding| {
            let (problem, range) = (&finding.problem, finding.problem.range);
            let (start, size) = (range.offset as usize, range.size as usize);
            match problem.code {
                "T032" => expected[start..start + size].fill(0),
                "T036" => {
                    let header = Block(expected[start..start + 512].try_into().unwrap());
                    expected[start..start + 512].copy_from_slice(&header.sealed());
                    put_right += 1;
                }
                "T015" => {}
                _ => is_whole &= problem.severity < Severity::Error,
            }
            Ok(())
        };
        // Nothing is lost of what is put right.
        let summary = repair(&bytes[..].into(), false, &mut tell, &mut out);
        let Ok(summary) = summary else {
            assert!(at < 512, "{at}");
            continue;
        };
        if is_whole && summary.broken == 0 && summary.lost == 0 {
            assert!(out == whole(&[&expected]), "{at}");
        }
        // What is left was there before, in this order.
        let mut rest = expected.chunks(512);
        let left = out
            .chunks(512)
            .take_while(|block| block.iter().any(|&byte| byte != 0));
        for block in left {
            assert!(rest.any(|there| there == block), "{at}");
        }
    }
    assert!(put_right > 100, "{put_right}");
}
