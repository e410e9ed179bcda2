//! The complete records of a file, and their division among several readers.

use std::ops::Range;

use super::error::Error;
use crate::offset::Position;
use crate::structs::{DataError, DataErrorKind};

/// The records of one size in a file whose length is known.
///
/// ```
/// use bytewright::records::Extent;
///
/// let extent = Extent::new(16 + 5 * 24 + 7, 16, 24)?;
/// assert_eq!(extent.rows(), 5);
/// assert_eq!(extent.bytes(1..3), 40..88);
/// let error = extent.partial().unwrap();
/// assert!(error.to_string().starts_with("the last record, which begins at 0x88, has 7 of 24 bytes"));
/// # Ok::<(), bytewright::records::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    start: u64,
    size: u64,
    rows: u64,
    over: u64,
}

impl Extent {
    /// A file of `length` bytes, in which records of `size` bytes begin at `start`.
    ///
    /// # Errors
    ///
    /// When the file ends before `start`.
    pub fn new(length: u64, start: u64, size: usize) -> Result<Extent, Error> {
        let Some(bytes) = length.checked_sub(start) else {
            let offset = i64::try_from(start).unwrap_or(i64::MAX);
            let available = length;
            return Err(DataError::new(DataErrorKind::Offset { offset, available }).into());
        };
        let size = (size as u64).max(1);
        Ok(Extent {
            start,
            size,
            rows: bytes.checked_div(size).unwrap_or(0),
            over: bytes.checked_rem(size).unwrap_or(0),
        })
    }

    /// How many whole records there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// [`Error::Partial`] where the file ends inside a record.
    pub fn partial(&self) -> Option<Error> {
        (self.over > 0).then(|| Error::Partial {
            offset: self.bytes(0..self.rows).end,
            found: self.over,
            size: self.size,
        })
    }

    /// The bytes of some of the records. Those that the file doesn't have take no bytes.
    pub fn bytes(&self, rows: Range<u64>) -> Range<u64> {
        let at = |row: u64| self.start.item(row.min(self.rows), self.size);
        let start = at(rows.start);
        start..at(rows.end).max(start)
    }
}

/// The rows that one of several readers takes, where each takes as many, or one more or less, as any other.
/// It follows from these numbers alone, so that readers on several machines agree without asking each other.
///
/// ```
/// use bytewright::records::part;
///
/// assert_eq!([part(10, 0, 3), part(10, 1, 3), part(10, 2, 3)], [0..3, 3..6, 6..10]);
/// ```
pub fn part(rows: u64, index: usize, parts: usize) -> Range<u64> {
    let parts = (parts as u64).max(1);
    let at = |index: u64| {
        let product = u128::from(rows).saturating_mul(index.min(parts).into());
        let row = product.checked_div(parts.into()).unwrap_or(0);
        u64::try_from(row).unwrap_or(rows)
    };
    let index = (index as u64).min(parts);
    at(index)..at(index.past(1))
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "what is wrong panics, and the macro of the properties hides that these are tests"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_are_all_rows_each_once(rows in any::<u64>(), parts in 1usize..200) {
            let ranges: Vec<Range<u64>> = (0..parts).map(|index| part(rows, index, parts)).collect();
            prop_assert_eq!(ranges[0].start, 0);
            prop_assert_eq!(ranges[parts - 1].end, rows);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            let lengths = ranges.iter().map(|range| range.end - range.start);
            let (least, most) = (lengths.clone().min().unwrap(), lengths.max().unwrap());
            prop_assert!(most - least <= 1);
        }

        #[test]
        fn extents_are_whole_records(
            length in 0u64..1 << 40,
            start in 0u64..1 << 20,
            size in 1usize..5000,
            parts in 1usize..20,
        ) {
            let Ok(extent) = Extent::new(length, start, size) else {
                prop_assert!(start > length);
                return Ok(());
            };
            let rows = extent.rows();
            let whole = start + rows * size as u64;
            prop_assert!(whole <= length && length - whole < size as u64);
            let over = match extent.partial() {
                Some(Error::Partial { offset, found, size: of }) => {
                    prop_assert_eq!((offset, of), (whole, size as u64));
                    found
                }
                Some(other) => return Err(TestCaseError::fail(other.to_string())),
                None => 0,
            };
            prop_assert_eq!(whole + over, length);
            let bytes = (0..parts).map(|index| extent.bytes(part(rows, index, parts)));
            let mut end = start;
            for range in bytes {
                prop_assert_eq!(range.start, end);
                prop_assert_eq!((range.end - range.start) % size as u64, 0);
                end = range.end;
            }
            prop_assert_eq!(end, whole);
        }
    }

    #[test]
    fn what_is_shorter_than_its_header_is_refused() {
        let error = Extent::new(15, 16, 4).unwrap_err();
        assert!(error.is_data());
        assert_eq!(Extent::new(16, 16, 4).unwrap().rows(), 0);
    }

    #[test]
    fn rows_beyond_the_end_have_no_bytes() {
        let extent = Extent::new(10, 2, 4).unwrap();
        assert_eq!(extent.bytes(1..9), 6..10);
        assert_eq!(extent.bytes(5..9), 10..10);
    }
}
