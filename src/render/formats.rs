//! The codes of the language and the formats known by name, as tables.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::Serializer;

use super::escape;
use super::table::{Align, Table};
use crate::Struct;
use crate::format::{Code, Format, Outline};
use crate::schema::Schema;
use crate::structs::codes;

/// The codes: letters, sizes, and what they hold; a `+` marks those that go beyond Python.
///
/// # Errors
///
/// When writing to `out` fails.
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

/// The formats of users' files: names, sizes, what they are, and where they are.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write_known(
    formats: &[[String; 4]],
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let [name, is, from] = ["format", "is", "from"].map(|name| (name, Align::Left));
    let mut table = Table::new([name, ("size", Align::Right), is, from]).fit(width);
    for [name, size, is, from] in formats {
        table.row([
            format!("%{name}"),
            size.clone(),
            escape::text(is).to_string(),
            from.clone(),
        ]);
    }
    table.write(out)
}

/// Descriptions of another language: their names, what they describe, and the files they are in.
///
/// # Errors
///
/// When writing to `out` fails.
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

/// A format that comes with the program, in a line.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub doc: String,
    /// Its group.
    pub group: String,
    /// How names of its files end, with spaces between them; a list in JSON.
    #[serde(serialize_with = "words")]
    pub suffixes: String,
}

fn words<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(text.split_whitespace())
}

/// The formats that come with the program, by what they are for.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write_shelf(rows: &[Row], width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    let columns = ["file format", "is", "suffixes", "group"].map(|name| (name, Align::Left));
    let mut table = Table::new(columns).fit(width);
    for row in rows {
        table.row([
            row.name.clone(),
            row.doc.clone(),
            row.suffixes.clone(),
            row.group.clone(),
        ]);
    }
    table.write(out)
}

/// A format without its layout: its text, enumerations, flags, notes, allowed values and fields in hexadecimal.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write_one(
    schema: &Schema,
    layout: &Struct,
    place: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "%{}, from {place}", schema.name)?;
    for line in schema.doc.trim().lines() {
        writeln!(out, "{}", escape::text(line))?;
    }
    let least = layout.layout().min_size;
    match layout.size() {
        Some(size) => writeln!(out, "\n{size} bytes\n")?,
        None if layout.is_whole() => {
            writeln!(out, "\nas many bytes as the data decide\n")?;
        }
        None => writeln!(out, "\n{least} bytes or more, as the data decide\n")?,
    }
    for line in schema.format.trim_end().lines() {
        writeln!(out, "    {}", escape::text(line))?;
    }
    write_facts(schema, out)
}

/// Names of values and of bits, notes, and which fields are shown in hexadecimal.
fn write_facts(schema: &Schema, out: &mut impl Write) -> io::Result<()> {
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

/// A format that is more than a description: its structures, with what is known of their fields.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write_built_in(format: &dyn Format, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}, built in", format.name())?;
    writeln!(out, "{}", format.title())?;
    if !format.suffixes().is_empty() {
        writeln!(out, "names end in: {}", format.suffixes().join(" "))?;
    }
    for schema in format.schemas() {
        writeln!(out, "\n{}: {}", schema.name, schema.doc)?;
        if let Ok(layout) = Struct::new(&schema.format) {
            match layout.size() {
                Some(size) => writeln!(out, "{size} bytes\n")?,
                None => writeln!(out, "as many bytes as the data decide\n")?,
            }
        }
        // The format's text is one line, which is wrapped for terminals.
        let mut line = "   ".to_owned();
        for word in schema.format.split_whitespace() {
            if line.len().saturating_add(word.len()) > 78 {
                writeln!(out, "{line}")?;
                line.truncate(3);
            }
            line.push(' ');
            line.push_str(word);
        }
        writeln!(out, "{line}")?;
        write_facts(schema, out)?;
    }
    Ok(())
}

/// A description in another language: what it is of, and its types, with their fields and enumerations.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write_outline(
    format: &dyn Format,
    (language, doc): (&str, &str),
    suffixes: &[String],
    types: &[Outline],
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{}, a description of {language}", format.name())?;
    for text in [format.title(), doc] {
        for line in text.lines() {
            writeln!(out, "{}", escape::text(line))?;
        }
    }
    if !suffixes.is_empty() {
        writeln!(out, "names end in: {}", escape::text(&suffixes.join(" ")))?;
    }
    for of in types {
        let first = of.doc.lines().next();
        let doc = match first.filter(|_| of.name != format.name()) {
            Some(line) => format!(": {}", escape::text(line)),
            None => String::new(),
        };
        writeln!(out, "\n{}{doc}", of.name)?;
        let names = of.fields.iter().map(|field| field.name.len()).max();
        let kinds = of.fields.iter().map(|field| field.kind.len()).max();
        let (names, kinds) = (names.unwrap_or(0), kinds.unwrap_or(0).min(32));
        for field in &of.fields {
            let doc = field.doc.lines().next().unwrap_or_default();
            let line = format!(
                "    {:names$}  {:kinds$}  {}",
                field.name,
                field.kind,
                escape::text(doc)
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        for (name, members) in &of.enums {
            writeln!(out, "\n{}, an enumeration of {}", name, of.name)?;
            for (n, member) in members {
                writeln!(out, "    {n}  {member}")?;
            }
        }
    }
    Ok(())
}

/// The codes of the problems that files of stored formats may have.
pub const CODES_OF_STORED: &[Code] = crate::structs::PROBLEMS;

/// The problems that files of a format may have, by their codes.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write_problems(codes: &[Code], out: &mut impl Write) -> io::Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nproblems")?;
    for code in codes {
        let severity = code.severity.to_string();
        writeln!(out, "    {}  {severity:7}  {}", code.code, code.meaning)?;
    }
    Ok(())
}
