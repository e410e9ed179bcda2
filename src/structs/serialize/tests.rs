//! Fields straight to their places, without the values that the general way makes of them: where it doesn't
//! answer the general way does, so that a caller sees from outside only what both answer.

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::structs::Struct;
use crate::structs::flat::{Packed, with_zeros};
use crate::value::Value;

/// The bytes of a value along the list of places alone.
fn straight<T: Serialize + ?Sized>(format: &Struct, value: &T) -> Option<Vec<u8>> {
    let flat = format.plan.flat().unwrap();
    with_zeros(flat.packed_size().unwrap(), |out| {
        value.serialize(Packed { flat, out }).ok()?;
        Some(out.to_vec())
    })
}

/// Both ways make these bytes of a value.
fn written<T: Serialize + ?Sized>(format: &str, value: &T, bytes: &[u8]) {
    let format = Struct::new(format).unwrap();
    let text = format.format();
    assert_eq!(straight(&format, value).as_deref(), Some(bytes), "{text}");
    assert_eq!(format.serialize(value).unwrap(), bytes, "{text}");
}

/// Neither way does.
fn refused<T: Serialize + ?Sized>(format: &str, value: &T) {
    let format = Struct::new(format).unwrap();
    assert_eq!(straight(&format, value), None, "{}", format.format());
    assert!(format.serialize(value).is_err(), "{}", format.format());
}

#[test]
fn a_number_is_written_as_its_code_asks() {
    written("<b", &(-1i8,), b"\xff");
    written("<h", &(-2i16,), b"\xfe\xff");
    written(">h", &(-2i16,), b"\xff\xfe");
    written("<i", &(-2i32,), b"\xfe\xff\xff\xff");
    written(">i", &(0x0102_0304i32,), b"\x01\x02\x03\x04");
    written("<q", &(1i64,), b"\x01\0\0\0\0\0\0\0");
    written(">q", &(1i64,), b"\0\0\0\0\0\0\0\x01");
    written("<H", &(0x0102u16,), b"\x02\x01");
    written(">H", &(0x0102u16,), b"\x01\x02");
    written("<I", &(0x0102_0304u32,), b"\x04\x03\x02\x01");
    written(">Q", &(0x0102u64,), b"\0\0\0\0\0\0\x01\x02");
    written("<f", &(1.5f32,), b"\0\0\xc0\x3f");
    written(">d", &(1.5f64,), b"\x3f\xf8\0\0\0\0\0\0");
    // Of another type than the field's.
    written("<B", &(200i64,), b"\xc8");
    written(">I", &(7u8,), b"\0\0\0\x07");
    written("<H", &(7i128,), b"\x07\0");
    written("<I", &(true,), b"\x01\0\0\0");
    written(">h", &(-7i8,), b"\xff\xf9");
    written("<d", &(2i32,), b"\0\0\0\0\0\0\0\x40");
    written(">f", &(2.0f64,), b"\x40\0\0\0");
    written("<d", &(0.5f32,), b"\0\0\0\0\0\0\xe0\x3f");
    written(">e", &(1.0f32,), b"\x3c\0");
    written("<e", &(-2i8,), b"\0\xc0");
    written("?", &(false,), b"\0");
    written("?", &(5u32,), b"\x01");
    written("?", &(0.5f32,), b"\x01");
    written(">J", &(0x01_0203u32,), b"\x01\x02\x03");
    written(
        "<y",
        &(-2i128,),
        b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    );
    written(">Y", &(u128::MAX,), &[0xff; 16]);
    for (format, wide) in [
        ("<B", 256i64),
        ("<b", 128),
        ("<h", 1 << 15),
        (">H", -1),
        ("<I", -1),
    ] {
        refused(format, &(wide,));
    }
    refused("<I", &(1.0f64,));
    refused("<I", &("1",));
    refused("<Q", &(u128::MAX,));
    refused("<f", &(1e39f64,));
    refused(">J", &(1u32 << 24,));
}

/// A NaN in single precision keeps its payload, as far as the field has room for it.
#[test]
fn a_nan_is_written_as_packing_writes_it() {
    for bits in [0x7fc0_0000u32, 0xffc0_0001, 0x7f80_0001] {
        for format in ["<f", ">f", "<d", ">d"] {
            let format = Struct::new(format).unwrap();
            let nan = f32::from_bits(bits);
            let packed = format.pack(&[Value::from(nan)]).unwrap();
            assert_eq!(straight(&format, &(nan,)), Some(packed), "{bits:#x}");
        }
    }
}

#[derive(Serialize)]
enum Side {
    #[serde(rename = "bid")]
    Bid,
    #[serde(rename = "ask")]
    Ask,
    Other(u8),
    Pair(u8, u8),
    Named {
        a: u8,
    },
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Inside(u16);

#[derive(Serialize)]
struct Two(u8, u16);

#[test]
fn bytes_and_names_are_written_as_their_code_asks() {
    written("<3s", &("ab",), b"ab\0");
    written("<2s", &("abc",), b"ab");
    written("<4p", &("ab",), b"\x02ab\0");
    written("c", &('x',), b"x");
    written("c", &(b'x',), b"x");
    written("2s", &('\u{e9}',), b"\xc3\xa9");
    written("2s", &(b'x',), b"x\0");
    written("3p", &(b'x',), b"\x01x\0");
    written("3s", &([1u8, 2],), b"\x01\x02\0");
    written("3s", &(vec![1u16, 255],), b"\x01\xff\0");
    written("3p", &((1u8, 2u8),), b"\x02\x01\x02");
    written("c", &([b'x'],), b"x");
    written("3s B", &(Side::Ask, Side::Ask), b"ask\x01");
    written("3s B", &(Side::Bid, Side::Bid), b"bid\0");
    written("<H", &(Some(Inside(0x102)),), b"\x02\x01");
    refused("c", &("xy",));
    refused("c", &("",));
    refused("3s", &([256u16],));
    refused("3s", &([-1i8],));
    refused("3s", &(["a"],));
    refused("3s", &([None::<u8>],));
    refused("3s", &(1u16,));
    refused("<H", &([1u8, 2],));
    refused("<H", &("a",));
    refused("<H", &((1u8,),));
}

#[test]
fn what_is_no_field_is_refused() {
    refused("B", &(None::<u8>,));
    refused("B", &((),));
    refused("B", &(Unit,));
    refused("B", &(Two(1, 2),));
    refused("B", &(std::collections::BTreeMap::from([(0, 1)]),));
    refused("B", &(Side::Other(1),));
    refused("B", &(Side::Pair(1, 2),));
    refused("B", &(Side::Named { a: 1 },));
    refused("BB", &Side::Pair(1, 2));
    refused("B", &Side::Other(1));
    refused("B:a", &Side::Named { a: 1 });
    refused("B", &None::<u8>);
    refused("BB", &(1u8,));
    refused("BB", &(1u8, 2u8, 3u8));
    refused("2B", &[1u8]);
    refused("2B", &[1u8, 2, 3]);
}

#[test]
fn a_row_is_a_tuple_a_sequence_or_a_struct() {
    written("<BH", &(1u8, 2u16), b"\x01\x02\0");
    written("<BH", &Two(1, 2), b"\x01\x02\0");
    written(">BH", &Some(Two(1, 2)), b"\x01\0\x02");
    written("<3B", &[1u8, 2, 3], b"\x01\x02\x03");
    written("<3H", &vec![1u8, 2, 3], b"\x01\0\x02\0\x03\0");
    written(
        "<B 2H x 2s",
        &(1u8, 2u16, 3u16, "ab"),
        b"\x01\x02\0\x03\0\0ab",
    );
}

/// A struct whose fields come in an order that is told, and with names that are told.
struct Fields(&'static [(&'static str, u16)]);

impl Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Fields", self.0.len())?;
        for (name, value) in self.0 {
            fields.serialize_field(name, value)?;
        }
        fields.end()
    }
}

static IN_ORDER: [(&str, u16); 3] = [("a", 1), ("b", 2), ("c", 3)];
static TURNED: [(&str, u16); 3] = [("c", 3), ("a", 1), ("b", 2)];
static SWAPPED: [(&str, u16); 3] = [("a", 1), ("c", 3), ("b", 2)];
static TWICE: [(&str, u16); 3] = [("a", 1), ("b", 2), ("a", 3)];
static FEWER: [(&str, u16); 2] = [("a", 1), ("b", 2)];
static MORE: [(&str, u16); 4] = [("a", 1), ("b", 2), ("c", 3), ("d", 4)];
static OTHER: [(&str, u16); 3] = [("a", 1), ("b", 2), ("d", 3)];

#[test]
fn a_struct_goes_by_the_names_of_the_format() {
    let good = [&IN_ORDER, &TURNED, &SWAPPED];
    // Whichever type comes first is known after it; what follows is in another order, or wrong.
    for first in good {
        let format = Struct::new("<B:a H:b 2x I:c").unwrap();
        let flat = format.plan.flat().unwrap();
        let bytes = b"\x01\x02\0\0\0\x03\0\0\0";
        for wrong in [&TWICE[..], &FEWER, &MORE, &OTHER] {
            assert_eq!(straight(&format, &Fields(wrong)), None, "{wrong:?}");
            assert!(format.serialize(&Fields(wrong)).is_err(), "{wrong:?}");
        }
        assert!(flat.written().is_empty());
        for fields in [first, &IN_ORDER, &TURNED, &SWAPPED, first] {
            assert_eq!(
                straight(&format, &Fields(fields)).as_deref(),
                Some(&bytes[..]),
                "{first:?}, then {fields:?}"
            );
            assert_eq!(format.serialize(&Fields(fields)).unwrap(), bytes);
            let known: Vec<_> = flat.written().iter().map(|(name, _)| *name).collect();
            assert_eq!(known, first.map(|(name, _)| name));
        }
        for wrong in [&TWICE[..], &FEWER, &MORE, &OTHER] {
            assert_eq!(straight(&format, &Fields(wrong)), None, "{wrong:?}");
        }
    }
    // Without names in the format a struct goes in order.
    for fields in good {
        let bytes = fields.map(|(_, n)| u8::try_from(n).unwrap());
        written("3B", &Fields(fields), &bytes);
    }
}

/// What the general way makes of a value, or what it says.
fn generally<T: Serialize + ?Sized>(format: &str, value: &T) -> Result<Vec<u8>, String> {
    let format = Struct::new(format).unwrap();
    assert!(format.plan.flat().is_none(), "{}", format.format());
    format.serialize(value).map_err(|e| e.to_string())
}

fn map<const N: usize>(
    entries: [(&'static str, u8); N],
) -> std::collections::BTreeMap<&'static str, u8> {
    entries.into()
}

/// Constants may be left out: all of them, or none.
#[test]
fn values_in_order_are_all_or_those_that_are_no_constants() {
    let format = "<B:a H:n=7 B:b 2s=\"ok\" B:c";
    let all = Ok(b"\x01\x07\0\x02ok\x03".to_vec());
    assert_eq!(generally(format, &(1u8, 7u8, 2u8, "ok", 3u8)), all);
    assert_eq!(generally(format, &(1u8, 2u8, 3u8)), all);
    assert_eq!(generally(format, &[1u8, 2, 3]), all);
    assert_eq!(generally(format, &vec![1u8, 2, 3]), all);
    for wrong in [&[1u8, 2][..], &[1, 2, 3, 4], &[1, 2, 3, 4, 5, 6]] {
        let error = generally(format, wrong).unwrap_err();
        let found = wrong.len();
        assert!(
            error.starts_with("expected 5 values") && error.ends_with(&format!("found {found}")),
            "{error}"
        );
    }
    let group = "(B:a B=7 B:b):g B";
    assert_eq!(generally(group, &([1u8, 2], 3u8)), Ok(vec![1, 7, 2, 3]));
    assert_eq!(generally(group, &([1u8, 7, 2], 3u8)), Ok(vec![1, 7, 2, 3]));
    let error = generally(group, &([1u8], 3u8)).unwrap_err();
    assert!(error.starts_with("g: expected 3 values"), "{error}");
    // Nothing is enough where the format tells all.
    assert_eq!(generally("2s=\"BM\"", &()), Ok(b"BM".to_vec()));
    assert_eq!(generally("2s=\"BM\"", &Unit), Ok(b"BM".to_vec()));
    assert_eq!(generally("2s=\"BM\"", &None::<u8>), Ok(b"BM".to_vec()));
    assert_eq!(
        generally("B B=1", &()).unwrap_err(),
        "expected 1 value, found nothing"
    );
}

#[test]
fn values_by_name_are_those_that_are_no_constants_and_more() {
    let format = "B:a B:n=7 B:b";
    let all = Ok(vec![1, 7, 2]);
    assert_eq!(generally(format, &map([("a", 1), ("b", 2)])), all);
    assert_eq!(generally(format, &map([("a", 1), ("b", 2), ("n", 7)])), all);
    for (values, error) in [
        (&[("a", 1), ("n", 7)][..], "b: has no value"),
        (&[("n", 7), ("b", 2)], "a: has no value"),
        (&[("n", 7)], "a: has no value"),
        (&[("b", 2)], "a: has no value"),
        (&[], "a: has no value"),
    ] {
        let values: std::collections::BTreeMap<_, _> = values.iter().copied().collect();
        assert_eq!(generally(format, &values).unwrap_err(), error, "{values:?}");
    }
    assert_eq!(
        generally("B:n=7 B:a", &map([])).unwrap_err(),
        "a: has no value"
    );
    let unknown = generally(format, &map([("a", 1), ("b", 2), ("x", 3)])).unwrap_err();
    assert!(unknown.contains("no field x"), "{unknown}");
    // In any order, and none of them twice.
    let turned = Fields(&[("b", 2), ("n", 7), ("a", 1)]);
    let less = Fields(&[("b", 2), ("a", 1)]);
    let again = Fields(&[("b", 2), ("a", 1), ("b", 3)]);
    assert_eq!(generally(format, &turned), all);
    assert_eq!(generally(format, &less), all);
    assert_eq!(generally(format, &again).unwrap_err(), "b: is given twice");
    let at_once = Fields(&[("a", 1), ("a", 2)]);
    assert_eq!(
        generally(format, &at_once).unwrap_err(),
        "a: is given twice"
    );
    // Without names a struct goes in order, and a map by its indices.
    assert_eq!(generally("B B=7 B", &turned), Ok(vec![2, 7, 1]));
    assert_eq!(generally("B B=7 B", &less), Ok(vec![2, 7, 1]));
    let indices = std::collections::BTreeMap::from([(0u8, 1u8), (2, 2)]);
    assert_eq!(generally("B B=7 B", &indices), Ok(vec![1, 7, 2]));
}

#[test]
fn what_a_field_is_not_made_of_is_told() {
    for (format, expected) in [
        ("B (B)", "an integer"),
        ("e (B)", "a number"),
        ("? (B)", "a truth value"),
        ("c (B)", "one byte"),
        ("F (B)", "a complex number"),
        ("2s (B)", "bytes"),
        ("z (B)", "bytes"),
        ("V (B)", "an integer"),
        ("B{a:4 b:4}:x (B)", "an integer"),
        ("2B:x (B)", "an array"),
        ("(B B):x (B)", "2 values"),
    ] {
        let error = generally(format, &(Fields(&[("q", 1), ("r", 2), ("s", 3)]), [1u8]));
        let error = error.unwrap_err();
        let is_told = match expected {
            "2 values" => error.contains("expected 2 values, found 3"),
            _ => error.contains(&format!("expected {expected}, found a struct")),
        };
        // Bit fields with a name are a group of their own.
        let is_group = format.starts_with("B{") && error.contains("no field q");
        assert!(is_told || is_group, "{format}: {error}");
    }
    let holds = generally("B (B)", &(Side::Other(1), [1u8])).unwrap_err();
    assert!(
        holds.contains("found a variant that holds something"),
        "{holds}"
    );
    let holds = generally("3s (B)", &(Side::Pair(1, 2), [1u8])).unwrap_err();
    assert!(holds.contains("whose variants hold nothing"), "{holds}");
    let holds = generally("B (B)", &Side::Named { a: 1 }).unwrap_err();
    assert!(holds.contains("whose variants hold nothing"), "{holds}");
}

#[test]
fn single_values_are_made_as_their_code_asks() {
    assert_eq!(generally("V (B)", &(300u16, [1u8])), Ok(vec![0xac, 2, 1]));
    assert_eq!(generally("v (B)", &(-1i8, [1u8])), Ok(vec![0x7f, 1]));
    assert_eq!(generally("c (B)", &(b'x', [1u8])), Ok(b"x\x01".to_vec()));
    assert_eq!(generally("c (B)", &('x', [1u8])), Ok(b"x\x01".to_vec()));
    assert_eq!(
        generally("2c:x (B)", &([b'x'; 2], [1u8])),
        Ok(b"xx\x01".to_vec())
    );
    assert_eq!(
        generally("3s B (B)", &(Side::Ask, Side::Ask, [1u8])),
        Ok(b"ask\x01\x01".to_vec())
    );
    assert_eq!(
        generally("2z:x (B)", &([Side::Ask, Side::Bid], [1u8])),
        Ok(b"ask\0bid\0\x01".to_vec())
    );
    assert_eq!(
        generally("<F (B)", &((1.0f32, 2.0f64), [1u8])),
        Ok(b"\0\0\x80\x3f\0\0\0\x40\x01".to_vec())
    );
    assert_eq!(
        generally("<H (B:a)", &(Some(Inside(0x102)), Inside(3))),
        Ok(vec![2, 1, 3])
    );
    // A level of one value is that value.
    assert_eq!(generally("(B:a) (B)", &(1u8, [2u8])), Ok(vec![1, 2]));
    assert_eq!(
        generally("(2s:a) (B)", &("ab", 2u8)),
        Ok(b"ab\x02".to_vec())
    );
    let two = generally("(B:a B:b):x (B)", &(1u8, [2u8])).unwrap_err();
    assert_eq!(two, "x: expected 2 values, found an integer");
    let text = generally("(B:a):x (B)", &("ab", [2u8])).unwrap_err();
    assert_eq!(text, "x.a: expected an integer for B, found bytes");
}

/// Numbers in a row that doesn't say how many there are.
struct Unsaid(&'static [u8]);

impl Serialize for Unsaid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter(|_| true))
    }
}

#[test]
fn a_row_that_does_not_say_its_length_is_counted() {
    let format = Struct::new("V:a V:b").unwrap();
    assert_eq!(format.serialize(&Unsaid(&[1, 2])).unwrap(), [1, 2]);
    let error = |numbers| format.serialize(&Unsaid(numbers)).unwrap_err().to_string();
    assert_eq!(error(&[1, 2, 3]), "expected 2 values, found 3");
    assert!(format.serialize(&Unsaid(&[1])).is_err());
}

#[test]
fn bit_fields_whose_integer_is_constant_may_be_left_out() {
    let format = Struct::new("B{a:4 b:4}=0x21 V:n B=7").unwrap();
    for bytes in [
        format.serialize(&(5,)),
        format.serialize(&[5]),
        format.serialize(&(1, 2, 5, 7)),
        format.serialize(&Unsaid(&[1, 2, 5, 7])),
    ] {
        assert_eq!(bytes.unwrap(), [0x21, 5, 7]);
    }
    let text = Struct::new("B{a:4 b:4}=0x21 z:n").unwrap();
    assert_eq!(text.serialize(&([b'h', b'i'],)).unwrap(), b"\x21hi\0");
    let error = format.serialize(&(1, 2, 5)).unwrap_err();
    assert_eq!(error.to_string(), "expected 4 values, found 3");
    assert!(format.serialize(&(2, 2, 5, 7)).is_err());
}
