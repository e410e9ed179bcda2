//! The files that are added to the archive, and their names: arguments, and lists in files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, FromArgMatches};

use crate::cli::error::{Context as _, Result, bail};
use crate::cli::tar::folders::Folders;
use crate::cli::tar::names;
use crate::formats::tar::path_and_arcname;

#[derive(Debug, clap::Args)]
pub(super) struct SourceArgs {
    #[command(flatten)]
    placed: ResolvedPaths,

    /// The name of the only path in the archive
    #[arg(long, value_name = "NAME", conflicts_with_all = ["add", "names", "files_from"],
          help_heading = "Names")]
    arcname: Option<OsString>,

    /// A path that may hold a =; its name follows with --as
    #[arg(
        hide_short_help = true,
        long,
        value_name = "PATH",
        requires = "names",
        help_heading = "Names"
    )]
    add: Vec<PathBuf>,

    /// The name of the path of the --add before
    #[arg(
        hide_short_help = true,
        long = "as",
        id = "names",
        value_name = "NAME",
        requires = "add",
        help_heading = "Names"
    )]
    names: Vec<OsString>,

    /// More PATH[=ARCNAME], a line each; - is standard input
    #[arg(long, value_name = "FILE", help_heading = "Which files")]
    files_from: Option<PathBuf>,

    /// A NUL ends each of --files-from, and not a line's end
    #[arg(
        hide_short_help = true,
        long,
        requires = "files_from",
        help_heading = "Which files"
    )]
    null: bool,
}

/// A path where it is found, and the name it has in the archive.
pub(super) type Source = (PathBuf, PathBuf);

impl SourceArgs {
    /// The paths of the arguments.
    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let placed = self.placed.paths.iter();
        placed.map(|(folder, argument)| folder.join(argument))
    }

    /// Calls `add` for everything that was asked for.
    pub(super) fn each(&self, mut take: impl FnMut(Source) -> Result<()>) -> Result<()> {
        for (folder, argument) in &self.placed.paths {
            take(match &self.arcname {
                Some(name) => (folder.join(argument), PathBuf::from(name)),
                None => source(folder, argument),
            })?;
        }
        for (path, name) in self.add.iter().zip(&self.names) {
            take((self.placed.last.join(path), PathBuf::from(name)))?;
        }
        let Some(list) = &self.files_from else {
            return Ok(());
        };
        names::each(list, self.null, |line, number| {
            let argument =
                names::os_string(line).with_context(|| format!("line {number} isn't Unicode"))?;
            take(source(&self.placed.last, &argument))
        })
    }

    /// Refuses arguments that make no sense, before anything is done.
    pub(super) fn check(&self) -> Result<()> {
        if self.add.len() != self.names.len() {
            bail!(
                "each --add needs an --as: there are {} of the one and {} of the other",
                self.add.len(),
                self.names.len()
            );
        }
        let paths = self.placed.paths.len();
        if self.arcname.is_some() && paths > 1 {
            bail!("--arcname names a single path, not {paths}; write PATH=ARCNAME");
        }
        Ok(())
    }
}

fn source(folder: &Path, argument: &OsStr) -> Source {
    let exists = |path: &Path| folder.join(path).symlink_metadata().is_ok();
    let (path, arcname) = path_and_arcname(argument, exists);
    (folder.join(&path), arcname.unwrap_or(path))
}

/// Paths, each as seen from the folders of the -C before it.
#[derive(Debug)]
struct ResolvedPaths {
    paths: Vec<(PathBuf, OsString)>,
    /// Where the last -C leads; empty without any.
    last: PathBuf,
}

#[derive(Debug, clap::Args)]
struct PathOptions {
    /// Files and folders, each with the name it is to have after a =
    #[arg(value_name = "PATH[=ARCNAME]", required_unless_present_any = ["add", "files_from"])]
    paths: Vec<OsString>,

    /// Take the paths that follow as seen from this folder
    #[arg(short = 'C', long, value_name = "FOLDER", help_heading = "Which files")]
    directory: Vec<PathBuf>,
}

impl clap::Args for ResolvedPaths {
    fn augment_args(command: Command) -> Command {
        PathOptions::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        PathOptions::augment_args_for_update(command)
    }
}

impl FromArgMatches for ResolvedPaths {
    fn from_arg_matches(matches: &ArgMatches) -> Result<ResolvedPaths, clap::Error> {
        let folders = Folders::of(matches, "directory", "paths");
        let PathOptions { paths, .. } = PathOptions::from_arg_matches(matches)?;
        Ok(ResolvedPaths {
            paths: folders.of_each.into_iter().zip(paths).collect(),
            last: folders.last,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = ResolvedPaths::from_arg_matches(matches)?;
        Ok(())
    }
}
