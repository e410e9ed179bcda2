//! Opening and closing levels, formats, regions, places and arrays while an item is passed over.

use super::run::{Fallback, Skimmed, Skimmer};
use super::run_terms::TermValue;
use super::{Call, Caller, Items, Labels, ReturnPoint, Slot, SlotValue, Slots, Term, Times};
use crate::offset::{Position, Tally};
use crate::structs::nodes::Input;
use crate::structs::whole::program::Item;

impl<'p, I: Input> Skimmer<'_, 'p, I> {
    /// Opens one more level or array, unless that would be too deep.
    #[inline]
    fn deeper(&mut self) -> Skimmed {
        let depth = &mut self.state.open.depth;
        if self.reader.is_too_deep(*depth) {
            return Err(Fallback);
        }
        depth.tally(1);
        Ok(())
    }

    #[inline]
    fn less_deep(&mut self) {
        let depth = &mut self.state.open.depth;
        *depth = depth.since(1);
    }

    /// Opens a level.
    #[inline]
    pub(super) fn level(&mut self, slots: &Slots) -> Skimmed {
        self.reader.step().map_err(|_| Fallback)?;
        self.deeper()?;
        let from = self.base.past(slots.start);
        let to = self.base.past(slots.end);
        let own = self.state.slots.get_mut(from..to);
        own.unwrap_or_default().fill(SlotValue::Absent);
        self.state.open.levels.push(self.start);
        self.start = self.reader.at;
        Ok(())
    }

    #[inline]
    pub(super) fn end_level(&mut self) -> Skimmed {
        self.start = self.state.open.levels.pop().ok_or(Fallback)?;
        self.less_deep();
        Ok(())
    }

    /// Evaluates selectors, and the condition that ends an array, at the end of an item.
    #[inline]
    pub(super) fn finish(&mut self, array: Option<usize>, until: Option<&Term>) -> Skimmed {
        let code = self.code;
        let selects = array.and_then(|array| code.selects.get(array));
        for select in selects.into_iter().flatten() {
            if self.known(Slot::Own(select.into)) == SlotValue::Absent
                && self.holds(&select.condition)?
            {
                let value = select.value.map(|slot| self.known(slot));
                let value = value.filter(|value| *value != SlotValue::Absent);
                self.keep(select.into, value.unwrap_or(SlotValue::Missing));
            }
        }
        if let Some(until) = until {
            self.is_last = self.holds(until)?;
        }
        Ok(())
    }

    /// Calls a stored format, with slots of its own; answers its first step.
    #[inline]
    pub(super) fn call(&mut self, call: &Call, step: usize) -> Skimmed<usize> {
        let (at, slots) = *self.code.formats.get(call.format).ok_or(Fallback)?;
        let mut around = None;
        if call.is_level {
            self.reader.step().map_err(|_| Fallback)?;
            self.deeper()?;
            around = Some(self.start);
            self.start = self.reader.at;
        }
        let (base, frame) = (self.base, self.frame);
        let first = base.past(frame);
        let end = first.past(slots);
        let values = &mut self.state.slots;
        if values.len() < end {
            values.resize(end, SlotValue::Absent);
        }
        let own = values.get_mut(first..end);
        own.unwrap_or_default().fill(SlotValue::Absent);
        for (into, term) in &call.parameters {
            let value = self.term(term)?.map_or(SlotValue::Missing, SlotValue::from);
            if let Some(slot) = self.state.slots.get_mut(first.past(*into)) {
                *slot = value;
            }
        }
        if call.is_file {
            self.reader.file = (self.reader.at, self.reader.end);
        }
        self.state.open.calls.push(Caller {
            step,
            base,
            frame,
            around,
        });
        (self.base, self.frame) = (first, slots);
        Ok(at)
    }

    #[inline]
    pub(super) fn end_call(&mut self) -> Skimmed<usize> {
        let caller = self.state.open.calls.pop().ok_or(Fallback)?;
        (self.base, self.frame) = (caller.base, caller.frame);
        if let Some(around) = caller.around {
            self.start = around;
            self.less_deep();
        }
        Ok(caller.step)
    }

    #[inline]
    pub(super) fn region(&mut self, size: &Term) -> Skimmed {
        let size = self.number(size)?;
        if size > self.reader.remaining() {
            return Err(Fallback);
        }
        let around = (self.reader.end, self.reader.file);
        self.state.open.regions.push(around);
        self.reader.end = self.reader.at.past(size);
        Ok(())
    }

    #[inline]
    pub(super) fn end_region(&mut self) -> Skimmed {
        self.skip(self.reader.remaining())?;
        (self.reader.end, self.reader.file) = self.state.open.regions.pop().ok_or(Fallback)?;
        Ok(())
    }

    /// The first step of the case that is taken, if any.
    #[inline]
    pub(super) fn choose(
        &mut self,
        on: Option<&Term>,
        cases: &[(Labels, usize)],
    ) -> Skimmed<Option<usize>> {
        let on = match on {
            Some(on) => match self.simple(on) {
                Some(n) => Some(Some(TermValue::Int(n))),
                None => Some(self.term(on)?),
            },
            None => None,
        };
        for (labels, at) in cases {
            let is_taken = match (labels, on) {
                (Labels::Else, _) => true,
                (Labels::Number(number), on) => on == Some(Some(TermValue::Int(*number))),
                (Labels::Numbers(numbers), Some(Some(TermValue::Int(n)))) => {
                    numbers.iter().any(|(from, to)| *from <= n && n <= *to)
                }
                // A text is in no range of numbers.
                (Labels::Numbers(_), _) => false,
                (Labels::Terms(labels), None) => self.any_holds(labels)?,
                (Labels::Terms(labels), Some(on)) => self.is_one(on, labels)?,
            };
            if is_taken {
                return Ok(Some(*at));
            }
        }
        Ok(None)
    }

    /// Goes to an item at an offset of its own.
    #[inline]
    pub(super) fn place(&mut self, offset: &Term, item: &'p Item) -> Skimmed {
        let offset = self.number(offset)?;
        let levels = self.state.open.depth;
        let (reader, state) = (&mut *self.reader, &mut *self.state);
        let place = reader.file.0.checked_add(offset);
        let place = place
            .filter(|place| *place <= reader.file.1)
            .ok_or(Fallback)?;
        let key = reader.key_within(&mut state.outer_key, &state.open.indexes, levels, item);
        state.open.places.push(ReturnPoint {
            at: reader.at,
            end: reader.end,
            was_placed: reader.is_placed,
            is_found: state.place.is_some(),
            place,
            key,
        });
        reader.is_placed = true;
        reader.at = place;
        reader.end = reader.file.1;
        Ok(())
    }

    /// Comes back from such an item.
    #[inline]
    pub(super) fn end_place(&mut self) -> Skimmed {
        let away = self.state.open.places.pop().ok_or(Fallback)?;
        if !away.is_found && self.state.place.take().is_some() {
            self.is_elsewhere = true;
        }
        let reader = &mut *self.reader;
        reader.claim(away.place, away.key).map_err(|_| Fallback)?;
        (reader.at, reader.end, reader.is_placed) = (away.at, away.end, away.was_placed);
        Ok(())
    }

    pub(super) fn array(&mut self, times: &Times) -> Skimmed {
        let count = match times {
            Times::Number(n) => Some(self.number(n)?),
            Times::Rest | Times::Until => None,
        };
        self.deeper()?;
        let open = &mut self.state.open;
        open.indexes.push(0);
        open.arrays.push(Items {
            around: self.index.replace(0),
            count,
            is_rest: matches!(times, Times::Rest),
            before: self.reader.at,
        });
        Ok(())
    }

    /// Answers whether there is one more item.
    #[inline]
    pub(super) fn next_item(&mut self) -> Skimmed<bool> {
        let items = self.state.open.arrays.last_mut().ok_or(Fallback)?;
        let is_over = items
            .count
            .is_some_and(|n| self.index.is_none_or(|index| index >= n))
            || (items.is_rest && self.reader.remaining() == 0);
        items.before = self.reader.at;
        if is_over {
            self.end_array()?;
        }
        Ok(!is_over)
    }

    /// Answers whether more items may follow.
    #[inline]
    pub(super) fn end_item(&mut self) -> Skimmed<bool> {
        let open = &mut self.state.open;
        let (items, index) = open
            .arrays
            .last()
            .zip(open.indexes.last_mut())
            .ok_or(Fallback)?;
        if self.reader.at == items.before {
            // Items without bytes are counted by the reader.
            return Err(Fallback);
        }
        if std::mem::take(&mut self.is_last) {
            self.end_array()?;
            return Ok(false);
        }
        index.tally(1);
        self.index = Some(*index);
        Ok(true)
    }

    fn end_array(&mut self) -> Skimmed {
        let open = &mut self.state.open;
        let items = open.arrays.pop().ok_or(Fallback)?;
        open.indexes.pop();
        self.index = items.around;
        self.less_deep();
        Ok(())
    }
}
