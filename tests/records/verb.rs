//! What the verb writes.

use crate::{Folder, failure, run, text};

#[test]
fn a_table_is_lined_up() {
    let folder = Folder::new();
    folder.file("in.bin", b"\x01\0ab\x00\xff\x10\x27c\x1b\0\0");
    assert_eq!(
        text(&folder, &["<H:id 2s:tag h:level", "in.bin"]),
        "   id  tag       level\n    1  ab         -256\n10000  b'c\\x1b'      0\n"
    );
}

#[test]
fn rows_are_what_unpack_writes() {
    let folder = Folder::new();
    for format in [
        "<H:id q:n 4s:tag (B:x b:y):at 2H:rest d:x ?:b",
        "<H q 4s B b 2H d ?",
    ] {
        let size = bytewright::calcsize(format).unwrap() as usize;
        let bytes: Vec<u8> = (0..=255u8).cycle().take(size * 20).collect();
        folder.file("in.bin", bytes);
        for form in ["csv", "jsonl", "json"] {
            let unpacked = std::process::Command::new(env!("CARGO_BIN_EXE_bytewright"))
                .args(["unpack", format, "in.bin", "--all", "-O", form])
                .current_dir(folder.at())
                .output()
                .unwrap();
            let unpacked = String::from_utf8(unpacked.stdout).unwrap();
            assert_eq!(
                text(&folder, &[format, "in.bin", "-O", form]),
                unpacked,
                "{format} {form}"
            );
        }
    }
}

#[test]
fn integers_are_written_as_asked_for() {
    let folder = Folder::new();
    folder.file("in.bin", [0xff; 8]);
    let jsonl = |more: &[&str]| {
        text(
            &folder,
            &[&["<q:a", "in.bin", "-O", "jsonl"], more].concat(),
        )
    };
    assert_eq!(jsonl(&[]), "{\"a\":-1}\n");
    assert_eq!(jsonl(&["--hex-ints"]), "{\"a\":\"-0x1\"}\n");
    let json = text(
        &folder,
        &["<Q:a", "in.bin", "-O", "jsonl", "--big-ints", "string"],
    );
    assert_eq!(json, "{\"a\":\"18446744073709551615\"}\n");
}

#[test]
fn columns_are_summed_up() {
    let folder = Folder::new();
    let rows: Vec<u8> = (0..1000u16)
        .flat_map(|n| [&n.to_le_bytes()[..], &[b'a' + (n % 3) as u8]].concat())
        .collect();
    folder.file("in.bin", rows);
    let table = text(&folder, &["stats", "<H:n c:letter", "in.bin"]);
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0][..8],
        [
            "column", "count", "nulls", "zeros", "distinct", "min", "max", "mean"
        ]
    );
    assert_eq!(lines[1][..4], ["n", "1000", "0", "1"]);
    let distinct: u64 = lines[1][4].parse().unwrap();
    assert!(distinct.abs_diff(1000) <= 50, "{distinct}");
    assert_eq!(lines[1][5..8], ["0", "999", "499.5"]);
    assert_eq!(lines[2][..7], ["letter", "1000", "0", "0", "3", "a", "c"]);
    assert_eq!(lines[3], ["1000", "rows"]);
}

#[test]
fn wrong_arguments_are_told() {
    let folder = Folder::new();
    folder.file("in.bin", [1, 0]);
    for (arguments, status, message) in [
        (
            &["<H:n", "in.bin", "-o", "out.xyz"][..],
            2,
            "its suffix tells no form",
        ),
        (&["<H:n", "in.bin", "--every", "0"], 2, "--every 0"),
        (&["<H:n", "in.bin", "--threads", "0"], 2, "--threads"),
        (&["<H:n", "--follow"], 2, "--follow is for files"),
        (&["<T:n", "in.bin"], 3, "T"),
        (
            &["<H:n", "in.bin", "-f", "bmp"],
            2,
            "--format is the format of a file",
        ),
        (&["<H:n", "in.bin", "-O", "xml"], 2, "xml"),
        (
            &["<H:n", "in.bin", "--limit", "1", "--tail", "1"],
            2,
            "cannot be used with",
        ),
    ] {
        let (found, said) = failure(&folder, arguments);
        assert_eq!(found, status, "{arguments:?}: {said}");
        assert!(said.contains(message), "{arguments:?}: {said}");
    }
}

#[test]
fn text_of_a_file_acts_on_no_terminal() {
    let folder = Folder::new();
    folder.file("in.bin", "\u{1b}[31m\u{202e}");
    let output = run(&folder, &["8s~utf8:text", "in.bin", "--color", "always"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        !shown.contains("\u{1b}[31m") && !shown.contains('\u{202e}'),
        "{shown:?}"
    );
}
