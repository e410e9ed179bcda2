//! A window that slides over what a reader gives, filled by a second thread.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::offset::Position;
use crate::source::uninterrupted;

/// How much is read at a time.
const BLOCK: usize = 256 << 10;

/// How many blocks are read ahead.
const AHEAD: usize = 4;

/// A window of contiguous bytes. The rest of the last window is copied to the front of the newly read bytes; nothing
/// else is ever copied.
pub(super) struct Feed {
    block: Block,
    /// Where in the block the window begins.
    start: usize,
    /// The most bytes that stay of a window.
    keep: usize,
    blocks: Blocks,
    ended: bool,
    before_waiting: Option<Box<dyn FnMut() -> io::Result<()>>>,
}

/// Bytes with some room before them.
struct Block {
    bytes: Vec<u8>,
    end: usize,
}

enum Blocks {
    Here(Box<dyn Read + Send>),
    Ahead {
        full: Receiver<io::Result<Block>>,
        free: SyncSender<Block>,
    },
    Gone,
}

impl Feed {
    /// A window that keeps up to `keep` bytes as it slides. It is empty, and has to slide first.
    pub(super) fn new(reader: Box<dyn Read + Send>, keep: usize) -> Feed {
        Feed {
            block: Block::new(keep),
            start: keep,
            keep,
            blocks: Blocks::Here(reader),
            ended: false,
            before_waiting: None,
        }
    }

    pub(super) fn before_waiting(&mut self, does: impl FnMut() -> io::Result<()> + 'static) {
        self.before_waiting = Some(Box::new(does));
    }

    pub(super) fn window(&self) -> &[u8] {
        self.block
            .bytes
            .get(self.start..self.block.end)
            .unwrap_or_default()
    }

    /// Whether nothing follows the window.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether what was read last was less than there was room for, as more has yet to come.
    pub(super) fn is_short(&self) -> bool {
        self.block.end < self.block.bytes.len()
    }

    /// Drops this many bytes at the front of the window, and reads on after it.
    pub(super) fn slide(&mut self, drop: usize) -> io::Result<()> {
        let mut next = self.next_block()?;
        let stays = self.window().get(drop..).unwrap_or_default();
        // The search never asks to keep more than it said.
        debug_assert!(stays.len() <= self.keep, "{} bytes stay", stays.len());
        let start = self.keep.since(stays.len());
        if let Some(room) = next.bytes.get_mut(start..self.keep) {
            room.copy_from_slice(stays);
        }
        self.start = start;
        self.ended = next.end == self.keep;
        let old = std::mem::replace(&mut self.block, next);
        if let Blocks::Ahead { free, .. } = &self.blocks {
            // A thread that has read to the end needs no more of them.
            let _ = free.try_send(old);
        }
        Ok(())
    }

    fn next_block(&mut self) -> io::Result<Block> {
        match &mut self.blocks {
            Blocks::Ahead { full, .. } => {
                if let Ok(block) = full.try_recv() {
                    return block;
                }
                if let Some(does) = &mut self.before_waiting {
                    does()?;
                }
                match full.recv() {
                    Ok(block) => block,
                    Err(_) => Err(io::Error::other("the thread that reads has ended")),
                }
            }
            Blocks::Here(reader) => {
                if let Some(does) = &mut self.before_waiting {
                    does()?;
                }
                let mut block = Block::new(self.keep);
                block.fill(self.keep, reader)?;
                if block.end == block.bytes.len() {
                    self.read_ahead();
                }
                Ok(block)
            }
            Blocks::Gone => Err(io::Error::other("nothing is left to read")),
        }
    }

    /// Lets a thread read from here on.
    fn read_ahead(&mut self) {
        let Blocks::Here(mut reader) = std::mem::replace(&mut self.blocks, Blocks::Gone) else {
            return;
        };
        let (full, from_thread) = sync_channel(AHEAD);
        let (free, reused) = sync_channel::<Block>(AHEAD);
        let keep = self.keep;
        let read = move || {
            loop {
                let mut block = reused.try_recv().unwrap_or_else(|_| Block::new(keep));
                let read = block.fill(keep, &mut reader);
                let last = read.is_err() || block.end == keep;
                // The channel is closed when the search was dropped.
                if full.send(read.map(|()| block)).is_err() || last {
                    return;
                }
            }
        };
        thread::spawn(read);
        self.blocks = Blocks::Ahead {
            full: from_thread,
            free,
        };
    }
}

impl Block {
    fn new(keep: usize) -> Block {
        Block {
            bytes: vec![0; keep.saturating_add(BLOCK)],
            end: keep,
        }
    }

    /// Reads once: what is there now. Nothing is read where the reader has ended.
    fn fill(&mut self, keep: usize, reader: &mut dyn Read) -> io::Result<()> {
        self.end = keep;
        let room = self.bytes.get_mut(keep..).unwrap_or_default();
        self.end.advance(uninterrupted(|| reader.read(room))?);
        Ok(())
    }
}
