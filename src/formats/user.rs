//! Formats that users keep in TOML files: a name, a format, and what its values mean.
//!
//! `docs/formats.md` describes the files. They are data only: nothing in one is ever run.
//!
//! ```
//! use bytewright::formats::user::Known;
//! use bytewright::tree::Space;
//!
//! let known = Known::from_text(
//!     "point.toml",
//!     r#"
//!     [formats.point]
//!     doc = "A place in a picture"
//!     format = "<H:x H:y B:color"
//!     detect = [{ suffix = ".point" }]
//!     [formats.point.enums.color]
//!     1 = "red"
//!     "#,
//! )?;
//! let point = known.compile("%point")?;
//! let mut nodes = point.layout.nodes(b"\x02\0\x03\0\x01", Space::FILE, 0)?;
//! point.meanings.annotate(&mut nodes);
//! assert_eq!(nodes[2].meaning.as_deref(), Some("red"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | `file` | one TOML file: its model, and reading it |
//! | `find` | which files there are |
//! | `json` | a format of a file as JSON |
//! | `known` | all formats together: looking up, compiling, checking |
//! | `c_header` | structs of C as formats |
//! | `converted` | results of converting descriptions in other languages |
//! | `detect` | which format a file has |
//! | `store` | keeping a format in a file of its own |

mod c_header;
mod converted;
mod detect;
mod error;
mod file;
mod find;
mod json;
mod known;
#[cfg(feature = "files")]
mod store;

pub use c_header::{from_c, read_c};
#[cfg(feature = "kaitai")]
pub(crate) use converted::toml_text;
pub use converted::{Converted, LeftOut};
pub use detect::Rule;
pub use error::Error;
#[cfg(feature = "kaitai")]
pub(crate) use file::text_of;
pub use file::{MAX_FILE, MAX_FORMATS, StoredFormat};
pub use find::{FOLDER_FILES, configuration_folder, discover, in_folder};
pub use known::Known;
#[cfg(feature = "files")]
pub use store::store;
