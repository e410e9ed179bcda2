//! `tar create|list|extract`: what the three share.

mod create;
mod extract;
mod list;
mod progress;

use std::ffi::OsString;

use anyhow::Context as _;

use super::{Context, Exit, Input};
use crate::formats::tar::{Archive, Member, Selection};
use crate::render::escape;
use crate::tree::{Problem, Severity};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Put files and folders into an archive, under the names they are to have there
    Create(create::Args),
    /// The members of an archive
    List(list::Args),
    /// Take members out of an archive; nothing is written outside the folder
    Extract(extract::Args),
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        match self.verb {
            Verb::Create(args) => args.run(cx),
            Verb::List(args) => args.run(cx),
            Verb::Extract(args) => args.run(cx),
        }
    }
}

/// The archive of an argument. Standard input is read as it comes, and kept nowhere.
fn open(input: &Input) -> anyhow::Result<Archive> {
    let archive = match input {
        Input::Stdin => Archive::stream(std::io::stdin()),
        Input::File(_) => Archive::new(input.open()?),
    };
    archive.with_context(|| input.to_string())
}

fn selection(names: &[OsString]) -> Selection {
    Selection::new(names.iter().map(|name| name.as_encoded_bytes().to_vec()))
}

/// Says what is odd about a member, or, without one, about the archive.
fn tell(cx: &mut Context, input: &Input, member: Option<&Member>, problems: &[Problem]) -> Exit {
    let mut exit = Exit::Done;
    for problem in problems {
        let name = member
            .map(|m| format!("{}: ", escape::text(&m.name)))
            .unwrap_or_default();
        let Problem { message, range, .. } = problem;
        cx.warn(format_args!(
            "{input}: {name}{message} (at offset {:#x})",
            range.offset
        ));
        if problem.severity == Severity::Error {
            exit = Exit::Data;
        }
    }
    exit
}

/// Says which names no member had.
fn tell_missing(cx: &mut Context, input: &Input, selection: &Selection) -> Exit {
    let mut exit = Exit::Done;
    for name in selection.missing() {
        cx.warn(format_args!(
            "{input}: there is no member {}",
            escape::text(name)
        ));
        exit = Exit::No;
    }
    exit
}
