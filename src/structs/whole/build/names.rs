//! Names in expressions: those of fields and parameters.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::{Builder, fault};
use crate::structs::ast::{self, Expression, Term};
use crate::structs::error::Fault;

impl Builder<'_> {
    /// Checks that the names of an expression are those of fields, as far as they are known here.
    pub(super) fn expression(&self, expression: &Expression) -> Result<Expression, Fault> {
        let mut open = vec![expression];
        while let Some(next) = open.pop() {
            match &next.term {
                Term::Name(name) if !self.open && !self.names.contains(name) => {
                    let near = crate::structs::suggestion::near(
                        name,
                        self.names.iter().map(SmolStr::as_str),
                    );
                    let label = match near {
                        Some(near) => format!("did you mean {near}?"),
                        None => "no field of this format has that name".to_owned(),
                    };
                    return Err(fault(next.span, format!("{name} is not a field"), label));
                }
                Term::Number(_)
                | Term::Float(_)
                | Term::Text(_)
                | Term::Bool(_)
                | Term::Name(_)
                | Term::Position(_) => {}
                Term::Member(of, _) | Term::Unary(_, of) => open.push(of),
                // Names in a selector may be those of the items' fields.
                Term::Item(of, _) => open.push(of),
                Term::Binary(_, left, right) | Term::Default(left, right) => {
                    open.extend([&**left, &**right]);
                }
                Term::IfElse(parts) => open.extend(parts.iter()),
                Term::Call(_, arguments) => open.extend(arguments),
            }
        }
        Ok(expression.clone())
    }
}

/// The names of a format; answers whether these are all.
pub(super) fn names(format: &ast::Format<'_>, into: &mut HashSet<SmolStr>) -> bool {
    let mut are_all = true;
    for item in &format.items {
        into.extend(item.name.map(SmolStr::new));
        are_all &= what_names(&item.what, into);
        if let Some(ast::Definition::Inside(what, _)) =
            item.beyond.as_ref().and_then(|b| b.is.as_ref())
        {
            are_all &= what_names(what, into);
            are_all &= item.name.is_some() || !matches!(what, ast::ItemKind::Reference(..));
        }
    }
    are_all
}

fn what_names(what: &ast::ItemKind<'_>, into: &mut HashSet<SmolStr>) -> bool {
    match what {
        ast::ItemKind::Group(format) => names(format, into),
        ast::ItemKind::Choice(_, cases) => {
            let mut are_all = true;
            for case in cases {
                are_all &= names(&case.format, into);
            }
            are_all
        }
        ast::ItemKind::Code(_, Some(bits))
        | ast::ItemKind::Wide {
            bits: Some(bits), ..
        } => {
            into.extend(bits.fields.iter().map(|(_, name, _)| SmolStr::new(name)));
            true
        }
        _ => true,
    }
}
