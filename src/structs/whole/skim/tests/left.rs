//! What is left to the reader, since it can't be passed over.

use super::*;

/// What is not known, or not in all cases: the reader is asked, and no other end is made up.
#[test]
fn what_is_not_known_is_left_to_the_reader() {
    for (format, data) in [
        // Numbers that no 64 bits with a sign hold.
        ("*(Q:n {n > 5: B:x}):items", &[0xff; 27][..]),
        ("*(M:n {n > 5: B:x}):items", &[0xff; 8]),
        // Two texts that are both longer than those that are kept.
        (
            "*(9s:a 9s:b {a == b: B:x}):items",
            b"abcdefghiabcdefghjabcdefghiabcdefghi.",
        ),
        // A text is compared with a range.
        ("*(1s:a {a ; \"a\"..\"c\": B:x}):items", b"ab.b.d"),
        ("*(1s:a {a ; 1..3: B:x}):items", b"abc"),
        // A text holds unless it is empty.
        ("*(2s:a {a: B:x}):items", b"ab.\0\0."),
        // Bytes that are no text of their encoding.
        ("*(2s~ascii:a {a == \"\\x80\": B:x}):items", b"\x80\0..ab"),
        ("*(2s~octal:a {a == 8: B:x}):items", b"9 .10x"),
        ("*(66s:a {a == \"\": B:x}):items", &[0; 134]),
        (
            "*(B:n [n]s~xor(n):d {d == \"a\": B:x}):items",
            b"\x01`x\x01`",
        ),
        ("*(B:n {n: .x=[n / (n - 1)]} B:m):items", &[2, 1, 1, 1]),
        // A value that is computed and coded: 'a' and 'b' are '`' and 'c' coded.
        (
            "*(2s:d .y~xor(1)=[d] {y == \"ab\": B:m}):items",
            b"`cXab`cX",
        ),
        ("*(B:n [n - 1]s:d):items", &[2, 1, 0, 1]),
        // Values in line are aligned, those of an array are not.
        (
            "*(B:n 2H {n: B:x} B:m):items",
            &[1, 0, 2, 3, 4, 5, 6, 7, 0, 9, 8, 8, 8, 8, 8],
        ),
        (
            "*(B:n 2H:a {n: B:x} B:m):items",
            &[1, 2, 3, 4, 5, 6, 7, 0, 9, 8, 8, 8, 8, 8],
        ),
        ("*(B:n 2H 3s {n: B:x} I):items", &[1; 60]),
        // Labels of several kinds.
        (
            "*(B:n {n ; 1..2, \"a\": B:x ; else: 2s:b} B:m):items",
            &[1, 5, 6, 2, 5, 6, 3, 1, 1, 6, 0, 1, 1, 6],
        ),
        // What ends by itself has no size.
        (
            "*(B:n [n & 1]z:t 2z:u B:m):items",
            &[98, 97, 97, 0, 97, 0, 5, 97, 98, 0, 0, 0, 7],
        ),
        (
            "*(B:n [n & 1]V:t 2v:u B:m):items",
            &[2, 0x81, 1, 3, 5, 1, 0x80, 0x80, 1, 7, 8, 9],
        ),
        // More bytes than a number is kept of.
        (
            "*(9U:n {n > 5: B:x}):items",
            &[0, 0, 0, 0, 0, 0, 0, 0, 9, 7, 9, 0],
        ),
        (
            "*(9U{a:8 b:64}:n {n.a > 5: B:x}):items",
            &[9, 0, 0, 0, 0, 0, 0, 0, 9, 7, 9, 0],
        ),
        ("*(B:n .x=[-n << 62] {x < 0: B:m}):items", &[1, 2, 3, 4]),
    ] {
        check_left(format, &[], data);
    }
}

/// Names of several fields, values that hold others, what may not be what it holds.
const SEVERAL: &[&str] = &[
    "{n & 1; 0: (B:k):x; else: B:x} {x == 1: B:y} {x.k == 1: B:z}",
    "{n & 1; 0: B:x; else: (B:k):x} {x == 1: B:y} {x.k == 1: B:z}",
    "{n & 1; 0: 2B:x; else: B:x} {x == 1: B:y}",
    "{n & 1; 0: B:x; else: 2B:x} {x == 1: B:y}",
    "{n & 1; 0: [n](B:k B:l):x; else: B:x} {x == 1: B:y} {x[k == 1].l: B:z}",
    "{n & 1; 0: B:x; else: [n](B:k B:l):x} {x == 1: B:y} {x[k == 1].l: B:z}",
    "{n & 1; 0: B{k:4 l:4}:x; else: B:x} {x == 1: B:y} {x.k == 1: B:z}",
    "{n & 1; 0: B:x; else: B{k:4 l:4}:x} {x == 1: B:y} {x.l == 1: B:z}",
    "{n & 1; 0: (B:k):x; else: (H:k):x} {x.k == 1: B:y}",
    "(B:m {m & 1; 0: (B:k):x; else: B:x}):g {g.x == 1: B:y} {g.x.k == 1: B:z}",
    "(B:a):g (B:m {m & 1: (B:a):g} {g.a == 1: B:y}):h {h.g.a ?? 2; 2: B:z}",
    "(B:a {a: (B:b):i}):g {g.i: B:y} {g: B:z} {!g.i: B:w}",
    "2B:p {p: B:y} {!p: B:z} {p ?? 3; 3: B:w}",
    "[n](B:k):p {p: B:y} {!p: B:z} {p[k == 1]: B:w} {p[k == n].k: B:v}",
    "[n](B:k {k: B:l}):p {p[l == 1].k: B:y} {p[k == 1 && n].k: B:z} {p[!k].l ?? 1; 1: B:w}",
    "[n](B:k (B:l):m):p {p[k].m.l: B:y} {p[m.l == 1].k: B:z}",
    "1s:t {t; 1..2: B:x; else: B:y} {t; 1, 2: B:z; 3: B:w}",
    "1s:t {t; 0..3: B:x; \"\\x01\": B:y; else: B:z}",
    "{0: B:none} {none; 1..2: B:x; else: B:y} {none; 1: B:z; else: }",
    "{n & 1: B:o} {o; 0..1: B:x; 2: B:y; else: B:z}",
    "{n & 1: B:o} {!o: B:x} {o || n: B:y} {o && n: B:z} {o == n: B:w} {!(o == n): B:v}",
    "[n]s:r=(B:a {a: B:b}) {r.a == 1: B:x} {r.b: B:y} {len(r) == 2: B:z}",
    "[n]s=(B:a {a: B:b}) {a == 1: B:x} {b: B:y}",
    "[n]s:r=%f {r.a == 1: B:x} {r.b: B:y}",
    "[n]s=%f {a == 1: B:x} {b: B:y}",
    "[n + 1]s:r=?(B:a {a; 1: ; else: \"no\"}) {r.a == 1: B:x} {r: B:y}",
    "[n + 1]s~latin1:r=(B:a) {r.a: B:x}",
    "[n + 1]s~xor(1):r=(B:a) {r.a: B:x}",
    "[n]s:r {r: B:x} [n]p:s {s: B:y}",
    "[n]z:s {s: B:x} [n]V:v {v: B:y} [n]M:m {m: B:w}",
    "V~hex:v {v: B:y} M~zigzag:m {m == 1: B:w} V~unix:u {u: B:z}",
    "%f:h {h.a: B:x} {h.b: B:y} {h: B:z}",
    "%g{a: n}:h {h.b: B:x} {h: B:y} {n; 0: %g{a: h.c}:i; else: B:w}",
    "z~utf16le:t {t: B:x}",
    "5p:t {t == \"a\": B:x} 2s:u {u == t: B:y}",
    "B:a=1 {a == 1: B:x} 2s:b=\"\\x01\" H:c=[n] {c: B:y}",
    "B:c=sum(n..n) {c == n: B:x}",
    "|2 3x {@at & 1: B:x} |4 {@at == @end || n: B:y} {!(@at == @end): B:z}",
    "0s:e {@at == @end: ; else: B:y} {e: B:z}",
];

#[test]
fn a_name_of_several_things_is_not_taken_for_one_of_them() {
    let formats = [("f", "B:a {a: B:b}"), ("g", "{a; 1: B:b; else: H:b} B:c")];
    let mut random = Random(43);
    for fields in SEVERAL {
        for order in ["", "<", ">"] {
            for _ in 0..12 {
                let data: Vec<u8> = (0..random.below(40))
                    .map(|_| SMALL[random.below(SMALL.len())])
                    .collect();
                check_left(&format!("*({order}B:n {fields}):items"), &formats, &data);
            }
        }
    }
}

/// Each item ends where the reader ends it, or is left to the reader.
fn check_left(format: &str, formats: &[(&str, &str)], data: &[u8]) {
    let format = format!("{{0: B:never}} {format}");
    let layout = compiled(&format, formats);
    let (nodes, error) = layout.nodes_so_far(data, Space::FILE, 0);
    let items = nodes.iter().find(|node| node.name == "items");
    let mut ends: Vec<u64> = items
        .iter()
        .flat_map(|items| items.made())
        .map(|item| item.range.end())
        .collect();
    if let Some(error) = &error {
        ends.truncate(failed_item(&error.to_string()).unwrap());
    }
    let program = layout.whole.as_ref().unwrap();
    let (mut reader, item, order) = at_items(program, data).unwrap();
    let Some(mut skim) = Skim::new(program, item, order, &[]) else {
        return;
    };
    for (i, end) in ends.iter().enumerate() {
        let start = reader.at;
        match reader.pass_over(&mut skim) {
            Some(_) => assert_eq!(reader.at, *end, "{format}: item {i}"),
            None => {
                assert_eq!(reader.at, start, "{format}: item {i}");
                reader.at = *end;
            }
        }
    }
    if error.is_some() {
        assert_eq!(reader.pass_over(&mut skim), None, "{format}");
    }
}

/// A value that a field is compared with need not be known where it can't end the reading: each of these ends it.
#[test]
fn a_value_that_may_fail_is_left_to_the_reader() {
    for (fields, data) in [
        ("e:f B:c=[f & 1]", &[0, 0x3c, 0][..]),
        ("e:f B:c=[~f]", &[0, 0x3c, 0]),
        ("e:f B:c=[!(f | 1)]", &[0, 0x3c, 0]),
        ("e:f B:c=[1 == (f ^ 1)]", &[0, 0x3c, 0]),
        ("e:f B:c=[(f & 1) && 0]", &[0, 0x3c, 0]),
        ("e:f B:c=[0 || (f & 1)]", &[0, 0x3c, 0]),
        ("e:f B:c=[f == 0 ? 1 : f & 1]", &[0, 0x3c, 0]),
        ("e:f B:c=[(f & 1) ?? 1]", &[0, 0x3c, 0]),
        ("e:f B:c=[(1 & f) < 1]", &[0, 0x3c, 0]),
        ("e:f (B:f):g B:c=[f & 1]", &[0, 0x3c, 0, 0]),
        ("2s:t B:c=[t & 1]", b"ab\0"),
        ("2s:t B:c=[t < 1]", b"ab\0"),
        ("2s:t B:c=[1 >= t]", b"ab\0"),
        ("c:t B:c=[t >> 1]", b"ab"),
        ("2B:t B:c=[t & 1]", &[1, 2, 0]),
        ("B~ipv4:t B:c=[t & 1]", &[1, 0]),
        ("Y:n B:c=[n & 1]", &[0xff; 17]),
        ("16U:n B:c=[n & 1]", &[0xff; 17]),
        ("16U{a:128}:n B:c=[n.a & 1]", &[0xff; 17]),
        ("B:n B:c=[1 << n]", &[127, 0]),
        ("B:n B:c=[1 >> n]", &[128, 0]),
        ("B:n B:c=[1 >> 128]", &[0, 0]),
        ("B:n B:c=[1 / n]", &[0, 0]),
        ("B:n B:c=[1 % n]", &[0, 0]),
        ("B:n B:c=[1 + (1 << 126) + (n << 126)]", &[1, 0]),
        ("B:n B:c=[-(n - 1 - (1 << 126) - (1 << 126))]", &[1, 0]),
        ("e:f B:c=sum(f..c, self=0) B:d=[f & 1]", &[0, 0x3c, 0x3c, 0]),
        ("e:f %p{t: f}:g", &[0, 0x3c, 0]),
        ("B:n %p{t: \"a\"}:g", &[0, 0]),
    ] {
        let format = format!("{{0: B:never}} *({fields}):items");
        let layout = compiled(&format, &[("p", "B:c=[t & 1]")]);
        let (_, error) = layout.nodes_so_far(data, Space::FILE, 0);
        let error = error
            .unwrap_or_else(|| panic!("{format}: is read"))
            .to_string();
        assert_eq!(failed_item(&error), Some(0), "{format}: {error}");
        let program = layout.whole.as_ref().unwrap();
        let (mut reader, item, order) = at_items(program, data).unwrap();
        let Some(mut skim) = Skim::new(program, item, order, &[]) else {
            continue;
        };
        assert_eq!(reader.pass_over(&mut skim), None, "{format}");
        assert_eq!(reader.at, 0, "{format}");
    }
}

/// What a slot can't hold isn't taken for something else: the item ends where the reader ends it, or is left to it.
#[test]
fn what_has_no_slot_is_not_taken_for_another_value() {
    let sixteen = [&[0xff; 16][..], &[1, 2]].concat();
    for (format, data) in [
        // A group around the array is there, and no number.
        ("(B:z):g *(B:n {(g ?? 1) == 1: B:x}):items", &[1, 2, 3][..]),
        // A group in the item hides a number of that name around the array.
        ("B:g *((B:z):g {(g ?? 5) == 5: B:x}):items", &[5, 2, 3]),
        (
            "*(2s~latin1:t {t == \"\u{e9}\": B:x} B:m):items",
            &[0xe9, 0, 1, 2],
        ),
        ("*(16U{a:128} {a > 0: B:x} B:m):items", &sixteen),
        ("<*(f:x {x > 0: B:y} B:m):items", &[0, 0, 0x80, 0x3f, 1, 2]),
        (
            "*(B:n [2](B:a B:b):list {list[1].b == 1: B:x} B:m):items",
            &[0, 0, 0, 0, 1, 7, 8],
        ),
        (
            "*(B:k [2](B:a B:b):list {list[a == k].b == 1: B:x} B:m):items",
            &[3, 0, 0, 3, 1, 7, 8],
        ),
        (
            "*(B:n [n]s~xor(1):c=(B:k) {c.k == 1: B:x} B:m):items",
            &[1, 0, 7, 8],
        ),
        (
            "*(B:n [2]B:v B:s=sum(v..v) {s == 3: B:x} B:m):items",
            &[0, 1, 2, 3, 7, 8],
        ),
    ] {
        let layout = compiled(format, &[]);
        let (nodes, error) = layout.nodes_so_far(data, Space::FILE, 0);
        assert!(error.is_none(), "{format}: {error:?}");
        let end = nodes.last().unwrap().made()[0].range.end();
        let program = layout.whole.as_ref().unwrap();
        let (mut reader, item, order) = at_items(program, data).unwrap();
        let Some(mut skim) = Skim::new(program, item, order, &[]) else {
            continue;
        };
        if reader.pass_over(&mut skim).is_some() {
            assert_eq!(reader.at, end, "{format}");
        }
    }
}
