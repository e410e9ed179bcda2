//! What is kept of fields that will be asked for, where items are long.

use std::sync::Arc;

use super::demand::{children_with, read, read_as};
use super::{Node, Role, Space, compiled};
use crate::structs::whole::{ReadMode, RequestedField};

/// Reading on demand from 64 fields on, for one that is asked for in the items of an array.
fn asking(array: &str, name: &str) -> ReadMode {
    let asked = RequestedField {
        array: array.to_owned(),
        names: vec![name.to_owned()],
    };
    ReadMode {
        many: 64,
        asked: Arc::from([asked]),
        ..ReadMode::at(Space::FILE, 0)
    }
}

#[test]
fn fields_that_lie_far_from_one_another_are_kept() {
    let layout = compiled("<{0: B:never} *(I:size [size]s:body B:m):blocks", &[]);
    let sizes = [
        0u32, 1, 122, 123, 124, 127, 128, 129, 300, 16_378, 16_379, 16_384, 20_000,
    ];
    let mut data = Vec::new();
    let mut expected = Vec::new();
    for i in 0..260usize {
        let size = sizes[i % sizes.len()];
        data.extend(size.to_le_bytes());
        data.resize(data.len() + size as usize, 0xaa);
        let value = u8::try_from(i % 256).unwrap();
        expected.push((i as u64, data.len() as u64, i128::from(value)));
        data.push(value);
    }
    let how = asking("blocks", "m");
    let (root, error, _) = read_as(&layout, &data, &how);
    assert_eq!(error, None);
    let mut found = Vec::new();
    let count = root.made()[0].each_kept(&["m"], &mut |index, node| {
        let value = node.value.as_ref().unwrap().as_int().unwrap();
        found.push((index, node.range.offset, value));
        true
    });
    assert_eq!(count, 260);
    assert_eq!(found, expected);
    // As many as are wanted.
    let mut seen = 0;
    root.made()[0].each_kept(&["m"], &mut |_, _| {
        seen += 1;
        seen < 3
    });
    assert_eq!(seen, 3);
}

/// How many items have their field kept, of arrays of which these are the sizes of the field.
fn kept(format: &str, data: &[u8], arrays: &[&str]) -> Vec<u64> {
    let layout = compiled(format, &[]);
    let asked = arrays.iter().map(|array| RequestedField {
        array: (*array).to_owned(),
        names: vec!["body".to_owned()],
    });
    let how = ReadMode {
        many: 64,
        asked: asked.collect(),
        ..ReadMode::at(Space::FILE, 0)
    };
    let (root, error, _) = read_as(&layout, data, &how);
    assert_eq!(error, None);
    let arrays = root.made().iter().filter(|node| node.is_on_demand());
    arrays
        .map(|array| array.each_kept(&["body"], &mut |_, _| true))
        .collect()
}

#[test]
fn texts_are_kept_up_to_a_length() {
    let format = "<{0: B:never} *(H:size [size]s:body):blocks";
    for (length, expected) in [(0u16, 300), (1_024, 300), (1_025, 200)] {
        let mut data = Vec::new();
        for i in 0..300u16 {
            let size = if i == 200 { length } else { 3 };
            data.extend(size.to_le_bytes());
            data.resize(data.len() + usize::from(size), b'a');
        }
        assert_eq!(kept(format, &data, &["blocks"]), [expected], "{length}");
    }
}

/// What is kept of all arrays of a file together is bounded: 24 MiB.
#[test]
fn fields_are_kept_up_to_a_sum() {
    let format =
        "<{0: B:never} [13000](H:size [size]s:body):first [13000](H:size [size]s:body):second";
    let mut data = Vec::new();
    for _ in 0..26_000 {
        data.extend(1_024u16.to_le_bytes());
        data.resize(data.len() + 1_024, b'a');
    }
    let found = kept(format, &data, &["first", "second"]);
    assert_eq!(found[0], 13_000);
    let bytes = (found[0] + found[1]) << 10;
    // A few bytes more are kept of each, so that it is less than the sum.
    let most = 24 << 20;
    assert!((most - (most >> 7)..most).contains(&bytes), "{found:?}");
    // The second alone has all the room.
    assert_eq!(kept(format, &data, &["second"]), [0, 13_000]);
}

/// Items that are passed over are read where a constant in one of them decides whether bytes hold them.
#[test]
fn a_constant_far_away_decides_what_bytes_hold() {
    let layout = compiled("<H:n [n]s:data=?(*(B=1 B:b):items) B:after", &[]);
    for (wrong, is_held) in [(None, true), (Some(0), false), (Some(150), false)] {
        let mut data = vec![0x90, 1];
        data.extend([1, 2].repeat(200));
        data.push(9);
        if let Some(index) = wrong {
            data[2 + 2 * index] = 3;
        }
        for many in [16, u64::MAX] {
            let how = ReadMode {
                many,
                ..ReadMode::at(Space::FILE, 0)
            };
            let (root, error, end) = read_as(&layout, &data, &how);
            assert_eq!((error, end), (None, 403), "{wrong:?} {many}");
            let [_, held, after] = root.made() else {
                panic!("{root:?}");
            };
            let problems: Vec<_> = held.problems.iter().map(|problem| problem.code).collect();
            let count = held.child("items").map(|items| items.children().count());
            match is_held {
                true => {
                    assert_eq!((count, &problems[..]), (Some(200), &[][..]));
                    let items = held.child("items").unwrap();
                    assert_eq!(items.is_on_demand(), many == 16);
                }
                false => {
                    assert_eq!((count, &problems[..]), (None, &["S007"][..]));
                    assert!(held.is_leaf());
                }
            }
            assert_eq!(after.value, Some(9.into()));
        }
    }
}

/// What is asked for of items is read alone as it is in the whole item, whatever kind of field it is.
#[test]
fn fields_of_each_form_are_read_alone_as_in_their_items() {
    let formats = [("f", "B:a [a & 1]H:b")];
    for field in [
        "[n & 3]H:x",
        "[n & 3]b:x",
        "[n & 3](B:a b:b):x",
        "[n & 3]%f:x",
        "2H:x",
        "[n & 3]s:x",
        "[n & 3]s~hex:x",
        "[n & 3]s~latin1:x",
        "3s:x",
        "3p:x",
        "[(n & 3) + 2]s:x=(H:a *s:b)",
        "[(n & 3) + 3]s:x=%f",
        "[(n & 3) + 2]s:x=?%f",
        "z:x",
        "z~latin1:x",
        "V:x",
        "m:x",
        "3u:x",
        "3U{a:3 b:21}:x",
        "H{a:3 b:13}:x",
        "h{a:3 b:13}:x",
        "I~unix:x",
        "H~hex:x",
        "?:x",
        "c:x",
        "f:x",
        "(B:a H:b):x",
        "%f:x",
        "{n ; 1: B:x ; 2: H:x ; else: 3s:x}",
        "{n: 2H:x}",
        "{n ; 1: B:a ; else: H:b}:x",
        "*[@item & 1]H:x",
        "*[a & 1](H:a B:b):x",
        "B:x=[n]",
        ".x=[n * 3]",
        "B:x=sum(n)",
        "|4 H:x",
        "&[0]H:x",
    ] {
        let layout = compiled(
            &format!("<{{0: B:never}} *(B:n {field} B:m):items"),
            &formats,
        );
        // Items of all kinds: counts of 0 to 2, and numbers, texts and ends of any bytes.
        let mut data = Vec::new();
        for i in 0..400u16 {
            data.push(u8::try_from(i % 3).unwrap());
            let bytes = [
                i % 5,
                0x83 - i % 7,
                0x41 + i % 11,
                i % 2,
                1,
                0,
                0x33 * (i % 4),
            ];
            data.extend(bytes.map(|byte| u8::try_from(byte).unwrap()));
        }
        let (whole, error, _) = read(&layout, &data, u64::MAX);
        let (parts, same, _) = read(&layout, &data, 64);
        assert_eq!(error, same, "{field}");
        let items = parts.made().iter().find(|node| node.name == "items");
        let items = items.unwrap_or_else(|| panic!("{field}"));
        assert!(items.is_on_demand(), "{field}: {error:?}");
        let (mut found, mut met) = (children_with(items, &["x"]).into_iter(), 0);
        let all = whole.child("items").unwrap().made();
        // The last may be cut.
        let len = all.len() - usize::from(error.is_some());
        for item in all.iter().take(len) {
            let part = found
                .next()
                .unwrap_or_else(|| panic!("{field}: {}", item.name));
            assert_eq!(
                (&part.name, part.range),
                (&item.name, item.range),
                "{field}"
            );
            // Which of two fields on the same bytes is a view is settled over the whole file.
            let shown = |item: &Node| {
                item.child("x").map(|node| {
                    let mut node = node.clone();
                    (node.role, node.is_placed) = (Role::Field, false);
                    format!("{node:?}")
                })
            };
            assert_eq!(shown(&part), shown(item), "{field}");
            met += usize::from(shown(item).is_some());
        }
        assert!(met > 5, "{field}: {met}");
        assert!(found.next().is_none() || error.is_some(), "{field}");
    }
}

#[test]
fn only_the_field_that_was_asked_for_is_kept() {
    let layout = compiled("{0: B:never} *(B:n {n: B:x} B:m):items", &[]);
    let data = [1, 2, 3].repeat(300);
    let how = asking("items", "m");
    let (root, error, _) = read_as(&layout, &data, &how);
    assert_eq!(error, None);
    let items = root.child("items").unwrap();
    for (names, kept, value) in [
        (&["m"][..], 300, Some(3)),
        (&["n"], 0, Some(1)),
        (&["x"], 0, Some(2)),
        (&["none"], 0, None),
    ] {
        assert_eq!(items.each_kept(names, &mut |_, _| true), kept, "{names:?}");
        let found = children_with(items, names);
        assert_eq!(found.len(), 300, "{names:?}");
        let last = names.last().unwrap();
        for item in found {
            let field = item.child(last).and_then(|field| field.value.as_ref());
            let found = field.and_then(|value| value.as_int());
            assert_eq!(found, value, "{names:?}");
        }
    }
}
