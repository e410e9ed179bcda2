//! Rows of files of record batches, value by value.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema, TimeUnit};

use super::dictionary::Dictionary;
use super::{Container, ipc, parquet};
use crate::records::Cell;
use crate::structs::DataError;
use crate::value::{Record, Value};

/// The input of rows.
pub enum Input {
    /// A file, which can be read at positions.
    File(File),
    /// A stream.
    Stream(Box<dyn Read>),
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Input::File(_) => "File",
            Input::Stream(_) => "Stream",
        })
    }
}

/// A callback for a row: the names of its columns, and their values.
pub type Visit<'v, E> = dyn FnMut(&[String], &[Cell]) -> Result<(), E> + 'v;

/// Hands over each row: the names of its columns, and their values.
///
/// # Errors
///
/// When the file can't be read or is broken, a column is of a type that no field of a format has, a file was
/// asked for where there is a stream, and those of `visit`.
pub fn rows<E: From<io::Error>>(
    container: Container,
    input: Input,
    visit: &mut Visit<'_, E>,
) -> Result<(), E> {
    let no_file = || {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is read from its end, so it has to be a file; a stream is read as -O arrows",
        )
    };
    match (container, input) {
        (Container::Stream, input) => {
            let stream: Box<dyn Read> = match input {
                Input::File(file) => Box::new(file),
                Input::Stream(stream) => stream,
            };
            batches(ipc::IpcBatches::stream(stream)?, visit)
        }
        (_, Input::Stream(_)) => Err(no_file().into()),
        (Container::File, Input::File(file)) => batches(ipc::IpcBatches::file(file)?, visit),
        (Container::Parquet, Input::File(file)) => batches(parquet::Batches::new(file)?, visit),
    }
}

/// Rows that were decoded.
pub(super) struct Rows {
    /// The columns as the file states them.
    pub(super) schema: Arc<Schema>,
    /// The columns as they are decoded: of a dictionary as its keys, of views of text as views of bytes.
    pub(super) batch: RecordBatch,
    /// The dictionary of each column that has one.
    pub(super) dictionaries: Vec<Option<Arc<Dictionary>>>,
}

/// The most bytes of a row's values: a text may be the value of many items and be in the file once.
const ROW: usize = 256 << 20;

fn batches<E: From<io::Error>>(
    batches: impl Iterator<Item = io::Result<Rows>>,
    visit: &mut Visit<'_, E>,
) -> Result<(), E> {
    for rows in batches {
        let Rows {
            schema,
            batch,
            dictionaries,
        } = rows?;
        let fields = schema.fields().iter();
        let names: Vec<String> = fields.map(|field| field.name().clone()).collect();
        let mut cells = Vec::with_capacity(names.len());
        for row in 0..batch.num_rows() {
            cells.clear();
            let mut left = ROW;
            for (at, (array, field)) in batch.columns().iter().zip(schema.fields()).enumerate() {
                let cell = match field.data_type() {
                    DataType::Dictionary(keys, values) => {
                        let dictionary = dictionaries.get(at).and_then(Option::as_deref);
                        named(array, (keys, values), dictionary, row, &mut left)
                    }
                    kind => cell(array, kind, row, &mut left),
                };
                cells.push(cell.map_err(|error| {
                    let name = field.name();
                    io::Error::from(DataError::other(format!("{name}: {error}")))
                })?);
            }
            visit(&names, &cells)?;
        }
    }
    Ok(())
}

/// The value of a dictionary that a key stands for.
fn named(
    array: &dyn Array,
    (keys, values): (&DataType, &DataType),
    dictionary: Option<&Dictionary>,
    row: usize,
    left: &mut usize,
) -> Result<Cell, String> {
    if array.is_null(row) {
        return Ok(Cell::Absent);
    }
    let key = value(array, keys, row, left)?;
    let at = key.as_int().and_then(|key| usize::try_from(key).ok());
    match at.and_then(|key| dictionary?.find(key)) {
        Some((part, row)) => cell(part, values, row, left),
        None => Err(format!(
            "its key is {key}, and the dictionary has {} values",
            dictionary.map_or(0, Dictionary::len)
        )),
    }
}

fn cell(array: &dyn Array, kind: &DataType, row: usize, left: &mut usize) -> Result<Cell, String> {
    // An array of this type has no bits for null values.
    if array.is_null(row) || *kind == DataType::Null {
        return Ok(Cell::Absent);
    }
    let nanos = |time: i64, unit: i128| i128::from(time).checked_mul(unit).map(Cell::Nanos);
    let time = match kind {
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => nanos(
                array.as_primitive::<TimestampSecondType>().value(row),
                1_000_000_000,
            ),
            TimeUnit::Millisecond => nanos(
                array.as_primitive::<TimestampMillisecondType>().value(row),
                1_000_000,
            ),
            TimeUnit::Microsecond => nanos(
                array.as_primitive::<TimestampMicrosecondType>().value(row),
                1000,
            ),
            TimeUnit::Nanosecond => nanos(
                array.as_primitive::<TimestampNanosecondType>().value(row),
                1,
            ),
        },
        _ => return Ok(Cell::Plain(value(array, kind, row, left)?)),
    };
    time.ok_or_else(|| "a time beyond all calendars".to_owned())
}

/// Charges bytes to the limit of a row.
fn spend(left: &mut usize, bytes: usize) -> Result<(), String> {
    let rest = left.checked_sub(bytes);
    *left = rest.ok_or_else(|| format!("the row takes more than {ROW} bytes"))?;
    Ok(())
}

/// As deep as the columns nest.
fn value(
    array: &dyn Array,
    kind: &DataType,
    row: usize,
    left: &mut usize,
) -> Result<Value, String> {
    spend(left, size_of::<Value>())?;
    macro_rules! integer {
        ($type:ty) => {
            Value::Int(array.as_primitive::<$type>().value(row).into())
        };
    }
    macro_rules! bytes {
        ($array:expr) => {{
            let all = $array.value(row);
            spend(left, all.len())?;
            Value::from(all)
        }};
    }
    macro_rules! items {
        ($array:expr, $item:expr) => {{
            let items: ArrayRef = $array.value(row);
            let kind = $item.data_type();
            let values = (0..items.len()).map(|row| value(&items, kind, row, left));
            Value::List(values.collect::<Result<_, _>>()?)
        }};
    }
    if array.is_null(row) {
        return Err("an item has no value".to_owned());
    }
    Ok(match kind {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Int8 => integer!(Int8Type),
        DataType::Int16 => integer!(Int16Type),
        DataType::Int32 => integer!(Int32Type),
        DataType::Int64 => integer!(Int64Type),
        DataType::UInt8 => integer!(UInt8Type),
        DataType::UInt16 => integer!(UInt16Type),
        DataType::UInt32 => integer!(UInt32Type),
        DataType::UInt64 => integer!(UInt64Type),
        DataType::Float16 => Value::Float(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => Value::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, 0) => Value::Int(array.as_primitive::<Decimal128Type>().value(row)),
        DataType::Decimal256(_, 0) => {
            let n = array.as_primitive::<Decimal256Type>().value(row);
            match (n.to_i128(), n.to_parts()) {
                (Some(n), _) => Value::Int(n),
                (None, (low, 0)) => Value::from(low),
                _ => return Err("a number of more than 128 bits".to_owned()),
            }
        }
        DataType::Utf8 => bytes!(array.as_string::<i32>()),
        DataType::LargeUtf8 => bytes!(array.as_string::<i64>()),
        DataType::Utf8View => match array.as_binary_view_opt() {
            Some(views) => {
                let all = views.value(row);
                spend(left, all.len())?;
                Value::from(std::str::from_utf8(all).map_err(|error| error.to_string())?)
            }
            None => bytes!(array.as_string_view()),
        },
        DataType::Binary => bytes!(array.as_binary::<i32>()),
        DataType::LargeBinary => bytes!(array.as_binary::<i64>()),
        DataType::BinaryView => bytes!(array.as_binary_view()),
        DataType::FixedSizeBinary(_) => bytes!(array.as_fixed_size_binary()),
        DataType::FixedSizeList(item, _) => items!(array.as_fixed_size_list(), item),
        DataType::List(item) => items!(array.as_list::<i32>(), item),
        DataType::LargeList(item) => items!(array.as_list::<i64>(), item),
        DataType::Struct(fields) => {
            let group = array.as_struct();
            let mut entries = Vec::with_capacity(fields.len());
            for (field, column) in fields.iter().zip(group.columns()) {
                if column.is_valid(row) {
                    spend(left, field.name().len())?;
                    let inside = value(column, field.data_type(), row, left)?;
                    entries.push((field.name().clone(), inside));
                }
            }
            Value::Record(Record::from_iter(entries))
        }
        other => return Err(format!("no field of a format is a {other}")),
    })
}
