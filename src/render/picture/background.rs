//! The background of transparent pixels.

use super::Picture;

/// The greys of the checkerboard.
const GREYS: [u8; 2] = [0x66, 0x99];

/// A picture over a checkerboard, whose squares have a side of this many pixels.
pub(super) fn opaque(mut picture: Picture<'_>, side: u32) -> Picture<'_> {
    let width = usize::try_from(picture.width).unwrap_or(usize::MAX);
    let (pixels, _) = picture.rgba.to_mut().as_chunks_mut();
    for (row, y) in pixels.chunks_exact_mut(width.max(1)).zip(0..) {
        for (pixel, x) in row.iter_mut().zip(0..) {
            let [red, green, blue] = over(*pixel, x, y, side);
            *pixel = [red, green, blue, 255];
        }
    }
    picture
}

/// The color of a pixel over the checkerboard.
#[allow(
    clippy::cast_possible_truncation,
    reason = "an average of bytes is a byte"
)]
pub(super) fn over([red, green, blue, alpha]: [u8; 4], x: u32, y: u32, side: u32) -> [u8; 3] {
    let square = |n: u32| n.checked_div(side).unwrap_or(0);
    let [dark, light] = GREYS;
    let grey = if (square(x) ^ square(y)) & 1 == 0 {
        dark
    } else {
        light
    };
    let [alpha, rest] = [alpha, !alpha].map(u32::from);
    [red, green, blue].map(|color| {
        let sum = u32::from(color)
            .saturating_mul(alpha)
            .saturating_add(u32::from(grey).saturating_mul(rest));
        sum.saturating_add(127).div_euclid(255) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_shows_the_checkerboard() {
        let picture = Picture::new(4, 3, vec![0; 48]).unwrap();
        let greys: Vec<u8> = opaque(picture, 2).rgba().chunks(4).map(|p| p[0]).collect();
        let (a, b) = (0x66, 0x99);
        assert_eq!(greys, [a, a, b, b, a, a, b, b, b, b, a, a]);
    }

    #[test]
    fn half_of_a_color_is_half_of_it() {
        assert_eq!(over([255, 0, 102, 255], 0, 0, 4), [255, 0, 102]);
        // (255 * 51 + 102 * 204) / 255 = 132.6
        assert_eq!(over([255, 0, 102, 51], 0, 0, 4), [133, 82, 102]);
    }
}
