//! Members that would leave the folder.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use bytewright::formats::tar::{
    Archive, Existing, Extractor, Filter, Outcome, Policy, Preview, Refusal,
};

use super::maker::{Maker, header};
use super::place::{Place, refused};

#[test]
fn dot_dot_is_refused_wherever_it_stands_and_the_rest_is_extracted() {
    let place = Place::new();
    let bad = [
        "../outside/x",
        "a/../../outside/x",
        "a/b/..",
        "..",
        "/../outside/x",
        "./../x",
    ];
    let mut maker = Maker::default().file("first", b"1");
    for name in bad {
        maker = maker.file(name, b"evil");
    }
    let outcomes = place.extract(maker.file("last", b"2").end());
    for (name, outcome) in &outcomes[1..=bad.len()] {
        assert!(matches!(refused(outcome), Refusal::Parent), "{name}");
    }
    assert_eq!(place.content("first").unwrap(), "1");
    assert_eq!(place.content("last").unwrap(), "2");
}

#[test]
fn a_slash_in_front_is_taken_off() {
    let place = Place::new();
    let absolute = place.home.path().join("outside/secret");
    let absolute = absolute.to_str().unwrap();
    let outcomes = place.extract(
        Maker::default()
            .file(absolute, b"evil")
            .file("//etc//x", b"inside")
            .end(),
    );
    assert!(
        outcomes.iter().all(|(_, outcome)| !outcome.is_refused()),
        "{outcomes:?}"
    );
    assert_eq!(
        place.content(absolute.trim_start_matches('/')).unwrap(),
        "evil"
    );
    assert_eq!(place.content("etc/x").unwrap(), "inside");
}

#[test]
fn links_that_lead_outside_are_refused() {
    let place = Place::new();
    fs::create_dir(place.into.join("deep")).unwrap();
    for (name, target) in [
        ("absolute", "/etc"),
        ("up", ".."),
        ("upfile", "../outside/secret"),
        ("deep/up", "../../outside"),
        ("through", "deep/../../outside"),
        // Whether this leads outside depends on what `link` will be.
        ("later", "link/../outside"),
    ] {
        let outcomes = place.extract(Maker::default().other(name, b'2', target).end());
        assert!(
            matches!(refused(&outcomes[0].1), Refusal::LinkOutside(_)),
            "{name}"
        );
    }
    for (name, target) in [
        ("ok", "deep"),
        ("deep/ok", "../deep/x"),
        ("deep/same", "."),
        ("real", "deep/../deep"),
        ("deep/root", ".."),
    ] {
        let outcomes = place.extract(Maker::default().other(name, b'2', target).end());
        assert!(!outcomes[0].1.is_refused(), "{name}: {:?}", outcomes[0].1);
    }
}

/// Each link is harmless by itself; the second would lead outside by way of the first.
#[test]
fn links_that_lead_outside_together_are_refused() {
    let place = Place::new();
    let archive = Maker::default()
        .other("a/b/c/s", b'2', "../../..")
        .other("t", b'2', "a/b/c/s/../outside/secret")
        .file("t", b"replaced, not followed")
        .other("t2", b'2', "a/b/c/s/..");
    let outcomes = place.extract(archive.end());
    assert!(matches!(refused(&outcomes[1].1), Refusal::LinkOutside(_)));
    assert_eq!(place.content("t").unwrap(), "replaced, not followed");
    assert!(matches!(refused(&outcomes[3].1), Refusal::LinkOutside(_)));
}

#[test]
fn no_file_is_written_through_a_link() {
    let place = Place::new();
    // Somebody made these before.
    symlink("../outside", place.into.join("old")).unwrap();
    symlink("../outside/secret", place.into.join("oldfile")).unwrap();
    fs::create_dir(place.into.join("dir")).unwrap();
    let archive = Maker::default()
        .other("in", b'2', "dir")
        .file("in/x", b"evil")
        .file("old/x", b"evil")
        .other("old/d/e", b'5', "")
        .other("old/l", b'2', "x")
        .file("oldfile", b"replaced")
        .other("in", b'5', "")
        .end();
    let mut maker = Archive::new(archive.into()).unwrap();
    let mut extractor = Extractor::new(&place.into).unwrap();
    let mut through = 0;
    while let Some(member) = maker.next_member().unwrap() {
        if let Outcome::Refused(why) = extractor.extract(&mut maker, &member).unwrap() {
            assert!(matches!(why, Refusal::ThroughLink(_)), "{why}");
            through += 1;
        }
    }
    extractor.finish().unwrap();
    assert_eq!(through, 4);
    assert!(!place.into.join("in").is_symlink());
    fs::remove_file(place.into.join("old")).unwrap();
    place.assert_untouched();
    assert_eq!(place.content("oldfile").unwrap(), "replaced");
    assert!(!place.into.join("oldfile").is_symlink());
}

#[test]
fn hard_links_are_refused_where_they_lead_outside() {
    let place = Place::new();
    symlink("../outside", place.into.join("old")).unwrap();
    let archive = Maker::default()
        .other("a", b'1', "../outside/secret")
        .other("b", b'1', "old/secret")
        .other("c", b'1', "not/there")
        .other("d", b'1', "/etc/passwd")
        .end();
    let outcomes = {
        let mut archive = Archive::new(archive.into()).unwrap();
        let mut extractor = Extractor::new(&place.into).unwrap();
        let mut outcomes = Vec::new();
        while let Some(member) = archive.next_member().unwrap() {
            outcomes.push(extractor.extract(&mut archive, &member).unwrap());
        }
        outcomes
    };
    assert!(matches!(refused(&outcomes[0]), Refusal::LinkOutside(_)));
    assert!(matches!(refused(&outcomes[1]), Refusal::ThroughLink(_)));
    assert!(matches!(refused(&outcomes[2]), Refusal::LinkMissing(_)));
    assert!(matches!(refused(&outcomes[3]), Refusal::LinkOutside(_)));
    fs::remove_file(place.into.join("old")).unwrap();
    place.assert_untouched();
}

/// Moved up by a hard link, a relative link would lead elsewhere.
#[test]
fn a_hard_link_to_a_symbolic_link_counts_as_one_made_there() {
    let place = Place::new();
    let archive = Maker::default()
        .other("a/b/s", b'2', "../../x")
        .other("s", b'1', "a/b/s")
        .other("a/b/t", b'1', "a/b/s")
        .end();
    let outcomes = place.extract(archive);
    assert!(matches!(refused(&outcomes[1].1), Refusal::LinkOutside(_)));
    assert!(!outcomes[2].1.is_refused());
}

/// A file that replaces one with several names leaves the others as they are.
#[test]
fn no_file_is_written_through_a_hard_link() {
    let place = Place::new();
    let archive = Maker::default()
        .file("a", b"first")
        .other("b", b'1', "a")
        .other("a", b'1', "a")
        .file("b", b"second")
        .end();
    let outcomes = place.extract(archive);
    assert!(
        outcomes.iter().all(|(_, o)| !o.is_refused()),
        "{outcomes:?}"
    );
    assert_eq!(place.content("a").unwrap(), "first");
    assert_eq!(place.content("b").unwrap(), "second");
}

#[test]
fn two_archives_do_not_escape_together() {
    let place = Place::new();
    let first = place.extract(Maker::default().other("x", b'2', "../outside").end());
    assert!(first[0].1.is_refused());
    place.extract(Maker::default().file("x/secret", b"evil").end());
    place.extract(Maker::default().other("y/z", b'2', "..").end());
    let second = place.extract(
        Maker::default()
            .file("y/z/../../outside/secret", b"evil")
            .end(),
    );
    assert!(second[0].1.is_refused());
    let third = place.extract(Maker::default().file("y/z/inside", b"through a link").end());
    assert!(matches!(refused(&third[0].1), Refusal::ThroughLink(_)));
}

#[test]
fn what_stands_in_the_way_is_told() {
    let place = Place::new();
    let archive = Maker::default()
        .other("dir/x", b'5', "")
        .file("dir", b"")
        .other("dir", b'2', "x")
        .file("file", b"")
        .file("file/x", b"")
        .other("file", b'5', "")
        .end();
    let outcomes = place.extract(archive);
    assert!(matches!(
        refused(&outcomes[1].1),
        Refusal::DirectoryInTheWay
    ));
    assert!(matches!(
        refused(&outcomes[2].1),
        Refusal::DirectoryInTheWay
    ));
    assert!(matches!(refused(&outcomes[4].1), Refusal::NotADirectory(_)));
    assert!(matches!(outcomes[5].1, Outcome::Extracted));
    assert!(place.into.join("file").is_dir(), "a file makes room");
}

/// A file that is there makes room for a directory as it does for a file; a link never does.
#[test]
fn a_directory_takes_the_place_of_a_file_and_of_a_link() {
    let archive = Maker::default()
        .other("file", b'5', "")
        .other("link", b'5', "")
        .file("link/x", b"through a link");
    let made = |existing, filter| {
        let place = Place::new();
        fs::write(place.into.join("file"), "mine").unwrap();
        symlink("../outside", place.into.join("link")).unwrap();
        let mut policy = Policy::new(filter);
        policy.existing = existing;
        let mut preview = Preview::new(&place.into, policy.clone()).unwrap();
        let bytes = archive.clone().end();
        let mut reader = Archive::new(bytes.clone().into()).unwrap();
        let mut said = Vec::new();
        while let Some(member) = reader.next_member().unwrap() {
            said.push(format!("{:?}", preview.look(&mut reader, &member).unwrap()));
        }
        let outcomes = place.policy_unwatched(bytes, policy);
        let done: Vec<_> = outcomes.iter().map(|(_, o)| format!("{o:?}")).collect();
        assert_eq!(said, done, "{existing:?}");
        let replaced = matches!(existing, Existing::Replace);
        assert_eq!(place.into.join("link").is_symlink(), !replaced);
        assert_eq!(outcomes[2].1.is_refused(), !replaced, "{done:?}");
        (done[0].clone(), place.into.join("file").is_dir())
    };
    for filter in [Filter::Data, Filter::Tar] {
        let made = |existing| made(existing, filter);
        assert_eq!(made(Existing::Replace), ("Extracted".to_owned(), true));
        assert_eq!(made(Existing::Keep), ("Kept".to_owned(), false));
        // The member's time is long past.
        assert_eq!(made(Existing::Newer), ("Kept".to_owned(), false));
        assert_eq!(made(Existing::Fail), ("Refused(Exists)".to_owned(), false));
    }
}

#[test]
fn devices_and_pipes_are_refused_and_special_bits_are_not_kept() {
    let place = Place::new();
    let mut setuid = header("setuid", b'0', 1, "");
    setuid.set_mode(0o6777);
    setuid.set_cksum();
    let mut folder = header("folder", b'5', 0, "");
    folder.set_mode(0o000);
    folder.set_cksum();
    let archive = Maker::default()
        .other("char", b'3', "")
        .other("block", b'4', "")
        .other("fifo", b'6', "")
        .header(&setuid, b"x")
        .header(&folder, b"")
        .file("folder/below", b"y")
        .end();
    let outcomes = place.extract(archive);
    for (name, outcome) in &outcomes[..3] {
        assert!(matches!(refused(outcome), Refusal::Special(_)), "{name}");
        assert!(!place.into.join(name).exists());
    }
    let mode = |name: &str| fs::metadata(place.into.join(name)).unwrap().mode() & 0o7777;
    assert_eq!(mode("setuid"), 0o755);
    assert_ne!(mode("folder") & 0o700, 0, "the owner can enter it");
    assert_eq!(place.content("folder/below").unwrap(), "y");
}

#[test]
fn names_that_cannot_be_are_refused() {
    let place = Place::new();
    let long = "x/".repeat(5000);
    let archive = Maker::default()
        .pax(&[("path", b"a\0b")])
        .file("nul", b"1")
        .pax(&[("path", long.as_bytes())])
        .file("long", b"2")
        .file("", b"3")
        .file(".", b"4")
        .pax(&[("path", &[b'y'; 300])])
        .file("part", b"5")
        .file("esc\x1b[2J\n", b"6")
        .end();
    let outcomes = place.extract(archive);
    assert!(matches!(refused(&outcomes[0].1), Refusal::Nul));
    assert!(matches!(refused(&outcomes[1].1), Refusal::TooLong(10_000)));
    assert!(matches!(refused(&outcomes[2].1), Refusal::Empty));
    assert!(matches!(refused(&outcomes[3].1), Refusal::Empty));
    assert!(matches!(refused(&outcomes[4].1), Refusal::System(_)));
    assert_eq!(place.content("esc\x1b[2J\n").unwrap(), "6");
}

/// A link that somebody made before is no way out either.
#[test]
fn a_link_by_way_of_one_that_was_there_is_refused_where_that_leads_outside() {
    let place = Place::new();
    fs::create_dir(place.into.join("dir")).unwrap();
    symlink("../outside", place.into.join("old")).unwrap();
    symlink("dir", place.into.join("fine")).unwrap();
    symlink("../old", place.into.join("dir/deep")).unwrap();
    symlink("circle", place.into.join("circle")).unwrap();
    let archive = Maker::default()
        .other("a", b'2', "old")
        .other("b", b'2', "old/secret")
        .other("c", b'2', "fine/deep/secret")
        .other("d", b'2', "circle")
        .other("e", b'2', "fine/x")
        .end();
    let mut archive = Archive::new(archive.into()).unwrap();
    let mut extractor = Extractor::new(&place.into).unwrap();
    let mut refused = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        refused.push(
            extractor
                .extract(&mut archive, &member)
                .unwrap()
                .is_refused(),
        );
    }
    assert_eq!(refused, [true, true, true, true, false]);
}
