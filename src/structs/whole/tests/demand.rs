//! Items that are made on demand are those that would be made at once, and what is kept of them is bounded.

use std::sync::Arc;

use super::random::{Random, random_format};
use super::{Node, Role, Space, compiled};
use crate::structs::Struct;
use crate::structs::nodes::Window;
use crate::structs::whole::{ReadMode, RequestedField, settle_all};
use crate::{Source, tree};

/// The nodes of a file whose arrays of more than this number of nodes are made on demand, and its error.
pub(super) fn read(layout: &Struct, data: &[u8], many: u64) -> (Node, Option<String>, u64) {
    // Checks over contents are at the fields then, as they are in items on demand.
    let how = ReadMode {
        many,
        checks_all: true,
        ..ReadMode::at(Space::FILE, 0)
    };
    read_as(layout, data, &how)
}

pub(super) fn read_as(layout: &Struct, data: &[u8], how: &ReadMode) -> (Node, Option<String>, u64) {
    let program = layout.whole.as_ref().unwrap();
    let mut window = Window::new(&Source::from(data.to_vec())).unwrap();
    let mut made = program.read_on_demand(&mut window, how);
    let size = data.len() as u64;
    let settled = settle_all(&mut made.nodes, &made.claims, Space::FILE, 0, size);
    made.lost.unwrap().set(settled.lost);
    let gaps = settled.gaps.into_iter();
    made.nodes
        .extend(gaps.map(|gap| Node::new("gap", gap).role(Role::Gap)));
    let root = Node::new("", tree::Range::file(0, size)).with_children(made.nodes);
    (root, made.error.map(|e| e.to_string()), made.end)
}

/// All nodes with their paths, as text; of a level those that are at once and on demand alike. Contents without
/// fields, which items on demand don't have, are left out, and so are the numbers of streams, which are fewer then.
fn listed(node: &Node, path: &str, into: &mut Vec<String>) {
    for child in node.children() {
        let child = child.unwrap();
        if node.content.is_some() && child.is_leaf() {
            continue;
        }
        let path = format!("{path}/{}", child.name);
        let Node {
            key,
            range,
            value,
            format,
            items,
            hex,
            meaning,
            problems,
            ..
        } = &*child;
        let meaning = meaning.as_deref().unwrap_or_default();
        let meaning = meaning.trim_end_matches(", left coded since it is made on demand");
        let place =
            |range: &tree::Range| (range.space.is_file(), range.offset, range.size, range.bits);
        let at = place(range);
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| (problem.code, place(&problem.range), &problem.message))
            .collect();
        into.push(format!(
            "{path} {key:?} {at:?} {value:?} {format:?} {items:?} {hex} {meaning:?} {problems:?} {}",
            child.is_array()
        ));
        listed(&child, &path, into);
    }
}

/// All nodes but the gaps between what the format reads: an array that is made on demand has its padding
/// to itself, and a field that is placed in there makes no gap of it.
pub(super) fn fields(node: &Node) -> Vec<String> {
    let mut lines = Vec::new();
    listed(node, "", &mut lines);
    lines.retain(|line| !line.starts_with("/gap"));
    lines
}

pub(super) fn owners(node: &Node, counts: &mut [u32]) {
    for child in node.children() {
        let child = child.unwrap();
        if child.owns_bytes() {
            for at in child.range.offset..child.range.end() {
                let count = &mut counts[usize::try_from(at).unwrap()];
                *count = count.saturating_add(1);
            }
        } else if child.role != Role::View {
            owners(&child, counts);
        }
    }
}

fn on_demand(node: &Node) -> usize {
    let below: usize = node.made().iter().map(on_demand).sum();
    below.saturating_add(usize::from(node.is_on_demand() && node.content.is_none()))
}

#[test]
fn random_formats_are_the_same_on_demand() {
    let mut random = Random(11);
    let (mut demanded, mut failed) = (0, 0);
    for _ in 0..1_500 {
        let mut next = 0;
        let format = random_format(&mut random, 0, &mut next) + "{0: x}";
        let layout = Struct::new(&format).unwrap_or_else(|e| panic!("{e}"));
        for _ in 0..4 {
            let size = random.below(120);
            let data: Vec<u8> = (0..size)
                .map(|_| u8::try_from(random.below(256) >> random.below(9)).unwrap())
                .collect();
            let (whole, error, end) = read(&layout, &data, u64::MAX);
            assert_eq!(on_demand(&whole), 0);
            let nodes = layout.nodes_so_far(&data, Space::FILE, 0);
            assert_eq!(nodes.1.map(|e| e.to_string()), error);
            for many in [0, 3] {
                let (parts, same_error, same_end) = read(&layout, &data, many);
                demanded += on_demand(&parts);
                failed += usize::from(error.is_some());
                assert_eq!(same_error, error, "{format}: {data:?}");
                assert_eq!(same_end, end, "{format}: {data:?}");
                let (expected, found) = (fields(&whole), fields(&parts));
                let differs = expected.iter().zip(&found).find(|(a, b)| a != b);
                assert_eq!(differs, None, "{format}: {data:?}");
                assert_eq!(found.len(), expected.len(), "{format}: {data:?}");
                let mut counts = vec![0; data.len()];
                owners(&parts, &mut counts);
                let once = counts.iter().all(|n| *n <= 1);
                assert!(once, "{format}: {data:?}: {counts:?}");
            }
        }
    }
    assert!(demanded > 1_000 && failed > 300, "{demanded} {failed}");
}

/// A format of items beside and in one another, with looks ahead, back and at the same place twice.
const PLACES: [(&str, &[(&str, &str)]); 6] = [
    (
        "*%block:blocks",
        &[("block", "B:n [n]s:data {@at < @end: &[@at]B:next}")],
    ),
    ("B:n [n](B:at &[at % @size]B:there &[0]B:first):items", &[]),
    (
        "B:n &[1][n](B:at B:size &[at](B:a {a & 1: B:b} &[0]s:none):local):members",
        &[],
    ),
    ("B:n &[@index * 2][n](B:a B:b &[a % @size]B:c):each", &[]),
    (
        "B:n [n](B:m [m](B:at &[at % @size]B:there):inner &[@at]B:ahead):outer",
        &[],
    ),
    (
        "*(B:n [n & 7]s:body=(*(B:at {at < @size: &[at]B:there}):inside)):regions",
        &[],
    ),
];

#[test]
fn each_byte_has_one_owner_on_demand() {
    let mut random = Random(5);
    let mut demanded = 0;
    for (format, formats) in PLACES {
        let layout = compiled(format, formats);
        for _ in 0..200 {
            let size = 1 + random.below(80);
            let data: Vec<u8> = (0..size)
                .map(|_| u8::try_from(random.below(256) >> random.below(9)).unwrap())
                .collect();
            let (whole, ..) = read(&layout, &data, u64::MAX);
            let expected = fields(&whole);
            for many in [0, 8] {
                let (parts, ..) = read(&layout, &data, many);
                demanded += on_demand(&parts);
                let mut counts = vec![0; data.len()];
                owners(&parts, &mut counts);
                assert!(
                    counts.iter().all(|n| *n == 1),
                    "{format} {many}: {data:?}: {counts:?} {:#?}",
                    fields(&parts)
                );
                assert_eq!(fields(&parts), expected, "{format}: {data:?}");
            }
        }
    }
    assert!(demanded > 500, "{demanded}");
}

#[test]
fn an_item_is_found_from_a_place_before_it() {
    let data: Vec<u8> = (0..3u32 << 14)
        .flat_map(|i| [1, u8::try_from(i % 251).unwrap()])
        .collect();
    let layout = Arc::new(compiled("*(B:n [n]s:data):items[n]", &[]).clone());
    let (root, error, _) = read(&layout, &data, 64);
    assert_eq!(error, None);
    let array = &root.made()[0];
    assert!(array.is_on_demand() && array.made().is_empty());
    assert_eq!(array.count(), Some(3 << 14));
    for index in [0u64, 1, 2, 16_383, 16_384, 16_385, 40_001, (3 << 14) - 1] {
        let item = array.children_from(index).next().unwrap().unwrap();
        assert_eq!(item.name, index.to_string());
        assert_eq!(item.range, tree::Range::file(index * 2, 2));
        let value = u8::try_from(index % 251).unwrap();
        assert_eq!(item.made()[1].value, Some([value].as_slice().into()));
        assert_eq!(item.key.as_deref(), Some(&b"1"[..]));
    }
    assert!(array.children_from(3 << 14).next().is_none());
}

/// More fields than one file may become at once are read one after another.
#[test]
fn nodes_of_items_on_demand_do_not_add_up() {
    // An item is 34 nodes and a byte; a file becomes 2^17 nodes at once, and 4 more a byte.
    let values: String = (0..32).map(|i| format!(" .x{i}=[n]")).collect();
    let data = [1; 5_000];
    let layout = compiled(&format!("*(B:n{values}):items"), &[]);
    let (_, error, _) = read(&layout, &data, u64::MAX);
    assert!(error.unwrap().contains("more than 151072 fields"));
    let (root, error, end) = read(&layout, &data, 64);
    assert_eq!((error, end), (None, 5_000));
    assert_eq!(root.made()[0].count(), Some(5_000));
    // What is inside one item that is passed over doesn't add up either.
    let format = format!("<*(H:n [n](B:m{}):items):all", values.replace('n', "m"));
    let data = [&5_000u16.to_le_bytes()[..], &data].concat();
    let (root, error, _) = read(&compiled(&format, &[]), &data, 1);
    assert_eq!(error, None);
    assert_eq!(root.made()[0].count(), Some(1));
    let all = root.made()[0].children().next().unwrap().unwrap();
    assert_eq!(all.made()[1].count(), Some(5_000));
}

/// Items of which only some fields are made, which come one in the place of the other.
pub(super) fn children_with(array: &Node, names: &[&str]) -> Vec<Node> {
    let mut found = Vec::new();
    let visit = &mut |node: &mut Node| {
        found.push(node.clone());
        Ok(true)
    };
    array.each_with(names, 0, visit).unwrap();
    found
}

/// What a path leads to is the same whether an item is made whole or only the fields of the path.
#[test]
fn fields_that_are_asked_for_are_those_of_whole_items() {
    let formats = [(
        "block",
        "<H:kind H:size [size]s~utf8:body {kind & 1: B~hex:odd} &[0]B:first",
    )];
    let kinds = "*%block:blocks";
    let layout = compiled(kinds, &formats);
    let mut random = Random(3);
    let mut data = Vec::new();
    for _ in 0..500 {
        let (kind, size) = (random.below(4), random.below(9));
        data.extend([
            u8::try_from(kind).unwrap(),
            0,
            u8::try_from(size).unwrap(),
            0,
        ]);
        data.extend(std::iter::repeat_n(b'a', size + kind % 2));
    }
    let (whole, ..) = read(&layout, &data, u64::MAX);
    let (parts, error, _) = read(&layout, &data, 64);
    assert_eq!(error, None);
    let (whole, parts) = (&whole.made()[0], &parts.made()[0]);
    assert!(parts.is_on_demand());
    assert_eq!(whole.made().len(), 500);
    for name in ["kind", "size", "body", "odd", "first"] {
        let mut found = children_with(parts, &[name]).into_iter();
        for item in whole.made() {
            let part = found.next().unwrap();
            assert_eq!((&part.name, part.range), (&item.name, item.range));
            assert_eq!(part.reference.as_deref(), Some("block"));
            let (expected, found) = (item.child(name), part.child(name));
            assert_eq!(expected.is_some(), found.is_some(), "{name}");
            if let (Some(expected), Some(found)) = (expected, found) {
                // Which of two fields on the same bytes is a view is settled over the whole file.
                let strip = |node: &Node| {
                    let mut node = node.clone();
                    (node.role, node.is_placed) = (Role::Field, false);
                    format!("{node:?}")
                };
                assert_eq!(strip(found), strip(expected), "{name}");
            }
        }
        assert!(found.next().is_none());
    }
}

/// What is kept of a field while borders are looked for is what reading it later makes.
#[test]
fn fields_that_are_kept_are_those_that_are_read() {
    let formats = [(
        "block",
        "<H:kind H:size [size]s:body={kind ; 0, 1: B:a i:b {@at < @end: h~hex:c} ; 2: B:a I~unix:b} \
         [kind + 1]s~utf8:name [kind]s:raw {kind & 1: B{x:3 y:5}:odd}",
    )];
    let layout = compiled("3s:head *%block:blocks", &formats);
    let mut random = Random(29);
    let mut kept = 0;
    for full in [true, false] {
        let mut data = b"abc".to_vec();
        for i in 0..400u32 {
            // Some items have no such field, the first of them after some hundred.
            let kind = u8::try_from(random.below(if full || i < 300 { 3 } else { 4 })).unwrap();
            let size = 5 + if kind < 2 {
                2 * u8::from(random.below(2) == 0)
            } else {
                0
            };
            data.extend([kind, 0, size, 0]);
            data.extend((0..size).map(|_| u8::try_from(random.below(256)).unwrap()));
            // Some are no text.
            let bytes = kind + 1 + kind + (kind & 1);
            data.extend((0..bytes).map(|_| u8::try_from(random.below(140)).unwrap()));
        }
        let (parts, error, _) = read(&layout, &data, 64);
        assert_eq!(error, None);
        for names in [
            &["kind"][..],
            &["size"],
            &["body", "a"],
            &["body", "b"],
            &["body", "c"],
            &["name"],
            &["raw"],
            &["odd"],
            &["none"],
        ] {
            let asked = RequestedField {
                array: "blocks".to_owned(),
                names: names.iter().map(|name| (*name).to_owned()).collect(),
            };
            let how = ReadMode {
                many: 64,
                asked: Arc::from([asked]),
                ..ReadMode::at(Space::FILE, 0)
            };
            let (again, error, _) = read_as(&layout, &data, &how);
            assert_eq!(error, None);
            let expected = children_with(&parts.made()[1], names);
            let found = children_with(&again.made()[1], names);
            assert_eq!(found.len(), 400);
            let inner = |item: &Node| {
                let mut node = item.clone();
                for name in names {
                    node = node.child(name)?.clone();
                }
                Some(format!("{node:?}"))
            };
            let mut alone = Vec::new();
            let counted = again.made()[1].each_kept(names, &mut |index, node| {
                assert_eq!(index, alone.len() as u64);
                alone.push(Some(format!("{node:?}")));
                true
            });
            assert_eq!(counted, alone.len() as u64);
            let same: Vec<_> = expected.iter().take(alone.len()).map(inner).collect();
            assert_eq!(alone, same, "{names:?}");
            let is_kept = !matches!(*names, ["odd" | "none"] | ["body", "c"]);
            assert_eq!(counted > 200, is_kept, "{names:?}");
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!((&found.name, found.range), (&expected.name, expected.range));
                assert_eq!(found.reference, expected.reference);
                assert_eq!(inner(found), inner(expected), "{names:?}");
                kept += usize::from(inner(found).is_some());
            }
        }
    }
    assert!(kept > 3_000, "{kept}");
}

/// Formats in one another, with parameters, beside fields of the same names around them.
const NESTED: [(&str, &[(&str, &str)]); 8] = [
    (
        "B:n *%entry{base: n}:entries",
        &[
            (
                "entry",
                "B:id B:n [n & 7]s:extra=(*(B:tag B:m [m & 3]s:body={tag ; 1: {n == 7: B:wide} *s ; else: *s:text}):fields) \
                 .size=[extra.fields[tag == 1].body.wide ?? id] %local{size: size}:local",
            ),
            ("local", "B:first [size & 3]s:data {first > size: B:more}"),
        ],
    ),
    (
        "*[at == @end || next == 0](%item{is_wide: at & 1}:one .at=[@at] {@at < @end: &[@at]B:next}):items",
        &[(
            "item",
            "B:kind {is_wide: B:more} {kind & 2: %item{is_wide: 0}:inner}",
        )],
    ),
    (
        "B:kind *(B:n [n & 7]s:data=%inside{kind: kind} {kind & 1: B:kind}):items",
        &[(
            "inside",
            "{@at < @size: B:n {n & 1 && @at < @end: B:kind} *s:rest_of_it}",
        )],
    ),
    (
        "*[last](%tree{depth: @index % 3}:tree B{last:1 _:7}):trees",
        &[(
            "tree",
            "B:n {depth > 0 && n & 1: %tree{depth: depth - 1}:left} {n & 2: [n & 1]%tree{depth: 0}:more}",
        )],
    ),
    (
        "*(2s~latin1:key {key ; \"\": B:zero ; x\"0100\", x\"0001\": %tail{key: key}:tail ; else: }):items[key]",
        &[("tail", "{key ; x\"01\": B:little ; else: z:text}")],
    ),
    // Positions that a format in a region is handed, and its own.
    (
        "*(B:n [n & 3]s:data=%inside{from: @at, n: n} [n & 1]s:end):items",
        &[(
            "inside",
            "{from & 1 && @at < @end: B:x} {@start == 0 && @at < @end: [n & 1]s:t}",
        )],
    ),
    // Checks that look forward, and those that are there sometimes.
    (
        "*(B:flags B:sum=sum8(text, when=flags & 8 && n != 2) B:n=[flags & 3] [flags & 3]s:text):items",
        &[],
    ),
    (
        "*[@index == 40 || (odd ?? 0) == 7](B:kind [kind & 1](B:a {a & 1: B:odd} [a & 1](B:b):c):inner {kind & 2: B:odd}):items",
        &[],
    ),
];

#[test]
fn formats_in_one_another_are_the_same_on_demand() {
    let mut random = Random(17);
    let (mut demanded, mut failed) = (0, 0);
    for (format, formats) in NESTED {
        let layout = compiled(format, formats);
        for _ in 0..400 {
            let size = 1 + random.below(80);
            let data: Vec<u8> = (0..size)
                .map(|_| u8::try_from(random.below(256) >> random.below(9)).unwrap())
                .collect();
            let (whole, error, end) = read(&layout, &data, u64::MAX);
            let (parts, same_error, same_end) = read(&layout, &data, 4);
            demanded += on_demand(&parts);
            failed += usize::from(error.is_some());
            assert_eq!((same_error, same_end), (error, end), "{format}: {data:?}");
            assert_eq!(fields(&parts), fields(&whole), "{format}: {data:?}");
        }
    }
    assert!(demanded > 500 && failed > 100, "{demanded} {failed}");
}

/// Items end where the array does, also where as many bytes follow as more of them would take.
#[test]
fn fields_of_items_end_with_the_array() {
    for (format, ends) in [
        ("B:k [k](B:n B:m):items *(B:a):more", 200u64),
        ("B:k *[n == 9](B:n B:m):items *(B:a):more", 201),
    ] {
        let mut data = vec![200u8];
        data.extend([1, 2].repeat(200));
        data.extend([9, 2].repeat(50));
        let layout = compiled(format, &[]);
        let layout = match layout.is_whole() {
            true => layout,
            false => compiled(&format!("{{0: B:never}} {format}"), &[]),
        };
        let how = ReadMode {
            many: 64,
            ..ReadMode::at(Space::FILE, 0)
        };
        let (root, error, _) = read_as(&layout, &data, &how);
        assert_eq!(error, None);
        let items = root
            .made()
            .iter()
            .find(|node| node.name == "items")
            .unwrap();
        assert!(items.is_on_demand());
        assert_eq!(items.count(), Some(ends), "{format}");
        for names in [&["n"][..], &["m"]] {
            let found = children_with(items, names);
            assert_eq!(found.len() as u64, ends, "{format}");
        }
        assert_eq!(items.children().count() as u64, ends);
        assert!(items.children_from(ends).next().is_none());
        assert_eq!(items.children_from(ends - 1).count(), 1);
    }
}
