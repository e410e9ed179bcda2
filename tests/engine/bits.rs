//! Bit fields of integers.

use bytewright::{Struct, Value};

use super::{both_ways, compiled, group, list, not_packed, refusal, unpacked};

#[test]
fn little_endian_starts_at_the_least_significant_bit() {
    // 0b10110_000101_00011: red 22, green 5, blue 3.
    let word = 0b1011_0000_1010_0011u16;
    both_ways(
        "<H{blue:5 green:6 red:5}",
        &word.to_le_bytes(),
        "(3, 5, 22)",
    );
}

#[test]
fn big_endian_starts_at_the_most_significant_bit() {
    both_ways(">B{version:4 ihl:4}", &[0x45], "(4, 5)");
    both_ways(">H{a:1 b:14 c:1}", &[0x80, 0x05], "(1, 2, 1)");
    both_ways("!J{a:4 b:20}", &[0x12, 0x34, 0x56], "(1, 144470)");
}

#[test]
fn the_direction_can_be_said_outright() {
    both_ways("<B{>version:4 ihl:4}", &[0x45], "(4, 5)");
    both_ways(">B{<low:4 high:4}", &[0x45], "(5, 4)");
    // The direction says which bits come first, not which byte: 0x0f80 is little-endian.
    both_ways("<H{>a:8 b:8}", &[0x80, 0x0f], "(15, 128)");
}

#[test]
fn the_same_byte_order_as_the_integer_has() {
    both_ways(
        "(>B{a:4 b:4}) (<B{a:4 b:4})",
        &[0x12, 0x12],
        "((1, 2), (2, 1))",
    );
}

#[test]
fn a_name_makes_them_a_group() {
    let record = unpacked("<B{low:4 high:4}:nibbles B:next", &[0xa5, 9]);
    assert_eq!(record.to_string(), "((5, 10), 9)");
    assert_eq!(
        record["nibbles"].as_record().unwrap()["high"],
        Value::from(10)
    );
}

#[test]
fn without_a_name_their_names_are_visible_around_them() {
    let record = unpacked("<B{low:4 high:4} B:next", &[0xa5, 9]);
    assert_eq!(record.to_string(), "(5, 10, 9)");
    assert_eq!(record["high"], Value::from(10));
    assert_eq!(record["next"], Value::from(9));
}

#[test]
fn counted_bit_fields_are_groups() {
    both_ways("<2B{low:4 high:4}", &[0x21, 0x43], "((1, 2), (3, 4))");
    both_ways(
        "<2B{low:4 high:4}:all",
        &[0x21, 0x43],
        "([(1, 2), (3, 4)],)",
    );
}

#[test]
fn reserved_bits_have_no_value_and_are_packed_as_zero() {
    let record = unpacked("<B{a:2 _:3 b:2 _:1}", &[0b1_10_111_01]);
    assert_eq!(record.to_string(), "(1, 2)");
    assert_eq!(
        compiled("<B{a:2 _:3 b:2 _:1}").pack(&record).unwrap(),
        [0b0_10_000_01]
    );
}

#[test]
fn a_signed_code_has_signed_fields() {
    both_ways("<b{a:3 b:5}", &[0b10000_111], "(-1, -16)");
    both_ways(">b{flag:1 rest:7}", &[0b1_0000001], "(-1, 1)");
    both_ways(">y{a:128}", &[0xff; 16], "(-1,)");
    both_ways(
        ">Y{a:127 b:1}",
        &[0xff; 16],
        "(170141183460469231731687303715884105727, 1)",
    );
}

#[test]
fn they_pack_from_a_group_or_the_whole_integer() {
    let nibbles = compiled("<B{low:4 high:4}:n");
    assert_eq!(
        nibbles.pack(&[group([5.into(), 10.into()])]).unwrap(),
        [0xa5]
    );
    assert_eq!(nibbles.pack(&[list([5, 10])]).unwrap(), [0xa5]);
    assert_eq!(nibbles.pack(&(0xa5,)).unwrap(), [0xa5]);
}

#[test]
fn a_value_too_wide_for_its_bits_is_refused() {
    assert_eq!(
        not_packed("<B{low:4 high:4}", &[16.into(), 0.into()]),
        "low: 16 is out of range: 4 bits of B hold 0 to 15"
    );
    assert_eq!(
        not_packed("<b{low:4 high:4}:n", &[group([0.into(), 8.into()])]),
        "n.high: 8 is out of range: 4 bits of b hold -8 to 7"
    );
}

#[test]
fn constants_of_bit_fields() {
    let head = compiled(">B{version:4 ihl:4}=0x45");
    assert_eq!(head.pack(&()).unwrap(), [0x45]);
    assert_eq!(head.unpack(&[0x45]).unwrap().to_string(), "(4, 5)");
    assert_eq!(
        refusal(">B{version:4 ihl:4}=0x45", &[0x46]),
        "version: expected the constant 69 (0x45), found 70 (0x46) at offset 0x0"
    );
    assert!(head.pack(&(4, 6)).is_err());
    assert_eq!(head.pack(&(4, 5)).unwrap(), [0x45]);
}

#[test]
fn counts_refer_to_bit_fields() {
    both_ways(
        ">B{n:4 m:4} [n]B [m]B",
        &[0x12, 1, 2, 3],
        "(1, 2, [1], [2, 3])",
    );
    both_ways(
        ">B{n:4 m:4}:head [head.m]B",
        &[0x12, 2, 3],
        "((1, 2), [2, 3])",
    );
    let format = Struct::new(">B{n:4 m:4} [n]B:a [m]B:b").unwrap();
    assert_eq!(
        format.pack(&(vec![Value::from(9)], list([8, 7]))).unwrap(),
        [0x12, 9, 8, 7]
    );
}
