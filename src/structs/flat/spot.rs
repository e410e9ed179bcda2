//! Where a value of a list lies, to be read by itself.

use super::{Flat, Item};
use crate::structs::plan::Scalar;
use crate::structs::read::Read;
use crate::structs::typed::FromField;

/// The place of a value in the data of its format.
#[derive(Clone, Copy)]
pub(in crate::structs) struct Spot<'f> {
    flat: &'f Flat,
    item: &'f Item,
}

impl Flat {
    /// Where the value at `index` lies, as an item of its own.
    pub(in crate::structs) fn item(&self, index: usize) -> Option<Item> {
        if self.one_each {
            return self.items.get(index).copied();
        }
        let after = self
            .items
            .partition_point(|item| item.first as usize <= index);
        let item = *self.items.get(after.checked_sub(1)?)?;
        let at = item.places().nth(index.checked_sub(item.first as usize)?)?;
        let offset = u32::try_from(at).ok()?;
        Some(Item { offset, ..item })
    }

    #[inline(always)]
    pub(in crate::structs) fn spot<'f>(&'f self, item: &'f Item) -> Spot<'f> {
        Spot { flat: self, item }
    }
}

impl Spot<'_> {
    #[inline(always)]
    pub(in crate::structs) fn read(&self) -> Read {
        self.item.read
    }

    /// The value, where its bytes are those of a `T`, as [`Spot::read`] says.
    #[inline(always)]
    pub(in crate::structs) fn number<'a, T: FromField<'a>>(&self, data: &'a [u8]) -> Option<T> {
        T::from_plain(
            data.get(self.item.offset as usize..)?,
            self.flat.order.is_swapped(),
        )
    }

    pub(in crate::structs) fn scalar(&self) -> Option<Scalar> {
        self.flat.scalar(self.item)
    }

    /// The bytes of the value.
    pub(in crate::structs) fn bytes<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let length = match self.item.read {
            Read::Bytes | Read::Pascal => self.item.count as usize,
            _ => usize::from(self.item.size),
        };
        data.get(self.item.offset as usize..)?.get(..length)
    }
}
