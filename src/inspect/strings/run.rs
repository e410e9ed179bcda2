//! The strings of one encoding, cut at one place: characters that follow one another.

use super::charset::{Charset, FirstChar};
use super::script::Script;
use super::{LONGEST, Text};
use crate::offset::{Position, Tally};

/// A string that a [`Runs`] found, and the evidence for it.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) text: Text,
    pub(super) weight: u64,
    /// The lower, the earlier its encoding was named.
    pub(super) rank: usize,
}

/// Reads windows one after the other and remembers the string that it is in.
#[derive(Debug)]
pub(super) struct Runs {
    charset: Charset,
    rank: usize,
    minimum: usize,
    /// How far from the start of the source the bytes are decided.
    position: u64,
    /// Where the current string began, or what is left of it after pieces of it were handed over.
    start: u64,
    text: String,
    characters: usize,
    weight: u64,
    script: Script,
    /// Whether all of its characters are [`Charset::is_ascii_pair`].
    pairs: bool,
    /// Whether pieces of the string were handed over.
    goes_on: bool,
}

impl Runs {
    pub(super) fn new(charset: Charset, rank: usize, minimum: usize, start: u64) -> Runs {
        Runs {
            charset,
            rank,
            minimum,
            position: start,
            start,
            text: String::new(),
            characters: 0,
            weight: 0,
            script: Script::Common,
            pairs: true,
            goes_on: false,
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Whatever is found later begins here or after.
    pub(super) fn settled(&self) -> u64 {
        self.start
    }

    /// Reads a window as far as it is decided, `base` being the offset of its first byte.
    pub(super) fn read(
        &mut self,
        window: &[u8],
        base: u64,
        ended: bool,
        found: &mut Vec<Candidate>,
    ) {
        let skip = usize::try_from(self.position.saturating_sub(base)).unwrap_or(usize::MAX);
        let mut rest = window.get(skip..).unwrap_or_default();
        while !rest.is_empty() {
            let step = match self.charset.first(rest) {
                FirstChar::Character(c, size) => {
                    self.push(c, size, found);
                    u64::from(size)
                }
                FirstChar::Cut if !ended => return,
                _ => {
                    self.end(found);
                    self.position.advance(self.charset.unit());
                    self.start = self.position;
                    self.charset.unit()
                }
            };
            let step = usize::try_from(step).unwrap_or(usize::MAX);
            rest = rest.get(step..).unwrap_or_default();
        }
        if ended {
            self.end(found);
        }
    }

    fn push(&mut self, c: char, size: u8, found: &mut Vec<Candidate>) {
        let next = self.charset.script(c).unwrap_or_default();
        let pair = self.charset.is_ascii_pair(c);
        // The end of a text in ASCII, before one in UTF-16.
        let is_glued = self.characters > 0 && self.pairs && c.is_ascii();
        let script = self.script.and(next).filter(|_| !is_glued);
        self.script = script.unwrap_or_else(|| {
            self.end(found);
            next
        });
        self.pairs &= pair;
        if self.characters == LONGEST {
            self.hand_over(true, found);
            self.goes_on = true;
        }
        self.text.push(c);
        self.characters.tally(1);
        self.weight.tally(self.charset.weight(c));
        self.position.advance(u64::from(size));
    }

    fn end(&mut self, found: &mut Vec<Candidate>) {
        if self.characters >= self.minimum || self.goes_on {
            self.hand_over(false, found);
        }
        self.goes_on = false;
        self.text.clear();
        self.characters = 0;
        self.weight = 0;
        self.script = Script::Common;
        self.pairs = true;
        self.start = self.position;
    }

    fn hand_over(&mut self, cut: bool, found: &mut Vec<Candidate>) {
        if self.characters == 0 {
            return;
        }
        found.push(Candidate {
            text: Text {
                offset: self.start,
                size: self.position.since(self.start),
                charset: self.charset,
                text: std::mem::take(&mut self.text),
                cut,
            },
            weight: std::mem::take(&mut self.weight),
            rank: self.rank,
        });
        self.characters = 0;
        self.start = self.position;
    }
}
