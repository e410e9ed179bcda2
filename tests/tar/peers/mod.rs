//! Archives go between this library and GNU tar, bsdtar and Python's tarfile, in both
//! directions, and come out the same.
#![cfg(unix)]

mod arcname;
mod crosscheck;
mod differentials;
mod filters;
mod formats;
mod patterns;
mod sample;
mod sparse;
mod xattrs;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use bytewright::Source;
use bytewright::formats::tar::{Archive, Builder, Compression, Extractor, Outcome};

use crate::common::have_peer;
use sample::{Names, Times, assert_same, forget_times_of_links, make_sample, snapshot};

fn have(program: &str) -> bool {
    have_peer(program, &["--version"])
}

fn run(command: &mut Command) -> Vec<u8> {
    let command = command.env("LC_ALL", "C.UTF-8");
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    output.stdout
}

fn python(script: &str, arguments: &[&OsStr]) -> Vec<u8> {
    run(Command::new("python3")
        .arg("-c")
        .arg(script)
        .args(arguments))
}

fn create(folder: &Path, arcname: &str, compression: Compression) -> Vec<u8> {
    let mut builder = Builder::new(compression.writer(Vec::new()));
    let arcname = Some(Path::new(arcname));
    builder
        .add(folder, arcname, &mut |notice| panic!("{notice}"))
        .unwrap();
    builder.finish().unwrap().finish().unwrap()
}

fn extract(archive: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    let mut archive = Archive::new(Source::open(archive).unwrap()).unwrap();
    let mut extractor = Extractor::new(into).unwrap();
    while let Some(member) = archive.next_member().unwrap() {
        assert!(member.problems.is_empty(), "{member:?}");
        let outcome = extractor.extract(&mut archive, &member).unwrap();
        assert!(
            matches!(outcome, Outcome::Extracted),
            "{member:?}: {outcome:?}"
        );
    }
    assert!(archive.problems().is_empty(), "{:?}", archive.problems());
    extractor.finish().unwrap();
}

const PYTHON_EXTRACT: &str = "\
import sys, tarfile
with tarfile.open(sys.argv[1]) as t:
    kept = {'filter': 'fully_trusted'} if hasattr(tarfile, 'fully_trusted_filter') else {}
    t.extractall(sys.argv[2], **kept)";

#[test]
fn peers_extract_what_we_create() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    make_sample(&files, Names::Any);
    for (suffix, compression) in [("tar", Compression::None), ("tar.gz", Compression::Gzip(6))] {
        let archive = home.path().join(format!("out.{suffix}"));
        fs::write(&archive, create(&files, "newfile", compression)).unwrap();
        for (peer, times) in [
            ("tar", Times::Nanoseconds),
            ("bsdtar", Times::Nanoseconds),
            ("python3", Times::Microseconds),
            ("ours", Times::Nanoseconds),
        ] {
            let into = home.path().join(format!("{peer}.{suffix}"));
            fs::create_dir(&into).unwrap();
            match peer {
                "ours" => extract(&archive, &into),
                _ if !have(peer) => continue,
                "python3" => {
                    python(PYTHON_EXTRACT, &[archive.as_os_str(), into.as_os_str()]);
                }
                _ => {
                    run(Command::new(peer)
                        .arg("-xpf")
                        .arg(&archive)
                        .arg("-C")
                        .arg(&into));
                }
            }
            let mut expected = snapshot(&files);
            let mut found = snapshot(&into.join("newfile"));
            if peer == "python3" {
                forget_times_of_links(&mut expected);
                forget_times_of_links(&mut found);
            }
            assert_same(expected, &found, times, peer);
            assert_eq!(
                fs::read_dir(&into).unwrap().count(),
                1,
                "{peer}: one folder, newfile"
            );
        }
    }
}

#[test]
fn what_peers_create_is_extracted_and_listed_the_same() {
    let home = tempfile::tempdir().unwrap();
    for (peer, format, names, times) in [
        ("tar", "v7", Names::V7, Times::Seconds),
        ("tar", "oldgnu", Names::Any, Times::Seconds),
        ("tar", "gnu", Names::Any, Times::Seconds),
        ("tar", "ustar", Names::Ustar, Times::Seconds),
        ("tar", "posix", Names::Any, Times::Nanoseconds),
        ("bsdtar", "v7", Names::V7, Times::Seconds),
        ("bsdtar", "ustar", Names::Ustar, Times::Seconds),
        ("bsdtar", "gnutar", Names::Any, Times::Seconds),
        ("bsdtar", "pax", Names::Any, Times::Nanoseconds),
        ("python3", "USTAR", Names::Ustar, Times::Seconds),
        ("python3", "GNU", Names::Any, Times::Seconds),
        ("python3", "PAX", Names::Any, Times::Microseconds),
    ] {
        if !have(peer) {
            continue;
        }
        let case = home.path().join(format!("{peer}-{format}"));
        let files = case.join("files");
        fs::create_dir_all(&files).unwrap();
        make_sample(&files, names);
        for gzip in [false, true] {
            let archive = case.join(if gzip { "a.tar.gz" } else { "a.tar" });
            if peer == "python3" {
                let script = "\
import sys, tarfile
path, files, format, mode = sys.argv[1:]
with tarfile.open(path, mode, format=getattr(tarfile, format + '_FORMAT')) as t:
    t.add(files, 'files')";
                let mode = if gzip { "w:gz" } else { "w" };
                let arguments = [OsStr::new(format), OsStr::new(mode)];
                let arguments = [
                    archive.as_os_str(),
                    files.as_os_str(),
                    arguments[0],
                    arguments[1],
                ];
                python(script, &arguments);
            } else {
                let mut command = Command::new(peer);
                command.arg(format!("--format={format}"));
                command.arg(if gzip { "-czf" } else { "-cf" }).arg(&archive);
                run(command.arg("-C").arg(&case).arg("files"));
            }
            let what = format!("{peer} {format} gzip={gzip}");
            let into = case.join(format!("into{gzip}"));
            extract(&archive, &into);
            let expected = snapshot(&files);
            let found = snapshot(&into.join("files"));
            assert_same(expected, &found, times, &what);
            if have("python3") {
                assert_eq!(our_listing(&archive), pythons_listing(&archive), "{what}");
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Name, type, size, mode, time, link, owner: a member a line, in the words of Python's tarfile.
fn our_listing(archive: &Path) -> Vec<String> {
    let mut archive = Archive::new(Source::open(archive).unwrap()).unwrap();
    let line = |member: bytewright::formats::tar::Member| {
        let name = member.name.strip_suffix(b"/").unwrap_or(&member.name);
        format!(
            "{} {} {} {:o} {} {} {} {} {} {} {}",
            hex(name),
            member.kind.name(),
            member.size,
            member.mode,
            member.mtime.seconds,
            hex(&member.link),
            member.uid,
            member.gid,
            hex(&member.uname),
            hex(&member.gname),
            member.data_offset,
        )
    };
    archive
        .members()
        .map(|member| line(member.unwrap()))
        .collect()
}

fn pythons_listing(archive: &Path) -> Vec<String> {
    let script = "\
import sys, tarfile, math
h = lambda s: s.encode('utf-8', 'surrogateescape').hex()
kinds = {tarfile.DIRTYPE: 'dir', tarfile.SYMTYPE: 'symlink', tarfile.LNKTYPE: 'hardlink'}
for t in tarfile.open(sys.argv[1]):
    print(h(t.name), kinds.get(t.type, 'file'), t.size, '%o' % t.mode, math.floor(t.mtime),
          h(t.linkname), t.uid, t.gid, h(t.uname), h(t.gname), t.offset_data)";
    let output = python(script, &[archive.as_os_str()]);
    String::from_utf8(output)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn listings_of_our_archives_agree() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    make_sample(&files, Names::Any);
    let archive = home.path().join("a.tar");
    fs::write(&archive, create(&files, "newfile", Compression::None)).unwrap();
    let ours = our_listing(&archive);
    if have("python3") {
        assert_eq!(ours, pythons_listing(&archive));
    }
    let names: Vec<Vec<u8>> = {
        let mut archive = Archive::new(Source::open(&archive).unwrap()).unwrap();
        archive.members().map(|m| m.unwrap().name).collect()
    };
    for (peer, option) in [
        ("tar", "--quoting-style=literal"),
        ("bsdtar", "--fast-read"),
    ] {
        if !have(peer) {
            continue;
        }
        let mut command = Command::new(peer);
        if peer == "tar" {
            command.arg(option).arg("--show-transformed-names");
        }
        let output = run(command.arg("-tf").arg(&archive));
        let lines = output.strip_suffix(b"\n").unwrap().split(|&b| b == b'\n');
        let lines: Vec<Vec<u8>> = lines.map(<[u8]>::to_vec).collect();
        if peer == "tar" {
            assert_eq!(lines, names);
        } else {
            // bsdtar escapes what it can't print.
            assert_eq!(lines.len(), names.len());
        }
    }
}

/// Sparse files keep their content and their holes.
#[test]
fn sparse_files_of_gnu_tar_and_bsdtar_keep_their_holes() {
    use std::io::Read;
    use std::os::unix::fs::{FileExt, MetadataExt};

    if !have("tar") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    let sparse = fs::File::create(files.join("a")).unwrap();
    // More pieces than the header alone has room for.
    for i in 0..40_u64 {
        sparse.write_at(b"data", i * 300_000).unwrap();
    }
    sparse.set_len(20_000_000).unwrap();
    fs::File::create(files.join("hole"))
        .unwrap()
        .set_len(3_000_000)
        .unwrap();
    fs::write(files.join("z"), "after").unwrap();
    let ways: [(&str, &[&str]); 6] = [
        ("tar", &["-S", "--format=oldgnu"]),
        ("tar", &["-S", "--format=gnu"]),
        ("tar", &["-S", "--format=posix", "--sparse-version=0.0"]),
        ("tar", &["-S", "--format=posix", "--sparse-version=0.1"]),
        ("tar", &["-S", "--format=posix", "--sparse-version=1.0"]),
        ("bsdtar", &["--format=pax"]),
    ];
    for (peer, options) in ways {
        if !have(peer) {
            continue;
        }
        let path = home.path().join("a.tar");
        let mut command = Command::new(peer);
        command.args(options).arg("-cf").arg(&path);
        run(command.arg("-C").arg(home.path()).arg("files"));
        if fs::metadata(&path).unwrap().len() > 10_000_000 {
            println!("skipped: {peer} {options:?} finds no holes here");
            continue;
        }
        let into = tempfile::tempdir().unwrap();
        extract(&path, into.path());
        for name in ["files/a", "files/hole", "files/z"] {
            let ours = fs::read(into.path().join(name)).unwrap();
            let theirs = fs::read(home.path().join(name)).unwrap();
            assert!(ours == theirs, "{peer} {options:?} {name}");
        }
        let blocks = fs::metadata(into.path().join("files/a")).unwrap().blocks();
        assert!(blocks * 512 < 10_000_000, "{peer} {options:?}: {blocks}");
        let blocks = fs::metadata(into.path().join("files/hole"))
            .unwrap()
            .blocks();
        assert!(blocks * 512 < 1_000_000, "{peer} {options:?}: {blocks}");
        // As a stream, holes are zeros.
        let mut archive = Archive::stream(fs::File::open(&path).unwrap()).unwrap();
        while let Some(member) = archive.next_member().unwrap() {
            let mut content = Vec::new();
            let mut reader = archive.content(&member).unwrap();
            reader.read_to_end(&mut content).unwrap();
            if member.name == b"files/a" {
                assert!(member.sparse, "{peer} {options:?}");
                assert!(content == fs::read(files.join("a")).unwrap());
            }
        }
    }
}

/// The `tar` crate, which is used for writing alone, reads the same.
#[test]
fn the_tar_crate_reads_our_archives() {
    use std::io::Read;

    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    make_sample(&files, Names::Any);
    let bytes = create(&files, "newfile", Compression::None);
    let mut ours = Archive::new(bytes.clone().into()).unwrap();
    let mut theirs = tar::Archive::new(&*bytes);
    for entry in theirs.entries().unwrap() {
        let mut entry = entry.unwrap();
        let member = ours.next_member().unwrap().unwrap();
        assert_eq!(entry.path_bytes(), member.name);
        assert_eq!(entry.link_name_bytes().unwrap_or_default(), member.link);
        assert_eq!(entry.size(), member.size);
        assert_eq!(entry.header().mode().unwrap(), member.mode);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        entry.read_to_end(&mut a).unwrap();
        ours.data().read_to_end(&mut b).unwrap();
        assert_eq!(a, b);
    }
    assert!(ours.next_member().unwrap().is_none());
}
