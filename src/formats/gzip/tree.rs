//! A gzip file as a tree: its members, and their content as a view in a space of its own.

use super::{G008, G009};
use std::io;
use std::sync::{Arc, PoisonError};

use super::member::Member;
use super::members::Members;
use crate::Source;
pub use crate::format::MAX_CONTENT;
use crate::format::{self, Content};
use crate::offset::Position;
use crate::tree::{Expand, Node, Problem, Range, Role};
use crate::value::text::counted;

/// The most members that are read one by one.
pub const MAX_MEMBERS: usize = 1 << 20;

/// A gzip file, read through once.
#[derive(Clone, Debug)]
pub struct Stream {
    source: Source,
    size: u64,
    content: Source,
    members: Arc<[Member]>,
    problems: Vec<Problem>,
}

impl Stream {
    /// Reads all members of a file, and checks their sums.
    ///
    /// ```
    /// use std::io::Write;
    /// use bytewright::Source;
    /// use bytewright::formats::gzip::Stream;
    ///
    /// let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    /// encoder.write_all(b"some text")?;
    /// let stream = Stream::read(&Source::from(encoder.finish()?))?;
    /// assert_eq!(stream.content().read(0, 100)?, b"some text");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the source can't be read. Errors of the file are problems of the tree.
    pub fn read(source: &Source) -> io::Result<Stream> {
        Stream::read_up_to(source, MAX_MEMBERS)
    }

    /// Reads no more members than that one by one.
    pub(super) fn read_up_to(source: &Source, most: usize) -> io::Result<Stream> {
        let (members, found) = Members::new(source, most, MAX_CONTENT);
        let content = Source::stream(members);
        // Reading the content to its end reads all members.
        content.size()?;
        let found = found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Stream {
            source: source.clone(),
            size: source.size()?,
            content,
            members: found.members.into(),
            problems: found.problems,
        })
    }

    /// The contents of the members, concatenated, up to the first error; [`MAX_CONTENT`] bytes at
    /// most.
    pub fn content(&self) -> Source {
        self.content.clone()
    }

    /// Why [`content`](Stream::content) is incomplete or wrong: the first error of a member, or a limit.
    pub fn fault(&self) -> Option<String> {
        let of_members = self.members.iter().find_map(|member| member.fault.clone());
        of_members.or_else(|| Some(self.problems.first()?.message.clone()))
    }

    /// The tree of the file: `members`, then `content`, a view of what they hold, and what
    /// follows them.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub(super) fn tree(&self, content: &mut Content<'_>) -> io::Result<Node> {
        let mut stream = format::Stream::new(self.content());
        stream.fault = self.fault();
        stream.limit = MAX_CONTENT;
        self.tree_around(content.stream("content", stream)?)
    }

    pub(super) fn tree_around(&self, mut content: Node) -> io::Result<Node> {
        let end = self.members.last().map_or(0, |member| member.end);
        let members = Node::new("members", Range::file(0, end))
            .meaning(counted(self.members.len() as u64, "member"))
            .with_children_on_demand(Arc::new(self.clone()));
        if content.range.size >= MAX_CONTENT {
            let message = format!("only the first {MAX_CONTENT} bytes are looked at");
            let problem = G009.problem(content.range, message);
            content.problems.push(problem);
        }
        let mut children = vec![members, content];
        if end < self.size {
            children.push(self.trailing(end)?);
        }
        let root = Node::new("gzip", Range::file(0, self.size)).with_children(children);
        Ok(root)
    }

    /// What follows the last member. Zeros are padding, as tapes and block devices add it.
    fn trailing(&self, end: u64) -> io::Result<Node> {
        let range = Range::file(end, self.size.since(end));
        let whole = self.members.last().is_some_and(|member| member.whole);
        if !whole || !self.problems.is_empty() {
            let mut node = Node::new("unread", range).role(Role::Gap);
            node.problems.clone_from(&self.problems);
            return Ok(node);
        }
        let mut at = end;
        loop {
            let bytes = self.source.read_some(at, 8192)?;
            if bytes.is_empty() {
                return Ok(Node::new("zeros", range).role(Role::Padding));
            }
            at.advance(bytes.len() as u64);
            if bytes.iter().any(|&byte| byte != 0) {
                let mut node = Node::new("trailing", range).role(Role::Gap);
                let message = "what follows the last member is neither gzip nor zeros";
                let problem = G008.problem(range, message);
                node.problems.push(problem);
                return Ok(node);
            }
        }
    }
}

impl Expand for Stream {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let members = self.members.iter().enumerate();
        Box::new(members.map(|(index, member)| member.node(&self.source, index.into())))
    }
}
