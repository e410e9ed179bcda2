//! The extended format language, case by case: bytes and values spelled out and worked out by
//! hand from the definition of the language.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unusual_byte_groupings,
    clippy::unwrap_used,
    reason = "a test that can't go on fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod bits;
mod constants;
mod counts;
mod data_errors;
mod deep;
mod fields;
mod format_errors;
mod hostile;
mod interface;
mod layout;
mod limits;
mod met_exactly;
mod nodes;
mod packing;
mod python_struct;
mod references;
mod rooms;
mod roundtrip;
mod serde;
mod serde_types;
mod shape;
mod sizes;
mod text;
mod typed;
mod whole;

use bytewright::{Record, Struct, Value};

fn compiled(format: &str) -> Struct {
    Struct::new(format).unwrap_or_else(|e| panic!("{e}"))
}

fn unpacked(format: &str, data: &[u8]) -> Record {
    let record = compiled(format).unpack(data);
    record.unwrap_or_else(|e| panic!("{format}: {e}"))
}

/// The values print so, and pack to the same bytes again.
fn both_ways(format: &str, data: &[u8], printed: &str) {
    let record = unpacked(format, data);
    assert_eq!(record.to_string(), printed, "{format}");
    assert_eq!(compiled(format).pack(&record).unwrap(), data, "{format}");
}

/// The message that refuses these data.
fn refusal(format: &str, data: &[u8]) -> String {
    match compiled(format).unpack(data) {
        Ok(record) => panic!("{format} takes {data:x?} as {record}"),
        Err(e) => e.to_string(),
    }
}

/// The message that refuses to pack these values.
fn not_packed(format: &str, values: &[Value]) -> String {
    match compiled(format).pack(values) {
        Ok(bytes) => panic!("{format} packs {values:?} as {bytes:x?}"),
        Err(e) => e.to_string(),
    }
}

fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::List(items.into_iter().map(Into::into).collect())
}

fn group(values: impl IntoIterator<Item = Value>) -> Value {
    Record::new(values.into_iter().collect()).into()
}
