//! Records of one size: blocks of them are read by one thread, made into rows by all, and written in order.

use std::collections::VecDeque;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Args;
use super::encoder::{Encoded, Encoder};
use super::input::RecordsPart;
use super::output::Sink;
use super::stats::Summary;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Exit, standard_output};
use crate::offset::{Position, Tally};
use crate::parallel;
use crate::records::{Batch, Blocks, Columns, Error, Pipeline, Schema, Selection};

/// How long the end of a file that grows is left alone.
const PAUSE: Duration = Duration::from_millis(200);

impl Args {
    /// The rows and the columns that are asked for.
    pub(super) fn selection(&self, schema: &Schema) -> Result<Selection> {
        let wanted = match self.select.as_slice() {
            [] => (0..schema.fields.len()).collect(),
            names => schema.select(names)?,
        };
        if let Some(name) = &self.file_column
            && schema.index(name).is_ok()
        {
            bail!("--file-column {name}: the records have a column of that name");
        }
        let selection = Selection::new(wanted)
            .every(self.every.unwrap_or(1))
            .file_column(self.file_column.clone());
        match &self.condition {
            Some(text) => selection.condition(text, schema).context("--where"),
            None => Ok(selection),
        }
    }
}

/// The use of rows: they are written, or summed up.
pub(super) enum Goal {
    Write(Box<Sink>),
    Sum(Box<Summary>),
}

/// Rows on their way to the goal: no more than are wanted.
pub(super) struct Rows {
    goal: Goal,
    left: Option<u64>,
    tail: Option<LastRows>,
}

/// The last rows.
struct LastRows {
    most: u64,
    rows: u64,
    batches: VecDeque<Batch>,
}

impl Rows {
    pub(super) fn new(
        args: &Args,
        schema: &Schema,
        is_stats: bool,
        cx: &mut Context,
    ) -> Result<Rows> {
        let goal = match is_stats {
            true => Goal::Sum(Box::new(Summary::new(schema.clone()))),
            false => Goal::Write(Box::new(Sink::open(args, schema, cx)?)),
        };
        let tail = args.tail.map(|most| LastRows {
            most,
            rows: 0,
            batches: VecDeque::new(),
        });
        Ok(Rows {
            goal,
            left: args.limit,
            tail,
        })
    }

    /// Whether more rows are wanted.
    pub(super) fn wants_more(&self) -> bool {
        self.left != Some(0)
    }

    /// The encoder for records of this size, where all rows are written.
    fn maker(&self, args: &Args, schema: &Schema, record: usize) -> Encoder {
        match &self.goal {
            Goal::Write(sink) if self.left.is_none() && self.tail.is_none() => {
                sink.maker(args, schema, record)
            }
            _ => Encoder::Rows,
        }
    }

    fn made(&mut self, made: Encoded) -> Result<()> {
        match (made, &mut self.goal) {
            (Encoded::Rows(batch), _) => self.batch(batch),
            (made, Goal::Write(sink)) => sink.made(made),
            (_, Goal::Sum(_)) => Ok(()),
        }
    }

    pub(super) fn batch(&mut self, mut batch: Batch) -> Result<()> {
        if let Some(left) = &mut self.left {
            batch.slice(0, usize::try_from(*left).unwrap_or(usize::MAX));
            *left = left.since(batch.rows as u64);
        }
        if let Some(tail) = &mut self.tail {
            tail.rows.tally(batch.rows as u64);
            tail.batches.push_back(batch);
            while let Some(first) = tail.batches.front() {
                let without = tail.rows.since(first.rows as u64);
                if without < tail.most {
                    break;
                }
                tail.rows = without;
                tail.batches.pop_front();
            }
            return Ok(());
        }
        self.goal.batch(batch)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        match &mut self.goal {
            Goal::Write(sink) => sink.flush(),
            Goal::Sum(_) => Ok(()),
        }
    }

    /// The end, after an error or without one.
    pub(super) fn end(mut self, args: &Args, ended: Result<()>, cx: &mut Context) -> Result<Exit> {
        if let Some(mut tail) = self.tail.take() {
            let over = tail.rows.saturating_sub(tail.most);
            if let Some(first) = tail.batches.front_mut() {
                first.slice(usize::try_from(over).unwrap_or(usize::MAX), usize::MAX);
            }
            let most = tail.most;
            for batch in tail.batches.into_iter().filter(|_| most > 0) {
                self.goal.batch(batch)?;
            }
        }
        match (self.goal, ended) {
            (Goal::Write(sink), Ok(())) => {
                sink.end(args, cx)?;
                Ok(Exit::Done)
            }
            (Goal::Write(sink), Err(error)) => {
                sink.give_up()?;
                Err(error)
            }
            (Goal::Sum(summary), ended) => {
                if ended.is_ok() || summary.has_rows() {
                    summary.write(args, cx)?;
                }
                ended?;
                Ok(Exit::Done)
            }
        }
    }
}

impl Goal {
    fn batch(&mut self, batch: Batch) -> Result<()> {
        match self {
            Goal::Write(sink) => sink.batch(batch),
            Goal::Sum(summary) => {
                summary.add(&batch);
                Ok(())
            }
        }
    }
}

impl Args {
    /// Records of one size.
    pub(super) fn columns(
        &self,
        columns: Columns,
        is_stats: bool,
        cx: &mut Context,
    ) -> Result<Exit> {
        let selection = self.selection(columns.schema())?;
        let schema = selection.schema(columns.schema());
        let mut rows = Rows::new(self, &schema, is_stats, cx)?;
        let size = columns.size();
        let maker = rows.maker(self, &schema, size);
        let threads = match self.threads {
            None => parallel::threads(),
            Some(n) => usize::try_from(n)
                .ok()
                .and_then(NonZeroUsize::new)
                .context("--threads: at least one does the work")?,
        };
        let block = maker.block_size(size);
        let mut pipeline = Pipeline::new(columns, selection, threads, move |rows| maker.make(rows));
        let mut file = |place: &RecordsPart<'_>, cx: &mut Context| {
            let records = self.open(place, cx)?;
            let name: Arc<str> = place.to_string().into();
            let mut blocks = Blocks::new(records.reader, size, records.offset);
            if let Some(bytes) = block {
                blocks = blocks.block_size(bytes);
            }
            if records.is_live {
                blocks = blocks.live();
            }
            let mut run = Run {
                args: self,
                pipeline: &mut pipeline,
                rows: &mut rows,
                is_live: records.is_live,
            };
            run.file(blocks, &name, cx)
                .with_context(|| place.to_string())
        };
        let ended = self.inputs.iter().try_for_each(|input| {
            let places = self.places(input, cx)?;
            places.iter().try_for_each(|place| file(place, cx))
        });
        let absent = pipeline.absent();
        if absent > 0 {
            cx.warn(format!(
                "{absent} values are not what their kind wants, such as digits, and are absent: without the \
                 kind, a field is the bytes that it has"
            ));
        }
        rows.end(self, ended, cx)
    }
}

/// Leaves a file that grows alone for a while; an error where nothing more is read of standard output.
pub(super) fn wait() -> Result<()> {
    if standard_output::is_closed() {
        return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
    }
    thread::sleep(PAUSE);
    Ok(())
}

/// The records of one file on their way.
struct Run<'a> {
    args: &'a Args,
    pipeline: &'a mut Pipeline<Encoded>,
    rows: &'a mut Rows,
    is_live: bool,
}

impl Run<'_> {
    fn file(
        &mut self,
        mut blocks: Blocks<Box<dyn Read + Send>>,
        name: &Arc<str>,
        cx: &mut Context,
    ) -> Result<()> {
        loop {
            if !self.rows.wants_more() {
                while self.pipeline.take().is_some() {}
                return Ok(());
            }
            match blocks.next(self.pipeline.room()) {
                Ok(Some(block)) => {
                    self.pipeline.push(block, name);
                    match self.is_live {
                        true => {
                            self.take_all()?;
                            self.rows.flush()?;
                        }
                        false => {
                            while let Some(made) = self.pipeline.take_ready(blocks.bytes_of_block())
                            {
                                self.rows.made(made?)?;
                            }
                        }
                    }
                }
                Ok(None) | Err(Error::Partial { .. }) if self.args.follow => {
                    self.rows.flush()?;
                    wait()?;
                }
                Ok(None) => return self.take_all(),
                Err(Error::Partial {
                    offset,
                    found,
                    size,
                }) if self.args.allow_partial => {
                    self.take_all()?;
                    if !self.rows.wants_more() {
                        return Ok(());
                    }
                    cx.warn(format!(
                        "{name}: the last record, which begins at {offset:#x}, has {found} of {size} bytes and \
                         is left out"
                    ));
                    return Ok(());
                }
                Err(error) => {
                    // The rows before it come first, and may be all that are wanted.
                    self.take_all()?;
                    return match self.rows.wants_more() {
                        true => Err(error.into()),
                        false => Ok(()),
                    };
                }
            }
        }
    }

    /// Takes the blocks that are in the pipeline.
    fn take_all(&mut self) -> Result<()> {
        while let Some(made) = self.pipeline.take() {
            self.rows.made(made?)?;
        }
        Ok(())
    }
}
