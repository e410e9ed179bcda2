//! `find`: lines, forms, several files and patterns, and what is refused.

use serde_json::json;

#[cfg(unix)]
use crate::run::command;
use crate::run::{BMP, Folder, run, run_with};

fn find(args: &[&str], stdin: &[u8]) -> crate::run::Run {
    run_with(["find", "-"].iter().chain(args), stdin)
}

#[test]
fn a_hit_stands_in_brackets_among_the_bytes_around_it() {
    assert_eq!(
        find(&["--pack", "<I", "640"], BMP).out(),
        "      0x12  28 00 00 00 [80 02 00 00] 68 01 00 00 01 00  (...[....]h.....\n"
    );
    assert_eq!(
        find(&["BM"], BMP).out(),
        "       0x0              [42 4d] 38 8c 0a 00 00 00 00 00      [BM]8.......\n"
    );
    assert_eq!(
        find(&["--hex", "18 00"], BMP).out(),
        "      0x1c  00 00 01 00 [18 00]                          ....[..]\n"
    );
    let long = find(&["--regex", "a+"], &[b'a'; 40]).out();
    assert!(long.contains("[61 61 61"), "{long}");
    assert!(long.contains(" …]"), "{long}");
}

#[test]
fn color_marks_the_hit_and_nothing_else_changes() {
    let run = run_with(["--color", "always", "find", "-", "BM"], BMP).out();
    assert!(run.contains("[\u{1b}["), "{run}");
    let plain = find(&["BM"], BMP).out();
    assert_eq!(anstream::adapter::strip_str(&run).to_string(), plain);
}

#[test]
fn bytes_of_a_file_never_reach_the_terminal_raw() {
    let out = find(&["x"], b"\x1b[2Jx\x9b\xc2\x9b\n").out();
    assert!(out.ends_with("[2J[x]....\n"), "{out}");
    assert!(!out.contains(['\u{1b}', '\u{9b}']));
}

#[test]
fn every_form_tells_the_same_hits() {
    let bytes = b"ab\0ab\xff";
    assert_eq!(find(&["ab", "--offsets"], bytes).out(), "0\n3\n");
    assert_eq!(find(&["ab", "--count"], bytes).out(), "2\n");
    let first = json!({"file": "standard input", "offset": 0, "size": 2, "value": "ab"});
    let second =
        json!({"file": "standard input", "offset": 3, "size": 3, "value": {"hex": "6162ff"}});
    let run = find(&["-O", "json", "--hex", "6162ff", "-e", "x"], bytes);
    assert!(run.json()[0]["pattern"] == "6162ff");
    assert_eq!(
        find(&["ab", "-O", "json", "--limit", "1"], bytes).json(),
        json!([first])
    );
    let lines = find(&["--regex", r"(?-u)ab[\xff]?", "-O", "jsonl"], bytes).out();
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, [first, second]);
}

#[test]
fn the_status_is_1_where_nothing_was_found() {
    assert_eq!(find(&["x"], b"abc").fails(1), "");
    let run = find(&["x", "--count"], b"abc");
    assert_eq!((run.status, run.stdout.as_slice()), (1, &b"0\n"[..]));
    let run = find(&["x", "-O", "json"], b"abc");
    assert_eq!((run.status, run.stdout.as_slice()), (1, &b"[]\n"[..]));
}

#[test]
fn several_files_have_their_names_before_the_hits() {
    let folder = Folder::new();
    let (a, b) = (folder.file("a", b"one"), folder.file("b", b"two one"));
    let out = run(["find", "-e", "one", "--offsets", &a, &b]).out();
    assert_eq!(out, format!("{a}: 0\n{b}: 4\n"));
    let missing = folder.path("c").into_os_string().into_string().unwrap();
    let run = run(["find", &missing, &a, "--offsets", "--pack", "3s", "one"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.stdout, format!("{a}: 0\n").as_bytes());
    assert!(run.stderr.contains("No such file"), "{}", run.stderr);
}

#[test]
fn only_a_part_is_searched() {
    let bytes = b"ab ab ab ab";
    let offsets = |args: &[&str]| find(&[args, &["--offsets", "ab"]].concat(), bytes);
    assert_eq!(offsets(&["--offset", "1"]).out(), "3\n6\n9\n");
    assert_eq!(offsets(&["--offset", "3", "--length", "4"]).out(), "3\n");
    assert_eq!(offsets(&["--offset", "-5"]).out(), "6\n9\n");
    assert_eq!(offsets(&["--offset", "11"]).fails(1), "");
    assert!(
        offsets(&["--offset", "100"])
            .fails(4)
            .contains("of 11 bytes")
    );
    assert!(offsets(&["--offset", "-50"]).fails(4).contains("-50"));
}

#[test]
fn overlapping_hits_are_found_on_request() {
    assert_eq!(find(&["aa", "--offsets"], b"aaaaa").out(), "0\n2\n");
    assert_eq!(
        find(&["aa", "--offsets", "--overlapping"], b"aaaaa").out(),
        "0\n1\n2\n3\n"
    );
}

#[test]
fn negative_values_need_no_dashes_before_them() {
    let out = find(&["--offsets", "--pack", "<h", "-2"], b"\0\xfe\xff").out();
    assert_eq!(out, "1\n");
}

#[test]
fn text_is_found_in_its_encoding_and_in_either_case() {
    let out = find(&["中", "--encoding", "gbk", "--offsets"], b"..\xd6\xd0").out();
    assert_eq!(out, "2\n");
    let bytes = b"..S\0e\0C\0";
    let out = find(&["sec", "-i", "--encoding", "utf-16le", "--offsets"], bytes).out();
    assert_eq!(out, "2\n");
}

#[test]
fn what_is_wrong_with_a_pattern_is_said() {
    let says = |args: &[&str], status, words: &str| {
        let said = find(args, b"abc").fails(status);
        assert!(said.contains(words), "{said}");
    };
    says(&["--hex", "4"], 2, "half of one");
    says(&["--hex", "4g"], 2, "'g' is neither");
    says(&["--regex", "a("], 2, "unclosed group");
    says(&[""], 2, "empty");
    says(&["a", "--encoding", "utf-16"], 2, "utf-16le");
    says(
        &["漢", "--encoding", "latin1"],
        2,
        "can't be written in windows-1252",
    );
    says(&["--pack", "<<I", "1"], 3, "byte order");
    says(&["--pack", "<I", "x"], 4, "--pack");
    says(&[], 2, "expected a file");
    says(&["a", "b"], 2, "find - -e a -e b");
    says(&["ff", "d8"], 2, "find - --hex 'ff d8'");
    says(
        &["0x6263"],
        1,
        "--hex 6263 finds the bytes, --pack '<H' 0x6263 a number",
    );
    says(
        &["0x626300000001"],
        1,
        "--pack '<Q' 0x626300000001 a number",
    );
}

#[cfg(unix)]
#[test]
fn a_stream_without_end_is_left_once_there_are_enough_hits() {
    let mut child = command(["find", "-", "--offsets", "--limit", "2", "y"])
        .stdin(std::fs::File::open("/dev/zero").unwrap())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let running = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        running.is_none(),
        "zeros hold no y, and there is no end to them"
    );

    let zeros = std::fs::File::open("/dev/zero").unwrap();
    let output = command(["find", "-", "--offsets", "--limit", "2", "--hex", "0000"])
        .stdin(zeros)
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"0\n2\n");
}

/// The archive in a gzip file of stored blocks: its bytes stand in the file as well.
#[test]
fn what_a_compressed_file_holds_is_searched_too() {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/gzip/archive.tar.gz");
    let out = run(["find", fixture, "ustar"]).out();
    let lines: Vec<&str> = out.lines().collect();
    let (in_file, in_content) = lines.split_at(lines.len() / 2);
    assert_eq!(in_file.len(), in_content.len());
    assert!(
        in_file[0].ends_with("members[0].data+0x106"),
        "{}",
        in_file[0]
    );
    assert!(in_content[0].trim_start().starts_with("~0x101  "), "{out}");
    assert!(in_content[0].contains("].header.magic"), "{out}");
    let json = run(["find", fixture, "ustar", "-O", "json"]).json();
    assert!(json[0].get("stream").is_none());
    assert_eq!(json[in_file.len()]["stream"], 0);
    assert_eq!(json[in_file.len()]["offset"], 257);
    let count = run(["find", fixture, "ustar", "--count"]).out();
    assert_eq!(count.trim(), lines.len().to_string());
    let within = run(["find", fixture, "--field", "content", "ustar"]).out();
    assert_eq!(within.lines().collect::<Vec<_>>(), in_content);
    let offsets = run(["find", fixture, "ustar", "--offsets"]).out();
    assert_eq!(offsets.lines().count(), in_file.len());
}

#[test]
fn a_field_is_searched_alone_and_a_broken_stream_is_an_error_after_its_hits() {
    let bmp = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/bmp/rgb24-640x360.bmp"
    );
    let args = ["--field", "dib_header", "--hex", "80 02"];
    let out = run(["find", bmp].iter().chain(&args)).out();
    assert_eq!(out.lines().count(), 1);
    assert!(
        out.contains("0x12") && out.contains("dib_header.width"),
        "{out}"
    );
    let cut = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/gzip/broken-cut-data.gz"
    );
    let run = run(["find", cut, "--field", "content", "h"]);
    let hits = String::from_utf8(run.stdout).unwrap();
    assert!(hits.contains("~0x0"), "{hits}");
    assert_eq!(run.status, 4, "{}", run.stderr);
}
