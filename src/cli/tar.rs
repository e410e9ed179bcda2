//! `tar create|list|check|extract…`: what they share.

mod add_files;
mod append;
mod check;
mod completion;
mod compression;
mod concat;
mod create;
mod delete;
mod diff;
mod differences;
mod extract;
mod file;
mod folders;
mod inspect;
pub(super) mod letters;
mod lines;
mod list;
mod manifest;
mod names;
mod open;
mod rewrite;
mod update;
mod verify;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(super) use completion::members;
pub(super) use file::is_archive;

use super::error::failure::{self, Failure, Status};
use super::error::{self, Context as _, Result, bail};
use super::lazy_args::LazyArgs;
use super::{Context, Exit, Input, words};
use crate::codecs::CodecError;
use crate::format::Format as _;
use crate::formats::tar::{self, Archive, ErrorKind, Member, RuleError, Selection};
use crate::render::escape;
use crate::tree::{Problem, Severity};

/// The end of a short help that leaves options out.
const MORE: &str = "--help has more options, and examples.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
The letters of GNU tar do too: tar xzf FILE, tar tvf FILE, tar czf FILE FOLDER.

Examples:
  bytewright tar create backup.tar.gz src docs=documents
  bytewright tar list backup.tar.gz --long
  bytewright tar extract backup.tar.gz -C restored
  bytewright tar check broken.tar --repair SAVED.tar
  bytewright tar diff old.tar.gz new.tar.gz";

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Put files and folders into an archive, under the names they are to have there
    Create(LazyArgs<Box<create::Args>>),
    /// The members of an archive
    List(LazyArgs<list::Args>),
    /// What is wrong with an archive, and what of it can be saved
    Check(LazyArgs<check::Args>),
    /// The headers of members, field by field
    Inspect(LazyArgs<inspect::Args>),
    /// Which members were added, removed and changed from one archive to another
    Diff(LazyArgs<diff::Args>),
    /// The digests of the files in an archive
    Manifest(LazyArgs<manifest::Args>),
    /// Whether the files in an archive, or in a folder, are those of a manifest
    Verify(LazyArgs<verify::Args>),
    /// Put more files into an archive
    Append(LazyArgs<Box<append::Args>>),
    /// Put in files that are newer than the members of their names, in the place of these
    Update(LazyArgs<Box<update::Args>>),
    /// Take members out of an archive for good
    Delete(LazyArgs<delete::Args>),
    /// The members of several archives in one
    Concat(LazyArgs<concat::Args>),
    /// Files of the members of an archive; nothing is written outside the folder
    Extract(LazyArgs<extract::Args>),
}

/// Prints the command that saves the whole parts of a broken archive.
fn tell_repair(name: &str, cx: &mut Context) {
    cx.tell_remedy(tar::Tar.remedy(false), name);
}

/// Reports an error of reading an archive; if its bytes are damaged, with the command that saves the rest.
fn tell_broken(input: &Input, error: error::Error, cx: &mut Context) -> Result<Exit> {
    let is_damage = is_damage(&error);
    let exit = cx.report(of_input(error, input))?;
    if is_damage && input.path().is_some() {
        tell_repair(&input.to_string(), cx);
    }
    Ok(exit)
}

/// Passes on the result of a verb that changes an archive; of a damaged one, with the command that saves the rest.
fn changed(archive: &Path, answer: Result<Exit>, cx: &mut Context) -> Result<Exit> {
    match answer {
        Err(error) if is_damage(&error) => {
            let exit = cx.report(error)?;
            tell_repair(&escape::path(archive).to_string(), cx);
            Ok(exit)
        }
        answer => answer,
    }
}

/// Whether an error says that the bytes of an archive are damaged.
fn is_damage(error: &error::Error) -> bool {
    error.cause::<tar::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::Checksum { .. }
                | ErrorKind::Codec(CodecError::Broken { .. })
                | ErrorKind::Number { .. }
                | ErrorKind::Record { .. }
                | ErrorKind::Truncated { .. }
        )
    })
}

/// An error of reading the archive of an argument, after its name. For a file of another known format, it names the
/// command that shows it.
fn of_input(error: impl Into<error::Error>, input: &Input) -> error::Error {
    let error = error.into();
    match other(&error, input) {
        None => error.context(input.to_string()),
        Some(lines) => {
            let said = format!("{input}: {error}. {lines}");
            error.reworded(said)
        }
    }
}

/// The advice for an error about an argument that is no tar archive but of another known format.
fn other(error: &error::Error, input: &Input) -> Option<String> {
    let error: &tar::Error = error.cause()?;
    let path = input.path()?;
    let command = match error.kind() {
        ErrorKind::Codec(CodecError::Unsupported { command, .. }) => Some(*command),
        // Archives of other kinds are opened by a program, too.
        ErrorKind::Foreign { what, program } => {
            what.starts_with("compressed with ").then_some(*program)
        }
        ErrorKind::NotTar => None,
        _ => return None,
    };
    if let Some(command) = command.filter(|_| path.is_file()) {
        return Some(format!(
            "Write\n\n{}",
            words::decompress_commands(command, path)
        ));
    }
    let other = words::OtherArchive::at(&path.into())?;
    let what = match other.has_content() {
        true => "Members are shown and taken out by",
        false => "What is in it is shown by",
    };
    Some(format!("{what}\n\n{}", other.lines()))
}

/// The advice for an argument that is no tar archive but of another known format.
fn if_other(input: &Input) -> Option<String> {
    let first = || {
        Archive::new(input.open()?)?
            .next_member()
            .map_err(error::Error::from)
    };
    other(&first().err()?, input)
}

impl Failure for tar::Error {
    fn status(&self) -> Status {
        match self.kind() {
            ErrorKind::Io(error) | ErrorKind::Path { error, .. } => Status {
                exit: Exit::Failed,
                io_kind: Some(error.kind()),
            },
            _ if self.is_data() => Exit::Data.into(),
            _ => Exit::Failed.into(),
        }
    }
}

failure::always! {
    Failed: RuleError;
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        match self.verb {
            Verb::Create(LazyArgs(args)) => args.run(cx),
            Verb::List(LazyArgs(args)) => args.run(cx),
            Verb::Check(LazyArgs(args)) => args.run(cx),
            Verb::Inspect(LazyArgs(args)) => args.run(cx),
            Verb::Diff(LazyArgs(args)) => args.run(cx),
            Verb::Manifest(LazyArgs(args)) => args.run(cx),
            Verb::Verify(LazyArgs(args)) => args.run(cx),
            Verb::Append(LazyArgs(args)) => changed(&args.archive.clone(), args.run(cx), cx),
            Verb::Update(LazyArgs(args)) => changed(&args.archive.clone(), args.run(cx), cx),
            Verb::Delete(LazyArgs(args)) => changed(&args.archive.clone(), args.run(cx), cx),
            Verb::Concat(LazyArgs(args)) => args.run(cx),
            Verb::Extract(LazyArgs(args)) => args.run(cx),
        }
    }
}

/// Which members are meant.
#[derive(Debug, clap::Args)]
struct SelectArgs {
    /// Only members of these names, and what is below them; * ? and [ make a glob of a name that
    /// no member has
    #[arg(value_name = "NAME")]
    names: Vec<OsString>,

    /// Leave out what the glob matches, and what is below it
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// Leave out what a glob in a line of this file matches
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    exclude_from: Vec<PathBuf>,

    /// More names, a line each; - is standard input
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    files_from: Option<PathBuf>,

    /// A NUL ends each of --files-from, and not a line's end
    #[arg(long, requires = "files_from", hide_short_help = true)]
    null: bool,

    /// Names are names, whatever is in them
    #[arg(long)]
    no_wildcards: bool,
}

impl SelectArgs {
    /// Whether only some members are asked for by name.
    fn has_names(&self) -> bool {
        !self.names.is_empty() || self.files_from.is_some()
    }

    fn selection(&self) -> Result<Selection> {
        let mut wanted = self.names.clone();
        if let Some(list) = &self.files_from {
            names::each(list, self.null, |line, number| {
                let name = names::os_string(line);
                wanted.push(name.with_context(|| format!("line {number} isn't Unicode"))?);
                Ok(())
            })?;
            if wanted.is_empty() {
                bail!("{}: there is no name in it", escape::path(list));
            }
        }
        let selection = selection(&wanted);
        let selection = match self.no_wildcards {
            true => selection,
            false => selection.globs(),
        };
        let mut excluded = self.exclude.clone();
        for list in &self.exclude_from {
            names::each(list, false, |line, number| {
                let glob = std::str::from_utf8(line);
                let glob = glob.with_context(|| format!("line {number} isn't UTF-8"))?;
                excluded.push(glob.to_owned());
                Ok(())
            })?;
        }
        Ok(selection.exclude(&excluded)?)
    }
}

fn selection(names: &[OsString]) -> Selection {
    Selection::new(names.iter().map(|name| name.as_encoded_bytes().to_vec()))
}

/// Warns about a problem of a member, or, without one, of the archive.
fn tell(cx: &mut Context, input: &Input, member: Option<&Member>, problems: &[Problem]) -> Exit {
    let mut exit = Exit::Done;
    for problem in problems {
        let name = member
            .map(|m| format!("{}: ", escape::name(&m.name)))
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
        // A line of GNU tar that lacks its letter f.
        let name = names::os_string(name).filter(|_| input.path().is_none());
        if let Some(archive) = name.filter(|name| file::is_at(Path::new(name))) {
            cx.note(format_args!(
                "{0} is an archive, which comes first after the verb, or after the letter f: bytewright tar list {0}",
                words::quoted(&archive)
            ));
        }
    }
    exit
}
