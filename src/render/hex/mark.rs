//! Marks on bytes of a dump: labels and colors.

use std::ops::Range;

/// A stretch of bytes that belong together: they have one color, and a label at the right of the
/// line where they begin.
///
/// ```
/// use bytewright::render::hex::Mark;
///
/// let size = Mark::new(2..6, "size 691256").color(1);
/// assert_eq!(size.range.end, 6);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mark {
    /// The offsets of its bytes.
    pub range: Range<u64>,
    /// Which of the colors in their cycle; without one, the bytes are dimmed.
    pub color: Option<usize>,
    /// Printed as it is: text from a file is escaped before. An empty one is left out.
    pub label: String,
}

impl Mark {
    /// Dimmed bytes, such as padding.
    pub fn new(range: Range<u64>, label: impl Into<String>) -> Mark {
        Mark {
            range,
            color: None,
            label: label.into(),
        }
    }

    /// The same bytes with a color; neighbours with numbers in a row have different ones.
    #[must_use]
    pub fn color(mut self, number: usize) -> Mark {
        self.color = Some(number);
        self
    }
}

/// How bytes are painted: in colors of the cube of 256, which no theme changes, with a luminance
/// near 0.2, so that the contrast to white and to black is about 4 to 1. Of the sixteen colors,
/// blue can't be read on black, and green, yellow and cyan can't on white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// As all text is.
    None,
    Quiet,
    Cyan,
    Magenta,
    Green,
    Orange,
    Blue,
}

/// The cycle of colors.
const FIELDS: [Paint; 5] = [
    Paint::Cyan,
    Paint::Magenta,
    Paint::Green,
    Paint::Orange,
    Paint::Blue,
];

impl Paint {
    /// The color of an unmarked byte, by its value.
    pub(super) fn of_byte(byte: u8) -> Paint {
        match byte {
            0 => Paint::Quiet,
            b' ' | b'\t'..=b'\r' => Paint::Green,
            b'!'..=b'~' => Paint::Cyan,
            0x80.. => Paint::Orange,
            _ => Paint::Magenta,
        }
    }

    pub(super) fn of_mark(mark: &Mark) -> Paint {
        let number = mark.color.and_then(|n| n.checked_rem(FIELDS.len()));
        let color = number.and_then(|n| FIELDS.get(n));
        color.copied().unwrap_or(Paint::Quiet)
    }

    /// The escape sequence that changes to this paint from any other.
    pub(super) fn sequence(self) -> &'static [u8] {
        match self {
            Paint::None => b"\x1b[0m",
            Paint::Quiet => b"\x1b[0;2m",
            Paint::Cyan => b"\x1b[0;38;5;31m",
            Paint::Magenta => b"\x1b[0;38;5;133m",
            Paint::Green => b"\x1b[0;38;5;64m",
            Paint::Orange => b"\x1b[0;38;5;166m",
            Paint::Blue => b"\x1b[0;38;5;62m",
        }
    }
}
