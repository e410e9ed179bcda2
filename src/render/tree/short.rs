//! Groups of a few numbers on one line: `blue 255, green 40, red 0`.

use crate::offset::Tally;
use crate::render::escape;
use crate::render::records::shown;
use crate::tree::{Node, Role};
use crate::value::Value;

/// Groups of more numbers are spread over lines of their own.
const MOST: usize = 4;

/// Stands for bytes without a value.
const PADDING: &str = "…";

/// The numbers of a group that has few of them and no other values, with their names and
/// meanings. `None` for all other nodes, groups with a key among them.
pub(crate) fn short_group(node: &Node, hex_ints: bool) -> Option<String> {
    if node.is_leaf() || node.value.is_some() || node.key.is_some() {
        return None;
    }
    let mut numbers = 0usize;
    let mut parts: Vec<String> = Vec::new();
    for child in node.children() {
        let child = child.ok()?;
        match (&child.value, child.role) {
            (Some(value @ (Value::Int(_) | Value::Uint(_))), Role::Field) if child.is_leaf() => {
                numbers.tally(1);
                parts.push(number(&child, &shown(value, hex_ints || child.hex)));
            }
            (None, Role::Padding) if parts.last().is_some_and(|last| last == PADDING) => {}
            (None, Role::Padding) => parts.push(PADDING.to_owned()),
            _ => return None,
        }
        if numbers > MOST {
            return None;
        }
    }
    (numbers > 0).then(|| parts.join(", "))
}

fn number(node: &Node, value: &str) -> String {
    let name = match node.is_item() {
        true => String::new(),
        false => format!("{} ", escape::text(&*node.name)),
    };
    match &node.meaning {
        Some(meaning) => format!("{name}{value} ({})", escape::text(meaning)),
        None => format!("{name}{value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;
    use crate::tree::Space;

    fn short(format: &str, bytes: &[u8]) -> Option<String> {
        let nodes = Struct::new(format).unwrap().nodes(bytes, Space::FILE, 0);
        short_group(&nodes.unwrap()[0], false)
    }

    #[test]
    fn names_stay_and_padding_leaves_a_sign() {
        let pixel = |format| short(format, &[1, 2, 3, 4]);
        assert_eq!(pixel("(B B B B)").unwrap(), "1, 2, 3, 4");
        assert_eq!(pixel("(B:a B:b B:c B)").unwrap(), "a 1, b 2, c 3, 4");
        assert_eq!(pixel("(B:a B:b B:c x)").unwrap(), "a 1, b 2, c 3, …");
        assert_eq!(pixel("(x B:b x x:spare)").unwrap(), "…, b 2, …");
    }

    #[test]
    fn a_group_is_short_with_four_numbers_and_not_with_five() {
        let bytes = &[1; 16];
        assert!(short("(4B)", bytes).is_some());
        assert_eq!(short("(5B)", bytes), None);
        // The entry of an icon: what follows the padding counts too.
        let icon = "<(B:w B:h B:colors x H:planes H:bpp I:size I:offset)";
        assert_eq!(short(icon, bytes), None);
        assert_eq!(short("(4B x B)", bytes), None);
        assert_eq!(short("(B 2s)", bytes), None);
        assert_eq!(short("(2x)", bytes), None);
    }

    #[test]
    fn meanings_stay() {
        let format = Struct::new("(B:kind B:n)").unwrap();
        let mut nodes = format.nodes(&[1, 2], Space::FILE, 0).unwrap();
        nodes[0].children_mut()[0].meaning = Some("an icon".to_owned());
        assert_eq!(
            short_group(&nodes[0], false).unwrap(),
            "kind 1 (an icon), n 2"
        );
    }
}
