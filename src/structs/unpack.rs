//! Unpacking: bytes to values, along a plan.

use smallvec::SmallVec;

use super::compile::Plan;
use super::constant::check_constant;
use super::count::evaluate;
use super::error::{DataError, DataErrorKind, Segment};
use super::leb128;
use super::plan::{Bits, Body, Count, Element, Field, Repeat};
use crate::offset::{Position, Tally};
use crate::value::{Bytes, Record, Value};

/// How many items and fields without any bytes repetitions may have in one input, beside
/// [`EMPTY_PER_BYTE`] of them for each byte: nothing else backs them.
const MAX_EMPTY: u64 = 1 << 16;
const EMPTY_PER_BYTE: u64 = 16;

/// The memory of a value in a row or a list, in bytes.
pub(super) const VALUE: u64 = size_of::<Value>() as u64;

/// The memory of an item in a list of unknown length, which grows by doubling, in bytes.
const GROWING: u64 = 2 * VALUE;

/// Counts items and fields without bytes in repetitions.
#[derive(Clone, Copy, Default)]
pub(super) struct Empty(u64);

impl Empty {
    /// An item of a repetition reaches from `before` to `at`.
    pub(super) fn item(&mut self, before: u64, at: u64) -> Result<(), DataError> {
        self.add(u64::from(at == before), at)
    }

    /// The fields of a level reach from `before` to `at`.
    pub(super) fn fields(&mut self, body: &Body, before: u64, at: u64) -> Result<(), DataError> {
        if body.scope == 0 {
            return Ok(());
        }
        let taken = at.since(before);
        self.add((body.fields.len() as u64).saturating_sub(taken), at)
    }

    fn add(&mut self, n: u64, at: u64) -> Result<(), DataError> {
        self.0.tally(n);
        let most = at.saturating_mul(EMPTY_PER_BYTE).saturating_add(MAX_EMPTY);
        if self.0 > most {
            let message = format!("more than {most} repeated items and fields without any bytes");
            return Err(DataError::other(message).at(at));
        }
        Ok(())
    }
}

/// A position in the data, with the integers that counts refer to.
pub(super) struct Cursor<'d> {
    data: &'d [u8],
    at: usize,
    slots: SmallVec<[i128; 4]>,
    empty: Empty,
    /// The most bytes of memory that the values may take, and what is left of them.
    most: u64,
    room: u64,
}

impl<'d> Cursor<'d> {
    pub(super) fn new(data: &'d [u8], plan: &Plan) -> Cursor<'d> {
        Cursor {
            slots: SmallVec::from_elem(0, plan.slots),
            ..Cursor::plain(data)
        }
    }

    /// The same, with the memory of the values limited to `most` bytes.
    pub(super) fn within(self, most: u64) -> Cursor<'d> {
        Cursor {
            most,
            room: most,
            ..self
        }
    }

    /// Over the elements of one array, whose lengths are known.
    pub(super) fn plain(data: &'d [u8]) -> Cursor<'d> {
        Cursor {
            data,
            at: 0,
            slots: SmallVec::new(),
            empty: Empty::default(),
            most: u64::MAX,
            room: u64::MAX,
        }
    }

    /// Counts memory that values are about to take, in bytes.
    #[inline]
    fn spend(&mut self, bytes: u64) -> Result<(), DataError> {
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => {
                Err(DataError::new(DataErrorKind::Memory { limit: self.most }).at(self.at as u64))
            }
        }
    }

    /// Bytes as a value; up to 16 need no allocation.
    fn bytes(&mut self, bytes: &'d [u8]) -> Result<Value, DataError> {
        self.spend(Bytes::outside(bytes.len()))?;
        Ok(Value::Bytes(Bytes::from(bytes)))
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn remaining(&self) -> usize {
        self.data.len().since(self.at)
    }

    /// All values of a level.
    pub(super) fn record(&mut self, body: &Body) -> Result<Record, DataError> {
        let mut values = Vec::new();
        self.level(body, &mut values)?;
        Ok(Record::with_names(body.names.clone(), values))
    }

    /// Appends all values of a level.
    pub(super) fn level(&mut self, body: &Body, values: &mut Vec<Value>) -> Result<(), DataError> {
        let before = self.at;
        let remaining = self.remaining() as u64;
        // Memory is reserved only if the input can hold the level: every value then has a byte or a field that backs
        // it.
        if body.min_size <= remaining {
            self.spend(body.arity.saturating_mul(VALUE))?;
            values.reserve_exact(usize::try_from(body.arity).unwrap_or(0));
        } else {
            self.spend(body.arity.min(remaining).saturating_mul(VALUE))?;
        }
        match body.as_bits() {
            // An error has the path of the integer.
            Some((field, bits)) => {
                let raw = self.bits(field, bits)?;
                values.extend(bits.named().map(|bit| bit.extract(raw, bits.signed())));
            }
            None => {
                for field in &body.fields {
                    self.field(field, values)?;
                }
            }
        }
        self.note_fields(body, before)
    }

    fn field(&mut self, field: &Field, values: &mut Vec<Value>) -> Result<(), DataError> {
        self.begin(field)?;
        match &field.repeat {
            Repeat::One => self
                .single(field, values)
                .map_err(|e| e.within(field.segment(0))),
            Repeat::Inline(n) => {
                let first = values.len();
                // The level has counted their memory.
                self.items(*n, &field.element, u64::MAX, |item| values.push(item))
                    .map_err(|(i, e)| e.within(field.segment(i)))?;
                debug_assert_eq!(values.len().since(first) as u64, *n);
                Ok(())
            }
            Repeat::Array(count) => {
                let list = self.array(count, &field.element);
                values.push(Value::List(list.map_err(|e| e.within(field.segment(0)))?));
                Ok(())
            }
        }
    }

    /// Skips to where the field begins.
    pub(super) fn begin(&mut self, field: &Field) -> Result<(), DataError> {
        if field.align > 1 {
            let padding = padding(self.at as u64, field.align);
            self.take(padding).map_err(|e| e.within(field.segment(0)))?;
        }
        Ok(())
    }

    /// A field that occurs once, with its constant and its slot.
    fn single(&mut self, field: &Field, values: &mut Vec<Value>) -> Result<(), DataError> {
        let start = self.at;
        match &field.element {
            Element::Pad(count) => {
                let n = self.count(count)?;
                self.take(n)?;
                return Ok(());
            }
            Element::Align => return Ok(()),
            Element::Bits(bits) => {
                let raw = self.bits(field, bits)?;
                values.extend(bits.named().map(|bit| bit.extract(raw, bits.signed())));
                return Ok(());
            }
            _ => {}
        }
        let value = self.element(&field.element)?;
        if let Some(constant) = &field.constant {
            check_constant(&constant.value, &value, start)?;
        }
        if let Some(slot) = field.slot {
            self.remember(slot, &value)
                .map_err(|e| e.at(start as u64))?;
        }
        values.push(value);
        Ok(())
    }

    /// The integer of bit fields, with its constant checked and its slots filled.
    pub(super) fn bits(&mut self, field: &Field, bits: &Bits) -> Result<u128, DataError> {
        let start = self.at;
        let raw = self.raw_bits(bits)?;
        if let Some(constant) = &field.constant {
            let expected = Value::from(bits.integer.read_bits(&constant.bytes));
            check_constant(&expected, &Value::from(raw), start)?;
        }
        Ok(raw)
    }

    /// The integer of bit fields, with its slots filled; its constant isn't checked.
    pub(super) fn raw_bits(&mut self, bits: &Bits) -> Result<u128, DataError> {
        let raw = self.take(u64::from(bits.integer.size))?;
        let raw = bits.integer.read_bits(raw);
        for bit in &bits.fields {
            if let Some(slot) = bit.slot {
                self.remember(slot, &bit.extract(raw, bits.signed()))?;
            }
        }
        Ok(raw)
    }

    /// Checks the constant of the next field and fills its slots, without moving on.
    pub(super) fn look_at(&mut self, field: &Field) -> Result<(), DataError> {
        let start = self.at;
        let mut values = Vec::new();
        self.single(field, &mut values)?;
        self.at = start;
        Ok(())
    }

    /// One element that has a value.
    pub(super) fn element(&mut self, element: &Element) -> Result<Value, DataError> {
        match element {
            Element::Scalar(scalar) => {
                let scalar = *scalar;
                Ok(scalar.read(self.take(u64::from(scalar.size))?))
            }
            Element::Bytes(count) => {
                let n = self.count(count)?;
                let bytes = self.take(n)?;
                self.bytes(bytes)
            }
            Element::Pascal(count) => {
                let n = self.count(count)?;
                let bytes = pascal(self.take(n)?);
                self.bytes(bytes)
            }
            Element::CString => {
                let bytes = self.c_string()?;
                self.bytes(bytes)
            }
            Element::Leb128 { signed } => self.leb128(*signed),
            Element::Group(body) => self.record(body).map(Value::Record),
            // These are never items by themselves.
            Element::Pad(_) | Element::Align | Element::Bits(_) => Ok(Value::List(Vec::new())),
        }
    }

    pub(super) fn array(
        &mut self,
        count: &Count,
        element: &Element,
    ) -> Result<Vec<Value>, DataError> {
        let n = match count {
            Count::Rest => return self.rest(element),
            count => self.count(count)?,
        };
        let nested = |(i, e): (u64, DataError)| e.within(Segment::Item(i));
        // Room for as many as the data can hold, whatever the count claims.
        let most = (self.remaining() as u64)
            .checked_div(element.min_size())
            .unwrap_or(0);
        let backed = n.min(most);
        self.spend(backed.saturating_mul(VALUE))?;
        let mut list = Vec::with_capacity(usize::try_from(backed).unwrap_or(0));
        self.items(n, element, backed, |item| list.push(item))
            .map_err(nested)?;
        Ok(list)
    }

    /// As many elements as the rest of the input holds.
    fn rest(&mut self, element: &Element) -> Result<Vec<Value>, DataError> {
        let mut list = Vec::new();
        let mut each = GROWING;
        if let Some(size) = element.size() {
            let remaining = self.remaining() as u64;
            let whole = remaining.checked_div(size).unwrap_or(0);
            if let Some(over @ 1..) = remaining.checked_rem(size) {
                let end = self.data.len() as u64;
                return Err(left_over(whole, size, over).at(end.since(over)));
            }
            self.spend(whole.saturating_mul(VALUE))?;
            list.reserve_exact(usize::try_from(whole).unwrap_or(0));
            each = 0;
        }
        while self.remaining() > 0 {
            let before = self.at;
            self.spend(each)?;
            let item = self
                .element(element)
                .map_err(|e| e.within(Segment::Item(list.len() as u64)))?;
            if self.at == before {
                return Err(
                    DataError::other("an item without any bytes can't fill the rest")
                        .at(before as u64)
                        .within(Segment::Item(list.len() as u64)),
                );
            }
            list.push(item);
        }
        Ok(list)
    }

    /// `n` elements one after another, of which the memory of the first `counted` is counted
    /// already; an error comes with the index of its item.
    fn items(
        &mut self,
        n: u64,
        element: &Element,
        counted: u64,
        mut push: impl FnMut(Value),
    ) -> Result<(), (u64, DataError)> {
        if let Element::Scalar(scalar) = element {
            let scalar = *scalar;
            let size = u64::from(scalar.size);
            let bytes = self.take(n.saturating_mul(size)).map_err(|_| {
                let whole = (self.remaining() as u64).checked_div(size).unwrap_or(0);
                let at = (self.at as u64).item(whole, size);
                (whole, self.short(at, size))
            })?;
            bytes
                .chunks_exact(usize::from(scalar.size).max(1))
                .for_each(|bytes| push(scalar.read(bytes)));
            return Ok(());
        }
        for i in 0..n {
            let before = self.at;
            if i >= counted {
                self.spend(GROWING).map_err(|e| (i, e))?;
            }
            push(self.element(element).map_err(|e| (i, e))?);
            self.note_progress(before).map_err(|e| (i, e))?;
        }
        Ok(())
    }

    /// An item of a repetition that began at `before` ends here.
    pub(super) fn note_progress(&mut self, before: usize) -> Result<(), DataError> {
        self.empty.item(before as u64, self.at as u64)
    }

    /// The fields of a level that began at `before` end here.
    pub(super) fn note_fields(&mut self, body: &Body, before: usize) -> Result<(), DataError> {
        self.empty.fields(body, before as u64, self.at as u64)
    }

    /// The next `n` bytes.
    #[inline]
    pub(super) fn take(&mut self, n: u64) -> Result<&'d [u8], DataError> {
        let end = usize::try_from(n).ok().and_then(|n| self.at.checked_add(n));
        match end.and_then(|end| Some((end, self.data.get(self.at..end)?))) {
            Some((end, bytes)) => {
                self.at = end;
                Ok(bytes)
            }
            None => Err(self.short(self.at as u64, n)),
        }
    }

    #[cold]
    fn short(&self, at: u64, needed: u64) -> DataError {
        let end = self.data.len() as u64;
        DataError::new(DataErrorKind::Short { needed, end }).at(at)
    }

    pub(super) fn c_string(&mut self) -> Result<&'d [u8], DataError> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        match memchr::memchr(0, rest) {
            Some(length) => {
                let text = self.take(length as u64)?;
                self.take(1)?;
                Ok(text)
            }
            None => Err(no_nul().at(self.at as u64)),
        }
    }

    pub(super) fn leb128(&mut self, signed: bool) -> Result<Value, DataError> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        match leb128::read(rest, signed) {
            Ok((value, taken)) => {
                self.take(taken as u64)?;
                Ok(value)
            }
            Err(leb128::Leb128Error::Short) => {
                let needed = (rest.len() as u64).past(1);
                Err(self.short(self.at as u64, needed))
            }
            Err(leb128::Leb128Error::Wide) => Err(wide_leb128().at(self.at as u64)),
        }
    }

    pub(super) fn remember(&mut self, slot: u32, value: &Value) -> Result<(), DataError> {
        let n = slot_value(value)?;
        if let Some(kept) = self.slots.get_mut(slot as usize) {
            *kept = n;
        }
        Ok(())
    }

    /// How many, or how long; the rest is counted in bytes.
    pub(super) fn count(&self, count: &Count) -> Result<u64, DataError> {
        match count {
            Count::Fixed(n) => Ok(*n),
            Count::Rest => Ok(self.remaining() as u64),
            Count::Computed(expression) => {
                let slots = &self.slots;
                let value = |slot: u32| slots.get(slot as usize).copied();
                evaluate(expression, value).map_err(|e| e.at(self.at as u64))
            }
        }
    }
}

/// The integer of a value that counts refer to.
pub(super) fn slot_value(value: &Value) -> Result<i128, DataError> {
    value
        .as_int()
        .ok_or_else(|| DataError::other("a count has more than 127 bits"))
}

pub(super) fn no_nul() -> DataError {
    DataError::new(DataErrorKind::Unterminated)
}

pub(super) fn wide_leb128() -> DataError {
    DataError::other("a LEB128 number has more than 128 bits")
}

/// The rest of the input can't be cut into elements of one size.
pub(super) fn left_over(whole: u64, size: u64, over: u64) -> DataError {
    DataError::other(format!(
        "the rest of the input is {whole} times {size} bytes and {over} more"
    ))
}

/// The bytes up to the next multiple of `align`.
pub(super) fn padding(at: u64, align: u64) -> u64 {
    match at.checked_rem(align) {
        None | Some(0) => 0,
        Some(over) => align.since(over),
    }
}

/// The content of a Pascal string in its whole width; the length byte may claim more than there is.
pub(super) fn pascal(field: &[u8]) -> &[u8] {
    match field.split_first() {
        Some((length, rest)) => rest.get(..usize::from(*length)).unwrap_or(rest),
        None => &[],
    }
}
