//! Which of the nodes that stand on the same bytes owns them, and which bytes no node reaches.

use crate::tree::{Node, Range, Role, Space};

/// A leaf that may own its bytes.
struct Leaf {
    from: u64,
    to: u64,
    is_padding: bool,
    is_placed: bool,
    owns: bool,
}

/// Makes views of the leaves whose bytes others own: the one that encloses owns, else the one
/// that is not placed, else the first; padding owns only what no field has. Answers the bytes of `space` from `from` to `to` that no leaf reaches.
pub(crate) fn settle(nodes: &mut [Node], space: Space, from: u64, to: u64) -> Vec<Range> {
    let mut leaves = Vec::new();
    for node in nodes.iter() {
        collect(node, space, false, &mut leaves);
    }
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
                .filter(|leaf| leaf.is_padding == is_padding)
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
    let mut gaps = Vec::new();
    let mut at = from;
    for (start, end) in covered.into_iter().chain([(to, to)]) {
        let start = start.min(to);
        if start > at {
            gaps.push(Range::new(space, at, start.saturating_sub(at)));
        }
        at = at.max(end);
    }
    gaps
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
    // What consists of views is one: nothing in it owns its bytes.
    let mut parts = node.made().iter();
    if node.range.size > 0 && !node.made().is_empty() && parts.all(|part| part.role == Role::View) {
        node.role = Role::View;
    }
}
