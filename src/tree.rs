//! The one model that formats make and views read: a tree of [`Node`]s, each with the range of
//! bytes that it names, and the [`Problem`]s found on the way.
//!
//! A node's children may be made on demand, so an archive of a million members is a tree too,
//! in flat memory. Through serde a node is an object with its `children`, each made as it is written:
//!
//! ```
//! use bytewright::tree::{Node, Range};
//!
//! let width = Node::new("width", Range::file(0, 2)).value(640);
//! let root = Node::new("picture", Range::file(0, 2)).with_children(vec![width]);
//! assert_eq!(
//!     serde_json::to_string(&root)?,
//!     "{\"name\":\"picture\",\"offset\":0,\"size\":2,\"value\":null,\"kind\":\"group\",\"children\":[\
//!      {\"name\":\"width\",\"offset\":0,\"size\":2,\"value\":640,\"kind\":\"field\"}]}"
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

mod code;
mod expand;
mod name;
mod names;
mod ownership;
mod place;
mod range;
pub(crate) mod serial;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Arc;

pub use code::Code;
pub(crate) use code::codes;
pub use expand::Expand;
pub use name::Name;
#[cfg(any(feature = "bmp", feature = "gzip", test))]
pub(crate) use names::Members;
pub use names::{Enum, Key};
pub use place::Place;
#[cfg(feature = "inspect")]
pub(crate) use place::{is_plain, quoted, write_step};
pub use range::{BitRange, Range, Space};

use crate::value::{Bytes, LiteralError, Value};
use expand::Changed;

/// The most bytes of a field whose value is kept in its node: a larger field of a source has a range, and its value is
/// read when it is asked for.
pub const MAX_VALUE: u64 = 1 << 20;

/// Memory for the nodes of one struct of a source, about, in bytes. Beyond it, arrays of groups are made on demand, and
/// only short values are kept; others are read when they are asked for.
pub const MAX_VALUES: u64 = 16 << 20;

/// The role of a node's bytes in the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// A field of the format, or a group of fields.
    #[default]
    Field,
    /// Content that the format carries and does not describe: pixels, a member's data.
    Data,
    /// Bytes that are there to align what follows.
    Padding,
    /// Bytes between the parts of a file that no part claims.
    Gap,
    /// A second look at bytes that another leaf owns: bit fields, an overlapping profile.
    View,
}

/// A field, a group or a region: a name, a range of bytes, and what they mean.
#[derive(Clone, Debug)]
pub struct Node {
    /// The field's name, or the index in an array.
    pub name: Name,
    /// The key of an array's item, where it has one beside its index: the name of an archive's member.
    pub key: Option<Bytes>,
    /// Its bytes.
    pub range: Range,
    /// The role of the bytes in the format.
    pub role: Role,
    /// The value read, where the node is a field with one.
    pub value: Option<Value>,
    /// The format that makes the value of the bytes and the bytes of the value: `<I`. Of a bit
    /// field, the format of the integer that it is in; of an array of plain values, that of one item.
    pub format: Option<Cow<'static, str>>,
    /// How many items it has, where it is a leaf with an array of plain values.
    pub items: Option<u64>,
    /// How the value is spelled, where no format of the engine does it: octal digits.
    pub spelling: Option<&'static dyn Spelling>,
    /// Whether people read the value in hexadecimal: a magic number, a checksum, an address.
    pub hex: bool,
    /// The names that some values have here, by which the field can be set as well.
    pub names: Option<Arc<Enum>>,
    /// What the value means: the name of an enumeration's member, a unit, a date.
    pub meaning: Option<String>,
    /// What is wrong here.
    pub problems: Vec<Problem>,
    is_array: bool,
    /// Whether it is at an offset that the format computes, and not after its predecessor.
    pub(crate) is_placed: bool,
    /// Whether it has no name of its own, and its children are among the fields around it: bit fields.
    pub(crate) is_joined: bool,
    /// Whether it is text whose bytes are invalid in its encoding but valid UTF-8, and encoding that text would give
    /// other bytes.
    pub(crate) is_undecoded: bool,
    /// The stored format that the node is, in a format of a whole file.
    pub(crate) reference: Option<Box<str>>,
    /// The number of the coded stream of a format of a whole file, whose content is the child `content`.
    pub(crate) content: Option<u32>,
    children: Children,
}

/// A way of spelling values in bytes that is not among those of [formats](crate::structs): the
/// octal digits of tar.
pub trait Spelling: fmt::Debug + Send + Sync {
    /// The value that bytes spell; `None` where they spell none.
    fn read(&self, bytes: &[u8]) -> Option<Value>;

    /// `width` bytes that spell the value of a text.
    ///
    /// # Errors
    ///
    /// Why there are none, in words for the one who wrote the text.
    fn write(&self, text: &str, width: usize) -> Result<Vec<u8>, LiteralError>;

    /// Whether the value is text, in UTF-8 whatever the encoding of its bytes.
    fn is_text(&self) -> bool {
        false
    }
}

#[derive(Clone, Default)]
enum Children {
    #[default]
    None,
    /// Shared by clones of the node, until one of them is changed.
    Here(Arc<Vec<Node>>),
    OnDemand(Arc<dyn Expand>),
}

impl fmt::Debug for Children {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Children::None => f.write_str("None"),
            Children::Here(nodes) => f.debug_list().entries(nodes.iter()).finish(),
            Children::OnDemand(_) => f.write_str("OnDemand"),
        }
    }
}

impl Node {
    /// A node without value and children.
    ///
    /// ```
    /// use bytewright::tree::{Node, Range, Role};
    ///
    /// let gap = Node::new("gap", Range::file(54, 12)).role(Role::Gap);
    /// assert!(gap.is_leaf());
    /// ```
    pub fn new(name: impl Into<Name>, range: Range) -> Node {
        Node {
            name: name.into(),
            key: None,
            range,
            role: Role::Field,
            value: None,
            format: None,
            items: None,
            spelling: None,
            hex: false,
            names: None,
            meaning: None,
            problems: Vec::new(),
            is_array: false,
            is_placed: false,
            is_joined: false,
            is_undecoded: false,
            reference: None,
            content: None,
            children: Children::None,
        }
    }

    /// The same node with another role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Node {
        self.role = role;
        self
    }

    /// The same node under a key.
    #[must_use]
    pub fn key(mut self, key: impl Into<Bytes>) -> Node {
        self.key = Some(key.into());
        self
    }

    /// The same node with a value.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Node {
        self.value = Some(value.into());
        self
    }

    /// The same node with the meaning of its value.
    #[must_use]
    pub fn meaning(mut self, meaning: impl Into<String>) -> Node {
        self.meaning = Some(meaning.into());
        self
    }

    /// The same node with these children.
    #[must_use]
    pub fn with_children(mut self, children: Vec<Node>) -> Node {
        self.children = Children::Here(Arc::new(children));
        self
    }

    /// The same node with children that are made each time a caller iterates over them.
    #[must_use]
    pub fn with_children_on_demand(mut self, children: Arc<dyn Expand>) -> Node {
        self.children = Children::OnDemand(children);
        self
    }

    /// The children that are already there.
    pub(crate) fn made(&self) -> &[Node] {
        match &self.children {
            Children::Here(nodes) => nodes,
            _ => &[],
        }
    }

    /// Whether the children are the items of an array: they are called by their indexes.
    pub(crate) fn is_array(&self) -> bool {
        self.is_array
    }

    /// The same node with these items of an array.
    #[must_use]
    pub(crate) fn with_items(mut self, items: Vec<Node>) -> Node {
        self.is_array = true;
        self.with_children(items)
    }

    /// Adds children after those that are already there.
    pub(crate) fn add_children(&mut self, more: Vec<Node>) {
        match &mut self.children {
            Children::Here(nodes) => Arc::make_mut(nodes).extend(more),
            Children::None if !more.is_empty() => self.children = Children::Here(Arc::new(more)),
            _ => {}
        }
    }

    /// The same node with items of an array that are made each time they are iterated over.
    #[must_use]
    pub(crate) fn with_items_on_demand(mut self, items: Arc<dyn Expand>) -> Node {
        self.is_array = true;
        self.with_children_on_demand(items)
    }

    /// Whether the node has no children.
    pub fn is_leaf(&self) -> bool {
        match &self.children {
            Children::None => true,
            Children::Here(nodes) => nodes.is_empty(),
            Children::OnDemand(_) => false,
        }
    }

    /// Whether an index is its name: it is an item of an array, or a field without a name.
    ///
    /// ```
    /// use bytewright::tree::{Node, Range};
    ///
    /// assert!(Node::new("12", Range::file(0, 1)).is_item());
    /// assert!(!Node::new("width", Range::file(0, 1)).is_item());
    /// ```
    pub fn is_item(&self) -> bool {
        self.name.index().is_some()
    }

    /// Whether the node is a field with a value that is too long to be in it, and is to be
    /// read from its bytes.
    pub fn is_unread(&self) -> bool {
        self.value.is_none() && self.is_leaf() && self.role == Role::Field && self.range.size > 0
    }

    /// Whether zeros at the end of the field aren't part of its text, since packing fills it up: a field of bytes of a
    /// stated length, such as `8s`.
    pub fn fills_with_zeros(&self) -> bool {
        let format = self.format.as_deref().unwrap_or_default();
        self.items.is_none() && format.ends_with('s') && !format.starts_with('[')
    }

    /// The format of all bytes of the field: of an array of three `<H`, `<[3]H`.
    pub fn whole_format(&self) -> Option<Cow<'_, str>> {
        let element = self.format.as_deref()?;
        Some(match self.items {
            Some(n) => Cow::Owned(repeated(element, n)),
            None => Cow::Borrowed(element),
        })
    }

    /// The children in order; an error, where one comes, is the last item.
    pub fn children(&self) -> Box<dyn Iterator<Item = io::Result<Cow<'_, Node>>> + '_> {
        match &self.children {
            Children::None => Box::new(std::iter::empty()),
            Children::Here(nodes) => Box::new(nodes.iter().map(|node| Ok(Cow::Borrowed(node)))),
            Children::OnDemand(expand) => {
                Box::new(expand.children().map(|node| node.map(Cow::Owned)))
            }
        }
    }

    /// How many children there are, of those that are made on demand, where it is known.
    pub fn count(&self) -> Option<u64> {
        match &self.children {
            Children::OnDemand(expand) => expand.count(),
            _ => None,
        }
    }

    /// The children from the one at `index` on.
    pub fn children_from(
        &self,
        index: u64,
    ) -> Box<dyn Iterator<Item = io::Result<Cow<'_, Node>>> + '_> {
        match &self.children {
            Children::OnDemand(expand) => {
                Box::new(expand.children_from(index).map(|node| node.map(Cow::Owned)))
            }
            _ => Box::new(
                self.children()
                    .skip(usize::try_from(index).unwrap_or(usize::MAX)),
            ),
        }
    }

    /// The children that are already there, to add meanings or problems to them.
    pub fn children_mut(&mut self) -> &mut [Node] {
        match &mut self.children {
            Children::Here(nodes) => Arc::make_mut(nodes).as_mut_slice(),
            _ => &mut [],
        }
    }

    /// Does something to each child: to those that are there now, to others whenever they are
    /// made.
    ///
    /// ```
    /// use bytewright::tree::{Node, Range};
    ///
    /// let mut array = Node::new("items", Range::file(0, 2))
    ///     .with_children(vec![Node::new("0", Range::file(0, 2)).value(7)]);
    /// array.each_child(|child| child.meaning = Some("seven".to_owned()));
    /// assert_eq!(array.child("0").unwrap().meaning.as_deref(), Some("seven"));
    /// ```
    pub fn each_child(&mut self, change: impl Fn(&mut Node) + Send + Sync + 'static) {
        match &mut self.children {
            Children::None => {}
            Children::Here(nodes) => Arc::make_mut(nodes).iter_mut().for_each(change),
            Children::OnDemand(made) => {
                self.children = Children::OnDemand(Arc::new(Changed {
                    made: Arc::clone(made),
                    change,
                }));
            }
        }
    }

    /// Changes the ranges of the node, of its problems, and of all below it, now or when they are
    /// made.
    ///
    /// ```
    /// use bytewright::tree::{Node, Range};
    ///
    /// let inner = Node::new("a", Range::file(0, 2));
    /// let mut root = Node::new("root", Range::file(0, 4)).with_children(vec![inner]);
    /// root.map_ranges(|range| range.offset += 100);
    /// assert_eq!(root.child("a").unwrap().range, Range::file(100, 2));
    /// ```
    pub fn map_ranges(&mut self, map: impl Fn(&mut Range) + Clone + Send + Sync + 'static) {
        map(&mut self.range);
        self.problems
            .iter_mut()
            .for_each(|problem| map(&mut problem.range));
        self.each_child(move |child| child.map_ranges(map.clone()));
    }

    /// Whether the children are made each time a caller asks for them, and may be many.
    pub fn is_on_demand(&self) -> bool {
        matches!(self.children, Children::OnDemand(_))
    }

    /// Takes the first field of that name out of the children that are already there; views are left.
    pub(crate) fn take_child(&mut self, name: &str) -> Option<Node> {
        let Children::Here(nodes) = &mut self.children else {
            return None;
        };
        let is_it = |node: &Node| node.name == name && node.role != Role::View;
        let index = nodes.iter().position(is_it)?;
        Some(Arc::make_mut(nodes).swap_remove(index))
    }

    /// The child of that name, of those that are already there.
    pub fn child(&self, name: &str) -> Option<&Node> {
        match &self.children {
            Children::Here(nodes) => nodes.iter().find(|node| node.name == name),
            _ => None,
        }
    }
}

/// The smallest range that holds all nodes; an empty one of none.
#[cfg(feature = "bmp")]
pub(crate) fn hull(nodes: &[Node]) -> Range {
    Range::hull(nodes.iter().map(|node| node.range)).unwrap_or(Range::file(0, 0))
}

/// The format of an array of `n` values of a format, as nodes have them.
pub(crate) fn repeated(element: &str, n: u64) -> String {
    let order = element.get(..1).filter(|order| "<>@".contains(order));
    match order {
        Some(order) => format!("{order}[{n}]{}", element.trim_start_matches(order)),
        None => format!("[{n}]({element})"),
    }
}

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the file is fine.
    Note,
    /// Readers tolerate it, in different ways.
    Warning,
    /// The file breaks its format's rules.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// Something about a file that is worth knowing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// A stable code, documented with its format: `B003`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The bytes it is about.
    pub range: Range,
    /// What was expected and what was found.
    pub message: String,
}

impl Problem {
    /// A problem at a range.
    pub fn new(
        code: &'static str,
        severity: Severity,
        range: Range,
        message: impl Into<String>,
    ) -> Problem {
        Problem {
            code,
            severity,
            range,
            message: message.into(),
        }
    }

    /// Whether it has this code, whatever it weighs.
    pub fn is(&self, code: &Code) -> bool {
        self.code == code.code
    }
}
