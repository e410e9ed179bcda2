//! Coded bytes in items that are made on demand, and what paths lead to in such items.

use super::super::ReadMode;
use super::demand::{children_with, fields, read, read_as};
use super::{Node, compiled};
use crate::Source;
use crate::structs::nodes::Window;
use crate::tree::{Role, Space};
use crate::value::Value;

/// Items of a length, bytes of which each is combined with 255, and the sum of the bytes before that.
fn summed(count: u8, wrong: u8) -> Vec<u8> {
    (0..count)
        .flat_map(|i| {
            let sum = i.wrapping_add(1).wrapping_add(u8::from(i == wrong));
            [2, !i, !1, sum]
        })
        .collect()
}

const SUMMED: &str = "(B:n [n]s~xor(255):data B:sum=sum(data.content)):items {0: x}";

#[test]
fn contents_in_items_on_demand_are_left_coded_and_their_sums_checked() {
    let layout = compiled(&format!("200{SUMMED}"), &[]);
    let data = summed(200, 77);
    let how = ReadMode {
        many: 8,
        ..ReadMode::at(Space::FILE, 0)
    };
    let (parts, error, _) = read_as(&layout, &data, &how);
    assert_eq!(error, None);
    let items = &parts.made()[0];
    assert!(items.is_on_demand());
    for (i, item) in items.children().enumerate() {
        let item = item.unwrap();
        let coded = item.child("data").unwrap();
        assert_eq!(coded.role, Role::Data);
        assert_eq!(
            (coded.range.offset, coded.range.size),
            (i as u64 * 4 + 1, 2)
        );
        // There is no stream of that number, and it says so.
        assert!(coded.is_leaf() && coded.content.is_none());
        let meaning = coded.meaning.as_deref();
        assert_eq!(meaning, Some("xor, left coded since it is made on demand"));
        let problems = &item.child("sum").unwrap().problems;
        let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        let expected: &[&str] = match i {
            77 => &["expected 78 (0x4e), the checksum of the bytes; found 79 (0x4f)"],
            _ => &[],
        };
        assert_eq!(messages, expected, "{i}");
    }
    // A short array has its contents.
    let (whole, ..) = read(&layout, &data, u64::MAX);
    let coded = whole.made()[0].made()[5].child("data").unwrap();
    let content = coded.children().next().unwrap().unwrap();
    assert_eq!((&content.name, content.range.size), (&"content".into(), 2));
    assert_eq!(fields(&whole), fields(&parts));
}

/// What has to follow an edit is found in items on demand too.
#[test]
fn sums_of_contents_that_are_wrong_are_found_in_long_arrays() {
    let mut data: Vec<u8> = (0..240).flat_map(|_| summed(250, 255)).collect();
    // The 124th of 250: its content is 123 and 1.
    data[4 * 40_123 + 3] = 0;
    let layout = compiled(&format!("60000{SUMMED}"), &[]);
    let mut window = Window::new(&Source::from(data)).unwrap();
    let wrong = layout.wrong_in(&mut window).unwrap();
    let found: Vec<_> = wrong
        .iter()
        .map(|(place, _, value)| (place.to_string(), value))
        .collect();
    assert_eq!(found, [("items[40123].sum".to_owned(), &Value::from(124))]);
}

/// Fields inside coded bytes are there however long the array is, whatever format they are in.
#[test]
fn arrays_with_fields_in_coded_bytes_are_not_made_on_demand() {
    let data: Vec<u8> = (0..100).flat_map(|i| [255 - i, 255 - 7]).collect();
    for (format, formats) in [
        ("100(2s~xor(255):x=(B:a B:b)):items {0: x}", &[][..]),
        ("100(2s~xor(255)=(B:a B:b)):items {0: x}", &[]),
        (
            "*%outer:items",
            &[("outer", "%inner:y"), ("inner", "2s~xor(255):x=(B:a B:b)")],
        ),
        (
            "*(2s:y=%inner):items",
            &[("inner", "2s~xor(255):x=(B:a B:b)")],
        ),
    ] {
        let layout = compiled(format, formats);
        let (parts, error, _) = read(&layout, &data, 8);
        assert_eq!(error, None, "{format}");
        let items = &parts.made()[0];
        assert!(!items.is_on_demand(), "{format}");
        assert_eq!(items.made().len(), 100, "{format}");
        let lines = fields(&parts);
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.contains("/content/b "))
                .count(),
            100
        );
    }
}

/// The content of a field around the array, of which another stream comes before.
#[test]
fn items_on_demand_see_contents_around_them() {
    let format = "1s~xor(1):other 2s~xor(255):key 3s~xor(255):far=(B:a B:b B:c) \
        50(1s~xor(key.content)~latin1:text B:x=xor(key.content) B:y=[far.b]):items {0: x}";
    let layout = compiled(format, &[]);
    let mut data = vec![9, 255 - 3, 255 - 5, 255 - 10, 255 - 20, 255 - 30];
    // 'A' is 0x41, combined with 3 it is 'B'; 3 and 5 are 6.
    (0..50).for_each(|i| data.extend([b'B', 6, if i == 30 { 21 } else { 20 }]));
    let (whole, ..) = read(&layout, &data, u64::MAX);
    let (parts, error, _) = read(&layout, &data, 8);
    assert_eq!(error, None);
    assert_eq!(fields(&parts), fields(&whole));
    let items = &parts.made()[3];
    assert!(items.is_on_demand());
    let problems = |item: &Node| {
        let fields = item.made().iter();
        fields.map(|field| field.problems.len()).sum::<usize>()
    };
    for index in [0, 30, 49] {
        let item = items.children_from(index).next().unwrap().unwrap();
        assert_eq!(item.made()[0].value, Some("A".into()));
        assert_eq!(problems(&item), usize::from(index == 30));
    }
}

/// A field of each item is the same whether the item is made whole or passed over up to there, where names in it are
/// those of fields beside it and other fields around the array are called so.
#[test]
fn fields_that_are_asked_for_see_what_is_beside_them() {
    for coding in ["xor(a)", "rotate(2)"] {
        let format = format!(
            "B:a B:flag 40(B:a B:flag .x=[a + 1] (B:p {{flag: B:q}}):g [a]s:body=(B:r *s:t) \
            [a]s~{coding}:coded [a]s~rotate(4)~latin1:text 2s~rotate(1):two):items {{0: x}}"
        );
        same_fields(&format);
    }
}

fn same_fields(format: &str) {
    let layout = compiled(format, &[]);
    let mut data = vec![2, 1];
    for i in 0..40 {
        let (a, flag) = ([1, 2, 3][i % 3], u8::from(i % 2 == 1));
        data.extend([a, flag, 7]);
        data.extend(vec![8; usize::from(flag)]);
        data.extend(vec![9; usize::from(a)]);
        data.extend(vec![10; usize::from(a)]);
        data.extend(vec![0x14; usize::from(a)]);
        data.extend([1, 2]);
    }
    let (whole, ..) = read(&layout, &data, u64::MAX);
    let (parts, error, _) = read(&layout, &data, 8);
    assert_eq!(error, None);
    let (whole, parts) = (&whole.made()[2], &parts.made()[2]);
    assert!(parts.is_on_demand());
    for name in ["a", "flag", "x", "g", "body", "coded", "text", "two"] {
        let mut found = children_with(parts, &[name]).into_iter();
        for item in whole.made() {
            let part = found.next().unwrap();
            let mut expected = item.child(name).unwrap().clone();
            expected.without_content();
            let found = part.child(name).unwrap();
            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{name}");
        }
    }
}

/// An expression that looks at a field in something asks for no value of what a coded field of the same name yields:
/// an archive's members are undone when they are looked at.
#[test]
fn what_a_field_is_in_is_not_undone() {
    for expression in ["list[id == 1].data.n", "list[0].data.n", "outer.data.n"] {
        let format = format!(
            "2(B:id 1s:data=(B:n)):list (1s:data=(B:n)):outer .first=[{expression} ?? 9] 3s~xor(7):data \
             B:sum=sum(data.content)"
        );
        let layout = compiled(&format, &[]);
        let (root, error, _) = read_as(
            &layout,
            &[1, 5, 2, 6, 5, 8, 9, 10, 0],
            &ReadMode::at(Space::FILE, 0),
        );
        assert_eq!(error, None);
        let field = |name: &str| root.made().iter().find(|node| node.name == name).unwrap();
        assert_eq!(field("first").value, Some(5.into()), "{format}");
        assert!(field("data").is_on_demand(), "{format}");
    }
    // The value itself is one that is asked for.
    let layout = compiled("3s~xor(7):data .first=[data[0]]", &[]);
    let (root, ..) = read_as(&layout, &[8, 9, 10], &ReadMode::at(Space::FILE, 0));
    assert_eq!(root.made()[1].value, Some(15.into()));
}
