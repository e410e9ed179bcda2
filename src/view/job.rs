//! Work on a thread of its own: it tells how far it has come, and can be stopped.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use crate::Source;
use crate::offset::Position;
use crate::source::ReadAt;

/// The state that work shares with the thread that waits for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    is_stopped: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
}

impl Watch {
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// How far the work has come.
    pub(super) fn tell(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// An error where the work is to end.
    pub(super) fn check(&self) -> io::Result<()> {
        match self.is_stopped() {
            true => Err(io::Error::other("stopped")),
            false => Ok(()),
        }
    }

    /// The same bytes; reading them is an error once the work is to end.
    pub(super) fn source(&self, source: Source) -> Source {
        Source::new(Stoppable {
            source,
            watch: self.clone(),
        })
    }
}

struct Stoppable {
    source: Source,
    watch: Watch,
}

impl ReadAt for Stoppable {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.watch.check()?;
        let read = self.source.read_into(offset, buf)?;
        self.watch.tell(offset.past(read as u64));
        Ok(read)
    }

    fn size(&self) -> io::Result<u64> {
        self.source.size()
    }

    fn known_size(&self) -> Option<u64> {
        self.source.known_size()
    }
}

/// Running work. Dropping it stops the work.
#[derive(Debug)]
pub(super) struct Job<T> {
    answer: Receiver<T>,
    watch: Watch,
    is_over: bool,
}

impl<T: Send + 'static> Job<T> {
    pub(super) fn start(work: impl FnOnce(&Watch) -> T + Send + 'static) -> Job<T> {
        let (tell, answer) = channel();
        let watch = Watch::default();
        let shared = watch.clone();
        // If no thread can be started, the channel is closed.
        let _ = std::thread::Builder::new().spawn(move || {
            let _ = tell.send(work(&shared));
        });
        Job {
            answer,
            watch,
            is_over: false,
        }
    }

    pub(super) fn done(&self) -> u64 {
        self.watch.done()
    }

    /// The answer, where it comes in time. `Some(None)` where none will come.
    pub(super) fn wait(&mut self, time: Duration) -> Option<Option<T>> {
        let answer = match time.is_zero() {
            true => match self.answer.try_recv() {
                Ok(answer) => Some(answer),
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => None,
            },
            false => match self.answer.recv_timeout(time) {
                Ok(answer) => Some(answer),
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => None,
            },
        };
        self.is_over = true;
        Some(answer)
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if !self.is_over {
            self.watch.is_stopped.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_is_dropped_can_read_no_more() {
        let (told, stopped) = channel();
        let job = Job::start(move |watch| {
            let source = watch.source(Source::from(&[7; 4][..]));
            let mut read = Vec::new();
            while let Ok(bytes) = source.read(0, 4) {
                read = bytes;
            }
            let _ = told.send(read);
        });
        drop(job);
        assert!(stopped.recv().unwrap().len() <= 4);
    }

    #[test]
    fn the_source_of_a_job_that_is_done_goes_on_reading() {
        let mut job = Job::start(|watch| watch.source(Source::from(&b"abc"[..])));
        let source = job.wait(Duration::from_secs(60)).unwrap().unwrap();
        drop(job);
        assert_eq!(source.read(0, 9).unwrap(), b"abc");
    }

    #[test]
    fn a_job_whose_thread_ends_without_an_answer_is_over() {
        let mut job: Job<u8> = Job::start(|_| std::panic::resume_unwind(Box::new(())));
        assert_eq!(job.wait(Duration::from_secs(60)), Some(None));
    }
}
