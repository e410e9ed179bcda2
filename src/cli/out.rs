//! Standard output for text.

use std::io::{self, BufWriter, StdoutLock, Write};

use anstream::adapter::StripBytes;
use anstream::{AutoStream, ColorChoice};

/// Buffered standard output. Escape sequences written to it are left out where colour is off.
pub(super) struct Out {
    inner: BufWriter<StdoutLock<'static>>,
    /// Knows where in an escape sequence what was written last has ended.
    strip: Option<StripBytes>,
}

impl Out {
    pub(super) fn new() -> Out {
        let plain = AutoStream::choice(&io::stdout()) == ColorChoice::Never;
        Out {
            inner: BufWriter::with_capacity(64 << 10, io::stdout().lock()),
            strip: plain.then(StripBytes::new),
        }
    }

    /// Writes bytes as they are: what they hold is nobody's escape sequence.
    pub(super) fn verbatim(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_all(bytes)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.strip {
            None => self.inner.write(bytes),
            Some(strip) => {
                for piece in strip.strip_next(bytes) {
                    self.inner.write_all(piece)?;
                }
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
