//! The headers of a Parquet file's pages, validated before the crate that decodes them allocates memory for the sizes
//! that they state.

use std::fs::File;
use std::io;

use ::parquet::basic::Type;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::ipc::read_at;
use super::thrift::{Compact, kind};
use super::{DEPTH, most_unpacked, wrong};
use crate::offset::{Position, Tally};

/// The memory of a batch's values beyond the bytes of their pages, about.
const BATCH: u64 = 64 << 20;

/// Rows of a batch, at most.
const ROWS: u64 = 1024;

/// Bytes of a header, at most; it may have the least and the greatest value.
const HEADER: u64 = 1 << 20;

/// Encodings of texts by their differences. The decoder allocates memory for the number that the content states, which
/// no header tells; in the second, a value repeats the beginning of the one before it, so that its size is in no
/// relation to its bytes.
const DELTAS: [(i64, &str); 2] = [(6, "DELTA_LENGTH_BYTE_ARRAY"), (7, "DELTA_BYTE_ARRAY")];

/// The header of a page.
#[derive(Default)]
struct Header {
    kind: i64,
    /// Bytes of the page after decompression, and before.
    unpacked: i64,
    packed: i64,
    /// The number of the field that only a page of this kind has.
    own: Option<i64>,
    values: i64,
    encoding: i64,
}

/// The kind of a page that is a dictionary.
const DICTIONARY: i64 = 2;

/// Checks the pages of all columns. Answers how many rows a batch may have.
pub(super) fn check(file: &mut File, metadata: &ParquetMetaData, length: u64) -> io::Result<usize> {
    let mut rows = ROWS;
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let (mut packed, mut unpacked, mut width) = (0u64, 0u64, 0u64);
        for column in group.columns() {
            let own = of_column(file, column, length).map_err(|error| {
                let name = column.column_path().string();
                io::Error::new(
                    error.kind(),
                    format!("column {name:?} of row group {number}: {error}"),
                )
            })?;
            packed.tally(own.packed);
            unpacked.tally(own.unpacked);
            width.tally(own.width);
        }
        let most = most_unpacked(packed);
        if unpacked > most {
            return Err(wrong(format!(
                "row group {number}: a page of each column has {unpacked} bytes together, and may have {most}; \
                 write smaller pages"
            )));
        }
        rows = rows.min(BATCH.checked_div(width).unwrap_or(ROWS));
    }
    match usize::try_from(rows) {
        Ok(rows @ 1..) => Ok(rows),
        _ => Err(wrong(format!("a row may have more than {BATCH} bytes"))),
    }
}

/// The memory that the pages of a column need.
struct Column {
    /// Bytes in the file.
    packed: u64,
    /// Bytes of the largest page.
    unpacked: u64,
    /// Bytes of a value that are in no page of their own.
    width: u64,
}

fn of_column(file: &mut File, column: &ColumnChunkMetaData, length: u64) -> io::Result<Column> {
    let start = column.dictionary_page_offset();
    let start = start.unwrap_or_else(|| column.data_page_offset());
    let size = column.compressed_size();
    let place = u64::try_from(start).ok().zip(u64::try_from(size).ok());
    let place = place.and_then(|(start, size)| Some((start, size, start.checked_add(size)?)));
    let Some((mut at, packed, end)) = place.filter(|(_, _, end)| *end <= length) else {
        return Err(wrong(format!(
            "its {size} bytes from {start} lie outside of the file"
        )));
    };
    let descriptor = column.column_descr();
    let is_list = descriptor.max_rep_level() > 0;
    let width = match descriptor.physical_type() {
        Type::FIXED_LEN_BYTE_ARRAY => u64::try_from(descriptor.type_length()).unwrap_or(u64::MAX),
        _ => 0,
    };
    // Bytes that a value of a dictionary has at least.
    let least = match descriptor.physical_type() {
        Type::FIXED_LEN_BYTE_ARRAY => width.max(1),
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
        Type::BOOLEAN => 1,
        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
    };
    let mut own = Column {
        packed,
        unpacked: 0,
        width,
    };
    let (mut values, mut bytes) = (0u64, 0u64);
    while at < end {
        let (header, size) = header(file, at, end)?;
        let whole = u64::try_from(header.packed)
            .ok()
            .and_then(|packed| size.checked_add(packed));
        let next = whole.and_then(|whole| at.checked_add(whole));
        let unpacked = u64::try_from(header.unpacked).ok();
        let (Some(next), Some(unpacked)) = (next.filter(|next| *next <= end), unpacked) else {
            return Err(wrong(format!(
                "the page at {at:#x} has {} bytes, {} after decompression, and its column ends at {end:#x}",
                header.packed, header.unpacked
            )));
        };
        own.unpacked = own.unpacked.max(unpacked);
        bytes.tally(unpacked);
        let here = u64::try_from(header.values).unwrap_or(u64::MAX);
        if header.kind == DICTIONARY {
            // The decoder makes room for all of them at once.
            if here.saturating_mul(least) > unpacked {
                return Err(wrong(format!(
                    "the dictionary at {at:#x} has {} values, and {unpacked} bytes",
                    header.values
                )));
            }
        } else {
            values.tally(here);
        }
        let deltas = DELTAS.iter().find(|(code, _)| *code == header.encoding);
        if let Some((_, name)) = deltas {
            return Err(wrong(format!(
                "the page at {at:#x} is in the encoding {name}, which is not read, since its bytes don't bound the memory that it \
                 takes; write the column in another one, such as PLAIN"
            )));
        }
        at = next;
    }
    // A row may hold all items of a column, and few bytes can encode many equal items.
    let items = values.saturating_mul(width.max(16));
    let most = most_unpacked(bytes);
    match is_list && items > most {
        true => Err(wrong(format!(
            "its {values} items take {items} bytes, and may take {most}"
        ))),
        false => Ok(own),
    }
}

/// The header of the page at a place before `end`, and its size.
fn header(file: &mut File, at: u64, end: u64) -> io::Result<(Header, u64)> {
    let left = end.since(at);
    let mut size = 128;
    loop {
        size = left.min(size);
        let bytes = read_at(file, at, size)?;
        let mut compact = Compact::new(&bytes);
        if let Some(header) = parsed(&mut compact) {
            return Ok((header, size.since(compact.left() as u64)));
        }
        if size == left || size >= HEADER {
            return Err(wrong(format!(
                "the header of its page at {at:#x} is broken"
            )));
        }
        size = size.saturating_mul(8);
    }
}

/// Field 1 is the kind of the page, 2 the size after decompression, 3 the one before; 5, 7 and 8 are what only a page of data,
/// of a dictionary, or of data of the second version has: there field 1 is the number of values, and 2, or 4 in the second
/// version, the encoding. The decoder identifies fields by their numbers alone, so a field of another type must not be
/// skipped, and neither must the fields of another kind of page.
fn parsed(bytes: &mut Compact<'_>) -> Option<Header> {
    let mut header = Header::default();
    bytes.fields(&mut |bytes, id, kind| {
        match (id, kind) {
            (1, kind::I32) => header.kind = bytes.integer()?,
            (2, kind::I32) => header.unpacked = bytes.integer()?,
            (3, kind::I32) => header.packed = bytes.integer()?,
            (5 | 7 | 8, kind::STRUCT) if header.own.is_none() => {
                header.own = Some(id);
                let encoding = if id == 8 { 4 } else { 2 };
                bytes.fields(&mut |bytes, inner, kind| {
                    match (inner, kind) {
                        (1, kind::I32) => header.values = bytes.integer()?,
                        (inner, kind::I32) if inner == encoding => {
                            header.encoding = bytes.integer()?;
                        }
                        (1, _) => return None,
                        (inner, _) if inner == encoding => return None,
                        _ => bytes.skip(kind, DEPTH)?,
                    }
                    Some(())
                })?;
            }
            (1 | 2 | 3 | 5 | 7 | 8, _) => return None,
            _ => bytes.skip(kind, DEPTH)?,
        }
        Some(())
    })?;
    let own = match header.kind {
        0 => 5,
        DICTIONARY => 7,
        3 => 8,
        _ => return None,
    };
    (header.own == Some(own)).then_some(header)
}
