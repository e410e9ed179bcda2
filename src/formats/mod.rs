//! File formats: each turns bytes into typed headers, a tree of fields and a list of problems.

pub mod bmp;
pub mod gzip;
mod indexed;
#[cfg(feature = "pictures")]
pub mod png;
mod registry;
mod samples;
pub mod tar;
#[cfg(feature = "format-files")]
pub mod user;

pub use registry::Registry;
