//! The interface to the program around the browser: which formats there are.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::Source;
use crate::Struct;
use crate::format::{Format, StructFormat, Unknown};
use crate::formats::Registry;

/// Why there is no such format, or why one can't be kept, in words for who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostError(String);

impl HostError {
    /// An error in these words.
    pub fn new(message: impl Into<String>) -> HostError {
        HostError(message.into())
    }
}

impl From<HostError> for String {
    fn from(error: HostError) -> String {
        error.0
    }
}

/// Knows formats.
pub trait Host {
    /// The format that a file's content tells, or else its name.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    fn detect(&self, source: &Source, name: Option<&Path>) -> io::Result<Arc<dyn Format>>;

    /// The format of a name, or of a format string.
    ///
    /// # Errors
    ///
    /// A message why there is none.
    fn format(&self, text: &str) -> Result<Arc<dyn Format>, HostError>;

    /// Keeps a format under a name; answers where.
    ///
    /// # Errors
    ///
    /// A message why it can't be kept.
    fn store(&self, name: &str, format: &str) -> Result<String, HostError> {
        let _ = (name, format);
        Err(HostError::new("there is no place to keep formats in"))
    }
}

/// The formats of this crate, and nothing of the user's.
///
/// ```
/// use bytewright::view::{BuiltIn, Host};
///
/// assert_eq!(BuiltIn.format("tar").unwrap().name(), "tar");
/// assert_eq!(BuiltIn.format("<H:x H:y").unwrap().name(), "struct");
/// assert!(BuiltIn.format("<!").is_err());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn;

impl Host for BuiltIn {
    fn detect(&self, source: &Source, name: Option<&Path>) -> io::Result<Arc<dyn Format>> {
        let found = Registry::built_in().detect(source, name)?;
        Ok(found.unwrap_or_else(|| Arc::new(Unknown)))
    }

    fn format(&self, text: &str) -> Result<Arc<dyn Format>, HostError> {
        let text = text.trim();
        if let Some(format) = Registry::built_in().named(text) {
            return Ok(format);
        }
        match Struct::new(text) {
            Ok(layout) => Ok(Arc::new(StructFormat::new("struct", layout))),
            Err(error) => Err(HostError::new(error.to_string())),
        }
    }
}
