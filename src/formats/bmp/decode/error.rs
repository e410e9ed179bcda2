//! Why a bitmap has no picture at all.

use std::io;

use super::MAX_WIDTH;
use crate::formats::bmp::error::Error;
use crate::formats::bmp::names::Compression;

/// Why pixels can't be decoded; damage of some of them is a [`Problem`](crate::tree::Problem) of the
/// [picture](super::Picture).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The headers can't be read.
    #[error(transparent)]
    Header(#[from] Error),
    /// There is no bitmap of that number.
    #[error("there is no bitmap {index}: the file has {count}, counted from 0")]
    Bitmap {
        /// The number asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The dimensions are none that a picture has.
    #[error("no picture has {width} by {height} pixels")]
    Dimensions {
        /// As in the header.
        width: i64,
        /// As in the header.
        height: i64,
    },
    /// More pixels than the limit allows.
    #[error("{width} by {height} pixels exceed the limit of {max_pixels}")]
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// The limit, in pixels.
        max_pixels: u64,
    },
    /// Many pixels, and next to none of them in the file.
    #[error(
        "the file holds data for {defined} of {pixels} pixels; where that is fewer than one in 16, \
         the limit is {limit} pixels"
    )]
    Missing {
        /// How many the picture has.
        pixels: u64,
        /// How many the file defines.
        defined: u64,
        /// The most that a picture may have unless the caller sets a limit.
        limit: u64,
    },
    /// A row of more pixels than memory should hold.
    #[error("a row of {width} pixels exceeds the limit of {MAX_WIDTH}")]
    TooWide {
        /// Width in pixels.
        width: u32,
    },
    /// Such pixels are not in the format.
    #[error("{compression} with {bit_count} bits a pixel is no way to store pixels")]
    Unsupported {
        /// How they are stored.
        compression: Compression,
        /// Bits a pixel.
        bit_count: u16,
    },
    /// The file ends before the pixels.
    #[error("no pixel is there: they should begin at {offset:#x}, the file ends at {size:#x}")]
    NoPixels {
        /// Where they should begin.
        offset: u64,
        /// The length of the file.
        size: u64,
    },
    /// The JPEG or PNG file in the bitmap can't be read.
    #[error("{reason}")]
    Embedded {
        /// Why.
        reason: String,
    },
    /// Reading failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl DecodeError {
    /// Whether the file is to blame, rather than the reading of it.
    pub fn is_data(&self) -> bool {
        !matches!(self, DecodeError::Io(_))
    }
}
