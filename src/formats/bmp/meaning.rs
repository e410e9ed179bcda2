//! What the values of headers mean: units, names of enumerations, what follows from them.

use super::bitmap::Bitmap;
use super::header::{DibHeader, FileHeader};
use super::layout::FILE_HEADER;
use super::names::{Compression, FileType, intent_name};
use super::palette::Palette;
use super::raw::RawHeader;
use super::report::Report;
use crate::value::text::counted;

/// One field of a header, where there is more to say than its number.
pub(super) fn field(
    report: &Report,
    bitmap: &Bitmap,
    raw: &RawHeader,
    name: &str,
) -> Option<String> {
    match (raw.name(), &bitmap.file, &bitmap.dib) {
        ("array_header", ..) => array_field(raw, name),
        ("file_header", Some(file), dib) => {
            let headers = dib.as_ref().map(|dib| {
                FILE_HEADER
                    .size()
                    .saturating_add(u64::from(dib.header_size))
            });
            file_field(report, bitmap, file, headers, name)
        }
        ("dib_header", _, Some(dib)) => dib_field(raw, dib, name),
        ("masks", _, Some(_)) => mask(raw.uint(name)),
        _ => None,
    }
}

/// A header as a whole.
pub(super) fn header(bitmap: &Bitmap, raw: &RawHeader) -> Option<String> {
    match raw.name() {
        "dib_header" => bitmap.dib.as_ref().map(|dib| dib.kind.name().to_owned()),
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
    let space = bitmap.dib.as_ref().and_then(|dib| dib.color_space);
    space.map_or_else(String::new, |space| space.meaning().to_owned())
}

fn array_field(raw: &RawHeader, name: &str) -> Option<String> {
    let value = raw.uint(name);
    Some(match (name, value) {
        ("type", _) => FileType::from_signature(raw.bytes("type"))?
            .meaning()
            .to_owned(),
        ("next_offset", 0) => "the last entry".to_owned(),
        ("next_offset", next) => format!("the next entry is at {next:#x}"),
        ("display_width" | "display_height", 0) => "any display".to_owned(),
        ("display_width" | "display_height", n) => format!("for displays of {n} pixels"),
        _ => return None,
    })
}

fn file_field(
    report: &Report,
    bitmap: &Bitmap,
    file: &FileHeader,
    headers: Option<u64>,
    name: &str,
) -> Option<String> {
    let [x, y] = file.reserved;
    let size = u64::from(file.size);
    Some(match name {
        "type" => file.file_type.meaning().to_owned(),
        "size" if size == report.size => "the file's length".to_owned(),
        "size" if headers == Some(size) => "the size of the headers".to_owned(),
        "size" => format!("the file has {} bytes", report.size),
        "reserved1" if file.file_type.has_hotspot() => format!("hotspot: x {x}"),
        "reserved2" if file.file_type.has_hotspot() => format!("hotspot: y {y}"),
        "pixel_offset" if bitmap.pixels_at != u64::from(file.pixel_offset) => {
            format!("the pixels are read from {:#x} on", bitmap.pixels_at)
        }
        "pixel_offset" => format!("the pixels begin at {:#x}", file.pixel_offset),
        _ => return None,
    })
}

fn dib_field(raw: &RawHeader, dib: &DibHeader, name: &str) -> Option<String> {
    let value = raw.int(name);
    Some(match name {
        "header_size" => dib.kind.name().to_owned(),
        "width" if value < 0 => "negative".to_owned(),
        "width" => counted(value.unsigned_abs(), "pixel"),
        "height" if dib.is_top_down() => {
            format!("{}, rows run top down", counted(dib.rows(), "pixel"))
        }
        "height" => format!("{}, rows run bottom up", counted(dib.rows(), "pixel")),
        "bit_count" => depth(dib),
        "compression" if matches!(dib.compression, Compression::Unknown(_)) => "unknown".to_owned(),
        "compression" => format!("{}: {}", dib.compression, dib.compression.meaning()),
        "image_size" => image_size(dib)?,
        "x_ppm" | "y_ppm" => dpi(value)?,
        "colors_used" if value == 0 => match dib.reachable_colors() {
            0 => "no palette".to_owned(),
            n => format!("all {n}"),
        },
        "colors_important" if value == 0 => "all".to_owned(),
        "units" if value == 0 => "pixels a meter".to_owned(),
        "recording" if value == 0 => "from the bottom left".to_owned(),
        "rendering" => halftoning(value)?.to_owned(),
        "color_encoding" if value == 0 => "RGB".to_owned(),
        "red_mask" | "green_mask" | "blue_mask" | "alpha_mask" => mask(raw.uint(name))?,
        "cs_type" => dib.color_space?.meaning().to_owned(),
        "red_x" | "red_y" | "red_z" | "green_x" | "green_y" | "green_z" | "blue_x" | "blue_y"
        | "blue_z" => fixed(value, 30),
        "gamma_red" | "gamma_green" | "gamma_blue" => fixed(value, 16),
        "intent" => intent_name(raw.uint(name)).unwrap_or("unknown").to_owned(),
        "profile_offset" if value > 0 => {
            let at = raw.range().offset.saturating_add(value.unsigned_abs());
            format!("from the DIB header: {at:#x} in the file")
        }
        _ => return None,
    })
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

/// `72.01 dpi`; nothing for numbers that mean nothing.
fn dpi(pixels_per_meter: i64) -> Option<String> {
    match i32::try_from(pixels_per_meter).ok()? {
        0 => Some("not stated".to_owned()),
        ppm => Some(format!("{:.2} dpi", f64::from(ppm) * 0.0254)),
    }
}

fn halftoning(rendering: i64) -> Option<&'static str> {
    Some(match rendering {
        0 => "no halftoning",
        1 => "error diffusion",
        2 => "PANDA",
        3 => "super-circle",
        _ => return None,
    })
}

/// `8 bits from bit 16 on`.
fn mask(mask: u32) -> Option<String> {
    Some(match mask {
        0 => "none".to_owned(),
        _ => {
            let (bits, first) = (mask.count_ones(), mask.trailing_zeros());
            let bits = counted(u64::from(bits), "bit");
            format!("{mask:#010x}: {bits} from bit {first} on")
        }
    })
}

/// A fixed-point number with that many bits behind the point.
fn fixed(value: i64, fraction: i32) -> String {
    let value = i32::try_from(value).map_or(f64::NAN, f64::from);
    let value = value / 2_f64.powi(fraction);
    format!("{value:.4}")
}
