//! `tar::check` tells every defect at its place, and nothing about archives that are whole;
//! `tar::repair` saves what is whole.
#![cfg(unix)]

mod others;

use std::fs;
use std::io::Write;
use std::process::Command;

use bytewright::Source;
use bytewright::formats::tar::{self, Archive, Error, Filter, Summary};
use bytewright::tree::Severity;

use crate::common::run_peer;

use super::hostile::maker::{Maker, header, header_with_size};

/// Codes and offsets.
type Found = Vec<(&'static str, u64)>;

fn run(archive: &mut Archive) -> Result<(Found, Summary), Error> {
    let mut found = Vec::new();
    let summary = tar::check(archive, &mut |finding| {
        let problem = &finding.problem;
        assert!(!problem.message.is_empty());
        found.push((problem.code, problem.range.offset));
        Ok(())
    })?;
    Ok((found, summary))
}

fn check(bytes: &[u8]) -> Result<(Found, Summary), Error> {
    run(&mut Archive::new(bytes.into())?)
}

fn check_stream(bytes: &[u8]) -> Result<(Found, Summary), Error> {
    run(&mut Archive::stream(std::io::Cursor::new(bytes.to_vec()))?)
}

fn repair(bytes: &[u8]) -> (Vec<u8>, Summary) {
    let mut out = Vec::new();
    let source = Source::from(bytes);
    let summary = tar::repair(&source, false, &mut |_| Ok(()), &mut out).unwrap();
    (out, summary)
}

/// Padded as an archive is that we write.
fn whole_records(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(10_240), 0);
    bytes
}

/// Where the zeros begin that end an archive.
fn end_of_members(archive: &[u8]) -> usize {
    let blocks = archive.chunks(512);
    let last = blocks
        .rev()
        .position(|block| block.iter().any(|&byte| byte != 0));
    last.map_or(0, |zeros| archive.len() - 512 * zeros)
}

fn codes(found: &Found) -> Vec<&'static str> {
    found.iter().map(|(code, _)| *code).collect()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn one_bad_number(field: &str) -> tar_crate::Header {
    let mut header = header("n", b'0', 0, "");
    let ustar = header.as_ustar_mut().unwrap();
    let bytes = match field {
        "mode" => &mut ustar.mode[..],
        "uid" => &mut ustar.uid[..],
        _ => &mut ustar.mtime[..],
    };
    bytes[..3].copy_from_slice(b"x9z");
    header.set_cksum();
    header
}

use ::tar as tar_crate;

/// Two whole members of 1,024 bytes each, which stand before the defect.
fn two() -> Maker {
    Maker::default().file("a", b"1").file("b", b"22")
}

#[test]
fn each_defect_has_its_code_and_its_place() {
    let padded_wrong = {
        let mut bytes = two().file("c", b"333").end();
        bytes[2048 + 512 + 3] = 7;
        bytes
    };
    let extended_padded_wrong = {
        let mut bytes = two().extended(b'L', b"long\0").file("c", b"").end();
        bytes[2048 + 512 + 100] = 7;
        bytes
    };
    let unpadded = {
        let bytes = two().file("c", b"333").0;
        bytes[..2048 + 512 + 3].to_vec()
    };
    let second = [two().end(), vec![0; 512], two().end()].concat();
    for (what, bytes, expected) in [
        ("nothing", two().end(), vec![]),
        ("blocked to 10 KiB", two().raw(&[0; 8192]).0, vec![]),
        (
            "lone zeros",
            two().raw(&[0; 512]).file("c", b"").end(),
            vec![("T001", 2048)],
        ),
        ("no end", two().0, vec![("T002", 2048)]),
        ("half an end", two().raw(&[0; 512]).0, vec![("T002", 2048)]),
        ("unpadded", unpadded, vec![("T003", 2563)]),
        (
            "mode",
            two().header(&one_bad_number("mode"), b"").end(),
            vec![("T004", 2048)],
        ),
        (
            "uid",
            two().header(&one_bad_number("uid"), b"").end(),
            vec![("T004", 2048)],
        ),
        (
            "mtime",
            two().header(&one_bad_number("mtime"), b"").end(),
            vec![("T004", 2048)],
        ),
        (
            "directory with a size",
            two().header(&header("d", b'5', 9, ""), b"").end(),
            vec![("T005", 2048)],
        ),
        (
            "type",
            two().other("x", b'~', "").end(),
            vec![("T006", 2048)],
        ),
        (
            "size twice",
            two()
                .pax(&[("size", b"2")])
                .header(&header("c", b'0', 3, ""), b"22")
                .end(),
            vec![("T007", 3072)],
        ),
        (
            "NUL in a name",
            two().pax(&[("path", b"x\0y")]).file("c", b"").end(),
            vec![("T008", 3072)],
        ),
        (
            "hard link with a size",
            two().header(&header("h", b'1', 5, "a"), b"").end(),
            vec![("T009", 2048)],
        ),
        (
            "pax number",
            two().pax(&[("uid", b"one")]).file("c", b"").end(),
            vec![("T010", 3072)],
        ),
        (
            "garbage after",
            [two().end(), b"x".to_vec()].concat(),
            vec![("T012", 3072)],
        ),
        (
            "stray header",
            two().extended(b'L', b"long\0").end(),
            vec![("T014", 3072)],
        ),
        (
            "size that is no number",
            two()
                .header(&header_with_size("c", b'0', b"-1"), b"")
                .file("d", b"")
                .end(),
            vec![("T015", 2048), ("T031", 2048)],
        ),
        (
            "cut data",
            two().header(&header("c", b'0', 5000, ""), b"333").0,
            vec![("T015", 3072)],
        ),
        (
            "cut header",
            two().raw(&header("c", b'0', 0, "").as_bytes()[..100]).0,
            vec![("T015", 2148)],
        ),
        (
            "pax record",
            two().extended(b'x', b"99 path=a\n").file("c", b"").end(),
            vec![("T015", 2560), ("T031", 2560)],
        ),
        ("second archive", second, vec![("T030", 3584)]),
        ("padding", padded_wrong, vec![("T032", 2563)]),
        (
            "padding of a long name",
            extended_padded_wrong,
            vec![("T032", 2565)],
        ),
        ("twice", two().file("./a", b"").end(), vec![("T033", 2048)]),
        ("root", two().file("/c", b"").end(), vec![("T037", 2048)]),
        (
            "label",
            two().other("Backup 1", b'V', "").end(),
            vec![("T035", 2048)],
        ),
        (
            "list of an incremental backup",
            two().header(&header("d/", b'D', 3, ""), b"Ya\0").end(),
            vec![("T035", 2048)],
        ),
        (
            "number after a NUL",
            two()
                .header(&header_with_size("c", b'0', b"\x000000000003\0"), b"")
                .end(),
            vec![("T017", 2048)],
        ),
        (
            "number with something after it",
            two()
                .header(&header_with_size("c", b'0', b"3 junk"), b"333")
                .end(),
            vec![("T017", 2048)],
        ),
        (
            "number with a number after a NUL",
            two()
                .header(&header_with_size("c", b'0', b"3\x00017777777"), b"333")
                .end(),
            vec![("T017", 2048)],
        ),
        (
            "two long names",
            two()
                .extended(b'L', b"one\0")
                .pax(&[("path", b"two")])
                .file("c", b"")
                .end(),
            vec![("T018", 4096)],
        ),
        (
            "two long targets",
            two()
                .pax(&[("linkpath", b"a")])
                .extended(b'K', b"b\0")
                .other("l", b'2', "")
                .end(),
            vec![("T018", 4096)],
        ),
        (
            "one long name, twice",
            two()
                .pax(&[("path", b"c")])
                .extended(b'L', b"c\0")
                .file("x", b"")
                .end(),
            vec![],
        ),
        (
            "two extended headers",
            two()
                .pax(&[("path", b"one")])
                .pax(&[("mtime", b"1")])
                .file("c", b"")
                .end(),
            vec![("T019", 3072)],
        ),
        (
            "two GNU headers",
            two()
                .extended(b'L', b"one\0")
                .extended(b'L', b"two\0")
                .file("c", b"")
                .end(),
            vec![("T019", 3072)],
        ),
        (
            "a keyword with two values",
            two()
                .pax(&[("path", b"one"), ("path", b"two")])
                .file("c", b"")
                .end(),
            vec![("T019", 2560)],
        ),
        (
            "an empty path",
            two().pax(&[("path", b"")]).file("c", b"").end(),
            vec![("T020", 2560)],
        ),
        (
            "a global target",
            two()
                .extended(b'g', b"19 linkpath=GLOBAL\n")
                .other("l", b'2', "a")
                .end(),
            vec![("T011", 3072)],
        ),
        (
            "a global target taken back",
            two()
                .extended(b'g', b"19 linkpath=GLOBAL\n")
                .pax(&[("linkpath", b"")])
                .other("l", b'2', "a")
                .end(),
            vec![],
        ),
        (
            "a size beside one of 0",
            two()
                .pax(&[("size", b"2")])
                .header(&header("c", b'0', 0, ""), b"22")
                .end(),
            vec![("T007", 3072)],
        ),
        (
            "up after a drive",
            two().file("C:..\\x", b"").end(),
            vec![("T038", 2048)],
        ),
        (
            "up between slashes after a drive",
            two().file("C:/../x", b"").end(),
            vec![("T038", 2048)],
        ),
        ("a drive", two().file("C:/x..y/..z", b"").end(), vec![]),
        (
            "up between backslashes",
            two().file("c\\..\\..\\x", b"").end(),
            vec![("T038", 2048)],
        ),
        (
            "escapes as systemd writes them",
            two().file("dev-disk-by\\x2dlabel", b"").end(),
            vec![],
        ),
        (
            "an end of 700 zeros",
            two().raw(&[0; 700]).0,
            vec![("T002", 2048)],
        ),
        (
            "an end of 100 zeros",
            two().raw(&[0; 100]).0,
            vec![("T002", 2048)],
        ),
        (
            "a line feed after half an end",
            two().raw(&[0; 512]).raw(b"\n").0,
            vec![("T002", 2048), ("T012", 2560)],
        ),
        (
            "a line feed in the second block of zeros",
            two().raw(&[0; 512]).raw(b"\n").raw(&[0; 511]).0,
            vec![("T002", 2048), ("T012", 2560)],
        ),
        (
            "an archive after something else",
            two().raw(&[0; 1024]).raw(&[7; 512]).raw(&two().0).end(),
            vec![("T012", 3072), ("T030", 3584)],
        ),
        // What extraction would refuse is no defect of an archive.
        ("up", two().file("../c", b"").end(), vec![]),
        (
            "link outside",
            two().other("l", b'2', "/dev/null").end(),
            vec![],
        ),
        ("device", two().other("p", b'3', "").end(), vec![]),
    ] {
        let (found, summary) = check(&bytes).unwrap();
        assert_eq!(found, expected, "{what}");
        assert_eq!(
            check_stream(&bytes).unwrap().0,
            expected,
            "{what}, streamed"
        );
        let is_note = |code: &&str| matches!(*code, "T035" | "T037");
        let only_notes = codes(&expected).iter().all(is_note);
        assert_eq!(summary.is_ok(), only_notes, "{what}");
        let (found, _) = check(&gzip(&bytes)).unwrap();
        assert_eq!(found, expected, "{what}, gzipped");
    }
}

/// The offsets of what extracting under a filter would refuse.
fn refused(bytes: &[u8], filter: Filter) -> Vec<u64> {
    let mut refused = Vec::new();
    let mut archive = Archive::new(bytes.into()).unwrap();
    let summary = tar::check_for(&mut archive, filter, &mut |finding| {
        let problem = &finding.problem;
        if problem.code == "T034" {
            assert_eq!(problem.severity, Severity::Note);
            refused.push(problem.range.offset);
        }
        Ok(())
    });
    summary.unwrap();
    refused
}

#[test]
fn what_a_filter_would_refuse_is_told_to_who_asks_for_it() {
    let all = [Filter::Data, Filter::Tar, Filter::Trusted];
    for (what, bytes, at, by) in [
        ("nothing", two().end(), 0, &all[..0]),
        ("up", two().file("../c", b"").end(), 2048, &all[..2]),
        (
            "up inside",
            two().file("d/../c", b"").end(),
            2048,
            &all[..2],
        ),
        (
            "NUL in a name",
            two().pax(&[("path", b"x\0y")]).file("c", b"").end(),
            3072,
            &all[..],
        ),
        (
            "link to a device",
            two().other("l", b'2', "/dev/null").end(),
            2048,
            &all[..1],
        ),
        (
            "through a link",
            two().other("l", b'2', "a").file("l/x", b"").end(),
            2560,
            &all[..2],
        ),
        (
            "hard link to nothing",
            two().other("h", b'1', "x").end(),
            2048,
            &all[..],
        ),
        ("device", two().other("p", b'3', "").end(), 2048, &all[..1]),
        ("pipe", two().other("p", b'6', "").end(), 2048, &all[..1]),
        ("label", two().other("v", b'V', "").end(), 0, &all[..0]),
        ("below a file", two().file("a/x", b"").end(), 2048, &all[..]),
    ] {
        for filter in all {
            let expected = match by.contains(&filter) {
                true => vec![at],
                false => vec![],
            };
            assert_eq!(refused(&bytes, filter), expected, "{what}, {filter:?}");
        }
    }
}

#[test]
fn behind_an_error_the_next_header_is_found() {
    let mut bytes = two().file("c", b"3").file("d", b"4").end();
    // A bit of the name.
    bytes[1024] ^= 8;
    for (how, result, expected) in [
        (
            "positions",
            check(&bytes),
            vec![("T015", 1024), ("T036", 1024)],
        ),
        (
            "a stream",
            check_stream(&bytes),
            vec![("T015", 1024), ("T031", 1024)],
        ),
    ] {
        assert_eq!(result.unwrap().0, expected, "{how}");
    }
    // Two headers after each other, the first with a size that leads nowhere.
    bytes[1024 + 124 + 7] = b'7';
    let (found, summary) = check(&bytes).unwrap();
    assert_eq!(found, [("T015", 1024), ("T031", 1024)]);
    assert_eq!((summary.members, summary.lost), (3, 1024));
    let first = {
        let mut bytes = two().end();
        bytes[3] = b'x';
        bytes[124] = b'x';
        bytes
    };
    assert_eq!(check(&first).unwrap().0, [("T015", 0), ("T031", 0)]);
    let (saved, summary) = repair(&first);
    assert_eq!(summary.members, 1);
    let expected = [&first[1024..2048], &[0; 1024]].concat();
    assert_eq!(saved, whole_records(expected));
    for junk in [&b"x"[..], &[7; 4096]] {
        assert!(check(junk).is_err());
    }
}

#[test]
fn a_second_archive_is_read_when_zeros_are_ignored() {
    let bytes = [
        two().end(),
        vec![0; 700 * 512],
        Maker::default().file("c", b"").end(),
    ]
    .concat();
    for mut archive in [
        Archive::new(Source::from(bytes.clone())).unwrap(),
        Archive::stream(std::io::Cursor::new(bytes.clone())).unwrap(),
        Archive::new(gzip(&bytes).into()).unwrap(),
    ] {
        archive = archive.ignore_zeros(true);
        let (found, summary) = run(&mut archive).unwrap();
        assert_eq!((found, summary.members), (vec![], 3));
    }
    let mut out = Vec::new();
    tar::repair(&bytes.into(), true, &mut |_| Ok(()), &mut out).unwrap();
    assert_eq!(out, whole_records(two().file("c", b"").end()));
}

#[test]
fn a_gzip_stream_with_a_bad_checksum_is_told_and_saved() {
    let bytes = whole_records(two().end());
    let mut packed = gzip(&bytes);
    let crc = packed.len() - 8;
    packed[crc] ^= 1;
    assert_eq!(codes(&check(&packed).unwrap().0), ["T015"]);
    assert_eq!(codes(&check_stream(&packed).unwrap().0), ["T015"]);
    let (saved, summary) = repair(&packed);
    assert_eq!((saved, summary.errors), (bytes.clone(), 1));
    let behind = [gzip(&bytes), b"junk".to_vec()].concat();
    assert_eq!(codes(&check(&behind).unwrap().0), ["T013"]);
    let (saved, summary) = repair(&behind);
    assert_eq!((saved, summary.warnings), (bytes.clone(), 1));
    // Whatever can still be decompressed is looked at.
    let packed = gzip(&bytes);
    let (saved, summary) = repair(&packed[..packed.len() - 6]);
    assert!(summary.errors > 0);
    assert!(saved == bytes);
    let nothing = Source::from(&packed[..30]);
    let error = tar::repair(&nothing, false, &mut |_| Ok(()), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("gzip"), "{error}");
}

/// Whether GNU tar reads an archive without a complaint; `None`, said aloud, where it is missing.
fn gnu_lists(archive: &[u8]) -> Option<Vec<u8>> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), archive).unwrap();
    peer("tar", |tar| tar.arg("-tvf").arg(file.path()).arg("--utc"))
}

fn peer(program: &str, with: impl FnOnce(&mut Command) -> &mut Command) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    let output = run_peer(with(&mut command).env("LC_ALL", "C.UTF-8"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{program}: {errors}"
    );
    Some(output.stdout)
}

#[test]
fn a_whole_archive_comes_back_as_it_was() {
    let bytes = two()
        .pax(&[("path", b"long/c"), ("mtime", b"1.5")])
        .file("c", &[3; 5000])
        .extended(b'L', b"gnu/d\0")
        .file("d", b"")
        .other("e", b'2', "a")
        .end();
    let (saved, summary) = repair(&bytes);
    assert!(summary.is_ok());
    let bytes = whole_records(bytes);
    assert_eq!(saved, bytes);
    assert_eq!(repair(&gzip(&bytes)).0, bytes);
}

/// A sample with a bit of everything, and where the content of its files lies.
fn sample() -> (Vec<u8>, Vec<std::ops::Range<usize>>) {
    let bytes = Maker::default()
        .file("a", b"some content")
        .pax(&[("path", b"long/b"), ("mtime", b"1.5")])
        .file("b", &[5; 600])
        .extended(b'L', b"gnu/c\0")
        .file("c", b"3")
        .other("d", b'5', "")
        .other("e", b'2', "a")
        .end();
    // Data, records and a long name: the bytes that no checksum covers.
    let content = vec![512..524, 1536..1565, 2560..3160, 4096..4102, 5120..5121];
    (bytes, content)
}

/// What a repaired archive has to be, whatever it was made of.
fn assert_repaired(saved: &[u8], what: &str) {
    let (found, _) = check(saved).unwrap();
    let told: Vec<_> = found
        .iter()
        // What is whole and was misnamed is nothing to mend.
        .filter(|(code, _)| !matches!(*code, "T006" | "T017" | "T033" | "T035" | "T037"))
        .collect();
    assert!(told.is_empty(), "{what}: {told:?}");
}

#[test]
fn a_changed_byte_is_told_unless_it_is_content() {
    let (whole, content) = sample();
    assert_eq!(check(&whole).unwrap().0, []);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        let (found, _) = check(&bytes).unwrap_or_else(|e| panic!("{at}: {e}"));
        // A checksum is the same number with a space for its first zero.
        let spelling = (148..156).contains(&(at % 512)) && bytes[at] == b' ';
        if !spelling && !content.iter().any(|range| range.contains(&at)) {
            let (streamed, _) = check_stream(&bytes).unwrap();
            assert!(!found.is_empty() && !streamed.is_empty(), "{at}");
        }
        let (saved, _) = repair(&bytes);
        assert_repaired(&saved, &format!("{at} changed"));
    }
}

#[test]
fn a_cut_is_told_wherever_it_is() {
    let (whole, _) = sample();
    let mut listed = 0;
    for cut in 0..whole.len() {
        let bytes = &whole[..cut];
        let checked = check(bytes);
        assert_eq!(checked.is_err(), check_stream(bytes).is_err(), "{cut}");
        let Ok((found, summary)) = checked else {
            assert!(cut < 512, "{cut}");
            continue;
        };
        assert!(!found.is_empty(), "{cut}");
        let (saved, repaired) = repair(bytes);
        assert_eq!(repaired, summary, "{cut}");
        assert_repaired(&saved, &format!("cut at {cut}"));
        // What was saved is what stood there before.
        let members = end_of_members(&saved);
        assert_eq!(saved[..members], whole[..members], "{cut}");
        if cut % 97 == 0 && gnu_lists(&saved).is_some() {
            listed += 1;
        }
    }
    println!("{listed} repaired archives were listed");
}

#[test]
fn what_is_repaired_is_read_by_gnu_tar() {
    let (whole, _) = sample();
    let Some(expected) = gnu_lists(&whole) else {
        return;
    };
    let mut mended = whole.clone();
    // A name, a checksum and padding.
    mended[0] = b'z';
    mended[3584 + 148] ^= 1;
    mended[530] = 1;
    let (saved, summary) = repair(&mended);
    assert_eq!((summary.members, summary.broken, summary.lost), (5, 0, 0));
    let listed = gnu_lists(&saved).unwrap();
    let expected = String::from_utf8(expected)
        .unwrap()
        .replacen(" a\n", " z\n", 1);
    assert_eq!(String::from_utf8(listed).unwrap(), expected);
    // A damaged extended header still belongs to its member.
    let mut mended = whole.clone();
    mended[1024 + 149] ^= 1;
    for packed in [mended.clone(), gzip(&mended)] {
        // Checksums have more than one spelling.
        let (saved, summary) = repair(&packed);
        assert_eq!((summary.members, summary.broken, summary.lost), (5, 0, 0));
        assert!(gnu_lists(&saved) == gnu_lists(&whole));
    }
    for at in (0..whole.len()).step_by(61) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        gnu_lists(&repair(&bytes).0);
    }
}
