//! Faults that `cargo mutants` doesn't list: a call or an assignment left out, a check left out.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ExprIf, ImplItemFn, ItemFn, ItemMod, Signature, Stmt, TraitItemFn,
};

use crate::faults::{Fault, Place, Span};

/// The genres of these faults.
pub const STATEMENT: &str = "Statement";
pub const CONDITION: &str = "Condition";

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
    fn push(&mut self, genre: &str, what: &str, expression: &Expr) {
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
            name: format!("{file}:{line}:{column}: {what} {shown} in {function}"),
            file: file.to_owned(),
            genre: genre.to_owned(),
            replacement: String::new(),
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

    fn visit_expr_if(&mut self, expression: &'ast ExprIf) {
        if !binds(&expression.cond) {
            self.push(CONDITION, "never", &expression.cond);
        }
        visit::visit_expr_if(self, expression);
    }
}
