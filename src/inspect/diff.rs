//! Two files compared field by field, aligned by their structure: members by name, items of
//! arrays by content, so that an insertion does not shift everything after it.

mod align;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read as _};

use super::document::Document;
use super::walk::display_path;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::source::uninterrupted;
use crate::tree::{Node, Place, Range, Role};

/// Bytes that are compared at a time.
const CHUNK: usize = 64 << 10;

/// A node of one of the two files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Side {
    /// Where it is in its tree.
    pub place: Place,
    /// Its path as people read it: an item with a key goes by that. Of several items with one key, it leads to
    /// the first alone.
    pub path: String,
    /// The node.
    pub node: Node,
}

/// A difference between two files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Difference {
    /// A field with another value, or data with other bytes.
    Changed {
        /// In the first file.
        old: Box<Side>,
        /// In the second file.
        new: Box<Side>,
        /// For bytes: where the first difference is, from the start of the node.
        at: u64,
    },
    /// Only in the first file.
    Removed(Box<Side>),
    /// Only in the second file.
    Added(Box<Side>),
}

/// Gets the differences one by one.
pub type Report<'a> = &'a mut dyn FnMut(Difference) -> io::Result<()>;

/// Compares two files of one format; answers whether they are the same.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::format::StructFormat;
/// use bytewright::inspect::{Document, diff};
///
/// let open = |bytes: &[u8]| {
///     let layout = StructFormat::new("s", Struct::new("<H:id *(B:x B:y):points")?);
///     Ok::<_, Box<dyn std::error::Error>>(Document::open(Source::from(bytes), layout)?)
/// };
/// let mut found = Vec::new();
/// diff::diff(&open(b"\x01\0abcdef")?, &open(b"\x02\0abXYcdef")?, &mut |difference| {
///     found.push(match difference {
///         diff::Difference::Changed { old, .. } => format!("changed {}", old.path),
///         diff::Difference::Added(side) => format!("added {}", side.path),
///         _ => "removed".to_owned(),
///     });
///     Ok(())
/// })?;
/// assert_eq!(found, ["changed id", "added points[1]"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When one of the files can't be read, and those of `report`.
pub fn diff(old: &Document, new: &Document, report: Report<'_>) -> io::Result<bool> {
    let mut comparison = Comparison {
        old,
        new,
        same: true,
        report,
    };
    let side = |document: &Document| Side {
        place: Place::default(),
        path: String::new(),
        node: document.root().clone(),
    };
    comparison.nodes(&side(old), &side(new))?;
    Ok(comparison.same)
}

struct Comparison<'a> {
    old: &'a Document,
    new: &'a Document,
    same: bool,
    report: Report<'a>,
}

impl Comparison<'_> {
    /// Recursion is as deep as formats nest their parts, which no input decides.
    fn nodes(&mut self, old: &Side, new: &Side) -> io::Result<()> {
        let first = self.first_difference(old.node.range, new.node.range)?;
        // Contents of streams are compared in the streams, whatever their compressed bytes are.
        let is_view = old.node.role == Role::View && old.node.range.space.is_file();
        let Some(at) = first.filter(|_| !is_view || old.node.range.bits.is_some()) else {
            return Ok(());
        };
        if old.node.range.bits.is_some() {
            return match old.node.value == new.node.value {
                true => Ok(()),
                false => self.changed(old, new, at),
            };
        }
        if old.node.is_leaf() || new.node.is_leaf() {
            return self.changed(old, new, at);
        }
        self.children(old, new)
    }

    fn children(&mut self, old: &Side, new: &Side) -> io::Result<()> {
        let keyed = |side: &Side| {
            let first = side.node.children().next().transpose()?;
            io::Result::Ok(first.map(|child| (child.key.is_some(), child.is_item())))
        };
        match (keyed(old)?, keyed(new)?) {
            (Some((true, _)), Some((true, _))) => self.members(old, new),
            (Some((false, true)), Some((false, true))) => self.items(old, new),
            _ => self.fields(old, new),
        }
    }

    /// Named fields: those of one name belong together, the first of it to the first.
    fn fields(&mut self, old: &Side, new: &Side) -> io::Result<()> {
        let mut others: Vec<Option<Side>> = Vec::new();
        for child in new.node.children() {
            others.push(Some(below(new, child?)));
        }
        let mut found = Vec::new();
        for child in old.node.children() {
            let child = below(old, child?);
            let same = |other: &&mut Option<Side>| {
                other
                    .as_ref()
                    .is_some_and(|other| other.node.name == child.node.name)
            };
            let other = others.iter_mut().find(same).and_then(Option::take);
            found.push((child, other));
        }
        for (child, other) in found {
            match other {
                Some(other) => self.nodes(&child, &other)?,
                None => self.removed(child)?,
            }
        }
        others
            .into_iter()
            .flatten()
            .try_for_each(|other| self.added(other))
    }

    /// Items with keys: those of one key belong together. Only those that have moved wait.
    fn members(&mut self, old: &Side, new: &Side) -> io::Result<()> {
        let (old_keys, new_keys) = (keys(&old.node)?, keys(&new.node)?);
        let mut waiting = MovedMembers::default();
        let (mut olds, mut news) = (old.node.children(), new.node.children());
        let mut next_new = None;
        loop {
            if next_new.is_none() {
                next_new = news.next().transpose()?.map(|child| below(new, child));
            }
            let Some(mine) = olds.next().transpose()?.map(|child| below(old, child)) else {
                break;
            };
            // Members that only the second file has come first.
            while let Some(other) = next_new.take_if(|other| !old_keys.contains_key(&hash(other))) {
                self.added(other)?;
                next_new = news.next().transpose()?.map(|child| below(new, child));
            }
            match next_new.take_if(|other| key(other) == key(&mine)) {
                Some(other) => self.nodes(&mine, &other)?,
                None if !new_keys.contains_key(&hash(&mine)) => self.removed(mine)?,
                None => match waiting.take_new(&mine) {
                    Some(other) => self.nodes(&mine, &other)?,
                    None => {
                        if let Some(lost) = waiting.keep_old(mine) {
                            self.removed(lost)?;
                        }
                        // The other one has moved too, or it would have been met.
                        if let Some(other) = next_new.take() {
                            self.meet(&mut waiting, other)?;
                        }
                    }
                },
            }
        }
        let rest = news.map(|child| child.map(|child| below(new, child)));
        for other in next_new.into_iter().map(Ok).chain(rest) {
            self.meet(&mut waiting, other?)?;
        }
        for lost in waiting.old {
            self.removed(lost)?;
        }
        for found in waiting.new {
            self.added(found)?;
        }
        Ok(())
    }

    /// A member of the second file, whose counterpart was met before, will be met, or doesn't exist.
    fn meet(&mut self, waiting: &mut MovedMembers, other: Side) -> io::Result<()> {
        match waiting.take_old(&other) {
            Some(mine) => self.nodes(&mine, &other),
            None => match waiting.keep_new(other) {
                Some(found) => self.added(found),
                None => Ok(()),
            },
        }
    }

    /// Items without keys: aligned by their bytes.
    fn items(&mut self, old: &Side, new: &Side) -> io::Result<()> {
        let steps = align::steps(
            &fingerprints(self.old, &old.node)?,
            &fingerprints(self.new, &new.node)?,
        );
        let mut olds = old.node.children();
        let mut news = new.node.children();
        for step in steps {
            let mut next_old = || olds.next().transpose();
            let mut next_new = || news.next().transpose();
            match step {
                align::Step::Same(n) => {
                    for _ in 0..n {
                        next_old()?;
                        next_new()?;
                    }
                }
                align::Step::Pair => {
                    if let (Some(mine), Some(other)) = (next_old()?, next_new()?) {
                        self.nodes(&below(old, mine), &below(new, other))?;
                    }
                }
                align::Step::Removed => {
                    if let Some(mine) = next_old()? {
                        self.removed(below(old, mine))?;
                    }
                }
                align::Step::Added => {
                    if let Some(other) = next_new()? {
                        self.added(below(new, other))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn changed(&mut self, old: &Side, new: &Side, at: u64) -> io::Result<()> {
        // The differences of bit fields are more telling than that of their integer.
        if old.node.value.is_some() && !old.node.is_leaf() && !new.node.is_leaf() {
            return self.fields(old, new);
        }
        self.same = false;
        if is_filling(self.old, &old.node)? && is_filling(self.new, &new.node)? {
            return Ok(());
        }
        (self.report)(Difference::Changed {
            old: Box::new(old.clone()),
            new: Box::new(new.clone()),
            at,
        })
    }

    fn removed(&mut self, side: Side) -> io::Result<()> {
        self.same = false;
        if is_filling(self.old, &side.node)? {
            return Ok(());
        }
        (self.report)(Difference::Removed(Box::new(side)))
    }

    fn added(&mut self, side: Side) -> io::Result<()> {
        self.same = false;
        if is_filling(self.new, &side.node)? {
            return Ok(());
        }
        (self.report)(Difference::Added(Box::new(side)))
    }

    /// Where two ranges first differ, counted from their starts; `None` where they are the same.
    fn first_difference(&self, old: Range, new: Range) -> io::Result<Option<u64>> {
        let (Some(a), Some(b)) = (self.old.space(old.space), self.new.space(new.space)) else {
            return Ok(None);
        };
        first_difference((a, old), (b, new))
    }
}

/// Whether a node is padding of nothing but zeros: how much there is of it follows from what it
/// follows.
fn is_filling(document: &Document, node: &Node) -> io::Result<bool> {
    if node.role != Role::Padding {
        return Ok(false);
    }
    let mut bytes = document.reader(node.range)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        match uninterrupted(|| bytes.read(&mut buffer))? {
            0 => return Ok(true),
            n if buffer.iter().take(n).any(|&byte| byte != 0) => return Ok(false),
            _ => {}
        }
    }
}

fn first_difference(a: (&Source, Range), b: (&Source, Range)) -> io::Result<Option<u64>> {
    let shorter = a.1.size.min(b.1.size);
    let mut at = 0_u64;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while at < shorter {
        let size = usize::try_from(shorter.since(at))
            .unwrap_or(CHUNK)
            .min(CHUNK);
        left.resize(size, 0);
        right.resize(size, 0);
        let read = a.0.read_into(a.1.offset.past(at), &mut left)?;
        let other = b.0.read_into(b.1.offset.past(at), &mut right)?;
        let both = read.min(other);
        let differs = left.iter().zip(&right).take(both).position(|(l, r)| l != r);
        if let Some(position) = differs {
            return Ok(Some(at.past(position as u64)));
        }
        if both < size {
            // A file has shrunk meanwhile.
            let end = at.past(both as u64);
            return Ok((read != other).then_some(end));
        }
        at.advance(size as u64);
    }
    Ok((a.1.size != b.1.size).then_some(shorter))
}

fn below(parent: &Side, child: Cow<'_, Node>) -> Side {
    let node = child.into_owned();
    let mut path = parent.path.clone();
    super::walk::push(&mut path, &node);
    let path = display_path(&path, node.key.as_ref());
    let place = parent.place.child(node.name.clone());
    Side { place, path, node }
}

fn key(side: &Side) -> &[u8] {
    side.node.key.as_deref().unwrap_or_default()
}

fn hash(side: &Side) -> u64 {
    align::hash(key(side))
}

/// How often each key is in an array: by its hash, so that long names take no memory.
fn keys(array: &Node) -> io::Result<HashMap<u64, u32>> {
    let mut keys = HashMap::new();
    for child in array.children() {
        let key = align::hash(child?.key.as_deref().unwrap_or_default());
        let count = keys.entry(key).or_insert(0_u32);
        count.tally(1);
    }
    Ok(keys)
}

/// The hashes of all items of an array.
fn fingerprints(document: &Document, array: &Node) -> io::Result<Vec<u64>> {
    let mut hashes = Vec::new();
    let mut buffer = Vec::new();
    for child in array.children() {
        let range = child?.range;
        let Some(source) = document.space(range.space) else {
            continue;
        };
        let mut hash = align::Hash::default();
        let mut at = range.offset;
        while at < range.end() {
            let size = usize::try_from(range.end().since(at)).unwrap_or(CHUNK);
            buffer.resize(size.min(CHUNK), 0);
            let read = source.read_into(at, &mut buffer)?;
            hash.update(buffer.get(..read).unwrap_or_default());
            if read == 0 {
                break;
            }
            at.advance(read as u64);
        }
        hashes.push(hash.finish());
    }
    Ok(hashes)
}

/// Members that have moved: met in one file and not yet in the other.
#[derive(Default)]
struct MovedMembers {
    old: Vec<Side>,
    new: Vec<Side>,
}

impl MovedMembers {
    /// The most members that wait in each file; a member that moved beyond is one removed and one added.
    const MAX: usize = 1024;

    fn take(waiting: &mut Vec<Side>, of: &Side) -> Option<Side> {
        let at = waiting.iter().position(|side| key(side) == key(of))?;
        Some(waiting.remove(at))
    }

    fn take_old(&mut self, of: &Side) -> Option<Side> {
        MovedMembers::take(&mut self.old, of)
    }

    fn take_new(&mut self, of: &Side) -> Option<Side> {
        MovedMembers::take(&mut self.new, of)
    }

    fn keep(waiting: &mut Vec<Side>, side: Side) -> Option<Side> {
        waiting.push(side);
        (waiting.len() > MovedMembers::MAX).then(|| waiting.remove(0))
    }

    fn keep_old(&mut self, side: Side) -> Option<Side> {
        MovedMembers::keep(&mut self.old, side)
    }

    fn keep_new(&mut self, side: Side) -> Option<Side> {
        MovedMembers::keep(&mut self.new, side)
    }
}
