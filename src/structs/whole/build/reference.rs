//! References to stored formats: which there are, and the parameters that they take.

use smol_str::SmolStr;

use super::{Builder, fault};
use crate::structs::ast::{Argument, Span};
use crate::structs::error::Fault;
use crate::structs::suggestion::near;
use crate::structs::whole::program::ItemKind;

impl Builder<'_> {
    pub(super) fn reference(
        &mut self,
        name: &str,
        arguments: &[Argument<'_>],
        span: Span,
    ) -> Result<ItemKind, Fault> {
        let formats = self.formats;
        let Some(text) = formats.get(name) else {
            let label = match formats.similar(name) {
                Some(similar) => format!("did you mean %{similar}?"),
                None => "no format of that name is known".to_owned(),
            };
            return Err(fault(span, format!("%{name} is not known"), label));
        };
        if let Some(parameters) = formats.parameters(name) {
            check_parameters(name, parameters, arguments, span)?;
        }
        self.wanted.push((name.into(), text));
        let mut made: Vec<(SmolStr, _)> = Vec::with_capacity(arguments.len());
        for argument in arguments {
            if made.iter().any(|(known, _)| known == argument.name) {
                let message = format!("{} has two values", argument.name);
                return Err(fault(argument.span, message, "leave one of them out"));
            }
            made.push((argument.name.into(), self.expression(&argument.value)?));
        }
        Ok(ItemKind::Format(name.into(), made))
    }
}

/// Every parameter has a value, and nothing else has one.
fn check_parameters(
    name: &str,
    parameters: &[String],
    arguments: &[Argument<'_>],
    span: Span,
) -> Result<(), Fault> {
    for argument in arguments {
        if parameters.iter().any(|known| known == argument.name) {
            continue;
        }
        let message = format!("%{name} has no parameter {}", argument.name);
        let near = near(argument.name, parameters.iter().map(String::as_str));
        let label = match (near, parameters) {
            (Some(near), _) => format!("did you mean {near}?"),
            (None, []) => "it takes none".to_owned(),
            (None, known) => format!("it takes {}", known.join(", ")),
        };
        return Err(fault(argument.span, message, label));
    }
    let is_given = |known: &String| arguments.iter().any(|argument| argument.name == known);
    match parameters.iter().find(|known| !is_given(known)) {
        None => Ok(()),
        Some(missing) => Err(fault(
            span,
            format!("%{name} has no value for its parameter {missing}"),
            format!("%{name}{{{missing}: …}}"),
        )),
    }
}
