//! One way to read records of any format, from the first batch to the last.

use std::fmt;
use std::io::{self, Read};
use std::iter::FusedIterator;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use super::batch::Batch;
use super::blocks::Blocks;
use super::build::ROWS;
use super::columns::Columns;
use super::error::Error;
use super::pipeline::Pipeline;
use super::rows::{Cursor, Rows};
use super::schema::Schema;
use super::selection::Selection;
use crate::offset::{Position, Tally};
use crate::scan::{Scan, ScanError};
use crate::schema::Compiled;
use crate::structs::{DataError, DataErrorKind};
use crate::{Source, Struct};

/// Which records a [`Reader`] reads, and how.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::Options;
///
/// // A header of four bytes, then records.
/// let bytes = b"LOG1\x01\0\x0a\x02\0\x14\x03\0\x1e";
/// let format = Struct::new("<H:id B:level")?;
/// let reader = Options::new()
///     .header(Struct::new("<4s:magic=\"LOG1\"")?)
///     .select(["level"])
///     .condition("id > 1")
///     .limit(1)
///     .reader(format, &bytes[..])?;
/// let schema = reader.schema().clone();
/// let mut levels = Vec::new();
/// for batch in reader {
///     let batch = batch?;
///     levels.extend((0..batch.rows).map(|row| batch.record(row, &schema).to_string()));
/// }
/// assert_eq!(levels, ["(20,)"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Options {
    skip: u64,
    header: Option<Struct>,
    select: Vec<String>,
    condition: Option<String>,
    every: Option<u64>,
    limit: Option<u64>,
    batch_rows: Option<NonZeroUsize>,
    threads: Option<NonZeroUsize>,
    allow_partial: bool,
}

impl Options {
    /// All records from the first byte on.
    pub fn new() -> Options {
        Options::default()
    }

    /// Passes over this many bytes.
    pub fn skip(mut self, bytes: u64) -> Options {
        self.skip = bytes;
        self
    }

    /// Passes over a struct of this format, after the bytes of [`Options::skip`].
    pub fn header(mut self, format: Struct) -> Options {
        self.header = Some(format);
        self
    }

    /// The columns of these names alone, in this order; the name of a group means all that is in it.
    pub fn select(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Options {
        self.select = names.into_iter().map(Into::into).collect();
        self
    }

    /// The rows for which a condition holds, see [`Filter`](super::Filter).
    pub fn condition(mut self, text: impl Into<String>) -> Options {
        self.condition = Some(text.into());
        self
    }

    /// Each N-th record, from the first on, before the condition is asked.
    pub fn every(mut self, n: u64) -> Options {
        self.every = Some(n);
        self
    }

    /// No more than the first rows that the condition holds for.
    pub fn limit(mut self, rows: u64) -> Options {
        self.limit = Some(rows);
        self
    }

    /// Reads this many records into a batch; otherwise as many as take a MiB, or 4096 of a format without a fixed
    /// size. The condition may leave fewer rows.
    pub fn batch_rows(mut self, rows: NonZeroUsize) -> Options {
        self.batch_rows = Some(rows);
        self
    }

    /// Decodes records of a fixed size on this many threads, that of the caller included; otherwise on that alone.
    pub fn threads(mut self, threads: NonZeroUsize) -> Options {
        self.threads = Some(threads);
        self
    }

    /// Leaves out a last record that is cut short, in the place of an error; [`Reader::partial`] tells of it.
    pub fn allow_partial(mut self) -> Options {
        self.allow_partial = true;
        self
    }

    /// Reads a file as it is. A compressed one takes a decoder of [`codecs`](crate::codecs), which is passed to
    /// [`Options::reader`].
    ///
    /// # Errors
    ///
    /// When the file can't be read, a column or a condition is wrong, or the header isn't there.
    pub fn open(
        &self,
        format: impl Into<Compiled>,
        path: impl AsRef<Path>,
    ) -> Result<Reader, Error> {
        self.source(format.into(), Source::open(path)?)
    }

    /// Reads a stream, of a format of fixed size in constant memory. Others are read twice, and what was read of
    /// the stream is kept, beyond 16 MiB in a temporary file.
    ///
    /// # Errors
    ///
    /// As [`Options::open`].
    pub fn reader(
        &self,
        format: impl Into<Compiled>,
        stream: impl Read + Send + 'static,
    ) -> Result<Reader, Error> {
        let format = format.into();
        match Columns::new(&format) {
            Some(columns) => {
                let mut stream: Box<dyn Read + Send> = Box::new(stream);
                let mut start = self.skip;
                skip(&mut stream, start)?;
                if let Some(header) = &self.header {
                    let (rest, size) = after_header(stream, header, start)?;
                    stream = rest;
                    start.advance(size);
                }
                self.fixed(columns, stream, start)
            }
            None => self.source(format, Source::stream(stream)),
        }
    }

    fn source(&self, format: Compiled, source: Source) -> Result<Reader, Error> {
        let mut start = self.skip;
        if let Some(header) = &self.header {
            let size = Scan::new(header, &source, start).one()?.bytes.len();
            start.advance(size as u64);
        }
        // A start beyond the end of the source is an error, not a file without records.
        if start > 0 && source.read_some(start.since(1), 1)?.is_empty() {
            let offset = i64::try_from(start).unwrap_or(i64::MAX);
            let available = source.size()?;
            return Err(DataError::new(DataErrorKind::Offset { offset, available }).into());
        }
        if let Some(columns) = Columns::new(&format) {
            return self.fixed(columns, Box::new(source.reader(start)), start);
        }
        let all = Rows::new(&format, &source, start).schema()?;
        let selection = self.selection(&all)?;
        Ok(self.of(
            selection.schema(&all),
            Inner::Rows(Box::new(Varying {
                format,
                cursor: Cursor::new(start),
                source,
                all,
                selection,
                rows: self.batch_rows.map_or(ROWS, NonZeroUsize::get),
                index: 0,
            })),
        ))
    }

    fn fixed(
        &self,
        columns: Columns,
        stream: Box<dyn Read + Send>,
        start: u64,
    ) -> Result<Reader, Error> {
        let selection = self.selection(columns.schema())?;
        let schema = selection.schema(columns.schema());
        let mut blocks = Blocks::new(stream, columns.size(), start);
        if let Some(rows) = self.batch_rows {
            blocks = blocks.block_size(rows.get().saturating_mul(columns.size()));
        }
        let threads = self.threads.unwrap_or(NonZeroUsize::MIN);
        let pipeline = Pipeline::new(columns, selection, threads, |rows| {
            Ok(rows.next()?.map(std::mem::take).unwrap_or_default())
        });
        Ok(self.of(
            schema,
            Inner::Fixed(Box::new(Fixed {
                blocks,
                pipeline,
                ended: None,
            })),
        ))
    }

    fn selection(&self, schema: &Schema) -> Result<Selection, Error> {
        let wanted = match self.select.as_slice() {
            [] => (0..schema.fields.len()).collect(),
            names => schema.select(names)?,
        };
        let selection = Selection::new(wanted).every(self.every.unwrap_or(1));
        Ok(match &self.condition {
            Some(text) => selection.condition(text, schema)?,
            None => selection,
        })
    }

    fn of(&self, schema: Schema, inner: Inner) -> Reader {
        Reader {
            schema,
            inner,
            left: self.limit,
            allow_partial: self.allow_partial,
            partial: None,
            is_over: false,
        }
    }
}

/// The records of a file or a stream, as batches of columns. Batches without a row don't come.
///
/// ```no_run
/// use bytewright::Struct;
/// use bytewright::records::Reader;
///
/// let reader = Reader::open(Struct::new("<I~unix:time f:value")?, "samples.bin")?;
/// let mut rows = 0;
/// for batch in reader {
///     rows += batch?.rows;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Options`] says which records are read. After an error there is nothing more; the rows before it came first.
pub struct Reader {
    schema: Schema,
    inner: Inner,
    /// Rows that are still wanted.
    left: Option<u64>,
    allow_partial: bool,
    partial: Option<(u64, u64)>,
    is_over: bool,
}

enum Inner {
    Fixed(Box<Fixed>),
    Rows(Box<Varying>),
}

/// Records of one size.
struct Fixed {
    blocks: Blocks<Box<dyn Read + Send>>,
    pipeline: Pipeline<Batch>,
    /// Why there are no more blocks.
    ended: Option<Result<(), Error>>,
}

/// Records whose size only data tell.
struct Varying {
    format: Compiled,
    source: Source,
    cursor: Cursor,
    /// All columns.
    all: Schema,
    selection: Selection,
    /// Rows of a batch at most.
    rows: usize,
    /// Rows that were read.
    index: u64,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// All records of a file, which is read as it is.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn open(format: impl Into<Compiled>, path: impl AsRef<Path>) -> Result<Reader, Error> {
        Options::new().open(format, path)
    }

    /// All records of a stream, see [`Options::reader`].
    ///
    /// # Errors
    ///
    /// When the stream can't be read.
    pub fn new(
        format: impl Into<Compiled>,
        stream: impl Read + Send + 'static,
    ) -> Result<Reader, Error> {
        Options::new().reader(format, stream)
    }

    /// The columns of the batches.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Where a last record begins that is cut short and was left out, and how many bytes of it there are.
    pub fn partial(&self) -> Option<(u64, u64)> {
        self.partial
    }

    fn read(&mut self) -> Result<Option<Batch>, Error> {
        loop {
            let batch = match &mut self.inner {
                Inner::Fixed(fixed) => fixed.next(),
                Inner::Rows(rows) => rows.next(),
            };
            let mut batch = match batch {
                Ok(Some(batch)) => batch,
                Ok(None) => return Ok(None),
                Err(error) => {
                    let cut = match (&error, &self.inner) {
                        _ if !self.allow_partial => None,
                        (Error::Partial { offset, found, .. }, _) => Some((*offset, *found)),
                        (error, Inner::Rows(rows)) if error.is_cut() => {
                            let (offset, size) = (rows.cursor.offset(), rows.source.size()?);
                            Some((offset, size.saturating_sub(offset)))
                        }
                        _ => None,
                    };
                    self.partial = cut;
                    return cut.map_or(Err(error), |_| Ok(None));
                }
            };
            if let Some(left) = &mut self.left {
                batch.slice(0, usize::try_from(*left).unwrap_or(usize::MAX));
                *left = left.since(batch.rows as u64);
            }
            if batch.rows > 0 {
                return Ok(Some(batch));
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Batch, Error>;

    fn next(&mut self) -> Option<Result<Batch, Error>> {
        if self.is_over || self.left == Some(0) {
            return None;
        }
        let read = self.read().transpose();
        self.is_over = !matches!(read, Some(Ok(_)));
        read
    }
}

impl FusedIterator for Reader {}

impl Fixed {
    fn next(&mut self) -> Result<Option<Batch>, Error> {
        let file = Arc::from("");
        while self.ended.is_none() {
            if let Some(done) = self.pipeline.take_ready(self.blocks.bytes_of_block()) {
                return done.map(Some);
            }
            match self.blocks.next(self.pipeline.room()) {
                Ok(Some(block)) => self.pipeline.push(block, &file),
                Ok(None) => self.ended = Some(Ok(())),
                Err(error) => self.ended = Some(Err(error)),
            }
        }
        match self.pipeline.take() {
            Some(done) => done.map(Some),
            None => self.ended.replace(Ok(())).unwrap_or(Ok(())).map(|()| None),
        }
    }
}

impl Varying {
    fn next(&mut self) -> Result<Option<Batch>, Error> {
        let (format, source) = (&self.format, &self.source);
        let Some(batch) = self.cursor.next(format, source, &self.all, self.rows)? else {
            return Ok(None);
        };
        let taken = self.selection.taken(&batch, self.index, "")?;
        self.index.tally(batch.rows as u64);
        Ok(Some(taken))
    }
}

/// Bytes that a header of unknown size may have.
const MAX_HEADER: u64 = 16 << 20;

/// Passes over the first bytes of a stream.
///
/// # Errors
///
/// When the stream can't be read, or has fewer.
pub(crate) fn skip(stream: &mut impl Read, bytes: u64) -> Result<(), Error> {
    let available = io::copy(&mut Read::take(stream, bytes), &mut io::sink())?;
    if available < bytes {
        let offset = i64::try_from(bytes).unwrap_or(i64::MAX);
        return Err(DataError::new(DataErrorKind::Offset { offset, available }).into());
    }
    Ok(())
}

/// What follows a struct at the front of a stream, and the size of the struct, which begins at `offset` of the
/// source.
///
/// # Errors
///
/// When the stream can't be read, or the struct isn't there.
pub(crate) fn after_header(
    mut stream: Box<dyn Read + Send>,
    format: &Struct,
    offset: u64,
) -> Result<(Box<dyn Read + Send>, u64), Error> {
    // Bytes that were read beyond a struct of unknown size are put back.
    let mut head = Vec::new();
    let mut want = format.size().unwrap_or(64);
    let size = loop {
        let missing = want.saturating_sub(head.len() as u64);
        let read = Read::take(&mut stream, missing).read_to_end(&mut head)? as u64;
        let source = Source::from(head.as_slice());
        match Scan::new(format, &source, 0).one() {
            Ok(found) => break found.bytes.len(),
            Err(ScanError::Data(error)) if read < missing || want > MAX_HEADER => {
                return Err(error.moved(offset).into());
            }
            Err(ScanError::Data(_)) => want = want.saturating_mul(2),
            Err(error) => return Err(error.into()),
        }
    };
    let rest = head.get(size..).unwrap_or_default().to_vec();
    Ok((Box::new(io::Cursor::new(rest).chain(stream)), size as u64))
}
