//! Questions that are answered with a line of text.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Mode, Tone};
use crate::inspect::Path;
use crate::render::tree;
use crate::tree::{Node, Range, Role};
use crate::value::text::trim_end;
use crate::value::{Value, literal};
use crate::view::fields::Fields;
use crate::view::line::Line;

/// The most bytes of a field without a value that are put into the line to be edited.
const FEW: u64 = 64;

/// The longest value that is put into the line, in characters.
const LONGEST: usize = 4096;

/// The purpose of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::view) enum PromptKind {
    Search,
    /// An offset or a path.
    Place,
    Format,
    /// A name to keep a format under.
    Name,
    /// The value of the field of this path.
    Value(Path),
}

impl PromptKind {
    /// What comes before the line.
    pub(in crate::view) fn label(&self) -> String {
        match self {
            PromptKind::Search => "/".to_owned(),
            PromptKind::Place => "go to: ".to_owned(),
            PromptKind::Format => "format: ".to_owned(),
            PromptKind::Name => "keep the format as: ".to_owned(),
            PromptKind::Value(path) => format!("{path} = "),
        }
    }

    /// The allowed input.
    pub(in crate::view) fn hint(&self) -> &'static str {
        match self {
            PromptKind::Search => "text, x'42 4d ??' in hexadecimal, b'\\0' with escapes, r'regex'",
            PromptKind::Place => {
                "0x36, 54, -22 from the end, +16 from here, or a path: dib_header.width"
            }
            PromptKind::Format => {
                "a name such as bmp or %name, or a format such as <2s:magic I:size"
            }
            PromptKind::Name => "a word of letters, digits and _",
            PromptKind::Value(_) => {
                "as set takes it: 640, 0x280, text, b'a\\0', x'80 02', [1, 2], a name"
            }
        }
    }
}

impl App<'_> {
    pub(super) fn ask_for(&mut self, wanted: PromptKind) {
        let begun = match &wanted {
            PromptKind::Format => self.level().and_then(|level| level.applied.clone()),
            _ => None,
        };
        self.mode = Mode::Prompt(wanted, Line::new(&begun.unwrap_or_default()));
    }

    pub(super) fn ask_for_name(&mut self) {
        let level = self.level().filter(|level| level.applied.is_some());
        match level.map(|level| level.document.format().name()) {
            Some("struct") => self.ask_for(PromptKind::Name),
            Some(_) => self.say(Tone::Note, "this format has a name; F keeps format strings"),
            None => self.say(
                Tone::Note,
                "f applies a format, and F keeps it under a name",
            ),
        }
    }

    /// Asks for the value of the field under the cursor.
    pub(super) fn edit_value(&mut self) {
        let Some((place, node)) = self.place_of_field() else {
            return;
        };
        self.edit_node(Path::to(&place), &node);
    }

    /// Asks for the value that a field which differs gets in the first file.
    pub(super) fn edit_compared(&mut self) {
        let row = self.fields().and_then(Fields::selected);
        let Some(row) = row.cloned() else { return };
        match row.first() {
            Some(node) => self.edit_node(Path::to(&row.place), node),
            None => self.say(Tone::Note, "the first file has no such field"),
        }
    }

    fn edit_node(&mut self, path: Path, node: &Node) {
        if !self.can_edit() {
            return;
        }
        if node.range.size == 0 {
            return self.say(Tone::Warning, "it has no bytes to change");
        }
        if !node.is_leaf() && node.value.is_none() {
            return self.say(Tone::Note, "it is a group: open it, and edit its fields");
        }
        let begun = self.written(node);
        self.mode = Mode::Prompt(PromptKind::Value(path), Line::new(&begun));
    }

    /// The value of a field as `set` takes it; empty where it is long.
    fn written(&self, node: &Node) -> String {
        let text = match &node.value {
            Some(Value::Bytes(_)) if node.fills_with_zeros() => {
                let bytes = node.value.as_ref().and_then(Value::as_bytes);
                Value::from(trim_end(bytes.unwrap_or_default(), 0)).to_string()
            }
            Some(value) => tree::of_node(node, value, LONGEST, false),
            None if node.range.size <= FEW && node.is_leaf() => {
                let bytes = self.level().and_then(|level| {
                    let source = level.source(node.range.space)?;
                    source.read(node.range.offset, node.range.size).ok()
                });
                format!("x'{}'", literal::to_hex(&bytes.unwrap_or_default()))
            }
            None => String::new(),
        };
        match text.ends_with('…') {
            true => String::new(),
            false => text,
        }
    }

    pub(super) fn prompt_key(&mut self, key: KeyEvent) {
        let Mode::Prompt(wanted, line) = &mut self.mode else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, control) {
            (KeyCode::Esc, _) | (KeyCode::Char('c'), true) => {
                self.mode = Mode::Browse;
                self.message = None;
            }
            (KeyCode::Enter, _) => {
                let (wanted, line) = (wanted.clone(), line.clone());
                self.message = None;
                self.mode = Mode::Browse;
                if let Err(error) = self.answer(&wanted, &line.text()) {
                    // The line stays, to be corrected.
                    self.mode = Mode::Prompt(wanted, line);
                    self.say(Tone::Error, error);
                }
            }
            (KeyCode::Char('u'), true) => line.clear_before(),
            (KeyCode::Char('w'), true) => line.delete_word(),
            (KeyCode::Char('a'), true) | (KeyCode::Home, _) => line.home(),
            (KeyCode::Char('e'), true) | (KeyCode::End, _) => line.end(),
            (KeyCode::Char(c), false) => line.insert(c),
            (KeyCode::Backspace, _) => line.backspace(),
            (KeyCode::Delete, _) => line.delete(),
            (KeyCode::Left, _) => line.left(),
            (KeyCode::Right, _) => line.right(),
            _ => {}
        }
        self.check_line();
    }

    /// Shows the error of a format while it is typed.
    fn check_line(&mut self) {
        let Mode::Prompt(PromptKind::Format, line) = &self.mode else {
            return;
        };
        let text = line.text();
        if text.trim().is_empty() {
            self.message = None;
            return;
        }
        match self.host.format(&text) {
            Ok(format) => {
                let told = format!("{}: Enter applies it", format.name());
                self.say(Tone::Note, told);
            }
            Err(error) => {
                let error = error.to_string();
                let error = error.lines().next().unwrap_or_default().to_owned();
                self.say(Tone::Warning, error);
            }
        }
    }

    fn answer(&mut self, wanted: &PromptKind, text: &str) -> Result<(), String> {
        match wanted {
            PromptKind::Search if text.is_empty() => Ok(()),
            PromptKind::Search => {
                crate::view::search::pattern(text)?;
                self.sought = Some(text.to_owned());
                self.search(text, false);
                Ok(())
            }
            PromptKind::Place if text.trim().is_empty() => Ok(()),
            PromptKind::Place => self.go(text.trim()),
            PromptKind::Format if text.trim().is_empty() => Ok(()),
            PromptKind::Format => self.apply(text),
            PromptKind::Name => self.keep(text.trim()),
            PromptKind::Value(path) => {
                if self.works.has(super::work::Kind::Read) {
                    return Err("the file is still being read; try again in a moment".to_owned());
                }
                self.plan(path, text.to_owned());
                Ok(())
            }
        }
    }

    /// Goes to an offset or a path.
    fn go(&mut self, text: &str) -> Result<(), String> {
        let looks_like_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c));
        if !looks_like_number {
            let path: Path = text.parse().map_err(|e| format!("{e}"))?;
            self.find(path);
            return Ok(());
        }
        let Some(level) = self.level() else {
            return Ok(());
        };
        let (digits, from, sign) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(digits), _) => (digits, level.hex.cursor, 1),
            (None, Some(digits)) => (digits, level.hex.size, -1),
            (None, None) => (text, 0, 1),
        };
        let number = literal::to_int(digits).map_err(|e| e.to_string())?;
        let target = i128::from(from).saturating_add(number.saturating_mul(sign));
        let size = level.hex.size;
        let target = u64::try_from(target).ok().filter(|target| *target <= size);
        let Some(target) = target else {
            return Err(format!(
                "there is no such place: {size} bytes are here, {size:#x}"
            ));
        };
        let space = level.hex.space;
        self.pane = super::Pane::Hex;
        self.go_to_bytes(Range::new(space, target, 1));
        Ok(())
    }

    fn keep(&mut self, name: &str) -> Result<(), String> {
        let applied = self.level().and_then(|level| level.applied.clone());
        let Some(format) = applied else {
            return Ok(());
        };
        let place = self.host.store(name, &format)?;
        self.say(Tone::Note, format!("kept as %{name} in {place}"));
        Ok(())
    }

    /// The role of a field, where it isn't an ordinary one.
    pub(in crate::view) fn role(node: &Node) -> &'static str {
        match node.role {
            Role::Padding => "padding",
            Role::Gap => "no part of the format",
            Role::View => "a view of bytes that others own",
            _ => "",
        }
    }
}
