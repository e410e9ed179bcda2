//! One member: where its parts are, and whether its data match its trailer.

use super::{G001, G003, G004, G005, G006, G007, G010};
use std::io;

use flate2::Crc;

use crate::Source;
use crate::codecs::gzip::layout::{EXTRA, HEADER, HEADER_CRC, TEXT, TRAILER, field};
use crate::offset::Position;
use crate::schema;
use crate::tree::{Code, Name, Node, Problem, Range, Role, Severity, Space};
use crate::value::Value;

/// The bytes of a name or a comment with the NUL at its end that are read. They may be of any length
/// (RFC 1952, section 2.3.1); flate2, which reads the data, takes as many.
const MAX_TEXT: u64 = 64 << 10;

/// The largest extra field, with its length in front.
const MAX_EXTRA: u64 = 2 + 0xffff;

/// Where the parts of a member are.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) start: u64,
    pub(super) data: u64,
    pub(super) data_end: u64,
    pub(super) end: u64,
    /// Whether another member may follow.
    pub(super) whole: bool,
    problems: Vec<Problem>,
    /// Why the content is missing or wrong.
    pub(super) fault: Option<String>,
}

/// A header with its node's children.
struct Header {
    nodes: Vec<Node>,
    end: u64,
    deflate: bool,
    problems: Vec<Problem>,
}

impl Member {
    /// Reads the header of the member that begins at `start`, and whether deflate follows it.
    pub(super) fn begin(source: &Source, start: u64) -> io::Result<(Member, bool)> {
        let header = read_header(source, start)?;
        let mut member = Member {
            start,
            data: header.end,
            data_end: header.end,
            end: header.end,
            whole: false,
            problems: header.problems,
            fault: None,
        };
        if !header.deflate {
            let of_fields = header.nodes.iter().flat_map(|node| &node.problems);
            let mut errors = member.problems.iter().chain(of_fields);
            member.fault = errors
                .find(|problem| problem.severity == Severity::Error)
                .map(|problem| problem.message.clone());
        }
        Ok((member, header.deflate))
    }

    /// Ends the member where its data end early or are broken.
    pub(super) fn broken(&mut self, at: u64, code: Code, message: &str) {
        self.data_end = at;
        self.end = at;
        self.problem(code, Range::file(at, 0), message);
    }

    /// Reads the trailer after the data, and compares it with them.
    pub(super) fn finish(&mut self, source: &Source, data_end: u64, found: &Crc) -> io::Result<()> {
        let bytes = source.read(data_end, TRAILER.size())?;
        self.data_end = data_end;
        self.end = data_end.past(bytes.len() as u64);
        let stored = |field| TRAILER.get::<u32>(&bytes, field);
        match (stored(field!("crc32")), stored(field!("size"))) {
            (Some(crc), Some(size)) => self.check(found, crc, size),
            _ => {
                let end = Range::file(self.end, 0);
                self.problem(G001, end, "the file ends in the trailer");
            }
        }
        Ok(())
    }

    fn check(&mut self, found: &Crc, crc: u32, size: u32) {
        self.whole = true;
        let range = |field| {
            TRAILER
                .range(field, self.data_end)
                .unwrap_or(Range::file(0, 0))
        };
        let (crc_range, size_range) = (range(field!("crc32")), range(field!("size")));
        if found.sum() != crc {
            let message = format!("expected the CRC-32 {:#010x} of the data", found.sum());
            self.problem(G003, crc_range, message);
        }
        if found.amount() != size {
            let message = format!("expected {}, the length of the data", found.amount());
            self.problem(G004, size_range, message);
        }
    }

    fn problem(&mut self, code: Code, range: Range, message: impl Into<String>) {
        let message = message.into();
        self.fault.get_or_insert_with(|| message.clone());
        self.problems.push(code.problem(range, message));
    }

    /// The member as a node: `header`, `data`, `trailer`.
    pub(super) fn node(&self, source: &Source, name: Name) -> io::Result<Node> {
        let range = |start: u64, end: u64| Range::file(start, end.since(start));
        let header = read_header(source, self.start)?;
        let mut problems = self.problems.clone();
        let mut children = Vec::new();
        let node = Node::new("header", range(self.start, header.end));
        children.push(node.with_children(header.nodes));
        if self.data < self.data_end {
            let node = Node::new("data", range(self.data, self.data_end));
            children.push(node.role(Role::Data).meaning("deflate"));
        }
        if self.data_end < self.end {
            let bytes = source.read(self.data_end, self.end.since(self.data_end))?;
            let node = Node::new("trailer", range(self.data_end, self.end));
            let fields = TRAILER.nodes(&bytes, Space::FILE, self.data_end);
            children.push(node.with_children(fields));
        }
        for child in &mut children {
            for field in child.children_mut() {
                let (here, others) = problems
                    .into_iter()
                    .partition(|p| p.range.size > 0 && p.range == field.range);
                field.problems.extend::<Vec<Problem>>(here);
                problems = others;
            }
        }
        let mut node = Node::new(name, range(self.start, self.end)).with_children(children);
        node.problems = problems;
        Ok(node)
    }
}

fn read_header(source: &Source, start: u64) -> io::Result<Header> {
    let mut header = Header {
        nodes: Vec::new(),
        end: start,
        deflate: false,
        problems: Vec::new(),
    };
    let bytes = source.read(start, HEADER.size())?;
    header.nodes = HEADER.fields(&bytes, Space::FILE, start);
    header.end = start.past(bytes.len() as u64);
    let is_whole = bytes.len() as u64 == HEADER.size();
    let Some(method) = HEADER
        .get::<u8>(&bytes, field!("method"))
        .filter(|_| is_whole)
    else {
        header.cut();
        return Ok(header);
    };
    let flag = |field| HEADER.get::<u8>(&bytes, field) == Some(1);
    HEADER.meanings().annotate(&mut header.nodes);
    for node in &mut header.nodes {
        match &*node.name {
            "method" if method != 8 => {
                let message = format!("expected 8, deflate; found {method}");
                node.problems.push(G005.problem(node.range, message));
            }
            "flags" if node.value.as_ref().and_then(Value::as_int).unwrap_or(0) & 0xe0 != 0 => {
                let message = "the three highest flags are reserved and must be 0";
                node.problems.push(G006.problem(node.range, message));
            }
            _ => {}
        }
    }
    let parts = [
        (field!("flags.extra"), &EXTRA, MAX_EXTRA),
        (field!("flags.name"), &TEXT, MAX_TEXT),
        (field!("flags.comment"), &TEXT, MAX_TEXT),
        (field!("flags.header_crc"), &HEADER_CRC, HEADER_CRC.size()),
    ];
    for (of, part, most) in parts.into_iter().filter(|(of, ..)| flag(*of)) {
        if !header.part(source, of.name(), part, most)? {
            return Ok(header);
        }
    }
    if flag(field!("flags.header_crc")) {
        header.check_crc(source, start)?;
    }
    header.deflate = method == 8;
    Ok(header)
}

impl Header {
    fn cut(&mut self) {
        let at = Range::file(self.end, 0);
        let message = "the file ends in the header of a member";
        self.problems.push(G001.problem(at, message));
    }

    fn too_long(&mut self, name: &str, range: Range) {
        let message =
            format!("the {name} goes on beyond {MAX_TEXT} bytes: what follows it is not read");
        self.problems.push(G010.problem(range, message));
    }

    /// Reads a part that is there where a flag says so; answers whether it is whole.
    fn part(
        &mut self,
        source: &Source,
        name: &'static str,
        part: &schema::Header,
        most: u64,
    ) -> io::Result<bool> {
        let bytes = source.read(self.end, most)?;
        let Ok((_, size)) = part.layout().unpack_prefix(&bytes) else {
            let range = Range::file(self.end, bytes.len() as u64);
            self.end = range.end();
            self.nodes.push(Node::new(name, range).role(Role::Gap));
            match range.size == most && most == MAX_TEXT {
                true => self.too_long(name, range),
                false => self.cut(),
            }
            return Ok(false);
        };
        let range = Range::file(self.end, size as u64);
        let bytes = bytes.get(..size).unwrap_or_default();
        let mut fields = part.nodes(bytes, Space::FILE, self.end);
        let node = match fields.len() {
            // A part with one field is that field's node.
            1 => {
                let mut field = fields.remove(0);
                field.name = name.into();
                field
            }
            _ => Node::new(name, range).with_children(fields),
        };
        self.nodes.push(node);
        self.end = range.end();
        Ok(true)
    }

    /// The checksum of the header is the lower half of the CRC-32 of all before it.
    fn check_crc(&mut self, source: &Source, start: u64) -> io::Result<()> {
        let Some(node) = self.nodes.last_mut() else {
            return Ok(());
        };
        let size = node.range.offset.since(start);
        let mut crc = Crc::new();
        crc.update(&source.read(start, size)?);
        let expected = i128::from(crc.sum() & 0xffff);
        if node.value.as_ref().and_then(Value::as_int) != Some(expected) {
            let message = format!("expected {expected:#06x}, the CRC of the header");
            node.problems.push(G007.problem(node.range, message));
        }
        Ok(())
    }
}
