//! Structs of a fixed size, one after another, as columns: the format is compiled into one loop a column,
//! which run over tiles of records that fit a processor's first cache.

mod gather;
mod numbers;

use std::fmt;

use super::batch::Batch;
use super::column::Column;
use super::schema::{Field, Meaning, Schema, Type};
use crate::Struct;
use crate::offset::Position;
use crate::prefetch;
use crate::schema::{Compiled, Meanings};
use crate::structs::{DataError, FieldKind, Fixed, FixedField, FixedType};
use crate::value::encoding::Encoding;

use gather::{Extraction, Loop};

/// Bytes of records that all loops go through before the next ones.
const TILE: usize = 8 << 10;

/// A format of fixed size, compiled for reading many equal structs by columns.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Batch, Columns, Values};
///
/// let columns = Columns::new(&Struct::new("<H:id f:level")?.into()).unwrap();
/// let mut batch = Batch::default();
/// columns.decode(b"\x01\0\0\0\0\0\x02\0\0\0\x80\x3f", 0, &mut batch)?;
/// assert_eq!(batch.columns[0].values, Values::U16(vec![1, 2]));
/// assert_eq!(batch.columns[1].values, Values::F32(vec![0.0, 1.0]));
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone)]
pub struct Columns {
    format: Struct,
    schema: Schema,
    size: usize,
    loops: Vec<Loop>,
    constants: Vec<(usize, Vec<u8>)>,
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Columns")
            .field("format", &self.format.format())
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Columns {
    /// Compiles a format; `None` where it has no fixed size, or takes no bytes, or where items of an array
    /// differ in size: such records are read one by one, see [`Rows`](super::Rows).
    pub fn new(compiled: &Compiled) -> Option<Columns> {
        let Fixed {
            size,
            fields,
            constants,
        } = compiled.layout.fixed()?;
        if size == 0 {
            return None;
        }
        let mut columns = Columns {
            format: compiled.layout.clone(),
            schema: Schema {
                fields: Vec::new(),
                format: compiled.layout.format().to_owned(),
            },
            size,
            loops: Vec::new(),
            constants,
        };
        let around = OuterGroups {
            path: &[],
            offset: 0,
            meanings: &compiled.meanings,
        };
        let mut into = (Vec::new(), Vec::new());
        for field in &fields {
            add(field, &around, &mut into)?;
        }
        (columns.schema.fields, columns.loops) = into;
        Some(columns)
    }

    /// The columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The size of a record in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The same with these columns alone, in this order.
    #[must_use]
    pub fn select(mut self, columns: &[usize]) -> Columns {
        let fields = &self.schema.fields;
        self.schema.fields = columns
            .iter()
            .filter_map(|i| fields.get(*i).cloned())
            .collect();
        let loops = &self.loops;
        self.loops = columns
            .iter()
            .filter_map(|i| loops.get(*i).cloned())
            .collect();
        self
    }

    /// The same with the bytes of a column of text as they lie in each record, NULs that fill it included;
    /// `None` where the column is no text in ASCII or UTF-8 of one size. Where many texts are compared or hashed, bytes
    /// of one size are faster.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::records::{Batch, Columns};
    ///
    /// let columns = Columns::new(&Struct::new("<H:id 4s~ascii:name")?.into()).unwrap();
    /// assert!(columns.clone().with_bytes(0).is_none());
    /// let mut batch = Batch::default();
    /// columns.with_bytes(1).unwrap().decode(b"\x01\0ab\0\0", 0, &mut batch)?;
    /// assert_eq!(batch.columns[1].values.bytes(0), Some(&b"ab\0\0"[..]));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    #[must_use]
    pub fn with_bytes(mut self, column: usize) -> Option<Columns> {
        let take = &mut self.loops.get_mut(column)?.take;
        let field = self.schema.fields.get_mut(column)?;
        let Extraction::Text { size } = *take else {
            return None;
        };
        *take = Extraction::Bytes { size };
        field.data = Type::Bytes { width: Some(size) };
        Some(self)
    }

    /// Reads the whole records in `bytes`, of which the first begins at `offset` of the file, in the place
    /// of what the batch has. Bytes left over at the end are left alone.
    ///
    /// # Errors
    ///
    /// When a constant isn't there.
    pub fn decode(&self, bytes: &[u8], offset: u64, batch: &mut Batch) -> Result<(), DataError> {
        let rows = bytes.len().checked_div(self.size).unwrap_or(0);
        let whole = rows.saturating_mul(self.size);
        let bytes = bytes.get(..whole).unwrap_or_default();
        self.check(bytes, offset)?;
        batch.rows = rows;
        batch.offset = offset;
        let is_ours = batch.columns.len() == self.loops.len();
        match is_ours {
            true => batch.columns.iter_mut().for_each(Column::clear),
            false => {
                let fields = self.schema.fields.iter();
                batch.columns = fields.map(|field| Column::of(&field.data)).collect();
            }
        }
        for (column, one) in batch.columns.iter_mut().zip(&self.loops) {
            one.reserve(column, rows);
        }
        let records = TILE.checked_div(self.size).unwrap_or(1).max(1);
        let mut left = bytes;
        while !left.is_empty() {
            let step = records.saturating_mul(self.size).min(left.len());
            let (tile, after) = left.split_at(step);
            left = after;
            // Each loop prefetches its share of the next tile; a burst of all would stall.
            let next = after.get(..step).unwrap_or(after);
            let share = next.len().div_ceil(self.loops.len().max(1)).max(1);
            let mut shares = next.chunks(share);
            for (column, one) in batch.columns.iter_mut().zip(&self.loops) {
                prefetch::fetch(shares.next().unwrap_or_default());
                one.run(tile, self.size, column);
            }
        }
        Ok(())
    }

    /// Compares the constants of all records.
    fn check(&self, bytes: &[u8], offset: u64) -> Result<(), DataError> {
        for (at, constant) in &self.constants {
            let tail = bytes.get(*at..).unwrap_or_default();
            let differs = tail
                .chunks(self.size)
                .position(|record| !record.starts_with(constant));
            let Some(index) = differs else { continue };
            for (index, record) in bytes.chunks(self.size).enumerate().skip(index) {
                // The engine reports the difference; it also knows which other values count as equal.
                self.format
                    .unpack(record)
                    .map_err(|e| e.moved(offset.item(index as u64, self.size as u64)))?;
            }
        }
        Ok(())
    }
}

/// The groups and arrays around a field.
struct OuterGroups<'a> {
    path: &'a [String],
    offset: usize,
    meanings: &'a Meanings,
}

/// Adds the columns of a field: those of a group are columns of their own. As deep as the format nests.
fn add(
    field: &FixedField,
    around: &OuterGroups<'_>,
    into: &mut (Vec<Field>, Vec<Loop>),
) -> Option<()> {
    let mut path = around.path.to_vec();
    path.push(field.key.clone());
    let offset = around.offset.checked_add(field.offset)?;
    if let (FixedType::Group(fields), None) = (&field.what, field.count) {
        let inside = OuterGroups {
            path: &path,
            offset,
            meanings: around.meanings,
        };
        return fields
            .iter()
            .try_for_each(|field| add(field, &inside, into));
    }
    let (mut column, take) = one(field, &path, around.meanings)?;
    let mut take = take;
    if let Some(length) = field.count {
        let mut item = Field::new(vec!["item".to_owned()], column.data);
        item.meaning = std::mem::take(&mut column.meaning);
        item.hex = column.hex;
        column.data = Type::List {
            item: Box::new(item),
            length: Some(length),
        };
        take = Extraction::Array {
            size: field.size,
            length,
            item: Box::new(take),
        };
    }
    into.0.push(column);
    into.1.push(Loop { at: offset, take });
    Some(())
}

/// The column of one item of a field, and how it is taken.
fn one(field: &FixedField, path: &[String], meanings: &Meanings) -> Option<(Field, Extraction)> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let (data, take) = match &field.what {
        FixedType::Integer { signed } => (
            Type::Int {
                signed: *signed,
                bits: storage(field.size)?,
            },
            Extraction::Int {
                size: field.size,
                little: field.little,
                signed: *signed,
            },
        ),
        FixedType::Float => (
            Type::Float {
                bits: if field.size <= 4 { 32 } else { 64 },
            },
            Extraction::Float {
                size: field.size,
                little: field.little,
            },
        ),
        FixedType::Complex => (
            Type::Complex,
            Extraction::Complex {
                size: field.size,
                little: field.little,
            },
        ),
        FixedType::Bool => (Type::Bool, Extraction::Bool { size: field.size }),
        FixedType::Bytes => (
            Type::Bytes {
                width: Some(field.size),
            },
            Extraction::Bytes { size: field.size },
        ),
        FixedType::Pascal => (
            Type::Bytes { width: None },
            Extraction::Pascal { size: field.size },
        ),
        FixedType::Bits {
            signed,
            first,
            count,
        } => (
            Type::Int {
                signed: *signed,
                bits: storage(usize::from(*count).div_ceil(8))?,
            },
            Extraction::Bits {
                size: field.size,
                little: field.little,
                signed: *signed,
                first: *first,
                count: *count,
            },
        ),
        FixedType::Group(fields) => {
            // An array of groups: each of their fields is a column inside.
            let around = OuterGroups {
                path: &[],
                offset: 0,
                meanings: &Meanings::default(),
            };
            let mut inside = (Vec::new(), Vec::new());
            fields
                .iter()
                .try_for_each(|field| add(field, &around, &mut inside))?;
            for field in &mut inside.0 {
                let inner = field.path.clone();
                let inner = inner.iter().map(String::as_str);
                let path: Vec<&str> = names.iter().copied().chain(inner).collect();
                describe(field, &path, meanings);
            }
            (Type::Struct(inside.0), Extraction::Struct(inside.1))
        }
    };
    let mut column = Field::new(path.to_vec(), data);
    column.hex = field.hex;
    let take = kinds(field, &mut column, take)?;
    if !matches!(column.data, Type::Struct(_)) {
        describe(&mut column, &names, meanings);
    }
    Some((column, take))
}

/// Adds the facts about a field to its column.
fn describe(column: &mut Field, path: &[&str], meanings: &Meanings) {
    column.hex |= meanings.is_hex(path);
    if let Some(note) = meanings.note(path) {
        note.clone_into(&mut column.doc);
    }
    if let (Some(names), Meaning::Plain) = (meanings.names(path), &column.meaning) {
        column.meaning = Meaning::Names(std::sync::Arc::clone(names));
    }
}

/// The bits of the integers that hold this number of bytes.
fn storage(size: usize) -> Option<u8> {
    Some(match size {
        0 | 1 => 8,
        2 => 16,
        3 | 4 => 32,
        5..=8 => 64,
        9..=16 => 128,
        _ => return None,
    })
}

/// Applies kinds to a column: its type, its meaning, and how its values are extracted.
fn kinds(field: &FixedField, column: &mut Field, mut take: Extraction) -> Option<Extraction> {
    let mut before = Vec::new();
    for kind in &field.kinds {
        let digits = |size: usize, most: usize| match size <= most {
            true => 64,
            false => 128,
        };
        let data = match kind {
            FieldKind::Hex => {
                column.hex = true;
                continue;
            }
            FieldKind::Percent(..) => continue,
            FieldKind::Compressed(_) | FieldKind::Sqlite => return None,
            FieldKind::Time(epoch) => {
                column.meaning = Meaning::Time((*epoch).into());
                continue;
            }
            FieldKind::Fixed(bits) => {
                column.meaning = Meaning::Fixed(*bits);
                continue;
            }
            FieldKind::Text(encoding) => {
                let is_ascii = matches!(encoding, Encoding::Ascii | Encoding::Utf8);
                if let (Extraction::Bytes { size }, true) = (&take, is_ascii) {
                    column.data = Type::Text;
                    take = Extraction::Text { size: *size };
                    continue;
                }
                Type::Text
            }
            FieldKind::Octal => Type::Int {
                signed: true,
                bits: digits(field.size, 21),
            },
            FieldKind::HexDigits => Type::Int {
                signed: true,
                bits: digits(field.size, 15),
            },
            FieldKind::Synchsafe => match &column.data {
                // Seven bits of each byte are fewer than the bytes have.
                Type::Int { .. } => column.data.clone(),
                _ => return None,
            },
            FieldKind::Float80 => Type::Float { bits: 64 },
            FieldKind::Decimal => Type::Int {
                signed: true,
                bits: digits(field.size, 18),
            },
            FieldKind::Bcd => Type::Int {
                signed: true,
                bits: digits(field.size, 9),
            },
            FieldKind::Zigzag => match &column.data {
                Type::Int { bits, .. } => Type::Int {
                    signed: true,
                    bits: bits.saturating_mul(2).min(128),
                },
                _ => return None,
            },
            FieldKind::Guid | FieldKind::Uuid => {
                if field.size != 16 || !matches!(take, Extraction::Bytes { .. }) {
                    return None;
                }
                column.data = Type::Bytes { width: Some(16) };
                column.meaning = Meaning::Uuid;
                take = Extraction::Uuid {
                    is_guid: matches!(kind, FieldKind::Guid),
                };
                continue;
            }
            FieldKind::Ipv4 | FieldKind::Ipv6 | FieldKind::Mac => Type::Text,
        };
        column.data = data;
        before.push(*kind);
    }
    if !before.is_empty() {
        take = Extraction::ByKinds {
            raw: Box::new(take),
            size: field.size,
            little: field.little,
            kinds: before,
            field: Box::new(column.clone()),
        };
    }
    Some(take)
}
