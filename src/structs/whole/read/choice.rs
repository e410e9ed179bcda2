//! Which case of a choice is taken.

use super::super::compute::{equal, order};
use super::super::program::Case;
use super::Reader;
use crate::structs::ast::Expression;
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::value::Value;

impl<'p, I: Input> Reader<'p, I> {
    #[inline(never)]
    pub(in crate::structs::whole) fn choice(
        &mut self,
        on: Option<&Expression>,
        cases: &'p [Case],
        order: Order,
    ) -> Result<(), DataError> {
        match self.case(on, cases)? {
            Some(case) => self.level(&case.level, order),
            None => Ok(()),
        }
    }

    /// The case that a choice takes, if any.
    pub(in crate::structs::whole) fn case(
        &mut self,
        on: Option<&Expression>,
        cases: &'p [Case],
    ) -> Result<Option<&'p Case>, DataError> {
        let on = match on {
            Some(on) => {
                let got = self.eval(on)?;
                Some(self.value_of(&got))
            }
            None => None,
        };
        for case in cases {
            let Some(labels) = &case.labels else {
                return Ok(Some(case));
            };
            for (from, to) in labels {
                let is_taken = match &on {
                    None => self.holds(from)?,
                    // A value that isn't there takes no case but `else`.
                    Some(None) => false,
                    Some(Some(value)) => self.is_label(value, from, to.as_ref())?,
                };
                if is_taken {
                    return Ok(Some(case));
                }
            }
        }
        Ok(None)
    }

    pub(in crate::structs::whole) fn is_label(
        &mut self,
        value: &Value,
        from: &Expression,
        to: Option<&Expression>,
    ) -> Result<bool, DataError> {
        let got = self.eval(from)?;
        let Some(first) = self.value_of(&got) else {
            return Ok(false);
        };
        let Some(to) = to else {
            return Ok(equal(value, &first));
        };
        let got = self.eval(to)?;
        let last = self.value_of(&got);
        let above = order(value, &first).is_some_and(std::cmp::Ordering::is_ge);
        let below = last.and_then(|last| order(value, &last));
        Ok(above && below.is_some_and(std::cmp::Ordering::is_le))
    }
}
