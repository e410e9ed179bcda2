//! Values of expressions.

use std::cmp::Ordering;
use std::rc::Rc;

use super::expression::{Binary, Cast, Expression, SizeOf};
use super::fault::Fault;
use super::read::{Environment, Reader};
use super::spec::{Field, Place};
use super::strings::decoded;
use super::values::{Val, binary, order, unary};

impl<'p> Reader<'p> {
    pub(super) fn eval(&mut self, around: &Environment, of: &'p Expression) -> Result<Val, Fault> {
        self.step(1)?;
        self.deeper(|reader| reader.part(around, of))
    }

    /// The value of an expression; `None` where it is an instance whose `if` doesn't hold, or the parent of what has
    /// none.
    pub(super) fn optional(
        &mut self,
        around: &Environment,
        of: &'p Expression,
    ) -> Result<Option<Val>, Fault> {
        let (object, name) = match of {
            Expression::Choice(parts) => {
                let then = self.truth(around, &parts.0)?;
                return self.optional(around, if then { &parts.1 } else { &parts.2 });
            }
            Expression::Cast(of, to) => {
                let of = self.optional(around, of)?;
                return of.map(|of| self.cast(of, to.how)).transpose();
            }
            Expression::Name(name) if !matches!(name.as_str(), "_" | "_index" | "_sizeof") => {
                (around.object, name)
            }
            Expression::Field(holder, name) if name != "_sizeof" => {
                match self.eval(around, holder)? {
                    Val::Object(object) => (object, name),
                    other => return self.method(other, name, Vec::new()).map(Some),
                }
            }
            of => return self.eval(around, of).map(Some),
        };
        let found = self.objects.get(object);
        // The root has no parent, which is null in Kaitai's runtimes.
        if name == "_parent" && found.is_some_and(|found| found.parent.is_none()) {
            return Ok(None);
        }
        let of = found.and_then(|found| self.spec.types.get(found.of));
        match of.and_then(|of| of.names.get(name)) {
            Some(Place::Instance(index)) => self.instance(object, *index),
            _ => self.member(object, name).map(Some),
        }
    }

    fn part(&mut self, around: &Environment, of: &'p Expression) -> Result<Val, Fault> {
        Ok(match of {
            Expression::Int(n) => Val::Int(*n),
            Expression::Float(x) => Val::Float(*x),
            Expression::Text(text) => Val::Text(Rc::from(&**text)),
            Expression::Bytes(bytes) => Val::Bytes(Rc::from(&**bytes)),
            Expression::Bool(b) => Val::Bool(*b),
            Expression::Member(_, found) => match found {
                Some((id, n)) => Val::Enum(*id, *n),
                None => return Err("the enum is missing".to_owned().into()),
            },
            Expression::List(parts) => {
                let mut items = Vec::with_capacity(parts.len());
                for part in parts {
                    items.push(self.eval(around, part)?);
                }
                Val::List(items.into())
            }
            Expression::Joined(parts) => {
                let mut text = String::new();
                for part in parts {
                    match self.eval(around, part)? {
                        Val::Text(part) => text.push_str(&part),
                        Val::Int(n) => text.push_str(&n.to_string()),
                        other => {
                            let message = format!(
                                "an f-string takes text and integers, found {}",
                                other.kind()
                            );
                            return Err(message.into());
                        }
                    }
                }
                self.step(text.len() as u64)?;
                Val::Text(text.into())
            }
            Expression::Name(name) => self.name(around, name)?,
            Expression::SizeOf(of) => self.size_of(of)?,
            Expression::Unary(operator, of) => {
                let of = self.eval(around, of)?;
                unary(*operator, &of)?
            }
            Expression::Binary(operator, pair) => self.operation(around, *operator, pair)?,
            Expression::Choice(parts) => match self.truth(around, &parts.0)? {
                true => self.eval(around, &parts.1)?,
                false => self.eval(around, &parts.2)?,
            },
            Expression::Field(of, name) if name == "_sizeof" => self.size_of_part(around, of)?,
            Expression::Field(of, name) => match self.eval(around, of)? {
                Val::Object(object) => self.member(object, name)?,
                other => self.method(other, name, Vec::new())?,
            },
            Expression::Call(of, name, arguments) => {
                let of = self.eval(around, of)?;
                let mut given = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    given.push(self.eval(around, argument)?);
                }
                self.method(of, name, given)?
            }
            Expression::Index(pair) => {
                let of = self.eval(around, &pair.0)?;
                let index = self.integer(around, &pair.1)?;
                self.item(of, index)?
            }
            Expression::Cast(of, to) => {
                let of = self.eval(around, of)?;
                self.cast(of, to.how)?
            }
        })
    }

    fn operation(
        &mut self,
        around: &Environment,
        operator: Binary,
        pair: &'p (Expression, Expression),
    ) -> Result<Val, Fault> {
        if matches!(operator, Binary::And | Binary::Or) {
            let left = self.truth(around, &pair.0)?;
            return Ok(Val::Bool(match (operator, left) {
                (Binary::And, false) => false,
                (Binary::Or, true) => true,
                _ => self.truth(around, &pair.1)?,
            }));
        }
        let left = self.eval(around, &pair.0)?;
        let left = self.at_hand(left)?;
        let right = self.eval(around, &pair.1)?;
        let right = self.at_hand(right)?;
        if let (Val::Text(a), Val::Text(b)) = (&left, &right) {
            self.step(a.len().saturating_add(b.len()) as u64)?;
        }
        Ok(binary(operator, &left, &right)?)
    }

    pub(super) fn truth(
        &mut self,
        around: &Environment,
        of: &'p Expression,
    ) -> Result<bool, Fault> {
        match self.eval(around, of)? {
            Val::Bool(b) => Ok(b),
            other => Err(format!("a condition is a truth value, found {}", other.kind()).into()),
        }
    }

    pub(super) fn integer(
        &mut self,
        around: &Environment,
        of: &'p Expression,
    ) -> Result<i128, Fault> {
        match self.eval(around, of)? {
            Val::Int(n) => Ok(n),
            other => Err(format!("expected an integer, found {}", other.kind()).into()),
        }
    }

    fn name(&mut self, around: &Environment, name: &str) -> Result<Val, Fault> {
        match name {
            "_" => around
                .item
                .clone()
                .ok_or_else(|| Fault::from("there is no item here that _ could be".to_owned())),
            "_index" => match around.index {
                Some(index) => Ok(Val::Int(i128::from(index))),
                None => Err("nothing is repeated here, so there is no _index"
                    .to_owned()
                    .into()),
            },
            "_sizeof" => self.size_of_object(around.object),
            name => self.member(around.object, name),
        }
    }

    /// The field or parameter of an object with that name.
    fn member(&mut self, object: usize, name: &str) -> Result<Val, Fault> {
        let Some(found) = self.objects.get(object) else {
            return Err("the object is missing".to_owned().into());
        };
        match name {
            "_io" => return Ok(Val::Stream(found.stream)),
            "_root" => return Ok(Val::Object(found.root)),
            "_parent" => {
                return match found.parent {
                    Some(parent) => Ok(Val::Object(parent)),
                    None => Err("this object has no _parent".to_owned().into()),
                };
            }
            "_is_le" => {
                return match found.little {
                    Some(little) => Ok(Val::Bool(little)),
                    None => Err("the byte order isn't decided here".to_owned().into()),
                };
            }
            _ => {}
        }
        let of = self.spec.types.get(found.of);
        let missing = |why: &str| Err(format!("{name} {why}").into());
        match of.and_then(|of| of.names.get(name)) {
            Some(Place::Param(index)) => match found.params.get(*index) {
                Some(value) => Ok(value.clone()),
                None => missing("is not given"),
            },
            Some(Place::Seq(index)) => match found.seq.get(*index) {
                Some(Some(value)) => Ok(value.clone()),
                _ => missing("is not there: it isn't read yet, or its if doesn't hold"),
            },
            Some(Place::Instance(index)) => match self.instance(object, *index)? {
                Some(value) => Ok(value),
                None => missing("is not there: its if doesn't hold"),
            },
            None => {
                let of = of.map(|of| of.name.clone()).unwrap_or_default();
                missing(&format!("is no field of {of}"))
            }
        }
    }

    fn item(&mut self, of: Val, index: i128) -> Result<Val, Fault> {
        let beyond =
            |count: usize| Fault::from(format!("item {index} of {count}: they count from 0"));
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        match self.at_hand_unless_list(of)? {
            Val::List(items) => items.get(at).cloned().ok_or_else(|| beyond(items.len())),
            Val::Bytes(bytes) => match bytes.get(at) {
                Some(byte) => Ok(Val::Int(i128::from(*byte))),
                None => Err(beyond(bytes.len())),
            },
            other => Err(format!("{} has no items", other.kind()).into()),
        }
    }

    /// Of a list, only one item is needed.
    fn at_hand_unless_list(&mut self, value: Val) -> Result<Val, Fault> {
        match value {
            Val::List(_) => Ok(value),
            value => self.at_hand(value),
        }
    }

    fn cast(&mut self, of: Val, to: Cast) -> Result<Val, Fault> {
        Ok(match (to, of) {
            (Cast::Bytes, Val::List(items)) => {
                let byte = |item: &Val| match item {
                    Val::Int(n) => u8::try_from(*n).ok(),
                    _ => None,
                };
                let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
                let none = || Fault::from("a list with more than bytes is no bytes".to_owned());
                Val::Bytes(bytes.ok_or_else(none)?.into())
            }
            (Cast::List, of @ (Val::Bytes(_) | Val::Span(_))) => {
                let Val::Bytes(bytes) = self.at_hand(of)? else {
                    return Err("bytes are missing".to_owned().into());
                };
                let items = bytes.iter().map(|byte| Val::Int(i128::from(*byte)));
                Val::List(Rc::new(items.collect()))
            }
            (_, of) => of,
        })
    }

    fn size_of(&mut self, of: &SizeOf) -> Result<Val, Fault> {
        let bits = match of.found {
            Some(id) => self.spec.bits_of(id),
            None => {
                super::types::built_in(&of.name).and_then(|kind| self.spec.bits_of_kind(&kind, 0))
            }
        };
        match bits {
            Some(bits) if of.bits => Ok(Val::Int(i128::from(bits))),
            bits => in_bytes(bits, &of.name),
        }
    }

    /// `_sizeof` of what comes before it: a field as it is declared, or an object's type.
    fn size_of_part(&mut self, around: &Environment, of: &'p Expression) -> Result<Val, Fault> {
        let (object, name) = match of {
            Expression::Name(name) => (Some(around.object), name),
            Expression::Field(of, name) => match self.eval(around, of)? {
                Val::Object(object) => (Some(object), name),
                _ => (None, name),
            },
            of => {
                let item = self.size_of_item(around, of)?;
                return match self.eval(around, of)? {
                    Val::Object(object) => self.size_of_object(object),
                    _ if item.is_some() => in_bytes(item, "the item"),
                    other => Err(format!("{} has no _sizeof", other.kind()).into()),
                };
            }
        };
        if let Some(field) = object.and_then(|object| self.declared(object, name)) {
            return in_bytes(self.spec.declared_bits(field), name);
        }
        match object.map(|object| self.member(object, name)).transpose()? {
            Some(Val::Object(object)) => self.size_of_object(object),
            _ => Err(format!("{name} has no _sizeof").into()),
        }
    }

    /// The bits of an item of a list of numbers, as the list is declared.
    fn size_of_item(
        &mut self,
        around: &Environment,
        of: &'p Expression,
    ) -> Result<Option<u64>, Fault> {
        let Expression::Index(pair) = of else {
            return Ok(None);
        };
        let (object, name) = match &pair.0 {
            Expression::Name(name) => (around.object, name),
            Expression::Field(of, name) => match self.eval(around, of)? {
                Val::Object(object) => (object, name),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let field = self.declared(object, name);
        Ok(field.and_then(|field| self.spec.item_bits(field)))
    }

    fn declared(&self, object: usize, name: &str) -> Option<&'p Field> {
        let of = self.spec.types.get(self.objects.get(object)?.of)?;
        match of.names.get(name)? {
            Place::Seq(index) => of.seq.get(*index),
            Place::Instance(index) => of.instances.get(*index),
            Place::Param(_) => None,
        }
    }

    fn size_of_object(&mut self, object: usize) -> Result<Val, Fault> {
        let of = self.objects.get(object).map_or(0, |object| object.of);
        let name = self.spec.types.get(of).map(|of| of.name.clone());
        in_bytes(self.spec.bits_of(of), &name.unwrap_or_default())
    }

    fn method(&mut self, of: Val, name: &str, arguments: Vec<Val>) -> Result<Val, Fault> {
        if let Val::Stream(stream) = of {
            let stream = self.streams.get(stream).copied();
            return match (name, stream) {
                ("size", Some(stream)) => Ok(Val::Int(i128::from(stream.all.size))),
                ("pos", Some(stream)) => Ok(Val::Int(i128::from(stream.at))),
                ("eof", Some(stream)) => Ok(Val::Bool(stream.is_at_end())),
                _ => Err(format!("a stream has size, pos and eof, not {name}").into()),
            };
        }
        if let (Val::Span(span), "size" | "length") = (&of, name) {
            return Ok(Val::Int(i128::from(span.size)));
        }
        let wrong = |of: &Val| Err(format!("{} has no {name}", of.kind()).into());
        let of = match name {
            "min" | "max" => self.at_hand(of)?,
            _ => self.at_hand_unless_list(of)?,
        };
        let mut arguments = arguments.into_iter();
        let (first, second) = (arguments.next(), arguments.next());
        match (&of, name) {
            (Val::Int(n), "to_s") => Ok(Val::Text(n.to_string().into())),
            // An integer, too, where a float might have been.
            (Val::Int(n) | Val::Enum(_, n), "to_i") => Ok(Val::Int(*n)),
            (Val::Bool(b), "to_i") => Ok(Val::Int(i128::from(*b))),
            (Val::Float(x), "to_i") => whole(*x),
            (Val::Text(text), _) => self.of_text(text, name, first, second),
            (Val::Bytes(bytes), "to_s") => decoded(bytes, first),
            (Val::Bytes(bytes), _) => {
                let byte = |byte: Option<&u8>| match byte {
                    Some(byte) => Ok(Val::Int(i128::from(*byte))),
                    None => Err(Fault::from(format!("no bytes have no {name}"))),
                };
                match name {
                    "length" | "size" => Ok(Val::Int(bytes.len() as i128)),
                    "first" => byte(bytes.first()),
                    "last" => byte(bytes.last()),
                    "min" => byte(bytes.iter().min()),
                    "max" => byte(bytes.iter().max()),
                    _ => wrong(&of),
                }
            }
            (Val::List(items), _) => {
                let some = |item: Option<&Val>| {
                    item.cloned()
                        .ok_or_else(|| Fault::from(format!("a list without items has no {name}")))
                };
                match name {
                    "size" | "length" => Ok(Val::Int(items.len() as i128)),
                    "first" => some(items.first()),
                    "last" => some(items.last()),
                    "min" | "max" => {
                        self.step(items.len() as u64)?;
                        some(extreme(items, name == "max")?)
                    }
                    _ => wrong(&of),
                }
            }
            _ => wrong(&of),
        }
    }
}

fn in_bytes(bits: Option<u64>, name: &str) -> Result<Val, Fault> {
    match bits {
        Some(bits) => Ok(Val::Int(i128::from(bits.div_ceil(8)))),
        None => Err(format!("the size of {name} follows from data").into()),
    }
}

/// Towards zero.
fn whole(x: f64) -> Result<Val, Fault> {
    let n = x.trunc();
    if !(-1e38..=1e38).contains(&n) {
        return Err(format!("{x} is no integer of 128 bits").into());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole and small enough"
    )]
    let n = n as i128;
    Ok(Val::Int(n))
}

/// The first of the greatest items, or of the smallest.
fn extreme(items: &[Val], greatest: bool) -> Result<Option<&Val>, Fault> {
    let mut found: Option<&Val> = None;
    for item in items {
        let replaces = match found {
            None => true,
            Some(found) => match order(item, found)? {
                Some(Ordering::Greater) => greatest,
                Some(Ordering::Less) => !greatest,
                Some(Ordering::Equal) | None => false,
            },
        };
        if replaces {
            found = Some(item);
        }
    }
    Ok(found)
}
