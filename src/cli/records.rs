//! `records FORMAT|PATH FILE…`: many records as a table, and back.

mod encoder;
mod form;
mod input;
mod output;
mod pack;
mod plan;
mod stats;
mod trees;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::error::{Result, bail};
use super::files::{FilePart, FilesArgs, globbed};
use super::output::Ints;
use super::{Context, Exit, Input, number, words};
use crate::inspect::{Path, Segment};
use crate::records::Columns;
use crate::render::rows::Style;
use crate::schema::Compiled;

use form::Form;

#[derive(Debug, clap::Args)]
#[command(override_usage = "bytewright records [OPTIONS] <FORMAT|PATH> [FILE]... [PATH]",
          after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The format of a record, or a path to the items of an array, such as 'members[*].header'; the word stats
    /// before it asks what the columns are like
    #[arg(value_name = "FORMAT|PATH")]
    what: String,

    #[command(flatten)]
    files: FilesArgs,

    /// What the files are, and the part of each that is meant
    #[arg(skip)]
    inputs: Vec<Input>,
    #[arg(skip)]
    part: FilePart,

    /// These columns, in this order; the name of a group means all that is in it
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    select: Vec<String>,

    /// The rows for which it holds: 'qty > 100 and side == "B"'
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,

    /// No more than the first N rows
    #[arg(long, value_name = "N", value_parser = number::size, allow_hyphen_values = true)]
    limit: Option<u64>,

    /// The last N rows
    #[arg(long, value_name = "N", value_parser = number::size, allow_hyphen_values = true,
          conflicts_with_all = ["limit", "follow"])]
    tail: Option<u64>,

    /// Each N-th record, from the first on
    #[arg(long, value_name = "N", value_parser = number::size, allow_hyphen_values = true)]
    every: Option<u64>,

    /// Go on as the file grows
    #[arg(long)]
    follow: bool,

    /// Bytes before the first record
    #[arg(long, value_name = "N", value_parser = number::size)]
    skip: Option<u64>,

    /// What stands before the records, and after what is skipped
    #[arg(long, value_name = "FORMAT")]
    header: Option<String>,

    /// A column of this name that says which file a row is from
    #[arg(long, value_name = "NAME")]
    file_column: Option<String>,

    /// Leave out a last record that is cut short, with a warning
    #[arg(long)]
    allow_partial: bool,

    /// Read files that are compressed as they are
    #[arg(long)]
    no_decompress: bool,

    /// With a path into files: their format; otherwise their content tells
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,

    /// With a path into what comes through a pipe: keep no more bytes than this [default: 1GiB]
    #[arg(long, value_name = "N", value_parser = number::size)]
    max_stream: Option<u64>,

    /// Pack rows of CSV, JSON lines, Arrow or Parquet into records of the format
    #[arg(long, conflicts_with_all = ["select", "condition", "limit", "tail", "every", "follow", "skip",
                                      "header", "file_column", "allow_partial", "format"])]
    pack: bool,

    /// Write to this file; its suffix tells the form: .csv, .jsonl, .json, .arrow, .arrows, .parquet
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    out: Option<PathBuf>,

    /// How rows are written; with --pack, how they are read
    #[arg(short = 'O', long, value_name = "FORM",
          value_parser = PossibleValuesParser::new(Form::NAMES).try_map(|name| Form::named(&name)))]
    output: Option<Form>,

    /// Times, names and fractions as the numbers that are stored
    #[arg(long)]
    raw: bool,

    #[command(flatten)]
    ints: Ints,

    /// Threads that do the work [default: as many as the machine runs]
    #[arg(long, value_name = "N", value_parser = number::size)]
    threads: Option<u64>,

    /// Replace a file of another kind; write bytes to a terminal too
    #[arg(long)]
    force: bool,
}

const AFTER_HELP: &str = "\
Fields of groups are columns of their own, a.b; arrays are lists. A last record
that is cut short is an error (status 4). --help has examples.";

const EXAMPLES: &str = "\
Fields of groups are columns of their own, a.b; arrays are lists. Times are
written as dates, values that have names by these, fractions as decimals, unless
--raw asks for what is stored. A last record that is cut short is an error
(status 4). Files that are compressed are read as what they hold. Conditions
are expressions of the format language, with and, or and not; strings stand in
quotes, and what is absent fulfills no comparison. A path after the files means
that part of each, such as a member of an archive; patterns that the shell left
alone stand for the files that fit them.

Arrow and Parquet need a build with the feature arrow.

Examples:
  bytewright records '<I~unix:time f:value' samples.bin
  bytewright records '<I~unix:time f:value' samples.bin.zst -o samples.csv
  bytewright records '<Q:id i:qty s:side' ticks/*.bin --file-column file -o ticks.parquet
  bytewright records '<Q:id i:qty s:side' ticks.bin --where 'qty > 100 and side == \"B\"' -O jsonl
  bytewright records '>HHI:value' log.bin --skip 16 --select value --tail 10 --raw
  bytewright records 'members[*].header' backup.tar --select name,size
  bytewright records '<I~unix:time f:value' logs.tar.gz 'members[\"samples.bin\"].data'
  bytewright records 'packets[*]' capture.pcap -o packets.csv
  bytewright records stats '<I~unix:time f:value' samples.bin
  bytewright records --pack '<I~unix:time f:value' samples.csv -o samples.bin";

/// What the first argument means.
enum FirstArgument {
    Format(Compiled),
    /// A path with a pattern.
    Path(Path),
}

impl Args {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<Exit> {
        let arguments = &mut self.files.arguments;
        let is_stats = self.what == "stats" && !arguments.is_empty();
        if is_stats {
            self.what = arguments.remove(0).to_string_lossy().into_owned();
        }
        *arguments = globbed(std::mem::take(arguments));
        let files = std::mem::take(&mut self.files).resolve()?;
        (self.inputs, self.part) = (files.files, files.part);
        if self.every == Some(0) {
            bail!("--every 0 is no row at all: 1 is each of them");
        }
        let what = self.what(cx)?;
        if self.pack {
            return match what {
                FirstArgument::Format(_) if self.part.path.is_some() => {
                    bail!("--pack reads whole files, and no part of one")
                }
                FirstArgument::Format(format) => self.pack(&format, cx),
                FirstArgument::Path(_) => {
                    bail!("--pack needs the format of a record, and not a path")
                }
            };
        }
        match what {
            FirstArgument::Path(path) if self.part.path.is_some() => bail!(
                "{path} is a path into files already; the path of a part comes after a format"
            ),
            FirstArgument::Path(path) => self.items(&path, is_stats, cx),
            FirstArgument::Format(_) if self.format.is_some() && self.part.path.is_none() => {
                bail!(
                    "--format is the format of a file, for a path into it; -O csv, jsonl and others say how \
                     rows are written"
                )
            }
            FirstArgument::Format(format) => match Columns::new(&format) {
                Some(columns) => self.columns(columns, is_stats, cx),
                None => self.rows(&format, is_stats, cx),
            },
        }
    }

    /// Whether the first argument is a format or a path.
    fn what(&self, cx: &mut Context) -> Result<FirstArgument> {
        let text = self.what.trim();
        let path = text.parse::<Path>().ok();
        // No format has an asterisk alone in brackets.
        if let Some(path) = path.clone().filter(Path::is_pattern)
            && text.contains('[')
        {
            return Ok(FirstArgument::Path(path));
        }
        let error = match cx.compile_unless_name(text) {
            Ok(format) => return Ok(FirstArgument::Format(format)),
            Err(error) => error,
        };
        let has_file = self
            .inputs
            .iter()
            .filter_map(Input::path)
            .any(std::path::Path::exists);
        if !has_file && std::path::Path::new(text).is_file() {
            let file = words::quoted(&text.into());
            if let Some(path) = self.path_after(text) {
                bail!(
                    "{file} is a file; the path comes before it:\n\n  bytewright records {} {file}\n",
                    words::quoted(&path.to_string().into())
                );
            }
            bail!(
                "{file} is a file; the format of its records comes before it, or the path to them:\n\n  \
                 bytewright records '<I:time f:value' {file}\n"
            );
        }
        // The name of an array, where it is no format.
        let is_name = |segment: &Segment| matches!(segment, Segment::Name(_));
        let is_names = path.filter(|path| !path.is_root() && path.segments().iter().all(is_name));
        match is_names {
            Some(_) if self.is_word(text) && !self.pack => {
                Ok(FirstArgument::Path(format!("{text}[*]").parse()?))
            }
            _ => Err(error),
        }
    }

    /// Where the file comes first: what follows it, if that is a path into the file.
    fn path_after(&self, file: &str) -> Option<Path> {
        let [Input::File(path)] = self.inputs.as_slice() else {
            return None;
        };
        let path: Path = path.to_str()?.parse().ok()?;
        let source = Input::File(file.into()).open().ok()?;
        let format = crate::formats::Registry::built_in()
            .detect(&source, None)
            .ok()??;
        let document = crate::inspect::Document::open(source, format).ok()?;
        let found = document.find(&path).ok()?;
        found.first().map(|_| path)
    }

    /// Whether it is a name that no format has.
    fn is_word(&self, text: &str) -> bool {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        text.chars().all(is_part) && crate::formats::Registry::built_in().named(text).is_none()
    }

    fn style(&self) -> Style {
        Style::new(self.ints.style(), self.raw)
    }

    /// How rows are written.
    fn form(&self) -> Result<Form> {
        if let Some(form) = self.output {
            return Ok(form);
        }
        match self.file() {
            Some(path) => Form::of_file(path),
            None => Ok(Form::Text),
        }
    }

    /// The file that is written; none where it is standard output.
    fn file(&self) -> Option<&std::path::Path> {
        self.out.as_deref().filter(|path| path.as_os_str() != "-")
    }
}
