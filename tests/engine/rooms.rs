//! The rooms of the house: each uses only those below it.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A room is a module of the crate, or of `formats`.
const ROOMS: [&str; 32] = [
    "offset",
    "value",
    "calendar",
    "parallel",
    "prefetch",
    "output",
    "source",
    "tree",
    "hash",
    "coding",
    "structs",
    "scan",
    "schema",
    "codecs",
    "format",
    "formats::samples",
    "formats::indexed",
    "formats::png",
    "formats::compressed",
    "formats::gzip",
    "formats::bmp",
    "formats::ico",
    "formats::tar",
    "formats::user",
    "formats::kaitai",
    "formats::shelf",
    "formats",
    "inspect",
    "records",
    "render",
    "view",
    "cli",
];

/// What the root of the crate has of each room, so that `crate::Source` is one of them too.
const ROOT: [(&str, &str); 16] = [
    ("Source", "source"),
    ("Struct", "structs"),
    ("DataError", "structs"),
    ("Error", "structs"),
    ("FormatError", "structs"),
    ("Formats", "structs"),
    ("Fields", "structs"),
    ("calcsize", "structs"),
    ("iter_unpack", "structs"),
    ("pack", "structs"),
    ("pack_into", "structs"),
    ("unpack", "structs"),
    ("unpack_from", "structs"),
    ("Value", "value"),
    ("Record", "value"),
    ("Bytes", "value"),
];

/// The room of a file of `src`; `None` for the two that are above all rooms.
fn room_of(file: &Path) -> Option<String> {
    match module_of(file)
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()[..]
    {
        ["lib" | "main"] => None,
        ["formats", "registry", ..] => Some("formats".to_owned()),
        ["formats", format, ..] => Some(format!("formats::{format}")),
        [room, ..] => Some(room.to_owned()),
        [] => None,
    }
}

/// The module that a file of `src` is: `["formats", "tar", "tree"]`.
fn module_of(file: &Path) -> Vec<String> {
    let words = file.with_extension("");
    words
        .iter()
        .map(|word| word.to_str().unwrap().to_owned())
        .collect()
}

/// A file's text without its tests and comments.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines();
    lines
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect()
}

/// The paths from the root of the crate that a file names, by `crate::` and by `super::`: `formats::bmp::A`.
fn paths(module: &[String], text: &str) -> Vec<String> {
    let code = code_of(text);
    let code: String = code.split_whitespace().collect();
    let mut paths = Vec::new();
    for rest in code.split("crate::").skip(1) {
        spread("", rest, &mut paths);
    }
    // Of `super::super::`, the second is a part of what the first leads to.
    let mut rest = &*code;
    while let Some((_, after)) = rest.split_once("super::") {
        let (mut after, mut up) = (after, 1);
        while let Some(more) = after.strip_prefix("super::") {
            (after, up) = (more, up + 1);
        }
        let outer = &module[..module.len().saturating_sub(up)];
        let outer = outer
            .iter()
            .map(|word| format!("{word}::"))
            .collect::<String>();
        spread(&outer, after, &mut paths);
        rest = after;
    }
    paths
}

/// The paths of a tree of uses, such as `a::{b, c::{d, e}}`, with what stands before it.
fn spread(before: &str, tree: &str, paths: &mut Vec<String>) {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = tree.find(|c| !is_path(c)).unwrap_or(tree.len());
    let (path, rest) = tree.split_at(end);
    let path = format!("{before}{path}");
    match rest
        .strip_prefix('{')
        .filter(|_| path.is_empty() || path.ends_with("::"))
    {
        Some(list) => {
            let items = items(list).into_iter().filter(|item| !item.is_empty());
            items.for_each(|item| spread(&path, item, paths));
        }
        None => paths.push(path),
    }
}

/// The items of a list in braces, whose opening one is taken off.
fn items(list: &str) -> Vec<&str> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    for (i, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[start..i]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    items
}

/// The room that a path leads to.
fn room(path: &str) -> Option<String> {
    let mut words = path.split("::");
    let first = words.next()?;
    if let Some((_, room)) = ROOT.iter().find(|(name, _)| *name == first) {
        return Some((*room).to_owned());
    }
    let inner = format!("{first}::{}", words.next().unwrap_or_default());
    match ROOMS.contains(&&*inner) {
        true => Some(inner),
        false => ROOMS.contains(&first).then(|| first.to_owned()),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let floor = |room: &str| ROOMS.iter().position(|name| *name == room);
    let mut turned = Vec::new();
    let mut arrows = 0;
    for file in all {
        let name = file.strip_prefix(&src).unwrap();
        let Some(room) = room_of(name) else { continue };
        let own = floor(&room).unwrap_or_else(|| panic!("{} has no room", name.display()));
        let text = fs::read_to_string(&file).unwrap();
        let used = paths(&module_of(name), &text);
        for used in used.iter().filter_map(|path| self::room(path)) {
            arrows += 1;
            if floor(&used).unwrap() > own {
                turned.push(format!("{} uses {used}", name.display()));
            }
        }
    }
    assert!(turned.is_empty(), "{turned:#?}");
    assert!(arrows > 500, "only {arrows} uses were found");
}

/// Which files of the rooms above the registry may name a format, and which: the two verbs that are about one,
/// and what looks descriptions of formats up, which are files of users and of the shelf.
const NAMED: [(&str, &[&str]); 10] = [
    ("cli/bmp", &["bmp", "png"]),
    ("cli/tar", &["tar", "gzip", "bzip2", "xz", "zstd", "lz4"]),
    ("cli/bare_word.rs", &["shelf", "user"]),
    ("cli/context.rs", &["kaitai", "shelf", "user"]),
    ("cli/document.rs", &["kaitai", "shelf"]),
    ("cli/error/failure.rs", &["kaitai", "user"]),
    ("cli/formats/convert.rs", &["kaitai", "user"]),
    ("cli/formats/list.rs", &["kaitai", "shelf", "user"]),
    ("cli/formats/one_format.rs", &["kaitai", "shelf", "user"]),
    ("cli/view.rs", &["user"]),
];

/// Files in which the names of formats are those of verbs, or of forms of output.
const VERBS: [&str; 6] = [
    "cli/complete.rs",
    "cli/completions",
    "cli/first_word.rs",
    "cli/flags.rs",
    "cli/words",
    "cli/words.rs",
];

/// What works on the tree of any file knows its format by the trait alone.
#[test]
fn rooms_above_the_registry_name_no_format() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let names = ROOMS
        .iter()
        .filter_map(|room| room.strip_prefix("formats::"));
    let names: Vec<&str> = names
        .chain(["bzip2", "xz", "zstd", "lz4", "zlib"])
        .collect();
    let mut named = Vec::new();
    let mut seen = 0;
    for file in all {
        let name = file.strip_prefix(&src).unwrap();
        let above = ["inspect", "records", "render", "view", "cli"];
        if !above
            .iter()
            .any(|room| room_of(name).as_deref() == Some(room))
        {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let by_path = paths(&module_of(name), &text);
        let by_path = by_path.iter().filter_map(|path| {
            let room = room(path)?;
            Some(room.strip_prefix("formats::")?.to_owned())
        });
        let code = code_of(&text).replace("feature = \"", "feature = ");
        let literal = |name: &&&str| code.contains(&format!("\"{name}\""));
        let is_verbs = VERBS.iter().any(|verbs| name.starts_with(verbs));
        let by_text = names.iter().filter(literal).filter(|_| !is_verbs);
        let shown = name.to_str().unwrap().replace('\\', "/");
        let may = NAMED.iter().find(|(place, _)| shown.starts_with(place));
        let may = may.map_or(&[][..], |(_, formats)| formats);
        for format in by_path.chain(by_text.map(|name| (*name).to_owned())) {
            seen += 1;
            if !may.contains(&&*format) {
                named.push(format!("{shown} names {format}"));
            }
        }
    }
    assert!(named.is_empty(), "{named:#?}");
    assert!(seen > 50, "only {seen} names were found");
}

/// The subject of a folder is in the file beside it that has its name.
#[test]
fn a_folder_has_a_file_of_its_name() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let others: Vec<_> = all.iter().filter(|file| file.ends_with("mod.rs")).collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn a_use_is_found_however_it_is_written() {
    let module = ["formats", "tar", "tree"].map(str::to_owned);
    let text = "use crate::structs::{a, b};\nuse crate::{\n    Source,\n    formats::{bmp::A, x},\n};\n\
                let a = crate::formats::tar::open(); // crate::cli\n\
                use super::super::{gzip::{B, C}, png};\nuse super::pax;\n\
                #[cfg(test)] use crate::render;";
    let expected = [
        "structs::a",
        "structs::b",
        "Source",
        "formats::bmp::A",
        "formats::x",
        "formats::tar::open",
        "formats::gzip::B",
        "formats::gzip::C",
        "formats::png",
        "formats::tar::pax",
    ];
    assert_eq!(paths(&module, text), expected);
    let rooms = expected.map(|path| room(path).unwrap());
    let formats = ["bmp", "", "tar", "gzip", "gzip", "png", "tar"];
    let formats = formats.map(|name| match name {
        "" => "formats".to_owned(),
        name => format!("formats::{name}"),
    });
    assert_eq!(rooms[..3], ["structs", "structs", "source"]);
    assert_eq!(rooms[3..], formats);
    assert_eq!(room("formats::Registry").unwrap(), "formats");
    assert_eq!(room("Sources"), None);
}
