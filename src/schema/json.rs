//! A schema as JSON.

use serde::Serialize;
use serde::ser::Serializer;

use super::{Enum, Flags, Schema};

/// The keys are `name`, `doc`, `format`, and what is known of fields by their paths: `enums` and `flags`, which are
/// objects of names by value and by mask, `notes`, `values`, which are those that are allowed, and `hex`, a list.
///
/// ```
/// use bytewright::schema::{Fact, Schema};
///
/// let facts = vec![("length".to_owned(), Fact::Note("of the data".into()))];
/// let schema = Schema::new("chunk", "A piece.", ">I:length", facts);
/// let json = serde_json::to_value(&schema)?;
/// assert_eq!(json["format"], ">I:length");
/// assert_eq!(json["notes"]["length"], "of the data");
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            name: &'a str,
            doc: &'a str,
            format: &'a str,
            #[serde(flatten)]
            facts: Facts<'a>,
        }
        Fields {
            name: &self.name,
            doc: self.doc.trim(),
            format: &self.format,
            facts: Facts::of(self),
        }
        .serialize(serializer)
    }
}

/// What is known of fields, by their paths.
#[derive(Serialize)]
pub(crate) struct Facts<'a> {
    #[serde(serialize_with = "enums")]
    enums: &'a Schema,
    #[serde(serialize_with = "flags")]
    flags: &'a Schema,
    #[serde(serialize_with = "notes")]
    notes: &'a Schema,
    #[serde(serialize_with = "values")]
    values: &'a Schema,
    hex: Vec<&'a str>,
}

impl<'a> Facts<'a> {
    pub(crate) fn of(schema: &'a Schema) -> Facts<'a> {
        Facts {
            enums: schema,
            flags: schema,
            notes: schema,
            values: schema,
            hex: schema.hex().collect(),
        }
    }
}

fn enums<S: Serializer>(schema: &&Schema, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(schema.enums())
}

fn flags<S: Serializer>(schema: &&Schema, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(schema.flags())
}

fn notes<S: Serializer>(schema: &&Schema, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(schema.notes())
}

fn values<S: Serializer>(schema: &&Schema, serializer: S) -> Result<S::Ok, S::Error> {
    let values = schema.allowed();
    serializer.collect_map(values.map(|(path, allowed)| (path, allowed.to_string())))
}

/// An object of names by mask: `{"0x1": "compressed"}`.
impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.iter();
        serializer.collect_map(names.map(|(mask, name)| (format!("{mask:#x}"), name)))
    }
}

/// An object of names by value: `{"1": "x86"}`.
impl Serialize for Enum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.iter();
        serializer.collect_map(names.map(|(key, name)| (key.to_string(), name)))
    }
}
