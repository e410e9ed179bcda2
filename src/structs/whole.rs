//! Formats of whole files: items that lie elsewhere, choices, regions, repetitions until something
//! holds. An interpreter reads them; formats without any of these keep their plans.

mod build;
mod check;
mod codec;
mod compute;
mod encode;
mod eval;
mod fixed;
mod float80;
mod kinds;
mod layout;
mod owners;
mod paths;
mod program;
mod read;
mod record;
mod search;
mod skim;
mod uses;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::Struct;
use super::error::DataError;
use super::nodes::{Input, Window};
use crate::tree::Space;
use crate::value::Record;

pub(super) use build::build;
#[cfg(feature = "records")]
pub(crate) use compute::binary;
pub(super) use fixed::fixed;
#[cfg(feature = "records")]
pub(crate) use kinds::Epoch;
pub(crate) use kinds::Kind;
#[cfg(any(feature = "kaitai", test))]
pub(crate) use owners::settle;
pub(super) use owners::settle_all;
pub(super) use program::Program;
pub(super) use read::FileNodes;
pub(crate) use read::RequestedField;

impl Struct {
    /// Whether it is a format of a whole file: one with choices, places, regions or the like, which an
    /// interpreter reads and writes. Views and offsets before any data are for other formats.
    ///
    /// ```
    /// use bytewright::Struct;
    ///
    /// assert!(Struct::new("B:n {n: H:more}")?.is_whole());
    /// assert!(!Struct::new("B:n [n]H:more")?.is_whole());
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn is_whole(&self) -> bool {
        self.whole.is_some()
    }

    /// The same format of a whole file, whose values are unpacked also where a checksum, a digest or a value
    /// that follows from other fields is not what it should be. Its [nodes](Struct::nodes) tell: they have the
    /// problems S003 and S004. Constants that differ and streams that are broken stay errors.
    ///
    /// ```
    /// use bytewright::Struct;
    ///
    /// let format = Struct::new("2s:text B:sum=sum(text)")?;
    /// assert!(format.unpack(b"ab\0").is_err());
    /// assert_eq!(format.lenient().unpack(b"ab\0")?["sum"], 0.into());
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    #[must_use]
    pub fn lenient(mut self) -> Struct {
        self.is_lenient = true;
        self
    }

    /// Whether a file of the format, which is one of whole files, can have a field at a path such as `chunks[].type`.
    /// `Err` has the corrected path where only its `[]` are wrong.
    pub(crate) fn has_path(&self, path: &str) -> Result<(), Option<String>> {
        self.whole
            .as_ref()
            .map_or(Err(None), |whole| whole.has_path(path))
    }

    /// The same of a stored format that it refers to by that name.
    pub(crate) fn has_path_in(&self, format: &str, path: &str) -> Result<(), Option<String>> {
        self.whole
            .as_ref()
            .map_or(Err(None), |whole| whole.has_path_in(format, path))
    }
}

/// How a file is read.
#[derive(Clone, Debug)]
pub(super) struct ReadMode {
    pub(super) space: Space,
    pub(super) offset: u64,
    /// How many nodes of an array are made before its items are made on demand.
    pub(super) many: u64,
    /// Whether checks are computed in items that are made on demand.
    pub(super) checks_all: bool,
    /// The number of this file's first stream; lower ones belong to files around it.
    pub(super) first_stream: u32,
    /// The most items and parts of expressions that are evaluated.
    pub(super) most_steps: u64,
    /// Fields of items that the caller is going to ask for.
    pub(super) asked: Arc<[RequestedField]>,
}

impl ReadMode {
    pub(super) fn at(space: Space, offset: u64) -> ReadMode {
        ReadMode {
            space,
            offset,
            many: read::MANY_NODES,
            checks_all: false,
            first_stream: 0,
            most_steps: read::MAX_ALL_STEPS,
            asked: Arc::default(),
        }
    }
}

impl Program {
    /// Reads a file.
    pub(super) fn read(&self, input: impl Input, space: Space, offset: u64) -> FileNodes {
        read::Reader::new(self, input, space, offset).all()
    }

    /// Reads a file of which the items of long arrays are made on demand.
    pub(super) fn read_on_demand(
        self: &Arc<Self>,
        window: &mut Window,
        how: &ReadMode,
    ) -> FileNodes {
        let source = window.source().clone();
        let reader = read::Reader::new(self, window, how.space, how.offset);
        let mut reader = reader.with_streams_from(how.first_stream);
        reader.checks_all = how.checks_all;
        reader.most_steps = how.most_steps;
        reader.origin = Some(read::Origin {
            program: self,
            source,
            many: how.many,
            lost: Arc::default(),
            within: None,
            asking: read::RequestedFields::for_fields(&how.asked),
        });
        reader.all()
    }

    /// The bytes of a record. Fields whose values `base` has, too, keep the bytes of `base`.
    pub(super) fn pack(&self, record: &Record, base: Option<&[u8]>) -> Result<Vec<u8>, DataError> {
        write::pack(self, record, base)
    }

    /// The values at the front of `data`, and how many bytes they take; a check that fails is an error, unless
    /// `is_lenient`.
    pub(super) fn unpack(
        &self,
        data: &[u8],
        is_lenient: bool,
    ) -> Result<(Record, usize), DataError> {
        let made = self.read(data, Space::FILE, 0);
        match made.error {
            Some(error) => Err(error),
            None => {
                let taken = usize::try_from(made.end).unwrap_or(data.len());
                Ok((record::record(&made.nodes, is_lenient)?, taken))
            }
        }
    }
}
