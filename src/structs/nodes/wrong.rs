//! Fields of a whole file that are not what follows from others: checksums, lengths.

use std::io;

use super::Window;
use crate::structs::Struct;
use crate::tree::{Node, Range, Space};
use crate::value::Value;

impl Struct {
    /// The fields of a file that are not what follows from others (a checksum, a length), with their nodes'
    /// paths and what they should be. Plain formats have none.
    pub(crate) fn wrong_in(&self, window: &mut Window) -> io::Result<Vec<(String, Node, Value)>> {
        let Some(program) = &self.whole else {
            return Ok(Vec::new());
        };
        window.start_at(0);
        let made = program.read(&mut *window, Space::FILE, 0);
        window.check()?;
        let mut found = Vec::new();
        // What a coding yields can't be changed.
        let wrong = made.wrong.into_iter();
        for (range, value) in wrong.filter(|(range, _)| range.space.is_file()) {
            if let Some(way) = at_range(&made.nodes, range)
                && let Some(leaf) = way.first()
            {
                found.push((path_of(&way), (*leaf).clone(), value));
            }
        }
        Ok(found)
    }
}

/// The nodes that lead to the leaf of that range, innermost first.
fn at_range(nodes: &[Node], range: Range) -> Option<Vec<&Node>> {
    nodes.iter().find_map(|node| {
        if node.is_leaf() {
            return (node.range == range).then(|| vec![node]);
        }
        let mut way = at_range(node.made(), range)?;
        way.push(node);
        Some(way)
    })
}

fn path_of(way: &[&Node]) -> String {
    let mut path = String::new();
    let mut is_item = false;
    for node in way.iter().rev() {
        if !node.is_joined {
            match is_item {
                true => path.push_str(&format!("[{}]", node.name)),
                false if path.is_empty() => path.push_str(&node.name),
                false => path.push_str(&format!(".{}", node.name)),
            }
        }
        is_item = node.is_array();
    }
    path
}
