//! Standard output for text.

use std::cell::RefCell;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::rc::Rc;

use anstream::adapter::StripBytes;
use anstream::{AutoStream, ColorChoice};

use super::progress;
use crate::offset::Position;

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

/// Bytes of a line that are kept until its end is there, at most.
const LONGEST: usize = 64 << 10;

/// Standard output beside a progress bar on the same terminal: lines are written whole, and while the bar is hidden,
/// since removing a bar at the end of half a line would remove that, too.
struct Lines {
    out: StdoutLock<'static>,
    is_beside_bar: bool,
    /// The beginning of a line.
    begun: Vec<u8>,
}

impl Lines {
    fn new(out: StdoutLock<'static>) -> Lines {
        let is_beside_bar = out.is_terminal() && io::stderr().is_terminal();
        Lines {
            out,
            is_beside_bar,
            begun: Vec::new(),
        }
    }

    /// Writes the beginning of a line; no bar may follow it.
    fn write_begun(&mut self) -> io::Result<()> {
        if !self.begun.is_empty() {
            progress::end();
            self.out.write_all(&std::mem::take(&mut self.begun))?;
        }
        Ok(())
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_beside_bar {
            return self.out.write(bytes);
        }
        let end = memchr::memrchr(b'\n', bytes).map_or(0, |at| at.past(1));
        let (lines, begun) = bytes.split_at(end);
        if !lines.is_empty() {
            let mut written = Ok(());
            let before = std::mem::take(&mut self.begun);
            progress::suspended(|| {
                written = self
                    .out
                    .write_all(&before)
                    .and_then(|()| self.out.write_all(lines))
                    .and_then(|()| self.out.flush());
            });
            written?;
        }
        self.begun.extend_from_slice(begun);
        if self.begun.len() > LONGEST {
            self.write_begun()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_begun()?;
        self.out.flush()
    }
}

/// Buffered standard output. Escape sequences written to it are left out where colour is off.
pub(super) struct StandardOutput {
    inner: Rc<RefCell<BufWriter<Lines>>>,
    /// The state of removing escape sequences, which may be split between writes.
    strip: Option<StripBytes>,
}

impl StandardOutput {
    pub(super) fn new() -> StandardOutput {
        let plain = AutoStream::choice(&io::stdout()) == ColorChoice::Never;
        StandardOutput {
            inner: Rc::new(RefCell::new(BufWriter::with_capacity(
                64 << 10,
                Lines::new(io::stdout().lock()),
            ))),
            strip: plain.then(StripBytes::new),
        }
    }

    /// Writes bytes as they are: the caller knows that they have no escape sequences.
    pub(super) fn verbatim(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.borrow_mut().write_all(bytes)
    }

    /// Another handle of the same output, for callbacks that flush it before input is waited for.
    pub(super) fn shared(&self) -> StandardOutput {
        StandardOutput {
            inner: Rc::clone(&self.inner),
            strip: self.strip.is_some().then(StripBytes::new),
        }
    }

    /// A callback that flushes it, for before input is waited for.
    pub(super) fn flusher(&self) -> impl FnMut() -> io::Result<()> + 'static {
        let mut out = self.shared();
        move || out.flush()
    }
}

impl Write for StandardOutput {
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
