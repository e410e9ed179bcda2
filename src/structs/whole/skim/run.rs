//! Passing over one item.

use super::super::read::Reader;
use super::{
    Compiled, Field, FieldLocation, Fixed, HOPELESS, MAX_HELD, Number, OpenLevels, Read, Skim,
    Slot, SlotType, SlotValue, State, Step, Text,
};
use crate::offset::{Position, Tally};
use crate::structs::nodes::Input;
use crate::structs::whole::skim::terms::short;
use crate::value::Value;

/// The item is given up and left to the reader.
#[derive(Debug)]
pub(super) struct Fallback;

pub(super) type Skimmed<T = ()> = Result<T, Fallback>;

impl<'p, I: Input> Reader<'p, I> {
    /// Passes over the next item of the array whose frame is the last, and answers whether the condition holds that
    /// ends the array. An item that is given up leaves the state unchanged.
    pub(in crate::structs::whole) fn pass_over(&mut self, skim: &mut Skim<'p>) -> Option<bool> {
        if skim.given_up >= HOPELESS {
            return None;
        }
        let before = self.place_to_read();
        let Skim { code, state, .. } = skim;
        if state.slots.len() < code.frame {
            state.slots.resize(code.frame, SlotValue::Absent);
        }
        // The slots of called formats are emptied at their call.
        let own = state.slots.get_mut(..code.frame);
        own.unwrap_or_default().fill(SlotValue::Absent);
        state.place = None;
        let pass = Skimmer {
            start: self.at,
            index: self.index_of_array(),
            reader: self,
            base: 0,
            frame: code.frame,
            code,
            state,
            is_last: false,
            is_elsewhere: false,
        };
        match pass.item() {
            Ok(is_last) => {
                skim.given_up = 0;
                Some(is_last)
            }
            Err(Fallback) => {
                skim.given_up.tally(1);
                skim.state.open = OpenLevels::default();
                self.read_from(&before);
                None
            }
        }
    }
}

pub(super) struct Skimmer<'a, 'p, I> {
    pub(super) reader: &'a mut Reader<'p, I>,
    pub(super) code: &'a Compiled<'p>,
    pub(super) state: &'a mut State<'p>,
    /// Where the slots of the innermost format begin, and how many they are.
    pub(super) base: usize,
    pub(super) frame: usize,
    /// Where the innermost level begins.
    pub(super) start: u64,
    /// The index of the item in the innermost array.
    pub(super) index: Option<u64>,
    /// Whether this item is the array's last, by its condition.
    pub(super) is_last: bool,
    /// Whether the wanted field is at an offset of its own, where others may own its bytes: the reader finds that out.
    pub(super) is_elsewhere: bool,
}

impl<'a, 'p, I: Input> Skimmer<'a, 'p, I> {
    /// Answers whether the condition holds that ends the array.
    fn item(mut self) -> Skimmed<bool> {
        let code = self.code;
        let mut at = 0usize;
        loop {
            let step = code.steps.get(at).ok_or(Fallback)?;
            at.advance(1);
            match step {
                Step::Fixed(fixed) => self.fixed(fixed)?,
                Step::Read(read) => self.read(read)?,
                Step::Go(to) => at = *to,
                Step::Unless(condition, to) => {
                    if !self.holds(condition)? {
                        at = *to;
                    }
                }
                Step::Choose { on, cases, end } => {
                    at = self.choose(on.as_ref(), cases)?.unwrap_or(*end);
                }
                Step::Level(slots) => self.level(slots)?,
                Step::EndLevel => self.end_level()?,
                Step::Call(call) => at = self.call(call, at)?,
                Step::Return => at = self.end_call()?,
                Step::Region(size) => self.region(size)?,
                Step::EndRegion => self.end_region()?,
                Step::Place(offset, item) => self.place(offset, item)?,
                Step::EndPlace => self.end_place()?,
                Step::Array(times) => self.array(times)?,
                Step::Item(end) => {
                    if !self.next_item()? {
                        at = *end;
                    }
                }
                Step::NextItem(item) => {
                    if self.end_item()? {
                        at = *item;
                    }
                }
                Step::Wanted => self.state.open.wanted.push(self.reader.at),
                Step::EndWanted(field) => {
                    let start = self.state.open.wanted.pop().ok_or(Fallback)?;
                    let size = self.reader.at.since(start);
                    self.found(field, start, size, None);
                }
                Step::End => return Ok(self.is_last),
            }
        }
    }

    #[inline]
    fn read(&mut self, read: &Read) -> Skimmed {
        match read {
            Read::Bytes { size, into } => {
                let size = self.number(size)?;
                self.bytes(size, *into)
            }
            Read::Align(n) => self.align(*n),
            Read::Finish { array, until } => self.finish(*array, until.as_ref()),
            Read::Computed { into, value } => {
                let value = self.term(value)?;
                if let (Some(into), Some(value)) = (into, value) {
                    self.keep(*into, value.into());
                }
                Ok(())
            }
            Read::Rest => self.skip(self.reader.remaining()),
            Read::RestOf(size) => {
                let left = self.reader.remaining();
                match left.checked_rem(*size) {
                    Some(0) => self.skip(left),
                    _ => Err(Fallback),
                }
            }
            Read::Leb128 { signed, into } => {
                let most = crate::structs::leb128::MAX_GROUPS as u64;
                let (at, most) = (self.reader.at, self.reader.remaining().min(most));
                let bytes = self.reader.look(at, most);
                let read = crate::structs::leb128::read(bytes, *signed);
                let (value, taken) = read.map_err(|_| Fallback)?;
                self.skip(taken as u64)?;
                self.keep_value(*into, &value);
                Ok(())
            }
            Read::Base128 {
                signed,
                is_sqlite,
                into,
            } => {
                let value = self.reader.base128(*signed, *is_sqlite);
                self.keep_value(*into, &value.map_err(|_| Fallback)?);
                Ok(())
            }
            Read::Ended { into } => {
                let size = self.reader.before(&[0]).map_err(|_| Fallback)?;
                self.bytes(size, *into)?;
                self.skip(1)
            }
            Read::Unknown => Err(Fallback),
        }
    }

    #[inline]
    pub(super) fn skip(&mut self, n: u64) -> Skimmed {
        self.reader.skip_over(n).ok_or(Fallback)
    }

    #[inline]
    pub(super) fn keep(&mut self, into: usize, value: SlotValue) {
        let at = self.base.past(into);
        if let Some(slot) = self.state.slots.get_mut(at) {
            *slot = value;
        }
    }

    pub(super) fn keep_value(&mut self, into: Option<usize>, value: &Value) {
        if let Some(into) = into {
            self.keep(into, SlotValue::of(value));
        }
    }

    #[inline]
    pub(super) fn known(&self, slot: Slot) -> SlotValue {
        let at = match slot {
            Slot::Own(slot) => self.base.past(slot),
            Slot::Called(slot) => self.base.past(self.frame).past(slot),
        };
        self.state.slots.get(at).copied().unwrap_or_default()
    }

    /// Notes the place of the wanted field; the first one of several.
    #[inline]
    fn found(&mut self, field: &Field<'p>, at: u64, size: u64, held: Option<[u8; MAX_HELD]>) {
        if self.state.place.is_none() && !self.is_elsewhere {
            self.state.place = Some(FieldLocation {
                field: *field,
                at,
                size,
                end: self.reader.end,
                file: self.reader.file,
                held,
            });
        }
    }

    #[inline(always)]
    fn bytes(&mut self, size: u64, into: Option<(usize, Text)>) -> Skimmed {
        let at = self.reader.at;
        self.skip(size)?;
        if let Some((into, text)) = into {
            self.text(into, text, at, size);
        }
        Ok(())
    }

    #[inline]
    fn align(&mut self, n: u64) -> Skimmed {
        let from = self.reader.at.since(self.reader.file.0);
        let to = match n.is_power_of_two() {
            true => from.checked_add(n.wrapping_sub(1)).ok_or(Fallback)? & n.wrapping_neg(),
            false => from.checked_next_multiple_of(n).ok_or(Fallback)?,
        };
        self.skip(to.since(from))
    }

    /// Bytes of a known number.
    #[inline]
    fn fixed(&mut self, fixed: &Fixed<'p>) -> Skimmed {
        let start = self.reader.at;
        self.skip(fixed.size)?;
        if fixed.looked_at == 0 && fixed.wanted.is_empty() {
            return Ok(());
        }
        // Numbers are read as eight bytes, with bytes after them where there are any.
        let more = fixed.looked_at.past(EIGHT as u64);
        let bytes = self.reader.look(start, more);
        if (bytes.len() as u64) < fixed.looked_at {
            return Err(Fallback);
        }
        let slots = self.state.slots.get_mut(self.base..).unwrap_or_default();
        for note in &fixed.notes {
            let known = match note.what {
                SlotType::Number(number) => number.known(bytes, note.at),
                SlotType::Text(text) => {
                    text.known(bytes.get(note.at..note.end).unwrap_or_default())
                }
            };
            if let Some(slot) = slots.get_mut(note.into) {
                *slot = known;
            }
        }
        if let Some(there) = fixed.wanted.first() {
            let held = there.is_held().then(|| eight(bytes, there.at));
            let size = there.end.since(there.at) as u64;
            self.found(&there.field, start.past(there.at as u64), size, held);
        }
        Ok(())
    }

    pub(super) fn text(&mut self, into: usize, text: Text, at: u64, size: u64) {
        let known = match size <= super::MAX_TEXT {
            true => text.known(self.reader.look(at, size)),
            false => SlotValue::Hidden,
        };
        self.keep(into, known);
    }
}

/// How many bytes a number is read from.
const EIGHT: usize = 8;

/// Eight bytes from `at` on, filled up with zeros.
#[inline(always)]
fn eight(bytes: &[u8], at: usize) -> [u8; EIGHT] {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut some = [0; EIGHT];
        let there = some.iter_mut().zip(rest);
        there.for_each(|(into, byte)| *into = *byte);
        some
    })
}

impl Number {
    /// The number that begins at `at`.
    #[inline(always)]
    fn known(self, bytes: &[u8], at: usize) -> SlotValue {
        let read = eight(bytes, at);
        let bits = match self.is_little {
            true => u64::from_le_bytes(read),
            false => u64::from_be_bytes(read),
        };
        let bits = bits.wrapping_shl(self.up);
        match self.is_signed {
            true => SlotValue::Int(bits.cast_signed().wrapping_shr(self.down)),
            false => {
                let bits = bits.wrapping_shr(self.down);
                i64::try_from(bits).map_or(SlotValue::Hidden, SlotValue::Int)
            }
        }
    }
}

impl Text {
    /// The value of bytes as expressions see it.
    fn known(self, bytes: &[u8]) -> SlotValue {
        match self {
            Text::Ascii if !bytes.is_ascii() => SlotValue::Hidden,
            Text::Bytes | Text::Ascii => short(bytes).map_or(SlotValue::LongText, SlotValue::Text),
            Text::Spelled(kind) => {
                let taken = kind.take(&Value::from(bytes), true).0;
                taken.map_or(SlotValue::Hidden, |value| SlotValue::of(&value))
            }
        }
    }
}

impl SlotValue {
    /// The slot's form of a value.
    pub(super) fn of(value: &Value) -> SlotValue {
        if let Value::Bytes(text) = value {
            return short(text).map_or(SlotValue::LongText, SlotValue::Text);
        }
        let number = value.as_int().and_then(|n| i64::try_from(n).ok());
        number.map_or(SlotValue::Hidden, SlotValue::Int)
    }
}
