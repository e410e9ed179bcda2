//! Paths of fields, such as `chunks[].type`, against a format: whether some file can have a field there.

use std::cell::RefCell;
use std::collections::HashMap;

use super::program::{FieldContent, Item, ItemKind, Level, Program};

/// Levels that are gone through for a name: fields without a name join those around them.
const MAX_DEPTH: u32 = 64;

/// A part of a path: a name, and whether the items of an array follow it.
#[derive(Clone, Copy)]
struct Segment<'a> {
    name: &'a str,
    has_items: bool,
}

/// The comparison of a path with a format.
struct Search<'p> {
    program: &'p Program,
    /// Whether `[]` may be missing, or be one too many.
    is_lenient: bool,
    /// The levels that were searched for a number of remaining segments, and at which depth: formats that refer to each
    /// other lead to the same level in exponentially many ways.
    seen: RefCell<HashMap<(*const Level, usize), u32>>,
}

impl Program {
    /// Whether the format can have a field at a path; otherwise how that path is written, where only its `[]` are wrong.
    pub(in crate::structs) fn has_path(&self, path: &str) -> Result<(), Option<String>> {
        self.find_path(&self.root, path)
    }

    /// The same of a stored format that it refers to.
    pub(in crate::structs) fn has_path_in(
        &self,
        format: &str,
        path: &str,
    ) -> Result<(), Option<String>> {
        let level = self.formats.get(format).ok_or(None)?;
        self.find_path(level, path)
    }

    fn find_path(&self, level: &Level, path: &str) -> Result<(), Option<String>> {
        let segments = path.split('.').map(|segment| {
            let name = segment.trim_end_matches("[]");
            Segment {
                name,
                has_items: name.len() < segment.len(),
            }
        });
        let segments: Vec<Segment<'_>> = segments.collect();
        let search = |is_lenient| {
            let search = Search {
                program: self,
                is_lenient,
                seen: RefCell::default(),
            };
            search.level(level, &segments, 0)
        };
        match search(false) {
            Some(_) => Ok(()),
            None => Err(search(true).map(|path| path.join("."))),
        }
    }
}

impl Search<'_> {
    /// The remaining path in this level, with its `[]` corrected.
    fn level(&self, level: &Level, path: &[Segment<'_>], depth: u32) -> Option<Vec<String>> {
        let depth = depth.checked_add(1).filter(|depth| *depth <= MAX_DEPTH)?;
        let key = (std::ptr::from_ref(level), path.len());
        let before = self.seen.borrow().get(&key).copied();
        // A search from here that failed fails again, unless the limit of depth ended it.
        if before.is_some_and(|before| before <= depth) {
            return None;
        }
        self.seen.borrow_mut().insert(key, depth);
        let mut items = level.items.iter();
        items.find_map(|item| self.item(item, path, depth))
    }

    fn item(&self, item: &Item, path: &[Segment<'_>], depth: u32) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        match &item.name {
            None => self.inside(item, path, depth),
            Some(name) if name != first.name => None,
            Some(name) => {
                let is_array = item.each.is_some() || (item.count.is_some() && !item.has_length());
                // A fact may be about an array itself.
                let fits = first.has_items == is_array || (rest.is_empty() && is_array);
                if !self.is_lenient && !fits {
                    return None;
                }
                let items = if is_array && (first.has_items || !rest.is_empty()) {
                    "[]"
                } else {
                    ""
                };
                let mut spelled = vec![format!("{name}{items}")];
                if !rest.is_empty() {
                    spelled.extend(self.inside(item, rest, depth)?);
                }
                Some(spelled)
            }
        }
    }

    /// The same in what a field holds.
    fn inside(&self, item: &Item, path: &[Segment<'_>], depth: u32) -> Option<Vec<String>> {
        let held = match &item.is {
            FieldContent::Inside(what) => self.what(what, path, depth),
            _ => None,
        };
        held.or_else(|| self.what(&item.what, path, depth))
    }

    fn what(&self, what: &ItemKind, path: &[Segment<'_>], depth: u32) -> Option<Vec<String>> {
        match what {
            ItemKind::Group(level) => self.level(level, path, depth),
            ItemKind::Choice(_, cases) => {
                let mut cases = cases.iter();
                cases.find_map(|case| self.level(&case.level, path, depth))
            }
            ItemKind::Format(name, _) => {
                let level = self.program.formats.get(name)?;
                self.level(level, path, depth)
            }
            ItemKind::Bits(_, bits)
            | ItemKind::Wide {
                bits: Some(bits), ..
            } => {
                let [bit] = path else { return None };
                let mut fields = bits.fields.iter();
                let is_it = fields.any(|(name, _)| name == bit.name);
                (is_it && (self.is_lenient || !bit.has_items)).then(|| vec![bit.name.to_owned()])
            }
            _ => None,
        }
    }
}
