//! Dictionaries of Arrow, and the types that columns are decoded as.
//!
//! The crate that decodes reads a whole dictionary for each batch whose keys refer to it, copies it for each message
//! that adds to it, and reads a text for each view of it: this takes time that the size of the file doesn't bound. So
//! columns of a dictionary are decoded as their keys, and views of text as views of bytes, and a value is only read
//! where a row has it.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{DataType, Field, Schema};

use crate::offset::Position;

/// The values of a dictionary, in the parts that they came in.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    /// Each part, and how many values there are up to its end.
    parts: Vec<(usize, ArrayRef)>,
}

impl Dictionary {
    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.parts.last().map_or(0, |(end, _)| *end)
    }

    /// Adds values after those that there are.
    pub(super) fn add(&mut self, values: ArrayRef) {
        let end = self.len().past(values.len());
        self.parts.push((end, values));
    }

    /// The part that has the value of a key, and where in it.
    pub(super) fn find(&self, key: usize) -> Option<(&ArrayRef, usize)> {
        let at = self.parts.partition_point(|(end, _)| *end <= key);
        let (_, values) = self.parts.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.parts.get(before));
        let start = before.map_or(0, |(end, _)| *end);
        Some((values, key.checked_sub(start)?))
    }
}

/// A schema as it is decoded.
pub(super) fn decoded(schema: &Schema) -> Result<Schema, String> {
    let fields = schema.fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Dictionary(keys, values) => {
                // Its values are decoded by themselves.
                plain(values).map_err(|text| format!("column {:?}: {text}", field.name()))?;
                (**keys).clone()
            }
            kind => plain(kind).map_err(|text| format!("column {:?}: {text}", field.name()))?,
        };
        // A field that has a dictionary would be looked for in those of the crate.
        Ok(Field::new(field.name(), kind, field.is_nullable()))
    });
    Ok(Schema::new(fields.collect::<Result<Vec<Field>, String>>()?))
}

/// The type that one of no dictionary is decoded as. As deep as columns may nest.
pub(super) fn plain(kind: &DataType) -> Result<DataType, String> {
    let item = |item: &Arc<Field>| -> Result<Arc<Field>, String> {
        let kind = plain(item.data_type())?;
        Ok(Arc::new(Field::new(item.name(), kind, item.is_nullable())))
    };
    Ok(match kind {
        DataType::Utf8View => DataType::BinaryView,
        DataType::List(own) => DataType::List(item(own)?),
        DataType::LargeList(own) => DataType::LargeList(item(own)?),
        DataType::FixedSizeList(own, length) => DataType::FixedSizeList(item(own)?, *length),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(item).collect::<Result<_, _>>()?)
        }
        DataType::Dictionary(..) => {
            return Err(format!(
                "no field of a format is a {kind} in another column"
            ));
        }
        other => other.clone(),
    })
}
