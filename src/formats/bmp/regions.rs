//! The regions of the file: those that the headers claim, and the gaps between; each byte once.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::offset::Position;
use crate::tree::Range;

use super::bitmap::Bitmap;
use super::error::in_words;

/// A stretch of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Region {
    /// What it is.
    pub part: Part,
    /// Which bitmap of the file it belongs to; `None` where it belongs to none.
    pub bitmap: Option<usize>,
    /// The bytes.
    pub range: Range,
    /// Whether other regions own these bytes, or some of them: a profile that lies over pixels.
    pub view: bool,
}

/// The keys are `part`, by the name that it has in a tree, `offset`, `size`, `bitmap` and `view`.
impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Region", 5)?;
        fields.serialize_field("part", self.part.name())?;
        fields.serialize_field("offset", &self.range.offset)?;
        fields.serialize_field("size", &self.range.size)?;
        fields.serialize_field("bitmap", &self.bitmap)?;
        fields.serialize_field("view", &self.view)?;
        fields.end()
    }
}

/// What a region of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The header of an array's entry.
    ArrayHeader,
    /// The file header.
    FileHeader,
    /// The directory of an icon or cursor.
    IconDirectory,
    /// An image's entry in that directory.
    IconEntry,
    /// The DIB header.
    DibHeader,
    /// The color masks after a 40-byte header.
    Masks,
    /// The palette.
    Palette,
    /// The pixels.
    Pixels,
    /// The mask of an icon's image.
    Mask,
    /// The ICC profile, or the path of one.
    Profile,
    /// Bytes between parts.
    Gap,
    /// Bytes after the last part.
    Trailing,
}

/// In words: `DIB header`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&in_words(self.name()))
    }
}

impl Part {
    /// The name that the part has in a tree.
    pub const fn name(self) -> &'static str {
        match self {
            Part::ArrayHeader => "array_header",
            Part::FileHeader => "file_header",
            Part::IconDirectory => "icon_directory",
            Part::IconEntry => "icon_entry",
            Part::DibHeader => "dib_header",
            Part::Masks => "masks",
            Part::Palette => "palette",
            Part::Pixels => "pixels",
            Part::Mask => "mask",
            Part::Profile => "profile",
            Part::Gap => "gap",
            Part::Trailing => "trailing",
        }
    }
}

/// The regions of a file in its order; those that are no views cover it, each byte once.
///
/// Who comes first owns the bytes: all headers, then all palettes, then pixels, then profiles.
/// Later claims get the remaining bytes; unclaimed bytes are gaps.
pub(super) fn of(bitmaps: &[Bitmap], file_size: u64) -> Vec<Region> {
    let mut map = Map {
        file_size,
        owned: BTreeMap::new(),
        regions: Vec::new(),
    };
    for (index, bitmap) in bitmaps.iter().enumerate() {
        for header in &bitmap.headers {
            map.claim_whole(header.part(), index, header.range());
        }
    }
    for (index, bitmap) in bitmaps.iter().enumerate() {
        if let Some(palette) = &bitmap.palette {
            map.claim_whole(Part::Palette, index, palette.range());
        }
    }
    for (part, claim) in [
        (
            Part::Pixels,
            (|bitmap| bitmap.pixels) as fn(&Bitmap) -> Option<Range>,
        ),
        (Part::Mask, |bitmap| bitmap.mask),
        (Part::Profile, |bitmap| bitmap.profile),
    ] {
        for (index, bitmap) in bitmaps.iter().enumerate() {
            if let Some(range) = claim(bitmap) {
                map.claim_rest(part, index, range);
            }
        }
    }
    map.finish()
}

struct Map {
    file_size: u64,
    /// What is owned already, start to end; neighbours are merged.
    owned: BTreeMap<u64, u64>,
    regions: Vec<Region>,
}

impl Map {
    /// A structure has its fields wherever it lies: it owns all of its bytes or none.
    fn claim_whole(&mut self, part: Part, bitmap: usize, range: Range) {
        let (start, end) = self.clip(range);
        if start >= end {
            return;
        }
        let view = self.free(start, end) != [(start, end)];
        if !view {
            self.own(start, end);
        }
        self.push(part, Some(bitmap), (start, end), view);
    }

    /// Bytes without structure: what others own of them is left to those.
    fn claim_rest(&mut self, part: Part, bitmap: usize, range: Range) {
        let (start, end) = self.clip(range);
        if start >= end {
            return;
        }
        let pieces = self.free(start, end);
        if pieces != [(start, end)] {
            self.push(part, Some(bitmap), (start, end), true);
        }
        for piece in pieces {
            self.push(part, Some(bitmap), piece, false);
        }
        self.own(start, end);
    }

    fn finish(mut self) -> Vec<Region> {
        let gaps = self.free(0, self.file_size);
        for (start, end) in gaps {
            let last = end == self.file_size;
            let part = if last { Part::Trailing } else { Part::Gap };
            self.push(part, None, (start, end), false);
        }
        self.regions
            .sort_by_key(|region| (region.range.offset, !region.view, region.range.size));
        self.regions
    }

    fn push(&mut self, part: Part, bitmap: Option<usize>, (start, end): (u64, u64), view: bool) {
        self.regions.push(Region {
            part,
            bitmap,
            range: Range::file(start, end.since(start)),
            view,
        });
    }

    fn clip(&self, range: Range) -> (u64, u64) {
        (
            range.offset.min(self.file_size),
            range.end().min(self.file_size),
        )
    }

    /// What nobody owns between `start` and `end`.
    fn free(&self, start: u64, end: u64) -> Vec<(u64, u64)> {
        let mut free = Vec::new();
        let mut at = start;
        let before = self.owned.range(..=start).next_back();
        let within = self.owned.range(start..end);
        for (&from, &to) in before.into_iter().chain(within) {
            if from > at {
                free.push((at, from));
            }
            at = at.max(to);
        }
        if at < end {
            free.push((at, end));
        }
        free
    }

    fn own(&mut self, mut start: u64, mut end: u64) {
        if let Some((&from, &to)) = self.owned.range(..=start).next_back()
            && to >= start
        {
            start = from;
            end = end.max(to);
        }
        while let Some((&from, &to)) = self.owned.range(start..=end).next() {
            end = end.max(to);
            self.owned.remove(&from);
        }
        self.owned.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(file_size: u64) -> Map {
        Map {
            file_size,
            owned: BTreeMap::new(),
            regions: Vec::new(),
        }
    }

    fn shown(regions: &[Region]) -> Vec<String> {
        let show = |r: &Region| {
            let view = if r.view { " view" } else { "" };
            format!("{} {}..{}{view}", r.part, r.range.offset, r.range.end())
        };
        regions.iter().map(show).collect()
    }

    #[test]
    fn bytes_that_nobody_claims_are_gaps() {
        let mut map = map(100);
        map.claim_whole(Part::FileHeader, 0, Range::file(0, 14));
        map.claim_rest(Part::Pixels, 0, Range::file(20, 70));
        assert_eq!(
            shown(&map.finish()),
            [
                "file header 0..14",
                "gap 14..20",
                "pixels 20..90",
                "trailing 90..100"
            ]
        );
    }

    #[test]
    fn pixels_over_headers_own_what_is_left() {
        let mut map = map(100);
        map.claim_whole(Part::FileHeader, 0, Range::file(0, 14));
        map.claim_whole(Part::DibHeader, 0, Range::file(40, 10));
        map.claim_rest(Part::Pixels, 0, Range::file(10, u64::MAX));
        assert_eq!(
            shown(&map.finish()),
            [
                "file header 0..14",
                "pixels 10..100 view",
                "pixels 14..40",
                "DIB header 40..50",
                "pixels 50..100",
            ]
        );
    }

    #[test]
    fn a_structure_over_another_owns_nothing() {
        let mut map = map(30);
        map.claim_whole(Part::FileHeader, 0, Range::file(0, 14));
        map.claim_whole(Part::FileHeader, 1, Range::file(13, 14));
        assert_eq!(
            shown(&map.finish()),
            [
                "file header 0..14",
                "file header 13..27 view",
                "trailing 14..30"
            ]
        );
    }

    #[test]
    fn owned_neighbours_merge() {
        let mut map = map(100);
        for (start, end) in [(0, 10), (20, 30), (10, 20), (50, 60), (5, 55)] {
            map.own(start, end);
        }
        assert_eq!(map.owned, BTreeMap::from([(0, 60)]));
    }
}
