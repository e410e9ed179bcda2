//! A stream of zlib (RFC 1950, section 2.2).

use std::io;
use std::sync::LazyLock;

use super::parts::{Names, Parts, compiled, name};
use crate::Struct;

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

pub(super) fn parts(parts: &mut Parts<'_>) -> io::Result<()> {
    if parts.header("header", &HEADER)?.is_some() {
        let trailer = match parts.is_whole {
            true => TRAILER.size().unwrap_or(0),
            false => 0,
        };
        parts.data(parts.left().saturating_sub(trailer));
        if parts.is_whole {
            parts.fields(&TRAILER)?;
        }
    }
    name(&mut parts.nodes, NAMES);
    Ok(())
}
