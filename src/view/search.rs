//! Searching the bytes from a place on, forwards and backwards, around the end.

use std::io;

use super::job::Watch;
use crate::Source;
use crate::inspect::find::{Find, Hit, Pattern};
use crate::value::literal;

/// Bytes that are searched at a time when the search goes backwards.
const BLOCK: u64 = 1 << 20;

/// What is searched for: `x'42 4d ??'` is bytes with `?` for any digit, `b'BM\0'` bytes with escapes,
/// `r'…'` a regular expression, and all else text in UTF-8.
pub(super) fn pattern(text: &str) -> Result<Pattern, String> {
    let quoted = |letter: &str| {
        let rest = text.strip_prefix(letter)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        rest.strip_prefix(quote)?.strip_suffix(quote)
    };
    let pattern = if let Some(hex) = quoted("x") {
        Pattern::hex(hex)
    } else if let Some(expression) = quoted("r") {
        Pattern::regex(expression, false)
    } else if quoted("b").is_some() {
        Pattern::bytes(&literal::bytes(text).map_err(|e| e.to_string())?)
    } else {
        Pattern::bytes(text.as_bytes())
    };
    pattern.map_err(|e| e.to_string())
}

/// A hit, and whether the search went around the end to find it.
pub(super) type Answer = Option<(Hit, bool)>;

/// The first hit that begins at an offset or after it, or else the first one before.
pub(super) fn next(
    source: &Source,
    from: u64,
    pattern: &Pattern,
    watch: &Watch,
) -> io::Result<Answer> {
    let source = watch.source(source.clone());
    let mut find = Find::stream(source.reader(from), from, pattern).without_context();
    if let Some(hit) = find.next().transpose()? {
        return Ok(Some((hit, false)));
    }
    let end = from.saturating_add(pattern.longest() as u64);
    let mut find = Find::within(&source, 0..end, pattern).without_context();
    let hit = find.next().transpose()?;
    Ok(hit.filter(|hit| hit.offset < from).map(|hit| (hit, true)))
}

/// The last hit that begins before an offset, or else the last one of all.
pub(super) fn previous(
    source: &Source,
    before: u64,
    pattern: &Pattern,
    watch: &Watch,
) -> io::Result<Answer> {
    let source = watch.source(source.clone());
    if let Some(hit) = last(&source, 0, before, pattern)? {
        return Ok(Some((hit, false)));
    }
    let hit = last(&source, before, source.size()?, pattern)?;
    Ok(hit.map(|hit| (hit, true)))
}

/// The last hit that begins in a range.
fn last(source: &Source, start: u64, end: u64, pattern: &Pattern) -> io::Result<Option<Hit>> {
    let mut end = end;
    while end > start {
        let block = end.saturating_sub(BLOCK).max(start);
        let reach = end.saturating_add(pattern.longest() as u64);
        let mut best = None;
        for hit in Find::within(source, block..reach, pattern)
            .overlapping(true)
            .without_context()
        {
            let hit = hit?;
            if hit.offset >= end {
                break;
            }
            best = Some(hit);
        }
        if best.is_some() {
            return Ok(best);
        }
        end = block;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(answer: io::Result<Answer>) -> Option<(u64, bool)> {
        answer.unwrap().map(|(hit, around)| (hit.offset, around))
    }

    #[test]
    fn hits_are_found_in_both_directions_around_the_end() {
        let source = Source::from(&b"ab..ab..ab"[..]);
        let pattern = pattern("ab").unwrap();
        let watch = Watch::default();
        let on = |from| found(next(&source, from, &pattern, &watch));
        let back = |from| found(previous(&source, from, &pattern, &watch));
        assert_eq!(on(0), Some((0, false)));
        assert_eq!(on(1), Some((4, false)));
        assert_eq!(on(9), Some((0, true)));
        assert_eq!(back(8), Some((4, false)));
        assert_eq!(back(0), Some((8, true)));
    }

    #[test]
    fn a_hit_across_two_blocks_is_found_backwards() {
        let mut bytes = vec![0; 3 << 20];
        bytes[(1 << 20) - 1] = b'x';
        bytes[1 << 20] = b'y';
        let source = Source::from(bytes);
        let pattern = pattern("x'78 79'").unwrap();
        let watch = Watch::default();
        let end = source.size().unwrap();
        assert_eq!(
            found(previous(&source, end, &pattern, &watch)),
            Some(((1 << 20) - 1, false))
        );
    }

    #[test]
    fn patterns_are_text_bytes_and_expressions() {
        let source = Source::from(&b"'x' x'42' BM\x00\x42"[..]);
        let watch = Watch::default();
        let at = |text: &str| found(next(&source, 0, &pattern(text).unwrap(), &watch));
        assert_eq!(at("x'42'"), Some((10, false)));
        assert_eq!(at("x' x"), Some((1, false)));
        assert_eq!(at(r"b'M\0'"), Some((11, false)));
        assert_eq!(at("r'[A-Z]{2}'"), Some((10, false)));
        assert!(pattern("").is_err() && pattern("x'4'").is_err() && pattern("r'('").is_err());
    }
}
