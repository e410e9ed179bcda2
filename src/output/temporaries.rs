//! The temporary files that are there now, so that an interruption can remove them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

/// A path that is in the list of temporary files.
#[derive(Debug)]
pub(crate) struct Listed(u64);

impl Listed {
    /// Lists a temporary file. Between making it and this, [`making`] is held.
    pub(crate) fn new(path: PathBuf) -> Listed {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        temporaries(number).insert(number, path);
        Listed(number)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        temporaries(self.0).remove(&self.0);
    }
}

/// Removes the temporary files of every [`AtomicFile`](super::AtomicFile) that isn't committed yet, and keeps new
/// ones from being made: for a process that is about to end, from a signal handler's thread.
pub fn discard_all() {
    let making = MAKING.write().unwrap_or_else(PoisonError::into_inner);
    for shard in &TEMPORARIES {
        let mut temporaries = shard.lock().unwrap_or_else(PoisonError::into_inner);
        for path in std::mem::take(&mut *temporaries).into_values() {
            // The process ends; no one could read an error.
            let _ = fs::remove_file(path);
        }
        std::mem::forget(temporaries);
    }
    std::mem::forget(making);
}

/// Held for writing once an interruption ends the process.
static MAKING: RwLock<()> = RwLock::new(());

/// Held while a temporary file is made and not yet listed: an interruption waits for it, and
/// another one is made only after the interruption's end.
pub(crate) fn making() -> RwLockReadGuard<'static, ()> {
    MAKING.read().unwrap_or_else(PoisonError::into_inner)
}

type Paths = BTreeMap<u64, PathBuf>;

/// The temporary files that are there now, by their numbers. Several threads make and finish many
/// in a short time, which would wait for each other at a single list.
static TEMPORARIES: [Mutex<Paths>; 16] = [const { Mutex::new(Paths::new()) }; 16];

/// The list that has the file of this number.
fn temporaries(number: u64) -> MutexGuard<'static, Paths> {
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::indexing_slicing,
        reason = "a remainder is below the number of lists, which isn't 0"
    )]
    let shard = &TEMPORARIES[number as usize % TEMPORARIES.len()];
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The temporary files that an interruption would remove now.
#[cfg(test)]
pub(crate) fn listed() -> Vec<PathBuf> {
    let paths = |shard: &Mutex<Paths>| -> Vec<PathBuf> {
        let paths = shard.lock().unwrap_or_else(PoisonError::into_inner);
        paths.values().cloned().collect()
    };
    TEMPORARIES.iter().flat_map(paths).collect()
}
