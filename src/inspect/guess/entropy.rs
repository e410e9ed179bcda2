//! The entropy of bytes, in bits a byte.

use crate::offset::Tally;

/// In bits a byte, from 0 to 8.
///
/// ```
/// use bytewright::inspect::guess::entropy;
///
/// assert_eq!(entropy(b"aaaa"), 0.0);
/// assert_eq!(entropy(b"abab"), 1.0);
/// ```
pub fn entropy(bytes: &[u8]) -> f64 {
    of_counts(&counts(bytes.iter())).0
}

/// Without the error that few bytes make (Miller and Madow's correction), in bits a byte.
pub(super) fn corrected<'a>(bytes: impl Iterator<Item = &'a u8>) -> f64 {
    let (entropy, kinds, total) = of_counts(&counts(bytes));
    let missed = (kinds - 1.0) / (2.0 * total.max(1.0)) * std::f64::consts::LOG2_E;
    (entropy + missed.max(0.0)).min(8.0)
}

pub(super) fn counts<'a>(bytes: impl Iterator<Item = &'a u8>) -> [u32; 256] {
    let mut counts = [0u32; 256];
    for &byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            count.tally(1);
        }
    }
    counts
}

/// The entropy, how many different bytes there are, and how many at all.
fn of_counts(counts: &[u32; 256]) -> (f64, f64, f64) {
    let total: f64 = counts.iter().copied().map(f64::from).sum();
    let shares = counts
        .iter()
        .filter(|n| **n > 0)
        .map(|n| f64::from(*n) / total);
    let (sum, kinds) = shares.fold((0.0, 0.0), |(sum, kinds), p| {
        (sum - p * p.log2(), kinds + 1.0)
    });
    (sum, kinds, total)
}
