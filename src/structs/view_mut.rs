//! Writing single fields of a struct where its bytes lie.

use super::Struct;
use super::error::{DataError, DataErrorKind};
use super::view::{FieldHandle, Place};
use crate::value::Value;

/// A struct of fixed size over bytes that can be changed: writes one field at a time, and leaves
/// the others as they are.
///
/// ```
/// use bytewright::Struct;
///
/// let header = Struct::new("<4s:name I:size B{kind:3 _:5}")?;
/// let size = header.field::<u32>("size")?;
/// let mut bytes = [0xff; 9];
/// let mut view = header.view_mut(&mut bytes)?;
/// view.set(size, 5u32)?;
/// view.set("name", "ab")?;
/// view.set("kind", 2)?;
/// assert_eq!(&bytes, b"ab\0\0\x05\0\0\0\xfa");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Debug)]
pub struct ViewMut<'a> {
    layout: &'a Struct,
    data: &'a mut [u8],
}

/// Something that names a field of a [`ViewMut`]: a handle, or a path, which is looked up.
pub trait FieldPlace {
    #[doc(hidden)]
    fn place(&self, layout: &Struct) -> Result<Place, DataError>;
}

impl<T> FieldPlace for FieldHandle<T> {
    fn place(&self, _: &Struct) -> Result<Place, DataError> {
        Ok(*FieldHandle::place(self))
    }
}

impl FieldPlace for str {
    fn place(&self, layout: &Struct) -> Result<Place, DataError> {
        layout.single(self)
    }
}

impl<T: FieldPlace + ?Sized> FieldPlace for &T {
    fn place(&self, layout: &Struct) -> Result<Place, DataError> {
        (**self).place(layout)
    }
}

impl Struct {
    /// A view of the struct at the front of `data`, which may be longer, to write to.
    ///
    /// # Errors
    ///
    /// When `data` are too short, or when only data can tell the size of the format.
    #[inline]
    pub fn view_mut<'a>(&'a self, data: &'a mut [u8]) -> Result<ViewMut<'a>, DataError> {
        self.view(data)?;
        let layout = self;
        Ok(ViewMut { layout, data })
    }
}

impl ViewMut<'_> {
    /// Writes a value into a single field, as packing does. Constants are not looked at.
    ///
    /// # Errors
    ///
    /// When there is no such field, when it is an array or a group, when the value doesn't fit it,
    /// and when the handle belongs to a larger struct. Nothing is changed then.
    pub fn set(
        &mut self,
        field: impl FieldPlace,
        value: impl Into<Value>,
    ) -> Result<(), DataError> {
        let place = field.place(self.layout)?;
        let end = place.at().checked_add(place.size());
        let available = self.data.len() as u64;
        let bytes = end.and_then(|end| self.data.get_mut(place.at()..end));
        let bytes = bytes.ok_or_else(|| {
            DataError::new(DataErrorKind::Short {
                needed: place.size() as u64,
                end: available,
            })
        });
        bytes
            .and_then(|bytes| place.write(&value.into(), bytes))
            .map_err(|e| e.at(place.at() as u64))
    }

    /// Writes bytes into a field of them, and fills it up with NULs, as packing does.
    ///
    /// # Errors
    ///
    /// When the bytes are more than the field, or the handle belongs to a larger struct.
    #[inline]
    pub fn put(&mut self, field: FieldHandle<&[u8]>, bytes: &[u8]) -> Result<(), DataError> {
        FieldHandle::place(&field).put(self.data, bytes)
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
    fn what_is_set_is_what_packing_packs_in_every_code() {
        let format = Struct::new(">3s:a c:b 4p:c ?:d h:e I:f e:g f:h d:i F:j H{k:3 l:13} y:m");
        let format = format.unwrap();
        let values = [
            ("a", Value::from("x")),
            ("b", "y".into()),
            ("c", "zz".into()),
            ("d", true.into()),
            ("e", (-2).into()),
            ("f", u32::MAX.into()),
            ("g", 0.5.into()),
            ("h", 1.5.into()),
            ("i", (-2.5).into()),
            ("j", Value::Complex(1.0, -1.0)),
            ("k", 5.into()),
            ("l", 4097.into()),
            ("m", (-1).into()),
        ];
        let packed = format
            .pack(&crate::Record::from_iter(values.clone()))
            .unwrap();
        let mut bytes = vec![0xff; packed.len()];
        let mut view = format.view_mut(&mut bytes).unwrap();
        for (name, value) in values {
            view.set(name, value).unwrap();
        }
        assert_eq!(bytes, packed);
        let mut error = |name: &str, value: Value| {
            let mut view = format.view_mut(&mut bytes).unwrap();
            view.set(name, value).unwrap_err().to_string()
        };
        assert_eq!(
            error("e", 40_000.into()),
            "40000 is out of range: i16 holds -32768 to 32767"
        );
        assert_eq!(
            error("k", 8.into()),
            "8 is out of range: 3 bits of H hold 0 to 7"
        );
        assert_eq!(error("b", "ab".into()), "expected one byte, found 2");
        assert_eq!(
            error("a", "abcd".into()),
            "expected at most 3 bytes, found 4"
        );
        assert_eq!(
            error("f", "x".into()),
            "expected an integer for u32, found bytes"
        );
        assert_eq!(error("z", 1.into()), "z: there is no such field");
        assert_eq!(bytes, packed);
    }

    #[test]
    fn what_fills_its_field_fits() {
        let format = Struct::new("3s:a 4p:b 0s:c 1p:d 0p:e c:f").unwrap();
        let mut bytes = [0xff; 9];
        let mut view = format.view_mut(&mut bytes).unwrap();
        for (name, value) in [("a", "abc"), ("b", "def"), ("c", ""), ("d", ""), ("e", "")] {
            view.set(name, value).unwrap();
        }
        assert_eq!(&bytes, b"abc\x03def\0\xff");
        let mut view = format.view_mut(&mut bytes).unwrap();
        for name in ["c", "d", "e"] {
            view.set(name, "x").unwrap_err();
        }
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
