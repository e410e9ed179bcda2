//! The codes of problems: tables, one for each format.

use super::{Problem, Range, Severity};

/// A code of problems, with what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Code {
    /// A letter and a number, stable: `B003`.
    pub code: &'static str,
    /// How much such a problem weighs, as a rule.
    pub severity: Severity,
    /// What is wrong, in a line.
    pub meaning: &'static str,
}

impl Code {
    /// A code with what it says.
    pub const fn new(code: &'static str, severity: Severity, meaning: &'static str) -> Code {
        Code {
            code,
            severity,
            meaning,
        }
    }

    /// The code with another severity than that of the table.
    #[must_use]
    pub const fn weighing(self, severity: Severity) -> Code {
        Code { severity, ..self }
    }

    /// A problem with this code.
    pub fn problem(&self, range: Range, message: impl Into<String>) -> Problem {
        Problem::new(self.code, self.severity, range, message)
    }
}

/// A table of codes: a constant for each row, by the name of its code, and a slice of all of them.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $table_vis:vis table $table:ident;
        $row_vis:vis rows;
        $($code:ident $severity:ident $meaning:literal;)*
    ) => {
        $(
            $row_vis const $code: $crate::tree::Code = $crate::tree::Code::new(
                stringify!($code),
                $crate::tree::Severity::$severity,
                $meaning,
            );
        )*

        $(#[$doc])*
        $table_vis const $table: &[$crate::tree::Code] = &[$($code),*];
    };
}

pub(crate) use codes;
