//! `view FILE`: the tree and the bytes of a file on one screen.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};

use super::document::{FormatArgs, MAX_STREAM, detect};
use super::error::{Context as _, Result};
use super::{Context, Exit, Input, interrupt};
use crate::Source;
use crate::format::Format;
use crate::formats::user;
use crate::render::escape;
use crate::render::picture;
use crate::view::{self, App, Colors, Host, HostError, Opening};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"),
          mut_arg("at", |at| at.long("offset").short('s').visible_alias("at")))]
pub(super) struct Args {
    /// The file; - is standard input
    #[arg(value_parser = Input::parser())]
    file: Input,

    /// Another file, to be compared with it field by field and byte by byte
    #[arg(value_parser = Input::parser())]
    other: Option<Input>,

    #[command(flatten)]
    format: FormatArgs,
}

const AFTER_HELP: &str = "\
In the browser ? lists the keys: Tab changes between the tree and the bytes,
Enter opens and edits, / searches, g goes to an offset or a path, f reads the
bytes in another format, u undoes, s saves, q quits.";

const EXAMPLES: &str = "\
Nothing is written before a save, which shows the changes first. A copy with
them takes the file's place when it is complete; i writes only the changed
bytes, for huge files. A member of an archive is edited where it stands; what a
compressed stream holds is shown and not changed: extract takes it out.

Examples:
  bytewright view photo.bmp
  bytewright view backup.tar.gz
  bytewright view -f '<4s:magic H:version' unknown.bin
  bytewright view --format bmp --offset 0x400 firmware.bin
  bytewright view old.bin new.bin                    n goes from difference to difference";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = self.file.to_string();
        let most = self.format.max_stream().unwrap_or(MAX_STREAM);
        let source = self.file.open_up_to(most)?;
        let given = match self.format.is_given() {
            true => Some(
                self.format
                    .format(&source, &self.file, cx)
                    .with_context(|| name.clone())?,
            ),
            false => None,
        };
        // Files of /proc say that they are empty, and are not.
        let is_empty = || source.size().is_ok_and(|size| size == 0);
        let path = self.file.path();
        let path = path.filter(|path| path.is_file() && (self.file.is_regular() || is_empty()));
        let other = match &self.other {
            Some(other) => Some((shown(other), other.open_up_to(most)?)),
            None => None,
        };
        let opening = Opening {
            name: shown(&self.file),
            source,
            path: path.map(Path::to_path_buf),
            format: given,
            other,
        };
        let host = Formats { cx };
        let colors = colors();
        let mut app = App::open(opening, &host, colors).with_context(|| name.clone())?;
        interrupt::guard();
        view::run(&mut app)?;
        Ok(Exit::Done)
    }
}

/// The name of the file without the folders that it is in.
fn shown(file: &Input) -> String {
    let name = file.path().and_then(Path::file_name);
    match name {
        Some(name) => escape::path(Path::new(name)).to_string(),
        None => file.to_string(),
    }
}

fn colors() -> Colors {
    let env = |name: &str| std::env::var(name).ok();
    match (
        AutoStream::choice(&io::stdout()),
        picture::Colors::detect(env),
    ) {
        (ColorChoice::Never, _) => Colors::None,
        (_, picture::Colors::True) => Colors::True,
        (_, picture::Colors::Ansi256) => Colors::Ansi256,
    }
}

/// The formats that the command line knows: those of users among them.
struct Formats<'c> {
    cx: &'c Context,
}

impl Host for Formats<'_> {
    fn detect(&self, source: &Source, name: Option<&Path>) -> io::Result<Arc<dyn Format>> {
        let file = match name {
            Some(name) => Input::File(name.to_owned()),
            None => Input::Stdin,
        };
        detect(source, &file, self.cx).map_err(|error| {
            let kind = error.io_kind().unwrap_or(io::ErrorKind::Other);
            io::Error::new(kind, format!("{error:#}"))
        })
    }

    fn format(&self, text: &str) -> Result<Arc<dyn Format>, HostError> {
        let format = FormatArgs::detected(None).by_name(text, self.cx);
        format.map_err(|error| HostError::new(format!("{error:#}")))
    }

    /// In a file of the user's own formats, which every verb knows by its percent sign.
    fn store(&self, name: &str, format: &str) -> Result<String, HostError> {
        let folder = user::configuration_folder();
        let none = || HostError::new("there is no folder for a user's formats");
        let folder = folder.ok_or_else(none)?;
        match user::store(&folder, name, format) {
            Ok(path) => Ok(escape::path(&path).to_string()),
            Err(error) => Err(HostError::new(error.to_string())),
        }
    }
}
