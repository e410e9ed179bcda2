//! The facts of a schema in the shape of its tree, put beside the nodes of a struct.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Fact, Schema};
use crate::offset::Position;
use crate::structs::problems::S008;
use crate::tree::{Enum, Node};
use crate::value::Value;

/// What the values of a format's fields mean, or what is worth knowing of them.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    /// What is known of the field itself, first what counts first.
    facts: Vec<Fact>,
    /// The names of the field's values.
    names: Option<Arc<Enum>>,
    /// The fields of a group.
    members: BTreeMap<String, Meanings>,
    /// Every item of an array.
    items: Option<Arc<Meanings>>,
    /// What the stored format says that the group is.
    reference: Option<Arc<Meanings>>,
    /// What stored formats say, by their names: where data decide which of them is where.
    formats: Option<Arc<BTreeMap<String, Meanings>>>,
}

impl Meanings {
    /// Those that a schema states itself; its paths are paths of its layout.
    pub fn of(schema: &Schema) -> Meanings {
        let mut meanings = Meanings::default();
        for (path, fact) in schema.facts() {
            let place = meanings.at(path);
            if let Fact::Names(names) = fact {
                place.names = Some(Arc::new(names.clone()));
            }
            place.facts.push(fact.clone());
        }
        meanings
    }

    /// Adds what is said of a stored format at a path. What is said of the format
    /// around it counts before that.
    pub(crate) fn refer(&mut self, path: &str, meanings: &Arc<Meanings>) {
        self.at(path).reference = Some(Arc::clone(meanings));
    }

    /// Adds what is said of stored formats wherever nodes say that they are one.
    pub(crate) fn refer_by_name(&mut self, formats: BTreeMap<String, Meanings>) {
        self.formats = (!formats.is_empty()).then(|| Arc::new(formats));
    }

    /// The place of a path such as `chunks[].type`.
    fn at(&mut self, path: &str) -> &mut Meanings {
        let mut place = self;
        for segment in path.split('.') {
            let name = segment.trim_end_matches("[]");
            let arrays = segment.len().since(name.len()) / 2;
            place = place.members.entry(name.to_owned()).or_default();
            for _ in 0..arrays {
                place = Arc::make_mut(place.items.get_or_insert_default());
            }
        }
        place
    }

    /// Whether nothing is known to mean anything.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.reference.is_none() && self.formats.is_none()
    }

    /// The names of the values of a field, by the names on its path; items of arrays have one in common, and take
    /// no step. `None` where there are none, or where data decide which format is there.
    #[cfg(any(feature = "cli", feature = "records"))]
    pub(crate) fn names(&self, path: &[&str]) -> Option<&Arc<Enum>> {
        self.find(path, &|place| place.names.as_ref())
    }

    /// What is worth knowing about a field, by the same path.
    #[cfg(feature = "records")]
    pub(crate) fn note(&self, path: &[&str]) -> Option<&str> {
        self.find(path, &|place| {
            place.facts.iter().find_map(|fact| match fact {
                Fact::Note(note) => Some(&**note),
                Fact::Unit(unit) => Some(*unit),
                _ => None,
            })
        })
    }

    /// Whether people read a field in hexadecimal, by the same path.
    #[cfg(feature = "records")]
    pub(crate) fn is_hex(&self, path: &[&str]) -> bool {
        let is_hex = |fact: &Fact| matches!(fact, Fact::Hex);
        let found = self.find(path, &|place| place.facts.iter().any(is_hex).then_some(()));
        found.is_some()
    }

    #[cfg(any(feature = "cli", feature = "records"))]
    fn find<'a, T>(&'a self, path: &[&str], get: &dyn Fn(&'a Meanings) -> Option<T>) -> Option<T> {
        let Some((first, rest)) = path.split_first() else {
            return match &self.items {
                Some(items) => items.find(path, get),
                None => get(self),
            };
        };
        let member = self
            .members
            .get(*first)
            .and_then(|member| member.find(rest, get));
        let in_items = || self.items.as_ref()?.find(path, get);
        let in_reference = || self.reference.as_ref()?.find(path, get);
        member.or_else(in_items).or_else(in_reference)
    }

    /// Gives the nodes of a struct, as [`Struct::nodes`](crate::Struct::nodes) makes them, the
    /// meanings of their values, and the values that their bytes spell. A meaning that a node has
    /// is left alone.
    pub fn annotate(&self, nodes: &mut [Node]) {
        if !self.members.is_empty() {
            for node in &mut *nodes {
                if let Some(member) = self.members.get(&*node.name) {
                    member.apply(node);
                } else if node.value.is_some() {
                    // The bit fields of an integer without a name are at its level.
                    self.annotate(node.children_mut());
                }
            }
        }
        if let Some(reference) = &self.reference {
            reference.annotate(nodes);
        }
        if let Some(formats) = &self.formats {
            by_name(formats, nodes);
        }
    }

    fn apply(&self, node: &mut Node) {
        for fact in &self.facts {
            match fact {
                Fact::Hex => node.hex = true,
                Fact::Text => take_text(node),
                Fact::Spelled(spelling) => {
                    let bytes = node.value.as_ref().and_then(Value::as_bytes);
                    if let Some(value) = bytes.and_then(|bytes| spelling.read(bytes)) {
                        node.value = Some(value);
                        node.format = None;
                        node.spelling = Some(*spelling);
                    }
                }
                Fact::Allowed(allowed) => {
                    if let Some(value) = &node.value
                        && !allowed.allows(value, self.names.as_deref())
                    {
                        let message = format!("expected {allowed}; found {value}");
                        node.problems.push(S008.problem(node.range, message));
                    }
                }
                _ => {}
            }
        }
        if let Some(names) = &self.names {
            node.names = Some(Arc::clone(names));
        }
        if node.meaning.is_none() {
            let value = node.value.as_ref();
            node.meaning = self.facts.iter().find_map(|fact| fact.meaning(value));
        }
        match &self.items {
            Some(items) => {
                let items = Arc::clone(items);
                node.each_child(move |child| items.apply(child));
            }
            None => self.annotate(node.children_mut()),
        }
    }
}

/// Annotates the nodes that say which stored format they are.
fn by_name(formats: &Arc<BTreeMap<String, Meanings>>, nodes: &mut [Node]) {
    for node in nodes {
        let known = node.reference.as_deref().and_then(|name| formats.get(name));
        if let Some(known) = known {
            known.annotate(node.children_mut());
        }
        match node.is_on_demand() {
            true => {
                let formats = Arc::clone(formats);
                node.each_child(move |child| by_name(&formats, std::slice::from_mut(child)));
            }
            false => by_name(formats, node.children_mut()),
        }
    }
}

/// Leaves out the zeros that fill a field. Other bytes after the first NUL are rare, and worth
/// seeing.
fn take_text(node: &mut Node) {
    let Some(Value::Bytes(bytes)) = &node.value else {
        return;
    };
    let end = bytes.iter().position(|&byte| byte == 0);
    if let Some((text, rest)) = end.and_then(|end| bytes.split_at_checked(end))
        && rest.iter().all(|&byte| byte == 0)
    {
        node.value = Some(Value::from(text));
    }
}
