//! Formats known by name, for `%name`.

use std::collections::BTreeMap;

use super::suggestion::near;

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
pub struct Formats(BTreeMap<String, Stored>);

#[derive(Clone, Debug)]
struct Stored {
    text: String,
    /// The names of its parameters, where they are stated.
    parameters: Option<Vec<String>>,
}

impl Formats {
    /// Adds a format; one of the same name is replaced. Its text is compiled where it is used.
    pub fn insert(&mut self, name: impl Into<String>, format: impl Into<String>) {
        let stored = Stored {
            text: format.into(),
            parameters: None,
        };
        self.0.insert(name.into(), stored);
    }

    /// The same for a format that takes parameters of these names: who refers to it gives each of them a
    /// value, and no other. Of one that is added by [`insert`](Formats::insert) nothing is known of these.
    ///
    /// ```
    /// use bytewright::{Formats, Struct};
    ///
    /// let mut formats = Formats::default();
    /// formats.insert_with_parameters("numbers", "{wide: 2I:of ; else: 2H:of}", ["wide"]);
    /// assert!(Struct::with_formats("B:wide %numbers{wide: wide}:all", &formats).is_ok());
    /// let error = Struct::with_formats("B:wide %numbers:all", &formats).unwrap_err();
    /// assert!(error.to_string().contains("no value for its parameter wide"));
    /// ```
    pub fn insert_with_parameters<P: Into<String>>(
        &mut self,
        name: impl Into<String>,
        format: impl Into<String>,
        parameters: impl IntoIterator<Item = P>,
    ) {
        let stored = Stored {
            text: format.into(),
            parameters: Some(parameters.into_iter().map(P::into).collect()),
        };
        self.0.insert(name.into(), stored);
    }

    /// The text of a format.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|stored| stored.text.as_str())
    }

    /// Names and texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, stored)| (name.as_str(), stored.text.as_str()))
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Formats {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(formats: I) -> Self {
        let mut known = Formats::default();
        for (name, text) in formats {
            known.insert(name, text);
        }
        known
    }
}

impl Formats {
    /// The names of a format's parameters, where it is known which it has.
    pub(super) fn parameters(&self, name: &str) -> Option<&[String]> {
        self.0.get(name)?.parameters.as_deref()
    }

    /// A known name close to one that isn't.
    pub(super) fn similar(&self, name: &str) -> Option<String> {
        near(name, self.0.keys().map(String::as_str)).map(str::to_owned)
    }
}
