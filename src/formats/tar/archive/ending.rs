//! Where an archive ends, or its bytes do.

use super::{Archive, State, garbage, truncated};
use crate::formats::tar::codes::{T002, T012, T013, T014};
use crate::formats::tar::error::Error;
use crate::formats::tar::layout::BLOCK;
use crate::formats::tar::member::{Extended, Member};
use crate::offset::Position;
use crate::tree::{Code, Range};

const CUT_MARKER: &str = "the blocks of zeros that end the archive are cut short";

/// The message of T012.
pub(super) const FOLLOWS: &str = "something follows the archive";

impl Archive<'_> {
    /// The input ended where a header was expected; `offset` is where it was expected.
    pub(super) fn end_of_input(
        &mut self,
        offset: u64,
        extended: &Extended,
    ) -> Result<Option<Member>, Error> {
        let end = self.input.position();
        let cut = end.since(offset);
        if self.input.ends_in_cut_zeros() && offset > 0 {
            self.problem(&T002, offset, CUT_MARKER);
            self.note_stray(extended, offset);
            return self.end_of_archive();
        }
        if cut > 0 {
            if self.state == State::Start {
                // A file of another kind may be shorter than a block.
                let what = super::not_tar(self.input.cut_block());
                return Err(Error::new(what).at(offset));
            }
            let missing = (BLOCK as u64).since(cut);
            return Err(truncated("a header".to_owned(), missing).at(end));
        }
        let message = match offset {
            0 => "the input is empty: an archive without members ends with blocks of zeros too",
            _ => "the archive ends without blocks of zeros",
        };
        self.problem(&T002, offset, message);
        self.note_stray(extended, offset);
        self.end_of_archive()
    }

    /// The archive ends with the block of zeros at `offset`, and not with a second one; `is_cut` where
    /// some bytes follow that are no block.
    pub(super) fn end_after_one(&mut self, offset: u64, is_cut: bool) {
        if is_cut && self.input.ends_in_cut_zeros() {
            return self.problem(&T002, offset, CUT_MARKER);
        }
        self.problem(&T002, offset, "the archive ends after one block of zeros");
        if is_cut && self.examine {
            let at = offset.past(BLOCK as u64);
            self.problem(&T012, at, FOLLOWS);
        }
    }

    /// Ends the archive; a compressed stream is read to its end, where its checksum is.
    pub(super) fn end_of_archive(&mut self) -> Result<Option<Member>, Error> {
        if self.examine || self.input.compression().is_some() {
            self.read_rest()?;
            if let Some(codec) = self.input.compression().filter(|_| self.input.garbage()) {
                self.problem(&T013, self.input.position(), &garbage(codec));
            }
        }
        Ok(None)
    }

    pub(super) fn note_stray(&mut self, extended: &Extended, offset: u64) {
        let belongs = extended.long_name.is_some()
            || extended.long_link.is_some()
            || !extended.pax.is_empty();
        if belongs {
            self.problem(
                &T014,
                offset,
                "an extended header without a member after it",
            );
        }
    }

    pub(super) fn problem(&mut self, code: &Code, offset: u64, message: &str) {
        let range = Range::new(self.space(), offset, 0);
        self.problems.push(code.problem(range, message));
    }
}
