//! Reading single fields of a struct where its bytes lie, without building the values of the
//! others.

use std::marker::PhantomData;

use super::Struct;
use super::error::{DataError, DataErrorKind};
use super::plan::{Count, Element, Field, Repeat, Scalar};
use super::unpack;
use crate::value::Value;

/// A struct of fixed size over its bytes: reads one field at a time.
///
/// ```
/// use bytewright::Struct;
///
/// let header = Struct::new("<2s:magic I:size 4x I:offset")?;
/// let view = header.view(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0")?;
/// assert_eq!(view.get::<u32>("offset")?, 54);
/// assert_eq!(view.get::<&[u8]>("magic")?, b"BM");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    layout: &'a Struct,
    data: &'a [u8],
}

/// Where a field of a [`Struct`] lies and how it is read: looked up once, used for every record.
///
/// ```
/// use bytewright::Struct;
///
/// let record = Struct::new("<H:id f:price")?;
/// let price = record.field::<f32>("price")?;
/// let bytes = record.pack(&(7, 1.5))?;
/// assert_eq!(record.view(&bytes)?.read(price)?, 1.5);
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Debug)]
pub struct FieldHandle<T> {
    at: usize,
    size: usize,
    reader: Reader,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for FieldHandle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for FieldHandle<T> {}

/// How the bytes of a field become a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reader {
    Scalar(Scalar),
    Bytes,
    Pascal,
    Bits {
        integer: Scalar,
        first: u8,
        width: u8,
        signed: bool,
    },
}

impl Reader {
    fn read(self, bytes: &[u8]) -> Value {
        match self {
            Reader::Scalar(scalar) => scalar.read(bytes),
            Reader::Bytes => Value::from(bytes),
            Reader::Pascal => Value::from(unpack::pascal(bytes)),
            Reader::Bits {
                integer,
                first,
                width,
                signed,
            } => {
                let bit = super::plan::BitField {
                    name: None,
                    first,
                    width,
                    slot: None,
                    optional: false,
                };
                bit.extract(integer.read_bits(bytes), signed)
            }
        }
    }
}

/// What a field can be read as.
pub trait FromField<'a>: Sized {
    /// The value of a field, from its bytes and from what they mean; `None` where it is another
    /// kind of value or doesn't fit.
    fn from_field(bytes: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self>;
    /// What it is, for messages.
    const NAME: &'static str;
}

macro_rules! from_field_integers {
    ($($t:ty),*) => {$(
        impl<'a> FromField<'a> for $t {
            const NAME: &'static str = stringify!($t);
            fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
                match value() {
                    Value::Int(n) => n.try_into().ok(),
                    Value::Uint(n) => n.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}
from_field_integers!(
    u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, usize, isize
);

impl<'a> FromField<'a> for bool {
    const NAME: &'static str = "bool";
    fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        match value() {
            Value::Bool(b) => Some(b),
            _ => None,
        }
    }
}

impl<'a> FromField<'a> for f64 {
    const NAME: &'static str = "f64";
    fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        match value() {
            Value::Float(x) => Some(x),
            _ => None,
        }
    }
}

impl<'a> FromField<'a> for f32 {
    const NAME: &'static str = "f32";
    fn from_field(bytes: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        let x = f64::from_field(bytes, value)?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "refused unless it is exact"
        )]
        let single = x as f32;
        (f64::from(single) == x || x.is_nan()).then_some(single)
    }
}

/// The bytes of the field as they lie there, whatever its code.
impl<'a> FromField<'a> for &'a [u8] {
    const NAME: &'static str = "bytes";
    fn from_field(bytes: &'a [u8], _: impl FnOnce() -> Value) -> Option<Self> {
        Some(bytes)
    }
}

impl<'a, const N: usize> FromField<'a> for [u8; N] {
    const NAME: &'static str = "bytes of a fixed length";
    fn from_field(bytes: &'a [u8], _: impl FnOnce() -> Value) -> Option<Self> {
        bytes.try_into().ok()
    }
}

impl<'a> FromField<'a> for Value {
    const NAME: &'static str = "a value";
    fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        Some(value())
    }
}

impl Struct {
    /// A view of the struct at the front of `data`, which may be longer.
    ///
    /// # Errors
    ///
    /// When `data` are too short, or when only data can tell the size of the format.
    pub fn view<'a>(&'a self, data: &'a [u8]) -> Result<View<'a>, DataError> {
        let Some(size) = self.size() else {
            return Err(DataError::other("a view wants a format of fixed size"));
        };
        if size > data.len() as u64 {
            return Err(DataError::new(DataErrorKind::Short {
                needed: size,
                end: data.len() as u64,
            })
            .at(0));
        }
        Ok(View { layout: self, data })
    }

    /// A handle to the field at `path`: names and, for unnamed fields, indices, with dots
    /// between the levels.
    ///
    /// # Errors
    ///
    /// When there is no such field, when it has no fixed place, or when it is an array or a group.
    pub fn field<T>(&self, path: &str) -> Result<FieldHandle<T>, DataError> {
        let error = |why: &str| DataError::new(DataErrorKind::Name(format!("{path}: {why}")));
        let (at, field, bit) = self
            .locate(path)
            .ok_or_else(|| error("there is no such field"))?;
        let at = at.ok_or_else(|| error("only data can tell where it is"))?;
        if !matches!(field.repeat, Repeat::One | Repeat::Inline(_)) {
            return Err(error("is an array"));
        }
        let (size, reader) = match (&field.element, bit) {
            (Element::Scalar(scalar), _) => (u64::from(scalar.size), Reader::Scalar(*scalar)),
            (Element::Bytes(Count::Fixed(n)), _) => (*n, Reader::Bytes),
            (Element::Pascal(Count::Fixed(n)), _) => (*n, Reader::Pascal),
            (Element::Bits(bits), Some(i)) => match bits.fields.get(i) {
                Some(bit) => (
                    u64::from(bits.integer.size),
                    Reader::Bits {
                        integer: bits.integer,
                        first: bit.first,
                        width: bit.width,
                        signed: bits.signed(),
                    },
                ),
                None => return Err(error("there is no such bit field")),
            },
            (Element::Group(group), _) => match group.as_bits() {
                Some((_, bits)) => (u64::from(bits.integer.size), Reader::Scalar(bits.integer)),
                None => return Err(error("is a group")),
            },
            _ => return Err(error("is no single value of fixed size")),
        };
        let too_far = || error("lies beyond what this machine can address");
        Ok(FieldHandle {
            at: usize::try_from(at).map_err(|_| too_far())?,
            size: usize::try_from(size).map_err(|_| too_far())?,
            reader,
            value: PhantomData,
        })
    }

    /// The field at a path, its offset in the struct where it has one, and which of its bit
    /// fields is meant.
    fn locate(&self, path: &str) -> Option<(Option<u64>, &Field, Option<usize>)> {
        let mut body = &self.plan.body;
        let mut base = Some(0u64);
        let mut parts = path.split('.').peekable();
        loop {
            let part = parts.next()?;
            let index: Option<u64> = part.parse().ok();
            let (field, bit) = body
                .fields
                .iter()
                .find_map(|field| named(field, part, index))?;
            let within = index
                .filter(|_| matches!(field.repeat, Repeat::Inline(_)))
                .map_or(Some(0), |i| {
                    i.checked_sub(field.first)?
                        .checked_mul(field.element.size()?)
                });
            let at = base
                .zip(field.offset)
                .zip(within)
                .and_then(|((base, offset), within)| base.checked_add(offset)?.checked_add(within));
            match (&field.element, parts.peek()) {
                (_, None) => return Some((at, field, bit)),
                (Element::Group(group), Some(_)) if matches!(field.repeat, Repeat::One) => {
                    body = group;
                    base = at;
                }
                _ => return None,
            }
        }
    }
}

/// Whether a field is what a part of a path means, and which of its bit fields.
fn named<'f>(
    field: &'f Field,
    part: &str,
    index: Option<u64>,
) -> Option<(&'f Field, Option<usize>)> {
    if let Element::Bits(bits) = &field.element {
        let bit = bits
            .fields
            .iter()
            .position(|b| b.name.as_deref() == Some(part))?;
        return Some((field, Some(bit)));
    }
    let meant = match (&field.name, index) {
        (Some(name), _) => **name == *part,
        (None, Some(i)) => {
            let end = field.first.saturating_add(field.arity());
            field.first <= i && i < end
        }
        (None, None) => false,
    };
    meant.then_some((field, None))
}

impl<'a> View<'a> {
    /// The field at `path`.
    ///
    /// # Errors
    ///
    /// As [`Struct::field`], and when the value is no `T`.
    pub fn get<T: FromField<'a>>(&self, path: &str) -> Result<T, DataError> {
        self.read(self.layout.field(path)?)
            .map_err(|e| match e.path().is_empty() {
                true => e.within(super::error::Segment::Name(path.into())),
                false => e,
            })
    }

    /// The field that a handle stands for.
    ///
    /// # Errors
    ///
    /// When the value is no `T`, or the handle belongs to a larger struct.
    #[inline]
    pub fn read<T: FromField<'a>>(&self, field: FieldHandle<T>) -> Result<T, DataError> {
        let end = field.at.checked_add(field.size);
        let bytes = end
            .and_then(|end| self.data.get(field.at..end))
            .ok_or_else(|| {
                DataError::new(DataErrorKind::Short {
                    needed: field.size as u64,
                    end: self.data.len() as u64,
                })
                .at(field.at as u64)
            })?;
        T::from_field(bytes, || field.reader.read(bytes)).ok_or_else(|| {
            let found = field.reader.read(bytes);
            DataError::new(DataErrorKind::Type {
                expected: T::NAME.into(),
                found: found.kind(),
            })
            .at(field.at as u64)
        })
    }
}
