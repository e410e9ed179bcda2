//! An archive as a tree: every byte of it belongs to a field, to data, to padding, or to a gap.

use super::codes::T015;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::archive::Archive;
use super::error::Error;
use super::header::Header;
use super::layout::{BLOCK, Layout, field};
use super::member::{Kind, Member, padded};
use super::pax;
use super::text::shown;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::tree::{Expand, Node, Problem, Range, Role, Space};
use crate::value::text::counted;

/// The tree of a plain archive: `members`, made one by one as they are asked for; then `end`,
/// the blocks that end it and what follows those. A member goes by its index, its name is its
/// [key](Node::key).
///
/// The ranges lie in `space`: an archive that is in a compressed stream has one of its own.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar;
/// use bytewright::tree::Space;
/// # let mut builder = tar::Builder::new(Vec::new());
/// # let folder = tempfile::tempdir()?;
/// # builder.add(folder.path(), Some("a".as_ref()), &mut |_| {})?;
/// # let bytes = builder.finish()?;
///
/// let tree = tar::tree(&Source::from(bytes), Space::FILE)?;
/// let members = tree.children().next().expect("an archive has members")?;
/// for member in members.children() {
///     let member = member?;
///     println!("{:#x} {:?}", member.range.offset, member.key);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the source can't be read. What is wrong further on is a problem of the node `unread`,
/// where reading ends; it holds the rest of the file.
pub fn tree(source: &Source, space: Space) -> Result<Node, Error> {
    let range = Range::new(space, 0, source.size()?);
    let archive = Tree {
        members: Members {
            source: source.clone(),
            space,
        },
        tail: OnceLock::new(),
        walking: Mutex::new(()),
    };
    Ok(Node::new("tar", range).with_children_on_demand(Arc::new(archive)))
}

/// Whether the first bytes of a file are a header block of an archive.
///
/// ```
/// use bytewright::formats::tar;
///
/// assert!(!tar::is_archive(&[0; 512]), "an empty archive is as good as any file of zeros");
/// ```
pub fn is_archive(start: &[u8]) -> bool {
    let block = start.first_chunk::<BLOCK>();
    block.is_some_and(|block| Header::parse(block).is_ok())
}

/// The size of the two blocks of zeros.
const END: u64 = 1024;

struct Tree {
    members: Members,
    /// Known once a caller walked over all members.
    tail: OnceLock<Tail>,
    /// Held by the caller who does: others that ask meanwhile wait for it.
    walking: Mutex<()>,
}

/// What follows the last member, and how many there are.
struct Tail {
    count: u64,
    start: u64,
    name: &'static str,
    problems: Vec<Problem>,
}

impl Expand for Tree {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let nodes = match self.nodes() {
            Ok(nodes) => nodes.into_iter().map(Ok).collect(),
            Err(e) => vec![Err(io::Error::from(e))],
        };
        Box::new(nodes.into_iter())
    }
}

impl Tree {
    fn tail(&self) -> Result<&Tail, Error> {
        let _walking = self.walking.lock().unwrap_or_else(PoisonError::into_inner);
        match self.tail.get() {
            Some(tail) => Ok(tail),
            None => {
                let tail = self.members.tail()?;
                Ok(self.tail.get_or_init(|| tail))
            }
        }
    }

    fn nodes(&self) -> Result<Vec<Node>, Error> {
        let tail = self.tail()?;
        let mut nodes = Vec::new();
        if tail.count > 0 {
            let range = self.members.range(0, tail.start);
            nodes.push(
                Node::new("members", range)
                    .meaning(counted(tail.count, "member"))
                    .with_children_on_demand(Arc::new(self.members.clone())),
            );
        }
        nodes.push(self.members.rest(tail)?);
        Ok(nodes)
    }
}

#[derive(Clone)]
struct Members {
    source: Source,
    space: Space,
}

impl Expand for Members {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let mut archive = Archive::plain(self.source.clone());
        let mut start = 0;
        let nodes = (0_u64..).map_while(move |index| match archive.next_member() {
            Ok(Some(member)) => {
                let node = self.member(index, &member, start);
                start = member.end();
                Some(node.map_err(io::Error::from))
            }
            // What is wrong after the last member is the tail's.
            Ok(None) => None,
            Err(e) if e.is_data() => None,
            Err(e) => Some(Err(e.into())),
        });
        Box::new(nodes)
    }
}

impl Members {
    fn tail(&self) -> Result<Tail, Error> {
        let size = self.source.size()?;
        let mut archive = Archive::plain(self.source.clone());
        let mut tail = Tail {
            count: 0,
            start: 0,
            name: "end",
            problems: Vec::new(),
        };
        loop {
            match archive.next_member() {
                Ok(Some(member)) => {
                    tail.count.tally(1);
                    tail.start = member.end().min(size);
                }
                Ok(None) => {
                    tail.problems = archive.problems().to_vec();
                    return Ok(tail);
                }
                Err(e) if e.is_data() => {
                    let at = Range::new(self.space, e.offset().unwrap_or(tail.start), 0);
                    tail.problems = vec![T015.problem(at, e.kind().to_string())];
                    tail.name = "unread";
                    return Ok(tail);
                }
                Err(e) => return Err(e),
            }
        }
    }

    /// A member with everything from `start`, where the one before it ended.
    fn member(&self, index: u64, member: &Member, start: u64) -> Result<Node, Error> {
        let size = self.source.size()?;
        let end = member.end().min(size);
        let mut children = Vec::new();
        let mut at = start;
        while at < member.header_offset {
            at = self.block_before(at, member.header_offset, &mut children)?;
        }
        children.push(self.header("header", at)?);
        at.advance(BLOCK as u64);
        if at < member.data_offset {
            children.push(self.sparse_map(at, member.data_offset)?);
        }
        let data_end = member.data_end().min(size);
        if member.stored_size > 0 {
            let data = self.range(member.data_offset, data_end);
            children.push(Node::new("data", data).role(Role::Data));
        }
        if data_end < end {
            let padding = self.range(data_end, end);
            children.push(Node::new("padding", padding).role(Role::Padding));
        }
        let mut node = Node::new(index, self.range(start, end))
            .key(&*member.name)
            .with_children(children);
        node.meaning = Some(match member.kind {
            Kind::Symlink | Kind::Hardlink => {
                format!("{} to {}", member.kind.name(), shown(&member.link))
            }
            Kind::File => format!("file of {}", counted(member.size, "byte")),
            kind => kind.name().to_owned(),
        });
        node.problems.clone_from(&member.problems);
        Ok(node)
    }

    /// An extended header with its content, or a block of zeros; answers where it ends.
    fn block_before(&self, at: u64, limit: u64, nodes: &mut Vec<Node>) -> Result<u64, Error> {
        let Some(header) = self.read_header(at)? else {
            let end = at.past(BLOCK as u64);
            nodes.push(Node::new("zeros", self.range(at, end)).role(Role::Gap));
            return Ok(end);
        };
        let name = match header.typeflag() {
            b'g' => "global_header",
            b'L' => "long_name",
            b'K' => "long_link",
            _ => "extended_header",
        };
        let data_offset = at.past(BLOCK as u64);
        let size = header
            .number(field!("size"))
            .ok()
            .and_then(|size| u64::try_from(size).ok());
        let size = size.unwrap_or(0).min(limit.saturating_sub(data_offset));
        let data = self.source.read(data_offset, size)?;
        let data_end = data_offset.past(size);
        let mut children = vec![self.header("header", at)?];
        let range = self.range(data_offset, data_end);
        match header.typeflag() {
            b'L' | b'K' => children.push(Node::new("text", range).value(data)),
            _ => children.push(Node::new("records", range).with_children(records(&data, range))),
        }
        let end = padded(data_end).min(limit);
        if data_end < end {
            let padding = self.range(data_end, end);
            children.push(Node::new("padding", padding).role(Role::Padding));
        }
        nodes.push(Node::new(name, self.range(at, end)).with_children(children));
        Ok(end)
    }

    fn read_header(&self, at: u64) -> Result<Option<Header>, Error> {
        let bytes = self.source.read(at, BLOCK as u64)?;
        let block: Option<&[u8; BLOCK]> = bytes.as_slice().try_into().ok();
        Ok(block.and_then(|block| Header::parse(block).ok()))
    }

    /// The fields of a header, with what they mean.
    fn header(&self, name: &'static str, at: u64) -> Result<Node, Error> {
        let range = self.range(at, at.past(BLOCK as u64));
        let Some(header) = self.read_header(at)? else {
            return Ok(Node::new(name, range).role(Role::Gap));
        };
        let layout = header.layout().header();
        let mut fields = layout.nodes(header.as_bytes(), self.space, at);
        // What was never written is no time.
        for time in [field!("atime"), field!("ctime")] {
            let mut fields = fields.iter_mut();
            if header.get(time).starts_with(&[0])
                && let Some(node) = fields.find(|node| node.name == time.name())
            {
                node.meaning = None;
            }
        }
        let node = Node::new(name, range)
            .with_children(fields)
            .meaning(layout.name());
        Ok(node)
    }

    fn sparse_map(&self, start: u64, end: u64) -> Result<Node, Error> {
        let bytes = self.source.read(start, end.since(start))?;
        let mut blocks = Vec::new();
        for (i, block) in bytes.chunks_exact(BLOCK).enumerate() {
            let at = start.item(i as u64, BLOCK as u64);
            let fields = Layout::GnuSparse.header().nodes(block, self.space, at);
            let range = self.range(at, at.past(BLOCK as u64));
            blocks.push(Node::new(i, range).with_children(fields));
        }
        Ok(Node::new("sparse_map", self.range(start, end)).with_children(blocks))
    }

    /// What follows the last member: blocks of zeros, then anything.
    fn rest(&self, tail: &Tail) -> Result<Node, Error> {
        let start = tail.start;
        let size = self.source.size()?.max(start);
        let mut node = Node::new(tail.name, self.range(start, size));
        if tail.name == "end" {
            let two = start.saturating_add(END).min(size);
            let mut children = Vec::new();
            if start < two {
                children.push(Node::new("zeros", self.range(start, two)).role(Role::Padding));
            }
            if two < size {
                children.push(Node::new("trailing", self.range(two, size)).role(Role::Gap));
            }
            node = node.with_children(children);
        } else {
            node = node.role(Role::Gap);
        }
        node.problems.clone_from(&tail.problems);
        Ok(node)
    }

    fn range(&self, start: u64, end: u64) -> Range {
        Range::new(self.space, start, end.since(start))
    }
}

/// A node for each record, and one for what isn't any.
fn records(data: &[u8], range: Range) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = range.offset;
    let mut rest = data;
    while let Some((record, after)) = pax::record(rest) {
        let size = rest.len().since(after.len()) as u64;
        let name = String::from_utf8_lossy(&record.keyword).into_owned();
        nodes.push(Node::new(name, Range::new(range.space, at, size)).value(record.value));
        at.advance(size);
        rest = after;
    }
    if at < range.end() {
        let rest = Range::new(range.space, at, range.end().since(at));
        nodes.push(Node::new("padding", rest).role(Role::Padding));
    }
    nodes
}
