//! Names that another language takes: no keywords, none twice.

use crate::offset::Tally;
use std::collections::HashSet;

pub(super) struct Names<'k> {
    keywords: &'k [&'k str],
    taken: HashSet<String>,
    paddings: usize,
}

impl<'k> Names<'k> {
    pub(super) fn new(keywords: &'k [&'k str]) -> Names<'k> {
        Names {
            keywords,
            taken: HashSet::new(),
            paddings: 0,
        }
    }

    /// The name of the member at `index`: its own, with a `_` after a keyword.
    pub(super) fn of(&mut self, name: Option<&str>, index: usize) -> String {
        let mut name = name.map_or_else(|| format!("field_{index}"), str::to_owned);
        while self.keywords.contains(&name.as_str()) || name == "_" || self.taken.contains(&name) {
            name.push('_');
        }
        self.taken.insert(name.clone());
        name
    }

    pub(super) fn padding(&mut self) -> String {
        let name = self.of(Some(&format!("_pad{}", self.paddings)), 0);
        self.paddings.tally(1);
        name
    }
}
