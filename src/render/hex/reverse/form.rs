//! How the digits of a dump are to be read, where its lines can be read in several ways.
//!
//! `xxd -e` and `xxd -b` write lines that could be those of `xxd` as well; the text at the right
//! tells them apart. Offsets of `xxd -d` and `od` are decimal or octal; the lengths of the lines
//! tell that.

use super::line::Row;

/// What the groups of digits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Hexadecimal, from left to right.
    Hex,
    /// Hexadecimal, each group from right to left: `xxd -e`.
    Little,
    /// Binary: `xxd -b`.
    Bits,
}

impl Form {
    const ALL: [Form; 3] = [Form::Hex, Form::Little, Form::Bits];

    /// The bytes of a row; `None` where it isn't one of this form.
    pub(super) fn bytes(self, row: &Row) -> Option<Vec<u8>> {
        match self {
            Form::Hex => Some(row.bytes.clone()),
            Form::Little => {
                let mut bytes = row.bytes.clone();
                let mut rest = bytes.as_mut_slice();
                for &size in &row.groups {
                    let (group, after) = rest.split_at_mut_checked(size)?;
                    group.reverse();
                    rest = after;
                }
                Some(bytes)
            }
            Form::Bits => {
                let whole = |size: &usize| size.is_multiple_of(4);
                if !row.groups.iter().all(whole) {
                    return None;
                }
                // Two digits made a byte, so four of them hold the eight bits of one.
                let bits = |byte: &u8| match byte {
                    0x00 => Some(0),
                    0x01 => Some(1),
                    0x10 => Some(2),
                    0x11 => Some(3),
                    _ => None,
                };
                let byte = |four: &[u8]| {
                    four.iter()
                        .try_fold(0u8, |byte, pair| Some(byte << 2 | bits(pair)?))
                };
                row.bytes.chunks(4).map(byte).collect()
            }
        }
    }

    /// The only form in which the text of a row shows its bytes.
    pub(super) fn by_text(row: &Row) -> Option<Form> {
        let mut fitting = Form::ALL.into_iter().filter(|form| {
            form.bytes(row)
                .is_some_and(|bytes| is_text_of(&bytes, &row.text))
        });
        let first = fitting.next();
        first.filter(|_| fitting.next().is_none())
    }

    /// Whether other forms than the plain one are possible.
    pub(super) fn is_open(row: &Row) -> bool {
        row.colon && row.groups.iter().any(|size| *size > 1)
    }

    /// Whether only its text could tell that a row is not bits.
    pub(super) fn may_be_bits(row: &Row) -> bool {
        Form::is_open(row) && row.text.trim_ascii().is_empty() && Form::Bits.bytes(row).is_some()
    }
}

/// Whether the text of a dump shows these bytes: it ends the line, after two spaces.
fn is_text_of(bytes: &[u8], text: &[u8]) -> bool {
    let Some(start) = text.len().checked_sub(bytes.len()) else {
        return false;
    };
    let (spaces, text) = text.split_at_checked(start).unwrap_or_default();
    let shows = |(byte, c): (&u8, &u8)| match byte {
        b' '..=b'~' => byte == c,
        _ => *c == b'.',
    };
    spaces.len() >= 2 && spaces.iter().all(|c| *c == b' ') && bytes.iter().zip(text).all(shows)
}

/// The least digits of an offset in a base other than 16: that of `od`'s octal ones.
const SHORTEST: usize = 7;

/// The base of the offsets, if one line tells.
pub(super) fn base_of(row: &Row) -> Option<u32> {
    let open = row.offset.is_some_and(|offset| offset.digits >= SHORTEST);
    (!open).then_some(16)
}

/// The only base in which a row follows the one before, which has this many bytes.
pub(super) fn base_between(before: &Row, size: usize, row: &Row) -> Option<u32> {
    let (from, to) = (before.offset?, row.offset?);
    let octal = (to.digits == SHORTEST).then_some(8);
    let mut fitting = [16, 10].into_iter().chain(octal).filter(|base| {
        let end = from.to_base(*base);
        let end = end.and_then(|start| start.checked_add(size as u64));
        end.is_some() && end == to.to_base(*base)
    });
    let first = fitting.next();
    first.filter(|_| fitting.next().is_none())
}

/// Whether an offset could be an octal one of `od`, which would be another number.
pub(super) fn may_be_of_od(row: &Row) -> bool {
    row.offset.is_some_and(|offset| {
        let decimal = offset.to_base(10);
        offset.digits == SHORTEST && decimal.is_some_and(|value| value != offset.value)
    })
}
