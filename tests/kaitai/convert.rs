//! Descriptions in the language of the crate read the same bytes to the same values.

use std::collections::HashMap;

use bytewright::Source;
use bytewright::format::StructFormat;
use bytewright::formats::kaitai::Kaitai;
use bytewright::formats::user::Known;
use bytewright::inspect::Document;

use bytewright::Value;
use bytewright::tree::Node;

use crate::suite::{self, cases, folder, problems};

/// Descriptions of the suite that the language says as a whole; the others tell what is left out.
const WHOLE: usize = 149;

/// What the suite states of a value as the formats show it: a single bit is a number.
fn as_shown(value: &str) -> String {
    match value {
        "True" => "1".to_owned(),
        "False" => "0".to_owned(),
        value => value.to_owned(),
    }
}

/// The level that a value stands in where the description has none: what is compressed, and items without
/// a name of their own.
fn bare(node: Node) -> Node {
    let mut inner: Vec<Node> = node
        .children()
        .map(|child| child.unwrap().into_owned())
        .collect();
    let Some(child) = inner.pop().filter(|_| inner.is_empty()) else {
        return node;
    };
    match &*child.name {
        "value" | "content" => bare(child),
        _ => node,
    }
}

fn shown(node: &Node, document: &Document) -> String {
    let children: Vec<Node> = node
        .children()
        .map(|child| bare(child.unwrap().into_owned()))
        .collect();
    if node.name == "content" && children.is_empty() {
        // It is read when it is asked for.
        let bytes = document.bytes(node.range, 1 << 20).unwrap();
        return Value::from(&*bytes).to_string();
    }
    if node.value.is_some() || children.is_empty() {
        return suite::shown(node);
    }
    let items: Vec<String> = children
        .iter()
        .map(|child| shown(child, document))
        .collect();
    format!("[{}]", items.join(", "))
}

/// The values of a tree by their paths.
fn gather(path: &str, node: &Node, document: &Document, into: &mut HashMap<String, String>) {
    into.insert(path.to_owned(), shown(node, document));
    for child in node.children() {
        let child = child.unwrap();
        let is_item = child.name.starts_with(|c: char| c.is_ascii_digit());
        let below = match (is_item, path) {
            (true, _) => format!("{path}[{}]", child.name),
            (false, "") => child.name.to_string(),
            (false, _) => format!("{path}.{}", child.name),
        };
        gather(&below, &bare(child.into_owned()), document, into);
    }
    // A list of numbers is one leaf.
    if let (Some(Value::List(items)), true) = (&node.value, node.is_leaf()) {
        for (index, item) in items.iter().enumerate() {
            into.insert(format!("{path}[{index}]"), item.to_string());
        }
    }
}

#[test]
fn what_is_converted_reads_as_the_description() {
    let (mut wrong, mut whole) = (Vec::new(), 0);
    for case in cases() {
        if case.error.is_some() {
            continue;
        }
        let name = case
            .path
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let kaitai = Kaitai::open(&case.path, &[folder().join("lib")]).unwrap();
        let converted = kaitai.convert();
        let told: Vec<String> = converted.left_out.iter().map(ToString::to_string).collect();
        let known = match Known::from_text("converted.toml", &converted.text) {
            Ok(known) => known,
            Err(error) => {
                wrong.push(format!("{name}: {error}\n{}", converted.text));
                continue;
            }
        };
        let compiled = match known.compile(&format!("%{name}")) {
            Ok(compiled) => compiled,
            Err(error) => {
                wrong.push(format!("{name}: {error}\n{}", converted.text));
                continue;
            }
        };
        if !told.is_empty() {
            if std::env::var_os("BYTEWRIGHT_SHOW").is_some() {
                eprintln!("{name}: {}", told.join("\n  "));
            }
            continue;
        }
        whole += 1;
        let document = Document::open(
            Source::from(case.bytes.clone()),
            StructFormat::new(&*name, compiled.layout).meanings(compiled.meanings),
        )
        .unwrap();
        let mut found_problems = Vec::new();
        problems("", document.root(), &mut found_problems);
        if case.problems.is_empty() && !found_problems.is_empty() {
            wrong.push(format!(
                "{name}: {:?} became {found_problems:?}\n{}",
                case.problems, converted.text
            ));
        }
        if !case.problems.is_empty() {
            continue;
        }
        let mut values = HashMap::new();
        gather("", document.root(), &document, &mut values);
        for (path, expected) in &case.values {
            // Bit fields are found without their integer, which has no name.
            let found = match (values.get(path), document.find(&path.parse().unwrap())) {
                (Some(found), _) => found.clone(),
                (None, Ok(found)) => shown(&found[0].node, &document),
                (None, Err(_)) => "absent".to_owned(),
            };
            if as_shown(&found) != as_shown(expected) {
                wrong.push(format!(
                    "{name}: {path} = {found}, expected {expected}\n{}",
                    converted.text
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong, {whole} whole\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(whole >= WHOLE, "{whole} descriptions are said as a whole");
}

/// Descriptions whose instances look at what isn't whole yet where their type stands, and the instances that they lose.
const EARLIER: &[(&str, &[&str])] = &[
    // An item of the list that it is one of.
    (
        "
seq:
  - {id: n, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: n}
types:
  item:
    seq: [{id: v, type: u1}]
    instances: {first: {value: '_root.items[0].v + v'}, count: {value: _parent.n}}
",
        &["first: items"],
    ),
    // From two levels down.
    (
        "
seq:
  - {id: items, type: item, repeat: eos}
types:
  item: {seq: [{id: leaf, type: leaf}]}
  leaf:
    seq: [{id: v, type: u1}]
    instances: {first: {value: '_parent._parent.items[0].leaf.v'}}
",
        &["first: items"],
    ),
    // The object itself, what comes after it, and a value of what comes after it.
    (
        "
seq:
  - {id: head, type: head}
  - {id: tail, type: u1}
types:
  head:
    seq: [{id: v, type: u1}]
    instances:
      own: {value: _root.head.v}
      after: {value: _root.tail + v}
      twice: {value: _parent.double}
instances:
  double: {value: tail * 2}
",
        &["own: head", "after: tail", "twice: double"],
    ),
    // What stands before is there, and what seq needs it asks for as Kaitai does.
    (
        "
seq:
  - {id: n, type: u1}
  - {id: items, type: item, repeat: eos}
types:
  item:
    seq: [{id: v, type: u1}, {id: w, type: u1, if: '_root.items.size < _root.n'}]
    instances: {more: {value: _root.double + v}}
instances:
  double: {value: n * 2}
",
        &[],
    ),
];

/// Each of them is asked for eight times by the one before it: followed one by one, that is 8^24 times.
#[test]
fn values_that_need_each_other_many_times_are_followed_once() {
    let levels = 24;
    let mut text =
        "meta: {id: a}\nseq:\n  - {id: x, type: child}\n  - {id: y, type: u1}\n".to_owned();
    text += "types:\n  child:\n    seq: [{id: z, type: u1}]\n";
    text += "    instances: {late: {value: _parent.a0}}\ninstances:\n";
    for level in 0..levels {
        let next = vec![format!("a{}", level + 1); 8].join(" + ");
        text += &format!("  a{level}: {{value: {next}}}\n");
    }
    text += &format!("  a{levels}: {{value: y}}\n");
    let converted = Kaitai::from_text("a.ksy", &text).unwrap().convert();
    let told: Vec<&str> = converted
        .left_out
        .iter()
        .map(|left| left.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["the value late: a0 isn't read as a whole where the type stands"]
    );
}

#[test]
fn instances_that_look_at_what_is_not_whole_are_told() {
    for (text, lost) in EARLIER {
        let text = format!("meta: {{id: a, endian: le}}{text}");
        let converted = Kaitai::from_text("a.ksy", &text).unwrap().convert();
        let told: Vec<String> = converted
            .left_out
            .iter()
            .map(|left| left.message.clone())
            .collect();
        let expected: Vec<String> = lost
            .iter()
            .map(|lost| format!("the value {lost} isn't read as a whole where the type stands"))
            .collect();
        assert_eq!(told, expected, "{}", converted.text);
        let known = Known::from_text("a.toml", &converted.text).unwrap();
        let compiled = known.compile("%a").unwrap();
        let format = StructFormat::new("a", compiled.layout).meanings(compiled.meanings);
        let document = Document::open(Source::from(&[1u8, 5, 7][..]), format).unwrap();
        let mut found = Vec::new();
        problems("", document.root(), &mut found);
        assert!(found.is_empty(), "{found:?}\n{}", converted.text);
    }
}

#[test]
fn what_the_language_has_otherwise_is_told() {
    let rotation = "a and what follows it: bytes are rotated by 1 to 7 bits, and by a number alone";
    for (keys, told) in [
        (
            "seq: [{id: a, type: t, size: 4, pad-right: 0x20}], types: {t: {}}",
            &["a: what pads it stays a part of it"][..],
        ),
        ("seq: [{id: a, size: 1, process: rol(8)}]", &[rotation]),
        (
            "seq: [{id: n, type: u1}, {id: a, size: 1, process: ror(n)}]",
            &[rotation],
        ),
        ("seq: [{id: a, size: 1, process: ror(7)}]", &[]),
        (
            "params: [{id: n, type: u1}], seq: [{id: a, size: n}]",
            &["values for n: a file gives none"],
        ),
    ] {
        let text = format!("{{meta: {{id: a}}, {keys}}}");
        let converted = Kaitai::from_text("a.ksy", &text).unwrap().convert();
        let left = converted.left_out.iter().map(|left| left.message.as_str());
        assert_eq!(left.collect::<Vec<_>>(), told, "{}", converted.text);
    }
}
