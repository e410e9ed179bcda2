//! A page for a browser, to standard output or into a file.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;

use super::{Context, kind::Kind};
use crate::formats::bmp::{Options, Picture};
use crate::formats::png::{Png, Samples};
use crate::inspect::{Document, Found};
use crate::render::escape;
use crate::render::html::{self, Cut};

/// Pixels of a picture on a page; larger ones are left out, as they would be most of it.
const MAX_PIXELS: u64 = 1 << 20;

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
    let picture = picture(document, part);
    let picture = picture.as_deref();
    let Some(path) = out.filter(|path| path.as_os_str() != "-") else {
        let cut = html::page_with_picture(name, document, part, window, picture, cx.out())?;
        warn(name, cut, cx);
        return Ok(());
    };
    let mut file = cx.create(path, Kind::Html, force)?;
    let mut page = Vec::new();
    let cut = html::page_with_picture(name, document, part, window, picture, &mut page)?;
    file.write_all(&page)
        .and_then(|()| file.commit())
        .with_context(|| escape::path(path).to_string())?;
    warn(name, cut, cx);
    Ok(())
}

/// Says what the page leaves out.
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

/// The picture of a bitmap as PNG, where it is not too large for a page and can be decoded: what is
/// wrong with it is among the problems.
fn picture(document: &Document, part: &Found) -> Option<Vec<u8>> {
    if document.format().name() != "bmp" || !part.path.is_empty() {
        return None;
    }
    let options = Options {
        max_pixels: MAX_PIXELS,
        max_missing: MAX_PIXELS,
        ..Options::default()
    };
    let Picture {
        width,
        height,
        rgba,
        ..
    } = Picture::decode(document.file(), &options).ok()?;
    let mut file = Vec::new();
    let png = Png::new(width, height, Samples::Eight(rgba))?;
    png.write(&mut file).ok()?;
    Some(file)
}
