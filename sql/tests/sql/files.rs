//! Files: several, none, those that end early, those that change, those in other stores.

use std::fs::OpenOptions;
use std::io::Write as _;

use datafusion::object_store::memory::InMemory;
use datafusion::object_store::path::Path as StorePath;
use datafusion::object_store::{ObjectStore, ObjectStoreExt as _};

use super::*;

const SUMS: &str =
    "SELECT side, sum(qty), min(at), max(at), count(*) FROM t GROUP BY side ORDER BY side";

#[tokio::test]
async fn partitions_are_all_rows_each_once() {
    let (_folder, path) = file(&ticks(1001));
    let one = session(1, described(&path));
    let whole = rows(&one, SUMS).await;
    // 1001 rows are 143 times the sum of -3 to 3; every other row has an even index, and the first is even.
    assert_eq!(whole.len(), 2);
    assert!(
        whole[0].starts_with("B ") && whole[0].ends_with(" 501"),
        "{whole:?}"
    );
    assert!(
        whole[1].starts_with("S ") && whole[1].ends_with(" 500"),
        "{whole:?}"
    );
    assert_eq!(rows(&one, "SELECT sum(qty) FROM t").await, ["0"]);
    for partitions in [2, 3, 16] {
        let several = session(partitions, described(&path));
        assert_eq!(rows(&several, SUMS).await, whole);
        let all = rows(&several, "SELECT at FROM t ORDER BY at").await;
        assert_eq!(all, rows(&one, "SELECT at FROM t").await);
        let plan = plan(&several, "SELECT qty FROM t").await;
        assert!(plan.contains(&format!("partitions={partitions}")), "{plan}");
    }
}

#[tokio::test]
async fn there_are_no_more_partitions_than_rows() {
    let (_folder, path) = file(&ticks(3));
    let session = session(8, described(&path));
    let plan = plan(&session, "SELECT qty FROM t").await;
    assert!(plan.contains("partitions=3"), "{plan}");
    assert_eq!(
        rows(&session, "SELECT qty FROM t ORDER BY qty").await,
        ["-3", "-2", "-1"]
    );
}

#[tokio::test]
async fn files_of_a_pattern_are_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let all = ticks(100);
    // Pieces of 10, 0 and 90 records, the last with other things beside it.
    std::fs::write(folder.path().join("a.bin"), &all[..140]).unwrap();
    std::fs::write(folder.path().join("b.bin"), b"").unwrap();
    std::fs::write(folder.path().join("c.bin"), &all[140..]).unwrap();
    std::fs::write(folder.path().join("c.txt"), b"abc").unwrap();
    let pattern = folder.path().join("*.bin");
    let (_other, whole) = file(&all);
    let whole = session(1, described(&whole));
    for partitions in [1, 4] {
        let several = session(partitions, described(&pattern));
        assert_eq!(rows(&several, SUMS).await, rows(&whole, SUMS).await);
        assert_eq!(rows(&several, "SELECT count(*) FROM t").await, ["100"]);
    }
}

#[tokio::test]
async fn bytes_before_the_records_are_passed_over() {
    let mut bytes = b"a header of 20 bytes".to_vec();
    bytes.extend(ticks(50));
    let (_folder, path) = file(&bytes);
    let (_other, plain) = file(&ticks(50));
    let plain = session(1, described(&plain));
    for partitions in [1, 3] {
        let skipped = session(partitions, described(&path).skip(20));
        assert_eq!(rows(&skipped, SUMS).await, rows(&plain, SUMS).await);
    }
    let beyond = session(1, described(&path).skip(10_000));
    let message = error(&beyond, "SELECT qty FROM t").await;
    assert!(message.contains("ticks.bin"), "{message}");
}

#[tokio::test]
async fn a_record_that_is_cut_short_is_an_error_with_its_offset() {
    let bytes = ticks(3);
    let (_folder, path) = file(&bytes[..33]);
    let strict = session(1, described(&path));
    for sql in [
        "SELECT qty FROM t",
        "SELECT count(*) FROM t",
        "SELECT qty FROM t LIMIT 1",
    ] {
        let message = error(&strict, sql).await;
        assert!(
            message.contains("the last record, which begins at 0x1c, has 5 of 14 bytes"),
            "{message}"
        );
    }
    let lax = session(1, described(&path).allow_partial(true));
    assert_eq!(rows(&lax, "SELECT qty FROM t").await, ["-3", "-2"]);
    assert_eq!(rows(&lax, "SELECT count(*) FROM t").await, ["2"]);
}

#[tokio::test]
async fn an_empty_file_has_no_rows_and_no_file_is_an_error() {
    let (folder, path) = file(b"");
    let empty = session(2, described(&path));
    assert_eq!(rows(&empty, "SELECT count(*) FROM t").await, ["0"]);
    assert_eq!(rows(&empty, "SELECT qty FROM t").await, [""; 0]);
    assert_eq!(rows(&empty, "SELECT sum(qty) FROM t").await, [""]);
    let none = session(1, described(&folder.path().join("*.none")));
    let message = error(&none, "SELECT qty FROM t").await;
    assert!(
        message.contains("*.none: there is no such file"),
        "{message}"
    );
}

#[tokio::test]
async fn each_query_sees_the_records_that_are_there_when_it_is_planned() {
    let (_folder, path) = file(&ticks(10));
    let session = session(1, described(&path));
    assert_eq!(rows(&session, "SELECT count(*) FROM t").await, ["10"]);
    let planned = session.sql("SELECT qty FROM t").await.unwrap();
    let planned = planned.create_physical_plan().await.unwrap();
    let mut log = OpenOptions::new().append(true).open(&path).unwrap();
    log.write_all(&ticks(5)).unwrap();
    let read = datafusion::physical_plan::collect(planned, session.task_ctx())
        .await
        .unwrap();
    assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), 10);
    assert_eq!(rows(&session, "SELECT count(*) FROM t").await, ["15"]);
}

#[tokio::test]
async fn a_file_that_is_cut_while_it_is_read_is_an_error() {
    let (_folder, path) = file(&ticks(10));
    let session = session(1, described(&path));
    let planned = session.sql("SELECT qty FROM t").await.unwrap();
    let planned = planned.create_physical_plan().await.unwrap();
    std::fs::write(&path, ticks(4)).unwrap();
    let read = datafusion::physical_plan::collect(planned, session.task_ctx()).await;
    let message = read.unwrap_err().to_string();
    assert!(
        message.contains("140 bytes were there at 0x0, and 56 are"),
        "{message}"
    );
}

#[tokio::test]
async fn files_of_other_stores_are_read_by_their_address() {
    let store = Arc::new(InMemory::new());
    let all = ticks(60);
    for (name, bytes) in [("d/a.bin", &all[..280]), ("d/b.bin", &all[280..])] {
        let bytes = bytes.to_vec().into();
        store.put(&StorePath::from(name), bytes).await.unwrap();
    }
    let (_folder, plain) = file(&all);
    let plain = session(1, described(&plain));
    let session = session(3, Description::new(TICK).file("memory://shelf/d/*.bin"));
    let address = url::Url::parse("memory://shelf").unwrap();
    let message = error(&session, SUMS).await;
    assert!(message.contains("memory://shelf"), "{message}");
    session.register_object_store(&address, store as Arc<dyn ObjectStore>);
    assert_eq!(rows(&session, SUMS).await, rows(&plain, SUMS).await);
}

#[tokio::test]
async fn a_constant_that_is_missing_is_an_error_with_its_offset() {
    let (_folder, path) = file(b"ok\x01ok\x02no\x03");
    let description = Description::new("2s:magic=\"ok\" B:n").file(path.to_str().unwrap());
    let session = session(1, description);
    let message = error(&session, "SELECT n FROM t").await;
    assert!(
        message.contains("ticks.bin") && message.contains("0x6"),
        "{message}"
    );
}
