//! Packing by name, in order, and without what follows from the data.

use bytewright::{Record, Struct, Value};

use super::{both_ways, compiled, group, list, not_packed};

#[test]
fn by_name_in_any_order() {
    let header = compiled(">H:width H:height");
    let values = Record::from_iter([("height", 2), ("width", 1)]);
    assert_eq!(header.pack(&values).unwrap(), [0, 1, 0, 2]);
    let by_index = compiled(">H:a B H:c");
    let values = Record::from_iter([("1", 9), ("c", 2), ("a", 1)]);
    assert_eq!(by_index.pack(&values).unwrap(), [0, 1, 9, 0, 2]);
}

#[test]
fn a_name_too_many_or_too_few_is_refused() {
    let header = compiled(">H:width H:height");
    let pack = |names: &[&str]| {
        let values = Record::from_iter(names.iter().map(|name| (*name, 1)));
        header.pack(&values).unwrap_err().to_string()
    };
    assert_eq!(pack(&["width"]), "height: has no value");
    assert_eq!(
        pack(&["width", "height", "depth"]),
        "there is no field depth; the fields are width, height"
    );
    assert_eq!(
        pack(&["width", "heigth"]),
        "height: has no value; there is no field heigth, did you mean height?"
    );
    assert_eq!(
        pack(&["width", "height", "Width"]),
        "there is no field Width, did you mean width?"
    );
    assert!(
        header
            .pack(&Record::from_iter([("width", 1), ("height", 1), ("0", 1)]))
            .is_err()
    );
}

#[test]
fn a_mistyped_name_is_told_in_its_own_group() {
    let format = compiled("(B:red B:green):ink B:size");
    let pack = |green: &str, size: &str| {
        let ink = Record::from_iter([("red", 1), (green, 2)]);
        let values = [("ink", Value::from(ink)), (size, 3.into())];
        let error = format.pack(&Record::from_iter(values)).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        pack("gren", "sise"),
        "ink.green: has no value; there is no field gren, did you mean green?"
    );
    assert_eq!(
        pack("green", "sise"),
        "size: has no value; there is no field sise, did you mean size?"
    );
}

#[test]
fn in_order_all_or_without_what_follows() {
    let message = compiled(">H:n [n]s:text B:end");
    assert_eq!(message.pack(&(2, "hi", 7)).unwrap(), b"\0\x02hi\x07");
    assert_eq!(message.pack(&("hi", 7)).unwrap(), b"\0\x02hi\x07");
    let too_few = message.pack(&("hi",)).unwrap_err();
    assert_eq!(
        too_few.to_string(),
        "expected 3 values (or 2, without the constants and the counts), found 1"
    );
}

#[test]
fn counts_follow_from_arrays_groups_strings_and_pascal_strings() {
    let of = |format: &str, value: Value| compiled(format).pack(&[value]).unwrap();
    let [a, b] = [1u16, 2].map(u16::to_ne_bytes);
    assert_eq!(of("B:n [n]H:a", list([1, 2])), [[2, 0], a, b].concat());
    assert_eq!(of("B:n [n](B):a", list([group([7.into()])])), [1, 7]);
    assert_eq!(of("B:n [n]s", "abc".into()), b"\x03abc");
    // The width of p has its length byte in it.
    assert_eq!(of("B:n [n]p", "abc".into()), b"\x04\x03abc");
    assert_eq!(of("B:n [n]z", list(["a", ""])), b"\x02a\0\0");
    assert_eq!(of("V:n [n]z", list(["a", ""])), b"\x02a\0\0");
}

#[test]
fn counts_follow_into_groups_and_out_of_them() {
    let inside = compiled("B:n ([n]s:text)");
    assert_eq!(inside.pack(&[group(["ab".into()])]).unwrap(), b"\x02ab");
    let outside = compiled("(B:n B:m):head [head.n]s:text");
    assert_eq!(
        outside.pack(&[group([7.into()]), "ab".into()]).unwrap(),
        b"\x02\x07ab"
    );
    let rows = compiled("2(B:n [n]s)");
    let values = list([group(["a".into()]), group(["bc".into()])]);
    assert_eq!(rows.pack(&[values]).unwrap(), b"\x01a\x02bc");
}

#[test]
fn a_count_that_is_more_than_a_reference_must_be_given() {
    let format = compiled("B:n [n-1]s:text");
    assert_eq!(format.pack(&(3, "ab")).unwrap(), b"\x03ab");
    assert!(format.pack(&("ab",)).is_err());
    let named = Record::from_iter([("text", "ab")]);
    assert!(format.pack(&named).is_err());
}

#[test]
fn a_given_count_that_disagrees_is_refused() {
    assert_eq!(
        not_packed("B:n [n]s:text", &[3.into(), "ab".into()]),
        "text: expected 3 bytes, found 2"
    );
    assert_eq!(
        not_packed("B:n [n]B:items", &[1.into(), list([1, 2])]),
        "items: expected 1 item, found 2"
    );
    assert_eq!(
        not_packed("2B:items", &[list([1])]),
        "items: expected 2 items, found 1"
    );
}

#[test]
fn two_arrays_of_one_count_agree() {
    let format = compiled("B:n [n]B:a [n]B:b");
    assert_eq!(
        format.pack(&(list([1, 2]), list([3, 4]))).unwrap(),
        [2, 1, 2, 3, 4]
    );
    assert_eq!(
        format
            .pack(&(list([1, 2]), list([3])))
            .unwrap_err()
            .to_string(),
        "b: has 1 items where the same count gave 2 before"
    );
}

#[test]
fn a_count_too_small_for_its_data_is_refused() {
    let long = vec![b'x'; 256];
    let error = Struct::new("B:n [n]s:text")
        .unwrap()
        .pack(&(long,))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "n: 256 is out of range: B holds 0 to 255"
    );
}

#[test]
fn stated_lengths_cut_and_fill_computed_ones_do_not() {
    assert_eq!(compiled("3s").pack(&("abcd",)).unwrap(), b"abc");
    assert_eq!(compiled("3s").pack(&("a",)).unwrap(), b"a\0\0");
    assert!(compiled("B:n [n]s").pack(&(1, "ab")).is_err());
}

#[test]
fn what_unpacking_could_not_read_is_not_packed() {
    assert_eq!(
        not_packed("z:name", &["a\0b".into()]),
        "name: a z ends at the first NUL; there is one at byte 1"
    );
    assert!(compiled("V").pack(&(-1,)).is_err());
    let nothing = [list([group(["".into()])])];
    assert!(compiled("*([1-1]s)").pack(&nothing).is_err());
}

#[test]
fn wrong_types_are_named() {
    assert_eq!(
        not_packed("<H:n", &["a".into()]),
        "n: expected an integer for H, found bytes"
    );
    assert_eq!(
        not_packed("<H:n", &[1.5.into()]),
        "n: expected an integer for H, found a float"
    );
    assert_eq!(
        not_packed("3H:n", &[1.into()]),
        "n: expected an array, found an integer"
    );
    assert_eq!(
        not_packed("(H):n", &[1.into()]),
        "n: expected a group, found an integer"
    );
    assert_eq!(
        not_packed("4s", &[1.into()]),
        "field 0: expected bytes for s, found an integer"
    );
    assert_eq!(
        not_packed("b", &[(-129).into()]),
        "field 0: -129 is out of range: b holds -128 to 127"
    );
}

#[test]
fn packing_into_a_buffer_counts_from_either_end() {
    let format = compiled(">H");
    let mut buffer = *b"\xff\xff\xff\xff";
    format.pack_into(&mut buffer, 1, &(2,)).unwrap();
    assert_eq!(buffer, *b"\xff\0\x02\xff");
    format.pack_into(&mut buffer, -2, &(3,)).unwrap();
    assert_eq!(buffer, *b"\xff\0\0\x03");
    for offset in [3, 5, -1, -5, i64::MIN, i64::MAX] {
        assert!(
            format.pack_into(&mut buffer, offset, &(9,)).is_err(),
            "{offset}"
        );
    }
    assert!(
        compiled(">HH")
            .pack_into(&mut buffer, 0, &(1, 70_000))
            .is_err()
    );
    assert_eq!(buffer, *b"\xff\0\0\x03", "a failure touches nothing");
}

#[test]
fn a_pascal_string_may_be_shorter_than_its_count() {
    both_ways(
        "B:n [n]p [n]B",
        b"\x03\x01a\0\x07\x08\x09",
        "(3, b'a', [7, 8, 9])",
    );
    both_ways(
        "B:n [n]B [n]p",
        b"\x03\x07\x08\x09\x01a\0",
        "(3, [7, 8, 9], b'a')",
    );
    both_ways("B:n [n]p [n]p", b"\x03\x01a\0\x02bc", "(3, b'a', b'bc')");
    // The count follows from what is exact, and from the longer one where nothing is.
    let items = || list([7, 8, 9]);
    let pack = |format, values: &[Value]| compiled(format).pack(values).unwrap();
    assert_eq!(pack("B:n [n]p [n]B", &["a".into(), items()])[0], 3);
    assert_eq!(pack("B:n [n]B [n]p", &[items(), "a".into()])[0], 3);
    assert_eq!(pack("B:n [n]p [n]p", &["bc".into(), "a".into()])[0], 3);
    assert_eq!(
        not_packed("B:n [n]B:items [n]p:text", &[items(), "abc".into()]),
        "text: expected at most 2 bytes, found 3"
    );
}

#[test]
fn each_repetition_learns_its_own_counts_and_keeps_those_around_it() {
    let format = compiled("2(B:n 2(B:m [m]s):in [n]s:t)");
    let inner = |a: &str, b: &str| list([group([a.into()]), group([b.into()])]);
    let rows = list([
        group([inner("x", "yy"), "ttt".into()]),
        group([inner("", "z"), "u".into()]),
    ]);
    let bytes = b"\x03\x01x\x02yyttt\x01\x00\x01zu";
    assert_eq!(format.pack(std::slice::from_ref(&rows)).unwrap(), bytes);
    assert_eq!(format.serialize(&[&rows]).unwrap(), bytes);
    // Counts of the level around are learned through groups and arrays of groups.
    let format = compiled("B:n B:m (B 2H B{<a:4 b:4} [n]s:t):g 2([m]B):list");
    let rows = list([group([list([1, 2])]), group([list([3, 4])])]);
    let first = [
        5.into(),
        6.into(),
        7.into(),
        1.into(),
        2.into(),
        "abc".into(),
    ];
    let packed = format.pack(&[group(first), rows.clone()]).unwrap();
    let expected = [
        &[3, 2, 5][..],
        &6u16.to_ne_bytes(),
        &7u16.to_ne_bytes(),
        &[0x21],
        b"abc",
        &[1, 2, 3, 4],
    ];
    let expected = expected.concat();
    // Natively the array of H is aligned: to 4 from 3.
    assert_eq!(packed, [&expected[..3], &[0], &expected[3..]].concat());
    assert_eq!(
        not_packed(
            "B:m 2([m]B):list",
            &[list([group([list([1])]), group([list([1, 2])])])]
        ),
        "list[1].0: has 2 items where the same count gave 1 before"
    );
}

#[test]
fn what_is_no_array_tells_no_count() {
    assert_eq!(
        not_packed("B:n [n]B:a", &["abc".into()]),
        "n: has no value, and no data tell it"
    );
    assert_eq!(
        not_packed("B:n [n-1]s:text", &["ab".into()]),
        "expected 2 values, found 1"
    );
    assert_eq!(
        not_packed("B{a:4 _:4}=5 B B", &[1.into()]),
        "expected 3 values (or 2, without the constants and the counts), found 1"
    );
}

#[test]
fn the_longest_of_pascal_strings_tells_their_count() {
    let pack = |format, values: &[Value]| compiled(format).pack(values).unwrap();
    for (a, b, c) in [("abc", "a", "ab"), ("a", "abc", "ab"), ("a", "ab", "abc")] {
        assert_eq!(
            pack("B:n [n]p [n]p [n]p", &[a.into(), b.into(), c.into()])[0],
            4
        );
    }
    // What is exact goes before what may be longer, in any order.
    for (format, values) in [
        ("B:n [n]p [n]s [n]p", ["a", "abc", "ab"]),
        ("B:n [n]s [n]p [n]p", ["abc", "ab", "a"]),
        ("B:n [n]p [n]p [n]s", ["ab", "a", "abc"]),
    ] {
        assert_eq!(pack(format, &values.map(Value::from))[0], 3, "{format}");
    }
}

#[test]
fn values_are_appended_or_nothing_is() {
    for format in ["<H:a B:b", "<H:a B:b (B)", "<2s=\"OK\" H:a B:b"] {
        let format = compiled(format);
        let full = Record::from_iter([("a", 513), ("b", 4)]);
        let mut full = full.clone();
        if format.arity() == 3 && format.format().ends_with(')') {
            full.push(Record::new(vec![5.into()]));
        }
        let packed = format.pack(&full).unwrap();
        let mut out = b"before".to_vec();
        format.pack_to(&mut out, &full).unwrap();
        assert_eq!(out, [b"before", &packed[..]].concat(), "{format}");
        *full.get_mut("b").unwrap() = 256.into();
        let error = format.pack_to(&mut out, &full).unwrap_err();
        assert_eq!(error.path(), "b");
        assert_eq!(out, [b"before", &packed[..]].concat(), "{format}");
        let mut buffer = [7; 16];
        assert!(format.pack_into(&mut buffer, 2, &full).is_err());
        assert_eq!(buffer, [7; 16], "{format}");
    }
}

#[test]
fn names_of_another_record_find_their_fields_in_any_order() {
    let format = compiled(">B:a H:b 2s:c");
    let record = Record::from_iter([("c", Value::from("xy")), ("a", 1.into()), ("b", 2.into())]);
    assert_eq!(format.pack(&record).unwrap(), b"\x01\0\x02xy");
    let other = compiled("<2s:c B:a H:b").unpack(b"xy\x01\x02\0").unwrap();
    assert_eq!(format.pack(&other).unwrap(), b"\x01\0\x02xy");
}
