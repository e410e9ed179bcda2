//! What is put into the archive, and under which names: arguments, and lists in files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cli::tar::names;
use crate::formats::tar::path_and_arcname;

#[derive(Debug, clap::Args)]
pub(super) struct SourceArgs {
    /// Files and folders, each with the name it is to have behind a =
    #[arg(value_name = "PATH[=ARCNAME]", required_unless_present_any = ["add", "files_from"])]
    paths: Vec<OsString>,

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

    /// Take paths as seen from this folder
    #[arg(short = 'C', long, value_name = "FOLDER", help_heading = "Which files")]
    directory: Option<PathBuf>,

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
    /// Hands over everything that was asked for.
    pub(super) fn each(
        &self,
        mut take: impl FnMut(Source) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        for argument in &self.paths {
            take(match &self.arcname {
                Some(name) => (self.place(argument.as_ref()), PathBuf::from(name)),
                None => self.source(argument),
            })?;
        }
        for (path, name) in self.add.iter().zip(&self.names) {
            take((self.place(path), PathBuf::from(name)))?;
        }
        let Some(list) = &self.files_from else {
            return Ok(());
        };
        names::each(list, self.null, |line, number| {
            let argument =
                names::os_string(line).with_context(|| format!("line {number} isn't Unicode"))?;
            take(self.source(&argument))
        })
    }

    /// What can't be meant, before anything is done.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if self.add.len() != self.names.len() {
            bail!(
                "each --add needs an --as: there are {} of the one and {} of the other",
                self.add.len(),
                self.names.len()
            );
        }
        if self.arcname.is_some() && self.paths.len() > 1 {
            bail!(
                "--arcname names a single path, not {}; write PATH=ARCNAME",
                self.paths.len()
            );
        }
        Ok(())
    }

    fn source(&self, argument: &OsStr) -> Source {
        let exists = |path: &Path| self.place(path).symlink_metadata().is_ok();
        let (path, arcname) = path_and_arcname(argument, exists);
        (self.place(&path), arcname.unwrap_or(path))
    }

    fn place(&self, path: &Path) -> PathBuf {
        match &self.directory {
            Some(folder) => folder.join(path),
            None => path.to_owned(),
        }
    }
}
