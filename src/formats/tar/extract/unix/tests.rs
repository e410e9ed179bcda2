//! What is made of members that are neither files nor directories, and what makes room for it.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "what tests of Linux use")
)]

use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink as make_symlink};
use std::path::Path;

use super::*;
use crate::formats::tar::Time;
use crate::formats::tar::extract::owners::Owner;

fn folder() -> (tempfile::TempDir, Directory) {
    let folder = tempfile::tempdir().unwrap();
    let mut open = Folder::open(folder.path(), false).unwrap();
    let directory = open.parent(&[]).unwrap();
    (folder, directory)
}

fn attributes(mode: u32) -> Attributes {
    Attributes {
        time: Time {
            seconds: 7,
            nanoseconds: 8000,
        },
        mode: Some(mode),
        owner: None,
        xattrs: Box::default(),
    }
}

fn time(path: &Path) -> (i64, i64) {
    let found = std::fs::symlink_metadata(path).unwrap();
    (found.mtime(), found.mtime_nsec())
}

/// A file, a full directory, an empty one, a link to that one, a pipe.
#[cfg(target_os = "linux")]
fn fill(folder: &Path, directory: &Directory) {
    std::fs::write(folder.join("file"), "content").unwrap();
    std::fs::create_dir_all(folder.join("full/x")).unwrap();
    std::fs::create_dir(folder.join("empty")).unwrap();
    make_symlink("empty", folder.join("link")).unwrap();
    special(directory, b"pipe", Kind::Fifo, (0, 0), &attributes(0o600)).unwrap();
}

#[test]
fn a_link_has_its_target_and_its_time_and_takes_the_place_of_a_file() {
    let (folder, directory) = folder();
    let path = folder.path().join("l");
    for target in ["../nowhere", "a"] {
        let unset = symlink(&directory, b"l", target.as_bytes(), &attributes(0));
        assert!(unset.unwrap().is_empty());
        assert_eq!(std::fs::read_link(&path).unwrap(), Path::new(target));
        assert_eq!(time(&path), (7, 8000));
    }
    assert_eq!(read_link(&directory, b"l").unwrap(), b"a");
    std::fs::write(folder.path().join("f"), "").unwrap();
    symlink(&directory, b"f", b"a", &attributes(0)).unwrap();
    assert!(read_link(&directory, b"f").is_some());
    std::fs::create_dir(folder.path().join("d")).unwrap();
    let refusal = symlink(&directory, b"d", b"a", &attributes(0)).unwrap_err();
    assert!(matches!(refusal, Refusal::DirectoryInTheWay));
    assert!(folder.path().join("d").is_dir());
    assert_eq!(read_link(&directory, b"d"), None);
}

#[test]
fn a_hard_link_is_another_name_and_never_loses_the_first() {
    let (folder, directory) = folder();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a"), "content").unwrap();
    std::fs::write(path("b"), "other").unwrap();
    std::fs::create_dir(path("d")).unwrap();
    make_symlink("nowhere", path("s")).unwrap();
    let link =
        |from: &str, to: &str| hard_link(&directory, from.as_bytes(), &directory, to.as_bytes());
    link("a", "b").unwrap();
    assert_eq!(std::fs::read(path("b")).unwrap(), b"content");
    link("a", "b").unwrap();
    link("a", "a").unwrap();
    assert_eq!(std::fs::metadata(path("a")).unwrap().nlink(), 2);
    // The link itself, not what it leads to.
    link("s", "t").unwrap();
    assert_eq!(std::fs::symlink_metadata(path("t")).unwrap().nlink(), 2);
    let refusal = link("gone", "x").unwrap_err();
    assert!(matches!(refusal, Refusal::LinkMissing(name) if name == b"gone"));
    let refusal = link("d", "x").unwrap_err();
    assert!(matches!(refusal, Refusal::LinkOutside(name) if name == b"d"));
    let refusal = link("a", "d").unwrap_err();
    assert!(matches!(refusal, Refusal::DirectoryInTheWay));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_or_a_pipe_is_the_one_that_was_asked_for_with_mode_and_time() {
    let (folder, directory) = folder();
    let path = folder.path().join("x");
    for (kind, device) in [
        (Kind::Fifo, (0, 0)),
        (Kind::CharDevice, (1, 3)),
        (Kind::BlockDevice, (4095, 1_048_575)),
    ] {
        std::fs::write(&path, "goes").unwrap();
        match special(&directory, b"x", kind, device, &attributes(0o640)) {
            Ok(unset) => assert!(unset.is_empty(), "{unset:?}"),
            // Only root makes devices, and in a container not even that.
            Err(Refusal::System(e)) if kind != Kind::Fifo => {
                println!("skipped: {kind:?}: {e}");
                continue;
            }
            Err(why) => panic!("{why}"),
        }
        let found = std::fs::symlink_metadata(&path).unwrap();
        let is_kind = match kind {
            Kind::CharDevice => found.file_type().is_char_device(),
            Kind::BlockDevice => found.file_type().is_block_device(),
            _ => found.file_type().is_fifo(),
        };
        assert!(is_kind, "{kind:?}");
        if kind != Kind::Fifo {
            let number = found.rdev();
            assert_eq!((fs::major(number), fs::minor(number)), device);
        }
        assert_eq!(found.mode() & 0o7777, 0o640);
        assert_eq!(time(&path), (7, 8000));
        std::fs::remove_file(&path).unwrap();
    }
}

/// Whose they are is said of what isn't opened too.
#[cfg(target_os = "linux")]
#[test]
fn links_and_pipes_belong_to_whom_the_archive_says() {
    let (folder, directory) = folder();
    let mut attributes = attributes(0o6750);
    attributes.owner = Some(Owner {
        user: Some(12_345),
        group: Some(23_456),
        is_given: true,
    });
    let unset = [
        symlink(&directory, b"link", b"nowhere", &attributes).unwrap(),
        special(&directory, b"pipe", Kind::Fifo, (0, 0), &attributes).unwrap(),
    ];
    let unset: Vec<_> = unset.iter().flatten().map(|(what, _)| &**what).collect();
    let found = ["link", "pipe"].map(|name| {
        let found = std::fs::symlink_metadata(folder.path().join(name)).unwrap();
        (found.uid(), found.gid())
    });
    let pipe = std::fs::symlink_metadata(folder.path().join("pipe")).unwrap();
    if may_give_away() {
        assert_eq!(unset, [""; 0]);
        assert_eq!(found, [(12_345, 23_456); 2]);
        assert_eq!(pipe.mode() & 0o7777, 0o6750);
    } else {
        assert_eq!(unset, ["owner", "owner", "setuid", "setgid"]);
        assert_eq!(pipe.mode() & 0o7777, 0o750);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn only_files_and_links_get_a_second_name_from_strangers() {
    let (folder, directory) = folder();
    fill(folder.path(), &directory);
    for (name, expected) in [
        (&b"file"[..], true),
        (b"link", true),
        (b"nothing", true),
        (b"pipe", false),
        (b"empty", false),
    ] {
        assert_eq!(is_plain(&directory, name), expected, "{name:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn only_an_empty_directory_is_removed_as_one_and_only_what_is_none_otherwise() {
    let (folder, directory) = folder();
    fill(folder.path(), &directory);
    for (name, expected) in [
        (&b"empty"[..], true),
        (b"full", false),
        // Making room by it asks for directories alone.
        (b"link", false),
        (b"file", false),
        (b"nothing", false),
    ] {
        assert_eq!(is_empty(&directory, name), expected, "{name:?}");
    }
    let refusal = remove_empty(&directory, b"full").unwrap_err();
    assert!(matches!(refusal, Refusal::DirectoryInTheWay));
    let refusal = remove_empty(&directory, b"file").unwrap_err();
    assert!(matches!(refusal, Refusal::System(_)));
    assert!(unlink(&directory, b"empty").is_err());
    unlink(&directory, b"link").unwrap();
    assert!(folder.path().join("empty").is_dir());
    remove_empty(&directory, b"empty").unwrap();
    let left = |name: &str| std::fs::symlink_metadata(folder.path().join(name)).is_ok();
    let left = ["file", "full/x", "empty", "link", "pipe"].map(left);
    assert_eq!(left, [true, true, false, false, true]);
}

#[test]
fn attributes_of_a_directory_are_set_or_told() {
    let (_folder, directory) = folder();
    assert!(set_xattrs(&directory, &[]).is_empty());
    let odd = [(b"no namespace".to_vec(), b"1".to_vec())];
    let unset = set_xattrs(&directory, &odd);
    let names: Vec<_> = unset.iter().map(|(what, _)| &**what).collect();
    assert_eq!(names, ["no namespace"]);
    let fine = [(b"user.a".to_vec(), b"1".to_vec())];
    if let [(_, why)] = &*set_xattrs(&directory, &fine) {
        println!("skipped: {why}");
        return;
    }
    let mut value = [0; 8];
    let again = readable(&directory).unwrap();
    let size = fs::fgetxattr(again, "user.a", &mut value).unwrap();
    assert_eq!(&value[..size], b"1");
}
