//! Sparse files that we create come out equal, and sparse, of every peer that knows them.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::process::Command;

use bytewright::formats::tar::{Builder, Format};

use super::{have, python, run};
use crate::common::within_processor_seconds;

/// So far apart are the pieces: further than any file system's blocks are large.
const STEP: u64 = 1 << 20;

/// A file with so many pieces of data; `None` where the file system keeps no holes.
fn make(path: &Path, pieces: u64, size: u64) -> Option<()> {
    let file = File::create(path).unwrap();
    for i in 0..pieces {
        let text = format!("piece {i}");
        file.write_all_at(text.as_bytes(), i * STEP).unwrap();
    }
    file.set_len(size).unwrap();
    let used = file.metadata().unwrap().blocks() * 512;
    if size > 0 && used >= size {
        println!("skipped: this file system keeps no holes");
        return None;
    }
    Some(())
}

fn pack(folder: &Path, format: Format, archive: &Path) {
    let builder = Builder::at(File::create_new(archive).unwrap()).unwrap();
    let mut builder = builder.format(format).sparse(true);
    let mut notice = |notice| panic!("{notice}");
    builder.add(folder, "n", &mut notice).unwrap();
    builder.finish().unwrap();
}

#[test]
fn sparse_files_come_out_equal_and_sparse() {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    // In a GNU header there is room for 4 pieces, in each block after it for 21.
    for (name, pieces, size) in [
        ("hole", 0, STEP),
        ("one", 1, 5),
        ("tail", 1, STEP),
        ("four", 4, 3 * STEP + 7),
        ("five", 5, 5 * STEP),
        ("edge", 25, 24 * STEP + 9),
        ("more", 26, 26 * STEP),
        ("many", 60, 60 * STEP + 1),
    ] {
        if pieces * STEP < size && make(&files.join(name), pieces, size).is_none() {
            return;
        }
        make(&files.join(name), pieces, size);
    }
    fs::write(files.join("zlast"), "after them").unwrap();
    for format in [Format::Pax, Format::Gnu] {
        let archive = home.path().join(format!("{}.tar", format.name()));
        pack(&files, format, &archive);
        let stored = fs::metadata(&archive).unwrap().len();
        assert!(stored < 8 << 20, "{format:?}: {stored}");
        // The same through a stream.
        let mut builder = Builder::new(Vec::new()).format(format).sparse(true);
        let mut notice = |notice| panic!("{notice}");
        builder.add(&files, "n", &mut notice).unwrap();
        assert!(builder.finish().unwrap() == fs::read(&archive).unwrap());
        for peer in ["tar", "bsdtar", "python3"] {
            if !have(peer) {
                continue;
            }
            let into = home.path().join(format!("{peer}-{}", format.name()));
            fs::create_dir(&into).unwrap();
            if peer == "python3" {
                python(
                    super::PYTHON_EXTRACT,
                    &[archive.as_os_str(), into.as_os_str()],
                );
            } else {
                let mut command = Command::new(peer);
                run(command.arg("-xf").arg(&archive).arg("-C").arg(&into));
            }
            for entry in fs::read_dir(&files).unwrap() {
                let path = entry.unwrap().path();
                let found = into.join("n").join(path.file_name().unwrap());
                let case = format!("{format:?} {peer} {}", path.display());
                assert!(
                    fs::read(&path).unwrap() == fs::read(&found).unwrap(),
                    "{case}"
                );
                let (was, is) = (path.metadata().unwrap(), found.metadata().unwrap());
                // Room for what a file system takes for an odd piece.
                assert!(
                    is.blocks() <= was.blocks() * 2 + 16,
                    "{case}: {}",
                    is.blocks()
                );
            }
        }
    }
}

/// 9 GiB are beyond what a header's octal digits say, and would take their time to read.
#[test]
fn a_huge_sparse_file_takes_neither_time_nor_room() {
    const SIZE: u64 = 9 << 30;
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    fs::create_dir(&files).unwrap();
    if make(&files.join("huge"), 3, SIZE).is_none() {
        return;
    }
    let file = File::options().write(true).open(files.join("huge"));
    file.unwrap().write_all_at(b"end", SIZE - 3).unwrap();
    for format in [Format::Pax, Format::Gnu] {
        let archive = home.path().join(format!("{}.tar", format.name()));
        within_processor_seconds(10, "packing", || pack(&files, format, &archive));
        assert!(fs::metadata(&archive).unwrap().len() < 1 << 20);
        for peer in ["tar", "bsdtar"] {
            if !have(peer) {
                continue;
            }
            let into = home.path().join(format!("{peer}-{}", format.name()));
            fs::create_dir(&into).unwrap();
            let mut command = Command::new(peer);
            run(command.arg("-xf").arg(&archive).arg("-C").arg(&into));
            let found = File::open(into.join("n/huge")).unwrap();
            let metadata = found.metadata().unwrap();
            assert_eq!(metadata.len(), SIZE, "{format:?} {peer}");
            assert!(metadata.blocks() < 1 << 11, "{format:?} {peer}");
            for (offset, text) in [(0, "piece 0"), (2 * STEP, "piece 2"), (SIZE - 3, "end")] {
                let mut bytes = vec![0; text.len()];
                found.read_exact_at(&mut bytes, offset).unwrap();
                assert_eq!(bytes, text.as_bytes(), "{format:?} {peer}");
            }
        }
    }
}
