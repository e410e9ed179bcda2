//! Records to columns on one thread, beside copying the same bytes.
//!
//! `cargo bench --bench records` prints the throughput of both by processor time, of rounds in turn, and their
//! ratio. The columns are compared with what unpacking gives first. `cargo bench --bench records -- FORMAT…` takes other
//! formats.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::panic,
    reason = "a benchmark stops where it can't go on"
)]

use std::hint::black_box;

use bytewright::Struct;
use bytewright::records::{Batch, Columns};

const FORMATS: [&str; 3] = [
    "<ccIIIIIIHH",
    ">ccIIIIIIHH",
    "<Q:id i:qty I~unix:time f:price d:level 2s:tag",
];

/// Bytes of a block, as `Blocks` reads them.
const BLOCK: usize = 1 << 20;

/// Processor time of this thread, which other work on the machine doesn't change.
#[cfg(unix)]
fn seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(not(unix))]
fn seconds() -> f64 {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed().as_secs_f64()
}

fn main() {
    let given: Vec<String> = std::env::args()
        .skip(1)
        .filter(|text| !text.starts_with("--"))
        .collect();
    let formats: Vec<&str> = match given.is_empty() {
        true => FORMATS.to_vec(),
        false => given.iter().map(String::as_str).collect(),
    };
    for text in formats {
        let format = Struct::new(text).unwrap();
        let columns = Columns::new(&format.clone().into()).unwrap();
        let size = columns.size();
        let whole = BLOCK / size * size;
        let mut state = 1u64;
        let blocks: Vec<Vec<u8>> = (0..64)
            .map(|_| {
                let mut next = || {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    state.to_le_bytes()[7]
                };
                (0..whole).map(|_| next()).collect()
            })
            .collect();
        let mut batch = Batch::default();
        columns.decode(&blocks[0], 0, &mut batch).unwrap();
        for row in [0, batch.rows / 2, batch.rows - 1] {
            let record = format
                .unpack(&blocks[0][row * size..(row + 1) * size])
                .unwrap();
            // A float that is no number is not equal to itself.
            let found = batch.record(row, columns.schema());
            assert_eq!(found.to_string(), record.to_string());
        }
        let mut copy = vec![0u8; whole];
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..21 {
            let start = seconds();
            for block in &blocks {
                columns.decode(black_box(block), 0, &mut batch).unwrap();
                black_box(&batch);
            }
            ours.push(seconds() - start);
            let start = seconds();
            for block in &blocks {
                copy.copy_from_slice(black_box(block));
                black_box(&copy);
            }
            theirs.push(seconds() - start);
        }
        let median = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let gigabytes = (whole * blocks.len()) as f64 / 1e9;
        let (ours, theirs) = (
            gigabytes / median(&mut ours),
            gigabytes / median(&mut theirs),
        );
        println!(
            "{text:50} {ours:6.2} GB/s, memcpy {theirs:6.2} GB/s: {:.2} of it",
            ours / theirs
        );
    }
}
