//! Names of members, for the completion scripts of shells.

use std::collections::BTreeSet;

use crate::cli::Input;
use crate::formats::tar::Archive;

/// Members of an archive that are looked at; a longer list helps no user.
const MOST_MEMBERS: usize = 10_000;

/// Names of members that begin with a word, folder by folder.
pub(in crate::cli) fn members(file: &Input, word: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let opened = file.open().ok();
    let Some(mut archive) = opened.and_then(|source| Archive::new(source).ok()) else {
        return names;
    };
    for member in archive.members().take(MOST_MEMBERS) {
        let Ok(member) = member else { break };
        let Ok(name) = std::str::from_utf8(&member.name) else {
            continue;
        };
        let Some(rest) = name.strip_prefix(word) else {
            continue;
        };
        let step = match rest.find('/') {
            Some(at) => rest.get(..=at).unwrap_or(rest),
            None => rest,
        };
        if !name.contains(char::is_control) {
            names.insert(format!("{word}{step}"));
        }
    }
    names
}
