//! Lines that fit a terminal, broken between words.

use std::iter;

use unicode_width::UnicodeWidthChar;

use crate::offset::{Position, Tally};

/// Columns that a continued line of a message is indented by.
const INDENT: usize = 2;

/// Narrower terminals break lines themselves.
const NARROWEST: usize = 20;

/// A message of several lines such that each fits `width` columns, where the first line comes after `label` columns.
/// Lines that are indented stay as they are: they quote something, and a line below may point into it.
///
/// ```
/// use bytewright::render::wrap::message;
///
/// let text = message("expected a file and what to find in it", 7, 30);
/// assert_eq!(text, "expected a file and\n  what to find in it");
/// ```
pub fn message(text: &str, label: usize, width: usize) -> String {
    if width < NARROWEST.saturating_add(label) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if line.starts_with(' ') {
            out.push_str(line);
            continue;
        }
        let taken = if number == 0 { label } else { 0 };
        let first = piece_length(line, width.saturating_sub(taken));
        let (start, rest) = line.split_at(first);
        if rest.is_empty() {
            out.push_str(start);
            continue;
        }
        out.push_str(start.trim_end());
        for piece in wrapped(rest, width.saturating_sub(INDENT)) {
            out.push('\n');
            out.extend(iter::repeat_n(' ', INDENT));
            out.push_str(piece);
        }
    }
    if text.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Pieces of at most `room` columns, cut after a space where there is one.
pub(super) fn wrapped(text: &str, room: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let (piece, left) = text.split_at(piece_length(text, room));
        rest = Some(left).filter(|left| !left.is_empty());
        Some(if rest.is_some() {
            piece.trim_end()
        } else {
            piece
        })
    })
}

/// At least one character, so that wrapping comes to an end.
fn piece_length(text: &str, room: usize) -> usize {
    let mut width = 0usize;
    let mut behind_space = None;
    for (at, c) in text.char_indices() {
        width.tally(c.width().unwrap_or(0));
        if width > room && at > 0 {
            // The space after a word that just fits is not shown.
            if c == ' ' {
                return at.past(1);
            }
            return behind_space.unwrap_or(at);
        }
        if c == ' ' {
            behind_space = Some(at.past(1));
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_what_is_quoted_stays_where_it_is() {
        let text =
            "one two three four five six\n  quoted at some length, and more of it\n   ^ here";
        assert_eq!(
            message(text, 7, 30),
            "one two three four five\n  six\n  quoted at some length, and more of it\n   ^ here"
        );
        assert_eq!(message("a\n\n  b\n", 7, 30), "a\n\n  b\n");
        let long = "x".repeat(50);
        assert_eq!(
            message(&long, 7, 30),
            format!("{}\n  {}", "x".repeat(23), "x".repeat(27))
        );
        assert_eq!(message("a b c", 30, 31), "a b c");
    }
}
