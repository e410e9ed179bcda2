//! What goes into an archive, what doesn't, and what is said about it.
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::Path;

use bytewright::formats::tar::{Archive, Builder, Kind, Notice, NoticeKind};

type Add<'a> = (&'a Path, &'a str);

/// Names, kinds and sizes of the members, and what was said.
fn create(
    sources: &[Add<'_>],
    options: impl Fn(Builder<Vec<u8>>) -> Builder<Vec<u8>>,
) -> (Vec<(String, Kind, u64)>, Vec<Notice>) {
    let mut builder = options(Builder::new(Vec::new()));
    let mut notices = Vec::new();
    for (path, arcname) in sources {
        let arcname = Some(Path::new(arcname));
        builder
            .add(path, arcname, &mut |notice| notices.push(notice))
            .unwrap();
    }
    let bytes = builder.finish().unwrap();
    assert_eq!(bytes.len() % 512, 0);
    let mut archive = Archive::new(bytes.into()).unwrap();
    let mut members = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        assert!(member.problems.is_empty(), "{member:?}");
        members.push((
            String::from_utf8(member.name).unwrap(),
            member.kind,
            member.size,
        ));
    }
    assert!(archive.problems().is_empty());
    (members, notices)
}

fn names(members: &[(String, Kind, u64)]) -> Vec<&str> {
    members.iter().map(|(name, ..)| name.as_str()).collect()
}

#[test]
fn children_come_in_the_order_of_their_names() {
    let home = tempfile::tempdir().unwrap();
    for name in ["b", "a-b", "a/z", "a/b", "Z", "ä"] {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let (members, _) = create(&[(home.path(), "")], |b| b);
    assert_eq!(names(&members), ["Z", "a/", "a/b", "a/z", "a-b", "b", "ä"]);
}

#[test]
fn what_has_no_place_in_an_archive_is_said_and_left_out() {
    let home = tempfile::tempdir().unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(home.path().join("socket")).unwrap();
    fs::write(home.path().join("file"), "x").unwrap();
    let (members, notices) = create(&[(home.path(), "d")], |b| b);
    assert_eq!(names(&members), ["d/", "d/file"]);
    assert!(
        matches!(
            notices[..],
            [Notice {
                kind: NoticeKind::Socket,
                ..
            }]
        ),
        "{notices:?}"
    );
    assert!(!notices[0].is_failure());
}

#[test]
fn a_slash_in_front_is_said_once() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "x").unwrap();
    let file = home.path().join("file");
    let (members, notices) = create(&[(&file, "/a"), (&file, "//b")], |b| b);
    assert_eq!(names(&members), ["a", "b"]);
    assert!(matches!(
        notices[..],
        [Notice {
            kind: NoticeKind::LeadingSlash,
            ..
        }]
    ));
}

#[test]
fn a_second_name_of_a_file_is_a_link_unless_asked_otherwise() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a"), "content").unwrap();
    fs::hard_link(home.path().join("a"), home.path().join("b")).unwrap();
    let kinds = |members: Vec<(String, Kind, u64)>| -> Vec<_> {
        members
            .into_iter()
            .map(|(_, kind, size)| (kind, size))
            .collect()
    };
    let linked = [(Kind::File, 7), (Kind::Hardlink, 0)];
    assert_eq!(kinds(create(&[(home.path(), "")], |b| b).0), linked);
    let whole = [(Kind::File, 7), (Kind::File, 7)];
    assert_eq!(
        kinds(create(&[(home.path(), "")], |b| b.hard_links(false)).0),
        whole
    );
    assert_eq!(
        kinds(create(&[(home.path(), "")], |b| b.dereference(true)).0),
        whole
    );
}

#[test]
fn dereferencing_ends_where_a_folder_would_hold_itself() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("sub")).unwrap();
    fs::write(home.path().join("file"), "x").unwrap();
    symlink("../file", home.path().join("sub/link")).unwrap();
    symlink("..", home.path().join("sub/up")).unwrap();
    let (members, notices) = create(&[(home.path(), "d")], |b| b.dereference(true));
    assert_eq!(names(&members), ["d/", "d/file", "d/sub/", "d/sub/link"]);
    assert_eq!((members[3].1, members[3].2), (Kind::File, 1));
    assert!(
        matches!(
            notices[..],
            [Notice {
                kind: NoticeKind::Loop,
                ..
            }]
        ),
        "{notices:?}"
    );
    assert!(notices[0].is_failure());
}

/// Files of `/proc` say that they are empty: what they hold is more than the header announced.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_grows_is_cut_and_told() {
    let (members, notices) = create(&[(Path::new("/proc/self/status"), "x")], |b| b);
    assert_eq!(members, [("x".to_owned(), Kind::File, 0)]);
    assert!(
        matches!(
            notices[..],
            [Notice {
                kind: NoticeKind::Grown,
                ..
            }]
        ),
        "{notices:?}"
    );
    assert!(notices[0].is_failure());
}

/// Files of `/sys` say that they hold a page, whatever they hold.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_shrinks_is_filled_up_and_told() {
    let path = Path::new("/sys/kernel/mm/transparent_hugepage/enabled");
    let Ok(content) = fs::read(path) else {
        println!("skipped: {} is missing", path.display());
        return;
    };
    let mut builder = Builder::new(Vec::new());
    let mut notices = Vec::new();
    builder
        .add(path, Some(Path::new("x")), &mut |notice| {
            notices.push(notice);
        })
        .unwrap();
    let bytes = builder.finish().unwrap();
    let mut archive = Archive::new(bytes.into()).unwrap();
    let size = archive.next_member().unwrap().unwrap().size;
    let missing_bytes = size.checked_sub(content.len() as u64).unwrap();
    assert!(
        matches!(notices[..], [Notice { kind: NoticeKind::Shrunk { missing }, .. }]
            if missing == missing_bytes),
        "{notices:?}"
    );
    let mut found = Vec::new();
    archive.data().read_to_end(&mut found).unwrap();
    assert_eq!(found[..content.len()], content);
    assert!(found[content.len()..].iter().all(|&byte| byte == 0));
    assert!(archive.next_member().unwrap().is_none());
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    for i in 0..20 {
        fs::write(home.path().join(format!("f{i}")), vec![i; 700]).unwrap();
    }
    let bytes = || {
        let mut builder = Builder::new(Vec::new());
        builder
            .add(home.path(), Some(Path::new("x")), &mut |_| {})
            .unwrap();
        builder.finish().unwrap()
    };
    assert_eq!(bytes(), bytes());
}

/// A file larger than what is read at once changes while the one before it is told of.
#[test]
fn large_files_that_change_are_told_and_leave_the_archive_valid() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("shrunk", |path| {
            fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(1_000)
                .unwrap();
        }),
        ("grown", |path| {
            fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(2_000_000)
                .unwrap();
        }),
        ("changed", |path| {
            use std::os::unix::fs::FileExt;
            let file = fs::File::options().write(true).open(path).unwrap();
            file.write_all_at(&[7], 999_999).unwrap();
            // Two times may lie within one tick of the system's clock.
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        }),
        // What was opened is what goes in.
        ("replaced", |path| {
            fs::remove_file(path).unwrap();
            fs::write(path, "another").unwrap();
        }),
    ];
    for (what, change) in changes {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("large");
        fs::write(&path, vec![7; 1_000_000]).unwrap();
        fs::write(home.path().join("next"), "next").unwrap();
        let mut notices = Vec::new();
        let mut builder = Builder::new(Vec::new()).filter(|member| {
            if member.name == b"large" {
                change(&path);
            }
            true
        });
        builder
            .add(home.path(), "", &mut |notice| notices.push(notice))
            .unwrap();
        let bytes = builder.finish().unwrap();
        let mut archive = Archive::new(bytes.into()).unwrap();
        assert_eq!(archive.next_member().unwrap().unwrap().size, 1_000_000);
        let mut content = Vec::new();
        archive.data().read_to_end(&mut content).unwrap();
        assert_eq!(archive.next_member().unwrap().unwrap().name, b"next");
        assert!(archive.next_member().unwrap().is_none());
        let kept = if what == "shrunk" { 1_000 } else { 1_000_000 };
        assert!(content[..kept].iter().all(|&byte| byte == 7), "{what}");
        assert!(content[kept..].iter().all(|&byte| byte == 0), "{what}");
        let said: Vec<_> = notices.iter().map(|notice| &notice.kind).collect();
        match (what, &said[..]) {
            ("shrunk", [NoticeKind::Shrunk { missing: 999_000 }])
            | ("grown", [NoticeKind::Grown])
            | ("changed", [NoticeKind::Changed])
            | ("replaced", []) => {}
            _ => unreachable!("{what}: {said:?}"),
        }
    }
}

/// What was seen in its folder is gone, or is something else, when its turn comes.
#[test]
fn what_vanishes_or_is_replaced_is_told_and_left_out() {
    type Change = fn(&Path);
    let changes: [Change; 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
        // Opening it would follow a link, which isn't what was found.
        |path| {
            fs::remove_file(path).unwrap();
            symlink("/etc/passwd", path).unwrap();
        },
    ];
    for change in changes {
        let home = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(home.path().join(name), name).unwrap();
        }
        // A folder's names are read and chosen from before the first file is opened.
        let mut builder = Builder::new(Vec::new()).select(|path, _, _| {
            if path.ends_with("b") {
                change(path);
            }
            true
        });
        let mut notices = Vec::new();
        builder
            .add(home.path(), "", &mut |notice| notices.push(notice))
            .unwrap();
        let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
        let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
        assert_eq!(names, [b"a", b"c"]);
        assert!(
            matches!(
                notices[..],
                [Notice {
                    kind: NoticeKind::Unreadable(_),
                    ..
                }]
            ),
            "{notices:?}"
        );
        assert!(notices[0].is_failure());
    }
}

#[test]
fn progress_is_told_while_a_large_file_is_copied() {
    let home = tempfile::tempdir().unwrap();
    let file = fs::File::create(home.path().join("large")).unwrap();
    file.set_len(100 << 20).unwrap();
    fn told<W: std::io::Write>(builder: Builder<'_, W>, path: &Path) -> Vec<u64> {
        let mut told = Vec::new();
        let mut builder = builder.progress(|bytes| told.push(bytes));
        builder
            .add(path, "", &mut |notice| unreachable!("{notice}"))
            .unwrap();
        drop(builder);
        told
    }
    let at = tempfile::tempfile().unwrap();
    for told in [
        told(Builder::new(std::io::sink()), home.path()),
        told(Builder::at(at).unwrap(), home.path()),
    ] {
        assert!(told.is_sorted(), "{told:?}");
        let steps = told.iter().filter(|bytes| **bytes < 100 << 20).count();
        assert!(steps >= 5, "{told:?}");
        assert!(*told.last().unwrap() >= 100 << 20, "{told:?}");
    }
}

/// Whoever reads a part that ends as an archive does takes it for the whole.
#[test]
fn an_archive_that_fails_has_no_end() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a"), vec![7; 300_000]).unwrap();
    let mut bytes = Vec::new();
    let mut builder = Builder::new(&mut bytes);
    let mut notice = |notice| unreachable!("{notice}");
    builder.add(home.path(), "d", &mut notice).unwrap();
    builder
        .add(home.path().join("not there"), "x", &mut notice)
        .unwrap_err();
    drop(builder);
    assert!(bytes.len() > 300_000, "the large file was written");
    assert!(!bytes.ends_with(&[0; 1024]));
    let mut archive = Archive::new(bytes.into()).unwrap();
    while archive.next_member().unwrap().is_some() {}
    assert_eq!(archive.problems()[0].code, "T002");
}
