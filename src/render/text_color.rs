//! Colors of text that is readable on black and on white.
//!
//! They are of the cube of 256 colors, which no theme changes: of luminance near 0.2, so that the
//! contrast to either ground is about 4 to 1. Of the sixteen colors that every terminal has, blue
//! can't be read on the black of a stock xterm, and yellow, green and cyan can't on its white.

use anstyle::Ansi256Color as Color;

use crate::tree::Severity;

/// For errors, and removed parts.
pub(crate) const RED: Color = Color(160);
/// For existing and new parts.
pub(crate) const GREEN: Color = Color(64);
/// For warnings, and changed parts.
pub(crate) const YELLOW: Color = Color(166);
/// For notes.
pub(crate) const CYAN: Color = Color(31);
/// For neighbors that must differ.
pub(crate) const MAGENTA: Color = Color(133);

/// The color of a problem.
pub(crate) fn of(severity: Severity) -> Color {
    match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(
        clippy::arithmetic_side_effects,
        reason = "the colors are those of this file, and all in the cube"
    )]
    /// The luminance of WCAG 2 of a color of the cube.
    fn luminance(Color(index): Color) -> f64 {
        let at = index - 16;
        let part = |step: u8| {
            let value = if step == 0 {
                0.0
            } else {
                f64::from(55 + 40 * u16::from(step)) / 255.0
            };
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(at / 36) + 0.7152 * part(at / 6 % 6) + 0.0722 * part(at % 6)
    }

    #[test]
    fn every_color_has_contrast_to_black_and_to_white() {
        for color in [RED, GREEN, YELLOW, CYAN, MAGENTA] {
            let luminance = luminance(color);
            let (black, white) = ((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05));
            assert!(black > 3.5 && white > 3.5, "{color:?}: {black} {white}");
        }
    }
}
