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
mod write;

#[cfg(test)]
mod tests;

use super::error::DataError;
use super::nodes::Input;
use crate::tree::{Node, Space};
use crate::value::Record;

pub(super) use build::build;
pub(super) use owners::settle;
pub(super) use program::Program;

impl Program {
    /// The nodes of a file, what ended them early, and where they end.
    pub(super) fn nodes(
        &self,
        input: impl Input,
        space: Space,
        offset: u64,
    ) -> (Vec<Node>, Option<DataError>, u64) {
        read::Reader::new(self, input, space, offset).all()
    }

    /// The bytes of a record; what is the same in `base` keeps its bytes.
    pub(super) fn pack(&self, record: &Record, base: Option<&[u8]>) -> Result<Vec<u8>, DataError> {
        write::pack(self, record, base)
    }

    /// The values at the front of `data`, and how many bytes they take.
    pub(super) fn unpack(&self, data: &[u8]) -> Result<(Record, usize), DataError> {
        let (nodes, error, end) = self.nodes(data, Space::FILE, 0);
        match error {
            Some(error) => Err(error),
            None => Ok((
                record::record(&nodes)?,
                usize::try_from(end).unwrap_or(data.len()),
            )),
        }
    }
}
