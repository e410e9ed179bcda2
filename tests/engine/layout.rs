//! The layout of a format, line by line.

use bytewright::structs::{Entry, EntryKind};

use super::compiled;

/// A line in one line: depth, path, code, offset, size, alignment, kind, bits.
fn line(entry: &Entry) -> String {
    let number = |n: Option<u64>| n.map_or("?".to_owned(), |n| n.to_string());
    let kind = match entry.kind {
        EntryKind::Field => "field",
        EntryKind::Group => "group",
        EntryKind::Bits => "bits",
        EntryKind::Padding => "padding",
        _ => "?",
    };
    let bits = match entry.bits {
        Some(bits) => format!(" {}+{}", bits.first, bits.count),
        None => String::new(),
    };
    format!(
        "{}{:?} {} at {} of {} to {} {kind}{bits}",
        "  ".repeat(entry.depth),
        entry.path,
        entry.code,
        number(entry.offset),
        number(entry.size),
        entry.alignment,
    )
}

fn lines(format: &str) -> Vec<String> {
    compiled(format).layout().entries.iter().map(line).collect()
}

#[test]
fn every_kind_of_field_has_its_line() {
    assert_eq!(
        lines("<2s:magic 3H 3H:rgb 4p x 2x:gap B"),
        [
            r#""magic" 2s at 0 of 2 to 1 field"#,
            r#""1" 3H at 2 of 6 to 1 field"#,
            r#""rgb" 3H at 8 of 6 to 1 field"#,
            r#""5" 4p at 14 of 4 to 1 field"#,
            r#""" 1x at 18 of 1 to 1 padding"#,
            r#""gap" 2x at 19 of 2 to 1 padding"#,
            r#""6" B at 21 of 1 to 1 field"#,
        ]
    );
}

#[test]
fn gaps_and_alignments_are_padding() {
    assert_eq!(
        lines("@B I:n |16 B |1"),
        [
            r#""0" B at 0 of 1 to 1 field"#,
            r#"""  at 1 of 3 to 1 padding"#,
            r#""n" I at 4 of 4 to 4 field"#,
            r#""" |16 at 8 of 8 to 1 padding"#,
            r#""2" B at 16 of 1 to 1 field"#,
        ]
    );
}

#[test]
fn groups_stand_before_their_fields_which_are_deeper() {
    assert_eq!(
        lines("<B (H:x (B):y):point 2(B 3H:z):list"),
        [
            r#""0" B at 0 of 1 to 1 field"#,
            r#""point" (…) at 1 of 3 to 1 group"#,
            r#"  "point.x" H at 1 of 2 to 1 field"#,
            r#"  "point.y" (…) at 3 of 1 to 1 group"#,
            r#"    "point.y.0" B at 3 of 1 to 1 field"#,
            r#""list" 2(…) at 4 of 14 to 1 group"#,
            r#"  "list[].0" B at 4 of 1 to 1 field"#,
            r#"  "list[].z" 3H at 5 of 6 to 1 field"#,
        ]
    );
}

#[test]
fn bit_fields_stand_after_their_integer() {
    assert_eq!(
        lines("<x H{a:1 b:14 _:1}"),
        [
            r#""" 1x at 0 of 1 to 1 padding"#,
            r#""" H at 1 of 2 to 1 field"#,
            r#"  "a" 1 bit at 1 of 2 to 1 bits 0+1"#,
            r#"  "b" 14 bits at 1 of 2 to 1 bits 1+14"#,
            r#"  "" 1 bit at 1 of 2 to 1 padding 15+1"#,
        ]
    );
    assert_eq!(
        lines("@B 2H{>a:4 b:12}:n"),
        [
            r#""0" B at 0 of 1 to 1 field"#,
            r#"""  at 1 of 1 to 1 padding"#,
            r#""n" 2H at 2 of 4 to 2 field"#,
            r#"  "n[].a" 4 bits at 2 of 4 to 2 bits 12+4"#,
            r#"  "n[].b" 12 bits at 2 of 4 to 2 bits 0+12"#,
        ]
    );
}

#[test]
fn a_line_has_the_letters_of_its_code_without_the_count() {
    let layout = compiled("@B 2I H{a:15 _:1} B{x:4 y:4}:n 2H{b:16}:m (3s 2x):g V *z").layout();
    let letters: Vec<_> = layout.entries.iter().map(|entry| entry.letters).collect();
    // A gap has none, and a bit field those of its integer.
    let expected = [
        "B", "", "I", "H", "H", "H", "B", "B", "B", "", "H", "H", "(…)", "s", "x", "V", "z",
    ];
    assert_eq!(letters, expected);
}

#[test]
fn what_only_data_can_tell_is_left_open() {
    assert_eq!(
        lines("<B:n [n]H:list z v V |4 [n]s 3p *s"),
        [
            r#""n" B at 0 of 1 to 1 field"#,
            r#""list" […]H at 1 of ? to 1 field"#,
            r#""2" z at ? of ? to 1 field"#,
            r#""3" v at ? of ? to 1 field"#,
            r#""4" V at ? of ? to 1 field"#,
            r#""" |4 at ? of ? to 4 padding"#,
            r#""5" […]s at ? of ? to 1 field"#,
            r#""6" 3p at ? of 3 to 1 field"#,
            r#""7" *s at ? of ? to 1 field"#,
        ]
    );
    // What follows has a size where all its parts have.
    assert_eq!(
        lines("<z 2I (HB) [1]x *(B)")[1..],
        [
            r#""1" 2I at ? of 8 to 1 field"#,
            r#""3" (…) at ? of 3 to 1 group"#,
            r#"  "3.0" H at ? of 2 to 1 field"#,
            r#"  "3.1" B at ? of 1 to 1 field"#,
            r#""" […]x at ? of ? to 1 padding"#,
            r#""4" *(…) at ? of ? to 1 group"#,
            r#"  "4[].0" B at ? of 1 to 1 field"#,
        ]
    );
}

#[test]
fn the_smallest_size_counts_what_every_input_has() {
    for (format, size, smallest) in [
        ("<BH", Some(3), 3),
        ("@BH", Some(4), 4),
        ("z", None, 1),
        ("3z V v", None, 5),
        ("B:n [n]I", None, 1),
        ("2s 3p 4x *s", None, 9),
        ("<B 3(H z (V I)) *B", None, 1 + 3 * (2 + 1 + 1 + 4)),
        ("<2(H 5(I)) z", None, 2 * 22 + 1),
        ("<H{a:16} z", None, 3),
        ("<B |4 z", None, 2),
    ] {
        let layout = compiled(format).layout();
        assert_eq!((layout.size, layout.min_size), (size, smallest), "{format}");
    }
}
