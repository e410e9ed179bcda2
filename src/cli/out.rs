//! Standard output for text.

use std::cell::RefCell;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::rc::Rc;

use anstream::adapter::StripBytes;
use anstream::{AutoStream, ColorChoice};

/// Whether the reader of standard output has gone: for work that may print nothing for long.
#[cfg(unix)]
pub(super) fn is_closed() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdout = io::stdout();
    let mut files = [PollFd::new(&stdout, PollFlags::empty())];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut files, Some(&now)).is_ok_and(|ready| ready > 0)
        && files
            .iter()
            .any(|file| file.revents().intersects(PollFlags::ERR))
}

#[cfg(not(unix))]
pub(super) fn is_closed() -> bool {
    false
}

/// Buffered standard output. Escape sequences written to it are left out where colour is off.
pub(super) struct Out {
    inner: Rc<RefCell<BufWriter<StdoutLock<'static>>>>,
    /// Knows where in an escape sequence what was written last has ended.
    strip: Option<StripBytes>,
}

impl Out {
    pub(super) fn new() -> Out {
        let plain = AutoStream::choice(&io::stdout()) == ColorChoice::Never;
        Out {
            inner: Rc::new(RefCell::new(BufWriter::with_capacity(
                64 << 10,
                io::stdout().lock(),
            ))),
            strip: plain.then(StripBytes::new),
        }
    }

    /// Writes bytes as they are: what they hold is nobody's escape sequence.
    pub(super) fn verbatim(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.borrow_mut().write_all(bytes)
    }

    /// The same output, for what is written and flushed where input is waited for.
    pub(super) fn shared(&self) -> Out {
        Out {
            inner: Rc::clone(&self.inner),
            strip: self.strip.is_some().then(StripBytes::new),
        }
    }

    /// What flushes it, for where input is waited for.
    pub(super) fn flusher(&self) -> impl FnMut() -> io::Result<()> + 'static {
        let mut out = self.shared();
        move || out.flush()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.strip {
            None => self.inner.borrow_mut().write(bytes),
            Some(strip) => {
                for piece in strip.strip_next(bytes) {
                    self.inner.borrow_mut().write_all(piece)?;
                }
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.borrow_mut().flush()
    }
}
