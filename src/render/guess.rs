//! Guesses about an unknown source, for people.

use std::io::{self, Write};

use anstyle::Style;

use super::table::{Align, Cell, Table};
use crate::inspect::guess::{Block, Guess, Kind, Records, Verdict};
use crate::offset::Tally;
use crate::render::text_color;
use crate::value::text::trim_end;
use crate::{Record, Value};

const DIM: Style = Style::new().dimmed();

/// Bars from nothing to 8 bits a byte.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Writes what was guessed, with the values of the first records, and the command to try, which
/// reads the file `name`.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn text(
    guess: &Guess,
    first: &[Record],
    command: &str,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    match &guess.verdict {
        Verdict::Empty => return writeln!(out, "Nothing: the file is empty."),
        Verdict::Small => writeln!(out, "{} bytes are too few to tell.", guess.size)?,
        Verdict::Uniform(byte) => writeln!(out, "The same byte all over: {byte:#04x}.")?,
        Verdict::Text => writeln!(out, "Text, in UTF-8 or ASCII.")?,
        Verdict::Noise => writeln!(out, "Compressed, encrypted or random: nothing repeats.")?,
        Verdict::Unknown => writeln!(out, "No records of one size, no text, no noise.")?,
        Verdict::Records(records) => {
            table(records, first, width, out)?;
            writeln!(out, "\nTo try:\n  {command}")?;
        }
    }
    writeln!(out)?;
    entropy(guess, out)
}

fn table(
    records: &Records,
    first: &[Record],
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let bold = Style::new().bold();
    let (size, count) = (records.size, records.count);
    writeln!(
        out,
        "{bold}Records of {size} bytes{bold:#}, {count} of them{DIM}, confidence {:.2}{DIM:#}",
        records.confidence
    )?;
    match records.offset {
        0 => writeln!(out, "from the start of the file")?,
        header => writeln!(out, "from offset {header} on, after a header")?,
    }
    match records.order {
        Some(order) => {
            let sure = records.order_confidence;
            let name = order.name();
            writeln!(out, "{name}-endian{DIM}, confidence {sure:.2}{DIM:#}")?;
        }
        None => writeln!(out, "no column tells the byte order")?,
    }
    writeln!(out)?;
    let mut table = Table::new([
        ("offset", Align::Right),
        ("format", Align::Right),
        ("type", Align::Left),
        ("confidence", Align::Right),
        ("first values", Align::Left),
    ])
    .fit(width);
    let mut number = 0usize;
    for column in &records.columns {
        let code = match column.size {
            size if matches!(column.kind, Kind::Text | Kind::Zeros) => {
                format!("{size}{}", column.kind.code())
            }
            _ => column.kind.code().to_string(),
        };
        let mut values = String::new();
        if column.kind != Kind::Zeros {
            let shown = first.iter().filter_map(|record| (**record).get(number));
            values = shown.map(value).collect::<Vec<_>>().join("  ");
            number.tally(1);
        }
        table.row([
            Cell::from(column.offset.to_string()),
            Cell::from(code),
            Cell::from(column.kind.name()),
            Cell::new(format!("{:.2}", column.confidence), DIM),
            Cell::from(values),
        ]);
    }
    table.write(out)
}

/// A shortened value.
fn value(value: &Value) -> String {
    match value {
        Value::Float(float) => format!("{float:.6}"),
        Value::Bytes(bytes) => {
            format!("\"{}\"", super::escape::text(trim_end(bytes, 0)))
        }
        other => other.to_string(),
    }
}

fn entropy(guess: &Guess, out: &mut impl Write) -> io::Result<()> {
    let green = Style::new().fg_color(Some(text_color::GREEN.into()));
    let size = guess.blocks.first().map_or(0, |block| block.size);
    writeln!(
        out,
        "Entropy {:.2} bits a byte{DIM}, by blocks of {size} bytes, a full bar is 8{DIM:#}",
        guess.entropy
    )?;
    let bars: String = guess.blocks.iter().map(bar).collect();
    writeln!(out, "  {green}{bars}{green:#}")
}

fn bar(block: &Block) -> char {
    let full = BARS
        .iter()
        .zip(1..)
        .find(|(_, bits)| block.entropy <= f64::from(*bits));
    full.map_or('█', |(bar, _)| *bar)
}
