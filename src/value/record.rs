//! A row of values, by position and by name.

use std::ops::{Deref, DerefMut, Index, IndexMut};
use std::sync::Arc;

use super::Value;
use crate::offset::Position;

/// The values of a struct or a group in order, with the names that its format gives them.
///
/// Dereferences to `[Value]`, so a record without names is used like the tuple that Python's
/// `struct.unpack` returns; `Display` prints that tuple.
///
/// ```
/// use bytewright::{Struct, Value};
///
/// let record = Struct::new("<2s:magic I:size")?.unpack(b"BM\x36\0\0\0")?;
/// assert_eq!(record["size"], Value::from(54));
/// assert_eq!(record[1], Value::from(54));
/// assert_eq!(record.to_string(), "(b'BM', 54)");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    names: Option<Arc<Names>>,
    values: Box<[Value]>,
}

impl Record {
    /// A record of values without names.
    pub fn new(values: Vec<Value>) -> Self {
        Record {
            names: None,
            values: values.into_boxed_slice(),
        }
    }

    pub(crate) fn with_names(names: Option<Arc<Names>>, values: Vec<Value>) -> Self {
        Record {
            names,
            values: values.into_boxed_slice(),
        }
    }

    /// Its values, to be overwritten: `arity` of them, with these names.
    #[inline]
    pub(crate) fn room(&mut self, arity: usize, names: Option<&Arc<Names>>) -> &mut [Value] {
        if self.names.as_ref().map(Arc::as_ptr) != names.map(Arc::as_ptr) {
            self.names = names.cloned();
        }
        if self.values.len() != arity {
            self.values = (0..arity).map(|_| Value::Int(0)).collect();
        }
        &mut self.values
    }

    pub(crate) fn into_parts(self) -> (Option<Arc<Names>>, Vec<Value>) {
        (self.names, self.values.into_vec())
    }

    /// The value called `name`. An unnamed field is called by its index in decimal digits.
    ///
    /// ```
    /// use bytewright::{Record, Value};
    ///
    /// let record = Record::from_iter([("width", 640), ("height", 360)]);
    /// assert_eq!(record.get("height"), Some(&Value::from(360)));
    /// assert_eq!(record.get("depth"), None);
    /// ```
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(self.position(name)?)
    }

    /// The index of what is called `name`, if there is a value there.
    fn position(&self, name: &str) -> Option<usize> {
        if let Some(index) = self.names.as_ref().and_then(|names| names.position(name)) {
            return Some(index);
        }
        let index: usize = name.parse().ok()?;
        self.name(index).is_none().then_some(index)
    }

    /// The value called `name`, to be changed.
    ///
    /// ```
    /// use bytewright::{Record, Struct, Value};
    ///
    /// let mut record = Struct::new("<H:width H")?.unpack(&[1, 0, 2, 0])?;
    /// record["width"] = 640.into();
    /// record[1] = Value::from(3);
    /// assert_eq!(record.get_mut("height"), None);
    /// assert_eq!(record.to_string(), "(640, 3)");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let index = self.position(name)?;
        self.values.get_mut(index)
    }

    /// Gives the value called `name` this content, and answers what it had; a name that is new is
    /// added at the end. Each new one takes time in proportion to those before it: collect many.
    ///
    /// ```
    /// use bytewright::{Record, Value};
    ///
    /// let mut record = Record::default();
    /// assert_eq!(record.insert("width", 640), None);
    /// assert_eq!(record.insert("width", 320), Some(Value::from(640)));
    /// assert_eq!(record.get("width"), Some(&Value::from(320)));
    /// ```
    pub fn insert(&mut self, name: &str, value: impl Into<Value>) -> Option<Value> {
        let value = value.into();
        if let Some(old) = self.get_mut(name) {
            return Some(std::mem::replace(old, value));
        }
        let mut names = self
            .names
            .as_ref()
            .map_or_else(Vec::new, |names| names.by_position.clone());
        names.push((self.values.len(), name.into()));
        self.names = Names::new(names);
        self.push(value);
        None
    }

    /// Adds a value without a name at the end, in time in proportion to those before it.
    ///
    /// ```
    /// let mut record = bytewright::Record::from_iter([("width", 640)]);
    /// record.push(true);
    /// assert_eq!(record.to_string(), "(640, True)");
    /// assert_eq!(record.get("1").and_then(|value| value.as_bool()), Some(true));
    /// ```
    pub fn push(&mut self, value: impl Into<Value>) {
        let mut values = std::mem::take(&mut self.values).into_vec();
        values.reserve_exact(1);
        values.push(value.into());
        self.values = values.into_boxed_slice();
    }

    /// Takes the value called `name` out; those after it move up.
    ///
    /// ```
    /// use bytewright::{Record, Value};
    ///
    /// let mut record = Record::from_iter([("a", 1), ("b", 2), ("c", 3)]);
    /// assert_eq!(record.remove("b"), Some(Value::from(2)));
    /// assert_eq!(record.get("c"), Some(&Value::from(3)));
    /// assert_eq!(record.to_string(), "(1, 3)");
    /// ```
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self
            .position(name)
            .filter(|index| *index < self.values.len())?;
        let mut values = std::mem::take(&mut self.values).into_vec();
        let value = values.remove(index);
        self.values = values.into_boxed_slice();
        if let Some(names) = self.names.take() {
            let others = names
                .by_position
                .iter()
                .filter(|(position, _)| *position != index);
            let moved = others.map(|(position, name)| {
                let before = usize::from(*position > index);
                (position.since(before), name.clone())
            });
            self.names = Names::new(moved.collect());
        }
        Some(value)
    }

    /// The name of the value at `index`, where it has one.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.names.as_ref()?.get(index)
    }

    pub(crate) fn names(&self) -> Option<&Names> {
        self.names.as_deref()
    }

    /// Whether any value has a name.
    pub fn is_named(&self) -> bool {
        self.names.is_some()
    }

    /// The values with the keys they have in a map: the name, or the index in decimal digits.
    pub fn entries(&self) -> impl Iterator<Item = (String, &Value)> {
        self.values.iter().enumerate().map(|(i, value)| {
            let key = self.name(i).map_or_else(|| i.to_string(), str::to_owned);
            (key, value)
        })
    }
}

impl Deref for Record {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.values
    }
}

impl DerefMut for Record {
    fn deref_mut(&mut self) -> &mut [Value] {
        &mut self.values
    }
}

impl IndexMut<&str> for Record {
    /// # Panics
    ///
    /// When there is no value of that name; [`Record::get_mut`] asks first.
    #[allow(clippy::panic, reason = "the contract of IndexMut")]
    fn index_mut(&mut self, name: &str) -> &mut Value {
        match self.get_mut(name) {
            Some(value) => value,
            None => panic!("the record has no value named {name:?}"),
        }
    }
}

impl IndexMut<usize> for Record {
    #[allow(clippy::indexing_slicing, reason = "the contract of IndexMut")]
    fn index_mut(&mut self, index: usize) -> &mut Value {
        &mut self.values[index]
    }
}

impl Index<&str> for Record {
    type Output = Value;

    /// # Panics
    ///
    /// When there is no value of that name; [`Record::get`] asks first.
    #[allow(clippy::panic, reason = "the contract of Index")]
    fn index(&self, name: &str) -> &Value {
        match self.get(name) {
            Some(value) => value,
            None => panic!("the record has no value named {name:?}"),
        }
    }
}

impl Index<usize> for Record {
    type Output = Value;

    #[allow(clippy::indexing_slicing, reason = "the contract of Index")]
    fn index(&self, index: usize) -> &Value {
        &self.values[index]
    }
}

impl IntoIterator for Record {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_vec().into_iter()
    }
}

impl<'a> IntoIterator for &'a Record {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}

impl From<Vec<Value>> for Record {
    fn from(values: Vec<Value>) -> Self {
        Record::new(values)
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Record {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let (names, values): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .enumerate()
            .map(|(i, (name, value))| ((i, name.into().into_boxed_str()), value.into()))
            .unzip();
        Record::with_names(Names::new(names), values)
    }
}

/// The names of a record's values, shared by all records of one format.
///
/// Only the values that have a name take room here: a format may hold a billion unnamed ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    /// Position and name, by ascending position.
    by_position: Vec<(usize, Box<str>)>,
    /// Indices into `by_position`, by ascending name.
    by_name: Vec<usize>,
}

impl Names {
    /// `None` where there is no name at all.
    pub(crate) fn new(by_position: Vec<(usize, Box<str>)>) -> Option<Arc<Names>> {
        if by_position.is_empty() {
            return None;
        }
        let mut by_name: Vec<usize> = (0..by_position.len()).collect();
        by_name.sort_by_key(|&i| by_position.get(i).map(|(_, name)| name));
        Some(Arc::new(Names {
            by_position,
            by_name,
        }))
    }

    pub(crate) fn get(&self, position: usize) -> Option<&str> {
        let (_, name) = match self.by_position.get(position) {
            // Where every field has a name, each is at its own position.
            Some(entry) if entry.0 == position => entry,
            _ => {
                let found = self
                    .by_position
                    .binary_search_by_key(&position, |&(position, _)| position);
                self.by_position.get(found.ok()?)?
            }
        };
        Some(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.by_position.iter().map(|(_, name)| &**name)
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let entry = |i: usize| self.by_position.get(i);
        let found = self
            .by_name
            .binary_search_by(|&i| entry(i).map(|(_, n)| &**n).cmp(&Some(name)))
            .ok()?;
        self.by_name.get(found).and_then(|&i| entry(i)).map(|e| e.0)
    }
}
