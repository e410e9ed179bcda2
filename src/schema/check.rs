//! Whether the facts of a schema go with its fields.

use std::collections::HashMap;

use super::{Fact, Key, Schema};
use crate::structs::{Entry, EntryKind, Layout, Repetition};

/// A fact that doesn't go with the fields of its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactMisfit {
    /// Which of the [facts](Schema::facts).
    pub(crate) index: usize,
    /// Why it doesn't.
    pub(crate) message: String,
}

/// What a field holds, as far as enumerations and flags go by it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Integer,
    /// An array of them.
    Integers,
    Bytes,
    Other,
}

impl Schema {
    /// Compares the facts with the layout of the schema's format.
    pub(crate) fn check(&self, layout: &Layout) -> Result<(), FactMisfit> {
        let entries = layout.entries.iter().filter(|entry| !entry.path.is_empty());
        let fields: HashMap<&str, Holds> = entries
            .map(|entry| {
                let holds = match entry.kind {
                    EntryKind::Bits => Holds::Integer,
                    EntryKind::Field => holds(entry),
                    _ => Holds::Other,
                };
                (entry.path.as_str(), holds)
            })
            .collect();
        for (index, (path, fact)) in self.facts().enumerate() {
            let Some(holds) = fields.get(path) else {
                let near = fields.keys().filter(|field| last(field) == last(path));
                let hint = match near.min() {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => "paths are written as layout prints them".to_owned(),
                };
                let message = format!("there is no field {path:?}; {hint}");
                return Err(FactMisfit { index, message });
            };
            if let Some(why) = misfit(fact, *holds) {
                let message = format!("{path:?} {why}");
                return Err(FactMisfit { index, message });
            }
        }
        Ok(())
    }
}

impl Schema {
    /// The same for a format of a whole file, of which only data tell the layout: that some file can have a field at
    /// each path. `has_path` answers how a path is written whose `[]` are wrong.
    pub(crate) fn check_paths(
        &self,
        has_path: impl Fn(&str) -> Result<(), Option<String>>,
    ) -> Result<(), FactMisfit> {
        for (index, (path, _)) in self.facts().enumerate() {
            if let Err(meant) = has_path(path) {
                let hint = match meant {
                    Some(meant) => format!("; did you mean {meant:?}?"),
                    None => " in it".to_owned(),
                };
                let message = format!("there is no field {path:?}{hint}");
                return Err(FactMisfit { index, message });
            }
        }
        Ok(())
    }
}

fn misfit(fact: &Fact, holds: Holds) -> Option<String> {
    Some(match (fact, holds) {
        (Fact::Hex, Holds::Bytes | Holds::Other) => {
            "holds no integers to show in hexadecimal".to_owned()
        }
        (Fact::Flags(_), Holds::Integers | Holds::Bytes | Holds::Other) => {
            "is not a single integer, and has no flags".to_owned()
        }
        (Fact::Names(_), Holds::Integers | Holds::Other) => {
            "is neither a single integer nor bytes, and has no names".to_owned()
        }
        (Fact::Names(names), holds) => {
            let mut keys = names.iter().map(|(key, _)| key);
            return keys.find_map(|key| match (key, holds) {
                (Key::Bytes(_), Holds::Integer) => {
                    Some(format!("is an integer, and is never {key}"))
                }
                (Key::Number(n), Holds::Bytes) => Some(format!(
                    "holds bytes, and is never the number {n}; \
                     for these digits write \"b'{n}'\""
                )),
                _ => None,
            });
        }
        (Fact::Allowed(_), Holds::Integers | Holds::Other) => {
            "is neither a single integer nor bytes, and has no values to allow".to_owned()
        }
        (Fact::Text | Fact::Spelled(_), Holds::Integer | Holds::Integers | Holds::Other) => {
            "holds no bytes that spell something".to_owned()
        }
        _ => return None,
    })
}

fn holds(entry: &Entry) -> Holds {
    let is_one = entry.repetition == Repetition::Once;
    match entry.letters {
        "s" | "p" => Holds::Bytes,
        "e" | "f" | "d" | "F" | "D" | "Zf" | "Zd" | "x" | "(…)" => Holds::Other,
        "c" | "z" if is_one => Holds::Bytes,
        "c" | "z" => Holds::Other,
        _ if is_one => Holds::Integer,
        _ => Holds::Integers,
    }
}

/// The field's own name, without the groups that it lies in.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
