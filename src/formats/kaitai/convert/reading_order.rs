//! The order of reading: an instance of Kaitai is read when it is asked for, a value of the language at its place.

use std::collections::HashSet;

use super::super::expression::Expression;
use super::super::spec::{Content, Place, Size};
use super::{Level, OuterName, Requirements};
use crate::offset::Position;

impl Level<'_, '_> {
    /// Whether a requirement of a type is needed early, and late, of the objects around this type; `None` where it is
    /// needed late alone and isn't complete here: it is then dropped in the next round.
    pub(super) fn when(&mut self, ask: Requirements) -> Option<(bool, bool)> {
        let (id, up, name) = &ask;
        let is_late = self.at.is_none();
        let (early, late) = (
            self.converter.early.contains(&ask),
            self.converter.late.contains(&ask),
        );
        let around = match up {
            OuterName::Root if self.of.top == self.id => None,
            OuterName::Root => Some(OuterName::Root),
            OuterName::Parent(1) => None,
            OuterName::Parent(levels) => Some(OuterName::Parent(levels.since(1))),
        };
        let is_ready = match around {
            None => self.is_ready(name, &mut HashSet::new()),
            Some(around) => {
                let unready = &self.converter.unready;
                !unready.contains(&(self.id, around, name.clone()))
            }
        };
        if is_ready || !late {
            return Some((early && !is_late, late || is_late));
        }
        if !early && let Some(asked) = self.converter.asked.get_mut(id) {
            asked.remove(&(*up, name.clone()));
        }
        self.converter.unready.insert(ask);
        early.then_some((!is_late, is_late))
    }

    /// Whether a name of this type is read as a whole before the field that is being written. Each instance that it
    /// needs is visited once; recursion is as deep as instances depend on each other.
    fn is_ready(&self, name: &str, seen: &mut HashSet<usize>) -> bool {
        let Some(at) = self.at else {
            return true;
        };
        let index = match self.of.names.get(name) {
            Some(Place::Seq(index)) => return *index < at,
            Some(Place::Instance(index)) => *index,
            Some(Place::Param(_)) | None => return true,
        };
        let Some(field) = self.of.instances.get(index) else {
            return true;
        };
        if self.written.contains(&index) || !seen.insert(index) {
            return true;
        }
        let mut parts: Vec<&Expression> = field.condition.iter().chain(&field.pos).collect();
        match &field.content {
            Content::Computed(value) => parts.push(value),
            Content::Read(shape) => {
                if let Size::Computed(size) = &shape.size {
                    parts.push(size);
                }
            }
        }
        let mut ready = true;
        for part in parts {
            let _ = part.clone().each::<()>(&mut |part| {
                if let Expression::Name(name) = part {
                    ready = ready && self.is_ready(name, seen);
                }
                Ok(())
            });
        }
        ready
    }
}
