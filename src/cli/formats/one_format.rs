//! `formats NAME`: what a format is, its fields, and the problems that its files may have.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::document;
use crate::cli::error::{Error, Result, bail, error};
use crate::cli::{Context, Exit, Output, bare_word};
use crate::format::Format;
use crate::formats::kaitai::Kaitai;
use crate::formats::user::{Known, StoredFormat};
use crate::formats::{Registry, shelf};
use crate::render::{escape, formats};
use crate::schema::Schema;
use crate::structs::near;
use crate::tree::Code;

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
                let mut shown = described(&known, format);
                with_codes(&mut shown, &codes);
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
            Output::Json => document(cx, &outlined(&description))?,
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
        Output::Json => document(cx, &built_in_one(&*built_in))?,
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

fn built_in_one(format: &dyn Format) -> Json {
    let headers = format.schemas().into_iter().map(|schema| {
        let mut header = json!({
            "name": schema.name,
            "doc": schema.doc,
            "format": schema.format,
        });
        with_facts(&mut header, schema);
        header
    });
    let mut shown = json!({
        "name": format.name(),
        "doc": format.title(),
        "suffixes": format.suffixes(),
        "headers": headers.collect::<Vec<_>>(),
    });
    with_codes(&mut shown, format.codes());
    shown
}

fn outlined(description: &Kaitai) -> Json {
    let types = description.outline().into_iter().map(|of| {
        let fields = of.fields.iter();
        let fields =
            fields.map(|field| json!({ "name": field.name, "type": field.kind, "doc": field.doc }));
        let enums = of.enums.iter().map(|(name, members)| {
            let members = members.iter();
            let members = members.map(|(n, name)| (n.to_string(), name.as_str().into()));
            (name.clone(), Json::Object(members.collect()))
        });
        json!({
            "name": of.name,
            "doc": of.doc,
            "fields": fields.collect::<Vec<_>>(),
            "enums": Json::Object(enums.collect()),
        })
    });
    let mut shown = json!({
        "name": description.name(),
        "title": description.title(),
        "doc": description.doc(),
        "suffixes": description.extensions(),
        "types": types.collect::<Vec<_>>(),
    });
    with_codes(&mut shown, description.codes());
    shown
}

fn with_codes(shown: &mut Json, codes: &[Code]) {
    let codes = codes.iter().map(|code| {
        json!({
            "code": code.code,
            "severity": code.severity.to_string(),
            "meaning": code.meaning,
        })
    });
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("codes".to_owned(), codes.collect::<Vec<_>>().into());
    }
}

pub(super) fn described(known: &Known, format: &StoredFormat) -> Json {
    let compiled = known.compile(&format!("%{}", format.schema.name)).ok();
    let schema = &format.schema;
    let mut shown = json!({
        "name": schema.name,
        "doc": schema.doc.trim(),
        "format": schema.format,
        "size": compiled.and_then(|compiled| compiled.layout.size()),
        "file": format.path.to_string_lossy(),
        "line": format.line,
    });
    with_facts(&mut shown, schema);
    shown
}

/// Adds the facts about a schema's fields.
fn with_facts(shown: &mut Json, schema: &Schema) {
    let enums = schema.enums().map(|(field, names)| {
        let names = names
            .iter()
            .map(|(key, name)| (key.to_string(), name.into()));
        (field.to_owned(), Json::Object(names.collect()))
    });
    let flags = schema.flags().map(|(field, flags)| {
        let names = flags
            .iter()
            .map(|(mask, name)| (format!("{mask:#x}"), name.into()));
        (field.to_owned(), Json::Object(names.collect()))
    });
    let notes = schema
        .notes()
        .map(|(field, note)| (field.to_owned(), note.into()));
    let values = schema
        .allowed()
        .map(|(field, allowed)| (field.to_owned(), allowed.to_string().into()));
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("enums".to_owned(), Json::Object(enums.collect()));
        shown.insert("flags".to_owned(), Json::Object(flags.collect()));
        shown.insert("notes".to_owned(), Json::Object(notes.collect()));
        shown.insert("values".to_owned(), Json::Object(values.collect()));
        shown.insert("hex".to_owned(), schema.hex().collect::<Vec<_>>().into());
    }
}
