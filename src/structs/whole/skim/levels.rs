//! Compiling what has fields of its own: groups, items of arrays, regions, stored formats.

use smol_str::SmolStr;

use super::compile::Compiler;
use super::names::{FinishedItem, Inner};
use super::{Call, Format, Part, Read, Slots, Term};
use crate::structs::ast::Expression;
use crate::structs::code::Order;
use crate::structs::whole::program::{FieldContent, Item, ItemKind};

impl<'p> Compiler<'p, '_> {
    /// An array's item, which is a level of its own, and its fields as seen from outside.
    pub(super) fn element(
        &mut self,
        item: &'p Item,
        order: Order,
        array: Option<usize>,
    ) -> Option<(Part<'p>, Option<FinishedItem>)> {
        match (&item.what, &item.is) {
            (ItemKind::Format(name, arguments), _) => {
                let call = self.call(name, arguments, order)?;
                let root = self.roots.get(call.format).copied().flatten();
                let before = root.map(|scope| FinishedItem {
                    scope,
                    is_called: true,
                });
                let parts = vec![Part::Call(call), self.finish(item, before, array)?];
                let slots = 0..0;
                Some((Part::Level { parts, slots }, before))
            }
            (ItemKind::Code(_), FieldContent::Inside(what)) => {
                let size = self.region_size(item)?;
                let (scope, mut parts, slots) = self.level(|c| c.inside(what, order))?;
                let before = Some(own(scope));
                parts.push(Part::Read(Read::Rest));
                parts.push(self.finish(item, before, array)?);
                let parts = vec![Part::Level { parts, slots }];
                Some((Part::Region { size, parts }, before))
            }
            (ItemKind::Group(_) | ItemKind::Choice(..), _) => {
                let (scope, mut parts, slots) = self.level(|c| c.inside(&item.what, order))?;
                let before = Some(own(scope));
                parts.push(self.finish(item, before, array)?);
                Some((Part::Level { parts, slots }, before))
            }
            _ => None,
        }
    }

    /// Compiles a level of its own.
    pub(super) fn level<T>(
        &mut self,
        compile: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<(usize, T, Slots)> {
        let around = self.scope;
        let first = self.slots;
        self.scope = self.scopes.open(Some(around), false);
        let made = compile(self);
        let scope = std::mem::replace(&mut self.scope, around);
        Some((scope, made?, first..self.slots))
    }

    pub(super) fn note_level(&mut self, item: &Item, scope: usize) {
        if let Some(name) = &item.name {
            self.scopes.add_inner(self.scope, name, Inner::Level(scope));
        }
    }

    pub(super) fn region(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        order: Order,
    ) -> Option<Part<'p>> {
        if item.may_fail {
            // Whether the region holds its content doesn't matter outside, where no field in it is used and none has an
            // offset of its own.
            let is_unseen = !item.is_used && self.wanted_at.is_none() && !self.program.uses.places;
            let size = self.length(item).filter(|_| is_unseen)?;
            return Some(Part::Read(Read::Bytes { size, into: None }));
        }
        let size = self.region_size(item)?;
        if item.name.is_none() {
            // The fields of a format in an unnamed region are fields of the outer level.
            let is_file = matches!(what, ItemKind::Format(..));
            let parts = self.inside(what, order).filter(|_| !is_file)?;
            return Some(Part::Region { size, parts });
        }
        let (scope, parts, slots) = self.level(|c| c.inside(what, order))?;
        self.note_level(item, scope);
        let parts = vec![Part::Level { parts, slots }];
        Some(Part::Region { size, parts })
    }

    fn region_size(&mut self, item: &'p Item) -> Option<Term> {
        let is_plain = item.kinds.is_empty() && item.codecs.is_empty() && !item.is_summed;
        // Only the reader finds out whether the bytes hold what is inside.
        let is_plain = is_plain && !item.may_fail;
        self.length(item).filter(|_| is_plain)
    }

    /// Compiles the content of a level or a region.
    pub(super) fn inside(&mut self, what: &'p ItemKind, order: Order) -> Option<Vec<Part<'p>>> {
        Some(match what {
            ItemKind::Group(level) => self.parts(level, order),
            ItemKind::Choice(on, cases) => vec![self.choice(on.as_ref(), cases, order)?],
            ItemKind::Format(name, arguments) => {
                let mut call = self.call(name, arguments, order)?;
                call.is_file = true;
                vec![Part::Call(call)]
            }
            _ => return None,
        })
    }

    /// A call of a stored format, whose first slots are its parameters.
    pub(super) fn call(
        &mut self,
        name: &SmolStr,
        arguments: &'p [(SmolStr, Expression)],
        order: Order,
    ) -> Option<Call> {
        let mut values = Vec::with_capacity(arguments.len());
        for (_, value) in arguments {
            values.push(self.term(value)?);
        }
        let key = (name.clone(), order);
        // Where a field is wanted, the format is compiled for each use.
        let is_shared = self.wanted_at.is_none();
        let format = match self.known.get(&key).filter(|_| is_shared) {
            Some(known) => *known,
            None => {
                let level = self.program.formats.get(name)?;
                let index = self.formats.len();
                self.formats.push(Format::default());
                self.roots.push(None);
                if is_shared {
                    self.known.insert(key, index);
                }
                let (around, slots) = (self.scope, std::mem::take(&mut self.slots));
                let before = self.before.take();
                let parameters = self.scopes.open(None, true);
                for (name, _) in arguments {
                    self.scopes.add_slot(parameters, name, &mut self.slots);
                }
                self.scope = self.scopes.open(Some(parameters), false);
                let parts = self.parts(level, order);
                let root = std::mem::replace(&mut self.scope, around);
                let frame = std::mem::replace(&mut self.slots, slots);
                self.before = before;
                if let Some(format) = self.formats.get_mut(index) {
                    *format = Format { parts, frame };
                }
                if let Some(slot) = self.roots.get_mut(index) {
                    *slot = Some(root);
                }
                index
            }
        };
        let parameters = values.into_iter().enumerate().collect();
        Some(Call {
            format,
            parameters,
            is_file: false,
            is_level: false,
        })
    }
}

impl Call {
    /// A format that is a level of its own.
    pub(super) fn level<'p>(self) -> Part<'p> {
        Part::Call(Call {
            is_level: true,
            ..self
        })
    }
}

fn own(scope: usize) -> FinishedItem {
    FinishedItem {
        scope,
        is_called: false,
    }
}
