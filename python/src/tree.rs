//! Files as trees of fields.

use std::path::PathBuf;
use std::sync::Arc;

use bytewright::format::{Format, StructFormat};
use bytewright::formats::Registry;
use bytewright::formats::kaitai::Kaitai;
use bytewright::inspect::{self, FindError, Step};
use bytewright::tree::{self, Role};
use bytewright::{Source, Struct};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::errors;
use crate::values::to_python;

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Document>()?;
    module.add_class::<Node>()?;
    module.add_class::<Problem>()?;
    module.add_function(wrap_pyfunction!(inspect_file, module)?)
}

/// A file and its tree.
#[pyclass(frozen, module = "bytewright")]
struct Document {
    document: Arc<inspect::Document>,
}

/// A field, a group or a region.
#[pyclass(frozen, module = "bytewright")]
struct Node {
    document: Arc<inspect::Document>,
    node: tree::Node,
    #[pyo3(get)]
    path: String,
}

/// What is wrong with a file, or worth knowing.
#[pyclass(frozen, get_all, module = "bytewright")]
struct Problem {
    code: &'static str,
    severity: String,
    path: String,
    offset: u64,
    size: u64,
    message: String,
}

#[pymethods]
impl Problem {
    fn __repr__(&self) -> String {
        format!(
            "{} {} {}: {}",
            self.severity, self.code, self.path, self.message
        )
    }
}

/// The formats of a file: told by the content, of a name, a description of Kaitai Struct, a format string.
#[pyfunction]
#[pyo3(name = "inspect", signature = (path, format=None))]
fn inspect_file(py: Python<'_>, path: PathBuf, format: Option<&str>) -> PyResult<Document> {
    let opened = |source| -> PyResult<inspect::Document> {
        let Some(format) = format else {
            return py
                .detach(|| inspect::Document::detect(source, Some(&path)))
                .map_err(|e| errors::of_io(py, e));
        };
        let format = format_of(py, format)?;
        py.detach(|| inspect::Document::open(source, format))
            .map_err(|e| errors::of_io(py, e))
    };
    let document = Arc::new(opened(Source::open(&path)?)?);
    Ok(Document { document })
}

fn format_of(py: Python<'_>, format: &str) -> PyResult<Arc<dyn Format>> {
    if let Some(known) = Registry::built_in().named(format) {
        return Ok(known);
    }
    if format.ends_with(".ksy") {
        let read = Kaitai::open(format, &[]).map_err(|e| PyValueError::new_err(e.to_string()))?;
        return Ok(Arc::new(read));
    }
    let compiled = Struct::new(format).map_err(|e| errors::of_format(py, &e))?;
    Ok(Arc::new(StructFormat::new("struct", compiled)))
}

#[pymethods]
impl Document {
    #[getter]
    fn format(&self) -> String {
        self.document.format().name().to_owned()
    }

    #[getter]
    fn root(&self) -> Node {
        Node {
            document: Arc::clone(&self.document),
            node: self.document.root().clone(),
            path: String::new(),
        }
    }

    /// The nodes that a path leads to; with `[*]` in it any number.
    fn find(&self, py: Python<'_>, path: &str) -> PyResult<Vec<Node>> {
        let path: inspect::Path = path
            .parse()
            .map_err(|e: inspect::PathError| PyValueError::new_err(e.to_string()))?;
        let found = py
            .detach(|| self.document.find(&path))
            .map_err(|e| match e {
                FindError::Path(e) => PyKeyError::new_err(e.to_string()),
                FindError::Data(e) => errors::of_data(py, &e),
                e => PyValueError::new_err(e.to_string()),
            })?;
        let document = &self.document;
        Ok(found
            .into_iter()
            .map(|found| Node {
                document: Arc::clone(document),
                node: found.node,
                path: found.path.to_string(),
            })
            .collect())
    }

    /// The value of the one field that a path leads to; of a group, its fields.
    fn __getitem__<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        let mut found = self.find(py, path)?;
        match (found.pop(), found.is_empty()) {
            (Some(node), true) => node.value(py),
            (Some(_), false) => Err(PyKeyError::new_err(format!(
                "{path} leads to more than one field: ask find for it"
            ))),
            (None, _) => Err(PyKeyError::new_err(path.to_owned())),
        }
    }

    /// All that is wrong, in the order of the tree.
    #[getter]
    fn problems(&self, py: Python<'_>) -> PyResult<Vec<Problem>> {
        let mut problems = Vec::new();
        let root = self.document.root();
        keep(&mut problems, "", root);
        inspect::walk(root, &mut |path, _, node| {
            keep(&mut problems, path, node);
            Ok(Step::Into)
        })
        .map_err(|e| errors::of_io(py, e))?;
        Ok(problems)
    }

    fn __repr__(&self) -> String {
        format!(
            "<bytewright.Document {}, {} bytes>",
            self.document.format().name(),
            self.document.root().range.size
        )
    }
}

fn keep(problems: &mut Vec<Problem>, path: &str, node: &tree::Node) {
    problems.extend(node.problems.iter().map(|problem| Problem {
        code: problem.code,
        severity: problem.severity.to_string(),
        path: path.to_owned(),
        offset: problem.range.offset,
        size: problem.range.size,
        message: problem.message.clone(),
    }));
}

#[pymethods]
impl Node {
    /// A name; of an item, its index.
    #[getter]
    fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self.node.name.index() {
            Some(index) => index.into_pyobject(py)?.into_any(),
            None => self.node.name.to_string().into_pyobject(py)?.into_any(),
        })
    }

    /// What an item is called beside its index: the name of an archive's member.
    #[getter]
    fn key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.node.key.as_ref().map(|key| PyBytes::new(py, key))
    }

    #[getter]
    fn offset(&self) -> u64 {
        self.node.range.offset
    }

    #[getter]
    fn size(&self) -> u64 {
        self.node.range.size
    }

    /// Which bytes the offset counts in: 0 for the file, else those of a compressed stream, counted from 1.
    #[getter]
    fn stream(&self) -> u32 {
        self.node
            .range
            .space
            .stream_index()
            .map_or(0, |index| index + 1)
    }

    /// The value; of a group a dictionary of its fields, of an array a list. Padding and gaps are left out.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        whole(py, &self.document, &self.node)
    }

    #[getter]
    fn meaning(&self) -> Option<&str> {
        self.node.meaning.as_deref()
    }

    /// The bytes that it stands for.
    #[getter]
    fn bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self
            .document
            .bytes(self.node.range, u64::MAX)
            .map_err(|e| errors::of_io(py, e))?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[getter]
    fn children(&self, py: Python<'_>) -> PyResult<Vec<Node>> {
        let mut children = Vec::new();
        inspect::walk(&self.node, &mut |path, _, node| {
            children.push(Node {
                document: Arc::clone(&self.document),
                node: node.clone(),
                path: joined(&self.path, path),
            });
            Ok(Step::Over)
        })
        .map_err(|e| errors::of_io(py, e))?;
        Ok(children)
    }

    fn __repr__(&self) -> String {
        let range = self.node.range;
        match &self.node.value {
            Some(value) => format!("<{} = {value} at {:#x}>", self.path, range.offset),
            None => format!(
                "<{} at {:#x}, {} bytes>",
                self.path, range.offset, range.size
            ),
        }
    }
}

/// The path of a child, whose own begins with a bracket where it is an item.
fn joined(parent: &str, child: &str) -> String {
    match parent.is_empty() || child.starts_with('[') {
        true => format!("{parent}{child}"),
        false => format!("{parent}.{child}"),
    }
}

/// As deep as formats nest their parts.
fn whole<'py>(
    py: Python<'py>,
    document: &inspect::Document,
    node: &tree::Node,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(value) = &node.value {
        return to_python(py, value);
    }
    if node.is_leaf() {
        let bytes = document
            .bytes(node.range, u64::MAX)
            .map_err(|e| errors::of_io(py, e))?;
        return Ok(PyBytes::new(py, &bytes).into_any());
    }
    let (list, fields) = (PyList::empty(py), PyDict::new(py));
    for child in node.children() {
        let child = child.map_err(|e| errors::of_io(py, e))?;
        if matches!(child.role, Role::Padding | Role::Gap) {
            continue;
        }
        let value = whole(py, document, &child)?;
        match child.is_item() {
            true => list.append(value)?,
            false => fields.set_item(&*child.name, value)?,
        }
    }
    match fields.is_empty() {
        true => Ok(list.into_any()),
        false => Ok(fields.into_any()),
    }
}
