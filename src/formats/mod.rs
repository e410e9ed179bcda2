//! File formats: each turns bytes into typed headers, a tree of fields and a list of problems.

pub mod bmp;
pub mod gzip;
#[cfg(feature = "pictures")]
pub mod png;
mod samples;
pub mod tar;
#[cfg(feature = "format-files")]
pub mod user;
