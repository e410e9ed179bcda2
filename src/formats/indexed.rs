//! Pixels as indices into a palette.

use crate::offset::{Position, Tally};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A picture of indices, from the top.
pub(super) struct Indexed {
    pub(super) colors: Vec<[u8; 3]>,
    indices: Vec<u8>,
    width: usize,
}

/// More colors than a palette takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooMany {
    /// How many the picture has.
    pub(super) found: usize,
    /// How many the bits reach.
    pub(super) limit: usize,
}

impl Indexed {
    /// The colors in the order in which they first appear, or, of too many, the best where a loss
    /// is allowed. Alpha is left out.
    pub(super) fn new(
        rgba: &[[u8; 4]],
        width: u32,
        bits: u16,
        lossy: bool,
    ) -> Result<Indexed, TooMany> {
        let limit = 1usize.checked_shl(u32::from(bits)).unwrap_or(256).min(256);
        let width = usize::try_from(width).unwrap_or(usize::MAX);
        let mut colors = Vec::new();
        let mut places: HashMap<[u8; 3], u8> = HashMap::new();
        let mut indices = Vec::with_capacity(rgba.len());
        for [red, green, blue, _] in rgba {
            let color = [*red, *green, *blue];
            let next = u8::try_from(colors.len()).unwrap_or(u8::MAX);
            let index = *places.entry(color).or_insert_with(|| {
                colors.push(color);
                next
            });
            if colors.len() > limit {
                return match lossy {
                    true => Ok(Indexed::quantized(rgba, width, limit)),
                    false => Err(TooMany {
                        found: count(rgba),
                        limit,
                    }),
                };
            }
            indices.push(index);
        }
        Ok(Indexed {
            colors,
            indices,
            width,
        })
    }

    fn quantized(rgba: &[[u8; 4]], width: usize, limit: usize) -> Indexed {
        let colors = median_cut(rgba, limit);
        let mut nearest: HashMap<[u8; 3], u8> = HashMap::new();
        let index = |[red, green, blue, _]: &[u8; 4]| {
            let color = [*red, *green, *blue];
            *nearest.entry(color).or_insert_with(|| {
                let far = |(_, other): &(u8, &[u8; 3])| {
                    let apart = color
                        .iter()
                        .zip(*other)
                        .map(|(a, b)| u32::from(a.abs_diff(*b)));
                    apart.map(|d| d.saturating_mul(d)).sum::<u32>()
                };
                (0..=255)
                    .zip(&colors)
                    .min_by_key(far)
                    .map_or(0, |(index, _)| index)
            })
        };
        Indexed {
            indices: rgba.iter().map(index).collect(),
            colors,
            width,
        }
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        let start = y.saturating_mul(self.width);
        let rest = self.indices.get(start..).unwrap_or_default();
        rest.get(..self.width).unwrap_or_default()
    }

    /// The rows from the top.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.indices.chunks_exact(self.width)
    }
}

fn count(rgba: &[[u8; 4]]) -> usize {
    let colors = rgba.iter().map(|[red, green, blue, _]| [red, green, blue]);
    colors.collect::<HashSet<_>>().len()
}

/// The box of colors with the most to lose is cut in two where half of its pixels are, until there
/// are enough of them (Heckbert, 1982).
fn median_cut(rgba: &[[u8; 4]], limit: usize) -> Vec<[u8; 3]> {
    let mut counts: BTreeMap<[u8; 3], u64> = BTreeMap::new();
    for [red, green, blue, _] in rgba {
        let count = counts.entry([*red, *green, *blue]).or_default();
        count.tally(1);
    }
    let mut boxes: Vec<Vec<([u8; 3], u64)>> = vec![counts.into_iter().collect()];
    while boxes.len() < limit {
        let widest = boxes.iter().enumerate().max_by_key(|(_, colors)| {
            let pixels: u64 = colors.iter().map(|(_, count)| count).sum();
            u64::from(spread(colors).1).saturating_mul(pixels)
        });
        let Some((at, channel)) = widest
            .filter(|(_, colors)| colors.len() > 1)
            .map(|(at, colors)| (at, spread(colors).0))
        else {
            break;
        };
        let mut colors = boxes.swap_remove(at);
        colors.sort_by_key(|(color, _)| color.get(channel).copied());
        let half = colors.iter().map(|(_, count)| count).sum::<u64>() / 2;
        let mut sum = 0u64;
        let cut = colors.iter().take_while(|(_, count)| {
            sum.tally(*count);
            sum <= half
        });
        let cut = cut.count().clamp(1, colors.len().since(1));
        let upper = colors.split_off(cut);
        boxes.extend([colors, upper]);
    }
    boxes.iter().map(|colors| mean(colors)).collect()
}

/// The channel in which colors differ most, and by how much.
fn spread(colors: &[([u8; 3], u64)]) -> (usize, u8) {
    let range = |channel: usize| {
        let values = || {
            colors
                .iter()
                .filter_map(move |(color, _)| color.get(channel))
        };
        let (least, most) = (values().min(), values().max());
        most.zip(least)
            .map_or(0, |(most, least)| most.abs_diff(*least))
    };
    (0..3)
        .map(|channel| (channel, range(channel)))
        .max_by_key(|(_, range)| *range)
        .unwrap_or((0, 0))
}

fn mean(colors: &[([u8; 3], u64)]) -> [u8; 3] {
    let pixels: u64 = colors.iter().map(|(_, count)| count).sum();
    std::array::from_fn(|channel| {
        let value = |(color, count): &([u8; 3], u64)| {
            let value = color.get(channel).copied().map_or(0, u64::from);
            value.saturating_mul(*count)
        };
        let sum: u64 = colors.iter().map(value).sum();
        let rounded = sum.saturating_add(pixels / 2).checked_div(pixels);
        u8::try_from(rounded.unwrap_or(0)).unwrap_or(u8::MAX)
    })
}

/// Indices of less than a byte, the first in the highest bits.
pub(super) fn pack(indices: &[u8], bits: u16, out: &mut Vec<u8>) {
    let bits = u32::from(bits);
    let in_a_byte = usize::try_from(8u32.checked_div(bits).unwrap_or(1)).unwrap_or(1);
    for group in indices.chunks(in_a_byte.max(1)) {
        let places = (0..8u32).step_by(usize::try_from(bits).unwrap_or(8).max(1));
        let byte = group.iter().zip(places).fold(0u8, |byte, (index, place)| {
            let shift = 8u32.saturating_sub(bits).saturating_sub(place);
            byte | index.checked_shl(shift).unwrap_or(0)
        });
        out.push(byte);
    }
}
