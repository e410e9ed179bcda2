//! File formats: each turns bytes into typed headers, a tree of fields and a list of problems.

pub mod bmp;
pub mod gzip;
pub mod tar;
#[cfg(feature = "format-files")]
pub mod user;
