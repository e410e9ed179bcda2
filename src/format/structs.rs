//! A struct, or many of them, as the format of a file.

use std::io;
use std::sync::Arc;

use super::{Content, Edited, Fit, Follow, Format, Head, Stream};
use crate::offset::Position;
use crate::schema::Meanings;
use crate::structs::PROBLEMS;
use crate::structs::problems::S002;
use crate::structs::{DescentStep, RequestedField, Window};
#[cfg(feature = "shelf")]
use crate::tree::Severity;
use crate::tree::{Code, Expand, Node, Place, Range, Role, Space};
use crate::{Source, Struct, Value};

/// A struct as the format of a file.
#[derive(Clone, Debug)]
pub struct StructFormat {
    name: String,
    layout: Arc<Struct>,
    offset: u64,
    repeated: bool,
    meanings: Arc<Meanings>,
}

impl StructFormat {
    /// One struct at the beginning of the file.
    ///
    /// ```
    /// use bytewright::{Source, Struct};
    /// use bytewright::format::StructFormat;
    /// use bytewright::inspect::Document;
    ///
    /// let point = StructFormat::new("point", Struct::new("<H:x H:y")?).repeated();
    /// let source = Source::from(&[1, 0, 2, 0, 3, 0, 4, 0][..]);
    /// let document = Document::open(source, point)?;
    /// let found = document.find(&"records[1].y".parse()?)?;
    /// assert_eq!(found[0].node.value, Some(4.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(name: impl Into<String>, layout: Struct) -> StructFormat {
        StructFormat {
            name: name.into(),
            layout: Arc::new(layout),
            offset: 0,
            repeated: false,
            meanings: Arc::default(),
        }
    }

    /// The first struct begins at `offset`; what comes before it is a gap.
    #[must_use]
    pub fn at(mut self, offset: u64) -> StructFormat {
        self.offset = offset;
        self
    }

    /// Structs one after the other up to the end of the file: the items of `records`.
    #[must_use]
    pub fn repeated(mut self) -> StructFormat {
        self.repeated = true;
        self
    }

    /// What the values of each struct mean.
    #[must_use]
    pub fn meanings(mut self, meanings: Meanings) -> StructFormat {
        self.meanings = Arc::new(meanings);
        self
    }
}

impl Format for StructFormat {
    fn name(&self) -> &str {
        &self.name
    }

    /// A struct alone has no signature.
    fn fit(&self, _: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(None)
    }

    fn tree(&self, source: &Source, content: &mut Content<'_>) -> io::Result<Node> {
        let size = source.size()?;
        let mut children = Vec::new();
        let start = self.offset.min(size);
        if start > 0 {
            children.push(Node::new("before", Range::file(0, start)).role(Role::Gap));
        }
        if self.repeated {
            let records = Records {
                layout: self.clone(),
                source: source.clone(),
                size,
            };
            let all = Range::file(start, size.since(start));
            children.push(Node::new("records", all).with_children_on_demand(Arc::new(records)));
        } else {
            let first = content.count();
            let asked = content.asked();
            let window = &mut Window::new(source)?;
            let (nodes, end, streams) = self.one(window, size, start, first, &asked)?;
            for (bytes, fault) in streams {
                let stream = Stream::new(bytes);
                content.push(Stream { fault, ..stream });
            }
            children.extend(nodes);
            let rest = Range::between(end, size).filter(|rest| rest.size > 0);
            children.extend(rest.map(|rest| Node::new("rest", rest).role(Role::Gap)));
        }
        Ok(Node::new(self.name.clone(), Range::file(0, size)).with_children(children))
    }

    /// Lengths and checksums that follow from what changed.
    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        if !self.layout.is_whole() || self.offset > 0 || self.repeated {
            return Ok(Vec::new());
        }
        let before = self.layout.wrong_in(&mut Window::new(edited.before())?)?;
        let mut follow = Vec::new();
        for (place, node, value) in self.layout.wrong_in(&mut Window::new(edited.after())?)? {
            // A field that was wrong in the same way before the edit is left alone.
            let same =
                |(other, _, expected): &(Place, Node, Value)| *other == place && *expected == value;
            if before.iter().any(same) || edited.places().contains(&place) {
                continue;
            }
            let width = usize::try_from(node.range.size).unwrap_or(0);
            let bytes = match (node.spelling, node.format.as_deref()) {
                (Some(spelling), _) => spelling.write(&value.to_string(), width).ok(),
                (None, Some(format)) => Struct::new(format)
                    .ok()
                    .and_then(|format| format.pack(std::slice::from_ref(&value)).ok()),
                (None, None) => None,
            };
            if let Some(bytes) = bytes.filter(|bytes| bytes.len() == width) {
                follow.push(Follow::new(place, bytes, value.to_string()));
            }
        }
        Ok(follow)
    }

    fn has(&self, path: &[Option<&str>]) -> Option<bool> {
        let inside = match (self.repeated, path) {
            (false, path) => path,
            (true, [Some("records"), None, inside @ ..]) => inside,
            (true, _) => return Some(false),
        };
        let steps: Vec<DescentStep<'_>> = inside
            .iter()
            .map(|step| step.map_or(DescentStep::Item, DescentStep::Name))
            .collect();
        self.layout.has(&steps)
    }

    fn codes(&self) -> &[Code] {
        PROBLEMS
    }
}

impl StructFormat {
    /// Whether the format reads at the front of a file without a problem. It reads everything that the format covers.
    #[cfg(feature = "shelf")]
    pub(crate) fn reads(&self, source: &Source) -> io::Result<bool> {
        let read = self
            .layout
            .nodes_in(&mut Window::new(source)?, Space::FILE, self.offset, 0)?;
        Ok(read.error.is_none() && !read.nodes.iter().any(has_error))
    }

    /// The fields of the struct at `start`, and where it ends. Bytes that break the format are a node with a problem,
    /// after those that fit.
    fn one(
        &self,
        window: &mut Window,
        size: u64,
        start: u64,
        first_stream: u32,
        asked: &Arc<[RequestedField]>,
    ) -> io::Result<(Vec<Node>, u64, Streams)> {
        let read = self
            .layout
            .nodes_for_fields(window, Space::FILE, start, first_stream, asked)?;
        let (mut nodes, error, reached) = (read.nodes, read.error, read.end);
        self.meanings.annotate(&mut nodes);
        let mut end = match self.layout.is_whole() {
            true => reached,
            false => nodes.last().map_or(start, |node| node.range.end()),
        };
        if let Some(error) = error {
            let at = error.offset().unwrap_or(end);
            // In a format of a whole file, bytes that it doesn't cover are gaps already.
            let cut = match self.layout.is_whole() {
                true => Range::file(at.min(size), 0),
                false => Range::file(end, size.since(end)),
            };
            let mut node = Node::new("unread", cut).role(Role::Gap);
            let problem = Range::file(at.min(size), 0);
            let message = error.to_string();
            node.problems.push(S002.problem(problem, message));
            nodes.push(node);
            end = size;
        }
        Ok((nodes, end, read.streams))
    }
}

/// Decoded contents, each with the reason why it isn't complete.
type Streams = Vec<(Source, Option<String>)>;

/// Recursion is as deep as the tree, which reading bounds.
#[cfg(feature = "shelf")]
fn has_error(node: &Node) -> bool {
    let mut severities = node.problems.iter().map(|problem| problem.severity);
    severities.any(|severity| severity == Severity::Error) || node.made().iter().any(has_error)
}

/// Structs up to the end of the file, made one by one.
struct Records {
    layout: StructFormat,
    source: Source,
    size: u64,
}

impl Records {
    /// The size of every record, where the format tells it.
    fn stride(&self) -> Option<u64> {
        self.layout.layout.size().filter(|size| *size > 0)
    }
}

impl Expand for Records {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        let all = self.size.saturating_sub(self.layout.offset);
        Some(all.div_ceil(self.stride()?))
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let mut window = match Window::new(&self.source) {
            Ok(window) => window,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let (first, skip) = match self.stride() {
            Some(_) => (index, 0),
            None => (0, usize::try_from(index).unwrap_or(usize::MAX)),
        };
        let before = self.stride().unwrap_or(0).saturating_mul(first);
        let mut at = self.layout.offset.saturating_add(before);
        let nodes = (first..).map_while(move |index| {
            if at >= self.size {
                return None;
            }
            let start = at;
            let made = self
                .layout
                .one(&mut window, self.size, start, 0, &Arc::default());
            let node = made.map(|(mut nodes, end, _)| {
                nodes.iter_mut().for_each(Node::without_content);
                if end == start {
                    let rest = Range::file(start, self.size.since(start));
                    let mut node = Node::new("unread", rest).role(Role::Gap);
                    let message = "the struct takes no bytes, so there is no end to them";
                    node.problems.push(S002.problem(rest, message));
                    nodes = vec![node];
                }
                at = if end == start { self.size } else { end };
                let range = Range::file(start, at.since(start));
                Node::new(index, range).with_children(nodes)
            });
            if node.is_err() {
                at = u64::MAX;
            }
            Some(node)
        });
        Box::new(nodes.skip(skip))
    }
}
