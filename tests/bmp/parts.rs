//! Where the parts of a file lie, who owns its bytes, what fields mean, and icons.

use bytewright::Source;
use bytewright::formats::bmp::{
    self, ColorSpace, Compression, Decoder, DibKind, FileType, Options, Part, Picture, Report,
    layout,
};
use bytewright::tree::Node;

use super::small::*;

fn inspect(file: &[u8]) -> Report {
    bmp::inspect(&Source::from(file)).unwrap()
}

/// Regions as `pixels 54..58`.
fn regions(file: &[u8]) -> Vec<String> {
    let show = |region: &bmp::Region| {
        let view = if region.view { " view" } else { "" };
        let (start, end) = (region.range.offset, region.range.end());
        format!("{} {start}..{end}{view}", region.part)
    };
    inspect(file).regions().iter().map(show).collect()
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.problems().iter().map(|p| p.code).collect()
}

/// An image of an icon: a DIB whose height counts the mask, pixels, and the mask.
fn image(width: u32, height: u32, bits: u32, behind: &[u8]) -> Vec<u8> {
    let fields = [(4, width), (8, 2 * height), (12, 1 | bits << 16)];
    [&dib(40, &fields)[..], behind].concat()
}

/// An icon of such images: sides as in the entry.
fn icon(images: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 0];
    file.extend((images.len() as u16).to_le_bytes());
    let mut at = 6 + 16 * images.len();
    for (width, height, image) in images {
        file.extend([*width, *height, 0, 0, 1, 0, 24, 0]);
        file.extend((image.len() as u32).to_le_bytes());
        file.extend((at as u32).to_le_bytes());
        at += image.len();
    }
    file.extend(images.iter().flat_map(|(_, _, image)| image));
    file
}

/// Two pixels, blue and red, of which the mask makes the second transparent; 74 bytes.
fn small_icon() -> Vec<u8> {
    let behind = [255, 0, 0, 0, 0, 255, 0, 0, 0b0100_0000, 0, 0, 0];
    icon(&[(2, 1, image(2, 1, 24, &behind))])
}

#[test]
fn an_icon_has_half_the_height_and_a_mask_behind_the_pixels() {
    let file = small_icon();
    let report = inspect(&file);
    assert_eq!(codes(&report), [""; 0]);
    let bitmap = &report.bitmaps()[0];
    let header = bitmap.dib.as_ref().unwrap();
    assert_eq!((header.width, header.height), (2, 1));
    assert_eq!(
        regions(&file),
        [
            "icon directory 0..6",
            "icon entry 6..22",
            "DIB header 22..62",
            "pixels 62..70",
            "mask 70..74"
        ]
    );
    let picture = Picture::decode(&Source::from(&file[..]), &Options::default()).unwrap();
    assert_eq!(picture.rgba, [BLUE, [255, 0, 0, 0]].concat());
    let mut options = Options::default();
    options.alpha = bmp::Alpha::Ignore;
    let picture = Picture::decode(&Source::from(&file[..]), &options).unwrap();
    assert_eq!(picture.rgba, [BLUE, RED].concat());
    assert_eq!(bmp::repairs(&Source::from(&file[..])).unwrap(), []);
}

#[test]
fn a_mask_has_whole_words_a_row_from_the_bottom_to_the_top() {
    // 33 pixels of one bit and two rows: 8 bytes a row, of the mask too.
    let mut behind = vec![0, 0, 255, 0, 0, 255, 0, 0];
    behind.extend([0; 16]);
    behind.extend([0, 0, 0, 0, 0x80, 0, 0, 0]);
    behind.extend([0x80, 0, 0, 1, 0, 0, 0, 0]);
    let file = icon(&[(33, 2, image(33, 2, 1, &behind))]);
    assert!(regions(&file).contains(&"mask 86..102".to_owned()));
    let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
    let transparent = |x: usize, y: usize| picture.rgba[4 * (33 * y + x) + 3] == 0;
    let all: Vec<_> = (0..66).filter(|at| transparent(at % 33, at / 33)).collect();
    assert_eq!(all, [0, 31, 33 + 32]);
}

#[test]
fn a_mask_that_is_cut_is_told_unless_alpha_is_in_the_pixels() {
    for there in 0..4 {
        let report = inspect(&small_icon()[..70 + there]);
        let [problem] = report.problems() else {
            panic!("{:?}", report.problems());
        };
        assert_eq!((problem.code, problem.range.offset), ("B026", 70));
        assert_eq!(problem.range.size, there as u64);
        let says = format!(
            "the mask takes 4 bytes, the file holds {there} of them: the other pixels are opaque"
        );
        assert_eq!(problem.message, says);
    }
    let file = icon(&[(1, 1, image(1, 1, 32, &[1, 2, 3, 4]))]);
    assert_eq!(codes(&inspect(&file)), [""; 0]);
    let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(picture.rgba, [3, 2, 1, 4]);
    // In the pixels, it is cut too.
    let report = inspect(&small_icon()[..69]);
    assert!(codes(&report).contains(&"B026"));
}

#[test]
fn the_image_size_of_an_icon_may_count_the_mask() {
    for (size, code) in [(0, None), (8, None), (12, None), (11, Some("B021"))] {
        let file = patched(small_icon(), &[(42, &[size])]);
        assert_eq!(codes(&inspect(&file)).first().copied(), code, "{size}");
    }
}

#[test]
fn an_image_that_is_a_png_file_has_the_sides_of_its_entry() {
    let png = b"\x89PNG\r\n\x1a\n".to_vec();
    let file = icon(&[(0, 3, png.clone())]);
    let report = inspect(&file);
    let bitmap = &report.bitmaps()[0];
    let header = bitmap.dib.as_ref().unwrap();
    assert_eq!((header.width, header.height), (256, 3));
    assert_eq!(header.compression, Compression::Png);
    assert_eq!((header.image_size, header.bit_count), (8, 0));
    assert_eq!((bitmap.pixels_at, bitmap.pixels.unwrap().size), (22, 8));
    // Less than the signature is none.
    let short = patched(file.clone(), &[(14, &[7])]);
    assert!(inspect(&short).bitmaps()[0].dib.is_none());
    let other = patched(file, &[(29, &[11])]);
    assert!(inspect(&other).bitmaps()[0].dib.is_none());
}

#[test]
fn what_is_no_icon_is_told_by_its_directory() {
    let file = small_icon();
    let is_icon = |file: &[u8]| {
        let is_icon = inspect(file).bitmaps()[0].header(Part::IconEntry).is_some();
        assert_eq!(bmp::is_bmp(file), is_icon);
        is_icon
    };
    assert!(is_icon(&file));
    assert!(is_icon(&patched(file.clone(), &[(2, &[2])])), "a cursor");
    for (at, byte) in [
        (0, 1),
        (1, 1),
        (2, 0),
        (2, 3),
        (3, 1),
        (4, 0),
        (4, 2),
        (14, 0),
        (18, 21),
    ] {
        assert!(!is_icon(&patched(file.clone(), &[(at, &[byte])])), "{at}");
    }
    assert!(!is_icon(&file[..21]), "the entry is cut");
    assert!(is_icon(&file[..22]));
}

#[test]
fn a_directory_is_read_up_to_1024_images() {
    let file = |count: usize| {
        let at = (6 + 16 * count) as u32;
        let mut file = vec![0, 0, 1, 0];
        file.extend((count as u16).to_le_bytes());
        for _ in 0..count {
            file.extend([1, 1, 0, 0, 1, 0, 32, 0, 44, 0, 0, 0]);
            file.extend(at.to_le_bytes());
        }
        file.extend(image(1, 1, 32, &[1, 2, 3, 4]));
        file
    };
    assert_eq!(codes(&inspect(&file(1024))), [""; 0]);
    let report = inspect(&file(1025));
    assert_eq!(report.bitmaps().len(), 1024);
    let problem = report.problems().iter().find(|p| p.code == "B070").unwrap();
    assert_eq!((problem.range.offset, problem.range.size), (4, 2));
    assert_eq!(
        problem.message,
        "the directory has 1025 images; after 1024 the rest is not read"
    );
}

#[test]
fn an_icon_ends_at_an_entry_that_is_cut() {
    // Three entries are counted, of which the second is cut after 5 bytes.
    let mut file = vec![0, 0, 1, 0, 3, 0];
    file.extend([1, 1, 0, 0, 1, 0, 24, 0, 44, 0, 0, 0, 54, 0, 0, 0]);
    file.extend([1, 1, 0, 0, 1]);
    let report = inspect(&file);
    assert_eq!(report.bitmaps().len(), 2);
    let at: Vec<_> = (report.problems().iter().map(|p| (p.code, p.range.offset))).collect();
    assert_eq!(at, [("B002", 22), ("B002", 54)]);
    assert!(report.error().is_some());
}

#[test]
fn a_header_alone_is_one_where_all_of_its_numbers_are_plain() {
    let is_alone = |file: &[u8]| {
        let is_alone = inspect(file).bitmaps()[0].dib.is_some();
        assert_eq!(bmp::is_bmp(file), is_alone);
        is_alone
    };
    for size in [40, 52, 56, 64, 108, 124] {
        assert!(is_alone(&dib(size, &[])), "{size}");
        assert!(!is_alone(&dib(size, &[])[1..]), "{size}");
        assert!(!is_alone(&dib(size, &[])[..size as usize - 1]), "{size}");
    }
    assert!(is_alone(b"\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0"));
    for size in [16, 20, 42, 48] {
        assert!(!is_alone(&dib(size, &[])), "{size}");
    }
    assert!(is_alone(&dib(40, &[(8, u32::MAX)])));
    for (at, value) in [
        (4, 0),
        (4, u32::MAX),
        (8, 0),
        (12, 24 << 16),
        (12, 2 | 24 << 16),
        (12, 1 | 23 << 16),
        (16, 9),
        (16, 1),
    ] {
        assert!(!is_alone(&dib(40, &[(at, value)])), "{value} at {at}");
    }
    // The palette is as long as the header says, and pixels follow it.
    let fields = [(12, 1 | 8 << 16), (32, 2)];
    let file = [
        &dib(40, &fields)[..],
        &[0, 0, 255, 0, 0, 255, 0, 0],
        &[1, 0, 0, 0],
    ]
    .concat();
    assert_eq!(
        regions(&file),
        ["DIB header 0..40", "palette 40..48", "pixels 48..52"]
    );
    let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(picture.rgba, GREEN);
}

#[test]
fn two_letters_are_no_bitmap_where_text_or_a_large_number_follows() {
    let with_size = |size: u32| headed(40, &[(0, size)], b"");
    assert!(bmp::is_bmp(&with_size(40)));
    assert!(bmp::is_bmp(&with_size(65_535)));
    assert!(!bmp::is_bmp(&with_size(65_536)));
    for letters in ["BM", "CI", "CP", "IC", "PT"] {
        let mut file = with_size(40);
        file[..2].copy_from_slice(letters.as_bytes());
        assert!(bmp::is_bmp(&file), "{letters}");
    }
    for letters in ["XM", "BX", "MB"] {
        let mut file = with_size(40);
        file[..2].copy_from_slice(letters.as_bytes());
        assert!(!bmp::is_bmp(&file), "{letters}");
    }
    // Of an array, the header is 14 bytes further.
    let array = |size: u32| [b"BA\0\0\0\0\0\0\0\0\0\0\0\0", &with_size(size)[..]].concat();
    assert!(bmp::is_bmp(&array(40)) && !bmp::is_bmp(&array(65_536)));
    // Cut before that, control characters tell, which text has not.
    assert!(bmp::is_bmp(b"BM\0\0\0") && !bmp::is_bmp(b"BMW Cars"));
    assert!(!bmp::is_bmp(b"BM") && !bmp::is_bmp(b"B") && !bmp::is_bmp(b""));
}

#[test]
fn pixels_that_are_there_are_counted() {
    let report = inspect(&rows(1, 2, 24, &[0; 8]).file());
    let bitmap = &report.bitmaps()[0];
    assert_eq!(bitmap.pixel_bytes(), Some(8));
    for (size, there) in [(0, 0), (54, 0), (55, 1), (62, 8), (99, 8)] {
        assert_eq!(bitmap.pixel_bytes_present(size), there);
    }
    let compressed = |size| {
        let file = Small {
            image_size: Some(size),
            ..rle8(1, 1, &[1, 0, 0, 1])
        };
        inspect(&file.file()).bitmaps()[0].pixel_bytes()
    };
    assert_eq!((compressed(3), compressed(0)), (Some(3), None));
    // Rows of no width have no size, whatever the header states.
    let none = rows(0, 2, 24, &[0; 8]).file();
    assert_eq!(inspect(&none).bitmaps()[0].pixel_bytes(), None);
    assert_eq!(inspect(b"BM").bitmaps()[0].pixel_bytes(), None);
    assert_eq!(inspect(b"BM").bitmaps()[0].pixel_bytes_present(2), 0);
}

#[test]
fn a_profile_is_where_the_header_counts_from_itself() {
    let fields = [(56, 0x4c49_4e4b), (112, 128), (116, 300)];
    let mut behind = vec![0; 4];
    behind.extend([b'p'; 300]);
    let file = headed(124, &fields, &behind);
    let report = inspect(&file);
    let bitmap = &report.bitmaps()[0];
    let profile = bitmap.profile.unwrap();
    assert_eq!((profile.offset, profile.size), (142, 300));
    // A path has 260 bytes at most.
    let path = bitmap.linked_profile.as_ref().unwrap();
    assert_eq!(path.as_ref(), [b'p'; 260]);
    let tree = report.tree().unwrap();
    let meaning = |node: &str| tree.child(node).unwrap().meaning.clone();
    assert_eq!(
        meaning("profile").as_deref(),
        Some("'LINK', the path of a profile")
    );
    assert_eq!(meaning("pixels").as_deref(), Some("1 row of 4 bytes"));
    // Without a size it is none, and neither is it in another color space.
    for fields in [
        [(56, 0x4c49_4e4b), (112, 128), (116, 0)],
        [(56, 0), (112, 128), (116, 4)],
    ] {
        assert!(
            inspect(&headed(124, &fields, &behind)).bitmaps()[0]
                .profile
                .is_none()
        );
    }
}

#[test]
fn run_lengths_without_a_size_go_on_to_the_profile_or_the_end() {
    let file = |profile: u32| {
        let fields = [
            (12, 1 | 8 << 16),
            (16, 1),
            (56, 0x4c49_4e4b),
            (112, profile),
            (116, 2),
        ];
        headed(124, &fields, &[1, 0, 0, 1, b'a', b'b'])
    };
    let pixels = |file: &[u8]| {
        let pixels = inspect(file).bitmaps()[0].pixels.unwrap();
        (pixels.offset, pixels.size)
    };
    assert_eq!(pixels(&file(128)), (138, 4));
    // A profile in front of them ends nothing.
    assert_eq!(pixels(&file(120)), (138, 6));
    assert_eq!(pixels(&file(124)), (138, 6));
}

#[test]
fn gaps_are_numbered_from_the_second_on_and_owned_by_none() {
    // A gap in front of the pixels, one in front of a profile, and bytes after.
    let fields = [(56, 0x4c49_4e4b), (112, 124 + 3 + 4 + 2), (116, 2)];
    let file = headed(124, &fields, b"\0\0\0pixe\0\0abcd");
    let file = patched(file, &[(10, &[141])]);
    assert_eq!(
        regions(&file),
        [
            "file header 0..14",
            "DIB header 14..138",
            "gap 138..141",
            "pixels 141..145",
            "gap 145..147",
            "profile 147..149",
            "trailing 149..151"
        ]
    );
    let report = inspect(&file);
    let tree = report.tree().unwrap();
    let names: Vec<_> = tree
        .children()
        .map(|child| child.unwrap().name.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "file_header",
            "dib_header",
            "gap",
            "pixels",
            "gap2",
            "profile",
            "trailing"
        ]
    );
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

#[test]
fn a_field_that_the_file_cuts_has_a_leaf_of_its_own() {
    let report = inspect(&headed(40, &[], b"")[..31]);
    let tree = report.tree().unwrap();
    let header = tree.child("dib_header").unwrap();
    let last = header.children().last().unwrap().unwrap();
    assert_eq!(
        (&*last.name, last.range.offset, last.range.size),
        ("cut", 30, 1)
    );
    let meaning = "the beginning of a field that the end of the file cuts off";
    assert_eq!(last.meaning.as_deref(), Some(meaning));
    // Where the file ends between two fields, there is none.
    let tree = inspect(&headed(40, &[], b"")[..30]).tree().unwrap();
    let last = tree.child("dib_header").unwrap().children().last().unwrap();
    assert_eq!(&*last.unwrap().name, "bit_count");
}

#[test]
fn densities_are_dots_an_inch_where_both_are_stated() {
    let dpi = |x: u32, y: u32| {
        let report = inspect(&headed(40, &[(24, x), (28, y)], &[0; 4]));
        report.bitmaps()[0].dib.as_ref().unwrap().dpi()
    };
    assert_eq!(dpi(10_000, 5_000), Some([254.0, 127.0]));
    for (x, y) in [(0, 0), (1, 0), (0, 1), (u32::MAX, 1)] {
        assert_eq!(dpi(x, y), None);
    }
    assert!(dpi(1, 1).is_some());
}

#[test]
fn the_bytes_of_a_row_are_pixels_and_padding() {
    let of = |width: u32, height: u32, bits: u32| {
        let fields = [(4, width), (8, height), (12, 1 | bits << 16)];
        let report = inspect(&headed(40, &fields, b""));
        let dib = report.bitmaps()[0].dib.clone().unwrap();
        (
            dib.stride(),
            dib.row_bytes(),
            dib.row_padding(),
            dib.rows_size(),
        )
    };
    let all = |stride, bytes, padding, size| (Some(stride), Some(bytes), Some(padding), Some(size));
    assert_eq!(of(1, 1, 1), all(4, 1, 3, 4));
    assert_eq!(of(9, 2, 1), all(4, 2, 2, 8));
    assert_eq!(of(33, 3, 1), all(8, 5, 3, 24));
    assert_eq!(of(3, 1, 4), all(4, 2, 2, 4));
    assert_eq!(of(4, 1, 24), all(12, 12, 0, 12));
    assert_eq!(of(5, u32::MAX, 24), all(16, 15, 1, 16));
    assert_eq!(of(0, 1, 24), (None, None, None, None));
    // With the padding of the last row, or without it.
    let report = inspect(&headed(40, &[(8, 3)], b""));
    let dib = report.bitmaps()[0].dib.clone().unwrap();
    for (there, lost) in [
        (0, 3),
        (2, 3),
        (3, 2),
        (6, 2),
        (7, 1),
        (11, 0),
        (12, 0),
        (u64::MAX, 0),
    ] {
        assert_eq!(dib.lost_rows(there), Some(lost), "{there}");
    }
}

#[test]
fn a_palette_tells_its_entries_and_where_they_are() {
    let mut file = rows(1, 1, 24, &[0; 4]).file();
    // 300 entries in front of the pixels: more than are read at a time.
    let colors = (0..300_u16).map(|n| [n as u8, (n >> 8) as u8, 7, 9]);
    file.splice(54..54, colors.flatten());
    let file = patched(
        file,
        &[
            (2, &1258_u32.to_le_bytes()),
            (10, &1254_u32.to_le_bytes()),
            (46, &[44, 1]),
        ],
    );
    let report = inspect(&file);
    let palette = report.bitmaps()[0].palette.as_ref().unwrap();
    assert_eq!(
        (palette.len(), palette.claimed(), palette.entry_size()),
        (300, 300, 4)
    );
    assert!(!palette.is_empty());
    assert_eq!((palette.range().offset, palette.range().size), (54, 1200));
    let entry = palette.entry_range(299);
    assert_eq!((entry.offset, entry.size), (1250, 4));
    let colors: Vec<_> = palette.colors().map(|color| color.unwrap()).collect();
    assert_eq!(colors.len(), 300);
    for (n, color) in colors.iter().enumerate() {
        let bytes = [color.blue, color.green, color.red, color.reserved];
        assert_eq!(bytes, [n as u8, (n >> 8) as u8, 7, 9]);
    }
    assert_eq!(colors[258].to_string(), "#070102");
    let tree = report.tree().unwrap();
    let entries: Vec<Node> = (tree.child("palette").unwrap().children())
        .map(|entry| entry.unwrap().into_owned())
        .collect();
    assert_eq!((entries.len(), &*entries[299].name), (300, "299"));
    assert_eq!(
        (entries[299].range.offset, entries[299].range.size),
        (1250, 4)
    );
    let channels: Vec<_> = entries[258]
        .children()
        .map(|channel| channel.unwrap())
        .collect();
    let values: Vec<_> = (channels.iter())
        .map(|channel| {
            format!(
                "{} {} at {}",
                channel.name,
                channel.value.as_ref().unwrap(),
                channel.range.offset
            )
        })
        .collect();
    assert_eq!(
        values,
        [
            "blue 2 at 1086",
            "green 1 at 1087",
            "red 7 at 1088",
            "reserved 9 at 1089"
        ]
    );
}

#[test]
fn of_a_pair_the_colors_are_decoded_and_both_by_their_number() {
    // A mask of two rows, one above the other, and a red pixel.
    let part = |size: u32, bits: u8, height: u8, offset: u32| {
        let mut bytes = b"CI".to_vec();
        bytes.extend(size.to_le_bytes());
        bytes.extend([1, 0, 2, 0]);
        bytes.extend(offset.to_le_bytes());
        bytes.extend([12, 0, 0, 0, 1, 0, height, 0, 1, 0, bits, 0]);
        bytes
    };
    let mut file = part(26, 1, 2, 58);
    file.extend([0, 0, 0, 255, 255, 255]);
    file.extend(part(26, 24, 1, 66));
    file.extend([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0]);
    let report = inspect(&file);
    assert_eq!(codes(&report), [""; 0]);
    assert_eq!(report.bitmaps().len(), 2);
    let source = Source::from(&file[..]);
    let decoder = Decoder::new(&source, &Options::default()).unwrap();
    assert_eq!(decoder.bitmap(), 1);
    assert_eq!(Picture::read(decoder).unwrap().rgba, RED);
    let mut options = Options::default();
    options.bitmap = Some(0);
    let picture = Picture::decode(&source, &options).unwrap();
    assert_eq!(picture.rgba, [[0, 0, 0, 255], WHITE].concat());
    // Cut in the second header, the first is read.
    let report = inspect(&file[..50]);
    assert!(report.error().is_none());
    assert_eq!(report.bitmaps().len(), 2);
}

#[test]
fn an_array_of_one_has_its_bitmap_under_bitmaps() {
    let array = b"BA\x28\0\0\0\0\0\0\0\0\0\x80\x02BM\x1a\0\0\0\0\0\0\0\x28\0\0\0\
        \x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\0\0\0\0";
    let report = inspect(array);
    assert_eq!(codes(&report), [""; 0]);
    let tree = report.tree().unwrap();
    let bitmaps = tree.child("bitmaps").unwrap();
    assert_eq!(bitmaps.meaning.as_deref(), Some("1 bitmaps in one file"));
    assert_eq!((bitmaps.range.offset, bitmaps.range.size), (0, 44));
    let header = bitmaps.child("0").unwrap();
    let header = header.child("array_header").unwrap();
    let meanings: Vec<_> = (header.children())
        .filter_map(|field| field.unwrap().meaning.clone())
        .collect();
    assert_eq!(
        meanings,
        [
            "array of bitmaps",
            "the last entry",
            "any display",
            "for displays of 640 pixels"
        ]
    );
}

#[test]
fn every_bitmap_of_a_file_is_checked_once() {
    // Of the two, the mask has something in its padding.
    let mut file = b"CI\x1a\0\0\0\0\0\0\0\x3a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x01\0".to_vec();
    file.extend([0, 0, 0, 255, 255, 255]);
    file.extend(b"CI\x1a\0\0\0\0\0\0\0\x3e\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0");
    file.extend([0x80, 0, 9, 0, 0, 0, 255, 0]);
    let report = bmp::check(&Source::from(&file[..])).unwrap();
    let all: Vec<_> = (report.problems().iter())
        .filter(|problem| problem.code == "B071")
        .map(|problem| (problem.range.offset, problem.range.size))
        .collect();
    assert_eq!(all, [(59, 3)]);
    let lost: Vec<_> = report
        .bitmaps()
        .iter()
        .map(|bitmap| bitmap.lost_rows)
        .collect();
    assert_eq!(lost, [Some(0), Some(0)]);
}

#[test]
fn a_stream_that_is_no_bitmap_is_not_read_to_its_end() {
    let endless = Source::stream(std::io::repeat(b'x'));
    let report = bmp::inspect(&endless).unwrap();
    assert_eq!((report.size(), codes(&report)), (2, vec!["B001"]));
    for file in [small_icon(), rows(1, 1, 24, &[0; 4]).file(), dib(40, &[])] {
        let size = file.len() as u64;
        let stream = Source::stream(std::io::Cursor::new(file));
        assert_eq!(bmp::inspect(&stream).unwrap().size(), size);
    }
}

#[test]
fn an_image_without_pixels_has_no_mask() {
    // Run lengths of no width, and of half a row.
    for (width, height) in [(0, 2), (1, 1)] {
        let fields = [(4, width), (8, height), (12, 1 | 8 << 16), (16, 1), (20, 4)];
        let image = [&dib(40, &fields)[..], &[0; 4]].concat();
        let report = inspect(&icon(&[(1, 1, image)]));
        assert_eq!(report.bitmaps()[0].mask, None);
        assert_eq!(report.bitmaps()[0].pixels.unwrap().size, 4);
    }
}

#[test]
fn of_an_array_the_first_is_decoded_and_a_pair_in_it_is_of_the_array() {
    let part = |at: u8, letters: &[u8; 2], next: u8, red: u8| {
        let mut bytes = vec![b'B', b'A', 40, 0, 0, 0, next, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(letters);
        bytes.extend([26, 0, 0, 0, 0, 0, 0, 0, at + 40, 0, 0, 0]);
        bytes.extend(b"\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0");
        bytes.extend([0, 0, red, 0]);
        bytes
    };
    let file = [part(0, b"BM", 44, 255), part(44, b"BM", 0, 1)].concat();
    let decoder = Decoder::new(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(decoder.bitmap(), 0);
    assert_eq!(Picture::read(decoder).unwrap().rgba, RED);
    // The second of the pair takes the place of the pixels, and has its own after.
    let mut pair = part(0, b"CI", 0, 0)[..40].to_vec();
    pair[24] = 66;
    pair.extend(&part(30, b"CI", 0, 255)[14..]);
    let report = inspect(&pair);
    let arrays: Vec<_> = (report.bitmaps().iter())
        .map(|b| b.array.is_some())
        .collect();
    assert_eq!(arrays, [true, true]);
}
