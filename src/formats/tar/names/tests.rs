use super::super::archive::Archive;
use super::super::draft::Draft;
use super::super::layout::{Layout, field};
use super::*;

/// What is said of members of these names, types and links.
fn said(members: &[(&str, u8, &str)]) -> Vec<String> {
    let mut bytes = Vec::new();
    for (name, flag, link) in members {
        let mut draft = Draft::new(Layout::Ustar).unwrap();
        draft.put(field!("name"), name.as_bytes()).unwrap();
        draft.put(field!("typeflag"), &[*flag]).unwrap();
        draft.put(field!("linkname"), link.as_bytes()).unwrap();
        bytes.extend_from_slice(&draft.seal().unwrap());
    }
    bytes.extend([0; 1024]);
    let mut archive = Archive::new(bytes.into()).unwrap();
    let mut names = Names::judged_by(Filter::Data);
    let mut said = Vec::new();
    while let Some(member) = archive.next_member().unwrap() {
        let Added { before, refused } = names.add(&member);
        let before = before.map_or(String::new(), |(offset, _)| format!("{offset} "));
        said.push(format!(
            "{before}{}",
            refused.map_or("ok".to_owned(), |why| format!("{why:?}"))
        ));
    }
    said
}

#[test]
fn a_name_is_compared_by_its_parts() {
    let members = [("a/b", b'0', ""), ("./a//b", b'0', ""), ("a", b'5', "")];
    assert_eq!(said(&members), ["ok", "0 ok", "ok"]);
}

#[test]
fn what_stands_in_the_way_is_known() {
    for (members, last) in [
        (
            [("d", b'5', ""), ("l", b'2', "d"), ("l/x", b'0', "")],
            "ThroughLink([108])",
        ),
        (
            [("d", b'0', ""), ("e", b'0', ""), ("d/x", b'0', "")],
            "NotADirectory([100])",
        ),
        (
            [("d/x", b'0', ""), ("e", b'0', ""), ("d", b'0', "")],
            "DirectoryInTheWay",
        ),
        (
            [("d/x", b'0', ""), ("h", b'1', "d/x"), ("i", b'1', "d")],
            "LinkOutside([100])",
        ),
        (
            [("d/x", b'0', ""), ("h", b'1', "d/x"), ("i", b'1', "y")],
            "LinkMissing([121])",
        ),
        (
            [("d/x", b'0', ""), ("e", b'5', ""), ("e", b'0', "")],
            "512 ok",
        ),
        (
            [("d", b'5', ""), ("e", b'2', "d"), ("e", b'5', "")],
            "512 ok",
        ),
        // A link that is refused isn't there to lead through.
        ([("l", b'2', "/"), ("x", b'0', ""), ("l/x", b'0', "")], "ok"),
        (
            [("d/e/x", b'0', ""), ("y", b'0', ""), ("l", b'2', "d/e/..")],
            "ok",
        ),
    ] {
        assert_eq!(said(&members)[2], last, "{members:?}");
    }
    assert_eq!(
        said(&[("l", b'2', "d/..")]),
        ["LinkOutside([100, 47, 46, 46])"]
    );
    assert_eq!(said(&[("p", b'6', "")]), ["Special(Fifo)"]);
}

fn one(name: &[u8], flag: u8, link: &[u8]) -> Member {
    let mut draft = Draft::new(Layout::Ustar).unwrap();
    draft.put(field!("name"), name).unwrap();
    draft.put(field!("typeflag"), &[flag]).unwrap();
    draft.put(field!("linkname"), link).unwrap();
    let mut archive = Archive::new(draft.seal().unwrap().to_vec().into()).unwrap();
    archive.next_member().unwrap().unwrap()
}

#[test]
fn a_key_is_the_same_for_names_of_one_place_and_no_other() {
    for (name, other) in [
        ("a", "./a"),
        ("a/b", "a//b/"),
        ("a/b", "./a/./b"),
        ("", "./"),
    ] {
        assert_eq!(
            key(name.as_bytes()),
            key(other.as_bytes()),
            "{name} {other}"
        );
    }
    let names = ["", "a", "b", "a/b", "b/a", "ab", "a/a", "A"];
    for (i, name) in names.iter().enumerate() {
        for other in &names[..i] {
            assert_ne!(
                key(name.as_bytes()),
                key(other.as_bytes()),
                "{name} {other}"
            );
        }
    }
}

#[test]
fn what_stood_there_before_is_told_with_whether_it_was_a_folder() {
    let mut names = Names::judged_by(Filter::Data);
    let mut add = |name: &str, flag, link: &str, offset| {
        let mut member = one(name.as_bytes(), flag, link.as_bytes());
        member.header_offset = offset;
        let Added { before, refused } = names.add(&member);
        (before, refused.is_some())
    };
    assert_eq!(add("d", b'5', "", 0), (None, false));
    assert_eq!(add("d", b'0', "", 512), (Some((0, true)), false));
    assert_eq!(add("./d", b'2', "x", 1024), (Some((512, false)), false));
    // What is refused leaves what was there; its place is the last one all the same.
    assert_eq!(add("d", b'2', "/", 1536), (Some((1024, false)), true));
    assert_eq!(add("d/x", b'0', "", 2048), (None, true));
    // A folder that no member is has no position; something in it keeps it.
    assert_eq!(add("e/x", b'0', "", 2560), (None, false));
    assert_eq!(add("e", b'5', "", 3072), (None, false));
    assert_eq!(add("e", b'0', "", 3584), (Some((3072, true)), true));
    assert_eq!(add("e", b'5', "", 4096), (Some((3584, true)), false));
    // A label is passed over.
    assert_eq!(add("l", b'V', "", 4608), (None, false));
    assert_eq!(add("l/x", b'0', "", 5120), (None, false));
}

#[test]
fn the_folder_itself_is_a_directory_or_nothing() {
    let said = |flag| {
        Names::judged_by(Filter::Data)
            .add(&one(b".", flag, b""))
            .refused
    };
    assert!(said(b'5').is_none());
    assert!(matches!(said(b'0'), Some(Refusal::Empty)));
}

#[test]
fn a_target_counts_for_links_and_under_filters_that_look_at_it() {
    let refused = |filter, flag, link: &[u8]| {
        let mut names = Names::judged_by(filter);
        names.add(&one(b"d/n", flag, link)).refused.is_some()
    };
    for (filter, flag, link, expected) in [
        (Filter::Data, b'2', &b"../../x"[..], true),
        (Filter::Data, b'2', b"../x", false),
        (Filter::Tar, b'2', b"../../x", false),
        (Filter::Trusted, b'2', b"/x", false),
        // A file's target is none.
        (Filter::Data, b'0', b"../../x", false),
        (Filter::Data, b'5', b"../../x", false),
    ] {
        assert_eq!(refused(filter, flag, link), expected, "{filter:?} {flag}");
    }
    let through = |filter| {
        let mut names = Names::judged_by(filter);
        names.add(&one(b"l", b'2', b"d"));
        names.add(&one(b"l/x", b'0', b"")).refused.is_some()
    };
    assert!(through(Filter::Data) && through(Filter::Tar) && !through(Filter::Trusted));
}

/// A name may go through thousands of folders: what is remembered of it is bounded.
#[test]
fn folders_that_no_member_is_are_remembered_up_to_a_bound() {
    let mut names = Names::judged_by(Filter::Data);
    let mut member = one(b"n", b'0', b"");
    // The first fifty members hold more folders than that, the ones before each give room for one more.
    for i in 0..50 {
        member.name = format!("{i}/{}x", "d/".repeat(1900)).into_bytes();
        assert!(names.add(&member).refused.is_none());
    }
    assert_eq!(names.implied, (1 << 16) + 49);
    assert_eq!(names.known.len(), names.implied + 50);
}
