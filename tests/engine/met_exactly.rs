//! Each limit met exactly, and passed by one; and what is easily off by one besides.

use bytewright::structs::DataErrorKind;
use bytewright::tree::{Node, Role, Space};
use bytewright::{Struct, Value};

use super::{compiled, unpacked};

/// Each padding alone is below the limit of 1 GiB.
#[test]
fn the_limit_of_zeros_that_packing_fills_in_counts_all_of_them() {
    let error = compiled("<700000000x 700000000x").pack(&()).unwrap_err();
    assert!(error.to_string().contains("1073741824"), "{error}");
}

/// Items begin at 0, 3, 9 and 15: the pattern repeats modulo 6, the least common multiple of the
/// alignments, and not modulo the larger of them.
#[test]
fn alignments_in_a_group_repeat_at_their_least_common_multiple() {
    let format = "<4(B (B |2 B |3)):a B:x";
    assert_eq!(compiled(format).size(), Some(22));
    let data: Vec<u8> = (0..22).collect();
    let record = unpacked(format, &data);
    assert_eq!(record["x"], 21.into());
    assert_eq!(
        record["a"].to_string(),
        "[(0, (1, 2)), (3, (4, 6)), (9, (10, 12)), (15, (16, 18))]"
    );
    let naive = (1..=40).map(|items| {
        let step = |at: u64| ((at + 2).next_multiple_of(2) + 1).next_multiple_of(3);
        let end = (0..items).fold(0, |at, _| step(at));
        (items, end)
    });
    for (items, end) in naive {
        let format = format!("<{items}(B (B |2 B |3))");
        assert_eq!(compiled(&format).size(), Some(end), "{format}");
    }
}

/// Eighteen groups of seven bits, and two bits more.
fn leb128(group: u8, last: u8) -> Vec<u8> {
    let mut bytes = vec![group; 18];
    bytes.push(last);
    bytes
}

#[test]
fn leb128_numbers_have_128_bits_and_no_more_on_either_side() {
    for (format, bytes, value) in [
        ("V", leb128(0xff, 0x03), Value::from(u128::MAX)),
        ("v", leb128(0xff, 0x01), Value::from(i128::MAX)),
        ("v", leb128(0x80, 0x7e), Value::from(i128::MIN)),
        ("v", leb128(0xff, 0x7f), Value::from(-1)),
        ("v", leb128(0x80, 0x7f), Value::from(-(1i128 << 126))),
    ] {
        assert_eq!(
            compiled(format).unpack(&bytes).unwrap()[0],
            value,
            "{format}"
        );
    }
    for (format, bytes) in [
        ("V", leb128(0xff, 0x04)),
        ("V", leb128(0x80, 0x7f)),
        // 2^127, and -2^127 - 1 without and with the sign where it belongs.
        ("v", leb128(0x80, 0x02)),
        ("v", leb128(0xff, 0x7d)),
        ("v", leb128(0xff, 0x3e)),
        ("v", leb128(0x80, 0x80)),
        ("V", leb128(0x80, 0x80)),
    ] {
        let error = compiled(format)
            .unpack(&[&bytes[..], &[0]].concat())
            .unwrap_err();
        assert!(
            error.to_string().contains("128 bits"),
            "{format} {bytes:x?}: {error}"
        );
    }
}

/// `()` takes no bytes and has no fields; `(0s)` has one field beside.
#[test]
fn items_without_bytes_are_limited_in_values_and_in_nodes_alike() {
    for (format, data, fits) in [
        ("65536():g", &b""[..], true),
        ("65537():g", b"", false),
        ("32768(0s):g", b"", true),
        ("32769(0s):g", b"", false),
        ("B 65552():g", b"x", true),
        ("B 65553():g", b"x", false),
    ] {
        let layout = compiled(format);
        assert_eq!(layout.unpack(data).is_ok(), fits, "{format}");
        let nodes = layout.nodes(data, Space::FILE, 0);
        assert_eq!(nodes.is_ok(), fits, "{format}");
        if let Ok(nodes) = nodes {
            let items = nodes.last().unwrap().children().count();
            assert!(format.contains(&format!("{items}(")), "{format}: {items}");
        }
    }
}

/// Leaves in order: name, offset, size, and whether it is padding.
fn leaves(nodes: &[Node]) -> Vec<(String, u64, u64, bool)> {
    let mut found = Vec::new();
    for node in nodes {
        if node.is_leaf() {
            let padding = node.role == Role::Padding;
            found.push((
                node.name.to_string(),
                node.range.offset,
                node.range.size,
                padding,
            ));
        }
        let children: Vec<Node> = node.children().map(|c| c.unwrap().into_owned()).collect();
        found.extend(leaves(&children));
    }
    found
}

#[test]
fn each_byte_of_padding_belongs_to_a_leaf() {
    let leaf = |name: &str, offset, size| (name.to_owned(), offset, size, name == "padding");
    for (format, expected) in [
        (
            "@B:a I:b",
            vec![leaf("a", 0, 1), leaf("padding", 1, 3), leaf("b", 4, 4)],
        ),
        ("B:a |4", vec![leaf("a", 0, 1), leaf("padding", 1, 3)]),
        (
            "B:a 2x B:b",
            vec![leaf("a", 0, 1), leaf("padding", 1, 2), leaf("b", 3, 1)],
        ),
        (
            "<B:a (|2 B:b):g",
            vec![leaf("a", 0, 1), leaf("padding", 1, 1), leaf("b", 2, 1)],
        ),
        (
            "<2(B:a |2):g",
            vec![
                leaf("a", 0, 1),
                leaf("padding", 1, 1),
                leaf("a", 2, 1),
                leaf("padding", 3, 1),
            ],
        ),
    ] {
        let layout = compiled(format);
        let size = layout.size().unwrap();
        let data = vec![1; usize::try_from(size).unwrap()];
        let found = leaves(&layout.nodes(&data, Space::FILE, 0).unwrap());
        assert_eq!(found, expected, "{format}");
        let owned: u64 = found.iter().map(|(_, _, size, _)| size).sum();
        assert_eq!(owned, size, "{format}");
        let moved = leaves(&layout.nodes(&data, Space::FILE, 100).unwrap());
        assert!(
            moved.iter().zip(&found).all(|(a, b)| a.1 == b.1 + 100),
            "{format}"
        );
    }
}

#[test]
fn an_error_has_its_offset_in_the_whole_of_the_data() {
    let layout = compiled("<B:a H:b");
    let short = |error: bytewright::DataError| {
        let kind = error.kind().clone();
        assert!(matches!(kind, DataErrorKind::Short { .. }), "{kind:?}");
        (error.offset(), error.to_string())
    };
    let at = |offset: u64, end: u64| {
        let message = format!("b: needs 2 bytes at offset {offset:#x}, the input ends at {end:#x}");
        (Some(offset), message)
    };
    assert_eq!(short(layout.unpack(&[1, 2]).unwrap_err()), at(1, 2));
    let (nodes, error) = layout.nodes_so_far(&[1, 2], Space::FILE, 100);
    assert_eq!(nodes.len(), 1);
    assert_eq!(short(error.unwrap()), at(101, 102));
    assert_eq!(
        short(layout.nodes(&[1, 2], Space::FILE, 100).unwrap_err()),
        at(101, 102)
    );
    assert_eq!(
        short(layout.unpack_from(&[0, 0, 0, 1, 2], 3).unwrap_err()),
        at(4, 5)
    );
    assert_eq!(
        short(layout.unpack_from(&[0, 0, 0, 1, 2], -2).unwrap_err()),
        at(4, 5)
    );
    let dynamic = compiled("<B:n [n]s:b");
    let last = dynamic.iter_unpack(&[1, 7, 2, 7]).unwrap().last().unwrap();
    assert_eq!(last.unwrap_err().offset(), Some(3));
}

#[test]
fn a_field_is_found_by_its_index_and_not_beyond_the_last() {
    let layout = compiled("3B");
    let data = [5, 6, 7];
    for (index, value) in [("0", 5u8), ("1", 6), ("2", 7)] {
        let field = layout.field::<u8>(index).unwrap();
        assert_eq!(layout.view(&data).unwrap().read(field), Ok(value));
    }
    assert!(layout.field::<u8>("3").is_err());
}

#[test]
fn the_largest_struct_has_the_largest_signed_size() {
    let most = i64::MAX.unsigned_abs();
    assert_eq!(compiled(&format!("{most}s")).size(), Some(most));
    for format in [
        format!("{most}s x"),
        format!("B {most}x"),
        format!("{}s 2x", most - 1),
    ] {
        assert!(Struct::new(&format).is_err(), "{format}");
    }
}
