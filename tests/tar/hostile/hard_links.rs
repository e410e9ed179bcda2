//! Second names: what gets one under which filter, and that a preview knows.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};

use bytewright::formats::tar::{Filter, Outcome, Policy, Refusal};

use super::maker::Maker;
use super::place::Place;

/// `file`, `d`, `full/x`, `empty`, a link `l` to `d`, and a pipe.
fn place() -> Place {
    let place = Place::new();
    fs::write(place.into.join("file"), "content").unwrap();
    for name in ["d", "full/x", "empty"] {
        fs::create_dir_all(place.into.join(name)).unwrap();
    }
    symlink("d", place.into.join("l")).unwrap();
    let fifo = rustix::fs::FileType::Fifo;
    let mode = rustix::fs::Mode::RUSR;
    let path = place.into.join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, path, fifo, mode, 0).unwrap();
    place
}

/// What becomes of a hard link of this name to `target`, and whether what has the name now is another.
fn made(filter: Filter, name: &str, target: &str) -> (String, bool) {
    let place = place();
    let inode = || {
        fs::symlink_metadata(place.into.join(name))
            .ok()
            .map(|m| m.ino())
    };
    let before = inode();
    let archive = Maker::default().other(name, b'1', target).end();
    let outcomes = place.policy(archive, Policy::new(filter));
    let outcome = match &outcomes[0].1 {
        Outcome::Refused(Refusal::LinkOutside(_)) => "outside".to_owned(),
        Outcome::Refused(Refusal::LinkMissing(_)) => "missing".to_owned(),
        Outcome::Refused(Refusal::ThroughLink(_)) => "through".to_owned(),
        other => format!("{other:?}"),
    };
    (outcome, before != inode())
}

#[test]
fn a_second_name_goes_to_what_each_filter_lets_have_one() {
    for (target, data, tar, trusted) in [
        ("file", "Extracted", "Extracted", "Extracted"),
        ("l", "Extracted", "Extracted", "Extracted"),
        ("pipe", "outside", "Extracted", "Extracted"),
        ("d", "outside", "outside", "outside"),
        ("full", "outside", "outside", "outside"),
        ("nothing", "missing", "missing", "missing"),
        ("nothing/x", "missing", "missing", "missing"),
        ("d/nothing", "missing", "missing", "missing"),
        ("l/nothing", "through", "through", "missing"),
        ("d/../file", "outside", "Extracted", "Extracted"),
        // A way up is followed, and the links on it.
        ("l/../file", "outside", "Extracted", "Extracted"),
        ("../outside/nothing", "outside", "missing", "missing"),
    ] {
        for (filter, expected) in [
            (Filter::Data, data),
            (Filter::Tar, tar),
            (Filter::Trusted, trusted),
        ] {
            // What has the name goes only for a link that can be made.
            for name in ["new", "empty", "d/new"] {
                let (outcome, is_another) = made(filter, name, target);
                assert_eq!(outcome, expected, "{filter:?} {name} {target}");
                assert_eq!(is_another, expected == "Extracted", "{filter:?} {target}");
            }
        }
    }
}

#[test]
fn a_directory_of_the_archive_gets_no_second_name() {
    for filter in [Filter::Data, Filter::Tar, Filter::Trusted] {
        let place = place();
        let archive = Maker::default()
            .other("own", b'5', "")
            .other("hard", b'1', "own")
            .other("empty", b'1', "own")
            .end();
        let outcomes = place.policy(archive, Policy::new(filter));
        for (name, outcome) in &outcomes[1..] {
            let outside = matches!(outcome, Outcome::Refused(Refusal::LinkOutside(_)));
            assert!(outside, "{name}: {outcome:?}");
        }
        assert!(place.into.join("empty").is_dir());
    }
}

/// The link itself gets the name; where it leads is its archive's business under these filters.
#[test]
fn a_link_to_anywhere_gets_a_second_name_where_it_may_be_made() {
    for filter in [Filter::Tar, Filter::Trusted] {
        let place = place();
        let archive = Maker::default()
            .other("up", b'2', "../nowhere")
            .other("d/up", b'1', "up")
            .other("d/in", b'2', "../nowhere")
            .other("out", b'1', "d/in")
            .end();
        for (name, outcome) in place.policy(archive, Policy::new(filter)) {
            assert!(matches!(outcome, Outcome::Extracted), "{name}: {outcome:?}");
        }
        for name in ["d/up", "out"] {
            let target = fs::read_link(place.into.join(name)).unwrap();
            assert_eq!(target, std::path::Path::new("../nowhere"));
        }
    }
}
