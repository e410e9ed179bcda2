//! The fields of a tree as marks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Write};

use super::dump::Dump;
use super::mark::Mark;
use crate::inspect::{Step, walk};
use crate::offset::Tally;
use crate::render::{escape, tree};
use crate::tree::{Node, Role};

/// The longest value or key in a label, in characters.
const LONGEST: usize = 24;

/// The longest meaning.
const LONGEST_MEANING: usize = 40;

/// Fields that aren't in the order of their bytes are sorted, if they are at most this many fields apart.
const WINDOW: usize = 4096;

impl<R: Read, W: Write> Dump<R, W> {
    /// Marks the bytes of every field below `root` that lies in the same space, with its name, its
    /// value, and what that means. The name of a group comes before its first field. Few numbers of one item of an
    /// array are one field: the channels of a color. Fields need not come in the order of their
    /// bytes, as long as they are not thousands of fields apart.
    ///
    /// ```
    /// use bytewright::{Source, inspect::Document, render::hex::Canonical};
    ///
    /// let document = Document::detect(Source::from(&b"BM\x36\0\0\0"[..]), None)?;
    /// let mut text = Vec::new();
    /// let mut dump = Canonical::new().columns(Some(8)).marked(document.file().reader(0), 0, &mut text);
    /// dump.fields(document.root())?;
    /// dump.finish()?;
    /// let text = String::from_utf8(text)?;
    /// assert!(text.ends_with("|BM6...|    file_header: type b'BM'  size 54\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When children on demand can't be made, the input can't be read, or writing the output fails.
    pub fn fields(&mut self, root: &Node) -> io::Result<()> {
        let mut groups = String::new();
        let mut count = 0usize;
        let mut marks = BTreeMap::new();
        let space = root.range.space;
        if root.is_leaf() && root.range.size > 0 {
            let range = root.range.offset..root.range.end();
            self.mark(Mark::new(range, label(root)).color(0))?;
            return Ok(());
        }
        walk(root, &mut |_, _, node| {
            let elsewhere = node.range.space != space || node.role == Role::View;
            if elsewhere || node.range.end() <= self.offset {
                return Ok(Step::Over);
            }
            let name = name(node);
            let numbers = match node.name.index() {
                Some(_) => tree::short_group(node, false),
                None => None,
            };
            if numbers.is_none() && !node.owns_bytes() {
                let _ = write!(groups, "{name}: ");
                return Ok(Step::Into);
            }
            let mut label = std::mem::take(&mut groups);
            match numbers {
                Some(numbers) => {
                    let _ = write!(label, "{name} {numbers}");
                }
                None => label += &self::label(node),
            }
            let mut mark = Mark::new(node.range.offset..node.range.end(), label);
            if !matches!(node.role, Role::Padding | Role::Gap) {
                mark = mark.color(count);
            }
            marks.insert((mark.range.start, count), mark);
            count.tally(1);
            if marks.len() > WINDOW
                && let Some((_, first)) = marks.pop_first()
                && !self.mark(first)?
            {
                return Ok(Step::Stop);
            }
            Ok(Step::Over)
        })?;
        for mark in marks.into_values() {
            if !self.mark(mark)? {
                break;
            }
        }
        Ok(())
    }
}

/// The label of a field: `compression 0 (none)`.
fn label(node: &Node) -> String {
    let mut label = name(node);
    let value = node.value.as_ref();
    let value = value.map(|value| tree::of_node(node, value, LONGEST, false));
    let meaning = node.meaning.as_ref();
    let meaning = meaning.map(|meaning| escape::text(&**meaning).to_string());
    let meaning = meaning.map(
        |meaning| match meaning.char_indices().nth(LONGEST_MEANING) {
            Some((end, _)) => format!("{}…", meaning.get(..end).unwrap_or_default()),
            None => meaning,
        },
    );
    let _ = match (value, meaning) {
        // 640 pixels: the value again, with what it counts.
        (Some(value), Some(meaning)) if meaning.starts_with(&format!("{value} ")) => {
            write!(label, " {meaning}")
        }
        (Some(value), Some(meaning)) => write!(label, " {value} ({meaning})"),
        (Some(value), None) => write!(label, " {value}"),
        (None, Some(meaning)) => write!(label, " ({meaning})"),
        (None, None) => Ok(()),
    };
    label
}

/// The name in a label: items of arrays have their index, and their key if they have one.
fn name(node: &Node) -> String {
    let name = match node.is_item() {
        true => format!("[{}]", node.name),
        false => escape::text(&*node.name).to_string(),
    };
    match &node.key {
        Some(key) => {
            let key = escape::text(&**key).to_string();
            match key.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{name} {}…", key.get(..end).unwrap_or_default()),
                None => format!("{name} {key}"),
            }
        }
        None => name,
    }
}
