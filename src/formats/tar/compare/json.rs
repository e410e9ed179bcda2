//! Differences of archives, and lines of manifests, as JSON.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Change, Difference, Field, Line};
use crate::formats::tar::member::Kind;
use crate::value::plain::Readable;

/// The keys are `kind` (`added`, `removed`, `changed`), `name`, and for what changed `fields`, a list.
///
/// ```
/// use bytewright::formats::tar::compare::Difference;
///
/// let json = serde_json::to_string(&Difference::Added(b"notes.txt"))?;
/// assert_eq!(json, r#"{"kind":"added","name":"notes.txt"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Difference<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, name, changes): (_, &[u8], &[Change]) = match self {
            Difference::Added(name) => ("added", name, &[]),
            Difference::Removed(name) => ("removed", name, &[]),
            Difference::Changed(name, changes) => ("changed", name, changes),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("name", &Readable::of(name))?;
        if !changes.is_empty() {
            map.serialize_entry("fields", changes)?;
        }
        map.end()
    }
}

/// The keys are `field`, and where there are values to show `a` and `b`; a mode has four octal digits.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("field", self.field.name())?;
        for (side, value) in self.values.iter().flat_map(|(a, b)| [("a", a), ("b", b)]) {
            match (self.field, value.as_int()) {
                (Field::Mode, Some(mode)) => map.serialize_entry(side, &format!("{mode:04o}"))?,
                _ => map.serialize_entry(side, &Readable::of(value))?,
            }
        }
        map.end()
    }
}

/// The keys are `name`, `type`, `size` (of files), `mode` (four octal digits), `link` (of links), and the name of
/// the algorithm of each digest, which is hexadecimal.
impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &Readable::of(self.name))?;
        map.serialize_entry("type", &self.kind)?;
        if self.kind == Kind::File {
            map.serialize_entry("size", &self.size)?;
        }
        map.serialize_entry("mode", &format!("{:04o}", self.mode))?;
        if matches!(self.kind, Kind::Symlink | Kind::Hardlink) {
            map.serialize_entry("link", &Readable::of(self.link))?;
        }
        for digest in &self.digests {
            map.serialize_entry(digest.algorithm.name(), digest)?;
        }
        map.end()
    }
}
