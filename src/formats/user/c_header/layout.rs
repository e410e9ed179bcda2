//! Where members are, as GCC lays them out, and the format that says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::types::{Kind, Type};

use crate::offset::{Position, Tally};

/// A member of a struct.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) line: usize,
    pub(super) name: Option<String>,
    pub(super) of: Type,
    /// Lengths of arrays, the outermost first.
    pub(super) dims: Vec<u64>,
    /// An array without a length, at the end of a struct.
    pub(super) is_flexible: bool,
    pub(super) bits: Option<u64>,
    pub(super) align: Option<u64>,
    pub(super) packed: bool,
}

/// How a struct is packed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Packing {
    /// `__attribute__((packed))`
    pub(super) packed: bool,
    /// The limit of alignments by `#pragma pack`.
    pub(super) most: Option<u64>,
    /// `__attribute__((aligned(n)))`
    pub(super) least: Option<u64>,
}

/// A struct that is laid out.
#[derive(Clone, Debug, Default)]
pub(super) struct Struct {
    /// `None` for one without a name, of which members are a part of the struct around it.
    pub(super) name: Option<String>,
    pub(super) size: u64,
    pub(super) align: u64,
    pub(super) items: Vec<String>,
    /// Enums of fields, by the places in the list of enums.
    pub(super) enums: BTreeMap<String, usize>,
}

/// Bits of integers that have a code.
const WIDTHS: [(u64, &str); 7] = [
    (8, "B"),
    (16, "H"),
    (24, "J"),
    (32, "I"),
    (48, "K"),
    (64, "Q"),
    (128, "Y"),
];

struct FormatWriter<'s> {
    structs: &'s [Struct],
    packing: Packing,
    made: Struct,
    /// In bits.
    at: u64,
    /// Bit fields that are not written yet: their names, widths, and whether they have signs.
    run: Vec<(String, u64, bool)>,
}

/// Lays members out; errors have their lines.
pub(super) fn layout(
    name: Option<String>,
    members: &[Member],
    packing: Packing,
    structs: &[Struct],
) -> Result<Struct, (usize, String)> {
    let mut maker = FormatWriter {
        structs,
        packing,
        made: Struct {
            name,
            align: 1,
            ..Struct::default()
        },
        at: 0,
        run: Vec::new(),
    };
    for member in members {
        maker
            .member(member)
            .map_err(|message| (member.line, message))?;
    }
    let line = members.last().map_or(0, |member| member.line);
    maker.end().map_err(|message| (line, message))
}

fn large() -> String {
    "the struct is too large".to_owned()
}

impl FormatWriter<'_> {
    fn member(&mut self, member: &Member) -> Result<(), String> {
        let natural = member.of.align.max(1);
        let packed = self.packing.packed || member.packed;
        let limited = if packed { 1 } else { natural };
        let limited = limited.max(member.align.unwrap_or(1));
        let align = self.packing.most.map_or(limited, |most| limited.min(most));
        if let Some(bits) = member.bits {
            // Of the two ways to pack, the pragma alone counts for the alignment of bit fields.
            let align = self.packing.most.map_or(align, |most| natural.min(most));
            return self.bits(member, bits, align, packed);
        }
        // Bits that are left over go to the integer of the bit fields.
        self.align(align)?;
        self.flush()?;
        self.made.align = self.made.align.max(align);
        let count = member
            .dims
            .iter()
            .try_fold(1u64, |product, length| product.checked_mul(*length))
            .ok_or_else(large)?;
        let size = member.of.size.checked_mul(count).ok_or_else(large)?;
        let size = if member.is_flexible { 0 } else { size };
        let bits = size.checked_mul(8).ok_or_else(large)?;
        self.at = self.at.checked_add(bits).ok_or_else(large)?;
        self.item(member)
    }

    /// The item of a member that is no bit field.
    fn item(&mut self, member: &Member) -> Result<(), String> {
        let Some(name) = &member.name else {
            // Members of a struct without a name are members of this one.
            if let Kind::Struct(index) = member.of.kind
                && let Some(inner) = self.structs.get(index)
            {
                self.made.items.extend(inner.items.iter().cloned());
                self.made.enums.extend(inner.enums.clone());
            }
            return Ok(());
        };
        let mut dims = member.dims.clone();
        let code = match &member.of.kind {
            Kind::Code(code) => (*code).to_owned(),
            Kind::Enum(index, code) => {
                // A list of numbers is one field, whose values have no names.
                if dims.is_empty() && !member.is_flexible {
                    self.made.enums.insert(name.clone(), *index);
                }
                (*code).to_owned()
            }
            Kind::Char if member.is_flexible => "s".to_owned(),
            Kind::Char => match dims.pop() {
                Some(length) => format!("{length}s"),
                None => "b".to_owned(),
            },
            Kind::Struct(index) => {
                let name = self.structs.get(*index).and_then(|of| of.name.clone());
                format!("%{}", name.ok_or("the struct has no name")?)
            }
            Kind::Void => return Err("void has no size".to_owned()),
        };
        if name.starts_with("_pad") && code == "B" && dims.len() == 1 {
            let length = dims.first().copied().unwrap_or(0);
            self.made.items.push(format!("{length}x"));
            return Ok(());
        }
        if code.starts_with(|c: char| c.is_ascii_digit()) && (member.is_flexible || dims.len() == 1)
        {
            // A length comes before the code already.
            let count = match (member.is_flexible, dims.first()) {
                (false, Some(count)) => count.to_string(),
                _ => "*".to_owned(),
            };
            self.made
                .items
                .push(format!("{count}({code}:value):{name}"));
            return Ok(());
        }
        let mut item = match dims.pop() {
            None if member.is_flexible => format!("*{code}"),
            None => code,
            Some(_) if member.is_flexible || dims.len() > 1 || code.ends_with('s') => {
                return Err("arrays have at most two dimensions".to_owned());
            }
            Some(length) => match dims.pop() {
                None => format!("{length}{code}"),
                Some(rows) => format!("{rows}({length}{code}:row)"),
            },
        };
        let _ = write!(item, ":{name}");
        self.made.items.push(item);
        Ok(())
    }

    /// A bit field stays within one unit of its type, unless it is packed.
    fn bits(&mut self, member: &Member, bits: u64, align: u64, packed: bool) -> Result<(), String> {
        if !member.of.is_integer() || !member.dims.is_empty() {
            return Err("bit fields are of integers".to_owned());
        }
        let unit = member.of.size.checked_mul(8).ok_or_else(large)?;
        if bits > unit {
            return Err(format!(
                "a bit field of {bits} bits is wider than its type of {unit}"
            ));
        }
        let aligned = if packed && bits > 0 {
            1
        } else {
            member.of.align
        };
        let aligned = aligned.max(member.align.unwrap_or(1)).max(1);
        if bits == 0 {
            return self.align(aligned);
        }
        if let Some(least) = member.align {
            self.align(least.max(1))?;
        }
        // In units of the alignment; the type is as many of them as it is large.
        let aligned_bits = aligned.checked_mul(8).ok_or_else(large)?;
        let inside = self.at.checked_rem(aligned_bits).unwrap_or(0);
        let spans = inside.checked_add(bits).ok_or_else(large)?;
        let spans = spans.div_ceil(aligned_bits);
        let crosses = spans > unit.checked_div(aligned_bits).unwrap_or(1);
        if !packed && self.packing.most.is_none() && crosses {
            self.align(aligned)?;
        }
        let name = member.name.clone();
        if name.is_some() {
            self.made.align = self.made.align.max(align);
        }
        if let (Kind::Enum(index, _), Some(name)) = (&member.of.kind, &name) {
            self.made.enums.insert(name.clone(), *index);
        }
        let signed = member.of.is_signed();
        self.run
            .push((name.unwrap_or_else(|| "_".to_owned()), bits, signed));
        self.at = self.at.checked_add(bits).ok_or_else(large)?;
        Ok(())
    }

    /// Goes on at a place that is given in bits.
    fn fill(&mut self, to: u64) -> Result<(), String> {
        let gap = to.since(self.at);
        if gap == 0 {
            return Ok(());
        }
        match self.run.is_empty() {
            false => self.run.push(("_".to_owned(), gap, false)),
            true => self.made.items.push(format!("{}x", gap / 8)),
        }
        self.at = to;
        Ok(())
    }

    /// Goes on at a multiple of so many bytes.
    fn align(&mut self, to: u64) -> Result<(), String> {
        let bits = to.checked_mul(8).ok_or_else(large)?;
        let to = self.at.checked_next_multiple_of(bits).ok_or_else(large)?;
        self.fill(to)
    }

    /// Writes bit fields as integers of whole bytes, each as short as it can be.
    fn flush(&mut self) -> Result<(), String> {
        if self.run.is_empty() {
            return Ok(());
        }
        self.align(1)?;
        let (mut part, mut total) = (Vec::new(), 0u64);
        for field in std::mem::take(&mut self.run) {
            if field.0 == "_" && total == 0 && field.1 >= 8 {
                // Whole bytes without a name are padding, the bits after them belong to the next field.
                self.made.items.push(format!("{}x", field.1 / 8));
                let left = field.1 % 8;
                if left > 0 {
                    part.push(("_".to_owned(), left, field.2));
                    total = left;
                }
                continue;
            }
            total.tally(field.1);
            part.push(field);
            // Integers of other sizes take an interpreter to be read.
            if WIDTHS.iter().any(|(width, _)| *width == total) {
                let item = integer(&part, total)?;
                self.made.items.push(item);
                part.clear();
                total = 0;
            }
        }
        if total > 0 {
            let item = integer(&part, total)?;
            self.made.items.push(item);
        }
        Ok(())
    }

    fn end(mut self) -> Result<Struct, String> {
        let least = self.packing.least.unwrap_or(1);
        self.made.align = self.made.align.max(least);
        self.align(self.made.align)?;
        self.flush()?;
        self.made.size = self.at / 8;
        Ok(self.made)
    }
}

fn integer(fields: &[(String, u64, bool)], bits: u64) -> Result<String, String> {
    if bits > 128 {
        return Err("bit fields that lie across one another have more than 128 bits".to_owned());
    }
    let mut named = fields.iter().filter(|(name, ..)| name != "_");
    let signed = named.next().is_some_and(|(.., signed)| *signed);
    if named.any(|(.., other)| *other != signed) {
        return Err("bit fields with and without a sign share bytes".to_owned());
    }
    let code = WIDTHS.iter().find(|(width, _)| *width == bits);
    let code = code.map_or_else(|| format!("{}U", bits / 8), |(_, code)| (*code).to_owned());
    let code = if signed {
        code.to_ascii_lowercase()
    } else {
        code
    };
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, bits, _)| format!("{name}:{bits}"))
        .collect();
    Ok(format!("{code}{{{}}}", fields.join(" ")))
}
