//! Problems of the file as a whole: signature, sizes, offsets, gaps, the chain of an array.

use crate::offset::Position;
use crate::tree::Severity;

use super::*;
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::error::ErrorKind;
use crate::formats::bmp::layout::{FILE_HEADER, field};
use crate::formats::bmp::regions::Part;

/// The errors of the walk.
pub(super) fn walk(walk: &Walk, found: &mut Findings) {
    for error in &walk.errors {
        let (code, size) = match error.kind() {
            ErrorKind::Signature { found, .. } => (B001, found.len() as u64),
            ErrorKind::Short { available, .. } => (B002, *available),
            ErrorKind::HeaderSize { .. } => (B010, 4),
        };
        found.add(code, Range::file(error.offset(), size), error.message());
    }
    for (range, message) in &walk.chain {
        found.add(B070, *range, message.as_str());
    }
}

/// The file header of one bitmap.
pub(super) fn bitmap(bitmap: &Bitmap, file_size: u64, found: &mut Findings) {
    let Some(file) = &bitmap.file else {
        if let Some(dib) = bitmap
            .headers
            .first()
            .filter(|raw| raw.part() == Part::DibHeader)
        {
            let message = "a DIB without a file header, as the clipboard and resources have it";
            found.add(B009, dib.field_range(field!("header_size")), message);
        }
        return;
    };
    // Where several bitmaps share the file, each states the size of its own headers.
    let shares_file = bitmap.array.is_some() || file.file_type.is_pair();
    if u64::from(file.size) != file_size && !shares_file {
        size(bitmap, u64::from(file.size), file_size, found);
    }
    if file.reserved != [0, 0] && !file.file_type.has_hotspot() {
        let [first, second] = file.reserved;
        let mut range = bitmap.field(Part::FileHeader, field!("reserved1"));
        let last = bitmap.field(Part::FileHeader, field!("reserved2"));
        range.size = last.end().since(range.offset);
        found.add(
            B004,
            range,
            format!("the reserved fields hold {first} and {second} instead of 0"),
        );
    }
    if bitmap.dib.is_some() {
        pixel_offset(bitmap, u64::from(file.pixel_offset), file_size, found);
    }
}

/// A size field that is not the file's length.
fn size(bitmap: &Bitmap, size: u64, file_size: u64, found: &mut Findings) {
    let field = bitmap.field(Part::FileHeader, field!("size"));
    let headers = bitmap
        .dib
        .as_ref()
        .map(|dib| u64::from(dib.header_size).past(FILE_HEADER.size()));
    if Some(size) == headers {
        found.add(
            B003.weighing(Severity::Note),
            field,
            format!(
                "the size field says {size} bytes, the size of the headers alone, as OS/2 programs \
                 write it; the file has {file_size}"
            ),
        );
    } else {
        let said = counted(size, "byte");
        let message = format!("the size field says {said}, the file has {file_size}");
        found.add(B003, field, message);
    }
}

fn pixel_offset(bitmap: &Bitmap, offset: u64, file_size: u64, found: &mut Findings) {
    let field = bitmap.field(Part::FileHeader, field!("pixel_offset"));
    let headers_end = bitmap.headers_end();
    let (code, other) = if offset >= file_size && bitmap.pixels.is_some() {
        (B005, format!("the file ends at {file_size:#x}"))
    } else if offset < headers_end {
        (B006, format!("the headers end at {headers_end:#x}"))
    } else if offset != bitmap.pixels_at {
        let end = bitmap.pixels_at;
        (
            B006,
            format!("where the palette is, which ends at {end:#x}"),
        )
    } else {
        return;
    };
    let taken = match bitmap.pixels_at {
        at if at == offset => String::new(),
        at => format!("; they are read from {at:#x} on"),
    };
    let message = format!("the pixels begin at {offset:#x}, {other}{taken}");
    found.add(code, field, message);
}

/// Bytes that no part claims.
pub(super) fn regions(
    bitmaps: &[Bitmap],
    readable: bool,
    regions: &[Region],
    found: &mut Findings,
) {
    for pair in regions.windows(2) {
        if let [gap, next] = pair
            && gap.part == Part::Gap
            && next.part == Part::Pixels
        {
            let size = counted(gap.range.size, "byte");
            let end = next.range.offset;
            found.add(
                B007,
                gap.range,
                format!("{size} in front of the pixels at {end:#x}"),
            );
        }
    }
    let Some(last) = regions.last().filter(|last| last.part == Part::Trailing) else {
        return;
    };
    if !readable {
        return;
    }
    let before = regions
        .iter()
        .rev()
        .find(|region| !region.view && region.part != Part::Trailing)
        .map_or("headers".to_owned(), |region| region.part.to_string());
    let size_field = match bitmaps {
        [bitmap] => bitmap.file.as_ref().map(|file| u64::from(file.size)),
        _ => None,
    };
    let counted_by_size = match size_field {
        Some(size) if size == last.range.end() => ", counted by the size field",
        Some(size) if size == last.range.offset => ", not counted by the size field",
        _ => "",
    };
    found.add(
        B008,
        last.range,
        format!(
            "{} after the {before}{counted_by_size}",
            counted(last.range.size, "byte")
        ),
    );
}
