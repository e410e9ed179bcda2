//! Many equal records as columns: from one format string to tables, and back.
//!
//! [`Reader`] reads records of any format; what it is made of is there by itself, too:
//!
//! | to read | use |
//! | --- | --- |
//! | structs of a fixed size | [`Columns`], of bytes that [`Blocks`] reads, or that an [`Extent`] finds |
//! | structs of any size | [`Rows`] |
//! | the items of an array in the tree of a file | [`Items`] |
//!
//! All of them give [`Batch`]es of typed [`Column`]s, which a [`Schema`] describes; a [`Filter`] keeps some of
//! the rows, [`Stats`] sums them up. Nothing here depends on Arrow; with the feature `arrow`, `records::arrow`
//! makes its record batches of them.

#[cfg(feature = "arrow")]
pub mod arrow;
mod batch;
mod blocks;
mod build;
mod column;
mod columns;
mod csv;
mod error;
mod extent;
mod filter;
mod infer;
mod items;
mod nest;
mod pack;
mod pipeline;
mod reader;
mod rows;
mod schema;
mod selection;
mod stats;
mod time;

pub use batch::Batch;
pub use blocks::{Block, Blocks};
pub use column::{Column, Strings, Values};
pub use columns::Columns;
pub use csv::CsvReader;
pub use error::Error;
pub use extent::{Extent, part};
pub use filter::Filter;
#[cfg(feature = "cli")]
pub(crate) use infer::Inference;
pub use items::Items;
pub use pack::{Cell, Packer, Places, ReadJson};
#[cfg(feature = "cli")]
pub(crate) use pipeline::{Decoded, Pipeline};
pub use reader::{Options, Reader};
#[cfg(feature = "cli")]
pub(crate) use reader::{after_header, skip};
#[cfg(feature = "cli")]
pub(crate) use rows::Cursor;
pub use rows::Rows;
pub use schema::{Field, Meaning, Schema, Type, UnknownColumn};
#[cfg(feature = "cli")]
pub(crate) use selection::Selection;
pub use stats::{ColumnStats, Stats};
pub use time::Epoch;
