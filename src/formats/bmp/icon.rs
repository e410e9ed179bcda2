//! Icons and cursors of Windows: a directory of images, each a DIB with a mask or a PNG file.

use super::regions::Part;
use std::io;

use super::layout::{ICON_DIRECTORY, ICON_ENTRY, field};
use super::raw::RawHeader;
use crate::formats::samples::PNG_SIGNATURE;
use crate::offset::Position;
use crate::source::Source;
use crate::tree::Range;

/// An image by its entry in the directory.
pub(super) struct Image {
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) file: Range,
}

impl Image {
    pub(super) fn of(entry: &RawHeader) -> Image {
        // 256 doesn't fit in a byte.
        let side = |field| match entry.int(field) {
            0 => 256,
            side => side,
        };
        Image {
            width: side(field!("width")),
            height: side(field!("height")),
            file: Range::file(
                entry.uint(field!("offset")).into(),
                entry.uint(field!("size")).into(),
            ),
        }
    }
}

/// Whether an image is a PNG file.
pub(super) fn is_png(source: &Source, file: Range) -> io::Result<bool> {
    let size = PNG_SIGNATURE.len() as u64;
    Ok(source.read(file.offset, size.min(file.size))? == PNG_SIGNATURE)
}

/// Whether a file begins as icons and cursors do: type 1 or 2, at least one image, and the first
/// one after the directory.
pub(super) fn is_icon(source: &Source) -> io::Result<bool> {
    let size = ICON_DIRECTORY.size();
    let directory = RawHeader::read(source, Part::IconDirectory, &ICON_DIRECTORY, 0, size)?;
    let entry = RawHeader::read(
        source,
        Part::IconEntry,
        &ICON_ENTRY,
        size,
        ICON_ENTRY.size(),
    )?;
    let count = u64::from(directory.short(field!("count")));
    let end = size.item(count, ICON_ENTRY.size());
    Ok(entry.is_whole()
        && directory.short(field!("reserved")) == 0
        && matches!(directory.short(field!("type")), 1 | 2)
        && count > 0
        && entry.uint(field!("size")) > 0
        && u64::from(entry.uint(field!("offset"))) >= end)
}
