//! JSON values that come one after another.

use std::io::{self, Write};

use serde::Serialize;

/// Values written one by one, whatever their number: as a list with a value on a line, or as lines of
/// one value each.
///
/// ```
/// use bytewright::render::json::List;
///
/// let mut out = Vec::new();
/// let mut list = List::new();
/// list.write(&1, &mut out)?;
/// list.write(&"two", &mut out)?;
/// list.end(&mut out)?;
/// assert_eq!(out, b"[\n1,\n\"two\"\n]\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct List {
    brackets: bool,
    first: bool,
}

impl List {
    /// One document: a list in brackets.
    #[expect(
        clippy::new_without_default,
        reason = "it is one of two, of which none is usual"
    )]
    pub fn new() -> List {
        List {
            brackets: true,
            first: true,
        }
    }

    /// Values alone, one a line.
    pub fn lines() -> List {
        List {
            brackets: false,
            first: true,
        }
    }

    /// The next value.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails, or serializing the value does.
    pub fn write(&mut self, value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
        self.write_with(out, |out| Ok(serde_json::to_writer(out, value)?))
    }

    /// The next value, written by a function.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails, and those of the function.
    pub fn write_with<W: Write>(
        &mut self,
        out: &mut W,
        value: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        self.next(out)?;
        value(out)?;
        match self.brackets {
            true => Ok(()),
            false => out.write_all(b"\n"),
        }
    }

    /// What comes before the next value, which the caller of a list in brackets writes itself.
    pub(crate) fn next(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.brackets {
            out.write_all(if self.first { b"[\n" } else { b",\n" })?;
        }
        self.first = false;
        Ok(())
    }

    /// The end of the list, without an end of line where something follows it.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub(crate) fn close(self, out: &mut impl Write) -> io::Result<()> {
        match (self.brackets, self.first) {
            (false, _) => Ok(()),
            (true, true) => out.write_all(b"[]"),
            (true, false) => out.write_all(b"\n]"),
        }
    }

    /// The end of the list and of its last line.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn end(self, out: &mut impl Write) -> io::Result<()> {
        self.close(out)?;
        match self.brackets {
            true => out.write_all(b"\n"),
            false => Ok(()),
        }
    }
}
