//! Owner, mode, extended attributes and time of what was extracted, by its descriptor.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{self, Gid, Mode, Timespec, Timestamps, Uid};

use super::super::super::time::Time;
use super::super::owners::Owner;
use super::super::policy::{Attributes, Unset};

/// Setting an owner takes setuid and capabilities away, so that it comes first; the time last.
pub(super) fn set(file: impl AsFd, attributes: &Attributes) -> Vec<Unset> {
    let file = file.as_fd();
    let mut failed = own(attributes.owner, |user, group| {
        fs::fchown(file, user, group)
    });
    if let Some(mode) = attributes.mode {
        let (mode, lost) = privileges(mode, attributes.owner, || fs::fstat(file));
        failed.extend(lost);
        let mode = Mode::from_raw_mode(mode as fs::RawMode);
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
