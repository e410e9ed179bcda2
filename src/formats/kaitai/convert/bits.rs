//! Fields of bits: those in a row are the bit fields of integers.

use std::fmt::Write as _;

use super::super::spec::{Content, Field, Kind, KindOf, Repeat, TypeId};
use super::Level;
use crate::offset::{Position, Tally};

/// The most bits of one integer.
const MAX_BITS: u32 = 128;

impl Level<'_, '_> {
    /// Writes the fields of bits from a field of `seq` on; answers how many these are.
    pub(super) fn bits(&mut self, index: usize) -> Result<usize, String> {
        let mut taken = 0usize;
        let mut run: Vec<(String, u32)> = Vec::new();
        let mut total = 0u32;
        let mut first = None;
        for field in self.of.seq.iter().skip(index) {
            let Some((count, little)) = bits_of(field) else {
                break;
            };
            let little = little.unwrap_or(self.of.bits_little);
            if *first.get_or_insert(little) != little {
                if total > 0 {
                    return Err("bits of both directions stand in one byte".to_owned());
                }
                first = Some(little);
            }
            if field.condition.is_some() || !matches!(field.repeat, Repeat::Once) {
                return Err("bits that are repeated or conditional have no bit fields".to_owned());
            }
            taken.tally(1);
            if count == 0 {
                return Err("a bit field has at least one bit".to_owned());
            }
            run.push((field.name.to_string(), u32::from(count)));
            total.tally(u32::from(count));
            if total.is_multiple_of(8) {
                self.run(&mut run, &mut total, little)?;
            }
        }
        if total > 0 {
            let next = self.of.seq.get(index.past(taken));
            if next.is_some_and(|field| self.begins_with_bits(field, 0))
                || (next.is_none() && self.id != self.converter.root)
            {
                return Err("bits of two types stand in one byte".to_owned());
            }
            self.within_byte = true;
            let rest = total.next_multiple_of(8).since(total);
            run.push(("_".to_owned(), rest));
            total.tally(rest);
            self.run(&mut run, &mut total, first.unwrap_or(false))?;
        }
        for field in self.of.seq.iter().skip(index).take(taken) {
            self.meaning(field, field.name.to_string());
            self.checks(field)?;
        }
        Ok(taken)
    }

    fn run(
        &mut self,
        run: &mut Vec<(String, u32)>,
        total: &mut u32,
        little: bool,
    ) -> Result<(), String> {
        if *total > MAX_BITS {
            return Err(format!("more than {MAX_BITS} bits stand in one number"));
        }
        let order = if little { '<' } else { '>' };
        let code = match *total {
            8 => "B".to_owned(),
            16 => "H".to_owned(),
            32 => "I".to_owned(),
            64 => "Q".to_owned(),
            bits => format!("{}U", bits / 8),
        };
        let mut item = format!("{code}{{");
        if *total == 8 {
            item.push(order);
        }
        for (i, (name, count)) in run.drain(..).enumerate() {
            let _ = write!(item, "{}{name}:{count}", if i > 0 { " " } else { "" });
        }
        item.push('}');
        let order = (*total > 8).then_some(little);
        self.out.push(self.ordered(order, &item));
        *total = 0;
        Ok(())
    }

    /// Whether a field goes on in the byte where bits before it end.
    fn begins_with_bits(&self, field: &Field, depth: usize) -> bool {
        let Content::Read(shape) = &field.content else {
            return false;
        };
        let of = |id: &TypeId| self.converter.spec.types.get(*id);
        let begins = |kind: &Kind| match kind {
            Kind::Bits { .. } => true,
            // Too deep to be searched: it may.
            Kind::Object(..) if depth > 16 => true,
            Kind::Object(id, _) => of(id)
                .and_then(|of| of.seq.first())
                .is_some_and(|first| self.begins_with_bits(first, depth.past(1))),
            _ => false,
        };
        match &shape.kind {
            KindOf::One(kind) => begins(kind),
            KindOf::Switch(_, cases) => cases.iter().any(|case| begins(&case.kind)),
        }
    }
}

/// The bits of a field, where it is nothing else.
fn bits_of(field: &Field) -> Option<(u8, Option<bool>)> {
    match &field.content {
        Content::Read(shape) => match &shape.kind {
            KindOf::One(Kind::Bits { count, little }) => Some((*count, *little)),
            _ => None,
        },
        Content::Computed(_) => None,
    }
}
