//! Trees and problems through serde: the JSON of `docs/json.md`.

use std::borrow::Cow;

use serde::ser::{Error as _, Serialize, SerializeSeq, Serializer};

use super::{BitRange, MAX_VALUE, MAX_VALUES, Node, Problem, Role, Severity};
use crate::value::plain::{Ints, Readable, raw_text, without_padding};
use crate::value::{Bytes, Value};

/// A node with all that is below it, whose children are made one by one as they are written.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(self, Ints::Numbers);
        fields.name = Some(&self.name);
        fields.children = (!self.is_leaf()).then_some(Children(self));
        fields.serialize(serializer)
    }
}

/// A node alone, under its path.
pub(crate) fn with_path<'a>(path: &'a str, node: &'a Node, ints: Ints) -> impl Serialize + 'a {
    let mut fields = Fields::new(node, ints);
    fields.path = Some(path);
    fields
}

/// A node's value: of text in a field of bytes, without the NULs that fill the field, which are there
/// again when it is set.
pub(crate) fn value<'v>(node: &Node, value: &'v Value, ints: Ints) -> impl Serialize + use<'v> {
    Shown::new(node, value, ints)
}

#[derive(serde::Serialize)]
struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a Bytes>,
    offset: u64,
    size: u64,
    #[serde(flatten)]
    bits: Option<BitRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<u32>,
    value: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    omitted: Option<String>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Problem]>::is_empty")]
    problems: &'a [Problem],
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Children<'a>>,
}

impl<'a> Fields<'a> {
    fn new(node: &'a Node, ints: Ints) -> Fields<'a> {
        let value = node.value.as_ref();
        Fields {
            path: None,
            name: None,
            key: node.key.as_ref(),
            offset: node.range.offset,
            size: node.range.size,
            bits: node.range.bits,
            stream: node.range.space.stream_index(),
            value: value.map(|value| Shown::new(node, value, ints)),
            omitted: node.is_unread().then(|| omitted(node)),
            kind: kind(node),
            meaning: node.meaning.as_deref(),
            problems: &node.problems,
            children: None,
        }
    }
}

struct Children<'a>(&'a Node);

impl Serialize for Children<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for child in self.0.children() {
            list.serialize_element(&*child.map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}

struct Shown<'a> {
    value: Cow<'a, Value>,
    ints: Ints,
}

impl<'a> Shown<'a> {
    fn new(node: &Node, value: &'a Value, ints: Ints) -> Shown<'a> {
        let value = match value {
            Value::Bytes(bytes) if node.is_undecoded => Cow::Owned(raw_text(bytes)),
            Value::Bytes(bytes) if node.fills_with_zeros() => {
                Cow::Owned(Value::from(without_padding(bytes)))
            }
            value => Cow::Borrowed(value),
        };
        Shown { value, ints }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (what, ints) = (&*self.value, self.ints);
        Readable { what, ints }.serialize(serializer)
    }
}

/// Why a field has no value here.
fn omitted(node: &Node) -> String {
    format!(
        "the value has {} bytes; those of more than {MAX_VALUE} bytes, or beyond {MAX_VALUES} \
         bytes in one struct, are left out here, and get has them",
        node.range.size
    )
}

/// `group` for what has parts of its own, otherwise the role.
fn kind(node: &Node) -> &'static str {
    match node.role {
        Role::View => "view",
        Role::Padding => "padding",
        Role::Gap => "gap",
        _ if !node.is_leaf() && node.value.is_none() => "group",
        Role::Data => "data",
        Role::Field => "field",
    }
}

/// `code`, `severity`, `offset`, `size` and `message`.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Fields<'a> {
            code: &'a str,
            severity: Severity,
            offset: u64,
            size: u64,
            message: &'a str,
        }
        Fields {
            code: self.code,
            severity: self.severity,
            offset: self.range.offset,
            size: self.range.size,
            message: &self.message,
        }
        .serialize(serializer)
    }
}
