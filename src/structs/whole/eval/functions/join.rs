//! `join(items.text, ".")`: what several items hold, one after another.

use crate::structs::ast::{Expression, Term};
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::structs::whole::eval::{NodePlace, Operand, is_condition};
use crate::structs::whole::read::Reader;
use crate::value::Value;

/// The most bytes of a joined value.
const MAX_JOINED: u64 = 256 << 20;

impl<I: Input> Reader<'_, I> {
    /// The bytes of all values of an expression, with a separator between two of them.
    pub(super) fn join(
        &mut self,
        of: &Expression,
        separator: Option<&Expression>,
    ) -> Result<Operand, DataError> {
        let separator = match separator {
            Some(separator) => {
                let got = self.eval(separator)?;
                match self.value_of(&got) {
                    Some(Value::Bytes(separator)) => separator.to_vec(),
                    _ => return Err(DataError::other("what stands between two is text or bytes")),
                }
            }
            None => Vec::new(),
        };
        let parts = self.each(of)?;
        if parts.is_empty() {
            return Ok(Operand::Missing);
        }
        let mut joined = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                joined.extend_from_slice(&separator);
            }
            self.append(part, &mut joined)?;
        }
        self.scanned(joined.len() as u64)?;
        Ok(Operand::Value(Value::from(joined)))
    }

    fn append(&mut self, part: &Operand, joined: &mut Vec<u8>) -> Result<(), DataError> {
        match self.value_of(part) {
            Some(Value::Bytes(bytes)) => {
                self.has_room(joined, bytes.len() as u64)?;
                joined.extend_from_slice(&bytes);
            }
            Some(_) => return Err(DataError::other("only text and bytes are joined")),
            // A value that is too long to be in its node.
            None => {
                let Operand::Node(place) = part else {
                    return Ok(());
                };
                if self.index_of(place).is_some() {
                    return self.append(&Operand::Content(place.clone()), joined);
                }
                let range = match self.node(place) {
                    Some(node) if node.is_leaf() => node.range,
                    _ => return Err(DataError::other("only text and bytes are joined")),
                };
                self.has_room(joined, range.size)?;
                let bytes = self.bytes_of(range.space, range.offset, range.size);
                joined.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    /// Whether `more` bytes may be added to what is joined.
    fn has_room(&self, joined: &[u8], more: u64) -> Result<(), DataError> {
        match more > MAX_JOINED.saturating_sub(joined.len() as u64) {
            true => {
                let message = format!("more than {MAX_JOINED} bytes are joined");
                Err(DataError::other(message).at(self.at))
            }
            false => Ok(()),
        }
    }

    /// The items of an array, those of them for which a condition holds, or a field of each.
    fn each(&mut self, of: &Expression) -> Result<Vec<Operand>, DataError> {
        self.step()?;
        match &of.term {
            Term::Member(of, name) => {
                let mut fields = Vec::new();
                for item in self.each(of)? {
                    self.step()?;
                    match self.member(&item, name) {
                        Operand::Missing => {}
                        Operand::Content(place) => {
                            if let Some(index) = self.index_of(&place) {
                                self.decode(index)?;
                            }
                            fields.push(Operand::Content(place));
                        }
                        field => fields.push(field),
                    }
                }
                Ok(fields)
            }
            Term::Item(of, condition) if is_condition(condition) => {
                let mut fitting = Vec::new();
                for item in self.each(of)? {
                    let Operand::Node(place) = item else { continue };
                    self.selected.push(place.clone());
                    let holds = self.holds_for_selected(condition);
                    self.selected.pop();
                    if holds? {
                        fitting.push(Operand::Node(place));
                    }
                }
                Ok(fitting)
            }
            _ => {
                let got = self.eval(of)?;
                Ok(match &got {
                    Operand::Missing => Vec::new(),
                    Operand::Node(place) if self.is_array_at(place) => {
                        (0..self.children(place).len())
                            .map(|index| {
                                let mut place = place.clone();
                                place.path.push(u32::try_from(index).unwrap_or(u32::MAX));
                                Operand::Node(place)
                            })
                            .collect()
                    }
                    _ => match self.value_of(&got) {
                        Some(Value::List(items)) => items.into_iter().map(Operand::Value).collect(),
                        _ => vec![got],
                    },
                })
            }
        }
    }

    /// Whether a place is an array, also the one that is being read.
    fn is_array_at(&self, place: &NodePlace) -> bool {
        self.node(place).is_none_or(crate::tree::Node::is_array)
    }
}
