//! Icons and cursors: what the codes say, and files of another program.

#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use bytewright::Source;
use bytewright::format::Format;
use bytewright::formats::ico::Ico;
use bytewright::inspect::{Document, Step, walk};
use bytewright::tree::{Problem, Severity};

use crate::common::{peer_output, run_peer};
use crate::fixtures::generated;

fn problems(document: &Document) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(document.root(), &mut |_, _, node| {
        found.extend(node.problems.iter().cloned());
        Ok(Step::Into)
    })
    .unwrap();
    found
}

#[test]
fn every_code_of_the_table_is_found_in_a_fixture_with_its_severity() {
    let mut found = BTreeSet::new();
    for fixture in generated::all() {
        if !fixture.path.starts_with("ico/") {
            continue;
        }
        let path = Path::new(fixture.path);
        let document = Document::detect(Source::from(fixture.bytes), Some(path)).unwrap();
        assert_eq!(document.format().name(), "ico", "{}", fixture.path);
        for problem in problems(&document) {
            let Some(code) = Ico.codes().iter().find(|code| code.code == problem.code) else {
                continue;
            };
            assert_eq!(problem.severity, code.severity, "{}", fixture.path);
            found.insert(code.code);
        }
    }
    assert_eq!(found.len(), Ico.codes().len(), "{found:?}");
}

#[test]
fn icons_of_another_program_have_the_sides_that_it_tells_and_no_faults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.ico");
    let mut convert = Command::new("convert");
    let convert = convert
        .args(["-size", "256x256", "gradient:red-blue", "-define"])
        .arg("icon:auto-resize=256,48,16")
        .arg(&path);
    let Some(made) = run_peer(convert) else {
        return;
    };
    assert!(made.status.success());
    let mut identify = Command::new("identify");
    let Some(told) = peer_output(identify.args(["-format", "%w × %h pixels\n"]).arg(&path)) else {
        return;
    };
    let document = Document::detect(Source::open(&path).unwrap(), None).unwrap();
    assert_eq!(document.format().name(), "ico");
    let worst = problems(&document).iter().map(|p| p.severity).max();
    assert!(worst <= Some(Severity::Note), "{:?}", problems(&document));
    let mut sides = String::new();
    for found in document.find(&"images[*]".parse().unwrap()).unwrap() {
        let meaning = found.node.meaning.unwrap();
        sides += meaning.trim_start_matches("PNG, ");
        sides.push('\n');
    }
    assert_eq!(sides, String::from_utf8(told).unwrap());
}
