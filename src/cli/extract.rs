//! `extract FILE PATH`: the bytes of a field, or a file that begins inside another, as a file of their own.

use std::fs;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path as FilePath, PathBuf};

use serde_json::Value as Json;

use super::document::{FormatArgs, MAX_STREAM};
use super::error::{Context as _, Error, Result, bail, error};
use super::file_kind::FileKind;
use super::{Context, Exit, Input, Output, number, progress, swapped_arguments, tar, words};
use crate::Source;
use crate::formats::Registry;
use crate::inspect::Path;
use crate::inspect::embedded::{self, Embedded};
use crate::render::escape;
use crate::tree::Range;

#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE, after_help = AFTER_HELP, after_long_help = EXAMPLES,
          mut_arg("at", |at| at.long("format-at")))]
pub(super) struct Args {
    /// The file; - is standard input
    #[arg(value_parser = Input::parser())]
    file: Input,

    /// Which field, such as 'profile' or 'members["notes.txt"].local.data'
    path: Option<Path>,

    /// The file that begins at this offset, as find --embedded tells them
    #[arg(short = 's', long = "offset", visible_alias = "at", value_name = "N", value_parser = number::offset,
          allow_hyphen_values = true, conflicts_with_all = ["path", "format"])]
    offset: Option<i64>,

    /// With --offset: this number of bytes, of any format
    #[arg(short = 'n', long, value_name = "N", value_parser = number::size, requires = "offset")]
    length: Option<u64>,

    /// All files that find --embedded tells, each by its offset and format: 0x1c000.png
    #[arg(long, conflicts_with_all = ["path", "offset", "format"], requires = "out")]
    embedded: bool,

    /// Where to write: a file, with --embedded a folder; otherwise standard output
    #[arg(short, long = "out", value_name = "OUT")]
    out: Option<PathBuf>,

    #[command(flatten)]
    format: FormatArgs,

    /// Write over a file of another kind, and bytes to a terminal
    #[arg(long)]
    force: bool,

    /// How it is told what --embedded wrote
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text", requires = "embedded",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const USAGE: &str = "bytewright extract [OPTIONS] FILE PATH [-o OUT]
       bytewright extract [OPTIONS] FILE --offset N [--length N] [-o OUT]
       bytewright extract [OPTIONS] FILE --embedded -o FOLDER";

const AFTER_HELP: &str = "\
Of what is compressed inside a file, the field named content has what it holds.
The files of a tar archive are extracted with tar extract.

Exit status: 1 where nothing is there.";

const EXAMPLES: &str = "\
Of what is compressed inside a file, the field named content has what it holds.
The files of a tar archive are extracted with tar extract.

A file inside another is read to find out how long it is. Of a format that takes
what there is, it goes up to the end of the file around it.

Exit status: 1 where nothing is there.

Examples:
  bytewright extract photo.bmp profile -o photo.icc
  bytewright extract app.zip 'members[\"readme.txt\"].local.data.content' -o readme.txt
  bytewright find --embedded firmware.bin
  bytewright extract firmware.bin --offset 0x1c000 -o logo.png
  bytewright extract firmware.bin --embedded -o parts
  bytewright extract dump.bin --offset 0x200 --length 4k -o sector.bin";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = self.file.to_string();
        if let Some(path) = &self.path {
            swapped_arguments::check("extract", self.file.path(), path.to_string().as_ref())?;
            let document = self.format.open(&self.file, cx)?;
            let found = document.find(path).with_context(|| name.clone())?;
            let [one] = found.as_slice() else {
                bail!("{name}: {path} are {} fields: name one", found.len());
            };
            let bytes = document.reader(one.node.range)?;
            self.write(bytes, cx).with_context(|| name.clone())?;
            if let Some(held) = words::separate_content(&document, one, path) {
                cx.note(format!(
                    "this is what {name} says of {path}; what it holds:\n\n  bytewright extract {} {}\n",
                    words::quoted(&name.as_str().into()),
                    words::quoted(&held.to_string().into())
                ));
            }
            return Ok(Exit::Done);
        }
        let source = progress::source(self.file.open_up_to(MAX_STREAM)?, false);
        if self.embedded {
            return self.all(&source, &name, cx).with_context(|| name.clone());
        }
        let Some(offset) = self.offset else {
            return Err(self.nothing_named(&source, &name)?);
        };
        let start = number::start(&source, offset)?;
        let range = match self.length {
            Some(length) => {
                let size = source.size()?;
                if start.checked_add(length).is_none_or(|end| end > size) {
                    bail!("{name}: {length} bytes from {start:#x} on are more than its {size}");
                }
                Range::file(start, length)
            }
            None => match embedded::at(&source, start)? {
                Some(found) => {
                    if let Some(problem) = &found.problem {
                        cx.warn(format!(
                            "{name}: the {} at {start:#x} is broken: {problem}",
                            found.format
                        ));
                    }
                    found.range
                }
                None => {
                    cx.note(format!(
                        "{name}: no file of a known format begins at {start:#x}; --length takes bytes as \
                         they are"
                    ));
                    return Ok(Exit::No);
                }
            },
        };
        self.write(source.reader(range.offset).take(range.size), cx)
            .with_context(|| name)?;
        Ok(Exit::Done)
    }

    /// The error where a file is named and nothing in it.
    fn nothing_named(&self, source: &Source, name: &str) -> Result<Error> {
        let quoted = words::quoted(&name.into());
        if tar::is_archive(source)? {
            return Ok(error!(
                "{name} is a tar archive, and its files are extracted by\n\n  bytewright tar extract {quoted}\n"
            ));
        }
        Ok(error!(
            "{name}: what to extract? A PATH, as bytewright inspect {quoted} shows them, --offset N, or \
             --embedded for all files inside"
        ))
    }

    /// Writes bytes to the output file or to standard output.
    fn write(&self, mut bytes: impl Read, cx: &mut Context) -> Result<()> {
        match &self.out {
            Some(path) => file(path, bytes, self.force, cx),
            None => {
                let mut out = cx.raw(self.force)?;
                io::copy(&mut bytes, &mut out)?;
                Ok(out.flush()?)
            }
        }
    }

    fn all(&self, source: &Source, name: &str, cx: &mut Context) -> Result<Exit> {
        let Some(folder) = &self.out else {
            bail!("--embedded needs a folder: -o FOLDER");
        };
        let mut found = Vec::new();
        embedded::each(source, false, |one| {
            found.push(one);
            ControlFlow::Continue(())
        })?;
        if found.is_empty() {
            cx.note(format!(
                "{name}: no file of a known format begins inside it"
            ));
            return Ok(Exit::No);
        }
        if !folder.is_dir() {
            fs::create_dir(folder).with_context(|| escape::path(folder).to_string())?;
        }
        let mut values = self.output.list();
        for one in &found {
            let path = folder.join(file_name(one));
            let bytes = source.reader(one.range.offset).take(one.range.size);
            file(&path, bytes, self.force, cx)?;
            let (offset, size) = (one.range.offset, one.range.size);
            let shown = escape::path(&path).to_string();
            match self.output {
                Output::Text => {
                    let broken = match &one.problem {
                        Some(problem) => format!("  broken: {}", escape::message(problem)),
                        None => String::new(),
                    };
                    writeln!(cx.out(), "{offset:#10x}  {size:>10}  {shown}{broken}")?;
                }
                _ => {
                    let mut value = serde_json::to_value(one)?;
                    if let Some(keys) = value.as_object_mut() {
                        keys.shift_insert(3, "file".to_owned(), path.to_string_lossy().into());
                        keys.entry("problem").or_insert(Json::Null);
                    }
                    values.write(&value, cx.out())?;
                }
            }
        }
        values.end(cx.out())?;
        Ok(Exit::Done)
    }
}

/// Writes a file, which appears whole. The kind of the first bytes decides which files it may replace.
fn file(path: &FilePath, mut bytes: impl Read, force: bool, cx: &Context) -> Result<()> {
    let mut start = Vec::new();
    bytes.by_ref().take(64 << 10).read_to_end(&mut start)?;
    let kind = FileKind::of(&Source::from(start.clone()))?;
    let mut out = cx.create(path, kind, force)?;
    let written = out
        .write_all(&start)
        .and_then(|()| io::copy(&mut bytes, &mut out).map(drop));
    written.with_context(|| escape::path(path).to_string())?;
    out.commit()
        .with_context(|| escape::path(path).to_string())?;
    Ok(())
}

/// The name of an embedded file: its offset, and the first suffix of its format.
fn file_name(one: &Embedded) -> String {
    let format = Registry::built_in().named(&one.format);
    let suffix =
        format.and_then(|format| format.suffixes().first().map(|&suffix| suffix.to_owned()));
    let suffix = suffix.unwrap_or_else(|| one.format.clone());
    format!("{:#x}.{suffix}", one.range.offset)
}
