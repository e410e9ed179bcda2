//! Owner, mode, extended attributes and time of what was extracted, by its descriptor.

use std::os::fd::AsFd;

use rustix::fs::{self, Gid, Mode, Timespec, Timestamps, Uid};

use super::super::super::time::Time;
use super::super::policy::{Attributes, Unset};

/// Setting an owner takes setuid and capabilities away, so that it comes first; the time last.
pub(super) fn set(file: impl AsFd, attributes: &Attributes) -> Vec<Unset> {
    let file = file.as_fd();
    let mut failed = Vec::new();
    let mut mode = attributes.mode;
    if let Some((user, group)) = attributes.owner {
        let owned = fs::fchown(file, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)));
        if owned.is_err() {
            // Whoever owns it now isn't who it was to run as.
            mode = mode.map(|mode| mode & 0o1777);
        }
        failed.extend(unset("owner", owned));
    }
    if let Some(mode) = mode {
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
