//! Which members somebody asked for, by name.

use super::place::meaning_parts;

/// Names of members: each means the member of that name and everything below it.
///
/// A name is compared part by part: `./a/` is the same as `a`. Without any name, every member is
/// meant.
///
/// ```
/// use bytewright::formats::tar::Selection;
///
/// let mut selection = Selection::new([b"src".to_vec(), b"docs/a".to_vec()]);
/// assert!(selection.takes(b"src/"));
/// assert!(selection.takes(b"./src/lib.rs"));
/// assert!(!selection.takes(b"srcs"));
/// assert_eq!(selection.missing().collect::<Vec<_>>(), [b"docs/a"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection {
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Name {
    name: Vec<u8>,
    found: bool,
}

impl Selection {
    /// Members of these names; none means all.
    pub fn new(names: impl IntoIterator<Item = Vec<u8>>) -> Selection {
        let names = names.into_iter().map(|name| Name { name, found: false });
        Selection {
            names: names.collect(),
        }
    }

    /// Whether a member is meant.
    pub fn takes(&mut self, name: &[u8]) -> bool {
        let mut takes = self.names.is_empty();
        for wanted in &mut self.names {
            let mut parts = meaning_parts(name);
            if meaning_parts(&wanted.name).all(|part| parts.next() == Some(part)) {
                wanted.found = true;
                takes = true;
            }
        }
        takes
    }

    /// The names that no member had so far.
    pub fn missing(&self) -> impl Iterator<Item = &[u8]> {
        let missing = self.names.iter().filter(|name| !name.found);
        missing.map(|name| &*name.name)
    }
}
