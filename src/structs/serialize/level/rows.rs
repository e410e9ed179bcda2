//! The values of a level as a type hands them over: by name, or in order.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct};

use super::Level;
use crate::structs::code::Kind;
use crate::structs::error::{DataError, DataErrorKind, counted};
use crate::structs::pack::no_field;
use crate::structs::serialize::Pass;
use crate::structs::serialize::capture::Capture;
use crate::value::Value;

/// Values by name, in whatever order.
pub(in crate::structs::serialize) struct ByName<'s, 'p> {
    pub(super) level: Level<'s, 'p>,
    pub(super) key: Option<String>,
    /// Whether nothing was written before this pass.
    pub(super) first: bool,
}

impl ByName<'_, '_> {
    pub(super) fn put<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), DataError> {
        if self.first {
            self.check(key)?;
        }
        if let Pass::Learn(_) = self.level.pass {
            let body = self.level.body;
            if let Some(field) = body.position(key).and_then(|i| body.at(i)) {
                self.level.put(field, value)?;
            }
            return Ok(());
        }
        let Some(field) = self.level.current()? else {
            return Ok(());
        };
        if !self.level.is_next(field, key) {
            return self.level.keep(key, value);
        }
        if self.level.put(field, value)? {
            self.level.advance();
            self.level.put_kept()?;
        }
        Ok(())
    }

    /// A key that no field has is a mistake; it would be passed over in silence.
    fn check(&self, key: &str) -> Result<(), DataError> {
        match self.level.body.position(key) {
            Some(_) => Ok(()),
            None => Err(no_field(key, self.level.body.names.as_deref())),
        }
    }
}

impl SerializeMap for ByName<'_, '_> {
    type Ok = ();
    type Error = DataError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), DataError> {
        self.key = match key.serialize(Capture { kind: Kind::Char })? {
            Some(Value::Bytes(name)) => Some(String::from_utf8_lossy(&name).into_owned()),
            other => other.map(|index| index.to_string()),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let key = self.key.take().unwrap_or_default();
        self.put(&key, value)
    }

    fn end(self) -> Result<(), DataError> {
        Ok(())
    }
}

/// Values in order: all, or all but the optional ones.
pub(in crate::structs::serialize) struct ByOrder<'s, 'p> {
    pub(super) level: Level<'s, 'p>,
    pub(super) reduced: bool,
    pub(super) done: bool,
}

impl ByOrder<'_, '_> {
    pub(super) fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        if self.done {
            return Ok(());
        }
        while let Some(field) = self.level.current()? {
            let left_out = self.reduced && self.level.is_optional(field);
            if !left_out && self.level.put(field, value)? {
                self.level.advance();
                return Ok(());
            }
            match self.level.pass {
                Pass::Write => self.level.put_missing()?,
                Pass::Learn(_) => self.level.advance(),
            }
            if !left_out {
                return Ok(());
            }
        }
        Err(DataError::new(DataErrorKind::Count {
            expected: counted(self.level.body.arity, "value"),
            found: self.level.body.arity.saturating_add(1),
        }))
    }

    fn finish(self) -> Result<(), DataError> {
        Ok(())
    }
}

in_order!(ByOrder<'_, '_> => ());

/// A struct's fields by name or in order, as the format has names or not.
pub(in crate::structs::serialize) enum Fields<'s, 'p> {
    Named(ByName<'s, 'p>),
    Ordered(ByOrder<'s, 'p>),
}

impl SerializeStruct for Fields<'_, '_> {
    type Ok = ();
    type Error = DataError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), DataError> {
        match self {
            Fields::Named(fields) => fields.put(key, value),
            Fields::Ordered(fields) => fields.put(value),
        }
    }

    fn end(self) -> Result<(), DataError> {
        Ok(())
    }
}
