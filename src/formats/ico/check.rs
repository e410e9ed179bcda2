//! Problems of the directory, and of entries that contradict their images.

use super::tree::{Image, Images};
use crate::formats::bmp::RawHeader;
use crate::formats::bmp::layout::field;
use crate::schema::Field;
use crate::tree::{Code, Problem, Range, codes};

codes! {
    /// The codes of problems.
    pub(super) table CODES;
    rows;
    I001 Error   "an image is not within the file";
    I002 Error   "an image begins in the directory";
    I003 Warning "two images share bytes";
    I004 Error   "the type is neither 1, icon, nor 2, cursor";
    I005 Warning "the reserved field of the directory is not 0";
    I006 Note    "the reserved field of an entry is not 0";
    I007 Error   "the directory has no images";
    I008 Warning "the sides of an image are not those that its entry states";
    I009 Warning "an image takes more bytes than its entry states";
    I010 Note    "the bit count of an image is not the one that its entry states";
    I011 Warning "the hotspot of a cursor is outside of its image";
}

/// The problems of the directory and its entries.
pub(super) fn problems(images: &Images, file_size: u64) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Some(directory) = &images.directory {
        of_directory(directory, &mut found);
    }
    for image in &images.images {
        of_entry(image, images, file_size, &mut found);
    }
    shared(images, &mut found);
    found
}

fn of_directory(directory: &RawHeader, found: &mut Vec<Problem>) {
    let mut add = |code: Code, field: Field, message: String| {
        found.push(code.problem(directory.field_range(field), message));
    };
    // A field that is cut off has the code of truncated headers.
    match directory.value::<u16>(field!("reserved")) {
        Some(0) | None => {}
        Some(found) => add(
            I005,
            field!("reserved"),
            format!("expected 0, found {found}"),
        ),
    }
    match directory.value::<u16>(field!("type")) {
        Some(1 | 2) | None => {}
        Some(found) => {
            let message = format!("expected 1, an icon, or 2, a cursor; found {found}");
            add(I004, field!("type"), message);
        }
    }
    if directory.value::<u16>(field!("count")) == Some(0) {
        add(
            I007,
            field!("count"),
            "expected at least 1 image".to_owned(),
        );
    }
}

fn of_entry(image: &Image, images: &Images, file_size: u64, found: &mut Vec<Problem>) {
    let entry = &image.entry;
    let mut add = |code: Code, field: Field, message: String| {
        found.push(code.problem(entry.field_range(field), message));
    };
    let reserved = entry.uint(field!("reserved"));
    if reserved != 0 {
        let message = format!("expected 0, found {reserved}");
        add(I006, field!("reserved"), message);
    }
    if !entry.is_whole() {
        return;
    }
    let stated = image.stated;
    if stated.end() > file_size || stated.size == 0 {
        let message = format!(
            "the image takes {} bytes from {:#x} on, the file ends at {file_size:#x}",
            stated.size, stated.offset
        );
        add(I001, field!("offset"), message);
    } else if stated.offset < images.directory_end {
        let message = format!(
            "the image begins at {:#x}, the directory ends at {:#x}",
            stated.offset, images.directory_end
        );
        add(I002, field!("offset"), message);
    }
    if let Some((width, height)) = image.sides {
        for (field, real) in [(field!("width"), width), (field!("height"), height)] {
            let said = side(entry.uint(field));
            // The field has one byte: larger values can't be stated.
            if real != said && (real <= 256 || said != 256) {
                let message = format!("the entry states {said} pixels, the image has {real}");
                add(I008, field, message);
            }
        }
        for (field, side) in [(field!("planes"), width), (field!("bit_count"), height)] {
            let hotspot = entry.uint(field);
            if images.is_cursor() && i64::from(hotspot) >= side {
                let message = format!("the hotspot is at pixel {hotspot}, the image has {side}");
                add(I011, field, message);
            }
        }
    }
    if image.takes > stated.size {
        let message = format!(
            "the entry states {} bytes, the header of the image gives {}",
            stated.size, image.takes
        );
        add(I009, field!("size"), message);
    }
    let said = entry.uint(field!("bit_count"));
    if let Some(real) = image.bit_count
        && !images.is_cursor()
        && said != 0
        && said != u32::from(real)
    {
        let message = format!("the entry states {said} bits a pixel, the image has {real}");
        add(I010, field!("bit_count"), message);
    }
}

/// A side as an entry states it: 256 doesn't fit in a byte.
fn side(stated: u32) -> i64 {
    match stated {
        0 => 256,
        side => side.into(),
    }
}

/// In the order of their bytes, each image that begins before an earlier one ends.
fn shared(images: &Images, found: &mut Vec<Problem>) {
    let mut order: Vec<(Range, usize)> = Vec::new();
    for (index, image) in images.images.iter().enumerate() {
        if image.entry.is_whole() && image.stated.size > 0 {
            order.push((image.stated, index));
        }
    }
    order.sort_by_key(|(range, index)| (range.offset, *index));
    let mut last: Option<(u64, usize)> = None;
    for (range, index) in order {
        if let Some((end, other)) = last
            && range.offset < end
            && let Some(image) = images.images.get(index)
        {
            let message = format!("the image shares bytes with that of entries[{other}]");
            found.push(I003.problem(image.entry.field_range(field!("offset")), message));
        }
        if last.is_none_or(|(end, _)| range.end() > end) {
            last = Some((range.end(), index));
        }
    }
}
