//! The native order aligns in formats of whole files as it does in plain ones.

use super::compiled;
use super::random::Random;
use crate::structs::Struct;
use crate::tree::Space;
use crate::value::{Record, Value};

/// A few codes with everything that is aligned: values in line, arrays, groups, bit fields.
const ITEMS: [&str; 16] = [
    "B:NAME",
    "?:NAME",
    "h:NAME",
    "I:NAME",
    "q:NAME",
    "d:NAME",
    "3H:NAME",
    "2I:NAME",
    "2d:NAME",
    "3s:NAME",
    "2(B:x h:y):NAME",
    "(B:x 2I:y):NAME",
    "I{x:31 y:1}:NAME",
    "H{x:3 y:13}:NAME",
    "2H{x:3 y:13}:NAME",
    "x",
];

#[test]
fn arrays_and_bit_fields_stand_where_plain_formats_have_them() {
    let mut random = Random(7);
    for round in 0..3000 {
        let items: Vec<String> = (0..=random.below(5))
            .map(|i| ITEMS[random.below(ITEMS.len())].replace("NAME", &format!("f{i}")))
            .collect();
        let text = items.join(" ");
        let plain = Struct::new(&text).unwrap();
        let whole = Struct::new(&format!("{text} .one=[1]")).unwrap();
        let size = usize::try_from(plain.size().unwrap()).unwrap();
        let bytes: Vec<u8> = (0..size).map(|_| u8::from(random.below(2) == 1)).collect();
        let expected = plain.unpack(&bytes).unwrap();
        let mut found = whole.unpack(&bytes).unwrap();
        assert_eq!(found.remove("one"), Some(Value::from(1)), "{round}: {text}");
        let pairs = |record: &Record| -> Vec<(String, Value)> {
            record
                .entries()
                .map(|(key, value)| (key, value.clone()))
                .collect()
        };
        assert_eq!(pairs(&found), pairs(&expected), "{round}: {text}");
        let packed = plain.pack(&expected).unwrap();
        assert_eq!(whole.pack(&expected).unwrap(), packed, "{round}: {text}");
    }
}

/// What has a place of its own is there.
#[test]
fn an_offset_counts_before_an_alignment() {
    for format in [
        "B:n &[1]I:at",
        "B:n &[1]1I:at",
        "B:n &[1]2H:at B:next",
        "B:n &[1]I{x:31 y:1}:at",
    ] {
        let native = Struct::new(format).unwrap();
        let standard = Struct::new(&format!("={format}")).unwrap();
        let bytes = b"\x01\x02\0\0\0";
        assert_eq!(native.unpack(bytes), standard.unpack(bytes), "{format}");
    }
}

#[test]
fn a_layout_says_where_they_stand() {
    let whole = Struct::new("B:n 2I:d H{a:3 b:13}:h .one=[1]")
        .unwrap()
        .layout();
    let offsets: Vec<_> = ["n", "d", "h"]
        .map(|path| {
            whole
                .entries
                .iter()
                .find(|e| e.path == path)
                .unwrap()
                .offset
        })
        .into();
    assert_eq!(offsets, [Some(0), Some(4), Some(12)]);
}

/// Bit fields that are a constant together, named and among the fields around them: as plain formats have it.
#[test]
fn bit_fields_are_the_constant_that_they_state() {
    for (format, right, wrong) in [
        ("<H{a:8 b:8}:g=0x102 B:c", b"\x02\x01\x07", b"\x02\x02\x07"),
        (
            ">H{a:4 _:4 b:8}:g=0x102 B:c",
            b"\x01\x02\x07",
            b"\x11\x02\x07",
        ),
        ("<h{a:8 b:8}:g=-2 B:c", b"\xfe\xff\x07", b"\xfe\xfe\x07"),
        ("<H{a:8 b:8}=0x102 B:c", b"\x02\x01\x07", b"\x03\x01\x07"),
        (">h{a:3 b:13}=-2 B:c", b"\xff\xfe\x07", b"\x7f\xfe\x07"),
        (">2u{a:8 b:8}=-2 B:c", b"\xff\xfe\x07", b"\xff\xfd\x07"),
    ] {
        let whole = compiled(&format!("{format} {{0: z}}"), &[]);
        // A plain format has no integer of any size.
        let plain = Struct::new(&format.replace("2u", "h")).unwrap();
        let format = whole.format();
        let values = whole.unpack(right).unwrap();
        assert_eq!(values, plain.unpack(right).unwrap(), "{format}");
        assert_eq!(whole.pack(&values).unwrap(), right, "{format}");
        let named = Record::from_iter([("c", 7)]);
        assert_eq!(whole.pack(&named).unwrap(), right, "{format}");
        if !format.contains(":g") {
            assert_eq!(whole.pack(&(7,)).unwrap(), right, "{format}");
            assert_eq!(plain.pack(&(7,)).unwrap(), right, "{format}");
        }
        for layout in [&whole, &plain] {
            let error = layout.unpack(wrong).unwrap_err().to_string();
            assert!(error.contains("expected"), "{format}: {error}");
        }
        // What is read of other bytes packs to an error, and not to other bytes than it says.
        let read = compiled(&format.replace("=0x102", "").replace("=-2", ""), &[]);
        let values = read.unpack(wrong).unwrap();
        let error = whole.pack(&values).unwrap_err().to_string();
        assert!(error.contains("expected"), "{format}: {error}");
        let (nodes, _) = whole.nodes_so_far(wrong, Space::FILE, 0);
        assert_eq!(nodes[0].problems.len(), 1, "{format}");
        let (nodes, _) = whole.nodes_so_far(right, Space::FILE, 0);
        assert_eq!(nodes[0].problems.len(), 0, "{format}");
    }
    for format in [
        "<H:n H{a:8 b:8}:g=[n] {0: z}",
        "<H{a:8 b:8}:g=sum16(@start..@at) {0: z}",
        "<I{a:8 b:24}~unix:g",
        "<3U{a:8 b:16}~unix:g",
    ] {
        assert!(Struct::new(format).is_err(), "{format}");
    }
}

/// Padding is a node where there is some.
#[test]
fn bytes_before_an_aligned_field_are_padding() {
    for (format, expected) in [
        (
            "@B:a I:b {0: B}",
            vec![("a", 0, 1), ("padding", 1, 3), ("b", 4, 4)],
        ),
        ("@I:a I:b {0: B}", vec![("a", 0, 4), ("b", 4, 4)]),
        ("=B:a I:b {0: B}", vec![("a", 0, 1), ("b", 1, 4)]),
    ] {
        let nodes = compiled(format, &[])
            .nodes(&[0; 8], Space::FILE, 0)
            .unwrap();
        let found = nodes
            .iter()
            .map(|node| (node.name.to_string(), node.range.offset, node.range.size));
        let expected = expected
            .into_iter()
            .map(|(name, at, size)| (name.to_owned(), at, size));
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{format}"
        );
    }
}
