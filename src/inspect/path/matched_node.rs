//! The nodes that paths lead to, visited one by one: fields of items share one node.

use std::borrow::Cow;
use std::ops::Range;

use super::{FindError, Found, Path, Segment, Spaces};
use crate::structs::RequestedField;
use crate::tree::{Name, Node, Place, Role};

/// A node that a path leads to.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is handed over at once, and not kept"
)]
pub(crate) enum MatchedNode<'a> {
    Owned(Found),
    /// A field of an array's item, which the next one overwrites.
    Borrowed {
        array: &'a Place,
        index: u64,
        names: &'a [&'a str],
        node: &'a Node,
    },
}

impl MatchedNode<'_> {
    /// Its path, which is only composed here: most output doesn't need it.
    pub(crate) fn path(&self) -> Cow<'_, Place> {
        match self {
            MatchedNode::Owned(found) => Cow::Borrowed(&found.path),
            MatchedNode::Borrowed {
                array,
                index,
                names,
                ..
            } => {
                let mut place = array.child(Name::item(*index));
                for name in *names {
                    place.push((*name).to_owned().into());
                }
                Cow::Owned(place)
            }
        }
    }

    pub(crate) fn node(&self) -> &Node {
        match self {
            MatchedNode::Owned(found) => &found.node,
            MatchedNode::Borrowed { node, .. } => node,
        }
    }

    pub(crate) fn into_found(self) -> Found {
        match self {
            MatchedNode::Owned(found) => found,
            MatchedNode::Borrowed { node, .. } => Found {
                path: self.path().into_owned(),
                node: node.clone(),
            },
        }
    }
}

impl Path {
    /// The field that it leads to in the items of an array, if only names follow its last `[*]`.
    pub(in crate::inspect) fn asked(&self) -> Option<RequestedField> {
        let is_pattern = |segment: &Segment| matches!(segment, Segment::All | Segment::Slice(..));
        let last = self.segments.iter().rposition(is_pattern)?;
        let Some(Segment::Name(array)) = self.segments.get(last.checked_sub(1)?) else {
            return None;
        };
        let names = self.names_from(last.checked_add(1)?);
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let array = array.clone();
        (!names.is_empty()).then_some(RequestedField { array, names })
    }

    /// The fields that names lead to in the items of an array that is made on demand. Answers whether more is wanted.
    pub(super) fn each_field(
        &self,
        from: &Found,
        names: &[&str],
        window: &Range<u64>,
        next: usize,
        spaces: Spaces<'_>,
        visit: &mut dyn FnMut(MatchedNode<'_>) -> bool,
    ) -> Result<bool, FindError> {
        let (mut wants_more, mut is_over) = (true, false);
        let kept = from.node.each_kept(names, &mut |index, node| {
            is_over = index >= window.end;
            if !is_over && index >= window.start {
                wants_more = visit(MatchedNode::Borrowed {
                    array: &from.path,
                    index,
                    names,
                    node,
                });
            }
            wants_more && !is_over
        });
        if is_over || !wants_more {
            return Ok(wants_more);
        }
        let mut result = Ok(true);
        from.node.each_with(names, kept, &mut |item| {
            // Nodes beside the items, such as padding, don't count.
            let Some(index) = item.name.index() else {
                return Ok(true);
            };
            if index >= window.end {
                return Ok(false);
            }
            if index < window.start {
                return Ok(true);
            }
            result = match inner(item, names) {
                Some(node) => Ok(visit(MatchedNode::Borrowed {
                    array: &from.path,
                    index,
                    names,
                    node,
                })),
                None => self.one_item(from, item, index, next, spaces, visit),
            };
            Ok(matches!(result, Ok(true)))
        })?;
        result
    }

    /// What a path leads to in one item.
    fn one_item(
        &self,
        from: &Found,
        item: &Node,
        index: u64,
        next: usize,
        spaces: Spaces<'_>,
        visit: &mut dyn FnMut(MatchedNode<'_>) -> bool,
    ) -> Result<bool, FindError> {
        let found = |node: Node| Found {
            path: from.path.child(node.name.clone()),
            node,
        };
        match self.descend(found(item.clone()), next, spaces, visit) {
            // The names that there are instead, of all fields of the item.
            Err(FindError::Path(error)) => {
                let mut items = from.node.children_from(index);
                let Some(node) = items.next().transpose()?.map(Cow::into_owned) else {
                    return Err(error.into());
                };
                self.descend(found(node), next, spaces, visit)
            }
            result => result,
        }
    }
}

/// The field that names lead to, where no other of one of the names is a view.
fn inner<'n>(item: &'n Node, names: &[&str]) -> Option<&'n Node> {
    let mut node = item;
    for name in names {
        let is_it = |child: &&Node| child.name == **name && child.role != Role::View;
        node = node.made().iter().find(is_it)?;
    }
    Some(node)
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use std::sync::Arc;

    use crate::format::StructFormat;
    use crate::inspect::{Document, Path};
    use crate::{Source, Struct};

    #[test]
    fn fields_that_are_kept_and_that_are_read_are_handed_over_as_far_as_wanted() {
        let layout = Struct::new("{0: B:never} *(B:n {n: B:x ; else: z:x} B:m):a").unwrap();
        // Of the first items the field is kept, but not of the one after them, which has a text of any length.
        let mut bytes = [1, 2, 3].repeat(9_000);
        bytes.extend([0, b'a', 0, 3]);
        bytes.extend([1, 2, 3].repeat(9));
        let format = Arc::new(StructFormat::new("s", layout));
        let asked: Path = "a[*].x".parse().unwrap();
        let document = Document::open_for(Source::from(bytes), format, 0, &[asked]).unwrap();
        const ALL: usize = usize::MAX;
        for (text, wanted, expected) in [
            ("a[*].x", 1, 1),
            ("a[*].x", 9_000, 9_000),
            ("a[*].x", 9_001, 9_001),
            ("a[*].x", ALL, 9_010),
            ("a[8990:8995].x", ALL, 5),
            ("a[8990:8995].x", 2, 2),
            ("a[8990:9000].x", ALL, 10),
            ("a[8990:9004].x", ALL, 14),
            ("a[9000:].x", ALL, 10),
            ("a[9003:].x", 2, 2),
        ] {
            let mut seen = 0_usize;
            let path: Path = text.parse().unwrap();
            let visit = &mut |_| {
                seen = seen.saturating_add(1);
                seen < wanted
            };
            document.each(&path, visit).unwrap();
            assert_eq!(seen, expected, "{text} {wanted}");
        }
    }
}
