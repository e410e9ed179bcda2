//! The descriptions of the suite, against the values that they state.

use std::fs;
use std::path::{Path, PathBuf};

use bytewright::Source;
use bytewright::formats::kaitai::Kaitai;
use bytewright::inspect::Document;
use bytewright::tree::{Node, Role, Severity};

/// A description with what it says of itself.
pub(crate) struct Case {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    /// Paths and values.
    pub(crate) values: Vec<(String, String)>,
    /// Paths and codes of problems.
    pub(crate) problems: Vec<(String, String)>,
    /// The line and words of the error of a description that can't be used.
    pub(crate) error: Option<(usize, String)>,
    /// Why Kaitai's own reader is not compared with, where it isn't.
    pub(crate) alone: Option<String>,
}

/// The suite, or another folder of such descriptions, which `BYTEWRIGHT_KAITAI_SUITE` names.
pub(crate) fn folder() -> PathBuf {
    if let Some(other) = std::env::var_os("BYTEWRIGHT_KAITAI_SUITE") {
        return other.into();
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kaitai/suite")
}

pub(crate) fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths.into_iter().map(case).collect()
}

fn case(path: PathBuf) -> Case {
    let text = fs::read_to_string(&path).unwrap();
    let mut case = Case {
        path,
        bytes: Vec::new(),
        values: Vec::new(),
        problems: Vec::new(),
        error: None,
        alone: None,
    };
    for line in text.lines().map_while(|line| line.strip_prefix("# ")) {
        if let Some(hex) = line.strip_prefix("bytes:") {
            for byte in hex.split_whitespace() {
                case.bytes.push(u8::from_str_radix(byte, 16).unwrap());
            }
        } else if let Some(error) = line.strip_prefix("error: ") {
            let (line, words) = error.split_once(": ").unwrap();
            case.error = Some((line.parse().unwrap(), words.to_owned()));
        } else if let Some(why) = line.strip_prefix("alone: ") {
            case.alone = Some(why.to_owned());
        } else if let Some((path, value)) = line.split_once(" = ") {
            case.values.push((path.to_owned(), value.to_owned()));
        } else if let Some((path, code)) = line.split_once(" ! ") {
            case.problems.push((path.to_owned(), code.to_owned()));
        }
    }
    case
}

/// The values of a node as the comments write them: an enum's member with its name.
pub(crate) fn shown(node: &Node) -> String {
    if node.value.is_none() && node.is_leaf() {
        return match node.meaning.as_deref() {
            Some("stream") => format!("stream of {} bytes", node.range.size),
            _ => "absent".to_owned(),
        };
    }
    let value = match &node.value {
        Some(value) => value.to_string(),
        None => {
            let items = node.children().map(|child| shown(&child.unwrap()));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
    };
    match &node.meaning {
        Some(meaning) if node.value.is_some() => format!("{value} {meaning}"),
        _ => value,
    }
}

pub(crate) fn open(case: &Case) -> Result<Document, String> {
    let kaitai =
        Kaitai::open(&case.path, &[folder().join("lib")]).map_err(|error| error.to_string())?;
    let document = Document::open(Source::from(case.bytes.clone()), kaitai);
    document.map_err(|error| error.to_string())
}

#[test]
fn the_suite_reads_as_it_says() {
    let cases = cases();
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case
            .path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if let Some((line, words)) = &case.error {
            match Kaitai::open(&case.path, &[folder().join("lib")]) {
                Ok(_) => wrong.push(format!("{name}: no error")),
                Err(e) if e.line() == Some(*line) && e.to_string().contains(words) => {}
                Err(e) => wrong.push(format!("{name}: expected {line}: {words}, found {e}")),
            }
            continue;
        }
        if case.values.is_empty() && case.problems.is_empty() {
            wrong.push(format!("{name}: it states nothing"));
        }
        let kaitai = match Kaitai::open(&case.path, &[folder().join("lib")]) {
            Ok(kaitai) => kaitai,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        let document = Document::open(Source::from(case.bytes.clone()), kaitai).unwrap();
        for (path, expected) in &case.values {
            let found = match document.find(&path.parse().unwrap()) {
                Ok(found) => shown(&found[0].node),
                Err(_) => "absent".to_owned(),
            };
            if found != *expected {
                wrong.push(format!("{name}: {path} = {found}, expected {expected}"));
            }
        }
        for (path, code) in &case.problems {
            let found = document.find(&path.parse().unwrap());
            let codes: Vec<&str> = found
                .iter()
                .flat_map(|found| &found[0].node.problems)
                .map(|problem| problem.code)
                .collect();
            if !codes.contains(&code.as_str()) {
                wrong.push(format!("{name}: {path} has {codes:?}, expected {code}"));
            }
        }
        let mut errors = Vec::new();
        problems("", document.root(), &mut errors);
        if case.problems.is_empty() && !errors.is_empty() {
            wrong.push(format!("{name}: {errors:?}"));
        }
        let mut owned = vec![0u32; case.bytes.len()];
        owners(document.root(), &mut owned);
        if owned.iter().any(|owners| *owners != 1) {
            wrong.push(format!("{name}: bytes have {owned:?} owners"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 120, "{} descriptions", cases.len());
}

/// The errors of a tree, with paths and words.
pub(crate) fn problems(path: &str, node: &Node, into: &mut Vec<String>) {
    let errors = node.problems.iter();
    for problem in errors.filter(|problem| problem.severity == Severity::Error) {
        into.push(format!("{path}: {} {}", problem.code, problem.message));
    }
    for child in node.children() {
        let child = child.unwrap();
        problems(&format!("{path}.{}", child.name), &child, into);
    }
}

/// Counts the leaves that own each byte of the file.
fn owners(node: &Node, owned: &mut [u32]) {
    if node.owns_bytes() && node.range.space.is_file() && node.role != Role::View {
        for byte in node.range.offset..node.range.end() {
            owned[usize::try_from(byte).unwrap()] += 1;
        }
        return;
    }
    for child in node.children() {
        owners(&child.unwrap(), owned);
    }
}
