//! Bytes of files as record batches, a block after the other.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use bytewright::records::{Batch, Columns, Filter, arrow::Converter};
use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::error::Result;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectStore, ObjectStoreExt as _};
use datafusion::physical_plan::metrics::{BaselineMetrics, Count};
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use crate::error::Error;

/// Makes rows of the bytes of whole records.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// The condition, and the columns that it looks at.
    condition: Option<(Filter, Columns)>,
    columns: Columns,
    converter: Converter,
    absent: AtomicU64,
}

impl Decoder {
    /// Rows of some columns, for which a condition holds.
    pub(crate) fn new(
        all: &Columns,
        projection: &[usize],
        condition: Option<&str>,
    ) -> Result<Decoder, Error> {
        let condition = match condition {
            None => None,
            Some(text) => {
                let wanted = Filter::new(text, all.schema())?.columns().to_vec();
                let columns = all.clone().select(&wanted);
                let filter = Filter::new(text, columns.schema())?;
                Some((filter, columns))
            }
        };
        let columns = all.clone().select(projection);
        Ok(Decoder {
            condition,
            converter: Converter::new(columns.schema()),
            columns,
            absent: AtomicU64::new(0),
        })
    }

    /// The size of a record.
    pub(crate) fn size(&self) -> usize {
        self.columns.size()
    }

    pub(crate) fn converter(&self) -> &Converter {
        &self.converter
    }

    /// Values that were none of their kind, such as digits, and are absent.
    pub(crate) fn absent(&self) -> u64 {
        self.absent.load(Ordering::Relaxed)
    }

    /// Whether all rows come out.
    pub(crate) fn keeps_all(&self) -> bool {
        self.condition.is_none()
    }

    /// The rows of some records, of which the first begins at `offset` of its file; `None` where none is wanted.
    fn rows(&self, bytes: &[u8], offset: u64, name: &str) -> Result<Option<RecordBatch>> {
        let wrong = |error: bytewright::DataError| Error::Records {
            path: name.to_owned(),
            error: error.into(),
        };
        let decode = |columns: &Columns| {
            let mut batch = Batch::default();
            columns
                .decode(bytes, offset, &mut batch)
                .map_err(wrong)
                .map(|()| batch)
        };
        let keep = match &self.condition {
            None => None,
            Some((filter, columns)) => {
                let keep = filter.holds(&decode(columns)?, columns.schema());
                let keep = keep.map_err(wrong)?;
                if !keep.contains(&true) {
                    return Ok(None);
                }
                Some(keep).filter(|keep| keep.contains(&false))
            }
        };
        let batch = decode(&self.columns)?;
        let absent = batch.absent() as u64;
        if absent > 0 {
            self.absent.fetch_add(absent, Ordering::Relaxed);
        }
        let batch = self.converter.convert(batch)?;
        Ok(Some(match keep {
            None => batch,
            Some(keep) => filter_record_batch(&batch, &BooleanArray::from(keep))?,
        }))
    }
}

/// Bytes of a file that are whole records.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// What people know the file by.
    pub(crate) name: Arc<str>,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) path: Path,
    pub(crate) bytes: Range<u64>,
    /// Bytes that are asked for at once.
    pub(crate) block: u64,
}

/// Whole records that were read, and how far they are decoded.
struct Block {
    name: Arc<str>,
    offset: u64,
    bytes: Bytes,
}

/// What is being read.
pub(crate) struct Reading {
    blocks: BoxStream<'static, Result<Block>>,
    current: Option<Block>,
    decoder: Arc<Decoder>,
    /// Bytes of records that become one batch.
    step: usize,
    left: Option<usize>,
    metrics: BaselineMetrics,
}

impl Reading {
    /// Begins to read the pieces, in their order, into batches of up to `rows` rows; no more than `limit` rows in all.
    pub(crate) fn new(
        pieces: VecDeque<Piece>,
        decoder: Arc<Decoder>,
        rows: usize,
        limit: Option<usize>,
        metrics: BaselineMetrics,
        scanned: Count,
    ) -> Reading {
        let size = decoder.size();
        // Where every row comes out, no more is read than the rows that are wanted.
        let most = limit
            .filter(|_| decoder.keeps_all())
            .map_or(u64::MAX, |limit| limit.saturating_mul(size) as u64);
        let blocks = stream::iter(ranges(pieces, size as u64, most))
            .map(move |piece| read(piece, scanned.clone()))
            // One block is read while the one before it is decoded.
            .buffered(2);
        Reading {
            blocks: blocks.boxed(),
            current: None,
            decoder,
            step: rows.max(1).saturating_mul(size),
            left: limit,
            metrics,
        }
    }

    /// The batches. Dropping the stream ends the reading.
    pub(crate) fn stream(self) -> BoxStream<'static, Result<RecordBatch>> {
        stream::try_unfold(self, |mut reading| async move {
            let batch = reading.next().await?;
            Ok(batch.map(|batch| (batch, reading)))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.left != Some(0) {
            let Some(block) = &mut self.current else {
                self.current = self.blocks.try_next().await?;
                if self.current.is_none() {
                    break;
                }
                continue;
            };
            let elapsed = self.metrics.elapsed_compute().clone();
            let timer = elapsed.timer();
            let bytes = block.bytes.split_to(self.step.min(block.bytes.len()));
            let rows = self.decoder.rows(&bytes, block.offset, &block.name)?;
            block.offset = block.offset.saturating_add(bytes.len() as u64);
            if block.bytes.is_empty() {
                self.current = None;
            }
            timer.done();
            let Some(mut rows) = rows else { continue };
            if let Some(left) = &mut self.left {
                rows = rows.slice(0, rows.num_rows().min(*left));
                *left = left.saturating_sub(rows.num_rows());
            }
            self.metrics.record_output(rows.num_rows());
            return Ok(Some(rows));
        }
        self.metrics.done();
        Ok(None)
    }
}

/// The pieces as blocks, of which the last are left out after that many bytes.
fn ranges(mut pieces: VecDeque<Piece>, size: u64, most: u64) -> impl Iterator<Item = Piece> + Send {
    let mut left = most;
    std::iter::from_fn(move || {
        while left > 0 {
            let piece = pieces.front_mut()?;
            let has = piece.bytes.end.saturating_sub(piece.bytes.start);
            if has == 0 {
                pieces.pop_front();
                continue;
            }
            let records = piece.block.checked_div(size).unwrap_or(1).max(1);
            let take = records.saturating_mul(size).min(has).min(left);
            let start = piece.bytes.start;
            let end = start.saturating_add(take);
            piece.bytes.start = end;
            left = left.saturating_sub(take);
            return Some(Piece {
                bytes: start..end,
                ..piece.clone()
            });
        }
        None
    })
}

async fn read(piece: Piece, scanned: Count) -> Result<Block> {
    let Piece {
        name,
        store,
        path,
        bytes,
        ..
    } = piece;
    let wanted = bytes.end.saturating_sub(bytes.start);
    let shrunk = |found: u64| Error::Shrunk {
        path: name.to_string(),
        offset: bytes.start,
        wanted,
        found,
    };
    let read = match store.get_ranges(&path, std::slice::from_ref(&bytes)).await {
        Ok(read) => read.into_iter().next().unwrap_or_default(),
        // Stores say it in words of their own, or give what there is.
        Err(error) => match store.head(&path).await {
            Ok(meta) if meta.size < bytes.end => {
                return Err(shrunk(meta.size.saturating_sub(bytes.start)).into());
            }
            _ => return Err(error.into()),
        },
    };
    if (read.len() as u64) < wanted {
        return Err(shrunk(read.len() as u64).into());
    }
    scanned.add(read.len());
    Ok(Block {
        name,
        offset: bytes.start,
        bytes: read,
    })
}
