//! Errors of data while they are read.

use super::values::Span;
use crate::format::Code;
use crate::tree::Severity;

pub(super) const END: Code = Code::new("K001", Severity::Error, "the data end before a field does");
pub(super) const INVALID: Code = Code::new(
    "K002",
    Severity::Error,
    "a field isn't what contents or valid says",
);
pub(super) const EXPRESSION: Code = Code::new(
    "K003",
    Severity::Error,
    "an expression of the description can't be computed",
);
pub(super) const PROCESS: Code = Code::new(
    "K004",
    Severity::Error,
    "bytes can't be processed as the description says",
);
pub(super) const TEXT: Code =
    Code::new("K005", Severity::Error, "bytes are no text of the encoding");
pub(super) const LIMIT: Code = Code::new(
    "K006",
    Severity::Error,
    "the description asks for more than a file of this size bears",
);
pub(super) const CLOSED: Code = Code::new(
    "K007",
    Severity::Note,
    "instances lead back to where they come from, or too deep, and are not followed",
);

pub(super) const UNMADE: Code = Code::new(
    "K008",
    Severity::Warning,
    "bytes are processed by a program of one's own, which isn't run",
);

pub(super) const CODES: [Code; 8] = [
    END, INVALID, EXPRESSION, PROCESS, TEXT, LIMIT, CLOSED, UNMADE,
];

/// Why a field can't be read.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
    /// The bytes that it is about; the current position where `None`.
    pub(super) at: Option<Span>,
    /// Whether it is in the tree already, at the node where it occurred.
    pub(super) told: bool,
}

impl Fault {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Fault {
        Fault {
            code,
            message: message.into(),
            at: None,
            told: false,
        }
    }

    /// The result of a custom process is needed.
    pub(super) fn unmade(process: &str) -> Fault {
        let message = format!("this needs what the process {process} makes, which isn't run");
        Fault::new(UNMADE, message)
    }

    /// Bytes that aren't there.
    pub(super) fn end(wanted: u64, left: u64, rest: Span) -> Fault {
        let message = format!("needs {wanted} bytes, {left} are left");
        Fault {
            at: Some(rest),
            ..Fault::new(END, message)
        }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Fault {
        Fault::new(EXPRESSION, message)
    }
}
