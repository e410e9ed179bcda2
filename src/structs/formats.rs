//! Formats known by name, for `%name`.

use std::collections::BTreeMap;

use super::compile::Lookup;
use super::near::near;

/// The texts of formats by their names.
///
/// ```
/// use bytewright::Formats;
///
/// let mut formats = Formats::default();
/// formats.insert("rgbquad", "B:blue B:green B:red x");
/// assert_eq!(formats.get("rgbquad"), Some("B:blue B:green B:red x"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Formats(BTreeMap<String, String>);

impl Formats {
    /// Adds a format; one of the same name is replaced. Its text is compiled where it is used.
    pub fn insert(&mut self, name: impl Into<String>, format: impl Into<String>) {
        self.0.insert(name.into(), format.into());
    }

    /// The text of a format.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Names and texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Formats {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(formats: I) -> Self {
        Formats(
            formats
                .into_iter()
                .map(|(n, t)| (n.into(), t.into()))
                .collect(),
        )
    }
}

impl Lookup for Formats {
    fn text(&self, name: &str) -> Option<&str> {
        self.get(name)
    }

    fn similar(&self, name: &str) -> Option<String> {
        near(name, self.0.keys().map(String::as_str)).map(str::to_owned)
    }
}
