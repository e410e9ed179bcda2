//! Fields: the items of `seq`, and instances.

use std::sync::Arc;

use smol_str::SmolStr;

use super::build::{Scope, documented, only, texts};
use super::error::LineError;
use super::expression::Expression;
use super::load;
use super::parse;
use super::spec::{
    Case, Content, Field, Kind, KindOf, Parent, Process, Repeat, Shape, Size, Valid,
};
use super::yaml::{Entry, Yaml, YamlValue};

const OF_FIELD: &[&str] = &[
    "consume",
    "contents",
    "doc",
    "doc-ref",
    "encoding",
    "enum",
    "eos-error",
    "id",
    "if",
    "include",
    "pad-right",
    "parent",
    "process",
    "repeat",
    "repeat-expr",
    "repeat-until",
    "size",
    "size-eos",
    "terminator",
    "type",
    "valid",
];
const OF_INSTANCE: &[&str] = &["io", "pos", "value"];
const OF_VALUE: &[&str] = &["doc", "doc-ref", "enum", "if", "value", "valid"];
const OF_SWITCH: &[&str] = &["cases", "switch-on"];
const OF_VALID: &[&str] = &["any-of", "eq", "expr", "in-enum", "max", "min"];

impl Scope<'_> {
    /// An item of `seq`.
    pub(super) fn field(&self, yaml: &Arc<Yaml>, index: usize) -> Result<Field, LineError> {
        only(yaml, OF_FIELD, "a field of seq")?;
        let name = match yaml.get("id") {
            Some(id) => load::identifier(id)?,
            None => format!("_unnamed{index}").into(),
        };
        self.read(name, yaml)
    }

    pub(super) fn instance(&self, entry: &Entry) -> Result<Field, LineError> {
        let yaml = &entry.value;
        let name = SmolStr::new(&entry.key);
        let Some(value) = yaml.get("value") else {
            let known: Vec<&str> = OF_FIELD.iter().chain(OF_INSTANCE).copied().collect();
            only(yaml, &known, "an instance")?;
            return self.read(name, yaml);
        };
        only(yaml, OF_VALUE, "an instance with a value")?;
        Ok(Field {
            name,
            line: entry.line,
            doc: load::doc(yaml),
            condition: self.optional(yaml, "if")?,
            repeat: Repeat::Once,
            content: Content::Computed(self.expression(value)?),
            io: None,
            pos: None,
            enumeration: yaml
                .get("enum")
                .map(|of| self.enumeration(of))
                .transpose()?,
            valid: self.valid(yaml)?,
        })
    }

    fn optional(&self, yaml: &Yaml, key: &str) -> Result<Option<Expression>, LineError> {
        yaml.get(key).map(|of| self.expression(of)).transpose()
    }

    fn read(&self, name: SmolStr, yaml: &Arc<Yaml>) -> Result<Field, LineError> {
        documented(yaml)?;
        let contents = yaml.get("contents").map(|of| contents(of)).transpose()?;
        let enumeration = yaml
            .get("enum")
            .map(|of| self.enumeration(of))
            .transpose()?;
        let mut valid = self.valid(yaml)?;
        let mut shape = self.shape(yaml)?;
        if let Some(contents) = contents {
            if !matches!(shape.kind, KindOf::One(Kind::Bytes)) {
                let message = "contents are bytes, and have no type";
                return Err(LineError::new(yaml.line, message));
            }
            if let Some(found) = yaml.get("valid") {
                let message =
                    "contents say what the bytes are: there is nothing that valid could add";
                return Err(LineError::new(found.line, message));
            }
            let size = i128::try_from(contents.len()).unwrap_or(i128::MAX);
            shape.size = Size::Computed(Expression::Int(size));
            valid = Some(Valid::Equal(Expression::Bytes(contents.into())));
        }
        check(&shape, yaml, enumeration.is_some())?;
        Ok(Field {
            name,
            line: yaml.line,
            doc: load::doc(yaml),
            condition: self.optional(yaml, "if")?,
            repeat: self.repeat(yaml)?,
            content: Content::Read(Box::new(shape)),
            io: self.optional(yaml, "io")?,
            pos: self.optional(yaml, "pos")?,
            enumeration,
            valid,
        })
    }

    fn repeat(&self, yaml: &Yaml) -> Result<Repeat, LineError> {
        let stray = |key: &str, kind: &str| match yaml.get(key) {
            Some(found) => Err(LineError::new(
                found.line,
                format!("{key} needs repeat: {kind}"),
            )),
            None => Ok(()),
        };
        let Some(kind) = yaml.get("repeat") else {
            stray("repeat-expr", "expr")?;
            stray("repeat-until", "until")?;
            return Ok(Repeat::Once);
        };
        let repeat = match kind.scalar() {
            Some("eos") => Repeat::Rest,
            Some("expr") => Repeat::Count(self.expression(self.wanted(yaml, "repeat-expr")?)?),
            Some("until") => Repeat::Until(self.expression(self.wanted(yaml, "repeat-until")?)?),
            _ => return Err(LineError::new(kind.line, "repeat is eos, expr or until")),
        };
        if !matches!(repeat, Repeat::Count(_)) {
            stray("repeat-expr", "expr")?;
        }
        if !matches!(repeat, Repeat::Until(_)) {
            stray("repeat-until", "until")?;
        }
        Ok(repeat)
    }

    fn shape(&self, yaml: &Yaml) -> Result<Shape, LineError> {
        let size = match (yaml.get("size"), flag(yaml, "size-eos")?.unwrap_or(false)) {
            (Some(size), true) => {
                return Err(LineError::new(
                    size.line,
                    "either size or size-eos, not both",
                ));
            }
            (Some(size), false) => Size::Computed(self.expression(size)?),
            (None, true) => Size::Rest,
            (None, false) => Size::None,
        };
        let kind = match yaml.get("type") {
            None => KindOf::One(Kind::Bytes),
            Some(of) if of.entries().is_some() => self.switch(of, !matches!(size, Size::None))?,
            Some(of) => KindOf::One(self.kind(of)?),
        };
        let encoding = match yaml.get("encoding") {
            Some(name) => Some(load::encoding(name)?),
            None => self.encoding.clone(),
        };
        Ok(Shape {
            kind,
            size,
            terminator: byte(yaml, "terminator")?,
            include: flag(yaml, "include")?.unwrap_or(false),
            consume: flag(yaml, "consume")?.unwrap_or(true),
            eos_error: flag(yaml, "eos-error")?.unwrap_or(true),
            pad_right: byte(yaml, "pad-right")?,
            encoding,
            process: yaml.get("process").map(|of| self.process(of)).transpose()?,
            parent: match yaml.get("parent") {
                None => Parent::Around,
                Some(of) if of.scalar() == Some("false") => Parent::None,
                Some(of) => Parent::Computed(self.expression(of)?),
            },
        })
    }

    /// Without a case that fits, a field of a known size is bytes, and any other is none at all.
    fn switch(&self, yaml: &Yaml, is_sized: bool) -> Result<KindOf, LineError> {
        only(yaml, OF_SWITCH, "a type that is switched")?;
        let on = self.expression(self.wanted(yaml, "switch-on")?)?;
        let mut cases = Vec::new();
        let entries = self.wanted(yaml, "cases")?;
        if entries.entries().is_none_or(<[Entry]>::is_empty) {
            return Err(LineError::new(
                entries.line,
                "cases is a map of one type or more",
            ));
        }
        for entry in load::map(yaml, "cases")? {
            let key = match entry.key.as_str() {
                "_" => None,
                key => Some(self.expression_of(key, entry.line)?),
            };
            let kind = self.kind(&entry.value)?;
            cases.push(Case { key, kind });
        }
        // What no other case has comes last, wherever it is.
        cases.sort_by_key(|case| case.key.is_none());
        if is_sized && cases.last().is_none_or(|case| case.key.is_some()) {
            let kind = Kind::Bytes;
            cases.push(Case { key: None, kind });
        }
        Ok(KindOf::Switch(on, cases))
    }

    fn process(&self, yaml: &Yaml) -> Result<Process, LineError> {
        let wrong = |message: String| LineError::new(yaml.line, message);
        let text = yaml.scalar().unwrap_or_default();
        let (name, mut arguments) = parse::call(text).map_err(wrong)?;
        for argument in &mut arguments {
            self.resolve(argument).map_err(wrong)?;
        }
        let given = arguments.len();
        let mut arguments = arguments.into_iter();
        match (name.as_str(), arguments.next(), given) {
            ("zlib", None, _) => Ok(Process::Zlib),
            ("xor", Some(key), 1) => Ok(Process::Xor(key)),
            ("rol", Some(bits), 1) => Ok(Process::RotateLeft(bits)),
            ("ror", Some(bits), 1) => Ok(Process::RotateRight(bits)),
            ("zlib" | "xor" | "rol" | "ror", ..) => Err(wrong(format!(
                "process is zlib, xor(key), rol(bits) or ror(bits): {text} has {given} arguments"
            ))),
            (_, first, _) => {
                let is_name = |part: &str| load::check_identifier(part, yaml.line).is_ok();
                if !name.split('.').all(is_name) {
                    return Err(wrong(format!(
                        "{name:?} is no name of a process: zlib, xor, rol, ror, or my.program"
                    )));
                }
                Ok(Process::Program(
                    name.into(),
                    first.into_iter().chain(arguments).collect(),
                ))
            }
        }
    }

    fn valid(&self, yaml: &Yaml) -> Result<Option<Valid>, LineError> {
        let Some(valid) = yaml.get("valid") else {
            return Ok(None);
        };
        let Some(entries) = valid.entries() else {
            return Ok(Some(Valid::Equal(self.expression(valid)?)));
        };
        only(valid, OF_VALID, "valid")?;
        if !entries
            .iter()
            .any(|entry| OF_VALID.contains(&entry.key.as_str()))
        {
            let known = OF_VALID.join(", ");
            return Err(LineError::new(
                valid.line,
                format!("valid has one of {known}"),
            ));
        }
        let alone = |key: &str| match entries.len() {
            1 => Ok(()),
            _ => Err(LineError::new(
                valid.line,
                format!("{key} stands alone in valid"),
            )),
        };
        if let Some(value) = self.optional(valid, "eq")? {
            alone("eq")?;
            return Ok(Some(Valid::Equal(value)));
        }
        if let Some(holds) = self.optional(valid, "expr")? {
            alone("expr")?;
            return Ok(Some(Valid::Holds(holds)));
        }
        if let Some(list) = valid.get("any-of") {
            alone("any-of")?;
            let items = list
                .items()
                .ok_or_else(|| LineError::new(list.line, "any-of is a list"))?;
            let values = items.iter().map(|item| self.expression(item));
            return Ok(Some(Valid::AnyOf(values.collect::<Result<_, _>>()?)));
        }
        if let Some(holds) = flag(valid, "in-enum")? {
            alone("in-enum")?;
            if !holds {
                let message = "in-enum is true, or there is no valid at all";
                return Err(LineError::new(valid.line, message));
            }
            if yaml.get("enum").is_none() {
                return Err(LineError::new(
                    valid.line,
                    "in-enum is for fields with an enum",
                ));
            }
            return Ok(Some(Valid::InEnum));
        }
        let (least, most) = (self.optional(valid, "min")?, self.optional(valid, "max")?);
        Ok(Some(Valid::Between(least, most)))
    }
}

/// Refuses keys that don't fit the type.
fn check(shape: &Shape, yaml: &Yaml, has_enum: bool) -> Result<(), LineError> {
    let kind = match &shape.kind {
        KindOf::One(kind) => kind,
        KindOf::Switch(_, cases) => {
            let mut kinds = cases.iter().map(|case| &case.kind);
            let has_text = kinds.any(|kind| matches!(kind, Kind::Text | Kind::Terminated));
            return match has_text && shape.encoding.is_none() {
                true => Err(LineError::new(
                    yaml.line,
                    "text has an encoding, here or in meta",
                )),
                false => Ok(()),
            };
        }
    };
    let (is_text, is_number) = match kind {
        Kind::Text | Kind::Terminated => (true, false),
        Kind::Bytes | Kind::Object(..) => (false, false),
        _ => (false, true),
    };
    let line = yaml.get("type").map_or(yaml.line, |of| of.line);
    let wrong = |message: &str| Err(LineError::new(line, message));
    if has_enum && (!is_number || matches!(kind, Kind::Float { .. })) {
        return wrong("an enum is for integers");
    }
    if let (false, Some(found)) = (matches!(kind, Kind::Object(..)), yaml.get("parent")) {
        return Err(LineError::new(
            found.line,
            "a parent is for types of the description",
        ));
    }
    if is_number {
        for key in [
            "size",
            "size-eos",
            "encoding",
            "pad-right",
            "process",
            "contents",
        ] {
            if let Some(found) = yaml.get(key) {
                let message = format!("{key} is not for numbers");
                return Err(LineError::new(found.line, message));
            }
        }
        return Ok(());
    }
    if is_text && shape.encoding.is_none() {
        return wrong("text has an encoding, here or in meta");
    }
    if let (true, Some(process)) = (is_text, yaml.get("process")) {
        let message = "process is for bytes and types, not for text";
        return Err(LineError::new(process.line, message));
    }
    if let (false, Some(found)) = (is_text, yaml.get("encoding")) {
        return Err(LineError::new(
            found.line,
            "an encoding is for text: type: str",
        ));
    }
    let ends = !matches!(shape.size, Size::None) || shape.terminator.is_some();
    match kind {
        Kind::Bytes if !ends => wrong("bytes have a size, size-eos, a terminator or contents"),
        Kind::Text if !ends => wrong("str has a size, size-eos or a terminator"),
        Kind::Object(..) if !ends && shape.process.is_some() => {
            wrong("what is processed has a size, size-eos or a terminator")
        }
        _ => Ok(()),
    }
}

/// Fixed bytes: text, or a list of bytes and texts.
fn contents(yaml: &Yaml) -> Result<Vec<u8>, LineError> {
    let mut bytes = Vec::new();
    let items = texts(yaml);
    let is_list = matches!(yaml.what, YamlValue::List(_));
    for item in items {
        let YamlValue::Scalar { text, plain } = &item.what else {
            return Err(LineError::new(
                item.line,
                "contents are text, or a list of bytes and texts",
            ));
        };
        let is_other = *plain
            && (matches!(text.as_str(), "true" | "false") || is_float(text) || item.is_null());
        // In a list, text that is a number is one, quoted or not.
        let number = match plain {
            true => load::integer(text),
            false => quoted_integer(text).filter(|_| is_list),
        };
        match number {
            None if is_other => {
                let message = format!("{text} is neither text nor a byte: quote what is text");
                return Err(LineError::new(item.line, message));
            }
            None => bytes.extend_from_slice(text.as_bytes()),
            Some(_) if !is_list => {
                return Err(LineError::new(
                    item.line,
                    "a number stands in a list: contents: [1]",
                ));
            }
            Some(n) => {
                let byte = u8::try_from(n).ok();
                let signed = i8::try_from(n).ok().map(i8::cast_unsigned);
                let byte = byte.or(signed).ok_or_else(|| {
                    LineError::new(item.line, format!("{n} is no byte: -128 to 255"))
                })?;
                bytes.push(byte);
            }
        }
    }
    match bytes.is_empty() {
        true => Err(LineError::new(yaml.line, "contents are a byte or more")),
        false => Ok(bytes),
    }
}

/// Decimal or hexadecimal digits between quotes.
fn quoted_integer(text: &str) -> Option<i128> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i128::from_str_radix(digits, 16).ok();
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal.then(|| text.parse().ok()).flatten()
}

/// Whether YAML has a float there: digits with a point.
fn is_float(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.contains('.')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.parse::<f64>().is_ok()
}

pub(super) fn flag(yaml: &Yaml, key: &str) -> Result<Option<bool>, LineError> {
    let Some(found) = yaml.get(key) else {
        return Ok(None);
    };
    // YAML 1.1 has yes and no, too.
    match found.scalar() {
        Some("true" | "yes" | "on") => Ok(Some(true)),
        Some("false" | "no" | "off") => Ok(Some(false)),
        _ => Err(LineError::new(
            found.line,
            format!("{key} is true or false"),
        )),
    }
}

fn byte(yaml: &Yaml, key: &str) -> Result<Option<u8>, LineError> {
    let Some(found) = yaml.get(key) else {
        return Ok(None);
    };
    let number = match &found.what {
        YamlValue::Scalar { text, plain: true } => load::integer(text),
        _ => None,
    };
    let byte = number.and_then(|n| u8::try_from(n).ok());
    match byte {
        Some(byte) => Ok(Some(byte)),
        None => Err(LineError::new(
            found.line,
            format!("{key} is a byte: 0 to 255"),
        )),
    }
}
