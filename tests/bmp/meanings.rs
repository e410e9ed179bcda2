//! What the fields of headers mean, and the names of what they say.

use bytewright::formats::bmp::{ColorSpace, Compression, DibKind, FileType, Part, layout};
use bytewright::tree::Node;

use super::icons::small_icon;
use super::parts::inspect;
use super::small::*;

#[test]
fn the_format_says_what_it_is_and_what_mends_it() {
    use bytewright::format::Format;
    use bytewright::formats::bmp::Bmp;

    assert_eq!(
        (Bmp.name(), Bmp.title()),
        ("bmp", "A bitmap of Windows or OS/2")
    );
    assert!(Bmp.remedy(false).unwrap().contains("bytewright bmp fix"));
    assert_eq!(Bmp.remedy(true), None);
}

/// The meanings of a header's fields.
fn meanings(file: &[u8], header: &str) -> Vec<String> {
    let tree = inspect(file).tree().unwrap();
    let header = tree.child(header).unwrap();
    let field = |node: &Node| Some(format!("{}: {}", node.name, node.meaning.as_deref()?));
    header
        .children()
        .filter_map(|child| field(&child.unwrap()))
        .collect()
}

#[test]
fn fields_of_a_file_header_say_what_they_mean() {
    let plain = rows(1, 1, 24, &[0; 4]).file();
    assert_eq!(
        meanings(&plain, "file_header"),
        [
            "type: bitmap",
            "size: the file's length",
            "pixel_offset: the pixels begin at 0x36"
        ]
    );
    let wrong = patched(plain.clone(), &[(2, &[54]), (10, &[7])]);
    assert_eq!(
        meanings(&wrong, "file_header"),
        [
            "type: bitmap",
            "size: the size of the headers",
            "pixel_offset: the pixels are read from 0x36 on"
        ]
    );
    let pointer = patched(plain, &[(0, b"PT"), (2, &[9]), (6, &[3, 0, 4, 0])]);
    assert_eq!(
        meanings(&pointer, "file_header"),
        [
            "type: pointer",
            "size: the file has 58 bytes",
            "reserved1: hotspot: x 3",
            "reserved2: hotspot: y 4",
            "pixel_offset: the pixels begin at 0x36"
        ]
    );
}

#[test]
fn fields_of_a_dib_header_say_what_they_mean() {
    let of = |size: u32, fields: &[(usize, u32)], field: &str| {
        let all = meanings(&headed(size, fields, &[0; 16]), "dib_header");
        let start = format!("{field}: ");
        let found = all.iter().find_map(|meaning| meaning.strip_prefix(&start));
        found.unwrap_or("").to_owned()
    };
    let bits = |bits: u32| (12, 1 | bits << 16);
    for (size, fields, field, meaning) in [
        (40, &[][..], "header_size", "BITMAPINFOHEADER"),
        (40, &[], "width", "1 pixel"),
        (40, &[(4, 2)], "width", "2 pixels"),
        (40, &[(4, u32::MAX)], "width", "negative"),
        (40, &[(4, 0)], "width", "0 pixels"),
        (40, &[(8, 3)], "height", "3 pixels, rows run bottom up"),
        (40, &[(8, u32::MAX)], "height", "1 pixel, rows run top down"),
        (40, &[bits(1)], "bit_count", "palette of up to 2 colors"),
        (40, &[bits(8)], "bit_count", "palette of up to 256 colors"),
        (40, &[bits(16)], "bit_count", "5 bits a channel"),
        (40, &[], "bit_count", "8 bits a channel: blue, green, red"),
        (
            40,
            &[bits(32)],
            "bit_count",
            "8 bits a channel: blue, green, red, and 8 unused",
        ),
        (
            40,
            &[bits(64)],
            "bit_count",
            "16 bits a channel: blue, green, red, alpha in 2.13 fixed point",
        ),
        (
            52,
            &[bits(16), (16, 3)],
            "bit_count",
            "16 bits a pixel, masks tell the channels",
        ),
        (
            52,
            &[bits(32), (16, 3)],
            "bit_count",
            "32 bits a pixel, masks tell the channels",
        ),
        (40, &[bits(33)], "bit_count", "33 bits a pixel"),
        (40, &[bits(0)], "bit_count", "0 bits a pixel"),
        (
            40,
            &[bits(0), (16, 5)],
            "bit_count",
            "the embedded file says it",
        ),
        (40, &[], "compression", "BI_RGB: not compressed"),
        (40, &[(16, 9)], "compression", "unknown"),
        (40, &[], "image_size", "not stated; the dimensions give 4"),
        (40, &[(20, 4)], "image_size", "as the dimensions give"),
        (40, &[(20, 5)], "image_size", "the dimensions give 4"),
        (40, &[bits(8), (16, 1), (20, 5)], "image_size", ""),
        (40, &[], "x_ppm", "not stated"),
        (40, &[(24, 2835)], "x_ppm", "72.01 dpi"),
        (40, &[(28, 10_000)], "y_ppm", "254.00 dpi"),
        (40, &[], "colors_used", "no palette"),
        (40, &[bits(4)], "colors_used", "all 16"),
        (40, &[(32, 1)], "colors_used", ""),
        (40, &[], "colors_important", "all"),
        (40, &[(36, 1)], "colors_important", ""),
        (64, &[], "units", "pixels a meter"),
        (64, &[(40, 1)], "units", ""),
        (64, &[], "recording", "from the bottom left"),
        (64, &[(44, 1)], "recording", ""),
        (64, &[], "rendering", "no halftoning"),
        (64, &[(44, 1 << 16)], "rendering", "error diffusion"),
        (64, &[(44, 2 << 16)], "rendering", "PANDA"),
        (64, &[(44, 3 << 16)], "rendering", "super-circle"),
        (64, &[(44, 4 << 16)], "rendering", ""),
        (64, &[], "color_encoding", "RGB"),
        (64, &[(56, 1)], "color_encoding", ""),
        (56, &[], "red_mask", "none"),
        (
            56,
            &[(40, 0xff_0000)],
            "red_mask",
            "0x00ff0000: 8 bits from bit 16 on",
        ),
        (
            56,
            &[(44, 1)],
            "green_mask",
            "0x00000001: 1 bit from bit 0 on",
        ),
        (
            56,
            &[(48, 6)],
            "blue_mask",
            "0x00000006: 2 bits from bit 1 on",
        ),
        (
            56,
            &[(52, 1 << 31)],
            "alpha_mask",
            "0x80000000: 1 bit from bit 31 on",
        ),
        (108, &[], "cs_type", "calibrated by end points and gammas"),
        (108, &[(56, 0x7352_4742)], "cs_type", "'sRGB'"),
        (
            108,
            &[(56, 0x5769_6e20)],
            "cs_type",
            "'Win ', the system's default",
        ),
        (
            108,
            &[(56, 0x4d42_4544)],
            "cs_type",
            "'MBED', a profile in the file",
        ),
        (108, &[(56, 1)], "cs_type", "unknown"),
        // 2.30 and 16.16 fixed point.
        (108, &[(60, 1 << 29)], "red_x", "0.5000"),
        (108, &[(92, 3 << 30)], "blue_z", "-1.0000"),
        (108, &[(96, 0x2_4000)], "gamma_red", "2.2500"),
        (124, &[], "intent", "not stated"),
        (124, &[(108, 1)], "intent", "LCS_GM_BUSINESS, saturation"),
        (
            124,
            &[(108, 2)],
            "intent",
            "LCS_GM_GRAPHICS, relative colorimetric",
        ),
        (124, &[(108, 4)], "intent", "LCS_GM_IMAGES, perceptual"),
        (
            124,
            &[(108, 8)],
            "intent",
            "LCS_GM_ABS_COLORIMETRIC, absolute colorimetric",
        ),
        (124, &[(108, 3)], "intent", "unknown"),
        (124, &[], "profile_offset", ""),
        (
            124,
            &[(112, 130)],
            "profile_offset",
            "from the DIB header: 0x90 in the file",
        ),
    ] {
        assert_eq!(
            of(size, fields, field),
            meaning,
            "{size} {fields:?} {field}"
        );
    }
    for (size, name) in [
        (40, "BITMAPINFOHEADER"),
        (52, "BITMAPV2INFOHEADER"),
        (56, "BITMAPV3INFOHEADER"),
        (64, "BITMAPINFOHEADER2 of OS/2"),
        (108, "BITMAPV4HEADER"),
        (124, "BITMAPV5HEADER"),
    ] {
        let tree = inspect(&headed(size, &[], &[0; 4])).tree().unwrap();
        let header = tree.child("dib_header").unwrap();
        assert_eq!(header.meaning.as_deref(), Some(name));
    }
}

#[test]
fn masks_behind_a_header_say_what_they_mean() {
    let mut behind = [0xf800_u32, 0x7e0, 0x1f].map(u32::to_le_bytes).concat();
    behind.extend([0; 4]);
    let file = headed(40, &[(12, 1 | 16 << 16), (16, 3)], &behind);
    assert_eq!(
        meanings(&patched(file, &[(10, &[66])]), "masks"),
        [
            "red_mask: 0x0000f800: 5 bits from bit 11 on",
            "green_mask: 0x000007e0: 6 bits from bit 5 on",
            "blue_mask: 0x0000001f: 5 bits from bit 0 on",
        ]
    );
}

#[test]
fn pixels_and_palette_say_how_much_is_there() {
    let of = |file: &[u8], node: &str| {
        let tree = inspect(file).tree().unwrap();
        tree.child(node).unwrap().meaning.clone().unwrap()
    };
    let rows = rows(1, 3, 24, &[0; 12]).file();
    assert_eq!(of(&rows, "pixels"), "3 rows of 4 bytes");
    assert_eq!(
        of(&rows[..65], "pixels"),
        "3 rows of 4 bytes, 1 byte of them missing"
    );
    assert_eq!(
        of(&rows[..60], "pixels"),
        "3 rows of 4 bytes, 6 bytes of them missing"
    );
    let runs = rle8(1, 1, &[1, 0, 0, 1]).file();
    assert_eq!(of(&runs, "pixels"), "run lengths, 8 bits");
    assert_eq!(of(&runs, "palette"), "4 colors of 4 bytes");
    let icon = small_icon();
    assert_eq!(of(&icon, "mask"), "a bit a pixel: 1 is transparent");
}

#[test]
fn names_are_those_of_the_documentation() {
    let types = [
        (&b"BM"[..], FileType::Bitmap, "bitmap", false, false),
        (b"BA", FileType::Array, "array of bitmaps", false, false),
        (b"CI", FileType::ColorIcon, "color icon", true, true),
        (b"CP", FileType::ColorPointer, "color pointer", true, true),
        (b"IC", FileType::Icon, "icon", true, false),
        (b"PT", FileType::Pointer, "pointer", true, false),
    ];
    let (_, meanings) = layout::FILE_HEADER.schema().enums().next().unwrap();
    for (letters, file_type, meaning, hotspot, pair) in types {
        assert_eq!(FileType::from_signature(letters), Some(file_type));
        assert_eq!(meanings.name(&letters.into()), Some(meaning));
        assert_eq!(
            (file_type.has_hotspot(), file_type.is_pair()),
            (hotspot, pair)
        );
    }
    assert_eq!(FileType::from_signature(b"MB"), None);

    let compressions = [
        (0, "BI_RGB", "not compressed", true, false),
        (1, "BI_RLE8", "run lengths, 8 bits", false, false),
        (2, "BI_RLE4", "run lengths, 4 bits", false, false),
        (3, "BI_BITFIELDS", "not compressed, color masks", true, true),
        (4, "BI_JPEG", "a JPEG file", false, false),
        (5, "BI_PNG", "a PNG file", false, false),
        (
            6,
            "BI_ALPHABITFIELDS",
            "not compressed, alpha mask",
            true,
            true,
        ),
        (11, "BI_CMYK", "CMYK, not compressed", true, false),
        (12, "BI_CMYKRLE8", "CMYK, run lengths, 8 bits", false, false),
        (13, "BI_CMYKRLE4", "CMYK, run lengths, 4 bits", false, false),
        (7, "unknown", "unknown", false, false),
    ];
    for (number, name, meaning, is_rows, has_masks) in compressions {
        let compression = Compression::new(number, DibKind::Info, 32);
        assert_eq!(compression.to_string(), name);
        assert_eq!(format!("{compression:>17}"), format!("{name:>17}"));
        assert_eq!(compression.meaning(), meaning);
        assert_eq!(
            (compression.is_rows(), compression.has_masks()),
            (is_rows, has_masks)
        );
        assert_eq!(compression.reads(24), [0, 3, 6].contains(&number), "{name}");
    }
    for (number, bits, expected) in [
        (3, 1, Compression::Huffman1D),
        (4, 24, Compression::Rle24),
        (3, 24, Compression::BitFields),
        (4, 0, Compression::Jpeg),
    ] {
        assert_eq!(Compression::new(number, DibKind::Info, bits), expected);
    }
    let os2 = |number| Compression::new(number, DibKind::Os2, 8);
    assert_eq!(
        (os2(3), os2(4)),
        (Compression::Huffman1D, Compression::Rle24)
    );
    assert_eq!(os2(3).meaning(), "ITU-T T.4 modified Huffman");
    assert_eq!(os2(4).meaning(), "run lengths, 24 bits");
    assert_eq!(
        (os2(3).to_string(), os2(4).to_string()),
        ("Huffman 1D".into(), "RLE24".into())
    );

    let spaces = [
        (0, ColorSpace::Calibrated),
        (0x7352_4742, ColorSpace::Srgb),
        (0x5769_6e20, ColorSpace::Windows),
        (0x4c49_4e4b, ColorSpace::Linked),
        (0x4d42_4544, ColorSpace::Embedded),
        (1, ColorSpace::Unknown(1)),
    ];
    for (number, space) in spaces {
        assert_eq!(ColorSpace::new(number), space);
    }
    let parts = [
        (Part::ArrayHeader, "array_header", "array header"),
        (Part::FileHeader, "file_header", "file header"),
        (Part::IconDirectory, "icon_directory", "icon directory"),
        (Part::IconEntry, "icon_entry", "icon entry"),
        (Part::DibHeader, "dib_header", "DIB header"),
        (Part::Masks, "masks", "masks"),
        (Part::Palette, "palette", "palette"),
        (Part::Pixels, "pixels", "pixels"),
        (Part::Mask, "mask", "mask"),
        (Part::Profile, "profile", "profile"),
        (Part::Gap, "gap", "gap"),
        (Part::Trailing, "trailing", "trailing"),
    ];
    for (part, name, words) in parts {
        assert_eq!((part.name(), &*part.to_string()), (name, words));
        assert_eq!(format!("{part:>14}"), format!("{words:>14}"));
    }
}

#[test]
fn a_header_answers_by_the_names_of_its_fields() {
    let mut header = inspect(&headed(40, &[(4, u32::MAX), (20, u32::MAX)], b""));
    let raw = header.bitmaps()[0].header(Part::DibHeader).unwrap().clone();
    assert_eq!((raw.name(), raw.declared()), ("dib_header", 40));
    assert!(raw.is_whole());
    assert_eq!((raw.range().offset, raw.range().size), (14, 40));
    assert_eq!(raw.get::<i64>("width"), Some(-1));
    assert_eq!(raw.get::<u32>("width"), None);
    assert_eq!(raw.get::<u32>("image_size"), Some(u32::MAX));
    assert_eq!(raw.get::<u16>("bit_count"), Some(24));
    // What a header of 40 bytes has not.
    assert_eq!(raw.get::<u32>("red_mask"), None);
    let file = header.bitmaps()[0].header(Part::FileHeader).unwrap();
    assert_eq!(file.get::<&[u8]>("type"), Some(&b"BM"[..]));
    assert_eq!(file.get::<&[u8]>("nothing"), None);
    assert_eq!(file.schema().name(), "file_header");
    assert!(header.bitmaps()[0].header(Part::Masks).is_none());

    header = inspect(&headed(40, &[], b"")[..30]);
    let raw = header.bitmaps()[0].header(Part::DibHeader).unwrap();
    assert_eq!(
        (raw.declared(), raw.range().size, raw.is_whole()),
        (40, 16, false)
    );
    let error = header.error().unwrap();
    assert_eq!((error.offset(), error.field()), (14, "dib_header"));
    assert_eq!(
        error.message(),
        "the DIB header needs 40 bytes, the file ends after 16 of them"
    );
}
