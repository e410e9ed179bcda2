//! File formats: each turns bytes into typed headers, a tree of fields and a list of problems.

#[cfg(feature = "bmp")]
pub mod bmp;
#[cfg(feature = "gzip")]
pub mod compressed;
#[cfg(feature = "gzip")]
pub mod gzip;
#[cfg(feature = "bmp")]
pub mod ico;
#[cfg(feature = "bmp")]
mod indexed;
#[cfg(feature = "kaitai")]
pub mod kaitai;
#[cfg(feature = "pictures")]
pub mod png;
mod registry;
#[cfg(feature = "bmp")]
mod samples;
#[cfg(feature = "shelf")]
pub mod shelf;
#[cfg(feature = "tar")]
pub mod tar;
#[cfg(feature = "format-files")]
pub mod user;

pub use registry::Registry;
