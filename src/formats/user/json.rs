//! A format of a file as JSON.

use serde::ser::{Serialize, Serializer};

use super::file::StoredFormat;
use crate::schema::FactsByPath;

/// The keys are those of a [`Schema`](crate::schema::Schema), and before what is known of fields `file` and `line`.
///
/// ```
/// use bytewright::formats::user::Known;
///
/// let known = Known::from_text("formats.toml", "[formats.pair]\nformat = '<I:first I:second'")?;
/// let json = serde_json::to_value(known.get("pair"))?;
/// assert_eq!(json["format"], "<I:first I:second");
/// assert_eq!(json["line"], 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for StoredFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Fields<'a> {
            name: &'a str,
            doc: &'a str,
            format: &'a str,
            file: std::borrow::Cow<'a, str>,
            line: usize,
            #[serde(flatten)]
            facts: FactsByPath<'a>,
        }
        Fields {
            name: &self.schema.name,
            doc: self.schema.doc.trim(),
            format: &self.schema.format,
            file: self.path.to_string_lossy(),
            line: self.line,
            facts: FactsByPath::of(&self.schema),
        }
        .serialize(serializer)
    }
}
