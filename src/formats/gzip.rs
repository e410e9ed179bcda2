//! gzip (RFC 1952): the fields of every member, and what the stream holds.

mod format;
mod member;
mod members;
#[cfg(test)]
mod tests;
mod tree;

pub use format::Gzip;
pub use tree::{MAX_CONTENT, MAX_MEMBERS, Stream};

use crate::tree::codes;

codes! {
    /// The codes of problems.
    pub table CODES;
    rows;
    G001 Error   "the gzip file ends in a header, in the data or in a trailer";
    G002 Error   "the compressed data are broken";
    G003 Error   "the CRC-32 of the data is another";
    G004 Error   "the length of the data, modulo 2^32, is another";
    G005 Error   "the method is not 8, deflate";
    G006 Warning "reserved flags are set";
    G007 Error   "the CRC-16 of the header is another";
    G008 Warning "something other than zeros follows the last member";
    G009 Note    "there is more than is looked at";
    G010 Error   "a name or comment is longer than is read";
}
