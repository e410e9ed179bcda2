//! What is known of a whole file before any data, and the formats that its nodes say they have.

use std::sync::Arc;

use super::compiled;
use crate::Source;
use crate::tree::Space;

/// Path, offset, size and code of each line.
fn lines(format: &str, formats: &[(&str, &str)]) -> Vec<String> {
    let layout = compiled(format, formats).layout();
    assert_eq!(layout.size, None);
    let number = |n: Option<u64>| n.map_or("?".to_owned(), |n| n.to_string());
    let lines = layout.entries.iter().map(|entry| {
        let (offset, size) = (number(entry.offset), number(entry.size));
        format!("{} {offset} {size} {}", entry.path, entry.code)
    });
    lines.collect()
}

#[test]
fn offsets_are_known_up_to_what_data_tell() {
    let format = "<4s:magic (H:a 2I:b):head B{x:3 _:5} {x: Q:wide ; else: I:narrow} \
                  &[x]3s:far [x]s~xor(1):data=(B:in) .sum=[x + 1] *[n == 0](B:n):list";
    assert_eq!(
        lines(format, &[]),
        [
            "magic 0 4 4s",
            "head 4 ? (…)",
            "head.a 4 2 H",
            "head.b 6 8 2I",
            " 14 1 B",
            "x 14 1 3 bits",
            " 14 1 5 bits",
            " 15 ? {…}",
            "wide ? 8 Q",
            "narrow ? 4 I",
            "far ? 3 &[…]3s",
            "data ? ? […]s~xor=…",
            "data.in ? 1 B",
            "sum ? 0 […]",
            "list ? ? *[…](…)",
            "list[].n ? 1 B",
        ]
    );
    assert_eq!(compiled(format, &[]).layout().min_size, 15);
}

/// An array of numbers is at a multiple of four in the native order, without a line for what is before it; what
/// is an error takes up nothing.
#[test]
fn offsets_count_what_aligns_and_depths_what_is_around() {
    let format = "B:a 2I:b B{x:3 y:5} (B{z:8} B:w):g {a; 1: B:c; else: \"unknown\"} |4 .k=[a]";
    assert_eq!(
        lines(format, &[]),
        [
            "a 0 1 B",
            "b 4 8 2I",
            " 12 1 B",
            "x 12 1 3 bits",
            "y 12 1 5 bits",
            "g 13 ? (…)",
            " 13 1 B",
            "g.z 13 1 8 bits",
            "g.w 14 1 B",
            " 15 ? {…}",
            "c ? 1 B",
            " ? ? |4",
            "k ? 0 […]",
        ]
    );
    let layout = compiled(format, &[]).layout();
    let depths: Vec<_> = layout.entries.iter().map(|entry| entry.depth).collect();
    assert_eq!(depths, [0, 0, 0, 1, 1, 0, 1, 2, 1, 0, 1, 0, 0]);
}

/// What an item of an array has is no place of what follows the array.
#[test]
fn offsets_go_on_after_groups_and_padding_and_not_after_arrays_of_groups() {
    let format = "<(B:a H:b):g |4 I:d |4 3s:in=(B:e) B:f {f: z}";
    assert_eq!(
        lines(format, &[]),
        [
            "g 0 ? (…)",
            "g.a 0 1 B",
            "g.b 1 2 H",
            " 3 1 |4",
            "d 4 4 I",
            "in 8 3 3s=…",
            "in.e 8 1 B",
            "f 11 1 B",
            " 12 ? {…}",
            " 12 ? z",
        ]
    );
    assert_eq!(
        lines("<2(B:a H:b):g B:c {c: z}", &[])[..4],
        ["g 0 ? 2(…)", "g[].a 0 1 B", "g[].b 1 2 H", "c ? 1 B"]
    );
}

#[test]
fn formats_that_contain_themselves_are_shown_once() {
    let tree = [("tree", "B:n {n: %tree:left}")];
    assert_eq!(
        lines("%tree:root", &tree),
        [
            "root 0 ? (…)",
            "root.n 0 1 B",
            " 1 ? {…}",
            "root.left 1 ? (…)",
        ]
    );
    let layout = compiled("%tree:root", &tree).layout();
    let entries = layout.entries.iter();
    let references: Vec<_> = entries.map(|entry| entry.reference.as_deref()).collect();
    assert_eq!(references, [Some("tree"), None, None, Some("tree")]);
}

/// A value that is set is packed by the format of its node.
#[test]
fn a_node_says_what_its_bytes_are() {
    for (format, expected) in [
        ("3s:x {0: z}", Some("3s")),
        ("s:x {0: z}", Some("1s")),
        ("B:n [n]s:x", Some("[2]s")),
        ("{0: z} B:n *s:x", Some("[4]s")),
        ("<H:x {0: z}", Some("<H")),
        (">H:x {0: z}", Some(">H")),
        ("H:x {0: z}", Some("@H")),
        ("@f:x {0: z}", Some("@f")),
        ("(>H:x):g {0: z}", Some(">H")),
        // What a kind makes of bytes is no longer what a format makes of them.
        ("3s~ascii:x", None),
        ("I~unix:x", Some("@I")),
    ] {
        let layout = compiled(format, &[]);
        let (nodes, error) = layout.nodes_so_far(b"\x02abcd", Space::FILE, 0);
        assert_eq!(error, None, "{format}");
        let node = nodes.iter().find_map(|node| match &*node.name == "x" {
            true => Some(node),
            false => node.child("x"),
        });
        assert_eq!(node.unwrap().format.as_deref(), expected, "{format}");
    }
    // Also of bytes that are read where they are asked for.
    let layout = Arc::new(compiled("{0: z} *s:x", &[]));
    let source = Source::from(vec![7u8; (1 << 20) + 1]);
    let (nodes, _) = layout.nodes_at(&source, Space::FILE, 0).unwrap();
    assert_eq!(nodes[0].format.as_deref(), Some("[1048577]s"));
    assert_eq!(nodes[0].value, None);
}
