//! What the encoder writes, byte by byte, what it refuses, and what would be a loss.

use bytewright::Source;
use bytewright::formats::bmp::{
    self, Compression, DibKind, EncodeError, Encoder, Masks, Options, Picture, Pixels,
};

use super::small::*;

/// Red and green above blue and white: the palette of `small`, in its order.
fn four() -> Vec<u8> {
    [RED, GREEN, BLUE, WHITE].concat()
}

fn encode(encoder: &Encoder, width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    encoder.encode(&Pixels::new(width, height, rgba).unwrap(), &mut file)?;
    Ok(file)
}

/// Two by two pixels become that file, which has the same pixels, and from which the same encoder
/// follows.
#[track_caller]
fn assert_written(encoder: &Encoder, rgba: &[u8], expected: &[u8]) {
    assert_eq!(encode(encoder, 2, 2, rgba).unwrap(), expected);
    let source = Source::from(expected);
    let report = bmp::check(&source).unwrap();
    let like = Encoder::like(&report.bitmaps()[0]);
    if report.bitmaps()[0].profile.is_none() {
        assert_eq!(encode(&like, 2, 2, rgba).unwrap(), expected, "like it");
    }
    let picture = Picture::decode(&source, &Options::default()).unwrap();
    assert_eq!(picture.rgba, rgba);
}

fn encoder(kind: DibKind, bits: u16, compression: Compression) -> Encoder {
    Encoder::new()
        .kind(kind)
        .bit_count(bits)
        .compression(compression)
}

fn info(bits: u16, compression: Compression) -> Encoder {
    encoder(DibKind::Info, bits, compression)
}

/// The fields of a header of two by two pixels.
fn fields(bits: u32, compression: u32, size: u32) -> Vec<(usize, u32)> {
    let depth = 1 | bits << 16;
    vec![(4, 2), (8, 2), (12, depth), (16, compression), (20, size)]
}

const BOTTOM: [u8; 8] = [255, 0, 0, 255, 255, 255, 0, 0];
const TOP: [u8; 8] = [0, 0, 255, 0, 255, 0, 0, 0];

#[test]
fn rows_of_24_bits_run_from_the_bottom_or_the_top() {
    let bottom_up = rows(2, 2, 24, &[BOTTOM, TOP].concat()).file();
    assert_written(&Encoder::new(), &four(), &bottom_up);
    assert_written(&Encoder::default(), &four(), &bottom_up);
    let top_down = rows(2, -2, 24, &[TOP, BOTTOM].concat()).file();
    assert_written(&Encoder::new().top_down(true), &four(), &top_down);
    // The density stands at 38.
    let density = [1000_i32.to_le_bytes(), (-2000_i32).to_le_bytes()].concat();
    let dense = patched(bottom_up, &[(38, &density)]);
    let encoder = Encoder::new().pixels_per_meter([1000, -2000]);
    assert_written(&encoder, &four(), &dense);
}

#[test]
fn indices_have_a_palette_in_the_order_of_the_picture() {
    let rgb = Compression::Rgb;
    let eight = indexed(2, 2, 8, 0, &[2, 3, 0, 0, 0, 1, 0, 0]).file();
    assert_written(&info(8, rgb), &four(), &eight);
    let four_bits = indexed(2, 2, 4, 0, &[0x23, 0, 0, 0, 0x01, 0, 0, 0]).file();
    assert_written(&info(4, rgb), &four(), &four_bits);
    let two_bits = indexed(2, 2, 2, 0, &[0b1011_0000, 0, 0, 0, 0b0001_0000, 0, 0, 0]).file();
    assert_written(&info(2, rgb), &four(), &two_bits);
    let two = [RED, GREEN, GREEN, RED].concat();
    let one_bit = Small {
        colors_used: 2,
        palette: vec![[0, 0, 255, 0], [0, 255, 0, 0]],
        ..rows(2, 2, 1, &[0x80, 0, 0, 0, 0x40, 0, 0, 0])
    };
    assert_written(&info(1, rgb), &two, &one_bit.file());
}

#[test]
fn run_lengths_end_each_row_but_the_last_and_the_bitmap() {
    let runs = rle8(2, 2, &[1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1]).file();
    assert_written(&info(8, Compression::Rle8), &four(), &runs);
    let halves = rle4(2, 2, &[2, 0x23, 0, 0, 2, 0x01, 0, 1]).file();
    assert_written(&info(4, Compression::Rle4), &four(), &halves);
    let pixels = [
        &[1, 255, 0, 0, 1, 255, 255, 255, 0, 0][..],
        &[1, 0, 0, 255, 1, 0, 255, 0, 0, 1],
    ];
    let file = headed(64, &fields(24, 4, 20), &pixels.concat());
    let os2 = encoder(DibKind::Os2, 24, Compression::Rle24);
    assert_written(&os2, &four(), &file);
}

#[test]
fn huffman_rows_follow_without_an_end_of_line() {
    // White 0, black 1, white 1, then white 1, black 1 (T.4, table 2): 00110101 010 000111, and
    // 000111 010.
    let mut behind = vec![0, 0, 255, 0, 0, 255, 0, 0];
    behind.extend([0b0011_0101, 0b0100_0011, 0b1000_1110, 0b1000_0000]);
    let mut all = fields(1, 3, 4);
    all.push((32, 2));
    let file = patched(headed(64, &all, &behind), &[(10, &[86])]);
    let two = [RED, GREEN, GREEN, RED].concat();
    let os2 = encoder(DibKind::Os2, 1, Compression::Huffman1D);
    assert_written(&os2, &two, &file);
}

/// Codes of T.4 end a run of up to 63 pixels; up to 2,560 are a multiple of 64 before them, and more are several.
#[test]
fn huffman_runs_of_any_length_come_back() {
    let os2 = encoder(DibKind::Os2, 1, Compression::Huffman1D);
    let lengths = [
        1usize, 62, 63, 64, 65, 127, 128, 191, 192, 1728, 1791, 1792, 2559, 2560, 2561, 2623, 2624,
        5119, 5120, 5121,
    ];
    for white in lengths {
        for black in [1, 63, 64, 2560, 2624] {
            let row = [RED.repeat(white), GREEN.repeat(black), RED.to_vec()].concat();
            let width = u32::try_from(row.len() / 4).unwrap();
            let file = encode(&os2, width, 1, &row).unwrap();
            let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
            assert!(picture.rgba == row, "{white} {black}");
        }
    }
}

#[test]
fn sixteen_bits_go_by_their_masks() {
    // Blue and white, then red and green, of 5 bits each.
    let five = [0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03];
    let rgb = info(16, Compression::Rgb);
    assert_written(&rgb, &four(), &rows(2, 2, 16, &five).file());
    // 5, 6 and 5 bits, the masks after the header.
    let mut behind = [0xf800_u32, 0x7e0, 0x1f].map(u32::to_le_bytes).concat();
    behind.extend([0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07]);
    let file = patched(headed(40, &fields(16, 3, 8), &behind), &[(10, &[66])]);
    let masked = info(16, Compression::BitFields);
    assert_written(&masked, &four(), &file);
    // In a longer header they have fields.
    let mut all = fields(16, 3, 8);
    all.extend([(40, 0xf800), (44, 0x7e0), (48, 0x1f)]);
    let file = headed(52, &all, &behind[12..]);
    assert_written(
        &encoder(DibKind::V2, 16, Compression::BitFields),
        &four(),
        &file,
    );
    // Four bits each, with alpha: a mask more.
    let mut behind = [0xf00_u32, 0xf0, 0xf, 0xf000]
        .map(u32::to_le_bytes)
        .concat();
    behind.extend([0x0f, 0xf0, 0xff, 0xff, 0x00, 0xff, 0xf0, 0xf0]);
    let file = patched(headed(40, &fields(16, 6, 8), &behind), &[(10, &[70])]);
    assert_written(&info(16, Compression::AlphaBitFields), &four(), &file);
}

#[test]
fn thirty_two_bits_have_alpha_from_the_56_byte_header_on() {
    let rgba = [RED, GREEN, BLUE, [255, 255, 255, 7]].concat();
    let pixels = |fourth: [u8; 4]| {
        let [red, green, blue, white] = fourth;
        [
            [255, 0, 0, blue],
            [255, 255, 255, white],
            [0, 0, 255, red],
            [0, 255, 0, green],
        ]
        .concat()
    };
    let plain = rows(2, 2, 32, &pixels([0; 4])).file();
    assert_written(&info(32, Compression::Rgb), &four(), &plain);
    let masks = [(40, 0xff_0000), (44, 0xff00), (48, 0xff)];
    let mut all = fields(32, 3, 16);
    all.extend(masks);
    let v2 = headed(52, &all, &pixels([0; 4]));
    assert_written(
        &encoder(DibKind::V2, 32, Compression::BitFields),
        &four(),
        &v2,
    );
    all.push((52, 0xff00_0000));
    let v3 = headed(56, &all, &pixels([255, 255, 255, 7]));
    assert_written(
        &encoder(DibKind::V3, 32, Compression::BitFields),
        &rgba,
        &v3,
    );
    let mut behind = masks
        .map(|(_, mask): (usize, u32)| mask.to_le_bytes())
        .concat();
    behind.extend(0xff00_0000_u32.to_le_bytes());
    behind.extend(pixels([255, 255, 255, 7]));
    let file = patched(headed(40, &fields(32, 6, 16), &behind), &[(10, &[70])]);
    assert_written(&info(32, Compression::AlphaBitFields), &rgba, &file);
    // Other masks: red lowest.
    let masks = Masks {
        red: 0xff,
        green: 0xff00,
        blue: 0xff_0000,
        alpha: 0,
    };
    let mut all = fields(32, 3, 16);
    all.extend([(40, 0xff), (44, 0xff00), (48, 0xff_0000)]);
    let swapped = [
        [0, 0, 255, 0],
        [255, 255, 255, 0],
        [255, 0, 0, 0],
        [0, 255, 0, 0],
    ]
    .concat();
    let file = headed(52, &all, &swapped);
    let masked = encoder(DibKind::V2, 32, Compression::BitFields).masks(Some(masks));
    assert_written(&masked, &four(), &file);
    // `BI_RGB` has none.
    let ignored = info(32, Compression::Rgb).masks(Some(masks));
    assert_eq!(encode(&ignored, 2, 2, &four()).unwrap(), plain);
}

#[test]
fn sixty_four_bits_are_linear_and_cmyk_has_black_first() {
    let (one, none) = ([0, 0x20], [0, 0]);
    let pixel = |b: [u8; 2], g, r| [b, g, r, one].concat();
    let pixels = [
        pixel(one, none, none),
        pixel(one, one, one),
        pixel(none, none, one),
        pixel(none, one, none),
    ];
    let file = rows(2, 2, 64, &pixels.concat()).file();
    assert_written(&info(64, Compression::Rgb), &four(), &file);
    // Black, yellow, magenta, cyan.
    let pixels = [[0, 0, 255, 255], [0; 4], [0, 255, 255, 0], [0, 255, 0, 255]];
    let file = headed(40, &fields(32, 11, 16), &pixels.concat());
    assert_written(&info(32, Compression::Cmyk), &four(), &file);
    let palette = [[0, 255, 255, 0], [0, 255, 0, 255], [0, 0, 255, 255], [0; 4]];
    for (bits, compression, number, runs) in [
        (
            8,
            Compression::CmykRle8,
            12,
            &[1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1][..],
        ),
        (
            4,
            Compression::CmykRle4,
            13,
            &[2, 0x23, 0, 0, 2, 0x01, 0, 1],
        ),
    ] {
        let mut all = fields(bits.into(), number, runs.len() as u32);
        all.push((32, 4));
        let file = headed(40, &all, &[&palette.concat(), runs].concat());
        let file = patched(file, &[(10, &[70])]);
        assert_written(&info(bits, compression), &four(), &file);
    }
}

#[test]
fn a_core_header_fills_its_palette_up_with_black() {
    let file = |bits: u8, palette: &[[u8; 3]], pixels: &[u8]| {
        let offset = 26 + 3 * palette.len();
        let mut file = b"BM".to_vec();
        file.extend(((offset + pixels.len()) as u32).to_le_bytes());
        file.extend([0; 4]);
        file.extend((offset as u32).to_le_bytes());
        file.extend([12, 0, 0, 0, 2, 0, 2, 0, 1, 0, bits, 0]);
        file.extend(palette.concat());
        file.extend(pixels);
        file
    };
    let core = |bits| encoder(DibKind::Core, bits, Compression::Rgb);
    assert_written(&core(24), &four(), &file(24, &[], &[BOTTOM, TOP].concat()));
    let mut palette = vec![[0, 0, 255], [0, 255, 0], [255, 0, 0], [255; 3]];
    palette.resize(16, [0; 3]);
    assert_written(
        &core(4),
        &four(),
        &file(4, &palette, &[0x23, 0, 0, 0, 0x01, 0, 0, 0]),
    );
    let red = [RED; 4].concat();
    assert_written(&core(1), &red, &file(1, &[[0, 0, 255], [0; 3]], &[0; 8]));
}

#[test]
fn a_v5_header_says_srgb_and_intent_and_where_the_profile_is() {
    let pixels = [BOTTOM, TOP].concat();
    let mut all = fields(24, 0, 16);
    all.push((56, 0x7352_4742));
    let v4 = headed(108, &all, &pixels);
    assert_written(&encoder(DibKind::V4, 24, Compression::Rgb), &four(), &v4);
    all.push((108, 4));
    let v5 = headed(124, &all, &pixels);
    let encoder = encoder(DibKind::V5, 24, Compression::Rgb);
    assert_written(&encoder, &four(), &v5);
    // The offset of the profile counts from the header: 124 and the pixels.
    all.extend([(56, 0x4d42_4544), (112, 124 + 16), (116, 5)]);
    let file = headed(124, &all, &[&pixels, &b"icc!?"[..]].concat());
    let carries = encoder.profile(Some(b"icc!?".to_vec()));
    assert_written(&carries, &four(), &file);
}

#[cfg(feature = "pictures")]
#[test]
fn a_png_file_is_the_pixels_and_keeps_alpha_and_16_bits() {
    let rgba = [RED, GREEN, BLUE, [255, 255, 255, 7]].concat();
    let encoder = info(0, Compression::Png);
    let file = encode(&encoder, 2, 2, &rgba).unwrap();
    let size = u32::try_from(file.len() - 54).unwrap();
    assert_eq!(
        file[..54],
        headed(40, &fields(0, 5, size), &file[54..])[..54]
    );
    assert_eq!(file[54..62], *b"\x89PNG\r\n\x1a\n");
    let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(picture.rgba, rgba);
    let deep = [1, 2, 65_534, 65_535];
    let mut file = Vec::new();
    encoder
        .encode(&Pixels::new_16(1, 1, &deep).unwrap(), &mut file)
        .unwrap();
    let decoder = bmp::Decoder::new(&Source::from(file), &Options::default()).unwrap();
    assert!(decoder.is_deep());
    assert_eq!(Picture::read_16(decoder).unwrap().rgba, deep);
}

#[test]
fn what_embeds_a_file_or_is_only_read_becomes_24_bits() {
    let like = |file: &[u8]| {
        let report = bmp::inspect(&Source::from(file)).unwrap();
        encode(&Encoder::like(&report.bitmaps()[0]), 2, 2, &four()).unwrap()
    };
    let plain = rows(2, 2, 24, &[BOTTOM, TOP].concat()).file();
    for compression in [4, 5, 9] {
        assert_eq!(
            like(&headed(40, &[(12, 1), (16, compression), (20, 1)], b"x")),
            plain
        );
    }
    // A file without a header that can be read.
    assert_eq!(like(b"BM"), plain);
    // Masks of no bit are those of `BI_RGB`.
    let zeros = headed(52, &fields(32, 3, 16), &[0; 16]);
    let mut all = fields(32, 3, 16);
    all.extend([(40, 0xff_0000), (44, 0xff00), (48, 0xff)]);
    assert_eq!(like(&zeros)[..66], headed(52, &all, &[0; 16])[..66]);
    // Run lengths that claim to run top down don't.
    assert_eq!(like(&rle8(2, -2, &[0, 1]).file())[22..26], [2, 0, 0, 0]);
    assert_eq!(
        like(&rows(2, -2, 24, &[0; 16]).file())[22..26],
        [254, 255, 255, 255]
    );
    // 24 bits with masks are read, and written without.
    let mut all = fields(24, 3, 16);
    all.extend([(40, 0xff), (44, 0xff00), (48, 0xff_0000)]);
    let expected = headed(52, &fields(24, 0, 16), &[BOTTOM, TOP].concat());
    assert_eq!(like(&headed(52, &all, &[0; 16])), expected);
}

#[test]
fn what_is_no_bitmap_is_refused_before_a_byte_is_written() {
    use Compression::{AlphaBitFields, BitFields, Huffman1D, Jpeg, Rgb, Rle4, Rle8, Rle24};
    use DibKind::{Core, Info, Os2, V2, V3, V4, V5};
    let refused = |encoder: &Encoder| match encode(encoder, 1, 1, &RED) {
        Err(EncodeError::NoSuchBitmap { reason }) => reason,
        other => format!("{other:?}"),
    };
    let unknown = Compression::Unknown(9);
    assert_eq!(refused(&info(24, Jpeg)), "BI_JPEG is not written");
    assert_eq!(refused(&info(24, unknown)), "unknown is not written");
    for (bits, compression, name) in [
        (24, Rle8, "BI_RLE8"),
        (8, Rle4, "BI_RLE4"),
        (3, Rgb, "BI_RGB"),
        (24, BitFields, "BI_BITFIELDS"),
        (8, Rle24, "RLE24"),
    ] {
        let reason = format!("{name} does not go with {bits} bits a pixel");
        assert_eq!(refused(&info(bits, compression)), reason);
    }
    for (kind, bits, compression, reason) in [
        (
            Core,
            16,
            Rgb,
            "BITMAPCOREHEADER does not go with BI_RGB of 16 bits",
        ),
        (
            Core,
            2,
            Rgb,
            "BITMAPCOREHEADER does not go with BI_RGB of 2 bits",
        ),
        (
            Core,
            8,
            Rle8,
            "BITMAPCOREHEADER does not go with BI_RLE8 of 8 bits",
        ),
        (
            Os2,
            32,
            Rgb,
            "BITMAPINFOHEADER2 of OS/2 does not go with BI_RGB of 32 bits",
        ),
        (
            Os2,
            2,
            Rgb,
            "BITMAPINFOHEADER2 of OS/2 does not go with BI_RGB of 2 bits",
        ),
        (
            Os2,
            16,
            BitFields,
            "BITMAPINFOHEADER2 of OS/2 does not go with BI_BITFIELDS of 16 bits",
        ),
        (
            Info,
            24,
            Rle24,
            "BITMAPINFOHEADER does not go with RLE24 of 24 bits",
        ),
        (
            V5,
            1,
            Huffman1D,
            "BITMAPV5HEADER does not go with Huffman 1D of 1 bits",
        ),
    ] {
        assert_eq!(refused(&encoder(kind, bits, compression)), reason);
    }
    for kind in [V2, V3, V4, V5] {
        assert_eq!(
            refused(&encoder(kind, 32, AlphaBitFields)),
            "BI_ALPHABITFIELDS goes with a header of 40 bytes; later ones have an alpha mask"
        );
    }
    for kind in [Core, Os2] {
        assert_eq!(
            refused(&encoder(kind, 24, Rgb).top_down(true)),
            "rows run top down only with the headers of Windows"
        );
    }
    assert_eq!(
        refused(&info(8, Rle8).top_down(true)),
        "BI_RLE8 can't run top down"
    );
    for kind in [Core, Os2, Info, V4] {
        assert_eq!(
            refused(&encoder(kind, 24, Rgb).profile(Some(vec![1]))),
            "only BITMAPV5HEADER carries a profile"
        );
    }
    let masks = |bits, red, green, blue, alpha| {
        let masks = Masks {
            red,
            green,
            blue,
            alpha,
        };
        let encoder = encoder(V3, bits, BitFields);
        refused(&encoder.masks(Some(masks)).lossy(true))
    };
    let reason = |bits| {
        format!("masks are runs of bits side by side, each bit in one mask and all in {bits} bits")
    };
    assert_eq!(masks(16, 0b101, 0x7e0, 0x1800, 0), reason(16));
    assert_eq!(masks(16, 0x1f, 0x3f0, 0x7c00, 0), reason(16));
    assert_eq!(masks(16, 0x1f, 0x7e0, 0x1_f800, 0), reason(16));
    assert_eq!(masks(32, 0x1f, 0x7e0, 0xf800, 0x8000), reason(32));
    for (bits, [red, green, blue, alpha]) in [
        (16, [0x1f, 0x7e0, 0xf800, 0]),
        (16, [1, 2, 4, 0xfff8]),
        (32, [0xff00_0000, 0x1_f800, 0, 1]),
    ] {
        assert!(masks(bits, red, green, blue, alpha).starts_with("Ok("));
    }
}

#[test]
fn a_core_header_has_sides_of_16_bits() {
    let encoder = encoder(DibKind::Core, 1, Compression::Rgb);
    let rgba = RED.repeat(65_536);
    for (width, height) in [(65_535, 1), (1, 65_535)] {
        assert!(encode(&encoder, width, height, &rgba[..4 * 65_535]).is_ok());
    }
    for (width, height) in [(65_536, 1), (1, 65_536)] {
        let error = encode(&encoder, width, height, &rgba).unwrap_err();
        assert_eq!(error.to_string(), "a side has at most 65535 pixels");
        let info = info(1, Compression::Rgb);
        assert!(encode(&info, width, height, &rgba).is_ok());
    }
}

#[test]
fn a_loss_is_refused_at_the_first_pixel_that_has_one() {
    let glass = [0, 255, 0, 254];
    let rgba = [RED, GREEN, BLUE, glass].concat();
    for encoder in [
        Encoder::new(),
        info(8, Compression::Rgb),
        info(8, Compression::Rle8),
        info(32, Compression::Rgb),
        encoder(DibKind::Os2, 24, Compression::Rle24),
    ] {
        assert!(!encoder.has_alpha());
        let error = encode(&encoder, 2, 2, &rgba).unwrap_err();
        assert!(error.is_loss());
        assert_eq!(
            error.to_string(),
            "the pixel at x 1, y 1 is not opaque, and there is no alpha channel"
        );
        let file = encode(&encoder.lossy(true), 2, 2, &rgba).unwrap();
        let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
        assert_eq!(picture.rgba, [RED, GREEN, BLUE, GREEN].concat());
    }
    // 200 of 255 is 24.3 of 31: 24 is 197.
    let odd = [RED, GREEN, [255, 200, 0, 255], [1, 1, 1, 255]].concat();
    let error = encode(&info(16, Compression::Rgb), 2, 2, &odd).unwrap_err();
    assert!(error.is_loss());
    assert_eq!(
        error.to_string(),
        "the color at x 0, y 1 would be rounded: the channels have too few bits"
    );
    let lossy = info(16, Compression::Rgb).lossy(true);
    let file = encode(&lossy, 2, 2, &odd).unwrap();
    let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
    let rounded = [RED, GREEN, [255, 197, 0, 255], [0, 0, 0, 255]].concat();
    assert_eq!(picture.rgba, rounded);
    // A color more than one bit reaches.
    let error = encode(&info(1, Compression::Rgb), 2, 2, &four()).unwrap_err();
    assert!(error.is_loss());
    assert_eq!(
        error.to_string(),
        "the picture has 4 colors, the palette takes 2"
    );
    assert!(encode(&info(1, Compression::Rgb).lossy(true), 2, 2, &four()).is_ok());
    let refused = encode(&info(3, Compression::Rgb), 2, 2, &four()).unwrap_err();
    assert!(!refused.is_loss());
}

#[test]
fn each_channel_is_looked_at_for_a_rounding() {
    let masked = |kind, masks: [u32; 4]| {
        let [red, green, blue, alpha] = masks;
        let masks = Masks {
            red,
            green,
            blue,
            alpha,
        };
        encoder(kind, 16, Compression::BitFields).masks(Some(masks))
    };
    let exact = masked(DibKind::V3, [0xf000, 0xf00, 0xf0, 0xf]);
    assert!(encode(&exact, 1, 1, &[17, 34, 51, 68]).is_ok());
    for at in 0..4 {
        let mut rgba = [17, 34, 51, 68];
        rgba[at] += 1;
        let error = encode(&exact, 1, 1, &rgba).unwrap_err();
        assert!(
            matches!(error, EncodeError::Rounding { x: 0, y: 0 }),
            "{at}"
        );
    }
    // 64 bits keep 16 in the dark no more than 8,192 steps of light do.
    let linear = info(64, Compression::Rgb);
    for at in 0..4 {
        let mut rgba = [255; 4];
        rgba[at] = 1;
        assert!(encode(&linear, 1, 1, &rgba).is_ok(), "{at}");
        let mut deep = [65_535; 4];
        deep[at] = 65_534;
        let pixels = Pixels::new_16(1, 1, &deep).unwrap();
        let error = linear.encode(&pixels, &mut Vec::new()).unwrap_err();
        assert!(
            matches!(error, EncodeError::Rounding { x: 0, y: 0 }),
            "{at}"
        );
    }
}

#[test]
fn samples_of_16_bits_are_kept_where_masks_are_deep_and_refused_elsewhere() {
    // 10 bits a channel and 2 of alpha: 1023, 512, 1 and 3 of them.
    let masks = Masks {
        red: 0x3ff0_0000,
        green: 0xf_fc00,
        blue: 0x3ff,
        alpha: 0xc000_0000,
    };
    let deep = [65_535, 32_800, 64, 65_535];
    let pixels = Pixels::new_16(1, 1, &deep).unwrap();
    let encoder = encoder(DibKind::V3, 32, Compression::BitFields).masks(Some(masks));
    let mut file = Vec::new();
    encoder.encode(&pixels, &mut file).unwrap();
    assert_eq!(
        file[70..],
        (3_u32 << 30 | 1023 << 20 | 512 << 10 | 1).to_le_bytes()
    );
    let decoder = bmp::Decoder::new(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(Picture::read_16(decoder).unwrap().rgba, deep);

    let plain = Encoder::new();
    let error = plain.encode(&pixels, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, EncodeError::Rounding { x: 0, y: 0 }));
    // Rounded to the nearest of 255: 32,800 is 127.6, 64 is 0.25.
    let mut file = Vec::new();
    plain.lossy(true).encode(&pixels, &mut file).unwrap();
    assert_eq!(file[54..], [0, 128, 255, 0]);
    // Those of 8 bits twice are no loss.
    let twice = [65_535, 257, 514, 65_535];
    let mut file = Vec::new();
    let pixels = Pixels::new_16(1, 1, &twice).unwrap();
    Encoder::new().encode(&pixels, &mut file).unwrap();
    assert_eq!(file[54..], [2, 1, 255, 0]);
    // Each mask alone may be deep.
    for at in 0..4 {
        let mut all = [0xff, 0x100, 0x200, 0x400];
        all[at] = 0xff_8000;
        let [red, green, blue, alpha] = all;
        let masks = Masks {
            red,
            green,
            blue,
            alpha,
        };
        let mut deep = [0_u16; 4];
        // One of 511.
        deep[at] = 128;
        let pixels = Pixels::new_16(1, 1, &deep).unwrap();
        let encoder = Encoder::new()
            .kind(DibKind::V3)
            .bit_count(32)
            .compression(Compression::BitFields)
            .masks(Some(masks));
        let mut file = Vec::new();
        encoder.encode(&pixels, &mut file).unwrap();
        assert_eq!(file[70..], [0, 0x80, 0, 0], "{at}");
    }
}

#[test]
fn there_are_four_samples_for_each_pixel_and_at_least_one_pixel() {
    assert!(Pixels::new(1, 1, &[0; 4]).is_some());
    for (width, height, samples) in [(1, 1, 3), (1, 1, 5), (1, 1, 8), (2, 1, 4), (0, 1, 0)] {
        assert!(Pixels::new(width, height, &vec![0; samples]).is_none());
        assert!(Pixels::new_16(width, height, &vec![0; samples]).is_none());
    }
    assert!(Pixels::new(0, 0, &[]).is_none());
    assert!(Pixels::new(u32::MAX, u32::MAX, &[0; 4]).is_none());
}

#[test]
fn which_bitmaps_have_an_alpha_channel() {
    use Compression::{AlphaBitFields, BitFields, Cmyk, Png, Rgb, Rle8, Rle24};
    for (kind, bits, compression, alpha) in [
        (DibKind::Info, 32, Rgb, false),
        (DibKind::Info, 32, BitFields, false),
        (DibKind::V2, 32, BitFields, false),
        (DibKind::V3, 32, BitFields, true),
        (DibKind::V5, 32, BitFields, true),
        (DibKind::V5, 32, Rgb, false),
        (DibKind::V5, 16, BitFields, false),
        (DibKind::Info, 32, AlphaBitFields, true),
        (DibKind::Info, 16, AlphaBitFields, true),
        (DibKind::Info, 64, Rgb, true),
        (DibKind::Info, 24, Rgb, false),
        (DibKind::Info, 32, Cmyk, false),
        (DibKind::Info, 8, Rle8, false),
        (DibKind::Os2, 24, Rle24, false),
        (DibKind::Info, 0, Png, true),
    ] {
        let encoder = encoder(kind, bits, compression);
        assert_eq!(encoder.has_alpha(), alpha, "{kind:?} {bits} {compression}");
    }
}

/// A sink that is full from the start, and one that takes some bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        match taken {
            0 => Err(std::io::Error::other("full")),
            _ => Ok(taken),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_error_of_the_sink_is_the_answer() {
    let rgba = four();
    let pixels = Pixels::new(2, 2, &rgba).unwrap();
    for room in [0, 53, 60, 69] {
        let error = Encoder::new().encode(&pixels, &mut Full(room)).unwrap_err();
        assert!(!error.is_loss());
        assert_eq!(error.to_string(), "full");
        assert!(
            std::error::Error::source(&error).is_none(),
            "the text has it"
        );
    }
    assert!(Encoder::new().encode(&pixels, &mut Full(70)).is_ok());
}

#[test]
fn samples_of_16_bits_that_five_have_are_no_loss() {
    // 1 of 31 is 2,114 of 65,535, which no byte twice is.
    let rgba = [2114, 0, 65_535, 65_535];
    let mut file = Vec::new();
    let pixels = Pixels::new_16(1, 1, &rgba).unwrap();
    info(16, Compression::Rgb)
        .encode(&pixels, &mut file)
        .unwrap();
    assert_eq!(file[54..], [0x1f, 0x04, 0, 0]);
    let decoder = bmp::Decoder::new(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(Picture::read_16(decoder).unwrap().rgba, rgba);
    // What is not opaque is told before what is rounded.
    let glass = Pixels::new_16(1, 1, &[2114, 0, 0, 65_534]).unwrap();
    let error = Encoder::new().encode(&glass, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, EncodeError::Alpha { x: 0, y: 0 }));
}
