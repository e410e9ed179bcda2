//! All formats that are known by name: looking up, compiling, checking.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::file::{self, StoredFormat};
use crate::Formats;
use crate::schema::{Compiled, FactMisfit, Meanings};
use crate::structs::{FormatError, Layout, Repetition, Struct};

/// The formats of several files. Of two with the same name, the one in the nearer file wins.
#[derive(Clone, Debug, Default)]
pub struct Known {
    formats: BTreeMap<String, StoredFormat>,
    hidden: Vec<StoredFormat>,
    texts: Formats,
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

    /// The formats of a file's text; `path` is in errors.
    ///
    /// # Errors
    ///
    /// When the text isn't that of a file of formats.
    pub fn from_text(path: impl AsRef<Path>, text: &str) -> Result<Known, Error> {
        let mut known = Known::default();
        known.add(file::parse(path.as_ref(), text)?);
        Ok(known)
    }

    /// The same formats, whose facts are known to fit their fields: only [`Known::check`] compares them.
    pub(crate) fn checked(self) -> Known {
        self.with_checked(true)
    }

    fn with_checked(mut self, is_checked: bool) -> Known {
        for format in self.formats.values_mut() {
            format.is_checked = is_checked;
        }
        self
    }

    fn add(&mut self, formats: Vec<StoredFormat>) {
        for format in formats {
            if self.formats.contains_key(&*format.schema.name) {
                self.hidden.push(format);
                continue;
            }
            let schema = &format.schema;
            let (name, text) = (&*schema.name, &*schema.format);
            let parameters = format.parameters.iter().cloned();
            self.texts.insert_with_parameters(name, text, parameters);
            self.formats
                .insert(schema.name.clone().into_owned(), format);
        }
    }

    /// These formats, and those of `farther` whose names none of these has.
    #[must_use]
    pub fn or(mut self, farther: Known) -> Known {
        for (name, format) in farther.formats {
            if !self.formats.contains_key(&name) {
                self.texts.insert(&*name, &*format.schema.format);
                self.formats.insert(name, format);
            }
        }
        self
    }

    /// The format of that name.
    pub fn get(&self, name: &str) -> Option<&StoredFormat> {
        self.formats.get(name)
    }

    /// All formats, by name.
    pub fn iter(&self) -> impl Iterator<Item = &StoredFormat> {
        self.formats.values()
    }

    /// The formats that are hidden by one of the same name in a nearer file.
    pub fn hidden(&self) -> &[StoredFormat] {
        &self.hidden
    }

    /// Compiles a format that may refer to these. Nothing but `%name` is that format itself, and
    /// not a group that holds its fields. The meanings of stored formats apply wherever they are referred to.
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
        if layout.is_whole() {
            meanings.refer_by_name(self.described_in(&layout)?);
            return Ok(Compiled::new(layout, meanings));
        }
        self.refer(&layout.layout(), &mut meanings, &mut described)?;
        Ok(Compiled::new(layout, meanings))
    }

    fn stored(
        &self,
        stored: &StoredFormat,
        described: &mut HashMap<String, Arc<Meanings>>,
    ) -> Result<Compiled, Error> {
        let schema = &stored.schema;
        let layout = match stored.parameters.is_empty() {
            true => Struct::with_formats(&schema.format, &self.texts),
            false => Struct::with_parameters(&schema.format, &self.texts, &stored.parameters),
        };
        let layout = layout.map_err(|e| self.locate(e.of(&schema.name)))?;
        let mut meanings = Meanings::of(schema);
        if layout.is_whole() {
            if !stored.is_checked {
                let checked = schema.check_paths(|path| layout.has_path(path));
                checked.map_err(|e| misfit(stored, &e))?;
            }
            meanings.refer_by_name(self.described_in(&layout)?);
            return Ok(Compiled::new(layout, meanings));
        }
        // A layout is made only where something refers to it.
        if !stored.fact_lines.is_empty() || schema.format.contains('%') {
            let entries = layout.layout();
            if !stored.is_checked {
                schema.check(&entries).map_err(|e| misfit(stored, &e))?;
            }
            self.refer(&entries, &mut meanings, described)?;
        }
        Ok(Compiled::new(layout, meanings))
    }

    /// The meanings of the stored formats that a format of a whole file refers to, by name.
    fn described_in(&self, layout: &Struct) -> Result<BTreeMap<String, Meanings>, Error> {
        let mut described = BTreeMap::new();
        for stored in layout.references().filter_map(|name| self.get(name)) {
            let schema = &stored.schema;
            let has_path = |path: &str| layout.has_path_in(&schema.name, path);
            if !stored.is_checked && schema.check_paths(has_path).is_err() {
                // By itself it may be a format that a plan reads, whose unnamed groups are called by their indices.
                self.check_alone(stored)?;
            }
            let meanings = Meanings::of(schema);
            if !meanings.is_empty() {
                described.insert(schema.name.clone().into_owned(), meanings);
            }
        }
        Ok(described)
    }

    /// Checks the facts of a stored format against its fields, without those of formats that it refers to.
    fn check_alone(&self, stored: &StoredFormat) -> Result<(), Error> {
        let schema = &stored.schema;
        let layout = Struct::with_parameters(&schema.format, &self.texts, &stored.parameters);
        let layout = layout.map_err(|e| self.locate(e.of(&schema.name)))?;
        let checked = match layout.is_whole() {
            true => schema.check_paths(|path| layout.has_path(path)),
            false => schema.check(&layout.layout()),
        };
        checked.map_err(|e| misfit(stored, &e))
    }

    /// Adds the meanings of the stored formats that a layout refers to: as deep as references
    /// nest, which the engine limits. Each of them is looked at once.
    fn refer(
        &self,
        layout: &Layout,
        meanings: &mut Meanings,
        described: &mut HashMap<String, Arc<Meanings>>,
    ) -> Result<(), Error> {
        // Fields inside a reference are described by the format referred to.
        let mut inside = None;
        for entry in &layout.entries {
            if inside.is_some_and(|depth| entry.depth > depth) {
                continue;
            }
            inside = entry.reference.is_some().then_some(entry.depth);
            let stored = entry.reference.as_deref().and_then(|name| self.get(name));
            let Some(stored) = stored else { continue };
            let known = described.get(&*stored.schema.name).map(Arc::clone);
            let said = match known {
                Some(known) => known,
                None => {
                    let said = Arc::new(self.stored(stored, described)?.meanings);
                    described.insert(stored.schema.name.clone().into_owned(), Arc::clone(&said));
                    said
                }
            };
            if said.is_empty() {
                continue;
            }
            match entry.repetition {
                Repetition::Once => meanings.refer(&entry.path, &said),
                _ => meanings.refer(&format!("{}[]", entry.path), &said),
            }
        }
        Ok(())
    }

    /// The errors of the formats, in the order of their names.
    pub fn check(&self) -> Vec<Error> {
        let known = self.clone().with_checked(false);
        known
            .iter()
            .filter_map(|stored| known.stored(stored, &mut HashMap::new()).err())
            .collect()
    }

    /// Puts the place in a file beside an error in a stored format.
    fn locate(&self, error: FormatError) -> Error {
        let stored = error.origin().and_then(|name| self.formats.get(name));
        let place = stored.map(|stored| (&*stored.path, stored.line_of(&error)));
        Error::format(place, error)
    }
}

/// The error of a fact, with its line.
fn misfit(stored: &StoredFormat, misfit: &FactMisfit) -> Error {
    let place = stored.fact_lines.get(misfit.index).copied();
    let (section, line) = place.unwrap_or(("format", stored.line));
    let message = format!("in %{}, {section}: {}", stored.schema.name, misfit.message);
    Error::entry(&stored.path, Some(line), message)
}
