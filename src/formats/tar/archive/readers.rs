//! Members that can be read, one by one: `for member in &mut archive`.

use std::io::{self, Read};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Archive;
use crate::formats::tar::content::Progress;
use crate::formats::tar::error::Error;
use crate::formats::tar::member::Member;
use crate::offset::Tally;

/// The members of an archive that are still to come, each with its content.
#[derive(Debug)]
pub struct MemberReaders<'r, 'a>(Arc<Mutex<Shared<'r, 'a>>>);

/// A member and its content: a [`Member`] that is read like a file.
///
/// Holes of a sparse file read as zeros. Once the next member was asked for, reading is an error.
#[derive(Debug)]
pub struct MemberReader<'r, 'a> {
    member: Member,
    /// Its number among the members that were iterated over.
    number: u64,
    /// `None` until something is read.
    progress: Option<Progress>,
    shared: Arc<Mutex<Shared<'r, 'a>>>,
}

#[derive(Debug)]
struct Shared<'r, 'a> {
    archive: &'r mut Archive<'a>,
    /// The number of the member that came last.
    current: u64,
}

fn lock<'s, 'r, 'a>(shared: &'s Mutex<Shared<'r, 'a>>) -> MutexGuard<'s, Shared<'r, 'a>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// ```
/// use std::io::Read;
/// use bytewright::SourceOf;
/// use bytewright::formats::tar::{Archive, Builder, NewMember};
///
/// let mut builder = Builder::new(Vec::new());
/// builder.add_bytes(NewMember::file("a.txt"), b"content")?;
/// let bytes: Vec<u8> = builder.finish()?;
///
/// let mut archive = Archive::new(SourceOf::memory(&bytes))?;
/// for member in &mut archive {
///     let mut member = member?;
///     let mut text = String::new();
///     member.read_to_string(&mut text)?;
///     assert_eq!((&*member.name, &*text), (&b"a.txt"[..], "content"));
/// }
/// assert!(archive.problems().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<'r, 'a> IntoIterator for &'r mut Archive<'a> {
    type Item = Result<MemberReader<'r, 'a>, Error>;
    type IntoIter = MemberReaders<'r, 'a>;

    fn into_iter(self) -> MemberReaders<'r, 'a> {
        MemberReaders(Arc::new(Mutex::new(Shared {
            archive: self,
            current: 0,
        })))
    }
}

impl<'r, 'a> Iterator for MemberReaders<'r, 'a> {
    type Item = Result<MemberReader<'r, 'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut shared = lock(&self.0);
        let next = shared.archive.next_member().transpose()?;
        shared.current.tally(1);
        Some(next.map(|member| MemberReader {
            member,
            number: shared.current,
            progress: None,
            shared: Arc::clone(&self.0),
        }))
    }
}

impl MemberReader<'_, '_> {
    /// The member without its content.
    pub fn into_member(self) -> Member {
        self.member
    }
}

impl Deref for MemberReader<'_, '_> {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.member
    }
}

impl Read for MemberReader<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut shared = lock(&self.shared);
        if shared.current != self.number {
            let message =
                "the content of a member has to be read before the next member is asked for";
            return Err(io::Error::other(message));
        }
        let progress = match &mut self.progress {
            Some(progress) => progress,
            none => none.insert(Progress::new(shared.archive, &self.member)?),
        };
        Ok(progress.read(shared.archive, buf)?)
    }
}
