//! Which format a file has: by bytes at an offset, and by how its name ends.

use std::cmp::Reverse;
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::file::StoredFormat;
use super::known::Known;
use crate::Source;
use crate::structs::DataErrorKind;
use crate::value::literal;

/// The offset farthest from the front, or from the end, at which a rule may look: no rule reads a whole
/// stream to recognize it.
const MAX_OFFSET: u64 = 1 << 20;

/// A rule that tells files of a format from others. All that it states must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// An offset, from the end where it is negative, and the bytes that are there.
    pub constant: Option<(i64, Vec<u8>)>,
    /// How the file's name ends, in letters of either case.
    pub suffix: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    offset: Option<i64>,
    bytes: Option<String>,
    suffix: Option<String>,
}

impl RawRule {
    pub(super) fn checked(self) -> Result<Rule, String> {
        let constant = match (self.offset, self.bytes) {
            (None, None) => None,
            (Some(_), None) => return Err("an offset needs the bytes that stand there".to_owned()),
            (offset, Some(text)) => {
                let bytes = literal::bytes(&text).map_err(|e| e.to_string())?;
                Some((offset.unwrap_or(0), bytes))
            }
        };
        match &constant {
            Some((_, bytes)) if bytes.is_empty() => {
                return Err("no bytes stand everywhere: expected one at least".to_owned());
            }
            Some((offset, _)) if offset.unsigned_abs() > MAX_OFFSET => {
                return Err(format!("a rule looks no further than offset {MAX_OFFSET}"));
            }
            None if self.suffix.as_deref().unwrap_or_default().is_empty() => {
                return Err("a rule needs bytes, a suffix, or both".to_owned());
            }
            _ => {}
        }
        let suffix = self.suffix;
        Ok(Rule { constant, suffix })
    }
}

impl Rule {
    /// The evidence for the format, where the rule holds: the lengths of the bytes and of the
    /// suffix.
    fn weight(&self, source: &Source, name: Option<&Path>) -> io::Result<Option<(usize, usize)>> {
        let suffix = self.suffix.as_deref().unwrap_or_default();
        if !suffix.is_empty() && !name.is_some_and(|name| ends_with(name, suffix)) {
            return Ok(None);
        }
        let Some((offset, bytes)) = &self.constant else {
            return Ok(Some((0, suffix.len())));
        };
        let at = match u64::try_from(*offset) {
            Ok(at) => Some(at),
            Err(_) => source.size()?.checked_sub(offset.unsigned_abs()),
        };
        let Some(at) = at else { return Ok(None) };
        let found = source.read(at, bytes.len() as u64)?;
        Ok((found == *bytes).then_some((bytes.len(), suffix.len())))
    }
}

fn ends_with(name: &Path, suffix: &str) -> bool {
    let name = name.file_name().unwrap_or_default().as_encoded_bytes();
    let start = name.len().checked_sub(suffix.len());
    let end = start.and_then(|start| name.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(suffix.as_bytes()))
}

/// Bytes of a file that are read to see whether a format fits it.
const READ: u64 = 64 << 10;

impl Known {
    /// Of the formats by which the file reads, the one with the most evidence: the longest bytes, then the longest
    /// suffix, then the first by name. `name` is the file's, where it has one.
    ///
    /// Where none reads, matching bytes still tell which format was meant, so that its problems can be shown; a name
    /// alone doesn't.
    ///
    /// ```
    /// use bytewright::{Source, formats::user::Known};
    ///
    /// let known = Known::from_text(
    ///     "a.toml",
    ///     r#"
    ///     [formats.bitmap]
    ///     format = "<2s:magic I:size"
    ///     detect = [{ offset = 0, bytes = "BM" }, { suffix = ".bmp" }]
    ///     "#,
    /// )?;
    /// let found = known.detect(&Source::from(&b"BM...."[..]), None)?;
    /// assert_eq!(found.map(|format| &*format.schema.name), Some("bitmap"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn detect(
        &self,
        source: &Source,
        name: Option<&Path>,
    ) -> io::Result<Option<&StoredFormat>> {
        let mut candidates = Vec::new();
        for format in self.iter() {
            let mut most = None;
            for rule in &format.detect {
                most = most.max(rule.weight(source, name)?);
            }
            if let Some(weight) = most {
                candidates.push((weight, format));
            }
        }
        // Stable: of equal weights the first by name stays the first.
        candidates.sort_by_key(|(weight, _)| Reverse(*weight));
        for (_, format) in &candidates {
            if self.reads(format, source)? {
                return Ok(Some(format));
            }
        }
        let by_bytes = candidates.iter().find(|((bytes, _), _)| *bytes > 0);
        Ok(by_bytes.map(|(_, format)| *format))
    }

    /// Whether the file begins with a struct of the format, as far as the first window tells. A
    /// format that is wrong counts as one that reads: compiling it says what is wrong.
    fn reads(&self, format: &StoredFormat, source: &Source) -> io::Result<bool> {
        let Ok(compiled) = self.compile(&format!("%{}", format.schema.name)) else {
            return Ok(true);
        };
        let start = source.read(0, READ)?;
        let Err(error) = compiled.layout.unpack_prefix(&start) else {
            return Ok(true);
        };
        // Missing bytes may be in the rest of the file; a constant that differs stays wrong.
        let differs = matches!(error.kind(), DataErrorKind::Constant { .. });
        Ok(!differs && start.len() as u64 == READ && !source.read(READ, 1)?.is_empty())
    }
}
