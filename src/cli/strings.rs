//! `strings FILE…`: the texts that are in files.

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};

use super::document::FormatArgs;
use super::error::{Context as _, Result};
use super::files::{FilePart, Files, FilesArgs, expand};
use super::progress::Progress;
use super::stream::Stream;
use super::{Context, Exit, Input, Output, number};
use crate::inspect::strings::{Charset, LONGEST, Strings};
use crate::render::json::List;
use crate::render::strings::{Printer, Radix, json};

#[derive(Debug, clap::Args)]
#[command(override_usage = "bytewright strings [OPTIONS] [FILE]... [PATH]",
          after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    files: FilesArgs,

    /// Leave out strings of fewer characters
    #[arg(short = 'n', long, value_name = "N", default_value = "4", value_parser = minimum)]
    min_length: usize,

    /// Print the offset of each string: decimal, octal or hexadecimal
    #[arg(short = 't', long, value_name = "d|o|x", value_parser = radix(), hide_possible_values = true)]
    radix: Option<Radix>,

    /// How text is written in the file; several with commas between them, or all
    #[arg(short, long, value_name = "NAME", default_value = "utf-8", value_delimiter = ',',
          value_parser = encodings())]
    encoding: Vec<String>,

    /// Where to begin, in the file or in the part; a negative offset counts from the end
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true)]
    offset: Option<i64>,

    /// Look at only this many bytes
    #[arg(long, value_name = "N", value_parser = number::size, allow_hyphen_values = true)]
    length: Option<u64>,

    #[command(flatten)]
    format: FormatArgs,

    /// How the strings are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 1 where there are no strings.";

const EXAMPLES: &str = "\
A string is characters that print, and tabs. What a terminal would act on is
shown as an escape, and a backslash is doubled. A string of any length is one
line; in JSON it comes in pieces of 65,536 characters.

In UTF-16 a string may begin at any byte, and is in one script: Latin, Greek,
Cyrillic, Chinese and Japanese, ... Of strings that overlap, in one encoding or
in several, the one with more characters is printed, and such characters count
less as many bytes are by accident: GBK and latin-1 find something to read in
any noise.

With --encoding ascii -t d, what GNU strings -a -t d prints, but for escapes.

Exit status: 1 where there are no strings.

Examples:
  bytewright strings firmware.bin
  bytewright strings -n 8 -t x program
  bytewright strings --encoding all setup.exe
  bytewright strings -e utf-16le,gbk memory.dmp -O jsonl
  curl -s https://example.org/a.bin | bytewright strings | less";

fn minimum(text: &str) -> Result<usize, String> {
    let n = usize::try_from(number::size(text)?).ok();
    n.filter(|n| (1..=LONGEST).contains(n))
        .ok_or_else(|| format!("expected a number from 1 to {LONGEST}"))
}

fn radix() -> ValueParser {
    let radix = |name: String| match name.as_str() {
        "d" => Radix::Decimal,
        "o" => Radix::Octal,
        _ => Radix::Hexadecimal,
    };
    PossibleValuesParser::new(["d", "o", "x"]).map(radix).into()
}

fn encodings() -> PossibleValuesParser {
    let names = Charset::ALL.map(Charset::name);
    PossibleValuesParser::new(names.into_iter().chain(["all"]))
}

impl Args {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<Exit> {
        let Files { files, part } = std::mem::take(&mut self.files).resolve()?;
        let charsets = self.charsets();
        let (files, mut exit) = expand(&files, |_| true, cx)?;
        let mut any = false;
        let mut values = self.output.list();
        let many = files.len() > 1;
        let mut progress = Progress::files(files.len());
        for (i, file) in files.iter().enumerate() {
            progress.set(i as u64);
            let mut found = Search {
                charsets: &charsets,
                many,
                values: &mut values,
                any: &mut any,
            };
            if let Err(error) = self.one(file, &part, &mut found, cx) {
                exit = exit.max(cx.report(error)?);
            }
        }
        values.end(cx.out()).context("standard output")?;
        Ok(if any { exit } else { exit.max(Exit::No) })
    }

    /// ASCII is a part of UTF-8 and adds nothing beside it.
    fn charsets(&self) -> Vec<Charset> {
        if self.encoding.iter().any(|name| name == "all") {
            let all = Charset::ALL.into_iter();
            return all.filter(|known| *known != Charset::Ascii).collect();
        }
        let mut charsets: Vec<Charset> = Vec::new();
        for charset in self.encoding.iter().filter_map(|name| Charset::named(name)) {
            if !charsets.contains(&charset) {
                charsets.push(charset);
            }
        }
        charsets
    }

    fn one(
        &self,
        file: &Input,
        part: &FilePart,
        found: &mut Search<'_>,
        cx: &mut Context,
    ) -> Result<()> {
        let name = file.to_string();
        let offset = self.offset.unwrap_or(0);
        if part.path.is_none() {
            let bytes = Stream::open(file, offset)?.limit(self.length);
            return self.print(&name, bytes, found, cx);
        }
        let document = self.format.open(file, cx)?;
        for node in part.find(&document, &name)? {
            let bytes = Stream::of_part(&document, node.node.range, name.clone(), offset)?;
            self.print(&name, bytes.limit(self.length), found, cx)?;
        }
        Ok(())
    }

    fn print(
        &self,
        name: &str,
        bytes: Stream,
        found: &mut Search<'_>,
        cx: &mut Context,
    ) -> Result<()> {
        let start = bytes.start;
        let mut printer = Printer::default();
        printer.offsets = self.radix;
        printer.encodings = found.charsets.len() > 1;
        if found.many {
            printer.prefix = format!("{name}: ");
        }
        let bytes = bytes.heeded().watched(false);
        let strings = Strings::new(bytes, start, found.charsets, self.min_length);
        for text in strings.before_reading(cx.out().flusher()) {
            let printed = match text {
                Ok(text) => match self.output {
                    Output::Text => printer.text(&text, cx.out()),
                    _ => found.values.write(&json(name, &text), cx.out()),
                },
                Err(error) => {
                    printer.end(cx.out()).context("standard output")?;
                    return Err(error.into());
                }
            };
            printed.context("standard output")?;
            *found.any = true;
        }
        printer.end(cx.out()).context("standard output")
    }
}

/// A search, and what it found so far.
struct Search<'a> {
    charsets: &'a [Charset],
    /// Whether lines have the names of files.
    many: bool,
    values: &'a mut List,
    any: &'a mut bool,
}
