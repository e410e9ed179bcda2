//! gzip files as a [`Format`].

use std::io;

use super::CODES;
use super::tree::Stream;
use crate::Source;
use crate::codecs::gzip::{is_gzip, layout};
use crate::format::{Code, Content, Fit, Format, Head};
use crate::schema::{Header, Schema};
use crate::tree::Node;

/// gzip files, with whatever they hold.
#[derive(Clone, Copy, Debug)]
pub struct Gzip;

impl Format for Gzip {
    fn name(&self) -> &'static str {
        "gzip"
    }

    fn title(&self) -> &'static str {
        "A stream of gzip"
    }

    fn schemas(&self) -> Vec<&Schema> {
        let headers = [
            &layout::HEADER,
            &layout::EXTRA,
            &layout::TEXT,
            &layout::HEADER_CRC,
            &layout::TRAILER,
        ];
        headers.into_iter().map(Header::schema).collect()
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(is_gzip(head.start()).then_some(Fit::Signature(2)))
    }

    fn signatures(&self) -> &[(i64, &[u8])] {
        &[(0, b"\x1f\x8b\x08")]
    }

    fn tree(&self, source: &Source, content: &mut Content<'_>) -> io::Result<Node> {
        Stream::read(source)?.tree(content)
    }

    fn content(&self) -> Option<&str> {
        Some("content")
    }

    fn codes(&self) -> &[Code] {
        CODES
    }
}
