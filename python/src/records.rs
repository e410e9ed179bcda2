//! Many records as columns of NumPy.

use std::path::PathBuf;

use bytewright::records::{
    Batch, Blocks, Column, Columns, Error, Field, Filter, Meaning, Rows, Schema, Values,
};
use bytewright::schema::Compiled;
use bytewright::{Source, Struct};
use pyo3::exceptions::{PyKeyError, PyOSError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyDict, PyList};

use crate::errors::{self, DataFormatError};
use crate::values::to_python;

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(records, module)?)
}

/// The records of a file as arrays of NumPy, by the names of columns.
#[pyfunction]
#[pyo3(signature = (format, path, /, *, select=None, r#where=None, skip=0, limit=None))]
fn records<'py>(
    py: Python<'py>,
    format: &str,
    path: PathBuf,
    select: Option<Vec<String>>,
    r#where: Option<&str>,
    skip: u64,
    limit: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    let compiled: Compiled = Struct::new(format)
        .map_err(|e| errors::of_format(py, &e))?
        .into();
    let source = Source::open(path)?;
    let columns = Columns::new(&compiled);
    let schema = match &columns {
        Some(columns) => columns.schema().clone(),
        None => py
            .detach(|| Rows::new(&compiled, &source, skip).schema())
            .map_err(|e| of_records(py, e))?,
    };
    let condition = r#where.map(|text| Filter::new(text, &schema)).transpose();
    let condition = condition.map_err(|e| errors::of_format(py, &e))?;
    let selected = match select {
        Some(names) => schema
            .select(&names)
            .map_err(|e| PyKeyError::new_err(e.to_string()))?,
        None => (0..schema.fields.len()).collect(),
    };
    let mut found = Found {
        py,
        parts: selected.iter().map(|_| Part::default()).collect(),
        selected,
        schema,
        condition,
        left: limit.unwrap_or(usize::MAX),
    };
    match columns {
        Some(columns) => {
            let mut blocks = Blocks::new(source.reader(skip), columns.size(), skip);
            let mut room = Vec::new();
            let mut batch = Batch::default();
            while found.left > 0 {
                let read = py.detach(|| -> Result<Option<Vec<u8>>, Error> {
                    let Some(block) = blocks.next(std::mem::take(&mut room))? else {
                        return Ok(None);
                    };
                    columns.decode(&block.bytes, block.offset, &mut batch)?;
                    Ok(Some(block.bytes))
                });
                let Some(bytes) = read.map_err(|e| of_records(py, e))? else {
                    break;
                };
                room = bytes;
                found.add(&mut batch)?;
                py.check_signals()?;
            }
        }
        None => {
            let rows = Rows::new(&compiled, &source, skip);
            let mut raised = None;
            let schema = found.schema.clone();
            let read = rows.each(&schema, &mut |batch| {
                let added = found.add(batch).and_then(|()| py.check_signals());
                raised = added.err();
                Ok(raised.is_none() && found.left > 0)
            });
            raised.map_or(Ok(()), Err)?;
            read.map_err(|e| of_records(py, e))?;
        }
    }
    found.finish()
}

fn of_records(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::Io(error) => errors::of_io(py, error),
        Error::Data(error) => errors::of_data(py, &error),
        // The advice at its end is for the command line.
        error if error.is_data() => {
            let message = error.to_string();
            DataFormatError::new_err(message.split(';').next().unwrap_or_default().to_owned())
        }
        error => PyOSError::new_err(error.to_string()),
    }
}

/// The columns so far.
struct Found<'py> {
    py: Python<'py>,
    parts: Vec<Part<'py>>,
    /// Which columns, by their indexes in the schema.
    selected: Vec<usize>,
    schema: Schema,
    condition: Option<Filter>,
    /// How many rows are still wanted.
    left: usize,
}

/// A column so far.
#[derive(Default)]
struct Part<'py> {
    /// NumPy's type of an item, where all values have one size, and how many items a row has.
    items: Option<(String, Option<usize>)>,
    bytes: Vec<u8>,
    /// Python's objects, where the values have none.
    objects: Option<Bound<'py, PyList>>,
    /// Which rows have a value; empty as long as all have.
    valid: Vec<bool>,
    rows: usize,
}

impl<'py> Found<'py> {
    fn add(&mut self, batch: &mut Batch) -> PyResult<()> {
        let (py, schema) = (self.py, &self.schema);
        if let Some(condition) = &self.condition {
            condition
                .apply(batch, schema)
                .map_err(|e| errors::of_data(py, &e))?;
        }
        let rows = batch.rows.min(self.left);
        self.left -= rows;
        for (part, index) in self.parts.iter_mut().zip(&self.selected) {
            if let (Some(column), Some(field)) =
                (batch.columns.get(*index), schema.fields.get(*index))
            {
                part.add(py, column, field, rows)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> PyResult<Bound<'py, PyDict>> {
        let numpy = self.py.import("numpy")?;
        let dict = PyDict::new(self.py);
        for (part, index) in self.parts.into_iter().zip(self.selected) {
            if let Some(field) = self.schema.fields.get(index) {
                dict.set_item(field.name(), part.finish(self.py, &numpy, field)?)?;
            }
        }
        Ok(dict)
    }
}

impl<'py> Part<'py> {
    fn add(
        &mut self,
        py: Python<'py>,
        column: &Column,
        field: &Field,
        rows: usize,
    ) -> PyResult<()> {
        if !self.valid.is_empty() || column.valid.is_some() {
            self.valid.resize(self.rows, true);
            self.valid.extend((0..rows).map(|row| column.is_valid(row)));
        }
        self.rows += rows;
        let plain = match (&self.objects, &column.values) {
            (Some(_), _) => None,
            (None, Values::Array { length, items, .. }) if items.valid.is_none() => {
                plain(&items.values, rows * length, &mut self.bytes)
                    .map(|name| (name, Some(*length)))
            }
            (None, values) => plain(values, rows, &mut self.bytes).map(|name| (name, None)),
        };
        if let Some(items) = plain {
            self.items = Some(items);
            return Ok(());
        }
        let objects = self.objects.get_or_insert_with(|| PyList::empty(py));
        for row in 0..rows {
            match (column.value(row, field), &column.values) {
                (Some(bytewright::Value::Bytes(text)), Values::Text(_)) => {
                    match std::str::from_utf8(&text) {
                        Ok(text) => objects.append(text)?,
                        Err(_) => {
                            objects.append(to_python(py, &bytewright::Value::Bytes(text))?)?
                        }
                    }
                }
                (Some(value), _) => objects.append(to_python(py, &value)?)?,
                (None, _) => objects.append(py.None())?,
            }
        }
        Ok(())
    }

    fn finish(
        self,
        py: Python<'py>,
        numpy: &Bound<'py, PyModule>,
        field: &Field,
    ) -> PyResult<Bound<'py, PyAny>> {
        let array = match (self.objects, self.items) {
            (Some(objects), _) => {
                // One by one: NumPy would make a second dimension of lists.
                let array = numpy.call_method1("empty", (objects.len(), "O"))?;
                for (row, value) in objects.iter().enumerate() {
                    array.set_item(row, value)?;
                }
                return Ok(array);
            }
            (None, Some((dtype, length))) => {
                let bytes = PyByteArray::new(py, &self.bytes);
                drop(self.bytes);
                // An array over no bytes is none to NumPy.
                let array = match self.rows {
                    0 => numpy.call_method1("empty", (0, dtype))?,
                    _ => numpy.call_method1("frombuffer", (bytes, dtype))?,
                };
                match length {
                    Some(length) => array.call_method1("reshape", ((self.rows, length),))?,
                    None => array,
                }
            }
            (None, None) => return numpy.call_method1("empty", (0, "O")),
        };
        let array = match &field.meaning {
            Meaning::Time(epoch) => times(numpy, &array, *epoch)?,
            _ => array,
        };
        match self.valid.is_empty() {
            true => Ok(array),
            false => {
                let absent: Vec<bool> = self.valid.iter().map(|valid| !valid).collect();
                let mask = numpy.call_method1("array", (absent,))?;
                numpy
                    .getattr("ma")?
                    .call_method1("array", (array, py.None(), true, py.None(), mask))
            }
        }
    }
}

/// Nanoseconds since 1970; what is no time, or beyond 1677 to 2262, is NaT.
fn times<'py>(
    numpy: &Bound<'py, PyModule>,
    array: &Bound<'py, PyAny>,
    epoch: bytewright::records::Epoch,
) -> PyResult<Bound<'py, PyAny>> {
    let counts: Vec<i128> = array.call_method0("tolist")?.extract()?;
    let nanos = counts.iter().map(|count| {
        let nanos = epoch
            .nanos(*count)
            .and_then(|nanos| i64::try_from(nanos).ok());
        nanos.unwrap_or(i64::MIN)
    });
    let bytes: Vec<u8> = nanos.flat_map(i64::to_ne_bytes).collect();
    let bytes = PyByteArray::new(array.py(), &bytes);
    match counts.is_empty() {
        true => numpy.call_method1("empty", (0, "datetime64[ns]")),
        false => numpy.call_method1("frombuffer", (bytes, "datetime64[ns]")),
    }
}

/// Appends the first values, where all have one size, and says what they are to NumPy.
fn plain(values: &Values, rows: usize, into: &mut Vec<u8>) -> Option<String> {
    macro_rules! numbers {
        ($values:expr, $name:literal) => {{
            for value in $values.iter().take(rows) {
                into.extend_from_slice(&value.to_ne_bytes());
            }
            $name
        }};
    }
    let name = match values {
        Values::Bool(values) => {
            into.extend(values.iter().take(rows).map(|b| u8::from(*b)));
            "?"
        }
        Values::I8(values) => numbers!(values, "i1"),
        Values::I16(values) => numbers!(values, "i2"),
        Values::I32(values) => numbers!(values, "i4"),
        Values::I64(values) => numbers!(values, "i8"),
        Values::U8(values) => numbers!(values, "u1"),
        Values::U16(values) => numbers!(values, "u2"),
        Values::U32(values) => numbers!(values, "u4"),
        Values::U64(values) => numbers!(values, "u8"),
        Values::F32(values) => numbers!(values, "f4"),
        Values::F64(values) => numbers!(values, "f8"),
        Values::Complex(values) => {
            for part in values.iter().take(rows).flatten() {
                into.extend_from_slice(&part.to_ne_bytes());
            }
            "c16"
        }
        Values::Fixed { width, bytes, .. } if *width > 0 => {
            into.extend_from_slice(bytes.get(..rows.checked_mul(*width)?)?);
            return Some(format!("S{width}"));
        }
        _ => return None,
    };
    Some(name.to_owned())
}
