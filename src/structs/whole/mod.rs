//! Formats of whole files: items that stand elsewhere, choices, regions, repetitions until something
//! holds. An interpreter reads them; what has none of that keeps the plans of plain formats.

mod build;
mod check;
mod compute;
mod encode;
mod eval;
mod kinds;
mod owners;
mod program;
mod read;
mod record;
mod search;
mod skim;
mod uses;
mod write;

#[cfg(test)]
mod tests;

use super::error::DataError;
use std::sync::Arc;

use super::nodes::{Input, Window};
use crate::tree::Space;
use crate::value::Record;

pub(super) use build::build;
pub(super) use owners::settle;
pub(super) use program::Program;
pub(super) use read::Made;

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) space: Space,
    pub(super) offset: u64,
    /// How many nodes an array becomes before its items are made on demand.
    pub(super) many: u64,
    /// Whether checks are computed in items that are made on demand.
    pub(super) checks_all: bool,
}

impl How {
    pub(super) fn at(space: Space, offset: u64) -> How {
        How {
            space,
            offset,
            many: read::MANY_NODES,
            checks_all: false,
        }
    }
}

impl Program {
    /// Reads a file.
    pub(super) fn read(&self, input: impl Input, space: Space, offset: u64) -> Made {
        read::Reader::new(self, input, space, offset).all()
    }

    /// Reads a file of which the items of long arrays are made on demand.
    pub(super) fn read_on_demand(self: &Arc<Self>, window: &mut Window, how: How) -> Made {
        let source = window.source().clone();
        let mut reader = read::Reader::new(self, window, how.space, how.offset);
        reader.checks_all = how.checks_all;
        reader.origin = Some(read::Origin {
            program: self,
            source,
            many: how.many,
            lost: Arc::default(),
            within: None,
        });
        reader.all()
    }

    /// The bytes of a record; what is the same in `base` keeps its bytes.
    pub(super) fn pack(&self, record: &Record, base: Option<&[u8]>) -> Result<Vec<u8>, DataError> {
        write::pack(self, record, base)
    }

    /// The values at the front of `data`, and how many bytes they take.
    pub(super) fn unpack(&self, data: &[u8]) -> Result<(Record, usize), DataError> {
        let made = self.read(data, Space::FILE, 0);
        match made.error {
            Some(error) => Err(error),
            None => {
                let taken = usize::try_from(made.end).unwrap_or(data.len());
                Ok((record::record(&made.nodes)?, taken))
            }
        }
    }
}
