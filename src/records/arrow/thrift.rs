//! Thrift's compact protocol, in which the metadata of Parquet files are encoded.

/// Types of Thrift's compact protocol.
pub(super) mod kind {
    pub(in crate::records::arrow) const TRUE: u8 = 1;
    pub(in crate::records::arrow) const FALSE: u8 = 2;
    pub(in crate::records::arrow) const BYTE: u8 = 3;
    pub(in crate::records::arrow) const I16: u8 = 4;
    pub(in crate::records::arrow) const I32: u8 = 5;
    pub(in crate::records::arrow) const I64: u8 = 6;
    pub(in crate::records::arrow) const DOUBLE: u8 = 7;
    pub(in crate::records::arrow) const BINARY: u8 = 8;
    pub(in crate::records::arrow) const LIST: u8 = 9;
    pub(in crate::records::arrow) const SET: u8 = 10;
    pub(in crate::records::arrow) const MAP: u8 = 11;
    pub(in crate::records::arrow) const STRUCT: u8 = 12;
    pub(in crate::records::arrow) const UUID: u8 = 13;
}

/// A callback for a field of a structure: its number and its type; `None` where the bytes are
/// broken.
pub(super) type Field<'v, 'd> = dyn FnMut(&mut Compact<'d>, i64, u8) -> Option<()> + 'v;

/// Bytes in Thrift's compact protocol.
pub(super) struct Compact<'d> {
    rest: &'d [u8],
}

impl<'d> Compact<'d> {
    pub(super) fn new(rest: &'d [u8]) -> Compact<'d> {
        Compact { rest }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// Seven bits a byte, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// Zigzag: the lowest bit is the sign.
    pub(super) fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        let half = i64::try_from(value >> 1).ok()?;
        Some(match value & 1 {
            0 => half,
            _ => !half,
        })
    }

    /// How many items a list or a set has, and their type.
    pub(super) fn list(&mut self) -> Option<(u64, u8)> {
        let header = self.byte()?;
        let size = match header >> 4 {
            15 => self.varint()?,
            size => size.into(),
        };
        // An item has a byte at least.
        (size <= self.rest.len() as u64).then_some((size, header & 15))
    }

    /// Goes through the fields of a structure.
    pub(super) fn fields(&mut self, visit: &mut Field<'_, 'd>) -> Option<()> {
        let mut id = 0i64;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(());
            }
            id = match header >> 4 {
                0 => self.integer()?,
                step => id.checked_add(step.into())?,
            };
            // The decoder truncates numbers to 16 bits, and would take one field for another.
            i16::try_from(id).ok()?;
            visit(self, id, header & 15)?;
        }
    }

    /// Passes over a value of a field. As deep as `depth`.
    pub(super) fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            // The type of a field is its value.
            kind::TRUE | kind::FALSE => Some(()),
            _ => self.skip_item(kind, depth),
        }
    }

    /// The same of an item of a list, a set or a map.
    fn skip_item(&mut self, kind: u8, depth: usize) -> Option<()> {
        let deeper = depth.checked_sub(1)?;
        match kind {
            kind::TRUE | kind::FALSE | kind::BYTE => self.pass(1),
            kind::I16 | kind::I32 | kind::I64 => self.varint().map(drop),
            kind::DOUBLE => self.pass(8),
            kind::UUID => self.pass(16),
            kind::BINARY => {
                let size = self.varint()?;
                self.pass(size)
            }
            kind::LIST | kind::SET => {
                let (size, kind) = self.list()?;
                (0..size).try_for_each(|_| self.skip_item(kind, deeper))
            }
            kind::MAP => {
                let size = self.varint()?;
                if size == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                (0..size).try_for_each(|_| {
                    self.skip_item(kinds >> 4, deeper)?;
                    self.skip_item(kinds & 15, deeper)
                })
            }
            kind::STRUCT => self.fields(&mut |bytes, _, kind| bytes.skip(kind, deeper)),
            _ => None,
        }
    }
}
