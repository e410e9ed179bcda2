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
//! The offsets of a header's fields are declared once, as format strings: see [`Layout`].
//!
//! # Problems
//!
//! An [`Error`] ends the reading. What is merely odd is a [`Problem`](crate::tree::Problem) of
//! the member, or of the archive, with one of the [`CODES`].

pub mod number;

mod accounts;
mod acl;
mod append;
mod archive;
mod byte_counter;
mod check;
mod codes;
#[cfg(feature = "hash")]
pub mod compare;
mod content;
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
mod member_path;
mod names;
mod pax;
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
pub use append::Appender;
pub use archive::{Archive, DEFAULT_LIMIT, Data, MemberReader, MemberReaders};
pub use check::{Finding, OnFinding, Summary, check, check_for};
pub use codes::CODES;
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
