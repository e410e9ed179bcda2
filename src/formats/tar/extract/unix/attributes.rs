//! Owner, mode, extended attributes and time of what was extracted, by its descriptor.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{self, Gid, Mode, Timespec, Timestamps, Uid};

use super::super::super::time::Time;
use super::super::owners::Owner;
use super::super::policy::{Attributes, Unset};

/// A mode as the system takes it: macOS has 16 bits for it, Linux 32.
pub(super) fn raw_mode<T: TryFrom<u32> + Default>(mode: u32) -> T {
    T::try_from(mode & 0o7777).unwrap_or_default()
}

/// Setting an owner takes setuid and capabilities away, so that it comes first; the time last.
pub(super) fn set(file: impl AsFd, attributes: &Attributes) -> Vec<Unset> {
    let file = file.as_fd();
    let mut failed = own(attributes.owner, |user, group| {
        fs::fchown(file, user, group)
    });
    if let Some(mode) = attributes.mode {
        let (mode, lost) = privileges(mode, attributes.owner, || fs::fstat(file));
        failed.extend(lost);
        let mode = Mode::from_raw_mode(raw_mode(mode));
        failed.extend(unset("mode", fs::fchmod(file, mode)));
    }
    failed.extend(xattrs(file, &attributes.xattrs));
    failed.extend(unset(
        "time",
        fs::futimens(file, &timestamps(attributes.time)),
    ));
    failed
}

/// Gives something to its owner, as far as it has one here.
pub(super) fn own(
    owner: Option<Owner>,
    give: impl FnOnce(Option<Uid>, Option<Gid>) -> rustix::io::Result<()>,
) -> Vec<Unset> {
    let Some(owner) = owner.filter(|owner| owner.is_given) else {
        return Vec::new();
    };
    let mut failed = Vec::new();
    for (what, number) in [("owner", owner.user), ("group", owner.group)] {
        if number.is_none() {
            let why = "the archive has no number for it that is possible here";
            failed.push((what.to_owned(), io::Error::other(why)));
        }
    }
    let given = give(
        owner.user.map(Uid::from_raw),
        owner.group.map(Gid::from_raw),
    );
    failed.extend(unset("owner", given));
    failed
}

/// The mode without setuid and setgid, unless the file belongs to whom they make a program run as;
/// and which of them it loses.
pub(super) fn privileges(
    mode: u32,
    owner: Option<Owner>,
    stat: impl FnOnce() -> rustix::io::Result<fs::Stat>,
) -> (u32, Vec<Unset>) {
    let bits = [("setuid", 0o4000), ("setgid", 0o2000)];
    if mode & 0o6000 == 0 {
        return (mode, Vec::new());
    }
    let wanted = owner.and_then(|owner| Some((owner.user?, owner.group?)));
    let is_owned = stat().is_ok_and(|now| wanted == Some((now.st_uid, now.st_gid)));
    if is_owned {
        return (mode, Vec::new());
    }
    let lost = bits.into_iter().filter(|(_, bit)| mode & bit != 0);
    let lost = lost.map(|(what, _)| {
        let why = "it doesn't belong to the user and the group that the archive says";
        (what.to_owned(), io::Error::other(why))
    });
    (mode & !0o6000, lost.collect())
}

/// Extended attributes alone.
pub(super) fn xattrs<'a>(
    file: impl AsFd + 'a,
    xattrs: &'a [(Vec<u8>, Vec<u8>)],
) -> impl Iterator<Item = Unset> + 'a {
    xattrs.iter().filter_map(move |(name, value)| {
        let set = fs::fsetxattr(&file, name.as_slice(), value, fs::XattrFlags::empty());
        unset(&String::from_utf8_lossy(name), set)
    })
}

pub(super) fn unset(what: &str, result: rustix::io::Result<()>) -> Option<Unset> {
    result.err().map(|e| (what.to_owned(), e.into()))
}

pub(super) fn timestamps(time: Time) -> Timestamps {
    Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: fs::UTIME_OMIT,
        },
        last_modification: Timespec {
            tv_sec: time.seconds,
            tv_nsec: time.nanoseconds.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(unset: &[Unset]) -> Vec<&str> {
        unset.iter().map(|(what, _)| &**what).collect()
    }

    const OWNER: Owner = Owner {
        user: Some(7),
        group: Some(8),
        is_given: true,
    };

    #[test]
    fn setuid_and_setgid_are_kept_where_user_and_group_are_those_of_the_archive() {
        let file = tempfile::tempfile().unwrap();
        let stat = |user, group| {
            let mut stat = fs::fstat(&file)?;
            (stat.st_uid, stat.st_gid) = (user, group);
            Ok(stat)
        };
        for (mode, user, group, expected, lost) in [
            (0o6755, 7, 8, 0o6755, &[][..]),
            (0o6755, 9, 8, 0o755, &["setuid", "setgid"]),
            (0o6755, 7, 9, 0o755, &["setuid", "setgid"]),
            (0o4711, 0, 0, 0o711, &["setuid"]),
            (0o2711, 0, 0, 0o711, &["setgid"]),
            (0o1777, 0, 0, 0o1777, &[]),
        ] {
            let (found, unset) = privileges(mode, Some(OWNER), || stat(user, group));
            assert_eq!((found, &*names(&unset)), (expected, lost), "{mode:o}");
        }
        let without = Owner {
            user: None,
            ..OWNER
        };
        for (owner, now) in [
            (None, stat(7, 8)),
            (Some(without), stat(7, 8)),
            (Some(OWNER), Err(rustix::io::Errno::ACCESS)),
        ] {
            let (found, unset) = privileges(0o4755, owner, || now);
            assert_eq!((found, &*names(&unset)), (0o755, &["setuid"][..]));
        }
        let unasked = privileges(0o755, None, || panic!("nobody has to know"));
        assert_eq!(unasked.0, 0o755);
    }

    #[test]
    fn a_file_is_given_to_whom_the_archive_says_as_far_as_there_is_a_number() {
        let given = |owner, result| {
            let mut numbers = None;
            let unset = own(owner, |user, group| {
                numbers = Some((user.map(Uid::as_raw), group.map(Gid::as_raw)));
                result
            });
            let unset: Vec<_> = unset.into_iter().map(|(what, _)| what).collect();
            (numbers, unset)
        };
        assert_eq!(given(None, Ok(())), (None, vec![]));
        let kept = Owner {
            is_given: false,
            ..OWNER
        };
        assert_eq!(given(Some(kept), Ok(())), (None, vec![]));
        let both = Some((Some(7), Some(8)));
        assert_eq!(given(Some(OWNER), Ok(())), (both, vec![]));
        let refused = given(Some(OWNER), Err(rustix::io::Errno::PERM));
        assert_eq!(refused, (both, vec!["owner".to_owned()]));
        let group = Owner {
            user: None,
            ..OWNER
        };
        let alone = (Some((None, Some(8))), vec!["owner".to_owned()]);
        assert_eq!(given(Some(group), Ok(())), alone);
        let user = Owner {
            group: None,
            ..OWNER
        };
        let alone = (Some((Some(7), None)), vec!["group".to_owned()]);
        assert_eq!(given(Some(user), Ok(())), alone);
    }

    #[test]
    fn all_that_the_archive_says_is_set_and_what_cannot_be_is_told() {
        use std::os::unix::fs::MetadataExt;

        let file = tempfile::NamedTempFile::new().unwrap();
        let open = file.reopen().unwrap();
        let attributes = Attributes {
            time: Time {
                seconds: 1_700_000_000,
                nanoseconds: 500_000_000,
            },
            mode: Some(0o640),
            owner: None,
            xattrs: [(b"no namespace".to_vec(), b"x".to_vec())].into(),
        };
        let before = file.as_file().metadata().unwrap();
        assert_eq!(names(&set(&open, &attributes)), ["no namespace"]);
        let found = file.as_file().metadata().unwrap();
        assert_eq!(found.mode() & 0o7777, 0o640);
        assert_eq!(
            (found.mtime(), found.mtime_nsec()),
            (1_700_000_000, 500_000_000)
        );
        assert_eq!(found.atime(), before.atime(), "it wasn't read");
    }

    /// Of a descriptor that only says where something is, nothing can be set.
    #[cfg(target_os = "linux")]
    #[test]
    fn each_thing_that_cannot_be_set_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let attributes = Attributes {
            time: Time::at(0),
            mode: Some(0o640),
            owner: Some(OWNER),
            xattrs: [(b"user.a".to_vec(), b"x".to_vec())].into(),
        };
        let flags = fs::OFlags::PATH | fs::OFlags::CLOEXEC;
        let path = fs::open(file.path(), flags, Mode::empty()).unwrap();
        let unset = set(&path, &attributes);
        assert_eq!(names(&unset), ["owner", "mode", "user.a", "time"]);
    }
}
