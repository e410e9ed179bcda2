//! Descriptions that can't be right whatever a file holds: each is refused, with the line and what is wrong.
//!
//! Kaitai's own compiler refuses each of them, but for those that say otherwise.

use bytewright::formats::kaitai::Kaitai;

const FIELDS: &str = "meta: {id: r, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: s, type: str, size: 1}
  - {id: b, size: 1}
  - {id: t, type: t}
  - {id: l, type: u1, repeat: expr, repeat-expr: 2}
  - {id: en, type: u1, enum: e}
  - {id: f, type: f4}
  - {id: bo, type: b1}
types:
  t: {seq: [{id: x, type: u1}], enums: {ie: {1: q}}}
  v: {params: [{id: p, type: str}]}
enums:
  e: {1: one, 2: two}
";

/// The line of the expression of an instance that follows the fields.
const LINE: usize = 19;

fn refused(text: &str) -> (Option<usize>, String) {
    match Kaitai::from_text("r.ksy", text) {
        Ok(_) => panic!("nothing is wrong with:\n{text}"),
        Err(error) => (error.line(), error.to_string()),
    }
}

#[test]
fn expressions_that_no_data_can_make_right() {
    for (expression, words) in [
        (
            "a + s",
            "an integer and text can't be computed with one another",
        ),
        ("b + b", "bytes and bytes can't be computed"),
        ("bo + 1", "a truth value and an integer can't be computed"),
        (
            "en + 1",
            "a member of the enum e and an integer can't be computed",
        ),
        ("-s", "the sign of text can't be changed"),
        ("~f", "~ wants an integer, found a float"),
        ("not a", "not wants a truth value, found an integer"),
        ("a and bo", "and and or want truth values, found an integer"),
        (
            "a ? 1 : 2",
            "a condition is a truth value, found an integer",
        ),
        ("bo ? 1 : s", "of one type, not an integer and text"),
        (
            "bo ? en : a",
            "of one type, not a member of the enum e and an integer",
        ),
        ("a < s", "an integer can't be compared with text"),
        (
            "en == a",
            "a member of the enum e can't be compared with an integer",
        ),
        (
            "en == t::ie::q",
            "can't be compared with a member of the enum ie",
        ),
        ("en < e::one", "a member of the enum e has no order"),
        ("bo > bo", "a truth value has no order"),
        ("l == l", "a list can't be compared with a list"),
        ("t == t", "an object of the type t can't be compared"),
        ("bo == 1", "a truth value can't be compared with an integer"),
        ("b == s", "bytes can't be compared with text"),
        ("a.x", "an integer has no x"),
        ("t.a", "t has no field a"),
        ("t.to_s", "t has no field to_s"),
        ("a.length", "an integer has no length"),
        ("s.size", "text has no size"),
        ("l.length", "a list has no length"),
        ("f.to_s", "a float has no to_s"),
        ("a.to_i", "an integer has no to_i"),
        ("b.to_s", "bytes has no to_s"),
        (
            "b.to_s(1)",
            "the argument of to_s is text, found an integer",
        ),
        (
            "s.to_i('x')",
            "the argument of to_i is an integer, found text",
        ),
        ("a.to_s(s)", "an integer has no to_s with 1 arguments"),
        ("s.length()", "length of text takes no parentheses"),
        ("a[0]", "an integer has no items"),
        ("s[0]", "text has no items"),
        ("l['x']", "an index is an integer, found text"),
        ("a.as<nope>", "no type is called nope"),
        ("[1, 'a']", "items of one type, not an integer and text"),
        (
            "f\"{f}\"",
            "an f-string takes text and integers, found a float",
        ),
        ("_io.size.x", "an integer has no x"),
        ("t._root.x", "r has no field x"),
        ("sizeof<str>", "the size of str follows from data"),
    ] {
        let text = format!("{FIELDS}instances:\n  r:\n    value: |-\n      {expression}\n");
        let (line, error) = refused(&text);
        assert!(error.contains(words), "{expression}: {error}");
        assert_eq!(line, Some(LINE), "{expression}: {error}");
    }
}

#[test]
fn keys_ask_for_values_of_a_type() {
    for (field, words) in [
        (
            "{id: z, type: u1, if: 1}",
            "if is a truth value, found an integer",
        ),
        ("{id: z, size: s}", "size is an integer, found text"),
        ("{id: z, size: 1.5}", "size is an integer, found a float"),
        (
            "{id: z, type: u1, repeat: expr, repeat-expr: bo}",
            "repeat-expr is an integer, found a truth value",
        ),
        (
            "{id: z, type: u1, repeat: until, repeat-until: _}",
            "repeat-until is a truth value, found an integer",
        ),
        (
            "{id: z, type: u1, valid: '\"x\"'}",
            "an integer can't be compared with text",
        ),
        (
            "{id: z, type: u1, valid: {any-of: ['\"x\"']}}",
            "an integer can't be compared with text",
        ),
        ("{id: z, type: u1, valid: {any-of: 1}}", "any-of is a list"),
        // Kaitai's compiler takes it.
        (
            "{id: z, type: u1, valid: {expr: 1}}",
            "the expr of valid is a truth value",
        ),
        (
            "{id: z, type: v(1)}",
            "the parameter p is text, found an integer",
        ),
        (
            "{id: z, type: {switch-on: a, cases: {'\"x\"': t}}}",
            "an integer can't be compared with text",
        ),
        ("{id: z, type: {switch-on: a}}", "cases is missing"),
        (
            "{id: z, type: {switch-on: a, cases: {}}}",
            "cases is a map of one type or more",
        ),
        (
            "{id: z, type: t, parent: a}",
            "a parent is an object, found an integer",
        ),
        (
            "{id: z, type: u1, parent: t}",
            "a parent is for types of the description",
        ),
        (
            "{id: z, size: 1, process: xor(s)}",
            "a byte or bytes, found text",
        ),
        // So it does here.
        (
            "{id: z, size: 1, process: rol(s)}",
            "the number of bits to rotate by is an integer",
        ),
        (
            "{id: z, size: 1, encoding: UTF-8}",
            "an encoding is for text",
        ),
        ("{id: z, contents: [1.5]}", "1.5 is neither text nor a byte"),
        (
            "{id: z, contents: [true]}",
            "true is neither text nor a byte",
        ),
        (
            "{id: z, contents: abc, valid: '[1]'}",
            "contents say what the bytes are",
        ),
        ("{id: z, type: u1, doc: [1]}", "doc is text"),
    ] {
        let text = FIELDS.replace("types:\n", &format!("  - {field}\ntypes:\n"));
        let (line, error) = refused(&text);
        assert!(error.contains(words), "{field}: {error}");
        assert_eq!(line, Some(11), "{field}: {error}");
    }
}

#[test]
fn enums_and_parameters_are_looked_at() {
    for (text, words) in [
        ("enums: {e: {1: a, 2: a}}", "the enum e has two members a"),
        ("enums: {e: {1: a, 0x1: b}}", "1 is a in the enum e already"),
        (
            "enums: {e: {1: {id: a, foo: b}}}",
            "a member of an enum has no key foo",
        ),
        ("params: [{id: a, type: nope}]", "no type is called nope"),
        (
            "params: [{id: a, type: 'nope[]'}]",
            "no type is called nope",
        ),
        (
            "params: [{id: a, type: [u1]}]",
            "the type of a parameter is a name",
        ),
        (
            "to-string: 1.5 == 1",
            "to-string is text, found a truth value",
        ),
    ] {
        let (line, error) = refused(&format!("meta: {{id: r}}\n{text}\n"));
        assert!(error.contains(words), "{text}: {error}");
        assert_eq!(line, Some(2), "{text}: {error}");
    }
}

#[test]
fn opaque_types_without_a_description_are_named() {
    let text = "meta: {id: r, ks-opaque-types: true}\nseq: [{id: a, type: nowhere}]\n";
    let (line, error) = refused(text);
    assert_eq!(line, Some(2));
    assert!(error.contains("the type nowhere is opaque"), "{error}");
    let text = "meta: {id: r, ks-opaque-types: maybe}\n";
    assert!(refused(text).1.contains("ks-opaque-types is true or false"));
}
