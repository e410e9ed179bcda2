//! The nodes of a struct, from bytes in memory or from a source.

use std::io;
use std::sync::Arc;

use super::{Builder, Input, Window};
use crate::Source;
use crate::offset::Position;
use crate::structs::Struct;
use crate::structs::error::DataError;
use crate::structs::whole::{self, RequestedField};
use crate::tree::{Node, Role, Space};

impl Struct {
    /// The fields of the struct at the front of `data` as nodes, in order; every byte of the
    /// struct has one leaf. The ranges lie in `space` and are counted from `offset`.
    ///
    /// A constant that differs is a [problem](crate::tree::Problem) of its node, with the code `S001`: a tree
    /// is for looking at what is wrong, too.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::tree::Space;
    ///
    /// let header = Struct::new("<2s:magic I:size")?;
    /// let nodes = header.nodes(b"BM\x36\0\0\0", Space::FILE, 100)?;
    /// assert_eq!(nodes[1].name, "size");
    /// assert_eq!(nodes[1].range.offset, 102);
    /// assert_eq!(nodes[1].format.as_deref(), Some("<I"));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::unpack`], but bytes left over are none, and neither is a constant that
    /// differs.
    pub fn nodes(&self, data: &[u8], space: Space, offset: u64) -> Result<Vec<Node>, DataError> {
        match self.nodes_so_far(data, space, offset) {
            (nodes, None) => Ok(nodes),
            (_, Some(error)) => Err(error),
        }
    }

    /// The same for data that may not fit: the fields that could be read, and what is wrong with
    /// the one after them.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::tree::Space;
    ///
    /// let header = Struct::new("<2s:magic (I:size 2H):sizes")?;
    /// let (nodes, error) = header.nodes_so_far(b"BM\x36\0\0\0\x01", Space::FILE, 0);
    /// assert_eq!(nodes[1].child("size").unwrap().range.offset, 2);
    /// assert_eq!(error.unwrap().offset(), Some(6));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn nodes_so_far(
        &self,
        data: &[u8],
        space: Space,
        offset: u64,
    ) -> (Vec<Node>, Option<DataError>) {
        if let Some(whole) = &self.whole {
            let made = whole.read(data, space, offset);
            return (made.nodes, made.error);
        }
        let builder = Builder::new(self, data, space, offset);
        let (nodes, error, _) = builder.all(self);
        (nodes, error)
    }

    /// The same for the struct at `offset` of a source, of any size, in flat memory: of a field of
    /// more than [`MAX_VALUE`](crate::structs::MAX_VALUE) bytes the node has a range and no value, and the items of a large
    /// array of groups are made on demand.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use bytewright::{Source, Struct};
    /// use bytewright::tree::Space;
    ///
    /// let layout = Arc::new(Struct::new("<4s:magic *s:data")?);
    /// let source = Source::from(vec![7; 3 << 20]);
    /// let (nodes, error) = layout.nodes_at(&source, Space::FILE, 1)?;
    /// assert_eq!(error, None);
    /// assert_eq!((nodes[1].range.offset, nodes[1].range.size), (5, (3 << 20) - 5));
    /// assert_eq!(nodes[1].value, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the source can't be read. Errors of the data are part of the answer.
    pub fn nodes_at(
        self: &Arc<Self>,
        source: &Source,
        space: Space,
        offset: u64,
    ) -> io::Result<(Vec<Node>, Option<DataError>)> {
        let mut window = Window::new(source)?;
        let read = self.nodes_in(&mut window, space, offset, 0)?;
        Ok((read.nodes, read.error))
    }

    /// The same through a window, for many structs of one source. Streams of what codings yield are
    /// counted from `first_stream` on.
    pub(crate) fn nodes_in(
        self: &Arc<Self>,
        window: &mut Window,
        space: Space,
        offset: u64,
        first_stream: u32,
    ) -> io::Result<Read> {
        self.nodes_for_fields(window, space, offset, first_stream, &Arc::default())
    }

    /// The same where it is known which fields of items will be asked for.
    pub(crate) fn nodes_for_fields(
        self: &Arc<Self>,
        window: &mut Window,
        space: Space,
        offset: u64,
        first_stream: u32,
        asked: &Arc<[RequestedField]>,
    ) -> io::Result<Read> {
        window.start_at(offset);
        if let Some(program) = &self.whole {
            let end = offset.past(window.end());
            let how = whole::ReadMode {
                first_stream,
                asked: Arc::clone(asked),
                ..whole::ReadMode::at(space, offset)
            };
            let mut made = program.read_on_demand(window, &how);
            window.check()?;
            let settled = whole::settle_all(&mut made.nodes, &made.claims, space, offset, end);
            if let Some(lost) = &made.lost {
                lost.set(settled.lost);
            }
            let gaps = settled.gaps.into_iter();
            made.nodes
                .extend(gaps.map(|gap| Node::new("gap", gap).role(Role::Gap)));
            // Bytes that the format doesn't reach are gaps, unless an error ended the reading.
            let at = if made.error.is_some() { made.end } else { end };
            return Ok(Read {
                nodes: made.nodes,
                error: made.error,
                end: at,
                streams: made.streams,
            });
        }
        let source = window.source().clone();
        let mut builder = Builder::new(self, &mut *window, space, offset);
        builder.from = Some((self, source));
        let (nodes, error, end) = builder.all(self);
        window.check()?;
        Ok(Read {
            nodes,
            error,
            end,
            streams: Vec::new(),
        })
    }
}

/// The nodes of a struct of a source.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) nodes: Vec<Node>,
    /// The error that ended it early.
    pub(crate) error: Option<DataError>,
    /// Where it ends, or where an error ended it.
    pub(crate) end: u64,
    /// What codings in it yield, by the spaces of the nodes, and why that isn't all.
    pub(crate) streams: Vec<(Source, Option<String>)>,
}
