//! Why a member isn't extracted.

use std::fmt;
use std::io;

use super::super::member::Kind;
use super::super::sparse::SparseFault;
use super::super::text::shown;

/// Why a member isn't extracted.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// Its name has `..` among its parts.
    Parent,
    /// It has no name.
    Empty,
    /// Its name holds a NUL.
    Nul,
    /// Its name is longer than a path can be, in bytes.
    TooLong(usize),
    /// Its name can't be one on this system.
    Name,
    /// A part of its name is a symbolic link.
    ThroughLink(Vec<u8>),
    /// A part of its name is something else than a directory.
    NotADirectory(Vec<u8>),
    /// A directory that isn't empty has its name.
    DirectoryInTheWay,
    /// It is a link that leads, or could come to lead, outside; the link's target.
    LinkOutside(Vec<u8>),
    /// It is a hard link, and its target isn't there.
    LinkMissing(Vec<u8>),
    /// It is a device or a named pipe.
    Special(Kind),
    /// It is a device whose number this system can't have, or the archive doesn't say: major and
    /// minor, where they can be read.
    Device(Option<(u32, u32)>),
    /// It is a sparse file whose map is wrong.
    Sparse(SparseFault),
    /// Something has its name, and nothing is to be replaced.
    Exists,
    /// It has a type that can't be extracted.
    Unsupported(u8),
    /// The system refuses it.
    System(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::System(error)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Refusal::System(error) => Some(error),
            Refusal::Sparse(fault) => Some(fault),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Parent => f.write_str("its name has .. in it, which leads out of the folder"),
            Refusal::Empty => f.write_str("it has no name"),
            Refusal::Nul => f.write_str("its name holds a NUL"),
            Refusal::TooLong(size) => write!(f, "its name of {size} bytes is too long for a path"),
            Refusal::Name => f.write_str("its name can't be that of a file on this system"),
            Refusal::ThroughLink(part) => {
                write!(
                    f,
                    "{} is a symbolic link, which is not followed",
                    shown(part)
                )
            }
            Refusal::NotADirectory(part) => write!(f, "{} is not a directory", shown(part)),
            Refusal::DirectoryInTheWay => f.write_str("a directory that isn't empty has its name"),
            Refusal::LinkOutside(target) => {
                write!(
                    f,
                    "it is a link to {}, which may lead outside",
                    shown(target)
                )
            }
            Refusal::LinkMissing(target) => {
                write!(
                    f,
                    "it is a hard link to {}, which is not there",
                    shown(target)
                )
            }
            Refusal::Special(Kind::Fifo) => f.write_str("it is a named pipe"),
            Refusal::Special(_) => f.write_str("it is a device"),
            Refusal::Device(Some((major, minor))) => write!(
                f,
                "it is the device {major},{minor}, and there are none beyond 4095,1048575"
            ),
            Refusal::Device(None) => f.write_str("its device number can't be read"),
            Refusal::Sparse(fault) => fault.fmt(f),
            Refusal::Exists => f.write_str("something has its name, and was to stay"),
            Refusal::Unsupported(flag) => {
                write!(
                    f,
                    "members of type {:?} are not extracted",
                    char::from(*flag)
                )
            }
            Refusal::System(error) => error.fmt(f),
        }
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
    fn what_is_behind_a_reason_is_its_source() {
        let source = |refusal: Refusal| refusal.source().map(ToString::to_string);
        let fault = SparseFault::Short;
        assert_eq!(source(Refusal::Sparse(fault)), Some(fault.to_string()));
        let error = || io::Error::other("no room");
        assert_eq!(source(error().into()), Some(error().to_string()));
        assert_eq!(source(Refusal::Empty), None);
    }
}
