//! The pipeline from files to members: found one by one, gathered on several threads, written in
//! order.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::iter;
use std::mem;
use std::path::Path;

use super::copy::{self, Copy};
use super::gather::{Candidate, Content, GatherOptions, GatheredFile, Pages};
use super::metadata::{Details, Identity};
use super::sparse::Map;
use super::walk::{Step, Walk};
use super::{Builder, NewMember, Notice, NoticeKind, Select};
use crate::formats::tar::error::Error;
use crate::formats::tar::member::{Format, Kind};
use crate::formats::tar::member_path::meaning_parts;
use crate::offset::{Position, Tally, sum};
use crate::parallel::Ordered;

/// Files in a batch, which one thread gathers.
const BATCH: usize = 32;

/// Batches and copies that are under way at once. Each file of a batch may be open, or have its content in memory.
const AHEAD: usize = 6;

/// Work for other threads.
pub(super) enum Job {
    Gather(Vec<Item>, GatherOptions, Pages),
    Copy(Copy),
}

/// A member in the making.
pub(super) enum Item {
    /// A file that still has to be gathered.
    Candidate(Candidate),
    /// A folder, gathered and filtered already.
    Folder(Box<(NewMember, GatheredFile)>),
    Not(Notice),
}

pub(super) enum Answer {
    Gathered(Vec<Gathered>, Pages),
    /// How many bytes were copied, and the notice about the file.
    Copied(u64, io::Result<Option<Notice>>),
}

#[allow(
    clippy::large_enum_variant,
    reason = "most are files, for each of which a box would be allocated"
)]
pub(super) enum Gathered {
    File(GatheredFile),
    Folder(Box<(NewMember, GatheredFile)>),
    Not(Notice),
}

impl Job {
    fn run(self) -> Answer {
        match self {
            Job::Copy(copy) => Answer::Copied(copy.size(), copy.run()),
            Job::Gather(items, options, mut pages) => {
                pages.clear();
                let items = items.into_iter().map(|item| match item {
                    Item::Candidate(candidate) => match options.gather(candidate, &mut pages) {
                        Ok(found) => Gathered::File(found),
                        Err(notice) => Gathered::Not(notice),
                    },
                    Item::Folder(folder) => Gathered::Folder(folder),
                    Item::Not(notice) => Gathered::Not(notice),
                });
                let items = items.collect();
                Answer::Gathered(items, pages)
            }
        }
    }
}

impl<W: Write> Builder<'_, W> {
    /// Adds all files of a walk; some are gathered ahead of those that are written.
    pub(super) fn walk(
        &mut self,
        mut walk: Walk,
        device: Option<&Identity>,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        let threads = self.threads;
        let pool = self.pool.take();
        let mut pool = pool.unwrap_or_else(|| Ordered::new(threads, Job::run));
        let mut copies = VecDeque::new();
        let mut free = Vec::new();
        let mut over = false;
        loop {
            while pool.pending() < AHEAD && !(over && copies.is_empty()) {
                if let Some(copy) = copies.pop_front() {
                    pool.push(Job::Copy(copy));
                    continue;
                }
                let batch = self.batch(&mut walk, device);
                over = batch.len() < BATCH;
                let pages = free.pop().unwrap_or_default();
                pool.push(Job::Gather(batch, self.settings.options, pages));
            }
            match pool.pop() {
                None => break,
                Some(Answer::Copied(size, copied)) => {
                    self.uncopied = self.uncopied.since(size);
                    copied?.into_iter().for_each(&mut *notice);
                    self.tell_progress();
                }
                Some(Answer::Gathered(items, pages)) => {
                    for item in items {
                        self.put(item, &pages, &mut copies, notice)?;
                    }
                    free.push(pages);
                    self.tell_progress();
                }
            }
        }
        self.pool = Some(pool);
        Ok(())
    }

    /// The next files; fewer than a whole batch where they end.
    fn batch(&mut self, walk: &mut Walk, device: Option<&Identity>) -> Vec<Item> {
        let mut items = Vec::with_capacity(BATCH);
        while items.len() < BATCH {
            let Some(step) = walk.next(self.settings.options) else {
                break;
            };
            match step {
                Step::File(candidate) => items.push(Item::Candidate(candidate)),
                Step::Not(notice) => items.push(Item::Not(notice)),
                Step::Folder(found) => {
                    let mut member = self.new_member(&found.details);
                    member.path.clone_from(&found.path);
                    member.name.clone_from(&found.name);
                    member.xattrs.clone_from(&found.xattrs);
                    if !found.name.is_empty() && !self.passes(&mut member) {
                        continue;
                    }
                    let enters =
                        self.settings.recursive && !Walk::is_beyond(&found.details, device);
                    let entered = match enters {
                        true => walk.enter(
                            &found,
                            self.settings.options,
                            &mut |path, name, is_folder| {
                                takes(&mut self.select, path, name, is_folder)
                            },
                        ),
                        false => Ok(()),
                    };
                    #[cfg(feature = "tar-rules")]
                    for unread in self.unread.iter().flat_map(super::rules::Unread::take) {
                        items.push(Item::Not(unread));
                    }
                    let path = found.path.clone();
                    if !member.name.is_empty() {
                        items.push(Item::Folder(Box::new((member, *found))));
                    }
                    if let Err(e) = entered {
                        let kind = NoticeKind::Unreadable(e);
                        items.push(Item::Not(Notice::new(&path, kind)));
                    }
                }
            }
        }
        items
    }

    /// Makes a member of a gathered file, and writes it.
    fn put(
        &mut self,
        item: Gathered,
        pages: &Pages,
        copies: &mut VecDeque<Copy>,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        let (mut member, mut found) = match item {
            Gathered::Not(what) => {
                notice(what);
                return Ok(());
            }
            Gathered::Folder(folder) => {
                let (member, found) = *folder;
                if !self.is_wanted(&member) {
                    return Ok(());
                }
                self.forget_first(&member.name, Some(&found.details.identity));
                return self.write(&member, found, pages, copies, notice);
            }
            Gathered::File(found) => (self.new_member(&found.details), found),
        };
        member.path = mem::take(&mut found.path);
        member.name = mem::take(&mut found.name);
        member.link = mem::take(&mut found.link);
        member.xattrs = mem::take(&mut found.xattrs);
        let identity = &found.details.identity;
        let mut own = self.own.iter_mut();
        if let Some((_, tell)) = own.find(|(own, _)| own == identity) {
            if mem::take(tell) {
                notice(Notice::new(&member.path, NoticeKind::OwnArchive));
            }
            return Ok(());
        }
        let dereference = self.settings.options.dereference;
        let linked = self.settings.hard_links && !dereference && found.details.names > 1;
        let first = self.names.get(identity).filter(|_| linked);
        if let Some(first) = first {
            member.kind = Kind::Hardlink;
            member.link.clone_from(first);
            member.size = 0;
        }
        let is_first = linked && first.is_none();
        if !self.passes(&mut member) || member.name.is_empty() || !self.is_wanted(&member) {
            return Ok(());
        }
        if member.kind == Kind::Hardlink && hash(&member.name) == hash(&member.link) {
            notice(Notice::new(&member.path, NoticeKind::Twice));
            return Ok(());
        }
        self.forget_first(&member.name, Some(identity));
        // Only what is in the archive can be linked to.
        if is_first {
            self.firsts.insert(hash(&member.name), identity.clone());
            self.names.insert(identity.clone(), member.name.clone());
        }
        self.write(&member, found, pages, copies, notice)
    }

    /// Once another member gets a name, the file that had it first isn't linked to by it any more.
    pub(super) fn forget_first(&mut self, name: &[u8], identity: Option<&Identity>) {
        if self.firsts.is_empty() {
            return;
        }
        let key = hash(name);
        let first = self.firsts.get(&key);
        if first.is_some_and(|first| Some(first) != identity)
            && let Some(first) = self.firsts.remove(&key)
        {
            self.names.remove(&first);
        }
    }

    fn write(
        &mut self,
        member: &NewMember,
        found: GatheredFile,
        pages: &Pages,
        copies: &mut VecDeque<Copy>,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        if self.filter.is_some() {
            self.check_parents(&member.name)?;
        }
        if !self.begin(member)? {
            let kind = NoticeKind::SameName(member.stored_name());
            notice(Notice::new(&member.path, kind));
        }
        if let Some(what) = found.notice.filter(|_| member.kind != Kind::Hardlink) {
            notice(Notice::new(&member.path, what));
        }
        if self.settings.options.dry_run {
            return Ok(());
        }
        let format = self.settings.format;
        let owners = self.settings.named(&self.owners);
        match (found.content, member.kind) {
            (Content::Bytes(range), Kind::File) => {
                let bytes = pages.get(range);
                self.headers
                    .fill(member, bytes.len() as u64, None, format, owners)?;
                self.sink.small(&self.headers, bytes)
            }
            (Content::File(file, map), Kind::File) => {
                let size = found.details.size;
                let map =
                    map.filter(|_| matches!(format, Format::Pax | Format::Gnu | Format::Star));
                let stored = map.as_ref().map_or(size, Map::stored);
                self.headers
                    .fill(member, stored, map.as_ref(), format, owners)?;
                let source = copy::Source::new(&member.path, file, &found.details);
                let pieces = map.map_or_else(|| iter::once(0..size).collect(), |map| map.pieces);
                let mut tell = |position| {
                    if let Some(progress) = &mut self.progress {
                        progress(position);
                    }
                };
                let parts = self.sink.large(&self.headers, &source, pieces, &mut tell)?;
                let sizes = parts.iter().map(Copy::size);
                self.uncopied.tally(sum(sizes));
                copies.extend(parts);
                Ok(())
            }
            _ => {
                self.headers.fill(member, 0, None, format, owners)?;
                self.sink.small(&self.headers, &[])
            }
        }
    }

    /// Notes the next member; answers whether its name is new. In a dry run, a member that the format can't hold is an
    /// error here.
    pub(super) fn begin(&mut self, member: &NewMember) -> Result<bool, Error> {
        let is_new = self.enter(&member.stored_name())?;
        if self.settings.options.dry_run {
            let owners = self.settings.named(&self.owners);
            let format = self.settings.format;
            self.headers
                .fill(member, member.size, None, format, owners)?;
        }
        if let Some(each) = &mut self.each {
            each(member);
        }
        Ok(is_new)
    }

    /// A member but for what isn't in its metadata: the names, the link's target, attributes.
    fn new_member(&self, details: &Details) -> NewMember {
        let Details {
            kind,
            size,
            mode,
            mtime,
            uid,
            gid,
            device,
            ..
        } = *details;
        let kind = kind.unwrap_or_default();
        let owners = self.settings.named(&self.owners);
        let name = |name: Option<&[u8]>| name.unwrap_or_default().to_vec();
        NewMember {
            kind,
            size: if kind == Kind::File { size } else { 0 },
            mode,
            mtime,
            uid,
            gid,
            uname: name(owners.and_then(|owners| owners.user(uid))),
            gname: name(owners.and_then(|owners| owners.group(gid))),
            device,
            ..NewMember::default()
        }
    }

    /// Whether a member is to be added, as the caller who asked for the archive says.
    pub(super) fn passes(&mut self, member: &mut NewMember) -> bool {
        if let Some(time) = self.settings.reproducible {
            member.mtime = time;
            (member.uid, member.gid) = (0, 0);
            member.uname.clear();
            member.gname.clear();
            member.mode = match member.kind {
                Kind::Symlink => 0o777,
                Kind::Directory => 0o755,
                _ if member.mode & 0o100 != 0 => 0o755,
                _ => 0o644,
            };
        }
        self.filter.as_mut().is_none_or(|filter| filter(member))
    }

    /// The last word, of the caller who asked for some members [only](Builder::only).
    pub(super) fn is_wanted(&mut self, member: &NewMember) -> bool {
        self.only.as_mut().is_none_or(|only| only(member))
    }

    pub(super) fn tell_progress(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress(self.sink.position().since(self.uncopied));
        }
    }
}

pub(super) fn takes(
    select: &mut Option<Box<Select<'_>>>,
    path: &Path,
    name: &[u8],
    is_folder: bool,
) -> bool {
    select
        .as_mut()
        .is_none_or(|select| select(path, name, is_folder))
}

/// The hash of a name's meaningful parts: `./a/` is `a`.
pub(super) fn hash(name: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in meaning_parts(name) {
        part.hash(&mut hasher);
    }
    hasher.finish()
}
