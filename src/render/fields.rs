//! The fields of one struct as a table: where each is, how large it is, what it holds.

use std::io;

use super::escape;
use super::records::shown;
use super::table::{Align, Table};
use crate::tree::{Node, Role};
use crate::value::text::counted;
use crate::{Record, Value};

/// The offset, size, path and value of every field, and what the value means, where that is known
/// of any: groups are spread out, padding is left out.
/// `record` holds the values of the same struct; `hex_ints` has all integers in hexadecimal, and not
/// only those that the format shows so; `width` is the terminal's, where there is one.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::render::fields;
/// use bytewright::tree::Space;
///
/// let format = Struct::new("<2s:magic I:size")?;
/// let bytes = b"BM\x36\0\0\0";
/// let nodes = format.nodes(bytes, Space::FILE, 0)?;
/// let mut table = fields::table(&nodes, &format.unpack(bytes)?, false, None)?;
/// let mut text = Vec::new();
/// table.write(&mut anstream::StripStream::new(&mut text))?;
/// assert_eq!(
///     String::from_utf8(text)?,
///     "offset  size  field  value\n   0x0     2  magic  b'BM'\n   0x2     4  size   54\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When children on demand can't be made.
pub fn table(
    nodes: &[Node],
    record: &Record,
    hex_ints: bool,
    width: Option<usize>,
) -> io::Result<Table> {
    let mut columns = vec![
        ("offset", Align::Right),
        ("size", Align::Right),
        ("field", Align::Left),
        ("value", Align::Left),
    ];
    if has_meanings(nodes)? {
        columns.push(("meaning", Align::Left));
    }
    let mut rows = Rows {
        table: Table::new(columns).fit(width),
        hex_ints,
    };
    for node in nodes {
        rows.add(node, record.get(&node.name), Path::Member(""))?;
    }
    Ok(rows.table)
}

/// How many rows the table of these values has, about: one for each that is no group and no array of
/// groups.
pub fn rows(values: &[Value]) -> u64 {
    values.iter().fold(0, |count, value| {
        let more = match value {
            Value::Record(group) => rows(group),
            Value::List(items) if matches!(items.first(), Some(Value::Record(_))) => rows(items),
            _ => 1,
        };
        more.saturating_add(count)
    })
}

/// The memory of a row with its nodes, about, beside its text, in bytes.
pub const ROW: u64 = 1024;

fn has_meanings(nodes: &[Node]) -> io::Result<bool> {
    for node in nodes {
        if node.meaning.is_some() {
            return Ok(true);
        }
        for child in node.children() {
            if has_meanings(std::slice::from_ref(&*child?))? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The path of a node: its parent's, and its name there.
#[derive(Clone, Copy)]
enum Path<'a> {
    /// By its name, in the group of this path; the outermost struct has none.
    Member(&'a str),
    /// In the array of this path.
    Item(&'a str, usize),
}

/// The table as it grows.
struct Rows {
    table: Table,
    hex_ints: bool,
}

impl Rows {
    /// Adds a node, and what is in it: as deep as the format nests groups, which the engine limits.
    fn add(&mut self, node: &Node, value: Option<&Value>, at: Path<'_>) -> io::Result<()> {
        if matches!(node.role, Role::Padding | Role::Gap) {
            return Ok(());
        }
        // Bit fields without a name around them are among the fields of their level.
        if let (None, Path::Member(_), Some(Value::Int(_) | Value::Uint(_)), false) =
            (value, at, &node.value, node.is_leaf())
        {
            return node
                .children()
                .try_for_each(|child| self.add(&*child?, None, at));
        }
        let path = match at {
            Path::Member("") => node.name.to_string(),
            Path::Member(group) => format!("{group}.{}", node.name),
            Path::Item(array, i) => format!("{array}[{i}]"),
        };
        if node.is_leaf() || matches!(node.value, Some(Value::Int(_) | Value::Uint(_))) {
            let size = match node.range.bits {
                Some(bits) => counted(bits.count.into(), "bit"),
                None => node.range.size.to_string(),
            };
            // The integer that bit fields are in, and not the group that they are.
            let hex = self.hex_ints || node.hex;
            let value = node.value.as_ref().or(value);
            let shown = value.map(|value| shown(value, hex));
            let offset = format!("{:#x}", node.range.offset);
            let mut cells = vec![offset, size, path.clone(), shown.unwrap_or_default()];
            cells.extend(
                node.meaning
                    .as_deref()
                    .map(|meaning| escape::text(meaning).to_string()),
            );
            self.table.row(cells);
        }
        for (i, child) in node.children().enumerate() {
            let child = child?;
            match value {
                Some(Value::List(items)) => self.add(&child, items.get(i), Path::Item(&path, i))?,
                Some(Value::Record(group)) => {
                    self.add(&child, group.get(&child.name), Path::Member(&path))?;
                }
                _ => self.add(&child, None, Path::Member(&path))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;
    use crate::tree::Space;

    fn rows(format: &str, bytes: &[u8]) -> Vec<String> {
        let format = Struct::new(format).unwrap();
        let nodes = format.nodes(bytes, Space::FILE, 0).unwrap();
        let record = format.unpack(bytes).unwrap();
        let mut text = Vec::new();
        let mut plain = anstream::StripStream::new(&mut text);
        table(&nodes, &record, false, None)
            .unwrap()
            .write(&mut plain)
            .unwrap();
        let text = String::from_utf8(text).unwrap();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        text.lines().skip(1).map(words).collect()
    }

    #[test]
    fn bit_fields_stand_below_their_integer_or_among_their_neighbours() {
        // 0x0841 is 1 in the low 5 bits and 66 in the high 11.
        assert_eq!(
            rows("<H{a:5 b:11}:p B:n", b"\x41\x08\x07"),
            [
                "0x0 2 p 2113",
                "0x0 5 bits p.a 1",
                "0x0 11 bits p.b 66",
                "0x2 1 n 7"
            ]
        );
        assert_eq!(
            rows("<(H{a:5 b:11} B:n):g", b"\x41\x08\x07"),
            ["0x0 5 bits g.a 1", "0x0 11 bits g.b 66", "0x2 1 g.n 7"]
        );
    }

    #[test]
    fn groups_have_dots_and_arrays_have_brackets() {
        assert_eq!(
            rows("1((B) (B:x)):g", b"\x01\x02"),
            ["0x0 1 g[0].0.0 1", "0x1 1 g[0].1.x 2"]
        );
    }

    #[test]
    fn padding_has_no_row() {
        assert_eq!(rows("@B:a H:b 2x", b"\x01\0\x02\0\0\0").len(), 2);
    }
}
