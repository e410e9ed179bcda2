//! File formats, as the rest of the crate sees them.
//!
//! A format implements [`Format`]: how it is detected, and a file of it as a [tree](crate::tree). Detecting formats,
//! finding fields by their paths, changing and comparing them work on every implementation, those of this crate and
//! those of others alike.
//!
//! ```
//! use std::io;
//! use bytewright::Source;
//! use bytewright::format::{Content, Fit, Format, Head};
//! use bytewright::inspect::Document;
//! use bytewright::tree::{Node, Range};
//!
//! /// A count, and as many bytes.
//! #[derive(Debug)]
//! struct Counted;
//!
//! impl Format for Counted {
//!     fn name(&self) -> &str {
//!         "counted"
//!     }
//!
//!     fn fit(&self, head: &Head) -> io::Result<Option<Fit>> {
//!         Ok(head.starts_with(b"CNT").then_some(Fit::Signature(3)))
//!     }
//!
//!     fn tree(&self, source: &Source, _: &mut Content) -> io::Result<Node> {
//!         let size = source.size()?;
//!         let fields = vec![
//!             Node::new("magic", Range::file(0, 3)),
//!             Node::new("data", Range::file(3, size.saturating_sub(3))),
//!         ];
//!         Ok(Node::new("counted", Range::file(0, size)).with_children(fields))
//!     }
//! }
//!
//! let document = Document::open(Source::from(&b"CNT12345"[..]), Counted)?;
//! let found = document.find(&"data".parse()?)?;
//! assert_eq!(found[0].node.range, Range::file(3, 5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod edited;
mod head;
mod json;
mod outline;
mod parts;
mod picture;
mod structs;

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::Source;
use crate::schema::Schema;
use crate::tree::{Node, Range, Role};

pub use crate::tree::Code;
pub use content::{CODES as CONTENT_CODES, Content, MAX_CONTENT, Stream};
pub use edited::{Edited, Follow};
pub use head::{Fit, Head};
pub use outline::{Outline, OutlineField};
pub use parts::Parts;
pub use picture::{Picture, SizeError};
pub use structs::StructFormat;

/// A file format.
pub trait Format: fmt::Debug + Send + Sync {
    /// Its name, one word of lower-case letters: `bmp`.
    fn name(&self) -> &str;

    /// A description of its files in one line, such as `A bitmap of Windows or OS/2`; may be empty.
    fn title(&self) -> &str {
        ""
    }

    /// The structures that its files consist of, with what their fields mean, as far as they are stated so.
    fn schemas(&self) -> Vec<&Schema> {
        Vec::new()
    }

    /// The suffixes of its files, without the dot and in lower case: `bmp`, `dib`.
    fn suffixes(&self) -> &[&str] {
        &[]
    }

    /// How well the content of a file fits, by its first and last bytes; `None` where it doesn't.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    fn fit(&self, head: &Head) -> io::Result<Option<Fit>>;

    /// Signatures, by which files inside others are found: an offset, from the end where it is negative, and the bytes
    /// there. Empty where the format has none.
    fn signatures(&self) -> &[(i64, &[u8])] {
        &[]
    }

    /// Whether a file that only its name assigns to the format can be one of it.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    fn may_be(&self, head: &Head) -> io::Result<bool> {
        let _ = head;
        Ok(true)
    }

    /// A file of the format as a tree. Ranges lie in [the file](crate::tree::Space::FILE); the root's is the whole
    /// file, and each byte of it has one leaf. Where the file breaks the format's rules, the tree has
    /// [problems](crate::tree::Problem).
    ///
    /// Contents of compressed or embedded streams are handed to `content`, which makes nodes of them.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    fn tree(&self, source: &Source, content: &mut Content) -> io::Result<Node>;

    /// Whether a complete file of the format has a node at a path; `None` where that isn't known. It distinguishes a
    /// field beyond the end of the data from one that doesn't exist. A step is the name of a field, or `None` for an
    /// item of an array.
    fn has(&self, path: &[Option<&str>]) -> Option<bool> {
        let _ = path;
        None
    }

    /// Further changes that an edit requires for the file to stay valid: checksums, sizes. Wrong fields that don't
    /// depend on the edit are left alone.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        let _ = edited;
        Ok(Vec::new())
    }

    /// The name of the root's child that is the file's content, where the format only wraps it, as compressions do.
    fn content(&self) -> Option<&str> {
        None
    }

    /// Whether a tree without errors proves that a file is of the format, however short its signature: as a compression
    /// with a checksum, or a header whose fields have to agree.
    fn proves_itself(&self) -> bool {
        self.content().is_some()
    }

    /// The picture that a file of the format is, for people to look at. `None` where it has no picture, where that has
    /// more pixels than `max_pixels`, and where it can't be decoded: the problems of the tree say why.
    fn picture(&self, source: &Source, max_pixels: u64) -> Option<Picture<'static>> {
        let _ = (source, max_pixels);
        None
    }

    /// A sentence for people that names a command which repairs a broken file of the format, or saves its whole parts,
    /// with `FILE` for the file's name: `what can be put right, this does: mend FILE`. `is_compressed` says that the
    /// file of the format is inside a compressed stream.
    fn remedy(&self, is_compressed: bool) -> Option<&str> {
        let _ = is_compressed;
        None
    }

    /// The codes of the problems that its trees have.
    fn codes(&self) -> &[Code] {
        &[]
    }
}

impl Format for Arc<dyn Format> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn title(&self) -> &str {
        (**self).title()
    }

    fn schemas(&self) -> Vec<&Schema> {
        (**self).schemas()
    }

    fn suffixes(&self) -> &[&str] {
        (**self).suffixes()
    }

    fn fit(&self, head: &Head) -> io::Result<Option<Fit>> {
        (**self).fit(head)
    }

    fn signatures(&self) -> &[(i64, &[u8])] {
        (**self).signatures()
    }

    fn may_be(&self, head: &Head) -> io::Result<bool> {
        (**self).may_be(head)
    }

    fn tree(&self, source: &Source, content: &mut Content) -> io::Result<Node> {
        (**self).tree(source, content)
    }

    fn has(&self, path: &[Option<&str>]) -> Option<bool> {
        (**self).has(path)
    }

    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        (**self).follow(edited)
    }

    fn content(&self) -> Option<&str> {
        (**self).content()
    }

    fn proves_itself(&self) -> bool {
        (**self).proves_itself()
    }

    fn picture(&self, source: &Source, max_pixels: u64) -> Option<Picture<'static>> {
        (**self).picture(source, max_pixels)
    }

    fn remedy(&self, is_compressed: bool) -> Option<&str> {
        (**self).remedy(is_compressed)
    }

    fn codes(&self) -> &[Code] {
        (**self).codes()
    }
}

/// An unknown format: all bytes are one gap.
#[derive(Clone, Copy, Debug)]
pub struct Unknown;

impl Unknown {
    /// The name of an unknown format.
    pub const NAME: &'static str = "unknown";
}

impl Format for Unknown {
    fn name(&self) -> &str {
        Unknown::NAME
    }

    fn fit(&self, _: &Head) -> io::Result<Option<Fit>> {
        Ok(None)
    }

    fn tree(&self, source: &Source, _: &mut Content) -> io::Result<Node> {
        let all = Range::file(0, source.size()?);
        let root = Node::new("file", all);
        Ok(match all.size {
            0 => root,
            _ => root.with_children(vec![Node::new("data", all).role(Role::Gap)]),
        })
    }

    fn has(&self, _: &[Option<&str>]) -> Option<bool> {
        Some(false)
    }
}
