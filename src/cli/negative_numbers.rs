//! Negative numbers among the arguments, which need no `--` before them.
//!
//! Values of `pack` may be of any kind, and `-1`, `-0x80`, `-inf` and `-1+2j` look like options to
//! the argument parser. They are marked with a NUL, which no argument of a process can contain; the parser of their
//! value removes it.

use std::ffi::OsString;

use clap::builder::{StringValueParser, TypedValueParser, ValueParser};

const MARK: &str = "\0";

/// Options whose next word is their value, which clap checks.
const OPTIONS: [&str; 11] = [
    "--at", "--json", "--out", "-o", "-e", "--regex", "--offset", "-s", "--length", "-n", "--limit",
];

/// Marks the negative numbers after the verb `pack`, and after `--pack`.
pub(super) fn mark(args: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut packing = false;
    // After `--` everything is a value as it is.
    let mut values_only = false;
    let mut behind_option = false;
    args.into_iter().map(move |arg| {
        values_only |= arg == "--";
        let text = arg.to_str().unwrap_or_default();
        let free = packing && !values_only && !behind_option;
        behind_option = OPTIONS.contains(&text);
        if free && looks_negative(text) {
            let mut marked = OsString::from(MARK);
            marked.push(arg);
            return marked;
        }
        packing |= arg == "pack" || arg == "--pack";
        arg
    })
}

/// The parser of a value that [`mark`] may have marked.
pub(super) fn parser() -> ValueParser {
    StringValueParser::new()
        .map(|text| text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text))
        .into()
}

fn looks_negative(arg: &str) -> bool {
    let Some(rest) = arg.strip_prefix('-') else {
        return false;
    };
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    rest.starts_with(|c: char| c.is_ascii_digit())
        || ["inf", "infinity", "nan", "j"].iter().any(|word| {
            let (start, end) = rest.split_at_checked(word.len()).unwrap_or((rest, ""));
            let end = end.strip_suffix('j').unwrap_or(end);
            start.eq_ignore_ascii_case(word) && !end.starts_with(|c: char| c.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(args: &[&str]) -> Vec<bool> {
        mark(args.iter().map(OsString::from))
            .map(|arg| arg.to_str().unwrap().starts_with(MARK))
            .collect()
    }

    #[test]
    fn negative_numbers_are_told_from_options() {
        for number in [
            "-1",
            "-0x80",
            "-.5",
            "-1e3",
            "-inf",
            "-Infinity",
            "-nan",
            "-1+2j",
            "-j",
            "-inf+nanj",
            "-infj",
        ] {
            assert!(looks_negative(number), "{number}");
        }
        for option in [
            "-", "--", "-o", "--hex", "-h", "-info", "--1", "-.", "1", "-é",
        ] {
            assert!(!looks_negative(option), "{option}");
        }
    }

    #[test]
    fn only_values_of_pack_are_marked() {
        assert_eq!(marked(&["x", "size", "-1"]), [false, false, false]);
        assert_eq!(
            marked(&["x", "pack", "b", "-1"]),
            [false, false, false, true]
        );
        assert_eq!(
            marked(&["x", "find", "-1", "--pack", "b", "-1", "--offset", "-1"]),
            [false, false, false, false, false, true, false, false]
        );
        assert_eq!(
            marked(&["x", "pack", "b", "--", "-1"]),
            [false, false, false, false, false]
        );
        assert_eq!(
            marked(&["x", "pack", "b", "--at", "-1", "-1"]),
            [false, false, false, false, false, true]
        );
    }
}
