//! Suggestions for a name that leads nowhere: the same name further down, or a similar one.

use std::collections::VecDeque;

use super::Found;
use crate::offset::{Position, Tally};
use crate::tree::{Node, Role};

/// The most nodes that are searched: people mostly mean those at the top of the tree.
const MAX_NODES: usize = 2000;

/// Levels of the tree that are looked at.
const MAX_DEPTH: usize = 6;

/// The shortest name that is compared: shorter ones are all similar.
const SHORTEST: usize = 3;

/// The path of the nearest node below that has this name, or else of one whose name differs by a slip of the
/// finger. Of the items of an array, the first stands for all.
pub(super) fn below(from: &Found, wanted: &str) -> Option<String> {
    if wanted.len() < SHORTEST {
        return None;
    }
    let mut open: VecDeque<(String, Node, usize)> =
        VecDeque::from([(from.path.to_string(), from.node.clone(), 0)]);
    let mut seen = 0_usize;
    let mut alike: Option<(usize, String)> = None;
    while let Some((path, node, depth)) = open.pop_front() {
        let mut items = 0_usize;
        for child in node.children().map_while(Result::ok) {
            seen.tally(1);
            if seen > MAX_NODES {
                return alike.map(|(_, path)| path);
            }
            if child.role == Role::Padding {
                continue;
            }
            if child.is_item() {
                items.tally(1);
                if items > 1 {
                    break;
                }
            }
            let name = child.name.to_string();
            let inner = match (child.is_item(), path.is_empty()) {
                (true, _) => format!("{path}[{name}]"),
                (false, true) => name.clone(),
                (false, false) => format!("{path}.{name}"),
            };
            if !child.is_item() {
                if name.eq_ignore_ascii_case(wanted) {
                    return Some(inner);
                }
                let slips = strsim::damerau_levenshtein(&name, wanted);
                let may_be = slips <= wanted.len().min(name.len()) / 4;
                if may_be && alike.as_ref().is_none_or(|(least, _)| slips < *least) {
                    alike = Some((slips, inner.clone()));
                }
            }
            let next = depth.past(1);
            if next < MAX_DEPTH {
                open.push_back((inner, child.into_owned(), next));
            }
        }
    }
    alike.map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Place;
    use crate::tree::Range;

    fn tree() -> Found {
        let leaf = |name: &'static str| Node::new(name, Range::file(0, 1));
        let item = |at: u64| {
            Node::new(crate::tree::Name::item(at), Range::file(at, 1))
                .with_children(vec![leaf("mode"), leaf("size")])
        };
        let another = item(1).with_children(vec![leaf("owner")]);
        let members = Node::new("members", Range::file(0, 2)).with_children(vec![item(0), another]);
        let header = Node::new("header", Range::file(0, 1)).with_children(vec![leaf("width")]);
        let node = Node::new("file", Range::file(0, 2)).with_children(vec![header, members]);
        Found {
            path: Place::default(),
            node,
        }
    }

    #[test]
    fn a_name_is_found_below_and_a_slip_is_forgiven() {
        let found = |wanted: &str| below(&tree(), wanted);
        assert_eq!(found("width").as_deref(), Some("header.width"));
        assert_eq!(found("WIDTH").as_deref(), Some("header.width"));
        assert_eq!(found("widht").as_deref(), Some("header.width"));
        assert_eq!(found("mode").as_deref(), Some("members[0].mode"));
        assert_eq!(found("depth"), None);
        // It is in the second item alone.
        assert_eq!(found("owner"), None);
        assert_eq!(found("mo"), None);
    }
    #[test]
    fn a_slip_is_a_quarter_of_the_shorter_name_at_most_and_the_least_counts() {
        let fields = |names: &[&'static str]| {
            let nodes = names.iter().map(|name| Node::new(*name, Range::file(0, 1)));
            Found {
                path: Place::default(),
                node: Node::new("file", Range::file(0, 1)).with_children(nodes.collect()),
            }
        };
        for (names, wanted, expected) in [
            // One of four letters, two of eight.
            (&["abcd"][..], "abcx", Some("abcd")),
            (&["abcd"], "abxx", None),
            (&["abcdefgh"], "abcdefxx", Some("abcdefgh")),
            (&["abcdefgh"], "abcdexxx", None),
            (&["abc"], "abcd", None),
            (&["abcd"], "abc", None),
            (&["abc"], "ABC", Some("abc")),
            (&["abcdefxx", "abcdefgx"], "abcdefgh", Some("abcdefgx")),
            (&["abcdefgx", "abcdefxx"], "abcdefgh", Some("abcdefgx")),
            (&["abcdefgx", "abcdefgy"], "abcdefgh", Some("abcdefgx")),
            (&["abcdefgx", "ABCDEFGH"], "abcdefgh", Some("ABCDEFGH")),
            (&["AB"], "ab", None),
        ] {
            let found = below(&fields(names), wanted);
            assert_eq!(found.as_deref(), expected, "{names:?} {wanted}");
        }
        let padding = Node::new("gap", Range::file(0, 1)).role(Role::Padding);
        let mut from = fields(&[]);
        from.node = Node::new("file", Range::file(0, 1)).with_children(vec![padding]);
        assert_eq!(below(&from, "gap"), None);
    }

    #[test]
    fn six_levels_and_two_thousand_nodes_are_looked_at() {
        let level = |name: &'static str, child: Node| {
            Node::new(name, Range::file(0, 1)).with_children(vec![child])
        };
        for (depth, is_found) in [(6, true), (7, false)] {
            let mut node = Node::new("wanted", Range::file(0, 1));
            for _ in 1..depth {
                node = level("g", node);
            }
            let from = Found {
                path: Place::from(["top"]),
                node: level("file", node),
            };
            let path = format!("top.{}wanted", "g.".repeat(depth - 1));
            assert_eq!(below(&from, "wanted"), is_found.then_some(path), "{depth}");
        }
        for (before, expected) in [(1_999, Some("wanted")), (2_000, Some("wantex"))] {
            let mut nodes = vec![Node::new("other", Range::file(0, 1)); before];
            nodes[5] = Node::new("wantex", Range::file(0, 1));
            nodes.push(Node::new("wanted", Range::file(0, 1)));
            let from = Found {
                path: Place::default(),
                node: Node::new("file", Range::file(0, 1)).with_children(nodes),
            };
            assert_eq!(below(&from, "wanted").as_deref(), expected, "{before}");
        }
    }
}
