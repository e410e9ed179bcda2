//! What a description of a format says of its types, for people who ask what a format is.

/// A type of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// With the types that it stands in: `file::header`.
    pub name: String,
    /// What it is said to be; empty where nothing is said.
    pub doc: String,
    /// Its parameters, the fields of `seq`, and instances.
    pub fields: Vec<OutlineField>,
    /// The enumerations that it declares, and their members by number.
    pub enums: Vec<(String, Vec<(i128, String)>)>,
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutlineField {
    /// What it is called.
    pub name: String,
    /// Its type as a description spells it, with `[]` where it is a list, and with what it is where it has no
    /// bytes: `parameter`, `value`.
    pub kind: String,
    /// What it is said to be; empty where nothing is said.
    pub doc: String,
}
