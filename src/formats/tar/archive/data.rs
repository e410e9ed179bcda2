//! The data of a member as something to read.

use std::io::{self, Read};

use super::{Archive, State, shown, truncated};

/// The data of a member, see [`Archive::data`].
#[derive(Debug)]
pub struct Data<'r, 'a> {
    pub(super) archive: &'r mut Archive<'a>,
}

impl Data<'_, '_> {
    /// How many bytes are left to read.
    pub fn remaining(&self) -> u64 {
        let end = self.archive.data_end.unwrap_or(0);
        end.saturating_sub(self.archive.input.position())
    }
}

impl Read for Data<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.remaining();
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..size).filter(|buf| !buf.is_empty()) else {
            return Ok(0);
        };
        let archive = &mut *self.archive;
        match archive.input.read(buf)? {
            0 => {
                archive.state = State::Over;
                archive.data_end = None;
                let what = format!("the data of {}", shown(&archive.current));
                Err(truncated(what, left).at(archive.input.position()).into())
            }
            n => Ok(n),
        }
    }
}
