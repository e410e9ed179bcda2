//! Fields: whether they are there, where, and how often.

use std::fmt::Write as _;

use super::super::expression::{Binary, Expression, Unary};
use super::super::number_format::NumberFormat;
use super::super::spec::{
    Content, Endian, EnumId, Field, Kind, KindOf, Parent, Place, Repeat, Shape, Size, TypeId, Valid,
};
use super::infer::{ExpressionType, is_wrapped};
use super::{Item, Level, OuterName, hex, quoted};
use crate::offset::Position;

/// An item, and the byte order that it has to be written in where it isn't that of its type.
pub(super) struct Body {
    pub(super) little: Option<bool>,
    pub(super) text: String,
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        Body { little: None, text }
    }
}

impl Level<'_, '_> {
    /// Writes a field or an instance.
    pub(super) fn field(&mut self, field: &Field) -> Result<(), String> {
        let condition = field
            .condition
            .as_ref()
            .map(|of| self.expression(of))
            .transpose()?;
        match &field.io {
            None => {}
            Some(Expression::Name(io)) if io == "_io" => {}
            Some(_) => return Err("it stands in the stream of another object".to_owned()),
        }
        let place = match &field.pos {
            Some(pos) => format!("&[{}]", self.expression(pos)?),
            None => String::new(),
        };
        let name = field.name.as_str();
        let body = match &field.content {
            Content::Computed(expression) => {
                match self.sort(expression) {
                    ExpressionType::Float => return Err("expressions have no floats".to_owned()),
                    ExpressionType::List(..) | ExpressionType::Object(_) => {
                        return Err("a value is no list and no object".to_owned());
                    }
                    _ => {}
                }
                if let Some(of) = field.enumeration.or_else(|| self.enum_of(expression)) {
                    self.enums.insert(name.to_owned(), of);
                }
                Body::from(format!(".{name}=[{}]", self.expression(expression)?))
            }
            Content::Read(shape) => match field.repeat {
                Repeat::Once => {
                    self.meaning(field, name.to_owned());
                    let body = self.one(field, shape, name, self.is_last && place.is_empty())?;
                    let text = format!("{place}{}", body.text);
                    Body { text, ..body }
                }
                _ => self.repeated(field, shape, &place)?,
            },
        };
        let mut item = self.ordered(body.little, &body.text);
        if matches!(field.repeat, Repeat::Once)
            && let Some(check) = self.check_of(field, name)?
        {
            let _ = write!(item, "\n{check}");
        }
        if matches!(field.content, Content::Read(_)) && place.is_empty() {
            self.within_byte = false;
        }
        self.out.push(match condition {
            Some(condition) => format!("{{{condition}: {item}}}"),
            None => item,
        });
        Ok(())
    }

    /// An item in a byte order that may differ from that of its type.
    pub(super) fn ordered(&self, little: Option<bool>, item: &str) -> String {
        let own = match self.of.endian {
            Some(Endian::Little) | None => Some(true),
            Some(Endian::Big) => Some(false),
            Some(Endian::Choice(..) | Endian::Inherited) => None,
        };
        match little {
            Some(little) if own != Some(little) => {
                format!("{{else: {}{item}}}", if little { '<' } else { '>' })
            }
            _ => item.to_owned(),
        }
    }

    pub(super) fn meaning(&mut self, field: &Field, path: String) {
        if let Some(of) = field.enumeration {
            self.enums.insert(path, of);
        }
    }

    /// The enum that a value is of.
    fn enum_of(&self, expression: &Expression) -> Option<EnumId> {
        match expression {
            Expression::Member(_, found) => found.map(|(of, _)| of),
            Expression::Name(name) => match self.of.names.get(name)? {
                Place::Seq(index) => self.of.seq.get(*index)?.enumeration,
                Place::Instance(index) => self.of.instances.get(*index)?.enumeration,
                Place::Param(_) => None,
            },
            Expression::Choice(parts) => self.enum_of(&parts.1),
            _ => None,
        }
    }

    fn repeated(&mut self, field: &Field, shape: &Shape, place: &str) -> Result<Body, String> {
        let name = &field.name;
        if let KindOf::Switch(_, cases) = &shape.kind
            && cases.iter().all(|case| case.key.is_some())
        {
            return Err("items that are left out where no case fits".to_owned());
        }
        let wrapped = is_wrapped(field);
        let is_sized = !matches!(shape.size, Size::None) || shape.terminator.is_some();
        let inner = match (&shape.kind, wrapped) {
            (KindOf::One(Kind::Object(..)), false) if is_sized => "",
            (_, true) => "value",
            (_, false) => name.as_str(),
        };
        let mut body = self.one(field, shape, inner, false)?;
        if inner != name.as_str() {
            let mut item = self.ordered(body.little, &body.text);
            if wrapped && let Some(check) = self.check_of(field, inner)? {
                let _ = write!(item, " {check}");
            }
            body = Body::from(format!("({item}):{name}"));
        }
        let path = if wrapped {
            format!("{name}[].value")
        } else {
            format!("{name}[]")
        };
        self.meaning(field, path);
        let count = match &field.repeat {
            Repeat::Count(Expression::Int(n)) if *n >= 0 => n.to_string(),
            Repeat::Count(count) => {
                let text = self.expression(count)?;
                match may_be_negative(count) {
                    true => format!("[{text} < 0 ? 0 : {text}]"),
                    false => format!("[{text}]"),
                }
            }
            Repeat::Rest if self.is_last && place.is_empty() => "*".to_owned(),
            Repeat::Until(until) => {
                self.item = Some(match &shape.kind {
                    KindOf::One(Kind::Object(of, _)) if !wrapped => Item::Fields(*of),
                    _ if wrapped => Item::Value("value".to_owned(), self.sort_of_item(field)),
                    _ => Item::Value("@item".to_owned(), ExpressionType::Number),
                });
                let condition = self.expression(until);
                self.item = None;
                format!("*[{}]", condition?)
            }
            Repeat::Rest | Repeat::Once => {
                // A list may be empty, which a condition after an item can't express.
                let item = format!("{place}*[@at == @end]{}", body.text);
                let item = self.ordered(body.little, &item);
                return Ok(match place {
                    "" => format!("{{@at < @end: {item}}}").into(),
                    _ => item.into(),
                });
            }
        };
        body.text = format!("{place}{count}{}", body.text);
        Ok(body)
    }

    fn sort_of_item(&self, field: &Field) -> ExpressionType {
        match self.sort_of(self.id, &field.name, 0) {
            ExpressionType::List(item, _) => *item,
            _ => ExpressionType::Unknown,
        }
    }

    fn one(
        &mut self,
        field: &Field,
        shape: &Shape,
        name: &str,
        is_last: bool,
    ) -> Result<Body, String> {
        let (on, cases) = match &shape.kind {
            KindOf::One(kind) => return self.kind(field, shape, kind, name, is_last),
            KindOf::Switch(on, cases) => (on, cases),
        };
        let ends = shape.terminator.is_some() || shape.pad_right.is_some();
        if ends && cases.iter().any(|case| matches!(case.kind, Kind::Bytes)) {
            return Err("bytes that no case fits stay whole where those of others end".to_owned());
        }
        let mut text = format!("{{{}", self.expression(on)?);
        for case in cases {
            let label = match &case.key {
                Some(key) => self.expression(key)?,
                None => "else".to_owned(),
            };
            let body = self.kind(field, shape, &case.kind, name, is_last)?;
            let order = match body.little {
                Some(true) => "<",
                Some(false) => ">",
                None => "",
            };
            let _ = write!(text, " ; {label}: {order}{}", body.text);
        }
        text.push('}');
        Ok(text.into())
    }

    fn kind(
        &mut self,
        field: &Field,
        shape: &Shape,
        kind: &Kind,
        name: &str,
        is_last: bool,
    ) -> Result<Body, String> {
        let constant = constant(field)
            .map(|is| format!("={is}"))
            .unwrap_or_default();
        if let Some(plain) = NumberFormat::of(kind) {
            let little = plain.little.filter(|_| plain.width > 1);
            let text = format!("{}:{name}{constant}", plain.letter);
            return Ok(Body { little, text });
        }
        match kind {
            Kind::Bits { .. } => {
                Err("bits stand in a list, a choice or a place of their own".to_owned())
            }
            Kind::Object(of, arguments) => {
                let reference = self.reference(*of, arguments, &shape.parent)?;
                self.object((field, shape), &reference, name, is_last)
            }
            kind => self.bytes((field, shape, kind), name, &constant, is_last),
        }
    }

    /// A reference to the format of a type, with values for its parameters.
    fn reference(
        &mut self,
        id: TypeId,
        arguments: &[Expression],
        parent: &Parent,
    ) -> Result<String, String> {
        let spec = self.converter.spec;
        let of = spec.types.get(id).ok_or("the type isn't known")?;
        if !self.converter.used.contains(&id) {
            self.converter.used.push(id);
        }
        let mut values = Vec::new();
        for (name, value) in of.params.iter().zip(arguments) {
            values.push(format!("{name}: {}", self.expression(value)?));
        }
        let asked = self.converter.asked.get(&id).cloned().unwrap_or_default();
        for (up, name) in asked {
            if of.top != self.of.top || !(up == OuterName::Root || matches!(parent, Parent::Around))
            {
                return Err(format!(
                    "{} asks for {name} of an object that isn't around it",
                    of.name
                ));
            }
            let Some(when) = self.when((id, up, name.clone())) else {
                continue;
            };
            let value = match up {
                OuterName::Root => self.asked_at(when, OuterName::Root, &name)?,
                OuterName::Parent(1) if !self.of.names.contains_key(&name) => {
                    return Err(format!(
                        "{} asks for {name}, which isn't around it here",
                        of.name
                    ));
                }
                OuterName::Parent(1) => self.expression(&Expression::Name(name.clone()))?,
                OuterName::Parent(levels) => {
                    self.asked_at(when, OuterName::Parent(levels.since(1)), &name)?
                }
            };
            values.push(format!("{}: {value}", super::parameter(of, up, &name)));
        }
        let name = self.converter.name(id);
        Ok(match values.is_empty() {
            true => format!("%{name}"),
            false => format!("%{name}{{{}}}", values.join(", ")),
        })
    }

    /// Writes the checks of a field.
    pub(super) fn checks(&mut self, field: &Field) -> Result<(), String> {
        let checks = self.check_of(field, &field.name)?;
        self.out.extend(checks);
        Ok(())
    }

    fn check_of(&mut self, field: &Field, name: &str) -> Result<Option<String>, String> {
        let Some(valid) = &field.valid else {
            return Ok(None);
        };
        if constant(field).is_some() {
            return Ok(None);
        }
        let sort = match field.repeat {
            Repeat::Once => self.sort_of(self.id, &field.name, 0),
            _ => self.sort_of_item(field),
        };
        if matches!(
            sort,
            ExpressionType::Float | ExpressionType::List(..) | ExpressionType::Object(_)
        ) {
            let message = format!(
                "what {} has to be: only numbers and texts are compared",
                field.name
            );
            self.converter.leave_out(self.of, field.line, message);
            return Ok(None);
        }
        let value = match sort {
            ExpressionType::Coded => format!("{name}.content"),
            _ => name.to_owned(),
        };
        self.item = Some(Item::Value(value.clone(), sort));
        let condition = self.condition(field, valid, &value);
        self.item = None;
        match condition {
            Ok(condition) => {
                let message = quoted(format!("{} is not valid", field.name).as_bytes());
                Ok(Some(format!("{{!({condition}): {message}}}")))
            }
            Err(why) => {
                let message = format!("what {} has to be: {why}", field.name);
                self.converter.leave_out(self.of, field.line, message);
                Ok(None)
            }
        }
    }

    fn condition(&mut self, field: &Field, valid: &Valid, value: &str) -> Result<String, String> {
        Ok(match valid {
            Valid::Equal(is) => format!("{value} == {}", self.expression(is)?),
            Valid::Holds(condition) => self.expression(condition)?,
            Valid::Between(least, most) => {
                let mut parts = Vec::new();
                for (limit, sign) in [(least, ">="), (most, "<=")] {
                    if let Some(limit) = limit {
                        parts.push(format!("{value} {sign} {}", self.expression(limit)?));
                    }
                }
                match parts.is_empty() {
                    true => "true".to_owned(),
                    false => parts.join(" && "),
                }
            }
            Valid::AnyOf(values) => {
                let mut parts = Vec::new();
                for is in values {
                    parts.push(format!("{value} == {}", self.expression(is)?));
                }
                parts.join(" || ")
            }
            Valid::InEnum => {
                let of = field
                    .enumeration
                    .and_then(|id| self.converter.spec.enums.get(id));
                let of = of.ok_or("the enum isn't known")?;
                let mut members: Vec<i128> = of.members.keys().copied().collect();
                members.sort_unstable();
                let parts = members.iter().map(|member| format!("{value} == {member}"));
                parts.collect::<Vec<_>>().join(" || ")
            }
        })
    }
}

/// The fixed value of a field, where the language has a constant for it.
fn constant(field: &Field) -> Option<String> {
    let (Content::Read(shape), Some(Valid::Equal(is))) = (&field.content, &field.valid) else {
        return None;
    };
    let is_plain =
        shape.terminator.is_none() && shape.pad_right.is_none() && shape.process.is_none();
    match (&shape.kind, &shape.size, is) {
        (KindOf::One(Kind::Integer { .. }), _, Expression::Int(n)) => Some(n.to_string()),
        (KindOf::One(Kind::Integer { .. }), _, Expression::Member(_, Some((_, n)))) => {
            Some(n.to_string())
        }
        (
            KindOf::One(Kind::Bytes),
            Size::Computed(Expression::Int(size)),
            Expression::Bytes(bytes),
        ) if is_plain && i128::try_from(bytes.len()) == Ok(*size) => {
            let is_text = !bytes.is_empty() && bytes.iter().all(|b| matches!(b, b' '..=b'~'));
            Some(match is_text {
                true => quoted(bytes),
                false => format!("x\"{}\"", hex(bytes)),
            })
        }
        _ => None,
    }
}

/// Whether a count may be below 0, which means none.
fn may_be_negative(count: &Expression) -> bool {
    let mut found = false;
    let mut copy = count.clone();
    let _ = copy.each::<()>(&mut |part| {
        found |= matches!(
            part,
            Expression::Binary(Binary::Subtract, _) | Expression::Unary(Unary::Minus, _)
        );
        Ok(())
    });
    found
}
