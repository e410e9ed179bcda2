//! A format of another crate: icons of Windows, with what is public alone. Finding, changing, comparing
//! and pages for a browser then work on it as on the formats of this crate.
//!
//! ```sh
//! cargo run --example icon > icon.html
//! ```

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;

use bytewright::format::{Code, Content, Fit, Format, Head};
use bytewright::inspect::edit::{self, Overlay};
use bytewright::inspect::find::{Find, Pattern};
use bytewright::inspect::{Document, Locator, diff};
use bytewright::render;
use bytewright::tree::{Node, Range, Role, Severity, Space};
use bytewright::{Source, Struct};

/// The directory, and as many entries as it says.
const HEADERS: &str = "<H:reserved H:type H:count [count](B:width B:height B:colors B:reserved \
    H:planes H:bit_count I:size I:offset):entries";

const BEYOND: Code = Code::new("X001", Severity::Error, "an image is not within the file");

/// Icons of Windows.
#[derive(Debug)]
pub struct Icon;

impl Format for Icon {
    fn name(&self) -> &str {
        "icon"
    }

    fn suffixes(&self) -> &[&str] {
        &["ico"]
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(head.starts_with(b"\0\0\x01\0").then_some(Fit::Signature(4)))
    }

    /// The headers, and the images as they follow each other, with gaps where no image is.
    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        let layout = Arc::new(Struct::new(HEADERS).map_err(io::Error::other)?);
        let (mut nodes, error) = layout.nodes_at(source, Space::FILE, 0)?;
        let file = Range::file(0, source.size()?);
        let mut at = nodes.last().map_or(0, |last| last.range.end());
        let mut images = Vec::new();
        for (index, entry) in nodes
            .iter()
            .filter(|node| node.name == "entries")
            .flat_map(Node::children)
            .enumerate()
        {
            let entry = entry?;
            let field = |name| {
                let value = entry.child(name).and_then(|field| field.value.as_ref());
                value.and_then(|value| value.as_int()?.try_into().ok())
            };
            let (offset, size) = (field("offset").unwrap_or(0), field("size").unwrap_or(0));
            images.push((Range::file(offset, size), index));
        }
        images.sort_by_key(|(range, _)| range.offset);
        for (range, index) in images {
            // What other parts have already is theirs.
            let start = range.offset.clamp(at, file.end());
            let end = range.end().clamp(start, file.end());
            if at < start {
                nodes.push(
                    Node::new("gap", Range::file(at, start.saturating_sub(at))).role(Role::Gap),
                );
            }
            let mut image = Node::new(
                format!("image{index}"),
                Range::file(start, end.saturating_sub(start)),
            );
            if range.end() > file.end() {
                let message = format!("the image ends at {:#x}, the file before", range.end());
                image.problems.push(BEYOND.problem(range, message));
            }
            nodes.push(image.role(Role::Data));
            at = end;
        }
        if at < file.end() {
            nodes.push(
                Node::new("rest", Range::file(at, file.end().saturating_sub(at))).role(Role::Gap),
            );
        }
        let mut root = Node::new(self.name().to_owned(), file).with_children(nodes);
        if let Some(error) = error {
            let end = Range::file(file.end(), 0);
            root.problems.push(BEYOND.problem(end, error.to_string()));
        }
        Ok(root)
    }

    fn codes(&self) -> &[Code] {
        &[BEYOND]
    }
}

/// Two images, of 3 and 4 bytes.
fn file() -> Result<Vec<u8>, Box<dyn Error>> {
    let entry = "<4B 2H 2I";
    let mut file = bytewright::pack("<3H", &[0, 1, 2].map(Into::into))?;
    for values in [[16, 16, 0, 0, 1, 32, 3, 38], [0, 0, 0, 0, 1, 32, 4, 41]] {
        file.extend(bytewright::pack(entry, &values.map(Into::into))?);
    }
    file.extend(b"oneltwo");
    Ok(file)
}

/// Finds, changes, compares, and writes what it found to `log` and a page to `page`.
///
/// # Errors
///
/// None, as the file is whole.
pub fn run(log: &mut impl Write, page: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let document = Document::open(Source::from(file()?), Icon)?;

    let pattern = Pattern::hex("6c 74 77 6f")?;
    let mut locator = Locator::new(&document);
    for hit in Find::new(document.file(), &pattern) {
        let owner = locator.at(hit?.offset)?;
        writeln!(log, "found in {}", owner.map_or("nothing", |o| &o.path))?;
    }

    let set = [("entries[1].width".parse()?, "48".to_owned())];
    let edit = edit::plan(&document, &set, true, &|_| None)?;
    let changed = Overlay::new(document.file().clone(), &edit.changes).into_source();
    let changed = Document::open(changed, Icon)?;
    diff::diff(&document, &changed, &mut |difference| {
        render::diff::text(&difference, log)
    })?;

    let root = changed.find(&"".parse()?)?.remove(0);
    render::html::page("icon", &changed, &root, None, None, page)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stderr(), &mut io::stdout())
}
