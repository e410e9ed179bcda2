//! The names that an archive has had so far, and what is under each: in a few dozen bytes a
//! name, however long it is.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use super::extract::links::{self, Tree, stays_inside};
use super::extract::{Filter, Policy, Refusal};
use super::member::{Kind, Member};
use super::member_path::{meaning_parts, parts_of};
use crate::offset::{Position, Tally};

/// The key of a name: the same for names that extraction puts in one place, `a` and `./a/`.
///
/// These are 128 bits of hashes whose keys are this process's own: nobody can make an archive
/// whose names collide.
pub(crate) fn key(name: &[u8]) -> u128 {
    prefixes(meaning_parts(name)).last().unwrap_or_default()
}

/// The key of each name that leads to one, itself the last.
fn prefixes<'a>(parts: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = u128> {
    static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
    let mut hashers = KEYS.each_ref().map(BuildHasher::build_hasher);
    parts.map(move |part| {
        let [high, low] = hashers.each_mut().map(|hasher| {
            hasher.write(part);
            hasher.write_u8(b'/');
            hasher.finish()
        });
        u128::from(high).wrapping_shl(64) | u128::from(low)
    })
}

/// What extraction would have made under each name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// What members are judged by, where they are.
    policy: Option<Policy>,
    known: HashMap<u128, NameRecord>,
    /// How many of them are folders that no member is.
    implied: usize,
}

/// As many folders that no member is are remembered beside one for each member: a name may go
/// through two thousand of them.
const IMPLIED: usize = 1 << 16;

#[derive(Clone, Copy, Debug)]
struct NameRecord {
    /// Where the header of the last member of that name is; [`NOWHERE`] for a folder that no
    /// member is, but that others are in.
    offset: u64,
    /// `None` where extraction refuses it.
    made: Option<Kind>,
    /// Whether something is in it.
    filled: bool,
}

/// No header can be there. An `Option` would take half as much memory again.
const NOWHERE: u64 = u64::MAX;

/// What [`Names::add`] has to say.
#[derive(Debug)]
pub(crate) struct Added {
    /// Where a member of the same name is, and whether that made a directory.
    pub(crate) before: Option<(u64, bool)>,
    /// Why extraction would refuse it.
    pub(crate) refused: Option<Refusal>,
}

impl Names {
    /// Members are judged as extraction under this filter would.
    pub(crate) fn judged_by(filter: Filter) -> Names {
        Names {
            policy: Some(Policy::new(filter)),
            ..Names::default()
        }
    }

    /// Takes the next member of the archive.
    pub(crate) fn add(&mut self, member: &Member) -> Added {
        let judged = self
            .policy
            .as_ref()
            .map(|policy| self.judge(member, policy));
        let refused = judged.and_then(Result::err);
        // Labels and the like are passed over.
        let made = Some(member.kind).filter(|kind| refused.is_none() && *kind != Kind::Other);
        let prefixes: Vec<u128> = prefixes(meaning_parts(&member.name)).collect();
        let Some((last, parents)) = prefixes.split_last() else {
            return Added {
                before: None,
                refused,
            };
        };
        if refused.is_none() {
            parents.iter().for_each(|parent| self.make_folder(*parent));
        }
        let now = NameRecord {
            offset: member.header_offset,
            made,
            filled: false,
        };
        let before = match self.known.entry(*last) {
            Entry::Vacant(free) => {
                free.insert(now);
                None
            }
            Entry::Occupied(mut taken) => {
                let old = *taken.get();
                // What was there stays where this one is refused.
                taken.insert(NameRecord {
                    made: made.or(old.made),
                    filled: old.filled,
                    ..now
                });
                let was_directory = old.made == Some(Kind::Directory);
                (old.offset != NOWHERE).then_some((old.offset, was_directory))
            }
        };
        Added { before, refused }
    }

    /// Extracting makes the folders on the way.
    fn make_folder(&mut self, key: u128) {
        let most = self.known.len().since(self.implied);
        match self.known.entry(key) {
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.made.get_or_insert(Kind::Directory);
                known.filled = true;
            }
            Entry::Vacant(free) if self.implied < most.saturating_add(IMPLIED) => {
                self.implied.tally(1);
                free.insert(NameRecord {
                    offset: NOWHERE,
                    made: Some(Kind::Directory),
                    filled: true,
                });
            }
            Entry::Vacant(_) => {}
        }
    }

    /// As the extractor judges it, in a folder that was empty.
    fn judge(&self, member: &Member, policy: &Policy) -> Result<(), Refusal> {
        if member.kind == Kind::Other {
            return Ok(());
        }
        policy.takes(member)?;
        let parts = parts_of(&member.name, 0, policy.filter)?.unwrap_or_default();
        let Some((_, parent)) = parts.split_last() else {
            return match member.kind {
                Kind::Directory => Ok(()),
                _ => Err(Refusal::Empty),
            };
        };
        if member.kind == Kind::Symlink && policy.filter == Filter::Data {
            drop(stays_inside(parent, &member.link, self)?);
        }
        self.leads_through_directories(parent, policy.filter)?;
        let there = self.known(&parts).filter(|known| known.filled);
        if member.kind != Kind::Directory && there.is_some() {
            return Err(Refusal::DirectoryInTheWay);
        }
        if member.kind == Kind::Hardlink {
            self.judge_hard_link(&member.link, policy)?;
        }
        Ok(())
    }

    fn judge_hard_link(&self, link: &[u8], policy: &Policy) -> Result<(), Refusal> {
        let (target, _) = links::target(link, policy)?;
        match self.made(&target) {
            Some(Kind::Directory) => Err(Refusal::LinkOutside(link.to_vec())),
            Some(_) => Ok(()),
            None => Err(Refusal::LinkMissing(link.to_vec())),
        }
    }

    fn leads_through_directories(&self, parts: &[&[u8]], filter: Filter) -> Result<(), Refusal> {
        for (i, key) in prefixes(parts.iter().copied()).enumerate() {
            let so_far = || parts.get(..=i).unwrap_or(parts).join(&b'/');
            match self.known.get(&key).and_then(|known| known.made) {
                None | Some(Kind::Directory) => {}
                // Where it would lead isn't looked into.
                Some(Kind::Symlink) if filter == Filter::Trusted => return Ok(()),
                Some(Kind::Symlink) => return Err(Refusal::ThroughLink(so_far())),
                Some(_) => return Err(Refusal::NotADirectory(so_far())),
            }
        }
        Ok(())
    }

    fn known(&self, parts: &[&[u8]]) -> Option<&NameRecord> {
        let key = prefixes(parts.iter().copied()).last()?;
        self.known.get(&key)
    }

    fn made(&self, parts: &[&[u8]]) -> Option<Kind> {
        self.known(parts)?.made
    }
}

impl Tree for Names {
    fn is_directory(&self, parts: &[&[u8]]) -> bool {
        self.made(parts) == Some(Kind::Directory)
    }

    /// Targets aren't remembered; the extractor, which follows them, refuses more.
    fn entry(&self, parts: &[&[u8]]) -> links::Entry {
        match self.made(parts) {
            Some(_) => links::Entry::Other,
            None => links::Entry::Nothing,
        }
    }
}

#[cfg(test)]
mod tests;
