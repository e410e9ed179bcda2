//! Lines with offsets, put to their places.

use std::io::BufRead;

use super::form::{self, Form};
use super::line::{self, Line, Row};
use super::sink::Sink;
use super::{Error, MAX_LINE, read_line, strip_colors};
use crate::offset::{Position, Tally};

/// The most rows that wait for one that tells their form.
const MOST_HELD: usize = 256;

/// Reads the lines of a dump.
pub(super) struct Rows<'a, S> {
    base: i64,
    sink: &'a mut S,
    /// Rows that wait until it is known how they are to be read.
    held: Vec<PendingRow>,
    form: Option<Form>,
    /// Whether rows were written that could have been of another form.
    assumed: bool,
    /// In which base the offsets are.
    radix: Option<u32>,
    /// The bytes of the row above, and where they end.
    above: Vec<u8>,
    end: u64,
    /// Whether names of fields may be below the row above.
    labels: bool,
    /// The line of the `*` that waits for an offset to tell how far it goes.
    repeat: Option<u64>,
}

/// A row, the number of its line, and that of the `*` before it.
struct PendingRow {
    row: Row,
    line: u64,
    repeat: Option<u64>,
}

fn wrong(line: u64, column: usize, message: impl Into<String>) -> Error {
    Error::Line {
        line,
        column: column.past(1),
        message: message.into(),
    }
}

impl<'a, S: Sink> Rows<'a, S> {
    pub(super) fn new(base: i64, sink: &'a mut S) -> Rows<'a, S> {
        Rows {
            base,
            sink,
            held: Vec::new(),
            form: None,
            assumed: false,
            radix: None,
            above: Vec::new(),
            end: 0_u64.saturating_add_signed(base),
            labels: false,
            repeat: None,
        }
    }

    /// Reads all lines; `alone` are bytes without offsets.
    pub(super) fn read(mut self, mut dump: impl BufRead, alone: bool) -> Result<(), Error> {
        let mut text = Vec::new();
        let mut number = 0u64;
        let mut any = false;
        while read_line(&mut dump, &mut text)? {
            number.tally(1);
            if text.len() > MAX_LINE {
                let message = format!("no line of a dump is longer than {MAX_LINE} bytes");
                return Err(wrong(number, MAX_LINE, message));
            }
            strip_colors(&mut text);
            let mut row = Row::default();
            let line = if alone {
                line::parse_bytes(&text, &mut row)
            } else {
                line::parse(&text, &mut row)
            }
            .map_err(|fault| wrong(number, fault.at, fault.to_string()))?;
            match line {
                Line::Row => {
                    any = true;
                    self.labels = !row.colon;
                    let repeat = self.repeat.take();
                    self.held.push(PendingRow {
                        row,
                        line: number,
                        repeat,
                    });
                    self.settle()?;
                }
                Line::Blank => {}
                Line::Labels if any && self.labels => {}
                Line::Repeat if any => self.repeat = Some(number),
                Line::Repeat => return Err(wrong(number, 0, "no line stands before the *")),
                Line::Labels => return Err(wrong(number, 0, "expected an offset")),
            }
        }
        self.write_pending()?;
        match self.repeat {
            None => Ok(()),
            Some(line) => Err(wrong(line, 0, "no line after the * tells how far it goes")),
        }
    }

    /// Uses the last row to tell the form, and writes rows that needn't wait any longer.
    fn settle(&mut self) -> Result<(), Error> {
        let Some((last, before)) = self.held.split_last() else {
            return Ok(());
        };
        let told = Form::is_open(&last.row)
            .then(|| Form::by_text(&last.row))
            .flatten();
        if self.assumed && self.form.is_none() && told.is_some_and(|form| form != Form::Hex) {
            let message = "the text at the right shows that this dump was made by xxd -e or xxd -b, \
                           which no line before has told";
            return Err(wrong(last.line, 0, message));
        }
        self.form = self.form.or(told);
        if self.radix.is_none() {
            let form = self.form.unwrap_or(Form::Hex);
            let between = before
                .last()
                .filter(|_| last.repeat.is_none())
                .and_then(|held| {
                    let size = form.bytes(&held.row)?.len();
                    form::base_between(&held.row, size, &last.row)
                });
            self.radix = between.or_else(|| form::base_of(&last.row));
        }
        let open = self.form.is_none() && self.held.iter().any(|held| Form::is_open(&held.row));
        if self.held.len() >= MOST_HELD || (self.radix.is_some() && !open) {
            self.write_pending()?;
        }
        Ok(())
    }

    /// Writes the rows that wait. Where no row showed the form, the most common one is assumed.
    fn write_pending(&mut self) -> Result<(), Error> {
        let held = std::mem::take(&mut self.held);
        if self.form.is_none()
            && let Some(first) = held.iter().find(|held| Form::may_be_bits(&held.row))
            && held
                .iter()
                .all(|held| held.row.bytes.is_empty() || Form::may_be_bits(&held.row))
        {
            let message = "these may be bits as well as hexadecimal digits; the text at the right \
                           would tell";
            return Err(wrong(first.line, 0, message));
        }
        if self.radix.is_none()
            && let Some(first) = held.iter().find(|held| form::may_be_of_od(&held.row))
        {
            let message = "this offset may be octal or decimal, as od writes it, as well as \
                           hexadecimal, and no two lines follow each other and would tell; \
                           od -A x writes hexadecimal ones";
            return Err(wrong(first.line, 0, message));
        }
        self.radix = Some(self.radix.unwrap_or(16));
        self.assumed |= self.form.is_none() && held.iter().any(|held| Form::is_open(&held.row));
        held.into_iter().try_for_each(|held| self.put(&held))
    }

    /// Puts the bytes of a row to their place.
    fn put(&mut self, held: &PendingRow) -> Result<(), Error> {
        let PendingRow { row, line, repeat } = held;
        let (form, radix) = (self.form.unwrap_or(Form::Hex), self.radix.unwrap_or(16));
        let bytes = form.bytes(row).ok_or_else(|| {
            let message = "expected groups of eight binary digits, as in the lines before";
            wrong(*line, 0, message)
        })?;
        let end = self.end;
        let offset = match row.offset {
            None => end,
            Some(offset) => {
                let stated = offset.to_base(radix).ok_or_else(|| {
                    let message =
                        format!("expected an offset to base {radix}, as in the lines before");
                    wrong(*line, 0, message)
                })?;
                stated.checked_add_signed(self.base).ok_or_else(|| {
                    let message = format!("offset {stated:#x} and {} lead nowhere", self.base);
                    wrong(*line, 0, message)
                })?
            }
        };
        if let Some(repeat) = repeat {
            if row.offset.is_none() {
                return Err(wrong(
                    *repeat,
                    0,
                    "no offset after the * tells how far it goes",
                ));
            }
            self.sink.repeat(&self.above, offset, *line)?;
        } else if bytes.is_empty() && offset != end {
            let message = format!(
                "expected bytes, or the offset {end:#x}, where the bytes above end; found the \
                 offset {offset:#x} alone"
            );
            return Err(wrong(*line, 0, message));
        }
        let length = bytes.len() as u64;
        if !bytes.is_empty() {
            self.sink.go_to(offset, *line)?;
            self.sink.write(&bytes)?;
            self.above = bytes;
        }
        // The output itself reports offsets that are too large for it.
        let Some(after) = offset.checked_add(length) else {
            let message = format!("no file has bytes at {offset:#x} and after it");
            return Err(wrong(*line, 0, message));
        };
        self.end = after;
        Ok(())
    }
}
