//! Which files are newer than the members of their names.

use std::collections::{HashMap, HashSet};

use super::archive::Archive;
use super::create::NewMember;
use super::error::Error;
use super::member::{Kind, Member};
use super::names::key;
use super::time::Time;
use crate::Source;

/// The times of an archive's members, and which of them newer files replace.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar::{Builder, Update, copy_members};
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("a"), "content")?;
/// # let mut builder = Builder::new(Vec::new());
/// # builder.add(folder.path(), "d", &mut |_| {})?;
/// # let old = Source::from(builder.finish()?);
///
/// let mut update = Update::of(&old)?;
/// let mut newer = Builder::new(Vec::new()).only(|member| update.takes(member));
/// newer.add(folder.path(), "d", &mut |_| {})?;
/// let newer = Source::from(newer.finish()?);
/// assert!(update.is_empty(), "nothing has changed");
///
/// let mut builder = Builder::new(Vec::new());
/// copy_members(&old, &mut builder, &mut |member| update.keeps(member))?;
/// copy_members(&newer, &mut builder, &mut |_| true)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It takes a few dozen bytes a member, whatever its name.
#[derive(Debug, Default)]
pub struct Update {
    times: HashMap<u128, Time>,
    /// What each hard link leads to.
    links: HashMap<u128, u128>,
    /// How many hard links that stay lead to a member.
    linked: HashMap<u128, u64>,
    replaced: HashSet<u128>,
}

impl Update {
    /// Reads the headers of a plain archive.
    ///
    /// # Errors
    ///
    /// When it can't be read to its end.
    pub fn of(archive: &Source) -> Result<Update, Error> {
        let mut update = Update::default();
        let mut archive = Archive::plain(archive.clone());
        while let Some(member) = archive.next_member()? {
            let name = key(&member.name);
            update.times.insert(name, member.mtime);
            if member.kind == Kind::Hardlink {
                let target = key(&member.link);
                update.links.insert(name, target);
                let count = update.linked.entry(target).or_default();
                *count = count.saturating_add(1);
            }
        }
        Ok(update)
    }

    /// Whether a file is to be a member: no other has its name, or an older one.
    ///
    /// Where the archive has whole seconds, the file's count alone.
    pub fn takes(&mut self, member: &NewMember) -> bool {
        let key = key(&member.name);
        let newer = self
            .times
            .get(&key)
            .is_none_or(|&old| match old.nanoseconds {
                0 => member.mtime.seconds > old.seconds,
                _ => member.mtime > old,
            });
        if newer {
            self.replaced.insert(key);
            self.unlink(key);
        }
        newer
    }

    /// Whether a member stays: no newer one takes its place, or a hard link leads to it, which
    /// would have no content without it.
    pub fn keeps(&self, member: &Member) -> bool {
        let key = key(&member.name);
        !self.replaced.contains(&key) || self.linked.get(&key).is_some_and(|&count| count > 0)
    }

    /// The member of this name is no hard link any more.
    fn unlink(&mut self, name: u128) {
        let target = self.links.remove(&name);
        if let Some(count) = target.and_then(|target| self.linked.get_mut(&target)) {
            *count = count.saturating_sub(1);
        }
    }

    /// Whether no file was newer.
    pub fn is_empty(&self) -> bool {
        self.replaced.is_empty()
    }
}
