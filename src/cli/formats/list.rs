//! `formats`, and `formats --search WORD`: which formats there are.

use std::io::Write;

use serde::Serialize;

use super::document;
use super::one_format::{Described, place};
use crate::cli::error::Result;
use crate::cli::{Context, Exit, Output};
use crate::format::Format as _;
use crate::formats::kaitai::{self, Kaitai};
use crate::formats::user::{Known, StoredFormat};
use crate::formats::{Registry, shelf};
use crate::render::formats::{self, Row};
use crate::structs::{Code, codes};

/// The group of formats that are more than descriptions.
const BUILT_IN: &str = "built in";

/// The formats to be listed.
struct Selected<'k> {
    known: &'k Known,
    stored: Vec<&'k StoredFormat>,
    /// Formats of users that have the names of others of the shelf.
    hidden: Vec<&'k StoredFormat>,
    descriptions: Vec<[String; 3]>,
    rows: Vec<Row>,
}

pub(super) fn run(search: Option<&str>, output: Output, cx: &mut Context) -> Result<Exit> {
    let search = search.map(str::to_lowercase);
    let known = cx.known()?;
    let (descriptions, broken) = described_otherwise(cx)?;
    let meant = meant(search.as_deref(), &known, descriptions)?;
    let is_nothing =
        meant.stored.is_empty() && meant.descriptions.is_empty() && meant.rows.is_empty();
    let mut exit = if is_nothing { Exit::No } else { Exit::Done };
    if output == Output::Json {
        document(cx, &as_json(&meant, search.is_none()))?;
        return Ok(exit);
    }
    print(&meant, search.is_none(), cx)?;
    if let (true, Some(word)) = (is_nothing, &search) {
        cx.note(format!(
            "no format has {word:?} in its name, or in what it is"
        ));
    }
    for error in broken {
        exit = exit.max(cx.report(error.into())?);
    }
    for error in known.check() {
        exit = exit.max(cx.report(error.into())?);
    }
    Ok(exit)
}

/// All formats, or those that match a word, in lower case.
fn meant<'k>(
    search: Option<&str>,
    known: &'k Known,
    mut descriptions: Vec<[String; 3]>,
) -> Result<Selected<'k>> {
    let wanted = |texts: &[&str]| {
        let has = |word: &str| texts.iter().any(|text| text.to_lowercase().contains(word));
        search.is_none_or(has)
    };
    descriptions.retain(|[name, title, _]| wanted(&[name, title]));
    let mut rows = built_in();
    rows.retain(|row| wanted(&[&row.name, &row.doc, &row.suffixes, &row.group]));
    for described in shelf::all() {
        let doc = doc(described)?;
        let row = row(described, &doc);
        if wanted(&[&row.name, &doc, &row.suffixes, &row.group]) {
            rows.push(row);
        }
    }
    let stored = known.iter();
    let hidden = shelf::all().filter_map(|described| known.get(described.name));
    Ok(Selected {
        known,
        stored: stored
            .filter(|format| wanted(&[&format.schema.name, &format.schema.doc]))
            .collect(),
        hidden: hidden
            .filter(|hidden| wanted(&[&hidden.schema.name]))
            .collect(),
        descriptions,
        rows,
    })
}

/// Prints tables, with those of the codes before them where `with_codes`.
fn print(meant: &Selected<'_>, with_codes: bool, cx: &mut Context) -> Result<()> {
    let width = cx.width();
    let mut is_first = true;
    let mut part = |cx: &mut Context| match std::mem::take(&mut is_first) {
        true => Ok(()),
        false => writeln!(cx.out()),
    };
    if with_codes {
        part(cx)?;
        formats::write_codes(width, cx.out())?;
    }
    if !meant.stored.is_empty() {
        part(cx)?;
        let rows = meant.stored.iter();
        let rows: Vec<_> = rows.map(|format| known_row(meant.known, format)).collect();
        formats::write_known(&rows, width, cx.out())?;
        for hidden in meant.known.hidden() {
            let (name, place) = (&hidden.schema.name, place(hidden));
            writeln!(cx.out(), "%{name} of {place} is hidden by a nearer one")?;
        }
    }
    if !meant.descriptions.is_empty() {
        part(cx)?;
        formats::write_descriptions(&meant.descriptions, width, cx.out())?;
    }
    if !meant.rows.is_empty() {
        part(cx)?;
        formats::write_shelf(&meant.rows, width, cx.out())?;
    }
    for hidden in &meant.hidden {
        let (name, place) = (&hidden.schema.name, place(hidden));
        writeln!(
            cx.out(),
            "{name} of the shelf is hidden by %{name} of {place}"
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
struct AsJson<'a> {
    formats: Vec<Described<'a>>,
    descriptions: Vec<DescribedOtherwise<'a>>,
    built_in: Vec<&'a Row>,
    shelf: Vec<&'a Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes: Option<&'static [Code]>,
}

#[derive(Serialize)]
struct DescribedOtherwise<'a> {
    name: &'a str,
    title: &'a str,
    file: &'a str,
}

fn as_json<'a>(meant: &'a Selected<'_>, with_codes: bool) -> AsJson<'a> {
    let stored = meant.stored.iter();
    let descriptions = meant.descriptions.iter();
    let (built_in, shelf) = meant.rows.iter().partition(|row| row.group == BUILT_IN);
    AsJson {
        formats: stored
            .map(|format| Described::new(meant.known, format))
            .collect(),
        descriptions: descriptions
            .map(|[name, title, file]| DescribedOtherwise { name, title, file })
            .collect(),
        built_in,
        shelf,
        codes: with_codes.then(codes),
    }
}

fn built_in() -> Vec<Row> {
    let coded = Registry::built_in().iter();
    coded
        .filter(|format| shelf::named(format.name()).is_none())
        .map(|format| Row {
            name: format.name().to_owned(),
            doc: format.title().to_owned(),
            suffixes: format.suffixes().join(" "),
            group: BUILT_IN.to_owned(),
        })
        .collect()
}

fn row(described: &shelf::Described, doc: &str) -> Row {
    Row {
        name: described.name.to_owned(),
        doc: first_line(doc).to_owned(),
        suffixes: described.suffixes.join(" "),
        group: described.group.to_string(),
    }
}

/// The name, the size, what it is and the place of a format of users.
fn known_row(known: &Known, format: &StoredFormat) -> [String; 4] {
    let name = &format.schema.name;
    let size = match known.compile(&format!("%{name}")) {
        Ok(compiled) => match compiled.layout.size() {
            Some(size) => size.to_string(),
            None => "varies".into(),
        },
        Err(_) => "wrong".into(),
    };
    let line = first_line(&format.schema.doc);
    [name.to_string(), size, line.to_owned(), place(format)]
}

fn first_line(doc: &str) -> &str {
    doc.trim().lines().next().unwrap_or_default()
}

/// The documentation of a format of the shelf.
fn doc(described: &shelf::Described) -> std::io::Result<String> {
    let known = described.known().map_err(std::io::Error::other)?;
    let stored = known.get(described.name);
    Ok(stored.map_or_else(String::new, |stored| stored.schema.doc.to_string()))
}

/// Names, titles and files of the known descriptions of Kaitai Struct, and the errors of broken
/// ones.
fn described_otherwise(cx: &Context) -> Result<(Vec<[String; 3]>, Vec<kaitai::Error>)> {
    let known = cx.descriptions()?;
    let (mut usable, mut broken) = (Vec::new(), Vec::new());
    for path in known.files() {
        match Kaitai::open(path, known.folders()) {
            Ok(description) => usable.push([
                description.name().to_owned(),
                description.title().unwrap_or_default().to_owned(),
                path.display().to_string(),
            ]),
            Err(error) => broken.push(error),
        }
    }
    Ok((usable, broken))
}
