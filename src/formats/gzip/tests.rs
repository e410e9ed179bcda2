//! A gzip file as a tree: its fields, their problems, and what follows the members.

use std::io::{self, Read as _};

use super::members::Members;
use super::{MAX_CONTENT, Stream};
use crate::Source;
use crate::codecs::gzip::tests::{gzip, haltingly, header, noise, text};
use crate::source::ReadAt;
use crate::tree::{Node, Range, Role};

fn tree(bytes: &[u8]) -> Node {
    let stream = Stream::read(&Source::from(bytes)).unwrap();
    stream
        .tree_around(Node::new("content", Range::file(0, 0)))
        .unwrap()
}

/// The members of a tree, and what is wrong with each node of them: its path, the code, the place.
fn members(tree: &Node) -> Vec<Node> {
    let members = tree.child("members").unwrap().children();
    members.map(|node| node.unwrap().into_owned()).collect()
}

fn problems(node: &Node) -> Vec<(String, &'static str, u64)> {
    let own = node.problems.iter();
    let mut found: Vec<_> = own
        .map(|problem| (node.name.to_string(), problem.code, problem.range.offset))
        .collect();
    for child in node.children() {
        for (path, code, at) in problems(&child.unwrap()) {
            found.push((format!("{}.{path}", node.name), code, at));
        }
    }
    found
}

/// Each part, also where the file ends in it.
#[test]
fn every_field_of_a_header_has_its_meaning() {
    let rest = &gzip(b"x")[10..];
    for (at, value, name, meaning) in [
        (2, 8, "method", Some("deflate")),
        (4, 0, "mtime", Some("not stated")),
        (4, 1, "mtime", Some("1970-01-01 00:00:01 UTC")),
        (8, 2, "extra_flags", Some("slowest, smallest")),
        (8, 4, "extra_flags", Some("fastest")),
        (8, 3, "extra_flags", None),
        (9, 0, "os", Some("FAT")),
        (9, 3, "os", Some("Unix")),
        (9, 7, "os", Some("Macintosh")),
        (9, 10, "os", Some("TOPS-20")),
        (9, 11, "os", Some("NTFS")),
        (9, 255, "os", Some("unknown")),
        (9, 77, "os", None),
    ] {
        let mut file = [&header(0, b"")[..], rest].concat();
        file[at] = value;
        let members = members(&tree(&file));
        let field = members[0].child("header").unwrap().child(name).unwrap();
        assert_eq!(field.meaning.as_deref(), meaning, "{name} {value}");
    }
    let members = members(&tree(&gzip(b"world")));
    let names: Vec<_> = members[0]
        .children()
        .map(|n| n.unwrap().name.clone())
        .collect();
    assert_eq!(names, ["header", "data", "trailer"]);
    let trailer = members[0].child("trailer").unwrap();
    // zlib.crc32(b"world") in Python.
    let crc = trailer.child("crc32").unwrap();
    assert_eq!(crc.meaning.as_deref(), Some("0x3a771143"));
    let size = trailer.child("size").unwrap();
    assert_eq!(size.meaning.as_deref(), Some("of the content, modulo 2^32"));
}

#[test]
fn an_extra_field_and_a_name_may_be_as_long_as_there_is_room_for() {
    let rest = &gzip(b"x")[10..];
    let extra = [&[0xff, 0xff][..], &[7; 0xffff]].concat();
    let file = [&header(4, &extra)[..], rest].concat();
    let found = tree(&file);
    assert_eq!(problems(&members(&found)[0]), []);
    assert_eq!(
        found.child("members").unwrap().range.size,
        file.len() as u64
    );
    let name = [&[b'n'; 0xffff][..], b"\0"].concat();
    for flags in [8, 16] {
        let file = [&header(flags, &name)[..], rest].concat();
        assert_eq!(problems(&members(&tree(&file))[0]), []);
        let longer = [&header(flags, b"n")[..], &name, rest].concat();
        assert_eq!(problems(&members(&tree(&longer))[0])[0].1, "G010");
    }
}

/// A file that ends right in front of a part has that part in its tree, with nothing in it; that it
/// ends there is a problem of the member.
#[test]
fn the_end_of_a_file_in_a_header_is_told_of_the_member() {
    for (flags, parts, part) in [
        (4, &b""[..], "extra"),
        (4, b"\x05\0ab", "extra"),
        (8, b"", "name"),
        (8, b"na", "name"),
        (16, b"", "comment"),
        (2, b"\x01", "header_crc"),
        (12, b"\0\0", "name"),
    ] {
        let file = header(flags, parts);
        let members = members(&tree(&file));
        let end = file.len() as u64;
        assert_eq!(problems(&members[0]), [("0".into(), "G001", end)], "{part}");
        let header = members[0].child("header").unwrap();
        assert_eq!(header.range, Range::file(0, end), "{part}");
        assert!(header.child(part).unwrap().role == Role::Gap, "{part}");
        assert!(members[0].child("data").is_none() && members[0].child("trailer").is_none());
    }
}

#[test]
fn what_is_not_deflate_has_neither_data_nor_trailer() {
    let mut file = gzip(b"x");
    file[2] = 7;
    let members = members(&tree(&file));
    assert_eq!(
        problems(&members[0]),
        [("0.header.method".into(), "G005", 2)]
    );
    let names: Vec<_> = members[0]
        .children()
        .map(|n| n.unwrap().name.clone())
        .collect();
    assert_eq!(names, ["header"]);
    // Cut in front of the data, and in front of the trailer.
    let whole = gzip(b"some text");
    for (end, expected) in [
        (10, &["header"][..]),
        (whole.len() - 8, &["header", "data"]),
    ] {
        let members = self::members(&tree(&whole[..end]));
        let names: Vec<_> = members[0]
            .children()
            .map(|n| n.unwrap().name.clone())
            .collect();
        assert_eq!(names, expected);
        assert_eq!(problems(&members[0]), [("0".into(), "G001", end as u64)]);
    }
}

#[test]
fn problems_stand_at_the_field_that_they_are_of() {
    let whole = gzip(b"some text");
    let end = whole.len();
    for (at, xor, path, code) in [
        (3, 0x20, "0.header.flags", "G006"),
        (3, 0x40, "0.header.flags", "G006"),
        (3, 0x80, "0.header.flags", "G006"),
        (end - 8, 1, "0.trailer.crc32", "G003"),
        (end - 1, 1, "0.trailer.size", "G004"),
    ] {
        let mut file = whole.clone();
        file[at] ^= xor;
        let found = problems(&members(&tree(&file))[0]);
        let at = if code == "G004" { end - 4 } else { at };
        assert_eq!(found, [(path.into(), code, at as u64)]);
    }
    // FTEXT says something of the content alone.
    let mut file = whole.clone();
    file[3] = 1;
    assert_eq!(problems(&members(&tree(&file))[0]), []);
    // A block of deflate of a type that isn't one.
    let broken = [&header(0, b"")[..], b"\x07rest of it"].concat();
    let found = problems(&members(&tree(&broken))[0]);
    assert_eq!((found.len(), found[0].1), (1, "G002"));
}

/// Content that is much larger than its data, and data that come a byte at a time.
#[test]
fn a_member_is_checked_whatever_pieces_it_comes_in() {
    let zeros = gzip(&vec![0; 1_000_000]);
    let text = gzip(&noise(200_000));
    for whole in [&zeros, &text] {
        assert_eq!(problems(&tree(whole)), []);
        let stream = Source::stream(haltingly(whole, 1000));
        let read = Stream::read(&stream).unwrap();
        let tree = read
            .tree_around(Node::new("content", Range::file(0, 0)))
            .unwrap();
        assert_eq!(problems(&tree), []);
        assert_eq!(members(&tree)[0].range.size, whole.len() as u64);
    }
}

#[test]
fn what_stands_behind_the_members_is_told_in_the_tree() {
    let whole = gzip(b"one");
    let end = whole.len() as u64;
    let last = |bytes: &[u8]| {
        let tree = tree(bytes);
        let last = tree.children().last().unwrap().unwrap().into_owned();
        let found = problems(&last).into_iter().map(|(_, code, _)| code);
        (
            last.name.to_string(),
            last.range.offset,
            found.collect::<Vec<_>>(),
        )
    };
    let zeros = [&whole[..], &[0; 20_000]].concat();
    let late = [&zeros[..], b"x"].concat();
    assert_eq!(last(&whole), ("content".into(), 0, vec![]));
    assert_eq!(last(&zeros), ("zeros".into(), end, vec![]));
    assert_eq!(last(&late), ("trailing".into(), end, vec!["G008"]));
    // After a member that can't be read to its end, nothing is known.
    let mut broken = [&whole[..], b"rest"].concat();
    broken[10] = 7;
    assert_eq!(last(&broken).0, "unread");
    assert_eq!(last(&broken).2, [""; 0]);
    let two = tree(&[&whole[..], &whole].concat());
    let members = two.child("members").unwrap();
    assert_eq!(members.meaning.as_deref(), Some("2 members"));
    let one = tree(&whole);
    let members = one.child("members").unwrap();
    assert_eq!(members.meaning.as_deref(), Some("1 member"));
}

#[test]
fn members_beyond_the_limit_are_told_and_not_looked_at() {
    let whole = gzip(b"one").repeat(3);
    let source = Source::from(whole.clone());
    let tree = |most| {
        let stream = Stream::read_up_to(&source, most).unwrap();
        stream
            .tree_around(Node::new("content", Range::file(0, 0)))
            .unwrap()
    };
    let at = whole.len() as u64 / 3 * 2;
    let found = tree(2);
    assert_eq!(members(&found).len(), 2);
    assert_eq!(problems(&found), [("gzip.unread".into(), "G009", at)]);
    assert_eq!(problems(&tree(3)), []);
    assert_eq!(members(&tree(3)).len(), 3);
}

#[test]
fn content_beyond_the_limit_is_told() {
    let stream = Stream::read(&Source::from(gzip(b"one"))).unwrap();
    for (size, expected) in [(MAX_CONTENT - 1, 0), (MAX_CONTENT, 1), (MAX_CONTENT + 1, 1)] {
        let tree = stream
            .tree_around(Node::new("content", Range::file(0, size)))
            .unwrap();
        assert_eq!(tree.child("content").unwrap().problems.len(), expected);
    }
}

/// Content ends where a stream is broken; an error of the disk isn't an end.
#[test]
fn content_goes_as_far_as_the_stream_can_be_read() {
    struct Failing(Vec<u8>);
    impl ReadAt for Failing {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            match self.0.read_at(offset, buf)? {
                0 => Err(io::ErrorKind::PermissionDenied.into()),
                read => Ok(read),
            }
        }
        fn size(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64 + 100)
        }
    }
    let text = text(30_000);
    let whole = gzip(&text);
    let middle = whole.len() / 3 * 2;
    // A block of a type that there is none of, after a whole member.
    let broken = [&whole[..], &header(0, b"\x07rest")].concat();
    let content = |bytes: Vec<u8>| {
        let stream = Stream::read(&bytes.into()).unwrap();
        stream.content().read(0, 1 << 20).unwrap()
    };
    assert!(content(broken) == text);
    let found = content(whole[..middle].to_vec());
    assert!(found.len() > text.len() / 2 && found.len() < text.len());
    assert!(text.starts_with(&found));
    let failing = Source::new(Failing(whole[..middle].to_vec()));
    let error = Stream::read(&failing).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}

/// A member without content, and more blocks without content than are read at once.
#[test]
fn what_holds_nothing_is_no_end() {
    let content = |bytes: &[u8]| {
        let stream = Stream::read(&bytes.into()).unwrap();
        stream.content().read(0, 1 << 20).unwrap()
    };
    let empty = b"\0\0\0\xff\xff".repeat(40_000);
    let trailer = [libdeflater::crc32(b"abc").to_le_bytes(), 3u32.to_le_bytes()].concat();
    let late = [&empty[..], b"\x01\x03\0\xfc\xffabc", &trailer].concat();
    assert_eq!(content(&header(0, &late)), b"abc");
    assert_eq!(content(&[gzip(b""), gzip(b"abc")].concat()), b"abc");
}

/// Members are found to the end of the file, however little of their content is asked for.
#[test]
fn members_are_found_beyond_the_content_that_is_read() {
    let whole = [gzip(b"one"), gzip(&text(9_000)), gzip(b"three")].concat();
    for most in [0, 1, 3, 5, 9_003] {
        let (mut members, found) = Members::new(&whole.clone().into(), 9, most);
        let mut content = Vec::new();
        members.read_to_end(&mut content).unwrap();
        assert_eq!(content.len() as u64, most);
        let found = found.lock().unwrap();
        assert_eq!(found.members.len(), 3, "{most}");
        assert!(found.problems.is_empty());
    }
}
