//! Fields of a whole file whose values contradict others: checksums, lengths.

use std::collections::HashMap;
use std::io;

use super::Window;
use crate::structs::Struct;
use crate::structs::whole::ReadMode;
use crate::tree::{Node, Place, Range, Space};
use crate::value::Value;

impl Struct {
    /// The fields of a file that are not what follows from others (a checksum, a length), with their
    /// places and nodes, and what they should be. Plain formats have none.
    pub(crate) fn wrong_in(&self, window: &mut Window) -> io::Result<Vec<(Place, Node, Value)>> {
        let Some(program) = &self.whole else {
            return Ok(Vec::new());
        };
        window.start_at(0);
        let how = ReadMode {
            checks_all: true,
            ..ReadMode::at(Space::FILE, 0)
        };
        let made = program.read_on_demand(window, &how);
        window.check()?;
        // Fields inside coded bytes can't be changed.
        let mut wrong = made.wrong;
        wrong.retain(|(range, _)| range.space.is_file());
        if wrong.is_empty() {
            return Ok(Vec::new());
        }
        let mut wanted: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, (range, _)) in wrong.iter().enumerate() {
            wanted.entry(key(range)).or_default().push(i);
        }
        let mut found: Vec<Option<(Place, Node)>> = vec![None; wrong.len()];
        let root = Node::new("", Range::new(Space::FILE, 0, 0)).with_children(made.nodes);
        leaves(&root, &mut Place::default(), &mut |path, leaf| {
            if let Some(wrong) = wanted.remove(&key(&leaf.range)) {
                for i in wrong {
                    if let Some(slot) = found.get_mut(i) {
                        *slot = Some((path.clone(), leaf.clone()));
                    }
                }
            }
            !wanted.is_empty()
        })?;
        let wrong = found.into_iter().zip(wrong);
        let wrong = wrong.filter_map(|(found, (_, value))| {
            let (path, node) = found?;
            Some((path, node, value))
        });
        Ok(wrong.collect())
    }
}

/// Which bytes of the file a leaf has.
fn key(range: &Range) -> (u64, u64, bool) {
    (range.offset, range.size, range.bits.is_some())
}

/// Calls `visit` for the leaves of the file below a node with their places, until it wants no more; answers whether
/// it does. What codings yield is not undone.
fn leaves(
    of: &Node,
    place: &mut Place,
    visit: &mut dyn FnMut(&Place, &Node) -> bool,
) -> io::Result<bool> {
    for node in of.children() {
        let node = node?;
        // A node of unnamed bit fields has no name in a path.
        if !node.is_joined {
            place.push(node.name.clone());
        }
        let go_on = match node.is_leaf() {
            _ if node.content.is_some() => true,
            true => visit(place, &node),
            false => leaves(&node, place, visit)?,
        };
        if !node.is_joined {
            place.pop();
        }
        if !go_on {
            return Ok(false);
        }
    }
    Ok(true)
}
