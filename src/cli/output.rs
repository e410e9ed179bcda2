//! The forms of output: `-O text|json|jsonl|python|raw`, of which a verb knows some.

use std::io::{self, Write};

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};

use serde::Serialize;

use crate::render::json;
use crate::tree::Severity;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// One JSON value a line
    Jsonl,
    /// What Python's repr prints
    Python,
    /// The bytes themselves
    Raw,
    /// The bytes in hexadecimal
    Hex,
    /// The bytes in base64 (RFC 4648)
    Base64,
}

impl Output {
    /// For `#[arg(short = 'O', long, default_value = "text", value_parser = Output::only(&[…]))]`:
    /// takes these and no others.
    pub(super) fn only(known: &'static [Output]) -> ValueParser {
        let names = known.iter().filter_map(Output::to_possible_value);
        PossibleValuesParser::new(names)
            .try_map(|name| Output::from_str(&name, false))
            .into()
    }
}

/// JSON values that are written one by one: a list of them, or one a line.
#[derive(Debug)]
pub(super) struct Values {
    list: bool,
    first: bool,
}

impl Values {
    /// Values in the form of `output`, which is one of JSON's.
    pub(super) fn new(output: Output) -> Values {
        Values {
            list: output == Output::Json,
            first: true,
        }
    }

    pub(super) fn write(&mut self, value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
        self.write_with(out, |out| Ok(serde_json::to_writer(out, value)?))
    }

    /// A value that is written as it is read.
    pub(super) fn write_with<W: Write>(
        &mut self,
        out: &mut W,
        value: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.list {
            out.write_all(if self.first { b"[\n" } else { b",\n" })?;
        }
        self.first = false;
        value(out)?;
        match self.list {
            true => Ok(()),
            false => out.write_all(b"\n"),
        }
    }

    /// The end of the list.
    pub(super) fn end(self, out: &mut impl Write) -> io::Result<()> {
        match (self.list, self.first) {
            (false, _) => Ok(()),
            (true, true) => out.write_all(b"[]\n"),
            (true, false) => out.write_all(b"\n]\n"),
        }
    }
}

/// For `--min`: how much what is told weighs at least.
pub(super) fn severity() -> ValueParser {
    PossibleValuesParser::new(["note", "warning", "error"])
        .map(|name| match &*name {
            "note" => Severity::Note,
            "error" => Severity::Error,
            _ => Severity::Warning,
        })
        .into()
}

/// How integers are written.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Ints {
    /// Whether JSON holds integers beyond 2^53 as numbers or as strings
    #[arg(long, value_name = "FORM", default_value = "number",
          action = clap::ArgAction::Set,
          value_parser = PossibleValuesParser::new(["number", "string"]).map(|form| form == "string"))]
    big_ints: bool,

    /// Integers in hexadecimal, 0xff; in JSON they are strings
    #[arg(long)]
    pub(super) hex_ints: bool,
}

impl Ints {
    pub(super) fn style(self) -> json::Style {
        json::Style {
            big_ints_as_strings: self.big_ints,
            hex_ints: self.hex_ints,
        }
    }
}
