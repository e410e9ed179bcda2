//! What can be wrong with a format, and what with the data.

mod format;

use crate::offset::{Position, Tally};
use std::fmt;
use std::io;

pub(crate) use crate::value::text::counted;
pub(crate) use format::Fault;
pub use format::{FormatError, FormatErrorKind};

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

/// A step on the way to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathStep<'a> {
    /// To a field of this name.
    Name(&'a str),
    /// To a field without a name, by its index among the values.
    Unnamed(u64),
    /// To an item of an array, by its index.
    Item(u64),
}

impl From<PathStep<'_>> for Segment {
    fn from(step: PathStep<'_>) -> Segment {
        match step {
            PathStep::Name(name) => Segment::Name(name.into()),
            PathStep::Unnamed(index) => Segment::Unnamed(index),
            PathStep::Item(index) => Segment::Item(index),
        }
    }
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
    /// Bytes are left over after the last field.
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
    pub(crate) fn within(mut self, segment: impl Into<Segment>) -> DataError {
        self.0.path.push(segment.into());
        self
    }

    /// The same error of an item this many items later: the outermost segment is an item.
    pub(crate) fn items_after(mut self, count: u64) -> DataError {
        if let Some(Segment::Item(index)) = self.0.path.last_mut() {
            index.tally(count);
        }
        self
    }

    /// The same error at the same place, with another message.
    pub(crate) fn of_kind(mut self, kind: DataErrorKind) -> DataError {
        self.0.kind = kind;
        self
    }

    /// The same error in what a coding yields, whose bytes begin at `offset`: its own offset counts in these.
    pub(crate) fn in_content(mut self, offset: u64) -> DataError {
        let words = self.clone().without_path().to_string();
        let message = format!("{words}, in the content of what is coded");
        self.0.kind = DataErrorKind::Other(message);
        self.0.offset = Some(offset);
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

    /// The same error with its offset moved by `by` bytes: for a struct that begins `by` bytes after the start of a
    /// larger stream.
    ///
    /// ```
    /// let error = bytewright::Struct::new("<HI")?.unpack(&[0; 5]).unwrap_err();
    /// assert_eq!(
    ///     error.moved(0x100).to_string(),
    ///     "field 1: needs 4 bytes at offset 0x102, the input ends at 0x105"
    /// );
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    #[must_use]
    pub fn moved(mut self, by: u64) -> DataError {
        if let Some(offset) = &mut self.0.offset {
            offset.advance(by);
        }
        if let DataErrorKind::Short { end, .. } = &mut self.0.kind {
            end.advance(by);
        }
        self
    }

    /// The offset in the data, in bytes, where there is one.
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The path of the field, `palette[3].red`; unnamed fields are shown as their index. Empty where
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

    /// The steps of [`path`](Self::path), the outermost first.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::structs::PathStep;
    ///
    /// let format = Struct::new("<H 2(B:red B:green):palette")?;
    /// let error = format.unpack(&[0; 4]).unwrap_err();
    /// let steps: Vec<_> = error.steps().collect();
    /// assert_eq!(steps, [PathStep::Name("palette"), PathStep::Item(1), PathStep::Name("red")]);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn steps(&self) -> impl Iterator<Item = PathStep<'_>> {
        self.0.path.iter().rev().map(|segment| match segment {
            Segment::Name(name) => PathStep::Name(name),
            Segment::Unnamed(index) => PathStep::Unnamed(*index),
            Segment::Item(index) => PathStep::Item(*index),
        })
    }

    /// How many bytes were needed from [`offset`](Self::offset) on, where the input ends too soon.
    ///
    /// ```
    /// let error = bytewright::Struct::new("<HI")?.unpack(&[0; 5]).unwrap_err();
    /// assert_eq!((error.offset(), error.needed(), error.available()), (Some(2), Some(4), Some(3)));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn needed(&self) -> Option<u64> {
        match self.0.kind {
            DataErrorKind::Short { needed, .. } => Some(needed),
            _ => None,
        }
    }

    /// How many bytes there are from [`offset`](Self::offset) on, where the input ends too soon.
    pub fn available(&self) -> Option<u64> {
        match self.0.kind {
            DataErrorKind::Short { end, .. } => Some(end.saturating_sub(self.0.offset?)),
            _ => None,
        }
    }

    /// Why.
    pub fn kind(&self) -> &DataErrorKind {
        &self.0.kind
    }
}

/// For readers that can only fail with an [`io::Error`], such as the children of a [node](crate::tree::Node).
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
                counted(available.since(*size), "byte"),
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

/// An error of the format or of the data, for the free functions that take both.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The format is wrong.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The data or the values are wrong.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl Error {
    /// Whether the data or the values are to blame, rather than the format.
    pub fn is_data(&self) -> bool {
        matches!(self, Error::Data(_))
    }
}

/// Reading or writing failed, or what is read or written doesn't fit the format.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The data or the values are wrong.
    #[error(transparent)]
    Data(#[from] DataError),
}
