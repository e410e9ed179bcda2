//! A format of whole files as the interpreter reads it: items with their names, places and conditions,
//! independent of the text that they were written in.

use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::kinds::Kind;
use super::uses::Uses;
use crate::coding::Compression;
use crate::structs::ast::Expression;
use crate::structs::code::{Code, Kind as CodeKind, Order};

/// A compiled format with all formats that it refers to.
#[derive(Debug)]
pub(in crate::structs) struct Program {
    pub(super) root: Level,
    pub(super) formats: HashMap<SmolStr, Arc<Level>>,
    pub(super) uses: Uses,
}

/// Items one after another.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// The byte order that it states.
    pub(super) order: Option<Order>,
    pub(super) items: Vec<Item>,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: Option<SmolStr>,
    /// The field that items of the array are called by.
    pub(super) key: Option<SmolStr>,
    /// The count of items that have an offset each.
    pub(super) each: Option<Count>,
    /// Where the item is, from the beginning of the file.
    pub(super) place: Option<Expression>,
    pub(super) count: Option<Count>,
    pub(super) what: ItemKind,
    /// How its bytes are coded, the outermost coding first.
    pub(super) codecs: Vec<Codec>,
    pub(super) kinds: Vec<Kind>,
    pub(super) is: FieldContent,
    /// Whether its bytes stay bytes where reading what is inside fails.
    pub(super) may_fail: bool,
    /// Whether people read it in hexadecimal.
    pub(super) hex: bool,
    /// The index of the item in the program.
    pub(super) number: u32,
    /// Whether an expression may look at it, or at bits of it.
    pub(super) is_used: bool,
    /// Whether an expression may sum over all of its children.
    pub(super) is_summed: bool,
    /// Whether it is an array to whose items no expression refers once they are read.
    pub(super) is_closed: bool,
}

/// How bytes are coded.
#[derive(Debug)]
pub(super) enum Codec {
    Compression(Compression),
    /// Each byte is combined with one of the key by exclusive or.
    Xor(Expression),
    /// The bits of each byte were rotated to the right by this number.
    Rotate(u32),
}

#[derive(Debug)]
pub(super) enum Count {
    Number(u64),
    Computed(Expression),
    /// As many as fit in the rest of the region.
    Rest,
    /// Until the condition holds after one.
    Until(Expression),
}

#[derive(Debug)]
pub(super) enum ItemKind {
    Code(&'static Code),
    /// An integer whose width in bytes is the count.
    Wide {
        signed: bool,
        bits: Option<Bits>,
    },
    Bits(&'static Code, Bits),
    /// Groups of seven bits, the highest first.
    Base128 {
        signed: bool,
    },
    /// Bytes up to these.
    Until(Vec<u8>),
    Group(Level),
    Format(SmolStr, Vec<(SmolStr, Expression)>),
    Choice(Option<Expression>, Vec<Case>),
    Align(Alignment),
    Computed(Expression),
    Fail(String),
}

/// The multiple that a position is aligned to, counted from the beginning of the file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alignment {
    To(u64),
    /// The alignment of that code in the byte order in force: only the native one aligns.
    Of(&'static Code),
}

impl Alignment {
    pub(super) fn of(self, order: Order) -> u64 {
        match self {
            Alignment::To(n) => n,
            Alignment::Of(code) => order
                .size_and_alignment(code)
                .map_or(1, |(_, alignment)| u64::from(alignment)),
        }
    }
}

/// Bit fields in the order in which they are written.
#[derive(Debug)]
pub(super) struct Bits {
    pub(super) least_first: Option<bool>,
    /// The name, which is `_` for reserved bits, and the width.
    pub(super) fields: Vec<(SmolStr, u8)>,
}

#[derive(Debug)]
pub(super) struct Case {
    /// `None` for `else`.
    pub(super) labels: Option<Vec<(Expression, Option<Expression>)>>,
    pub(super) level: Level,
}

/// What a field holds.
#[derive(Debug)]
pub(super) enum FieldContent {
    Anything,
    Constant(Constant),
    Computed(Expression),
    Check(Check),
    Inside(Box<ItemKind>),
}

#[derive(Debug)]
pub(super) enum Constant {
    Text(Vec<u8>),
    Int(i128),
    Float(f64),
    Bool(bool),
}

#[derive(Debug)]
pub(super) struct Check {
    pub(super) function: super::check::Function,
    pub(super) from: Expression,
    pub(super) to: Option<Expression>,
    pub(super) own: Option<u8>,
    /// Whether there is a checksum at all.
    pub(super) when: Option<Expression>,
}

impl Item {
    /// A single item of that kind, without a name.
    pub(super) fn new(what: ItemKind) -> Item {
        Item {
            name: None,
            key: None,
            each: None,
            place: None,
            count: None,
            what,
            codecs: Vec::new(),
            kinds: Vec::new(),
            is: FieldContent::Anything,
            may_fail: false,
            hex: false,
            number: 0,
            is_used: false,
            is_summed: false,
            is_closed: false,
        }
    }

    /// Whether its count is a length or a width, and not a number of values.
    pub(super) fn has_length(&self) -> bool {
        match &self.what {
            ItemKind::Code(code) => matches!(
                code.kind,
                CodeKind::Bytes | CodeKind::Pascal | CodeKind::Pad
            ),
            ItemKind::Wide { .. } => true,
            _ => false,
        }
    }

    /// Whether nothing in it but its count looks at other fields.
    pub(super) fn stands_alone(&self) -> bool {
        let is_leaf = !self.is_level() && !matches!(self.what, ItemKind::Computed(_));
        let has_key = |codec: &Codec| matches!(codec, Codec::Xor(_));
        is_leaf
            && matches!(self.is, FieldContent::Anything | FieldContent::Constant(_))
            && !self.codecs.iter().any(has_key)
    }

    /// Whether it has fields of its own.
    pub(super) fn is_level(&self) -> bool {
        matches!(
            self.what,
            ItemKind::Group(_) | ItemKind::Format(..) | ItemKind::Choice(..)
        )
    }

    /// Whether packing needs no value for it: it is a constant, or follows from other fields.
    pub(super) fn is_optional(&self, program: &Program) -> bool {
        match &self.is {
            FieldContent::Constant(_) | FieldContent::Computed(_) | FieldContent::Check(_) => true,
            _ if matches!(self.what, ItemKind::Computed(_)) => true,
            _ => {
                let name = self.name.as_ref();
                self.is_integer() && name.is_some_and(|name| program.uses.sizes(name))
            }
        }
    }

    /// Whether its value is given as an integer, not as text, as those of addresses are.
    pub(super) fn takes_integer(&self) -> bool {
        let is_text = self.kinds.iter().any(|kind| {
            let is_address = matches!(kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Mac);
            is_address || matches!(kind, Kind::Text(_) | Kind::Guid | Kind::Uuid)
        });
        !is_text && self.is_integer()
    }

    /// Whether expressions see it as one integer of at most 127 bits.
    pub(super) fn fits_127_bits(&self) -> bool {
        let is_short = match (&self.what, &self.count) {
            (ItemKind::Code(code), None) => {
                let size = Order::Little.size_and_alignment(code);
                let is_short = size.is_some_and(|(size, _)| size < 16);
                is_short && matches!(code.kind, CodeKind::Int { .. })
            }
            (ItemKind::Bits(..), None) => true,
            (ItemKind::Wide { .. }, Some(Count::Number(size))) => *size < 16,
            _ => false,
        };
        is_short && self.each.is_none() && self.kinds.iter().all(Kind::keeps_number)
    }

    /// The bits of the constant that an integer of that many bytes is.
    pub(super) fn constant_bits(&self, size: u8) -> Option<u128> {
        let FieldContent::Constant(Constant::Int(constant)) = &self.is else {
            return None;
        };
        let unused = 128u32.checked_sub(u32::from(size).checked_mul(8)?)?;
        Some(constant.cast_unsigned() & u128::MAX.checked_shr(unused)?)
    }

    /// The names and widths of its bits, where it has some.
    pub(super) fn bit_fields(&self) -> &[(SmolStr, u8)] {
        match &self.what {
            ItemKind::Bits(_, bits)
            | ItemKind::Wide {
                bits: Some(bits), ..
            } => &bits.fields,
            _ => &[],
        }
    }

    /// Whether a sum is truncated to the bits of the field. Digits and base-128 numbers aren't truncated: they hold a
    /// number whole, or not at all.
    pub(super) fn cuts_sums(&self) -> bool {
        let is_base128 = match &self.what {
            ItemKind::Base128 { .. } => true,
            ItemKind::Code(code) => matches!(code.kind, CodeKind::Leb128 { .. }),
            _ => false,
        };
        !is_base128 && !self.kinds.iter().any(|kind| kind.is_digits())
    }

    /// Whether its value is an integer that can follow from other fields.
    pub(super) fn is_integer(&self) -> bool {
        let by_kind = self.kinds.iter().any(|kind| kind.is_digits());
        by_kind
            || match &self.what {
                ItemKind::Code(code) => matches!(
                    code.kind,
                    CodeKind::Int { .. } | CodeKind::Pointer | CodeKind::Leb128 { .. }
                ),
                ItemKind::Wide { .. } | ItemKind::Base128 { .. } => true,
                _ => false,
            }
    }
}

impl Program {
    /// Whether any level has a computed value of that name.
    pub(super) fn has_computed(&self, name: &str) -> bool {
        self.root.has_computed(name) || self.formats.values().any(|level| level.has_computed(name))
    }
}

impl Program {
    /// The item of that number.
    pub(super) fn numbered(&self, number: u32) -> Option<&Item> {
        let formats = self.formats.values();
        let mut levels = std::iter::once(&self.root).chain(formats.map(|level| &**level));
        levels.find_map(|level| level.numbered(number))
    }
}

impl Level {
    fn has_computed(&self, name: &str) -> bool {
        self.items.iter().any(|item| {
            let inside = match &item.is {
                FieldContent::Inside(what) => what.has_computed(name),
                _ => false,
            };
            let is_it =
                matches!(item.what, ItemKind::Computed(_)) && item.name.as_deref() == Some(name);
            is_it || inside || item.what.has_computed(name)
        })
    }
}

impl ItemKind {
    fn has_computed(&self, name: &str) -> bool {
        match self {
            ItemKind::Group(level) => level.has_computed(name),
            ItemKind::Choice(_, cases) => cases.iter().any(|case| case.level.has_computed(name)),
            _ => false,
        }
    }
}
