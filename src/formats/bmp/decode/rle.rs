//! Run lengths: RLE8, RLE4 and RLE24.

use std::io;

use super::damage::Damage;
use super::input::Input;
use super::palette::Colors;
use super::rows::expand;
use crate::formats::bmp::check::{B020, B050, B051, B052, B053, B054, lost_rows};
use crate::formats::bmp::sample::Sample;
use crate::offset::{Position, Tally};
use crate::tree::{Range, Severity};

/// The unit that a run repeats.
#[derive(Clone, Debug)]
pub(super) enum Unit {
    /// A palette index.
    Byte(Box<Colors>),
    /// Two palette indices of half a byte in turn.
    Halves(Box<Colors>),
    /// Blue, green, red.
    Bgr,
}

/// Names where the bytes end, for a message.
const LITERAL: &str = " in a literal run";

/// How the codes of run lengths end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats::bmp) enum Ending {
    /// With an end of bitmap.
    There {
        /// Where the next byte is.
        end: u64,
    },
    /// Without one, which should be here.
    Missing { at: u64 },
    /// Without one, and before the byte that pads the last literal run to a 16-bit word.
    LacksPad { at: u64 },
    /// In the pixels of a literal run.
    InPixels,
}

/// Where the bytes end too early.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truncation {
    /// The first pixel that is missing.
    row: u32,
    x: usize,
    /// The code that is cut, or the end of the bytes.
    at: u64,
    /// Whether that is a literal run, some pixels of which are there.
    in_literal: bool,
}

/// A picture of run lengths, and how far it was read.
#[derive(Clone, Debug)]
pub(super) struct Rle {
    pub(super) input: Input,
    pub(super) unit: Unit,
    pub(super) rows: u32,
    /// The place of the next pixel; its row counts from the first in the file.
    pub(super) x: usize,
    pub(super) row: u32,
    /// Whether the end of the bitmap, or of the bytes, was met.
    pub(super) ended: bool,
    /// Where the pixels should end by the header; 0 where it doesn't say.
    pub(super) stated_end: u64,
    pub(super) undefined: u64,
    /// How the bytes ended without an end of bitmap.
    pub(super) cut: Option<Truncation>,
    /// Whether the bytes end before the padding of the last literal run.
    pub(super) lacks_pad: bool,
    pub(super) offset: u64,
    /// Pixels of a row.
    pub(super) width: usize,
}

impl Rle {
    /// Fills the row, with `undefined` where the bytes say nothing of it, and answers how many pixels
    /// they do define; `None` where they ended before.
    pub(super) fn row<S: Sample>(
        &mut self,
        row: u32,
        out: &mut [[S; 4]],
        undefined: [S; 4],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<Option<usize>> {
        if self.ended {
            return Ok(None);
        }
        // Up to here pixels are defined, or known not to be.
        let mut done = 0usize;
        let mut gaps = 0usize;
        let gap = |out: &mut [[S; 4]], from: usize, to: usize| {
            let left = out.get_mut(from..to).unwrap_or_default();
            left.fill(undefined);
            left.len()
        };
        while !self.ended && self.row == row {
            gaps.tally(gap(out, done, self.x));
            self.plain_runs(row, out);
            done = self.x;
            let at = self.input.position();
            let (count, value) = match *self.input.peek(2)? {
                [count, value] => (usize::from(count), value),
                _ => {
                    self.end_in("", at, damage, y);
                    break;
                }
            };
            match (count, value) {
                (0, 0) => {
                    self.input.skip(2);
                    self.next_rows(1);
                }
                (0, 1) => {
                    self.input.skip(2);
                    self.ended = true;
                }
                (0, 2) => self.delta(at, out.len(), damage, y)?,
                (0, pixels) => {
                    self.input.skip(2);
                    self.literal(at, usize::from(pixels), out, damage, y)?;
                    done = self.x;
                }
                _ => {
                    self.run(at, count, value, out, damage, y)?;
                    done = self.x;
                }
            }
        }
        let rest = gap(out, done, out.len());
        let defined = out.len().since(gaps.past(rest));
        // Pixels after the end of the bytes are lost, not undefined.
        if self.cut.is_none() {
            gaps.tally(rest);
        }
        self.undefined.tally(gaps as u64);
        Ok(Some(defined))
    }

    /// The bytes end at `at`, in a code or in front of one.
    fn end_in(&mut self, code: &str, at: u64, damage: &mut Damage, y: &dyn Fn(u32) -> u32) {
        self.ended = true;
        self.cut = Some(Truncation {
            row: self.row,
            x: self.x,
            at,
            in_literal: code == LITERAL,
        });
        let place = || {
            let line = y(self.row);
            format!("the bytes end{code} at x {}, y {line}", self.x)
        };
        let lost = self.lost_rows();
        if lost > 0 {
            damage.add(B020, Range::file(at, 0), || {
                let rows = lost_rows(lost.into(), self.rows.into());
                format!("{}: {rows}", place())
            });
        } else {
            damage.add(B052, Range::file(at, 0), || {
                format!("{}, without an end of bitmap", place())
            });
        }
    }

    /// How many rows miss a pixel since the bytes end.
    pub(super) fn lost_rows(&self) -> u32 {
        self.cut.map_or(0, |cut| {
            let whole = u32::from(cut.x >= self.width);
            self.rows.saturating_sub(cut.row).saturating_sub(whole)
        })
    }

    /// A fast loop for plain runs of bytes, which most pixels are in.
    fn plain_runs<S: Sample>(&mut self, row: u32, out: &mut [[S; 4]]) {
        let Unit::Byte(colors) = &mut self.unit else {
            return;
        };
        let mut used = 0usize;
        let (pairs, _) = self.input.buffered().as_chunks::<2>();
        for [count, value] in pairs {
            let end = self.x.past(usize::from(*count));
            let Some(run) = out.get_mut(self.x..end).filter(|run| !run.is_empty()) else {
                break;
            };
            run.fill(colors.color(*value).map(S::widen));
            colors.note(&[*value], usize::from(*count), row, self.x);
            self.x = end;
            used.tally(2);
        }
        self.input.skip(used);
    }

    pub(super) fn colors(&self) -> Option<&Colors> {
        match &self.unit {
            Unit::Byte(colors) | Unit::Halves(colors) => Some(colors),
            Unit::Bgr => None,
        }
    }

    fn next_rows(&mut self, count: u32) {
        self.row.tally(count);
        self.x = 0;
        // Rows that were left by this are the picture's last.
        self.ended |= self.row > self.rows;
    }

    fn delta(
        &mut self,
        at: u64,
        width: usize,
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<()> {
        let (dx, dy) = match *self.input.take(4)? {
            [_, _, dx, dy] => (usize::from(dx), u32::from(dy)),
            _ => {
                self.end_in(" in a delta", at, damage, y);
                return Ok(());
            }
        };
        let x = self.x.past(dx);
        let row = self.row.past(dy);
        if x > width || row >= self.rows {
            damage.add(B051, Range::file(at, 4), || {
                format!(
                    "a delta from x {}, y {} by {dx} pixels and {dy} rows leaves the picture",
                    self.x,
                    y(self.row)
                )
            });
        }
        self.x = x.min(width);
        self.row = row;
        self.ended |= row >= self.rows;
        Ok(())
    }

    fn run<S: Sample>(
        &mut self,
        at: u64,
        count: usize,
        value: u8,
        out: &mut [[S; 4]],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<()> {
        let (row, x) = (self.row, self.x);
        let place = self.place(at, count, out, damage, y);
        let size = place.len();
        match &mut self.unit {
            Unit::Byte(colors) => {
                place.fill(colors.color(value).map(S::widen));
                colors.note(&[value], size, row, x);
            }
            Unit::Halves(colors) => {
                let both = [value >> 4, value & 15];
                let pair = both.map(|index| colors.color(index).map(S::widen));
                for (out, color) in place.iter_mut().zip(pair.into_iter().cycle()) {
                    *out = color;
                }
                colors.note(&both, size, row, x);
            }
            Unit::Bgr => {
                let [_, b, g, r] = *self.input.peek(4)? else {
                    self.end_in(" in a run", at, damage, y);
                    return Ok(());
                };
                place.fill([r, g, b, 255].map(S::widen));
                self.input.skip(2);
            }
        }
        self.input.skip(2);
        self.x = x.past(size);
        Ok(())
    }

    /// Where the next `count` pixels go, as far as the row has room for them.
    fn place<'a, S>(
        &self,
        at: u64,
        count: usize,
        out: &'a mut [[S; 4]],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> &'a mut [[S; 4]] {
        let room = out.len().saturating_sub(self.x);
        if count > room {
            // Some programs run on to a whole 32-bit word, as rows that aren't compressed do.
            let code = match room {
                0 if count < 4 => B050.weighing(Severity::Warning),
                _ => B050,
            };
            damage.add(code, Range::file(at, 2), || {
                format!(
                    "{count} pixels from x {}, y {} cross the end of the row after {room}",
                    self.x,
                    y(self.row)
                )
            });
        }
        let end = self.x.past(count.min(room));
        out.get_mut(self.x..end).unwrap_or_default()
    }

    fn literal<S: Sample>(
        &mut self,
        at: u64,
        count: usize,
        out: &mut [[S; 4]],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<()> {
        let size = match self.unit {
            Unit::Byte(_) => count,
            Unit::Halves(_) => count.div_ceil(2),
            Unit::Bgr => count.saturating_mul(3),
        };
        let (row, x) = (self.row, self.x);
        let place = self.place(at, count, out, damage, y);
        let room = place.len();
        // Literals end on a whole 16-bit word.
        let padded = size.next_multiple_of(2);
        let bytes = self.input.take(padded)?;
        self.lacks_pad = bytes.len() < padded && bytes.len() == size;
        let bytes = bytes.get(..size).unwrap_or(bytes);
        let is_cut = bytes.len() < size;
        let painted = match &mut self.unit {
            Unit::Byte(colors) => {
                let bytes = bytes.get(..room).unwrap_or(bytes);
                colors.paint(bytes, place, row, x);
                bytes.len()
            }
            Unit::Halves(colors) => {
                let mut indices = [0; 256];
                let there = room.min(bytes.len().saturating_mul(2));
                let indices = indices.get_mut(..there).unwrap_or_default();
                expand(bytes, 4, indices);
                colors.paint(indices, place, row, x);
                there
            }
            Unit::Bgr => {
                let (pixels, _) = bytes.as_chunks::<3>();
                for (out, [b, g, r]) in place.iter_mut().zip(pixels) {
                    *out = [*r, *g, *b, 255].map(S::widen);
                }
                room.min(pixels.len())
            }
        };
        self.x = x.past(painted);
        if is_cut {
            self.end_in(LITERAL, at, damage, y);
        }
        Ok(())
    }

    /// How the codes end, when all rows were read.
    pub(super) fn ending(&mut self) -> io::Result<Ending> {
        let end = self.end()?;
        Ok(match self.cut {
            None if self.ended => Ending::There { end },
            None if self.lacks_pad => Ending::LacksPad { at: end },
            None => Ending::Missing { at: end },
            Some(cut) if cut.in_literal => Ending::InPixels,
            Some(cut) if self.lacks_pad => Ending::LacksPad { at: cut.at },
            Some(cut) => Ending::Missing { at: cut.at },
        })
    }

    /// Where the bytes that were read end, an end of bitmap after the last row among them.
    pub(super) fn end(&mut self) -> io::Result<u64> {
        if !self.ended {
            // The last row may be ended before the bitmap is.
            let size = match *self.input.peek(4)? {
                [0, 1, ..] => 2,
                [0, 0, 0, 1] => 4,
                _ => 0,
            };
            self.input.skip(size);
            self.ended = size > 0;
        }
        Ok(self.input.position())
    }

    /// Notes the problems at the end; the bytes don't reach `pixels`.
    pub(super) fn finish(
        &mut self,
        pixels: u64,
        damage: &mut Damage,
        y: impl Fn(u32) -> u32,
    ) -> io::Result<()> {
        if self.cut.is_none() {
            self.undefined.tally(pixels);
        }
        let end = self.end()?;
        if !self.ended {
            damage.add(B052, Range::file(end, 0), || {
                "an end of bitmap should follow the last row".to_owned()
            });
        }
        let left = self.stated_end.saturating_sub(end);
        // Up to a whole 32-bit word is padding.
        if left > 3 {
            damage.add(B053, Range::file(end, left), || {
                format!("{left} bytes of the pixels follow the end of the bitmap")
            });
        }
        if self.undefined > 0 {
            let range = Range::file(self.offset, end.since(self.offset));
            damage.add(B054, range, || {
                format!("{} pixels are left undefined", self.undefined)
            });
        }
        if let Unit::Byte(colors) | Unit::Halves(colors) = &self.unit {
            colors.finish(damage, y);
        }
        Ok(())
    }
}
