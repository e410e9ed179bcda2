//! What is opened, and what is not.

use super::*;
use crate::formats::tar::extract::links::{self, Tree as _};
use crate::formats::tar::extract::unix::NewFile;
use std::os::fd::AsFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink as make_symlink};

/// Both ways of opening a directory must keep the same promises.
fn both_ways(test: impl Fn(&Path, Folder)) {
    for openat2 in [true, false] {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::create_dir(outer.path().join("outside")).unwrap();
        let folder = Folder::open(&root, false).unwrap();
        let folder = if openat2 {
            folder
        } else {
            folder.without_openat2()
        };
        let at_once = openat2 && cfg!(target_os = "linux");
        assert_eq!(folder.way == OpenMode::AtOnce, at_once);
        test(&root, folder);
        let outside = std::fs::read_dir(outer.path().join("outside")).unwrap();
        assert_eq!(outside.count(), 0, "something was written outside");
    }
}

fn attributes() -> Attributes {
    Attributes {
        time: crate::formats::tar::Time::at(0),
        mode: Some(0o600),
        owner: None,
        xattrs: Box::default(),
    }
}

#[test]
fn missing_directories_are_made() {
    both_ways(|root, mut folder| {
        folder.parent(&[b"a", b"b", b"c"]).unwrap();
        assert!(root.join("a/b/c").is_dir());
        assert!(folder.is_directory(&[b"a", b"b"]));
        assert!(!folder.is_directory(&[b"a", b"x"]));
    });
}

#[test]
fn a_link_among_the_parts_is_refused_wherever_it_leads() {
    both_ways(|root, mut folder| {
        std::fs::create_dir(root.join("real")).unwrap();
        make_symlink("../outside", root.join("out")).unwrap();
        make_symlink("real", root.join("in")).unwrap();
        make_symlink("../../outside", root.join("real/out")).unwrap();
        for parts in [
            &[&b"out"[..]][..],
            &[b"in"],
            &[b"real", b"out"],
            &[b"out", b"new"],
        ] {
            let refusal = folder.parent(parts).unwrap_err();
            assert!(matches!(refusal, Refusal::ThroughLink(_)), "{refusal}");
        }
    });
}

#[test]
fn a_file_among_the_parts_is_refused() {
    both_ways(|root, mut folder| {
        std::fs::write(root.join("file"), "").unwrap();
        let refusal = folder.parent(&[b"file", b"x"]).unwrap_err();
        assert!(matches!(refusal, Refusal::NotADirectory(part) if part == b"file"));
    });
}

/// The directory is open; what its name leads to meanwhile doesn't matter.
#[test]
fn a_link_swapped_in_is_not_followed() {
    both_ways(|root, mut folder| {
        let parent = folder.parent(&[b"a"]).unwrap();
        std::fs::rename(root.join("a"), root.join("moved")).unwrap();
        make_symlink("../outside", root.join("a")).unwrap();
        let file = NewFile::create(&parent, b"x").unwrap().unwrap();
        file.finish(&attributes()).unwrap();
        assert!(root.join("moved/x").is_file());
    });
}

/// Nobody else may look into it before it has the mode that it is to have; the folders above it are
/// as any new one.
#[test]
fn a_directory_is_made_with_the_mode_that_is_asked_for() {
    both_ways(|root, mut folder| {
        std::fs::create_dir(root.join("usual")).unwrap();
        let mode = |name: &str| {
            let metadata = std::fs::metadata(root.join(name)).unwrap();
            metadata.permissions().mode() & 0o7777
        };
        folder.make(&[b"above", b"closed"], 0o700).unwrap();
        assert_eq!(mode("above/closed"), 0o700);
        assert_eq!(mode("above"), mode("usual"));
    });
}

/// What a link leads to that was swapped in for a directory gets neither its time nor its mode.
#[test]
fn attributes_are_not_set_through_a_link_swapped_in() {
    both_ways(|root, mut folder| {
        folder.make(&[b"d"], NEW).unwrap();
        let outside = root.join("../outside");
        std::fs::rename(root.join("d"), root.join("moved")).unwrap();
        make_symlink("../outside", root.join("d")).unwrap();
        let before = std::fs::metadata(&outside).unwrap();
        let time_alone = Attributes {
            mode: None,
            ..attributes()
        };
        assert!(time_alone.is_time_alone());
        for attributes in [time_alone, attributes()] {
            folder.set_directory(&[b"d"], &attributes);
            let after = std::fs::metadata(&outside).unwrap();
            assert_eq!(after.permissions(), before.permissions());
            assert_eq!(after.modified().unwrap(), before.modified().unwrap());
        }
    });
}

#[test]
fn a_directory_that_went_is_not_found_open() {
    both_ways(|root, mut folder| {
        folder.make(&[b"d"], NEW).unwrap();
        std::fs::remove_dir(root.join("d")).unwrap();
        folder.removed(b"d");
        let parent = folder.parent(&[b"d"]).unwrap();
        let file = NewFile::create(&parent, b"x").unwrap().unwrap();
        file.finish(&attributes()).unwrap();
        assert!(root.join("d/x").is_file());
    });
}

#[test]
fn an_unfinished_file_leaves_nothing() {
    both_ways(|root, mut folder| {
        let parent = folder.parent(&[]).unwrap();
        drop(NewFile::create(&parent, b"x").unwrap().unwrap());
        drop(NewFile::beside(&parent, b"x").unwrap());
        assert_eq!(std::fs::read_dir(root).unwrap().count(), 0);
    });
}

/// A file that fails half way doesn't take another one with it that has its name by now.
#[test]
fn an_unfinished_file_leaves_the_one_that_replaced_it() {
    both_ways(|root, mut folder| {
        let parent = folder.parent(&[]).unwrap();
        let first = NewFile::create(&parent, b"x").unwrap().unwrap();
        assert!(NewFile::create(&parent, b"x").unwrap().is_none());
        let second = NewFile::beside(&parent, b"x").unwrap();
        second.finish(&attributes()).unwrap();
        drop(first);
        assert!(root.join("x").is_file());
    });
}

#[test]
fn more_directories_than_are_kept_open_are_found_again() {
    both_ways(|root, mut folder| {
        for round in 0..2 {
            for i in 0..3 * OPEN {
                let name = i.to_string();
                let parent = folder.parent(&[name.as_bytes()]).unwrap();
                let file = NewFile::beside(&parent, &[b'a' + round]).unwrap();
                file.finish(&attributes()).unwrap();
            }
        }
        assert_eq!(folder.open.len(), OPEN);
        assert_eq!(std::fs::read_dir(root.join("7")).unwrap().count(), 2);
    });
}

#[test]
fn what_is_no_directory_is_nothing_to_extract_into() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Folder::open(file.path(), false).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
}

/// A program that is started meanwhile, to decompress, gets into none of them.
#[test]
fn open_directories_and_files_are_not_passed_on_to_other_programs() {
    both_ways(|_, mut folder| {
        let directory = folder.make(&[b"a"], NEW).unwrap();
        let mut file = NewFile::create(&directory, b"x").unwrap().unwrap();
        let again = readable(&directory).unwrap();
        let flags = |fd: std::os::fd::BorrowedFd<'_>| rustix::io::fcntl_getfd(fd).unwrap();
        for fd in [
            folder.root.as_fd(),
            directory.as_fd(),
            file.file().as_fd(),
            again.as_fd(),
        ] {
            assert!(flags(fd).contains(rustix::io::FdFlags::CLOEXEC));
        }
    });
}

#[test]
fn a_directory_that_is_only_looked_for_is_not_made() {
    both_ways(|root, folder| {
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        assert!(folder.existing_parent(&[b"a", b"b"]).unwrap().is_some());
        assert!(
            folder
                .existing_parent(&[b"a", b"x", b"y"])
                .unwrap()
                .is_none()
        );
        assert!(!root.join("a/x").exists());
        std::fs::write(root.join("file"), "").unwrap();
        let refusal = folder.existing_parent(&[b"file", b"x"]).unwrap_err();
        assert!(matches!(refusal, Refusal::NotADirectory(part) if part == b"file"));
        make_symlink("a", root.join("link")).unwrap();
        let refusal = folder.existing_parent(&[b"link"]).unwrap_err();
        assert!(matches!(refusal, Refusal::ThroughLink(part) if part == b"link"));
        // A link's target in the words of the `tar` filter may go by way of links and `..`.
        for parts in [&[&b"link"[..], b"b"][..], &[b"a", b"..", b"a"], &[b".."]] {
            assert!(folder.followed(parts).unwrap().is_some());
        }
        assert!(folder.followed(&[b"link", b"x"]).unwrap().is_none());
    });
}

/// What leads somewhere else now is opened anew: a trusted archive's next members go where its last
/// link leads.
#[test]
fn a_link_that_was_replaced_is_followed_to_where_it_leads_now() {
    let home = tempfile::tempdir().unwrap();
    for name in ["first", "second"] {
        std::fs::create_dir(home.path().join(name)).unwrap();
    }
    let link = home.path().join("link");
    make_symlink("first", &link).unwrap();
    let mut folder = Folder::open(home.path(), true).unwrap();
    let write = |folder: &mut Folder| {
        let parent = folder.parent(&[b"link"]).unwrap();
        let file = NewFile::create(&parent, b"x").unwrap().unwrap();
        file.finish(&attributes()).unwrap();
    };
    write(&mut folder);
    std::fs::remove_file(&link).unwrap();
    make_symlink("second", &link).unwrap();
    folder.link_changed();
    write(&mut folder);
    assert!(home.path().join("first/x").is_file());
    assert!(home.path().join("second/x").is_file());
}

/// Extraction that follows no links loses no time when links change: what it holds open is no link.
#[test]
fn what_is_open_stays_open_where_no_link_is_followed() {
    both_ways(|_, mut folder| {
        folder.make(&[b"a"], NEW).unwrap();
        folder.make(&[b"b"], NEW).unwrap();
        folder.link_changed();
        assert_eq!(folder.open.len(), 2);
        folder.removed(b"a");
        let left: Vec<_> = folder.open.iter().map(|open| &*open.path).collect();
        assert_eq!(left, [b"b"]);
    });
}

#[test]
fn a_directory_gets_the_attributes_that_are_asked_for() {
    both_ways(|root, mut folder| {
        let found = |name: &str| {
            let metadata = std::fs::metadata(root.join(name)).unwrap();
            (metadata.permissions().mode() & 0o7777, metadata.mtime())
        };
        folder.make(&[b"a", b"b"], 0o711).unwrap();
        let time_alone = Attributes {
            mode: None,
            ..attributes()
        };
        assert!(folder.set_directory(&[b"a", b"b"], &time_alone).is_empty());
        assert_eq!(found("a/b"), (0o711, 0));
        let with_mode = Attributes {
            mode: Some(0o750),
            time: crate::formats::tar::Time::at(7),
            ..attributes()
        };
        assert!(folder.set_directory(&[b"a", b"b"], &with_mode).is_empty());
        assert_eq!(found("a/b"), (0o750, 7));
        // The folder itself has no name in it.
        assert!(folder.set_directory(&[], &time_alone).is_empty());
        assert_eq!(found("").1, 0);
        // What went, or became something else, is not checked any more.
        std::fs::write(root.join("file"), "").unwrap();
        for parts in [&[&b"gone"[..], b"d"][..], &[b"file", b"d"], &[b"gone"]] {
            assert!(folder.set_directory(parts, &with_mode).is_empty());
        }
        // An attribute that can't be set is a warning.
        let odd = Attributes {
            xattrs: [(b"no namespace".to_vec(), Vec::new())].into(),
            ..attributes()
        };
        let unset = folder.set_directory(&[b"a"], &odd);
        assert_eq!(unset.len(), 1);
        assert_eq!(unset[0].0, "no namespace");
    });
}

/// What is there on the other side of a link could be opened at once.
#[test]
fn a_link_on_the_way_to_a_directory_that_is_there_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("root");
    std::fs::create_dir_all(root.join("real/sub")).unwrap();
    std::fs::create_dir_all(home.path().join("outside/sub")).unwrap();
    make_symlink("../outside", root.join("out")).unwrap();
    make_symlink("real", root.join("in")).unwrap();
    make_symlink("../../outside", root.join("real/out")).unwrap();
    make_symlink(home.path(), root.join("absolute")).unwrap();
    for openat2 in [true, false] {
        let mut folder = Folder::open(&root, false).unwrap();
        if !openat2 {
            folder = folder.without_openat2();
        }
        for parts in [
            &[&b"out"[..], b"sub"][..],
            &[b"in", b"sub"],
            &[b"real", b"out", b"sub"],
            &[b"absolute", b"outside", b"sub"],
        ] {
            for refusal in [
                folder.parent(parts).unwrap_err(),
                folder.existing_parent(parts).unwrap_err(),
            ] {
                assert!(matches!(refusal, Refusal::ThroughLink(_)), "{refusal}");
            }
            assert!(!links::Tree::is_directory(&folder, parts));
        }
    }
}
