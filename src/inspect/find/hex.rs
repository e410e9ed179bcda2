//! Hexadecimal patterns with wildcards: `42 4d ?? 0?`.

use super::PatternError;

/// A byte of a pattern: it takes what agrees with `value` in the bits of `mask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Masked {
    pub(super) value: u8,
    pub(super) mask: u8,
}

/// Digits and `?` in pairs, with white space, `,`, `:`, `-` or `_` between them and `0x` before.
pub(super) fn parse(pattern: &str) -> Result<Vec<Masked>, PatternError> {
    let wrong = |message: String| PatternError::Hex {
        pattern: pattern.to_owned(),
        message,
    };
    let mut bytes = Vec::new();
    let separator = |c: char| c.is_ascii_whitespace() || ",:-_".contains(c);
    for word in pattern.split(separator).filter(|word| !word.is_empty()) {
        let bare = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
        let mut digits = bare.unwrap_or(word).chars();
        while let Some(high) = digits.next() {
            let Some(low) = digits.next() else {
                return Err(wrong(format!(
                    "a byte is two digits, and {word:?} ends with half of one; ? stands for a digit"
                )));
            };
            let digit = |c| {
                nibble(c)
                    .ok_or_else(|| wrong(format!("{c:?} is neither a hexadecimal digit nor ?")))
            };
            let ((high, high_mask), (low, low_mask)) = (digit(high)?, digit(low)?);
            bytes.push(Masked {
                value: high << 4 | low,
                mask: high_mask << 4 | low_mask,
            });
        }
    }
    Ok(bytes)
}

/// The value of a digit, and the bits of it that count.
fn nibble(c: char) -> Option<(u8, u8)> {
    if c == '?' {
        return Some((0, 0));
    }
    let digit = c.to_digit(16)?;
    Some((u8::try_from(digit).ok()?, 0xf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_wildcards_are_read_in_every_spelling() {
        let byte = |value, mask| Masked { value, mask };
        let expected = [
            byte(0x42, 0xff),
            byte(0x40, 0xf0),
            byte(0x0d, 0x0f),
            byte(0, 0),
        ];
        for text in [
            "424??d??",
            "42 4? ?D ??",
            "0x42,0x4?:?d-??",
            " 42_4?_?d_?? ",
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn halves_and_other_letters_are_refused() {
        for text in ["4", "42 4", "4g", "é0", "0x", "4 2"] {
            let parsed = parse(text);
            assert!(parsed.is_err() || parsed.unwrap().is_empty(), "{text}");
        }
    }
}
