//! Contents of coded bytes that are decoded on demand.

use std::io::{self, BufReader, Read};
use std::sync::{Arc, OnceLock};

use super::super::check::Function;
use super::super::compute::equal;
use super::coded::{CONTENT, MAX_CONTENT};
use super::deferred::{fitting, is_not_the_sum};
use crate::Source;
use crate::coding::{self, Step};
use crate::offset::{Position, Tally};
use crate::source::{is_data, uninterrupted};
use crate::structs::error::DataError;
use crate::structs::problems::{S004, S006};
use crate::tree::{Code, Expand, Node, Range, Role, Space};
use crate::value::Value;

/// Coded bytes, and the steps that decode them.
#[derive(Clone, Debug)]
pub(super) struct CodedStream {
    pub(super) steps: Vec<Step>,
    /// Where the coded bytes are.
    pub(super) coded: Source,
    pub(super) at: u64,
    pub(super) size: u64,
}

/// A reader that begins to decode with the first read.
pub(super) struct LazyDecoder {
    coding: CodedStream,
    stream: Option<Box<dyn Read + Send>>,
    /// How many more bytes are decoded at most.
    left: u64,
    /// Why decoding ended early.
    fault: Option<String>,
}

impl LazyDecoder {
    pub(super) fn new(coding: CodedStream) -> LazyDecoder {
        LazyDecoder {
            coding,
            stream: None,
            left: MAX_CONTENT,
            fault: None,
        }
    }
}

impl Read for LazyDecoder {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(DataError::other(fault.clone()).into());
        }
        let CodedStream {
            steps,
            coded,
            at,
            size,
        } = &self.coding;
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let coded = Box::new(BufReader::new(coded.reader(*at).take(*size)));
                self.stream.insert(coding::reader(steps, coded)?)
            }
        };
        let fault = match stream.read(buf) {
            Ok(n) if n as u64 <= self.left => {
                self.left = self.left.since(n as u64);
                return Ok(n);
            }
            Ok(_) => coding::too_much(MAX_CONTENT),
            Err(error) => coding::broken(steps, error)?,
        };
        let fault = self.fault.insert(fault);
        Err(DataError::other(fault.clone()).into())
    }
}

/// The node of a content that is made when it is looked at. One pass then tells the size and a
/// checksum, and keeps nothing: a file may hold more contents than memory does.
#[derive(Debug)]
pub(super) struct LazyContent {
    coding: CodedStream,
    space: Space,
    sum: OnceLock<ExpectedChecksum>,
    met: OnceLock<ContentSummary>,
}

/// A checksum that a field says of a content.
#[derive(Debug)]
pub(super) struct ExpectedChecksum {
    pub(super) function: Function,
    /// Whether the field is little-endian.
    pub(super) little: bool,
    pub(super) cuts_sums: bool,
    /// Where the field is, and what it holds.
    pub(super) range: Range,
    pub(super) value: Value,
}

/// The result of one pass over a content.
#[derive(Debug)]
struct ContentSummary {
    size: u64,
    problem: Option<(Code, String)>,
}

impl LazyContent {
    pub(super) fn new(coding: CodedStream, space: Space) -> Arc<LazyContent> {
        Arc::new(LazyContent {
            coding,
            space,
            sum: OnceLock::new(),
            met: OnceLock::new(),
        })
    }

    /// Sets the checksum that the content is compared with; the first one is kept.
    pub(super) fn expect(&self, sum: ExpectedChecksum) {
        let _ = self.sum.set(sum);
    }

    fn met(&self) -> io::Result<&ContentSummary> {
        match self.met.get() {
            Some(met) => Ok(met),
            None => {
                let met = self.go_through()?;
                Ok(self.met.get_or_init(|| met))
            }
        }
    }

    fn go_through(&self) -> io::Result<ContentSummary> {
        let mut stream = LazyDecoder::new(self.coding.clone());
        let expected = self.sum.get();
        let mut sum = expected.map(|expected| expected.function.begin(expected.little));
        let mut buffer = vec![0; 64 << 10];
        let mut size = 0u64;
        loop {
            match uninterrupted(|| stream.read(&mut buffer)) {
                Ok(0) => break,
                Ok(n) => {
                    size.tally(n as u64);
                    if let Some(sum) = &mut sum {
                        sum.update(buffer.get(..n).unwrap_or_default());
                    }
                }
                Err(error) if is_data(&error) => {
                    let problem = Some((S006, error.to_string()));
                    return Ok(ContentSummary { size, problem });
                }
                Err(error) => return Err(error),
            }
        }
        let wrong = expected.zip(sum).and_then(|(expected, sum)| {
            let sum = fitting(sum.finish(), expected.range, expected.cuts_sums);
            (!equal(&sum, &expected.value)).then(|| is_not_the_sum(&sum, &expected.value))
        });
        let problem = wrong.map(|message| (S004, message));
        Ok(ContentSummary { size, problem })
    }
}

impl Expand for LazyContent {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let met = match self.met() {
            Ok(met) => met,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let range = Range::new(self.space, 0, met.size);
        let mut node = Node::new(CONTENT, range).role(Role::View);
        let problem = met.problem.as_ref();
        node.problems
            .extend(problem.map(|(code, message)| code.problem(range, message.clone())));
        Box::new(std::iter::once(Ok(node)))
    }

    fn count(&self) -> Option<u64> {
        Some(1)
    }
}
