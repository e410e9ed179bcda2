//! Fields that are changed.

use std::fs;
use std::path::Path;

use crate::inject::{each_fault, is_impossible, take_temporaries};

#[test]
fn an_atomic_set_leaves_the_old_or_the_new_file() {
    if is_impossible() {
        return;
    }
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp/info-8.bmp");
    let before = fs::read(fixture).unwrap();
    let mut after = before.clone();
    // The width, and the size of the pixels that follows from it; both at their place in the spec.
    after[18] = 8;
    after[34..38].copy_from_slice(&128u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bmp");
    let calls = [
        "write",
        "pwrite64",
        "copy_file_range",
        "sendfile",
        "fsync",
        "fchmod",
        "rename",
        "renameat",
        "renameat2",
        "openat",
        "close",
    ];
    each_fault(
        folder.path(),
        &["set", "a.bmp", "dib_header.width=8"],
        &calls,
        usize::MAX,
        &|| fs::write(&path, &before).unwrap(),
        &|run| {
            let found = fs::read(&path).unwrap();
            assert!(found == before || found == after, "another file: {run:?}");
            let left = take_temporaries(folder.path());
            assert!(run.is_kill() || left.is_empty(), "{left:?}: {run:?}");
        },
    );
}
