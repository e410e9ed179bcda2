//! Fields with a value.

use super::super::compute::equal;
use super::super::encode;
use super::super::kinds::Kind;
use super::super::program::{Constant, Count, FieldContent, Item, ItemKind};
use super::super::read::{Reader, constant_value, scalar};
use super::LevelValues;
use super::output::Output;
use crate::offset::Position;
use crate::structs::code::{self, Order};
use crate::structs::constant::same;
use crate::structs::error::{DataError, DataErrorKind};
use crate::structs::plan::Scalar;
use crate::tree::{Node, Role};
use crate::value::Value;
use crate::value::plain::{as_written, from_raw_text};

impl<'p> Reader<'p, Output> {
    /// A field with a value, or a region.
    #[inline(never)]
    pub(in crate::structs::whole) fn write_leaf(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        match &item.what {
            ItemKind::Bits(..) | ItemKind::Wide { bits: Some(_), .. } => {
                let record = encode::group(value)?;
                return self.write_bits(item, order, record.as_deref());
            }
            ItemKind::Code(code) => {
                let align = order
                    .size_and_alignment(code)
                    .map_or(1, |(_, align)| u64::from(align));
                let from = self.at.since(self.file.0);
                let to = match item.place {
                    None => from.checked_next_multiple_of(align).unwrap_or(from),
                    Some(_) => from,
                };
                self.write_padding("padding", to.since(from))?;
                if code.kind == code::Kind::Pad {
                    return self.write_pad_bytes(item);
                }
                if let FieldContent::Inside(what) = &item.is
                    && !item.codecs.is_empty()
                {
                    return self.write_coded(item, what, order, value);
                }
                if let FieldContent::Inside(what) = &item.is
                    && !is_bytes(item, value)?
                {
                    let record = encode::group(value)?;
                    let given = LevelValues {
                        record: record.as_deref(),
                    };
                    return self.write_region(item, what, order, given, true);
                }
            }
            _ => {}
        }
        self.write_value(item, order, value)
    }

    fn write_pad_bytes(&mut self, item: &'p Item) -> Result<(), DataError> {
        let size = match &item.count {
            None => 1,
            Some(Count::Number(n)) => *n,
            Some(Count::Computed(expression)) => self.number(expression, "length")?,
            // Only the base has a size for it.
            Some(_) => self.base_padding().map_or(0, |range| range.size),
        };
        let name = item.name.as_deref().unwrap_or("padding").to_owned();
        self.write_padding(&name, size)
    }

    /// A field that is no group, where it begins.
    fn write_value(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        let start = self.at;
        let width = match &item.count {
            Some(Count::Number(n)) => Some(*n),
            None => match &item.what {
                ItemKind::Code(code)
                    if matches!(code.kind, code::Kind::Bytes | code::Kind::Pascal) =>
                {
                    Some(1)
                }
                _ => None,
            },
            _ => None,
        };
        let value = value.map(|value| encode::plain(value, item)).transpose()?;
        let value = value.map(|value| encode::of_bytes(value, item));
        let is_given = value.is_some();
        let value = self.value_to_write(item, value, width)?;
        let name = self.name(item);
        // The bytes of the base are kept where they have the same value.
        let kept = self.kept(&name, value.as_ref());
        let (bytes, yielded) = match kept {
            Some(bytes) => {
                let yielded = self.content_of_base(&name);
                if let Some(Count::Computed(expression)) = &item.count
                    && matches!(&item.what, ItemKind::Code(code) if code.kind == code::Kind::Bytes)
                {
                    self.settle(expression, bytes.len() as u64, "length")?;
                }
                (bytes, yielded)
            }
            None => self.value_bytes(item, order, value.as_ref(), width)?,
        };
        self.put(&bytes)?;
        let mut node = Node::new(name, self.range(start));
        node.value = match value.as_ref().and_then(from_raw_text) {
            Some(bytes) => Some(Value::from(bytes)),
            None => value,
        };
        if !item.codecs.is_empty() {
            node.role = Role::Data;
            node.content = self.add_content(start, yielded.unwrap_or_default());
        }
        if let FieldContent::Computed(_) | FieldContent::Check(_) = &item.is {
            if !is_given && node.value.is_none() {
                node.value = Some(Value::Int(0));
            }
            self.defer(item, order, true);
        }
        self.push(node)
    }

    /// The value of a field: the given one, the constant, or a computed one; `None` where it isn't known yet.
    fn value_to_write(
        &mut self,
        item: &'p Item,
        given: Option<Value>,
        width: Option<u64>,
    ) -> Result<Option<Value>, DataError> {
        let start = self.at;
        let stated = match &item.is {
            FieldContent::Constant(constant) => Some(constant_value(constant)),
            _ => None,
        };
        match (given, stated) {
            (Some(value), Some(stated)) if !(equal(&stated, &value) || same(&stated, &value)) => {
                let kind = DataErrorKind::Constant {
                    expected: stated.to_string(),
                    found: value.to_string(),
                };
                Err(DataError::new(kind))
            }
            (Some(value), _) => Ok(Some(value)),
            (None, Some(stated)) => Ok(Some(stated)),
            (None, None) => match (item.is_integer(), &item.is) {
                (true, _) => Ok(self.open(start, None)),
                // A digest is computed at the end of its level; until then it is zeros.
                (false, FieldContent::Check(check)) => {
                    let size = check.function.digest_size().unwrap_or(0);
                    let most = width.and_then(|width| usize::try_from(width).ok());
                    let size = size.min(most.unwrap_or(size));
                    let zeros = || Value::from(vec![0; size]);
                    Ok(Some(self.open(start, None).unwrap_or_else(zeros)))
                }
                (false, _) => Err(DataError::new(DataErrorKind::Name(
                    "a value is missing".to_owned(),
                ))),
            },
        }
    }

    /// The bytes of a value, and the content of a coded one.
    fn value_bytes(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
        width: Option<u64>,
    ) -> Result<(Vec<u8>, Option<Vec<u8>>), DataError> {
        let value = value.cloned().unwrap_or(Value::Int(0));
        let raw = item.given(value.clone(), width, order.is_little());
        let mut raw = match item.is {
            // A constant is the decoded value of the field, or the bytes themselves where that doesn't fit.
            FieldContent::Constant(Constant::Text(_)) => {
                raw.ok().filter(|raw| fits(raw, width)).unwrap_or(value)
            }
            _ => raw?,
        };
        let mut yielded = None;
        if !item.codecs.is_empty() {
            let content = encode::bytes(&raw)?.to_vec();
            raw = Value::from(self.coded_bytes(item, &content)?);
            yielded = Some(content);
        }
        Ok((self.encoded(item, order, &raw, width)?, yielded))
    }

    /// The bytes of the base's field of that name, where it has the same value.
    pub(in crate::structs::whole) fn kept(
        &self,
        name: &str,
        value: Option<&Value>,
    ) -> Option<Vec<u8>> {
        let node = self.base_of(name)?;
        let same = node.value.as_ref()? == value?;
        let bytes = self.input.bytes_of_base(node.range)?;
        same.then(|| bytes.to_vec())
    }

    pub(in crate::structs::whole) fn encoded(
        &mut self,
        item: &'p Item,
        order: Order,
        raw: &Value,
        width: Option<u64>,
    ) -> Result<Vec<u8>, DataError> {
        Ok(match &item.what {
            ItemKind::Code(code) if code.kind == code::Kind::Bytes => {
                let mut bytes = encode::bytes(raw)?.to_vec();
                let kinds = &item.kinds;
                let is_text = kinds.iter().any(|kind| matches!(kind, Kind::Text(_)));
                let most = match width {
                    Some(width) => Some(width),
                    // Text is read without the NULs that fill it up.
                    None if is_text && item.codecs.is_empty() => {
                        let stated = self.stated_length(item)?;
                        stated.filter(|stated| *stated > bytes.len() as u64)
                    }
                    None => None,
                };
                self.fill_up(&mut bytes, most, 0)?;
                self.settle_length(item, &bytes)?;
                bytes
            }
            ItemKind::Code(code) if code.kind == code::Kind::Pascal => {
                let content = encode::bytes(raw)?;
                let most = match width {
                    Some(width) => Some(width),
                    None => self.stated_length(item)?,
                };
                // A field of no bytes has no length in it.
                if most == Some(0) && content.is_empty() {
                    return Ok(Vec::new());
                }
                let mut bytes = vec![
                    u8::try_from(content.len())
                        .map_err(|_| DataError::other("a p holds at most 255 bytes"))?,
                ];
                bytes.extend_from_slice(content);
                self.fill_up(&mut bytes, most, 1)?;
                self.settle_length(item, &bytes)?;
                bytes
            }
            ItemKind::Code(code) if code.kind == code::Kind::CString => {
                let unit = match item.kinds.first() {
                    Some(Kind::Text(encoding)) => encoding.unit(),
                    _ => 1,
                };
                let mut bytes = encode::bytes(raw)?.to_vec();
                if bytes.chunks(unit).any(|unit| unit.iter().all(|b| *b == 0)) {
                    return Err(DataError::other(
                        "a z ends at the first NUL and can't hold one",
                    ));
                }
                bytes.extend(std::iter::repeat_n(0, unit));
                bytes
            }
            ItemKind::Until(end) => {
                let mut bytes = encode::bytes(raw)?.to_vec();
                if memchr::memmem::find(&bytes, end).is_some() {
                    return Err(DataError::other("the text holds the bytes that end it"));
                }
                bytes.extend_from_slice(end);
                bytes
            }
            ItemKind::Base128 { signed } => {
                encode::base128(raw, *signed, item.kinds.contains(&Kind::Sqlite))?
            }
            ItemKind::Wide { signed, .. } => {
                let scalar = self.wide(item, *signed, order.is_little())?;
                let mut bytes = Vec::new();
                scalar.write(raw, &mut bytes)?;
                bytes
            }
            ItemKind::Code(code) => encode::code(code, scalar(code, order), raw)?,
            _ => Vec::new(),
        })
    }

    /// The length of a field, where it is computed from given values.
    fn stated_length(&mut self, item: &'p Item) -> Result<Option<u64>, DataError> {
        match &item.count {
            Some(Count::Computed(expression)) if !self.has_open(expression)? => {
                let got = self.eval(expression)?;
                Ok(self.value_of(&got).and_then(|value| value.as_u64()))
            }
            _ => Ok(None),
        }
    }

    /// Computes the fields that a length depends on from the length.
    fn settle_length(&mut self, item: &'p Item, bytes: &[u8]) -> Result<(), DataError> {
        match &item.count {
            Some(Count::Computed(expression)) => {
                self.settle(expression, bytes.len() as u64, "length")
            }
            _ => Ok(()),
        }
    }

    /// Fills bytes up with zeros to the length of their field; `lead` of them state the length of the others.
    fn fill_up(
        &mut self,
        bytes: &mut Vec<u8>,
        most: Option<u64>,
        of_length: u64,
    ) -> Result<(), DataError> {
        let Some(most) = most else {
            return Ok(());
        };
        let len = bytes.len() as u64;
        if len > most {
            let kind = DataErrorKind::Count {
                expected: format!("at most {} bytes", most.saturating_sub(of_length)),
                found: len.since(of_length),
            };
            return Err(DataError::new(kind));
        }
        self.fill(most.since(len))?;
        bytes.resize(usize::try_from(most).unwrap_or(0), 0);
        Ok(())
    }

    pub(in crate::structs::whole) fn wide(
        &mut self,
        item: &'p Item,
        signed: bool,
        little: bool,
    ) -> Result<Scalar, DataError> {
        let size = match &item.count {
            Some(count) => self.times(count, "size")?.unwrap_or(0),
            None => 0,
        };
        match u8::try_from(size) {
            Ok(size @ 1..=16) => Ok(Scalar {
                letters: if signed { "u" } else { "U" },
                kind: code::Kind::Int { signed },
                size,
                little,
                native: false,
            }),
            _ => Err(DataError::other(format!(
                "an integer has 1 to 16 bytes, not {size}"
            ))),
        }
    }
}

impl Item {
    /// The value of the file for one of its kinds.
    fn given(&self, value: Value, width: Option<u64>, little: bool) -> Result<Value, DataError> {
        let mut kinds = self.kinds.iter().rev();
        kinds.try_fold(value, |raw, kind| kind.give(raw, width, little))
    }
}

/// Whether bytes fit a field of that width.
fn fits(value: &Value, width: Option<u64>) -> bool {
    let bytes = value.as_bytes().map_or(0, |bytes| bytes.len() as u64);
    width.is_none_or(|width| bytes <= width)
}

/// Whether bytes are given for a field that may have a content.
fn is_bytes(item: &Item, value: Option<&Value>) -> Result<bool, DataError> {
    let Some(value) = value.filter(|_| item.may_fail) else {
        return Ok(false);
    };
    match as_written(value) {
        Some((_, Some(_))) => Ok(false),
        _ => Ok(encode::plain(value, item)?.as_bytes().is_some()),
    }
}
