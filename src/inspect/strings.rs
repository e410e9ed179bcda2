//! The texts that are in a source of any size, in one encoding or several.

mod charset;
mod overlap;
mod run;
mod script;

use crate::offset::Position;
use crate::source::uninterrupted;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::iter::FusedIterator;

pub use charset::Charset;
use run::{Candidate, Runs};

/// A string of more characters is answered in pieces.
pub const LONGEST: usize = 64 << 10;

/// How much is read at a time.
const STEP: usize = 64 << 10;

/// Strings that overlap are compared with one another until there are this many of them, or they go
/// over this many bytes.
const MOST_UNDECIDED: (usize, u64) = (16 << 10, 1 << 20);

/// A string, or a piece of a long one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Text {
    /// In bytes from the start of the source.
    pub offset: u64,
    /// In bytes.
    pub size: u64,
    /// How it is written.
    pub charset: Charset,
    /// Its characters: those that print, and tabs.
    pub text: String,
    /// Whether the string goes on in the next piece.
    pub cut: bool,
}

/// The strings of a stream, in flat memory.
///
/// In UTF-16, a string may begin at any byte, and is in one of the scripts in common use: nearly any
/// two bytes would be some character. Of strings that overlap, in one encoding or in several, the likeliest one is
/// answered: one with more characters, and such as rarely occur by accident.
///
/// ```
/// use bytewright::inspect::strings::{Charset, Strings};
///
/// let bytes = &b"\x7fELF\x02 usr\0\0t\0e\0x\0t\0"[..];
/// let charsets = [Charset::Utf8, Charset::Utf16Le];
/// let texts: Result<Vec<_>, _> = Strings::new(bytes, 0, &charsets, 4).collect();
/// let texts = texts?;
/// assert_eq!((texts[0].offset, &*texts[0].text), (5, " usr"));
/// assert_eq!((texts[1].offset, &*texts[1].text), (11, "text"));
/// assert_eq!(texts[1].size, 8);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Strings<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Offset of the first byte of the buffer.
    base: u64,
    ended: bool,
    runs: Vec<Runs>,
    found: Vec<Candidate>,
    /// After the last string that was answered.
    answered: u64,
    ready: VecDeque<Text>,
    before_reading: BeforeReading,
}

/// A callback before each read that may block.
struct BeforeReading(Option<Box<dyn FnMut() -> io::Result<()>>>);

impl std::fmt::Debug for BeforeReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BeforeReading")
    }
}

impl<R: Read> Strings<R> {
    /// The strings of at least `minimum` characters, from 1 to [`LONGEST`]; `offset` is that of the
    /// first byte that is read.
    pub fn new(reader: R, offset: u64, charsets: &[Charset], minimum: usize) -> Strings<R> {
        let minimum = minimum.clamp(1, LONGEST);
        let runs = charsets.iter().enumerate().flat_map(|(rank, &charset)| {
            let start = move |phase| offset.past(phase);
            (0..charset.unit()).map(move |phase| Runs::new(charset, rank, minimum, start(phase)))
        });
        Strings {
            reader,
            buffer: Vec::new(),
            base: offset,
            ended: false,
            runs: runs.collect(),
            found: Vec::new(),
            answered: 0,
            ready: VecDeque::new(),
            before_reading: BeforeReading(None),
        }
    }

    /// Sets a callback for when more bytes have to be read, which may block on a pipe.
    #[must_use]
    pub fn before_reading(mut self, does: impl FnMut() -> io::Result<()> + 'static) -> Strings<R> {
        self.before_reading = BeforeReading(Some(Box::new(does)));
        self
    }

    fn read_on(&mut self) -> io::Result<()> {
        // Undecided bytes are the beginning of a character in some encoding.
        let decided = self.runs.iter().map(Runs::position).min();
        let drop = decided.unwrap_or(u64::MAX).saturating_sub(self.base);
        let drop = usize::try_from(drop).map_or(self.buffer.len(), |n| n.min(self.buffer.len()));
        self.buffer.drain(..drop);
        self.base.advance(drop as u64);

        if let Some(does) = &mut self.before_reading.0 {
            does()?;
        }
        let kept = self.buffer.len();
        self.buffer.resize(kept.past(STEP), 0);
        let room = self.buffer.get_mut(kept..).unwrap_or_default();
        let read = uninterrupted(|| self.reader.read(room));
        let got = kept.past(*read.as_ref().unwrap_or(&0));
        self.buffer.truncate(got);
        self.ended = read? == 0;
        for run in &mut self.runs {
            run.read(&self.buffer, self.base, self.ended, &mut self.found);
        }
        let settled = match self.runs.iter().map(Runs::settled).min() {
            Some(settled) if !self.ended => settled,
            _ => u64::MAX,
        };
        if self.runs.len() > 1 {
            let oldest = self.found.iter().map(|found| found.text.offset).min();
            let waiting = settled.saturating_sub(oldest.unwrap_or(settled));
            let patient = self.found.len() < MOST_UNDECIDED.0 && waiting < MOST_UNDECIDED.1;
            let chosen = overlap::choose(&mut self.found, settled, patient, &mut self.answered);
            self.ready.extend(chosen);
        } else {
            self.ready
                .extend(self.found.drain(..).map(|found| found.text));
        }
        Ok(())
    }
}

impl<R: Read> Iterator for Strings<R> {
    type Item = io::Result<Text>;

    fn next(&mut self) -> Option<io::Result<Text>> {
        loop {
            if let Some(text) = self.ready.pop_front() {
                return Some(Ok(text));
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.read_on() {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }
}

impl<R: Read> FusedIterator for Strings<R> {}
