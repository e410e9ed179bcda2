//! Batches of records as text: tables, comma-separated values, lines of JSON.

mod cell;
mod csv;
mod json;
mod number;
mod stats;
mod table;

pub use csv::Csv;
pub use json::Json;
pub use stats::stats;
pub use table::Rows as Table;

/// How values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// How JSON holds integers.
    pub ints: super::json::Style,
    /// Whether times, named values and fractions are shown as the numbers that are stored.
    pub raw: bool,
}

impl Style {
    /// Values with their meanings, or `raw` as stored.
    pub fn new(ints: super::json::Style, raw: bool) -> Style {
        Style { ints, raw }
    }
}
