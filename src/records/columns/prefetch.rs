//! Prefetching bytes into the processor's cache.
//!
//! The first loop over a tile of records that lie in main memory waits for them, while all loops after it compute.
//! Prefetched during the tile before, they are there in time. Where they are in a near cache already, it makes no
//! difference.

/// Bytes that a processor fetches at once.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;

/// Prefetches bytes that are read soon.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn fetch(bytes: &[u8]) {
    for first in bytes.iter().step_by(LINE) {
        safe_arch::prefetch_t0(first);
    }
}

/// Does nothing: other processors prefetch by themselves.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn fetch(_: &[u8]) {}
