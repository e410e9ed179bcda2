//! Statistics of columns, as a table.

use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Writer};
use crate::records::{Column, ColumnStats, Field, Schema, Stats, Type};
use crate::render::escape;
use crate::render::table::{Align, Table};
use crate::value::Value;

/// Writes the statistics of columns, a line each.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn stats(stats: &Stats, schema: &Schema, style: Style, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new([
        ("column", Align::Left),
        ("count", Align::Right),
        ("nulls", Align::Right),
        ("zeros", Align::Right),
        ("distinct", Align::Right),
        ("min", Align::Right),
        ("max", Align::Right),
        ("mean", Align::Right),
        ("histogram", Align::Left),
    ]);
    for (field, column) in schema.fields.iter().zip(stats.columns()) {
        let inner = match &field.data {
            Type::List { item, .. } => item,
            _ => field,
        };
        table.row([
            escape::message(&field.name()).to_string(),
            column.count.to_string(),
            column.nulls.to_string(),
            column.zeros.to_string(),
            column.distinct().to_string(),
            shown(column.least.as_ref(), inner, style),
            shown(column.most.as_ref(), inner, style),
            mean(column, inner, style),
            bars(column.histogram()),
        ]);
    }
    table.write(out)
}

/// A value as it is in the column.
fn shown(value: Option<&Value>, field: &Field, style: Style) -> String {
    let Some(value) = value else {
        return String::new();
    };
    let mut own = field.clone();
    own.data = Type::Any;
    own.meaning = match field.data {
        Type::Int { .. } | Type::Any => field.meaning.clone(),
        _ => crate::records::Meaning::Plain,
    };
    let column = Column {
        values: crate::records::Values::Any(vec![value.clone()]),
        valid: None,
    };
    let mut style = style;
    style.ints.hex_ints |= field.hex;
    let mut text = Vec::new();
    let writer = Writer::new(&own, style);
    let text = match writer.write(&column, 0, &mut text) {
        Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Cell::Made(text) => text,
        Cell::Bytes(bytes) => Value::from(bytes).to_string(),
        Cell::Absent | Cell::Nested => value.to_string(),
        Cell::Written | Cell::Word | Cell::Time => String::from_utf8_lossy(&text).into_owned(),
    };
    escape::message(&text).to_string()
}

fn mean(column: &ColumnStats, field: &Field, style: Style) -> String {
    let Some(mean) = column.mean() else {
        return String::new();
    };
    match &field.meaning {
        // A mean of codes means nothing.
        crate::records::Meaning::Names(_) => String::new(),
        crate::records::Meaning::Time(epoch) if !style.raw => {
            #[expect(clippy::cast_possible_truncation, reason = "a time to one unit of it")]
            let count = mean.round() as i128;
            epoch.text(count).unwrap_or_else(|| format!("{mean:.6}"))
        }
        crate::records::Meaning::Fixed(bits) if !style.raw => {
            let x = mean / 2f64.powi(i32::try_from(*bits).unwrap_or(0));
            Value::Float(x).to_string()
        }
        _ => Value::Float(mean).to_string(),
    }
}

/// Counts as bars of eight heights.
fn bars(counts: &[u64]) -> String {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0);
    let height = |count: u64| {
        let eighths = (u128::from(count) * 8).div_ceil(u128::from(most.max(1)));
        usize::try_from(eighths).unwrap_or(8)
    };
    let bars = counts
        .iter()
        .map(|count| BARS.get(height(*count)).copied().unwrap_or('█'));
    bars.collect::<String>().trim_end().to_owned()
}
