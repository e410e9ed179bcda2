//! The tree of an archive: what its nodes are called, where they lie, and what they say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::Source;
use crate::source::ReadAt;
use crate::tree::{Node, Role, Space};
use crate::value::Value;

fn tree(bytes: &[u8]) -> Node {
    tar::tree(&Source::from(bytes), Space::FILE).unwrap()
}

fn children(node: &Node) -> Vec<Node> {
    node.children()
        .map(|child| child.unwrap().into_owned())
        .collect()
}

/// The node at names that lead from one to the next.
fn at(node: &Node, path: &[&str]) -> Node {
    path.iter().fold(node.clone(), |node, name| {
        let found = children(&node)
            .into_iter()
            .find(|child| child.name == *name);
        found.unwrap_or_else(|| panic!("{name} of {path:?}"))
    })
}

/// Names, roles, offsets and sizes.
fn outline(node: &Node) -> Vec<(String, Role, u64, u64)> {
    let line = |node: Node| {
        (
            node.name.to_string(),
            node.role,
            node.range.offset,
            node.range.size,
        )
    };
    children(node).into_iter().map(line).collect()
}

fn line(name: &str, role: Role, offset: u64, size: u64) -> (String, Role, u64, u64) {
    (name.to_owned(), role, offset, size)
}

use Role::{Data, Field, Gap, Padding};

#[test]
fn an_archive_has_members_and_an_end() {
    let (a, b) = (file("a", b"1"), file("b", &[2; 512]));
    let bytes = [&a[..], &b, END].concat();
    let members = line("members", Field, 0, 2048);
    let zeros = line("end", Field, 2048, 1024);
    assert_eq!(outline(&tree(&bytes)), [members.clone(), zeros]);
    let inside = [line("zeros", Padding, 2048, 1024)];
    assert_eq!(outline(&at(&tree(&bytes), &["end"])), inside);
    let behind = [&bytes[..], b"x"].concat();
    let inside = [
        line("zeros", Padding, 2048, 1024),
        line("trailing", Gap, 3072, 1),
    ];
    assert_eq!(outline(&at(&tree(&behind), &["end"])), inside);
    let cut = [line("zeros", Padding, 2048, 700)];
    assert_eq!(outline(&at(&tree(&bytes[..2748]), &["end"])), cut);
    let none = tree(&bytes[..2048]);
    assert_eq!(outline(&none), [members, line("end", Field, 2048, 0)]);
    let end = at(&none, &["end"]);
    assert_eq!((end.problems[0].code, outline(&end)), ("T002", vec![]));
    let only = [line("end", Field, 0, 1024)];
    assert_eq!(outline(&tree(END)), only);
    let meaning = |bytes: &[u8]| at(&tree(bytes), &["members"]).meaning.clone();
    assert_eq!(meaning(&bytes).as_deref(), Some("2 members"));
    assert_eq!(meaning(&a).as_deref(), Some("1 member"));
}

#[test]
fn the_parts_of_a_member_follow_each_other_without_a_gap() {
    let pieces = [("GNU.sparse.x", &b"1"[..])];
    let bytes = [
        global("uid", b"1"),
        vec![0; 512],
        pax(&pieces),
        member("l", b'L', b"name\0"),
        member("k", b'K', b"target\0"),
        file("a", &[1; 700]),
        END.to_vec(),
    ]
    .concat();
    let node = at(&tree(&bytes), &["members", "0"]);
    assert_eq!((node.range.offset, node.range.size), (0, 6144));
    assert_eq!(node.key.as_deref(), Some(&b"name"[..]));
    assert_eq!(
        outline(&node),
        [
            line("global_header", Field, 0, 1024),
            line("zeros", Gap, 1024, 512),
            line("extended_header", Field, 1536, 1024),
            line("long_name", Field, 2560, 1024),
            line("long_link", Field, 3584, 1024),
            line("header", Field, 4608, 512),
            line("data", Data, 5120, 700),
            line("padding", Padding, 5820, 324),
        ]
    );
    assert_eq!(
        outline(&at(&node, &["long_name"])),
        [
            line("header", Field, 2560, 512),
            line("text", Field, 3072, 5),
            line("padding", Padding, 3077, 507),
        ]
    );
    let text = at(&node, &["long_name", "text"]);
    assert_eq!(
        text.value.as_ref().and_then(Value::as_bytes),
        Some(&b"name\0"[..])
    );
    let extended = at(&node, &["extended_header"]);
    assert_eq!(
        outline(&extended),
        [
            line("header", Field, 1536, 512),
            line("records", Field, 2048, 18),
            line("padding", Padding, 2066, 494),
        ]
    );
    let record = at(&extended, &["records", "GNU.sparse.x"]);
    assert_eq!((record.range.offset, record.range.size), (2048, 18));
    assert_eq!(
        record.value.as_ref().and_then(Value::as_bytes),
        Some(&b"1"[..])
    );
}

#[test]
fn records_and_what_fills_them_up_are_nodes_of_their_own() {
    let data = [record("a", b"1"), record("b", b"2"), vec![0; 3]].concat();
    let bytes = [member("x", b'x', &data), file("c", b""), END.to_vec()].concat();
    let records = at(
        &tree(&bytes),
        &["members", "0", "extended_header", "records"],
    );
    assert_eq!(
        outline(&records),
        [
            line("a", Field, 512, 6),
            line("b", Field, 518, 6),
            line("padding", Padding, 524, 3),
        ]
    );
}

/// Two records of 256 bytes leave nothing to fill.
#[test]
fn records_that_fill_their_blocks_have_no_padding() {
    let data = [record("a", &[b'x'; 249]), record("b", &[b'x'; 249])].concat();
    let bytes = [member("x", b'x', &data), file("c", b""), END.to_vec()].concat();
    let header = at(&tree(&bytes), &["members", "0", "extended_header"]);
    let parts = [
        line("header", Field, 0, 512),
        line("records", Field, 512, 512),
    ];
    assert_eq!(outline(&header), parts);
    let lines = [line("a", Field, 512, 256), line("b", Field, 768, 256)];
    assert_eq!(outline(&at(&header, &["records"])), lines);
}

#[test]
fn a_map_of_old_gnu_is_shown_block_by_block() {
    let entry = b"00000000001\x0000000000002\0";
    let header = Block::new(b"s", b'S', 4)
        .gnu()
        .with(386, entry)
        .with(482, b"\x01");
    let mut first = [0; 512];
    first[..24].copy_from_slice(entry);
    first[504] = 1;
    let bytes = [&header.sealed()[..], &first, &[0; 512], b"data"].concat();
    let node = at(&tree(&bytes), &["members", "0"]);
    assert_eq!(
        outline(&node),
        [
            line("header", Field, 0, 512),
            line("sparse_map", Field, 512, 1024),
            line("data", Data, 1536, 4),
        ]
    );
    assert_eq!(
        outline(&at(&node, &["sparse_map"])),
        [line("0", Field, 512, 512), line("1", Field, 1024, 512)]
    );
    for place in [&["header", "sparse"][..], &["sparse_map", "0", "sparse"]] {
        let piece = &children(&at(&node, place))[0];
        let numbers = children(piece).into_iter().map(|node| node.value);
        let expected = [1, 2].map(|number| Some(Value::Int(number)));
        assert_eq!(numbers.collect::<Vec<_>>(), expected);
    }
    let second = at(&node, &["sparse_map", "1", "isextended"]);
    assert_eq!(second.range.offset, 1024 + 504);
}

#[test]
fn a_member_that_is_cut_has_the_data_that_are_there() {
    let bytes = file("a", &[1; 600]);
    let node = at(&tree(&bytes[..700]), &["members", "0"]);
    let parts = [line("header", Field, 0, 512), line("data", Data, 512, 188)];
    assert_eq!(outline(&node), parts);
    let root = tree(&bytes[..700]);
    let rest = at(&root, &["unread"]);
    assert_eq!(
        (rest.role, rest.range.offset, rest.range.size),
        (Gap, 700, 0)
    );
    let problem = &rest.problems[0];
    assert_eq!((problem.code, problem.range.offset), ("T015", 700));
    let junk = [&file("a", b"1")[..], &[7; 1000]].concat();
    let rest = at(&tree(&junk), &["unread"]);
    assert_eq!((rest.range.offset, rest.range.size), (1024, 1000));
    // Without padding the data end the archive.
    let unpadded = at(&tree(&bytes[..1112]), &["members", "0"]);
    assert_eq!(outline(&unpadded)[1], line("data", Data, 512, 600));
    assert_eq!(outline(&unpadded).len(), 2);
}

/// Bytes that can't be read once that is said.
struct Failing(Vec<u8>, Arc<AtomicBool>);

impl ReadAt for Failing {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        match self.1.load(Ordering::Relaxed) {
            true => Err(std::io::Error::other("gone")),
            false => self.0.read_at(offset, buf),
        }
    }

    fn size(&self) -> std::io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

#[test]
fn what_can_not_be_read_is_an_error_and_no_end_of_the_archive() {
    let bytes = [file("a", b"1"), file("b", b"2"), END.to_vec()].concat();
    let fails = Arc::new(AtomicBool::new(false));
    let source = Source::new(Failing(bytes, Arc::clone(&fails)));
    let first = |node: &Node| {
        node.children()
            .next()
            .unwrap()
            .map(|node| node.into_owned())
    };
    let root = tar::tree(&source, Space::FILE).unwrap();
    let members = first(&root).unwrap();
    fails.store(true, Ordering::Relaxed);
    assert_eq!(first(&members).unwrap_err().to_string(), "gone");
    let root = tar::tree(&source, Space::FILE).unwrap();
    assert_eq!(first(&root).unwrap_err().to_string(), "gone");
}

#[test]
fn a_member_without_data_is_its_header() {
    let parts = |bytes: &[u8]| outline(&at(&tree(bytes), &["members", "0"]));
    assert_eq!(parts(&file("a", b"")), [line("header", Field, 0, 512)]);
    let whole = [line("header", Field, 0, 512), line("data", Data, 512, 512)];
    assert_eq!(parts(&file("a", &[1; 512])), whole);
}

#[test]
fn a_member_is_told_by_what_it_is_and_how_large() {
    let meaning = |part: &[u8]| at(&tree(part), &["members", "0"]).meaning.clone().unwrap();
    assert_eq!(meaning(&file("a", b"")), "file of 0 bytes");
    assert_eq!(meaning(&file("a", b"1")), "file of 1 byte");
    assert_eq!(meaning(&file("a", b"12")), "file of 2 bytes");
    assert_eq!(meaning(&link(b'2', "a", b"b")), "symlink to \"b\"");
    assert_eq!(meaning(&link(b'1', "a", b"b")), "hardlink to \"b\"");
    assert_eq!(meaning(&member("a", b'5', b"")), "dir");
    assert_eq!(meaning(&member("a", b'6', b"")), "fifo");
    let odd = at(&tree(&member("a", b'~', b"")), &["members", "0"]);
    assert_eq!(odd.problems[0].code, "T006");
}

#[test]
fn a_field_says_its_number_or_text_and_what_it_means() {
    let block = Block::new(b"name", b'0', 5)
        .with(265, b"user")
        .with(297, b"a\0b");
    let header = at(
        &tree(&block.clone().and(b"12345")),
        &["members", "0", "header"],
    );
    assert_eq!(header.meaning.as_deref(), Some("ustar"));
    let field = |name: &str| {
        let node = at(&header, &[name]);
        (node.value.clone(), node.meaning.clone())
    };
    let number = |number| Some(Value::Int(number));
    let text = |text: &[u8]| Some(Value::from(text));
    let says = |says: &str| Some(says.to_owned());
    assert_eq!(field("mode"), (number(0o644), says("0o644")));
    assert_eq!(field("uid"), (number(1), None));
    assert_eq!(field("size"), (number(5), says("5 bytes")));
    assert_eq!(field("mtime"), (number(3), says("1970-01-01 00:00 UTC")));
    let sum = i128::from(block.sum());
    let spelled = format!("{sum:#o}, as the bytes add up to");
    assert_eq!(field("chksum"), (number(sum), Some(spelled)));
    assert_eq!(field("typeflag").1, says("regular file"));
    assert_eq!(field("name"), (text(b"name"), None));
    assert_eq!(field("uname").0, text(b"user"));
    assert_eq!(field("linkname").0, text(b""));
    // Bytes after a NUL are worth seeing.
    let mut all = b"a\0b".to_vec();
    all.resize(32, 0);
    assert_eq!(field("gname").0, text(&all));
    // What is no number stays as it is, and means nothing.
    let bad = Block::new(b"name", b'0', 0).with(100, b"x").and(b"");
    let mode = at(&tree(&bad), &["members", "0", "header", "mode"]);
    assert_eq!((mode.value, mode.meaning), (text(b"x000644\0"), None));
}

#[test]
fn times_of_gnu_headers_that_are_blank_mean_nothing() {
    let with = |bytes: &[u8]| {
        let block = Block::new(b"c", b'0', 0)
            .gnu()
            .with(345, bytes)
            .with(357, bytes);
        let header = at(&tree(&block.and(b"")), &["members", "0", "header"]);
        ["atime", "ctime"].map(|name| at(&header, &[name]).meaning.clone())
    };
    let minute = Some("1970-01-01 00:01 UTC".to_owned());
    assert_eq!(with(b"00000000074\0"), [minute.clone(), minute]);
    assert_eq!(with(&[0; 12]), [None, None]);
    // Realsize is one of bytes.
    let block = Block::new(b"c", b'0', 0).gnu().with(483, b"00000000007\0");
    let size = at(
        &tree(&block.and(b"")),
        &["members", "0", "header", "realsize"],
    );
    assert_eq!(
        (size.value, size.meaning),
        (Some(Value::Int(7)), Some("7 bytes".to_owned()))
    );
}

#[test]
fn each_letter_of_a_type_is_told() {
    for (flag, expected) in [
        (b'0', "regular file"),
        (0, "regular file"),
        (b'1', "hard link"),
        (b'2', "symbolic link"),
        (b'3', "character device"),
        (b'4', "block device"),
        (b'5', "directory"),
        (b'6', "named pipe"),
        (b'7', "contiguous file"),
        (b'S', "sparse file"),
        (b'~', "unknown"),
    ] {
        let part = member("c", flag, b"");
        let letter = at(&tree(&part), &["members", "0", "header", "typeflag"]);
        assert_eq!(letter.meaning.as_deref(), Some(expected), "{flag}");
    }
    for (flag, name, expected) in [
        (b'x', "extended_header", "extended header"),
        (b'X', "extended_header", "extended header"),
        (b'g', "global_header", "global extended header"),
        (b'L', "long_name", "long name"),
        (b'K', "long_link", "long link"),
    ] {
        let part = [member("x", flag, b""), file("c", b"")].concat();
        let letter = at(&tree(&part), &["members", "0", name, "header", "typeflag"]);
        assert_eq!(letter.meaning.as_deref(), Some(expected), "{flag}");
    }
}

#[test]
fn an_archive_is_told_by_its_first_header() {
    let header = Block::new(b"a", b'0', 0).sealed();
    assert!(tar::is_archive(&header));
    assert!(tar::is_archive(&[&header[..], b"anything"].concat()));
    assert!(!tar::is_archive(&header[..511]));
    assert!(!tar::is_archive(&[7; 512]));
    assert!(!tar::is_archive(&[0; 1024]));
    assert!(!tar::is_archive(b""));
    // A sum of 256 makes a header of zeros; only the sum isn't zero.
    let blank = Block([0; 512]).sealed();
    assert!(tar::is_archive(&blank));
}
