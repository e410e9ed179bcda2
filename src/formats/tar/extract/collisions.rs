//! Names that are one name on a disk that ignores case, or that normalizes Unicode.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::UnicodeNormalization;

/// Remembers the hashes of names, not the names: some bytes for each.
#[derive(Debug, Default)]
pub(super) struct Collisions {
    /// By the hash of a name as such a disk has it: the hash of the name itself, and whether
    /// another one with the same was told.
    seen: HashMap<u64, (u64, bool)>,
    /// Room for a part as such a disk has it.
    folded: Vec<u8>,
}

impl Collisions {
    /// Whether a name, or a directory on its way, falls together with an earlier one; said once
    /// for each.
    pub(super) fn add(&mut self, parts: &[&[u8]]) -> bool {
        let (mut exact, mut folded) = (DefaultHasher::new(), DefaultHasher::new());
        let mut collides = false;
        for part in parts {
            part.hash(&mut exact);
            self.folded.clear();
            fold(part, &mut self.folded);
            self.folded.hash(&mut folded);
            let exact = exact.finish();
            let (first, told) = self.seen.entry(folded.finish()).or_insert((exact, false));
            if *first != exact && !*told {
                *told = true;
                collides = true;
            }
        }
        collides
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

#[cfg(test)]
mod tests {
    use super::*;

    fn colliding(names: &[&str]) -> Vec<bool> {
        let mut collisions = Collisions::default();
        let add = |name: &&str| {
            let parts: Vec<&[u8]> = name.split('/').map(str::as_bytes).collect();
            collisions.add(&parts)
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
}
