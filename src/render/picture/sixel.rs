//! Sixels: bands of six rows, in each of which every color of a palette paints its own columns.
//!
//! See chapter 14 of DEC's VT330/VT340 programmer reference manual.

use std::collections::HashMap;
use std::io::{self, Write};

use color_quant::NeuQuant;

use super::{Picture, all_rows};
use crate::offset::Position;

/// The colors that terminals have registers for.
const MOST_COLORS: usize = 256;

/// One of this many pixels is used to train the palette.
const SAMPLE: i32 = 10;

/// Writes a picture without transparency.
pub(super) fn write(picture: &Picture<'_>, out: &mut impl Write) -> io::Result<()> {
    // Pixels that nothing paints keep the background (the 1), and a pixel is a square ("1;1).
    let (width, height) = (picture.width(), picture.height());
    write!(out, "\x1bP0;1;0q\"1;1;{width};{height}")?;
    let palette = Palette::of(picture);
    for (color, index) in palette.colors().iter().zip(0..) {
        let [red, green, blue] = color.map(percent);
        write!(out, "#{index};2;{red};{green};{blue}")?;
    }
    let rows: Vec<_> = all_rows(picture).collect();
    for rows in rows.chunks(6) {
        band(rows, &palette, out)?;
        out.write_all(b"-")?;
    }
    out.write_all(b"\x1b\\\n")
}

/// Six rows, or the last ones: every color that they have, over the whole width.
fn band(rows: &[&[[u8; 4]]], palette: &Palette, out: &mut impl Write) -> io::Result<()> {
    let width = rows.first().map_or(0, |row| row.len());
    let mut layers: Vec<Vec<u8>> = vec![Vec::new(); palette.colors().len()];
    for (row, bit) in rows.iter().zip([1, 2, 4, 8, 16, 32]) {
        for (x, &pixel) in row.iter().enumerate() {
            let Some(layer) = layers.get_mut(palette.index_of(pixel)) else {
                continue;
            };
            layer.resize(width, 0);
            if let Some(sixel) = layer.get_mut(x) {
                *sixel |= bit;
            }
        }
    }
    let used = layers.iter().enumerate().filter(|(_, l)| !l.is_empty());
    for (order, (index, layer)) in used.enumerate() {
        if order > 0 {
            // Back to the left border.
            out.write_all(b"$")?;
        }
        write!(out, "#{index}")?;
        for run in layer.chunk_by(|a, b| a == b) {
            let sixel = run
                .first()
                .map_or('?', |bits| char::from(bits.saturating_add(b'?')));
            match run.len() {
                // Shorter than a repetition, "!3~".
                count @ 1..=3 => (0..count).try_for_each(|_| write!(out, "{sixel}"))?,
                count => write!(out, "!{count}{sixel}")?,
            }
        }
    }
    Ok(())
}

/// A color's part as sixels have it: 0 to 100.
fn percent(part: u8) -> u32 {
    u32::from(part)
        .saturating_mul(100)
        .saturating_add(127)
        .div_euclid(255)
}

/// The colors of a picture: its own where they are few enough, or else such as are near to them.
enum Palette {
    Exact {
        colors: Vec<[u8; 3]>,
        indexes: HashMap<[u8; 4], usize>,
    },
    Near {
        colors: Vec<[u8; 3]>,
        network: NeuQuant,
    },
}

impl Palette {
    fn of(picture: &Picture<'_>) -> Palette {
        let mut indexes = HashMap::new();
        let mut colors = Vec::new();
        for &pixel in all_rows(picture).flatten() {
            indexes.entry(pixel).or_insert_with(|| {
                let [red, green, blue, _] = pixel;
                colors.push([red, green, blue]);
                colors.len().since(1)
            });
            if colors.len() > MOST_COLORS {
                return Palette::near(picture);
            }
        }
        Palette::Exact { colors, indexes }
    }

    fn near(picture: &Picture<'_>) -> Palette {
        let network = NeuQuant::new(SAMPLE, MOST_COLORS, picture.rgba());
        let colors = network.color_map_rgb().as_chunks().0.to_vec();
        Palette::Near { colors, network }
    }

    fn colors(&self) -> &[[u8; 3]] {
        match self {
            Palette::Exact { colors, .. } | Palette::Near { colors, .. } => colors,
        }
    }

    fn index_of(&self, pixel: [u8; 4]) -> usize {
        match self {
            Palette::Exact { indexes, .. } => indexes.get(&pixel).copied().unwrap_or(0),
            Palette::Near { network, .. } => network.index_of(&pixel),
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test may overflow: it fails then"
)]
mod tests {
    use super::super::samples::noise;
    use super::*;

    /// A pixel as a terminal would paint it: a color in percent, or none.
    struct Painted {
        width: usize,
        pixels: Vec<Option<[u32; 3]>>,
    }

    fn number(text: &mut &str) -> u32 {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap();
        let (digits, rest) = text.split_at(end);
        *text = rest;
        digits.parse().unwrap()
    }

    fn expect(text: &mut &str, prefix: &str) {
        *text = text
            .strip_prefix(prefix)
            .unwrap_or_else(|| panic!("{text}"));
    }

    fn paint(out: &[u8]) -> Painted {
        let mut text = std::str::from_utf8(out).unwrap();
        expect(&mut text, "\x1bP0;1;0q\"1;1;");
        let width = number(&mut text) as usize;
        expect(&mut text, ";");
        let height = number(&mut text) as usize;
        let mut pixels = vec![None; width * height];
        let mut palette: HashMap<u32, [u32; 3]> = HashMap::new();
        let (mut color, mut x, mut y) = (None, 0, 0);
        loop {
            let command = text.chars().next().unwrap();
            if command == '\x1b' {
                assert_eq!(text, "\x1b\\\n");
                return Painted { width, pixels };
            }
            text = &text[1..];
            let (sixel, count) = match command {
                '#' => {
                    let index = number(&mut text);
                    if text.starts_with(';') {
                        expect(&mut text, ";2;");
                        let red = number(&mut text);
                        expect(&mut text, ";");
                        let green = number(&mut text);
                        expect(&mut text, ";");
                        let defined = [red, green, number(&mut text)];
                        assert!(defined.iter().all(|&part| part <= 100));
                        assert!(index < 256);
                        assert_eq!(palette.insert(index, defined), None);
                    }
                    color = Some(palette[&index]);
                    continue;
                }
                '$' => {
                    x = 0;
                    continue;
                }
                '-' => {
                    (x, y) = (0, y + 6);
                    continue;
                }
                '!' => {
                    let count = number(&mut text);
                    let sixel = text.chars().next().unwrap();
                    text = &text[1..];
                    (sixel, count)
                }
                sixel => (sixel, 1),
            };
            assert!(('?'..='~').contains(&sixel), "{sixel:?}");
            let bits = sixel as usize - '?' as usize;
            for _ in 0..count {
                for row in (0..6).filter(|row| bits >> row & 1 == 1) {
                    let pixel: &mut Option<_> = &mut pixels[(y + row) * width + x];
                    assert!(pixel.is_none(), "painted twice");
                    *pixel = color;
                }
                x += 1;
            }
        }
    }

    fn written(picture: &Picture<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        write(picture, &mut out).unwrap();
        out
    }

    /// The parts of the colors in 255ths, as a terminal makes them of percents.
    fn parts(painted: &Painted) -> Vec<u8> {
        let colors = painted.pixels.iter().map(|pixel| pixel.unwrap());
        colors
            .flat_map(|color| color.map(|part| (part * 255 / 100) as u8))
            .collect()
    }

    fn rgb(picture: &Picture<'_>) -> Vec<u8> {
        picture
            .rgba()
            .chunks(4)
            .flat_map(|p| &p[..3])
            .copied()
            .collect()
    }

    #[test]
    fn a_few_pixels_are_spelled_out() {
        let (red, white) = ([255, 0, 0, 255], [255; 4]);
        let pixels = [[red, red, red, red, white], [red, red, red, red, white]];
        let picture = Picture::new(5, 2, pixels.as_flattened().as_flattened()).unwrap();
        // Two rows are the bits 1 and 2: "?" + 3 = "B".
        assert_eq!(
            String::from_utf8(written(&picture)).unwrap(),
            "\x1bP0;1;0q\"1;1;5;2#0;2;100;0;0#1;2;100;100;100#0!4B?$#1!4?B-\x1b\\\n"
        );
    }

    #[test]
    fn few_colors_come_back_as_they_are() {
        // 15 times 14 colors, over three bands of which the last is cut.
        let picture = noise(15, 14);
        let painted = paint(&written(&picture));
        assert_eq!(painted.width, 15);
        for (painted, pixel) in parts(&painted).iter().zip(rgb(&picture)) {
            assert!(painted.abs_diff(pixel) <= 2, "{painted} {pixel}");
        }
    }

    #[test]
    fn a_color_too_many_makes_a_palette() {
        let painted = paint(&written(&noise(257, 1)));
        assert!(painted.pixels.iter().all(Option::is_some));
    }

    #[test]
    fn many_colors_come_back_as_near_ones() {
        let pixels =
            (0..64_u8).flat_map(|y| (0..64_u8).flat_map(move |x| [x * 4, y * 4, 128, 255]));
        let picture = Picture::new(64, 64, pixels.collect::<Vec<_>>()).unwrap();
        let painted = parts(&paint(&written(&picture)));
        let far: u64 = painted
            .iter()
            .zip(rgb(&picture))
            .map(|(painted, pixel)| u64::from(painted.abs_diff(pixel)))
            .sum();
        // 256 of 4096 colors: each stands for 4 by 4 of them, which are 4 apart.
        let average = far as f64 / painted.len() as f64;
        assert!(average < 8.0, "{average}");
    }
}
