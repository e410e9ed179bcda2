//! What lies where in a whole file, as far as that is known before any data.

use super::program::{Alignment, Bits, Count, FieldContent, Item, ItemKind, Level, Program};
use super::read::scalar;
use crate::offset::{Position, sum};
use crate::structs::code::{Kind, Order};
use crate::structs::layout::{Entry, EntryKind, Layout, Repetition};
use crate::tree::BitRange;
use crate::value::text::counted;

/// Lines that are shown at most: formats that refer to each other repeat their fields.
const MAX_LINES: usize = 4096;

impl Program {
    /// The fields of all cases, in the order of the format. Offsets and sizes that depend on data are `None`.
    pub(in crate::structs) fn layout(&self) -> Layout {
        let mut lines = Lines {
            program: self,
            entries: Vec::new(),
            open: Vec::new(),
        };
        lines.level(&self.root, Order::Native, &LevelPlace::begin());
        let min_size = lines.least(&self.root, Order::Native);
        Layout {
            size: None,
            min_size,
            entries: lines.entries,
        }
    }
}

/// The path, the depth and the offset of a level.
#[derive(Clone)]
struct LevelPlace {
    prefix: String,
    depth: usize,
    offset: Option<u64>,
}

impl LevelPlace {
    fn begin() -> LevelPlace {
        LevelPlace {
            prefix: String::new(),
            depth: 0,
            offset: Some(0),
        }
    }

    fn path(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}.{name}"),
        }
    }

    /// The fields inside of something.
    fn inside(&self, path: String, offset: Option<u64>) -> LevelPlace {
        LevelPlace {
            prefix: path,
            depth: self.depth.past(1),
            offset,
        }
    }
}

struct Lines<'p> {
    program: &'p Program,
    entries: Vec<Entry>,
    /// The stored formats that the line is in: those that contain themselves are shown once.
    open: Vec<&'p str>,
}

impl<'p> Lines<'p> {
    /// The lines of a level; answers where it ends, where that is known.
    fn level(&mut self, level: &'p Level, order: Order, at: &LevelPlace) -> Option<u64> {
        let order = level.order.unwrap_or(order);
        let mut end = at.offset;
        for item in &level.items {
            if self.entries.len() >= MAX_LINES {
                return None;
            }
            // An item with an offset of its own doesn't move the next one.
            let is_placed = item.place.is_some();
            let offset = if is_placed { None } else { end };
            let after = self.item(
                item,
                order,
                &LevelPlace {
                    offset,
                    ..at.clone()
                },
            );
            if !is_placed {
                end = after;
            }
        }
        end
    }

    fn item(&mut self, item: &'p Item, order: Order, at: &LevelPlace) -> Option<u64> {
        let is_array = item.each.is_some() || (item.count.is_some() && !item.has_length());
        let entry = self.entry(item, order, at, is_array);
        let (offset, size) = (entry.offset, entry.size);
        let inner = match is_array {
            true => format!("{}[]", entry.path),
            false => entry.path.clone(),
        };
        let begin = if item.codecs.is_empty() { offset } else { None };
        let mut inside = at.inside(inner, begin);
        if entry.path.is_empty() {
            inside.prefix.clone_from(&at.prefix);
        }
        let end = offset
            .zip(size)
            .and_then(|(offset, size)| offset.checked_add(size));
        let what = match &item.is {
            FieldContent::Inside(what) => what,
            _ => &item.what,
        };
        match what {
            // Its size follows from the next item, whose line shows the offset.
            ItemKind::Align(Alignment::Of(_)) => return at.offset,
            ItemKind::Align(n) => return self.padding(n.of(order), at, entry),
            ItemKind::Fail(_) => return at.offset,
            ItemKind::Computed(_) => {
                let size = Some(0);
                self.entries.push(Entry { size, ..entry });
                return at.offset;
            }
            ItemKind::Group(level) => {
                let kind = EntryKind::Group;
                self.entries.push(Entry { kind, ..entry });
                let after = self.level(level, order, &inside);
                let is_one = !is_array && matches!(item.is, FieldContent::Anything);
                return if is_one { after } else { end };
            }
            ItemKind::Format(name, _) => {
                let kind = EntryKind::Group;
                let reference = Some(name.to_string());
                self.entries.push(Entry {
                    kind,
                    reference,
                    ..entry
                });
                if let Some(level) = self.program.formats.get(name)
                    && !self.open.contains(&name.as_str())
                {
                    self.open.push(name);
                    self.level(level, order, &inside);
                    self.open.pop();
                }
            }
            ItemKind::Choice(_, cases) => {
                let kind = EntryKind::Group;
                self.entries.push(Entry { kind, ..entry });
                // Fields of several cases are at one place.
                if cases.len() > 1 {
                    inside.offset = None;
                }
                for case in cases {
                    self.level(&case.level, order, &inside);
                }
            }
            ItemKind::Bits(_, bits)
            | ItemKind::Wide {
                bits: Some(bits), ..
            } => {
                self.entries.push(entry.clone());
                self.bits(bits, order, &entry, &inside);
            }
            ItemKind::Code(code) if code.kind == Kind::Pad => {
                let kind = EntryKind::Padding;
                self.entries.push(Entry { kind, ..entry });
            }
            _ => self.entries.push(entry),
        }
        end
    }

    /// The line of an item.
    fn entry(&self, item: &Item, order: Order, at: &LevelPlace, is_array: bool) -> Entry {
        let alignment = match &item.what {
            _ if item.place.is_some() => 1,
            ItemKind::Code(code) | ItemKind::Bits(code, _) => order
                .size_and_alignment(code)
                .map_or(1, |(_, align)| u64::from(align)),
            _ => 1,
        };
        Entry {
            path: match item.name.as_deref().unwrap_or_default() {
                "" => String::new(),
                name => at.path(name),
            },
            depth: at.depth,
            offset: at
                .offset
                .and_then(|at| at.checked_next_multiple_of(alignment)),
            size: self.size(item, order),
            code: code(item),
            letters: letters(&item.what),
            repetition: match (is_array, item.each.as_ref().or(item.count.as_ref())) {
                (false, _) => Repetition::Once,
                (true, Some(Count::Number(n))) => Repetition::Array { count: Some(*n) },
                (true, _) => Repetition::Array { count: None },
            },
            kind: EntryKind::Field,
            alignment,
            bits: None,
            reference: None,
        }
    }

    /// Padding up to a multiple; answers where it ends.
    fn padding(&mut self, multiple: u64, at: &LevelPlace, entry: Entry) -> Option<u64> {
        let to = at
            .offset
            .and_then(|at| at.checked_next_multiple_of(multiple));
        let size = at.offset.zip(to).map(|(from, to)| to.since(from));
        if size != Some(0) {
            let kind = EntryKind::Padding;
            self.entries.push(Entry {
                kind,
                size,
                ..entry
            });
        }
        to
    }

    fn bits(&mut self, bits: &Bits, order: Order, integer: &Entry, inside: &LevelPlace) {
        let size = integer.size.and_then(|size| u8::try_from(size).ok());
        let places = size.map(|size| bits.places(size, order.is_little()));
        for (name, first, width) in places.into_iter().flatten() {
            self.entries.push(Entry {
                path: match name {
                    "_" => String::new(),
                    name => inside.path(name),
                },
                depth: inside.depth,
                code: counted(u64::from(width), "bit"),
                kind: match name {
                    "_" => EntryKind::Padding,
                    _ => EntryKind::Bits,
                },
                bits: Some(BitRange {
                    first: u8::try_from(first).unwrap_or(u8::MAX),
                    count: width,
                }),
                ..integer.clone()
            });
        }
    }

    /// How many bytes a level has at least, without alignment.
    fn least(&self, level: &Level, order: Order) -> u64 {
        let order = level.order.unwrap_or(order);
        let items = level.items.iter().filter(|item| item.place.is_none());
        let least = |item: &Item| match (&item.what, self.size(item, order)) {
            (_, Some(size)) => size,
            (ItemKind::Group(level), None) if item.count.is_none() && item.each.is_none() => {
                self.least(level, order)
            }
            _ => 0,
        };
        sum(items.map(least))
    }

    /// How many bytes an item takes, where that is known.
    fn size(&self, item: &Item, order: Order) -> Option<u64> {
        let number = |count: &Option<Count>| match count {
            None => Some(1),
            Some(Count::Number(n)) => Some(*n),
            Some(_) => None,
        };
        if item.each.is_some() {
            return None;
        }
        let count = number(&item.count)?;
        let one = match &item.what {
            ItemKind::Code(code) | ItemKind::Bits(code, _) if !item.has_length() => {
                u64::from(scalar(code, order)?.size)
            }
            ItemKind::Code(_) | ItemKind::Wide { .. } => 1,
            _ => return None,
        };
        one.checked_mul(count)
    }
}

fn letters(what: &ItemKind) -> &'static str {
    match what {
        ItemKind::Code(code) | ItemKind::Bits(code, _) => code.letters,
        ItemKind::Wide { signed: true, .. } => "u",
        ItemKind::Wide { signed: false, .. } => "U",
        ItemKind::Base128 { signed: true } => "m",
        ItemKind::Base128 { signed: false } => "M",
        ItemKind::Until(_) => "z\"…\"",
        ItemKind::Group(_) | ItemKind::Format(..) => "(…)",
        ItemKind::Choice(..) => "{…}",
        ItemKind::Align(_) => "|",
        ItemKind::Computed(_) | ItemKind::Fail(_) => "[…]",
    }
}

/// An item without its name, as in a format.
fn code(item: &Item) -> String {
    let count = |count: &Option<Count>| match count {
        None => String::new(),
        Some(Count::Number(n)) => n.to_string(),
        Some(Count::Computed(_)) => "[…]".to_owned(),
        Some(Count::Rest) => "*".to_owned(),
        Some(Count::Until(_)) => "*[…]".to_owned(),
    };
    let mut code = count(&item.each);
    if item.place.is_some() {
        code += "&[…]";
    }
    code += &count(&item.count);
    code += letters(&item.what);
    if let ItemKind::Align(Alignment::To(n)) = &item.what {
        code += &n.to_string();
    }
    for codec in &item.codecs {
        code += "~";
        code += codec.name();
    }
    code += match &item.is {
        FieldContent::Inside(_) => "=…",
        _ => "",
    };
    code
}
