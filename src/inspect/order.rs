//! Byte orders, where both are possible.

/// Which byte of a number comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The least significant byte first.
    Little,
    /// The most significant byte first.
    Big,
}

impl Order {
    /// `little` or `big`.
    pub const fn name(self) -> &'static str {
        match self {
            Order::Little => "little",
            Order::Big => "big",
        }
    }

    /// What comes first in a format: `<` or `>`.
    pub const fn sign(self) -> char {
        match self {
            Order::Little => '<',
            Order::Big => '>',
        }
    }
}
