//! What went otherwise than the archive says, and didn't keep a member from being extracted.

use std::fmt;
use std::io;

use super::super::text::shown;
use super::policy::Unset;

/// What somebody should know about a member that was extracted.
#[derive(Debug)]
#[non_exhaustive]
pub enum Warning {
    /// The name is that of another member where a disk ignores case, or normalizes Unicode.
    Collides {
        /// The member's name.
        name: Vec<u8>,
    },
    /// The target of the link got another form, which leads to the same place: `..` behind another
    /// part is safe only as long as that part is a directory.
    Straightened {
        /// The member's name.
        name: Vec<u8>,
        /// The target that it has.
        target: Vec<u8>,
    },
    /// The system didn't let something be set.
    Unset {
        /// The member's name.
        name: Vec<u8>,
        /// What: `owner`, `group`, `mode`, `setuid`, `setgid`, `time`, the name of an extended
        /// attribute or of an access control list's record.
        attribute: String,
        /// Why.
        error: io::Error,
    },
}

/// Warnings that nobody asks for are kept up to this many.
const MOST: usize = 1000;

impl Warning {
    /// The name of the member.
    pub fn name(&self) -> &[u8] {
        match self {
            Warning::Collides { name }
            | Warning::Straightened { name, .. }
            | Warning::Unset { name, .. } => name,
        }
    }

    pub(super) fn unset(name: &[u8], unset: Vec<Unset>, warnings: &mut Vec<Warning>) {
        let named = unset.into_iter().map(|(attribute, error)| Warning::Unset {
            name: name.to_vec(),
            attribute,
            error,
        });
        Warning::append(warnings, named);
    }

    pub(super) fn append(warnings: &mut Vec<Warning>, more: impl IntoIterator<Item = Warning>) {
        let room = MOST.saturating_sub(warnings.len());
        warnings.extend(more.into_iter().take(room));
    }
}

/// Without the member's name.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Collides { .. } => f.write_str(
                "on a disk that ignores case, or normalizes names, another member has this name",
            ),
            Warning::Straightened { target, .. } => {
                write!(
                    f,
                    "the link leads to {}, without turning back",
                    shown(target)
                )
            }
            Warning::Unset {
                attribute, error, ..
            } => {
                let known = ["owner", "group", "mode", "setuid", "setgid", "time"];
                let known = known.contains(&attribute.as_str());
                match known {
                    true => write!(f, "its {attribute} can't be set: {error}"),
                    false => {
                        let attribute = shown(attribute.as_bytes());
                        write!(f, "its attribute {attribute} can't be set: {error}")
                    }
                }
            }
        }
    }
}
