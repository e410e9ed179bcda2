//! Members of other archives among those that are made.

use std::io::{Read, Write};

use super::{Builder, headers};
use crate::formats::tar::error::Error;
use crate::formats::tar::index::IndexWriter;
use crate::formats::tar::pax::PaxRecords;
use crate::formats::tar::rewrite::GlobalKeywords;

impl<W: Write> Builder<'_, W> {
    /// Adds members of another archive as they are there, headers and all: this many bytes of
    /// whole blocks.
    ///
    /// # Errors
    ///
    /// When they can't be read, or the archive can't be written.
    pub(crate) fn add_blocks(
        &mut self,
        name: &[u8],
        blocks: impl Read,
        size: u64,
    ) -> Result<(), Error> {
        self.separate()?;
        if name.is_empty() {
            // An index has no entries for headers that belong to no member.
            self.index.iter_mut().for_each(IndexWriter::void);
        } else {
            self.enter(name)?;
        }
        self.sink.blocks(blocks, size)?;
        self.tell_progress();
        Ok(())
    }

    /// Members that are added from here on aren't subject to these global headers.
    pub(in crate::formats::tar) fn end_globals(&mut self, globals: GlobalKeywords) {
        if !globals.is_empty() {
            // An index can't hold the keywords of global headers.
            self.index.iter_mut().for_each(IndexWriter::void);
            self.globals = globals;
        }
    }

    /// Revokes the keywords of global headers before something else is added.
    pub(super) fn separate(&mut self) -> Result<(), Error> {
        let globals = std::mem::take(&mut self.globals);
        if globals.is_empty() {
            return Ok(());
        }
        let blocks = global(&globals.ends()?)?;
        self.sink.blocks(&*blocks, blocks.len() as u64)
    }
}

/// A global header.
pub(in crate::formats::tar) fn global(records: &PaxRecords) -> Result<Vec<u8>, Error> {
    let mut blocks = Vec::new();
    headers::extended(b"g", records, &mut blocks)?;
    Ok(blocks)
}
