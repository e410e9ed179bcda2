//! Descriptions of Kaitai Struct, `.ksy` files, as formats.
//!
//! They are read as they are, without a compiler: a description becomes [`Kaitai`], which makes trees of
//! files as any other format does. `docs/kaitai.md` says what of the language is understood.
//!
//! ```
//! use bytewright::Source;
//! use bytewright::formats::kaitai::Kaitai;
//! use bytewright::inspect::Document;
//!
//! let text = "
//! meta:
//!   id: packet
//!   endian: be
//! seq:
//!   - id: length
//!     type: u2
//!   - id: body
//!     size: length
//! instances:
//!   is_short:
//!     value: length < 16
//! ";
//! let packet = Kaitai::from_text("packet.ksy", text)?;
//! let document = Document::open(Source::from(&b"\0\x02ab"[..]), packet)?;
//! let found = document.find(&"body".parse()?)?;
//! assert_eq!(found[0].node.value, Some(b"ab".into()));
//! let found = document.find(&"is_short".parse()?)?;
//! assert_eq!(found[0].node.value, Some(true.into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | `yaml`, `load`, `build`, `parse_fields`, `types` | files, what they import and declare |
//! | `find` | which descriptions there are |
//! | `outline` | the types of a description, for people |
//! | `convert` | descriptions in the language of this crate |
//! | `check`, `typing`, `operands`, `parents` | whether their expressions can be computed at all |
//! | `spec`, `size` | a description: types, fields, enums |
//! | `expression`, `parse`, `literals` | the language of expressions |
//! | `read`, `read_field`, `element`, `number_format`, `process`, `valid`, `show`, `eval`, `values`, `stream`, `strings`, `text` | reading a file |
//! | `draft`, `tree`, `fault` | the tree of a file |

mod build;
mod check;
mod convert;
mod draft;
mod element;
mod error;
mod eval;
mod expression;
mod fault;
mod find;
mod literals;
mod load;
mod number_format;
mod operands;
mod outline;
mod parents;
mod parse;
mod parse_fields;
mod process;
mod read;
mod read_field;
mod show;
mod size;
mod spec;
mod stream;
mod strings;
mod text;
mod tree;
mod types;
mod typing;
mod valid;
mod values;
mod yaml;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use load::LoadedDescription;
use read::Reader;
use spec::{Content as FieldContent, Kind, KindOf, Size, Valid};

use crate::Source;
use crate::format::{Code, Content, Fit, Format, Head};
use crate::tree::{Node, Problem, Range};

pub use error::Error;
pub use find::{Descriptions, is_description};

/// Room for the calls of a reader: objects in objects, each with expressions.
const STACK: usize = 64 << 20;

/// A description of Kaitai Struct as the format of files.
#[derive(Clone, Debug)]
pub struct Kaitai {
    name: String,
    loaded: Arc<LoadedDescription>,
}

impl Kaitai {
    /// The description in a file. What it imports is looked for beside it, then in the folders.
    ///
    /// # Errors
    ///
    /// When a file can't be read, or has something that means nothing or isn't supported.
    pub fn open(path: impl AsRef<Path>, folders: &[PathBuf]) -> Result<Kaitai, Error> {
        load::file(path.as_ref(), folders).map(Kaitai::of)
    }

    /// The description that a text is; `path` is in errors, and imports are looked for beside it.
    ///
    /// # Errors
    ///
    /// As [`Kaitai::open`].
    pub fn from_text(path: impl AsRef<Path>, text: &str) -> Result<Kaitai, Error> {
        load::from_text(path.as_ref(), text, &[]).map(Kaitai::of)
    }

    fn of(loaded: LoadedDescription) -> Kaitai {
        let name = loaded.spec.types.get(loaded.root).map(|of| of.name.clone());
        Kaitai {
            name: name.unwrap_or_default().into(),
            loaded: Arc::new(loaded),
        }
    }

    /// What the description says that it describes, in a line.
    pub fn title(&self) -> Option<&str> {
        self.loaded.title.as_deref()
    }

    /// How names of such files end.
    pub fn extensions(&self) -> &[String] {
        &self.loaded.suffixes
    }

    /// The bytes that every such file begins with.
    fn signature(&self) -> Vec<u8> {
        let spec = &self.loaded.spec;
        let mut signature = Vec::new();
        let mut of = spec.types.get(self.loaded.root);
        // Into the first field, and the first of that one.
        for _ in 0..8 {
            let Some(found) = of else { break };
            of = None;
            for field in &found.seq {
                let FieldContent::Read(shape) = &field.content else {
                    break;
                };
                if let (None, Some(Valid::Equal(expression::Expression::Bytes(bytes)))) =
                    (&field.condition, &field.valid)
                    && matches!(shape.size, Size::Computed(expression::Expression::Int(_)))
                {
                    signature.extend_from_slice(bytes);
                    continue;
                }
                if let (true, KindOf::One(Kind::Object(id, _)), None) =
                    (signature.is_empty(), &shape.kind, &field.condition)
                {
                    of = spec.types.get(*id);
                }
                break;
            }
        }
        signature
    }
}

impl Format for Kaitai {
    fn name(&self) -> &str {
        &self.name
    }

    /// By the contents that the first fields have.
    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        let signature = self.signature();
        let fits = !signature.is_empty() && head.starts_with(&signature);
        Ok(fits.then_some(Fit::Signature(signature.len())))
    }

    fn tree(&self, source: &Source, content: &mut Content<'_>) -> io::Result<Node> {
        let first = content.next_space();
        let loaded = &*self.loaded;
        // A thread of its own, for the room on its stack.
        let made = std::thread::scope(|scope| {
            let reading = std::thread::Builder::new()
                .name("kaitai".to_owned())
                .stack_size(STACK)
                .spawn_scoped(scope, || read_all(loaded, &self.name, source, first))?;
            reading
                .join()
                .map_err(|_| io::Error::other("reading by the description failed"))?
        });
        let (root, streams) = made?;
        for stream in streams {
            content.add(stream);
        }
        Ok(root)
    }

    fn title(&self) -> &str {
        Kaitai::title(self).unwrap_or_default()
    }

    fn codes(&self) -> &[Code] {
        &fault::CODES
    }
}

fn read_all(
    loaded: &LoadedDescription,
    name: &str,
    source: &Source,
    first_space: u32,
) -> io::Result<(Node, Vec<Source>)> {
    let size = source.size()?;
    let mut reader = Reader::new(&loaded.spec, source, first_space)?;
    let fault = reader.all(loaded.root);
    reader.check()?;
    let mut root = reader.tree(name, size);
    if let Some(fault) = fault.filter(|fault| !fault.told) {
        let all = Range::file(0, size);
        let problem = Problem::new(fault.code.code, fault.code.severity, all, fault.message);
        root.problems.push(problem);
    }
    Ok((root, reader.made))
}
