//! Processing blocks of records on threads, with results in the order of the blocks.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::batch::Batch;
use super::blocks::Block;
use super::column::Column;
use super::columns::Columns;
use super::error::Error;
use super::selection::Selection;
use crate::offset::Position;
use crate::parallel::Ordered;

/// Bytes of blocks that are given to each thread ahead; at least one block.
const AHEAD: usize = 2 << 20;

/// Threads that decode blocks, keep the selected rows, and make a `T` of each block.
#[derive(Debug)]
pub(crate) struct Pipeline<T> {
    pool: Ordered<Job, Finished<T>>,
    /// Buffers of finished blocks, to be used again.
    rooms: Vec<Vec<u8>>,
    threads: usize,
    absent: Arc<AtomicUsize>,
}

/// A block of a file, and the file's name.
#[derive(Debug)]
struct Job(Block, Arc<str>);

/// The result of a block, and the buffer of its bytes.
#[derive(Debug)]
struct Finished<T> {
    made: Result<T, Error>,
    room: Vec<u8>,
}

/// The state that all threads share.
struct Shared {
    columns: Columns,
    selection: Selection,
    absent: Arc<AtomicUsize>,
    /// Batches to be used again.
    batches: Mutex<Vec<Batch>>,
}

/// The wanted rows of one block, all in one batch, or a part of them at a time.
pub(crate) struct Decoded<'a> {
    shared: &'a Shared,
    rest: &'a [u8],
    /// Records of a batch at most.
    records: usize,
    offset: u64,
    index: u64,
    file: &'a str,
    batch: Batch,
    /// Columns that only the condition looks at.
    others: Vec<Column>,
}

impl<T: Send + 'static> Pipeline<T> {
    /// For the records that `columns` reads; `make` works on the threads.
    pub(crate) fn new(
        columns: Columns,
        selection: Selection,
        threads: NonZeroUsize,
        make: impl Fn(&mut Decoded<'_>) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Pipeline<T> {
        let absent = Arc::new(AtomicUsize::new(0));
        let shared = Shared {
            columns: columns.select(selection.needed()),
            selection,
            absent: Arc::clone(&absent),
            batches: Mutex::new(Vec::new()),
        };
        let work = move |Job(block, file): Job| {
            let mut decoded = Decoded {
                shared: &shared,
                rest: &block.bytes,
                records: usize::MAX,
                offset: block.offset,
                index: block.index,
                file: &file,
                batch: shared.batches().pop().unwrap_or_default(),
                others: Vec::new(),
            };
            let made = make(&mut decoded);
            decoded.restore();
            let batch = decoded.batch;
            shared.batches().push(batch);
            Finished {
                made,
                room: block.bytes,
            }
        };
        Pipeline {
            pool: Ordered::new(threads, work),
            rooms: Vec::new(),
            threads: threads.get(),
            absent,
        }
    }

    /// Room for the bytes of a block.
    pub(crate) fn room(&mut self) -> Vec<u8> {
        self.rooms.pop().unwrap_or_default()
    }

    /// Gives out a block of the file of that name.
    pub(crate) fn push(&mut self, block: Block, file: &Arc<str>) {
        self.pool.push(Job(block, Arc::clone(file)));
    }

    /// The result of the oldest block, where more are queued than keep all threads busy; `block` is
    /// the size of one.
    pub(crate) fn take_ready(&mut self, block: usize) -> Option<Result<T, Error>> {
        let each = AHEAD.checked_div(block).unwrap_or(1).clamp(1, 2);
        let ahead = match self.threads {
            // One has nothing to wait for.
            1 => 0,
            threads => threads.saturating_mul(each),
        };
        match self.pool.pending() > ahead {
            true => self.take(),
            false => None,
        }
    }

    /// The result of the oldest block; `None` where none is queued.
    pub(crate) fn take(&mut self) -> Option<Result<T, Error>> {
        let Finished { made, room } = self.pool.pop()?;
        self.rooms.push(room);
        Some(made)
    }

    /// The number of values that are none of their kind.
    pub(crate) fn absent(&self) -> usize {
        self.absent.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn batches(&self) -> std::sync::MutexGuard<'_, Vec<Batch>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Decoded<'_> {
    /// Makes batches of about this many bytes of records.
    #[cfg(feature = "arrow")]
    pub(crate) fn in_parts(&mut self, bytes: usize) {
        let size = self.shared.columns.size();
        self.records = bytes.checked_div(size).unwrap_or(1).max(1);
    }

    /// The next rows; `None` at the end of the block. Its room is used again, unless it is taken out.
    ///
    /// # Errors
    ///
    /// When a constant isn't there, or values of a row can't be compared.
    pub(crate) fn next(&mut self) -> Result<Option<&mut Batch>, Error> {
        let shared = self.shared;
        let size = shared.columns.size();
        if self.rest.len() < size {
            return Ok(None);
        }
        let taken = self.records.saturating_mul(size).min(self.rest.len());
        let (now, rest) = self
            .rest
            .split_at_checked(taken)
            .unwrap_or((self.rest, &[]));
        self.rest = rest;
        let (offset, index) = (self.offset, self.index);
        self.offset = offset.past(now.len() as u64);
        self.restore();
        shared.columns.decode(now, offset, &mut self.batch)?;
        self.index = index.past(self.batch.rows as u64);
        let absent = self.batch.absent();
        if absent > 0 {
            shared.absent.fetch_add(absent, Ordering::Relaxed);
        }
        let selection = &shared.selection;
        self.others = selection.apply(&mut self.batch, index, self.file)?;
        Ok(Some(&mut self.batch))
    }

    fn restore(&mut self) {
        let selection = &self.shared.selection;
        selection.restore(&mut self.batch, &mut self.others);
    }
}
