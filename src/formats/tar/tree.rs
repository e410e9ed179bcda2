//! An archive as a tree: every byte of it belongs to a field, to data, to padding, or to a gap.

use std::io;
use std::sync::Arc;

use super::archive::Archive;
use super::error::Error;
use super::gzip;
use super::header::Header;
use super::layout::{BLOCK, Layout};
use super::member::{Kind, Member, padded};
use super::number;
use super::pax;
use super::text::shown;
use super::time::Time;
use crate::Source;
use crate::tree::{Expand, Node, Problem, Range, Role, Severity, Space};

/// The tree of an archive. Its children are the members, made one by one as somebody asks for
/// them; then the blocks that end it, and what follows those.
///
/// In a gzipped archive the file is one node of data, and the members stand in a
/// [space](Space) of their own.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar;
/// # let mut builder = tar::Builder::new(Vec::new());
/// # let folder = tempfile::tempdir()?;
/// # builder.add(folder.path(), Some("a".as_ref()), &mut |_| {})?;
/// # let bytes = builder.finish()?;
///
/// let tree = tar::tree(&Source::from(bytes))?;
/// for member in tree.children() {
///     let member = member?;
///     println!("{:#x} {}", member.range.offset, member.name);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the source can't be read, or is compressed otherwise than with gzip. What is wrong
/// further on is a problem of the node where reading ends, and the rest of the file a gap.
pub fn tree(source: &Source) -> Result<Node, Error> {
    let archive = Archive::new(source.clone())?;
    if archive.space() == Space::FILE {
        let root = Node::new("tar", Range::file(0, source.size()?));
        return Ok(root.with_children_on_demand(Arc::new(Members {
            source: source.clone(),
            space: Space::FILE,
        })));
    }
    // Whoever looks at one header of a tree wants it at its position.
    let stream = gzip::Reader::new(Box::new(source.reader(0)));
    let content = Source::stream(stream);
    let inner = Range::new(archive.space(), 0, content.size()?);
    let tar = Node::new("tar", inner).with_children_on_demand(Arc::new(Members {
        source: content,
        space: archive.space(),
    }));
    let whole = Range::file(0, source.size()?);
    let stream = Node::new("stream", whole).role(Role::Data);
    Ok(Node::new("gzip", whole).with_children(vec![stream, tar.role(Role::View)]))
}

/// The size of the two blocks of zeros.
const END: u64 = 1024;

struct Members {
    source: Source,
    space: Space,
}

impl Expand for Members {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let archive = Archive::plain(self.source.clone());
        Box::new(Walk {
            members: self,
            archive: Some(archive),
            end: 0,
        })
    }
}

struct Walk<'a> {
    members: &'a Members,
    archive: Option<Archive>,
    /// The end of what was given so far.
    end: u64,
}

impl Iterator for Walk<'_> {
    type Item = io::Result<Node>;

    fn next(&mut self) -> Option<io::Result<Node>> {
        let node = match self.archive.as_mut()?.next_member() {
            Ok(Some(member)) => self.members.member(&member, self.end),
            Ok(None) => {
                let problems = self.archive.take()?.problems().to_vec();
                self.members.rest("end", self.end, problems)
            }
            Err(e) if e.is_data() => {
                self.archive = None;
                let at = Range::new(self.members.space, e.offset().unwrap_or(self.end), 0);
                let problem = Problem::new("T015", Severity::Error, at, e.to_string());
                self.members.rest("unread", self.end, vec![problem])
            }
            Err(e) => {
                self.archive = None;
                Err(e)
            }
        };
        let node = node.map_err(io::Error::from);
        match &node {
            Ok(node) => self.end = node.range.end(),
            Err(_) => self.archive = None,
        }
        Some(node)
    }
}

impl Members {
    /// A member with everything from `start`, where the one before it ended.
    fn member(&self, member: &Member, start: u64) -> Result<Node, Error> {
        let size = self.source.size()?;
        let end = member.end().min(size);
        let mut children = Vec::new();
        let mut at = start;
        while at < member.header_offset {
            at = self.block_before(at, member.header_offset, &mut children)?;
        }
        children.push(self.header("header", at)?);
        at = at.saturating_add(BLOCK as u64);
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
        let name = String::from_utf8_lossy(&member.name).into_owned();
        let mut node = Node::new(name, self.range(start, end)).with_children(children);
        node.meaning = Some(match member.kind {
            Kind::Symlink | Kind::Hardlink => {
                format!("{} to {}", member.kind.name(), shown(&member.link))
            }
            Kind::File => format!("file of {} bytes", member.size),
            kind => kind.name().to_owned(),
        });
        node.problems.clone_from(&member.problems);
        Ok(node)
    }

    /// An extended header with its content, or a block of zeros; answers where it ends.
    fn block_before(&self, at: u64, limit: u64, nodes: &mut Vec<Node>) -> Result<u64, Error> {
        let Some(header) = self.read_header(at)? else {
            let end = at.saturating_add(BLOCK as u64);
            nodes.push(Node::new("zeros", self.range(at, end)).role(Role::Gap));
            return Ok(end);
        };
        let name = match header.typeflag() {
            b'g' => "global_header",
            b'L' => "long_name",
            b'K' => "long_link",
            _ => "extended_header",
        };
        let data_offset = at.saturating_add(BLOCK as u64);
        let size = header
            .number("size")
            .ok()
            .and_then(|size| u64::try_from(size).ok());
        let size = size.unwrap_or(0).min(limit.saturating_sub(data_offset));
        let data = self.source.read(data_offset, size)?;
        let data_end = data_offset.saturating_add(size);
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
        let range = self.range(at, at.saturating_add(BLOCK as u64));
        let Some(header) = self.read_header(at)? else {
            return Ok(Node::new(name, range).role(Role::Gap));
        };
        let layout = header.layout();
        let fields = layout
            .of_struct()
            .nodes(header.as_bytes(), self.space, at)?;
        let mut node = Node::new(name, range).with_children(fields);
        for field in node.children_mut() {
            field.meaning = meaning(&header, &field.name);
        }
        node.meaning = Some(format!("{layout:?}").to_lowercase());
        Ok(node)
    }

    fn sparse_map(&self, start: u64, end: u64) -> Result<Node, Error> {
        let bytes = self.source.read(start, end.saturating_sub(start))?;
        let mut blocks = Vec::new();
        for (i, block) in bytes.chunks_exact(BLOCK).enumerate() {
            let at = start.saturating_add((i as u64).saturating_mul(BLOCK as u64));
            let fields = Layout::GnuSparse.of_struct().nodes(block, self.space, at)?;
            let range = self.range(at, at.saturating_add(BLOCK as u64));
            blocks.push(Node::new(i.to_string(), range).with_children(fields));
        }
        Ok(Node::new("sparse_map", self.range(start, end)).with_children(blocks))
    }

    /// What stands behind the last member: blocks of zeros, then anything.
    fn rest(&self, name: &'static str, start: u64, problems: Vec<Problem>) -> Result<Node, Error> {
        let size = self.source.size()?.max(start);
        let mut node = Node::new(name, self.range(start, size));
        if name == "end" {
            let two = start.saturating_add(END).min(size);
            let mut children = Vec::new();
            if start < two {
                children.push(Node::new("zeros", self.range(start, two)).role(Role::Padding));
            }
            if two < size {
                children.push(Node::new("behind", self.range(two, size)).role(Role::Gap));
            }
            node = node.with_children(children);
        } else {
            node = node.role(Role::Gap);
        }
        node.problems = problems;
        Ok(node)
    }

    fn range(&self, start: u64, end: u64) -> Range {
        Range::new(self.space, start, end.saturating_sub(start))
    }
}

/// A node for each record, and one for what isn't any.
fn records(data: &[u8], range: Range) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = range.offset;
    let mut rest = data;
    while let Some((record, behind)) = pax::record(rest) {
        let size = rest.len().saturating_sub(behind.len()) as u64;
        let name = String::from_utf8_lossy(&record.keyword).into_owned();
        nodes.push(Node::new(name, Range::new(range.space, at, size)).value(record.value));
        at = at.saturating_add(size);
        rest = behind;
    }
    if at < range.end() {
        let rest = Range::new(range.space, at, range.end().saturating_sub(at));
        nodes.push(Node::new("padding", rest).role(Role::Padding));
    }
    nodes
}

/// What a header field says.
fn meaning(header: &Header, field: &str) -> Option<String> {
    let number = || number::parse(header.field(field).ok()?).ok();
    Some(match field {
        "name" | "linkname" | "uname" | "gname" | "prefix" => match header.text(field) {
            b"" => return None,
            text => shown(text),
        },
        "mode" => format!("{:#o}", number()?),
        "uid" | "gid" | "devmajor" | "devminor" | "realsize" => number()?.to_string(),
        "size" => format!("{} bytes", number()?),
        "mtime" | "atime" | "ctime" => {
            let seconds = i64::try_from(number()?).ok()?;
            format!("{} UTC", Time::at(seconds).to_utc())
        }
        "chksum" => format!("{:#o}, as the bytes add up to", number()?),
        "typeflag" => match header.typeflag() {
            b'0' | 0 => "regular file",
            b'1' => "hard link",
            b'2' => "symbolic link",
            b'3' => "character device",
            b'4' => "block device",
            b'5' => "directory",
            b'6' => "named pipe",
            b'7' => "contiguous file",
            b'x' | b'X' => "extended header",
            b'g' => "global extended header",
            b'L' => "long name",
            b'K' => "long link",
            b'S' => "sparse file",
            _ => "unknown",
        }
        .to_owned(),
        _ => return None,
    })
}
