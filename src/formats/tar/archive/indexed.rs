//! Going straight to members of a gzipped archive that has an index.

use crate::formats::tar::codes::T016;
use crate::offset::Tally;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Archive, State};
use crate::formats::tar::byte_counter;
use crate::formats::tar::error::Error;
use crate::formats::tar::index::{Entry, Index};
use crate::formats::tar::input::Input;
use crate::formats::tar::member::Member;
use crate::source::SourceOf;
use crate::tree::Range;

/// The members that are wanted, and where the index says that they are.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    file: SourceOf<'a>,
    steps: VecDeque<Step>,
    /// Where the member ends that was found last.
    end: u64,
    /// Whether the archive has to end there.
    is_last: bool,
    found: DeliveredMembers,
}

/// Members that were delivered before the archive was restarted: where they begin, by name.
#[derive(Debug, Default)]
pub(super) struct DeliveredMembers(BTreeMap<Vec<u8>, BTreeSet<u64>>);

impl DeliveredMembers {
    fn add(&mut self, member: &Member) {
        let offsets = self.0.entry(member.name.clone()).or_default();
        offsets.insert(member.offset);
    }

    /// Whether a member was delivered already. It is delivered again after another of its name that wasn't, since the
    /// last one of a name counts.
    pub(super) fn leaves_out(&mut self, member: &Member) -> bool {
        let offsets = self.0.get_mut(&member.name);
        let was_given = offsets.is_some_and(|offsets| offsets.remove(&member.offset));
        if !was_given {
            self.0.remove(&member.name);
        }
        was_given
    }
}

/// A wanted member, and its neighbors in the index.
#[derive(Debug)]
struct Step {
    before: Option<Entry>,
    entry: Entry,
    /// Where the next member begins; `None` where the archive ends.
    next: Option<u64>,
}

impl<'a> Archive<'a> {
    /// An archive of which only the members with names that `wanted` takes are asked for.
    ///
    /// A gzipped archive with an [`Index`] isn't read from its start then, unless that would not
    /// be more work: the index leads to the members. Each, and the one before it, is compared with
    /// what the index says of it: its name, where it begins, and that it ends where the next one
    /// begins, or the archive. Where that is wrong, a problem (T016) says so, and the archive is
    /// read from its start after all. Archives without an index are read as ever, and have members
    /// that aren't wanted too.
    ///
    /// What lies farther away isn't looked at. A user who forges an index can leave out a member
    /// of the same name, or a global header, or lead to a chain of what looks like members within
    /// the data of another one or after the end; of an archive in which every member is wanted,
    /// all headers are compared.
    ///
    /// Where members were found before the index turned out to be wrong, those are left out when
    /// the archive is read from its start, but for such as follow another member of the same name
    /// that wasn't found: of these, the last one comes last.
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
    pub fn indexed(
        file: SourceOf<'a>,
        mut wanted: impl FnMut(&[u8]) -> bool,
    ) -> Result<Self, Error> {
        let Some(index) = Index::find(&file)? else {
            return Archive::new(file);
        };
        let Some(steps) = planned(&index, &mut wanted) else {
            return Archive::new(file);
        };
        let (compressed, read) = byte_counter::source(file.clone());
        let Some(content) = index.content(&compressed)? else {
            return Archive::new(file);
        };
        let mut archive = Archive::of(Input::inside(content, "gzip"), read);
        archive.plan = Some(Plan {
            file,
            steps,
            end: 0,
            is_last: false,
            found: DeliveredMembers::default(),
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

    /// Reads from `offset` on, where a header or the end is.
    pub(in crate::formats::tar) fn starting_at(mut self, offset: u64) -> Self {
        self.input.go_to(offset);
        self.state = State::Members;
        self
    }

    /// The next member that the index leads to.
    pub(super) fn next_planned(&mut self) -> Result<Option<Member>, Error> {
        let Some(plan) = &mut self.plan else {
            return Ok(None);
        };
        let end = plan.end;
        let Some(step) = plan.steps.pop_front() else {
            let is_last = plan.is_last;
            return match is_last && !self.ends_here() {
                true => self.without_index(end),
                false => Ok(None),
            };
        };
        let offset = step.entry.offset;
        let begins = match &step.before {
            Some(before) => {
                let before = self.at_entry(before);
                before.is_some_and(|member| member.end() == offset)
            }
            None => true,
        };
        let member = self.at_entry(&step.entry).filter(|member| {
            let ends = step.next.is_none_or(|next| next == member.end());
            begins && ends
        });
        let (Some(member), Some(plan)) = (member, &mut self.plan) else {
            return self.without_index(offset);
        };
        plan.end = member.end();
        plan.is_last = step.next.is_none();
        plan.found.add(&member);
        Ok(Some(member))
    }

    /// The member that an entry leads to, if it is the one that the entry names.
    fn at_entry(&mut self, entry: &Entry) -> Option<Member> {
        self.data_end = None;
        self.state = State::Members;
        self.input.go_to(entry.offset);
        let member = self.advance().ok().flatten()?;
        // Global headers apply to all later members; an archive with one has no index.
        let is_alone = self.globals.is_empty();
        (is_alone && member.name == entry.name && member.offset == entry.offset).then_some(member)
    }

    /// Whether the archive ends after the member that was found last.
    fn ends_here(&mut self) -> bool {
        matches!(self.advance(), Ok(None))
    }

    /// Restarts at the beginning of the archive, and leaves out delivered members.
    fn without_index(&mut self, offset: u64) -> Result<Option<Member>, Error> {
        let Some(plan) = self.plan.take() else {
            return Ok(None);
        };
        let range = Range::new(self.space(), offset, 0);
        let message = "the index at the end of the archive is wrong about what begins here; \
                       the archive was read from its start";
        let problem = T016.problem(range, message);
        let begun = Archive::new(plan.file)?;
        let old = std::mem::replace(self, begun);
        self.limit = old.limit;
        self.ignore_zeros = old.ignore_zeros;
        self.examine = old.examine;
        #[cfg(feature = "encodings")]
        {
            self.encoding = old.encoding;
        }
        // Problems of places that don't exist, or are read again, are dropped.
        self.problems.push(problem);
        self.given = plan.found;
        self.next_new()
    }
}

/// The names of wanted members may take this many bytes; they come from the index alone.
const MOST_NAMES: usize = 64 << 20;

/// The wanted members; `None` where there are none, where this many blocks are needed that reading all
/// of them is as fast, and where the index can't be one.
fn planned(index: &Index, wanted: &mut dyn FnMut(&[u8]) -> bool) -> Option<VecDeque<Step>> {
    let (blocks, block) = index.blocks();
    let mut steps: VecDeque<Step> = VecDeque::new();
    let mut needed = 0u64;
    let mut names = 0usize;
    let mut last_block = None;
    let mut before: Option<Entry> = None;
    let mut is_last_wanted = false;
    for entry in index.members() {
        let entry = entry.ok()?;
        if let Some(last) = steps.back_mut().filter(|_| is_last_wanted) {
            last.next = Some(entry.offset);
        }
        is_last_wanted = wanted(&entry.name);
        if is_last_wanted {
            let in_block = entry.offset.checked_div(block);
            if in_block != last_block {
                needed.tally(1);
                last_block = in_block;
            }
            names.tally(entry.name.len());
            if needed.saturating_mul(2) > blocks || names > MOST_NAMES {
                return None;
            }
            // The one before it was just read.
            let known = steps
                .back()
                .is_some_and(|last| last.next == Some(entry.offset));
            steps.push_back(Step {
                before: before.filter(|_| !known),
                entry: entry.clone(),
                next: None,
            });
        }
        before = Some(entry);
    }
    // Without a wanted member in the index, the archive is read: it may have one that the index hides.
    (!steps.is_empty()).then_some(steps)
}
