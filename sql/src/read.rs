//! Bytes of files as record batches, a block after the other.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use bytewright::Source;
use bytewright::records::{Batch, Columns, Filter, Type, arrow::Converter};
use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::error::Result;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectStore, ObjectStoreExt as _};
use datafusion::physical_plan::metrics::{BaselineMetrics, Count};
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use crate::error::Error;
use crate::keys::Keys;

/// Makes rows of the bytes of whole records.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// The condition, and the columns that it looks at.
    condition: Option<(Filter, Columns)>,
    columns: Columns,
    /// The columns that become keys, by their indexes.
    keys: Vec<(usize, Keys)>,
    converter: Converter,
    absent: AtomicU64,
    /// Texts with bytes that are no UTF-8 which became keys.
    lost: AtomicU64,
}

impl Decoder {
    /// Rows of some columns, for which a condition holds. Of the columns whose indexes in the projection `keyed` has,
    /// keys come out in the place of values.
    pub(crate) fn new(
        all: &Columns,
        projection: &[usize],
        keyed: &[usize],
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
        let mut columns = all.clone().select(projection);
        let mut keys = Vec::with_capacity(keyed.len());
        for index in keyed {
            let Some((kind, with_bytes)) = Keys::of(&columns, *index) else {
                return Err(Error::Plan(format!("column {index} has no keys")));
            };
            keys.push((*index, kind));
            columns = with_bytes;
        }
        let mut schema = columns.schema().clone();
        for index in keyed {
            if let Some(field) = schema.fields.get_mut(*index)
                && let Type::Bytes { width: Some(width) } = field.data
            {
                field.data = Keys::of_width(width);
            }
        }
        Ok(Decoder {
            condition,
            converter: Converter::new(&schema),
            columns,
            keys,
            absent: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        })
    }

    /// The size of a record.
    pub(crate) fn size(&self) -> usize {
        self.columns.size()
    }

    pub(crate) fn converter(&self) -> &Converter {
        &self.converter
    }

    /// What the keys of a column are made of; `None` where it has values.
    pub(crate) fn keys(&self, column: usize) -> Option<Keys> {
        let keys = self.keys.iter().find(|(index, _)| *index == column);
        keys.map(|(_, keys)| *keys)
    }

    /// Values that Arrow's types can't hold, and texts with bytes that are no UTF-8.
    pub(crate) fn lost(&self) -> u64 {
        let texts = self.lost.load(Ordering::Relaxed);
        self.converter.lost().saturating_add(texts)
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
        let mut batch = decode(&self.columns)?;
        for (index, keys) in &self.keys {
            let Some(column) = batch.columns.get_mut(*index) else {
                continue;
            };
            let lost = keys.make(&mut column.values);
            self.lost.fetch_add(lost, Ordering::Relaxed);
        }
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
    /// The file itself, where it is one of this machine.
    pub(crate) local: Option<Arc<Local>>,
}

/// Bytes that are read at once of a file of this machine; fewer where a batch has fewer.
const LOCAL_BLOCK: u64 = 1 << 20;

/// Bytes that are asked of a store at once, where asking takes long.
const REMOTE_BLOCK: u64 = 8 << 20;

/// A file of this machine, which is opened when it is read first.
#[derive(Debug)]
pub(crate) struct Local {
    path: PathBuf,
    file: OnceLock<Option<Source>>,
}

impl Local {
    /// The file that a store has under a path; `None` where it isn't the store of this machine's files.
    pub(crate) fn of(store: &dyn ObjectStore, path: &Path) -> Option<Local> {
        let own = LocalFileSystem::new();
        // A session may have another store in this one's place.
        let is_own = store.to_string() == own.to_string();
        let path = is_own.then(|| own.path_to_filesystem(path))?;
        Some(Local {
            path: path.ok()?,
            file: OnceLock::new(),
        })
    }

    /// Fills a buffer; answers whether it could.
    fn fill(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let file = self.file.get_or_init(|| Source::open(&self.path).ok());
        let Some(file) = file else { return false };
        let read = file.read_into(offset, buffer);
        read.is_ok_and(|read| read == buffer.len())
    }
}

/// Whole records that were read, and how far they are decoded.
struct Block {
    name: Arc<str>,
    /// Where the first of them begins in its file.
    offset: u64,
    bytes: Data,
    /// Bytes that are decoded.
    done: usize,
}

/// What was read.
enum Data {
    /// In a buffer that is used again.
    Own(Vec<u8>),
    OfStore(Bytes),
}

impl Data {
    fn bytes(&self) -> &[u8] {
        match self {
            Data::Own(bytes) => bytes,
            Data::OfStore(bytes) => bytes,
        }
    }
}

/// Buffers that are decoded. New memory is given out zeroed and page by page, which takes as long as reading into it.
type Spare = Arc<Mutex<Vec<Vec<u8>>>>;

/// What is being read.
pub(crate) struct Reading {
    blocks: BoxStream<'static, Result<Block>>,
    current: Option<Block>,
    spare: Spare,
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
        let step = rows.max(1).saturating_mul(size);
        let spare = Spare::default();
        let buffers = Arc::clone(&spare);
        let blocks = stream::iter(ranges(pieces, size as u64, step as u64, most))
            .map(move |piece| read(piece, Arc::clone(&buffers), scanned.clone()))
            // One block is asked of a store while the one before it is decoded.
            .buffered(2);
        Reading {
            blocks: blocks.boxed(),
            current: None,
            spare,
            decoder,
            step,
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
            let all = block.bytes.bytes();
            let end = block.done.saturating_add(self.step).min(all.len());
            let bytes = all.get(block.done..end).unwrap_or_default();
            let offset = block.offset.saturating_add(block.done as u64);
            let rows = self.decoder.rows(bytes, offset, &block.name)?;
            block.done = end;
            let is_last = end == all.len();
            if is_last && let Some(Data::Own(buffer)) = self.current.take().map(|b| b.bytes) {
                let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
                spare.push(buffer);
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

/// The pieces as blocks, of which those after the first `most` bytes are left out. Files of this machine are read a
/// batch (`step` bytes) at a time, which is still in a processor's cache when it is decoded; a batch of large records
/// in several blocks.
fn ranges(
    mut pieces: VecDeque<Piece>,
    size: u64,
    step: u64,
    most: u64,
) -> impl Iterator<Item = Piece> + Send {
    let mut left = most;
    std::iter::from_fn(move || {
        while left > 0 {
            let piece = pieces.front_mut()?;
            let has = piece.bytes.end.saturating_sub(piece.bytes.start);
            if has == 0 {
                pieces.pop_front();
                continue;
            }
            let block = match piece.local {
                Some(_) => step.min(LOCAL_BLOCK),
                None => REMOTE_BLOCK,
            };
            let records = block.checked_div(size).unwrap_or(1).max(1);
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

async fn read(piece: Piece, spare: Spare, scanned: Count) -> Result<Block> {
    let Piece {
        name,
        store,
        path,
        bytes,
        local,
    } = piece;
    let wanted = bytes.end.saturating_sub(bytes.start);
    if let (Some(local), Ok(wanted)) = (local, usize::try_from(wanted)) {
        // The thread that decodes reads: to hand a block over to it takes longer than to copy it.
        let buffer = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = buffer.unwrap_or_default();
        buffer.resize(wanted, 0);
        if local.fill(bytes.start, &mut buffer) {
            scanned.add(wanted);
            return Ok(Block {
                name,
                offset: bytes.start,
                bytes: Data::Own(buffer),
                done: 0,
            });
        }
        // What is wrong, the store says in the same words as of all files.
    }
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
        bytes: Data::OfStore(read),
        done: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::object_store::memory::InMemory;

    /// How many bytes are read at once of a file of this machine.
    fn blocks(length: u64, size: u64, step: u64) -> Vec<u64> {
        let local = Local {
            path: PathBuf::new(),
            file: OnceLock::new(),
        };
        let piece = Piece {
            name: "".into(),
            store: Arc::new(InMemory::new()),
            path: Path::default(),
            bytes: 0..length,
            local: Some(Arc::new(local)),
        };
        let blocks = ranges([piece].into(), size, step, u64::MAX);
        blocks
            .map(|block| block.bytes.end.saturating_sub(block.bytes.start))
            .collect()
    }

    #[test]
    fn a_batch_of_large_records_is_not_read_at_once() {
        // 8192 records of 100 bytes, of 1000, of three MiB.
        assert_eq!(blocks(2_000_000, 100, 819_200), [819_200, 819_200, 361_600]);
        assert_eq!(
            blocks(3_000_000, 1000, 8_192_000),
            [1_048_000, 1_048_000, 904_000]
        );
        assert_eq!(blocks(6 << 20, 3 << 20, 24 << 30), [3 << 20, 3 << 20]);
    }
}
