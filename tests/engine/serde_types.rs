//! What serde's derive makes of less common types: each reads what it writes, as unpacking does.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Write};

use bytewright::{Record, Struct, Value};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::hostile::soon;

fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    format: &str,
    bytes: &[u8],
    value: &T,
) {
    let layout = Struct::new(format).unwrap();
    let read = layout.deserialize::<T>(bytes);
    assert_eq!(read.as_ref().ok(), Some(value), "{format}: {read:?}");
    let written = layout.serialize(value);
    assert_eq!(
        written.as_deref().ok(),
        Some(bytes),
        "{format}: {written:?}"
    );
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum Side {
    #[serde(rename = "bid")]
    Bid,
    #[serde(rename = "ask")]
    Ask,
}

#[test]
fn a_variant_alone_is_its_index_or_its_name() {
    both_ways("B", &[1], &Side::Ask);
    both_ways("3s", b"ask", &Side::Ask);
    both_ways("z", b"bid\0", &Side::Bid);
    both_ways("2z:sides", b"ask\0bid\0", &vec![vec![Side::Ask, Side::Bid]]);
    both_ways("B{<side:1 _:7}", &[1], &Side::Ask);
}

/// As `serde_repr` does: the integer itself.
#[derive(PartialEq, Debug, Clone, Copy)]
enum Level {
    Low = 10,
    High = 20,
}

impl Serialize for Level {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (*self as u8).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            10 => Ok(Level::Low),
            20 => Ok(Level::High),
            n => Err(serde::de::Error::custom(format!("{n} is no level"))),
        }
    }
}

#[test]
fn enumerations_by_their_own_value() {
    both_ways(
        "<2B:levels H",
        &[10, 20, 7, 0],
        &(vec![Level::Low, Level::High], 7),
    );
    let error = Struct::new("<H B:level").unwrap();
    let error = error.deserialize::<(u16, Level)>(&[0, 0, 9]).unwrap_err();
    assert_eq!(error.to_string(), "level: 9 is no level at offset 0x2");
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Inner {
    x: i8,
    name: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Flat {
    id: u16,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, u32>,
}

#[test]
fn flattened_structs_and_the_rest_in_a_map() {
    let value = Flat {
        id: 258,
        inner: Inner {
            x: -1,
            name: "ab".into(),
        },
        rest: BTreeMap::from([("more".into(), 5), ("so".into(), 6)]),
    };
    both_ways(
        ">H:id B:so 2s:name b:x I:more",
        b"\x01\x02\x06ab\xff\0\0\0\x05",
        &value,
    );
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
enum Either {
    Point { x: u8, y: u8 },
    Number(u16),
    Text(String),
}

#[test]
fn untagged_enumerations_go_by_shape() {
    both_ways("(B:x B:y)", &[1, 2], &(Either::Point { x: 1, y: 2 },));
    both_ways("<H", &[1, 2], &(Either::Number(513),));
    both_ways("2s", b"hi", &(Either::Text("hi".into()),));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    Ping { id: u8 },
    Pong { id: u8 },
}

#[test]
fn a_tag_inside_is_a_field() {
    both_ways("4s:kind B:id", b"pong\x07", &Tagged::Pong { id: 7 });
    both_ways("B:id z:kind", b"\x07ping\0", &Tagged::Ping { id: 7 });
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Unit;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Pair(u8, char);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Wrapped(Pair);

#[test]
fn units_tuples_newtypes_and_options() {
    both_ways("4x", &[0; 4], &Unit);
    both_ways("2s=\"BM\" B=1", b"BM\x01", &Unit);
    both_ways("B 2s", b"\x01\xc3\xa9", &Wrapped(Pair(1, 'é')));
    both_ways("B c", b"\x01a", &Some(Some(Pair(1, 'a'))));
    both_ways("?:a 3?:b", &[1, 0, 1, 0], &(true, [false, true, false]));
    both_ways(">y Y", &[0xff; 32], &(-1i128, u128::MAX));
    let layout = Struct::new("B").unwrap();
    assert!(
        layout.deserialize::<(bool,)>(&[1]).is_err(),
        "an integer is no truth value"
    );
    assert!(
        layout.deserialize::<Unit>(&[1]).is_err(),
        "a value is not nothing"
    );
    let constant = Struct::new("B=7").unwrap();
    assert!(
        constant.deserialize::<Unit>(&[8]).is_err(),
        "the constant is checked"
    );
}

#[test]
fn maps_with_integer_keys() {
    let map = BTreeMap::from([(0u32, 7u16), (1, 8)]);
    both_ways("BB", &[7, 8], &map);
    both_ways(
        "BB",
        &[7, 8],
        &HashMap::from([("0".to_owned(), 7), ("1".to_owned(), 8)]),
    );
    let layout = Struct::new("B:a B").unwrap();
    for wrong in ["2", "+1", "01", "", "-1", "b"] {
        let values = BTreeMap::from([("a", 7), ("1", 8), (wrong, 9)]);
        assert!(layout.serialize(&values).is_err(), "{wrong:?} is no key");
    }
}

#[test]
fn a_count_follows_from_data_without_a_name() {
    let layout = Struct::new("B:n [n]s").unwrap();
    assert_eq!(
        layout.serialize(&BTreeMap::from([("1", "hi")])).unwrap(),
        b"\x02hi"
    );
    assert_eq!(
        layout.pack(&Record::from_iter([("1", "hi")])).unwrap(),
        b"\x02hi"
    );
}

#[test]
fn nothing_is_no_item_of_an_array() {
    for format in ["2z:names", "2B:numbers", "2(B):groups", "2(z):groups"] {
        let layout = Struct::new(format).unwrap();
        let error = layout.serialize(&(vec![None::<u8>, None],)).unwrap_err();
        assert!(error.to_string().contains("[0]"), "{format}: {error}");
    }
}

#[test]
fn names_that_stand_for_bytes_in_json_are_names_in_formats() {
    let hex = Struct::new("(4s:hex):g").unwrap();
    for bytes in [b"abcd", b"\x01zz\xff"] {
        let unpacked = hex.unpack(bytes).unwrap();
        assert_eq!(hex.deserialize::<Record>(bytes).unwrap(), unpacked);
    }
    let parts = Struct::new("<(B:re B:im):g").unwrap();
    let unpacked = parts.unpack(&[1, 2]).unwrap();
    assert_eq!(parts.deserialize::<Record>(&[1, 2]).unwrap(), unpacked);

    // At the top of a document a record is asked for, and digits that are none stay text.
    for json in [
        "{\"hex\":\"abcd\"}",
        "{\"re\":1,\"im\":2}",
        "{\"hex\":\"zz\"}",
    ] {
        let record: Record = serde_json::from_str(json).unwrap();
        assert!(record.is_named());
        assert!(!record.is_empty(), "{json} became {record}");
    }
    let value: Value = serde_json::from_str("{\"hex\":\"zz\"}").unwrap();
    assert_eq!(value, Record::from_iter([("hex", "zz")]).into());
}

#[test]
fn a_complex_number_survives_as_a_pair() {
    let layout = Struct::new("<D F").unwrap();
    let bytes = layout
        .pack(&(Value::Complex(1.0, -2.0), Value::Complex(0.5, 0.0)))
        .unwrap();
    let read: Record = layout.deserialize(&bytes).unwrap();
    assert_eq!(layout.pack(&read).unwrap(), bytes);
    let three = Value::from(vec![Value::from(1.0); 3]);
    assert!(layout.pack(&(three, 1.0)).is_err());
}

#[test]
fn fields_without_bytes_cost_serde_no_more_than_unpacking() {
    let layout = Struct::new(&format!("60000({})", "0s".repeat(100_000))).unwrap();
    assert!(soon("unpacking", || layout.unpack(&[])).is_err());
    assert!(soon("values", || layout.deserialize::<Record>(&[])).is_err());
    assert!(soon("ignoring", || layout.deserialize::<IgnoredAny>(&[])).is_err());
    assert!(
        soon("tuples", || layout
            .deserialize::<(Vec<Vec<IgnoredAny>>,)>(&[]))
        .is_err()
    );
}

#[test]
fn many_names_are_found_in_little_time() {
    let mut format = String::from("<");
    for i in 0..50_000 {
        write!(format, "B:n{i} [n{i}]s:t{i} ").unwrap();
    }
    let layout = Struct::new(&format).unwrap();
    let bytes = [0; 50_000];
    let record: Record = soon("reading", || layout.deserialize(&bytes)).unwrap();
    assert_eq!(
        soon("writing", || layout.serialize(&record)).unwrap(),
        bytes
    );
    let few = BTreeMap::from([("wrong", 1)]);
    assert!(layout.serialize(&few).unwrap_err().to_string().len() < 1_000);
}

/// Types that ask whether people read the format give the short form here.
#[test]
fn formats_of_bytes_are_not_for_people() {
    use std::net::Ipv4Addr;
    let address = Ipv4Addr::new(192, 168, 0, 1);
    let format = Struct::new("4B").unwrap();
    assert_eq!(format.serialize(&address).unwrap(), [192, 168, 0, 1]);
    assert_eq!(
        format.deserialize::<Ipv4Addr>(&[192, 168, 0, 1]).unwrap(),
        address
    );
    let format = Struct::new("4B:ip (4B):other").unwrap();
    let both = BTreeMap::from([("ip", address), ("other", Ipv4Addr::LOCALHOST)]);
    let bytes = format.serialize(&both).unwrap();
    assert_eq!(bytes, [192, 168, 0, 1, 127, 0, 0, 1]);
    let read: BTreeMap<String, Ipv4Addr> = format.deserialize(&bytes).unwrap();
    assert_eq!(read["other"], Ipv4Addr::LOCALHOST);
}

#[test]
fn a_level_of_one_value_is_written_from_that_value() {
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    enum Variant {
        One(u8),
    }
    let write =
        |format: &str, value: &dyn Fn(&Struct) -> Result<Vec<u8>, bytewright::DataError>| {
            value(&Struct::new(format).unwrap()).map_err(|e| e.to_string())
        };
    let bytes = serde_bytes::Bytes::new(b"ab");
    assert_eq!(write("2s", &|f| f.serialize(&bytes)).unwrap(), b"ab");
    assert_eq!(
        write("2s B", &|f| f.serialize(&bytes)).unwrap_err(),
        "expected 2 values, found bytes"
    );
    for (name, nothing) in [
        ("()", write("B=7", &|f| f.serialize(&()))),
        ("None", write("B=7", &|f| f.serialize(&None::<u8>))),
        ("a unit struct", write("B=7", &|f| f.serialize(&Unit))),
    ] {
        assert_eq!(nothing.unwrap(), [7], "{name}");
    }
    for (name, nothing) in [
        ("()", write("B=7 H", &|f| f.serialize(&()))),
        ("None", write("B=7 H", &|f| f.serialize(&None::<u8>))),
        ("a unit struct", write("B=7 H", &|f| f.serialize(&Unit))),
    ] {
        assert_eq!(
            nothing.unwrap_err(),
            "expected 1 value, found nothing",
            "{name}"
        );
    }
    let full = "only enumerations whose variants hold nothing can be written";
    assert_eq!(
        write("B", &|f| f.serialize(&Variant::One(1))).unwrap_err(),
        full
    );
    let named = BTreeMap::from([("a", Variant::One(1))]);
    assert_eq!(
        write("2s:a", &|f| f.serialize(&named)).unwrap_err(),
        format!("a: {full}")
    );
    assert_eq!(
        write("2B:a", &|f| f.serialize(&named)).unwrap_err(),
        format!("a: {full}")
    );
    assert_eq!(
        write("B:a", &|f| f.serialize(&named)).unwrap_err(),
        "a: expected an integer, found a variant that holds something"
    );
}

#[test]
fn what_is_nothing_is_no_field_and_no_array() {
    #[derive(Serialize)]
    struct Unit;
    for format in ["2s:a", "2B:a", "z:a"] {
        let format = Struct::new(format).unwrap();
        let unit = format.serialize(&BTreeMap::from([("a", ())])).unwrap_err();
        assert!(unit.to_string().starts_with("a: has no value"), "{unit}");
        let unit = format
            .serialize(&BTreeMap::from([("a", Unit)]))
            .unwrap_err();
        assert!(unit.to_string().starts_with("a: has no value"), "{unit}");
    }
}

#[test]
fn a_number_of_another_kind_says_what_is_wanted() {
    for (format, expected) in [
        ("c:a", "one byte"),
        ("?:a", "a truth value"),
        ("f:a", "a number"),
        ("F:a", "a complex number"),
        ("H:a", "an integer"),
        ("v:a", "an integer"),
    ] {
        let map = BTreeMap::from([("a", BTreeMap::from([("b", 1)]))]);
        let error = Struct::new(format).unwrap().serialize(&map).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("a: expected {expected}, found a map")
        );
    }
}

#[test]
fn one_byte_and_two_floats_may_come_as_tuples() {
    #[derive(Serialize)]
    struct Parts(f32, f32);
    #[derive(Serialize)]
    enum Letter {
        #[serde(rename = "x")]
        X,
    }
    let format = Struct::new(">c:a").unwrap();
    assert_eq!(
        format.serialize(&BTreeMap::from([("a", *b"q")])).unwrap(),
        b"q"
    );
    assert!(format.serialize(&BTreeMap::from([("a", *b"qr")])).is_err());
    assert_eq!(
        format
            .serialize(&BTreeMap::from([("a", Letter::X)]))
            .unwrap(),
        b"x"
    );
    let format = Struct::new(">B:a").unwrap();
    assert_eq!(
        format
            .serialize(&BTreeMap::from([("a", Letter::X)]))
            .unwrap(),
        [0]
    );
    let format = Struct::new(">F:a").unwrap();
    let bytes = [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0];
    assert_eq!(
        format
            .serialize(&BTreeMap::from([("a", Parts(1.0, -2.0))]))
            .unwrap(),
        bytes
    );
    assert_eq!(
        format
            .serialize(&BTreeMap::from([("a", (1.0, -2.0))]))
            .unwrap(),
        bytes
    );
    assert!(
        format
            .serialize(&BTreeMap::from([("a", (1.0, 2.0, 3.0))]))
            .is_err()
    );
}

#[test]
fn constants_are_checked_and_offsets_counted_from_the_first_byte() {
    #[derive(Serialize)]
    struct Tagged<'a> {
        id: u16,
        magic: &'a str,
    }
    let format = Struct::new(">H:id 3s:magic='BM' H{a:8 b:8}=0x0102").unwrap();
    let write = |magic| format.serialize(&Tagged { id: 7, magic });
    assert_eq!(write("BM").unwrap(), b"\0\x07BM\0\x01\x02");
    assert_eq!(write("BM\0").unwrap(), b"\0\x07BM\0\x01\x02");
    assert_eq!(
        write("PK").unwrap_err().to_string(),
        r"magic: expected the constant b'BM\x00', found b'PK' at offset 0x2"
    );
    // Bit fields given beside the constant are each compared.
    let given = |a: u8, b: u8| format.serialize(&BTreeMap::from([("id", 7), ("a", a), ("b", b)]));
    assert_eq!(given(1, 2).unwrap(), b"\0\x07BM\0\x01\x02");
    assert!(given(1, 3).is_err() && given(2, 2).is_err());
}

#[test]
fn groups_are_read_as_sequences_and_maps_where_a_type_asks_for_one() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Nested {
        pair: Vec<u8>,
        named: BTreeMap<String, u8>,
        text: String,
        wide: i128,
    }
    both_ways(
        "<(BB):pair (B:x B:y):named 4p:text y:wide",
        &[&[1, 2, 3, 4, 2, b'h', b'i', 0][..], &[0xff; 16]].concat(),
        &Nested {
            pair: vec![1, 2],
            named: BTreeMap::from([("x".into(), 3), ("y".into(), 4)]),
            text: "hi".into(),
            wide: -1,
        },
    );
    // Names don't keep a group from a list, nor does their absence keep it from a map.
    let format = Struct::new("<(B:x B:y):a (BB):b").unwrap();
    type Lists = BTreeMap<String, Vec<u8>>;
    type Maps = BTreeMap<String, BTreeMap<String, u8>>;
    let lists: Lists = format.deserialize(&[1, 2, 3, 4]).unwrap();
    assert_eq!(
        (&lists["a"][..], &lists["b"][..]),
        (&[1, 2][..], &[3, 4][..])
    );
    let maps: Maps = format.deserialize(&[1, 2, 3, 4]).unwrap();
    assert_eq!((maps["a"]["y"], maps["b"]["1"]), (2, 4));
    let format = Struct::new("c:a s:b 2H:c").unwrap();
    let values = BTreeMap::from([("a", "x"), ("b", "y")]);
    let error = format.serialize(&values).unwrap_err().to_string();
    assert_eq!(error, "c: has no value");
    // Numbers in an array are enumerations by their index, too.
    #[derive(Serialize)]
    enum Kind {
        #[expect(dead_code, reason = "the index of the second is what counts")]
        Zero,
        One,
    }
    let format = Struct::new("2B:a 2c:b").unwrap();
    #[derive(Serialize)]
    struct Arrays {
        a: [Kind; 2],
        b: [char; 2],
    }
    let arrays = Arrays {
        a: [Kind::One, Kind::One],
        b: ['p', 'q'],
    };
    assert_eq!(format.serialize(&arrays).unwrap(), b"\x01\x01pq");
}
