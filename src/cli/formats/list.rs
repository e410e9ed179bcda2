//! `formats`, and `formats --search WORD`: which formats there are.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::document;
use super::one_format::{described, place};
use crate::cli::error::Result;
use crate::cli::{Context, Exit, Output};
use crate::format::Format as _;
use crate::formats::kaitai::{self, Kaitai};
use crate::formats::shelf::Described;
use crate::formats::user::{Known, StoredFormat};
use crate::formats::{Registry, shelf};
use crate::render::formats::{self, Row};
use crate::structs::codes;

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
        let mut all = as_json(&meant);
        if let (None, Some(all)) = (&search, all.as_object_mut()) {
            all.insert("codes".to_owned(), codes_as_json());
        }
        document(cx, &all)?;
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

fn as_json(meant: &Selected<'_>) -> Json {
    let described_otherwise =
        |[name, title, file]: &[String; 3]| json!({ "name": name, "title": title, "file": file });
    let shown = |row: &Row| {
        json!({
            "name": row.name,
            "doc": row.doc,
            "group": row.group,
            "suffixes": row.suffixes.split_whitespace().collect::<Vec<_>>(),
        })
    };
    let of_group = |is_built_in: bool| {
        let rows = meant.rows.iter();
        let rows = rows.filter(|row| (row.group == BUILT_IN) == is_built_in);
        rows.map(shown).collect::<Vec<Json>>()
    };
    json!({
        "formats": meant.stored.iter().map(|format| described(meant.known, format)).collect::<Vec<_>>(),
        "descriptions": meant.descriptions.iter().map(described_otherwise).collect::<Vec<_>>(),
        "built_in": of_group(true),
        "shelf": of_group(false),
    })
}

fn codes_as_json() -> Json {
    let codes = codes().iter().map(|code| {
        json!({
            "code": code.letters(),
            "size": code.size(),
            "native_size": code.native_size(),
            "python": code.is_python(),
            "doc": code.about(),
        })
    });
    codes.collect::<Vec<_>>().into()
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

fn row(described: &Described, doc: &str) -> Row {
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
fn doc(described: &Described) -> std::io::Result<String> {
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
