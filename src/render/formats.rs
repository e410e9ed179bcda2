//! The codes of the language and the formats known by name, as tables.

use std::io::{self, Write};

use super::escape;
use super::table::{Align, Table};
use crate::formats::shelf::{self, Described};
use crate::formats::user::{Known, StoredFormat};
use crate::schema::Compiled;
use crate::structs::codes;

/// The codes: letters, sizes, and what they hold; a `+` marks those that go beyond Python.
///
/// # Errors
///
/// Those of `out`.
pub fn write_codes(width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new([
        ("code", Align::Left),
        ("", Align::Left),
        ("size", Align::Right),
        ("native", Align::Right),
        ("holds", Align::Left),
    ])
    .fit(width);
    for code in codes() {
        table.row([
            code.letters().to_owned(),
            if code.is_python() { "" } else { "+" }.to_owned(),
            code.size()
                .map_or_else(|| "-".into(), |size| size.to_string()),
            code.native_size().to_string(),
            code.about().to_owned(),
        ]);
    }
    table.write(out)
}

/// The formats known by name: how large they are, what they are, and where they stand.
///
/// # Errors
///
/// Those of `out`.
pub fn write_known(known: &Known, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new([
        ("format", Align::Left),
        ("size", Align::Right),
        ("is", Align::Left),
        ("from", Align::Left),
    ])
    .fit(width);
    for format in known.iter() {
        table.row([
            format!("%{}", format.schema.name),
            size(known, format),
            escape::text(first_line(format)).to_string(),
            place(format),
        ]);
    }
    table.write(out)?;
    for hidden in known.hidden() {
        let (name, place) = (&hidden.schema.name, place(hidden));
        writeln!(out, "%{name} of {place} is hidden by a nearer one")?;
    }
    Ok(())
}

/// Descriptions of another language: their names, what they describe, and the files they stand in.
///
/// # Errors
///
/// Those of `out`.
pub fn write_descriptions(
    descriptions: &[[String; 3]],
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let columns = ["description", "is", "from"].map(|name| (name, Align::Left));
    let mut table = Table::new(columns).fit(width);
    for description in descriptions {
        table.row(
            description
                .clone()
                .map(|cell| escape::text(&cell).to_string()),
        );
    }
    table.write(out)
}

/// The formats that come with the program, by what they are for.
///
/// # Errors
///
/// Those of `out`, and of reading a description.
pub fn write_shelf(known: &Known, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new([
        ("shelf", Align::Left),
        ("is", Align::Left),
        ("suffixes", Align::Left),
        ("group", Align::Left),
    ])
    .fit(width);
    for described in shelf::all() {
        table.row([
            described.name.to_owned(),
            shelf_line(described)?,
            described.suffixes.join(" "),
            described.group.to_string(),
        ]);
    }
    table.write(out)?;
    for hidden in shelf::all().filter_map(|described| known.get(described.name)) {
        let (name, place) = (&hidden.schema.name, place(hidden));
        writeln!(out, "{name} of the shelf is hidden by %{name} of {place}")?;
    }
    Ok(())
}

/// The first line of what a format of the shelf is.
///
/// # Errors
///
/// Those of reading its description.
pub fn shelf_line(described: &Described) -> io::Result<String> {
    let known = described.known().map_err(io::Error::other)?;
    let line = known.get(described.name).map(first_line);
    Ok(line.unwrap_or_default().to_owned())
}

/// All that is known of a format but its layout: its text, enumerations, flags, notes, allowed values and fields in hexadecimal.
///
/// # Errors
///
/// Those of `out`.
pub fn write_one(
    format: &StoredFormat,
    compiled: &Compiled,
    out: &mut impl Write,
) -> io::Result<()> {
    let schema = &format.schema;
    writeln!(out, "%{}, from {}", schema.name, place(format))?;
    for line in schema.doc.trim().lines() {
        writeln!(out, "{}", escape::text(line))?;
    }
    let size = compiled.layout.size();
    let least = compiled.layout.layout().min_size;
    match size {
        Some(size) => writeln!(out, "\n{size} bytes\n")?,
        None if compiled.layout.is_whole() => {
            writeln!(out, "\nas many bytes as the data decide\n")?;
        }
        None => writeln!(out, "\n{least} bytes or more, as the data decide\n")?,
    }
    for line in schema.format.trim_end().lines() {
        writeln!(out, "    {}", escape::text(line))?;
    }
    for (field, names) in schema.enums() {
        writeln!(out, "\n{}", escape::text(field))?;
        for (key, name) in names.iter() {
            writeln!(out, "    {key}  {}", escape::text(name))?;
        }
    }
    for (field, flags) in schema.flags() {
        writeln!(out, "\n{}, bits", escape::text(field))?;
        for (mask, name) in flags.iter() {
            writeln!(out, "    {mask:#x}  {}", escape::text(name))?;
        }
    }
    for (field, note) in schema.notes() {
        writeln!(out, "\n{}: {}", escape::text(field), escape::text(note))?;
    }
    for (field, allowed) in schema.allowed() {
        writeln!(
            out,
            "\n{}: {}",
            escape::text(field),
            escape::text(&allowed.to_string())
        )?;
    }
    for field in schema.hex() {
        writeln!(out, "\n{}, in hexadecimal", escape::text(field))?;
    }
    Ok(())
}

/// The first line of what a format is.
pub fn first_line(format: &StoredFormat) -> &str {
    format.schema.doc.trim().lines().next().unwrap_or_default()
}

fn size(known: &Known, format: &StoredFormat) -> String {
    match known.compile(&format!("%{}", format.schema.name)) {
        Ok(compiled) => match compiled.layout.size() {
            Some(size) => size.to_string(),
            None => "varies".into(),
        },
        Err(_) => "wrong".into(),
    }
}

fn place(format: &StoredFormat) -> String {
    format!("{}:{}", escape::path(&format.path), format.line)
}
