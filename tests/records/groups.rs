//! Row groups of Parquet, made by threads.

use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::{Folder, text};

/// The rows of each row group.
fn groups(folder: &Folder, name: &str) -> Vec<i64> {
    let file = std::fs::File::open(folder.path(name)).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let groups = reader.metadata().row_groups();
    groups.iter().map(|group| group.num_rows()).collect()
}

/// Ids, numbers that repeat, and noise.
fn records(count: u32) -> Vec<u8> {
    let record = |n: u32| {
        let noise = n.wrapping_mul(2_654_435_761).to_le_bytes();
        [&n.to_le_bytes()[..], &[(n % 11) as u8], &noise].concat()
    };
    (0..count).flat_map(record).collect()
}

const FORMAT: &str = "<I:id B:kind I:noise";

#[test]
fn the_number_of_threads_changes_no_byte_of_parquet() {
    let folder = Folder::new();
    let bytes = records(1_100_000);
    folder.file("in.bin", &bytes);
    for (name, threads) in [("one.parquet", "1"), ("three.parquet", "3")] {
        text(
            &folder,
            &[FORMAT, "in.bin", "-o", name, "--threads", threads],
        );
    }
    let one = std::fs::read(folder.path("one.parquet")).unwrap();
    assert!(one == std::fs::read(folder.path("three.parquet")).unwrap());
    // Blocks of 4 MiB, of whole records.
    let group = (4 << 20) / 9;
    assert_eq!(
        groups(&folder, "one.parquet"),
        [group, group, 1_100_000 - 2 * group]
    );
    text(
        &folder,
        &["--pack", FORMAT, "one.parquet", "-o", "back.bin"],
    );
    assert!(std::fs::read(folder.path("back.bin")).unwrap() == bytes);
}

#[test]
fn few_rows_of_many_blocks_are_one_row_group() {
    let folder = Folder::new();
    folder.file("in.bin", records(1_100_000));
    let few = ["--where", "id % 100000 == 7", "-o", "few.parquet"];
    text(&folder, &[&[FORMAT, "in.bin"][..], &few].concat());
    assert_eq!(groups(&folder, "few.parquet"), [11]);
    for n in 0..30 {
        folder.file(&format!("{n}.bin"), records(100));
    }
    text(
        &folder,
        &[
            FORMAT,
            "?.bin",
            "1?.bin",
            "-o",
            "many.parquet",
            "--file-column",
            "file",
        ],
    );
    assert_eq!(groups(&folder, "many.parquet"), [2000]);
    // A file without rows is one, too.
    text(
        &folder,
        &[
            FORMAT,
            "0.bin",
            "--where",
            "id > 1000",
            "-o",
            "none.parquet",
        ],
    );
    assert_eq!(groups(&folder, "none.parquet"), [0i64; 0]);
}
