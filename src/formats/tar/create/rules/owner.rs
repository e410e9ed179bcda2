//! Owners and groups as people write them.

use std::collections::HashMap;

use super::RuleError;

/// An owner or a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Owner {
    pub(super) number: u64,
    /// Empty for one that goes by its number.
    pub(super) name: Vec<u8>,
}

impl Owner {
    /// `NAME:NUMBER`, `NUMBER`, or a `NAME` of this system.
    pub(super) fn parse(
        rule: &'static str,
        text: &str,
        known: &HashMap<u64, Vec<u8>>,
    ) -> Result<Owner, RuleError> {
        let wrong = |reason: &str| RuleError::new(rule, text, reason);
        if let Some((name, number)) = text.split_once(':') {
            let number = number.parse();
            let number = number.map_err(|_| wrong("expected a number after the colon"))?;
            let name = name.as_bytes().to_vec();
            return Ok(Owner { number, name });
        }
        if let Ok(number) = text.parse() {
            let name = known.get(&number).cloned().unwrap_or_default();
            return Ok(Owner { number, name });
        }
        // Several numbers may have one name: the lowest doesn't depend on the order of a map.
        let numbers = known.iter().filter(|(_, name)| **name == text.as_bytes());
        let number = numbers.map(|(number, _)| *number).min();
        let number =
            number.ok_or_else(|| wrong("this system has no number for it; write NAME:NUMBER"))?;
        let name = text.as_bytes().to_vec();
        Ok(Owner { number, name })
    }

    pub(super) fn forget_name(&mut self) {
        self.name.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_number_belong_together() {
        let known = HashMap::from([(0, b"root".to_vec()), (7, b"me".to_vec())]);
        for (text, number, name) in [
            ("root", 0, "root"),
            ("me", 7, "me"),
            ("7", 7, "me"),
            ("8", 8, ""),
            ("you:9", 9, "you"),
            (":9", 9, ""),
            ("me:4294967296", 1 << 32, "me"),
        ] {
            let owner = Owner::parse("owner", text, &known).unwrap();
            let name = name.as_bytes().to_vec();
            assert_eq!(owner, Owner { number, name }, "{text}");
        }
        for text in ["you", "", "me:", "me:you", "-1", "1.5"] {
            let error = Owner::parse("group", text, &known).unwrap_err().to_string();
            assert!(error.starts_with("the group "), "{error}");
        }
    }
}
