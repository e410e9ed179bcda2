//! Constants of fields.

use super::fault;
use crate::structs::ast::{self, Literal};
use crate::structs::code;
use crate::structs::error::Fault;
use crate::structs::whole::program::Constant;
use crate::value::literal;

pub(super) fn constant(item: &ast::Item<'_>, literal: &Literal<'_>) -> Result<Constant, Fault> {
    let span = item.constant.as_ref().map_or(item.span, |(span, _)| *span);
    let wrong = |e: literal::LiteralError| fault(span, e.to_string(), "");
    Ok(match literal {
        Literal::Quoted(bytes) => Constant::Text(bytes.clone()),
        Literal::Word(word) => match &item.what {
            ast::ItemKind::Code(code, _) if code.kind == code::Kind::Float => {
                Constant::Float(literal::float(word).map_err(wrong)?)
            }
            ast::ItemKind::Code(code, _) if code.kind == code::Kind::Bool => {
                Constant::Bool(literal::truth(word).map_err(wrong)?)
            }
            _ => match literal::integer(word).and_then(literal::Integer::to_value) {
                Ok(value) => Constant::Int(value.as_int().unwrap_or(i128::MAX)),
                Err(e) => return Err(wrong(e)),
            },
        },
    })
}
