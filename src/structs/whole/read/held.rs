//! What codings yield that is undone when somebody looks at it.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use super::coded::{CONTENT, MAX_CONTENT};
use crate::Source;
use crate::coding::{self, Step};
use crate::source::is_data;
use crate::structs::error::DataError;
use crate::structs::problems::S006;
use crate::tree::{Expand, Node, Range, Role, Space};

/// Undoes a coding once somebody reads.
pub(super) struct Undone {
    steps: Vec<Step>,
    coded: Source,
    at: u64,
    size: u64,
    stream: Option<Box<dyn Read + Send>>,
    /// How many more bytes are undone at most.
    left: u64,
    /// Why nothing more comes.
    fault: Option<String>,
}

impl Undone {
    pub(super) fn new(steps: &[Step], coded: Source, at: u64, size: u64) -> Undone {
        Undone {
            steps: steps.to_vec(),
            coded,
            at,
            size,
            stream: None,
            left: MAX_CONTENT,
            fault: None,
        }
    }
}

impl Read for Undone {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(DataError::other(fault.clone()).into());
        }
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let coded = self.coded.reader(self.at).take(self.size);
                let coded = Box::new(BufReader::new(coded));
                self.stream.insert(coding::reader(&self.steps, coded)?)
            }
        };
        let fault = match stream.read(buf) {
            Ok(n) if n as u64 <= self.left => {
                self.left = self.left.saturating_sub(n as u64);
                return Ok(n);
            }
            Ok(_) => coding::too_much(MAX_CONTENT),
            Err(error) => coding::broken(&self.steps, error)?,
        };
        let fault = self.fault.insert(fault);
        Err(DataError::other(fault.clone()).into())
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

impl Held {
    /// How much there is of a stream that ends early.
    fn readable(&self) -> u64 {
        let mut size = 0u64;
        while let Ok(bytes) = self.source.read_some(size, 64 << 10) {
            if bytes.is_empty() {
                break;
            }
            size = size.saturating_add(bytes.len() as u64);
        }
        size
    }
}

impl Expand for Held {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let (size, fault) = match self.source.size() {
            Ok(size) => (size, None),
            Err(error) if is_data(&error) => (self.readable(), Some(error)),
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let range = Range::new(self.space, 0, size);
        let mut node = Node::new(CONTENT, range).role(Role::View);
        if let Some(fault) = fault {
            let problem = S006.problem(range, fault.to_string());
            node.problems.push(problem);
        }
        Box::new(std::iter::once(Ok(node)))
    }

    fn count(&self) -> Option<u64> {
        Some(1)
    }
}
