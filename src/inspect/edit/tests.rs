//! What follows from a change, and what it breaks.

#[cfg(feature = "view")]
use super::{Change, around};
use super::{plan, problems};
use crate::format::StructFormat;
use crate::inspect::Document;
use crate::{Source, Struct};

/// A problem that was there before the edit is not reported as new, whether it stays or something else breaks.
#[test]
fn only_new_errors_are_told() {
    let layout = Struct::new("B:a=sum(d..d) B:b=sum(d..d) B:c=sum(d..d) B:d").unwrap();
    for (bytes, new) in [
        ([0, 0, 0, 7], &[][..]),
        ([7, 0, 0, 7], &[0]),
        ([0, 0, 7, 7], &[2]),
        ([7, 7, 7, 7], &[0, 1, 2]),
        ([8, 0, 0, 7], &[]),
        ([8, 8, 8, 7], &[]),
    ] {
        let format = StructFormat::new("summed", layout.clone());
        let document = Document::open(Source::from(bytes.to_vec()), format).unwrap();
        let set = [("d".parse().unwrap(), "8".to_owned())];
        let edit = plan(&document, &set, false, &|_| None).unwrap();
        let found = edit.new_problems.iter().map(|problem| problem.range.offset);
        assert_eq!(found.collect::<Vec<_>>(), new, "{bytes:?}");
    }
}

/// Where more errors were there than are remembered, those after are taken for old ones.
#[test]
fn errors_are_remembered_up_to_a_number() {
    let sums = "B:a=sum(x..x) B:b=sum(x..x) B:c=sum(x..x) B:d=sum(x..x) B:e=sum(x..x) B:x";
    let layout = Struct::new(sums).unwrap();
    for (bytes, most, new) in [
        ([0, 0, 7, 7, 7, 7], 2, &[][..]),
        ([0, 0, 7, 7, 7, 7], 3, &[2, 3, 4]),
        ([0, 0, 0, 7, 7, 7], 2, &[]),
        ([0, 0, 0, 7, 7, 7], 3, &[]),
        ([0, 0, 0, 7, 7, 7], 4, &[3, 4]),
        ([7, 7, 0, 0, 0, 7], 3, &[0, 1]),
        ([7, 7, 7, 0, 0, 7], 2, &[0, 1]),
        ([7, 7, 7, 0, 0, 7], 3, &[0, 1, 2]),
    ] {
        let format = StructFormat::new("summed", layout.clone());
        let document = Document::open(Source::from(bytes.to_vec()), format).unwrap();
        let set = [("x".parse().unwrap(), "8".to_owned())];
        let edit = plan(&document, &set, false, &|_| None).unwrap();
        let found = problems::new_among(&document, &edit.changes, most).unwrap();
        let found: Vec<_> = found.iter().map(|problem| problem.range.offset).collect();
        assert_eq!(found, new, "{bytes:?} {most}");
    }
}

#[cfg(feature = "view")]
#[test]
fn a_change_follows_beside_others_and_not_on_them() {
    let layout = Struct::new("B:a B:sum=sum(a..b, self=0) B:b B:c").unwrap();
    let layout = StructFormat::new("summed", layout);
    let document = Document::open(Source::from(&[1, 3, 2, 0][..]), layout).unwrap();
    // The field that has the changed bytes, where these begin, and those of the sum that follows.
    for (field, offset, new, sum) in [
        ("a", 0, &[5][..], Some(7)),
        ("b", 2, &[6], Some(7)),
        ("b", 2, &[6, 1], Some(7)),
        // The sum is among what was changed.
        ("a", 0, &[5, 9], None),
        ("b", 1, &[9, 6], None),
        ("b", 1, &[9], None),
        ("a", 0, &[5, 9, 6, 1], None),
        // Nothing is summed, or as before.
        ("c", 3, &[9], None),
    ] {
        let mut change = Change::bytes(field, offset);
        change.old = document.file().read(offset, new.len() as u64).unwrap();
        change.new = new.to_vec();
        let found = document.find(&field.parse().unwrap()).unwrap();
        change.places = found.into_iter().map(|found| found.path).collect();
        let edit = around(&document, &[change]).unwrap();
        let changes: Vec<_> = edit
            .changes
            .iter()
            .map(|change| (change.offset, &change.new[..]))
            .collect();
        let expected: Vec<_> = sum
            .iter()
            .map(|sum| (1, std::slice::from_ref(sum)))
            .collect();
        assert_eq!(changes, expected, "{field} {offset} {new:?}");
    }
}

/// Bit fields of one integer are one change, which has the places of both.
#[test]
fn bit_fields_of_an_integer_change_together() {
    let layout = Struct::new("<H{a:4 b:12}:f B:x").unwrap();
    let format = StructFormat::new("bits", layout);
    let document = Document::open(Source::from(vec![0x21, 0x43, 9]), format).unwrap();
    let set = [("f.b", "1"), ("f.a", "2"), ("x", "9")];
    let set = set.map(|(path, value)| (path.parse().unwrap(), value.to_owned()));
    let edit = plan(&document, &set, false, &|_| None).unwrap();
    let [change] = &edit.changes[..] else {
        panic!("{:?}", edit.changes);
    };
    assert_eq!(
        (&change.old[..], &change.new[..]),
        (&[0x21, 0x43][..], &[0x12, 0][..])
    );
    let places: Vec<String> = change.places.iter().map(ToString::to_string).collect();
    assert_eq!(places, ["f.b", "f.a"]);
    assert_eq!(change.path, "f.b, f.a");
    assert!(!change.follows);
}

/// A bit field may be all of an integer of sixteen bytes.
#[test]
fn a_bit_field_fills_the_widest_integer() {
    for (format, value, new) in [
        ("<Y{a:128}:f", "2", 2),
        ("<Y{a:127 b:1}:f", "4", 4 | 1_u128 << 127),
        ("<y{a:128}:f", "-2", u128::MAX - 1),
    ] {
        let layout = StructFormat::new("bits", Struct::new(format).unwrap());
        let before = 1 | 1_u128 << 127;
        let bytes = before.to_le_bytes().to_vec();
        let document = Document::open(Source::from(bytes), layout).unwrap();
        let set = [("f.a".parse().unwrap(), value.to_owned())];
        let edit = plan(&document, &set, false, &|_| None).unwrap();
        assert_eq!(edit.changes[0].new, u128::to_le_bytes(new), "{format}");
    }
}
