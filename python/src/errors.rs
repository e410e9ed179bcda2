//! The library's errors as Python's exceptions.

use bytewright::{DataError, FormatError};
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;

create_exception!(bytewright, FormatStringError, PyValueError);
create_exception!(bytewright, DataFormatError, PyValueError);
create_exception!(bytewright, RefusedError, PyException);

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("FormatError", py.get_type::<FormatStringError>())?;
    module.add("DataError", py.get_type::<DataFormatError>())?;
    module.add("RefusedError", py.get_type::<RefusedError>())
}

/// The message points into the format; `span` are the first and the last character but one, counted in
/// bytes.
pub(crate) fn of_format(py: Python<'_>, error: &FormatError) -> PyErr {
    let raised = FormatStringError::new_err(error.to_string());
    let span = error.span();
    with(py, raised, |value| {
        value.setattr("span", (span.start, span.end))?;
        value.setattr("hint", error.hint())
    })
}

/// With the path of the field and the offset of the first byte that was wanted, where they are known.
pub(crate) fn of_data(py: Python<'_>, error: &DataError) -> PyErr {
    let raised = DataFormatError::new_err(error.to_string());
    with(py, raised, |value| {
        value.setattr("path", error.path())?;
        value.setattr("offset", error.offset())
    })
}

/// Errors of reading: wrong data are a `DataError`, all else is an `OSError`.
pub(crate) fn of_io(py: Python<'_>, error: std::io::Error) -> PyErr {
    match error.get_ref().and_then(|e| e.downcast_ref::<DataError>()) {
        Some(data) => of_data(py, data),
        None if error.raw_os_error().is_some() => error.into(),
        None => PyOSError::new_err(error.to_string()),
    }
}

fn with(
    py: Python<'_>,
    error: PyErr,
    set: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<()>,
) -> PyErr {
    match set(error.value(py).as_any()) {
        Ok(()) => error,
        Err(other) => other,
    }
}
