//! Descriptions and data that ask for too much: bounded work, and a problem that says so.

use bytewright::Source;
use bytewright::formats::kaitai::Kaitai;
use bytewright::inspect::Document;

use crate::common::within_processor_seconds;
use crate::suite::problems;

fn errors(text: &str, bytes: &[u8]) -> Vec<String> {
    let kaitai = Kaitai::from_text("h.ksy", text).unwrap();
    let source = Source::from(bytes);
    let document = within_processor_seconds(60, "reading", || Document::open(source, kaitai));
    let mut errors = Vec::new();
    problems("", document.unwrap().root(), &mut errors);
    errors
}

#[test]
fn a_type_that_contains_itself_ends() {
    let text = "meta: {id: h}\nseq: [{id: a, type: t}]\ntypes:\n  t: {seq: [{id: t, type: t}]}";
    let errors = errors(text, b"x");
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].ends_with("K006 more than 192 objects lie in one another"),
        "{errors:?}"
    );
}

#[test]
fn items_without_bytes_are_bounded() {
    let text = "meta: {id: h}\nseq: [{id: a, type: t, repeat: eos}]\ntypes:\n  t: {seq: []}";
    let errors = errors(text, b"x");
    assert!(
        errors[0].contains("K006 more than 65536 items take no bytes"),
        "{errors:?}"
    );
}

#[test]
fn a_count_from_data_is_no_promise() {
    let text = "meta: {id: h, endian: le}\nseq:\n  - {id: n, type: u8}\n  - {id: a, type: u1, repeat: expr, repeat-expr: n}";
    let errors = errors(text, &[0xff; 16]);
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].starts_with(".a: K001 item 8: needs 1 bytes, 0 are left"),
        "{errors:?}"
    );
}

#[test]
fn instances_that_multiply_are_bounded() {
    // Each object has two more at other places, which have two more.
    let text = "meta: {id: h}\nseq: [{id: a, type: 't(0)'}]\ntypes:\n  t:\n    params: [{id: n, type: s4}]\n    \
                instances:\n      l: {pos: 0, type: t(n * 2 + 1)}\n      r: {pos: 0, type: t(n * 2 + 2)}";
    let errors = errors(text, b"x");
    assert!(
        errors.iter().any(|error| error.contains("K006")),
        "{errors:?}"
    );
}

#[test]
fn instances_that_need_one_another_end() {
    let mut text = "meta: {id: h}\ninstances:\n".to_owned();
    for i in 0..20_000 {
        text.push_str(&format!("  i{i}: {{value: (i{} + 1) * 2}}\n", i + 1));
    }
    text.push_str("  i20000: {value: 1}\n");
    let errors = errors(&text, b"x");
    assert!(
        errors[0].contains("need one another without end"),
        "{}",
        errors[0]
    );
}

#[test]
fn deep_expressions_at_deep_places_fit_the_stack() {
    // Each object needs the one inside it, in an expression with many parts.
    let deep = format!("{}n + t.v.as<s4>{}", "(1 + ".repeat(40), ")".repeat(40));
    let text = format!(
        "meta: {{id: h}}\nseq: [{{id: a, type: t(0)}}]\ntypes:\n  t:\n    params: [{{id: n, type: s4}}]\n    \
         instances:\n      t: {{pos: 0, type: t(n + 1)}}\n      v: {{value: {deep}}}\n      w: {{pos: v, type: u1}}"
    );
    let errors = errors(&text, b"x");
    assert!(
        errors.iter().any(|error| error.contains("K00")),
        "{errors:?}"
    );
}

#[test]
fn texts_that_double_are_bounded() {
    let mut text = "meta: {id: h}\ninstances:\n  i0: {value: '\"xxxxxxxxxxxxxxxx\"'}\n".to_owned();
    for i in 1..60 {
        text.push_str(&format!("  i{i}: {{value: i{0} + i{0}}}\n", i - 1));
    }
    let errors = errors(&text, b"x");
    assert!(
        errors.iter().any(|error| error.contains("K006")),
        "{errors:?}"
    );
}

#[test]
fn a_bomb_of_zlib_is_bounded() {
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;
    let mut bomb = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..300 {
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let text = "meta: {id: h}\nseq: [{id: a, size-eos: true, process: zlib}]";
    let errors = errors(text, &bomb);
    assert!(
        errors[0].contains("K006 processing makes more than"),
        "{errors:?}"
    );
}

#[test]
fn expressions_and_files_have_limits() {
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    let chain = vec!["1"; 5000].join(" + ");
    let dots = vec!["a"; 5000].join(".");
    for expression in [deep, chain, dots, "-".repeat(5000) + "1"] {
        let text = format!("meta: {{id: h}}\nseq: [{{id: a, size: \"{expression}\"}}]");
        let error = Kaitai::from_text("h.ksy", &text).unwrap_err();
        assert!(error.to_string().contains("more than"), "{error}");
    }
}

#[test]
fn files_that_import_one_another_are_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(
        path("a.ksy"),
        "meta: {id: a, imports: [b]}\nseq: [{id: x, type: u1}, {id: b, type: b}]",
    )
    .unwrap();
    std::fs::write(
        path("b.ksy"),
        "meta: {id: b, imports: [a]}\nseq: [{id: y, type: u1}]",
    )
    .unwrap();
    let kaitai = Kaitai::open(path("a.ksy"), &[]).unwrap();
    let document = Document::open(Source::from(&b"\x01\x02"[..]), kaitai).unwrap();
    let found = document.find(&"b.y".parse().unwrap()).unwrap();
    assert_eq!(found[0].node.value, Some(2.into()));
}

#[test]
fn references_in_a_circle_are_gone_through_once() {
    // Each item names the next, the last the first.
    let text = "meta: {id: h}\nseq: [{id: l, type: t, repeat: eos}]\ntypes:\n  t:\n    seq: [{id: v, type: u1}]\n    \
                instances:\n      next: {value: '_root.l[v]'}";
    let kaitai = Kaitai::from_text("h.ksy", text).unwrap();
    let document = Document::open(Source::from(&[1, 2, 0][..]), kaitai).unwrap();
    let value = |path: &str| {
        let found = document.find(&path.parse().unwrap()).unwrap();
        found[0].node.value.clone()
    };
    assert_eq!(value("l[0].next.next.v"), Some(0.into()));
    assert_eq!(value("l[1].next.next.v"), Some(1.into()));
    // It would be the first item again.
    assert_eq!(value("l[0].next.next.next"), None);
    assert!(
        document
            .find(&"l[0].next.next.next.v".parse().unwrap())
            .is_err()
    );
}
