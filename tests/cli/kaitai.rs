//! Descriptions of Kaitai Struct as the format of files.

use crate::run::{Folder, Run, run};

const KSY: &str = "meta: {id: note, endian: le, encoding: ASCII, file-extension: note}
seq:
  - {id: magic, contents: NOTE}
  - {id: n, type: u2}
  - {id: text, type: str, size: n}
instances:
  twice: {value: n * 2}
";
const NOTE: &[u8] = b"NOTE\x02\0hi";

/// Standard output of a run that ends with this status.
fn shown_with(run: Run, status: i32) -> String {
    assert_eq!(run.status, status, "{}", run.stderr);
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn every_verb_of_trees_takes_a_description() {
    let folder = Folder::new();
    let ksy = folder.file("note.ksy", KSY.as_bytes());
    let file = folder.file("a.bin", NOTE);
    let other = folder.file("b.bin", b"NOTE\x02\0ho");
    let shown = run(["inspect", "-f", &ksy, &file]).out();
    assert!(
        shown.contains("note, 8 bytes") && shown.contains("twice"),
        "{shown}"
    );
    assert_eq!(run(["get", "-f", &ksy, &file, "twice"]).out(), "4\n");
    assert_eq!(run(["get", "-f", &ksy, &file, "text"]).out(), "hi\n");
    let json = run(["inspect", "-f", &ksy, "-O", "json", &file]).out();
    assert!(
        json.contains("\"path\":\"text\",\"offset\":6,\"size\":2,\"value\":\"hi\""),
        "{json}"
    );
    let diff = run(["diff", "-f", &ksy, &file, &other]);
    assert!(shown_with(diff, 1).contains("text"));
    run(["inspect", "-f", &ksy, "--html", &file]).out();
    run(["set", "-f", &ksy, &file, "text=yo"]).out();
    assert_eq!(std::fs::read(&file).unwrap(), b"NOTE\x02\0yo");
}

#[test]
fn what_is_wrong_with_data_is_a_problem_with_its_place() {
    let folder = Folder::new();
    let ksy = folder.file("note.ksy", KSY.as_bytes());
    let file = folder.file("a.bin", b"NOTE\x09\0hi");
    let shown = shown_with(run(["inspect", "-f", &ksy, &file]), 4);
    assert!(
        shown.contains("error K001 at 0x6: needs 9 bytes, 2 are left"),
        "{shown}"
    );
    assert!(shown.contains("NOTE"), "{shown}");
}

#[test]
fn what_is_wrong_with_a_description_has_its_line() {
    let folder = Folder::new();
    let ksy = folder.file("note.ksy", KSY.replace("size: n}", "size: m}").as_bytes());
    let file = folder.file("a.bin", NOTE);
    let error = run(["inspect", "-f", &ksy, &file]).fails(3);
    assert!(error.contains("note.ksy:5: note has no field m"), "{error}");
    run(["inspect", "-f", "nowhere.ksy", &file]).fails(2);
    let error = run(["inspect", "-f", &ksy, "--repeat", &file]).fails(3);
    assert!(error.contains("note.ksy:5"), "{error}");
}

#[test]
fn a_folder_of_descriptions_tells_files_and_is_listed() {
    let folder = Folder::new();
    folder.file("note.ksy", KSY.as_bytes());
    folder.file("broken.ksy", b"meta: {id: broken}\nseq: 3\n");
    let file = folder.file("a.bin", NOTE);
    let formats = folder.path("").to_string_lossy().into_owned();
    let shown = run(["inspect", &file, "--formats", &formats]).out();
    assert!(shown.contains("note, 8 bytes"), "{shown}");
    let shown = run(["inspect", "-f", "note", &file, "--formats", &formats]).out();
    assert!(shown.contains("note, 8 bytes"), "{shown}");
    let listed = run(["formats", "--formats", &formats]);
    let said = listed.stderr.clone();
    assert!(said.contains("broken.ksy:2: seq is a list"), "{said}");
    assert!(shown_with(listed, 3).contains("note.ksy"));
}

#[test]
fn a_description_is_converted_and_what_cannot_be_is_told() {
    let folder = Folder::new();
    let ksy = folder.file("note.ksy", KSY.as_bytes());
    let file = folder.file("a.bin", NOTE);
    let text = run(["formats", "convert", &ksy]).out();
    let toml = folder.file("note.toml", text.as_bytes());
    for (path, value) in [("text", "hi\n"), ("twice", "4\n")] {
        let got = run(["get", "-f", "%note", &file, path, "--formats", &toml]).out();
        assert_eq!(got, value);
    }

    let half = "meta: {id: a}\nseq: [{id: n, type: u1}]\ninstances: {half: {value: n / 2.0}}\n";
    let half = folder.file("half.ksy", half.as_bytes());
    let told = run(["formats", "convert", &half]);
    let error = told.stderr.clone();
    assert!(shown_with(told, 1).contains("B:n"));
    assert!(
        error.contains("half.ksy:3: the value half: expressions have no floats"),
        "{error}"
    );
    let error = run(["formats", "convert", &file]).fails(2);
    assert!(
        error.contains("a.bin: descriptions in files that end in .ksy, and headers"),
        "{error}"
    );
}

#[test]
fn what_is_wrong_with_a_file_as_a_whole_is_a_node_without_a_path() {
    let folder = Folder::new();
    let text = "meta:
  id: either
  endian: {switch-on: kind, cases: {1: le, 2: be}}
seq:
  - {id: n, type: u2}
instances:
  kind: {pos: 0, type: u1}
";
    let ksy = folder.file("either.ksy", text.as_bytes());
    let file = folder.file("a.bin", b"\x03\x01");
    let whole = concat!(
        r#"{"path":"","offset":0,"size":2,"value":null,"kind":"group","problems":[{"code":"K003","#,
        r#""severity":"error","offset":0,"size":2,"message":"no case of endian fits 3"}]}"#
    );
    let kind = r#"{"path":"kind","offset":0,"size":1,"value":3,"kind":"field"}"#;
    let gap = r#"{"path":"gap","offset":1,"size":1,"value":null,"kind":"gap"}"#;
    let lines = run(["inspect", "-f", &ksy, "-O", "jsonl", &file]);
    assert_eq!(shown_with(lines, 4), format!("{whole}\n{kind}\n{gap}\n"));
    let document = run(["inspect", "-f", &ksy, "-O", "json", &file]);
    assert_eq!(
        shown_with(document, 4),
        format!(
            "{{\"format\": \"either\", \"size\": 2, \"fields\": [\n{whole},\n{kind},\n{gap}\n]}}\n"
        )
    );
    // A file without such problems has no such node.
    let good = folder.file("b.bin", b"\x02\x01");
    let shown = run(["inspect", "-f", &ksy, "-O", "jsonl", &good]).out();
    assert!(!shown.contains(r#""path":"""#), "{shown}");
}
