//! The reader as one of the codecs.

use super::Reader;
use crate::codecs::{Decode, Stream};

pub(in crate::codecs) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Reader::new(stream))
}

impl Decode for Reader<'_> {
    fn garbage(&self) -> bool {
        Reader::garbage(self)
    }
}
