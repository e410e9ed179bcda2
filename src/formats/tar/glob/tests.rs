use super::*;

fn pattern(pattern: &str) -> Pattern {
    Pattern::parse(pattern.as_bytes()).unwrap()
}

/// What `fnmatch` of glibc 2.36 answers with `FNM_LEADING_DIR`, in the locale `C.UTF-8`.
#[test]
fn a_pattern_matches_what_it_does_in_glibc() {
    for (text, name) in [
        ("[a-a]", "a"),
        ("[[:UP:]]", "U]"),
        ("[[:UP:]]", ":]"),
        ("[z-a", "[z-a"),
        ("[]z-a", "[]z-a"),
        ("[]", "[]"),
        ("[!]", "[!]"),
        ("a[", "a["),
        ("[a-]", "-"),
        ("[a-]", "a"),
        ("[--0]", "."),
        ("[\\a-c]", "b"),
        ("[[=a=]b]", "a"),
        ("[[.a.]-c]", "b"),
        ("[a[.-.]c]", "-"),
        ("[[:alpha:]-z]", "-"),
        ("a*b*c", "aXbYbZc"),
        ("a*b*c", "aXbYbZc/below"),
        ("*a", "ba/x"),
        ("a**b", "ab"),
        ("a**b", "axxb"),
        ("*", ""),
        ("\\a", "a"),
        ("a?c", "a/c"),
    ] {
        assert!(
            pattern(text).matches(name.as_bytes(), false),
            "{text} {name}"
        );
    }
    for (text, name) in [
        ("[a-a]", "b"),
        ("[\\a-c]", "\\"),
        ("a*b*c", "aXbYbZ"),
        ("?", ""),
        ("[[=ab=]]", "a"),
        ("a", "ab"),
        ("a", "b/a"),
        ("ab", "a/b"),
    ] {
        assert!(
            !pattern(text).matches(name.as_bytes(), false),
            "{text} {name}"
        );
    }
}

/// Of each class some that are in it, and some that aren't, as `isw…` of the C library has them.
#[test]
fn a_class_is_that_of_the_c_library() {
    for (class, within, without) in [
        ("alpha", "aZä", "0 _\u{7f}"),
        ("digit", "09", "a:"),
        ("alnum", "aZ09ä", "_ -"),
        ("upper", "AZÄ", "aä0"),
        ("lower", "azä", "AÄ0"),
        ("space", " \t\n\r", "a_"),
        ("blank", " \t", "\n\ra"),
        ("punct", "_!~", "a0 "),
        ("cntrl", "\x01\n\x7f", "a "),
        ("xdigit", "09afAF", "gG "),
        ("print", "a ä!", "\x01\n\x7f"),
        ("graph", "aä!", " \n\x01\x7f"),
    ] {
        let is_in = pattern(&format!("[[:{class}:]]"));
        let is_not_in = pattern(&format!("[^[:{class}:]]"));
        for (text, expected) in [(within, true), (without, false)] {
            for c in text.chars() {
                let name = c.to_string();
                assert_eq!(
                    is_in.matches(name.as_bytes(), false),
                    expected,
                    "{class} {c:?}"
                );
                assert_eq!(
                    is_not_in.matches(name.as_bytes(), false),
                    !expected,
                    "{class} {c:?}"
                );
            }
        }
        // A byte that is part of no character is in none.
        assert!(!is_in.matches(b"\xff", false), "{class}");
    }
}

#[test]
fn a_name_is_characters_and_bytes_that_are_none() {
    for (text, name, expected) in [
        ("?", "ä".as_bytes(), true),
        ("?", b"\xe4", true),
        ("??", b"\xc3\xa4", false),
        ("??", b"\xe4\xff", true),
        ("[ä-ö]", "ö".as_bytes(), true),
        ("[ä-ö]", b"\xe5", false),
    ] {
        assert_eq!(
            pattern(text).matches(name, false),
            expected,
            "{text} {name:x?}"
        );
    }
    let byte = Pattern::parse(b"[\xe0-\xef]").unwrap();
    assert!(byte.matches(b"\xe5", false) && !byte.matches("å".as_bytes(), false));
}

#[test]
fn a_slash_at_the_end_means_folders_and_what_they_hold() {
    for (text, name, is_folder, expected) in [
        ("build/", "build", true, true),
        ("build/", "build/", true, true),
        ("build/", "build", false, false),
        ("build/", "build/a", false, true),
        ("build//", "build", true, true),
        ("a/", "ab", false, false),
        ("a/", "b/a", false, false),
        ("a", "a/", false, true),
        ("x*", "x/", false, true),
    ] {
        let found = pattern(text).matches(name.as_bytes(), is_folder);
        assert_eq!(found, expected, "{text} {name} {is_folder}");
    }
}

#[test]
fn a_match_may_begin_behind_any_slash() {
    for (text, name, expected) in [
        ("b", "a/b", true),
        ("b", "a/b/c", true),
        ("b/c", "a/b/c", true),
        ("b", "ab", false),
        ("b", "a//b", true),
        ("?b", "a//b", false),
        ("a", "b/c", false),
        // Nothing begins at a slash, or after the last one.
        ("", "x", false),
        ("*", "/", true),
        ("[/]b", "a//b", false),
    ] {
        let Ok(pattern) = Pattern::parse(text.as_bytes()) else {
            assert_eq!(text, "");
            continue;
        };
        assert_eq!(
            pattern.matches_anywhere(name.as_bytes(), false),
            expected,
            "{text} {name}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_pattern_is_said() {
    for (text, words) in [
        ("", "it matches no name"),
        ("//", "it matches no name"),
        ("a\\", "a backslash is followed by nothing"),
        ("[z-a]", "the range z-a is empty"),
        ("[b-a]", "the range b-a is empty"),
        ("[[:uper:]]", "[:uper:] is no class"),
    ] {
        let error = Pattern::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let error = Pattern::parse(b"[\xff-\xfe]").unwrap_err().to_string();
    assert!(
        error.contains("the range \u{fffd}-\u{fffd} is empty"),
        "{error}"
    );
}

#[test]
fn what_has_a_star_a_question_mark_or_a_bracket_may_be_a_pattern() {
    for name in ["a*", "?", "[", "d/[a]"] {
        assert!(Pattern::is_in(name.as_bytes()), "{name}");
    }
    for name in ["", "a", "]", "\\", "{a,b}", "a/b"] {
        assert!(!Pattern::is_in(name.as_bytes()), "{name}");
    }
}

/// A star takes more only where the rest doesn't match, and what came before it stays.
#[test]
fn many_stars_take_no_longer_than_the_name_is() {
    let text = "*a".repeat(50) + "b";
    let name = "a".repeat(20_000);
    assert!(!pattern(&text).matches(name.as_bytes(), false));
    assert!(pattern(&text).matches(format!("{name}b").as_bytes(), false));
}
