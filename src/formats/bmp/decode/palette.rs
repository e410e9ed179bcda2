//! Palette indices made into colors, and which of them the palette doesn't have.

use std::io;

use super::cmyk;
use super::damage::Damage;
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::check::{B032, B036};
use crate::formats::bmp::names::Compression;
use crate::formats::bmp::sample::Sample;
use crate::offset::{Position, Tally};
use crate::tree::Range;

/// The colors by index; an index beyond them is opaque black.
#[derive(Clone, Debug)]
pub(super) struct Colors {
    table: [[u8; 4]; 256],
    len: usize,
    /// How many indices the bit count reaches: a palette with as many misses none.
    reach: usize,
    /// Which indices are in a pixel, where that is asked for.
    used: Option<Box<[bool; 256]>>,
    missed: u64,
    /// Where the first pixel with a missing index is: its row, x, index.
    first_missed: Option<(u32, usize, u8)>,
    range: Range,
}

impl Colors {
    pub(super) fn new(
        bitmap: &Bitmap,
        bits: u16,
        compression: Compression,
        survey: bool,
    ) -> io::Result<Colors> {
        let mut colors = Colors {
            table: [[0, 0, 0, 255]; 256],
            len: 0,
            reach: 1usize.checked_shl(u32::from(bits)).unwrap_or(256).min(256),
            used: survey.then(|| Box::new([false; 256])),
            missed: 0,
            first_missed: None,
            range: Range::file(0, 0),
        };
        let is_cmyk = matches!(compression, Compression::CmykRle4 | Compression::CmykRle8);
        let palette = bitmap.palette.as_ref();
        let Some(palette) = palette.filter(|palette| !palette.is_empty()) else {
            colors.grays(compression);
            return Ok(colors);
        };
        colors.range = palette.range();
        for (slot, color) in colors.table.iter_mut().zip(palette.colors()) {
            let color = color?;
            *slot = match is_cmyk {
                // The bytes of a COLORREF by wingdi.h's CMYK macro.
                true => cmyk([color.blue, color.green, color.red, color.reserved]),
                false => [color.red, color.green, color.blue, 255],
            };
            colors.len.tally(1);
        }
        Ok(colors)
    }

    /// What indices are without a palette. T.4 has white first.
    fn grays(&mut self, compression: Compression) {
        self.len = self.reach;
        self.used = None;
        let shades = self.reach.saturating_sub(1);
        for (index, slot) in self.table.iter_mut().take(self.reach).enumerate() {
            let shade = match compression {
                Compression::Huffman1D => shades.saturating_sub(index),
                _ => index,
            };
            let gray = shade.saturating_mul(255).checked_div(shades).unwrap_or(0);
            let gray = u8::try_from(gray).unwrap_or(u8::MAX);
            *slot = [gray, gray, gray, 255];
        }
    }

    pub(super) fn color(&self, index: u8) -> [u8; 4] {
        self.table
            .get(usize::from(index))
            .copied()
            .unwrap_or_default()
    }

    /// The pixels of one row from `x` on, by their indices.
    pub(super) fn paint<S: Sample>(
        &mut self,
        indices: &[u8],
        out: &mut [[S; 4]],
        row: u32,
        x: usize,
    ) {
        for (out, index) in out.iter_mut().zip(indices) {
            let color = self.table.get(usize::from(*index)).copied();
            *out = color.unwrap_or_default().map(S::widen);
        }
        self.note(indices, indices.len(), row, x);
    }

    /// Remembers which indices are in the next `count` pixels of a row, which repeat `unit`.
    pub(super) fn note(&mut self, unit: &[u8], count: usize, row: u32, x: usize) {
        let unit = unit.get(..count).unwrap_or(unit);
        if let Some(used) = &mut self.used {
            for index in unit {
                if let Some(used) = used.get_mut(usize::from(*index)) {
                    *used = true;
                }
            }
        }
        if self.len >= self.reach {
            return;
        }
        for (at, index) in unit.iter().enumerate() {
            if usize::from(*index) >= self.len {
                let place = (row, x.past(at), *index);
                self.first_missed.get_or_insert(place);
                let times = count.saturating_sub(at).div_ceil(unit.len());
                self.missed.tally(times as u64);
            }
        }
    }

    /// Notes the problems of indices; `y` maps a row of the file to one of the picture.
    pub(super) fn finish(&self, damage: &mut Damage, y: impl Fn(u32) -> u32) {
        if let Some((row, x, index)) = self.first_missed {
            damage.add(B032, self.range, || {
                format!(
                    "{} pixels have an index beyond the {} colors of the palette, the first at \
                     x {x}, y {}: {index}",
                    self.missed,
                    self.len,
                    y(row)
                )
            });
        }
        let Some(used) = &self.used else { return };
        let there = || self.table.iter().zip(used.iter()).take(self.len);
        let unused = there().filter(|(_, used)| !**used).count();
        let mut seen = std::collections::BTreeSet::new();
        let twice = there().filter(|(color, _)| !seen.insert(**color)).count();
        if unused > 0 || twice > 0 {
            damage.add(B036, self.range, || {
                format!(
                    "of {} colors of the palette {unused} are not used, and {twice} are there \
                     before",
                    self.len
                )
            });
        }
    }
}
