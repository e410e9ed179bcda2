//! `find FILE PATTERN`: where bytes, text or regular expressions are in files.

mod advice;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::io::{self, Read, Write};

use advice::{several_words, tell_of_bytes};

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail};
use super::files::expand;
use super::progress::Progress;
use super::stream::Stream;
use super::{Context, Exit, Input, Output, embedded, negative_numbers, number, pack, words};
use crate::formats::Registry;
use crate::inspect::find::{Encoding, Find, Hit, Pattern};
use crate::inspect::{Document, Locator, Owner, Path};
use crate::offset::Tally;
use crate::render::find::{json, text};
use crate::render::json::List;
use crate::tree::{Range, Space};

#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE, after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The file and the text to find in it; files alone where an option says what to find. - is
    /// standard input
    #[arg(value_name = "FILE PATTERN")]
    arguments: Vec<OsString>,

    /// Find this text; several patterns may be given, in any of these ways
    #[arg(
        short = 'e',
        long = "text",
        value_name = "TEXT",
        allow_hyphen_values = true
    )]
    texts: Vec<String>,

    /// Find these bytes: hexadecimal, with ? for any digit
    #[arg(long, value_name = "HEX")]
    hex: Vec<String>,

    /// Find what this regular expression matches
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    regex: Vec<String>,

    /// Find these values as the format packs them; stands last
    #[arg(long, value_names = ["FORMAT", "VALUE"], num_args = 1.., value_parser = negative_numbers::parser())]
    pack: Vec<String>,

    /// How text is written in the file: utf-8, utf-16le, utf-32be, gbk, euc-kr, latin1, ...
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,

    /// Take letters of text and regular expressions in either case
    #[arg(short, long)]
    ignore_case: bool,

    /// Find files inside the file: which formats begin where, and how far each reads
    #[arg(long, conflicts_with_all = ["texts", "hex", "regex", "pack", "encoding", "ignore_case", "field",
          "offset", "length", "format"])]
    embedded: bool,

    /// Search the bytes of a field instead of the file: content, of what a compressed file holds
    #[arg(long = "path", visible_alias = "field", value_name = "PATH",
          conflicts_with_all = ["offset", "length"])]
    field: Option<Path>,

    /// Where to begin; a negative offset counts from the end
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true)]
    offset: Option<i64>,

    /// Search only this many bytes
    #[arg(short = 'n', long, value_name = "N", value_parser = number::size, allow_hyphen_values = true)]
    length: Option<u64>,

    /// Find hits that overlap, too
    #[arg(long)]
    overlapping: bool,

    /// Stop after this many hits in a file
    #[arg(long, value_name = "N", value_parser = number::size, allow_hyphen_values = true)]
    limit: Option<u64>,

    /// Print how many hits there are, and nothing else
    #[arg(short, long, conflicts_with_all = ["offsets", "output"])]
    count: bool,

    #[command(flatten)]
    format: FormatArgs,

    /// Print the offsets in decimal, and nothing else
    #[arg(long, conflicts_with = "output")]
    offsets: bool,

    /// How the hits are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const USAGE: &str = "bytewright find [OPTIONS] FILE PATTERN
       bytewright find [OPTIONS] <-e TEXT|--hex HEX|--regex REGEX>... [FILE]...
       bytewright find [OPTIONS] [FILE]... --pack FORMAT VALUE...
       bytewright find [OPTIONS] --embedded [FILE]...";

const AFTER_HELP: &str = "\
Exit status: 1 where nothing was found.";

const EXAMPLES: &str = "\
Hits don't overlap, as with grep -o, unless --overlapping asks for all. Of
several patterns that match at one place, the first given counts: text, then
--hex, --regex, --pack.

Regular expressions are those of Rust's regex crate. In them . and classes are
whole characters in UTF-8, and \\xff is the character U+00FF. (?-u) in front
makes them bytes, (?s-u) lets . be a line feed as well. What an expression
matches is found as if the file were one piece up to 64 KiB, or as far as the
expression itself limits its length, up to 1 MiB; a longer match may be missed
or found in parts. Matches of no bytes are no hits.

latin1 is windows-1252, as in browsers.

From a pipe, hits come as soon as nothing that follows can change them; as text,
as soon as the 16 bytes after them are there too.

In a file of a known format, each hit is told with the field that it begins in.
Of a compressed file, its own bytes are searched, and then what it holds: the
offsets of those hits count in that, and have a ~ in front. With --offsets,
--offset or --length it is the file's own bytes alone, and so it is of a pipe.

--embedded tells where files of known formats begin inside a file, and how far
each reads: their size where they have an end, else up to the end of the file.
What begins as a file does and doesn't read is told where six bytes or more
speak for it and what follows is right at first, and else taken for chance.
Nothing is looked for inside of what is found, unless --overlapping asks.

Exit status: 1 where nothing was found.

Examples:
  bytewright find firmware.bin 'U-Boot'
  bytewright find src/ -i 'todo'                     every file below the folder
  bytewright find photo.bmp --pack '<I' 640
  bytewright find --hex '42 4d ?? ?? 0?' disk.img --limit 10
  bytewright find logs.tar.zst --path content 'connection refused'
  bytewright find --regex '(?s-u)PK\\x03\\x04.{22}' *.apk
  bytewright find -i -e secret --encoding utf-16le memory.dmp -O jsonl
  bytewright find --embedded firmware.bin
  curl -s https://example.org/a.bin | bytewright find -e token --offsets";

/// The patterns to search for, with their names in JSON.
struct Patterns {
    pattern: Pattern,
    names: Vec<String>,
}

impl Args {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<Exit> {
        if !self.embedded {
            self.sort_arguments()?;
        }
        let mut files: Vec<Input> = self.arguments.drain(..).map(Input::from).collect();
        if files.is_empty() {
            files.push(Input::Stdin);
        }
        let (files, mut exit) = expand(&files, |_| true, cx)?;
        if self.embedded {
            let wanted = embedded::EmbeddedOptions {
                overlapping: self.overlapping,
                limit: self.limit,
                count: self.count,
                offsets: self.offsets,
                output: self.output,
            };
            return Ok(exit.max(wanted.run(&files, cx)?));
        }
        let wanted = self.wanted(cx)?;
        let mut total = 0u64;
        let mut values = self.output.list();
        let mut progress = Progress::files(files.len());
        for (i, file) in files.iter().enumerate() {
            progress.set(i as u64);
            let name = file.to_string();
            let names = Names {
                prefix: match files.len() {
                    1 => String::new(),
                    _ => format!("{name}: "),
                },
                file: name,
                patterns: if wanted.names.len() > 1 {
                    &wanted.names
                } else {
                    &[]
                },
            };
            let mut hits = Hits {
                names: &names,
                pattern: &wanted.pattern,
                values: &mut values,
                count: 0,
            };
            let searched = self.one(file, &mut hits, cx);
            total.tally(hits.count);
            if let Err(error) = searched {
                exit = exit.max(cx.report(error)?);
            }
        }
        values.end(cx.out()).context("standard output")?;
        if let (0, [text]) = (total, self.texts.as_slice()) {
            tell_of_bytes(text, cx);
        }
        Ok(match total {
            0 => exit.max(Exit::No),
            _ => exit,
        })
    }

    /// Makes the pattern among the arguments, where it is one, a text to find.
    fn sort_arguments(&mut self) -> Result<()> {
        let options = [&self.texts, &self.hex, &self.regex, &self.pack];
        if options.iter().any(|patterns| !patterns.is_empty()) {
            return Ok(());
        }
        if let [file, words @ ..] = self.arguments.as_slice()
            && words.len() > 1
        {
            if is_there(file) && !words.iter().any(is_there) {
                return Err(several_words(file, words));
            }
            bail!("what to find stands after one file; in several, say find -e PATTERN FILE...");
        }
        if let [pattern, file] = self.arguments.as_slice()
            && !is_there(pattern)
            && is_there(file)
        {
            let (pattern, file) = (words::quoted(pattern), words::quoted(file));
            bail!(
                "{pattern} is no file, and {file} is one: the file comes first:\n\n  \
                 bytewright find {file} {pattern}\n"
            );
        }
        match self.arguments.pop() {
            Some(pattern) if !self.arguments.is_empty() => match pattern.into_string() {
                Ok(text) => self.texts.push(text),
                Err(_) => bail!("the pattern is not UTF-8; give its bytes with --hex"),
            },
            _ => bail!("expected a file (- is standard input) and what to find in it"),
        }
        Ok(())
    }

    fn wanted(&self, cx: &mut Context) -> Result<Patterns> {
        let encoding = match &self.encoding {
            Some(name) => Encoding::named(name)?,
            None => Encoding::UTF_8,
        };
        let mut patterns = Vec::new();
        for text in &self.texts {
            patterns.push(match self.ignore_case {
                true => Pattern::text_ignoring_case(text, encoding)?,
                false => Pattern::text(text, encoding)?,
            });
        }
        for hex in &self.hex {
            patterns.push(Pattern::hex(hex)?);
        }
        for regex in &self.regex {
            patterns.push(Pattern::regex(regex, self.ignore_case)?);
        }
        let mut names = [&self.texts[..], &self.hex, &self.regex].concat();
        if let Some((format, values)) = self.pack.split_first() {
            let format = cx.compile(format, false)?;
            let bytes = pack::from_text(&format, values).context("--pack")?;
            patterns.push(Pattern::bytes(&bytes).context("--pack")?);
            names.push(self.pack.join(" "));
        }
        let pattern = Pattern::any(patterns)?;
        Ok(Patterns { pattern, names })
    }

    fn one(&self, file: &Input, hits: &mut Hits<'_>, cx: &mut Context) -> Result<()> {
        if let Some(path) = &self.field {
            let document = self.format.open(file, cx)?;
            for found in document.find(path).with_context(|| file.to_string())? {
                self.within(&document, found.node.range, hits, cx)
                    .with_context(|| file.to_string())?;
            }
        } else {
            self.bytes(file, hits, cx)?;
            if let Some(document) = self.wrapping(file, cx)? {
                let streams = (0..).map(Space::stream);
                let held = streams.map_while(|space| Some((space, document.space(space)?)));
                for (space, content) in held {
                    let all = Range::new(space, 0, content.size()?);
                    self.within(&document, all, hits, cx)
                        .with_context(|| file.to_string())?;
                }
            }
        }
        if self.count {
            writeln!(cx.out(), "{}{}", hits.names.prefix, hits.count).context("standard output")?;
        }
        Ok(())
    }

    /// The file, where its format wraps a content, as compressions do. Not with bare offsets, which count in the file,
    /// or with a part of the file.
    fn wrapping(&self, file: &Input, cx: &Context) -> Result<Option<Document>> {
        let is_part = self.offset.is_some() || self.length.is_some();
        if self.offsets || is_part || !file.is_regular() {
            return Ok(None);
        }
        if !self.format.is_given() {
            let found = Registry::built_in().detect(&file.open()?, file.path())?;
            if found.is_none_or(|format| format.content().is_none()) {
                return Ok(None);
            }
        }
        let document = self.format.open(file, cx)?;
        Ok(Some(document).filter(|document| document.format().content().is_some()))
    }

    /// Searches the bytes of a file.
    fn bytes(&self, file: &Input, hits: &mut Hits<'_>, cx: &mut Context) -> Result<()> {
        if self.format.is_given() && !file.is_regular() {
            bail!(
                "{file}: it can be read only once, and its fields are known after that: keep it in a file, or leave --format out"
            );
        }
        let bytes = Stream::open(file, self.offset.unwrap_or(0))?.limit(self.length);
        let start = bytes.start;
        let bytes = bytes.heeded().watched(false);
        let mut find = self.prepared(Find::stream(bytes, start, hits.pattern), cx);
        let document = OnceCell::new();
        let mut locator = None;
        while self.wants_more(hits) {
            let Some(hit) = find.next() else { break };
            let hit = hit?;
            // The file's tree is only made once there is a hit.
            if !self.count && locator.is_none() && !self.offsets && file.is_regular() {
                let opened = self.format.open(file, cx)?;
                locator = Some(Locator::new(document.get_or_init(|| opened)));
            }
            let locator = locator.as_mut().filter(|_| known(&document));
            self.hit(&find, hit, hit.range(), locator, hits, cx)?;
        }
        Ok(())
    }

    /// Searches the bytes of a part of a document.
    fn within(
        &self,
        document: &Document,
        part: Range,
        hits: &mut Hits<'_>,
        cx: &mut Context,
    ) -> Result<()> {
        let Some(source) = document.space(part.space) else {
            return Ok(());
        };
        let bytes = source.reader(part.offset).take(part.size);
        let mut find = self.prepared(Find::stream(bytes, part.offset, hits.pattern), cx);
        let mut locator = Locator::within(document, part.space);
        while self.wants_more(hits) {
            let Some(hit) = find.next() else {
                // The content of a truncated or broken stream ends in an error.
                let end = Range::new(part.space, part.end(), 0);
                io::copy(&mut document.reader(end)?, &mut io::sink())?;
                break;
            };
            let hit = hit?;
            let range = Range::new(part.space, hit.offset, hit.size);
            self.hit(&find, hit, range, Some(&mut locator), hits, cx)?;
        }
        Ok(())
    }

    fn prepared<'a>(&self, find: Find<'a>, cx: &mut Context) -> Find<'a> {
        let find = find
            .overlapping(self.overlapping)
            .before_waiting(cx.out().flusher());
        match self.offsets || self.count || self.output != Output::Text {
            true => find.without_context(),
            false => find,
        }
    }

    fn wants_more(&self, hits: &Hits<'_>) -> bool {
        self.limit.is_none_or(|limit| hits.count < limit)
    }

    fn hit(
        &self,
        find: &Find<'_>,
        hit: Hit,
        range: Range,
        locator: Option<&mut Locator<'_>>,
        hits: &mut Hits<'_>,
        cx: &mut Context,
    ) -> Result<()> {
        if !self.count {
            let field = match locator {
                Some(locator) if !self.offsets => locator.at(hit.offset)?,
                _ => None,
            };
            let pattern = hits.names.patterns.get(hit.pattern).map(String::as_str);
            self.print(find, range, pattern, field, hits, cx.out())
                .context("standard output")?;
        }
        hits.count.tally(1);
        Ok(())
    }

    fn print(
        &self,
        find: &Find<'_>,
        hit: Range,
        pattern: Option<&str>,
        field: Option<&Owner>,
        hits: &mut Hits<'_>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let names = hits.names;
        match self.output {
            _ if self.offsets => writeln!(out, "{}{}", names.prefix, hit.offset),
            Output::Text => {
                out.write_all(names.prefix.as_bytes())?;
                text(find, hit, field, out)
            }
            _ => {
                let value = json(&names.file, pattern, find, hit, field)?;
                hits.values.write(&value, out)
            }
        }
    }
}

fn is_there(argument: &OsString) -> bool {
    argument == "-" || std::path::Path::new(argument).exists()
}

fn known(document: &OnceCell<Document>) -> bool {
    document.get().is_some_and(|document| document.is_known())
}

/// The hits of a file so far, and where they are written.
struct Hits<'a> {
    names: &'a Names<'a>,
    pattern: &'a Pattern,
    values: &'a mut List,
    count: u64,
}

/// The names in the output of a file's hits.
struct Names<'a> {
    file: String,
    /// Before each line, where there are several files.
    prefix: String,
    /// The texts of the patterns, where there are several.
    patterns: &'a [String],
}
