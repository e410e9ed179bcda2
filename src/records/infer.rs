//! The columns of records that differ: the union of their fields, each of a type that holds all its values.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::Error;
use super::schema::{Field, Meaning, Schema, Type};
use crate::offset::Position;
use crate::tree::Enum;
use crate::value::text::is_printable;
use crate::value::{Record, Value};

/// Columns that may be found, at most.
const MAX_COLUMNS: usize = 4096;

/// The most levels of groups in arrays; formats don't nest deeper.
const MAX_DEPTH: usize = 64;

/// A value with its place in a record.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) path: Vec<String>,
    pub(crate) value: Value,
    pub(crate) names: Option<Arc<Enum>>,
    pub(crate) hex: bool,
}

/// The values of a record that are no groups.
pub(crate) fn leaves(record: Record) -> Vec<Leaf> {
    let mut found = Vec::new();
    flatten(&[], record, MAX_DEPTH, &mut found);
    found
}

fn flatten(path: &[String], record: Record, depth: usize, found: &mut Vec<Leaf>) {
    let keys: Vec<String> = record.entries().map(|(key, _)| key).collect();
    for (key, value) in keys.into_iter().zip(record) {
        let mut path = path.to_vec();
        path.push(key);
        match (value, depth.checked_sub(1)) {
            (Value::Record(inner), Some(depth)) => flatten(&path, inner, depth, found),
            (value, _) => found.push(Leaf {
                path,
                value,
                names: None,
                hex: false,
            }),
        }
    }
}

/// The type of a column's values so far.
#[derive(Clone, Debug, Default)]
enum Seen {
    #[default]
    Nothing,
    Bool,
    Int {
        least: i128,
        most: i128,
    },
    /// Integers of which some have 128 bits without a sign.
    Uint,
    Float,
    Complex,
    Bytes {
        is_text: bool,
    },
    List(Box<Seen>),
    Group(Vec<(String, Seen)>),
    Mixed,
}

impl Seen {
    fn of(value: &Value, depth: usize) -> Seen {
        let Some(deeper) = depth.checked_sub(1) else {
            return Seen::Mixed;
        };
        match value {
            Value::Bool(_) => Seen::Bool,
            Value::Int(n) => Seen::Int {
                least: *n,
                most: *n,
            },
            Value::Uint(_) => Seen::Uint,
            Value::Float(_) => Seen::Float,
            Value::Complex(..) => Seen::Complex,
            Value::Bytes(bytes) => {
                let text = std::str::from_utf8(bytes);
                let is_text = text.is_ok_and(|text| is_printable(text.trim_end_matches('\0')));
                Seen::Bytes { is_text }
            }
            Value::List(items) => {
                let mut all = Seen::Nothing;
                for item in items {
                    all.add(Seen::of(item, deeper));
                }
                Seen::List(Box::new(all))
            }
            Value::Record(record) => Seen::Group(
                record
                    .entries()
                    .map(|(key, value)| (key, Seen::of(value, deeper)))
                    .collect(),
            ),
        }
    }

    /// Widens the type to hold the other as well.
    fn add(&mut self, other: Seen) {
        let this = std::mem::take(self);
        *self = match (this, other) {
            (Seen::Nothing, one) | (one, Seen::Nothing) => one,
            (Seen::Bool, Seen::Bool) => Seen::Bool,
            (Seen::Int { least, most }, Seen::Int { least: l, most: m }) => Seen::Int {
                least: least.min(l),
                most: most.max(m),
            },
            (Seen::Uint, Seen::Uint) => Seen::Uint,
            (Seen::Int { least, .. }, Seen::Uint) | (Seen::Uint, Seen::Int { least, .. })
                if least >= 0 =>
            {
                Seen::Uint
            }
            (Seen::Float, Seen::Float) => Seen::Float,
            (Seen::Complex, Seen::Complex) => Seen::Complex,
            (Seen::Bytes { is_text: a }, Seen::Bytes { is_text: b }) => {
                Seen::Bytes { is_text: a && b }
            }
            (Seen::List(mut a), Seen::List(b)) => {
                a.add(*b);
                Seen::List(a)
            }
            (Seen::Group(mut a), Seen::Group(b)) => {
                for (name, seen) in b {
                    match a.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => known.add(seen),
                        None => a.push((name, seen)),
                    }
                }
                Seen::Group(a)
            }
            _ => Seen::Mixed,
        };
    }

    fn data(&self) -> Type {
        match self {
            Seen::Nothing | Seen::Mixed => Type::Any,
            Seen::Bool => Type::Bool,
            Seen::Int { least, most } => {
                let fits = i64::try_from(*least).is_ok() && i64::try_from(*most).is_ok();
                let unsigned = *least >= 0 && u64::try_from(*most).is_ok();
                Type::Int {
                    signed: fits || !unsigned,
                    bits: if fits || unsigned { 64 } else { 128 },
                }
            }
            Seen::Uint => Type::Int {
                signed: false,
                bits: 128,
            },
            Seen::Float => Type::Float { bits: 64 },
            Seen::Complex => Type::Complex,
            Seen::Bytes { is_text: true } => Type::Text,
            Seen::Bytes { is_text: false } => Type::Bytes { width: None },
            Seen::List(item) => Type::List {
                item: Box::new(Field::new(vec!["item".to_owned()], item.data())),
                length: None,
            },
            Seen::Group(members) => {
                let mut fields = Vec::new();
                group(&[], members, &mut fields);
                Type::Struct(fields)
            }
        }
    }
}

/// The fields of a group in an array: those of groups in it are its own.
fn group(path: &[String], members: &[(String, Seen)], fields: &mut Vec<Field>) {
    for (name, seen) in members {
        let mut path = path.to_vec();
        path.push(name.clone());
        match seen {
            Seen::Group(members) => group(&path, members, fields),
            seen => fields.push(Field::new(path, seen.data())),
        }
    }
}

/// Infers the columns of records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inference {
    columns: Vec<(Leaf, Seen)>,
    places: HashMap<Vec<String>, usize>,
}

impl Inference {
    /// Adds the values of a record.
    pub(crate) fn add(&mut self, leaves: Vec<Leaf>) -> Result<(), Error> {
        let mut next = 0usize;
        let mut rest = leaves.into_iter();
        while let Some(leaf) = rest.next() {
            let is_next = |(known, _): &(Leaf, Seen)| known.path == leaf.path;
            let place = match self.columns.get(next).is_some_and(is_next) {
                true => next,
                false => match self.places.get(&leaf.path) {
                    Some(place) => *place,
                    None => self.insert(&leaf, rest.as_slice())?,
                },
            };
            next = place.past(1);
            if let Some((known, seen)) = self.columns.get_mut(place) {
                known.hex |= leaf.hex;
                if known.names.is_none() {
                    known.names = leaf.names;
                }
                seen.add(Seen::of(&leaf.value, MAX_DEPTH));
            }
        }
        Ok(())
    }

    /// A new column comes before the known one that follows it in its record, and otherwise last.
    fn insert(&mut self, leaf: &Leaf, rest: &[Leaf]) -> Result<usize, Error> {
        if self.columns.len() >= MAX_COLUMNS {
            return Err(Error::Fields(MAX_COLUMNS));
        }
        let known = rest.iter().find_map(|leaf| self.places.get(&leaf.path));
        let at = known.copied().unwrap_or(self.columns.len());
        self.columns.insert(at, (leaf.clone(), Seen::Nothing));
        for (i, (leaf, _)) in self.columns.iter().enumerate().skip(at) {
            self.places.insert(leaf.path.clone(), i);
        }
        Ok(at)
    }

    /// Whether nothing was found.
    #[cfg(feature = "cli")]
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The columns that were found.
    pub(crate) fn schema(self, format: &str) -> Schema {
        let fields = self.columns.into_iter().map(|(leaf, seen)| {
            let mut field = Field::new(leaf.path, seen.data());
            field.hex = leaf.hex;
            if let Some(names) = leaf.names {
                field.meaning = Meaning::Names(names);
            }
            field
        });
        Schema {
            fields: fields.collect(),
            format: format.to_owned(),
        }
    }
}
