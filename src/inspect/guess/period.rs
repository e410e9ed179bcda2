//! The size of records: the row length at which the bytes, laid out in rows, have the shortest description column by
//! column.

use super::code_length::{CodeLengths, as_float, share};
use crate::offset::Tally;

/// Longer records are not looked for.
const LONGEST: usize = 1024;

/// Fewer records than these prove nothing.
const FEWEST: usize = 16;

/// Bytes that are laid out in columns.
const LAID_OUT: usize = 64 << 10;

/// Bytes that are compared with later ones, to find the sizes worth laying out.
const COMPARED: usize = 32 << 10;

/// How many sizes are tried: those after which the most bytes repeat, and their divisors.
const CANDIDATES: usize = 24;

/// The share of bits that columns must save.
const LEAST_GAIN: f64 = 0.03;

/// A size of records, and how sure it is, from 0 to 1.
pub(super) fn find(bytes: &[u8]) -> Option<(usize, f64)> {
    let bytes = bytes.get(..LAID_OUT).unwrap_or(bytes);
    let code = CodeLengths::new(256, bytes.len());
    let whole = in_columns(bytes, 1, &code);
    let (bits, size) = candidates(bytes)
        .into_iter()
        .map(|size| (in_columns(bytes, size, &code), size))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    let gain = (whole - bits) / whole;
    if gain < LEAST_GAIN {
        return None;
    }
    // Chance differs between the two halves.
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let steady = [first, second]
        .iter()
        .all(|half| in_columns(half, 1, &code) - in_columns(half, size, &code) > 0.0);
    steady.then_some((size, gain / (gain + 0.04)))
}

/// The sizes worth a try.
fn candidates(bytes: &[u8]) -> Vec<usize> {
    let compared = bytes.get(..COMPARED).unwrap_or(bytes);
    let longest = LONGEST.min(bytes.len() / FEWEST);
    let mut sizes: Vec<usize> = (2..=longest).collect();
    let rates: Vec<f64> = (0..=longest).map(|lag| repeats(compared, lag)).collect();
    let rate = |size: usize| rates.get(size).copied().unwrap_or(0.0);
    sizes.sort_by(|a, b| rate(*b).total_cmp(&rate(*a)));
    sizes.truncate(CANDIDATES);
    let divisors = |size: usize| (2..size).filter(move |by| size.is_multiple_of(*by));
    let all: Vec<usize> = sizes.iter().copied().flat_map(divisors).collect();
    sizes.extend(all);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// The share of bytes that occur again `lag` bytes later.
fn repeats(bytes: &[u8], lag: usize) -> f64 {
    let later = bytes.get(lag..).unwrap_or_default();
    let equal = bytes.iter().zip(later).filter(|(a, b)| a == b).count();
    share(equal, later.len())
}

/// The bits that the columns of bytes cost, each as such or as the steps from one row to the next.
fn in_columns(bytes: &[u8], size: usize, code: &CodeLengths) -> f64 {
    (0..size)
        .map(|at| column(bytes.iter().skip(at).step_by(size).copied(), code))
        .sum::<f64>()
        + as_float(size)
}

/// The bits of one column of bytes.
pub(super) fn column(bytes: impl Iterator<Item = u8>, code: &CodeLengths) -> f64 {
    let mut plain = [0u32; 256];
    let mut steps = [0u32; 256];
    let mut last = 0u8;
    let count = |counts: &mut [u32; 256], byte: u8| {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            count.tally(1);
        }
    };
    for byte in bytes {
        count(&mut plain, byte);
        count(&mut steps, byte.wrapping_sub(last));
        last = byte;
    }
    code.bits(&plain).min(code.bits(&steps)) + 1.0
}
