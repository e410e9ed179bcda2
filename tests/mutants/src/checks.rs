//! Faults that `cargo mutants` doesn't list: a call or an assignment left out, a check left out, a number that is one
//! more, a flag turned, a method that does the opposite.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ExprIf, ExprRepeat, GenericArgument, ImplItemConst, ImplItemFn,
    ItemConst, ItemFn, ItemMod, ItemStatic, Lit, Pat, Signature, Stmt, TraitItemFn, Type,
};

use crate::faults::{Fault, Place, Span};

/// The genres of these faults.
pub const STATEMENT: &str = "Statement";
pub const CONDITION: &str = "Condition";
pub const LITERAL: &str = "Literal";
pub const CALL: &str = "Call";

/// Names of methods and functions that are called in each other's place.
const OPPOSITES: [(&str, &str); 12] = [
    ("all", "any"),
    ("min", "max"),
    ("first", "last"),
    ("position", "rposition"),
    ("starts_with", "ends_with"),
    ("is_some_and", "is_none_or"),
    ("from_le_bytes", "from_be_bytes"),
    ("to_le_bytes", "to_be_bytes"),
    ("checked_add", "checked_sub"),
    ("saturating_add", "saturating_sub"),
    ("floor", "ceil"),
    ("leading_zeros", "trailing_zeros"),
];

/// The name that does the opposite of this one.
fn opposite(name: &str) -> Option<&'static str> {
    OPPOSITES.iter().find_map(|(one, other)| match name {
        _ if name == *one => Some(*other),
        _ if name == *other => Some(*one),
        _ => None,
    })
}

/// What stands in the place of a number or a flag.
fn changed(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Int(int) => {
            let number: u128 = int.base10_parse().ok()?;
            Some(format!("{}{}", number.checked_add(1)?, int.suffix()))
        }
        Lit::Bool(flag) => Some((!flag.value).to_string()),
        _ => None,
    }
}

/// The longest part of the code that stands in a fault's name, in characters.
const SHOWN: usize = 60;

/// Those of a file.
pub fn listed(file: &str, text: &str) -> syn::Result<Vec<Fault>> {
    let parsed = syn::parse_file(text)?;
    let mut checks = Checks {
        file,
        text,
        function: String::new(),
        faults: Vec::new(),
    };
    checks.visit_file(&parsed);
    Ok(checks.faults)
}

/// What stands between an expression and what takes its place.
const BY: &str = " replaced by ";

/// Whether a statement does something that can be left out.
fn is_effect(expression: &Expr) -> bool {
    match expression {
        Expr::Call(_) | Expr::MethodCall(_) | Expr::Assign(_) => true,
        Expr::Try(inner) => is_effect(&inner.expr),
        _ => false,
    }
}

/// Whether an expression binds names, so that it can't be copied elsewhere.
pub fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        Expr::Paren(paren) => binds(&paren.expr),
        _ => false,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let text = |attribute: &Attribute| match &attribute.meta {
        syn::Meta::List(list) => list.tokens.to_string(),
        _ => String::new(),
    };
    attributes.iter().any(|one| {
        one.path().is_ident("test") || one.path().is_ident("cfg") && text(one).contains("test")
    })
}

struct Checks<'t> {
    file: &'t str,
    text: &'t str,
    function: String,
    faults: Vec<Fault>,
}

impl Checks<'_> {
    fn push(&mut self, genre: &str, what: &str, expression: &impl Spanned) {
        self.replaced(genre, what, expression, "");
    }

    fn replaced(&mut self, genre: &str, what: &str, expression: &impl Spanned, by: &str) {
        let span = expression.span();
        let start = span.start();
        let shown = self.text.get(span.byte_range()).unwrap_or_default();
        let words: Vec<_> = shown.split_whitespace().collect();
        let shown: String = words.join(" ").chars().take(SHOWN).collect();
        let (line, column) = (start.line, start.column + 1);
        let (file, function) = (self.file, &self.function);
        self.faults.push(Fault {
            id: 0,
            room: 0,
            name: format!("{file}:{line}:{column}: {what} {shown}{by} in {function}"),
            file: file.to_owned(),
            genre: genre.to_owned(),
            replacement: by.trim_start_matches(BY).to_owned(),
            span: Span {
                start: Place { line, column },
            },
        });
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        // What is computed while compiling can't ask the environment.
        if signature.constness.is_some() {
            return;
        }
        let outer = std::mem::replace(&mut self.function, signature.ident.to_string());
        self.visit_block(block);
        self.function = outer;
    }
}

impl<'ast> Visit<'ast> for Checks<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(expression, Some(_)) = statement
            && is_effect(expression)
        {
            self.push(STATEMENT, "leave out", expression);
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        let (what, by) = match expression {
            Expr::Lit(literal) => (LITERAL, changed(&literal.lit)),
            Expr::MethodCall(call) => (CALL, opposite(&call.method.to_string()).map(str::to_owned)),
            Expr::Path(path) => {
                let name = path
                    .path
                    .segments
                    .last()
                    .filter(|_| path.path.segments.len() > 1);
                let name = name.and_then(|name| opposite(&name.ident.to_string()));
                (CALL, name.map(str::to_owned))
            }
            _ => (CALL, None),
        };
        if let Some(by) = by {
            let by = format!("{BY}{by}");
            match expression {
                Expr::MethodCall(call) => self.replaced(what, "call", &call.method, &by),
                _ => self.replaced(what, "have", expression, &by),
            }
        }
        visit::visit_expr(self, expression);
    }

    // What is computed while compiling.
    fn visit_expr_repeat(&mut self, expression: &'ast ExprRepeat) {
        self.visit_expr(&expression.expr);
    }
    fn visit_generic_argument(&mut self, _: &'ast GenericArgument) {}
    fn visit_impl_item_const(&mut self, _: &'ast ImplItemConst) {}
    fn visit_item_const(&mut self, _: &'ast ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast ItemStatic) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_type(&mut self, _: &'ast Type) {}

    fn visit_expr_if(&mut self, expression: &'ast ExprIf) {
        if !binds(&expression.cond) {
            self.push(CONDITION, "never", &expression.cond);
        }
        visit::visit_expr_if(self, expression);
    }
}
