//! The numbers of users and groups here, by the names that an archive has for them.

use std::collections::HashMap;

/// Numbers by name, as `/etc/passwd` and `/etc/group` have them.
#[derive(Debug)]
pub(super) struct Owners {
    users: HashMap<Vec<u8>, u32>,
    groups: HashMap<Vec<u8>, u32>,
}

impl Owners {
    pub(super) fn of_this_system() -> Owners {
        let read = |path| std::fs::read(path).unwrap_or_default();
        Owners {
            users: numbers(&read("/etc/passwd")),
            groups: numbers(&read("/etc/group")),
        }
    }

    /// The number of a name that is known here, else the archive's own.
    pub(super) fn user(&self, name: Option<&Vec<u8>>, uid: u64) -> Option<u32> {
        let known = name.and_then(|name| self.users.get(name).copied());
        known.or_else(|| u32::try_from(uid).ok())
    }

    /// The same for groups.
    pub(super) fn group(&self, name: Option<&Vec<u8>>, gid: u64) -> Option<u32> {
        let known = name.and_then(|name| self.groups.get(name).copied());
        known.or_else(|| u32::try_from(gid).ok())
    }
}

/// Lines of `name:password:number:…`; the first of several with one name counts.
fn numbers(table: &[u8]) -> HashMap<Vec<u8>, u32> {
    let mut numbers = HashMap::new();
    for line in table.split(|&byte| byte == b'\n') {
        let mut fields = line.split(|&byte| byte == b':');
        let (name, number) = (fields.next(), fields.nth(1));
        let number = number.and_then(|n| std::str::from_utf8(n).ok()?.parse().ok());
        if let (Some(name), Some(number)) = (name, number)
            && !name.is_empty()
        {
            numbers.entry(name.to_vec()).or_insert(number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_known_here_count_over_numbers() {
        let owners = Owners {
            users: numbers(b"root:x:0:0::/root:/bin/sh\nme:x:1000:7::\nme:x:8:8::\n"),
            groups: numbers(b"wheel:x:10:\n"),
        };
        assert_eq!(owners.user(Some(&b"me".to_vec()), 5), Some(1000));
        assert_eq!(owners.user(None, 5), Some(5));
        assert_eq!(owners.group(Some(&b"me".to_vec()), 5), Some(5));
        assert_eq!(owners.group(Some(&b"wheel".to_vec()), 5), Some(10));
        assert_eq!(owners.user(None, 1 << 32), None);
    }
}
