//! Packing: values to bytes, along a plan.

mod args;
mod learn;

use smallvec::SmallVec;

use args::Args;

pub(super) use args::{Row, no_field};

use super::Struct;
use super::compile::Plan;
use super::constant::check_constant;
use super::count::evaluate;
use super::error::{DataError, DataErrorKind, Segment, counted};
use super::leb128;
use super::plan::{BitField, Bits, Body, Count, Element, Field, Repeat};
use super::unpack::{Empty, padding};
use crate::offset::{Position, Tally};
use crate::value::Value;

/// How many zeros packing adds for padding and short strings: values don't back them.
const MAX_FILL: u64 = 1 << 30;

/// A count, while packing.
#[derive(Clone, Copy)]
struct PackCount {
    n: i128,
    /// Whether `n` is only a lower bound: the content of a `p` may be shorter than its width.
    or_more: bool,
}

struct Packer<'p> {
    plan: &'p Plan,
    out: Vec<u8>,
    /// The counts as far as they are known: written, or computed from data.
    slots: SmallVec<[Option<PackCount>; 4]>,
    /// Pairs of a scope and a slot that follows from data, sorted.
    told: SmallVec<[(u32, u32); 4]>,
    filled: u64,
    empty: Empty,
}

/// Appends bytes; into an empty buffer they are moved, not copied.
fn append(out: &mut Vec<u8>, mut bytes: Vec<u8>) {
    match out.capacity() {
        0 => *out = bytes,
        _ => out.append(&mut bytes),
    }
}

impl Struct {
    /// Appends the bytes of a row.
    pub(super) fn append_row(&self, row: Row<'_>, out: &mut Vec<u8>) -> Result<(), DataError> {
        if let Some(flat) = self.plan.flat() {
            let few = flat.pack_few(row, |bytes| out.extend_from_slice(bytes));
            if few.is_some() || flat.append_many(row, out).is_some() {
                return Ok(());
            }
        }
        self.append_by_plan(row, out)
    }

    #[cold]
    fn append_by_plan(&self, row: Row<'_>, out: &mut Vec<u8>) -> Result<(), DataError> {
        if let Some(whole) = &self.whole {
            let record = super::record_of(row.values, row.names);
            append(out, whole.pack(&record, None)?);
            return Ok(());
        }
        let mut packer = Packer::new(&self.plan);
        packer.infer(&self.plan.body, row)?;
        packer.body(&self.plan.body, row)?;
        append(out, packer.out);
        Ok(())
    }

    /// Writes the bytes of a row over those of `buffer` from `start` on: all of them, or none.
    pub(super) fn write_row(
        &self,
        row: Row<'_>,
        buffer: &mut [u8],
        start: usize,
    ) -> Result<(), DataError> {
        if let Some(flat) = self.plan.flat()
            && let Some(place) = buffer.get_mut(start..)
            && let Some(place) = place.get_mut(..flat.len_in_bytes())
            && let Some(()) = flat.pack_few(row, |bytes| place.copy_from_slice(bytes))
        {
            return Ok(());
        }
        self.write_appended(row, buffer, start)
    }

    #[cold]
    fn write_appended(
        &self,
        row: Row<'_>,
        buffer: &mut [u8],
        start: usize,
    ) -> Result<(), DataError> {
        let mut bytes = Vec::new();
        self.append_row(row, &mut bytes)?;
        let end = buffer.len() as u64;
        match buffer.get_mut(start..start.past(bytes.len())) {
            Some(place) => {
                place.copy_from_slice(&bytes);
                Ok(())
            }
            None => Err(DataError::new(DataErrorKind::Short {
                needed: bytes.len() as u64,
                end,
            })
            .at(start as u64)),
        }
    }
}

impl<'p> Packer<'p> {
    fn new(plan: &'p Plan) -> Packer<'p> {
        let most = plan.body.min_size.min(1 << 16);
        let scopes = plan.inferred.iter().zip(0..);
        let mut told: SmallVec<[(u32, u32); 4]> = scopes
            .filter_map(|(scope, slot)| scope.map(|scope| (scope, slot)))
            .collect();
        told.sort_unstable();
        Packer {
            plan,
            out: Vec::with_capacity(usize::try_from(most).unwrap_or(0)),
            slots: SmallVec::from_elem(None, plan.slots),
            told,
            filled: 0,
            empty: Empty::default(),
        }
    }
}

impl Packer<'_> {
    fn body(&mut self, body: &Body, row: Row<'_>) -> Result<(), DataError> {
        let before = self.out.len();
        let mut args = Args::new(row, body)?;
        for field in &body.fields {
            self.field(field, &mut args)
                .map_err(|e| args.explain(e, body.names.as_deref()))?;
        }
        self.note_fields(body, before)?;
        args.finish(body.names.as_deref())
    }

    fn field(&mut self, field: &Field, args: &mut Args<'_>) -> Result<(), DataError> {
        self.begin(field)?;
        match &field.repeat {
            Repeat::One => self.single(field, args),
            Repeat::Inline(n) => {
                for i in 0..*n {
                    let index = field.index(i);
                    let packed = match args.value(None, index, false) {
                        Some(value) => self.item(&field.element, value),
                        None => Err(missing(None)),
                    };
                    packed.map_err(|e| e.within(field.segment(i)))?;
                }
                Ok(())
            }
            Repeat::Array(count) => {
                let value = args.value(field.name.as_deref(), field.first, false);
                value
                    .ok_or_else(|| missing(None))
                    .and_then(|value| self.array(count, &field.element, value))
                    .map_err(|e| e.within(field.segment(0)))
            }
        }
    }

    /// Aligns a field, and writes it where it is nothing but padding.
    fn begin(&mut self, field: &Field) -> Result<(), DataError> {
        let within = |e: DataError| e.within(field.segment(0));
        if field.align > 1 {
            self.fill(padding(self.out.len() as u64, field.align))
                .map_err(within)?;
        }
        if let Element::Pad(count) = &field.element {
            let n = self.count(count).map_err(within)?;
            self.fill(n).map_err(within)?;
        }
        Ok(())
    }

    fn single(&mut self, field: &Field, args: &mut Args<'_>) -> Result<(), DataError> {
        match &field.element {
            Element::Align | Element::Pad(_) => Ok(()),
            Element::Bits(bits) => self.bits(field, bits, args),
            _ => {
                let value = args.value(field.name.as_deref(), field.first, field.optional);
                self.value(field, value)
                    .map_err(|e| e.within(field.segment(0)))
            }
        }
    }

    /// A single field's value: given, a constant of the format, or computed from data.
    fn value(&mut self, field: &Field, value: Option<&Value>) -> Result<(), DataError> {
        let known = field.slot.and_then(|slot| self.known(slot));
        let told;
        let value = match (value, known, &field.constant) {
            (Some(value), ..) => value,
            (None, _, Some(constant)) => &constant.value,
            (None, Some(n), None) => {
                told = Value::Int(n);
                &told
            }
            (None, None, None) => return Err(missing(field.slot)),
        };
        let start = self.out.len();
        self.item(&field.element, value)?;
        if let Some(constant) = &field.constant
            && self.out.get(start..) != Some(&constant.bytes)
        {
            check_constant(&constant.value, value, start)?;
        }
        if let (Some(slot), Some(n)) = (field.slot, value.as_int()) {
            self.learned(slot, n);
        }
        Ok(())
    }

    fn bits(&mut self, field: &Field, bits: &Bits, args: &mut Args<'_>) -> Result<(), DataError> {
        let (mut all, mut given) = (0, 0);
        for (bit, index) in bits.named().zip(field.first..) {
            let value = args.value(bit.name.as_deref(), index, bit.optional);
            let part = self
                .bit(field, bits, bit, value)
                .map_err(|e| e.within(Segment::Name(bit.name.clone().unwrap_or_default())))?;
            if let Some(part) = part {
                all |= part;
                given |= bit.insert(u128::MAX);
            }
        }
        self.finish_bits(field, bits, all, given)
    }

    /// The bits of a bit field in its integer; `None` where only the integer's constant states
    /// them.
    fn bit(
        &mut self,
        field: &Field,
        bits: &Bits,
        bit: &BitField,
        value: Option<&Value>,
    ) -> Result<Option<u128>, DataError> {
        let known = bit.slot.and_then(|slot| self.known(slot)).map(Value::Int);
        let Some(value) = value.or(known.as_ref()) else {
            return match field.constant {
                Some(_) => Ok(None),
                None => Err(missing(bit.slot)),
            };
        };
        let width = u32::from(bit.width);
        let number = bits.integer.integer(value, bits.signed(), width)?;
        if let (Some(slot), Some(n)) = (bit.slot, value.as_int()) {
            self.learned(slot, n);
        }
        Ok(Some(bit.insert(number)))
    }

    /// Writes the integer of bit fields, `given` being the mask of those that had a value.
    fn finish_bits(
        &mut self,
        field: &Field,
        bits: &Bits,
        all: u128,
        given: u128,
    ) -> Result<(), DataError> {
        let Some(constant) = &field.constant else {
            bits.integer.write_bits(all, &mut self.out);
            return Ok(());
        };
        let expected = bits.integer.read_bits(&constant.bytes) & given;
        if all != expected {
            check_constant(&Value::from(expected), &Value::from(all), self.out.len())
                .map_err(|e| e.within(field.segment(0)))?;
        }
        self.out.extend_from_slice(&constant.bytes);
        Ok(())
    }

    fn array(&mut self, count: &Count, element: &Element, value: &Value) -> Result<(), DataError> {
        let Value::List(items) = value else {
            return Err(DataError::new(DataErrorKind::Type {
                expected: "an array".into(),
                found: value.kind(),
            }));
        };
        self.check_items(count, items.len())?;
        for (i, item) in items.iter().enumerate() {
            let nested = |e: DataError| e.within(Segment::Item(i as u64));
            let start = self.out.len();
            if let (Element::Group(body), Some(row)) = (element, Row::of(item)) {
                self.infer(body, row).map_err(nested)?;
            }
            self.item(element, item)
                .and_then(|()| self.note_progress(start, matches!(count, Count::Rest)))
                .map_err(nested)?;
        }
        Ok(())
    }

    /// Checks that an array has as many items as its count says.
    fn check_items(&self, count: &Count, found: usize) -> Result<(), DataError> {
        if matches!(count, Count::Rest) {
            return Ok(());
        }
        let expected = self.count(count)?;
        if found as u64 == expected {
            return Ok(());
        }
        Err(DataError::new(DataErrorKind::Count {
            expected: counted(expected, "item"),
            found: found as u64,
        }))
    }

    /// Counts an item that wrote nothing since `start`: more of them than unpacking accepts are not packed.
    fn note_progress(&mut self, start: usize, to_the_end: bool) -> Result<(), DataError> {
        if self.out.len() == start && to_the_end {
            return Err(DataError::other("an item without any bytes"));
        }
        self.empty.item(start as u64, self.out.len() as u64)
    }

    /// Counts the fields without bytes of a level that began at `before`.
    fn note_fields(&mut self, body: &Body, before: usize) -> Result<(), DataError> {
        self.empty
            .fields(body, before as u64, self.out.len() as u64)
    }

    /// One element that has a value.
    fn item(&mut self, element: &Element, value: &Value) -> Result<(), DataError> {
        match element {
            Element::Scalar(scalar) => scalar.write(value, &mut self.out),
            Element::Leb128 { signed } => leb128::write(value, *signed, &mut self.out),
            Element::CString => self.put_bytes(element, bytes_of(value, "z")?),
            Element::Bytes(_) => self.put_bytes(element, bytes_of(value, "s")?),
            Element::Pascal(_) => self.put_bytes(element, bytes_of(value, "p")?),
            Element::Group(body) => match (Row::of(value), body.as_bits()) {
                (Some(row), _) => self.body(body, row),
                // The integer that the bit fields make up.
                (None, Some((_, bits))) => bits.integer.write(value, &mut self.out),
                (None, None) => Err(DataError::new(DataErrorKind::Type {
                    expected: "a group".into(),
                    found: value.kind(),
                })),
            },
            Element::Pad(_) | Element::Align | Element::Bits(_) => Ok(()),
        }
    }

    /// An element whose value is bytes.
    fn put_bytes(&mut self, element: &Element, bytes: &[u8]) -> Result<(), DataError> {
        match element {
            Element::CString => {
                if let Some(i) = memchr::memchr(0, bytes) {
                    let message = format!("a z ends at the first NUL; there is one at byte {i}");
                    return Err(DataError::other(message));
                }
                self.out.extend_from_slice(bytes);
                self.out.push(0);
                Ok(())
            }
            Element::Bytes(count) => self.bytes(count, bytes),
            Element::Pascal(count) => {
                let width = match count {
                    Count::Rest => (bytes.len() as u64).past(1),
                    count => self.count(count)?,
                };
                let room = width.saturating_sub(1);
                if matches!(count, Count::Computed(_)) && bytes.len() as u64 > room {
                    return Err(DataError::new(DataErrorKind::Count {
                        expected: format!("at most {}", counted(room, "byte")),
                        found: bytes.len() as u64,
                    }));
                }
                self.pascal(bytes, width)
            }
            _ => self.item(element, &Value::from(bytes)),
        }
    }

    /// A length in digits truncates or fills up the bytes, as in Python; a computed one must equal theirs.
    fn bytes(&mut self, count: &Count, bytes: &[u8]) -> Result<(), DataError> {
        let width = match count {
            Count::Rest => bytes.len() as u64,
            count => self.count(count)?,
        };
        if matches!(count, Count::Computed(_)) && width != bytes.len() as u64 {
            return Err(DataError::new(DataErrorKind::Count {
                expected: counted(width, "byte"),
                found: bytes.len() as u64,
            }));
        }
        let cut = usize::try_from(width)
            .ok()
            .and_then(|width| bytes.get(..width));
        let written = cut.unwrap_or(bytes);
        self.out.extend_from_slice(written);
        self.fill(width.since(written.len() as u64))
    }

    /// Python stores all data that fit the width, even where the length byte can't say so.
    fn pascal(&mut self, bytes: &[u8], width: u64) -> Result<(), DataError> {
        let Some(room) = width.checked_sub(1) else {
            return Ok(());
        };
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let written = bytes.get(..room).unwrap_or(bytes);
        self.out
            .push(u8::try_from(written.len()).unwrap_or(u8::MAX));
        self.out.extend_from_slice(written);
        self.fill((room as u64).since(written.len() as u64))
    }

    fn fill(&mut self, n: u64) -> Result<(), DataError> {
        self.filled.tally(n);
        let end = usize::try_from(n)
            .ok()
            .and_then(|n| self.out.len().checked_add(n));
        match end {
            Some(end) if self.filled <= MAX_FILL => {
                self.out.resize(end, 0);
                Ok(())
            }
            _ => Err(DataError::other(format!(
                "would fill {n} bytes with zeros; {MAX_FILL} is the limit"
            ))),
        }
    }

    fn count(&self, count: &Count) -> Result<u64, DataError> {
        match count {
            Count::Fixed(n) => Ok(*n),
            Count::Rest => Ok(0),
            Count::Computed(expression) => evaluate(expression, |slot| self.known(slot)),
        }
    }

    fn known(&self, slot: u32) -> Option<i128> {
        let known = self.slots.get(slot as usize).copied().flatten();
        known.map(|known| known.n)
    }

    fn learned(&mut self, slot: u32, n: i128) {
        if let Some(known) = self.slots.get_mut(slot as usize) {
            *known = Some(PackCount { n, or_more: false });
        }
    }
}

fn bytes_of<'v>(value: &'v Value, code: &str) -> Result<&'v [u8], DataError> {
    value.as_bytes().ok_or_else(|| {
        DataError::new(DataErrorKind::Type {
            expected: format!("bytes for {code}"),
            found: value.kind(),
        })
    })
}

pub(super) fn missing(slot: Option<u32>) -> DataError {
    let why = match slot {
        Some(_) => "has no value, and no data tell it",
        None => "has no value",
    };
    DataError::new(DataErrorKind::Name(why.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;

    #[test]
    fn zeros_are_filled_up_to_the_limit_of_all_together_and_no_further() {
        let format = Struct::new("").unwrap();
        let mut packer = Packer::new(&format.plan);
        packer.filled = MAX_FILL - 3;
        packer.fill(2).unwrap();
        packer.fill(1).unwrap();
        assert_eq!(packer.out, [0; 3]);
        let message = packer.fill(1).unwrap_err().to_string();
        assert_eq!(
            message,
            "would fill 1 bytes with zeros; 1073741824 is the limit"
        );
        assert_eq!(packer.out, [0; 3]);
    }
}
