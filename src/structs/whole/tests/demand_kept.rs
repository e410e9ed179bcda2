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
