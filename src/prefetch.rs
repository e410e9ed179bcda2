//! Prefetching bytes into the processor's cache.
//!
//! The first look at bytes that lie in main memory, or in the cache of another processor, takes as long as some hundred
//! instructions. Prefetched while something else is computed, they are there in time. Where they are in a near cache already,
//! it makes no difference.

/// Bytes that a processor fetches at once.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;

/// Prefetches bytes that are read soon.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn fetch(bytes: &[u8]) {
    for first in bytes.iter().step_by(LINE) {
        safe_arch::prefetch_t0(first);
    }
}

/// Does nothing: other processors prefetch by themselves.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn fetch(_: &[u8]) {}
