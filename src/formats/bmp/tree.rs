//! The tree of a BMP file: a node a header, a leaf a field, and a leaf for all that has no fields.

use std::io;
use std::sync::Arc;

use crate::offset::Tally;
use crate::tree::{Node, Problem, Range, Role, hull};

use super::bitmap::Bitmap;
use super::meaning;
use super::raw::RawHeader;
use super::regions::{Part, Region};
use super::report::Report;

/// The parts of the one bitmap are at the root; several are the items of `bitmaps`.
pub(super) fn of(report: &Report) -> io::Result<Node> {
    let mut children = Vec::new();
    match report.bitmaps.as_slice() {
        [bitmap] if bitmap.array.is_none() => children = parts(report, 0, bitmap)?,
        [] => {}
        bitmaps => {
            let mut items = Vec::new();
            for (index, bitmap) in bitmaps.iter().enumerate() {
                let parts = parts(report, index, bitmap)?;
                let own = parts.iter().any(|part| part.role != Role::View);
                let item = Node::new(index, hull(&parts)).with_children(parts);
                items.push(if own { item } else { item.role(Role::View) });
            }
            let meaning = format!("{} bitmaps in one file", items.len());
            children.push(
                Node::new("bitmaps", hull(&items))
                    .with_children(items)
                    .meaning(meaning),
            );
        }
    }
    children.extend(unclaimed(&report.regions));
    children.sort_by_key(|node| node.range.offset);

    let mut root = Node::new("bmp", Range::file(0, report.size)).with_children(children);
    for problem in &report.problems {
        attach(&mut root, problem);
    }
    Ok(root)
}

/// The nodes of one bitmap in the order of the file.
fn parts(report: &Report, index: usize, bitmap: &Bitmap) -> io::Result<Vec<Node>> {
    let mut nodes = Vec::new();
    for header in bitmap
        .headers
        .iter()
        .filter(|header| header.range().size > 0)
    {
        nodes.push(self::header(report, index, bitmap, header));
    }
    let mut regions = report
        .regions
        .iter()
        .filter(|region| region.bitmap == Some(index));
    if let Some(palette) = &bitmap.palette
        && let Some(region) = regions.clone().find(|region| region.part == Part::Palette)
    {
        let node = Node::new("palette", region.range).meaning(meaning::palette(palette));
        nodes.push(if region.view {
            node.role(Role::View)
        } else {
            node.with_children_on_demand(Arc::new(palette.clone()))
        });
    }
    let pieces: Vec<&Region> = regions
        .by_ref()
        .filter(|region| matches!(region.part, Part::Pixels | Part::Mask | Part::Profile))
        .collect();
    if let Some(node) = data(Part::Pixels, &pieces) {
        nodes.push(node.meaning(meaning::pixels(bitmap, report.size)));
    }
    if let Some(node) = data(Part::Mask, &pieces) {
        nodes.push(node.meaning("a bit a pixel: 1 is transparent"));
    }
    if let Some(node) = data(Part::Profile, &pieces) {
        let node = node.meaning(meaning::profile(bitmap));
        nodes.push(match &bitmap.linked_profile {
            // One that was read in part is no value.
            Some(path) if path.len() as u64 == node.range.size => node.value(path.clone()),
            _ => node,
        });
    }
    nodes.sort_by_key(|node| node.range.offset);
    Ok(nodes)
}

fn header(report: &Report, index: usize, bitmap: &Bitmap, header: &RawHeader) -> Node {
    let mut node = header.node();
    meaning::annotate(report, bitmap, header, node.children_mut());
    let is_view = report
        .regions
        .iter()
        .any(|region| region.view && region.bitmap == Some(index) && region.part == header.part());
    if is_view {
        node.role = Role::View;
        for field in node.children_mut() {
            field.role = Role::View;
        }
    }
    match meaning::header(bitmap, header) {
        Some(meaning) => node.meaning(meaning),
        None => node,
    }
}

/// Pixels or a profile: one leaf, or, where others own some of the bytes, a view with a leaf for
/// each piece that is left.
fn data(part: Part, regions: &[&Region]) -> Option<Node> {
    let mut own = regions.iter().filter(|region| region.part == part);
    let first = own.next()?;
    let node = Node::new(part.name(), first.range);
    if !first.view {
        return Some(node.role(Role::Data));
    }
    let pieces = own
        .enumerate()
        .map(|(i, piece)| Node::new(i, piece.range).role(Role::Data));
    Some(node.role(Role::View).with_children(pieces.collect()))
}

/// Gaps are numbered from the second on, so that each has a path of its own.
fn unclaimed(regions: &[Region]) -> Vec<Node> {
    let mut gaps = 0_u32;
    regions
        .iter()
        .filter(|region| matches!(region.part, Part::Gap | Part::Trailing))
        .map(|region| {
            let name = region.part.name();
            if region.part == Part::Gap {
                gaps.tally(1);
            }
            let node = if region.part == Part::Gap && gaps > 1 {
                Node::new(format!("{name}{gaps}"), region.range)
            } else {
                Node::new(name, region.range)
            };
            node.role(Role::Gap)
        })
        .collect()
}

/// Puts a problem at the innermost node that holds all of its bytes.
fn attach(node: &mut Node, problem: &Problem) {
    let within = |node: &Node| {
        node.range.offset <= problem.range.offset && problem.range.end() <= node.range.end()
    };
    let inner = node
        .children_mut()
        .iter_mut()
        .find(|child| child.role != Role::View && within(child));
    match inner {
        Some(child) => attach(child, problem),
        None => node.problems.push(problem.clone()),
    }
}
