//! Strings found in a source.

use std::io::{self, Write};

use anstyle::Style;
use serde_json::{Map, Value as Json, json};

use super::escape;
use crate::inspect::strings::Text;
use crate::offset::Position;
use crate::render::text_color;

const OFFSET: Style = Style::new().fg_color(Some(anstyle::Color::Ansi256(text_color::CYAN)));

/// How offsets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Radix {
    /// In base 10.
    Decimal,
    /// In base 8.
    Octal,
    /// In base 16.
    Hexadecimal,
}

/// Prints strings, one a line, and the pieces of a long one on one line.
#[derive(Debug, Default)]
pub struct Printer {
    /// Before each line.
    pub prefix: String,
    /// Whether lines begin with the offset of the string.
    pub offsets: Option<Radix>,
    /// Whether they tell the encoding.
    pub encodings: bool,
    /// The last piece, whose line is still open.
    open: Option<(u64, &'static str)>,
}

impl Printer {
    /// A string or a piece of one.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn text(&mut self, text: &Text, out: &mut impl Write) -> io::Result<()> {
        let name = text.charset.name();
        if self.open != Some((text.offset, name)) {
            self.end(out)?;
            write!(out, "{}", self.prefix)?;
            let offset = text.offset;
            match self.offsets {
                None => {}
                // As wide as GNU strings has it.
                Some(Radix::Decimal) => write!(out, "{OFFSET}{offset:>7}{OFFSET:#} ")?,
                Some(Radix::Octal) => write!(out, "{OFFSET}{offset:>7o}{OFFSET:#} ")?,
                Some(Radix::Hexadecimal) => write!(out, "{OFFSET}{offset:>7x}{OFFSET:#} ")?,
            }
            if self.encodings {
                write!(out, "{name:<8} ")?;
            }
        }
        write!(out, "{}", escape::text(&text.text))?;
        let end = text.offset.past(text.size);
        self.open = Some((end, name));
        if text.cut { Ok(()) } else { self.end(out) }
    }

    /// Ends the line of a string whose last piece never came.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.open.take() {
            Some(_) => writeln!(out),
            None => Ok(()),
        }
    }
}

/// A string as JSON.
pub fn json(file: &str, text: &Text) -> Json {
    let mut object = Map::new();
    object.insert("file".into(), json!(file));
    object.insert("offset".into(), json!(text.offset));
    object.insert("size".into(), json!(text.size));
    object.insert("encoding".into(), json!(text.charset.name()));
    object.insert("value".into(), json!(text.text));
    if text.cut {
        object.insert("cut".into(), json!(true));
    }
    Json::Object(object)
}
