//! The tree of an icon: the parts that the reader of bitmaps finds, each under its entry or its image.

use std::io;
use std::sync::LazyLock;

use crate::formats::bmp::layout::field;
use crate::formats::bmp::{Bitmap, Compression, Part, RawHeader, Report};
use crate::offset::Position;
use crate::tree::{Node, Problem, Range, Role, Space, hull};
use crate::value::text::counted;
use crate::{Source, Struct};

/// The signature of a PNG file and its first chunk, IHDR (PNG specification, sections 5.2 and 11.2.1).
const PNG_START: &str = ">8s:signature I:length 4s:type I:width I:height B:bit_depth B:color_type \
    B:compression B:filter B:interlace I:crc";

#[expect(clippy::expect_used, reason = "a constant, which every test compiles")]
static PNG_STRUCT: LazyLock<Struct> =
    LazyLock::new(|| Struct::new(PNG_START).expect("the start of a PNG file is a valid format"));

/// The directory, and the images by their own headers.
pub(super) struct Images {
    pub(super) directory: Option<RawHeader>,
    /// Where the last entry ends that the file has.
    pub(super) directory_end: u64,
    pub(super) images: Vec<Image>,
}

/// An entry with its image.
pub(super) struct Image {
    pub(super) entry: RawHeader,
    /// The bytes of the image by its entry.
    pub(super) stated: Range,
    /// Its width and height in pixels by its own header, where that can be read.
    pub(super) sides: Option<(i64, i64)>,
    /// The bytes it takes by its own header: up to the end of its mask.
    pub(super) takes: u64,
    /// Bits a pixel by the header of a bitmap.
    pub(super) bit_count: Option<u16>,
    png: Option<Vec<Node>>,
}

impl Images {
    pub(super) fn is_cursor(&self) -> bool {
        let directory = self.directory.as_ref();
        directory.and_then(|directory| directory.value::<u16>(field!("type"))) == Some(2)
    }
}

/// The images of a report, with what their own headers say.
pub(super) fn images(source: &Source, report: &Report) -> io::Result<Images> {
    let bitmaps = report.bitmaps();
    let header = |bitmap: &Bitmap, part| bitmap.header(part).cloned();
    let first = bitmaps.first();
    let mut images = Images {
        directory: first.and_then(|bitmap| header(bitmap, Part::IconDirectory)),
        directory_end: 0,
        images: Vec::new(),
    };
    for bitmap in bitmaps {
        let Some(entry) = header(bitmap, Part::IconEntry) else {
            continue;
        };
        images.directory_end = entry.range().end();
        images.images.push(image(source, entry, bitmap)?);
    }
    Ok(images)
}

fn image(source: &Source, entry: RawHeader, bitmap: &Bitmap) -> io::Result<Image> {
    let stated = Range::file(
        entry.uint(field!("offset")).into(),
        entry.uint(field!("size")).into(),
    );
    let mut image = Image {
        entry,
        stated,
        sides: None,
        takes: 0,
        bit_count: None,
        png: None,
    };
    match &bitmap.dib {
        Some(dib) if dib.compression == Compression::Png => {
            let size = PNG_STRUCT.size().unwrap_or(0).min(stated.size);
            let bytes = source.read(stated.offset, size)?;
            let side = |name| {
                let view = PNG_STRUCT.view(&bytes).ok()?;
                view.get::<u32>(name).ok().map(i64::from)
            };
            image.sides = side("width").zip(side("height"));
            let (nodes, _) = PNG_STRUCT.nodes_so_far(&bytes, Space::FILE, stated.offset);
            image.png = Some(nodes);
        }
        Some(dib) => {
            image.sides = Some((dib.width, dib.height));
            image.bit_count = Some(dib.bit_count);
            let end = bitmap.mask.or(bitmap.pixels).map_or(0, |last| last.end());
            image.takes = end.saturating_sub(stated.offset);
        }
        None => {}
    }
    Ok(image)
}

/// The tree of the whole file, with the problems of the directory.
pub(super) fn of(report: &Report, images: Images, problems: Vec<Problem>) -> io::Result<Node> {
    let found = report.tree()?;
    let mut root = Node::new("ico", found.range);
    root.problems.clone_from(&found.problems);
    let (mut directory, mut entries, mut nodes) = (None, Vec::new(), Vec::new());
    let mut gaps = Vec::new();
    let mut bitmaps = Vec::new();
    let mut alone = Vec::new();
    for child in found.children() {
        let child = child?.into_owned();
        match (&*child.name, child.role) {
            ("bitmaps", _) => {
                for bitmap in child.children() {
                    bitmaps.push(children(&*bitmap?)?);
                }
            }
            (_, Role::Gap) => gaps.push(child),
            _ => alone.push(child),
        }
    }
    if !alone.is_empty() {
        bitmaps.push(alone);
    }
    let is_cursor = images.is_cursor();
    let mut images = images.images.into_iter();
    for (index, parts) in bitmaps.into_iter().enumerate() {
        let mut own = Vec::new();
        for mut part in parts {
            if part.name == Part::IconDirectory.name() {
                describe(&mut part);
                part.name = "directory".into();
                directory = Some(part);
            } else if part.name == Part::IconEntry.name() {
                name_entry(&mut part, index, is_cursor);
                entries.push(part);
            } else {
                own.push(part);
            }
        }
        // Where the entry is cut, no image is known.
        if let Some(image) = images.next().filter(|image| image.entry.is_whole()) {
            nodes.push(image_node(index, image, own));
        }
    }
    let mut children: Vec<Node> = directory.into_iter().collect();
    if !entries.is_empty() {
        children.push(Node::new("entries", hull(&entries)).with_children(entries));
    }
    for problem in problems {
        let is_here = |node: &&mut Node| holds(node, &problem);
        match children.iter_mut().find(is_here) {
            Some(node) => attach(node, problem),
            None => root.problems.push(problem),
        }
    }
    if !nodes.is_empty() {
        let meaning = counted(nodes.len() as u64, "image");
        let mut images = Node::new("images", hull(&nodes)).meaning(meaning);
        if nodes.iter().all(|image| image.role == Role::View) {
            images.role = Role::View;
        }
        children.push(images.with_children(nodes));
    }
    children.extend(gaps);
    children.sort_by_key(|node| node.range.offset);
    Ok(root.with_children(children))
}

fn children(node: &Node) -> io::Result<Vec<Node>> {
    node.children()
        .map(|child| child.map(std::borrow::Cow::into_owned))
        .collect()
}

fn describe(directory: &mut Node) {
    for field in directory.children_mut() {
        let number = field.value.as_ref().and_then(crate::Value::as_int);
        field.meaning = match (&*field.name, number) {
            ("type", Some(1)) => Some("icon".to_owned()),
            ("type", Some(2)) => Some("cursor".to_owned()),
            _ => None,
        };
    }
}

fn name_entry(entry: &mut Node, index: usize, is_cursor: bool) {
    entry.name = index.into();
    for field in entry.children_mut() {
        let number = field.value.as_ref().and_then(crate::Value::as_int);
        match (&*field.name, number) {
            ("width" | "height", Some(0)) => field.meaning = Some("256 pixels".to_owned()),
            ("colors", Some(0)) => field.meaning = Some("256 or more, or no palette".to_owned()),
            ("planes", _) if is_cursor => field.name = "hotspot_x".into(),
            ("bit_count", _) if is_cursor => field.name = "hotspot_y".into(),
            _ => {}
        }
    }
}

/// The parts of an image; a PNG file with the fields of its first chunk.
fn image_node(index: usize, image: Image, mut parts: Vec<Node>) -> Node {
    let mut meaning = image
        .sides
        .map(|(width, height)| format!("{width} × {height} pixels"));
    if let Some(mut fields) = image.png {
        meaning = meaning.map(|meaning| format!("PNG, {meaning}"));
        if let [whole] = parts.as_mut_slice()
            && whole.role == Role::Data
        {
            let end = fields.last().map_or(whole.range.offset, |f| f.range.end());
            let rest = Range::file(end, whole.range.end().since(end));
            if rest.size > 0 {
                fields.push(Node::new("chunks", rest).role(Role::Data));
            }
            let problems = std::mem::take(&mut whole.problems);
            *whole = Node::new("png", whole.range).with_children(fields);
            whole.problems = problems;
        }
    }
    let range = match parts.as_slice() {
        [] => Range::file(image.stated.offset, 0),
        parts => hull(parts),
    };
    let mut node = Node::new(index, range);
    node.meaning = meaning;
    // An image that is missing, or whose bytes others own, has views alone.
    if parts.iter().all(|part| part.role == Role::View) {
        node.role = Role::View;
    }
    node.with_children(parts)
}

/// Whether the bytes that a problem is about are in a node.
fn holds(node: &Node, problem: &Problem) -> bool {
    node.range.offset <= problem.range.offset && problem.range.end() <= node.range.end()
}

/// Puts a problem at the field that it is about.
fn attach(node: &mut Node, problem: Problem) {
    let mut inner = node.children_mut().iter_mut();
    match inner.find(|child| holds(child, &problem)) {
        Some(child) => attach(child, problem),
        None => node.problems.push(problem),
    }
}
