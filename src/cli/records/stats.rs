//! `records stats`: statistics of columns.

use std::io::Write as _;

use super::Args;
use super::form::Form;
use crate::cli::Context;
use crate::cli::error::{Result, bail};
use crate::records::{Batch, Schema, Stats};
use crate::render::rows;
use crate::value::text::counted;

/// Columns as they are summed up.
pub(super) struct Summary {
    stats: Stats,
    schema: Schema,
}

impl Summary {
    pub(super) fn new(schema: Schema) -> Summary {
        Summary {
            stats: Stats::new(&schema),
            schema,
        }
    }

    pub(super) fn add(&mut self, batch: &Batch) {
        self.stats.add(batch, &self.schema);
    }

    pub(super) fn has_rows(&self) -> bool {
        self.stats.rows() > 0
    }

    pub(super) fn write(&self, args: &Args, cx: &mut Context) -> Result<()> {
        if args.out.is_some() || !matches!(args.output, None | Some(Form::Text)) {
            bail!("stats are written as a table to standard output");
        }
        rows::stats(&self.stats, &self.schema, args.style(), cx.out())?;
        writeln!(cx.out(), "{}", counted(self.stats.rows(), "row"))?;
        Ok(())
    }
}
