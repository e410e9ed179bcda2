//! Passing over what has fields of its own.

use super::run::{After, Done, GivenUp, Pass};
use super::run_terms::Found;
use super::{Call, Case, Inside, Known, Labels, Part, Slot, Slots, Term, Times};
use crate::structs::nodes::Input;

impl<'a, 'p, I: Input> Pass<'a, 'p, I> {
    /// What has fields of its own.
    pub(super) fn level(
        &mut self,
        slots: Option<&Slots>,
        after: Option<&After<'a>>,
        then: impl FnOnce(&mut Self) -> Done,
    ) -> Done<bool> {
        self.reader.step().map_err(|_| GivenUp)?;
        if self.reader.is_too_deep(self.levels) {
            return Err(GivenUp);
        }
        if let Some(slots) = slots {
            let from = self.base.saturating_add(slots.start);
            let to = self.base.saturating_add(slots.end);
            self.slots
                .get_mut(from..to)
                .unwrap_or_default()
                .fill(Known::Absent);
        }
        let start = std::mem::replace(&mut self.start, self.reader.at);
        self.levels = self.levels.saturating_add(1);
        then(self)?;
        let is_last = match after {
            Some(after) => self.finish(after)?,
            None => false,
        };
        self.levels = self.levels.saturating_sub(1);
        self.start = start;
        Ok(is_last)
    }

    /// What is asked of an item once it is read.
    fn finish(&mut self, after: &After<'a>) -> Done<bool> {
        for select in after.selects {
            if self.known(Slot::Own(select.into)) == Known::Absent
                && self.holds(&select.condition)?
            {
                let value = select.value.map(|slot| self.known(slot));
                let value = value.filter(|value| *value != Known::Absent);
                self.keep(select.into, value.unwrap_or(Known::Missing));
            }
        }
        after.until.map_or(Ok(false), |until| self.holds(until))
    }

    /// The fields of a stored format, in slots of their own.
    pub(super) fn call(&mut self, call: &'a Call) -> Done {
        let skim = self.skim;
        let format = skim.formats.get(call.format).ok_or(GivenUp)?;
        let (base, frame) = (self.base, self.frame);
        let first = base.saturating_add(frame);
        let end = first.saturating_add(format.frame);
        if format.frame > 0 {
            if self.slots.len() < end {
                self.slots.resize(end, Known::Absent);
            }
            let own = self.slots.get_mut(first..end);
            own.unwrap_or_default().fill(Known::Absent);
        }
        for (into, term) in &call.parameters {
            let value = self.term(term)?.map_or(Known::Missing, Known::from);
            if let Some(slot) = self.slots.get_mut(first.saturating_add(*into)) {
                *slot = value;
            }
        }
        (self.base, self.frame) = (first, format.frame);
        self.parts(&format.parts)?;
        (self.base, self.frame) = (base, frame);
        Ok(())
    }

    pub(super) fn region(
        &mut self,
        size: &'a Term,
        inside: &'a Inside<'p>,
        level: Option<&Slots>,
        after: Option<&After<'a>>,
    ) -> Done<bool> {
        let size = self.number(size)?;
        let start = self.reader.at;
        if size > self.reader.remaining() {
            return Err(GivenUp);
        }
        let stop = start.saturating_add(size);
        let (end, file) = (self.reader.end, self.reader.file);
        self.reader.end = stop;
        let read = |pass: &mut Self| {
            match inside {
                Inside::Parts(parts) => pass.parts(parts)?,
                Inside::File(call) => {
                    pass.reader.file = (start, stop);
                    pass.call(call)?;
                }
            }
            pass.reader.at = stop;
            Ok(())
        };
        let is_last = match level {
            Some(slots) => self.level(Some(slots), after, read)?,
            None => {
                read(self)?;
                false
            }
        };
        self.reader.end = end;
        self.reader.file = file;
        self.reader.at = stop;
        self.reader.reach = self.reader.reach.max(stop);
        Ok(is_last)
    }

    pub(super) fn choice(&mut self, on: Option<&'a Term>, cases: &'a [Case<'p>]) -> Done {
        let on = match on {
            Some(on) => match self.simple(on) {
                Some(n) => Some(Some(Found::Int(n))),
                None => Some(self.term(on)?),
            },
            None => None,
        };
        for case in cases {
            let is_taken = match (&case.labels, on) {
                (Labels::Else, _) => true,
                (Labels::Number(number), on) => on == Some(Some(Found::Int(*number))),
                (Labels::Numbers(numbers), Some(Some(Found::Int(n)))) => {
                    numbers.iter().any(|(from, to)| *from <= n && n <= *to)
                }
                // A text is none of the numbers.
                (Labels::Numbers(numbers), Some(Some(_)))
                    if numbers.iter().any(|(from, to)| from != to) =>
                {
                    return Err(GivenUp);
                }
                (Labels::Numbers(_), _) => false,
                (Labels::Terms(labels), None) => self.any_holds(labels)?,
                (Labels::Terms(labels), Some(on)) => self.is_one(on, labels)?,
            };
            if is_taken {
                return self.parts(&case.parts);
            }
        }
        Ok(())
    }

    pub(super) fn elsewhere(
        &mut self,
        offset: &'a Term,
        item: &'p super::Item,
        part: &'a Part<'p>,
    ) -> Done {
        let offset = self.number(offset)?;
        let reader = &mut *self.reader;
        let (at, end, was_placed) = (reader.at, reader.end, reader.is_placed);
        let place = reader.file.0.saturating_add(offset);
        if place > reader.file.1 {
            return Err(GivenUp);
        }
        let key = reader.key_within(&self.skim.outer_key, &self.indexes, self.levels, item);
        reader.is_placed = true;
        reader.at = place;
        reader.end = reader.file.1;
        let had = self.place.is_some();
        self.part(part, None)?;
        if !had && self.place.is_some() {
            self.place = None;
            self.is_elsewhere = true;
        }
        let reader = &mut *self.reader;
        reader.claim(place, key).map_err(|_| GivenUp)?;
        (reader.at, reader.end, reader.is_placed) = (at, end, was_placed);
        Ok(())
    }

    pub(super) fn array(
        &mut self,
        times: &'a Times,
        part: &'a Part<'p>,
        after: &After<'a>,
    ) -> Done {
        let count = match times {
            Times::Number(n) => Some(self.number(n)?),
            Times::Rest | Times::Until => None,
        };
        if self.reader.is_too_deep(self.levels) {
            return Err(GivenUp);
        }
        self.levels = self.levels.saturating_add(1);
        let around = self.index;
        let place = self.indexes.len();
        self.indexes.push(0);
        let mut index = 0u64;
        loop {
            if count.is_some_and(|n| index >= n) {
                break;
            }
            if matches!(times, Times::Rest) && self.reader.remaining() == 0 {
                break;
            }
            self.index = Some(index);
            if let Some(slot) = self.indexes.get_mut(place) {
                *slot = index;
            }
            let before = self.reader.at;
            let is_last = self.part(part, Some(after))?;
            if self.reader.at == before {
                // The reader counts those.
                return Err(GivenUp);
            }
            index = index.saturating_add(1);
            if is_last {
                break;
            }
        }
        self.indexes.truncate(place);
        self.index = around;
        self.levels = self.levels.saturating_sub(1);
        Ok(())
    }
}
