//! The engine: a format string becomes a [`Struct`], and a `Struct` turns bytes into values and
//! values into bytes.
//!
//! The language is Python's `struct`, grown up: every format that Python accepts means the same
//! here, and names, groups, computed counts, constants and bit fields are where Python sees an
//! error. `docs/format-language.md` writes it out.
//!
//! | to | use |
//! | --- | --- |
//! | unpack and pack once | [`unpack`], [`pack`], [`calcsize`] and their kin |
//! | do it often | a [`Struct`], which is compiled once |
//! | read a few fields of many records | [`Struct::rows`]; [`Struct::view`] with [`Struct::field`] |
//! | see what lies where | [`Struct::layout`], [`Struct::nodes`] |

#[macro_use]
mod tuples;

mod ast;
mod bits;
mod code;
mod compile;
mod constant;
mod construct;
mod count;
mod deserialize;
mod error;
mod fields;
mod fixed;
mod flat;
mod float;
mod format_text;
mod formats;
mod functions;
mod grammar;
mod iter;
mod layout;
mod leb128;
mod misfit;
mod nodes;
mod pack;
mod plain;
mod plan;
pub(crate) mod problems;
mod python;
mod read;
mod rows;
mod scalar;
mod scope;
mod serialize;
mod shape;
mod stream;
mod suggestion;
mod text;
mod typed;
mod unpack;
mod view;
mod view_mut;
mod whole;

use std::sync::Arc;

use crate::value::{Names, Record, Value};

#[cfg(feature = "records")]
pub(crate) use ast::{Expression, Function, Operator, Term, Unary};
pub use code::{Code, codes};
#[cfg(feature = "records")]
pub(crate) use construct::{condition, condition_error};
pub use error::{
    DataError, DataErrorKind, Error, FormatError, FormatErrorKind, PathStep, StreamError,
};
pub use fields::Fields;
#[cfg(feature = "records")]
pub(crate) use fixed::{Fixed, FixedField, FixedType};
#[cfg(feature = "records")]
pub(crate) use float::from_half as half;
pub use formats::Formats;
pub use functions::{calcsize, iter_unpack, pack, pack_into, unpack, unpack_from};
pub use iter::IterUnpack;
pub use layout::{Entry, EntryKind, Layout, Repetition};
#[cfg(feature = "kaitai")]
pub(crate) use nodes::Input;
pub(crate) use nodes::{DescentStep, Window};
pub use nodes::{MAX_VALUE, MAX_VALUES};
pub use problems::PROBLEMS;
pub use rows::Rows;
pub use shape::{Family, Member, MemberKind, ScalarKind, Shape};
#[cfg(any(feature = "kaitai", feature = "records"))]
pub(crate) use suggestion::near;
pub use typed::{FromField, FromFields};
pub(crate) use view::Place;
pub use view::{FieldHandle, View};
pub use view_mut::{FieldPlace, ViewMut};
pub(crate) use whole::RequestedField;
#[cfg(feature = "kaitai")]
pub(crate) use whole::settle;
#[cfg(feature = "records")]
pub(crate) use whole::{Epoch, Kind as FieldKind, binary};

use error::DataErrorKind as Kind;
use flat::{Flat, LazyPlan};
use smol_str::SmolStr;
use unpack::Cursor;

/// A compiled format: packs and unpacks without looking at the text again.
///
/// ```
/// use bytewright::Struct;
///
/// let header = Struct::new("<ccIIIIIIHH")?;
/// assert_eq!(header.size(), Some(30));
/// let values = header.unpack(b"BM8\x8c\x0a\0\0\0\0\x006\0\0\0(\0\0\0\x80\x02\0\0h\x01\0\0\x01\0\x18\0")?;
/// assert_eq!(
///     values.to_string(),
///     "(b'B', b'M', 691256, 0, 54, 40, 640, 360, 1, 24)"
/// );
/// assert_eq!(header.pack(&values)?.len(), 30);
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone)]
pub struct Struct {
    format: SmolStr,
    plan: LazyPlan,
    size: Option<u64>,
    /// What reads a format of whole files; its plan is empty.
    whole: Option<Arc<whole::Program>>,
    /// Whether values are unpacked although checks of a whole file fail.
    is_lenient: bool,
}

impl Struct {
    /// The text of the format.
    pub fn format(&self) -> &str {
        &self.format
    }

    /// The size in bytes, where it is the same for all data.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How many values it has: those of [`Record`]s that unpacking gives.
    ///
    /// ```
    /// assert_eq!(bytewright::Struct::new("<2s 3H 4x 2B:pair")?.arity(), 5);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn arity(&self) -> u64 {
        match self.plan.flat() {
            Some(flat) => flat.arity(),
            None => self.plan.body.arity,
        }
    }

    /// The names of the formats that it refers to.
    pub(crate) fn references(&self) -> impl Iterator<Item = &str> {
        self.plan.references().iter().map(|(name, _)| &**name)
    }

    /// Whether any field of the outermost level has a name.
    pub fn is_named(&self) -> bool {
        self.plan.body.names.is_some()
    }

    /// The values of a struct that takes all of `data`.
    ///
    /// # Errors
    ///
    /// When `data` are too short or too long, or break a rule of the format; the error says
    /// where, and in which field.
    pub fn unpack(&self, data: &[u8]) -> Result<Record, DataError> {
        let (record, taken) = self.unpack_prefix(data)?;
        if taken == data.len() {
            return Ok(record);
        }
        Err(DataError::new(Kind::Trailing {
            size: taken as u64,
            available: data.len() as u64,
        }))
    }

    /// The values of the struct at the front of `data`, and how many bytes it takes.
    ///
    /// # Errors
    ///
    /// As [`Struct::unpack`], but bytes left over are none.
    pub fn unpack_prefix(&self, data: &[u8]) -> Result<(Record, usize), DataError> {
        let mut record = Record::default();
        let taken = self.unpack_into(data, &mut record)?;
        Ok((record, taken))
    }

    /// Puts the values of the struct at the front of `data` in the place of the record's, and says
    /// how many bytes it takes. The record's room is used again: a loop over a million structs
    /// needs one row of values, not a million.
    ///
    /// ```
    /// use bytewright::{Record, Struct};
    ///
    /// let message = Struct::new("<B:length [length]s:text")?;
    /// let mut rest = &b"\x02hi\x05there"[..];
    /// let mut record = Record::default();
    /// let mut texts = Vec::new();
    /// while !rest.is_empty() {
    ///     let taken = message.unpack_into(rest, &mut record)?;
    ///     texts.push(record["text"].to_string());
    ///     rest = &rest[taken..];
    /// }
    /// assert_eq!(texts, ["b'hi'", "b'there'"]);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::unpack_prefix`]; the record is empty then.
    pub fn unpack_into(&self, data: &[u8], record: &mut Record) -> Result<usize, DataError> {
        self.unpack_within(data, record, u64::MAX)
    }

    /// The same, with the memory of the values limited to `most` bytes.
    #[inline]
    pub(crate) fn unpack_within(
        &self,
        data: &[u8],
        record: &mut Record,
        most: u64,
    ) -> Result<usize, DataError> {
        let fits = |flat: &&Flat| most == u64::MAX || flat.memory() <= most;
        let flat = self.plan.flat().filter(fits);
        match flat.and_then(|flat| flat.unpack_into(data, record)) {
            Some(size) => Ok(size),
            None => self.unpack_by_plan(data, record, most),
        }
    }

    #[cold]
    fn unpack_by_plan(
        &self,
        data: &[u8],
        record: &mut Record,
        most: u64,
    ) -> Result<usize, DataError> {
        if let Some(whole) = &self.whole {
            let (made, taken) = whole.unpack(data, self.is_lenient)?;
            *record = made;
            return Ok(taken);
        }
        let (_, mut values) = std::mem::take(record).into_parts();
        values.clear();
        let body = &self.plan.body;
        let mut cursor = Cursor::new(data, &self.plan).within(most);
        cursor.level(body, &mut values)?;
        *record = Record::with_names(body.names.clone(), values);
        Ok(cursor.offset())
    }

    /// The values of the struct that begins at `offset`, which counts from the end where it is
    /// negative.
    ///
    /// ```
    /// let number = bytewright::Struct::new("<H")?;
    /// assert_eq!(number.unpack_from(b"\0\0\x01\x02", -2)?.to_string(), "(513,)");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When `offset` is outside of `data`, and as [`Struct::unpack_prefix`].
    pub fn unpack_from(&self, data: &[u8], offset: i64) -> Result<Record, DataError> {
        let start = resolve(offset, data.len())?;
        let rest = data.get(start..).unwrap_or_default();
        match self.unpack_prefix(rest) {
            Ok((record, _)) => Ok(record),
            Err(e) => Err(e.moved(start as u64)),
        }
    }

    /// The bytes of these values: in order, or by name. Constants, and counts that follow from
    /// the data, may be left out.
    ///
    /// ```
    /// use bytewright::{Record, Struct};
    ///
    /// let message = Struct::new(">H:length [length]s:text")?;
    /// assert_eq!(message.pack(&("hi",))?, b"\0\x02hi");
    /// assert_eq!(message.pack(&Record::from_iter([("text", "hi")]))?, b"\0\x02hi");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there are too many or too few values, or one doesn't fit its field.
    pub fn pack(&self, values: &(impl Fields + ?Sized)) -> Result<Vec<u8>, DataError> {
        // Where the size is known, memory for it; that of a huge size is allocated as values fill it.
        let size = self.size.and_then(|size| usize::try_from(size).ok());
        let mut out = Vec::with_capacity(size.unwrap_or(0).min(1 << 16));
        self.pack_to(&mut out, values)?;
        Ok(out)
    }

    /// Appends to `out` what [`Struct::pack`] makes of these values, so that a loop needs one
    /// buffer. When it fails `out` is as before.
    ///
    /// ```
    /// use bytewright::Struct;
    ///
    /// let point = Struct::new("<h:x h:y")?;
    /// let mut out = Vec::new();
    /// for i in 0..3 {
    ///     point.pack_to(&mut out, &(i, -i))?;
    /// }
    /// assert_eq!(out, b"\0\0\0\0\x01\0\xff\xff\x02\0\xfe\xff");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::pack`].
    pub fn pack_to(
        &self,
        out: &mut Vec<u8>,
        values: &(impl Fields + ?Sized),
    ) -> Result<(), DataError> {
        values.with_values(|row| {
            let names = values.names();
            self.append_row(pack::Row { values: row, names }, out)
        })
    }

    /// The same for a format of a whole file, of which `base` is one: what unpacks there to the same value
    /// keeps the bytes that it has there (padding, gaps, another spelling of a number), so that a file
    /// differs only where its values do. A plain format has no use for it.
    ///
    /// ```
    /// use bytewright::{Record, Struct, Value};
    ///
    /// let format = Struct::new("3s~octal:n |4 [n]s:text")?;
    /// let base = b"  3#abc";
    /// let values = Record::from_iter([("n", Value::from(3)), ("text", "xyz".into())]);
    /// assert_eq!(format.pack(&values)?, b"03\0\0xyz");
    /// assert_eq!(format.pack_onto(base, &values)?, b"  3#xyz");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::pack`].
    pub fn pack_onto(
        &self,
        base: &[u8],
        values: &(impl Fields + ?Sized),
    ) -> Result<Vec<u8>, DataError> {
        match &self.whole {
            Some(whole) => whole.pack(&record_of(&values.values(), values.names()), Some(base)),
            None => self.pack(values),
        }
    }

    /// Packs into `buffer` from `offset` on, which counts from the end where it is negative.
    /// When it fails the buffer is as before.
    ///
    /// # Errors
    ///
    /// When the bytes don't fit there, and as [`Struct::pack`].
    pub fn pack_into(
        &self,
        buffer: &mut [u8],
        offset: i64,
        values: &(impl Fields + ?Sized),
    ) -> Result<(), DataError> {
        let start = resolve(offset, buffer.len())?;
        values.with_values(|row| {
            let names = values.names();
            self.write_row(pack::Row { values: row, names }, buffer, start)
        })
    }
}

/// Values with their names.
fn record_of(values: &[Value], names: Option<&Names>) -> Record {
    Record::with_names(names.cloned().map(Arc::new), values.to_vec())
}

/// The place in a buffer that an offset means, as Python counts.
fn resolve(offset: i64, length: usize) -> Result<usize, DataError> {
    let start = if offset < 0 {
        i64::try_from(length)
            .ok()
            .and_then(|length| length.checked_add(offset))
    } else {
        Some(offset)
    };
    start
        .and_then(|start| usize::try_from(start).ok())
        .filter(|start| *start <= length)
        .ok_or_else(|| {
            let available = length as u64;
            DataError::new(Kind::Offset { offset, available })
        })
}
