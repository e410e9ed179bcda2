//! Items that lie elsewhere: at an offset that is given, or assigned after all that is in line.

use super::super::program::Item;
use super::super::read::Reader;
use super::output::Output;
use crate::offset::{Position, sum};
use crate::structs::ast::Expression;
use crate::structs::error::DataError;

impl<'p> Reader<'p, Output> {
    /// The position of an offset, which counts from the beginning of the file; that may be a file inside another.
    fn place_of(&self, offset: u64) -> Result<u64, DataError> {
        self.file.0.checked_add(offset).ok_or_else(|| {
            let message = format!("no file is so long that it has a place {offset:#x}");
            DataError::other(message)
        })
    }

    /// Writes an item at its offset, which is assigned where nothing states it.
    pub(in crate::structs::whole) fn write_elsewhere(
        &mut self,
        place: &Expression,
        item: &'p Item,
        write: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let (at, end) = (self.at, self.end);
        let assigned = self.open_field(place)?;
        self.at = match assigned {
            Some(_) => {
                let known = self.input.known();
                let mut slot = 0;
                self.input.learn_sizes(|sizes| slot = sizes.placed.len());
                let before = known.placed.iter().take(slot);
                let offset = known.inline.past(sum(before.copied()));
                self.solve(place, i128::from(offset))?;
                self.place_of(offset).map_err(|e| e.within(segment))?
            }
            None => {
                let got = self.eval(place)?;
                match (self.value_of(&got), self.is_first()) {
                    // The fields that it depends on are found in this pass.
                    (None, true) => self.input.end_of_written(),
                    _ => {
                        let offset = self
                            .number(place, "offset")
                            .map_err(|e| e.within(segment))?;
                        self.place_of(offset).map_err(|e| e.within(segment))?
                    }
                }
            }
        };
        self.end = u64::MAX;
        let mut slot = 0;
        if assigned.is_some() {
            self.input.learn_sizes(|sizes| {
                slot = sizes.placed.len();
                sizes.placed.push(0);
            });
        }
        let start = self.at;
        let result = write(self);
        if assigned.is_some() {
            let taken = self.at.since(start);
            self.input.learn_sizes(|sizes| {
                if let Some(size) = sizes.placed.get_mut(slot) {
                    *size = taken;
                }
            });
        }
        self.at = at;
        self.end = end;
        result
    }
}
