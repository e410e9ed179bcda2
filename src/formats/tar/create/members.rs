//! Adding members that are no files: the caller gives their fields and content.

use std::io::{self, Read, Write};

use super::{Builder, NewMember};
use crate::formats::tar::error::{Error, ErrorKind};
use crate::formats::tar::member::Kind;
use crate::formats::tar::text::shown;
use crate::offset::Position;

impl<W: Write> Builder<'_, W> {
    /// Adds a member without content: a link, a folder, a device, an empty file.
    ///
    /// The rules for names are those of [`Builder::add`]: `/` in front is left out, and so is one after
    /// the name of anything but a folder; `..` is an error unless it is
    /// [allowed](Builder::allow_parent). A second member of a name replaces the first for most readers.
    /// [`Builder::reproducible`], [`Builder::filter`] and [`Builder::only`] hold for it too.
    ///
    /// ```
    /// use bytewright::formats::tar::{Archive, Builder, Kind, NewMember};
    ///
    /// let mut builder = Builder::new(Vec::new());
    /// builder.add_member(NewMember::folder("bin"))?;
    /// builder.add_member(NewMember::symlink("bin/vi", "vim"))?;
    /// builder.add_member(NewMember::hard_link("bin/view", "bin/vim"))?;
    /// builder.add_member(NewMember::char_device("dev/null", (1, 3)))?;
    /// builder.add_member(NewMember::fifo("run/queue"))?;
    /// let mut archive = Archive::new(builder.finish()?.into())?;
    /// let kinds: Vec<_> = archive.members().map(|m| m.unwrap().kind).collect();
    /// let expected = [
    ///     Kind::Directory,
    ///     Kind::Symlink,
    ///     Kind::Hardlink,
    ///     Kind::CharDevice,
    ///     Kind::Fifo,
    /// ];
    /// assert_eq!(kinds, expected);
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Name`] when the name is empty or refused, or a field has a value that no reader
    /// takes; [`ErrorKind::Unfit`] when the [format](Builder::format) has no place for it; those of the
    /// writer.
    pub fn add_member(&mut self, member: NewMember) -> Result<(), Error> {
        self.add_reader(NewMember { size: 0, ..member }, io::empty())
    }

    /// Adds a file whose content is at hand; [`NewMember::size`] becomes the length of it.
    ///
    /// ```
    /// use bytewright::formats::tar::{Builder, NewMember, Time};
    ///
    /// let mut script = NewMember::file("bin/hello");
    /// script.mode = 0o755;
    /// script.mtime = Time::at(1_700_000_000);
    /// script.uname = b"root".to_vec();
    /// script.pax.push("comment", "made by hand");
    /// let mut builder = Builder::new(Vec::new());
    /// builder.add_bytes(script, "#!/bin/sh\necho hello\n")?;
    /// let archive: Vec<u8> = builder.finish()?;
    /// assert_eq!(archive.len() % 10_240, 0);
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Builder::add_member`]; [`ErrorKind::Name`] when the member is no file and the content
    /// isn't empty.
    pub fn add_bytes(
        &mut self,
        mut member: NewMember,
        content: impl AsRef<[u8]>,
    ) -> Result<(), Error> {
        let content = content.as_ref();
        member.size = content.len() as u64;
        self.add_reader(member, content)
    }

    /// Adds a file whose content is read, in flat memory: exactly [`NewMember::size`] bytes. Of a reader
    /// that goes on, [`Read::take`] makes one that ends.
    ///
    /// ```
    /// use std::io::Read;
    /// use bytewright::formats::tar::{Builder, NewMember};
    ///
    /// let mut member = NewMember::file("zeros");
    /// member.size = 1_000;
    /// let mut builder = Builder::new(std::io::sink());
    /// builder.add_reader(member, std::io::repeat(0).take(1_000))?;
    /// builder.finish()?;
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Builder::add_bytes`] and of the reader, and where the reader ends before
    /// or goes on after the size. An archive that ends within a member can't be finished any more.
    pub fn add_reader(&mut self, member: NewMember, content: impl Read) -> Result<(), Error> {
        self.separate()?;
        let (kind, size) = (member.kind, member.size);
        let mut member = member;
        self.tidy(&mut member)?;
        if !self.passes(&mut member) || member.name.is_empty() || !self.is_wanted(&member) {
            return Ok(());
        }
        (member.kind, member.size) = (kind, size);
        self.tidy(&mut member)?;
        self.forget_first(&member.name, None);
        self.begin(&member)?;
        if self.settings.options.dry_run {
            return Ok(());
        }
        let owners = self.settings.named(&self.owners);
        self.headers
            .fill(&member, size, None, self.settings.format, owners)?;
        let content = Exactly {
            content,
            name: &member.name,
            size,
            left: size,
        };
        self.sink.member(&self.headers, content, size)?;
        self.tell_progress();
        Ok(())
    }

    /// Normalizes the name, and refuses fields that no reader accepts.
    fn tidy(&self, member: &mut NewMember) -> Result<(), Error> {
        let slashes = member.name.iter().take_while(|&&byte| byte == b'/').count();
        member.name.drain(..slashes);
        while member.kind != Kind::Directory && member.name.ends_with(b"/") {
            member.name.pop();
        }
        let is_link = matches!(member.kind, Kind::Symlink | Kind::Hardlink);
        let texts = [&member.name, &member.link, &member.uname, &member.gname];
        let reason = if member.name.is_empty() {
            "a member needs a name"
        } else if texts.iter().any(|text| text.contains(&0)) {
            "a name, a link's target or an owner's name holds a NUL"
        } else if is_link && member.link.is_empty() {
            "a link needs a target"
        } else if !is_link && !member.link.is_empty() {
            "only links have a target"
        } else if member.kind == Kind::Other {
            "a member of this kind can't be made"
        } else if member.kind != Kind::File && member.size > 0 {
            "only files have content"
        } else if i64::try_from(member.size).is_err() {
            "its size is beyond 2^63 - 1 bytes"
        } else if member.mtime.nanoseconds > 999_999_999 {
            "its time has more than 999,999,999 nanoseconds"
        } else if member.pax.iter().any(|r| is_reserved(&r.keyword)) {
            "a pax record says what a field of the member says, or its keyword is empty or has = in it"
        } else {
            return self.check_parents(&member.name);
        };
        let name = member.name.clone();
        Err(Error::new(ErrorKind::Name { name, reason }))
    }
}

/// Whether a record of this keyword would contradict another field.
fn is_reserved(keyword: &[u8]) -> bool {
    const FIELDS: [&[u8]; 9] = [
        b"path",
        b"linkpath",
        b"size",
        b"mtime",
        b"uid",
        b"gid",
        b"uname",
        b"gname",
        b"hdrcharset",
    ];
    FIELDS.contains(&keyword)
        || keyword.starts_with(b"GNU.sparse.")
        || keyword.is_empty()
        || keyword.contains(&b'=')
}

/// A reader that has to end after an exact number of bytes, and isn't read beyond before.
struct Exactly<'a, R> {
    content: R,
    name: &'a [u8],
    size: u64,
    left: u64,
}

impl<R: Read> Read for Exactly<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let mut beyond = [0];
        let buf = match self.left {
            0 => &mut beyond,
            _ => buf,
        };
        let read = self.content.read(buf)?;
        let Exactly { size, left, .. } = *self;
        let (kind, what) = match read {
            0 if left > 0 => {
                let had = size.since(left);
                let what = format!("ends after {had} of {size} bytes");
                (io::ErrorKind::UnexpectedEof, what)
            }
            1.. if left == 0 => {
                let what = format!("goes on after its {size} bytes");
                (io::ErrorKind::InvalidInput, what)
            }
            _ => {
                self.left = left.since(read as u64);
                return Ok(read);
            }
        };
        let message = format!("the content of {} {what}", shown(self.name));
        Err(io::Error::new(kind, message))
    }
}
