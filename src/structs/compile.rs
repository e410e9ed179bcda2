//! Compiles a parsed format into a plan: resolves byte orders, references and counts, checks
//! what the grammar can't, and places every field whose offset is known before any data.

mod finish;

use std::collections::HashMap;
use std::rc::Rc;

pub(super) use finish::lcm;
use finish::{finish, mark_optional, place};

use super::ast::{self, Format, Item, ItemKind, Span, Token};
use super::bits;
use super::code::{Code, Kind, Order};
use super::constant;
use super::error::{Fault, FormatError, FormatErrorKind};
use super::formats::Formats;
use super::grammar;
use super::grammar::MAX_DEPTH;
use super::plan::{
    Body, Count, Element, Expression, Extent, Field, MAX_SIZE, Measure, Repeat, Scalar, Step,
    TooLarge,
};
use super::scope::{Level, Scopes, Target};
use crate::offset::{Position, Tally, sum};

/// A compiled format with the facts about its slots.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) body: Body,
    /// How many integers unpacking must remember for counts.
    pub(super) slots: usize,
    /// By slot: the repetition that the slot belongs to, where packing may compute its value from
    /// data.
    pub(super) inferred: Vec<Option<u32>>,
    /// Names and texts of the formats that it refers to, by name.
    pub(super) references: Vec<(Box<str>, Box<str>)>,
}

/// How many fields a format may have once its references are resolved.
const MAX_FIELDS: usize = 1 << 20;

/// Compiles `format`, the text of which is `text`; `None` where it has items that only the interpreter
/// of whole formats reads.
pub(super) fn compile(
    text: &str,
    format: &Format<'_>,
    formats: &Formats,
) -> Result<Option<Plan>, FormatError> {
    if format.is_beyond() {
        return Ok(None);
    }
    let mut compiler = Compiler {
        formats,
        parsed: HashMap::new(),
        scopes: Scopes::default(),
        open: Vec::new(),
        bodies: 0,
        fields: 0,
    };
    compiler.scopes.enter(format);
    let context = Context {
        order: Order::Native,
        depth: 0,
        scope: 0,
        last: true,
        reference: None,
    };
    let mut body = match compiler.body(text, format, context) {
        Ok((body, _)) => body,
        Err(CompileError::Beyond) => return Ok(None),
        Err(CompileError::Here(fault)) => return Err(fault.in_format(text)),
        Err(CompileError::Elsewhere(error)) => return Err(error),
    };
    mark_optional(&mut body, &compiler.scopes);
    place(&mut body, Some(0), &mut Measure::default())
        .map_err(|(span, e)| too_large(span, e).in_format(text))?;
    let inferred = compiler.scopes.inferred();
    let text = |name: Box<str>| formats.get(&name).map(|text| (name.clone(), text.into()));
    let mut references: Vec<_> = compiler.parsed.into_keys().filter_map(text).collect();
    references.sort_unstable();
    Ok(Some(Plan {
        body,
        slots: inferred.len(),
        inferred,
        references,
    }))
}

/// The plan of fields that have their places already and refer to nothing.
pub(super) fn flat(fields: Vec<Field>) -> Plan {
    let arity = sum(fields.iter().map(Field::arity));
    Plan {
        body: finish(fields, arity, 0, 0, false),
        slots: 0,
        inferred: Vec::new(),
        references: Vec::new(),
    }
}

/// An error of this text, or one of a format it refers to, which has its own text.
enum CompileError {
    Here(Fault),
    Elsewhere(FormatError),
    /// An item that only the interpreter of whole formats reads.
    Beyond,
}

impl From<Fault> for CompileError {
    fn from(fault: Fault) -> CompileError {
        CompileError::Here(fault)
    }
}

impl CompileError {
    /// The same of a format that was referred to.
    fn of(self, name: &str, text: &str) -> CompileError {
        match self {
            CompileError::Here(fault) => CompileError::Elsewhere(fault.in_format(text).of(name)),
            CompileError::Elsewhere(error) => CompileError::Elsewhere(error.of(name)),
            CompileError::Beyond => CompileError::Beyond,
        }
    }
}

fn fault(span: Span, message: impl Into<String>, label: impl Into<String>) -> Fault {
    Fault::new(span.0 as usize..span.1 as usize, message, label)
}

fn too_large(span: Span, e: TooLarge) -> Fault {
    match e {
        TooLarge::Size => fault(
            span,
            "the size is too large",
            format!("a struct has at most {MAX_SIZE} bytes"),
        ),
        TooLarge::Pattern => fault(
            span,
            "the alignments in this repetition don't repeat soon enough",
            "alignments that are powers of two always do",
        ),
    }
    .of(FormatErrorKind::Limit)
}

#[derive(Clone, Copy)]
struct Context {
    order: Order,
    depth: usize,
    scope: u32,
    /// Whether nothing follows this level, so that `*` may be at its end.
    last: bool,
    /// Inside a referenced format: the place of the reference in the text that is compiled.
    reference: Option<Span>,
}

struct Compiler<'f> {
    formats: &'f Formats,
    /// What was referred to: a text is parsed once, however often its name occurs.
    parsed: HashMap<Box<str>, Rc<Format<'f>>>,
    scopes: Scopes,
    /// The references that are being resolved.
    open: Vec<Box<str>>,
    bodies: u32,
    fields: usize,
}

impl Compiler<'_> {
    fn body(
        &mut self,
        text: &str,
        format: &Format<'_>,
        context: Context,
    ) -> Result<(Body, Level), CompileError> {
        let context = Context {
            order: format.order.unwrap_or(context.order),
            ..context
        };
        let id = self.bodies;
        self.bodies.tally(1);
        self.scopes.open();
        let mut fields = Vec::with_capacity(format.items.len());
        let mut arity = 0u64;
        for (i, item) in format.items.iter().enumerate() {
            self.fields.tally(1);
            if self.fields > MAX_FIELDS {
                let label = format!("at most {MAX_FIELDS}, with all references resolved");
                let fault = fault(item.span, "the format has too many fields", label);
                return Err(fault.of(FormatErrorKind::Limit).into());
            }
            let context = Context {
                last: context.last && i.past(1) == format.items.len(),
                ..context
            };
            let mut field = self.item(text, item, context)?;
            field.first = arity;
            arity.tally(field.arity());
            fields.push(field);
        }
        let level = self.scopes.close();
        Ok((
            finish(fields, arity, context.scope, id, format.is_bits),
            level,
        ))
    }

    fn item(
        &mut self,
        text: &str,
        item: &Item<'_>,
        context: Context,
    ) -> Result<Field, CompileError> {
        if matches!(item.count, Some(ast::Count::Rest)) && !context.last {
            return Err(fault(
                item.span,
                "a field that takes the rest of the input is not the last one",
                "* stands at the very end, in groups that stand at the end and are not repeated",
            )
            .into());
        }
        let mut field = Field {
            name: item.name.map(Box::from),
            optional: item.constant.is_some(),
            span: context.reference.unwrap_or(item.span),
            ..Field::new(Element::Align, Repeat::One)
        };
        let target = match &item.what {
            ItemKind::Align(multiple) => {
                field.align = *multiple;
                Target::Unusable("is padding")
            }
            ItemKind::Code(code, bits) => {
                self.code(&mut field, item, code, bits.as_ref(), context)?
            }
            ItemKind::Group(group) => {
                self.group(&mut field, item, context, |compiler, context| {
                    compiler.body(text, group, context)
                })?
            }
            ItemKind::Reference(name, _) => {
                self.group(&mut field, item, context, |compiler, context| {
                    compiler.reference(name, item.span, context)
                })?
            }
            _ => return Err(CompileError::Beyond),
        };
        if let Some((span, literal)) = &item.constant {
            let constant = constant::compile(&field, literal).map_err(|(message, label)| {
                fault(*span, message, label).of(FormatErrorKind::Constant)
            })?;
            field.constant = Some(Box::new(constant));
            field.hex |= literal.is_hex();
        }
        if let Some(name) = item.name {
            self.scopes.declare(name, target, item.span)?;
        }
        Ok(field)
    }

    /// A code with its count.
    fn code(
        &mut self,
        field: &mut Field,
        item: &Item<'_>,
        code: &'static Code,
        bits: Option<&ast::Bits<'_>>,
        context: Context,
    ) -> Result<Target, CompileError> {
        let Some((size, align)) = context.order.size_and_alignment(code) else {
            return Err(fault(
                item.span,
                format!("{} has no standard size", code.letters),
                "it stands only in native mode: @, or no byte order at all",
            )
            .into());
        };
        let count = self.count(item)?;
        field.align = u64::from(align);
        let scalar = Scalar {
            letters: code.letters,
            kind: code.kind,
            size,
            little: context.order.is_little(),
            native: context.order == Order::Native,
        };
        if let Some(bits) = bits {
            return self.bits(field, item, scalar, bits, context);
        }
        let length = |count: Option<Count>| count.unwrap_or(Count::Fixed(1));
        field.element = match code.kind {
            Kind::Pad => Element::Pad(length(count)),
            Kind::Bytes => Element::Bytes(length(count)),
            Kind::Pascal => Element::Pascal(length(count)),
            kind => {
                field.repeat = repeat(count, item.name.is_some());
                match kind {
                    Kind::CString => Element::CString,
                    Kind::Leb128 { signed } => Element::Leb128 { signed },
                    _ => Element::Scalar(scalar),
                }
            }
        };
        if !matches!(field.repeat, Repeat::One) {
            return Ok(Target::Unusable("is an array"));
        }
        field.hex = matches!(code.kind, Kind::Pointer);
        let integer = matches!(
            code.kind,
            Kind::Int { .. } | Kind::Pointer | Kind::Leb128 { .. }
        );
        field.slot = item
            .name
            .filter(|_| integer)
            .and_then(|name| self.scopes.slot(name, context.scope));
        Ok(if integer {
            Target::integer(field.slot)
        } else {
            Target::Unusable("is not an integer")
        })
    }

    /// Bit fields, which are among the fields of the level.
    fn bits(
        &mut self,
        field: &mut Field,
        item: &Item<'_>,
        scalar: Scalar,
        bits: &ast::Bits<'_>,
        context: Context,
    ) -> Result<Target, CompileError> {
        let compiled = bits::compile(scalar, bits, item.span);
        let mut compiled = compiled.map_err(|fault| fault.of(FormatErrorKind::Bits))?;
        for (bit, (span, ..)) in compiled.fields.iter_mut().zip(&bits.fields) {
            bit.optional = item.constant.is_some();
            if let Some(name) = &bit.name {
                bit.slot = self.scopes.slot(name, context.scope);
                self.scopes
                    .declare(name, Target::integer(bit.slot), *span)?;
            }
        }
        field.optional = false;
        field.element = Element::Bits(Box::new(compiled));
        Ok(Target::Unusable("has no name"))
    }

    /// A group, the body of which `body` compiles.
    fn group(
        &mut self,
        field: &mut Field,
        item: &Item<'_>,
        context: Context,
        body: impl FnOnce(&mut Self, Context) -> Result<(Body, Level), CompileError>,
    ) -> Result<Target, CompileError> {
        if context.depth >= MAX_DEPTH {
            let label = format!("at most {MAX_DEPTH} levels, with all references resolved");
            let fault = fault(item.span, "groups are nested too deep", label);
            return Err(fault.of(FormatErrorKind::Limit).into());
        }
        let count = self.count(item)?;
        let mut inner = Context {
            depth: context.depth.past(1),
            ..context
        };
        if count.is_some() {
            inner.scope = self.scopes.repetition();
            inner.last = false;
        }
        let (body, level) = body(self, inner)?;
        if matches!(count, Some(Count::Rest)) && body.extent == Extent::Fixed(0) {
            return Err(fault(
                item.span,
                "a group without any bytes can't fill the rest of the input",
                "put a field into it",
            )
            .into());
        }
        let is_bits = body.is_bits;
        if let Some((integer, _)) = body.as_bits() {
            // The integer's padding comes before the field, not in it.
            field.align = integer.align;
        }
        field.element = Element::Group(Box::new(body));
        let target = match count {
            None => Target::Group(level),
            Some(_) if is_bits => Target::Unusable("is an array"),
            Some(_) => Target::Unusable("is repeated"),
        };
        // A counted code without a name is several values, a counted group is one array.
        field.repeat = match count {
            Some(count) if !is_bits => Repeat::Array(count),
            count => repeat(count, item.name.is_some()),
        };
        Ok(target)
    }

    /// The body of a format defined elsewhere. It sees no names of the format around it.
    fn reference(
        &mut self,
        name: &str,
        span: Span,
        context: Context,
    ) -> Result<(Body, Level), CompileError> {
        if self.open.iter().any(|open| &**open == name) {
            let circle = self.open.join(" → %");
            let label = format!("%{circle} → %{name}");
            let fault = fault(span, format!("%{name} contains itself"), label);
            return Err(fault.of(FormatErrorKind::Reference).into());
        }
        let formats = self.formats;
        let Some(text) = formats.get(name) else {
            let label = match self.formats.similar(name) {
                Some(similar) => format!("did you mean %{similar}?"),
                None => "no format of that name is known".to_owned(),
            };
            let fault = fault(span, format!("%{name} is not known"), label);
            return Err(fault.of(FormatErrorKind::Reference).into());
        };
        let format = match self.parsed.get(name) {
            Some(format) => Rc::clone(format),
            None => {
                let format = Rc::new(
                    grammar::parse(text)
                        .map_err(|fault| CompileError::from(fault).of(name, text))?,
                );
                self.parsed.insert(name.into(), Rc::clone(&format));
                format
            }
        };
        if format.is_beyond() {
            return Err(CompileError::Beyond);
        }
        self.open.push(name.into());
        let outside = self.scopes.enter(&format);
        let context = Context {
            reference: context.reference.or(Some(span)),
            ..context
        };
        let body = self.body(text, &format, context);
        self.scopes.leave(outside);
        self.open.pop();
        let (mut body, level) = body.map_err(|trouble| trouble.of(name, text))?;
        body.reference = Some(name.into());
        Ok((body, level))
    }

    fn count(&mut self, item: &Item<'_>) -> Result<Option<Count>, CompileError> {
        Ok(match &item.count {
            None => None,
            Some(ast::Count::Number(n)) => Some(Count::Fixed(*n)),
            Some(ast::Count::Rest) => Some(Count::Rest),
            Some(ast::Count::Until(_)) => return Err(CompileError::Beyond),
            Some(ast::Count::Expression(expression)) => {
                let tokens = expression.tokens().ok_or(CompileError::Beyond)?;
                let steps = tokens.iter().map(|(span, token)| match token {
                    Token::Number(n) => Ok(Step::Number(*n)),
                    Token::Operator(operator) => Ok(Step::Operator(*operator)),
                    Token::Path(path) => self.scopes.resolve(path, *span).map(Step::Slot),
                });
                let expression = Expression(steps.collect::<Result<_, Fault>>()?);
                if let Some(slot) = expression.plain() {
                    self.scopes.follows_from_data(slot, &item.what);
                }
                Some(Count::Computed(expression))
            }
        })
    }
}

fn repeat(count: Option<Count>, named: bool) -> Repeat {
    match count {
        None => Repeat::One,
        Some(Count::Fixed(n)) if !named => Repeat::Inline(n),
        Some(count) => Repeat::Array(count),
    }
}
