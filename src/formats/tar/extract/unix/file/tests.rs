//! A file from its making to its name.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;

use super::super::folder::Folder;
use super::*;

fn folder() -> (tempfile::TempDir, Directory) {
    let folder = tempfile::tempdir().unwrap();
    let mut open = Folder::open(folder.path(), false).unwrap();
    let directory = open.parent(&[]).unwrap();
    (folder, directory)
}

fn attributes() -> Attributes {
    Attributes {
        time: Time::at(7),
        mode: Some(0o644),
        owner: None,
        xattrs: Box::default(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What others may know of a file is decided when it is finished.
#[test]
fn a_file_is_whoever_extracts_its_own_until_it_is_finished() {
    let (folder, directory) = folder();
    let mut file = NewFile::create(&directory, b"x").unwrap().unwrap();
    assert_eq!(names(folder.path()), ["x"]);
    let mode = || std::fs::metadata(folder.path().join("x")).unwrap().mode() & 0o7777;
    assert_eq!(mode(), 0o600);
    file.file().write_all(b"content").unwrap();
    assert!(file.finish(&attributes()).unwrap().is_empty());
    assert_eq!(mode(), 0o644);
    assert_eq!(std::fs::read(folder.path().join("x")).unwrap(), b"content");
}

#[cfg(target_os = "linux")]
#[test]
fn where_nothing_has_its_name_a_file_has_it_at_once() {
    let (_folder, directory) = folder();
    let file = NewFile::create(&directory, b"x").unwrap().unwrap();
    assert!(file.is_in_place());
    let file = NewFile::beside(&directory, b"y").unwrap();
    assert!(!file.is_in_place());
}

#[test]
fn whatever_has_the_name_already_is_left_alone_by_a_new_file() {
    let (folder, directory) = folder();
    std::fs::write(folder.path().join("file"), "old").unwrap();
    std::fs::create_dir(folder.path().join("directory")).unwrap();
    symlink("nowhere", folder.path().join("link")).unwrap();
    for name in [&b"file"[..], b"directory", b"link"] {
        assert!(NewFile::create(&directory, name).unwrap().is_none());
    }
    let error = NewFile::create(&directory, &[b'x'; 300]).unwrap_err();
    assert!(matches!(error, Refusal::System(_)), "{error}");
    assert_eq!(names(folder.path()), ["directory", "file", "link"]);
}

/// A reader of the old file meanwhile reads all of it.
#[test]
fn a_file_beside_another_takes_its_place_when_it_is_finished() {
    let (folder, directory) = folder();
    let path = folder.path().join("x");
    std::fs::write(&path, "old").unwrap();
    let mut file = NewFile::beside(&directory, b"x").unwrap();
    file.file().write_all(b"new").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()).len(), 2);
    file.finish(&attributes()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["x"]);
}

#[test]
fn a_directory_with_the_name_stays_and_nothing_is_left_beside_it() {
    let (folder, directory) = folder();
    std::fs::create_dir(folder.path().join("x")).unwrap();
    let file = NewFile::beside(&directory, b"x").unwrap();
    let refusal = file.finish(&attributes()).unwrap_err();
    assert!(matches!(refusal, Refusal::DirectoryInTheWay));
    assert_eq!(names(folder.path()), ["x"]);
    assert!(folder.path().join("x").is_dir());
}

/// Its name may have been taken by something else, which isn't to be removed with it.
#[test]
fn a_file_that_fails_removes_itself_and_nothing_else() {
    let (folder, directory) = folder();
    drop(NewFile::create(&directory, b"x").unwrap().unwrap());
    assert_eq!(names(folder.path()), [""; 0]);
    let file = NewFile::create(&directory, b"x").unwrap().unwrap();
    std::fs::remove_file(folder.path().join("x")).unwrap();
    symlink("elsewhere", folder.path().join("x")).unwrap();
    drop(file);
    assert_eq!(names(folder.path()), ["x"]);
    let gone = NewFile::create(&directory, b"y").unwrap().unwrap();
    std::fs::remove_file(folder.path().join("y")).unwrap();
    drop(gone);
    assert_eq!(names(folder.path()), ["x"]);
}

/// The list is what an interruption removes.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_listed_until_it_is_finished() {
    use crate::output::listed;

    let (folder, directory) = folder();
    let inode = |path: &Path| std::fs::metadata(path).map(|found| (found.dev(), found.ino()));
    let is_listed = |path: &Path| {
        let wanted = inode(path).unwrap();
        listed()
            .iter()
            .any(|path| inode(path).is_ok_and(|found| found == wanted))
    };
    let path = folder.path().join("x");
    let file = NewFile::create(&directory, b"x").unwrap().unwrap();
    assert!(is_listed(&path));
    file.finish(&attributes()).unwrap();
    assert!(!is_listed(&path));
    let file = NewFile::beside(&directory, b"x").unwrap();
    let names = names(folder.path());
    let beside = names.iter().find(|name| *name != "x").unwrap();
    assert!(is_listed(&folder.path().join(beside)));
    drop(file);
    assert!(!is_listed(&path));
}

#[test]
fn what_is_there_is_seen_without_following_a_link() {
    let (folder, directory) = folder();
    std::fs::create_dir(folder.path().join("directory")).unwrap();
    symlink("directory", folder.path().join("link")).unwrap();
    let file = File::create(folder.path().join("file")).unwrap();
    let time = std::time::UNIX_EPOCH + std::time::Duration::new(5, 6000);
    file.set_modified(time).unwrap();
    let found = present(&directory, b"file").unwrap();
    assert!(!found.is_directory);
    assert_eq!((found.time.seconds, found.time.nanoseconds), (5, 6000));
    assert!(present(&directory, b"directory").unwrap().is_directory);
    assert!(!present(&directory, b"link").unwrap().is_directory);
    assert!(present(&directory, b"nothing").is_none());
}
