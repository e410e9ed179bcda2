//! Values of fields as Python's objects, and back.

use bytewright::{Record, Value};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString,
    PyTuple,
};

/// How deep lists and mappings may nest: those of a format never do, and one that holds itself has no end.
const MAX_DEPTH: usize = 256;

pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Bool(b) => PyBool::new(py, *b).to_owned().into_any(),
        Value::Int(n) => n.into_pyobject(py)?.into_any(),
        Value::Uint(n) => n.into_pyobject(py)?.into_any(),
        Value::Float(x) => PyFloat::new(py, *x).into_any(),
        Value::Complex(re, im) => PyComplex::from_doubles(py, *re, *im).into_any(),
        Value::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
        Value::List(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Record(record) => record_to_python(py, record)?,
        other => return Err(PyTypeError::new_err(format!("no Python type for {other}"))),
    })
}

/// A dictionary where the format has names, in the order of the fields; else a tuple.
pub(crate) fn record_to_python<'py>(
    py: Python<'py>,
    record: &Record,
) -> PyResult<Bound<'py, PyAny>> {
    if !record.is_named() {
        let values: PyResult<Vec<_>> = record.iter().map(|value| to_python(py, value)).collect();
        return Ok(PyTuple::new(py, values?)?.into_any());
    }
    let dict = PyDict::new(py);
    for (index, value) in record.iter().enumerate() {
        let value = to_python(py, value)?;
        match record.name(index) {
            Some(name) => dict.set_item(name, value)?,
            None => dict.set_item(index, value)?,
        }
    }
    Ok(dict.into_any())
}

pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    nested(object, MAX_DEPTH)
}

fn nested(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    // Before integers: Python's truth values are some.
    if let Ok(b) = object.cast::<PyBool>() {
        return Ok(b.is_true().into());
    }
    if object.is_instance_of::<PyInt>() {
        return match object.extract::<i128>() {
            Ok(n) => Ok(n.into()),
            Err(_) => match object.extract::<u128>() {
                Ok(n) => Ok(n.into()),
                Err(_) => Err(PyOverflowError::new_err(format!(
                    "{object} has more than 128 bits"
                ))),
            },
        };
    }
    if let Ok(x) = object.cast::<PyFloat>() {
        return Ok(x.value().into());
    }
    if let Ok(x) = object.cast::<PyComplex>() {
        return Ok(Value::Complex(x.real(), x.imag()));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Value::from(&*text.to_cow()?));
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().into());
    }
    if let Ok(bytes) = object.cast::<PyByteArray>() {
        return Ok(bytes.to_vec().as_slice().into());
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(PyTypeError::new_err("values nest too deep"));
    };
    if let Ok(mapping) = object.cast::<PyMapping>() {
        return Ok(Value::Record(entries(mapping, depth)?));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        let items: PyResult<Vec<Value>> = object
            .try_iter()?
            .map(|item| nested(&item?, depth))
            .collect();
        return Ok(Value::List(items?));
    }
    // NumPy's numbers say what they are by Python's protocols.
    if let Ok(index) = object.call_method0("__index__") {
        return nested(&index, depth);
    }
    if let Ok(x) = object.extract::<f64>() {
        return Ok(x.into());
    }
    if let Ok(bytes) = object
        .call_method0("__bytes__")
        .or_else(|_| object.call_method0("tobytes"))
    {
        return nested(&bytes, depth);
    }
    Err(PyTypeError::new_err(format!(
        "{} is neither a number, text, bytes, a list, a tuple nor a mapping",
        object.get_type().name()?
    )))
}

/// The values of a mapping by name; an integer is the index of a field without a name.
pub(crate) fn record_from_python(mapping: &Bound<'_, PyMapping>) -> PyResult<Record> {
    entries(mapping, MAX_DEPTH)
}

fn entries(mapping: &Bound<'_, PyMapping>, depth: usize) -> PyResult<Record> {
    let entries: PyResult<Vec<(String, Value)>> = mapping
        .items()?
        .iter()
        .map(|entry| {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = entry.extract()?;
            Ok((key.str()?.to_string(), nested(&value, depth)?))
        })
        .collect();
    Ok(Record::from_iter(entries?))
}
