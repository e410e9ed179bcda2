//! Conditions over records, which have words for operators and numbers with fractions.

use super::*;
use crate::structs::ast::Term;

/// An expression with all its parentheses.
fn shown(expression: &Expression) -> String {
    match &expression.term {
        Term::Number(n) => n.to_string(),
        Term::Float(x) => format!("{x:?}"),
        Term::Name(name) => name.to_string(),
        Term::Unary(operator, of) => format!("({operator:?} {})", shown(of)),
        Term::Binary(operator, left, right) => {
            format!("({} {operator:?} {})", shown(left), shown(right))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_bind_as_in_python() {
    for (condition, expected) in [
        ("a or b and c", "(a Or (b And c))"),
        ("a and b or c", "((a And b) Or c)"),
        ("a == 1 and not b < 2", "((a Equal 1) And (Not (b Less 2)))"),
        ("not a == 1", "(Not (a Equal 1))"),
        ("not not a", "(Not (Not a))"),
        ("not a or b", "((Not a) Or b)"),
        // A name may begin as a word does.
        ("origin or android", "(origin Or android)"),
        ("notes == 2", "(notes Equal 2)"),
    ] {
        assert_eq!(
            shown(&parse_condition(condition).unwrap()),
            expected,
            "{condition}"
        );
    }
    for condition in ["a == not b", "a and", "or a", "a andb", "a b"] {
        assert!(parse_condition(condition).is_err(), "{condition}");
    }
    // In a format they are names.
    for format in ["B:or [or + 1]s", "B:and [and - 1]s", "B:not [not]s"] {
        assert!(parse(format).is_ok(), "{format}");
    }
    assert!(parse("B:a B:b [a and b]s").is_err());
}

#[test]
fn numbers_in_conditions_have_fractions_and_exponents() {
    for (condition, expected) in [
        ("12", "12"),
        ("1.5", "1.5"),
        ("1_0", "10"),
        ("2.0", "2.0"),
        ("1e5", "100000.0"),
        ("1E2", "100.0"),
        ("1e-3", "0.001"),
        ("2.5e+1", "25.0"),
        ("2.5e1", "25.0"),
        ("1.5+2", "(1.5 Add 2)"),
        ("a == 0.25 or b", "((a Equal 0.25) Or b)"),
        // The e of a number in hexadecimal is a digit.
        ("0x1e", "30"),
        ("0x1e+5", "(30 Add 5)"),
        ("0X1E-1", "(30 Subtract 1)"),
    ] {
        assert_eq!(
            shown(&parse_condition(condition).unwrap()),
            expected,
            "{condition}"
        );
    }
    for condition in ["1.", "a == .5", "1e", "0x1.5"] {
        assert!(parse_condition(condition).is_err(), "{condition}");
    }
    for format in ["[1.5]s", "[1e5]s", "[2.5e+1]s"] {
        assert!(parse(format).is_err(), "{format}");
    }
}
