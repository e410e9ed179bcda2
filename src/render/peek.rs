//! Readings of the bytes at one place, as a table and as JSON.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

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
/// When writing to `out` fails.
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
    let mut group = None;
    for (reading, big) in pairs(readings, all) {
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
        match big {
            Some(big) => put(big, &mut cells),
            None if reading.order != Some(Order::Big) => {
                cells.pop();
            }
            None => {}
        }
        table.row(cells);
    }
    table.write(out)
}

/// The readings, each little-endian one with the big-endian one of the same type.
fn pairs(readings: &[Reading], all: bool) -> impl Iterator<Item = (&Reading, Option<&Reading>)> {
    let mut readings = readings
        .iter()
        .filter(move |reading| all || reading.plausible)
        .peekable();
    std::iter::from_fn(move || {
        let reading = readings.next()?;
        let belongs = |next: &&Reading| next.kind == reading.kind && next.order == Some(Order::Big);
        let big = match reading.order {
            Some(Order::Little) => readings.next_if(belongs),
            _ => None,
        };
        Some((reading, big))
    })
}

/// The type of each reading, its value little-endian or in the only order, and big-endian; what is not
/// plausible is left out unless `all` are asked for.
#[cfg(feature = "view")]
pub(crate) fn rows(readings: &[Reading], all: bool) -> impl Iterator<Item = [String; 3]> {
    pairs(readings, all).map(|(reading, big)| {
        let kind = reading.kind.to_owned();
        match (reading.order, big) {
            (Some(Order::Big), _) => [kind, String::new(), shown(reading)],
            (_, Some(big)) => [kind, shown(reading), shown(big)],
            (_, None) => [kind, shown(reading), String::new()],
        }
    })
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
    if let Some(cell) = cells.get_mut(column) {
        *cell = Cell::new(shown(reading), style);
    }
}

/// The value, as it is in a table.
fn shown(reading: &Reading) -> String {
    match (&reading.value, reading.group) {
        (Value::Bytes(text), Group::Text) => {
            let more = if reading.cut { "…" } else { "" };
            format!("\"{}\"{more}", escape::text(&**text))
        }
        (Value::Bytes(text), _) => escape::text(&**text).to_string(),
        (value, _) => value.to_string(),
    }
}

/// All readings as one JSON object.
pub fn json<'a>(offset: u64, bytes: &[u8], readings: &'a [Reading]) -> impl Serialize + 'a {
    ReadingsJson {
        offset,
        bytes: literal::to_hex(bytes),
        readings: readings.iter().map(reading).collect(),
    }
}

fn reading(reading: &Reading) -> impl Serialize + '_ {
    ReadingJson {
        kind: reading.kind,
        order: reading.order.map(Order::name),
        size: reading.size,
        format: reading.format.as_deref(),
        value: json::value(&reading.value, json::Style::default()),
        cut: reading.cut,
        plausible: reading.plausible,
    }
}

#[derive(Serialize)]
struct ReadingsJson<R> {
    offset: u64,
    bytes: String,
    readings: Vec<R>,
}

#[derive(Serialize)]
struct ReadingJson<'a, V> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'static str>,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    value: V,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
    plausible: bool,
}
