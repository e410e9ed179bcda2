//! The names of types: those that are built in, and those of a description.

use super::build::Scope;
use super::error::LineError;
use super::parse;
use super::spec::Kind;
use super::yaml::Yaml;

/// Whether nothing but the name is needed to read it.
pub(super) fn is_built_in(name: &str) -> bool {
    built_in(name).is_some()
}

/// Integers, floats, bits, text.
pub(super) fn built_in(name: &str) -> Option<Kind> {
    match name {
        "str" => return Some(Kind::Text),
        "strz" => return Some(Kind::Terminated),
        "bytes" => return Some(Kind::Bytes),
        _ => {}
    }
    let (plain, little) = match (name.strip_suffix("le"), name.strip_suffix("be")) {
        (Some(plain), _) => (plain, Some(true)),
        (_, Some(plain)) => (plain, Some(false)),
        _ => (name, None),
    };
    let (letter, digits) = plain.split_at_checked(1)?;
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let width: u8 = digits.parse().ok()?;
    match (letter, width) {
        ("u" | "s", 1) if little.is_some() => None,
        ("u" | "s", 1 | 2 | 4 | 8) => Some(Kind::Integer {
            signed: letter == "s",
            width,
            little,
        }),
        ("f", 4 | 8) => Some(Kind::Float { width, little }),
        ("b", 1..=64) => Some(Kind::Bits {
            count: width,
            little,
        }),
        _ => None,
    }
}

impl Scope<'_> {
    /// The type that a name, with arguments or without, stands for.
    pub(super) fn kind(&self, yaml: &Yaml) -> Result<Kind, LineError> {
        let text = yaml
            .scalar()
            .ok_or_else(|| LineError::new(yaml.line, "a type is a name"))?;
        let wrong = |message: String| LineError::new(yaml.line, message);
        let (name, mut arguments) = parse::call(text).map_err(wrong)?;
        if arguments.is_empty() && text.contains('(') {
            let message = format!("{name} without arguments has no parentheses");
            return Err(wrong(message));
        }
        for argument in &mut arguments {
            self.resolve(argument).map_err(wrong)?;
        }
        if let Some(kind) = built_in(&name).filter(|_| arguments.is_empty() && name != "bytes") {
            let needs = match kind {
                Kind::Integer { width, little, .. } => width > 1 && little.is_none(),
                Kind::Float { little, .. } => little.is_none(),
                _ => false,
            };
            if needs && !self.has_endian() {
                return Err(wrong(format!(
                    "{name} has no byte order: write {name}le or {name}be, or endian in meta"
                )));
            }
            return Ok(kind);
        }
        let Some(id) = self.spec.find_type(self.id, &name, self.tops) else {
            return Err(wrong(match self.is_opaque() {
                true => format!(
                    "the type {name} is opaque: a program reads it, which can't be run here, and no file \
                     {name}.ksy is in this folder, or in one that --formats names"
                ),
                false => unknown(&name),
            }));
        };
        let wanted = self.parameters(id);
        if wanted != arguments.len() {
            let given = arguments.len();
            return Err(wrong(format!(
                "{name} takes {wanted} parameters, not {given}"
            )));
        }
        Ok(Kind::Object(id, arguments))
    }
}

fn unknown(name: &str) -> String {
    let digits = name.get(1..).unwrap_or_default();
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
    match name.get(..1) {
        Some("u" | "s") if is_number => {
            format!("{name} is no type: integers are u1, u2, u4, u8, s1, s2, s4 and s8")
        }
        Some("f") if is_number => format!("{name} is no type: floats are f4 and f8"),
        Some("b") if is_number => format!("{name} is no type: bits are b1 to b64"),
        _ => format!("no type is called {name} here, nor in what is imported"),
    }
}
