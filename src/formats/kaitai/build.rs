//! Reading the fields of types, once all types are known by name.

use std::sync::Arc;

use super::error::{Error, LineError};
use super::expression::{Expression, METHODS};
use super::load::{self, Loader, TypeDeclaration};
use super::parse;
use super::spec::{Coding, Endian, EnumId, Spec, Tops, TypeId};
use super::yaml::{Yaml, YamlValue};
use crate::structs::near;

/// The keys of a type, beside those that begin with a hyphen.
const OF_TYPE: &[&str] = &[
    "doc",
    "doc-ref",
    "enums",
    "instances",
    "meta",
    "params",
    "seq",
    "to-string",
    "types",
];
const OF_META: &[&str] = &[
    "application",
    "bit-endian",
    "encoding",
    "endian",
    "file-extension",
    "id",
    "imports",
    "ks-debug",
    "ks-opaque-types",
    "ks-version",
    "ks-zero-copy-substream",
    "license",
    "tags",
    "title",
    "xref",
];
const OF_PARAM: &[&str] = &["doc", "doc-ref", "enum", "id", "type"];

/// Reads the fields of all types.
pub(super) fn fields(loader: &mut Loader<'_>) -> Result<(), Error> {
    // A type is declared after the one that it is in, so the order of bytes comes down to it.
    for id in 0..loader.spec.types.len() {
        let built = endian(loader, id).and_then(|endian| {
            if let Some(of) = loader.spec.types.get_mut(id) {
                of.endian = endian;
            }
            let scope = Scope::new(loader, id).ok_or_else(|| LineError::new(1, "no type"))?;
            scope.build()
        });
        let path = loader.spec.types.get(id).map(|of| Arc::clone(&of.path));
        let built = built.map_err(|wrong| {
            let path = path.as_deref().unwrap_or(std::path::Path::new(""));
            Error::new(path, Some(wrong.line), wrong.message)
        })?;
        if let Some(of) = loader.spec.types.get_mut(id) {
            (of.params, of.seq, of.instances) = (built.params, built.seq, built.instances);
            of.to_string = built.to_string;
        }
    }
    Ok(())
}

struct Built {
    params: Vec<smol_str::SmolStr>,
    seq: Vec<super::spec::Field>,
    instances: Vec<super::spec::Field>,
    to_string: Option<Expression>,
}

fn endian(loader: &Loader<'_>, id: TypeId) -> Result<Option<Endian>, LineError> {
    let Some(scope) = Scope::new(loader, id) else {
        return Ok(None);
    };
    let order = scope
        .of
        .yaml
        .get("meta")
        .and_then(|meta| meta.get("endian"));
    let Some(order) = order else {
        let around = loader.spec.types.get(id).and_then(|of| of.around);
        let around = around.and_then(|around| loader.spec.types.get(around)?.endian.as_ref());
        return Ok(around.map(|around| match around {
            Endian::Little => Endian::Little,
            Endian::Big => Endian::Big,
            Endian::Choice(..) | Endian::Inherited => Endian::Inherited,
        }));
    };
    if order.entries().is_none() {
        return Ok(Some(match load::little(order)? {
            true => Endian::Little,
            false => Endian::Big,
        }));
    }
    only(order, &["cases", "switch-on"], "endian")?;
    let on = scope.wanted(order, "switch-on")?;
    let on = scope.expression(on)?;
    let mut cases = Vec::new();
    for entry in load::map(order, "cases")? {
        let key = match entry.key.as_str() {
            "_" => None,
            key => Some(scope.expression_of(key, entry.line)?),
        };
        cases.push((key, load::little(&entry.value)?));
    }
    Ok(Some(Endian::Choice(on, cases)))
}

/// A type, and the names in scope inside it.
pub(super) struct Scope<'l> {
    pub(super) id: TypeId,
    pub(super) spec: &'l Spec,
    pub(super) tops: &'l Tops,
    pub(super) of: &'l TypeDeclaration,
    pub(super) encoding: Option<Coding>,
    names: &'l std::collections::HashSet<smol_str::SmolStr>,
    declared: &'l [TypeDeclaration],
}

impl<'l> Scope<'l> {
    fn new(loader: &'l Loader<'_>, id: TypeId) -> Option<Scope<'l>> {
        let of = loader.declared.get(id)?;
        Some(Scope {
            id,
            spec: &loader.spec,
            tops: &loader.tops,
            of,
            encoding: of.encoding.clone(),
            names: &loader.names,
            declared: &loader.declared,
        })
    }

    fn build(&self) -> Result<Built, LineError> {
        let yaml = &self.of.yaml;
        only(yaml, OF_TYPE, "a type")?;
        documented(yaml)?;
        if let Some(meta) = yaml.get("meta") {
            only(meta, OF_META, "meta")?;
            for key in ["ks-debug", "ks-opaque-types", "ks-zero-copy-substream"] {
                super::parse_fields::flag(meta, key)?;
            }
        }
        let mut built = Built {
            params: Vec::new(),
            seq: Vec::new(),
            instances: Vec::new(),
            to_string: None,
        };
        for item in load::list(yaml, "params")? {
            only(item, OF_PARAM, "a parameter")?;
            let id = self.wanted(item, "id")?;
            built.params.push(load::identifier(id)?);
            if let Some(name) = item.get("enum") {
                self.enumeration(name)?;
            }
            if let Some(name) = item.get("type") {
                self.parameter_type(name)?;
            }
        }
        for (index, item) in load::list(yaml, "seq")?.iter().enumerate() {
            built.seq.push(self.field(item, index)?);
        }
        for entry in load::map(yaml, "instances")? {
            built.instances.push(self.instance(entry)?);
        }
        if let Some(shown) = yaml.get("to-string") {
            built.to_string = Some(self.expression(shown)?);
        }
        Ok(built)
    }

    /// Whether a parameter can be of that type.
    fn parameter_type(&self, yaml: &Yaml) -> Result<(), LineError> {
        let Some(name) = yaml.scalar() else {
            return Err(LineError::new(
                yaml.line,
                "the type of a parameter is a name",
            ));
        };
        let mut one = name.trim();
        while let Some(item) = one.strip_suffix("[]") {
            one = item.trim();
        }
        let is_known = matches!(one, "any" | "bool" | "io" | "struct")
            || super::types::is_built_in(one)
            || self.spec.find_type(self.id, one, self.tops).is_some();
        match is_known || self.is_opaque() {
            true => Ok(()),
            false => Err(LineError::new(
                yaml.line,
                format!("no type is called {one} here, nor in what is imported"),
            )),
        }
    }

    /// The value of a key that has to be there.
    pub(super) fn wanted<'y>(&self, yaml: &'y Yaml, key: &str) -> Result<&'y Arc<Yaml>, LineError> {
        yaml.get(key)
            .ok_or_else(|| LineError::new(yaml.line, format!("{key} is missing here")))
    }

    pub(super) fn expression(&self, yaml: &Yaml) -> Result<Expression, LineError> {
        let text = yaml.scalar().ok_or_else(|| {
            LineError::new(yaml.line, "an expression is a text, not a list or a map")
        })?;
        self.expression_of(text, yaml.line)
    }

    /// An expression of which all names are known.
    pub(super) fn expression_of(&self, text: &str, line: usize) -> Result<Expression, LineError> {
        let wrong = |message: String| LineError::new(line, message);
        let mut expression = parse::expression(text).map_err(wrong)?;
        self.resolve(&mut expression).map_err(wrong)?;
        Ok(expression)
    }

    pub(super) fn resolve(&self, expression: &mut Expression) -> Result<(), String> {
        expression.each(&mut |part| match part {
            Expression::Name(name) => self.check_name(name),
            Expression::Field(_, name) => self.check_field(name),
            Expression::Call(_, name, arguments) => check_call(name, arguments.len()),
            Expression::Member(path, found) => {
                *found = Some(self.member(path)?);
                Ok(())
            }
            Expression::SizeOf(of) => {
                of.found = self.spec.find_type(self.id, &of.name, self.tops);
                match of.found.is_some() || super::types::is_built_in(&of.name) {
                    true => Ok(()),
                    false => Err(format!("{} is no type", of.name)),
                }
            }
            _ => Ok(()),
        })
    }

    fn check_name(&self, name: &str) -> Result<(), String> {
        const SPECIAL: [&str; 7] = [
            "_", "_index", "_io", "_parent", "_root", "_sizeof", "_is_le",
        ];
        let of = self.spec.types.get(self.id);
        if SPECIAL.contains(&name) || of.is_some_and(|of| of.names.contains_key(name)) {
            return Ok(());
        }
        let own = of.map(|of| of.name.as_str()).unwrap_or_default();
        let known = of.into_iter().flat_map(|of| of.names.keys());
        let hint = match near(name, known.map(|name| name.as_str())) {
            Some(near) => format!("; did you mean {near}?"),
            None => String::new(),
        };
        Err(format!("{own} has no field {name}{hint}"))
    }

    fn check_field(&self, name: &str) -> Result<(), String> {
        if METHODS.contains(&name) || name == "_root" || self.names.contains(name) {
            return Ok(());
        }
        let known = self.names.iter().map(smol_str::SmolStr::as_str);
        let hint = match near(name, known.chain(METHODS)) {
            Some(near) => format!("; did you mean {near}?"),
            None => String::new(),
        };
        Err(format!("no field and no method is called {name}{hint}"))
    }

    fn member(&self, path: &[smol_str::SmolStr]) -> Result<(EnumId, i128), String> {
        let shown = path.join("::");
        let (member, of) = path
            .split_last()
            .filter(|(_, of)| !of.is_empty())
            .ok_or_else(|| format!("::{shown} is no member of an enum"))?;
        let id = self
            .spec
            .find_enum(self.id, of, self.tops)
            .ok_or_else(|| format!("{} is no enum", of.join("::")))?;
        let found = self.spec.enums.get(id);
        let value = found.and_then(|found| found.values.get(member));
        let value = value.ok_or_else(|| {
            let known = found.into_iter().flat_map(|found| found.values.keys());
            let hint = match near(member, known.map(|name| name.as_str())) {
                Some(near) => format!("; did you mean {near}?"),
                None => String::new(),
            };
            format!("the enum {} has no member {member}{hint}", of.join("::"))
        })?;
        Ok((id, *value))
    }

    /// The enum that a key names.
    pub(super) fn enumeration(&self, yaml: &Yaml) -> Result<EnumId, LineError> {
        let name = yaml.scalar().unwrap_or_default();
        let path: Vec<smol_str::SmolStr> = name.split("::").map(smol_str::SmolStr::new).collect();
        self.spec
            .find_enum(self.id, &path, self.tops)
            .ok_or_else(|| LineError::new(yaml.line, format!("{name} is no enum")))
    }

    /// How many parameters a type takes.
    pub(super) fn parameters(&self, id: TypeId) -> usize {
        let of = self.declared.get(id);
        of.and_then(|of| load::list(&of.yaml, "params").ok())
            .map_or(0, <[_]>::len)
    }

    /// Whether the file may name types that aren't described.
    pub(super) fn is_opaque(&self) -> bool {
        let top = self.spec.types.get(self.id).map(|of| of.top);
        let top = top.and_then(|top| self.declared.get(top));
        top.is_some_and(|top| load::is_opaque(&top.yaml))
    }

    /// Whether the byte order of the type is stated, or will be known when it is read.
    pub(super) fn has_endian(&self) -> bool {
        let of = self.spec.types.get(self.id);
        of.is_some_and(|of| of.endian.is_some())
    }
}

fn check_call(name: &str, arguments: usize) -> Result<(), String> {
    let wanted = match name {
        "to_i" | "to_s" => 0..=1,
        "substring" => 2..=2,
        name if METHODS.contains(&name) => 0..=0,
        _ => return Err(format!("no method is called {name}")),
    };
    match wanted.contains(&arguments) {
        true => Ok(()),
        false => Err(format!(
            "{name} takes {} arguments, not {arguments}",
            wanted.end()
        )),
    }
}

/// Checks that documentation is text: `doc`, and `doc-ref`, which may be a list.
pub(super) fn documented(yaml: &Yaml) -> Result<(), LineError> {
    let told = yaml
        .get("doc")
        .filter(|doc| doc.scalar().is_none() || doc.is_null());
    let refs = yaml.get("doc-ref").filter(|refs| refs.entries().is_some());
    match (told, refs) {
        (Some(doc), _) => Err(LineError::new(doc.line, "doc is text")),
        (_, Some(refs)) => Err(LineError::new(
            refs.line,
            "doc-ref is text, or a list of texts",
        )),
        _ => Ok(()),
    }
}

/// Refuses keys that mean nothing.
pub(super) fn only(yaml: &Yaml, known: &[&str], what: &str) -> Result<(), LineError> {
    let Some(entries) = yaml.entries() else {
        return match yaml.is_null() {
            true => Ok(()),
            false => Err(LineError::new(
                yaml.line,
                format!("{what} is a map of keys"),
            )),
        };
    };
    for entry in entries {
        let key = entry.key.as_str();
        if key.starts_with('-') || known.contains(&key) {
            continue;
        }
        let hint = match near(key, known.iter().copied()) {
            Some(near) => format!("; did you mean {near}?"),
            None => format!("; it may have {}", known.join(", ")),
        };
        return Err(LineError::new(
            entry.line,
            format!("{what} has no key {key}{hint}"),
        ));
    }
    Ok(())
}

/// The texts of a list, or the one that is alone.
pub(super) fn texts(yaml: &Yaml) -> Vec<&Yaml> {
    match &yaml.what {
        YamlValue::List(items) => items.iter().map(|item| &**item).collect(),
        _ => vec![yaml],
    }
}
