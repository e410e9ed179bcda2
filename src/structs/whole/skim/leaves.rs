//! Compiling fields with a value.

use super::compile::{Compiler, is_scalar};
use super::names::Inner;
use super::{Field, Number, OuterLevel, Part, Read, SlotRead, SlotType, Text, WantedAt};
use crate::structs::code::{Code, Kind as CodeKind, Order};
use crate::structs::whole::kinds::Kind;
use crate::structs::whole::program::{Bits, Count, FieldContent, Item, ItemKind};
use crate::value::encoding::Encoding;

impl<'p> Compiler<'p, '_> {
    /// Notes where a wanted field is.
    pub(super) fn want(&mut self, item: &'p Item, order: Order, part: Part<'p>) -> Part<'p> {
        let path = self.paths.len();
        self.paths.push(self.outer.clone());
        let field = Field { item, order, path };
        match part {
            Part::Fixed(mut fixed) => {
                fixed.wanted.push(WantedAt {
                    at: 0,
                    end: usize::try_from(fixed.size).unwrap_or(usize::MAX),
                    field,
                });
                Part::fixed(fixed.size, fixed.notes, fixed.wanted)
            }
            part => Part::Wanted {
                field,
                part: Box::new(part),
            },
        }
    }

    pub(super) fn code(
        &mut self,
        item: &'p Item,
        code: &'static Code,
        order: Order,
    ) -> Option<Part<'p>> {
        if let FieldContent::Inside(what) = &item.is {
            return match code.kind {
                CodeKind::Bytes => self.region(item, what, order),
                _ => None,
            };
        }
        if !self.plain(item) {
            return None;
        }
        // What isn't a scalar has no size.
        let (size, alignment) = order.size_and_alignment(code).unwrap_or((0, 1));
        let part = match code.kind {
            CodeKind::Bytes => return self.bytes(item),
            CodeKind::Pascal | CodeKind::Pad if !item.is_used => return self.bytes(item),
            CodeKind::Int { .. } | CodeKind::Pointer if size <= 8 => {
                let is_signed = matches!(code.kind, CodeKind::Int { signed: true });
                self.integer(item, u64::from(size), is_signed, order)?
            }
            CodeKind::CString => {
                let is_wide = matches!(item.kinds.first(), Some(Kind::Text(e)) if e.unit() > 1);
                let into = self.text(item);
                return (!is_wide).then_some(Part::Read(Read::Ended { into: into? }));
            }
            CodeKind::Leb128 { signed } => {
                let is_same = item.kinds.iter().all(Kind::keeps_number);
                let into = self.used_slot(item);
                let read = Read::Leb128 { signed, into };
                return (into.is_none() || is_same).then_some(Part::Read(read));
            }
            _ if !item.is_used && is_scalar(code) => Part::skip(size.into()),
            _ => return None,
        };
        Some(match alignment > 1 && item.place.is_none() {
            true => Part::Several(vec![Part::Read(Read::Align(alignment.into())), part]),
            false => part,
        })
    }

    fn integer(
        &mut self,
        item: &'p Item,
        size: u64,
        is_signed: bool,
        order: Order,
    ) -> Option<Part<'p>> {
        if item.is_used && !item.kinds.iter().all(Kind::keeps_number) {
            return None;
        }
        let what = Number::of(size, order.is_little(), is_signed)?;
        self.noted(item, size, SlotType::Number(what))
    }

    /// Bytes of a known number, and their value where expressions look at it.
    fn noted(&mut self, item: &'p Item, size: u64, what: SlotType) -> Option<Part<'p>> {
        let end = usize::try_from(size).ok()?;
        let note = self.used_slot(item).map(|into| SlotRead {
            at: 0,
            end,
            what,
            into,
        });
        Some(Part::fixed(size, note.into_iter().collect(), Vec::new()))
    }

    fn bytes(&mut self, item: &'p Item) -> Option<Part<'p>> {
        let has_codecs = !item.codecs.is_empty();
        let into = self.text(item)?.filter(|_| !has_codecs);
        if has_codecs && let Some(name) = item.name.as_ref().filter(|_| item.is_used) {
            self.scopes.hide(self.scope, name);
        }
        let size = match &item.count {
            None => 1,
            Some(Count::Number(n)) => *n,
            _ => {
                let size = self.length(item)?;
                return Some(Part::Read(Read::Bytes { size, into }));
            }
        };
        let end = usize::try_from(size).ok()?;
        let note = into.map(|(into, text)| SlotRead {
            at: 0,
            end,
            what: SlotType::Text(text),
            into,
        });
        Some(Part::fixed(size, note.into_iter().collect(), Vec::new()))
    }

    /// The slot of the value of bytes, if expressions refer to it.
    fn text(&mut self, item: &Item) -> Option<Option<(usize, Text)>> {
        if !item.is_used || item.name.is_none() {
            return Some(None);
        }
        let text = match item.kinds[..] {
            [] => Text::Bytes,
            [
                Kind::Text(Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 | Encoding::Page(_)),
            ] => Text::Ascii,
            [kind] if kind.is_digits() => Text::Spelled(kind),
            _ => return None,
        };
        Some(self.used_slot(item).map(|slot| (slot, text)))
    }

    /// An integer with its bit fields.
    pub(super) fn bits(
        &mut self,
        item: &'p Item,
        size: u64,
        is_signed: bool,
        bits: Option<&'p Bits>,
        order: Order,
    ) -> Option<Part<'p>> {
        if !self.plain(item) {
            return None;
        }
        let mut part = self.integer(item, size, is_signed, order)?;
        let (Some(bits), Part::Fixed(fixed)) = (bits, &mut part) else {
            return Some(part);
        };
        let is_little = order.is_little();
        let around = self.scope;
        // Unnamed bit fields are fields of the outer level.
        let scope = match item.name.is_some() {
            true => self.scopes.open(None, true),
            false => around,
        };
        let width = size.checked_mul(8)?;
        let mut used = 0u64;
        for (name, count) in &bits.fields {
            let count = u64::from(*count);
            let first = match bits.least_first.unwrap_or(is_little) {
                true => used,
                false => width.checked_sub(used)?.checked_sub(count)?,
            };
            used = used.checked_add(count)?;
            if name == "_" || !self.program.uses.has(name) {
                continue;
            }
            let number = Number::of(size, is_little, is_signed)?.bits(first, count)?;
            fixed.notes.push(SlotRead {
                at: 0,
                end: usize::try_from(size).ok()?,
                what: SlotType::Number(number),
                into: self.scopes.add_slot(scope, name, &mut self.slots),
            });
        }
        if let Some(name) = &item.name {
            self.scopes.add_inner(around, name, Inner::Bits(scope));
        }
        let (notes, wanted) = (
            std::mem::take(&mut fixed.notes),
            std::mem::take(&mut fixed.wanted),
        );
        Some(Part::fixed(fixed.size, notes, wanted))
    }

    pub(super) fn base128(&mut self, item: &'p Item, signed: bool) -> Option<Part<'p>> {
        let is_same = item.kinds.iter().all(Kind::keeps_number);
        if !self.plain(item) || (item.is_used && !is_same) {
            return None;
        }
        Some(Part::Read(Read::Base128 {
            signed,
            is_sqlite: item.kinds.contains(&Kind::Sqlite),
            into: self.used_slot(item),
        }))
    }
}

impl Number {
    /// An integer of some bytes.
    fn of(size: u64, is_little: bool, is_signed: bool) -> Option<Number> {
        let unused = u32::try_from(64u64.checked_sub(size.checked_mul(8)?)?).ok()?;
        (size > 0).then_some(Number {
            is_little,
            is_signed,
            up: if is_little { unused } else { 0 },
            down: unused,
        })
    }

    /// `count` bits of it, at least one, from the bit `first` on, counted from the lowest.
    fn bits(self, first: u64, count: u64) -> Option<Number> {
        let width = 64u64.checked_sub(self.down.into())?;
        let above = width.checked_sub(first.checked_add(count)?)?;
        let down = 64u64.checked_sub(count)?;
        Some(Number {
            up: self.up.checked_add(u32::try_from(above).ok()?)?,
            down: u32::try_from(down).ok()?,
            ..self
        })
    }
}

impl OuterLevel {
    pub(super) fn of(item: &Item) -> OuterLevel {
        let reference = match (&item.what, &item.is) {
            (ItemKind::Format(name, _), _) => Some(name.clone()),
            (_, FieldContent::Inside(what)) => match &**what {
                ItemKind::Format(name, _) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        OuterLevel {
            name: item.name.clone().unwrap_or_default(),
            reference,
        }
    }
}
