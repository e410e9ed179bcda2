//! Comma-separated values (RFC 4180) as rows of text.

use std::io::{self, BufRead};

use crate::offset::{Position, Tally};
use crate::structs::DataError;

/// Bytes that a row may have.
const MAX_ROW: usize = 64 << 20;

/// Reads rows of fields.
///
/// ```
/// use bytewright::records::CsvReader;
///
/// let mut rows = CsvReader::new(&b"a,b\r\n\"x,\"\"y\",\n"[..]);
/// assert_eq!(rows.next()?, Some(vec!["a".to_owned(), "b".to_owned()]));
/// assert_eq!(rows.next()?, Some(vec!["x,\"y".to_owned(), String::new()]));
/// assert_eq!(rows.next()?, None);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct CsvReader<R> {
    reader: R,
    /// Lines that were read.
    lines: u64,
    /// The line that the row which was read last begins on.
    line: u64,
    text: Vec<u8>,
}

impl<R: BufRead> CsvReader<R> {
    /// Rows of a text.
    pub fn new(reader: R) -> CsvReader<R> {
        CsvReader {
            reader,
            lines: 0,
            line: 0,
            text: Vec::new(),
        }
    }

    /// The line that the last row begins on, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The fields of the next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the reader fails; [`io::ErrorKind::InvalidData`] where a quote isn't closed, or text is no UTF-8.
    #[expect(clippy::should_implement_trait, reason = "it fails as readers do")]
    pub fn next(&mut self) -> io::Result<Option<Vec<String>>> {
        self.text.clear();
        self.line = self.lines.past(1);
        loop {
            let before = self.text.len();
            let most = (MAX_ROW + 1).saturating_sub(before) as u64;
            let read = io::Read::take(&mut self.reader, most).read_until(b'\n', &mut self.text)?;
            self.lines.tally(u64::from(read > 0));
            if self.text.len() > MAX_ROW {
                return Err(self.wrong(&format!("the row has more than {MAX_ROW} bytes")));
            }
            let is_open = self.text.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
            match (read, is_open) {
                (0, _) if self.text.is_empty() => return Ok(None),
                (0, true) => return Err(self.wrong("a quote is not closed")),
                (_, true) => {}
                (_, false) => break,
            }
        }
        let text = match std::str::from_utf8(&self.text) {
            Ok(text) => text,
            Err(_) => return Err(self.wrong("the row is no UTF-8")),
        };
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        // Programs of Microsoft write a byte order mark in front of UTF-8.
        let text = match self.line {
            1 => text.strip_prefix('\u{feff}').unwrap_or(text),
            _ => text,
        };
        match fields(text) {
            Some(fields) => Ok(Some(fields)),
            None => Err(self.wrong("a quote stands inside a field that doesn't begin with one")),
        }
    }

    fn wrong(&self, message: &str) -> io::Error {
        DataError::other(format!("line {}: {message}", self.line)).into()
    }
}

/// The fields of a row; `None` where quotes are where none may be.
fn fields(text: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (field, after) = rest.split_at_checked(end)?;
            if field.contains('"') {
                return None;
            }
            fields.push(field.to_owned());
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None => return Some(fields),
            }
            continue;
        };
        let mut field = String::new();
        let mut inner = quoted;
        let after = loop {
            let (before, after) = inner.split_once('"')?;
            field.push_str(before);
            match after.strip_prefix('"') {
                Some(next) => {
                    field.push('"');
                    inner = next;
                }
                None => break after,
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None if after.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_over_several_lines_are_one() {
        let mut rows = CsvReader::new(&b"\xef\xbb\xbfa\n\"x\ny\"\n\n"[..]);
        assert_eq!(rows.next().unwrap().unwrap(), ["a"]);
        assert_eq!(rows.next().unwrap().unwrap(), ["x\ny"]);
        assert_eq!(rows.line(), 2);
        assert_eq!(rows.next().unwrap().unwrap(), [""]);
        assert_eq!(rows.line(), 4);
        assert!(rows.next().unwrap().is_none());
    }

    #[test]
    fn broken_rows_say_their_line() {
        for text in ["a\n\"b", "a\nb\"c", "a\n\"b\"c"] {
            let mut rows = CsvReader::new(text.as_bytes());
            rows.next().unwrap();
            let error = rows.next().unwrap_err().to_string();
            assert!(error.starts_with("line 2: "), "{error}");
        }
    }
}
