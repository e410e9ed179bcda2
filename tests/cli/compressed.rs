//! What archives of every compression hold: shown, read, searched and compared as in a plain one.

use crate::run::{Folder, run};

/// Suffixes of archives, and their formats.
const ALL: [(&str, &str); 7] = [
    ("tar", "tar"),
    ("tar.gz", "gzip"),
    ("tar.zz", "zlib"),
    ("tar.bz2", "bzip2"),
    ("tar.xz", "xz"),
    ("tar.zst", "zstd"),
    ("tar.lz4", "lz4"),
];

/// An archive of one file under each suffix.
fn archives(folder: &Folder, content: &[u8], stem: &str) -> Vec<String> {
    let source = folder.file("notes.txt", content);
    let make = |(suffix, _): &(&str, &str)| {
        let archive = folder.path(&format!("{stem}.{suffix}"));
        let archive = archive.to_str().unwrap().to_owned();
        let named = ["--arcname", "notes.txt", "--mtime", "@0"];
        run(["tar", "create", &archive, &source].iter().chain(&named)).out();
        archive
    };
    ALL.iter().map(make).collect()
}

#[test]
fn every_verb_looks_into_an_archive_of_any_compression() {
    let folder = Folder::new();
    let archives = archives(&folder, b"a needle in a stack of hay", "a");
    for (archive, (suffix, format)) in archives.iter().zip(ALL) {
        let shown = run(["inspect", archive, "-O", "json"]).json();
        assert_eq!(shown["format"], format, "{suffix}");
        let (prefix, mark) = match format {
            "tar" => ("", ""),
            _ => ("content.", "~"),
        };
        let data = format!("{prefix}members[0].data");
        let run_on = |verb: &str, arguments: &[&str]| {
            let all = [&[verb, archive][..], arguments].concat();
            run(all).out()
        };
        assert_eq!(
            run_on("get", &[&data, "-O", "raw"]),
            "a needle in a stack of hay",
            "{suffix}"
        );
        let found = run_on("find", &["a needle"]);
        let last = found.lines().last().unwrap();
        assert!(
            last.trim_start().starts_with(&format!("{mark}0x200 ")),
            "{found}"
        );
        assert!(last.trim_end().ends_with(".data"), "{found}");
        let field = run_on("find", &["--field", &data, "needle", "--offsets"]);
        assert_eq!(field, "514\n", "{suffix}");
        let hash = run_on("hash", &["--field", &data, "-a", "sha256"]);
        let plain = folder.path("notes.txt");
        let plain = run(["hash", plain.to_str().unwrap(), "-a", "sha256"]).out();
        assert_eq!(hash.split(' ').next(), plain.split(' ').next(), "{suffix}");
    }
}

#[test]
fn equal_archives_of_two_compressions_are_equal_and_others_differ_in_a_field() {
    let folder = Folder::new();
    let old = archives(&folder, b"one", "old");
    let new = archives(&folder, b"two", "new");
    for (i, a) in old.iter().enumerate() {
        // Each with the next one is each with each, as far as telling them goes.
        let other = (i + 1) % old.len();
        assert_eq!(run(["diff", a, &old[other]]).out(), "");
        let run = run(["diff", a, &new[other]]);
        let text = String::from_utf8(run.stdout).unwrap();
        assert_eq!(run.status, 1, "{a}: {}", run.stderr);
        assert!(text.contains("data"), "{a}: {text}");
        assert!(!text.contains("header.name"), "{a}: {text}");
    }
}
