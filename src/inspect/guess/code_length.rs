//! Code lengths of values, in bits: of two ways to read bytes, the one with the shorter description is the likelier
//! (the principle of minimum description length).

use crate::offset::{Position, Tally};

/// Adaptive code lengths: nothing is known of the values at first, and each one teaches how likely
/// the next are (Krichevsky and Trofimov's estimator). Patterns that are there by chance cost as much to learn as they
/// save.
pub(super) struct CodeLengths {
    kinds: f64,
    /// Bits that `n` values of one kind save, for each `n`.
    same: Vec<f64>,
    /// Bits that `n` values cost before any is saved.
    all: Vec<f64>,
}

impl CodeLengths {
    /// For up to `most` values of this many kinds.
    pub(super) fn new(kinds: u16, most: usize) -> CodeLengths {
        let kinds = f64::from(kinds);
        // Fewer than all kinds mostly occur, so each is less likely at first than the classic 1/2.
        let weight = 1.0 / 16.0;
        CodeLengths {
            kinds,
            same: cumulated(weight, most),
            all: cumulated(weight * kinds, most),
        }
    }

    /// The bits of values, given how often each kind occurs.
    pub(super) fn bits(&self, counts: &[u32]) -> f64 {
        let at = |table: &[f64], count: usize| table.get(count).copied().unwrap_or(0.0);
        let (mut total, mut saved) = (0usize, 0.0);
        for &count in counts {
            if count > 0 {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                total.tally(count);
                saved += at(&self.same, count);
            }
        }
        // Uncoded values are always possible, for one bit that says so.
        (at(&self.all, total) - saved).min(as_float(total) * self.kinds.log2()) + 1.0
    }
}

fn cumulated(weight: f64, most: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums = vec![0.0];
    for seen in 0..most {
        sum += (as_float(seen) + weight).log2();
        sums.push(sum);
    }
    sums
}

/// The bits of integers: the adaptive code of each one's length in binary, and its digits; or its index in the range
/// from the least to the greatest.
pub(super) fn integers(values: impl Iterator<Item = i64>, code: &CodeLengths) -> f64 {
    let mut lengths = [0u32; 65];
    let mut digits = 0u64;
    let (mut least, mut greatest, mut all) = (i64::MAX, i64::MIN, 0usize);
    for value in values {
        (least, greatest) = (least.min(value), greatest.max(value));
        all.tally(1);
        let zigzag = (value.wrapping_shl(1) ^ value.wrapping_shr(63)).cast_unsigned();
        let length = 64u32.since(zigzag.leading_zeros());
        if let Some(count) = lengths.get_mut(usize::try_from(length).unwrap_or(64)) {
            count.tally(1);
        }
        // The first digit is a one.
        digits.tally(u64::from(length.saturating_sub(1)));
    }
    let by_length = code.bits(&lengths) + f64::from(u32::try_from(digits).unwrap_or(u32::MAX));
    #[allow(clippy::cast_precision_loss, reason = "a logarithm is taken of it")]
    let between = (greatest.wrapping_sub(least).cast_unsigned() as f64 + 1.0).log2();
    // Plus the two ends of the range.
    by_length.min((as_float(all) + 2.0) * between)
}

pub(super) fn share(part: usize, whole: usize) -> f64 {
    as_float(part) / as_float(whole.max(1))
}

/// Exact for what fits in a sample.
pub(super) fn as_float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{CodeLengths, integers};

    #[test]
    fn what_repeats_is_cheap_and_noise_is_not() {
        let code = CodeLengths::new(256, 4096);
        let mut counts = [0; 256];
        counts[7] = 4096;
        assert!(code.bits(&counts) < 200.0);
        let noise = code.bits(&[16; 256]);
        assert!((32768.0..32770.0).contains(&noise), "{noise}");
        assert_eq!(code.bits(&[0; 256]), 1.0);
    }

    #[test]
    fn near_numbers_are_cheaper_than_far_ones() {
        let code = CodeLengths::new(65, 1000);
        let bits = |far: i64| integers((0..1000).map(|i| i * 7919 % far), &code);
        assert!(bits(10) < 6000.0 && bits(1 << 40) > bits(10) + 5000.0);
        assert!(integers([i64::MIN, i64::MAX].into_iter(), &code) >= 120.0);
        // 700 is none of the lengths, but its range is 9.45 bits.
        assert!((9450.0..9480.0).contains(&bits(700)), "{}", bits(700));
    }
}
