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
  - {id: m, size: 1, type: {switch-on: a, cases: {1: t}}}
  - {id: s2, type: strz}
  - {id: t2, type: w}
types:
  t: {seq: [{id: x, type: u1}], enums: {ie: {1: q}}}
  v: {params: [{id: p, type: str}]}
  w: {seq: [{id: x, type: strz}]}
enums:
  e: {1: one, 2: two}
";

/// The line of the expression of an instance that follows the fields.
const LINE: usize = 23;

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
        ("s2._sizeof", "the size of s2 follows from data"),
        ("l._sizeof", "the size of l follows from data"),
        ("t2._sizeof", "the size of t2 follows from data"),
        ("_sizeof", "the size of an object of the type r follows"),
        ("_", "there is no item here"),
        ("[]", "a list without items has no type"),
        ("[].size", "a list without items has no type"),
        ("r + 1", "r is needed to compute itself"),
        ("_parent.a", "an object of more than one type has no a"),
        ("m.x", "a value of more than one type has no x"),
        ("m == 1", "a value of more than one type can't be compared"),
        (
            "m + 1",
            "a value of more than one type and an integer can't",
        ),
        ("m ? 1 : 2", "found a value of more than one type"),
        ("m._io", "a value of more than one type has no _io"),
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
        ("{id: z, type: u1, doc: }", "doc is text"),
        ("{id: z, contents: []}", "contents are a byte or more"),
        ("{id: z, contents: }", "neither text nor a byte"),
        ("{id: z, contents: [256]}", "256 is no byte"),
        ("{id: z, size: 1, terminator: '0'}", "terminator is a byte"),
        (
            "{id: z, type: u1, valid: {}}",
            "valid has one of any-of, eq",
        ),
        (
            "{id: z, type: u1, valid: {-x: 1}}",
            "valid has one of any-of, eq",
        ),
        (
            "{id: z, type: u1, enum: e, valid: {in-enum: false}}",
            "in-enum is true",
        ),
        ("{id: z, type: u1, if: _ == 1}", "there is no item here"),
        ("{id: z, size: _}", "there is no item here"),
        (
            "{id: z, type: t()}",
            "t without arguments has no parentheses",
        ),
        (
            "{id: z, type: u1, if: m}",
            "if is a truth value, found a value of more than one",
        ),
        (
            "{id: z, type: v(m)}",
            "the parameter p is text, found a value of more",
        ),
    ] {
        let text = FIELDS.replace("types:\n", &format!("  - {field}\ntypes:\n"));
        let (line, error) = refused(&text);
        assert!(error.contains(words), "{field}: {error}");
        assert_eq!(line, Some(14), "{field}: {error}");
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
        ("types:", "there is nothing in types"),
        ("seq:", "there is nothing in seq"),
        ("types: {t: }", "the type t is a map"),
        (
            "types: {t: {meta: {endian: {switch-on: 1, cases: {1: le}, x: 1}}}}",
            "endian has no key x",
        ),
        (
            "types: {t: {instances: {a: {value: _parent}}}}",
            "nothing says what _parent is: no field is an object of the type t",
        ),
        (
            "seq: [{id: a, type: t, parent: false}]\ntypes: {t: {instances: {a: {value: _parent}}}}",
            "nothing says what _parent is",
        ),
        (
            "params: [{id: p, type: any}]\ninstances: {a: {value: p + 1}}",
            "a value of more than one type and an integer",
        ),
        (
            "to-string: 1.5 == 1",
            "to-string is text, found a truth value",
        ),
    ] {
        let (line, error) = refused(&format!("meta: {{id: r}}\n{text}\n"));
        assert!(error.contains(words), "{text}: {error}");
        let last = 2 + text.matches('\n').count();
        assert_eq!(line, Some(last), "{text}: {error}");
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

#[test]
fn a_circle_of_values_is_named_where_it_begins() {
    for (instances, line) in [
        ("  b: {value: c}\n  c: {value: d + 1}\n  d: {value: c}\n", 4),
        ("  b: {value: 1}\n  d: {value: 'true ? d : b'}\n", 4),
    ] {
        let (found, error) = refused(&format!("meta: {{id: r}}\ninstances:\n{instances}"));
        assert!(error.contains("is needed to compute itself"), "{error}");
        assert_eq!(found, Some(line), "{error}");
    }
    // What is read, or has an enum, has its type whatever its value is.
    let text = "meta: {id: r}
instances:
  a: {pos: b, type: u1}
  b: {value: a + 1}
  c: {value: d, enum: e}
  d: {value: c.to_i}
enums: {e: {1: one}}
";
    Kaitai::from_text("r.ksy", text).unwrap();
}

#[test]
fn long_chains_of_values_are_looked_at_once() {
    let mut text = "meta: {id: r}\ninstances:\n".to_owned();
    for i in 0..20_000 {
        text.push_str(&format!("  i{i}: {{value: i{0} + i{0} + i19999}}\n", i + 1));
    }
    text.push_str("  i20000: {value: i0._sizeof}\n");
    let (_, error) = refused(&text);
    assert!(error.contains("is needed to compute itself"), "{error}");
    let sizes = format!(
        "meta: {{id: r}}\ninstances: {{a: {{value: b{}}}}}\n",
        "._sizeof".repeat(190)
    );
    assert!(refused(&sizes).1.contains("no field b"));
}
