//! The forms of output: `-O text|json|jsonl|python|raw`, of which a verb knows some.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};

use crate::render::json::{self, List};
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
    /// Comma-separated values under their names (RFC 4180)
    Csv,
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

    /// The values of a form of JSON: a list of them, or one a line.
    pub(super) fn list(self) -> List {
        match self {
            Output::Json => List::new(),
            _ => List::lines(),
        }
    }
}

/// For `--min`: the least severity that is reported.
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
