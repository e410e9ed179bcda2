//! Formats: packing and unpacking.

use bytewright::{Record, Struct as Engine, Value};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyTuple};

use crate::errors;
use crate::values::{from_python, record_from_python, record_to_python};

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Struct>()?;
    module.add_function(wrap_pyfunction!(pack, module)?)?;
    module.add_function(wrap_pyfunction!(unpack, module)?)?;
    module.add_function(wrap_pyfunction!(iter_unpack, module)?)?;
    module.add_function(wrap_pyfunction!(calcsize, module)?)
}

/// A compiled format.
#[pyclass(frozen, module = "bytewright")]
pub(crate) struct Struct {
    pub(crate) engine: Engine,
}

/// The bytes of any object that has the buffer protocol.
fn bytes_of(py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    match PyBuffer::<u8>::get(object) {
        Ok(buffer) => buffer.to_vec(py),
        Err(_) => object.call_method0("tobytes")?.extract(),
    }
}

#[pymethods]
impl Struct {
    #[new]
    fn new(py: Python<'_>, format: &str) -> PyResult<Struct> {
        let engine = Engine::new(format).map_err(|e| errors::of_format(py, &e))?;
        Ok(Struct { engine })
    }

    #[getter]
    fn format(&self) -> &str {
        self.engine.format()
    }

    /// Bytes; `None` where only data tell.
    #[getter]
    fn size(&self) -> Option<u64> {
        self.engine.size()
    }

    #[getter]
    fn is_named(&self) -> bool {
        self.engine.is_named()
    }

    fn unpack<'py>(
        &self,
        py: Python<'py>,
        buffer: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let bytes = bytes_of(py, buffer)?;
        let record = self
            .engine
            .unpack(&bytes)
            .map_err(|e| errors::of_data(py, &e))?;
        record_to_python(py, &record)
    }

    /// One struct after another, up to the end.
    fn iter_unpack<'py>(
        &self,
        py: Python<'py>,
        buffer: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let bytes = bytes_of(py, buffer)?;
        let all = PyList::empty(py);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let at = bytes.len() - rest.len();
            let (record, taken) = self.engine.unpack_prefix(rest).map_err(|e| {
                let error = errors::of_data(py, &e);
                let _ = error.value(py).setattr("at", at);
                error
            })?;
            if taken == 0 {
                return Err(PyValueError::new_err("the format takes no bytes"));
            }
            all.append(record_to_python(py, &record)?)?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(all)
    }

    /// Values in order, or by name; one mapping alone is by name too.
    #[pyo3(signature = (*values, **named))]
    fn pack<'py>(
        &self,
        py: Python<'py>,
        values: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let packed = match record_of(values, named)? {
            Given::Named(record) => self.engine.pack(&record),
            Given::InOrder(values) => self.engine.pack(values.as_slice()),
        };
        Ok(PyBytes::new(
            py,
            &packed.map_err(|e| errors::of_data(py, &e))?,
        ))
    }

    fn __repr__(&self) -> String {
        format!("bytewright.Struct({:?})", self.engine.format())
    }
}

enum Given {
    Named(Record),
    InOrder(Vec<Value>),
}

fn record_of(values: &Bound<'_, PyTuple>, named: Option<&Bound<'_, PyDict>>) -> PyResult<Given> {
    if let Some(named) = named.filter(|named| !named.is_empty()) {
        return match values.is_empty() {
            true => Ok(Given::Named(record_from_python(named.as_mapping())?)),
            false => Err(PyTypeError::new_err(
                "values are given in order or by name, not both",
            )),
        };
    }
    if values.len() == 1
        && let Ok(mapping) = values.get_item(0)?.cast::<PyMapping>()
    {
        return Ok(Given::Named(record_from_python(mapping)?));
    }
    let values: PyResult<Vec<Value>> = values.iter().map(|value| from_python(&value)).collect();
    Ok(Given::InOrder(values?))
}

#[pyfunction]
#[pyo3(signature = (format, /, *values, **named))]
fn pack<'py>(
    py: Python<'py>,
    format: &str,
    values: &Bound<'py, PyTuple>,
    named: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyBytes>> {
    Struct::new(py, format)?.pack(py, values, named)
}

#[pyfunction]
#[pyo3(signature = (format, buffer, /))]
fn unpack<'py>(
    py: Python<'py>,
    format: &str,
    buffer: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    Struct::new(py, format)?.unpack(py, buffer)
}

#[pyfunction]
#[pyo3(signature = (format, buffer, /))]
fn iter_unpack<'py>(
    py: Python<'py>,
    format: &str,
    buffer: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    Struct::new(py, format)?.iter_unpack(py, buffer)
}

#[pyfunction]
#[pyo3(signature = (format, /))]
fn calcsize(py: Python<'_>, format: &str) -> PyResult<u64> {
    let compiled = Struct::new(py, format)?;
    let unknown = || PyValueError::new_err(format!("only data tell how long {format} is"));
    compiled.engine.size().ok_or_else(unknown)
}
