//! Records as comma-separated values (RFC 4180), with a line feed after each line.

use std::io::{self, Write};

use super::json;
use crate::value::literal;
use crate::{Record, Value};

/// Writes records as lines of values, under a line of the names. Fields of groups have a column each,
/// `group.field`; an array is one value, as JSON.
///
/// Bytes are text where they are printable UTF-8, and otherwise hexadecimal digits, `x'00ff'`.
#[derive(Clone, Debug, Default)]
pub struct Csv {
    /// The names of the columns, once they are written.
    names: Option<Vec<String>>,
    style: json::Style,
}

impl Csv {
    /// A writer of lines.
    pub fn new(style: json::Style) -> Csv {
        Csv { names: None, style }
    }

    /// Writes a record, and before the first one the names.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::render::{csv::Csv, json};
    ///
    /// let format = Struct::new("<H:id (B:x B:y):at 2B:rest 2s:tag")?;
    /// let mut out = Vec::new();
    /// let mut csv = Csv::new(json::Style::default());
    /// csv.record(&format.unpack(b"\x01\0\x02\x03\x04\x05a\"")?, &mut out)?;
    /// assert_eq!(out, b"id,at.x,at.y,rest,tag\n1,2,3,\"[4,5]\",\"a\"\"\"\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When writing to `out` fails; [`io::ErrorKind::InvalidData`] where a record has other fields than the first,
    /// which lines under one heading can't show.
    pub fn record(&mut self, record: &Record, out: &mut impl Write) -> io::Result<()> {
        let mut names = Vec::new();
        let mut values = Vec::new();
        self.flatten("", record, &mut names, &mut values)?;
        match &self.names {
            None => {
                line(&names, out)?;
                self.names = Some(names);
            }
            Some(first) if *first == names => {}
            Some(_) => {
                let message = "it has other fields than the first one, which a table of CSV can't \
                               show; JSON lines can";
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        line(&values, out)
    }

    fn flatten(
        &self,
        prefix: &str,
        record: &Record,
        names: &mut Vec<String>,
        values: &mut Vec<String>,
    ) -> io::Result<()> {
        // Groups are nested as deep as their format is, which has a limit.
        for (name, value) in record.entries() {
            let name = format!("{prefix}{name}");
            match value {
                Value::Record(inner) => {
                    self.flatten(&format!("{name}."), inner, names, values)?;
                }
                _ => {
                    names.push(name);
                    values.push(self.text(value)?);
                }
            }
        }
        Ok(())
    }

    fn text(&self, value: &Value) -> io::Result<String> {
        Ok(match value {
            Value::Bytes(bytes) => match serde_json::to_value(json::bytes(bytes))? {
                serde_json::Value::String(text) => text,
                _ => format!("x'{}'", literal::to_hex(bytes)),
            },
            Value::List(_) => serde_json::to_string(&json::value(value, self.style))?,
            Value::Bool(truth) => truth.to_string(),
            _ => super::records::shown(value, self.style.hex_ints),
        })
    }
}

fn line(cells: &[String], out: &mut impl Write) -> io::Result<()> {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        // Many readers skip empty lines.
        let is_alone = cells.len() == 1 && cell.is_empty();
        match is_alone || cell.contains([',', '"', '\n', '\r']) {
            true => write!(out, "\"{}\"", cell.replace('"', "\"\""))?,
            false => out.write_all(cell.as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;

    fn csv(format: &str, rows: &[&[u8]]) -> io::Result<String> {
        let format = Struct::new(format).unwrap();
        let (mut csv, mut out) = (Csv::new(json::Style::default()), Vec::new());
        for row in rows {
            csv.record(&format.unpack(row).unwrap(), &mut out)?;
        }
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn values_are_quoted_where_they_must_be() {
        assert_eq!(
            csv("3s:a ?:b", &[b"a,b\x01"]).unwrap(),
            "a,b\n\"a,b\",true\n"
        );
        assert_eq!(
            csv("2s:a b:b", &[b"\0\xff\xff"]).unwrap(),
            "a,b\nx'00ff',-1\n"
        );
        assert_eq!(csv("0s:a", &[b"", b""]).unwrap(), "a\n\"\"\n\"\"\n");
        assert_eq!(csv("B H", &[b"\x01\0\x02\0"]).unwrap(), "0,1\n1,2\n");
    }

    #[test]
    fn records_of_other_fields_are_refused() {
        let mut csv = Csv::new(json::Style::default());
        let one = Record::from_iter([("a", Value::from(1))]);
        let other = Record::from_iter([("b", Value::from(1))]);
        csv.record(&one, &mut io::sink()).unwrap();
        csv.record(&one, &mut io::sink()).unwrap();
        let error = csv.record(&other, &mut io::sink()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
