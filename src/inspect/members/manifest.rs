//! What files an archive or a folder holds, as a list of digests.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::digests;
use crate::formats::tar::{Archive, Error, Kind, name_key};
use crate::inspect::hash::{Algorithm, Digest, Entry, Hasher};

/// What a manifest says of a member.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// Its name, without a `/` in front: where extracting puts it, as seen from the folder.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// The size of a file's content; of anything else 0.
    pub size: u64,
    /// The permissions.
    pub mode: u32,
    /// The target of a link, empty for everything else.
    pub link: Vec<u8>,
    /// The digests of what is in a file, and of what a hard link leads to; of anything else none.
    pub digests: Vec<Digest>,
}

impl Line {
    /// Whether extracting makes a file of it.
    fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File | Kind::Hardlink)
    }
}

/// The members of an archive with their digests: their names and about 200 bytes each. Of several
/// members of one name, the last counts.
///
/// ```
/// use bytewright::formats::tar::Archive;
/// use bytewright::inspect::hash::{Algorithm, Entry};
/// use bytewright::inspect::members::{Manifest, Verdict};
///
/// let mut archive = Archive::new(vec![0; 1024].into())?;
/// let manifest = Manifest::of_archive(&mut archive, &[Algorithm::Crc32])?;
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
    lines: Vec<Line>,
    places: HashMap<u128, usize>,
}

/// What a list says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Manifest {
    /// Reads an archive to its end.
    ///
    /// # Errors
    ///
    /// When it can't be read to its end.
    pub fn of_archive(archive: &mut Archive, algorithms: &[Algorithm]) -> Result<Manifest, Error> {
        let mut manifest = Manifest::default();
        while let Some(member) = archive.next_member()? {
            let digests = match member.kind {
                Kind::File => digests(archive, &member, algorithms)?,
                Kind::Hardlink => manifest.of(&member.link),
                _ => Vec::new(),
            };
            let size = match member.kind {
                Kind::File => member.size,
                _ => 0,
            };
            let slashes = member.name.iter().take_while(|&&b| b == b'/').count();
            manifest.add(Line {
                name: member.name.get(slashes..).unwrap_or_default().to_vec(),
                kind: member.kind,
                size,
                mode: member.mode,
                link: member.link,
                digests,
            });
        }
        Ok(manifest)
    }

    /// Reads the files of a folder and of those in it, without following links; in order of names.
    ///
    /// # Errors
    ///
    /// When one of them can't be read.
    pub fn of_folder(folder: &Path, algorithms: &[Algorithm]) -> Result<Manifest, Error> {
        let mut lines = Vec::new();
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
                    let mut hasher = Hasher::new(algorithms);
                    let mut file = File::open(&path).map_err(failed)?;
                    let size = hasher.update_from(&mut file).map_err(failed)?;
                    lines.push(Line {
                        name,
                        kind: Kind::File,
                        size,
                        mode: 0,
                        link: Vec::new(),
                        digests: hasher.finish(),
                    });
                }
            }
        }
        lines.sort_unstable_by(|a: &Line, b| a.name.cmp(&b.name));
        let mut manifest = Manifest::default();
        lines.into_iter().for_each(|line| manifest.add(line));
        Ok(manifest)
    }

    /// The members that count, in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Compares the files with a list of digests, each with the algorithm that made it: what the
    /// list names in its order, then what it doesn't.
    ///
    /// # Errors
    ///
    /// Those of `tell`.
    pub fn verify(
        &self,
        list: &[(Entry, Algorithm)],
        tell: &mut dyn FnMut(&[u8], Verdict) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut listed = HashSet::new();
        for (entry, algorithm) in list {
            let key = name_key(&entry.name);
            listed.insert(key);
            let line = self.line(key).filter(|line| line.is_file());
            let verdict = match line {
                None => Verdict::Missing,
                Some(line) => {
                    let mut digests = line.digests.iter();
                    let found = digests.find(|digest| digest.algorithm == *algorithm);
                    match found.is_some_and(|digest| digest.bytes == entry.digest) {
                        true => Verdict::Same,
                        false => Verdict::Differs,
                    }
                }
            };
            tell(&entry.name, verdict)?;
        }
        let files = self.lines.iter().filter(|line| line.is_file());
        for line in files.filter(|line| !listed.contains(&name_key(&line.name))) {
            tell(&line.name, Verdict::Extra)?;
        }
        Ok(())
    }

    fn add(&mut self, line: Line) {
        let place = self.places.entry(name_key(&line.name));
        let place = *place.or_insert(self.lines.len());
        match self.lines.get_mut(place) {
            Some(before) => *before = line,
            None => self.lines.push(line),
        }
    }

    fn line(&self, key: u128) -> Option<&Line> {
        self.lines.get(*self.places.get(&key)?)
    }

    fn of(&self, name: &[u8]) -> Vec<Digest> {
        let line = self.line(name_key(name));
        line.map_or(Vec::new(), |line| line.digests.clone())
    }
}
