//! What is known of files, and how they are opened and read.
#![cfg(unix)]

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::super::gather::{Candidate, Content, GatherOptions, Pages};
use super::super::metadata::{self, Details};
use super::super::owners::Owners;
use super::super::{Builder, NoticeKind};
use super::{made, members, names, quietly, write};
use crate::formats::tar::member::Kind;
use crate::formats::tar::time::Time;

fn builder<'a>() -> Builder<'a, Vec<u8>> {
    Builder::new(Vec::new())
}

#[test]
fn a_member_has_what_the_system_says_of_its_file() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let path = home.path().join("f");
    let time = SystemTime::UNIX_EPOCH + Duration::new(1_234_567_890, 123_456_789);
    File::open(&path).unwrap().set_modified(time).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o4751)).unwrap();
    symlink("to/nowhere", home.path().join("l")).unwrap();
    // Other owners than those of this process need root, which a mode with setuid outlives.
    if std::os::unix::fs::chown(&path, Some(1), Some(2)).is_ok() {
        fs::set_permissions(&path, Permissions::from_mode(0o4751)).unwrap();
    }
    let metadata = fs::metadata(&path).unwrap();
    let (uid, gid) = (metadata.uid().into(), metadata.gid().into());
    let owners = Owners::of_this_system();
    let name = |name: Option<&[u8]>| name.unwrap_or_default().to_vec();
    // The first line of that number.
    let first = |table: &str, number: u64| {
        let table = fs::read_to_string(table).unwrap_or_default();
        let fields = table
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>());
        let mut found = fields.filter(|fields| fields.get(2) == Some(&&*number.to_string()));
        found.next().map(|fields| fields[0].as_bytes().to_vec())
    };
    for number in [0, uid, 1] {
        let user = owners.user(number).map(<[u8]>::to_vec);
        assert_eq!(user, first("/etc/passwd", number));
    }
    for number in [0, gid, 1] {
        let group = owners.group(number).map(<[u8]>::to_vec);
        assert_eq!(group, first("/etc/group", number));
    }
    for numeric in [false, true] {
        let builder = builder().numeric_owner(numeric);
        let found = members(&quietly(builder, &[(home.path(), "")]));
        let [file, link] = &found[..] else { panic!() };
        assert_eq!((file.kind, file.size, file.mode), (Kind::File, 1, 0o4751));
        assert_eq!((file.uid, file.gid), (uid, gid));
        let time = (file.mtime.seconds, file.mtime.nanoseconds);
        assert_eq!(time, (1_234_567_890, 123_456_789));
        let (uname, gname) = match numeric {
            true => (Vec::new(), Vec::new()),
            false => (name(owners.user(uid)), name(owners.group(gid))),
        };
        assert_eq!((&file.uname, &file.gname), (&uname, &gname));
        assert_eq!(
            (link.kind, link.size, &*link.link),
            (Kind::Symlink, 0, &b"to/nowhere"[..])
        );
        assert_eq!(link.mode, 0o777);
    }
}

/// `/dev` has them in every system that tests run on.
#[test]
fn devices_pipes_and_sockets_are_what_they_are() {
    let of = |path: &Path| Details::of(path, &path.symlink_metadata().unwrap()).unwrap();
    let null = of(Path::new("/dev/null"));
    assert_eq!((null.kind, null.size), (Some(Kind::CharDevice), 0));
    // devices.txt of Linux has it as 1, 3.
    if cfg!(target_os = "linux") {
        assert_eq!(null.device, (1, 3));
    }
    let home = tempfile::tempdir().unwrap();
    let made = home.path().join("made");
    let _socket = std::os::unix::net::UnixListener::bind(&made).unwrap();
    assert_eq!(of(&made).kind, None);
    assert_eq!(of(home.path()).kind, Some(Kind::Directory));
    assert_eq!(of(home.path()).device, (0, 0));
    let pipe = home.path().join("pipe");
    let mkfifo = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(mkfifo.unwrap().success());
    assert_eq!(of(&pipe).kind, Some(Kind::Fifo));
    fs::set_permissions(&pipe, Permissions::from_mode(0o1642)).unwrap();
    assert_eq!(of(&pipe).mode, 0o1642);
    symlink("pipe", home.path().join("link")).unwrap();
    assert_eq!(of(&home.path().join("link")).kind, Some(Kind::Symlink));
    // In an archive, with their numbers; the name of a device in a listing too.
    let bytes = quietly(
        builder(),
        &[(Path::new("/dev/null"), "null"), (&pipe, "pipe")],
    );
    let found = members(&bytes);
    assert_eq!((found[0].kind, found[0].size), (Kind::CharDevice, 0));
    assert_eq!(found[0].device, null.device);
    assert_eq!((found[1].kind, found[1].device), (Kind::Fifo, (0, 0)));
    // A block device needs a disk, or its maker's rights.
    let block = home.path().join("block");
    let mknod = std::process::Command::new("mknod")
        .arg(&block)
        .args(["b", "7", "200"])
        .output();
    match mknod.is_ok_and(|made| made.status.success()) {
        true => {
            let found = of(&block);
            assert_eq!(
                (found.kind, found.device),
                (Some(Kind::BlockDevice), (7, 200))
            );
        }
        false => println!("skipped: devices need root"),
    }
}

#[test]
fn what_an_open_file_says_is_what_its_path_says() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let path = home.path().join("f");
    fs::set_permissions(&path, Permissions::from_mode(0o6421)).unwrap();
    let file = File::open(&path).unwrap();
    let opened = Details::of_file(&path, &file).unwrap();
    let named = Details::of(&path, &path.metadata().unwrap()).unwrap();
    assert_eq!(format!("{opened:?}"), format!("{named:?}"));
    assert_eq!((opened.mode, opened.size, opened.names), (0o6421, 1, 1));
    let null = File::open("/dev/null").unwrap();
    assert_eq!(
        Details::of_file(&path, &null).unwrap().kind,
        Some(Kind::CharDevice)
    );
    let folder = File::open(home.path()).unwrap();
    assert_eq!(
        Details::of_file(&path, &folder).unwrap().kind,
        Some(Kind::Directory)
    );
    assert!(!Details::has_changed(&path, &file, opened.mtime));
    assert!(Details::has_changed(&path, &file, Time::at(5)));
    // A folder of another file system is beyond; this one's isn't.
    let other = Details::of(&path, &Path::new("/proc").metadata().unwrap()).unwrap();
    assert!(named.identity.same_system(&opened.identity));
    if cfg!(target_os = "linux") {
        assert!(!named.identity.same_system(&other.identity));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_on_another_file_system_stays_empty_where_that_is_asked_for() {
    // /proc is mounted on a folder of another file system than its own.
    let root = Path::new("/");
    let select = |builder: Builder<'static, Vec<u8>>| {
        builder.select(|path, _, _| matches!(path.to_str(), Some("/" | "/proc" | "/proc/version")))
    };
    let (bytes, _) = made(select(builder()), &[(root, "r")]);
    assert_eq!(names(&bytes), ["r/", "r/proc/", "r/proc/version"]);
    let (bytes, _) = made(select(builder().one_file_system(true)), &[(root, "r")]);
    assert_eq!(names(&bytes), ["r/", "r/proc/"]);
    // From within, it is no other.
    let mut inside = builder().one_file_system(true).select(|path, _, _| {
        matches!(path.to_str(), Some("/proc" | "/proc/sys" | "/proc/version"))
    });
    inside.add("/proc", "p", &mut |_| {}).unwrap();
    assert!(names(&inside.finish().unwrap()).contains(&"p/version".to_owned()));
}

#[test]
fn a_reproducible_archive_has_one_time_no_owner_and_modes_of_four_kinds() {
    let home = tempfile::tempdir().unwrap();
    let modes = [
        (0o644, 0o644),
        (0o600, 0o644),
        (0o777, 0o755),
        (0o100, 0o755),
        (0o4744, 0o755),
        (0o677, 0o644),
    ];
    for (mode, _) in modes {
        let path = home.path().join(format!("f{mode:o}"));
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    fs::create_dir(home.path().join("d")).unwrap();
    fs::set_permissions(home.path().join("d"), Permissions::from_mode(0o600)).unwrap();
    symlink("x", home.path().join("l")).unwrap();
    let bytes = quietly(builder().reproducible(Time::at(77)), &[(home.path(), "")]);
    let found = members(&bytes);
    assert_eq!(found.len(), modes.len() + 2);
    for member in found {
        let name = String::from_utf8(member.name).unwrap();
        let expected = match &*name {
            "d/" => 0o755,
            "l" => 0o777,
            name => {
                modes
                    .iter()
                    .find(|(mode, _)| name == format!("f{mode:o}"))
                    .unwrap()
                    .1
            }
        };
        assert_eq!(member.mode, expected, "{name}");
        assert_eq!((member.uid, member.gid, member.mtime), (0, 0, Time::at(77)));
        assert!(member.uname.is_empty() && member.gname.is_empty());
    }
}

#[test]
fn a_small_file_is_read_ahead_and_a_large_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    let mut pages = Pages::default();
    let gather = |size: usize, options: GatherOptions, pages: &mut Pages| {
        let path = home.path().join("f");
        fs::write(&path, vec![7; size]).unwrap();
        let candidate = Candidate {
            path,
            name: b"f".to_vec(),
            is_file: true,
        };
        options.gather(candidate, pages).unwrap()
    };
    let options = GatherOptions::default();
    for size in [0, 1, 1000, 128 << 10] {
        pages.clear();
        let found = gather(size, options, &mut pages);
        let Content::Bytes(range) = found.content else {
            panic!("{size}")
        };
        assert_eq!(range, 0..size, "what was read before is forgotten");
        assert!(pages.get(range).iter().all(|&byte| byte == 7));
        assert!(found.notice.is_none(), "{size}: {:?}", found.notice);
    }
    let found = gather((128 << 10) + 1, options, &mut pages);
    assert!(matches!(found.content, Content::File(_, None)));
    let dry = GatherOptions {
        dry_run: true,
        ..options
    };
    assert!(matches!(gather(10, dry, &mut pages).content, Content::None));
}

/// Reading it is an error, at any place.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_told_and_zeros_stand_for_it() {
    // The memory of a process at 0, where nothing is.
    let path = Path::new("/proc/self/mem");
    let candidate = Candidate {
        path: path.to_owned(),
        name: b"f".to_vec(),
        is_file: true,
    };
    let mut pages = Pages::default();
    let found = GatherOptions::default()
        .gather(candidate, &mut pages)
        .unwrap();
    assert!(
        matches!(found.notice, Some(NoticeKind::Unreadable(_))),
        "{:?}",
        found.notice
    );
    let missing = Candidate {
        path: "/not/there".into(),
        name: b"f".to_vec(),
        is_file: false,
    };
    let notice = GatherOptions::default()
        .gather(missing, &mut pages)
        .unwrap_err();
    assert!(
        matches!(&notice.kind, NoticeKind::Unreadable(e) if e.kind() == io::ErrorKind::NotFound)
    );
    assert_eq!(notice.path, Path::new("/not/there"));
}

/// Opening a pipe would wait for its other end, and a terminal would become this process's own.
#[test]
fn opening_a_file_neither_waits_nor_follows_a_link_nor_leaks_to_programs() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let pipe = home.path().join("pipe");
    let mkfifo = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(mkfifo.unwrap().success());
    let opened = metadata::open(&pipe, false).unwrap();
    let flags = rustix::fs::fcntl_getfl(&opened).unwrap();
    assert!(flags.contains(rustix::fs::OFlags::NONBLOCK));
    let flags = rustix::io::fcntl_getfd(&opened).unwrap();
    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
    let link = home.path().join("link");
    symlink("f", &link).unwrap();
    metadata::open(&link, false).unwrap_err();
    metadata::open(&link, true).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn attributes_are_read_in_the_order_of_their_names() {
    use rustix::fs::{XattrFlags, setxattr};

    use super::super::xattrs;

    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let path = home.path().join("f");
    let long = vec![7; 3000];
    for (name, value) in [("user.b", &b"2"[..]), ("user.a", &long), ("user.c", b"")] {
        if setxattr(&path, name, value, XattrFlags::empty()).is_err() {
            println!("skipped: this file system keeps no attributes");
            return;
        }
    }
    let expected = [
        (b"user.a".to_vec(), long.clone()),
        (b"user.b".to_vec(), b"2".to_vec()),
        (b"user.c".to_vec(), Vec::new()),
    ];
    let own = |mut found: Vec<(Vec<u8>, Vec<u8>)>| {
        found.retain(|(name, _)| name.starts_with(b"user."));
        found
    };
    let file = File::open(&path).unwrap();
    assert_eq!(own(xattrs::of_file(&file).unwrap()), expected);
    symlink("f", home.path().join("l")).unwrap();
    let link = home.path().join("l");
    assert_eq!(own(xattrs::of_path(&link, true).unwrap()), expected);
    assert_eq!(own(xattrs::of_path(&link, false).unwrap()), []);
    // In an archive where that is asked for.
    for (asked, count) in [(false, 0), (true, 3)] {
        let bytes = quietly(builder().xattrs(asked), &[(&path, "f")]);
        let records = members(&bytes)[0].pax.to_bytes();
        let records = String::from_utf8_lossy(&records);
        assert_eq!(records.matches("SCHILY.xattr.user.").count(), count);
    }
}
