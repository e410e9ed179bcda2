//! Structs one after another.

use super::Struct;
use super::error::{DataError, DataErrorKind as Kind};
use crate::offset::Position;
use crate::value::Record;

impl Struct {
    /// Structs one after another, to the end of `data`.
    ///
    /// ```
    /// let pairs = bytewright::Struct::new("BB")?;
    /// let sum: i128 = pairs
    ///     .iter_unpack(&[1, 2, 3, 4])?
    ///     .map(|pair| pair.map(|pair| pair[0].as_int().unwrap_or(0)))
    ///     .sum::<Result<_, _>>()?;
    /// assert_eq!(sum, 4);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the size is 0, or `data` can't be cut into pieces of it.
    pub fn iter_unpack<'a>(&'a self, data: &'a [u8]) -> Result<IterUnpack<'a>, DataError> {
        let available = data.len() as u64;
        match self.size {
            Some(0) => Err(DataError::other(
                "a struct without any bytes can't be iterated over",
            )),
            Some(size) if available.checked_rem(size) != Some(0) => {
                Err(DataError::new(Kind::NotMultiple { size, available }))
            }
            _ => Ok(IterUnpack {
                layout: self,
                data,
                offset: 0,
            }),
        }
    }
}

/// Structs one after another; see [`Struct::iter_unpack`].
#[derive(Clone, Debug)]
pub struct IterUnpack<'a> {
    layout: &'a Struct,
    data: &'a [u8],
    offset: usize,
}

impl Iterator for IterUnpack<'_> {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self
            .data
            .get(self.offset..)
            .filter(|rest| !rest.is_empty())?;
        let start = self.offset as u64;
        // After an error, or a struct without bytes, there is no offset to go on from.
        let (next, item) = match self.layout.unpack_prefix(rest) {
            Ok((_, 0)) => {
                let e = DataError::other("a struct without any bytes can't be iterated over");
                (self.data.len(), Err(e.at(start)))
            }
            Ok((record, taken)) => (self.offset.past(taken), Ok(record)),
            Err(e) => (self.data.len(), Err(e.moved(start))),
        };
        self.offset = next;
        Some(item)
    }
}
