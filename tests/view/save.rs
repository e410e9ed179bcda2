//! Saving: whole, in place, not over what another program wrote, and killed at any point.

use std::fs;
use std::path::Path;

use crate::browser::{Browser, fixture};

const SIZE: (u16, u16) = (80, 24);

#[test]
fn a_save_writes_the_edits_and_undo_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"0123456789").unwrap();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>I<Tab>abc<Esc>sy");
    assert_eq!(fs::read(&path).unwrap(), b"abc0123456789");
    assert!(!browser.app.is_unsaved());
    browser.keys("u");
    assert_eq!(browser.bytes(), b"ab0123456789");
    assert!(browser.app.is_unsaved());
    browser.keys("s");
    assert!(
        !browser.screen().contains("only the changed bytes"),
        "bytes have moved"
    );
    browser.keys("i");
    assert_eq!(
        fs::read(&path).unwrap(),
        b"abc0123456789",
        "i means nothing there"
    );
    browser.keys("y");
    assert_eq!(fs::read(&path).unwrap(), b"ab0123456789");
    browser.keys("s");
    assert!(browser.last_line().contains("nothing to save"));
}

#[cfg(unix)]
#[test]
fn in_place_the_file_stays_the_same_one_and_can_be_undone() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"0123456789").unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>eff<Esc>g8<Enter>eee<Esc>si");
    assert_eq!(fs::read(&path).unwrap(), b"\xff1234567\xee9");
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
    browser.keys("uu");
    assert_eq!(browser.bytes(), b"0123456789");
    browser.keys("si");
    assert_eq!(fs::read(&path).unwrap(), b"0123456789");
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
    browser.keys("<C-r>sy");
    assert_eq!(fs::read(&path).unwrap(), b"\xff123456789");
    assert_ne!(fs::metadata(&path).unwrap().ino(), inode);
    browser.keys("usi");
    assert_eq!(fs::read(&path).unwrap(), b"0123456789");
}

#[test]
fn what_another_program_wrote_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"0123456789").unwrap();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>eff<Esc>");
    fs::write(&path, b"0123456789, and more").unwrap();
    browser.keys("sy");
    assert!(
        browser
            .screen()
            .contains("Another program has changed the file")
    );
    assert_eq!(fs::read(&path).unwrap(), b"0123456789, and more");
    browser.keys("<Esc>");
    assert!(browser.app.is_unsaved());
    browser.keys("syo");
    assert_eq!(
        fs::read(&path).unwrap(),
        b"\xff123456789",
        "written over when told so"
    );
    fs::write(&path, b"other").unwrap();
    browser.keys("usyr");
    assert_eq!(browser.bytes(), b"other", "read anew when told so");
    assert!(!browser.app.is_unsaved());
    browser.keys("eff<Esc>Rr");
    assert_eq!(browser.bytes(), b"other");
}

#[test]
fn quitting_asks_where_something_is_unsaved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"0123456789").unwrap();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>eff<Esc>q");
    assert!(!browser.app.is_over());
    browser.keys("<Esc>");
    assert!(!browser.app.is_over());
    browser.keys("qd");
    assert!(browser.app.is_over());
    assert_eq!(fs::read(&path).unwrap(), b"0123456789");
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("q");
    assert!(browser.app.is_over());
}

/// Where the file can't be written, that is said, and the edits stay.
#[test]
fn a_save_that_fails_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"0123456789").unwrap();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>eff<Esc>s");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    browser.keys("yo");
    assert!(
        browser.last_line().contains("not saved: "),
        "{}",
        browser.last_line()
    );
    assert!(browser.app.is_unsaved());
    assert_eq!(
        browser.bytes(),
        b"\xff123456789",
        "the file that was opened is still read"
    );
}

const TARGET: &str = "BYTEWRIGHT_SAVES";

/// Not a test: what the next one runs under strace.
#[test]
#[ignore = "a test runs it in a process of its own"]
fn in_a_process_of_its_own() {
    let Some(path) = std::env::var_os(TARGET) else {
        return;
    };
    let mut browser = Browser::open(Path::new(&path), SIZE);
    browser.keys("gdib_header.width<Enter>e<C-u>8<Enter>sy");
    assert!(!browser.app.is_unsaved(), "{}", browser.last_line());
}

#[cfg(target_os = "linux")]
#[test]
fn a_save_that_is_killed_leaves_the_old_or_the_new_file() {
    use crate::inject::{self, each_fault, is_impossible, take_temporaries};
    if is_impossible() {
        return;
    }
    let before = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    let mut after = before.clone();
    // The width, and the size of the pixels that follows from it; both at their place in the spec.
    after[18] = 8;
    after[34..38].copy_from_slice(&128u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bmp");
    inject::ITSELF.set((TARGET, path.clone())).unwrap();
    let calls = ["copy_file_range", "fsync", "fchmod", "rename", "renameat2"];
    let saved = std::cell::Cell::new(0);
    each_fault(
        folder.path(),
        &["--exact", "save::in_a_process_of_its_own", "--ignored"],
        &calls,
        usize::MAX,
        &|| fs::write(&path, &before).unwrap(),
        &|run| {
            let found = fs::read(&path).unwrap();
            assert!(found == before || found == after, "another file: {run:?}");
            saved.set(saved.get() + usize::from(found == after));
            let left = take_temporaries(folder.path());
            assert!(run.is_kill() || left.is_empty(), "{left:?}: {run:?}");
        },
    );
}
