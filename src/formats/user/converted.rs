//! Results of converting descriptions in other languages.

use std::fmt;
use std::path::PathBuf;

/// A description of another kind in the language of this crate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Converted {
    /// The text of a file of formats.
    pub text: String,
    /// The parts that the language can't express, in the order of files and lines.
    pub left_out: Vec<LeftOut>,
}

/// A part of a description that isn't in the formats.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct LeftOut {
    /// The file of the description.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// What it is, and why.
    pub message: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

/// A basic string of TOML.
pub(crate) fn toml_text(text: &str) -> String {
    use fmt::Write as _;
    let mut made = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => made.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(made, "\\u{:04x}", u32::from(c));
            }
            c => made.push(c),
        }
    }
    made.push('"');
    made
}
