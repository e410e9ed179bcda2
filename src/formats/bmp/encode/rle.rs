//! Run lengths: `BI_RLE8`, `BI_RLE4`, and RLE24 of OS/2.
//!
//! A row is a path over its pixels, a step either a run or a stretch of pixels as they are
//! ("absolute mode"), and the shortest path is found by dynamic programming. Steps don't cross
//! rows.

use crate::offset::Position;

/// Pixels in a step, at most: their count is a byte.
const MAX: usize = 255;

/// Pixels as they are in a step, at least: lower counts have other meanings.
const MIN_ABSOLUTE: usize = 3;

/// Absolute steps whose pixels differ in number by this are filled up alike.
const CLASSES: usize = 4;

const END_OF_LINE: [u8; 2] = [0, 0];
const END_OF_BITMAP: [u8; 2] = [0, 1];

/// The three compressions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rle {
    /// A pixel is half a byte, and a run alternates between two of them.
    Rle4,
    /// A pixel is a byte.
    Rle8,
    /// A pixel is three bytes, the lowest of its number first.
    Rle24,
}

/// The last step of the shortest path to a place in a row.
#[derive(Clone, Copy)]
struct Step {
    start: usize,
    absolute: bool,
    /// Bytes of the whole path.
    cost: usize,
}

impl Rle {
    /// Compresses rows in the order of the file.
    pub(super) fn compress(self, rows: impl Iterator<Item = Vec<u32>>) -> Vec<u8> {
        let mut out = Vec::new();
        for (index, row) in rows.enumerate() {
            if index > 0 {
                out.extend(END_OF_LINE);
            }
            self.put_row(&row, &mut out);
        }
        out.extend(END_OF_BITMAP);
        out
    }

    fn put_row(self, row: &[u32], out: &mut Vec<u8>) {
        for (absolute, pixels) in self.steps(row) {
            let count = u8::try_from(pixels.len()).unwrap_or(u8::MAX);
            if absolute {
                out.extend([0, count]);
                self.put_pixels(pixels, out);
                if self.bytes(pixels.len()) % 2 == 1 {
                    out.push(0);
                }
            } else {
                out.push(count);
                let unit = pixels.get(..self.distance()).unwrap_or(pixels);
                self.put_pixels(unit, out);
            }
        }
    }

    /// The steps of the shortest path, or nearly so: where rows are longer than steps can be, not
    /// every start of an absolute step is looked at.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "places from 0 to the length of the row, made here; costs are below 4 bytes a pixel"
    )]
    fn steps(self, row: &[u32]) -> Vec<(bool, &[u32])> {
        let far = Step {
            start: 0,
            absolute: false,
            cost: usize::MAX,
        };
        let runs = self.runs(row);
        let mut paths = vec![far; row.len() + 1];
        paths[0].cost = 0;
        let mut starts: [Option<usize>; CLASSES] = [None; CLASSES];
        for here in 0..=row.len() {
            let absolute = |start: usize, paths: &[Step]| Step {
                start,
                absolute: true,
                cost: paths[start]
                    .cost
                    .saturating_add(self.absolute_size(here - start)),
            };
            if let Some(start) = here.checked_sub(MIN_ABSOLUTE) {
                // Of two starts in a class one stays ahead, however far the step goes.
                let best = &mut starts[start % CLASSES];
                let step = absolute(start, &paths);
                if best.is_none_or(|old| step.cost <= absolute(old, &paths).cost) {
                    *best = Some(start);
                }
            }
            for (class, best) in starts.iter_mut().enumerate() {
                // Of equal paths, absolute steps are the fewer. A step that is full ends; the next one
                // may begin at the place last seen.
                if best.is_some_and(|start| here - start > MAX) {
                    let newest = here - MIN_ABSOLUTE;
                    *best = Some(newest - (newest - class) % CLASSES);
                }
                if let Some(start) = *best {
                    let step = absolute(start, &paths);
                    if step.cost <= paths[here].cost {
                        paths[here] = step;
                    }
                }
            }
            if let Some(&length) = runs.get(here) {
                let cost = paths[here].cost.saturating_add(self.run_size());
                let end = &mut paths[here + length.min(MAX)];
                if cost < end.cost {
                    *end = Step {
                        start: here,
                        absolute: false,
                        cost,
                    };
                }
            }
        }

        let mut steps = Vec::new();
        let mut end = row.len();
        while end > 0 {
            let Step {
                start, absolute, ..
            } = paths[end];
            steps.push((absolute, &row[start..end]));
            end = start;
        }
        steps.reverse();
        steps
    }

    /// How long the run is that begins at each pixel.
    fn runs(self, row: &[u32]) -> Vec<usize> {
        let distance = self.distance();
        let mut runs = Vec::with_capacity(row.len());
        let mut length = 0_usize;
        for start in (0..row.len()).rev() {
            let repeated = start
                .checked_add(distance)
                .and_then(|other| row.get(other))
                .is_some_and(|other| row.get(start) == Some(other));
            let rest = row.len().since(start);
            length = if repeated {
                length.past(1)
            } else {
                distance.min(rest)
            };
            runs.push(length);
        }
        runs.reverse();
        runs
    }

    /// After how many pixels a run repeats.
    fn distance(self) -> usize {
        match self {
            Rle::Rle4 => 2,
            Rle::Rle8 | Rle::Rle24 => 1,
        }
    }

    /// The size of that many pixels in bytes.
    fn bytes(self, pixels: usize) -> usize {
        match self {
            Rle::Rle4 => pixels.div_ceil(2),
            Rle::Rle8 => pixels,
            Rle::Rle24 => pixels.saturating_mul(3),
        }
    }

    fn run_size(self) -> usize {
        self.bytes(self.distance()).past(1)
    }

    fn absolute_size(self, pixels: usize) -> usize {
        self.bytes(pixels).next_multiple_of(2).past(2)
    }

    fn put_pixels(self, pixels: &[u32], out: &mut Vec<u8>) {
        let bytes = pixels.iter().map(|pixel| pixel.to_le_bytes());
        match self {
            Rle::Rle4 => {
                for pair in pixels.chunks(2) {
                    let [high, low] = [pair.first(), pair.get(1)].map(|pixel| {
                        let pixel = pixel.copied().unwrap_or(0);
                        u8::try_from(pixel).unwrap_or(0)
                    });
                    out.push(high << 4 | low);
                }
            }
            Rle::Rle8 => out.extend(bytes.map(|[index, ..]| index)),
            Rle::Rle24 => out.extend(bytes.flat_map(|[blue, green, red, _]| [blue, green, red])),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail")]
mod tests {
    use super::*;

    fn row(rle: Rle, pixels: &[u32]) -> Vec<u8> {
        let mut out = Vec::new();
        rle.put_row(pixels, &mut out);
        out
    }

    /// What a row decodes to, by the rules of the specification and nothing else.
    fn decoded(rle: Rle, bytes: &[u8]) -> Vec<u32> {
        let mut pixels = Vec::new();
        let mut at = 0;
        let pixel = |at: usize, index: usize| match rle {
            Rle::Rle4 => u32::from(bytes[at + index / 2] >> (4 * (1 - index % 2)) & 15),
            Rle::Rle8 => u32::from(bytes[at + index]),
            Rle::Rle24 => {
                let b = &bytes[at + 3 * index..];
                u32::from_le_bytes([b[0], b[1], b[2], 0])
            }
        };
        while at < bytes.len() {
            let (count, absolute) = match bytes[at] {
                0 => (usize::from(bytes[at + 1]), true),
                n => (usize::from(n), false),
            };
            at += if absolute { 2 } else { 1 };
            assert!(!absolute || count >= 3);
            let distance = if let Rle::Rle4 = rle { 2 } else { 1 };
            pixels.extend((0..count).map(|i| pixel(at, if absolute { i } else { i % distance })));
            at += match (rle, absolute) {
                (Rle::Rle4, true) => count.div_ceil(4) * 2,
                (Rle::Rle8, true) => count.div_ceil(2) * 2,
                (Rle::Rle24, true) => (3 * count).div_ceil(2) * 2,
                (Rle::Rle24, false) => 3,
                (_, false) => 1,
            };
        }
        pixels
    }

    #[test]
    fn rows_are_as_in_the_example_of_the_specification() {
        // The beginning of the example of `BI_RLE8` in the Windows SDK.
        let pixels = [4, 4, 4, 6, 6, 6, 6, 6, 0x45, 0x56, 0x67];
        let expected = [3, 4, 5, 6, 0, 3, 0x45, 0x56, 0x67, 0];
        assert_eq!(row(Rle::Rle8, &pixels), expected);
        let pixels = [0, 4, 0, 0, 6, 0, 6, 0, 4, 5, 5, 6, 6, 7];
        assert_eq!(decoded(Rle::Rle4, &row(Rle::Rle4, &pixels)), pixels);
    }

    #[test]
    fn a_short_run_stays_among_its_neighbors() {
        assert_eq!(row(Rle::Rle8, &[1, 2, 2, 3]), [0, 4, 1, 2, 2, 3]);
        assert_eq!(row(Rle::Rle8, &[1, 2]), [1, 1, 1, 2]);
        assert_eq!(row(Rle::Rle4, &[1, 2, 1]), [3, 0x12]);
        assert_eq!(row(Rle::Rle4, &[1]), [1, 0x10]);
        assert_eq!(row(Rle::Rle24, &[0x030201, 0x030201]), [2, 1, 2, 3]);
    }

    #[test]
    fn steps_hold_255_pixels() {
        assert_eq!(row(Rle::Rle8, &[7; 256]), [255, 7, 1, 7]);
        let pixels: Vec<u32> = (0..600).map(|i| i % 251).collect();
        let bytes = row(Rle::Rle8, &pixels);
        assert_eq!(decoded(Rle::Rle8, &bytes), pixels);
        assert!(bytes.len() <= 600 + 3 * 2 + 2, "{}", bytes.len());
    }

    /// The bytes of the shortest of all paths.
    fn shortest(rle: Rle, pixels: &[u32]) -> usize {
        let runs = rle.runs(pixels);
        let mut best = vec![0; pixels.len() + 1];
        for start in (0..pixels.len()).rev() {
            let run = runs[start].min(MAX);
            let run = (1..=run).map(|n| best[start + n] + rle.run_size());
            let most = (pixels.len() - start).min(MAX);
            let absolute = (3..=most).map(|n| best[start + n] + rle.absolute_size(n));
            best[start] = run.chain(absolute).min().unwrap();
        }
        best[0]
    }

    #[test]
    fn paths_are_the_shortest() {
        // Every row of nine pixels of two values, against all paths.
        for rle in [Rle::Rle4, Rle::Rle8, Rle::Rle24] {
            for bits in 0..512_u32 {
                let pixels: Vec<u32> = (0..9).map(|i| bits >> i & 1).collect();
                let bytes = row(rle, &pixels);
                assert_eq!(decoded(rle, &bytes), pixels, "{rle:?}");
                assert_eq!(bytes.len(), shortest(rle, &pixels), "{rle:?} {pixels:?}");
            }
        }
    }

    #[test]
    fn paths_are_the_shortest_where_steps_are_full() {
        for rle in [Rle::Rle4, Rle::Rle8, Rle::Rle24] {
            for length in (253..262).chain(509..514) {
                for start in [0, 1, 3] {
                    // A run at the beginning, and then no pixel as the one before.
                    let pixels: Vec<u32> = (0..length)
                        .map(|i| if i < start { 15 } else { (i * i / 3 + i) % 13 })
                        .collect();
                    let bytes = row(rle, &pixels);
                    assert_eq!(decoded(rle, &bytes), pixels, "{rle:?}");
                    let best = shortest(rle, &pixels);
                    assert_eq!(bytes.len(), best, "{rle:?} {length} {start}");
                }
            }
        }
    }
}
