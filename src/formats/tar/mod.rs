//! Tar archives: read in all their flavours, made under other names, extracted without fear.
//!
//! - [`Archive`] reads members one by one, from a file or a stream, gzipped or plain.
//! - [`Member`] is what the headers of one say together; [`Header`] is one block of it.
//! - [`Builder`] makes an archive of files, [`Extractor`] files of an archive.
//! - [`tree()`] shows every byte of an archive as a tree of fields.
//!
//! Where the fields of a header stand is declared once, as format strings: see [`Layout`].
//!
//! # Problems
//!
//! An [`Error`] ends the reading. What is merely odd is a [`Problem`](crate::tree::Problem) of
//! the member, or of the archive:
//!
//! | code | severity | what |
//! | --- | --- | --- |
//! | T001 | warning | a lone block of zeros between members |
//! | T002 | warning | the archive ends without two blocks of zeros |
//! | T003 | warning | the last member isn't padded |
//! | T004 | error | a number in the header, other than the size, is wrong; it counts as 0 |
//! | T005 | warning | a size where the type has no data; it is ignored |
//! | T006 | warning | an unknown type; read as a regular file |
//! | T007 | warning | pax record and header disagree about the size; the record counts |
//! | T008 | error | a name holds a NUL |
//! | T009 | warning | a hard link with a size |
//! | T010 | error | the value of a pax record is wrong; it counts as 0 |
//! | T011 | warning | a global header names every member alike |
//! | T012 | warning | something follows the archive in the gzip stream |
//! | T013 | warning | something follows the gzip stream |
//! | T014 | warning | an extended header without a member |
//! | T015 | error | where the tree ends: the error that ended the reading |

pub mod number;

mod archive;
mod compress;
mod create;
mod draft;
mod error;
mod extract;
mod header;
mod input;
mod layout;
mod member;
mod pax;
mod selection;
mod text;
mod time;
mod tree;

pub use archive::{Archive, DEFAULT_LIMIT, Data};
pub use compress::{Compression, Compressor};
pub use create::{Arcname, Builder, NewMember, Notice, NoticeKind, path_and_arcname};
#[cfg(feature = "tar-rules")]
pub use create::{RuleError, Rules};
pub use error::{Error, ErrorKind};
pub use extract::{Extractor, Outcome, Refusal};
pub use header::Header;
pub(crate) use header::checksum_field;
pub use layout::{BLOCK, GNU, GNU_SPARSE, Layout, STAR, USTAR, V7};
pub use member::{Format, Kind, Member};
pub use number::NumberFault;
pub use pax::{PaxRecord, PaxRecords};
pub use selection::Selection;
pub use time::Time;
pub use tree::{is_archive, is_number, tree};
