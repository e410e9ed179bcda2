//! ICO and CUR, icons and cursors of Windows: a directory, and images that are bitmaps without a file
//! header or PNG files.
//!
//! The images are read as [`bmp`](super::bmp) reads them, so their problems have its codes; those of
//! the directory have codes of their own, which [`Format::codes`] tells: `I001` to `I011`.

mod check;
mod tree;

use std::io;

use super::bmp::layout::{COLOR_QUAD, ICON_DIRECTORY, ICON_ENTRY, WINDOWS_HEADER};
use super::bmp::{inspect_icon, is_icon};
use crate::Source;
use crate::format::{Code, Content, Fit, Format, Head};
use crate::schema::{Header, Schema};
use crate::tree::Node;

/// Icons and cursors of Windows.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::ico::Ico;
/// use bytewright::inspect::Document;
///
/// // A cursor of one image, of which the file has only the entry.
/// let file = b"\0\0\x02\0\x01\0\x20\x20\0\0\x03\0\x04\0\x30\x01\0\0\x16\0\0\0";
/// let document = Document::open(Source::from(&file[..]), Ico)?;
/// let found = document.find(&"entries[0].hotspot_x".parse()?)?;
/// assert_eq!(found[0].node.value, Some(3.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ico;

impl Format for Ico {
    fn name(&self) -> &'static str {
        "ico"
    }

    fn title(&self) -> &'static str {
        "An icon or a cursor of Windows"
    }

    fn schemas(&self) -> Vec<&Schema> {
        let headers = [&ICON_DIRECTORY, &ICON_ENTRY, &WINDOWS_HEADER, &COLOR_QUAD];
        headers.into_iter().map(Header::schema).collect()
    }

    fn suffixes(&self) -> &[&str] {
        &["ico", "cur"]
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        // Reserved and type.
        Ok(is_icon(head.start()).then_some(Fit::Signature(4)))
    }

    fn signatures(&self) -> &[(i64, &[u8])] {
        &[(0, b"\0\0\x01\0"), (0, b"\0\0\x02\0")]
    }

    /// `directory`, `entries`, and `images` in the order of the entries.
    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        let report = inspect_icon(source)?;
        let images = tree::images(source, &report)?;
        let problems = check::problems(&images, report.size());
        tree::of(&report, images, problems)
    }

    fn codes(&self) -> &[Code] {
        check::CODES
    }
}
