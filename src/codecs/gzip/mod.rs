//! gzip (RFC 1952), in blocks that several threads can work on.
//!
//! [`Writer`] cuts its input into blocks and makes a member of each, so that several threads can
//! work on them, and so that a reader can begin in the middle. Every gzip reads the members one
//! behind the other. Their headers have an extra field (RFC 1952, section 2.3.1.1) that states the
//! member's own size: [`BLOCK_HEADER`]. At the end may ride a [`note`] that other tools read
//! over: empty members whose extra fields hold it.

mod blocks;
pub(super) mod decode;
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

/// The header of a member (RFC 1952, section 2.3.1).
pub const HEADER: &str = "<2s:magic=x'1f8b' B:method \
    B{text:1 header_crc:1 extra:1 name:1 comment:1 _:3}:flags I:mtime B:extra_flags B:os";

/// The extra field: a length, and that many bytes.
pub const EXTRA: &str = "<H:size [size]s:data";

/// What ends a member.
pub const TRAILER: &str = "<I:crc32 I:size";

/// The header of the members that [`Writer`] makes: neither time nor name, and an extra field with
/// the size of the whole member in bytes.
pub const BLOCK_HEADER: &str = "<2s:magic=x'1f8b' B:method=8 B:flags=4 I:mtime=0 B:extra_flags=0 \
    B:os=255 H:extra_size=8 2s:id='BW' H:id_size=4 I:size";

/// Whether a file that begins so is compressed with gzip.
///
/// ```
/// use bytewright::codecs::gzip;
///
/// assert!(gzip::is_gzip(b"\x1f\x8b\x08"));
/// ```
pub fn is_gzip(start: &[u8]) -> bool {
    start.starts_with(b"\x1f\x8b")
}
