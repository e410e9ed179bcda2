//! Constants: checked when unpacking, supplied when packing.

use bytewright::{Record, Value};

use super::{compiled, not_packed, refusal};

/// A format that is one constant, and its bytes.
fn constant(format: &str, bytes: &[u8]) {
    assert_eq!(compiled(format).pack(&()).unwrap(), bytes, "{format}");
    let record = compiled(format).unpack(bytes).unwrap();
    assert_eq!(record.len(), 1, "{format}");
    assert_eq!(compiled(format).pack(&record).unwrap(), bytes, "{format}");
    let mut other = bytes.to_vec();
    other[0] ^= 2;
    assert!(
        compiled(format).unpack(&other).is_err(),
        "{format} takes {other:x?}"
    );
}

#[test]
fn text_in_either_quotes_with_escapes() {
    constant("2s=\"BM\"", b"BM");
    constant("2s='BM'", b"BM");
    constant(r#"4s="\x89\n\\\"""#, b"\x89\n\\\"");
    constant(r"5s='it\'s\0'", b"it's\0");
    constant("3s='\u{20ac}'", b"\xe2\x82\xac");
    constant("3s='#)='", b"#)=");
    constant("c='c'", b"c");
    constant("z='name'", b"name\0");
}

#[test]
fn text_shorter_than_its_field_is_filled_with_zeros() {
    constant("5s:magic=\"BM\"", b"BM\0\0\0");
    constant("8p='ab'", b"\x02ab\0\0\0\0\0");
    constant("3s=\"\"", b"\0\0\0");
}

#[test]
fn bytes_in_hexadecimal() {
    constant("4s=x\"7f454c46\"", b"\x7fELF");
    constant("4s=x'7f 45 4c 46'", b"\x7fELF");
    constant("c=x'00'", b"\0");
}

#[test]
fn numbers_in_any_base() {
    constant("<H=0x4d42", b"BM");
    constant(">H=0b100000001", &[1, 1]);
    constant("<i=-2", &[0xfe, 0xff, 0xff, 0xff]);
    constant("B=0o17", &[15]);
    constant(">I=1_000_000", &[0, 0x0f, 0x42, 0x40]);
    constant(">Y=340282366920938463463374607431768211455", &[0xff; 16]);
    constant("V=300", &[0xac, 0x02]);
    constant("v=-1", &[0x7f]);
    constant("<J=0x030201", &[1, 2, 3]);
}

#[test]
fn floats_truth_values_and_complex_numbers() {
    constant(">f=1.5", &[0x3f, 0xc0, 0, 0]);
    constant(">d=-0x1p-1", &[0xbf, 0xe0, 0, 0, 0, 0, 0, 0]);
    constant(">e=inf", &[0x7c, 0]);
    constant(">f=nan", &[0x7f, 0xc0, 0, 0]);
    constant(">F=1-2j", &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]);
    // Rounded as the field is: 0.1 as f is 0x3dcccccd.
    constant(">f=0.1", &[0x3d, 0xcc, 0xcc, 0xcd]);
    assert_eq!(compiled("?=true").pack(&()).unwrap(), [1]);
    assert!(
        compiled("?=true").unpack(&[7]).is_ok(),
        "any non-zero byte is true"
    );
    assert!(compiled("?=true").unpack(&[0]).is_err());
    assert!(compiled("?=false").unpack(&[1]).is_err());
}

#[test]
fn another_value_in_the_data_is_refused_with_its_place() {
    assert_eq!(
        refusal("<2s:magic=\"BM\" I:size", b"PK\0\0\0\0"),
        "magic: expected the constant b'BM', found b'PK' at offset 0x0"
    );
    assert_eq!(
        refusal("<I (H:planes=1):info", &[0, 0, 0, 0, 2, 0]),
        "info.planes: expected the constant 1, found 2 at offset 0x4"
    );
    assert_eq!(
        refusal("<3(B=1)", &[1, 1, 0]),
        "field 0[2].0: expected the constant 1, found 0 at offset 0x2"
    );
}

#[test]
fn packing_supplies_them_and_checks_those_given() {
    let header = compiled("<2s:magic=\"BM\" I:size H:planes=1");
    let bytes = b"BM\x07\0\0\0\x01\0";
    assert_eq!(header.pack(&(7,)).unwrap(), bytes);
    assert_eq!(header.pack(&("BM", 7, 1)).unwrap(), bytes);
    assert_eq!(
        header.pack(&Record::from_iter([("size", 7)])).unwrap(),
        bytes
    );
    let named = Record::from_iter([("planes", 1), ("size", 7)]);
    assert_eq!(header.pack(&named).unwrap(), bytes);
    let message = not_packed("<2s:magic=\"BM\" H:size", &["PK".into(), 7.into()]);
    assert!(
        message.starts_with("magic: expected the constant b'BM', found b'PK'"),
        "{message}"
    );
    let message = header.pack(&("BM", 7)).unwrap_err().to_string();
    assert_eq!(
        message,
        "expected 3 values (or 1, without the constants and the counts), found 2"
    );
}

#[test]
fn a_constant_given_shorter_is_the_same_when_filled() {
    let header = compiled("4s='BM'");
    assert_eq!(header.pack(&("BM",)).unwrap(), b"BM\0\0");
    assert_eq!(header.pack(&("BM\0\0",)).unwrap(), b"BM\0\0");
}

#[test]
fn constants_stand_only_on_single_fields() {
    for format in [
        "2H=1",
        "2H:a=1",
        "[1]B=1",
        "B:n [n]s='a'",
        "*B=1",
        "*s='a'",
        "(B)=1",
        "2x=0",
        "|4=1",
    ] {
        assert!(bytewright::Struct::new(format).is_err(), "{format}");
    }
}

#[test]
fn constants_must_fit_their_field() {
    for format in [
        "B=256",
        "b=-129",
        "H=1.5",
        "2s='abc'",
        "3p='abc'",
        "c='ab'",
        "c=''",
        "e=65520",
        "<f=1e39",
        "z='a\\0b'",
        "?=maybe",
        "B='a'",
        "2s=7",
        "f='1'",
        "V=-1",
    ] {
        assert!(bytewright::Struct::new(format).is_err(), "{format}");
    }
}

#[test]
fn a_constant_can_be_a_count() {
    let format = compiled("B:n=2 [n]B:data");
    let data = Value::List(vec![1.into(), 2.into()]);
    assert_eq!(format.pack(std::slice::from_ref(&data)).unwrap(), [2, 1, 2]);
    assert!(format.unpack(&[3, 1, 2, 3]).is_err());
    assert!(format.pack(&[Value::List(vec![1.into()])]).is_err());
}

#[test]
fn a_complex_constant_that_is_no_number_equals_itself() {
    let format = compiled(">F=nan+1j");
    let bytes = format.pack(&()).unwrap();
    assert_eq!(bytes, [0x7f, 0xc0, 0, 0, 0x3f, 0x80, 0, 0]);
    assert!(format.unpack(&bytes).is_ok());
    assert!(
        compiled(">F=0+0j")
            .unpack(&[0x80, 0, 0, 0, 0, 0, 0, 0])
            .is_err(),
        "-0.0 has other bits"
    );
}
