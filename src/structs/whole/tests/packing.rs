//! Values to the bytes of whole files.

use super::{compiled, record};
use crate::value::{Record, Value};

#[test]
fn lengths_counts_and_offsets_follow_from_data() {
    let bytes = |text: &str| Value::from(text.as_bytes());
    for (format, values, expected) in [
        (
            "B:n {n: [n - 1]s:text}",
            record([("n", 3.into()), ("text", bytes("ab"))]),
            &b"\x03ab"[..],
        ),
        (
            "B:n [n - 1]s:text {0: x}",
            record([("text", bytes("ab"))]),
            b"\x03ab",
        ),
        (
            "B:n [(n + 2) * 4]s:text {0: x}",
            record([("text", bytes("abcdefgh"))]),
            b"\x00abcdefgh",
        ),
        (
            "B:n [n << 1]s:text {0: x}",
            record([("text", bytes("abcd"))]),
            b"\x02abcd",
        ),
        (
            "B:n [n]s:data=(B:a B:b)",
            record([(
                "data",
                Value::Record(record([("a", 1.into()), ("b", 2.into())])),
            )]),
            &[2, 1, 2],
        ),
        (
            "B:at B:n &[at][n]s:text B:end=9",
            record([("text", bytes("xy"))]),
            b"\x03\x02\x09xy",
        ),
        (
            "B:n=[len(a) + len(b)] z:a z:b",
            record([("a", bytes("x")), ("b", bytes("yz"))]),
            b"\x05x\0yz\0",
        ),
        (
            ">4s:a I:crc=crc32(a..a)",
            record([("a", bytes("abcd"))]),
            b"abcd\xed\x82\xcd\x11",
        ),
        (
            "B:size=[@size] 2s:a",
            record([("a", bytes("xy"))]),
            b"\x03xy",
        ),
        (
            "4s:data=(B:a)",
            record([("data", Value::Record(record([("a", 7.into())])))]),
            &[7, 0, 0, 0],
        ),
        // What follows from others may be given, also where it is known only later.
        (
            "B:size=[@size] 2s:a",
            record([("size", 3.into()), ("a", bytes("xy"))]),
            b"\x03xy",
        ),
        (
            "B:n=[m + 1] B:m [m]s:t {0: x}",
            record([("n", 3.into()), ("t", bytes("ab"))]),
            b"\x03\x02ab",
        ),
        (
            "<B:n {n ; 1: B:a ; else: H:b}:c",
            record([
                ("n", 1.into()),
                ("c", Value::Record(record([("a", 7.into())]))),
            ]),
            &[1, 7],
        ),
        (
            "<B:n {n ; 1: B:a ; else: H:b}:c",
            record([
                ("n", 2.into()),
                ("c", Value::Record(record([("b", 7.into())]))),
            ]),
            &[2, 7, 0],
        ),
        (
            "2{@index: B:a ; else: 2s:b}:items",
            record([(
                "items",
                Value::List(vec![
                    Value::Record(record([("b", bytes("xy"))])),
                    Value::Record(record([("a", 7.into())])),
                ]),
            )]),
            b"xy\x07",
        ),
        // A string with its length before it is as long as the field says, and fills it up.
        (
            "B:n [n]p:x {0: z}",
            record([("x", bytes("ab"))]),
            b"\x03\x02ab",
        ),
        (
            "B:n [n]p:x {0: z}",
            record([("n", 5.into()), ("x", bytes("ab"))]),
            b"\x05\x02ab\0\0",
        ),
        (
            "B:n [n]p:x {0: z}",
            record([("n", 0.into()), ("x", bytes(""))]),
            b"\0",
        ),
        ("B:n [n]p:x {0: z}", record([("x", bytes(""))]), b"\x01\0"),
        (
            "B:n [n]s~ascii:x {0: z}",
            record([("n", 3.into()), ("x", "ab".into())]),
            b"\x03ab\0",
        ),
    ] {
        let layout = compiled(format, &[]);
        let packed = layout
            .pack(&values)
            .unwrap_or_else(|e| panic!("{format}: {e}"));
        assert_eq!(packed, expected, "{format}");
        layout.unpack(&packed).unwrap();
    }
}

#[test]
fn a_list_stands_for_a_group_without_names() {
    let list = |items: &[i32]| Value::List(items.iter().map(|n| Value::from(*n)).collect());
    for (format, value, expected) in [
        ("(B B):g {0: x}", list(&[1, 2]), &[1u8, 2][..]),
        ("{1: (.n=[1]):g}", list(&[]), &[]),
        ("2s:g=(B B)", list(&[3, 4]), &[3, 4]),
    ] {
        let packed = compiled(format, &[]).pack(&record([("g", value)]));
        assert_eq!(packed.unwrap(), expected, "{format}");
    }
    let error = compiled("2s:g=(B B)", &[]).pack(&record([("g", 7.into())]));
    assert!(error.unwrap_err().to_string().contains("expected a group"));
}

#[test]
fn what_does_not_fit_is_not_packed() {
    for (format, values, expected) in [
        (
            "B:n [n * 2]s:text {0: x}",
            record([("text", "abc".into())]),
            "gives this size",
        ),
        (
            "B:n [n]s:text {0: x}",
            record([("n", 2.into()), ("text", "abc".into())]),
            "the length is 2",
        ),
        (
            "B:n [n]p:x {0: z}",
            record([("n", 2.into()), ("x", "ab".into())]),
            "at most 1 bytes",
        ),
        (
            "B:n [n]s~ascii:x {0: z}",
            record([("n", 1.into()), ("x", "ab".into())]),
            "the length is 1",
        ),
        (
            "B:n [n]s:x {0: z}",
            record([("n", 3.into()), ("x", "ab".into())]),
            "the length is 3",
        ),
        (
            "B:n=[len(t)] 1s:t",
            record([("n", 3.into()), ("t", "a".into())]),
            "n",
        ),
        (
            "2s:data=(B:a 2s:b)",
            record([(
                "data",
                Value::Record(record([("a", 1.into()), ("b", "xy".into())])),
            )]),
            "the region has 2 bytes",
        ),
        (
            "B:n {n: B:a}",
            record([("n", 0.into()), ("a", 1.into())]),
            "there is no field a",
        ),
        (
            "B:n {n: 2s:a}",
            record([("n", 1.into())]),
            "a value is missing",
        ),
        ("B:n {n: B:a}", record([]), "no value"),
        (
            "B:at &[at]B:x B:y",
            record([("at", 1.into()), ("x", 2.into()), ("y", 3.into())]),
            "overlaps",
        ),
        (
            "*[n == 0](B:n):items",
            record([(
                "items",
                Value::List(vec![Value::Record(record([("n", 1.into())]))]),
            )]),
            "doesn't hold for its last item",
        ),
    ] {
        let found = compiled(format, &[]).pack(&values).unwrap_err().to_string();
        assert!(found.contains(expected), "{format}: {found}");
    }
}

#[test]
fn zeros_are_bounded() {
    let values = record([("a", "".into()), ("b", "".into())]);
    for format in [
        "1073741825s:a 1s:b {0: x}",
        "1s:a 1s:b {1: 1073741824x}",
        "1s:a &[1 << 40]1s:b",
        "2000000000s=(1s:a) 1s:b",
    ] {
        let error = compiled(format, &[]).pack(&values).unwrap_err().to_string();
        assert!(error.contains("zeros"), "{format}: {error}");
    }
}

#[test]
fn a_base_keeps_what_values_do_not_say() {
    // A gap, reserved bits, padding, a number spelled with spaces, bytes after the end.
    let format = "B{a:4 _:4}:bits 2x 3s~octal:n B:at &[at]2s:text";
    let base = b"\x53\xaa\xbb 17\x09?!tetail";
    let layout = compiled(format, &[]);
    let (values, _) = layout.unpack_prefix(base).unwrap();
    assert_eq!(layout.pack_onto(base, &values).unwrap(), base);
    let mut changed: Vec<(String, Value)> = values.entries().map(|(k, v)| (k, v.clone())).collect();
    changed.retain(|(key, _)| key != "text");
    changed.push(("text".to_owned(), "ab".into()));
    let packed = layout
        .pack_onto(base, &changed.into_iter().collect::<Record>())
        .unwrap();
    assert_eq!(packed, b"\x53\xaa\xbb 17\x09?!abtail");
}

/// What no field covers stays after the last one, wherever that ends.
#[test]
fn what_follows_the_fields_of_a_base_follows_them_still() {
    let layout = compiled("B:n [n]s:t {0: B}", &[]);
    for (base, text, expected) in [
        (&b"\x03abc"[..], "a", &b"\x01a"[..]),
        (b"\x03abc", "abcde", b"\x05abcde"),
        (b"\x03abcTAIL", "", b"\0TAIL"),
        (b"\x01aTAIL", "abcde", b"\x05abcdeTAIL"),
        // Where a broken base ends isn't known.
        (b"\x05abc", "ab", b"\x02abc"),
    ] {
        let values = record([("t", text.into())]);
        assert_eq!(layout.pack_onto(base, &values).unwrap(), expected, "{text}");
    }
}

/// What is damaged stays so, unless it is edited.
#[test]
fn a_sum_that_is_wrong_in_the_base_stays() {
    let layout = compiled("B:a B:sum=sum(a..a) B:b", &[]);
    let base = [1, 9, 3];
    let packed = |a: i32, sum: Option<i32>| {
        let mut values = vec![("a".to_owned(), Value::from(a))];
        values.extend(sum.map(|sum| ("sum".to_owned(), sum.into())));
        values.push(("b".to_owned(), 3.into()));
        layout.pack_onto(&base, &values.into_iter().collect::<Record>())
    };
    assert_eq!(packed(1, Some(9)).unwrap(), base);
    assert_eq!(packed(1, Some(1)).unwrap(), [1, 1, 3]);
    assert_eq!(packed(2, Some(2)).unwrap(), [2, 2, 3]);
    assert!(packed(1, Some(8)).is_err());
    assert_eq!(packed(1, None).unwrap(), [1, 1, 3]);
}

/// What a search, the file's size, the end of a region and padding up to it are follows from the base.
#[test]
fn what_the_base_alone_tells_is_taken_from_it() {
    for (format, base) in [
        (
            r#".at=[rfind("PK")] B:n &[at](2s:magic B:m):end"#,
            &b"\x01.....PK\x07"[..],
        ),
        (r#"B:n {find("!") == @at: 1s:mark}"#, b"\x01!"),
        ("B:n {n + 1 <= @size: &[n]B:last}", b"\x04...\x09"),
        (
            "B:n [n]s:data=(B:a {@at < @end: B:b}) *s:rest",
            b"\x01\x02xyz",
        ),
        ("B:n [n]s:data=(2s:a *x) B:end", b"\x05ab123\x07"),
    ] {
        let layout = compiled(format, &[]);
        let (values, _) = layout.unpack_prefix(base).unwrap();
        let packed = layout.pack_onto(base, &values);
        assert_eq!(packed.unwrap(), base, "{format}");
    }
}

/// A condition that names an array holds where it is there, with items or without, of numbers and of groups.
#[test]
fn an_array_that_is_there_holds_when_read_and_when_packed() {
    for (format, data) in [
        ("0q:k {k: B:a ; else: H:z}", &[7][..]),
        ("0(B:x):k {k: B:a ; else: H:z}", &[7]),
        ("B:n [n]B:k {k: B:a ; else: H:z}", &[0, 7]),
        ("B:n [n]B:k {k: B:a ; else: H:z}", &[1, 0, 7]),
        ("B:n {n: [n]B:k} {k: B:a ; else: H:z}", &[1, 0, 7]),
        ("B:n {n: [n]B:k} {!k: H:z ; else: B:a}", &[2, 0, 0, 7]),
    ] {
        let layout = compiled(format, &[]);
        let record = layout.unpack(data).unwrap();
        assert_eq!(record["a"], 7.into(), "{format}");
        assert_eq!(layout.pack(&record).unwrap(), data, "{format}");
    }
    let layout = compiled("<B:n {n: [n]B:k} {k: B:a ; else: H:z}", &[]);
    let record = layout.unpack(&[0, 0, 8]).unwrap();
    assert_eq!(layout.pack(&record).unwrap(), [0, 0, 8]);
}
