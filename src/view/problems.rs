//! The problems of a file, gathered from its tree.

use std::io;

use super::job::Watch;
use crate::offset::Tally;
use crate::tree::{Node, Place, Problem};

/// The most problems that are listed.
const MOST: usize = 1000;

/// The most nodes that are searched without a request; the items of large arrays aren't.
pub(super) const UNASKED: u64 = 5000;

/// A problem, and the node that it is about.
#[derive(Clone, Debug)]
pub(super) struct LocatedProblem {
    pub(super) place: Place,
    pub(super) problem: Problem,
}

/// The problems of a file in the order of its tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    pub(super) list: Vec<LocatedProblem>,
    /// Whether there may be more.
    pub(super) is_cut: bool,
}

impl Problems {
    /// Whether the list is full.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }
}

/// Walks over a tree, and over no more nodes than `most_nodes`.
pub(super) fn of(root: &Node, most_nodes: u64, watch: &Watch) -> io::Result<Problems> {
    let mut gather = Gather {
        problems: Problems::default(),
        nodes: 0,
        most_nodes,
        watch,
    };
    gather.take(&Place::default(), root);
    gather.below(root, &mut Place::default())?;
    Ok(gather.problems)
}

struct Gather<'a> {
    problems: Problems,
    nodes: u64,
    most_nodes: u64,
    watch: &'a Watch,
}

impl Gather<'_> {
    fn take(&mut self, place: &Place, node: &Node) {
        for problem in &node.problems {
            if self.problems.list.len() >= MOST {
                self.problems.is_cut = true;
                return;
            }
            self.problems.list.push(LocatedProblem {
                place: place.clone(),
                problem: problem.clone(),
            });
        }
    }

    /// Recursion is as deep as the tree.
    fn below(&mut self, node: &Node, place: &mut Place) -> io::Result<()> {
        for child in node.children() {
            self.watch.check()?;
            if self.nodes >= self.most_nodes {
                self.problems.is_cut = true;
            }
            if self.problems.is_cut {
                return Ok(());
            }
            let child = child?;
            self.nodes.tally(1);
            place.push(child.name.clone());
            self.take(place, &child);
            self.below(&child, place)?;
            place.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Document;
    use crate::{Source, Struct};

    #[test]
    fn problems_come_with_their_paths_and_a_limit() {
        let document = Document::detect(Source::from(&b"BM\x36\0\0\0"[..]), None).unwrap();
        let watch = Watch::default();
        let all = of(document.root(), u64::MAX, &watch).unwrap();
        assert!(!all.is_cut && !all.list.is_empty());
        let none = of(document.root(), 0, &watch).unwrap();
        assert!(none.is_cut);
        let layout = crate::format::StructFormat::new("s", Struct::new("4s").unwrap());
        let document = Document::open(Source::from(&b"ab"[..]), layout).unwrap();
        let found = of(document.root(), u64::MAX, &watch).unwrap();
        assert_eq!(found.list[0].place, "unread");
        assert_eq!(found.list[0].problem.code, "S002");
    }
}
