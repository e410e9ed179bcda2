//! Bytes as JSON and text, written as they are read: of any size, in flat memory.

use std::io::{self, Read, Write};

use crate::source::uninterrupted;
use crate::value::literal;
use crate::value::text::is_printable;

/// Bytes that are spelled at a time: a multiple of three, which base64 takes together.
pub(super) const CHUNK: usize = 48 << 10;

/// Bytes that can be read from front to back, more than once.
pub(super) type Bytes<'f, 'r> = &'f dyn Fn() -> io::Result<Box<dyn Read + 'r>>;

/// As JSON: a string where all of them are printable UTF-8, otherwise `{"hex": "…"}`.
pub(super) fn json(bytes: Bytes<'_, '_>, out: &mut impl Write) -> io::Result<()> {
    if !is_text(bytes)? {
        out.write_all(b"{\"hex\":\"")?;
        hex(bytes, out)?;
        return out.write_all(b"\"}");
    }
    out.write_all(b"\"")?;
    let mut tail = Vec::new();
    chunks(bytes, |chunk| {
        tail.extend_from_slice(chunk);
        let text = whole(&tail).unwrap_or_default();
        let length = text.len();
        escaped(text, out)?;
        tail.drain(..length);
        Ok(())
    })?;
    out.write_all(b"\"")
}

/// Printable text inside of a JSON string: quotes and backslashes are all that is escaped there.
fn escaped(text: &str, out: &mut impl Write) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let (before, from) = rest.split_at_checked(at).unwrap_or_default();
        let (special, after) = from.split_at_checked(1).unwrap_or_default();
        out.write_all(before)?;
        out.write_all(b"\\")?;
        out.write_all(special)?;
        rest = after;
    }
    out.write_all(rest)
}

/// As hexadecimal digits.
pub(super) fn hex(bytes: Bytes<'_, '_>, out: &mut impl Write) -> io::Result<()> {
    chunks(bytes, |chunk| {
        out.write_all(literal::to_hex(chunk).as_bytes())
    })
}

/// The bytes, a chunk at a time.
pub(super) fn chunks(
    bytes: Bytes<'_, '_>,
    each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    each_chunk(&mut bytes()?, each)
}

/// The bytes of a reader, a chunk at a time.
pub(super) fn each_chunk(
    bytes: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match uninterrupted(|| bytes.read(&mut chunk))? {
            0 => return Ok(()),
            read => each(chunk.get(..read).unwrap_or_default())?,
        }
    }
}

/// Whether all of them are printable UTF-8.
pub(super) fn is_text(bytes: Bytes<'_, '_>) -> io::Result<bool> {
    let mut text = true;
    let mut tail = Vec::new();
    chunks(bytes, |chunk| {
        if text {
            tail.extend_from_slice(chunk);
            let length = whole(&tail).filter(|text| is_printable(text)).map(str::len);
            text = length.is_some();
            tail.drain(..length.unwrap_or(tail.len()));
        }
        Ok(())
    })?;
    Ok(text && tail.is_empty())
}

/// The text in front of a character that the end cuts; `None` where it is no text.
fn whole(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..e.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::json as short;

    /// A reader that yields few bytes at a time.
    struct Few<'b>(&'b [u8]);

    impl Read for Few<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let few = buf.len().min(3);
            self.0.read(&mut buf[..few])
        }
    }

    /// A character may lie in two chunks.
    #[test]
    fn bytes_read_in_pieces_are_the_same_json_as_all_at_once() {
        let long = "é€𝄞\"\\".repeat(CHUNK / 4);
        for bytes in [
            &b""[..],
            b"a",
            "aé€𝄞b".as_bytes(),
            "𝄞𝄞𝄞".as_bytes(),
            b"quote \" and \\",
            b"line\n",
            "é€".as_bytes().split_last().unwrap().1,
            b"\xff",
            b"abcdef\x80",
            "ab\u{202e}".as_bytes(),
            long.as_bytes(),
            &long.as_bytes()[1..],
        ] {
            let expected = serde_json::to_string(&short::bytes(bytes)).unwrap();
            let mut out = Vec::new();
            json(&|| Ok(Box::new(Few(bytes))), &mut out).unwrap();
            assert!(
                String::from_utf8(out).unwrap() == expected,
                "{expected:.60}"
            );
            let mut out = Vec::new();
            json(&|| Ok(Box::new(bytes)), &mut out).unwrap();
            assert!(
                String::from_utf8(out).unwrap() == expected,
                "{expected:.60}"
            );
        }
    }
}
