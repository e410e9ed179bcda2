//! The values of a list of places, each read as the type that the caller asks for.

use super::{Flat, Item};
use crate::structs::error::DataError;
use crate::structs::read::Read;
use crate::structs::typed::{FromField, Values};
use crate::structs::view::{Place, Reader};

impl Flat {
    /// The values of `data`, which are as long as the format, one after another.
    #[inline]
    pub(in crate::structs) fn values<'f, 'a>(&'f self, data: &'a [u8]) -> FlatValues<'f, 'a> {
        FlatValues {
            flat: self,
            items: self.items.iter(),
            item: None,
            at: 0,
            left: 0,
            data,
        }
    }

    #[inline(never)]
    fn place(&self, item: &Item, at: usize) -> Option<Place> {
        let whole = usize::try_from(item.count).ok()?;
        Some(match item.read {
            Read::Bytes => Place::new(at, whole, Reader::Bytes),
            Read::Pascal => Place::new(at, whole, Reader::Pascal),
            Read::Other => {
                let scalar = self.scalar(item)?;
                Place::new(at, usize::from(scalar.size), Reader::Scalar(scalar))
            }
            read => Place::new(at, read.size(), Reader::Plain(read, self.order.is_little())),
        })
    }
}

/// The values of a flat format, each read as the type that the caller asks for.
pub(in crate::structs) struct FlatValues<'f, 'a> {
    flat: &'f Flat,
    items: std::slice::Iter<'f, Item>,
    /// Where the next value lies, and how many of its item are left.
    item: Option<&'f Item>,
    at: usize,
    left: u32,
    data: &'a [u8],
}

impl<'a> Values<'a> for FlatValues<'_, 'a> {
    #[inline(always)]
    fn next<T: FromField<'a>>(&mut self) -> Option<Result<T, DataError>> {
        while self.left == 0 {
            let item = self.items.next()?;
            self.item = Some(item);
            self.at = usize::try_from(item.offset).ok()?;
            self.left = item.values();
        }
        let item = self.item?;
        let at = self.at;
        self.left = self.left.checked_sub(1)?;
        self.at = at.checked_add(usize::from(item.size))?;
        if T::is_plain(item.read)
            && let Some(bytes) = self.data.get(at..)
            && let Some(value) = T::from_plain(bytes, self.flat.order.is_swapped())
        {
            return Some(Ok(value));
        }
        Some(self.flat.place(item, at)?.read(self.data))
    }
}
