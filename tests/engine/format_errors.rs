//! Errors in a format: the caret stands under the very place.

use bytewright::Struct;
use bytewright::structs::FormatErrorKind;

#[test]
fn carets_stand_under_the_place() {
    for (format, caret, message) in [
        (
            "<2s:magic 3",
            "          ^",
            "a count is followed by nothing",
        ),
        ("<I i 12", "      ^", "a count is followed by nothing"),
        ("B<I", " ^", "the byte order < stands in the middle"),
        (" <I", " ^", "the byte order < stands in the middle"),
        ("3 B", " ^", "white space between the count 3 and its code"),
        (
            "[1] B",
            "   ^",
            "white space between the count and its code",
        ),
        ("BtB", " ^", "t is no format code"),
        ("B U", "  ^", "U is no format code"),
        ("*(B:a):c[a", "         ^", "that is no key"),
        ("*(B:a):c[a)]", "         ^", "that is no key"),
        (
            "B:a B:s=sum8(a, self=0, self=1)",
            "                        ^",
            "that is no argument of a check",
        ),
        (
            "B:a B:s=sum8(a, when=a, when=1)",
            "                        ^",
            "that is no argument of a check",
        ),
        ("B\u{e9}B", " ^", "'\u{e9}' is no format code"),
        (
            "99999999999999999999B",
            "^^^^^^^^^^^^^^^^^^^^",
            "the count is too large",
        ),
        (
            "B 9223372036854775807H",
            "  ^^^^^^^^^^^^^^^^^^^^",
            "the size is too large",
        ),
        ("<B n", "   ^", "n has no standard size"),
        ("B:", "  ^", "a colon is followed by no name"),
        ("B:1a", "  ^", "a colon is followed by no name"),
        ("B:a-b", "   ^", "a name is not set off from what follows"),
        ("B:a(B)", "   ^", "a name is not set off from what follows"),
        (
            "B:a B:b B:a",
            "        ^^^",
            "the name a stands twice at one level",
        ),
        (
            "<H{a:8 b:8} B:b",
            "            ^^^",
            "the name b stands twice at one level",
        ),
        ("B (B", "  ^", "a group is not closed"),
        ("B)", " ^", "a parenthesis closes nothing"),
        ("B=", "  ^", "an equals sign is followed by no constant"),
        ("2s=\"BM", "   ^", "the text is not closed"),
        (
            "2s='a'B",
            "      ^",
            "a constant is not set off from what follows",
        ),
        (
            "2s=\"abc\"",
            "   ^^^^^",
            "the constant needs 3 bytes, the field has 2",
        ),
        ("B=300", "  ^^^", "300 is out of range: B holds 0 to 255"),
        ("2H=1", "   ^", "an array has no constant"),
        ("B:n [n", "      ^", "the count is not closed"),
        ("B:n [n+]B", "       ^", "the expression is malformed"),
        ("B:n [(n]B", "     ^", "a parenthesis is not closed"),
        ("B:n [n m]B", "       ^", "the count is not closed"),
        ("B [no]B", "   ^^", "no is not a field that was read before"),
        ("(B:a):g [g.b]B", "         ^^^", "g has no field b"),
        (
            "*s B",
            "^^",
            "a field that takes the rest of the input is not the last one",
        ),
        (
            "2(B *s)",
            "    ^^",
            "a field that takes the rest of the input is not the last one",
        ),
        (
            "B *()",
            "  ^^^",
            "a group without any bytes can't fill the rest of the input",
        ),
        ("|0", " ^", "an alignment wants a multiple above 0"),
        ("|", " ^", "an alignment wants a multiple above 0"),
        ("2|4", " ^", "an alignment takes no count"),
        (
            "|4B",
            "  ^",
            "an alignment is not set off from what follows",
        ),
        (
            "B{a:4 b:3}",
            "^^^^^^^^^^",
            "the bit fields have 7 bits, B has 8",
        ),
        ("B{a:8", " ^", "bit fields are not closed"),
        (
            "B{a:4,b:4}",
            "     ^",
            "a bit field is not set off from what follows",
        ),
        ("B{a}", "  ^", "that is no bit field"),
        ("B{a:0 b:8}", "  ^^^", "a bit field has no bits"),
        ("f{a:32}", "^^^^^^^", "f has no bit fields"),
        ("B %", "   ^", "a percent sign is followed by no name"),
        ("%x", "^^", "%x is not known"),
        (":a", "^", "a name belongs to no field"),
        ("B]", " ^", "a bracket closes nothing"),
        ("-1B", "^", "- is no format code"),
    ] {
        let error = Struct::new(format).expect_err(format);
        let shown = error.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], message, "{format}");
        assert_eq!(lines[1], format!("  {format}"));
        let mark = lines[2].trim_start_matches("  ").len();
        let marked = lines[2][2..]
            .split_inclusive('^')
            .take_while(|part| part.ends_with('^'));
        let marked: String = marked.collect();
        assert!(
            mark > 0 && marked == caret,
            "{format}\n{shown}\nexpected\n  {caret}"
        );
    }
}

#[test]
fn errors_are_told_apart_by_their_kind() {
    for (format, kind) in [
        ("B (", FormatErrorKind::Syntax),
        ("B:n B:n", FormatErrorKind::Name),
        ("[n]s", FormatErrorKind::Name),
        ("%rgb", FormatErrorKind::Reference),
        ("B=300", FormatErrorKind::Constant),
        ("B{a:3}", FormatErrorKind::Bits),
        ("2(9223372036854775807s)", FormatErrorKind::Limit),
    ] {
        assert_eq!(Struct::new(format).unwrap_err().kind(), kind, "{format}");
    }
    let beyond = Struct::python("B:n").unwrap_err();
    assert_eq!(beyond.kind(), FormatErrorKind::NotPython);
}

#[test]
fn the_hint_says_what_to_write() {
    for (format, hint) in [
        ("<2s:magic 3", "expected a format code after the count 3"),
        (
            "H<I",
            "it can only be the very first character of a format or of a group, as in (>HH)",
        ),
        ("2s=\"abc\"", "write 3 before the code"),
        (
            "B{a:4 b:3}",
            "name the other 1: _:1 where they are reserved",
        ),
        (
            "<P",
            "it stands only in native mode: @, or no byte order at all",
        ),
        (
            "t",
            "text is s (of a fixed length), p (with a length byte) or z (up to a NUL)",
        ),
        ("2|4", "write the multiple after it: |4"),
        (
            "2s:magic\"BM\"",
            "a constant needs an equals sign: 2s:magic=\"BM\"",
        ),
        (
            "2s\"BM\"",
            "a constant follows its code or name with an equals sign: 2s:magic=\"BM\"",
        ),
        ("<u32:size", "the code of u32 is I"),
        ("<H:n i16", "the code of i16 is h"),
        ("i16:x", "the code of i16 is h"),
        ("u8 u8", "the code of u8 is B"),
        ("f32 f32", "the code of f32 is f"),
        ("4f64", "the code of f64 is d"),
        ("uint32_t:size", "the code of uint32_t is I"),
        ("int", "the code of int is i"),
        ("float", "the code of float is f"),
        ("B:u8-", "put a space here"),
        (
            "H:a,H:b",
            "nothing but white space separates fields: B{a:4 b:4} H:c",
        ),
        (
            "B{a:4,b:4}",
            "nothing but white space separates fields: B{a:4 b:4} H:c",
        ),
        (
            "H:gr\u{f6}\u{df}e",
            "a name has letters and digits of ASCII, and _",
        ),
        ("H:\u{e9}", "a name has letters and digits of ASCII, and _"),
        (
            "B{h\u{f6}he:8}",
            "a name has letters and digits of ASCII, and _",
        ),
    ] {
        assert_eq!(Struct::new(format).unwrap_err().hint(), hint, "{format}");
    }
}

#[test]
fn the_line_of_the_error_is_shown() {
    let error = Struct::new("<B:a # one\n  H:b t\nI").unwrap_err();
    let shown = error.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines[1..],
        ["    H:b t", &format!("        ^ {}", error.hint())]
    );
    assert_eq!(error.span(), 17..18);
}

#[test]
fn a_long_format_is_shown_around_the_caret() {
    let format = format!("{}t{}", "B".repeat(10_000), "B".repeat(10_000));
    let error = Struct::new(&format).unwrap_err();
    assert_eq!(error.span(), 10_000..10_001);
    let shown = error.to_string();
    let lines: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
    assert!(lines[1].len() < 90, "{shown}");
    let caret = lines[2].iter().position(|c| *c == '^').unwrap();
    assert_eq!(lines[1][caret], 't');
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let shown = Struct::new("B\u{1b}[31m\0").unwrap_err().to_string();
    assert!(
        shown.chars().all(|c| c == '\n' || !c.is_control()),
        "{shown:?}"
    );
    let shown = Struct::new("[1#\u{1b}[31m\n]").unwrap_err().to_string();
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    let shown = Struct::new("B 'a\u{202e}\u{9b}").unwrap_err().to_string();
    assert!(!shown.contains(['\u{202e}', '\u{9b}']), "{shown:?}");
}

#[test]
fn what_python_refuses_points_at_the_item() {
    for (format, caret) in [
        ("<I H:size", 3..9),
        ("B (B)", 2..5),
        ("B # comment", 2..3),
        ("B |4", 2..4),
        ("z", 0..1),
        ("B [2]B", 2..6),
        ("*s", 0..2),
        ("B=1", 0..3),
        ("%x", 0..2),
        ("B{a:8}", 0..6),
    ] {
        let error = Struct::python(format).unwrap_err();
        assert_eq!(error.span(), caret, "{format}");
        assert!(
            error.message().ends_with("Python's struct has none"),
            "{error}"
        );
    }
}

#[test]
fn a_message_stays_in_its_line() {
    for c in ['\n', '\r', '\u{1b}', '\u{9b}', '\u{202e}'] {
        for format in [
            format!("V:a ='\\{c}'"),
            format!("z='\\{c}'"),
            format!("B{c}{c}"),
        ] {
            let Err(error) = Struct::new(&format) else {
                continue;
            };
            assert_eq!(error.to_string().lines().count(), 3, "{error}");
            assert!(!error.message().contains(c), "{error:?}");
        }
    }
}
