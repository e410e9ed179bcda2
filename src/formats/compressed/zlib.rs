//! A stream of zlib (RFC 1950, section 2.2).

use std::io;

use crate::codecs::layout::ZLIB;
use crate::format::Parts;
use crate::schema::{Fact, Header};

const ENDING: &str = ">I:adler32";

static TRAILER: Header = Header::new(
    "trailer",
    "What ends a stream",
    ENDING,
    &[ENDING],
    &[&[("adler32", Fact::Hex)]],
);

/// The structures of a stream.
pub(super) static HEADERS: &[&Header] = &[&ZLIB, &TRAILER];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    if parts.stated(&ZLIB)?.is_some() {
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
    fn the_trailer_is_sound() {
        super::TRAILER.assert_sound();
    }
}
