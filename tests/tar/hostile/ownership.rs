//! Owners and devices that an archive states, and the system can't have.

use std::fs;
use std::os::unix::fs::MetadataExt;

use bytewright::formats::tar::{
    Archive, Extractor, Filter, Outcome, Policy, Preview, Refusal, Warning, number,
};

use super::maker::{Maker, header};
use super::place::Place;
use super::policies::is_root;

/// A setuid and setgid member of user and group 0, whose number field at `at` is another.
fn privileged(name: &str, typeflag: u8, at: usize, field: &[u8]) -> tar::Header {
    let mut header = header(name, typeflag, 0, "");
    header.set_mode(0o6755);
    header.as_mut_bytes()[at..at + field.len()].copy_from_slice(field);
    header.set_cksum();
    header
}

const UID: usize = 108;
const GID: usize = 116;

/// Extracts as root would; the modes, and what couldn't be set.
fn extract(archive: Vec<u8>) -> Vec<(String, u32, Vec<String>)> {
    let place = Place::new();
    let mut archive = Archive::new(archive.into()).unwrap();
    let policy = Policy::new(Filter::Trusted);
    let mut extractor = Extractor::with_policy(&place.into, policy).unwrap();
    let mut names = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        let outcome = extractor.extract(&mut archive, &member).unwrap();
        assert!(matches!(outcome, Outcome::Extracted), "{outcome:?}");
        names.push(String::from_utf8(member.name).unwrap());
    }
    let warnings = extractor.finish().unwrap();
    let unset = |name: &str| {
        let warnings = warnings.iter().filter(|w| w.name() == name.as_bytes());
        let unset = warnings.filter_map(|warning| match warning {
            Warning::Unset { attribute, .. } => Some(attribute.clone()),
            _ => None,
        });
        unset.collect()
    };
    let found = names.iter().map(|name| {
        let mode = fs::metadata(place.into.join(name)).unwrap().mode() & 0o7777;
        (name.clone(), mode, unset(name))
    });
    found.collect()
}

#[test]
fn no_file_is_setuid_or_setgid_without_the_owner_it_belongs_to() {
    let beyond = number::field(1 << 32, 8).unwrap();
    let last = number::field((1 << 32) - 1, 8).unwrap();
    let negative = number::field(-2, 8).unwrap();
    let archive = Maker::default()
        .header(&privileged("beyond", b'0', UID, &beyond), b"")
        .header(&privileged("last", b'0', UID, &last), b"")
        .header(&privileged("negative", b'0', UID, &negative), b"")
        .header(&privileged("junk", b'0', UID, b"junk"), b"")
        .header(&privileged("group", b'0', GID, &beyond), b"")
        .header(&privileged("lastgroup", b'0', GID, &last), b"")
        .header(&privileged("folder", b'5', UID, &beyond), b"")
        .header(&privileged("pipe", b'6', UID, &last), b"")
        .pax(&[("uid", b"99999999999")])
        .header(&privileged("record", b'0', UID, b"0000000\0"), b"")
        // A record that is no number isn't a reason to take the header's.
        .pax(&[("uid", b"-5")])
        .header(&privileged("badrecord", b'0', UID, b"0000000\0"), b"")
        .end();
    for (name, mode, unset) in extract(archive) {
        assert_eq!(mode, 0o755, "{name}: {unset:?}");
        for what in ["setuid", "setgid"] {
            assert!(unset.iter().any(|found| found == what), "{name}: {unset:?}");
        }
        let what = if name.ends_with("group") {
            "group"
        } else {
            "owner"
        };
        let told = unset.iter().any(|found| found == what);
        assert_eq!(told, is_root(), "{name}: {unset:?}");
    }
}

#[test]
fn whose_it_is_may_be_setuid() {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    let mut mine = privileged("mine", b'0', 0, b"mine");
    mine.set_uid(user.as_raw().into());
    mine.set_gid(group.as_raw().into());
    mine.set_cksum();
    let archive = Maker::default().header(&mine, b"").end();
    assert_eq!(extract(archive), [("mine".to_owned(), 0o6755, Vec::new())]);
}

/// Linux would cut 4104,0 down to 8,0, the first disk.
#[test]
fn a_device_is_the_one_that_the_archive_says_or_refused() {
    const MAJOR: usize = 329;
    const MINOR: usize = 337;
    let device = |name, at, field: &[u8]| privileged(name, b'4', at, field);
    let archive = Maker::default()
        .header(&device("major", MAJOR, b"0010010\0"), b"")
        .header(&device("minor", MINOR, b"4000000\0"), b"")
        .header(
            &device("huge", MAJOR, &number::field(1 << 40, 8).unwrap()),
            b"",
        )
        .header(&device("junk", MINOR, b"x"), b"")
        .end();
    for filter in [Filter::Tar, Filter::Trusted] {
        let place = Place::new();
        let policy = Policy::new(filter);
        let mut preview = Preview::new(&place.into, policy.clone()).unwrap();
        let mut read = Archive::new(archive.clone().into()).unwrap();
        while let Some(member) = read.next_member().unwrap() {
            let outcome = preview.look(&mut read, &member).unwrap();
            assert!(outcome.is_refused(), "{outcome:?}");
        }
        let outcomes = place.policy(archive.clone(), policy);
        let refusals = outcomes.iter().map(|(_, outcome)| match outcome {
            Outcome::Refused(Refusal::Device(number)) => *number,
            other => panic!("{other:?}"),
        });
        let expected = [Some((4104, 0)), Some((0, 1 << 20)), None, None];
        assert_eq!(refusals.collect::<Vec<_>>(), expected);
        assert_eq!(fs::read_dir(&place.into).unwrap().count(), 0);
    }
}
