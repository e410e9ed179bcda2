//! What is left of an item while items are only gone through.

use std::sync::Arc;

use super::borders::ItemStarts;
use super::{Frame, MAX_STEPS, Reader};
use crate::structs::whole::program::{ItemKind, Program};
use crate::structs::whole::tests::compiled;
use crate::structs::whole::uses::Need;
use crate::tree::{Node, Range, Role, Space};

/// The names of the fields of the format's array whose nodes are kept.
fn kept(program: &Program, prepare: impl FnOnce(&mut Reader<'_, &[u8]>)) -> Vec<String> {
    let mut reader = Reader::new(program, &[][..], Space::FILE, 0);
    reader.frames.push(Frame::of_file());
    prepare(&mut reader);
    let mut items = program.root.items.iter();
    let items = items.find(|item| item.name.as_deref() == Some("items"));
    let ItemKind::Group(level) = &items.unwrap().what else {
        panic!("an array of groups");
    };
    let kept = level.items.iter().filter(|item| reader.keeps(item));
    kept.map(|item| item.name.as_deref().unwrap_or("?").to_owned())
        .collect()
}

#[test]
fn only_what_is_looked_at_or_asked_for_is_kept() {
    let format = "{0: B:never} *(B:n 2s:magic=\"ab\" [n]s:text B:used B:c=[used + 1] \
        I:sum=crc32(text..used)):items";
    let layout = compiled(format, &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    let lean = ["n", "text", "used", "c", "sum"];
    let all = ["n", "magic", "text", "used", "c", "sum"];
    assert_eq!(kept(program, |_| ()), all);
    assert_eq!(kept(program, |reader| reader.is_lean = true), lean);
    // A constant that differs is why bytes stay bytes.
    let tried = kept(program, |reader| {
        reader.is_lean = true;
        reader.tries = 1;
    });
    assert_eq!(tried, all);

    let layout = compiled("{0: B:never} *(B:n B:m (B:x):g):items", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    let none: [&str; 0] = [];
    assert_eq!(kept(program, |reader| reader.is_lean = true), none);
    let array = program.root.items.last().unwrap().number;
    for (names, expected) in [
        (&["m"][..], &["m"][..]),
        (&["g"], &["g"]),
        (&["g", "x"], &["g"]),
        (&["other"], &[]),
    ] {
        let asked = kept(program, |reader| {
            reader.is_lean = true;
            reader.wanted = program.wanted(array, names);
        });
        assert_eq!(asked, expected, "{names:?}");
    }

    // The condition looks at the item by itself, whatever it is called.
    let layout = compiled("{0: B:never} *(B:n B:m *[@item > 1]B:x):items", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    assert_eq!(kept(program, |reader| reader.is_lean = true), none);
    let in_array = kept(program, |reader| {
        reader.is_lean = true;
        reader.frames.push(Frame::of_array(None));
    });
    assert_eq!(in_array, ["n", "m", "x"]);
    let reader = Reader::new(program, &[][..], Space::FILE, 0);
    assert!(reader.keeps_name("whatever it is"));
}

#[test]
fn nodes_that_the_format_does_not_name_are_kept_by_their_names() {
    let layout = compiled("2s:a=(B:b) .x=[a.rest ?? 1]", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    let mut reader = Reader::new(program, &[][..], Space::FILE, 0);
    assert!(reader.keeps_name("rest") && reader.keeps_name("padding"));
    reader.is_lean = true;
    assert!(reader.keeps_name("rest") && !reader.keeps_name("padding"));
}

#[test]
fn what_is_wanted_of_an_item_is_known_by_its_number() {
    let layout = compiled("{0: B:never} *(B:n (B:x):g B{p:4 q:4}):items", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    let array = program.root.items.last().unwrap();
    let wanted = program.wanted(array.number, &["g", "x"]);
    let ItemKind::Group(level) = &array.what else {
        panic!("an array of groups");
    };
    let of = |number: u32| wanted.get(usize::try_from(number).unwrap()).copied();
    assert_eq!(of(array.number), Some(Need::Partly));
    assert_eq!(of(level.items[0].number).unwrap_or_default(), Need::No);
    assert_eq!(of(level.items[1].number), Some(Need::Partly));
    let ItemKind::Group(inner) = &level.items[1].what else {
        panic!("a group");
    };
    assert_eq!(of(inner.items[0].number), Some(Need::All));
    // Bit fields are in the same level.
    let bits = level.items[2].number;
    assert_eq!(of(bits).unwrap_or_default(), Need::No);
    let wanted = program.wanted(array.number, &["q"]);
    let index = usize::try_from(bits).unwrap();
    assert_eq!(wanted.get(index).copied(), Some(Need::Partly));
}

#[test]
fn work_is_bounded_by_the_file_and_by_a_limit() {
    let layout = compiled("{0: B:never}", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    // The bytes, what codings yielded, the limit of all, the steps that are fine, and the words for one more.
    for (size, decoded, limit, most, words) in [
        (0, 0, u64::MAX, MAX_STEPS, "than the file's size bears"),
        (
            3,
            0,
            u64::MAX,
            MAX_STEPS + 192,
            "than the file's size bears",
        ),
        (
            3,
            2,
            u64::MAX,
            MAX_STEPS + 320,
            "than the file's size bears",
        ),
        (0, 0, 5000, 5000, "more than 5000 items and values"),
        (3, 0, MAX_STEPS + 191, MAX_STEPS + 191, "items and values"),
        (3, 0, MAX_STEPS + 192, MAX_STEPS + 192, "file's size bears"),
    ] {
        let bytes = vec![0; size];
        // The limit is looked at now and then: at the last step, and before it.
        for before in [1, 1025, 3000] {
            let mut reader = Reader::new(program, &bytes[..], Space::FILE, 0);
            (reader.decoded, reader.most_steps) = (decoded, limit);
            reader.steps = most - before;
            for _ in 0..before {
                reader.step().unwrap();
            }
            let error = reader.step().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}

#[test]
fn nodes_are_bounded_by_the_file_and_by_a_limit() {
    let layout = compiled("{0: B:never}", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    for (size, decoded, most) in [
        (0, 0, 1 << 17),
        (3, 0, (1 << 17) + 12),
        (3, 2, (1 << 17) + 20),
        (3, 192, (1 << 17) + 780),
        (3, 193, (1 << 17) + 780),
        (3, u64::MAX, (1 << 17) + 780),
        (0x7_7fff, 0, (1 << 21) - 4),
        (0x7_8000, 0, 1 << 21),
        (0x7_8001, 0, 1 << 21),
    ] {
        let bytes = vec![0; size];
        let mut reader = Reader::new(program, &bytes[..], Space::FILE, 0);
        reader.frames.push(Frame::of_file());
        reader.decoded = decoded;
        reader.nodes = most - 1;
        let node = || Node::new("x", Range::new(Space::FILE, 0, 0));
        reader.push(node()).unwrap();
        let error = reader.push(node()).unwrap_err().to_string();
        let words = format!("more than {most} fields of the file");
        assert!(error.contains(&words), "{error}");
    }
}

#[test]
fn what_is_searched_is_bounded() {
    let layout = compiled("{0: B:never}", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    let mut reader = Reader::new(program, &[][..], Space::FILE, 0);
    reader.scanned(1 << 35).unwrap();
    reader.scanned(1 << 35).unwrap();
    assert!(reader.scanned(1).is_err());
}

/// What others have read is a view, and what has no bytes none.
#[test]
fn bytes_make_a_view() {
    let layout = compiled("{0: B:never}", &[]);
    let program: &Arc<Program> = layout.whole.as_ref().unwrap();
    let mut reader = Reader::new(program, &[1][..], Space::FILE, 0);
    reader.frames.push(Frame::of_file());
    reader.is_view = true;
    for (size, role) in [(0, Role::Field), (1, Role::View)] {
        let node = Node::new("x", Range::new(Space::FILE, 0, size));
        reader.push(node).unwrap();
        let made = reader.frames.last().and_then(|frame| frame.nodes.last());
        assert_eq!(made.map(|node| node.role), Some(role), "{size}");
    }
}

/// Of many items a beginning is known every few, the more the farther they lie apart.
#[test]
fn beginnings_of_items_are_known_at_equal_steps() {
    let mut starts = ItemStarts::new();
    for index in 0..100_000 {
        starts.note(index, index * 3);
    }
    for index in 0..100_000 {
        let (before, at) = starts.before(index).unwrap();
        assert_eq!(at, before * 3);
        assert!(before <= index && index - before < 8, "{index}: {before}");
    }
}
