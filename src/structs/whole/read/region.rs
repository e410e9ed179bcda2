//! Regions: bytes of a length whose content is read further.

use smol_str::SmolStr;

use super::super::eval::Operand;
use super::super::program::{Item, ItemKind};
use super::{MAX_DEPTH, Reader};
use crate::offset::{Position, Tally};
use crate::structs::ast::Expression;
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::structs::problems::{S005, S007};
use crate::tree::{Node, Role};

impl<'p, I: Input> Reader<'p, I> {
    /// Reads the content of a region.
    pub(in crate::structs::whole) fn region(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        size: u64,
        order: Order,
    ) -> Result<(), DataError> {
        match item.may_fail {
            true => self.tried(item, what, size, order),
            false => self.held(item, what, size, order),
        }
    }

    /// Reads the content of a region, which stays bytes where that fails.
    fn tried(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        size: u64,
        order: Order,
    ) -> Result<(), DataError> {
        let mark = self.mark();
        let frame = self.frames.last();
        let had = frame.map_or((0, 0), |frame| (frame.nodes.len(), frame.values));
        let differs = self.differs.take();
        self.tries.tally(1);
        let result = self.held(item, what, size, order);
        self.tries = self.tries.since(1);
        let result = result.and(self.differs.take().map_or(Ok(()), Err));
        self.differs = differs;
        let Err(error) = result else {
            return Ok(());
        };
        // The steps stay charged to the budget: many attempts may fail.
        let (steps, scanned) = (self.steps, self.scanned);
        self.undo(&mark);
        (self.steps, self.scanned) = (steps, scanned);
        if let Some(frame) = self.frames.last_mut() {
            frame.nodes.truncate(had.0);
            frame.values = had.1;
        }
        self.step()?;
        self.bytes(item, size, order)?;
        let node = self
            .frames
            .last_mut()
            .and_then(|frame| frame.nodes.get_mut(had.0));
        if let Some(node) = node {
            let problem = S007.problem(node.range, error.moved(self.base).to_string());
            node.problems.push(problem);
        }
        Ok(())
    }

    /// Notes a constant that differs, for which the bytes of an attempt stay bytes.
    pub(super) fn differs(&mut self, message: String, at: u64) {
        self.differs
            .get_or_insert_with(|| DataError::other(message).at(at));
    }

    fn held(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        size: u64,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        if size > self.remaining() {
            return self.skip(size);
        }
        let stop = start.past(size);
        let (end, file) = (self.end, self.file);
        let reach = std::mem::replace(&mut self.reach, start);
        self.end = stop;
        let is_item = self.frames.last().is_some_and(|frame| frame.is_array);
        let before = self.frames.last().map_or(0, |frame| frame.nodes.len());
        let result = match item.name.is_some() || is_item {
            true => self.nested(item, false, Vec::new(), |reader| {
                let result = reader.inside(what, order, (start, stop));
                reader.left_over(stop, result)
            }),
            false => {
                let result = self.inside(what, order, (start, stop));
                self.left_over(stop, result)
            }
        };
        if let (ItemKind::Format(name, _), true) = (what, item.name.is_some() || is_item) {
            self.refer(before, name);
        }
        self.end = end;
        self.file = file;
        self.at = stop;
        self.reach = self.reach.max(reach);
        result
    }

    pub(in crate::structs::whole) fn inside(
        &mut self,
        what: &'p ItemKind,
        order: Order,
        file: (u64, u64),
    ) -> Result<(), DataError> {
        match what {
            ItemKind::Group(level) => self.level(level, order),
            ItemKind::Choice(on, cases) => self.choice(on.as_ref(), cases, order),
            ItemKind::Format(name, arguments) => {
                let Some(level) = self.program.formats.get(name) else {
                    return Err(DataError::other(format!("%{name} is not known")));
                };
                let parameters = self.parameters(arguments)?;
                self.file = file;
                self.with_boundary(parameters, |reader| reader.level(level, order))
            }
            _ => Ok(()),
        }
    }

    pub(in crate::structs::whole) fn parameters(
        &mut self,
        arguments: &[(SmolStr, Expression)],
    ) -> Result<Vec<(SmolStr, Operand)>, DataError> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (name, value) in arguments {
            parameters.push((name.clone(), self.eval(value)?));
        }
        Ok(parameters)
    }

    /// A format that fills a region: its fields are those of the region, and the fields around are out of scope.
    pub(in crate::structs::whole) fn with_boundary(
        &mut self,
        parameters: Vec<(SmolStr, Operand)>,
        then: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} levels lie in one another");
            return Err(DataError::other(message).at(self.at));
        }
        self.depth.tally(1);
        let around = self.frames.last_mut().map(|frame| {
            let had = std::mem::replace(&mut frame.parameters, parameters);
            (std::mem::replace(&mut frame.is_boundary, true), had)
        });
        let result = then(self);
        if let (Some(frame), Some((is_boundary, had))) = (self.frames.last_mut(), around) {
            frame.is_boundary = is_boundary;
            frame.parameters = had;
        }
        self.depth = self.depth.since(1);
        result
    }

    /// The rest of a region that the format doesn't cover is a gap, with a note where no error and no item at an offset
    /// explains it.
    pub(in crate::structs::whole) fn left_over(
        &mut self,
        stop: u64,
        result: Result<(), DataError>,
    ) -> Result<(), DataError> {
        let start = self.at;
        if start < stop {
            self.at = stop;
            if !self.keeps_name("rest") {
                return result;
            }
            let range = self.range(start);
            let mut gap = Node::new("rest", range).role(Role::Gap);
            if result.is_ok() && self.reach <= start {
                let message = "the format says nothing of these bytes of the region";
                gap.problems.push(S005.problem(range, message));
            }
            self.push(gap)?;
        }
        result
    }
}
