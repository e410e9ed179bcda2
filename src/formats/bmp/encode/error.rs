//! Why a picture can't become such a bitmap.

use std::io;

/// Why nothing was written, or writing failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// No bitmap has these settings.
    #[error("{reason}")]
    NoSuchBitmap {
        /// Why.
        reason: String,
    },
    /// More colors than the palette takes.
    #[error("the picture has {found} colors, the palette takes {limit}")]
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
    #[error("the pixel at x {x}, y {y} is not opaque, and there is no alpha channel")]
    Alpha { x: u32, y: u32 },
    /// The channels have too few bits for a color.
    #[allow(
        missing_docs,
        reason = "where the first of them is, from the upper left corner"
    )]
    #[error("the color at x {x}, y {y} would be rounded: the channels have too few bits")]
    Rounding { x: u32, y: u32 },
    /// The file would be larger than its 32-bit sizes can say.
    #[error("the file would have {size} bytes, which its 32-bit sizes can't say")]
    TooLarge {
        /// In bytes.
        size: u64,
    },
    /// Writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
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
