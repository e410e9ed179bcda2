//! Disks that are full, limits that are reached, writes that are short, and signals, for real.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::archive::{clean, sample, seen};
use crate::inject::take_temporaries;
use crate::is_missing;

/// What can't end well where there is room for the old archives and little else.
const TOO_MUCH: [(&[&str], &str); 6] = [
    (&["create", "a.tar", "d", "more"], "a.tar"),
    (&["create", "a.tar.gz", "d", "more"], "a.tar.gz"),
    (&["append", "a.tar", "more", "b.tar"], "a.tar"),
    (&["append", "a.tar.gz", "more", "b.tar"], "a.tar.gz"),
    (&["update", "a.tar.gz", "d", "more", "b.tar"], "a.tar.gz"),
    (&["concat", "a.tar", "b.tar", "-o", "a.tar"], "a.tar"),
];

fn tool(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bytewright"));
    command.arg("tar").args(args).current_dir(folder);
    command
}

/// The archive is the old one, nothing else is there, and the message says why.
fn has_failed(folder: &Path, archive: &str, old: &[u8], output: &Output, reason: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        message.contains(archive) && message.contains(reason),
        "{message}"
    );
    assert!(
        fs::read(folder.join(archive)).unwrap() == old,
        "{archive}: {message}"
    );
    assert_eq!(take_temporaries(folder), [""; 0], "{message}");
}

/// A small file system in memory, which goes when it is dropped.
struct Small(PathBuf);

impl Small {
    fn mount(at: PathBuf, size: &str) -> Option<Small> {
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&at)
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Small(at));
        }
        println!("skipped: whoever runs this can't mount a file system");
        None
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[test]
fn a_full_disk_leaves_the_old_archive() {
    let home = sample();
    let Some(small) = Small::mount(home.path().join("small"), "7m") else {
        return;
    };
    // The archives on the full disk, what goes into them elsewhere.
    for name in ["a.tar", "a.tar.gz"] {
        fs::copy(home.path().join(name), small.0.join(name)).unwrap();
    }
    for name in ["d", "more", "b.tar"] {
        std::os::unix::fs::symlink(home.path().join(name), small.0.join(name)).unwrap();
    }
    fs::write(small.0.join("filler"), vec![1; 2_500_000]).unwrap();
    for (args, archive) in TOO_MUCH {
        let old = fs::read(small.0.join(archive)).unwrap();
        let dereference = (args[0] != "concat").then_some("--dereference");
        let output = tool(&small.0, args).args(dereference).output().unwrap();
        has_failed(&small.0, archive, &old, &output, "No space left");
    }
    // The name of the file is there no more; those before it are whole.
    fs::create_dir(small.0.join("into")).unwrap();
    fs::write(small.0.join("rest"), vec![1; 400_000]).unwrap();
    let args = ["extract", "a.tar", "-C", "into"];
    let output = tool(&small.0, &args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!small.0.join("into/d/noise").exists());
    assert_eq!(fs::read(small.0.join("into/d/a")).unwrap(), b"one");
}

#[test]
fn a_file_that_may_grow_no_further_is_an_error() {
    let home = sample();
    let home = home.path();
    for (args, archive) in TOO_MUCH {
        let old = fs::read(home.join(archive)).unwrap();
        let output = Command::new("sh")
            .args(["-c", "ulimit -f 3500; exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_bytewright"))
            .arg("tar")
            .args(args)
            .current_dir(home)
            .output()
            .unwrap();
        has_failed(home, archive, &old, &output, "File too large");
    }
}

/// Has every write write a part of what it was asked to, as the system may.
const SHORT: &str = r"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/types.h>
static size_t some(size_t size) { return size > 1 ? size / 2 + 1 : size; }
ssize_t write(int fd, const void *data, size_t size) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, __func__);
    return next(fd, data, some(size));
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, __func__);
    return next(fd, data, some(size), at);
}
";

#[test]
fn short_writes_are_gone_on_with() {
    let home = sample();
    let home = home.path();
    fs::write(home.join("short.c"), SHORT).unwrap();
    let library = home.join("short.so");
    let (library, source) = (library.to_str().unwrap(), home.join("short.c"));
    let args = [
        "-shared",
        "-fPIC",
        "-o",
        library,
        source.to_str().unwrap(),
        "-ldl",
    ];
    if is_missing("cc", &args) {
        return;
    }
    for (args, archive) in TOO_MUCH {
        let old = fs::read(home.join(archive)).unwrap();
        clean(home, &[&["tar"], args].concat());
        let new = fs::read(home.join(archive)).unwrap();
        fs::write(home.join(archive), &old).unwrap();
        let output = tool(home, args)
            .env("LD_PRELOAD", library)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(fs::read(home.join(archive)).unwrap() == new, "{args:?}");
        fs::write(home.join(archive), &old).unwrap();
    }
    fs::create_dir(home.join("into")).unwrap();
    let output = tool(home, &["extract", "a.tar", "-C", "into"])
        .env("LD_PRELOAD", library)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    for name in ["d/a", "d/noise", "d/z"] {
        let (old, new) = (home.join(name), home.join("into").join(name));
        assert!(fs::read(old).unwrap() == fs::read(new).unwrap(), "{name}");
    }
}

/// A run that waits for the rest of its standard input, where it reads the list of files.
fn waiting(folder: &Path, args: &[&str]) -> Child {
    tool(folder, args)
        .args(["--files-from", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Shells have the programs that they run in the background ignore interrupts, and so does what these
/// run: the tool heeds that.
fn ignores_interrupts() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
    mask & (1 << (Signal::INT.as_raw() - 1)) != 0
}

#[test]
fn being_asked_to_end_leaves_the_old_archive_and_nothing_else() {
    if is_missing("tar", &["--version"]) {
        return;
    }
    let home = sample();
    let home = home.path();
    for (args, archive) in &TOO_MUCH[..5] {
        let old = fs::read(home.join(archive)).unwrap();
        for signal in [Signal::INT, Signal::TERM] {
            if signal == Signal::INT && ignores_interrupts() {
                eprintln!("skipped: whoever runs this test has interrupts ignored");
                continue;
            }
            let mut child = waiting(home, args);
            // Waiting for its end would close the pipe that it waits for.
            let list = child.stdin.take();
            // It has written what was named so far, or is about to.
            sleep(Duration::from_millis(300));
            assert!(child.try_wait().unwrap().is_none(), "{args:?} doesn't wait");
            let id = Pid::from_child(&child);
            kill_process(id, signal).unwrap();
            let status = child.wait().unwrap();
            drop(list);
            let found = fs::read(home.join(archive)).unwrap();
            // Where there is no file to be removed, the system ends it.
            let ended = status.code() == Some(130) || status.signal() == Some(signal.as_raw());
            assert!(ended, "{args:?}: {status}");
            match args[0] == "append" && *archive == "a.tar" {
                // Something may stand after the end of the archive.
                true => assert_eq!(seen(&found, false), seen(&old, false)),
                false => assert!(found == old, "{args:?}"),
            }
            assert_eq!(take_temporaries(home), [""; 0], "{args:?} {signal:?}");
            fs::write(home.join(archive), &old).unwrap();
        }
    }
}
