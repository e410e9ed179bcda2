//! Each format, with everything that it holds: what we create, peers extract.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, lchown, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use bytewright::formats::tar::{Builder, Format};

use super::sample::{Names, Times, make_sample};
use super::{have, python, run};
use crate::common::peers_required;

const FORMATS: [Format; 4] = [Format::V7, Format::Ustar, Format::Gnu, Format::Pax];

/// Everything that a member keeps: kind, mode, owner, group, time, device, content or target, the
/// first name of the same file.
type Kept = (char, u32, u32, u32, i128, u64, Vec<u8>, OsString);

fn kept(root: &Path, times: Times) -> BTreeMap<OsString, Kept> {
    let mut found = BTreeMap::new();
    let mut first = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(path) = pending.pop() {
        let metadata = path.symlink_metadata().unwrap();
        let kind = metadata.file_type();
        let (kind, content) = match kind {
            k if k.is_dir() => {
                let entries = fs::read_dir(&path).unwrap();
                pending.extend(entries.map(|entry| entry.unwrap().path()));
                // The last one is taken first.
                pending.sort_by(|a, b| b.cmp(a));
                ('d', Vec::new())
            }
            k if k.is_symlink() => {
                let target = fs::read_link(&path).unwrap();
                ('l', target.into_os_string().into_vec())
            }
            k if k.is_fifo() => ('p', Vec::new()),
            k if k.is_char_device() => ('c', Vec::new()),
            k if k.is_block_device() => ('b', Vec::new()),
            _ => ('-', fs::read(&path).unwrap()),
        };
        let nanoseconds = match times {
            Times::Seconds => 0,
            // Compared with room for the floats of Python.
            Times::Microseconds | Times::Nanoseconds => metadata.mtime_nsec(),
        };
        let time = i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(nanoseconds);
        let name = path.strip_prefix(root).unwrap().as_os_str().to_owned();
        let same = first.entry(metadata.ino()).or_insert_with(|| name.clone());
        let kept = (
            kind,
            metadata.mode() & 0o7777,
            metadata.uid(),
            metadata.gid(),
            time,
            metadata.rdev(),
            content,
            same.clone(),
        );
        found.insert(name, kept);
    }
    found
}

fn set_time(path: &Path, seconds: i64, nanoseconds: u32) {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = match seconds {
        0.. => SystemTime::UNIX_EPOCH + whole,
        _ => SystemTime::UNIX_EPOCH - whole,
    };
    let time = time + Duration::from_nanos(nanoseconds.into());
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

/// A folder that goes to the limits of a format.
fn make(root: &Path, format: Format) {
    let names = match format {
        Format::V7 => Names::V7,
        Format::Ustar => Names::Ustar,
        _ => Names::Any,
    };
    make_sample(root, names);
    let file = |name: &str| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, name).unwrap();
        path
    };
    // The folder is called n: 100 bytes in all, the slash of a folder among them.
    file(&"f".repeat(98));
    fs::create_dir(root.join("d".repeat(97))).unwrap();
    symlink("s".repeat(100), root.join("to")).unwrap();
    let time = file("time");
    let late = 0o77_777_777_777;
    set_time(&time, late, 0);
    match format {
        Format::V7 => {}
        Format::Ustar => {
            // As much as the prefix holds, and as much as the name.
            let parts = [72, 80, 100].map(|length| "p".repeat(length));
            file(&parts.join("/"));
        }
        _ => {
            file(&vec!["r".repeat(255); 4].join("/"));
            let latin = OsStr::from_bytes(b"\xe9").to_owned();
            let mut long = latin.clone();
            for _ in 0..200 {
                long.push(&latin);
            }
            fs::write(root.join(long), "long").unwrap();
            symlink(OsStr::from_bytes(b"\xff\xfe"), root.join("bytes")).unwrap();
            set_time(&file("later"), late + 1, 0);
            set_time(&file("before"), -5, 0);
        }
    }
    if format == Format::Pax {
        set_time(&file("exactly"), -2, 750_000_000);
        set_time(&file("now"), 1_700_000_000, 123_456_789);
    }
    if rustix::process::geteuid().is_root() {
        let large = match format {
            Format::V7 | Format::Ustar => 0o7_777_777,
            _ => 3_000_000,
        };
        for (name, owner, group) in [("owned", 1234, 5678), ("large", large, large)] {
            lchown(file(name), Some(owner), Some(group)).unwrap();
        }
        lchown(root.join("to"), Some(7), Some(8)).unwrap();
        if format != Format::V7 {
            for (name, kind) in [
                ("char", &["c", "1", "3"][..]),
                ("block", &["b", "7", "200"]),
                ("pipe", &["p"]),
            ] {
                run(Command::new("mknod").arg(root.join(name)).args(kind));
            }
        }
    } else {
        println!("skipped: owners and devices need root");
    }
}

const PYTHON: &str = "\
import sys, tarfile
with tarfile.open(sys.argv[1]) as t:
    kept = {'filter': 'fully_trusted'} if hasattr(tarfile, 'fully_trusted_filter') else {}
    t.extractall(sys.argv[2], numeric_owner=True, **kept)";

#[test]
fn every_kind_of_member_survives_in_every_format() {
    for format in FORMATS {
        let home = tempfile::tempdir().unwrap();
        let files = home.path().join("files");
        make(&files, format);
        let mut builder = Builder::new(Vec::new()).format(format);
        let mut notice = |notice| panic!("{notice}");
        builder.add(&files, "n", &mut notice).unwrap();
        let archive = home.path().join("a.tar");
        fs::write(&archive, builder.finish().unwrap()).unwrap();
        for peer in ["tar", "bsdtar", "python3"] {
            if !have(peer) {
                continue;
            }
            let into = home.path().join(peer);
            fs::create_dir(&into).unwrap();
            if peer == "python3" {
                python(PYTHON, &[archive.as_os_str(), into.as_os_str()]);
            } else {
                let mut command = Command::new(peer);
                command.args(["--numeric-owner", "-xpf"]).arg(&archive);
                run(command.arg("-C").arg(&into));
            }
            let times = match (format, peer) {
                (Format::Pax, "python3") => Times::Microseconds,
                (Format::Pax, _) => Times::Nanoseconds,
                _ => Times::Seconds,
            };
            let mut expected = kept(&files, times);
            let mut found = kept(&into.join("n"), times);
            if peer == "python3" {
                for map in [&mut expected, &mut found] {
                    let links = map.values_mut().filter(|kept| kept.0 == 'l');
                    links.for_each(|kept| kept.4 = 0);
                }
            }
            if peer == "bsdtar" {
                // Takes the decimals of -1.25 for seconds after -1.
                expected.remove(OsStr::new("exactly"));
                found.remove(OsStr::new("exactly"));
            }
            assert!(expected.len() > 20);
            for (name, expected) in &expected {
                let mut found = found.remove(name);
                if let (Times::Microseconds, Some(found)) = (times, &mut found) {
                    assert!((found.4 - expected.4).abs() < 1000, "{}", name.display());
                    found.4 = expected.4;
                }
                assert_eq!(
                    found.as_ref(),
                    Some(expected),
                    "{format:?} {peer} {}",
                    name.display()
                );
            }
            assert!(found.is_empty(), "{format:?} {peer}: {:?}", found.keys());
        }
    }
}

/// Takes its seconds: only where peers are required.
#[test]
fn a_hundred_thousand_members_come_out_again() {
    if !peers_required() {
        println!("skipped: BYTEWRIGHT_REQUIRE_PEERS isn't 1");
        return;
    }
    // Disks take a minute for so many files; most systems have a folder that is none.
    let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let home = home.unwrap();
    let files = home.path().join("files");
    let name = |i: u32| format!("d{}/f{i}", i % 1000);
    for i in 0..100_000 {
        let path = files.join(name(i));
        if i < 1000 {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
        }
        fs::write(path, i.to_string()).unwrap();
    }
    let archive = home.path().join("a.tar");
    let mut builder = Builder::at(fs::File::create(&archive).unwrap()).unwrap();
    let mut notice = |notice| panic!("{notice}");
    builder.add(&files, "n", &mut notice).unwrap();
    builder.finish().unwrap();
    assert!(have("tar"));
    run(Command::new("tar")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(home.path()));
    for i in 0..100_000 {
        let found = fs::read(home.path().join("n").join(name(i))).unwrap();
        assert_eq!(found, i.to_string().as_bytes());
    }
    let listed = run(Command::new("tar").arg("-tf").arg(&archive));
    let lines = listed.iter().filter(|&&byte| byte == b'\n').count();
    assert_eq!(lines, 101_001);
}

#[test]
fn what_a_format_cannot_hold_is_an_error_that_names_the_member() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path();
    fs::write(files.join("short"), "").unwrap();
    symlink("t".repeat(101), files.join("link")).unwrap();
    run(Command::new("mkfifo").arg(files.join("pipe")));
    let long = "l".repeat(101);
    fs::write(files.join(&long), "").unwrap();
    let add = |format: Format, name: &str, uid: u64, seconds: i64| {
        let builder = Builder::new(Vec::new()).format(format);
        let mut builder = builder.filter(|member| {
            member.uid = uid;
            member.mtime.seconds = seconds;
            true
        });
        let added = builder.add(files.join(name), name, &mut |notice| panic!("{notice}"));
        added.map_err(|error| error.to_string())
    };
    for format in [Format::Ustar, Format::V7] {
        for (name, uid, seconds, what) in [
            (&*long, 0, 0, "its name"),
            ("link", 0, 0, "the target of its link"),
            ("short", 1 << 21, 0, "owner"),
            ("short", 0, -1, "time"),
            ("short", 0, 1 << 33, "time"),
        ] {
            let error = add(format, name, uid, seconds).unwrap_err();
            assert!(error.contains(name) && error.contains(what), "{error}");
            assert!(error.contains(format.name()), "{error}");
            for other in [Format::Pax, Format::Gnu] {
                add(other, name, uid, seconds).unwrap();
            }
        }
    }
    let error = add(Format::V7, "pipe", 0, 0).unwrap_err();
    assert!(error.contains("pipe") && error.contains("kind"), "{error}");
    add(Format::Ustar, "pipe", 0, 0).unwrap();
}
