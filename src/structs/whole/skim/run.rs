//! Passing over one item.

use super::super::read::Reader;
use super::{
    HOPELESS, Known, MAX_HELD, Note, Noted, Part, Place, Select, Skim, Slot, Term, Text,
    WantedThere,
};
use crate::structs::nodes::Input;
use crate::structs::whole::skim::terms::short;
use crate::value::Value;

/// The item is left to the reader.
#[derive(Debug)]
pub(super) struct GivenUp;

pub(super) type Done<T = ()> = Result<T, GivenUp>;

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
        let mut slots = std::mem::take(&mut self.skimmed);
        if slots.len() < skim.frame {
            slots.resize(skim.frame, Known::Absent);
        }
        // Those of formats that are called are emptied when they are.
        let own = slots.get_mut(..skim.frame);
        own.unwrap_or_default().fill(Known::Absent);
        let around = std::mem::take(&mut skim.around);
        let mut pass = Pass {
            start: self.at,
            index: self.index_of_array(),
            reader: self,
            skim,
            slots,
            base: 0,
            frame: 0,
            levels: 0,
            indexes: smallvec::SmallVec::new(),
            place: None,
            is_elsewhere: false,
            around,
        };
        pass.frame = pass.skim.frame;
        let done = pass.item();
        let (place, around) = (pass.place, pass.around);
        self.skimmed = pass.slots;
        skim.around = around;
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

pub(super) struct Pass<'a, 'p, I> {
    pub(super) reader: &'a mut Reader<'p, I>,
    pub(super) skim: &'a Skim<'p>,
    /// The values of the formats that are passed over, the outermost first.
    pub(super) slots: Vec<Known>,
    /// Where those of the innermost begin, and how many they are.
    pub(super) base: usize,
    pub(super) frame: usize,
    /// Where the innermost level begins.
    pub(super) start: u64,
    /// Which item of the innermost array it is.
    pub(super) index: Option<u64>,
    /// How many levels and arrays are open, and the indexes in the arrays.
    pub(super) levels: usize,
    pub(super) indexes: smallvec::SmallVec<[u64; 4]>,
    pub(super) place: Option<Place<'p>>,
    /// Whether what is wanted stands elsewhere, where others may own it: the reader finds that out.
    pub(super) is_elsewhere: bool,
    /// Fields around the array, once they are looked at.
    pub(super) around: Vec<Option<Known>>,
}

/// What is looked at when an item of an array ends.
pub(super) struct After<'a> {
    pub(super) until: Option<&'a Term>,
    pub(super) selects: &'a [Select],
}

impl<'a, 'p, I: Input> Pass<'a, 'p, I> {
    fn item(&mut self) -> Done<bool> {
        let skim = self.skim;
        let after = After {
            until: skim.until.as_ref(),
            selects: &[],
        };
        self.part(&skim.item, Some(&after))
    }

    /// Several parts. What most of them are is done here, without going down.
    pub(super) fn parts(&mut self, parts: &'a [Part<'p>]) -> Done {
        for part in parts {
            match part {
                Part::Fixed {
                    size,
                    notes,
                    looked_at,
                    wanted,
                } => match *looked_at == 0 && wanted.is_empty() {
                    true => self.skip(*size)?,
                    false => self.fixed(*size, notes, *looked_at, wanted)?,
                },
                Part::Bytes { size, into } => self.bytes(size, *into)?,
                Part::Align(n) => self.align(*n)?,
                Part::Choice {
                    on,
                    cases,
                    level: None,
                } => self.choice(on.as_ref(), cases)?,
                Part::Format(call) => {
                    self.level(None, None, |pass| pass.call(call))?;
                }
                Part::Region {
                    size,
                    inside,
                    level,
                } => {
                    self.region(size, inside, level.as_ref(), None)?;
                }
                Part::Place { offset, item, part } => self.elsewhere(offset, item, part)?,
                part => {
                    self.part(part, None)?;
                }
            }
        }
        Ok(())
    }

    /// Answers whether the condition that ends an array holds after it.
    pub(super) fn part(&mut self, part: &'a Part<'p>, after: Option<&After<'a>>) -> Done<bool> {
        match part {
            Part::Fixed {
                size,
                notes,
                looked_at,
                wanted,
            } => self.fixed(*size, notes, *looked_at, wanted)?,
            Part::Bytes { size, into } => self.bytes(size, *into)?,
            Part::Rest => {
                let size = self.reader.remaining();
                self.skip(size)?;
            }
            Part::RestOf(size) => {
                let left = self.reader.remaining();
                if left.checked_rem(*size) != Some(0) {
                    return Err(GivenUp);
                }
                self.skip(left)?;
            }
            Part::Align(n) => self.align(*n)?,
            Part::Leb128 { signed, into } => {
                let most = crate::structs::leb128::MAX_GROUPS as u64;
                let (at, most) = (self.reader.at, self.reader.remaining().min(most));
                let bytes = self.reader.look(at, most);
                let read = crate::structs::leb128::read(bytes, *signed);
                let (value, taken) = read.map_err(|_| GivenUp)?;
                self.skip(taken as u64)?;
                self.keep_value(*into, &value);
            }
            Part::Base128 {
                signed,
                is_sqlite,
                into,
            } => {
                let value = self.reader.base128(*signed, *is_sqlite);
                self.keep_value(*into, &value.map_err(|_| GivenUp)?);
            }
            Part::Ended { into } => {
                let at = self.reader.at;
                let size = self.reader.before(&[0]).map_err(|_| GivenUp)?;
                self.skip(size.saturating_add(1))?;
                if let Some((into, text)) = into {
                    self.text(*into, *text, at, size);
                }
            }
            Part::Level { parts, slots } => {
                return self.level(Some(slots), after, |pass| pass.parts(parts));
            }
            Part::Format(call) => return self.level(None, after, |pass| pass.call(call)),
            Part::Choice { on, cases, level } => match level {
                Some(slots) => {
                    return self.level(Some(slots), after, |pass| pass.choice(on.as_ref(), cases));
                }
                None => self.choice(on.as_ref(), cases)?,
            },
            Part::Region {
                size,
                inside,
                level,
            } => return self.region(size, inside, level.as_ref(), after),
            Part::Place { offset, item, part } => self.elsewhere(offset, item, part)?,
            Part::Array {
                times,
                part,
                until,
                number,
            } => {
                let selects = self.skim.selects.get(*number);
                let after = After {
                    until: until.as_ref(),
                    selects: selects.map_or(&[], Vec::as_slice),
                };
                self.array(times, part, &after)?;
            }
            Part::Computed { into, value } => {
                let value = self.term(value)?;
                if let (Some(into), Some(value)) = (into, value) {
                    self.keep(*into, value.into());
                }
            }
            Part::Several(parts) => self.parts(parts)?,
            Part::Wanted {
                item,
                order,
                path,
                part,
            } => {
                let at = self.reader.at;
                self.part(part, None)?;
                self.found(Place {
                    item,
                    order: *order,
                    path: *path,
                    at,
                    size: self.reader.at.saturating_sub(at),
                    end: self.reader.end,
                    file: self.reader.file,
                    held: None,
                });
            }
            Part::Unknown => return Err(GivenUp),
        }
        Ok(false)
    }

    #[inline]
    pub(super) fn skip(&mut self, n: u64) -> Done {
        self.reader.skip_over(n).ok_or(GivenUp)
    }

    #[inline]
    pub(super) fn keep(&mut self, into: usize, value: Known) {
        if let Some(slot) = self.slots.get_mut(self.base.saturating_add(into)) {
            *slot = value;
        }
    }

    pub(super) fn keep_value(&mut self, into: Option<usize>, value: &Value) {
        if let Some(into) = into {
            self.keep(into, Known::of(value));
        }
    }

    #[inline]
    pub(super) fn known(&self, slot: Slot) -> Known {
        let at = match slot {
            Slot::Own(slot) => self.base.saturating_add(slot),
            Slot::Called(slot) => self.base.saturating_add(self.frame).saturating_add(slot),
        };
        self.slots.get(at).copied().unwrap_or_default()
    }

    /// Takes note of where the wanted field is, of several the first.
    #[inline]
    fn found(&mut self, place: Place<'p>) {
        if self.place.is_none() && !self.is_elsewhere {
            self.place = Some(place);
        }
    }

    #[inline]
    fn bytes(&mut self, size: &Term, into: Option<(usize, Text)>) -> Done {
        let size = self.number(size)?;
        let at = self.reader.at;
        self.skip(size)?;
        if let Some((into, text)) = into {
            self.text(into, text, at, size);
        }
        Ok(())
    }

    #[inline]
    fn align(&mut self, n: u64) -> Done {
        let from = self.reader.at.saturating_sub(self.reader.file.0);
        let to = match n.is_power_of_two() {
            true => from.checked_add(n.wrapping_sub(1)).ok_or(GivenUp)? & n.wrapping_neg(),
            false => from.checked_next_multiple_of(n).ok_or(GivenUp)?,
        };
        self.skip(to.saturating_sub(from))
    }

    /// Bytes of a known number.
    #[inline]
    fn fixed(
        &mut self,
        size: u64,
        notes: &[Note],
        looked_at: u64,
        wanted: &[WantedThere<'p>],
    ) -> Done {
        let start = self.reader.at;
        self.skip(size)?;
        let bytes = self.reader.look(start, looked_at);
        if (bytes.len() as u64) < looked_at {
            return Err(GivenUp);
        }
        for note in notes {
            let bytes = bytes.get(note.at..note.end).unwrap_or_default();
            if let Some(slot) = self.slots.get_mut(self.base.saturating_add(note.into)) {
                *slot = note.what.known(bytes);
            }
        }
        if let Some(there) = wanted.first().filter(|_| self.place.is_none()) {
            let bytes = bytes.get(there.at..there.end).unwrap_or_default();
            let held = there.is_held().then(|| {
                let mut held = [0; MAX_HELD];
                let room = held.iter_mut().zip(bytes);
                room.for_each(|(into, byte)| *into = *byte);
                held
            });
            self.found(Place {
                item: there.item,
                order: there.order,
                path: there.path,
                at: start.saturating_add(there.at as u64),
                size: there.end.saturating_sub(there.at) as u64,
                end: self.reader.end,
                file: self.reader.file,
                held,
            });
        }
        Ok(())
    }

    pub(super) fn text(&mut self, into: usize, text: Text, at: u64, size: u64) {
        let known = match size <= super::MAX_TEXT {
            true => text.known(self.reader.look(at, size)),
            false => Known::Hidden,
        };
        self.keep(into, known);
    }
}

impl Noted {
    /// What bytes are to expressions.
    #[inline(always)]
    fn known(self, bytes: &[u8]) -> Known {
        match self {
            Noted::Integer {
                is_little,
                is_signed,
            } => number(integer(bytes, is_little), bytes.len(), is_signed),
            Noted::Bits {
                is_little,
                is_signed,
                first,
                count,
            } => bits(integer(bytes, is_little), first, count, is_signed),
            Noted::Text(text) => text.known(bytes),
        }
    }
}

impl Text {
    /// What bytes are to expressions.
    fn known(self, bytes: &[u8]) -> Known {
        match self {
            Text::Ascii if !bytes.is_ascii() => Known::Hidden,
            Text::Bytes | Text::Ascii => short(bytes).map_or(Known::LongText, Known::Text),
            Text::Spelled(kind) => {
                let taken = kind.take(&Value::from(bytes), true).0;
                taken.map_or(Known::Hidden, |value| Known::of(&value))
            }
        }
    }
}

impl Known {
    /// What a value is to expressions.
    pub(super) fn of(value: &Value) -> Known {
        if let Value::Bytes(text) = value {
            return short(text).map_or(Known::LongText, Known::Text);
        }
        let number = value.as_int().and_then(|n| i64::try_from(n).ok());
        number.map_or(Known::Hidden, Known::Int)
    }
}

/// The bits of up to eight bytes.
#[inline]
fn integer(bytes: &[u8], is_little: bool) -> u64 {
    match (bytes, is_little) {
        (&[a], _) => u64::from(a),
        (&[a, b], true) => u64::from(u16::from_le_bytes([a, b])),
        (&[a, b], false) => u64::from(u16::from_be_bytes([a, b])),
        (&[a, b, c, d], true) => u64::from(u32::from_le_bytes([a, b, c, d])),
        (&[a, b, c, d], false) => u64::from(u32::from_be_bytes([a, b, c, d])),
        _ => {
            let add = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
            match is_little {
                true => bytes.iter().rev().fold(0, add),
                false => bytes.iter().fold(0, add),
            }
        }
    }
}

/// The integer that bits of this number of bytes are.
#[inline]
fn number(bits: u64, size: usize, is_signed: bool) -> Known {
    if is_signed {
        let unused = u32::try_from(8usize.saturating_sub(size)).unwrap_or(0);
        let unused = unused.saturating_mul(8);
        return Known::Int(bits.wrapping_shl(unused).cast_signed().wrapping_shr(unused));
    }
    i64::try_from(bits).map_or(Known::Hidden, Known::Int)
}

/// Some bits of an integer.
fn bits(n: u64, first: u32, count: u32, is_signed: bool) -> Known {
    let unused = 64u32.saturating_sub(count);
    let high = n.wrapping_shr(first).wrapping_shl(unused);
    match is_signed {
        true => Known::Int(high.cast_signed().wrapping_shr(unused)),
        false => i64::try_from(high.wrapping_shr(unused)).map_or(Known::Hidden, Known::Int),
    }
}
