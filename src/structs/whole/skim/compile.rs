//! Compiles items of a program to parts. Unsupported items are `None`, or `Part::Unknown` where other cases may be
//! supported.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::WantedAt;
use super::flat;
use super::names::{FinishedItem, Inner, Scopes};
use super::{
    Case, Compiled, Fixed, Format, Labels, OuterLevel, Part, Read, Select, Skim, SlotRead, State,
    Term, Times,
};
use crate::offset::{Position, Tally};
use crate::structs::ast::{Expression, Operator};
use crate::structs::code::{Code, Kind as CodeKind, Order};
use crate::structs::whole::kinds::Kind;
use crate::structs::whole::program::{
    self, Codec, Count, FieldContent, Item, ItemKind, Level, Program,
};

/// The most levels of items that are compiled, those of stored formats included. Deeper ones are read.
const MAX_DEPTH: usize = 96;

/// The most items that are compiled: where a field is wanted, a stored format is compiled for each of its uses.
const MAX_ITEMS: usize = 1 << 14;

impl<'p> Skim<'p> {
    /// Compiles the items of an array, and the wanted field of them; `None` where they aren't supported.
    pub(in crate::structs::whole) fn new(
        program: &'p Program,
        item: &'p Item,
        order: Order,
        wanted: &[&str],
    ) -> Option<Skim<'p>> {
        let uses = &program.uses;
        if uses.items || uses.has("rest") || uses.has("padding") || !item.is_closed {
            return None;
        }
        if item.each.is_some() || (item.place.is_some() && item.count.is_none()) {
            return None;
        }
        let mut compiler = Compiler {
            program,
            wanted,
            wanted_at: (!wanted.is_empty()).then_some(0),
            outer: Vec::new(),
            paths: Vec::new(),
            scopes: Scopes::default(),
            scope: 0,
            before: None,
            slots: 0,
            names: Vec::new(),
            formats: Vec::new(),
            roots: Vec::new(),
            known: HashMap::new(),
            arrays: Vec::new(),
            selects: Vec::new(),
            depth: 0,
            items: 0,
        };
        compiler.scope = compiler.scopes.open(None, false);
        let (part, _) = compiler.element(item, order, None)?;
        let (steps, formats) = flat::steps(part, compiler.formats, &compiler.selects);
        let state = State {
            outer: vec![None; compiler.names.len()],
            ..State::default()
        };
        let code = Compiled {
            steps,
            frame: compiler.slots,
            formats,
            selects: compiler.selects,
            paths: compiler.paths,
            names: compiler.names,
        };
        Some(Skim {
            code,
            state,
            given_up: 0,
            missed: 0,
        })
    }
}

pub(super) struct Compiler<'p, 'w> {
    pub(super) program: &'p Program,
    /// The names that lead from an item to the field that is wanted.
    pub(super) wanted: &'w [&'w str],
    /// The index of the name that is looked for in the current level.
    pub(super) wanted_at: Option<usize>,
    /// The levels of the names before it.
    pub(super) outer: Vec<OuterLevel>,
    pub(super) paths: Vec<Vec<OuterLevel>>,
    pub(super) scopes: Scopes,
    pub(super) scope: usize,
    /// The level of a finished item, which is searched for names first.
    pub(super) before: Option<FinishedItem>,
    /// The slots of the format that is compiled.
    pub(super) slots: usize,
    names: Vec<SmolStr>,
    pub(super) formats: Vec<Format<'p>>,
    /// The levels of formats, once they are compiled.
    pub(super) roots: Vec<Option<usize>>,
    pub(super) known: HashMap<(SmolStr, Order), usize>,
    /// The items of arrays.
    pub(super) arrays: Vec<Option<FinishedItem>>,
    pub(super) selects: Vec<Vec<Select>>,
    depth: usize,
    items: usize,
}

impl<'p> Compiler<'p, '_> {
    pub(super) fn slot(&mut self) -> usize {
        let slot = self.slots;
        self.slots = slot.past(1);
        slot
    }

    /// The number of a name that is found around the array.
    pub(super) fn around(&mut self, name: &SmolStr) -> usize {
        let known = self.names.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.names.push(name.clone());
            self.names.len().since(1)
        })
    }

    pub(super) fn parts(&mut self, level: &'p Level, order: Order) -> Vec<Part<'p>> {
        let order = level.order.unwrap_or(order);
        let mut parts: Vec<Part<'p>> = Vec::with_capacity(level.items.len());
        for item in &level.items {
            let unknown = Part::Read(Read::Unknown);
            let is_known = self.depth < MAX_DEPTH && self.items < MAX_ITEMS;
            self.depth.tally(1);
            self.items.tally(1);
            let part = is_known.then(|| self.item(item, order)).flatten();
            self.depth = self.depth.since(1);
            add(&mut parts, part.unwrap_or(unknown));
        }
        parts
    }

    fn item(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        if item.each.is_some() {
            return None;
        }
        let at = self.wanted_at;
        let is_next = |at: &usize| {
            let name = item.name.as_deref();
            name.is_some() && self.wanted.get(*at).copied() == name
        };
        let next = at.filter(is_next);
        let is_wanted = next.is_some_and(|at| at.past(1) == self.wanted.len());
        // The fields of an unnamed item are in the same level.
        if item.name.is_some() {
            self.wanted_at = next.and_then(|at| at.checked_add(1)).filter(|_| !is_wanted);
        }
        if self.wanted_at != at && self.wanted_at.is_some() {
            self.outer.push(OuterLevel::of(item));
        }
        let part = self.counted(item, order);
        if self.wanted_at != at && self.wanted_at.is_some() {
            self.outer.pop();
        }
        self.wanted_at = at;
        let part = match is_wanted {
            true => self.want(item, order, part?),
            false => part?,
        };
        let Some(place) = &item.place else {
            return Some(part);
        };
        Some(Part::Place {
            offset: self.term(place)?,
            item,
            part: Box::new(part),
        })
    }

    fn counted(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        let Some(count) = item.count.as_ref().filter(|_| !item.has_length()) else {
            return self.one(item, order);
        };
        if let ItemKind::Code(code) = &item.what
            && !matches!(count, Count::Until(_))
            && is_scalar(code)
        {
            return self.numbers(item, code, count, order);
        }
        let times = match count {
            Count::Number(n) => Times::Number(Term::Number(i64::try_from(*n).ok()?)),
            Count::Computed(n) => Times::Number(self.term(n)?),
            Count::Rest => Times::Rest,
            Count::Until(_) => Times::Until,
        };
        let number = self.arrays.len();
        self.arrays.push(None);
        self.selects.push(Vec::new());
        let (part, items) = self.element(item, order, Some(number))?;
        if let Some(array) = self.arrays.get_mut(number) {
            *array = items;
        }
        if let Some(name) = &item.name {
            self.scopes
                .add_inner(self.scope, name, Inner::Array(number));
        }
        Some(Part::Array {
            times,
            part: Box::new(part),
        })
    }

    fn numbers(
        &mut self,
        item: &'p Item,
        code: &'static Code,
        count: &'p Count,
        order: Order,
    ) -> Option<Part<'p>> {
        // The alignment of the first one is an item of its own before them.
        let own = u64::from(order.size_and_alignment(code)?.0);
        let is_plain = self.plain(item) && item.kinds.iter().all(|kind| *kind == Kind::Hex);
        if !is_plain {
            return None;
        }
        if let Some(name) = &item.name {
            self.scopes.hide(self.scope, name);
        }
        Some(match count {
            Count::Number(n) => Part::skip(n.checked_mul(own)?),
            Count::Computed(n) => {
                let n = self.term(n)?;
                let own = Term::Number(i64::try_from(own).ok()?);
                let size = Term::Binary(Operator::Multiply, Box::new([n, own]));
                Part::Read(Read::Bytes { size, into: None })
            }
            Count::Rest => Part::Read(Read::RestOf(own)),
            Count::Until(_) => return None,
        })
    }

    /// The end of an array's item: the condition that ends the array sees the item's fields first.
    pub(super) fn finish(
        &mut self,
        item: &'p Item,
        items: Option<FinishedItem>,
        array: Option<usize>,
    ) -> Option<Part<'p>> {
        let until = match &item.count {
            Some(Count::Until(condition)) => {
                let had = self.before.replace(items?);
                let term = self.term(condition);
                self.before = had;
                Some(term?)
            }
            _ => None,
        };
        Some(Part::Read(Read::Finish { array, until }))
    }

    fn one(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        match &item.what {
            ItemKind::Group(level) => {
                let (scope, parts, slots) = self.level(|c| Some(c.parts(level, order)))?;
                self.note_level(item, scope);
                Some(Part::Level { parts, slots })
            }
            ItemKind::Format(name, arguments) => {
                let call = self.call(name, arguments, order)?;
                if let Some(name) = &item.name {
                    self.scopes.hide(self.scope, name);
                }
                Some(call.level())
            }
            ItemKind::Choice(on, cases) if item.name.is_some() => {
                let (scope, part, slots) = self.level(|c| c.choice(on.as_ref(), cases, order))?;
                self.note_level(item, scope);
                let parts = vec![part];
                Some(Part::Level { parts, slots })
            }
            ItemKind::Choice(on, cases) => self.choice(on.as_ref(), cases, order),
            ItemKind::Align(n) => Some(match n.of(order) {
                1 => Part::skip(0),
                n => Part::Read(Read::Align(n)),
            }),
            ItemKind::Computed(_) if !item.codecs.is_empty() => None,
            ItemKind::Computed(value) => {
                let value = self.term(value)?;
                let into = self.used_slot(item);
                Some(Part::Read(Read::Computed { into, value }))
            }
            ItemKind::Code(code) => self.code(item, code, order),
            ItemKind::Bits(code, bits) => {
                let (size, _) = order.size_and_alignment(code)?;
                let is_signed = matches!(code.kind, CodeKind::Int { signed: true });
                self.bits(item, u64::from(size), is_signed, Some(bits), order)
            }
            ItemKind::Wide { signed, bits } => match &item.count {
                Some(Count::Number(n @ 1..=8)) => {
                    self.bits(item, *n, *signed, bits.as_ref(), order)
                }
                _ => None,
            },
            ItemKind::Base128 { signed } => self.base128(item, *signed),
            _ => None,
        }
    }

    /// Whether checks and kinds of the field can't end the reading: they are then evaluated when the item is made.
    pub(super) fn plain(&self, item: &Item) -> bool {
        // The key of a coding may be missing or empty.
        let has_key = |codec: &Codec| matches!(codec, Codec::Xor(_));
        !item.is_summed
            && !item.codecs.iter().any(has_key)
            && match &item.is {
                FieldContent::Anything | FieldContent::Constant(_) => true,
                FieldContent::Computed(expression) => self.never_fails(expression),
                FieldContent::Check(check) => {
                    let others = check.to.iter().chain(&check.when);
                    self.never_fails(&check.from) && others.into_iter().all(|e| self.never_fails(e))
                }
                FieldContent::Inside(_) => false,
            }
    }

    /// A slot for a value that expressions refer to.
    pub(super) fn used_slot(&mut self, item: &Item) -> Option<usize> {
        let name = item.name.as_ref().filter(|_| item.is_used)?;
        Some(self.scopes.add_slot(self.scope, name, &mut self.slots))
    }

    pub(super) fn choice(
        &mut self,
        on: Option<&'p Expression>,
        cases: &'p [program::Case],
        order: Order,
    ) -> Option<Part<'p>> {
        let on = match on {
            Some(on) => Some(self.term(on)?),
            None => None,
        };
        let mut known = Vec::with_capacity(cases.len());
        for case in cases {
            let labels = match &case.labels {
                None => Labels::Else,
                Some(labels) => {
                    let mut terms = Vec::with_capacity(labels.len());
                    for (from, to) in labels {
                        let to = match to {
                            Some(to) => Some(self.term(to)?),
                            None => None,
                        };
                        terms.push((self.term(from)?, to));
                    }
                    match on.as_ref().and_then(|_| numbers(&terms)) {
                        Some(numbers) => match numbers[..] {
                            [(from, to)] if from == to => Labels::Number(from),
                            _ => Labels::Numbers(numbers),
                        },
                        None => Labels::Terms(terms),
                    }
                }
            };
            let parts = self.parts(&case.level, order);
            known.push(Case { labels, parts });
        }
        Some(Part::Choice { on, cases: known })
    }

    pub(super) fn length(&mut self, item: &'p Item) -> Option<Term> {
        Some(match &item.count {
            None => Term::Number(1),
            Some(Count::Number(n)) => Term::Number(i64::try_from(*n).ok()?),
            Some(Count::Computed(n)) => self.term(n)?,
            Some(Count::Rest) => Term::Binary(Operator::Subtract, Box::new([Term::End, Term::At])),
            Some(Count::Until(_)) => return None,
        })
    }
}

impl<'p> Part<'p> {
    /// Bytes that are skipped.
    pub(super) fn skip(size: u64) -> Part<'p> {
        Part::fixed(size, Vec::new(), Vec::new())
    }

    pub(super) fn fixed(size: u64, notes: Vec<SlotRead>, wanted: Vec<WantedAt<'p>>) -> Part<'p> {
        let held = wanted.iter().filter(|wanted| wanted.is_held());
        let ends = notes.iter().map(|note| note.end);
        let ends = ends.chain(held.map(|wanted| wanted.end));
        Part::Fixed(Fixed {
            size,
            looked_at: ends.max().unwrap_or(0) as u64,
            notes,
            wanted,
        })
    }
}

/// Labels that are nothing but numbers.
fn numbers(labels: &[(Term, Option<Term>)]) -> Option<Vec<(i64, i64)>> {
    let ends = labels.iter().map(|label| match label {
        (Term::Number(n), None) => Some((*n, *n)),
        (Term::Number(from), Some(Term::Number(to))) => Some((*from, *to)),
        _ => None,
    });
    ends.collect()
}

/// Adds a part to others; bytes of known numbers become one part.
fn add<'p>(parts: &mut Vec<Part<'p>>, part: Part<'p>) {
    let part = match part {
        Part::Several(several) => {
            several.into_iter().for_each(|part| add(parts, part));
            return;
        }
        part => part,
    };
    let Part::Fixed(mut more) = part else {
        return parts.push(part);
    };
    let Some(Part::Fixed(had)) = parts.last_mut() else {
        return parts.push(Part::Fixed(more));
    };
    let all = had.size.past(more.size);
    let first = usize::try_from(had.size).ok();
    let Some(first) = first.filter(|_| all <= MAX_FIXED) else {
        return parts.push(Part::Fixed(more));
    };
    for note in &mut more.notes {
        note.at = note.at.past(first);
        note.end = note.end.past(first);
    }
    for wanted in &mut more.wanted {
        wanted.at = wanted.at.past(first);
        wanted.end = wanted.end.past(first);
    }
    let (mut notes, mut wanted) = (
        std::mem::take(&mut had.notes),
        std::mem::take(&mut had.wanted),
    );
    notes.append(&mut more.notes);
    wanted.append(&mut more.wanted);
    parts.pop();
    parts.push(Part::fixed(all, notes, wanted));
}

/// The most bytes that are read together.
const MAX_FIXED: u64 = 1 << 10;

pub(super) fn is_scalar(code: &Code) -> bool {
    use CodeKind as K;
    matches!(
        code.kind,
        K::Char | K::Bool | K::Int { .. } | K::Pointer | K::Float | K::Complex
    )
}
