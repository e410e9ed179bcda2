//! What went otherwise than the archive says, and didn't keep a member from being extracted.

use std::fmt;
use std::io;

use super::super::text::shown;
use super::policy::Unset;

/// What is worth knowing about a member that was extracted.
#[derive(Debug)]
#[non_exhaustive]
pub enum Warning {
    /// The name is that of another member where a disk ignores case, or normalizes Unicode.
    Collides {
        /// The member's name.
        name: Vec<u8>,
    },
    /// The target of the link got another form, which leads to the same place: `..` after another
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_has_the_members_name_and_says_what_went_otherwise() {
        let name = || b"a".to_vec();
        let unset = |attribute: &str| Warning::Unset {
            name: name(),
            attribute: attribute.to_owned(),
            error: io::Error::other("no"),
        };
        for (warning, text) in [
            (
                Warning::Collides { name: name() },
                "on a disk that ignores case, or normalizes names, another member has this name",
            ),
            (
                Warning::Straightened {
                    name: name(),
                    target: b"../x".to_vec(),
                },
                "the link leads to \"../x\", without turning back",
            ),
            (unset("setuid"), "its setuid can't be set: no"),
            (unset("time"), "its time can't be set: no"),
            (
                unset("user.colour"),
                "its attribute \"user.colour\" can't be set: no",
            ),
        ] {
            assert_eq!(warning.to_string(), text);
            assert_eq!(warning.name(), b"a");
        }
    }

    /// An archive may have any number of members with something that can't be set.
    #[test]
    fn warnings_that_nobody_takes_are_kept_up_to_a_number() {
        let mut warnings = Vec::new();
        let unset = |n| -> Vec<Unset> {
            let one = |_| ("time".to_owned(), io::Error::other("no"));
            (0..n).map(one).collect()
        };
        Warning::unset(b"first", unset(MOST - 1), &mut warnings);
        Warning::unset(b"second", unset(2), &mut warnings);
        Warning::unset(b"third", unset(2), &mut warnings);
        assert_eq!(warnings.len(), MOST);
        assert_eq!(warnings[0].name(), b"first");
        assert_eq!(warnings[MOST - 1].name(), b"second");
    }
}
