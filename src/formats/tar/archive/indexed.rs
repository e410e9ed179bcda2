//! Going straight to members of a gzipped archive that has an index.

use std::collections::{BTreeSet, VecDeque};

use super::{Archive, State};
use crate::Source;
use crate::formats::tar::error::Error;
use crate::formats::tar::index::{Entry, Index};
use crate::formats::tar::input::Input;
use crate::formats::tar::member::Member;
use crate::tree::{Problem, Range, Severity};

/// The members that are wanted, and where the index says that they are.
#[derive(Debug)]
pub(super) struct Plan {
    file: Source,
    entries: VecDeque<Planned>,
    /// Where those begin that were found there.
    found: BTreeSet<u64>,
}

#[derive(Debug)]
struct Planned {
    entry: Entry,
    /// Where the next member begins.
    next: Option<u64>,
}

impl Archive {
    /// An archive of which only the members with names that `wanted` takes are asked for.
    ///
    /// A gzipped archive with an [`Index`] isn't read from its start then, unless that would not
    /// be more work: the index leads to the members. Each is compared with what the index says
    /// of it; where that is wrong, a problem (T016) says so, and the archive is read from its
    /// start after all. Archives without an index are read as ever, and have members that aren't
    /// wanted too.
    ///
    /// ```
    /// use bytewright::Source;
    /// use bytewright::formats::tar::{Archive, Selection};
    ///
    /// # let bytes = vec![0u8; 1024];
    /// let mut selection = Selection::new([b"docs/a".to_vec()]);
    /// let mut archive = Archive::indexed(Source::from(bytes), |name| selection.takes(name))?;
    /// while let Some(member) = archive.next_member()? {
    ///     println!("{} at {}", String::from_utf8_lossy(&member.name), member.offset);
    /// }
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Archive::new`].
    pub fn indexed(file: Source, mut wanted: impl FnMut(&[u8]) -> bool) -> Result<Archive, Error> {
        let Some(index) = Index::find(&file)? else {
            return Archive::new(file);
        };
        let Some(entries) = planned(&index, &mut wanted) else {
            return Archive::new(file);
        };
        let Some(content) = index.content(&file)? else {
            return Archive::new(file);
        };
        let mut archive = Archive::of(Input::inside(content, "gzip"), Default::default());
        archive.plan = Some(Plan {
            file,
            entries,
            found: BTreeSet::new(),
        });
        Ok(archive)
    }

    /// The index of the archive, where it is a file that has one.
    pub(in crate::formats::tar) fn index(&self) -> Result<Option<Index>, Error> {
        let file = self
            .file
            .as_ref()
            .filter(|_| self.compression() == Some("gzip"));
        Ok(match file {
            Some(file) => Index::find(file)?,
            None => None,
        })
    }

    /// Whether an index leads from member to member, instead of the members themselves.
    pub fn is_indexed(&self) -> bool {
        self.plan.is_some()
    }

    /// The next member that the index leads to.
    pub(super) fn next_planned(&mut self) -> Result<Option<Member>, Error> {
        let Some(plan) = &mut self.plan else {
            return Ok(None);
        };
        let Some(planned) = plan.entries.pop_front() else {
            return Ok(None);
        };
        let offset = planned.entry.offset;
        self.data_end = None;
        self.state = State::Members;
        self.input.go_to(offset);
        let member = match self.advance() {
            Ok(Some(member)) if planned.is(&member) => member,
            _ => return self.without_index(offset),
        };
        if let Some(plan) = &mut self.plan {
            plan.found.insert(offset);
        }
        Ok(Some(member))
    }

    /// Begins again at the start of the archive, and leaves out what was found already.
    fn without_index(&mut self, offset: u64) -> Result<Option<Member>, Error> {
        let Some(plan) = self.plan.take() else {
            return Ok(None);
        };
        let range = Range::new(self.space(), offset, 0);
        let message = "the index at the end of the archive is wrong about what begins here; \
                       the archive was read from its start";
        let problem = Problem::new("T016", Severity::Warning, range, message);
        let begun = Archive::new(plan.file)?;
        let old = std::mem::replace(self, begun);
        self.limit = old.limit;
        self.problems = old.problems;
        self.problems.push(problem);
        self.given = plan.found;
        self.next_new()
    }
}

impl Planned {
    /// Whether this is the member that the index has here.
    fn is(&self, member: &Member) -> bool {
        member.name == self.entry.name
            && member.offset == self.entry.offset
            && self.next.is_none_or(|next| next == member.end())
    }
}

/// The wanted members; `None` where there are none, where so many blocks are needed that reading all
/// of them is as fast, and where the index is broken.
fn planned(index: &Index, wanted: &mut dyn FnMut(&[u8]) -> bool) -> Option<VecDeque<Planned>> {
    let (blocks, block) = index.blocks();
    let mut entries: VecDeque<Planned> = VecDeque::new();
    let mut needed = 0u64;
    let mut last_block = None;
    let mut is_last_wanted = false;
    for entry in index.members() {
        let entry = entry.ok()?;
        if let Some(last) = entries.back_mut().filter(|_| is_last_wanted) {
            last.next = Some(entry.offset);
        }
        is_last_wanted = wanted(&entry.name);
        if is_last_wanted {
            let in_block = entry.offset.checked_div(block);
            if in_block != last_block {
                needed = needed.saturating_add(1);
                last_block = in_block;
            }
            if needed.saturating_mul(2) > blocks {
                return None;
            }
            entries.push_back(Planned { entry, next: None });
        }
    }
    // One that the index hides is found by who looks for it.
    (!entries.is_empty()).then_some(entries)
}
