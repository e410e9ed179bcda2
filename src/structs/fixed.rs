//! Where the fields of a struct of fixed size lie, kinds of whole files included: for reading many equal structs column
//! by column.

use super::Struct;
use super::code;
use super::plan::{Body, Count, Element, Field, Measure, Repeat, Scalar};
use super::whole::{Kind, Program};

/// Fields that a struct may have to be read by columns. One with more is read record by record.
const MAX_FIELDS: usize = 4096;

/// Constants that are compared in each record; items of arrays count one by one.
const MAX_CONSTANTS: usize = 4096;

/// A struct of fixed size.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    /// In bytes.
    pub(crate) size: usize,
    pub(crate) fields: Vec<FixedField>,
    /// Bytes that every record has, by their place in it.
    pub(crate) constants: Vec<(usize, Vec<u8>)>,
}

/// A field with a value.
#[derive(Clone, Debug)]
pub(crate) struct FixedField {
    /// Its name, or its index among the values of its level.
    pub(crate) key: String,
    /// From the beginning of the record, or of the item of the array around it, in bytes.
    pub(crate) offset: usize,
    /// The size of one item, in bytes.
    pub(crate) size: usize,
    /// How many items, where it is an array.
    pub(crate) count: Option<usize>,
    pub(crate) what: FixedType,
    /// How the value is taken, one after the other.
    pub(crate) kinds: Vec<Kind>,
    /// Whether the field is little-endian.
    pub(crate) little: bool,
    /// Whether people read it in hexadecimal.
    pub(crate) hex: bool,
}

/// What an item of a [`FixedField`] is.
#[derive(Clone, Debug)]
pub(crate) enum FixedType {
    Integer {
        signed: bool,
    },
    Float,
    Complex,
    Bool,
    Bytes,
    Pascal,
    /// Bits of an integer: the lowest, counted from the least significant, and how many.
    Bits {
        signed: bool,
        first: u8,
        count: u8,
    },
    Group(Vec<FixedField>),
}

impl Struct {
    /// Where the fields lie; `None` where only data can tell, or where items of an array differ in size.
    pub(crate) fn fixed(&self) -> Option<Fixed> {
        let mut places = PlaceCollector::default();
        let (fields, size) = match &self.whole {
            Some(program) => program.fixed(&mut places)?,
            None => {
                let size = usize::try_from(self.size?).ok()?;
                let (fields, _) = places.body(&self.plan.body, 0, &mut Measure::default())?;
                (fields, size)
            }
        };
        Some(Fixed {
            size,
            fields,
            constants: places.constants,
        })
    }
}

/// The fields and constants found so far.
#[derive(Default)]
pub(super) struct PlaceCollector {
    count: usize,
    /// By their offsets from the item of the array around them, until its items are counted.
    constants: Vec<(usize, Vec<u8>)>,
}

impl PlaceCollector {
    /// Counts a field; `None` where there are too many.
    pub(super) fn add(&mut self) -> Option<()> {
        self.count = self.count.checked_add(1)?;
        (self.count <= MAX_FIELDS).then_some(())
    }

    /// Remembers bytes that every record has at an offset, which counts from the item of the array around them.
    pub(super) fn constant(&mut self, offset: usize, bytes: &[u8]) -> Option<()> {
        self.constants.push((offset, bytes.to_vec()));
        (self.constants.len() <= MAX_CONSTANTS).then_some(())
    }

    /// Runs `does` for an item of an array at `offset`; it returns the item's size. Constants found inside are repeated
    /// for each item; without any, the number of items has no limit.
    pub(super) fn in_array<T>(
        &mut self,
        offset: usize,
        count: usize,
        does: impl FnOnce(&mut PlaceCollector) -> Option<(T, usize)>,
    ) -> Option<(T, usize)> {
        let first = self.constants.len();
        let (done, size) = does(self)?;
        let inside = self.constants.split_off(first);
        if inside.is_empty() {
            return Some((done, size));
        }
        let all = inside.len().checked_mul(count)?.checked_add(first)?;
        if all > MAX_CONSTANTS {
            return None;
        }
        for index in 0..count {
            let moved = index.checked_mul(size)?.checked_add(offset)?;
            for (at, bytes) in &inside {
                let at = moved.checked_add(*at)?;
                self.constants.push((at, bytes.clone()));
            }
        }
        Some((done, size))
    }

    /// The fields of a level that begins at `start`, counted from the outermost struct, with offsets
    /// from there; and where it ends.
    fn body(
        &mut self,
        body: &Body,
        start: u64,
        measure: &mut Measure,
    ) -> Option<(Vec<FixedField>, u64)> {
        let mut fields = Vec::new();
        let mut at = start;
        for field in &body.fields {
            if field.is_dynamic() {
                return None;
            }
            let (begin, end) = measure.field(field, at).ok()?;
            at = end;
            let offset = usize::try_from(begin.checked_sub(start)?).ok()?;
            self.field(field, begin, offset, measure, &mut fields)?;
        }
        Some((fields, at))
    }

    fn field(
        &mut self,
        field: &Field,
        begin: u64,
        offset: usize,
        measure: &mut Measure,
        into: &mut Vec<FixedField>,
    ) -> Option<()> {
        if let Some(constant) = &field.constant {
            self.constant(offset, &constant.bytes)?;
        }
        let repetitions = usize::try_from(field.repetitions()?).ok()?;
        let is_array = matches!(field.repeat, Repeat::Array(_));
        let mut one = FixedField {
            key: key(field, 0),
            offset,
            size: 0,
            count: is_array.then_some(repetitions),
            what: FixedType::Bytes,
            kinds: Vec::new(),
            little: true,
            hex: field.hex,
        };
        match &field.element {
            Element::Pad(_) | Element::Align => return Some(()),
            Element::Scalar(scalar) => {
                one.size = usize::from(scalar.size);
                one.little = scalar.little;
                one.what = of_scalar(*scalar);
            }
            Element::Bytes(Count::Fixed(n)) => one.size = usize::try_from(*n).ok()?,
            Element::Pascal(Count::Fixed(n)) => {
                one.size = usize::try_from(*n).ok()?;
                one.what = FixedType::Pascal;
            }
            Element::Bits(bits) => {
                for bit in bits.named() {
                    self.add()?;
                    into.push(FixedField {
                        key: bit.name.as_deref()?.to_owned(),
                        size: usize::from(bits.integer.size),
                        what: FixedType::Bits {
                            signed: bits.signed(),
                            first: bit.first,
                            count: bit.width,
                        },
                        little: bits.integer.little,
                        ..one.clone()
                    });
                }
                return Some(());
            }
            Element::Group(group) => {
                let end = measure.body(group, begin).ok()?;
                one.size = usize::try_from(end.checked_sub(begin)?).ok()?;
                // The second item has the layout of the first if it begins at the same multiple of the alignment.
                let phase = |at: u64| at.checked_rem(group.alignment).unwrap_or(0);
                if repetitions > 1 && phase(begin) != phase(end) {
                    return None;
                }
                let inside = |places: &mut PlaceCollector| {
                    Some((places.body(group, begin, measure)?.0, one.size))
                };
                let (fields, _) = self.in_array(offset, repetitions, inside)?;
                one.what = FixedType::Group(fields);
            }
            Element::Bytes(_) | Element::Pascal(_) | Element::CString | Element::Leb128 { .. } => {
                return None;
            }
        }
        match field.repeat {
            Repeat::Inline(_) => {
                for index in 0..repetitions {
                    self.add()?;
                    let moved = index.checked_mul(one.size)?;
                    into.push(FixedField {
                        key: key(field, index),
                        offset: offset.checked_add(moved)?,
                        ..one.clone()
                    });
                }
            }
            _ => {
                self.add()?;
                into.push(one);
            }
        }
        Some(())
    }
}

fn key(field: &Field, index: usize) -> String {
    match &field.name {
        Some(name) => name.to_string(),
        None => field.index(index as u64).to_string(),
    }
}

pub(super) fn of_scalar(scalar: Scalar) -> FixedType {
    match scalar.kind {
        code::Kind::Int { signed } => FixedType::Integer { signed },
        code::Kind::Float => FixedType::Float,
        code::Kind::Complex => FixedType::Complex,
        code::Kind::Bool => FixedType::Bool,
        code::Kind::Char => FixedType::Bytes,
        _ => FixedType::Integer { signed: false },
    }
}

impl Program {
    /// The fields and the size of a format without choices, places and the like.
    fn fixed(&self, places: &mut PlaceCollector) -> Option<(Vec<FixedField>, usize)> {
        super::whole::fixed(self, places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_type_of_its_code() {
        for (code, expected) in [
            ("b", "Integer { signed: true }"),
            ("I", "Integer { signed: false }"),
            ("P", "Integer { signed: false }"),
            ("e", "Float"),
            ("f", "Float"),
            ("d", "Float"),
            ("F", "Complex"),
            ("?", "Bool"),
            ("c", "Bytes"),
            ("3s", "Bytes"),
            ("3p", "Pascal"),
            ("B{x:3 y:5}", "Bits { signed: false, first: 0, count: 3 }"),
        ] {
            let fixed = Struct::new(code).unwrap().fixed().unwrap();
            assert_eq!(format!("{:?}", fixed.fields[0].what), expected, "{code}");
        }
    }

    #[test]
    fn bit_fields_are_no_arrays() {
        let fixed = Struct::new("B{x:3 y:5}").unwrap().fixed().unwrap();
        assert!(fixed.fields.iter().all(|field| field.count.is_none()));
    }

    #[test]
    fn items_have_one_layout_where_they_begin_at_one_multiple_of_their_alignment() {
        for (format, is_known) in [
            ("@(I:a B:b):g", true),
            ("@1(I:a B:b):g", true),
            ("@2(B:a I:b):g", true),
            // The second item has three bytes of padding, which the first has not.
            ("@2(I:a B:b):g", false),
            ("<2(I:a B:b):g", true),
        ] {
            let fixed = Struct::new(format).unwrap().fixed();
            assert_eq!(fixed.is_some(), is_known, "{format}");
        }
    }
}
