//! `tar extract ARCHIVE [NAME…]`: members of an archive as files of a folder.

mod destinations;
mod run;

use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};

use destinations::{Destinations, FolderArgs, PerFolder};
use run::Run;

use super::open::ReadArgs;
use super::{MORE, SelectArgs, tell, tell_broken, tell_missing};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Exit, Input, Output, interrupt, number, words};
use crate::formats::tar::{
    Archive, Compression, Existing, Extractor, Filter, Limits, Policy, Preview, Rules, Selection,
};
use crate::render::escape;
use crate::value::text::counted;

const RULES: &str = "\
Members that would leave the folder, links that lead outside, devices and named
pipes are refused, with status 1 (--filter tar or trusted allows more). Files
are replaced, never written through, and belong to you. They keep their modes,
but for setuid, setgid, sticky and writing by group and others; the owner may
always read and write them. Folders get the modes of new ones.";

const EXAMPLES: &str = "\
Examples:
  bytewright tar extract backup.tar.gz -C restored
  bytewright tar extract release.tar.gz --strip-components 1 -C /opt/tool
  bytewright tar extract photos.tar.xz --one-top-level=photos
  bytewright tar extract a.tar 'docs/*.md' --exclude drafts --dry-run
  bytewright tar extract a.tar -C manuals docs -C ../code src
  bytewright tar extract upload.tar.gz --max-size 1GiB --max-ratio 200 --stop-on-refused
  curl -s https://example.org/a.tar.gz | bytewright tar extract - docs";

#[derive(Debug, clap::Args)]
#[command(
    after_help = format!("{RULES}\n\n{MORE}"),
    after_long_help = format!("{RULES}\n\n{EXAMPLES}")
)]
pub(super) struct Args {
    /// The archive, plain or compressed; - or none is standard input
    #[arg(value_parser = Input::parser())]
    archive: Option<Input>,

    // Before the names, which are taken out of what was parsed.
    #[command(flatten)]
    folders: FolderArgs,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    reading: ReadArgs,

    /// How far the archive is trusted
    #[arg(long, value_name = "FILTER", default_value = "data")]
    filter: FilterName,

    /// Extract into a folder of this name, made if need be, without DIR that of the archive: names
    /// that begin with it don't get it twice
    #[arg(hide_short_help = true, long, value_name = "DIR", num_args = 0..=1,
          require_equals = true, default_missing_value = "", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    one_top_level: Option<PathBuf>,

    /// Leave files alone that are there
    #[arg(short, long, visible_alias = "skip-old-files", group = "existing")]
    keep: bool,

    /// Replace only files that are older than the member
    #[arg(long, group = "existing")]
    newer: bool,

    /// Refuse members whose names are taken by files
    #[arg(hide_short_help = true, long, group = "existing")]
    fail_on_existing: bool,

    /// Take owners by number, whatever names the archive has for them (tar, trusted)
    #[arg(hide_short_help = true, long)]
    numeric_owner: bool,

    /// Set extended attributes of users under the data filter too
    #[arg(long)]
    xattrs: bool,

    /// Take this many parts off the front of each name; a leading ./ is none
    #[arg(long, value_name = "N", default_value_t = 0)]
    strip_components: usize,

    /// Change names, of what hard links lead to as well: s/REGEX/WITH/FLAGS
    #[arg(hide_short_help = true, long, value_name = "SED", allow_hyphen_values = true,
          conflicts_with_all = ["strip_components", "one_top_level"])]
    transform: Vec<String>,

    /// Files get the time of now, and not that of the archive
    #[arg(hide_short_help = true, short = 'm', long)]
    touch: bool,

    /// Write the content of files to standard output, one after the other
    #[arg(long, conflicts_with_all = ["verbose", "dry_run"])]
    to_stdout: bool,

    /// Say what would be written, and what refused; write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Limit on the bytes of all files together, holes included
    #[arg(hide_short_help = true, long, value_name = "BYTES", value_parser = number::size)]
    max_size: Option<u64>,

    /// Limit on the number of members that are extracted
    #[arg(hide_short_help = true, long, value_name = "N", value_parser = number::size)]
    max_members: Option<u64>,

    /// Limit on the bytes written for each byte of a compressed archive
    #[arg(hide_short_help = true, long, value_name = "N", value_parser = number::size)]
    max_ratio: Option<u64>,

    /// End with the first member that is refused
    #[arg(hide_short_help = true, long)]
    stop_on_refused: bool,

    /// Print the names of members that are extracted
    #[arg(short, long)]
    verbose: bool,

    /// json and jsonl tell what became of each member
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text", conflicts_with = "to_stdout",
          hide_short_help = true,
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    /// Write raw bytes to a terminal too (--to-stdout)
    #[arg(hide_short_help = true, long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum FilterName {
    /// for archives from strangers: nothing is written or linked to outside the folder
    Data,
    /// for backups: modes, owners, devices and links are kept, nothing is written outside
    Tar,
    /// whatever the archive says: names that lead outside, setuid, all extended attributes
    Trusted,
}

impl From<FilterName> for Filter {
    fn from(name: FilterName) -> Filter {
        match name {
            FilterName::Data => Filter::Data,
            FilterName::Tar => Filter::Tar,
            FilterName::Trusted => Filter::Trusted,
        }
    }
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        interrupt::guard();
        let input = self.archive.clone().unwrap_or_default();
        if let Some(folder) = input.path().filter(|path| path.is_dir()) {
            let names = self.select.names.iter();
            let archive = names.clone().find(|name| Path::new(name).is_file());
            let archive = archive.map_or("ARCHIVE".to_owned(), words::quoted);
            bail!(
                "{input} is a folder; the archive comes first, and a folder to extract into after -C:\n\n  \
                 bytewright tar extract {archive} -C {}\n",
                words::quoted(&folder.into())
            );
        }
        let mut selection = self.select.selection()?;
        let mut names = Rules::new();
        for expression in &self.transform {
            names = names.transform(expression)?;
        }
        let mut places = Destinations::new(&self.folders.0, self.select.files_from.is_some());
        let mut top = None;
        for folder in &mut places.folders {
            (*folder, top) = self.place(folder, &input)?;
        }
        let mut archive = self.open(&input, &mut selection)?;
        let mut run = Run {
            names,
            top,
            selection,
            places: &places,
            place: 0,
            input: &input,
            exit: Exit::Done,
            verbose: self.verbose || self.dry_run,
            values: (self.output != Output::Text).then(|| self.output.list()),
            stop: self.stop_on_refused,
            stripped: false,
            lost: 0,
            other: false,
            keeps_root: matches!(self.filter, FilterName::Trusted) || self.to_stdout,
        };
        let extracted = self.extracted(&mut run, &mut archive, cx)?;
        // The output before an error is still a complete document.
        if let Some(values) = run.values.take() {
            values.end(cx.out()).context("standard output")?;
        }
        if archive.is_indexed() {
            cx.note(format_args!("{input}: found by its index"));
        }
        let mut exit = run.exit.max(tell(cx, &input, None, archive.problems()));
        match extracted {
            Ok(true) => {
                exit = exit.max(self.tell_stripped(&run, cx));
                let missing = tell_missing(cx, &input, &run.selection);
                let folder = run
                    .selection
                    .missing()
                    .map(escape::text)
                    .map(|s| s.to_string());
                let folder = folder.into_iter().find(|name| Path::new(name).is_dir());
                if let Some(folder) = folder {
                    cx.note(format_args!(
                        "-C {} extracts into that folder",
                        words::quoted(&folder.into())
                    ));
                }
                Ok(exit.max(missing))
            }
            Ok(false) => Ok(exit),
            Err(error) => {
                exit = exit.max(tell_broken(&input, error, cx)?);
                Ok(exit)
            }
        }
    }

    /// Extracts, or previews or prints in its place. Answers the error that ended the work.
    fn extracted(
        &self,
        run: &mut Run<'_>,
        archive: &mut Archive,
        cx: &mut Context,
    ) -> Result<Result<bool>> {
        if self.to_stdout {
            let out = cx.raw(self.force)?;
            return Ok(run.print(cx, archive, out, Limits::new(&self.policy())));
        }
        let folders = &run.places.folders;
        if self.dry_run {
            // A folder that would be made is empty, as any new one.
            let new = match self.one_top_level {
                Some(_) => Some(tempfile::tempdir()?),
                None => None,
            };
            let mut previews = PerFolder::new(folders, |folder| {
                let new = new.as_ref().filter(|_| !folder.exists());
                Preview::new(new.map_or(&**folder, |new| new.path()), self.policy())
            })?;
            return Ok(run.each(cx, archive, |place, archive, member| {
                let preview = previews.at(place).context("no folder for it")?;
                Ok((preview.look(archive, member)?, Vec::new()))
            }));
        }
        let mut extractors = PerFolder::new(folders, |folder| {
            Extractor::with_policy(folder, self.policy())
        })?;
        let extracted = run.each(cx, archive, |place, archive, member| {
            let extractor = extractors.at(place).context("no folder for it")?;
            let outcome = extractor.extract(archive, member)?;
            Ok((outcome, extractor.take_warnings()))
        });
        for extractor in extractors.all {
            match extractor.finish() {
                Ok(warnings) => run.warn(cx, &warnings),
                // Only the error that ended the work is reported.
                Err(_) if extracted.is_err() => {}
                Err(error) => run.exit = run.exit.max(cx.report(error.into())?),
            }
        }
        Ok(extracted)
    }

    /// Says which members have no name left without the parts that are taken off.
    fn tell_stripped(&self, run: &Run<'_>, cx: &mut Context) -> Exit {
        let (input, parts) = (run.input, self.strip_components);
        if run.stripped && !run.other {
            cx.warn(format_args!(
                "{input}: nothing is extracted: no name has more than {}",
                counted(parts as u64, "part")
            ));
        } else if run.lost > 0 {
            let are = if run.lost == 1 { "is" } else { "are" };
            cx.warn(format_args!(
                "{input}: {} {are} left out: nothing of the name is left without {parts} of its parts",
                counted(run.lost, "member")
            ));
        } else {
            return Exit::Done;
        }
        Exit::No
    }

    /// The archive, with a bar that says how far it was read.
    fn open(&self, input: &Input, selection: &mut Selection) -> Result<Archive<'static>> {
        // Everything is taken from the archive itself, whatever an index says.
        if self.select.has_names() {
            return self.reading.open_for(input, selection);
        }
        let is_text = self.output == Output::Text;
        let prints = self.verbose || self.dry_run || self.to_stdout || !is_text;
        self.reading.open(input, prints)
    }

    /// The folder to extract into, and its name where members may be in it already.
    fn place(&self, folder: &Path, input: &Input) -> Result<(PathBuf, Option<Vec<u8>>)> {
        let Some(top) = &self.one_top_level else {
            if !self.to_stdout && matches!(folder.try_exists(), Ok(false)) {
                bail!(
                    "{}: there is no such folder; mkdir {} makes it",
                    escape::path(folder),
                    words::quoted(&folder.into())
                );
            }
            return Ok((folder.to_owned(), None));
        };
        let top = match top.as_os_str().is_empty() {
            false => top.clone(),
            true => {
                let archive = input.path().context(
                    "--one-top-level=DIR: standard input has no name to call the folder by",
                )?;
                Compression::stem(archive).context(
                    "--one-top-level=DIR: the archive's name is no \
                     name for a folder",
                )?
            }
        };
        let directory = folder.join(&top);
        if !self.dry_run && !self.to_stdout {
            std::fs::create_dir_all(&directory)
                .with_context(|| escape::path(&directory).to_string())?;
        }
        // With stripping, the first parts of names are removed, whatever they are.
        let is_name = self.strip_components == 0 && top.components().count() == 1;
        let name = is_name.then(|| top.as_os_str().as_encoded_bytes().to_vec());
        Ok((directory, name))
    }

    fn policy(&self) -> Policy {
        let mut policy = Policy::new(self.filter.into());
        policy.existing = match (self.keep, self.newer, self.fail_on_existing) {
            (true, ..) => Existing::Keep,
            (_, true, _) => Existing::Newer,
            (.., true) => Existing::Fail,
            _ => Existing::Replace,
        };
        policy.touch = self.touch;
        policy.numeric_owner = self.numeric_owner;
        policy.xattrs = self.xattrs;
        policy.strip_components = self.strip_components;
        policy.max_size = self.max_size;
        policy.max_members = self.max_members;
        policy.max_ratio = self.max_ratio;
        policy
    }
}
