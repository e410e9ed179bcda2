//! Arrays on demand beside others: where the file cuts them, which bytes they own, whose fields their items look at.

use super::compiled;
use super::demand::{children_with, fields, owners, read};
use crate::tree::Node;

/// An item with a place of its own that is cut has the bytes that are there.
#[test]
fn arrays_at_places_are_cut_where_the_file_is() {
    let data: Vec<u8> = (0..40).collect();
    for format in [
        "<{0: B:never} [5]&[@index * 8](I:a H:b {b: H:c}):items",
        "<{0: B:never} 5(I:a H:b {b: H:c}):items",
        "<{0: B:never} [3]&[20 - @index * 8](I:a I:b):items",
    ] {
        let layout = compiled(format, &[]);
        for size in 0..=data.len() {
            let (at_once, error, _) = read(&layout, &data[..size], u64::MAX);
            let (on_demand, same, _) = read(&layout, &data[..size], 0);
            assert_eq!(fields(&on_demand), fields(&at_once), "{format}: {size}");
            assert_eq!(same, error, "{format}: {size}");
        }
    }
}

/// Of several arrays on demand, the one whose bytes others own is a view, and the others aren't.
#[test]
fn arrays_on_demand_own_their_bytes_each_for_itself() {
    let format = "{0: B:never} 4(H:a):one &[0]4(B:b):two 4(B:c):three 4(B:d):four";
    let layout = compiled(format, &[]);
    let data: Vec<u8> = (0..16).collect();
    let (root, error, _) = read(&layout, &data, 0);
    assert_eq!(error, None);
    let mut counts = vec![0; data.len()];
    owners(&root, &mut counts);
    assert_eq!(counts, [1; 16]);
}

/// A length, or a key, is that of the item, although a field around the array has its name.
#[test]
fn a_field_that_is_asked_for_looks_at_its_own_item() {
    let item = [2u8, 1, 0, 2, 0];
    for (format, wanted) in [
        ("<{0: B:never} B:n *(B:n [n]H:x {n & 1: B:y}):items", "x"),
        (
            "<{0: B:never} B:n *(B:n 4s~xor(n):x {n & 1: B:y}):items",
            "x",
        ),
        (
            "<{0: B:never} B:n *(B:n [n * 2]s:x {n & 1: B:y}):items",
            "x",
        ),
    ] {
        let layout = compiled(format, &[]);
        let data = [&[1][..], &item.repeat(300)].concat();
        let (at_once, error, _) = read(&layout, &data, u64::MAX);
        assert_eq!(error, None, "{format}");
        let (on_demand, _, _) = read(&layout, &data, 0);
        let array = |root: &Node| {
            let array = root.made().iter().find(|node| node.name == "items");
            array.unwrap().clone()
        };
        let found = children_with(&array(&on_demand), &[wanted]);
        let whole = array(&at_once);
        assert_eq!((found.len(), whole.made().len()), (300, 300), "{format}");
        for (part, item) in found.iter().zip(whole.made()) {
            let value = |node: &Node| node.child(wanted).and_then(|x| x.value.clone());
            assert_eq!(value(part), value(item), "{format}");
        }
    }
}
