//! How an archive is opened by the verbs that read one.

use anyhow::Context as _;

use crate::cli::{Input, number};
use crate::formats::tar::{Archive, Encoding, Selection};

#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct ReadArgs {
    /// Read past the zeros that end an archive, to others that follow
    #[arg(long)]
    pub(super) ignore_zeros: bool,

    /// Read gzipped archives from their start, whatever index they have
    #[arg(long, hide_short_help = true)]
    no_index: bool,

    /// Read compressed archives that take so much memory for what they refer back to
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = number::size)]
    max_window: u64,

    /// What names are in that aren't UTF-8: gbk, big5, windows-1252…
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<Encoding>,
}

impl ReadArgs {
    /// The archive of an argument. Standard input is read as it comes, and kept nowhere.
    pub(super) fn open(self, input: &Input) -> anyhow::Result<Archive> {
        let archive = match input {
            Input::Stdin => Archive::stream(std::io::stdin()),
            Input::File(_) => Archive::new(input.open()?),
        };
        Ok(self.prepare(archive.with_context(|| input.to_string())?))
    }

    /// The same, where only these members are asked for, which an index may lead to.
    pub(super) fn open_for(self, input: &Input, selection: &Selection) -> anyhow::Result<Archive> {
        if matches!(input, Input::Stdin) || !self.may_use_index() {
            return self.open(input);
        }
        let mut asked = selection.clone();
        let archive = Archive::indexed(input.open()?, |name| asked.takes(name));
        let archive = archive.with_context(|| input.to_string())?;
        // A name that an index lacks may be one that it hides.
        if archive.is_indexed() && asked.missing().next().is_some() {
            return self.open(input);
        }
        Ok(self.prepare(archive))
    }

    /// Whether an index tells where the members are that are asked for: it has names as the
    /// archive has them, and ends where the archive does.
    fn may_use_index(self) -> bool {
        !self.no_index && self.encoding.is_none() && !self.ignore_zeros
    }

    /// What was asked for, of an archive that is open.
    pub(super) fn prepare(self, archive: Archive) -> Archive {
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
