//! The schema of columns: names, types, and the meanings of values.

use std::fmt;
use std::sync::Arc;

use super::time::Epoch;
use crate::offset::Position;
use crate::structs::near;
use crate::tree::Enum;

/// The columns of some records.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Schema {
    /// The columns in order.
    pub fields: Vec<Field>,
    /// The format string; empty where the columns are those of a tree.
    pub format: String,
}

/// A column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The path of the field from the record on; each part is a name, or the index of a field without one.
    pub path: Vec<String>,
    /// What its values are.
    pub data: Type,
    /// What they mean.
    pub meaning: Meaning,
    /// The documentation of the field; may be empty.
    pub doc: String,
    /// Whether people read it in hexadecimal.
    pub hex: bool,
}

/// The values of a column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Type {
    /// Truth values.
    Bool,
    /// Integers: whether they have a sign, and how many bits; 8, 16, 32, 64 or 128.
    Int {
        /// Whether they may be negative.
        signed: bool,
        /// The bits of each.
        bits: u8,
    },
    /// Floats of 32 or 64 bits. Those of 16 bits are widened to 32.
    Float {
        /// The bits of each.
        bits: u8,
    },
    /// Complex numbers of two floats of 64 bits.
    Complex,
    /// Bytes: all of one length, or each of its own.
    Bytes {
        /// The length, where all have the same.
        width: Option<usize>,
    },
    /// Text in UTF-8. Other bytes stay bytes.
    Text,
    /// Arrays: of one length, or each of its own.
    List {
        /// The items.
        item: Box<Field>,
        /// How many there are, where all have as many.
        length: Option<usize>,
    },
    /// Groups inside arrays.
    Struct(Vec<Field>),
    /// Values of several types.
    Any,
}

/// What the values of a column mean.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Meaning {
    /// Themselves.
    #[default]
    Plain,
    /// Integers that are times.
    Time(Epoch),
    /// Values of which some have names.
    Names(Arc<Enum>),
    /// Integers that are a fraction of this many bits.
    Fixed(u32),
    /// Sixteen bytes that are a UUID, in the order in which it is written.
    Uuid,
}

impl Field {
    /// A column of plain values.
    pub(crate) fn new(path: Vec<String>, data: Type) -> Field {
        Field {
            path,
            data,
            meaning: Meaning::Plain,
            doc: String::new(),
            hex: false,
        }
    }

    /// The name of the column: `point.x`.
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

impl Schema {
    /// The index of a column, by its name.
    ///
    /// # Errors
    ///
    /// When there is none of that name; the error names one that is nearly so.
    pub fn index(&self, name: &str) -> Result<usize, UnknownColumn> {
        let found = self.fields.iter().position(|field| field.name() == name);
        found.ok_or_else(|| {
            let names: Vec<String> = self.fields.iter().map(Field::name).collect();
            UnknownColumn {
                name: name.to_owned(),
                near: near(name, names.iter().map(String::as_str)).map(str::to_owned),
                names,
            }
        })
    }

    /// Which columns a list of names means, in its order: the name of a group means all that is in it.
    ///
    /// # Errors
    ///
    /// When there is no column of a name.
    pub fn select(&self, names: &[String]) -> Result<Vec<usize>, UnknownColumn> {
        let mut selected = Vec::new();
        for name in names {
            let parts: Vec<&str> = name.split('.').collect();
            let is_in = |field: &Field| {
                let path = field.path.iter().map(String::as_str);
                path.take(parts.len()).eq(parts.iter().copied())
            };
            let group = (0..).zip(&self.fields).filter(|(_, field)| is_in(field));
            let group: Vec<usize> = group.map(|(i, _)| i).collect();
            match group.is_empty() {
                true => selected.push(self.index(name)?),
                false => selected.extend(group),
            }
        }
        Ok(selected)
    }

    /// These columns alone.
    pub(crate) fn narrowed(&self, columns: &[usize]) -> Schema {
        let fields = columns.iter().filter_map(|column| self.fields.get(*column));
        Schema {
            fields: fields.cloned().collect(),
            format: self.format.clone(),
        }
    }
}

/// A name that no column has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownColumn {
    /// The name.
    pub name: String,
    /// A name that is nearly the same.
    pub near: Option<String>,
    /// The names that there are.
    pub names: Vec<String>,
}

impl fmt::Display for UnknownColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LISTED: usize = 20;
        write!(f, "there is no column {:?}", self.name)?;
        if let Some(near) = &self.near {
            return write!(f, "; did you mean {near}?");
        }
        let listed: Vec<&str> = self.names.iter().take(LISTED).map(String::as_str).collect();
        write!(f, "; there are {}", listed.join(", "))?;
        match self.names.len().since(listed.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl std::error::Error for UnknownColumn {}
