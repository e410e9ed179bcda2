//! Arguments in the place of each other: a file that isn't there, before one that is.

use std::path::Path;

use super::error::{Result, bail};
use super::words;
use crate::render::escape;

/// An error where the first argument is no file and the second is one, which the verb takes first.
pub(super) fn check(verb: &str, first: Option<&Path>, second: &Path) -> Result<()> {
    match first {
        Some(first) if !first.exists() && second.is_file() => {
            wrong_order(verb, "file", first, second)
        }
        _ => Ok(()),
    }
}

/// Says which argument comes first.
pub(super) fn wrong_order(verb: &str, what: &str, first: &Path, second: &Path) -> Result<()> {
    let is = match first.exists() {
        true => format!("is no {what}"),
        false => "is no file".to_owned(),
    };
    bail!(
        "{} {is}, and {} is one: the {what} comes first:\n\n  bytewright {verb} {} {}\n",
        escape::path(first),
        escape::path(second),
        words::quoted(&second.into()),
        words::quoted(&first.into())
    )
}
