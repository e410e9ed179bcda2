//! From the tree of the grammar to a program: formats that are referred to are looked up, names and kinds
//! are checked.

mod constant;
mod distinct;
mod names;
mod reference;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use super::check::Function;
use super::kinds::Kind;
use super::program::{
    Alignment, Bits, Case, Check, Codec, Count, FieldContent, Item, ItemKind, Level, Program,
};
use super::uses;
use crate::offset::{Position, Tally, sum};
use crate::structs::ast::{self, Expression, Labels, Span, Term};
use crate::structs::code::{self, Order};
use crate::structs::error::{Fault, FormatError};
use crate::structs::formats::Formats;
use crate::structs::grammar;
use constant::constant;
use distinct::distinct;
use names::names;

/// How many items a format may have with all that it refers to.
const MAX_ITEMS: usize = 1 << 16;

/// Names of formats with their texts.
type References = Vec<(Box<str>, Box<str>)>;

/// A program, and the formats that it refers to with their texts, by name.
pub(in crate::structs) fn build(
    text: &str,
    format: &ast::Format<'_>,
    formats: &Formats,
    parameters: &[String],
) -> Result<(Program, References), FormatError> {
    let mut builder = Builder {
        formats,
        wanted: Vec::new(),
        items: 0,
        names: HashSet::new(),
        open: false,
    };
    let mut root = builder
        .whole(format, Some(parameters))
        .map_err(|fault| fault.in_format(text))?;
    let mut known: HashMap<SmolStr, Level> = HashMap::new();
    while let Some((name, text)) = builder.wanted.pop() {
        if known.contains_key(&name) {
            continue;
        }
        let level = grammar::parse(text)
            .and_then(|format| builder.whole(&format, formats.parameters(&name)))
            .map_err(|fault| fault.in_format(text).of(&name))?;
        known.insert(name, level);
    }
    let text = |name: &SmolStr| {
        let text = formats.get(name)?;
        Some((Box::from(name.as_str()), Box::from(text)))
    };
    let mut references: Vec<_> = known.keys().filter_map(text).collect();
    references.sort_unstable();
    let uses = uses::mark(&mut root, &mut known);
    let formats = known
        .into_iter()
        .map(|(name, level)| (name, Arc::new(level)));
    let program = Program {
        root,
        formats: formats.collect(),
        uses,
    };
    Ok((program, references))
}

struct Builder<'f> {
    formats: &'f Formats,
    /// Formats that are referred to, with their texts.
    wanted: Vec<(SmolStr, &'f str)>,
    items: usize,
    /// All names of the format that is built.
    names: HashSet<SmolStr>,
    /// Whether fields of formats that aren't known here may add other names.
    open: bool,
}

impl Builder<'_> {
    /// A whole format; its parameters are names too, where they are known.
    fn whole(
        &mut self,
        format: &ast::Format<'_>,
        parameters: Option<&[String]>,
    ) -> Result<Level, Fault> {
        self.names.clear();
        self.names
            .extend(parameters.unwrap_or_default().iter().map(SmolStr::new));
        // Fields of another format that are among those of this one have names that aren't known here.
        let is_closed = names(format, &mut self.names);
        self.open = parameters.is_none() || !is_closed;
        self.level(format)
    }

    fn level(&mut self, format: &ast::Format<'_>) -> Result<Level, Fault> {
        distinct(format)?;
        let mut items = Vec::with_capacity(format.items.len());
        for (i, item) in format.items.iter().enumerate() {
            self.items.tally(1);
            if self.items > MAX_ITEMS {
                let label = format!("at most {MAX_ITEMS}, with all that it refers to");
                return Err(fault(item.span, "the format has too many items", label));
            }
            let later = format.items.get(i.past(1)..).unwrap_or_default();
            if matches!(item.count, Some(ast::Count::Rest)) && later.iter().any(follows) {
                return Err(fault(
                    item.span,
                    "a field that takes the rest of the input is not the last one",
                    "only items with places of their own and computed values follow a *",
                ));
            }
            if let Some((bits, times)) = several_bits(item) {
                self.several_bits(bits, times, item.span, &mut items)?;
                continue;
            }
            let made = self.item(item)?;
            items.extend(alignment(&made));
            items.push(made);
        }
        Ok(Level {
            order: format.order,
            items,
        })
    }

    /// Bit fields with a count and without a name: that number of groups.
    fn several_bits(
        &mut self,
        bits: &ast::Item<'_>,
        times: u64,
        span: Span,
        items: &mut Vec<Item>,
    ) -> Result<(), Fault> {
        self.items
            .tally(usize::try_from(times).unwrap_or(usize::MAX));
        if self.items > MAX_ITEMS {
            let label = format!("at most {MAX_ITEMS}: an array of them has a name");
            return Err(fault(span, "the format has too many items", label));
        }
        items.extend(alignment(&self.item(bits)?));
        for _ in 0..times {
            let level = Level {
                order: None,
                items: vec![self.item(bits)?],
            };
            items.push(Item::new(ItemKind::Group(level)));
        }
        Ok(())
    }

    fn item(&mut self, item: &ast::Item<'_>) -> Result<Item, Fault> {
        let mut made = Item {
            name: item.name.map(SmolStr::new),
            count: item.count.as_ref().map(|c| self.count(c)).transpose()?,
            ..Item::new(self.what(&item.what, item.span)?)
        };
        // Bit fields with a name or a count have the constant inside of their group.
        let stated = match &item.what {
            ast::ItemKind::Group(group) if group.is_bits => group.items.first().unwrap_or(item),
            _ => item,
        };
        if let Some((_, literal)) = &stated.constant {
            made.hex = literal.is_hex();
            made.is = FieldContent::Constant(constant(stated, literal)?);
        }
        let Some(beyond) = &item.beyond else {
            return Ok(made);
        };
        if let Some((each, place)) = &beyond.place {
            made.each = each.as_ref().map(|c| self.count(c)).transpose()?;
            made.place = Some(self.expression(place)?);
        }
        if let Some(end) = &beyond.end {
            made.what = ItemKind::Until(end.clone());
        }
        for kind in &beyond.kinds {
            match Codec::compile(kind)? {
                Some(codec) => made.codecs.push(self.codec(codec, kind, &made)?),
                None => made.kinds.push(Kind::compile(kind)?),
            }
        }
        made.hex |= made.kinds.iter().any(|kind| matches!(kind, Kind::Hex));
        let has_items = made.count.is_some() || made.each.is_some();
        if beyond.key.is_some() && !(has_items && made.is_level()) {
            return Err(fault(
                item.span,
                "a key belongs to no array of groups",
                "items are called by a field of theirs: *(4s:type …):chunks[type]",
            ));
        }
        made.key = beyond.key.map(SmolStr::new);
        let is_valued = !matches!(beyond.is, None | Some(ast::Definition::Inside(..)));
        if !made.codecs.is_empty() && (is_valued || !matches!(made.is, FieldContent::Anything)) {
            return Err(fault(
                item.span,
                "a coded field has no constant, value or check of its own",
                "say it of a field inside: [n]s~zlib:data=(4s:magic=\"abcd\" *s:rest)",
            ));
        }
        match &beyond.is {
            None => {}
            Some(ast::Definition::Computed(expression)) => {
                made.is = FieldContent::Computed(self.expression(expression)?);
            }
            Some(ast::Definition::Check(check)) => {
                let check = self.check(check, &made)?;
                made.is = FieldContent::Check(check);
            }
            Some(ast::Definition::Inside(what, may_fail)) => {
                if !matches!(&made.what, ItemKind::Code(code) if code.kind == code::Kind::Bytes) {
                    return Err(fault(
                        item.span,
                        "only bytes hold something inside",
                        "write the bytes with their length: [n]s:data=(…)",
                    ));
                }
                if *may_fail && (made.name.is_none() || !made.codecs.is_empty()) {
                    return Err(fault(
                        item.span,
                        "these bytes can't stay bytes",
                        "what may hold something, or not, has a name and no coding: [n]s:data=?(…)",
                    ));
                }
                made.may_fail = *may_fail;
                made.is = FieldContent::Inside(Box::new(self.what(what, item.span)?));
            }
        }
        let is_shown = |kind: &Kind| matches!(kind, Kind::Hex);
        let follows = matches!(made.is, FieldContent::Computed(_) | FieldContent::Check(_));
        if !made.bit_fields().is_empty() && (follows || !made.kinds.iter().all(is_shown)) {
            return Err(fault(
                item.span,
                "bit fields have no kind but ~hex, and follow from no other field",
                "write the integer without bit fields",
            ));
        }
        Ok(made)
    }

    /// A coding of the bytes of a field.
    fn codec(&self, codec: Codec, kind: &ast::Kind<'_>, made: &Item) -> Result<Codec, Fault> {
        let is_bytes = match &made.what {
            ItemKind::Code(code) => code.kind == code::Kind::Bytes,
            ItemKind::Computed(_) => true,
            _ => false,
        };
        if !is_bytes {
            return Err(fault(
                kind.span,
                "only bytes are coded",
                format!("write them with their length: [n]s~{}:data", kind.name),
            ));
        }
        if !made.kinds.is_empty() {
            return Err(fault(
                kind.span,
                format!("~{} stands after what takes its bytes", kind.name),
                "codings come first: *s~zlib~latin1:text",
            ));
        }
        Ok(match codec {
            Codec::Xor(key) => Codec::Xor(self.expression(&key)?),
            codec => codec,
        })
    }

    fn check(&self, check: &ast::Check<'_>, field: &Item) -> Result<Check, Fault> {
        let function = Function::named(check.function)
            .map_err(|(message, hint)| fault(check.span, message, hint))?;
        let is_bytes =
            matches!(&field.what, ItemKind::Code(code) if code.kind == code::Kind::Bytes);
        match function.digest_size() {
            Some(size) if !is_bytes || !field.kinds.is_empty() => {
                return Err(fault(
                    check.span,
                    format!("{} is bytes, not a number", check.function),
                    format!("{size} of them: {size}s:digest={}(…)", check.function),
                ));
            }
            None if !field.is_integer() => {
                return Err(fault(
                    check.span,
                    format!("{} is a number", check.function),
                    "an integer holds it: I:crc=crc32(first..last)",
                ));
            }
            _ => {}
        }
        let own = match &check.own {
            None => None,
            Some(Expression {
                term: Term::Number(n),
                ..
            }) if u8::try_from(*n).is_ok() => u8::try_from(*n).ok(),
            Some(other) => {
                return Err(fault(
                    other.span,
                    "self is a byte",
                    "a number from 0 to 255",
                ));
            }
        };
        Ok(Check {
            function,
            from: self.expression(&check.from)?,
            to: check.to.as_ref().map(|e| self.expression(e)).transpose()?,
            own,
            when: check
                .when
                .as_ref()
                .map(|e| self.expression(e))
                .transpose()?,
        })
    }

    fn count(&mut self, count: &ast::Count) -> Result<Count, Fault> {
        Ok(match count {
            ast::Count::Number(n) => Count::Number(*n),
            ast::Count::Rest => Count::Rest,
            ast::Count::Expression(expression) => Count::Computed(self.expression(expression)?),
            ast::Count::Until(condition) => {
                if matches!(
                    condition.term,
                    Term::Number(_) | Term::Bool(_) | Term::Text(_)
                ) {
                    return Err(fault(
                        condition.span,
                        "the condition never changes",
                        "a condition looks at the item just read: *[size == 0](B:size …)",
                    ));
                }
                // The condition sees the fields of the item first, whose names aren't known here where a stored format
                // states them.
                Count::Until(condition.clone())
            }
        })
    }

    fn what(&mut self, what: &ast::ItemKind<'_>, span: Span) -> Result<ItemKind, Fault> {
        Ok(match what {
            ast::ItemKind::Code(code, None) => ItemKind::Code(code),
            ast::ItemKind::Code(code, Some(bits)) => {
                if !matches!(code.kind, code::Kind::Int { .. }) {
                    return Err(fault(
                        span,
                        format!("{} has no bit fields", code.letters),
                        "integer codes have them",
                    ));
                }
                let width = code.standard.map_or(0, |size| u64::from(size) * 8);
                ItemKind::Bits(code, self::bits(bits, Some(width), code.letters, span)?)
            }
            ast::ItemKind::Wide { signed, bits } => ItemKind::Wide {
                signed: *signed,
                bits: bits
                    .as_ref()
                    .map(|bits| self::bits(bits, None, "U", span))
                    .transpose()?,
            },
            ast::ItemKind::Base128 { signed } => ItemKind::Base128 { signed: *signed },
            // Bit fields with a name or a count are a group of nothing else in the grammar.
            ast::ItemKind::Group(group) if group.is_bits => match group.items.first() {
                Some(item) => self.what(&item.what, span)?,
                None => ItemKind::Group(Level::default()),
            },
            ast::ItemKind::Group(group) => ItemKind::Group(self.level(group)?),
            ast::ItemKind::Reference(name, arguments) => self.reference(name, arguments, span)?,
            ast::ItemKind::Choice(on, cases) => {
                let on = on.as_ref().map(|on| self.expression(on)).transpose()?;
                let mut made = Vec::with_capacity(cases.len());
                for case in cases {
                    let labels = match &case.labels {
                        Labels::Else => None,
                        Labels::Of(labels) => {
                            let mut of = Vec::with_capacity(labels.len());
                            for (from, to) in labels {
                                let to = to.as_ref().map(|to| self.expression(to)).transpose()?;
                                of.push((self.expression(from)?, to));
                            }
                            Some(of)
                        }
                    };
                    let level = self.level(&case.format)?;
                    made.push(Case { labels, level });
                }
                ItemKind::Choice(on, made)
            }
            ast::ItemKind::Align(n) => ItemKind::Align(Alignment::To(*n)),
            ast::ItemKind::Computed(expression) => ItemKind::Computed(self.expression(expression)?),
            ast::ItemKind::Fail(message) => ItemKind::Fail(message.clone()),
        })
    }
}

/// What comes before an array of numbers, or before bit fields, so that the native order aligns them; a single
/// number is aligned where it is read.
fn alignment(item: &Item) -> Option<Item> {
    let code = match &item.what {
        ItemKind::Code(code) if item.count.is_some() => code,
        ItemKind::Bits(code, _) => code,
        _ => return None,
    };
    let alignment = Alignment::Of(code);
    let is_followed = item.place.is_none() && item.each.is_none();
    (is_followed && alignment.of(Order::Native) > 1).then(|| Item::new(ItemKind::Align(alignment)))
}

/// The bit fields of an unnamed item with a count.
fn several_bits<'i, 't>(item: &'i ast::Item<'t>) -> Option<(&'i ast::Item<'t>, u64)> {
    match (&item.what, &item.count, &item.beyond) {
        (ast::ItemKind::Group(group), Some(ast::Count::Number(n)), None)
            if group.is_bits && item.name.is_none() =>
        {
            Some((group.items.first()?, *n))
        }
        _ => None,
    }
}

/// Whether an item takes bytes at its position in the format.
fn follows(item: &ast::Item<'_>) -> bool {
    let placed = item.beyond.as_ref().is_some_and(|b| b.place.is_some());
    !placed && !matches!(item.what, ast::ItemKind::Computed(_))
}

fn bits(
    bits: &ast::Bits<'_>,
    width: Option<u64>,
    letters: &str,
    span: Span,
) -> Result<Bits, Fault> {
    let total = sum(bits.fields.iter().map(|(.., width)| *width));
    if let Some((span, ..)) = bits.fields.iter().find(|(.., width)| *width == 0) {
        return Err(fault(*span, "a bit field has no bits", "at least 1"));
    }
    match width {
        Some(width) if total != width => {
            let message = format!("the bit fields have {total} bits, {letters} has {width}");
            return Err(fault(
                span,
                message,
                "they fill the integer, _ is reserved: _:3",
            ));
        }
        _ if total > 128 => {
            return Err(fault(span, "the bit fields have more than 128 bits", ""));
        }
        _ => {}
    }
    let fields = bits
        .fields
        .iter()
        .map(|(_, name, width)| ((*name).into(), u8::try_from(*width).unwrap_or(u8::MAX)));
    Ok(Bits {
        least_first: bits.least_first,
        fields: fields.collect(),
    })
}

fn range(span: Span) -> Range<usize> {
    span.0 as usize..span.1 as usize
}

fn fault(span: Span, message: impl Into<String>, label: impl Into<String>) -> Fault {
    Fault::new(range(span), message, label)
}
