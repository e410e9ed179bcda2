//! What is put right, at its borders, and what never happens: no pixel changes, no row is lost.

use bytewright::Source;
use bytewright::formats::bmp::{self, Options, Picture};

use super::hostile::fixtures;
use super::small::*;

/// Repairs as `code: message`, and the file after them.
fn repaired(file: &[u8]) -> (Vec<String>, Vec<u8>) {
    let repairs = bmp::repairs(&Source::from(file)).unwrap();
    let mut mended = file.to_vec();
    for (offset, bytes) in repairs.iter().flat_map(|repair| &repair.writes) {
        let start = usize::try_from(*offset).unwrap();
        let end = start + bytes.len();
        mended.resize(mended.len().max(end), 0);
        mended[start..end].copy_from_slice(bytes);
    }
    let said = repairs
        .iter()
        .map(|repair| format!("{}: {}", repair.code, repair.message))
        .collect();
    (said, mended)
}

#[track_caller]
fn assert_repairs(small: &Small, expected: &[&str]) {
    let (said, mended) = repaired(&small.file());
    assert_eq!(said, expected);
    let (again, _) = repaired(&mended);
    assert_eq!(again, [""; 0], "a second look finds nothing");
}

#[test]
fn a_correct_file_is_left_alone() {
    assert_repairs(&rows(1, 1, 24, &[1, 2, 3, 0]), &[]);
    assert_repairs(&rle8(2, 1, &[2, 1, 0, 1]), &[]);
}

#[test]
fn colors_used_becomes_what_is_there_and_reached() {
    let file = |colors: usize, colors_used: u32| Small {
        colors_used,
        palette: vec![[1, 2, 3, 0]; colors],
        ..rows(1, 1, 8, &[0; 4])
    };
    // Exactly what 8 bits reach, and one less.
    assert_repairs(&file(256, 256), &[]);
    assert_repairs(&file(255, 255), &[]);
    assert_repairs(&file(256, 0), &[]);
    assert_repairs(&file(255, 0), &["B031: dib_header.colors_used: 0 → 255"]);
    assert_repairs(
        &file(255, 256),
        &["B031: dib_header.colors_used: 256 → 255"],
    );
    assert_repairs(
        &file(257, 257),
        &["B030: dib_header.colors_used: 257 → 256"],
    );
    assert_repairs(
        &file(256, 257),
        &["B030: dib_header.colors_used: 257 → 256"],
    );
    assert_repairs(&file(1, 256), &["B031: dib_header.colors_used: 256 → 1"]);
}

#[test]
fn without_a_file_header_the_colors_say_where_the_pixels_begin_and_stay() {
    // Three colors for one bit, and a pixel of the second.
    let colors = [[0, 0, 255, 0], [0, 255, 0, 0], [255, 0, 0, 0]].concat();
    let header = dib(40, &[(12, 1 | 1 << 16), (32, 3)]);
    let file = [&header[..], &colors, &[0x80, 0, 0, 0]].concat();
    let picture = Picture::decode(&Source::from(&file[..]), &Options::default()).unwrap();
    assert_eq!(picture.rgba, GREEN);
    assert_eq!(repaired(&file), (vec![], file));
}

#[test]
fn a_size_is_left_where_a_code_is_wrong() {
    // Too long a run, and sizes that are wrong.
    let file = Small {
        image_size: Some(9),
        size: Some(7),
        ..rle8(2, 1, &[9, 1, 0, 1])
    };
    assert_repairs(&file, &[]);
}

#[test]
fn an_image_size_is_that_of_the_rows() {
    let file = |image_size| Small {
        image_size: Some(image_size),
        ..rows(1, 2, 24, &[1, 2, 3, 0, 4, 5, 6, 0])
    };
    assert_repairs(&file(8), &[]);
    // Not stated is as good.
    assert_repairs(&file(0), &[]);
    for wrong in [6, 7, 9, u32::MAX] {
        let said = format!("B021: dib_header.image_size: {wrong} → 8");
        assert_repairs(&file(wrong), &[&said]);
    }
}

#[test]
fn the_size_of_run_lengths_may_count_a_word_of_padding() {
    let file = |image_size| Small {
        image_size: Some(image_size),
        ..rle8(2, 1, &[2, 1, 0, 1, 0, 0, 0, 0])
    };
    for right in 4..=7 {
        assert_repairs(&file(right), &[]);
    }
    assert_repairs(&file(8), &["B023: dib_header.image_size: 8 → 4"]);
    assert_repairs(&file(3), &["B021: dib_header.image_size: 3 → 4"]);
    assert_repairs(&file(0), &["B022: dib_header.image_size: 0 → 4"]);
    assert_repairs(&file(9), &["B023: dib_header.image_size: 9 → 4"]);
}

#[test]
fn a_missing_end_of_bitmap_is_written_where_the_codes_end() {
    let end = |pixels: &[u8]| {
        let (said, mended) = repaired(&rle8(2, 1, pixels).file());
        (said, mended[70..].to_vec())
    };
    let says = |at: u64, size: usize, new: usize| {
        vec![
            format!("B052: an end of bitmap at {at:#x}"),
            format!("B021: dib_header.image_size: {size} → {new}"),
            format!("B003: file_header.size: {} → {}", 70 + size, 70 + new),
        ]
    };
    assert_eq!(end(&[2, 1]), (says(72, 2, 4), vec![2, 1, 0, 1]));
    // A code of which one byte is there.
    assert_eq!(end(&[2, 1, 5]), (says(72, 3, 4), vec![2, 1, 0, 1]));
    // After an end of line.
    assert_eq!(end(&[2, 1, 0, 0]), (says(74, 4, 6), vec![2, 1, 0, 0, 0, 1]));
    // The padding of a literal run comes first.
    let (said, mended) = repaired(&rle8(3, 1, &[0, 3, 0, 1, 2]).file());
    assert_eq!(said, says(75, 5, 8));
    assert_eq!(mended[70..], [0, 3, 0, 1, 2, 0, 0, 1]);
    // Other codes after the last row may be anything.
    let codes = vec![2, 1, 0, 0, 3, 2];
    assert_eq!(end(&codes), (Vec::new(), codes));
}

#[test]
fn an_end_of_bitmap_needs_no_padding_behind_a_literal_run_of_whole_words() {
    let (said, mended) = repaired(&rle8(4, 1, &[0, 4, 0, 1, 2, 3]).file());
    assert_eq!(said[0], "B052: an end of bitmap at 0x4c");
    assert_eq!(mended[70..], [0, 4, 0, 1, 2, 3, 0, 1]);
    // Two ends of line after the last row are none of its bitmap, and end it with one.
    assert_repairs(&rle8(2, 1, &[2, 1, 0, 0, 0, 0, 0, 1]), &[]);
}

#[test]
fn no_end_of_bitmap_is_written_over_a_profile() {
    // Two pixels at 142 without an end, and a profile of one byte after them or in front.
    let file = |profile: u32, behind: &[u8]| {
        let fields = [
            (4, 2),
            (12, 1 | 8 << 16),
            (16, 1),
            (20, 2),
            (32, 1),
            (56, 0x4c49_4e4b),
            (112, profile - 14),
            (116, 1),
        ];
        let file = headed(124, &fields, &[&[0, 0, 255, 0, 2, 0], behind].concat());
        patched(file, &[(10, &[142])])
    };
    assert_eq!(repaired(&file(144, b"p")).0, [""; 0]);
    let (said, mended) = repaired(&file(143, b""));
    assert_eq!((said, mended.len()), (vec![], 144));
    let (said, mended) = repaired(&file(141, b""));
    assert_eq!(said[0], "B052: an end of bitmap at 0x90");
    assert_eq!(mended[142..], [2, 0, 0, 1]);
}

#[test]
fn a_wrong_size_is_mended_and_that_of_the_headers_is_left() {
    let file = |size| Small {
        size: Some(size),
        ..rows(1, 1, 24, &[1, 2, 3, 0])
    };
    assert_repairs(&file(58), &[]);
    assert_repairs(&file(54), &[]);
    for wrong in [0, 53, 57, 59] {
        assert_repairs(
            &file(wrong),
            &[&format!("B003: file_header.size: {wrong} → 58")],
        );
    }
}

#[test]
fn a_cut_picture_keeps_its_sizes_and_its_padding() {
    // A row of two is lost; padding is dirty, and both sizes are wrong.
    let file = Small {
        image_size: Some(5),
        size: Some(7),
        ..rows(1, 2, 24, &[0, 0, 255, 5, 255, 7])
    };
    assert_repairs(&file, &[]);
    let file = Small {
        size: Some(7),
        ..rle8(2, 2, &[2, 1, 0, 0, 1, 1])
    };
    assert_repairs(&file, &[]);
    // What doesn't depend on the rows is mended.
    let file = Small { planes: 3, ..file };
    assert_repairs(&file, &["B014: dib_header.planes: 3 → 1"]);
}

#[test]
fn what_may_be_rows_without_padding_is_left_alone() {
    let pixels = [0, 0, 255, 5, 255, 7, 1, 2];
    let file = |image_size| Small {
        image_size: Some(image_size),
        ..rows(1, 2, 24, &pixels)
    };
    for doubtful in [1, 6, 7, 9, 64] {
        assert_repairs(&file(doubtful), &[]);
    }
    let says = "B071: the padding of 2 rows: zeros";
    assert_repairs(&file(8), &[says]);
    assert_repairs(&file(0), &[says]);
    let (_, mended) = repaired(&file(8).file());
    assert_eq!(mended[54..], [0, 0, 255, 0, 255, 7, 1, 0]);
}

#[test]
fn dirty_padding_becomes_zeros_in_every_row() {
    let file = rows(2, 3, 8, &[1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 0, 9]);
    let file = Small {
        palette: vec![[0; 4]; 256],
        ..file
    };
    assert_repairs(&file, &["B071: the padding of 2 rows: zeros"]);
    let (_, mended) = repaired(&file.file());
    assert_eq!(mended[1078..], [1, 2, 0, 0, 5, 6, 0, 0, 7, 8, 0, 0]);
}

#[test]
fn the_padding_of_the_last_row_is_written_behind_it() {
    let file = Small {
        image_size: Some(0),
        ..rows(1, 2, 24, &[1, 2, 3, 0, 4, 5, 6])
    };
    assert_repairs(
        &file,
        &[
            "B025: 1 byte of padding after the last row",
            "B003: file_header.size: 61 → 62",
        ],
    );
    let (_, mended) = repaired(&file.file());
    assert_eq!(mended[54..], [1, 2, 3, 0, 4, 5, 6, 0]);
}

#[test]
fn a_pixel_offset_that_forgets_the_palette_leads_behind_it() {
    let file = |offset| Small {
        pixel_offset: Some(offset),
        ..indexed(2, 1, 8, 0, &[0, 1, 0, 0])
    };
    for wrong in [0, 53, 54, 57] {
        let small = file(wrong);
        let picture = Picture::decode(&Source::from(small.file()), &Options::default()).unwrap();
        assert_eq!(picture.rgba, [RED, GREEN].concat(), "{wrong}");
        let says = format!("B006: file_header.pixel_offset: {wrong} → 70");
        assert_repairs(&small, &[&says]);
    }
    for wrong in [74, u32::MAX] {
        let says = format!("B005: file_header.pixel_offset: {wrong} → 70");
        assert_repairs(&file(wrong), &[&says]);
    }
}

#[test]
fn an_offset_at_the_headers_end_is_right_where_there_is_no_room_for_a_palette() {
    let file = Small {
        palette: Vec::new(),
        colors_used: 0,
        ..indexed(4, 1, 8, 0, &[0, 1, 128, 255])
    };
    let picture = Picture::decode(&Source::from(file.file()), &Options::default()).unwrap();
    let gray = |v| [v, v, v, 255];
    assert_eq!(picture.rgba, [0, 1, 128, 255].map(gray).concat());
    assert_repairs(&file, &[]);
}

#[test]
fn without_a_bit_count_nothing_is_certain() {
    for bits in [0, 3, 7, 30_000] {
        let file = Small {
            bits,
            image_size: Some(5),
            size: Some(5),
            ..rows(1, 1, 24, &[1, 2, 3, 0])
        };
        assert_repairs(&file, &[]);
    }
}

/// What a decoder shows of each bitmap of a file, and how many rows it lacks.
fn shown(bytes: &[u8]) -> Vec<Option<(Vec<u8>, u32)>> {
    let source = Source::from(bytes);
    let report = bmp::inspect(&source).unwrap();
    let picture = |index| {
        let mut options = Options::default();
        options.bitmap = Some(index);
        options.max_pixels = 1 << 20;
        let picture = Picture::decode(&source, &options).ok()?;
        Some((picture.rgba, picture.lost_rows))
    };
    (0..report.bitmaps().len().min(3)).map(picture).collect()
}

/// Check and decoder agree about how many rows are lost, and repairing changes neither that nor any
/// pixel.
fn assert_repair_keeps_pixels(bytes: &[u8], what: &str) {
    let report = bmp::check(&Source::from(bytes)).unwrap();
    let before = shown(bytes);
    for (bitmap, picture) in report.bitmaps().iter().zip(&before) {
        if let Some((_, lost)) = picture {
            assert_eq!(bitmap.lost_rows, Some(u64::from(*lost)), "{what}");
            let told = report.problems().iter().any(|p| p.code == "B020");
            let broken_codes = report.problems().iter().any(|p| p.code == "B055");
            let several = report.bitmaps().len() > 1;
            assert!(
                told == (*lost > 0) || broken_codes || several,
                "{what}: B020"
            );
        }
    }
    let (said, mended) = repaired(bytes);
    if said.is_empty() {
        return;
    }
    assert_eq!(shown(&mended), before, "{what}: {said:?}");
    let after = bmp::check(&Source::from(&mended[..])).unwrap();
    let lost = |report: &bmp::Report| report.bitmaps()[0].lost_rows;
    assert_eq!(lost(&after), lost(&report), "{what}: {said:?}");
    assert_eq!(repaired(&mended).0, [""; 0], "{what}: {said:?}, and again");
}

#[test]
fn no_repair_of_any_fixture_changes_a_pixel() {
    for fixture in fixtures::bitmaps() {
        assert_repair_keeps_pixels(&fixture.bytes, fixture.path);
    }
}

#[test]
fn no_repair_of_a_fixture_cut_anywhere_changes_a_pixel() {
    for fixture in fixtures::bitmaps() {
        let bytes = &fixture.bytes;
        // Past the headers of large files, only where they end.
        let ends = (0..bytes.len()).filter(|end| *end < 120 || end + 20 > bytes.len());
        for end in ends.filter(|_| bytes.len() < 10_000) {
            assert_repair_keeps_pixels(&bytes[..end], &format!("{} cut at {end}", fixture.path));
        }
    }
}

#[test]
fn no_repair_of_a_fixture_with_any_byte_changed_changes_a_pixel() {
    for fixture in fixtures::bitmaps() {
        let bytes = &fixture.bytes;
        let at = (0..bytes.len()).filter(|at| *at < 100 || at + 16 > bytes.len());
        for at in at.filter(|_| bytes.len() < 10_000) {
            for value in [0, 0xff, bytes[at].wrapping_add(1)] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let what = format!("{}: {value:#x} at {at:#x}", fixture.path);
                assert_repair_keeps_pixels(&bytes, &what);
            }
        }
    }
}
