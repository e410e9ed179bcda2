//! What extracting would do, without doing it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use super::super::archive::Archive;
use super::super::error::{Error, ErrorKind};
use super::super::member::{Kind, Member};
use super::destination::Destination;
use super::limits::Limits;
use super::links::Tree;
use super::policy::Present;
use super::{Existing, Failure, Filter, Outcome, Policy, Refusal, links, system};

/// Says what an [`Extractor`](super::Extractor) would make of members, and writes nothing.
///
/// What the system would refuse (no room, no permission) isn't known before it is tried.
///
/// ```
/// use bytewright::formats::tar::{Archive, Policy, Preview};
///
/// # let bytes = vec![0u8; 1024];
/// # let folder = tempfile::tempdir()?;
/// let mut archive = Archive::new(bytes.into())?;
/// let mut preview = Preview::new(folder.path(), Policy::default())?;
/// while let Some(member) = archive.next_member()? {
///     println!("{:?}", preview.look(&mut archive, &member)?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Preview {
    folder: system::Folder,
    policy: Policy,
    limits: Limits,
    /// What members would have made, by the hashes of their paths.
    made: HashMap<u64, PlannedNode>,
}

#[derive(Clone, Debug)]
enum PlannedNode {
    /// Whether nothing is in it.
    Directory {
        is_empty: bool,
    },
    /// With its target.
    Symlink(Present, Vec<u8>),
    Other(Present),
}

/// What parts that lead to a directory lead to so far.
enum Step {
    Directory,
    Missing,
    /// By way of a link that would be made, which isn't looked into.
    Unknown,
}

impl Preview {
    /// For an existing folder.
    ///
    /// # Errors
    ///
    /// When the folder can't be opened.
    pub fn new(folder: impl Into<PathBuf>, policy: Policy) -> Result<Preview, Error> {
        let path = folder.into();
        let folder = system::Folder::open(&path, policy.filter == Filter::Trusted)
            .map_err(|e| Error::path(&path, "open", e))?;
        Ok(Preview {
            folder,
            limits: Limits::new(&policy),
            policy,
            made: HashMap::new(),
        })
    }

    /// As [`Extractor::limits`](super::Extractor::limits).
    pub fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    /// What would become of the member that `archive` gave last, after the ones before it.
    ///
    /// # Errors
    ///
    /// When the archive can't be read on, or a limit would be reached.
    pub fn look(&mut self, archive: &mut Archive, member: &Member) -> Result<Outcome, Error> {
        match self.place(archive, member) {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Refused(why)) => Ok(Outcome::Refused(why)),
            Err(Failure::Fatal(error)) => Err(error),
        }
    }

    fn place(&mut self, archive: &mut Archive, member: &Member) -> Result<Outcome, Failure> {
        let parts = match Destination::of(member, &self.policy, &mut self.limits)? {
            Destination::PassedOver => return Ok(Outcome::PassedOver),
            Destination::Stripped => return Ok(Outcome::Stripped),
            Destination::Root => Vec::new(),
            Destination::At(parts) => parts,
        };
        let Some((_, parent)) = parts.split_last() else {
            return Ok(Outcome::Extracted);
        };
        if member.kind == Kind::File {
            self.limits.file(member.size)?;
            if let Err(e) = archive.content(member) {
                return Err(match e.kind() {
                    ErrorKind::Sparse(fault) => Refusal::Sparse(*fault).into(),
                    _ => e.into(),
                });
            }
        }
        let now = Present {
            is_directory: false,
            time: member.mtime,
        };
        let made = match (member.kind, self.policy.filter) {
            (Kind::Symlink, Filter::Data) => {
                let target = links::stays_inside(parent, &member.link, self)?;
                PlannedNode::Symlink(now, target.into_owned())
            }
            (Kind::Symlink, _) => PlannedNode::Symlink(now, member.link.clone()),
            (Kind::Hardlink, _) => self.hard_link(&member.link, parent)?,
            _ => PlannedNode::Other(now),
        };
        self.parent(parent)?;
        let present = self.present(&parts);
        if member.kind == Kind::Directory {
            let keeps = !matches!(self.policy.existing, Existing::Replace);
            if keeps && present.is_some_and(|present| present.is_directory) {
                return Ok(Outcome::Kept);
            }
            match self.parent(&parts) {
                Err(Refusal::NotADirectory(_) | Refusal::ThroughLink(_)) => {
                    if !self.policy.makes_room(present.as_ref(), member)? {
                        return Ok(Outcome::Kept);
                    }
                }
                there => there?,
            }
        } else if !self.policy.makes_room(present.as_ref(), member)? {
            return Ok(Outcome::Kept);
        } else if present.is_some_and(|present| present.is_directory) && !self.is_empty(&parts) {
            return Err(Refusal::DirectoryInTheWay.into());
        }
        let made = match member.kind {
            // One that is there already keeps what is in it.
            Kind::Directory => PlannedNode::Directory {
                is_empty: self.is_empty(&parts),
            },
            _ => made,
        };
        self.made.insert(hash(&parts), made);
        self.fill(parent);
        Ok(Outcome::Extracted)
    }

    /// Whether a directory can be had at these parts; it and those above it would be there then.
    fn parent(&mut self, parts: &[&[u8]]) -> Result<(), Refusal> {
        for end in 1..=parts.len() {
            let so_far = parts.get(..end).unwrap_or(parts);
            match self.step(so_far)? {
                Step::Directory => {}
                Step::Unknown => return Ok(()),
                Step::Missing => {
                    let empty = PlannedNode::Directory { is_empty: true };
                    self.made.insert(hash(so_far), empty);
                    if let Some((_, above)) = so_far.split_last() {
                        self.fill(above);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a directory is at these parts, where one is at those above.
    fn step(&self, parts: &[&[u8]]) -> Result<Step, Refusal> {
        let so_far = || parts.join(&b'/');
        match self.made.get(&hash(parts)) {
            Some(PlannedNode::Directory { .. }) => Ok(Step::Directory),
            Some(PlannedNode::Symlink(..)) if self.policy.filter == Filter::Trusted => {
                Ok(Step::Unknown)
            }
            Some(PlannedNode::Symlink(..)) => Err(Refusal::ThroughLink(so_far())),
            Some(PlannedNode::Other(_)) => Err(Refusal::NotADirectory(so_far())),
            None => Ok(match self.folder.existing_parent(parts)? {
                Some(_) => Step::Directory,
                None => Step::Missing,
            }),
        }
    }

    /// Something is in a directory from now on.
    fn fill(&mut self, parts: &[&[u8]]) {
        match self.made.entry(hash(parts)) {
            Entry::Occupied(mut there) => {
                // What is made by way of a link isn't looked for.
                if let PlannedNode::Directory { is_empty } = there.get_mut() {
                    *is_empty = false;
                }
            }
            Entry::Vacant(new) => {
                new.insert(PlannedNode::Directory { is_empty: false });
            }
        }
    }

    /// Whether nothing would be in a directory.
    fn is_empty(&self, parts: &[&[u8]]) -> bool {
        if let Some(made) = self.made.get(&hash(parts)) {
            return !matches!(made, PlannedNode::Directory { is_empty: false });
        }
        let Some((name, parent)) = parts.split_last() else {
            return false;
        };
        match self.folder.existing_parent(parent) {
            Ok(Some(parent)) => match system::present(&parent, name) {
                Some(there) if there.is_directory => system::is_empty(&parent, name),
                _ => true,
            },
            _ => true,
        }
    }

    /// What a hard link in the folder `above` would be another name of.
    fn hard_link(&self, link: &[u8], above: &[&[u8]]) -> Result<PlannedNode, Refusal> {
        let missing = || Refusal::LinkMissing(link.to_vec());
        let outside = || Refusal::LinkOutside(link.to_vec());
        let (target, followed) = links::target(link, &self.policy)?;
        let (name, parent) = target.split_last().ok_or_else(missing)?;
        if !followed && self.policy.filter != Filter::Trusted {
            for end in 1..=parent.len() {
                if let Step::Missing = self.step(parent.get(..end).unwrap_or(parent))? {
                    return Err(missing());
                }
            }
        }
        let is_data = self.policy.filter == Filter::Data;
        let made = match self.made.get(&hash(&target)) {
            Some(made) => made.clone(),
            None => {
                let from = match followed {
                    true => self.folder.followed(parent)?,
                    false => self.folder.existing_parent(parent)?,
                };
                let from = from.ok_or_else(missing)?;
                let there = system::present(&from, name).ok_or_else(missing)?;
                match system::read_link(&from, name) {
                    Some(symlink) => PlannedNode::Symlink(there, symlink),
                    None if is_data && !system::is_plain(&from, name) => return Err(outside()),
                    None if there.is_directory => return Err(outside()),
                    None => PlannedNode::Other(there),
                }
            }
        };
        match &made {
            PlannedNode::Directory { .. } => return Err(outside()),
            PlannedNode::Symlink(_, symlink) if is_data => {
                links::moves(symlink, link, above, self)?;
            }
            _ => {}
        }
        Ok(made)
    }

    fn present(&self, parts: &[&[u8]]) -> Option<Present> {
        match self.made.get(&hash(parts)) {
            Some(PlannedNode::Directory { .. }) => Some(Present {
                is_directory: true,
                time: super::super::time::Time::default(),
            }),
            Some(PlannedNode::Symlink(present, _) | PlannedNode::Other(present)) => Some(*present),
            None => {
                let (name, parent) = parts.split_last()?;
                let parent = self.folder.existing_parent(parent).ok()??;
                system::present(&parent, name)
            }
        }
    }
}

impl Tree for Preview {
    fn is_directory(&self, parts: &[&[u8]]) -> bool {
        match self.made.get(&hash(parts)) {
            Some(made) => matches!(made, PlannedNode::Directory { .. }),
            None => self.folder.is_directory(parts),
        }
    }

    fn entry(&self, parts: &[&[u8]]) -> links::Entry {
        match self.made.contains_key(&hash(parts)) {
            // A link of the archive's was looked at when it came.
            true => links::Entry::Other,
            false => self.folder.entry(parts),
        }
    }
}

fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}
