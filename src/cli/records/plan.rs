//! Records of one size: blocks of them are read by one thread, made into rows by all, and written in order.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::Args;
use super::input::Records;
use super::output::{Lines, Sink};
use super::stats::Summary;
use crate::cli::{Context, Exit, Input, out};
use crate::parallel::{self, Ordered};
use crate::records::{
    Batch, Block, Blocks, Column, Columns, Error, Field, Filter, Schema, Strings, Type, Values,
};

/// How long the end of a file that grows is left alone.
const PAUSE: Duration = Duration::from_millis(200);

/// Blocks that a thread is ahead.
const AHEAD: usize = 2;

/// Which rows of which columns are wanted.
#[derive(Debug)]
pub(super) struct Selection {
    /// The columns that rows are read with: those that are wanted, and after them what the condition looks at.
    pub(super) needed: Vec<usize>,
    /// How many of them are wanted.
    wanted: usize,
    /// Over the columns that are needed.
    filter: Option<(Filter, Schema)>,
    every: u64,
    file_column: Option<String>,
}

impl Selection {
    pub(super) fn new(args: &Args, schema: &Schema) -> anyhow::Result<Selection> {
        let mut needed = match args.select.as_slice() {
            [] => (0..schema.fields.len()).collect(),
            names => schema.select(names)?,
        };
        let wanted = needed.len();
        let filter = match &args.condition {
            None => None,
            Some(text) => {
                let all = Filter::new(text, schema).context("--where")?;
                let more = all
                    .columns()
                    .iter()
                    .filter(|column| !needed.contains(column));
                let more: Vec<usize> = more.copied().collect();
                needed.extend(more);
                let own = narrowed(schema, &needed);
                Some((Filter::new(text, &own).context("--where")?, own))
            }
        };
        if let Some(name) = &args.file_column
            && schema.index(name).is_ok()
        {
            bail!("--file-column {name}: the records have a column of that name");
        }
        Ok(Selection {
            needed,
            wanted,
            filter,
            every: args.every.unwrap_or(1),
            file_column: args.file_column.clone(),
        })
    }

    /// The columns of the rows that come out.
    pub(super) fn schema(&self, schema: &Schema) -> Schema {
        let wanted = self.needed.get(..self.wanted).unwrap_or_default();
        let mut schema = narrowed(schema, wanted);
        if let Some(name) = &self.file_column {
            schema
                .fields
                .insert(0, Field::new(vec![name.clone()], Type::Text));
        }
        schema
    }

    /// Leaves the rows and the columns that are wanted; `index` is that of the first row in its file.
    pub(super) fn apply(&self, batch: &mut Batch, index: u64, file: &str) -> Result<(), Error> {
        if self.every > 1 {
            let rows = (index..).take(batch.rows);
            let keep: Vec<bool> = rows
                .map(|row| row.checked_rem(self.every) == Some(0))
                .collect();
            batch.retain(&keep);
        }
        if let Some((filter, schema)) = &self.filter {
            filter.apply(batch, schema)?;
        }
        batch.columns.truncate(self.wanted);
        if self.file_column.is_some() {
            let mut names = Strings::default();
            (0..batch.rows).for_each(|_| names.push(file.as_bytes()));
            let column = Column {
                values: Values::Text(names),
                valid: None,
            };
            batch.columns.insert(0, column);
        }
        Ok(())
    }
}

fn narrowed(schema: &Schema, columns: &[usize]) -> Schema {
    let mut own = schema.clone();
    let fields = columns
        .iter()
        .filter_map(|column| schema.fields.get(*column));
    own.fields = fields.cloned().collect();
    own
}

/// What is done with rows: they are written, or summed up.
pub(super) enum Goal {
    Write(Box<Sink>),
    Sum(Box<Summary>),
}

/// Rows on their way to the goal: no more than are wanted.
pub(super) struct Rows {
    goal: Goal,
    left: Option<u64>,
    tail: Option<Tail>,
}

/// The last rows.
struct Tail {
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
    ) -> anyhow::Result<Rows> {
        let goal = match is_stats {
            true => Goal::Sum(Box::new(Summary::new(schema.clone()))),
            false => Goal::Write(Box::new(Sink::open(args, schema, cx)?)),
        };
        let tail = args.tail.map(|most| Tail {
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

    /// Whether threads may make text of rows, since all of them are wanted.
    fn takes_lines(&self) -> bool {
        let all = self.left.is_none() && self.tail.is_none();
        all && matches!(&self.goal, Goal::Write(sink) if sink.takes_lines())
    }

    pub(super) fn batch(&mut self, mut batch: Batch) -> anyhow::Result<()> {
        if let Some(left) = &mut self.left {
            batch.slice(0, usize::try_from(*left).unwrap_or(usize::MAX));
            *left = left.saturating_sub(batch.rows as u64);
        }
        if let Some(tail) = &mut self.tail {
            tail.rows = tail.rows.saturating_add(batch.rows as u64);
            tail.batches.push_back(batch);
            while let Some(first) = tail.batches.front() {
                let without = tail.rows.saturating_sub(first.rows as u64);
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

    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        match &mut self.goal {
            Goal::Write(sink) => sink.flush(),
            Goal::Sum(_) => Ok(()),
        }
    }

    /// The end, after an error or without one.
    pub(super) fn end(
        mut self,
        args: &Args,
        ended: anyhow::Result<()>,
        cx: &mut Context,
    ) -> anyhow::Result<Exit> {
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
    fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        match self {
            Goal::Write(sink) => sink.batch(batch),
            Goal::Sum(summary) => {
                summary.add(&batch);
                Ok(())
            }
        }
    }
}

/// What threads know.
struct Work {
    columns: Columns,
    selection: Selection,
    lines: Option<Lines>,
    /// Values that are none of their kind.
    absent: Arc<AtomicUsize>,
}

/// A block of a file, and its name.
struct Job(Block, Arc<str>);

/// What became of a block: rows, or their text; and the room of its bytes.
struct Done {
    rows: Result<Out, Error>,
    bytes: Vec<u8>,
}

enum Out {
    Batch(Batch),
    Text(Vec<u8>),
}

impl Work {
    fn job(&self, Job(block, file): Job) -> Done {
        Done {
            rows: self.rows(&block, &file),
            bytes: block.bytes,
        }
    }

    fn rows(&self, block: &Block, file: &str) -> Result<Out, Error> {
        let mut batch = Batch::default();
        self.columns
            .decode(&block.bytes, block.offset, &mut batch)?;
        self.absent.fetch_add(batch.absent(), Ordering::Relaxed);
        self.selection.apply(&mut batch, block.index, file)?;
        Ok(match &self.lines {
            None => Out::Batch(batch),
            Some(lines) => {
                let mut text = Vec::new();
                lines.write(&batch, &mut text);
                Out::Text(text)
            }
        })
    }
}

impl Args {
    /// Records of one size.
    pub(super) fn columns(
        &self,
        columns: Columns,
        is_stats: bool,
        cx: &mut Context,
    ) -> anyhow::Result<Exit> {
        let selection = Selection::new(self, columns.schema())?;
        let schema = selection.schema(columns.schema());
        let mut rows = Rows::new(self, &schema, is_stats, cx)?;
        let lines = match rows.takes_lines() {
            true => Lines::new(self.form()?, &schema, self.style()),
            false => None,
        };
        let threads = match self.threads {
            None => parallel::threads(),
            Some(n) => usize::try_from(n)
                .ok()
                .and_then(NonZeroUsize::new)
                .context("--threads: at least one does the work")?,
        };
        let size = columns.size();
        let absent = Arc::new(AtomicUsize::new(0));
        let work = Work {
            columns: columns.select(&selection.needed),
            selection,
            lines,
            absent: Arc::clone(&absent),
        };
        let mut pool = Ordered::new(threads, move |job| work.job(job));
        let mut room = Vec::new();
        let ended = self.files.iter().try_for_each(|input| {
            let records = self.open(input, cx)?;
            let mut run = Run {
                args: self,
                pool: &mut pool,
                rows: &mut rows,
                room: &mut room,
                ahead: threads.get().saturating_mul(AHEAD),
            };
            run.file(records, size, input, cx)
                .with_context(|| input.to_string())
        });
        let absent = absent.load(Ordering::Relaxed);
        if absent > 0 {
            cx.warn(format!(
                "{absent} values are not what their kind wants, such as digits, and are absent: without the \
                 kind, a field is the bytes that it has"
            ));
        }
        rows.end(self, ended, cx)
    }
}

/// The records of one file on their way.
struct Run<'a> {
    args: &'a Args,
    pool: &'a mut Ordered<Job, Done>,
    rows: &'a mut Rows,
    /// Room of blocks that are done.
    room: &'a mut Vec<Vec<u8>>,
    ahead: usize,
}

impl Run<'_> {
    fn file(
        &mut self,
        records: Records,
        size: usize,
        input: &Input,
        cx: &mut Context,
    ) -> anyhow::Result<()> {
        let Records {
            reader,
            offset,
            is_live,
        } = records;
        let name: Arc<str> = input.to_string().into();
        let mut blocks = Blocks::new(reader, size, offset);
        if is_live {
            blocks = blocks.live();
        }
        loop {
            if !self.rows.wants_more() {
                while self.pool.pop().is_some() {}
                return Ok(());
            }
            match blocks.next(self.room.pop().unwrap_or_default()) {
                Ok(Some(block)) => {
                    self.pool.push(Job(block, Arc::clone(&name)));
                    let ahead = if is_live { 0 } else { self.ahead };
                    self.take(ahead)?;
                    if is_live {
                        self.rows.flush()?;
                    }
                }
                Ok(None) | Err(Error::Partial { .. }) if self.args.follow => {
                    self.rows.flush()?;
                    if out::is_closed() {
                        return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
                    }
                    thread::sleep(PAUSE);
                }
                Ok(None) => return self.take(0),
                Err(Error::Partial {
                    offset,
                    found,
                    size,
                }) if self.args.allow_partial => {
                    self.take(0)?;
                    cx.warn(format!(
                        "{name}: the last record, which begins at {offset:#x}, has {found} of {size} bytes and \
                         is left out"
                    ));
                    return Ok(());
                }
                Err(error) => {
                    // The rows before it come first.
                    self.take(0)?;
                    return Err(error.into());
                }
            }
        }
    }

    /// Takes what is done, until no more is on its way than that.
    fn take(&mut self, ahead: usize) -> anyhow::Result<()> {
        while self.pool.pending() > ahead {
            let Some(done) = self.pool.pop() else { break };
            self.room.push(done.bytes);
            match done.rows? {
                Out::Batch(batch) => self.rows.batch(batch)?,
                Out::Text(text) => {
                    if let Goal::Write(sink) = &mut self.rows.goal {
                        sink.lines(&text)?;
                    }
                }
            }
        }
        Ok(())
    }
}
