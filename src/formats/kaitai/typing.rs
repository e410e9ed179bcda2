//! Types of expressions before there are data, so that expressions that can never be computed are reported with the
//! description, not with a file.
//!
//! An unknown type is [`ValueType::Any`], which fits everything.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::expression::Expression;
use super::load::{Loader, TypeDeclaration};
use super::parents::parents;
use super::spec::{Content, EnumId, Field, Kind, KindOf, Place, Repeat, Spec, Tops, TypeId};
use super::types;
use crate::offset::Position;
use crate::structs::near;

/// The most nested expressions and instances that are followed; deeper ones are [`ValueType::Any`].
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
    /// An object of one of several types, or of an unnamed one.
    Struct,
    Stream,
    List(Box<ValueType>),
    /// A value of one of several types that have nothing in common. A cast says which.
    Mixed,
}

use ValueType::{Any, Bool, Bytes, Enum, Float, Int, List, Mixed, Object, Stream, Struct, Text};

impl ValueType {
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Any | Int | Float)
    }

    pub(super) fn is(&self, wanted: &ValueType) -> bool {
        *self == Any || self == wanted
    }
}

/// The place of an expression.
pub(super) struct Location {
    pub(super) id: TypeId,
    /// The type of `_`, where there is an item.
    pub(super) item: Option<ValueType>,
}

impl Location {
    pub(super) fn of(id: TypeId) -> Location {
        Location { id, item: None }
    }
}

/// An instance: its type, and its place among the instances of that.
pub(super) type Instance = (TypeId, usize);

pub(super) struct Typing<'s> {
    pub(super) spec: &'s Spec,
    pub(super) tops: &'s Tops,
    pub(super) declared: &'s [TypeDeclaration],
    /// The type of `_parent` in each type; `None` where no field is of the type.
    parents: Vec<Option<ValueType>>,
    /// The types of instances, cached; `Any` while one is computed.
    known: RefCell<HashMap<Instance, ValueType>>,
    /// The instances whose values are being typed, each inside the one before it; `None` inside a cast, which states
    /// the type.
    within: RefCell<Vec<Option<Instance>>>,
    /// The instances that the type of one depends on.
    follows: RefCell<HashMap<Instance, HashSet<Instance>>>,
    depth: Cell<usize>,
}

pub(super) type Typed = Result<ValueType, String>;

impl<'s> Typing<'s> {
    pub(super) fn new(loader: &'s Loader<'_>) -> Typing<'s> {
        Typing {
            spec: &loader.spec,
            tops: &loader.tops,
            declared: &loader.declared,
            parents: parents(&loader.spec),
            known: RefCell::default(),
            within: RefCell::default(),
            follows: RefCell::default(),
            depth: Cell::new(0),
        }
    }

    pub(super) fn of(&self, at: &Location, of: &Expression) -> Typed {
        if self.depth.get() >= MAX_DEPTH {
            return Ok(Any);
        }
        self.depth.set(self.depth.get().past(1));
        let found = self.part(at, of);
        self.depth.set(self.depth.get().since(1));
        found
    }

    /// The value of an instance.
    pub(super) fn of_value(&self, instance: Instance, value: &Expression) -> Typed {
        self.inside(Some(instance), || self.of(&Location::of(instance.0), value))
    }

    fn inside<T>(&self, instance: Option<Instance>, look: impl FnOnce() -> T) -> T {
        self.within.borrow_mut().push(instance);
        let found = look();
        self.within.borrow_mut().pop();
        found
    }

    /// An instance of which the value is computed from itself, be it through others.
    pub(super) fn circle(&self) -> Option<Instance> {
        let follows = self.follows.borrow();
        let mut starts: Vec<&Instance> = follows.keys().collect();
        starts.sort();
        let mut done: HashSet<&Instance> = HashSet::new();
        let mut open: HashSet<&Instance> = HashSet::new();
        for start in starts {
            // An instance to be visited, or to be finished once its dependencies are.
            let mut waiting = vec![(start, false)];
            while let Some((at, leaves)) = waiting.pop() {
                if leaves {
                    open.remove(at);
                    done.insert(at);
                    continue;
                }
                if open.contains(at) {
                    return Some(*at);
                }
                if done.contains(at) {
                    continue;
                }
                open.insert(at);
                waiting.push((at, true));
                let next = follows.get(at).into_iter().flatten();
                waiting.extend(next.map(|next| (next, false)));
            }
        }
        None
    }

    fn part(&self, at: &Location, of: &Expression) -> Typed {
        Ok(match of {
            Expression::Int(_) => Int,
            Expression::Float(_) => Float,
            Expression::Text(_) => Text,
            Expression::Bytes(_) => Bytes,
            Expression::Bool(_) => Bool,
            Expression::Member(_, found) => found.map_or(Any, |(id, _)| Enum(id)),
            Expression::List(parts) if parts.is_empty() => {
                return Err("a list without items has no type: cast it with .as<u1[]>".to_owned());
            }
            Expression::List(parts) => List(Box::new(self.item(at, parts)?)),
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
            Expression::Field(of, name) if name == "_sizeof" => {
                self.sized(at, of)?;
                Int
            }
            Expression::Field(of, name) => {
                let of = self.of(at, of)?;
                self.member(&of, name)?
            }
            Expression::Call(of, name, arguments) => {
                let of = self.of(at, of)?;
                self.call(at, &of, name, arguments)?
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
                let is_list = matches!(&**of, Expression::List(parts) if parts.is_empty());
                if !is_list {
                    self.inside(None, || self.of(at, of))?;
                }
                self.named(at.id, &to.name)
                    .ok_or_else(|| format!("no type is called {}", to.name))?
            }
        })
    }

    /// The one type of the items of a list.
    fn item(&self, at: &Location, parts: &[Expression]) -> Typed {
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
        Ok(item.unwrap_or(Any))
    }

    fn call(&self, at: &Location, of: &ValueType, name: &str, arguments: &[Expression]) -> Typed {
        let wanted = match name {
            "to_s" => &[Text][..],
            "to_i" => &[Int],
            "substring" => &[Int, Int],
            _ => &[],
        };
        for (argument, wanted) in arguments.iter().zip(wanted) {
            self.wants(at, argument, wanted, &format!("the argument of {name}"))?;
        }
        match (of, name, arguments.len()) {
            (Any, ..) => Ok(Any),
            (Text, "to_i", _) => Ok(Int),
            (Text, "substring", 2) | (Bytes, "to_s", 1) => Ok(Text),
            (of, _, 0) => Err(format!("{name} of {} takes no parentheses", self.words(of))),
            (of, _, count) => {
                let of = self.words(of);
                Err(format!("{of} has no {name} with {count} arguments"))
            }
        }
    }

    /// An expression that has to be of a type.
    pub(super) fn wants(
        &self,
        at: &Location,
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

    pub(super) fn name(&self, at: &Location, name: &str) -> Typed {
        Ok(match name {
            "_" => match &at.item {
                Some(item) => item.clone(),
                None => {
                    return Err("_ is for repeat-until and valid: there is no item here".to_owned());
                }
            },
            "_index" => Int,
            "_sizeof" => {
                self.size_of_type(at.id)?;
                Int
            }
            "_io" | "_parent" | "_root" | "_is_le" => self.member(&Object(at.id), name)?,
            name => self.declared_as(at.id, name),
        })
    }

    /// The type of a value's member by name.
    pub(super) fn member(&self, of: &ValueType, name: &str) -> Typed {
        let found = match (of, name) {
            (Any, _) => Some(Any),
            (Object(_) | Struct, "_io") => Some(Stream),
            (Object(id), "_parent") => match self.parents.get(*id) {
                Some(None) => {
                    let name = self.words(of);
                    return Err(format!("nothing says what _parent is: no field is {name}"));
                }
                found => found.cloned().flatten(),
            },
            (Object(id), "_root") => self.spec.types.get(*id).map(|of| Object(of.top)),
            (Struct, "_parent") => Some(Struct),
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
            (Mixed, name) => {
                return Err(format!(
                    "a value of more than one type has no {name}: say which with .as<type>"
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

    /// The type of a declared name.
    fn declared_as(&self, id: TypeId, name: &str) -> ValueType {
        let Some(of) = self.spec.types.get(id) else {
            return Any;
        };
        match of.names.get(name) {
            Some(Place::Param(index)) => self.parameter(id, *index),
            Some(Place::Seq(index)) => match of.seq.get(*index) {
                Some(field) => self.of_field(field),
                None => Any,
            },
            Some(Place::Instance(index)) => {
                self.note((id, *index));
                if let Some(known) = self.known.borrow().get(&(id, *index)) {
                    return known.clone();
                }
                let Some(field) = of.instances.get(*index) else {
                    return Any;
                };
                self.known.borrow_mut().insert((id, *index), Any);
                let found = match &field.content {
                    // Its errors are reported at its own line.
                    Content::Computed(value) if field.enumeration.is_none() => {
                        self.of_value((id, *index), value).unwrap_or(Any)
                    }
                    _ => self.of_field(field),
                };
                self.known.borrow_mut().insert((id, *index), found.clone());
                found
            }
            None => Any,
        }
    }

    /// Notes that the type of the current instance depends on another one.
    fn note(&self, instance: Instance) {
        let field = self.spec.types.get(instance.0);
        let field = field.and_then(|of| of.instances.get(instance.1));
        let is_open = field.is_some_and(|field| {
            matches!(field.content, Content::Computed(_)) && field.enumeration.is_none()
        });
        if let (true, Some(Some(looks))) = (is_open, self.within.borrow().last()) {
            let mut follows = self.follows.borrow_mut();
            follows.entry(*looks).or_default().insert(instance);
        }
    }

    fn of_field(&self, field: &Field) -> ValueType {
        let one = match &field.content {
            Content::Computed(_) => return field.enumeration.map_or(Any, Enum),
            Content::Read(_) => self.of_item(field),
        };
        match field.repeat {
            Repeat::Once => one,
            _ => List(Box::new(one)),
        }
    }

    /// The type of a field with bytes, or of an item of it.
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
                kinds.fold(first, |all, next| self.joined(&all, &next).unwrap_or(Mixed))
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
            "any" => Mixed,
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
}
