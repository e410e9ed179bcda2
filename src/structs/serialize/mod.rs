//! Types that implement serde's `Serialize` straight into bytes.
//!
//! A type hands over its fields in its own order, once each time it is asked. Where that is the
//! order of the format one pass does; where it isn't, numbers that come early are kept for their
//! turn, and where that doesn't do, a pass writes what it can and the next one goes on from there,
//! so that bytes are only ever appended. A pass before them learns the lengths that counts follow
//! from.

/// Sequences, tuples and tuple structs hand over what they hold alike: one by one to `put`, and then
/// comes `finish`.
macro_rules! in_order {
    ($target:ty => $ok:ty) => {
        in_order!($target => $ok, SerializeSeq::serialize_element);
        in_order!($target => $ok, SerializeTuple::serialize_element);
        in_order!($target => $ok, SerializeTupleStruct::serialize_field);
    };
    ($target:ty => $ok:ty, $collection:ident::$method:ident) => {
        impl serde::ser::$collection for $target {
            type Ok = $ok;
            type Error = DataError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
                self.put(value)
            }

            fn end(self) -> Result<$ok, DataError> {
                self.finish()
            }
        }
    };
}

mod capture;
mod item;
mod level;

use serde::Serialize;

use super::Struct;
use super::error::DataError;
use super::pack::Packer;
use super::plan::Body;
use level::{Level, Progress};

/// What a pass over a type is for.
#[derive(Clone, Copy)]
enum Pass {
    /// Learning the counts of a scope.
    Learn(u32),
    Write,
}

impl Struct {
    /// The bytes of a value of any type that implements serde's `Serialize`; no
    /// [`Value`](crate::Value) is built of its fields, arrays and groups on the way.
    ///
    /// Structs and maps give their fields by name where the format has names, and in order where
    /// it has none; tuples and sequences go by order. Constants, and counts that follow from data,
    /// may be missing or `None`. An enumeration's variant is written as its index by an integer
    /// code and as its name by a code for bytes.
    ///
    /// A type whose fields come in another order than the format's takes no more time for up to
    /// 64 numbers that come too early, but is asked again for arrays, groups and bytes, in the
    /// worst case once for each. For thousands of names in any order, [`Struct::pack`] a
    /// [`Record`](crate::Record).
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
        let mut packer = Packer::new(&self.plan);
        learn(&mut packer, &self.plan.body, value)?;
        write(&mut packer, &self.plan.body, value)?;
        Ok(packer.into_bytes())
    }
}

impl serde::ser::Error for DataError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        DataError::other(message.to_string())
    }
}

/// Begins a repetition: learns the counts that follow from its data.
fn learn<T: Serialize + ?Sized>(
    packer: &mut Packer<'_>,
    body: &Body,
    value: &T,
) -> Result<(), DataError> {
    if !packer.forget(body.scope) {
        return Ok(());
    }
    let mut progress = Progress::default();
    let pass = Pass::Learn(body.scope);
    value.serialize(Level::new(packer, body, pass, &mut progress))
}

/// Writes a level in as many passes as it takes.
fn write<T: Serialize + ?Sized>(
    packer: &mut Packer<'_>,
    body: &Body,
    value: &T,
) -> Result<(), DataError> {
    let start = packer.len();
    let mut progress = Progress::default();
    loop {
        let before = progress.position();
        value.serialize(Level::new(packer, body, Pass::Write, &mut progress))?;
        let mut level = Level::new(packer, body, Pass::Write, &mut progress);
        if level.current()?.is_none() {
            return packer.note_fields(body, start);
        }
        if level.position() == before {
            // A whole pass has not brought it: the format or the data must tell it.
            level.put_missing()?;
            level.put_kept()?;
        }
    }
}
