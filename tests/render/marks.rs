//! Marks over a dump: where bars and labels stand, in which colors, and how they fit a terminal.

use std::fs;
use std::ops::Range;
use std::path::Path;

use bytewright::Source;
use bytewright::inspect::Document;
use bytewright::render::hex::{Canonical, Mark, Reverse};

const HEADER: &[u8] = b"BM8\x8c\x0a\0\0\0\0\x006\0\0\0(\0\0\0\x80\x02\0\0h\x01\0\0\x01\0\x18\0";

fn fields() -> Vec<Mark> {
    let fields = [
        (0..2, "type b'BM'"),
        (2..6, "size 691256"),
        (6..8, ""),
        (8..10, "reserved"),
        (10..14, "offset 54"),
        (14..18, "header_size 40"),
        (18..22, "width 640"),
        (22..26, "height 360"),
        (26..28, "planes 1"),
        (28..30, "bits 24"),
    ];
    let mark = |(i, (range, label)): (usize, (Range<u64>, &str))| match i {
        2 | 3 => Mark::new(range, label),
        _ => Mark::new(range, label).color(i),
    };
    fields.into_iter().enumerate().map(mark).collect()
}

fn dump(layout: &Canonical, bytes: &[u8], start: u64, marks: Vec<Mark>) -> String {
    let mut text = Vec::new();
    let mut dump = layout.marked(bytes, start, &mut text);
    for mark in marks {
        dump.mark(mark).unwrap();
    }
    dump.finish().unwrap();
    let mut back = Vec::new();
    let plain = anstream::adapter::strip_bytes(&text).into_vec();
    let base = i64::try_from(start).unwrap().saturating_neg();
    Reverse::new()
        .base(base)
        .to_stream(&plain[..], &mut back)
        .unwrap();
    assert_eq!(back, bytes, "{}", String::from_utf8_lossy(&text));
    String::from_utf8(text).unwrap()
}

fn small(bytes: &[u8], start: u64, marks: Vec<Mark>) -> String {
    let layout = Canonical::new().columns(Some(4)).end(Some(64));
    dump(&layout, bytes, start, marks)
}

#[test]
fn eighty_columns_have_eight_bytes_and_wrapped_labels() {
    let layout = Canonical::new().width(Some(80)).end(Some(691_256));
    let expected = "\
00000000 |42 4d|38 8c 0a 00|00 00  |BM8.....|  type b'BM'  size 691256
00000008 |00 00|36 00 00 00|28 00  |..6...(.|  reserved  offset 54
                                               header_size 40
00000010  00 00|80 02 00 00|68 01  |......h.|  width 640  height 360
00000018  00 00|01 00|18 00        |......|    planes 1  bits 24
";
    assert_eq!(dump(&layout, HEADER, 0, fields()), expected);
    let long = expected.lines().map(str::len).max().unwrap();
    assert!(long <= 80, "{long}");
}

#[test]
fn two_hundred_columns_and_none_have_sixteen_bytes() {
    let expected = "\
0000 |42 4d|38 8c 0a 00|00 00 |00 00|36 00 00 00|28 00  |BM8.......6...(.|  type b'BM'  size 691256  \
reserved  offset 54  header_size 40
0010  00 00|80 02 00 00|68 01  00 00|01 00|18 00        |......h.......|    width 640  height 360  \
planes 1  bits 24
";
    for width in [Some(200), None] {
        let layout = Canonical::new().width(width).end(Some(0x1_0000));
        assert_eq!(dump(&layout, HEADER, 0, fields()), expected);
    }
}

#[test]
fn labels_have_the_colors_of_their_bytes() {
    let layout = Canonical::new().width(Some(80)).end(Some(30)).color(true);
    let dump = dump(&layout, HEADER, 0, fields());
    let mut lines = dump.lines();
    assert_eq!(
        lines.next().unwrap(),
        concat!(
            "\x1b[0;2m0000 |\x1b[0;38;5;31m42 4d\x1b[0;2m|\x1b[0;38;5;133m38 8c 0a 00\x1b[0;2m|00 00  |",
            "\x1b[0;38;5;31mBM\x1b[0;38;5;133m8...\x1b[0;2m..|",
            "\x1b[0m  \x1b[0;38;5;31mtype b'BM'\x1b[0m  \x1b[0;38;5;133msize 691256\x1b[0m"
        )
    );
    assert_eq!(
        lines.next_back().unwrap(),
        concat!(
            "\x1b[0;2m0018  \x1b[0;38;5;64m00 00\x1b[0;2m|\x1b[0;38;5;166m01 00\x1b[0;2m|\x1b[0;38;5;62m18 00      ",
            "\x1b[0;2m  |\x1b[0;38;5;64m..\x1b[0;38;5;166m..\x1b[0;38;5;62m..\x1b[0;2m|",
            "\x1b[0m    \x1b[0;38;5;166mplanes 1\x1b[0m  \x1b[0;38;5;62mbits 24\x1b[0m"
        )
    );
}

#[test]
fn a_dump_that_begins_inside_a_mark_names_it() {
    let marks = || {
        vec![
            Mark::new(0..4, "a"),
            Mark::new(4..9, "b"),
            Mark::new(9..12, "c"),
        ]
    };
    assert_eq!(
        small(b"56789a", 5, marks()),
        "0005 |35 36 37 38  |5678|  b\n0009 |39 61        |9a|    c\n"
    );
}

#[test]
fn bytes_without_a_mark_are_set_apart() {
    let marks = vec![
        Mark::new(1..2, "one").color(0),
        Mark::new(9..10, "after the end"),
    ];
    assert_eq!(
        small(b"abcdefgh", 0, marks),
        "0000  61|62|63 64  |abcd|  one\n0004  65 66 67 68  |efgh|\n"
    );
}

#[test]
fn of_marks_that_overlap_the_later_has_the_bytes() {
    let marks = vec![
        Mark::new(0..8, "outer").color(0),
        Mark::new(1..3, "inner").color(1),
        Mark::new(3..3, "empty").color(2),
    ];
    assert_eq!(
        small(b"abcdefgh", 0, marks),
        "0000 |61|62 63|64  |abcd|  outer  inner  empty\n0004  65 66 67 68  |efgh|\n"
    );
}

#[test]
fn a_line_where_a_mark_begins_is_never_left_out() {
    let zeros = [0; 40];
    let marks = vec![Mark::new(0..16, "first"), Mark::new(16..40, "second")];
    assert_eq!(
        small(&zeros, 0, marks),
        "\
0000 |00 00 00 00  |....|  first
*
0010 |00 00 00 00  |....|  second
*
0024  00 00 00 00  |....|
"
    );
}

#[test]
fn marks_behind_the_end_are_not_asked_for() {
    let mut text = Vec::new();
    let mut dump = Canonical::new().marked(&[0; 64][..], 0, &mut text);
    let marks = (0..1_000_000).map(|at| Mark::new(at..at + 1, "byte"));
    let taken = marks
        .take_while(|mark| dump.mark(mark.clone()).unwrap())
        .count();
    assert_eq!(taken, 80);
}

#[test]
fn dumps_of_all_fixtures_become_their_bytes_again() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
    for folder in ["bmp", "tar", "gzip"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let document = Document::detect(Source::from(&bytes[..]), Some(&path)).unwrap();
            // One of them is large, and nothing but pixels after its first page.
            let bytes = &bytes[..bytes.len().min(64 << 10)];
            for width in [None, Some(80), Some(30)] {
                let mut text = Vec::new();
                let layout = Canonical::new().width(width);
                let mut dump = layout.marked(bytes, 0, &mut text);
                dump.fields(document.root()).unwrap();
                dump.finish().unwrap();
                let mut back = Vec::new();
                Reverse::new().to_stream(&text[..], &mut back).unwrap();
                assert!(back == bytes, "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 300, "{count}");
}
