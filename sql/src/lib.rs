//! SQL over files of binary records of one size: a format string says what a record is, and DataFusion reads the
//! files as a table.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytewright_sql::{Description, RecordTable};
//! use datafusion::prelude::SessionContext;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("ticks.bin");
//! std::fs::write(&path, b"\x01\0B\x02\0S\x03\0B")?;
//! let ticks = Description::new("<H:qty s~ascii:side").file(path.display().to_string());
//! let session = SessionContext::new();
//! session.register_table("ticks", Arc::new(RecordTable::new(ticks)?))?;
//! let frame = session.sql("SELECT sum(qty) FROM ticks WHERE side = 'B'").await?;
//! # let batch = &frame.collect().await?[0];
//! # use datafusion::arrow::{array::AsArray, datatypes::UInt64Type};
//! # assert_eq!(batch.column(0).as_primitive::<UInt64Type>().values(), &[4]);
//! # Ok(())
//! # }
//! ```
//!
//! | module | holds |
//! | --- | --- |
//! | [`table`] | the table, as a format string and paths describe it: [`RecordTable`] |
//! | [`place`] | where files are: paths, patterns, addresses of object stores |
//! | [`condition`] | which conditions of SQL are asked while reading |
//! | [`plan`] | the step of a plan that reads: [`RecordScan`] |
//! | [`grouping`] | groups by short texts and bytes: [`GroupByKeys`] |
//! | `codec` | with the feature `cluster`: tables and steps as bytes, for schedulers and executors on other machines |

#[cfg(feature = "cluster")]
pub mod codec;
pub mod condition;
mod error;
pub mod grouping;
mod indexing;
mod keys;
pub mod place;
pub mod plan;
mod read;
pub mod table;

#[cfg(feature = "cluster")]
pub use codec::{LogicalCodec, PhysicalCodec};
pub use error::Error;
pub use grouping::GroupByKeys;
pub use plan::RecordScan;
pub use table::{Description, RecordTable};
