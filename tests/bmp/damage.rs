//! What damaged pixels decode to, and what is said of them: codes, places and pixels, by hand.

use bytewright::Source;
use bytewright::formats::bmp::{self, Decoder, Options, Picture};
use bytewright::tree::Severity;

use super::small::*;

/// Problems as `B050 at 70, 2`, with `!` for an error, of those that only the pixels tell.
fn said(file: &[u8]) -> Vec<String> {
    let report = bmp::check(&Source::from(file)).unwrap();
    let of_pixels = [
        "B020", "B032", "B044", "B050", "B051", "B052", "B053", "B054", "B055", "B056", "B071",
    ];
    report
        .problems()
        .iter()
        .filter(|problem| of_pixels.contains(&problem.code))
        .map(|problem| {
            let error = match problem.severity {
                Severity::Error => "!",
                _ => "",
            };
            let (range, code) = (problem.range, problem.code);
            format!("{code}{error} at {}, {}", range.offset, range.size)
        })
        .collect()
}

#[track_caller]
fn assert_picture(small: &Small, problems: &[&str], lost: u32, rows: &[&[[u8; 4]]]) {
    let file = small.file();
    assert_eq!(said(&file), problems);
    let picture = Picture::decode(&Source::from(&file[..]), &Options::default()).unwrap();
    let expected: Vec<u8> = rows.concat().concat();
    assert_eq!(picture.rgba, expected);
    assert_eq!(picture.lost_rows, lost);
}

#[test]
fn an_end_of_line_in_a_row_leaves_the_rest_of_it_undefined() {
    let file = rle8(3, 2, &[2, 1, 0, 0, 3, 2, 0, 1]);
    let problems = ["B054 at 70, 8"];
    assert_picture(&file, &problems, 0, &[&[BLUE; 3], &[GREEN, GREEN, NONE]]);
}

#[test]
fn an_end_of_line_behind_a_full_row_ends_that_row_only() {
    let file = rle8(2, 2, &[2, 1, 0, 0, 2, 2, 0, 1]);
    assert_picture(&file, &[], 0, &[&[BLUE; 2], &[GREEN; 2]]);
    // After the last row too.
    let file = rle8(2, 2, &[2, 1, 0, 0, 2, 2, 0, 0, 0, 1]);
    assert_picture(&file, &[], 0, &[&[BLUE; 2], &[GREEN; 2]]);
    // And once more, in front of the end of the bitmap.
    let file = rle8(2, 1, &[2, 1, 0, 0, 0, 0, 0, 1]);
    assert_picture(&file, &[], 0, &[&[GREEN; 2]]);
}

#[test]
fn an_early_end_of_bitmap_loses_no_row() {
    let file = rle8(2, 3, &[1, 1, 0, 1]);
    assert_picture(
        &file,
        &["B054 at 70, 4"],
        0,
        &[&[NONE; 2], &[NONE; 2], &[GREEN, NONE]],
    );
    assert_eq!(undefined(&file), ["5 pixels are left undefined"]);
}

/// What is said of pixels that no code defines.
fn undefined(small: &Small) -> Vec<String> {
    let report = bmp::check(&Source::from(small.file())).unwrap();
    let told = report.problems().iter().filter(|p| p.code == "B054");
    told.map(|p| p.message.clone()).collect()
}

#[test]
fn a_run_that_is_one_to_three_pixels_too_long_behind_a_full_row_is_a_warning() {
    for more in 1..=3 {
        let file = rle8(2, 1, &[2, 1, more, 2, 0, 1]);
        assert_picture(&file, &["B050 at 72, 2"], 0, &[&[GREEN; 2]]);
    }
    let file = rle8(2, 1, &[2, 1, 4, 2, 0, 1]);
    assert_picture(&file, &["B050! at 72, 2"], 0, &[&[GREEN; 2]]);
}

#[test]
fn a_run_that_crosses_the_end_of_its_row_is_an_error_and_keeps_what_fits() {
    for count in [4, 7] {
        let file = rle8(3, 1, &[count, 1, 0, 1]);
        assert_picture(&file, &["B050! at 70, 2"], 0, &[&[GREEN; 3]]);
    }
    let file = rle8(3, 1, &[1, 0, 3, 1, 0, 1]);
    assert_picture(&file, &["B050! at 72, 2"], 0, &[&[RED, GREEN, GREEN]]);
}

#[test]
fn a_literal_run_that_crosses_the_end_of_its_row_keeps_what_fits() {
    let file = rle8(3, 1, &[0, 4, 0, 1, 2, 3, 0, 1]);
    assert_picture(&file, &["B050! at 70, 2"], 0, &[&[RED, GREEN, BLUE]]);
    let file = rle4(3, 1, &[0, 4, 0x01, 0x23, 0, 1]);
    assert_picture(&file, &["B050! at 70, 2"], 0, &[&[RED, GREEN, BLUE]]);
}

#[test]
fn half_bytes_come_in_turn_and_the_padding_of_a_literal_run_is_skipped() {
    // Five pixels in three bytes, and one byte of padding.
    let file = rle4(5, 2, &[5, 0x12, 0, 0, 0, 5, 0x12, 0x30, 0x10, 0, 0, 1]);
    assert_picture(
        &file,
        &[],
        0,
        &[
            &[GREEN, BLUE, WHITE, RED, GREEN],
            &[GREEN, BLUE, GREEN, BLUE, GREEN],
        ],
    );
}

#[test]
fn a_delta_onto_the_edge_stays_in_the_picture() {
    // Right by two from x 1: x 3 is the edge of three pixels, where nothing more fits.
    let file = rle8(3, 2, &[1, 1, 0, 2, 2, 0, 0, 0, 3, 2, 0, 1]);
    assert_picture(
        &file,
        &["B054 at 70, 12"],
        0,
        &[&[BLUE; 3], &[GREEN, NONE, NONE]],
    );
    // Up by one from the first row is the last row.
    let file = rle8(3, 2, &[1, 1, 0, 2, 0, 1, 2, 2, 0, 1]);
    assert_picture(
        &file,
        &["B054 at 70, 10"],
        0,
        &[&[NONE, BLUE, BLUE], &[GREEN, NONE, NONE]],
    );
}

#[test]
fn a_delta_beyond_the_edge_is_an_error_at_its_code() {
    // By one pixel too far; what follows begins at the edge.
    let file = rle8(3, 2, &[1, 1, 0, 2, 3, 0, 0, 0, 3, 2, 0, 1]);
    assert_picture(
        &file,
        &["B054 at 70, 12", "B051! at 72, 4"],
        0,
        &[&[BLUE; 3], &[GREEN, NONE, NONE]],
    );
    // By one row too far: the picture ends.
    let file = rle8(3, 2, &[1, 1, 0, 2, 0, 2, 0, 1]);
    assert_picture(
        &file,
        &["B054 at 70, 6", "B051! at 72, 4"],
        0,
        &[&[NONE; 3], &[GREEN, NONE, NONE]],
    );
}

#[test]
fn bytes_that_end_in_a_row_lose_that_row_and_all_above_it() {
    let file = rle8(2, 3, &[2, 1, 0, 0, 1, 2]);
    assert_picture(
        &file,
        &["B020! at 76, 0"],
        2,
        &[&[NONE; 2], &[BLUE, NONE], &[GREEN; 2]],
    );
    // Half a code is no code.
    let file = rle8(2, 3, &[2, 1, 0, 0, 1, 2, 1]);
    assert_picture(
        &file,
        &["B020! at 76, 0"],
        2,
        &[&[NONE; 2], &[BLUE, NONE], &[GREEN; 2]],
    );
    // A row that is whole is not lost without its end of line.
    let file = rle8(2, 3, &[2, 1, 0, 0, 2, 2]);
    assert_picture(
        &file,
        &["B020! at 76, 0"],
        1,
        &[&[NONE; 2], &[BLUE; 2], &[GREEN; 2]],
    );
}

#[test]
fn bytes_that_end_in_a_code_lose_what_it_would_define() {
    for code in [&[0, 2][..], &[0, 2, 1], &[0, 3, 2, 2, 2][..2]] {
        let pixels = [&[4, 1, 0, 0, 1, 2][..], code].concat();
        let file = rle8(4, 2, &pixels);
        assert_picture(
            &file,
            &["B020! at 76, 0"],
            1,
            &[&[BLUE, NONE, NONE, NONE], &[GREEN; 4]],
        );
    }
    // Two of three pixels of a literal run are there.
    let file = rle8(4, 1, &[1, 1, 0, 3, 2, 3]);
    assert_picture(
        &file,
        &["B020! at 72, 0"],
        1,
        &[&[GREEN, BLUE, WHITE, NONE]],
    );
    // And two of four with half a byte each, and two of three with three bytes each.
    let file = rle4(4, 1, &[0, 4, 0x12]);
    assert_picture(&file, &["B020! at 70, 0"], 1, &[&[GREEN, BLUE, NONE, NONE]]);
    let file = rle24(3, 1, &[0, 3, 255, 0, 0, 0, 255, 0]);
    assert_picture(&file, &["B020! at 54, 0"], 1, &[&[BLUE, GREEN, NONE]]);
    // A run of three bytes a pixel, of which one is missing.
    let file = rle24(2, 1, &[1, 255, 0, 0, 1, 0, 255]);
    assert_picture(&file, &["B020! at 58, 0"], 1, &[&[BLUE, NONE]]);
}

#[test]
fn a_missing_end_of_bitmap_loses_nothing_when_every_pixel_is_drawn() {
    for behind in [&[][..], &[0], &[0, 2], &[0, 2, 1]] {
        let pixels = [&[2, 1, 0, 0, 2, 2][..], behind].concat();
        let file = rle8(2, 2, &pixels);
        assert_picture(&file, &["B052 at 76, 0"], 0, &[&[BLUE; 2], &[GREEN; 2]]);
    }
    let file = rle8(2, 2, &[2, 1, 0, 0, 2, 2, 0, 0]);
    assert_picture(&file, &["B052 at 78, 0"], 0, &[&[BLUE; 2], &[GREEN; 2]]);
    // The padding of a literal run alone is missing.
    let file = rle8(3, 1, &[0, 3, 0, 1, 2]);
    assert_picture(&file, &["B052 at 75, 0"], 0, &[&[RED, GREEN, BLUE]]);
}

#[test]
fn more_than_a_word_behind_the_end_of_bitmap_is_a_warning() {
    let ends = [2, 1, 0, 1];
    for behind in 0..=5_u8 {
        let pixels = [&ends[..], &vec![9; behind.into()]].concat();
        let size = format!("B053 at 74, {behind}");
        let expected = if behind > 3 { vec![&*size] } else { Vec::new() };
        assert_picture(&rle8(2, 1, &pixels), &expected, 0, &[&[GREEN; 2]]);
    }
    // The last row may be ended before, once or twice.
    for (ends, at) in [
        (&[2, 1, 0, 0, 0, 1][..], 76),
        (&[2, 1, 0, 0, 0, 0, 0, 1], 78),
    ] {
        let file = |behind: usize| rle8(2, 1, &[ends, &vec![9; behind]].concat());
        assert_picture(&file(3), &[], 0, &[&[GREEN; 2]]);
        let told = format!("B053 at {at}, 4");
        assert_picture(&file(4), &[&told], 0, &[&[GREEN; 2]]);
    }
}

#[test]
fn an_index_that_the_palette_lacks_is_opaque_black_and_told_with_its_place() {
    let file = rows_of_indices(&[3, 4, 200, 0]);
    assert_picture(
        &file,
        &["B032! at 54, 16"],
        0,
        &[&[WHITE, [0, 0, 0, 255], [0, 0, 0, 255], RED]],
    );
}

fn rows_of_indices(pixels: &[u8]) -> Small {
    indexed(4, 1, 8, 0, pixels)
}

#[test]
fn dirty_padding_is_counted_by_rows_and_told_at_the_first() {
    // One pixel and a byte of padding in each of three rows.
    let file = rows(1, 3, 24, &[0, 0, 255, 0, 0, 255, 0, 7, 255, 0, 0, 8]);
    assert_picture(&file, &["B071 at 61, 1"], 0, &[&[BLUE], &[GREEN], &[RED]]);
    let report = bmp::check(&Source::from(file.file())).unwrap();
    let message = &report.problems()[0].message;
    assert!(message.contains("the padding of 2 rows"), "{message}");
    // Bits after the last pixel of a byte are no padding byte.
    let file = Small {
        palette: vec![[0, 0, 255, 0], [0, 255, 0, 0]],
        ..rows(1, 1, 1, &[0xff, 0, 0, 0])
    };
    assert_picture(&file, &[], 0, &[&[GREEN]]);
}

#[test]
fn rows_longer_than_a_tile_are_whole() {
    // 8,195 pixels: a tile of 8,192, and three more with a byte of padding.
    let mut pixels = [1, 2, 3].repeat(8192);
    pixels.extend([4, 5, 6].repeat(3));
    pixels.extend([0; 3]);
    let file = rows(8195, 1, 24, &pixels).file();
    assert_eq!(said(&file), [""; 0]);
    let picture = Picture::decode(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(picture.rgba[..8192 * 4], [3, 2, 1, 255].repeat(8192));
    assert_eq!(picture.rgba[8192 * 4..], [6, 5, 4, 255].repeat(3));
}

#[test]
fn a_cut_in_the_padding_of_the_last_row_loses_no_row_and_in_its_pixels_it_does() {
    let pixels = [0, 0, 255, 0, 0, 255, 0, 0];
    let whole: &[&[[u8; 4]]] = &[&[GREEN], &[RED]];
    assert_picture(&rows(1, 2, 24, &pixels), &[], 0, whole);
    assert_picture(&rows(1, 2, 24, &pixels[..7]), &[], 0, whole);
    let cut: &[&[[u8; 4]]] = &[&[NONE], &[RED]];
    assert_picture(&rows(1, 2, 24, &pixels[..6]), &["B020! at 54, 6"], 1, cut);
    assert_picture(&rows(1, 2, 24, &pixels[..3]), &["B020! at 54, 3"], 1, cut);
}

#[test]
fn pixels_that_begin_at_the_end_of_the_file_are_none() {
    let file = Small {
        pixel_offset: Some(54),
        ..rows(1, 1, 24, &[])
    };
    let source = Source::from(file.file());
    let error = Picture::decode(&source, &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no pixel is there: they should begin at 0x36, the file ends at 0x36"
    );
    let report = bmp::check(&source).unwrap();
    assert_eq!(report.problems()[0].code, "B005");
    assert_eq!(report.bitmaps()[0].lost_rows, Some(1));
}

#[test]
fn huffman_codes_that_are_none_or_too_long_lose_their_row() {
    // White runs (ITU-T T.4, table 2): 8 is 10011, 9 is 10100. Eleven zeros and a one end a line.
    let white = [255, 255, 255, 255];
    // 10011, an end of line, 10100: the run of nine begins in the third byte.
    assert_picture(
        &huffman(8, 2, &[0b1001_1000, 0b0000_0000, 0b1101_0000]),
        &["B055! at 64, 1"],
        1,
        &[&[NONE; 8], &[white; 8]],
    );
    // Eight zeros and a one begin no code; the next line is read all the same.
    assert_picture(
        &huffman(8, 2, &[0b0000_0000, 0b1000_0000, 0b0000_0110, 0b0110_0000]),
        &["B055! at 62, 1"],
        1,
        &[&[white; 8], &[NONE; 8]],
    );
}

#[test]
fn a_return_to_control_leaves_the_rows_behind_it_undefined_and_loses_none() {
    // A row of eight white pixels, then six ends of line.
    let bytes = packed(&("10011".to_owned() + &EOL.repeat(6)));
    let size = format!("B054 at 62, {}", bytes.len());
    assert_picture(
        &huffman(8, 2, &bytes),
        &[&size],
        0,
        &[&[NONE; 8], &[WHITE; 8]],
    );
    // One pixel (000111) of two: 78 bits.
    let one = huffman(1, 2, &packed(&("000111".to_owned() + &EOL.repeat(6))));
    assert_picture(&one, &["B054 at 62, 10"], 0, &[&[NONE], &[WHITE]]);
    assert_eq!(undefined(&one), ["1 pixels are left undefined"]);
    // What follows is of no row: four white and six black are 8 bits, and the rest 72.
    let row = "10110010";
    let bytes = packed(&(row.to_owned() + &EOL.repeat(6) + &row.repeat(6)));
    let file = huffman(10, 3, &bytes);
    let drawn = [&[WHITE; 4][..], &[BLACK; 6]].concat();
    assert_picture(
        &file,
        &["B054 at 62, 10"],
        0,
        &[&[NONE; 10], &[NONE; 10], &drawn],
    );
    assert_eq!(undefined(&file), ["20 pixels are left undefined"]);
    let mut decoder = Decoder::new(&Source::from(file.file()), &Options::default()).unwrap();
    let mut out = [0; 40];
    assert_eq!(decoder.read_row(&mut out).unwrap(), Some(2));
    for _ in 0..2 {
        assert_eq!(decoder.read_row(&mut out).unwrap(), None);
    }
}

const BLACK: [u8; 4] = [0, 0, 0, 255];

/// An end of line of T.4.
const EOL: &str = "000000000001";

/// Bits as bytes, the first in the highest place, and zeros after the last.
fn packed(bits: &str) -> Vec<u8> {
    let byte = |bits: &[u8]| {
        let bit = |(at, bit): (usize, &u8)| (bit - b'0') << (7 - at);
        bits.iter().enumerate().map(bit).sum()
    };
    bits.as_bytes().chunks(8).map(byte).collect()
}

#[test]
fn an_end_of_line_of_huffman_codes_may_have_any_number_of_zeros() {
    for zeros in [11, 12, 60, 200] {
        let bits = format!("10011{}110011", "0".repeat(zeros));
        let file = huffman(8, 2, &packed(&bits));
        assert_picture(&file, &[], 0, &[&[WHITE; 8], &[WHITE; 8]]);
    }
}

#[test]
fn after_a_broken_huffman_code_the_next_end_of_line_begins_a_row() {
    // A row, eight zeros and a one, and 60 or 61 more ones.
    for ones in [60, 61] {
        let bits = format!("10011000000001{}{EOL}10011", "1".repeat(ones));
        let file = huffman(8, 3, &packed(&bits));
        assert_picture(
            &file,
            &["B055! at 62, 1"],
            1,
            &[&[WHITE; 8], &[NONE; 8], &[WHITE; 8]],
        );
    }
    // There is none: the other rows are lost.
    let file = huffman(8, 2, &packed("0000000010000011"));
    assert_picture(
        &file,
        &["B055! at 62, 1", "B020! at 64, 0"],
        2,
        &[&[NONE; 8], &[NONE; 8]],
    );
}

#[test]
fn huffman_rows_that_the_bytes_do_not_reach_are_lost() {
    let white = [255, 255, 255, 255];
    assert_picture(
        &huffman(8, 3, &[0x98]),
        &["B020! at 63, 0"],
        2,
        &[&[NONE; 8], &[NONE; 8], &[white; 8]],
    );
    // Four white and six black pixels of twelve.
    let drawn = [&[WHITE; 4][..], &[BLACK; 6], &[NONE; 2]].concat();
    assert_picture(
        &huffman(12, 2, &packed("10110010")),
        &["B020! at 63, 0"],
        2,
        &[&[NONE; 12], &drawn],
    );
    // After four white and four black, a bit is left, which is no code.
    let drawn = [&[WHITE; 4][..], &[BLACK; 4], &[NONE; 2]].concat();
    assert_picture(
        &huffman(10, 1, &packed("10110110")),
        &["B055! at 62, 1"],
        1,
        &[&drawn],
    );
}

#[cfg(feature = "pictures")]
#[test]
fn an_embedded_file_that_is_none_is_an_error_at_its_bytes() {
    let file = Small {
        compression: 5,
        ..rows(1, 1, 0, b"\x89PNG\r\n\x1a\n")
    };
    assert_eq!(said(&file.file()), ["B056! at 54, 8"]);
    let report = bmp::check(&Source::from(file.file())).unwrap();
    assert_eq!(report.bitmaps()[0].lost_rows, Some(1));
}

#[test]
fn the_alpha_mask_of_a_56_byte_header_is_honored() {
    let mut file =
        b"BM\x4a\0\0\0\0\0\0\0\x46\0\0\0\x38\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x20\0".to_vec();
    file.extend(3_u32.to_le_bytes());
    file.extend(4_u32.to_le_bytes());
    file.extend([0; 16]);
    for mask in [0xff_0000_u32, 0xff00, 0xff, 0xff00_0000] {
        file.extend(mask.to_le_bytes());
    }
    file.extend([1, 2, 3, 4]);
    let picture = Picture::decode(&Source::from(&file[..]), &Options::default()).unwrap();
    assert_eq!(picture.rgba, [3, 2, 1, 4]);
    file[73] = 0;
    assert_eq!(said(&file), ["B044 at 66, 4"]);
}

#[test]
fn run_lengths_end_where_a_profile_begins() {
    // BITMAPV5HEADER, 8 bits, 2 by 1, one color; pixels at 142, four bytes of a profile at 144.
    let mut file =
        b"BM\x94\0\0\0\0\0\0\0\x8e\0\0\0\x7c\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x08\0".to_vec();
    file.extend(1_u32.to_le_bytes());
    file.extend(2_u32.to_le_bytes());
    file.extend([0; 8]);
    file.extend(1_u32.to_le_bytes());
    file.resize(14 + 56, 0);
    file.extend(b"DEBM");
    file.resize(14 + 108, 0);
    file.extend(4_u32.to_le_bytes());
    // From the header: 144 - 14.
    file.extend(130_u32.to_le_bytes());
    file.extend(4_u32.to_le_bytes());
    file.extend([0; 4]);
    file.extend([0, 0, 255, 0]);
    assert_eq!(file.len(), 142);
    file.extend([1, 0]);
    file.extend([1, 0, 0, 1]);
    // The second pixel would be the profile's.
    let picture = Picture::decode(&Source::from(&file[..]), &Options::default()).unwrap();
    assert_eq!(picture.rgba, [RED, NONE].concat());
    assert_eq!(
        (picture.lost_rows, &*said(&file)),
        (1, &["B020! at 144, 0".to_owned()][..])
    );
}

#[test]
fn places_of_one_problem_are_told_eight_times_and_then_counted() {
    for (rows, more) in [(8, None), (9, Some(1)), (10, Some(2))] {
        let mut pixels = [5, 1, 0, 0].repeat(rows);
        pixels.extend([0, 1]);
        let report = bmp::check(&Source::from(rle8(1, rows as i32, &pixels).file())).unwrap();
        let told: Vec<_> = (report.problems().iter())
            .filter(|p| p.code == "B050")
            .collect();
        assert_eq!(told.len(), 8);
        let rest = told[7].message.split_once("; ").map(|(_, rest)| rest);
        let says = more.map(|more| format!("and {more} more such places"));
        assert_eq!(rest, says.as_deref());
    }
}
