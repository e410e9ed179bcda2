//! The numbers of users and groups here, by the names that an archive has for them.

use std::collections::HashMap;

use super::super::accounts;
use super::super::layout::field;
use super::super::member::Member;

/// Who is to own what is extracted.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "other systems have owners of another kind")
)]
pub(super) struct Owner {
    /// `None` where the archive has no number that a user can have here.
    pub(super) user: Option<u32>,
    /// `None` where the archive has no number that a group can have here.
    pub(super) group: Option<u32>,
    /// Whether it is tried to give the file to them.
    pub(super) is_given: bool,
}

/// Numbers by name, as `/etc/passwd` and `/etc/group` have them.
#[derive(Debug)]
pub(super) struct Owners {
    /// Whether the user who extracts may give files away.
    gives: bool,
    users: HashMap<Vec<u8>, u32>,
    groups: HashMap<Vec<u8>, u32>,
}

impl Owners {
    pub(super) fn of_this_system(gives: bool) -> Owners {
        Owners {
            gives,
            users: numbers(&accounts::users()),
            groups: numbers(&accounts::groups()),
        }
    }

    /// The owner of a member: the numbers of the names that are known here, else the archive's own.
    pub(super) fn of(&self, member: &Member, numeric: bool) -> Owner {
        let number = |known: Option<u32>, id: u64, field| {
            let id = (!member.unread.contains(&field)).then_some(id);
            known.filter(|_| !numeric).or_else(|| possible(id?))
        };
        Owner {
            user: number(self.user(&member.uname), member.uid, field!("uid")),
            group: number(self.group(&member.gname), member.gid, field!("gid")),
            is_given: self.gives,
        }
    }

    /// The number of a user who is known here.
    pub(super) fn user(&self, name: &[u8]) -> Option<u32> {
        self.users.get(name).copied()
    }

    /// The number of a group that is known here.
    pub(super) fn group(&self, name: &[u8]) -> Option<u32> {
        self.groups.get(name).copied()
    }
}

/// A number as the system has them. The largest one means nobody: giving a file to it changes nothing.
fn possible(id: u64) -> Option<u32> {
    u32::try_from(id).ok().filter(|&id| id != u32::MAX)
}

/// Numbers by name; the first of several with one name counts.
fn numbers(table: &[u8]) -> HashMap<Vec<u8>, u32> {
    let mut numbers = HashMap::new();
    for (name, number) in accounts::parse(table) {
        if let (false, Some(number)) = (name.is_empty(), possible(number)) {
            numbers.entry(name.to_vec()).or_insert(number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tar::NewMember;

    #[test]
    fn names_known_here_count_over_numbers() {
        let owners = Owners {
            gives: true,
            users: numbers(b"root:x:0:0::/root:/bin/sh\nme:x:1000:7::\nme:x:8:8::\n"),
            groups: numbers(b"wheel:x:10:\nnone:x:4294967295:\n"),
        };
        let of = |uname: &[u8], gname: &[u8], id| {
            let member = NewMember {
                uname: uname.to_vec(),
                gname: gname.to_vec(),
                uid: id,
                gid: id,
                ..NewMember::default()
            };
            let owner = owners.of(&member.as_listed(), uname.is_empty());
            (owner.user, owner.group)
        };
        assert_eq!(of(b"me", b"me", 5), (Some(1000), Some(5)));
        assert_eq!(of(b"you", b"wheel", 5), (Some(5), Some(10)));
        assert_eq!(of(b"", b"wheel", 5), (Some(5), Some(5)));
        assert_eq!(of(b"you", b"none", 1 << 32), (None, None));
        assert_eq!(of(b"me", b"wheel", 1 << 32), (Some(1000), Some(10)));
        let last = u64::from(u32::MAX);
        assert_eq!(of(b"you", b"none", last), (None, None));
        assert_eq!(of(b"you", b"none", last - 1).0, Some(u32::MAX - 1));
    }
}
