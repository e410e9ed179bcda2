//! Tar archives: read in all their flavours, made under other names, extracted without fear.
//!
//! - [`Archive`] reads members one by one, from a file or a stream, compressed or plain.
//! - [`Member`] is what the headers of one say together; [`Header`] is one block of it.
//! - [`Builder`] makes an archive of files and of [`NewMember`]s that are none, [`Extractor`] files of an
//!   archive, as a [`Policy`] says;
//!   [`extract`](fn@extract) does it in one call.
//! - [`check`](fn@check) tells what is wrong with an archive, [`repair`](fn@repair) saves what is whole.
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
//! | T010 | error | the value of a pax record is wrong and counts as 0, or its keyword is empty and it is ignored |
//! | T011 | warning | a global header names every member, or every link's target, alike |
//! | T012 | warning | something that is no archive follows the archive |
//! | T013 | warning | something follows the compressed stream |
//! | T014 | warning | an extended header without a member |
//! | T015 | error | the error that ended the reading: a wrong checksum, data that end early |
//! | T016 | warning | the index of a gzipped archive is wrong; it isn't used |
//! | T017 | warning | a number begins with a NUL, or something stands behind its end |
//! | T018 | warning | a pax record and a long name of GNU's disagree; the record counts |
//! | T019 | warning | two extended headers of one kind before a member, or two values of one keyword; the last counts |
//! | T020 | warning | an empty pax record takes back what no global header said |
//! | T030 | warning | a second archive follows the end of the first |
//! | T031 | error | bytes between the place of an error and the next header; nothing knows what they are |
//! | T032 | warning | padding that isn't zeros |
//! | T033 | warning | a name that an earlier member has; a note where both are directories |
//! | T034 | note | a member that [`Extractor`] refuses, for [`check_for`] |
//! | T035 | note | the label of a volume, the rest of a file, the list of a directory: passed over |
//! | T036 | warning | a header that is plausible but for its checksum; [`repair`] puts that right |
//! | T037 | note | a `/` in front of a name, which [`Extractor`] leaves out |
//! | T038 | warning | a name with `..` where `\\` stands between folders, or behind a drive |
//! | T039 | error | a map of a sparse file that can't be one |
//!
//! Only [`check`] and [`repair`] look for T031 to T039, and read on behind an error. What follows the
//! end of a plain archive (T012, T030) is theirs to tell as well.

pub mod number;

mod accounts;
mod acl;
mod append;
mod archive;
mod check;
#[cfg(feature = "hash")]
pub mod compare;
mod content;
mod counted;
mod create;
mod draft;
#[cfg(feature = "encodings")]
mod encoding;
mod error;
mod extract;
mod format;
mod glob;
mod header;
mod index;
mod input;
mod layout;
mod member;
mod names;
mod pax;
mod place;
mod repair;
mod rewrite;
mod selection;
mod signature;
mod sparse;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod tree;
mod update;
#[cfg(feature = "tar-rules")]
mod zone;

pub use crate::codecs::{Compression, Compressor, DEFAULT_MAX_WINDOW};
pub use append::Behind;
pub use archive::{Archive, DEFAULT_LIMIT, Data, MemberReader, MemberReaders};
pub use check::{Finding, Summary, Tell, check, check_for};
pub use content::Content;
pub use create::{Arcname, Builder, NewMember, Notice, NoticeKind, path_and_arcname};
#[cfg(feature = "tar-rules")]
pub use create::{RuleError, Rules};
#[cfg(feature = "encodings")]
pub use encoding::Encoding;
pub use error::{Error, ErrorKind};
pub use extract::{
    Existing, Extractor, Filter, Limits, Outcome, Policy, Preview, Refusal, Warning, extract,
};
pub use format::Tar;
pub use header::Header;
pub use index::{Entry, Index, IndexWriter};
pub use layout::{BLOCK, GNU, GNU_SPARSE, Layout, STAR, USTAR, V7};
pub use member::{Format, Kind, Member};
pub use number::NumberFault;
pub use pax::{PaxRecord, PaxRecords};
pub use repair::{plain, repair};
pub use rewrite::copy_members;
pub use selection::Selection;
pub use sparse::{Piece, SparseFault};
pub use time::Time;
pub use tree::{is_archive, tree};
pub use update::Update;
#[cfg(feature = "tar-rules")]
pub use zone::Zone;
