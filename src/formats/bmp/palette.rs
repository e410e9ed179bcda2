//! The palette: as many entries as fit in front of the pixels, read when they are asked for.

use std::fmt;
use std::io;

use crate::offset::{Position, Tally};
use crate::schema::Header;
use crate::source::Source;
use crate::tree::{Expand, Node, Range, Space};

use super::layout::field;

/// Entries that are read at a time.
const WINDOW: u64 = 256;

/// The colors of a bitmap.
#[derive(Clone, Debug)]
pub struct Palette {
    source: Source,
    header: &'static Header,
    offset: u64,
    len: u64,
    claimed: u64,
}

/// A palette entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
    /// The fourth byte of an entry that has one.
    pub reserved: u8,
}

/// `#rrggbb`.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl Palette {
    /// `claimed` entries from `offset`, of which those count that end at `limit` or before.
    pub(super) fn new(
        source: &Source,
        header: &'static Header,
        offset: u64,
        claimed: u64,
        limit: u64,
    ) -> Palette {
        let room = limit.saturating_sub(offset);
        Palette {
            source: source.clone(),
            header,
            offset,
            len: claimed.min(room.checked_div(header.size()).unwrap_or(0)),
            claimed,
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether no entry is there.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many entries the header claims.
    pub fn claimed(&self) -> u64 {
        self.claimed
    }

    /// The size of an entry in bytes: 3 or 4.
    pub fn entry_size(&self) -> u64 {
        self.header.size()
    }

    /// The bytes of the file that it takes.
    pub fn range(&self) -> Range {
        Range::file(self.offset, self.len.saturating_mul(self.entry_size()))
    }

    /// The bytes of entry `index`.
    pub fn entry_range(&self, index: u64) -> Range {
        let size = self.entry_size();
        Range::file(self.offset.item(index, size), size)
    }

    /// The entries in order; an error of the source ends them.
    pub fn colors(&self) -> impl Iterator<Item = io::Result<Color>> {
        self.entries(|_, bytes| {
            let channel = |field| self.header.get(bytes, field).unwrap_or(0);
            Ok(Color {
                red: channel(field!("red")),
                green: channel(field!("green")),
                blue: channel(field!("blue")),
                reserved: channel(field!("reserved")),
            })
        })
    }

    /// The entries made into something, read a window at a time.
    fn entries<'a, T: 'a>(
        &'a self,
        make: impl Fn(Range, &[u8]) -> io::Result<T> + 'a,
    ) -> impl Iterator<Item = io::Result<T>> + 'a {
        let mut window = Vec::new();
        let mut failed = false;
        (0..self.len).map_while(move |index| {
            if failed {
                return None;
            }
            let range = self.entry_range(index);
            let place = index.checked_rem(WINDOW).unwrap_or(0);
            if place == 0 {
                let size = WINDOW.saturating_mul(self.entry_size());
                match self.source.read(range.offset, size) {
                    Ok(bytes) => window = bytes,
                    Err(e) => {
                        failed = true;
                        return Some(Err(e));
                    }
                }
            }
            let start = usize::try_from(place.saturating_mul(range.size)).ok()?;
            let end = start.past(usize::try_from(range.size).ok()?);
            Some(make(range, window.get(start..end)?))
        })
    }
}

/// A node an entry, with its channels.
impl Expand for Palette {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let mut index = 0_u64;
        Box::new(
            self.entries(move |range, bytes| Ok((range, bytes.to_vec())))
                .map(move |entry| {
                    let (range, bytes) = entry?;
                    let channels = self.header.nodes(&bytes, Space::FILE, range.offset);
                    let node = Node::new(index, range).with_children(channels);
                    index.tally(1);
                    Ok(node)
                }),
        )
    }
}
