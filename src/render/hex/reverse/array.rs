//! Arrays of C, as `xxd -i` writes them.

use std::io::BufRead;

use super::line::Fault;
use super::sink::Sink;
use super::{Error, read_line};
use crate::offset::{Position, Tally};

/// How a declaration begins.
const DECLARATION: &[u8] = b"unsigned char ";

/// How the declaration of the length begins.
const LENGTH: &[u8] = b"unsigned int ";

/// Whether a first line begins an array, or a list of its items.
pub(super) fn is_start(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"0x") || (line.starts_with(DECLARATION) && line.ends_with(b"{"))
}

/// Reads the items, the end of the array and its length.
pub(super) fn read(mut dump: impl BufRead, sink: &mut impl Sink) -> Result<(), Error> {
    let (mut text, mut bytes) = (Vec::new(), Vec::new());
    let (mut number, mut count) = (0u64, 0u64);
    let mut ended = false;
    while read_line(&mut dump, &mut text)? {
        number.tally(1);
        let wrong = |(column, message): (usize, String)| Error::Line {
            line: number,
            column: column.past(1),
            message,
        };
        let line = text.trim_ascii();
        if line.is_empty() || line.starts_with(DECLARATION) && count == 0 {
            continue;
        }
        if ended {
            length(line, count).map_err(wrong)?;
            continue;
        }
        bytes.clear();
        ended = items(&text, &mut bytes).map_err(wrong)?;
        count.tally(bytes.len() as u64);
        sink.write(&bytes)?;
    }
    Ok(())
}

/// The items of a line; answers whether the array ends in it.
fn items(line: &[u8], bytes: &mut Vec<u8>) -> Result<bool, (usize, String)> {
    const EXPECTED: &str = "a byte such as 0x41, or };";
    let mut at = 0usize;
    for item in line.split(|&c| c == b',') {
        let start = item.len().since(item.trim_ascii_start().len());
        let place = at.past(start);
        at = at.past(item.len()).past(1);
        let item = item.trim_ascii();
        let (item, ended) = match item.strip_suffix(b"};") {
            Some(item) => (item.trim_ascii(), true),
            None => (item, false),
        };
        if !item.is_empty() {
            let digits = item
                .strip_prefix(b"0x")
                .filter(|digits| !digits.starts_with(b"+"));
            let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let fault = || (place, Fault::new(place, EXPECTED, item.first()).to_string());
            bytes.push(byte.ok_or_else(fault)?);
        }
        if ended {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Compares the length that follows an array.
fn length(line: &[u8], count: u64) -> Result<(), (usize, String)> {
    let stated = line
        .strip_prefix(LENGTH)
        .and_then(|rest| std::str::from_utf8(rest).ok()?.strip_suffix(';'))
        .and_then(|rest| rest.split_once('=')?.1.trim().parse::<u64>().ok());
    match stated {
        Some(stated) if stated == count => Ok(()),
        Some(stated) => Err((
            0,
            format!("the length is {stated}, the array has {count} bytes"),
        )),
        None => {
            let expected = "the length of the array, unsigned int NAME = N;";
            Err((0, Fault::new(0, expected, line.first()).to_string()))
        }
    }
}
