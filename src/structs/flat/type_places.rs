//! Where the fields of a type of Rust lie, looked up once: most formats meet one type.
//!
//! Static names are equal if their addresses are, so that two numbers are compared instead of two texts.

use super::{Flat, Item};

impl Flat {
    /// The fields of the first type that was written, in its order; none before.
    #[inline]
    pub(in crate::structs) fn written(&self) -> &[(&'static str, Item)] {
        self.written.get().map_or(&[], |fields| fields)
    }

    /// Notes the fields of a type, where they are the format's in some order.
    pub(in crate::structs) fn note_written(&self, fields: Vec<(&'static str, Item)>) -> Option<()> {
        self.is_whole(fields.iter().map(|(_, item)| item))?;
        self.written.get_or_init(|| fields.into());
        Some(())
    }

    /// Where a type's fields lie, if they are the format's in some order, and no other type was
    /// read before.
    #[inline]
    pub(in crate::structs) fn read_as(&self, fields: &'static [&'static str]) -> Option<&[Item]> {
        let known = match self.read.get() {
            Some(known) => known,
            None => {
                let items = self.items_of(fields)?;
                self.read.get_or_init(|| (fields, items))
            }
        };
        std::ptr::eq(known.0, fields).then_some(&known.1)
    }

    #[cold]
    fn items_of(&self, fields: &[&str]) -> Option<Box<[Item]>> {
        let names = self.names.as_ref()?;
        let item = |name: &&str| self.item(names.position(name)?);
        let items: Box<[Item]> = fields.iter().map(item).collect::<Option<_>>()?;
        self.is_whole(items.iter()).map(|()| items)
    }

    /// Whether these are all of the format's values, each once.
    fn is_whole<'i>(&self, items: impl Iterator<Item = &'i Item>) -> Option<()> {
        let mut all: Vec<u32> = items.map(|item| item.first).collect();
        all.sort_unstable();
        all.into_iter().eq(0..self.arity).then_some(())
    }
}
