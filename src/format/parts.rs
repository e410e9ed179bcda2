//! Parsing a part of a file: structures one after the other, as far as its bytes go.

use std::fmt;
use std::io;

use crate::offset::Position;
use crate::schema::Header;
use crate::tree::{Node, Range, Role, Space};
use crate::{Source, Struct};

/// The most bytes that a structure without a fixed size takes.
const MOST: u64 = 4096;

/// The parts of a file, or of a part of it, so far: nodes that follow each other without a gap.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::format::Parts;
/// use bytewright::tree::Role;
///
/// let header = Struct::new("<2s:magic H:size")?;
/// let source = Source::from(&b"AB\x03\0xyz..."[..]);
/// let mut parts = Parts::new(&source, 0, source.size()?);
/// if parts.header("header", &header)?.is_some() {
///     let size = parts.number("size").unwrap_or(0);
///     parts.data("data", size);
/// }
/// parts.rest("trailing");
/// let nodes = parts.into_nodes();
/// let found: Vec<_> = nodes.iter().map(|n| (&*n.name, n.range.offset, n.range.size)).collect();
/// assert_eq!(found, [("header", 0, 4), ("data", 4, 3), ("trailing", 7, 3)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Parts<'a> {
    source: &'a Source,
    at: u64,
    end: u64,
    nodes: Vec<Node>,
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("at", &self.at)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl<'a> Parts<'a> {
    /// No parts yet of the bytes of a source from `at` up to `end`.
    pub fn new(source: &'a Source, at: u64, end: u64) -> Parts<'a> {
        Parts {
            source,
            at,
            end,
            nodes: Vec::new(),
        }
    }

    /// The source.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Where the next part begins.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Where the last part may end.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// How many bytes are in no part yet.
    pub fn left(&self) -> u64 {
        self.end.since(self.at)
    }

    /// The next bytes, without consuming them; fewer than `size` at the end.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn ahead(&self, size: u64) -> io::Result<Vec<u8>> {
        self.source.read(self.at, size.min(self.left()))
    }

    /// Parses a structure to a node with its fields; answers its bytes, or `None` where the end truncates it: the rest
    /// is then a gap in it, called `unread`. One without a fixed size takes 4 KiB at most.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn header(&mut self, name: &'static str, layout: &Struct) -> io::Result<Option<Vec<u8>>> {
        let start = self.at;
        let before = self.nodes.len();
        let bytes = self.fields(layout)?;
        let fields = self.nodes.split_off(before);
        let range = Range::file(start, self.at.since(start));
        self.nodes
            .push(Node::new(name, range).with_children(fields));
        Ok(bytes)
    }

    /// The same without a node around the fields.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn fields(&mut self, layout: &Struct) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = self.ahead(layout.size().unwrap_or(MOST))?;
        let (nodes, error) = layout.nodes_so_far(&bytes, Space::FILE, self.at);
        let end = nodes.last().map_or(self.at, |node| node.range.end());
        let size = end.since(self.at);
        self.nodes.extend(nodes);
        self.at = end;
        if error.is_some() {
            self.rest("unread");
            return Ok(None);
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(Some(bytes))
    }

    /// A header that is stated by a schema, as a node of its name with the meanings of its fields; answers
    /// as [`header`](Parts::header) does.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn stated(&mut self, header: &Header) -> io::Result<Option<Vec<u8>>> {
        let bytes = self.header(header.name(), header.layout())?;
        if let Some(node) = self.nodes.last_mut() {
            header.meanings().annotate(node.children_mut());
        }
        Ok(bytes)
    }

    /// The same without a node around the fields.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn stated_fields(&mut self, header: &Header) -> io::Result<Option<Vec<u8>>> {
        let before = self.nodes.len();
        let bytes = self.fields(header.layout())?;
        let fields = self.nodes.get_mut(before..).unwrap_or_default();
        header.meanings().annotate(fields);
        Ok(bytes)
    }

    /// Bytes of data, as many as `size` says, or those that there are of them; answers whether all are there.
    pub fn data(&mut self, name: &'static str, size: u64) -> bool {
        let there = size.min(self.left());
        if there > 0 {
            let range = Range::file(self.at, there);
            self.push(Node::new(name, range).role(Role::Data));
        }
        there == size
    }

    /// The remaining bytes, if any, as a gap.
    pub fn rest(&mut self, name: &'static str) {
        if self.left() > 0 {
            let range = Range::file(self.at, self.left());
            self.push(Node::new(name, range).role(Role::Gap));
        }
    }

    /// Another part, which begins where the last one ends.
    pub fn push(&mut self, node: Node) {
        self.at = node.range.end();
        self.nodes.push(node);
    }

    /// The parts so far, to add meanings or problems to them.
    pub fn nodes_mut(&mut self) -> &mut [Node] {
        &mut self.nodes
    }

    /// The last part, or the child of that name in it.
    pub fn last(&mut self, name: &str) -> Option<&mut Node> {
        let last = self.nodes.last_mut()?;
        match last.name == name {
            true => Some(last),
            false => {
                let mut children = last.children_mut().iter_mut();
                children.find(|node| node.name == name)
            }
        }
    }

    /// The number in a field of the last part, or in the last part of that name: `header.size` where
    /// `header` has bit fields. `None` where there is none, or it is negative.
    pub fn number(&self, path: &str) -> Option<u64> {
        let mut names = path.split('.');
        let first = names.next()?;
        let mut parts = self.nodes.iter().rev();
        let in_last = self.nodes.last()?.child(first);
        let start = in_last.or_else(|| parts.find(|node| node.name == first))?;
        let field = names.try_fold(start, |node, name| node.child(name))?;
        u64::try_from(field.value.as_ref()?.as_int()?).ok()
    }

    /// The nodes.
    pub fn into_nodes(self) -> Vec<Node> {
        self.nodes
    }
}
