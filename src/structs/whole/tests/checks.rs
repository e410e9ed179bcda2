//! Fields that are checksums or digests of others.

use super::{compiled, record, unpacked};
use crate::structs::Struct;
#[cfg(feature = "hash")]
use crate::value::Value;

#[test]
fn sums_are_verified_and_computed() {
    for (format, data) in [
        ("9s:t >I:sum=crc32c(t)", &b"123456789\xe3\x06\x92\x83"[..]),
        (
            "9s:t >Q:sum=crc64(t)",
            b"123456789\x99\x5d\xc9\xbb\xdf\x19\x39\xfa",
        ),
        ("9s:t >H:sum=crc16ccitt(t)", b"123456789\x29\xb1"),
        ("9s:t B:sum=sum8(t)", b"123456789\xdd"),
        ("9s:t <H:sum=sum16(t)", b"123456789\x09\xd5"),
        ("9s:t >H:sum=sum16(t)", b"123456789\x09\xd4"),
        ("9s:t B:sum=xor(t)", b"123456789\x31"),
        // The sum's own bytes are spaces: 477 + 3 * 32.
        (
            "9s:t 3s~decimal:sum=sum(t..sum, self=0x20)",
            b"123456789573",
        ),
    ] {
        // A byte order is a group's.
        let format = match format.find(['<', '>']) {
            Some(at) => {
                let (text, sum) = format.split_at(at);
                format!("{}{text}{}", &sum[..1], &sum[1..])
            }
            None => format.to_owned(),
        };
        let layout = compiled(&format, &[]);
        let values = layout
            .unpack(data)
            .unwrap_or_else(|e| panic!("{format}: {e}"));
        let packed = layout.pack(&record([("t", "123456789".into())]));
        assert!(
            packed.as_ref().unwrap().starts_with(b"123456789"),
            "{format}"
        );
        assert_eq!(
            layout.unpack(&packed.unwrap()).unwrap()["sum"],
            values["sum"]
        );
        let mut wrong = data.to_vec();
        wrong[0] ^= 1;
        assert!(
            unpacked(&format, &wrong).contains("the checksum of the bytes"),
            "{format}"
        );
    }
}

/// A field of bits keeps the lowest bits of a sum; digits and base-128 have it whole or are wrong.
#[test]
fn sums_are_cut_to_bits_and_never_to_digits() {
    for (format, data, is_right) in [
        ("<I:x B:sum=sum32(x)", &b"\x05\0\0\x01\x05"[..], true),
        ("<I:x B:sum=sum32(x)", b"\x05\0\0\x01\x06", false),
        (
            "<I:x 8s~decimal:sum=sum32(x)",
            b"\x05\0\0\x0116777221",
            true,
        ),
        (
            "<I:x 8s~decimal:sum=sum32(x)",
            b"\x05\0\0\x0000000005",
            true,
        ),
        ("<I:x 3s~decimal:sum=sum32(x)", b"\x05\0\0\x01005", false),
        ("<I:x 3s~decimal:sum=sum32(x)", b"\x05\0\0\x00005", true),
        ("<I:x M:sum=sum32(x)", b"\x01\x01\0\0\x01", false),
        ("<I:x M:sum=sum32(x)", b"\x01\x01\0\0\x82\x01", true),
    ] {
        let layout = compiled(format, &[]);
        assert_eq!(layout.unpack(data).is_ok(), is_right, "{format} {data:?}");
        let packed = layout.pack(&record([("x", first_integer(data).into())]));
        if is_right {
            // Digits may end in a NUL.
            let again = layout.unpack(&packed.unwrap()).unwrap();
            assert_eq!(again, layout.unpack(data).unwrap(), "{format}");
        }
    }
}

/// The integer in front.
fn first_integer(data: &[u8]) -> u32 {
    u32::from_le_bytes(*data.first_chunk().unwrap())
}

#[cfg(feature = "hash")]
#[test]
fn digests_are_verified_and_computed() {
    let md5 = crate::value::literal::hex("25f9e794323b453885f5181f1b624d0b").unwrap();
    for (format, size) in [("9s:t 16s:sum=md5(t)", 16), ("9s:t 4s:sum=md5(t)", 4)] {
        let layout = compiled(format, &[]);
        let expected = [&b"123456789"[..], &md5[..size]].concat();
        let packed = layout.pack(&record([("t", "123456789".into())])).unwrap();
        assert_eq!(packed, expected, "{format}");
        assert_eq!(
            layout.unpack(&packed).unwrap()["sum"],
            Value::from(&md5[..size])
        );
        let mut wrong = packed;
        wrong[0] ^= 1;
        assert!(
            unpacked(format, &wrong).contains("the checksum of the bytes"),
            "{format}"
        );
    }
}

#[test]
fn a_check_has_a_field_that_holds_it() {
    for (format, expected) in [
        ("9s:t 4s:sum=crc32(t)", "crc32 is a number"),
        ("9s:t I:sum=crc33(t)", "did you mean crc32?"),
        ("9s:t I:sum=parity(t)", "there are crc32, crc32c"),
    ] {
        let error = Struct::new(format).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = Struct::new("9s:t I:sum=sha256(t)").unwrap_err().to_string();
    match cfg!(feature = "hash") {
        true => assert!(error.contains("32s:digest=sha256"), "{error}"),
        false => assert!(error.contains("the cargo feature hash"), "{error}"),
    }
}

/// A number of a length of its own holds all of a sum, one of a byte its lowest bits.
#[test]
fn a_sum_is_cut_to_the_bits_of_its_field_alone() {
    for (code, first, is_right) in [("B", 44, true), ("V", 44, false), ("M", 44, false)] {
        let found = unpacked(&format!("{code}:s=sum(a..b) B:a B:b"), &[first, 200, 100]);
        assert_eq!(!found.contains("error"), is_right, "{code}: {found}");
    }
    assert_eq!(
        unpacked("V:s=sum(a..b) B:a B:b", &[0xac, 2, 200, 100]),
        "s 300 a 200 b 100"
    );
}
