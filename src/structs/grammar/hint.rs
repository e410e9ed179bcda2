//! Hints for types of other languages and for characters that are no code.

use std::borrow::Cow;

use super::{Parsed, fail, first_char_length};

/// Types of other languages, and the codes that they are here.
const TYPES: &[(&str, &str)] = &[
    ("u8", "B"),
    ("i8", "b"),
    ("u16", "H"),
    ("i16", "h"),
    ("u24", "J"),
    ("i24", "j"),
    ("u32", "I"),
    ("i32", "i"),
    ("u48", "K"),
    ("i48", "k"),
    ("u64", "Q"),
    ("i64", "q"),
    ("u128", "Y"),
    ("i128", "y"),
    ("f16", "e"),
    ("f32", "f"),
    ("f64", "d"),
    ("bool", "?"),
    ("char", "c"),
    ("double", "d"),
    ("float", "f"),
    ("int", "i"),
    ("long", "l"),
    ("short", "h"),
];

/// What to write where a type of another language is at this place, or ends there.
///
/// An error in `u32` is found at the `u`, and one in `i16` after the 16: `i` is a code.
pub(super) fn for_type(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?.trim_end_matches(is_word).len();
    let rest = text.get(at..)?;
    let end = text
        .len()
        .checked_sub(rest.trim_start_matches(is_word).len())?;
    let word = text.get(before..end)?;
    // After a colon or a percent sign it would be a name.
    if text.get(..before)?.ends_with([':', '%']) {
        return None;
    }
    let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let short = word.strip_suffix("_t").unwrap_or(word);
    let short = match (short.strip_prefix("uint"), short.strip_prefix("int")) {
        (Some(bits), _) => format!("u{bits}"),
        (_, Some(bits)) if !bits.is_empty() => format!("i{bits}"),
        _ => short.to_owned(),
    };
    let (_, code) = TYPES.iter().find(|(name, _)| *name == short)?;
    Some(format!("the code of {word} is {code}"))
}

pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What to do about the text after a name, a constant, an alignment or a bit field that doesn't
/// end there.
pub(super) fn to_set_off(after: &str) -> Cow<'static, str> {
    Cow::Borrowed(match after.chars().next() {
        Some('"' | '\'') => "a constant needs an equals sign: 2s:magic=\"BM\"",
        Some(',' | ';') => "nothing but white space separates fields: B{a:4 b:4} H:c",
        Some(c) if !c.is_ascii() => NAMES,
        _ => "put a space here",
    })
}

/// What names are made of.
pub(super) const NAMES: &str = "a name has letters and digits of ASCII, and _";

/// The error about a character that begins no code.
pub(super) fn unknown_code<'t, T>(input: &'t str, c: char) -> Parsed<'t, T> {
    let (message, label): (String, &'static str) = match c {
        '@' | '=' | '<' | '>' | '!' => (
            format!("the byte order {c} stands in the middle"),
            "it can only be the very first character of a format or of a group, as in (>HH)",
        ),
        ':' => (
            "a name belongs to no field".into(),
            "a name follows its code at once: I:width",
        ),
        ',' | ';' => (
            format!("{c} is no format code"),
            "items are separated by white space, or by nothing",
        ),
        '"' | '\'' => (
            "a text belongs to no field".into(),
            "a constant follows its code or name with an equals sign: 2s:magic=\"BM\"",
        ),
        ']' => ("a bracket closes nothing".into(), "no count is open here"),
        '-' | '+' => (format!("{c} is no format code"), "a count has no sign"),
        '\0' => ("a NUL stands in the format".into(), ""),
        'u' | 'U' | 'w' | 'W' | 'S' | 'a' | 't' => (
            format!("{c} is no format code"),
            "text is s (of a fixed length), p (with a length byte) or z (up to a NUL)",
        ),
        c if !c.is_ascii() => (
            format!("{c:?} is no format code"),
            "formats are written in ASCII",
        ),
        c => (
            format!("{} is no format code", c.escape_default()),
            "the codes are x c b B ? h H i I l L q Q n N e f d F D s p P z v V j J k K y Y",
        ),
    };
    fail(input, first_char_length(input), message, label)
}
