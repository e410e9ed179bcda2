//! What values mean: the names of numbers and of bits, and notes, put beside the fields of a tree.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::file::StoredFormat;
use crate::Value;
use crate::tree::Node;
use crate::value::{Bytes, literal};

/// A value that an enumeration names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// Of an integer.
    Number(i128),
    /// Of bytes, without the zeros that fill a field.
    Bytes(Vec<u8>),
}

impl Key {
    /// A number in any base, `b'…'`, `x'…'`, or text as it stands.
    pub(super) fn read(text: &str) -> Result<Key, String> {
        if let Ok(integer) = literal::integer(text) {
            let number = integer.to_value().ok().and_then(|number| number.as_int());
            return number
                .map(Key::Number)
                .ok_or_else(|| format!("{text} has more than 127 bits"));
        }
        let bytes = literal::bytes(text).map_err(|e| e.to_string())?;
        Ok(Key::Bytes(filled(&bytes).to_vec()))
    }

    fn of(value: &Value) -> Option<Key> {
        match value {
            Value::Bytes(bytes) => Some(Key::Bytes(filled(bytes).to_vec())),
            value => value.as_int().map(Key::Number),
        }
    }
}

/// As it is written in a file.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(n) => n.fmt(f),
            Key::Bytes(bytes) => Value::Bytes(Bytes::from(bytes.as_slice())).fmt(f),
        }
    }
}

fn filled(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    bytes
        .get(..bytes.len().saturating_sub(zeros))
        .unwrap_or(bytes)
}

/// The names of a field's values.
#[derive(Clone, Debug, Default)]
pub struct Enum(BTreeMap<Key, String>);

impl Enum {
    pub(super) fn new(members: BTreeMap<Key, String>) -> Enum {
        Enum(members)
    }

    /// Values and names, by value.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &str)> {
        self.0.iter().map(|(key, name)| (key, name.as_str()))
    }

    /// The name of a value.
    pub fn name(&self, value: &Value) -> Option<&str> {
        self.0.get(&Key::of(value)?).map(String::as_str)
    }
}

/// The names of a field's bits.
#[derive(Clone, Debug, Default)]
pub struct Flags(BTreeMap<u128, String>);

impl Flags {
    pub(super) fn new(masks: BTreeMap<u128, String>) -> Flags {
        Flags(masks)
    }

    /// Masks and names, by mask.
    pub fn iter(&self) -> impl Iterator<Item = (u128, &str)> {
        self.0.iter().map(|(mask, name)| (*mask, name.as_str()))
    }

    /// The names of the masks that are wholly set, and what is set beyond them: `a | b | 0x40`.
    /// `None` where nothing is set, or `value` is no integer.
    pub fn names(&self, value: &Value) -> Option<String> {
        let bits = bits(value).filter(|bits| *bits != 0)?;
        let mut rest = bits;
        let mut names = Vec::new();
        for (mask, name) in self.iter().filter(|(mask, _)| bits & mask == *mask) {
            rest &= !mask;
            names.push(name.to_owned());
        }
        if rest != 0 {
            names.push(format!("{rest:#x}"));
        }
        Some(names.join(" | "))
    }
}

/// The bits of an integer; of a negative one those of its two's complement.
pub(super) fn bits(value: &Value) -> Option<u128> {
    match *value {
        Value::Int(n) => Some(n.cast_unsigned()),
        Value::Uint(n) => Some(n),
        _ => None,
    }
}

/// What the values of a format's fields mean, or what is worth knowing of them.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    /// What the field itself means.
    names: Option<Enum>,
    flags: Option<Flags>,
    note: Option<String>,
    /// Whether it is read in hexadecimal.
    hex: bool,
    /// The fields of a group.
    members: BTreeMap<String, Meanings>,
    /// Every item of an array.
    items: Option<Arc<Meanings>>,
    /// What the stored format says that the group is.
    reference: Option<Arc<Meanings>>,
}

impl Meanings {
    /// Those that a stored format states itself; its paths are paths of its layout.
    pub(super) fn of(format: &StoredFormat) -> Meanings {
        let mut meanings = Meanings::default();
        for (path, names) in &format.enums {
            meanings.at(path).names = Some(names.clone());
        }
        for (path, flags) in &format.flags {
            meanings.at(path).flags = Some(flags.clone());
        }
        for (path, note) in &format.notes {
            meanings.at(path).note = Some(note.clone());
        }
        for path in &format.hex {
            meanings.at(path).hex = true;
        }
        meanings
    }

    /// Adds what is said of a stored format that stands at a path. What is said of the format
    /// around it counts before that.
    pub(super) fn refer(&mut self, path: &str, meanings: &Arc<Meanings>) {
        self.at(path).reference = Some(Arc::clone(meanings));
    }

    /// The place of a path such as `chunks[].type`.
    fn at(&mut self, path: &str) -> &mut Meanings {
        let mut place = self;
        for segment in path.split('.') {
            let name = segment.trim_end_matches("[]");
            let arrays = segment.len().saturating_sub(name.len()) / 2;
            place = place.members.entry(name.to_owned()).or_default();
            for _ in 0..arrays {
                place = Arc::make_mut(place.items.get_or_insert_default());
            }
        }
        place
    }

    /// Whether nothing is known to mean anything.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.reference.is_none()
    }

    /// Gives the nodes of a struct, as [`Struct::nodes`](crate::Struct::nodes) makes them, the
    /// meanings of their values.
    pub fn annotate(&self, nodes: &mut [Node]) {
        if !self.members.is_empty() {
            for node in &mut *nodes {
                if let Some(member) = self.members.get(&*node.name) {
                    member.apply(node);
                } else if node.value.is_some() {
                    // The bit fields of an integer without a name stand at its level.
                    self.annotate(node.children_mut());
                }
            }
        }
        if let Some(reference) = &self.reference {
            reference.annotate(nodes);
        }
    }

    fn apply(&self, node: &mut Node) {
        if node.meaning.is_none() {
            node.meaning = self.meaning(node);
        }
        node.hex |= self.hex;
        match &self.items {
            Some(items) => {
                let items = Arc::clone(items);
                node.each_child(move |child| items.apply(child));
            }
            None => self.annotate(node.children_mut()),
        }
    }

    /// The name of the value or of its flags, and otherwise the note.
    fn meaning(&self, node: &Node) -> Option<String> {
        let value = node.value.as_ref();
        let name = || Some(self.names.as_ref()?.name(value?)?.to_owned());
        let flags = || self.flags.as_ref()?.names(value?);
        name().or_else(flags).or_else(|| self.note.clone())
    }
}
