//! Reading objects of types, with their fields.

use std::io;
use std::ops::Range;

use super::draft::Draft;
use super::fault::{CLOSED, Fault, LIMIT};
use super::spec::{Endian, Spec, TypeId};
use super::stream::{Bytes, Stream};
use super::values::{Span, Val, equal};
use crate::Source;
use crate::format::Code;
use crate::offset::{Position, Tally};
use crate::tree::{Range as Extent, Space};

/// How deep objects may lie in one another.
const MAX_DEPTH: usize = 192;

/// How deep expressions and instances may need one another, in calls.
const MAX_CALLS: usize = 4_000;

/// The nodes and items that any file may have, and the most at all; between the two, each byte of the file adds a few.
const MIN_NODES: u64 = 1 << 17;
const NODES_PER_BYTE: u64 = 4;
const MAX_NODES: u64 = 1 << 21;

/// The most items without bytes in the lists of one file: no data back them.
const MAX_EMPTY: u64 = 1 << 16;

/// The most parts of expressions and bytes that are evaluated, beside 64 for each byte of the file.
const MAX_STEPS: u64 = 1 << 24;

/// The bytes that processing may make of one file, all in all.
const MAX_MADE: u64 = 256 << 20;

/// The most fields, and instances, that an object reserves memory for: many more may be absent.
const MOST_FIELDS: usize = 64;
const MOST_INSTANCES: usize = 16;

/// The names in scope of an expression.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    pub(super) object: usize,
    /// `_`: the item that was just read, or the value that is checked.
    pub(super) item: Option<Val>,
    pub(super) index: Option<u64>,
}

impl Environment {
    pub(super) fn of(object: usize) -> Environment {
        Environment {
            object,
            item: None,
            index: None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum State {
    Unread,
    Reading,
    /// Its `if` doesn't hold.
    Absent,
    Read(Val),
    Failed(Code, String),
}

/// An object: a type that is read at some place.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) of: TypeId,
    pub(super) parent: Option<usize>,
    pub(super) root: usize,
    /// The object that it is a field of; `_parent` may be another.
    pub(super) holder: Option<usize>,
    pub(super) level: usize,
    pub(super) stream: usize,
    pub(super) little: Option<bool>,
    pub(super) params: Vec<Val>,
    pub(super) seq: Vec<Option<Val>>,
    pub(super) instances: Vec<State>,
    /// The drafts of its fields and instances.
    pub(super) drafts: Vec<Draft>,
    /// Which of the drafts are those of each instance.
    pub(super) spots: Vec<Range<usize>>,
    /// Where it begins, and ends.
    pub(super) span: Span,
    pub(super) is_whole: bool,
    /// Its description in a line (`to-string`).
    pub(super) meaning: Option<String>,
}

/// The relations of an object to others.
pub(super) struct Relations {
    pub(super) parent: Option<usize>,
    pub(super) root: Option<usize>,
    pub(super) holder: Option<usize>,
}

pub(super) struct Reader<'p> {
    pub(super) spec: &'p Spec,
    pub(super) bytes: Vec<Bytes>,
    pub(super) streams: Vec<Stream>,
    pub(super) objects: Vec<Object>,
    /// The results of processing, in the order of the spaces.
    pub(super) made: Vec<Source>,
    /// The number of the first space of those.
    first_space: u32,
    size: u64,
    steps: u64,
    pub(super) nodes: u64,
    empty: u64,
    made_size: u64,
    calls: usize,
    /// Whether all of `seq` is read, so that instances are now read only to be shown.
    pub(super) is_showing: bool,
    /// Whether an object whose fields lie elsewhere in the tree is the value of an instance.
    pub(super) shows_again: bool,
}

impl<'p> Reader<'p> {
    pub(super) fn new(spec: &'p Spec, source: &Source, first_space: u32) -> io::Result<Reader<'p>> {
        let size = source.size()?;
        let all = Span {
            space: 0,
            start: 0,
            size,
        };
        Ok(Reader {
            spec,
            bytes: vec![Bytes::new(source, Space::FILE)?],
            streams: vec![Stream::new(all)],
            objects: Vec::new(),
            made: Vec::new(),
            first_space,
            size,
            steps: 0,
            nodes: 0,
            empty: 0,
            made_size: 0,
            calls: 0,
            is_showing: false,
            shows_again: false,
        })
    }

    /// Reads the file as an object of a type, and then all instances that nothing needed so far.
    pub(super) fn all(&mut self, root: TypeId) -> Option<Fault> {
        let kin = Relations {
            parent: None,
            root: None,
            holder: None,
        };
        let read = self
            .object(root, Vec::new(), 0, &kin)
            .and_then(|object| self.fill(object));
        self.is_showing = true;
        let shown = self.show(0);
        read.err().or(shown)
    }

    pub(super) fn step(&mut self, count: u64) -> Result<(), Fault> {
        self.steps.tally(count);
        if self.steps > self.size.saturating_mul(64).saturating_add(MAX_STEPS) {
            let message = "the description asks for more work than the file's size bears";
            return Err(Fault::new(LIMIT, message));
        }
        Ok(())
    }

    /// Counts a node, or an item of an array.
    pub(super) fn count_node(&mut self) -> Result<(), Fault> {
        self.nodes.tally(1);
        let most = self.most_nodes();
        match self.nodes > most {
            true => {
                let message = format!("the description makes more than {most} fields of the file");
                Err(Fault::new(LIMIT, message))
            }
            false => Ok(()),
        }
    }

    pub(super) fn most_nodes(&self) -> u64 {
        let backed = self.size.saturating_mul(NODES_PER_BYTE);
        backed.saturating_add(MIN_NODES).min(MAX_NODES)
    }

    /// Counts an item that took no bytes.
    pub(super) fn count_empty(&mut self) -> Result<(), Fault> {
        self.empty.tally(1);
        match self.empty > MAX_EMPTY {
            true => {
                let message = format!("more than {MAX_EMPTY} items take no bytes");
                Err(Fault::new(LIMIT, message))
            }
            false => Ok(()),
        }
    }

    /// Runs `work` one call deeper, up to the limit.
    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if self.calls >= MAX_CALLS {
            let message = "instances and expressions need one another without end";
            return Err(Fault::new(LIMIT, message));
        }
        self.calls.tally(1);
        let read = read(self);
        self.calls = self.calls.since(1);
        read
    }

    /// An object of a type, of which nothing is read yet.
    pub(super) fn object(
        &mut self,
        of: TypeId,
        params: Vec<Val>,
        stream: usize,
        kin: &Relations,
    ) -> Result<usize, Fault> {
        let id = self.objects.len();
        let holder = kin.holder.and_then(|holder| self.objects.get(holder));
        let level = holder.map_or(0, |holder| holder.level.past(1));
        let little = holder.and_then(|holder| holder.little);
        let stands = self.streams.get(stream).copied();
        let span = stands.map_or(
            Span {
                space: 0,
                start: 0,
                size: 0,
            },
            |stream| Span {
                start: stream.place(),
                size: 0,
                ..stream.all
            },
        );
        if level > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} objects lie in one another");
            let code = if self.is_showing { CLOSED } else { LIMIT };
            return Err(Fault::new(code, message));
        }
        if self.is_showing && self.is_circle(of, &params, stream, span, kin.holder) {
            let name = self.spec.types.get(of).map(|of| of.name.clone());
            let message = format!(
                "{} at {:#x} contains this again, and is not opened a second time",
                name.unwrap_or_default(),
                span.start
            );
            return Err(Fault::new(CLOSED, message));
        }
        let found = self
            .spec
            .types
            .get(of)
            .ok_or_else(|| Fault::from("the type is missing".to_owned()))?;
        let instances = found.instances.len().min(MOST_INSTANCES);
        let room = found.seq.len().min(MOST_FIELDS).past(instances);
        self.objects.push(Object {
            of,
            parent: kin.parent,
            root: kin.root.unwrap_or(id),
            holder: kin.holder,
            level,
            stream,
            little: match found.endian {
                Some(Endian::Little) => Some(true),
                Some(Endian::Big) => Some(false),
                Some(Endian::Inherited) => little,
                Some(Endian::Choice(..)) | None => None,
            },
            params,
            seq: vec![None; found.seq.len()],
            instances: vec![State::Unread; found.instances.len()],
            drafts: Vec::with_capacity(room),
            spots: vec![0..0; found.instances.len()],
            span,
            is_whole: false,
            meaning: None,
        });
        Ok(id)
    }

    /// Whether an object is one of those that hold it.
    fn is_circle(
        &self,
        of: TypeId,
        params: &[Val],
        stream: usize,
        span: Span,
        holder: Option<usize>,
    ) -> bool {
        let extent = |stream: usize| self.streams.get(stream).map(|stream| stream.all);
        let mut at = holder;
        while let Some(object) = at.and_then(|at| self.objects.get(at)) {
            if object.of == of
                && object.span.space == span.space
                && object.span.start == span.start
                && extent(object.stream) == extent(stream)
                && object.params.len() == params.len()
                && object.params.iter().zip(params).all(|(a, b)| equal(a, b))
            {
                return true;
            }
            at = object.holder;
        }
        false
    }

    /// Reads the fields of an object.
    pub(super) fn fill(&mut self, id: usize) -> Result<(), Fault> {
        let (of, stream) = match self.objects.get(id) {
            Some(object) => (object.of, object.stream),
            None => return Ok(()),
        };
        let spec = self.spec;
        let Some(of) = spec.types.get(of) else {
            return Ok(());
        };
        let read = self.deeper(|reader| {
            if let Some(Endian::Choice(on, cases)) = &of.endian {
                let little = reader.order(id, on, cases)?;
                if let Some(object) = reader.objects.get_mut(id) {
                    object.little = Some(little);
                }
            }
            for (index, field) in of.seq.iter().enumerate() {
                reader.field(id, field, index)?;
            }
            Ok(())
        });
        let end = self.streams.get(stream).map_or(0, Stream::place);
        if let Some(object) = self.objects.get_mut(id) {
            object.span.size = end.saturating_sub(object.span.start);
            object.is_whole = read.is_ok();
        }
        read
    }

    /// The byte order that a switch decides.
    fn order(
        &mut self,
        id: usize,
        on: &'p super::expression::Expression,
        cases: &'p [(Option<super::expression::Expression>, bool)],
    ) -> Result<bool, Fault> {
        let around = Environment::of(id);
        let on = self.eval(&around, on)?;
        let on = self.at_hand(on)?;
        let mut otherwise = None;
        for (key, little) in cases {
            match key {
                Some(key) => {
                    let key = self.eval(&around, key)?;
                    if equal(&on, &self.at_hand(key)?) {
                        return Ok(*little);
                    }
                }
                None => otherwise = Some(*little),
            }
        }
        otherwise.ok_or_else(|| Fault::from(format!("no case of endian fits {}", on.shown())))
    }

    /// The bytes of a span, in memory.
    pub(super) fn contents(&mut self, span: Span) -> Result<Vec<u8>, Fault> {
        if span.size > MAX_MADE {
            let message = format!("{} bytes are more than an expression looks at", span.size);
            return Err(Fault::new(LIMIT, message));
        }
        self.step(span.size)?;
        let from = self.bytes.get_mut(span.space);
        Ok(from.map_or(Vec::new(), |from| from.read(span.start, span.size).to_vec()))
    }

    /// A value of which the bytes are in memory, to be looked at.
    pub(super) fn at_hand(&mut self, value: Val) -> Result<Val, Fault> {
        match value {
            Val::Span(span) => Ok(Val::Bytes(self.contents(span)?.into())),
            Val::Unmade(process) => Err(Fault::unmade(&process)),
            Val::List(items)
                if items
                    .iter()
                    .any(|item| matches!(item, Val::Span(_) | Val::Unmade(_))) =>
            {
                let mut here = Vec::with_capacity(items.len());
                for item in items.iter() {
                    here.push(self.at_hand(item.clone())?);
                }
                Ok(Val::List(here.into()))
            }
            value => Ok(value),
        }
    }

    /// Bytes that were made, as a space of their own.
    pub(super) fn made(&mut self, bytes: Vec<u8>) -> Result<Span, Fault> {
        let size = bytes.len() as u64;
        self.made_size.tally(size);
        if self.made_size > MAX_MADE {
            return Err(Fault::new(LIMIT, limit_of_made()));
        }
        let source = Source::from(bytes);
        let index = u32::try_from(self.made.len()).unwrap_or(u32::MAX);
        let space = Space::stream(self.first_space.saturating_add(index));
        let failed = |e: io::Error| Fault::new(LIMIT, e.to_string());
        self.bytes.push(Bytes::new(&source, space).map_err(failed)?);
        self.made.push(source);
        Ok(Span {
            space: self.bytes.len().since(1),
            start: 0,
            size,
        })
    }

    /// The bytes that may still be made.
    pub(super) fn room(&self) -> u64 {
        MAX_MADE.saturating_sub(self.made_size)
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span) -> Extent {
        let space = self
            .bytes
            .get(span.space)
            .map_or(Space::FILE, |from| from.space);
        Extent::new(space, span.start, span.size)
    }

    /// The error of a source that was met.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.bytes.iter_mut().try_for_each(Bytes::check)
    }
}

pub(super) fn limit_of_made() -> String {
    format!("processing makes more than {MAX_MADE} bytes of the file")
}
