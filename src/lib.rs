//! Bytes to named fields, and named fields to bytes.
//!
//! bytewright reads and writes binary data with one-line formats: Python's `struct`, grown up.
//! The same engine reads the headers of bitmaps and tar archives.
//!
//! ```
//! use bytewright::Struct;
//!
//! let header = Struct::new("<2s:magic I:size 4x I:offset I:header_size i:width i:height")?;
//! let bytes = b"BM8\x8c\x0a\0\0\0\0\x006\0\0\0(\0\0\0\x80\x02\0\0h\x01\0\0";
//! let bitmap = header.unpack(bytes)?;
//! assert_eq!(bitmap["width"], 640.into());
//! assert_eq!(bitmap.to_string(), "(b'BM', 691256, 54, 40, 640, 360)");
//!
//! assert_eq!(header.pack(&bitmap)?, bytes);
//! # Ok::<(), bytewright::Error>(())
//! ```
//!
//! # Where to go
//!
//! - [`structs`]: formats, packing and unpacking; [`pack`](fn@pack), [`unpack`](fn@unpack) and
//!   their kin are Python's functions of these names.
//! - [`format_language`]: the language, written out.
//! - [`schema`]: formats with a name, and what their fields mean.
//! - [`value`]: what fields hold, and how it prints.
//! - [`formats`]: [BMP](formats::bmp) files, [tar](formats::tar) archives and
//!   [gzip](formats::gzip): typed headers, trees of fields, problems; making and extracting archives.
//! - [`inspect`]: what works on the tree of any file: telling formats, looking up and changing fields.
//! - [`tree`]: the model that every file format answers with, for tools that work on all of them.
//! - [`source`]: where bytes come from: a file, standard input, memory.
//! - [`scan`]: the structs of a source, one after the other, in little memory.
//! - `view`: the tree and the bytes of a file on one screen, to look around and to change them.
//! - [`output`]: files that appear whole or not at all.

// On docs.rs, items say which feature brings them.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "cli"),
    allow(
        dead_code,
        reason = "rooms share helpers, and a set of features may leave some of them unused"
    )
)]

#[doc = include_str!("../docs/format-language.md")]
pub mod format_language {}

mod calendar;
#[cfg(feature = "gzip")]
pub mod codecs;
mod coding;
pub mod format;
pub mod formats;
#[cfg(feature = "hash")]
pub mod hash;
#[cfg(feature = "inspect")]
pub mod inspect;
mod offset;
#[cfg(feature = "files")]
pub mod output;
mod parallel;
#[cfg(any(feature = "records", feature = "tar"))]
mod prefetch;
#[cfg(feature = "records")]
pub mod records;
pub mod scan;
pub mod schema;
pub mod source;
pub mod structs;
pub mod tree;
pub mod value;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "render")]
pub mod render;
#[cfg(feature = "view")]
pub mod view;

pub use source::{Source, SourceOf};
pub use structs::{
    DataError, Error, Fields, FormatError, Formats, Struct, calcsize, iter_unpack, pack, pack_into,
    unpack, unpack_from,
};
pub use value::{Bytes, Record, Value};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "records"))]
#[doc = include_str!("../docs/records.md")]
struct ManyRecords;

#[cfg(all(doctest, feature = "hash", feature = "encodings", feature = "tar"))]
#[doc = include_str!("../docs/cookbook.md")]
struct Cookbook;

#[cfg(all(
    doctest,
    feature = "find",
    feature = "records",
    feature = "shelf",
    feature = "tar"
))]
#[doc = include_str!("../docs/library.md")]
struct Library;
