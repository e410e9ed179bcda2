//! Problems of colors: palette, masks, color space, profile.

use super::*;
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::header::DibHeader;
use crate::formats::bmp::layout::{PROFILE_HEADER, field};
use crate::formats::bmp::names::{ColorSpace, Compression, DibKind};
use crate::formats::bmp::palette::Palette;
use crate::formats::bmp::raw::RawHeader;
use crate::formats::bmp::regions::Part;
use crate::offset::Tally;
use crate::schema::Field;

/// Palette entries whose fourth byte is checked: as many as an index reaches.
const ENTRIES_CHECKED: usize = 256;

/// The palette and the counts that describe it.
pub(super) fn palette(
    bitmap: &Bitmap,
    raw: &RawHeader,
    dib: &DibHeader,
    file_size: u64,
    found: &mut Findings,
) -> io::Result<()> {
    let used = u64::from(dib.colors_used);
    let important = u64::from(dib.colors_important);
    let reachable = dib.reachable_colors();
    if reachable > 0 && used > reachable {
        found.add(
            B030,
            raw.field_range(field!("colors_used")),
            format!(
                "{used} colors used, {} bits a pixel reach {reachable}",
                dib.bit_count
            ),
        );
    }
    let limit = if used == 0 { reachable } else { used };
    if limit > 0 && important > limit {
        found.add(
            B033,
            raw.field_range(field!("colors_important")),
            format!("{important} colors are important of {limit}"),
        );
    }

    let Some(palette) = &bitmap.palette else {
        return Ok(());
    };
    if reachable == 0 {
        found.add(
            B034,
            raw.field_range(field!("colors_used")),
            format!(
                "{} palette entries for {} bits a pixel, which need none; {} of them are there",
                palette.claimed(),
                dib.bit_count,
                palette.len()
            ),
        );
    } else if palette.is_empty() {
        let message = format!(
            "no entry of the palette at {:#x} is there: the indices are taken for grays",
            palette.range().offset
        );
        found.add(B037, raw.field_range(field!("colors_used")), message);
    } else if palette.len() < palette.claimed().min(reachable) {
        let cut_by_file = bitmap.pixels_at > file_size;
        found.add(
            B031,
            palette.range(),
            format!(
                "{} of {} palette entries fit in front of the {}",
                palette.len(),
                palette.claimed(),
                if cut_by_file {
                    "end of the file"
                } else {
                    "pixels"
                }
            ),
        );
    }

    fourth_bytes(palette, found)
}

/// The bytes of a palette that should be zero.
fn fourth_bytes(palette: &Palette, found: &mut Findings) -> io::Result<()> {
    let mut nonzero = 0_u64;
    let mut first = None;
    for (index, color) in (0_u64..).zip(palette.colors().take(ENTRIES_CHECKED)) {
        if color?.reserved != 0 {
            nonzero.tally(1);
            first.get_or_insert(index);
        }
    }
    if let Some(first) = first {
        found.add(
            B035,
            palette.entry_range(first),
            format!(
                "the fourth byte of {nonzero} palette entries is not zero, entry {first} the first \
                 of them"
            ),
        );
    }
    Ok(())
}

/// The masks that the compression goes by.
pub(super) fn masks(bitmap: &Bitmap, raw: &RawHeader, dib: &DibHeader, found: &mut Findings) {
    let ambiguous = dib.compression == Compression::Rgb
        && dib.bit_count == 32
        && raw.uint(field!("alpha_mask")) != 0
        && dib.kind >= DibKind::V3;
    if ambiguous {
        found.add(
            B044,
            raw.field_range(field!("alpha_mask")),
            format!(
                "the alpha mask is {:#010x}, but BI_RGB has no masks: some programs show the \
                 picture transparent, some don't",
                raw.uint(field!("alpha_mask"))
            ),
        );
    }

    let Some(masks) = dib.masks else { return };
    let holder = bitmap.header(Part::Masks).unwrap_or(raw);
    let beyond = 32_u32.saturating_sub(u32::from(dib.bit_count));
    // Without a bit, no mask is in the pixel.
    let pixel = u32::MAX.checked_shr(beyond).unwrap_or(0);
    let mut before = 0;
    let alpha = field!("alpha_mask");
    for (field, mask) in [
        (field!("red_mask"), masks.red),
        (field!("green_mask"), masks.green),
        (field!("blue_mask"), masks.blue),
        (alpha, masks.alpha),
    ] {
        let range = holder.field_range(field);
        let shown = format!("the {} {mask:#010x}", field.name().replace('_', " "));
        if mask == 0 {
            if field != alpha {
                let what = match masks.are_default(dib.bit_count) {
                    true => "is that of no channel: all are zero, and the usual ones are taken",
                    false => "leaves the channel without a bit",
                };
                found.add(B043, range, format!("{shown} {what}"));
            }
            continue;
        }
        if mask & !pixel != 0 {
            let message = format!("{shown} reaches beyond {} bits a pixel", dib.bit_count);
            found.add(B040, range, message);
        }
        if mask & before != 0 {
            let message = format!("{shown} has bits {:#x} of an earlier mask", mask & before);
            found.add(B041, range, message);
        }
        before |= mask;
        let run = mask.count_ones().saturating_add(mask.trailing_zeros());
        if run.saturating_add(mask.leading_zeros()) != u32::BITS {
            found.add(B042, range, format!("{shown} has holes"));
        }
    }
}

/// Color space, intent, end points, gammas, and the profile.
pub(super) fn profile(
    source: &Source,
    bitmap: &Bitmap,
    raw: &RawHeader,
    dib: &DibHeader,
    file_size: u64,
    found: &mut Findings,
) -> io::Result<()> {
    let Some(space) = dib.color_space else {
        return Ok(());
    };
    if let ColorSpace::Unknown(value) = space {
        found.add(
            B061,
            raw.field_range(field!("cs_type")),
            format!(
                "color space {value:#010x} is unknown: expected 0, 'sRGB', 'Win ', 'LINK' or 'MBED'"
            ),
        );
    }
    let intent = raw.uint(field!("intent"));
    if raw.name_of(field!("intent")).is_none() {
        let message = format!("intent {intent} is unknown: expected 1, 2, 4 or 8");
        found.add(B061, raw.field_range(field!("intent")), message);
    }
    if space != ColorSpace::Calibrated {
        ignored(raw, found);
    }
    if !matches!(space, ColorSpace::Embedded | ColorSpace::Linked) {
        return Ok(());
    }

    let fields = raw.fields_range(field!("profile_offset"), field!("profile_size"));
    if dib.kind != DibKind::V5 {
        let message = "the color space is a profile, but only a V5 header says where it is";
        found.add(B062, raw.field_range(field!("cs_type")), message);
        return Ok(());
    }
    let Some(claim) = bitmap.profile else {
        found.add(
            B062,
            fields,
            "the color space is a profile, but its size is 0",
        );
        return Ok(());
    };
    if space == ColorSpace::Linked {
        found.add(
            B063,
            claim,
            "the profile is a file outside this one, named by a path that is never opened",
        );
    }
    if claim.end() > file_size {
        found.add(
            B062,
            fields,
            format!(
                "the profile from {:#x} to {:#x} leaves the file, which ends at {file_size:#x}",
                claim.offset,
                claim.end()
            ),
        );
    } else if space == ColorSpace::Embedded {
        let needed = PROFILE_HEADER.size().min(claim.size);
        let header = RawHeader::read(source, Part::Profile, &PROFILE_HEADER, claim.offset, needed)?;
        if header.bytes(field!("signature")) != b"acsp" {
            let message = "the profile has no signature 'acsp' 36 bytes after its beginning";
            found.add(B062, claim, message);
        }
    }
    overlaps(bitmap, claim, file_size, found);
    Ok(())
}

/// The bytes of a profile that are those of something else.
fn overlaps(bitmap: &Bitmap, claim: Range, file_size: u64, found: &mut Findings) {
    let overlapped = [Some(Range::file(0, bitmap.headers_end())), bitmap.pixels];
    for other in overlapped.into_iter().flatten() {
        let shared = claim.intersect(other);
        if let Some(shared) = shared.and_then(|shared| shared.intersect(Range::file(0, file_size)))
        {
            let what = if other.offset == 0 {
                "headers"
            } else {
                "pixels"
            };
            let message = format!(
                "{} of the profile lie over the {what}",
                counted(shared.size, "byte")
            );
            found.add(B064, shared, message);
        }
    }
}

/// End points and gammas count only where the color space is calibrated. An end point without x
/// and y is none: some programs write z as 1 where they have nothing to say.
fn ignored(raw: &RawHeader, found: &mut Findings) {
    let set = |fields: &[Field]| fields.iter().any(|field| raw.int(*field) != 0);
    let end_points = [
        [field!("red_x"), field!("red_y")],
        [field!("green_x"), field!("green_y")],
        [field!("blue_x"), field!("blue_y")],
    ];
    let gammas = [
        field!("gamma_red"),
        field!("gamma_green"),
        field!("gamma_blue"),
    ];
    let what = match (end_points.iter().any(|xy| set(xy)), set(&gammas)) {
        (true, true) => "end points and gammas",
        (true, false) => "end points",
        (false, true) => "gammas",
        (false, false) => return,
    };
    let range = raw.fields_range(field!("red_x"), field!("gamma_blue"));
    found.add(
        B065,
        range,
        format!(
            "{what} are set and ignored: the color space is {}",
            raw.name_of(field!("cs_type")).unwrap_or("unknown")
        ),
    );
}
