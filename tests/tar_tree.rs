//! The tree of an archive: every byte has one owner, and it is the right one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may fail loudly"
)]

use std::fmt::Write as _;
use std::io::Write as _;

use bytewright::Source;
use bytewright::formats::tar::{self, Builder};
use bytewright::tree::{Node, Role, Space};

/// Leaves that own bytes of a space, in order.
fn leaves(node: &Node, space: Space, found: &mut Vec<(u64, u64, String)>, path: &str) {
    let path = format!("{path}/{}", node.name);
    if node.is_leaf() {
        if node.range.space == space && node.range.size > 0 && node.role != Role::View {
            found.push((node.range.offset, node.range.end(), path));
        }
        return;
    }
    for child in node.children() {
        leaves(&child.unwrap(), space, found, &path);
    }
}

fn assert_covered(bytes: &[u8]) {
    let tree = tar::tree(&Source::from(bytes)).unwrap();
    let mut found = Vec::new();
    leaves(&tree, Space::FILE, &mut found, "");
    let mut at = 0;
    for (start, end, path) in &found {
        assert_eq!(*start, at, "{path}");
        at = *end;
    }
    assert_eq!(at, bytes.len() as u64);
}

fn sample() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "content").unwrap();
    std::fs::write(folder.path().join("b".repeat(150)), "more").unwrap();
    let file = std::fs::File::open(folder.path().join("a")).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    let mut builder = Builder::new(Vec::new());
    builder
        .add(folder.path(), Some("".as_ref()), &mut |_| {})
        .unwrap();
    builder.finish().unwrap()
}

#[test]
fn every_byte_has_one_owner_however_much_of_the_archive_is_there() {
    let bytes = sample();
    for end in (0..=bytes.len()).step_by(101).chain([bytes.len()]) {
        // Less than a header is no archive: one node says so, and owns it.
        assert_covered(&bytes[..end]);
    }
    assert_covered(&[&bytes[..], b"garbage"].concat());
    assert_covered(&[&bytes[..1024], &[0; 512], &bytes[..]].concat());
    let mut damaged = bytes.clone();
    damaged[1030] ^= 0xff;
    assert_covered(&damaged);
}

#[test]
fn the_tree_shows_members_headers_and_records() {
    let tree = tar::tree(&Source::from(sample())).unwrap();
    let mut text = String::new();
    for member in tree.children() {
        let member = member.unwrap();
        let (name, meaning) = (&member.name, member.meaning.as_deref().unwrap_or(""));
        writeln!(
            text,
            "{} {}: {meaning}",
            member.range.offset,
            &name[..name.len().min(3)]
        )
        .unwrap();
        for part in member.children() {
            let part = part.unwrap();
            writeln!(
                text,
                "  {} {} {}",
                part.range.offset, part.range.size, part.name
            )
            .unwrap();
        }
    }
    let long = "b".repeat(3);
    assert_eq!(
        text,
        format!(
            "0 a: file of 7 bytes
  0 512 header
  512 7 data
  519 505 padding
1024 {long}: file of 4 bytes
  1024 1024 extended_header
  2048 512 header
  2560 4 data
  2564 508 padding
3072 end: 
  3072 1024 zeros
"
        )
    );
    let member = tree.children().next().unwrap().unwrap().into_owned();
    let header = member.child("header").unwrap();
    assert_eq!(header.child("size").unwrap().range.offset, 124);
    assert_eq!(
        header.child("size").unwrap().meaning.as_deref(),
        Some("7 bytes")
    );
    assert_eq!(
        header.child("mtime").unwrap().meaning.as_deref(),
        Some("1970-01-01 00:00 UTC")
    );
}

#[test]
fn a_gzipped_archive_has_a_space_of_its_own() {
    let bytes = sample();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&bytes).unwrap();
    let compressed = encoder.finish().unwrap();
    assert_covered(&compressed);
    let tree = tar::tree(&Source::from(compressed)).unwrap();
    let mut found = Vec::new();
    leaves(&tree, Space::stream(0), &mut found, "");
    assert_eq!(found.last().unwrap().1, bytes.len() as u64);
}

#[test]
fn an_error_is_a_problem_of_the_last_node() {
    let mut bytes = sample();
    bytes[1030] ^= 0xff;
    let tree = tar::tree(&Source::from(bytes)).unwrap();
    let last = tree.children().last().unwrap().unwrap();
    assert_eq!(last.name, "unread");
    assert_eq!(
        (last.problems[0].code, last.problems[0].range.offset),
        ("T015", 1024)
    );
}
