//! Converting descriptions to the language of this crate, as far as it can express them.
//!
//! A type becomes a stored format. The fields that it needs of outer objects become parameters, which depend on one
//! another: types are converted again until no parameter is new.

mod bits;
mod expression;
mod field;
mod infer;
mod reading_order;
mod sized;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use smol_str::SmolStr;

use super::Kaitai;
use super::spec::{Content, Endian, EnumId, Spec, Type, TypeId};
use crate::formats::user::{Converted, LeftOut, toml_text};
use crate::offset::{Position, Tally};

/// The most rounds of conversion: a parameter for an outer object passes through the types between, one in each round.
const MAX_ROUNDS: usize = 64;

/// An outer object by which a type refers to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum OuterName {
    /// The number of levels up.
    Parent(usize),
    Root,
}

/// A field of an outer object that a type needs, and when: early for fields of `seq` and what these need; late for
/// instances that nothing needs, which are read last.
type Requirements = (TypeId, OuterName, SmolStr);

#[derive(Debug)]
struct Converter<'s> {
    spec: &'s Spec,
    root: TypeId,
    names: Vec<String>,
    /// The fields of outer objects that each type needs.
    asked: HashMap<TypeId, BTreeSet<(OuterName, SmolStr)>>,
    early: HashSet<Requirements>,
    late: HashSet<Requirements>,
    /// The types of computed values, cached since they may depend on each other many times.
    sorts: RefCell<HashMap<(TypeId, SmolStr), infer::ExpressionType>>,
    /// Fields that aren't read completely at the place of the type, such as the list that it is an item of: instances
    /// that need them can't be converted.
    unready: HashSet<Requirements>,
    /// Fields that are not in the formats.
    missing: HashSet<(TypeId, SmolStr)>,
    left_out: BTreeSet<LeftOut>,
    /// Types that formats refer to, in the order in which they were met.
    used: Vec<TypeId>,
}

/// A type while it is converted.
struct Level<'c, 's> {
    converter: &'c mut Converter<'s>,
    id: TypeId,
    of: &'s Type,
    /// Items, one a line.
    out: Vec<String>,
    enums: BTreeMap<String, EnumId>,
    /// Instances that are written, those that can't be, and those being written.
    written: HashSet<usize>,
    failed: HashSet<usize>,
    open: HashSet<usize>,
    /// What `_` is.
    item: Option<Item>,
    /// Whether only computed values follow.
    is_last: bool,
    /// The field of `seq` that is being written; instances that no field needs come last.
    at: Option<usize>,
    /// Whether bits of the last byte are left, which the language can't express.
    within_byte: bool,
}

#[derive(Clone, Debug)]
enum Item {
    /// An expression, and its type.
    Value(String, infer::ExpressionType),
    /// The fields of a type, by their names.
    Fields(TypeId),
}

impl Kaitai {
    /// The description in the language of this crate, as a file of formats; parts that the language can't express are
    /// left out and reported.
    ///
    /// ```
    /// use bytewright::formats::kaitai::Kaitai;
    ///
    /// let text = "{meta: {id: a, endian: be}, seq: [{id: n, type: u2}, {id: s, size: n}]}";
    /// let converted = Kaitai::from_text("a.ksy", text)?.convert();
    /// assert!(converted.text.contains("H:n\n[n]s:s\n"), "{}", converted.text);
    /// assert!(converted.left_out.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert(&self) -> Converted {
        let spec = &self.loaded.spec;
        let mut converter = Converter {
            spec,
            root: self.loaded.root,
            names: names(spec),
            asked: HashMap::new(),
            early: HashSet::new(),
            late: HashSet::new(),
            sorts: RefCell::default(),
            unready: HashSet::new(),
            missing: HashSet::new(),
            left_out: BTreeSet::new(),
            used: Vec::new(),
        };
        let mut text = String::new();
        for round in 0..MAX_ROUNDS {
            let before = converter.known();
            text = converter.all(self);
            if converter.known() == before {
                break;
            }
            if round.past(1) == MAX_ROUNDS {
                let root = spec.types.get(self.loaded.root);
                converter.left_out.insert(LeftOut {
                    path: root.map(|of| of.path.to_path_buf()).unwrap_or_default(),
                    line: 1,
                    message: "types ask for more and more of the objects around them".to_owned(),
                });
            }
        }
        Converted {
            text,
            left_out: converter.left_out.into_iter().collect(),
        }
    }
}

/// Names of formats: those of types, after the names of the types around them.
fn names(spec: &Spec) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(spec.types.len());
    let mut taken = HashSet::new();
    for of in &spec.types {
        // A type comes after the one around it.
        let around = of.around.and_then(|id| names.get(id));
        let mut name = match around {
            Some(around) => format!("{around}_{}", of.name),
            None => of.name.to_string(),
        };
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        names.push(name);
    }
    names
}

impl<'s> Converter<'s> {
    /// The numbers of parameters and missing fields known so far: conversion ends when they stay the same.
    fn known(&self) -> [usize; 6] {
        [
            self.asked.values().map(BTreeSet::len).sum(),
            self.early.len(),
            self.late.len(),
            self.unready.len(),
            self.missing.len(),
            self.used.len(),
        ]
    }

    fn name(&self, id: TypeId) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    fn all(&mut self, kaitai: &Kaitai) -> String {
        self.left_out.clear();
        self.used = vec![self.root];
        let mut text = String::new();
        let mut next = 0;
        while let Some(id) = self.used.get(next).copied() {
            if next > 0 {
                text.push('\n');
            }
            self.format(id, (next == 0).then_some(kaitai), &mut text);
            next.tally(1);
        }
        text
    }

    fn leave_out(&mut self, of: &Type, line: usize, message: String) {
        self.left_out.insert(LeftOut {
            path: of.path.to_path_buf(),
            line,
            message,
        });
    }

    /// A stored format, with what its values mean.
    fn format(&mut self, id: TypeId, whole: Option<&Kaitai>, text: &mut String) {
        let spec = self.spec;
        let Some(of) = spec.types.get(id) else {
            return;
        };
        let name = self.name(id).to_owned();
        let mut level = Level {
            converter: self,
            id,
            of,
            out: Vec::new(),
            enums: BTreeMap::new(),
            written: HashSet::new(),
            failed: HashSet::new(),
            open: HashSet::new(),
            item: None,
            is_last: false,
            at: Some(0),
            within_byte: false,
        };
        let begin = level.whole();
        let Level { out, enums, .. } = level;
        if whole.is_some() && !of.params.is_empty() {
            let names = of.params.join(", ");
            self.leave_out(of, 1, format!("values for {names}: a file gives none"));
        }
        let _ = writeln!(text, "[formats.{name}]");
        if let Some(kaitai) = whole {
            if let Some(title) = kaitai.title() {
                let _ = writeln!(text, "doc = {}", toml_text(title));
            }
            let mut rules = Vec::new();
            let signature = kaitai.signature();
            if !signature.is_empty() {
                let bytes = hex(&signature);
                rules.push(format!("{{ offset = 0, bytes = \"x'{bytes}'\" }}"));
            }
            for suffix in kaitai.extensions() {
                let suffix = toml_text(&format!(".{suffix}"));
                rules.push(format!("{{ suffix = {suffix} }}"));
            }
            if !rules.is_empty() {
                let _ = writeln!(text, "detect = [{}]", rules.join(", "));
            }
        }
        let parameters = self.parameters(id);
        if !parameters.is_empty() {
            let quoted: Vec<String> = parameters.iter().map(|name| toml_text(name)).collect();
            let _ = writeln!(text, "params = [{}]", quoted.join(", "));
        }
        let body = body(&begin, &out);
        let _ = writeln!(text, "format = '''\n{body}'''");
        for (path, id) in enums {
            let Some(of) = spec.enums.get(id) else {
                continue;
            };
            let mut members: Vec<_> = of.members.iter().collect();
            members.sort_unstable();
            let members = members.into_iter().map(|(value, name)| {
                format!("{} = {}", toml_text(&value.to_string()), toml_text(name))
            });
            let members = members.collect::<Vec<_>>().join(", ");
            let _ = writeln!(text, "enums.{} = {{ {members} }}", toml_text(&path));
        }
    }

    /// The names of the parameters that a format takes.
    fn parameters(&self, id: TypeId) -> Vec<String> {
        let Some(of) = self.spec.types.get(id) else {
            return Vec::new();
        };
        let own = of.params.iter().map(SmolStr::to_string);
        let asked = self.asked.get(&id).into_iter().flatten();
        own.chain(asked.map(|(up, name)| parameter(of, *up, name)))
            .collect()
    }
}

/// The name of the parameter for a field of an object around a type.
fn parameter(of: &Type, up: OuterName, name: &str) -> String {
    let mut full = match up {
        OuterName::Root => format!("root_{name}"),
        OuterName::Parent(levels) => format!("{}{name}", "parent_".repeat(levels)),
    };
    while of.names.contains_key(full.as_str()) {
        full.push('_');
    }
    full
}

/// How the items of a format begin.
enum Begin {
    Order(&'static str),
    /// One of several byte orders, by a value.
    Choice(String, Vec<(Option<String>, bool)>),
}

fn body(begin: &Begin, items: &[String]) -> String {
    let lines = |indent: &str| -> String {
        let items = items.iter().map(|item| format!("{indent}{item}\n"));
        items.collect()
    };
    match begin {
        Begin::Order("") => lines(""),
        Begin::Order(order) => format!("{order}\n{}", lines("")),
        Begin::Choice(on, cases) => {
            let mut text = format!("{{{on}\n");
            let mut has_rest = false;
            for (label, little) in cases {
                let label = label.as_deref().unwrap_or("else");
                has_rest |= label == "else";
                let order = if *little { '<' } else { '>' };
                let _ = write!(text, "; {label}: {order}\n{}", lines("  "));
            }
            if !has_rest {
                text.push_str("; else: \"the byte order is undecided\"\n");
            }
            text.push_str("}\n");
            text
        }
    }
}

impl Level<'_, '_> {
    fn whole(&mut self) -> Begin {
        let begin = self.begin();
        let last = self.of.seq.len().saturating_sub(1);
        let mut index = 0;
        while let Some(field) = self.of.seq.get(index) {
            self.at = Some(index);
            self.is_last = index == last && self.of.instances.is_empty();
            let taken = match self.bits(index) {
                Ok(0) => self.field(field).map(|()| 1),
                other => other,
            };
            match taken {
                Ok(fields) => index.tally(fields),
                Err(why) => {
                    let message = format!("{} and what follows it: {why}", field.name);
                    self.out
                        .push(format!("{{else: {}}}", quoted(message.as_bytes())));
                    for lost in self.of.seq.iter().skip(index) {
                        self.lose(&lost.name);
                    }
                    self.converter.leave_out(self.of, field.line, message);
                    break;
                }
            }
        }
        self.is_last = false;
        self.at = None;
        for index in 0..self.of.instances.len() {
            // The error is reported there.
            let _ = self.instance(index);
        }
        begin
    }

    fn lose(&mut self, name: &SmolStr) {
        self.converter.missing.insert((self.id, name.clone()));
    }

    fn begin(&mut self) -> Begin {
        match &self.of.endian {
            Some(Endian::Little) => Begin::Order("<"),
            Some(Endian::Big) => Begin::Order(">"),
            Some(Endian::Inherited) => Begin::Order(""),
            // No field in it has a byte order.
            None => Begin::Order("<"),
            Some(Endian::Choice(on, cases)) => {
                let made = self.expression(on).and_then(|on| {
                    let mut made = Vec::new();
                    for (key, little) in cases {
                        let key = key.as_ref().map(|key| self.expression(key)).transpose()?;
                        made.push((key, *little));
                    }
                    made.sort_by_key(|(key, _)| key.is_none());
                    Ok(Begin::Choice(on, made))
                });
                made.unwrap_or_else(|why| {
                    let message = format!("the byte order of {}: {why}", self.of.name);
                    self.converter.leave_out(self.of, 1, message);
                    Begin::Order("<")
                })
            }
        }
    }

    /// Writes an instance before what needs it.
    fn instance(&mut self, index: usize) -> Result<(), String> {
        let Some(field) = self.of.instances.get(index) else {
            return Ok(());
        };
        if self.written.contains(&index) {
            return Ok(());
        }
        if self.failed.contains(&index) {
            return Err(format!("{} is left out", field.name));
        }
        if !self.open.insert(index) {
            return Err(format!("{} leads back to itself", field.name));
        }
        let around = (self.item.take(), std::mem::take(&mut self.is_last));
        let made = self.field(field);
        (self.item, self.is_last) = around;
        self.open.remove(&index);
        match made {
            Ok(()) => {
                self.written.insert(index);
                Ok(())
            }
            Err(why) => {
                let what = match field.content {
                    Content::Computed(_) => "the value",
                    Content::Read(_) => "the instance",
                };
                let message = format!("{what} {}: {why}", field.name);
                self.lose(&field.name);
                self.failed.insert(index);
                self.converter.leave_out(self.of, field.line, message);
                Err(format!("{} is left out", field.name))
            }
        }
    }
}

/// A text or bytes as the language quotes them.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(*byte));
            }
            b' '..=b'~' if *byte != b'\'' => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push('"');
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
