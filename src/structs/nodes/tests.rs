//! What nodes keep in memory with little of it, and how they come by the rest.

use super::*;
use crate::tree::Place;

/// The nodes of a struct in a source with `budget` bytes of memory for them, how the reading ended, and the memory that
/// is left.
fn read(format: &str, data: &[u8], budget: u64) -> (Vec<Node>, Result<(), String>, u64) {
    let layout = Arc::new(Struct::new(format).unwrap());
    let source = Source::from(data.to_vec());
    let mut window = Window::new(&source).unwrap();
    let mut builder = Builder::new(&layout, &mut window, Space::FILE, 0);
    builder.from = Some((&layout, source));
    builder.budget = budget;
    let mut nodes = Vec::new();
    let result = builder.body(&layout.plan.body, &mut nodes);
    (nodes, result.map_err(|e| e.to_string()), builder.budget)
}

/// The nodes in one line: names, places, values, and what lies in them.
fn shown<'n>(nodes: impl IntoIterator<Item = &'n Node>) -> String {
    let of = |node: &Node| {
        let children: Vec<Node> = node.children().map(|n| n.unwrap().into_owned()).collect();
        let value = node.value.as_ref().map(|value| format!("={value}"));
        let range = node.range;
        format!(
            "{}@{}+{}{}({})",
            node.name,
            range.offset,
            range.size,
            value.unwrap_or_default(),
            shown(&children)
        )
    };
    let nodes: Vec<String> = nodes.into_iter().map(of).collect();
    nodes.join(" ")
}

#[test]
fn nodes_and_values_take_of_the_memory() {
    for (format, data, taken) in [
        ("<B:a", &b"a"[..], NODE),
        ("3s:a", b"abc", NODE + 3),
        ("z:a", b"abc\0", NODE + 3),
        ("<2H:a", b"abcd", NODE + 2 * ITEM),
        // The NUL of each counts too.
        ("2z:a", b"a\0bc\0", NODE + 2 * ITEM + 5),
        ("<H{a:4 b:12}", b"ab", 2 * NODE),
        ("(B:a):g", b"a", 2 * NODE),
        ("2(B:a):g", b"ab", 5 * NODE),
        ("2(z:a):g", b"a\0bc\0", 5 * NODE + 3),
    ] {
        let (_, result, left) = read(format, data, 1 << 20);
        assert_eq!((result, left), (Ok(()), (1 << 20) - taken), "{format}");
        // Nothing is counted where there is no limit, and nothing is taken that isn't there.
        assert_eq!(read(format, data, u64::MAX).2, u64::MAX, "{format}");
        assert_eq!(read(format, data, 1).2, 0, "{format}");
    }
}

#[test]
fn a_value_is_kept_where_it_is_short_or_fits_the_memory() {
    for (size, budget, is_kept) in [
        (256, 0, true),
        (257, 0, false),
        (257, 256, false),
        (257, 257, true),
        (258, 257, false),
        (1 << 20, u64::MAX, true),
        ((1 << 20) + 1, u64::MAX, false),
    ] {
        let text = [vec![b'a'; size], b"\0b".to_vec()].concat();
        for format in [format!("{size}s:a B:nul B:b"), "z:a B:b".to_owned()] {
            let (nodes, result, _) = read(&format, &text, budget);
            assert_eq!(result, Ok(()));
            let first = &nodes[0];
            assert_eq!(first.value.is_some(), is_kept, "{format} {size} {budget}");
            if let Some(value) = &first.value {
                assert_eq!(*value, Value::from(vec![b'a'; size]));
            }
            let last = nodes.last().unwrap();
            assert_eq!(
                last.value,
                Some(Value::from(98)),
                "{format} {size} {budget}"
            );
        }
    }
}

#[test]
fn an_array_is_kept_where_its_items_fit_the_memory() {
    let items = 300 * ITEM;
    for format in ["300B:a B:b", "(300B:a) B:b"] {
        let data = [&[7; 300][..], b"b"].concat();
        for (budget, is_kept) in [(items, true), (items - 1, false), (0, false)] {
            let (nodes, result, _) = read(format, &data, budget);
            assert_eq!(result, Ok(()));
            let array = nodes[0].child("a").map_or(nodes[0].clone(), |a| a.clone());
            assert_eq!(array.value.is_some(), is_kept, "{format} {budget}");
            assert_eq!((array.range.size, array.items), (300, Some(300)));
            assert_eq!(nodes[1].value, Some(Value::from(98)));
        }
    }
    // Items of any size, one by one.
    let items = 3 * ITEM + 7;
    for (budget, is_kept) in [(items, true), (items - 1, false)] {
        for format in ["3z:a", "*z:a"] {
            let (nodes, result, _) = read(format, b"a\0bc\0d\0", budget);
            assert_eq!(result, Ok(()));
            assert_eq!(nodes[0].value.is_some(), is_kept, "{format} {budget}");
            assert_eq!((nodes[0].range.size, nodes[0].items), (7, Some(3)));
        }
    }
    // More bytes than any value has, although their numbers would fit.
    let data = vec![0; (1 << 20) + 16];
    for (n, is_kept) in [(1 << 16, true), ((1 << 16) + 1, false)] {
        let (nodes, result, _) = read(&format!("<{n}Y:a"), &data, MAX_VALUES);
        assert_eq!((result, nodes[0].value.is_some()), (Ok(()), is_kept));
    }
}

#[test]
fn an_array_that_is_cut_short_has_its_error_at_the_item_whether_it_is_kept_or_not() {
    for budget in [0, 1 << 20] {
        for (format, expected) in [
            (
                "<3H:a",
                "a[2]: needs 2 bytes at offset 0x4, the input ends at 0x5",
            ),
            (
                "<B:n 9H:a",
                "a[2]: needs 2 bytes at offset 0x5, the input ends at 0x5",
            ),
            (
                "<*H:a",
                "a: the rest of the input is 2 times 2 bytes and 1 more at offset 0x4",
            ),
            (
                "<2B:n *H:a",
                "a: the rest of the input is 1 times 2 bytes and 1 more at offset 0x4",
            ),
        ] {
            let (_, result, _) = read(format, b"abcde", budget);
            assert_eq!(result, Err(expected.to_owned()), "{format} {budget}");
        }
    }
}

#[test]
fn groups_that_do_not_fit_the_memory_are_made_on_demand() {
    // A group of a byte is two nodes; one of a text has its bytes besides.
    for (format, data, budget, is_on_demand) in [
        ("3(B:a):g", &b"abc"[..], 6 * NODE, false),
        ("3(B:a):g", b"abc", 6 * NODE - 1, true),
        ("3(B:a):g", b"abc", 1 << 20, false),
        ("*(B:a):g", b"abc", 6 * NODE, false),
        ("*(B:a):g", b"abc", 6 * NODE - 1, true),
        ("[3](B:a):g", b"abc", 0, true),
        ("3(z:a):g", b"a\0b\0c\0", 0, true),
        ("3(z:a):g", b"a\0b\0c\0", 2 * NODE + 1, true),
        ("3(z:a):g", b"a\0b\0c\0", 4 * NODE + 2, true),
        ("3(z:a):g", b"a\0b\0c\0", 4 * NODE + 3, false),
        ("3(z:a):g", b"a\0b\0c\0", 1 << 20, false),
        ("*(z:a):g", b"a\0b\0c\0", 4 * NODE + 2, true),
        ("3():g", b"", 0, true),
        ("3():g", b"", 1 << 20, false),
        ("(B:n [n](z:a):list):h", b"\x02a\0b\0", 0, true),
        ("(B:n [n](z:a):list):h", b"\x02a\0b\0", 1 << 20, false),
        ("(B (B:n [n](B:a):list):h):i", b"_\x02ab", 0, true),
    ] {
        let (nodes, result, _) = read(format, data, budget);
        assert_eq!(result, Ok(()));
        let mut array = &nodes[0];
        while let Some(inner) = ["h", "list"].iter().find_map(|name| array.child(name)) {
            array = inner;
        }
        assert_eq!(array.is_on_demand(), is_on_demand, "{format} {budget}");
        // Either way the nodes are the same.
        let all = read(format, data, u64::MAX).0;
        assert_eq!(shown(&nodes), shown(&all), "{format} {budget}");
        let again = Struct::new(format).unwrap().nodes(data, Space::FILE, 0);
        assert_eq!(shown(&nodes), shown(&again.unwrap()), "{format} {budget}");
    }
}

#[test]
fn groups_that_are_made_on_demand_leave_the_memory_to_what_follows() {
    let data = [&b"a\0b\0"[..], &[7; 300]].concat();
    for (budget, is_kept) in [
        (2 * NODE + 1, true),
        (NODE + 300, true),
        (NODE + 299, false),
    ] {
        let (nodes, result, _) = read("2(z:a):g 300s:b", &data, budget);
        assert_eq!(result, Ok(()));
        assert!(nodes[0].is_on_demand());
        assert_eq!(nodes[1].value.is_some(), is_kept, "{budget}");
    }
    // Those that are kept take theirs.
    let (nodes, result, _) = read("2(z:a):g 300s:b", &data, 5 * NODE + 2 + 299);
    assert_eq!((result, nodes[1].value.is_some()), (Ok(()), false));
}

#[test]
fn nodes_beside_a_record_have_their_short_values() {
    let format = Struct::new("<2s:a 2H:b 1048576s:c 1048577s:d").unwrap();
    let data = [&b"ab\x01\0\x02\0"[..], &[7; (2 << 20) + 1]].concat();
    let nodes = format.nodes_beside_values(&data, Space::FILE, 0).unwrap();
    let kept: Vec<bool> = nodes.iter().map(|node| node.value.is_some()).collect();
    assert_eq!(kept, [true, true, true, false]);
    assert_eq!(nodes[0].value, Some(Value::from("ab")));
    assert_eq!(shown(&nodes[1..2]), "b@2+4=[1, 2]()");
}

#[test]
fn integers_whose_constant_is_written_in_hexadecimal_are_read_so() {
    for (format, is_hex) in [
        ("B:a", false),
        ("B:a=16", false),
        ("B:a=0x10", true),
        ("B{a:4 b:4}=16", false),
        ("B{a:4 b:4}=0x10", true),
        ("P:a", true),
        ("P:a=16", true),
    ] {
        let data = [16, 0, 0, 0, 0, 0, 0, 0];
        let nodes = Struct::new(format).unwrap().nodes(&data, Space::FILE, 0);
        assert_eq!(nodes.unwrap()[0].hex, is_hex, "{format}");
    }
}

#[test]
fn streams_are_counted_from_the_first_one() {
    let layout = Arc::new(Struct::new("2s~xor(255):a=(B:x B:y)").unwrap());
    for first in [0, 5] {
        let mut window = Window::new(&Source::from(b"\xfe\xfd".to_vec())).unwrap();
        let read = layout.nodes_in(&mut window, Space::FILE, 0, first).unwrap();
        assert_eq!((read.error, read.streams.len()), (None, 1));
        let content = read.nodes[0].children().next().unwrap().unwrap();
        assert_eq!(content.range.space, Space::stream(first));
    }
}

/// A field may have the offset among decoded bytes that the sum has in the file.
#[test]
fn a_wrong_sum_is_found_after_coded_bytes() {
    let layout = Struct::new("2s:t &[3]3s~xor(1):a=(2s:x B:y) &[2]B:sum=sum8(t)").unwrap();
    let mut window = Window::new(&Source::from(vec![1, 2, 4, 0, 0, 0])).unwrap();
    let wrong = layout.wrong_in(&mut window).unwrap();
    let [(place, node, value)] = &wrong[..] else {
        panic!("one sum is wrong: {}", wrong.len());
    };
    let mut sum = Place::default();
    sum.push("sum".into());
    assert_eq!(place.to_string(), sum.to_string());
    assert_eq!(
        (node.value.clone(), value),
        (Some(Value::from(4)), &Value::from(3))
    );
}

/// The bytes of a sum are those of the file, whatever the field around it holds.
#[test]
fn a_sum_inside_coded_bytes_is_of_fields_outside_too() {
    let format = Struct::new("2s:t 1s~xor(255):coded=(B:sum=sum8(t))").unwrap();
    let values = format.unpack(&[1, 2, !3]).unwrap();
    assert_eq!(values.to_string(), r"(b'\x01\x02', (3,))");
    let error = format.unpack(&[1, 2, !4]).unwrap_err().to_string();
    assert!(error.contains("expected 3"), "{error}");
}
