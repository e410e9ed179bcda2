//! What other filters than `data` allow, what becomes of files that are there, and limits.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};

use bytewright::formats::tar::{
    Archive, Existing, Extractor, Filter, Outcome, Policy, Preview, Refusal, Warning, extract,
};

use super::maker::{Maker, header};
use super::place::{Place, refused};

fn with_mode(name: &str, typeflag: u8, mode: u32) -> tar::Header {
    let mut header = header(name, typeflag, 0, "");
    header.set_mode(mode);
    header.set_cksum();
    header
}

pub(crate) fn mode(place: &Place, name: &str) -> u32 {
    let metadata = fs::symlink_metadata(place.into.join(name)).unwrap();
    metadata.mode() & 0o7777
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn the_tar_filter_allows_links_anywhere_and_still_writes_nothing_outside() {
    let place = Place::new();
    let archive = Maker::default()
        .other("abs", b'2', "/etc")
        .other("up", b'2', "../outside")
        .file("up/x", b"evil")
        .file("abs/x", b"evil")
        .file("../outside/y", b"evil")
        .file("a/../../outside/z", b"evil")
        .other("up", b'5', "")
        .file("/etc/z", b"inside")
        .other("hard", b'1', "/etc/z");
    let outcomes = place.policy(archive.end(), Policy::new(Filter::Tar));
    assert!(!outcomes[0].1.is_refused());
    assert!(!outcomes[1].1.is_refused());
    assert!(matches!(refused(&outcomes[2].1), Refusal::ThroughLink(_)));
    assert!(matches!(refused(&outcomes[3].1), Refusal::ThroughLink(_)));
    assert!(matches!(refused(&outcomes[4].1), Refusal::Parent));
    assert!(matches!(refused(&outcomes[5].1), Refusal::Parent));
    // The folder takes the link's place.
    assert!(!place.into.join("up").is_symlink());
    assert_eq!(place.content("etc/z").unwrap(), "inside");
    assert_eq!(place.content("hard").unwrap(), "inside");
}

/// A second name of a file outside is allowed; whatever has that name next is made anew.
#[test]
fn a_hard_link_to_the_outside_is_never_written_through() {
    let place = Place::new();
    let archive = Maker::default()
        .other("link", b'1', "../outside/secret")
        .file("link", b"new")
        .end();
    let outcomes = place.policy(archive, Policy::new(Filter::Tar));
    // Whoever doesn't own the file may not link to it on a hardened system.
    assert!(!outcomes[1].1.is_refused(), "{outcomes:?}");
    assert_eq!(place.content("link").unwrap(), "new");
}

#[test]
fn a_trusted_archive_goes_where_it_says() {
    let place = Place::new();
    fs::create_dir(place.home.path().join("elsewhere")).unwrap();
    let absolute = place.home.path().join("elsewhere/abs");
    let archive = Maker::default()
        .other("up", b'2', "../elsewhere")
        .file("up/through", b"1")
        .file("../elsewhere/dots", b"2")
        .file(absolute.to_str().unwrap(), b"3")
        .other("up", b'2', "sub")
        .header(&with_mode("sub", b'5', 0o755), b"")
        .file("up/second", b"4")
        .end();
    let mut archive = Archive::new(archive.into()).unwrap();
    let policy = Policy::new(Filter::Trusted);
    let refused = extract(&mut archive, &place.into, &policy, &mut |m, outcome| {
        assert!(!outcome.is_refused(), "{:?} {outcome:?}", m.name);
    });
    assert_eq!(refused.unwrap(), 0);
    let elsewhere = place.home.path().join("elsewhere");
    for (name, content) in [("through", "1"), ("dots", "2"), ("abs", "3")] {
        assert_eq!(fs::read_to_string(elsewhere.join(name)).unwrap(), content);
    }
    assert_eq!(place.content("sub/second").unwrap(), "4");
    fs::remove_dir_all(elsewhere).unwrap();
    place.assert_untouched();
}

#[test]
fn modes_are_those_of_the_filter() {
    let archive = Maker::default()
        .header(&with_mode("dir", b'5', 0o2770), b"")
        .header(&with_mode("dir/set", b'0', 0o6777), b"")
        .header(&with_mode("dir/none", b'0', 0), b"")
        .end();
    for (filter, [dir, set, none]) in [
        (Filter::Tar, [0o770, 0o777, 0]),
        // The archive's owner is root: nobody else gets setuid and setgid.
        (
            Filter::Trusted,
            match is_root() {
                true => [0o2770, 0o6777, 0],
                false => [0o770, 0o777, 0],
            },
        ),
    ] {
        let place = Place::new();
        place.policy(archive.clone(), Policy::new(filter));
        assert_eq!(mode(&place, "dir"), dir, "{filter:?}");
        if is_root() || dir & 0o100 != 0 {
            assert_eq!(mode(&place, "dir/set"), set, "{filter:?}");
            assert_eq!(mode(&place, "dir/none"), none, "{filter:?}");
        }
    }
    let place = Place::new();
    place.extract(archive);
    assert_eq!(mode(&place, "dir") & 0o7000, 0);
    assert_eq!(mode(&place, "dir/set"), 0o755);
    assert_eq!(mode(&place, "dir/none"), 0o600);
}

/// Until all of its content is there, nobody but whoever extracts gets into a directory whose mode the
/// archive says.
#[test]
fn a_directory_is_closed_to_others_until_it_has_its_mode() {
    let place = Place::new();
    let archive = Maker::default()
        .header(&with_mode("d", b'5', 0o755), b"")
        .file("d/x", b"1")
        .end();
    for filter in [Filter::Tar, Filter::Trusted] {
        let mut archive = Archive::new(archive.clone().into()).unwrap();
        let mut extractor = Extractor::with_policy(&place.into, Policy::new(filter)).unwrap();
        while let Some(member) = archive.next_member().unwrap() {
            let outcome = extractor.extract(&mut archive, &member).unwrap();
            assert!(matches!(outcome, Outcome::Extracted), "{outcome:?}");
            assert_eq!(mode(&place, "d"), 0o700, "{filter:?}");
        }
        extractor.finish().unwrap();
        assert_eq!(mode(&place, "d"), 0o755, "{filter:?}");
        fs::remove_dir_all(place.into.join("d")).unwrap();
    }
}

/// What follows a directory without permissions still gets into it.
#[test]
fn a_directory_without_permissions_takes_its_content() {
    for filter in [Filter::Data, Filter::Tar, Filter::Trusted] {
        let place = Place::new();
        let archive = Maker::default()
            .header(&with_mode("d", b'5', 0), b"")
            .file("d/x", b"1")
            .header(&with_mode("d/e", b'5', 0), b"")
            .file("d/e/x", b"2")
            .end();
        let outcomes = place.policy_unwatched(archive, Policy::new(filter));
        assert!(
            outcomes.iter().all(|(_, o)| !o.is_refused()),
            "{outcomes:?}"
        );
        if filter != Filter::Data {
            assert_eq!(mode(&place, "d"), 0, "{filter:?}");
        }
        let open = |name: &str| {
            let path = place.into.join(name);
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
        };
        open("d");
        open("d/e");
        assert_eq!(place.content("d/e/x").unwrap(), "2");
    }
}

#[test]
fn devices_and_pipes_are_made_where_they_are_allowed() {
    let mut null = with_mode("null", b'3', 0o666);
    null.set_device_major(1).unwrap();
    null.set_device_minor(3).unwrap();
    null.set_cksum();
    let archive = Maker::default()
        .header(&with_mode("fifo", b'6', 0o640), b"")
        .header(&null, b"")
        .end();
    let place = Place::new();
    let outcomes = place.policy(archive, Policy::new(Filter::Trusted));
    let file_type = |name| {
        fs::symlink_metadata(place.into.join(name))
            .unwrap()
            .file_type()
    };
    assert!(file_type("fifo").is_fifo());
    assert_eq!(mode(&place, "fifo"), 0o640);
    match is_root() {
        // A container may forbid it to root as well.
        true if !outcomes[1].1.is_refused() => assert!(file_type("null").is_char_device()),
        true => {}
        false => assert!(matches!(refused(&outcomes[1].1), Refusal::System(_))),
    }
}

#[test]
fn owners_are_kept_by_name_or_number_when_root_extracts() {
    if !is_root() {
        println!("skipped: only root may give files away");
        return;
    }
    let mut owned = header("a", b'0', 1, "");
    owned.set_uid(4321);
    owned.set_gid(4322);
    owned.set_username("daemon").unwrap();
    owned.set_groupname("nobody-has-this-name").unwrap();
    owned.set_cksum();
    let archive = Maker::default().header(&owned, b"x").end();
    let daemon = fs::read_to_string("/etc/passwd").unwrap();
    let daemon = daemon
        .lines()
        .find_map(|line| line.strip_prefix("daemon:x:"));
    let daemon = daemon.and_then(|rest| rest.split(':').next()?.parse().ok());
    let daemon: u32 = daemon.unwrap_or(4321);
    let numeric = {
        let mut policy = Policy::new(Filter::Tar);
        policy.numeric_owner = true;
        policy
    };
    for (policy, expected) in [
        (Policy::new(Filter::Data), (0, 0)),
        (Policy::new(Filter::Tar), (daemon, 4322)),
        (Policy::new(Filter::Trusted), (daemon, 4322)),
        (numeric, (4321, 4322)),
    ] {
        let place = Place::new();
        place.policy(archive.clone(), policy);
        let metadata = fs::metadata(place.into.join("a")).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), expected);
    }
}

#[test]
fn extended_attributes_are_set_as_the_filter_says() {
    let archive = Maker::default()
        .pax(&[
            ("SCHILY.xattr.user.colour", b"red\0x"),
            ("SCHILY.xattr.security.bytewright", b"no"),
        ])
        .file("a", b"x")
        .end();
    let get = |place: &Place, name: &str| {
        let mut value = [0; 64];
        let size = rustix::fs::getxattr(place.into.join("a"), name, &mut value).ok()?;
        Some(value[..size].to_vec())
    };
    let mut asked = Policy::default();
    asked.xattrs = true;
    for (policy, set) in [
        (Policy::default(), false),
        (asked, true),
        (Policy::new(Filter::Tar), true),
    ] {
        let place = Place::new();
        let probe = place.into.join("probe");
        fs::write(&probe, "").unwrap();
        let flags = rustix::fs::XattrFlags::empty();
        if rustix::fs::setxattr(&probe, "user.probe", b"1", flags).is_err() {
            println!("skipped: this file system keeps no extended attributes");
            return;
        }
        place.policy(archive.clone(), policy);
        let colour = get(&place, "user.colour");
        assert_eq!(colour, set.then(|| b"red\0x".to_vec()));
        assert_eq!(get(&place, "security.bytewright"), None);
    }
}

#[test]
fn files_that_are_there_stay_or_go_as_asked() {
    let archive = Maker::default()
        .file("old", b"new")
        .file("young", b"new")
        .other("link", b'2', "old")
        .file("dir", b"new")
        .file("twice", b"1")
        .file("twice", b"2")
        .end();
    for (existing, old, young, link, twice) in [
        (Existing::Replace, "new", "new", true, "2"),
        (Existing::Keep, "before", "before", false, "1"),
        // Both members are of the same time.
        (Existing::Newer, "new", "before", true, "1"),
        (Existing::Fail, "before", "before", false, "1"),
    ] {
        let place = Place::new();
        let at = |seconds| {
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::FileTimes::new().set_modified(time)
        };
        for (name, seconds) in [("old", 1_000), ("young", 1_800_000_000), ("link", 1_000)] {
            fs::write(place.into.join(name), "before").unwrap();
            let file = fs::File::options().write(true).open(place.into.join(name));
            file.unwrap().set_times(at(seconds)).unwrap();
        }
        fs::create_dir_all(place.into.join("dir/full")).unwrap();
        let mut policy = Policy::default();
        policy.existing = existing;
        let mut previewed = Preview::new(&place.into, policy.clone()).unwrap();
        let mut reader = Archive::new(archive.clone().into()).unwrap();
        let mut expected = Vec::new();
        while let Some(member) = reader.next_member().unwrap() {
            expected.push(previewed.look(&mut reader, &member).unwrap());
        }
        let outcomes = place.policy(archive.clone(), policy);
        for ((name, outcome), expected) in outcomes.iter().zip(&expected) {
            assert_eq!(
                std::mem::discriminant(outcome),
                std::mem::discriminant(expected),
                "{existing:?} {name}"
            );
        }
        assert_eq!(place.content("old").unwrap(), old, "{existing:?}");
        assert_eq!(place.content("young").unwrap(), young, "{existing:?}");
        assert_eq!(place.into.join("link").is_symlink(), link, "{existing:?}");
        assert_eq!(place.content("twice").unwrap(), twice, "{existing:?}");
        assert!(place.into.join("dir").is_dir());
        match existing {
            Existing::Fail => assert!(matches!(refused(&outcomes[0].1), Refusal::Exists)),
            Existing::Keep => assert!(matches!(outcomes[0].1, Outcome::Kept)),
            _ => assert!(matches!(
                refused(&outcomes[3].1),
                Refusal::DirectoryInTheWay
            )),
        }
    }
}

#[test]
fn names_that_fall_together_on_other_disks_are_told() {
    let place = Place::new();
    let archive = Maker::default()
        .file("Makefile", b"1")
        .file("makefile", b"2")
        .file("\u{e4}", b"3")
        .file("a\u{308}", b"4")
        .file("other", b"5")
        .end();
    let mut archive = Archive::new(archive.into()).unwrap();
    let mut extractor = Extractor::new(&place.into).unwrap();
    let mut told = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        extractor.extract(&mut archive, &member).unwrap();
        for warning in extractor.take_warnings() {
            assert!(matches!(warning, Warning::Collides { .. }), "{warning}");
            told.push(String::from_utf8(warning.name().to_vec()).unwrap());
        }
    }
    extractor.finish().unwrap();
    assert_eq!(told, ["makefile", "a\u{308}"]);
    assert_eq!(place.content("Makefile").unwrap(), "1");
}

/// The attack on Python's filter of 2025: a chain of links whose real path is longer than the
/// system resolves.
#[test]
fn a_chain_of_links_up_to_path_max_does_not_escape() {
    let component = "d".repeat(247);
    let steps = "abcdefghijklmnop";
    let mut maker = Maker::default();
    let mut path = String::new();
    for step in steps.chars() {
        let dir = format!("{path}{component}/");
        maker = maker
            .pax(&[("path", dir.as_bytes())])
            .other("dir", b'5', "");
        let link = format!("{path}{step}");
        maker = maker
            .pax(&[
                ("path", link.as_bytes()),
                ("linkpath", component.as_bytes()),
            ])
            .other("link", b'2', "");
        path.push_str(&component);
        path.push('/');
    }
    let short: Vec<String> = steps.chars().map(String::from).collect();
    let chain = format!("{}/{}", short.join("/"), "l".repeat(254));
    let up = "../".repeat(steps.len());
    let escape = format!("{chain}/../outside");
    maker = maker
        .pax(&[("path", chain.as_bytes()), ("linkpath", up.as_bytes())])
        .other("chain", b'2', "")
        .pax(&[("linkpath", escape.as_bytes())])
        .other("escape", b'2', "")
        .other("flag", b'1', "escape/secret")
        .file("flag", b"evil")
        .file("escape/secret", b"evil");
    for filter in [Filter::Data, Filter::Tar] {
        let place = Place::new();
        let outcomes = place.policy_unwatched(maker.clone().end(), Policy::new(filter));
        place.assert_outside();
        let last = &outcomes[outcomes.len() - 1].1;
        if filter == Filter::Data {
            // The link itself was refused, so that its name was free for a folder.
            assert!(matches!(last, Outcome::Extracted), "{last:?}");
            assert!(place.into.join("escape").is_dir());
        } else {
            assert!(matches!(refused(last), Refusal::ThroughLink(_)));
        }
    }
}

#[test]
fn a_link_that_was_there_is_not_followed_under_tar_as_under_data() {
    for filter in [Filter::Data, Filter::Tar] {
        let place = Place::new();
        symlink("../outside", place.into.join("old")).unwrap();
        let archive = Maker::default()
            .file("old/x", b"evil")
            .header(&with_mode("old", b'5', 0o700), b"")
            .end();
        let outcomes = place.policy_unwatched(archive, Policy::new(filter));
        assert!(matches!(refused(&outcomes[0].1), Refusal::ThroughLink(_)));
        assert!(matches!(outcomes[1].1, Outcome::Extracted));
        assert!(!place.into.join("old").is_symlink());
        place.assert_outside();
    }
}

/// Names that a terminal or another system would read otherwise are files' names here.
#[test]
fn odd_names_are_kept_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 8] = [
        b"a\x1b[2J",
        b"new\nline",
        "bidi\u{202e}txt".as_bytes(),
        b"latin-\xe4",
        b"back\\slash",
        b"..\\..\\up",
        b"C:\\x",
        b"C:",
    ];
    let mut maker = Maker::default();
    for name in names {
        maker = maker.pax(&[("path", name)]).file("x", b"1");
    }
    let place = Place::new();
    let outcomes = place.extract(maker.end());
    assert!(
        outcomes.iter().all(|(_, o)| !o.is_refused()),
        "{outcomes:?}"
    );
    for name in names {
        let path = place.into.join(std::ffi::OsStr::from_bytes(name));
        assert_eq!(fs::read(path).unwrap(), b"1");
    }
}
