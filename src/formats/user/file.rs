//! One TOML file of formats: its model, and reading it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::detect::{RawRule, Rule};
use super::error::Error;
use crate::offset::Position;
use crate::schema::{Allowed, Fact, Key, Schema, bits};
use crate::structs::FormatError;
use crate::value::literal;

/// The largest file of formats that is read, in bytes.
pub const MAX_FILE: u64 = 1 << 20;

/// The most formats that one file may hold.
pub const MAX_FORMATS: usize = 1000;

/// A format as a file describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoredFormat {
    /// Its name, which follows the percent sign, its text, and what is known of its fields: the
    /// enumerations, then flags, notes, allowed values and what is read in hexadecimal.
    pub schema: Schema,
    /// The names that it takes values for, where another format refers to it.
    pub parameters: Vec<String>,
    /// The rules by which files of this format are recognized; one that holds is enough.
    pub detect: Vec<Rule>,
    /// The file it is in.
    pub path: Arc<Path>,
    /// The line of its name, counted from 1.
    pub line: usize,
    /// Where the format's text begins, and whether it is there letter by letter.
    text_line: usize,
    verbatim: bool,
    /// The section and the line of each fact of the schema.
    pub(super) fact_lines: Vec<(&'static str, usize)>,
    /// Whether its facts are known to fit its fields, so that compiling needn't check them.
    pub(super) is_checked: bool,
}

impl StoredFormat {
    /// The line of the file that an error in the format's text is about.
    pub(super) fn line_of(&self, error: &FormatError) -> usize {
        let before = self
            .schema
            .format
            .get(..error.span().start)
            .unwrap_or_default();
        let lines = before.bytes().filter(|byte| *byte == b'\n').count();
        self.text_line.past(if self.verbatim { lines } else { 0 })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    formats: BTreeMap<Spanned<String>, RawFormat>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFormat {
    format: Spanned<String>,
    #[serde(default)]
    params: Vec<String>,
    #[serde(default)]
    doc: String,
    #[serde(default)]
    enums: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, String>>,
    #[serde(default)]
    flags: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, String>>,
    #[serde(default)]
    notes: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    values: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    hex: Vec<Spanned<String>>,
    #[serde(default)]
    detect: Vec<Spanned<RawRule>>,
}

/// The formats of the file at `path`.
///
/// Only a regular file is read: a pipe in a folder of formats could be waited for without end.
pub(super) fn read(path: &Path) -> Result<Vec<StoredFormat>, Error> {
    let text = read_text(path).map_err(|e| Error::io(path, e))?;
    match String::from_utf8(text) {
        Ok(text) => parse(path, &text),
        Err(e) => {
            let valid = e.utf8_error().valid_up_to();
            let line = line_at(e.as_bytes(), valid);
            Err(Error::entry(path, Some(line), "the file is not UTF-8"))
        }
    }
}

/// The text of a file; `None` of one that has more bytes than this.
pub(crate) fn text_of(path: &Path, most: u64) -> io::Result<Option<String>> {
    let bytes = bytes_of(path, most)?;
    bytes.map(String::from_utf8).transpose().map_err(|_| {
        let message = "stream did not contain valid UTF-8";
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

fn bytes_of(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let limit = most.saturating_add(1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

fn read_text(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    bytes_of(path, MAX_FILE)?.ok_or_else(|| {
        let message = format!("a file of formats has at most {MAX_FILE} bytes");
        io::Error::new(io::ErrorKind::FileTooLarge, message)
    })
}

/// The formats of a file's text.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<StoredFormat>, Error> {
    let at = |offset: usize| line_at(text.as_bytes(), offset);
    let raw: RawFile = toml::from_str(text).map_err(|e| {
        let line = e.span().map(|span| at(span.start));
        Error::entry(path, line, e.message())
    })?;
    if raw.formats.len() > MAX_FORMATS {
        let message = format!("a file holds at most {MAX_FORMATS} formats");
        return Err(Error::entry(path, None, message));
    }
    let reader = Reader {
        path: path.into(),
        text,
    };
    raw.formats
        .into_iter()
        .map(|(name, raw)| reader.format(name, raw))
        .collect()
}

/// The line of a byte, counted from 1.
fn line_at(text: &[u8], offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    memchr::memchr_iter(b'\n', before).count().past(1)
}

struct Reader<'t> {
    path: Arc<Path>,
    text: &'t str,
}

impl Reader<'_> {
    fn format(&self, name: Spanned<String>, raw: RawFormat) -> Result<StoredFormat, Error> {
        let name_span = name.span();
        let name = name.into_inner();
        if !is_identifier(&name) {
            let message = format!(
                "{name:?} can't stand after %: a name has letters, digits and _, \
                 and begins with none of the digits"
            );
            return Err(self.wrong(&name_span, message));
        }
        let (text_line, verbatim) = self.text_place(&raw.format);
        let mut facts = Vec::new();
        let mut fact_lines = Vec::new();
        let mut add = |section, field: Spanned<String>, fact| {
            let line = line_at(self.text.as_bytes(), field.span().start);
            fact_lines.push((section, line));
            facts.push((field.into_inner(), fact));
        };
        for (field, members) in raw.enums {
            let members = self.keys(members, Key::read)?;
            add("enums", field, Fact::Names(members.into()));
        }
        for (field, masks) in raw.flags {
            let masks = self.keys(masks, mask)?;
            add("flags", field, Fact::Flags(masks.into()));
        }
        for (field, note) in raw.notes {
            add("notes", field, Fact::Note(note.into()));
        }
        for (field, values) in raw.values {
            let allowed = Allowed::read(values.get_ref());
            let allowed = allowed.map_err(|e| self.wrong(&values.span(), e))?;
            add("values", field, Fact::Allowed(allowed));
        }
        for field in raw.hex {
            add("hex", field, Fact::Hex);
        }
        let mut detect = Vec::new();
        for rule in raw.detect {
            let span = rule.span();
            let rule = rule.into_inner().checked();
            detect.push(rule.map_err(|e| self.wrong(&span, e))?);
        }
        Ok(StoredFormat {
            schema: Schema::new(name, raw.doc, raw.format.into_inner(), facts),
            parameters: raw.params,
            detect,
            path: Arc::clone(&self.path),
            line: line_at(self.text.as_bytes(), name_span.start),
            text_line,
            verbatim,
            fact_lines,
            is_checked: false,
        })
    }

    /// Keys as the numbers or bytes that they are: `16` and `0x10` are one.
    fn keys<K: Ord>(
        &self,
        raw: BTreeMap<Spanned<String>, String>,
        read: impl Fn(&str) -> Result<K, String>,
    ) -> Result<BTreeMap<K, String>, Error> {
        let mut keys = BTreeMap::new();
        for (text, name) in raw {
            let key = read(text.get_ref()).map_err(|e| self.wrong(&text.span(), e))?;
            if keys.insert(key, name).is_some() {
                let message = format!("{} stands twice, in two notations", text.get_ref());
                return Err(self.wrong(&text.span(), message));
            }
        }
        Ok(keys)
    }

    /// The line where the text of a format begins. Without escapes it is there as it is, and
    /// its lines are lines of the file.
    fn text_place(&self, format: &Spanned<String>) -> (usize, bool) {
        let span = format.span();
        let literal = self.text.get(span.clone()).unwrap_or_default();
        let inside = literal.find(format.get_ref().as_str());
        let start = span.start.past(inside.unwrap_or(0));
        (line_at(self.text.as_bytes(), start), inside.is_some())
    }

    fn wrong(&self, span: &Range<usize>, message: impl Into<String>) -> Error {
        let line = line_at(self.text.as_bytes(), span.start);
        Error::entry(&self.path, Some(line), message)
    }
}

/// Whether a name can follow the percent sign.
fn is_identifier(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

fn mask(text: &str) -> Result<u128, String> {
    let mask = literal::integer(text).and_then(literal::Integer::to_value);
    match mask.ok().as_ref().and_then(bits) {
        Some(mask) if mask != 0 && !text.starts_with('-') => Ok(mask),
        _ => Err(format!(
            "{text:?} is no mask of flags: expected a number above 0, such as 4 or 0x10"
        )),
    }
}
