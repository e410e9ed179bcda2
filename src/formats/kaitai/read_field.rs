//! Fields: whether they are there, how often, and where.

use super::draft::{Draft, FieldDraft, Inner};
use super::fault::{EXPRESSION, Fault, LIMIT, UNMADE};
use super::number_format::NumberFormat;
use super::read::{Environment, Reader, State};
use super::spec::{Content, Field, Kind, KindOf, Repeat, Shape};
use super::stream::Stream;
use super::values::Val;
use crate::offset::{Position, Tally};
use crate::tree::{MAX_VALUE, Node, Problem, Role};
use crate::value::Value;

/// Where the value of a field is kept while it grows.
#[derive(Clone, Copy)]
enum Slot {
    Seq(usize),
    Instance,
}

impl<'p> Reader<'p> {
    /// A field of `seq`.
    pub(super) fn field(
        &mut self,
        object: usize,
        field: &'p Field,
        index: usize,
    ) -> Result<(), Fault> {
        let mut made = FieldDraft::default();
        let read = self.read(object, field, Slot::Seq(index), &mut made);
        let read = read.map_err(|fault| self.tell(object, field, fault, &mut made));
        let Some(of) = self.objects.get_mut(object) else {
            return read.map(drop);
        };
        // The fields of an incomplete object stay available, so that expressions that need no others can be shown.
        let partial = made.out.last().and_then(|draft| match draft.inner {
            Inner::Object(id) => Some(Val::Object(id)),
            _ => None,
        });
        of.drafts.append(&mut made.raw);
        of.drafts.append(&mut made.out);
        match (read, of.seq.get_mut(index)) {
            (Ok(value), Some(place)) => *place = value,
            (Err(fault), place) => {
                if let Some(place) = place
                    && place.is_none()
                {
                    *place = partial;
                }
                return Err(fault);
            }
            (Ok(_), None) => {}
        }
        Ok(())
    }

    /// The value of an instance, which is read when it is first asked for.
    pub(super) fn instance(&mut self, object: usize, index: usize) -> Result<Option<Val>, Fault> {
        let Some(of) = self.objects.get_mut(object) else {
            return Ok(None);
        };
        let Some(state) = of.instances.get_mut(index) else {
            return Ok(None);
        };
        let spec = self.spec;
        let field = spec.types.get(of.of).and_then(|of| of.instances.get(index));
        let Some(field) = field else { return Ok(None) };
        match state {
            State::Read(value) => return Ok(Some(value.clone())),
            State::Absent => return Ok(None),
            State::Failed(code, message) => return Err(Fault::new(*code, message.clone())),
            State::Reading => {
                return Err(format!("{} is needed to compute itself", field.name).into());
            }
            State::Unread => *state = State::Reading,
        }
        let mut made = FieldDraft::default();
        let read = self.deeper(|reader| reader.read(object, field, Slot::Instance, &mut made));
        let state = match &read {
            Ok(Some(value)) => State::Read(value.clone()),
            Ok(None) => State::Absent,
            Err(fault) => {
                let code = if fault.code == UNMADE {
                    UNMADE
                } else {
                    EXPRESSION
                };
                let message = format!("{} can't be read: {}", field.name, fault.message);
                State::Failed(code, message)
            }
        };
        let read = read.map_err(|fault| {
            let told = self.tell(object, field, fault, &mut made);
            // The fault is reported at the instance; an expression that needs it fails separately.
            let code = match told.code {
                code if code == LIMIT || code == UNMADE => code,
                _ => EXPRESSION,
            };
            Fault::new(
                code,
                format!("{} can't be read: {}", field.name, told.message),
            )
        });
        if let Some(of) = self.objects.get_mut(object) {
            if let Some(place) = of.instances.get_mut(index) {
                *place = state;
            }
            let order = u32::try_from(index).map_or(u32::MAX, |index| index.past(1));
            let start = of.drafts.len();
            for mut draft in made.raw.into_iter().chain(made.out) {
                draft.order = order;
                of.drafts.push(draft);
            }
            if let Some(spot) = of.spots.get_mut(index) {
                *spot = start..of.drafts.len();
            }
        }
        read
    }

    /// Puts the fault of a field into the tree, unless it is there.
    fn tell(&mut self, object: usize, field: &Field, fault: Fault, made: &mut FieldDraft) -> Fault {
        if fault.told {
            return fault;
        }
        let stream = self.objects.get(object).map(|object| object.stream);
        let here = stream.and_then(|stream| self.streams.get(stream)).copied();
        let here = here.map(|stream| super::values::Span {
            start: stream.place(),
            size: 0,
            ..stream.all
        });
        let mut range = match fault.at.or(here) {
            Some(span) => self.range(span),
            None => crate::tree::Range::file(0, 0),
        };
        let mut message = fault.message.clone();
        if fault.code == EXPRESSION || fault.code == UNMADE {
            let of = self.objects.get(object).map(|object| object.of);
            let of = of.and_then(|of| self.spec.types.get(of));
            let file = of.and_then(|of| of.path.file_name()).unwrap_or_default();
            message = format!("{message} ({}:{})", file.to_string_lossy(), field.line);
        }
        let problem = Problem::new(fault.code.code, fault.code.severity, range, message);
        range.size = 0;
        let mut node = Node::new(field.name.to_string(), range);
        node.problems.push(problem);
        made.out.push(Draft::leaf(node));
        Fault {
            told: true,
            ..fault
        }
    }

    fn read(
        &mut self,
        object: usize,
        field: &'p Field,
        slot: Slot,
        made: &mut FieldDraft,
    ) -> Result<Option<Val>, Fault> {
        self.step(1)?;
        let around = Environment::of(object);
        if let Some(condition) = &field.condition
            && !self.truth(&around, condition)?
        {
            return Ok(None);
        }
        let shape = match &field.content {
            Content::Computed(expression) => {
                let Some(value) = self.optional(&around, expression)? else {
                    return Ok(None);
                };
                if let Val::Unmade(process) = &value {
                    return Err(Fault::unmade(process));
                }
                return self.computed(object, field, value, made).map(Some);
            }
            Content::Read(shape) => shape,
        };
        let stream = match &field.io {
            None => self.objects.get(object).map_or(0, |object| object.stream),
            Some(io) => match self.eval(&around, io)? {
                Val::Stream(stream) => stream,
                other => return Err(format!("io is a stream, found {}", other.kind()).into()),
            },
        };
        let mut back = None;
        if let Some(pos) = &field.pos {
            let pos = self.integer(&around, pos)?;
            let to = u64::try_from(pos)
                .map_err(|_| Fault::from(format!("pos is {pos}, and there is none below 0")))?;
            if let Some(stream) = self.streams.get_mut(stream) {
                back = Some(stream.at);
                stream.seek(to);
            }
        }
        let read = self.repeated(object, field, shape, stream, slot, made);
        let is_placed = field.pos.is_some() || field.io.is_some();
        made.raw
            .iter_mut()
            .chain(&mut made.out)
            .for_each(|draft| draft.node.is_placed |= is_placed);
        if let (Some(back), Some(stream)) = (back, self.streams.get_mut(stream)) {
            stream.seek(back);
        }
        read
    }

    /// A value without bytes.
    fn computed(
        &mut self,
        object: usize,
        field: &'p Field,
        value: Val,
        made: &mut FieldDraft,
    ) -> Result<Val, Fault> {
        let value = match (field.enumeration, value) {
            (Some(id), Val::Int(n)) => Val::Enum(id, n),
            (_, value) => value,
        };
        self.count_node()?;
        let span = self.objects.get(object).map(|object| object.span);
        let draft = span.and_then(|span| {
            let here = super::values::Span { size: 0, ..span };
            self.draft_of(&field.name, &value, here)
        });
        made.out.extend(draft);
        if let Some(valid) = &field.valid {
            let mut around = Environment::of(object);
            around.item = Some(value.clone());
            self.check_valid(&around, valid, &value)
                .map_err(|fault| self.noted(fault, made))?;
        }
        Ok(value)
    }

    fn repeated(
        &mut self,
        object: usize,
        field: &'p Field,
        shape: &'p Shape,
        stream: usize,
        slot: Slot,
        made: &mut FieldDraft,
    ) -> Result<Option<Val>, Fault> {
        let mut around = Environment::of(object);
        let count = match &field.repeat {
            Repeat::Once => {
                let value = self.one(&around, field, &field.name, shape, stream, made)?;
                if let (Some(value), Some(valid)) = (&value, &field.valid) {
                    around.item = Some(value.clone());
                    self.check_valid(&around, valid, value)
                        .map_err(|fault| self.noted(fault, made))?;
                }
                return Ok(value);
            }
            Repeat::Count(count) => Some(self.integer(&around, count)?),
            Repeat::Until(_) | Repeat::Rest => None,
        };
        let start = self.streams.get(stream).copied();
        let mut items = List {
            values: Vec::new(),
            made: FieldDraft::default(),
            plain: NumberFormat::of_items(field, shape),
        };
        if let Slot::Seq(index) = slot {
            self.grow(object, index, None);
        }
        let read = self.items(&mut around, field, shape, stream, (slot, count), &mut items);
        let end = self.streams.get(stream).copied();
        let range = start.zip(end).map(|(start, end)| {
            let size = end.place().saturating_sub(start.place());
            super::values::Span {
                start: start.place(),
                size,
                ..start.all
            }
        });
        let List {
            values,
            made: mut drafts,
            plain,
        } = items;
        let values = match slot {
            Slot::Seq(index) => self.grown(object, index),
            Slot::Instance => values,
        };
        if let Some(span) = range {
            self.put_list(field, (span, plain), &values, &mut drafts, made);
        }
        if let Err(fault) = read {
            if let Slot::Seq(index) = slot {
                self.keep(object, index, values);
            }
            return Err(match plain.is_some() {
                true => self.noted(fault, made),
                false => fault,
            });
        }
        Ok(Some(Val::List(values.into())))
    }

    /// Nodes of a list: one for all of its numbers, or one for each item.
    fn put_list(
        &mut self,
        field: &Field,
        (span, plain): (super::values::Span, Option<NumberFormat>),
        values: &[Val],
        drafts: &mut FieldDraft,
        made: &mut FieldDraft,
    ) {
        let range = self.range(span);
        let mut node = Node::new(field.name.to_string(), range);
        if let Some(plain) = plain {
            let width = u64::from(plain.width);
            let little = self.little(drafts.object, plain.little);
            let size = width.saturating_mul(values.len() as u64);
            node.range.size = size;
            node.format = Some(plain.format(little).into());
            node.items = Some(values.len() as u64);
            if size <= MAX_VALUE {
                let shown = values.iter().filter_map(super::draft::value);
                node.value = Some(Value::List(shown.collect()));
            }
            made.out.push(Draft::leaf(node));
            made.out.append(&mut drafts.out);
            return;
        }
        if !drafts.raw.is_empty() {
            let raw = Node::new(format!("_raw_{}", field.name), range);
            let items = Inner::Items(std::mem::take(&mut drafts.raw));
            made.raw.push(Draft::new(raw, items));
            node.role = Role::View;
            // Where no process was run, only the bytes before it are shown.
            if drafts.out.is_empty() {
                return;
            }
        }
        if drafts.out.is_empty() {
            node.value = Some(Value::List(Vec::new()));
        }
        drafts.out.shrink_to_fit();
        let inner = Inner::Items(std::mem::take(&mut drafts.out));
        made.out.push(Draft::new(node, inner));
    }

    fn items(
        &mut self,
        around: &mut Environment,
        field: &'p Field,
        shape: &'p Shape,
        stream: usize,
        (slot, count): (Slot, Option<i128>),
        items: &mut List,
    ) -> Result<(), Fault> {
        let mut index = 0u64;
        items.made.object = around.object;
        loop {
            let before = self.streams.get(stream).copied();
            match (&field.repeat, count) {
                (Repeat::Rest, _) if before.is_none_or(|stream| stream.is_at_end()) => {
                    return Ok(());
                }
                (Repeat::Count(_), Some(count)) if i128::from(index) >= count => return Ok(()),
                _ => {}
            }
            self.step(1)?;
            around.index = Some(index);
            let last = around.item.take();
            let name = index.to_string();
            let value = match items.plain {
                Some(_) => {
                    self.count_node()?;
                    self.number_alone(around, field, shape, stream)
                        .map_err(|fault| fault_in(fault, &name))?
                }
                None => self
                    .one(around, field, &name, shape, stream, &mut items.made)
                    .map_err(|fault| fault_in(fault, &name))?,
            };
            let stays = |stream: &Stream| (stream.at, stream.is_at_end());
            let after = self.streams.get(stream).map(stays);
            if before.as_ref().map(stays) == after
                && !matches!(shape.kind, KindOf::One(Kind::Bits { .. }))
            {
                self.count_empty()?;
            }
            // Without a fitting case of a switch there is no item; `_` stays the last one.
            let Some(value) = value else {
                around.item = last;
                if let Repeat::Until(until) = &field.repeat
                    && self.truth(around, until)?
                {
                    return Ok(());
                }
                index.tally(1);
                continue;
            };
            match slot {
                Slot::Seq(place) => self.grow(around.object, place, Some(value.clone())),
                Slot::Instance => items.values.push(value.clone()),
            }
            around.item = Some(value.clone());
            if let Some(valid) = &field.valid {
                self.check_valid(around, valid, &value).map_err(|fault| {
                    let fault = fault_in(fault, &name);
                    match items.plain {
                        Some(_) => fault,
                        None => self.noted(fault, &mut items.made),
                    }
                })?;
            }
            if let Repeat::Until(until) = &field.repeat
                && self.truth(around, until)?
            {
                return Ok(());
            }
            index.tally(1);
        }
    }

    /// Adds an item to the list of a field of `seq`, so that the next items can refer to it.
    fn grow(&mut self, object: usize, index: usize, item: Option<Val>) {
        let Some(object) = self.objects.get_mut(object) else {
            return;
        };
        let Some(place) = object.seq.get_mut(index) else {
            return;
        };
        match (place, item) {
            (Some(Val::List(items)), Some(item)) => std::rc::Rc::make_mut(items).push(item),
            (place, item) => *place = Some(Val::List(item.into_iter().collect::<Vec<_>>().into())),
        }
    }

    fn grown(&mut self, object: usize, index: usize) -> Vec<Val> {
        let object = self.objects.get_mut(object);
        match object.and_then(|object| object.seq.get_mut(index)?.take()) {
            Some(Val::List(items)) => std::rc::Rc::unwrap_or_clone(items),
            _ => Vec::new(),
        }
    }

    /// Stores the items read so far as the list.
    fn keep(&mut self, object: usize, index: usize, items: Vec<Val>) {
        let object = self.objects.get_mut(object);
        if let Some(place) = object.and_then(|object| object.seq.get_mut(index)) {
            *place = Some(Val::List(items.into()));
        }
    }

    /// Puts a fault into the node that was made last.
    fn noted(&self, fault: Fault, made: &mut FieldDraft) -> Fault {
        if fault.told {
            return fault;
        }
        let Some(draft) = made.out.last_mut() else {
            return fault;
        };
        self.note(fault, draft)
    }

    /// Puts a fault into a node.
    pub(super) fn note(&self, fault: Fault, draft: &mut Draft) -> Fault {
        let range = fault.at.map_or(draft.node.range, |at| self.range(at));
        let message = fault.message.clone();
        let problem = Problem::new(fault.code.code, fault.code.severity, range, message);
        draft.node.problems.push(problem);
        Fault {
            told: true,
            ..fault
        }
    }
}

/// The items of a list, as far as they are read.
struct List {
    /// Those of an instance; those of a field of `seq` are in its object.
    values: Vec<Val>,
    made: FieldDraft,
    plain: Option<NumberFormat>,
}

/// Says which item a fault is about, where its node is that of the list.
fn fault_in(fault: Fault, index: &str) -> Fault {
    match fault.told {
        true => fault,
        false => Fault {
            message: format!("item {index}: {}", fault.message),
            ..fault
        },
    }
}
