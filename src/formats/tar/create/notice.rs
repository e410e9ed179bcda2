//! Notices about files that were, or weren't, added to an archive.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::formats::tar::text;

/// Something about a file while an archive is made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Notice {
    /// Which file.
    pub path: PathBuf,
    /// What about it.
    pub kind: NoticeKind,
}

/// The kinds of [`Notice`].
#[derive(Debug)]
#[non_exhaustive]
pub enum NoticeKind {
    /// The `/` in front of its name is left out; said once.
    LeadingSlash,
    /// It can't be read; where that happened in the middle, zeros stand for the rest.
    Unreadable(io::Error),
    /// It became smaller while it was read; zeros stand for what is missing.
    Shrunk {
        /// How many bytes.
        missing: u64,
    },
    /// It became larger while it was read; the archive has what the header announced.
    Grown,
    /// It was written to, or otherwise changed, while it was read; what the archive has may be neither
    /// what it was nor what it is.
    Changed,
    /// It is in the archive by this name already, and left out this time.
    Twice,
    /// It is the archive, and left out.
    OwnArchive,
    /// It is a socket or the like, and left out.
    Socket,
    /// It is a folder that it lies in itself, by way of a link, and left out.
    Loop,
    /// Its name, or that of what it links to, can't be written into an archive.
    NoName,
    /// It is a `.gitignore` file whose patterns are not followed, for this reason.
    Gitignore(&'static str),
    /// Another member has its name already, this one; extracting leaves the later of the two.
    SameName(Vec<u8>),
}

impl Notice {
    pub(super) fn new(path: &Path, kind: NoticeKind) -> Notice {
        let path = path.to_owned();
        Notice { path, kind }
    }

    /// Whether the archive differs from what was asked for.
    pub fn is_failure(&self) -> bool {
        !matches!(
            self.kind,
            NoticeKind::LeadingSlash
                | NoticeKind::Twice
                | NoticeKind::OwnArchive
                | NoticeKind::Socket
                | NoticeKind::SameName(_)
        )
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            NoticeKind::LeadingSlash => {
                write!(f, "{path}: the / in front of names is left out")
            }
            NoticeKind::Unreadable(e) => write!(f, "{path}: {e}"),
            NoticeKind::Shrunk { missing } => write!(
                f,
                "{path}: it became smaller while it was read; its last {missing} bytes in the \
                 archive are zeros"
            ),
            NoticeKind::Grown => write!(
                f,
                "{path}: it became larger while it was read; what was added is left out"
            ),
            NoticeKind::Changed => write!(
                f,
                "{path}: it changed while it was read; the archive may have something of both"
            ),
            NoticeKind::Twice => {
                write!(
                    f,
                    "{path}: it is in by this name already, and left out this time"
                )
            }
            NoticeKind::OwnArchive => write!(f, "{path}: it is the archive, and left out"),
            NoticeKind::Socket => write!(f, "{path}: a socket has no place in an archive"),
            NoticeKind::Loop => write!(f, "{path}: it leads back to a folder it lies in"),
            NoticeKind::SameName(name) => write!(
                f,
                "{path}: its name {} leads where a member's before it does; extracting leaves the \
                 later one",
                text::shown(name)
            ),
            NoticeKind::Gitignore(why) => {
                write!(f, "{path}: {why}; its patterns leave nothing out")
            }
            NoticeKind::NoName => write!(f, "{path}: its name isn't Unicode"),
        }
    }
}
