//! Functions of expressions: lengths, sums, searches.

mod join;

use super::super::compute::overflow;
use super::super::read::Reader;
use super::Operand;
use crate::offset::Tally;
use crate::structs::ast::{Expression, Function};
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::value::Value;

impl<I: Input> Reader<'_, I> {
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &[Expression],
    ) -> Result<Operand, DataError> {
        let Some(first) = arguments.first() else {
            return Err(DataError::other("a function has no arguments"));
        };
        if function == Function::Len
            && let Operand::Content(place) = self.found(first)?
        {
            let mut size = 0u64;
            if let Some(index) = self.index_of(&place) {
                self.each_part(index, |part| size.tally(part.len() as u64))?;
            }
            return Ok(Operand::Value(Value::Int(i128::from(size))));
        }
        if function == Function::Join {
            return self.join(first, arguments.get(1));
        }
        let got = self.eval(first)?;
        if let Operand::Missing = got {
            return Ok(Operand::Missing);
        }
        let value = self.value_of(&got);
        let number = match function {
            Function::Len => match (&value, &got) {
                (Some(Value::List(items)), _) => items.len() as u64,
                (Some(Value::Bytes(_)), Operand::Node(place)) => {
                    self.node(place).map_or(0, |node| node.range.size)
                }
                (Some(Value::Bytes(bytes)), _) => bytes.len() as u64,
                (None, Operand::Node(place)) => {
                    let is_array = self.node(place).is_none_or(|node| node.is_array());
                    match is_array {
                        true => self.children(place).len() as u64,
                        false => self.node(place).map_or(0, |node| node.range.size),
                    }
                }
                _ => return Err(DataError::other("a number has no length")),
            },
            Function::Sum => {
                let items: Vec<i128> = match (&value, &got) {
                    (Some(Value::List(items)), _) => {
                        items.iter().filter_map(Value::as_int).collect()
                    }
                    (Some(Value::Bytes(bytes)), _) => {
                        bytes.iter().map(|b| i128::from(*b)).collect()
                    }
                    (None, Operand::Node(place)) => {
                        let children = self.children(place).iter();
                        children
                            .filter_map(|node| node.value.as_ref()?.as_int())
                            .collect()
                    }
                    _ => return Err(DataError::other("a number has no sum")),
                };
                let sum = items.iter().try_fold(0i128, |sum, n| sum.checked_add(*n));
                return Ok(Operand::Value(Value::Int(sum.ok_or_else(overflow)?)));
            }
            // `join` was handled above.
            Function::Join => return Ok(Operand::Missing),
            Function::Find | Function::FindLast => {
                let needle = match &value {
                    Some(Value::Bytes(bytes)) if !bytes.is_empty() => bytes.to_vec(),
                    _ => return Err(DataError::other("a search wants text or bytes")),
                };
                let within = match arguments.get(1) {
                    Some(within) => self.number(within, "length of a search")?,
                    None => u64::MAX,
                };
                return self.search(function, &needle, within);
            }
        };
        Ok(Operand::Value(Value::Int(i128::from(number))))
    }
}
