//! Records that are read one by one: of a format of no fixed size, and items of trees.

use anyhow::Context as _;

use super::Args;
use super::plan::{Rows, Selection};
use crate::Source;
use crate::cli::document::FormatArgs;
use crate::cli::{Context, Exit, Input};
use crate::inspect::{Document, Path};
use crate::records::{self, Batch, Error, Inference, Items, Schema};
use crate::schema::Compiled;

impl Args {
    /// Structs of a format whose size only data can tell.
    pub(super) fn rows(
        &self,
        format: &Compiled,
        is_stats: bool,
        cx: &mut Context,
    ) -> anyhow::Result<Exit> {
        if self.follow {
            anyhow::bail!("--follow is for records of one size, and the format has none");
        }
        let mut found = Inference::default();
        let mut sources: Vec<(Source, u64)> = Vec::new();
        for input in &self.files {
            let (source, offset) = self.source(input, cx)?;
            let rows = records::Rows::new(format, &source, offset);
            rows.infer(&mut found).with_context(|| input.to_string())?;
            sources.push((source, offset));
        }
        let schema = records::Rows::described(found, format);
        self.one_by_one(
            &schema,
            is_stats,
            cx,
            &mut |index, visit| match sources.get(index) {
                Some((source, offset)) => {
                    records::Rows::new(format, source, *offset).each(&schema, visit)
                }
                None => Ok(()),
            },
        )
    }

    /// Items of an array in the trees of files.
    pub(super) fn items(
        &self,
        path: &Path,
        is_stats: bool,
        cx: &mut Context,
    ) -> anyhow::Result<Exit> {
        if self.follow || self.skip.is_some() || self.header.is_some() {
            anyhow::bail!(
                "--follow, --skip and --header are for records of a format, not for a path into files"
            );
        }
        let format = FormatArgs::named(self.format.clone(), self.max_stream);
        let mut found = Inference::default();
        let mut documents: Vec<Document> = Vec::new();
        for input in &self.files {
            let document = format.open(input, cx)?;
            let items = Items::new(&document, path.clone());
            items.infer(&mut found).with_context(|| input.to_string())?;
            documents.push(document);
        }
        let schema = found.schema("");
        self.one_by_one(
            &schema,
            is_stats,
            cx,
            &mut |index, visit| match documents.get(index) {
                Some(document) => Items::new(document, path.clone()).each(&schema, visit),
                None => Ok(()),
            },
        )
    }

    /// Hands the rows of each file, called by its index, over to what is done with them.
    fn one_by_one(
        &self,
        schema: &Schema,
        is_stats: bool,
        cx: &mut Context,
        each: &mut EachFile<'_>,
    ) -> anyhow::Result<Exit> {
        let selection = Selection::new(self, schema)?;
        let mut rows = Rows::new(self, &selection.schema(schema), is_stats, cx)?;
        let ended = self
            .files
            .iter()
            .enumerate()
            .try_for_each(|(index, input)| {
                self.one_file(index, input, &selection, &mut rows, each)
                    .with_context(|| input.to_string())
            });
        rows.end(self, ended, cx)
    }

    fn one_file(
        &self,
        index: usize,
        input: &Input,
        selection: &Selection,
        rows: &mut Rows,
        each: &mut EachFile<'_>,
    ) -> anyhow::Result<()> {
        let name = input.to_string();
        let mut before = 0u64;
        let mut failed = None;
        let read = each(index, &mut |batch| {
            let columns = selection.needed.iter();
            let columns = columns.filter_map(|column| batch.columns.get(*column).cloned());
            let mut own = Batch {
                columns: columns.collect(),
                rows: batch.rows,
                offset: batch.offset,
            };
            selection.apply(&mut own, before, &name)?;
            before = before.saturating_add(batch.rows as u64);
            failed = rows.batch(own).err();
            Ok(failed.is_none() && rows.wants_more())
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(read?),
        }
    }
}

/// Hands over the rows of a file, which is called by its index.
type EachFile<'a> =
    dyn FnMut(usize, &mut dyn FnMut(&mut Batch) -> Result<bool, Error>) -> Result<(), Error> + 'a;
