//! YAML as a tree with line numbers, of bounded size and depth.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::error::LineError;
use crate::offset::{Position, Tally, sum};

/// The most nodes of one file, those that aliases repeat included: the largest descriptions have some
/// ten thousand.
const MAX_NODES: usize = 200_000;

/// How deep collections may lie in one another: types nest, each with three levels.
const MAX_DEPTH: usize = 128;

/// A value, and the line that it begins on.
#[derive(Clone, Debug)]
pub(super) struct Yaml {
    pub(super) line: usize,
    pub(super) what: YamlValue,
    /// Nodes in it, itself included.
    size: usize,
    /// Levels in it, itself included.
    depth: usize,
}

#[derive(Clone, Debug)]
pub(super) enum YamlValue {
    Scalar {
        text: String,
        /// Without quotes, so that it may be a number.
        plain: bool,
    },
    List(Vec<Arc<Yaml>>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Arc<Yaml>,
}

impl Yaml {
    /// The one document of a text.
    pub(super) fn parse(text: &str) -> Result<Arc<Yaml>, LineError> {
        let mut reader = Reader {
            open: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            root: None,
        };
        let mut parser = Parser::new_from_str(text);
        let mut documents = 0usize;
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|e| {
                LineError::new(e.marker().line(), format!("this is no YAML: {}", e.info()))
            })?;
            let line = span.start.line();
            match event {
                Event::DocumentStart(_) => {
                    documents.tally(1);
                    if documents > 1 {
                        return Err(LineError::new(
                            line,
                            "a second YAML document: a description is one",
                        ));
                    }
                }
                Event::Scalar(text, style, anchor, _) => {
                    let plain = style == ScalarStyle::Plain;
                    let text = match &*text {
                        "True" | "TRUE" if plain => "true".to_owned(),
                        "False" | "FALSE" if plain => "false".to_owned(),
                        _ => text.into_owned(),
                    };
                    reader.add(line, YamlValue::Scalar { text, plain }, anchor)?;
                }
                Event::SequenceStart(anchor, _) => reader.begin(line, anchor, false)?,
                Event::MappingStart(anchor, _) => reader.begin(line, anchor, true)?,
                Event::SequenceEnd | Event::MappingEnd => reader.end()?,
                Event::Alias(anchor) => reader.alias(line, anchor)?,
                _ => {}
            }
        }
        reader
            .root
            .ok_or_else(|| LineError::new(1, "the file is empty: a description begins with meta:"))
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.what {
            YamlValue::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn entries(&self) -> Option<&[Entry]> {
        match &self.what {
            YamlValue::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Arc<Yaml>]> {
        match &self.what {
            YamlValue::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether there is no value: `key:` alone.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.what, YamlValue::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null"))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Arc<Yaml>> {
        let entry = self.entries()?.iter().find(|entry| entry.key == key)?;
        Some(&entry.value)
    }
}

/// Builds the tree from events, without recursion.
struct Reader {
    open: Vec<Open>,
    anchors: HashMap<usize, Arc<Yaml>>,
    nodes: usize,
    root: Option<Arc<Yaml>>,
}

struct Open {
    line: usize,
    anchor: usize,
    items: Vec<Arc<Yaml>>,
    is_map: bool,
}

impl Reader {
    fn begin(&mut self, line: usize, anchor: usize, is_map: bool) -> Result<(), LineError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(line));
        }
        self.open.push(Open {
            line,
            anchor,
            items: Vec::new(),
            is_map,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), LineError> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let what = match open.is_map {
            true => YamlValue::Map(entries(open.items)?),
            false => YamlValue::List(open.items),
        };
        self.add(open.line, what, open.anchor)
    }

    fn add(&mut self, line: usize, what: YamlValue, anchor: usize) -> Result<(), LineError> {
        let inside = |value: &Arc<Yaml>| (value.size, value.depth);
        let parts: Vec<(usize, usize)> = match &what {
            YamlValue::Scalar { .. } => Vec::new(),
            YamlValue::List(items) => items.iter().map(inside).collect(),
            YamlValue::Map(entries) => entries.iter().map(|entry| inside(&entry.value)).collect(),
        };
        let size = sum([1].into_iter().chain(parts.iter().map(|(size, _)| *size)));
        let depth = parts.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
        let yaml = Arc::new(Yaml {
            line,
            what,
            size,
            depth: depth.past(1),
        });
        if anchor > 0 {
            self.anchors.insert(anchor, Arc::clone(&yaml));
        }
        self.put(yaml, 1)
    }

    fn alias(&mut self, line: usize, anchor: usize) -> Result<(), LineError> {
        let Some(yaml) = self.anchors.get(&anchor).cloned() else {
            return Err(LineError::new(line, "an alias stands inside what it names"));
        };
        let size = yaml.size;
        self.put(yaml, size)
    }

    fn put(&mut self, yaml: Arc<Yaml>, size: usize) -> Result<(), LineError> {
        self.nodes.tally(size);
        let line = yaml.line;
        if self.nodes > MAX_NODES {
            let message = format!("the description has more than {MAX_NODES} values");
            return Err(LineError::new(line, message));
        }
        if self.open.len().saturating_add(yaml.depth) > MAX_DEPTH + 1 {
            return Err(too_deep(line));
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(yaml),
            None => self.root = Some(yaml),
        }
        Ok(())
    }
}

fn too_deep(line: usize) -> LineError {
    let message = format!("more than {MAX_DEPTH} levels lie in one another");
    LineError::new(line, message)
}

/// Keys and values in turn, as pairs. What a merge key (`<<`) has comes last, without the keys that are
/// in the map itself.
fn entries(items: Vec<Arc<Yaml>>) -> Result<Vec<Entry>, LineError> {
    let mut entries = Vec::with_capacity(items.len() / 2);
    let mut seen = std::collections::HashSet::new();
    let mut merged = Vec::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let YamlValue::Scalar { text, plain } = &key.what else {
            return Err(LineError::new(
                key.line,
                "a key is a name, not a list or a map",
            ));
        };
        if text == "<<" && *plain {
            match &value.what {
                YamlValue::List(maps) => merged.extend(maps.iter().cloned()),
                _ => merged.push(value),
            }
            continue;
        }
        if !seen.insert(text.clone()) {
            return Err(LineError::new(
                key.line,
                format!("the key {text} stands here twice"),
            ));
        }
        entries.push(Entry {
            key: text.clone(),
            line: key.line,
            value,
        });
    }
    for map in merged {
        let Some(inner) = map.entries() else {
            let message = "a merge key (<<) takes a map, or a list of maps";
            return Err(LineError::new(map.line, message));
        };
        let new = inner.iter().filter(|entry| seen.insert(entry.key.clone()));
        entries.extend(new.cloned());
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let yaml = Yaml::parse("a: 1\nb:\n  - x\n  - y: 'z'\n").unwrap();
        let b = yaml.get("b").unwrap();
        assert_eq!(yaml.entries().unwrap()[1].line, 2);
        let YamlValue::List(items) = &b.what else {
            panic!("{b:?}")
        };
        assert_eq!((items[0].line, items[1].line), (3, 4));
    }

    #[test]
    fn merge_keys_add_what_is_not_there() {
        let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 5}\n";
        let yaml = Yaml::parse(text).unwrap();
        let entries = yaml.get("c").unwrap().entries().unwrap();
        let shown = entries.iter();
        let shown: Vec<(&str, Option<&str>)> = shown
            .map(|entry| (entry.key.as_str(), entry.value.scalar()))
            .collect();
        assert_eq!(
            shown,
            [("x", Some("5")), ("y", Some("2")), ("z", Some("4"))]
        );
        assert!(Yaml::parse("a: {<<: 1}\n").is_err());
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..12 {
            let previous = vec![format!("*a{}", i - 1); 10].join(", ");
            text.push_str(&format!("a{i}: &a{i} [{previous}]\n"));
        }
        let error = Yaml::parse(&text).unwrap_err();
        assert!(error.message.contains("200000 values"), "{}", error.message);
    }

    #[test]
    fn depth_is_bounded() {
        let text = "[".repeat(10_000);
        let error = Yaml::parse(&text).unwrap_err();
        let message = &error.message;
        let says = ["128 levels", "recursion limit"]
            .iter()
            .any(|words| message.contains(words));
        assert!(says, "{message}");
    }
}
