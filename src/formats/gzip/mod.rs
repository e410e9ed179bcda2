//! gzip (RFC 1952): the fields of every member, and what the stream holds.
//!
//! | code | severity | what is wrong |
//! | --- | --- | --- |
//! | G001 | error | the file ends inside a member |
//! | G002 | error | the compressed data are broken |
//! | G003 | error | the checksum is not that of the data |
//! | G004 | error | the size is not that of the data, modulo 2^32 |
//! | G005 | error | a compression method other than deflate |
//! | G006 | warning | reserved flags are set |
//! | G007 | error | the checksum of the header is wrong |
//! | G008 | warning | something that is neither a member nor zeros follows the last member |
//! | G009 | note | more members, or more content, than are looked at |
//! | G010 | error | a name or comment that is longer than is read |

mod format;
mod member;
mod members;
#[cfg(test)]
mod tests;
mod tree;

pub use format::Gzip;
pub use tree::{MAX_CONTENT, MAX_MEMBERS, Stream};
