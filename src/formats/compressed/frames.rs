//! The frames of a stream, and the blocks of a frame, as items that are made on demand.

use std::io;
use std::sync::Arc;

use super::Parts;
use crate::Source;
use crate::codecs::Span;
use crate::tree::{Expand, Node, Range, Role};

/// The frames of a stream.
pub(super) struct Frames {
    source: Source,
    frames: Arc<[Frame]>,
    parts: fn(&mut Parts<'_>) -> io::Result<()>,
}

struct Frame {
    start: u64,
    end: u64,
    /// Where the next one begins: zeros may stand between them.
    next: u64,
    is_whole: bool,
}

impl Frames {
    /// Those at `spans`; one that was not read to its end goes up to the end of the file.
    pub(super) fn new(
        source: &Source,
        size: u64,
        spans: &[Span],
        parts: fn(&mut Parts<'_>) -> io::Result<()>,
    ) -> Frames {
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
        let mut parts = Parts::new(&self.source, frame.start, frame.end, frame.is_whole);
        (self.parts)(&mut parts)?;
        parts.rest();
        if frame.end < frame.next {
            let zeros = range(frame.end, frame.next);
            parts.push(Node::new("padding", zeros).role(Role::Padding));
        }
        let mut node = Node::new(index.to_string(), range(frame.start, frame.next));
        node.meaning = parts.meaning;
        Ok(node.with_children(parts.nodes))
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

/// Blocks that follow each other, each of which says how long it is.
pub(super) struct Blocks {
    pub(super) source: Source,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Takes a block apart, and answers whether another one follows.
    pub(super) parts: fn(&mut Parts<'_>) -> io::Result<bool>,
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
            let mut parts = Parts::new(&self.source, at, self.end, false);
            match (self.parts)(&mut parts) {
                Ok(next) => goes_on = next,
                Err(error) => {
                    at = self.end;
                    return Some(Err(error));
                }
            }
            let range = range(at, parts.at);
            at = parts.at;
            let mut node = Node::new(index.to_string(), range);
            node.meaning = parts.meaning;
            Some(Ok(node.with_children(parts.nodes)))
        });
        Box::new(nodes)
    }
}

/// The bytes of the file from `start` up to `end`.
pub(super) fn range(start: u64, end: u64) -> Range {
    Range::file(start, end.saturating_sub(start))
}
