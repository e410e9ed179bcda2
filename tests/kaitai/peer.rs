//! The suite against Kaitai's own compiler, which runs in Node.js, and its Python runtime.
//!
//! The folder `BYTEWRIGHT_KAITAI` has the npm packages kaitai-struct-compiler and yaml; the first Python of
//! the path has kaitaistruct.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bytewright::tree::{Node, Role, Severity};
use bytewright::value::Value;
use serde_json::{Value as Json, json};

use crate::common;
use crate::suite::{Case, cases, folder, open, problems};

#[test]
fn kaitais_own_compiler_and_runtime_read_the_same() {
    let Some(modules) = std::env::var_os("BYTEWRIGHT_KAITAI").map(PathBuf::from) else {
        common::skip(
            "kaitai-struct-compiler",
            "BYTEWRIGHT_KAITAI names no folder",
        );
        return;
    };
    let python = "python3";
    if !common::have_peer(python, &["-c", "import kaitaistruct"]) {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kaitai");
    let mut compile = Command::new("node");
    compile
        .arg(here.join("peer.js"))
        .arg(folder())
        .arg(out.path())
        .arg(modules);
    let Some(said) = common::peer_output(&mut compile) else {
        return;
    };
    let said = String::from_utf8(said).unwrap();
    let refused: HashMap<&str, &str> = said
        .lines()
        .filter_map(|line| line.split_once(".ksy refused "))
        .collect();
    let cases = cases();
    let name = |case: &Case| {
        case.path
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    let mut wrong = Vec::new();
    let mut asked: Vec<&Case> = Vec::new();
    let mut input = String::new();
    for case in &cases {
        let refuses = refused.get(&*name(case));
        match (&case.error, refuses, &case.alone) {
            (_, _, Some(_)) | (Some(_), ..) => {}
            (None, Some(why), None) => wrong.push(format!("{} is refused: {why}", name(case))),
            (None, None, None) => {
                let hex: String = case
                    .bytes
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                input.push_str(&format!("{} {hex}\n", name(case)));
                asked.push(case);
            }
        }
    }
    let mut reading = Command::new(python)
        .arg(here.join("peer.py"))
        .arg(out.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = reading.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let read = reading.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    let read = String::from_utf8(read.stdout).unwrap();
    let read: HashMap<String, Json> = read
        .lines()
        .map(|line| serde_json::from_str::<(String, Json)>(line).unwrap())
        .collect();
    let mut compared = 0;
    for case in asked {
        let theirs = &read[&name(case)];
        let document = match open(case) {
            Ok(document) => document,
            Err(error) => {
                wrong.push(error);
                continue;
            }
        };
        if *theirs == json!("!") {
            let mut errors = Vec::new();
            problems("", document.root(), &mut errors);
            if errors.is_empty() {
                wrong.push(format!("{}: they fail, we don't", name(case)));
            }
        } else {
            compare(&name(case), &ours(document.root()), theirs, &mut wrong);
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= 120, "{compared} descriptions were compared");
}

fn compare(path: &str, ours: &Json, theirs: &Json, wrong: &mut Vec<String>) {
    match (ours, theirs) {
        (_, Json::String(text)) if text == "@" => {}
        (Json::Object(a), Json::Object(b)) => {
            for name in a
                .keys()
                .chain(b.keys().filter(|name| !a.contains_key(*name)))
            {
                let (a, b) = (a.get(name), b.get(name));
                let none = Json::Null;
                let path = format!("{path}.{name}");
                compare(&path, a.unwrap_or(&none), b.unwrap_or(&none), wrong);
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{index}]"), a, b, wrong);
            }
        }
        _ if ours == theirs => {}
        // Where reading an instance fails, there is what was read of it, and where it failed.
        (ours, Json::String(text)) if text == "!" && ours.to_string().contains("\"!\"") => {}
        _ => wrong.push(format!("{path}: we read {ours}, they {theirs}")),
    }
}

/// A tree as the peer's program writes its own.
fn ours(node: &Node) -> Json {
    if node
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
    {
        return json!("!");
    }
    if let Some(value) = &node.value {
        return plain(value);
    }
    let children: Vec<Node> = node
        .children()
        .map(|child| child.unwrap().into_owned())
        .filter(|child| !matches!(child.role, Role::Gap | Role::Padding))
        .collect();
    if !children.is_empty() && children.iter().all(Node::is_item) {
        return children.iter().map(ours).collect();
    }
    let fields = children
        .iter()
        .filter(|child| !child.name.starts_with("_raw_"))
        .map(|child| (child.name.to_string(), ours(child)));
    Json::Object(fields.collect())
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(b) => json!(b),
        Value::Float(x) => {
            let shown = Value::Float(*x).to_string();
            json!(format!("f{shown}"))
        }
        Value::Bytes(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!(format!("b{hex}"))
        }
        Value::List(items) => items.iter().map(plain).collect(),
        number => json!(number.to_string()),
    }
}
