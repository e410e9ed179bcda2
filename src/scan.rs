//! Structs read from a [`Source`], one after the other, in windows: a file of any size in little
//! memory.

use std::fmt;
use std::io;

use crate::offset::Position;
use crate::source::is_data;
use crate::structs::{DataError, DataErrorKind, Struct};
use crate::{Record, Source};

/// Bytes that are read at a time; more only for a larger struct.
const WINDOW: usize = 256 << 10;

/// The default limit of memory for one struct, in bytes: this much for its bytes, and this much for its values. A value
/// takes 32 bytes, and one of more than 16 bytes its content besides.
pub const MAX_STRUCT: usize = 1 << 30;

/// Walks over the structs of a source, from an offset on.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::scan::Scan;
///
/// let format = Struct::new("<H:length [length]s:text")?;
/// let source = Source::from(&b"\x02\0hi\x03\0you"[..]);
/// let mut scan = Scan::new(&format, &source, 0);
/// let mut texts = Vec::new();
/// while let Some(found) = scan.next()? {
///     texts.push((found.offset, found.record["text"].to_string()));
/// }
/// assert_eq!(texts, [(0, "b'hi'".to_owned()), (4, "b'you'".to_owned())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scan<'a> {
    format: &'a Struct,
    source: &'a Source,
    /// Where the next struct begins.
    offset: u64,
    /// Bytes of the source from `window_start` on.
    window: Vec<u8>,
    window_start: u64,
    /// Whether the source ends where the window ends.
    ended: bool,
    record: Record,
    /// Whether a struct takes all remaining bytes, so that more bytes would change it.
    rest_changes: bool,
    /// The most bytes of a struct, and the most that its values may take in memory.
    most: usize,
    before_reading: BeforeReading<'a>,
}

/// A callback before each read that may block.
struct BeforeReading<'a>(Option<Box<dyn FnMut() -> io::Result<()> + 'a>>);

impl fmt::Debug for BeforeReading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BeforeReading")
    }
}

/// A struct that was found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Found<'a> {
    /// Where it begins, from the start of the source.
    pub offset: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The bytes from its start on that were read. A format of a whole file may refer to bytes beyond its own end
    /// (`@end`, `@size`), so for such a format they reach up to the end of the source.
    pub seen: &'a [u8],
    /// Its values.
    pub record: &'a Record,
}

/// Why a scan ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The source could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The bytes don't fit the format; offsets count from the start of the source.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl ScanError {
    /// Whether the bytes are wrong, rather than reading them failed.
    pub fn is_data(&self) -> bool {
        match self {
            ScanError::Io(error) => is_data(error),
            ScanError::Data(_) => true,
        }
    }
}

impl From<ScanError> for io::Error {
    fn from(error: ScanError) -> io::Error {
        match error {
            ScanError::Io(error) => error,
            ScanError::Data(error) => error.into(),
        }
    }
}

impl<'a> Scan<'a> {
    /// Structs of this format, the first one at `offset`.
    pub fn new(format: &'a Struct, source: &'a Source, offset: u64) -> Scan<'a> {
        Scan {
            format,
            source,
            offset,
            window: Vec::new(),
            window_start: offset,
            ended: false,
            record: Record::default(),
            rest_changes: format.size().is_none() && format.takes_rest(),
            most: MAX_STRUCT,
            before_reading: BeforeReading(None),
        }
    }

    /// One struct has up to this many bytes, and its values take up to as many in memory, in the place
    /// of [`MAX_STRUCT`].
    ///
    /// ```
    /// use bytewright::{Source, Struct};
    /// use bytewright::scan::Scan;
    ///
    /// let format = Struct::new("<B:n [n]B:items")?;
    /// let source = Source::from(&b"\x02\x01\x02"[..]);
    /// // The values are a number and a list, which has two of them.
    /// assert!(Scan::new(&format, &source, 0).max_memory(4 * 32).one().is_ok());
    /// assert!(Scan::new(&format, &source, 0).max_memory(4 * 32 - 1).one().is_err());
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    #[must_use]
    pub fn max_memory(mut self, most: u64) -> Scan<'a> {
        self.most = usize::try_from(most).unwrap_or(usize::MAX);
        self
    }

    /// Sets a callback for when more bytes have to be read, which may block on a pipe: output so far can be flushed.
    #[must_use]
    pub fn before_reading(mut self, does: impl FnMut() -> io::Result<()> + 'a) -> Scan<'a> {
        self.before_reading = BeforeReading(Some(Box::new(does)));
        self
    }

    /// The input of rows.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Whether the source ends here.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn at_end(&mut self) -> io::Result<bool> {
        self.fill(1)?;
        Ok(self.rest().is_empty())
    }

    /// The next struct; `None` at the end of the source.
    ///
    /// # Errors
    ///
    /// When the source can't be read or ends before the offset, the rest of it doesn't fit the
    /// format, or a struct takes no bytes, so that there would be no end to them: for a format
    /// that never takes any, in an empty source too, as Python's `iter_unpack`.
    #[expect(clippy::should_implement_trait, reason = "it lends the window")]
    pub fn next(&mut self) -> Result<Option<Found<'_>>, ScanError> {
        let no_bytes = |offset| {
            let message = "the struct takes no bytes, so there is no end to them";
            Err(ScanError::Data(DataError::other(message).at(offset)))
        };
        if self.format.size() == Some(0) {
            return no_bytes(self.offset);
        }
        if self.at_end()? {
            self.check_offset()?;
            return Ok(None);
        }
        let found = self.one()?;
        if found.bytes.is_empty() {
            return no_bytes(found.offset);
        }
        Ok(Some(found))
    }

    /// The struct at the offset where the last one ended; at the end of the source it has to be
    /// one that takes no bytes.
    ///
    /// # Errors
    ///
    /// When the source can't be read, or its bytes don't fit the format.
    pub fn one(&mut self) -> Result<Found<'_>, ScanError> {
        let size = self.unpack()?;
        let offset = self.offset;
        let at = self.position();
        self.offset = offset.past(size as u64);
        let seen = self.window.get(at..).unwrap_or_default();
        Ok(Found {
            offset,
            bytes: seen.get(..size).unwrap_or_default(),
            seen,
            record: &self.record,
        })
    }

    /// Puts the next struct into the record, and says how many bytes it takes.
    fn unpack(&mut self) -> Result<usize, ScanError> {
        // One byte more than the limit tells whether a struct ends within it.
        let beyond = self.most.saturating_add(1);
        let mut want = match self.format.size() {
            Some(size) => usize::try_from(size).unwrap_or(usize::MAX).min(beyond),
            None => 1,
        };
        // The known size saves a read at the end.
        let left = self.source.known_size();
        let left = left.and_then(|size| size.checked_sub(self.offset));
        let is_beyond = want == beyond && self.format.size().is_some();
        if is_beyond && left.is_some_and(|left| left >= beyond as u64) {
            return Err(self.too_large());
        }
        self.fill(want)?;
        if is_beyond && self.rest().len() >= beyond {
            return Err(self.too_large());
        }
        if self.rest().is_empty() && self.offset > 0 {
            self.check_offset()?;
        }
        loop {
            let rest = self.window.get(self.position()..).unwrap_or_default();
            let read = rest.len();
            let cut = rest.get(..self.most);
            let rest = cut.unwrap_or(rest);
            let all = self.format.size().is_some() || (self.ended && read <= self.most);
            let rest_changes = self.rest_changes;
            let most = self.most as u64;
            match self.format.unpack_within(rest, &mut self.record, most) {
                // A struct with `*` that reaches the window's end may be longer with more bytes.
                Ok(size) if all || !rest_changes => return Ok(size),
                Err(e) if all || is_final(&e, rest_changes) => {
                    return Err(e.moved(self.offset).into());
                }
                _ if read > self.most => return Err(self.too_large()),
                // A few more bytes may be enough, and a pipe may have no others for long.
                _ if read < WINDOW => want = read.past(1),
                _ => want = read.saturating_mul(2),
            }
            want = want.min(beyond);
            self.fill(want)?;
        }
    }

    fn too_large(&self) -> ScanError {
        let message = format!(
            "the struct has more than {} bytes, the most for one (--max-memory); get and inspect take \
             fields of any size",
            self.most
        );
        DataError::other(message).at(self.offset).into()
    }

    /// Makes the window hold `want` bytes from the offset on, or all that are there.
    fn fill(&mut self, want: usize) -> io::Result<()> {
        if self.ended || self.rest().len() >= want {
            return Ok(());
        }
        let at = self.position();
        self.window.drain(..at);
        self.window_start = self.offset;
        while self.window.len() < want {
            if let Some(does) = &mut self.before_reading.0 {
                does()?;
            }
            let have = self.window.len();
            let end = self.offset.past(have as u64);
            let more = want.saturating_sub(have).clamp(WINDOW, 4 * WINDOW);
            let read = self.source.read_some(end, more)?;
            if read.is_empty() {
                self.ended = true;
                break;
            }
            self.window.extend_from_slice(&read);
        }
        Ok(())
    }

    fn position(&self) -> usize {
        let at = self.offset.since(self.window_start);
        usize::try_from(at).map_or(self.window.len(), |at| at.min(self.window.len()))
    }

    fn rest(&self) -> &[u8] {
        self.window.get(self.position()..).unwrap_or_default()
    }

    /// An offset after the end is an error of its own, not a truncated field.
    fn check_offset(&self) -> Result<(), ScanError> {
        let available = self.source.size()?;
        if self.offset <= available {
            return Ok(());
        }
        let offset = i64::try_from(self.offset).unwrap_or(i64::MAX);
        Err(ScanError::Data(DataError::new(DataErrorKind::Offset {
            offset,
            available,
        })))
    }
}

/// Whether more bytes can't remove the error. `rest_changes` says that the format takes all remaining bytes.
fn is_final(error: &DataError, rest_changes: bool) -> bool {
    match error.kind() {
        DataErrorKind::Short { .. } | DataErrorKind::Unterminated => false,
        DataErrorKind::Constant { .. }
        | DataErrorKind::Range { .. }
        | DataErrorKind::Memory { .. } => true,
        _ => !rest_changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(format: &str, bytes: &[u8]) -> (Vec<String>, Option<String>) {
        let format = Struct::new(format).unwrap();
        let source = Source::from(bytes);
        let mut scan = Scan::new(&format, &source, 0);
        let mut values = Vec::new();
        loop {
            match scan.next() {
                Ok(Some(found)) => values.push(found.record.to_string()),
                Ok(None) => return (values, None),
                Err(e) => return (values, Some(e.to_string())),
            }
        }
    }

    #[test]
    fn whole_structs_come_before_the_error_about_a_remainder() {
        let (values, error) = values("<H:a H:b", &[1, 0, 2, 0, 3, 0, 4]);
        assert_eq!(values, ["(1, 2)"]);
        let error = error.unwrap();
        assert_eq!(
            error,
            "b: needs 2 bytes at offset 0x6, the input ends at 0x7"
        );
    }

    #[test]
    fn structs_cross_the_ends_of_windows() {
        // 7 divides no power of two, so every window ends inside a struct.
        let count = 3 * WINDOW / 7;
        let bytes: Vec<u8> = (0..u32::try_from(count).unwrap())
            .flat_map(|i| [&[3][..], &i.to_le_bytes()[..], b"ab"].concat())
            .collect();
        for format in ["<BI2s", "<B I z"] {
            let bytes = match format {
                "<B I z" => bytes
                    .chunks(7)
                    .flat_map(|r| [&r[..6], b"\0"].concat())
                    .collect(),
                _ => bytes.clone(),
            };
            let (values, error) = values(format, &bytes);
            assert_eq!(error, None);
            assert_eq!(values.len(), count);
            let last = values.last().unwrap();
            assert!(
                last.starts_with(&format!("(3, {}, b'a", count - 1)),
                "{last}"
            );
        }
    }

    #[test]
    fn one_struct_may_be_larger_than_a_window() {
        let bytes = vec![7; 3 * WINDOW + 1];
        let (values, error) = values("*s:rest", &bytes);
        assert_eq!(error, None);
        assert_eq!(values.len(), 1);
        assert!(values[0].len() > 3 * WINDOW);
    }

    #[test]
    fn structs_without_bytes_have_no_end() {
        for (format, bytes) in [("", &b"x"[..]), ("", b""), ("0s (0H)", b""), ("[0]s", b"x")] {
            let (values, error) = values(format, bytes);
            assert!(values.is_empty());
            assert!(error.unwrap().contains("takes no bytes"), "{format}");
        }
        assert_eq!(values("*s", b""), (vec![], None));
    }

    #[test]
    fn an_offset_behind_the_end_is_named() {
        let format = Struct::new("<H").unwrap();
        let source = Source::from(&[0; 4][..]);
        let scan = || Scan::new(&format, &source, 9);
        for error in [scan().one().unwrap_err(), scan().next().unwrap_err()] {
            assert_eq!(
                error.to_string(),
                "offset 9 is outside the buffer of 4 bytes"
            );
        }
        let mut at_the_end = Scan::new(&format, &source, 4);
        assert!(at_the_end.next().unwrap().is_none());
    }
}
