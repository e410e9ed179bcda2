//! `tar concat ARCHIVE… -o OUT`: the members of several archives in one.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::add_files::BuiltArchive;
use super::compression::CompressArgs;
use super::file;
use super::rewrite::{self, OldArchive};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Exit, Input, Output};
use crate::formats::tar::{Builder, Member, copy_members};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Archives, plain or compressed, whose members are put one after the other; - is standard
    /// input
    #[arg(value_name = "ARCHIVE", required = true, value_parser = Input::parser())]
    archives: Vec<Input>,

    /// The archive to write, which may be one of those that are read; - is standard output
    #[arg(short, long, value_name = "OUT")]
    out: PathBuf,

    #[command(flatten)]
    compression: CompressArgs,

    /// json and jsonl tell each member that is put in
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    /// Replace a file that is no archive; write the archive to a terminal
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Members stay byte for byte what they are. Of several with one name, extracting
leaves the last. What `tar -A -f all.tar more.tar` does is the second example.

Examples:
  bytewright tar concat monday.tar tuesday.tar.xz -o all.tar.gz
  bytewright tar concat all.tar more.tar -o all.tar
  bytewright tar concat monday.tar tuesday.tar -o - | ssh host tar xf -";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let compression = self.compression.of(&self.out)?;
        if self.out == Path::new("-") {
            if self.output != Output::Text {
                bail!(
                    "the archive goes to standard output, where the list of its members can't be too"
                );
            }
            let out = compression.writer(cx.raw(self.force)?);
            let (out, index, exit) =
                self.write(Builder::new(out).indexed(compression.holds_index()), cx)?;
            out.finish_with_index(index)
                .and_then(|mut out| out.flush())
                .context("standard output")?;
            return Ok(exit);
        }
        let file = file::create(&self.out, self.force, cx)?;
        let builder = rewrite::begin_in(file, &self.out, compression)?;
        let (out, index, exit) = self.write(builder, cx)?;
        rewrite::end(&self.out, (out, index), None)?;
        Ok(exit)
    }

    fn write<W: Write>(
        &self,
        mut builder: Builder<'_, W>,
        cx: &mut Context,
    ) -> Result<BuiltArchive<W>> {
        let mut values = self.output.list();
        let mut listed = Ok(());
        for archive in &self.archives {
            let old = OldArchive::read(archive)?;
            old.tell_left_out(cx)?;
            let mut each = |member: &Member| {
                if self.output != Output::Text && listed.is_ok() {
                    listed = values.write(member, cx.out());
                }
                true
            };
            // Either can be what fails.
            copy_members(&old.content, &mut builder, &mut each)
                .with_context(|| format!("{archive}, into {}", escape::path(&self.out)))?;
        }
        if self.output != Output::Text {
            listed = listed.and_then(|()| values.end(cx.out()));
        }
        listed.context("standard output")?;
        let finished = builder.finish_with_index();
        let (out, index) = finished.with_context(|| escape::path(&self.out).to_string())?;
        Ok((out, index, Exit::Done))
    }
}
