//! A BMP file as tables: fields, palette, regions, sizes, problems.

use std::io::{self, Write};

use anstyle::{RgbColor, Style};

use super::fields;
use crate::formats::bmp::{Bitmap, Palette, Report};
use crate::offset::Position;
use crate::render::escape;
use crate::render::table::{Align, Cell, Table};
use crate::render::text_color;
use crate::render::wrap;
use crate::tree::{Node, Problem};
use crate::value::text::counted;

/// Palette entries that are shown unless all are asked for.
const COLORS: u64 = 16;

/// A value of more characters comes after its meaning.
const LONGEST_VALUE: usize = 16;

/// Palette entries on a line.
const COLORS_PER_LINE: u64 = 4;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::cli::bmp) struct Options {
    /// The whole palette, not only its first entries.
    pub(in crate::cli::bmp) all_colors: bool,
    /// Whether a swatch is in front of each color: without color it is no more than blanks.
    pub(in crate::cli::bmp) swatches: bool,
    /// The width of the terminal in columns, where there is one.
    pub(in crate::cli::bmp) width: Option<usize>,
}

/// Writes all that a report says, for people.
///
/// The problem that is the report's error is left out: the verb prints errors.
///
/// # Errors
///
/// When writing to `out` fails, or the palette can't be read.
pub(in crate::cli::bmp) fn text(
    name: &str,
    report: &Report,
    tree: &Node,
    options: Options,
    out: &mut impl Write,
) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{name}{bold:#}: {} bytes", report.size())?;

    headers(tree, options, out)?;
    let several = report.bitmaps().len() > 1;
    for (index, bitmap) in report.bitmaps().iter().enumerate() {
        let title = if several {
            format!("bitmap {index}, ")
        } else {
            String::new()
        };
        if let Some(palette) = bitmap
            .palette
            .as_ref()
            .filter(|palette| !palette.is_empty())
        {
            self::palette(&title, palette, options, out)?;
        }
    }
    if report.size() > 0 {
        writeln!(out)?;
        regions(report, several, options, out)?;
    }
    if report.bitmaps().iter().any(|bitmap| bitmap.dib.is_some()) {
        writeln!(out)?;
    }
    for (index, bitmap) in report.bitmaps().iter().enumerate() {
        let title = if several {
            format!("bitmap {index}: ")
        } else {
            String::new()
        };
        picture(&title, bitmap, report.size(), out)?;
    }

    let is_the_error = |problem: &&Problem| {
        report.error().is_some_and(|error| {
            (error.offset(), error.message()) == (problem.range.offset, problem.message.clone())
        })
    };
    let mut problems = report
        .problems()
        .iter()
        .filter(|p| !is_the_error(p))
        .peekable();
    if problems.peek().is_some() {
        writeln!(out)?;
    }
    problems.try_for_each(|problem| self::problem(problem, options.width, out))
}

/// Every field of the headers.
fn headers(tree: &Node, options: Options, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new([
        ("offset", Align::Right),
        ("size", Align::Right),
        ("field", Align::Left),
        ("value", Align::Left),
        ("meaning", Align::Left),
    ])
    .fit(options.width);
    fields(tree, |path, node| {
        let mut cells = vec![
            format!("{:#x}", node.range.offset),
            node.range.size.to_string(),
            path.to_owned(),
        ];
        let value = node.value.as_ref().map(ToString::to_string);
        let meaning = node.meaning.clone();
        match (value, meaning) {
            // A path would push the meanings of all fields out of sight.
            (Some(value), Some(meaning)) if value.len() > LONGEST_VALUE => {
                cells.extend(["…".to_owned(), format!("{meaning}: {value}")]);
            }
            (value, meaning) => cells.extend(value.into_iter().chain(meaning)),
        }
        table.row(cells);
        Ok(())
    })?;
    if table.waiting() > 0 {
        writeln!(out)?;
        table.write(out)?;
    }
    Ok(())
}

fn palette(
    title: &str,
    palette: &Palette,
    options: Options,
    out: &mut impl Write,
) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(
        out,
        "\n{bold}{title}palette{bold:#}: {} colors of {} bytes",
        palette.len(),
        palette.entry_size()
    )?;
    let shown = if options.all_colors {
        palette.len()
    } else {
        palette.len().min(COLORS)
    };
    let digits = shown.saturating_sub(1).to_string().len();
    for (index, color) in (0..shown).zip(palette.colors()) {
        let color = color?;
        let place = index.checked_rem(COLORS_PER_LINE).unwrap_or(0);
        write!(
            out,
            "{}{index:>digits$} ",
            if place == 0 { "  " } else { "   " }
        )?;
        if options.swatches {
            let fill = RgbColor(color.red, color.green, color.blue);
            let style = Style::new().bg_color(Some(fill.into()));
            write!(out, "{style}   {style:#} ")?;
        }
        write!(out, "{color}")?;
        if place.past(1) == COLORS_PER_LINE || index.past(1) == shown {
            writeln!(out)?;
        }
    }
    if shown < palette.len() {
        writeln!(
            out,
            "  and {} more (--all shows them)",
            palette.len().since(shown)
        )?;
    }
    Ok(())
}

fn regions(
    report: &Report,
    several: bool,
    options: Options,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut table = Table::new([
        ("offset", Align::Right),
        ("end", Align::Right),
        ("size", Align::Right),
        ("region", Align::Left),
    ])
    .fit(options.width);
    for region in report.regions() {
        let mut part = region.part.to_string();
        if let Some(bitmap) = region.bitmap.filter(|_| several) {
            part += &format!(" of bitmap {bitmap}");
        }
        let style = if region.view {
            Style::new().dimmed()
        } else {
            Style::new()
        };
        if region.view {
            part += ", over bytes that others own";
        }
        table.row([
            Cell::new(format!("{:#x}", region.range.offset), style),
            Cell::new(format!("{:#x}", region.range.end()), style),
            Cell::new(region.range.size.to_string(), style),
            Cell::new(part, style),
        ]);
    }
    table.write(out)
}

/// Dimensions, density, and the size of the pixels, estimated and actual.
fn picture(title: &str, bitmap: &Bitmap, file_size: u64, out: &mut impl Write) -> io::Result<()> {
    let Some(dib) = &bitmap.dib else {
        return Ok(());
    };
    writeln!(
        out,
        "{title}picture: {} × {} pixels of {} bits, {}",
        dib.width,
        dib.height.unsigned_abs(),
        dib.bit_count,
        dib.compression
    )?;
    match dib.dpi() {
        Some([x, y]) => writeln!(out, "{title}density: {x:.2} × {y:.2} dpi")?,
        None => writeln!(out, "{title}density: not stated")?,
    }
    let expected = match bitmap.pixel_bytes() {
        Some(bytes) => format!("{bytes} bytes by the header"),
        None => "a size that the header does not state".to_owned(),
    };
    let present = bitmap.pixel_bytes_present(file_size);
    writeln!(
        out,
        "{title}pixels: {expected}, {present} bytes in the file"
    )
}

/// `warning B003 at 0x2, 4 bytes: …`
fn problem(problem: &Problem, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    let color = text_color::of(problem.severity);
    let style = Style::new().bold().fg_color(Some(color.into()));
    let label = format!("{} {}", problem.severity, problem.code);
    let mut message = format!(
        "at {:#x}, {}: {}",
        problem.range.offset,
        counted(problem.range.size, "byte"),
        escape::message(&problem.message)
    );
    if let Some(width) = width {
        message = wrap::message(&message, label.len().saturating_add(1), width);
    }
    writeln!(out, "{style}{label}{style:#} {message}")
}
