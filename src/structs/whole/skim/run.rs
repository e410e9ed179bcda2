//! Passing over one item.

use std::cmp::Ordering;

use super::super::compute;
use super::super::program::Item;
use super::super::read::Reader;
use super::{Case, HOPELESS, Name, Part, Place, Skim, Term, Times};
use crate::structs::ast::Operator;
use crate::structs::nodes::Input;
use crate::value::Value;

/// The item is left to the reader.
#[derive(Debug)]
struct GivenUp;

type Done<T = ()> = Result<T, GivenUp>;

/// A level or an array that is passed over.
#[derive(Debug)]
pub(in crate::structs::whole) struct Level {
    /// Where its values begin among those that are known.
    values: usize,
    is_boundary: bool,
    is_array: bool,
    start: u64,
    index: u64,
}

impl<'p, I: Input> Reader<'p, I> {
    /// Passes over the next item of the array whose frame is the last, and answers whether the condition holds that
    /// ends the array. Nothing has changed where it is given up.
    pub(in crate::structs::whole) fn pass_over(&mut self, skim: &mut Skim<'p>) -> Option<bool> {
        if skim.given_up >= HOPELESS {
            return None;
        }
        let mark = self.mark();
        let (end, file) = (self.end, self.file);
        let (was_placed, last_place) = (self.is_placed, self.last_place);
        let mut values = std::mem::take(&mut self.skimmed.0);
        let mut levels = std::mem::take(&mut self.skimmed.1);
        values.clear();
        levels.clear();
        let mut pass = Pass {
            reader: self,
            formats: &skim.formats,
            names: &skim.names,
            around: &mut skim.around,
            place: None,
            values,
            levels,
        };
        let done = pass.part(&skim.item, skim.until.as_ref());
        let place = pass.place;
        let (values, levels) = (pass.values, pass.levels);
        self.skimmed = (values, levels);
        match done {
            Ok(is_last) => {
                skim.given_up = 0;
                skim.place = place;
                Some(is_last)
            }
            Err(GivenUp) => {
                skim.given_up = skim.given_up.saturating_add(1);
                self.undo(&mark);
                (self.end, self.file) = (end, file);
                (self.is_placed, self.last_place) = (was_placed, last_place);
                None
            }
        }
    }
}

struct Pass<'a, 'p, I> {
    reader: &'a mut Reader<'p, I>,
    formats: &'a [Vec<Part<'p>>],
    names: &'a [smol_str::SmolStr],
    around: &'a mut [Option<Option<i128>>],
    place: Option<Place<'p>>,
    /// Values by their names, of all levels from the outermost on.
    values: Vec<(Name, Option<i128>)>,
    levels: Vec<Level>,
}

impl<'p, I: Input> Pass<'_, 'p, I> {
    fn parts(&mut self, parts: &[Part<'p>]) -> Done {
        for part in parts {
            self.part(part, None)?;
        }
        Ok(())
    }

    /// Answers whether the condition that ends an array holds after it.
    fn part(&mut self, part: &Part<'p>, until: Option<&Term>) -> Done<bool> {
        let reader = &mut *self.reader;
        reader.step().map_err(|_| GivenUp)?;
        match part {
            Part::Skip(n) => self.skip(*n)?,
            Part::Integer {
                size,
                is_little,
                is_signed,
                name,
            } => {
                let at = reader.at;
                self.skip(u64::from(*size))?;
                let bytes = self.reader.input.bytes(at, u64::from(*size));
                let value = integer(bytes, *is_little, *is_signed);
                self.values.push((*name, Some(value)));
            }
            Part::Bytes(size) => {
                let size = self.number(size)?;
                self.skip(size)?;
            }
            Part::Rest => {
                let size = reader.remaining();
                self.skip(size)?;
            }
            Part::RestOf(size) => {
                let left = reader.remaining();
                if left.checked_rem(*size) != Some(0) {
                    return Err(GivenUp);
                }
                self.skip(left)?;
            }
            Part::Align(n) => {
                let from = reader.at.saturating_sub(reader.file.0);
                let to = from.checked_next_multiple_of(*n).ok_or(GivenUp)?;
                self.skip(to.saturating_sub(from))?;
            }
            Part::Level { parts } => {
                return self.level(false, &[], until, |pass| pass.parts(parts));
            }
            Part::Format { format, parameters } => {
                let mut values = smallvec::SmallVec::<[(Name, Option<i128>); 4]>::new();
                for (name, term) in parameters {
                    values.push((*name, self.term(term)?));
                }
                let formats = self.formats;
                let parts = formats.get(*format).ok_or(GivenUp)?;
                return self.level(true, &values, until, |pass| pass.parts(parts));
            }
            Part::Choice {
                on,
                cases,
                is_level: true,
            } => return self.level(false, &[], until, |pass| pass.choice(on.as_ref(), cases)),
            Part::Choice { on, cases, .. } => self.choice(on.as_ref(), cases)?,
            Part::Region {
                size,
                inside,
                is_level,
            } => {
                let size = self.number(size)?;
                let start = self.reader.at;
                if size > self.reader.remaining() {
                    return Err(GivenUp);
                }
                let stop = start.saturating_add(size);
                let end = std::mem::replace(&mut self.reader.end, stop);
                let is_last = match is_level {
                    true => self.level(false, &[], until, |pass| {
                        pass.part(inside, None)?;
                        pass.reader.at = stop;
                        Ok(())
                    })?,
                    false => self.part(inside, None)?,
                };
                self.reader.end = end;
                self.reader.at = stop;
                return Ok(is_last);
            }
            Part::Place { offset, item, part } => self.elsewhere(offset, item, part)?,
            Part::Array { times, part } => self.array(times, part)?,
            Part::Computed { name, value } => {
                let value = self.term(value)?;
                if let (Some(name), Some(_)) = (name, value) {
                    self.values.push((*name, value));
                }
            }
            Part::Several(parts) => self.parts(parts)?,
            Part::Wanted { item, order, part } => {
                let at = self.reader.at;
                self.part(part, None)?;
                if self.levels.len() == 1 && self.place.is_none() {
                    self.place = Some(Place {
                        item,
                        order: *order,
                        at,
                        size: self.reader.at.saturating_sub(at),
                        end: self.reader.end,
                        file: self.reader.file,
                    });
                }
            }
            Part::Unknown => return Err(GivenUp),
        }
        Ok(false)
    }

    fn skip(&mut self, n: u64) -> Done {
        self.reader.skip_over(n).ok_or(GivenUp)
    }

    fn level(
        &mut self,
        is_boundary: bool,
        parameters: &[(Name, Option<i128>)],
        until: Option<&Term>,
        then: impl FnOnce(&mut Self) -> Done,
    ) -> Done<bool> {
        if self.reader.is_too_deep(self.levels.len()) {
            return Err(GivenUp);
        }
        self.levels.push(Level {
            values: self.values.len(),
            is_boundary,
            is_array: false,
            start: self.reader.at,
            index: 0,
        });
        self.values.extend_from_slice(parameters);
        then(self)?;
        let is_last = match until {
            Some(condition) => {
                // The condition sees what is around the array, too.
                if let Some(level) = self.levels.last_mut() {
                    level.is_boundary = false;
                }
                self.holds(condition)?
            }
            None => false,
        };
        if let Some(level) = self.levels.pop() {
            self.values.truncate(level.values);
        }
        Ok(is_last)
    }

    fn choice(&mut self, on: Option<&Term>, cases: &[Case<'p>]) -> Done {
        let on = match on {
            Some(on) => Some(self.term(on)?),
            None => None,
        };
        for case in cases {
            let Some(labels) = &case.labels else {
                return self.parts(&case.parts);
            };
            for (from, to) in labels {
                let is_taken = match (on, to) {
                    (None, _) => self.holds(from)?,
                    (Some(None), _) => false,
                    (Some(Some(value)), None) => self.term(from)? == Some(value),
                    (Some(Some(value)), Some(to)) => match self.term(from)? {
                        Some(first) => {
                            let last = self.term(to)?;
                            first <= value && last.is_some_and(|last| value <= last)
                        }
                        None => false,
                    },
                };
                if is_taken {
                    return self.parts(&case.parts);
                }
            }
        }
        Ok(())
    }

    fn elsewhere(&mut self, offset: &Term, item: &'p Item, part: &Part<'p>) -> Done {
        let offset = self.number(offset)?;
        let reader = &mut *self.reader;
        let (at, end, was_placed) = (reader.at, reader.end, reader.is_placed);
        let place = reader.file.0.saturating_add(offset);
        if place > reader.file.1 {
            return Err(GivenUp);
        }
        let indexes = self.levels.iter().filter(|level| level.is_array);
        let key = reader.key_within(indexes.map(|level| level.index), self.levels.len(), item);
        reader.is_placed = true;
        reader.at = place;
        reader.end = reader.file.1;
        // What is wanted of an item elsewhere may be owned by others; the reader finds that out.
        let had = self.place.is_some();
        self.part(part, None)?;
        if !had && self.place.is_some() {
            return Err(GivenUp);
        }
        let reader = &mut *self.reader;
        reader.claim(place, key).map_err(|_| GivenUp)?;
        (reader.at, reader.end, reader.is_placed) = (at, end, was_placed);
        Ok(())
    }

    fn array(&mut self, times: &Times, part: &Part<'p>) -> Done {
        let (count, until) = match times {
            Times::Number(n) => (Some(self.number(n)?), None),
            Times::Rest => (None, None),
            Times::Until(condition) => (None, Some(condition)),
        };
        if self.reader.is_too_deep(self.levels.len()) {
            return Err(GivenUp);
        }
        self.levels.push(Level {
            values: self.values.len(),
            is_boundary: false,
            is_array: true,
            start: self.reader.at,
            index: 0,
        });
        let mut index = 0u64;
        loop {
            if count.is_some_and(|n| index >= n) {
                break;
            }
            if matches!(times, Times::Rest) && self.reader.remaining() == 0 {
                break;
            }
            if let Some(level) = self.levels.last_mut() {
                level.index = index;
            }
            let before = self.reader.at;
            let is_last = self.part(part, until)?;
            if self.reader.at == before {
                // The reader counts those.
                return Err(GivenUp);
            }
            index = index.saturating_add(1);
            if is_last {
                break;
            }
        }
        self.levels.pop();
        Ok(())
    }

    fn number(&mut self, term: &Term) -> Done<u64> {
        let value = self.term(term)?.ok_or(GivenUp)?;
        u64::try_from(value).map_err(|_| GivenUp)
    }

    fn holds(&mut self, term: &Term) -> Done<bool> {
        Ok(self.term(term)?.is_some_and(|value| value != 0))
    }

    fn lookup(&mut self, name: Name) -> Done<Option<i128>> {
        let mut end = self.values.len();
        for level in self.levels.iter().rev() {
            let own = self.values.get(level.values..end).unwrap_or_default();
            if let Some((_, value)) = own.iter().rev().find(|(known, _)| *known == name) {
                return Ok(*value);
            }
            if level.is_boundary {
                return Ok(None);
            }
            end = level.values;
        }
        let slot = usize::try_from(name).unwrap_or(usize::MAX);
        if let Some(Some(known)) = self.around.get(slot) {
            return Ok(*known);
        }
        let text = self.names.get(slot).ok_or(GivenUp)?;
        let got = self.reader.lookup(text);
        let value = match self.reader.value_of(&got) {
            None if got.is_missing() => None,
            Some(value) => Some(value.as_int().ok_or(GivenUp)?),
            // A group or an array that is there.
            None => return Err(GivenUp),
        };
        if let Some(known) = self.around.get_mut(slot) {
            *known = Some(value);
        }
        Ok(value)
    }

    fn term(&mut self, term: &Term) -> Done<Option<i128>> {
        let from = self.reader.file.0;
        let position = |at: u64| Some(i128::from(at.saturating_sub(from)));
        Ok(match term {
            Term::Number(n) => Some(*n),
            Term::Name(name) => self.lookup(*name)?,
            Term::At => position(self.reader.at),
            Term::Start => {
                let level = self.levels.iter().rev().find(|level| !level.is_array);
                position(level.map_or_else(|| self.reader.start_of_level(), |level| level.start))
            }
            Term::End => position(self.reader.end),
            Term::Size => position(self.reader.file.1),
            Term::Index => {
                let array = self.levels.iter().rev().find(|level| level.is_array);
                let index = array.map_or_else(|| self.reader.index_of_array(), |l| Some(l.index));
                index.map(i128::from)
            }
            Term::Not(of) => Some(i128::from(!self.holds(of)?)),
            Term::Minus(of) => match self.term(of)? {
                Some(value) => Some(value.checked_neg().ok_or(GivenUp)?),
                None => None,
            },
            Term::Complement(of) => self.term(of)?.map(|value| !value),
            Term::Both(both) => {
                let [left, right] = &**both;
                Some(i128::from(self.holds(left)? && self.holds(right)?))
            }
            Term::Either(both) => {
                let [left, right] = &**both;
                Some(i128::from(self.holds(left)? || self.holds(right)?))
            }
            Term::Default(both) => {
                let [value, other] = &**both;
                match self.term(value)? {
                    None => self.term(other)?,
                    value => value,
                }
            }
            Term::IfElse(parts) => {
                let [condition, one, other] = &**parts;
                match self.holds(condition)? {
                    true => self.term(one)?,
                    false => self.term(other)?,
                }
            }
            Term::Binary(operator, both) => {
                let [left, right] = &**both;
                match (self.term(left)?, self.term(right)?) {
                    (Some(left), Some(right)) => Some(binary(*operator, left, right)?),
                    _ => None,
                }
            }
        })
    }
}

fn binary(operator: Operator, left: i128, right: i128) -> Done<i128> {
    let compared = |is: fn(Ordering) -> bool| Some(i128::from(is(left.cmp(&right))));
    let value = match operator {
        Operator::Equal => compared(Ordering::is_eq),
        Operator::NotEqual => compared(Ordering::is_ne),
        Operator::Less => compared(Ordering::is_lt),
        Operator::LessEqual => compared(Ordering::is_le),
        Operator::Greater => compared(Ordering::is_gt),
        Operator::GreaterEqual => compared(Ordering::is_ge),
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::BitAnd => Some(left & right),
        _ => compute::binary(operator, &Value::Int(left), &Value::Int(right))
            .ok()
            .and_then(|value| value.as_int()),
    };
    value.ok_or(GivenUp)
}

/// The integer of up to eight bytes.
fn integer(bytes: &[u8], is_little: bool, is_signed: bool) -> i128 {
    let add = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
    let n = match is_little {
        true => bytes.iter().rev().fold(0, add),
        false => bytes.iter().fold(0, add),
    };
    let unused = 64u32.saturating_sub(u32::try_from(bytes.len()).unwrap_or(8).saturating_mul(8));
    match is_signed {
        true => i128::from(n.wrapping_shl(unused).cast_signed().wrapping_shr(unused)),
        false => i128::from(n),
    }
}
