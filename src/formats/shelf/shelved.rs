//! A format of the shelf as a format of files.

use std::io;
use std::sync::OnceLock;

use super::list::Described;
use crate::Source;
use crate::format::{Code, Content, Edited, Fit, Follow, Format, Head, StructFormat};
use crate::formats::user::{Error, Known};
use crate::tree::Node;

/// The least length of a telling signature, in bytes: shorter ones occur in other files, so such a file must also read
/// without errors.
const SURE: usize = 4;

/// A format of the shelf, which is compiled when the first file of it is opened.
#[derive(Debug)]
pub struct Shelved {
    described: &'static Described,
    compiled: OnceLock<StructFormat>,
}

impl Shelved {
    /// Nothing is parsed yet.
    pub fn new(described: &'static Described) -> Shelved {
        Shelved {
            described,
            compiled: OnceLock::new(),
        }
    }

    fn compiled(&self) -> io::Result<&StructFormat> {
        if let Some(compiled) = self.compiled.get() {
            return Ok(compiled);
        }
        let name = self.described.name;
        let compiled = self
            .described
            .known()
            .and_then(|known| known.compile(&format!("%{name}")))
            .map_err(io::Error::other)?;
        let format = StructFormat::new(name, compiled.layout).meanings(compiled.meanings);
        Ok(self.compiled.get_or_init(|| format))
    }

    /// Whether the whole file reads without an error.
    fn reads(&self, source: &Source) -> io::Result<bool> {
        Ok(source.size()? > 0 && self.compiled()?.reads(source)?)
    }

    /// The longest signature that a file has.
    fn signature(&self, head: &Head<'_>) -> io::Result<Option<usize>> {
        let mut longest = None;
        for (offset, bytes) in self.described.signatures {
            if stands_at(head, *offset, bytes)? {
                longest = longest.max(Some(bytes.len()));
            }
        }
        Ok(longest)
    }
}

impl Described {
    /// The formats of its file, and those that it refers to.
    ///
    /// # Errors
    ///
    /// When a description can't be parsed, which those of the shelf all can.
    pub fn known(&self) -> Result<Known, Error> {
        super::complete(Known::default(), &format!("%{}", self.name))
    }

    pub(super) fn file(&self) -> Result<Known, Error> {
        let known = Known::from_text(format!("shelf/{}.toml", self.file), self.text)?;
        Ok(known.checked())
    }
}

/// Whether bytes are at an offset, which counts from the end where it is negative.
fn stands_at(head: &Head<'_>, offset: i64, bytes: &[u8]) -> io::Result<bool> {
    let at = match u64::try_from(offset) {
        Ok(at) => at,
        Err(_) => match head.source().size()?.checked_sub(offset.unsigned_abs()) {
            Some(at) => at,
            None => return Ok(false),
        },
    };
    let in_head = usize::try_from(at).ok().and_then(|at| {
        let end = at.checked_add(bytes.len())?;
        head.start().get(at..end)
    });
    Ok(match in_head {
        Some(found) => found == bytes,
        // The head is the whole of a shorter file.
        None if head.start().len() < Head::START => false,
        None => head.source().read(at, bytes.len() as u64)? == bytes,
    })
}

impl Format for Shelved {
    fn name(&self) -> &str {
        self.described.name
    }

    fn suffixes(&self) -> &[&str] {
        self.described.suffixes
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(match self.signature(head)? {
            Some(size) if size >= SURE || self.reads(head.source())? => Some(Fit::Signature(size)),
            _ => None,
        })
    }

    fn signatures(&self) -> &[(i64, &[u8])] {
        self.described.signatures
    }

    /// A name alone tells little: the file must read without errors, or have a signature.
    fn may_be(&self, head: &Head<'_>) -> io::Result<bool> {
        Ok(self.signature(head)?.is_some() || self.reads(head.source())?)
    }

    fn tree(&self, source: &Source, content: &mut Content<'_>) -> io::Result<Node> {
        self.compiled()?.tree(source, content)
    }

    fn has(&self, path: &[Option<&str>]) -> Option<bool> {
        self.compiled().ok()?.has(path)
    }

    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        self.compiled()?.follow(edited)
    }

    fn codes(&self) -> &[Code] {
        match self.compiled() {
            Ok(format) => format.codes(),
            Err(_) => &[],
        }
    }
}
