//! Members of one archive in another, as they stand there.

use std::io::{self, Read, Write};

use super::archive::Archive;
use super::create::Builder;
use super::error::Error;
use super::header::Header;
use super::layout::{BLOCK, Field};
use super::member::{Member, padded};
use super::pax::PaxRecords;
use crate::Source;

/// Adds the members of a plain archive that `keep` wants to another one: byte for byte, headers
/// included.
///
/// Global headers come with them, also those before a member that isn't kept, and end with the
/// archive: what it says of all its members isn't said of those that are added behind it.
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
            let size = member.end().saturating_sub(member.offset);
            // The last member may lack its padding.
            let whole = member.data_end().saturating_sub(member.offset);
            let blocks = source.reader(member.offset).take(whole);
            builder.add_blocks(&member.name, blocks.chain(io::repeat(0)), size)?;
        } else {
            copy_globals(source, builder, &member)?;
        }
    }
    match ends(&archive) {
        Some(ends) => builder.add_global(&ends),
        None => Ok(()),
    }
}

/// What a global header has to say behind an archive that was read to its end, so that nothing
/// the archive says of all its members is said of those that follow; `None` where it says nothing.
pub(super) fn ends(archive: &Archive) -> Option<PaxRecords> {
    let mut ends = PaxRecords::default();
    // A comment says nothing of a member.
    for keyword in archive.global_keywords().filter(|k| *k != b"comment") {
        ends.push(keyword, "");
    }
    (!ends.is_empty()).then_some(ends)
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
            at = at.saturating_add(BLOCK as u64);
            continue;
        };
        let size = u64::try_from(header.number(Field::Size)?).unwrap_or(0);
        let size = padded(size).saturating_add(BLOCK as u64);
        if header.typeflag() == b'g' {
            builder.add_blocks(b"", source.reader(at), size)?;
        }
        at = at.saturating_add(size);
    }
    Ok(())
}
