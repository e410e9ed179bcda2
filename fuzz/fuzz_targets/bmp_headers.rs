//! Any bytes as a bitmap's headers: the report has each byte of the file in one place, and the
//! repairs lie in the file or right after it.
#![no_main]

use bytewright::Source;
use bytewright::formats::bmp;
use bytewright::tree::Node;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let source = Source::from(data);
    let report = bmp::inspect(&source).expect("memory is read");
    let mut at = 0;
    for region in report.regions().iter().filter(|region| !region.view) {
        assert_eq!(region.range.offset, at);
        at = region.range.end();
    }
    assert_eq!(at, data.len() as u64);
    let tree = report.tree().expect("a tree");
    let mut owners = Vec::new();
    collect(&tree, &mut owners);
    owners.sort();
    let mut end = 0;
    for (offset, behind, name) in owners {
        assert_eq!(offset, end, "{name}");
        end = behind;
    }
    assert_eq!(end, data.len() as u64);
    for problem in report.problems() {
        assert!(problem.message.len() < 1000, "{problem:?}");
    }
});

/// Where each byte's owner begins and ends.
fn collect(node: &Node, owners: &mut Vec<(u64, u64, String)>) {
    if node.owns_bytes() && node.range.size > 0 {
        owners.push((node.range.offset, node.range.end(), node.name.to_string()));
    }
    for child in node.children() {
        collect(&child.expect("a child"), owners);
    }
}
