//! `diff`: lines, forms and exit statuses.

use serde_json::json;

use crate::run::{Folder, Run, run, run_with};

fn diff(a: &[u8], b: &[u8], options: &[&str]) -> Run {
    let folder = Folder::new();
    let (a, b) = (folder.file("a", a), folder.file("b", b));
    run(["diff", &a, &b]
        .iter()
        .copied()
        .chain(options.iter().copied()))
}

/// Standard output of a run that says that the files differ.
#[track_caller]
fn differ(run: Run) -> String {
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn each_edit_is_a_line_with_its_place_in_both_files() {
    let a = b"0123456789abcdefghijklmnopqrs the rest of it";
    let b = b"01234XY789abcdef++++++++++++++++++++ghijklmnopqrs rest of it";
    assert_eq!(
        differ(diff(a, b, &[])),
        "    offset  in the 2nd  difference
       0x5         0x5  changed 2 bytes: 35 36 → 58 59
      0x10        0x10  inserted 20 bytes: 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b 2b …
      0x1d        0x31  deleted 4 bytes: 20 74 68 65
"
    );
    let all = differ(diff(a, b, &["--all"]));
    assert!(
        all.contains(&format!("20 bytes: 2b{}\n", " 2b".repeat(19))),
        "{all}"
    );
}

#[test]
fn equal_files_have_no_lines_and_status_0() {
    assert_eq!(diff(b"abc", b"abc", &[]).out(), "");
    assert_eq!(diff(b"", b"", &["-q"]).out(), "");
    assert_eq!(diff(b"abc", b"abc", &["-O", "json"]).out(), "[]\n");
}

#[test]
fn quiet_prints_nothing_and_tells_by_the_status() {
    assert_eq!(diff(b"abc", b"abd", &["-q"]).fails(1), "");
    assert_eq!(diff(b"abc", b"abcd", &["--quiet"]).fails(1), "");
}

#[test]
fn json_holds_both_sides() {
    let run = diff(b"abcdefgh\xff", b"abXdefgh", &["-O", "json"]);
    let document: serde_json::Value = serde_json::from_str(&differ(run)).unwrap();
    assert_eq!(
        document,
        json!([
            {
                "kind": "changed",
                "a": {"offset": 2, "size": 1, "value": "c"},
                "b": {"offset": 2, "size": 1, "value": "X"},
            },
            {
                "kind": "deleted",
                "a": {"offset": 8, "size": 1, "value": {"hex": "ff"}},
                "b": {"offset": 8, "size": 0, "value": ""},
            },
        ])
    );
    let long = diff(b"", &[b'a'; 300], &["-O", "jsonl"]);
    let long: serde_json::Value = serde_json::from_str(&differ(long)).unwrap();
    assert_eq!(long["b"]["value"], "a".repeat(256));
    assert_eq!(long["b"]["cut"], true);
    let all = diff(b"", &[b'a'; 300], &["-O", "jsonl", "--all"]);
    let all: serde_json::Value = serde_json::from_str(&differ(all)).unwrap();
    assert_eq!(all["b"]["value"], "a".repeat(300));
    assert_eq!(all["b"].get("cut"), None);
}

#[test]
fn a_summary_counts_bytes_and_places() {
    let (a, b) = (
        b"0123456789abcdef".as_slice(),
        b"01234X6789ab++cdef".as_slice(),
    );
    assert_eq!(
        differ(diff(a, b, &["--summary"])),
        "\
equal     15 bytes
changed   1 byte in 1 place
inserted  2 bytes in 1 place
deleted   0 bytes in 0 places
"
    );
    let document: serde_json::Value =
        serde_json::from_str(&differ(diff(a, b, &["--summary", "-O", "json"]))).unwrap();
    assert_eq!(
        document,
        json!({
            "equal": 15,
            "changed": {"count": 1, "a": 1, "b": 1},
            "inserted": {"count": 1, "b": 2},
            "deleted": {"count": 0, "a": 0},
        })
    );
}

#[test]
fn trouble_is_told_from_a_difference() {
    let folder = Folder::new();
    let a = folder.file("a", b"abc");
    assert!(
        run(["diff", &a, "no such file"])
            .fails(2)
            .contains("no such file")
    );
    assert!(run(["diff", "-", "-"]).fails(2).contains("only one"));
    assert_eq!(run_with(["diff", &a, "-"], b"abc").out(), "");
}

#[test]
fn archives_are_compared_by_their_members() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(fixtures.join("tar/ustar.tar")).unwrap();
    // Without the second member, a header and a block of data.
    let without = [&whole[..512], &whole[1536..]].concat();
    let (a, b) = (folder.path().join("a.tar"), folder.path().join("b.tar"));
    std::fs::write(&a, &whole).unwrap();
    std::fs::write(&b, without).unwrap();
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
    let removed = run(["diff", a, b]);
    assert_eq!(removed.status, 1);
    let line = String::from_utf8(removed.stdout).unwrap();
    assert_eq!(line, "removed members[\"d/a.txt\"] at 0x200, 1024 bytes\n");
    let added = run(["diff", b, a, "-O", "jsonl"]);
    let line: serde_json::Value = serde_json::from_slice(&added.stdout).unwrap();
    assert_eq!(
        (&line["kind"], &line["b"]["offset"]),
        (&"added".into(), &512.into())
    );
    assert_eq!(run(["diff", a, a]).status, 0);
    let bytes = run(["diff", a, b, "--bytes"]);
    assert!(
        String::from_utf8(bytes.stdout)
            .unwrap()
            .contains("deleted 1024 bytes")
    );
}

#[test]
fn an_insertion_into_an_array_shifts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let rows: Vec<u8> = (0..250).flat_map(|i: u8| [i, 1, 2]).collect();
    let mut changed = rows.clone();
    changed[300] = 0xff;
    changed.splice(30..30, [9, 9, 9]);
    std::fs::write(&a, rows).unwrap();
    std::fs::write(&b, changed).unwrap();
    let format = ["-f", "<*(B:x H:y):rows"];
    let files = [a.to_str().unwrap(), b.to_str().unwrap()];
    let answer = run([&["diff"], &files[..], &format].concat());
    assert_eq!(
        String::from_utf8(answer.stdout).unwrap(),
        "added   rows[10] at 0x1e, 3 bytes\n\
         changed rows[100].x at 0x12c (0x12f): 100 → 255\n"
    );
}

/// 6,000 records, some changed, some new, some gone: as many lines as edits, and no more.
#[test]
fn records_that_differ_here_and_there_are_told_one_by_one() {
    let record = |x: u16, y: u16| [x.to_le_bytes(), y.to_le_bytes()].concat();
    let old: Vec<Vec<u8>> = (0..6000).map(|i| record(i, i % 7)).collect();
    let folder = Folder::new();
    let a = folder.file("a", &old.concat());
    let mut new = old.clone();
    new[100] = record(100, 9);
    new.insert(3000, record(60_000, 1));
    new.remove(5000);
    let b = folder.file("b", &new.concat());
    let told = differ(run(["diff", "-f", "<*(H:x H:y):items", &a, &b]));
    assert_eq!(
        told,
        "changed items[100].y at 0x192: 2 → 9\n\
         added   items[3000] at 0x2ee0, 4 bytes\n\
         removed items[4999] at 0x4e1c, 4 bytes\n"
    );
}
