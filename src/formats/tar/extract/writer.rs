//! Small files are written on threads of their own, while the archive is read on.
//!
//! A file whose name may be taken gets it before it is handed over, in the order of the archive; what is
//! left for the threads is to fill it through its descriptor. So nothing that a later member does to the
//! name (replacing it, linking to it) depends on how far they are. A file whose name is known to be free is
//! made by the threads too: two of them that make whole files take less time than one that makes them and
//! one that fills them, which wait for each other's memory. Before anything else is done to such a name
//! they are waited for.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::super::error::Error;
use super::super::text;
use super::policy::Attributes;
use super::{Refusal, Warning, system};
use crate::offset::{Position, Tally};

/// Files of more bytes are written where they are read.
pub(super) const SMALL: u64 = 256 << 10;

/// Handed over at once: waking a thread costs as much as writing several small files.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 1 << 20;

/// Room of more bytes is not kept: what most files need is less.
const KEPT: usize = 16 << 10;

/// Batches that wait, at most.
const WAITING: usize = 2;

/// More threads than that are in each other's way in the file system.
const MOST_THREADS: usize = 4;

/// A file without its content.
pub(super) struct Job {
    pub(super) file: Target,
    /// The member's name, for messages.
    pub(super) name: Vec<u8>,
    pub(super) data: Content,
    pub(super) attributes: Attributes,
}

/// A file that is to be filled.
pub(super) enum Target {
    /// It is there.
    Made(system::NewFile),
    /// It is to be made, under a name that nothing has.
    Free(system::Directory, Vec<u8>),
}

impl Target {
    fn make(self) -> Result<system::NewFile, Refusal> {
        match self {
            Target::Made(file) => Ok(file),
            Target::Free(parent, name) => match system::NewFile::create(&parent, &name)? {
                Some(file) => Ok(file),
                // Another process was faster.
                None => Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into()),
            },
        }
    }
}

/// The content of a small file, at the front of some room.
pub(super) struct Content {
    pub(super) room: Vec<u8>,
    pub(super) size: usize,
}

impl Content {
    pub(super) fn bytes(&self) -> &[u8] {
        self.room.get(..self.size).unwrap_or_default()
    }
}

pub(super) struct Writer {
    /// The folder, for messages.
    path: PathBuf,
    batch: Vec<Job>,
    bytes: usize,
    /// Room of files that are written, to be used again: taken on one thread and freed on another, it would make both
    /// wait for the allocator.
    free: Vec<Vec<u8>>,
    threads: Option<Threads>,
    shared: Arc<Shared>,
}

struct Threads {
    sender: SyncSender<Vec<Job>>,
    handles: Vec<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Every batch is done.
    idle: Condvar,
}

#[derive(Default)]
struct State {
    pending: usize,
    error: Option<Error>,
    warnings: Vec<Warning>,
    free: Vec<Vec<u8>>,
}

impl Writer {
    pub(super) fn new(path: PathBuf) -> Writer {
        Writer {
            path,
            batch: Vec::new(),
            bytes: 0,
            free: Vec::new(),
            threads: None,
            shared: Arc::default(),
        }
    }

    /// Room for the content of a file, of at least `size` bytes, with anything in it.
    pub(super) fn room(&mut self, size: usize) -> Vec<u8> {
        let mut room = self.free.pop().unwrap_or_default();
        if room.len() < size {
            room.resize(size, 0);
        }
        room
    }

    /// Has a file written, by and by.
    ///
    /// # Errors
    ///
    /// Why an earlier one couldn't be written.
    pub(super) fn add(&mut self, job: Job) -> Result<(), Error> {
        self.bytes.tally(job.data.size);
        self.batch.push(job);
        if self.batch.len() < BATCH && self.bytes < BATCH_BYTES {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        self.bytes = 0;
        let threads = match &self.threads {
            Some(threads) => threads,
            None => self
                .threads
                .insert(Threads::start(&self.shared, &self.path)),
        };
        let pending = {
            let mut state = self.shared.lock();
            state.pending.tally(1);
            self.free.append(&mut state.free);
            state.error.take()
        };
        // Where no thread takes it, because there is none or all are at work, it is done here: on two
        // processors the one that reads would wait half of the time.
        let unsent = match threads.handles.is_empty() {
            true => Err(TrySendError::Disconnected(batch)),
            false => threads.sender.try_send(batch),
        };
        if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = unsent {
            self.shared.write(batch, &self.path);
        }
        pending.map_or(Ok(()), Err)
    }

    /// Waits until all files are written.
    ///
    /// # Errors
    ///
    /// Why one of them couldn't be.
    pub(super) fn drain(&mut self) -> Result<(), Error> {
        let rest = std::mem::take(&mut self.batch);
        self.bytes = 0;
        if !rest.is_empty() {
            let mut state = self.shared.lock();
            state.pending.tally(1);
            drop(state);
            self.shared.write(rest, &self.path);
        }
        let mut state = self.shared.lock();
        while state.pending > 0 {
            let waited = self.shared.idle.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.error.take().map_or(Ok(()), Err)
    }

    /// The warnings since the last call.
    pub(super) fn take_warnings(&self) -> Vec<Warning> {
        std::mem::take(&mut self.shared.lock().warnings)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // What was said to be extracted is there, even when an error ends the work.
        let _ = self.drain();
        if let Some(threads) = self.threads.take() {
            drop(threads.sender);
            for handle in threads.handles {
                // It has nothing to say that isn't in the shared state.
                let _ = handle.join();
            }
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Threads {
    fn start(shared: &Arc<Shared>, path: &Path) -> Threads {
        let (sender, receiver) = sync_channel(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        let processors = thread::available_parallelism().map_or(1, usize::from);
        // One reads.
        let count = processors.saturating_sub(1).min(MOST_THREADS);
        let start = |_| {
            let (receiver, shared) = (Arc::clone(&receiver), Arc::clone(shared));
            let path = path.to_path_buf();
            thread::Builder::new().spawn(move || {
                while let Some(batch) = next(&receiver) {
                    shared.write(batch, &path);
                }
            })
        };
        Threads {
            sender,
            handles: (0..count).map_while(|n| start(n).ok()).collect(),
        }
    }
}

/// A member's file in the folder `path` that couldn't be written.
pub(super) fn unwritable(path: &Path, name: &[u8], error: std::io::Error) -> Error {
    let name = text::os_str(name).unwrap_or_default();
    Error::path(&path.join(name), "write", error)
}

fn next(receiver: &Mutex<Receiver<Vec<Job>>>) -> Option<Vec<Job>> {
    let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
    receiver.recv().ok()
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, batch: Vec<Job>, path: &Path) {
        let (mut warnings, mut error) = (Vec::new(), None);
        let mut free = Vec::with_capacity(batch.len());
        for job in batch {
            let filled = job.file.make().and_then(|mut file| {
                file.file().write_all(job.data.bytes())?;
                file.finish(&job.attributes)
            });
            if job.data.room.len() <= KEPT {
                free.push(job.data.room);
            }
            match filled {
                Ok(unset) => Warning::unset(&job.name, unset, &mut warnings),
                Err(why) => {
                    let why = match why {
                        Refusal::System(error) => error,
                        why => std::io::Error::other(why),
                    };
                    error.get_or_insert(unwritable(path, &job.name, why));
                }
            }
        }
        let mut state = self.lock();
        state.pending = state.pending.since(1);
        Warning::append(&mut state.warnings, warnings);
        if state.free.len() < BATCH {
            state.free.append(&mut free);
        }
        state.error = state.error.take().or(error);
        if state.pending == 0 {
            self.idle.notify_all();
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::formats::tar::Time;

    fn folder() -> (tempfile::TempDir, system::Directory) {
        let folder = tempfile::tempdir().unwrap();
        let mut open = system::Folder::open(folder.path(), false).unwrap();
        let directory = open.parent(&[]).unwrap();
        (folder, directory)
    }

    fn job(directory: &system::Directory, name: &str, data: Vec<u8>) -> Job {
        let file = system::NewFile::create(directory, name.as_bytes());
        Job {
            file: Target::Made(file.unwrap().unwrap()),
            name: name.as_bytes().to_vec(),
            data: Content {
                size: data.len(),
                room: data,
            },
            attributes: Attributes {
                time: Time::at(1),
                mode: Some(0o640),
                owner: None,
                xattrs: Box::default(),
            },
        }
    }

    /// Each file that waits is an open one, and its content takes memory.
    #[test]
    fn what_waits_to_be_handed_over_is_bounded_in_number_and_bytes() {
        let (folder, directory) = folder();
        let mut writer = Writer::new(folder.path().to_path_buf());
        for added in 1..=2 * BATCH + 1 {
            let job = job(&directory, &format!("few{added}"), Vec::new());
            writer.add(job).unwrap();
            assert_eq!(writer.batch.len(), added % BATCH);
        }
        writer.drain().unwrap();
        let half = BATCH_BYTES / 2;
        for (added, waiting) in [(1, 1), (2, 0), (3, 1), (4, 0)] {
            let job = job(&directory, &format!("many{added}"), vec![7; half]);
            writer.add(job).unwrap();
            assert_eq!(writer.batch.len(), waiting);
            assert_eq!(writer.bytes, waiting * half);
        }
    }

    #[test]
    fn all_that_was_added_is_written_when_it_is_waited_for() {
        let (folder, directory) = folder();
        let mut writer = Writer::new(folder.path().to_path_buf());
        let size = BATCH_BYTES / 8;
        for round in 0..10 {
            let names: Vec<_> = (0..25).map(|i| format!("{round}-{i}")).collect();
            for name in &names {
                let job = job(&directory, name, name.as_bytes().repeat(size / 4));
                writer.add(job).unwrap();
            }
            writer.drain().unwrap();
            assert_eq!(writer.shared.lock().pending, 0);
            for name in &names {
                let found = std::fs::read(folder.path().join(name)).unwrap();
                assert!(found == name.as_bytes().repeat(size / 4), "{name}");
            }
        }
        assert!(writer.take_warnings().is_empty());
    }

    /// An error elsewhere ends the work; what was said to be there is there nevertheless.
    #[test]
    fn what_waits_is_written_when_nobody_waits_for_it() {
        let (folder, directory) = folder();
        let mut writer = Writer::new(folder.path().to_path_buf());
        writer
            .add(job(&directory, "a", b"content".to_vec()))
            .unwrap();
        drop(writer);
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"content");
    }

    /// A file that isn't open for writing stands for a disk that takes no more.
    #[test]
    fn a_file_that_cannot_be_written_is_told_once_by_its_path_and_is_gone() {
        let (folder, directory) = folder();
        let mut writer = Writer::new(folder.path().to_path_buf());
        let mut broken = job(&directory, "broken", b"1".to_vec());
        let path = folder.path().join("broken");
        let Target::Made(file) = &mut broken.file else {
            unreachable!()
        };
        *file.file() = std::fs::File::open(&path).unwrap();
        writer.add(broken).unwrap();
        writer.add(job(&directory, "fine", b"2".to_vec())).unwrap();
        let error = writer.drain().unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
        writer.drain().unwrap();
        assert!(!path.exists());
        assert_eq!(std::fs::read(folder.path().join("fine")).unwrap(), b"2");
    }

    /// Another program may be faster, though nothing was there.
    #[test]
    fn a_name_that_is_not_free_after_all_is_an_error_and_stays_as_it_is() {
        let (folder, directory) = folder();
        std::fs::write(folder.path().join("taken"), b"theirs").unwrap();
        let mut writer = Writer::new(folder.path().to_path_buf());
        for name in ["taken", "free"] {
            let made = job(&directory, &format!("{name}-beside"), b"ours".to_vec());
            let file = Target::Free(Arc::clone(&directory), name.as_bytes().to_vec());
            writer.add(Job { file, ..made }).unwrap();
        }
        let error = writer.drain().unwrap_err().to_string();
        assert!(error.contains("taken-beside"), "{error}");
        let read = |name| std::fs::read(folder.path().join(name)).unwrap();
        assert_eq!(read("taken"), b"theirs");
        assert_eq!(read("free"), b"ours");
    }

    #[test]
    fn what_could_not_be_set_is_told_once() {
        let (folder, directory) = folder();
        let mut writer = Writer::new(folder.path().to_path_buf());
        let mut odd = job(&directory, "odd", Vec::new());
        odd.attributes.xattrs = [(b"no namespace".to_vec(), Vec::new())].into();
        writer.add(odd).unwrap();
        writer.drain().unwrap();
        let warnings = writer.take_warnings();
        let names: Vec<_> = warnings.iter().map(Warning::name).collect();
        assert_eq!(names, [b"odd"]);
        assert!(writer.take_warnings().is_empty());
    }
}
