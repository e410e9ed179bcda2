//! `bmp info|check|show|convert|fix`: what they share.

mod check;
mod convert;
mod files;
mod fix;
mod info;
mod report;
mod show;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};

use super::error::{self, Context as _, Result, failure};
use super::file_kind::FileKind;
use super::lazy_args::LazyArgs;
use super::{Context, Exit, Input, number, progress, words};
use crate::Source;
use crate::format::Format as _;
use crate::formats::Registry;
use crate::formats::bmp::{self, Alpha, DecodeError, EncodeError, ErrorKind, Options, Undefined};
use crate::formats::png::PngError;
use crate::tree::{Problem, Severity};

/// The kind of file of a bitmap.
const BMP: FileKind = FileKind::Format("bmp");
/// The kind of file of a PNG picture.
const PNG: FileKind = FileKind::Format("png");

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  bytewright bmp info photo.bmp
  bytewright bmp check photos/
  bytewright bmp show photo.bmp
  bytewright bmp convert photo.bmp photo.png
  bytewright bmp fix broken.bmp -o MENDED.bmp";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Every header field, the palette, the parts of the file, and what is wrong with it
    Info(LazyArgs<info::Args>),
    /// What is wrong with files, their pixels included
    Check(LazyArgs<check::Args>),
    /// The picture, in the terminal
    Show(LazyArgs<show::Args>),
    /// The picture as PNG, a PNG as bitmap, or as a bitmap of another kind
    Convert(LazyArgs<convert::Args>),
    /// Put right what can be put right without guessing
    Fix(LazyArgs<fix::Args>),
}

failure::always! {
    Data: bmp::Error, PngError;
}
failure::io_or! {
    DecodeError: Data;
    EncodeError: Failed;
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        match self.verb {
            Verb::Info(LazyArgs(args)) => args.run(cx),
            Verb::Check(LazyArgs(args)) => args.run(cx),
            Verb::Show(LazyArgs(args)) => args.run(cx),
            Verb::Convert(LazyArgs(args)) => args.run(cx),
            Verb::Fix(LazyArgs(args)) => args.run(cx),
        }
    }
}

/// Options for what the format leaves open, for the verbs that decode pixels.
#[derive(Debug, clap::Args)]
struct Pixels {
    /// Which bitmap of an icon or an array, counted from 0
    #[arg(long, value_name = "N")]
    bitmap: Option<usize>,

    /// Which pixels have an alpha channel: those for which the header has a mask, none, or also
    /// those of 32 bits without one
    #[arg(long, value_name = "WHICH", default_value = "header", value_parser = alpha())]
    alpha: Alpha,

    /// What run lengths leave out: transparent, or the first color of the palette
    #[arg(long, value_name = "WHAT", default_value = "transparent", value_parser = undefined())]
    undefined: Undefined,

    /// Leave the colors as they are stored, whatever the embedded profile says
    #[arg(long)]
    no_profile: bool,

    /// Pixels of a picture, at most: otherwise 268435456, and 1048576 where the file holds data for
    /// fewer than one pixel in 16
    #[arg(long, value_name = "N", value_parser = number::size)]
    max_pixels: Option<u64>,
}

impl Pixels {
    fn max_pixels(&self) -> u64 {
        self.max_pixels.unwrap_or(Options::default().max_pixels)
    }

    fn options(&self) -> Options {
        let usual = Options::default();
        Options {
            bitmap: self.bitmap,
            alpha: self.alpha,
            undefined: self.undefined,
            profile: !self.no_profile,
            max_pixels: self.max_pixels(),
            max_missing: self.max_pixels.unwrap_or(usual.max_missing),
            ..usual
        }
    }
}

fn alpha() -> ValueParser {
    PossibleValuesParser::new(["header", "ignore", "keep"])
        .map(|name| match &*name {
            "ignore" => Alpha::Ignore,
            "keep" => Alpha::Keep,
            _ => Alpha::Header,
        })
        .into()
}

fn undefined() -> ValueParser {
    PossibleValuesParser::new(["transparent", "first"])
        .map(|name| match &*name {
            "first" => Undefined::First,
            _ => Undefined::Transparent,
        })
        .into()
}

/// A bitmap, with a bar that says how far it was read.
fn open(file: &Input) -> Result<Source> {
    let source = file.open().with_context(|| file.to_string())?;
    Ok(progress::source(source, false))
}

/// Says which option lifts a limit that was met.
fn undecoded(error: DecodeError) -> error::Error {
    match error {
        DecodeError::TooLarge { .. } | DecodeError::Missing { .. } => {
            let message = format!("{error}; --max-pixels N allows as many as it says");
            crate::structs::DataError::other(message).into()
        }
        error => error.into(),
    }
}

/// An error with the file's name; if the file has another known signature, with the command that shows it.
fn of_file(error: DecodeError, source: &Source, name: &str) -> error::Error {
    let is_other = match &error {
        DecodeError::Header(header) => matches!(header.kind(), ErrorKind::Signature { .. }),
        _ => false,
    };
    let detected = Registry::built_in().detect(source, None).ok().flatten();
    let error = undecoded(error);
    let Some(format) = detected.filter(|_| is_other) else {
        return error.context(name.to_owned());
    };
    let (format, quoted) = (format.name(), words::quoted(&name.into()));
    let line = match format == "png" {
        true => format!("bytewright bmp convert {quoted} OUT.bmp"),
        false => format!("bytewright inspect {quoted}"),
    };
    let said = format!("{name}: {error}; the format of this file is {format}:\n\n  {line}\n");
    error.reworded(said)
}

/// Says what is wrong with a picture that is shown or converted as far as it is there.
fn warn(cx: &mut Context, name: &str, problems: &[Problem]) {
    for problem in problems.iter().filter(|p| p.severity > Severity::Note) {
        let Problem { code, message, .. } = problem;
        cx.warn(format_args!("{name}: {code}: {message}"));
    }
}
