//! Every structure of the BMP family as a named format with what its fields mean: the only offsets
//! in the program.
//!
//! A [`Header`] can be cut after any of its fields. That is how one line serves all Windows
//! headers, how OS/2 2.x headers may end early, and how a header that the file cuts short still
//! shows the fields that are there.

use super::regions::Part;
use std::borrow::Cow;

use super::meaning::{display, dpi, fixed_2_30, fixed_16_16, mask, next_entry};
use crate::schema::{Fact, Header, names};

const FILE: &str = "<2s:type I:size H:reserved1 H:reserved2 I:pixel_offset";
const ARRAY: &str = "<2s:type I:header_size I:next_offset H:display_width H:display_height";
const CORE: &str = "<I:header_size H:width H:height H:planes H:bit_count";
const OS2: &str = "<I:header_size I:width I:height H:planes H:bit_count \
      I:compression I:image_size i:x_ppm i:y_ppm I:colors_used I:colors_important \
      H:units H:reserved H:recording H:rendering \
      I:size1 I:size2 I:color_encoding I:identifier";
const WINDOWS: &str = "<I:header_size i:width i:height H:planes H:bit_count \
      I:compression I:image_size i:x_ppm i:y_ppm I:colors_used I:colors_important \
      I:red_mask I:green_mask I:blue_mask \
      I:alpha_mask \
      I:cs_type i:red_x i:red_y i:red_z i:green_x i:green_y i:green_z i:blue_x i:blue_y i:blue_z \
      I:gamma_red I:gamma_green I:gamma_blue \
      I:intent I:profile_offset I:profile_size I:reserved";
const COLOR_MASKS: &str = "<I:red_mask I:green_mask I:blue_mask I:alpha_mask";
const DIRECTORY: &str = "<H:reserved H:type H:count";
const ENTRY: &str = "<B:width B:height B:colors B:reserved H:planes H:bit_count I:size I:offset";
const TRIPLE: &str = "<B:blue B:green B:red";
const QUAD: &str = "<B:blue B:green B:red B:reserved";
const ICC: &str =
    ">I:size 4s:cmm I:version 4s:class 4s:color_space 4s:pcs 12s:created 4s:signature";

pub(crate) const FORMATS: [&str; 11] = [
    FILE,
    ARRAY,
    CORE,
    OS2,
    WINDOWS,
    COLOR_MASKS,
    DIRECTORY,
    ENTRY,
    TRIPLE,
    QUAD,
    ICC,
];

/// A field of the headers by its name; one that none has does not compile.
macro_rules! field {
    ($name:literal) => {
        const { $crate::schema::Field::of(&$crate::formats::bmp::layout::FORMATS, $name) }
    };
}
pub(crate) use field;

/// What is known of some fields.
type Facts = &'static [(&'static str, Fact)];

const FILE_TYPES: Facts = &[(
    "type",
    names![
        bytes
        b"BM" => "bitmap",
        b"BA" => "array of bitmaps",
        b"CI" => "color icon",
        b"CP" => "color pointer",
        b"IC" => "icon",
        b"PT" => "pointer",
    ],
)];

/// What OS/2 2.x and Windows share.
const INFO: Facts = &[
    ("x_ppm", Fact::Shown(dpi)),
    ("y_ppm", Fact::Shown(dpi)),
    ("colors_important", names![0 => "all"]),
];

const CHANNELS: Facts = &[
    ("red_mask", Fact::Shown(mask)),
    ("green_mask", Fact::Shown(mask)),
    ("blue_mask", Fact::Shown(mask)),
    ("alpha_mask", Fact::Shown(mask)),
];

/// BITMAPFILEHEADER: 14 bytes in front of every bitmap.
pub static FILE_HEADER: Header = Header::new(
    Part::FileHeader.name(),
    "BITMAPFILEHEADER",
    FILE,
    &FORMATS,
    &[FILE_TYPES],
);

/// BITMAPARRAYFILEHEADER of OS/2 without the file header that follows it: 14 bytes.
/// `next_offset` counts from the start of the file, 0 ends the chain.
pub static ARRAY_HEADER: Header = Header::new(
    Part::ArrayHeader.name(),
    "BITMAPARRAYFILEHEADER",
    ARRAY,
    &FORMATS,
    &[
        FILE_TYPES,
        &[
            ("next_offset", names![0 => "the last entry"]),
            ("next_offset", Fact::Shown(next_entry)),
            ("display_width", names![0 => "any display"]),
            ("display_width", Fact::Shown(display)),
            ("display_height", names![0 => "any display"]),
            ("display_height", Fact::Shown(display)),
        ],
    ],
);

/// BITMAPCOREHEADER of OS/2 1.x and Windows 2: 12 bytes.
pub static CORE_HEADER: Header = Header::new(
    Part::DibHeader.name(),
    "BITMAPCOREHEADER",
    CORE,
    &FORMATS,
    &[],
);

/// BITMAPINFOHEADER2 of OS/2 2.x: 64 bytes, or 16 and more up to the end of any later field.
pub static OS2_HEADER: Header = Header::new(
    Part::DibHeader.name(),
    "BITMAPINFOHEADER2",
    OS2,
    &FORMATS,
    &[
        INFO,
        &[
            ("units", names![0 => "pixels a meter"]),
            ("recording", names![0 => "from the bottom left"]),
            (
                "rendering",
                names![
                    0 => "no halftoning",
                    1 => "error diffusion",
                    2 => "PANDA",
                    3 => "super-circle",
                ],
            ),
            ("color_encoding", names![0 => "RGB"]),
        ],
    ],
);

/// The Windows headers, each the beginning of the next one, a line for what each adds:
/// BITMAPINFOHEADER (40 bytes), V2 (52), V3 (56), BITMAPV4HEADER (108), BITMAPV5HEADER (124).
///
/// End points are CIE XYZ in 2.30 fixed point, gammas are 16.16 fixed point, the profile's offset
/// counts from the first byte of this header.
pub static WINDOWS_HEADER: Header = Header::new(
    Part::DibHeader.name(),
    "BITMAPINFOHEADER to BITMAPV5HEADER",
    WINDOWS,
    &FORMATS,
    &[
        INFO,
        CHANNELS,
        &[
            // Four characters, the first in the highest byte.
            (
                "cs_type",
                names![
                    0 => "calibrated by end points and gammas",
                    0x7352_4742 => "'sRGB'",
                    0x5769_6e20 => "'Win ', the system's default",
                    0x4c49_4e4b => "'LINK', the path of a profile",
                    0x4d42_4544 => "'MBED', a profile in the file",
                ],
            ),
            ("cs_type", Fact::Note(Cow::Borrowed("unknown"))),
            ("red_x", Fact::Shown(fixed_2_30)),
            ("red_y", Fact::Shown(fixed_2_30)),
            ("red_z", Fact::Shown(fixed_2_30)),
            ("green_x", Fact::Shown(fixed_2_30)),
            ("green_y", Fact::Shown(fixed_2_30)),
            ("green_z", Fact::Shown(fixed_2_30)),
            ("blue_x", Fact::Shown(fixed_2_30)),
            ("blue_y", Fact::Shown(fixed_2_30)),
            ("blue_z", Fact::Shown(fixed_2_30)),
            ("gamma_red", Fact::Shown(fixed_16_16)),
            ("gamma_green", Fact::Shown(fixed_16_16)),
            ("gamma_blue", Fact::Shown(fixed_16_16)),
            (
                "intent",
                names![
                    0 => "not stated",
                    1 => "LCS_GM_BUSINESS, saturation",
                    2 => "LCS_GM_GRAPHICS, relative colorimetric",
                    4 => "LCS_GM_IMAGES, perceptual",
                    8 => "LCS_GM_ABS_COLORIMETRIC, absolute colorimetric",
                ],
            ),
            ("intent", Fact::Note(Cow::Borrowed("unknown"))),
        ],
    ],
);

/// Color masks after a 40-byte Windows header: 12 bytes with `BI_BITFIELDS`, 16 with
/// `BI_ALPHABITFIELDS`.
pub static MASKS: Header = Header::new(
    Part::Masks.name(),
    "Color masks after a BITMAPINFOHEADER",
    COLOR_MASKS,
    &FORMATS,
    &[CHANNELS],
);

/// ICONDIR of Windows: in front of the entries of an icon (type 1) or a cursor (type 2).
pub static ICON_DIRECTORY: Header = Header::new(
    Part::IconDirectory.name(),
    "ICONDIR",
    DIRECTORY,
    &FORMATS,
    &[],
);

/// ICONDIRENTRY: 16 bytes for each image. A cursor has its hotspot in the place of planes and bit
/// count. A side of 0 is one of 256 pixels.
pub static ICON_ENTRY: Header =
    Header::new(Part::IconEntry.name(), "ICONDIRENTRY", ENTRY, &FORMATS, &[]);

/// RGBTRIPLE: a palette entry of the 12-byte header.
pub static COLOR_TRIPLE: Header =
    Header::new(Part::Palette.name(), "RGBTRIPLE", TRIPLE, &FORMATS, &[]);

/// RGBQUAD: a palette entry of every other header.
pub static COLOR_QUAD: Header = Header::new(Part::Palette.name(), "RGBQUAD", QUAD, &FORMATS, &[]);

/// The beginning of an ICC profile, as far as the signature that every profile carries; big-endian.
pub static PROFILE_HEADER: Header = Header::new(
    Part::Profile.name(),
    "The header of an ICC profile",
    ICC,
    &FORMATS,
    &[],
);

/// Every structure of the format.
pub static ALL: [&Header; 11] = [
    &FILE_HEADER,
    &ARRAY_HEADER,
    &CORE_HEADER,
    &OS2_HEADER,
    &WINDOWS_HEADER,
    &MASKS,
    &ICON_DIRECTORY,
    &ICON_ENTRY,
    &COLOR_TRIPLE,
    &COLOR_QUAD,
    &PROFILE_HEADER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_structure_is_sound_and_has_the_size_of_its_specification() {
        ALL.iter().for_each(|header| header.assert_sound());
        let sizes: Vec<u64> = ALL.iter().map(|header| header.size()).collect();
        assert_eq!(sizes, [14, 14, 12, 64, 124, 16, 6, 16, 3, 4, 40]);
    }

    #[test]
    fn windows_headers_end_where_the_specification_says() {
        for (first_added, offset) in [
            (field!("red_mask"), 40),
            (field!("alpha_mask"), 52),
            (field!("cs_type"), 56),
            (field!("intent"), 108),
            (field!("gamma_red"), 96),
            (field!("profile_offset"), 112),
        ] {
            let range = WINDOWS_HEADER.range(first_added, 0).unwrap();
            assert_eq!(range.offset, offset, "{first_added:?}");
        }
    }
}
