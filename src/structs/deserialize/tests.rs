//! Fields straight from their places, without the general way, which would answer for them.

use std::fmt::Debug;

use serde::Deserialize;
use serde::de::DeserializeOwned;

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
