//! Validation of messages of Arrow's files and streams before they are decoded: the crate that decodes them panics at
//! unexpected contents, and allocates memory for the sizes that a message states.

use arrow_ipc::{CompressionType, Precision, TimeUnit, Type};
use arrow_schema::{DataType, Field};

use super::{DEPTH, most_unpacked};
use crate::offset::{Position, Tally, sum};

/// The most memory of a schema, in bytes, in addition to 16 for each of its bytes.
const SCHEMA: usize = 1 << 20;

/// Bytes of a field in memory, about.
const FIELD: usize = 128;

/// Whether a schema is one whose columns fields of a format may have.
pub(super) fn schema(schema: &arrow_ipc::Schema<'_>, size: usize) -> Result<(), String> {
    if !schema.endianness().equals_to_target_endianness() {
        return Err("its byte order isn't that of this machine".to_owned());
    }
    let Some(fields) = schema.fields() else {
        return Err("the schema has no list of fields".to_owned());
    };
    let mut left = size.saturating_mul(16).saturating_add(SCHEMA);
    spend(&mut left, texts(schema.custom_metadata()))?;
    for field in fields {
        of_field(&field, "", DEPTH, &mut left)?;
    }
    Ok(())
}

/// Names and texts may be shared, so that a small schema takes much memory.
fn spend(left: &mut usize, bytes: usize) -> Result<(), String> {
    *left = left
        .checked_sub(bytes)
        .ok_or("the schema has more fields and texts than its size allows")?;
    Ok(())
}

/// The size of the metadata of a schema or a field.
fn texts<'a>(notes: Option<impl IntoIterator<Item = arrow_ipc::KeyValue<'a>>>) -> usize {
    let notes = notes.into_iter().flatten();
    let sizes = notes.map(|note| {
        let texts = [note.key(), note.value()].map(|text| text.map_or(0, str::len));
        sum([FIELD].into_iter().chain(texts))
    });
    sum(sizes)
}

/// As deep as columns may nest.
fn of_field(
    field: &arrow_ipc::Field<'_>,
    above: &str,
    depth: usize,
    left: &mut usize,
) -> Result<(), String> {
    let name = match (above, field.name().unwrap_or_default()) {
        ("", name) => name.to_owned(),
        (above, name) => format!("{above}.{name}"),
    };
    let wrong = |text: String| Err(format!("column {name:?}: {text}"));
    spend(left, name.len().saturating_add(FIELD))?;
    spend(left, texts(field.custom_metadata()))?;
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(format!("columns nest deeper than {DEPTH} levels"));
    };
    if let Some(dictionary) = field.dictionary() {
        let Some(keys) = dictionary.indexType() else {
            return wrong("its dictionary has no type of keys".to_owned());
        };
        if ![8, 16, 32, 64].contains(&keys.bitWidth()) {
            return wrong(format!("keys of {} bits", keys.bitWidth()));
        }
    }
    let kind = field.type_type();
    let children = field.children();
    let count = children.as_ref().map_or(0, |children| children.len());
    let Some(is_known) = is_known(field, kind, count, left) else {
        let other = kind.variant_name().unwrap_or("type of a later version");
        return wrong(format!("no field of a format is a {other}"));
    };
    if !is_known {
        let kind = kind.variant_name().unwrap_or_default();
        return wrong(format!(
            "its {kind} has a width, a unit or items that no {kind} has"
        ));
    }
    let nests = matches!(
        kind,
        Type::List | Type::LargeList | Type::FixedSizeList | Type::Struct_
    );
    for child in children.into_iter().flatten().filter(|_| nests) {
        of_field(&child, &name, deeper, left)?;
    }
    Ok(())
}

/// Whether a type has valid widths, units and numbers of items; `None` for a type that no format has.
fn is_known(
    field: &arrow_ipc::Field<'_>,
    kind: Type,
    items: usize,
    left: &mut usize,
) -> Option<bool> {
    Some(match kind {
        Type::Null
        | Type::Bool
        | Type::Binary
        | Type::LargeBinary
        | Type::BinaryView
        | Type::Utf8
        | Type::LargeUtf8
        | Type::Utf8View
        | Type::Struct_ => true,
        Type::Int => {
            let bits = field.type_as_int().map(|int| int.bitWidth());
            bits.is_some_and(|bits| [8, 16, 32, 64].contains(&bits))
        }
        Type::FloatingPoint => {
            let precision = field
                .type_as_floating_point()
                .map(|float| float.precision());
            precision.is_some_and(|precision| {
                [Precision::HALF, Precision::SINGLE, Precision::DOUBLE].contains(&precision)
            })
        }
        Type::Decimal => field.type_as_decimal().is_some_and(|decimal| {
            let digits = match decimal.bitWidth() {
                128 => 38,
                256 => 76,
                _ => 0,
            };
            (1..=digits).contains(&decimal.precision()) && i8::try_from(decimal.scale()).is_ok()
        }),
        Type::Timestamp => field.type_as_timestamp().is_some_and(|time| {
            *left = left.saturating_sub(time.timezone().map_or(0, str::len));
            TimeUnit::ENUM_VALUES.contains(&time.unit())
        }),
        Type::FixedSizeBinary => {
            let width = field
                .type_as_fixed_size_binary()
                .map(|bytes| bytes.byteWidth());
            width.is_some_and(|width| width >= 0)
        }
        Type::List | Type::LargeList => items == 1,
        Type::FixedSizeList => {
            let length = field.type_as_fixed_size_list().map(|list| list.listSize());
            items == 1 && length.is_some_and(|length| length >= 0)
        }
        _ => return None,
    })
}

/// Checks that a batch has the buffers that its columns need; answers how many bytes they become.
pub(super) fn batch<'f>(
    batch: &arrow_ipc::RecordBatch<'_>,
    fields: impl IntoIterator<Item = &'f Field>,
    size: usize,
    body: &[u8],
) -> Result<usize, String> {
    let (Some(nodes), Some(buffers)) = (batch.nodes(), batch.buffers()) else {
        return Err("the batch has no list of columns or of buffers".to_owned());
    };
    let buffers = match batch.compression() {
        None => stored(buffers, body)?,
        Some(compression) => match compression.codec() {
            CompressionType::ZSTD | CompressionType::LZ4_FRAME => unpacked(buffers, body)?,
            _ => return Err("its columns are compressed by a method of later versions".to_owned()),
        },
    };
    // A row takes at least a bit. Of rows without bytes, there may be as many as the message has bits.
    let bytes = sum([size].into_iter().chain(buffers.iter().copied()));
    let mut columns = Columns {
        nodes: nodes.iter(),
        buffers: buffers.into_iter(),
        counts: batch
            .variadicBufferCounts()
            .into_iter()
            .flatten()
            .collect::<Vec<i64>>()
            .into_iter(),
        most: bytes.saturating_mul(8),
    };
    let rows = columns.length(batch.length())?;
    for field in fields {
        let name = field.name();
        let own = columns.column(field.data_type());
        let length = own.map_err(|text| format!("column {name:?}: {text}"))?;
        if length != rows {
            return Err(format!(
                "column {name:?}: it has {length} rows, and the batch {rows}"
            ));
        }
    }
    let more = [
        ("columns", columns.nodes.len()),
        ("buffers", columns.buffers.len()),
        ("counts of buffers", columns.counts.len()),
    ];
    match more.iter().find(|(_, count)| *count > 0) {
        Some((what, count)) => Err(format!("the batch has {count} {what} more than the schema")),
        None => Ok(bytes),
    }
}

/// The sizes of buffers as they lie in the body.
fn stored<'b>(
    buffers: impl IntoIterator<Item = &'b arrow_ipc::Buffer>,
    body: &[u8],
) -> Result<Vec<usize>, String> {
    let buffers = buffers.into_iter().enumerate();
    let sizes = buffers.map(|(number, buffer)| Ok(at(number, buffer, body)?.len()));
    let sizes = sizes.collect::<Result<Vec<usize>, String>>()?;
    // Each may be copied where it isn't aligned.
    let sum = sum(sizes.iter().copied());
    match sum > body.len() {
        true => Err(format!(
            "its buffers overlap: they have {sum} bytes, and the body {}",
            body.len()
        )),
        false => Ok(sizes),
    }
}

/// The sizes of buffers after decompression.
fn unpacked<'b>(
    buffers: impl IntoIterator<Item = &'b arrow_ipc::Buffer> + Clone,
    body: &[u8],
) -> Result<Vec<usize>, String> {
    stored(buffers.clone(), body)?;
    let mut sum = 0u64;
    let buffers = buffers.into_iter().enumerate();
    let sizes = buffers.map(|(number, buffer)| {
        let packed = at(number, buffer, body)?;
        if packed.is_empty() {
            return Ok(0);
        }
        let Some((size, packed)) = packed.split_first_chunk() else {
            return Err(format!(
                "buffer {number} has no place for the size of its content"
            ));
        };
        // Buffers that compression doesn't shorten are stored.
        let size = match i64::from_le_bytes(*size) {
            -1 => packed.len() as u64,
            size => u64::try_from(size)
                .map_err(|_| format!("buffer {number} has {size} bytes after decompression"))?,
        };
        sum.tally(size);
        usize::try_from(size).map_err(|error| error.to_string())
    });
    let sizes = sizes.collect::<Result<Vec<usize>, String>>()?;
    // LZ4 may yield more than is stated before that is an error, but no more than 255 bytes for each.
    let most = most_unpacked(body.len() as u64);
    match sum > most {
        true => Err(format!(
            "its {} bytes are {sum} after decompression, and may be {most}; write smaller batches",
            body.len()
        )),
        false => Ok(sizes),
    }
}

/// The bytes of a buffer.
fn at<'d>(number: usize, buffer: &arrow_ipc::Buffer, body: &'d [u8]) -> Result<&'d [u8], String> {
    let (start, length) = (buffer.offset(), buffer.length());
    let start_at = usize::try_from(start).ok();
    let end = start_at.and_then(|start| start.checked_add(usize::try_from(length).ok()?));
    let bytes = start_at
        .zip(end)
        .and_then(|(start, end)| body.get(start..end));
    bytes.ok_or_else(|| {
        format!(
            "buffer {number}, of {length} bytes from {start}, lies outside of the body of {} bytes",
            body.len()
        )
    })
}

/// The columns of a batch, each of which takes the buffers that it needs.
struct Columns<N, B, C> {
    nodes: N,
    /// Their sizes.
    buffers: B,
    /// How many buffers views have, each in turn.
    counts: C,
    /// Rows that there may be.
    most: usize,
}

impl<'n, N, B, C> Columns<N, B, C>
where
    N: Iterator<Item = &'n arrow_ipc::FieldNode>,
    B: Iterator<Item = usize> + ExactSizeIterator,
    C: Iterator<Item = i64>,
{
    fn length(&self, length: i64) -> Result<usize, String> {
        let own = usize::try_from(length).ok();
        own.filter(|length| *length <= self.most)
            .ok_or_else(|| format!("{length} rows, and there are bytes for {}", self.most))
    }

    fn buffer(&mut self, what: &str, needed: Option<usize>) -> Result<usize, String> {
        let Some(size) = self.buffers.next() else {
            return Err(format!("the batch has no buffer for its {what}"));
        };
        match needed {
            Some(needed) if size >= needed => Ok(size),
            Some(needed) => Err(format!("its {what} have {size} bytes, and need {needed}")),
            None => Err(format!("its {what} need more bytes than there can be")),
        }
    }

    /// Items of a fixed size, of which the buffer has whole ones.
    fn items(&mut self, what: &str, length: usize, width: usize) -> Result<(), String> {
        let size = self.buffer(what, length.checked_mul(width))?;
        match size.is_multiple_of(width) {
            true => Ok(()),
            false => Err(format!("its {what} have {size} bytes, and {width} each")),
        }
    }

    /// Where items begin and end. Without an item there may be no buffer.
    fn offsets(&mut self, length: usize, width: usize) -> Result<(), String> {
        let count = match length {
            0 => 0,
            _ => length.past(1),
        };
        self.items("offsets", count, width)
    }

    /// A column, and how many rows it has. As deep as columns may nest.
    fn column(&mut self, kind: &DataType) -> Result<usize, String> {
        let Some(node) = self.nodes.next() else {
            return Err("the batch has no such column".to_owned());
        };
        let length = self.length(node.length())?;
        let nulls = usize::try_from(node.null_count()).ok();
        let Some(nulls) = nulls.filter(|nulls| *nulls <= length) else {
            return Err(format!(
                "{} of its {length} rows are null",
                node.null_count()
            ));
        };
        if *kind == DataType::Null {
            return Ok(length);
        }
        let bits = match nulls {
            0 => 0,
            _ => length.div_ceil(8),
        };
        self.buffer("validity bits", Some(bits))?;
        match kind {
            DataType::Boolean => {
                self.buffer("values", Some(length.div_ceil(8)))?;
            }
            DataType::Utf8 | DataType::Binary => {
                self.offsets(length, 4)?;
                self.buffer("bytes", Some(0))?;
            }
            DataType::LargeUtf8 | DataType::LargeBinary => {
                self.offsets(length, 8)?;
                self.buffer("bytes", Some(0))?;
            }
            DataType::Utf8View | DataType::BinaryView => {
                self.items("views", length, 16)?;
                let count = self
                    .counts
                    .next()
                    .and_then(|count| usize::try_from(count).ok());
                let Some(count) = count.filter(|count| *count <= self.buffers.len()) else {
                    return Err("the batch doesn't have the buffers of its views".to_owned());
                };
                for _ in 0..count {
                    self.buffer("bytes", Some(0))?;
                }
            }
            DataType::FixedSizeBinary(width) => {
                let width = usize::try_from(*width).ok();
                let size = width.and_then(|width| width.checked_mul(length));
                self.buffer("values", size)?;
            }
            DataType::List(item) => {
                self.offsets(length, 4)?;
                self.column(item.data_type())?;
            }
            DataType::LargeList(item) => {
                self.offsets(length, 8)?;
                self.column(item.data_type())?;
            }
            DataType::FixedSizeList(item, count) => {
                let needed = usize::try_from(*count).ok();
                let needed = needed.and_then(|count| count.checked_mul(length));
                let items = self.column(item.data_type())?;
                if needed.is_none_or(|needed| items < needed) {
                    return Err(format!("{items} items in {length} lists of {count}"));
                }
            }
            DataType::Struct(fields) => {
                for field in fields {
                    let name = field.name();
                    let own = self.column(field.data_type());
                    let own = own.map_err(|text| format!("{name:?}: {text}"))?;
                    if own != length {
                        return Err(format!("{name:?}: {own} values in {length} groups"));
                    }
                }
            }
            DataType::Dictionary(keys, _) => {
                let width = keys.primitive_width().unwrap_or(1);
                self.items("keys", length, width)?;
            }
            other => match other.primitive_width() {
                Some(width) => self.items("values", length, width)?,
                None => return Err(format!("no field of a format is a {other}")),
            },
        }
        Ok(length)
    }
}
