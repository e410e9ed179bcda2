//! Two pixels a cell: `▀` has the color of the upper one on the color of the lower.

use std::io::{self, Write};

use anstyle::RgbColor;

use super::{Colors, Picture, all_rows, background};

/// The squares of the checkerboard, in half blocks.
const SQUARE: u32 = 4;

/// Writes a picture of a pixel each half block.
pub(super) fn write(picture: &Picture<'_>, colors: Colors, out: &mut impl Write) -> io::Result<()> {
    let mut rows = all_rows(picture).zip(0..);
    while let Some((upper, y)) = rows.next() {
        let lower = rows.next();
        let mut pen = Pen::default();
        for (&pixel, x) in upper.iter().zip(0..) {
            let upper = Color::of(pixel, x, y, colors);
            let lower = lower.and_then(|(row, y)| {
                let index = usize::try_from(x).ok()?;
                Some(Color::of(*row.get(index)?, x, y, colors))
            });
            pen.cell(upper, lower.unwrap_or(Color::Terminal), out)?;
        }
        if pen != Pen::default() {
            out.write_all(b"\x1b[0m")?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Color {
    /// The terminal's own.
    #[default]
    Terminal,
    Indexed(u8),
    True([u8; 3]),
}

impl Color {
    fn of(pixel: [u8; 4], x: u32, y: u32, colors: Colors) -> Color {
        if let [.., 0] = pixel {
            return Color::Terminal;
        }
        let color = background::over(pixel, x, y, SQUARE);
        match colors {
            Colors::True => Color::True(color),
            Colors::Ansi256 => {
                let [red, green, blue] = color;
                Color::Indexed(anstyle_lossy::rgb_to_xterm(RgbColor(red, green, blue)).0)
            }
        }
    }

    /// The parameters of SGR (ECMA-48, 8.3.117) for a foreground, `layer` 3, or a background, 4.
    fn parameters(self, layer: u8) -> String {
        match self {
            Color::Terminal => format!("{layer}9"),
            Color::Indexed(index) => format!("{layer}8;5;{index}"),
            Color::True([red, green, blue]) => format!("{layer}8;2;{red};{green};{blue}"),
        }
    }
}

/// The colors that the terminal writes in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Pen {
    foreground: Color,
    background: Color,
}

impl Pen {
    fn cell(&mut self, upper: Color, lower: Color, out: &mut impl Write) -> io::Result<()> {
        let (character, pen) = match (upper, lower) {
            // No foreground is seen: the next cell may want the present one again.
            (Color::Terminal, Color::Terminal) => (
                " ",
                Pen {
                    background: Color::Terminal,
                    ..*self
                },
            ),
            // The terminal's background has no counterpart among the foregrounds.
            (Color::Terminal, foreground) => (
                "▄",
                Pen {
                    foreground,
                    background: Color::Terminal,
                },
            ),
            (foreground, background) => (
                "▀",
                Pen {
                    foreground,
                    background,
                },
            ),
        };
        self.change(pen, out)?;
        out.write_all(character.as_bytes())
    }

    fn change(&mut self, pen: Pen, out: &mut impl Write) -> io::Result<()> {
        let foreground = (pen.foreground != self.foreground).then(|| pen.foreground.parameters(3));
        let background = (pen.background != self.background).then(|| pen.background.parameters(4));
        *self = pen;
        match (foreground, background) {
            (None, None) => Ok(()),
            (Some(one), None) | (None, Some(one)) => write!(out, "\x1b[{one}m"),
            (Some(foreground), Some(background)) => {
                write!(out, "\x1b[{foreground};{background}m")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];
    const GREEN: [u8; 4] = [0, 255, 0, 255];
    const NONE: [u8; 4] = [1, 2, 3, 0];

    #[allow(clippy::arithmetic_side_effects, reason = "no width is 0")]
    fn written(width: u32, pixels: &[[u8; 4]], colors: Colors) -> String {
        let height = u32::try_from(pixels.len()).unwrap() / width;
        let picture = Picture::new(width, height, pixels.as_flattened()).unwrap();
        let mut out = Vec::new();
        write(&picture, colors, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn two_by_four_pixels_are_two_by_two_cells() {
        let pixels = [
            [RED, RED], //
            [BLUE, BLUE],
            [RED, GREEN],
            [BLUE, BLUE],
        ];
        assert_eq!(
            written(2, pixels.as_flattened(), Colors::True),
            "\x1b[38;2;255;0;0;48;2;0;0;255m▀▀\x1b[0m\n\
             \x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[38;2;0;255;0m▀\x1b[0m\n"
        );
    }

    #[test]
    fn what_is_transparent_is_left_to_the_terminal() {
        let pixels = [
            [NONE, NONE, RED, NONE], //
            [NONE, RED, NONE, NONE],
            [NONE, NONE, NONE, NONE],
        ];
        assert_eq!(
            written(4, pixels.as_flattened(), Colors::True),
            " \x1b[38;2;255;0;0m▄▀ \x1b[0m\n    \n"
        );
    }

    #[test]
    fn the_last_of_an_odd_number_of_rows_stands_alone() {
        assert_eq!(
            written(1, &[RED], Colors::True),
            "\x1b[38;2;255;0;0m▀\x1b[0m\n"
        );
        assert_eq!(
            written(1, &[RED, BLUE, BLUE], Colors::True),
            "\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[0m\n\x1b[38;2;0;0;255m▀\x1b[0m\n"
        );
    }

    #[test]
    fn half_transparent_pixels_lie_over_the_checkerboard() {
        // (255 * 51 + 0x66 * 204) / 255 = 132.6, and 81.6.
        assert_eq!(
            written(1, &[[255, 0, 0, 51]], Colors::True),
            "\x1b[38;2;133;82;82m▀\x1b[0m\n"
        );
    }

    #[test]
    fn indexed_colors_are_the_nearest_of_the_cube_and_the_greys() {
        // xterm's cube is 16 + 36 r + 6 g + b of the levels 0, 95, 135, 175, 215, 255; the grey
        // of index 232 + n is 8 + 10 n.
        let pixels = [
            [[255, 0, 0, 255], [96, 136, 174, 255]],
            [[128, 128, 128, 255], [0, 0, 0, 255]],
        ];
        assert_eq!(
            written(2, pixels.as_flattened(), Colors::Ansi256),
            "\x1b[38;5;196;48;5;244m▀\x1b[38;5;67;48;5;16m▀\x1b[0m\n"
        );
    }
}
