//! Archives as a [`Format`], and the spelling of their numbers.

use std::io;

use super::header::checksum_field;
use super::number;
use super::tree::{is_archive, tree};
use crate::Source;
use crate::format::{Content, Edited, Fit, Follow, Format, Head};
use crate::tree::{Node, Space, Spelling};
use crate::value::{LiteralError, Value, literal};

/// Tar archives that are not compressed.
#[derive(Clone, Copy, Debug)]
pub struct Tar;

impl Format for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn suffixes(&self) -> &[&str] {
        &["tar"]
    }

    /// By the checksum of the first header.
    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(is_archive(head.start()).then_some(Fit::Checked))
    }

    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        Ok(tree(source, Space::FILE)?)
    }

    /// The checksum of every header that a change lies in.
    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        let mut follow: Vec<Follow> = Vec::new();
        for path in edited.paths() {
            let Some((header, _)) = path.rsplit_once("header.") else {
                continue;
            };
            let header = format!("{header}header");
            let path = format!("{header}.chksum");
            if follow.iter().any(|follow| follow.path == path) {
                continue;
            }
            let Some(block) = edited.node(&header)? else {
                continue;
            };
            if let Some((field, sum)) = checksum_field(&edited.bytes(block.range)?) {
                follow.push(Follow::new(path, field.to_vec(), sum.to_string()));
            }
        }
        Ok(follow)
    }
}

/// A number in octal digits, or in base 256 where these don't hold it.
#[derive(Debug)]
pub(super) struct Number;

impl Spelling for Number {
    fn read(&self, bytes: &[u8]) -> Option<Value> {
        number::parse(bytes).ok().map(Value::Int)
    }

    fn write(&self, text: &str, width: usize) -> Result<Vec<u8>, LiteralError> {
        if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) {
            let digits = text.trim_start_matches('0');
            let advice =
                format!("is {text} octal? Write 0o{digits} if it is, {digits} if it isn't");
            return Err(LiteralError::new(advice));
        }
        let value = literal::to_int(text)?;
        let too_wide = || LiteralError::new(format!("{text} does not fit into {width} bytes"));
        number::field(value, width).ok_or_else(too_wide)
    }
}
