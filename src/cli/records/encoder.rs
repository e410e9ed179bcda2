//! Encoding blocks of records on threads, for the output to write in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "arrow")]
use arrow_array::RecordBatch;

use super::form::Form;
#[cfg(feature = "arrow")]
use crate::offset::Tally;
#[cfg(feature = "arrow")]
use crate::records::arrow::{Converter, GroupWriter, RowGroup};
use crate::records::{Batch, Decoded, Error, Schema};
use crate::render::rows::{Csv, Json, Style};

/// The bytes of rows of some forms, which threads make independently of each other.
#[derive(Debug)]
pub(super) enum Lines {
    Csv(Csv),
    Json(Json),
}

impl Lines {
    /// `None` where rows are written one after the other.
    pub(super) fn new(form: Form, schema: &Schema, style: Style) -> Option<Lines> {
        match form {
            Form::Csv => Some(Lines::Csv(Csv::new(schema, style))),
            Form::Jsonl => Some(Lines::Json(Json::new(schema, style))),
            Form::Json => Some(Lines::Json(Json::new(schema, style).in_list())),
            _ => None,
        }
    }

    pub(super) fn write(&self, batch: &Batch, out: &mut Vec<u8>) {
        match self {
            Lines::Csv(csv) => csv.write(batch, out),
            Lines::Json(json) => json.write(batch, out),
        }
    }
}

/// An encoded block of records.
pub(super) enum Encoded {
    Rows(Batch),
    Lines(Vec<u8>),
    #[cfg(feature = "arrow")]
    Batches(Vec<RecordBatch>),
    #[cfg(feature = "arrow")]
    Group(RowGroup),
}

/// Encodes blocks for the sink, on any thread.
pub(super) enum Encoder {
    Rows,
    /// With buffers of written texts, to be used again.
    Lines(Lines, Arc<Mutex<Vec<Vec<u8>>>>),
    #[cfg(feature = "arrow")]
    Batches(Arc<Converter>),
    /// Row groups of Parquet of these rows at least.
    #[cfg(feature = "arrow")]
    Groups(Arc<Converter>, usize),
}

/// Bytes of the records of a row group of Parquet: at least, and at most.
#[cfg(feature = "arrow")]
const GROUP: (usize, usize) = (4 << 20, 16 << 20);

/// Records of a row group, where they take no more bytes than that.
#[cfg(feature = "arrow")]
const GROUP_RECORDS: usize = 1 << 18;

/// Bytes of the records that go into a row group at once.
#[cfg(feature = "arrow")]
const GROUP_PART: usize = 1 << 20;

/// Bytes of the records of a row group.
#[cfg(feature = "arrow")]
pub(super) fn group_size(record: usize) -> usize {
    let (least, most) = GROUP;
    record.saturating_mul(GROUP_RECORDS).clamp(least, most)
}

impl Encoder {
    /// Bytes of a block, where it is not the usual size.
    #[cfg_attr(
        not(feature = "arrow"),
        expect(
            clippy::unused_self,
            unused_variables,
            reason = "only Parquet wants another size"
        )
    )]
    pub(super) fn block_size(&self, record: usize) -> Option<usize> {
        #[cfg(feature = "arrow")]
        if let Encoder::Groups(..) = self {
            return Some(group_size(record));
        }
        None
    }

    pub(super) fn make(&self, rows: &mut Decoded<'_>) -> Result<Encoded, Error> {
        match self {
            Encoder::Rows => Ok(Encoded::Rows(
                rows.next()?.map(std::mem::take).unwrap_or_default(),
            )),
            Encoder::Lines(lines, texts) => {
                let mut text = free(texts).pop().unwrap_or_default();
                if let Some(batch) = rows.next()? {
                    lines.write(batch, &mut text);
                }
                Ok(Encoded::Lines(text))
            }
            #[cfg(feature = "arrow")]
            Encoder::Batches(converter) => {
                let batch = rows.next()?.map(std::mem::take).unwrap_or_default();
                Ok(Encoded::Batches(vec![converter.convert(batch)?]))
            }
            #[cfg(feature = "arrow")]
            Encoder::Groups(converter, least) => groups(converter, *least, rows),
        }
    }
}

/// A row group; batches where they are too few for one.
#[cfg(feature = "arrow")]
fn groups(converter: &Converter, least: usize, rows: &mut Decoded<'_>) -> Result<Encoded, Error> {
    rows.in_parts(GROUP_PART);
    let mut waiting = Vec::new();
    let mut count = 0usize;
    let mut group: Option<GroupWriter> = None;
    while let Some(batch) = rows.next()? {
        if batch.rows == 0 {
            continue;
        }
        count.tally(batch.rows);
        waiting.push(converter.convert(std::mem::take(batch))?);
        if count < least {
            continue;
        }
        for batch in waiting.drain(..) {
            let group = match &mut group {
                Some(group) => group,
                None => group.insert(GroupWriter::new(&batch)?),
            };
            group.write(&batch)?;
        }
    }
    Ok(match group {
        Some(group) => Encoded::Group(group.finish()?),
        None => Encoded::Batches(waiting),
    })
}

pub(super) fn free(texts: &Mutex<Vec<Vec<u8>>>) -> MutexGuard<'_, Vec<Vec<u8>>> {
    texts.lock().unwrap_or_else(PoisonError::into_inner)
}
