//! `formats NAME`: what a format is, its fields, and the problems that its files may have.

use std::path::Path;

use serde::Serialize;

use super::document;
use crate::cli::error::{Error, Result, bail, error};
use crate::cli::{Context, Exit, Output, bare_word};
use crate::format::{Code, Format as _};
use crate::formats::user::{Known, StoredFormat};
use crate::formats::{Registry, shelf};
use crate::render::{escape, formats};
use crate::structs::near;

pub(super) fn run(name: &str, output: Output, cx: &mut Context) -> Result<Exit> {
    let name = name.strip_prefix('%').unwrap_or(name);
    if let Some((known, stored)) = stored(name, cx)? {
        let Some(format) = known.get(&stored) else {
            bail!("no format %{name} is known");
        };
        let compiled = known.compile(&format!("%{stored}"))?;
        let codes = Registry::built_in()
            .named(&stored)
            .filter(|_| shelf::named(&stored).is_some())
            .map(|format| format.codes().to_vec())
            .unwrap_or_else(|| formats::CODES_OF_STORED.to_vec());
        match output {
            Output::Json => {
                let mut shown = Described::new(&known, format);
                shown.codes = Some(&codes);
                document(cx, &shown)?;
            }
            _ => {
                let place = place(format);
                formats::write_one(&format.schema, &compiled.layout, &place, cx.out())?;
                formats::write_problems(&codes, cx.out())?;
            }
        }
        return Ok(Exit::Done);
    }
    if let Some(description) = cx.description(name)? {
        match output {
            Output::Json => document(cx, &description)?,
            _ => {
                let said = ("Kaitai Struct", description.doc());
                let (suffixes, types) = (description.extensions(), description.outline());
                formats::write_outline(&description, said, suffixes, &types, cx.out())?;
                formats::write_problems(description.codes(), cx.out())?;
            }
        }
        return Ok(Exit::Done);
    }
    let Some(built_in) = Registry::built_in().named(name) else {
        return Err(unknown(name, cx)?);
    };
    match output {
        Output::Json => document(cx, &*built_in)?,
        _ => {
            formats::write_built_in(&*built_in, cx.out())?;
            formats::write_problems(built_in.codes(), cx.out())?;
        }
    }
    Ok(Exit::Done)
}

/// The file and the line of a format.
pub(super) fn place(format: &StoredFormat) -> String {
    format!("{}:{}", escape::path(&format.path), format.line)
}

/// A format of users' files or of the shelf: all that it needs, and its name as it is spelled.
fn stored(name: &str, cx: &Context) -> Result<Option<(Known, String)>> {
    let known = cx.known()?;
    let in_any_case = |format: &&StoredFormat| format.schema.name.eq_ignore_ascii_case(name);
    let own = known.get(name).or_else(|| known.iter().find(in_any_case));
    if let Some(own) = own.map(|own| own.schema.name.to_string()) {
        // What it refers to may be on the shelf.
        return Ok(Some((shelf::complete(known, &format!("%{own}"))?, own)));
    }
    let name = shelf::named(name).map_or(name, |described| described.name);
    let on_shelf = shelf::complete(Known::default(), &format!("%{name}"))?;
    Ok(match on_shelf.get(name).is_some() {
        true => Some((on_shelf, name.to_owned())),
        false => None,
    })
}

fn unknown(name: &str, cx: &Context) -> Result<Error> {
    let known = cx.known()?;
    let slip = bare_word::did_you_mean(name, &known);
    if !slip.is_empty() {
        return Ok(error!("no format {name} is known{slip}"));
    }
    let descriptions = cx.descriptions()?;
    let files = descriptions.files().iter();
    let names: Vec<String> = known
        .iter()
        .map(|format| format.schema.name.to_string())
        .chain(files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())))
        .chain(
            Registry::built_in()
                .iter()
                .map(|format| format.name().to_owned()),
        )
        .collect();
    let lower = name.to_lowercase();
    let hint = match near(&lower, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None if Path::new(name).exists() => {
            format!("{name} is a file: bytewright inspect shows what is in it")
        }
        None => format!("formats --search {name} looks for the word, and formats lists all"),
    };
    Ok(error!("no format {name} is known; {hint}"))
}

/// A format of users' files or of the shelf as JSON.
#[derive(Serialize)]
pub(super) struct Described<'a> {
    #[serde(flatten)]
    format: &'a StoredFormat,
    /// In bytes; `None` where the data decide.
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes: Option<&'a [Code]>,
}

impl<'a> Described<'a> {
    pub(super) fn new(known: &Known, format: &'a StoredFormat) -> Described<'a> {
        let compiled = known.compile(&format!("%{}", format.schema.name)).ok();
        Described {
            format,
            size: compiled.and_then(|compiled| compiled.layout.size()),
            codes: None,
        }
    }
}
