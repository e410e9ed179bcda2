//! Packing: values to bytes, along a plan.

use smallvec::SmallVec;

use super::compile::Plan;
use super::error::{DataError, DataErrorKind, Segment, counted};
use super::leb128;
use super::plan::{Bits, Body, Count, Element, Field, Repeat};
use super::unpack::{Empty, check_constant, evaluate, padding};
use crate::value::{Names, Value};

/// How many zeros packing adds for padding and short strings: values don't back them.
const MAX_FILL: u64 = 1 << 30;

/// Values of one level, in order or by name.
#[derive(Clone, Copy)]
pub(super) struct Row<'v> {
    pub(super) values: &'v [Value],
    pub(super) names: Option<&'v Names>,
}

impl<'v> Row<'v> {
    fn of(value: &'v Value) -> Option<Row<'v>> {
        match value {
            Value::Record(record) => Some(Row {
                values: record,
                names: record.names(),
            }),
            Value::List(values) => Some(Row {
                values,
                names: None,
            }),
            _ => None,
        }
    }
}

/// Hands out the values of a row to the fields that want them.
struct Args<'v> {
    row: Row<'v>,
    /// In order: the next value.
    next: usize,
    /// In order: whether the optional values are left out.
    reduced: bool,
    /// By name: how many were found.
    used: usize,
}

impl<'v> Args<'v> {
    fn new(row: Row<'v>, arity: u64, optional: u64) -> Result<Args<'v>, DataError> {
        let given = row.values.len() as u64;
        let least = arity.saturating_sub(optional);
        if row.names.is_none() && given != arity && given != least {
            let without = match optional {
                0 => String::new(),
                _ => format!(" (or {least}, without the constants and the counts)"),
            };
            return Err(DataError::new(DataErrorKind::Count {
                expected: format!("{}{without}", counted(arity, "value")),
                found: given,
            }));
        }
        Ok(Args {
            row,
            next: 0,
            reduced: given != arity,
            used: 0,
        })
    }

    /// The value at `index` of the level, called `name`.
    fn value(&mut self, name: Option<&str>, index: u64, optional: bool) -> Option<&'v Value> {
        let Some(names) = self.row.names else {
            if optional && self.reduced {
                return None;
            }
            let value = self.row.values.get(self.next);
            self.next = self.next.saturating_add(1);
            return value;
        };
        let found = match name {
            Some(name) => names.position(name),
            None => {
                let index = usize::try_from(index).ok()?;
                let unnamed = index < self.row.values.len() && names.get(index).is_none();
                let called = || names.position(&index.to_string());
                if unnamed { Some(index) } else { called() }
            }
        };
        let value = found.and_then(|i| self.row.values.get(i))?;
        self.used = self.used.saturating_add(1);
        Some(value)
    }

    /// By name: complains about a value that no field wanted.
    fn finish(self, known: Option<&Names>) -> Result<(), DataError> {
        let Some(names) = self.row.names else {
            return Ok(());
        };
        if self.used == self.row.values.len() {
            return Ok(());
        }
        let is_known = |name: &str| known.is_some_and(|known| known.position(name).is_some());
        let unknown = (0..self.row.values.len())
            .filter_map(|i| names.get(i))
            .find(|name| !is_known(name) && name.parse::<u64>().is_err());
        let message = match unknown {
            Some(name) => format!("there is no field {name}; the fields are {}", listed(known)),
            None => "a value is given that no field takes".to_owned(),
        };
        Err(DataError::new(DataErrorKind::Name(message)))
    }
}

/// The first names, separated by commas.
fn listed(names: Option<&Names>) -> String {
    const SHOWN: usize = 20;
    let mut names = names.into_iter().flat_map(Names::iter);
    let shown: Vec<&str> = names.by_ref().take(SHOWN).collect();
    let more = if names.next().is_some() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

pub(super) struct Packer<'p> {
    plan: &'p Plan,
    out: Vec<u8>,
    /// The counts as far as they are known: written, or told by the data.
    slots: SmallVec<[Option<i128>; 4]>,
    filled: u64,
    empty: Empty,
}

/// Packs a row into the bytes of the plan.
pub(super) fn pack(plan: &Plan, row: Row<'_>) -> Result<Vec<u8>, DataError> {
    let most = plan.body.min_size.min(1 << 16);
    let mut packer = Packer {
        plan,
        out: Vec::with_capacity(usize::try_from(most).unwrap_or(0)),
        slots: SmallVec::from_elem(None, plan.slots),
        filled: 0,
        empty: Empty::default(),
    };
    packer.infer(&plan.body, row)?;
    packer.body(&plan.body, row)?;
    Ok(packer.out)
}

impl Packer<'_> {
    /// Forgets the counts of a repetition and learns from its data those that data can tell.
    fn infer(&mut self, body: &Body, row: Row<'_>) -> Result<(), DataError> {
        let plan = self.plan;
        let mut any = false;
        for (slot, scope) in self.slots.iter_mut().zip(&plan.inferred) {
            if *scope == Some(body.scope) {
                *slot = None;
                any = true;
            }
        }
        if any {
            self.learn(body, row, body.scope)
        } else {
            Ok(())
        }
    }

    fn learn(&mut self, body: &Body, row: Row<'_>, scope: u32) -> Result<(), DataError> {
        let mut args = Args::new(row, body.arity, body.optional)?;
        for field in &body.fields {
            let tells = matches!(field.repeat, Repeat::Array(_))
                || matches!(
                    field.element,
                    Element::Group(_) | Element::Bytes(_) | Element::Pascal(_)
                );
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
        let told = match (&field.element, &field.repeat) {
            (_, Repeat::Array(count)) => {
                let length = match value {
                    Value::List(items) => Some(items.len()),
                    _ => None,
                };
                count.plain().zip(length)
            }
            (Element::Bytes(count), _) => count.plain().zip(value.as_bytes().map(<[u8]>::len)),
            (Element::Pascal(count), _) => {
                let width = value.as_bytes().map(|bytes| bytes.len().saturating_add(1));
                count.plain().zip(width)
            }
            _ => None,
        };
        if let Some((slot, length)) = told {
            let belongs = self.plan.inferred.get(slot as usize) == Some(&Some(scope));
            if let (true, Some(known)) = (belongs, self.slots.get_mut(slot as usize)) {
                let length = length as i128;
                match known.replace(length) {
                    Some(other) if other != length => {
                        return Err(DataError::other(format!(
                            "has {length} items where the same count gave {other} before"
                        )));
                    }
                    _ => {}
                }
            }
        }
        let Element::Group(body) = &field.element else {
            return Ok(());
        };
        let rows: &[Value] = match (&field.repeat, value) {
            (Repeat::One, value) => std::slice::from_ref(value),
            (_, Value::List(items)) => items,
            _ => &[],
        };
        rows.iter()
            .filter_map(Row::of)
            .try_for_each(|row| self.learn(body, row, scope))
    }

    fn body(&mut self, body: &Body, row: Row<'_>) -> Result<(), DataError> {
        let before = self.out.len();
        let mut args = Args::new(row, body.arity, body.optional)?;
        for field in &body.fields {
            self.field(field, &mut args)?;
        }
        self.empty.fields(body, before, self.out.len())?;
        args.finish(body.names.as_deref())
    }

    fn field(&mut self, field: &Field, args: &mut Args<'_>) -> Result<(), DataError> {
        if field.align > 1 {
            self.fill(padding(self.out.len() as u64, field.align))?;
        }
        match &field.repeat {
            Repeat::One => self.single(field, args),
            Repeat::Inline(n) => {
                for i in 0..*n {
                    let index = field.first.saturating_add(i);
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

    fn single(&mut self, field: &Field, args: &mut Args<'_>) -> Result<(), DataError> {
        match &field.element {
            Element::Align => return Ok(()),
            Element::Pad(count) => {
                let n = self.count(count).map_err(|e| e.within(field.segment(0)))?;
                return self.fill(n).map_err(|e| e.within(field.segment(0)));
            }
            Element::Bits(bits) if bits.flattened => return self.flattened(field, bits, args),
            _ => {}
        }
        let value = args.value(field.name.as_deref(), field.first, field.optional);
        self.value(field, value)
            .map_err(|e| e.within(field.segment(0)))
    }

    /// A single field's value: given, stated by the format, or told by the data.
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

    /// Bit fields that stand among the fields of the level around them.
    fn flattened(
        &mut self,
        field: &Field,
        bits: &Bits,
        args: &mut Args<'_>,
    ) -> Result<(), DataError> {
        let stated = field.constant.as_ref();
        let (all, given) = self.bit_fields(bits, args, field.first, stated.is_some())?;
        let Some(constant) = stated else {
            bits.integer.write_bits(all, &mut self.out);
            return Ok(());
        };
        let expected = bits.integer.read_bits(&constant.bytes) & given;
        if all != expected {
            let e = check_constant(&Value::from(expected), &Value::from(all), self.out.len());
            return e.map_err(|e| e.within(field.segment(0)));
        }
        self.out.extend_from_slice(&constant.bytes);
        Ok(())
    }

    /// Bit fields of their own: a group of them, or the integer that they make up.
    fn bits(&mut self, bits: &Bits, value: &Value) -> Result<(), DataError> {
        let Some(row) = Row::of(value) else {
            return bits.integer.write(value, &mut self.out);
        };
        let named = || bits.fields.iter().filter(|bit| bit.name.is_some());
        let optional = named().filter(|bit| bit.optional).count() as u64;
        let mut args = Args::new(row, named().count() as u64, optional)?;
        let (all, _) = self.bit_fields(bits, &mut args, 0, false)?;
        args.finish(bits.names.as_deref())?;
        bits.integer.write_bits(all, &mut self.out);
        Ok(())
    }

    /// The integer that the values of bit fields make up, and the mask of those that have one;
    /// unless `partial`, all must.
    fn bit_fields(
        &mut self,
        bits: &Bits,
        args: &mut Args<'_>,
        first: u64,
        partial: bool,
    ) -> Result<(u128, u128), DataError> {
        let (mut all, mut given) = (0, 0);
        let named = bits.fields.iter().filter(|bit| bit.name.is_some());
        for (bit, index) in named.zip(first..) {
            let within =
                |e: DataError| e.within(Segment::Name(bit.name.clone().unwrap_or_default()));
            let known = bit.slot.and_then(|slot| self.known(slot)).map(Value::Int);
            let value = args.value(bit.name.as_deref(), index, bit.optional);
            let Some(value) = value.or(known.as_ref()) else {
                if partial {
                    continue;
                }
                return Err(within(missing(bit.slot)));
            };
            let number = bits
                .integer
                .integer(value, bits.signed(), u32::from(bit.width))
                .map_err(within)?;
            all |= bit.insert(number);
            given |= bit.insert(u128::MAX);
            if let (Some(slot), Some(n)) = (bit.slot, value.as_int()) {
                self.learned(slot, n);
            }
        }
        Ok((all, given))
    }

    fn array(&mut self, count: &Count, element: &Element, value: &Value) -> Result<(), DataError> {
        let Value::List(items) = value else {
            return Err(DataError::new(DataErrorKind::Type {
                expected: "an array".into(),
                found: value.kind(),
            }));
        };
        if !matches!(count, Count::Rest) {
            let expected = self.count(count)?;
            if items.len() as u64 != expected {
                return Err(DataError::new(DataErrorKind::Count {
                    expected: counted(expected, "item"),
                    found: items.len() as u64,
                }));
            }
        }
        for (i, item) in items.iter().enumerate() {
            let nested = |e: DataError| e.within(Segment::Item(i as u64));
            let before = self.out.len();
            if let (Element::Group(body), Some(row)) = (element, Row::of(item)) {
                self.infer(body, row).map_err(nested)?;
            }
            self.item(element, item).map_err(nested)?;
            // What unpacking would refuse is not packed.
            if self.out.len() == before && matches!(count, Count::Rest) {
                return Err(nested(DataError::other("an item without any bytes")));
            }
            self.empty.item(before, self.out.len()).map_err(nested)?;
        }
        Ok(())
    }

    /// One element that has a value.
    fn item(&mut self, element: &Element, value: &Value) -> Result<(), DataError> {
        match element {
            Element::Scalar(scalar) => scalar.write(value, &mut self.out),
            Element::Leb128 { signed } => leb128::write(value, *signed, &mut self.out),
            Element::CString => {
                let bytes = bytes_of(value, "z")?;
                if let Some(i) = memchr::memchr(0, bytes) {
                    let message = format!("a z ends at the first NUL; there is one at byte {i}");
                    return Err(DataError::other(message));
                }
                self.out.extend_from_slice(bytes);
                self.out.push(0);
                Ok(())
            }
            Element::Bytes(count) => self.bytes(count, bytes_of(value, "s")?),
            Element::Pascal(count) => {
                let bytes = bytes_of(value, "p")?;
                let width = match count {
                    Count::Rest => (bytes.len() as u64).saturating_add(1),
                    count => self.count(count)?,
                };
                self.pascal(bytes, width)
            }
            Element::Bits(bits) => self.bits(bits, value),
            Element::Group(body) => {
                let row = Row::of(value).ok_or_else(|| {
                    DataError::new(DataErrorKind::Type {
                        expected: "a group".into(),
                        found: value.kind(),
                    })
                })?;
                self.body(body, row)
            }
            Element::Pad(_) | Element::Align => Ok(()),
        }
    }

    /// A length stated in digits cuts and fills, as in Python; a computed one must be right.
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
        self.fill(width.saturating_sub(written.len() as u64))
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
        self.fill((room as u64).saturating_sub(written.len() as u64))
    }

    fn fill(&mut self, n: u64) -> Result<(), DataError> {
        self.filled = self.filled.saturating_add(n);
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
        self.slots.get(slot as usize).copied().flatten()
    }

    fn learned(&mut self, slot: u32, n: i128) {
        if let Some(known) = self.slots.get_mut(slot as usize) {
            *known = Some(n);
        }
    }
}

/// Takes the values of a field that tells nothing.
fn pass_over(field: &Field, args: &mut Args<'_>) {
    match &field.element {
        Element::Bits(bits) if bits.flattened => {
            for bit in bits.fields.iter().filter(|bit| bit.name.is_some()) {
                args.value(bit.name.as_deref(), field.first, bit.optional);
            }
        }
        _ => {
            if args.row.names.is_none() && !(field.optional && args.reduced) {
                let n = usize::try_from(field.arity()).unwrap_or(usize::MAX);
                args.next = args.next.saturating_add(n);
            }
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

fn missing(slot: Option<u32>) -> DataError {
    let why = match slot {
        Some(_) => "has no value, and no data tell it",
        None => "has no value",
    };
    DataError::new(DataErrorKind::Name(why.into()))
}
