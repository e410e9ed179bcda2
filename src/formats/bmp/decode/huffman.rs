//! Huffman 1D: each row is runs of white and black in turn, white first (ITU-T T.4, section 4.1).

use std::io;

use super::damage::Damage;
use super::input::Input;
use super::palette::Colors;
use super::sample::Sample;
use crate::formats::bmp::check::{B052, B055};
use crate::formats::bmp::huffman::{EOL_ZEROS, LONGEST, run};
use crate::tree::Range;

/// Ends of line in a row that end the picture.
const RETURN_TO_CONTROL: u32 = 6;

/// Rows of runs, and the bits that were read ahead.
#[derive(Debug)]
pub(super) struct Huffman {
    input: Input,
    pub(super) colors: Box<Colors>,
    /// The next bits, the first in the highest place.
    bits: u64,
    count: u32,
    pub(super) ended: bool,
}

impl Huffman {
    pub(super) fn new(input: Input, colors: Box<Colors>) -> Huffman {
        Huffman {
            input,
            colors,
            bits: 0,
            count: 0,
            ended: false,
        }
    }

    /// Fills what the row defines; answers whether there was any.
    pub(super) fn row<S: Sample>(
        &mut self,
        row: u32,
        out: &mut [[S; 4]],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<bool> {
        let line = y(row);
        if self.ended || !self.line_begins()? {
            self.end(line, damage);
            return Ok(false);
        }
        let (mut x, mut black) = (0usize, false);
        while x < out.len() {
            self.fill()?;
            if self.count == 0 {
                self.end(line, damage);
                break;
            }
            let at = self.position();
            let next = u16::try_from(self.bits >> (u64::BITS - LONGEST)).unwrap_or(0);
            let (length, size) = run(black, next);
            let length = usize::from(length);
            let room = out.len().saturating_sub(x);
            if size == 0 || u32::from(size) > self.count || length > room {
                damage.add(B055, Range::file(at, 1), || match size {
                    0 => format!("no code of T.4 at x {x}, y {line}"),
                    _ => format!("a run of {length} from x {x}, y {line} crosses the row's end"),
                });
                self.skip_line()?;
                break;
            }
            self.drop(u32::from(size));
            let end = x.saturating_add(length);
            let index = u8::from(black);
            if let Some(run) = out.get_mut(x..end).filter(|run| !run.is_empty()) {
                run.fill(self.colors.color(index).map(S::widen));
                self.colors.note(&[index], row, x);
            }
            x = end;
            // A run of 64 or more goes on with one that ends it.
            black ^= length < 64;
        }
        Ok(x > 0)
    }

    fn end(&mut self, y: u32, damage: &mut Damage) {
        if !self.ended {
            self.ended = true;
            damage.add(B052, Range::file(self.position(), 0), || {
                format!("the bytes end before y {y} is whole")
            });
        }
    }

    /// Skips ends of line; `false` where no line follows.
    fn line_begins(&mut self) -> io::Result<bool> {
        for _ in 0..RETURN_TO_CONTROL {
            self.fill()?;
            if self.count == 0 {
                return Ok(false);
            }
            if self.bits.leading_zeros() < EOL_ZEROS {
                return Ok(true);
            }
            if !self.skip_zeros()? {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// Goes behind the next one; `false` where there is none.
    fn skip_zeros(&mut self) -> io::Result<bool> {
        loop {
            self.fill()?;
            if self.count == 0 {
                return Ok(false);
            }
            let zeros = self.bits.leading_zeros();
            if zeros < self.count {
                self.drop(zeros.saturating_add(1));
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
            self.drop(zeros.saturating_add(1));
        }
    }

    /// Makes sure of 32 bits, unless the bytes end.
    fn fill(&mut self) -> io::Result<()> {
        while self.count <= 32 {
            let [byte] = *self.input.take(1)? else {
                break;
            };
            let place = 56u32.saturating_sub(self.count);
            self.bits |= u64::from(byte).wrapping_shl(place);
            self.count = self.count.saturating_add(8);
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
        self.input.position().saturating_sub(ahead)
    }
}
