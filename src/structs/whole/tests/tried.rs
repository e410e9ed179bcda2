//! Bytes that may hold something, and checksums that may be there.

use super::random::Random;
use super::{compiled, record};
use crate::structs::problems::{S004, S007};
use crate::tree::{Node, Space};
use crate::value::Value;

fn nodes(format: &str, formats: &[(&str, &str)], data: &[u8]) -> Vec<Node> {
    let (nodes, error) = compiled(format, formats).nodes_so_far(data, Space::FILE, 0);
    assert!(error.is_none(), "{format}: {error:?}");
    nodes
}

#[test]
fn bytes_stay_bytes_where_they_hold_something_else() {
    let formats = [
        ("pair", "B:x B:y"),
        ("text", "B:n [n]s:text"),
        ("magic", "2s=\"ab\" *s:rest_of_it"),
        ("placed", "B:at &[at]B:far"),
        ("deep", "B:n %deep:more"),
    ];
    for (inside, data, why) in [
        ("(B:m [m]s:t)", &b"\x09ab"[..], "needs 9 bytes"),
        ("{m: 4s:t}", b"abc", "needs 4 bytes"),
        ("{m ; 3: \"never three\"}", b"abc", "never three"),
        ("%text", b"\x03ab", "needs 3 bytes"),
        ("%magic", b"xyz", "expected b'ab', found b'xy'"),
        ("%placed", b"\x04ab", "stands at offset"),
        ("%deep", b"abc", "needs 1 byte"),
        ("(B:m (2s=\"zz\"):g)", b"abc", "expected b'zz', found b'bc'"),
    ] {
        let format = format!("B:m 3s:data=?{inside} B:after");
        let data = [&[3], data, &[7]].concat();
        let made = nodes(&format, &formats, &data);
        let field = &made[1];
        assert_eq!(
            (&*field.name, field.range.offset, field.range.size),
            ("data", 1, 3)
        );
        assert_eq!(field.value, Some(Value::from(&data[1..4])), "{format}");
        assert!(field.is_leaf());
        let [problem] = &field.problems[..] else {
            panic!("{format}: {:?}", field.problems);
        };
        assert_eq!(problem.code, S007.code);
        assert!(
            problem.message.contains(why),
            "{format}: {}",
            problem.message
        );
        assert_eq!(made[2].value, Some(7.into()), "{format}");
        // Values go both ways.
        let layout = compiled(&format, &formats);
        let values = layout.unpack(&data).unwrap();
        assert_eq!(values["data"], Value::from(&data[1..4]), "{format}");
        assert_eq!(layout.pack(&values).unwrap(), data, "{format}");
        assert_eq!(layout.pack_onto(&data, &values).unwrap(), data, "{format}");
    }
}

#[test]
fn what_bytes_may_hold_is_read_where_they_do() {
    let formats = [("text", "B:n [n]s:text")];
    for inside in ["(B:n [n]s:text)", "{m: B:n [n]s:text}", "%text"] {
        let format = format!("B:m [m]s:data=?{inside} B:after");
        let data = b"\x03\x02hi\x07";
        let made = nodes(&format, &formats, data);
        assert!(made.iter().all(|node| node.problems.is_empty()));
        assert_eq!(made[1].child("text").unwrap().value, Some("hi".into()));
        let layout = compiled(&format, &formats);
        let values = layout.unpack(data).unwrap();
        assert_eq!(layout.pack(&values).unwrap(), data);
    }
    // A wrong checksum is no reason to take another case: it is a problem.
    let made = nodes("3s:data=?(2s:t B:sum=sum(t)) B:after", &[], b"ab\0\x07");
    let sum = made[0].child("sum").unwrap();
    assert_eq!(sum.problems[0].code, S004.code);
    // What an expression looks at inside has no value then.
    let layout = compiled("B:m [m]s:data=?(B:n [n]s:t) [data.n ?? 1]s:more", &[]);
    assert_eq!(layout.unpack(b"\x02\x01aX").unwrap()["more"], "X".into());
    assert_eq!(layout.unpack(b"\x02\x09aX").unwrap()["more"], "X".into());
}

/// A constant decides what follows, also where nothing is kept of the items.
#[test]
fn constants_in_bytes_that_hold_something_else_count_on_demand() {
    use super::demand::{fields, read};
    let format = "*(B:n [n & 3]s:d=?(B=1 B:k) [(d.k ?? 0) & 3]s:t B:end):items";
    let layout = compiled(format, &[]);
    let mut data = Vec::new();
    for i in 0..60u8 {
        match i % 3 {
            0 => data.extend([2, 1, 2, b'a', b'b', i]),
            1 => data.extend([2, 9, 2, i]),
            _ => data.extend([1, 1, i]),
        }
    }
    let (whole, error, _) = read(&layout, &data, u64::MAX);
    let (parts, same_error, _) = read(&layout, &data, 8);
    assert_eq!((&error, &same_error), (&None, &None));
    assert_eq!(whole.made()[0].made().len(), 60);
    assert_eq!(fields(&parts), fields(&whole));
}

#[test]
fn only_bytes_with_a_name_may_hold_something() {
    for (format, words) in [
        ("B:n [n]s=?(B:x)", "these bytes can't stay bytes"),
        ("B:n [n]s~xor(1):d=?(B:x)", "these bytes can't stay bytes"),
        ("B:n [n]s:d=?B", "nothing says what the bytes may hold"),
        ("B:n B:d=?(B:x)", "only bytes hold something inside"),
        (
            "2s:t B:c=sum(t, when=1, when=2)",
            "that is no argument of a check",
        ),
        ("2s:t B:c=sum(t, if=1)", "that is no argument of a check"),
    ] {
        let error = crate::Struct::new(format).unwrap_err().to_string();
        assert!(error.contains(words), "{format}: {error}");
    }
}

#[test]
fn a_checksum_may_be_there() {
    let layout = compiled("B:flags 2s:t B:sum=sum(t, when=flags & 1)", &[]);
    let is_wrong = |data: &[u8]| {
        let (nodes, error) = layout.nodes_so_far(data, Space::FILE, 0);
        assert!(error.is_none());
        nodes[2]
            .problems
            .iter()
            .any(|problem| problem.code == S004.code)
    };
    assert!(is_wrong(b"\x01ab\0"));
    assert!(!is_wrong(b"\x01ab\xc3"));
    assert!(!is_wrong(b"\x02ab\0"));
    let packed = |flags: i32| layout.pack(&record([("flags", flags.into()), ("t", "ab".into())]));
    assert_eq!(packed(1).unwrap(), b"\x01ab\xc3");
    // Without a checksum, what the field holds has to be said.
    let error = packed(2).unwrap_err().to_string();
    assert!(error.contains("none follows from the others"), "{error}");
    let given = [("flags", 2.into()), ("t", "ab".into()), ("sum", 9.into())];
    assert_eq!(layout.pack(&record(given)).unwrap(), b"\x02ab\x09");
    // Both arguments, in any order.
    for format in [
        "2s:t B:sum=sum(t..sum, self=1, when=t == \"ab\")",
        "2s:t B:sum=sum(t..sum, when=t == \"ab\", self=1)",
    ] {
        let layout = compiled(format, &[]);
        assert_eq!(
            layout.pack(&record([("t", "ab".into())])).unwrap(),
            b"ab\xc4"
        );
        assert_eq!(layout.unpack(b"cd\0").unwrap()["sum"], 0.into());
        assert!(layout.unpack(b"ab\0").is_err());
    }
}

#[test]
fn random_bytes_of_spelled_numbers_go_both_ways() {
    let mut random = Random(23);
    let mut numbers = 0;
    for format in [
        "8s~hexdigits:x",
        "4s~octal:x",
        "4s~decimal:x",
        "3s~bcd:x",
        ">I~synchsafe:x",
        "<H~synchsafe:x",
        ">10s~float80:x",
        "<10s~float80:x",
    ] {
        let layout = compiled(&format!("{format} {{0: x}}"), &[]);
        for _ in 0..500 {
            let alphabet = random.below(3);
            let data: Vec<u8> = (0..10)
                .map(|_| match alphabet {
                    0 => b"0123456789aF \0"[random.below(14)],
                    1 => u8::try_from(random.below(256) >> random.below(9)).unwrap(),
                    _ => [0, 0x40, 0x80, 0xff, 0x3f][random.below(5)],
                })
                .collect();
            let (values, taken) = layout.unpack_prefix(&data).unwrap();
            numbers += usize::from(values["x"].as_f64().is_some());
            let onto = layout.pack_onto(&data[..taken], &values).unwrap();
            assert_eq!(onto, data[..taken], "{format} {values}");
            let alone = layout
                .pack(&values)
                .unwrap_or_else(|e| panic!("{format} {values}: {e}"));
            let again = layout.unpack_prefix(&alone).unwrap().0;
            assert_eq!(again, values, "{format} {data:?}");
        }
    }
    assert!(numbers > 1_000, "{numbers}");
}

/// A constant that is wrong before what bytes may hold says nothing about them.
#[test]
fn a_wrong_constant_elsewhere_decides_nothing() {
    for (format, data) in [
        ("B:a=1 2s:d=?(B:c=2 B:b)", &[9u8, 2, 3][..]),
        ("2s:a=?(B:c=1) 2s:d=?(B:c=2 B:b)", &[9, 9, 2, 3]),
        ("2s:a=(B:c=1) 2s:d=?(B:c=2 B:b)", &[9, 9, 2, 3]),
    ] {
        let nodes = nodes(format, &[], data);
        let held = nodes.iter().find(|node| node.name == "d").unwrap();
        assert_eq!(held.child("b").unwrap().value, Some(3.into()), "{format}");
        assert!(held.problems.is_empty(), "{format}");
    }
}
