//! Archives that are made and changed.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::inject::{Injected, each_fault, is_impossible, take_temporaries};
use crate::is_missing;

/// Everything that writes to a file, makes sure of it, or gives it its name.
pub(crate) const CALLS: [&str; 13] = [
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "copy_file_range",
    "sendfile",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
];

/// Of the calls of one name, as many are made to fail.
const MOST: usize = 8;

/// `d` with files, one of them large, `more`, and archives of `d`.
pub(crate) fn sample() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    // What can't be compressed takes several writes.
    let mut state = 1u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(1_500_000).collect();
    for folder in ["d", "more"] {
        fs::create_dir(path(folder)).unwrap();
        fs::write(path(folder).join("a"), "one").unwrap();
        fs::write(path(folder).join("noise"), &noise).unwrap();
        fs::write(path(folder).join("z"), folder.repeat(1000)).unwrap();
    }
    clean(home.path(), &["tar", "create", "a.tar", "d"]);
    clean(home.path(), &["tar", "create", "a.tar.gz", "d"]);
    clean(home.path(), &["tar", "create", "b.tar", "more"]);
    let later = SystemTime::now() + Duration::from_secs(1000);
    let file = File::options().write(true).open(path("d/noise")).unwrap();
    file.set_modified(later).unwrap();
    let mut broken = fs::read(path("a.tar")).unwrap();
    broken[512 + 148] ^= 1;
    fs::write(path("broken.tar"), broken).unwrap();
    home
}

/// Runs the tool with nothing in its way; 1 is what `check` answers to broken archives.
pub(crate) fn clean(folder: &Path, args: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_bytewright"))
        .args(args)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(matches!(status.code(), Some(0 | 1)), "{args:?}: {status}");
}

/// The names that GNU tar sees in an archive, and what their files hold.
pub(crate) fn seen(archive: &[u8], compressed: bool) -> (Vec<String>, Vec<u8>) {
    let tar = |mode: &str| {
        let mode = format!("-{mode}{}f", if compressed { "z" } else { "" });
        let mut child = Command::new("tar")
            .args([&mode, "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let archive = archive.to_vec();
        // What stands after the end of the archive it doesn't read.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&archive)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            output.stderr,
            b"",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    let names = String::from_utf8(tar("t")).unwrap();
    (names.lines().map(str::to_owned).collect(), tar("xO"))
}

/// Injects every fault into a run that writes `archive`, which is there before.
fn inject(home: &Path, args: &[&str], archive: &str) {
    let path = home.join(archive);
    let old = fs::read(&path).unwrap();
    clean(home, args);
    let new = fs::read(&path).unwrap();
    assert!(old != new, "{args:?} changes nothing");
    let compressed = archive.ends_with("gz");
    let members = [seen(&old, compressed), seen(&new, compressed)];
    let in_place = args[1] == "append" && !compressed;
    let reset = || fs::write(&path, &old).unwrap();
    let check = |run: &Injected| {
        let found = fs::read(&path).unwrap();
        if in_place && run.is_kill() {
            // After the end of the old archive there may be anything.
            assert!(members.contains(&seen(&found, false)), "{run:?}");
        } else {
            assert!(found == old || found == new, "another file: {run:?}");
        }
        let left = take_temporaries(home);
        if run.is_kill() {
            return;
        }
        assert!(left.is_empty(), "{left:?}: {run:?}");
        if run.place.0 == "fallocate" {
            // Room that isn't taken ahead is taken by writing.
            assert!(run.output.status.success() && found == new, "{run:?}");
        } else if run.is_of_a_file() {
            assert_eq!(run.output.status.code(), Some(2), "{run:?}");
            let message = run.stderr();
            let named = message.contains(&format!("error: {archive}: "))
                || message.contains(&format!("into {archive}: "))
                || message.contains("error: a temporary file: ");
            assert!(named, "{message}");
        }
    };
    each_fault(home, args, &CALLS, MOST, &reset, &check);
    reset();
}

#[test]
fn an_archive_is_the_old_one_or_the_new_one() {
    if is_impossible() || is_missing("tar", &["--version"]) {
        return;
    }
    let home = sample();
    for (args, archive) in [
        (&["create", "a.tar", "more"][..], "a.tar"),
        (&["create", "a.tar.gz", "more"], "a.tar.gz"),
        (&["append", "a.tar", "more"], "a.tar"),
        (&["append", "a.tar.gz", "more"], "a.tar.gz"),
        (&["update", "a.tar.gz", "d"], "a.tar.gz"),
        (&["delete", "a.tar.gz", "d/a"], "a.tar.gz"),
        (
            &["concat", "a.tar.gz", "b.tar", "-o", "a.tar.gz"],
            "a.tar.gz",
        ),
        (&["check", "broken.tar", "--repair", "b.tar"], "b.tar"),
    ] {
        inject(home.path(), &[&["tar"], args].concat(), archive);
    }
}

/// New archives and folders are as any program's; files have the mode that the archive says.
#[test]
fn what_is_made_has_what_the_umask_leaves_and_what_is_extracted_the_archives_mode() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::create_dir(home.join("d")).unwrap();
    fs::write(home.join("d/a"), "one").unwrap();
    let readable = fs::Permissions::from_mode(0o644);
    fs::set_permissions(home.join("d/a"), readable).unwrap();
    for umask in [0o000, 0o027, 0o077] {
        let sh = |args: &[&str]| {
            let status = Command::new("sh")
                .args(["-c", &format!("umask {umask:o}; exec \"$@\""), "sh"])
                .arg(env!("CARGO_BIN_EXE_bytewright"))
                .args(args)
                .current_dir(home)
                .status()
                .unwrap();
            assert!(status.success(), "{args:?}");
        };
        let mode = |name: &str| fs::metadata(home.join(name)).unwrap().mode() & 0o7777;
        sh(&["tar", "create", "new.tar", "d"]);
        assert_eq!(mode("new.tar"), 0o666 & !umask, "{umask:o}");
        // One that is replaced keeps the mode that it has.
        fs::set_permissions(home.join("new.tar"), fs::Permissions::from_mode(0o604)).unwrap();
        sh(&["tar", "create", "new.tar", "d"]);
        assert_eq!(mode("new.tar"), 0o604, "{umask:o}");
        fs::create_dir(home.join("into")).unwrap();
        sh(&["tar", "extract", "new.tar", "-C", "into"]);
        assert_eq!(mode("into/d"), 0o777 & !umask, "{umask:o}");
        assert_eq!(mode("into/d/a"), 0o644, "{umask:o}");
        fs::remove_dir_all(home.join("into")).unwrap();
        fs::remove_file(home.join("new.tar")).unwrap();
    }
}
