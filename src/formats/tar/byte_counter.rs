//! How far an archive's bytes were read, before they are decompressed: what a limit on the ratio
//! counts from.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::source::{SourceOf, watched};

/// The same source, and the end of what was read of it.
pub(super) fn source(source: SourceOf<'_>) -> (SourceOf<'_>, Arc<AtomicU64>) {
    let (end, told) = shared();
    let tell = move |read| {
        told.fetch_max(read, Ordering::Relaxed);
    };
    (watched::source(source, tell), end)
}

/// The same stream, and how many bytes were read of it.
pub(super) fn stream(stream: impl Read + Send) -> (impl Read + Send, Arc<AtomicU64>) {
    let (end, told) = shared();
    let tell = move |read| told.store(read, Ordering::Relaxed);
    (watched::stream(stream, tell), end)
}

fn shared() -> (Arc<AtomicU64>, Arc<AtomicU64>) {
    let end = Arc::new(AtomicU64::new(0));
    (Arc::clone(&end), end)
}
