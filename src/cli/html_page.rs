//! A page for a browser, to standard output or into a file.

use std::io::Write;
use std::path::Path;

use super::error::{Context as _, Result};
use super::{Context, file_kind::FileKind};
use crate::inspect::{Document, Found};
use crate::render::escape;
use crate::render::html::{self, Cut};

/// Writes the page of a part; `window` is the first byte that is shown, and how many.
pub(super) fn write(
    name: &str,
    document: &Document,
    part: &Found,
    window: (Option<u64>, Option<u64>),
    out: Option<&Path>,
    force: bool,
    cx: &mut Context,
) -> Result<()> {
    let (from, length) = window;
    let Some(path) = out.filter(|path| path.as_os_str() != "-") else {
        let cut = html::page(name, document, part, from, length, cx.out())?;
        warn(name, cut, cx);
        return Ok(());
    };
    let mut file = cx.create(path, FileKind::Html, force)?;
    let mut page = Vec::new();
    let cut = html::page(name, document, part, from, length, &mut page)?;
    file.write_all(&page)
        .and_then(|()| file.commit())
        .with_context(|| escape::path(path).to_string())?;
    warn(name, cut, cx);
    Ok(())
}

/// Warns about what the page leaves out.
fn warn(name: &str, cut: Cut, cx: &mut Context) {
    if let Some((shown, all)) = cut.bytes {
        cx.warn(format_args!(
            "{name}: the page shows {shown} of {all} bytes; dump --html --offset N shows others"
        ));
    }
    if cut.fields {
        cx.warn(format_args!(
            "{name}: the page shows the first {} fields; a path shows a part of the file",
            html::MAX_NODES
        ));
    }
}
