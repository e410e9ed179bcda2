//! Patterns to search for.

use std::ops::Range;

use memchr::memmem::Finder;
use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir};

use super::hex::{self, Masked};
use super::{Encoding, LONGEST, PatternError};

use crate::offset::Position;

/// The largest limit that a regular expression may set to the length of its matches, in bytes.
const LONGEST_STATED: usize = 1 << 20;

/// What to search for: bytes, text, or a regular expression.
#[derive(Clone, Debug)]
pub struct Pattern {
    matcher: Matcher,
    /// The parsed pattern, to join it with others.
    parts: Vec<Hir>,
    longest: usize,
}

#[derive(Clone, Debug)]
enum Matcher {
    Bytes(Box<Finder<'static>>),
    Regex(Box<Regex>),
}

/// A match in a window.
pub(super) struct Match {
    pub(super) range: Range<usize>,
    pub(super) pattern: usize,
}

impl Pattern {
    /// These bytes.
    ///
    /// # Errors
    ///
    /// When there are none.
    pub fn bytes(bytes: &[u8]) -> Result<Pattern, PatternError> {
        if bytes.is_empty() {
            return Err(PatternError::Empty);
        }
        Ok(Pattern {
            matcher: Matcher::Bytes(Box::new(Finder::new(bytes).into_owned())),
            parts: vec![Hir::literal(bytes)],
            longest: bytes.len(),
        })
    }

    /// The parsed patterns.
    pub(super) fn parts(&self) -> &[Hir] {
        &self.parts
    }

    /// Whether a match depends on the bytes beside it.
    pub(super) fn looks_around(&self) -> bool {
        let looks = |part: &Hir| !part.properties().look_set().is_empty();
        self.parts.iter().any(looks)
    }

    /// Bytes in hexadecimal, with `?` for any digit.
    ///
    /// # Errors
    ///
    /// When the text is something else, or there are no bytes in it.
    pub fn hex(pattern: &str) -> Result<Pattern, PatternError> {
        let bytes = hex::parse(pattern)?;
        if bytes.iter().all(|byte| byte.mask == 0xff) {
            let bytes: Vec<u8> = bytes.iter().map(|byte| byte.value).collect();
            return Pattern::bytes(&bytes);
        }
        Pattern::compile(vec![Hir::concat(bytes.iter().map(masked).collect())])
    }

    /// A text as it is written in an encoding.
    ///
    /// # Errors
    ///
    /// When the text is empty, or the encoding lacks a character of it.
    pub fn text(text: &str, encoding: Encoding) -> Result<Pattern, PatternError> {
        Pattern::bytes(&encoding.encode(text)?)
    }

    /// A text with its letters in either case, by Unicode's simple case folding.
    ///
    /// ```
    /// use bytewright::Source;
    /// use bytewright::inspect::find::{Encoding, Find, Pattern};
    ///
    /// let pattern = Pattern::text_ignoring_case("Éa", Encoding::named("latin1")?)?;
    /// let source = Source::from(&b"\xe9A \xc9a"[..]);
    /// assert_eq!(Find::new(&source, &pattern).count(), 2);
    /// # Ok::<(), bytewright::inspect::find::PatternError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the text is empty, or the encoding lacks a character of it.
    pub fn text_ignoring_case(text: &str, encoding: Encoding) -> Result<Pattern, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        // The encoding may have a character in one case only.
        encoding.encode(text)?;
        let characters = text.chars().map(|c| either_case(c, encoding));
        Pattern::compile(vec![Hir::concat(characters.collect())])
    }

    /// A regular expression, in the syntax of the `regex` crate. `.` and classes stand for whole
    /// characters of UTF-8 unless `(?-u)` makes them stand for bytes.
    ///
    /// Matches up to [`LONGEST`] bytes are found as if the source were one piece, longer ones
    /// only where the expression says how long they can be, up to 1 MiB.
    ///
    /// # Errors
    ///
    /// When the expression is wrong, takes too much memory, or can't match any byte.
    pub fn regex(expression: &str, ignore_case: bool) -> Result<Pattern, PatternError> {
        let mut parser = ParserBuilder::new()
            .utf8(false)
            .case_insensitive(ignore_case)
            .build();
        let part = parser
            .parse(expression)
            .map_err(|e| PatternError::Regex(e.to_string()))?;
        if part.properties().maximum_len() == Some(0) {
            return Err(PatternError::Empty);
        }
        Pattern::compile(vec![part])
    }

    /// Whichever of these patterns comes first. Of those that match at the same place, the one
    /// that was given first counts.
    ///
    /// # Errors
    ///
    /// When there are none, or they take too much memory together.
    pub fn any(patterns: impl IntoIterator<Item = Pattern>) -> Result<Pattern, PatternError> {
        let mut patterns: Vec<Pattern> = patterns.into_iter().collect();
        match patterns.len() {
            0 => Err(PatternError::Empty),
            1 => patterns.pop().ok_or(PatternError::Empty),
            _ => {
                let longest = patterns.iter().map(|pattern| pattern.longest).max();
                let parts = patterns.into_iter().flat_map(|pattern| pattern.parts);
                let mut joined = Pattern::compile(parts.collect())?;
                joined.longest = joined.longest.max(longest.unwrap_or(0));
                Ok(joined)
            }
        }
    }

    /// The longest match that is found for certain, wherever it is.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The first match that begins at `position` or later.
    pub(super) fn find_at(&self, window: &[u8], position: usize) -> Option<Match> {
        match &self.matcher {
            Matcher::Bytes(finder) => {
                let start = finder.find(window.get(position..)?)?.past(position);
                Some(Match {
                    range: start..start.past(finder.needle().len()),
                    pattern: 0,
                })
            }
            Matcher::Regex(regex) => {
                let found = regex.search(&Input::new(window).range(position..))?;
                Some(Match {
                    range: found.range(),
                    pattern: found.pattern().as_usize(),
                })
            }
        }
    }

    fn compile(parts: Vec<Hir>) -> Result<Pattern, PatternError> {
        let regex = Regex::builder()
            .configure(Regex::config().utf8_empty(false))
            .build_many_from_hir(&parts)
            .map_err(|e| match e.size_limit() {
                Some(limit) => {
                    PatternError::Regex(format!("it takes more than {limit} bytes of memory"))
                }
                None => PatternError::Regex(e.to_string()),
            })?;
        let longest = parts
            .iter()
            .map(|part| part.properties().maximum_len().unwrap_or(LONGEST))
            .max();
        Ok(Pattern {
            matcher: Matcher::Regex(Box::new(regex)),
            parts,
            longest: longest.unwrap_or(0).min(LONGEST_STATED),
        })
    }
}

/// The bytes that agree in some bits.
fn masked(byte: &Masked) -> Hir {
    let takes = |b: &u8| b & byte.mask == byte.value;
    let ranges = (0..=u8::MAX).filter(takes);
    let class = ClassBytes::new(ranges.map(|b| ClassBytesRange::new(b, b)));
    Hir::class(Class::Bytes(class))
}

/// A character in either case, as far as the encoding has it.
fn either_case(c: char, encoding: Encoding) -> Hir {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    class.case_fold_simple();
    let cases = class.iter().flat_map(|range| range.start()..=range.end());
    let encoded = cases.filter_map(|c| encoding.encode(c.encode_utf8(&mut [0; 4])).ok());
    Hir::alternation(encoded.map(Hir::literal).collect())
}
