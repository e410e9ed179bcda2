//! Types that derive serde's traits, to bytes and back; the bytes are spelled out.

use std::collections::BTreeMap;
use std::fmt::Debug;

use bytewright::{Record, Struct, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Reads `bytes` as `value`, writes `value` as `bytes`, and packs and unpacks the same.
fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    format: &str,
    bytes: &[u8],
    value: &T,
) {
    let format = Struct::new(format).unwrap();
    assert_eq!(&format.deserialize::<T>(bytes).unwrap(), value);
    assert_eq!(format.serialize(value).unwrap(), bytes);
    let unpacked = format.unpack(bytes).unwrap();
    assert_eq!(
        format.serialize(&unpacked).unwrap(),
        bytes,
        "a record is serialized as a type is"
    );
}

fn read_error<T: DeserializeOwned + Debug>(format: &str, bytes: &[u8]) -> String {
    let format = Struct::new(format).unwrap();
    format.deserialize::<T>(bytes).unwrap_err().to_string()
}

fn write_error(format: &str, value: &impl Serialize) -> String {
    Struct::new(format)
        .unwrap()
        .serialize(value)
        .unwrap_err()
        .to_string()
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Header {
    magic: String,
    size: u32,
    offset: u32,
}

#[test]
fn a_struct_by_name() {
    let header = Header {
        magic: "BM".into(),
        size: 54,
        offset: 10,
    };
    both_ways(
        "<2s:magic I:size 4x I:offset",
        b"BM\x36\0\0\0\0\0\0\0\x0a\0\0\0",
        &header,
    );
    // The format's order is the file's, whatever the type's is.
    both_ways(
        ">I:offset x I:size 2s:magic",
        b"\0\0\0\x0a\0\0\0\0\x36BM",
        &header,
    );
}

#[test]
fn a_struct_by_position() {
    let header = Header {
        magic: "BM".into(),
        size: 1,
        offset: 2,
    };
    both_ways("<2sIxI", b"BM\x01\0\0\0\0\x02\0\0\0", &header);
    both_ways("<H3xB", b"\x05\0\0\0\0\x07", &(5u16, 7u8));
    both_ways("<3h", b"\x01\0\xff\xff\x03\0", &[1i16, -1, 3]);
    both_ways(">I", b"\0\x9c\x40\x63", &10_240_099u32);
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Color {
    b: u8,
    g: u8,
    r: u8,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Image {
    palette: Vec<Color>,
    hot: (i16, i16),
    note: Option<String>,
}

#[test]
fn nested_structs_arrays_tuples_and_options() {
    let image = Image {
        palette: vec![Color { b: 1, g: 2, r: 3 }, Color { b: 4, g: 5, r: 6 }],
        hot: (-1, 2),
        note: Some("ok".into()),
    };
    both_ways(
        "<B:n (hh):hot [n](B:b B:g B:r x):palette z:note",
        b"\x02\xff\xff\x02\0\x01\x02\x03\0\x04\x05\x06\0ok\0",
        &image,
    );
    // The names inside of a group may stand in another order too.
    both_ways(
        "<(hh):hot z:note B:n [n](B:r B:g B:b):palette",
        b"\xff\xff\x02\0ok\0\x02\x03\x02\x01\x06\x05\x04",
        &image,
    );
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Meters(u32);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Id([u8; 4]);

#[test]
fn newtypes_and_byte_arrays() {
    both_ways("<I", b"\x07\0\0\0", &Meters(7));
    both_ways("<I:a 4s:b", b"\x07\0\0\0abcd", &(Meters(7), Id(*b"abcd")));
    both_ways("4B:id", b"\x01\x02\x03\x04", &(Id([1, 2, 3, 4]),));
    both_ways("3s", b"\0\xffx", &(vec![0u8, 255, 120],));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Blob {
    #[serde(with = "serde_bytes")]
    data: Vec<u8>,
    kind: Kind,
    tag: Kind,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Copy)]
enum Kind {
    Raw,
    Packed,
    #[serde(rename = "LINK")]
    Linked,
}

#[test]
fn enumerations_by_value_and_bytes_by_serde_bytes() {
    let blob = Blob {
        data: vec![9, 0],
        kind: Kind::Packed,
        tag: Kind::Linked,
    };
    both_ways("<B:kind 4s:tag B:n [n]s:data", b"\x01LINK\x02\x09\0", &blob);
    both_ways(">H", b"\0\x02", &Kind::Linked);
    assert!(read_error::<(Kind,)>("B", &[3]).contains("variant"));
}

#[derive(Deserialize, PartialEq, Debug)]
struct Borrowed<'a> {
    #[serde(borrow)]
    name: &'a str,
    rest: &'a [u8],
}

#[test]
fn text_and_bytes_are_borrowed_from_the_input() {
    let format = Struct::new("z:name *s:rest").unwrap();
    let bytes = b"hi\0\x01\x02".to_vec();
    let read: Borrowed<'_> = format.deserialize(&bytes).unwrap();
    assert_eq!(
        read,
        Borrowed {
            name: "hi",
            rest: &[1, 2]
        }
    );
}

#[test]
fn every_kind_of_number() {
    both_ways(
        "<bBhHiIqQ",
        &[
            255, 1, 2, 0, 3, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0,
            0, 128,
        ],
        &(-1i8, 1u8, 2i16, 3u16, 4i32, 5u32, 6i64, (1u64 << 63) + 7),
    );
    both_ways(
        "<jKyY",
        &[
            &[0xfe, 0xff, 0xff][..],
            &[1, 0, 0, 0, 0, 0],
            &[0xff; 16],
            &[0xff; 16],
        ]
        .concat(),
        &(-2i32, 1u64, -1i128, u128::MAX),
    );
    both_ways(
        "<ed?f",
        &[
            &[0, 0x3e][..],
            &1.25f64.to_le_bytes(),
            &[1],
            &0.1f32.to_le_bytes(),
        ]
        .concat(),
        &(1.5f32, 1.25f64, true, 0.1f32),
    );
    both_ways("vV", &[0x7f, 0xac, 0x02], &(-1i64, 300u16));
    both_ways(
        "<F",
        &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0],
        &((1.0f32, -2.0f32),),
    );
    both_ways("cc", b"xy", &('x', b'y'));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Packet {
    version: u8,
    ihl: u8,
    flags: Flags,
    rest: Vec<u8>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Flags {
    more: u8,
    offset: u16,
}

#[test]
fn bit_fields_around_and_of_their_own() {
    let packet = Packet {
        version: 4,
        ihl: 2,
        flags: Flags {
            more: 1,
            offset: 0x123,
        },
        rest: vec![7, 8],
    };
    both_ways(
        ">B{version:4 ihl:4} H{_:2 more:1 offset:13}:flags [ihl]B:rest",
        &[0x42, 0x21, 0x23, 7, 8],
        &packet,
    );
}

#[derive(Serialize)]
struct Sparse<'a> {
    items: &'a [u16],
    name: &'a str,
}

#[test]
fn constants_and_counts_that_follow_from_data_are_supplied() {
    let format = Struct::new("<2s:magic=\"OK\" B:n [n]H:items B:length [length]s:name").unwrap();
    let value = Sparse {
        items: &[1, 2],
        name: "abc",
    };
    let bytes = b"OK\x02\x01\0\x02\0\x03abc";
    assert_eq!(format.serialize(&value).unwrap(), bytes);
    let by_order = format.serialize(&(&[1u16, 2][..], "abc")).unwrap();
    assert_eq!(by_order, bytes);
    let all: (String, u8, Vec<u16>, u8, String) = format.deserialize(bytes).unwrap();
    assert_eq!(format.serialize(&all).unwrap(), bytes);
    let with_none = (None::<String>, None::<u8>, [1u16, 2], 3u8, "abc");
    assert_eq!(format.serialize(&with_none).unwrap(), bytes);
}

#[test]
fn counts_of_repeated_groups_follow_from_their_own_data() {
    let rows = BTreeMap::from([("rows", vec![vec![1u8], vec![], vec![2, 3]])]);
    let format = Struct::new("B:count [count](B:n [n]B):rows").unwrap();
    assert_eq!(
        format
            .serialize(&BTreeMap::from([(
                "rows",
                vec![(1u8, vec![1u8]), (0, vec![]), (2, vec![2, 3])]
            )]))
            .unwrap(),
        [3, 1, 1, 0, 2, 2, 3]
    );
    let wrapped: BTreeMap<&str, Vec<(Vec<u8>,)>> = rows
        .iter()
        .map(|(k, v)| (*k, v.iter().cloned().map(|items| (items,)).collect()))
        .collect();
    assert_eq!(format.serialize(&wrapped).unwrap(), [3, 1, 1, 0, 2, 2, 3]);
}

#[test]
fn what_goes_wrong_is_told_with_its_place() {
    assert_eq!(
        read_error::<(u16, u8)>("<HB", &[1, 0]),
        "field 1: needs 1 byte at offset 0x2, the input ends at 0x2"
    );
    let name: String = read_error::<(String,)>("2s:name", &[0xff, 0xfe]);
    assert!(
        name.starts_with("name: ") && name.contains("offset 0x0"),
        "{name}"
    );
    let wide = read_error::<(u8, u8)>("<BH:wide", &[1, 0, 1]);
    assert!(wide.starts_with("wide: ") && wide.contains("256"), "{wide}");
    assert!(read_error::<(u8,)>("BB", &[1, 2]).contains("more values"));
    assert!(read_error::<(u8, u8, u8)>("BB", &[1, 2]).contains("length 2"));
    assert!(read_error::<((u8, u8),)>("3B:a", &[1, 2, 3]).contains("a: "));
    assert!(read_error::<(u8,)>("B", &[1, 2]).contains("1 byte left over"));
    let constant = read_error::<(String,)>("2s:magic=\"BM\"", b"MB");
    assert_eq!(
        constant,
        "magic: expected the constant b'BM', found b'MB' at offset 0x0"
    );

    assert_eq!(
        write_error("B:a", &(300,)),
        "a: 300 is out of range: B holds 0 to 255"
    );
    assert_eq!(write_error("B:a B:b", &(1,)), "expected 2 values, found 1");
    let unknown = write_error("B:a", &BTreeMap::from([("a", 1), ("c", 2)]));
    assert!(unknown.contains("no field c"), "{unknown}");
    let missing = write_error("B:a B:b", &BTreeMap::from([("a", 1)]));
    assert_eq!(missing, "b: has no value");
    assert_eq!(
        write_error("2B:a", &([1, 2, 3],)),
        "a: expected 2 items, found 3"
    );
    assert_eq!(
        write_error("(B:x):g", &([Some("no")],)),
        "g.x: expected an integer for B, found bytes"
    );
    assert_eq!(
        write_error("B:n=3", &(4,)),
        "n: expected the constant 3, found 4 at offset 0x0"
    );
    let disagree = write_error(
        "B:n [n]B:a [n]B:b",
        &BTreeMap::from([("a", [1, 2].as_slice()), ("b", &[1])]),
    );
    assert!(disagree.starts_with("b: "), "{disagree}");
}

#[test]
fn a_list_longer_than_its_bytes_is_not_made_room_for() {
    let error = read_error::<(u64, Vec<u8>)>("<Q:n [n]B", &[0xff; 8]);
    assert!(
        error.contains("needs") || error.contains("input ends"),
        "{error}"
    );
}

#[test]
fn values_through_json_and_back() {
    let record = Record::from_iter([
        ("int", Value::from(-5)),
        ("wide", Value::from(u64::MAX)),
        ("float", Value::from(0.5)),
        ("text", Value::from("BM")),
        ("raw", Value::from(b"\xff\0")),
        ("complex", Value::Complex(1.0, f64::INFINITY)),
        ("list", Value::from(vec![Value::from(true), Value::from(2)])),
        ("group", Record::from_iter([("x", 1)]).into()),
    ]);
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(
        json,
        r#"{"int":-5,"wide":18446744073709551615,"float":0.5,"text":"BM","raw":{"hex":"ff00"},"complex":{"re":1.0,"im":"inf"},"list":[true,2],"group":{"x":1}}"#
    );
    assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
    assert_eq!(
        serde_json::from_str::<Value>("[1,\"a\"]")
            .unwrap()
            .to_string(),
        "[1, b'a']"
    );
}

#[test]
fn a_record_is_read_like_any_other_type() {
    let format = Struct::new("<H:n [n](B:len [len]s:name |4):items").unwrap();
    let bytes = b"\x02\0\x02hi\0\0\0\x03foo";
    let record: Record = format.deserialize(bytes).unwrap();
    assert_eq!(record, format.unpack(bytes).unwrap());
}

/// A map of numbers, last key first, that counts how often it is asked.
struct Backwards<'a> {
    keys: &'a [String],
    asked: std::cell::Cell<usize>,
}

impl Serialize for Backwards<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.asked.update(|times| times.saturating_add(1));
        serializer.collect_map(self.keys.iter().rev().zip((0..self.keys.len()).rev()))
    }
}

#[test]
fn a_type_is_asked_once_whatever_its_order() {
    for count in [20, 65, 150] {
        let keys: Vec<String> = (0..count).map(|i| format!("k{i}")).collect();
        let fields: Vec<String> = keys
            .iter()
            .enumerate()
            .map(|(i, key)| match i % 3 {
                0 => format!("H:{key}"),
                1 => format!("B{{{key}:8}}"),
                _ => format!("V:{key}"),
            })
            .collect();
        let format = Struct::new(&format!(">{}", fields.join(" "))).unwrap();
        let backwards = Backwards {
            keys: &keys,
            asked: 0.into(),
        };
        let bytes = format.serialize(&backwards).unwrap();
        let record = Record::from_iter(keys.iter().map(String::as_str).zip(0i64..));
        assert_eq!(bytes, format.pack(&record).unwrap());
        assert_eq!(backwards.asked.get(), 1, "{count}");
    }
}

#[test]
fn what_comes_early_and_is_wrong_is_named() {
    let format = Struct::new("B:a H{low:8 high:8} h:c").unwrap();
    let error = |map: &[(&str, Option<i64>)]| {
        let map: BTreeMap<_, _> = map.iter().copied().collect();
        format.serialize(&map).unwrap_err().to_string()
    };
    let (zero, none) = (Some(0), None);
    assert!(
        error(&[
            ("a", zero),
            ("c", Some(40_000)),
            ("high", zero),
            ("low", zero)
        ])
        .starts_with("c: 40000")
    );
    assert!(
        error(&[("a", zero), ("c", zero), ("high", Some(256)), ("low", zero)])
            .starts_with("high: 256")
    );
    assert_eq!(
        error(&[("a", zero), ("c", zero), ("high", zero), ("low", none)]),
        "low: has no value"
    );
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Sample {
    ratio: f32,
    tag: [u8; 2],
    id: u32,
    kind: Kind,
    offset: i64,
    unit: char,
    half: f32,
    label: String,
}

/// The same fields in another order, and as wider types.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Wide {
    label: String,
    unit: String,
    id: u64,
    offset: i128,
    tag: String,
    kind: u8,
    half: f64,
    ratio: f64,
}

/// Each type is looked up when a format first meets it, and taken by that the next time.
#[test]
fn a_plain_format_meets_one_type_after_another_and_again() {
    let sample = Sample {
        ratio: 0.75,
        tag: *b"ab",
        id: 70_000,
        kind: Kind::Packed,
        offset: -5,
        unit: 'm',
        half: -1.5,
        label: "left".into(),
    };
    let wide = Wide {
        label: "left".into(),
        unit: "m".into(),
        id: 70_000,
        offset: -5,
        tag: "ab".into(),
        kind: 1,
        half: -1.5,
        ratio: 0.75,
    };
    for (order, id, offset, ratio, half) in [
        (
            "<",
            [0x70, 0x11, 1, 0],
            [0xfb, 0xff],
            [0, 0, 0x40, 0x3f],
            [0, 0xbe],
        ),
        (
            ">",
            [0, 1, 0x11, 0x70],
            [0xff, 0xfb],
            [0x3f, 0x40, 0, 0],
            [0xbe, 0],
        ),
    ] {
        let format =
            format!("{order}I:id B:kind 2x h:offset f:ratio 2s:tag c:unit e:half 4s:label");
        let bytes = [&id[..], &[1, 0, 0], &offset, &ratio, b"abm", &half, b"left"].concat();
        let format = Struct::new(&format).unwrap();
        for _ in 0..3 {
            assert_eq!(format.serialize(&sample).unwrap(), bytes);
            assert_eq!(format.deserialize::<Sample>(&bytes).unwrap(), sample);
            assert_eq!(format.serialize(&wide).unwrap(), bytes);
            assert_eq!(format.deserialize::<Wide>(&bytes).unwrap(), wide);
        }
        let far = Sample {
            offset: 40_000,
            ..sample.clone()
        };
        assert_eq!(
            format.serialize(&far).unwrap_err().to_string(),
            "offset: 40000 is out of range: h holds -32768 to 32767"
        );
        let error = format
            .deserialize::<Sample>(bytes.get(..9).unwrap())
            .unwrap_err();
        assert_eq!((error.path().as_str(), error.offset()), ("ratio", Some(9)));
        assert_eq!((error.needed(), error.available()), (Some(4), Some(0)));
    }
}

#[derive(Serialize)]
struct Twice {
    a: u8,
    #[serde(rename = "a")]
    again: u8,
}

#[derive(Serialize)]
struct Skipping {
    a: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<u8>,
}

#[test]
fn every_field_is_given_once() {
    let error =
        |format: &str, value: &dyn Fn(&Struct) -> Result<Vec<u8>, bytewright::DataError>| {
            value(&Struct::new(format).unwrap())
                .unwrap_err()
                .to_string()
        };
    let twice = Twice { a: 1, again: 2 };
    assert_eq!(
        error("B:a B:b", &|f| f.serialize(&twice)),
        "a: is given twice"
    );
    assert_eq!(
        error("B:a (B):b", &|f| f.serialize(&twice)),
        "a: is given twice"
    );
    let format = Struct::new("B:a B:b").unwrap();
    let (whole, part) = (Skipping { a: 1, b: Some(2) }, Skipping { a: 1, b: None });
    for _ in 0..2 {
        assert_eq!(format.serialize(&whole).unwrap(), [1, 2]);
        let missing = format.serialize(&part).unwrap_err().to_string();
        assert_eq!(missing, "b: has no value");
    }
    let map = BTreeMap::from([(0u8, 7u8), (1, 8)]);
    assert_eq!(Struct::new("BB").unwrap().serialize(&map).unwrap(), [7, 8]);
}
