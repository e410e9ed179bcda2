//! What is kept of fields that will be asked for, where items are long.

use std::sync::Arc;

use super::demand::read_as;
use super::{Space, compiled};
use crate::structs::whole::{Asked, How};

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
    let asked = Asked {
        array: "blocks".to_owned(),
        names: vec!["m".to_owned()],
    };
    let how = How {
        many: 64,
        asked: Arc::from([asked]),
        ..How::at(Space::FILE, 0)
    };
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
    let asked = arrays.iter().map(|array| Asked {
        array: (*array).to_owned(),
        names: vec!["body".to_owned()],
    });
    let how = How {
        many: 64,
        asked: asked.collect(),
        ..How::at(Space::FILE, 0)
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
            let how = How {
                many,
                ..How::at(Space::FILE, 0)
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
