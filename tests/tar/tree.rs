//! The tree of an archive: every byte has one owner, and it is the right one.

use std::fmt::Write as _;
use std::io::Write as _;

use bytewright::Source;
use bytewright::formats::tar::{self, Builder, Tar};
use bytewright::inspect::{Document, Path, Step, walk};
use bytewright::tree::{Node, Space};

/// Leaves that own bytes of a space, in order.
fn leaves(root: &Node, space: Space) -> Vec<(u64, u64, String)> {
    let mut found = Vec::new();
    walk(root, &mut |path, _, node| {
        if node.owns_bytes() && node.range.space == space && node.range.size > 0 {
            found.push((node.range.offset, node.range.end(), path.to_owned()));
        }
        Ok(Step::Into)
    })
    .unwrap();
    found
}

#[test]
fn the_format_says_what_it_is_and_what_mends_it() {
    use bytewright::format::Format;

    assert_eq!(Tar.name(), "tar");
    assert_eq!(Tar.title(), "A tar archive: v7, ustar, pax, GNU or star");
    assert_eq!(
        (Tar.suffixes(), Tar.signatures()),
        (&["tar"][..], &[(257, &b"ustar"[..])][..])
    );
    assert!(Tar.remedy(false).unwrap().contains("bytewright tar check"));
}

fn assert_covered(bytes: &[u8]) {
    let document = Document::open(Source::from(bytes), Tar).unwrap();
    let mut at = 0;
    for (start, end, path) in leaves(document.root(), Space::FILE) {
        assert_eq!(start, at, "{path}");
        at = end;
    }
    assert_eq!(at, bytes.len() as u64);
}

/// The tree of a plain archive.
fn tree(bytes: Vec<u8>) -> Node {
    tar::tree(&Source::from(bytes), Space::FILE).unwrap()
}

fn part(root: &Node, path: &str) -> Node {
    let path: Path = path.parse().unwrap();
    path.find(root).unwrap().remove(0).node
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
    let tree = tree(sample());
    let mut text = String::new();
    let mut line = |depth: usize, node: &Node| {
        let key = node.key.as_ref().map_or(String::new(), |key| {
            format!(" {}", String::from_utf8_lossy(&key[..key.len().min(3)]))
        });
        let (range, name) = (node.range, &node.name);
        let indent = depth * 2;
        writeln!(
            text,
            "{:indent$}{} {} {name}{key}",
            "", range.offset, range.size
        )
        .unwrap();
    };
    for part in tree.children() {
        let part = part.unwrap();
        line(0, &part);
        for member in part.children() {
            let member = member.unwrap();
            line(1, &member);
            for part in member.children() {
                line(2, &part.unwrap());
            }
        }
    }
    assert_eq!(
        text,
        "\
0 3072 members
  0 1024 0 a
    0 512 header
    512 7 data
    519 505 padding
  1024 2048 1 bbb
    1024 1024 extended_header
    2048 512 header
    2560 4 data
    2564 508 padding
3072 7168 end
  3072 1024 zeros
  4096 6144 trailing
"
    );
    let size = part(&tree, "members[0].header.size");
    assert_eq!(size.range.offset, 124);
    assert_eq!(size.value, Some(7.into()));
    assert_eq!(size.meaning.as_deref(), Some("7 bytes"));
    let mtime = part(&tree, "members[\"a\"].header.mtime");
    assert_eq!(mtime.meaning.as_deref(), Some("1970-01-01 00:00 UTC"));
}

#[test]
fn a_gzipped_archive_has_a_space_of_its_own() {
    let bytes = sample();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&bytes).unwrap();
    let document = Document::detect(Source::from(encoder.finish().unwrap()), None).unwrap();
    let inner = leaves(document.root(), Space::stream(0));
    assert_eq!(inner.last().unwrap().1, bytes.len() as u64);
    let found = document.find(&"members[0].header.size".parse().unwrap());
    assert_eq!(found.unwrap()[0].path, "content.members[0].header.size");
}

#[test]
fn an_error_is_a_problem_of_the_last_node() {
    let mut bytes = sample();
    bytes[1030] ^= 0xff;
    let tree = tree(bytes);
    let last = part(&tree, "unread");
    assert_eq!(
        (last.problems[0].code, last.problems[0].range.offset),
        ("T015", 1024)
    );
}
