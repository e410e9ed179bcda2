//! Archives that are changed: appended to in place, and copied member by member.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use bytewright::Source;
use bytewright::formats::tar::{Appender, Archive, Builder, copy_members};

fn archive_of(folder: &Path, arcname: &str) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    let mut notice = |notice| panic!("{notice}");
    builder.add(folder, arcname, &mut notice).unwrap();
    builder.finish().unwrap()
}

/// Where the last member ends: the rest is zeros.
fn end_of(archive: &[u8]) -> usize {
    let last = archive.chunks(512).rposition(|block| block != [0; 512]);
    (last.unwrap() + 1) * 512
}

fn contents(bytes: impl Into<Vec<u8>>) -> Vec<(String, String)> {
    let mut archive = Archive::new(Source::from(bytes.into())).unwrap();
    let mut found = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.data(), &mut text).unwrap();
        found.push((String::from_utf8(member.name).unwrap(), text));
    }
    found
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected.iter().map(|(a, b)| (a.to_string(), b.to_string()));
    owned.collect()
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).open(path).unwrap()
}

/// Ends as tools write them: two blocks, a record of a tape, one block, none at all.
#[test]
fn what_is_appended_stands_behind_the_last_member_however_the_archive_ends() {
    let old = folder(&[("a", "old")]);
    let new = folder(&[("b", &"new ".repeat(1000))]);
    let whole = archive_of(old.path(), "");
    let end = end_of(&whole);
    for size in [end + 1024, 10_240, end + 512, end] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.tar");
        let mut bytes = whole.clone();
        bytes.resize(size, 0);
        fs::write(&path, bytes).unwrap();
        let mut builder = Builder::new(Appender::new(open(&path)).unwrap());
        builder.add(new.path(), "", &mut |_| {}).unwrap();
        builder.finish().unwrap().commit().unwrap();
        let found = fs::read(&path).unwrap();
        let expected = [("a", "old"), ("b", &"new ".repeat(1000))];
        assert_eq!(contents(found.clone()), pairs(&expected), "{size}");
        // What a longer record had after the old end doesn't stand after the new one.
        let added = archive_of(new.path(), "");
        let only = [&whole[..end], &added[..end_of(&added)], &[0; 1024]].concat();
        assert!(found.starts_with(&only), "{size}");
        assert!(found[only.len()..].iter().all(|&byte| byte == 0));
        assert!(found.len().is_multiple_of(512) && found.len() < only.len() + 10_240);
    }
}

/// However far it came, the old members are read, and the end is where it was.
#[test]
fn an_interrupted_append_leaves_the_archive_as_it_was() {
    let old = folder(&[("a", "old")]);
    let whole = archive_of(old.path(), "");
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.tar");
    for size in [whole.len(), 10_240] {
        let mut bytes = whole.clone();
        bytes.resize(size, 0);
        for written in [1, 512, 1024, 1025, 5000, 200_000] {
            fs::write(&path, &bytes).unwrap();
            let mut appender = Appender::new(open(&path)).unwrap();
            appender.write_all(&vec![b'x'; written]).unwrap();
            let meanwhile = fs::read(&path).unwrap();
            assert_eq!(contents(meanwhile), pairs(&[("a", "old")]));
            drop(appender);
            let after = fs::read(&path).unwrap();
            assert_eq!(contents(after.clone()), pairs(&[("a", "old")]));
            assert!(after == bytes, "{written} of {size}");
        }
    }
}

#[test]
fn a_broken_or_compressed_archive_is_not_appended_to() {
    let old = folder(&[("a", "old"), ("b", "older")]);
    let mut broken = archive_of(old.path(), "");
    broken[1024 + 3] ^= 1;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&archive_of(old.path(), "")).unwrap();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.tar");
    for bytes in [broken, gzip.finish().unwrap()] {
        fs::write(&path, &bytes).unwrap();
        assert!(Appender::new(open(&path)).is_err());
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

/// A block of a pax header that `records` go into.
fn extended(typeflag: u8, records: &str) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path("pax").unwrap();
    header.set_size(records.len() as u64);
    header.set_entry_type(tar::EntryType::new(typeflag));
    header.set_cksum();
    let mut blocks = header.as_bytes().to_vec();
    blocks.extend(records.bytes());
    blocks.resize(blocks.len().next_multiple_of(512), 0);
    blocks
}

#[test]
fn members_are_copied_as_they_are() {
    let files = folder(&[("a", "one"), ("b", "two"), ("c", "three")]);
    let bytes = archive_of(files.path(), "");
    let source = Source::from(bytes.clone());
    let mut builder = Builder::new(Vec::new());
    copy_members(&source, &mut builder, &mut |_| true).unwrap();
    assert!(builder.finish().unwrap() == bytes);

    let mut builder = Builder::new(Vec::new());
    copy_members(&source, &mut builder, &mut |m| m.name != b"b").unwrap();
    copy_members(&source, &mut builder, &mut |m| m.name == b"b").unwrap();
    let expected = [("a", "one"), ("c", "three"), ("b", "two")];
    assert_eq!(contents(builder.finish().unwrap()), pairs(&expected));
}

/// A comment says nothing of a member, so that nothing has to be taken back for those added after it;
/// headers before a member that is left out come along, whatever stands around them.
#[test]
fn global_headers_come_along_in_their_order_and_nothing_else_of_what_is_left_out() {
    let files = folder(&[("a", "one"), ("b", "two")]);
    let plain = archive_of(files.path(), "");
    let members = &plain[..end_of(&plain)];
    let (a, b) = members.split_at(members.len() / 2);
    let comment = extended(b'g', "20 comment=a remark\n");
    let group = extended(b'g', "16 gname=global\n");
    let of_one = extended(b'x', "13 gname=one\n");
    let bytes = [&comment, &of_one, &group, a, b, &[0; 1024]].concat();
    let copied = |keep: &[u8]| {
        let mut builder = Builder::new(Vec::new());
        let source = Source::from(bytes.clone());
        copy_members(&source, &mut builder, &mut |m| m.name == keep).unwrap();
        let copy = builder.finish().unwrap();
        copy[..end_of(&copy)].to_vec()
    };
    let expected = [&comment, &group, b].concat();
    assert!(copied(b"b") == expected);
    let expected = [&comment, &of_one, &group, a].concat();
    assert!(copied(b"a") == expected);

    let bytes = [&comment[..], a, b, &[0; 1024]].concat();
    let mut builder = Builder::new(Vec::new());
    copy_members(&bytes.into(), &mut builder, &mut |_| true).unwrap();
    copy_members(&plain.clone().into(), &mut builder, &mut |_| true).unwrap();
    let copy = builder.finish().unwrap();
    assert!(copy[..end_of(&copy)] == [&comment[..], a, b, a, b].concat());
}

#[test]
fn what_a_global_header_says_goes_as_far_as_its_archive() {
    let files = folder(&[("a", "one"), ("b", "two")]);
    let first = [
        extended(b'g', "16 uname=global\n"),
        archive_of(files.path(), ""),
    ]
    .concat();
    let second = archive_of(files.path(), "later");
    let mut builder = Builder::new(Vec::new());
    // The header belongs to the member that is left out, and counts for the one that is not.
    copy_members(&first.into(), &mut builder, &mut |m| m.name == b"b").unwrap();
    copy_members(&second.into(), &mut builder, &mut |m| m.name == b"later/a").unwrap();
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let members: Vec<_> = archive.members().map(Result::unwrap).collect();
    let names: Vec<_> = members.iter().map(|m| &*m.name).collect();
    assert_eq!(names, [&b"b"[..], b"later/a"]);
    assert_eq!(members[0].uname, b"global");
    assert_ne!(members[1].uname, b"global");
}
