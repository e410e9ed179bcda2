//! Bytes that the processor is asked for before they are read.
//!
//! The first loop over a tile of records that lie in main memory waits for them, while all loops after it compute. Asked
//! for while the tile before is computed, they are there by then. It makes no difference where they are in a near cache.

/// Bytes that a processor fetches at once.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;

/// Asks for bytes that are read soon.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn fetch(bytes: &[u8]) {
    for first in bytes.iter().step_by(LINE) {
        safe_arch::prefetch_t0(first);
    }
}

/// Asks for nothing: other processors look ahead by themselves.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn fetch(_: &[u8]) {}
