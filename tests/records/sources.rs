//! Where records come from.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

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
    use bytewright::codecs::Compression;
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
    let (status, said) = failure(&folder, &["<H:n", "a.bin", "none.bin", "-O", "csv"]);
    assert_eq!(status, 2);
    assert!(said.contains("none.bin"), "{said}");
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
    // An empty file has no records.
    folder.file("empty.bin", []);
    assert_eq!(text(&folder, &["<H:n", "empty.bin", "-O", "csv"]), "n\n");
    assert_eq!(text(&folder, &["<H:n", "empty.bin", "-O", "json"]), "[]\n");
}

/// Lines that come within ten seconds; the clock only ends what would wait for ever.
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

#[test]
fn following_sees_what_is_appended() {
    let folder = Folder::new();
    let file = folder.file("log.bin", [1, 0, 2]);
    let mut child = command(&folder, &["<H:n", &file, "-O", "jsonl", "--follow"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = std::fs::OpenOptions::new()
        .append(true)
        .open(folder.path("log.bin"))
        .unwrap();
    let writer = std::thread::spawn(move || {
        for bytes in [&[0, 3][..], &[0], &[4, 0, 5, 0]] {
            std::thread::sleep(Duration::from_millis(50));
            log.write_all(bytes).unwrap();
        }
    });
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
