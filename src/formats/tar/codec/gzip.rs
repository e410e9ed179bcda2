//! Gzip, by the reader that knows its members.

use super::{Decode, Stream};
use crate::formats::gzip::Reader;

pub(super) fn open(stream: Stream) -> Box<dyn Decode> {
    Box::new(Reader::new(stream))
}

impl Decode for Reader {
    fn garbage(&self) -> bool {
        Reader::garbage(self)
    }
}
