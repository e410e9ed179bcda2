//! Huffman 1D: each row is runs of white and black in turn, white first (ITU-T T.4, section 4.1).

use std::io;

use super::damage::Damage;
use super::input::Input;
use super::palette::Colors;
use crate::formats::bmp::check::{B020, B054, B055, lost_rows};
use crate::formats::bmp::huffman::{EOL_ZEROS, LONGEST, run};
use crate::formats::bmp::sample::Sample;
use crate::offset::{Position, Tally};
use crate::tree::Range;

/// Ends of line in a row that end the picture.
const RETURN_TO_CONTROL: u32 = 6;

/// What follows ends of line.
enum Line {
    Begins,
    /// A return to control ends the picture.
    Control,
    /// The bytes end.
    Cut,
}

/// Rows of runs, and the bits that were read ahead.
#[derive(Clone, Debug)]
pub(super) struct Huffman {
    pub(super) input: Input,
    pub(super) colors: Box<Colors>,
    /// Rows of the picture, and how many of them miss a pixel.
    rows: u32,
    lost: u32,
    /// Whether the bytes ended before the picture did.
    cut: bool,
    offset: u64,
    /// The next bits, the first in the highest place.
    bits: u64,
    count: u32,
    pub(super) ended: bool,
}

impl Huffman {
    pub(super) fn new(input: Input, colors: Box<Colors>, rows: u32) -> Huffman {
        Huffman {
            offset: input.position(),
            input,
            colors,
            rows,
            lost: 0,
            cut: false,
            bits: 0,
            count: 0,
            ended: false,
        }
    }

    /// Fills what the row defines, and answers how many pixels that are; `None` where the bytes, or
    /// what they code, ended before.
    pub(super) fn row<S: Sample>(
        &mut self,
        row: u32,
        out: &mut [[S; 4]],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<Option<usize>> {
        let line = y(row);
        if self.ended {
            return Ok(None);
        }
        match self.line_begins()? {
            Line::Begins => {}
            Line::Control => {
                self.ended = true;
                return Ok(None);
            }
            Line::Cut => {
                self.end(row, line, damage);
                return Ok(None);
            }
        }
        let (mut x, mut black) = (0usize, false);
        while x < out.len() {
            self.fill()?;
            if self.count == 0 {
                self.end(row, line, damage);
                break;
            }
            let at = self.position();
            let next = u16::try_from(self.bits >> (u64::BITS - LONGEST)).unwrap_or(0);
            let (length, size) = run(black, next);
            let length = usize::from(length);
            let room = out.len().since(x);
            if size == 0 || u32::from(size) > self.count || length > room {
                damage.add(B055, Range::file(at, 1), || match size {
                    0 => format!("no code of T.4 at x {x}, y {line}"),
                    _ => format!("a run of {length} from x {x}, y {line} crosses the row's end"),
                });
                self.lost.tally(1);
                self.skip_line()?;
                break;
            }
            self.drop(u32::from(size));
            let end = x.past(length);
            let index = u8::from(black);
            if let Some(run) = out.get_mut(x..end).filter(|run| !run.is_empty()) {
                run.fill(self.colors.color(index).map(S::widen));
                self.colors.note(&[index], length, row, x);
            }
            x = end;
            // A run of 64 or more goes on with one that ends it.
            black ^= length < 64;
        }
        Ok(Some(x))
    }

    /// How many rows miss a pixel: those of a broken code, and those that the bytes don't reach.
    pub(super) fn lost_rows(&self) -> u32 {
        self.lost
    }

    /// Notes the problems at the end; a return to control leaves out `pixels`.
    pub(super) fn finish(&mut self, pixels: u64, damage: &mut Damage, y: impl Fn(u32) -> u32) {
        if !self.cut && pixels > 0 {
            // The rest of the last byte is padding.
            let unread = u64::from(self.count / 8);
            let end = self.input.position().since(unread);
            let range = Range::file(self.offset, end.since(self.offset));
            damage.add(B054, range, || {
                format!("{pixels} pixels are left undefined")
            });
        }
        self.colors.finish(damage, y);
    }

    /// The bytes end before the row is whole.
    fn end(&mut self, row: u32, y: u32, damage: &mut Damage) {
        (self.ended, self.cut) = (true, true);
        let lost = self.rows.since(row);
        self.lost.tally(lost);
        damage.add(B020, Range::file(self.position(), 0), || {
            let rows = lost_rows(self.lost.into(), self.rows.into());
            format!("the bytes end before y {y} is whole: {rows}")
        });
    }

    /// Skips ends of line.
    fn line_begins(&mut self) -> io::Result<Line> {
        for _ in 0..RETURN_TO_CONTROL {
            self.fill()?;
            if self.bits.leading_zeros() < EOL_ZEROS {
                return Ok(Line::Begins);
            }
            if !self.skip_zeros()? {
                return Ok(Line::Cut);
            }
        }
        Ok(Line::Control)
    }

    /// Goes after the next one; `false` where there is none.
    fn skip_zeros(&mut self) -> io::Result<bool> {
        loop {
            self.fill()?;
            if self.count == 0 {
                return Ok(false);
            }
            let zeros = self.bits.leading_zeros();
            if zeros < self.count {
                self.drop(zeros.past(1));
                return Ok(true);
            }
            self.drop(self.count);
        }
    }

    /// Goes to the end of line that follows a broken code.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            self.fill()?;
            if self.count == 0 || self.bits.leading_zeros() >= EOL_ZEROS {
                return Ok(());
            }
            let zeros = self.bits.leading_zeros();
            self.drop(zeros.past(1));
        }
    }

    /// Makes sure of 32 bits, unless the bytes end.
    fn fill(&mut self) -> io::Result<()> {
        while self.count <= 32 {
            let [byte] = *self.input.take(1)? else {
                break;
            };
            let place = 56u32.since(self.count);
            self.bits |= u64::from(byte).wrapping_shl(place);
            self.count.tally(8);
        }
        Ok(())
    }

    fn drop(&mut self, bits: u32) {
        self.bits = self.bits.checked_shl(bits).unwrap_or(0);
        self.count = self.count.saturating_sub(bits);
    }

    /// The byte that the next bit is in.
    fn position(&self) -> u64 {
        let ahead = u64::from(self.count.div_ceil(8));
        self.input.position().since(ahead)
    }
}
