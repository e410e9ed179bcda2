//! The error that ends a verb, or concerns one file of several.

pub(super) mod failure;

use std::error::Error as StdError;
use std::fmt::{self, Display};
use std::io;

use super::Exit;
pub(super) use failure::Failure;
use failure::Status;

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, from the outermost context to the innermost cause, and the exit status for it.
///
/// The status is decided by the type of the error where `?` takes it. A type that isn't a [`Failure`] doesn't compile,
/// so that none gets a status by mistake.
pub(super) struct Error {
    status: Status,
    /// The innermost first. Without a cause the first one says what went wrong.
    contexts: Vec<String>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Wrong usage, in words.
    pub(super) fn message(message: impl Into<String>) -> Error {
        Error {
            status: Exit::Failed.into(),
            contexts: vec![message.into()],
            cause: None,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        self.status.exit
    }

    /// The kind of the system's error, where one is the cause.
    pub(super) fn io_kind(&self) -> Option<io::ErrorKind> {
        self.status.io_kind
    }

    /// The error of the library.
    pub(super) fn cause<E: Failure>(&self) -> Option<&E> {
        self.cause.as_deref()?.downcast_ref()
    }

    /// Words before it. A file's name, which several calls on the way put there, is said once.
    pub(super) fn context(mut self, context: impl Display) -> Error {
        let context = context.to_string();
        if self.contexts.last() != Some(&context) {
            self.contexts.push(context);
        }
        self
    }

    /// The same error in other words, which tell the cause too.
    pub(super) fn reworded(self, words: String) -> Error {
        Error {
            contexts: vec![words],
            cause: None,
            ..self
        }
    }

    /// The messages, from the outermost to the innermost.
    pub(super) fn messages(&self) -> impl Iterator<Item = String> {
        let cause = self.cause.as_deref().map(|cause| cause as &dyn StdError);
        let causes = std::iter::successors(cause, |cause| (**cause).source());
        let contexts = self.contexts.iter().rev().cloned();
        contexts.chain(causes.map(ToString::to_string))
    }
}

impl<E: Failure> From<E> for Error {
    fn from(error: E) -> Error {
        Error {
            status: error.status(),
            contexts: Vec::new(),
            cause: Some(Box::new(error)),
        }
    }
}

/// The outermost message; the alternate form has all of them.
impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut messages = self.messages();
        f.write_str(&messages.next().unwrap_or_default())?;
        match f.alternate() {
            true => messages.try_for_each(|message| write!(f, ": {message}")),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#} ({:?})", self.status.exit)
    }
}

/// Words before an error: of which file, or in doing what.
pub(super) trait Context<T> {
    fn context(self, context: impl Display) -> Result<T>;

    fn with_context<C: Display>(self, context: impl FnOnce() -> C) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for Result<T, E> {
    fn context(self, context: impl Display) -> Result<T> {
        self.map_err(|error| error.into().context(context))
    }

    fn with_context<C: Display>(self, context: impl FnOnce() -> C) -> Result<T> {
        self.map_err(|error| error.into().context(context()))
    }
}

/// `None` is an error that the context says.
impl<T> Context<T> for Option<T> {
    fn context(self, context: impl Display) -> Result<T> {
        self.ok_or_else(|| Error::message(context.to_string()))
    }

    fn with_context<C: Display>(self, context: impl FnOnce() -> C) -> Result<T> {
        self.ok_or_else(|| Error::message(context().to_string()))
    }
}

/// An error in words, for wrong usage.
macro_rules! error {
    ($words:literal $($values:tt)*) => {
        $crate::cli::error::Error::message(format!($words $($values)*))
    };
    ($words:expr) => {
        $crate::cli::error::Error::message($words)
    };
}

/// Returns an error in words, for wrong usage.
macro_rules! bail {
    ($($words:tt)*) => {
        return Err($crate::cli::error::error!($($words)*))
    };
}

pub(super) use {bail, error};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;
    use crate::inspect::{FindError, Path, PathError, edit};
    use crate::records;
    use crate::structs::DataError;

    #[test]
    fn an_error_is_told_from_the_outside_in_and_each_cause_once() {
        let error = Error::message("why").context("middle").context("outside");
        assert_eq!(error.to_string(), "outside");
        assert_eq!(format!("{error:#}"), "outside: middle: why");
        let nothing: Result<()> = None.context("nothing");
        assert_eq!(format!("{:#}", nothing.unwrap_err()), "nothing");
        let wrapped = edit::Error::from(FindError::from(io::Error::other("gone")));
        let error = Error::from(wrapped).context("a.bmp");
        assert_eq!(format!("{error:#}"), "a.bmp: gone");
        let error = Error::from(DataError::other("cut"))
            .context("a.bmp")
            .context("a.bmp");
        assert_eq!(format!("{error:#}"), "a.bmp: cut");
        let error = error.reworded("a.bmp: cut; write this".to_owned());
        assert_eq!(format!("{error:#}"), "a.bmp: cut; write this");
        assert_eq!(error.exit(), Exit::Data);
    }

    /// The status and the kind are those of the innermost cause, through every wrapper.
    #[test]
    fn the_exit_status_is_that_of_the_cause() {
        let broken_pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let format = || Struct::new("<3").unwrap_err();
        let no_path = || -> PathError { "a[".parse::<Path>().unwrap_err() };
        let data = || DataError::other("wrong");
        for (error, exit, kind) in [
            (Error::message("usage"), Exit::Failed, None),
            (
                broken_pipe().into(),
                Exit::Failed,
                Some(io::ErrorKind::BrokenPipe),
            ),
            (cut().into(), Exit::Data, Some(io::ErrorKind::UnexpectedEof)),
            (format().into(), Exit::Format, None),
            (data().into(), Exit::Data, None),
            (no_path().into(), Exit::No, None),
            (FindError::from(no_path()).into(), Exit::No, None),
            (FindError::from(data()).into(), Exit::Data, None),
            (
                edit::Error::from(FindError::from(no_path())).into(),
                Exit::No,
                None,
            ),
            (
                edit::Error::from(cut()).into(),
                Exit::Data,
                Some(io::ErrorKind::UnexpectedEof),
            ),
            (records::Error::from(format()).into(), Exit::Format, None),
            (
                records::Error::from(FindError::from(no_path())).into(),
                Exit::No,
                None,
            ),
            (
                records::Error::from(FindError::from(broken_pipe())).into(),
                Exit::Failed,
                Some(io::ErrorKind::BrokenPipe),
            ),
        ] {
            let error: Error = error;
            assert_eq!((error.exit(), error.io_kind()), (exit, kind), "{error:?}");
            let outside = error.context("a file");
            assert_eq!(
                (outside.exit(), outside.io_kind()),
                (exit, kind),
                "{outside:?}"
            );
        }
    }
}
