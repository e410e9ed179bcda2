//! What a new member's headers say, in each format: the fields of a header block where they hold
//! it, otherwise pax records or GNU's long names.

use super::NewMember;
use super::owners::Owners;
use super::sparse::Map;
use crate::formats::tar::acl::{self, Acl};
use crate::formats::tar::draft::Draft;
use crate::formats::tar::error::{Error, ErrorKind};
use crate::formats::tar::layout::{BLOCK, Layout, field};
use crate::formats::tar::member::{Format, Kind, padded};
use crate::formats::tar::number;
use crate::formats::tar::pax::{PaxRecords, xattr_keyword, xattr_name};
use crate::offset::Position;
use crate::schema::Field;

/// Everything that comes before a member's data.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) blocks: Vec<u8>,
    /// Where the header itself is among them: after extended headers, before a map.
    header: usize,
}

impl Headers {
    /// The bytes before the header, the header, and those after it.
    pub(super) fn parts(&self) -> (&[u8], &[u8], &[u8]) {
        let (before, rest) = self
            .blocks
            .split_at_checked(self.header)
            .unwrap_or_default();
        let (header, after) = rest.split_at_checked(BLOCK).unwrap_or_default();
        (before, header, after)
    }

    /// Becomes the headers of a member in a format. `size` is that of the data that will follow;
    /// of a sparse file, without its map. Without `owners`, access control lists name numbers alone.
    pub(super) fn fill(
        &mut self,
        member: &NewMember,
        size: u64,
        map: Option<&Map>,
        format: Format,
        owners: Option<&Owners>,
    ) -> Result<(), Error> {
        self.blocks.clear();
        let mut writing = Writing {
            member,
            pax: PaxRecords::default(),
            format,
            owners,
            headers: self,
        };
        match format {
            Format::Gnu | Format::V7 | Format::Ustar if !member.pax.is_empty() => {
                Err(writing.unfit("what its pax records say"))
            }
            Format::Gnu => writing.gnu(size, map),
            Format::V7 | Format::Ustar => writing.strict(size),
            _ => writing.pax(size, map),
        }
    }
}

struct Writing<'a> {
    member: &'a NewMember,
    pax: PaxRecords,
    format: Format,
    owners: Option<&'a Owners>,
    headers: &'a mut Headers,
}

impl Writing<'_> {
    /// Ustar, with records before it for what doesn't fit.
    fn pax(&mut self, size: u64, map: Option<&Map>) -> Result<(), Error> {
        let member = self.member;
        let is_sparse = map.is_some();
        let (name, map) = match map {
            // A program that ignores the records makes a file of this name, and not a wrong file of the member's name.
            Some(map) => {
                self.pax.push("GNU.sparse.major", "1");
                self.pax.push("GNU.sparse.minor", "0");
                self.pax.push("GNU.sparse.realsize", map.size.to_string());
                (sparse_name(&member.name), map.text())
            }
            None => (self.member.stored_name(), Vec::new()),
        };
        let size = size.past(map.len() as u64);
        let mut draft = Draft::new(Layout::Ustar)?;
        match split(&name) {
            Some((prefix, rest)) => {
                self.record_unless(plain(&name), "path", &name);
                draft.put(field!("prefix"), prefix)?;
                draft.put(field!("name"), rest)?;
            }
            None => {
                self.pax.push("path", &*name);
                draft.put(field!("name"), cut(&name, width(field!("name"))))?;
            }
        }
        if is_sparse {
            // Python takes whichever name comes last.
            self.pax.push("GNU.sparse.name", &*member.name);
        }
        let fits = member.link.len() <= width(field!("linkname")) && plain(&member.link);
        self.record_unless(fits, "linkpath", &member.link);
        draft.put(
            field!("linkname"),
            cut(&member.link, width(field!("linkname"))),
        )?;
        for (field, keyword, text) in [
            (field!("uname"), "uname", &member.uname),
            (field!("gname"), "gname", &member.gname),
        ] {
            let most = width(field).since(1);
            self.record_unless(text.len() <= most && plain(text), keyword, text);
            draft.put(field, cut(text, most))?;
        }
        for (field, keyword, value) in [
            (field!("uid"), "uid", member.uid),
            (field!("gid"), "gid", member.gid),
            (field!("size"), "size", size),
        ] {
            if !draft.put_octal(field, value)? {
                self.pax.push(keyword, value.to_string());
            }
        }
        let time = member.mtime;
        let whole = match u64::try_from(time.seconds) {
            Ok(seconds) => draft.put_octal(field!("mtime"), seconds)?,
            Err(_) => false,
        };
        if !whole || time.nanoseconds != 0 {
            self.pax.push("mtime", time.to_string());
        }
        for (name, value) in &member.xattrs {
            self.xattr(name, value);
        }
        self.pax.extend(member.pax.clone());
        self.rest(&mut draft, self.typeflag())?;
        self.announce_bytes();
        if !self.pax.is_empty() {
            extended(b"x", &self.pax, &mut self.headers.blocks)?;
        }
        self.header(&draft.seal()?);
        self.headers.blocks.extend_from_slice(&map);
        Ok(())
    }

    /// An extended attribute; an access control list as the text that other tools look for.
    fn xattr(&mut self, name: &[u8], value: &[u8]) {
        let lists = [acl::ACCESS, acl::DEFAULT];
        let list = lists.into_iter().find(|(_, xattr)| *xattr == name);
        match list.zip(Acl::of_xattr(value)) {
            Some(((keyword, _), list)) => {
                let user = |id: u32| self.owners?.user(id.into());
                let group = |id: u32| self.owners?.group(id.into());
                self.pax.push(keyword, list.to_text(user, group));
            }
            None => self.pax.push(xattr_keyword(name), value),
        }
    }

    /// Announces a name that isn't UTF-8, since readers expect records in UTF-8 (`hdrcharset=BINARY`).
    fn announce_bytes(&mut self) {
        let is_text = |keyword: &[u8]| xattr_name(keyword).is_none();
        if self
            .pax
            .iter()
            .any(|r| is_text(&r.keyword) && std::str::from_utf8(&r.value).is_err())
        {
            let records = std::mem::take(&mut self.pax);
            self.pax.push("hdrcharset", "BINARY");
            self.pax.extend(records);
        }
    }

    /// GNU tar's own: long names in members of their own, large numbers in base 256.
    fn gnu(&mut self, size: u64, map: Option<&Map>) -> Result<(), Error> {
        let member = self.member;
        let name = self.member.stored_name();
        for (flag, text) in [(b"K", &member.link), (b"L", &name)] {
            if text.len() > width(field!("name")) {
                self.long_name(flag, text)?;
            }
        }
        let mut draft = Draft::new(Layout::Gnu)?;
        draft.put(field!("name"), cut(&name, width(field!("name"))))?;
        draft.put(
            field!("linkname"),
            cut(&member.link, width(field!("linkname"))),
        )?;
        self.owner_names(&mut draft)?;
        for (field, value) in [
            (field!("uid"), i128::from(member.uid)),
            (field!("gid"), i128::from(member.gid)),
            (field!("size"), i128::from(size)),
            (field!("mtime"), i128::from(member.mtime.seconds)),
        ] {
            let digits =
                number::field(value, width(field)).ok_or_else(|| self.unfit("a number"))?;
            draft.put(field, &digits)?;
        }
        self.rest(&mut draft, map.map_or(self.typeflag(), |_| b"S"))?;
        let blocks = match map {
            Some(map) => map.gnu_blocks(&draft)?,
            None => draft.seal()?.to_vec(),
        };
        self.header(&blocks);
        Ok(())
    }

    /// Ustar or version 7 alone: what they can't hold is an error.
    fn strict(&mut self, size: u64) -> Result<(), Error> {
        let member = self.member;
        let name = self.member.stored_name();
        let v7 = self.format == Format::V7;
        let mut draft = Draft::new(if v7 { Layout::V7 } else { Layout::Ustar })?;
        let parts = split(&name).filter(|(prefix, _)| !v7 || prefix.is_empty());
        let Some((prefix, rest)) = parts else {
            return Err(self.unfit("its name"));
        };
        if member.link.len() > width(field!("linkname")) {
            return Err(self.unfit("the target of its link"));
        }
        draft.put(field!("prefix"), prefix)?;
        draft.put(field!("name"), rest)?;
        draft.put(field!("linkname"), &member.link)?;
        if !v7 {
            self.owner_names(&mut draft)?;
        }
        let Ok(seconds) = u64::try_from(member.mtime.seconds) else {
            return Err(self.unfit("its time, before 1970,"));
        };
        for (field, what, value) in [
            (field!("uid"), "the number of its owner", member.uid),
            (field!("gid"), "the number of its group", member.gid),
            (field!("size"), "its size", size),
            (field!("mtime"), "its time", seconds),
        ] {
            if !draft.put_octal(field, value)? {
                return Err(self.unfit(what));
            }
        }
        let (major, minor) = member.device;
        if number::octal_digits(major.max(minor).into(), width(field!("devmajor"))).is_none() {
            return Err(self.unfit("the number of its device"));
        }
        let flag = match (v7, member.kind) {
            // A / after the name is all that version 7 has for directories.
            (true, Kind::File | Kind::Directory) => b"\0",
            (true, Kind::CharDevice | Kind::BlockDevice | Kind::Fifo) => {
                return Err(self.unfit("its kind"));
            }
            _ => self.typeflag(),
        };
        self.rest(&mut draft, flag)?;
        self.header(&draft.seal()?);
        Ok(())
    }

    /// The names of owner and group where nothing else holds them: a part would be another.
    fn owner_names(&self, draft: &mut Draft) -> Result<(), Error> {
        for (field, what, text) in [
            (field!("uname"), "the name of its owner", &self.member.uname),
            (field!("gname"), "the name of its group", &self.member.gname),
        ] {
            if text.len() >= width(field) {
                return Err(self.unfit(what));
            }
            draft.put(field, text)?;
        }
        Ok(())
    }

    /// The header itself.
    fn header(&mut self, blocks: &[u8]) {
        self.headers.header = self.headers.blocks.len();
        self.headers.blocks.extend_from_slice(blocks);
    }

    /// The fields that are the same everywhere.
    fn rest(&self, draft: &mut Draft, typeflag: &[u8]) -> Result<(), Error> {
        draft.put(field!("typeflag"), typeflag)?;
        draft.put_octal(field!("mode"), (self.member.mode & 0o7777).into())?;
        let (major, minor) = self.member.device;
        for (field, number) in [(field!("devmajor"), major), (field!("devminor"), minor)] {
            if !draft.put_octal(field, number.into())? {
                let number = number::field(number.into(), width(field)).unwrap_or_default();
                draft.put(field, &number)?;
            }
        }
        Ok(())
    }

    fn long_name(&mut self, flag: &[u8], text: &[u8]) -> Result<(), Error> {
        let text = [text, b"\0"].concat();
        let mut draft = Draft::new(Layout::Gnu)?;
        // The name that GNU tar's readers know it by.
        draft.put(field!("name"), b"././@LongLink")?;
        draft.put(field!("typeflag"), flag)?;
        zeros(&mut draft, text.len() as u64)?;
        self.headers.blocks.extend_from_slice(&draft.seal()?);
        self.fill_up(&text);
        Ok(())
    }

    fn fill_up(&mut self, data: &[u8]) {
        self.headers.blocks.extend_from_slice(data);
        pad(&mut self.headers.blocks);
    }

    fn typeflag(&self) -> &'static [u8] {
        match self.member.kind {
            Kind::Hardlink => b"1",
            Kind::Symlink => b"2",
            Kind::CharDevice => b"3",
            Kind::BlockDevice => b"4",
            Kind::Directory => b"5",
            Kind::Fifo => b"6",
            _ => b"0",
        }
    }

    fn record_unless(&mut self, fits: bool, keyword: &str, value: &[u8]) {
        if !fits {
            self.pax.push(keyword, value);
        }
    }

    fn unfit(&self, what: &'static str) -> Error {
        Error::new(ErrorKind::Unfit {
            name: self.member.name.clone(),
            what,
            format: self.format,
        })
    }
}

/// Fills up to a whole block with zeros.
pub(super) fn pad(blocks: &mut Vec<u8>) {
    let whole = padded(blocks.len() as u64);
    blocks.resize(usize::try_from(whole).unwrap_or(blocks.len()), 0);
}

/// Adds an extended header: of the next member, or a global one.
pub(super) fn extended(
    typeflag: &[u8],
    records: &PaxRecords,
    blocks: &mut Vec<u8>,
) -> Result<(), Error> {
    let records = records.to_bytes();
    let mut draft = Draft::new(Layout::Ustar)?;
    // As Python's tarfile has it: a program that can't read the records makes a file of that name.
    draft.put(field!("name"), b"././@PaxHeader")?;
    draft.put(field!("typeflag"), typeflag)?;
    zeros(&mut draft, records.len() as u64)?;
    blocks.extend_from_slice(&draft.seal()?);
    blocks.extend_from_slice(&records);
    pad(blocks);
    Ok(())
}

/// The other fields of an extended header: no owner, and time 0.
fn zeros(draft: &mut Draft, size: u64) -> Result<(), Error> {
    for (field, value) in [
        (field!("mode"), 0o644),
        (field!("uid"), 0),
        (field!("gid"), 0),
        (field!("size"), size),
        (field!("mtime"), 0),
    ] {
        draft.put_octal(field, value)?;
    }
    Ok(())
}

/// The name of a sparse file for programs that can't read its map.
fn sparse_name(name: &[u8]) -> Vec<u8> {
    let cut = name
        .iter()
        .rposition(|&b| b == b'/')
        .map_or(0, |at| at.past(1));
    let (folder, own) = name.split_at_checked(cut).unwrap_or((b"", name));
    [folder, b"GNUSparseFile.0/", own].concat()
}

/// The bytes of a field; all flavours that have it agree but for the prefix of star.
fn width(field: Field) -> usize {
    Layout::Ustar.width(field)
}

/// Whether every reader takes a header's bytes for the same text. Bytes that aren't UTF-8 gain nothing from a record.
fn plain(text: &[u8]) -> bool {
    text.is_ascii() || std::str::from_utf8(text).is_err()
}

fn cut(text: &[u8], size: usize) -> &[u8] {
    text.get(..size).unwrap_or(text)
}

/// A name as prefix and name, the `/` between them left out.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let most = width(field!("name"));
    if name.len() <= most {
        return Some((b"", name));
    }
    let earliest = name.len().checked_sub(most.past(1))?;
    let slash = |i: &usize| name.get(*i) == Some(&b'/');
    let at = (earliest..=width(field!("prefix")).min(name.len().saturating_sub(2))).find(slash)?;
    // A name that begins with `/` has nothing to put into the prefix.
    let prefix = name.get(..at).filter(|prefix| !prefix.is_empty())?;
    Some((prefix, name.get(at.past(1)..)?))
}

#[cfg(test)]
mod tests;
