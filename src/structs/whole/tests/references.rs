//! Formats that refer to each other, and to themselves: what goes through them ends, and soon.

use super::compiled;
use super::demand::{children_with, read};

/// Stored formats of which each refers to the next.
fn chain(count: usize, format: impl Fn(&str) -> String, last: &str) -> Vec<(String, String)> {
    let refers = (0..count)
        .zip(1..)
        .map(|(i, next)| (format!("a{i}"), format(&format!("%a{next}"))));
    let mut formats: Vec<_> = refers.collect();
    formats.push((format!("a{count}"), last.to_owned()));
    formats
}

fn borrowed(formats: &[(String, String)]) -> Vec<(&str, &str)> {
    let formats = formats.iter();
    formats.map(|(name, text)| (&**name, &**text)).collect()
}

/// The fields that a path asks for are looked for in formats that contain themselves, with and without names between.
#[test]
fn a_field_is_found_in_items_that_contain_themselves() {
    for (format, data, count) in [
        ("B:n {n == 1: %a}", &[2u8, 1, 3, 1, 1, 4][..], 3),
        ("B:n {n == 1: 1s=%a}", &[0, 1, 0, 2], 3),
        ("B:n {n == 1: %a:inner}", &[2, 1, 3, 1, 1, 4], 3),
        ("B:n {n > 9: %a %a} {n > 19: %a %a}", &[1, 2, 10, 3, 4], 3),
    ] {
        let layout = compiled("*%a:items", &[("a", format)]);
        let (root, error, _) = read(&layout, data, 0);
        assert_eq!(error, None, "{format}");
        let items = &root.made()[0];
        for names in [&["n"][..], &["inner", "n"], &["m"]] {
            let found = children_with(items, names);
            assert_eq!(found.len(), count, "{format} {names:?}");
        }
        let firsts = |items: Vec<crate::tree::Node>| -> Vec<_> {
            let firsts = items
                .iter()
                .map(|item| item.child("n").unwrap().value.clone());
            firsts.collect()
        };
        let whole: Result<Vec<_>, _> = items
            .children()
            .map(|item| item.map(|item| item.into_owned()))
            .collect();
        assert_eq!(firsts(children_with(items, &["n"])), firsts(whole.unwrap()));
    }
    // Formats that double on the way to the field, and more of them in one another than are compiled.
    for (count, format) in [
        (60, "B:n {n > 200: REF REF}"),
        (2_000, "B:n {n > 200: REF}"),
    ] {
        let formats = chain(count, |next| format.replace("REF", next), "B:n");
        let layout = compiled("*%a0:items", &borrowed(&formats));
        let (root, error, _) = read(&layout, &[7; 100], 0);
        assert_eq!(error, None);
        assert_eq!(children_with(&root.made()[0], &["n"]).len(), 100);
    }
}

#[test]
fn a_path_is_looked_for_in_each_level_once() {
    let formats = [("a", "B:n {n: %a} {n == 2: %a} {n == 3: %a}")];
    let layout = compiled("%a:x {0: z}", &formats);
    assert_eq!(layout.has_path("x.n"), Ok(()));
    assert_eq!(layout.has_path("x.m"), Err(None));
    // A level is the root, the format and what it refers to: 64 of them.
    for (count, expected) in [(62, Ok(())), (63, Err(None))] {
        let formats = chain(count, str::to_owned, "B:m");
        let layout = compiled("%a0 {0: z}", &borrowed(&formats));
        assert_eq!(layout.has_path("m"), expected, "{count}");
    }
    // Once too deep, and then not.
    let mut formats = chain(62, str::to_owned, "%b");
    formats.push(("b".to_owned(), "B:m".to_owned()));
    let layout = compiled("%a0 %b {0: z}", &borrowed(&formats));
    assert_eq!(layout.has_path("m"), Ok(()));
}

#[cfg(feature = "records")]
#[test]
fn fields_of_fixed_size_are_found_in_one_walk() {
    let is_known =
        |format: &str, formats: &[(&str, &str)]| compiled(format, formats).fixed().is_some();
    for count in ["", "1", "2"] {
        let nested = (0..60).fold("I~unix:t B:c=1".to_owned(), |inside, i| {
            let count = if i < 12 { count } else { "" };
            format!("{count}({inside}):g{i}")
        });
        assert!(is_known(&format!("<{nested}"), &[]), "{count}");
    }
    for (count, expected) in [(63, true), (64, false)] {
        let formats = chain(count, |next| format!("{next}:x"), "I~unix:t");
        assert_eq!(
            is_known("<I~unix:t %a0:x", &borrowed(&formats)),
            expected,
            "{count}"
        );
    }
}

/// Items of one size may have their fields at different places.
#[cfg(feature = "records")]
#[test]
fn items_that_begin_otherwise_aligned_are_not_read_as_the_first() {
    for (format, is_known) in [
        ("<I~unix:t 32s:h 2(B:a |4 B:b |9):x", false),
        ("<I~unix:t 2(B:a |4 B:b |4):x", true),
        ("<I~unix:t 2(B:a |3 B:b |4):x", false),
        ("<I~unix:t Q:h 2(B:a |3 B:b |12):x", true),
        ("<I~unix:t (B:a |4 B:b |9):x", true),
        ("<I~unix:t 2(2(B:a |4 B:b |9):y):x", false),
        ("<I~unix:t 2((B:a |4 B:b):y B:c):x", false),
        ("<I~unix:t 2((B:a |4 B:b):y H:c):x", false),
        ("<I~unix:t 2((B:a |4 B:b):y 3s:c):x", true),
        ("I~unix:t 2(H:a B:b):x", false),
        ("I~unix:t 2(H:a B:b x):x", true),
        ("I~unix:t 2(H:a 2s:b):x", true),
        ("I~unix:t 2(<H:a B:b):x", true),
    ] {
        assert_eq!(
            compiled(format, &[]).fixed().is_some(),
            is_known,
            "{format}"
        );
    }
}

/// Fields of a stored format without a name are fields of the level around it, whatever lies between.
#[test]
fn names_of_stored_formats_may_be_mentioned_around_them() {
    for format in [
        "1s=%f .x=[k]",
        "1s=(1s=%f) .x=[k]",
        "1s=(1s=%f 0s:t) 0s:u .x=[k]",
        "1s=({1: 1s=%f}) .x=[k]",
        "{1: 1s=%f} .x=[k]",
        "{1: {1: 1s=%f} ; else: B:z} 0s:t .x=[k]",
        "1s:g=%f .x=[g.k]",
    ] {
        let found = super::unpacked_with(format, &[("f", "B:k")], &[7]);
        assert!(found.ends_with("x 7"), "{format}: {found}");
    }
    // Where all names are known, another one is none.
    for format in [
        "1s=(B:k) .x=[m]",
        "{1: B:k ; else: B:z} .x=[m]",
        "B{a:4 b:4} .x=[m]",
    ] {
        let error = crate::Struct::new(format).unwrap_err();
        assert!(error.message().contains("m is not a field"), "{format}");
    }
}

/// Items that are passed over are as deep in one another as those that are read.
#[test]
fn items_that_lie_too_deep_end_the_array_on_demand_too() {
    for format in ["B:n {n: %a:inner}", "B:n {n: (%a:b):inner}"] {
        let layout = compiled("*%a:items", &[("a", format)]);
        let mut failed = 0;
        for depth in [
            1, 15, 16, 20, 21, 22, 30, 31, 32, 33, 62, 63, 64, 65, 66, 127, 128, 129, 300,
        ] {
            let mut item = vec![1; depth];
            item.push(0);
            let data = item.repeat(3);
            let (_, error, end) = read(&layout, &data, u64::MAX);
            let (_, same_error, same_end) = read(&layout, &data, 0);
            assert_eq!(
                (same_error, same_end),
                (error.clone(), end),
                "{format} {depth}"
            );
            failed += usize::from(error.is_some());
        }
        assert!((1..19).contains(&failed), "{format}: {failed}");
    }
}

/// Each of sixty formats refers to the next one twice.
#[test]
fn a_path_that_is_nowhere_is_looked_for_in_a_level_once() {
    let formats = chain(60, |next| format!("{{@size > 200: {next} {next}}}"), "B");
    let layout = compiled("%a0 {0: z}", &borrowed(&formats));
    assert_eq!(layout.has_path("m"), Err(None));
}
