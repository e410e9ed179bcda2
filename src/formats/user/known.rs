//! All formats that are known by name: looking up, compiling, checking.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::file::{self, StoredFormat};
use super::meaning::{Key, Meanings};
use crate::Formats;
use crate::structs::{EntryKind, FormatError, Layout, Struct};

/// The formats of several files. Of two with one name the nearer counts.
#[derive(Clone, Debug, Default)]
pub struct Known {
    formats: BTreeMap<String, StoredFormat>,
    hidden: Vec<StoredFormat>,
    texts: Formats,
}

/// A format with what its values mean.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compiled {
    /// What packs and unpacks.
    pub layout: Struct,
    /// What the values mean, where the format is a stored one.
    pub meanings: Meanings,
}

impl From<Struct> for Compiled {
    fn from(layout: Struct) -> Compiled {
        Compiled {
            layout,
            meanings: Meanings::default(),
        }
    }
}

impl Known {
    /// The formats of these files, the nearest file first.
    ///
    /// Each file must be TOML of the right shape; whether the formats in it are right is seen
    /// when they are used, or by [`Known::check`].
    ///
    /// # Errors
    ///
    /// When a file can't be read, is too large, or isn't a file of formats.
    pub fn load(files: &[PathBuf]) -> Result<Known, Error> {
        let mut known = Known::default();
        for path in files {
            known.add(file::read(path)?);
        }
        Ok(known)
    }

    /// The formats of a file's text; `path` stands in errors.
    ///
    /// # Errors
    ///
    /// When the text isn't that of a file of formats.
    pub fn from_text(path: impl AsRef<Path>, text: &str) -> Result<Known, Error> {
        let mut known = Known::default();
        known.add(file::parse(path.as_ref(), text)?);
        Ok(known)
    }

    fn add(&mut self, formats: Vec<StoredFormat>) {
        for format in formats {
            if self.formats.contains_key(&format.name) {
                self.hidden.push(format);
                continue;
            }
            self.texts.insert(&*format.name, &*format.format);
            self.formats.insert(format.name.clone(), format);
        }
    }

    /// The format of that name.
    pub fn get(&self, name: &str) -> Option<&StoredFormat> {
        self.formats.get(name)
    }

    /// All formats, by name.
    pub fn iter(&self) -> impl Iterator<Item = &StoredFormat> {
        self.formats.values()
    }

    /// The formats that don't count, since a nearer file has one of the same name.
    pub fn hidden(&self) -> &[StoredFormat] {
        &self.hidden
    }

    /// Compiles a format that may refer to these. Nothing but `%name` is that format itself, and
    /// not a group that holds its fields. What stored formats say of their values holds wherever
    /// they are referred to.
    ///
    /// # Errors
    ///
    /// When the format, or one it refers to, is wrong, unknown, or contains itself; and when a
    /// stored format describes fields that it hasn't.
    pub fn compile(&self, format: &str) -> Result<Compiled, Error> {
        let mut described = HashMap::new();
        let name = format.trim().strip_prefix('%');
        if let Some(stored) = name.and_then(|name| self.formats.get(name)) {
            return self.stored(stored, &mut described);
        }
        let layout = Struct::with_formats(format, &self.texts).map_err(|e| self.locate(e))?;
        let mut meanings = Meanings::default();
        self.refer(&layout.layout(), &mut meanings, &mut described)?;
        Ok(Compiled { layout, meanings })
    }

    fn stored(
        &self,
        stored: &StoredFormat,
        described: &mut HashMap<String, Arc<Meanings>>,
    ) -> Result<Compiled, Error> {
        let layout = Struct::with_formats(&stored.format, &self.texts)
            .map_err(|e| self.locate(e.of(&stored.name)))?;
        let mut meanings = Meanings::of(stored);
        // A layout is made only where something refers to it.
        if !stored.field_lines.is_empty() || stored.format.contains('%') {
            let entries = layout.layout();
            check_fields(stored, &entries)?;
            self.refer(&entries, &mut meanings, described)?;
        }
        Ok(Compiled { layout, meanings })
    }

    /// Adds the meanings of the stored formats that a layout refers to: as deep as references
    /// nest, which the engine limits. Each of them is looked at once.
    fn refer(
        &self,
        layout: &Layout,
        meanings: &mut Meanings,
        described: &mut HashMap<String, Arc<Meanings>>,
    ) -> Result<(), Error> {
        // What lies in a reference is for the format referred to to describe.
        let mut inside = None;
        for entry in &layout.entries {
            if inside.is_some_and(|depth| entry.depth > depth) {
                continue;
            }
            inside = entry.reference.is_some().then_some(entry.depth);
            let stored = entry.reference.as_deref().and_then(|name| self.get(name));
            let Some(stored) = stored else { continue };
            let known = described.get(&stored.name).map(Arc::clone);
            let said = match known {
                Some(known) => known,
                None => {
                    let said = Arc::new(self.stored(stored, described)?.meanings);
                    described.insert(stored.name.clone(), Arc::clone(&said));
                    said
                }
            };
            if said.is_empty() {
                continue;
            }
            match entry.code.as_str() {
                "(…)" => meanings.refer(&entry.path, &said),
                _ => meanings.refer(&format!("{}[]", entry.path), &said),
            }
        }
        Ok(())
    }

    /// What is wrong with the formats, in the order of their names.
    pub fn check(&self) -> Vec<Error> {
        self.iter()
            .filter_map(|stored| self.stored(stored, &mut HashMap::new()).err())
            .collect()
    }

    /// Puts the place in a file beside an error in a stored format.
    fn locate(&self, error: FormatError) -> Error {
        let stored = error.origin().and_then(|name| self.formats.get(name));
        let place = stored.map(|stored| (&*stored.path, stored.line_of(&error)));
        Error::format(place, error)
    }
}

/// What a field holds, as far as enumerations and flags go by it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Integer,
    /// An array of them.
    Integers,
    Bytes,
    Other,
}

fn check_fields(stored: &StoredFormat, layout: &Layout) -> Result<(), Error> {
    let entries = layout.entries.iter().filter(|entry| !entry.path.is_empty());
    let fields: HashMap<&str, Holds> = entries
        .map(|entry| {
            let holds = match entry.kind {
                EntryKind::Bits => Holds::Integer,
                EntryKind::Field => holds(&entry.code),
                _ => Holds::Other,
            };
            (entry.path.as_str(), holds)
        })
        .collect();
    for (section, path, line) in &stored.field_lines {
        let wrong = |message: String| {
            let message = format!("in %{}, {section}: {message}", stored.name);
            Err(Error::entry(&stored.path, Some(*line), message))
        };
        let Some(holds) = fields.get(path.as_str()) else {
            let near = fields.keys().filter(|field| last(field) == last(path));
            let hint = match near.min() {
                Some(near) => format!("did you mean {near:?}?"),
                None => "paths are written as layout prints them".to_owned(),
            };
            return wrong(format!("there is no field {path:?}; {hint}"));
        };
        match (*section, holds) {
            ("hex", Holds::Bytes | Holds::Other) => {
                return wrong(format!("{path:?} holds no integers to show in hexadecimal"));
            }
            ("flags", Holds::Integers | Holds::Bytes | Holds::Other) => {
                return wrong(format!(
                    "{path:?} is not a single integer, and has no flags"
                ));
            }
            ("enums", Holds::Integers | Holds::Other) => {
                return wrong(format!(
                    "{path:?} is neither a single integer nor bytes, and has no names"
                ));
            }
            ("enums", holds) => {
                let keys = stored.enums.get(path).into_iter().flat_map(|e| e.iter());
                for (key, _) in keys {
                    match (key, holds) {
                        (Key::Bytes(_), Holds::Integer) => {
                            return wrong(format!("{path:?} is an integer, and is never {key}"));
                        }
                        (Key::Number(n), Holds::Bytes) => {
                            return wrong(format!(
                                "{path:?} holds bytes, and is never the number {n}; \
                                 for these digits write \"b'{n}'\""
                            ));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// By the code of a field's line in the layout, such as `I`, `[…]s` or `3H`.
fn holds(code: &str) -> Holds {
    let counted = |c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '…' | '*');
    let letters = code.trim_start_matches(counted);
    // One with a count is an array.
    let letters_alone = letters == code;
    match letters {
        "s" | "p" => Holds::Bytes,
        "e" | "f" | "d" | "F" | "D" | "Zf" | "Zd" | "x" | "(…)" => Holds::Other,
        "c" | "z" if letters_alone => Holds::Bytes,
        "c" | "z" => Holds::Other,
        _ if letters_alone => Holds::Integer,
        _ => Holds::Integers,
    }
}

/// The field's own name, behind the groups that it lies in.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
