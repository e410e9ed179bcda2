use super::super::archive::Archive;
use super::super::draft::Draft;
use super::super::layout::{Field, Layout};
use super::*;

/// What is said of members of these names, types and links.
fn said(members: &[(&str, u8, &str)]) -> Vec<String> {
    let mut bytes = Vec::new();
    for (name, flag, link) in members {
        let mut draft = Draft::new(Layout::Ustar).unwrap();
        draft.put(Field::Name, name.as_bytes()).unwrap();
        draft.put(Field::Typeflag, &[*flag]).unwrap();
        draft.put(Field::Linkname, link.as_bytes()).unwrap();
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
