//! What is there already, and is something else than the member: it makes room where that is safe.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use bytewright::formats::tar::{
    Archive, Existing, Extractor, Filter, Outcome, Policy, Preview, Refusal,
};

use super::maker::{Maker, header};
use super::place::{Place, refused};
use super::policies::mode;

fn folder(name: &str, mode: u32) -> tar::Header {
    let mut header = header(name, b'5', 0, "");
    header.set_mode(mode);
    header.set_cksum();
    header
}

fn target(place: &Place, name: &str) -> String {
    let target = fs::read_link(place.into.join(name)).unwrap();
    target.to_str().unwrap().to_owned()
}

/// GHSA-xx64-wwv2-hcqq: what the link led to got the mode of the folder.
#[test]
fn a_folder_replaces_a_link_and_leaves_alone_what_it_led_to() {
    for filter in [Filter::Data, Filter::Tar] {
        let place = Place::new();
        fs::create_dir(place.into.join("real")).unwrap();
        fs::set_permissions(place.into.join("real"), fs::Permissions::from_mode(0o711)).unwrap();
        symlink("../outside", place.into.join("out")).unwrap();
        symlink("real", place.into.join("in")).unwrap();
        symlink("nowhere", place.into.join("gone")).unwrap();
        let archive = Maker::default()
            .header(&folder("out", 0o777), b"")
            .header(&folder("in", 0o777), b"")
            .header(&folder("gone", 0o777), b"")
            .file("out/x", b"1")
            .file("in/x", b"2")
            .other("again", b'2', "real")
            .header(&folder("again", 0o777), b"")
            .end();
        for (name, outcome) in place.policy(archive, Policy::new(filter)) {
            assert!(matches!(outcome, Outcome::Extracted), "{name} {outcome:?}");
        }
        for name in ["out", "in", "gone", "again"] {
            let there = fs::symlink_metadata(place.into.join(name)).unwrap();
            assert!(there.is_dir(), "{name}");
        }
        assert_eq!(place.content("out/x").unwrap(), "1");
        assert_eq!(mode(&place, "real"), 0o711);
        assert_eq!(fs::read_dir(place.into.join("real")).unwrap().count(), 0);
    }
}

/// A folder on the way isn't the member: the link stays, and nothing is written.
#[test]
fn a_link_on_the_way_to_a_member_is_not_replaced() {
    let place = Place::new();
    symlink("../outside", place.into.join("out")).unwrap();
    let archive = Maker::default()
        .file("out/x", b"1")
        .header(&folder("out/sub", 0o755), b"")
        .end();
    for (_, outcome) in place.policy_unwatched(archive, Policy::default()) {
        assert!(matches!(refused(&outcome), Refusal::ThroughLink(_)));
    }
    assert_eq!(target(&place, "out"), "../outside");
}

#[test]
fn an_empty_folder_makes_room_and_a_full_one_does_not() {
    let place = Place::new();
    for name in ["file", "large", "link", "hard", "full", "fullink"] {
        fs::create_dir(place.into.join(name)).unwrap();
    }
    fs::write(place.into.join("full/x"), "x").unwrap();
    fs::write(place.into.join("fullink/x"), "x").unwrap();
    let archive = Maker::default()
        .file("file", b"1")
        .file("large", &[7; 300_000])
        .other("link", b'2', "file")
        .other("hard", b'1', "file")
        .file("full", b"2")
        .other("fullink", b'2', "file")
        // One of the archive's own, whose time was to be set later.
        .header(&folder("own", 0o755), b"")
        .file("own", b"3")
        .header(&folder("filled", 0o755), b"")
        .file("filled/x", b"4")
        .file("filled", b"5")
        .end();
    let outcomes = place.policy(archive, Policy::default());
    let refusals = outcomes.iter().filter(|(_, outcome)| outcome.is_refused());
    let names: Vec<_> = refusals.map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["full", "fullink", "filled"]);
    for (name, content) in [("file", "1"), ("link", "1"), ("hard", "1"), ("own", "3")] {
        assert_eq!(place.content(name).unwrap(), content, "{name}");
    }
    assert_eq!(
        fs::metadata(place.into.join("large")).unwrap().len(),
        300_000
    );
    assert_eq!(place.content("full/x").unwrap(), "x");
    assert_eq!(fs::metadata(place.into.join("file")).unwrap().nlink(), 2);
}

#[test]
fn what_is_to_stay_stays_whatever_kind_it_is_of() {
    for existing in [Existing::Keep, Existing::Fail] {
        let place = Place::new();
        fs::create_dir(place.into.join("empty")).unwrap();
        symlink("empty", place.into.join("link")).unwrap();
        let archive = Maker::default()
            .file("empty", b"1")
            .header(&folder("link", 0o755), b"")
            .end();
        let mut policy = Policy::default();
        policy.existing = existing;
        for (_, outcome) in place.policy(archive, policy) {
            match existing {
                Existing::Keep => assert!(matches!(outcome, Outcome::Kept), "{outcome:?}"),
                _ => assert!(matches!(refused(&outcome), Refusal::Exists)),
            }
        }
        assert!(place.into.join("empty").is_dir());
        assert_eq!(target(&place, "link"), "empty");
    }
}

/// The folder that went was open: what comes next must not be put into it.
#[test]
fn a_folder_that_made_room_and_came_back_is_another_one() {
    for walk in [false, true] {
        let place = Place::new();
        let archive = Maker::default()
            .header(&folder("d", 0o755), b"")
            .other("d", b'2', "elsewhere")
            .header(&folder("d", 0o755), b"")
            .file("d/x", b"1")
            .end();
        let mut archive = Archive::new(archive.into()).unwrap();
        let mut extractor = Extractor::new(&place.into).unwrap();
        if walk {
            extractor = extractor.without_openat2();
        }
        while let Some(member) = archive.next_member().unwrap() {
            let outcome = extractor.extract(&mut archive, &member).unwrap();
            assert!(matches!(outcome, Outcome::Extracted), "{outcome:?}");
        }
        extractor.finish().unwrap();
        assert_eq!(place.content("d/x").unwrap(), "1");
    }
}

/// `b` leads to `secret` in the folder as long as `d/e` is a folder. Once that made room for a link
/// to `..`, a target of `d/e/../../secret` would lead out of it.
#[test]
fn a_way_up_through_a_folder_stays_inside_when_the_folder_makes_room_for_a_link() {
    let first = Maker::default()
        .header(&folder("d/e", 0o755), b"")
        .other("b", b'2', "d/e/../../secret")
        .end();
    let second = Maker::default()
        .other("d/e", b'2', "..")
        .other("c", b'2', "b")
        .other("copy", b'1', "b")
        .end();
    let together = [&first[..first.len() - 1024], &second[..]].concat();
    for archives in [vec![first, second], vec![together]] {
        let place = Place::new();
        for archive in archives {
            place.extract(archive);
        }
        assert_eq!(target(&place, "d/e"), "..");
        assert_eq!(target(&place, "b"), "secret");
        place.assert_untouched();
    }
}

/// Somebody's own link turns back at a folder that an archive could replace: nothing is built on it.
#[test]
fn a_link_that_turns_back_is_no_way_for_other_links() {
    let place = Place::new();
    fs::create_dir_all(place.into.join("d/e")).unwrap();
    symlink("d/e/../../secret", place.into.join("own")).unwrap();
    let archive = Maker::default()
        .other("through", b'2', "own")
        .other("copy", b'1', "own")
        .end();
    for (_, outcome) in place.policy(archive, Policy::default()) {
        assert!(matches!(refused(&outcome), Refusal::LinkOutside(_)));
    }
}

/// By itself each link stays inside: `b` is refused since `a`, on its way, may become any other.
#[test]
fn no_way_leads_up_behind_a_link_that_can_be_replaced() {
    let place = Place::new();
    let archive = Maker::default()
        .header(&folder("d1/d2", 0o755), b"")
        .other("a", b'2', "d1/d2")
        .other("b", b'2', "a/../../secret")
        .other("a", b'2', ".")
        .end();
    let outcomes = place.extract(archive);
    let b = refused(&outcomes[2].1);
    assert!(matches!(b, Refusal::LinkOutside(target) if target == b"a/../../secret"));
    assert!(fs::symlink_metadata(place.into.join("b")).is_err());
    assert_eq!(target(&place, "a"), ".");
}

/// What was there before belongs to its owner unless replacing was asked for: its mode and its time
/// stay as they are.
#[test]
fn a_folder_that_is_there_gets_mode_and_time_only_where_it_is_replaced() {
    for existing in [
        Existing::Replace,
        Existing::Keep,
        Existing::Newer,
        Existing::Fail,
    ] {
        let place = Place::new();
        let there = place.into.join("d");
        fs::create_dir(&there).unwrap();
        fs::set_permissions(&there, fs::Permissions::from_mode(0o711)).unwrap();
        let before = fs::metadata(&there).unwrap().mtime();
        let mut policy = Policy::new(Filter::Tar);
        policy.existing = existing;
        let archive = Maker::default().header(&folder("d", 0o750), b"").end();
        let mut preview = Preview::new(&place.into, policy.clone()).unwrap();
        let mut reader = Archive::new(archive.clone().into()).unwrap();
        let member = reader.next_member().unwrap().unwrap();
        let said = preview.look(&mut reader, &member).unwrap();
        let outcomes = place.policy(archive, policy);
        assert_eq!(format!("{said:?}"), format!("{:?}", outcomes[0].1));
        let found = (mode(&place, "d"), fs::metadata(&there).unwrap().mtime());
        match existing {
            Existing::Replace => assert_eq!(found, (0o750, 1_700_000_000)),
            _ => {
                assert!(matches!(outcomes[0].1, Outcome::Kept), "{existing:?}");
                assert_eq!(found, (0o711, before), "{existing:?}");
            }
        }
    }
}

/// The `data` filter doesn't believe the modes of folders: they are as any new one's.
#[test]
fn a_folder_of_strangers_is_as_any_new_one() {
    let place = Place::new();
    fs::create_dir(place.into.join("usual")).unwrap();
    let archive = Maker::default()
        .header(&folder("above/open", 0o777), b"")
        .header(&folder("closed", 0), b"")
        .end();
    place.extract(archive);
    for name in ["above", "above/open", "closed"] {
        assert_eq!(mode(&place, name), mode(&place, "usual"), "{name}");
    }
}

/// A file is whole before the next member looks at its name.
#[test]
fn a_second_name_is_one_of_the_file_that_came_last() {
    let place = Place::new();
    let large = vec![b'3'; 300_000];
    let archive = Maker::default()
        .file("a", b"1")
        .file("a", b"2")
        .other("b", b'1', "a")
        .file("a", &large)
        .other("c", b'1', "a")
        .file("a", b"4")
        .end();
    place.extract(archive);
    assert_eq!(place.content("b").unwrap(), "2");
    assert_eq!(place.content("c").unwrap().as_bytes(), large);
    assert_eq!(place.content("a").unwrap(), "4");
}

/// A directory that takes the place of a link or a file is empty, and makes room again.
#[test]
fn a_folder_that_replaced_a_link_makes_room_for_a_file() {
    let place = Place::new();
    fs::create_dir_all(place.into.join("full/x")).unwrap();
    symlink("full", place.into.join("link")).unwrap();
    let archive = Maker::default()
        .header(&folder("./", 0o755), b"")
        .header(&folder("link", 0o755), b"")
        .file("link", b"1")
        .end();
    for (name, outcome) in place.policy(archive, Policy::default()) {
        assert!(matches!(outcome, Outcome::Extracted), "{name}: {outcome:?}");
    }
    assert_eq!(place.content("link").unwrap(), "1");
    assert!(place.into.join("full/x").is_dir());
}

/// Its links are ways as its folders are, in a preview too.
#[test]
fn a_trusted_archive_goes_through_the_links_that_it_made() {
    let place = Place::new();
    let archive = Maker::default()
        .header(&folder("d", 0o755), b"")
        .other("l", b'2', "d")
        .file("l/x", b"1")
        .end();
    for (name, outcome) in place.policy(archive, Policy::new(Filter::Trusted)) {
        assert!(matches!(outcome, Outcome::Extracted), "{name}: {outcome:?}");
    }
    assert_eq!(place.content("d/x").unwrap(), "1");
}
