//! Where records begin: a header before them has other statistics.

use super::code_length::share;
use super::entropy::{corrected, counts};
use crate::offset::Tally;

/// The entropy, in bits a byte, below which a column is steady: an unusual byte then tells a
/// header.
const STEADY: f64 = 4.0;

/// The bytes from `phase` on that are whole records in length, but not like `rows`.
pub(super) fn length(head: &[u8], phase: u64, rows: &[u8], size: usize) -> u64 {
    let columns: Vec<(usize, [u32; 256])> = (0..size)
        .filter(|at| corrected(rows.iter().skip(*at).step_by(size)) <= STEADY)
        .map(|at| (at, counts(rows.iter().skip(at).step_by(size))))
        .collect();
    // The most of the sample that may be a header.
    let rare = rows.len().checked_div(size.saturating_mul(200));
    let rare = u32::try_from(rare.unwrap_or(0)).unwrap_or(0).max(1);
    let is_odd = |row: &[u8]| {
        let odd = columns.iter().filter(|(at, counts)| {
            let byte = row.get(*at).copied().unwrap_or(0);
            counts
                .get(usize::from(byte))
                .is_none_or(|count| *count <= rare)
        });
        share(odd.count(), columns.len()) > 0.4
    };
    let from = usize::try_from(phase).unwrap_or(usize::MAX);
    // A header that is longer than what follows it is no header.
    let half = head.get(..head.len() / 2).unwrap_or_default();
    let mut odd = half
        .get(from..)
        .unwrap_or_default()
        .chunks_exact(size.max(1));
    let mut length = 0u64;
    while odd.next().is_some_and(is_odd) {
        length.tally(size as u64);
    }
    length
}
