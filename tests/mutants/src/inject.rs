//! The rewriting of one file: each fault becomes a branch that is taken when it is turned on.

use std::collections::{HashMap, HashSet};

use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, BinOp, Block, Expr, ExprIf, ExprMatch, ExprStruct, Ident, ImplItemConst,
    ImplItemFn, ItemConst, ItemFn, ItemStatic, Pat, Signature, Stmt, TraitItemFn, Type,
    parse_quote, parse_str,
};

use crate::checks::{self, binds};
use crate::faults::{Fault, Place};

type Kind = &'static str;

struct Injector<'f> {
    /// By what they replace and where it begins.
    faults: HashMap<(Kind, Place), Vec<&'f Fault>>,
    injected: HashSet<u32>,
    /// Faults in the arms of matches so far: such a match may need one more arm.
    arms: usize,
}

/// The text of a file with these faults in it, and which of them could be put in.
pub fn inject(text: &str, faults: &[&Fault]) -> syn::Result<(String, HashSet<u32>)> {
    let mut file = syn::parse_file(text)?;
    let mut injector = Injector {
        faults: HashMap::new(),
        injected: HashSet::new(),
        arms: 0,
    };
    for &fault in faults {
        let kind = match fault.genre.as_str() {
            "FnValue" => "body",
            "BinaryOperator" => "binary",
            "UnaryOperator" => "unary",
            "MatchArm" => "arm",
            "MatchArmGuard" => "guard",
            "StructField" => "field",
            checks::STATEMENT => "statement",
            checks::CONDITION => "condition",
            checks::LITERAL => "literal",
            checks::CALL => "call",
            _ => continue,
        };
        let key = (kind, fault.span.start);
        injector.faults.entry(key).or_default().push(fault);
    }
    injector.visit_file_mut(&mut file);
    Ok((prettyplease::unparse(&file), injector.injected))
}

/// Whether a fault is turned on.
fn is_on(fault: &Fault) -> Expr {
    let id = fault.id;
    parse_quote!(crate::__fault(#id))
}

fn place(spanned: &impl Spanned) -> Place {
    let start = spanned.span().start();
    Place {
        line: start.line,
        column: start.column + 1,
    }
}

impl<'f> Injector<'f> {
    fn take(&mut self, kind: Kind, place: Place) -> Vec<&'f Fault> {
        self.faults.remove(&(kind, place)).unwrap_or_default()
    }

    fn note(&mut self, fault: &Fault) -> Expr {
        self.injected.insert(fault.id);
        is_on(fault)
    }

    /// A function that returns something else at once.
    fn function(&mut self, signature: &Signature, block: &mut Block) {
        // What is computed while compiling can't ask the environment.
        if signature.constness.is_some() {
            return;
        }
        let start = block.stmts.first().map(place);
        self.visit_block_mut(block);
        let faults = start.map_or_else(Vec::new, |start| self.take("body", start));
        let mut statements: Vec<Stmt> = Vec::new();
        for fault in faults {
            let Ok(value) = parse_str::<Expr>(&fault.replacement) else {
                continue;
            };
            let on = self.note(fault);
            statements.push(parse_quote!(if #on { return #value; }));
        }
        block.stmts.splice(0..0, statements);
    }

    fn binary(&mut self, expression: &mut Expr, at: Place) {
        let Expr::Binary(binary) = &*expression else {
            return;
        };
        if binds(&binary.left) || binds(&binary.right) {
            return;
        }
        let (left, right) = (binary.left.clone(), binary.right.clone());
        let mut whole = expression.clone();
        for fault in self.take("binary", at) {
            let Ok(operator) = parse_str::<BinOp>(&fault.replacement) else {
                continue;
            };
            let on = self.note(fault);
            whole = parse_quote!(if #on { (#left) #operator (#right) } else { #whole });
        }
        *expression = parse_quote!((#whole));
    }

    /// Another number, another flag, another name of what is called.
    fn replaced(&mut self, expression: &mut Expr, kind: Kind, at: Place) {
        for fault in self.take(kind, at) {
            let mut other = expression.clone();
            let name = parse_str::<Ident>(&fault.replacement);
            match (&mut other, name) {
                (Expr::MethodCall(call), Ok(name)) => call.method = name,
                (Expr::Path(path), Ok(name)) => {
                    if let Some(last) = path.path.segments.last_mut() {
                        last.ident = name;
                    }
                }
                _ => match parse_str(&fault.replacement) {
                    Ok(value) => other = value,
                    Err(_) => continue,
                },
            }
            let on = self.note(fault);
            *expression = parse_quote!((if #on { #other } else { #expression }));
        }
    }

    fn unary(&mut self, expression: &mut Expr, at: Place) {
        let Expr::Unary(unary) = &*expression else {
            return;
        };
        let (inner, whole) = (unary.expr.clone(), expression.clone());
        if let Some(fault) = self.take("unary", at).first() {
            let on = self.note(fault);
            *expression = parse_quote!((if #on { #inner } else { #whole }));
        }
    }
}

impl VisitMut for Injector<'_> {
    fn visit_item_fn_mut(&mut self, item: &mut ItemFn) {
        self.function(&item.sig, &mut item.block);
    }

    fn visit_impl_item_fn_mut(&mut self, item: &mut ImplItemFn) {
        self.function(&item.sig, &mut item.block);
    }

    fn visit_trait_item_fn_mut(&mut self, item: &mut TraitItemFn) {
        if let Some(block) = &mut item.default {
            self.function(&item.sig, block);
        }
    }

    // What is no expression of a function stays as it is.
    fn visit_item_const_mut(&mut self, _: &mut ItemConst) {}
    fn visit_item_static_mut(&mut self, _: &mut ItemStatic) {}
    fn visit_impl_item_const_mut(&mut self, _: &mut ImplItemConst) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let places = [place(arm), place(&arm.pat)];
        let guarded = arm.guard.as_ref().map(|(_, guard)| place(guard));
        visit_mut::visit_arm_mut(self, arm);
        let can_change = !arm.guard.as_ref().is_some_and(|(_, guard)| binds(guard));
        if let (Some(guarded), true) = (guarded, can_change) {
            for fault in self.take("guard", guarded) {
                let on = self.note(fault);
                if let Some((_, guard)) = &mut arm.guard {
                    **guard = match fault.replacement.as_str() {
                        "true" => parse_quote!((#on || (#guard))),
                        _ => parse_quote!((!#on && (#guard))),
                    };
                }
            }
        }
        if !can_change {
            return;
        }
        for fault in places.map(|place| self.take("arm", place)).concat() {
            self.arms += 1;
            let on = self.note(fault);
            arm.guard = Some(match arm.guard.take() {
                Some((token, guard)) => (token, parse_quote!(!#on && (#guard))),
                None => (Default::default(), parse_quote!(!#on)),
            });
        }
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        let place = place(statement);
        visit_mut::visit_stmt_mut(self, statement);
        if let Stmt::Expr(_, Some(_)) = statement
            && let Some(fault) = self.take("statement", place).first()
        {
            let on = self.note(fault);
            *statement = parse_quote!(if !#on { #statement });
        }
    }

    fn visit_expr_if_mut(&mut self, expression: &mut ExprIf) {
        let place = place(&expression.cond);
        visit_mut::visit_expr_if_mut(self, expression);
        if let Some(fault) = self.take("condition", place).first() {
            let on = self.note(fault);
            let condition = &expression.cond;
            expression.cond = parse_quote!((!#on && (#condition)));
        }
    }

    fn visit_expr_match_mut(&mut self, expression: &mut ExprMatch) {
        let before = self.arms;
        visit_mut::visit_expr_match_mut(self, expression);
        if self.arms > before {
            let rest = parse_quote!(_ => ::std::unreachable!(),);
            expression.arms.push(rest);
        }
    }

    fn visit_expr_struct_mut(&mut self, expression: &mut ExprStruct) {
        let places: Vec<Place> = expression.fields.iter().map(place).collect();
        visit_mut::visit_expr_struct_mut(self, expression);
        let Some(rest) = expression.rest.clone() else {
            return;
        };
        for (field, place) in expression.fields.iter_mut().zip(places) {
            if let Some(fault) = self.take("field", place).first() {
                let on = self.note(fault);
                let (value, name) = (&field.expr, &field.member);
                field.expr = parse_quote!(if #on { (#rest).#name } else { #value });
                field.colon_token = Some(Default::default());
            }
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let operator = match expression {
            Expr::Binary(binary) => Some(("binary", place(&binary.op))),
            Expr::Unary(unary) => Some(("unary", place(&unary.op))),
            Expr::Lit(_) => Some(("literal", place(expression))),
            Expr::MethodCall(call) => Some(("call", place(&call.method))),
            Expr::Path(_) => Some(("call", place(expression))),
            _ => None,
        };
        visit_mut::visit_expr_mut(self, expression);
        match operator {
            Some(("binary", at)) => self.binary(expression, at),
            Some(("unary", at)) => self.unary(expression, at),
            Some((kind, at)) => self.replaced(expression, kind, at),
            None => {}
        }
    }
}
