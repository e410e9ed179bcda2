//! Names while a format is compiled: which fields counts can refer to, and which do.

use std::collections::{HashMap, HashSet};

use super::ast::{Count, Format, ItemKind, Span, Token};
use super::error::{Fault, FormatErrorKind};
use crate::offset::Tally;

/// What a name in a count refers to.
pub(super) enum Target {
    /// An integer, kept in this slot.
    Slot(u32),
    /// A group that is not repeated.
    Group(Level),
    /// Something that can't be a count, and why.
    Unusable(&'static str),
}

const NO_FIELDS: &str = "is an integer and has no fields";

impl Target {
    /// An integer has a slot if the last part of some path is its name.
    pub(super) fn integer(slot: Option<u32>) -> Target {
        slot.map_or(Target::Unusable(NO_FIELDS), Target::Slot)
    }
}

/// The names of one level.
#[derive(Default)]
pub(super) struct Level(HashMap<Box<str>, Target>);

impl Level {
    pub(super) fn insert(&mut self, name: &str, target: Target, span: Span) -> Result<(), Fault> {
        match self.0.insert(name.into(), target) {
            None => Ok(()),
            Some(_) => Err(fault(
                span,
                format!("the name {name} stands twice at one level"),
                "a second field needs another name",
            )),
        }
    }
}

/// An integer field that some count may refer to.
struct Slot {
    /// The repetition it belongs to; 0 is the outermost struct.
    scope: u32,
    /// Whether some count of data is nothing but a reference to it.
    inferable: bool,
}

/// All levels that are open, and the slots.
#[derive(Default)]
pub(super) struct Scopes {
    /// Outermost first.
    levels: Vec<Level>,
    slots: Vec<Slot>,
    /// The last parts of all paths in counts, by text, the outermost format's first: only fields
    /// of these names need a slot.
    referenced: Vec<HashSet<Box<str>>>,
    repetitions: u32,
}

/// The names of the outer format while a referenced one is compiled, which must not see them.
pub(super) struct HiddenNames {
    levels: Vec<Level>,
}

impl Scopes {
    /// Begins with the text of a format; nothing outside is visible until `leave`.
    pub(super) fn enter(&mut self, format: &Format<'_>) -> HiddenNames {
        let outside = HiddenNames {
            levels: std::mem::take(&mut self.levels),
        };
        let mut referenced = HashSet::new();
        collect(format, &mut referenced);
        self.referenced.push(referenced);
        outside
    }

    pub(super) fn leave(&mut self, outside: HiddenNames) {
        self.levels = outside.levels;
        self.referenced.pop();
    }

    pub(super) fn open(&mut self) {
        self.levels.push(Level::default());
    }

    pub(super) fn close(&mut self) -> Level {
        self.levels.pop().unwrap_or_default()
    }

    /// A new repeated group; answers its number.
    pub(super) fn repetition(&mut self) -> u32 {
        self.repetitions.tally(1);
        self.repetitions
    }

    pub(super) fn declare(&mut self, name: &str, target: Target, span: Span) -> Result<(), Fault> {
        match self.levels.last_mut() {
            Some(level) => level.insert(name, target, span),
            None => Ok(()),
        }
    }

    /// A slot for an integer field of that name, where a count may refer to it.
    pub(super) fn slot(&mut self, name: &str, scope: u32) -> Option<u32> {
        if !self.referenced.iter().any(|names| names.contains(name)) {
            return None;
        }
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(Slot {
            scope,
            inferable: false,
        });
        Some(slot)
    }

    /// Notes that the count of some data is nothing but this slot, so that packing can tell it
    /// from the data. Pad bytes tell nothing.
    pub(super) fn follows_from_data(&mut self, slot: u32, what: &ItemKind<'_>) {
        let padding = matches!(what, ItemKind::Code(code, _) if code.letters == "x");
        if let Some(slot) = self.slots.get_mut(slot as usize) {
            slot.inferable |= !padding;
        }
    }

    pub(super) fn is_inferable(&self, slot: u32) -> bool {
        self.slots
            .get(slot as usize)
            .is_some_and(|slot| slot.inferable)
    }

    /// By slot: its scope, where its value may follow from data.
    pub(super) fn inferred(&self) -> Vec<Option<u32>> {
        let scope = |slot: &Slot| slot.inferable.then_some(slot.scope);
        self.slots.iter().map(scope).collect()
    }

    /// The slot of a dotted path: looked up from the innermost level outwards, among the fields
    /// that come before.
    pub(super) fn resolve(&self, path: &str, span: Span) -> Result<u32, Fault> {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        let found = self
            .levels
            .iter()
            .rev()
            .find_map(|level| level.0.get(first));
        let Some(mut target) = found else {
            return Err(fault(
                span,
                format!("{first} is not a field that was read before"),
                "a count refers to integers that stand to its left, in its group or around it",
            ));
        };
        let mut seen = first.to_owned();
        for part in parts {
            target = match target {
                Target::Group(level) => level
                    .0
                    .get(part)
                    .ok_or_else(|| fault(span, format!("{seen} has no field {part}"), ""))?,
                Target::Slot(_) => {
                    return Err(fault(span, format!("{seen} {NO_FIELDS}"), ""));
                }
                Target::Unusable(why) => {
                    let label = "a path goes only into groups that are not repeated";
                    return Err(fault(span, format!("{seen} {why}"), label));
                }
            };
            seen = format!("{seen}.{part}");
        }
        let why = match target {
            Target::Slot(slot) => return Ok(*slot),
            Target::Group(_) => "is a group",
            Target::Unusable(why) => why,
        };
        Err(fault(
            span,
            format!("{seen} {why}"),
            "a count refers to an integer",
        ))
    }
}

/// The last parts of all paths in the counts of a format.
fn collect(format: &Format<'_>, referenced: &mut HashSet<Box<str>>) {
    for item in &format.items {
        if let Some(Count::Expression(expression)) = &item.count {
            for (_, token) in expression.tokens().unwrap_or_default() {
                if let Token::Path(path) = token {
                    referenced.extend(path.rsplit('.').next().map(Box::from));
                }
            }
        }
        if let ItemKind::Group(group) = &item.what {
            collect(group, referenced);
        }
    }
}

fn fault(span: Span, message: impl Into<String>, label: impl Into<String>) -> Fault {
    Fault::new(span.0 as usize..span.1 as usize, message, label).of(FormatErrorKind::Name)
}
