//! `[*]` and slices: which items they mean, of arrays of every kind, and how many of them are handed over.

use std::io;
use std::sync::Arc;

use bytewright::format::StructFormat;
use bytewright::inspect::{Document, FindError, Path};
use bytewright::tree::{Expand, Node, Range, Role};
use bytewright::{Source, Struct};

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

fn document(format: &str, bytes: Vec<u8>) -> Document {
    let layout = StructFormat::new("s", Struct::new(format).unwrap());
    Document::open(Source::from(bytes), layout).unwrap()
}

/// Items `first` to `end` of a list as Python has it: negative indexes count from the end, and what lies
/// outside is left out.
fn sliced(count: i64, first: Option<i64>, end: Option<i64>) -> Vec<i64> {
    let place = |index: Option<i64>, otherwise: i64| match index {
        None => otherwise,
        Some(index) if index < 0 => (count + index).max(0),
        Some(index) => index.min(count),
    };
    (place(first, 0)..place(end, count)).collect()
}

/// Bounds at, before and after both ends of ten items.
fn slices() -> Vec<(String, Vec<i64>)> {
    let bounds = [None, Some(0), Some(1), Some(3), Some(9), Some(10), Some(11)];
    let from_end = [-1, -3, -9, -10, -11].map(Some);
    let bounds: Vec<Option<i64>> = bounds.into_iter().chain(from_end).collect();
    let shown = |bound: Option<i64>| bound.map(|n| n.to_string()).unwrap_or_default();
    let mut slices = vec![("*".to_owned(), sliced(10, None, None))];
    for &first in &bounds {
        for &end in &bounds {
            let text = format!("{}:{}", shown(first), shown(end));
            slices.push((text, sliced(10, first, end)));
        }
    }
    slices
}

/// Groups made on demand, each with a field of its number, and padding between them.
struct Groups {
    count: u64,
    told: bool,
    /// Whether each group has what it has only where all of it is looked at.
    has_field: bool,
}

impl Groups {
    fn root(self) -> Node {
        Node::new("all", Range::file(0, self.count)).with_children_on_demand(Arc::new(self))
    }
}

impl Expand for Groups {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        self.told.then_some(self.count)
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let item = |i: u64| {
            let field = Node::new("x", Range::file(i, 1)).value(i);
            let node = Node::new(i.to_string(), Range::file(i, 1));
            match self.has_field {
                true => node.with_children(vec![field]),
                false => node.value(i),
            }
        };
        // What has no count may have padding after each item.
        let padding = Node::new("padding", Range::file(0, 0)).role(Role::Padding);
        let parts = (index..self.count).flat_map(move |i| match self.told {
            true => vec![Ok(item(i))],
            false => vec![Ok(item(i)), Ok(padding.clone())],
        });
        Box::new(parts)
    }
}

#[test]
fn a_slice_means_the_items_that_it_means_in_python() {
    let ten = || (0..10).collect::<Vec<u8>>();
    let plain = document("10B:a", ten());
    let strings = document("[10]z:a", (0..10).flat_map(|i| [b'0' + i, 0]).collect());
    let groups = document("10(B:x):a", ten());
    let on_demand = |told, has_field| {
        Groups {
            count: 10,
            told,
            has_field,
        }
        .root()
    };
    for (slice, expected) in slices() {
        let number = |found: &bytewright::inspect::Found| {
            let value = found.node.value.as_ref().unwrap();
            value.as_int().unwrap_or_else(|| {
                let text = value.as_bytes().unwrap();
                i128::from(text[0] - b'0')
            })
        };
        let numbers = |found: Result<Vec<bytewright::inspect::Found>, FindError>| {
            let found = found.unwrap_or_else(|e| panic!("{slice}: {e}"));
            let numbers = found.iter().map(number);
            numbers.map(|n| n as i64).collect::<Vec<_>>()
        };
        for (document, text) in [
            (&plain, format!("a[{slice}]")),
            (&strings, format!("a[{slice}]")),
            (&groups, format!("a[{slice}].x")),
        ] {
            let found = document.find(&path(&text)).unwrap();
            let paths: Vec<_> = found.iter().map(|found| found.path.to_string()).collect();
            let named: Vec<String> = expected
                .iter()
                .map(|i| text.replace(&slice, &i.to_string()))
                .collect();
            assert_eq!(paths, named, "{text}");
            assert_eq!(numbers(Ok(found)), expected, "{text}");
        }
        for told in [true, false] {
            let items = path(&format!("[{slice}]")).find(&on_demand(told, false));
            let paths = |found: &Result<Vec<bytewright::inspect::Found>, FindError>| {
                let found = found.as_ref().unwrap().iter();
                found
                    .map(|found| found.path.to_string())
                    .collect::<Vec<_>>()
            };
            let named = |end: &str| {
                let named = expected.iter().map(|i| format!("[{i}]{end}"));
                named.collect::<Vec<_>>()
            };
            assert_eq!(paths(&items), named(""), "[{slice}], told: {told}");
            assert_eq!(numbers(items), expected, "[{slice}], told: {told}");
            let fields = path(&format!("[{slice}].x")).find(&on_demand(told, true));
            assert_eq!(paths(&fields), named(".x"), "[{slice}].x, told: {told}");
            assert_eq!(numbers(fields), expected, "[{slice}].x, told: {told}");
        }
    }
}

#[test]
fn fields_of_a_long_array_are_those_of_its_items() {
    let count = 10_000u64;
    let bytes: Vec<u8> = (0..count).flat_map(|i| [(i >> 8) as u8, i as u8]).collect();
    // The choice makes a format of a whole file of it.
    let document = document(">{0: B:never} *(H:x .twice=[x * 2]):a", bytes);
    for (text, first, end) in [
        ("a[*].x", 0, 10_000),
        ("a[:2].x", 0, 2),
        ("a[9998:].x", 9_998, 10_000),
        ("a[-1:].x", 9_999, 10_000),
        ("a[5000:5003].x", 5_000, 5_003),
        ("a[8191:8193].x", 8_191, 8_193),
        ("a[3:3].x", 3, 3),
        ("a[10000:].x", 10_000, 10_000),
    ] {
        let found = document.find(&path(text)).unwrap();
        let values: Vec<_> = found
            .iter()
            .map(|found| {
                let value = found.node.value.as_ref().unwrap().as_int().unwrap();
                (found.path.to_string(), found.node.range.offset, value)
            })
            .collect();
        let expected: Vec<_> = (first..end)
            .map(|i| (format!("a[{i}].x"), i * 2, i128::from(i)))
            .collect();
        assert!(values == expected, "{text}: {} found", values.len());
    }
    let found = document.find(&path("a[9999].twice")).unwrap();
    assert_eq!(found[0].node.value, Some(19_998.into()));
    let error = document.find(&path("a[:].y")).unwrap_err().to_string();
    assert!(error.contains("is in a[0]; it has x, twice"), "{error}");
}

/// A visitor that has enough is asked no more, whatever the items are.
#[test]
fn no_more_nodes_are_handed_over_than_are_wanted() {
    let ten = || (0..10).collect::<Vec<u8>>();
    let many: Vec<u8> = vec![7; 20_000];
    for (document, text) in [
        (document("10B:a", ten()), "a[*]"),
        (document("[5]z:a", b"\0\0\0\0\0".to_vec()), "a[*]"),
        (document("10(B:x):a", ten()), "a[*].x"),
        (document("10(B:x):a", ten()), "a[*]"),
        (document("2(5B:x):a", ten()), "a[*].x[*]"),
        (document("{0: B:never} *(B:x):a", many.clone()), "a[*].x"),
        (document("{0: B:never} *(B:x):a", many), "a[2:].x"),
    ] {
        for wanted in [1, 2, 4] {
            let mut seen = 0;
            document
                .each(&path(text), &mut |_| {
                    seen += 1;
                    seen < wanted
                })
                .unwrap();
            assert_eq!(seen, wanted, "{text}");
        }
    }
    for has_field in [true, false] {
        let root = Groups {
            count: 10,
            told: true,
            has_field,
        }
        .root();
        let format = Handed(root);
        let document = Document::open(Source::from(&[0; 10][..]), format).unwrap();
        let mut seen = 0;
        let text = if has_field { "[*].x" } else { "[*]" };
        document
            .each(&path(text), &mut |_| {
                seen += 1;
                seen < 3
            })
            .unwrap();
        assert_eq!(seen, 3, "{text}");
    }
}

/// A format whose tree is known.
#[derive(Debug)]
struct Handed(Node);

impl bytewright::format::Format for Handed {
    fn name(&self) -> &'static str {
        "handed"
    }

    fn title(&self) -> &'static str {
        "A tree of the test"
    }

    fn fit(&self, _: &bytewright::format::Head<'_>) -> io::Result<Option<bytewright::format::Fit>> {
        Ok(None)
    }

    fn tree(&self, _: &Source, _: &mut bytewright::format::Content<'_>) -> io::Result<Node> {
        Ok(self.0.clone())
    }
}

#[test]
fn a_million_plain_values_are_nodes_and_one_more_is_refused() {
    let limit = 1 << 20;
    let exact = document("*B:a", vec![1; limit]);
    let mut seen = 0;
    exact
        .each(&path("a[*]"), &mut |_| {
            seen += 1;
            true
        })
        .unwrap();
    assert_eq!(seen, limit);
    let more = document("*B:a", vec![1; limit + 1]);
    for text in ["a[*]", "a[0:]", "a[:1048577]", "a[-1048577:]"] {
        let error = more.find(&path(text)).unwrap_err();
        assert!(!error.is_data());
        let FindError::TooMany { array, items } = error else {
            panic!("{text}: {error}");
        };
        assert_eq!((&*array, items), ("a", 1_048_577), "{text}");
    }
    for (text, first) in [("a[1:]", 1), ("a[-1048576:]", 1), ("a[:-1]", 0)] {
        let mut paths = Vec::new();
        more.each(&path(text), &mut |found| {
            paths.push(found.path.to_string());
            false
        })
        .unwrap();
        assert_eq!(paths, [format!("a[{first}]")], "{text}");
    }
    assert!(more.find(&path("a[7:7]")).unwrap().is_empty());
}

#[test]
fn slices_are_read_as_they_are_written() {
    use bytewright::inspect::Segment;

    for (text, first, end) in [
        ("[:]", None, None),
        ("[0:2]", Some(0), Some(2)),
        ("[-3:]", Some(-3), None),
        ("[:-1]", None, Some(-1)),
        ("[ 1 : 2 ]", Some(1), Some(2)),
    ] {
        assert_eq!(path(text).segments(), [Segment::Slice(first, end)]);
        assert!(path(text).is_pattern());
    }
    for text in ["a[1:x]", "a[x:1]", "a[1:2:3]"] {
        let error = text.parse::<Path>().unwrap_err();
        assert_eq!(error.at(), 1, "{text}");
        assert!(error.to_string().contains("an index on either side"));
    }
}
