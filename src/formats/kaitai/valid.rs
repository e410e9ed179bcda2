//! Checking values by `valid` and `contents`.

use std::cmp::Ordering;

use super::fault::{Fault, INVALID};
use super::read::{Environment, Reader};
use super::spec::Valid;
use super::values::{Val, equal, order};

impl<'p> Reader<'p> {
    /// Checks a value by `valid`.
    pub(super) fn check_valid(
        &mut self,
        around: &Environment,
        valid: &'p Valid,
        value: &Val,
    ) -> Result<(), Fault> {
        // The result of a custom process can't be checked.
        if matches!(value, Val::Unmade(_)) {
            return Ok(());
        }
        let found = self.at_hand(value.clone())?;
        let wrong = |expected: String| {
            let message = format!("expected {expected}, found {}", found.shown());
            Err(Fault::new(INVALID, message))
        };
        match valid {
            Valid::Equal(expected) => {
                let expected = self.eval(around, expected)?;
                let expected = self.at_hand(expected)?;
                match equal(&found, &expected) {
                    true => Ok(()),
                    false => wrong(expected.shown()),
                }
            }
            Valid::Between(least, most) => {
                for (bound, is_least) in [(least, true), (most, false)] {
                    let Some(bound) = bound else { continue };
                    let bound = self.eval(around, bound)?;
                    let bound = self.at_hand(bound)?;
                    let order = order(&found, &bound)?;
                    if is_least && order.is_none_or(Ordering::is_lt) {
                        return wrong(format!("at least {}", bound.shown()));
                    }
                    if !is_least && order.is_none_or(Ordering::is_gt) {
                        return wrong(format!("at most {}", bound.shown()));
                    }
                }
                Ok(())
            }
            Valid::AnyOf(all) => {
                let mut shown = Vec::new();
                for one in all {
                    let one = self.eval(around, one)?;
                    let one = self.at_hand(one)?;
                    if equal(&found, &one) {
                        return Ok(());
                    }
                    shown.push(one.shown());
                }
                shown.truncate(16);
                wrong(format!("one of {}", shown.join(", ")))
            }
            Valid::Holds(condition) => match self.truth(around, condition)? {
                true => Ok(()),
                false => wrong("what the condition of valid holds for".to_owned()),
            },
            Valid::InEnum => match &found {
                Val::Enum(id, n) => {
                    let of = self.spec.enums.get(*id);
                    match of.is_some_and(|of| of.members.contains_key(n)) {
                        true => Ok(()),
                        false => {
                            let name = of.map(|of| of.name.clone()).unwrap_or_default();
                            wrong(format!("a member of {name}"))
                        }
                    }
                }
                _ => Ok(()),
            },
        }
    }
}
