//! Names, arrays, groups, byte orders, alignment, and the codes that Python doesn't have.

use bytewright::{Struct, Value};

use super::{both_ways, compiled, refusal, unpacked};

#[test]
fn names_reach_as_far_as_they_go() {
    let record = unpacked("<H:_a1B B:x", &[1, 0, 2]);
    assert_eq!(record["_a1B"], Value::from(1));
    assert_eq!(record["x"], Value::from(2));
    assert_eq!(record.name(0), Some("_a1B"));
}

#[test]
fn a_closing_colon_ends_a_name() {
    let record = unpacked("<H:a:B:b:2B", &[1, 0, 2, 3, 4]);
    assert_eq!(record["a"], Value::from(1));
    assert_eq!(record["b"], Value::from(2));
    assert_eq!(record.to_string(), "(1, 2, 3, 4)");
}

#[test]
fn unnamed_fields_are_called_by_their_index() {
    let record = unpacked("B:a x B H:c 2B", &[1, 0, 2, 0, 3, 0, 4, 5]);
    let keys: Vec<String> = record.entries().map(|(key, _)| key).collect();
    assert_eq!(keys, ["a", "1", "c", "3", "4"]);
    assert_eq!(record.get("4"), Some(&Value::from(5)));
    assert_eq!(record.get("0"), None, "the first field has a name");
}

#[test]
fn a_handle_reads_the_value_that_its_index_says_behind_a_count() {
    let format = compiled(">3B H:x 2H");
    let data = [10, 11, 12, 0, 1, 0, 2, 0, 3];
    let view = format.view(&data).unwrap();
    for (path, expected) in [("0", 10), ("1", 11), ("2", 12)] {
        let handle = format.field::<u8>(path).unwrap();
        assert_eq!(view.read(handle), Ok(expected), "{path}");
    }
    for (path, expected) in [("x", 1), ("4", 2), ("5", 3)] {
        let handle = format.field::<u16>(path).unwrap();
        assert_eq!(view.read(handle), Ok(expected), "{path}");
    }
    for path in ["3", "6", "-1", "02", ""] {
        assert!(format.field::<u16>(path).is_err(), "{path:?}");
    }
}

#[test]
fn a_count_and_a_name_make_an_array() {
    both_ways(">3H", &[0, 1, 0, 2, 0, 3], "(1, 2, 3)");
    both_ways(">3H:rgb", &[0, 1, 0, 2, 0, 3], "([1, 2, 3],)");
    both_ways("1B:one", &[7], "([7],)");
    both_ways("0B:none", &[], "([],)");
    both_ways("2c:pair", b"ab", "([b'a', b'b'],)");
}

#[test]
fn strings_and_padding_with_a_count_are_one_field() {
    both_ways("3s:text", b"abc", "(b'abc',)");
    both_ways("3p:text", b"\x02ab", "(b'ab',)");
    both_ways("B:a 2x:gap B:b", &[1, 0, 0, 2], "(1, 2)");
    assert_eq!(unpacked("2x:gap B:b", &[9, 9, 2]).get("gap"), None);
}

#[test]
fn groups_are_values_of_their_own() {
    both_ways("<B (HB) B", &[1, 2, 0, 3, 4], "(1, (2, 3), 4)");
    both_ways("<2(HB)", &[1, 0, 2, 3, 0, 4], "([(1, 2), (3, 4)],)");
    both_ways("1(B)", &[5], "([(5,)],)");
    both_ways("0(B)B", &[5], "([], 5)");
    both_ways("()B", &[5], "((), 5)");
    both_ways("((B)2(B))", &[1, 2, 3], "(((1,), [(2,), (3,)]),)");
    let palette = unpacked(
        "2(B:blue B:green B:red x):palette",
        &[1, 2, 3, 0, 4, 5, 6, 0],
    );
    let second = palette["palette"].as_list().unwrap()[1]
        .as_record()
        .unwrap();
    assert_eq!(second["red"], Value::from(6));
}

#[test]
fn a_group_inherits_the_byte_order_or_states_its_own() {
    both_ways(
        "<H (H) (>H (H)) H",
        &[1, 0, 1, 0, 0, 1, 0, 1, 1, 0],
        "(1, (1,), (1, (1,)), 1)",
    );
    both_ways("!H 2(<H)", &[0, 1, 2, 0, 3, 0], "(1, [(2,), (3,)])");
}

#[test]
fn alignment_counts_from_the_outermost_byte() {
    // The group begins at 1, so its integer stands at 4 and not at 1 + 4.
    assert_eq!(Struct::new("B(BI)").unwrap().size(), Some(8));
    both_ways(
        "@B(BI)",
        &[&[1, 2, 0, 0][..], &3u32.to_ne_bytes()].concat(),
        "(1, (2, 3))",
    );
    // Nothing is added at the end of a group: the second begins at 5, its integer stands at 8.
    assert_eq!(Struct::new("2(IB)").unwrap().size(), Some(13));
    assert_eq!(Struct::new("3(BH)").unwrap().size(), Some(12));
    // Only native mode aligns, also inside a group of another order.
    assert_eq!(Struct::new("<B(@BH)").unwrap().size(), Some(4));
    assert_eq!(Struct::new("B(<BH)H").unwrap().size(), Some(6));
}

#[test]
fn padding_to_a_multiple() {
    both_ways("<B |4 B", &[1, 0, 0, 0, 2], "(1, 2)");
    both_ways("<B |1 B |2", &[1, 2], "(1, 2)");
    both_ways("<B |3 B |3", &[1, 0, 0, 2, 0, 0], "(1, 2)");
    both_ways("<z |4 B", b"ab\0\0\x07", "(b'ab', 7)");
    both_ways("<z |4 B", b"abc\0\x07", "(b'abc', 7)");
    // In a group it still counts from the first byte of all: 1 + 1 becomes 4.
    both_ways("<B (B |4) B", &[1, 2, 0, 0, 3], "(1, (2,), 3)");
    // Each begins where the last one ended: 0 to 4, 4 to 8.
    assert_eq!(Struct::new("<2(B |4)").unwrap().size(), Some(8));
    // 5 is no power of two: items of 3 bytes begin at 0, 5 and 10, and all end at 13.
    assert_eq!(Struct::new("<3(|5 3B)").unwrap().size(), Some(13));
    // What padding holds doesn't matter when unpacking.
    assert_eq!(unpacked("<B |4 B", &[1, 9, 9, 9, 2]).to_string(), "(1, 2)");
}

#[test]
fn strings_up_to_a_nul() {
    both_ways("z:a z:b", b"one\0\0", "(b'one', b'')");
    both_ways("3z", b"a\0b\0c\0", "(b'a', b'b', b'c')");
    both_ways("2z:names", b"a\0b\0", "([b'a', b'b'],)");
    assert_eq!(
        refusal("B z", b"\x01abc"),
        "field 1: no NUL ends the string that begins at offset 0x1"
    );
}

#[test]
fn leb128_in_the_fewest_groups() {
    both_ways("V", &[0xe5, 0x8e, 0x26], "(624485,)");
    both_ways("v", &[0xc0, 0xbb, 0x78], "(-123456,)");
    both_ways("2v", &[0x3f, 0x40], "(63, -64)");
    both_ways("V B", &[0x80, 0x01, 7], "(128, 7)");
    // Longer than needed is read, and packed as short as can be.
    let long = unpacked("V", &[0x80, 0x80, 0x00]);
    assert_eq!(long.to_string(), "(0,)");
    assert_eq!(compiled("V").pack(&long).unwrap(), [0]);
    assert_eq!(
        refusal("V", &[0x80; 3]),
        "field 0: needs 4 bytes at offset 0x0, the input ends at 0x3"
    );
}

#[test]
fn integers_of_24_48_and_128_bits() {
    both_ways(
        "(<J) (>J) (<j)",
        &[1, 2, 3, 1, 2, 3, 0xff, 0xff, 0xff],
        "((197121,), (66051,), (-1,))",
    );
}

#[test]
fn wide_integers_have_no_alignment() {
    both_ways(">k", &[0x80, 0, 0, 0, 0, 0], "(-140737488355328,)");
    both_ways("<K", &[1, 0, 0, 0, 0, 1], "(1099511627777,)");
    both_ways(
        ">Y",
        &[0xff; 16],
        "(340282366920938463463374607431768211455,)",
    );
    both_ways(">y", &[0xff; 16], "(-1,)");
    both_ways(
        "<y",
        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80],
        "(-170141183460469231731687303715884105727,)",
    );
    assert_eq!(Struct::new("BJBKBY").unwrap().size(), Some(3 + 3 + 6 + 16));
}

#[test]
fn comments_and_white_space_stand_between_items() {
    let format = "< # little-endian )\"{ \n\tB:a # first\r\n( # open\n H:b )#end\n";
    both_ways(format, &[1, 2, 0], "(1, (2,))");
    both_ways("#", &[], "()");
    both_ways("", &[], "()");
}

#[test]
fn the_size_is_known_where_it_is_fixed() {
    for (format, size) in [
        ("<2s:magic I:size", Some(6)),
        ("<4(B:r B:g B:b x)", Some(16)),
        ("<B:n [n]B", None),
        ("z", None),
        ("V", None),
        ("*s", None),
        ("<[2*3]B", None),
        ("<2(z)", None),
        ("<B |4", Some(4)),
    ] {
        assert_eq!(compiled(format).size(), size, "{format}");
    }
}
