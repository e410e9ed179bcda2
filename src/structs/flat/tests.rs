//! The list of places by itself. Where it doesn't answer, the plan does, so that a caller sees from outside only
//! what both ways answer; here each is asked alone.

use super::*;
use crate::structs::pack::Row;
use crate::structs::{Formats, Struct, grammar};
use crate::{Record, Value};

/// The same format by the long way, in unpacking too.
fn planned(text: &str) -> Struct {
    let parsed = grammar::parse(text).unwrap();
    let mut long = Struct::compile(text, &parsed, &Formats::default(), &[]).unwrap();
    long.plan.flat = None;
    long
}

#[test]
fn both_ways_of_compiling_agree() {
    for text in [
        "<2s:a c:b c:c I 3H h:d 0s 2x p:e",
        "B:a |4 B:b B:c",
        ">J:rgb K:time y:id",
        "",
        "<ccIIIIIIHH",
        "@cIhqx0q",
        " \t\n\r\x0b\x0c3H 2s 0s 5p p 0p",
        "=4x?n",
        ">eFfDd3h 007B",
        "cP2ncN",
        "!0I b",
        "cccccccccccccccc",
        "<x2I",
        "<0H2sBB",
    ] {
        if Struct::new(text).is_err() {
            assert!(Flat::compile(text).is_none(), "{text}");
            continue;
        }
        let flat = Struct::new(text).unwrap();
        let planned = planned(text);
        assert!(flat.plan.flat().is_some(), "{text}");
        assert_eq!(flat.size(), planned.size(), "{text}");
        assert_eq!(flat.layout(), planned.layout(), "{text}");
        let size = usize::try_from(flat.size().unwrap()).unwrap();
        let data: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let record = flat.unpack(&data).unwrap();
        assert_eq!(record, planned.unpack(&data).unwrap(), "{text}");
        // Over other values, and over some of the same kinds.
        let mut again = Record::from(vec![Value::from(vec![0; 99]); record.len()]);
        for _ in 0..2 {
            assert_eq!(flat.unpack_into(&data, &mut again).unwrap(), size, "{text}");
            assert_eq!(again, record, "{text}");
        }
        assert_eq!(flat.pack(&record), planned.pack(&record), "{text}");
    }
}

#[test]
fn whatever_goes_beyond_takes_the_long_way() {
    for text in [
        "I:a",
        "(H)",
        "z",
        "3",
        "3 H",
        "Zf",
        "5000000000s",
        "<i>i",
        "H=1",
        "|4",
        "%a",
    ] {
        assert!(Flat::compile(text).is_none(), "{text}");
    }
}

/// A format, a row and its bytes, as the documentation of Python's `struct` and IEEE 754 define them.
fn rows() -> Vec<(&'static str, Vec<Value>, Vec<u8>)> {
    fn row<const N: usize>(
        format: &'static str,
        values: [Value; N],
        bytes: &[u8],
    ) -> (&'static str, Vec<Value>, Vec<u8>) {
        (format, values.into(), bytes.to_vec())
    }
    let int = |n: i128| Value::from(n);
    vec![
        row("<", [], b""),
        row("<3x", [], b"\0\0\0"),
        row("<B", [int(255)], b"\xff"),
        row("<B", [true.into()], b"\x01"),
        row(">b", [int(-128)], b"\x80"),
        row("<h", [int(-2)], b"\xfe\xff"),
        row(">h", [int(-2)], b"\xff\xfe"),
        row("<H", [int(0x0102)], b"\x02\x01"),
        row(">H", [int(0xffff)], b"\xff\xff"),
        row("<i", [int(-0x8000_0000)], b"\0\0\0\x80"),
        row("<i", [true.into()], b"\x01\0\0\0"),
        row(">i", [int(-3)], b"\xff\xff\xff\xfd"),
        row("<I", [int(0x0102_0304)], b"\x04\x03\x02\x01"),
        row(">I", [int(0x0102_0304)], b"\x01\x02\x03\x04"),
        row("<q", [int(-2)], b"\xfe\xff\xff\xff\xff\xff\xff\xff"),
        row(">q", [int(1)], b"\0\0\0\0\0\0\0\x01"),
        row("<Q", [int(0x0203)], b"\x03\x02\0\0\0\0\0\0"),
        row(
            ">Q",
            [int(0xffff_ffff_ffff_fffe)],
            b"\xff\xff\xff\xff\xff\xff\xff\xfe",
        ),
        row("<f", [1.5.into()], b"\0\0\xc0\x3f"),
        row(">f", [int(3)], b"\x40\x40\0\0"),
        row(">f", [f64::NEG_INFINITY.into()], b"\xff\x80\0\0"),
        row("<d", [(-2.5).into()], b"\0\0\0\0\0\0\x04\xc0"),
        row(">d", [true.into()], b"\x3f\xf0\0\0\0\0\0\0"),
        row("<e", [1.0.into()], b"\0\x3c"),
        row(">e", [int(-2)], b"\xc0\0"),
        row(">J", [int(0x01_0203)], b"\x01\x02\x03"),
        row("<?", [int(2)], b"\x01"),
        row("<?", ["".into()], b"\0"),
        row("<c", ["x".into()], b"x"),
        row("<3s", ["ab".into()], b"ab\0"),
        row("<2s", ["abc".into()], b"ab"),
        row("<0s", ["abc".into()], b""),
        row("<4p", ["ab".into()], b"\x02ab\0"),
        row("<2p", ["abc".into()], b"\x01a"),
        row("<1p", ["a".into()], b"\0"),
        row("<0p", ["a".into()], b""),
        row(
            "<2H x b 0s 2?",
            [
                int(1),
                int(2),
                int(-1),
                "z".into(),
                true.into(),
                false.into(),
            ],
            b"\x01\0\x02\0\0\xff\x01\0",
        ),
        row(
            ">x 2c 2e 0I 2J d",
            [
                "a".into(),
                "b".into(),
                1.0.into(),
                2.0.into(),
                int(1),
                int(2),
                0.5.into(),
            ],
            b"\0ab\x3c\0\x40\0\0\0\x01\0\0\x02\x3f\xe0\0\0\0\0\0\0",
        ),
        row(
            "<56s Q",
            ["".into(), int(0x0102)],
            &[&[0; 56][..], b"\x02\x01\0\0\0\0\0\0"].concat(),
        ),
        row(
            ">62s H B",
            ["".into(), int(0x0102), int(3)],
            &[&[0; 62][..], b"\x01\x02\x03"].concat(),
        ),
        row("<64B", [(); 64].map(|()| int(7)), &[7; 64]),
        row("<65B", [(); 65].map(|()| int(7)), &[7; 65]),
    ]
}

fn list_of(format: &Struct) -> &Flat {
    format.plan.flat().unwrap()
}

/// The bytes of a row of few bytes.
fn few(flat: &Flat, row: Row<'_>) -> Option<Vec<u8>> {
    let mut packed = None;
    flat.pack_few(row, |bytes| packed = Some(bytes.to_vec()))?;
    packed
}

/// What is appended; of a row that isn't taken nothing stays.
fn appended(flat: &Flat, row: Row<'_>) -> Option<Vec<u8>> {
    let mut out = b"before".to_vec();
    let taken = flat.append_many(row, &mut out);
    let bytes = out.strip_prefix(b"before").unwrap().to_vec();
    match taken {
        Some(()) => Some(bytes),
        None => {
            assert_eq!(bytes, b"");
            None
        }
    }
}

#[test]
fn a_row_is_packed_and_unpacked_without_the_plan() {
    for (text, values, bytes) in rows() {
        let format = Struct::new(text).unwrap();
        let flat = list_of(&format);
        let row = Row {
            values: &values,
            names: None,
        };
        let short = (bytes.len() <= 64).then(|| bytes.clone());
        assert_eq!(few(flat, row), short, "{text} {values:?}");
        assert_eq!(
            appended(flat, row),
            Some(bytes.clone()),
            "{text} {values:?}"
        );
        assert_eq!(flat.len(), values.len(), "{text}");
        assert_eq!(flat.arity(), values.len() as u64, "{text}");
        assert_eq!(flat.size(), bytes.len() as u64, "{text}");
        assert_eq!(flat.len_in_bytes(), bytes.len(), "{text}");
        assert_eq!(flat.packed_size(), Some(bytes.len()), "{text}");

        let by_plan = planned(text).unpack(&bytes).unwrap();
        let longer = [&bytes[..], b"more"].concat();
        let mut read = Record::default();
        for _ in 0..2 {
            assert_eq!(flat.unpack_into(&longer, &mut read), Some(bytes.len()));
            assert_eq!(read, by_plan, "{text}");
        }
        if let Some(shorter) = bytes.len().checked_sub(1) {
            assert_eq!(flat.unpack_into(&bytes[..shorter], &mut read), None);
        }
    }
}

#[test]
fn what_does_not_fit_is_left_to_the_plan_and_leaves_nothing() {
    let int = |n: i128| Value::from(n);
    for (text, value) in [
        ("<B", int(256)),
        ("<B", int(-1)),
        (">b", int(128)),
        (">b", int(-129)),
        ("<H", int(0x1_0000)),
        (">h", int(-0x8001)),
        ("<h", int(0x8000)),
        (">I", int(1 << 32)),
        ("<i", int(1 << 31)),
        ("<i", int(-(1 << 31) - 1)),
        (">Q", int(1 << 64)),
        ("<Q", int(-1)),
        ("<q", int(1 << 63)),
        (">q", int(-(1 << 63) - 1)),
        ("<Q", u128::MAX.into()),
        ("<B", 1.0.into()),
        ("<I", "1".into()),
        ("<f", 1e39.into()),
        ("<f", "1".into()),
        (">d", "1".into()),
        (">e", 65520.0.into()),
        ("<c", "ab".into()),
        ("<c", "".into()),
        ("<c", int(1)),
        ("<3s", int(1)),
        ("<3p", int(1)),
        (">J", int(1 << 24)),
    ] {
        let format = Struct::new(text).unwrap();
        let flat = list_of(&format);
        let values = [value];
        let row = Row {
            values: &values,
            names: None,
        };
        assert_eq!(few(flat, row), None, "{text} {values:?}");
        assert_eq!(appended(flat, row), None, "{text} {values:?}");
        assert!(format.pack(&values).is_err(), "{text} {values:?}");
    }
    for (text, count) in [("<BB", 1), ("<BB", 3), ("<2B", 1), ("<2B", 3), ("<x", 1)] {
        let format = Struct::new(text).unwrap();
        let values = vec![int(1); count];
        let row = Row {
            values: &values,
            names: None,
        };
        assert_eq!(few(list_of(&format), row), None, "{text}");
        assert_eq!(appended(list_of(&format), row), None, "{text}");
    }
}

#[test]
fn names_of_a_row_say_where_its_values_go() {
    let named = |format: &str, entries: &[(&str, i128)]| {
        let format = Struct::new(format).unwrap();
        let record: Record = entries
            .iter()
            .map(|(name, n)| (*name, Value::from(*n)))
            .collect();
        let row = Value::from(record);
        let row = Row::of(&row).unwrap();
        let flat = list_of(&format);
        let (few, many) = (few(flat, row), appended(flat, row));
        assert_eq!(few, many);
        few
    };
    for (format, bytes) in [
        ("<B:a H:b I:c", b"\x01\x02\0\x03\0\0\0"),
        (">B:a H:b I:c", b"\x01\0\x02\0\0\0\x03"),
    ] {
        let expected = Some(bytes.to_vec());
        assert_eq!(named(format, &[("a", 1), ("b", 2), ("c", 3)]), expected);
        assert_eq!(named(format, &[("c", 3), ("b", 2), ("a", 1)]), expected);
        assert_eq!(named(format, &[("a", 1), ("c", 3), ("b", 2)]), expected);
        assert_eq!(named(format, &[("a", 1), ("b", 2), ("d", 3)]), None);
        assert_eq!(named(format, &[("a", 1), ("b", 2)]), None);
    }
    assert_eq!(named("<BHI", &[("a", 1), ("b", 2), ("c", 3)]), None);
}

/// Items and values are gone through side by side where every item is one value.
#[test]
fn a_list_knows_whether_each_item_is_one_value() {
    for (text, expected) in [
        ("<", true),
        ("<B", true),
        ("<BH3s4p", true),
        ("<B1H", true),
        ("<BxH", false),
        ("<B2H", false),
        ("<2HB", false),
        ("<B0H", false),
        ("<B:a H:b", true),
        ("<B:a 2H", false),
        ("<B:a x H:b", false),
        ("<B:a 3s:b", true),
    ] {
        let format = Struct::new(text).unwrap();
        assert_eq!(list_of(&format).one_each, expected, "{text}");
    }
}

#[test]
fn zeros_are_as_long_as_the_format() {
    for size in [0, 1, 63, 64, 65, 1000] {
        let zeros = with_zeros(size, |zeros| zeros.to_vec());
        assert_eq!(zeros, vec![0; size]);
    }
    // Longer ones are packed along the plan, which has a limit of its own on zeros that no value backs.
    for (format, size) in [("<1048576s", Some(1 << 20)), ("<1048577s", None)] {
        let format = Struct::new(format).unwrap();
        assert_eq!(list_of(&format).packed_size(), size);
        let values = [Value::from("a")];
        let row = Row {
            values: &values,
            names: None,
        };
        let packed = appended(list_of(&format), row);
        assert_eq!(packed.map(|bytes| bytes.len()), size);
    }
}

#[test]
fn each_value_has_its_place() {
    let places = |text: &str| {
        let format = Struct::new(text).unwrap();
        let flat = list_of(&format);
        let place = |index| flat.item(index).map(|item| (item.offset, item.letter));
        let places: Vec<_> = (0..flat.len()).map(place).collect::<Option<_>>().unwrap();
        assert!(place(flat.len()).is_none(), "{text}");
        places
    };
    assert_eq!(places("<BHc"), [(0, b'B'), (1, b'H'), (3, b'c')]);
    assert_eq!(
        places("<B 3H x 2s i"),
        [
            (0, b'B'),
            (1, b'H'),
            (3, b'H'),
            (5, b'H'),
            (8, b's'),
            (10, b'i')
        ]
    );
    assert_eq!(places("<2x 0H B 0I"), [(2, b'B')]);
    assert_eq!(
        places("@B 2I q"),
        [(0, b'B'), (4, b'I'), (8, b'I'), (16, b'q')]
    );
    assert_eq!(places("<B:a |4 H:b"), [(0, b'B'), (4, b'H')]);
}

/// The memory that values take is bounded; strings that don't lie inside of a value count with their length.
#[test]
fn the_memory_of_values_is_that_of_what_they_hold() {
    let memory = |text: &str| list_of(&Struct::new(text).unwrap()).memory();
    let one = memory("<B");
    assert_ne!(one, 0);
    assert_eq!(memory("<x"), 0);
    assert_eq!(memory("<3H"), 3 * one);
    assert_eq!(memory("<2s"), one);
    assert!(memory("<1000s") >= one + 1000);
    assert!(memory("<1000p") >= one + 1000);
}

#[test]
fn a_type_is_noted_where_its_fields_are_those_of_the_format() {
    static KEYS: [[&str; 2]; 4] = [["b", "a"], ["a", "b"], ["a", "a"], ["a", "c"]];
    let format = Struct::new("<B:a H:b").unwrap();
    let other = Struct::new("<B:a H:b").unwrap();
    let flat = list_of(&format);
    let item = |index| flat.item(index).unwrap();
    let offsets = |items: &[Item]| items.iter().map(|item| item.offset).collect::<Vec<_>>();
    assert!(flat.written().is_empty());
    assert!(flat.note_written(vec![("a", item(0))]).is_none());
    assert!(
        flat.note_written(vec![("a", item(0)), ("a", item(0))])
            .is_none()
    );
    assert!(flat.written().is_empty());
    assert!(
        flat.note_written(vec![("b", item(1)), ("a", item(0))])
            .is_some()
    );
    // The first type stays.
    assert!(
        flat.note_written(vec![("a", item(0)), ("b", item(1))])
            .is_some()
    );
    let names: Vec<_> = flat.written().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["b", "a"]);

    assert!(flat.read_as(&KEYS[2]).is_none());
    assert!(flat.read_as(&KEYS[3]).is_none());
    assert_eq!(flat.read_as(&KEYS[0]).map(offsets), Some(vec![1, 0]));
    assert!(flat.read_as(&KEYS[1]).is_none(), "another type came first");
    assert_eq!(flat.read_as(&KEYS[0]).map(offsets), Some(vec![1, 0]));
    let flat = list_of(&other);
    assert_eq!(flat.read_as(&KEYS[1]).map(offsets), Some(vec![0, 1]));
    let unnamed = Struct::new("<BH").unwrap();
    assert!(list_of(&unnamed).read_as(&KEYS[1]).is_none());
}

#[test]
fn counts_are_digits_up_to_what_a_list_holds() {
    let sizes = |text: &str| Flat::compile(text).map(|flat| flat.size());
    for (text, size) in [
        ("<10H", Some(20)),
        ("<007B", Some(7)),
        ("<4294967295x", Some(0xffff_ffff)),
        ("<4294967296x", None),
        ("<2147483647H", Some(0xffff_fffe)),
        ("<2147483648H", None),
        ("<4294967295xB", None),
        ("<I4294967292x", None),
        ("<4294967289xI", Some(0xffff_fffd)),
        ("@4294967290x0Q", None),
        ("@4294967288x0Q", Some(0xffff_fff8)),
        ("<65535s65535s", Some(131_070)),
    ] {
        assert_eq!(sizes(text), size, "{text}");
    }
    // As many values as fit 32 bits, and one more; of what has none, any number.
    let values = |text: &str| Flat::compile(text).map(|flat| flat.arity());
    assert_eq!(values("<4294967295B"), Some(0xffff_ffff));
    assert_eq!(values("<4294967295B0s"), None);
    assert_eq!(values("<4294967295B0B"), Some(0xffff_ffff));
}

#[test]
fn values_are_read_one_after_another_as_the_types_that_are_asked_for() {
    let format = Struct::new(">H x 2s 0I 2B").unwrap();
    let read = format.unpack_as::<(u16, &[u8], u8, u8)>(b"\x01\x02\0ab\x03\x04");
    assert_eq!(read.unwrap(), (0x102, &b"ab"[..], 3, 4));
    assert!(format.unpack_as::<(u16, &[u8], u8)>(&[0; 7]).is_err());
}
