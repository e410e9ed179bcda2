//! Arithmetic of counters and positions, which says by its name whether it may end at the largest number.

/// A counter. One that reached the largest number stays there: nothing that is counted is as many.
pub(crate) trait Tally {
    /// Adds to the count.
    fn tally(&mut self, more: Self);
}

/// A position among bytes. One beyond the largest number is a mistake of the program: unit tests and fuzzers
/// end there. Elsewhere it keeps to the largest number, at which no source has a byte, since no input may end
/// the program.
pub(crate) trait Position {
    /// Goes on by a number of bytes.
    fn advance(&mut self, bytes: Self);

    /// The position that lies a number of bytes after this one.
    fn past(self, bytes: Self) -> Self;

    /// The bytes from `start` up to here. One that lies after this position is a mistake of the program too,
    /// and elsewhere there are none.
    fn since(self, start: Self) -> Self;
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
    }

    #[test]
    fn a_position_goes_on_and_back() {
        let mut at = 14u64;
        at.advance(40);
        assert_eq!((at, at.past(3), at.since(14)), (54, 57, 40));
    }

    #[test]
    #[should_panic(expected = "from 15 to 14")]
    fn a_position_before_the_start_is_noticed() {
        let _ = 14u64.since(15);
    }
}
