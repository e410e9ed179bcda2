//! A dump for programs: each line an object of JSON.

use std::io::{self, Read, Write};

use serde_json::json;

use super::input::{Input, PAGE};
use crate::offset::Position;
use crate::render::json::List;
use crate::value::literal;

/// Writes what `input` gives as values of `list`, `columns` bytes each: objects with `offset`, counted from `start`,
/// `hex`, the digits of the bytes, and `text`, the same with a dot in the place of what is no printable ASCII. No
/// line is left out, whatever repeats.
///
/// ```
/// use bytewright::render::{hex, json::List};
///
/// let mut out = Vec::new();
/// let mut list = List::lines();
/// hex::json(&b"BM8\x8c"[..], 0x10, 16, &mut list, &mut out)?;
/// assert_eq!(out, b"{\"offset\":16,\"hex\":\"424d388c\",\"text\":\"BM8.\"}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When `input` can't be read, or writing to `out` fails.
pub fn json(
    input: impl Read,
    start: u64,
    columns: u16,
    list: &mut List,
    out: &mut impl Write,
) -> io::Result<()> {
    let columns = usize::from(columns.max(1));
    let mut input = Input::new(input, columns);
    let mut offset = start;
    while input.fill()? {
        for line in input.take(PAGE).chunks(columns) {
            let text: String = line
                .iter()
                .map(|&byte| match byte {
                    b' '..=b'~' => char::from(byte),
                    _ => '.',
                })
                .collect();
            let value = json!({ "offset": offset, "hex": literal::to_hex(line), "text": text });
            list.write(&value, out)?;
            offset.advance(line.len() as u64);
        }
    }
    Ok(())
}
