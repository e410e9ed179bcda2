//! Extracting archives as `tarfile` does, and never outside the folder.

use std::path::PathBuf;

use bytewright::Source;
use bytewright::formats::tar::{Archive, Error, Extractor, Filter, Member, Outcome, Policy};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{DataFormatError, RefusedError};

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(extractall, module)?)?;
    module.add_function(wrap_pyfunction!(members, module)?)
}

fn of_archive(error: &Error) -> PyErr {
    match error.is_data() {
        true => DataFormatError::new_err(error.to_string()),
        false => PyOSError::new_err(error.to_string()),
    }
}

/// What a name is in Python: text, with surrogates for bytes that are no UTF-8, as `os.fsdecode` has it.
fn name_of<'py>(py: Python<'py>, name: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    py.import("os")?
        .call_method1("fsdecode", (PyBytes::new(py, name),))
}

/// Extracts all members into a folder. A member that is refused is an error, unless `on_refused` is there to be
/// called with its name and the reason.
#[pyfunction]
#[pyo3(signature = (
    archive, path, *, filter="data", numeric_owner=false, strip_components=0, max_size=None,
    max_members=None, max_ratio=None, on_refused=None,
))]
#[allow(clippy::too_many_arguments, reason = "Python's callers name them")]
fn extractall(
    py: Python<'_>,
    archive: PathBuf,
    path: PathBuf,
    filter: &str,
    numeric_owner: bool,
    strip_components: usize,
    max_size: Option<u64>,
    max_members: Option<u64>,
    max_ratio: Option<u64>,
    on_refused: Option<Bound<'_, PyAny>>,
) -> PyResult<u64> {
    let mut policy = Policy::new(match filter {
        "data" => Filter::Data,
        "tar" => Filter::Tar,
        "fully_trusted" | "trusted" => Filter::Trusted,
        _ => {
            return Err(PyValueError::new_err(format!(
                "{filter} is neither data, tar nor fully_trusted"
            )));
        }
    });
    policy.numeric_owner = numeric_owner;
    policy.strip_components = strip_components;
    policy.max_size = max_size;
    policy.max_members = max_members;
    policy.max_ratio = max_ratio;

    let mut archive = Archive::new(Source::open(archive)?).map_err(|e| of_archive(&e))?;
    std::fs::create_dir_all(&path)?;
    let mut extractor = Extractor::with_policy(path, policy).map_err(|e| of_archive(&e))?;
    let extracted = all(py, &mut archive, &mut extractor, on_refused.as_ref());
    let finished = extractor.finish().map_err(|e| of_archive(&e));
    extracted.and_then(|count| finished.map(|_| count))
}

fn all(
    py: Python<'_>,
    archive: &mut Archive,
    extractor: &mut Extractor,
    on_refused: Option<&Bound<'_, PyAny>>,
) -> PyResult<u64> {
    let mut count = 0;
    while let Some(member) = py
        .detach(|| archive.next_member())
        .map_err(|e| of_archive(&e))?
    {
        py.check_signals()?;
        match py
            .detach(|| extractor.extract(archive, &member))
            .map_err(|e| of_archive(&e))?
        {
            Outcome::Refused(why) => {
                let name = name_of(py, &member.name)?;
                match on_refused {
                    Some(call) => drop(call.call1((name, why.to_string()))?),
                    None => {
                        let message = format!("{}: {why}", name.repr()?);
                        return Err(RefusedError::new_err(message));
                    }
                }
            }
            Outcome::Extracted => count += 1,
            _ => {}
        }
    }
    Ok(count)
}

/// What an archive says of its members: a dictionary each.
#[pyfunction]
fn members<'py>(py: Python<'py>, archive: PathBuf) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let mut archive = Archive::new(Source::open(archive)?).map_err(|e| of_archive(&e))?;
    let mut all = Vec::new();
    while let Some(member) = py
        .detach(|| archive.next_member())
        .map_err(|e| of_archive(&e))?
    {
        all.push(dictionary(py, &member)?);
    }
    Ok(all)
}

fn dictionary<'py>(py: Python<'py>, member: &Member) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("name", name_of(py, &member.name)?)?;
    dict.set_item("kind", member.kind.name())?;
    dict.set_item("size", member.size)?;
    dict.set_item("mode", member.mode)?;
    dict.set_item("mtime", member.mtime.seconds)?;
    dict.set_item("uid", member.uid)?;
    dict.set_item("gid", member.gid)?;
    dict.set_item("uname", name_of(py, &member.uname)?)?;
    dict.set_item("gname", name_of(py, &member.gname)?)?;
    dict.set_item("link", name_of(py, &member.link)?)?;
    dict.set_item("offset", member.data_offset)?;
    Ok(dict)
}
