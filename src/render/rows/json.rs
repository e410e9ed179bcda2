//! Rows as lines of JSON: an object each, or a list where no field has a name.

use super::cell::{self, Cell, Writer};
use super::{Style, number};
use crate::offset::{Position, Tally};
use crate::records::{Batch, Column, Field, Schema, Type, Values};
use crate::render::json;
use crate::value::Value;

/// Writes rows as JSON values, a line each.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Batch, Columns};
/// use bytewright::render::rows::{Json, Style};
///
/// let columns = Columns::new(&Struct::new("<H:id (b:x b:y):at 2B:rest")?.into()).unwrap();
/// let mut batch = Batch::default();
/// columns.decode(b"\x01\0\x02\xff\x03\x04", 0, &mut batch)?;
/// let mut out = Vec::new();
/// Json::new(columns.schema(), Style::default()).write(&batch, &mut out);
/// assert_eq!(out, b"{\"id\":1,\"at\":{\"x\":2,\"y\":-1},\"rest\":[3,4]}\n");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Debug)]
pub struct Json {
    object: Object,
    style: Style,
    /// What comes before each row but the first, and after each.
    between: &'static [u8],
    after: &'static [u8],
}

/// How the columns of a group are written: the text before each, and after the last.
#[derive(Debug)]
pub(super) struct Object {
    parts: Vec<Part>,
    end: Vec<u8>,
}

#[derive(Debug)]
struct Part {
    before: Vec<u8>,
    value: Shape,
}

/// How a value is written.
#[derive(Debug)]
pub(super) enum Shape {
    One(Writer),
    List(Box<Shape>),
    Group(Object),
}

impl Json {
    /// For rows of these columns, a line each.
    pub fn new(schema: &Schema, style: Style) -> Json {
        Json {
            object: Object::new(&schema.fields, style),
            style,
            between: b"",
            after: b"\n",
        }
    }

    /// The same as the items of one list, whose brackets are not written: a comma and the end of a line come
    /// before each row.
    #[must_use]
    pub fn in_list(mut self) -> Json {
        self.between = b",\n";
        self.after = b"";
        self
    }

    /// Adds the rows of a batch to `out`.
    pub fn write(&self, batch: &Batch, out: &mut Vec<u8>) {
        for row in 0..batch.rows {
            out.extend_from_slice(self.between);
            self.object.write(&batch.columns, row, self.style, out);
            out.extend_from_slice(self.after);
        }
    }
}

impl Object {
    pub(super) fn new(fields: &[Field], style: Style) -> Object {
        let mut parts: Vec<Part> = Vec::new();
        // The groups that are open, and whether each is a list.
        let mut open: Vec<(&str, bool)> = Vec::new();
        let mut before = Vec::new();
        let is_list = is_list(fields, 0, &[]);
        before.push(if is_list { b'[' } else { b'{' });
        let mut is_first = true;
        for field in fields {
            let Some((name, groups)) = field.path.split_last() else {
                continue;
            };
            let common = open
                .iter()
                .zip(groups)
                .take_while(|((open, _), group)| *open == group.as_str())
                .count();
            while open.len() > common {
                if let Some((_, is_list)) = open.pop() {
                    before.push(if is_list { b']' } else { b'}' });
                }
            }
            if !is_first {
                before.push(b',');
            }
            is_first = false;
            for (depth, group) in groups.iter().enumerate().skip(common) {
                let around = open.last().map_or(is_list, |(_, is_list)| *is_list);
                key(group, around, &mut before);
                let path = groups.get(..=depth).unwrap_or_default();
                let inner = self::is_list(fields, depth.past(1), path);
                before.push(if inner { b'[' } else { b'{' });
                open.push((group, inner));
            }
            let around = open.last().map_or(is_list, |(_, is_list)| *is_list);
            key(name, around, &mut before);
            parts.push(Part {
                before: std::mem::take(&mut before),
                value: Shape::new(field, style),
            });
        }
        let mut end = before;
        while let Some((_, is_list)) = open.pop() {
            end.push(if is_list { b']' } else { b'}' });
        }
        end.push(if is_list { b']' } else { b'}' });
        Object { parts, end }
    }

    pub(super) fn write(&self, columns: &[Column], row: usize, style: Style, out: &mut Vec<u8>) {
        for (part, column) in self.parts.iter().zip(columns) {
            out.extend_from_slice(&part.before);
            part.value.write(column, row, style, out);
        }
        out.extend_from_slice(&self.end);
    }
}

/// Whether no field in the group at a path has a name.
fn is_list(fields: &[Field], depth: usize, path: &[String]) -> bool {
    let inside = fields.iter().filter(|field| field.path.starts_with(path));
    let mut names = inside.filter_map(|field| field.path.get(depth));
    let mut expected = 0usize;
    let mut last: Option<&String> = None;
    names.all(|name| {
        if last == Some(name) {
            return true;
        }
        last = Some(name);
        let is_next = name.parse() == Ok(expected);
        expected.tally(1);
        is_next
    }) && expected > 0
}

fn key(name: &str, in_list: bool, out: &mut Vec<u8>) {
    if !in_list {
        string(name.as_bytes(), out);
        out.push(b':');
    }
}

/// A string of text in UTF-8: what ends a string or acts on a terminal is escaped.
fn string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
    match text.iter().all(plain) {
        true => out.extend_from_slice(text),
        false => {
            for byte in text {
                match byte {
                    b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
                    0..=0x1f => number::text(format_args!("\\u{byte:04x}"), out),
                    _ => out.push(*byte),
                }
            }
        }
    }
    out.push(b'"');
}

impl Shape {
    pub(super) fn new(field: &Field, style: Style) -> Shape {
        match &field.data {
            Type::List { item, .. } => Shape::List(Box::new(Shape::new(item, style))),
            Type::Struct(fields) => Shape::Group(Object::new(fields, style)),
            _ => Shape::One(Writer::new(field, style)),
        }
    }

    pub(super) fn write(&self, column: &Column, row: usize, style: Style, out: &mut Vec<u8>) {
        if !column.is_valid(row) {
            return out.extend_from_slice(b"null");
        }
        match (self, &column.values) {
            (Shape::One(writer), _) => one(writer, column, row, style, out),
            (Shape::List(shape), values) => {
                out.push(b'[');
                if let Some((items, range)) = values.items(row) {
                    let first = range.start;
                    for item in range {
                        if item > first {
                            out.push(b',');
                        }
                        shape.write(items, item, style, out);
                    }
                }
                out.push(b']');
            }
            (Shape::Group(object), Values::Struct { columns, .. }) => {
                object.write(columns, row, style, out);
            }
            _ => out.extend_from_slice(b"null"),
        }
    }
}

fn one(writer: &Writer, column: &Column, row: usize, style: Style, out: &mut Vec<u8>) {
    let start = out.len();
    match writer.write(column, row, out) {
        Cell::Written => {}
        Cell::Word | Cell::Time => {
            out.insert(start, b'"');
            out.push(b'"');
        }
        Cell::Text(text) => string(text, out),
        Cell::Made(text) => string(text.as_bytes(), out),
        Cell::Bytes(bytes) => {
            // A single NUL is text, as elsewhere.
            if let [0] = bytes {
                return out.extend_from_slice(b"\"\\u0000\"");
            }
            out.extend_from_slice(b"{\"hex\":\"");
            cell::hex(bytes, out);
            out.extend_from_slice(b"\"}");
        }
        Cell::Absent => out.extend_from_slice(b"null"),
        Cell::Nested => match &column.values {
            Values::Complex(values) => {
                let [re, im] = values.get(row).copied().unwrap_or_default();
                value(&Value::Complex(re, im), style, out);
            }
            Values::Any(values) => {
                if let Some(nested) = values.get(row) {
                    value(nested, style, out);
                }
            }
            _ => out.extend_from_slice(b"null"),
        },
    }
}

fn value(value: &Value, style: Style, out: &mut Vec<u8>) {
    // Writing to memory can't fail, and every value has a JSON form.
    let _ = serde_json::to_writer(out, &json::value(value, style.ints));
}
