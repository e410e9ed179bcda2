//! The values of one field of the items of a long array, numbers or short texts. They are kept while the borders of the
//! items are looked for, so that the file is read once.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use smol_str::SmolStr;

use super::super::program::{Count, FieldContent, Item, ItemKind, Program};
use super::super::skim::{FieldLocation, OuterLevel, Skim};
use super::{Reader, scalar};
use crate::offset::{Position, Tally};
use crate::structs::code::{Kind as CodeKind, Order};
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::tree::{Name, Node, Range};
use crate::value::Value;

/// The most bytes that the columns of one file take in memory. Items beyond them are read again.
const MAX_KEPT: u64 = 24 << 20;

/// A field of an array's items that the caller is going to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestedField {
    /// The name of the array.
    pub(crate) array: String,
    /// The names that lead from an item to the field.
    pub(crate) names: Vec<String>,
}

/// The fields that the caller is going to ask for, and how many more bytes of their values are kept.
#[derive(Clone, Debug)]
pub(in crate::structs::whole) struct RequestedFields {
    pub(in crate::structs::whole) fields: Arc<[RequestedField]>,
    room: Arc<AtomicU64>,
}

impl RequestedFields {
    pub(in crate::structs::whole) fn for_fields(fields: &Arc<[RequestedField]>) -> RequestedFields {
        RequestedFields {
            fields: Arc::clone(fields),
            room: Arc::new(AtomicU64::new(MAX_KEPT)),
        }
    }

    /// The requested field of the items of an array.
    pub(in crate::structs::whole) fn of(&self, item: &Item) -> Option<&RequestedField> {
        let name = item.name.as_ref()?;
        self.fields.iter().find(|asked| asked.array == **name)
    }
}

/// The longest field of bytes that is kept.
const MAX_BYTES: u64 = 1 << 10;

/// A variant of the field: its item in the program, and the levels that lead to it.
#[derive(Clone, Debug)]
struct Kind {
    item: u32,
    order: Order,
    shape: Shape,
    outer: Vec<OuterLevel>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Number(Scalar),
    /// Bytes of a length that comes before them.
    Bytes,
}

impl Shape {
    /// The shape of a field with no other rules than its code.
    fn of(item: &Item, order: Order) -> Option<Shape> {
        let (ItemKind::Code(code), FieldContent::Anything) = (&item.what, &item.is) else {
            return None;
        };
        let is_bytes = code.kind == CodeKind::Bytes;
        match &item.count {
            Some(Count::Until(_)) => None,
            _ if is_bytes => item.codecs.is_empty().then_some(Shape::Bytes),
            None => scalar(code, order).map(Shape::Number),
            Some(_) => None,
        }
    }
}

/// The values of the field in the first items of an array.
#[derive(Debug)]
pub(in crate::structs::whole) struct Column {
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// For each item: its size times two, plus 1 if the field has another offset in it or another variant than in the
    /// previous item; then that offset and variant, if so; then the field's bytes, after their number where it varies.
    /// Numbers are LEB128.
    bytes: Vec<u8>,
    /// The place and the kind of the field of the last item.
    last: Option<(u64, usize)>,
    pub(in crate::structs::whole) items: u64,
    /// How many bytes are kept at most; none once an item had no such field.
    room: u64,
}

impl Column {
    pub(in crate::structs::whole) fn new(asking: &RequestedFields, names: &[String]) -> Column {
        Column {
            names: names.to_vec(),
            kinds: Vec::new(),
            bytes: Vec::new(),
            last: None,
            items: 0,
            room: asking.room.load(Ordering::Relaxed),
        }
    }

    /// Charges the bytes that are kept to the file's budget.
    pub(in crate::structs::whole) fn finish(mut self, asking: &RequestedFields) -> Column {
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

    /// Stops the column at an item without such a field.
    pub(in crate::structs::whole) fn close(&mut self) {
        self.room = 0;
    }

    fn kind(&mut self, place: &FieldLocation<'_>, skim: &Skim<'_>) -> Option<usize> {
        if let Some(known) = self.kinds.iter().position(|kind| kind.is_of(place)) {
            return Some(known);
        }
        let shape = Shape::of(place.field.item, place.field.order)?;
        self.kinds.push(Kind {
            item: place.field.item.number,
            order: place.field.order,
            shape,
            outer: skim.path(place)?.to_vec(),
        });
        self.kinds.len().checked_sub(1)
    }

    #[inline]
    fn push(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(u8::try_from(n & 0x7f).unwrap_or(0) | 0x80);
            n >>= 7;
        }
        self.bytes.push(u8::try_from(n).unwrap_or(0));
    }

    /// Keeps the field of an item that was passed over; answers whether it could.
    fn keep(
        &mut self,
        place: &FieldLocation<'_>,
        skim: &Skim<'_>,
        before: u64,
        size: u64,
    ) -> Option<()> {
        /// The most bytes of an entry beside those of the field.
        const ENTRY: u64 = 64;
        let most = (self.bytes.len() as u64).checked_add(place.size.checked_add(ENTRY)?)?;
        let kind = match &*self.kinds {
            [kind] if kind.is_of(place) => 0,
            _ => self.kind(place, skim)?,
        };
        let is_kept = match self.kinds.get(kind)?.shape {
            Shape::Number(scalar) => place.size == u64::from(scalar.size),
            Shape::Bytes => place.size <= MAX_BYTES,
        };
        if !is_kept || most > self.room {
            return None;
        }
        let is_again = self.last == Some((before, kind));
        self.push(size.checked_mul(2)? | u64::from(!is_again));
        if !is_again {
            self.push(before);
            self.push(kind as u64);
            self.last = Some((before, kind));
        }
        if let Some(Kind {
            shape: Shape::Bytes,
            ..
        }) = self.kinds.get(kind)
        {
            self.push(place.size);
        }
        Some(())
    }
}

impl<I: Input> Reader<'_, I> {
    /// Keeps the field of an item that was passed over and began at `start`.
    pub(in crate::structs::whole) fn keep_field(
        &mut self,
        column: &mut Column,
        skim: &Skim<'_>,
        start: u64,
    ) {
        let at = self.at;
        let kept = (|| {
            let place = skim.place()?;
            // The bytes are read first: if they are missing, the column stays unchanged.
            let bytes = match place.held() {
                Some(bytes) => bytes,
                None => self.look(place.at, place.size.min(MAX_BYTES)),
            };
            if bytes.len() as u64 != place.size {
                return None;
            }
            let (before, size) = (place.at.checked_sub(start)?, at.checked_sub(start)?);
            column.keep(place, skim, before, size)?;
            column.bytes.extend_from_slice(bytes);
            column.items.tally(1);
            Some(())
        })();
        if kept.is_none() {
            column.close();
        }
    }
}

/// Goes through a column.
pub(in crate::structs::whole) struct Cells<'c> {
    column: &'c Column,
    kinds: Vec<(&'c Kind, &'c Item)>,
    rest: &'c [u8],
    index: u64,
    /// Where the field of the last item was in it, and its kind.
    before: u64,
    last: Option<u64>,
    /// Where the next item begins, in its space.
    at: u64,
    place: Range,
    reference: Option<&'c SmolStr>,
}

impl<'c> Cells<'c> {
    /// Of the items of an array, of which the first begins where the range does.
    pub(in crate::structs::whole) fn new(
        column: &'c Column,
        program: &'c Program,
        item: &'c Item,
        place: Range,
    ) -> Option<Cells<'c>> {
        let kinds: Option<Vec<_>> = column
            .kinds
            .iter()
            .map(|kind| Some((kind, program.numbered(kind.item)?)))
            .collect();
        Some(Cells {
            column,
            kinds: kinds?,
            rest: &column.bytes,
            index: 0,
            before: 0,
            last: None,
            at: place.offset,
            place,
            reference: match &item.what {
                ItemKind::Format(name, _) => Some(name),
                _ => None,
            },
        })
    }

    #[inline]
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

    /// How many items there are.
    pub(in crate::structs::whole) fn len(&self) -> u64 {
        self.column.items
    }

    #[inline]
    fn entry(&mut self) -> Option<CellRange<'c>> {
        if self.index >= self.column.items {
            return None;
        }
        let first = self.number()?;
        let size = first >> 1;
        let (number, is_again) = match (first & 1, self.last) {
            (0, Some(number)) => (number, true),
            _ => {
                self.before = self.number()?;
                let number = self.number()?;
                (number, self.last.replace(number) == Some(number))
            }
        };
        let (kind, field) = *self.kinds.get(usize::try_from(number).ok()?)?;
        let len = match kind.shape {
            Shape::Number(scalar) => u64::from(scalar.size),
            Shape::Bytes => self.number()?,
        };
        let (bytes, rest) = self.rest.split_at_checked(usize::try_from(len).ok()?)?;
        self.rest = rest;
        let item = Range::new(self.place.space, self.at, size);
        let entry = CellRange {
            index: self.index,
            item,
            range: Range::new(item.space, self.at.past(self.before), len),
            is_again,
            kind,
            field,
            bytes,
        };
        self.index.tally(1);
        self.at.advance(size);
        Some(entry)
    }

    /// Makes the next field in the place of the last, as that was made; answers whether there was one.
    pub(in crate::structs::whole) fn next_field(&mut self, node: &mut Node) -> bool {
        let Some(entry) = self.entry() else {
            return false;
        };
        if let Shape::Number(scalar) = entry.kind.shape
            && entry.is_again
            && entry.field.kinds.is_empty()
        {
            node.range = entry.range;
            node.value = Some(scalar.read(entry.bytes));
            return true;
        }
        // A text like that of the last item differs in its value alone.
        if let (true, [kind]) = (
            entry.is_again && node.spelling.is_some(),
            &entry.field.kinds[..],
        ) && let Some(text) = kind.utf8(entry.bytes)
        {
            node.range = entry.range;
            node.value = Some(Value::from(text));
            return true;
        }
        entry.make(node).is_some()
    }

    /// The same with the item around it.
    pub(in crate::structs::whole) fn next_in(&mut self, node: &mut Node) -> bool {
        self.make(node).is_some()
    }

    fn make(&mut self, node: &mut Node) -> Option<()> {
        let entry = self.entry()?;
        match node.children_mut() {
            [field] if entry.is_again && entry.kind.outer.is_empty() => entry.make(field)?,
            _ => {
                let mut made = entry.new_node()?;
                for level in entry.kind.outer.iter().rev() {
                    let name = Name::field(&level.name);
                    let mut outer = Node::new(name, entry.range).with_children(vec![made]);
                    outer.reference = level.reference.as_deref().map(Into::into);
                    made = outer;
                }
                node.set_child(made);
            }
        }
        if node.reference.as_deref() != self.reference.map(|name| name.as_str()) {
            node.reference = self.reference.map(|name| name.as_str().into());
        }
        node.name = Name::item(entry.index);
        node.range = entry.item;
        node.meaning = None;
        Some(())
    }
}

/// The field of an item as it is kept.
struct CellRange<'c> {
    index: u64,
    item: Range,
    /// Where the field is.
    range: Range,
    kind: &'c Kind,
    field: &'c Item,
    bytes: &'c [u8],
    /// Whether the field of the last item was the same one.
    is_again: bool,
}

impl CellRange<'_> {
    fn new_node(&self) -> Option<Node> {
        let mut node = Node::new(Name::field(self.field.name.as_ref()?), self.range);
        self.kind.show(self.field, &mut node, self.bytes);
        Some(node)
    }

    /// Makes the field in the place of that of the last item.
    fn make(&self, node: &mut Node) -> Option<()> {
        match self.is_again {
            true => {
                node.renew(self.range);
                self.kind.show(self.field, node, self.bytes);
            }
            false => *node = self.new_node()?,
        }
        Some(())
    }
}

impl Kind {
    fn is_of(&self, place: &FieldLocation<'_>) -> bool {
        self.item == place.field.item.number && self.order == place.field.order
    }

    /// Puts the value of the bytes into the field's node.
    fn show(&self, field: &Item, node: &mut Node, bytes: &[u8]) {
        match self.shape {
            Shape::Number(scalar) => {
                node.format = Some(scalar.format());
                field.show(node, scalar.read(bytes), self.order);
            }
            Shape::Bytes => {
                // An empty stand-in: where no kind, such as text, removes it, the format is set below.
                node.format = Some(Cow::Borrowed(""));
                field.show(node, Value::from(bytes), self.order);
                if let Some(format) = &mut node.format {
                    *format = field.format_of_bytes(bytes.len() as u64);
                }
            }
        }
    }
}
