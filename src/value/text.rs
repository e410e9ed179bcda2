//! Which characters are safe to show, and words with their number.

/// Whether a text is shown as it is: no control, no bidirectional, no invisible character.
pub(crate) fn is_printable(text: &str) -> bool {
    // Most text has no other characters, and looking at bytes is quicker.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~');
    text.as_bytes().iter().all(is_plain) || !text.chars().any(is_unsafe)
}

/// Controls, and what a reader can't see or what reorders the text around it.
pub(crate) fn is_unsafe(c: char) -> bool {
    match c {
        ' '..='~' => false,
        _ if c.is_control() => true,
        '\u{ad}' // soft hyphen
        | '\u{61c}' | '\u{200e}' | '\u{200f}' // marks of direction
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}' // zero width
        | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' // deprecated format controls
        | '\u{2028}' | '\u{2029}' // line and paragraph separators
        | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}' // blank letters
        | '\u{e0000}'..='\u{e007f}' => true, // tags
        _ => false,
    }
}

/// Bytes without those equal to one that stand at their end, such as the NULs that fill up a text.
pub(crate) fn trim_end(mut bytes: &[u8], byte: u8) -> &[u8] {
    while let Some(before) = bytes.strip_suffix(&[byte]) {
        bytes = before;
    }
    bytes
}

/// `1 byte`, `2 bytes`: a number with the word for one.
pub(crate) fn counted(n: u64, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {what}{s}")
}
