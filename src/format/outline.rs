//! The types of a description of a format, for people who ask what a format is.

/// A type of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// Its name with those of the types around it: `file::header`.
    pub name: String,
    /// Its documentation; may be empty.
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
    /// Its name.
    pub name: String,
    /// Its type as the description writes it: with `[]` where it is a list, and with `parameter` or `value` where it
    /// has no bytes.
    pub kind: String,
    /// Its documentation; may be empty.
    pub doc: String,
}
