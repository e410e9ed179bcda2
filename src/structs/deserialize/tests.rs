//! Fields straight from their places, without the general way, which would answer for them.

use std::fmt::{self, Debug};

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};

use super::flat::WholeStruct;
use crate::structs::Struct;

/// What is read along the list of places alone.
fn straight<T: DeserializeOwned>(format: &str, data: &[u8]) -> Option<T> {
    let format = Struct::new(format).unwrap();
    let flat = format.plan.flat().unwrap();
    T::deserialize(WholeStruct::new(flat, data)).ok()
}

/// Both ways read this value.
fn read<T: DeserializeOwned + PartialEq + Debug>(format: &str, data: &[u8], value: T) {
    assert_eq!(straight(format, data), Some(value), "{format}");
    let long = Struct::new(format).unwrap().deserialize::<T>(data);
    assert_eq!(long.ok(), straight(format, data), "{format}");
}

#[test]
fn a_number_is_read_as_its_code_says() {
    read("<b", b"\xff", (-1i8,));
    read("<B", b"\xff", (255u8,));
    read("<h", b"\xfe\xff", (-2i16,));
    read(">h", b"\xff\xfe", (-2i16,));
    read("<H", b"\x02\x01", (0x102u16,));
    read(">H", b"\x01\x02", (0x102u16,));
    read("<i", b"\xfe\xff\xff\xff", (-2i32,));
    read(">I", b"\x01\x02\x03\x04", (0x0102_0304u32,));
    read("<q", b"\x01\0\0\0\0\0\0\0", (1i64,));
    read(">Q", b"\0\0\0\0\0\0\x01\x02", (0x102u64,));
    read("<f", b"\0\0\xc0\x3f", (1.5f32,));
    read(">d", b"\x3f\xf8\0\0\0\0\0\0", (1.5f64,));
    read("?", b"\x02", (true,));
    read("?", b"\0", (false,));
    // As another type than the field's.
    read("<B", b"\xff", (255i64,));
    read("<H", b"\x02\x01", (0x102u64,));
    read("<i", b"\xfe\xff\xff\xff", (-2i8,));
    read("<f", b"\0\0\xc0\x3f", (1.5f64,));
    read("<d", b"\0\0\0\0\0\0\xf8\x3f", (1.5f32,));
    read("<e", b"\0\x3c", (1.0f64,));
    read(">e", b"\x3c\0", (1.0f32,));
    read(">J", b"\x01\x02\x03", (0x01_0203u32,));
    read("<y", &[0xff; 16], (-1i128,));
    read(">y", &u128::from(u64::MAX).to_be_bytes(), (u64::MAX,));
    read("<F", b"\0\0\xc0\x3f\0\0\0\xc0", ([1.5f32, -2.0],));
    read("<2F", &[0; 16], [(0.0f64, 0.0f64); 2]);
    assert_eq!(straight::<(u8,)>("<h", b"\xff\xff"), None);
    assert_eq!(straight::<(u8,)>("<H", b"\0\x01"), None);
    assert_eq!(straight::<(bool,)>("<B", b"\x01"), None);
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Side {
    Bid,
    Ask,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Sample {
    c: u32,
    a: u8,
    b: String,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Turned {
    b: String,
    c: u32,
    a: u8,
}

#[test]
fn bytes_names_and_rows_are_read_as_their_code_says() {
    read("3s", b"abc", ("abc".to_owned(),));
    read("4p", b"\x02abc", ("ab".to_owned(),));
    read("c", b"x", ('x',));
    read("c", b"x", (b'x',));
    read("2s", b"\xc3\xa9", ('\u{e9}',));
    read("3s", b"abc", ([b'a', b'b', b'c'],));
    read("4p", b"\x02abc", (vec![b'a', b'b'],));
    read("3s B", b"ask\0", (Side::Ask, Side::Bid));
    read(
        "<B 2H x 2s",
        b"\x01\x02\0\x03\0\0ab",
        (1u8, 2u16, 3u16, "ab".to_owned()),
    );
    read("<3H", b"\x01\0\x02\0\x03\0", vec![1u16, 2, 3]);
    read("<3H", b"\x01\0\x02\0\x03\0", [1u16, 2, 3]);
    assert_eq!(straight::<(u16, u16)>("<3H", &[0; 6]), None);
    assert_eq!(straight::<(u8, u8)>("B", &[0]), None);
    assert_eq!(straight::<(String,)>("2s", b"\xff\xfe"), None);
    assert_eq!(straight::<([u8; 2],)>("3s", b"abc"), None);

    // Whichever type comes first is known after it.
    let bytes = b"\x01\0ab\x04\x03\x02\x01";
    let (a, b, c) = (1, || "ab".to_owned(), 0x0102_0304);
    for turned_first in [false, true] {
        let format = Struct::new("<B:a x 2s:b I:c").unwrap();
        let flat = format.plan.flat().unwrap();
        let sample = || Sample::deserialize(WholeStruct::new(flat, bytes)).ok();
        let turned = || Turned::deserialize(WholeStruct::new(flat, bytes)).ok();
        if turned_first {
            turned();
        }
        for _ in 0..2 {
            assert_eq!(sample(), Some(Sample { a, b: b(), c }));
            assert_eq!(turned(), Some(Turned { a, b: b(), c }));
        }
    }
    assert_eq!(straight::<Sample>("<B:a 2s:b I:d", &[0; 7]), None);
    assert_eq!(straight::<Sample>("<B:a 2s:b", &[0; 3]), None);
}

/// What a visitor is told that takes anything.
#[derive(PartialEq, Debug)]
struct Told(String);

/// What one is told that asks for a single.
#[derive(PartialEq, Debug)]
struct Single(String);

/// What one is told that asks for bytes, and takes nothing else.
#[derive(PartialEq, Debug)]
struct Raw(Vec<u8>);

struct Listener;

macro_rules! listens {
    ($($method:ident $t:ident),*) => {$(
        fn $method<E: Error>(self, value: $t) -> Result<String, E> {
            Ok(format!("{} {value:?}", stringify!($t)))
        }
    )*};
}

impl Visitor<'_> for Listener {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    listens! {
        visit_i8 i8, visit_i16 i16, visit_i32 i32, visit_i64 i64, visit_i128 i128, visit_u8 u8,
        visit_u16 u16, visit_u32 u32, visit_u64 u64, visit_u128 u128, visit_f32 f32,
        visit_f64 f64, visit_bool bool
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Told, D::Error> {
        deserializer.deserialize_any(Listener).map(Told)
    }
}

impl<'de> Deserialize<'de> for Single {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Single, D::Error> {
        deserializer.deserialize_f32(Listener).map(Single)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes).map(Raw)
    }
}

#[test]
fn a_type_that_takes_anything_is_told_numbers_in_the_width_of_their_code() {
    for (format, data, expected) in [
        ("<b", &b"\x05"[..], "i8 5"),
        ("<B", b"\xff", "u8 255"),
        ("<h", b"\x05\0", "i16 5"),
        ("<H", b"\x02\x01", "u16 258"),
        ("<i", b"\x05\0\0\0", "i32 5"),
        ("<I", b"\x05\0\0\0", "u32 5"),
        ("<q", b"\x05\0\0\0\0\0\0\0", "i64 5"),
        ("<Q", b"\x05\0\0\0\0\0\0\0", "u64 5"),
        ("<f", b"\0\0\xc0\x3f", "f64 1.5"),
        ("<d", b"\0\0\0\0\0\0\xf8\x3f", "f64 1.5"),
        ("<?", b"\x02", "bool true"),
    ] {
        let told = straight::<(Told,)>(format, data);
        assert_eq!(told, Some((Told(expected.into()),)), "{format}");
    }
    // A single is asked for as such; what is no number goes the way of all other floats.
    for (format, data, expected) in [
        ("<f", &b"\0\0\xc0\x3f"[..], "f32 1.5"),
        (">f", b"\xff\x80\0\0", "f32 -inf"),
        ("<f", b"\0\0\xc0\x7f", "f64 NaN"),
        ("<d", b"\0\0\0\0\0\0\xf8\x3f", "f64 1.5"),
    ] {
        let told = straight::<(Single,)>(format, data);
        assert_eq!(told, Some((Single(expected.into()),)), "{format}");
    }
}

#[test]
fn a_char_beside_fields_of_any_length_is_a_character_a_number_or_bytes() {
    fn read<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
        let format = Struct::new("c:a z:b").unwrap();
        format.deserialize::<(T, String)>(data).ok().map(|(a, _)| a)
    }
    let data = b"xhi\0";
    assert_eq!(read(data), Some('x'));
    assert_eq!(read(data), Some("x".to_owned()));
    assert_eq!(read(data), Some(b'x'));
    assert_eq!(read(data), Some([b'x']));
    assert_eq!(read(b"\xffhi\0"), Some(0xffu8));
    assert_eq!(read::<char>(b"\xffhi\0"), None);
    assert_eq!(read::<u8>(b""), None);
}

#[test]
fn text_of_a_whole_file_is_bytes_where_they_are_asked_for() {
    let format = Struct::new("2s:a 2s~hex:b").unwrap();
    let (a, b): (Raw, String) = format.deserialize(b"abcd").unwrap();
    assert_eq!((a, b), (Raw(b"ab".to_vec()), "cd".to_owned()));
    assert!(format.deserialize::<(Raw, u8)>(b"abcd").is_err());
}
