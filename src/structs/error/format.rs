//! What can be wrong with a format, and where.

use std::fmt;
use std::ops::Range;

use crate::offset::Position;
use crate::value::text::is_unsafe;

/// A format that doesn't parse: what is wrong, and where in it.
///
/// `Display` is a message with the format and a caret under the place:
///
/// ```
/// let error = bytewright::Struct::new("<2s:magic 3").unwrap_err();
/// assert_eq!(error.span(), 10..11);
/// assert_eq!(
///     error.to_string().lines().collect::<Vec<_>>(),
///     [
///         "a count is followed by nothing",
///         "  <2s:magic 3",
///         "            ^ expected a format code after the count 3",
///     ]
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FormatError(Box<FormatInner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct FormatInner {
    format: String,
    /// The name of the format that `format` is the text of, where it was reached by `%name`.
    origin: Option<String>,
    fault: Fault,
}

/// A fault in a format before the format's text is put beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    /// The text beside the caret: what was expected, or what to write instead.
    pub(crate) label: String,
    kind: FormatErrorKind,
}

/// What sort of fault a format has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FormatErrorKind {
    /// The syntax is wrong.
    Syntax,
    /// A name that occurs twice, or one in a count that is no integer read before.
    Name,
    /// A `%name` that isn't known, or that contains itself.
    Reference,
    /// A constant that its field can't hold, or one where none may be.
    Constant,
    /// Bit fields that don't fill their integer, or of a code that has none.
    Bits,
    /// More bytes, fields or levels than a format may have.
    Limit,
    /// The format is right, but Python's `struct` doesn't accept it.
    NotPython,
}

impl Fault {
    pub(crate) fn new(
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Fault {
        Fault {
            span,
            message: message.into(),
            label: label.into(),
            kind: FormatErrorKind::Syntax,
        }
    }

    pub(crate) fn of(self, kind: FormatErrorKind) -> Fault {
        Fault { kind, ..self }
    }

    pub(crate) fn in_format(self, format: &str) -> FormatError {
        FormatError(Box::new(FormatInner {
            format: format.to_owned(),
            origin: None,
            fault: self,
        }))
    }
}

impl FormatError {
    /// The bytes of the format that the error is about.
    pub fn span(&self) -> Range<usize> {
        self.0.fault.span.clone()
    }

    /// What sort of fault it is.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::structs::FormatErrorKind;
    ///
    /// let kind = |format| Struct::new(format).map_err(|e| e.kind());
    /// assert_eq!(kind("<H:n [m]s").unwrap_err(), FormatErrorKind::Name);
    /// assert_eq!(kind("%rgb").unwrap_err(), FormatErrorKind::Reference);
    /// assert_eq!(kind("B=300").unwrap_err(), FormatErrorKind::Constant);
    /// ```
    pub fn kind(&self) -> FormatErrorKind {
        self.0.fault.kind
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> &str {
        &self.0.fault.message
    }

    /// What was expected there, or what to write instead; empty where the message says it all.
    pub fn hint(&self) -> &str {
        &self.0.fault.label
    }

    /// The text of the format.
    pub fn format(&self) -> &str {
        &self.0.format
    }

    /// An error about the whole of a format.
    #[cfg(feature = "cli")]
    pub(crate) fn of_all(
        format: &str,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> FormatError {
        Fault::new(0..format.len(), message, label).in_format(format)
    }

    pub(crate) fn of(mut self, name: &str) -> FormatError {
        self.0.origin.get_or_insert_with(|| name.to_owned());
        self
    }

    /// The name of the format that [`format`](Self::format) is the text of, where it was reached
    /// by `%name`.
    pub fn origin(&self) -> Option<&str> {
        self.0.origin.as_deref()
    }
}

impl std::error::Error for FormatError {}

impl fmt::Debug for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The widest piece of a format that is shown around the caret, in characters.
const SHOWN: usize = 72;

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FormatInner {
            format,
            origin,
            fault,
        } = &*self.0;
        if let Some(origin) = origin {
            write!(f, "in %{origin}: ")?;
        }
        f.write_str(&fault.message)?;

        let before = format.get(..fault.span.start).unwrap_or(format);
        let begun = before.rsplit('\n').next().unwrap_or_default();
        let line = format.get(before.len().since(begun.len())..);
        let line = line.unwrap_or_default().split(['\n', '\r']).next();
        let line = line.unwrap_or_default();
        let column = begun.chars().count();
        let marked = format
            .get(fault.span.clone())
            .map_or(1, |text| {
                text.split('\n').next().unwrap_or("").chars().count()
            })
            .max(1);

        // A long format is shown around the caret only.
        let skip = column.saturating_sub(SHOWN / 2);
        let (lead, skip) = if skip > 3 { ("…", skip) } else { ("", 0) };
        let shown: String = line.chars().skip(skip).take(SHOWN).map(visible).collect();
        let tail = if line.chars().count() > skip.saturating_add(SHOWN) {
            "…"
        } else {
            ""
        };
        let place = column.since(skip);
        let indent = place.past(lead.chars().count());
        let marked = marked.min(SHOWN.saturating_sub(place).max(1));
        write!(
            f,
            "\n  {lead}{shown}{tail}\n  {:indent$}{}",
            "",
            "^".repeat(marked)
        )?;
        if !fault.label.is_empty() {
            write!(f, " {}", fault.label)?;
        }
        Ok(())
    }
}

/// A stand-in for characters that would move the caret or control the terminal.
fn visible(c: char) -> char {
    match c {
        '\t' | '\u{b}' | '\u{c}' => ' ',
        c if is_unsafe(c) => '\u{fffd}',
        c => c,
    }
}
