//! An archive with an index that lies: what is found by it is what a plain reading finds, and
//! where it is refused, everything is as if there were none.
#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytewright::Source;
use bytewright::formats::tar::{Archive, Entry, Finding, Index, Member, check};
use bytewright_fuzz::indexed::{self, Indexed, NAMES};
use libfuzzer_sys::fuzz_target;

/// Opening takes no more memory than that, in bytes: names that share their beginnings are
/// longer than what says so, and the index is far below the limit that it has for them.
const MOST: usize = 48 << 20;

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&wanted, data)) = data.split_first() else {
        return;
    };
    let file = indexed::build(data);
    let is_wanted = |name: &[u8]| {
        let place = NAMES.iter().position(|known| known.as_bytes() == name);
        place.is_none_or(|place| wanted >> place & 1 != 0)
    };
    let source = Source::from(&*file.bytes);
    // Where the stream is whole, its content needn't be decompressed to be read.
    let known = if file.is_whole {
        Source::from(&*file.content)
    } else {
        source.clone()
    };
    let plain = read(Archive::new(known).expect("it is an archive"), is_wanted);
    PEAK.store(NOW.load(Ordering::Relaxed), Ordering::Relaxed);
    let before = NOW.load(Ordering::Relaxed);
    let archive = Archive::indexed(source.clone(), is_wanted).expect("it is gzip");
    assert!(
        PEAK.load(Ordering::Relaxed) - before < MOST,
        "opening took too much"
    );
    let was_indexed = archive.is_indexed();
    let found = read(archive, is_wanted);

    let by_index = found.by_index.len();
    assert!(by_index == 0 || was_indexed);
    if by_index > 0 {
        let index = Index::find(&source)
            .expect("memory is read")
            .expect("it was used");
        for given in &found.by_index {
            let is_there = plain.all.iter().any(|other| other == given);
            assert!(
                is_there || is_chain(given, &file, &plain, &index, &found),
                "{given:?}"
            );
        }
    }
    match found.is_indexed {
        true => {
            assert!(found.error.is_none(), "{:?}", found.error);
            assert!(!found.problems.iter().any(|(code, _)| *code == "T016"));
            if file.is_true {
                assert!(
                    found.by_index.iter().eq(plain.wanted(is_wanted)),
                    "a true index lies"
                );
            }
        }
        false => {
            assert!(!file.is_true || !was_indexed, "a true index was refused");
            // As it is in the file, with what follows the archive.
            let plain = read(Archive::new(source.clone()).expect("it is gzip"), is_wanted);
            fell_back(&found, &plain, was_indexed, is_wanted);
        }
    }
    checked(source, &plain);
});

/// A member with its data, or what is wrong with them.
#[derive(Debug)]
struct Given {
    member: Member,
    data: Result<Vec<u8>, String>,
}

impl PartialEq for Given {
    fn eq(&self, other: &Given) -> bool {
        let (a, b) = (&self.member, &other.member);
        a.offset == b.offset && self.data == other.data && shown(a) == shown(b)
    }
}

/// All of a member; where its problems are, without the space that they are in.
fn shown(member: &Member) -> String {
    let mut member = member.clone();
    let problems = std::mem::take(&mut member.problems);
    let problems = problems
        .iter()
        .map(|p| (p.code, p.range.offset, &p.message));
    format!("{member:?} {:?}", problems.collect::<Vec<_>>())
}

struct Found {
    by_index: Vec<Given>,
    /// Those that the archive has without an index.
    all: Vec<Given>,
    is_indexed: bool,
    error: Option<String>,
    problems: Vec<(&'static str, u64)>,
}

impl Found {
    fn wanted(&self, is_wanted: impl Fn(&[u8]) -> bool) -> Vec<&Given> {
        let all = self.all.iter();
        all.filter(|given| is_wanted(&given.member.name)).collect()
    }
}

fn read(mut archive: Archive, is_wanted: impl Fn(&[u8]) -> bool) -> Found {
    let (mut by_index, mut all) = (Vec::new(), Vec::new());
    let mut error = None;
    loop {
        let member = match archive.next_member() {
            Ok(Some(member)) => member,
            Ok(None) => break,
            Err(e) => {
                error = Some(e.to_string());
                break;
            }
        };
        let is_indexed = archive.is_indexed();
        let mut data = Vec::new();
        // What is left is skipped by the next step.
        let most = if member.offset / 512 % 3 == 0 {
            100
        } else {
            u64::MAX
        };
        let read = archive.data().take(most).read_to_end(&mut data);
        let data = read.map(|_| data).map_err(|e| e.to_string());
        assert!(
            !is_indexed || is_wanted(&member.name),
            "nobody asked for {member:?}"
        );
        let given = Given { member, data };
        if is_indexed {
            by_index.push(given)
        } else {
            all.push(given)
        }
    }
    assert!(archive.next_member().expect("the end stays").is_none());
    let problems = archive.problems().iter();
    Found {
        by_index,
        all,
        is_indexed: archive.is_indexed(),
        error,
        problems: problems.map(|p| (p.code, p.range.offset)).collect(),
    }
}

/// Whether a member that isn't there is of the kind that a forger can make, and no other: within
/// the data of a member, or after the end; with the name that the index says, after another one
/// of the index, and before a third or the end.
fn is_chain(given: &Given, file: &Indexed, plain: &Found, index: &Index, found: &Found) -> bool {
    let offset = given.member.offset;
    let mut members = plain.all.iter().map(|given| &given.member);
    let end = plain.all.last().map_or(0, |last| last.member.end());
    let is_hidden = offset >= end
        || members.any(|member| member.data_offset <= offset && offset < member.data_end());
    let entries: Vec<Entry> = index.members().map_while(Result::ok).collect();
    let Some(at) = entries.iter().position(|entry| entry.offset == offset) else {
        return false;
    };
    // It begins the archive, which is no place to hide.
    let Some(before) = at.checked_sub(1).map(|at| &entries[at]) else {
        return false;
    };
    // Where the member of an entry ends, and whether the archive does.
    let ends_at = |entry: &Entry| {
        let place = usize::try_from(entry.offset).ok()?;
        let content = Source::from(file.content.get(place..)?);
        let mut archive = Archive::new(content).ok()?;
        let member = archive.next_member().ok()??;
        let is_last = matches!(archive.next_member(), Ok(None));
        let is_there = member.name == entry.name && member.offset == 0;
        is_there.then(|| (entry.offset + member.end(), is_last))
    };
    let Some((end, is_last)) = ends_at(&entries[at]) else {
        return false;
    };
    let goes_on = match entries.get(at + 1) {
        Some(next) => next.offset == end,
        // Whether the archive ends there is looked at when more is asked for.
        None => is_last || !found.is_indexed,
    };
    is_hidden && goes_on && ends_at(before).is_some_and(|(end, _)| end == offset)
}

/// Without an index everything is as in a plain reading, but for what was given before.
fn fell_back(found: &Found, plain: &Found, told: bool, is_wanted: impl Fn(&[u8]) -> bool) {
    assert_eq!(found.error, plain.error);
    let (lies, problems): (Vec<&(_, _)>, Vec<_>) =
        found.problems.iter().partition(|(code, _)| *code == "T016");
    assert_eq!(lies.len(), usize::from(told));
    assert!(
        problems.iter().copied().eq(&plain.problems),
        "{problems:?} {:?}",
        plain.problems
    );
    let unwanted = |found: &Found| -> Vec<u64> {
        let others = found
            .all
            .iter()
            .filter(|given| !is_wanted(&given.member.name));
        others.map(|given| given.member.offset).collect()
    };
    assert_eq!(unwanted(found), unwanted(plain));
    let wanted = plain.wanted(&is_wanted);
    let names: BTreeSet<_> = wanted.iter().map(|given| &given.member.name).collect();
    for name in names {
        let there = wanted
            .iter()
            .copied()
            .filter(|given| given.member.name == *name);
        let there: Vec<&Given> = there.collect();
        let given = found.by_index.iter().chain(&found.all);
        let given: Vec<&Given> = given.filter(|given| there.contains(given)).collect();
        // Whoever extracts them all is left with the last.
        let later = |at: usize| given.iter().skip(at + 1);
        let last = given.iter().enumerate();
        let last = last.filter(|(at, given)| !later(*at).any(|other| other == *given));
        assert!(
            last.map(|(_, given)| *given).eq(there.iter().copied()),
            "{name:?}"
        );
        assert!(
            there.len() > 1 || given.len() == 1,
            "{name:?} is given twice"
        );
    }
    assert!(
        found
            .all
            .iter()
            .all(|given| plain.all.iter().any(|other| other == given))
    );
}

/// A check says that the index lies exactly where it names other members.
fn checked(source: Source, plain: &Found) {
    if plain.error.is_some() {
        return;
    }
    let Some(index) = Index::find(&source).expect("memory is read") else {
        return;
    };
    let mut told = false;
    let mut tell = |finding: &Finding| {
        told |= finding.problem.code == "T016";
        Ok(())
    };
    let mut archive = Archive::new(source).expect("it is gzip");
    check(&mut archive, &mut tell).expect("it was read before");
    let mut members = plain
        .all
        .iter()
        .map(|given| (&given.member.name, given.member.offset));
    let mut entries = index.members();
    let same = loop {
        match (entries.next(), members.next()) {
            (None, None) => break true,
            (Some(Ok(entry)), Some((name, offset)))
                if entry.name == *name && entry.offset == offset => {}
            _ => break false,
        }
    };
    assert_eq!(told, !same);
}
