//! Each problem that headers tell, at its borders: code, severity, bytes and words.

use bytewright::Source;
use bytewright::formats::bmp::{self, Report};

use super::small::*;

/// Problems as `B003 warning at 2, 4: …`.
fn told(report: &Report) -> Vec<String> {
    let tell = |problem: &bytewright::tree::Problem| {
        let (code, severity, range) = (problem.code, problem.severity, problem.range);
        let place = format!("at {}, {}", range.offset, range.size);
        format!("{code} {severity} {place}: {}", problem.message)
    };
    report.problems().iter().map(tell).collect()
}

#[track_caller]
fn assert_told(file: &[u8], expected: &[&str]) {
    let report = bmp::inspect(&Source::from(file)).unwrap();
    assert_eq!(told(&report), expected);
}

/// A blue pixel: 58 bytes without a fault.
fn plain() -> Vec<u8> {
    rows(1, 1, 24, &[255, 0, 0, 0]).file()
}

/// The same with another 32-bit number at one place.
fn with(at: usize, value: u32) -> Vec<u8> {
    patched(plain(), &[(at, &value.to_le_bytes())])
}

/// The same with another 16-bit number.
fn with_short(at: usize, value: u16) -> Vec<u8> {
    patched(plain(), &[(at, &value.to_le_bytes())])
}

#[test]
fn a_plain_file_has_no_problem() {
    assert_told(&plain(), &[]);
    for size in [40, 52, 56, 64, 108, 124] {
        assert_told(&headed(size, &[], &[255, 0, 0, 0]), &[]);
    }
}

#[test]
fn b001_and_b002_where_the_headers_end() {
    assert_told(
        &patched(plain(), &[(0, b"X")]),
        &[
            "B001 error at 0, 2: b'XM' is no signature of a bitmap: expected BM, BA, CI, CP, IC or \
             PT",
        ],
    );
    let file_header = |there: usize| {
        format!(
            "B002 error at 0, {there}: the file header needs 14 bytes, the file ends after {there} \
             of them"
        )
    };
    for there in [0, 1, 2, 13] {
        assert_told(&plain()[..there], &[&file_header(there)]);
    }
    let size = |there: usize| {
        format!("B003 warning at 2, 4: the size field says 58 bytes, the file has {there}")
    };
    let dib_header = |there: usize, needed: usize| {
        let short = there - 14;
        format!(
            "B002 error at 14, {short}: the DIB header needs {needed} bytes, the file ends after \
             {short} of them"
        )
    };
    for (there, needed) in [(14, 4), (17, 4), (18, 40), (53, 40)] {
        assert_told(
            &plain()[..there],
            &[&size(there), &dib_header(there, needed)],
        );
    }
    let masks = Small {
        compression: 3,
        ..rows(1, 1, 32, &[0; 11])
    };
    assert_told(
        &masks.file(),
        &["B002 error at 54, 11: the masks needs 12 bytes, the file ends after 11 of them"],
    );
}

#[test]
fn b003_where_the_size_is_another_and_a_note_for_that_of_the_headers() {
    for size in [0, 1, 53, 55, 57, 59, u32::MAX] {
        let s = if size == 1 { "" } else { "s" };
        let said =
            format!("B003 warning at 2, 4: the size field says {size} byte{s}, the file has 58");
        assert_told(&with(2, size), &[&said]);
    }
    assert_told(
        &with(2, 54),
        &[
            "B003 note at 2, 4: the size field says 54 bytes, the size of the headers alone, as OS/2 \
             programs write it; the file has 58",
        ],
    );
}

#[test]
fn b004_where_a_reserved_field_is_set() {
    for (first, second) in [(1, 0), (0, 2), (3, 4)] {
        let file = patched(plain(), &[(6, &[first, 0, second, 0])]);
        let said = format!(
            "B004 note at 6, 4: the reserved fields hold {first} and {second} instead of 0"
        );
        assert_told(&file, &[&said]);
    }
}

#[test]
fn b005_b006_and_b007_where_the_pixels_begin() {
    for offset in [58, 59, u32::MAX] {
        let said = format!(
            "B005 error at 10, 4: the pixels begin at {offset:#x}, the file ends at 0x3a; they are \
             read from 0x36 on"
        );
        assert_told(&with(10, offset), &[&said]);
    }
    for offset in [0, 53] {
        let said = format!(
            "B006 error at 10, 4: the pixels begin at {offset:#x}, the headers end at 0x36; they \
             are read from 0x36 on"
        );
        assert_told(&with(10, offset), &[&said]);
    }
    let palette = |offset| Small {
        pixel_offset: Some(offset),
        ..indexed(4, 1, 8, 0, &[0, 1, 2, 3])
    };
    for offset in [54, 57] {
        let said = format!(
            "B006 error at 10, 4: the pixels begin at {offset:#x}, where the palette is, which ends \
             at 0x46; they are read from 0x46 on"
        );
        assert_told(&palette(offset).file(), &[&said]);
    }
    for gap in 1..=2 {
        let mut file = with(10, 54 + gap);
        file.splice(54..54, vec![9; gap as usize]);
        file[2..6].copy_from_slice(&(58 + gap).to_le_bytes());
        let (s, end) = (if gap == 1 { "" } else { "s" }, 54 + gap);
        let said =
            format!("B007 note at 54, {gap}: {gap} byte{s} in front of the pixels at {end:#x}");
        assert_told(&file, &[&said]);
    }
}

#[test]
fn b008_tells_whether_the_size_counts_what_nobody_claims() {
    let mut longer = plain();
    longer.extend([7, 7]);
    let counted = patched(longer.clone(), &[(2, &[60])]);
    assert_told(
        &counted,
        &["B008 note at 58, 2: 2 bytes after the pixels, counted by the size field"],
    );
    assert_told(
        &longer,
        &[
            "B003 warning at 2, 4: the size field says 58 bytes, the file has 60",
            "B008 note at 58, 2: 2 bytes after the pixels, not counted by the size field",
        ],
    );
    let neither = patched(longer, &[(2, &[59])]);
    assert_told(
        &neither,
        &[
            "B003 warning at 2, 4: the size field says 59 bytes, the file has 60",
            "B008 note at 58, 2: 2 bytes after the pixels",
        ],
    );
    // The profile comes last, and no header can be read: nothing is said of the rest.
    let mut profile = linked(142, 2);
    profile.extend([0; 3]);
    assert_told(
        &profile,
        &[
            "B003 warning at 2, 4: the size field says 144 bytes, the file has 147",
            "B063 warning at 142, 2: the profile is a file outside this one, named by a path that is \
             never opened",
            "B008 note at 144, 3: 3 bytes after the profile, not counted by the size field",
        ],
    );
}

/// A V5 header at 14, a pixel at 138, a path of two letters at 142.
fn linked(at: u32, size: u32) -> Vec<u8> {
    let fields = [(56, LINK), (112, at - 14), (116, size)];
    headed(124, &fields, b"\xff\0\0\0ab")
}

const LINK: u32 = 0x4c49_4e4b;
const MBED: u32 = 0x4d42_4544;
const SRGB: u32 = 0x7352_4742;
const WIN: u32 = 0x5769_6e20;

#[test]
fn b009_where_there_is_no_file_header() {
    assert_told(
        &plain()[14..],
        &["B009 note at 0, 4: a DIB without a file header, as the clipboard and resources have it"],
    );
    let masks = [&dib(40, &[(12, 1 | 32 << 16), (16, 3)])[..], &[0xff; 11]];
    assert_told(
        &masks.concat(),
        &[
            "B009 note at 0, 4: a DIB without a file header, as the clipboard and resources have it",
            "B002 error at 40, 11: the masks needs 12 bytes, the file ends after 11 of them",
        ],
    );
}

#[test]
fn b010_and_b011_by_the_size_of_the_header() {
    for size in [0, 11, 13, 15, 17, 41, 65, 107, 109, 123, 125, u32::MAX] {
        let said = format!(
            "B010 error at 14, 4: no DIB header has {size} bytes: expected 12, 40, 52, 56, 108, 124, \
             or for OS/2 the end of a field from 16 to 64"
        );
        assert_told(&with(14, size), &[&said]);
    }
    // 63 is within a field.
    for size in [16, 20, 24, 28, 32, 36, 42, 44, 46, 48, 60] {
        let said = format!(
            "B011 note at 14, 4: the OS/2 2.x header ends after {size} of 64 bytes; the fields it \
             leaves out are 0"
        );
        assert_told(&headed(size, &[], &[255, 0, 0, 0]), &[&said]);
    }
}

#[test]
fn b012_to_b014_where_there_is_no_picture() {
    let behind = "B008 note at 54, 4: 4 bytes after the DIB header, counted by the size field";
    for width in [0, -1, i32::MIN] {
        let said = format!("B012 error at 18, 4: the width is {width}, it must be above 0");
        assert_told(&with(18, width as u32), &[&said, behind]);
    }
    assert_told(
        &with(22, 0),
        &[
            "B013 error at 22, 4: the height is 0: the picture has no rows",
            "B021 warning at 34, 4: the image size is 4, 0 rows of 4 bytes take 0",
            behind,
        ],
    );
    assert_told(
        &with(22, i32::MIN as u32),
        &[
            "B024 error at 18, 8: 1 by 2147483648 pixels exceed the limit of 1073741824",
            "B013 error at 22, 4: the height is -2147483648, which has no absolute value",
            "B021 warning at 34, 4: the image size is 4, 2147483648 rows of 4 bytes take 8589934592",
            "B020 error at 54, 4: the pixels take 8589934592 bytes, the file holds 4 of them: \
             2147483647 rows of 2147483648 lost",
        ],
    );
    // A width below 0 is no side of a picture that might be too large.
    let long = patched(with(18, u32::MAX), &[(22, &i32::MAX.to_le_bytes())]);
    assert_told(
        &long,
        &[
            "B012 error at 18, 4: the width is -1, it must be above 0",
            behind,
        ],
    );
    for planes in [0, 2, u16::MAX] {
        let said = format!("B014 error at 26, 2: planes is {planes}, it must be 1");
        assert_told(&with_short(26, planes), &[&said]);
    }
}

#[test]
fn b015_to_b019_by_depth_and_compression() {
    for bits in [0, 33, 65, u16::MAX] {
        let said = format!(
            "B015 error at 28, 2: no bitmap has {bits} bits a pixel: expected 1, 2, 4, 8, 16, 24, 32 \
             or 64"
        );
        assert_told(&with_short(28, bits), &[&said]);
    }
    for bits in [2, 64] {
        let said =
            format!("B016 note at 28, 2: {bits} bits a pixel: many programs can't read that");
        let file = indexed(1, 1, bits, 0, &[0; 8][..if bits == 2 { 4 } else { 8 }]);
        let palette = "B034 note at 46, 4: 4 palette entries for 64 bits a pixel, which need none; 4 \
                       of them are there";
        let expected = if bits == 2 {
            vec![&*said]
        } else {
            vec![&*said, palette]
        };
        assert_told(&file.file(), &expected);
    }
    for compression in [7, 10, 14, u32::MAX] {
        let said = format!(
            "B017 error at 30, 4: compression {compression} is unknown: expected 0 to 6 or 11 to 13"
        );
        assert_told(&with(30, compression), &[&said]);
    }
    for (compression, name, bits) in [
        (1, "BI_RLE8", "8"),
        (2, "BI_RLE4", "4"),
        (5, "BI_PNG", "0"),
        (11, "BI_CMYK", "32"),
        (12, "BI_CMYKRLE8", "8"),
        (13, "BI_CMYKRLE4", "4"),
    ] {
        let said = format!(
            "B018 error at 30, 4: {name} does not go with 24 bits a pixel, only with {bits}"
        );
        assert_told(&with(30, compression), &[&said]);
    }
    // Masks with 24 bits are read.
    let masks = headed(
        52,
        &[(16, 3), (40, 0xff), (44, 0xff00), (48, 0xff_0000)],
        &[0; 4],
    );
    assert_told(
        &masks,
        &[
            "B018 warning at 30, 4: BI_BITFIELDS does not go with 24 bits a pixel, only with 16 or \
             32",
        ],
    );
    // The embedded file says its depth.
    assert_told(&headed(40, &[(12, 1), (16, 5), (20, 1)], b"x"), &[]);
    assert_told(&headed(40, &[(12, 1), (16, 4), (20, 1)], b"x"), &[]);
    assert_told(
        &rle8(1, -1, &[1, 0, 0, 1]).file(),
        &["B019 error at 22, 4: the height is -1, but BI_RLE8 can't run top down"],
    );
    assert_told(&with(22, u32::MAX), &[]);
    // No row runs neither way.
    assert_told(
        &rle8(1, 0, &[1, 0, 0, 1]).file(),
        &["B013 error at 22, 4: the height is 0: the picture has no rows"],
    );
}

#[test]
fn b020_and_b025_where_the_rows_end() {
    let cut = |there: usize| {
        let file = plain()[..54 + there].to_vec();
        patched(file, &[(2, &[54 + u8::try_from(there).unwrap()])])
    };
    assert_told(
        &cut(3),
        &[
            "B025 warning at 54, 3: the pixels take 4 bytes, the file holds 3 of them: only padding \
             is missing",
        ],
    );
    for there in 1..=2 {
        let said = format!(
            "B020 error at 54, {there}: the pixels take 4 bytes, the file holds {there} of them: 1 \
             row of 1 lost"
        );
        assert_told(&cut(there), &[&said]);
    }
    // Nothing of the pixels is there.
    assert_told(
        &cut(0),
        &["B005 error at 10, 4: the pixels begin at 0x36, the file ends at 0x36"],
    );
    let rows = rows(1, 3, 24, &[255, 0, 0, 0, 1]);
    assert_told(
        &Small {
            image_size: Some(12),
            ..rows
        }
        .file(),
        &[
            "B020 error at 54, 5: the pixels take 12 bytes, the file holds 5 of them: 2 rows of 3 \
             lost",
        ],
    );
}

#[test]
fn b021_to_b023_where_the_image_size_is_another() {
    assert_told(&with(34, 0), &[]);
    for size in [1, 3, 5, u32::MAX] {
        let said =
            format!("B021 warning at 34, 4: the image size is {size}, 1 rows of 4 bytes take 4");
        assert_told(&with(34, size), &[&said]);
    }
    let run_lengths = |size| Small {
        image_size: Some(size),
        ..rle8(1, 1, &[1, 0, 0, 1])
    };
    assert_told(
        &run_lengths(0).file(),
        &["B022 error at 34, 4: BI_RLE8 needs the image size, which is 0"],
    );
    assert_told(&run_lengths(4).file(), &[]);
    assert_told(
        &run_lengths(3).file(),
        &["B008 note at 73, 1: 1 byte after the pixels, counted by the size field"],
    );
    assert_told(
        &run_lengths(5).file(),
        &["B023 error at 34, 4: 5 bytes of pixels from 0x46 end at 0x4b, the file ends at 0x4a"],
    );
    let none = Small {
        pixel_offset: Some(74),
        ..run_lengths(4)
    };
    assert_told(
        &none.file(),
        &[
            "B005 error at 10, 4: the pixels begin at 0x4a, the file ends at 0x4a",
            "B008 note at 70, 4: 4 bytes after the palette, counted by the size field",
        ],
    );
}

#[test]
fn b024_above_two_to_the_thirty_pixels_four_gigabytes_and_two_to_the_22_in_a_row() {
    let told = |width: i32, height: i32, bits: u16| -> Vec<String> {
        let file = Small {
            image_size: Some(0),
            ..rows(width, height, bits, &[0; 4])
        };
        let report = bmp::inspect(&Source::from(file.file())).unwrap();
        let all = told(&report);
        all.into_iter().filter(|p| p.starts_with("B024")).collect()
    };
    assert_eq!(told(32_768, 32_768, 16), [""; 0]);
    assert_eq!(
        told(32_769, 32_768, 16),
        ["B024 error at 18, 8: 32769 by 32768 pixels exceed the limit of 1073741824"]
    );
    assert_eq!(told(32_768, 32_767, 32), [""; 0]);
    assert_eq!(
        told(32_768, 32_768, 32),
        [
            "B024 error at 18, 8: 32768 by 32768 pixels of 32 bits take more bytes than 32-bit sizes \
             count"
        ]
    );
    assert_eq!(told(1 << 22, 1, 24), [""; 0]);
    assert_eq!(
        told((1 << 22) + 1, 1, 24),
        ["B024 error at 18, 4: a row of 4194305 pixels exceeds the limit of 4194304"]
    );
}

#[test]
fn b030_to_b037_by_the_palette() {
    let file = |bits, colors_used, palette: &[[u8; 4]]| {
        Small {
            colors_used,
            palette: palette.to_vec(),
            ..rows(1, 1, bits, &[0; 4])
        }
        .file()
    };
    let two = [[0, 0, 255, 0], [0, 255, 0, 0]];
    assert_told(&file(1, 2, &two), &[]);
    assert_told(&file(1, 0, &two), &[]);
    let three = [two[0], two[1], two[0]];
    assert_told(
        &file(1, 3, &three),
        &["B030 warning at 46, 4: 3 colors used, 1 bits a pixel reach 2"],
    );
    // As many as are reached are there.
    assert_told(
        &file(1, 3, &two),
        &["B030 warning at 46, 4: 3 colors used, 1 bits a pixel reach 2"],
    );
    assert_told(
        &file(4, 3, &two),
        &["B031 warning at 54, 8: 2 of 3 palette entries fit in front of the pixels"],
    );
    let cut = patched(file(4, 3, &two)[..62].to_vec(), &[(2, &[62]), (10, &[66])]);
    assert_told(
        &cut,
        &[
            "B005 error at 10, 4: the pixels begin at 0x42, the file ends at 0x3e",
            "B031 warning at 54, 8: 2 of 3 palette entries fit in front of the end of the file",
        ],
    );
    // Of no width, there are no pixels, and the palette ends all the same where they would begin.
    let width = "B012 error at 18, 4: the width is 0, it must be above 0";
    assert_told(
        &patched(file(4, 3, &two), &[(18, &[0])]),
        &[
            width,
            "B031 warning at 54, 8: 2 of 3 palette entries fit in front of the pixels",
            "B008 note at 62, 4: 4 bytes after the palette, counted by the size field",
        ],
    );
    assert_told(
        &patched(cut, &[(18, &[0])]),
        &[
            width,
            "B031 warning at 54, 8: 2 of 3 palette entries fit in front of the end of the file",
        ],
    );
    let important =
        |used: u32, important: u32| patched(file(4, used, &two), &[(50, &important.to_le_bytes())]);
    assert_told(&important(2, 2), &[]);
    assert_told(
        &important(2, 3),
        &["B033 note at 50, 4: 3 colors are important of 2"],
    );
    let of_one = patched(file(4, 1, &two[..1]), &[(50, &[2])]);
    assert_told(
        &of_one,
        &["B033 note at 50, 4: 2 colors are important of 1"],
    );
    // 0 used are all that are reached.
    let sixteen = |important: u32| {
        let file = file(4, 0, &[two[0]; 16]);
        patched(file, &[(50, &important.to_le_bytes())])
    };
    assert_told(&sixteen(16), &[]);
    assert_told(
        &sixteen(17),
        &["B033 note at 50, 4: 17 colors are important of 16"],
    );
    assert_told(
        &file(24, 2, &two),
        &[
            "B034 note at 46, 4: 2 palette entries for 24 bits a pixel, which need none; 2 of them \
             are there",
        ],
    );
    let fourth = [[0, 0, 255, 0], [0, 255, 0, 1], [1, 1, 1, 255]];
    assert_told(
        &file(4, 3, &fourth),
        &[
            "B035 note at 58, 4: the fourth byte of 2 palette entries is not zero, entry 1 the first \
             of them",
        ],
    );
    assert_told(
        &file(8, 0, &[]),
        &[
            "B037 warning at 46, 4: no entry of the palette at 0x36 is there: the indices are taken \
             for grays",
        ],
    );
}

#[test]
fn b035_looks_at_256_entries() {
    let at = |index: usize| {
        let mut palette = vec![[0; 4]; 257];
        palette[index][3] = 1;
        let file = Small {
            colors_used: 257,
            palette,
            ..rows(1, 1, 24, &[0; 4])
        };
        let report = bmp::inspect(&Source::from(file.file())).unwrap();
        told(&report).iter().any(|p| p.starts_with("B035"))
    };
    assert!(at(255) && !at(256));
}

#[test]
fn b040_to_b043_by_the_masks() {
    let masks = |bits: u32, masks: [u32; 3]| {
        let [red, green, blue] = masks;
        let fields = [
            (12, 1 | bits << 16),
            (16, 3),
            (40, red),
            (44, green),
            (48, blue),
        ];
        headed(52, &fields, &[0; 4])
    };
    assert_told(&masks(16, [0xf800, 0x7e0, 0x1f]), &[]);
    assert_told(&masks(32, [0xff00_0000, 0xff_0000, 0xff00]), &[]);
    assert_told(
        &masks(16, [0x1_f800, 0x7e0, 0x1f]),
        &["B040 error at 54, 4: the red mask 0x0001f800 reaches beyond 16 bits a pixel"],
    );
    let beyond = |name: &str, at: u32, mask: u32| {
        format!("B040 error at {at}, 4: the {name} mask {mask:#010x} reaches beyond 0 bits a pixel")
    };
    assert_told(
        &masks(0, [1, 2, 4]),
        &[
            "B015 error at 28, 2: no bitmap has 0 bits a pixel: expected 1, 2, 4, 8, 16, 24, 32 or 64",
            &beyond("red", 54, 1),
            &beyond("green", 58, 2),
            &beyond("blue", 62, 4),
        ],
    );
    assert_told(
        &masks(64, [0x8000_0000, 0x7fff_0000, 0xffff]),
        &[
            "B016 note at 28, 2: 64 bits a pixel: many programs can't read that",
            "B018 error at 30, 4: BI_BITFIELDS does not go with 64 bits a pixel, only with 16 or 32",
        ],
    );
    assert_told(
        &masks(16, [0xf800, 0x7e0, 0x3f]),
        &["B041 error at 62, 4: the blue mask 0x0000003f has bits 0x20 of an earlier mask"],
    );
    assert_told(
        &masks(16, [0xf800, 0x5e0, 0x1f]),
        &["B042 error at 58, 4: the green mask 0x000005e0 has holes"],
    );
    assert_told(
        &masks(16, [0xf800, 0, 0x1f]),
        &["B043 warning at 58, 4: the green mask 0x00000000 leaves the channel without a bit"],
    );
    let zero = |name: &str, at: u32| {
        format!(
            "B043 warning at {at}, 4: the {name} mask 0x00000000 is that of no channel: all are \
             zero, and the usual ones are taken"
        )
    };
    assert_told(
        &masks(32, [0; 3]),
        &[&zero("red", 54), &zero("green", 58), &zero("blue", 62)],
    );
    let none = |name: &str, at: u32| {
        format!(
            "B043 warning at {at}, 4: the {name} mask 0x00000000 leaves the channel without a bit"
        )
    };
    assert_told(
        &masks(16, [0; 3]),
        &[&none("red", 54), &none("green", 58), &none("blue", 62)],
    );
    // An alpha mask alone is one, and overlaps as the others do.
    let alpha = |alpha| {
        let fields = [(12, 1 | 32 << 16), (16, 3), (52, alpha)];
        headed(56, &fields, &[0; 4])
    };
    assert_told(
        &alpha(0xff),
        &[&none("red", 54), &none("green", 58), &none("blue", 62)],
    );
    // After a header of 40 bytes, they stand there.
    let mut behind = vec![0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0xff, 0xff, 0];
    behind.extend([0; 4]);
    let file = headed(40, &[(12, 1 | 32 << 16), (16, 3)], &behind);
    assert_told(
        &patched(file, &[(10, &[66])]),
        &["B041 error at 62, 4: the blue mask 0x00ffff00 has bits 0xff00 of an earlier mask"],
    );
}

#[test]
fn b044_where_an_alpha_mask_may_be_meant() {
    let file = |size, bits: u32, compression| {
        let fields = [
            (12, 1 | bits << 16),
            (16, compression),
            (40, 0xff_0000),
            (44, 0xff00),
            (48, 0xff),
            (52, 0xff00_0000),
        ];
        headed(size, &fields, &[0; 4])
    };
    let said = "B044 warning at 66, 4: the alpha mask is 0xff000000, but BI_RGB has no masks: some \
                programs show the picture transparent, some don't";
    for size in [56, 108, 124] {
        assert_told(&file(size, 32, 0), &[said]);
        assert_told(&file(size, 24, 0), &[]);
        assert_told(&file(size, 32, 3), &[]);
        // Any bit is a mask, and none is no mask.
        let alpha = |mask: u8| patched(file(size, 32, 0), &[(66, &[mask, 0, 0, 0])]);
        assert_told(&alpha(1), &[&said.replace("0xff000000", "0x00000001")]);
        assert_told(&alpha(0), &[]);
    }
}

#[test]
fn b060_outside_500_to_a_million_pixels_a_meter() {
    let file = |x: u32, y: u32| {
        let density = [x.to_le_bytes(), y.to_le_bytes()].concat();
        patched(plain(), &[(38, &density)])
    };
    for (x, y) in [(0, 0), (500, 500), (1_000_000, 1_000_000), (500, 1_000_000)] {
        assert_told(&file(x, y), &[]);
    }
    for (x, y) in [
        (499, 500),
        (500, 499),
        (0, 2835),
        (2835, 0),
        (1_000_001, 500),
    ] {
        let said = format!(
            "B060 warning at 38, 8: {x} by {y} pixels a meter: expected 500 to 1000000, or 0 for \
             both"
        );
        assert_told(&file(x, y), &[&said]);
    }
    let said = "B060 warning at 38, 8: -2835 by 2835 pixels a meter: expected 500 to 1000000, or 0 \
                for both";
    assert_told(&file(-2835_i32 as u32, 2835), &[said]);
}

#[test]
fn b061_by_color_space_and_intent() {
    let file = |space, intent| headed(124, &[(56, space), (108, intent)], &[0; 4]);
    for space in [0, SRGB, WIN] {
        assert_told(&file(space, 0), &[]);
    }
    for intent in [1, 2, 4, 8] {
        assert_told(&file(SRGB, intent), &[]);
    }
    for intent in [3, 5, 16] {
        let said =
            format!("B061 warning at 122, 4: intent {intent} is unknown: expected 1, 2, 4 or 8");
        assert_told(&file(SRGB, intent), &[&said]);
    }
    assert_told(
        &file(1, 0),
        &[
            "B061 warning at 70, 4: color space 0x00000001 is unknown: expected 0, 'sRGB', 'Win ', \
             'LINK' or 'MBED'",
        ],
    );
}

#[test]
fn b062_to_b064_by_the_profile() {
    assert_told(
        &headed(108, &[(56, MBED)], &[0; 4]),
        &[
            "B062 error at 70, 4: the color space is a profile, but only a V5 header says where it \
             is",
        ],
    );
    let size = "B062 error at 126, 8: the color space is a profile, but its size is 0";
    assert_told(&headed(124, &[(56, LINK), (112, 128)], &[0; 4]), &[size]);

    // A profile of 40 bytes, with its signature at the last four.
    let mut behind = vec![0; 44];
    behind[40..].copy_from_slice(b"acsp");
    let embedded = |at: u32, size: u32, behind: &[u8]| {
        headed(124, &[(56, MBED), (112, at - 14), (116, size)], behind)
    };
    assert_told(&embedded(142, 40, &behind), &[]);
    let unsigned = |at: u32, size: u32| {
        format!(
            "B062 error at {at}, {size}: the profile has no signature 'acsp' 36 bytes after its \
             beginning"
        )
    };
    assert_told(
        &embedded(142, 39, &behind),
        &[
            &unsigned(142, 39),
            "B008 note at 181, 1: 1 byte after the profile, counted by the size field",
        ],
    );
    behind[43] = b'q';
    assert_told(&embedded(142, 40, &behind), &[&unsigned(142, 40)]);
    assert_told(
        &embedded(142, 41, &behind),
        &[
            "B062 error at 126, 8: the profile from 0x8e to 0xb7 leaves the file, which ends at 0xb6",
        ],
    );

    let path = "the profile is a file outside this one, named by a path that is never opened";
    assert_told(
        &linked(142, 2),
        &[&format!("B063 warning at 142, 2: {path}")],
    );
    assert_told(
        &linked(142, 3),
        &[
            "B062 error at 126, 8: the profile from 0x8e to 0x91 leaves the file, which ends at 0x90",
            &format!("B063 warning at 142, 3: {path}"),
        ],
    );
    // A byte over the pixels, and then over the headers, too.
    assert_told(
        &linked(141, 3),
        &[
            &format!("B063 warning at 141, 3: {path}"),
            "B064 warning at 141, 1: 1 byte of the profile lie over the pixels",
        ],
    );
    assert_told(
        &linked(136, 8),
        &[
            &format!("B063 warning at 136, 8: {path}"),
            "B064 warning at 136, 2: 2 bytes of the profile lie over the headers",
            "B064 warning at 138, 4: 4 bytes of the profile lie over the pixels",
        ],
    );
    // Bytes that the file lacks lie over nothing.
    assert_told(
        &linked(140, 8)[..141],
        &[
            "B003 warning at 2, 4: the size field says 144 bytes, the file has 141",
            "B062 error at 126, 8: the profile from 0x8c to 0x94 leaves the file, which ends at 0x8d",
            "B025 warning at 138, 3: the pixels take 4 bytes, the file holds 3 of them: only padding \
             is missing",
            &format!("B063 warning at 140, 8: {path}"),
            "B064 warning at 140, 1: 1 byte of the profile lie over the pixels",
        ],
    );
    // Without a file header, a profile may begin with the file.
    let alone = dib(124, &[(56, LINK), (112, 0), (116, 2)]);
    assert_told(
        &[&alone[..], &[0; 4]].concat(),
        &[
            "B009 note at 0, 4: a DIB without a file header, as the clipboard and resources have it",
            &format!("B063 warning at 0, 2: {path}"),
            "B064 warning at 0, 2: 2 bytes of the profile lie over the headers",
        ],
    );
}

#[test]
fn b065_where_end_points_or_gammas_are_set_and_ignored() {
    let file = |space, fields: &[usize]| {
        let mut all = vec![(56, space)];
        all.extend(fields.iter().map(|at| (*at, 1)));
        headed(108, &all, &[0; 4])
    };
    let said = |what: &str| {
        format!("B065 warning at 74, 48: {what} are set and ignored: the color space is 'sRGB'")
    };
    // x and y of red, green and blue.
    for at in [60, 64, 72, 76, 84, 88] {
        assert_told(&file(SRGB, &[at]), &[&said("end points")]);
        assert_told(&file(0, &[at]), &[]);
    }
    // z alone is what some programs write.
    assert_told(&file(SRGB, &[68, 80, 92]), &[]);
    for at in [96, 100, 104] {
        assert_told(&file(SRGB, &[at]), &[&said("gammas")]);
        assert_told(&file(SRGB, &[60, at]), &[&said("end points and gammas")]);
        assert_told(&file(0, &[at]), &[]);
    }
}

#[test]
fn b070_where_the_chain_of_an_array_goes_wrong() {
    /// An entry with a bitmap of 12 and 4 bytes, whose pixels end it.
    fn entry(at: u32, next: u32) -> Vec<u8> {
        let mut bytes = b"BA\x28\0\0\0".to_vec();
        bytes.extend(next.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(b"BM\x1a\0\0\0\0\0\0\0");
        bytes.extend((at + 40).to_le_bytes());
        bytes.extend(b"\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\xff\0\0\0");
        bytes
    }
    assert_told(&[entry(0, 44), entry(44, 0)].concat(), &[]);
    for next in [44, 45, u32::MAX] {
        let said =
            format!("B070 error at 6, 4: the array goes on at {next:#x}, the file ends at 0x2c");
        assert_told(&entry(0, next), &[&said]);
    }
    assert_told(
        &[entry(0, 44), entry(44, 44)].concat(),
        &[
            "B070 error at 50, 4: the array goes on at 0x2c, where it was before: its chain is a \
             circle",
        ],
    );
    // The chain leads where no array begins.
    assert_told(
        &entry(0, 42),
        &["B001 error at 42, 2: b'\\x00\\x00' is no signature of a bitmap: expected BA"],
    );
}
