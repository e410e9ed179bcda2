//! The scopes of names while items are compiled: the slot of a field, looked up from the innermost level outwards.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::Slot;
use crate::offset::Position;

/// All levels that were met.
#[derive(Debug, Default)]
pub(super) struct Scopes(Vec<Scope>);

/// The names of a level.
#[derive(Debug)]
struct Scope {
    around: Option<usize>,
    /// Whether outer scopes are hidden: it has the parameters of a format.
    is_boundary: bool,
    entries: HashMap<SmolStr, Binding>,
}

/// The slot of a name, and what lies inside.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Binding {
    /// The slot of its value.
    pub(super) slot: Option<usize>,
    /// The names inside of it.
    pub(super) inner: Option<Inner>,
    /// Whether it is the name of different kinds of fields, or of one without a slot.
    is_hidden: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inner {
    /// Fields of a level.
    Level(usize),
    /// Bits of the value.
    Bits(usize),
    /// The items of the array of that number.
    Array(usize),
}

/// A name that was looked up.
pub(super) struct Resolved {
    /// Fields of that name, the innermost first.
    pub(super) slots: Vec<Slot>,
    /// Whether it may also be a field around the array.
    pub(super) is_around: bool,
}

/// A finished item, whose fields are in scope before all others.
#[derive(Clone, Copy, Debug)]
pub(super) struct FinishedItem {
    pub(super) scope: usize,
    /// Whether it is a stored format, with slots of its own.
    pub(super) is_called: bool,
}

impl FinishedItem {
    /// One of its slots as seen from outside.
    pub(super) fn slot(self, slot: usize) -> Slot {
        match self.is_called {
            true => Slot::Called(slot),
            false => Slot::Own(slot),
        }
    }
}

impl Scopes {
    pub(super) fn open(&mut self, around: Option<usize>, is_boundary: bool) -> usize {
        self.0.push(Scope {
            around,
            is_boundary,
            entries: HashMap::new(),
        });
        self.0.len().since(1)
    }

    pub(super) fn entry(&self, scope: usize, name: &str) -> Option<Binding> {
        self.0.get(scope)?.entries.get(name).copied()
    }

    /// The slot of a field, which it shares with others of its name and level.
    pub(super) fn add_slot(&mut self, scope: usize, name: &SmolStr, next: &mut usize) -> usize {
        let entry = self.add(scope, name);
        let had = entry.and_then(|entry| {
            entry.is_hidden |= entry.inner.is_some();
            entry.slot
        });
        let slot = had.unwrap_or_else(|| {
            let slot = *next;
            *next = slot.past(1);
            slot
        });
        if let Some(entry) = self.add(scope, name) {
            entry.slot = Some(slot);
        }
        slot
    }

    /// Notes the names inside of a field.
    pub(super) fn add_inner(&mut self, scope: usize, name: &SmolStr, inner: Inner) {
        if let Some(entry) = self.add(scope, name) {
            let is_bits = matches!(inner, Inner::Bits(_));
            entry.is_hidden |= entry.inner.is_some() || (entry.slot.is_some() && !is_bits);
            entry.inner = Some(inner);
        }
    }

    /// Notes a field that has no slots.
    pub(super) fn hide(&mut self, scope: usize, name: &SmolStr) {
        if let Some(entry) = self.add(scope, name) {
            entry.is_hidden = true;
        }
    }

    fn add(&mut self, scope: usize, name: &SmolStr) -> Option<&mut Binding> {
        let scope = self.0.get_mut(scope)?;
        Some(scope.entries.entry(name.clone()).or_default())
    }

    /// The slots of a name; `None` where only the reader can resolve it.
    pub(super) fn find(
        &self,
        from: usize,
        before: Option<FinishedItem>,
        name: &str,
    ) -> Option<Resolved> {
        let mut slots = Vec::new();
        if let Some(before) = before {
            let mut scope = Some(before.scope);
            while let Some(at) = scope {
                slots.extend(self.value(at, name)?.map(|slot| before.slot(slot)));
                // The scope around a format's fields has its parameters.
                scope = self.0.get(at)?.around.filter(|_| before.is_called);
            }
        }
        let mut scope = from;
        loop {
            slots.extend(self.value(scope, name)?.map(Slot::Own));
            let here = self.0.get(scope)?;
            match here.around {
                _ if here.is_boundary => break,
                Some(around) => scope = around,
                None => {
                    return Some(Resolved {
                        slots,
                        is_around: true,
                    });
                }
            }
        }
        Some(Resolved {
            slots,
            is_around: false,
        })
    }

    /// The slot of a name in one level, if it has that name; `None` where it has no slot.
    fn value(&self, scope: usize, name: &str) -> Option<Option<usize>> {
        match self.entry(scope, name) {
            None => Some(None),
            Some(entry) if entry.is_hidden => None,
            Some(entry) => match entry.inner {
                Some(Inner::Level(_) | Inner::Array(_)) => None,
                _ => Some(entry.slot),
            },
        }
    }

    /// The only level in scope with that name; `None` where others may have it, too.
    pub(super) fn level_of(&self, from: usize, name: &str) -> Option<(usize, Binding)> {
        let mut scope = from;
        let mut found = None;
        loop {
            if let Some(entry) = self.entry(scope, name) {
                if entry.is_hidden || found.is_some() {
                    return None;
                }
                found = Some((scope, entry));
            }
            let here = self.0.get(scope)?;
            if here.is_boundary {
                return found;
            }
            // Fields around the array may have any name.
            scope = here.around?;
        }
    }

    /// A field by the names that lead to it from a level; `None` where only the reader can resolve them, `Some(None)`
    /// where there is no such field.
    pub(super) fn member(&self, scope: usize, names: &[&SmolStr]) -> Option<Option<Binding>> {
        let (last, before) = names.split_last()?;
        let mut at = scope;
        for name in before {
            match self.entry(at, name) {
                None => return Some(None),
                Some(Binding {
                    is_hidden: false,
                    inner: Some(Inner::Level(inner) | Inner::Bits(inner)),
                    ..
                }) => at = inner,
                Some(_) => return None,
            }
        }
        match self.entry(at, last) {
            Some(entry) if entry.is_hidden => None,
            entry => Some(entry),
        }
    }
}
