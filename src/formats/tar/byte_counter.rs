//! Counts the compressed bytes of an archive that were read, for limits on the ratio.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::source::{SourceOf, watched};

/// The same source, and a counter of how far it was read.
pub(super) fn source(source: SourceOf<'_>) -> (SourceOf<'_>, Arc<AtomicU64>) {
    let (end, told) = shared();
    let tell = move |read| {
        told.fetch_max(read, Ordering::Relaxed);
    };
    (watched::source(source, tell), end)
}

/// The same stream, and a counter of the bytes that were read of it.
pub(super) fn stream(stream: impl Read + Send) -> (impl Read + Send, Arc<AtomicU64>) {
    let (end, told) = shared();
    let tell = move |read| told.store(read, Ordering::Relaxed);
    (watched::stream(stream, tell), end)
}

fn shared() -> (Arc<AtomicU64>, Arc<AtomicU64>) {
    let end = Arc::new(AtomicU64::new(0));
    (Arc::clone(&end), end)
}
