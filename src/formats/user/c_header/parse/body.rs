//! What is in braces: members of structs and unions, and constants of enumerations.

use super::super::layout::{Member, Packing, layout};
use super::super::tokens::Word;
use super::super::types::{Kind, Type, of_keywords};
use super::{MAX_DEPTH, Parser, Wrong};

use crate::offset::Position;

impl<'t> Parser<'t> {
    pub(super) fn structure(&mut self, depth: usize) -> Result<Type, Wrong> {
        let line = self.line();
        if depth > MAX_DEPTH {
            return Err((
                line,
                format!("structs stand in one another more than {MAX_DEPTH} deep"),
            ));
        }
        let mut packing = Packing {
            most: self.pack,
            ..Packing::default()
        };
        self.attributes(&mut packing)?;
        let tag = self.name();
        if !self.takes("{") {
            let tag = tag.unwrap_or_default();
            let known = self.tags.get(tag).cloned();
            // A pointer to a struct needs no more than its name.
            let void = of_keywords(&["void"]).ok_or((line, String::new()))?;
            return match (known, self.peek()) {
                (Some(known), _) => Ok(known),
                (None, Some(Word::Sign("*" | ";"))) => Ok(void),
                (None, _) => Err((line, format!("struct {tag} is not known"))),
            };
        }
        let mut members = Vec::new();
        while !self.takes("}") {
            if self.peek().is_none() {
                return Err((line, "the struct doesn't end".to_owned()));
            }
            if self.takes("static_assert") || self.takes("_Static_assert") {
                self.skip();
                continue;
            }
            self.members(depth, tag, &mut members)?;
        }
        self.attributes(&mut packing)?;
        let name = tag.map(str::to_owned);
        if let Some(name) = &name {
            self.names.insert(name.clone());
        }
        let made = layout(name, &members, packing, &self.found.structs)?;
        let of = Type {
            kind: Kind::Struct(self.found.structs.len()),
            size: made.size,
            align: made.align,
            dims: Vec::new(),
        };
        self.found.structs.push(made);
        if let Some(tag) = tag {
            self.tags.insert(tag.to_owned(), of.clone());
        }
        Ok(of)
    }

    /// The members of one declaration.
    fn members(
        &mut self,
        depth: usize,
        tag: Option<&str>,
        into: &mut Vec<Member>,
    ) -> Result<(), Wrong> {
        let of = self.specifiers(depth.past(1))?;
        if matches!(of.kind, Kind::Struct(_)) && self.takes(";") {
            into.push(Member {
                line: self.line(),
                name: None,
                of,
                dims: Vec::new(),
                is_flexible: false,
                bits: None,
                align: None,
                packed: false,
            });
            return Ok(());
        }
        loop {
            let _ = self.peek();
            let line = self.line();
            let (name, dims, of) = self.declarator(of.clone())?;
            let bits = match self.takes(":") {
                true => Some(
                    u64::try_from(self.constant()?)
                        .map_err(|_| (line, "a width is below 0".to_owned()))?,
                ),
                false => None,
            };
            let mut own = Packing::default();
            self.attributes(&mut own)?;
            if name.is_none() && bits.is_none() {
                return Err((line, "a name is expected here".to_owned()));
            }
            // A struct without a name is called after the member.
            if let (Kind::Struct(index), Some(name)) = (&of.kind, name)
                && let Some(made) = self.found.structs.get_mut(*index)
                && made.name.is_none()
            {
                let mut full = format!("{}_{name}", tag.unwrap_or("struct"));
                while !self.names.insert(full.clone()) {
                    full.push('_');
                }
                made.name = Some(full);
            }
            let mut dims = [dims, of.dims.clone()].concat();
            let is_flexible = dims.first() == Some(&0);
            if is_flexible {
                dims.remove(0);
            }
            if is_flexible
                && !matches!(
                    self.words.get(self.at.past(1)).map(|t| &t.word),
                    Some(Word::Sign("}"))
                )
            {
                return Err((line, "an array without a length stands last".to_owned()));
            }
            into.push(Member {
                line,
                name: name.map(str::to_owned),
                of,
                dims,
                is_flexible,
                bits,
                align: own.least,
                packed: own.packed,
            });
            if self.takes(";") {
                return Ok(());
            }
            self.wanted(",")?;
        }
    }

    pub(super) fn enumeration(&mut self) -> Result<Type, Wrong> {
        let line = self.line();
        let mut packing = Packing::default();
        self.attributes(&mut packing)?;
        let tag = self.name();
        if !self.takes("{") {
            let tag = tag.unwrap_or_default();
            let known = self.tags.get(&format!("enum {tag}")).cloned();
            return known.ok_or_else(|| (line, format!("enum {tag} is not known")));
        }
        let (mut members, mut next) = (Vec::new(), 0i128);
        while !self.takes("}") {
            let line = self.line();
            let name = self
                .name()
                .ok_or((line, "a name is expected here".to_owned()))?;
            let value = match self.takes("=") {
                true => self.constant()?,
                false => next,
            };
            next = value.saturating_add(1);
            self.constants.insert(name.to_owned(), value);
            members.push((name.to_owned(), value));
            let _ = self.takes(",");
        }
        self.attributes(&mut packing)?;
        let is_negative = members.iter().any(|(_, value)| *value < 0);
        let (least, most) = match is_negative {
            true => (i128::from(i32::MIN), i128::from(i32::MAX)),
            false => (0, i128::from(u32::MAX)),
        };
        let fits = members
            .iter()
            .all(|(_, value)| (least..=most).contains(value));
        if !fits || packing.packed {
            return Err((
                line,
                "enums of another size than 4 bytes are not read".to_owned(),
            ));
        }
        let code = if is_negative { "i" } else { "I" };
        let of = Type {
            kind: Kind::Enum(self.found.enums.len(), code),
            ..Type::code(code, 4)
        };
        self.found.enums.push(members);
        if let Some(tag) = tag {
            self.tags.insert(format!("enum {tag}"), of.clone());
        }
        Ok(of)
    }
}
