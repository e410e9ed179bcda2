//! One field, or one item: numbers, bytes, text, objects.

use std::rc::Rc;

use super::draft::{Draft, FieldDraft, Inner, value};
use super::fault::{END, Fault, TEXT, UNMADE};
use super::number_format::NumberFormat;
use super::read::{Environment, Reader, Relations};
use super::spec::{Coding, Field, Kind, KindOf, Parent, Process, Shape, Size, TypeId};
use super::stream::Stream;
use super::text::{Ending, Terminator};
use super::values::{Span, Val, equal};
use crate::offset::Position;
use crate::tree::{BitRange, MAX_VALUE, Node, Problem, Role};

/// Bytes at a time that are searched for a terminator.
const BLOCK: u64 = 4096;

/// The bytes of a field, and those that are its value.
struct Chunk {
    all: Span,
    kept: Span,
    ending: Ending,
}

impl<'p> Reader<'p> {
    /// Reads a field, or an item; `None` where no case of a switch fits.
    pub(super) fn one(
        &mut self,
        around: &Environment,
        field: &'p Field,
        name: &str,
        shape: &'p Shape,
        stream: usize,
        made: &mut FieldDraft,
    ) -> Result<Option<Val>, Fault> {
        let Some(kind) = self.kind(around, shape)? else {
            return Ok(None);
        };
        self.count_node()?;
        if let Some(plain) = NumberFormat::of(kind) {
            let (found, span) = self.number(around.object, plain, stream)?;
            let found = in_enum(field, found);
            let mut node = Node::new(name.to_owned(), self.range(span));
            node.value = value(&found);
            node.meaning = self.meaning(&found);
            node.format = Some(
                plain
                    .format(self.little(around.object, plain.little))
                    .into(),
            );
            made.out.push(Draft::leaf(node));
            return Ok(Some(found));
        }
        match kind {
            Kind::Bits { count, little } => self
                .bits(around.object, field, name, (*count, *little), stream, made)
                .map(Some),
            Kind::Object(of, arguments) => {
                let mut params = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    params.push(self.eval(around, argument)?);
                }
                self.sub_object(around, name, (shape, kind), (*of, params), stream, made)
                    .map(Some)
            }
            kind => {
                let chunk = self.chunk(around, shape, kind, stream)?;
                let Some(chunk) = chunk else {
                    return Err("nothing says how long it is".to_owned().into());
                };
                self.bytes_or_text(around, name, (shape, kind), &chunk, made)
                    .map(Some)
            }
        }
    }

    fn kind(&mut self, around: &Environment, shape: &'p Shape) -> Result<Option<&'p Kind>, Fault> {
        let (on, cases) = match &shape.kind {
            KindOf::One(kind) => return Ok(Some(kind)),
            KindOf::Switch(on, cases) => (on, cases),
        };
        let on = self.eval(around, on)?;
        let on = self.at_hand(on)?;
        for case in cases {
            let Some(key) = &case.key else {
                return Ok(Some(&case.kind));
            };
            let key = self.eval(around, key)?;
            if equal(&on, &self.at_hand(key)?) {
                return Ok(Some(&case.kind));
            }
        }
        Ok(None)
    }

    fn stream(&mut self, stream: usize) -> Result<&mut Stream, Fault> {
        let found = self.streams.get_mut(stream);
        found.ok_or_else(|| Fault::from("the stream is missing".to_owned()))
    }

    fn number(
        &mut self,
        object: usize,
        plain: NumberFormat,
        stream: usize,
    ) -> Result<(Val, Span), Fault> {
        let width = u64::from(plain.width);
        let span = self.stream(stream)?.take(width)?;
        let little = self.little(object, plain.little);
        let mut raw = [0; 8];
        if let Some(from) = self.bytes.get_mut(span.space) {
            for (to, byte) in raw.iter_mut().zip(from.read(span.start, width)) {
                *to = *byte;
            }
        }
        let read = raw.get_mut(..usize::from(plain.width)).unwrap_or_default();
        if little {
            read.reverse();
        }
        let unsigned = read
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            reason = "the bits of a narrower number"
        )]
        let found = match plain.letter {
            'f' => Val::Float(f64::from(f32::from_bits(unsigned as u32))),
            'd' => Val::Float(f64::from_bits(unsigned)),
            'b' => Val::Int(i128::from(unsigned as u8 as i8)),
            'h' => Val::Int(i128::from(unsigned as u16 as i16)),
            'i' => Val::Int(i128::from(unsigned as u32 as i32)),
            'q' => Val::Int(i128::from(unsigned as i64)),
            _ => Val::Int(i128::from(unsigned)),
        };
        Ok((found, span))
    }

    /// An item of a list of numbers, which has no node of its own.
    pub(super) fn number_alone(
        &mut self,
        around: &Environment,
        field: &'p Field,
        shape: &'p Shape,
        stream: usize,
    ) -> Result<Option<Val>, Fault> {
        let kind = self.kind(around, shape)?;
        let Some(plain) = kind.and_then(NumberFormat::of) else {
            return Ok(None);
        };
        let (found, _) = self.number(around.object, plain, stream)?;
        Ok(Some(in_enum(field, found)))
    }

    fn bits(
        &mut self,
        object: usize,
        field: &Field,
        name: &str,
        (count, little): (u8, Option<bool>),
        stream: usize,
        made: &mut FieldDraft,
    ) -> Result<Val, Fault> {
        let of = self.objects.get(object).map(|object| object.of);
        let of = of.and_then(|of| self.spec.types.get(of));
        let little = little.unwrap_or_else(|| of.is_some_and(|of| of.bits_little));
        let space = self
            .streams
            .get(stream)
            .map_or(0, |stream| stream.all.space);
        let (Some(stream), Some(from)) = (self.streams.get_mut(stream), self.bytes.get_mut(space))
        else {
            return Err("the stream is missing".to_owned().into());
        };
        let bits = stream.bits(count, little, from)?;
        let found = match (count, field.enumeration) {
            (1, None) => Val::Bool(bits.value != 0),
            _ => in_enum(field, Val::Int(i128::from(bits.value))),
        };
        let mut range = self.range(bits.bytes);
        range.bits = Some(BitRange {
            first: bits.first,
            count,
        });
        let mut node = Node::new(name.to_owned(), range);
        node.value = value(&found);
        node.meaning = self.meaning(&found);
        let order = if little { '<' } else { '>' };
        let letter = match bits.bytes.size {
            1 => 'B',
            2 => 'H',
            3 => 'J',
            4 => 'I',
            6 => 'K',
            8 => 'Q',
            // There is no code for 5, 7 and 9 bytes; only its byte order and signedness matter.
            _ => 'Y',
        };
        node.format = Some(format!("{order}{letter}").into());
        made.out.push(Draft::leaf(node));
        Ok(found)
    }

    /// The bytes of a field that has a size or a terminator; `None` where it has neither.
    fn chunk(
        &mut self,
        around: &Environment,
        shape: &'p Shape,
        kind: &Kind,
        stream: usize,
    ) -> Result<Option<Chunk>, Fault> {
        let encoding = match kind {
            Kind::Text | Kind::Terminated => shape.encoding.as_ref().and_then(Coding::known),
            _ => None,
        };
        // Bytes that no case of a switch fits stay as they are.
        let is_raw = matches!((&shape.kind, kind), (KindOf::Switch(..), Kind::Bytes));
        let terminator = match (shape.terminator, kind) {
            _ if is_raw => None,
            (Some(byte), _) => Some(Terminator { byte, unit: 1 }),
            (None, Kind::Terminated) => Some(Terminator {
                byte: 0,
                unit: shape.encoding.as_ref().map_or(1, Coding::unit),
            }),
            (None, _) => None,
        };
        let mut ending = Ending {
            encoding,
            terminator,
            include: shape.include,
            pad: shape.pad_right.filter(|_| !is_raw),
            ended: false,
        };
        let all = match &shape.size {
            Size::Computed(size) => {
                let size = self.integer(around, size)?;
                let size = u64::try_from(size)
                    .map_err(|_| Fault::from(format!("the size is {size}, below 0")))?;
                self.stream(stream)?.take(size)?
            }
            Size::Rest => {
                let stream = self.stream(stream)?;
                let left = stream.left();
                stream.take(left)?
            }
            Size::None => {
                let Some(terminator) = terminator else {
                    return Ok(None);
                };
                ending.ended = true;
                ending.pad = None;
                return self.terminated(shape, terminator, ending, stream).map(Some);
            }
        };
        let kept = match ending.pad.is_some() || ending.terminator.is_some() {
            true => ending.kept(&self.contents(all)?) as u64,
            false => all.size,
        };
        let kept = Span { size: kept, ..all };
        Ok(Some(Chunk { all, kept, ending }))
    }

    /// Bytes up to a terminator.
    fn terminated(
        &mut self,
        shape: &Shape,
        terminator: Terminator,
        mut ending: Ending,
        stream: usize,
    ) -> Result<Chunk, Fault> {
        let unit = terminator.unit as u64;
        let bytes = terminator.bytes();
        let from = {
            let stream = self.stream(stream)?;
            stream.align();
            Span {
                start: stream.place(),
                size: stream.left(),
                ..stream.all
            }
        };
        let mut before = 0u64;
        let mut found = false;
        while !found && before < from.size {
            let size = BLOCK.min(from.size.since(before));
            self.step(size)?;
            let Some(source) = self.bytes.get_mut(from.space) else {
                break;
            };
            let block = source.read(from.start.past(before), size);
            if block.is_empty() {
                break;
            }
            match block.chunks(terminator.unit).position(|part| part == bytes) {
                Some(index) => {
                    before = before.item(index as u64, unit);
                    found = true;
                }
                None => before.advance(block.len() as u64),
            }
        }
        if !found && shape.eos_error {
            let message = match terminator.unit {
                1 => format!("no byte {:#04x} ends it", terminator.byte),
                unit => format!("no {unit} NULs end it"),
            };
            return Err(Fault {
                at: Some(from),
                ..Fault::new(END, message)
            });
        }
        let ends = if found { unit } else { 0 };
        let taken = before.past(if shape.consume { ends } else { 0 });
        let kept = before.past(if shape.include { ends } else { 0 });
        self.stream(stream)?.take(taken)?;
        ending.ended = found && shape.consume;
        if !ending.ended {
            ending.terminator = None;
        }
        let all = Span {
            size: taken,
            ..from
        };
        let kept = Span { size: kept, ..from };
        Ok(Chunk { all, kept, ending })
    }

    fn bytes_or_text(
        &mut self,
        around: &Environment,
        name: &str,
        (shape, kind): (&'p Shape, &Kind),
        chunk: &Chunk,
        made: &mut FieldDraft,
    ) -> Result<Val, Fault> {
        let Chunk { all, kept, ending } = chunk;
        if let (Some(Process::Program(process, _)), Kind::Bytes) = (&shape.process, kind) {
            return Ok(self.unmade(name, *all, process, made));
        }
        if let (Some(process), Kind::Bytes) = (&shape.process, kind) {
            made.raw.push(self.raw(name, *all));
            let span = self.processed(around, process, *kept)?;
            let mut node = Node::new(name.to_owned(), self.range(span)).role(Role::View);
            if span.size <= MAX_VALUE {
                node.value = Some(crate::Value::from(self.contents(span)?.as_slice()));
            }
            node.format = Some(format!("[{}]s", span.size).into());
            made.out.push(Draft::leaf(node));
            return Ok(Val::Span(span));
        }
        if let (Kind::Text | Kind::Terminated, Some(Coding::Unknown(encoding))) =
            (kind, &shape.encoding)
        {
            return Err(Fault {
                at: Some(*kept),
                ..Fault::new(TEXT, format!("the encoding {encoding:?} is not known"))
            });
        }
        let mut node = Node::new(name.to_owned(), self.range(*all));
        let found = match (kind, ending.encoding) {
            (Kind::Text | Kind::Terminated, Some(encoding)) => {
                let bytes = self.contents(*kept)?;
                let Some(text) = encoding.decode(&bytes) else {
                    let message = format!("the bytes are no text in {}", encoding.name());
                    return Err(Fault {
                        at: Some(*kept),
                        ..Fault::new(TEXT, message)
                    });
                };
                node.value = Some(crate::Value::from(text.as_str()));
                node.spelling = ending.spelling();
                Val::Text(Rc::from(text))
            }
            _ => {
                if kept.size <= MAX_VALUE {
                    node.value = Some(crate::Value::from(self.contents(*kept)?.as_slice()));
                }
                match kept == all {
                    true => node.format = Some(format!("[{}]s", all.size).into()),
                    false => node.spelling = ending.spelling(),
                }
                Val::Span(*kept)
            }
        };
        made.out.push(Draft::leaf(node));
        Ok(found)
    }

    fn raw(&self, name: &str, all: Span) -> Draft {
        let is_item = name.starts_with(|c: char| c.is_ascii_digit());
        let name = match is_item {
            true => name.to_owned(),
            false => format!("_raw_{name}"),
        };
        Draft::leaf(Node::new(name, self.range(all)).role(Role::Data))
    }

    /// Bytes that a custom program would process; they are shown as they are.
    fn unmade(&self, name: &str, all: Span, process: &str, made: &mut FieldDraft) -> Val {
        let mut raw = self.raw(name, all);
        let message = format!(
            "the process {process} isn't run: these are the bytes before it, and nothing in them is read"
        );
        let range = raw.node.range;
        let problem = Problem::new(UNMADE.code, UNMADE.severity, range, message);
        raw.node.problems.push(problem);
        made.raw.push(raw);
        Val::Unmade(process.into())
    }

    /// A type inside the field.
    fn sub_object(
        &mut self,
        around: &Environment,
        name: &str,
        (shape, kind): (&'p Shape, &Kind),
        (of, params): (TypeId, Vec<Val>),
        stream: usize,
        made: &mut FieldDraft,
    ) -> Result<Val, Fault> {
        let chunk = self.chunk(around, shape, kind, stream)?;
        if let (Some(chunk), Some(Process::Program(process, _))) = (&chunk, &shape.process) {
            return Ok(self.unmade(name, chunk.all, process, made));
        }
        let parent = match &shape.parent {
            Parent::Around => Some(around.object),
            Parent::None => None,
            Parent::Computed(parent) => match self.eval(around, parent)? {
                Val::Object(parent) => Some(parent),
                other => {
                    return Err(format!("a parent is an object, found {}", other.kind()).into());
                }
            },
        };
        let top = |of: TypeId| self.spec.types.get(of).map(|of| of.top);
        let holder = self.objects.get(around.object);
        // An imported type doesn't see the file that imports it.
        let is_own = holder.is_some_and(|holder| top(holder.of) == top(of));
        let kin = Relations {
            parent: parent.filter(|_| is_own),
            root: holder.map(|holder| holder.root).filter(|_| is_own),
            holder: Some(around.object),
        };
        let (stream, extent, is_made) = match (chunk, &shape.process) {
            (None, _) => (stream, None, false),
            (Some(chunk), None) => {
                self.streams.push(Stream::new(chunk.kept));
                (self.streams.len().since(1), Some(chunk.all), false)
            }
            (Some(chunk), Some(process)) => {
                made.raw.push(self.raw(name, chunk.all));
                let span = self.processed(around, process, chunk.kept)?;
                self.streams.push(Stream::new(span));
                (self.streams.len().since(1), Some(span), true)
            }
        };
        let id = self.object(of, params, stream, &kin)?;
        let mut node = Node::new(name.to_owned(), crate::tree::Range::file(0, 0));
        if let Some(extent) = extent {
            node.range = self.range(extent);
        }
        if is_made {
            node.role = Role::View;
        }
        let at = made.out.len();
        made.out.push(Draft::new(node, Inner::Object(id)));
        let read = self.fill(id);
        if extent.is_none()
            && let Some(span) = self.objects.get(id).map(|object| object.span)
        {
            let range = self.range(span);
            if let Some(draft) = made.out.get_mut(at) {
                draft.node.range = range;
            }
        }
        match (read, made.out.get_mut(at)) {
            (Ok(()), _) => Ok(Val::Object(id)),
            (Err(fault), Some(draft)) if !fault.told => Err(self.note(fault, draft)),
            (Err(fault), _) => Err(fault),
        }
    }
}

fn in_enum(field: &Field, found: Val) -> Val {
    match (field.enumeration, found) {
        (Some(id), Val::Int(n)) => Val::Enum(id, n),
        (_, found) => found,
    }
}
