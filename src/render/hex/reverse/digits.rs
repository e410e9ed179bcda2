//! Dumps of nothing but digits, with white space anywhere between bytes.

use std::io::{self, BufRead};

use super::Error;
use super::line;
use super::sink::Sink;
use crate::offset::{Position, Tally};

/// Digits with white space between them.
pub(super) fn read(mut dump: impl BufRead, sink: &mut impl Sink) -> Result<(), Error> {
    let (mut line, mut column) = (1u64, 0usize);
    let mut half = None;
    let mut bytes = Vec::new();
    let mut message = None;
    while message.is_none() {
        let text = match dump.fill_buf() {
            Ok([]) => break,
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e.into()),
        };
        bytes.clear();
        for &c in text {
            column.tally(1);
            match (line::digit(c), half) {
                (Some(digit), None) => half = Some(digit),
                (Some(digit), Some(high)) => {
                    bytes.push(high << 4 | digit);
                    half = None;
                }
                (None, None) if c == b'\n' => (line, column) = (line.past(1), 0),
                (None, None) if c.is_ascii_whitespace() => {}
                (None, _) => {
                    message = Some(line::Fault::digit(0, Some(&c)).to_string());
                    break;
                }
            }
        }
        sink.write(&bytes)?;
        let used = text.len();
        dump.consume(used);
    }
    if half.is_some() && message.is_none() {
        column.tally(1);
        message = Some(line::Fault::digit(0, None).to_string());
    }
    match message {
        None => Ok(()),
        Some(message) => Err(Error::Line {
            line,
            column,
            message,
        }),
    }
}
