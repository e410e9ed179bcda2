//! Items of a long array, made each time they are gone through.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use super::super::owners::LostClaims;
use super::super::program::{Count, Item, Program};
use super::super::skim::Skim;
use super::arrays::Items;
use super::borders::ItemStarts;
use super::column::{Cells, Column};
use super::outer_contents::OuterLevels;
use super::{Frame, Reader, RequestedFields};
use crate::Source;
use crate::offset::Position;
use crate::structs::code::Order;
use crate::structs::nodes::{Input, Window};
use crate::tree::{self, Expand, Node, Space};
use crate::value::Value;

/// When items are made on demand, their number is known, however the array ends.
static COUNTED: Count = Count::Number(0);

/// What items on demand are made from.
#[derive(Clone, Debug)]
pub(in crate::structs::whole) struct Origin<'p> {
    pub(in crate::structs::whole) program: &'p Arc<Program>,
    pub(in crate::structs::whole) source: Source,
    /// How many nodes of an array are made at once.
    pub(in crate::structs::whole) many: u64,
    pub(in crate::structs::whole) lost: Arc<LostClaims>,
    /// The bytes of the array whose items are being made on demand.
    pub(in crate::structs::whole) within: Option<Range<u64>>,
    /// The fields of items that the caller is going to ask for.
    pub(in crate::structs::whole) asking: RequestedFields,
}

/// Who owns the bytes of items.
#[derive(Clone, Copy, Debug)]
pub(in crate::structs::whole) enum Owner {
    /// The items do, unless this claim was lost.
    Claimed(u64),
    /// Whether other nodes do.
    Known(bool),
}

/// An array, with all that its items need to be read again.
#[derive(Debug)]
pub(in crate::structs::whole) struct Demand {
    program: Arc<Program>,
    source: Source,
    many: u64,
    lost: Arc<LostClaims>,
    owner: Owner,
    /// The bytes of the outermost array that is made on demand.
    within: Range<u64>,
    space: Space,
    base: u64,
    number: u32,
    order: Order,
    around: OuterLevels,
    first_stream: u32,
    open: Vec<(SmolStr, Space, u64, Vec<Value>)>,
    depth: usize,
    /// Where the array begins, and the region around it ends.
    start: u64,
    end: u64,
    file: (u64, u64),
    starts: ItemStarts,
    len: ItemCount,
    asking: RequestedFields,
    /// What is kept of the items.
    column: Option<Column>,
}

/// How many items an array has.
#[derive(Clone, Copy, Debug)]
pub(in crate::structs::whole) struct ItemCount {
    pub(in crate::structs::whole) items: u64,
    /// Whether reading ended in an error, which the last item may meet again.
    pub(in crate::structs::whole) is_cut: bool,
}

impl<'p, I: Input> Reader<'p, I> {
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a part of what is remembered"
    )]
    pub(in crate::structs::whole) fn demand(
        &self,
        item: &Item,
        order: Order,
        around: OuterLevels,
        start: u64,
        starts: ItemStarts,
        len: ItemCount,
        owner: Owner,
        column: Option<Column>,
    ) -> Option<Demand> {
        let origin = self.origin.as_ref()?;
        Some(Demand {
            program: Arc::clone(origin.program),
            source: origin.source.clone(),
            many: origin.many,
            lost: Arc::clone(&origin.lost),
            owner,
            within: origin.within.clone().unwrap_or(start..self.at),
            space: self.space,
            base: self.base,
            number: item.number,
            order,
            around,
            first_stream: self.first_stream,
            open: self.open.clone(),
            depth: self.depth,
            start,
            end: self.end,
            file: self.file,
            starts,
            len,
            asking: origin.asking.clone(),
            column,
        })
    }
}

impl Demand {
    fn items(&self, index: u64) -> io::Result<Option<ItemIter<'_>>> {
        let Some(item) = self.program.numbered(self.number) else {
            return Ok(None);
        };
        let Some((first, at)) = self.starts.before(index) else {
            return Ok(None);
        };
        let mut window = Window::new(&self.source)?;
        window.start_at(self.base);
        let mut reader = Reader::new(&self.program, window, self.space, self.base);
        reader.origin = Some(Origin {
            program: &self.program,
            source: self.source.clone(),
            many: self.many,
            lost: Arc::clone(&self.lost),
            within: Some(self.within.clone()),
            asking: self.asking.clone(),
        });
        reader.first_stream = self.first_stream;
        reader.coded.clone_from(&self.around.coded);
        reader.frames.clone_from(&self.around.frames);
        reader.frames.push(Frame::of_array(item.name.clone()));
        reader.open.clone_from(&self.open);
        reader.depth = self.depth;
        reader.at = at;
        reader.end = self.end;
        reader.file = self.file;
        reader.is_view = match self.owner {
            Owner::Claimed(key) => self.lost.has(key),
            Owner::Known(is_view) => is_view,
        };
        let mut items = Items::new(&COUNTED, Some(self.len.items));
        items.index = first;
        Ok(Some(ItemIter {
            reader,
            item,
            order: self.order,
            items,
            from: index,
            is_partial: false,
            skim: Skim::new(&self.program, item, self.order, &[]),
            len: self.len,
            contents: self.around.coded.len(),
            made: Vec::new().into_iter(),
            failed: None,
        }))
    }
}

impl Demand {
    /// The kept values of a field of the first items.
    fn kept(&self, names: &[&str]) -> Option<Cells<'_>> {
        let column = self.column.as_ref().filter(|column| column.is_of(names))?;
        // Fields whose bytes others own are views.
        let is_view = match self.owner {
            Owner::Claimed(key) => self.lost.has(key),
            Owner::Known(is_view) => is_view,
        };
        let place = tree::Range::new(self.space, self.base.past(self.start), 0);
        let item = self.program.numbered(self.number)?;
        let entries = Cells::new(column, &self.program, item, place)?;
        (!is_view).then_some(entries)
    }

    /// Items of which only the fields of these names are made.
    fn items_with(&self, names: &[&str], first: u64) -> io::Result<Option<ItemIter<'_>>> {
        let mut made = self.items(first)?;
        if let Some(made) = &mut made {
            made.is_partial = true;
            made.reader.wanted = self.program.wanted(self.number, names);
            made.skim = Skim::new(&self.program, made.item, self.order, names);
        }
        Ok(made)
    }
}

impl Expand for Demand {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        Some(self.len.items)
    }

    fn children_with(&self, names: &[&str]) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        match self.items_with(names, 0) {
            Ok(Some(made)) => Box::new(made),
            Ok(None) => Box::new(std::iter::empty()),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn each_with(
        &self,
        names: &[&str],
        index: u64,
        visit: &mut dyn FnMut(&mut Node) -> io::Result<bool>,
    ) -> io::Result<()> {
        let mut item = Node::new("", tree::Range::file(0, 0));
        let mut first = index;
        if index == 0
            && let Some(mut kept) = self.kept(names)
        {
            first = kept.len();
            while kept.next_in(&mut item) {
                if !visit(&mut item)? {
                    return Ok(());
                }
            }
        }
        if first >= self.len.items {
            return Ok(());
        }
        let Some(mut made) = self.items_with(names, first)? else {
            return Ok(());
        };
        loop {
            let go_on = match made.in_place(&mut item)? {
                true => visit(&mut item)?,
                false => match made.next() {
                    Some(node) => visit(&mut node?)?,
                    None => false,
                },
            };
            if !go_on {
                return Ok(());
            }
        }
    }

    fn each_kept(&self, names: &[&str], visit: &mut dyn FnMut(u64, &Node) -> bool) -> u64 {
        let Some(mut kept) = self.kept(names) else {
            return 0;
        };
        let mut field = Node::new("", tree::Range::file(0, 0));
        for index in 0..kept.len() {
            // Where a field alone can't be made, its items are.
            if !kept.next_field(&mut field) {
                return index;
            }
            if !visit(index, &field) {
                break;
            }
        }
        kept.len()
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        match self.items(index) {
            Ok(Some(made)) => Box::new(made),
            Ok(None) => Box::new(std::iter::empty()),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }
}

/// Iterates over the items of an array on demand.
struct ItemIter<'d> {
    reader: Reader<'d, Window>,
    item: &'d Item,
    order: Order,
    items: Items<'d>,
    /// The first that is wanted.
    from: u64,
    /// Whether only some of their fields are.
    is_partial: bool,
    /// Passes over items, or finds the one field of them that is wanted.
    skim: Option<Skim<'d>>,
    len: ItemCount,
    /// How many contents are around the array.
    contents: usize,
    made: std::vec::IntoIter<Node>,
    /// The error that ended the items, reported after the last one.
    failed: Option<io::Error>,
}

impl ItemIter<'_> {
    /// Makes the next item in the node of the last, where it can be passed over; answers whether it did.
    fn in_place(&mut self, node: &mut Node) -> io::Result<bool> {
        let is_next = self.made.as_slice().is_empty() && self.failed.is_none();
        let Some(skim) = self.skim.as_mut().filter(|_| is_next) else {
            return Ok(false);
        };
        let index = self.items.index;
        if index >= self.len.items || index < self.from {
            return Ok(false);
        }
        self.reader.forget_contents(self.contents);
        self.reader.scanned = 0;
        self.reader.is_lean = true;
        self.reader.nodes = 0;
        self.reader.steps = 0;
        let is_made = self
            .reader
            .skim_to_field(skim, self.item, &mut self.items, node);
        if let Err(error) = self.reader.input.check() {
            self.len.items = 0;
            return Err(error);
        }
        Ok(is_made)
    }
}

impl Iterator for ItemIter<'_> {
    type Item = io::Result<Node>;

    fn next(&mut self) -> Option<io::Result<Node>> {
        loop {
            if let Some(node) = self.made.next() {
                return Some(Ok(node));
            }
            if let Some(error) = self.failed.take() {
                return Some(Err(error));
            }
            let index = self.items.index;
            if index >= self.len.items {
                return None;
            }
            self.reader.forget_contents(self.contents);
            self.reader.scanned = 0;
            self.reader.is_lean = self.is_partial || index < self.from;
            self.reader.nodes = 0;
            self.reader.steps = 0;
            let is_before = index < self.from;
            let is_skimmed = match &mut self.skim {
                Some(skim) if is_before => self.reader.skim_item(skim, &mut self.items),
                Some(skim) if self.is_partial => {
                    let mut node = Node::new("", tree::Range::file(0, 0));
                    let is_made =
                        self.reader
                            .skim_to_field(skim, self.item, &mut self.items, &mut node);
                    if let Err(error) = self.reader.input.check() {
                        self.len.items = 0;
                        return Some(Err(error));
                    }
                    if is_made {
                        return Some(Ok(node));
                    }
                    false
                }
                _ => false,
            };
            let result = match is_skimmed {
                true => Ok(()),
                false => self
                    .reader
                    .next_item(self.item, self.order, &mut self.items),
            };
            if let Err(error) = result {
                // The error of a truncated array is reported after it.
                let is_known = self.len.is_cut && index.past(1) == self.len.items;
                self.failed = (!is_known).then(|| error.into());
                self.len.items = 0;
            }
            if let Err(error) = self.reader.input.check() {
                self.len.items = 0;
                return Some(Err(error));
            }
            if is_before {
                self.reader.forget_items(self.contents);
                continue;
            }
            let frame = self.reader.frames.last_mut();
            let nodes = frame.map(|frame| std::mem::take(&mut frame.nodes));
            let mut nodes = nodes.unwrap_or_default();
            // Streams are numbered while the file is read; items on demand come too late for a number.
            nodes.iter_mut().for_each(Node::without_content);
            self.made = nodes.into_iter();
        }
    }
}
