//! Meanings of header values: units, names of enumerations, derived values.

use std::sync::Arc;

use super::bitmap::Bitmap;
use super::header::{DibHeader, FileHeader};
use super::layout::{FILE_HEADER, field};
use super::names::Compression;
use super::palette::Palette;
use super::raw::RawHeader;
use super::regions::Part;
use super::report::Report;
use crate::offset::Position;
use crate::schema::Field;
use crate::tree::Node;
use crate::value::Value;
use crate::value::text::counted;

/// Gives the fields of a header their meanings: what the schema says of their values, and what
/// follows from other fields. A header that can't be read means nothing.
pub(super) fn annotate(report: &Report, bitmap: &Bitmap, raw: &RawHeader, nodes: &mut [Node]) {
    let computed = match (raw.part(), &bitmap.file, &bitmap.dib) {
        (Part::ArrayHeader, ..) => Vec::new(),
        (Part::FileHeader, Some(file), _) => file_fields(report, bitmap, file),
        (Part::DibHeader, _, Some(dib)) => dib_fields(raw, dib),
        (Part::Masks, _, Some(_)) => Vec::new(),
        _ => return,
    };
    raw.schema().meanings().annotate(nodes);
    if let (Part::DibHeader, Some(dib)) = (raw.part(), &bitmap.dib) {
        let name = field!("compression").name();
        if let Some(node) = nodes.iter_mut().find(|node| node.name == name) {
            node.names = Some(Arc::new(Compression::names(dib.kind)));
        }
    }
    for (field, meaning) in computed {
        let mut nodes = nodes.iter_mut();
        if let Some(node) = nodes.find(|node| node.name == field.name()) {
            node.meaning = node.meaning.take().or(meaning);
        }
    }
}

/// A header as a whole.
pub(super) fn header(bitmap: &Bitmap, raw: &RawHeader) -> Option<String> {
    match raw.part() {
        Part::DibHeader => bitmap.dib.as_ref().map(|dib| dib.kind.name().to_owned()),
        _ => None,
    }
}

pub(super) fn palette(palette: &Palette) -> String {
    format!(
        "{} of {} bytes",
        counted(palette.len(), "color"),
        palette.entry_size()
    )
}

/// The pixels: how they are stored, and how many of them are there.
pub(super) fn pixels(bitmap: &Bitmap, file_size: u64) -> String {
    let (Some(dib), Some(claim)) = (&bitmap.dib, bitmap.pixels) else {
        return String::new();
    };
    let missing = claim.end().saturating_sub(file_size.max(claim.offset));
    let cut = match missing {
        0 => String::new(),
        _ => format!(", {} of them missing", counted(missing, "byte")),
    };
    match dib.stride() {
        Some(stride) => format!("{} of {stride} bytes{cut}", counted(dib.rows(), "row")),
        None => format!("{}{cut}", dib.compression.meaning()),
    }
}

pub(super) fn profile(bitmap: &Bitmap) -> String {
    let header = bitmap.header(Part::DibHeader);
    let space = header.and_then(|raw| raw.name_of(field!("cs_type")));
    space.unwrap_or_default().to_owned()
}

/// The next entry of an array.
pub(super) fn next_entry(offset: &Value) -> Option<String> {
    Some(format!("the next entry is at {:#x}", offset.as_int()?))
}

/// Width or height of the display that a bitmap of an array is meant for.
pub(super) fn display(pixels: &Value) -> Option<String> {
    Some(format!("for displays of {} pixels", pixels.as_int()?))
}

fn file_fields(
    report: &Report,
    bitmap: &Bitmap,
    file: &FileHeader,
) -> Vec<(Field, Option<String>)> {
    let [x, y] = file.reserved;
    let headers = bitmap.dib.as_ref().map(|dib| {
        let dib = u64::from(dib.header_size);
        FILE_HEADER.size().past(dib)
    });
    let size = match u64::from(file.size) {
        size if size == report.size => "the file's length".to_owned(),
        size if headers == Some(size) => "the size of the headers".to_owned(),
        _ => format!("the file has {} bytes", report.size),
    };
    let pixels = match bitmap.pixels_at == u64::from(file.pixel_offset) {
        true => format!("the pixels begin at {:#x}", file.pixel_offset),
        false => format!("the pixels are read from {:#x} on", bitmap.pixels_at),
    };
    let hotspot = |axis, at: u16| {
        let has_one = file.file_type.has_hotspot();
        has_one.then(|| format!("hotspot: {axis} {at}"))
    };
    vec![
        (field!("size"), Some(size)),
        (field!("reserved1"), hotspot("x", x)),
        (field!("reserved2"), hotspot("y", y)),
        (field!("pixel_offset"), Some(pixels)),
    ]
}

fn dib_fields(raw: &RawHeader, dib: &DibHeader) -> Vec<(Field, Option<String>)> {
    let width = match dib.width {
        negative if negative < 0 => "negative".to_owned(),
        width => counted(width.unsigned_abs(), "pixel"),
    };
    let way = if dib.is_top_down() {
        "top down"
    } else {
        "bottom up"
    };
    let height = format!("{}, rows run {way}", counted(dib.rows(), "pixel"));
    let compression = match dib.compression {
        Compression::Unknown(_) => "unknown".to_owned(),
        known => format!("{known}: {}", known.meaning()),
    };
    let colors = (dib.colors_used == 0).then(|| match dib.reachable_colors() {
        0 => "no palette".to_owned(),
        n => format!("all {n}"),
    });
    let profile = u64::from(raw.uint(field!("profile_offset")));
    let profile = (profile > 0).then(|| {
        let at = raw.range().offset.past(profile);
        format!("from the DIB header: {at:#x} in the file")
    });
    vec![
        (field!("header_size"), Some(dib.kind.name().to_owned())),
        (field!("width"), Some(width)),
        (field!("height"), Some(height)),
        (field!("bit_count"), Some(depth(dib))),
        (field!("compression"), Some(compression)),
        (field!("image_size"), image_size(dib)),
        (field!("colors_used"), colors),
        (field!("profile_offset"), profile),
    ]
}

fn depth(dib: &DibHeader) -> String {
    match dib.bit_count {
        0 if !dib.compression.is_rows() => "the embedded file says it".to_owned(),
        bits @ 1..=8 => format!("palette of up to {} colors", 1_u32 << bits),
        16 if dib.compression == Compression::Rgb => "5 bits a channel".to_owned(),
        24 => "8 bits a channel: blue, green, red".to_owned(),
        32 if dib.compression == Compression::Rgb => {
            "8 bits a channel: blue, green, red, and 8 unused".to_owned()
        }
        64 => "16 bits a channel: blue, green, red, alpha in 2.13 fixed point".to_owned(),
        bits if dib.masks.is_some() => format!("{bits} bits a pixel, masks tell the channels"),
        bits => format!("{bits} bits a pixel"),
    }
}

fn image_size(dib: &DibHeader) -> Option<String> {
    let expected = dib.rows_size()?;
    Some(match u64::from(dib.image_size) {
        0 => format!("not stated; the dimensions give {expected}"),
        size if size == expected => "as the dimensions give".to_owned(),
        _ => format!("the dimensions give {expected}"),
    })
}

/// `72.01 dpi` of a number of pixels a meter.
pub(super) fn dpi(pixels_per_meter: &Value) -> Option<String> {
    match i32::try_from(pixels_per_meter.as_int()?).ok()? {
        0 => Some("not stated".to_owned()),
        ppm => Some(format!("{:.2} dpi", f64::from(ppm) * 0.0254)),
    }
}

/// `8 bits from bit 16 on`.
pub(super) fn mask(mask: &Value) -> Option<String> {
    Some(match mask.as_int()? {
        0 => "none".to_owned(),
        mask => {
            let (bits, first) = (mask.count_ones(), mask.trailing_zeros());
            let bits = counted(u64::from(bits), "bit");
            format!("{mask:#010x}: {bits} from bit {first} on")
        }
    })
}

/// A fixed-point number with 30 bits after the point.
pub(super) fn fixed_2_30(value: &Value) -> Option<String> {
    fixed(value, 30)
}

/// A fixed-point number with 16 bits after the point.
pub(super) fn fixed_16_16(value: &Value) -> Option<String> {
    fixed(value, 16)
}

fn fixed(value: &Value, fraction: i32) -> Option<String> {
    let value = i32::try_from(value.as_int()?).map_or(f64::NAN, f64::from);
    Some(format!("{:.4}", value / 2_f64.powi(fraction)))
}
