//! Columns as arrays of Arrow.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::builder::StringBuilder;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMillisecondType,
    TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray,
    Float64Array, Int32Array, ListArray, PrimitiveArray, RecordBatch, RecordBatchOptions,
    StringArray, StructArray,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Schema as ArrowSchema, TimeUnit};

use super::of_arrow;
use super::schema::{complex, data_type, field as arrow_field, schema, unit};
use crate::offset::Position;
use crate::records::{Batch, Column, Epoch, Field, Meaning, Schema, Strings, Type, Values};
use crate::value::Value;

/// Makes record batches of Arrow out of batches.
#[derive(Debug)]
pub struct Converter {
    own: Schema,
    arrow: Arc<ArrowSchema>,
    /// How many values Arrow's types can't hold.
    lost: AtomicU64,
}

impl Converter {
    /// For rows of these columns.
    pub fn new(own: &Schema) -> Converter {
        Converter {
            arrow: Arc::new(schema(own)),
            own: own.clone(),
            lost: AtomicU64::new(0),
        }
    }

    /// The schema of the record batches.
    pub fn schema(&self) -> &Arc<ArrowSchema> {
        &self.arrow
    }

    /// How many values became absent since the type of their column can't hold them, such as times outside the range of
    /// timestamps, plus how many texts had bytes replaced that aren't UTF-8.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// The rows of a batch.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] where the rows are too large for a batch of Arrow.
    pub fn convert(&self, batch: Batch) -> io::Result<RecordBatch> {
        let rows = batch.rows;
        let columns = self.own.fields.iter().zip(batch.columns);
        let columns = columns.map(|(field, column)| self.array(column, field));
        let columns: Result<Vec<ArrayRef>, ArrowError> = columns.collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = columns.and_then(|columns| {
            RecordBatch::try_new_with_options(Arc::clone(&self.arrow), columns, &options)
        });
        batch.map_err(of_arrow)
    }

    /// As deep as the columns nest.
    fn array(&self, column: Column, field: &Field) -> Result<ArrayRef, ArrowError> {
        let Column { values, valid } = column;
        let rows = values.len();
        let nulls = valid.map(NullBuffer::from);
        let is_integer = matches!(field.data, Type::Int { .. });
        match &field.meaning {
            Meaning::Time(epoch) if is_integer => {
                return Ok(self.times(&values, nulls.as_ref(), *epoch));
            }
            Meaning::Names(_) if !matches!(data_type(field), DataType::Utf8) => {
                return self.names(&values, nulls.as_ref(), field);
            }
            Meaning::Fixed(bits) if is_integer => {
                let scale = 0.5f64.powi(i32::try_from(*bits).unwrap_or(0));
                let plain = Field::new(Vec::new(), Type::Any);
                let numbers = (0..rows).map(|row| {
                    let value = values.value(row, &plain)?;
                    value.as_f64().map(|x| x * scale)
                });
                let numbers: Vec<f64> = numbers.map(Option::unwrap_or_default).collect();
                return Ok(Arc::new(Float64Array::try_new(numbers.into(), nulls)?));
            }
            _ => {}
        }
        macro_rules! primitive {
            ($($variant:ident $type:ty;)*) => {
                match values {
                    $(Values::$variant(values) => {
                        Arc::new(PrimitiveArray::<$type>::try_new(ScalarBuffer::from(values), nulls)?)
                    })*
                    values => return self.other(values, nulls, field),
                }
            };
        }
        let array: ArrayRef = primitive! {
            I8 Int8Type;
            I16 Int16Type;
            I32 Int32Type;
            I64 Int64Type;
            U8 UInt8Type;
            U16 UInt16Type;
            U32 UInt32Type;
            U64 UInt64Type;
            F32 Float32Type;
            F64 Float64Type;
        };
        Ok(array)
    }

    fn other(
        &self,
        values: Values,
        nulls: Option<NullBuffer>,
        field: &Field,
    ) -> Result<ArrayRef, ArrowError> {
        let rows = values.len();
        Ok(match values {
            Values::Bool(values) => Arc::new(BooleanArray::new(values.into(), nulls)),
            Values::I128(values) => digits(&values, nulls.as_ref()),
            Values::U128(values) => digits(&values, nulls.as_ref()),
            Values::Complex(values) => {
                let part = |i: usize| {
                    let parts = values
                        .iter()
                        .map(|pair| pair.get(i).copied().unwrap_or_default());
                    Arc::new(Float64Array::from(parts.collect::<Vec<f64>>())) as ArrayRef
                };
                let parts = vec![part(0), part(1)];
                Arc::new(StructArray::try_new(complex(), parts, nulls)?)
            }
            Values::Fixed { width, bytes, .. } => match i32::try_from(width) {
                Ok(size @ 1..) => {
                    Arc::new(FixedSizeBinaryArray::try_new(size, bytes.into(), nulls)?)
                }
                _ => {
                    let ends = (1..=rows).map(|row| row.saturating_mul(width)).collect();
                    let strings = Strings { ends, bytes };
                    Arc::new(BinaryArray::try_new(
                        offsets(&strings.ends)?,
                        strings.bytes.into(),
                        nulls,
                    )?)
                }
            },
            Values::Bytes(strings) => Arc::new(BinaryArray::try_new(
                offsets(&strings.ends)?,
                strings.bytes.into(),
                nulls,
            )?),
            Values::Text(strings) => self.text(strings, nulls)?,
            Values::Array { items, length, .. } => {
                let Type::List { item, .. } = &field.data else {
                    return Err(mismatch(field));
                };
                let inner = Arc::new(arrow_field(item));
                let items = self.array(*items, item)?;
                match i32::try_from(length) {
                    Ok(length @ 1..) => {
                        Arc::new(FixedSizeListArray::try_new(inner, length, items, nulls)?)
                    }
                    _ => {
                        let ends: Vec<usize> =
                            (1..=rows).map(|row| row.saturating_mul(length)).collect();
                        Arc::new(ListArray::try_new(inner, offsets(&ends)?, items, nulls)?)
                    }
                }
            }
            Values::List { ends, items } => {
                let Type::List { item, .. } = &field.data else {
                    return Err(mismatch(field));
                };
                let inner = Arc::new(arrow_field(item));
                let items = self.array(*items, item)?;
                Arc::new(ListArray::try_new(inner, offsets(&ends)?, items, nulls)?)
            }
            Values::Struct { columns, .. } => {
                let Type::Struct(fields) = &field.data else {
                    return Err(mismatch(field));
                };
                let arrays = fields.iter().zip(columns);
                let arrays = arrays.map(|(field, column)| self.array(column, field));
                let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
                let fields = fields.iter().map(arrow_field).collect();
                Arc::new(StructArray::try_new_with_length(
                    fields, arrays, nulls, rows,
                )?)
            }
            Values::Any(values) => {
                let mut texts = StringBuilder::new();
                for (row, value) in values.iter().enumerate() {
                    let is_there = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                    match is_there {
                        true => texts.append_value(shown(value)),
                        false => texts.append_null(),
                    }
                }
                Arc::new(texts.finish())
            }
            _ => return Err(mismatch(field)),
        })
    }

    /// Text in UTF-8; other bytes become the replacement character U+FFFD.
    fn text(&self, strings: Strings, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let ends = offsets(&strings.ends)?;
        let bytes: Buffer = strings.bytes.into();
        // Arrow checks that each is UTF-8; buffers are shared, so trying costs no copy.
        if let Ok(array) = StringArray::try_new(ends.clone(), bytes.clone(), nulls.clone()) {
            return Ok(Arc::new(array));
        }
        let mut lossy = Strings::default();
        for span in ends.windows(2) {
            let &[start, end] = span else { continue };
            let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
            let text = bytes.get(range).unwrap_or_default();
            if std::str::from_utf8(text).is_err() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
            lossy.push(String::from_utf8_lossy(text).as_bytes());
        }
        let bytes: Buffer = lossy.bytes.into();
        let array = StringArray::try_new(offsets(&lossy.ends)?, bytes, nulls)?;
        Ok(Arc::new(array))
    }

    fn times(&self, values: &Values, nulls: Option<&NullBuffer>, epoch: Epoch) -> ArrayRef {
        let (unit, nanos) = unit(epoch);
        let plain = Field::new(Vec::new(), Type::Any);
        let rows = values.len();
        let mut times = Vec::with_capacity(rows);
        let mut valid = Vec::with_capacity(rows);
        for row in 0..rows {
            let is_there = nulls.is_none_or(|nulls| nulls.is_valid(row));
            let count = values.value(row, &plain).and_then(|value| value.as_int());
            let time = count
                .and_then(|count| epoch.nanos(count)?.checked_div(nanos))
                .and_then(|time| i64::try_from(time).ok());
            if is_there && time.is_none() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
            valid.push(is_there && time.is_some());
            times.push(time.unwrap_or(0));
        }
        let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
        let zone = epoch.is_utc().then_some("UTC");
        match unit {
            TimeUnit::Nanosecond => {
                let array = PrimitiveArray::<TimestampNanosecondType>::new(times.into(), nulls);
                Arc::new(array.with_timezone_opt(zone))
            }
            _ => {
                let array = PrimitiveArray::<TimestampMillisecondType>::new(times.into(), nulls);
                Arc::new(array.with_timezone_opt(zone))
            }
        }
    }

    /// Values by their names; one without is text of its own.
    fn names(
        &self,
        values: &Values,
        nulls: Option<&NullBuffer>,
        field: &Field,
    ) -> Result<ArrayRef, ArrowError> {
        let Meaning::Names(names) = &field.meaning else {
            return Err(mismatch(field));
        };
        let plain = Field::new(Vec::new(), Type::Any);
        let mut known: HashMap<String, i32> = HashMap::new();
        let mut all: Vec<String> = Vec::new();
        let mut keys: Vec<Option<i32>> = Vec::with_capacity(values.len());
        // Few values repeat: the name of each integer is looked up once.
        let mut met: HashMap<i128, i32> = HashMap::new();
        for row in 0..values.len() {
            let is_there = nulls.is_none_or(|nulls| nulls.is_valid(row));
            let Some(value) = values.value(row, &plain).filter(|_| is_there) else {
                keys.push(None);
                continue;
            };
            let number = value.as_int();
            if let Some(key) = number.and_then(|n| met.get(&n)) {
                keys.push(Some(*key));
                continue;
            }
            let name = match names.name(&value) {
                Some(name) => name.to_owned(),
                None => shown(&value),
            };
            let key = match known.get(&name) {
                Some(key) => *key,
                None => {
                    let key = i32::try_from(all.len()).unwrap_or(i32::MAX);
                    known.insert(name.clone(), key);
                    all.push(name);
                    key
                }
            };
            if let Some(number) = number {
                met.insert(number, key);
            }
            keys.push(Some(key));
        }
        let texts = StringArray::from(all);
        let keys = Int32Array::from(keys);
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
            keys,
            Arc::new(texts),
        )?))
    }
}

fn mismatch(field: &Field) -> ArrowError {
    ArrowError::SchemaError(format!(
        "{}: the column has another type than its field",
        field.name()
    ))
}

/// Integers of 128 bits as text.
fn digits<T: ToString>(values: &[T], nulls: Option<&NullBuffer>) -> ArrayRef {
    let mut texts = StringBuilder::new();
    for (row, value) in values.iter().enumerate() {
        match nulls.is_none_or(|nulls| nulls.is_valid(row)) {
            true => texts.append_value(value.to_string()),
            false => texts.append_null(),
        }
    }
    Arc::new(texts.finish())
}

/// Where arrays of any length begin and end.
fn offsets(ends: &[usize]) -> Result<OffsetBuffer<i32>, ArrowError> {
    let wrong = |text: &str| ArrowError::InvalidArgumentError(text.to_owned());
    if !ends.is_sorted() {
        return Err(wrong("an item of a batch ends before the one before it"));
    }
    let last = ends.last().copied().unwrap_or(0);
    if i32::try_from(last).is_err() {
        return Err(wrong("a batch has more than 2 GiB of text or bytes"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "none is more than the last"
    )]
    let offsets = ends.iter().map(|end| *end as i32);
    let mut all = Vec::with_capacity(ends.len().past(1));
    all.push(0);
    all.extend(offsets);
    Ok(OffsetBuffer::new(all.into()))
}

/// A value as text.
fn shown(value: &Value) -> String {
    match value {
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_end_matches('\0').to_owned(),
            Err(_) => value.to_string(),
        },
        other => other.to_string(),
    }
}
