//! Items that become the children of a node.

use smol_str::SmolStr;

use super::super::eval::Operand;
use super::super::program::{Item, Level};
use super::super::uses::Need;
use super::{Frame, MAX_DEPTH, Reader};
use crate::offset::{Position, Tally};
use crate::structs::ast::Expression;
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::{Name, Node};

impl<'p, I: Input> Reader<'p, I> {
    /// A level of its own.
    #[inline(never)]
    pub(in crate::structs::whole) fn group(
        &mut self,
        item: &'p Item,
        level: &'p Level,
        order: Order,
        parameters: Vec<(SmolStr, Operand)>,
        format: Option<&'p SmolStr>,
    ) -> Result<(), DataError> {
        let opened = match format {
            Some(name) => {
                let values = parameters
                    .iter()
                    .filter_map(|(_, got)| self.value_of(got))
                    .collect();
                let this = (name.clone(), self.space, self.at, values);
                if self.open.contains(&this) {
                    let message = format!("%{name} at {:#x} contains itself", self.at);
                    return Err(DataError::other(message).at(self.at));
                }
                self.open.push(this);
                true
            }
            None => false,
        };
        let is_boundary = format.is_some();
        let before = self.frames.last().map_or(0, |frame| frame.nodes.len());
        let result = self.nested(item, is_boundary, parameters, |reader| {
            reader.level(level, order)
        });
        if opened {
            self.open.pop();
        }
        if let Some(name) = format {
            self.refer(before, name);
        }
        result
    }

    /// Sets the stored format of the node after the first `before`.
    pub(in crate::structs::whole) fn refer(&mut self, before: usize, name: &SmolStr) {
        let frame = self.frames.last_mut();
        if let Some(node) = frame.and_then(|frame| frame.nodes.get_mut(before)) {
            node.reference = Some(name.as_str().into());
        }
    }

    /// Items that become the children of a node.
    #[inline(never)]
    pub(in crate::structs::whole) fn grouped(
        &mut self,
        item: &'p Item,
        read: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        self.nested(item, false, Vec::new(), read)
    }

    #[inline(never)]
    pub(in crate::structs::whole) fn nested(
        &mut self,
        item: &'p Item,
        is_boundary: bool,
        parameters: Vec<(SmolStr, Operand)>,
        read: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let is_item = self.frames.last().is_some_and(|frame| frame.is_array);
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} levels lie in one another");
            return Err(DataError::other(message).at(self.at));
        }
        let until = self.until.take();
        let keeps = self.keeps(item);
        let name = match keeps {
            true => self.name(item),
            false => {
                self.pass();
                Name::from("")
            }
        };
        let (start, before) = (self.at, self.nodes);
        let was_lean = self.is_lean;
        self.is_lean &= !item.is_summed && self.wanted(item) != Need::All;
        self.depth.tally(1);
        self.frames
            .push(Frame::of_level(parameters, is_boundary, start));
        let result = read(self);
        let result = result.and(self.finish_level());
        let (mut result, nodes) = self.end_level(result, until);
        self.is_lean = was_lean;
        if !keeps {
            self.nodes = before;
        }
        if keeps && (result.is_ok() || !nodes.is_empty()) {
            let made = self.push(Node::new(name, self.range(start)).with_children(nodes));
            result = result.and(made);
        }
        match is_item {
            // The array sets the name of its item.
            true => result,
            false => result.map_err(|e| e.within(segment)),
        }
    }

    /// Ends a level: evaluates the condition that ends its array, with the fields of the item in scope before those
    /// around the array, and returns the nodes of the level.
    pub(in crate::structs::whole) fn end_level(
        &mut self,
        mut result: Result<(), DataError>,
        until: Option<&Expression>,
    ) -> (Result<(), DataError>, Vec<Node>) {
        if let (Ok(()), Some(condition)) = (&result, until) {
            if let Some(frame) = self.frames.last_mut() {
                frame.is_boundary = false;
            }
            match self.holds(condition) {
                Ok(holds) => self.reached = Some(holds),
                Err(e) => result = Err(e),
            }
        }
        self.depth = self.depth.since(1);
        let frame = self.frames.pop();
        (result, frame.map(|frame| frame.nodes).unwrap_or_default())
    }
}
