//! Concatenated frames, read to the very end.

use std::io::{self, BufRead};

use super::compressed::Compressed;
use super::{DEFAULT_MAX_WINDOW, Decode, Fault, MAX_FRAMES, Span, Stream, layout};
use crate::offset::Tally;

/// One stream, or frame, of a codec; reading it ends with it.
pub(super) trait Frame<'a>: Send + Sized {
    /// How many of the first bytes [`Frame::begins`] looks at.
    const START: usize;

    /// Whether frames without content may come before, between and after the others.
    const SKIPPABLE: bool = false;

    /// Whether zeros may come between frames, a multiple of four of them. After the last frame of any codec, a tape or
    /// a block device may fill up with zeros; no tool reads what follows those.
    const PADDED: bool = false;

    /// Whether a stream has only one frame.
    const SINGLE: bool = false;

    /// Whether these are the first bytes of a frame.
    fn begins(start: &[u8]) -> bool;

    fn open(compressed: Compressed<'a>, max_window: u64) -> Result<Self, Fault>;

    /// Reads more of the frame's content; 0 at its end.
    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault>;

    /// The stream after the frame.
    fn into_inner(self) -> Compressed<'a>;
}

/// The contents of all frames of a stream, concatenated.
pub(super) struct Frames<'a, F> {
    state: State<'a, F>,
    max_window: u64,
    garbage: bool,
    spans: Vec<Span>,
    /// Whether there are more frames than `spans` has.
    more: bool,
}

enum State<'a, F> {
    Between(Compressed<'a>),
    Frame(Box<F>),
    End,
}

impl<'a, F: Frame<'a>> Frames<'a, F> {
    pub(super) fn new(stream: Stream<'a>) -> Self {
        Frames {
            state: State::Between(Compressed::new(stream)),
            max_window: DEFAULT_MAX_WINDOW,
            garbage: false,
            spans: Vec::new(),
            more: false,
        }
    }

    fn begin(&mut self, start: u64) {
        match self.spans.len() < MAX_FRAMES {
            true => self.spans.push(Span { start, end: None }),
            false => self.more = true,
        }
    }

    fn end(&mut self, at: u64) {
        if let Some(span) = self.spans.last_mut().filter(|_| !self.more) {
            span.end = Some(at);
        }
    }

    fn next_frame(&mut self, mut compressed: Compressed<'a>) -> Result<State<'a, F>, Fault> {
        let mut padding = 0usize;
        loop {
            let start = compressed.ahead(F::START.max(8))?;
            let goes_on = padding == 0 || F::PADDED && padding.is_multiple_of(4);
            let is_another = F::SINGLE && !self.spans.is_empty();
            if F::begins(start) && goes_on && !is_another {
                self.begin(compressed.position());
                let frame = F::open(compressed, self.max_window)?;
                return Ok(State::Frame(Box::new(frame)));
            }
            let skippable = match F::SKIPPABLE && goes_on {
                true => layout::skippable_size(start),
                false => None,
            };
            match (start, skippable) {
                ([], _) => return Ok(State::End),
                ([0, ..], _) => {
                    let zeros = start.iter().take_while(|&&byte| byte == 0).count();
                    compressed.consume(zeros);
                    padding.tally(zeros);
                }
                (_, Some(size)) => {
                    self.begin(compressed.position());
                    if !compressed.skip(size)? {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    self.end(compressed.position());
                }
                _ => {
                    self.garbage = true;
                    return Ok(State::End);
                }
            }
        }
    }
}

impl<'a, F: Frame<'a>> Decode for Frames<'a, F> {
    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            if let State::Frame(frame) = &mut self.state {
                match frame.decode(buf)? {
                    0 => {}
                    read => return Ok(read),
                }
            }
            self.state = match std::mem::replace(&mut self.state, State::End) {
                State::Frame(frame) => {
                    let compressed = frame.into_inner();
                    self.end(compressed.position());
                    State::Between(compressed)
                }
                State::Between(compressed) => self.next_frame(compressed)?,
                State::End => return Ok(0),
            };
        }
    }

    fn max_window(&mut self, bytes: u64) {
        self.max_window = bytes;
    }

    fn garbage(&self) -> bool {
        self.garbage
    }

    fn spans(&self) -> &[Span] {
        &self.spans
    }
}
