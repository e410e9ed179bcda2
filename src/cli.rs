//! The command line: arguments in, exit status out.
//!
//! A verb is one file with `Args`, which clap fills, and `Args::run`, which calls the library and
//! renders what it answers; it adds no logic of its own. To add one:
//!
//! 1. Write `verb.rs` with `pub(super) struct Args` (derive `clap::Args`; its `///` lines are the
//!    help) and `pub(super) fn run(self, cx: &mut Context) -> Result<Exit>`.
//! 2. Add it to `Verb` and to `Verb::run`, with a sentence of help and `after_long_help`
//!    examples; in a `LazyArgs`, so that no other verb waits for its arguments to be described.
//!
//! Available to a verb:
//!
//! - `Input` for a file argument (`-` is standard input): `input.open()?` gives a
//!   `crate::Source`, and it prints as the name to put before errors.
//! - `number::size` and `number::offset` as `value_parser` for numbers.
//! - `cx.out()` for text. Write anstyle styles to it freely: they are left out where colour is
//!   off. `cx.raw(force)?` for raw bytes, `cx.create(path, kind, force)?` for a file that appears
//!   whole or not at all, and replaces none of another kind. A verb that lets the library write files calls `interrupt::guard` first.
//! - `cx.compile(format, python)` for a format, which may refer to stored ones.
//! - `Output::only` for `-O`, with the forms that the verb knows.
//! - An error that ends the verb: `?`, with the file's name as context. An error of one file of
//!   several: `exit = exit.max(cx.report(error)?)`. A refusal that is an answer: `Exit::No`.
//!   `error::Failure` says which exit status an error type gives; a new one is implemented there.
//! - Text from a file goes through `crate::render::escape` before it is printed.

mod apply;
mod bare_word;
mod bmp;
mod command_words;
mod complete;
mod completions;
mod context;
mod diff;
mod document;
mod dump;
mod each_file;
mod embedded;
mod error;
mod exit;
mod extract;
mod file_kind;
mod files;
mod find;
mod first_word;
mod flags;
mod formats;
mod get;
mod guess;
mod hash;
mod html_page;
mod input;
mod inspect;
mod interrupt;
mod layout;
mod lazy_args;
mod man;
mod negative_numbers;
mod number;
mod output;
mod pack;
mod peek;
mod progress;
mod records;
mod set;
mod size;
mod standard_output;
mod stream;
mod strings;
mod swapped_arguments;
mod tar;
mod unpack;
mod view;
mod words;
mod write;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use anstyle::{Color, Style};
use clap::builder::Styles;
use clap::error::ErrorKind;
use clap::{Args as _, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use context::Context;
pub use exit::Exit;
use first_word::Interpretation;
use input::Input;
use lazy_args::LazyArgs;
use output::Output;

use crate::cli::error::Result;
use crate::render::{escape, text_color};
use crate::value::text::is_printable;

/// Runs the tool: the arguments as the process gets them, its own name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let args = match first_word::look(args) {
        Interpretation::Parse(args) => args,
        Interpretation::Answered(exit) => return exit,
    };
    let printable = args.iter().all(|arg| is_printable(&arg.to_string_lossy()));
    let matches = command(&args).try_get_matches_from(negative_numbers::mark(args.iter().cloned()));
    let cli = match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => cli,
        Err(mut error) => {
            flags::advise(&mut error, &args);
            return usage(&error, printable);
        }
    };
    match cli.shared.color {
        clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
        clap::ColorChoice::Always => anstream::ColorChoice::Always,
        clap::ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    interrupt::outgrow();
    let mut cx = Context::new(cli.shared.formats);
    let answer = cli.verb.run(&mut cx);
    cx.finish(answer)
}

/// The parser of a command line: with the one verb that it calls for, since the parser copies the options of all
/// verbs into each that it has. Where the first word is no verb, with all of them.
fn command(args: &[OsString]) -> Command {
    let verb = args
        .get(first_word::first_word(args))
        .and_then(|arg| arg.to_str());
    let one = verb.and_then(|verb| {
        let all = Verb::augment_subcommands(Command::new("all"));
        all.find_subcommand(verb).cloned()
    });
    match one {
        Some(one) => Shared::augment_args(named()).subcommand(one),
        None => Cli::command(),
    }
}

/// The program, without its options and verbs.
fn named() -> Command {
    Command::new("bytewright")
        .bin_name("bytewright")
        .version(env!("CARGO_PKG_VERSION"))
        .max_term_width(MAX_WIDTH)
        .styles(STYLES)
}

/// The parser's help and errors in colors that can be read on black and on white: its own yellow and green can't be on
/// white.
const STYLES: Styles = Styles::styled()
    .error(
        Style::new()
            .bold()
            .fg_color(Some(Color::Ansi256(text_color::RED))),
    )
    .invalid(Style::new().fg_color(Some(Color::Ansi256(text_color::YELLOW))))
    .valid(Style::new().fg_color(Some(Color::Ansi256(text_color::GREEN))));

/// Columns of a help text, at most.
const MAX_WIDTH: usize = 100;

/// Prints the output of clap: help that was asked for, or an error of the arguments, which it quotes as they are.
fn usage(error: &clap::Error, printable: bool) -> Exit {
    let asked_for = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let printed = if printable {
        error.print()
    } else {
        // Escape sequences of styles can't be distinguished from those of a quoted argument: all are left out.
        let plain = error.render().to_string();
        writeln!(
            anstream::stderr().lock(),
            "{}",
            escape::message(plain.trim_end())
        )
    };
    match printed {
        // A closed pipe: its reader has read enough.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Exit::Failed,
        _ if asked_for => Exit::Done,
        _ => Exit::Failed,
    }
}

/// Turn bytes into named fields and named fields back into bytes.
#[derive(Debug, Parser)]
#[command(name = "bytewright", bin_name = "bytewright", version, max_term_width = MAX_WIDTH, styles = STYLES, after_help = AFTER_HELP,
          after_long_help = format!("{AFTER_HELP}\n\n{}", first_word::examples()))]
struct Cli {
    #[command(flatten)]
    shared: Shared,

    #[command(subcommand)]
    verb: Verb,
}

// The options of every verb. In a doc comment, the parser would take this for the program's description.
#[derive(Debug, clap::Args)]
struct Shared {
    /// When to use color; auto asks the terminal and the environment
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value_t,
        hide_default_value = true
    )]
    color: clap::ColorChoice,

    /// A file of formats to use by %name, before those found here and in the user's folder; or a .ksy file of
    /// Kaitai Struct, or a folder of them
    #[arg(long, global = true, value_name = "FILE")]
    formats: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Numbers may be decimal, 0x, 0o or 0b, with _ between digits. Sizes may have a
unit: k, MB, GB count in 1000; K, KiB, M, MiB, G, GiB in 1024.

Exit status: 0 done; 1 the answer is no; 2 usage, reading or writing failed;
3 the format is wrong; 4 the data are wrong; 130 interrupted. NO_COLOR and
CLICOLOR_FORCE decide about color where --color doesn't.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Bytes to values: one struct of a file, or many
    Unpack(LazyArgs<unpack::Args>),
    /// Values to bytes
    Pack(LazyArgs<pack::Args>),
    /// What stands where in a format: sizes, offsets, padding
    Layout(LazyArgs<layout::Args>),
    /// The fields of a file as a tree, in a format that is known or given
    Inspect(LazyArgs<inspect::Args>),
    /// The tree and the bytes of a file on a full screen, to look around and to change them
    View(LazyArgs<view::Args>),
    /// Values of a file's fields
    Get(LazyArgs<get::Args>),
    /// A field of a file, or a file inside it, as a file of its own
    Extract(LazyArgs<extract::Args>),
    /// Change fields of a file
    Set(LazyArgs<set::Args>),
    /// Apply a patch that set wrote, or undo it
    Apply(LazyArgs<apply::Args>),
    /// Bytes in hexadecimal, and back
    Dump(LazyArgs<dump::Args>),
    /// The headers of BMP files, and what is wrong with them
    Bmp(LazyArgs<bmp::Args>),
    /// Where bytes, text or regular expressions stand in files
    Find(LazyArgs<find::Args>),
    /// The texts that stand in files, in any encoding
    Strings(LazyArgs<strings::Args>),
    /// What was inserted, deleted and changed from one file to another
    Diff(LazyArgs<diff::Args>),
    /// What the bytes at one place would be as every type
    Peek(LazyArgs<peek::Args>),
    /// What a file of unknown format may be: text, noise, or records of which types
    Guess(LazyArgs<guess::Args>),
    /// Digests and HMACs of files, of parts of them, of fields
    Hash(LazyArgs<hash::Args>),
    /// The codes of the language, and the formats known by name
    Formats(LazyArgs<formats::Args>),
    /// How many bytes a format takes
    Size(LazyArgs<size::Args>),
    /// Many records, or the items of a file's arrays, as a table: CSV, JSON lines, Arrow, Parquet, and back
    Records(LazyArgs<Box<records::Args>>),
    /// Make, list, extract, check and compare tar archives
    Tar(LazyArgs<tar::Args>),
    /// A completion script for a shell
    Completions(LazyArgs<completions::Args>),
    /// What may follow on a command line, for the scripts of shells
    #[command(hide = true)]
    Complete(LazyArgs<complete::Args>),
    /// The manual page, in roff
    Man(LazyArgs<man::Args>),
}

impl Verb {
    fn run(self, cx: &mut Context) -> Result<Exit> {
        match self {
            Verb::Unpack(LazyArgs(args)) => args.run(cx),
            Verb::Pack(LazyArgs(args)) => args.run(cx),
            Verb::Layout(LazyArgs(args)) => args.run(cx),
            Verb::Find(LazyArgs(args)) => args.run(cx),
            Verb::Strings(LazyArgs(args)) => args.run(cx),
            Verb::Diff(LazyArgs(args)) => args.run(cx),
            Verb::Hash(LazyArgs(args)) => args.run(cx),
            Verb::Peek(LazyArgs(args)) => args.run(cx),
            Verb::Guess(LazyArgs(args)) => args.run(cx),
            Verb::Formats(LazyArgs(args)) => args.run(cx),
            Verb::Size(LazyArgs(args)) => args.run(cx),
            Verb::Inspect(LazyArgs(args)) => args.run(cx),
            Verb::Records(LazyArgs(args)) => args.run(cx),
            Verb::View(LazyArgs(args)) => args.run(cx),
            Verb::Get(LazyArgs(args)) => args.run(cx),
            Verb::Extract(LazyArgs(args)) => args.run(cx),
            Verb::Set(LazyArgs(args)) => args.run(cx),
            Verb::Apply(LazyArgs(args)) => args.run(cx),
            Verb::Dump(LazyArgs(args)) => args.run(cx),
            Verb::Bmp(LazyArgs(args)) => args.run(cx),
            Verb::Tar(LazyArgs(args)) => args.run(cx),
            Verb::Completions(LazyArgs(args)) => args.run(cx),
            Verb::Complete(LazyArgs(args)) => args.run(cx),
            Verb::Man(LazyArgs(args)) => args.run(cx),
        }
    }
}
