//! What holds for every format and all data.

use bytewright::tree::{Node, Role, Space};
use bytewright::{Record, Struct, Value};
use serde::de::IgnoredAny;

/// Unpacks in every way there is, and packs again.
///
/// # Panics
///
/// When a promise is broken.
pub fn check(layout: &Struct, data: &[u8]) {
    // Formats of whole files have a target of their own.
    if layout.is_whole() {
        return;
    }
    iterate(layout, data);
    let unpacked = layout.unpack_prefix(data);
    let nodes = layout.nodes(data, Space::FILE, 0);
    let read = layout.deserialize_prefix::<Record>(data);
    let skipped = layout.deserialize_prefix::<IgnoredAny>(data);
    let (record, taken) = match unpacked {
        Ok(unpacked) => unpacked,
        Err(error) => {
            assert!(error.to_string().len() < 10_000);
            // A tree is for looking at what is wrong, too: it doesn't insist on constants.
            let about_constant = error.to_string().contains("expected the constant");
            assert!(about_constant || nodes.is_err(), "nodes of what {error}");
            assert!(read.is_err(), "serde reads what {error}");
            assert!(skipped.is_err(), "serde skips what {error}");
            return;
        }
    };
    assert!(layout.size().is_none_or(|size| size == taken as u64));
    assert!(layout.layout().min_size <= taken as u64);
    assert_eq!(layout.unpack(data).is_ok(), taken == data.len());
    assert_eq!(skipped.expect("serde skips it").1, taken);

    let (read, also_taken) = read.expect("serde reads it");
    assert_eq!(also_taken, taken);
    assert!(
        alike(&Value::from(read.clone()), &Value::from(record.clone())),
        "{read} != {record}"
    );

    let mut leaves = Leaves { end: 0 };
    leaves.add(&nodes.expect("what unpacks has nodes"));
    assert_eq!(leaves.end, taken as u64, "leaves end elsewhere");

    let packed = layout.pack(&record).expect("what unpacks packs");
    assert_eq!(layout.pack(&record.to_vec()).expect("in order too"), packed);
    assert_eq!(layout.pack(&read).expect("what serde read packs"), packed);
    assert_eq!(layout.serialize(&record).expect("serde writes it"), packed);
    let again = layout.unpack(&packed).expect("what was packed unpacks");
    assert!(same(&again, &record), "{again} != {record}");
    assert_eq!(layout.pack(&again).expect("twice"), packed);
    views(layout, data, &record);
}

fn iterate(layout: &Struct, data: &[u8]) {
    let Ok(all) = layout.iter_unpack(data) else {
        return;
    };
    let mut count = 0;
    for record in all {
        count += 1;
        if record.is_err() {
            break;
        }
    }
    assert!(count <= data.len());
}

/// A view reads what unpacking reads.
fn views(layout: &Struct, data: &[u8], record: &Record) {
    let Ok(view) = layout.view(data) else {
        assert!(layout.size().is_none());
        return;
    };
    for (key, value) in record.entries().take(64) {
        if let Ok(read) = view.get::<Value>(&key) {
            let bits = matches!(
                (value, &read),
                (Value::Record(_), Value::Int(_) | Value::Uint(_))
            );
            assert!(bits || same_value(&read, value), "{key}: {read} != {value}");
        }
    }
}

/// The leaves so far; each begins where the one before it ends.
struct Leaves {
    end: u64,
}

impl Leaves {
    fn add(&mut self, nodes: &[Node]) {
        for node in nodes {
            if node.role == Role::View {
                continue;
            }
            let inner: Vec<Node> = node
                .children()
                .map(|child| child.expect("children in memory").into_owned())
                .filter(|child| child.role != Role::View)
                .collect();
            if inner.is_empty() {
                assert_eq!(
                    node.range.offset, self.end,
                    "a gap or an overlap at {node:?}"
                );
                self.end = node.range.end();
            } else {
                assert_eq!(
                    node.range.offset, self.end,
                    "a group begins elsewhere: {node:?}"
                );
                self.add(&inner);
                assert_eq!(
                    node.range.end(),
                    self.end,
                    "a group ends elsewhere: {node:?}"
                );
            }
        }
    }
}

/// Equal down to the bits of floats and to the names of records.
fn same(a: &Record, b: &Record) -> bool {
    a.len() == b.len()
        && (0..a.len()).all(|i| a.name(i) == b.name(i))
        && a.iter().zip(b).all(|(a, b)| same_value(a, b))
}

fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Complex(a, c), Value::Complex(b, d)) => {
            a.to_bits() == b.to_bits() && c.to_bits() == d.to_bits()
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Value::Record(a), Value::Record(b)) => same(a, b),
        _ => a == b,
    }
}

/// Equal as far as serde's model goes: it has sequences, and knows neither a group without names
/// nor a complex number, and an index that is a key is a name.
fn alike(read: &Value, value: &Value) -> bool {
    match (read, value) {
        (Value::List(parts), Value::Complex(re, im)) => {
            let (re, im) = (Value::Float(*re), Value::Float(*im));
            matches!(&parts[..], [a, b] if same_value(a, &re) && same_value(b, &im))
        }
        (Value::List(items), Value::Record(record)) if !record.is_named() => {
            all_alike(items, record)
        }
        (Value::List(a), Value::List(b)) => all_alike(a, b),
        (Value::Record(a), Value::Record(b)) => {
            a.entries()
                .map(|(key, _)| key)
                .eq(b.entries().map(|(key, _)| key))
                && all_alike(a, b)
        }
        _ => same_value(read, value),
    }
}

fn all_alike(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
}
