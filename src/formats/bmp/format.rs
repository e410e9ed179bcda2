//! BMP files as a [`Format`].

use std::io;

use super::check::CODES;
use super::decode::{Options, Picture};
use super::layout::{self, ICON_DIRECTORY, ICON_ENTRY};
use super::report::{inspect, is_bmp};
use crate::Source;
use crate::format::{self, Code, Content, Edited, Fit, Follow, Format, Head};
use crate::schema::{Header, Schema};
use crate::tree::{Node, Place};

/// BMP files, OS/2's icons, pointers and arrays of them, and bitmaps without a file header.
#[derive(Clone, Copy, Debug)]
pub struct Bmp;

impl Format for Bmp {
    fn name(&self) -> &'static str {
        "bmp"
    }

    fn title(&self) -> &'static str {
        "A bitmap of Windows or OS/2"
    }

    fn schemas(&self) -> Vec<&Schema> {
        let of_icons = [ICON_DIRECTORY.name(), ICON_ENTRY.name()];
        let own = layout::ALL.into_iter();
        own.filter(|header| !of_icons.contains(&header.name()))
            .map(Header::schema)
            .collect()
    }

    fn suffixes(&self) -> &[&str] {
        &["bmp", "dib"]
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(is_bmp(head.start()).then_some(Fit::Signature(2)))
    }

    fn signatures(&self) -> &[(i64, &[u8])] {
        &[(0, b"BM")]
    }

    fn proves_itself(&self) -> bool {
        true
    }

    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        inspect(source)?.tree()
    }

    /// The sizes of a file with one bitmap that the changes make others than they were.
    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        let in_header = |place: &Place| match place.names() {
            [header, _, ..] => ["dib_header", "file_header"].contains(&&**header),
            _ => false,
        };
        if !edited.places().iter().any(in_header) {
            return Ok(Vec::new());
        }
        let before = inspect(edited.before())?.sizes();
        let mut follow = Vec::new();
        for (names, size) in inspect(edited.after())?.sizes() {
            // One that was stated wrong before, and doesn't depend on what is changed.
            if before.contains(&(names, size)) {
                continue;
            }
            let field = edited.node(&names.into())?;
            if field.is_some_and(|field| field.range.size == 4) {
                follow.push(Follow::new(
                    names,
                    size.to_le_bytes().to_vec(),
                    size.to_string(),
                ));
            }
        }
        Ok(follow)
    }

    fn picture(&self, source: &Source, max_pixels: u64) -> Option<format::Picture<'static>> {
        let options = Options::default();
        let options = Options {
            max_missing: options.max_missing.min(max_pixels),
            max_pixels,
            ..options
        };
        let decoded = Picture::decode(source, &options).ok()?;
        format::Picture::new(decoded.width, decoded.height, decoded.rgba).ok()
    }

    fn remedy(&self, is_compressed: bool) -> Option<&str> {
        let remedy = "what can be put right, this does: bytewright bmp fix FILE -o MENDED.bmp";
        (!is_compressed).then_some(remedy)
    }

    fn codes(&self) -> &[Code] {
        CODES
    }
}
