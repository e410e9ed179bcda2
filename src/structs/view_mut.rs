//! Writing single fields of a struct where its bytes lie.

use super::Struct;
use super::error::{DataError, DataErrorKind};
use super::view::{FieldHandle, Place};

/// A struct of fixed size over bytes that can be changed: writes one field of bytes at a time,
/// and leaves the others as they are.
///
/// ```
/// use bytewright::Struct;
///
/// let header = Struct::new("<4s:name 8x 3s:mark")?;
/// let name = header.field::<&[u8]>("name")?;
/// let mut bytes = [0xff; 15];
/// header.view_mut(&mut bytes)?.put(name, b"ab")?;
/// assert_eq!(&bytes[..6], b"ab\0\0\xff\xff");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Debug)]
pub struct ViewMut<'a> {
    data: &'a mut [u8],
}

impl Struct {
    /// A view of the struct at the front of `data`, which may be longer, to write to.
    ///
    /// # Errors
    ///
    /// When `data` are too short, or when only data can tell the size of the format.
    #[inline]
    pub fn view_mut<'a>(&self, data: &'a mut [u8]) -> Result<ViewMut<'a>, DataError> {
        self.view(data)?;
        Ok(ViewMut { data })
    }
}

impl ViewMut<'_> {
    /// Writes bytes into a field of them, and fills it up with NULs, as packing does.
    ///
    /// # Errors
    ///
    /// When the bytes are more than the field, or the handle belongs to a larger struct.
    #[inline]
    pub fn put(&mut self, field: FieldHandle<&[u8]>, bytes: &[u8]) -> Result<(), DataError> {
        field.place().put(self.data, bytes)
    }
}

impl Place {
    /// Writes bytes into the field of a struct that `data` begin with, and fills it up with NULs.
    pub(crate) fn put(&self, data: &mut [u8], bytes: &[u8]) -> Result<(), DataError> {
        let end = self.at().checked_add(self.size());
        let available = data.len() as u64;
        let field = end
            .and_then(|end| data.get_mut(self.at()..end))
            .ok_or_else(|| {
                DataError::new(DataErrorKind::Short {
                    needed: self.size() as u64,
                    end: available,
                })
                .at(self.at() as u64)
            })?;
        let Some((start, rest)) = field.split_at_mut_checked(bytes.len()) else {
            let message = format!(
                "{} bytes don't fit into a field of {}",
                bytes.len(),
                self.size()
            );
            return Err(DataError::other(message).at(self.at() as u64));
        };
        start.copy_from_slice(bytes);
        rest.fill(0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_what_packing_packs() {
        let header = Struct::new("3s:a c:b 2s:c").unwrap();
        let packed = header.pack(&("x", "y", "zz")).unwrap();
        let mut bytes = [0xff; 6];
        let mut view = header.view_mut(&mut bytes).unwrap();
        for (name, value) in [("a", "x"), ("b", "y"), ("c", "zz")] {
            let field = header.field::<&[u8]>(name).unwrap();
            view.put(field, value.as_bytes()).unwrap();
        }
        assert_eq!(&bytes[..], packed);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_changes_nothing() {
        let header = Struct::new("3s:a c:b").unwrap();
        let field = header.field::<&[u8]>("a").unwrap();
        let mut bytes = *b"abcd";
        let error = header.view_mut(&mut bytes).unwrap().put(field, b"wxyz");
        assert!(error.unwrap_err().to_string().contains("4 bytes"));
        assert_eq!(&bytes, b"abcd");
        assert!(header.view_mut(&mut bytes[..3]).is_err());
    }
}
