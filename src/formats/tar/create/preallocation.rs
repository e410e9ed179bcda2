//! Preallocation of disk space for an archive.

use std::fs::File;

/// Allocates disk space for the next writes, where that makes them faster.
///
/// ext4 otherwise allocates page by page, which takes as long as copying the bytes does. On
/// other file systems nothing is gained, or lost even: btrfs doesn't compress writes into preallocated space.
#[derive(Debug)]
pub(super) struct Preallocation {
    is_worth_it: bool,
}

impl Preallocation {
    pub(super) fn of(file: &File) -> Preallocation {
        Preallocation {
            is_worth_it: system::is_worth_it(file),
        }
    }

    /// Allocates exactly as much as is needed, since freeing the rest would cost time. A full disk is reported by the
    /// write.
    pub(super) fn take(&mut self, file: &File, start: u64, size: u64) {
        if self.is_worth_it && size >= FROM {
            self.is_worth_it = system::take(file, start, size).is_ok();
        }
    }
}

/// The least size that is worth a call, in bytes.
const FROM: u64 = 256 << 10;

#[cfg(target_os = "linux")]
mod system {
    use rustix::fs::{FallocateFlags, fallocate, fstatfs};
    use std::fs::File;
    use std::io;

    /// `EXT4_SUPER_MAGIC` of `statfs(2)`.
    const EXT4: u64 = 0xEF53;

    pub(super) fn is_worth_it(file: &File) -> bool {
        fstatfs(file).is_ok_and(|system| u64::try_from(system.f_type) == Ok(EXT4))
    }

    pub(super) fn take(file: &File, start: u64, size: u64) -> io::Result<()> {
        let system = fstatfs(file)?;
        let block = u64::try_from(system.f_bsize).unwrap_or(0);
        if size > system.f_bavail.saturating_mul(block) {
            // The system would allocate all free space before it fails.
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(fallocate(file, FallocateFlags::empty(), start, size)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs::File;
    use std::io;

    pub(super) fn is_worth_it(_file: &File) -> bool {
        false
    }

    pub(super) fn take(_file: &File, _start: u64, _size: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
