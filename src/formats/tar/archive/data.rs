//! The data of a member as something to read.

use std::io::{self, Read};

use super::{Archive, Error, State, shown, truncated};

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

impl Archive<'_> {
    /// Reads more of the current member's data; 0 at their end.
    pub(in crate::formats::tar) fn read_data(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let left = self.data().remaining();
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..size).filter(|buf| !buf.is_empty()) else {
            return Ok(0);
        };
        match self.input.read(buf)? {
            0 => {
                self.state = State::Over;
                self.data_end = None;
                let what = format!("the data of {}", shown(&self.current));
                Err(truncated(what, left).at(self.input.position()))
            }
            n => Ok(n),
        }
    }
}

impl Read for Data<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.archive.read_data(buf)?)
    }
}
