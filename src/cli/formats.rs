//! `formats [NAME]` and `formats convert`: the codes of the language, and the formats known by name.

mod convert;

use std::io::Write;

use anyhow::bail;
use serde_json::{Value as Json, json};

use super::late::Late;
use super::{Context, Exit, Output, bare};
use crate::format::Format as _;
use crate::formats::kaitai::{self, Kaitai};
use crate::formats::user::{Known, StoredFormat};
use crate::formats::{Registry, shelf};
use crate::render::formats;
use crate::structs::codes;

#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// All about this format; with or without its percent sign
    name: Option<String>,

    /// How the answer is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Other descriptions of formats, written in the language
    Convert(Late<convert::Args>),
}

const EXAMPLES: &str = "\
Formats are looked for in the files given by --formats, in the first
bytewright.toml here or above, in the *.toml files of the folder bytewright in
the user's configuration folder, and on the shelf, which comes with the program.

Examples:
  bytewright formats
  bytewright formats png
  bytewright formats convert tlv.ksy > tlv.toml
  bytewright unpack %elf /bin/ls -O json";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        if let Some(Verb::Convert(Late(args))) = self.verb {
            return args.run(cx);
        }
        let known = cx.known()?;
        let width = cx.width();
        if let Some(name) = &self.name {
            let name = name.strip_prefix('%').unwrap_or(name);
            let in_any_case =
                |format: &&StoredFormat| format.schema.name.eq_ignore_ascii_case(name);
            let found = known.get(name).or_else(|| known.iter().find(in_any_case));
            let on_shelf;
            let (known, found) = match found {
                Some(_) => (&known, found),
                None => {
                    let name = shelf::named(name).map_or(name, |described| described.name);
                    on_shelf = shelf::complete(Known::default(), &format!("%{name}"))?;
                    (&on_shelf, on_shelf.get(name))
                }
            };
            let Some(format) = found else {
                if let Some(built_in) = Registry::built_in().named(name) {
                    bail!(
                        "{0} is built in and not a stored format: inspect -f {0} FILE shows one",
                        built_in.name()
                    );
                }
                let meant = bare::did_you_mean(name, &cx.known()?);
                bail!(
                    "no format %{name} is known; formats without a name lists those that are{meant}"
                );
            };
            let compiled = known.compile(&format!("%{}", format.schema.name))?;
            match self.output {
                Output::Json => document(cx, &described(known, format))?,
                _ => formats::write_one(format, &compiled, cx.out())?,
            }
            return Ok(Exit::Done);
        }
        if self.output == Output::Json {
            let codes = codes().iter().map(|code| {
                json!({
                    "code": code.letters(),
                    "size": code.size(),
                    "native_size": code.native_size(),
                    "python": code.is_python(),
                    "doc": code.about(),
                })
            });
            let known: Vec<Json> = known
                .iter()
                .map(|format| described(&known, format))
                .collect();
            let mut descriptions = Vec::new();
            for [name, title, file] in described_otherwise(cx)?.0 {
                descriptions.push(json!({ "name": name, "title": title, "file": file }));
            }
            let shelf: Vec<Json> = shelf::all()
                .map(|described| {
                    Ok(json!({
                        "name": described.name,
                        "doc": formats::shelf_line(described)?,
                        "group": described.group.to_string(),
                        "suffixes": described.suffixes,
                    }))
                })
                .collect::<std::io::Result<_>>()?;
            let all = json!({
                "codes": codes.collect::<Vec<_>>(),
                "formats": known,
                "descriptions": descriptions,
                "shelf": shelf,
            });
            document(cx, &all)?;
            return Ok(Exit::Done);
        }
        formats::write_codes(width, cx.out())?;
        if known.iter().next().is_some() {
            writeln!(cx.out())?;
            formats::write_known(&known, width, cx.out())?;
        }
        let (descriptions, broken) = described_otherwise(cx)?;
        if !descriptions.is_empty() {
            writeln!(cx.out())?;
            formats::write_descriptions(&descriptions, width, cx.out())?;
        }
        writeln!(cx.out())?;
        formats::write_shelf(&known, width, cx.out())?;
        let mut exit = Exit::Done;
        for error in broken {
            exit = exit.max(cx.report(error.into())?);
        }
        for error in known.check() {
            exit = exit.max(cx.report(error.into())?);
        }
        Ok(exit)
    }
}

/// Names, titles and files of the descriptions of Kaitai Struct that were named, and what is wrong with those
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

fn document(cx: &mut Context, document: &Json) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *cx.out(), document).map_err(std::io::Error::from)?;
    writeln!(cx.out())?;
    Ok(())
}

fn described(known: &Known, format: &StoredFormat) -> Json {
    let compiled = known.compile(&format!("%{}", format.schema.name)).ok();
    let schema = &format.schema;
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
    json!({
        "name": schema.name,
        "doc": schema.doc.trim(),
        "format": schema.format,
        "size": compiled.and_then(|compiled| compiled.layout.size()),
        "file": format.path.to_string_lossy(),
        "line": format.line,
        "enums": Json::Object(enums.collect()),
        "flags": Json::Object(flags.collect()),
        "notes": Json::Object(notes.collect()),
        "hex": schema.hex().collect::<Vec<_>>(),
    })
}
