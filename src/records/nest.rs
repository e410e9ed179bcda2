//! Groups in values, whose fields are columns of their own.

use crate::value::{Names, Record, Value};

/// The value at the end of names.
pub(crate) fn at_path<'r>(record: &'r Record, path: &[String]) -> Option<&'r Value> {
    let (first, rest) = path.split_first()?;
    let value = record.get(first)?;
    match rest.is_empty() {
        true => Some(value),
        false => at_path(value.as_record()?, rest),
    }
}

/// A record of values at the ends of paths: parts of a path are groups. As deep as formats nest groups.
pub(crate) fn nested<'p>(leaves: impl Iterator<Item = (&'p [String], Value)>) -> Record {
    /// The values of a group by their paths in it.
    type Group<'p> = Vec<(&'p [String], Value)>;
    let mut entries: Vec<(&str, Result<Value, Group<'_>>)> = Vec::new();
    for (path, value) in leaves {
        match path {
            [] => {}
            [name] => entries.push((name, Ok(value))),
            [name, rest @ ..] => match entries.last_mut() {
                Some((last, Err(group))) if *last == name => group.push((rest, value)),
                _ => entries.push((name, Err(vec![(rest, value)]))),
            },
        }
    }
    let values = entries.into_iter().enumerate().map(|(i, (name, value))| {
        let value = match value {
            Ok(value) => value,
            Err(group) => Value::Record(nested(group.into_iter())),
        };
        (i, name, value)
    });
    record_of(values)
}

/// A record in which a value that is called by its index has no name.
fn record_of<'n>(entries: impl Iterator<Item = (usize, &'n str, Value)>) -> Record {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (index, name, value) in entries {
        if name.parse() != Ok(index) {
            names.push((index, Box::from(name)));
        }
        values.push(value);
    }
    Record::with_names(Names::new(names), values)
}
