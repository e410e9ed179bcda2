//! Why a picture can't become such a bitmap.

use std::{fmt, io};

/// Why nothing was written, or writing failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum EncodeError {
    /// No bitmap has these settings.
    NoSuchBitmap {
        /// Why.
        reason: String,
    },
    /// More colors than the palette takes.
    Colors {
        /// How many the picture has.
        found: usize,
        /// How many the bits a pixel reach.
        limit: usize,
    },
    /// A pixel is not opaque, and the bitmap has no alpha channel.
    #[allow(
        missing_docs,
        reason = "where the first of them is, from the upper left corner"
    )]
    Alpha { x: u32, y: u32 },
    /// The channels have too few bits for a color.
    #[allow(
        missing_docs,
        reason = "where the first of them is, from the upper left corner"
    )]
    Rounding { x: u32, y: u32 },
    /// The file would be larger than its 32-bit sizes can say.
    TooLarge {
        /// In bytes.
        size: u64,
    },
    /// Writing failed.
    Io(io::Error),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::NoSuchBitmap { reason } => f.write_str(reason),
            EncodeError::Colors { found, limit } => {
                write!(
                    f,
                    "the picture has {found} colors, the palette takes {limit}"
                )
            }
            EncodeError::Alpha { x, y } => {
                write!(
                    f,
                    "the pixel at x {x}, y {y} is not opaque, and there is no alpha channel"
                )
            }
            EncodeError::Rounding { x, y } => write!(
                f,
                "the color at x {x}, y {y} would be rounded: the channels have too few bits"
            ),
            EncodeError::TooLarge { size } => write!(
                f,
                "the file would have {size} bytes, which its 32-bit sizes can't say"
            ),
            EncodeError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EncodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            EncodeError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for EncodeError {
    fn from(error: io::Error) -> EncodeError {
        EncodeError::Io(error)
    }
}

impl EncodeError {
    /// Whether the picture could be written with a loss.
    pub fn is_loss(&self) -> bool {
        matches!(
            self,
            EncodeError::Colors { .. } | EncodeError::Alpha { .. } | EncodeError::Rounding { .. }
        )
    }
}
