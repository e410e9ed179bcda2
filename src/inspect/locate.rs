//! Which field a byte of the file belongs to.

use std::io;

use super::document::Document;
use super::walk::{Step, display_path, walk};
use crate::tree::{Node, Role, Space};

/// Leaves that are kept at a time: bytes that are asked for in order need few walks.
const KEPT: usize = 1 << 14;

/// Finds the leaf that owns a byte. For bytes in the order of the file, it rarely walks over the tree.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::format::StructFormat;
/// use bytewright::inspect::{Document, Locator};
///
/// let layout = StructFormat::new("s", Struct::new("<2s:magic 2(B:x B:y):points")?);
/// let document = Document::open(Source::from(&b"AB\x01\x02\x03\x04"[..]), layout)?;
/// let mut locator = Locator::new(&document);
/// assert_eq!(locator.at(4)?.unwrap().path, "points[1].x");
/// assert!(locator.at(6)?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Locator<'a> {
    document: &'a Document,
    space: Space,
    leaves: Vec<Owner>,
}

/// A leaf that owns bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Owner {
    /// Its path; an item with a key goes by it.
    pub path: String,
    /// Its first byte.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
}

impl<'a> Locator<'a> {
    /// For the bytes of a file.
    pub fn new(document: &'a Document) -> Locator<'a> {
        Locator::within(document, Space::FILE)
    }

    /// For the bytes of a space: what a stream of the file holds.
    pub fn within(document: &'a Document, space: Space) -> Locator<'a> {
        Locator {
            document,
            space,
            leaves: Vec::new(),
        }
    }

    /// The leaf that owns the byte at `offset`.
    ///
    /// # Errors
    ///
    /// When nodes on demand can't be made.
    pub fn at(&mut self, offset: u64) -> io::Result<Option<&Owner>> {
        let kept = match (self.leaves.first(), self.leaves.last()) {
            (Some(first), Some(last)) => first.start <= offset && offset < last.end,
            _ => false,
        };
        if !kept {
            self.leaves = owners(self.document, self.space, offset)?;
        }
        let after = self.leaves.partition_point(|leaf| leaf.end <= offset);
        Ok(self.leaves.get(after).filter(|leaf| leaf.start <= offset))
    }
}

/// The leaves from `offset` on, as many as are kept.
fn owners(document: &Document, space: Space, offset: u64) -> io::Result<Vec<Owner>> {
    let mut leaves = Vec::new();
    // The last node with a key, by its index and by its key.
    let mut keyed: Option<(String, String)> = None;
    walk(document.root(), &mut |path, _, node| {
        if node.range.space != space {
            // The content of a stream is below the parts of the file, and above the contents of streams inside it.
            return Ok(match node.range.space < space && !node.is_on_demand() {
                true => Step::Into,
                false => Step::Over,
            });
        }
        if node.range.end() <= offset {
            return Ok(Step::Over);
        }
        if node.key.is_some() {
            keyed = Some((path.to_owned(), display_path(path, node.key.as_ref())));
        }
        if !node.owns_bytes() && !is_all_of(node, space) {
            return Ok(Step::Into);
        }
        let path = match &keyed {
            Some((index, key)) => match path.strip_prefix(index.as_str()) {
                Some(rest) => format!("{key}{rest}"),
                None => path.to_owned(),
            },
            None => path.to_owned(),
        };
        leaves.push(Owner {
            path,
            start: node.range.offset,
            end: node.range.end(),
        });
        Ok(if leaves.len() < KEPT {
            Step::Over
        } else {
            Step::Stop
        })
    })?;
    leaves.sort_by_key(|leaf| leaf.start);
    Ok(leaves)
}

/// Whether a node is the whole content of a stream, without parts: a view in the file.
fn is_all_of(node: &Node, space: Space) -> bool {
    node.role == Role::View && node.is_leaf() && !space.is_file() && node.range.offset == 0
}
