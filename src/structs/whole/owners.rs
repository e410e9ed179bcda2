//! Which of several nodes on the same bytes owns them, and which bytes no node covers.

use std::sync::OnceLock;

use crate::offset::Position;
use crate::tree::{Node, Range, Role, Space};

/// Bytes of items that are made on demand: of an array, or of an item in it that lies elsewhere.
#[derive(Clone, Copy, Debug)]
pub(in crate::structs) struct Claim {
    pub(super) from: u64,
    pub(super) to: u64,
    /// Its hash, which identifies it.
    pub(super) key: u64,
    pub(super) is_placed: bool,
}

/// The keys of claims whose bytes other nodes own, known once the file is read.
#[derive(Debug, Default)]
pub(in crate::structs) struct LostClaims(OnceLock<Vec<u64>>);

impl LostClaims {
    pub(in crate::structs) fn set(&self, mut keys: Vec<u64>) {
        keys.sort_unstable();
        // A file is settled once; later calls change nothing.
        let _ = self.0.set(keys);
    }

    pub(super) fn has(&self, key: u64) -> bool {
        self.0
            .get()
            .is_some_and(|keys| keys.binary_search(&key).is_ok())
    }
}

/// A leaf that may own its bytes, or a claim.
struct Leaf {
    from: u64,
    to: u64,
    is_padding: bool,
    is_placed: bool,
    owns: bool,
}

/// The result of `settle`.
#[derive(Debug, Default)]
pub(in crate::structs) struct Ownership {
    /// The bytes that no leaf reaches.
    pub(in crate::structs) gaps: Vec<Range>,
    /// The keys of claims whose bytes others own.
    pub(in crate::structs) lost: Vec<u64>,
}

/// Makes views of the leaves whose bytes others own, where all nodes are there, and answers the bytes that no leaf
/// reaches.
pub(crate) fn settle(nodes: &mut [Node], space: Space, from: u64, to: u64) -> Vec<Range> {
    settle_all(nodes, &[], space, from, to).gaps
}

/// Makes views of the leaves whose bytes others own. Of two leaves on the same bytes, the enclosing one owns them; else
/// the one that follows its predecessor rather than one at a computed offset; else the first. Padding owns only bytes
/// that no field has. Claims count as leaves. Answers the bytes of `space` from `from` to `to` that no leaf reaches.
pub(in crate::structs) fn settle_all(
    nodes: &mut [Node],
    claims: &[Claim],
    space: Space,
    from: u64,
    to: u64,
) -> Ownership {
    let mut leaves = Vec::new();
    for node in nodes.iter() {
        collect(node, space, false, &mut leaves);
    }
    leaves.extend(claims.iter().map(|claim| Leaf {
        from: claim.from,
        to: claim.to,
        is_padding: false,
        is_placed: claim.is_placed,
        owns: claim.to > claim.from,
    }));
    let mut order: Vec<usize> = (0..leaves.len()).collect();
    order.sort_by_key(|i| {
        leaves
            .get(*i)
            .map(|leaf| (leaf.from, std::cmp::Reverse(leaf.to), leaf.is_placed))
    });
    let mut covered: Vec<(u64, u64)> = Vec::new();
    for is_padding in [false, true] {
        let mut end = 0;
        let before = covered.clone();
        for i in &order {
            let Some(leaf) = leaves
                .get_mut(*i)
                .filter(|leaf| leaf.is_padding == is_padding && leaf.owns)
            else {
                continue;
            };
            if leaf.from < end || (is_padding && overlaps(&before, leaf)) {
                leaf.owns = false;
                continue;
            }
            end = leaf.to;
            covered.push((leaf.from, leaf.to));
        }
        covered.sort_unstable();
    }
    let mut next = leaves.iter();
    for node in nodes.iter_mut() {
        apply(node, space, &mut next);
    }
    let lost = next.zip(claims).filter(|(leaf, _)| !leaf.owns);
    let lost = lost.map(|(_, claim)| claim.key).collect();
    let mut gaps = Vec::new();
    let mut at = from;
    for (start, end) in covered.into_iter().chain([(to, to)]) {
        let start = start.min(to);
        if start > at {
            gaps.push(Range::new(space, at, start.since(at)));
        }
        at = at.max(end);
    }
    Ownership { gaps, lost }
}

fn overlaps(covered: &[(u64, u64)], leaf: &Leaf) -> bool {
    let after = covered.partition_point(|(start, _)| *start < leaf.to);
    let last = after.checked_sub(1).and_then(|i| covered.get(i));
    last.is_some_and(|(_, end)| *end > leaf.from)
}

fn is_leaf(node: &Node, space: Space) -> bool {
    node.owns_bytes() && node.range.size > 0 && node.range.space == space
}

fn collect(node: &Node, space: Space, is_placed: bool, leaves: &mut Vec<Leaf>) {
    let is_placed = is_placed || node.is_placed;
    if is_leaf(node, space) {
        leaves.push(Leaf {
            from: node.range.offset,
            to: node.range.end(),
            is_padding: matches!(node.role, Role::Padding | Role::Gap),
            is_placed,
            owns: true,
        });
        return;
    }
    for child in node.made() {
        collect(child, space, is_placed, leaves);
    }
}

fn apply<'l>(node: &mut Node, space: Space, leaves: &mut impl Iterator<Item = &'l Leaf>) {
    if is_leaf(node, space) {
        if leaves.next().is_some_and(|leaf| !leaf.owns) {
            node.role = Role::View;
        }
        return;
    }
    for child in node.children_mut() {
        apply(child, space, leaves);
    }
    if node.range.size > 0 && node.has_views_only() {
        node.role = Role::View;
    }
}
