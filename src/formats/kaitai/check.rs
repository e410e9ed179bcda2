//! Checks the types of fields' expressions: sizes are integers, conditions are truth values, and so
//! on.

use super::error::{Error, LineError};
use super::expression::Expression;
use super::load::{self, Loader};
use super::spec::{
    Content, Endian, Field, Kind, KindOf, Parent, Process, Repeat, Shape, Size, TypeId, Valid,
};
use super::typing::{Location, Typing, ValueType};
use super::yaml::Yaml;

/// Checks the expressions of all types.
pub(super) fn check(loader: &Loader<'_>) -> Result<(), Error> {
    let typing = Typing::new(loader);
    for (id, (of, declared)) in loader.spec.types.iter().zip(&loader.declared).enumerate() {
        Checker {
            typing: &typing,
            id,
        }
        .check(&declared.yaml)
        .map_err(|wrong| Error::new(&of.path, Some(wrong.line), wrong.message))?;
    }
    let Some((id, index)) = typing.circle() else {
        return Ok(());
    };
    let (Some(of), Some(declared)) = (loader.spec.types.get(id), loader.declared.get(id)) else {
        return Ok(());
    };
    let entries = load::map(&declared.yaml, "instances").unwrap_or_default();
    match entries.get(index) {
        Some(entry) => {
            let line = entry.value.get("value").map_or(entry.line, |at| at.line);
            let message = format!("{} is needed to compute itself", entry.key);
            Err(Error::new(&of.path, Some(line), message))
        }
        None => Ok(()),
    }
}

struct Checker<'t> {
    typing: &'t Typing<'t>,
    id: TypeId,
}

type Checked = Result<(), LineError>;

impl Checker<'_> {
    fn check(&self, yaml: &Yaml) -> Checked {
        let Some(of) = self.typing.spec.types.get(self.id) else {
            return Ok(());
        };
        if let (Some(Endian::Choice(on, cases)), Some(meta)) = (&of.endian, yaml.get("meta")) {
            let keys = cases.iter().filter_map(|(key, _)| key.as_ref());
            self.cases(on, keys, meta.get("endian").unwrap_or(meta), yaml.line)?;
        }
        for (yaml, field) in load::list(yaml, "seq")?.iter().zip(&of.seq) {
            self.field(yaml, field, None)?;
        }
        let instances = load::map(yaml, "instances")?.iter().zip(&of.instances);
        for (index, (entry, field)) in instances.enumerate() {
            self.field(&entry.value, field, Some(index))?;
        }
        self.wants(&of.to_string.as_ref(), &ValueType::Text, yaml, "to-string")
    }

    fn at(&self) -> Location {
        Location::of(self.id)
    }

    /// The expression of a key, where it is there, has a type.
    fn wants(
        &self,
        of: &Option<&Expression>,
        wanted: &ValueType,
        yaml: &Yaml,
        key: &str,
    ) -> Checked {
        let Some(of) = of else { return Ok(()) };
        let line = yaml.get(key).map_or(yaml.line, |found| found.line);
        let checked = self.typing.wants(&self.at(), of, wanted, key);
        checked.map_err(|message| LineError::new(line, message))
    }

    /// An item of `seq`, or the instance of an index.
    fn field(&self, yaml: &Yaml, field: &Field, instance: Option<usize>) -> Checked {
        self.wants(&field.condition.as_ref(), &ValueType::Bool, yaml, "if")?;
        let told = |key: &str, message: String| {
            LineError::new(yaml.get(key).map_or(yaml.line, |found| found.line), message)
        };
        let item = match &field.content {
            Content::Computed(value) => {
                let found = match instance {
                    Some(index) => self.typing.of_value((self.id, index), value),
                    None => self.typing.of(&self.at(), value),
                };
                let found = found.map_err(|message| told("value", message))?;
                let is_number = matches!(
                    found,
                    ValueType::Any | ValueType::Int | ValueType::Bool | ValueType::Enum(_)
                );
                match (field.enumeration, is_number) {
                    (Some(id), true) => ValueType::Enum(id),
                    (Some(_), false) => {
                        let words = self.typing.words(&found);
                        return Err(told(
                            "value",
                            format!("an enum is for integers, found {words}"),
                        ));
                    }
                    (None, _) => found,
                }
            }
            Content::Read(shape) => {
                self.shape(yaml, shape)?;
                self.typing.of_item(field)
            }
        };
        self.wants(&field.io.as_ref(), &ValueType::Stream, yaml, "io")?;
        self.wants(&field.pos.as_ref(), &ValueType::Int, yaml, "pos")?;
        let at = Location {
            id: self.id,
            item: Some(item.clone()),
        };
        match &field.repeat {
            Repeat::Count(count) => {
                self.wants(&Some(count), &ValueType::Int, yaml, "repeat-expr")?;
            }
            Repeat::Until(until) => self
                .typing
                .wants(&at, until, &ValueType::Bool, "repeat-until")
                .map_err(|message| told("repeat-until", message))?,
            Repeat::Once | Repeat::Rest => {}
        }
        match &field.valid {
            // `contents` is bytes by its syntax.
            Some(_) if yaml.get("contents").is_some() => Ok(()),
            Some(valid) => self
                .valid(&at, &item, valid)
                .map_err(|message| told("valid", message)),
            None => Ok(()),
        }
    }

    fn valid(&self, at: &Location, item: &ValueType, valid: &Valid) -> Result<(), String> {
        let comparable = |bound: &Expression| {
            let bound = self.typing.of(at, bound)?;
            self.typing.comparable(item, &bound)
        };
        match valid {
            Valid::Equal(value) => comparable(value),
            Valid::Between(least, most) => {
                least.iter().try_for_each(comparable)?;
                most.iter().try_for_each(comparable)
            }
            Valid::AnyOf(all) => all.iter().try_for_each(comparable),
            Valid::Holds(condition) => {
                let what = "the expr of valid";
                self.typing.wants(at, condition, &ValueType::Bool, what)
            }
            Valid::InEnum => Ok(()),
        }
    }

    fn shape(&self, yaml: &Yaml, shape: &Shape) -> Checked {
        if let Size::Computed(size) = &shape.size {
            self.wants(&Some(size), &ValueType::Int, yaml, "size")?;
        }
        let of_type = yaml.get("type").map_or(yaml, |found| &**found);
        match &shape.kind {
            KindOf::One(kind) => self.arguments(kind, of_type.line)?,
            KindOf::Switch(on, cases) => {
                let keys = cases.iter().filter_map(|case| case.key.as_ref());
                self.cases(on, keys, of_type, of_type.line)?;
                for case in cases {
                    self.arguments(&case.kind, of_type.line)?;
                }
            }
        }
        if let Parent::Computed(parent) = &shape.parent {
            let line = yaml.get("parent").map_or(yaml.line, |found| found.line);
            let found = self.typing.of(&self.at(), parent);
            let found = found.map_err(|message| LineError::new(line, message))?;
            if !matches!(
                found,
                ValueType::Any | ValueType::Object(_) | ValueType::Struct
            ) {
                let words = self.typing.words(&found);
                return Err(LineError::new(
                    line,
                    format!("a parent is an object, found {words}"),
                ));
            }
        }
        let Some(process) = &shape.process else {
            return Ok(());
        };
        let line = yaml.get("process").map_or(yaml.line, |found| found.line);
        let checked = match process {
            Process::Zlib => Ok(()),
            Process::Program(_, arguments) => arguments
                .iter()
                .try_for_each(|argument| self.typing.of(&self.at(), argument).map(drop)),
            Process::RotateLeft(bits) | Process::RotateRight(bits) => {
                let what = "the number of bits to rotate by";
                self.typing.wants(&self.at(), bits, &ValueType::Int, what)
            }
            Process::Xor(key) => match self.typing.of(&self.at(), key) {
                Ok(ValueType::Any | ValueType::Int | ValueType::Bytes | ValueType::List(_)) => {
                    Ok(())
                }
                Ok(found) => Err(format!(
                    "a key to xor with is a byte or bytes, found {}",
                    self.typing.words(&found)
                )),
                Err(message) => Err(message),
            },
        };
        checked.map_err(|message| LineError::new(line, message))
    }

    /// Checks that the value of a switch can be compared with its cases.
    fn cases<'e>(
        &self,
        on: &Expression,
        keys: impl Iterator<Item = &'e Expression>,
        yaml: &Yaml,
        line: usize,
    ) -> Checked {
        let found = self.typing.of(&self.at(), on).map_err(|message| {
            let line = yaml.get("switch-on").map_or(line, |found| found.line);
            LineError::new(line, message)
        })?;
        // Keys are in the order of their lines; the default case `_` has none.
        let entries = load::map(yaml, "cases").unwrap_or_default();
        let lines = entries.iter().filter(|entry| entry.key != "_");
        for (key, entry) in keys.zip(lines) {
            let key = self.typing.of(&self.at(), key);
            key.and_then(|key| self.typing.comparable(&found, &key))
                .map_err(|message| LineError::new(entry.line, message))?;
        }
        Ok(())
    }

    /// Checks the arguments of a type against its parameters.
    fn arguments(&self, kind: &Kind, line: usize) -> Checked {
        let Kind::Object(of, arguments) = kind else {
            return Ok(());
        };
        for (index, argument) in arguments.iter().enumerate() {
            let wrong = |message: String| LineError::new(line, message);
            let found = self.typing.of(&self.at(), argument).map_err(wrong)?;
            let wanted = self.typing.parameter(*of, index);
            if !fits(&found, &wanted) {
                let of = self.typing.spec.types.get(*of);
                let name = of.and_then(|of| of.params.get(index)).cloned();
                return Err(wrong(format!(
                    "the parameter {} is {}, found {}",
                    name.unwrap_or_default(),
                    self.typing.words(&wanted),
                    self.typing.words(&found)
                )));
            }
        }
        Ok(())
    }
}

fn fits(found: &ValueType, wanted: &ValueType) -> bool {
    use ValueType::{Any, List, Mixed, Object, Struct};
    match (found, wanted) {
        (Any, _) | (_, Any | Mixed) => true,
        (Object(_) | Struct, Struct) | (Struct, Object(_)) => true,
        (List(found), List(wanted)) => fits(found, wanted),
        (found, wanted) => found == wanted,
    }
}
