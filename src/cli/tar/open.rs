//! Opening archives, for the verbs that read one.

use crate::Source;
use crate::cli::error::Result;
use crate::cli::input::say_waiting;
use crate::cli::{Context, Exit, Input, number, progress};
use crate::formats::tar::compare::OnProblems;
use crate::formats::tar::{Archive, Encoding, Error, Index, Member, Selection};
use crate::tree::Problem;

#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct ReadArgs {
    /// Read past the zeros that end an archive, to others that follow
    #[arg(long)]
    pub(super) ignore_zeros: bool,

    /// Read gzipped archives from their start, whatever index they have
    #[arg(long, hide_short_help = true)]
    no_index: bool,

    /// Read compressed archives that take up to this much memory for what they refer back to
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = number::size)]
    max_window: u64,

    /// What names are in that aren't UTF-8: gbk, big5, windows-1252…
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<Encoding>,
}

/// Options of the verbs that read all content before they print.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct ContentArgs {
    #[command(flatten)]
    reading: ReadArgs,

    /// Read the holes of sparse files as zeros up to this many bytes in all
    #[arg(long, value_name = "SIZE", default_value = "64GiB", value_parser = number::size,
          hide_short_help = true)]
    max_holes: u64,
}

impl ContentArgs {
    /// The limit of holes that are read as zeros, in bytes.
    pub(super) fn max_holes(self) -> u64 {
        self.max_holes
    }

    /// Runs `read` on the archive of an argument, with a limit of bytes of holes, and reports the archive's problems.
    pub(super) fn read<T>(
        self,
        cx: &mut Context,
        input: &Input,
        make: impl FnOnce(&mut Archive, u64, &mut OnProblems<'_>) -> Result<T, Error>,
    ) -> Result<(T, Exit)> {
        let mut archive = self.reading.open(input, false)?;
        let mut exit = Exit::Done;
        let mut tell = |member: Option<&Member>, problems: &[Problem]| {
            exit = exit.max(super::tell(cx, input, member, problems));
        };
        let made = make(&mut archive, self.max_holes, &mut tell);
        Ok((made.map_err(|error| super::of_input(error, input))?, exit))
    }
}

impl ReadArgs {
    /// The archive of an argument, with a bar that says how far it was read. Standard input is
    /// read as it comes, and kept nowhere. `prints` says whether there is output all the time meanwhile.
    pub(super) fn open(self, input: &Input, prints: bool) -> Result<Archive<'static>> {
        let archive = match input {
            Input::Stdin => {
                say_waiting();
                Archive::stream(progress::stream(std::io::stdin(), prints))
            }
            Input::File(_) => Archive::new(progress::source(input.open()?, prints)),
        };
        Ok(self.prepare(archive.map_err(|error| super::of_input(error, input))?))
    }

    /// The same, where only these members are asked for, which an index may lead to. If some are globs, all names are
    /// read first: a glob that is exactly a member's name is none. A stream is kept for that.
    pub(super) fn open_for(
        self,
        input: &Input,
        selection: &mut Selection,
    ) -> Result<Archive<'static>> {
        if selection.has_globs() {
            let source = input.open()?;
            let named = |error| super::of_input(error, input);
            self.look_through(&source, selection).map_err(named)?;
            if !input.is_regular() {
                let archive = Archive::new(progress::source(source, false)).map_err(named)?;
                return Ok(self.prepare(archive));
            }
        }
        if matches!(input, Input::Stdin) || !self.may_use_index() {
            return self.open(input, false);
        }
        let mut asked = selection.clone();
        let source = input.open()?;
        let archive = Archive::indexed(source.clone(), |name| asked.takes(name));
        let archive = archive.map_err(|error| super::of_input(error, input))?;
        if !archive.is_indexed() {
            // Searching for an index reads the end, which doesn't count as progress.
            let archive = Archive::new(progress::source(source, false));
            return Ok(self.prepare(archive.map_err(|error| super::of_input(error, input))?));
        }
        // A name that the index lacks may still be in the archive.
        if asked.missing().next().is_some() {
            return self.open(input, false);
        }
        Ok(self.prepare(archive))
    }

    /// Finds out which names are no globs, since members have them.
    fn look_through(self, source: &Source, selection: &mut Selection) -> Result<(), Error> {
        if self.may_use_index()
            && let Some(index) = Index::find(source)?
        {
            for entry in index.members() {
                selection.is_name(&entry?.name);
            }
            return Ok(());
        }
        let mut archive = self.prepare(Archive::new(source.clone())?);
        // An error is reported when the archive is read the second time.
        while let Ok(Some(member)) = archive.next_member() {
            selection.is_name(&member.name);
        }
        Ok(())
    }

    /// Whether an index tells where the members are that are asked for: it has names as the
    /// archive has them, and ends where the archive does.
    fn may_use_index(self) -> bool {
        !self.no_index && self.encoding.is_none() && !self.ignore_zeros
    }

    /// Applies the options to an open archive.
    fn prepare(self, archive: Archive<'_>) -> Archive<'_> {
        let archive = archive
            .max_window(self.max_window)
            .ignore_zeros(self.ignore_zeros);
        match self.encoding {
            Some(encoding) => archive.encoding(encoding),
            None => archive,
        }
    }
}

fn encoding(label: &str) -> Result<Encoding, &'static str> {
    Encoding::named(label).ok_or(
        "no such encoding of names; gbk, gb18030, big5, shift_jis, euc-jp, euc-kr, koi8-r, \
         windows-1252 and the like are known",
    )
}
