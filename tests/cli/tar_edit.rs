//! `tar append`, `tar update`, `tar delete`, `tar concat`.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use bytewright::Source;
use bytewright::formats::tar::Index;

use crate::run::{Run, command, peer, run_with};

/// Suffixes of every compression that is written.
const SUFFIXES: [&str; 6] = ["tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst", "tar.lz4"];

/// `d/a`, `d/b` and `d/l`, which is `d/a`, of one time, and `new`, which is larger and later.
pub(crate) fn sample() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("d")).unwrap();
    fs::write(home.path().join("d/a"), "one").unwrap();
    fs::write(home.path().join("d/b"), "two").unwrap();
    fs::write(home.path().join("new"), "new ".repeat(100_000)).unwrap();
    fs::hard_link(home.path().join("d/a"), home.path().join("d/l")).unwrap();
    for name in ["d/a", "d/b", "d"] {
        touch(&home.path().join(name), 1000, 0);
    }
    touch(&home.path().join("new"), 2000, 5);
    home
}

fn touch(path: &Path, seconds: u64, nanoseconds: u32) {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds));
    File::open(path)
        .unwrap()
        .set_modified(time.unwrap())
        .unwrap();
}

pub(crate) fn run_in(folder: &Path, args: &[&str]) -> Run {
    command([&["tar"], args].concat())
        .current_dir(folder)
        .output()
        .unwrap()
        .into()
}

#[track_caller]
pub(crate) fn done(folder: &Path, args: &[&str]) {
    assert_eq!(run_in(folder, args).out(), "", "{args:?}");
}

fn list(folder: &Path, archive: &str) -> Vec<String> {
    let listed = run_in(folder, &["list", archive]).out();
    listed.lines().map(str::to_owned).collect()
}

/// What GNU tar and Python see; `None` where one of them is missing.
fn seen_by_others(folder: &Path, archive: &str) -> Option<Vec<String>> {
    let path = folder.join(archive);
    let path = path.to_str().unwrap();
    // GNU tar knows lz4 by no suffix.
    let lz4 = archive.ends_with("lz4");
    let gnu = match lz4 {
        true => peer("tar", &["-I", "lz4", "-tf", path])?,
        false => peer("tar", &["-tf", path])?,
    };
    let gnu: Vec<_> = gnu.lines().map(str::to_owned).collect();
    if !lz4 && !archive.ends_with("zst") {
        let script = "import sys, tarfile\n\
                      for m in tarfile.open(sys.argv[1]): print(m.name + '/' * m.isdir())";
        let python = peer("python3", &["-c", script, path])?;
        assert_eq!(python.lines().collect::<Vec<_>>(), gnu);
    }
    Some(gnu)
}

/// The names in an archive, which others see too.
#[track_caller]
fn names(folder: &Path, archive: &str) -> Vec<String> {
    let names = list(folder, archive);
    if let Some(seen) = seen_by_others(folder, archive) {
        assert_eq!(names, seen);
    }
    names
}

/// The content of a member as GNU tar extracts it, and as it is extracted here.
#[track_caller]
fn content(folder: &Path, archive: &str, name: &str) -> String {
    let ours = run_in(folder, &["extract", archive, "--to-stdout", name]).out();
    let path = folder.join(archive);
    let args = ["-xOf", path.to_str().unwrap(), name];
    if archive.ends_with("lz4") {
        return ours;
    }
    if let Some(theirs) = peer("tar", &args) {
        assert_eq!(ours, theirs);
    }
    ours
}

/// What tells whether a file was touched at all.
fn state(path: &Path) -> (u64, SystemTime, Vec<u8>) {
    let metadata = fs::metadata(path).unwrap();
    let modified = metadata.modified().unwrap();
    (metadata.ino(), modified, fs::read(path).unwrap())
}

#[test]
fn every_verb_changes_archives_of_every_compression() {
    let home = sample();
    let home = home.path();
    for suffix in SUFFIXES {
        let archive = &*format!("x.{suffix}");
        done(home, &["create", archive, "d"]);
        let before = state(&home.join(archive));
        done(home, &["append", archive, "new=more/new"]);
        let after = state(&home.join(archive));
        // Only what is plain stays the file that it is.
        assert_eq!(before.0 == after.0, suffix == "tar", "{suffix}");
        assert_eq!(before.2[..2], after.2[..2], "{suffix}");
        let all = ["d/", "d/a", "d/b", "d/l", "more/new"];
        assert_eq!(names(home, archive), all, "{suffix}");
        assert_eq!(content(home, archive, "more/new"), "new ".repeat(100_000));

        fs::write(home.join("d/b"), "later").unwrap();
        done(home, &["update", archive, "d"]);
        touch(&home.join("d/b"), 1000, 0);
        let updated = ["d/", "d/a", "d/l", "more/new", "d/b"];
        assert_eq!(names(home, archive), updated, "{suffix}");
        assert_eq!(content(home, archive, "d/b"), "later");

        done(home, &["delete", archive, "more"]);
        assert_eq!(names(home, archive), ["d/", "d/a", "d/l", "d/b"]);

        done(home, &["create", "one.tar.gz", "new"]);
        done(home, &["concat", archive, "one.tar.gz", "-o", archive]);
        if suffix == "tar.gz" {
            let file = Source::open(home.join(archive)).unwrap();
            let index = Index::find(&file).unwrap().unwrap();
            let indexed: Vec<_> = index.members().map(|entry| entry.unwrap().name).collect();
            let expected = ["d/", "d/a", "d/l", "d/b", "new"].map(|name| name.as_bytes().to_vec());
            assert_eq!(indexed, expected, "the index has old members and new ones");
        }
        let joined = ["d/", "d/a", "d/l", "d/b", "new"];
        assert_eq!(names(home, archive), joined, "{suffix}");
        assert_eq!(content(home, archive, "new"), "new ".repeat(100_000));
        assert_eq!(run_in(home, &["check", archive]).out(), "");
    }
    let left: Vec<_> = fs::read_dir(home).unwrap().map(Result::unwrap).collect();
    let left = left
        .iter()
        .filter(|e| e.file_name().as_encoded_bytes().starts_with(b"."));
    assert_eq!(left.count(), 0);
}

/// Ends as GNU tar, Python and others leave them, and archives cut short by those who forgot them.
#[test]
fn a_plain_archive_is_appended_to_however_it_ends() {
    let home = sample();
    let home = home.path();
    done(home, &["create", "a.tar", "d"]);
    let whole = fs::read(home.join("a.tar")).unwrap();
    assert_eq!(whole.len(), 10_240);
    let last = whole.chunks(512).rposition(|block| block != [0; 512]);
    let end = (last.unwrap() + 1) * 512;
    // The last member is d/l, which has no data; d/b before it is moved to the end.
    for size in [10_240, end + 1024, end + 512, end] {
        let mut bytes = whole.clone();
        bytes.resize(size, 0);
        fs::write(home.join("b.tar"), bytes).unwrap();
        done(home, &["append", "b.tar", "new"]);
        assert_eq!(names(home, "b.tar"), ["d/", "d/a", "d/b", "d/l", "new"]);
        assert_eq!(run_in(home, &["check", "b.tar"]).out(), "", "{size}");
    }
    // What a killed append leaves behind the end.
    fs::write(home.join("c.tar"), [&*whole, &[b'x'; 3000]].concat()).unwrap();
    done(home, &["append", "c.tar", "d/b=b"]);
    assert_eq!(run_in(home, &["check", "c.tar"]).out(), "");
    // Another archive would be lost.
    let two = [&*whole, &*whole].concat();
    fs::write(home.join("two.tar"), &two).unwrap();
    let message = run_in(home, &["append", "two.tar", "new"]).fails(4);
    assert!(
        message.contains("another archive stands after"),
        "{message}"
    );
    assert_eq!(fs::read(home.join("two.tar")).unwrap(), two);
    // Without padding after the last data.
    fs::write(home.join("e.tar"), &whole[..end - 512 - 500]).unwrap();
    done(home, &["append", "e.tar", "new"]);
    assert_eq!(names(home, "e.tar"), ["d/", "d/a", "d/b", "new"]);
    assert_eq!(content(home, "e.tar", "d/b"), "two");
    // Nothing at all is an archive without members, compressed as its name says.
    for archive in ["empty.tar", "empty.tar.gz"] {
        fs::write(home.join(archive), "").unwrap();
        done(home, &["append", archive, "new"]);
        assert_eq!(names(home, archive), ["new"]);
    }
    let magic = fs::read(home.join("empty.tar.gz")).unwrap();
    assert!(magic.starts_with(b"\x1f\x8b"));
}

#[test]
fn what_is_no_archive_to_be_changed_is_an_error_and_stays() {
    let home = sample();
    let home = home.path();
    done(home, &["create", "a.tar", "d"]);
    let mut broken = fs::read(home.join("a.tar")).unwrap();
    broken[512 + 3] ^= 1;
    fs::write(home.join("broken.tar"), &broken).unwrap();
    fs::write(home.join("text"), "no archive").unwrap();
    for (archive, status, reason) in [
        ("none.tar", 2, "No such file"),
        ("d", 2, "is a directory"),
        ("text", 4, "no tar archive"),
        ("broken.tar", 4, "checksum"),
    ] {
        for verb in [
            &["append", archive, "new"][..],
            &["update", archive, "new"],
            &["delete", archive, "d"],
            &["concat", archive, "-o", "out.tar"],
        ] {
            let message = run_in(home, verb).fails(status);
            assert!(
                message.starts_with(&format!("error: {archive}")),
                "{verb:?}: {message}"
            );
            assert!(message.contains(reason), "{verb:?}: {message}");
        }
    }
    assert!(!home.join("out.tar").exists() && !home.join("none.tar").exists());
    assert!(fs::read(home.join("broken.tar")).unwrap() == broken);
    assert_eq!(fs::read(home.join("text")).unwrap(), b"no archive");
    // What is to be added isn't there: nothing is added.
    let before = fs::read(home.join("a.tar")).unwrap();
    for verb in ["append", "update"] {
        let message = run_in(home, &[verb, "a.tar", "new", "missing"]).fails(2);
        assert!(message.contains("missing"), "{message}");
        assert!(fs::read(home.join("a.tar")).unwrap() == before, "{verb}");
    }
}

#[test]
fn links_are_followed_and_modes_kept() {
    let home = sample();
    let home = home.path();
    fs::create_dir(home.join("there")).unwrap();
    for suffix in ["tar", "tar.gz"] {
        let archive = format!("there/real.{suffix}");
        done(home, &["create", &archive, "d"]);
        let path = home.join(&archive);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = format!("link.{suffix}");
        symlink(&archive, home.join(&link)).unwrap();
        done(home, &["append", &link, "new"]);
        done(home, &["delete", &link, "d/b"]);
        assert!(home.join(&link).symlink_metadata().unwrap().is_symlink());
        assert_eq!(names(home, &archive), ["d/", "d/a", "d/l", "new"]);
        let mode = fs::metadata(&path).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o640, "{suffix}");
    }
}

/// A plain archive is written to where it is; root may do that to any file.
#[test]
fn an_archive_that_may_not_be_written_to_is_not_appended_to() {
    let home = sample();
    let home = home.path();
    done(home, &["create", "a.tar", "d"]);
    let path = home.join("a.tar");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    if File::options().write(true).open(&path).is_ok() {
        println!("skipped: whoever runs this may write to any file");
        return;
    }
    let before = state(&path);
    let message = run_in(home, &["append", "a.tar", "new"]).fails(2);
    assert!(
        message.starts_with("error: a.tar: Permission denied"),
        "{message}"
    );
    assert_eq!(state(&path), before);
}

#[test]
fn an_archive_that_has_everything_is_not_touched() {
    let home = sample();
    let home = home.path();
    for suffix in ["tar", "tar.gz"] {
        let archive = &*format!("a.{suffix}");
        done(home, &["create", archive, "d", "new"]);
        touch(&home.join(archive), 5000, 0);
        let before = state(&home.join(archive));
        done(home, &["update", archive, "d", "new"]);
        assert_eq!(state(&home.join(archive)), before);

        let run = run_in(home, &["delete", archive, "nothing", "*.none"]);
        let message = run.fails(1);
        assert!(message.contains("no member nothing\n") && message.contains("no member *.none\n"));
        assert_eq!(state(&home.join(archive)), before);

        touch(&home.join("new"), 3000, 0);
        for verb in ["append", "update"] {
            let shown = run_in(home, &[verb, archive, "new", "--dry-run"]).out();
            assert!(shown.ends_with(" new\n"), "{shown}");
            assert_eq!(shown.lines().count(), 1);
            assert_eq!(state(&home.join(archive)), before, "{verb}");
        }
        touch(&home.join("new"), 2000, 5);
    }
}

/// A file that is a fraction of a second newer than a header with whole seconds may be the one
/// that was put in.
#[test]
fn whole_seconds_are_not_older_than_their_fractions() {
    let home = sample();
    let home = home.path();
    done(home, &["create", "ustar.tar", "new", "--format", "ustar"]);
    done(home, &["create", "pax.tar", "new"]);
    for archive in ["ustar.tar", "pax.tar"] {
        done(home, &["update", archive, "new", "-v"]);
    }
    touch(&home.join("new"), 2000, 6);
    let verbose = |archive| run_in(home, &["update", archive, "new", "-v"]).stderr;
    assert_eq!(verbose("ustar.tar"), "");
    assert_eq!(verbose("pax.tar"), "new\n");
    touch(&home.join("new"), 2001, 0);
    assert_eq!(verbose("ustar.tar"), "new\n");
    touch(&home.join("new"), 1, 0);
    assert_eq!(verbose("ustar.tar"), "", "older files replace nothing");
}

#[test]
fn what_a_hard_link_leads_to_stays_as_long_as_the_link() {
    let home = sample();
    let home = home.path();
    done(home, &["create", "a.tar", "d"]);
    fs::copy(home.join("a.tar"), home.join("b.tar")).unwrap();
    // Another file takes the name, as editors write them: the link keeps the old content.
    fs::remove_file(home.join("d/a")).unwrap();
    fs::write(home.join("d/a"), "another").unwrap();
    touch(&home.join("d/a"), 3000, 0);
    touch(&home.join("d"), 1000, 0);
    done(home, &["update", "a.tar", "d"]);
    assert_eq!(names(home, "a.tar"), ["d/", "d/a", "d/b", "d/l", "d/a"]);
    for (name, expected) in [("d/a", "another"), ("d/l", "one")] {
        fs::create_dir_all(home.join("into")).unwrap();
        done(home, &["extract", "a.tar", "-C", "into"]);
        assert_eq!(
            fs::read(home.join("into").join(name)).unwrap(),
            expected.as_bytes()
        );
    }
    // With the link replaced too, nobody needs it: the archive doesn't grow for ever.
    for time in [4000, 5000] {
        touch(&home.join("d/a"), time, 0);
        touch(&home.join("d/l"), time, 0);
        done(home, &["update", "a.tar", "d"]);
        let copies = list(home, "a.tar")
            .iter()
            .filter(|name| *name == "d/a")
            .count();
        assert_eq!(copies, 1, "{time}");
    }

    // A new link to a file that isn't newer than a member, which has other content.
    fs::write(home.join("d/b"), "not two").unwrap();
    touch(&home.join("d/b"), 500, 0);
    fs::hard_link(home.join("d/b"), home.join("d/z")).unwrap();
    touch(&home.join("d"), 1000, 0);
    done(home, &["update", "b.tar", "d/b", "d/z"]);
    assert_eq!(content(home, "b.tar", "d/b"), "two");
    assert_eq!(content(home, "b.tar", "d/z"), "not two");

    // Deleting it alone would leave a link to nothing.
    let before = fs::read(home.join("b.tar")).unwrap();
    let run = run_in(home, &["delete", "b.tar", "d/a"]);
    assert_eq!(run.status, 1);
    let told = "warning: b.tar: d/l is a hard link to d/a, whose content it would lose; delete \
                both, or neither\n";
    assert_eq!(run.stderr, told);
    assert_eq!(fs::read(home.join("b.tar")).unwrap(), before);
    done(home, &["delete", "b.tar", "d/a", "d/l"]);
    assert_eq!(names(home, "b.tar"), ["d/", "d/b", "d/z"]);
}

#[test]
fn members_go_by_name_folder_and_glob() {
    let home = sample();
    let home = home.path();
    fs::write(home.join("d/*"), "star").unwrap();
    for (args, left) in [
        (&["d/[bl]"][..], &["d/", "d/*", "d/a"][..]),
        (&["d/*", "--no-wildcards"], &["d/", "d/a", "d/b", "d/l"]),
        (&["d"], &[]),
        (&["*"], &[]),
        (&["./d/l/"], &["d/", "d/*", "d/a", "d/b"]),
    ] {
        done(home, &["create", "a.tar.gz", "d"]);
        let args = [&["delete", "a.tar.gz"], args].concat();
        done(home, &args);
        assert_eq!(names(home, "a.tar.gz"), left, "{args:?}");
    }
    // What was there is deleted, what wasn't is told.
    done(home, &["create", "a.tar", "d"]);
    let message = run_in(home, &["delete", "a.tar", "d/b", "d/c"]).fails(1);
    assert_eq!(message, "warning: a.tar: there is no member d/c\n");
    assert_eq!(names(home, "a.tar"), ["d/", "d/*", "d/a", "d/l"]);
}

#[test]
fn archives_of_any_compression_are_joined_from_and_to_streams() {
    let home = sample();
    let home = home.path();
    let mut args = ["concat", "-o", "all.tar.zst"].map(str::to_owned).to_vec();
    for suffix in SUFFIXES {
        let archive = format!("x.{suffix}");
        done(home, &["create", &archive, &format!("new={suffix}")]);
        args.push(archive);
    }
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    done(home, &args);
    assert_eq!(names(home, "all.tar.zst"), SUFFIXES);
    let all = fs::read(home.join("all.tar.zst")).unwrap();
    let joined = run_with(["tar", "concat", "-", "-o", "-"], &all);
    assert_eq!((joined.status, &*joined.stderr), (0, ""));
    let listed = run_with(["tar", "list", "-"], &joined.stdout);
    assert_eq!(listed.out().lines().collect::<Vec<_>>(), SUFFIXES);
    // A pipe has no disk to be synced to.
    let output = Command::new("sh")
        .args([
            "-c",
            "\"$0\" tar concat x.tar x.tar.gz -o /dev/stdout | \"$0\" tar list",
        ])
        .arg(env!("CARGO_BIN_EXE_bytewright"))
        .current_dir(home)
        .output();
    assert_eq!(Run::from(output.unwrap()).out(), "tar\ntar.gz\n");
}

/// An archive whose global header names an owner, as `pax -o` and others write it.
fn with_global_header(home: &Path) -> bool {
    let script = "import tarfile\n\
                  t = tarfile.open('global.tar', 'w', format=tarfile.PAX_FORMAT,\n\
                  pax_headers={'uname': 'everybody', 'comment': 'no owner'})\n\
                  m = tarfile.TarInfo('old'); t.addfile(m); t.close()";
    let script = format!(
        "import os\nos.chdir({:?})\n{script}",
        home.to_str().unwrap()
    );
    peer("python3", &["-c", &script]).is_some()
}

#[test]
fn a_global_header_says_nothing_of_what_is_added() {
    let home = sample();
    let home = home.path();
    if !with_global_header(home) {
        return;
    }
    done(home, &["create", "new.tar", "new", "--owner", "somebody:7"]);
    done(
        home,
        &["concat", "global.tar", "new.tar", "-o", "joined.tar"],
    );
    fs::copy(home.join("global.tar"), home.join("global.tar.gz")).unwrap();
    for archive in ["joined.tar", "global.tar"] {
        if archive == "global.tar" {
            done(home, &["append", archive, "new", "--owner", "somebody:7"]);
        }
        let listed = run_in(home, &["list", "-l", archive]).out();
        let owners: Vec<_> = listed
            .lines()
            .map(|line| line.split([' ', '/']).find(|part| part.ends_with("body")))
            .collect();
        assert_eq!(owners, [Some("everybody"), Some("somebody")], "{archive}");
        assert_eq!(names(home, archive), ["old", "new"]);
    }
}

/// Somebody who reads meanwhile sees the old archive or the new one.
#[test]
fn an_archive_can_be_read_while_it_is_appended_to() {
    let home = sample();
    let home = home.path();
    fs::write(home.join("large"), vec![7; 20_000_000]).unwrap();
    done(home, &["create", "a.tar", "d"]);
    let mut child = command(["tar", "append", "a.tar", "large"])
        .current_dir(home)
        .spawn()
        .unwrap();
    let (mut old, mut reads) = (0, 0);
    while child.try_wait().unwrap().is_none() {
        let seen = list(home, "a.tar");
        reads += 1;
        match seen.len() {
            4 => old += 1,
            _ => assert_eq!(seen, ["d/", "d/a", "d/b", "d/l", "large"]),
        }
    }
    assert!(child.wait().unwrap().success());
    println!("{old} of {reads} saw the old archive");
    assert_eq!(list(home, "a.tar").len(), 5);
}
