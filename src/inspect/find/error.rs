//! What is wrong with a pattern.

/// Why a pattern can't be searched for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It has no bytes, so it would be found everywhere.
    #[error("the pattern is empty, and would be found everywhere")]
    Empty,
    /// It isn't hexadecimal.
    #[error("wrong hexadecimal pattern {pattern:?}: {message}")]
    Hex {
        /// The pattern.
        pattern: String,
        /// What is wrong, and where.
        message: String,
    },
    /// It is no regular expression, or one that takes too much memory.
    #[error("wrong regular expression: {0}")]
    Regex(String),
    /// The encoding isn't known.
    #[error(
        "unknown encoding {0:?}: expected utf-8, utf-16le, utf-16be, utf-32le, utf-32be or a name \
         that browsers know, such as gbk, shift_jis or latin1"
    )]
    Encoding(String),
    /// A character that the encoding hasn't.
    #[error("{character:?} can't be written in {encoding}")]
    Unencodable {
        /// The character.
        character: char,
        /// The encoding's name.
        encoding: &'static str,
    },
}
