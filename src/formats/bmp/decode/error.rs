//! Why a bitmap has no picture at all.

use std::{fmt, io};

use super::MAX_WIDTH;
use crate::formats::bmp::error::Error;
use crate::formats::bmp::names::Compression;

/// Why pixels can't be decoded; what is wrong with some of them is a
/// [`Problem`](crate::tree::Problem) of the [picture](super::Picture).
#[derive(Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// The headers can't be read.
    Header(Error),
    /// There is no bitmap of that number.
    Bitmap {
        /// The number asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The dimensions are none that a picture has.
    Dimensions {
        /// As in the header.
        width: i64,
        /// As in the header.
        height: i64,
    },
    /// More pixels than the limit allows.
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// The limit, in pixels.
        max_pixels: u64,
    },
    /// Many pixels, and next to none of them in the file.
    Missing {
        /// How many the picture has.
        pixels: u64,
        /// How many the file defines.
        defined: u64,
        /// How many a picture may have without being told.
        limit: u64,
    },
    /// A row of more pixels than memory should hold.
    TooWide {
        /// Width in pixels.
        width: u32,
    },
    /// Such pixels are not in the format.
    Unsupported {
        /// How they are stored.
        compression: Compression,
        /// Bits a pixel.
        bit_count: u16,
    },
    /// The file ends before the pixels.
    NoPixels {
        /// Where they should begin.
        offset: u64,
        /// The length of the file.
        size: u64,
    },
    /// The JPEG or PNG file in the bitmap can't be read.
    Embedded {
        /// Why.
        reason: String,
    },
    /// Reading failed.
    Io(io::Error),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Header(error) => error.fmt(f),
            DecodeError::Bitmap { index, count } => {
                write!(
                    f,
                    "there is no bitmap {index}: the file has {count}, counted from 0"
                )
            }
            DecodeError::Dimensions { width, height } => {
                write!(f, "no picture has {width} by {height} pixels")
            }
            DecodeError::TooLarge {
                width,
                height,
                max_pixels,
            } => write!(
                f,
                "{width} by {height} pixels exceed the limit of {max_pixels}"
            ),
            DecodeError::Missing {
                pixels,
                defined,
                limit,
            } => write!(
                f,
                "the file holds data for {defined} of {pixels} pixels; where that is fewer than one \
                 in 16, the limit is {limit} pixels"
            ),
            DecodeError::TooWide { width } => write!(
                f,
                "a row of {width} pixels exceeds the limit of {MAX_WIDTH}"
            ),
            DecodeError::Unsupported {
                compression,
                bit_count,
            } => write!(
                f,
                "{compression} with {bit_count} bits a pixel is no way to store pixels"
            ),
            DecodeError::NoPixels { offset, size } => write!(
                f,
                "no pixel is there: they should begin at {offset:#x}, the file ends at {size:#x}"
            ),
            DecodeError::Embedded { reason } => f.write_str(reason),
            DecodeError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DecodeError::Header(error) => Some(error),
            DecodeError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> DecodeError {
        DecodeError::Io(error)
    }
}

impl From<Error> for DecodeError {
    fn from(error: Error) -> DecodeError {
        DecodeError::Header(error)
    }
}
