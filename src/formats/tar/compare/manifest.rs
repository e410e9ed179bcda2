//! The files of an archive or a folder, as a list of digests.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::Serialize;

use super::texts::{Text, Texts};
use super::{Contents, OnProblems};
use crate::formats::tar::names::key as name_key;
use crate::formats::tar::{Archive, Error, Kind};
use crate::hash::{Algorithm, Digest, Entry, Hasher};

/// The line of a member in a manifest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line<'a> {
    /// Its name, without a `/` in front: where extracting puts it, as seen from the folder.
    pub name: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// The size of a file's content; of anything else 0.
    pub size: u64,
    /// The permissions.
    pub mode: u32,
    /// The target of a link, empty for everything else.
    pub link: &'a [u8],
    /// The digests of what is in a file, and of what a hard link leads to; of anything else none.
    pub digests: Vec<Digest>,
}

/// The members of an archive with their digests: about 100 bytes each and the digests, and their
/// names, which may take 256 MiB. Of several members of one name, the last counts.
///
/// ```
/// use bytewright::formats::tar::Archive;
/// use bytewright::hash::{Algorithm, Entry};
/// use bytewright::formats::tar::compare::{DEFAULT_MAX_HOLES, Manifest, Verdict};
///
/// let mut archive = Archive::new(vec![0; 1024].into())?;
/// let algorithms = [Algorithm::Crc32];
/// let manifest =
///     Manifest::of_archive(&mut archive, &algorithms, DEFAULT_MAX_HOLES, &mut |_, _| {})?;
/// let wanted = Entry::parse(b"00000000  a.txt").unwrap();
/// let mut missing = 0;
/// manifest.verify(&[(wanted, Algorithm::Crc32)], &mut |name, verdict| {
///     missing += u32::from(verdict == Verdict::Missing);
///     Ok(())
/// })?;
/// assert_eq!(missing, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Manifest {
    algorithms: Vec<Algorithm>,
    entries: Vec<MemberDigests>,
    texts: Texts,
    /// Those of each member one after the other, in the order of the algorithms.
    digests: Vec<u8>,
    places: HashMap<u128, u32>,
}

/// A member as it is kept.
#[derive(Debug)]
struct MemberDigests {
    name: Text,
    link: Text,
    size: u64,
    /// Whose digests are its own, counted from the first member that has any.
    digests: Option<u32>,
    mode: u32,
    kind: Kind,
}

impl MemberDigests {
    /// Whether extracting makes a file of it.
    fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File | Kind::Hardlink)
    }
}

/// The result of comparing a file with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// It is there, with that digest.
    Same,
    /// It is there with another digest.
    Differs,
    /// No file of that name is there.
    Missing,
    /// It is there, and not in the list.
    Extra,
}

/// A word in lower case, as in JSON: `differs`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Manifest {
    /// Reads an archive to its end, and no more than `max_holes` bytes of holes in sparse files as
    /// zeros.
    ///
    /// # Errors
    ///
    /// When it can't be read to its end; [`ErrorKind::Names`](crate::formats::tar::ErrorKind::Names),
    /// [`ErrorKind::Holes`](crate::formats::tar::ErrorKind::Holes).
    pub fn of_archive(
        archive: &mut Archive,
        algorithms: &[Algorithm],
        max_holes: u64,
        tell: &mut OnProblems<'_>,
    ) -> Result<Manifest, Error> {
        let mut manifest = Manifest::new(algorithms);
        let mut contents = Contents {
            algorithms,
            holes: max_holes,
        };
        while let Some(member) = archive.next_member()? {
            let digests = match member.kind {
                Kind::File => manifest.keep(&contents.digests(archive, &member)?),
                Kind::Hardlink => manifest
                    .entry(name_key(&member.link))
                    .and_then(|target| target.digests),
                _ => None,
            };
            let slashes = member.name.iter().take_while(|&&b| b == b'/').count();
            let name = member.name.get(slashes..).unwrap_or_default();
            let kept = MemberDigests {
                name: manifest.texts.add(name)?,
                link: manifest.texts.add(&member.link)?,
                size: match member.kind {
                    Kind::File => member.size,
                    _ => 0,
                },
                digests,
                mode: member.mode,
                kind: member.kind,
            };
            manifest.add(name, kept);
            tell(Some(&member), &member.problems);
        }
        tell(None, archive.problems());
        Ok(manifest)
    }

    /// Finds the files of a folder and of those in it, without following links, in order of names; reads
    /// those that the list names.
    ///
    /// # Errors
    ///
    /// When one of them can't be read.
    pub fn of_folder(
        folder: &Path,
        algorithms: &[Algorithm],
        list: &[(Entry, Algorithm)],
    ) -> Result<Manifest, Error> {
        let listed: HashSet<u128> = list
            .iter()
            .map(|(entry, _)| name_key(&entry.name))
            .collect();
        let mut files = Vec::new();
        let mut folders = vec![(folder.to_owned(), Vec::new())];
        while let Some((path, prefix)) = folders.pop() {
            let failed = |e| Error::path(&path, "read", e);
            for entry in fs::read_dir(&path).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let path = entry.path();
                let failed = |e| Error::path(&path, "read", e);
                let name = entry.file_name();
                let name = [&prefix[..], name.as_encoded_bytes()].concat();
                let metadata = entry.metadata().map_err(failed)?;
                if metadata.is_dir() {
                    folders.push((path, [&name[..], b"/"].concat()));
                } else if metadata.is_file() {
                    files.push((name, path, metadata.len()));
                }
            }
        }
        files.sort_unstable();
        let mut manifest = Manifest::new(algorithms);
        for (name, path, mut size) in files {
            let failed = |e| Error::path(&path, "read", e);
            let mut digests = None;
            if listed.contains(&name_key(&name)) {
                let mut hasher = Hasher::new(algorithms);
                let read = hasher.update_from(&mut File::open(&path).map_err(failed)?);
                size = read.map_err(failed)?;
                digests = manifest.keep(&hasher.finish());
            }
            let kept = MemberDigests {
                name: manifest.texts.add(&name)?,
                link: Text::default(),
                size,
                digests,
                mode: 0,
                kind: Kind::File,
            };
            manifest.add(&name, kept);
        }
        Ok(manifest)
    }

    /// The members without those that a later one of their name replaces, in order.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.entries.iter().map(|entry| Line {
            name: self.texts.get(entry.name),
            kind: entry.kind,
            size: entry.size,
            mode: entry.mode,
            link: self.texts.get(entry.link),
            digests: self.digests(entry),
        })
    }

    /// Compares the files with a list of digests, each with the algorithm that made it: what the
    /// list names in its order, then what it doesn't.
    ///
    /// # Errors
    ///
    /// The errors that `tell` returns.
    pub fn verify(
        &self,
        list: &[(Entry, Algorithm)],
        tell: &mut dyn FnMut(&[u8], Verdict) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut listed = HashSet::new();
        for (entry, algorithm) in list {
            let key = name_key(&entry.name);
            listed.insert(key);
            let found = self.entry(key).filter(|found| found.is_file());
            let verdict = match found {
                None => Verdict::Missing,
                Some(found) => {
                    let mut digests = self.digests(found).into_iter();
                    let found = digests.find(|digest| digest.algorithm == *algorithm);
                    match found.is_some_and(|digest| digest.bytes == entry.digest) {
                        true => Verdict::Same,
                        false => Verdict::Differs,
                    }
                }
            };
            tell(&entry.name, verdict)?;
        }
        for file in self.entries.iter().filter(|entry| entry.is_file()) {
            let name = self.texts.get(file.name);
            if !listed.contains(&name_key(name)) {
                tell(name, Verdict::Extra)?;
            }
        }
        Ok(())
    }

    fn new(algorithms: &[Algorithm]) -> Manifest {
        Manifest {
            algorithms: algorithms.to_vec(),
            ..Manifest::default()
        }
    }

    fn add(&mut self, name: &[u8], kept: MemberDigests) {
        let next = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(name_key(name)).or_insert(next);
        match self.entries.get_mut(place as usize) {
            Some(before) => *before = kept,
            None => self.entries.push(kept),
        }
    }

    fn entry(&self, key: u128) -> Option<&MemberDigests> {
        self.entries.get(*self.places.get(&key)? as usize)
    }

    /// Keeps the digests of a member; answers where.
    fn keep(&mut self, digests: &[Digest]) -> Option<u32> {
        let place = self.digests.len().checked_div(self.stride())?;
        for digest in digests {
            self.digests.extend_from_slice(&digest.bytes);
        }
        u32::try_from(place).ok()
    }

    fn digests(&self, entry: &MemberDigests) -> Vec<Digest> {
        let start = entry
            .digests
            .map(|place| (place as usize).saturating_mul(self.stride()));
        let mut rest = start
            .and_then(|at| self.digests.get(at..))
            .unwrap_or_default();
        let mut next = |algorithm: &Algorithm| {
            let (bytes, after) = rest.split_at_checked(algorithm.size())?;
            rest = after;
            Some(Digest {
                algorithm: *algorithm,
                bytes: bytes.to_vec(),
            })
        };
        self.algorithms.iter().map_while(&mut next).collect()
    }

    /// How many bytes the digests of a member take.
    fn stride(&self) -> usize {
        self.algorithms
            .iter()
            .map(|algorithm| algorithm.size())
            .sum()
    }
}
