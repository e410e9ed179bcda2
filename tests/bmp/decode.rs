//! What the options and limits of decoding promise, and the words of its errors.

use std::error::Error;

use bytewright::Source;
use bytewright::formats::bmp::{self, Alpha, DecodeError, Decoder, Options, Picture, Undefined};

use super::small::*;

fn options(set: impl Fn(&mut Options)) -> Options {
    let mut options = Options::default();
    set(&mut options);
    options
}

fn decode(file: &[u8], options: &Options) -> Result<Vec<u8>, DecodeError> {
    Ok(Picture::decode(&Source::from(file), options)?.rgba)
}

fn decoded(file: &[u8]) -> Vec<u8> {
    decode(file, &Options::default()).unwrap()
}

fn decoded_16(file: &[u8]) -> Vec<u16> {
    let decoder = Decoder::new(&Source::from(file), &Options::default()).unwrap();
    Picture::read_16(decoder).unwrap().rgba
}

fn fails(file: &[u8], options: &Options) -> String {
    decode(file, options).unwrap_err().to_string()
}

#[test]
fn limits_are_met_exactly_and_not_passed() {
    let file = rows(2, 3, 24, &[0; 24]).file();
    let limit = |max| options(|options| options.max_pixels = max);
    assert!(decode(&file, &limit(6)).is_ok());
    assert_eq!(
        fails(&file, &limit(5)),
        "2 by 3 pixels exceed the limit of 5"
    );
    let wide = |width: i32| {
        let file = Small {
            image_size: Some(0),
            palette: vec![[0; 4]; 2],
            ..rows(width, 1, 1, &[0; 8])
        };
        Decoder::new(&Source::from(file.file()), &Options::default())
    };
    assert!(wide(1 << 22).is_ok());
    assert_eq!(
        wide((1 << 22) + 1).unwrap_err().to_string(),
        "a row of 4194305 pixels exceeds the limit of 4194304"
    );
    let defaults = Options::default();
    assert_eq!(
        (defaults.max_pixels, defaults.max_missing),
        (1 << 28, 1 << 20)
    );
}

#[test]
fn a_large_picture_needs_one_pixel_of_sixteen() {
    let limit = |max| options(|options| options.max_missing = max);
    let runs = |pixels: u8| rle8(64, 1, &[pixels, 1]).file();
    assert!(decode(&runs(3), &limit(64)).is_ok());
    assert_eq!(
        fails(&runs(3), &limit(63)),
        "the file holds data for 3 of 64 pixels; where that is fewer than one in 16, the limit is 63 pixels"
    );
    assert!(decode(&runs(4), &limit(63)).is_ok());
    // The rows are counted together: two of each 32 pixels.
    let rows = |second: u8| rle8(32, 2, &[2, 1, 0, 0, second, 1]).file();
    assert!(decode(&rows(2), &limit(0)).is_ok());
    // As many bytes as pixels are needed: none is counted.
    let bytes = rle8(64, 1, &[0, 0, 0, 0]).file();
    assert!(decode(&bytes, &limit(63)).is_ok());
    let huffman = huffman(2000, 1, &[0x35, 0x35]);
    assert!(decode(&huffman.file(), &limit(2000)).is_ok());
    assert!(decode(&huffman.file(), &limit(1999)).is_err());
}

#[test]
fn errors_say_what_there_is() {
    let file = rows(1, 1, 24, &[0; 4]).file();
    let second = options(|options| options.bitmap = Some(1));
    assert_eq!(
        fails(&file, &second),
        "there is no bitmap 1: the file has 1, counted from 0"
    );
    let plain = Options::default();
    for (width, height) in [(0, 1), (-1, 1), (1, 0), (1, i32::MIN)] {
        let file = rows(width, height, 24, &[0; 4]).file();
        let size = format!("no picture has {width} by {height} pixels");
        assert_eq!(fails(&file, &plain), size);
    }
    assert_eq!(
        fails(&rows(1, 1, 33, &[0; 8]).file(), &plain),
        "BI_RGB with 33 bits a pixel is no way to store pixels"
    );
    let unknown = Small {
        compression: 9,
        ..rows(1, 1, 24, &[0; 4])
    };
    assert_eq!(
        fails(&unknown.file(), &plain),
        "unknown with 24 bits a pixel is no way to store pixels"
    );
    let error = decode(b"BM", &plain).unwrap_err();
    let header = "file_header at offset 0x0: the file header needs 14 bytes, the file ends after 2 \
                  of them";
    assert_eq!(error.to_string(), header);
    assert!(error.source().is_none(), "the text has it");
    let failed = DecodeError::from(std::io::Error::other("gone"));
    assert_eq!(failed.to_string(), "gone");
    assert!(failed.source().is_none(), "the text has it");
}

#[test]
fn a_row_is_asked_for_with_four_samples_a_pixel() {
    let file = rows(1, 2, 24, &[255, 0, 0, 0, 0, 0, 255, 0]).file();
    let mut decoder = Decoder::new(&Source::from(file), &Options::default()).unwrap();
    assert_eq!(
        (decoder.bitmap(), decoder.width(), decoder.height()),
        (0, 1, 2)
    );
    assert!(!decoder.is_deep());
    for length in [0, 3, 5, 8] {
        let error = decoder.read_row(&mut vec![0; length]).unwrap_err();
        assert_eq!(error.to_string(), "a row takes 4 × 1 samples");
    }
    let mut row = [0; 4];
    assert_eq!(decoder.read_row_16(&mut row).unwrap(), Some(1));
    assert_eq!(row, [0, 0, 65_535, 65_535]);
    assert_eq!(decoder.read_row_16(&mut row).unwrap(), Some(0));
    assert_eq!(row, [65_535, 0, 0, 65_535]);
    assert_eq!(decoder.read_row_16(&mut row).unwrap(), None);
    assert_eq!(decoder.lost_rows(), 0);
}

/// What a row doesn't have is not that of the row before, whose room it is read into.
#[test]
fn the_rest_of_a_row_that_is_cut_is_not_the_row_before() {
    let whole = rows(4, 2, 24, &[255; 24]).file();
    for missing in [1, 6, 12] {
        let cut = Source::from(&whole[..whole.len() - missing]);
        let mut decoder = Decoder::new(&cut, &Options::default()).unwrap();
        let mut row = [7; 16];
        assert_eq!(decoder.read_row(&mut row).unwrap(), Some(1));
        assert_eq!(row, [255; 16]);
        let there = (12 - missing) / 3;
        let more = decoder.read_row(&mut row).unwrap();
        assert_eq!(more.is_some(), there > 0, "{missing}");
        if there > 0 {
            assert_eq!(row[..there * 4], [255; 16][..there * 4], "{missing}");
            assert_eq!(row[there * 4..], [0; 16][there * 4..], "{missing}");
        }
    }
}

#[test]
fn alpha_is_what_the_header_says_or_none_or_what_is_left() {
    let of = |alpha| options(|options| options.alpha = alpha);
    let fourth = |file: &[u8], alpha| decode(file, &of(alpha)).unwrap()[3];
    // 32 bits without a mask; 16 bits; a mask in the header, with `BI_RGB` and without.
    let plain = rows(1, 1, 32, &[1, 2, 3, 4]).file();
    let sixteen = rows(1, 1, 16, &[0, 0, 0, 0]).file();
    let set = rows(1, 1, 16, &[0, 0x80, 0, 0]).file();
    let masks = [(40, 0xff), (44, 0xff00), (48, 0xff_0000), (52, 0xff00_0000)];
    let stated = |size, compression| {
        let mut all = vec![(12, 1 | 32 << 16), (16, compression)];
        all.extend(masks);
        headed(size, &all, &[1, 2, 3, 4])
    };
    let sixty_four = rows(1, 1, 64, &[0; 8]).file();
    for (file, header, ignore, keep) in [
        (&plain, 255, 255, 4),
        (&sixteen, 255, 255, 0),
        (&set, 255, 255, 255),
        (&stated(56, 0), 4, 255, 4),
        (&stated(56, 3), 4, 255, 4),
        (&sixty_four, 0, 255, 0),
    ] {
        assert_eq!(fourth(file, Alpha::Header), header);
        assert_eq!(fourth(file, Alpha::Ignore), ignore);
        assert_eq!(fourth(file, Alpha::Keep), keep);
        for alpha in [Alpha::Header, Alpha::Ignore, Alpha::Keep] {
            let decoder = Decoder::new(&Source::from(&file[..]), &of(alpha)).unwrap();
            assert_eq!(decoder.is_deep(), *file == sixty_four);
        }
    }
    // A mask that is stated as 0 says that there is none, whatever is to be kept.
    let mut all = vec![(12, 1 | 32 << 16), (16, 3)];
    all.extend(&masks[..3]);
    assert_eq!(fourth(&headed(56, &all, &[1, 2, 3, 4]), Alpha::Keep), 255);
    let mut all = vec![(12, 1 | 16 << 16), (16, 3)];
    all.extend([(40, 0x7c00), (44, 0x3e0), (48, 0x1f)]);
    assert_eq!(fourth(&headed(56, &all, &[0; 4]), Alpha::Keep), 255);
    // The alpha mask counts in 32 bits only.
    let fields = [(52, 0xff_0000)];
    assert_eq!(fourth(&headed(56, &fields, &[0; 4]), Alpha::Header), 255);
}

#[test]
fn alpha_that_is_zero_everywhere_is_told_at_its_mask() {
    let codes = |pixels: &[u8], size| {
        let fields = [
            (4, 2),
            (12, 1 | 32 << 16),
            (16, 3),
            (40, 0xff),
            (44, 0xff00),
            (48, 0xff_0000),
            (52, 0xff00_0000),
        ];
        let report = bmp::check(&Source::from(headed(size, &fields, pixels))).unwrap();
        let show = |p: &bytewright::tree::Problem| (p.code, p.range.offset, p.range.size);
        report.problems().iter().map(show).collect::<Vec<_>>()
    };
    assert_eq!(codes(&[1, 2, 3, 0, 4, 5, 6, 0], 56), [("B044", 66, 4)]);
    assert_eq!(codes(&[1, 2, 3, 0, 4, 5, 6, 1], 56), []);
    assert_eq!(codes(&[1, 2, 3, 1, 4, 5, 6, 0], 56), []);
    // Of no row, nothing is known.
    let fields = [(12, 1 | 32 << 16), (16, 3), (52, 0xff00_0000)];
    let source = Source::from(headed(56, &fields, &[0; 4]));
    let decoder = Decoder::new(&source, &Options::default()).unwrap();
    assert_eq!(decoder.finish().unwrap(), []);
}

#[test]
fn what_run_lengths_leave_out_is_transparent_or_the_first_color() {
    let first = options(|options| options.undefined = Undefined::First);
    let file = rle8(3, 1, &[1, 1, 0, 1]).file();
    assert_eq!(decoded(&file), [GREEN, NONE, NONE].concat());
    assert_eq!(decode(&file, &first).unwrap(), [GREEN, RED, RED].concat());
    let file = rle4(3, 1, &[1, 0x10, 0, 1]).file();
    assert_eq!(decode(&file, &first).unwrap(), [GREEN, RED, RED].concat());
    // From x 1 of the first row by one pixel and two rows.
    let file = rle8(3, 3, &[1, 1, 0, 2, 1, 2, 1, 2, 0, 1]).file();
    let picture = |none| {
        let rows = [[none, none, BLUE], [none; 3], [GREEN, none, none]];
        rows.concat().concat()
    };
    assert_eq!(decoded(&file), picture(NONE));
    assert_eq!(decode(&file, &first).unwrap(), picture(RED));
    let black = [0, 0, 0, 255];
    let file = rle24(2, 1, &[1, 0, 0, 255, 0, 1]).file();
    assert_eq!(decode(&file, &first).unwrap(), [RED, black].concat());
    // A row of two pixels and a broken code.
    let file = huffman(2, 1, &[0, 0x80]).file();
    assert_eq!(decode(&file, &first).unwrap(), [WHITE; 2].concat());
    assert_eq!(decoded(&file), [NONE; 2].concat());
}

#[test]
fn cmyk_is_what_ink_and_black_leave_of_the_light() {
    let pixels = [
        [0, 0, 0, 0],
        [255, 0, 0, 0],
        [0, 255, 0, 0],
        [0, 0, 255, 0],
        [0, 0, 0, 255],
        [128, 0, 0, 0],
        // 100 · 200 / 255 is 78.4, 100 · 100 / 255 is 39.2, 100 · 50 / 255 is 19.6.
        [155, 55, 155, 205],
        // 1 · 127 / 255 and 1 · 128 / 255, either side of the half.
        [254, 255, 127, 128],
    ];
    let file = Small {
        compression: 11,
        ..rows(8, 1, 32, &pixels.concat())
    };
    let expected = [
        [255, 255, 255, 255],
        [0, 0, 0, 255],
        [255, 255, 0, 255],
        [255, 0, 255, 255],
        [0, 255, 255, 255],
        [127, 127, 127, 255],
        [20, 39, 78, 255],
        [0, 1, 0, 255],
    ];
    assert_eq!(decoded(&file.file()), expected.concat());
}

#[test]
fn masks_of_16_24_and_32_bits() {
    let file = |bits: u32, masks: [u32; 3], pixel: &[u8]| {
        let [red, green, blue] = masks;
        let fields = [
            (12, 1 | bits << 16),
            (16, 3),
            (40, red),
            (44, green),
            (48, blue),
        ];
        headed(52, &fields, pixel)
    };
    // 1 of 1, 2 of 3, 4 of 15.
    let short = file(16, [0x8000, 0x6000, 0xf], &[4, 0xc0, 0, 0]);
    assert_eq!(decoded(&short), [255, 170, 68, 255]);
    assert_eq!(decoded_16(&short), [65_535, 43_690, 17_476, 65_535]);
    let three = file(24, [0xff, 0xff_0000, 0xff00], &[1, 2, 3, 0]);
    assert_eq!(decoded(&three), [1, 3, 2, 255]);
    // Bits beyond a pixel of 24 are none of the next one's, and 0.
    let beyond = file(24, [0x100_0000, 0xff, 0x1ff_0000], &[9, 8, 7, 255]);
    // 7 of 511 is 3.49 of 255.
    assert_eq!(decoded(&beyond), [0, 9, 3, 255]);
    // Masks of no bit are the usual ones with 24 and 32 bits, and none with 16.
    assert_eq!(decoded(&file(24, [0; 3], &[1, 2, 3, 0])), [3, 2, 1, 255]);
    assert_eq!(decoded(&file(32, [0; 3], &[1, 2, 3, 0])), [3, 2, 1, 255]);
    assert_eq!(decoded(&file(16, [0; 3], &[255; 4])), [0, 0, 0, 255]);
    // Deep are more than 8 bits.
    let deep = |masks| {
        let file = file(32, masks, &[255; 4]);
        let decoder = Decoder::new(&Source::from(file), &Options::default()).unwrap();
        decoder.is_deep()
    };
    assert!(!deep([0xff, 0xff00, 0xff_0000]));
    for masks in [[0x1ff, 0x200, 0x400], [1, 0x3fe, 0x400], [1, 2, 0x3fe00]] {
        assert!(deep(masks));
    }
    let sixty_four = rows(1, 1, 64, &[0, 0x20, 0, 0, 0, 0x20, 0, 0x10]).file();
    assert_eq!(decoded_16(&sixty_four), [65_535, 0, 65_535, 32_768]);
    let decoder = Decoder::new(&Source::from(sixty_four), &Options::default()).unwrap();
    assert!(decoder.is_deep());
}

#[test]
fn indices_without_a_palette_are_grays() {
    let of = |bits, pixels: &[u8]| {
        let file = Small {
            palette: Vec::new(),
            colors_used: 0,
            ..indexed(4, 1, bits, 0, pixels)
        };
        decoded(&file.file())
    };
    let grays = |grays: [u8; 4]| grays.map(|v| [v, v, v, 255]).concat();
    assert_eq!(of(1, &[0b0101_0000, 0, 0, 0]), grays([0, 255, 0, 255]));
    assert_eq!(of(2, &[0b0001_1011, 0, 0, 0]), grays([0, 85, 170, 255]));
    assert_eq!(of(4, &[0x01, 0x8f, 0, 0]), grays([0, 17, 136, 255]));
    // T.4 has white first.
    let file = Small {
        palette: Vec::new(),
        ..huffman(8, 1, &[0x98])
    };
    assert_eq!(decoded(&file.file()), WHITE.repeat(8));
    // Two white and six black.
    let file = Small {
        palette: Vec::new(),
        ..huffman(8, 1, &[0b0111_0010])
    };
    let black = [0, 0, 0, 255];
    assert_eq!(
        decoded(&file.file()),
        [&[WHITE; 2][..], &[black; 6]].concat().concat()
    );
    // Of a palette that isn't there, no color is missing, and none is unused.
    let file = Small {
        palette: Vec::new(),
        colors_used: 0,
        ..indexed(4, 1, 8, 0, &[0, 1, 128, 255])
    };
    let report = bmp::check(&Source::from(file.file())).unwrap();
    let codes: Vec<_> = report.problems().iter().map(|p| p.code).collect();
    assert_eq!(codes, ["B037"]);
}

#[test]
fn run_lengths_and_huffman_codes_have_eight_bits_a_channel() {
    for small in [
        rle8(1, 1, &[1, 0, 0, 1]),
        rle24(1, 1, &[1, 0, 0, 255, 0, 1]),
        huffman(8, 1, &[0x98]),
    ] {
        let decoder = Decoder::new(&Source::from(small.file()), &Options::default()).unwrap();
        assert!(!decoder.is_deep());
    }
}

#[test]
fn colors_that_are_not_used_or_there_twice_are_told() {
    let told = |palette: &[[u8; 4]], pixels: &[u8]| {
        let file = Small {
            colors_used: palette.len() as u32,
            palette: palette.to_vec(),
            ..rows(4, 1, 8, pixels)
        };
        let report = bmp::check(&Source::from(file.file())).unwrap();
        let mut told = report.problems().iter().filter(|p| p.code == "B036");
        told.next().map(|p| {
            assert_eq!(
                (p.range.offset, p.range.size),
                (54, 4 * palette.len() as u64)
            );
            p.message.clone()
        })
    };
    let (a, b) = ([1, 0, 0, 0], [2, 0, 0, 0]);
    let says = |colors, unused, twice| {
        Some(format!(
            "of {colors} colors of the palette {unused} are not used, and {twice} are there before"
        ))
    };
    assert_eq!(told(&[a, b], &[0, 1, 0, 1]), None);
    assert_eq!(told(&[a, b], &[1; 4]), says(2, 1, 0));
    assert_eq!(told(&[a, b, a], &[0, 1, 2, 0]), says(3, 0, 1));
    assert_eq!(told(&[a, a, a], &[0; 4]), says(3, 2, 2));
    // Decoding tells what is wrong with the pixels, and an unused color isn't.
    let unused = indexed(1, 1, 8, 0, &[1, 0, 0, 0]).file();
    let picture = Picture::decode(&Source::from(unused), &Options::default()).unwrap();
    assert_eq!((picture.rgba, picture.problems), (GREEN.to_vec(), vec![]));
}

#[test]
fn indices_beyond_the_palette_are_counted_and_the_first_is_named() {
    // The rows run from the bottom to the top: the first is that of the file.
    let file = Small {
        palette: vec![[0; 4]; 2],
        colors_used: 2,
        ..rows(2, 2, 8, &[1, 2, 0, 0, 9, 9, 0, 0])
    };
    let report = bmp::check(&Source::from(file.file())).unwrap();
    let problem = report.problems().iter().find(|p| p.code == "B032").unwrap();
    assert_eq!((problem.range.offset, problem.range.size), (54, 8));
    assert_eq!(
        problem.message,
        "3 pixels have an index beyond the 2 colors of the palette, the first at x 1, y 1: 2"
    );
    // As many colors as are reached miss none, and the picture has the color.
    let whole = Small {
        palette: vec![[7, 7, 7, 0]; 256],
        colors_used: 256,
        ..rows(1, 1, 8, &[255, 0, 0, 0])
    };
    assert_eq!(decoded(&whole.file()), [7, 7, 7, 255]);
}

#[test]
fn a_run_counts_as_many_pixels_beyond_the_palette_as_it_draws() {
    let told = |small: &Small| {
        let report = bmp::check(&Source::from(small.file())).unwrap();
        let problem = report.problems().iter().find(|p| p.code == "B032");
        problem.map(|problem| problem.message.clone())
    };
    let says = |count: usize, x: usize, index: u8| {
        Some(format!(
            "{count} pixels have an index beyond the 4 colors of the palette, the first at x {x}, y \
             0: {index}"
        ))
    };
    assert_eq!(told(&rle8(5, 1, &[1, 0, 4, 9, 0, 1])), says(4, 1, 9));
    // As many as fit.
    assert_eq!(told(&rle8(5, 1, &[1, 0, 9, 9, 0, 1])), says(4, 1, 9));
    assert_eq!(told(&rle8(2, 1, &[2, 0, 3, 9, 0, 1])), None);
    assert_eq!(told(&rle8(3, 1, &[0, 3, 9, 0, 9, 0, 0, 1])), says(2, 0, 9));
    // Of five pixels in turn, two are the second's.
    assert_eq!(told(&rle4(5, 1, &[5, 0x09, 0, 1])), says(2, 1, 9));
    assert_eq!(told(&rle4(5, 1, &[5, 0x90, 0, 1])), says(3, 0, 9));
    assert_eq!(told(&rle4(5, 1, &[4, 0x00, 1, 0x09, 0, 1])), None);
    let one = Small {
        palette: vec![[255, 255, 255, 0]],
        colors_used: 1,
        // Two white, six black (T.4, table 2): 0111 0010.
        ..huffman(8, 1, &[0b0111_0010])
    };
    assert_eq!(
        told(&one).as_deref(),
        Some("6 pixels have an index beyond the 1 colors of the palette, the first at x 2, y 0: 1")
    );
}

#[test]
fn channels_that_are_not_a_whole_byte_are_scaled() {
    let file = |masks: [u32; 4], pixel: [u8; 4]| {
        let [red, green, blue, alpha] = masks;
        let fields = [
            (12, 1 | 32 << 16),
            (16, 3),
            (40, red),
            (44, green),
            (48, blue),
            (52, alpha),
        ];
        headed(56, &fields, &pixel)
    };
    // 31 of 31 at the beginning of each byte, and 255 a bit further up.
    let short = file(
        [0x1f, 0x1f00, 0x1f_0000, 0x1f00_0000],
        [0xff, 0xe0, 0xff, 0x1f],
    );
    assert_eq!(decoded(&short), [255, 0, 255, 255]);
    let shifted = file([0x1fe, 0x1_fe00, 0x1fe_0000, 0], [0xff, 1, 0, 0]);
    assert_eq!(decoded(&shifted), [255, 0, 0, 255]);
    // Eight bits each, one of them unused between two: 1 + 2 · 2^9 + 3 · 2^18.
    let apart = file([0xff, 0x1_fe00, 0x3fc_0000, 0], [1, 4, 12, 0]);
    assert_eq!(decoded(&apart), [1, 2, 3, 255]);
    let all = file([0xff, 0xff00, 0xff_0000, 0xff00_0000], [1, 2, 3, 4]);
    assert_eq!(decoded(&all), [1, 2, 3, 4]);
    // A mask alone is no mask of none.
    for at in 0..3 {
        let mut masks = [0; 4];
        masks[at] = 0xff_0000;
        let mut expected = [0, 0, 0, 255];
        expected[at] = 3;
        assert_eq!(decoded(&file(masks, [1, 2, 3, 4])), expected);
    }
    assert_eq!(decoded(&file([0, 0, 0, 0xff], [1, 2, 3, 4])), [0, 0, 0, 1]);
    // Two that are the same are none of none either.
    for (masks, expected) in [
        ([0xff, 0xff, 0, 0], [1, 1, 0, 255]),
        ([0xff, 0, 0xff, 0], [1, 0, 1, 255]),
        ([0xff, 0, 0, 0xff], [1, 0, 0, 1]),
        ([0, 0xff, 0, 0xff], [0, 1, 0, 1]),
    ] {
        assert_eq!(decoded(&file(masks, [1, 2, 3, 4])), expected);
    }
}

#[test]
fn a_profile_ends_run_lengths_in_front_of_it_and_no_rows() {
    let file = |compression: u32, bits: u32, profile: u32, pixels: &[u8]| {
        let fields = [
            (12, 1 | bits << 16),
            (16, compression),
            (32, 1),
            (56, 0x4c49_4e4b),
            (112, profile - 14),
            (116, 2),
        ];
        let file = headed(124, &fields, &[&[255, 0, 0, 0], pixels].concat());
        patched(file, &[(10, &[142])])
    };
    // A pixel of three bytes at 142, and a profile over the last two.
    assert_eq!(decoded(&file(0, 24, 143, &[0, 0, 255, 0])), RED);
    for profile in [136, 142, 146] {
        assert_eq!(
            decoded(&file(1, 8, profile, &[1, 0, 0, 1, b'a', b'b'])),
            BLUE
        );
    }
}

#[cfg(feature = "pictures")]
#[test]
fn an_embedded_picture_has_its_own_sides_depth_and_limit() {
    use bmp::{Compression, Encoder, Pixels};
    let rgba = [RED, GREEN].concat();
    let mut png = Vec::new();
    let encoder = Encoder::new().bit_count(0).compression(Compression::Png);
    encoder
        .encode(&Pixels::new(2, 1, &rgba).unwrap(), &mut png)
        .unwrap();
    // A gray of 8 by 8 pixels (ITU-T T.81): quantization by ones, one code of one bit in each
    // table, and a block of zeros, which is 128.
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    jpeg.extend([1; 64]);
    jpeg.extend([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    for class in [0, 0x10] {
        jpeg.extend([0xff, 0xc4, 0, 20, class, 1]);
        jpeg.extend([0; 16]);
    }
    jpeg.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f, 0xff, 0xd9]);
    let jpeg = headed(40, &[(12, 1), (16, 4), (20, jpeg.len() as u32)], &jpeg);
    let gray = [128, 128, 128, 255].repeat(64);
    let limit = |max| options(|options| options.max_pixels = max);
    for (file, width, height, expected) in [(&png, 2, 1, &rgba), (&jpeg, 8, 8, &gray)] {
        let decoder = Decoder::new(&Source::from(&file[..]), &Options::default()).unwrap();
        assert_eq!((decoder.width(), decoder.height()), (width, height));
        assert!(!decoder.is_deep());
        assert_eq!(Picture::read(decoder).unwrap().lost_rows, 0);
        let pixels = u64::from(width * height);
        assert_eq!(&decode(file, &limit(pixels)).unwrap(), expected);
        assert!(decode(file, &limit(pixels - 1)).is_err());
    }
    assert_eq!(
        fails(&jpeg, &limit(63)),
        "8 by 8 pixels exceed the limit of 63"
    );
}

#[cfg(feature = "pictures")]
#[test]
fn an_embedded_picture_ends_by_the_image_size_or_where_a_profile_begins() {
    use bmp::{Compression, Encoder, Pixels};
    let mut file = Vec::new();
    let encoder = Encoder::new().bit_count(0).compression(Compression::Png);
    encoder
        .encode(&Pixels::new(1, 1, &GREEN).unwrap(), &mut file)
        .unwrap();
    let report = bmp::inspect(&Source::from(&file[..])).unwrap();
    let png = &file[report.bitmaps()[0].pixels_at as usize..];
    let size = png.len() as u32;
    let is_whole = |image_size: u32, profile: u32| {
        let fields = [
            (12, 1),
            (16, 5),
            (20, image_size),
            (56, 0x4c49_4e4b),
            (112, 124 + profile),
            (116, 2),
        ];
        let file = headed(124, &fields, &[png, b"ab"].concat());
        match decode(&file, &Options::default()) {
            Ok(rgba) => rgba == GREEN,
            Err(error) => {
                assert!(matches!(error, DecodeError::Embedded { .. }), "{error}");
                false
            }
        }
    };
    // 40 bytes are the signature, a header of 25, and less than the beginning of the pixels.
    for (image_size, profile, whole) in [
        (0, size, true),
        (size, size, true),
        (u32::MAX, size, true),
        (40, size, false),
        (0, 40, false),
        (size, 40, false),
    ] {
        assert_eq!(
            is_whole(image_size, profile),
            whole,
            "{image_size} {profile}"
        );
    }
}

#[cfg(feature = "pictures")]
#[test]
fn a_profile_is_applied_where_it_is_asked_for_and_for_rgb() {
    use bmp::{DibKind, Encoder, Pixels};
    let file = |profile: Vec<u8>| {
        let mut file = Vec::new();
        let encoder = Encoder::new().kind(DibKind::V5).profile(Some(profile));
        encoder
            .encode(&Pixels::new(1, 1, &GREEN).unwrap(), &mut file)
            .unwrap();
        file
    };
    let p3 = file(moxcms::ColorProfile::new_display_p3().encode().unwrap());
    let without = options(|options| options.profile = false);
    assert_eq!(decode(&p3, &without).unwrap(), GREEN);
    // The green of Display P3 is beyond that of sRGB; half of it isn't.
    let codes = |file: &[u8]| {
        let report = bmp::check(&Source::from(file)).unwrap();
        let problems = report.problems().iter().map(|p| (p.code, p.range.offset));
        problems.collect::<Vec<_>>()
    };
    assert_eq!(codes(&p3), []);
    let gray = file(
        moxcms::ColorProfile::new_gray_with_gamma(2.2)
            .encode()
            .unwrap(),
    );
    assert_eq!(codes(&gray), [("B066", 142)]);
    let report = bmp::check(&Source::from(&gray[..])).unwrap();
    let says = "the profile is for Gray, the pixels are RGB";
    assert_eq!(report.problems()[0].message, says);
    // A profile ends where its size says, though more of it follows.
    let short = patched(p3.clone(), &[(130, &200_u32.to_le_bytes())]);
    assert!(codes(&short).contains(&("B066", 142)));
    assert_eq!(decoded(&gray), GREEN);
    let half = Pixels::new(1, 1, &[128, 0, 0, 255]).unwrap();
    let mut red = Vec::new();
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let encoder = Encoder::new().kind(DibKind::V5).profile(Some(profile));
    encoder.encode(&half, &mut red).unwrap();
    // More red than sRGB's 128 makes that of Display P3.
    assert!(decoded(&red)[0] > 130);
}
