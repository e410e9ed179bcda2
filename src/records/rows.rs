//! Structs of any size, one after another, read one by one into columns.

use super::batch::Batch;
use super::build::{Builder, ROWS};
use super::error::Error;
use super::infer::{Inference, Leaf, leaves};
use super::schema::{Meaning, Schema};
use crate::Source;
use crate::offset::Position;
use crate::scan::Scan;
use crate::schema::Compiled;

/// The structs of a source, of a format whose size only data can tell.
///
/// They are read twice: once for the columns that there are, and once for the values.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::records::Rows;
///
/// let format = Struct::new("<B:n [n]s:text")?.into();
/// let source = Source::from(&b"\x02hi\x05there"[..]);
/// let rows = Rows::new(&format, &source, 0);
/// let schema = rows.schema()?;
/// assert_eq!(schema.fields[1].name(), "text");
/// let mut texts = Vec::new();
/// rows.each(&schema, &mut |batch| {
///     texts.extend((0..batch.rows).map(|row| batch.record(row, &schema).to_string()));
///     Ok(true)
/// })?;
/// assert_eq!(texts, ["(2, b'hi')", "(5, b'there')"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Rows<'a> {
    format: &'a Compiled,
    source: &'a Source,
    offset: u64,
}

impl<'a> Rows<'a> {
    /// The structs from an offset on.
    pub fn new(format: &'a Compiled, source: &'a Source, offset: u64) -> Rows<'a> {
        Rows {
            format,
            source,
            offset,
        }
    }

    /// The columns: the union of the fields of all structs. An error that ends this pass is reported when they are read
    /// again.
    ///
    /// # Errors
    ///
    /// When the source can't be read, or the records have too many different fields.
    pub fn schema(&self) -> Result<Schema, Error> {
        let mut found = Inference::default();
        self.infer(&mut found)?;
        Ok(Rows::described(found, self.format))
    }

    /// Adds the fields of all structs to those that were found.
    pub(crate) fn infer(&self, found: &mut Inference) -> Result<(), Error> {
        let mut scan = Scan::new(&self.format.layout, self.source, self.offset);
        loop {
            match scan.next() {
                Ok(Some(one)) => found.add(leaves(one.record.clone()))?,
                Ok(None) => return Ok(()),
                Err(error) if error.is_data() => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads the first struct, where there is one.
    #[cfg(feature = "cli")]
    pub(crate) fn first(&self) -> Result<(), Error> {
        Scan::new(&self.format.layout, self.source, self.offset).next()?;
        Ok(())
    }

    /// The columns that were found, with what the format says of them.
    pub(crate) fn described(found: Inference, format: &Compiled) -> Schema {
        let mut schema = found.schema(format.layout.format());
        for field in &mut schema.fields {
            let path: Vec<&str> = field.path.iter().map(String::as_str).collect();
            let meanings = &format.meanings;
            field.hex |= meanings.is_hex(&path);
            if let Some(note) = meanings.note(&path) {
                note.clone_into(&mut field.doc);
            }
            if let Some(names) = meanings.names(&path) {
                field.meaning = Meaning::Names(std::sync::Arc::clone(names));
            }
        }
        schema
    }

    /// The same with columns that hold values of any type, for structs that are not there yet.
    #[cfg(feature = "cli")]
    pub(crate) fn loose(found: Inference, format: &Compiled) -> Schema {
        let mut schema = Rows::described(found, format);
        for field in &mut schema.fields {
            field.data = super::Type::Any;
        }
        schema
    }

    /// Calls `visit` with the structs in batches, as long as it wants more.
    ///
    /// # Errors
    ///
    /// When the source can't be read, the data don't fit the format, or `visit` fails; rows before an error are handed
    /// over first.
    pub fn each(
        &self,
        schema: &Schema,
        visit: &mut dyn FnMut(&mut Batch) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut cursor = Cursor::new(self.offset);
        while let Some(mut batch) = cursor.next(self.format, self.source, schema, ROWS)? {
            if !visit(&mut batch)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Where the reading of structs goes on.
#[derive(Debug)]
pub(crate) struct Cursor {
    offset: u64,
    /// The error that ended the reading, reported after the rows before it.
    failed: Option<Error>,
}

impl Cursor {
    /// Structs from an offset on.
    pub(crate) fn new(offset: u64) -> Cursor {
        Cursor {
            offset,
            failed: None,
        }
    }

    /// Up to this many rows; `None` at the end of the source, which may have more by the next call.
    ///
    /// # Errors
    ///
    /// When the source can't be read or the data don't fit the format, after the rows before.
    pub(crate) fn next(
        &mut self,
        format: &Compiled,
        source: &Source,
        schema: &Schema,
        rows: usize,
    ) -> Result<Option<Batch>, Error> {
        let mut builder = Builder::new(schema);
        let mut scan = Scan::new(&format.layout, source, self.offset);
        while self.failed.is_none() && !builder.is_full() && builder.batch().rows < rows {
            match scan.next() {
                Ok(Some(one)) => {
                    let end = one.offset.past(one.bytes.len() as u64);
                    match builder.add(one.offset, leaves(one.record.clone())) {
                        Ok(()) => self.offset = end,
                        Err(error) => self.failed = Some(error.into()),
                    }
                }
                Ok(None) => break,
                Err(error) => self.failed = Some(error.into()),
            }
        }
        let batch = std::mem::take(builder.batch());
        match batch.rows {
            0 => self.failed.take().map_or(Ok(None), Err),
            _ => Ok(Some(batch)),
        }
    }

    /// Where the next struct begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }
}

/// Adds a row, and hands over the batch where it is full; answers whether more are wanted.
pub(super) fn hand_over(
    row: Option<(u64, Vec<Leaf>)>,
    builder: &mut Builder<'_>,
    visit: &mut dyn FnMut(&mut Batch) -> Result<bool, Error>,
) -> Result<bool, Error> {
    if let Some((offset, leaves)) = row {
        builder.add(offset, leaves)?;
    }
    if !builder.is_full() {
        return Ok(true);
    }
    let goes_on = visit(builder.batch())?;
    builder.clear();
    Ok(goes_on)
}
