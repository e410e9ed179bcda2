//! Trees of structs, node by node: names, ranges, formats, values and what is wrong.

use bytewright::Struct;
use bytewright::tree::{Node, Role, Severity, Space};

use super::compiled;

/// Nodes in one line each, indented: name, offset, size, bits, format, value; roles but fields'.
fn lines(nodes: &[Node]) -> Vec<String> {
    let mut lines = Vec::new();
    for node in nodes {
        let mut line = format!("{} {}+{}", node.name, node.range.offset, node.range.size);
        if let Some(bits) = node.range.bits {
            line += &format!(" bits {}+{}", bits.first, bits.count);
        }
        if let Some(format) = node.whole_format() {
            line += &format!(" {format}");
        }
        if let Some(value) = &node.value {
            line += &format!(" = {value}");
        }
        match node.role {
            Role::Field => {}
            role => line += &format!(" {role:?}"),
        }
        lines.push(line);
        let inner: Vec<Node> = node
            .children()
            .map(|child| child.unwrap().into_owned())
            .collect();
        lines.extend(self::lines(&inner).iter().map(|line| format!("  {line}")));
    }
    lines
}

fn tree(format: &str, data: &[u8]) -> Vec<String> {
    lines(
        &compiled(format)
            .nodes(data, Space::FILE, 0)
            .unwrap_or_else(|e| panic!("{format}: {e}")),
    )
}

#[test]
fn every_kind_of_field_has_its_node_and_its_format() {
    assert_eq!(
        tree("<c 2H", b"a\x01\0\x02\0"),
        ["0 0+1 <c = b'a'", "1 1+2 <H = 1", "2 3+2 <H = 2"]
    );
    assert_eq!(
        tree(
            "@c:tag I:n 3s 3p z v V",
            &[
                b"a\0\0\0",
                &7u32.to_ne_bytes()[..],
                b"abc\x01z\0hi\0\x7f\x05"
            ]
            .concat()
        ),
        [
            "tag 0+1 @c = b'a'",
            "padding 1+3 Padding",
            "n 4+4 @I = 7",
            "2 8+3 3s = b'abc'",
            "3 11+3 3p = b'z'",
            "4 14+3 z = b'hi'",
            "5 17+1 v = -1",
            "6 18+1 V = 5",
        ]
    );
}

#[test]
fn padding_has_leaves() {
    assert_eq!(
        tree("<B x 2x:gap |8 B |3 |3", &[1, 0, 0, 0, 0, 0, 0, 0, 2]),
        [
            "0 0+1 <B = 1",
            "padding 1+1 Padding",
            "gap 2+2 Padding",
            "padding 4+4 Padding",
            "1 8+1 <B = 2",
        ]
    );
}

#[test]
fn arrays_of_scalars_are_one_leaf_and_groups_a_node_each() {
    assert_eq!(
        tree(
            ">B:n [n]H:list 2z:names *(B:x |2):rest",
            b"\x02\0\x01\0\x02a\0b\0\x05\x06\0\x07\0"
        ),
        [
            "n 0+1 >B = 2",
            "list 1+4 >[2]H = [1, 2]",
            "names 5+4 [2](z) = [b'a', b'b']",
            "rest 9+5",
            "  0 9+1",
            "    x 9+1 >B = 5",
            "  1 10+2",
            "    x 10+1 >B = 6",
            "    padding 11+1 Padding",
            "  2 12+2",
            "    x 12+1 >B = 7",
            "    padding 13+1 Padding",
        ]
    );
    assert_eq!(tree("[2]s", b"ab"), ["0 0+2 [2]s = b'ab'"]);
    assert_eq!(
        tree("<2(B)", &[1, 2]),
        [
            "0 0+2",
            "  0 0+1",
            "    0 0+1 <B = 1",
            "  1 1+1",
            "    0 1+1 <B = 2"
        ]
    );
}

#[test]
fn groups_without_any_bytes_have_nodes_too() {
    assert_eq!(tree("() B", &[1]), ["0 0+0", "1 0+1 @B = 1"]);
    assert_eq!(
        tree("0(B):none B:n [n-1](B):some", &[1]),
        ["none 0+0", "n 0+1 @B = 1", "some 1+0"]
    );
    assert_eq!(
        tree("2(()):twice", &[]),
        ["twice 0+0", "  0 0+0", "    0 0+0", "  1 0+0", "    0 0+0"]
    );
    assert_eq!(tree("*(B):rest", &[]), ["rest 0+0"]);
}

#[test]
fn bit_fields_are_views_of_their_integer() {
    assert_eq!(
        tree("<H{a:4 _:11 b:1} B{x:4 y:4}:n", &[0x05, 0x80, 0x21]),
        [
            "bits 0+2 <H = 32773",
            "  a 0+2 bits 0+4 <H = 5 View",
            "  reserved 0+2 bits 4+11 <H = 0 View",
            "  b 0+2 bits 15+1 <H = 1 View",
            "n 2+1 <B = 33",
            "  x 2+1 bits 0+4 <B = 1 View",
            "  y 2+1 bits 4+4 <B = 2 View",
        ]
    );
    assert_eq!(
        tree(">2b{x:4 y:4}", &[0x1f, 0x20])[..2],
        ["0 0+1 >b = 31", "  x 0+1 bits 4+4 >b = 1 View"]
    );
}

#[test]
fn a_wrong_constant_is_a_problem_of_its_node_alone() {
    let format = compiled("<2s:magic='BM' B{a:4 b:4}=0x45 f=1.5 z='ok'");
    let problems = |data: &[u8]| {
        let nodes = format.nodes(data, Space::FILE, 10).unwrap();
        let all = nodes.iter().flat_map(|node| &node.problems);
        all.map(|problem| {
            assert_eq!((problem.code, problem.severity), ("S001", Severity::Error));
            let range = problem.range;
            format!("{}+{} {}", range.offset, range.size, problem.message)
        })
        .collect::<Vec<_>>()
    };
    assert!(problems(b"BM\x45\0\0\xc0\x3fok\0").is_empty());
    assert_eq!(
        problems(b"PK\x46\0\0\xc0\xbfno\0"),
        [
            "10+2 expected b'BM', found b'PK'",
            "12+1 expected 69 (0x45), found 70 (0x46)",
            "13+4 expected 1.5, found -1.5",
            "17+3 expected b'ok', found b'no'",
        ]
    );
}

#[test]
fn places_and_errors_are_counted_from_the_offset() {
    let space = Space::stream(3);
    let format = Struct::new("<H:a 2(B:x H:y):list").unwrap();
    let (nodes, error) = format.nodes_so_far(&[1, 0, 2, 3, 0, 4, 5], space, 0x1000);
    assert_eq!(
        lines(&nodes),
        [
            "a 4096+2 <H = 1",
            "list 4098+4",
            "  0 4098+3",
            "    x 4098+1 <B = 2",
            "    y 4099+2 <H = 3",
            "  1 4101+1",
            "    x 4101+1 <B = 4",
        ]
    );
    assert!(nodes.iter().all(|node| node.range.space == space));
    let error = error.unwrap();
    assert_eq!(
        error.to_string(),
        "list[1].y: needs 2 bytes at offset 0x1006, the input ends at 0x1007"
    );
    assert_eq!(
        format
            .nodes(&[1, 0, 2, 3, 0, 4, 5], space, 0x1000)
            .unwrap_err(),
        error
    );
    // What could not begin has no node.
    let (nodes, error) = format.nodes_so_far(&[1, 0], space, 1);
    assert_eq!(lines(&nodes), ["a 1+2 <H = 1"]);
    assert_eq!(error.unwrap().offset(), Some(3));
    let (nodes, error) = compiled("<B:n (H):g").nodes_so_far(&[1], space, 7);
    assert_eq!(lines(&nodes), ["n 7+1 <B = 1"]);
    assert_eq!(error.unwrap().offset(), Some(8));
}

#[test]
fn counts_come_from_fields_and_bits_in_trees_too() {
    assert_eq!(
        tree(
            "<B{n:4 m:4} [n]s [m]x (H:k):g [g.k](B:q [q]s)",
            &[0x12, b'a', b'b', 0, 1, 0, 1, b'c']
        ),
        [
            "bits 0+1 <B = 18",
            "  n 0+1 bits 0+4 <B = 2 View",
            "  m 0+1 bits 4+4 <B = 1 View",
            "2 1+2 [2]s = b'ab'",
            "padding 3+1 Padding",
            "g 4+2",
            "  k 4+2 <H = 1",
            "4 6+2",
            "  0 6+2",
            "    q 6+1 <B = 1",
            "    1 7+1 [1]s = b'c'",
        ]
    );
}
