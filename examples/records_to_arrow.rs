//! Records of one format string as record batches of Arrow: what they are, and how many rows and bytes.
//!
//!     cargo run --features arrow --example records_to_arrow -- '<I~unix:time f:value' samples.bin
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    reason = "an example is no library, and counts what is in memory"
)]

use arrow_array::RecordBatchReader;
use bytewright::Struct;
use bytewright::records::{Options, arrow::RecordBatches};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, path, condition @ ..] = arguments.as_slice() else {
        return Err("records_to_arrow FORMAT FILE [CONDITION]".into());
    };
    let mut options = Options::new();
    if let [condition] = condition {
        options = options.condition(condition);
    }
    let batches = RecordBatches::new(options.open(Struct::new(format)?, path)?);
    for field in batches.schema().fields() {
        println!("{}: {}", field.name(), field.data_type());
    }
    let (mut rows, mut bytes) = (0, 0);
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows();
        bytes += batch.get_array_memory_size();
    }
    println!("{rows} rows, {bytes} bytes in memory");
    Ok(())
}
