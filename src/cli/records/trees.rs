//! Records that are read one by one: of a format of no fixed size, and items of trees.

use super::Args;
use super::plan::{Rows, wait};
use crate::Source;
use crate::cli::document::FormatArgs;
use crate::cli::error::{self, Context as _, Result, bail};
use crate::cli::{Context, Exit, Input};
use crate::inspect::{Document, Path};
use crate::offset::{Position, Tally};
use crate::records::{self, Batch, Cursor, Error, Inference, Items, Schema, Selection};
use crate::scan::Scan;
use crate::schema::Compiled;

impl Args {
    /// Structs of a format whose size only data can tell.
    pub(super) fn rows(&self, format: &Compiled, is_stats: bool, cx: &mut Context) -> Result<Exit> {
        if self.follow {
            return self.follow_rows(format, is_stats, cx);
        }
        let mut found = Inference::default();
        let mut sources: Vec<(String, Source, u64)> = Vec::new();
        for input in &self.inputs {
            for place in self.places(input, cx)? {
                let (source, offset) = self.source(&place, cx)?;
                let rows = records::Rows::new(format, &source, offset);
                rows.infer(&mut found).with_context(|| place.to_string())?;
                sources.push((place.to_string(), source, offset));
            }
        }
        let schema = records::Rows::described(found, format);
        let names: Vec<String> = sources.iter().map(|(name, ..)| name.clone()).collect();
        self.one_by_one(
            &schema,
            &names,
            is_stats,
            cx,
            &mut |index, visit| match sources.get(index) {
                Some((_, source, offset)) => {
                    records::Rows::new(format, source, *offset).each(&schema, visit)
                }
                None => Ok(()),
            },
        )
    }

    /// The same as a file grows. The columns are those of the records that are there at first.
    fn follow_rows(&self, format: &Compiled, is_stats: bool, cx: &mut Context) -> Result<Exit> {
        let Some(input) = self.inputs.first() else {
            return Ok(Exit::Done);
        };
        let name = input.to_string();
        let source = Source::new(self.growing(input)?);
        let start = self.first_of(&source, cx).with_context(|| name.clone())?;
        let schema = loop {
            let mut found = Inference::default();
            let rows = records::Rows::new(format, &source, start);
            rows.infer(&mut found).with_context(|| name.clone())?;
            // An error of the first record is reported when it is read.
            let first = records::Rows::new(format, &source, start).first();
            let is_wrong = first.is_err_and(|error| !error.is_cut());
            if !found.is_empty() || is_wrong {
                break records::Rows::loose(found, format);
            }
            wait()?;
        };
        let selection = self.selection(&schema)?;
        let mut rows = Rows::new(self, &selection.schema(&schema), is_stats, cx)?;
        let mut cursor = Cursor::new(start);
        let mut before = 0u64;
        let mut follow = || -> Result<()> {
            while rows.wants_more() {
                match cursor.next(format, &source, &schema, usize::MAX) {
                    Ok(Some(batch)) => {
                        rows.batch(selection.taken(&batch, before, &name)?)?;
                        before.tally(batch.rows as u64);
                        rows.flush()?;
                    }
                    Ok(None) => wait()?,
                    Err(error) if error.is_cut() => wait()?,
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        };
        let ended = follow().with_context(|| name.clone());
        rows.end(self, ended, cx)
    }

    /// Where the first record of a growing file begins: after the skipped bytes and the header, which is waited for.
    fn first_of(&self, source: &Source, cx: &mut Context) -> Result<u64> {
        let start = self.skip.unwrap_or(0);
        let Some(header) = &self.header else {
            return Ok(start);
        };
        let format = cx.compile_unless_name(header).context("--header")?.layout;
        loop {
            let error = match Scan::new(&format, source, start).one() {
                Ok(found) => return Ok(start.past(found.bytes.len() as u64)),
                Err(error) => Error::from(error),
            };
            if !error.is_cut() {
                return Err(error).context("--header");
            }
            wait()?;
        }
    }

    /// Items of an array in the trees of files.
    pub(super) fn items(&self, path: &Path, is_stats: bool, cx: &mut Context) -> Result<Exit> {
        if self.follow || self.skip.is_some() || self.header.is_some() {
            bail!(
                "--follow, --skip and --header are for records of a format, not for a path into files"
            );
        }
        let format = FormatArgs::named(self.format.clone(), self.max_stream);
        let mut found = Inference::default();
        let mut documents: Vec<Document> = Vec::new();
        for input in &self.inputs {
            let document = format.open(input, cx)?;
            let items = Items::new(&document, path.clone());
            items.infer(&mut found).with_context(|| input.to_string())?;
            documents.push(document);
        }
        let schema = found.schema("");
        let names: Vec<String> = self.inputs.iter().map(Input::to_string).collect();
        self.one_by_one(
            &schema,
            &names,
            is_stats,
            cx,
            &mut |index, visit| match documents.get(index) {
                Some(document) => Items::new(document, path.clone()).each(&schema, visit),
                None => Ok(()),
            },
        )
    }

    /// Hands the rows of each file, identified by its index, to their use.
    fn one_by_one(
        &self,
        schema: &Schema,
        names: &[String],
        is_stats: bool,
        cx: &mut Context,
        each: &mut EachFile<'_>,
    ) -> Result<Exit> {
        let selection = self.selection(schema)?;
        let mut rows = Rows::new(self, &selection.schema(schema), is_stats, cx)?;
        let ended = names.iter().enumerate().try_for_each(|(index, name)| {
            let read = self.one_file(index, name, &selection, &mut rows, each);
            match read {
                Err(error) if self.allow_partial && is_cut(&error) => {
                    cx.warn(format!(
                        "{name}: the last record is cut short, {error}, and is left out"
                    ));
                    Ok(())
                }
                read => read.with_context(|| name.clone()),
            }
        });
        rows.end(self, ended, cx)
    }

    fn one_file(
        &self,
        index: usize,
        name: &str,
        selection: &Selection,
        rows: &mut Rows,
        each: &mut EachFile<'_>,
    ) -> Result<()> {
        let mut before = 0u64;
        let mut failed = None;
        let read = each(index, &mut |batch| {
            let own = selection.taken(batch, before, name)?;
            before.tally(batch.rows as u64);
            failed = rows.batch(own).err();
            Ok(failed.is_none() && rows.wants_more())
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(read?),
        }
    }
}

fn is_cut(error: &error::Error) -> bool {
    error.cause().is_some_and(Error::is_cut)
}

/// Hands over the rows of a file, which is called by its index.
type EachFile<'a> =
    dyn FnMut(usize, &mut dyn FnMut(&mut Batch) -> Result<bool, Error>) -> Result<(), Error> + 'a;
