//! The headers of a Parquet file's pages, looked at before the crate that decodes them gives out memory for what they say.

use std::fs::File;
use std::io;

use ::parquet::basic::Type;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::ipc::read_at;
use super::thrift::{Compact, kind};
use super::{DEPTH, most_unpacked, wrong};

/// Bytes of a batch's values that take more than their pages have, about.
const BATCH: u64 = 64 << 20;

/// Rows of a batch, at most.
const ROWS: u64 = 1024;

/// Bytes of a header, at most; it may have the least and the greatest value.
const HEADER: u64 = 1 << 20;

/// An encoding in which a value repeats the beginning of the one before it, so that its size is in no relation to its
/// bytes.
const DELTA_BYTE_ARRAY: i64 = 7;

/// What a page's header says.
#[derive(Default)]
struct Header {
    /// Bytes of the page after decompression, and before.
    unpacked: i64,
    packed: i64,
    values: i64,
    encoding: i64,
}

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
            packed = packed.saturating_add(own.packed);
            unpacked = unpacked.saturating_add(own.unpacked);
            width = width.saturating_add(own.width);
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

/// What the pages of a column need.
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
        bytes = bytes.saturating_add(unpacked);
        values = values.saturating_add(u64::try_from(header.values).unwrap_or(u64::MAX));
        if header.encoding == DELTA_BYTE_ARRAY {
            if is_list {
                return Err(wrong(format!(
                    "the page at {at:#x} has lists in the encoding DELTA_BYTE_ARRAY; write them in another one"
                )));
            }
            own.width = own.width.max(unpacked);
        }
        at = next;
    }
    // A row may be all items of a column, and few bytes can say that there are many which are equal.
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
    let left = end.saturating_sub(at);
    let mut size = 128;
    loop {
        size = left.min(size);
        let bytes = read_at(file, at, size)?;
        let mut compact = Compact::new(&bytes);
        if let Some(header) = parsed(&mut compact) {
            return Ok((header, size.saturating_sub(compact.left() as u64)));
        }
        if size == left || size >= HEADER {
            return Err(wrong(format!(
                "the header of its page at {at:#x} is broken"
            )));
        }
        size = size.saturating_mul(8);
    }
}

/// Field 2 is the size after decompression, 3 the one before; 5, 7 and 8 are what only a page of data, of a dictionary, or of
/// data of the second version has: there field 1 is the number of values, and 2, or 4 in the second version, the encoding.
fn parsed(bytes: &mut Compact<'_>) -> Option<Header> {
    let mut header = Header::default();
    bytes.fields(&mut |bytes, id, kind| {
        match (id, kind) {
            (2, kind::I32) => header.unpacked = bytes.integer()?,
            (3, kind::I32) => header.packed = bytes.integer()?,
            (5 | 7 | 8, kind::STRUCT) => {
                let encoding = if id == 8 { 4 } else { 2 };
                bytes.fields(&mut |bytes, inner, kind| {
                    match (inner, kind) {
                        (1, kind::I32) if id != 7 => header.values = bytes.integer()?,
                        (inner, kind::I32) if inner == encoding => {
                            header.encoding = bytes.integer()?;
                        }
                        _ => bytes.skip(kind, DEPTH)?,
                    }
                    Some(())
                })?;
            }
            _ => bytes.skip(kind, DEPTH)?,
        }
        Some(())
    })?;
    Some(header)
}
