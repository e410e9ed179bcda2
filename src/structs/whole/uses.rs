//! Which fields the expressions of a program may refer to. Other fields need no nodes while the borders of items are
//! looked for, and an array whose items none refers to is read again when its children are asked for. The content of
//! coded bytes is decoded on demand if no expression needs its value.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::program::{Case, Codec, Count, FieldContent, Item, ItemKind, Level, Program};
use crate::offset::{Position as _, Tally};
use crate::structs::ast::{Expression, Function, Position, Term};
use crate::structs::code::Kind as CodeKind;

/// What the expressions of a program refer to.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Names of fields.
    names: HashSet<SmolStr>,
    /// Names of fields whose values are needed; of other coded bytes, only the content is, when it is read.
    values: HashSet<SmolStr>,
    /// Names of fields that counts, lengths and offsets depend on, which packing can compute.
    sizes: HashSet<SmolStr>,
    /// Stored formats with fields inside coded bytes.
    coded: HashSet<SmolStr>,
    /// Whether an expression sums over the children of a field, whatever their names.
    sums: bool,
    /// Whether a condition that ends an array looks at its items by `@item`.
    pub(super) items: bool,
    /// Whether other expressions use `@item`.
    items_elsewhere: bool,
    /// Whether some items lie elsewhere.
    pub(super) places: bool,
}

impl Uses {
    /// Whether an expression may refer to a field of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether an expression needs the value of a field of that name.
    pub(super) fn has_value(&self, name: &str) -> bool {
        self.values.contains(name)
    }

    /// Whether a count, a length or an offset depends on a field of that name.
    pub(super) fn sizes(&self, name: &str) -> bool {
        self.sizes.contains(name)
    }
}

/// Finds what is used in all levels of a program, and notes at each item whether it is.
pub(super) fn mark(root: &mut Level, formats: &mut HashMap<SmolStr, Level>) -> Uses {
    let mut uses = Uses::default();
    uses.level(root);
    formats.values().for_each(|level| uses.level(level));
    // A search for an item by its key uses the key field of each item.
    loop {
        let before = uses.names.len();
        uses.keys(root);
        formats.values().for_each(|level| uses.keys(level));
        if uses.names.len() == before {
            break;
        }
    }
    uses.find_coded(formats);
    let mut number = 0;
    uses.note(root, &mut number);
    let mut names: Vec<_> = formats.keys().cloned().collect();
    names.sort_unstable();
    for name in names {
        if let Some(level) = formats.get_mut(&name) {
            uses.note(level, &mut number);
        }
    }
    uses
}

impl Uses {
    fn level(&mut self, level: &Level) {
        level.items.iter().for_each(|item| self.item(item));
    }

    fn item(&mut self, item: &Item) {
        for count in [&item.each, &item.count].into_iter().flatten() {
            match count {
                Count::Number(_) | Count::Rest => {}
                Count::Computed(expression) => self.size(expression),
                Count::Until(condition) => self.expression(condition, true),
            }
        }
        if let Some(place) = &item.place {
            self.places = true;
            self.size(place);
        }
        for codec in &item.codecs {
            if let Codec::Xor(key) = codec {
                self.expression(key, false);
            }
        }
        match &item.is {
            FieldContent::Anything | FieldContent::Constant(_) => {}
            FieldContent::Computed(expression) => self.expression(expression, false),
            FieldContent::Check(check) => {
                self.looked_at(&check.from);
                check.to.iter().for_each(|to| self.looked_at(to));
                check
                    .when
                    .iter()
                    .for_each(|when| self.expression(when, false));
            }
            FieldContent::Inside(what) => self.what(what),
        }
        self.what(&item.what);
    }

    fn what(&mut self, what: &ItemKind) {
        match what {
            ItemKind::Group(level) => self.level(level),
            ItemKind::Format(_, arguments) => {
                for (_, value) in arguments {
                    self.expression(value, false);
                }
            }
            ItemKind::Choice(on, cases) => {
                if let Some(on) = on {
                    self.expression(on, false);
                }
                for Case { labels, level } in cases {
                    for (from, to) in labels.iter().flatten() {
                        self.expression(from, false);
                        if let Some(to) = to {
                            self.expression(to, false);
                        }
                    }
                    self.level(level);
                }
            }
            ItemKind::Computed(expression) => self.expression(expression, false),
            _ => {}
        }
    }

    /// An expression that is a count, a length or an offset.
    fn size(&mut self, expression: &Expression) {
        let mut open = vec![expression];
        while let Some(next) = open.pop() {
            match &next.term {
                Term::Name(name) | Term::Member(_, name) => {
                    self.sizes.insert(name.clone());
                }
                Term::Unary(_, of) => open.push(of),
                Term::Binary(_, left, right) => open.extend([&**left, &**right]),
                _ => {}
            }
        }
        self.expression(expression, false);
    }

    /// A field whose bytes, or fields in it, are needed, and not its value.
    fn looked_at(&mut self, expression: &Expression) {
        let mut next = expression;
        loop {
            match &next.term {
                Term::Name(name) => {
                    self.names.insert(name.clone());
                    return;
                }
                Term::Member(of, name) => {
                    self.names.insert(name.clone());
                    next = of;
                }
                Term::Item(of, index) => {
                    self.expression(index, false);
                    next = of;
                }
                _ => return self.expression(next, false),
            }
        }
    }

    fn expression(&mut self, expression: &Expression, ends_array: bool) {
        let mut open = vec![expression];
        while let Some(next) = open.pop() {
            match &next.term {
                Term::Number(_) | Term::Float(_) | Term::Text(_) | Term::Bool(_) => {}
                Term::Name(name) => {
                    self.names.insert(name.clone());
                    self.values.insert(name.clone());
                }
                Term::Position(Position::Item) => {
                    self.items |= ends_array;
                    self.items_elsewhere |= !ends_array;
                }
                Term::Position(_) => {}
                // The value of the group around a field isn't needed.
                Term::Member(of, name) => {
                    self.names.insert(name.clone());
                    self.values.insert(name.clone());
                    self.looked_at(of);
                }
                Term::Unary(_, of) => open.push(of),
                Term::Item(left, right)
                | Term::Binary(_, left, right)
                | Term::Default(left, right) => open.extend([&**left, &**right]),
                Term::IfElse(parts) => open.extend(parts.iter()),
                Term::Call(function, arguments) => {
                    self.sums |= *function == Function::Sum;
                    open.extend(arguments);
                }
            }
        }
    }

    /// Adds the key fields of arrays that are used.
    fn keys(&mut self, level: &Level) {
        for item in &level.items {
            if let (Some(name), Some(key)) = (&item.name, &item.key)
                && self.has(name)
            {
                self.names.insert(key.clone());
            }
            each_level(item, &mut |level| self.keys(level));
        }
    }

    /// Which stored formats have fields inside coded bytes, themselves or in others.
    fn find_coded(&mut self, formats: &HashMap<SmolStr, Level>) {
        let mut open = Vec::new();
        let mut users: HashMap<&str, Vec<&SmolStr>> = HashMap::new();
        for (name, level) in formats {
            each_item(level, &mut |item| {
                if has_coded_fields(item) {
                    open.push(name);
                }
                each_reference(item, &mut |other| {
                    users.entry(other).or_default().push(name);
                });
            });
        }
        while let Some(name) = open.pop() {
            if self.coded.insert(name.clone()) {
                open.extend(users.get(name.as_str()).into_iter().flatten());
            }
        }
    }

    /// Notes at each item whether it is used; answers whether one of them has fields inside coded bytes.
    fn note(&self, level: &mut Level, number: &mut u32) -> bool {
        let mut is_coded = false;
        for item in &mut level.items {
            item.number = *number;
            number.tally(1);
            let name = item.name.as_ref();
            let has_bits = item.bit_fields().iter().any(|(name, _)| self.has(name));
            item.is_used = has_bits || name.is_some_and(|name| self.has(name));
            item.is_summed = item.is_used && self.sums;
            // A check refers to the fields beside it.
            let stands_alone = match &item.is {
                FieldContent::Anything | FieldContent::Constant(_) => true,
                FieldContent::Inside(_) => true,
                FieldContent::Computed(_) | FieldContent::Check(_) => false,
            };
            // Padding lies between items and has no value.
            let is_padding = matches!(&item.what, ItemKind::Code(code) if code.kind == CodeKind::Pad)
                || matches!(item.what, ItemKind::Align(_) | ItemKind::Fail(_));
            let mut has_coded = has_coded_fields(item);
            each_reference(item, &mut |other| has_coded |= self.coded.contains(other));
            each_level_mut(item, &mut |level| has_coded |= self.note(level, number));
            is_coded |= has_coded;
            // The spaces of fields inside coded bytes are known once the whole file is read.
            item.is_closed =
                !item.is_used && stands_alone && !is_padding && !self.items_elsewhere && !has_coded;
        }
        is_coded
    }
}

/// How much of an item is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing.
    #[default]
    No,
    /// Its node, with those of its fields that are needed.
    Partly,
    /// Its node with all its fields.
    All,
}

impl Program {
    /// Whether all fields of that name are integers, and no parameter has the name.
    pub(super) fn is_integer(&self, name: &str) -> bool {
        let mut is_integer = true;
        let mut look_at = |item: &Item| {
            let is_parameter = |what: &ItemKind| match what {
                ItemKind::Format(_, parameters) => {
                    parameters.iter().any(|(known, _)| known == name)
                }
                _ => false,
            };
            let is_inside = matches!(&item.is, FieldContent::Inside(what) if is_parameter(what));
            let is_field = item.name.as_deref() == Some(name);
            is_integer &= !is_inside && !is_parameter(&item.what);
            let is_bits = item.bit_fields().iter().any(|(field, _)| field == name);
            is_integer &= item.fits_127_bits() || !(is_field || is_bits);
        };
        each_item(&self.root, &mut look_at);
        self.formats
            .values()
            .for_each(|level| each_item(level, &mut look_at));
        is_integer
    }

    /// By the number of an item, what is needed of it to read the field at the path `names` of the items of an array:
    /// the field in whole, the levels that lead to it in part.
    pub(super) fn wanted(&self, array: u32, names: &[&str]) -> Vec<Need> {
        let mut wanted = Vec::new();
        let mut note = |item: &Item| {
            let index = usize::try_from(item.number).unwrap_or(usize::MAX);
            let (last, before) = match names.split_last() {
                Some((last, before)) => (*last, before),
                None => return,
            };
            let called = |name: &str| match name {
                name if name == last => Need::All,
                name if before.contains(&name) => Need::Partly,
                _ => Need::No,
            };
            let own = item.name.as_deref().map_or(Need::No, called);
            let bits = item.bit_fields().iter();
            let bits = bits
                .map(|(name, _)| called(name))
                .any(|wanted| wanted != Need::No);
            let is_item = item.number == array;
            if index >= wanted.len() {
                wanted.resize(index.past(1), Need::No);
            }
            if let Some(slot) = wanted.get_mut(index) {
                *slot = match own {
                    Need::No if bits || is_item => Need::Partly,
                    _ if is_item => Need::Partly,
                    own => own,
                };
            }
        };
        each_item(&self.root, &mut note);
        self.formats
            .values()
            .for_each(|level| each_item(level, &mut note));
        wanted
    }
}

/// Whether it is coded bytes with fields inside.
fn has_coded_fields(item: &Item) -> bool {
    !item.codecs.is_empty() && matches!(item.is, FieldContent::Inside(_))
}

/// Calls `each` for the stored formats that an item is or has inside, without those of its groups and choices.
fn each_reference<'i>(item: &'i Item, each: &mut dyn FnMut(&'i SmolStr)) {
    if let ItemKind::Format(name, _) = &item.what {
        each(name);
    }
    if let FieldContent::Inside(what) = &item.is
        && let ItemKind::Format(name, _) = &**what
    {
        each(name);
    }
}

fn each_item<'l>(level: &'l Level, note: &mut dyn FnMut(&'l Item)) {
    for item in &level.items {
        note(item);
        each_level(item, &mut |level| each_item(level, note));
    }
}

fn each_level<'i>(item: &'i Item, each: &mut dyn FnMut(&'i Level)) {
    levels_of(&item.what, each);
    if let FieldContent::Inside(what) = &item.is {
        levels_of(what, each);
    }
}

fn levels_of<'w>(what: &'w ItemKind, each: &mut dyn FnMut(&'w Level)) {
    match what {
        ItemKind::Group(level) => each(level),
        ItemKind::Choice(_, cases) => cases.iter().for_each(|case| each(&case.level)),
        _ => {}
    }
}

fn each_level_mut(item: &mut Item, each: &mut dyn FnMut(&mut Level)) {
    levels_of_mut(&mut item.what, each);
    if let FieldContent::Inside(what) = &mut item.is {
        levels_of_mut(what, each);
    }
}

fn levels_of_mut(what: &mut ItemKind, each: &mut dyn FnMut(&mut Level)) {
    match what {
        ItemKind::Group(level) => each(level),
        ItemKind::Choice(_, cases) => cases.iter_mut().for_each(|case| each(&mut case.level)),
        _ => {}
    }
}

impl Level {
    /// The item of that number, here or deeper.
    pub(super) fn numbered(&self, number: u32) -> Option<&Item> {
        // Numbers ascend from one item to the next, and from an item to those inside.
        let after = self.items.partition_point(|item| item.number <= number);
        let item = self.items.get(after.checked_sub(1)?)?;
        if item.number == number {
            return Some(item);
        }
        let inside = match &item.is {
            FieldContent::Inside(what) => in_what(what, number),
            _ => None,
        };
        inside.or_else(|| in_what(&item.what, number))
    }
}

fn in_what(what: &ItemKind, number: u32) -> Option<&Item> {
    match what {
        ItemKind::Group(level) => level.numbered(number),
        ItemKind::Choice(_, cases) => cases
            .iter()
            .rev()
            .find_map(|case| case.level.numbered(number)),
        _ => None,
    }
}
