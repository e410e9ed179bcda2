//! `bytewright` for Python: the format language, files as trees, safe extraction of archives.
//!
//! What flows in are bytes and paths, what flows out are Python's own types; everything between is the
//! library's. docs and types stand in `bytewright/__init__.pyi`.

mod errors;
mod records;
mod structs;
mod tar;
mod tree;
mod values;

use pyo3::prelude::*;

#[pymodule]
fn _bytewright(module: &Bound<'_, PyModule>) -> PyResult<()> {
    errors::add_to(module)?;
    structs::add_to(module)?;
    records::add_to(module)?;
    tree::add_to(module)?;
    tar::add_to(module)
}
