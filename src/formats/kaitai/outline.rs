//! The types of a description, for people who ask what a format is.

use serde::ser::{Serialize, Serializer};

use super::Kaitai;
use super::spec::{Content, Field, Kind, KindOf, Repeat, Spec, Type, TypeId};
use crate::format::{Code, Format, Outline, OutlineField};

impl Kaitai {
    /// The types of the description and of those that it imports, its own first.
    ///
    /// ```
    /// use bytewright::formats::kaitai::Kaitai;
    ///
    /// let text = "meta: {id: pair, endian: le}\nseq: [{id: both, type: u2, repeat: expr, repeat-expr: 2}]";
    /// let outline = Kaitai::from_text("pair.ksy", text)?.outline();
    /// assert_eq!(outline[0].name, "pair");
    /// assert_eq!(outline[0].fields[0].kind, "u2[]");
    /// # Ok::<(), bytewright::formats::kaitai::Error>(())
    /// ```
    pub fn outline(&self) -> Vec<Outline> {
        let spec = &self.loaded.spec;
        let types = spec.types.iter().enumerate();
        let mut all: Vec<(bool, Outline)> = types
            .map(|(id, of)| (of.top != self.loaded.root, outline(spec, id, of)))
            .collect();
        all.sort_by_key(|(is_imported, _)| *is_imported);
        all.into_iter().map(|(_, outline)| outline).collect()
    }

    /// The documentation of the description, in full; may be empty.
    pub fn doc(&self) -> &str {
        let root = self.loaded.spec.types.get(self.loaded.root);
        root.map(|of| of.doc.as_str()).unwrap_or_default()
    }
}

/// The keys are `name`, `title`, `doc`, `suffixes`, `types`, which are those of [`Kaitai::outline`], and `codes` of
/// problems.
///
/// ```
/// use bytewright::formats::kaitai::Kaitai;
///
/// let text = "meta: {id: pair, endian: le, file-extension: pr}\nseq: [{id: both, type: u2}]";
/// let json = serde_json::to_value(Kaitai::from_text("pair.ksy", text)?)?;
/// assert_eq!(json["suffixes"][0], "pr");
/// assert_eq!(json["types"][0]["fields"][0]["type"], "u2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Kaitai {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Fields<'a> {
            name: &'a str,
            title: Option<&'a str>,
            doc: &'a str,
            suffixes: &'a [String],
            types: Vec<Outline>,
            codes: &'a [Code],
        }
        Fields {
            name: self.name(),
            title: self.title(),
            doc: self.doc(),
            suffixes: self.extensions(),
            types: self.outline(),
            codes: self.codes(),
        }
        .serialize(serializer)
    }
}

fn outline(spec: &Spec, id: TypeId, of: &Type) -> Outline {
    let params = of.params.iter().map(|name| OutlineField {
        name: name.to_string(),
        kind: "parameter".to_owned(),
        doc: String::new(),
    });
    let fields = of.seq.iter().chain(&of.instances);
    let fields = fields.map(|field| OutlineField {
        name: field.name.to_string(),
        kind: kind(spec, field),
        doc: field.doc.to_string(),
    });
    let mut enums: Vec<(String, Vec<(i128, String)>)> = of
        .enums
        .iter()
        .filter_map(|(name, id)| {
            let members = spec.enums.get(*id)?.members.iter();
            let mut members: Vec<(i128, String)> =
                members.map(|(n, name)| (*n, name.to_string())).collect();
            members.sort();
            Some((name.to_string(), members))
        })
        .collect();
    enums.sort();
    Outline {
        name: path(spec, id),
        doc: of.doc.to_string(),
        fields: params.chain(fields).collect(),
        enums,
    }
}

/// The name of a type with those around it.
fn path(spec: &Spec, id: TypeId) -> String {
    let mut parts = Vec::new();
    let mut at = spec.types.get(id);
    while let Some(of) = at {
        parts.push(of.name.as_str());
        at = of.around.and_then(|around| spec.types.get(around));
    }
    parts.reverse();
    parts.join("::")
}

fn kind(spec: &Spec, field: &Field) -> String {
    let mut text = match &field.content {
        Content::Computed(_) => "value".to_owned(),
        Content::Read(shape) => match &shape.kind {
            KindOf::One(kind) => one(spec, kind),
            KindOf::Switch(_, cases) => {
                let mut names: Vec<String> = Vec::new();
                for case in cases {
                    let name = one(spec, &case.kind);
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                names.join(" | ")
            }
        },
    };
    if !matches!(field.repeat, Repeat::Once) {
        text = match text.contains(' ') {
            true => format!("({text})[]"),
            false => format!("{text}[]"),
        };
    }
    if let Some(of) = field.enumeration.and_then(|id| spec.enums.get(id)) {
        text = format!("{text} of {}", of.name);
    }
    text
}

fn one(spec: &Spec, kind: &Kind) -> String {
    let order = |little: &Option<bool>| match little {
        Some(true) => "le",
        Some(false) => "be",
        None => "",
    };
    match kind {
        Kind::Bytes => "bytes".to_owned(),
        Kind::Integer {
            signed,
            width,
            little,
        } => {
            let letter = if *signed { 's' } else { 'u' };
            format!("{letter}{width}{}", order(little))
        }
        Kind::Float { width, little } => format!("f{width}{}", order(little)),
        Kind::Bits { count, little } => format!("b{count}{}", order(little)),
        Kind::Text => "str".to_owned(),
        Kind::Terminated => "strz".to_owned(),
        Kind::Object(id, _) => {
            let name = spec.types.get(*id).map(|of| of.name.to_string());
            name.unwrap_or_default()
        }
    }
}
