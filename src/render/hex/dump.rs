//! The dump for people while it is written: lines that repeat, and marks over the bytes.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, Write};

use super::canonical::Layout;
use super::input::Input;
use super::mark::{Mark, Paint};
use super::row::Row;
use crate::offset::{Position, Tally};

/// A dump that is being written. Bytes between two marks are read and written when the second one
/// comes, so marks come in the order of where they begin, and any number of them takes no memory.
///
/// A bar is where a mark begins or ends. Where one begins before another has ended, the later
/// one has the bytes.
///
/// ```
/// use bytewright::render::hex::{Canonical, Mark};
///
/// let mut text = Vec::new();
/// let bytes = &b"BM8\x8c\n\0\0\0"[..];
/// let mut dump = Canonical::new().columns(Some(8)).marked(bytes, 0, &mut text);
/// dump.mark(Mark::new(0..2, "magic").color(0))?;
/// dump.mark(Mark::new(2..6, "size").color(1))?;
/// dump.finish()?;
/// assert_eq!(text, b"00000000 |42 4d|38 8c 0a 00|00 00  |BM8.....|  magic  size\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Dump<R, W> {
    layout: Layout,
    input: Input<R>,
    out: W,
    /// Where the next line begins.
    pub(super) offset: u64,
    /// Marks that begin in the next line, or before it.
    marks: VecDeque<Mark>,
    /// Where the bytes of the present mark end, and how they are painted.
    present: Option<(u64, Paint)>,
    row: Row,
    /// The line that was written last, or the last one that repeats it.
    above: Row,
    /// How many lines that repeat the one above wait to be written.
    held: u64,
    text: Vec<u8>,
}

impl<R, W> fmt::Debug for Dump<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dump")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

impl<R: Read, W: Write> Dump<R, W> {
    pub(super) fn new(layout: Layout, input: R, start: u64, out: W) -> Dump<R, W> {
        Dump {
            input: Input::new(input, layout.columns),
            layout,
            out,
            offset: start,
            marks: VecDeque::new(),
            present: None,
            row: Row::default(),
            above: Row::default(),
            held: 0,
            text: Vec::new(),
        }
    }

    /// Marks bytes; answers whether there are any as far as that, so that more marks make sense.
    ///
    /// # Errors
    ///
    /// When the input can't be read, or writing the output fails.
    pub fn mark(&mut self, mark: Mark) -> io::Result<bool> {
        // The mark lies wholly in lines that are written already.
        if mark.range.end <= self.offset && mark.range.start < self.offset {
            return Ok(true);
        }
        while self.offset.past(self.layout.columns as u64) <= mark.range.start {
            if !self.line()? {
                return Ok(false);
            }
        }
        self.marks.push_back(mark);
        Ok(true)
    }

    /// Writes the rest.
    ///
    /// # Errors
    ///
    /// When the input can't be read, or writing the output fails.
    pub fn finish(mut self) -> io::Result<()> {
        while self.line()? {}
        self.release(true);
        self.flush()
    }

    /// Writes the next line, if there is one.
    fn line(&mut self) -> io::Result<bool> {
        if self.input.ready() == 0 {
            self.flush()?;
            if !self.input.fill()? {
                return Ok(false);
            }
        }
        let row = &mut self.row;
        row.offset = self.offset;
        row.bytes.clear();
        let bytes = self.input.take(self.layout.columns);
        row.bytes.extend_from_slice(bytes);
        row.looks.clear();
        row.labels.clear();
        if self.layout.marked {
            self.look();
        } else {
            let looks = row.bytes.iter().map(|&byte| (Paint::of_byte(byte), false));
            row.looks.extend(looks);
        }
        let length = self.row.bytes.len() as u64;
        self.offset.advance(length);
        if self.row.repeats(&self.above) {
            self.held.tally(1);
            // The `*` is written at once: repeated lines may go on for the rest of the file.
            if self.held == 2 {
                self.text.extend_from_slice(b"*\n");
            }
        } else {
            self.release(false);
            self.row.write(&self.layout, &mut self.text);
        }
        std::mem::swap(&mut self.row, &mut self.above);
        Ok(true)
    }

    /// How the bytes of the line look, and the labels of the marks that begin in it or, if it is
    /// the first, before it.
    fn look(&mut self) {
        let row = &mut self.row;
        let mut at = row.offset;
        let end = at.past(row.bytes.len() as u64);
        while at < end {
            let mut bar = self.present.take_if(|(end, _)| *end <= at).is_some();
            while self.marks.front().is_some_and(|m| m.range.start <= at) {
                let Some(mark) = self.marks.pop_front() else {
                    break;
                };
                let paint = Paint::of_mark(&mark);
                if mark.range.end > at {
                    self.present = Some((mark.range.end, paint));
                    bar = true;
                }
                if !mark.label.is_empty() {
                    row.labels.push((paint, mark.label));
                }
            }
            let (until, paint) = self.present.unwrap_or((end, Paint::None));
            let next = self.marks.front().map_or(end, |mark| mark.range.start);
            let until = until.min(next).min(end).max(at.past(1));
            for _ in at..until {
                row.looks.push((paint, std::mem::take(&mut bar)));
            }
            at = until;
        }
    }

    /// Writes the lines that wait, or the `*` for them. A `*` for one line alone would save
    /// nothing.
    fn release(&mut self, last: bool) {
        if self.held == 1 || (self.held > 1 && last) {
            self.above.write(&self.layout, &mut self.text);
        }
        self.held = 0;
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.text)?;
        self.text.clear();
        self.out.flush()
    }
}
