//! A stream of zlib (RFC 1950, section 2.2).

use std::io;
use std::sync::LazyLock;

use super::fields::{Names, compiled, name};
use crate::Struct;
use crate::format::Parts;

static HEADER: LazyLock<Struct> = LazyLock::new(|| {
    compiled(">B{window:4 method:4}:compression B{level:2 dictionary:1 check:5}:flags")
});
static TRAILER: LazyLock<Struct> = LazyLock::new(|| compiled(">I:adler32"));

const NAMES: &Names = &[
    ("method", 8, "deflate"),
    ("window", 7, "32 KiB"),
    ("level", 0, "fastest"),
    ("level", 1, "fast"),
    ("level", 2, "default"),
    ("level", 3, "smallest"),
];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    if parts.header("header", &HEADER)?.is_some() {
        let trailer = match is_whole {
            true => TRAILER.size().unwrap_or(0),
            false => 0,
        };
        parts.data("data", parts.left().saturating_sub(trailer));
        if is_whole {
            parts.fields(&TRAILER)?;
        }
    }
    name(parts.nodes_mut(), NAMES);
    Ok(None)
}
