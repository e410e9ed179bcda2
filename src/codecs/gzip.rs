//! gzip (RFC 1952), in blocks that several threads can work on.
//!
//! [`Writer`] cuts its input into blocks and makes a member of each, so that several threads can
//! work on them, and so that a reader can begin in the middle. Every gzip reads the members one
//! after the other. Their headers have an extra field (RFC 1952, section 2.3.1.1) that states the
//! member's own size: [`layout::BLOCK_HEADER`]. At the end there may be a [`note`] that other tools ignore: empty
//! members whose extra fields hold it.

mod blocks;
pub(super) mod decode;
pub mod layout;
pub mod note;
mod reader;
mod seek;
#[cfg(test)]
pub(crate) mod tests;
mod writer;

pub use blocks::Blocks;
pub use reader::Reader;
pub use seek::Seekable;
pub use writer::Writer;

/// The signature of a member (RFC 1952, section 2.3.1).
const MAGIC: &[u8] = b"\x1f\x8b";

/// Whether these are the first bytes of a gzip file.
///
/// ```
/// use bytewright::codecs::gzip;
///
/// assert!(gzip::is_gzip(b"\x1f\x8b\x08"));
/// ```
pub fn is_gzip(start: &[u8]) -> bool {
    start.starts_with(MAGIC)
}
