//! Readings of the bytes at one place, as a table and as JSON.

use std::io::{self, Write};

use anstyle::Style;
use serde_json::{Map, Value as Json};

use super::table::{Align, Cell, Table};
use super::{escape, json};
use crate::inspect::Order;
use crate::inspect::peek::{Group, Reading};
use crate::value::{Value, literal};

/// Bytes in the line above the table.
const SHOWN: usize = 16;

/// Writes the bytes and a line for each type, little-endian beside big-endian. What is not
/// plausible is left out unless `all` are asked for, and then dimmed.
///
/// # Errors
///
/// Those of `out`.
pub fn text(
    bytes: &[u8],
    readings: &[Reading],
    all: bool,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let front = bytes.get(..SHOWN).unwrap_or(bytes);
    for byte in front {
        write!(out, "{byte:02x} ")?;
    }
    let ascii = |&byte: &u8| match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    };
    writeln!(out, " {}\n", front.iter().map(ascii).collect::<String>())?;
    let mut table = Table::new([
        ("type", Align::Left),
        ("bytes", Align::Right),
        ("little-endian", Align::Left),
        ("big-endian", Align::Left),
    ])
    .fit(width);
    let mut readings = readings
        .iter()
        .filter(|reading| all || reading.plausible)
        .peekable();
    let mut group = None;
    while let Some(reading) = readings.next() {
        if group.is_some_and(|group| group != reading.group) {
            table.row([""]);
        }
        group = Some(reading.group);
        let mut cells = vec![
            Cell::from(reading.kind),
            Cell::from(reading.size.to_string()),
            Cell::default(),
            Cell::default(),
        ];
        put(reading, &mut cells);
        let belongs = |next: &&Reading| next.kind == reading.kind && next.order == Some(Order::Big);
        if reading.order == Some(Order::Little)
            && let Some(big) = readings.next_if(belongs)
        {
            put(big, &mut cells);
        } else if reading.order != Some(Order::Big) {
            cells.pop();
        }
        table.row(cells);
    }
    table.write(out)
}

fn put(reading: &Reading, cells: &mut [Cell]) {
    let style = if reading.plausible {
        Style::new()
    } else {
        Style::new().dimmed()
    };
    let column = match reading.order {
        Some(Order::Big) => 3,
        _ => 2,
    };
    let shown = match (&reading.value, reading.group) {
        (Value::Bytes(text), Group::Text) => format!("\"{}\"", escape::text(&**text)),
        (Value::Bytes(text), _) => escape::text(&**text).to_string(),
        (value, _) => value.to_string(),
    };
    if let Some(cell) = cells.get_mut(column) {
        *cell = Cell::new(shown, style);
    }
}

/// All readings as one JSON object.
///
/// # Errors
///
/// None of those that can happen in memory.
pub fn json(offset: u64, bytes: &[u8], readings: &[Reading]) -> io::Result<Json> {
    let mut list = Vec::new();
    for reading in readings {
        let mut object = Map::new();
        object.insert("type".to_owned(), reading.kind.into());
        if let Some(order) = reading.order {
            object.insert("order".to_owned(), order.name().into());
        }
        object.insert("size".to_owned(), reading.size.into());
        if let Some(format) = &reading.format {
            object.insert("format".to_owned(), format.as_str().into());
        }
        let value = json::value(&reading.value, json::Style::default());
        object.insert("value".to_owned(), serde_json::to_value(value)?);
        object.insert("plausible".to_owned(), reading.plausible.into());
        list.push(Json::Object(object));
    }
    let mut document = Map::new();
    document.insert("offset".to_owned(), offset.into());
    document.insert("bytes".to_owned(), literal::to_hex(bytes).into());
    document.insert("readings".to_owned(), list.into());
    Ok(Json::Object(document))
}
