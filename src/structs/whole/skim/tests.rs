//! Items that are passed over end where the reader ends them, and what is known is never given up.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on fails"
)]

mod left;

use std::sync::Arc;

use super::{OuterLevel, Skim};
use crate::structs::code::Order;
use crate::structs::whole::program::{Item, Program};
use crate::structs::whole::read::{Frame, Reader};
use crate::structs::whole::tests::compiled;
use crate::structs::whole::tests::random::Random;
use crate::tree::{Node, Space};

/// A format with an array called `items` at its end, the bytes that data are made of, and names that lead from an
/// item to a field.
struct Case {
    format: &'static str,
    formats: &'static [(&'static str, &'static str)],
    alphabet: &'static [u8],
    wanted: &'static [&'static str],
}

const SMALL: &[u8] = &[0, 1, 2, 3];
const SIGNED: &[u8] = &[0, 1, 2, 0x7f, 0x80, 0xff];
const LETTERS: &[u8] = b"ab\0";

const fn case(
    format: &'static str,
    alphabet: &'static [u8],
    wanted: &'static [&'static str],
) -> Case {
    Case {
        format,
        formats: &[],
        alphabet,
        wanted,
    }
}

const CASES: &[Case] = &[
    case("*(B:n {n & 1: H:x} b:s {s < 0: B:y}):items", SIGNED, &["s"]),
    case(
        "<*(H:a I:b Q:q {a > 0x100: B:x} {b < 0x10000: B:y} {q & 0xff == 3: B:z}):items",
        SMALL,
        &["q"],
    ),
    case(
        ">*(H:a I:b Q:q {a > 0x100: B:x} {b < 0x1000000: B:y} {q & 0xff == 3: B:z}):items",
        SMALL,
        &["b"],
    ),
    case(
        "<*(h:a i:b q:c {a < 0: B:x} {b < -1: B:y} {c > -2: B:z}):items",
        SIGNED,
        &["c"],
    ),
    case(
        ">*(h:a i:b q:c {a < 0: B:x} {b < -1: B:y} {c > -2: B:z}):items",
        SIGNED,
        &["x"],
    ),
    case(
        "<*(3u:d 5U:e 7u:f {d < 0: B:w} {e > 0x10000: B:v} {f & 1: B:u}):items",
        SIGNED,
        &["e"],
    ),
    case(
        ">*(3u:d 5U:e 7u:f {d < 0: B:w} {e > 0x10000: B:v} {f & 1: B:u}):items",
        SIGNED,
        &["f"],
    ),
    case(
        "<*(H{a:3 b:5 c:8} {a == 1: B:x} {b > 2: B:y} {c & 1: B:z}):items",
        SIGNED,
        &["z"],
    ),
    case(
        ">*(H{a:3 b:5 c:8} {a == 1: B:x} {b > 2: B:y} {c & 1: B:z}):items",
        SIGNED,
        &["y"],
    ),
    case(
        "<*(H{>a:3 b:5 c:8} {a == 1: B:x} {b > 2: B:y} {c & 1: B:z}):items",
        SIGNED,
        &["y"],
    ),
    Case {
        format: "<*%f:items",
        formats: &[("f", "h{a:4 b:12}:p {p.a < 0: B:x} {p.b < -1: B:y}")],
        alphabet: SIGNED,
        wanted: &["p"],
    },
    case(
        ">*(3U{a:5 b:19} {a > 15: B:x} {b & 2: B:y}):items",
        SIGNED,
        &["x"],
    ),
    case(
        "*(2s:t {t ; \"ab\": B:x ; \"a\": H:y ; else: } z:u {u == \"b\": B:z} {u != \"\": B:w}):items",
        LETTERS,
        &["u"],
    ),
    case(
        "*(2s~ascii:t {t == \"a\": B:x} 9s:l {l == \"b\": B:y}):items",
        LETTERS,
        &["l"],
    ),
    case(
        "*(2s~octal:n [n]s:d 1s~decimal:m [m]s:e):items",
        b"0012 ",
        &["e"],
    ),
    case(
        "*(V:n v:m M:k m:l {n > 127: B:x} {m < 0: B:y} {k > 127: B:z} {l < 0: B:w}):items",
        &[0, 1, 0x3f, 0x40, 0x7f, 0x81, 0xff, 0x80],
        &["l"],
    ),
    case(
        "*(M~sqlite:k {k > 127: B:z}):items",
        &[0, 1, 0x7f, 0x81],
        &["k"],
    ),
    Case {
        format: "*%f:items",
        formats: &[(
            "f",
            "B:n [(n & 3) + 1]s:r=(B:a {@at < @end: B:b} .e=[@end] .s=[@start] {e - s > 2: B:c}) {r.a == 1: B:x}",
        )],
        alphabet: SMALL,
        wanted: &["r", "b"],
    },
    Case {
        format: "*(B:n [(n & 3) + 1]s:r=%f {n: B:x}):items",
        formats: &[(
            "f",
            "B:a {@size > 1: B:b} &[0]B:c .z=[@at] {z == 2: .q=[1]}",
        )],
        alphabet: SMALL,
        wanted: &["r", "b"],
    },
    case("*(B:n [(n & 3) + 1]s=(B:k) {k: B:x}):items", SMALL, &["x"]),
    Case {
        format: "*%f:items",
        formats: &[(
            "f",
            "B:n [n & 3](B:a {a: B:b}):list {list[a == 2].b ?? 9 ; 9: B:none ; 0..1: H:low ; else: }",
        )],
        alphabet: SMALL,
        wanted: &["low"],
    },
    Case {
        format: "*%f:items",
        formats: &[(
            "f",
            "B:n [n & 3](B:a {a: B:b}):list {list[!(a != 2) == true].b ?? 9 ; 9: B:none ; 0..1: H:low ; else: }",
        )],
        alphabet: SMALL,
        wanted: &["low"],
    },
    Case {
        format: "*%f:items",
        formats: &[(
            "f",
            "B:n [n & 3](1s:a B:b):list {list[a == \"b\"].b ?? 9 ; 9: B:none ; 97: H:low ; else: }",
        )],
        alphabet: LETTERS,
        wanted: &["low"],
    },
    Case {
        format: "*%f:items",
        formats: &[("f", "*[a == 1](B:a B:b):list {list[b > 0].b > 1: B:x}")],
        alphabet: SMALL,
        wanted: &["x"],
    },
    Case {
        format: "*%f:items",
        formats: &[(
            "f",
            "B:n [(n & 3) + 1]s:r=(*(B:a):l) {r.l[a == 2].a ?? 9 ; 2: H:low ; else: }",
        )],
        alphabet: SMALL,
        wanted: &["low"],
    },
    case(
        "*(B:n [(n & 3) + 2]s:r=(*(B:a {@at < @end: B:b}):l) B:m):items",
        SMALL,
        &["m"],
    ),
    case("*(B:n [n & 3]H:v 2B:w [n]B:u B:m):items", SMALL, &["m"]),
    case("<*(B:n [(n & 3) * 2]s:r=(*H:v) B:m):items", SMALL, &["m"]),
    case(
        "*(B:n B:m .x=[n ? -m : ~m] .y=[!n || m && n > m] {x < -2: B:a} {y: B:b} {none ?? 3 ; 3: B:c} {n: B:none} {(n << 2 | m >> 1) % 3 == 1: B:e} {n / 2 == 1: B:f} {(n ^ m) == 3: B:g} {n != m: B:h} {n <= m: B:i} {n >= m: B:j} {n * m - n > 1: B:k}):items",
        SMALL,
        &["none"],
    ),
    case(
        "*(B:n .a=[@at] .s=[@start] {a - s == 1: B:x} {@at % 3 == 0: B:y} {@size - @at > 40: B:z} {@index & 1: B:w} {@at == @end: ; else: B:r} {@at == @end || n == 1: ; else: B:p} {@at != @end: B:v} {@end > @at: B:u} {@end == @at: } {@at >= @end: } {!(@at == @end): B:t}):items",
        SMALL,
        &["t"],
    ),
    case("*(B:n |3 B:m |4 |1 B:o .q=[1]):items", SMALL, &["o"]),
    // Bits that both have.
    case(
        "*(B:n B:m {(n | m) == 3: B:x} {n | m: B:y}):items",
        SMALL,
        &["x"],
    ),
    Case {
        format: "*(B:n (%f:r B:z):g {n: %f:s} [2]s:i=%f):items",
        formats: &[("f", "B:a B:b")],
        alphabet: SMALL,
        wanted: &["g", "r", "b"],
    },
    Case {
        format: "*(B:n {n: %f:r} [2]s:i=%f):items",
        formats: &[("f", "B:a B:b")],
        alphabet: SMALL,
        wanted: &["i", "b"],
    },
    case("3s:head *(B:n |4 H:x |8 .q=[1]):items", SMALL, &["x"]),
    case("*(B:n H:x I:y Q:z {x & 1: B:w}):items", SMALL, &["y"]),
    // A text is in no range of numbers.
    case(
        "*(2s:t {t ; 1..2: B:x ; else: H:w} B:m):items",
        LETTERS,
        &["m"],
    ),
    // More bytes than are kept with their place.
    case("*(B:n 9s:l {n & 1: B:w}):items", SMALL, &["l"]),
    case(
        "*(B:n &[n]B:there {there == 1: B:x} &[@at]2s:look {look == \"ab\": B:y} B:m):items",
        SMALL,
        &["m"],
    ),
    Case {
        format: "*%f{w: 1}:items",
        formats: &[(
            "f",
            "B:n {w: B:m} {n & 2: %f{w: n & 1}:in} {m ?? 7 ; 7: B:o ; else: }",
        )],
        alphabet: SMALL,
        wanted: &["in", "n"],
    },
    Case {
        format: "*(%g:h B:k {k: %g:i} B:l):items",
        formats: &[("g", "<H:a {a > 0x100: 2s:b}")],
        alphabet: SMALL,
        wanted: &["i", "b"],
    },
    case(
        "B:base B:other *(B:n {base: B:x} [n & other]s:d {(base ?? 0) > 1: H:z} B:m):items",
        SMALL,
        &["m"],
    ),
    Case {
        format: "*%f:items",
        formats: &[(
            "f",
            "B:n {n ; 1: B:a ; 2: H:b ; else: }:c {c.a == 1: B:x} B:m",
        )],
        alphabet: SMALL,
        wanted: &["c", "b"],
    },
    case(
        "*(B:n {n ; 0..1, 3: B:a ; 2: H:b} {n ; 1..2: B:c ; else: 2s:d}):items",
        SMALL,
        &["b"],
    ),
    case("*[n == 0](B:n B:m):items", SMALL, &["m"]),
    case(
        "*[@at >= 40 || n > 250](B:n {n & 1: B:x} B:m):items",
        SMALL,
        &["x"],
    ),
    Case {
        format: "*[n == 3]%f:items",
        formats: &[("f", "B:n {n & 1: B:m}")],
        alphabet: SMALL,
        wanted: &["m"],
    },
    case("*[@index == 5](B:n {n: B:m}):items", SMALL, &["m"]),
    case("*[@at == @end](B:n {@at < @end: B:m}):items", SMALL, &["m"]),
    case(
        "*[@at >= @end || n == 3](B:n {n & 1 && @at < @end: B:m}):items",
        SMALL,
        &["m"],
    ),
    case("*{@at % 2: B:a ; else: 2s:b}:items", SMALL, &["b"]),
    case("5(B:n {n: B:m}):items", SMALL, &["m"]),
    case("B:k [k + 2](B:n {n: B:m}):items", SMALL, &["m"]),
    case(
        "*(B:n x 3p:p f:f d:d c:c ?:b e:e [n]x B~hex:h I~unix:t B:m):items",
        SMALL,
        &["m"],
    ),
    case(
        "*(B:n B:c=1 B:d=[n] B:s=sum(n) {d == n: B:m} {c: B:o}):items",
        SMALL,
        &["o"],
    ),
    case("<*(Y:big B:n {n: B:m}):items", SMALL, &["m"]),
    // Values that are compared when the item is read, all of which have a value there.
    case(
        "<*(B:n h:s B:a=[n & 3 | 4] B:b=[~n ^ s] B:c=[n >> 2 < s] B:d=[n ? n : s] B:e=[true] B:f=[@at & 7] B:g=[(n & 1) == 1 && s > 1] B:h=[!(n <= s) || n >= s] B:i=[(none ?? 1) != n] (B:k):p B:j=[p.k & 3] B:q=[!n & 1] B:m {m: B:o} {0: B:none}):items",
        SMALL,
        &["o"],
    ),
];

/// Where items end, where the field is that is wanted, and the stored formats that the levels around it are.
type Ends = Vec<(u64, Option<(u64, u64)>, Vec<Option<String>>)>;

/// What the reader makes of data: the items that are whole, and whether an error ends them.
fn expected(case: &Case, data: &[u8]) -> Option<(Ends, bool)> {
    let layout = compiled(case.format, case.formats);
    let (nodes, error) = layout.nodes_so_far(data, Space::FILE, 0);
    let items = nodes.iter().find(|node| node.name == "items")?;
    let mut whole: Vec<&Node> = items.made().iter().collect();
    if let Some(error) = &error {
        whole.truncate(failed_item(&error.to_string())?);
    }
    let ends = whole.into_iter().map(|item| {
        let mut node = Some(item);
        let mut levels = Vec::new();
        for name in case.wanted {
            node = node.and_then(|node| node.child(name));
            let reference = node.and_then(|node| node.reference.as_deref());
            levels.push(reference.map(str::to_owned));
        }
        levels.pop();
        let place = node.map(|node| (node.range.offset, node.range.size));
        (item.range.end(), place, levels)
    });
    Some((ends.collect(), error.is_some()))
}

/// The index in an error of an item, `items[3].n: …`.
fn failed_item(error: &str) -> Option<usize> {
    let (index, _) = error.strip_prefix("items[")?.split_once(']')?;
    index.parse().ok()
}

/// The array, after what comes before it was read.
fn at_items<'p>(
    program: &'p Program,
    data: &'p [u8],
) -> Option<(Reader<'p, &'p [u8]>, &'p Item, Order)> {
    let mut reader = Reader::new(program, data, Space::FILE, 0);
    reader.frames.push(Frame::of_file());
    let order = program.root.order.unwrap_or(Order::Native);
    for item in &program.root.items {
        if item.name.as_deref() == Some("items") {
            let frame = Frame::of_array(item.name.clone());
            reader.frames.push(frame);
            return Some((reader, item, order));
        }
        reader.item(item, order).ok()?;
    }
    None
}

fn check(case: &Case, data: &[u8]) -> usize {
    let layout = compiled(case.format, case.formats);
    let Some((expected, is_cut)) = expected(case, data) else {
        return 0;
    };
    let program: &Arc<Program> = layout.whole.as_ref().expect("it needs the interpreter");
    let Some((mut reader, item, order)) = at_items(program, data) else {
        return 0;
    };
    let format = case.format;
    let skim = Skim::new(program, item, order, case.wanted);
    let mut skim = skim.unwrap_or_else(|| panic!("{format}: is not known"));
    for (i, (end, place, levels)) in expected.iter().enumerate() {
        if let Some(frame) = reader.frames.last_mut() {
            frame.index = i as u64;
        }
        let passed = reader.pass_over(&mut skim);
        assert!(passed.is_some(), "{format}: {data:?}: item {i} is given up");
        assert_eq!(reader.at, *end, "{format}: {data:?}: item {i}");
        let is_last = i + 1 == expected.len() && !is_cut;
        if item_ends(format) {
            assert_eq!(passed, Some(is_last), "{format}: {data:?}: item {i}");
        }
        // The native order aligns a field when it is read.
        let is_native = !format.starts_with(['<', '>']);
        let found = skim.place().map(|found| {
            let end = found.at + found.size;
            let start = place.map_or(found.at, |(start, _)| start);
            let is_padded = is_native && found.at < start && start - found.at < 8;
            let at = if is_padded { start } else { found.at };
            (at, end - at)
        });
        assert_eq!(found, *place, "{format}: {data:?}: item {i}");
        if let Some(found) = skim.place() {
            let at = usize::try_from(found.at).unwrap();
            let end = at + usize::try_from(found.size).unwrap();
            let held = found.held();
            assert!(held.is_none_or(|held| held == &data[at..end]), "{format}");
            // The bytes of a short field are kept, so that they needn't be read again.
            let is_short = case.wanted == ["s"] || case.wanted == ["q"];
            assert!(held.is_some() || !is_short, "{format}");
            let path: Vec<&str> = skim
                .path(found)
                .unwrap()
                .iter()
                .map(|outer| outer.name.as_str())
                .collect();
            assert_eq!(path, case.wanted[..case.wanted.len() - 1], "{format}");
            let reference = |outer: &OuterLevel| outer.reference.as_deref().map(str::to_owned);
            let referred: Vec<_> = skim.path(found).unwrap().iter().map(reference).collect();
            assert_eq!(referred, *levels, "{format}: {data:?}: item {i}");
        }
    }
    if is_cut {
        // Nothing has changed where the reader has to tell an error.
        if let Some(frame) = reader.frames.last_mut() {
            frame.index = expected.len() as u64;
        }
        let before = (reader.at, reader.end, reader.file);
        assert_eq!(reader.pass_over(&mut skim), None, "{format}: {data:?}");
        assert_eq!((reader.at, reader.end, reader.file), before, "{format}");
    }
    expected.len()
}

/// Whether a condition ends the array.
fn item_ends(format: &str) -> bool {
    format.starts_with("*[")
}

#[test]
fn items_are_passed_over_as_they_are_read() {
    let mut random = Random(41);
    for case in CASES {
        let (mut items, mut fields) = (0, 0);
        for _ in 0..60 {
            let size = random.below(90);
            let data: Vec<u8> = (0..size)
                .map(|_| case.alphabet[random.below(case.alphabet.len())])
                .collect();
            items += check(case, &data);
            let wanted = expected(case, &data).map(|(ends, _)| ends);
            let met = wanted
                .iter()
                .flatten()
                .filter(|(_, place, _)| place.is_some());
            fields += met.count();
        }
        assert!(
            items > 30 && fields > 5,
            "{}: {items} {fields}",
            case.format
        );
    }
}

/// What has no bytes may be at the end of the file, and nothing after it.
#[test]
fn the_end_of_the_file_is_a_place_in_it() {
    let empty = case("<*(B:n &[n]0s:e B:m {0: B:x}):items", SMALL, &["m"]);
    assert_eq!(check(&empty, &[2, 1]), 1);
    assert_eq!(check(&empty, &[0, 1, 4, 1]), 2);
    assert_eq!(check(&empty, &[0, 1, 5, 1]), 1);
    let one = case("<*(B:n &[n]B:e B:m):items", SMALL, &["m"]);
    assert_eq!(check(&one, &[1, 1]), 1);
    assert_eq!(check(&one, &[2, 1]), 0);
}
