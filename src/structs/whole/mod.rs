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
use crate::tree::Space;
use crate::value::Record;

pub(super) use build::build;
pub(crate) use owners::settle;
pub(super) use program::Program;
pub(super) use read::Made;

impl Program {
    /// Reads a file.
    pub(super) fn read(&self, input: impl Input, space: Space, offset: u64) -> Made {
        read::Reader::new(self, input, space, offset).all()
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
