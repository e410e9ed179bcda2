//! The formats that come with the crate, each described in the format language.
//!
//! `docs/formats.md` describes the files: they are of the same form as those that users write. One
//! format is one line in [the list](all), which also says how its files are recognized, so that
//! nothing is parsed or compiled before a file of the format is opened.
//!
//! ```
//! use bytewright::formats::{Registry, shelf};
//!
//! let png = shelf::named("png").unwrap();
//! assert_eq!(png.suffixes, ["png", "apng"]);
//! assert!(Registry::built_in().named("png").is_some());
//!
//! // As part of a format of one's own.
//! let known = shelf::complete(Default::default(), "H:n [n]%png_color:palette")?;
//! let palette = known.compile("<H:n [n]%png_color:palette")?;
//! assert_eq!(palette.layout.unpack(b"\x01\0\xff\x80\0")?.to_string(), "(1, [(255, 128, 0)])");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | `list` | which formats there are, and how files of each begin |
//! | `shelved` | one of them as a format of files |
//! | `*.toml` | the descriptions |

mod list;
mod shelved;

use std::collections::BTreeSet;

use super::user::{Error, Known};

pub use list::{Described, Group, all};
pub use shelved::Shelved;

/// The format of that name, in letters of either case.
pub fn named(name: &str) -> Option<&'static Described> {
    all().find(|format| format.name.eq_ignore_ascii_case(name))
}

/// These formats, and those of the shelf that `format` refers to as `%name` where they have none of
/// that name.
///
/// # Errors
///
/// When a description can't be parsed, which those of the shelf all can.
pub fn complete(mut known: Known, format: &str) -> Result<Known, Error> {
    let mut seen = BTreeSet::new();
    let mut texts = vec![format.to_owned()];
    while let Some(text) = texts.pop() {
        for name in references(&text) {
            if !seen.insert(name.to_owned()) {
                continue;
            }
            if known.get(name).is_none()
                && let Some(described) = with_part(name)
            {
                known = known.or(described.file()?);
            }
            let stored = known.get(name);
            texts.extend(stored.map(|stored| stored.schema.format.to_string()));
        }
    }
    Ok(known)
}

/// The format in whose file a name is: each begins with the name of the file, or of a format in it,
/// and an underscore.
fn with_part(name: &str) -> Option<&'static Described> {
    let is_part = |of: &str| {
        let rest = name.strip_prefix(of);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    all()
        .find(|format| format.name == name)
        .or_else(|| all().find(|format| is_part(format.name) || is_part(format.file)))
}

/// The names that come after a percent sign.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split('%').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        (!name.is_empty()).then_some(name)
    })
}
