//! What is put into the archive, and under which names: arguments, and lists in files.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::formats::tar::path_and_arcname;
use crate::render::escape;

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

/// The longest line of a list: a path, a name, and more than enough of each.
const LONGEST: u64 = 1 << 20;

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
        if list == Path::new("-") {
            return self.list(std::io::stdin().lock(), "standard input", take);
        }
        let name = escape::path(list).to_string();
        let file = File::open(list).with_context(|| name.clone())?;
        self.list(BufReader::new(file), &name, take)
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

    fn list(
        &self,
        mut list: impl BufRead,
        name: &str,
        mut take: impl FnMut(Source) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let end = if self.null { 0 } else { b'\n' };
        let mut line = Vec::new();
        for number in 1u64.. {
            line.clear();
            let read = list.by_ref().take(LONGEST).read_until(end, &mut line);
            if read.with_context(|| name.to_owned())? == 0 {
                break;
            }
            let ended = line.pop_if(|last| *last == end).is_some();
            if !ended && line.len() as u64 == LONGEST {
                bail!("{name}: line {number} is longer than any path");
            }
            if line.is_empty() {
                continue;
            }
            let argument =
                os_string(&line).with_context(|| format!("{name}: line {number} isn't Unicode"))?;
            take(self.source(&argument))?;
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

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    Some(OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Option<OsString> {
    std::str::from_utf8(bytes).ok().map(OsString::from)
}
