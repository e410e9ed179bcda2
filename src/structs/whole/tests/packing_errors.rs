//! What packing refuses, and where it says the mistake is.

use super::compiled;
use crate::value::{Record, Value};

/// The bytes, or the error.
fn packed(format: &str, values: &serde_json::Value) -> Result<Vec<u8>, String> {
    compiled(format, &[])
        .serialize(values)
        .map_err(|e| e.to_string())
}

#[test]
fn values_without_names_are_as_many_as_fields_take() {
    for format in [
        "B B {0: B}",
        "B x B {0: B}",
        "B |4 H {0: B}",
        "B {0: \"no\"} B {0: B}",
    ] {
        assert!(
            packed(format, &serde_json::json!([1, 2])).is_ok(),
            "{format}"
        );
        let error = packed(format, &serde_json::json!([1, 2, 3])).unwrap_err();
        assert_eq!(error, "expected 2 values, found 3", "{format}");
    }
}

#[test]
fn a_name_that_no_field_has_is_told_where_it_stands() {
    let missing = "there is no field z, or not for these values";
    for (format, fits, wrong, expected) in [
        (
            "B:n {n & 1: B:z}",
            r#"{"n": 1, "z": 2}"#,
            r#"{"n": 2, "z": 2}"#,
            missing.to_owned(),
        ),
        (
            "B{a:4 b:4} {0: B}",
            r#"{"a": 1, "b": 2}"#,
            r#"{"a": 1, "b": 2, "z": 3}"#,
            missing.to_owned(),
        ),
        (
            "(B:a):g {0: B}",
            r#"{"g": {"a": 1}}"#,
            r#"{"g": {"a": 1, "z": 2}}"#,
            format!("g: {missing}"),
        ),
        (
            "2(B:a):g {0: B}",
            r#"{"g": [{"a": 1}, {"a": 1}]}"#,
            r#"{"g": [{"a": 1}, {"a": 1, "z": 2}]}"#,
            format!("g[1]: {missing}"),
        ),
        (
            "B:n [n]s~xor(1):c=(B:a) B:z {0: B}",
            r#"{"c": {"a": 1}, "z": 2}"#,
            r#"{"c": {"a": 1, "z": 3}, "z": 2}"#,
            format!("c: {missing}"),
        ),
        // Fields in coded bytes without a name are among those around.
        (
            "B:n [n]s~xor(1)=(B:a) B:b {0: B}",
            r#"{"a": 1, "b": 2}"#,
            r#"{"a": 1, "b": 2, "z": 3}"#,
            missing.to_owned(),
        ),
    ] {
        let value = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert!(
            packed(format, &value(fits)).is_ok(),
            "{format}: {:?}",
            packed(format, &value(fits))
        );
        assert_eq!(
            packed(format, &value(wrong)).unwrap_err(),
            expected,
            "{format}"
        );
    }
}

#[test]
fn a_value_that_does_not_fit_is_told_by_its_path() {
    for (format, values, expected) in [
        (
            "B:a {0: B}",
            r#"{"a": 300}"#,
            "a: 300 is out of range: B holds 0 to 255",
        ),
        (
            "2B:a {0: B}",
            r#"{"a": [1, 300]}"#,
            "a[1]: 300 is out of range: B holds 0 to 255",
        ),
        (
            "B:n [n]h:a {0: B}",
            r#"{"a": [1, 40000]}"#,
            "a[1]: 40000 is out of range: h holds -32768 to 32767",
        ),
        (
            "2(B:x):g {0: B}",
            r#"{"g": [{"x": 1}, {"x": 256}]}"#,
            "g[1].x: 256 is out of range: B holds 0 to 255",
        ),
        (
            "((B:x):h):g {0: B}",
            r#"{"g": {"h": {"x": -1}}}"#,
            "g.h.x: -1 is out of range: B holds 0 to 255",
        ),
        (
            "2(2B:x):g {0: B}",
            r#"{"g": [{"x": [1, 2]}, {"x": [1, 256]}]}"#,
            "g[1].x[1]: 256 is out of range: B holds 0 to 255",
        ),
        (
            "B:n {n; 1: B:a; else: \"no such kind\"}",
            r#"{"n": 2}"#,
            "no such kind",
        ),
    ] {
        let error = packed(format, &serde_json::from_str(values).unwrap()).unwrap_err();
        assert!(error.starts_with(expected), "{format}: {error}");
    }
}

#[test]
fn values_in_order_are_counted_once_the_size_is_known() {
    // The first pass knows no size, and takes one value less.
    let three = packed("{@size == 0: ; else: B} B B", &serde_json::json!([1, 2, 3]));
    assert_eq!(three, Ok(vec![1, 2, 3]));
    let layout = compiled("B B {0: B}", &[]);
    let values = |n: u8| Record::new((1..=n).map(Value::from).collect());
    assert_eq!(layout.pack_onto(&[1, 2], &values(2)).unwrap(), [1, 2]);
    // Also where the bytes are those that were there.
    let error = layout.pack_onto(&[1, 2], &values(3)).unwrap_err();
    assert_eq!(error.to_string(), "expected 2 values, found 3");
}

#[test]
fn a_constant_is_given_as_it_is() {
    for (format, right, wrong) in [
        (
            "B:m=1 {0: B}",
            serde_json::json!({"m": 1}),
            serde_json::json!({"m": 2}),
        ),
        (
            "2s:m=\"BM\" {0: B}",
            serde_json::json!({"m": "BM"}),
            serde_json::json!({"m": "BN"}),
        ),
    ] {
        assert!(packed(format, &right).is_ok(), "{format}");
        let error = packed(format, &wrong).unwrap_err();
        assert!(error.contains("m: expected"), "{format}: {error}");
    }
}

#[test]
fn a_list_is_no_number() {
    let error = packed("B:x {0: B}", &serde_json::json!({"x": [49]})).unwrap_err();
    assert!(error.contains("found an array"), "{error}");
}
