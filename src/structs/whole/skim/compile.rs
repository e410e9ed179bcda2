//! From items of a program to parts that are passed over. What isn't known is `None`, or `Part::Unknown` where
//! other cases may be known.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::super::kinds::Kind;
use super::super::program::{self, Count, Is, Item, Level, Program, What};
use super::super::uses::Wanted;
use super::{Case, Name, Part, Skim, Term, Times};
use crate::structs::ast::{self, Expression, Operator, Position, Unary};
use crate::structs::code::{Code, Kind as CodeKind, Order};

impl<'p> Skim<'p> {
    /// For the items of an array, if they are known, and what is wanted of their fields.
    pub(in crate::structs::whole) fn new(
        program: &'p Program,
        item: &'p Item,
        order: Order,
        wanted: &[Wanted],
    ) -> Option<Skim<'p>> {
        let uses = &program.uses;
        if uses.items || uses.has("rest") || uses.has("padding") || !item.is_closed {
            return None;
        }
        if item.each.is_some() || (item.place.is_some() && item.count.is_none()) {
            return None;
        }
        let mut compiler = Compiler {
            program,
            wanted,
            names: Vec::new(),
            numbers: HashMap::new(),
            formats: Vec::new(),
            known: HashMap::new(),
        };
        let until = match item.count.as_ref()? {
            Count::Until(condition) => Some(compiler.term(condition)?),
            _ => None,
        };
        let item = compiler.element(item, order)?;
        Some(Skim {
            item,
            until,
            formats: compiler.formats,
            around: vec![None; compiler.names.len()],
            names: compiler.names,
            given_up: 0,
            place: None,
            missed: 0,
        })
    }
}

struct Compiler<'p, 'w> {
    program: &'p Program,
    wanted: &'w [Wanted],
    names: Vec<SmolStr>,
    numbers: HashMap<SmolStr, Name>,
    formats: Vec<Vec<Part<'p>>>,
    known: HashMap<(SmolStr, Order), usize>,
}

impl<'p> Compiler<'p, '_> {
    fn level(&mut self, level: &'p Level, order: Order) -> Vec<Part<'p>> {
        let order = level.order.unwrap_or(order);
        let mut parts: Vec<Part<'p>> = Vec::with_capacity(level.items.len());
        for item in &level.items {
            let part = self.item(item, order).unwrap_or(Part::Unknown);
            match (parts.last_mut(), part) {
                (Some(Part::Skip(before)), Part::Skip(n)) => *before = before.saturating_add(n),
                (_, part) => parts.push(part),
            }
        }
        parts
    }

    fn item(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        if item.each.is_some() {
            return None;
        }
        let part = self.counted(item, order)?;
        let index = usize::try_from(item.number).unwrap_or(usize::MAX);
        let part = match self.wanted.get(index) {
            Some(Wanted::All) => Part::Wanted {
                item,
                order,
                part: Box::new(part),
            },
            _ => part,
        };
        let Some(place) = &item.place else {
            return Some(part);
        };
        Some(Part::Place {
            offset: self.term(place)?,
            item,
            part: Box::new(part),
        })
    }

    fn counted(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        let Some(count) = item.count.as_ref().filter(|_| !item.has_length()) else {
            return self.one(item, order);
        };
        if let What::Code(code) = &item.what
            && !matches!(count, Count::Until(_))
            && is_scalar(code)
            && !item.is_used
            && plain(item)
        {
            let (own, alignment) = order.size_and_alignment(code)?;
            let own = u64::from(own);
            // Values in line are aligned, those of an array are not.
            let is_inline = matches!(count, Count::Number(_)) && item.name.is_none();
            let is_padded = is_inline && alignment > 1;
            if !item.kinds.iter().all(is_hex) || is_padded {
                return None;
            }
            return Some(match count {
                Count::Number(n) => Part::Skip(n.checked_mul(own)?),
                Count::Computed(n) => {
                    let n = self.term(n)?;
                    // Whether the number itself is right is looked at when it is multiplied.
                    let own = Term::Number(own.into());
                    Part::Bytes(Term::Binary(Operator::Multiply, Box::new([n, own])))
                }
                Count::Rest => Part::RestOf(own),
                Count::Until(_) => return None,
            });
        }
        if !item.is_closed {
            return None;
        }
        let times = match count {
            Count::Number(_) if item.name.is_none() && !item.is_level() => return None,
            Count::Number(n) => Times::Number(Term::Number(i128::from(*n))),
            Count::Computed(n) => Times::Number(self.term(n)?),
            Count::Rest => Times::Rest,
            Count::Until(condition) => Times::Until(self.term(condition)?),
        };
        Some(Part::Array {
            times,
            part: Box::new(self.element(item, order)?),
        })
    }

    /// An item of an array: a level of its own.
    fn element(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        let part = self.one(item, order)?;
        Some(match part {
            Part::Level { .. } | Part::Format { .. } => part,
            Part::Choice { on, cases, .. } => Part::Choice {
                on,
                cases,
                is_level: true,
            },
            Part::Region { size, inside, .. } => Part::Region {
                size,
                inside,
                is_level: true,
            },
            _ => return None,
        })
    }

    fn one(&mut self, item: &'p Item, order: Order) -> Option<Part<'p>> {
        match &item.what {
            // What expressions look at as a whole has nodes.
            What::Group(_) | What::Format(..) | What::Choice(..) if item.is_used => None,
            What::Group(level) => Some(Part::Level {
                parts: self.level(level, order),
            }),
            What::Format(name, arguments) => {
                let format = self.format(name, order)?;
                let parameters = arguments
                    .iter()
                    .map(|(name, value)| Some((self.name(name), self.term(value)?)));
                Some(Part::Format {
                    format,
                    parameters: parameters.collect::<Option<_>>()?,
                })
            }
            What::Choice(on, cases) => self.choice(on.as_ref(), cases, order, item.name.is_some()),
            What::Align(n) => Some(Part::Align(*n)),
            What::Computed(_) if !item.codecs.is_empty() => None,
            What::Computed(value) => {
                let name = item.name.as_ref().filter(|_| item.is_used);
                Some(Part::Computed {
                    name: name.map(|name| self.name(name)),
                    value: self.term(value)?,
                })
            }
            What::Code(code) => self.code(item, code, order),
            What::Bits(code, _) if !item.is_used && plain(item) => {
                let (size, _) = order.size_and_alignment(code)?;
                Some(Part::Skip(size.into()))
            }
            _ => None,
        }
    }

    fn code(&mut self, item: &'p Item, code: &'static Code, order: Order) -> Option<Part<'p>> {
        if let Is::Inside(what) = &item.is {
            if code.kind != CodeKind::Bytes || !item.kinds.is_empty() || !item.codecs.is_empty() {
                return None;
            }
            let size = self.length(item)?;
            let inside = match &**what {
                What::Group(level) => Part::Several(self.level(level, order)),
                What::Choice(on, cases) => self.choice(on.as_ref(), cases, order, false)?,
                // A format in a region counts from there.
                _ => return None,
            };
            let is_level = item.name.is_some();
            return (!item.is_used).then(|| Part::Region {
                size,
                inside: Box::new(inside),
                is_level,
            });
        }
        if !plain(item) {
            return None;
        }
        let (size, alignment) = order.size_and_alignment(code).unwrap_or((0, 1));
        let part = match code.kind {
            CodeKind::Bytes | CodeKind::Pascal | CodeKind::Pad if !item.is_used => {
                return Some(match &item.count {
                    None => Part::Skip(1),
                    Some(Count::Number(n)) => Part::Skip(*n),
                    Some(Count::Computed(n)) => Part::Bytes(self.term(n)?),
                    Some(Count::Rest) => Part::Rest,
                    Some(Count::Until(_)) => return None,
                });
            }
            CodeKind::Int { .. } | CodeKind::Pointer
                if item.is_used && size <= 8 && item.kinds.iter().all(is_hex) =>
            {
                Part::Integer {
                    size,
                    is_little: order.is_little(),
                    is_signed: matches!(code.kind, CodeKind::Int { signed: true }),
                    name: self.name(item.name.as_ref()?),
                }
            }
            _ if !item.is_used && is_scalar(code) && size > 0 => Part::Skip(size.into()),
            _ => return None,
        };
        Some(match alignment > 1 {
            true => Part::Several(vec![Part::Align(alignment.into()), part]),
            false => part,
        })
    }

    fn choice(
        &mut self,
        on: Option<&'p Expression>,
        cases: &'p [program::Case],
        order: Order,
        is_level: bool,
    ) -> Option<Part<'p>> {
        let on = match on {
            Some(on) => Some(self.term(on)?),
            None => None,
        };
        let mut known = Vec::with_capacity(cases.len());
        for case in cases {
            let labels = match &case.labels {
                None => None,
                Some(labels) => {
                    let mut terms = Vec::with_capacity(labels.len());
                    for (from, to) in labels {
                        let to = match to {
                            Some(to) => Some(self.term(to)?),
                            None => None,
                        };
                        terms.push((self.term(from)?, to));
                    }
                    Some(terms)
                }
            };
            let parts = self.level(&case.level, order);
            known.push(Case { labels, parts });
        }
        Some(Part::Choice {
            on,
            cases: known,
            is_level,
        })
    }

    fn length(&mut self, item: &'p Item) -> Option<Term> {
        Some(match &item.count {
            None => Term::Number(1),
            Some(Count::Number(n)) => Term::Number(i128::from(*n)),
            Some(Count::Computed(n)) => self.term(n)?,
            Some(Count::Rest) => Term::Binary(Operator::Subtract, Box::new([Term::End, Term::At])),
            Some(Count::Until(_)) => return None,
        })
    }

    fn format(&mut self, name: &SmolStr, order: Order) -> Option<usize> {
        let key = (name.clone(), order);
        if let Some(known) = self.known.get(&key) {
            return Some(*known);
        }
        let level = self.program.formats.get(name)?;
        let index = self.formats.len();
        self.formats.push(Vec::new());
        self.known.insert(key, index);
        let parts = self.level(level, order);
        if let Some(slot) = self.formats.get_mut(index) {
            *slot = parts;
        }
        Some(index)
    }

    fn name(&mut self, name: &SmolStr) -> Name {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = Name::try_from(self.names.len()).unwrap_or(Name::MAX);
        self.names.push(name.clone());
        self.numbers.insert(name.clone(), number);
        number
    }

    fn term(&mut self, expression: &Expression) -> Option<Term> {
        use ast::Term as T;
        Some(match &expression.term {
            T::Number(n) => Term::Number(*n),
            T::Float(_) => return None,
            T::Bool(b) => Term::Number(i128::from(*b)),
            T::Name(name) => Term::Name(self.name(name)),
            T::Position(position) => match position {
                Position::At => Term::At,
                Position::Start => Term::Start,
                Position::End => Term::End,
                Position::Size => Term::Size,
                Position::Index => Term::Index,
                Position::Item => return None,
            },
            T::Unary(operator, of) => {
                let of = Box::new(self.term(of)?);
                match operator {
                    Unary::Minus => Term::Minus(of),
                    Unary::Not => Term::Not(of),
                    Unary::Complement => Term::Complement(of),
                }
            }
            T::Binary(operator, left, right) => {
                let both = Box::new([self.term(left)?, self.term(right)?]);
                match operator {
                    Operator::And => Term::Both(both),
                    Operator::Or => Term::Either(both),
                    operator => Term::Binary(*operator, both),
                }
            }
            T::Default(value, other) => {
                Term::Default(Box::new([self.term(value)?, self.term(other)?]))
            }
            T::IfElse(parts) => {
                let [condition, one, other] = &**parts;
                let parts = [self.term(condition)?, self.term(one)?, self.term(other)?];
                Term::IfElse(Box::new(parts))
            }
            T::Text(_) | T::Member(..) | T::Item(..) | T::Call(..) => return None,
        })
    }
}

fn is_hex(kind: &Kind) -> bool {
    matches!(kind, Kind::Hex)
}

/// Whether what the field must be can't end the reading: it is looked at when the item is made.
fn plain(item: &Item) -> bool {
    let never_fails = |expression: &Expression| {
        matches!(
            expression.term,
            ast::Term::Name(_) | ast::Term::Number(_) | ast::Term::Member(..)
        )
    };
    // The key of a coding may be missing, or none.
    let has_key = |codec: &program::Codec| matches!(codec, program::Codec::Xor(_));
    !item.is_summed
        && !item.codecs.iter().any(has_key)
        && match &item.is {
            Is::Anything | Is::Constant(_) => true,
            Is::Computed(expression) => never_fails(expression),
            Is::Check(check) => {
                never_fails(&check.from) && check.to.as_ref().is_none_or(never_fails)
            }
            Is::Inside(_) => false,
        }
}

fn is_scalar(code: &Code) -> bool {
    use CodeKind as K;
    matches!(
        code.kind,
        K::Char | K::Bool | K::Int { .. } | K::Pointer | K::Float | K::Complex
    )
}
