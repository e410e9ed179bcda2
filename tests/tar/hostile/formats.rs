//! Every format that is read, in an archive put together by hand.

use bytewright::formats::tar::{Format, Kind};

use super::maker::{Maker, header};
use super::reading::{names, read};

/// A header of version 7: nothing behind the link's name.
fn v7(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_old();
    let old = header.as_old_mut();
    old.name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_mode(0o644);
    header.set_uid(1);
    header.set_gid(2);
    header.set_mtime(1_700_000_000);
    header.set_size(size);
    header.set_cksum();
    header
}

/// As star writes them: its mark at the end, times after a shorter prefix.
fn star(name: &str, prefix: &str, marked: bool) -> tar::Header {
    let mut header = header(name, b'0', 3, "");
    let bytes = header.as_mut_bytes();
    bytes[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
    bytes[476..488].copy_from_slice(b"14524567000 ");
    bytes[488..500].copy_from_slice(b"14524567001 ");
    if marked {
        bytes[508..512].copy_from_slice(b"tar\0");
    }
    header.set_cksum();
    header
}

#[test]
fn version_7_is_read_and_a_slash_makes_a_directory() {
    let archive = Maker::default()
        .header(&v7("file", 3), b"abc")
        .header(&v7("folder/", 0), b"")
        .end();
    let (members, error, codes) = read(archive);
    assert!(error.is_none() && codes.is_empty(), "{error:?} {codes:?}");
    assert_eq!(names(&members), ["file", "folder/"]);
    assert_eq!(members[0].format, Format::V7);
    assert_eq!((members[0].uid, members[0].gid), (1, 2));
    assert_eq!(
        (members[0].kind, members[1].kind),
        (Kind::File, Kind::Directory)
    );
}

/// As GNU tar and libarchive read them: what is below such a folder would be lost otherwise.
#[test]
fn a_slash_makes_a_directory_of_what_others_call_a_file() {
    for typeflag in [b'0', 0] {
        let archive = Maker::default()
            .header(&header("folder/", typeflag, 0, ""), b"")
            .file("folder/a", b"abc")
            .end();
        let (members, error, codes) = read(archive);
        assert!(error.is_none() && codes.is_empty(), "{error:?} {codes:?}");
        let kinds: Vec<_> = members.iter().map(|member| member.kind).collect();
        assert_eq!(kinds, [Kind::Directory, Kind::File]);
    }
    let by_record = Maker::default()
        .pax(&[("path", b"folder/")])
        .file("folder", b"")
        .end();
    assert_eq!(read(by_record).0[0].kind, Kind::Directory);
}

/// Readers differ about them; a header where they would be tells.
#[test]
fn a_directory_by_its_name_may_have_data() {
    let header = header("folder/", b'0', 3, "");
    for maker in [
        Maker::default().header(&header, b"abc"),
        Maker::default().header(&header, b""),
    ] {
        let (members, error, codes) = read(maker.file("next", b"xyz").end());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(codes, ["T009"]);
        assert_eq!(names(&members), ["folder/", "next"]);
        assert_eq!((members[0].kind, members[0].size), (Kind::Directory, 0));
    }
}

#[test]
fn star_is_read_marked_or_not_and_with_or_without_an_end() {
    for marked in [true, false] {
        let maker = Maker::default()
            .header(&star("name", "dir", marked), b"abc")
            .header(&star("next", "", marked), b"xyz");
        for (archive, expected) in [(maker.clone().end(), vec![]), (maker.0, vec!["T002"])] {
            let (members, error, codes) = read(archive);
            assert!(error.is_none(), "{error:?}");
            assert_eq!(
                names(&members),
                ["dir/name", "next"],
                "the times are no prefix"
            );
            assert_eq!(members[0].format, Format::Star);
            assert_eq!(codes, expected);
        }
    }
}

/// The map of an old GNU sparse file: four entries in the header, 21 in each block after it.
#[test]
fn the_map_of_an_old_gnu_sparse_file_is_no_data() {
    let mut sparse = tar::Header::new_gnu();
    sparse.set_entry_type(tar::EntryType::GNUSparse);
    sparse.set_mode(0o644);
    sparse.set_uid(0);
    sparse.set_gid(0);
    sparse.set_mtime(0);
    sparse.set_size(5 * 512);
    let gnu = sparse.as_gnu_mut().unwrap();
    gnu.name[..1].copy_from_slice(b"s");
    gnu.realsize.copy_from_slice(b"00004000000\0");
    gnu.isextended = [1];
    for (i, entry) in gnu.sparse.iter_mut().enumerate() {
        entry
            .offset
            .copy_from_slice(format!("{:011o}\0", i * 4096).as_bytes());
        entry.numbytes.copy_from_slice(b"00000001000\0");
    }
    sparse.set_cksum();
    let mut block = [0; 512];
    block[..24].copy_from_slice(b"00000200000\x0000000001000\0");
    let mut archive = |blocks: usize| {
        let mut maker = Maker::default().raw(sparse.as_bytes());
        for i in 1..=blocks {
            // Each says whether another one follows.
            block[504] = u8::from(i < blocks);
            maker = maker.raw(&block);
        }
        maker.raw(&[7; 5 * 512]).file("after", b"").end()
    };
    for blocks in [1, 2, 500] {
        let (members, error, codes) = read(archive(blocks));
        assert!(error.is_none() && codes.is_empty(), "{error:?}");
        assert_eq!(names(&members), ["s", "after"]);
        assert!(members[0].sparse);
        assert_eq!((members[0].size, members[0].stored_size), (1 << 20, 2560));
        assert_eq!(members[0].data_offset, 512 * (1 + blocks as u64));
    }
    // A map that goes on where the archive doesn't.
    let cut = Maker::default().raw(sparse.as_bytes()).0;
    let (members, error, _) = read(cut);
    assert!(members.is_empty() && error.is_some());
}

/// Size and name of the three versions stand in records, which the header's are not.
#[test]
fn sparse_files_of_pax_have_the_size_and_the_name_of_their_records() {
    let numbers = [("GNU.sparse.size", "100000"), ("GNU.sparse.numblocks", "1")];
    let map = [("GNU.sparse.offset", "0"), ("GNU.sparse.numbytes", "3")];
    let named = [("GNU.sparse.name", "name")];
    let zero = [&numbers[..], &map[..]].concat();
    let one = [&numbers[..], &named[..], &[("GNU.sparse.map", "0,3")]].concat();
    let ten = [
        &[("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")][..],
        &named[..],
        &[("GNU.sparse.realsize", "100000")],
    ]
    .concat();
    for (version, records, file) in [("0.0", zero, "name"), ("0.1", one, "x"), ("1.0", ten, "x")] {
        let records: Vec<(&str, &[u8])> = records.iter().map(|(k, v)| (*k, v.as_bytes())).collect();
        let archive = Maker::default()
            .pax(&records)
            .file(file, b"abc")
            .file("after", b"")
            .end();
        let (members, error, codes) = read(archive);
        assert!(
            error.is_none() && codes.is_empty(),
            "{version}: {error:?} {codes:?}"
        );
        assert_eq!(names(&members), ["name", "after"], "{version}");
        assert!(members[0].sparse, "{version}");
        assert_eq!(
            (members[0].size, members[0].stored_size),
            (100_000, 3),
            "{version}"
        );
    }
    let bad = Maker::default()
        .pax(&[("GNU.sparse.major", b"1"), ("GNU.sparse.realsize", b"-5")])
        .file("x", b"abc")
        .end();
    let (members, error, codes) = read(bad);
    assert!(error.is_none());
    assert_eq!((members[0].size, codes), (3, vec!["T010"]));
}

/// Names that no file has come out as they went in.
#[test]
fn odd_names_are_kept_byte_for_byte() {
    let long = vec![b'n'; 10_000];
    for name in [
        &b"\x1b[2J"[..],
        b"a\nb",
        "gpj.\u{202e}exe".as_bytes(),
        b"caf\xe9",
        b".",
        b"..",
        b"/",
        b"a//b",
        b"\\\\server\\share",
        &long,
    ] {
        let gnu = Maker::default().extended(b'L', &[name, b"\0"].concat());
        let pax = Maker::default().pax(&[("path", name)]);
        for maker in [gnu, pax] {
            let (members, error, codes) = read(maker.file("short", b"").end());
            assert!(error.is_none() && codes.is_empty(), "{error:?}");
            assert_eq!(members[0].name, name);
        }
    }
    let with_nul = Maker::default()
        .pax(&[("path", b"a\0b")])
        .file("x", b"")
        .end();
    assert_eq!(read(with_nul).2, ["T008"]);
    let (members, error, _) = read(Maker::default().file("", b"x").file("after", b"").end());
    assert!(error.is_none());
    assert_eq!(names(&members), ["", "after"]);
}

#[test]
fn a_long_name_that_goes_on_behind_a_nul_is_an_error() {
    let long = |name| Maker::default().extended(b'L', name).file("f", b"").end();
    assert_eq!(read(long(b"abc\0\0")).2, [""; 0]);
    let (members, _, codes) = read(long(b"abc\0def\0"));
    assert_eq!(names(&members), ["abc"]);
    assert_eq!(codes, ["T008"]);
}
