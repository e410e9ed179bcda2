//! How large a picture is shown, and making it so.

use std::ops::Range;

use super::{Cells, Picture, rows};

/// A picture with fewer pixels than this in both directions is enlarged.
const SMALL: u32 = 16;

/// The most pixels that are made for a terminal, whatever size it claims to have.
const MOST_PIXELS: u64 = 1 << 22;

/// The cells that a picture takes in a terminal that has `cells` for it, its proportions kept.
///
/// A pixel takes at most one half block: the width of a cell and half of its height. Only
/// pictures below 16 pixels in both directions, such as icons and glyphs, are enlarged, by the
/// greatest whole factor with which they take no more than a third of the columns, and all rows.
/// No pixels or no cells give no cells.
///
/// ```
/// use bytewright::render::picture::{Cells, fit};
///
/// let terminal = Cells { columns: 80, rows: 24 };
/// assert_eq!(fit(640, 480, terminal), Cells { columns: 64, rows: 24 });
/// assert_eq!(fit(640, 100, terminal), Cells { columns: 80, rows: 7 });
/// assert_eq!(fit(20, 30, terminal), Cells { columns: 20, rows: 15 });
/// assert_eq!(fit(8, 8, terminal), Cells { columns: 24, rows: 12 });
/// ```
pub fn fit(width: u32, height: u32, cells: Cells) -> Cells {
    let (width, height) = half_blocks(width, height, cells);
    let cell = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    Cells {
        columns: cell(width),
        rows: cell(height.div_ceil(2)),
    }
}

/// The picture in another size. A pixel is the average of those that it covers, each counted by
/// its alpha; enlarging by a whole factor repeats them.
///
/// ```
/// use bytewright::render::picture::{Picture, scale};
///
/// let picture = Picture::new(2, 1, [0, 0, 0, 255, 100, 200, 50, 255].as_slice())?;
/// assert_eq!(scale(&picture, 1, 1).rgba(), [50, 100, 25, 255]);
/// # Ok::<(), bytewright::render::picture::SizeError>(())
/// ```
pub fn scale(picture: &Picture<'_>, width: u32, height: u32) -> Picture<'static> {
    let columns: Vec<_> = (0..width)
        .map(|x| covered(x, width, picture.width()))
        .collect();
    let mut rgba = Vec::new();
    for y in 0..height {
        let covering = rows(picture, covered(y, height, picture.height()));
        for columns in &columns {
            let pixels = covering
                .clone()
                .flat_map(|row| row.get(columns.clone()).unwrap_or_default());
            rgba.extend(average(pixels));
        }
    }
    Picture {
        width,
        height,
        rgba: rgba.into(),
    }
}

/// The half blocks that a picture takes, side by side and one below the other.
pub(super) fn half_blocks(width: u32, height: u32, cells: Cells) -> (u32, u32) {
    let most = (u32::from(cells.columns), u32::from(cells.rows) * 2);
    let factor = whole_factor((width, height), most);
    if width == 0 || height == 0 || most.0 == 0 || most.1 == 0 {
        (0, 0)
    } else if factor == 0 {
        within((width, height), most)
    } else if width < SMALL && height < SMALL {
        let third = most.0.div_euclid(3);
        enlarged(
            (width, height),
            whole_factor((width, height), (third, most.1)),
        )
    } else {
        (width, height)
    }
}

/// The size in pixels of a picture that takes this many half blocks, where each has `side` times
/// `side` pixels. Smaller pictures are enlarged by whole factors: the terminal, which does the
/// rest, would blur their pixels.
pub(super) fn raster_size(
    width: u32,
    height: u32,
    half_blocks: (u32, u32),
    side: u32,
) -> (u32, u32) {
    let area = u64::from(half_blocks.0).saturating_mul(half_blocks.1.into());
    let affordable = MOST_PIXELS.checked_div(area).unwrap_or(0).isqrt();
    let side = u32::try_from(affordable).unwrap_or(side).min(side);
    let most = enlarged(half_blocks, side);
    match whole_factor((width, height), most) {
        0 => within((width, height), most),
        factor => enlarged((width, height), factor),
    }
}

/// How often a size goes into another in both directions.
fn whole_factor((width, height): (u32, u32), most: (u32, u32)) -> u32 {
    let columns = most.0.checked_div(width).unwrap_or(0);
    let rows = most.1.checked_div(height).unwrap_or(0);
    columns.min(rows)
}

/// A size multiplied, but never by 0.
fn enlarged((width, height): (u32, u32), factor: u32) -> (u32, u32) {
    let factor = factor.max(1);
    (width.saturating_mul(factor), height.saturating_mul(factor))
}

/// The greatest size with the proportions of a picture within another.
fn within((width, height): (u32, u32), most: (u32, u32)) -> (u32, u32) {
    let full_height = proportional(height, most.0, width);
    if full_height <= most.1 {
        (most.0, full_height)
    } else {
        (proportional(width, most.1, height).min(most.0), most.1)
    }
}

/// `length * numerator / denominator`, rounded, at least 1.
pub(super) fn proportional(length: u32, numerator: u32, denominator: u32) -> u32 {
    let rounded = u64::from(length)
        .saturating_mul(numerator.into())
        .saturating_add(u64::from(denominator).div_euclid(2))
        .checked_div(denominator.into())
        .unwrap_or(0);
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// Which of `length` pixels the one at `index` covers, if only `of` are left.
fn covered(index: u32, of: u32, length: u32) -> Range<usize> {
    let [index, of, length] = [index, of, length].map(u64::from);
    let start = index.saturating_mul(length).checked_div(of).unwrap_or(0);
    let end = index
        .saturating_add(1)
        .saturating_mul(length)
        .div_ceil(of.max(1));
    let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    place(start)..place(end)
}

/// The average of pixels, where a transparent one has no color to give.
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "sums of 16-bit numbers, of fewer than 2^48 pixels; averages of bytes are bytes"
)]
fn average<'a>(pixels: impl Iterator<Item = &'a [u8; 4]>) -> [u8; 4] {
    let (mut colors, mut alphas, mut count) = ([0; 3], 0, 0);
    for &[red, green, blue, alpha] in pixels {
        let alpha = u64::from(alpha);
        for (sum, color) in colors.iter_mut().zip([red, green, blue]) {
            *sum += u64::from(color) * alpha;
        }
        alphas += alpha;
        count += 1;
    }
    if alphas == 0 {
        return [0; 4];
    }
    let [red, green, blue] = colors.map(|sum| ((sum + alphas / 2) / alphas) as u8);
    [red, green, blue, ((alphas + count / 2) / count) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Cells = Cells {
        columns: 80,
        rows: 24,
    };

    fn size(width: u32, height: u32) -> (u16, u16) {
        let cells = fit(width, height, TERMINAL);
        (cells.columns, cells.rows)
    }

    #[test]
    fn pictures_fit_the_terminal() {
        assert_eq!(size(80, 48), (80, 24));
        assert_eq!(size(81, 48), (80, 24));
        assert_eq!(size(1000, 1000), (48, 24));
        // 12.5 half rows.
        assert_eq!(size(640, 100), (80, 7));
        assert_eq!(size(1600, 10), (80, 1));
        assert_eq!(size(1, 4_000_000_000), (1, 24));
        assert_eq!(size(u32::MAX, 1), (80, 1));
        assert_eq!(size(u32::MAX, u32::MAX), (48, 24));
    }

    #[test]
    fn what_fits_is_never_enlarged_from_16_pixels_on() {
        assert_eq!(size(16, 16), (16, 8));
        assert_eq!(size(17, 3), (17, 2));
        assert_eq!(size(16, 1), (16, 1));
    }

    #[test]
    fn small_pictures_are_enlarged_by_a_whole_factor() {
        assert_eq!(size(1, 1), (26, 13));
        assert_eq!(size(15, 15), (15, 8));
        assert_eq!(size(13, 13), (26, 13));
        // 3 times: 45 of 48 half rows.
        assert_eq!(size(1, 15), (3, 23));
    }

    #[test]
    fn nothing_fits_into_nothing() {
        assert_eq!(size(0, 5), (0, 0));
        assert_eq!(size(5, 0), (0, 0));
        let none = Cells {
            columns: 0,
            rows: 24,
        };
        assert_eq!(fit(5, 5, none).columns, 0);
        assert_eq!(fit(5, 5, none).rows, 0);
    }

    #[test]
    fn an_average_counts_colors_by_their_alpha() {
        let pixels = [
            [[10, 20, 30, 255], [30, 40, 50, 255]],
            [[200, 0, 0, 51], [99, 99, 99, 0]],
        ];
        let picture = Picture::new(2, 2, pixels.as_flattened().as_flattened()).unwrap();
        let one = scale(&picture, 1, 1);
        // (10*255 + 30*255 + 200*51) / 561 = 36.4, and so on; (255 + 255 + 51) / 4 = 140.25.
        assert_eq!(one.rgba(), [36, 27, 36, 140]);
        // The columns alone: the right one is half as opaque, of the color of its opaque half.
        assert_eq!(
            scale(&picture, 2, 1).rgba(),
            [42, 17, 25, 153, 30, 40, 50, 128]
        );
    }

    #[test]
    fn whole_factors_repeat_pixels() {
        let picture = Picture::new(2, 1, [1, 2, 3, 255, 4, 5, 6, 7].as_slice()).unwrap();
        let large = scale(&picture, 4, 2);
        let row = [[1, 2, 3, 255], [1, 2, 3, 255], [4, 5, 6, 7], [4, 5, 6, 7]];
        assert_eq!(large.rgba(), [row, row].as_flattened().as_flattened());
    }

    #[test]
    fn every_pixel_of_the_picture_is_covered() {
        for (of, length) in [(7, 100), (99, 100), (3, 3), (1, 50)] {
            let spans: Vec<_> = (0..of).map(|i| covered(i, of, length)).collect();
            assert_eq!(spans[0].start, 0);
            assert_eq!(spans.last().unwrap().end, length as usize);
            assert!(spans.windows(2).all(|s| s[1].start <= s[0].end));
            assert!(spans.iter().all(|s| !s.is_empty()));
        }
    }

    #[test]
    fn rasters_keep_small_pixels_whole_and_stay_within_bounds() {
        // Ten pixels a half block: 8 pixels over 24 half blocks are enlarged 30 times.
        assert_eq!(raster_size(8, 8, (24, 24), 10), (240, 240));
        assert_eq!(raster_size(100, 100, (48, 48), 10), (400, 400));
        assert_eq!(raster_size(4000, 3000, (64, 48), 10), (640, 480));
        let (width, height) = raster_size(50_000, 50_000, (5000, 5000), 20);
        assert_eq!((width, height), (5000, 5000));
        assert_eq!(raster_size(1000, 1000, (1000, 1000), 20), (2000, 2000));
    }
}
