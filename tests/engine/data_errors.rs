//! Errors in the data: the path of the field, the offset, and why.

use bytewright::structs::DataErrorKind;

use super::{compiled, refusal};

/// Path and offset of the error.
fn place(format: &str, data: &[u8]) -> (String, Option<u64>) {
    let error = compiled(format).unpack(data).unwrap_err();
    (error.path(), error.offset())
}

#[test]
fn the_path_leads_to_the_field() {
    for (format, length, path, offset) in [
        ("<H:a H:b", 3, "b", 2),
        ("<2(B:red B:green):palette", 2, "palette[1].red", 2),
        ("<2(B:red B:green):palette", 3, "palette[1].green", 3),
        ("<B (B (H))", 3, "1.1.0", 2),
        ("<3H", 5, "2", 4),
        ("<3H:rgb", 5, "rgb[2]", 4),
        ("<x 3H", 4, "1", 3),
        ("<B H{a:8 b:8}:bits", 2, "bits", 1),
        ("<2B 4s:text", 4, "text", 2),
        ("@BI:n", 2, "n", 1),
    ] {
        let expected = (path.to_owned(), Some(offset));
        assert_eq!(place(format, &vec![0; length]), expected, "{format}");
    }
}

#[test]
fn offsets_count_from_the_start_of_the_buffer() {
    let pair = compiled(">H:a H:b");
    let error = pair.unpack_from(&[0; 9], -3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b: needs 2 bytes at offset 0x8, the input ends at 0x9"
    );
    let items = compiled("B:n [n]s:text");
    let outcome: Result<Vec<_>, _> = items.iter_unpack(b"\x01a\x05b").unwrap().collect();
    assert_eq!(
        outcome.unwrap_err().to_string(),
        "text: needs 5 bytes at offset 0x3, the input ends at 0x4"
    );
}

#[test]
fn bytes_left_over() {
    assert_eq!(
        refusal("<H", &[0; 5]),
        "the format takes 2 bytes, the input has 5: 3 bytes left over from offset 0x2"
    );
    let (record, taken) = compiled("<H").unpack_prefix(&[1, 0, 9]).unwrap();
    assert_eq!((record.to_string().as_str(), taken), ("(1,)", 2));
}

#[test]
fn kinds_carry_their_numbers() {
    let error = compiled("<I").unpack(&[0; 3]).unwrap_err();
    assert_eq!(*error.kind(), DataErrorKind::Short { needed: 4, end: 3 });
    let error = compiled("<I").unpack_from(&[0; 3], 4).unwrap_err();
    let outside = DataErrorKind::Offset {
        offset: 4,
        available: 3,
    };
    assert_eq!(*error.kind(), outside);
    let error = compiled("<I").iter_unpack(&[0; 7]).unwrap_err();
    let uneven = DataErrorKind::NotMultiple {
        size: 4,
        available: 7,
    };
    assert_eq!(*error.kind(), uneven);
}

#[test]
fn iterating_over_nothing() {
    assert!(compiled("").iter_unpack(&[]).is_err());
    assert!(compiled("0s").iter_unpack(&[]).is_err());
    assert_eq!(compiled("B").iter_unpack(&[]).unwrap().count(), 0);
    // Only the data tell that this takes nothing: it ends with an error, not never.
    let all: Vec<_> = compiled("[1-1]s").iter_unpack(&[1, 2]).unwrap().collect();
    assert_eq!(all.len(), 1);
    assert!(all[0].is_err());
}
