//! Reading single fields of a struct where its bytes lie, without building the values of the
//! others.

use std::marker::PhantomData;
use std::slice::ChunksExact;

use byteorder::{BigEndian, LittleEndian};

use super::Struct;
use super::bits;
use super::code::Kind;
use super::error::{DataError, DataErrorKind, counted};
use super::plan::{Count, Element, Field, Repeat, Scalar};
use super::read::Read;
use super::typed::{FromField, Type};
use super::unpack;
use crate::offset::Position;
use crate::tree::BitRange;
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
    /// The offset of bytes that are a `T` but for their order. Where they aren't, an offset out of bounds, so that the
    /// bounds check is the only one needed.
    at: usize,
    swapped: Swapped,
    place: Place,
    value: PhantomData<fn() -> T>,
}

/// Whether bytes are in the other order than the machine's.
pub(super) type Swapped = bool;

impl<T> Clone for FieldHandle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for FieldHandle<T> {}

impl<T> FieldHandle<T> {
    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

/// Where a single value lies, and how it is read.
#[derive(Clone, Copy, Debug)]
#[allow(unreachable_pub, reason = "a hidden method of a public trait takes it")]
pub struct Place {
    at: usize,
    size: usize,
    reader: Reader,
}

/// How the bytes of a field become a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reader {
    /// Bytes that are those of a type of Rust, and whether they are little-endian.
    Plain(Read, bool),
    Scalar(Scalar),
    Bytes,
    Pascal,
    Bits(Scalar, BitRange),
}

impl Place {
    pub(super) fn new(at: usize, size: usize, reader: Reader) -> Place {
        Place { at, size, reader }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Writes a value over the bytes that lie here.
    pub(super) fn write(&self, value: &Value, bytes: &mut [u8]) -> Result<(), DataError> {
        let scalar = match self.reader {
            Reader::Scalar(scalar) => scalar,
            Reader::Plain(read, little) => Scalar {
                letters: read.type_name(),
                kind: read.kind(),
                size: u8::try_from(read.size()).unwrap_or(u8::MAX),
                little,
                native: false,
            },
            Reader::Bits(integer, range) => {
                let signed = integer.kind == Kind::Int { signed: true };
                let new = integer.integer(value, signed, range.count.into())?;
                let all = bits::insert(integer.read_bits(bytes), range, new);
                put(&integer.bits_in_order(all), bytes);
                return Ok(());
            }
            Reader::Bytes | Reader::Pascal => {
                let content = value.as_bytes().ok_or_else(|| {
                    DataError::new(DataErrorKind::Type {
                        expected: "bytes".into(),
                        found: value.kind(),
                    })
                })?;
                let (length, room) = match (self.reader, bytes.split_first_mut()) {
                    (Reader::Pascal, Some((length, room))) => (Some(length), room),
                    (Reader::Pascal, None) => (None, &mut [][..]),
                    (_, None) => (None, &mut [][..]),
                    (_, Some(_)) => (None, bytes),
                };
                if content.len() > room.len() {
                    return Err(DataError::new(DataErrorKind::Count {
                        expected: format!("at most {}", counted(room.len() as u64, "byte")),
                        found: content.len() as u64,
                    }));
                }
                room.fill(0);
                put(content, room);
                if let Some(length) = length {
                    *length = u8::try_from(content.len()).unwrap_or(u8::MAX);
                }
                return Ok(());
            }
        };
        put(&scalar.bytes(value)?, bytes);
        Ok(())
    }

    /// The first byte and the end of the field in the struct.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.at..self.at.past(self.size)
    }

    /// Whether the bytes are those of this type, but for their order.
    #[inline(always)]
    pub(super) fn holds(&self, wanted: &Type) -> Option<Swapped> {
        match self.reader {
            Reader::Plain(read, little) if (wanted.is_plain)(read) => {
                Some(little != cfg!(target_endian = "little"))
            }
            Reader::Bytes if wanted.bytes == Some(self.size) => Some(false),
            _ => None,
        }
    }

    /// The type that has these bytes, where there is one, for messages.
    pub(super) fn own_type(&self) -> Option<String> {
        match self.reader {
            Reader::Plain(read, _) => Some(read.type_name().to_owned()),
            Reader::Bytes => Some(format!("[u8; {}]", self.size)),
            _ => None,
        }
    }

    /// Reads the value that lies here in `data`.
    #[inline(never)]
    pub(crate) fn read<'a, T: FromField<'a>>(&self, data: &'a [u8]) -> Result<T, DataError> {
        if let Some(swapped) = self.holds(&Type::of::<T>())
            && let Some(bytes) = data.get(self.at..)
            && let Some(value) = T::from_plain(bytes, swapped)
        {
            return Ok(value);
        }
        let end = self.at.checked_add(self.size);
        let bytes = end.and_then(|end| data.get(self.at..end)).ok_or_else(|| {
            DataError::new(DataErrorKind::Short {
                needed: self.size as u64,
                end: data.len() as u64,
            })
            .at(self.at as u64)
        })?;
        T::from_field(bytes, || self.reader.value(bytes)).ok_or_else(|| {
            let found = self.reader.value(bytes);
            DataError::new(DataErrorKind::Type {
                expected: T::NAME.into(),
                found: found.kind(),
            })
            .at(self.at as u64)
        })
    }
}

/// Copies the first bytes, as many as both have.
fn put(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

impl Reader {
    pub(super) fn of(scalar: Scalar) -> Reader {
        match Read::of(scalar.kind, scalar.size) {
            Read::Other => Reader::Scalar(scalar),
            read => Reader::Plain(read, scalar.little),
        }
    }

    fn value(self, bytes: &[u8]) -> Value {
        match self {
            Reader::Scalar(scalar) => scalar.read(bytes),
            Reader::Plain(read, true) => Scalar::value::<LittleEndian>(read.kind(), bytes),
            Reader::Plain(read, false) => Scalar::value::<BigEndian>(read.kind(), bytes),
            Reader::Bytes => Value::from(bytes),
            Reader::Pascal => Value::from(unpack::pascal(bytes)),
            Reader::Bits(integer, range) => {
                let signed = integer.kind == Kind::Int { signed: true };
                bits::extract(integer.read_bits(bytes), range, signed).into()
            }
        }
    }
}

impl Struct {
    /// A view of the struct at the front of `data`, which may be longer.
    ///
    /// # Errors
    ///
    /// When `data` are too short, or when only data can tell the size of the format.
    #[inline]
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

    /// Views of structs of fixed size one after another, to the end of `data`.
    ///
    /// ```
    /// let point = bytewright::Struct::new("<h:x h:y")?;
    /// let x = point.field::<i16>("x")?;
    /// let mut sum = 0;
    /// for view in point.iter_view(&[1, 0, 9, 9, 2, 0, 9, 9])? {
    ///     sum += view.read(x)?;
    /// }
    /// assert_eq!(sum, 3);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When only data can tell the size of the format, when it is 0, or when `data` can't be cut
    /// into pieces of it.
    #[inline]
    pub fn iter_view<'a>(
        &'a self,
        data: &'a [u8],
    ) -> Result<impl ExactSizeIterator<Item = View<'a>> + 'a, DataError> {
        let pieces = self.pieces(data)?;
        Ok(pieces.map(|data| View { layout: self, data }))
    }

    /// The bytes of structs of fixed size one after another.
    pub(super) fn pieces<'a>(&self, data: &'a [u8]) -> Result<ChunksExact<'a, u8>, DataError> {
        let size = self.size().and_then(|size| usize::try_from(size).ok());
        match size {
            None => Err(DataError::other(
                "only data can tell the size of this format, and where the next struct begins",
            )),
            Some(0) => Err(DataError::other(
                "a struct without any bytes can't be iterated over",
            )),
            Some(size) if !data.len().is_multiple_of(size) => {
                Err(DataError::new(DataErrorKind::NotMultiple {
                    size: size as u64,
                    available: data.len() as u64,
                }))
            }
            Some(size) => Ok(data.chunks_exact(size)),
        }
    }

    /// A handle to the field at `path`: names and, for unnamed fields, indices, with dots
    /// between the levels.
    ///
    /// # Errors
    ///
    /// When there is no such field, when it has no fixed place, or when it is an array or a group.
    pub fn field<'a, T: FromField<'a>>(&self, path: &str) -> Result<FieldHandle<T>, DataError> {
        let place = self.single(path)?;
        let plain = place.holds(&Type::of::<T>());
        Ok(FieldHandle {
            at: plain.map_or(usize::MAX, |_| place.at),
            swapped: plain.unwrap_or(false),
            place,
            value: PhantomData,
        })
    }

    /// The place of the single value at `path`.
    pub(crate) fn single(&self, path: &str) -> Result<Place, DataError> {
        let error = |why: &str| DataError::new(DataErrorKind::Name(format!("{path}: {why}")));
        let (at, field, bit) = self
            .locate(path)
            .ok_or_else(|| error("there is no such field"))?;
        let at = at.ok_or_else(|| error("only data can tell where it is"))?;
        if !matches!(field.repeat, Repeat::One | Repeat::Inline(_)) {
            return Err(error("is an array"));
        }
        place(at, field, bit).ok_or_else(|| error("is no single value of fixed size"))
    }

    /// The values of the outermost level, in order; arrays and groups have no place.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.plan.body.fields.iter().flat_map(|field| {
            (0..field.arity()).map_while(move |i| {
                let (within, bit) = match &field.element {
                    Element::Bits(bits) => {
                        let nth = usize::try_from(i).ok()?;
                        let named = bits.fields.iter().enumerate();
                        let mut named = named.filter(|(_, bit)| bit.name.is_some());
                        (0, Some(named.nth(nth)?.0))
                    }
                    element => (element.size()?.checked_mul(i)?, None),
                };
                place(field.offset?.checked_add(within)?, field, bit)
            })
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
            let index = body.position(part)?;
            let field = body.at(index)?;
            let bit = match &field.element {
                Element::Bits(bits) => bits
                    .fields
                    .iter()
                    .position(|bit| bit.name.as_deref() == Some(part)),
                _ => None,
            };
            let within = match field.repeat {
                Repeat::Inline(_) => index
                    .checked_sub(field.first)
                    .zip(field.element.size())
                    .and_then(|(before, size)| before.checked_mul(size)),
                _ => Some(0),
            };
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

/// Where a single value of a field lies.
fn place(at: u64, field: &Field, bit: Option<usize>) -> Option<Place> {
    let (size, reader) = match (&field.element, bit) {
        _ if matches!(field.repeat, Repeat::Array(_)) => return None,
        (Element::Scalar(scalar), _) => (u64::from(scalar.size), Reader::of(*scalar)),
        (Element::Bytes(Count::Fixed(n)), _) => (*n, Reader::Bytes),
        (Element::Pascal(Count::Fixed(n)), _) => (*n, Reader::Pascal),
        (Element::Bits(bits), Some(i)) => {
            let bit = bits.fields.get(i)?;
            let reader = Reader::Bits(bits.integer, bit.range());
            (u64::from(bits.integer.size), reader)
        }
        (Element::Group(group), _) => {
            let (_, bits) = group.as_bits()?;
            (u64::from(bits.integer.size), Reader::of(bits.integer))
        }
        _ => return None,
    };
    let at = usize::try_from(at).ok()?;
    Some(Place::new(at, usize::try_from(size).ok()?, reader))
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

    /// The field of a handle.
    ///
    /// # Errors
    ///
    /// When the value is no `T`, or the handle belongs to a larger struct.
    #[inline]
    pub fn read<T: FromField<'a>>(&self, field: FieldHandle<T>) -> Result<T, DataError> {
        if let Some(bytes) = self.data.get(field.at..)
            && let Some(value) = T::from_plain(bytes, field.swapped)
        {
            return Ok(value);
        }
        field.place.read(self.data)
    }
}
