//! The children of a node, a few at a time: an archive of a million members is never collected.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use crate::inspect::Document;
use crate::inspect::FindError;
use crate::inspect::items::Items;
use crate::offset::Tally;
use crate::tree::Node;

/// Children that are made before they are asked for.
const AHEAD: usize = 256;

/// Whether a node has something to open: children, or items of an array of plain values.
pub(super) fn has_any(node: &Node) -> bool {
    !node.is_leaf() || node.items.is_some_and(|items| items > 0)
}

/// How many there are, where that is known without making them.
pub(super) fn count(node: &Node) -> Option<u64> {
    match (node.is_leaf(), node.is_on_demand()) {
        (true, _) => node.items,
        (false, true) => node.count(),
        (false, false) => Some(node.made().len() as u64),
    }
}

/// Calls `visit` with the children from `first` on, as long as it wants more.
pub(super) fn each_from(
    document: &Document,
    node: &Node,
    first: u64,
    visit: &mut dyn FnMut(Cow<'_, Node>) -> bool,
) -> io::Result<()> {
    if let (true, Some(items)) = (node.is_leaf(), Items::of(node)) {
        let each = items.each(
            first,
            &|space| document.space(space).cloned(),
            &mut |item| Ok(visit(Cow::Owned(item))),
        );
        return each.map_err(|error| match error {
            FindError::Io(error) => error,
            other => io::Error::other(other),
        });
    }
    for child in node.children_from(first) {
        if !visit(child?) {
            break;
        }
    }
    Ok(())
}

/// The next result of a feed.
pub(super) enum Next {
    Child(Box<Node>),
    /// It is not there yet.
    Later,
    End,
    Failed(String),
}

/// The children of a node from one on, in order. Children on demand are made on a thread, which waits while no one asks
/// for more, and ends with the feed.
pub(super) enum Feed {
    Here { node: Arc<Node>, next: usize },
    Made(Receiver<io::Result<Node>>),
}

impl Feed {
    pub(super) fn start(document: &Arc<Document>, node: &Arc<Node>, first: u64) -> Feed {
        if !node.is_on_demand() && !node.is_leaf() {
            let next = usize::try_from(first).unwrap_or(usize::MAX);
            let node = Arc::clone(node);
            return Feed::Here { node, next };
        }
        let (give, made) = sync_channel(AHEAD);
        let (document, node) = (Arc::clone(document), Arc::clone(node));
        // If no thread can be started, the channel is closed, and no children are shown.
        let _ = std::thread::Builder::new().spawn(move || {
            let fed = each_from(&document, &node, first, &mut |child| {
                give.send(Ok(child.into_owned())).is_ok()
            });
            if let Err(error) = fed {
                let _ = give.send(Err(error));
            }
        });
        Feed::Made(made)
    }

    /// The next child, where it comes before the deadline.
    pub(super) fn next(&mut self, deadline: Instant) -> Next {
        match self {
            Feed::Here { node, next } => match node.made().get(*next) {
                Some(child) => {
                    next.tally(1);
                    Next::Child(Box::new(child.clone()))
                }
                None => Next::End,
            },
            Feed::Made(made) => {
                let left = deadline.saturating_duration_since(Instant::now());
                match made.recv_timeout(left.max(Duration::from_micros(1))) {
                    Ok(Ok(child)) => Next::Child(Box::new(child)),
                    Ok(Err(error)) => Next::Failed(error.to_string()),
                    Err(RecvTimeoutError::Timeout) => Next::Later,
                    Err(RecvTimeoutError::Disconnected) => Next::End,
                }
            }
        }
    }
}
