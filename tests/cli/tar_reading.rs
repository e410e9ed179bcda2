//! Reading archives that somebody else made: in other encodings, with large windows.

use std::fs;
use std::process::Command;

use crate::run::{Folder, run};

/// Writes an archive with these names by Python's tarfile; `false` where Python is missing.
fn python(path: &str, format: &str, encoding: &str, names: &[&str]) -> bool {
    const SCRIPT: &str = "\
import sys, tarfile
path, format, encoding, *names = sys.argv[1:]
with tarfile.open(path, 'w', format=getattr(tarfile, format), encoding=encoding) as t:
    for name in names:
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.uname = tarfile.SYMTYPE, name, name[:4]
        t.addfile(info)";
    let made = Command::new("python3")
        .env("PYTHONUTF8", "1")
        .args(["-c", SCRIPT, path, format, encoding])
        .args(names)
        .status();
    let made = made.is_ok_and(|status| status.success());
    if !made {
        crate::common::skip("python3", "the archive was not made");
    }
    made
}

#[test]
fn names_in_other_encodings_are_listed_and_extracted_as_text() {
    let folder = Folder::new();
    let archive = folder.path("a.tar");
    let archive = archive.to_str().unwrap();
    let long = "図".repeat(80);
    for (encoding, names) in [
        ("gbk", &["图像/文件.txt", "plain", "中国"][..]),
        ("shift_jis", &["画像/ソフト.txt", "plain", &long]),
        ("latin-1", &["caf\u{e9}", "plain", "\u{fc}ber"]),
    ] {
        for format in ["USTAR_FORMAT", "GNU_FORMAT"] {
            if format == "USTAR_FORMAT" && names.contains(&&*long) {
                continue;
            }
            if !python(archive, format, encoding, names) {
                return;
            }
            let read = |arguments: &[&str]| run([&["tar"], arguments].concat()).out();
            let listed = read(&["list", archive, "--encoding", encoding]);
            assert_eq!(listed.lines().collect::<Vec<_>>(), names, "{encoding}");
            let lines = read(&["list", "-O", "jsonl", archive, "--encoding", encoding]);
            for (line, name) in lines.lines().zip(names) {
                let member: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!(member["name"], *name);
                assert_eq!(member["link"], *name);
                let owner: String = name.chars().take(4).collect();
                assert_eq!(member["uname"], *owner);
                assert_eq!(member["name_b64"].is_null(), *name == "plain");
            }
            // Without it they are bytes, and bytes only.
            let lines = read(&["list", "-O", "jsonl", archive]);
            let member: serde_json::Value =
                serde_json::from_str(lines.lines().next().unwrap()).unwrap();
            assert!(member["name"].is_null() && member["name_b64"].is_string());

            let into = folder.path("into");
            fs::create_dir(&into).unwrap();
            let directory = into.to_str().unwrap();
            read(&["extract", archive, "-C", directory, "--encoding", encoding]);
            for name in names {
                assert!(into.join(name).symlink_metadata().is_ok(), "{name}");
            }
            fs::remove_dir_all(&into).unwrap();
        }
    }
}

#[test]
fn what_is_text_already_stays() {
    let folder = Folder::new();
    let archive = folder.path("a.tar");
    let archive = archive.to_str().unwrap();
    if !python(archive, "PAX_FORMAT", "utf-8", &["图像", "caf\u{e9}"]) {
        return;
    }
    let listed = run(["tar", "list", archive, "--encoding", "gbk"]).out();
    assert_eq!(listed, "图像\ncaf\u{e9}\n");
    // What nobody can read as text is shown as bytes.
    let name = String::from("caf\u{e9}x");
    assert!(python(archive, "GNU_FORMAT", "latin-1", &[&name]));
    let listed = run(["tar", "list", archive, "--encoding", "euc-kr"]).out();
    assert_eq!(listed, "caf\\xe9x\n");
    let message = run(["tar", "list", archive, "--encoding", "klingon"]).fails(2);
    assert!(message.contains("shift_jis"), "{message}");
}

#[test]
fn a_large_window_is_asked_for_by_name() {
    let folder = Folder::new();
    let archive = folder.path("a.tar.zst");
    let archive = archive.to_str().unwrap();
    // A frame whose header says 128 MiB, with an empty last block.
    fs::write(archive, b"\x28\xb5\x2f\xfd\x00\x88\x01\0\0").unwrap();
    let message = run(["tar", "list", archive]).fails(4);
    assert!(message.contains("134217728"), "{message}");
    assert!(message.contains("max-window"), "{message}");
    let listed = run(["tar", "list", archive, "--max-window", "128MiB"]);
    assert_eq!(listed.status, 0, "{}", listed.stderr);
    assert!(listed.stderr.contains("empty"), "{}", listed.stderr);
}

#[test]
fn json_shows_nothing_that_a_terminal_acts_on() {
    let folder = Folder::new();
    let archive = folder.path("a.tar");
    let archive = archive.to_str().unwrap();
    let file = folder.file("f", b"");
    let name = "gpj.\u{202e}exe\u{9b}\n";
    run(["tar", "create", archive, &file, "--arcname", name]).out();
    let listed = run(["tar", "list", "-O", "jsonl", archive]).out();
    assert!(
        listed.contains(r#""name":"gpj.\u202eexe\u009b\n""#),
        "{listed}"
    );
}

#[test]
fn an_archive_that_is_cut_is_not_the_fault_of_standard_output() {
    let home = Folder::new();
    home.file("f", &[7; 5000]);
    let archive = home.path("a.tar");
    let (archive, file) = (archive.to_str().unwrap(), home.path("f"));
    let made = run(["tar", "create", archive, file.to_str().unwrap()]);
    assert_eq!(made.status, 0);
    let whole = fs::read(archive).unwrap();
    let cut = home.file("cut.tar", &whole[..3000]);
    let extracted = run(["tar", "extract", &cut, "--to-stdout"]);
    assert_eq!(extracted.status, 4);
    assert!(extracted.stderr.contains("bytes are missing"));
    assert!(!extracted.stderr.contains("standard output"));
}

#[test]
fn a_limit_on_the_ratio_counts_what_an_index_leads_to() {
    let home = Folder::new();
    // Nothing that compresses: what is written is never more than what is read.
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(3 << 20)
    .collect();
    for name in ["a", "b", "c"] {
        home.file(name, &noise);
    }
    let (here, archive) = (home.path(""), home.path("a.tar.gz"));
    let (here, archive) = (here.to_str().unwrap(), archive.to_str().unwrap());
    let made = run(["tar", "create", archive, "-C", here, "a", "b", "c"]);
    assert_eq!((made.status, made.stderr.as_str()), (0, ""));
    let listed = run(["tar", "list", archive, "b"]);
    assert!(listed.stderr.contains("listed by its index"));
    let into = home.path("into");
    fs::create_dir(&into).unwrap();
    let into = into.to_str().unwrap();
    let args = [
        "tar",
        "extract",
        archive,
        "-C",
        into,
        "--max-ratio",
        "2",
        "b",
    ];
    let extracted = run(args);
    assert_eq!(extracted.status, 0, "{}", extracted.stderr);
    assert!(extracted.stderr.contains("found by its index"));
}
