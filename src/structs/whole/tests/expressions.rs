//! What expressions are: how they bind, compare, and what their arithmetic refuses.

use super::unpacked;

#[test]
fn expressions_bind_as_in_python_and_rust() {
    for (expression, expected) in [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("1 << 2 + 1", "8"),
        ("6 & 3 == 2", "True"),
        ("1 | 2 ^ 3 & 2", "1"),
        ("12 | 10", "14"),
        ("12 ^ 10", "6"),
        ("12 & 10", "8"),
        ("-8 >> 1", "-4"),
        ("3 << 2", "12"),
        ("\"1\" == 1", "False"),
        ("true == 1", "True"),
        ("7 / 2", "3"),
        ("-7 / 2", "-4"),
        ("-7 % 3", "2"),
        ("7 % -3", "-2"),
        ("~5", "-6"),
        ("!0", "True"),
        ("!3", "False"),
        ("1 < 2 && 3 < 2", "False"),
        ("0 || 4 > 3", "True"),
        ("1 ? 2 : 3", "2"),
        ("0 ? 2 : 0 ? 3 : 4", "4"),
        ("n - 1", "4"),
        ("n >= 5", "True"),
        // Integers that are one as floats.
        ("9007199254740993 > 9007199254740992", "True"),
        ("9007199254740992 >= 9007199254740993", "False"),
        ("n != 5", "False"),
        ("\"ab\" == \"ab\\0\\0\"", "True"),
        ("\"ab\" < \"b\"", "True"),
        ("x\"00010204\"[2]", "2"),
        ("len(\"abc\")", "3"),
        ("sum(x\"010203\")", "6"),
        ("@at", "1"),
        ("@size", "3"),
        ("0x10", "16"),
        ("none ?? 9", "9"),
        ("true", "True"),
    ] {
        let format = format!("B:n {{n == 0: B:none}} .x=[{expression}]");
        let found = unpacked(&format, &[5, 0, 0]);
        assert_eq!(found, format!("n 5 x {expected}"), "{expression}");
    }
}

#[test]
fn floats_are_compared_with_integers() {
    for (expression, expected) in [
        ("one == 1", "True"),
        ("1 == one", "True"),
        ("one != 1", "False"),
        ("half == 0", "False"),
        ("half == half", "True"),
        ("half == one", "False"),
        ("half < 1", "True"),
        ("1 <= half", "False"),
        ("one >= 1", "True"),
        ("one > 1", "False"),
        ("nan == nan", "False"),
        ("nan != nan", "True"),
        ("half == \"\"", "False"),
    ] {
        let data = b"\0\0\x80\x3f\0\x38\0\x7e";
        let found = unpacked(&format!("<f:one e:half e:nan .x=[{expression}]"), data);
        assert_eq!(found, format!("one 1.0 half 0.5 nan nan x {expected}"));
    }
    let choice = "<e:x {x ; 1: B:one ; 2..3: B:more ; else: B:other}";
    for (data, expected) in [
        (&[0, 0x3c, 9], "x 1.0 one 9"),
        (&[0, 0x40, 9], "x 2.0 more 9"),
        (&[0, 0x41, 9], "x 2.5 more 9"),
        (&[1, 0x3c, 9], "x 1.0009765625 other 9"),
    ] {
        assert_eq!(unpacked(choice, data), expected);
    }
}

#[test]
fn arithmetic_is_checked() {
    for (expression, expected) in [
        ("1 / (n - n)", "divides by zero"),
        ("1 % (n - n)", "divides by zero"),
        ("1 << 127", "overflows 128 bits"),
        (
            "0x7fffffffffffffffffffffffffffffff + n",
            "overflows 128 bits",
        ),
        ("\"a\" + 1", "wants an integer"),
        ("\"a\" < 1", "can't be compared"),
    ] {
        let found = unpacked(&format!("B:n .x=[{expression}]"), &[1]);
        assert!(found.contains(expected), "{expression}: {found}");
    }
}

/// The items of an array, and of all else the bytes.
#[test]
fn a_length_is_that_of_items_or_of_bytes() {
    for (format, expected) in [
        ("2(B:a B:b):g .n=[len(g)] .m=[sum(g)]", "n 2 m 0"),
        ("(B:a B:b):g .n=[len(g)]", "n 2"),
        ("{1: B:a H:b}:g .n=[len(g)]", "n 3"),
        ("*[a == 3](B:a):g .n=[len(g)]", "n 3"),
        ("*[@item == 3]B:g .n=[len(g)] .m=[sum(g)]", "n 3 m 6"),
        ("3B:g .n=[len(g)] .m=[sum(g)]", "n 3 m 6"),
        ("3s:g .n=[len(g)] .m=[sum(g)]", "n 3 m 6"),
        ("3s:g=(B:a *s) .n=[len(g)]", "n 3"),
        ("3s~xor(1):g .n=[len(g)] .m=[sum(g)]", "n 3 m 5"),
        (
            "3s~xor(1):g .n=[len(g.content)] .m=[sum(g.content)]",
            "n 3 m 5",
        ),
        (".n=[len(\"abcd\")] .m=[sum(\"ab\")]", "n 4 m 195"),
        ("B:g .n=[len(g)]", "a number has no length"),
        ("B:g .n=[sum(g)]", "a number has no sum"),
    ] {
        let found = unpacked(&format!("<{format}"), &[1, 2, 3, 4]);
        assert!(found.contains(expected), "{format}: {found}");
        assert!(
            found.ends_with(expected) || found.starts_with("error"),
            "{format}: {found}"
        );
    }
}
