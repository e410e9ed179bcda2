//! Fields that are changed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::inject::{each_fault, is_impossible, take_temporaries};

/// strace holds the tool where it syncs its copy, and another program appends meanwhile.
#[test]
fn what_another_program_appends_while_a_copy_is_made_is_kept() {
    if is_impossible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("patch"),
        "bytewright patch 1\nsize 3\nat 0 a\n- 6f\n+ 07\n",
    )
    .unwrap();
    let bitmap = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp/info-8.bmp");
    let mut bitmap = fs::read(bitmap).unwrap();
    bitmap[2] ^= 1;
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    for name in ["a", "b"] {
        builder
            .add(
                folder.path().join("patch"),
                Some(name.as_ref()),
                &mut |_| {},
            )
            .unwrap();
    }
    let archive = builder.finish().unwrap();
    for (verb, content) in [
        (&["set", "-f", "B:a *s:b", "file", "a=7"][..], &b"old"[..]),
        (&["apply", "patch", "file"], b"old"),
        (&["bmp", "fix", "file", "--in-place"], &bitmap),
        (&["tar", "delete", "file", "a"], &archive),
    ] {
        let path = folder.path().join("file");
        fs::write(&path, content).unwrap();
        let mut tool = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync"])
            .args(["-e", "inject=fsync:delay_enter=1000000"])
            .arg(env!("CARGO_BIN_EXE_bytewright"))
            .args(verb)
            .current_dir(folder.path())
            .spawn()
            .unwrap();
        let is_copying = || {
            let entries = fs::read_dir(folder.path()).unwrap();
            let copy = entries
                .map(|entry| entry.unwrap())
                .find(|entry| entry.path().extension() == Some("tmp".as_ref()));
            copy.and_then(|copy| copy.metadata().ok())
                .is_some_and(|copy| copy.len() > 0)
        };
        while !is_copying() && tool.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let mut file = fs::File::options().append(true).open(&path).unwrap();
        file.write_all(b", appended").unwrap();
        let status = tool.wait().unwrap();
        let found = fs::read(&path).unwrap();
        assert!(found.ends_with(b", appended"), "{verb:?}");
        // On a machine so busy that the copy has its name by then, that is appended to.
        if !status.success() {
            assert_eq!(status.code(), Some(2), "{verb:?}");
            assert_eq!(found, [content, b", appended"].concat(), "{verb:?}");
        }
        assert!(take_temporaries(folder.path()).is_empty());
    }
}

#[test]
fn an_atomic_set_leaves_the_old_or_the_new_file() {
    if is_impossible() {
        return;
    }
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp/info-8.bmp");
    let before = fs::read(fixture).unwrap();
    let mut after = before.clone();
    // The width, and the size of the pixels that follows from it; both at their place in the spec.
    after[18] = 8;
    after[34..38].copy_from_slice(&128u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bmp");
    let calls = [
        "write",
        "pwrite64",
        "copy_file_range",
        "sendfile",
        "fsync",
        "fchmod",
        "rename",
        "renameat",
        "renameat2",
        "openat",
        "close",
    ];
    each_fault(
        folder.path(),
        &["set", "a.bmp", "dib_header.width=8"],
        &calls,
        usize::MAX,
        &|| fs::write(&path, &before).unwrap(),
        &|run| {
            let found = fs::read(&path).unwrap();
            assert!(found == before || found == after, "another file: {run:?}");
            // What may not be on the disk takes no file's place.
            if run.place.0 == "fsync" && !run.is_kill() {
                assert_eq!(run.output.status.code(), Some(2), "{run:?}");
                assert!(found == before, "{run:?}");
            }
            let left = take_temporaries(folder.path());
            assert!(run.is_kill() || left.is_empty(), "{left:?}: {run:?}");
        },
    );
}
