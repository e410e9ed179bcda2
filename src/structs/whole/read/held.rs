//! What codings yield that is undone when somebody looks at it.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use super::coded::CONTENT;
use crate::Source;
use crate::coding::{self, Step};
use crate::structs::error::DataError;
use crate::tree::{Expand, Node, Range, Role, Space};

/// Undoes a coding once somebody reads.
pub(super) struct Undone {
    steps: Vec<Step>,
    coded: Source,
    at: u64,
    size: u64,
    stream: Option<Box<dyn Read + Send>>,
}

impl Undone {
    pub(super) fn new(steps: &[Step], coded: Source, at: u64, size: u64) -> Undone {
        Undone {
            steps: steps.to_vec(),
            coded,
            at,
            size,
            stream: None,
        }
    }
}

impl Read for Undone {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let coded = self.coded.reader(self.at).take(self.size);
                let coded = Box::new(BufReader::new(coded));
                self.stream.insert(coding::reader(&self.steps, coded)?)
            }
        };
        stream.read(buf).or_else(|error| {
            let fault = coding::broken(&self.steps, error)?;
            Err(DataError::other(fault).into())
        })
    }
}

/// The node of a content that is made when somebody looks at it.
pub(super) struct Held {
    source: Source,
    space: Space,
}

impl Held {
    pub(super) fn new(source: Source, space: Space) -> Arc<Held> {
        Arc::new(Held { source, space })
    }
}

impl Expand for Held {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let node = self
            .source
            .size()
            .map(|size| Node::new(CONTENT, Range::new(self.space, 0, size)).role(Role::View));
        Box::new(std::iter::once(node))
    }

    fn count(&self) -> Option<u64> {
        Some(1)
    }
}
