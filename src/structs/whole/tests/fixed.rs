//! Where the fields of structs of fixed size are said to lie, and where they are read.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on fails"
)]

use super::random::Random;
use crate::structs::{FixedField, FixedType, Struct};
use crate::tree::{Node, Role, Space};
use crate::value::Value;

/// A few of everything that has a fixed size; `N` is a name.
const ITEMS: [&str; 27] = [
    "B:N",
    "?:N",
    "h:N",
    "I:N",
    "q:N",
    "d:N",
    "3H:N",
    "2I:N",
    "2H",
    "3s:N",
    "4p:N",
    "2(B:x h:y):N",
    "3(B:x B:y):N",
    "(B:x 2I:y):N",
    "(>H:x (<I:y b:z):w):N",
    "I{x:31 y:1}:N",
    "h{Nx:3 Ny:13}",
    "B{_:2 Nx:6}",
    "x",
    "3x",
    "|4",
    "B:N=7",
    "2s:N=\"ab\"",
    "H=0x102",
    "2(B:x B:y=3):N",
    "2(2(B=1 B:z):w B:v):N",
    "(B:a |2 B:b):N",
];

/// The same that makes a format of a whole file.
const KINDS: [&str; 6] = [
    "I~unix:N",
    "3s~ascii:N",
    "H~hex:N",
    "3U:N",
    "5u:N",
    "4U{x:20 y:12}:N",
];

/// A field without others in it: its path, where it lies, and what it holds where that is an integer.
type Leaf = (String, u64, u64, Option<i128>);

fn below(path: &str, key: &str) -> String {
    format!("{path}/{key}")
}

fn stated(fields: &[FixedField], start: usize, path: &str, data: &[u8], into: &mut Vec<Leaf>) {
    for field in fields {
        for index in 0..field.count.unwrap_or(1) {
            let at = start + field.offset + index * field.size;
            let path = match field.count {
                Some(_) => below(&below(path, &field.key), &index.to_string()),
                None => below(path, &field.key),
            };
            if let FixedType::Group(inner) = &field.what {
                stated(inner, at, &path, data, into);
                continue;
            }
            let mut bytes = data[at..at + field.size].to_vec();
            if field.little {
                bytes.reverse();
            }
            let bits = bytes.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
            let narrowed = |bits: u64, width: u32, signed: bool| {
                let high = bits << (64 - width);
                match signed {
                    true => i128::from(high.cast_signed() >> (64 - width)),
                    false => i128::from(high >> (64 - width)),
                }
            };
            let value = match field.what {
                FixedType::Integer { signed } => Some(narrowed(
                    bits,
                    u32::try_from(field.size * 8).unwrap(),
                    signed,
                )),
                FixedType::Bits {
                    signed,
                    first,
                    count,
                } => Some(narrowed(bits >> first, u32::from(count), signed)),
                _ => None,
            };
            into.push((path, at as u64, field.size as u64, value));
        }
    }
}

fn read(nodes: &[Node], path: &str, into: &mut Vec<Leaf>) {
    for node in nodes {
        if matches!(node.role, Role::Padding | Role::Gap) || node.name == "reserved" {
            continue;
        }
        let own = below(path, &node.name);
        if node.name == "bits" && !node.made().is_empty() {
            read(node.made(), path, into);
            continue;
        }
        if !node.made().is_empty() {
            read(node.made(), &own, into);
            continue;
        }
        let range = node.range;
        let number = |value: Option<&Value>| match value {
            Some(Value::Bool(_)) | None => None,
            Some(value) => value.as_int(),
        };
        match node.items {
            Some(n) => {
                let Some(Value::List(items)) = &node.value else {
                    panic!("{node:?}");
                };
                for (index, item) in (0..n).zip(items) {
                    let size = range.size / n;
                    let path = below(&own, &index.to_string());
                    let at = range.offset + index * size;
                    into.push((path, at, size, number(Some(item))));
                }
            }
            None => into.push((own, range.offset, range.size, number(node.value.as_ref()))),
        }
    }
}

fn end(nodes: &[Node]) -> u64 {
    nodes.iter().map(|node| node.range.end()).max().unwrap_or(0)
}

#[test]
fn fields_of_fixed_size_lie_where_they_are_read() {
    let mut random = Random(13);
    let (mut known, mut wrong) = (0, 0);
    for round in 0..2_000 {
        let is_whole = random.below(2) == 1;
        let mut items: Vec<String> = (0..=random.below(6))
            .map(|i| ITEMS[random.below(ITEMS.len())].replace('N', &format!("f{i}")))
            .collect();
        if is_whole {
            // Values in line are read one by one there.
            for item in items.iter_mut().filter(|item| *item == "2H") {
                "H".clone_into(item);
            }
            let kind = KINDS[random.below(KINDS.len())].replace('N', "kind");
            let place = random.below(items.len() + 1);
            items.insert(place, kind);
        }
        let order = ["", "=", "<", ">"][random.below(4)];
        let format = format!("{order}{}", items.join(" "));
        let layout = Struct::new(&format).unwrap_or_else(|e| panic!("{e}"));
        let Some(fixed) = layout.fixed() else {
            // Items of an array may differ in the places of their fields where they are aligned.
            assert!(format.contains('('), "{format}");
            continue;
        };
        known += 1;
        let mut data: Vec<u8> = (0..fixed.size)
            .map(|_| u8::try_from(random.below(256)).unwrap())
            .collect();
        for (at, bytes) in &fixed.constants {
            data[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        let nodes = layout.nodes(&data, Space::FILE, 0).unwrap();
        assert_eq!(end(&nodes), fixed.size as u64, "{format}");
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        read(&nodes, "", &mut expected);
        stated(&fixed.fields, 0, "", &data, &mut found);
        // What is no integer to the reader is none here.
        for (leaf, other) in found.iter_mut().zip(&expected) {
            if other.3.is_none() {
                leaf.3 = None;
            }
        }
        assert_eq!(found, expected, "{round}: {format}");
        // All constants are known, and each byte of them counts.
        layout
            .unpack(&data)
            .unwrap_or_else(|e| panic!("{format}: {e}"));
        for (at, bytes) in &fixed.constants {
            for place in *at..at + bytes.len() {
                let mut other = data.clone();
                other[place] ^= 0x10;
                assert!(layout.unpack(&other).is_err(), "{format}: {place}");
                wrong += 1;
            }
        }
    }
    assert!(known > 1_000 && wrong > 1_000, "{known} {wrong}");
}

#[test]
fn fields_and_constants_are_known_up_to_a_limit() {
    let is_known = |format: &str| Struct::new(format).unwrap().fixed().is_some();
    for (whole, name) in [("", "plain"), ("I~unix:t ", "whole")] {
        let fields = |n: usize| {
            let fields: Vec<String> = (0..n).map(|i| format!("B:f{i}")).collect();
            format!("<{whole}{}", fields.join(" "))
        };
        let own = usize::from(!whole.is_empty());
        assert!(is_known(&fields(4096 - own)), "{name}");
        assert!(!is_known(&fields(4097 - own)), "{name}");
        let constants = |n: usize| format!("<{whole}{n}(B=1 B:x):f");
        assert!(is_known(&constants(4096)), "{name}");
        assert!(!is_known(&constants(4097)), "{name}");
        // Items without constants have no limit.
        assert!(is_known(&format!("<{whole}100000(B:a B:x):f")), "{name}");
        for format in ["*B:x", "z:x", "V:x", "B:n [n]B:x"] {
            assert!(!is_known(&format!("<{whole}{format}")), "{name} {format}");
        }
    }
    for format in [
        "<B:n {n: B:x}",
        "<B:n &[n]B:x",
        "<2s~xor(1):x",
        "<M:x",
        "<B:a B:b=[a]",
        "<I~unix:t 2H{x:3 y:13}:b",
        "<I~unix:t [2]B:b",
        "<I~unix:t 2H",
        "<I~unix:t (B:a)~hex:g",
        "<I~unix:t 2(B:a)~hex:g",
        "<I~unix:t B{a:4 b:4}~hex:g",
        "<I~unix:t 3U{a:20 b:4}~hex:g",
        "<I~unix:t H{a:8 b:8}:g=0x102",
        "<I~unix:t 3u{a:8 b:16}=0x102",
        "<I~unix:t 4p:g=\"ab\"",
    ] {
        assert!(!is_known(format), "{format}");
    }
}

#[test]
fn constants_are_the_bytes_that_they_are_written_as() {
    let constants = |format: &str| {
        let fixed = Struct::new(format).unwrap().fixed();
        fixed.map(|fixed| fixed.constants)
    };
    let one = |at: usize, bytes: &[u8]| Some(vec![(at, bytes.to_vec())]);
    for (format, expected) in [
        ("<I~unix:t 2s:a=\"ab\"", one(4, b"ab")),
        ("<I~unix:t 4s:a=\"ab\"", one(4, b"ab\0\0")),
        ("<I~unix:t 2s~ascii:a=\"ab\"", one(4, b"ab")),
        ("<I~unix:t 2s~hex:a=\"ab\"", one(4, b"ab")),
        ("<I~unix:t H:a=0x102", one(4, &[2, 1])),
        (">I~unix:t H:a=0x102", one(4, &[1, 2])),
        (">I~unix:t H~hex:a=0x102", one(4, &[1, 2])),
        ("<I~unix:t B:n h:a=-2", one(5, &[0xfe, 0xff])),
        ("I~unix:t B:n h:a=-2", one(6, &(-2i16).to_ne_bytes())),
        (
            "<I~unix:t 2(B:n 2(B:a=7 B:m):i):o",
            Some([5, 7, 10, 12].map(|at| (at, vec![7])).to_vec()),
        ),
        // What a kind makes other bytes of is read record by record.
        ("<I~unix:t 4s~utf16le:a=\"ab\"", None),
        ("<I~unix:t 4s~octal:a=7", None),
    ] {
        assert_eq!(constants(format), expected, "{format}");
    }
}

#[test]
fn integers_of_any_width_have_places() {
    for width in [1, 2, 3, 7, 8, 9, 16] {
        let format = format!("<B:a {width}U:n {width}u:m B:b");
        let fixed = Struct::new(&format).unwrap().fixed().unwrap();
        let places: Vec<_> = fixed.fields.iter().map(|f| (f.offset, f.size)).collect();
        let expected = [(0, 1), (1, width), (1 + width, width), (1 + 2 * width, 1)];
        assert_eq!(places, expected, "{format}");
        assert_eq!(fixed.size, 2 + 2 * width);
    }
}
