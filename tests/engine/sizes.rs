//! Sizes, offsets and trees against a naive walk: item after item, repetition after repetition,
//! as somebody would do it on paper.

use std::mem::{align_of, size_of};

use bytewright::Struct;
use bytewright::structs::{EntryKind, MemberKind, Shape};
use bytewright::tree::{Node, Role, Space};

/// What a format is made of here.
enum Item {
    /// A code, and the count before it.
    Code(char, Option<u64>),
    Group(Option<u64>, Vec<Item>),
    Align(u64),
}

/// A piece of the struct: where it begins, how many bytes it has, and how it is to be called.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    depth: usize,
    begin: u64,
    size: u64,
    kind: EntryKind,
}

struct Walk {
    native: bool,
}

impl Walk {
    fn size_and_alignment(&self, code: char) -> (u64, u64) {
        let (size, align) = match code {
            'h' => (size_of::<i16>(), align_of::<i16>()),
            'I' => (size_of::<u32>(), align_of::<u32>()),
            'd' => (size_of::<f64>(), align_of::<f64>()),
            'q' => (size_of::<i64>(), align_of::<i64>()),
            _ => (1, 1),
        };
        (size as u64, if self.native { align as u64 } else { 1 })
    }

    fn align(&self, item: &Item) -> u64 {
        match item {
            Item::Code(code, _) => self.size_and_alignment(*code).1,
            Item::Align(n) => *n,
            Item::Group(..) => 1,
        }
    }

    /// Where an item ends that begins at `at`, aligned already.
    fn end(&self, item: &Item, at: u64) -> u64 {
        match item {
            Item::Align(_) => at,
            Item::Code(code, n) => at + self.size_and_alignment(*code).0 * n.unwrap_or(1),
            Item::Group(n, items) => (0..n.unwrap_or(1)).fold(at, |at, _| self.ends(items, at)),
        }
    }

    /// Where items end that begin at `at`.
    fn ends(&self, items: &[Item], at: u64) -> u64 {
        items.iter().fold(at, |at, item| {
            self.end(item, at.next_multiple_of(self.align(item)))
        })
    }

    /// The lines of a layout, in which a repeated group stands with its first item.
    fn lines(&self, items: &[Item], at: u64, depth: usize, lines: &mut Vec<Piece>) {
        let mut at = at;
        for item in items {
            let begin = at.next_multiple_of(self.align(item));
            let end = self.end(item, begin);
            let mut line = |begin, end: u64, kind| {
                let size = end - begin;
                lines.push(Piece {
                    depth,
                    begin,
                    size,
                    kind,
                });
            };
            if begin > at {
                line(at, begin, EntryKind::Padding);
            }
            match item {
                Item::Align(_) => {}
                Item::Code('x', _) => line(begin, end, EntryKind::Padding),
                Item::Code(..) => line(begin, end, EntryKind::Field),
                Item::Group(_, inner) => {
                    line(begin, end, EntryKind::Group);
                    self.lines(inner, begin, depth + 1, lines);
                }
            }
            at = end;
        }
    }

    /// Begin and size of every value and of all padding.
    fn leaves(&self, items: &[Item], at: u64, leaves: &mut Vec<(u64, u64)>) -> u64 {
        let mut at = at;
        for item in items {
            let begin = at.next_multiple_of(self.align(item));
            if begin > at {
                leaves.push((at, begin - at));
            }
            at = self.end(item, begin);
            match item {
                Item::Align(_) => {}
                Item::Code('x' | 's', _) => leaves.push((begin, at - begin)),
                Item::Code(code, n) => {
                    let size = self.size_and_alignment(*code).0;
                    leaves.extend((0..n.unwrap_or(1)).map(|i| (begin + i * size, size)));
                }
                Item::Group(n, inner) => {
                    (0..n.unwrap_or(1)).fold(begin, |at, _| self.leaves(inner, at, leaves));
                }
            }
        }
        at
    }

    /// The shape is right for each item, or it should have been refused.
    fn check_shape(&self, items: &[Item], at: u64, shape: &Shape, format: &str) {
        assert_eq!(shape.size, self.ends(items, at) - at, "{format}");
        let mut members = shape.members.iter();
        let mut end = at;
        for item in items {
            let begin = end.next_multiple_of(self.align(item));
            end = self.end(item, begin);
            let count = match item {
                Item::Align(_) | Item::Code('x', _) => continue,
                Item::Code('s', _) => None,
                Item::Code(_, n) | Item::Group(n, _) => *n,
            };
            let member = members.next().unwrap();
            assert_eq!(
                (member.offset, member.count),
                (begin - at, count),
                "{format}"
            );
            assert_eq!(member.size * count.unwrap_or(1), end - begin, "{format}");
            if let (Item::Group(_, inner), MemberKind::Group(group)) = (item, &member.kind) {
                for i in 0..count.unwrap_or(1) {
                    self.check_shape(inner, begin + i * member.size, group, format);
                }
            }
        }
        assert!(members.next().is_none(), "{format}");
    }
}

fn text(items: &[Item]) -> String {
    let count = |n: &Option<u64>| n.map_or(String::new(), |n| n.to_string());
    let texts = items.iter().map(|item| match item {
        Item::Code(code, n) => format!("{}{code}", count(n)),
        Item::Group(n, items) => format!("{}({})", count(n), text(items)),
        Item::Align(n) => format!("|{n}"),
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % n
    }

    fn count(&mut self) -> Option<u64> {
        (self.below(2) == 0).then(|| self.below(8))
    }

    /// Patterns of alignments repeat late, so the innermost groups may be many.
    fn groups(&mut self, depth: u64) -> Option<u64> {
        match self.below(4) {
            0 if depth == 1 => Some(self.below(300)),
            _ => self.count(),
        }
    }

    fn items(&mut self, depth: u64) -> Vec<Item> {
        let n = self.below(4);
        (0..n).map(|_| self.item(depth)).collect()
    }

    fn item(&mut self, depth: u64) -> Item {
        match self.below(8) {
            0 | 1 if depth > 0 => Item::Group(self.groups(depth), self.items(depth - 1)),
            2 => Item::Align(1 + self.below(6)),
            3 => Item::Code(['x', 's'][self.below(2) as usize], self.count()),
            _ => Item::Code(
                ['B', 'h', 'I', 'd', 'q'][self.below(5) as usize],
                self.count(),
            ),
        }
    }
}

fn owners(nodes: &[Node], leaves: &mut Vec<(u64, u64)>) {
    for node in nodes {
        let inner: Vec<Node> = node
            .children()
            .map(|child| child.unwrap().into_owned())
            .collect();
        if inner.iter().all(|child| child.role == Role::View) {
            leaves.push((node.range.offset, node.range.size));
        }
        owners(&inner, leaves);
    }
}

#[test]
fn sizes_layouts_shapes_and_trees_are_those_of_a_naive_walk() {
    let mut numbers = Numbers(19);
    let (mut shaped, mut misshapen) = (0, 0);
    for _ in 0..4_000 {
        let items = numbers.items(3);
        let walk = Walk {
            native: numbers.below(2) == 0,
        };
        let format = format!("{}{}", if walk.native { "@" } else { "<" }, text(&items));
        let layout = Struct::new(&format).unwrap_or_else(|e| panic!("{e}"));
        let size = walk.ends(&items, 0);
        assert_eq!(layout.size(), Some(size), "{format}");

        let mut lines = Vec::new();
        walk.lines(&items, 0, 0, &mut lines);
        let told = layout.layout();
        assert_eq!((told.size, told.min_size), (Some(size), size), "{format}");
        let told = told.entries.iter().map(|entry| Piece {
            depth: entry.depth,
            begin: entry.offset.unwrap(),
            size: entry.size.unwrap(),
            kind: entry.kind,
        });
        assert_eq!(told.collect::<Vec<_>>(), lines, "{format}");

        match layout.shape() {
            Ok(shape) => {
                walk.check_shape(&items, 0, &shape, &format);
                shaped += 1;
            }
            Err(e) => {
                let why = "alignment makes its items differ in size";
                assert!(e.to_string().ends_with(why), "{format}: {e}");
                misshapen += 1;
            }
        }

        let data = vec![1; size as usize];
        let mut leaves = Vec::new();
        let end = walk.leaves(&items, 0, &mut leaves);
        assert_eq!(end, size, "{format}");
        leaves.retain(|(_, size)| *size > 0);
        let mut owned = Vec::new();
        let nodes = layout.nodes(&data, Space::FILE, 1000).unwrap();
        owners(&nodes, &mut owned);
        owned.retain(|(_, size)| *size > 0);
        leaves.iter_mut().for_each(|(begin, _)| *begin += 1000);
        assert_eq!(owned, leaves, "{format}");

        let (_, taken) = layout.unpack_prefix(&[&data[..], &[9]].concat()).unwrap();
        assert_eq!(taken as u64, size, "{format}");
        let values = layout.unpack(&data).unwrap();
        assert_eq!(layout.pack(&values).unwrap().len() as u64, size, "{format}");
        if size > 0 {
            assert!(layout.unpack(&data[1..]).is_err(), "{format}");
        }
    }
    assert!(
        shaped > 1_000 && misshapen > 100,
        "{shaped} and {misshapen}"
    );
}

/// The pattern of a group's items repeats after the least common multiple of the alignments in
/// it, not after the largest of them.
#[test]
fn alignments_repeat_after_their_least_common_multiple() {
    // (B (B |2 B |3)), from 0: B at 0, B at 1, 2 to 2, B at 2, 3 to 3; so 3 bytes. From 3: B, B
    // at 4, up to 6, B at 6, up to 9. From 9: B, B at 10, up to 12, B, up to 15. From 15: 21.
    let format = Struct::new("<4(B (B |2 B |3)):a B:x").unwrap();
    assert_eq!(format.size(), Some(22));
}
