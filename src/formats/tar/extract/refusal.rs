//! Why a member isn't extracted.

use std::io;

use super::super::error::Error;
use super::super::member::Kind;
use super::super::sparse::SparseFault;
use super::super::text::shown;

/// Why a member isn't extracted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Its name has `..` among its parts.
    #[error("its name has .. in it, which leads out of the folder")]
    Parent,
    /// It has no name.
    #[error("it has no name")]
    Empty,
    /// Its name holds a NUL.
    #[error("its name holds a NUL")]
    Nul,
    /// Its name is longer than a path can be, in bytes.
    #[error("its name of {0} bytes is too long for a path")]
    TooLong(usize),
    /// Its name can't be one on this system.
    #[error("its name can't be that of a file on this system")]
    Name,
    /// A part of its name is a symbolic link.
    #[error("{} is a symbolic link, which is not followed", shown(.0))]
    ThroughLink(Vec<u8>),
    /// A part of its name is something else than a directory.
    #[error("{} is not a directory", shown(.0))]
    NotADirectory(Vec<u8>),
    /// A directory that isn't empty has its name.
    #[error("a directory that isn't empty has its name")]
    DirectoryInTheWay,
    /// It is a link that leads, or could come to lead, outside; the link's target.
    #[error("it is a link to {}, which may lead outside", shown(.0))]
    LinkOutside(Vec<u8>),
    /// It is a hard link, and its target isn't there.
    #[error("it is a hard link to {}, which is not there", shown(.0))]
    LinkMissing(Vec<u8>),
    /// It is a device or a named pipe.
    #[error("it is a {}", special(*.0))]
    Special(Kind),
    /// It is a device whose number this system can't have, or the archive doesn't say: major and
    /// minor, where they can be read.
    #[error("{}", device(*.0))]
    Device(Option<(u32, u32)>),
    /// It is a sparse file whose map is wrong.
    #[error(transparent)]
    Sparse(SparseFault),
    /// Something has its name, and nothing is to be replaced.
    #[error("something has its name, and was to stay")]
    Exists,
    /// It has a type that can't be extracted.
    #[error("members of type {:?} are not extracted", char::from(*.0))]
    Unsupported(u8),
    /// The system refuses it.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Why a member isn't extracted: it is to blame alone, or nothing else can be extracted either.
pub(super) enum Failure {
    Refused(Refusal),
    Fatal(Error),
}

impl From<Refusal> for Failure {
    fn from(why: Refusal) -> Failure {
        Failure::Refused(why)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Fatal(error)
    }
}

fn special(kind: Kind) -> &'static str {
    match kind {
        Kind::Fifo => "named pipe",
        _ => "device",
    }
}

fn device(number: Option<(u32, u32)>) -> String {
    match number {
        Some((major, minor)) => {
            format!("it is the device {major},{minor}, and there are none beyond 4095,1048575")
        }
        None => "its device number can't be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn a_reason_says_what_is_wrong_with_the_member() {
        for (refusal, text) in [
            (
                Refusal::Parent,
                "its name has .. in it, which leads out of the folder",
            ),
            (Refusal::Empty, "it has no name"),
            (Refusal::Nul, "its name holds a NUL"),
            (
                Refusal::TooLong(5000),
                "its name of 5000 bytes is too long for a path",
            ),
            (
                Refusal::Name,
                "its name can't be that of a file on this system",
            ),
            (
                Refusal::ThroughLink(b"a/b".to_vec()),
                "\"a/b\" is a symbolic link, which is not followed",
            ),
            (
                Refusal::NotADirectory(b"a".to_vec()),
                "\"a\" is not a directory",
            ),
            (
                Refusal::DirectoryInTheWay,
                "a directory that isn't empty has its name",
            ),
            (
                Refusal::LinkOutside(b"../x".to_vec()),
                "it is a link to \"../x\", which may lead outside",
            ),
            (
                Refusal::LinkMissing(b"x".to_vec()),
                "it is a hard link to \"x\", which is not there",
            ),
            (Refusal::Special(Kind::Fifo), "it is a named pipe"),
            (Refusal::Special(Kind::CharDevice), "it is a device"),
            (Refusal::Special(Kind::BlockDevice), "it is a device"),
            (
                Refusal::Device(Some((4096, 7))),
                "it is the device 4096,7, and there are none beyond 4095,1048575",
            ),
            (Refusal::Device(None), "its device number can't be read"),
            (Refusal::Exists, "something has its name, and was to stay"),
            (
                Refusal::Unsupported(b'!'),
                "members of type '!' are not extracted",
            ),
            (Refusal::System(io::Error::other("no room")), "no room"),
        ] {
            assert_eq!(refusal.to_string(), text);
        }
        let fault = SparseFault::Short;
        assert_eq!(Refusal::Sparse(fault).to_string(), fault.to_string());
    }

    #[test]
    fn the_cause_of_a_refusal_is_told_once() {
        let error = || io::Error::other("no room");
        let fault = SparseFault::Short;
        for (refusal, words) in [
            (Refusal::Sparse(fault), fault.to_string()),
            (error().into(), error().to_string()),
        ] {
            assert_eq!(refusal.to_string(), words);
            assert!(refusal.source().is_none(), "the text has it");
        }
    }
}
