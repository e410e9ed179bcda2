//! Formats and data that want to take all the time or all the memory.

use std::fmt::Write;

use bytewright::{Formats, Record, Struct, Value};

use crate::common::within_processor_seconds;

/// Done, or refused, in seconds of processor time, where the work that the format claims would
/// take hours.
pub(crate) fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    within_processor_seconds(15, what, work)
}

/// Compiles soon, one way or the other; what compiles unpacks and packs soon.
fn bounded(what: &str, format: &str) -> bool {
    let compiled = soon(what, || {
        let compiled = Struct::new(format);
        if let Err(e) = &compiled {
            assert!(
                e.to_string().len() < 10_000,
                "{what}: a message as long as the format"
            );
        }
        let _ = Struct::python(format);
        compiled
    });
    let Ok(layout) = compiled else { return false };
    for data in [&[][..], &[0; 64], &[0xff; 64], &[1; 4096]] {
        let record = soon(what, || layout.unpack_prefix(data));
        if let Ok((record, _)) = record {
            let _ = soon(what, || layout.pack(&record));
        }
        let _ = soon(what, || {
            layout.iter_unpack(data).map(|all| all.take(10).count())
        });
    }
    let _ = soon(what, || layout.pack(&()));
    let _ = soon(what, || layout.pack(&[Value::List(vec![0.into(); 1000])]));
    true
}

#[test]
fn ten_thousand_nested_groups() {
    let nested = |n: usize| "(".repeat(n) + "B" + &")".repeat(n);
    assert!(bounded("64 groups", &nested(64)));
    assert!(!bounded("65 groups", &nested(65)));
    assert!(!bounded("10,000 groups", &nested(10_000)));
    assert!(!bounded("a million parentheses", &"(".repeat(1_000_000)));
    assert!(!bounded("a million closing ones", &")".repeat(1_000_000)));
    assert!(!bounded("counted ones", &"9(".repeat(500_000)));
}

#[test]
fn counts_of_two_to_the_62() {
    const N: u64 = 1 << 62;
    assert_eq!(Struct::new(&format!("{N}s")).unwrap().size(), Some(N));
    assert_eq!(Struct::new(&format!("{N}(B)")).unwrap().size(), Some(N));
    assert!(Struct::new(&format!("{N}(BB)")).is_err(), "2^63 bytes");
    for item in [
        "s",
        "p",
        "x",
        "B",
        "B:a",
        "z",
        "V",
        "(B)",
        "(z)",
        "()",
        "(0s)",
        "(z |4)",
        "B{a:8}",
        "(B |3)",
        "(H)",
        "(BH)",
        "(1000(1000(B)))",
        "(9(B H):x)",
    ] {
        bounded(item, &format!("{N}{item}"));
        bounded(item, &format!("<{N}{item}"));
        bounded(item, &format!(">Q:n [n]{item}"));
        bounded(item, &format!(">Q:n [n*n]{item}"));
    }
}

#[test]
fn items_without_any_bytes() {
    let many = 1u64 << 62;
    for format in [
        format!("{many}()"),
        format!("{many}(0s)"),
        format!("{many}({many}({many}()))"),
        "60000(60000(60000()))".to_owned(),
        ">Q:n [n]()".to_owned(),
        ">Q:n [n](n2:[n]())".to_owned(),
        "*()".to_owned(),
        "*(0s)".to_owned(),
        "*([1-1]s)".to_owned(),
        "*(0(B))".to_owned(),
        "*(|1)".to_owned(),
        "B *(|1 |2)".to_owned(),
        format!("60000({})", "0s".repeat(100_000)),
        format!("60000({})", "()".repeat(100_000)),
        format!("*(B {})", "0s".repeat(100_000)),
    ] {
        let what: String = format.chars().take(30).collect();
        bounded(&what, &format);
    }
}

#[test]
fn stars_beside_stars() {
    for format in [
        "*s*s", "*(*s)", "*(*(*s))", "(*s)(*s)", "**s", "*", "*[1]s", "[*]s",
    ] {
        assert!(!bounded(format, format), "{format}");
    }
}

#[test]
fn references_to_itself_and_forward() {
    for format in [
        "[n]B:n",
        "[n]B B:n",
        "([n]B):n",
        "B:n:[n.n]B",
        "(B:a [g.a]B):g",
        "[g.a](B:a):g",
    ] {
        assert!(!bounded(format, format), "{format}");
    }
}

#[test]
fn expression_bombs() {
    for (what, expression) in [
        (
            "parentheses",
            "(".repeat(10_000) + "1" + &")".repeat(10_000),
        ),
        ("open parentheses", "(".repeat(200_000)),
        ("a long sum", "1".to_owned() + &"+1".repeat(100_000)),
        (
            "a long difference",
            "100001-1".to_owned() + &"-1".repeat(100_000),
        ),
        ("a long product", "9".to_owned() + &"*9".repeat(100_000)),
        ("minus signs", "-".repeat(1_000_000)),
        ("digits", "9".repeat(1_000_000)),
        ("dots", "a.".repeat(100_000)),
    ] {
        bounded(what, &format!("[{expression}]s"));
        // Evaluated again for every item, none of which has any bytes.
        bounded(what, &format!("60000([{expression}-{expression}]s)"));
    }
}

#[test]
fn formats_of_a_megabyte() {
    let million = 1_000_000;
    for (what, format) in [
        ("codes", "B".repeat(million)),
        ("aligned codes", "BQ".repeat(million / 2)),
        ("empty strings", "0s".repeat(million / 2)),
        ("empty groups", "()".repeat(million / 2)),
        ("white space", " ".repeat(million)),
        ("a comment", "#".repeat(million)),
        ("comments", "#\n".repeat(million / 2)),
        ("a count", "1".repeat(million) + "B"),
        ("zeros", "0".repeat(million) + "B"),
        ("a name", "B:".to_owned() + &"a".repeat(million)),
        ("equal names", "B:a ".repeat(million / 4)),
        ("text", format!("z='{}'", "a".repeat(million))),
        ("open text", format!("z='{}", "\\'".repeat(million / 2))),
        ("a wide constant", "9223372036854775807s='a'".to_owned()),
        ("open bits", "B{".to_owned() + &"a:1 ".repeat(million / 4)),
        ("prefixes", "<".repeat(million)),
        ("brackets", "[".repeat(million)),
        ("stars", "*".repeat(million)),
        ("percent signs", "%".repeat(million)),
        ("colons", ":".repeat(million)),
        ("alignments", "|4 ".repeat(million / 3)),
        ("wide alignments", "|9223372036854775807 B ".repeat(10_000)),
        ("snowmen", "\u{2603}".repeat(million / 3)),
    ] {
        bounded(what, &format);
    }
}

#[test]
fn a_hundred_thousand_names_and_counts() {
    let mut format = String::new();
    for i in 0..40_000 {
        write!(format, "B:n{i} [n{i}]s:t{i} ").unwrap();
    }
    assert!(bounded("names and counts", &format));
    let layout = Struct::new(&format).unwrap();
    let unknown = Record::from_iter((0..40_000).map(|i| (format!("u{i}"), 0)));
    assert!(soon("unknown names", || layout.pack(&unknown)).is_err());
    let known = Record::from_iter(
        (0..40_000)
            .map(|i| (format!("t{i}"), ""))
            .chain([("other".to_owned(), "")]),
    );
    assert!(soon("a name too many", || layout.pack(&known)).is_err());
}

#[test]
fn counts_inside_of_items_cost_nothing_for_those_outside() {
    let mut format = String::from("<");
    for i in 0..50_000 {
        write!(format, "B:n{i} [n{i}]s:t{i} ").unwrap();
    }
    format += "*(B:k [k]s:d):items";
    let layout = Struct::new(&format).unwrap();
    let data = [0; 250_000];
    let record = soon("unpacking", || layout.unpack(&data)).unwrap();
    assert_eq!(soon("packing", || layout.pack(&record)).unwrap(), data);
    assert_eq!(
        soon("through serde", || layout.serialize(&record)).unwrap(),
        data
    );
}

#[test]
fn paths_are_looked_up_in_no_time() {
    let mut format = String::new();
    for i in 0..50_000 {
        write!(format, "B:n{i} ").unwrap();
    }
    let layout = Struct::new(&format).unwrap();
    soon("paths", || {
        for i in 0..50_000 {
            assert!(layout.field::<u8>(&format!("n{i}")).is_ok());
        }
    });
}

#[test]
fn alignments_that_hardly_repeat() {
    for format in [
        "9223372036854775807(|3 B |5 B |7 B |11 B |13 B |17 B |19 B |23 B)",
        "4611686018427387904(B |1000003)",
        "1000000000(B |4294967291 B |4294967279)",
        "2(B |2 2(B |3 2(B |5 2(B |7 2(B |11 2(B |13 2(B |17 2(B |19)))))))",
        "9999(B |2 9999(B |3 9999(B |5 9999(B |7 9999(B |11 9999(B |13)))))",
    ] {
        bounded(format, format);
    }
}

#[test]
fn exponential_references() {
    let name = |i: usize| format!("f{i}");
    let mut formats = Formats::default();
    formats.insert(name(0), "B:a");
    for i in 1..60 {
        let one = name(i - 1);
        formats.insert(name(i), format!("%{one} %{one} %{one}"));
    }
    let refused = soon("3^59 references", || Struct::with_formats("%f59", &formats));
    assert!(refused.unwrap_err().message().contains("too many fields"));
}

#[test]
fn many_references_to_a_long_text() {
    let comment = "#".repeat(1_000_000);
    let formats = Formats::from_iter([("long", comment.as_str()), ("short", "B")]);
    let many = "%long ".repeat(100_000);
    let _ = soon("a long comment", || Struct::with_formats(&many, &formats));
    let mut many = String::from("B:a ");
    for i in 0..30_000 {
        write!(many, "%short [a]s:b{i} ").unwrap();
    }
    assert!(soon("many counts", || Struct::with_formats(&many, &formats)).is_ok());
    let mut paths = String::new();
    for i in 0..20_000 {
        write!(paths, "B:c{i} [c{i}]s %short ").unwrap();
    }
    assert!(soon("many paths", || Struct::with_formats(&paths, &formats)).is_ok());
}

#[test]
fn a_deep_chain_of_references() {
    let mut formats = Formats::default();
    for i in 0..10_000 {
        formats.insert(format!("f{i}"), format!("%f{}", i + 1));
    }
    formats.insert("f10000", "B");
    assert!(soon("a chain", || Struct::with_formats("%f0", &formats)).is_err());
}

#[test]
fn packing_fills_no_more_than_a_limit() {
    for format in [
        "9223372036854775807x",
        "9223372036854775807s",
        "9223372036854775807p",
        "B |4611686018427387904",
    ] {
        let layout = Struct::new(format).unwrap();
        let values = match format.ends_with('x') {
            true => Vec::new(),
            false => vec![if format.starts_with('B') {
                1.into()
            } else {
                "".into()
            }],
        };
        assert!(soon(format, || layout.pack(&values)).is_err(), "{format}");
    }
    let claimed = Struct::new(">Q:n [n]x").unwrap();
    assert!(soon("a claimed count", || claimed.pack(&(u64::MAX >> 1,))).is_err());
}
