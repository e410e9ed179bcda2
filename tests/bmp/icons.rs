//! Icons of Windows that hold bitmaps.

use bytewright::Source;
use bytewright::formats::bmp::{self, Compression, Decoder, Options, Part, Picture};

use super::parts::{codes, inspect, regions};
use super::small::*;

/// An image of an icon: a DIB whose height counts the mask, pixels, and the mask.
pub(super) fn image(width: u32, height: u32, bits: u32, behind: &[u8]) -> Vec<u8> {
    let fields = [(4, width), (8, 2 * height), (12, 1 | bits << 16)];
    [&dib(40, &fields)[..], behind].concat()
}

/// An icon of such images: sides as in the entry.
pub(super) fn icon(images: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
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
pub(super) fn small_icon() -> Vec<u8> {
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
    // What alpha says of a pixel, the mask doesn't take back, and no channel has more than 8 bits.
    let file = icon(&[(1, 1, image(1, 1, 32, &[1, 2, 3, 4, 0x80, 0, 0, 0]))]);
    let decoder = Decoder::new(&Source::from(file), &Options::default()).unwrap();
    assert!(!decoder.is_deep());
    assert_eq!(Picture::read(decoder).unwrap().rgba, [3, 2, 1, 4]);
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
    assert_eq!((header.header_size, header.planes), (0, 1));
    assert_eq!((header.colors_used, header.colors_important), (0, 0));
    assert_eq!(header.pixels_per_meter, [0, 0]);
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
    assert!(is_icon(&patched(file.clone(), &[(14, &[1])])), "one byte");
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
fn what_is_read_as_an_icon_has_a_whole_directory() {
    let read = |file: &[u8]| {
        let report = bmp::inspect_icon(&Source::from(file)).unwrap();
        assert!(report.bitmaps()[0].dib.is_none());
        let at = report.problems().iter();
        let at = at.map(|p| (p.code, p.range.offset, p.range.size));
        at.collect::<Vec<_>>()
    };
    let directory = [0, 0, 1, 0, 0, 0];
    for there in 0..6 {
        assert_eq!(read(&directory[..there]), [("B002", 0, there as u64)]);
    }
    // One without images is whole.
    assert_eq!(read(&directory), []);
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
