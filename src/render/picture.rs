//! Pictures in a terminal: RGBA pixels as colored half blocks, or in a protocol that carries
//! pixels.
//!
//! [`detect`] says from the environment what a terminal understands, [`fit`] how many cells a
//! picture takes, and [`show`] draws it. Nothing here asks the terminal: an answer would arrive on
//! standard input, between what a user types.

mod background;
mod blocks;
mod detect;
mod iterm2;
mod kitty;
#[cfg(test)]
mod samples;
mod scale;
mod sixel;

use std::io::{self, Write};
use std::ops::Range;
use std::slice::ChunksExact;

pub use crate::format::{Picture, SizeError};
pub use detect::detect;
pub use scale::{fit, scale};

/// How a picture reaches a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Two pixels a cell, as the characters `▀` and `▄` in two colors: any terminal with colors.
    HalfBlocks,
    /// The graphics protocol of kitty, with the picture as a PNG.
    Kitty,
    /// Inline images of iTerm2 (OSC 1337), with the picture as a PNG.
    Iterm2,
    /// The graphics of DEC's terminals: up to 256 colors.
    Sixel,
}

/// The colors of half blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// 24 bits each.
    True,
    /// The nearest of xterm's cube of 6×6×6 colors and its 24 greys. The 16 before them are left
    /// out, since people choose them.
    Ansi256,
}

impl Colors {
    /// The colors that `COLORTERM` promises.
    ///
    /// ```
    /// use bytewright::render::picture::Colors;
    ///
    /// let env = |name: &str| (name == "COLORTERM").then(|| "truecolor".to_owned());
    /// assert_eq!(Colors::detect(env), Colors::True);
    /// assert_eq!(Colors::detect(|_| None), Colors::Ansi256);
    /// ```
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Colors {
        match env("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => Colors::True,
            _ => Colors::Ansi256,
        }
    }
}

/// A size in a terminal's character cells. A cell counts as twice as high as wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Cells side by side.
    pub columns: u16,
    /// Cells one below the other.
    pub rows: u16,
}

/// Where a picture goes.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How it gets there.
    pub protocol: Protocol,
    /// The colors of half blocks; the other protocols have their own.
    pub colors: Colors,
    /// The room it may take.
    pub cells: Cells,
}

/// Some of the rows.
fn rows<'p>(picture: &'p Picture<'_>, range: Range<usize>) -> ChunksExact<'p, [u8; 4]> {
    let (pixels, _) = picture.rgba().as_chunks();
    // No width has no rows either, and there are no chunks of nothing.
    let width = usize::try_from(picture.width())
        .unwrap_or(usize::MAX)
        .max(1);
    let [start, end] = [range.start, range.end].map(|row| row.saturating_mul(width));
    let pixels = pixels.get(start..end.min(pixels.len())).unwrap_or_default();
    pixels.chunks_exact(width)
}

fn all_rows<'p>(picture: &'p Picture<'_>) -> ChunksExact<'p, [u8; 4]> {
    rows(picture, 0..usize::MAX)
}

/// Draws a picture from the cursor on, at the left border, as large as [`fit`] says. The cursor
/// is below it afterwards. A picture without pixels draws nothing.
///
/// Pixels that aren't opaque are drawn over a checkerboard of two greys; with half blocks, fully transparent ones keep
/// the terminal's own background.
///
/// ```
/// use bytewright::render::picture::{Cells, Colors, Options, Picture, Protocol, show};
///
/// // Pictures below 16 pixels are enlarged, but only up to a third of the columns.
/// let red_over_blue = Picture::new(1, 2, [255, 0, 0, 255, 0, 0, 255, 255].as_slice())?;
/// let mut out = Vec::new();
/// let options = Options {
///     protocol: Protocol::HalfBlocks,
///     colors: Colors::True,
///     cells: Cells { columns: 3, rows: 24 },
/// };
/// show(&red_over_blue, &options, &mut out)?;
/// assert_eq!(out, "\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[0m\n".as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When writing to `out` fails.
pub fn show(picture: &Picture<'_>, options: &Options, out: &mut impl Write) -> io::Result<()> {
    let cells = fit(picture.width(), picture.height(), options.cells);
    if cells.columns == 0 || cells.rows == 0 {
        return Ok(());
    }
    match options.protocol {
        Protocol::HalfBlocks => {
            let (width, height) =
                scale::half_blocks(picture.width(), picture.height(), options.cells);
            blocks::write(&scale(picture, width, height), options.colors, out)
        }
        Protocol::Kitty => kitty::write(&raster(picture, options, 20), cells, out),
        Protocol::Iterm2 => iterm2::write(&raster(picture, options, 20), cells, out),
        // These are shown as they are, and cells of 10 by 20 pixels are common.
        Protocol::Sixel => sixel::write(&raster(picture, options, 10), out),
    }
}

/// The opaque picture for a protocol that carries pixels, with `side` of them for the width of a
/// cell.
fn raster(picture: &Picture<'_>, options: &Options, side: u32) -> Picture<'static> {
    let half_blocks = scale::half_blocks(picture.width(), picture.height(), options.cells);
    let (width, height) = scale::raster_size(picture.width(), picture.height(), half_blocks, side);
    background::opaque(scale(picture, width, height), side)
}

/// A PNG file of a picture.
pub(super) fn png(picture: &Picture<'_>) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(picture.rgba())?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOLS: [Protocol; 4] = [
        Protocol::HalfBlocks,
        Protocol::Kitty,
        Protocol::Iterm2,
        Protocol::Sixel,
    ];

    fn shown(picture: &Picture<'_>, protocol: Protocol, columns: u16, rows: u16) -> String {
        let options = Options {
            protocol,
            colors: Colors::True,
            cells: Cells { columns, rows },
        };
        let mut out = Vec::new();
        show(picture, &options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_draws_nothing() {
        let picture = samples::noise(3, 3);
        for protocol in PROTOCOLS {
            for (width, height) in [(0, 0), (0, 7), (7, 0)] {
                let empty = Picture::new(width, height, Vec::new()).unwrap();
                assert_eq!(shown(&empty, protocol, 80, 24), "");
            }
            assert_eq!(shown(&picture, protocol, 0, 24), "");
            assert_eq!(shown(&picture, protocol, 80, 0), "");
        }
    }

    #[test]
    fn every_protocol_takes_the_same_cells() {
        let picture = samples::noise(200, 100);
        let blocks = shown(&picture, Protocol::HalfBlocks, 40, 24);
        assert_eq!(blocks.lines().count(), 10);
        assert_eq!(blocks.matches(['▀', '▄', ' ']).count(), 400);
        assert!(shown(&picture, Protocol::Kitty, 40, 24).contains(",c=40,r=10,"));
        assert!(shown(&picture, Protocol::Iterm2, 40, 24).contains(";width=40;height=10;"));
        // Of 10 by 20 pixels each.
        assert!(shown(&picture, Protocol::Sixel, 40, 24).contains("\"1;1;400;200#"));
    }

    #[test]
    fn what_is_transparent_is_a_checkerboard_where_there_are_pixels() {
        let picture = Picture::new(2, 2, vec![0; 16]).unwrap();
        assert_eq!(shown(&picture, Protocol::HalfBlocks, 6, 1), "  \n");
        // Squares have 10 rows, bands 6: the second has 4 rows of one square and 2 of the next.
        let sixels = shown(&picture, Protocol::Sixel, 6, 1);
        let (header, sixels) = sixels.split_at(sixels.find("#0!").unwrap());
        assert_eq!(header, "\x1bP0;1;0q\"1;1;20;20#0;2;40;40;40#1;2;60;60;60");
        assert!(sixels.starts_with("#0!10~!10?$#1!10?!10~-#0!10N!10o$#1!10o!10N-"));
    }
}
