#![cfg(unix)]

use std::cell::RefCell;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::super::gather::{Candidate, Content, Pages, Wishes};
use super::super::metadata::{self, Details};
use super::super::owners::Owners;
use super::super::{Arcname, Builder, NewMember, Notice, NoticeKind, path_and_arcname};
use super::{made, members, names, quietly, write};
use crate::formats::tar::error::ErrorKind;
use crate::formats::tar::member::{Format, Kind};
use crate::formats::tar::time::Time;

fn builder<'a>() -> Builder<'a, Vec<u8>> {
    Builder::new(Vec::new())
}

/// More of them than are looked at at once, several times.
#[test]
fn every_file_is_a_member_once_however_many_there_are() {
    for count in [0, 1, 31, 32, 33, 64, 65, 500] {
        let home = tempfile::tempdir().unwrap();
        let expected: Vec<String> = (0..count).map(|i| format!("f{i:03}")).collect();
        for name in &expected {
            fs::write(home.path().join(name), name).unwrap();
        }
        for threads in [1, 3] {
            let builder = builder().threads(threads.try_into().unwrap());
            // Times in whole seconds need no records.
            let builder = builder.reproducible(Time::at(0));
            let bytes = quietly(builder, &[(home.path(), "")]);
            assert_eq!(names(&bytes), expected, "{count} on {threads}");
            // A header and a block each, the end, and zeros up to whole records.
            let size = (count * 1024 + 1024usize).next_multiple_of(10_240);
            assert_eq!(bytes.len(), size, "{count}");
        }
    }
}

#[test]
fn an_archive_becomes_a_multiple_of_a_record_with_what_stands_before_it() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let file = home.path().join("f");
    for (before, size) in [
        (0, 10_240),
        (512, 9728),
        (8192, 2048),
        (8704, 11_776),
        (10_240, 10_240),
    ] {
        let bytes = quietly(
            builder().reproducible(Time::at(0)).begins_at(before),
            &[(&file, "f")],
        );
        assert_eq!(bytes.len(), size, "{before}");
        assert!(bytes[1024..].iter().all(|&byte| byte == 0));
    }
}

#[test]
fn a_folder_is_added_with_what_it_holds_or_alone() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["d/a", "d/e/b"]);
    let folder = home.path().join("d");
    let added = |builder, name| names(&quietly(builder, &[(&folder, name)]));
    assert_eq!(added(builder(), "n"), ["n/", "n/a", "n/e/", "n/e/b"]);
    assert_eq!(added(builder(), "n/"), ["n/", "n/a", "n/e/", "n/e/b"]);
    assert_eq!(added(builder(), ""), ["a", "e/", "e/b"]);
    assert_eq!(added(builder().recursive(false), "n"), ["n/"]);
    assert_eq!(added(builder().recursive(false), ""), [""; 0]);
    let without = |name: &'static [u8]| builder().filter(move |m| m.name != name);
    assert_eq!(added(without(b"n/e"), "n"), ["n/", "n/a"]);
    assert_eq!(added(without(b"n"), "n"), [""; 0]);
    // Without its name, a folder's content stays.
    let nameless = builder().filter(|member| {
        if member.name.ends_with(b"e") {
            member.name.clear();
        }
        true
    });
    assert_eq!(added(nameless, "n"), ["n/", "n/a", "n/e/b"]);
    let nameless = builder().filter(|member| {
        if member.name.ends_with(b"a") {
            member.name.clear();
        }
        true
    });
    assert_eq!(added(nameless, "n"), ["n/", "n/e/", "n/e/b"]);
    let only = builder().only(|member| member.kind == Kind::File);
    assert_eq!(added(only, "n"), ["n/a", "n/e/b"]);
    let only = builder().only(|member| member.kind == Kind::Directory);
    assert_eq!(added(only, "n"), ["n/", "n/e/"]);
    let select = builder().select(|_, name, is_folder| is_folder || name != b"n/a");
    assert_eq!(added(select, "n"), ["n/", "n/e/", "n/e/b"]);
    let select = builder().select(|_, _, is_folder| !is_folder);
    assert_eq!(added(select, "n"), [""; 0]);
}

#[test]
fn a_file_keeps_neither_a_slash_in_front_nor_one_behind() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let file = home.path().join("f");
    for (name, slashes) in [("n", 0), ("n/", 0), ("n//", 0), ("/n", 1), ("//d/n", 1)] {
        let (bytes, said) = made(builder(), &[(&file, name)]);
        assert_eq!(names(&bytes), [name.trim_matches('/')]);
        assert_eq!(said.len(), slashes, "{name}: {said:?}");
        assert!(
            said.iter()
                .all(|kind| matches!(kind, NoticeKind::LeadingSlash))
        );
    }
    for name in ["", "/", "//"] {
        let error = builder().add(&file, name, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("only a folder"), "{error}");
    }
    // By its path, if no name is given.
    let mut without = builder();
    without.add(&file, Arcname::of_path(), &mut |_| {}).unwrap();
    let bytes = without.finish().unwrap();
    assert_eq!(names(&bytes), [&file.to_str().unwrap()[1..]]);
}

#[test]
fn a_name_that_leads_up_is_refused_unless_that_is_allowed() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f"]);
    let file = home.path().join("f");
    for (name, leads_up) in [
        ("..", true),
        ("../n", true),
        ("a/../n", true),
        ("a/..", true),
        ("..n", false),
        ("a..b", false),
        ("./n", false),
        (".../n", false),
    ] {
        let added = builder().add(&file, name, &mut |_| {});
        let refused = matches!(&added, Err(e) if matches!(e.kind(), ErrorKind::Name { .. }));
        assert_eq!((refused, added.is_err()), (leads_up, leads_up), "{name}");
        let mut allowing = builder().allow_parent(true);
        allowing.add(&file, name, &mut |_| {}).unwrap();
        assert_eq!(names(&allowing.finish().unwrap()), [name]);
        // A filter's names are looked at too.
        let added = builder()
            .filter(|member| {
                member.name = name.into();
                true
            })
            .add(&file, "x", &mut |_| {});
        assert_eq!(added.is_err(), leads_up, "{name}");
    }
}

#[test]
fn later_names_of_a_file_are_links_to_the_first_that_is_in_the_archive() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["a", "z"]);
    for name in ["b", "c"] {
        fs::hard_link(home.path().join("a"), home.path().join(name)).unwrap();
    }
    let of = |bytes: &[u8]| -> Vec<(String, Kind, String, u64)> {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let members = members(bytes).into_iter();
        members
            .map(|m| (text(m.name), m.kind, text(m.link), m.size))
            .collect()
    };
    let file = |name: &str| (name.to_owned(), Kind::File, String::new(), 1);
    let link = |name: &str, to: &str| (name.to_owned(), Kind::Hardlink, to.to_owned(), 0);
    let all = |builder| of(&quietly(builder, &[(home.path(), "")]));
    assert_eq!(
        all(builder()),
        [file("a"), link("b", "a"), link("c", "a"), file("z")]
    );
    for whole in [builder().hard_links(false), builder().dereference(true)] {
        assert_eq!(all(whole), ["a", "b", "c", "z"].map(file));
    }
    // The first is left out.
    for without in [
        builder().filter(|member| member.name != b"a"),
        builder().only(|member| member.name != b"a"),
        builder().select(|_, name, _| name != b"a"),
        builder().filter(|member| {
            if member.name == b"a" {
                member.name.clear();
            }
            true
        }),
    ] {
        assert_eq!(all(without), [file("b"), link("c", "b"), file("z")]);
    }
    // The first gets another name.
    let renamed = builder().filter(|member| {
        member.name.insert(0, b'x');
        true
    });
    assert_eq!(
        all(renamed),
        [file("xa"), link("xb", "xa"), link("xc", "xa"), file("xz")]
    );
    // Added twice, a file of one name is one each time.
    let [a, b, z] = ["a", "b", "z"].map(|name| home.path().join(name));
    let bytes = quietly(builder(), &[(&z, "y"), (&z, "z")]);
    assert_eq!(of(&bytes), [file("y"), file("z")]);
    // The name of the first is given to something else before the second comes.
    let (bytes, said) = made(builder(), &[(&a, "n"), (&z, "n"), (&b, "m")]);
    assert_eq!(of(&bytes), [file("n"), file("n"), file("m")]);
    assert!(
        matches!(&said[..], [NoticeKind::SameName(name)] if name == b"n"),
        "{said:?}"
    );
    let folder = home.path().join("d");
    fs::create_dir(&folder).unwrap();
    let (bytes, said) = made(builder(), &[(&a, "n"), (&folder, "n"), (&b, "m")]);
    assert_eq!(of(&bytes)[2], file("m"));
    assert!(
        matches!(&said[..], [NoticeKind::SameName(name)] if name == b"n/"),
        "{said:?}"
    );
    // By the name that it is in by already, it is left out; `./n` is the same name.
    for again in ["n", "./n", "n//"] {
        let (bytes, said) = made(builder(), &[(&a, "n"), (&b, again), (&b, "m")]);
        assert_eq!(of(&bytes), [file("n"), link("m", "n")]);
        assert!(matches!(said[..], [NoticeKind::Twice]), "{said:?}");
    }
}

#[test]
fn a_name_that_is_taken_is_told_and_added_nevertheless() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["f", "d/g"]);
    let (file, folder) = (home.path().join("f"), home.path().join("d"));
    let (bytes, said) = made(builder(), &[(&file, "n"), (&file, "./n")]);
    assert_eq!(names(&bytes), ["n", "./n"]);
    assert!(
        matches!(&said[..], [NoticeKind::SameName(name)] if name == b"./n"),
        "{said:?}"
    );
    let (bytes, said) = made(builder(), &[(&folder, "n"), (&folder, "n")]);
    assert_eq!(names(&bytes), ["n/", "n/g", "n/", "n/g"]);
    let taken: Vec<_> = said
        .iter()
        .map(|kind| match kind {
            NoticeKind::SameName(name) => name.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(taken, [&b"n/"[..], b"n/g"]);
}

#[test]
fn the_archive_is_not_in_itself() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["a", "old.tar", "z"]);
    let new = File::create(home.path().join("new.tar")).unwrap();
    let mut into = Builder::at(new.try_clone().unwrap()).unwrap();
    into.leave_out_file(&new);
    into.leave_out(&home.path().join("old.tar"));
    into.leave_out(&home.path().join("not there"));
    let mut said = Vec::new();
    for name in ["x", "y"] {
        let mut notice = |notice: Notice| said.push((notice.kind, notice.path));
        into.add(home.path(), name, &mut notice).unwrap();
    }
    into.finish().unwrap();
    let bytes = fs::read(home.path().join("new.tar")).unwrap();
    assert_eq!(names(&bytes), ["x/", "x/a", "x/z", "y/", "y/a", "y/z"]);
    // Once of the one that is replaced, and never of the one that is written.
    assert!(
        matches!(&said[..], [(NoticeKind::OwnArchive, path)] if path.ends_with("old.tar")),
        "{said:?}"
    );
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
    let metadata = fs::metadata(&path).unwrap();
    let (uid, gid) = (metadata.uid().into(), metadata.gid().into());
    let owners = Owners::of_this_system();
    let name = |name: Option<&[u8]>| name.unwrap_or_default().to_vec();
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
    fs::set_permissions(home.path().join("d"), Permissions::from_mode(0o700)).unwrap();
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
fn a_dry_run_says_what_would_be_added_and_writes_nothing() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["d/f", "e"]);
    let seen = RefCell::new(Vec::new());
    let mut dry = builder().dry_run(true).each(|member| {
        let listed = member.as_listed();
        seen.borrow_mut().push((
            String::from_utf8(listed.name).unwrap(),
            listed.kind,
            listed.size,
        ));
    });
    dry.add(home.path(), "n", &mut |_| {}).unwrap();
    let bytes = dry.finish().unwrap();
    assert!(bytes.iter().all(|&byte| byte == 0));
    let folder = |name: &str| (name.to_owned(), Kind::Directory, 0);
    assert_eq!(
        *seen.borrow(),
        [
            folder("n/"),
            folder("n/d/"),
            ("n/d/f".into(), Kind::File, 3),
            ("n/e".into(), Kind::File, 1)
        ]
    );
    // What the format can't hold is told.
    let long = "l".repeat(101);
    let mut dry = builder().dry_run(true).format(Format::V7);
    dry.add(home.path().join("e"), &*long, &mut |_| {})
        .unwrap_err();
    let listed = NewMember {
        name: b"d/".to_vec(),
        kind: Kind::Directory,
        ..NewMember::default()
    };
    assert_eq!(listed.as_listed().name, b"d/");
    let listed = NewMember {
        name: b"f".to_vec(),
        ..NewMember::default()
    };
    assert_eq!(listed.as_listed().name, b"f");
}

#[test]
fn a_small_file_is_read_ahead_and_a_large_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    let mut pages = Pages::default();
    let gather = |size: usize, wishes: Wishes, pages: &mut Pages| {
        let path = home.path().join("f");
        fs::write(&path, vec![7; size]).unwrap();
        let candidate = Candidate {
            path,
            name: b"f".to_vec(),
            is_file: true,
        };
        wishes.gather(candidate, pages).unwrap()
    };
    let wishes = Wishes::default();
    for size in [0, 1, 1000, 128 << 10] {
        pages.clear();
        let found = gather(size, wishes, &mut pages);
        let Content::Bytes(range) = found.content else {
            panic!("{size}")
        };
        assert_eq!(range, 0..size, "what was read before is forgotten");
        assert!(pages.get(range).iter().all(|&byte| byte == 7));
        assert!(found.notice.is_none(), "{size}: {:?}", found.notice);
    }
    let found = gather((128 << 10) + 1, wishes, &mut pages);
    assert!(matches!(found.content, Content::File(_, None)));
    let dry = Wishes {
        dry_run: true,
        ..wishes
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
    let found = Wishes::default().gather(candidate, &mut pages).unwrap();
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
    let notice = Wishes::default().gather(missing, &mut pages).unwrap_err();
    assert!(
        matches!(&notice.kind, NoticeKind::Unreadable(e) if e.kind() == io::ErrorKind::NotFound)
    );
    assert_eq!(notice.path, Path::new("/not/there"));
}

/// A pipe would keep whoever opens it waiting, and a terminal would become this process's own.
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

#[test]
fn small_members_are_written_in_large_pieces() {
    struct Sizes<'a>(&'a RefCell<Vec<usize>>);
    impl Write for Sizes<'_> {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(buf.len());
            Ok(buf.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let home = tempfile::tempdir().unwrap();
    for i in 0..40 {
        fs::write(home.path().join(format!("f{i:02}")), vec![7; 100_000]).unwrap();
    }
    let sizes = RefCell::new(Vec::new());
    let mut into = Builder::new(Sizes(&sizes));
    into.add(home.path(), "n", &mut |notice| panic!("{notice}"))
        .unwrap();
    assert!(
        sizes.borrow().iter().sum::<usize>() >= 3 << 20,
        "while files are added"
    );
    into.finish().unwrap();
    let sizes = sizes.into_inner();
    let large = sizes.iter().filter(|size| **size >= 1 << 20).count();
    assert!((3..=4).contains(&large) && sizes.len() <= 6, "{sizes:?}");
}

#[test]
fn progress_is_told_up_to_the_size_of_the_archive() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &["a", "b"]);
    let mut told = Vec::new();
    let mut builder = builder()
        .reproducible(Time::at(0))
        .progress(|bytes| told.push(bytes));
    builder.add(home.path(), "", &mut |_| {}).unwrap();
    builder.finish().unwrap();
    assert_eq!(told.last(), Some(&2048));
    assert!(told.is_sorted());
}

#[test]
fn an_argument_is_a_path_or_a_path_and_a_name() {
    let there = ["a", "b=c", "d", "d=e"];
    let exists = |path: &Path| there.contains(&path.to_str().unwrap());
    for (argument, path, name) in [
        ("a", "a", None),
        ("a=n", "a", Some("n")),
        ("a=", "a", Some("")),
        ("a=n=m", "a", Some("n=m")),
        ("b=c", "b=c", None),
        ("b=c=n", "b=c", Some("n")),
        ("d=e", "d=e", None),
        ("d=f", "d", Some("f")),
        ("x", "x", None),
        ("x=n", "x", Some("n")),
        ("x=n=m", "x", Some("n=m")),
        ("=n", "", Some("n")),
    ] {
        let found = path_and_arcname(argument.as_ref(), exists);
        let expected = (path.into(), name.map(Into::into));
        assert_eq!(found, expected, "{argument}");
    }
    let path = Some(Path::new("n"));
    assert_eq!(Arcname::from(path).name(), path);
    assert_eq!(Arcname::from(None).name(), None);
    assert_eq!(Arcname::from("n").name(), path);
    assert_eq!(Arcname::of_path().name(), None);
}

#[test]
fn a_notice_names_the_file_and_says_what_became_of_it() {
    let unreadable = || NoticeKind::Unreadable(io::ErrorKind::PermissionDenied.into());
    for (kind, is_failure, words) in [
        (NoticeKind::LeadingSlash, false, "the / in front"),
        (unreadable(), true, "permission denied"),
        (
            NoticeKind::Shrunk { missing: 7 },
            true,
            "its last 7 bytes in the archive are zeros",
        ),
        (NoticeKind::Grown, true, "larger"),
        (NoticeKind::Changed, true, "changed while"),
        (NoticeKind::Twice, false, "left out this time"),
        (NoticeKind::OwnArchive, false, "it is the archive"),
        (NoticeKind::Socket, false, "a socket"),
        (NoticeKind::Loop, true, "leads back"),
        (NoticeKind::NoName, true, "isn't Unicode"),
        (
            NoticeKind::SameName(b"n".to_vec()),
            false,
            "has the name \"n\" already",
        ),
    ] {
        let notice = Notice::new(Path::new("d/f"), kind);
        let text = notice.to_string();
        assert!(text.starts_with("d/f: ") && text.contains(words), "{text}");
        assert_eq!(notice.is_failure(), is_failure, "{text}");
    }
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
