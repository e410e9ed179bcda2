//! Problems of the DIB header: dimensions, depth, compression, and the size of the pixels.

use super::*;
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::decode::MAX_WIDTH;
use crate::formats::bmp::header::DibHeader;
use crate::formats::bmp::layout::{OS2_HEADER, field};
use crate::formats::bmp::names::{Compression, DibKind};
use crate::formats::bmp::raw::RawHeader;
use crate::tree::Severity;

/// Pixels that a picture may have, at most: 4 GiB as RGBA.
pub(super) const MAX_PIXELS: u64 = 1 << 30;

/// Plausible densities in pixels a meter: from 12.7 to 25,400 dpi. Lower numbers are mostly dots an inch by mistake.
const PLAUSIBLE_DENSITY: std::ops::RangeInclusive<i64> = 500..=1_000_000;

/// The fields one by one.
pub(super) fn check(raw: &RawHeader, dib: &DibHeader, found: &mut Findings) {
    let field = |name| raw.field_range(name);
    let (bits, compression) = (dib.bit_count, dib.compression);

    if dib.kind == DibKind::Os2 && u64::from(dib.header_size) < OS2_HEADER.size() {
        found.add(
            B011,
            field(field!("header_size")),
            format!(
                "the OS/2 2.x header ends after {} of {} bytes; the fields it leaves out are 0",
                dib.header_size,
                OS2_HEADER.size()
            ),
        );
    }
    if dib.width <= 0 {
        let message = format!("the width is {}, it must be above 0", dib.width);
        found.add(B012, field(field!("width")), message);
    }
    if dib.height == 0 {
        found.add(
            B013,
            field(field!("height")),
            "the height is 0: the picture has no rows",
        );
    } else if dib.height == i64::from(i32::MIN) {
        let message = format!("the height is {}, which has no absolute value", dib.height);
        found.add(B013, field(field!("height")), message);
    }
    if dib.planes != 1 {
        let message = format!("planes is {}, it must be 1", dib.planes);
        found.add(B014, field(field!("planes")), message);
    }

    let known = Compression::Rgb.bit_counts().contains(&bits);
    let unknown = matches!(compression, Compression::Unknown(_));
    if let Compression::Unknown(value) = compression {
        found.add(
            B017,
            field(field!("compression")),
            format!("compression {value} is unknown: expected 0 to 6 or 11 to 13"),
        );
    }
    if !known && !compression.bit_counts().contains(&bits) {
        found.add(
            B015,
            field(field!("bit_count")),
            format!("no bitmap has {bits} bits a pixel: expected 1, 2, 4, 8, 16, 24, 32 or 64"),
        );
    } else if !unknown && !compression.bit_counts().contains(&bits) {
        let expected: Vec<String> = compression
            .bit_counts()
            .iter()
            .map(u16::to_string)
            .collect();
        let severity = match compression.reads(bits) {
            true => Severity::Warning,
            false => B018.severity,
        };
        found.add(
            B018.weighing(severity),
            field(field!("compression")),
            format!(
                "{compression} does not go with {bits} bits a pixel, only with {}",
                expected.join(" or ")
            ),
        );
    }
    if matches!(bits, 2 | 64) {
        let message = format!("{bits} bits a pixel: many programs can't read that");
        found.add(B016, field(field!("bit_count")), message);
    }
    if dib.is_top_down() && !unknown && !compression.is_rows() {
        let message = format!(
            "the height is {}, but {compression} can't run top down",
            dib.height
        );
        found.add(B019, field(field!("height")), message);
    }
    density(raw, dib, found);
}

fn density(raw: &RawHeader, dib: &DibHeader, found: &mut Findings) {
    let [x, y] = dib.pixels_per_meter;
    if [x, y] == [0, 0] {
        return;
    }
    if [x, y].iter().all(|ppm| PLAUSIBLE_DENSITY.contains(ppm)) {
        return;
    }
    let range = raw.fields_range(field!("x_ppm"), field!("y_ppm"));
    found.add(
        B060,
        range,
        format!(
            "{x} by {y} pixels a meter: expected {} to {}, or 0 for both",
            PLAUSIBLE_DENSITY.start(),
            PLAUSIBLE_DENSITY.end()
        ),
    );
}

/// The pixels against the file that holds them.
pub(super) fn pixels(
    bitmap: &Bitmap,
    raw: &RawHeader,
    dib: &DibHeader,
    file_size: u64,
    found: &mut Findings,
) {
    let width = u64::try_from(dib.width).unwrap_or(0);
    let dimensions = raw.fields_range(field!("width"), field!("height"));
    if width.saturating_mul(dib.rows()) > MAX_PIXELS {
        found.add(
            B024,
            dimensions,
            format!(
                "{width} by {} pixels exceed the limit of {MAX_PIXELS}",
                dib.rows()
            ),
        );
    } else if dib
        .rows_size()
        .is_some_and(|size| u32::try_from(size).is_err())
    {
        found.add(
            B024,
            dimensions,
            format!(
                "{width} by {} pixels of {} bits take more bytes than 32-bit sizes count",
                dib.rows(),
                dib.bit_count
            ),
        );
    }

    if width > u64::from(MAX_WIDTH) {
        let message = format!("a row of {width} pixels exceeds the limit of {MAX_WIDTH}");
        found.add(B024, raw.field_range(field!("width")), message);
    }

    // With 32 bits, alpha is in the pixels.
    if let Some(mask) = bitmap
        .mask
        .filter(|mask| mask.end() > file_size && dib.bit_count < 32)
    {
        let there = file_size.saturating_sub(mask.offset);
        let size = mask.size;
        let message = format!(
            "the mask takes {size} bytes, the file holds {there} of them: the other pixels are opaque"
        );
        found.add(
            B026,
            Range::file(mask.offset.min(file_size), there),
            message,
        );
    }

    let image_size = u64::from(dib.image_size);
    if dib.compression.is_rows() {
        rows(bitmap, raw, dib, file_size, found);
    } else if matches!(dib.compression, Compression::Unknown(_)) {
        // The size of unknown pixels is unknown, too.
    } else if image_size == 0 {
        found.add(
            B022,
            raw.field_range(field!("image_size")),
            format!("{} needs the image size, which is 0", dib.compression),
        );
    } else if let Some(claim) = bitmap.pixels
        && claim.offset < file_size
        && claim.end() > file_size
    {
        found.add(
            B023,
            raw.field_range(field!("image_size")),
            format!(
                "{image_size} bytes of pixels from {:#x} end at {:#x}, the file ends at {file_size:#x}",
                claim.offset,
                claim.end()
            ),
        );
    }
}

fn rows(bitmap: &Bitmap, raw: &RawHeader, dib: &DibHeader, file_size: u64, found: &mut Findings) {
    let (Some(stride), Some(expected)) = (dib.stride(), dib.rows_size()) else {
        return;
    };
    let image_size = u64::from(dib.image_size);
    let with_mask = bitmap.mask.map(|mask| expected.saturating_add(mask.size));
    if image_size != 0 && image_size != expected && Some(image_size) != with_mask {
        found.add(
            B021,
            raw.field_range(field!("image_size")),
            format!(
                "the image size is {image_size}, {} rows of {stride} bytes take {expected}",
                dib.rows()
            ),
        );
    }
    let Some(claim) = bitmap.pixels else { return };
    if claim.offset < file_size && claim.end() > file_size {
        let there = bitmap.pixel_bytes_present(file_size);
        let holds = format!("the pixels take {expected} bytes, the file holds {there} of them");
        let (code, what) = match bitmap.lost_rows {
            Some(lost @ 1..) => (B020, lost_rows(lost, dib.rows())),
            _ => (B025, "only padding is missing".to_owned()),
        };
        let message = format!("{holds}: {what}");
        found.add(code, Range::file(claim.offset, there), message);
    }
}
