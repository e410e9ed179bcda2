//! A page for a browser, to standard output or into a file.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;

use super::{Context, kind::Kind};
use crate::inspect::{Document, Found};
use crate::render::{escape, html};

/// Writes the page of a part; `window` is the first byte that is shown, and how many.
pub(super) fn write(
    name: &str,
    document: &Document,
    part: &Found,
    window: (Option<u64>, Option<u64>),
    out: Option<&Path>,
    force: bool,
    cx: &mut Context,
) -> anyhow::Result<()> {
    let (from, length) = window;
    let Some(path) = out.filter(|path| path.as_os_str() != "-") else {
        html::page(name, document, part, from, length, cx.out())?;
        return Ok(());
    };
    let mut file = cx.create(path, Kind::Html, force)?;
    let mut page = Vec::new();
    html::page(name, document, part, from, length, &mut page)?;
    file.write_all(&page)
        .and_then(|()| file.commit())
        .with_context(|| escape::path(path).to_string())
}
