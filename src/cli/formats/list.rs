//! `formats`, and `formats --search WORD`: which formats there are.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::document;
use super::one::described;
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

pub(super) fn run(search: Option<&str>, output: Output, cx: &mut Context) -> anyhow::Result<Exit> {
    let search = search.map(str::to_lowercase);
    let wanted = |texts: &[&str]| {
        search.as_ref().is_none_or(|word| {
            let mut texts = texts.iter();
            texts.any(|text| text.to_lowercase().contains(word))
        })
    };
    let known = cx.known()?;
    let stored: Vec<_> = known
        .iter()
        .filter(|format| wanted(&[&format.schema.name, &format.schema.doc]))
        .collect();
    let (mut descriptions, broken) = described_otherwise(cx)?;
    descriptions.retain(|[name, title, _]| wanted(&[name, title]));
    let mut rows = built_in();
    rows.retain(|row| wanted(&[&row.name, &row.doc, &row.suffixes, &row.group]));
    for described in shelf::all() {
        let row = row(described)?;
        let group = described.group.to_string();
        let doc = match search {
            Some(_) => full_doc(described)?,
            None => String::new(),
        };
        if wanted(&[&row.name, &doc, &row.suffixes, &group]) {
            rows.push(row);
        }
    }
    let is_nothing = stored.is_empty() && descriptions.is_empty() && rows.is_empty();
    if output == Output::Json {
        let mut all = as_json(&known, &stored, &descriptions, &rows);
        if let (None, Some(all)) = (&search, all.as_object_mut()) {
            all.insert("codes".to_owned(), codes_as_json());
        }
        document(cx, &all)?;
        return Ok(if is_nothing { Exit::No } else { Exit::Done });
    }
    let width = cx.width();
    let mut is_first = true;
    let mut part = |cx: &mut Context| match std::mem::take(&mut is_first) {
        true => Ok(()),
        false => writeln!(cx.out()),
    };
    if search.is_none() {
        part(cx)?;
        formats::write_codes(width, cx.out())?;
    }
    if !stored.is_empty() {
        part(cx)?;
        formats::write_known(&known, &stored, width, cx.out())?;
    }
    if !descriptions.is_empty() {
        part(cx)?;
        formats::write_descriptions(&descriptions, width, cx.out())?;
    }
    if !rows.is_empty() {
        part(cx)?;
        formats::write_shelf(&rows, width, cx.out())?;
    }
    let hidden = shelf::all().filter_map(|described| known.get(described.name));
    for hidden in hidden.filter(|hidden| wanted(&[&hidden.schema.name])) {
        formats::write_hidden(hidden, cx.out())?;
    }
    let mut exit = if is_nothing { Exit::No } else { Exit::Done };
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

fn as_json(
    known: &Known,
    stored: &[&StoredFormat],
    descriptions: &[[String; 3]],
    rows: &[Row],
) -> Json {
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
        let rows = rows
            .iter()
            .filter(|row| (row.group == BUILT_IN) == is_built_in);
        rows.map(shown).collect::<Vec<Json>>()
    };
    json!({
        "formats": stored.iter().map(|format| described(known, format)).collect::<Vec<_>>(),
        "descriptions": descriptions.iter().map(described_otherwise).collect::<Vec<_>>(),
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

fn row(described: &Described) -> std::io::Result<Row> {
    Ok(Row {
        name: described.name.to_owned(),
        doc: formats::shelf_line(described)?,
        suffixes: described.suffixes.join(" "),
        group: described.group.to_string(),
    })
}

/// All that is said of a format.
fn full_doc(described: &Described) -> std::io::Result<String> {
    let known = described.known().map_err(std::io::Error::other)?;
    let stored = known.get(described.name);
    Ok(stored.map_or_else(String::new, |stored| stored.schema.doc.to_string()))
}

/// Names, titles and files of the descriptions of Kaitai Struct that are known, and what is wrong with those
/// that can't be used.
fn described_otherwise(cx: &Context) -> anyhow::Result<(Vec<[String; 3]>, Vec<kaitai::Error>)> {
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
