//! kitty's graphics protocol: a file in application program commands of 4096 bytes at most,
//! stretched over this many cells.
//!
//! See <https://sw.kovidgoyal.net/kitty/graphics-protocol/>.

use std::borrow::Cow;
use std::io::{self, Write};
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::scale::proportional;
use super::{Cells, Picture, png};
use crate::offset::Position;

/// The most base64 in one command.
const CHUNK: usize = 4096;

/// Writes a picture over this many cells.
pub(super) fn write(picture: &Picture<'_>, cells: Cells, out: &mut impl Write) -> io::Result<()> {
    let payload = STANDARD.encode(png(&padded(picture, cells))?);
    let Cells { columns, rows } = cells;
    // Transmit and show a PNG, and let the terminal answer nothing, since nobody reads it.
    let mut keys = format!("a=T,f=100,q=2,c={columns},r={rows},");
    let mut rest = payload.as_str();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at_checked(CHUNK).unwrap_or((rest, ""));
        let more = u8::from(!after.is_empty());
        write!(out, "\x1b_G{keys}m={more};{chunk}\x1b\\")?;
        keys.clear();
        rest = after;
    }
    writeln!(out)
}

/// A picture that ends within a cell, made longer: the terminal would stretch it.
fn padded<'a>(picture: &'a Picture<'_>, cells: Cells) -> Picture<'a> {
    let half_rows = u32::from(cells.rows) * 2;
    let height = proportional(picture.width, half_rows, cells.columns.into()).max(picture.height);
    let rows = height.since(picture.height);
    let added = u64::from(rows)
        .saturating_mul(picture.width.into())
        .saturating_mul(4);
    let mut rgba = Cow::Borrowed(picture.rgba());
    if let (1.., Ok(added)) = (added, usize::try_from(added)) {
        rgba.to_mut().extend(iter::repeat_n(0, added));
    }
    Picture {
        width: picture.width,
        height,
        rgba,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{noise, read_png};
    use super::*;

    /// The keys of each command, and what they carry together.
    fn commands(out: &[u8]) -> (Vec<String>, Vec<u8>) {
        let out = std::str::from_utf8(out)
            .unwrap()
            .strip_suffix('\n')
            .unwrap();
        let (mut keys, mut payload) = (Vec::new(), String::new());
        for command in out.split_terminator("\x1b\\") {
            let command = command.strip_prefix("\x1b_G").unwrap();
            let (key, chunk) = command.split_once(';').unwrap();
            assert!(chunk.len() <= 4096);
            keys.push(key.to_owned());
            payload.push_str(chunk);
        }
        (keys, STANDARD.decode(payload).unwrap())
    }

    fn written(picture: &Picture<'_>, columns: u16, rows: u16) -> Vec<u8> {
        let mut out = Vec::new();
        write(picture, Cells { columns, rows }, &mut out).unwrap();
        out
    }

    #[test]
    fn chunks_are_a_png_of_the_picture() {
        let picture = noise(64, 48);
        let (keys, file) = commands(&written(&picture, 64, 24));
        assert!(keys.len() >= 3, "{keys:?}");
        let (last, others) = keys.split_last().unwrap();
        assert_eq!(others[0], "a=T,f=100,q=2,c=64,r=24,m=1");
        assert!(others[1..].iter().all(|keys| keys == "m=1"), "{keys:?}");
        assert_eq!(last, "m=0");
        assert_eq!(read_png(&file), picture);
    }

    #[test]
    fn a_small_picture_is_one_command() {
        let picture = noise(2, 2);
        let (keys, file) = commands(&written(&picture, 2, 1));
        assert_eq!(keys, ["a=T,f=100,q=2,c=2,r=1,m=0"]);
        assert_eq!(read_png(&file), picture);
    }

    #[test]
    fn half_a_row_is_filled_with_nothing() {
        let picture = noise(20, 10);
        let (_, file) = commands(&written(&picture, 2, 1));
        let padded = read_png(&file);
        assert_eq!((padded.width(), padded.height()), (20, 20));
        let (pixels, nothing) = padded.rgba().split_at(800);
        assert_eq!(pixels, picture.rgba());
        assert!(nothing.iter().all(|&byte| byte == 0));
    }
}
