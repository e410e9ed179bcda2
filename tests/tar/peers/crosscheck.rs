//! Archives of Python's tarfile with members made at random, read by this library and by the `tar`
//! crate.
//!
//! Where the two are known to differ: the crate takes a directory's data for no data only where its
//! size is 0, and reads no base-256 number beyond 64 bits as one; Python writes neither.

use std::ffi::OsStr;

use bytewright::formats::tar::{Archive, Kind};

use super::{have, python};

const SCRIPT: &str = "\
import io, random, sys, tarfile
path, format, seed = sys.argv[1:]
random.seed(int(seed))
ustar = format == 'USTAR'
def text(most):
    return ''.join(random.choice('ab c=.é') for _ in range(random.randint(1, most)))
def name():
    parts = [text(30 if ustar else 90).strip('. ') or 'x' for _ in range(random.randint(1, 3))]
    return '/'.join(parts)
with tarfile.open(path, 'w', format=getattr(tarfile, format + '_FORMAT'), encoding='utf-8') as t:
    for _ in range(60):
        info = tarfile.TarInfo(name())
        info.type = random.choice([tarfile.REGTYPE] * 4 + [tarfile.DIRTYPE, tarfile.SYMTYPE,
            tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.AREGTYPE])
        info.mode = random.randrange(0o10000)
        info.mtime = random.randrange(2**33)
        info.uid, info.gid = random.randrange(2**21), random.randrange(2**21)
        info.uname, info.gname = text(10), text(10)
        info.devmajor, info.devminor = random.randrange(256), random.randrange(256)
        if info.type in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            info.linkname = name()
        if info.type in (tarfile.REGTYPE, tarfile.AREGTYPE):
            info.size = random.choice([0, 1, 511, 512, 513, 5000])
        if format != 'USTAR' and random.random() < 0.1:
            info.mtime, info.uid = 2**40, 2**30
        t.addfile(info, io.BytesIO(bytes(info.size)))";

#[test]
fn the_tar_crate_reads_the_archives_of_python_the_same() {
    if !have("python3") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.tar");
    for format in ["USTAR", "GNU", "PAX"] {
        for seed in 0..5 {
            let seed = seed.to_string();
            let arguments = [path.as_os_str(), OsStr::new(format), OsStr::new(&seed)];
            python(SCRIPT, &arguments);
            let bytes = std::fs::read(&path).unwrap();
            compare(&bytes, &format!("{format} {seed}"));
        }
    }
}

fn compare(bytes: &[u8], what: &str) {
    let mut ours = Archive::new(bytes.into()).unwrap();
    let mut theirs = tar::Archive::new(bytes);
    for entry in theirs.entries().unwrap() {
        let mut entry = entry.unwrap();
        let member = ours.next_member().unwrap().unwrap();
        let header = entry.header().clone();
        assert_eq!(member.problems, [], "{what}");
        assert_eq!(entry.path_bytes(), member.name, "{what}");
        assert_eq!(
            entry.link_name_bytes().unwrap_or_default(),
            member.link,
            "{what}"
        );
        assert_eq!(entry.size(), member.size, "{what}");
        assert_eq!(entry.raw_header_position(), member.header_offset, "{what}");
        assert_eq!(entry.raw_file_position(), member.data_offset, "{what}");
        assert_eq!(header.mode().unwrap(), member.mode, "{what}");
        assert_eq!(kind(header.entry_type()), member.kind, "{what}");
        let mut record = |keyword: &str| -> Option<Vec<u8>> {
            let records = entry.pax_extensions().unwrap()?;
            let records = records.map(Result::unwrap);
            let mut records = records.filter(|r| r.key_bytes() == keyword.as_bytes());
            records.next().map(|r| r.value_bytes().to_vec())
        };
        let uname = record("uname").unwrap_or(header.username_bytes().unwrap().to_vec());
        assert_eq!(uname, member.uname, "{what}");
        let number = |record: Option<Vec<u8>>| -> Option<u64> {
            String::from_utf8(record?).unwrap().parse().ok()
        };
        let uid = number(record("uid")).unwrap_or(header.uid().unwrap());
        assert_eq!(uid, member.uid, "{what}");
        let mtime = number(record("mtime")).unwrap_or(header.mtime().unwrap());
        assert_eq!(
            i64::try_from(mtime).unwrap(),
            member.mtime.seconds,
            "{what}"
        );
    }
    assert!(ours.next_member().unwrap().is_none());
    assert_eq!(ours.problems(), [], "{what}");
}

fn kind(entry: tar::EntryType) -> Kind {
    match entry {
        tar::EntryType::Directory => Kind::Directory,
        tar::EntryType::Symlink => Kind::Symlink,
        tar::EntryType::Link => Kind::Hardlink,
        tar::EntryType::Fifo => Kind::Fifo,
        tar::EntryType::Char => Kind::CharDevice,
        tar::EntryType::Block => Kind::BlockDevice,
        _ => Kind::File,
    }
}
