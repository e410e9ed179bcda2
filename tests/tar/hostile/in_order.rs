//! Small files are made on several threads: what is there afterwards is what one member after the other gives.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bytewright::formats::tar::{Archive, Existing, Extractor, Policy};

use super::maker::Maker;
use super::place::WALK;

/// Numbers that look random, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// Members that take each other's names, as files, folders and links, in few folders.
fn archive(numbers: &mut Numbers, members: usize, files: usize) -> Vec<u8> {
    let mut maker = Maker::default();
    let mut folder = String::from("d");
    for n in 0..members {
        if numbers.below(8) == 0 {
            folder = numbers
                .of(&["d", "e", "d/sub", "D", "d/a", "d/x0", "new/one", "."])
                .to_owned();
        }
        let name = match numbers.below(3) {
            0 => numbers
                .of(&["a", "b", "A", "sub", "a.", "x~1", "\u{e4}", "a\u{308}"])
                .to_owned(),
            _ => format!("x{}", numbers.below(files)),
        };
        let path = format!("{folder}/{name}");
        maker = match numbers.below(20) {
            0 => maker.other(&path, b'5', ""),
            1 => maker.other(
                &path,
                b'2',
                numbers.of(&["a", "b", "sub", "../d", "x0", "../../outside"]),
            ),
            2 => maker.other(
                &path,
                b'1',
                numbers.of(&["d/a", "d/x0", "e/x1", "new/one/x0", "D/a"]),
            ),
            3 => maker.file(&folder, b"instead of a folder"),
            _ => {
                let size = numbers.below(700);
                maker.file(&path, format!("{n} ").repeat(size).as_bytes())
            }
        };
    }
    maker.end()
}

/// What is below a folder: kinds, sizes or targets, how many names, contents.
fn below(folder: &Path, path: &str, found: &mut BTreeMap<String, (char, u64, Vec<u8>)>) {
    for entry in fs::read_dir(folder.join(path)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("{path}/{name}");
        let there = folder.join(&path);
        let metadata = fs::symlink_metadata(&there).unwrap();
        let kind = metadata.file_type();
        let what = if kind.is_symlink() {
            let target = fs::read_link(&there).unwrap();
            ('l', 1, target.into_os_string().into_encoded_bytes())
        } else if kind.is_dir() {
            below(folder, &path, found);
            ('d', 1, Vec::new())
        } else {
            ('f', metadata.nlink(), fs::read(&there).unwrap())
        };
        found.insert(path, what);
    }
}

fn extractor(into: &Path, policy: &Policy) -> Extractor {
    let extractor = Extractor::with_policy(into, policy.clone()).unwrap();
    match std::env::var_os(WALK) {
        Some(_) => extractor.without_openat2(),
        None => extractor,
    }
}

type Found = (Vec<String>, BTreeMap<String, (char, u64, Vec<u8>)>);

fn extracted(bytes: &[u8], policy: &Policy, at_once: bool) -> Found {
    let home = tempfile::tempdir().unwrap();
    let into = home.path().join("into");
    fs::create_dir(&into).unwrap();
    let mut archive = Archive::new(bytes.to_vec().into()).unwrap();
    let mut outcomes = Vec::new();
    let mut all = at_once.then(|| extractor(&into, policy));
    while let Some(member) = archive.next_member().unwrap() {
        let outcome = match &mut all {
            Some(all) => all.extract(&mut archive, &member).unwrap(),
            None => {
                let mut one = extractor(&into, policy);
                let outcome = one.extract(&mut archive, &member).unwrap();
                one.finish().unwrap();
                outcome
            }
        };
        let name = String::from_utf8_lossy(&member.name);
        outcomes.push(format!("{name}: {outcome:?}"));
    }
    if let Some(all) = all {
        all.finish().unwrap();
    }
    let mut found = BTreeMap::new();
    below(&into, ".", &mut found);
    (outcomes, found)
}

#[test]
fn what_is_extracted_at_once_is_what_is_extracted_one_by_one() {
    let mut numbers = Numbers(1);
    let existing = [
        Existing::Replace,
        Existing::Keep,
        Existing::Newer,
        Existing::Fail,
    ];
    for round in 0..60 {
        // Few members, which are all made at the end; and more than are handed over at once.
        let (members, files) = [(12, 3), (60, 6), (300, 150)][round % 3];
        let bytes = archive(&mut numbers, members, files);
        let mut policy = Policy::default();
        policy.existing = existing[round / 3 % 4];
        let (outcomes, found) = extracted(&bytes, &policy, true);
        let (expected, there) = extracted(&bytes, &policy, false);
        for (outcome, expected) in outcomes.iter().zip(&expected) {
            assert_eq!(outcome, expected, "{round}");
        }
        assert!(
            found == there,
            "{round}: {:?}",
            found.iter().zip(&there).find(|(a, b)| a != b)
        );
    }
}

/// What became of members that are extracted with one extractor, and what is there then.
fn all_at_once(maker: Maker) -> Found {
    extracted(&maker.end(), &Policy::default(), true)
}

#[test]
fn a_hard_link_leads_to_a_file_that_was_left_to_another_thread() {
    let maker = Maker::default().file("d/a", b"1").other("d/b", b'1', "d/a");
    let (outcomes, found) = all_at_once(maker);
    assert_eq!(outcomes, ["d/a: Extracted", "d/b: Extracted"]);
    assert_eq!(found["./d/b"], ('f', 2, b"1".to_vec()));
}

#[test]
fn a_name_is_taken_by_the_member_that_has_it_last() {
    let name = "d/a";
    let maker = || Maker::default().file(name, b"1");
    let (_, found) = all_at_once(maker().file(name, b"2").file("d/b", b"3").file(name, b"4"));
    assert_eq!(found["./d/a"], ('f', 1, b"4".to_vec()));
    let (_, found) = all_at_once(maker().other(name, b'2', "b"));
    assert_eq!(found["./d/a"], ('l', 1, b"b".to_vec()));
    let (outcomes, found) = all_at_once(maker().file("d/a/below", b"2"));
    assert!(outcomes[1].contains("NotADirectory"), "{outcomes:?}");
    assert_eq!(found["./d/a"], ('f', 1, b"1".to_vec()));
}

/// A folder that was made for a member that could not be is a folder nevertheless.
#[test]
fn a_folder_of_a_refused_member_makes_room() {
    let long = "x".repeat(90);
    let path = format!("d/e/{long}{long}{long}{long}");
    let maker = Maker::default()
        .file("d/a", b"1")
        .pax(&[("path", path.as_bytes())])
        .file("short", b"2")
        .file("d/e", b"3");
    let (outcomes, found) = all_at_once(maker);
    assert!(outcomes[1].contains("Refused(System"), "{outcomes:?}");
    assert_eq!(outcomes[2], "d/e: Extracted");
    assert_eq!(found["./d/e"], ('f', 1, b"3".to_vec()));
}
