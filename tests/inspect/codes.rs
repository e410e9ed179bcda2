//! The tables of codes: those of the formats and those of the pages are the same.

use std::collections::BTreeMap;

use bytewright::format::{CONTENT_CODES, Code};
use bytewright::formats::Registry;
use bytewright::structs::PROBLEMS;

const PAGES: [(&str, &str); 4] = [
    ("bmp.md", include_str!("../../docs/bmp.md")),
    ("debugging.md", include_str!("../../docs/debugging.md")),
    ("ico.md", include_str!("../../docs/ico.md")),
    ("tar.md", include_str!("../../docs/tar.md")),
];

/// Every code that a tree of this crate can have.
fn codes() -> BTreeMap<&'static str, Code> {
    let of_formats = Registry::built_in()
        .iter()
        .flat_map(|format| format.codes());
    let mut all = BTreeMap::new();
    for code in of_formats.chain(PROBLEMS).chain(CONTENT_CODES) {
        let twice = all.insert(code.code, *code);
        assert!(
            twice.is_none_or(|other| other == *code),
            "{code:?} means two things"
        );
    }
    all
}

/// The rows of the tables of codes: the code, the severity and the words.
fn rows() -> Vec<(&'static str, [&'static str; 3])> {
    let mut rows = Vec::new();
    for (page, text) in PAGES {
        for line in text.lines() {
            let mut cells = line.split(" | ").map(|cell| cell.trim_matches(['|', ' ']));
            let row = [(); 3].map(|()| cells.next().unwrap_or_default());
            let digits = row[0].get(1..).unwrap_or_default();
            if row[0].len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                assert_eq!(cells.next(), None, "{page}: {line}");
                rows.push((page, row));
            }
        }
    }
    rows
}

#[test]
fn every_format_has_a_table_of_codes() {
    for format in Registry::built_in().iter() {
        assert!(!format.codes().is_empty(), "{}", format.name());
    }
}

#[test]
fn the_pages_list_every_code_once_with_its_severity_and_meaning() {
    let mut codes = codes();
    for (page, [name, severity, words]) in rows() {
        let code = codes.remove(name);
        let code =
            code.unwrap_or_else(|| panic!("{page}: {name} is in no table, or was listed before"));
        assert_eq!(severity, code.severity.to_string(), "{page}: {name}");
        // A page may say more, after the first words.
        let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
        let end = words.get(code.meaning.len()..).unwrap_or("none");
        assert!(
            words
                .get(1..)
                .unwrap_or_default()
                .starts_with(&code.meaning[1..])
                && first(words) == first(code.meaning)
                && (end.is_empty() || end.starts_with(['.', ',', ';', ':'])),
            "{page}: {name} says {words:?}, the table {:?}",
            code.meaning
        );
    }
    assert_eq!(
        codes.keys().collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "codes on no page"
    );
}
