//! Counts that follow from data: learned before anything is written.

use super::args::{Args, Row};
use super::{PackCount, Packer};
use crate::offset::{Position, Tally};
use crate::structs::error::{DataError, Segment};
use crate::structs::plan::{Body, Count, Element, Field, Repeat};
use crate::value::Value;

impl Packer<'_> {
    /// Clears the counts of a repetition and computes from its data those that follow from it.
    pub(super) fn infer(&mut self, body: &Body, row: Row<'_>) -> Result<(), DataError> {
        if self.forget(body.scope) {
            self.learn(body, row, body.scope)
        } else {
            Ok(())
        }
    }

    /// Clears the counts of a scope that follow from data; answers whether there are any.
    fn forget(&mut self, scope: u32) -> bool {
        let first = self.told.partition_point(|(of, _)| *of < scope);
        let mut any = false;
        for (_, slot) in self
            .told
            .iter()
            .skip(first)
            .take_while(|(of, _)| *of == scope)
        {
            if let Some(known) = self.slots.get_mut(*slot as usize) {
                *known = None;
            }
            any = true;
        }
        any
    }

    fn learn(&mut self, body: &Body, row: Row<'_>, scope: u32) -> Result<(), DataError> {
        let mut args = Args::new(row, body)?;
        for field in &body.fields {
            let tells = match (&field.element, &field.repeat) {
                (_, Repeat::Array(_)) => true,
                (_, Repeat::Inline(_)) => false,
                (element, Repeat::One) => matches!(
                    element,
                    Element::Group(_) | Element::Bytes(_) | Element::Pascal(_)
                ),
            };
            if !tells {
                pass_over(field, &mut args);
                continue;
            }
            let Some(value) = args.value(field.name.as_deref(), field.first, field.optional) else {
                continue;
            };
            self.learn_from(field, value, scope)
                .map_err(|e| e.within(field.segment(0)))?;
        }
        Ok(())
    }

    fn learn_from(&mut self, field: &Field, value: &Value, scope: u32) -> Result<(), DataError> {
        match (&field.element, &field.repeat, value) {
            (_, Repeat::Array(count), Value::List(items)) => {
                self.note_count(count, items.len(), scope, false)?;
            }
            (element, _, Value::Bytes(bytes)) => self.count_from_bytes(element, bytes, scope)?,
            _ => {}
        }
        let Element::Group(body) = &field.element else {
            return Ok(());
        };
        let rows: &[Value] = match (&field.repeat, value) {
            (Repeat::One, value) => std::slice::from_ref(value),
            (_, Value::List(items)) => items,
            _ => &[],
        };
        let array = matches!(field.repeat, Repeat::Array(_));
        for (i, row) in (0..).zip(rows) {
            let Some(row) = Row::of(row) else { continue };
            self.learn(body, row, scope).map_err(|e| match array {
                true => e.within(Segment::Item(i)),
                false => e,
            })?;
        }
        Ok(())
    }

    /// The length of a field of bytes follows from its value.
    fn count_from_bytes(
        &mut self,
        element: &Element,
        bytes: &[u8],
        scope: u32,
    ) -> Result<(), DataError> {
        match element {
            Element::Bytes(count) => self.note_count(count, bytes.len(), scope, false),
            Element::Pascal(count) => self.note_count(count, bytes.len().past(1), scope, true),
            _ => Ok(()),
        }
    }

    /// Notes a count of the scope that follows from data: `length`, or at least that.
    fn note_count(
        &mut self,
        count: &Count,
        length: usize,
        scope: u32,
        or_more: bool,
    ) -> Result<(), DataError> {
        let Some(slot) = count.plain() else {
            return Ok(());
        };
        if self.plan.inferred.get(slot as usize) != Some(&Some(scope)) {
            return Ok(());
        }
        let n = length as i128;
        let Some(known) = self.slots.get_mut(slot as usize) else {
            return Ok(());
        };
        *known = Some(match (*known, or_more) {
            (None, or_more) => PackCount { n, or_more },
            (Some(other), true) if other.or_more => PackCount {
                n: n.max(other.n),
                or_more,
            },
            // If it is too small, packing says so.
            (Some(other), true) => other,
            (Some(other), false) if !other.or_more && other.n != n => {
                return Err(DataError::other(format!(
                    "has {length} items where the same count gave {} before",
                    other.n
                )));
            }
            (Some(_), false) => PackCount { n, or_more },
        });
        Ok(())
    }
}

/// Skips the values of a field from which no count follows.
fn pass_over(field: &Field, args: &mut Args<'_>) {
    match &field.element {
        Element::Bits(bits) => {
            for bit in bits.named() {
                args.value(bit.name.as_deref(), field.first, bit.optional);
            }
        }
        _ => {
            if args.row.names.is_none() && !(field.optional && args.reduced) {
                let n = usize::try_from(field.arity()).unwrap_or(usize::MAX);
                args.next.tally(n);
            }
        }
    }
}
