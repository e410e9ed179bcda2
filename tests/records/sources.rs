//! Where records come from.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use bytewright::codecs::Compression;

use crate::{Folder, command, failure, piped, run, text};

fn numbers(count: u32) -> Vec<u8> {
    (0..count).flat_map(u32::to_le_bytes).collect()
}

#[test]
fn standard_input_is_read_as_a_file() {
    let folder = Folder::new();
    let bytes = numbers(300_000);
    let file = folder.file("in.bin", &bytes);
    let of_file = run(&folder, &["<I:n", &file, "-O", "csv"]).stdout;
    assert_eq!(
        of_file.iter().filter(|byte| **byte == b'\n').count(),
        300_001
    );
    for arguments in [&["<I:n", "-O", "csv"][..], &["<I:n", "-", "-O", "csv"]] {
        let output = piped(&folder, arguments, &bytes);
        assert!(output.stdout == of_file, "{arguments:?}");
    }
}

#[test]
fn compressed_files_are_read_as_what_they_hold() {
    let folder = Folder::new();
    let bytes = numbers(100_000);
    let file = folder.file("in.bin", &bytes);
    let expected = text(&folder, &["<I:n", &file, "-O", "csv"]);
    for suffix in ["gz", "bz2", "xz", "zst", "lz4", "zz"] {
        let name = format!("in.bin.{suffix}");
        let mut writer = Compression::of_name(name.as_ref()).writer(Vec::new());
        writer.write_all(&bytes).unwrap();
        let packed = writer.finish().unwrap();
        let file = folder.file(&name, &packed);
        assert!(
            text(&folder, &["<I:n", &file, "-O", "csv"]) == expected,
            "{suffix}"
        );
        // Two bytes of zlib's may be the first of any records.
        if suffix != "zz" {
            let output = piped(&folder, &["<I:n", "-O", "csv"], &packed);
            assert!(output.stdout == expected.as_bytes(), "{suffix} from a pipe");
        }
        // A stream that is cut is an error after the rows before it.
        let file = folder.file(&name, &packed[..packed.len() / 2]);
        let (status, said) = failure(&folder, &["<I:n", &file, "-O", "csv"]);
        assert_eq!(status, 4, "{suffix}: {said}");
        let raw = run(&folder, &["<B:n", &file, "-O", "csv", "--no-decompress"]);
        assert_eq!(
            raw.stdout.iter().filter(|b| **b == b'\n').count(),
            packed.len() / 2 + 1,
            "{suffix}"
        );
    }
}

#[test]
fn several_files_are_one_table() {
    let folder = Folder::new();
    folder.file("a.bin", [1, 0, 2, 0]);
    folder.file("b.bin", [3, 0]);
    let rows = text(
        &folder,
        &[
            "<H:n",
            "a.bin",
            "b.bin",
            "-O",
            "csv",
            "--file-column",
            "file",
        ],
    );
    assert_eq!(rows, "file,n\na.bin,1\na.bin,2\nb.bin,3\n");
    let (status, said) = failure(&folder, &["<H:n", "a.bin", "--file-column", "n"]);
    assert_eq!(status, 2);
    assert!(
        said.contains("the records have a column of that name"),
        "{said}"
    );
    let (status, said) = failure(
        &folder,
        &["<H:n", "a.bin", "none.bin", "b.bin", "-O", "csv"],
    );
    assert_eq!(status, 2);
    assert!(said.contains("none.bin"), "{said}");
    // What stands last and is no file is a path into the others.
    let (status, said) = failure(&folder, &["<H:n", "a.bin", "none.bin", "-O", "csv"]);
    assert_eq!(status, 1);
    assert!(said.contains("no file is called none.bin"), "{said}");
}

#[test]
fn patterns_that_the_shell_left_alone_are_files_in_order() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("days/1")).unwrap();
    std::fs::create_dir_all(folder.path("days/2")).unwrap();
    for (name, byte) in [
        ("days/2/a.bin", 3),
        ("days/1/b.bin", 2),
        ("days/1/a.bin", 1),
        ("days/1/.hidden.bin", 9),
        ("days/1/c.txt", 9),
    ] {
        folder.file(name, [byte]);
    }
    let rows = text(
        &folder,
        &["B:n", "days/*/*.bin", "-O", "csv", "--file-column", "file"],
    );
    let expected = "file,n\ndays/1/a.bin,1\ndays/1/b.bin,2\ndays/2/a.bin,3\n";
    assert_eq!(rows.replace('\\', "/"), expected);
    let (status, said) = failure(&folder, &["B:n", "days/*.bin"]);
    assert_eq!(status, 2);
    assert!(said.contains("days/*.bin"), "{said}");
    // A file of such a name is one.
    folder.file("[a].bin", [7]);
    assert_eq!(text(&folder, &["B:n", "[a].bin", "-O", "csv"]), "n\n7\n");
}

#[test]
fn members_of_archives_are_files_of_records() {
    let folder = Folder::new();
    folder.file("ticks.bin", [1, 0, 2, 0, 3, 0]);
    let mut writer = Compression::of_name("more.bin.gz".as_ref()).writer(Vec::new());
    writer.write_all(&[9, 9, 4, 0]).unwrap();
    folder.file("more.bin.gz", writer.finish().unwrap());
    for (archive, inside) in [("x.tar", ""), ("x.tar.gz", "content.")] {
        let made = std::process::Command::new(env!("CARGO_BIN_EXE_bytewright"))
            .args(["tar", "create", archive, "ticks.bin", "more.bin.gz"])
            .current_dir(folder.at())
            .status()
            .unwrap();
        assert!(made.success());
        let member = "members[\"ticks.bin\"].data";
        for arguments in [
            &["<H:n", archive, member][..],
            &["<H:n", archive, "--path", member],
        ] {
            let all = [arguments, &["-O", "csv"]].concat();
            assert_eq!(text(&folder, &all), "n\n1\n2\n3\n", "{arguments:?}");
        }
        // Records whose size only data tell are read twice.
        let varying = text(
            &folder,
            &[
                "B:n [n]s:text 1s",
                archive,
                member,
                "-O",
                "jsonl",
                "--limit",
                "1",
            ],
        );
        assert_eq!(
            varying,
            "{\"n\":1,\"text\":\"\\u0000\",\"2\":{\"hex\":\"02\"}}\n"
        );
        // A member that is compressed is read as what it holds.
        let more = [
            "<H:n",
            archive,
            "members[\"more.bin.gz\"].data",
            "-O",
            "csv",
            "--skip",
            "2",
        ];
        assert_eq!(text(&folder, &more), "n\n4\n");
        // Each that a pattern means, one after the other.
        let both = [
            "<H:n",
            archive,
            &format!("{inside}members[*].data"),
            "-O",
            "csv",
            "--file-column",
            "file",
            "--limit",
            "4",
            "--no-decompress",
        ];
        let rows = text(&folder, &both);
        let names: Vec<&str> = rows
            .lines()
            .skip(1)
            .map(|line| line.rsplit_once(',').unwrap().0)
            .collect();
        let first = format!("{archive}:{inside}members[0].data");
        let second = format!("{archive}:{inside}members[1].data");
        assert_eq!(names, [&*first, &first, &first, &second], "{rows}");
    }
    for (arguments, status, message) in [
        (&["<H:n", "x.tar", "members[\"none\"].data"][..], 1, "none"),
        (
            &["<H:n", "x.tar", "members[0].data", "--follow"],
            2,
            "--follow is for files",
        ),
        (
            &["members[*].header", "x.tar", "members[0].data"],
            2,
            "is a path into files already",
        ),
        (
            &["--pack", "<H:n", "x.tar", "members[0].data", "-O", "csv"],
            2,
            "--pack reads whole files",
        ),
    ] {
        let (found, said) = failure(&folder, arguments);
        assert_eq!(found, status, "{arguments:?}: {said}");
        assert!(said.contains(message), "{arguments:?}: {said}");
    }
}

#[test]
fn what_stands_before_the_records_is_passed_over() {
    let folder = Folder::new();
    folder.file("in.bin", [9, 9, 2, b'h', b'i', 1, 0, 2, 0]);
    let expected = "n\n1\n2\n";
    for arguments in [
        &["--skip", "5"][..],
        &["--skip", "2", "--header", "<B:length [length]s:text"],
        &["--header", "<H B 2s"],
    ] {
        let all = [&["<H:n", "in.bin", "-O", "csv"], arguments].concat();
        assert_eq!(text(&folder, &all), expected, "{arguments:?}");
        let rows = "<B:n {n; else: B:more}";
        let all = [&[rows, "in.bin", "-O", "jsonl"], arguments].concat();
        assert_eq!(text(&folder, &all).lines().count(), 2, "{arguments:?}");
    }
    for (arguments, status) in [
        (&["--skip", "100"][..], 4),
        (&["--header", "<20s"], 4),
        (&["--header", "<20t"], 3),
    ] {
        let all = [&["<H:n", "in.bin", "-O", "csv"], arguments].concat();
        assert_eq!(failure(&folder, &all).0, status, "{arguments:?}");
    }
}

#[test]
fn a_record_that_is_cut_short_is_an_error_after_the_others() {
    let folder = Folder::new();
    folder.file("in.bin", [1, 0, 2, 0, 3]);
    let output = run(&folder, &["<H:n", "in.bin", "-O", "csv"]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(output.stdout, b"n\n1\n2\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("in.bin: the last record, which begins at 0x4, has 1 of 2 bytes"),
        "{said}"
    );
    let output = run(&folder, &["<H:n", "in.bin", "-O", "csv", "--allow-partial"]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"n\n1\n2\n");
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("is left out")
    );
    // A file appears whole or not at all.
    assert_eq!(failure(&folder, &["<H:n", "in.bin", "-o", "out.csv"]).0, 4);
    assert!(!folder.path("out.csv").exists());
    // Of records of any size as well.
    folder.file("any.bin", [1, 5, 0, 3, 1]);
    let any = ["B:n [n]B:of", "any.bin", "-O", "jsonl"];
    let rows = "{\"n\":1,\"of\":[5]}\n{\"n\":0,\"of\":[]}\n";
    let output = run(&folder, &any);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(output.stdout, rows.as_bytes());
    let output = run(&folder, &[&any[..], &["--allow-partial"]].concat());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, rows.as_bytes());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the last record is cut short"), "{said}");
    // An empty file has no records.
    folder.file("empty.bin", []);
    assert_eq!(text(&folder, &["<H:n", "empty.bin", "-O", "csv"]), "n\n");
    assert_eq!(text(&folder, &["<H:n", "empty.bin", "-O", "json"]), "[]\n");
}

/// Lines that come within a minute; the clock only ends what would wait for ever.
fn lines(child: &mut std::process::Child, count: usize) -> Vec<String> {
    use std::io::BufRead;
    let stdout = child.stdout.take().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::BufReader::new(stdout).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    (0..count)
        .map(|_| receiver.recv_timeout(Duration::from_secs(60)).unwrap())
        .collect()
}

/// Begins to follow `log.bin`.
fn following(folder: &Folder, arguments: &[&str]) -> std::process::Child {
    command(folder, arguments)
        .args(["log.bin", "-O", "jsonl", "--follow"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Writes the pieces to the end of `log.bin`, one after the other.
fn append(folder: &Folder, pieces: &'static [&'static [u8]]) -> std::thread::JoinHandle<()> {
    let mut log = std::fs::OpenOptions::new()
        .append(true)
        .open(folder.path("log.bin"))
        .unwrap();
    std::thread::spawn(move || {
        for bytes in pieces {
            std::thread::sleep(Duration::from_millis(50));
            log.write_all(bytes).unwrap();
        }
    })
}

#[test]
fn following_sees_what_is_appended() {
    let folder = Folder::new();
    folder.file("log.bin", [1, 0, 2]);
    let mut child = following(&folder, &["<H:n"]);
    let writer = append(&folder, &[&[0, 3], &[0], &[4, 0, 5, 0]]);
    let expected = [
        "{\"n\":1}",
        "{\"n\":2}",
        "{\"n\":3}",
        "{\"n\":4}",
        "{\"n\":5}",
    ];
    assert_eq!(lines(&mut child, 5), expected);
    writer.join().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn records_of_any_size_are_followed_too() {
    let folder = Folder::new();
    // The file begins empty, and its header comes in two parts.
    folder.file("log.bin", []);
    let format = "B:n {n > 9: >H:large; else: [n]s:text}";
    let arguments = [format, "--header", "2s=\"LG\"", "--where", "n != 0"];
    let mut child = following(&folder, &arguments);
    let writer = append(&folder, &[b"L", b"G\x02", b"hi\x00", b"\x03yo", b"u\x01!"]);
    let expected = [
        "{\"n\":2,\"text\":\"hi\"}",
        "{\"n\":3,\"text\":\"you\"}",
        "{\"n\":1,\"text\":\"!\"}",
    ];
    assert_eq!(lines(&mut child, 3), expected);
    writer.join().unwrap();
    // A field that the first records had not is no column, and not left out in silence. It comes when the
    // first ones were read, however late that was.
    append(&folder, &[b"\x0a\x00\x01"]).join().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("a field \"large\""), "{said}");
    let (status, said) = failure(&folder, &["B:n", "log.bin", "log.bin", "--follow"]);
    assert_eq!(status, 2);
    assert!(said.contains("--follow is for one file"), "{said}");
}

#[test]
fn rows_of_a_pipe_come_as_they_are_written() {
    let folder = Folder::new();
    let mut child = command(&folder, &["<H:n", "-O", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&[1, 0, 2, 0, 3]).unwrap();
    // The pipe stays open meanwhile.
    assert_eq!(lines(&mut child, 2), ["{\"n\":1}", "{\"n\":2}"]);
    drop(stdin);
    child.wait().unwrap();
}
