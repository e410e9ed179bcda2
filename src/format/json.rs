//! What is known of a format as JSON.

use serde::ser::{Serialize, Serializer};

use super::{Code, Format};
use crate::schema::Schema;

/// The keys are `name`, `doc`, which is its title, `suffixes`, `headers`, which are its schemas, and `codes` of problems.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::format::{Format, StructFormat};
///
/// let format = StructFormat::new("pair", Struct::new("<HH:second")?);
/// let json = serde_json::to_value(&format as &dyn Format)?;
/// assert_eq!(json["name"], "pair");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for dyn Format + '_ {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Fields<'a> {
            name: &'a str,
            doc: &'a str,
            suffixes: &'a [&'a str],
            headers: Vec<&'a Schema>,
            codes: &'a [Code],
        }
        Fields {
            name: self.name(),
            doc: self.title(),
            suffixes: self.suffixes(),
            headers: self.schemas(),
            codes: self.codes(),
        }
        .serialize(serializer)
    }
}
