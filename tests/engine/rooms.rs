//! The rooms of the house: each uses only those below it.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A room is a module of the crate, or of `formats`.
const ROOMS: [&str; 31] = [
    "offset",
    "value",
    "calendar",
    "parallel",
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
    let words: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|word| word.to_str().unwrap().to_owned())
        .collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["lib" | "main"] => None,
        ["formats", "registry", ..] => Some("formats".to_owned()),
        ["formats", format, ..] => Some(format!("formats::{format}")),
        [room, ..] => Some(room.to_owned()),
        [] => None,
    }
}

/// The rooms that a text names: `crate::a::b`, and each of `crate::{a, b::c}`.
fn uses(text: &str) -> Vec<String> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code: String = code.split_whitespace().collect();
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let names = match rest.strip_prefix('{') {
            Some(list) => items(list),
            None => vec![rest],
        };
        rooms.extend(names.into_iter().filter_map(room));
    }
    rooms
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

fn room(path: &str) -> Option<String> {
    let mut words = path.split(|c: char| !c.is_alphanumeric() && c != '_');
    let first = words.next()?;
    if let Some((_, room)) = ROOT.iter().find(|(name, _)| *name == first) {
        return Some((*room).to_owned());
    }
    // `::` leaves an empty word between two names.
    let second = words.nth(1).unwrap_or_default();
    let inner = format!("{first}::{second}");
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
        for used in uses(&fs::read_to_string(&file).unwrap()) {
            arrows += 1;
            if floor(&used).unwrap() > own {
                turned.push(format!("{} uses {used}", name.display()));
            }
        }
    }
    assert!(turned.is_empty(), "{turned:#?}");
    assert!(arrows > 500, "only {arrows} uses were found");
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
    let text = "use crate::structs::{a, b};\nuse crate::{\n    Source,\n    formats::{bmp::A, x},\n};\n\
                let a = crate::formats::tar::open(); // crate::cli\n\
                #[cfg(test)] use crate::render;";
    assert_eq!(uses(text), ["structs", "source", "formats", "formats::tar"]);
    assert_eq!(room("formats::bmp::layout::X").unwrap(), "formats::bmp");
    assert_eq!(room("formats::Registry").unwrap(), "formats");
    assert_eq!(room("Sources"), None);
}
