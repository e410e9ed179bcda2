//! The file that a verb reads: a path, or `-` for standard input.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser};

use super::error::{Context as _, Result, bail};
use crate::Source;
use crate::render::escape;

/// The input of a verb; as an argument, `-` is standard input.
#[derive(Clone, Debug, Default)]
pub(super) enum Input {
    #[default]
    Stdin,
    File(PathBuf),
}

impl Input {
    /// For `#[arg(value_parser = Input::parser())]`.
    pub(super) fn parser() -> ValueParser {
        OsStringValueParser::new().map(Input::from).into()
    }

    /// The bytes, to be read at positions.
    pub(super) fn open(&self) -> Result<Source> {
        match self {
            Input::Stdin => {
                say_waiting();
                Ok(Source::stdin())
            }
            Input::File(path) => {
                let _waiting = WaitNotice::new(path);
                Source::open(path)
                    .map_err(|error| self.with_advice(error))
                    .with_context(|| self.to_string())
            }
        }
    }

    /// The same, for verbs that need all of it: `most` bytes of a stream are kept.
    pub(super) fn open_up_to(&self, most: u64) -> Result<Source> {
        match self {
            Input::Stdin => {
                say_waiting();
                Ok(Source::stream_up_to(io::stdin(), most))
            }
            Input::File(path) => {
                let _waiting = WaitNotice::new(path);
                Source::open_up_to(path, most)
                    .map_err(|error| self.with_advice(error))
                    .with_context(|| self.to_string())
            }
        }
    }

    /// An error of opening it, with advice where it is a folder.
    pub(super) fn with_advice(&self, error: io::Error) -> io::Error {
        if error.kind() != io::ErrorKind::IsADirectory {
            return error;
        }
        let name = self.to_string();
        let name = name.trim_end_matches('/');
        io::Error::new(
            error.kind(),
            format!("is a directory; name the files in it, {name}/* or one of them"),
        )
    }

    /// All of it, where it is no longer than `most` bytes; the error names it.
    pub(super) fn read(&self, most: u64, what: &str) -> Result<Vec<u8>> {
        let bytes = self.open()?.read(0, most.saturating_add(1));
        let bytes = bytes.with_context(|| self.to_string())?;
        if bytes.len() as u64 > most {
            bail!("{self}: {what} has more than {most} bytes, the most that are read");
        }
        Ok(bytes)
    }

    /// Whether it is a file with positions, and not empty. Files of /proc say that they are empty,
    /// whatever they hold.
    pub(super) fn is_regular(&self) -> bool {
        let metadata = self.path().and_then(|path| path.metadata().ok());
        metadata.is_some_and(|metadata| metadata.is_file() && metadata.len() > 0)
    }

    /// The path, where it is one.
    #[allow(dead_code, reason = "for verbs that need more than bytes")]
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Input::Stdin => None,
            Input::File(path) => Some(path),
        }
    }
}

/// Says once that input is awaited, where it comes from a terminal: a user may have forgotten the file.
pub(super) fn say_waiting() {
    static ONCE: Once = Once::new();
    if !io::stdin().is_terminal() {
        return;
    }
    ONCE.call_once(|| {
        let _ = writeln!(
            anstream::stderr().lock(),
            "reading from the terminal; Ctrl-D ends the input, Ctrl-C the program"
        );
    });
}

/// A notice while a named pipe is being opened, which waits for its other end. It is printed after a second, so not for
/// pipes that the shell makes.
pub(super) struct WaitNotice(Option<Arc<AtomicBool>>);

impl WaitNotice {
    pub(super) fn new(path: &Path) -> WaitNotice {
        const SOON: Duration = Duration::from_secs(1);
        if !is_pipe(path) || !io::stderr().is_terminal() {
            return WaitNotice(None);
        }
        let is_open = Arc::new(AtomicBool::new(false));
        let (seen, name) = (Arc::clone(&is_open), escape::path(path).to_string());
        std::thread::spawn(move || {
            std::thread::sleep(SOON);
            if !seen.load(Ordering::Relaxed) {
                let _ = writeln!(
                    anstream::stderr().lock(),
                    "{name} is a pipe, into which nothing is written yet; Ctrl-C ends the program"
                );
            }
        });
        WaitNotice(Some(is_open))
    }
}

impl Drop for WaitNotice {
    fn drop(&mut self) {
        if let Some(is_open) = &self.0 {
            is_open.store(true, Ordering::Relaxed);
        }
    }
}

fn is_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        path.metadata().is_ok_and(|data| data.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

impl From<OsString> for Input {
    fn from(argument: OsString) -> Input {
        if argument == "-" {
            Input::Stdin
        } else {
            Input::File(argument.into())
        }
    }
}

impl std::str::FromStr for Input {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Input, Infallible> {
        Ok(Input::from(OsString::from(text)))
    }
}

/// As it is in messages.
impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Stdin => f.write_str("standard input"),
            Input::File(path) if path.as_os_str().is_empty() => f.write_str("\"\""),
            Input::File(path) => escape::path(path).fmt(f),
        }
    }
}
