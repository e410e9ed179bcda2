//! Members that are no files: made of headers and bytes, and read from bytes that are borrowed.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::process::Command;

use bytewright::SourceOf;
use bytewright::formats::tar::{
    Archive, Builder, Compression, Error, ErrorKind, Format, Kind, NewMember, Time,
};

use crate::common::peer_output;

/// A member of every kind that archives hold.
fn every_kind<W: io::Write>(mut builder: Builder<'_, W>) -> Result<W, Error> {
    let mut script = NewMember::file("bin/run.sh");
    script.mode = 0o755;
    script.mtime = Time::at(1_700_000_000);
    (script.uid, script.gid) = (1000, 100);
    (script.uname, script.gname) = (b"ann".to_vec(), b"users".to_vec());
    builder.add_bytes(script, "#!/bin/sh\n")?;
    let mut folder = NewMember::folder("lib");
    folder.mode = 0o2775;
    builder.add_member(folder)?;
    builder.add_member(NewMember::symlink("lib/now", "../bin/run.sh"))?;
    builder.add_member(NewMember::hard_link("lib/same", "bin/run.sh"))?;
    builder.add_member(NewMember::char_device("dev/null", (1, 3)))?;
    builder.add_member(NewMember::block_device("dev/sda1", (8, 1)))?;
    builder.add_member(NewMember::fifo("run/queue"))?;
    let mut stream = NewMember::file("data/stream");
    stream.size = 70_000;
    builder.add_reader(stream, io::repeat(b'x').take(70_000))?;
    builder.finish()
}

const PYTHON: &str = "\
import sys, tarfile
archive = tarfile.open(sys.argv[1])
for m in archive:
    data = archive.extractfile(m).read() if m.isreg() else b''
    print(m.name, m.type.decode(), oct(m.mode), m.size, m.mtime, m.uid, m.gid, m.uname, m.gname,
          m.linkname, m.devmajor, m.devminor, len(data), set(data[10:]), sep='|')
";

const AS_PYTHON_SEES_THEM: &str = "\
bin/run.sh|0|0o755|10|1700000000|1000|100|ann|users||0|0|10|set()
lib|5|0o2775|0|0|0|0||||0|0|0|set()
lib/now|2|0o777|0|0|0|0|||../bin/run.sh|0|0|0|set()
lib/same|1|0o644|0|0|0|0|||bin/run.sh|0|0|0|set()
dev/null|3|0o644|0|0|0|0||||1|3|0|set()
dev/sda1|4|0o644|0|0|0|0||||8|1|0|set()
run/queue|6|0o644|0|0|0|0||||0|0|0|set()
data/stream|0|0o644|70000|0|0|0||||0|0|70000|{120}
";

const AS_GNU_TAR_LISTS_THEM: &str = "\
-rwxr-xr-x 1000/100 10 2023-11-14 22:13 bin/run.sh
drwxrwsr-x 0/0 0 1970-01-01 00:00 lib/
lrwxrwxrwx 0/0 0 1970-01-01 00:00 lib/now -> ../bin/run.sh
hrw-r--r-- 0/0 0 1970-01-01 00:00 lib/same link to bin/run.sh
crw-r--r-- 0/0 1,3 1970-01-01 00:00 dev/null
brw-r--r-- 0/0 8,1 1970-01-01 00:00 dev/sda1
prw-r--r-- 0/0 0 1970-01-01 00:00 run/queue
-rw-r--r-- 0/0 70000 1970-01-01 00:00 data/stream
";

#[test]
fn members_that_are_no_files_are_what_python_and_gnu_tar_read() {
    let home = tempfile::tempdir().unwrap();
    for format in [Format::Pax, Format::Gnu, Format::Ustar] {
        let path = home.path().join(format.name());
        let bytes = every_kind(Builder::new(Vec::new()).format(format)).unwrap();
        fs::write(&path, bytes).unwrap();
        let mut python = Command::new("python3");
        if let Some(seen) = peer_output(python.args(["-c", PYTHON]).arg(&path)) {
            let seen = String::from_utf8(seen).unwrap();
            let seen: Vec<_> = seen.lines().collect();
            let expected: Vec<_> = AS_PYTHON_SEES_THEM.lines().collect();
            assert_eq!(seen, expected, "{format:?}");
        }
        let mut tar = Command::new("tar");
        tar.args(["--numeric-owner", "-tvf"]).arg(&path);
        if let Some(seen) = peer_output(tar.env("TZ", "UTC").env("LC_ALL", "C")) {
            let seen = String::from_utf8(seen).unwrap();
            let seen = seen.lines().map(|line| {
                let words: Vec<_> = line.split_ascii_whitespace().collect();
                words.join(" ")
            });
            let seen: Vec<_> = seen.collect();
            let expected: Vec<_> = AS_GNU_TAR_LISTS_THEM.lines().collect();
            assert_eq!(seen, expected, "{format:?}");
        }
    }
}

#[test]
fn an_archive_made_in_a_file_at_positions_is_the_one_made_in_a_stream() {
    let stream = every_kind(Builder::new(Vec::new())).unwrap();
    let mut file = every_kind(Builder::at(tempfile::tempfile().unwrap()).unwrap()).unwrap();
    let mut bytes = Vec::new();
    io::Seek::rewind(&mut file).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    assert!(bytes == stream);
}

#[test]
fn content_of_any_length_ends_at_a_whole_block() {
    let lengths = [0, 1, 511, 512, 513, 1 << 20, (1 << 20) + 1, 3 << 20];
    let mut builder = Builder::new(Vec::new());
    for length in lengths {
        let mut member = NewMember::file(format!("{length}"));
        member.size = length;
        builder
            .add_reader(member, io::repeat(7).take(length))
            .unwrap();
    }
    let bytes = builder.finish().unwrap();
    let mut archive = Archive::new(bytes.into()).unwrap();
    let mut read = Vec::new();
    for member in &mut archive {
        let mut member = member.unwrap();
        assert!(member.problems.is_empty());
        read.push(io::copy(&mut member, &mut io::sink()).unwrap());
    }
    assert_eq!(read, lengths);
}

#[test]
fn a_reader_that_ends_early_or_goes_on_is_an_error_and_no_archive() {
    for (length, says) in [
        (9, "ends after 9 of 10 bytes"),
        (11, "goes on after its 10 bytes"),
    ] {
        let mut builder = Builder::new(Vec::new());
        let mut member = NewMember::file("a");
        member.size = 10;
        let added = builder.add_reader(member, io::repeat(7).take(length));
        let error = added.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        let error = builder.finish().unwrap_err().to_string();
        assert!(error.contains("could not be read"), "{error}");
    }
}

#[test]
fn names_follow_the_rules_of_files() {
    let mut builder = Builder::new(Vec::new());
    builder.add_bytes(NewMember::file("//a/"), b"1").unwrap();
    builder.add_member(NewMember::folder("/b/")).unwrap();
    let wrong = |builder: &mut Builder<'_, _>, member: NewMember| {
        let error = builder.add_member(member).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Name { .. }), "{error}");
    };
    wrong(&mut builder, NewMember::file(""));
    wrong(&mut builder, NewMember::file("/"));
    wrong(&mut builder, NewMember::file("a/../b"));
    wrong(&mut builder, NewMember::file("a\0b"));
    wrong(&mut builder, NewMember::symlink("a", ""));
    let mut record = NewMember::file("a");
    record.pax.push("path", "b");
    wrong(&mut builder, record);
    for keyword in [
        "",
        "a=b",
        "GNU.sparse.size",
        "linkpath",
        "size",
        "mtime",
        "uid",
        "gname",
        "hdrcharset",
    ] {
        let mut record = NewMember::file("a");
        record.pax.push(keyword, "b");
        wrong(&mut builder, record);
    }
    let with = |change: &dyn Fn(&mut NewMember)| {
        let mut member = NewMember::file("a");
        change(&mut member);
        member
    };
    wrong(&mut builder, with(&|member| member.link = b"b".to_vec()));
    wrong(&mut builder, with(&|member| member.uname = b"a\0".to_vec()));
    wrong(&mut builder, with(&|member| member.kind = Kind::Other));
    wrong(
        &mut builder,
        with(&|member| member.mtime.nanoseconds = 1_000_000_000),
    );
    let sized = |size: u64, kind: Kind| {
        let member = with(&|member| (member.size, member.kind) = (size, kind));
        Builder::new(io::sink())
            .add_reader(member, io::empty())
            .unwrap_err()
    };
    for error in [sized(1 << 63, Kind::File), sized(1, Kind::Fifo)] {
        assert!(matches!(error.kind(), ErrorKind::Name { .. }), "{error}");
    }
    // The largest that there is, of which nothing comes.
    assert!(
        sized((1 << 63) - 1, Kind::File)
            .to_string()
            .contains("ends after 0")
    );
    let folder = builder.add_bytes(NewMember::folder("c"), b"content");
    assert!(matches!(folder.unwrap_err().kind(), ErrorKind::Name { .. }));
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
    assert_eq!(names, [&b"a"[..], b"b/"]);
}

/// As of files: what is added is told, has a place in the index, and is not read where nothing is written.
#[test]
fn a_member_that_is_read_is_told_and_indexed_and_left_alone_by_a_dry_run() {
    let added = |dry_run: bool| {
        let told = std::sync::Mutex::new(Vec::new());
        let mut content = &b"content"[..];
        let mut builder = Builder::new(Vec::new())
            .dry_run(dry_run)
            .indexed(true)
            .each(|member| told.lock().unwrap().push(member.name.clone()));
        let mut member = NewMember::file("a");
        member.size = 7;
        builder.add_reader(member.clone(), &mut content).unwrap();
        // A file of this name is another one, not a link to the one before.
        builder.add_bytes(member, b"another").unwrap();
        let (bytes, index) = builder.finish_with_index().unwrap();
        assert!(index.is_some());
        (told.into_inner().unwrap(), bytes, content.len())
    };
    let (told, bytes, left) = added(false);
    assert_eq!((told, left), (vec![b"a".to_vec(); 2], 0));
    let archive = Archive::new(bytes.into()).unwrap();
    let sizes: Vec<_> = { archive }.members().map(|m| m.unwrap().size).collect();
    assert_eq!(sizes, [7, 7]);
    let (told, bytes, left) = added(true);
    assert_eq!((told, left), (vec![b"a".to_vec(); 2], 7));
    assert!(bytes.iter().all(|byte| *byte == 0));
    let mut unfit = NewMember::file("n".repeat(300));
    unfit.size = 7;
    let mut builder = Builder::new(io::sink()).format(Format::Ustar).dry_run(true);
    let error = builder.add_reader(unfit, io::empty()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unfit { .. }), "{error}");
}

#[test]
fn a_filter_changes_what_is_added_but_not_what_it_is() {
    let mut builder = Builder::new(Vec::new()).filter(|member| {
        member.kind = Kind::Fifo;
        member.size = 7;
        member.name.insert(0, b'x');
        member.name != b"xout"
    });
    builder.add_bytes(NewMember::file("in"), b"abc").unwrap();
    builder.add_bytes(NewMember::file("out"), b"abc").unwrap();
    let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
    let members: Vec<_> = archive.members().map(Result::unwrap).collect();
    assert_eq!(members.len(), 1);
    assert_eq!((&*members[0].name, members[0].size), (&b"xin"[..], 3));
    assert_eq!(members[0].kind, Kind::File);
}

#[test]
fn pax_records_of_its_own_are_a_members_in_the_pax_format_alone() {
    let member = || {
        let mut member = NewMember::file("a");
        member.pax.push("comment", "ö");
        member
    };
    let mut builder = Builder::new(Vec::new());
    builder.add_member(member()).unwrap();
    let bytes = builder.finish().unwrap();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a.tar");
    fs::write(&path, &bytes).unwrap();
    let script = "import sys, tarfile; print(tarfile.open(sys.argv[1]).next().pax_headers)";
    let mut python = Command::new("python3");
    python.args(["-X", "utf8", "-c", script]).arg(&path);
    if let Some(seen) = peer_output(&mut python) {
        assert_eq!(String::from_utf8(seen).unwrap(), "{'comment': 'ö'}\n");
    }
    for format in [Format::Gnu, Format::Ustar, Format::V7] {
        let mut builder = Builder::new(Vec::new()).format(format);
        let error = builder.add_member(member()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unfit { .. }), "{error}");
    }
}

#[test]
fn a_builder_is_sent_to_a_thread() {
    let mut builder = Builder::new(Vec::new()).filter(|_| true).each(|_| {});
    let made = std::thread::spawn(move || {
        builder.add_bytes(NewMember::file("a"), b"content").unwrap();
        builder.finish().unwrap()
    });
    assert!(Archive::new(made.join().unwrap().into()).is_ok());
}

#[test]
fn archives_are_read_from_bytes_that_are_borrowed() {
    for compression in [Compression::None, Compression::Gzip(6)] {
        let builder = Builder::new(compression.writer(Vec::new()));
        let bytes = every_kind(builder).unwrap().finish().unwrap();
        let mut cursor = Cursor::new(&bytes[..]);
        for mut archive in [
            Archive::new(SourceOf::memory(&bytes)).unwrap(),
            Archive::seekable(&mut cursor).unwrap(),
            Archive::stream(&bytes[..]).unwrap(),
        ] {
            let mut read = Vec::new();
            for member in &mut archive {
                let mut member = member.unwrap();
                let mut content = Vec::new();
                member.read_to_end(&mut content).unwrap();
                read.push((member.into_member().kind, content.len()));
            }
            assert_eq!(read.len(), 8);
            assert_eq!(read[0], (Kind::File, 10));
            assert_eq!(read[7], (Kind::File, 70_000));
        }
    }
}

#[test]
fn a_member_that_was_left_behind_is_not_read() {
    let bytes = every_kind(Builder::new(Vec::new())).unwrap();
    let mut archive = Archive::new(SourceOf::memory(&bytes)).unwrap();
    let mut members = (&mut archive).into_iter();
    let mut first = members.next().unwrap().unwrap();
    first.read_exact(&mut [0; 2]).unwrap();
    members.next().unwrap().unwrap();
    let error = first.read(&mut [0; 2]).unwrap_err().to_string();
    assert!(error.contains("before the next member"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_sparse_member_reads_with_its_holes() {
    use std::os::unix::fs::FileExt;

    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("sparse");
    let file = fs::File::create(&path).unwrap();
    file.set_len(1 << 20).unwrap();
    file.write_all_at(b"end", (1 << 20) - 3).unwrap();
    let mut builder = Builder::new(Vec::new()).sparse(true);
    builder.add(&path, Path::new("s"), &mut |_| {}).unwrap();
    let bytes = builder.finish().unwrap();
    let mut archive = Archive::new(SourceOf::memory(&bytes)).unwrap();
    let mut member = (&mut archive).into_iter().next().unwrap().unwrap();
    let mut content = Vec::new();
    member.read_to_end(&mut content).unwrap();
    assert!(content == fs::read(&path).unwrap());
}
