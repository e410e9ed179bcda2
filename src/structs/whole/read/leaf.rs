//! Fields with a value.

use std::borrow::Cow;

use super::super::compute::equal;
use super::super::kinds::Kind;
use super::super::program::{Bits, Constant, Count, FieldContent, Item, ItemKind};
use super::super::uses::Need;
use super::{BITS, Reader};
use crate::offset::{Position, Tally};
use crate::structs::code::{self, Order};
use crate::structs::constant::{in_both_bases, same};
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::structs::problems::S001;
use crate::tree::{Name, Node, Range, Role};
use crate::value::Value;

impl<'p, I: Input> Reader<'p, I> {
    /// A leaf, whose errors have its name.
    #[inline(never)]
    pub(in crate::structs::whole) fn named_leaf(
        &mut self,
        item: &'p Item,
        order: Order,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        self.leaf(item, order).map_err(|e| match e.depth() {
            0 => e.within(segment),
            _ => e,
        })
    }

    /// A field with a value, or a region.
    #[inline(never)]
    pub(in crate::structs::whole) fn leaf(
        &mut self,
        item: &'p Item,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        let little = order.is_little();
        let value = match &item.what {
            ItemKind::Code(code) => {
                let align = self.alignment(code, order);
                // An item with an offset of its own is at that offset, without alignment.
                if align > 1 && item.place.is_none() {
                    self.align(align)?;
                }
                return self.code(item, code, order);
            }
            ItemKind::Bits(code, bits) => {
                let Some(scalar) = scalar(code, order) else {
                    return Err(DataError::other("that code has no bits"));
                };
                return self.bits(item, scalar, bits);
            }
            ItemKind::Wide { signed, bits } => {
                let size = match &item.count {
                    Some(count) => self.times(count, "size")?.unwrap_or(0),
                    None => 0,
                };
                if !(1..=16).contains(&size) {
                    let message = format!("an integer has 1 to 16 bytes, not {size}");
                    return Err(DataError::other(message).at(start));
                }
                let scalar = Scalar {
                    letters: if *signed { "u" } else { "U" },
                    kind: code::Kind::Int { signed: *signed },
                    size: u8::try_from(size).unwrap_or(16),
                    little,
                    native: false,
                };
                if let Some(bits) = bits {
                    return self.bits(item, scalar, bits);
                }
                let bytes = self.take(size)?;
                scalar.read(bytes)
            }
            ItemKind::Base128 { signed } => {
                self.base128(*signed, item.kinds.contains(&Kind::Sqlite))?
            }
            ItemKind::Until(end) => {
                let (from, size) = (self.at, end.len() as u64);
                let length = self.before(end)?;
                let keep = length.min(self.input.max_value());
                let value = Value::from(self.look(from, keep));
                self.skip(length.past(size))?;
                value
            }
            _ => return Ok(()),
        };
        self.finish_leaf(item, start, value, None, order)
    }

    pub(in crate::structs::whole) fn code(
        &mut self,
        item: &'p Item,
        code: &'static code::Code,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        let length = |reader: &mut Self| match &item.count {
            None => Ok(1),
            Some(count) => Ok(reader.times(count, "length")?.unwrap_or(reader.remaining())),
        };
        let format;
        let value = match code.kind {
            code::Kind::Pad => {
                let n = length(self)?;
                self.skip(n)?;
                if self.is_lean {
                    return Ok(());
                }
                let name = match &item.name {
                    Some(name) => Name::field(name),
                    None => Name::from("padding"),
                };
                let node = Node::new(name, self.range(start)).role(Role::Padding);
                return self.push(node);
            }
            code::Kind::Bytes => {
                let n = length(self)?;
                if !item.codecs.is_empty() {
                    return self.coded(item, n, order);
                }
                if let FieldContent::Inside(what) = &item.is {
                    return self.region(item, what, n, order);
                }
                return self.bytes(item, n, order);
            }
            code::Kind::Pascal => {
                let n = length(self)?;
                format = Some(Cow::Owned(format!("{n}p")));
                let bytes = self.take(n)?;
                Value::from(crate::structs::unpack::pascal(
                    bytes.get(..256).unwrap_or(bytes),
                ))
            }
            code::Kind::CString => {
                let (value, unit) = self.c_string(item)?;
                format = (unit == 1).then_some(Cow::Borrowed("z"));
                value
            }
            code::Kind::Leb128 { signed } => {
                format = Some(Cow::Borrowed(code.letters));
                self.leb128(signed)?
            }
            _ => {
                let Some(scalar) = scalar(code, order) else {
                    return Err(DataError::other(format!(
                        "{} has no standard size",
                        code.letters
                    )));
                };
                if !self.keeps(item) {
                    self.skip(u64::from(scalar.size))?;
                    self.pass();
                    return Ok(());
                }
                format = Some(scalar.format());
                scalar.read(self.take(u64::from(scalar.size))?)
            }
        };
        self.finish_leaf(item, start, value, format, order)
    }

    /// Text up to a NUL, and how many bytes that has.
    fn c_string(&mut self, item: &Item) -> Result<(Value, usize), DataError> {
        let unit = match item.kinds.first() {
            Some(Kind::Text(encoding)) => encoding.unit(),
            _ => 1,
        };
        let (from, nul) = (self.at, vec![0; unit]);
        let length = self.before(&nul)?;
        let keep = length.min(self.input.max_value());
        let value = Value::from(self.look(from, keep));
        self.skip(length.past(unit as u64))?;
        Ok((value, unit))
    }

    fn leb128(&mut self, signed: bool) -> Result<Value, DataError> {
        use crate::structs::leb128::{Leb128Error, MAX_GROUPS, read};
        use crate::structs::unpack::wide_leb128;

        let most = self.remaining().min(MAX_GROUPS as u64);
        match read(self.look(self.at, most), signed) {
            Ok((value, taken)) => {
                self.skip(taken as u64)?;
                Ok(value)
            }
            Err(Leb128Error::Short) => {
                let needed = self.remaining().past(1);
                Err(self.skip(needed).err().unwrap_or_else(wide_leb128))
            }
            Err(Leb128Error::Wide) => Err(wide_leb128().at(self.at)),
        }
    }

    /// Bytes of a length.
    pub(in crate::structs::whole) fn bytes(
        &mut self,
        item: &'p Item,
        n: u64,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        if !self.keeps(item) {
            self.skip(n)?;
            self.pass();
            return Ok(());
        }
        let format = Some(item.format_of_bytes(n));
        if n > self.input.max_value() {
            self.skip(n)?;
            let mut node = Node::new(self.name(item), self.range(start));
            node.format = format;
            return self.push(node);
        }
        let value = Value::from(self.take(n)?);
        self.finish_leaf(item, start, value, format, order)
    }

    /// The distance to the next `end`, at a multiple of its length.
    pub(in crate::structs::whole) fn before(&mut self, end: &[u8]) -> Result<u64, DataError> {
        const STEP: u64 = 64 << 10;
        let size = end.len() as u64;
        // A NUL of two bytes is at an even place.
        let is_wide = end.len() == 2 && end == [0, 0];
        let mut at = self.at;
        while at < self.end {
            let wanted = STEP.saturating_add(size).min(self.end.since(at));
            self.scanned(wanted)?;
            let bytes = self.look(at, wanted);
            let is_end = bytes.is_empty();
            let hit = match is_wide {
                true => bytes
                    .chunks_exact(2)
                    .position(|pair| pair == end)
                    .map(|i| i.saturating_mul(2)),
                false => memchr::memmem::find(bytes, end),
            };
            if let Some(hit) = hit {
                return Ok(at.past(hit as u64).since(self.at));
            }
            if is_end {
                break;
            }
            at.advance(STEP);
        }
        match end == [0] {
            true => Err(crate::structs::unpack::no_nul().at(self.at)),
            false => Err(DataError::other("nothing ends the text that begins here").at(self.at)),
        }
    }

    pub(in crate::structs::whole) fn base128(
        &mut self,
        signed: bool,
        is_sqlite: bool,
    ) -> Result<Value, DataError> {
        let start = self.at;
        let mut number = 0u128;
        for bits in (7..=19 * 7u32).step_by(7) {
            let byte = self.take(1)?.first().copied().unwrap_or(0);
            if is_sqlite && bits == 9 * 7 {
                number = (number << 8) | u128::from(byte);
                let signed = i64::from_ne_bytes(u64::try_from(number).unwrap_or(0).to_ne_bytes());
                return Ok(Value::Int(i128::from(signed)));
            }
            if number >> 121 != 0 {
                break;
            }
            number = (number << 7) | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                // Beyond 18 bytes, the sign is outside of the 128 bits.
                let negative = signed && bits <= 126 && number >> bits.since(1) & 1 == 1;
                return Ok(match negative {
                    true => Value::Int(number.cast_signed().wrapping_sub(1i128.wrapping_shl(bits))),
                    false => Value::from(number),
                });
            }
        }
        Err(DataError::other("the number has more than 128 bits").at(start))
    }

    pub(in crate::structs::whole) fn bits(
        &mut self,
        item: &'p Item,
        scalar: Scalar,
        bits: &'p Bits,
    ) -> Result<(), DataError> {
        let start = self.at;
        let is_array = self.frames.last().is_some_and(|frame| frame.is_array);
        if !self.keeps(item) {
            self.skip(u64::from(scalar.size))?;
            match item.name.is_some() || is_array {
                true => self.pass(),
                false => self.pass_bits(bits),
            }
            return Ok(());
        }
        let raw = scalar.read_bits(self.take(u64::from(scalar.size))?);
        let range = self.range(start);
        let width = u64::from(scalar.size) * 8;
        let is_signed = matches!(scalar.kind, code::Kind::Int { signed: true });
        let mut nodes = Vec::with_capacity(bits.fields.len());
        let mut used = 0u64;
        for (name, count) in &bits.fields {
            let least_first = bits.least_first.unwrap_or(scalar.little);
            let first = match least_first {
                true => used,
                false => width.since(used).since(u64::from(*count)),
            };
            used.tally(u64::from(*count));
            let place = crate::tree::BitRange {
                first: u8::try_from(first).unwrap_or(u8::MAX),
                count: *count,
            };
            let label = match name == "_" {
                true => Name::from("reserved"),
                false => Name::field(name),
            };
            let value = crate::structs::bits::extract(raw, place, is_signed);
            let range = Range {
                bits: Some(place),
                ..range
            };
            let node = Node::new(label, range).role(Role::View);
            let mut node = node.value(Value::from(value));
            node.format = Some(scalar.format());
            nodes.push(node);
        }
        let name = match item.name.is_some() || is_array {
            true => self.name(item),
            false => {
                self.pass_bits(bits);
                Name::from(BITS)
            }
        };
        self.nodes.tally(nodes.len() as u64);
        let mut node = Node::new(name, range).value(raw).with_children(nodes);
        node.is_joined = item.name.is_none() && !is_array;
        node.format = Some(scalar.format());
        node.hex = item.hex;
        if let Some(expected) = item.constant_bits(scalar.size).filter(|bits| *bits != raw) {
            self.differs_from(&expected.into(), &raw.into(), &mut node, start);
        }
        self.push(node)
    }

    /// Counts the values of unnamed bit fields.
    fn pass_bits(&mut self, bits: &Bits) {
        let named = bits.fields.iter().filter(|(name, _)| name != "_").count();
        if let Some(frame) = self.frames.last_mut() {
            frame.values.tally(named as u64);
        }
    }

    /// A leaf with its value, its kinds and what it must be.
    pub(in crate::structs::whole) fn finish_leaf(
        &mut self,
        item: &'p Item,
        start: u64,
        value: Value,
        format: Option<Cow<'static, str>>,
        order: Order,
    ) -> Result<(), DataError> {
        if !self.keeps(item) {
            self.pass();
            return Ok(());
        }
        let mut node = Node::new(self.name(item), self.range(start));
        node.format = format;
        if let FieldContent::Constant(constant) = &item.is
            && !is_constant(constant, &value)
            && !is_constant(constant, &item.taken(&value, order))
        {
            self.differs_from(&constant_value(constant), &value, &mut node, start);
        }
        self.shown(item, &mut node, value, order);
        if let FieldContent::Computed(_) | FieldContent::Check(_) = &item.is {
            let is_asked = !self.is_lean || self.wanted(item) != Need::No;
            self.defer(item, order, is_asked);
        }
        self.push(node)
    }

    /// A field that is not its constant.
    fn differs_from(&mut self, expected: &Value, found: &Value, node: &mut Node, start: u64) {
        let (expected, found) = in_both_bases(expected, found);
        let message = format!("expected {expected}, found {found}");
        let problem = S001.problem(node.range, message.clone());
        node.problems.push(problem);
        self.differs(message, start);
    }

    /// Puts a value, converted by its kinds, into its node.
    pub(in crate::structs::whole) fn shown(
        &self,
        item: &Item,
        node: &mut Node,
        value: Value,
        order: Order,
    ) {
        item.show(node, value, order);
    }
}

impl Item {
    /// A value converted by its kinds.
    fn taken(&self, value: &Value, order: Order) -> Value {
        let mut taken = value.clone();
        for kind in &self.kinds {
            if let (Some(value), _) = kind.take(&taken, order.is_little()) {
                taken = value;
            }
        }
        taken
    }

    /// The format of a field of bytes, where it has this size.
    pub(in crate::structs::whole) fn format_of_bytes(&self, n: u64) -> Cow<'static, str> {
        Cow::Owned(match &self.count {
            None | Some(Count::Number(_)) => format!("{n}s"),
            _ => format!("[{n}]s"),
        })
    }

    /// Puts a value, converted by its kinds, into its node.
    pub(in crate::structs::whole) fn show(&self, node: &mut Node, value: Value, order: Order) {
        let mut value = value;
        node.hex = self.hex;
        node.is_undecoded = false;
        for kind in &self.kinds {
            let (taken, meaning) = kind.take(&value, order.is_little());
            if let Some(taken) = taken {
                // The format alone doesn't pack the converted value to these bytes.
                node.format = None;
                node.spelling = match (&self.kinds[..], value.as_bytes()) {
                    ([kind], Some(_)) => kind.spelling(),
                    _ => None,
                };
                value = taken;
            } else if matches!(kind, Kind::Text(_)) {
                node.is_undecoded = !kind.comes_back(value.as_bytes().unwrap_or_default());
            }
            if meaning.is_some() {
                node.meaning = meaning;
            }
            if let Kind::Compressed(name) = kind {
                node.role = Role::Data;
                node.meaning = Some((*name).to_owned());
                break;
            }
        }
        node.value = Some(value);
    }
}

pub(in crate::structs::whole) fn scalar(code: &'static code::Code, order: Order) -> Option<Scalar> {
    use code::Kind as K;
    if !matches!(
        code.kind,
        K::Char | K::Bool | K::Int { .. } | K::Pointer | K::Float | K::Complex
    ) {
        return None;
    }
    let (size, _) = order.size_and_alignment(code)?;
    Some(Scalar {
        letters: code.letters,
        kind: code.kind,
        size,
        little: order.is_little(),
        native: order == Order::Native,
    })
}

pub(in crate::structs::whole) fn constant_value(constant: &Constant) -> Value {
    match constant {
        Constant::Text(bytes) => Value::from(bytes.as_slice()),
        Constant::Int(n) => Value::Int(*n),
        Constant::Float(x) => Value::Float(*x),
        Constant::Bool(b) => Value::Bool(*b),
    }
}

pub(in crate::structs::whole) fn is_constant(constant: &Constant, value: &Value) -> bool {
    let expected = constant_value(constant);
    match value {
        Value::Float(_) | Value::Complex(..) => same(&expected, value),
        value => equal(&expected, value),
    }
}
