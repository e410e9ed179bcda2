//! Paths: how they are written, where they lead, and what they say where they lead nowhere.

use bytewright::format::StructFormat;
use bytewright::inspect::{Document, FindError, Found, Path};
use bytewright::tree::{Expand, Node, Range, Role};
use bytewright::{Source, Struct};
use std::io;
use std::sync::Arc;

fn document(format: &str, bytes: &[u8]) -> Document {
    let layout = StructFormat::new("s", Struct::new(format).unwrap());
    Document::open(Source::from(bytes), layout).unwrap()
}

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

fn paths(found: &[Found]) -> Vec<String> {
    found.iter().map(|found| found.path.to_string()).collect()
}

/// Each leaf is found by the path that it is shown with, and by no other.
#[test]
fn every_node_is_found_by_its_path() {
    let document = document(
        "<H:a 2(B:x 3B:y B{lo:4 hi:4}):g B 2(H:z):h 2x",
        &(0..30).collect::<Vec<u8>>(),
    );
    let mut count = 0;
    bytewright::inspect::walk(document.root(), &mut |text, _, node| {
        let found = document.find(&path(text)).unwrap();
        assert_eq!(paths(&found), [text]);
        assert_eq!(found[0].node.range, node.range, "{text}");
        count += 1;
        Ok(bytewright::inspect::Step::Into)
    })
    .unwrap();
    assert!(count > 20, "{count}");
}

#[test]
fn a_path_tells_what_it_is() {
    for (text, root, pattern) in [
        ("", true, false),
        ("a", false, false),
        ("a[*]", false, true),
        ("[*].a", false, true),
        (r#"["*"]"#, false, false),
    ] {
        let path = path(text);
        assert_eq!(
            (path.is_root(), path.is_pattern()),
            (root, pattern),
            "{text}"
        );
        assert_eq!(path.to_string(), text);
    }
}

/// Fields without names are called by their index, with and without brackets.
#[test]
fn an_index_is_a_name_too() {
    let document = document("<B 2B (B B):g", &[7, 8, 9, 10, 11]);
    for (text, shown) in [
        ("0", "[0]"),
        ("2", "[2]"),
        ("[2]", "[2]"),
        ("g.1", "g[1]"),
        ("g[1]", "g[1]"),
    ] {
        let found = document.find(&path(text)).unwrap();
        assert_eq!(paths(&found), [shown], "{text}");
    }
    for text in ["3", "g.2"] {
        assert!(document.find(&path(text)).is_err(), "{text}");
    }
}

#[test]
fn faults_of_a_path_have_a_place_and_words() {
    for (text, at, words) in [
        ("a.", 2, "expected the name of a field"),
        ("a..b", 2, "expected the name of a field"),
        ("a-b", 0, r#"is written ["a-b"]"#),
        ("x.a b", 2, r#"is written ["a b"]"#),
        ("a[", 1, "no ] closes the bracket"),
        ("a[1", 1, "no ] closes the bracket"),
        ("é.a[\"x\\\"]", 0, "is written"),
        ("a[\"x\\\"]", 1, "no quote ends the key"),
        ("a['x\"]", 1, "no quote ends the key"),
        ("a[\"x\"", 1, "expected ] after the quotes"),
        ("a[\"x\"y]", 1, "expected ] after the quotes"),
        ("a[\"\\xg0\"]", 1, ""),
        ("a[1x]", 1, "expected an index"),
        ("a[]", 1, "expected an index"),
        ("a[1]b", 4, "expected . or [ here"),
        ("a[\"x\"]b", 6, "expected . or [ here"),
        ("[0].", 4, "expected the name of a field"),
        ("1a", 0, r#"is written ["1a"]"#),
        ("*", 0, "* stands for no field"),
        ("*.a", 0, "* stands for no field"),
        ("a.*.b", 2, "* stands for no field"),
        ("a.*", 2, "without .* it is the part with all of its fields"),
        (".*", 1, "without .* it is the part with all of its fields"),
    ] {
        let error = text.parse::<Path>().unwrap_err();
        assert_eq!(error.at(), at, "{text}: {error}");
        let shown = error.to_string();
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines[0].contains(words), "{text}: {error}");
        assert_eq!(lines[1], format!("  {text}"));
        let column = text[..at].chars().count();
        assert_eq!(lines[2], format!("  {}^", " ".repeat(column)), "{text}");
    }
}

#[test]
fn quotes_hold_any_bytes() {
    for (text, key) in [
        (r#"["a]b"]"#, &b"a]b"[..]),
        (r#"["a\"b"]"#, b"a\"b"),
        (r#"["a\\"]"#, b"a\\"),
        (r#"["a\\\"b"]"#, b"a\\\"b"),
        (r#"['a"b']"#, b"a\"b"),
        (r#"[""]"#, b""),
        (r#"["\x00\xff"]"#, b"\0\xff"),
        (r#"["é"]"#, "é".as_bytes()),
    ] {
        let key = bytewright::inspect::Segment::Key(key.to_vec());
        assert_eq!(path(text).segments(), [key], "{text}");
        let behind = format!("{text}[1].a");
        assert_eq!(path(&behind).segments().len(), 3, "{behind}");
    }
}

#[test]
fn where_a_path_leads_nowhere_it_says_what_is_there_instead() {
    let names: Vec<String> = (0..13).map(|i| format!("B:f{i}")).collect();
    let twelve = document(&names[..12].join(" "), &[0; 12]);
    let thirteen = document(&names.join(" "), &[0; 13]);
    let group = document("<(B:Width 2x H:y):g 3B:n 2(B:a):m", &[0; 20]);
    for (document, text, column, says) in [
        (&group, "h", 0, "the file; it has g, n, m, rest"),
        (&group, "g.width", 2, "g; did you mean Width?"),
        (&group, "g.z", 2, "g; it has Width, y"),
        (&group, "m[2]", 1, "m; it has 2 items, [0] to [1]"),
        (&group, "m[-3]", 1, "m; it has 2 items, [0] to [1]"),
        (&group, "m.a", 2, "m; it has 2 items, [0] to [1]"),
        (&group, "m[1].b", 5, "m[1]; it has a"),
        (&group, "m[*].b", 5, "m[0]; it has a"),
        (&group, "g.y.z", 4, "g.y; it has no parts"),
        (
            &twelve,
            "z",
            0,
            "the file; it has f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11",
        ),
        (
            &thirteen,
            "z",
            0,
            "the file; it has f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, …",
        ),
    ] {
        let error = document.find(&path(text)).unwrap_err();
        assert!(matches!(error, FindError::Path(_)) && !error.is_data());
        let expected = format!(
            "nothing of that name is in {says}\n  {text}\n  {}^",
            " ".repeat(column)
        );
        assert_eq!(error.to_string(), expected);
    }
}

/// Items made on demand, numbered from 0.
struct Items {
    count: u64,
    told: bool,
}

impl Expand for Items {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        self.told.then_some(self.count)
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let item = |i: u64| Node::new(i.to_string(), Range::file(i, 1)).value(i);
        Box::new((index..self.count).map(move |i| Ok(item(i))))
    }
}

#[test]
fn an_index_counts_from_either_end_whether_the_number_of_items_is_known_or_not() {
    for told in [false, true] {
        let items = Arc::new(Items { count: 300, told });
        let root = Node::new("all", Range::file(0, 300)).with_children_on_demand(items);
        let found = |text: &str| {
            let found = path(text).find(&root).ok()?;
            found[0].node.value.as_ref()?.as_int()
        };
        for (text, expected) in [
            ("[0]", Some(0)),
            ("[7]", Some(7)),
            ("[299]", Some(299)),
            ("[300]", None),
            ("[-1]", Some(299)),
            ("[-300]", Some(0)),
            ("[-301]", None),
            ("[9223372036854775807]", None),
            ("[-9223372036854775808]", None),
        ] {
            assert_eq!(found(text), expected, "{text}, told: {told}");
        }
        assert_eq!(path("[*]").find(&root).unwrap().len(), 300);
        let error = path("[300]").find(&root).unwrap_err().to_string();
        assert!(error.contains("it has 300 items, [0] to [299]"), "{error}");
    }
}

fn leaf(name: &'static str, value: i64) -> Node {
    Node::new(name, Range::file(0, 1)).value(value)
}

fn group(name: &'static str, children: Vec<Node>) -> Node {
    Node::new(name, Range::file(0, 1)).with_children(children)
}

fn found(root: &Node, text: &str) -> Result<(String, Option<i128>), String> {
    let found = path(text).find(root).map_err(|e| e.to_string())?;
    let value = found[0]
        .node
        .value
        .as_ref()
        .and_then(|value| value.as_int());
    Ok((found[0].path.to_string(), value))
}

#[test]
fn a_view_is_found_only_where_nothing_else_is_called_so() {
    let view = |value| leaf("a", value).role(Role::View);
    for (children, expected) in [
        (vec![view(1), leaf("a", 2)], 2),
        (vec![leaf("a", 2), view(1)], 2),
        (vec![view(1), view(3)], 1),
        (vec![leaf("b", 4), view(1)], 1),
    ] {
        let root = group("all", children);
        assert_eq!(found(&root, "a"), Ok(("a".to_owned(), Some(expected))));
        assert_eq!(found(&root, r#"["a"]"#).unwrap().1, Some(expected));
    }
}

#[test]
fn a_key_is_that_of_an_item_or_else_a_name() {
    let root = group(
        "all",
        vec![
            group("0", vec![leaf("x", 1)]).key(&b"one.txt"[..]),
            group("1", vec![leaf("x", 2)]).key(&b"x"[..]),
            leaf("one-2", 3),
            leaf("padding", 4).role(Role::Padding),
        ],
    );
    for (text, expected) in [
        (r#"["one.txt"].x"#, Some(("[0].x", 1))),
        (r#"["x"].x"#, Some(("[1].x", 2))),
        (r#"["one-2"]"#, Some((r#"["one-2"]"#, 3))),
        // An item with a key of its own isn't called by its number in quotes.
        (r#"["0"].x"#, None),
        (r#"["one"].x"#, None),
    ] {
        let expected = expected.map(|(path, value)| (path.to_owned(), Some(value)));
        assert_eq!(found(&root, text).ok(), expected, "{text}");
    }
    // What stands beside the items is none of them.
    assert_eq!(paths(&path("[*]").find(&root).unwrap()), ["[0]", "[1]"]);
    assert_eq!(found(&root, "[-1].x").unwrap().1, Some(2));
}

#[test]
fn content_may_be_left_out_of_a_path() {
    let content = group(
        "content",
        vec![group("0", vec![leaf("x", 1)]), leaf("size", 2)],
    );
    let root = |content: Node| {
        let header = group("header", vec![leaf("crc", 5)]);
        group("all", vec![header, leaf("size", 3), content])
    };
    let zipped = root(content.clone().role(Role::View));
    let leads = |root: &Node, text: &str| found(root, text).map(|(path, _)| path);
    assert_eq!(leads(&zipped, "[0].x").unwrap(), "content[0].x");
    assert_eq!(leads(&zipped, "content[0].x").unwrap(), "content[0].x");
    assert_eq!(
        leads(&zipped, "size").unwrap(),
        "size",
        "the outer one first"
    );
    // The error is that of the way that leads further.
    let error = leads(&zipped, "[0].y").unwrap_err();
    assert!(error.contains("is in content[0]; it has x"), "{error}");
    let error = leads(&zipped, "header.y").unwrap_err();
    assert!(error.contains("is in header; it has crc"), "{error}");
    let error = leads(&zipped, "nothing").unwrap_err();
    assert!(error.contains("is in the file"), "{error}");
    // Only what is another view of the bytes can be left out.
    assert!(leads(&root(content), "[0].x").is_err());
    let empty = root(leaf("content", 1).role(Role::View));
    assert!(leads(&empty, "[0].x").is_err());
}

#[test]
fn bit_fields_of_an_integer_without_a_name_stand_at_its_level() {
    let bits = |value: Option<i64>| {
        let node = group("bits", vec![leaf("lo", 7)]);
        value.map_or(node.clone(), |value| node.value(value))
    };
    let root = group("all", vec![leaf("a", 1), bits(Some(9))]);
    assert_eq!(found(&root, "lo"), Ok(("lo".to_owned(), Some(7))));
    assert_eq!(found(&root, "bits.lo").unwrap().1, Some(7));
    assert!(found(&root, "hi").is_err());
    let root = group("all", vec![bits(None)]);
    assert!(found(&root, "lo").is_err(), "a group that is called bits");
    let other = group("other", vec![leaf("lo", 7)]).value(9);
    assert!(found(&group("all", vec![other]), "lo").is_err());
}

/// An error of making children is no path that leads nowhere.
#[test]
fn an_error_of_reading_is_told_as_such() {
    struct Broken;
    impl Expand for Broken {
        fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
            Box::new(std::iter::once(Err(io::Error::other("unreadable"))))
        }
    }
    let broken = || Node::new("0", Range::file(0, 1)).with_children_on_demand(Arc::new(Broken));
    for text in ["a", "[0]", "[-1]", "[*]", r#"["a"]"#] {
        let error = path(text).find(&broken()).unwrap_err();
        assert_eq!(error.to_string(), "unreadable", "{text}");
    }
    let mut content = broken().role(Role::View);
    content.name = "content".into();
    let root = group("all", vec![content]);
    let error = path("[0]").find(&root).unwrap_err();
    assert_eq!(error.to_string(), "unreadable");
}

/// What the items of an array of plain values are: their paths, ranges, formats and values.
fn items(document: &Document, text: &str) -> Vec<String> {
    let found = document.find(&path(text)).unwrap();
    let shown = found.iter().map(|Found { path, node, .. }| {
        let value = node.value.as_ref().unwrap();
        let format = node.format.as_deref().unwrap();
        format!(
            "{path} {}+{} {format} {value}",
            node.range.offset, node.range.size
        )
    });
    shown.collect()
}

#[test]
fn an_item_of_an_array_of_plain_values_is_a_node() {
    let bytes = b"\x03\x01\x02\x03\x04\x05\x06ab\0\0c\0\0xyz\0\xe5\x8e\x26\x07";
    let document = document(">B:n [n]H:h 4c:s [3]z:z *V:v", bytes);
    assert_eq!(items(&document, "h[0]"), ["h[0] 1+2 >H 258"]);
    assert_eq!(items(&document, "h[-1]"), ["h[2] 5+2 >H 1286"]);
    assert_eq!(items(&document, "s[1]"), ["s[1] 8+1 >c b'b'"]);
    assert_eq!(
        items(&document, "z[*]"),
        ["z[0] 11+2 z b'c'", "z[1] 13+1 z b''", "z[2] 14+4 z b'xyz'"]
    );
    // 0x65 + (0x0e << 7) + (0x26 << 14).
    assert_eq!(
        items(&document, "v[*]"),
        ["v[0] 18+3 V 624485", "v[1] 21+1 V 7"]
    );
    for beyond in ["h[3]", "h[-4]", "z[3]", "v[2]", "v[-3]"] {
        let error = document.find(&path(beyond)).unwrap_err().to_string();
        let (items, last) = match &beyond[..1] {
            "h" | "z" => (3, 2),
            _ => (2, 1),
        };
        assert!(
            error.contains(&format!("it has {items} items, [0] to [{last}]")),
            "{error}"
        );
    }
    // Text whose length is computed is one value, and a number has no items.
    for none in ["n[0]", "h[0][0]"] {
        let error = document.find(&path(none)).unwrap_err().to_string();
        assert!(error.contains("it has no parts"), "{error}");
    }
}

#[test]
fn items_of_arrays_in_groups_and_of_large_arrays_are_nodes_too() {
    let groups = document("<2(B:a [2]H:x):g", &(0..10).collect::<Vec<u8>>());
    assert_eq!(
        items(&groups, "g[*].x[1]"),
        ["g[0].x[1] 3+2 <H 1027", "g[1].x[1] 8+2 <H 2312"]
    );
    // More than a tree keeps: the value is read when it is asked for.
    let mut bytes = vec![0; 2 << 20];
    bytes[(2 << 20) - 2..].copy_from_slice(&[1, 2]);
    let large = document("<*H:h", &bytes);
    assert!(large.root().child("h").unwrap().value.is_none());
    assert_eq!(items(&large, "h[-1]"), ["h[1048575] 2097150+2 <H 513"]);
}

/// What bytes are that are left coded is said where a path leads into them.
#[test]
fn a_path_into_coded_bytes_is_told_what_they_are() {
    for (role, said) in [
        (Role::Data, "it has no parts: zlib"),
        (Role::Field, "it has no parts"),
    ] {
        let coded = Node::new("d", Range::file(0, 1)).role(role).meaning("zlib");
        let root = group("all", vec![coded]);
        let error = found(&root, "d.x").unwrap_err();
        let first = error.lines().next().unwrap();
        assert_eq!(first, format!("nothing of that name is in d; {said}"));
    }
}

/// An array that is too short for a slice of all of them ends nothing.
#[test]
fn a_slice_goes_on_in_the_next_array() {
    let data = [1u8, 10, 3, 20, 21, 22, 0, 2, 30, 31];
    let document = document("*(B:n [n]B:v):g", &data);
    let found = document.find(&path("g[*].v[1:]")).unwrap();
    assert_eq!(paths(&found), ["g[1].v[1]", "g[1].v[2]", "g[3].v[1]"]);
    let data = [1u8, 10, 11, 2, 20, 21, 22, 23, 0, 1, 30, 31];
    let groups = self::document("*(B:n [n](B:a B:b):v):g", &data);
    let found = groups.find(&path("g[*].v[1:].a")).unwrap();
    assert_eq!(paths(&found), ["g[1].v[1].a"]);
    // As many as are wanted.
    for (pattern, all) in [
        ("g[*].v[*]", 4),
        ("g[*].v[*].b", 4),
        ("g[*].n", 4),
        ("g[*].v[0:1].a", 3),
    ] {
        let found = groups.find(&path(pattern)).unwrap();
        assert_eq!(found.len(), all, "{pattern}");
    }
}
