//! Bytes and nested values as text, for forms of output that hold text alone.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::writer::{EncoderOptions, make_encoder};

/// The schema of rows whose bytes are text, and whose nested values are text where `flat` says so.
pub(crate) fn schema(schema: &Schema, flat: bool) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data = field.data_type();
        match is_bytes(data) || (flat && data.is_nested()) {
            true => Field::new(field.name(), DataType::Utf8, true),
            false => field.as_ref().clone(),
        }
    });
    Arc::new(Schema::new(fields.collect::<Vec<Field>>()))
}

/// The same rows with text in the place of bytes: themselves without the NULs at their end where they are printable
/// UTF-8, and otherwise `x'00ff'`; and, where `flat` says so, with JSON in the place of nested values.
pub(crate) fn batch(batch: &RecordBatch, flat: bool) -> Result<RecordBatch, ArrowError> {
    let before = batch.schema();
    let columns = batch.columns().iter().zip(before.fields());
    let columns = columns.map(|(array, field)| column(array, field, flat));
    let columns = columns.collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
    RecordBatch::try_new(schema(&before, flat), columns)
}

fn is_bytes(data: &DataType) -> bool {
    matches!(
        data,
        DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_)
    )
}

fn column(array: &ArrayRef, field: &FieldRef, flat: bool) -> Result<ArrayRef, ArrowError> {
    if flat && array.data_type().is_nested() {
        return nested(array, field);
    }
    if !is_bytes(array.data_type()) {
        return Ok(Arc::clone(array));
    }
    let bytes = |row| match array.data_type() {
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary().value(row),
        DataType::BinaryView => array.as_binary_view().value(row),
        DataType::LargeBinary => array.as_binary::<i64>().value(row),
        _ => array.as_binary::<i32>().value(row),
    };
    let rows = 0..array.len();
    let texts = rows.map(|row| array.is_valid(row).then(|| text(bytes(row))));
    Ok(Arc::new(texts.collect::<StringArray>()))
}

fn nested(array: &ArrayRef, field: &FieldRef) -> Result<ArrayRef, ArrowError> {
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(field, array, &options)?;
    let mut json = Vec::new();
    let rows = (0..array.len()).map(|row| {
        if array.is_null(row) {
            return None;
        }
        json.clear();
        encoder.encode(row, &mut json);
        Some(String::from_utf8_lossy(&json).into_owned())
    });
    Ok(Arc::new(rows.collect::<StringArray>()))
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    let filled = bytes
        .get(..end.map_or(0, |end| end.saturating_add(1)))
        .unwrap_or(bytes);
    match std::str::from_utf8(filled) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => {
            let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
                // Writing into a string never fails.
                let _ = write!(digits, "{byte:02x}");
                digits
            });
            format!("x'{digits}'")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn bytes_are_text_where_they_can_be() {
        assert_eq!(text(b"B"), "B");
        assert_eq!(text(b"ab\0\0"), "ab");
        assert_eq!(text(b"a\0b"), "x'610062'");
        assert_eq!(text(b"\xff\n"), "x'ff0a'");
        assert_eq!(text("ä".as_bytes()), "ä");
    }
}
