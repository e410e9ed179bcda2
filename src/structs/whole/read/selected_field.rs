//! Items that are passed over, and the one field of each that a path asks for.

use super::super::program::{Count, FieldContent, Item, ItemKind};
use super::super::skim::{FieldLocation, HOPELESS, Skim};
use super::arrays::Items;
use super::{Frame, Reader, scalar};
use crate::offset::{Position, Tally};
use crate::structs::code::Kind;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::{Name, Node, Range, Role};

impl<'p, I: Input> Reader<'p, I> {
    /// Passes over the next item of an array; answers whether it could.
    pub(in crate::structs::whole) fn skim_item(
        &mut self,
        skim: &mut Skim<'p>,
        items: &mut Items<'p>,
    ) -> bool {
        let Some(frame) = self.frames.last_mut() else {
            return false;
        };
        frame.index = items.index;
        let before = self.at;
        let is_placed = self.is_placed;
        let Some(is_last) = self.pass_over(skim) else {
            return false;
        };
        // Items without bytes are counted by the reader, since no data back them.
        if self.at == before {
            self.is_placed = is_placed;
            return false;
        }
        items.is_done = is_last && matches!(items.count, Count::Until(_));
        items.index.tally(1);
        true
    }

    /// Passes over the next item of an array, and makes a node with the one field that is wanted of it; answers
    /// whether it could. The node may be that of the last item.
    pub(in crate::structs::whole) fn skim_to_field(
        &mut self,
        skim: &mut Skim<'p>,
        item: &'p Item,
        items: &mut Items<'p>,
        node: &mut Node,
    ) -> bool {
        let mark = self.mark();
        let index = items.index;
        if skim.missed >= HOPELESS || !self.skim_item(skim, items) {
            return false;
        }
        let is_made = self
            .node_with_field(skim, item, (index, mark.at), node)
            .is_some();
        match is_made {
            true => skim.missed = 0,
            false => {
                // The reader finds out what the item has instead.
                skim.missed.tally(1);
                items.index = index;
                items.is_done = false;
                self.back_to(&mark);
            }
        }
        is_made
    }

    /// Makes a node with the wanted field of an item that begins at `start`.
    fn node_with_field(
        &mut self,
        skim: &Skim<'p>,
        item: &'p Item,
        (index, start): (u64, u64),
        made: &mut Node,
    ) -> Option<()> {
        let place = *skim.place()?;
        let outer = skim.path(&place)?;
        let reference = match &item.what {
            ItemKind::Format(name, _) => Some(name),
            _ => None,
        };
        let range = self.range(start);
        let number = self.number_at(&place);
        // The node of the last item is used again if only the number in it differs.
        let is_again = made.reference.as_deref() == reference.map(|name| name.as_str());
        let mut nodes = match number {
            Some(number) if outer.is_empty() && is_again && !self.is_view => {
                made.name = Name::item(index);
                made.range = range;
                made.meaning = None;
                made.set_child(number);
                return Some(());
            }
            Some(node) => vec![node],
            None => self.read_selected(&place, start)?,
        };
        for level in outer.iter().rev() {
            let range = Range::new(self.space, self.base.past(place.at), place.size);
            let mut node = Node::new(Name::field(&level.name), range).with_children(nodes);
            node.reference = level.reference.as_deref().map(Into::into);
            nodes = vec![node];
        }
        let mut node = Node::new(index, range).with_children(nodes);
        node.reference = reference.map(|name| name.as_str().into());
        if self.is_view && node.has_views_only() {
            node.role = Role::View;
        }
        // Streams are numbered while the file is read; items on demand come too late for a number.
        node.without_content();
        *made = node;
        Some(())
    }

    /// The field, where it is a single number without kinds or checks.
    fn number_at(&mut self, place: &FieldLocation<'p>) -> Option<Node> {
        let item = place.field.item;
        let (ItemKind::Code(code), None, FieldContent::Anything) =
            (&item.what, &item.count, &item.is)
        else {
            return None;
        };
        let scalar = scalar(code, place.field.order).filter(|s| u64::from(s.size) == place.size)?;
        let bytes = self.look(place.at, place.size);
        if bytes.len() != usize::from(scalar.size) {
            return None;
        }
        let value = scalar.read(bytes);
        let range = Range::new(self.space, self.base.past(place.at), place.size);
        let mut node = Node::new(Name::field(item.name.as_ref()?), range);
        node.format = Some(scalar.format());
        self.shown(item, &mut node, value, place.field.order);
        if self.is_view {
            node.role = Role::View;
        }
        Some(node)
    }

    /// The field as the reader reads it at its place.
    fn read_selected(&mut self, place: &FieldLocation<'p>, start: u64) -> Option<Vec<Node>> {
        let (at, end, file, is_lean) = (self.at, self.end, self.file, self.is_lean);
        self.frames.push(Frame::of_level(Vec::new(), false, start));
        (self.at, self.end, self.file) = (place.at, place.end, place.file);
        self.is_lean = false;
        let made = match (&place.field.item.what, &place.field.item.count) {
            // Expressions in it may refer to fields that have no nodes.
            _ if !place.field.item.stands_alone() => Err(DataError::other("")),
            (ItemKind::Code(code), Some(Count::Computed(_))) if code.kind == Kind::Bytes => {
                match place.field.item.codecs.is_empty() {
                    true => self.bytes(place.field.item, place.size, place.field.order),
                    false => self.coded(place.field.item, place.size, place.field.order),
                }
            }
            // A count that refers to fields without nodes, or a condition, needs the whole item.
            (_, Some(Count::Computed(_) | Count::Until(_))) => Err(DataError::other("")),
            _ => self.counted(place.field.item, place.field.order),
        };
        let nodes = self.frames.pop().map(|frame| frame.nodes);
        (self.at, self.end, self.file) = (at, end, file);
        self.is_lean = is_lean;
        nodes.filter(|_| made.is_ok())
    }
}
