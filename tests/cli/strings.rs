//! `strings`: the same as GNU strings, other encodings, and strings of any length.

use serde_json::json;

#[cfg(unix)]
use crate::run::command;
use crate::run::{Folder, Run, peer, run, run_with};

fn strings(args: &[&str], stdin: &[u8]) -> Run {
    run_with(["strings"].iter().chain(args), stdin)
}

/// Bytes that no run repeats, from a generator of random numbers (Knuth's MMIX).
fn noise(count: usize, mut seed: u64) -> Vec<u8> {
    let mut next = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn ascii_is_what_gnu_strings_finds() {
    let folder = Folder::new();
    let mut bytes = noise(300_000, 1);
    // Strings over the borders of everything that is read at a time.
    bytes[65_530..65_550].copy_from_slice(b"over a border of 64K");
    bytes[131_000..131_200].fill(b'x');
    bytes.extend(b"\x00abc\x00tail at the end");
    let file = folder.file("noise", &bytes);
    for (flag, n) in [("d", "4"), ("o", "3"), ("x", "6"), ("d", "1")] {
        let args = ["-a", "-t", flag, "-n", n, &file];
        let Some(expected) = peer("strings", &args) else {
            return;
        };
        let args = ["strings", "-e", "ascii", "-t", flag, "-n", n, &file];
        let printed = run(args).out();
        assert!(expected.lines().count() > 100);
        let escaped = expected.replace('\\', r"\\").replace('\t', r"\t");
        assert!(printed == escaped, "-t {flag} -n {n}");
    }
}

#[test]
fn text_is_found_in_its_encoding_at_any_byte() {
    let utf16: Vec<u8> = "Größe 42"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for before in [&b"\x01\x02"[..], b"\x01\x02\x03"] {
        let bytes = [before, &utf16, &[0xff, 0xff, 0xff]].concat();
        let out = strings(&["-e", "utf-16le", "-t", "d"], &bytes).out();
        assert_eq!(out, format!("{:>7} Größe 42\n", before.len()));
    }
    let be: Vec<u8> = "Ünïcode"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert_eq!(strings(&["-e", "utf-16be"], &be).out(), "Ünïcode\n");
    let gbk = b"\x00\xd6\xd0\xce\xc4\xd7\xd6\xb7\xfb\x00";
    assert_eq!(strings(&["-e", "gbk"], gbk).out(), "中文字符\n");
    assert_eq!(
        strings(&["-e", "latin-1"], b"\x80caf\xe9\x80").out(),
        "café\n"
    );
    assert_eq!(
        strings(&[], "\0héllo wörld\0".as_bytes()).out(),
        "héllo wörld\n"
    );
    assert_eq!(
        strings(&["-e", "ascii"], "héllo wörld".as_bytes()).out(),
        "llo w\n"
    );
}

#[test]
fn of_readings_that_overlap_the_likelier_is_printed() {
    let mut bytes = b"\0\0plain ascii text\0\0\0".to_vec();
    bytes.extend("wide text".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.extend(b"\0\0\x02\x03");
    bytes.extend("big text".encode_utf16().flat_map(u16::to_be_bytes));
    bytes.extend(b"\x02\x03\x01\xd6\xd0\xce\xc4\xd7\xd6\xb7\xfb\x01\x01\x01caf\xe9 au lait\x01");
    bytes.extend("日本語テキスト\u{1}".as_bytes());
    let out = strings(&["--encoding", "all"], &bytes).out();
    let expected = "utf-8    plain ascii text\nutf-16le wide text\nutf-16be big text\n\
                    gbk      中文字符\nlatin-1  café au lait\nutf-8    日本語テキスト\n";
    assert_eq!(out, expected);
}

#[test]
fn a_string_without_end_is_one_line_in_flat_memory() {
    let long = "é".repeat(200_000);
    let out = strings(&["-t", "d"], format!("\0{long}\0abcd").as_bytes()).out();
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some(&*format!("      1 {long}")));
    assert_eq!(lines.next(), Some(" 400002 abcd"));
    assert_eq!(lines.next(), None);
    let pieces = strings(&["-O", "json"], long.as_bytes()).json();
    assert_eq!(pieces.as_array().unwrap().len(), 4);
    assert_eq!(pieces[0]["cut"], true);
    assert_eq!(pieces[1]["offset"], 131_072);
    assert_eq!(pieces[3]["cut"], json!(null));
}

#[cfg(unix)]
#[test]
fn a_stream_without_end_is_printed_as_it_comes() {
    let mut child = command(["strings", "--encoding", "all"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        use std::io::Write;
        while stdin.write_all(&[b'y'; 65_536]).is_ok() {}
    });
    let mut some = vec![0; 1 << 20];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut some).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    writer.join().unwrap();
    assert!(some.ends_with(b"yyyy"));
}

#[test]
fn nothing_acts_on_the_terminal() {
    let out = strings(
        &["-n", "3"],
        "ab\u{1b}[2J\u{202e}gpj.exe\tx\\y\u{9b}".as_bytes(),
    )
    .out();
    assert_eq!(out, "[2J\ngpj.exe\\tx\\\\y\n");
}

#[test]
fn every_form_tells_the_same() {
    let bytes = b"\0\0left\0right";
    let first = json!({"file": "standard input", "offset": 2, "size": 4,
                       "encoding": "utf-8", "value": "left"});
    let second = json!({"file": "standard input", "offset": 7, "size": 5,
                        "encoding": "utf-8", "value": "right"});
    assert_eq!(
        strings(&["-O", "json"], bytes).json(),
        json!([first, second])
    );
    let lines = strings(&["-O", "jsonl"], bytes).out();
    assert_eq!(lines, format!("{first}\n{second}\n"));
    let part = |args: &[&str]| strings(&[&["-t", "x"], args].concat(), bytes).out();
    assert_eq!(
        part(&["--offset", "3", "-n", "3"]),
        "      3 eft\n      7 right\n"
    );
    assert_eq!(part(&["--offset", "-5"]), "      7 right\n");
    assert_eq!(part(&["--length", "8"]), "      2 left\n");
}

#[test]
fn several_files_have_their_names_before_the_lines() {
    let folder = Folder::new();
    let (a, b) = (folder.file("a", b"one line"), folder.file("b", b"\0"));
    assert_eq!(run(["strings", &a, &b]).out(), format!("{a}: one line\n"));
    assert_eq!(run(["strings", &b]).fails(1), "");
    assert_eq!(strings(&[], b"").fails(1), "");
    let missing = folder.path("c").into_os_string().into_string().unwrap();
    assert!(run(["strings", &missing]).fails(2).contains("No such file"));
}

#[test]
fn wrong_options_are_refused() {
    assert!(
        strings(&["-n", "0"], b"")
            .fails(2)
            .contains("from 1 to 65536")
    );
    assert!(
        strings(&["-t", "b"], b"")
            .fails(2)
            .contains("possible values: d, o, x")
    );
    assert!(
        strings(&["-e", "ebcdic"], b"")
            .fails(2)
            .contains("utf-16le")
    );
}
