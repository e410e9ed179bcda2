//! The frames of a stream, and the blocks of a frame, as items that are made on demand.

use std::io;
use std::sync::Arc;

use super::fields::range;
use crate::Source;
use crate::codecs::Span;
use crate::format::Parts;
use crate::tree::{Expand, Node, Role};

/// Parses a frame; the flag says that it was read to its end, so that its trailer is there. Answers the description of
/// the frame.
pub(super) type TakeApart = fn(&mut Parts<'_>, bool) -> io::Result<Option<String>>;

/// The frames of a stream.
pub(super) struct Frames {
    source: Source,
    frames: Arc<[Frame]>,
    parts: TakeApart,
}

struct Frame {
    start: u64,
    end: u64,
    /// Where the next one begins: zeros may come between them.
    next: u64,
    is_whole: bool,
}

impl Frames {
    /// Those at `spans`; one that was not read to its end goes up to the end of the file.
    pub(super) fn new(source: &Source, size: u64, spans: &[Span], parts: TakeApart) -> Frames {
        let starts = spans.iter().skip(1).map(|span| Some(span.start));
        let nexts = starts.chain(std::iter::once(None));
        let frames = spans.iter().zip(nexts).map(|(span, next)| {
            let end = span.end.unwrap_or(size);
            Frame {
                start: span.start,
                end,
                next: next.unwrap_or(end),
                is_whole: span.end.is_some(),
            }
        });
        Frames {
            source: source.clone(),
            frames: frames.collect(),
            parts,
        }
    }

    /// Where the last one ends.
    pub(super) fn end(&self) -> u64 {
        self.frames.last().map_or(0, |frame| frame.end)
    }

    fn node(&self, index: usize, frame: &Frame) -> io::Result<Node> {
        let mut parts = Parts::new(&self.source, frame.start, frame.end);
        let meaning = (self.parts)(&mut parts, frame.is_whole)?;
        parts.rest("unread");
        if frame.end < frame.next {
            let zeros = range(frame.end, frame.next);
            parts.push(Node::new("padding", zeros).role(Role::Padding));
        }
        let mut node = Node::new(index, range(frame.start, frame.next));
        node.meaning = meaning;
        Ok(node.with_children(parts.into_nodes()))
    }
}

impl Expand for Frames {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        Some(self.frames.len() as u64)
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let frames = self.frames.iter().enumerate().skip(index);
        Box::new(frames.map(|(index, frame)| self.node(index, frame)))
    }
}

/// The description of a block, and whether another one follows it.
pub(super) struct Block {
    pub(super) meaning: Option<String>,
    pub(super) goes_on: bool,
}

/// Parses a block, which states its own length.
type TakeBlock = fn(&mut Parts<'_>) -> io::Result<Block>;

/// Blocks up to `end`, where there are any.
pub(super) fn blocks(parts: &mut Parts<'_>, end: u64, block: TakeBlock) {
    let blocks = Blocks {
        source: parts.source().clone(),
        start: parts.at(),
        end,
        parts: block,
    };
    if blocks.start < end {
        let node = Node::new("blocks", range(blocks.start, end));
        parts.push(node.with_children_on_demand(Arc::new(blocks)));
    }
}

struct Blocks {
    source: Source,
    start: u64,
    end: u64,
    parts: TakeBlock,
}

impl Expand for Blocks {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let mut at = self.start;
        let mut goes_on = true;
        let nodes = (0u64..).map_while(move |index| {
            if at >= self.end {
                return None;
            }
            if !goes_on {
                let rest = range(at, self.end);
                at = self.end;
                return Some(Ok(Node::new("unread", rest).role(Role::Gap)));
            }
            let mut parts = Parts::new(&self.source, at, self.end);
            let block = match (self.parts)(&mut parts) {
                Ok(block) => block,
                Err(error) => {
                    at = self.end;
                    return Some(Err(error));
                }
            };
            goes_on = block.goes_on;
            let mut node = Node::new(index, range(at, parts.at()));
            node.meaning = block.meaning;
            at = parts.at();
            Some(Ok(node.with_children(parts.into_nodes())))
        });
        Box::new(nodes)
    }
}
