//! Types that implement serde's `Serialize` into bytes.
//!
//! A type hands over its fields once, in its own order. Where all offsets are known before any data, each field is
//! written straight to its own ([`flat`]). Otherwise the fields become values, as the code of each asks ([`target`]),
//! which are put in the format's order and packed.

/// What all serializers here have in common: they are binary, a newtype and an option are what is
/// inside, a character is its text.
macro_rules! transparent {
    () => {
        fn is_human_readable(&self) -> bool {
            false
        }

        fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<Self::Ok, Self::Error> {
            v.serialize(self)
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            v: &T,
        ) -> Result<Self::Ok, Self::Error> {
            v.serialize(self)
        }

        fn serialize_char(self, v: char) -> Result<Self::Ok, Self::Error> {
            self.serialize_str(v.encode_utf8(&mut [0; 4]))
        }
    };
}

/// Variants that hold something have no bytes of their own: all three kinds are refused.
macro_rules! no_variants {
    (|$target:pat_param| $refusal:expr) => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<Self::Ok, Self::Error> {
            let $target = self;
            $refusal
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Self::Error> {
            let $target = self;
            $refusal
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Self::Error> {
            let $target = self;
            $refusal
        }
    };
}

/// Sequences call the target's `put` for each item, in order, and then its `finish`.
macro_rules! in_order {
    ($target:ty => $ok:ty, $error:ty: $($collection:ident::$method:ident)*) => {$(
        impl $collection for $target {
            type Ok = $ok;
            type Error = $error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), $error> {
                self.put(value)
            }

            fn end(self) -> Result<$ok, $error> {
                self.finish()
            }
        }
    )*};
}

mod flat;
mod row;
mod target;
mod value;

use serde::Serialize;

use super::Struct;
use super::error::DataError;
use super::flat::{Packed, with_zeros};
use super::pack::Row;
use crate::value::Value;
use target::Target;

impl Struct {
    /// The bytes of a value of any type that implements serde's `Serialize`.
    ///
    /// Structs and maps give their fields by name where the format has names, and in order where
    /// it has none; tuples and sequences go by order. Constants, and counts that follow from data,
    /// may be missing or `None`. An enumeration's variant is written as its index by an integer
    /// code and as its name by a code for bytes.
    ///
    /// Fields of a format without computed counts, constants, arrays and groups are written
    /// straight to their places, in whatever order they come. Those of another format are first
    /// made [`Value`]s, of 32 bytes each. So are those of a format of a whole file, whose
    /// enumerations are written by name.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct Message<'a> {
    ///     text: &'a str,
    ///     id: u16,
    /// }
    ///
    /// let format = Struct::new(">c=\"M\" H:id B:length [length]s:text")?;
    /// let bytes = format.serialize(&Message { text: "hi", id: 7 })?;
    /// assert_eq!(bytes, b"M\0\x07\x02hi");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::pack`]; the error names the field.
    pub fn serialize<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, DataError> {
        if self.is_whole() {
            return match value.serialize(value::ToValue)? {
                Some(Value::Record(record)) => self.pack(&record),
                Some(Value::List(values)) => self.pack(&values),
                Some(value) => self.pack(&[value]),
                None => self.pack(&()),
            };
        }
        if let Some(flat) = self.plan.flat()
            && let Some(size) = flat.packed_size()
        {
            // Whatever is less simple, or wrong, goes the general way.
            let written = with_zeros(size, |out| {
                value.serialize(Packed { flat, out }).ok()?;
                Some(out.to_vec())
            });
            if let Some(out) = written {
                return Ok(out);
            }
        }
        let level = value.serialize(Target::Level(&self.plan.body))?;
        let row = level.as_ref().and_then(Row::of).unwrap_or_default();
        let mut out = Vec::new();
        self.append_row(row, &mut out)?;
        Ok(out)
    }
}

impl serde::ser::Error for DataError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        DataError::other(message.to_string())
    }
}

#[cfg(test)]
mod tests;
