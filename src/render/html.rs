//! A file as one page for a browser: its tree and its bytes side by side, either lighting up the
//! other. The page carries all that it needs, and loads nothing.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use super::picture::png;
use super::{escape, tree};
use crate::inspect::{Document, Found, Step, walk};
use crate::offset::Position;
use crate::tree::{Node, Role};

/// Bytes that a page shows, at most: 256 KiB.
pub const MAX_BYTES: u64 = 256 << 10;

/// Fields that a page shows, at most. With as many, and all of the bytes, a page has less than
/// 8 MiB.
pub const MAX_NODES: usize = 10_000;

/// Pixels of a picture on a page; a larger one is left out, as it would be most of the page.
const MAX_PIXELS: u64 = 1 << 20;

/// Characters of a value, a meaning or a name that a page shows.
const LONGEST: usize = 200;

/// The parts that a page leaves out; the page says so, too, where the tree and the bytes end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cut {
    /// How many bytes are shown of how many, where not all are.
    pub bytes: Option<(u64, u64)>,
    /// Whether there are more fields than [`MAX_NODES`].
    pub fields: bool,
}

/// Writes the page of a part of a file; the root is the whole of it, with the picture that the file is, where its
/// format [knows one](crate::format::Format::picture). `from` is the first byte that is shown, and `length` how
/// many, where that isn't the part itself.
///
/// ```
/// use bytewright::{Source, inspect::Document, render::html};
///
/// let document = Document::detect(Source::from(&b"BM\x36\0\0\0"[..]), None)?;
/// let root = document.find(&"".parse()?)?.remove(0);
/// let mut page = Vec::new();
/// html::page("a <b>.bmp", &document, &root, None, None, &mut page)?;
/// let page = String::from_utf8(page)?;
/// assert!(page.contains("<h1>a &lt;b&gt;.bmp</h1>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the file can't be read, or writing to `out` fails.
pub fn page(
    name: &str,
    document: &Document,
    part: &Found,
    from: Option<u64>,
    length: Option<u64>,
    out: &mut impl Write,
) -> io::Result<Cut> {
    let range = part.node.range;
    // The content of a stream has no bytes in the file.
    let (start, size) = match range.space.is_file() {
        true => (from.unwrap_or(range.offset), range.size),
        false => (0, 0),
    };
    let wanted = length.unwrap_or_else(|| range.end().saturating_sub(start).min(size));
    let bytes = document.file().read(start, wanted.min(MAX_BYTES))?;
    let (nodes, more) = nodes(part)?;

    let mut facts = format!(
        "{}, {} bytes",
        document.format().name(),
        document.root().range.size
    );
    if !part.path.is_root() {
        facts.push_str(&format!("; {}", part.path));
    }
    if (bytes.len() as u64) < wanted {
        facts.push_str(&format!("; bytes from {start:#x}, {} of them", bytes.len()));
    }
    if more {
        facts.push_str(&format!("; the first {MAX_NODES} fields"));
    }
    let shown = bytes.len() as u64;
    let available = document.file().size()?.saturating_sub(start);
    let cut = Cut {
        bytes: (shown < wanted.min(available)).then(|| (shown, wanted.min(available))),
        fields: more,
    };
    let mut data = Map::new();
    if let Some((shown, all)) = cut.bytes {
        data.insert("bytes_left_out".to_owned(), all.since(shown).into());
    }
    if more {
        data.insert("fields_shown".to_owned(), MAX_NODES.into());
    }
    data.insert("start".to_owned(), start.into());
    data.insert("bytes".to_owned(), STANDARD.encode(&bytes).into());
    data.insert("nodes".to_owned(), nodes.into());
    // Inside a script, nothing but its end is special.
    let data = serde_json::to_string(&data)?.replace('<', "\\u003c");

    let picture = match part.path.is_root() {
        true => image(document)?,
        false => String::new(),
    };
    let title = text(&escape::message(name).to_string());
    let mut rest = include_str!("html/page.html");
    while let Some((before, after)) = rest.split_once('@') {
        out.write_all(before.as_bytes())?;
        let (slot, after) = after.split_once('@').unwrap_or((after, ""));
        let filling = match slot {
            "TITLE" => &title,
            "FACTS" => &text(&escape::message(&facts).to_string()),
            "PICTURE" => &picture,
            "CSS" => include_str!("html/page.css"),
            "JS" => include_str!("html/page.js"),
            "DATA" => &data,
            _ => slot,
        };
        out.write_all(filling.as_bytes())?;
        rest = after;
    }
    out.write_all(rest.as_bytes())?;
    Ok(cut)
}

/// The picture of a file that has one.
fn image(document: &Document) -> io::Result<String> {
    let Some(picture) = document.picture(MAX_PIXELS) else {
        return Ok(String::new());
    };
    let png = STANDARD.encode(png(&picture)?);
    let image = "<img id=\"picture\" alt=\"the picture\" src=\"data:image/png;base64,";
    Ok(format!("{image}{png}\">"))
}

/// Text between tags and in attributes.
fn text(plain: &str) -> String {
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The nodes below a part, parents before their children, and whether there are more.
fn nodes(part: &Found) -> io::Result<(Vec<Json>, bool)> {
    let mut nodes = Vec::new();
    let mut more = false;
    let above = part.path.to_string();
    if part.node.is_leaf() {
        nodes.push(node(&above, 0, &part.node));
    }
    walk(&part.node, &mut |path, depth, child| {
        if nodes.len() >= MAX_NODES {
            more = true;
            return Ok(Step::Stop);
        }
        let dot = if above.is_empty() || path.starts_with('[') {
            ""
        } else {
            "."
        };
        nodes.push(node(&format!("{above}{dot}{path}"), depth, child));
        Ok(Step::Into)
    })?;
    Ok((nodes, more))
}

fn node(path: &str, depth: usize, node: &Node) -> Json {
    let mut json = Map::new();
    let mut put = |key: &str, value: Json| json.insert(key.to_owned(), value);
    let index = node.is_item();
    put("path", path.into());
    put("depth", depth.into());
    put(
        "name",
        match index {
            true => format!("[{}]", node.name).into(),
            false => cut(&escape::text(&*node.name).to_string()).into(),
        },
    );
    if let Some(key) = &node.key {
        put("key", cut(&escape::text(&**key).to_string()).into());
        put("keyed", true.into());
    }
    put("offset", node.range.offset.into());
    put("size", node.range.size.into());
    if let Some(bits) = node.range.bits {
        put("bits", bits.count.into());
        put("first_bit", bits.first.into());
    }
    if let Some(stream) = node.range.space.stream_index() {
        put("stream", stream.into());
    } else if node.owns_bytes() {
        put("owns", true.into());
    }
    match node.role {
        Role::Padding => put("kind", "padding".into()),
        Role::Gap => put("kind", "gap".into()),
        _ => None,
    };
    if !node.is_leaf() {
        put("children", true.into());
    }
    if let Some(value) = &node.value {
        put("value", tree::of_node(node, value, LONGEST, false).into());
    }
    if let Some(meaning) = &node.meaning {
        put("meaning", cut(&escape::text(meaning).to_string()).into());
    }
    if let Some(color) = color(node) {
        put("color", color.into());
    }
    if !node.problems.is_empty() {
        let problem = |p: &crate::tree::Problem| -> Json {
            let message = escape::message(&p.message).to_string();
            format!("{} {}: {message}", p.severity, p.code).into()
        };
        put("problems", node.problems.iter().map(problem).collect());
    }
    Json::Object(json)
}

/// The color of a group of red, green and blue, as a page writes it: an entry of a palette.
fn color(node: &Node) -> Option<String> {
    if node.is_leaf() || node.value.is_some() || !(3..=4).contains(&node.range.size) {
        return None;
    }
    let mut color = [None; 3];
    for child in node.children().take(4) {
        let child = child.ok()?;
        let at = ["red", "green", "blue"]
            .iter()
            .position(|name| child.name == **name);
        if let Some(part) = at.and_then(|at| color.get_mut(at)) {
            let value = child.value.as_ref()?.as_int()?;
            *part = u8::try_from(value).ok();
        }
    }
    let [red, green, blue] = color;
    Some(format!("#{:02x}{:02x}{:02x}", red?, green?, blue?))
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
