//! Fields at one level have different names.

use std::collections::BTreeMap;

use super::fault;
use crate::structs::ast::{self, Span};
use crate::structs::error::Fault;

/// The names at a level: where the field is in the format, and whether it is there whatever the data are.
#[derive(Default)]
struct Names<'t>(BTreeMap<&'t str, (Span, bool)>);

impl<'t> Names<'t> {
    /// Adds a name. Fields of different cases may share one, since only one case is taken.
    fn add(&mut self, name: &'t str, span: Span, is_certain: bool) -> Result<(), Fault> {
        match self.0.insert(name, (span, is_certain)) {
            Some((_, was_certain)) if was_certain || is_certain => Err(fault(
                span,
                format!("the name {name} stands twice at one level"),
                "a second field needs another name",
            )),
            _ => Ok(()),
        }
    }
}

/// An error where a field of the level has the name of another. What groups and stored formats hold is a level
/// of its own; what choices, regions and bit fields without a name hold belongs to this one.
pub(super) fn distinct(format: &ast::Format<'_>) -> Result<(), Fault> {
    level(format).map(drop)
}

fn level<'t>(format: &ast::Format<'t>) -> Result<Names<'t>, Fault> {
    let mut names = Names::default();
    for item in &format.items {
        // Bit fields with a name or a count are built with the item.
        if let ast::ItemKind::Group(bits) = &item.what
            && bits.is_bits
        {
            level(bits)?;
        }
        match item.name {
            Some(name) => names.add(name, item.span, true)?,
            None => joined(item, &mut names)?,
        }
    }
    Ok(names)
}

/// The names of what an item without a name holds.
fn joined<'t>(item: &ast::Item<'t>, names: &mut Names<'t>) -> Result<(), Fault> {
    let inside = item.beyond.as_ref().and_then(|beyond| beyond.is.as_ref());
    match (&item.what, inside) {
        (ast::ItemKind::Code(_, None), Some(ast::Definition::Inside(what, _))) => match what {
            ast::ItemKind::Group(format) => {
                for (name, (span, is_certain)) in level(format)?.0 {
                    names.add(name, span, is_certain)?;
                }
                Ok(())
            }
            what => cases(what, names),
        },
        (
            ast::ItemKind::Code(_, Some(bits))
            | ast::ItemKind::Wide {
                bits: Some(bits), ..
            },
            _,
        ) => {
            for (span, name, _) in &bits.fields {
                if *name != "_" {
                    names.add(name, *span, true)?;
                }
            }
            Ok(())
        }
        // An array is one value.
        _ if item.count.is_some() => Ok(()),
        (what, _) => cases(what, names),
    }
}

fn cases<'t>(what: &ast::ItemKind<'t>, names: &mut Names<'t>) -> Result<(), Fault> {
    let ast::ItemKind::Choice(_, cases) = what else {
        return Ok(());
    };
    for case in cases {
        for (name, (span, _)) in level(&case.format)?.0 {
            names.add(name, span, false)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::structs::Struct;

    #[test]
    fn two_fields_of_a_level_that_may_both_be_there_have_two_names() {
        for (format, name, at) in [
            ("B:n B:n .z=[1]", "n", 4),
            ("B:n &[n]B:n", "n", 4),
            ("B:n {1: B:n}", "n", 8),
            ("B:n {n; 1: B:k; else: H:k} B:k", "k", 27),
            (".n=[1] B:n", "n", 7),
            ("B{n:4 m:4} B:n .z=[1]", "n", 11),
            ("5U{a:20 b:10 a:10}", "a", 13),
            ("B{a:4 a:4}:n .z=[1]", "a", 6),
            ("2s:n=(B:a B:a)", "a", 10),
            ("2s=(B:a B:a)", "a", 8),
            ("B:a 2s=(B:a B:b)", "a", 8),
            ("B:a 2s={1: B:a}", "a", 11),
            ("B:a (B:b B:b) .z=[1]", "b", 9),
            ("{1: B:a {2: B:a}}", "a", 12),
        ] {
            let error = Struct::new(format).unwrap_err();
            let message = format!("the name {name} stands twice at one level");
            assert_eq!(error.message(), message, "{format}");
            assert_eq!(error.span().start, at, "{format}: {error}");
        }
        for format in [
            "B:n {n; 1: B:k; else: H:k}",
            "B:n {n & 1: B:k} {n & 2: H:k}",
            "B:n (B:n) .z=[1]",
            "B:n 1s:m=(B:n)",
            "B{_:4 n:2 _:2} .z=[1]",
            "B:n [2]{1: B:n}:of",
        ] {
            Struct::new(format).unwrap_or_else(|e| panic!("{e}"));
        }
    }
}
