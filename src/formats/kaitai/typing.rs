//! What expressions are before there are data: so that those that can never be computed are told with
//! the description, not with a file.
//!
//! What can't be known is [`ValueType::Any`], and goes with everything.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use smol_str::SmolStr;

use super::expression::{Binary, Expression, Unary};
use super::load::{Declared, Loader};
use super::parents::parents;
use super::spec::{Content, EnumId, Field, Kind, KindOf, Place, Repeat, Spec, Tops, TypeId};
use super::types;
use crate::structs::near;

/// How many parts of expressions and instances are followed in one another; what lies deeper is
/// [`ValueType::Any`].
const MAX_DEPTH: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueType {
    Any,
    Int,
    Float,
    Bool,
    Text,
    Bytes,
    Enum(EnumId),
    Object(TypeId),
    /// An object of one of several types, or of none that is named.
    Struct,
    Stream,
    List(Box<ValueType>),
}

use ValueType::{Any, Bool, Bytes, Enum, Float, Int, List, Object, Stream, Struct, Text};

impl ValueType {
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Any | Int | Float)
    }

    pub(super) fn is(&self, wanted: &ValueType) -> bool {
        *self == Any || self == wanted
    }
}

/// Where an expression stands.
pub(super) struct At {
    pub(super) id: TypeId,
    /// What `_` is.
    pub(super) item: ValueType,
}

pub(super) struct Typing<'s> {
    pub(super) spec: &'s Spec,
    pub(super) tops: &'s Tops,
    pub(super) declared: &'s [Declared],
    /// The one type that a type stands in the fields of, where it is one.
    parents: Vec<ValueType>,
    /// Those of instances, which may be asked for often; `Any` while one is looked at.
    known: RefCell<HashMap<(TypeId, usize), ValueType>>,
    depth: Cell<usize>,
}

type Typed = Result<ValueType, String>;

impl<'s> Typing<'s> {
    pub(super) fn new(loader: &'s Loader<'_>) -> Typing<'s> {
        Typing {
            spec: &loader.spec,
            tops: &loader.tops,
            declared: &loader.declared,
            parents: parents(&loader.spec),
            known: RefCell::default(),
            depth: Cell::new(0),
        }
    }

    pub(super) fn of(&self, at: &At, of: &Expression) -> Typed {
        if self.depth.get() >= MAX_DEPTH {
            return Ok(Any);
        }
        self.depth.set(self.depth.get().saturating_add(1));
        let found = self.part(at, of);
        self.depth.set(self.depth.get().saturating_sub(1));
        found
    }

    fn part(&self, at: &At, of: &Expression) -> Typed {
        Ok(match of {
            Expression::Int(_) => Int,
            Expression::Float(_) => Float,
            Expression::Text(_) => Text,
            Expression::Bytes(_) => Bytes,
            Expression::Bool(_) => Bool,
            Expression::Member(_, found) => found.map_or(Any, |(id, _)| Enum(id)),
            Expression::List(parts) => {
                let mut item = None;
                for part in parts {
                    let part = self.of(at, part)?;
                    item = Some(match item {
                        None => part,
                        Some(item) => self.joined(&item, &part).ok_or_else(|| {
                            let (a, b) = (self.words(&item), self.words(&part));
                            format!("a list has items of one type, not {a} and {b}")
                        })?,
                    });
                }
                List(Box::new(item.unwrap_or(Any)))
            }
            Expression::Joined(parts) => {
                for part in parts {
                    let part = self.of(at, part)?;
                    if !part.is(&Text) && !part.is(&Int) {
                        let words = self.words(&part);
                        return Err(format!(
                            "an f-string takes text and integers, found {words}"
                        ));
                    }
                }
                Text
            }
            Expression::Name(name) => self.name(at, name)?,
            Expression::SizeOf(of) => {
                let bits = match of.found {
                    Some(id) => self.spec.bits_of(id),
                    None => {
                        types::built_in(&of.name).and_then(|kind| self.spec.bits_of_kind(&kind, 0))
                    }
                };
                match bits {
                    Some(_) => Int,
                    None => return Err(format!("the size of {} follows from data", of.name)),
                }
            }
            Expression::Unary(operator, of) => {
                let of = self.of(at, of)?;
                self.unary(*operator, of)?
            }
            Expression::Binary(operator, pair) => {
                let (left, right) = (self.of(at, &pair.0)?, self.of(at, &pair.1)?);
                self.binary(*operator, &left, &right)?
            }
            Expression::Choice(parts) => {
                self.wants(at, &parts.0, &Bool, "a condition")?;
                let (then, otherwise) = (self.of(at, &parts.1)?, self.of(at, &parts.2)?);
                self.joined(&then, &otherwise).ok_or_else(|| {
                    let (a, b) = (self.words(&then), self.words(&otherwise));
                    format!("both sides of a choice are of one type, not {a} and {b}")
                })?
            }
            Expression::Field(_, name) if name == "_sizeof" => Int,
            Expression::Field(of, name) => {
                let of = self.of(at, of)?;
                self.member(&of, name)?
            }
            Expression::Call(of, name, arguments) => {
                let of = self.of(at, of)?;
                let wanted = match name.as_str() {
                    "to_s" => &[Text][..],
                    "to_i" => &[Int],
                    "substring" => &[Int, Int],
                    _ => &[],
                };
                for (argument, wanted) in arguments.iter().zip(wanted) {
                    self.wants(at, argument, wanted, &format!("the argument of {name}"))?;
                }
                match (&of, name.as_str(), arguments.len()) {
                    (Any, ..) => Any,
                    (Text, "to_i", _) => Int,
                    (Text, "substring", 2) => Text,
                    (Bytes, "to_s", 1) => Text,
                    (of, _, 0) => {
                        let of = self.words(of);
                        return Err(format!("{name} of {of} takes no parentheses"));
                    }
                    (of, _, count) => {
                        let of = self.words(of);
                        return Err(format!("{of} has no {name} with {count} arguments"));
                    }
                }
            }
            Expression::Index(pair) => {
                self.wants(at, &pair.1, &Int, "an index")?;
                match self.of(at, &pair.0)? {
                    List(item) => *item,
                    Bytes => Int,
                    Any => Any,
                    of => return Err(format!("{} has no items", self.words(&of))),
                }
            }
            Expression::Cast(of, to) => {
                self.of(at, of)?;
                self.named(at.id, &to.name)
                    .ok_or_else(|| format!("no type is called {}", to.name))?
            }
        })
    }

    /// An expression that has to be of a type.
    pub(super) fn wants(
        &self,
        at: &At,
        of: &Expression,
        wanted: &ValueType,
        what: &str,
    ) -> Result<(), String> {
        let found = self.of(at, of)?;
        match found.is(wanted) {
            true => Ok(()),
            false => Err(format!(
                "{what} is {}, found {}",
                self.words(wanted),
                self.words(&found)
            )),
        }
    }

    fn name(&self, at: &At, name: &str) -> Typed {
        Ok(match name {
            "_" => at.item.clone(),
            "_index" | "_sizeof" => Int,
            "_io" | "_parent" | "_root" | "_is_le" => self.member(&Object(at.id), name)?,
            name => self.declared_as(at.id, name),
        })
    }

    /// What a value has under a name.
    fn member(&self, of: &ValueType, name: &str) -> Typed {
        let found = match (of, name) {
            (Any, _) => Some(Any),
            (Object(_) | Struct, "_io") => Some(Stream),
            (Object(id), "_parent") => self.parents.get(*id).cloned(),
            (Object(id), "_root") => self.spec.types.get(*id).map(|of| Object(of.top)),
            (Struct, "_parent" | "_root") => Some(Any),
            (Object(_), "_is_le") => Some(Bool),
            (Object(id), name) => {
                let of = self.spec.types.get(*id);
                if let Some(of) = of.filter(|of| !of.names.contains_key(name)) {
                    let hint = match near(name, of.names.keys().map(SmolStr::as_str)) {
                        Some(near) => format!("; did you mean {near}?"),
                        None => String::new(),
                    };
                    return Err(format!("{} has no field {name}{hint}", of.name));
                }
                Some(self.declared_as(*id, name))
            }
            (Struct, name) => {
                return Err(format!(
                    "an object of more than one type has no {name}: say which with .as<type>"
                ));
            }
            (Int, "to_s") => Some(Text),
            (Float | Bool | Enum(_), "to_i") => Some(Int),
            (Text, "to_i" | "length") => Some(Int),
            (Text, "reverse") => Some(Text),
            (Bytes, "length" | "size" | "first" | "last" | "min" | "max") => Some(Int),
            (List(_), "size") => Some(Int),
            (List(item), "first" | "last" | "min" | "max") => Some((**item).clone()),
            (Stream, "size" | "pos") => Some(Int),
            (Stream, "eof") => Some(Bool),
            _ => None,
        };
        found.ok_or_else(|| format!("{} has no {name}", self.words(of)))
    }

    /// What is declared under a name, of which it is known that it is.
    fn declared_as(&self, id: TypeId, name: &str) -> ValueType {
        let Some(of) = self.spec.types.get(id) else {
            return Any;
        };
        match of.names.get(name) {
            Some(Place::Param(index)) => self.parameter(id, *index),
            Some(Place::Seq(index)) => match of.seq.get(*index) {
                Some(field) => self.of_field(id, field),
                None => Any,
            },
            Some(Place::Instance(index)) => {
                if let Some(known) = self.known.borrow().get(&(id, *index)) {
                    return known.clone();
                }
                let Some(field) = of.instances.get(*index) else {
                    return Any;
                };
                self.known.borrow_mut().insert((id, *index), Any);
                let found = self.of_field(id, field);
                self.known.borrow_mut().insert((id, *index), found.clone());
                found
            }
            None => Any,
        }
    }

    fn of_field(&self, id: TypeId, field: &Field) -> ValueType {
        let one = match &field.content {
            Content::Computed(_) if field.enumeration.is_some() => {
                return field.enumeration.map_or(Any, Enum);
            }
            // What is wrong with it is told where it stands.
            Content::Computed(expression) => {
                return self.of(&At { id, item: Any }, expression).unwrap_or(Any);
            }
            Content::Read(_) => self.of_item(field),
        };
        match field.repeat {
            Repeat::Once => one,
            _ => List(Box::new(one)),
        }
    }

    /// What a field is that is read, or an item of it.
    pub(super) fn of_item(&self, field: &Field) -> ValueType {
        let Content::Read(shape) = &field.content else {
            return Any;
        };
        let of = |kind: &Kind| match (kind, field.enumeration) {
            (Kind::Integer { .. } | Kind::Bits { .. }, Some(id)) => Enum(id),
            (Kind::Integer { .. }, None) => Int,
            (Kind::Bits { count: 1, .. }, None) => Bool,
            (Kind::Bits { .. }, None) => Int,
            (Kind::Float { .. }, _) => Float,
            (Kind::Bytes, _) => Bytes,
            (Kind::Text | Kind::Terminated, _) => Text,
            (Kind::Object(id, _), _) => Object(*id),
        };
        match &shape.kind {
            KindOf::One(kind) => of(kind),
            KindOf::Switch(_, cases) => {
                let mut kinds = cases.iter().map(|case| of(&case.kind));
                let first = kinds.next().unwrap_or(Any);
                kinds.fold(first, |all, next| self.joined(&all, &next).unwrap_or(Any))
            }
        }
    }

    pub(super) fn parameter(&self, id: TypeId, index: usize) -> ValueType {
        let yaml = self.declared.get(id).and_then(|of| of.yaml.get("params"));
        let items = yaml.and_then(|yaml| yaml.items());
        let Some(item) = items.and_then(|items| items.get(index)) else {
            return Any;
        };
        if let Some(name) = item.get("enum").and_then(|name| name.scalar()) {
            let path: Vec<SmolStr> = name.split("::").map(SmolStr::new).collect();
            return self.spec.find_enum(id, &path, self.tops).map_or(Any, Enum);
        }
        match item.get("type").and_then(|name| name.scalar()) {
            Some(name) => self.named(id, name).unwrap_or(Any),
            None => Bytes,
        }
    }

    /// The type of that name, as parameters and casts have them; `None` where there is none.
    pub(super) fn named(&self, from: TypeId, name: &str) -> Option<ValueType> {
        let name = name.trim();
        if let Some(item) = name.strip_suffix("[]") {
            return Some(List(Box::new(self.named(from, item)?)));
        }
        Some(match name {
            "any" => Any,
            "bool" => Bool,
            "bytes" => Bytes,
            "io" => Stream,
            "str" | "strz" => Text,
            "struct" => Struct,
            name => match types::built_in(name) {
                Some(Kind::Bits { count: 1, .. }) => Bool,
                Some(Kind::Float { .. }) => Float,
                Some(_) => Int,
                None => Object(self.spec.find_type(from, name, self.tops)?),
            },
        })
    }

    /// The type of what is the one or the other; `None` where they have nothing in common.
    fn joined(&self, a: &ValueType, b: &ValueType) -> Option<ValueType> {
        Some(match (a, b) {
            (a, b) if a == b => a.clone(),
            (Any, _) | (_, Any) => Any,
            (Int | Float, Int | Float) => Float,
            (Object(_) | Struct, Object(_) | Struct) => Struct,
            (List(a), List(b)) => List(Box::new(self.joined(a, b)?)),
            _ => return None,
        })
    }

    fn unary(&self, operator: Unary, of: ValueType) -> Typed {
        match (operator, &of) {
            (_, Any)
            | (Unary::Not, Bool)
            | (Unary::Invert, Int)
            | (Unary::Minus | Unary::Plus, Int | Float) => Ok(of),
            (Unary::Not, _) => Err(format!(
                "not wants a truth value, found {}",
                self.words(&of)
            )),
            (Unary::Invert, _) => Err(format!("~ wants an integer, found {}", self.words(&of))),
            _ => Err(format!("the sign of {} can't be changed", self.words(&of))),
        }
    }

    fn binary(&self, operator: Binary, a: &ValueType, b: &ValueType) -> Typed {
        match operator {
            Binary::And | Binary::Or => match [a, b].into_iter().find(|side| !side.is(&Bool)) {
                None => Ok(Bool),
                Some(side) => Err(format!(
                    "and and or want truth values, found {}",
                    self.words(side)
                )),
            },
            Binary::Equal | Binary::NotEqual => self.comparable(a, b).map(|()| Bool),
            Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
                self.comparable(a, b)?;
                match [a, b]
                    .into_iter()
                    .find(|side| matches!(side, Bool | Enum(_)))
                {
                    None => Ok(Bool),
                    Some(side) => Err(format!("{} has no order", self.words(side))),
                }
            }
            Binary::Add if a.is(&Text) && b.is(&Text) => Ok(match (a, b) {
                (Any, Any) => Any,
                _ => Text,
            }),
            _ if a.is_number() && b.is_number() => Ok(match (a, b) {
                (Int, Int) => Int,
                (Any, _) | (_, Any) => Any,
                _ => Float,
            }),
            _ => Err(format!(
                "{} and {} can't be computed with one another",
                self.words(a),
                self.words(b)
            )),
        }
    }

    /// Whether two values may be asked whether they are equal.
    pub(super) fn comparable(&self, a: &ValueType, b: &ValueType) -> Result<(), String> {
        let fits = match (a, b) {
            (Any, _) | (_, Any) => true,
            (List(_) | Object(_) | Struct | Stream, _) => false,
            (a, b) => a == b || (a.is_number() && b.is_number()),
        };
        match fits {
            true => Ok(()),
            false => Err(format!(
                "{} can't be compared with {}",
                self.words(a),
                self.words(b)
            )),
        }
    }

    /// As messages say it.
    pub(super) fn words(&self, of: &ValueType) -> String {
        let type_name = |id: &TypeId| self.spec.types.get(*id).map(|of| of.name.clone());
        match of {
            Any => "any value".to_owned(),
            Int => "an integer".to_owned(),
            Float => "a float".to_owned(),
            Bool => "a truth value".to_owned(),
            Text => "text".to_owned(),
            Bytes => "bytes".to_owned(),
            Enum(id) => {
                let name = self.spec.enums.get(*id).map(|of| of.name.clone());
                format!("a member of the enum {}", name.unwrap_or_default())
            }
            Object(id) => format!(
                "an object of the type {}",
                type_name(id).unwrap_or_default()
            ),
            Struct => "an object".to_owned(),
            Stream => "a stream".to_owned(),
            List(_) => "a list".to_owned(),
        }
    }
}
