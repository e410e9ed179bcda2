//! What packing takes: values in order or by name.

use std::borrow::Cow;

use crate::value::{Names, Record, Value};

/// Values for the fields of a struct: slices, arrays and `Vec`s of [`Value`], tuples of anything
/// that becomes one, and [`Record`]s, which bring names.
///
/// ```
/// use bytewright::{Struct, Value};
///
/// let format = Struct::new(">cI?")?;
/// let bytes = format.pack(&("B", 10_240_099, true))?;
/// assert_eq!(bytes, b"B\0\x9c\x40\x63\x01");
/// assert_eq!(format.pack(&[Value::from("B"), 10_240_099.into(), true.into()])?, bytes);
/// assert_eq!(format.pack(&format.unpack(&bytes)?)?, bytes);
/// # Ok::<(), bytewright::Error>(())
/// ```
pub trait Fields {
    /// The values in order.
    fn values(&self) -> Cow<'_, [Value]>;

    /// Hands the values, in order, to `take`. Packing calls this one, so that types that make their values can keep
    /// them on the stack.
    fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
        take(&self.values())
    }

    /// Their names, where they have any: then the order doesn't matter.
    fn names(&self) -> Option<&Names> {
        None
    }
}

impl Fields for [Value] {
    fn values(&self) -> Cow<'_, [Value]> {
        Cow::Borrowed(self)
    }

    fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
        take(self)
    }
}

impl<const N: usize> Fields for [Value; N] {
    fn values(&self) -> Cow<'_, [Value]> {
        Cow::Borrowed(self)
    }

    fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
        take(self)
    }
}

impl Fields for Vec<Value> {
    fn values(&self) -> Cow<'_, [Value]> {
        Cow::Borrowed(self)
    }

    fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
        take(self)
    }
}

impl Fields for Record {
    fn values(&self) -> Cow<'_, [Value]> {
        Cow::Borrowed(self)
    }

    fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
        take(self)
    }

    fn names(&self) -> Option<&Names> {
        Record::names(self)
    }
}

impl<T: Fields + ?Sized> Fields for &T {
    fn values(&self) -> Cow<'_, [Value]> {
        (**self).values()
    }

    fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
        (**self).with_values(take)
    }

    fn names(&self) -> Option<&Names> {
        (**self).names()
    }
}

impl Fields for () {
    fn values(&self) -> Cow<'_, [Value]> {
        Cow::Borrowed(&[])
    }
}

macro_rules! fields_of_tuples {
    ($($t:ident)*) => {
        impl<$($t: Clone + Into<Value>),*> Fields for ($($t,)*) {
            fn values(&self) -> Cow<'_, [Value]> {
                #[allow(non_snake_case, reason = "a tuple's parts are called as their types")]
                let ($($t,)*) = self.clone();
                Cow::Owned(vec![$($t.into()),*])
            }

            fn with_values<R>(&self, take: impl FnOnce(&[Value]) -> R) -> R {
                #[allow(non_snake_case, reason = "a tuple's parts are called as their types")]
                let ($($t,)*) = self;
                take(&[$($t.clone().into()),*])
            }
        }
    };
}
for_tuples!(fields_of_tuples);
