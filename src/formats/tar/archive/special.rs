//! Members whose data can't be located by the header alone: sparse files of old GNU tar, hard links, and directories by
//! name.

use super::{Archive, truncated};
use crate::formats::tar::codes::T009;
use crate::formats::tar::error::Error;
use crate::formats::tar::header::Header;
use crate::formats::tar::layout::{BLOCK, Layout};
use crate::formats::tar::member::{Kind, Member};
use crate::formats::tar::sparse::GnuMap;
use crate::tree::Range;

impl Archive<'_> {
    /// The map of an old GNU sparse file goes on in blocks of its own before the data.
    pub(super) fn read_gnu_map(&mut self, header: &Header) -> Result<GnuMap, Error> {
        let mut map = GnuMap::new();
        let mut more = map.add(Layout::Gnu, header.as_bytes())?;
        while more {
            let Some(block) = self.input.block()? else {
                let what = "the map of a sparse file".to_owned();
                return Err(truncated(what, BLOCK as u64).at(self.input.position()));
            };
            more = map.add(Layout::GnuSparse, block)?;
        }
        Ok(map)
    }

    /// The map of the member that came last, where it is in and after an old GNU header.
    pub(in super::super) fn take_gnu_map(&mut self) -> Option<GnuMap> {
        self.gnu_map.take()
    }

    /// Most writers state the size of a hard link's target and write no data; pax may write
    /// them. Of a file whose name makes a directory of it, readers differ. A header where the data
    /// would be tells which.
    pub(super) fn settle_data(&mut self, member: &mut Member) -> Result<(), Error> {
        let size = member.stored_size;
        let no_data = match self.input.peek()? {
            None => true,
            Some(block) => *block == [0; BLOCK] || Header::parse(block).is_ok(),
        };
        if no_data {
            member.stored_size = 0;
        }
        member.size = 0;
        let what = if no_data {
            "no data follow"
        } else {
            "its data are skipped"
        };
        let range = Range::new(self.space(), member.header_offset, BLOCK as u64);
        let message = match member.kind {
            Kind::Hardlink => format!("a hard link with a size of {size}: {what}"),
            _ => format!("a directory, by the / after its name, with a size of {size}: {what}"),
        };
        member.problems.push(T009.problem(range, message));
        Ok(())
    }
}
