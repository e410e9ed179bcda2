//! Where the parts of a file lie, and who owns its bytes.

use bytewright::Source;
use bytewright::formats::bmp::{self, Decoder, Options, Picture, Report};
use bytewright::tree::Node;

use super::icons::{icon, small_icon};
use super::small::*;

pub(super) fn inspect(file: &[u8]) -> Report {
    bmp::inspect(&Source::from(file)).unwrap()
}

/// Regions as `pixels 54..58`.
pub(super) fn regions(file: &[u8]) -> Vec<String> {
    let show = |region: &bmp::Region| {
        let view = if region.view { " view" } else { "" };
        let (start, end) = (region.range.offset, region.range.end());
        format!("{} {start}..{end}{view}", region.part)
    };
    inspect(file).regions().iter().map(show).collect()
}

pub(super) fn codes(report: &Report) -> Vec<&'static str> {
    report.problems().iter().map(|p| p.code).collect()
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
    assert_eq!((compressed(3), compressed(1)), (Some(3), Some(1)));
    assert_eq!(compressed(0), None);
    // Rows of no width have no size, whatever the header states.
    let none = rows(0, 2, 24, &[0; 8]).file();
    assert_eq!(inspect(&none).bitmaps()[0].pixel_bytes(), None);
    assert_eq!(inspect(b"BM").bitmaps()[0].pixel_bytes(), None);
    assert_eq!(inspect(b"BM").bitmaps()[0].pixel_bytes_present(2), 0);
}

#[test]
fn run_lengths_are_as_many_bytes_as_the_header_says() {
    for size in 1..=4 {
        let file = Small {
            image_size: Some(size),
            ..rle8(1, 1, &[1, 0, 0, 1])
        };
        let pixels = format!("pixels 70..{}", 70 + size);
        assert_eq!(regions(&file.file())[3], pixels);
    }
}

#[test]
fn an_offset_after_the_first_color_ends_the_palette() {
    // Four colors from 54 to 70.
    let at = |pixel_offset| {
        let file = Small {
            pixel_offset: Some(pixel_offset),
            ..indexed(4, 1, 8, 0, &[0, 1, 2, 3])
        };
        regions(&file.file())[2..].to_vec()
    };
    assert_eq!(at(57), ["palette 54..70", "pixels 70..74"]);
    assert_eq!(
        at(58),
        ["palette 54..58", "pixels 58..62", "trailing 62..74"]
    );
    assert_eq!(
        at(61),
        [
            "palette 54..58",
            "gap 58..61",
            "pixels 61..65",
            "trailing 65..74"
        ]
    );
    // Pixels that need no palette have none in front of them that an offset could forget.
    let direct = Small {
        pixel_offset: Some(55),
        colors_used: 1,
        palette: vec![[0; 4]],
        ..rows(1, 1, 24, &[0; 4])
    };
    assert_eq!(
        regions(&direct.file())[2..],
        ["gap 54..55", "pixels 55..59", "trailing 59..62"]
    );
}

#[test]
fn an_offset_that_forgets_the_palette_is_right_where_there_is_no_room_for_one() {
    // Four colors are counted, and the pixels take four bytes from 54 on.
    let file = |pixels: Small, size: usize| {
        let small = Small {
            palette: Vec::new(),
            ..pixels
        };
        let mut file = small.file();
        file.resize(size, 0);
        inspect(&file).bitmaps()[0].pixels_at
    };
    let run_lengths = || rle8(4, 1, &[4, 1, 0, 1]);
    assert_eq!(file(run_lengths(), 58), 54);
    assert_eq!(file(run_lengths(), 73), 54);
    assert_eq!(file(run_lengths(), 74), 70);
    // Of an unknown number, one byte is enough.
    let unsized_runs = || Small {
        image_size: Some(0),
        ..run_lengths()
    };
    assert_eq!(file(unsized_runs(), 70), 54);
    assert_eq!(file(unsized_runs(), 71), 70);
    // Of rows, the padding of the last one may be missing.
    let padded = || indexed(3, 1, 8, 0, &[0, 1, 2, 0]);
    assert_eq!(file(padded(), 72), 54);
    assert_eq!(file(padded(), 73), 70);
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
fn a_header_with_a_compression_of_os2_has_its_fields() {
    let has = |compression: u32| {
        let fields = [(12, 1 | 24 << 16), (16, compression), (20, 4)];
        let report = inspect(&headed(52, &fields, &[0, 1, 0, 0]));
        let header = report.bitmaps()[0].header(bmp::Part::DibHeader).unwrap();
        (
            header.get::<u16>("units").is_some(),
            header.get::<u32>("red_mask").is_some(),
        )
    };
    assert_eq!(has(4), (true, false));
    assert_eq!(has(0), (false, true));
}

#[test]
fn a_region_is_written_with_its_place_and_its_bitmap() {
    let report = inspect(&rows(1, 1, 24, &[0; 4]).file());
    let written = serde_json::to_value(&report.regions()[2]).unwrap();
    let expected = serde_json::json!({
        "part": "pixels", "offset": 54, "size": 4, "bitmap": 0, "view": false
    });
    assert_eq!(written, expected);
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
    let cut = report.problems().iter().find(|p| p.code == "B002").unwrap();
    assert_eq!((cut.range.offset, cut.range.size), (46, 4));
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
    // Run lengths of no width, of one below that, and of half a row.
    for (width, height) in [(0, 2), (u32::MAX, 2), (1, 1)] {
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
