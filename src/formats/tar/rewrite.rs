//! Members of one archive in another, as they are there.

use std::io::{self, Read, Write};

use super::archive::Archive;
use super::create::Builder;
use super::error::{Error, ErrorKind};
use super::header::Header;
use super::layout::{BLOCK, field};
use super::member::{Member, padded};
use super::pax::PaxRecords;
use crate::Source;
use crate::offset::Position;

/// Adds the members of a plain archive that `keep` wants to another one: byte for byte, headers
/// included.
///
/// Global headers come with them, also those before a member that isn't kept, and end with the
/// archive: what it says of all its members isn't said of those that are added after it.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar::{self, Builder};
/// # let folder = tempfile::tempdir()?;
/// # for name in ["a", "b"] { std::fs::write(folder.path().join(name), "content")?; }
/// # let mut builder = Builder::new(Vec::new());
/// # builder.add(folder.path(), "", &mut |_| {})?;
/// # let archive = builder.finish()?;
///
/// let mut builder = Builder::new(Vec::new());
/// tar::copy_members(&Source::from(archive), &mut builder, &mut |member| member.name != b"a")?;
/// let mut archive = tar::Archive::new(builder.finish()?.into())?;
/// let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
/// assert_eq!(names, [b"b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the archive can't be read to its end, or the other can't be written.
pub fn copy_members<W: Write>(
    source: &Source,
    builder: &mut Builder<'_, W>,
    keep: &mut dyn FnMut(&Member) -> bool,
) -> Result<(), Error> {
    let mut archive = Archive::plain(source.clone());
    while let Some(member) = archive.next_member()? {
        if keep(&member) {
            let size = member.end().since(member.offset);
            // The last member may lack its padding.
            let whole = member.data_end().since(member.offset);
            let blocks = source.reader(member.offset).take(whole);
            builder.add_blocks(&member.name, blocks.chain(io::repeat(0)), size)?;
        } else {
            copy_globals(source, builder, &member)?;
        }
    }
    // A compressed stream may break after the last member: its checksum, which is wrong where a member is, is there.
    source.size()?;
    builder.end_globals(GlobalKeywords::of(&archive));
    Ok(())
}

/// What global headers have said, as far as it matters to members that are put after them.
#[derive(Debug, Default)]
pub(super) struct GlobalKeywords(Vec<Vec<u8>>);

impl GlobalKeywords {
    /// Those of an archive that was read to its end.
    pub(super) fn of(archive: &Archive) -> GlobalKeywords {
        // A comment says nothing of a member.
        let keywords = archive.global_keywords().filter(|k| *k != b"comment");
        GlobalKeywords(keywords.map(<[u8]>::to_vec).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The records of a global header that takes every keyword back.
    ///
    /// POSIX has an empty value take a record back. GNU tar knows that of text alone, and takes
    /// an empty number for a broken archive.
    pub(super) fn ends(&self) -> Result<PaxRecords, Error> {
        const NUMBERS: [&[u8]; 6] = [b"atime", b"ctime", b"gid", b"mtime", b"size", b"uid"];
        let mut ends = PaxRecords::default();
        for keyword in &self.0 {
            if NUMBERS.contains(&&**keyword) {
                let keyword = keyword.clone();
                return Err(Error::new(ErrorKind::Global { keyword }));
            }
            ends.push(&**keyword, "");
        }
        Ok(ends)
    }
}

/// The global headers among those before a member.
fn copy_globals<W: Write>(
    source: &Source,
    builder: &mut Builder<'_, W>,
    member: &Member,
) -> Result<(), Error> {
    let mut at = member.offset;
    while at < member.header_offset {
        let block = source.read(at, BLOCK as u64)?;
        let header = block
            .first_chunk()
            .and_then(|block| Header::parse(block).ok());
        let Some(header) = header else {
            at.advance(BLOCK as u64);
            continue;
        };
        let size = u64::try_from(header.number(field!("size"))?).unwrap_or(0);
        let size = padded(size).saturating_add(BLOCK as u64);
        // No archive goes so far: nothing follows.
        let Some(next) = at.checked_add(size) else {
            break;
        };
        if header.typeflag() == b'g' {
            builder.add_blocks(b"", source.reader(at), size)?;
        }
        at = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(keywords: &[&str]) -> GlobalKeywords {
        let keywords = keywords.iter().map(|k| k.as_bytes().to_vec());
        GlobalKeywords(keywords.collect())
    }

    #[test]
    fn text_that_is_said_of_all_members_is_taken_back_and_a_number_is_an_error() {
        assert!(said(&[]).is_empty());
        assert!(!said(&["uname"]).is_empty());
        let ends = said(&["uname", "SCHILY.xattr.user.a"]).ends().unwrap();
        let records: Vec<_> = ends.iter().map(|r| (&*r.keyword, &*r.value)).collect();
        let expected = [(&b"uname"[..], &b""[..]), (b"SCHILY.xattr.user.a", b"")];
        assert_eq!(records, expected);
        for number in ["atime", "ctime", "gid", "mtime", "size", "uid"] {
            let error = said(&["uname", number]).ends().unwrap_err();
            let is_named = matches!(
                error.kind(),
                ErrorKind::Global { keyword } if keyword == number.as_bytes()
            );
            assert!(is_named, "{error}");
        }
    }
}
