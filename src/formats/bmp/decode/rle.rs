//! Run lengths: RLE8, RLE4 and RLE24.

use std::io;

use super::damage::Damage;
use super::input::Input;
use super::palette::Colors;
use super::rows::expand;
use super::sample::Sample;
use crate::formats::bmp::check::{B050, B051, B052, B053, B054, Code};
use crate::tree::{Range, Severity};

/// What a run repeats.
#[derive(Debug)]
pub(super) enum Unit {
    /// A palette index.
    Byte(Box<Colors>),
    /// Two palette indices of half a byte in turn.
    Halves(Box<Colors>),
    /// Blue, green, red.
    Bgr,
}

/// A picture of run lengths, and how far it was read.
#[derive(Debug)]
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
    pub(super) offset: u64,
}

impl Rle {
    /// Fills the row, with `undefined` where the bytes say nothing of it. `false` where they ended
    /// before.
    pub(super) fn row<S: Sample>(
        &mut self,
        row: u32,
        out: &mut [[S; 4]],
        undefined: [S; 4],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        // Up to here pixels are defined, or known not to be.
        let mut done = 0usize;
        let mut gaps = 0usize;
        let mut gap = |out: &mut [[S; 4]], from: usize, to: usize| {
            let left = out.get_mut(from..to).unwrap_or_default();
            gaps = gaps.saturating_add(left.len());
            left.fill(undefined);
        };
        while !self.ended && self.row == row {
            gap(out, done, self.x);
            self.plain_runs(row, out);
            done = self.x;
            let at = self.input.position();
            let (count, value) = match *self.input.peek(2)? {
                [count, value] => (usize::from(count), value),
                _ => {
                    self.ended = true;
                    damage.add(B052, Range::file(at, 0), || {
                        format!(
                            "the bytes end at x {}, y {}, without an end of bitmap",
                            self.x,
                            y(row)
                        )
                    });
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
                (0, 2) => {
                    done = done.max(self.x);
                    self.delta(at, out.len(), damage, y)?;
                }
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
        gap(out, done, out.len());
        self.undefined = self.undefined.saturating_add(gaps as u64);
        Ok(true)
    }

    /// Runs of bytes as long as they are nothing but that: most of what there is.
    fn plain_runs<S: Sample>(&mut self, row: u32, out: &mut [[S; 4]]) {
        let Unit::Byte(colors) = &mut self.unit else {
            return;
        };
        let mut used = 0u64;
        let (pairs, _) = self.input.buffered().as_chunks::<2>();
        for [count, value] in pairs {
            let end = self.x.saturating_add(usize::from(*count));
            let Some(run) = out.get_mut(self.x..end).filter(|run| !run.is_empty()) else {
                break;
            };
            run.fill(colors.color(*value).map(S::widen));
            colors.note(&[*value], row, self.x);
            self.x = end;
            used = used.saturating_add(2);
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
        self.row = self.row.saturating_add(count);
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
                self.ended = true;
                damage.add(B052, Range::file(at, 0), || {
                    "the bytes end in a delta, without an end of bitmap".to_owned()
                });
                return Ok(());
            }
        };
        let x = self.x.saturating_add(dx);
        let row = self.row.saturating_add(dy);
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
                if size > 0 {
                    colors.note(&[value], row, x);
                }
            }
            Unit::Halves(colors) => {
                let both = [value >> 4, value & 15];
                let pair = both.map(|index| colors.color(index).map(S::widen));
                for (out, color) in place.iter_mut().zip(pair.into_iter().cycle()) {
                    *out = color;
                }
                colors.note(both.get(..size.min(2)).unwrap_or_default(), row, x);
            }
            Unit::Bgr => {
                let [_, b, g, r] = *self.input.peek(4)? else {
                    self.ended = true;
                    damage.add(B052, Range::file(at, 0), || {
                        "the bytes end in a run, without an end of bitmap".to_owned()
                    });
                    return Ok(());
                };
                place.fill([r, g, b, 255].map(S::widen));
                self.input.skip(2);
            }
        }
        self.input.skip(2);
        self.x = x.saturating_add(size);
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
                0 if count < 4 => Code {
                    severity: Severity::Warning,
                    ..B050
                },
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
        let end = self.x.saturating_add(count.min(room));
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
        let bytes = self.input.take(size.next_multiple_of(2))?;
        let bytes = bytes.get(..size).unwrap_or(bytes);
        if bytes.len() < size {
            self.ended = true;
            damage.add(B052, Range::file(at, 0), || {
                "the bytes end in a literal run, without an end of bitmap".to_owned()
            });
        }
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
        self.x = x.saturating_add(painted);
        Ok(())
    }

    /// Where the bytes that were read end, an end of bitmap behind the last row among them.
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

    pub(super) fn finish(&mut self, damage: &mut Damage, y: impl Fn(u32) -> u32) -> io::Result<()> {
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
            let range = Range::file(self.offset, end.saturating_sub(self.offset));
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
