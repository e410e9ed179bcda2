//! What a file format is to everything that works on files.
//!
//! A format implements [`Format`]: how it is told from others, and what a file of it is as a
//! [tree](crate::tree). Telling formats, finding fields by their paths, changing and comparing them work
//! on every format that does, those of this crate and those of others alike.
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
    /// What it is called, in one word of lower-case letters: `bmp`.
    fn name(&self) -> &str;

    /// What its files are, in a line: `A bitmap of Windows or OS/2`. Empty where nothing is said.
    fn title(&self) -> &str {
        ""
    }

    /// The structures that its files consist of, with what their fields mean, as far as they are stated so.
    fn schemas(&self) -> Vec<&Schema> {
        Vec::new()
    }

    /// How names of its files end, without the dot and in lower case: `bmp`, `dib`.
    fn suffixes(&self) -> &[&str] {
        &[]
    }

    /// How well the content of a file fits, by its first and last bytes; `None` where it doesn't.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn fit(&self, head: &Head) -> io::Result<Option<Fit>>;

    /// Offsets, from the end where they are negative, and bytes that stand there in files of the format:
    /// files inside others are looked for by them. None where no bytes tell.
    fn signatures(&self) -> &[(i64, &[u8])] {
        &[]
    }

    /// Whether a file that nothing but its name speaks for can be one of the format.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn may_be(&self, head: &Head) -> io::Result<bool> {
        let _ = head;
        Ok(true)
    }

    /// A file of the format as a tree. Ranges lie in [the file](crate::tree::Space::FILE); the root's is the whole
    /// file, and each byte of it has one leaf. What doesn't fit the format is a
    /// [problem](crate::tree::Problem) of the tree.
    ///
    /// What a compressed or embedded stream holds is handed to `content`, which makes a node of it.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn tree(&self, source: &Source, content: &mut Content) -> io::Result<Node>;

    /// Whether a whole file of the format has something at a path; `None` where that is not written
    /// down. It tells a field that the data don't reach from one that doesn't exist. A step is the name
    /// of a field, or `None` for an item of an array.
    fn has(&self, path: &[Option<&str>]) -> Option<bool> {
        let _ = path;
        None
    }

    /// What has to follow an edit for a file to stay what it is: checksums, sizes. What was wrong
    /// before, and doesn't depend on what changed, is left alone.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        let _ = edited;
        Ok(Vec::new())
    }

    /// The child of the root that is what the file holds, where the format is but a wrapping of it: a
    /// compression.
    fn content(&self) -> Option<&str> {
        None
    }

    /// Whether a tree without an error is proof that a file is of the format, however short its signature: a
    /// compression, whose stream has a check, or a header whose fields have to agree.
    fn proves_itself(&self) -> bool {
        self.content().is_some()
    }

    /// The picture that a file of the format is, for people to look at. `None` where it is none, where it has
    /// more pixels than `max_pixels`, and where it can't be decoded: what is wrong with it is among the
    /// problems of its tree.
    fn picture(&self, source: &Source, max_pixels: u64) -> Option<Picture<'static>> {
        let _ = (source, max_pixels);
        None
    }

    /// What puts right a file of the format that has errors, or saves what of it is whole, as a sentence for
    /// people in which `FILE` is the name of the file: `what can be put right, this does: mend FILE`.
    /// `is_compressed` where the file holds one of the format in a compressed stream.
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

/// No format that is known: all bytes are one gap.
#[derive(Clone, Copy, Debug)]
pub struct Unknown;

impl Unknown {
    /// The name that stands for no format.
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
