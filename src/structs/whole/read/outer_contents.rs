//! Contents of coded bytes around an array, for its items that are made on demand.

use std::collections::HashMap;

use super::{Coded, Frame, Reader};
use crate::offset::Position;
use crate::structs::nodes::Input;
use crate::tree::{Node, Space};

/// The levels around an array whose items are made on demand.
#[derive(Debug, Default)]
pub(in crate::structs::whole) struct OuterLevels {
    pub(in crate::structs::whole) frames: Vec<Frame>,
    /// The contents of nodes in the frames, numbered anew.
    pub(in crate::structs::whole) coded: Vec<Coded>,
    /// The spaces of contents in the file, and their numbers here.
    spaces: HashMap<Space, Space>,
}

impl<I: Input> Reader<'_, I> {
    /// Keeps the contents of a node and of all below it.
    pub(in crate::structs::whole) fn keep_contents(
        &self,
        node: &mut Node,
        around: &mut OuterLevels,
    ) {
        let number = around.coded.len();
        let index = node.content.and_then(|index| usize::try_from(index).ok());
        if let Some(index) = index
            && let Some(coded) = self.coded.get(index)
        {
            let mut coded = coded.clone();
            if let Some(space) = around.spaces.get(&coded.range.space) {
                coded.range.space = *space;
            }
            around.coded.push(coded);
            let (before, now) = (self.space_of(index), self.space_of(number));
            around.spaces.insert(before, now);
            node.content = u32::try_from(number).ok();
        }
        if let Some(space) = around.spaces.get(&node.range.space) {
            node.range.space = *space;
        }
        for child in node.children_mut() {
            self.keep_contents(child, around);
        }
    }

    /// Drops the contents after the first `first`.
    pub(in crate::structs::whole) fn forget_contents(&mut self, first: usize) {
        for coded in self.coded.drain(first.min(self.coded.len())..) {
            let size = coded.bytes.map_or(0, |bytes| bytes.len() as u64);
            self.decoded = self.decoded.since(size);
        }
    }
}
