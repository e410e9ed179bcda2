//! Bytes that readers could see in two ways: what is read is what other readers see, or it is
//! refused and told.

use std::fs;
use std::path::Path;
use std::process::Command;

use bytewright::formats::tar::{
    self, Archive, ErrorKind, Extractor, Filter, Kind, Member, Outcome, Policy, Refusal,
    SparseFault,
};

use super::{have, python, run};

/// A header, put together by hand: a name, a type, a size, and bytes at offsets.
fn header(name: &str, flag: u8, size: usize, with: &[(usize, &[u8])]) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000001\0");
    put(156, &[flag]);
    put(257, b"ustar\x0000");
    put(329, b"0000000\x000000000\0");
    for (at, bytes) in with {
        put(*at, bytes);
    }
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn file(name: &str, data: &[u8]) -> Vec<u8> {
    [header(name, b'0', data.len(), &[]), padded(data.to_vec())].concat()
}

/// An extended header of these records, each `KEYWORD=VALUE`.
fn pax(records: &[&[u8]]) -> Vec<u8> {
    let mut data = Vec::new();
    for record in records {
        let body = record.len() + 2;
        let mut size = body + 1;
        while body + size.to_string().len() != size {
            size = body + size.to_string().len();
        }
        data.extend_from_slice(format!("{size} ").as_bytes());
        data.extend_from_slice(record);
        data.push(b'\n');
    }
    [header("pax", b'x', data.len(), &[]), padded(data)].concat()
}

/// An archive of these parts and a file after them.
fn archive(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), file("after", b"read"), vec![0; 1024]].concat()
}

fn members(bytes: &[u8]) -> Vec<Member> {
    let mut archive = Archive::new(bytes.into()).unwrap();
    let members = archive.members().collect::<Result<_, _>>();
    members.unwrap()
}

fn codes(member: &Member) -> Vec<&'static str> {
    member.problems.iter().map(|problem| problem.code).collect()
}

/// The first member, before a file that everybody reads.
fn first(bytes: &[u8]) -> Member {
    let mut members = members(bytes);
    assert_eq!(members.len(), 2);
    assert_eq!(members[1].name, b"after");
    members.remove(0)
}

/// What becomes of the first member.
fn extract(bytes: &[u8], into: &Path, filter: Filter) -> Outcome {
    fs::create_dir_all(into).unwrap();
    let mut archive = Archive::new(bytes.into()).unwrap();
    let mut extractor = Extractor::with_policy(into, Policy::new(filter)).unwrap();
    let mut outcomes = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        outcomes.push(extractor.extract(&mut archive, &member).unwrap());
    }
    extractor.finish().unwrap();
    assert_eq!(fs::read(into.join("after")).unwrap(), b"read");
    outcomes.remove(0)
}

/// `NAME LINK MODE SIZE` of each member as Python's tarfile has them.
fn python_sees(bytes: &[u8]) -> Option<Vec<String>> {
    if !have("python3") {
        return None;
    }
    let here = tempfile::NamedTempFile::new().unwrap();
    fs::write(here.path(), bytes).unwrap();
    let script = "import sys, tarfile\n\
                  for m in tarfile.open(sys.argv[1], 'r:'):\n\
                  \x20print(m.name, m.linkname or '-', oct(m.mode & 0o7777)[2:], m.size)";
    let seen = String::from_utf8(python(script, &[here.path().as_os_str()])).unwrap();
    Some(seen.lines().map(str::to_owned).collect())
}

/// The names that a program lists.
fn listed_by(program: &str, bytes: &[u8]) -> Option<Vec<String>> {
    if !have(program) {
        return None;
    }
    let here = tempfile::NamedTempFile::new().unwrap();
    fs::write(here.path(), bytes).unwrap();
    let listed = run(Command::new(program).arg("-tf").arg(here.path()));
    let listed = String::from_utf8(listed).unwrap();
    Some(listed.lines().map(str::to_owned).collect())
}

fn assert_peers_list(bytes: &[u8], names: &[&str]) {
    for program in ["tar", "bsdtar"] {
        if let Some(listed) = listed_by(program, bytes) {
            assert_eq!(listed, names, "{program}");
        }
    }
    if let Some(seen) = python_sees(bytes) {
        let seen: Vec<_> = seen.iter().map(|l| l.split(' ').next().unwrap()).collect();
        assert_eq!(seen, names, "python3");
    }
}

#[test]
fn of_a_keyword_with_two_values_the_last_counts() {
    let records: &[&[u8]] = &[b"path=first", b"path=last"];
    let bytes = archive(&[pax(records), file("x", b"")]);
    let member = first(&bytes);
    assert_eq!(
        (&*member.name, codes(&member)),
        (&b"last"[..], vec!["T019"])
    );
    assert_peers_list(&bytes, &["last", "after"]);
    // The same value twice says nothing new.
    let records: &[&[u8]] = &[b"path=last", b"path=last"];
    let member = first(&archive(&[pax(records), file("x", b"")]));
    assert_eq!((&*member.name, codes(&member)), (&b"last"[..], vec![]));
    // A size decides where the next header is.
    let records: &[&[u8]] = &[b"size=1024", b"size=3"];
    let bytes = archive(&[
        pax(records),
        header("x", b'0', 3, &[]),
        padded(b"abc".to_vec()),
    ]);
    let member = first(&bytes);
    assert_eq!((member.size, codes(&member)), (3, vec!["T019"]));
    assert_peers_list(&bytes, &["x", "after"]);
}

#[test]
fn a_text_field_ends_at_its_first_nul() {
    let with: &[(usize, &[u8])] = &[
        (0, b"name\0junk"),
        (157, b"target\0junk"),
        (265, b"owner\0junk"),
        (345, b"folder\0junk"),
    ];
    let bytes = archive(&[header("", b'2', 0, with)]);
    let member = first(&bytes);
    assert_eq!(member.name, b"folder/name");
    assert_eq!(member.link, b"target");
    assert_eq!(member.uname, b"owner");
    assert_peers_list(&bytes, &["folder/name", "after"]);
    if let Some(seen) = python_sees(&bytes) {
        assert_eq!(seen[0], "folder/name target 644 0");
    }
}

#[test]
fn the_type_of_a_file_in_its_mode_is_no_permission() {
    for (field, mode) in [
        (&b"0100644\0"[..], 0o644),
        (b"0104755\0", 0o4755),
        (b"0040700\0", 0o700),
    ] {
        let bytes = archive(&[header("x", b'0', 0, &[(100, field)])]);
        let member = first(&bytes);
        assert_eq!(
            (member.mode, member.kind, codes(&member)),
            (mode, Kind::File, vec![])
        );
        if let Some(seen) = python_sees(&bytes) {
            assert_eq!(seen[0], format!("x - {mode:o} 0"));
        }
    }
}

#[test]
fn a_target_with_a_nul_is_told_and_never_made() {
    for flag in [b'1', b'2'] {
        let bytes = archive(&[
            pax(&[b"linkpath=after\0/../../etc"]),
            header("l", flag, 0, &[]),
        ]);
        let member = first(&bytes);
        assert_eq!(member.link, b"after\0/../../etc");
        assert_eq!(codes(&member), ["T008"]);
        for filter in [Filter::Data, Filter::Tar, Filter::Trusted] {
            let home = tempfile::tempdir().unwrap();
            let outcome = extract(&bytes, home.path(), filter);
            assert!(
                matches!(outcome, Outcome::Refused(_)),
                "{filter:?}: {outcome:?}"
            );
            assert!(fs::symlink_metadata(home.path().join("l")).is_err());
        }
    }
}

#[test]
fn a_number_too_large_for_what_it_means_is_told_and_counts_as_none() {
    // 2^64 in base 256, which no owner, device or mode can be.
    let mut large = [0; 12];
    large[0] = 0x80;
    large[3] = 1;
    let narrow = [0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    for (at, field, flag, number) in [
        (100, &narrow[..], b'0', "mode"),
        (329, &narrow, b'3', "devmajor"),
        (337, &narrow, b'4', "devminor"),
    ] {
        let member = first(&archive(&[header("x", flag, 0, &[(at, field)])]));
        assert_eq!(codes(&member), ["T004"], "{number}");
        let message = &member.problems[0].message;
        assert!(
            message.contains(number) && message.contains("range"),
            "{message}"
        );
        assert_eq!(
            (member.mode & 0o7000, member.device),
            (0, (0, 0)),
            "{number}"
        );
    }
    for (records, number) in [
        (&b"uid=18446744073709551616"[..], "uid"),
        (b"gid=99999999999999999999", "gid"),
    ] {
        let member = first(&archive(&[pax(&[records]), file("x", b"")]));
        assert_eq!(codes(&member), ["T010"], "{number}");
        assert_eq!((member.uid, member.gid), (0, 0), "{number}");
    }
    // Of sizes, 2^63 - 1 is the largest: a larger one says nothing of where the next header is.
    let bytes = archive(&[header("x", b'0', 0, &[(124, &large)])]);
    let error = Archive::new(bytes.into())
        .unwrap()
        .next_member()
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Number { field: "size", .. }),
        "{error}"
    );
}

/// An old GNU sparse file whose header has four entries of one byte each, `isextended`, and what
/// follows the header.
fn sparse(isextended: u8, follows: &[u8], data: &[u8]) -> Vec<u8> {
    let entries: String = (0..4)
        .map(|i| format!("{:011o}\0{:011o}\0", 2 * i, 1))
        .collect();
    let with: &[(usize, &[u8])] = &[
        (257, b"ustar  \0"),
        (329, &[0; 16]),
        (386, entries.as_bytes()),
        (482, &[isextended]),
        (483, b"00000000024\0"),
    ];
    [
        header("s", b'S', data.len(), with),
        follows.to_vec(),
        padded(data.to_vec()),
    ]
    .concat()
}

/// A block with one entry more: a byte at 10.
fn more(isextended: u8) -> Vec<u8> {
    let mut block = b"00000000012\x0000000000001\0".to_vec();
    block.resize(512, 0);
    block[504] = isextended;
    block
}

#[test]
fn a_map_goes_on_where_its_flag_is_anything_but_a_nul() {
    for flag in [1, b'1', b'0', b' '] {
        let bytes = archive(&[sparse(flag, &more(0), b"abcde")]);
        let home = tempfile::tempdir().unwrap();
        let outcome = extract(&bytes, home.path(), Filter::Data);
        assert!(matches!(outcome, Outcome::Extracted), "{flag}: {outcome:?}");
        let expected = b"a\0b\0c\0d\0\0\0e\0\0\0\0\0\0\0\0\0";
        assert_eq!(fs::read(home.path().join("s")).unwrap(), expected, "{flag}");
        if have("python3") {
            fs::write(home.path().join("a.tar"), &bytes).unwrap();
            let script = "import sys, tarfile\n\
                          t = tarfile.open(sys.argv[1], 'r:')\n\
                          sys.stdout.buffer.write(t.extractfile('s').read())";
            let seen = python(script, &[home.path().join("a.tar").as_os_str()]);
            assert_eq!(seen, expected, "{flag}: python3");
        }
    }
    let bytes = archive(&[sparse(0, b"", b"abcd")]);
    let home = tempfile::tempdir().unwrap();
    extract(&bytes, home.path(), Filter::Data);
    let expected = b"a\0b\0c\0d\0\0\0\0\0\0\0\0\0\0\0\0\0";
    assert_eq!(fs::read(home.path().join("s")).unwrap(), expected);
}

#[test]
fn a_map_that_is_cut_short_is_refused() {
    let refused = |bytes: &[u8]| {
        let home = tempfile::tempdir().unwrap();
        let outcome = extract(bytes, home.path(), Filter::Trusted);
        assert!(!home.path().join("s").exists(), "{outcome:?}");
        let mut told = Vec::new();
        let mut archive = Archive::new(bytes.into()).unwrap();
        let mut tell = |found: &tar::Finding| {
            told.push(found.problem.code);
            Ok(())
        };
        tar::check(&mut archive, &mut tell).unwrap();
        assert!(told.contains(&"T039"), "{told:?}");
        match outcome {
            Outcome::Refused(Refusal::Sparse(fault)) => fault,
            other => panic!("{other:?}"),
        }
    };
    // Version 1.0: the map in front of the data ends with them.
    let version_1 = |stored: &[u8]| {
        let records: &[&[u8]] = &[
            b"GNU.sparse.major=1",
            b"GNU.sparse.minor=0",
            b"GNU.sparse.name=s",
            b"GNU.sparse.realsize=10",
        ];
        archive(&[pax(records), file("x", stored)])
    };
    assert_eq!(refused(&version_1(b"")), SparseFault::Short);
    assert_eq!(
        refused(&version_1(b"2\n1\n2\n6\n1\n")),
        SparseFault::Short,
        "no whole block"
    );
    let digits = [b"900\n".to_vec(), b"0\n0\n".repeat(128)].concat();
    let whole = &digits[..512];
    assert_eq!(
        refused(&version_1(whole)),
        SparseFault::Short,
        "entries are missing"
    );
    // Versions 0.1 and 0.0: an offset without a length.
    let named: &[u8] = b"GNU.sparse.name=s";
    let size: &[u8] = b"GNU.sparse.size=10";
    for map in [&b"GNU.sparse.map=0,3,5"[..], b"GNU.sparse.map=0"] {
        let bytes = archive(&[pax(&[size, named, map]), file("x", b"abc")]);
        assert_eq!(refused(&bytes), SparseFault::Short);
    }
    let records: &[&[u8]] = &[
        size,
        named,
        b"GNU.sparse.offset=0",
        b"GNU.sparse.numbytes=3",
        b"GNU.sparse.offset=5",
    ];
    let bytes = archive(&[pax(records), file("x", b"abc")]);
    assert_eq!(refused(&bytes), SparseFault::Short);
    // Fewer pieces than data.
    let bytes = archive(&[
        pax(&[size, named, b"GNU.sparse.map=0,2"]),
        file("x", b"abc"),
    ]);
    assert_eq!(refused(&bytes), SparseFault::Sum { pieces: 2, data: 3 });
    // Old GNU: the archive ends where the map was to go on.
    let bytes = sparse(1, &more(1)[..], b"");
    let error = Archive::new(bytes.into())
        .unwrap()
        .next_member()
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Truncated { .. }),
        "{error}"
    );
}
