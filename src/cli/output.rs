//! The forms of output: `-O text|json|jsonl|python|raw`, of which a verb knows some.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};

use crate::render::json;

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

/// What to do with integers that many readers of JSON can't hold.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct BigInts {
    /// Whether JSON holds integers beyond 2^53 as numbers or as strings
    #[arg(long, value_name = "FORM", default_value = "number",
          action = clap::ArgAction::Set,
          value_parser = PossibleValuesParser::new(["number", "string"]).map(|form| form == "string"))]
    big_ints: bool,
}

impl BigInts {
    pub(super) fn style(self) -> json::Style {
        json::Style {
            big_ints_as_strings: self.big_ints,
        }
    }
}
