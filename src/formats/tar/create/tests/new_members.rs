//! Members that are no files of the system.

#![cfg(unix)]

use super::super::{Builder, NewMember};
use super::members;

fn builder<'a>() -> Builder<'a, Vec<u8>> {
    Builder::new(Vec::new())
}

#[test]
fn a_member_without_content_has_the_size_0_whatever_it_says() {
    let mut builder = builder();
    let mut empty = NewMember::file("empty");
    empty.size = 7;
    builder.add_member(empty).unwrap();
    let found = members(&builder.finish().unwrap());
    assert_eq!((&*found[0].name, found[0].size), (&b"empty"[..], 0));
}

/// A list of Linux: version 2, then tag, rights and id of each entry. The user 0 has a name on every system.
#[test]
fn lists_of_access_name_owners_or_numbers_as_is_asked() {
    let nobody = u32::MAX;
    let entries: [(u16, u16, u32); 5] = [
        (0x01, 6, nobody),
        (0x02, 4, 0),
        (0x04, 4, nobody),
        (0x10, 4, nobody),
        (0x20, 0, nobody),
    ];
    let mut list = 2u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(rights.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    let mut member = NewMember::file("f");
    member.xattrs = vec![(b"system.posix_acl_access".to_vec(), list)];
    for (numeric, expected) in [(false, ",user:root:r--:0,"), (true, ",user:0:r--:0,")] {
        let mut builder = builder().numeric_owner(numeric);
        builder.add_bytes(member.clone(), b"content").unwrap();
        let archive = builder.finish().unwrap();
        let text = String::from_utf8_lossy(&archive);
        let text = text
            .lines()
            .find(|line| line.contains("SCHILY.acl.access="));
        assert!(text.unwrap().contains(expected), "{text:?}");
    }
}
