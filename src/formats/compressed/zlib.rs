//! A stream of zlib (RFC 1950, section 2.2).

use std::io;

use crate::format::Parts;
use crate::schema::{Fact, Header, names};

const STREAM: &str = ">B{window:4 method:4}:compression B{level:2 dictionary:1 check:5}:flags";
const ENDING: &str = ">I:adler32";
const FORMATS: [&str; 2] = [STREAM, ENDING];

static HEADER: Header = Header::new(
    "header",
    "The header of a stream",
    STREAM,
    &FORMATS,
    &[&[
        ("compression.method", names![8 => "deflate"]),
        ("compression.window", names![7 => "32 KiB"]),
        (
            "flags.level",
            names![0 => "fastest", 1 => "fast", 2 => "default", 3 => "smallest"],
        ),
    ]],
);
static TRAILER: Header = Header::new(
    "trailer",
    "What ends a stream",
    ENDING,
    &FORMATS,
    &[&[("adler32", Fact::Hex)]],
);

/// The structures of a stream.
pub(super) static HEADERS: &[&Header] = &[&HEADER, &TRAILER];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    if parts.stated(&HEADER)?.is_some() {
        let trailer = match is_whole {
            true => TRAILER.size(),
            false => 0,
        };
        parts.data("data", parts.left().saturating_sub(trailer));
        if is_whole {
            parts.stated_fields(&TRAILER)?;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_headers_are_sound() {
        super::HEADER.assert_sound();
        super::TRAILER.assert_sound();
    }
}
