//! Trees, problems and edits through serde, as `docs/json.md` has them.

use std::io;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytewright::format::StructFormat;
use bytewright::inspect::{Document, edit};
use bytewright::tree::{Expand, Node, Problem, Range, Severity};
use bytewright::{Source, Struct};
use serde_json::{Value as Json, json};

#[test]
fn a_document_is_the_object_that_inspect_prints() {
    for name in [
        "bmp/info-8.bmp",
        "bmp/info-16.bmp",
        "tar/ustar.tar",
        "tar/broken-checksum.tar",
        "gzip/archive.tar.gz",
    ] {
        let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        let Ok(source) = Source::open(&path) else {
            panic!("{path} is not there");
        };
        let document = Document::detect(source, None).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_bytewright"))
            .args(["inspect", "-O", "json", &path])
            .output()
            .unwrap();
        let printed: Json = serde_json::from_slice(&run.stdout).unwrap();
        assert!(printed["fields"].as_array().unwrap().len() > 10, "{name}");
        assert_eq!(serde_json::to_value(&document).unwrap(), printed, "{name}");
    }
}

/// Its own children, whose handles tell how many nodes there are at a time.
struct Many {
    leaf: Arc<Empty>,
    most: AtomicUsize,
}

struct Empty;

impl Expand for Empty {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        Box::new(std::iter::empty())
    }
}

const MANY: u64 = 10_000;

impl Expand for Many {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        Box::new((0..MANY).map(|i| {
            let alive = Arc::strong_count(&self.leaf);
            self.most.fetch_max(alive, Ordering::Relaxed);
            let node = Node::new(i.to_string(), Range::file(i, 1));
            Ok(node.with_children_on_demand(Arc::clone(&self.leaf) as Arc<dyn Expand>))
        }))
    }
}

#[test]
fn children_made_on_demand_are_written_one_by_one() {
    let many = Arc::new(Many {
        leaf: Arc::new(Empty),
        most: AtomicUsize::new(0),
    });
    let root = Node::new("root", Range::file(0, MANY));
    let root = root.with_children_on_demand(Arc::clone(&many) as Arc<dyn Expand>);
    let json = serde_json::to_string(&root).unwrap();
    // The one of `many`, and that of the node that was written last.
    assert!(many.most.load(Ordering::Relaxed) <= 2);
    let json: Json = serde_json::from_str(&json).unwrap();
    let children = json["children"].as_array().unwrap();
    assert_eq!(children.len() as u64, MANY);
    let last = json!({
        "name": "9999", "offset": 9999, "size": 1, "value": null, "kind": "group", "children": [],
    });
    assert_eq!(children.last().unwrap(), &last);
}

#[test]
fn an_error_of_making_children_is_one_of_serializing() {
    struct Broken;
    impl Expand for Broken {
        fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
            Box::new(std::iter::once(Err(io::Error::other("unreadable"))))
        }
    }
    let root = Node::new("root", Range::file(0, 1)).with_children_on_demand(Arc::new(Broken));
    let error = serde_json::to_string(&root).unwrap_err();
    assert_eq!(error.to_string(), "unreadable");
}

#[test]
fn a_problem_has_the_keys_of_its_documentation() {
    let problem = Problem::new("B003", Severity::Warning, Range::file(2, 4), "wrong");
    let expected = json!({
        "code": "B003", "severity": "warning", "offset": 2, "size": 4, "message": "wrong",
    });
    assert_eq!(serde_json::to_value(&problem).unwrap(), expected);
}

#[test]
fn an_edit_has_its_bytes_in_hexadecimal_digits() {
    let layout = StructFormat::new("point", Struct::new("<H:x H:y").unwrap());
    let document = Document::open(Source::from(&[1, 0, 2, 0][..]), layout).unwrap();
    let set = [("y".parse().unwrap(), "0x0304".to_owned())];
    let edit = edit::plan(&document, &set, true, &|_| None).unwrap();
    let expected = json!({
        "changes": [{
            "path": "y", "offset": 2, "old": "0200", "new": "0403",
            "old_value": "2", "new_value": "772", "follows": false,
        }],
        "new_problems": [],
    });
    assert_eq!(serde_json::to_value(&edit).unwrap(), expected);
}
