//! Which files are newer than the members of their names.

use std::collections::{HashMap, HashSet};

use super::archive::Archive;
use super::create::NewMember;
use super::error::Error;
use super::member::{Kind, Member};
use super::names::key;
use super::time::Time;
use crate::Source;
use crate::offset::{Position, Tally};

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
                count.tally(1);
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

    /// The member of this name has become something else than a hard link.
    fn unlink(&mut self, name: u128) {
        let target = self.links.remove(&name);
        if let Some(count) = target.and_then(|target| self.linked.get_mut(&target)) {
            *count = count.since(1);
        }
    }

    /// Whether no file was newer.
    pub fn is_empty(&self) -> bool {
        self.replaced.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tar::Builder;

    fn file(name: &str, mtime: Time) -> NewMember {
        NewMember {
            name: name.into(),
            mtime,
            ..NewMember::default()
        }
    }

    /// `old`, and hard links to it, all of the time 1000.
    fn with_links(links: &[&str]) -> Update {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("old"), "content").unwrap();
        let time = std::time::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(1000));
        let open = std::fs::File::options().write(true).open(path("old"));
        open.unwrap().set_modified(time.unwrap()).unwrap();
        for link in links {
            std::fs::hard_link(path("old"), path(link)).unwrap();
        }
        let mut builder = Builder::new(Vec::new());
        builder.add(path("old"), "old", &mut |_| {}).unwrap();
        for link in links {
            builder.add(path(link), *link, &mut |_| {}).unwrap();
        }
        Update::of(&builder.finish().unwrap().into()).unwrap()
    }

    #[test]
    fn a_file_is_taken_where_it_is_newer_or_new() {
        let fraction = |seconds, nanoseconds| Time {
            seconds,
            nanoseconds,
        };
        for (old, new, is_taken) in [
            (Time::at(1000), Time::at(1001), true),
            (Time::at(1000), Time::at(1000), false),
            (Time::at(1000), Time::at(999), false),
            // An archive of whole seconds knows no better.
            (Time::at(1000), fraction(1000, 999_999_999), false),
            (Time::at(1000), fraction(1001, 0), true),
            (fraction(1000, 5), fraction(1000, 6), true),
            (fraction(1000, 5), fraction(1000, 5), false),
            (fraction(1000, 5), fraction(1000, 4), false),
            (fraction(1000, 5), Time::at(1001), true),
        ] {
            let mut update = Update::default();
            update.times.insert(key(b"a"), old);
            assert!(update.is_empty());
            assert_eq!(update.takes(&file("a", new)), is_taken, "{old:?} {new:?}");
            assert_eq!(update.is_empty(), !is_taken);
            assert_ne!(update.keeps(&file("a", old).as_listed()), is_taken);
            assert!(update.takes(&file("b", Time::at(0))), "it isn't there yet");
            assert!(!update.is_empty());
        }
    }

    /// Without it the link would have no content.
    #[test]
    fn what_a_link_leads_to_stays_until_all_its_links_are_replaced() {
        let keeps = |update: &Update| update.keeps(&file("old", Time::at(0)).as_listed());
        let newer = |name| file(name, Time::at(2000));
        let mut update = with_links(&["first", "second"]);
        assert!(update.takes(&newer("old")));
        assert!(keeps(&update));
        assert!(update.takes(&newer("first")));
        assert!(keeps(&update));
        // A second run changes nothing: it is a link no longer.
        assert!(update.takes(&newer("first")));
        assert!(keeps(&update));
        assert!(update.takes(&newer("second")));
        assert!(!keeps(&update));

        let mut alone = with_links(&[]);
        assert!(keeps(&alone));
        assert!(alone.takes(&newer("old")));
        assert!(!keeps(&alone));
    }
}
