//! Packing of what has an inside, and of what follows from other fields: lengths at their borders, what a base
//! holds that no field says, values that take several passes to find.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on fails"
)]

use super::{compiled, record};
use crate::value::{Record, Value};

fn inside<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Record(record(entries))
}

/// The values of a base with some of them put in the place of others; `None` leaves one out.
fn packed_onto(
    format: &str,
    base: &[u8],
    changes: &[(&str, Option<Value>)],
) -> Result<Vec<u8>, String> {
    let layout = compiled(format, &[]);
    let (values, _) = layout.unpack_prefix(base).map_err(|e| e.to_string())?;
    let changed: Record = values
        .entries()
        .filter_map(|(key, value)| {
            let change = changes.iter().find(|(name, _)| *name == key);
            let value = match change {
                Some((_, value)) => value.clone()?,
                None => value.clone(),
            };
            Some((key.to_string(), value))
        })
        .collect();
    layout.pack_onto(base, &changed).map_err(|e| e.to_string())
}

/// Packing gave these bytes, or an error with these words.
#[track_caller]
fn assert_packed(found: &Result<Vec<u8>, String>, expected: Result<&[u8], &str>, of: &str) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{of}"),
        (Err(error), Err(words)) => assert!(error.contains(words), "{of}: {error}"),
        _ => panic!("{of}: {found:?}"),
    }
}

#[test]
fn a_region_keeps_the_rest_that_its_base_has() {
    let data = |n: i32| Some(inside([("a", n.into())]));
    for (format, base, changes, expected) in [
        // Of a stated size, the rest stays.
        (
            "4s:data=(B:a) B:end",
            &[1u8, 7, 8, 9, 5][..],
            &[("data", data(2))][..],
            Ok(&[2u8, 7, 8, 9, 5][..]),
        ),
        (
            "4s=(B:a) B:end",
            &[1, 7, 8, 9, 5],
            &[("a", Some(2.into()))],
            Ok(&[2, 7, 8, 9, 5]),
        ),
        (
            "B:n [n]s:data=(B:a) B:end",
            &[3, 1, 7, 8, 5],
            &[("data", data(2))],
            Ok(&[3, 2, 7, 8, 5]),
        ),
        (
            "B:n [n]s=(B:a) B:end",
            &[3, 1, 7, 8, 5],
            &[("a", Some(2.into()))],
            Ok(&[3, 2, 7, 8, 5]),
        ),
        // Of another size, there are zeros in its place: the base's bytes were some of another region.
        (
            "B:n [n]s:data=(B:a) B:end",
            &[3, 1, 7, 8, 5],
            &[("n", Some(4.into()))],
            Ok(&[4, 1, 0, 0, 0, 5]),
        ),
        (
            "B:n [n]s:data=(B:a) B:end",
            &[3, 1, 7, 8, 5],
            &[("n", Some(2.into()))],
            Ok(&[2, 1, 0, 5]),
        ),
        // No room is left where the field is exactly as long, and it isn't shorter.
        (
            "B:n [n]s:data=(B:a) B:end",
            &[3, 1, 7, 8, 5],
            &[("n", Some(1.into()))],
            Ok(&[1, 1, 5]),
        ),
        (
            "B:n [n]s:data=(B:a) B:end",
            &[3, 1, 7, 8, 5],
            &[("n", Some(0.into()))],
            Err("the length is 0"),
        ),
        // A region without a rest may not get one.
        (
            "B:n [n]s:data=(B:a) B:end",
            &[1, 1, 5],
            &[("n", Some(2.into()))],
            Err("the length is 2"),
        ),
        (
            "B:n [n]s=(B:a) B:end",
            &[1, 1, 5],
            &[("n", Some(2.into()))],
            Err("the length is 2"),
        ),
    ] {
        let found = packed_onto(format, base, changes);
        assert_packed(&found, expected, &format!("{format} {changes:?}"));
    }
}

#[test]
fn a_region_is_as_long_as_it_is_said_to_be() {
    let data = || inside([("a", 1.into()), ("b", 2.into())]);
    for (format, n, expected) in [
        ("2s:data=(B:a B:b) B:end=9", None, Ok(&[1u8, 2, 9][..])),
        ("3s:data=(B:a B:b) B:end=9", None, Ok(&[1, 2, 0, 9])),
        (
            "1s:data=(B:a B:b) B:end=9",
            None,
            Err("the region has 1 bytes, what is in it 2"),
        ),
        ("B:n [n]s:data=(B:a B:b) B:end=9", None, Ok(&[2, 1, 2, 9])),
        (
            "B:n [n]s:data=(B:a B:b) B:end=9",
            Some(2),
            Ok(&[2, 1, 2, 9]),
        ),
        (
            "B:n [n]s:data=(B:a B:b) B:end=9",
            Some(3),
            Err("the length is 3 by the other fields, and the data have 2"),
        ),
        (
            "B:n [n - 1]s:data=(B:a B:b) B:end=9",
            None,
            Ok(&[3, 1, 2, 9]),
        ),
        (
            "B:n [5 - n]s:data=(B:a B:b) B:end=9",
            None,
            Ok(&[3, 1, 2, 9]),
        ),
        (
            "B:n [n * 2]s:data=(B:a B:b) B:end=9",
            None,
            Ok(&[1, 1, 2, 9]),
        ),
        (
            "b:n [-n]s:data=(B:a B:b) B:end=9",
            None,
            Ok(&[0xfe, 1, 2, 9]),
        ),
        (
            "B:n [n << 1]s:data=(B:a B:b) B:end=9",
            None,
            Ok(&[1, 1, 2, 9]),
        ),
        (
            "B:n [n << 2]s:data=(B:a B:b) B:end=9",
            None,
            Err("gives this size"),
        ),
        (
            "B:n [n * 3]s:data=(B:a B:b) B:end=9",
            None,
            Err("gives this size"),
        ),
        (
            "B:n [1 << n]s:data=(B:a B:b) B:end=9",
            None,
            Err("the length"),
        ),
        (
            "B:n [n + n]s:data=(B:a B:b) B:end=9",
            None,
            Err("the length"),
        ),
    ] {
        let mut values = vec![("data".to_owned(), data())];
        values.extend(n.map(|n| ("n".to_owned(), Value::from(n))));
        let values: Record = values.into_iter().collect();
        let found = compiled(format, &[])
            .pack(&values)
            .map_err(|e| e.to_string());
        assert_packed(&found, expected, &format!("{format} {n:?}"));
    }
}

#[test]
fn places_are_assigned_one_after_another() {
    // What has no offset given comes after all that is in line, in order.
    for (format, values, expected) in [
        (
            "B:p B:q &[p]2s:a &[q]1s:b B:end=9",
            record([("a", "xy".into()), ("b", "z".into())]),
            Ok(&b"\x03\x05\x09xyz"[..]),
        ),
        // One that is given keeps its place; the zeros between belong to nothing.
        (
            "B:p B:q &[p]2s:a &[q]1s:b",
            record([("p", 4.into()), ("a", "xy".into()), ("b", "z".into())]),
            Ok(b"\x04\x02z\0xy"),
        ),
        // Both at one place, where their bytes are the same, and where they aren't.
        (
            "B:p &[p]2s:a &[p + 1]1s:b",
            record([("p", 1.into()), ("a", "xy".into()), ("b", "y".into())]),
            Ok(b"\x01xy"),
        ),
        (
            "B:p &[p]2s:a &[p + 1]1s:b",
            record([("p", 1.into()), ("a", "xy".into()), ("b", "z".into())]),
            Err("overlaps with other bytes at offset 0x2"),
        ),
        // Padding is only where nothing else is.
        (
            "B:p 3x &[p]1s:a B:end=9",
            record([("p", 2.into()), ("a", "x".into())]),
            Ok(b"\x02\0x\0\x09"),
        ),
        (
            "B:p &[p]1s:a 3x B:end=9",
            record([("p", 2.into()), ("a", "x".into())]),
            Ok(b"\x02\0x\0\x09"),
        ),
    ] {
        let found = compiled(format, &[])
            .pack(&values)
            .map_err(|e| e.to_string());
        assert_packed(&found, expected, format);
    }
}

#[test]
fn values_that_never_settle_are_told() {
    // One byte more changes whether there is one byte more.
    let error = compiled("B:a {@size == 1: x}", &[]).pack(&record([("a", 1.into())]));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("still change after 8 passes"), "{error}");
    // What looks ahead, and back, is found.
    for (format, expected) in [
        ("B:a=[b + 1] B:b=[c + 1] B:c", &[7u8, 6, 5][..]),
        ("B:c B:b=[c + 1] B:a=[b + 1]", &[5, 6, 7]),
        ("B:size=[@size] B:c {size > 2: B:end=1}", &[2, 5]),
    ] {
        let packed = compiled(format, &[]).pack(&record([("c", 5.into())]));
        assert_eq!(
            packed.map_err(|e| e.to_string()).as_deref(),
            Ok(expected),
            "{format}"
        );
    }
}

/// Zeros that no value backs are counted in regions, in texts and between places alike.
#[test]
fn zeros_are_counted_wherever_they_stand() {
    let most = 1u64 << 30;
    let over = |format: String, values: &Record| {
        let error = compiled(&format, &[]).pack(values).unwrap_err().to_string();
        assert!(
            error.contains("zeros would fill the gaps"),
            "{format}: {error}"
        );
    };
    let text = record([("a", "x".into())]);
    let inner = record([("r", inside([("a", "x".into())]))]);
    over(format!("{}s:a {{0: x}}", most + 2), &text);
    over(format!("{}p:a {{0: x}}", most + 3), &text);
    over(format!("{}s:r=(1s:a)", most + 2), &inner);
    over(format!("{}s~xor(1):r=(1s:a)", most + 2), &inner);
    over(format!("|{} 1s:a {{0: x}} |{}", most, most + 2), &text);
    over(format!("1s:a {}x {{0: x}}", most + 1), &text);
    over(format!("&[{}]1s:a", most + 1), &text);
}

/// Padding has no value, and keeps its bytes where what is before it grows.
#[test]
fn padding_keeps_its_bytes_where_it_moves_to() {
    let format = "<B:n [n]s:t |4 H:x {0: B}";
    let base = b"\x01a\xee\xef\x05\0";
    for (text, expected) in [
        ("abcde", &b"\x05abcde\xee\xef\x05\0"[..]),
        ("z", b"\x01z\xee\xef\x05\0"),
        // Of another size, it has what the file has at its place.
        ("ab", b"\x02ab\xef\x05\0"),
    ] {
        let changes = [("n", None), ("t", Some(text.into()))];
        let found = packed_onto(format, base, &changes);
        assert_packed(&found, Ok(expected), text);
    }
}

/// What follows the fields of a content stays after them.
#[test]
fn a_content_keeps_its_rest_where_its_fields_grow() {
    let format = "B:m [m]s~xor(1):c=(B:n [n]s:t)";
    let base = [&[4u8][..], &[0, b'a' ^ 1, b'y' ^ 1, b'z' ^ 1]].concat();
    for (text, content) in [("abc", &b"\x03abcyz"[..]), ("b", b"\x01byz"), ("", b"\0yz")] {
        let c = inside([("t", text.into())]);
        let found = packed_onto(format, &base, &[("m", None), ("c", Some(c))]);
        let coded = content.iter().map(|byte| byte ^ 1);
        let expected: Vec<u8> = std::iter::once(u8::try_from(content.len()).unwrap())
            .chain(coded)
            .collect();
        assert_packed(&found, Ok(&expected), text);
    }
}

/// A size that is not known at first is known after all is written once.
#[test]
fn what_counts_back_from_the_end_is_packed() {
    for (format, values, expected) in [
        (
            "2s:h [@size - 2]s:t {0: B}",
            record([("h", "hh".into()), ("t", "abcd".into())]),
            &b"hhabcd"[..],
        ),
        (
            "B:n [n]s~xor(1):c=(B:len=[@size] 2s:x)",
            record([("c", inside([("x", "ab".into())]))]),
            &[3, 3 ^ 1, b'a' ^ 1, b'b' ^ 1],
        ),
        (
            "B:n [n]s:c=%f {0: B}",
            record([("c", inside([("x", "ab".into())]))]),
            &[3, 3, b'a', b'b'],
        ),
        (
            "B:a B:b [3]s~xor(1):c=(B:s=sum(a..b) *s:rest)",
            record([
                ("a", 2.into()),
                ("b", 3.into()),
                ("c", inside([("rest", "xy".into())])),
            ]),
            &[2, 3, 5 ^ 1, b'x' ^ 1, b'y' ^ 1],
        ),
    ] {
        let packed = compiled(format, &[("f", "B:len=[@size] 2s:x")]).pack(&values);
        assert_packed(&packed.map_err(|e| e.to_string()), Ok(expected), format);
    }
}

#[test]
fn more_fields_are_packed_than_any_file_has() {
    let layout = compiled("*(B:a B:b {a > 9: B:c}):items", &[]);
    let bytes = vec![1; 180_000];
    let values = layout.unpack(&bytes).unwrap();
    assert_eq!(layout.pack(&values).unwrap(), bytes);
}
