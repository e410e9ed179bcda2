//! The committed fixtures are what their program computes, and their trees are those beside them.
//!
//! `BYTEWRIGHT_BLESS=1 cargo test --test inspect fixtures` writes the trees anew.

#![cfg(feature = "cli")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use bytewright::Source;
use bytewright::formats::bmp;
use bytewright::inspect::{Document, Step, leaves, walk};
use bytewright::tree::{Role, Space};

#[path = "../../examples/fixtures/mod.rs"]
pub(crate) mod generated;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

#[test]
fn the_committed_files_are_what_the_program_writes() {
    for fixture in generated::all() {
        let path = folder().join(fixture.path);
        let committed = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(
            committed == fixture.bytes,
            "{} differs: run `cargo run --example fixtures`",
            fixture.path
        );
    }
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    assert_eq!(
        readme.replace("\r\n", "\n"),
        generated::readme(&generated::all())
    );
}

#[test]
fn every_tree_is_the_one_beside_the_fixture() {
    let bless = std::env::var_os("BYTEWRIGHT_BLESS").is_some();
    for fixture in generated::all() {
        let path = folder().join(fixture.path).with_extension("tree");
        let shown = match fixture.path.starts_with("bmp/") {
            true => bmp_tree(fixture.bytes),
            false => tree(fixture.path, fixture.bytes),
        };
        if bless {
            fs::write(path, shown).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert_eq!(shown, expected, "{}", path.display());
    }
}

/// A line a node, `offset size path "key" = value (meaning)`, and below it a line a problem; places
/// in what a stream holds have a `~`. Each byte of the file has one owner.
fn tree(path: &str, bytes: Vec<u8>) -> String {
    let document = Document::detect(Source::from(bytes), Some(Path::new(path))).unwrap();
    let mut text = format!("{}\n", document.format().name());
    let mut owned = Vec::new();
    walk(document.root(), &mut |path, _, node| {
        let range = node.range;
        if node.owns_bytes() && range.space == Space::FILE && range.size > 0 {
            owned.push((range.offset, range.end()));
        }
        let place = if range.space == Space::FILE { "" } else { "~" };
        write!(
            text,
            "{place}{:#06x} {:>4} {path}",
            range.offset, range.size
        )
        .unwrap();
        if let Some(key) = &node.key {
            write!(text, " {key}").unwrap();
        }
        if let Some(value) = &node.value {
            write!(text, " = {value}").unwrap();
        }
        if let Some(meaning) = &node.meaning {
            write!(text, " ({meaning})").unwrap();
        }
        if node.role != Role::Field {
            write!(text, " [{:?}]", node.role).unwrap();
        }
        text.push('\n');
        for problem in &node.problems {
            let (offset, size) = (problem.range.offset, problem.range.size);
            let (code, severity) = (problem.code, problem.severity);
            let message = &problem.message;
            writeln!(text, "  {code} {severity} {offset:#06x} {size}: {message}").unwrap();
        }
        Ok(Step::Into)
    })
    .unwrap();
    owned.sort_unstable();
    let mut at = 0;
    for (start, end) in owned {
        assert_eq!(start, at, "{path}");
        at = end;
    }
    assert_eq!(at, document.root().range.size, "{path}");
    text
}

/// A line a leaf, `offset size path = value (meaning)`, then a line a problem. A palette of more
/// than 16 entries is one leaf here.
fn bmp_tree(bytes: Vec<u8>) -> String {
    let report = bmp::inspect(&Source::from(bytes)).unwrap();
    let mut text = String::new();
    leaves(
        &report.tree().unwrap(),
        &|node| node.name != "palette" || node.range.size <= 64,
        &mut |path, node| {
            write!(
                text,
                "{:#06x} {:>4} {path}",
                node.range.offset, node.range.size
            )
            .unwrap();
            if let Some(value) = &node.value {
                write!(text, " = {value}").unwrap();
            }
            if let Some(meaning) = &node.meaning {
                write!(text, " ({meaning})").unwrap();
            }
            if node.role != Role::Field {
                write!(text, " [{:?}]", node.role).unwrap();
            }
            text.push('\n');
            Ok(())
        },
    )
    .unwrap();
    for problem in report.problems() {
        let (offset, size) = (problem.range.offset, problem.range.size);
        let bytewright::tree::Problem {
            code,
            severity,
            message,
            ..
        } = problem;
        writeln!(text, "{code} {severity} {offset:#06x} {size:>4}: {message}").unwrap();
    }
    text
}
