//! The layout of a format: what lies where, before any data.

use super::Struct;
use super::error::counted;
use super::plan::{Bits, Body, Count, Element, Extent, Field, Measure, Repeat};
use crate::offset::Position;
use crate::tree::BitRange;

/// What lies where in a struct.
///
/// ```
/// use bytewright::Struct;
///
/// let layout = Struct::new("c:tag I:length")?.layout();
/// assert_eq!(layout.size, Some(8));
/// let offsets: Vec<_> = layout.entries.iter().map(|e| (e.path.as_str(), e.offset)).collect();
/// assert_eq!(offsets, [("tag", Some(0)), ("", Some(1)), ("length", Some(4))]);
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Layout {
    /// The size in bytes; `None` where only data can tell.
    pub size: Option<u64>,
    /// The smallest size in bytes, without alignment where only data can tell the size.
    pub min_size: u64,
    /// Fields, groups with their fields after them, and padding, in order.
    #[serde(rename = "fields")]
    pub entries: Vec<Entry>,
}

/// A line of a [`Layout`].
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// The path of the field; `[]` stands for every item of an array. Empty for padding
    /// without a name.
    pub path: String,
    /// How many groups it lies in.
    #[serde(skip)]
    pub depth: usize,
    /// Its first byte, from the start of the struct; in a repeated group that of the first item.
    /// `None` where only data can tell.
    pub offset: Option<u64>,
    /// How many bytes it has, all repetitions together. `None` where only data can tell.
    pub size: Option<u64>,
    /// The code with its count, as in a format: `4s`, `H`, `[n]I`; `(…)` for a group.
    pub code: String,
    /// The code alone: `s`, `H`, `I`; of a bit field that of its integer, `(…)` for a group, and empty for what
    /// alignment adds.
    #[serde(skip)]
    pub letters: &'static str,
    /// Whether it is there once.
    #[serde(skip)]
    pub repetition: Repetition,
    /// What it is.
    pub kind: EntryKind,
    /// The alignment of its start, in bytes.
    pub alignment: u64,
    /// The bits, for a bit field.
    #[serde(flatten)]
    pub bits: Option<BitRange>,
    /// The format defined elsewhere that a group is, without the percent sign.
    #[serde(skip)]
    pub reference: Option<String>,
}

/// What an [`Entry`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EntryKind {
    /// A field with a value.
    Field,
    /// A group; its fields follow, one level deeper.
    Group,
    /// A bit field of the integer before it.
    Bits,
    /// Bytes without a value: pad bytes, and gaps that alignment makes.
    Padding,
}

/// How often the field of an [`Entry`] occurs.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::structs::Repetition;
///
/// let layout = Struct::new("<4s 3H 3H:rgb")?.layout();
/// let found: Vec<_> = layout.entries.iter().map(|e| (e.letters, e.repetition)).collect();
/// let expected = [
///     ("s", Repetition::Once),
///     ("H", Repetition::Values { first: 1, count: 3 }),
///     ("H", Repetition::Array { count: Some(3) }),
/// ];
/// assert_eq!(found, expected);
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repetition {
    /// Once. The count of a string is its length.
    #[default]
    Once,
    /// As unnamed values in line, as Python's counts make them.
    Values {
        /// The index of the first.
        first: u64,
        /// How many there are.
        count: u64,
    },
    /// As the items of one array.
    Array {
        /// How many there are, where the format states it.
        count: Option<u64>,
    },
}

impl Struct {
    /// What lies where, as far as it is known before any data. Of a format of a whole file these are the
    /// fields of all cases, most of them without an offset.
    pub fn layout(&self) -> Layout {
        if let Some(whole) = &self.whole {
            return whole.layout();
        }
        let mut lines = Lines {
            measure: Measure::default(),
            entries: Vec::new(),
        };
        lines.body(&self.plan.body, "", 0, Some(0));
        Layout {
            size: self.size(),
            min_size: self.size().unwrap_or(self.plan.body.min_size),
            entries: lines.entries,
        }
    }
}

struct Lines {
    measure: Measure,
    entries: Vec<Entry>,
}

impl Lines {
    fn body(&mut self, body: &Body, prefix: &str, depth: usize, start: Option<u64>) {
        let mut end = start;
        for field in &body.fields {
            let place = end.and_then(|end| self.measure.field(field, end).ok());
            let begin = place.map(|(begin, _)| begin);
            if let Some((from, to)) = end.zip(begin)
                && to > from
            {
                let code = match field.element {
                    Element::Align => format!("|{}", field.align),
                    _ => String::new(),
                };
                self.entries.push(Entry {
                    path: String::new(),
                    depth,
                    code,
                    letters: "",
                    repetition: Repetition::Once,
                    offset: Some(from),
                    size: Some(to.since(from)),
                    alignment: 1,
                    kind: EntryKind::Padding,
                    bits: None,
                    reference: None,
                });
            }
            let size = place
                .filter(|_| !field.is_dynamic())
                .map(|(begin, end)| end.since(begin));
            self.field(
                field,
                prefix,
                depth,
                begin,
                size.or_else(|| fixed_size(field)),
            );
            end = place.map(|(_, end)| end).filter(|_| !field.is_dynamic());
        }
    }

    fn field(
        &mut self,
        field: &Field,
        prefix: &str,
        depth: usize,
        offset: Option<u64>,
        size: Option<u64>,
    ) {
        let name = match &field.name {
            Some(name) => name.to_string(),
            None => field.first.to_string(),
        };
        let path = join(prefix, &name);
        let entry = Entry {
            path: path.clone(),
            depth,
            code: code(field, letters(&field.element)),
            letters: letters(&field.element),
            repetition: match field.repeat {
                Repeat::One => Repetition::Once,
                Repeat::Inline(count) => Repetition::Values {
                    first: field.first,
                    count,
                },
                Repeat::Array(Count::Fixed(n)) => Repetition::Array { count: Some(n) },
                Repeat::Array(_) => Repetition::Array { count: None },
            },
            offset,
            size,
            alignment: field.align,
            kind: EntryKind::Field,
            bits: None,
            reference: None,
        };
        match &field.element {
            // How much the alignment adds here depends on the data.
            Element::Align if offset.is_none() => self.entries.push(Entry {
                path: String::new(),
                kind: EntryKind::Padding,
                size: None,
                ..entry
            }),
            Element::Align => {}
            Element::Pad(_) => self.entries.push(Entry {
                path: field.name.as_ref().map_or_else(String::new, |_| path),
                kind: EntryKind::Padding,
                ..entry
            }),
            Element::Group(body) => {
                let inner = match field.repeat {
                    Repeat::One => path,
                    _ => format!("{path}[]"),
                };
                let depth = depth.past(1);
                if let Some((_, bits)) = body.as_bits() {
                    let letters = bits.integer.letters;
                    let integer = Entry {
                        code: code(field, letters),
                        letters,
                        ..entry
                    };
                    self.entries.push(integer.clone());
                    self.bits(bits, &inner, &Entry { depth, ..integer });
                } else {
                    self.entries.push(Entry {
                        kind: EntryKind::Group,
                        reference: body.reference.as_deref().map(str::to_owned),
                        ..entry
                    });
                    self.body(body, &inner, depth, offset);
                }
            }
            Element::Bits(bits) => {
                self.entries.push(Entry {
                    path: String::new(),
                    ..entry.clone()
                });
                let depth = depth.past(1);
                self.bits(bits, prefix, &Entry { depth, ..entry });
            }
            _ => self.entries.push(entry),
        }
    }
}

impl Lines {
    /// The bit fields of the integer that `integer` is the line of, one level deeper.
    fn bits(&mut self, bits: &Bits, prefix: &str, integer: &Entry) {
        for bit in &bits.fields {
            self.entries.push(Entry {
                path: bit
                    .name
                    .as_ref()
                    .map_or_else(String::new, |name| join(prefix, name)),
                code: counted(bit.width.into(), "bit"),
                kind: match bit.name {
                    Some(_) => EntryKind::Bits,
                    None => EntryKind::Padding,
                },
                bits: Some(BitRange {
                    first: bit.first,
                    count: bit.width,
                }),
                ..integer.clone()
            });
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    match prefix {
        "" => name.to_owned(),
        _ => format!("{prefix}.{name}"),
    }
}

/// The size of a field whose place is not known.
fn fixed_size(field: &Field) -> Option<u64> {
    field.repetitions()?.checked_mul(field.element.size()?)
}

fn letters(element: &Element) -> &'static str {
    match element {
        Element::Pad(_) => "x",
        Element::Bytes(_) => "s",
        Element::Pascal(_) => "p",
        Element::Align => "",
        Element::Scalar(scalar) => scalar.letters,
        Element::Bits(bits) => bits.integer.letters,
        Element::CString => "z",
        Element::Leb128 { signed: true } => "v",
        Element::Leb128 { signed: false } => "V",
        Element::Group(_) => "(…)",
    }
}

/// The letters of a field with their count.
fn code(field: &Field, letters: &str) -> String {
    let count = |count: &Count| match count {
        Count::Fixed(n) => n.to_string(),
        Count::Computed(_) => "[…]".to_owned(),
        Count::Rest => "*".to_owned(),
    };
    if let Element::Align = field.element {
        return format!("|{}", field.align);
    }
    if let Some(length) = field.element.length() {
        return format!("{}{letters}", count(length));
    }
    match &field.repeat {
        Repeat::One => letters.to_owned(),
        Repeat::Inline(n) => format!("{n}{letters}"),
        Repeat::Array(n) => format!("{}{letters}", count(n)),
    }
}

/// The size of a level that begins the struct.
pub(super) fn size(body: &Body) -> Option<u64> {
    match body.extent {
        Extent::Fixed(size) => Some(size),
        Extent::Shifting => Measure::default().body(body, 0).ok(),
        Extent::Dynamic => None,
    }
}
