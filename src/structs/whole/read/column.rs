//! The values of one field of the items of a long array, kept while the borders of the items are looked for: who
//! asks for that field goes through the file once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use smol_str::SmolStr;

use super::super::program::{Is, Item, Program, What};
use super::super::skim::{Outer, Place, Skim};
use super::{Reader, scalar};
use crate::structs::code::Order;
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::tree::{Name, Node, Range};

/// What columns of one file take in memory. Of longer ones, the items after those are read again.
const MAX_KEPT: u64 = 24 << 20;

/// A field that will be asked for in the items of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The name of the array.
    pub(crate) array: String,
    /// The names that lead from an item to the field.
    pub(crate) names: Vec<String>,
}

/// What will be asked for of a file, and how much more is kept of it.
#[derive(Clone, Debug)]
pub(in crate::structs::whole) struct Asking {
    pub(in crate::structs::whole) fields: Arc<[Asked]>,
    room: Arc<AtomicU64>,
}

impl Asking {
    pub(in crate::structs::whole) fn for_fields(fields: &Arc<[Asked]>) -> Asking {
        Asking {
            fields: Arc::clone(fields),
            room: Arc::new(AtomicU64::new(MAX_KEPT)),
        }
    }

    /// The field that will be asked for in the items of an array.
    pub(in crate::structs::whole) fn of(&self, item: &Item) -> Option<&Asked> {
        let name = item.name.as_ref()?;
        self.fields.iter().find(|asked| asked.array == **name)
    }
}

/// A field as it stands in items: which one it is, and what leads to it.
#[derive(Clone, Debug)]
struct Kind {
    item: u32,
    order: Order,
    scalar: Scalar,
    outer: Vec<Outer>,
}

/// Numbers of the first items of an array.
#[derive(Debug)]
pub(in crate::structs::whole) struct Column {
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// Of each item its size, the place of the field in it and the kind of that, and the bytes of the field.
    bytes: Vec<u8>,
    pub(in crate::structs::whole) items: u64,
    /// How many bytes are kept at most; none once an item had no such field.
    room: u64,
}

impl Column {
    pub(in crate::structs::whole) fn new(asking: &Asking, names: &[String]) -> Column {
        Column {
            names: names.to_vec(),
            kinds: Vec::new(),
            bytes: Vec::new(),
            items: 0,
            room: asking.room.load(Ordering::Relaxed),
        }
    }

    /// Takes note of how much is kept.
    pub(in crate::structs::whole) fn finish(mut self, asking: &Asking) -> Column {
        self.bytes.shrink_to_fit();
        let kept = self.bytes.len() as u64;
        let left = asking.room.load(Ordering::Relaxed).saturating_sub(kept);
        asking.room.store(left, Ordering::Relaxed);
        self
    }

    /// Whether it has these fields.
    pub(in crate::structs::whole) fn is_of(&self, names: &[&str]) -> bool {
        self.items > 0 && self.names == names
    }

    /// Keeps no more items: one of them has no such field.
    pub(in crate::structs::whole) fn close(&mut self) {
        self.room = 0;
    }

    fn kind(&mut self, place: &Place<'_>, skim: &Skim<'_>) -> Option<usize> {
        let is_it = |kind: &Kind| kind.item == place.item.number && kind.order == place.order;
        if let Some(known) = self.kinds.iter().position(is_it) {
            return Some(known);
        }
        let (What::Code(code), None, Is::Anything) =
            (&place.item.what, &place.item.count, &place.item.is)
        else {
            return None;
        };
        self.kinds.push(Kind {
            item: place.item.number,
            order: place.order,
            scalar: scalar(code, place.order)?,
            outer: skim.paths.get(place.path)?.clone(),
        });
        self.kinds.len().checked_sub(1)
    }

    fn push(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(u8::try_from(n & 0x7f).unwrap_or(0) | 0x80);
            n >>= 7;
        }
        self.bytes.push(u8::try_from(n).unwrap_or(0));
    }
}

impl<I: Input> Reader<'_, I> {
    /// Keeps the field of an item that was passed over, which began there.
    pub(in crate::structs::whole) fn keep_field(
        &mut self,
        column: &mut Column,
        skim: &Skim<'_>,
        start: u64,
    ) {
        /// The most bytes of an entry.
        const ENTRY: u64 = 64;
        if (column.bytes.len() as u64).saturating_add(ENTRY) > column.room {
            return column.close();
        }
        let kept = (|| {
            let place = skim.place?;
            let kind = column.kind(&place, skim)?;
            let scalar = column.kinds.get(kind)?.scalar;
            let before = place.at.checked_sub(start)?;
            let bytes = self.look(place.at, place.size);
            if bytes.len() != usize::from(scalar.size) {
                return None;
            }
            column.push(self.at.checked_sub(start)?);
            column.push(before);
            column.push(kind as u64);
            // Looked at before, so that it is in the window.
            let bytes = self.look(place.at, place.size);
            column.bytes.extend_from_slice(bytes);
            column.items = column.items.saturating_add(1);
            Some(())
        })();
        if kept.is_none() {
            column.close();
        }
    }
}

/// Goes through a column.
pub(in crate::structs::whole) struct Entries<'c> {
    column: &'c Column,
    kinds: Vec<(&'c Kind, &'c Item)>,
    rest: &'c [u8],
    index: u64,
    /// Where the next item begins, in its space.
    at: u64,
    place: Range,
    reference: Option<&'c SmolStr>,
}

impl<'c> Entries<'c> {
    /// Of the items of an array, of which the first begins where the range does.
    pub(in crate::structs::whole) fn new(
        column: &'c Column,
        program: &'c Program,
        item: &'c Item,
        place: Range,
    ) -> Option<Entries<'c>> {
        let kinds: Option<Vec<_>> = column
            .kinds
            .iter()
            .map(|kind| Some((kind, program.numbered(kind.item)?)))
            .collect();
        Some(Entries {
            column,
            kinds: kinds?,
            rest: &column.bytes,
            index: 0,
            at: place.offset,
            place,
            reference: match &item.what {
                What::Format(name, _) => Some(name),
                _ => None,
            },
        })
    }

    fn number(&mut self) -> Option<u64> {
        let mut n = 0u64;
        let mut shift = 0u32;
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            n |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(n);
            }
            shift = shift.checked_add(7)?;
        }
    }

    /// Makes the next item in the place of the last; answers whether there was one.
    pub(in crate::structs::whole) fn next_in(&mut self, node: &mut Node) -> bool {
        self.make(node).is_some()
    }

    fn make(&mut self, node: &mut Node) -> Option<()> {
        if self.index >= self.column.items {
            return None;
        }
        let (size, before, kind) = (self.number()?, self.number()?, self.number()?);
        let (kind, field) = *self.kinds.get(usize::try_from(kind).ok()?)?;
        let (bytes, rest) = self.rest.split_at_checked(usize::from(kind.scalar.size))?;
        self.rest = rest;
        let range = |offset: u64, size: u64| Range::new(self.place.space, offset, size);
        let own = range(self.at.saturating_add(before), u64::from(kind.scalar.size));
        let mut made = Node::new(Name::field(field.name.as_ref()?), own);
        made.format = Some(kind.scalar.format());
        field.show(&mut made, kind.scalar.read(bytes), kind.order);
        for level in kind.outer.iter().rev() {
            let mut outer = Node::new(Name::field(&level.name), own).with_children(vec![made]);
            outer.reference = level.reference.as_deref().map(Into::into);
            made = outer;
        }
        if node.reference.as_deref() != self.reference.map(|name| name.as_str()) {
            node.reference = self.reference.map(|name| name.as_str().into());
        }
        node.name = Name::item(self.index);
        node.range = range(self.at, size);
        node.meaning = None;
        node.set_child(made);
        self.index = self.index.saturating_add(1);
        self.at = self.at.saturating_add(size);
        Some(())
    }
}
