//! How much may come out, when the work ends, and what a preview says before it.

use std::fs;
use std::io::Write;

use bytewright::formats::tar::{Archive, ErrorKind, Member, Outcome, Policy, Preview, extract};

use super::maker::Maker;
use super::place::Place;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn limits_end_the_work_before_they_are_passed() {
    let archive = Maker::default()
        .file("a", &[1; 600])
        .file("b", &[2; 600])
        .file("c", b"")
        .end();
    for (members, size, there) in [
        (Some(2), None, &["a", "b"][..]),
        (None, Some(1199), &["a"]),
        (None, Some(1200), &["a", "b", "c"]),
        (Some(3), Some(u64::MAX), &["a", "b", "c"]),
    ] {
        let place = Place::new();
        let mut policy = Policy::default();
        policy.max_members = members;
        policy.max_size = size;
        let (_, error) = place.try_policy(archive.clone(), policy);
        let mut found: Vec<_> = fs::read_dir(&place.into)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        assert_eq!(found, there);
        assert_eq!(error.is_some(), there.len() < 3);
        if let Some(error) = error {
            assert!(matches!(error.kind(), ErrorKind::TooMuch { .. }), "{error}");
        }
    }
}

/// A thousandfold expansion ends where the ratio does, and leaves no half file.
#[test]
fn a_bomb_of_zeros_ends_at_the_ratio() {
    let archive = Maker::default().file("zeros", &vec![0; 32 << 20]).end();
    let bomb = gzip(&archive);
    let place = Place::new();
    let mut policy = Policy::default();
    policy.max_ratio = Some(100);
    let (_, error) = place.try_policy(bomb.clone(), policy.clone());
    assert!(matches!(error.unwrap().kind(), ErrorKind::TooMuch { .. }));
    assert_eq!(fs::read_dir(&place.into).unwrap().count(), 0);
    policy.max_ratio = Some(2000);
    place.policy(bomb, policy);
    let size = fs::metadata(place.into.join("zeros")).unwrap().len();
    assert_eq!(size, 32 << 20);
}

/// Each of them is small, and all together are what a large one is.
#[test]
fn a_bomb_of_small_files_ends_at_the_ratio_too() {
    let mut maker = Maker::default();
    for i in 0..200 {
        maker = maker.file(&format!("f{i}"), &vec![0; 100_000]);
    }
    let bomb = gzip(&maker.end());
    let place = Place::new();
    let mut policy = Policy::default();
    policy.max_ratio = Some(100);
    let (_, error) = place.try_policy(bomb.clone(), policy.clone());
    assert!(matches!(error.unwrap().kind(), ErrorKind::TooMuch { .. }));
    assert!(fs::read_dir(&place.into).unwrap().count() < 150);
    policy.max_ratio = Some(2000);
    place.policy(bomb, policy);
    assert_eq!(fs::read_dir(&place.into).unwrap().count(), 200);
}

#[test]
fn the_first_refused_member_is_the_last_where_that_is_asked_for() {
    let archive = Maker::default()
        .file("a", b"1")
        .file("../b", b"2")
        .file("c", b"3")
        .end();
    let place = Place::new();
    let mut policy = Policy::default();
    policy.stop_on_refused = true;
    let mut archive = Archive::new(archive.into()).unwrap();
    let mut told = Vec::new();
    let mut tell = |member: &Member, outcome: &Outcome| {
        told.push((member.name.clone(), matches!(outcome, Outcome::Extracted)));
    };
    let refused = extract(&mut archive, &place.into, &policy, &mut tell).unwrap();
    assert_eq!(refused, 1);
    assert_eq!(told, [(b"a".to_vec(), true), (b"../b".to_vec(), false)]);
    assert_eq!(place.content("a").unwrap(), "1");
    assert_eq!(place.content("c"), None);
}

/// What a preview says is what extracting does; and it leaves nothing.
#[test]
fn a_preview_says_what_extracting_does() {
    let archive = Maker::default()
        .file("a/b", b"1")
        .other("a/link", b'2', "b")
        .file("a/link/x", b"through a link")
        .file("a/b/x", b"through a file")
        .other("a", b'2', "elsewhere")
        .other("hard", b'1', "a/b")
        .other("gone", b'1', "not/there")
        .other("out", b'2', "a/../..")
        .other("in", b'2', "a/..")
        .file("../up", b"")
        .other("fifo", b'6', "")
        .other("d", b'5', "")
        .file("d", b"a directory has its name")
        .end();
    let place = Place::new();
    let mut preview = Preview::new(&place.into, Policy::default()).unwrap();
    let mut reader = Archive::new(archive.clone().into()).unwrap();
    let mut said = Vec::new();
    while let Some(member) = reader.next_member().unwrap() {
        said.push(format!("{:?}", preview.look(&mut reader, &member).unwrap()));
    }
    assert_eq!(fs::read_dir(&place.into).unwrap().count(), 0);
    let done = place.extract(archive);
    let done: Vec<_> = done.iter().map(|(_, o)| format!("{o:?}")).collect();
    assert_eq!(said, done);
    assert!(done.iter().filter(|o| o.starts_with("Refused")).count() >= 7);
}
