//! What can be wrong with a format, and what with the data.

use std::fmt;
use std::io;
use std::ops::Range;

pub(crate) use crate::value::text::counted;
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
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
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
    /// What stands beside the caret: what was expected, or what to write instead.
    pub(crate) label: String,
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
        }
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
        let line_start = before.rfind('\n').map_or(0, |i| i.saturating_add(1));
        let line = format.get(line_start..).unwrap_or_default();
        let line = line.split(['\n', '\r']).next().unwrap_or_default();
        let column = before.get(line_start..).unwrap_or_default().chars().count();
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
        let indent = column
            .saturating_sub(skip)
            .saturating_add(lead.chars().count());
        let marked = marked.min(SHOWN.saturating_sub(column.saturating_sub(skip)).max(1));
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

/// What would move the caret, or do more than that, at a terminal.
fn visible(c: char) -> char {
    match c {
        '\t' | '\u{b}' | '\u{c}' => ' ',
        c if is_unsafe(c) => '\u{fffd}',
        c => c,
    }
}

/// Data that don't fit the format, or values that it can't hold: the field, the offset, and why.
///
/// ```
/// let format = bytewright::Struct::new("<H 2(B:red B:green):palette")?;
/// let error = format.unpack(&[0; 4]).unwrap_err();
/// assert_eq!(error.path(), "palette[1].red");
/// assert_eq!(
///     error.to_string(),
///     "palette[1].red: needs 1 byte at offset 0x4, the input ends at 0x4"
/// );
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, PartialEq, thiserror::Error)]
pub struct DataError(Box<DataInner>);

#[derive(Clone, Debug, PartialEq)]
struct DataInner {
    offset: Option<u64>,
    /// Innermost first: the segments are added while the error rises.
    path: Vec<Segment>,
    kind: DataErrorKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Segment {
    Name(Box<str>),
    /// A field without a name, by its index among the values.
    Unnamed(u64),
    /// An item of an array.
    Item(u64),
}

/// Why data or values don't fit a format.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DataErrorKind {
    /// The input ends inside a field.
    Short {
        /// How many bytes the field needs.
        needed: u64,
        /// Where the input ends.
        end: u64,
    },
    /// Bytes are left over behind the last field.
    Trailing {
        /// How many bytes the format took.
        size: u64,
        /// How many there are.
        available: u64,
    },
    /// The input isn't a multiple of the record's size.
    NotMultiple {
        /// The size of a record.
        size: u64,
        /// The length of the input.
        available: u64,
    },
    /// An offset outside the buffer.
    Offset {
        /// The offset asked for.
        offset: i64,
        /// The length of the buffer.
        available: u64,
    },
    /// The input ends inside a string that a NUL should end.
    Unterminated,
    /// A constant isn't there.
    Constant {
        /// The value that the format states.
        expected: String,
        /// The value found.
        found: String,
    },
    /// A number outside what the code can hold.
    Range {
        /// The value given.
        value: String,
        /// The code and what it holds: `H holds 0 to 65535`.
        limits: String,
    },
    /// A value of another kind than the code wants.
    Type {
        /// What the code wants.
        expected: String,
        /// The kind of the value given.
        found: &'static str,
    },
    /// Too many or too few values.
    Count {
        /// How many the format wants, or which.
        expected: String,
        /// How many were given.
        found: u64,
    },
    /// A value for a field that isn't there, or none for one that is.
    Name(String),
    /// The values would take more memory than they may.
    Memory {
        /// How many bytes they may take.
        limit: u64,
    },
    /// Anything else; the message says what.
    Other(String),
}

impl DataError {
    pub(crate) fn new(kind: DataErrorKind) -> DataError {
        DataError(Box::new(DataInner {
            offset: None,
            path: Vec::new(),
            kind,
        }))
    }

    pub(crate) fn other(message: impl Into<String>) -> DataError {
        DataError::new(DataErrorKind::Other(message.into()))
    }

    /// Sets the offset where none is set yet: the innermost knows best.
    pub(crate) fn at(mut self, offset: u64) -> DataError {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Says in which field or item it happened; called on the way up.
    pub(crate) fn within(mut self, segment: Segment) -> DataError {
        self.0.path.push(segment);
        self
    }

    /// The same error of an item that is so many behind: the outermost segment is an item.
    pub(crate) fn items_behind(mut self, count: u64) -> DataError {
        if let Some(Segment::Item(index)) = self.0.path.last_mut() {
            *index = index.saturating_add(count);
        }
        self
    }

    /// The same error at the same place, told in another way.
    pub(crate) fn of_kind(mut self, kind: DataErrorKind) -> DataError {
        self.0.kind = kind;
        self
    }

    /// How many segments the path of its field has.
    pub(crate) fn depth(&self) -> usize {
        self.0.path.len()
    }

    /// The same without the field, where it is clear which one is meant.
    pub(crate) fn without_path(mut self) -> DataError {
        self.0.path.clear();
        self
    }

    /// The same error, with offsets counted from the start of something larger.
    pub(crate) fn moved(mut self, by: u64) -> DataError {
        if let Some(offset) = &mut self.0.offset {
            *offset = offset.saturating_add(by);
        }
        if let DataErrorKind::Short { end, .. } = &mut self.0.kind {
            *end = end.saturating_add(by);
        }
        self
    }

    /// The offset in the data, in bytes, where there is one.
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The path of the field, `palette[3].red`; unnamed fields stand as their index. Empty where
    /// the error is about the whole.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.0.path.iter().rev() {
            let dot = if path.is_empty() { "" } else { "." };
            path += &match segment {
                Segment::Name(name) => format!("{dot}{name}"),
                Segment::Unnamed(index) => format!("{dot}{index}"),
                Segment::Item(index) => format!("[{index}]"),
            };
        }
        path
    }

    /// Why.
    pub fn kind(&self) -> &DataErrorKind {
        &self.0.kind
    }
}

/// For what reads and has only [`io::Error`] to fail with, such as the children of a
/// [node](crate::tree::Node).
impl From<DataError> for io::Error {
    fn from(error: DataError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl fmt::Debug for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if let Some(Segment::Unnamed(_)) = self.0.path.last() {
            f.write_str("field ")?;
        }
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        let offset = self.0.offset;
        match &self.0.kind {
            DataErrorKind::Short { needed, end } => write!(
                f,
                "needs {} at offset {:#x}, the input ends at {end:#x}",
                counted(*needed, "byte"),
                offset.unwrap_or(0)
            ),
            DataErrorKind::Trailing { size, available } => write!(
                f,
                "the format takes {}, the input has {available}: {} left over from offset {:#x}",
                counted(*size, "byte"),
                counted(available.saturating_sub(*size), "byte"),
                offset.unwrap_or(*size),
            ),
            DataErrorKind::NotMultiple { size, available } => write!(
                f,
                "{} can't be cut into records of {}",
                counted(*available, "byte"),
                counted(*size, "byte"),
            ),
            DataErrorKind::Offset { offset, available } => write!(
                f,
                "offset {offset} is outside the buffer of {}",
                counted(*available, "byte"),
            ),
            DataErrorKind::Unterminated => {
                let offset = offset.unwrap_or(0);
                write!(
                    f,
                    "no NUL ends the string that begins at offset {offset:#x}"
                )
            }
            DataErrorKind::Constant { expected, found } => {
                write!(f, "expected the constant {expected}, found {found}")?;
                match offset {
                    Some(offset) => write!(f, " at offset {offset:#x}"),
                    None => Ok(()),
                }
            }
            DataErrorKind::Range { value, limits } => {
                write!(f, "{value} is out of range: {limits}")
            }
            DataErrorKind::Type { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            DataErrorKind::Count { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            DataErrorKind::Name(message) => f.write_str(message),
            DataErrorKind::Memory { limit } => write!(
                f,
                "the values take more than {limit} bytes of memory, the most for one struct \
                 (--max-memory); get and inspect take arrays of any size"
            ),
            DataErrorKind::Other(message) => {
                f.write_str(message)?;
                match offset {
                    Some(offset) => write!(f, " at offset {offset:#x}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Either of the two, for the free functions that take a format and data together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The format is wrong.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// The data or the values are wrong.
    #[error("{0}")]
    Data(#[from] DataError),
}

impl Error {
    /// Whether the data or the values are to blame, rather than the format.
    pub fn is_data(&self) -> bool {
        matches!(self, Error::Data(_))
    }
}
