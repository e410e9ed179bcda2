//! `guess`: what it prints can be run, and reads the records.

use std::fs;

use crate::run::{run, run_with};
use bytewright::Struct;

/// A log of a header and records, and where the records begin.
fn log() -> (Vec<u8>, usize) {
    let record = Struct::new(">I h H 8s d").unwrap();
    let mut bytes = b"MEAS\x01\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let header = bytes.len();
    let mut random = 1u32;
    for i in 0..1000u32 {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let wave = (f64::from(i) / 9.0).sin() * 300.0;
        let place: &[u8] = [&b"pump"[..], b"valve", b"north"][random as usize % 3];
        let time = 1_700_000_000u32 + i * 60;
        let values = (
            time,
            i64::from(random % 600) - 300,
            random >> 20,
            place,
            wave,
        );
        bytes.extend(record.pack(&values).unwrap());
    }
    (bytes, header)
}

#[test]
fn the_command_to_try_reads_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it is a log");
    let (bytes, header) = log();
    fs::write(&file, &bytes).unwrap();
    let file = file.to_str().unwrap();
    let out = run(["guess", file]).out();
    assert!(out.contains("Records of 24 bytes, 1000 of them"), "{out}");
    assert!(out.contains("big-endian"), "{out}");
    let command = out.lines().find(|line| line.contains("unpack")).unwrap();
    let expected =
        format!("  bytewright unpack '>I h H 8s d' '{file}' --offset {header} --all | head");
    assert_eq!(command, expected);
    let offset = header.to_string();
    let rows = run(["unpack", ">I h H 8s d", file, "--offset", &offset, "--all"]).out();
    assert_eq!(rows.lines().count(), 1000);
    // The command is as wide as the path of the file.
    let other = out.lines().filter(|line| *line != command);
    let widest = other.map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{out}");
}

#[test]
fn json_tells_the_same() {
    let (bytes, header) = log();
    let guess = &run_with(["guess", "-O", "json"], &bytes).json();
    assert_eq!(guess["verdict"], "records");
    assert_eq!(guess["records"]["format"], ">I h H 8s d");
    assert_eq!(guess["records"]["offset"], header);
    assert_eq!(guess["records"]["order"], "big");
    assert_eq!(guess["records"]["columns"][3]["type"], "text");
    let blocks = guess["blocks"].as_array().unwrap();
    let sum: u64 = blocks.iter().map(|b| b["size"].as_u64().unwrap()).sum();
    assert_eq!(sum, bytes.len() as u64);
}

#[test]
fn the_status_says_whether_anything_was_told() {
    for (bytes, status, says) in [
        (&b""[..], 1, "empty"),
        (b"\x80\x81\x02", 1, "too few"),
        (b"A text.\n", 0, "Text"),
        (&[7; 1000], 0, "0x07"),
    ] {
        let answer = run_with(["guess"], bytes);
        assert_eq!(answer.status, status, "{bytes:?}");
        let out = String::from_utf8(answer.stdout).unwrap();
        assert!(out.contains(says), "{out}");
    }
    let known = run(["guess", "fixtures/tar/ustar.tar"]).out();
    assert!(known.contains("The format is tar"), "{known}");
}

#[test]
fn what_stands_from_an_offset_on_is_guessed_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let (log, header) = log();
    // A text before it, which takes none of the records.
    let text = "a line of text\n".repeat(40);
    fs::write(&file, [text.as_bytes(), &log].concat()).unwrap();
    let file = file.to_str().unwrap();
    let start = text.len().to_string();
    let json = run(["guess", "--offset", &start, "--json", file]).out();
    let guess: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(guess["size"], log.len());
    assert_eq!(guess["blocks"][0]["offset"], text.len());
    let out = run(["guess", "-s", &start, file]).out();
    let records = format!("--offset {}", text.len() + header);
    assert!(
        out.contains("Records of 24 bytes") && out.contains(&records),
        "{out}"
    );
    let behind = (text.len() + log.len() + 1).to_string();
    run(["guess", "-s", &behind, file]).fails(4);
    // And what ends there: the last record is followed by noise that has none.
    let size = log.len().to_string();
    let noisy = folder.path().join("noisy");
    let noise: Vec<u8> = (0..4000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    fs::write(&noisy, [text.as_bytes(), &log, &noise].concat()).unwrap();
    let noisy = noisy.to_str().unwrap();
    let args = ["guess", "-s", &start, "-n", &size, noisy];
    let part = run([&args[..], &["--json"]].concat()).json();
    assert_eq!(
        (&part["size"], &part["records"]),
        (&guess["size"], &guess["records"])
    );
    let count = guess["records"]["count"].to_string();
    let out = run(args).out();
    assert!(out.contains(&format!("{records} --count {count}")), "{out}");
    // A member of an archive by its path.
    let archive = folder.path().join("a.tar");
    let archive = archive.to_str().unwrap();
    fs::write(folder.path().join("part"), &log).unwrap();
    let member = format!("{}=part", folder.path().join("part").display());
    run(["tar", "create", archive, &member]).out();
    let path = "members[\"part\"].data";
    let part = run(["guess", archive, path, "--json"]).json();
    assert_eq!(part["records"]["format"], guess["records"]["format"]);
    let out = run(["guess", archive, path]).out();
    let line = format!("bytewright records '>I h H 8s d' {archive} '{path}' --skip {header}");
    assert!(out.contains(&line), "{out}");
    let several = run(["guess", "fixtures/tar/ustar.tar", "members[*].header"]).fails(2);
    assert!(
        several.contains("members[*].header leads to 5"),
        "{several}"
    );
}
