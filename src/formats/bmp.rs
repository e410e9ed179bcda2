//! BMP, the bitmap file of Windows and OS/2: headers of every age, the parts of the file, and
//! what is wrong with it.
//!
//! [`inspect`] reads any file and answers with a [`Report`]: a [tree](Report::tree) with every
//! byte of the file in one leaf, the typed headers of each [`Bitmap`], the [`Region`]s, and the
//! [problems](Report::problems). It reads headers and palette and never the pixels, so it takes
//! as long for a gigabyte as for an icon; [`check`](check()) reads them too. [`Decoder`] gives
//! pixels row by row, [`Picture`] all at once, [`Encoder`] writes files, and [`repairs`] lists the repairs of a file.
//!
//! ```
//! use bytewright::{Source, formats::bmp};
//!
//! // One red pixel, in a row of four bytes.
//! let file = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\
//!     \x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0\
//!     \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
//!     \0\0\xff\0";
//! let report = bmp::inspect(&Source::from(&file[..]))?;
//!
//! let header = report.bitmaps()[0].dib.as_ref().unwrap();
//! assert_eq!((header.width, header.height, header.bit_count), (1, 1, 24));
//! assert_eq!(header.stride(), Some(4));
//! assert!(report.problems().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`layout`] | every structure as a named format: the only offsets in the program |
//! | `raw`, `header` | headers field by field, and typed |
//! | `names` | file types, compressions, color spaces |
//! | `palette` | the colors |
//! | `pixel_offset` | where the pixels begin |
//! | `bitmap` | where the parts of each bitmap lie, icons and arrays included |
//! | `icon` | icons and cursors of Windows |
//! | `regions` | the whole file, each byte once |
//! | `tree`, `meaning` | the tree, and what values mean |
//! | [`mod@check`] | the table of problems |
//! | `decode`, `huffman` | pixels of every kind |
//! | `sample` | channels of any depth as samples of 8 and 16 bits, and back |
//! | `encode` | pictures as files of every kind |
//! | `repair` | repairs that need no guessing |

mod bitmap;
pub mod check;
mod decode;
mod encode;
mod error;
mod format;
mod header;
mod huffman;
mod icon;
mod json;
pub mod layout;
mod meaning;
mod names;
mod palette;
mod pixel_offset;
mod raw;
mod regions;
mod repair;
mod report;
mod sample;
mod tree;

pub use bitmap::{Bitmap, MAX_BITMAPS, MAX_PATH};
pub use check::check;
pub use decode::{Alpha, DecodeError, Decoder, MAX_WIDTH, Options, Picture, Undefined};
pub use encode::{EncodeError, Encoder, Pixels};
pub use error::{Error, ErrorKind};
pub use format::Bmp;
pub use header::{ArrayHeader, DibHeader, FileHeader, Masks};
pub use names::{ColorSpace, Compression, DibKind, FileType};
pub use palette::{Color, Palette};
pub use raw::RawHeader;
pub use regions::{Part, Region};
pub use repair::{Repair, repairs};
pub use report::{Report, inspect, inspect_icon, is_bmp, is_icon};
