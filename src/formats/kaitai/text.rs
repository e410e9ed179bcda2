//! Text in fields: its terminator and padding, and the spelling that `set` writes.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use crate::offset::Position;
use crate::tree::Spelling;
use crate::value::encoding::Encoding;
use crate::value::literal::{self, LiteralError};
use crate::value::text::trim_end;
use crate::value::{Bytes, Value};

/// The layout of text, or bytes, in a field: terminator and padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ending {
    /// `None` for bytes.
    pub(super) encoding: Option<Encoding>,
    pub(super) terminator: Option<Terminator>,
    pub(super) include: bool,
    pub(super) pad: Option<u8>,
    /// Whether the terminator is in the field and determines its length.
    pub(super) ended: bool,
}

/// A byte, or as many NULs as the encoding has for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Terminator {
    pub(super) byte: u8,
    pub(super) unit: usize,
}

impl Terminator {
    pub(super) fn bytes(self) -> Vec<u8> {
        vec![self.byte; self.unit]
    }
}

/// One of each kind, kept for the program's lifetime since fields refer to them; a description has no more kinds than
/// lines.
static SPELLINGS: LazyLock<Mutex<HashMap<Ending, &'static Ending>>> = LazyLock::new(Mutex::default);

impl Ending {
    pub(super) fn spelling(self) -> Option<&'static dyn Spelling> {
        let mut known = SPELLINGS.lock().ok()?;
        let found = known
            .entry(self)
            .or_insert_with(|| Box::leak(Box::new(self)));
        Some(*found)
    }

    /// The length of a field's value in its bytes: without padding, and without what follows the terminator.
    pub(super) fn kept(&self, bytes: &[u8]) -> usize {
        let is_pad = |pad: &u8| self.terminator.is_none_or(|end| end.byte != *pad);
        let kept = match self.pad.filter(is_pad) {
            Some(pad) => trim_end(bytes, pad),
            None => bytes,
        };
        let Some(terminator) = self.terminator else {
            return kept.len();
        };
        let (unit, terminator) = (terminator.unit, terminator.bytes());
        let found = kept
            .chunks(unit)
            .position(|chunk| chunk == terminator.as_slice());
        match found {
            Some(index) => 0usize
                .item(index, unit)
                .past(if self.include { unit } else { 0 }),
            None => kept.len(),
        }
    }

    pub(super) fn value(&self, kept: &[u8]) -> Option<Value> {
        match self.encoding {
            Some(encoding) => encoding.decode(kept).map(|text| Value::from(text.as_str())),
            None => Some(Value::Bytes(Bytes::from(kept))),
        }
    }
}

impl Spelling for Ending {
    fn is_text(&self) -> bool {
        self.encoding.is_some()
    }

    fn read(&self, bytes: &[u8]) -> Option<Value> {
        self.value(bytes.get(..self.kept(bytes))?)
    }

    fn write(&self, text: &str, width: usize) -> Result<Vec<u8>, LiteralError> {
        let mut bytes = match self.encoding {
            Some(encoding) => encoding.encode(text).ok_or_else(|| {
                let name = encoding.name();
                LiteralError::new(format!("{text:?} can't be written in {name}"))
            })?,
            None => literal::bytes(text)?,
        };
        let needs = bytes.len();
        let terminator = self.terminator.filter(|_| !self.include);
        if let Some(terminator) = terminator.filter(|_| self.ended || needs < width) {
            bytes.extend(terminator.bytes());
        }
        if bytes.len() > width {
            let needs = bytes.len();
            let message = format!("{text:?} needs {needs} bytes, the field has {width}");
            return Err(LiteralError::new(message));
        }
        let fill = self.pad.or(self.terminator.map(|_| 0));
        if bytes.len() < width {
            let Some(fill) = fill.filter(|_| !self.ended) else {
                let message =
                    format!("{text:?} has {needs} bytes, and stands in the place of {width}");
                return Err(LiteralError::new(message));
            };
            bytes.resize(width, fill);
        }
        if self.kept(&bytes) != needs {
            let message = format!("{text:?} holds what ends or fills the field");
            return Err(LiteralError::new(message));
        }
        Ok(bytes)
    }
}
