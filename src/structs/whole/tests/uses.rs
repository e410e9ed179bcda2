//! What expressions look at is known of a format before any data.

use std::sync::Arc;

use super::compiled;
use crate::structs::whole::program::{FieldContent, Item, ItemKind, Level, Program};
use crate::structs::whole::uses::Need;

/// `%f` takes `x`, `%coded` has fields inside of coded bytes, and `%outer` has those in another format.
const FORMATS: [(&str, &str); 3] = [
    ("f", "B:n {n: B:m}"),
    ("coded", "B:n 2s~xor(1):s=(B:t)"),
    ("outer", "B:n (%coded:inner):g"),
];

/// Whole formats alone are programs: the choice is never taken.
fn program(format: &str) -> Arc<Program> {
    let layout = compiled(&format!("{{0: B:never}} {format}"), &FORMATS);
    Arc::clone(layout.whole.as_ref().unwrap())
}

fn letters(is: impl Fn(&str) -> bool) -> String {
    ('a'..='i').filter(|name| is(&name.to_string())).collect()
}

#[test]
fn fields_that_expressions_look_at_are_known() {
    // Names, those whose values are asked for, and those that sizes follow from.
    for (format, names, values, sizes) in [
        ("B:a B:b", "", "", ""),
        ("B:a [a]s:b", "a", "a", "a"),
        ("B:a B:b [a + b * 2]B:c", "ab", "ab", "ab"),
        ("B:a [-a + ~a]B:c", "a", "a", "a"),
        ("B:a &[a]B:c", "a", "a", "a"),
        ("2B:a [2]&[a[@index]]B:c", "a", "a", ""),
        ("B:a [a]&[@index]B:c", "a", "a", "a"),
        ("B:a (B:b):c [c.b - a]s:d", "abc", "ab", "ab"),
        ("*[b == 2](B:a B:b):c", "b", "b", ""),
        ("B:a 2s~xor(a):b", "a", "a", ""),
        ("B:a .b=[-a]", "a", "a", ""),
        ("B:a B:b=[a]", "a", "a", ""),
        ("B:a 2s:b I:c=crc32(a..b)", "ab", "", ""),
        ("2s:b I:c=crc32(b)", "b", "", ""),
        ("B:a 2s:b I:c=crc32(b, when=a & 1)", "ab", "a", ""),
        ("(B:a B:b):d I:c=crc32(d.a..d.b)", "abd", "", ""),
        ("2(B:a):d B:e I:c=crc32(d[e].a)", "ade", "e", ""),
        ("B:a {a: B:b}", "a", "a", ""),
        ("B:a B:b {a ; b: B:c}", "ab", "ab", ""),
        ("B:a B:b B:c {a ; b..c: B:d}", "abc", "abc", ""),
        ("B:a {1: B:b .c=[a]}", "a", "a", ""),
        ("B:a %f{x: a}:b", "a", "a", ""),
        ("B:a 2s:b=%f{x: a}", "a", "a", ""),
        ("B:d 3s:a=(B:b [b]s:c .e=[d])", "bd", "bd", "b"),
        ("(B:b [b]s:c):a", "b", "b", "b"),
        ("*(1s:a B:b):c[a] .d=[1]", "", "", ""),
        ("*(1s:a B:b):c[a] .d=[c[\"x\"].b]", "abc", "b", ""),
        ("B:h *(1s:a (B:b):e):c[a] .d=[c[h].e.b]", "abceh", "bh", ""),
        // The key of items of items that are looked at.
        (
            "*(2(1s:a B:b):c[a] 1s:d):e[d] .f=[e[\"x\"].c[\"y\"].b]",
            "abcde",
            "b",
            "",
        ),
        ("2s:a .b=[len(a)]", "a", "a", ""),
        ("B:a B:b .c=[a ?? b]", "ab", "ab", ""),
        ("B:a B:b B:c .d=[a ? b : c]", "abc", "abc", ""),
        ("B:a B:b .d=[!a && b]", "ab", "ab", ""),
    ] {
        let program = program(format);
        let uses = &program.uses;
        assert_eq!(letters(|name| uses.has(name)), names, "{format}");
        assert_eq!(letters(|name| uses.has_value(name)), values, "{format}");
        assert_eq!(letters(|name| uses.sizes(name)), sizes, "{format}");
    }
    for (format, items, places) in [
        ("*[@item > 1]B:a", true, false),
        ("*[a == 1](B:a .b=[@item]):c", false, false),
        ("B:a &[a]B:b", false, true),
        ("(B:a {a: &[0]B:b}):c", false, true),
        ("2s:a=(B:b &[0]B:c)", false, true),
    ] {
        let program = program(format);
        assert_eq!(program.uses.items, items, "{format}");
        assert_eq!(program.uses.places, places, "{format}");
    }
}

/// All items of a program, at any level.
fn all<'p>(level: &'p Level, into: &mut Vec<&'p Item>) {
    fn inside<'p>(what: &'p ItemKind, into: &mut Vec<&'p Item>) {
        match what {
            ItemKind::Group(level) => all(level, into),
            ItemKind::Choice(_, cases) => cases.iter().for_each(|case| all(&case.level, into)),
            _ => {}
        }
    }
    for item in &level.items {
        into.push(item);
        inside(&item.what, into);
        if let FieldContent::Inside(what) = &item.is {
            inside(what, into);
        }
    }
}

fn items(program: &Program) -> Vec<&Item> {
    let mut items = Vec::new();
    all(&program.root, &mut items);
    items
}

/// The names of the items for which something holds, in order.
fn named(program: &Program, is: impl Fn(&Item) -> bool) -> String {
    let items = items(program).into_iter().filter(|item| is(item));
    items.filter_map(|item| item.name.as_deref()).collect()
}

#[test]
fn an_item_is_closed_where_nothing_beside_it_matters() {
    for (format, closed) in [
        ("B:a B:b", "neverab"),
        // Used, or computed from others.
        ("B:a B:b=[a] B:c", "neverc"),
        ("B:a B:b=crc32(a) B:c", "neverc"),
        ("B{a:4 b:4}:c .d=[c.a] B:e", "neverde"),
        // The fields are looked at, and not what they are in.
        ("B{a:4 b:4} .d=[a] B:e", "neverde"),
        // Padding, and a case that is refused.
        ("2x:a |4 B:b", "neverb"),
        ("2s:a=(B:b B:c)", "neverabc"),
        ("2s~xor(1):a=(B:b B:c) B:d", "neverbcd"),
        ("2s~xor(1):a B:d", "neverad"),
        ("(2s~xor(1):a=(B:b) B:c):d B:e", "neverbce"),
        ("2s:d=(2s~xor(1):a=(B:b) B:c) B:e", "neverbce"),
        ("{1: 2s~xor(1):a=(B:b) B:c} B:e", "neverbce"),
        ("%coded:a B:b", "neverb"),
        ("%outer:a B:b", "neverb"),
        ("%f:a B:b", "neverab"),
        ("3s:a=%coded B:b", "neverb"),
        ("(%outer:a):c B:b", "neverb"),
        // What looks at the last item of some array looks at all.
        ("*(B:a .b=[@item]):c", ""),
        ("*[@item > 1]B:a B:b", "neverab"),
    ] {
        let program = program(format);
        assert_eq!(named(&program, |item| item.is_closed), closed, "{format}");
    }
    for (format, used, summed) in [
        ("B:a B:b .c=[a]", "a", ""),
        ("2(B:a):b .c=[sum(b)]", "b", "b"),
        ("2(B:a):b B:d .c=[sum(b) + d]", "bd", "bd"),
        ("B{a:4 b:4}:c .d=[c.a]", "c", ""),
        ("B{d:4 e:4}:c .f=[d]", "c", ""),
    ] {
        let program = program(format);
        assert_eq!(named(&program, |item| item.is_used), used, "{format}");
        assert_eq!(named(&program, |item| item.is_summed), summed, "{format}");
    }
}

#[test]
fn an_item_is_found_by_its_number() {
    let format = "B:a (B:b (B:c):d B:e):f {a ; 1: B:g (B:h):i ; else: B:j} \
        4s:k=(B:l (B:m):n) 4s:o={1: B:p ; else: B:q} 2(B:r):s %outer:t B:u";
    let program = program(format);
    let items = items(&program);
    assert_eq!(items.len(), 24);
    for (number, item) in (0u32..).zip(&items) {
        assert_eq!(item.number, number);
        let found = program.root.numbered(number).unwrap();
        assert!(std::ptr::eq(found, *item), "{:?}", item.name);
    }
    // Those of stored formats follow, and are found there.
    let last = u32::try_from(items.len()).unwrap();
    assert!(program.root.numbered(last).is_none());
    for (name, first, count) in [("coded", 24, 3), ("outer", 27, 3)] {
        let level = &program.formats[name];
        let mut items = Vec::new();
        all(level, &mut items);
        let numbers: Vec<u32> = items.iter().map(|item| item.number).collect();
        assert_eq!(
            numbers,
            (first..first + count).collect::<Vec<_>>(),
            "{name}"
        );
        for item in items {
            assert!(std::ptr::eq(level.numbered(item.number).unwrap(), item));
        }
        assert!(level.numbered(first - 1).is_none());
    }
}

#[test]
fn what_is_wanted_is_the_last_name_and_what_leads_to_it() {
    for (format, names, all, partly) in [
        ("2(B:a B:b):i", &["a"][..], "a", "i"),
        ("2(B:a (B:b):c):i", &["c", "b"], "b", "ic"),
        ("2(B:a (B:b):c):i", &["b"], "b", "i"),
        ("2(B{a:4 b:4} B:c):i", &["a"], "", "i"),
        ("2(B{a:4 b:4}:d B:c):i", &["d", "a"], "", "id"),
        ("2(B:a (B:a):c):i", &["c", "a"], "aa", "ic"),
        ("2(B:a B:b):i", &["i"], "", "i"),
        ("2(B:a B:b):i", &[], "", ""),
    ] {
        let program = program(format);
        let array = program.root.items.last().unwrap().number;
        let wanted = program.wanted(array, names);
        let of = |which: Need| {
            named(&program, |item| {
                wanted.get(usize::try_from(item.number).unwrap()) == Some(&which)
            })
        };
        assert_eq!(of(Need::All), all, "{format} {names:?}");
        assert_eq!(of(Need::Partly), partly, "{format} {names:?}");
        // The item of bit fields without a name.
        let unnamed = items(&program);
        let unnamed = unnamed.iter().filter(|item| item.name.is_none());
        let bits = unnamed.filter(|item| {
            wanted.get(usize::try_from(item.number).unwrap()) == Some(&Need::Partly)
        });
        let has_bits = format.contains("b:4} ");
        assert_eq!(bits.count(), usize::from(has_bits), "{format}");
    }
}

#[test]
fn a_name_is_an_integer_where_all_that_is_called_so_are() {
    for (format, expected) in [
        ("B:a", true),
        ("q:a", true),
        ("J:a", true),
        ("Y:a", false),
        ("15U:a", true),
        ("15u:a", true),
        ("16U:a", false),
        ("B:n [n]U:a", false),
        ("2B:a", false),
        ("e:a", false),
        ("?:a", false),
        ("c:a", false),
        ("s:a", false),
        ("z:a", false),
        ("V:a", false),
        ("M:a", false),
        (".a=[1]", false),
        ("(B:b):a", false),
        ("[2]&[0]B:a", false),
        ("B{a:4 b:4}", true),
        ("B{a:4 b:4}:c", true),
        ("B{b:8}:a", true),
        ("2B{a:4 b:4}:c", false),
        ("3U{a:20 b:4}", true),
        ("16U{a:64 b:64}", false),
        ("B~hex:a", true),
        ("I~unix:a", true),
        ("I~fixed(8):a", true),
        ("B~percent:a", true),
        ("B~zigzag:a", false),
        ("I~ipv4:a", false),
        ("I~synchsafe:a", false),
        ("2s~octal:a", false),
        ("B:a (e:a):b", false),
        ("B:b {1: e:a; else: B:a}", false),
        ("B:a 2s:b=(e:a)", false),
        ("B:a (B:a):b", true),
        ("B:a %f{a: 1}:b", false),
        ("B:a 2s:b=%f{a: 1}", false),
        ("B:a %f{b: 1}:c", true),
        ("B:b", true),
    ] {
        assert_eq!(program(format).is_integer("a"), expected, "{format}");
    }
    // The names in stored formats count, too.
    assert!(program("%f:x").is_integer("n"));
    assert!(!program("%f:x e:n").is_integer("n"));
    assert!(!program("%coded:x").is_integer("s"));
}
