//! A struct as its text: printed, parsed, compared.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::{FormatError, Struct};

/// As [`Struct::new`].
///
/// ```
/// use bytewright::Struct;
///
/// let point: Struct = "<h:x h:y".parse()?;
/// assert_eq!(point.size(), Some(4));
/// # Ok::<(), bytewright::Error>(())
/// ```
impl FromStr for Struct {
    type Err = FormatError;

    fn from_str(format: &str) -> Result<Struct, FormatError> {
        Struct::new(format)
    }
}

/// The text of the format.
///
/// ```
/// let point = bytewright::Struct::new("<h:x h:y")?;
/// assert_eq!(point.to_string(), "<h:x h:y");
/// assert_eq!(format!("{point:?}"), "Struct(\"<h:x h:y\")");
/// # Ok::<(), bytewright::Error>(())
/// ```
impl fmt::Display for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format())
    }
}

impl fmt::Debug for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Struct").field(&self.format()).finish()
    }
}

/// Two are equal if their texts are, and those of all formats that they refer to.
///
/// ```
/// use bytewright::{Formats, Struct};
///
/// assert_eq!(Struct::new("<H")?, Struct::python("<H")?);
/// assert_ne!(Struct::new("<H")?, Struct::new("< H")?);
///
/// let word = |text| Struct::with_formats("%word", &Formats::from_iter([("word", text)]));
/// assert_ne!(word("<H")?, word("<I")?);
/// # Ok::<(), bytewright::Error>(())
/// ```
impl PartialEq for Struct {
    fn eq(&self, other: &Struct) -> bool {
        self.format() == other.format() && self.plan.references() == other.plan.references()
    }
}

impl Eq for Struct {}

impl Hash for Struct {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.format().hash(state);
        self.plan.references().hash(state);
    }
}
