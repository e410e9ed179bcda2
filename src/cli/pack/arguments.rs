//! Values as they are on the command line: in order, or each by its path.

use crate::cli::error::{Context as _, Error, Result, bail};
use crate::cli::set::assignment;
use crate::inspect::{Path, Segment};
use crate::offset::Position;
use crate::render::{escape, json};
use crate::schema::Compiled;
use crate::structs::{DataError, Repetition};
use crate::value::plain::written;
use crate::{Record, Value};

/// Items of one array that paths lead to, at most.
const MAX_ITEMS: usize = 1 << 20;

/// The values of arguments. They are assigned by path if each is a path with an equals sign that begins with a field of
/// the format; a text of that form is written `b'a=b'`.
pub(super) fn read(compiled: &Compiled, texts: &[String]) -> Result<Record> {
    let assignments: Option<Vec<(Path, String)>> = texts
        .iter()
        .map(|text| assignment(text).ok())
        .map(|set| set.filter(|(path, _)| begins_with_field(compiled, path)))
        .collect();
    match assignments {
        Some(assignments) if !assignments.is_empty() => by_path(compiled, &assignments),
        _ => in_order(compiled, texts).map_err(|error| match unknown_field(compiled, texts) {
            Some(path) => error.context(format!(
                "no field is called {path}, and what is after it is taken for a value with an equals sign"
            )),
            None => error,
        }),
    }
}

/// The first path of arguments that all look like a path and its value, where the format has no such field.
fn unknown_field(compiled: &Compiled, texts: &[String]) -> Option<String> {
    let mut unknown = None;
    for text in texts {
        let (path, _) = assignment(text).ok()?;
        if unknown.is_none() && !begins_with_field(compiled, &path) {
            unknown = Some(escape::message(&path.to_string()).to_string());
        }
    }
    unknown
}

fn begins_with_field(compiled: &Compiled, path: &Path) -> bool {
    match path.segments().first() {
        Some(Segment::Name(name)) => compiled.layout.may_have(name),
        _ => false,
    }
}

fn in_order(compiled: &Compiled, texts: &[String]) -> Result<Record> {
    let names = compiled.layout.names_of_texts(texts.len() as u64);
    let mut values = Vec::with_capacity(texts.len());
    for (i, text) in texts.iter().enumerate() {
        let name = names.get(i).and_then(Option::as_deref);
        values.push(match name {
            Some(name) => literal(compiled, &[name], text).context(name.to_owned())?,
            None => text.clone(),
        });
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let nested = |text: &str| json::read(text).ok();
    Ok(compiled.layout.values_from_text(&values, nested)?)
}

/// The text of a value, in the place of its name.
fn literal(compiled: &Compiled, path: &[&str], text: &str) -> Result<String> {
    let names = compiled.meanings.names(path);
    let named = names.map(|names| names.literal(text)).transpose();
    let named = named.map_err(|e| DataError::other(e.to_string()))?;
    Ok(named.flatten().unwrap_or_else(|| text.to_owned()))
}

fn by_path(compiled: &Compiled, assignments: &[(Path, String)]) -> Result<Record> {
    let mut root = Partial::Group(Vec::new());
    let entries = compiled.layout.layout().entries;
    let count = |array: &str| {
        let entry = entries.iter().find(|entry| entry.path == array)?;
        match entry.repetition {
            Repetition::Array { count } => usize::try_from(count?).ok(),
            _ => None,
        }
    };
    for (path, text) in assignments {
        let names: Vec<&str> = path.segments().iter().filter_map(name).collect();
        let in_path = |e: Error| e.context(escape::message(&path.to_string()).to_string());
        let text = literal(compiled, &names, text).map_err(in_path)?;
        let value = written(&text, json::read(&text).ok());
        root.put(path.segments(), &value, "", &count)
            .map_err(in_path)?;
    }
    match root.value("")? {
        Value::Record(record) => Ok(record),
        _ => bail!("there is no value"),
    }
}

fn name(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Name(name) => Some(name),
        Segment::Key(key) => std::str::from_utf8(key).ok(),
        _ => None,
    }
}

/// A value that is being built from paths.
#[derive(Clone, Debug)]
enum Partial {
    Nothing,
    Value(Value),
    Group(Vec<(String, Partial)>),
    List(Vec<Partial>),
}

impl Partial {
    /// Puts a value at the end of a path. A later one takes the place of an earlier. `at` is the path up to here as
    /// layouts have it, and `count` says how many items the arrays have whose format says it.
    fn put(
        &mut self,
        path: &[Segment],
        value: &Value,
        at: &str,
        count: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<()> {
        let Some((first, rest)) = path.split_first() else {
            if matches!(self, Partial::Group(_) | Partial::List(_)) {
                bail!("parts of it have values already");
            }
            *self = Partial::Value(value.clone());
            return Ok(());
        };
        if let Some(name) = name(first) {
            let group = self.group()?;
            let dot = if at.is_empty() { "" } else { "." };
            let path = format!("{at}{dot}{name}");
            let at = match group.iter().position(|(key, _)| key == name) {
                Some(at) => at,
                None => {
                    group.push((name.to_owned(), Partial::Nothing));
                    group.len().since(1)
                }
            };
            return match group.get_mut(at) {
                Some((_, member)) => member.put(rest, value, &path, count),
                None => Ok(()),
            };
        }
        let list = self.list()?;
        // An array of a known size is there as a whole.
        let length = count(at).unwrap_or(list.len());
        let range = match *first {
            Segment::Index(at) => {
                let at = place(at, length)?;
                at..at.past(1)
            }
            Segment::Slice(from, to) => {
                let from = place(from.unwrap_or(0), length)?;
                from..to.map_or(Ok(length), |to| place(to, length))?
            }
            _ => 0..length,
        };
        if range.is_empty() {
            bail!("it leads to no item: which there are follows from the values before it");
        }
        if range.end > MAX_ITEMS {
            bail!("an array on the command line has {MAX_ITEMS} items at most; take --json");
        }
        if list.len() < range.end {
            list.resize(range.end, Partial::Nothing);
        }
        let items = format!("{at}[]");
        for item in list.get_mut(range).unwrap_or_default() {
            item.put(rest, value, &items, count)?;
        }
        Ok(())
    }

    fn group(&mut self) -> Result<&mut Vec<(String, Partial)>> {
        if matches!(self, Partial::Nothing) {
            *self = Partial::Group(Vec::new());
        }
        match self {
            Partial::Group(members) => Ok(members),
            Partial::List(_) => bail!("it is an array in another path, and a group in this"),
            _ => bail!("it has a value already, of which this is a part"),
        }
    }

    fn list(&mut self) -> Result<&mut Vec<Partial>> {
        if matches!(self, Partial::Nothing) {
            *self = Partial::List(Vec::new());
        }
        match self {
            Partial::List(items) => Ok(items),
            Partial::Group(_) => bail!("it is a group in another path, and an array in this"),
            _ => bail!("it has a value already, of which this is a part"),
        }
    }

    /// As deep as the paths are long.
    fn value(self, path: &str) -> Result<Value> {
        Ok(match self {
            Partial::Nothing => bail!("{path} has no value, and items after it have"),
            Partial::Value(value) => value,
            Partial::Group(members) => {
                let members = members.into_iter().map(|(name, member)| {
                    let dot = if path.is_empty() { "" } else { "." };
                    let value = member.value(&format!("{path}{dot}{name}"))?;
                    Ok((name, value))
                });
                let members: Result<Record> = members.collect();
                members?.into()
            }
            Partial::List(items) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(i, item)| item.value(&format!("{path}[{i}]")));
                Value::List(items.collect::<Result<_>>()?)
            }
        })
    }
}

/// An index, from the end of what there is where it is negative.
fn place(index: i64, length: usize) -> Result<usize> {
    let place = match usize::try_from(index) {
        Ok(place) => Some(place),
        Err(_) => isize::try_from(index)
            .ok()
            .and_then(|index| length.checked_add_signed(index)),
    };
    match place {
        Some(place) => Ok(place),
        None => bail!("[{index}] counts from the end, and so far there are {length} items"),
    }
}
