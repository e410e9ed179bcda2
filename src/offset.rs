//! Arithmetic of counters and positions, which says by its name whether it may end at the largest number.

/// A counter. One that reached the largest number stays there: nothing that is counted is as many.
pub(crate) trait Tally {
    /// Adds to the count.
    fn tally(&mut self, more: Self);
}

/// A position among bytes or items, a length, or a level down a tree. One beyond the largest number is a mistake
/// of the program: unit tests and fuzzers end there. Elsewhere it keeps to the largest number, at which no source
/// has a byte, since no input may end the program.
pub(crate) trait Position {
    /// Goes on by a number of bytes.
    fn advance(&mut self, bytes: Self);

    /// The position that lies a number of bytes after this one.
    fn past(self, bytes: Self) -> Self;

    /// Where an item begins, of items of one size that follow each other from here on.
    fn item(self, index: Self, size: Self) -> Self;

    /// The bytes from `start` up to here. One that lies after this position is a mistake of the program too,
    /// and elsewhere there are none.
    fn since(self, start: Self) -> Self;
}

/// The sum of what is counted, which stays at the largest number as a [`Tally`] does.
pub(crate) fn sum<T: Tally + Default>(counts: impl IntoIterator<Item = T>) -> T {
    let mut sum = T::default();
    counts.into_iter().for_each(|count| sum.tally(count));
    sum
}

const CHECKED: bool = cfg!(any(test, fuzzing));

macro_rules! counters {
    ($($int:ty),+) => {$(
        impl Tally for $int {
            #[inline]
            fn tally(&mut self, more: $int) {
                *self = self.saturating_add(more);
            }
        }
    )+};
}

macro_rules! positions {
    ($($int:ty),+) => {$(
        impl Position for $int {
            #[inline]
            #[track_caller]
            fn advance(&mut self, bytes: $int) {
                *self = self.past(bytes);
            }

            #[inline]
            #[track_caller]
            fn past(self, bytes: $int) -> $int {
                if CHECKED {
                    assert!(self.checked_add(bytes).is_some(), "{self} + {bytes}");
                }
                self.saturating_add(bytes)
            }

            #[inline]
            #[track_caller]
            fn item(self, index: $int, size: $int) -> $int {
                if CHECKED {
                    assert!(index.checked_mul(size).is_some(), "{index} * {size}");
                }
                self.past(index.saturating_mul(size))
            }

            #[inline]
            #[track_caller]
            fn since(self, start: $int) -> $int {
                if CHECKED {
                    assert!(start <= self, "from {start} to {self}");
                }
                self.saturating_sub(start)
            }
        }
    )+};
}

counters!(i64, u32, u64, usize);
positions!(u32, u64, usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_stays_at_the_largest_number() {
        let mut count = u32::MAX - 1;
        count.tally(1);
        count.tally(1);
        assert_eq!(count, u32::MAX);
        assert_eq!((sum([count, 1]), sum([2u64, 3])), (u32::MAX, 5));
    }

    #[test]
    fn a_position_goes_on_and_back() {
        let mut at = 14u64;
        at.advance(40);
        assert_eq!((at, at.past(3), at.since(14)), (54, 57, 40));
        assert_eq!(at.item(3, 4), 66);
    }

    #[test]
    #[should_panic(expected = "from 15 to 14")]
    fn a_position_before_the_start_is_noticed() {
        let _ = 14u64.since(15);
    }

    #[test]
    #[should_panic(expected = "* 4")]
    fn an_item_beyond_all_numbers_is_noticed() {
        let _ = 0u64.item(1 << 62, 4);
    }
}
