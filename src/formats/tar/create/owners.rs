//! The names of users and groups, as `/etc/passwd` and `/etc/group` have them. What another
//! source of users knows goes into an archive as a number alone.

use std::collections::HashMap;

use super::super::accounts;

/// Names by number.
#[derive(Debug, Default)]
pub(super) struct Owners {
    users: HashMap<u64, Vec<u8>>,
    groups: HashMap<u64, Vec<u8>>,
}

impl Owners {
    pub(super) fn of_this_system() -> Owners {
        Owners {
            users: names(&accounts::users()),
            groups: names(&accounts::groups()),
        }
    }

    pub(super) fn user(&self, uid: u64) -> Option<&[u8]> {
        self.users.get(&uid).map(|name| &**name)
    }

    /// All of them, by number.
    #[cfg(feature = "tar-rules")]
    pub(super) fn users(&self) -> &HashMap<u64, Vec<u8>> {
        &self.users
    }

    #[cfg(feature = "tar-rules")]
    pub(super) fn groups(&self) -> &HashMap<u64, Vec<u8>> {
        &self.groups
    }

    pub(super) fn group(&self, gid: u64) -> Option<&[u8]> {
        self.groups.get(&gid).map(|name| &**name)
    }
}

/// Names by number; the first of several with one number counts.
fn names(table: &[u8]) -> HashMap<u64, Vec<u8>> {
    let mut names = HashMap::new();
    for (name, number) in accounts::parse(table) {
        names.entry(number).or_insert_with(|| name.to_vec());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_of_a_number_counts() {
        let names = names(b"root:x:0:0::/root:/bin/sh\n# no user\ntoor:x:0:0::/:\nme:x:1000:::\n");
        assert_eq!(names.get(&0).unwrap(), b"root");
        assert_eq!(names.get(&1000).unwrap(), b"me");
        assert_eq!(names.len(), 2);
    }
}
