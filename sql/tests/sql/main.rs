//! Tables of records in SQL: their values, what is pushed down, files that change, the built program.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod command;
mod files;
mod grouping;
mod peers;
mod pushdown;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytewright_sql::{Description, RecordTable};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{SessionConfig, SessionContext};

/// The format of the ticks that most tests read: 14 bytes each.
const TICK: &str = "<Q~unixms:at i:qty s~ascii:side x";

/// Ticks `0..rows`: a second apart, `qty` from -3 to 3, sides in turn.
fn ticks(rows: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in 0..rows {
        bytes.extend_from_slice(&(1_700_000_000_000 + row * 1000).to_le_bytes());
        bytes.extend_from_slice(&((row % 7) as i32 - 3).to_le_bytes());
        bytes.push(if row.is_multiple_of(2) { b'B' } else { b'S' });
        bytes.push(0xff);
    }
    bytes
}

/// A folder, and a file in it.
fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticks.bin");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn described(path: &Path) -> Description {
    Description::new(TICK).file(path.to_str().unwrap())
}

/// A session in which files of any size are read in this number of partitions, with one table `t`.
fn session(partitions: usize, description: Description) -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(partitions);
    config.options_mut().optimizer.repartition_file_min_size = 0;
    let session = SessionContext::new_with_config(config);
    let table = RecordTable::new(description).unwrap();
    session.register_table("t", Arc::new(table)).unwrap();
    session
}

async fn batches(session: &SessionContext, sql: &str) -> Vec<RecordBatch> {
    session.sql(sql).await.unwrap().collect().await.unwrap()
}

/// The rows of a query, one text a line, cells with a space between them.
async fn rows(session: &SessionContext, sql: &str) -> Vec<String> {
    let batches = batches(session, sql).await;
    let text = pretty_format_batches(&batches).unwrap().to_string();
    // Lines of the frame begin with +, the first of the others has the names.
    let lines = text.lines().filter(|line| line.starts_with('|')).skip(1);
    let cells = lines.map(|line| {
        let cells = line.trim_matches('|').split('|').map(str::trim);
        cells.collect::<Vec<_>>().join(" ")
    });
    cells.collect()
}

/// The error of a query, while planning it or while reading.
async fn error(session: &SessionContext, sql: &str) -> String {
    let frame = match session.sql(sql).await {
        Ok(frame) => frame,
        Err(error) => return error.to_string(),
    };
    frame.collect().await.unwrap_err().to_string()
}

/// The physical plan of a query.
async fn plan(session: &SessionContext, sql: &str) -> String {
    let plan = session
        .sql(sql)
        .await
        .unwrap()
        .create_physical_plan()
        .await
        .unwrap();
    let plan = datafusion::physical_plan::displayable(&*plan);
    plan.indent(false).to_string()
}
