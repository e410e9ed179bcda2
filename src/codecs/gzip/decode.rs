//! The reader of gzip as a codec.

use std::io::Read;

use super::Reader;
use crate::codecs::{Decode, Fault, Stream};

pub(in crate::codecs) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Reader::new(stream))
}

impl Decode for Reader<'_> {
    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        Ok(self.read(buf)?)
    }

    fn garbage(&self) -> bool {
        Reader::garbage(self)
    }
}
