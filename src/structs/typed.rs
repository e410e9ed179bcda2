//! Reading fields as types of Rust: single ones, and whole structs as tuples.

use super::Struct;
use super::error::{DataError, DataErrorKind, counted};
use super::read::Read;
use super::view::Place;
use crate::value::Value;

/// What a field can be read as: integers, where they fit (`u8` from a `c` too); `f64`, and `f32` where that is exact;
/// `bool`; the bytes of the field, as a slice or an array; a [`Value`].
pub trait FromField<'a>: Sized {
    /// The name of the type, for messages.
    const NAME: &'static str;

    /// The value of a field, from its bytes or its unpacked value; `None` where it is another kind of value or doesn't
    /// fit.
    fn from_field(bytes: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self>;

    /// How many bytes it is, where it is any number of them.
    #[doc(hidden)]
    const BYTES: Option<usize> = None;

    /// Whether a value that is read so has the bytes of this type.
    #[doc(hidden)]
    #[inline]
    fn is_plain(_read: Read) -> bool {
        false
    }

    /// The value from the bytes at the front of `bytes`, without a conversion; `swapped` where they are in the other
    /// order than the machine's.
    #[doc(hidden)]
    #[inline]
    fn from_plain(_bytes: &'a [u8], _swapped: bool) -> Option<Self> {
        None
    }
}

macro_rules! from_field_integers {
    ($($t:ty $(=> $read:pat)?,)*) => {$(
        impl<'a> FromField<'a> for $t {
            const NAME: &'static str = stringify!($t);

            fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
                match value() {
                    Value::Int(n) => n.try_into().ok(),
                    Value::Uint(n) => n.try_into().ok(),
                    _ => None,
                }
            }

            $(
                #[inline(always)]
                fn is_plain(read: Read) -> bool {
                    matches!(read, $read)
                }
            )?

            #[inline(always)]
            fn from_plain(bytes: &'a [u8], swapped: bool) -> Option<Self> {
                let n = <$t>::from_ne_bytes(*bytes.first_chunk()?);
                Some(if swapped { n.swap_bytes() } else { n })
            }
        }
    )*};
}
from_field_integers! {
    u8 => Read::U8 | Read::Char,
    u16 => Read::U16,
    u32 => Read::U32,
    u64 => Read::U64,
    u128,
    i8 => Read::I8,
    i16 => Read::I16,
    i32 => Read::I32,
    i64 => Read::I64,
    i128,
    usize,
    isize,
}

impl<'a> FromField<'a> for bool {
    const NAME: &'static str = "bool";

    #[inline(always)]
    fn is_plain(read: Read) -> bool {
        matches!(read, Read::Bool)
    }

    #[inline(always)]
    fn from_plain(bytes: &'a [u8], _: bool) -> Option<Self> {
        bytes.first().map(|byte| *byte != 0)
    }

    fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        match value() {
            Value::Bool(b) => Some(b),
            _ => None,
        }
    }
}

impl<'a> FromField<'a> for f64 {
    const NAME: &'static str = "f64";

    #[inline(always)]
    fn is_plain(read: Read) -> bool {
        matches!(read, Read::F64)
    }

    fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        match value() {
            Value::Float(x) => Some(x),
            _ => None,
        }
    }

    #[inline(always)]
    fn from_plain(bytes: &'a [u8], swapped: bool) -> Option<Self> {
        u64::from_plain(bytes, swapped).map(f64::from_bits)
    }
}

impl<'a> FromField<'a> for f32 {
    const NAME: &'static str = "f32";

    #[inline(always)]
    fn is_plain(read: Read) -> bool {
        matches!(read, Read::F32)
    }

    fn from_field(bytes: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        let x = f64::from_field(bytes, value)?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "refused unless it is exact"
        )]
        let single = x as f32;
        (f64::from(single) == x || x.is_nan()).then_some(single)
    }

    #[inline(always)]
    fn from_plain(bytes: &'a [u8], swapped: bool) -> Option<Self> {
        u32::from_plain(bytes, swapped).map(f32::from_bits)
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
    const BYTES: Option<usize> = Some(N);

    fn from_field(bytes: &'a [u8], _: impl FnOnce() -> Value) -> Option<Self> {
        bytes.try_into().ok()
    }

    #[inline(always)]
    fn is_plain(read: Read) -> bool {
        N > 0 && read.size() == N
    }

    #[inline(always)]
    fn from_plain(bytes: &'a [u8], _: bool) -> Option<Self> {
        bytes.first_chunk().copied()
    }
}

impl<'a> FromField<'a> for Value {
    const NAME: &'static str = "a value";

    fn from_field(_: &'a [u8], value: impl FnOnce() -> Value) -> Option<Self> {
        Some(value())
    }
}

/// Types that a whole struct can be read as: tuples of one type for each field, in order.
pub trait FromFields<'a>: Sized {
    /// The types of the fields.
    #[doc(hidden)]
    const TYPES: &'static [Type];

    #[doc(hidden)]
    fn from_values(values: impl Values<'a>) -> Result<Self, DataError>;
}

/// A type's properties that are needed before there is a value of it.
#[allow(unreachable_pub, reason = "a hidden constant of a public trait is one")]
#[derive(Debug)]
pub struct Type {
    pub(super) name: &'static str,
    pub(super) bytes: Option<usize>,
    pub(super) is_plain: fn(Read) -> bool,
}

impl Type {
    pub(super) const fn of<'a, T: FromField<'a>>() -> Type {
        Type {
            name: T::NAME,
            bytes: T::BYTES,
            is_plain: T::is_plain,
        }
    }
}

/// How many fields a tuple has at most.
pub(super) const MAX_FIELDS: usize = 12;

/// The values of a struct one after another, each read as a caller wants it.
#[allow(unreachable_pub, reason = "a hidden method of a public trait takes it")]
pub trait Values<'a> {
    fn next<T: FromField<'a>>(&mut self) -> Option<Result<T, DataError>>;
}

/// Values at the places of a plan.
struct PlacedValues<'a, P> {
    places: P,
    data: &'a [u8],
}

impl<'a, P: Iterator<Item = Place>> Values<'a> for PlacedValues<'a, P> {
    fn next<T: FromField<'a>>(&mut self) -> Option<Result<T, DataError>> {
        Some(self.places.next()?.read(self.data))
    }
}

macro_rules! from_fields_of_tuples {
    ($($t:ident)*) => {
        impl<'a, $($t: FromField<'a>),*> FromFields<'a> for ($($t,)*) {
            const TYPES: &'static [Type] = &[$(Type::of::<$t>()),*];

            #[inline(always)]
            fn from_values(mut values: impl Values<'a>) -> Result<Self, DataError> {
                Ok(($(values.next::<$t>().ok_or_else(missing)??,)*))
            }
        }
    };
}
for_tuples!(from_fields_of_tuples);

#[cold]
fn missing() -> DataError {
    DataError::other("an array or a group is no single value")
}

impl Struct {
    /// The fields of a struct of fixed size that takes all of `data`, as a tuple; no [`Value`] is
    /// built on the way.
    ///
    /// ```
    /// let header = bytewright::Struct::new("<H I 4s")?;
    /// let (id, size, tag) = header.unpack_as::<(u16, u32, [u8; 4])>(b"\x07\0\x0a\0\0\0DATA")?;
    /// assert_eq!((id, size, &tag), (7, 10, b"DATA"));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// Constants are not looked at. [`Struct::deserialize`] reads formats of every size, arrays
    /// and groups.
    ///
    /// # Errors
    ///
    /// When `data` are too short or too long, when the format has another number of values, or
    /// a value is not what the tuple wants there.
    #[inline]
    pub fn unpack_as<'a, T: FromFields<'a>>(&self, data: &'a [u8]) -> Result<T, DataError> {
        let available = data.len() as u64;
        if self.size() != Some(available) {
            return Err(self.misfit(available));
        }
        let count = T::TYPES.len() as u64;
        if let Some(flat) = self.plan.flat() {
            if flat.arity() == count {
                return T::from_values(flat.values(data));
            }
        } else if self.plan.body.arity == count {
            let places = self.places();
            return T::from_values(PlacedValues { places, data });
        }
        Err(DataError::new(DataErrorKind::Count {
            expected: format!("a tuple of {}", counted(self.plan.body.arity, "value")),
            found: count,
        }))
    }

    #[cold]
    fn misfit(&self, available: u64) -> DataError {
        match self.size() {
            None => DataError::other("only data can tell the size of this format"),
            Some(size) if size < available => {
                DataError::new(DataErrorKind::Trailing { size, available })
            }
            Some(needed) => DataError::new(DataErrorKind::Short {
                needed,
                end: available,
            })
            .at(0),
        }
    }
}
