//! Hints for what people write who think of another language.

use std::borrow::Cow;

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

/// What to write where a type of another language stands at this place, or ends there.
///
/// An error in `u32` is found at the `u`, and one in `i16` after the 16: `i` is a code.
pub(super) fn for_type(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?.trim_end_matches(is_word).len();
    let rest = text.get(at..)?;
    let end = text
        .len()
        .checked_sub(rest.trim_start_matches(is_word).len())?;
    let word = text.get(before..end)?;
    // That would be a name.
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
