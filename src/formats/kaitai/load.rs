//! Files of descriptions: reading them and what they import, and which types and enums they declare.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use super::build;
use super::check;
use super::error::{Error, LineError};
use super::spec::{Coding, Enum, Place, Spec, Tops, Type, TypeId};
use super::yaml::{Yaml, YamlValue};
use crate::formats::user::text_of;

/// The largest file of a description that is read, in bytes.
pub(super) const MAX_FILE: u64 = 4 << 20;

/// The most files that a description may import, those that these import included.
const MAX_IMPORTS: usize = 256;

/// How many folders above a file, its own included, are searched for an absolute import.
const MAX_ABOVE: usize = 5;

/// The version of the language that is read.
const VERSION: (u64, u64) = (0, 11);

/// A description with all that it imports.
#[derive(Debug)]
pub(super) struct LoadedDescription {
    pub(super) spec: Spec,
    pub(super) root: TypeId,
    pub(super) suffixes: Vec<String>,
    pub(super) title: Option<String>,
}

/// A type as it is known before its fields are read.
pub(super) struct TypeDeclaration {
    pub(super) yaml: Arc<Yaml>,
    pub(super) encoding: Option<Coding>,
}

pub(super) struct Loader<'f> {
    folders: &'f [PathBuf],
    pub(super) spec: Spec,
    pub(super) declared: Vec<TypeDeclaration>,
    pub(super) tops: Tops,
    /// The names of all fields, to report names that no field has.
    pub(super) names: HashSet<SmolStr>,
    files: HashSet<PathBuf>,
}

/// The file, and those that it imports from its own folder or from `folders`.
pub(super) fn file(path: &Path, folders: &[PathBuf]) -> Result<LoadedDescription, Error> {
    let text = read(path)?;
    from_text(path, &text, folders)
}

pub(super) fn from_text(
    path: &Path,
    text: &str,
    folders: &[PathBuf],
) -> Result<LoadedDescription, Error> {
    let mut loader = Loader {
        folders,
        spec: Spec::default(),
        declared: Vec::new(),
        tops: Tops::new(),
        names: HashSet::new(),
        files: HashSet::new(),
    };
    loader.files.insert(known(path));
    let mut waiting = vec![(path.to_owned(), text.to_owned())];
    let mut root = None;
    while let Some((path, text)) = waiting.pop() {
        let located = |wrong: LineError| Error::new(&path, Some(wrong.line), wrong.message);
        let yaml = Yaml::parse(&text).map_err(located)?;
        let (id, imports) = loader.top(&path, &yaml).map_err(located)?;
        root.get_or_insert(id);
        // A type that isn't declared may be one of another description, which nothing imports.
        if is_opaque(&yaml) {
            for name in loader.unknown_types(id) {
                let found = loader.import(&path, &name);
                if let Some(found) = found.filter(|found| loader.files.insert(known(found))) {
                    loader
                        .bounded()
                        .map_err(|e| located(LineError::new(1, e)))?;
                    let text = read(&found)?;
                    waiting.push((found, text));
                }
            }
        }
        for (line, name) in imports {
            let found = loader.import(&path, &name).ok_or_else(|| {
                let message =
                    format!("no file {name}.ksy is in this folder, or in one that --formats names");
                located(LineError::new(line, message))
            })?;
            if loader.files.insert(known(&found)) {
                loader
                    .bounded()
                    .map_err(|e| located(LineError::new(line, e)))?;
                let text = read(&found)?;
                waiting.push((found, text));
            }
        }
    }
    let root = root.unwrap_or(0);
    let meta = loader.declared.get(root).map(|root| Arc::clone(&root.yaml));
    let meta = meta.as_ref().and_then(|yaml| yaml.get("meta"));
    let suffixes = meta.and_then(|meta| meta.get("file-extension"));
    let suffixes = match suffixes.map(|suffixes| &suffixes.what) {
        Some(YamlValue::Scalar { text, .. }) => vec![text.to_ascii_lowercase()],
        Some(YamlValue::List(items)) => {
            let texts = items.iter().filter_map(|item| item.scalar());
            texts.map(str::to_ascii_lowercase).collect()
        }
        _ => Vec::new(),
    };
    let title = meta.and_then(|meta| meta.get("title")?.scalar().map(str::to_owned));
    build::fields(&mut loader)?;
    check::check(&loader)?;
    Ok(LoadedDescription {
        spec: loader.spec,
        root,
        suffixes,
        title,
    })
}

fn read(path: &Path) -> Result<String, Error> {
    let text = text_of(path, MAX_FILE).map_err(|error| Error::io(path, error))?;
    text.ok_or_else(|| {
        let message = format!("a description has at most {MAX_FILE} bytes");
        Error::new(path, None, message)
    })
}

/// One name for a file, however its path is written.
fn known(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The documentation of a type or a field.
pub(super) fn doc(yaml: &Yaml) -> SmolStr {
    let doc = yaml.get("doc").and_then(|doc| doc.scalar());
    doc.unwrap_or_default().trim().into()
}

/// Whether a file may name types that are read by programs, not by descriptions.
pub(super) fn is_opaque(yaml: &Yaml) -> bool {
    let flag = yaml
        .get("meta")
        .and_then(|meta| meta.get("ks-opaque-types"));
    flag.and_then(|flag| flag.scalar()) == Some("true")
}

impl Loader<'_> {
    /// Whether no more files are imported than may be.
    fn bounded(&self) -> Result<(), String> {
        match self.files.len() > MAX_IMPORTS {
            true => Err(format!("more than {MAX_IMPORTS} files are imported")),
            false => Ok(()),
        }
    }

    /// The names of types that the types from `top` on use, and none of them is.
    fn unknown_types(&self, top: TypeId) -> Vec<String> {
        let mut unknown = Vec::new();
        for (id, declared) in self.declared.iter().enumerate().skip(top) {
            let seq = list(&declared.yaml, "seq").unwrap_or_default().iter();
            let instances = map(&declared.yaml, "instances").unwrap_or_default();
            let fields = seq.chain(instances.iter().map(|entry| &entry.value));
            for of in fields.filter_map(|field| field.get("type")) {
                let cases = map(of, "cases").unwrap_or_default();
                let cases = cases.iter().map(|case| &case.value);
                for name in cases.chain([of]).filter_map(|name| name.scalar()) {
                    let name = name.split(['(', ':']).next().unwrap_or_default().trim();
                    let is_known = super::types::is_built_in(name)
                        || check_identifier(name, 1).is_err()
                        || self.spec.find_type(id, name, &self.tops).is_some();
                    if !is_known {
                        unknown.push(name.to_owned());
                    }
                }
            }
        }
        unknown
    }

    /// Where the file of an import is.
    fn import(&self, from: &Path, name: &str) -> Option<PathBuf> {
        let own = from.parent().unwrap_or(Path::new(""));
        let relative = Path::new(name.trim_start_matches('/'));
        let is_absolute = name.starts_with('/');
        let beside = (!is_absolute).then_some(own);
        let folders = self.folders.iter().map(PathBuf::as_path);
        // The root of a collection is one of the folders above its files.
        let whole = own.canonicalize().unwrap_or_default();
        let above = whole.ancestors().take(MAX_ABOVE).filter(|_| is_absolute);
        let mut found = beside
            .into_iter()
            .chain(folders)
            .chain(above)
            .map(|folder| {
                let mut path = folder.join(relative).into_os_string();
                path.push(".ksy");
                PathBuf::from(path)
            });
        found.find(|path| path.is_file())
    }

    /// The type of a whole file, and what it imports.
    fn top(
        &mut self,
        path: &Path,
        yaml: &Arc<Yaml>,
    ) -> Result<(TypeId, Vec<(usize, String)>), LineError> {
        let meta = yaml.get("meta");
        let Some(id) = meta.and_then(|meta| meta.get("id")) else {
            let message = "a description has an id: meta: { id: name }";
            return Err(LineError::new(meta.map_or(1, |meta| meta.line), message));
        };
        let name = identifier(id)?;
        let mut imports = Vec::new();
        if let Some(list) = meta.and_then(|meta| meta.get("imports")) {
            let YamlValue::List(items) = &list.what else {
                return Err(LineError::new(list.line, "imports is a list of paths"));
            };
            for item in items {
                let path = item
                    .scalar()
                    .ok_or_else(|| LineError::new(item.line, "an import is a path without .ksy"))?;
                imports.push((item.line, path.to_owned()));
            }
        }
        if let Some(version) = meta.and_then(|meta| meta.get("ks-version")) {
            version_fits(version)?;
        }
        let path: Arc<Path> = path.into();
        let top = self.declare(&path, name.clone(), yaml, None)?;
        self.tops.insert(name, top);
        Ok((top, imports))
    }

    /// A type and those in it, by a list of those that wait: no recursion over what a file nests.
    fn declare(
        &mut self,
        path: &Arc<Path>,
        name: SmolStr,
        yaml: &Arc<Yaml>,
        around: Option<TypeId>,
    ) -> Result<TypeId, LineError> {
        let top = self.spec.types.len();
        let mut waiting = vec![(name, Arc::clone(yaml), around)];
        while let Some((name, yaml, around)) = waiting.pop() {
            if yaml.entries().is_none() {
                let message =
                    format!("the type {name} is a map: seq, instances, types, enums, or {{}}");
                return Err(LineError::new(yaml.line, message));
            }
            let id = self.spec.types.len();
            let names = self.names_in(&yaml)?;
            let mut enums = HashMap::new();
            for entry in map(&yaml, "enums")? {
                check_identifier(&entry.key, entry.line)?;
                let name = SmolStr::new(&entry.key);
                enums.insert(name.clone(), self.spec.enums.len());
                self.spec.enums.push(enumeration(name, &entry.value)?);
            }
            let inner = map(&yaml, "types")?;
            // The first is taken first.
            for entry in inner.iter().rev() {
                check_identifier(&entry.key, entry.line)?;
                let waits = (
                    entry.key.as_str().into(),
                    Arc::clone(&entry.value),
                    Some(id),
                );
                waiting.push(waits);
            }
            let around_meta = around.and_then(|id| self.declared.get(id));
            let meta = yaml.get("meta").map(|meta| &**meta);
            let encoding = match meta.and_then(|meta| meta.get("encoding")) {
                Some(name) => Some(encoding(name)?),
                None => around_meta.and_then(|around| around.encoding.clone()),
            };
            if let Some(id) = around
                && let Some(around) = self.spec.types.get_mut(id)
            {
                around.types.insert(name.clone(), self.declared.len());
            }
            let bits_little = match meta.and_then(|meta| meta.get("bit-endian")) {
                Some(order) => little(order)?,
                None => around
                    .and_then(|id| self.spec.types.get(id))
                    .is_some_and(|around| around.bits_little),
            };
            let doc = doc(&yaml);
            self.declared.push(TypeDeclaration { yaml, encoding });
            self.spec.types.push(Type {
                name,
                path: Arc::clone(path),
                around,
                top,
                types: HashMap::new(),
                enums,
                endian: None,
                bits_little,
                doc,
                params: Vec::new(),
                seq: Vec::new(),
                instances: Vec::new(),
                names,
                to_string: None,
            });
        }
        Ok(top)
    }

    /// The names that a type declares, and where.
    fn names_in(&mut self, yaml: &Yaml) -> Result<HashMap<SmolStr, Place>, LineError> {
        let mut names = HashMap::new();
        let mut add = |found: SmolStr, line: usize, place: Place| {
            self.names.insert(found.clone());
            match names.insert(found.clone(), place) {
                Some(_) => Err(LineError::new(
                    line,
                    format!("{found} is declared here twice"),
                )),
                None => Ok(()),
            }
        };
        for (index, item) in list(yaml, "params")?.iter().enumerate() {
            let id = item.get("id").ok_or_else(|| {
                LineError::new(item.line, "a parameter has an id: { id: name, type: u4 }")
            })?;
            add(identifier(id)?, id.line, Place::Param(index))?;
        }
        for (index, item) in list(yaml, "seq")?.iter().enumerate() {
            if let Some(id) = item.get("id") {
                add(identifier(id)?, id.line, Place::Seq(index))?;
            }
        }
        for (index, entry) in map(yaml, "instances")?.iter().enumerate() {
            check_identifier(&entry.key, entry.line)?;
            let place = Place::Instance(index);
            add(entry.key.as_str().into(), entry.line, place)?;
        }
        Ok(names)
    }
}

fn version_fits(yaml: &Yaml) -> Result<(), LineError> {
    let text = yaml.scalar().unwrap_or_default();
    let mut parts = text.split('.').map(str::parse::<u64>);
    let version = match (parts.next(), parts.next()) {
        (Some(Ok(major)), None) => (major, 0),
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => {
            return Err(LineError::new(
                yaml.line,
                format!("{text} is no version: 0.11"),
            ));
        }
    };
    if version > VERSION {
        let (major, minor) = VERSION;
        let message = format!(
            "the description asks for version {text} of the language; {major}.{minor} is read"
        );
        return Err(LineError::new(yaml.line, message));
    }
    Ok(())
}

/// The items of a list that may be missing.
pub(super) fn list<'y>(yaml: &'y Yaml, key: &str) -> Result<&'y [Arc<Yaml>], LineError> {
    match yaml.get(key) {
        None => Ok(&[]),
        Some(found) if found.is_null() => Err(empty(found, key)),
        Some(found) => match &found.what {
            YamlValue::List(items) => Ok(items),
            _ => Err(LineError::new(found.line, format!("{key} is a list"))),
        },
    }
}

/// The entries of a map that may be missing.
pub(super) fn map<'y>(yaml: &'y Yaml, key: &str) -> Result<&'y [super::yaml::Entry], LineError> {
    match yaml.get(key) {
        None => Ok(&[]),
        Some(found) if found.is_null() => Err(empty(found, key)),
        Some(found) => found
            .entries()
            .ok_or_else(|| LineError::new(found.line, format!("{key} is a map"))),
    }
}

fn empty(yaml: &Yaml, key: &str) -> LineError {
    LineError::new(
        yaml.line,
        format!("there is nothing in {key}: leave it out"),
    )
}

pub(super) fn encoding(yaml: &Yaml) -> Result<Coding, LineError> {
    match yaml.scalar() {
        Some(name) => Ok(Coding::named(name)),
        None => Err(LineError::new(yaml.line, "an encoding is a name: UTF-8")),
    }
}

pub(super) fn little(yaml: &Yaml) -> Result<bool, LineError> {
    match yaml.scalar() {
        Some("le") => Ok(true),
        Some("be") => Ok(false),
        _ => Err(LineError::new(yaml.line, "a byte order is le or be")),
    }
}

pub(super) fn identifier(yaml: &Yaml) -> Result<SmolStr, LineError> {
    let name = yaml.scalar().unwrap_or_default();
    check_identifier(name, yaml.line)?;
    Ok(name.into())
}

pub(super) fn check_identifier(name: &str, line: usize) -> Result<(), LineError> {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(rest) {
        return Ok(());
    }
    let message = format!(
        "{name:?} is no name: it begins with a lower-case letter, then letters, digits and _ follow"
    );
    Err(LineError::new(line, message))
}

fn enumeration(name: SmolStr, yaml: &Yaml) -> Result<Enum, LineError> {
    let mut members = HashMap::new();
    let mut values = HashMap::new();
    let Some(entries) = yaml.entries() else {
        return Err(LineError::new(
            yaml.line,
            format!("the enum {name} is a map of numbers to names"),
        ));
    };
    for entry in entries {
        let value = integer(&entry.key)
            .ok_or_else(|| LineError::new(entry.line, format!("{:?} is no integer", entry.key)))?;
        let member = match &entry.value.what {
            YamlValue::Scalar { .. } => identifier(&entry.value)?,
            _ => {
                build::only(
                    &entry.value,
                    &["doc", "doc-ref", "id"],
                    "a member of an enum",
                )?;
                let id = entry.value.get("id");
                identifier(id.ok_or_else(|| LineError::new(entry.line, "a member has an id"))?)?
            }
        };
        if values.insert(member.clone(), value).is_some() {
            let message = format!("the enum {name} has two members {member}");
            return Err(LineError::new(entry.line, message));
        }
        if let Some(other) = members.insert(value, member) {
            let message = format!("{value} is {other} in the enum {name} already");
            return Err(LineError::new(entry.line, message));
        }
    }
    Ok(Enum {
        name,
        members,
        values,
    })
}

/// An integer as YAML and the expressions spell it.
pub(super) fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    match super::parse::expression(digits).ok()? {
        super::expression::Expression::Int(n) if negative => Some(n.saturating_neg()),
        super::expression::Expression::Int(n) => Some(n),
        _ => None,
    }
}
