//! `view`: what it needs, and that the terminal is given back. What is on its screen is tested in
//! `tests/view`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common;
use crate::run::run;

fn bitmap() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp/info-8.bmp");
    path.to_str().unwrap().to_owned()
}

#[test]
fn without_a_terminal_it_says_what_writes_text() {
    let error = run(["view", &bitmap()]).fails(2);
    assert_eq!(
        error,
        "error: a full screen needs a terminal; inspect and dump write text\n"
    );
}

#[test]
fn a_file_that_is_not_there_and_a_format_that_is_none_are_told_first() {
    let error = run(["view", "nothing.bmp"]).fails(2);
    assert!(error.starts_with("error: nothing.bmp: "), "{error}");
    let error = run(["view", &bitmap(), "-f", "<H:n 3"]).fails(3);
    assert!(error.contains("a count is followed by nothing"), "{error}");
    let error = run(["browse", &bitmap()]).fails(2);
    assert!(error.contains("bytewright view"), "{error}");
}

/// What enters and leaves the other screen of a terminal, as xterm has them.
const ENTER: &[u8] = b"\x1b[?1049h";
const LEAVE: &[u8] = b"\x1b[?1049l";

fn contains(output: &[u8], what: &[u8]) -> bool {
    output.windows(what.len()).any(|window| window == what)
}

/// Runs a line of shell at a terminal of 80 × 24, and types a key until it ends.
fn at_terminal(line: &str, key: &'static [u8]) -> Option<(Vec<u8>, i32)> {
    if !common::have_peer("script", &["--version"]) {
        return None;
    }
    let line = format!("stty rows 24 cols 80; {line}");
    let mut script = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = script.stdin.take().unwrap();
    let typing = std::thread::spawn(move || {
        // One that comes before the program reads keys is lost.
        while keys.write_all(key).and_then(|()| keys.flush()).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    let mut output = Vec::new();
    script
        .stdout
        .take()
        .unwrap()
        .read_to_end(&mut output)
        .unwrap();
    let status = script.wait().unwrap();
    drop(typing);
    Some((output, status.code().unwrap()))
}

#[test]
fn q_quits_and_gives_the_terminal_back() {
    let tool = env!("CARGO_BIN_EXE_bytewright");
    let line = format!("{tool} view {} && stty -a", bitmap());
    let Some((output, status)) = at_terminal(&line, b"q") else {
        return;
    };
    let text = String::from_utf8_lossy(&output);
    assert_eq!(status, 0, "{text}");
    assert!(
        contains(&output, ENTER) && contains(&output, LEAVE),
        "{text}"
    );
    assert!(contains(&output, b"file_header"), "{text}");
    assert!(
        text.contains(" icanon") && text.contains(" echo "),
        "{text}"
    );
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let tool = env!("CARGO_BIN_EXE_bytewright");
    let line = format!(
        "timeout --foreground --preserve-status -s TERM 2 {tool} view {}; echo status $?; stty -a",
        bitmap()
    );
    let Some((output, _)) = at_terminal(&line, b"j") else {
        return;
    };
    let text = String::from_utf8_lossy(&output);
    // On a machine so busy that the signal comes first there is nothing to give back.
    if contains(&output, ENTER) {
        assert!(contains(&output, LEAVE), "{text}");
        assert!(text.contains("status 130"), "{text}");
    }
    assert!(
        text.contains(" icanon") && text.contains(" echo "),
        "{text}"
    );
}
