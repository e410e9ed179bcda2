//! Searches for bytes, and how much they may go through.

use super::eval::Operand;
use super::read::Reader;
use crate::offset::{Position, Tally};
use crate::structs::ast::Function;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::value::Value;

/// The most bytes of one file that searches and checks read, and that codings yield.
const MAX_SCANNED: u64 = 1 << 36;

/// Bytes that are searched at a time.
const STEP: u64 = 64 << 10;

impl<I: Input> Reader<'_, I> {
    /// The first occurrence of bytes from here on, or the last one in the file.
    pub(super) fn search(
        &mut self,
        function: Function,
        needle: &[u8],
        within: u64,
    ) -> Result<Operand, DataError> {
        let size = needle.len() as u64;
        let (from, to) = match function {
            Function::FindLast => (
                self.file.1.saturating_sub(within).max(self.file.0),
                self.file.1,
            ),
            _ => (self.at, self.at.saturating_add(within).min(self.end)),
        };
        let mut found = None;
        let mut at = from;
        while at < to {
            let wanted = STEP.saturating_add(size).min(to.since(at));
            self.scanned(wanted)?;
            let bytes = self.searched(at, wanted);
            if bytes.is_empty() {
                break;
            }
            let hit = match function {
                Function::FindLast => memchr::memmem::rfind(bytes, needle),
                _ => memchr::memmem::find(bytes, needle),
            };
            if let Some(hit) = hit {
                found = Some(at.past(hit as u64));
                if function == Function::Find {
                    break;
                }
            }
            at.advance(STEP);
        }
        Ok(match found {
            Some(at) => Operand::Value(Value::Int(i128::from(at.since(self.file.0)))),
            None => Operand::Missing,
        })
    }

    /// The bytes that a search looks through.
    fn searched(&mut self, at: u64, size: u64) -> &[u8] {
        match self.is_inside() {
            true => self.look(at, size),
            false => self.input.searched(at, size),
        }
    }

    pub(super) fn scanned(&mut self, bytes: u64) -> Result<(), DataError> {
        self.scanned.tally(bytes);
        if self.scanned > MAX_SCANNED {
            let message = "searches and checks go through more than 64 GiB";
            return Err(DataError::other(message).at(self.at));
        }
        Ok(())
    }
}
