//! The names so far: which are one name on a disk that ignores case, or that normalizes Unicode, and which are free.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::UnicodeNormalization;

use crate::offset::{Position, Tally};

/// Remembers the hashes of names, not the names: some bytes for each.
///
/// A name is looked at first; what else is done is done to that one.
#[derive(Debug, Default)]
pub(super) struct Collisions {
    /// By the hash of a name as such a disk has it.
    seen: HashMap<u64, Seen>,
    /// The hashes of each directory on the way of the name that was looked at last, and of that name: as such a disk
    /// has it, and as it is.
    name: Vec<(u64, u64)>,
    /// Room for a part as such a disk has it.
    folded: Vec<u8>,
    /// How often all files that were to be made by another thread were waited for.
    round: u32,
}

#[derive(Debug)]
struct Seen {
    /// The hash of the name itself.
    exact: u64,
    /// Whether another name that falls together with it was told.
    told: bool,
    /// The round by which the file of that name is made; 0 where it wasn't left to another thread.
    made_by: u32,
}

/// What is known of a name before it is taken.
pub(super) struct Known {
    /// Neither it nor a directory of that name was among the names so far.
    pub(super) is_new: bool,
    /// A file of that name, or of one on its way, may not be there yet.
    pub(super) waits: bool,
}

impl Collisions {
    /// What is known of a name.
    pub(super) fn look(&mut self, parts: &[&[u8]]) -> Known {
        let (mut exact, mut folded) = (DefaultHasher::new(), DefaultHasher::new());
        self.name.clear();
        for part in parts {
            part.hash(&mut exact);
            self.folded.clear();
            fold(part, &mut self.folded);
            self.folded.hash(&mut folded);
            self.name.push((folded.finish(), exact.finish()));
        }
        let mut known = Known {
            is_new: true,
            waits: false,
        };
        for (folded, _) in &self.name {
            let seen = self.seen.get(folded);
            known.is_new = seen.is_none();
            known.waits |= seen.is_some_and(|seen| seen.made_by > self.round);
        }
        known
    }

    /// Takes the name for a file that another thread makes.
    pub(super) fn leave(&mut self) {
        if let Some((folded, exact)) = self.name.last() {
            let seen = self.seen.entry(*folded).or_insert(Seen::new(*exact));
            seen.made_by = self.round.past(1);
        }
    }

    /// No file is left to another thread any more.
    pub(super) fn all_made(&mut self) {
        self.round.tally(1);
    }

    /// Takes the names of the directories on the way, without a word of what they fall together with.
    pub(super) fn take_directories(&mut self) {
        if let Some((_, above)) = self.name.split_last() {
            for (folded, exact) in above {
                self.seen.entry(*folded).or_insert(Seen::new(*exact));
            }
        }
    }

    /// Takes the name, and those of the directories on its way. Whether one of them falls together with an earlier
    /// one; said once for each.
    pub(super) fn add(&mut self) -> bool {
        let mut collides = false;
        for (folded, exact) in &self.name {
            let seen = self.seen.entry(*folded).or_insert(Seen::new(*exact));
            if seen.exact != *exact && !seen.told {
                seen.told = true;
                collides = true;
            }
        }
        collides
    }
}

impl Seen {
    fn new(exact: u64) -> Seen {
        Seen {
            exact,
            told: false,
            made_by: 0,
        }
    }
}

/// A name without what such disks ignore. What isn't Unicode is compared byte by byte.
fn fold(part: &[u8], folded: &mut Vec<u8>) {
    match std::str::from_utf8(part) {
        Ok(part) if !part.is_ascii() => {
            let characters = part.nfd().flat_map(char::to_lowercase).nfd();
            for character in characters {
                folded.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        _ => folded.extend(part.iter().map(u8::to_ascii_lowercase)),
    }
}

/// Whether a name is one on every file system, and of the same file as no other spelling but in another case.
pub(super) fn is_simple(name: &[u8]) -> bool {
    /// In bytes: what is left of 255 where names are encrypted.
    const LONGEST: usize = 143;
    let is_simple = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.len() <= LONGEST && name.iter().all(is_simple) && !name.ends_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simple_name_has_no_other_spelling_anywhere() {
        for name in ["a", "READ-me_2.txt", ".x", &"n".repeat(143)] {
            assert!(is_simple(name.as_bytes()), "{name}");
        }
        for name in [
            "a.",
            "a b",
            "LONG~1",
            "a:b",
            "\u{e4}",
            "a\n",
            &"n".repeat(144),
        ] {
            assert!(!is_simple(name.as_bytes()), "{name}");
        }
    }

    fn colliding(names: &[&str]) -> Vec<bool> {
        let mut collisions = Collisions::default();
        let add = |name: &&str| {
            let parts: Vec<&[u8]> = name.split('/').map(str::as_bytes).collect();
            collisions.look(&parts);
            collisions.add()
        };
        names.iter().map(add).collect()
    }

    #[test]
    fn names_that_differ_by_case_or_normalization_collide_once() {
        assert_eq!(colliding(&["a/b", "a/c", "a/b"]), [false, false, false]);
        assert_eq!(colliding(&["a", "A", "A"]), [false, true, false]);
        assert_eq!(colliding(&["d/x", "D/y", "D/z"]), [false, true, false]);
        assert_eq!(colliding(&["ä", "a\u{308}"]), [false, true]);
        assert_eq!(colliding(&["Ä", "a\u{308}"]), [false, true]);
        assert_eq!(colliding(&["ab/c", "a/bc"]), [false, false]);
        // The sign for kelvins is a k in lower case.
        assert_eq!(colliding(&["k", "\u{212a}"]), [false, true]);
    }

    #[test]
    fn a_file_that_is_left_waits_until_all_are_made() {
        let mut collisions = Collisions::default();
        assert!(collisions.look(&[b"d", b"File"]).is_new);
        collisions.leave();
        assert!(!collisions.add());
        for (parts, is_new, waits) in [
            (&[&b"d"[..], b"File"][..], false, true),
            (&[b"D", b"file"], false, true),
            (&[b"d", b"file", b"below"], true, true),
            (&[b"d"], false, false),
            (&[b"d", b"other"], true, false),
            (&[b"file"], true, false),
        ] {
            let known = collisions.look(parts);
            assert_eq!((known.is_new, known.waits), (is_new, waits), "{parts:?}");
        }
        collisions.all_made();
        let known = collisions.look(&[b"d", b"file", b"below"]);
        assert!(known.is_new && !known.waits);
        assert!(!collisions.look(&[b"d", b"File"]).is_new);
        collisions.leave();
        assert!(collisions.look(&[b"d", b"File"]).waits);
    }

    #[test]
    fn directories_that_are_taken_are_not_new_and_what_falls_together_with_them_is_told_later() {
        let mut collisions = Collisions::default();
        for directory in [b"e", b"f"] {
            collisions.look(&[b"d", directory, b"x"]);
            collisions.take_directories();
        }
        assert!(!collisions.look(&[b"d"]).is_new);
        assert!(!collisions.look(&[b"d", b"e"]).is_new);
        assert!(collisions.look(&[b"d", b"e", b"x"]).is_new);
        assert!(collisions.look(&[b"e"]).is_new);
        for collides in [true, false] {
            collisions.look(&[b"d", b"E"]);
            assert_eq!(collisions.add(), collides);
        }
    }
}
