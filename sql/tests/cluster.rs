//! A scheduler and two executors on this machine: the same rows as one process.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use bytewright_sql::{
    Description, GroupByKeys, LogicalCodec, PhysicalCodec, RecordScan, RecordTable,
};
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::execution::{SessionStateBuilder, TaskContext};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::logical_plan::{DefaultLogicalExtensionCodec, LogicalExtensionCodec};
use datafusion_proto::physical_plan::{
    DefaultPhysicalExtensionCodec, DefaultPhysicalProtoConverter, PhysicalExtensionCodec,
};

const FORMAT: &str = "<I:id i:qty s~ascii:side x";

/// Records `0..rows` of ten bytes.
fn ticks(rows: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in 0..rows {
        bytes.extend_from_slice(&row.to_le_bytes());
        bytes.extend_from_slice(&((row % 1000) as i32 - 100).to_le_bytes());
        bytes.extend_from_slice(&[b"BSX"[row as usize % 3], 0]);
    }
    bytes
}

/// A program that runs until it is dropped.
struct Running {
    child: Child,
    /// What it says first.
    said: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Running {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        lines.read_line(&mut said).unwrap();
        // What it warns of is part of what a failed test prints.
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                eprintln!("{line}");
            }
        });
        Running { child, said }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn query(sql: &str, table: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
        .args([&[sql, "--table", table, "-O", "csv"][..], more].concat())
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn files(folder: &Path) -> PathBuf {
    // Twelve megabytes are read in several partitions.
    std::fs::write(folder.join("a.bin"), ticks(900_000)).unwrap();
    std::fs::write(folder.join("b.bin"), ticks(300_001)).unwrap();
    folder.join("*.bin")
}

#[test]
fn a_scheduler_and_two_executors_give_the_rows_of_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let table = format!("ticks={FORMAT}@{}", files(folder.path()).display());
    let scheduler = Running::start(&["scheduler", "--bind", "127.0.0.1:0"]);
    let address = scheduler.said.trim().rsplit(' ').next().unwrap().to_owned();
    let executor = || Running::start(&["executor", "--scheduler", &address, "--threads", "2"]);
    let executors = [executor(), executor()];
    for executor in &executors {
        assert!(
            executor.said.starts_with("the executor listens on"),
            "{}",
            executor.said
        );
    }
    for sql in [
        "SELECT side, count(*) AS n, sum(qty) AS qty, max(id) AS id FROM ticks GROUP BY side ORDER BY side",
        "SELECT count(*) AS n FROM ticks",
        "SELECT qty, count(*) AS n FROM ticks WHERE qty > 890 AND side = 'B' GROUP BY qty ORDER BY qty",
        "SELECT a.side, sum(b.qty) AS qty FROM ticks a JOIN ticks b ON a.id = b.id WHERE a.id < 100 \
         GROUP BY a.side ORDER BY a.side",
        "SELECT count(id) AS n, sum(qty) AS qty FROM (SELECT * FROM ticks WHERE id > 7 UNION ALL SELECT * FROM ticks)",
        "SELECT id, side FROM ticks WHERE id IN (5, 299999, 899999) ORDER BY id, side",
    ] {
        let one = printed(&query(sql, &table, &[]));
        assert!(one.lines().count() > 1, "{sql}: {one}");
        // Fewer partitions than executors have tasks, as many, and more than there are at a time.
        for threads in ["1", "4", "11"] {
            let cluster = ["--cluster", &address, "--threads", threads];
            let several = printed(&query(sql, &table, &cluster));
            assert_eq!(several, one, "{sql}, {threads}");
        }
    }
    // What is wrong with the data is told there as here.
    std::fs::write(folder.path().join("c.bin"), b"cut").unwrap();
    let cut = query(
        "SELECT sum(qty) FROM ticks",
        &table,
        &["--cluster", &address],
    );
    let error = String::from_utf8_lossy(&cut.stderr).into_owned();
    assert!(!cut.status.success());
    assert!(
        error.contains("the last record, which begins at 0x0, has 3 of 10 bytes"),
        "{error}"
    );
}

#[test]
fn a_cluster_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let table = format!("ticks={FORMAT}@{}", files(folder.path()).display());
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let output = query(
        "SELECT sum(qty) FROM ticks",
        &table,
        &["--cluster", &address],
    );
    assert_eq!(output.status.code(), Some(2));
    let output = Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
        .args(["executor", "--scheduler", &address])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&address));
}

#[tokio::test]
async fn tables_and_steps_are_the_same_after_they_were_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let pattern = files(folder.path());
    let description = Description::new(FORMAT)
        .file(pattern.to_str().unwrap())
        .skip(10);
    let table = Arc::new(RecordTable::new(description).unwrap());
    let (name, context) = (TableReference::bare("t"), TaskContext::default());

    let logical = LogicalCodec::new(Arc::new(DefaultLogicalExtensionCodec {}));
    let mut bytes = Vec::new();
    let provider: Arc<dyn TableProvider> = table.clone();
    logical
        .try_encode_table_provider(&name, provider, &mut bytes)
        .unwrap();
    let again = logical
        .try_decode_table_provider(&bytes, &name, table.schema(), &context)
        .unwrap();
    assert_eq!(again.schema(), table.schema());
    let again = (*again).downcast_ref::<RecordTable>().unwrap();
    assert_eq!(again.description(), table.description());

    let mut config = SessionConfig::new().with_target_partitions(3);
    config.options_mut().optimizer.repartition_file_min_size = 0;
    let session = SessionContext::new_with_config(config);
    session.register_table("t", table).unwrap();
    let frame = session
        .sql("SELECT side FROM t WHERE qty > 5 LIMIT 7")
        .await
        .unwrap();
    let mut step = frame.create_physical_plan().await.unwrap();
    while !step.is::<RecordScan>() {
        let below = Arc::clone(step.children()[0]);
        step = below;
    }
    let physical = PhysicalCodec::new(Arc::new(DefaultPhysicalExtensionCodec {}));
    let converter = DefaultPhysicalProtoConverter {};
    let mut bytes = Vec::new();
    physical
        .try_encode(Arc::clone(&step), &mut bytes, &converter)
        .unwrap();
    let again = physical
        .try_decode(&bytes, &[], &context, &converter)
        .unwrap();
    let shown = |plan: &Arc<dyn ExecutionPlan>| {
        datafusion::physical_plan::displayable(&**plan)
            .one_line()
            .to_string()
    };
    assert_eq!(shown(&again), shown(&step));
    assert!(shown(&again).contains("partitions=3, columns=[side], condition=(qty > 5), fetch=7"));
    assert_eq!(again.schema(), step.schema());

    // Bytes of no plan are an error.
    bytes.truncate(bytes.len() - 1);
    let broken = physical.try_decode(&bytes, &[], &context, &converter);
    assert!(
        broken
            .unwrap_err()
            .to_string()
            .contains("a part of the plan")
    );
}

#[tokio::test]
async fn keys_are_the_same_after_they_were_bytes_and_none_of_another_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    std::fs::write(&path, [0; 24]).unwrap();
    let description = Description::new("<2s:raw 4x").file(path.to_str().unwrap());
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_physical_optimizer_rule(Arc::new(GroupByKeys));
    let session = SessionContext::new_with_state(state.build());
    let table = RecordTable::new(description).unwrap();
    session.register_table("t", Arc::new(table)).unwrap();
    let frame = session.sql("SELECT DISTINCT raw FROM t").await.unwrap();
    let mut step = frame.create_physical_plan().await.unwrap();
    while step.name() != "ValuesOfKeys" {
        let below = Arc::clone(step.children()[0]);
        step = below;
    }
    let input = Arc::clone(step.children()[0]);
    let physical = PhysicalCodec::new(Arc::new(DefaultPhysicalExtensionCodec {}));
    let (converter, context) = (DefaultPhysicalProtoConverter {}, TaskContext::default());

    // The step that looks groups up is what the step below it says; over another one it is nothing.
    let mut bytes = Vec::new();
    physical
        .try_encode(Arc::clone(&input), &mut bytes, &converter)
        .unwrap();
    let (grouped, scan) = (input.children()[0], input.children()[0].children()[0]);
    for (below, name) in [(grouped, "GroupsByIndex"), (scan, scan.name())] {
        let again = physical.try_decode(&bytes, &[Arc::clone(below)], &context, &converter);
        assert_eq!(again.unwrap().name(), name);
    }

    let mut bytes = Vec::new();
    physical
        .try_encode(Arc::clone(&step), &mut bytes, &converter)
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let decoded = |width: &str| {
        let text = text.replace("\"Bytes\":2", &format!("\"Bytes\":{width}"));
        physical.try_decode(text.as_bytes(), &[Arc::clone(&input)], &context, &converter)
    };
    assert_eq!(decoded("2").unwrap().schema(), step.schema());
    for width in ["-1", "0", "9", "2147483647"] {
        let error = decoded(width).unwrap_err().to_string();
        assert!(error.contains("column 0 has no keys"), "{width}: {error}");
    }
}
