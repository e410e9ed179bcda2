//! What bytewright gives where versions of Python differ: Python 3.14's answers, with the codes
//! of 3.15. Worked out by hand from IEEE 754 and the layout of C's structs; see `versions.rs`
//! for what older versions do.

use bytewright::{Struct, Value, calcsize, pack, pack_into, unpack, unpack_from};

use super::cases::hex;

#[test]
fn complex_numbers_are_two_floats() {
    let number = Value::Complex(1.0, -2.0);
    for (format, bytes) in [
        ("<F", "0000803f000000c0"),
        (">F", "3f800000c0000000"),
        ("<D", "000000000000f03f00000000000000c0"),
        ("!D", "3ff0000000000000c000000000000000"),
        ("<Zf", "0000803f000000c0"),
        (">Zd", "3ff0000000000000c000000000000000"),
    ] {
        let packed = pack(format, std::slice::from_ref(&number)).unwrap();
        assert_eq!(hex(&packed), bytes, "{format}");
        assert_eq!(unpack(format, &packed).unwrap().to_string(), "((1-2j),)");
    }
}

#[test]
fn complex_numbers_are_aligned_as_their_parts() {
    for (format, size) in [
        ("cF", 4 + 8),
        ("cD", 8 + 16),
        ("F0D", 8),
        ("cF0D", 16),
        ("c0F", 4),
        ("3F", 24),
        ("=cF", 9),
        ("<cD", 17),
        ("c2ZfcZd", 4 + 16 + 1 + 3 + 16),
        ("0Zd", 0),
    ] {
        assert_eq!(calcsize(format).ok(), Some(size), "{format}");
    }
}

#[test]
fn the_two_letters_of_a_complex_code_stand_together() {
    for format in ["Z", "Z f", "Zx", "Z1f", "ZD", "<Z"] {
        assert!(Struct::python(format).is_err(), "{format}");
    }
}

#[test]
fn complex_codes_take_real_numbers_and_overflow_as_f_does() {
    assert_eq!(hex(&pack(">F", &(1.5,)).unwrap()), "3fc0000000000000");
    assert_eq!(hex(&pack(">F", &(2,)).unwrap()), "4000000000000000");
    let large = [Value::Complex(0.0, -1e39)];
    assert!(pack("<F", &large).is_err());
    assert!(pack("=F", &large).is_err());
    assert!(pack("<D", &large).is_ok());
    assert!(pack("<F", &("1",)).is_err());
}

/// The largest single is 2^128 - 2^104; from half a step more on, rounding would reach 2^128.
#[test]
fn floats_that_overflow_are_refused_in_every_byte_order() {
    let border = 2f64.powi(128) - 2f64.powi(103);
    let below = f64::from_bits(border.to_bits() - 1);
    for order in ["", "@", "=", "<", ">", "!"] {
        for code in ["f", "F", "Zf"] {
            let format = format!("{order}{code}");
            for sign in [1.0, -1.0] {
                let packed = pack(&format, &(sign * below,)).unwrap();
                let largest = match order {
                    ">" | "!" => (sign as f32 * f32::MAX).to_be_bytes(),
                    "<" => (sign as f32 * f32::MAX).to_le_bytes(),
                    _ => (sign as f32 * f32::MAX).to_ne_bytes(),
                };
                assert_eq!(packed[..4], largest, "{format}");
                let infinite = pack(&format, &(sign * f64::INFINITY,)).unwrap();
                assert_ne!(infinite, packed, "{format}");
                for large in [border, 1e39, f64::MAX] {
                    let error = pack(&format, &(sign * large,)).unwrap_err();
                    assert!(error.to_string().contains("too large"), "{format}: {error}");
                }
            }
            if code != "f" {
                let imaginary = [Value::Complex(0.0, border)];
                assert!(pack(&format, &imaginary).is_err(), "{format}");
            }
            // 2^128 - 1 is an integer that no single is near enough to.
            let large = [Value::from(u128::MAX)];
            assert!(pack(&format, &large).is_err(), "{format}");
        }
        let half = format!("{order}e");
        assert!(pack(&half, &(65519.99,)).is_ok(), "{half}");
        assert!(pack(&half, &(65520,)).is_err(), "{half}");
        assert!(pack(&format!("{order}d"), &(f64::MAX,)).is_ok());
    }
}

/// A run of a million codes is one stretch; written out, it would be a million fields.
#[test]
fn a_format_of_a_million_codes_is_one() {
    let format = "b".repeat((1 << 20) + 1);
    let many = (1 << 20) + 1;
    assert_eq!(Struct::new(&format).unwrap().size(), Some(many));
    assert_eq!(Struct::python(&format).unwrap().size(), Some(many));
    let formats = bytewright::Formats::default();
    let known = Struct::with_formats(&format, &formats).unwrap();
    assert_eq!(known.size(), Some(many));
    let values = Struct::python(&format)
        .unwrap()
        .unpack(&vec![1; many as usize]);
    assert_eq!(values.unwrap().len() as u64, many);
}

#[test]
fn a_pascal_string_without_width_has_no_length_byte() {
    assert_eq!(calcsize("0p").unwrap(), 0);
    assert_eq!(pack("0p", &("abc",)).unwrap(), b"");
    assert_eq!(pack("<0pB", &("abc", 7)).unwrap(), [7]);
    assert!(pack("0p", &()).is_err(), "it takes its value all the same");
    assert_eq!(unpack("0p", b"").unwrap().to_string(), "(b'',)");
    assert_eq!(
        unpack_from("0p0p", b"\x05xyz", 4).unwrap().to_string(),
        "(b'', b'')"
    );
    let mut buffer = *b"\xff\xff";
    pack_into("0p", &mut buffer, 1, &("abc",)).unwrap();
    assert_eq!(buffer, *b"\xff\xff");
}

/// Sign, all exponent bits, and the highest bits of the fraction: the first of these tells quiet
/// from signalling. A payload without any of them leaves no infinity, but the ordinary NaN.
#[test]
fn nans_keep_sign_payload_and_signalling_bit() {
    for (bits, half, single) in [
        (0x7ff8_0000_0000_0000, 0x7e00, 0x7fc0_0000_u32),
        (0xfff8_0000_0000_0000, 0xfe00, 0xffc0_0000),
        (0x7ff4_0000_0000_0000, 0x7d00, 0x7fa0_0000),
        (0xfffc_0400_0000_0000, 0xff01, 0xffe0_2000),
        (0x7ff0_0400_0000_0000, 0x7c01, 0x7f80_2000),
        (0x7ff8_0000_2000_0000, 0x7e00, 0x7fc0_0001),
        (0xfff0_0000_2000_0000, 0xfe00, 0xff80_0001),
        (0x7ff0_0000_0000_0001, 0x7e00, 0x7fc0_0000),
    ] {
        let nan = (f64::from_bits(bits),);
        for (native, standard) in [("e", "=e"), ("f", "=f")] {
            assert_eq!(pack(native, &nan).unwrap(), pack(standard, &nan).unwrap());
        }
        assert_eq!(hex(&pack(">e", &nan).unwrap()), format!("{half:04x}"));
        assert_eq!(hex(&pack(">f", &nan).unwrap()), format!("{single:08x}"));
    }
}

#[test]
fn nans_are_widened_bit_by_bit() {
    let widened = |format: &str, bytes: &[u8]| match unpack(format, bytes).unwrap()[0] {
        Value::Float(x) => x.to_bits(),
        ref other => panic!("{other} is no float"),
    };
    assert_eq!(widened(">e", b"\x7d\x01"), 0x7ff4_0400_0000_0000);
    assert_eq!(widened(">f", b"\xff\x80\x00\x01"), 0xfff0_0000_2000_0000);
    assert_eq!(widened(">f", b"\x7f\xc0\x00\x00"), 0x7ff8_0000_0000_0000);
}
