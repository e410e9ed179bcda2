//! A node of the tree on the screen, and the window of its children.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::{Kind, Row, STEP, WINDOW};
use crate::inspect::Document;
use crate::offset::Position;
use crate::tree::Node;
use crate::view::children::{self, Feed, Next};

/// The open nodes below a node.
#[derive(Clone, Debug)]
pub(super) struct Open {
    first: u64,
    wanted: usize,
    by_hex: bool,
    /// By the index of an open child: its name, and the open nodes below.
    kids: HashMap<u64, (String, Open)>,
}

/// A node, and its children where it is open.
pub(super) struct Branch {
    ordinal: u64,
    node: Arc<Node>,
    opened: Option<Box<Opened>>,
}

struct Opened {
    /// The place of the first child at hand.
    first: u64,
    kids: VecDeque<Branch>,
    /// The child after those; its presence says that more follow.
    ahead: Option<Node>,
    feed: Feed,
    /// How many children are wanted.
    wanted: usize,
    end: End,
    /// Opened to show the field of a byte, not by a user.
    by_hex: bool,
    /// Nodes to be opened among children that are not made yet.
    carry: HashMap<u64, (String, Open)>,
}

enum End {
    More,
    Over,
    Failed(String),
}

impl Branch {
    pub(super) fn new(ordinal: u64, node: Arc<Node>) -> Branch {
        Branch {
            ordinal,
            node,
            opened: None,
        }
    }

    pub(super) fn node(&self) -> &Arc<Node> {
        &self.node
    }

    pub(super) fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// Opens the node, with the nodes below that were open before.
    pub(super) fn open(&mut self, document: &Arc<Document>, shape: Option<Open>, by_hex: bool) {
        if !children::has_any(&self.node) {
            return;
        }
        let shape = shape.unwrap_or(Open {
            first: 0,
            wanted: STEP,
            by_hex,
            kids: HashMap::new(),
        });
        self.opened = Some(Box::new(Opened {
            first: shape.first,
            kids: VecDeque::new(),
            ahead: None,
            feed: Feed::start(document, &self.node, shape.first),
            wanted: shape.wanted,
            end: End::More,
            by_hex: shape.by_hex,
            carry: shape.kids,
        }));
    }

    pub(super) fn close(&mut self) {
        self.opened = None;
    }

    /// The open nodes here and below.
    pub(super) fn shape(&self) -> Option<Open> {
        let opened = self.opened.as_ref()?;
        let kids = opened.kids.iter().filter_map(|kid| {
            let name = kid.node.name.to_string();
            Some((kid.ordinal, (name, kid.shape()?)))
        });
        let mut kids: HashMap<_, _> = kids.collect();
        for (ordinal, shape) in &opened.carry {
            kids.entry(*ordinal).or_insert_with(|| shape.clone());
        }
        Some(Open {
            first: opened.first,
            wanted: opened.wanted,
            by_hex: opened.by_hex,
            kids,
        })
    }

    /// The child at a place, where it is at hand.
    pub(super) fn kid(&self, ordinal: u64) -> Option<&Branch> {
        let opened = self.opened.as_ref()?;
        let index = usize::try_from(ordinal.checked_sub(opened.first)?).ok()?;
        opened.kids.get(index)
    }

    pub(super) fn kid_mut(&mut self, ordinal: u64) -> Option<&mut Branch> {
        let opened = self.opened.as_mut()?;
        let index = usize::try_from(ordinal.checked_sub(opened.first)?).ok()?;
        opened.kids.get_mut(index)
    }

    /// Whether all children that there are have come.
    pub(super) fn has_ended(&self) -> bool {
        let opened = self.opened.as_ref();
        opened.is_none_or(|opened| !matches!(opened.end, End::More))
    }

    /// Takes the children that come before the deadline; answers whether more are expected, here or below. Recursion is
    /// as deep as the tree.
    pub(super) fn fill(&mut self, document: &Arc<Document>, deadline: Instant) -> bool {
        let Some(opened) = &mut self.opened else {
            return false;
        };
        let mut waits = opened.fill(document, deadline);
        for kid in &mut opened.kids {
            waits |= kid.fill(document, deadline);
        }
        waits
    }

    /// The places before and after the window.
    pub(super) fn beside(&self, before: bool) -> Option<u64> {
        let opened = self.opened.as_ref()?;
        match before {
            true => opened.first.checked_sub(1),
            false => opened.first.checked_add(opened.kids.len() as u64),
        }
    }

    /// Moves the window forward.
    pub(super) fn slide_on(&mut self, _: &Arc<Document>) {
        if let Some(opened) = &mut self.opened {
            opened.wanted = opened.kids.len().past(STEP);
            opened.trim();
        }
    }

    /// Moves the window back.
    pub(super) fn slide_back(&mut self, document: &Arc<Document>) {
        let Some(opened) = &self.opened else { return };
        let first = opened.first.saturating_sub(STEP as u64);
        let more = usize::try_from(opened.first.since(first)).unwrap_or(STEP);
        let wanted = opened.kids.len().past(more).min(WINDOW);
        self.restart(document, first, wanted);
    }

    /// Moves the window so that it has the child at a place.
    pub(super) fn want(&mut self, document: &Arc<Document>, ordinal: u64, deadline: Instant) {
        if self.kid(ordinal).is_none() {
            let Some(opened) = &mut self.opened else {
                return;
            };
            let after = ordinal.checked_sub(opened.first);
            let after = after.and_then(|after| usize::try_from(after).ok());
            let near = opened.kids.len().past(STEP);
            match after.filter(|after| *after < near.max(opened.wanted)) {
                Some(after) => {
                    let wanted = after.past(STEP / 4);
                    opened.wanted = opened.wanted.max(wanted);
                    opened.trim();
                }
                None => self.restart(document, ordinal.saturating_sub(STEP as u64 / 2), STEP),
            }
        }
        if let Some(opened) = &mut self.opened {
            opened.fill(document, deadline);
        }
    }

    fn restart(&mut self, document: &Arc<Document>, first: u64, wanted: usize) {
        let Some(mut shape) = self.shape() else {
            return;
        };
        shape.first = first;
        shape.wanted = wanted;
        self.open(document, Some(shape), false);
    }

    /// Closes the nodes that were opened to show a field, but for those that lead to an address.
    pub(super) fn close_what_led_elsewhere(&mut self, address: &[u64]) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        let (next, rest) = match address.split_first() {
            Some((next, rest)) => (Some(*next), rest),
            None => (None, &[][..]),
        };
        for kid in &mut opened.kids {
            let leads = Some(kid.ordinal) == next;
            let by_hex = kid.opened.as_ref().is_some_and(|opened| opened.by_hex);
            match (leads, by_hex) {
                (true, _) => kid.close_what_led_elsewhere(rest),
                (false, true) => kid.close(),
                (false, false) => kid.close_what_led_elsewhere(&[]),
            }
        }
    }

    /// The rows of the children, and of what is open among them.
    pub(super) fn rows(&self, address: &mut Vec<u64>, rows: &mut Vec<Row>) {
        let Some(opened) = &self.opened else { return };
        let depth = address.len();
        let other = |kind: Kind, address: &[u64]| Row {
            address: address.to_vec(),
            kind,
            node: Arc::clone(&self.node),
            depth,
        };
        if opened.first > 0 {
            rows.push(other(Kind::Before(opened.first), address));
        }
        for kid in &opened.kids {
            address.push(kid.ordinal);
            let open = children::has_any(&kid.node).then(|| kid.is_open());
            rows.push(Row {
                address: address.clone(),
                kind: Kind::Node { open },
                node: Arc::clone(&kid.node),
                depth,
            });
            kid.rows(address, rows);
            address.pop();
        }
        let after = opened.first.past(opened.kids.len() as u64);
        match &opened.end {
            End::Failed(message) => rows.push(other(Kind::Failed(message.clone()), address)),
            End::More if opened.is_short() => rows.push(other(Kind::Waiting, address)),
            _ if opened.ahead.is_some() => {
                let left = children::count(&self.node).and_then(|n| n.checked_sub(after));
                rows.push(other(Kind::After(left), address));
            }
            _ => {}
        }
    }
}

impl Opened {
    fn is_short(&self) -> bool {
        self.kids.len() < self.wanted || self.ahead.is_none()
    }

    /// Drops the first children where the window is to hold too many.
    fn trim(&mut self) {
        while self.wanted > WINDOW && self.kids.len() > STEP {
            self.kids.drain(..STEP);
            self.first.advance(STEP as u64);
            self.wanted = self.wanted.since(STEP);
        }
    }

    fn fill(&mut self, document: &Arc<Document>, deadline: Instant) -> bool {
        while self.is_short() {
            if self.kids.len() < self.wanted
                && let Some(node) = self.ahead.take()
            {
                self.push(document, node);
                continue;
            }
            if !matches!(self.end, End::More) {
                return false;
            }
            match self.feed.next(deadline) {
                Next::Child(node) => self.ahead = Some(*node),
                Next::Later => return true,
                Next::End => self.end = End::Over,
                Next::Failed(message) => self.end = End::Failed(message),
            }
        }
        false
    }

    fn push(&mut self, document: &Arc<Document>, node: Node) {
        let ordinal = self.first.past(self.kids.len() as u64);
        let mut kid = Branch::new(ordinal, Arc::new(node));
        if let Some((name, shape)) = self.carry.remove(&ordinal)
            && kid.node.name == name
        {
            kid.open(document, Some(shape), false);
        }
        self.kids.push_back(kid);
    }
}
