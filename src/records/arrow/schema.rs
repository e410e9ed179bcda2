//! Columns as fields of Arrow.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field as ArrowField, Fields, Schema as ArrowSchema, TimeUnit};

use crate::records::{Epoch, Field, Meaning, Schema, Type};

/// The schema of Arrow for columns.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Columns, arrow};
///
/// let columns = Columns::new(&Struct::new("<I~unix:time 2f:at")?.into()).unwrap();
/// let schema = arrow::schema(columns.schema());
/// assert_eq!(schema.field(0).data_type().to_string(), "Timestamp(ms, \"UTC\")");
/// assert_eq!(schema.metadata()["bytewright.format"], "<I~unix:time 2f:at");
/// # Ok::<(), bytewright::Error>(())
/// ```
pub fn schema(schema: &Schema) -> ArrowSchema {
    let fields: Vec<ArrowField> = schema.fields.iter().map(field).collect();
    let mut metadata = HashMap::new();
    if !schema.format.is_empty() {
        metadata.insert("bytewright.format".to_owned(), schema.format.clone());
    }
    ArrowSchema::new_with_metadata(fields, metadata)
}

pub(super) fn field(field: &Field) -> ArrowField {
    let mut metadata = HashMap::new();
    if !field.doc.is_empty() {
        metadata.insert("doc".to_owned(), field.doc.clone());
    }
    if matches!(field.meaning, Meaning::Uuid) {
        let key = "ARROW:extension:name".to_owned();
        metadata.insert(key, "arrow.uuid".to_owned());
    }
    ArrowField::new(field.name(), data_type(field), true).with_metadata(metadata)
}

/// The unit of timestamps, and nanoseconds in it. Parquet has no seconds.
pub(super) fn unit(epoch: Epoch) -> (TimeUnit, i128) {
    match epoch {
        Epoch::Filetime => (TimeUnit::Nanosecond, 1),
        _ => (TimeUnit::Millisecond, 1_000_000),
    }
}

pub(super) fn data_type(field: &Field) -> DataType {
    let is_integer = matches!(field.data, Type::Int { .. });
    match &field.meaning {
        Meaning::Time(epoch) if is_integer => {
            let (unit, _) = unit(*epoch);
            return DataType::Timestamp(unit, epoch.is_utc().then(|| "UTC".into()));
        }
        Meaning::Names(_)
            if is_integer || matches!(field.data, Type::Bytes { .. } | Type::Text) =>
        {
            return DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        }
        Meaning::Fixed(_) if is_integer => return DataType::Float64,
        _ => {}
    }
    match &field.data {
        Type::Bool => DataType::Boolean,
        Type::Int { signed, bits } => match (signed, bits) {
            (true, 8) => DataType::Int8,
            (true, 16) => DataType::Int16,
            (true, 32) => DataType::Int32,
            (true, 64) => DataType::Int64,
            (false, 8) => DataType::UInt8,
            (false, 16) => DataType::UInt16,
            (false, 32) => DataType::UInt32,
            (false, 64) => DataType::UInt64,
            // No decimal type that all readers know has 39 digits.
            _ => DataType::Utf8,
        },
        Type::Float { bits: 32 } => DataType::Float32,
        Type::Float { .. } => DataType::Float64,
        Type::Complex => DataType::Struct(complex()),
        Type::Bytes {
            width: Some(width @ 1..),
        } => match i32::try_from(*width) {
            Ok(width) => DataType::FixedSizeBinary(width),
            Err(_) => DataType::Binary,
        },
        Type::Bytes { .. } => DataType::Binary,
        Type::Text | Type::Any => DataType::Utf8,
        Type::List { item, length } => {
            let item = Arc::new(self::field(item));
            match length.filter(|length| *length > 0).map(i32::try_from) {
                Some(Ok(length)) => DataType::FixedSizeList(item, length),
                _ => DataType::List(item),
            }
        }
        Type::Struct(fields) => DataType::Struct(fields.iter().map(self::field).collect()),
    }
}

/// The parts of a complex number.
pub(super) fn complex() -> Fields {
    let part = |name| ArrowField::new(name, DataType::Float64, false);
    Fields::from(vec![part("re"), part("im")])
}
