//! Expressions in the language of this crate.

use smol_str::SmolStr;

use super::super::expression::{Binary, Cast, Expression, METHODS, SizeOf, Unary};
use super::super::spec::{Place, TypeId};
use super::super::types::built_in;
use super::infer::ExpressionType;
use super::{Item, Level, OuterName, hex, parameter, quoted};
use crate::offset::Position;

impl Level<'_, '_> {
    /// An expression as the language writes it; instances that it needs are written before.
    pub(super) fn expression(&mut self, expression: &Expression) -> Result<String, String> {
        Ok(match expression {
            Expression::Int(n) if *n < 0 => format!("({n})"),
            Expression::Int(n) => n.to_string(),
            Expression::Bool(b) => b.to_string(),
            Expression::Text(text) => quoted(text.as_bytes()),
            Expression::Bytes(bytes) => format!("x\"{}\"", hex(bytes)),
            Expression::Float(_) => return Err("expressions have no floats".to_owned()),
            Expression::List(_) => return Err("expressions have no lists".to_owned()),
            Expression::Joined(_) => return Err("expressions put no text together".to_owned()),
            Expression::Member(_, Some((_, value))) => value.to_string(),
            Expression::Member(..) => return Err("the enum isn't known".to_owned()),
            Expression::SizeOf(of) => self.size_of(of)?,
            Expression::Name(name) => self.name(name)?,
            Expression::Unary(operator, of) => {
                let of = self.value(of)?;
                match operator {
                    Unary::Not => format!("(!{of})"),
                    Unary::Minus => format!("(-{of})"),
                    Unary::Plus => of,
                    Unary::Invert => format!("(~{of})"),
                }
            }
            Expression::Binary(operator, pair) => {
                let sorts = [self.sort(&pair.0), self.sort(&pair.1)];
                if *operator == Binary::Add
                    && sorts
                        .iter()
                        .any(|sort| matches!(sort, ExpressionType::Text))
                {
                    return Err("expressions put no text together".to_owned());
                }
                let (left, right) = (self.value(&pair.0)?, self.value(&pair.1)?);
                format!("({left} {} {right})", sign(*operator))
            }
            Expression::Choice(parts) => {
                let condition = self.expression(&parts.0)?;
                let (one, other) = (self.expression(&parts.1)?, self.expression(&parts.2)?);
                format!("({condition} ? {one} : {other})")
            }
            Expression::Cast(of, to) if to.how == Cast::Same => self.expression(of)?,
            Expression::Cast(..) => return Err("there is no such cast".to_owned()),
            Expression::Index(pair) => {
                let (of, index) = (self.expression(&pair.0)?, self.value(&pair.1)?);
                self.at(&pair.0, &of, &index)
            }
            Expression::Field(of, name) => self.member(of, name)?,
            Expression::Call(of, name, arguments) if arguments.is_empty() => {
                self.member(of, name)?
            }
            Expression::Call(_, name, _) => return Err(format!("expressions have no {name}()")),
        })
    }

    /// An expression that arithmetic is done with.
    fn value(&mut self, expression: &Expression) -> Result<String, String> {
        match self.sort(expression) {
            ExpressionType::Float => Err("expressions have no floats".to_owned()),
            ExpressionType::List(..) => Err("expressions compare no lists".to_owned()),
            ExpressionType::Object(_) => Err("expressions compare no objects".to_owned()),
            _ => self.expression(expression),
        }
    }

    /// An item of a list, or a byte.
    fn at(&self, list: &Expression, of: &str, index: &str) -> String {
        match self.sort(list) {
            ExpressionType::List(_, true) => format!("{of}[{index}].value"),
            _ => format!("{of}[{index}]"),
        }
    }

    fn size_of(&self, of: &SizeOf) -> Result<String, String> {
        let spec = self.converter.spec;
        let bits = match of.found {
            Some(id) => spec.bits_of(id),
            None => built_in(&of.name).and_then(|kind| spec.bits_of_kind(&kind, 0)),
        };
        let bits = bits.ok_or_else(|| format!("the size of {} isn't known", of.name))?;
        Ok(match of.bits {
            true => bits.to_string(),
            false => bits.div_ceil(8).to_string(),
        })
    }

    fn name(&mut self, name: &SmolStr) -> Result<String, String> {
        match (name.as_str(), &self.item) {
            ("_index", _) => return Ok("@index".to_owned()),
            ("_", Some(Item::Value(value, _))) => return Ok(value.clone()),
            ("_", Some(Item::Fields(_))) => return Err("_ is an object as a whole".to_owned()),
            ("_" | "_io" | "_parent" | "_root" | "_sizeof" | "_is_le", _) => {
                return Err(format!("{name} is no value here"));
            }
            (_, Some(Item::Fields(of))) => {
                let of = self.converter.spec.types.get(*of);
                if of.is_some_and(|of| of.names.contains_key(name)) {
                    return Err(format!("{name} is a field of the item, too"));
                }
            }
            _ => {}
        }
        if let Some(Place::Instance(index)) = self.of.names.get(name) {
            self.instance(*index)?;
        }
        self.there(self.id, name)?;
        Ok(match self.sort_of(self.id, name, 0) {
            ExpressionType::Coded => format!("{name}.content"),
            _ => name.to_string(),
        })
    }

    /// Whether a field is in the formats.
    fn there(&self, id: TypeId, name: &SmolStr) -> Result<(), String> {
        match self.converter.missing.contains(&(id, name.clone())) {
            true => Err(format!("{name} is left out")),
            false => Ok(()),
        }
    }

    /// `_parent`, `_root`, and objects around these.
    fn up(&self, expression: &Expression) -> Option<OuterName> {
        // Casts and fields in one another are as deep as the parser lets them be.
        match expression {
            Expression::Name(name) if name == "_parent" => Some(OuterName::Parent(1)),
            Expression::Name(name) if name == "_root" => Some(OuterName::Root),
            Expression::Cast(of, _) => self.up(of),
            Expression::Field(of, name) => match (self.up(of)?, name.as_str()) {
                (OuterName::Parent(levels), "_parent") => Some(OuterName::Parent(levels.past(1))),
                (_, "_root") => Some(OuterName::Root),
                _ => None,
            },
            _ => None,
        }
    }

    /// The parameter for a field of an outer object.
    pub(super) fn asked(&mut self, up: OuterName, name: &SmolStr) -> Result<String, String> {
        self.asked_at((self.at.is_some(), self.at.is_none()), up, name)
    }

    /// The same for a field that is needed early, late, or both.
    pub(super) fn asked_at(
        &mut self,
        (early, late): (bool, bool),
        up: OuterName,
        name: &SmolStr,
    ) -> Result<String, String> {
        if up == OuterName::Root && self.of.top == self.id {
            return self.name(name);
        }
        if up != OuterName::Root && self.id == self.converter.root {
            return Err("nothing is around the whole file".to_owned());
        }
        let ask = (self.id, up, name.clone());
        if late && self.converter.unready.contains(&ask) {
            return Err(unready(name));
        }
        let asked = self.converter.asked.entry(self.id).or_default();
        asked.insert((up, name.clone()));
        if early {
            self.converter.early.insert(ask.clone());
        }
        if late {
            self.converter.late.insert(ask);
        }
        Ok(parameter(self.of, up, name))
    }

    fn member(&mut self, of: &Expression, name: &SmolStr) -> Result<String, String> {
        if let Some(up) = self.up(of) {
            return match name.starts_with('_') {
                true => Err(format!("{name} of another object can't be told")),
                false => self.asked(up, name),
            };
        }
        match (of, &self.item) {
            (Expression::Name(io), _) if io == "_io" => {
                if self.within_byte {
                    return Err("the stream stands within a byte".to_owned());
                }
                return match name.as_str() {
                    "pos" => Ok("@at".to_owned()),
                    "size" => Ok("@size".to_owned()),
                    "eof" => Ok("(@at == @size)".to_owned()),
                    _ => Err(format!("_io.{name} can't be told")),
                };
            }
            (Expression::Name(item), Some(Item::Fields(id))) if item == "_" => {
                let id = *id;
                self.there(id, name)?;
                return match name.starts_with('_')
                    || self.sort_of(id, name, 0) == ExpressionType::Coded
                {
                    true => Err(format!("_.{name} can't be told")),
                    false => Ok(name.to_string()),
                };
            }
            _ => {}
        }
        let sort = self.sort(of);
        if let ExpressionType::Object(id) = sort {
            let has = self.converter.spec.types.get(id);
            if has.is_some_and(|of| of.names.contains_key(name)) {
                self.there(id, name)?;
                let of = self.expression(of)?;
                return Ok(match self.sort_of(id, name, 0) {
                    ExpressionType::Coded => format!("{of}.{name}.content"),
                    _ => format!("{of}.{name}"),
                });
            }
        }
        if !METHODS.contains(&name.as_str()) {
            let lost = self.converter.missing.iter().any(|(_, lost)| lost == name);
            return match lost {
                true => Err(format!("a field {name} is left out")),
                false => Ok(format!("{}.{name}", self.expression(of)?)),
            };
        }
        match (name.as_str(), &sort) {
            (
                "size",
                ExpressionType::List(..)
                | ExpressionType::Bytes
                | ExpressionType::Coded
                | ExpressionType::Unknown,
            ) => Ok(format!("len({})", self.expression(of)?)),
            ("first" | "last", ExpressionType::List(..) | ExpressionType::Unknown) => {
                let list = self.expression(of)?;
                let index = match name.as_str() {
                    "first" => "0".to_owned(),
                    _ => format!("len({list}) - 1"),
                };
                Ok(self.at(of, &list, &index))
            }
            ("to_i", ExpressionType::Number) => self.expression(of),
            _ => Err(format!("expressions have no {name} of this")),
        }
    }
}

fn unready(name: &str) -> String {
    format!("{name} isn't read as a whole where the type stands")
}

fn sign(operator: Binary) -> &'static str {
    match operator {
        Binary::Or => "||",
        Binary::And => "&&",
        Binary::Equal => "==",
        Binary::NotEqual => "!=",
        Binary::Less => "<",
        Binary::LessEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterEqual => ">=",
        Binary::BitOr => "|",
        Binary::BitXor => "^",
        Binary::BitAnd => "&",
        Binary::ShiftLeft => "<<",
        Binary::ShiftRight => ">>",
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::Remainder => "%",
    }
}
