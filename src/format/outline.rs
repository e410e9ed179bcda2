//! The types of a description of a format, for people who ask what a format is.

use serde::Serialize;
use serde::ser::Serializer;

/// A type of a description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Outline {
    /// Its name with those of the types around it: `file::header`.
    pub name: String,
    /// Its documentation; may be empty.
    pub doc: String,
    /// Its parameters, the fields of `seq`, and instances.
    pub fields: Vec<OutlineField>,
    /// The enumerations that it declares, and their members by number.
    #[serde(serialize_with = "enums")]
    pub enums: Vec<(String, Vec<(i128, String)>)>,
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlineField {
    /// Its name.
    pub name: String,
    /// Its type as the description writes it: with `[]` where it is a list, and with `parameter` or `value` where it
    /// has no bytes.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its documentation; may be empty.
    pub doc: String,
}

/// An object of the members' names by number, for each enumeration.
fn enums<S: Serializer>(
    enums: &[(String, Vec<(i128, String)>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    struct Members<'a>(&'a [(i128, String)]);

    impl Serialize for Members<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let members = self.0.iter();
            serializer.collect_map(members.map(|(number, name)| (number.to_string(), name)))
        }
    }

    let enums = enums.iter();
    serializer.collect_map(enums.map(|(name, members)| (name, Members(members))))
}
