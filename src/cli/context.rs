//! The context of a verb: standard output as text or as raw bytes, warnings and errors.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anstyle::{Ansi256Color, Style};

use super::error::{self, Context as _, Result, bail};
use super::file_kind::FileKind;
use super::standard_output::StandardOutput;
use super::{Exit, bare_word, interrupt, progress, words};
use crate::formats::kaitai::{Descriptions, Kaitai, is_description};
use crate::formats::shelf;
use crate::formats::user::{self, Known};
use crate::output::AtomicFile;
use crate::render::escape;
use crate::render::text_color;
use crate::render::wrap;
use crate::schema::Compiled;
use crate::{FormatError, Struct};

/// A file is where a format is expected.
fn no_format(format: &str, file: &Path) -> error::Error {
    let message = format!("{} is a file, and no format", escape::path(file));
    let hint = "a format such as '<2s:magic I:size' is expected here, before any file";
    FormatError::of_all(format, message, hint.to_owned()).into()
}

/// Handed to every verb.
pub(super) struct Context {
    out: StandardOutput,
    /// The files of formats that were named.
    formats: Vec<PathBuf>,
    /// Whether standard output is data to be kept, not text to be read.
    raw: bool,
}

impl Context {
    pub(super) fn new(formats: Vec<PathBuf>) -> Context {
        Context {
            formats,
            out: StandardOutput::new(),
            raw: false,
        }
    }

    /// The format of a verb's argument. Files of formats are read only for one that refers to
    /// them, or that could be a name.
    ///
    /// A word that is valid in Python is taken as such; if it is the name of a format, too, a warning says so.
    pub(super) fn compile(&mut self, format: &str, python: bool) -> Result<Compiled> {
        if python {
            return Ok(Struct::python(format)?.into());
        }
        let Some(advice) = self.advice(format) else {
            return self.compile_text(format).map_err(|error| {
                let file = Path::new(format.trim());
                match file.is_file() {
                    true => no_format(format, file),
                    false => error,
                }
            });
        };
        let compiled = self.compile_text(format).context(advice.clone())?;
        self.warn(format!(
            "{format} is read as the codes that its letters are; {advice}; --python is for \
             Python's formats alone"
        ));
        Ok(compiled)
    }

    /// The format of an argument that may also be meant as a name: a bare word that is a format's name, or no format,
    /// is an error that says what to write.
    pub(super) fn compile_unless_name(&self, format: &str) -> Result<Compiled> {
        let format = format.trim();
        if let Some(advice) = self.advice(format) {
            let codes = format!("@{format}");
            let hint = match Struct::new(&codes) {
                Ok(_) => format!("the format of these codes is written {codes}"),
                Err(_) => String::new(),
            };
            let message = format!(
                "{format} looks like the name of a format, not like a format string: {advice}"
            );
            return Err(FormatError::of_all(format, message, hint).into());
        }
        let compiled = self.compile_text(format);
        let file = Path::new(format);
        if compiled.is_err() && file.is_file() {
            return Err(no_format(format, file));
        }
        if bare_word::is_word(format) {
            return compiled.with_context(|| {
                let meant = bare_word::did_you_mean(format, &self.known().unwrap_or_default());
                format!(
                    "no format of the name {format} is known; formats lists those that are{meant}"
                )
            });
        }
        compiled
    }

    fn compile_text(&self, format: &str) -> Result<Compiled> {
        match Struct::new(format) {
            Err(_) if format.contains('%') => self.compile_stored(format),
            compiled => Ok(compiled?.into()),
        }
    }

    /// A format that may refer to stored ones, and to those of the shelf.
    pub(super) fn compile_stored(&self, format: &str) -> Result<Compiled> {
        let known = self.known()?;
        let compiled = shelf::complete(known, format)?.compile(format);
        let Some(name) = format
            .trim()
            .strip_prefix('%')
            .filter(|name| bare_word::is_word(name))
        else {
            return Ok(compiled?);
        };
        compiled.map_err(|error| {
            let known = self.known().unwrap_or_default();
            let meant = match known.get(name).is_some() || shelf::named(name).is_some() {
                // The error is in the format of this name.
                true => String::new(),
                false => bare_word::did_you_mean(name, &known),
            };
            match meant.is_empty() {
                true => error.into(),
                false => error::Error::from(error)
                    .context(format!("no format of the name {name} is known{meant}")),
            }
        })
    }

    /// The advice for a bare word that is the name of a format.
    fn advice(&self, format: &str) -> Option<String> {
        if !bare_word::is_word(format) {
            return None;
        }
        // A broken file of formats is only an error for formats that refer to it.
        bare_word::advice(format, &self.known().unwrap_or_default())
    }

    /// The formats known by name.
    pub(super) fn known(&self) -> Result<Known> {
        let folder = std::env::current_dir().ok();
        let own = user::configuration_folder();
        let formats = self.formats.iter().filter(|path| !is_description(path));
        let mut given = Vec::new();
        for path in formats {
            match path.is_dir() {
                true => given.extend(user::in_folder(path)?),
                false => given.push(path.clone()),
            }
        }
        let files = user::discover(&given, folder.as_deref(), own.as_deref())?;
        Ok(Known::load(&files)?)
    }

    /// The descriptions of Kaitai Struct that were named, in files or in folders, and then those of the user's
    /// configuration folder.
    pub(super) fn descriptions(&self) -> Result<Descriptions> {
        let mut places = self.formats.clone();
        places.extend(user::configuration_folder().filter(|folder| folder.is_dir()));
        Ok(Descriptions::find(&places)?)
    }

    /// The description that a path leads to, or else a name, among those that are known.
    pub(super) fn description(&self, name: &str) -> Result<Option<Kaitai>> {
        let path = Path::new(name);
        let known = self.descriptions()?;
        if is_description(path) {
            return Ok(Some(Kaitai::open(path, known.folders())?));
        }
        let found = known.named(name.strip_prefix('%').unwrap_or(name));
        Ok(found
            .map(|path| Kaitai::open(path, known.folders()))
            .transpose()?)
    }

    /// Standard output for text; styles may always be written to it.
    pub(super) fn out(&mut self) -> &mut StandardOutput {
        &mut self.out
    }

    /// Standard output for text without styles, at full speed.
    pub(super) fn plain(&mut self) -> StdoutLock<'static> {
        io::stdout().lock()
    }

    /// Standard output for raw bytes. A terminal would interpret them, and gets none unless forced.
    pub(super) fn raw(&mut self, force: bool) -> Result<StdoutLock<'static>> {
        let stdout = io::stdout().lock();
        if stdout.is_terminal() && !force {
            bail!(
                "raw bytes are not written to a terminal; have them written to a file, \
                 redirect standard output, or say --force"
            );
        }
        self.raw = true;
        Ok(stdout)
    }

    /// Standard output as a file, on systems where it can be told which file it is.
    pub(super) fn stdout_file(&self) -> Option<File> {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd;
            let stdout = io::stdout().as_fd().try_clone_to_owned().ok()?;
            Some(File::from(stdout))
        }
        #[cfg(not(unix))]
        None
    }

    /// Whether text on standard output is coloured: for what has no meaning without colour.
    pub(super) fn color(&self) -> bool {
        AutoStream::choice(&io::stdout()) != ColorChoice::Never
    }

    /// Whether a terminal shows what goes to standard output.
    pub(super) fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// The width of the terminal in columns; `None` where standard output is none, and lines may
    /// be as long as they are.
    pub(super) fn width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width.0))
    }

    /// A new file of this kind, which appears whole when it is committed, and not at all when the
    /// run is interrupted. Unless it is forced, it doesn't take the place of one of another kind.
    pub(super) fn create(&self, path: &Path, kind: FileKind, force: bool) -> Result<AtomicFile> {
        if !force {
            kind.check(path)?;
        }
        self.rewrite(path)
    }

    /// The same, for the changed content of the file that is there.
    pub(super) fn rewrite(&self, path: &Path) -> Result<AtomicFile> {
        interrupt::guard();
        AtomicFile::create(path).with_context(|| escape::path(path).to_string())
    }

    /// Prints a warning on standard error, and goes on.
    pub(super) fn warn(&mut self, message: impl Display) {
        self.say(
            "warning",
            text_color::YELLOW,
            &without_numbers(&message.to_string()),
        );
    }

    /// Prints a summary of the output on standard error.
    pub(super) fn note(&mut self, message: impl Display) {
        self.say("note", text_color::CYAN, &message.to_string());
    }

    /// Prints the command that repairs a file: [`crate::format::Format::remedy`].
    pub(super) fn tell_remedy(&mut self, remedy: Option<&str>, name: &str) {
        if let Some(remedy) = remedy {
            self.note(remedy.replace("FILE", &words::quoted(&name.into())));
        }
    }

    /// Prints the error of one of several files, and goes on: its status counts at the end.
    ///
    /// A closed standard output is no error of that file, and ends the run.
    pub(super) fn report(&mut self, error: error::Error) -> Result<Exit> {
        if is_broken_pipe(&error) {
            return Err(error);
        }
        self.say("error", text_color::RED, &describe(&error));
        Ok(error.exit())
    }

    /// Ends the run: flushes the output, and prints an error.
    pub(super) fn finish(mut self, answer: Result<Exit>) -> Exit {
        let answer = match self.out.flush() {
            Ok(()) => answer,
            Err(e) => answer.and(Err(e).context("standard output")),
        };
        let error = match answer {
            Ok(exit) => return exit,
            Err(error) => error,
        };
        if is_broken_pipe(&error) {
            return if self.raw { Exit::Failed } else { Exit::Done };
        }
        self.say("error", text_color::RED, &describe(&error));
        error.exit()
    }

    fn say(&mut self, label: &str, color: Ansi256Color, message: &str) {
        // What was written earlier appears above it, where both go to one terminal. If standard error is closed, no one
        // can read the message.
        let _ = self.out.flush();
        let style = Style::new().bold().fg_color(Some(color.into()));
        let mut message = escape::message(message).to_string();
        if let Some((width, _)) = terminal_size::terminal_size_of(io::stderr()) {
            message = wrap::message(&message, label.len().saturating_add(2), width.0.into());
        }
        progress::suspended(|| {
            let _ = writeln!(
                anstream::stderr().lock(),
                "{style}{label}:{style:#} {message}"
            );
        });
    }
}

fn is_broken_pipe(error: &error::Error) -> bool {
    error.io_kind() == Some(io::ErrorKind::BrokenPipe)
}

/// The causes from the outermost to the innermost. The numbers of system errors are left out; the words say the same.
fn describe(error: &error::Error) -> String {
    without_numbers(&format!("{error:#}"))
}

/// Without the numbers of the system's errors, `(os error 2)`.
fn without_numbers(message: &str) -> String {
    let mut parts = message.split(" (os error ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once(')').map_or("", |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_from_the_outside_in_without_the_number() {
        let error = error::Error::from(io::Error::from_raw_os_error(2)).context("a.bmp");
        let message = describe(&error);
        assert!(message.starts_with("a.bmp: "), "{message}");
        assert!(!message.contains("os error"), "{message}");
    }
}
