//! Nodes as records of values.

use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::structs::problems::{S003, S004};
use crate::tree::{Node, Role, Severity};
use crate::value::plain::raw_text;
use crate::value::{Names, Record, Value};

/// The values of a level. Nodes with problems are errors here.
pub(super) fn record(nodes: &[Node], is_lenient: bool) -> Result<Record, DataError> {
    let mut entries = Vec::new();
    level(nodes, is_lenient, &mut entries)?;
    // One without a name is called by its index.
    let named = entries
        .iter()
        .enumerate()
        .filter(|(i, (name, _))| *name != i.to_string())
        .map(|(i, (name, _))| (i, name.as_str().into()));
    let names = Names::new(named.collect());
    let values = entries.into_iter().map(|(_, value)| value).collect();
    Ok(Record::with_names(names, values))
}

fn level(
    nodes: &[Node],
    is_lenient: bool,
    into: &mut Vec<(String, Value)>,
) -> Result<(), DataError> {
    for node in nodes {
        if matches!(node.role, Role::Padding | Role::Gap) {
            continue;
        }
        let within = |e: DataError| e.within(Segment::Name((*node.name).into()));
        if let Some(problem) = node.problems.iter().find(|p| {
            let is_check = [S003.code, S004.code].contains(&p.code);
            p.severity == Severity::Error && !(is_lenient && is_check)
        }) {
            let error = DataError::new(DataErrorKind::Other(problem.message.clone()));
            return Err(within(error.at(problem.range.offset)));
        }
        // Bit fields without a name are among the fields around them.
        if node.is_joined {
            level(node.made(), is_lenient, into)?;
            continue;
        }
        let is_reserved = node.name == "reserved" && node.range.bits.is_some();
        if !is_reserved {
            into.push((
                node.name.to_string(),
                value(node, is_lenient).map_err(within)?,
            ));
        }
    }
    Ok(())
}

fn value(node: &Node, is_lenient: bool) -> Result<Value, DataError> {
    let children = node.made();
    if node.is_array() {
        let mut items = Vec::with_capacity(children.len());
        for child in children {
            let within = |e: DataError| e.within(Segment::Item(items.len() as u64));
            items.push(value(child, is_lenient).map_err(within)?);
        }
        return Ok(Value::List(items));
    }
    if children.is_empty() {
        return Ok(match &node.value {
            Some(Value::Bytes(bytes)) if node.is_undecoded => raw_text(bytes),
            Some(value) => value.clone(),
            None => Value::Record(Record::default()),
        });
    }
    Ok(Value::Record(record(children, is_lenient)?))
}
