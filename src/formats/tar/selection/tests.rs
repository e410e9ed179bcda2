use super::*;

fn selection(names: &[&str]) -> Selection {
    Selection::new(names.iter().map(|name| name.as_bytes().to_vec()))
}

fn takes(selection: &mut Selection, name: &str) -> bool {
    selection.takes(name.as_bytes())
}

#[test]
fn a_name_means_its_member_and_what_is_below_it() {
    for (wanted, name, expected) in [
        ("a", "a", true),
        ("a", "a/", true),
        ("a", "./a/b", true),
        ("a/", "a", true),
        ("a", "ab", false),
        ("a/b", "a", false),
        ("a/b", "a/b/c", true),
        ("a/b", "a/c", false),
        ("./a//b", "a/b", true),
        // Without globs, a star is a star.
        ("*", "a", false),
        ("*", "*", true),
    ] {
        let mut selection = selection(&[wanted]);
        assert!(!selection.has_globs());
        assert_eq!(takes(&mut selection, name), expected, "{wanted} {name}");
        assert_eq!(
            selection.missing().count() == 0,
            expected,
            "{wanted} {name}"
        );
    }
    assert!(takes(&mut selection(&[]), "anything"), "no name means all");
    let mut two = selection(&["a", "b"]);
    assert!(takes(&mut two, "b"));
    assert_eq!(two.missing().collect::<Vec<_>>(), [b"a"]);
}

#[test]
fn a_glob_means_what_it_matches_unless_a_member_has_that_name() {
    let mut globs = selection(&["d/*.c", "plain"]).globs();
    assert!(globs.has_globs());
    assert!(!selection(&["plain", "a]"]).globs().has_globs());
    for (name, expected) in [
        ("d/a.c", true),
        ("d/e/a.c", true),
        ("a.c", false),
        ("plain", true),
        ("d/a.c/x", true),
    ] {
        assert_eq!(takes(&mut globs, name), expected, "{name}");
    }
    // The name itself is meant whether or not its glob matches it.
    let mut brackets = selection(&["[id].js", "*.c"]).globs();
    assert!(takes(&mut brackets, "i.js") && takes(&mut brackets, "[id].js"));
    brackets.is_name(b"other");
    assert!(takes(&mut brackets, "i.js"), "another name");
    brackets.is_name(b"[id].js/below");
    assert!(!takes(&mut brackets, "i.js") && takes(&mut brackets, "[id].js"));
    assert!(
        takes(&mut brackets, "x.c") && brackets.has_globs(),
        "the other glob stays"
    );
    // What can be no glob is a name alone.
    let mut odd = selection(&["[z-a]*"]).globs();
    assert!(!odd.has_globs() && takes(&mut odd, "[z-a]*"));
}

#[test]
fn what_is_excluded_is_not_taken_and_found_nevertheless() {
    let mut found = selection(&["a"]).exclude(["*.o", "old/"]).unwrap();
    for (name, expected) in [
        ("a/x", true),
        ("a/x.o", false),
        ("b/x", false),
        ("a/old/", false),
        ("a/old/x", false),
        ("a/old", true),
    ] {
        assert_eq!(takes(&mut found, name), expected, "{name}");
    }
    let mut excluded = selection(&["a.o"]).exclude(["*.o"]).unwrap();
    assert!(!takes(&mut excluded, "a.o"));
    assert_eq!(excluded.missing().count(), 0);
    let error = selection(&[]).exclude(["[z-a]"]).unwrap_err().to_string();
    assert!(
        error.contains("the glob \"[z-a]\": the range z-a is empty"),
        "{error}"
    );
}
