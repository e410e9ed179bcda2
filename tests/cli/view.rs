//! `view`: what it needs, and that the terminal is given back. What is on its screen is tested in
//! `tests/view`.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytewright::Source;
use bytewright::format::Format;
use bytewright::view::{self, App, BuiltIn, Colors, Host, HostError, Opening};

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

/// How often something stands in what was printed.
fn count(output: &[u8], what: &[u8]) -> usize {
    output.windows(what.len()).filter(|w| *w == what).count()
}

/// Runs a line of shell at a terminal of 80 × 24, and types a key until it ends.
fn at_terminal(line: &str, key: &'static [u8]) -> Option<(Vec<u8>, i32)> {
    typing_at_terminal(line, move |_| key)
}

/// The same; which key is typed next follows from what was printed so far.
fn typing_at_terminal(
    line: &str,
    next: impl Fn(&[u8]) -> &'static [u8] + Send + 'static,
) -> Option<(Vec<u8>, i32)> {
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
    let printed = Arc::new(Mutex::new(Vec::new()));
    let mut keys = script.stdin.take().unwrap();
    let so_far = Arc::downgrade(&printed);
    std::thread::spawn(move || {
        // One that comes before the program reads keys is lost.
        while let Some(printed) = so_far.upgrade() {
            let key = next(&printed.lock().unwrap());
            drop(printed);
            if keys.write_all(key).and_then(|()| keys.flush()).is_err() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    let mut stdout = script.stdout.take().unwrap();
    let mut piece = [0; 4096];
    loop {
        let size = stdout.read(&mut piece).unwrap();
        if size == 0 {
            break;
        }
        printed.lock().unwrap().extend_from_slice(&piece[..size]);
    }
    let status = script.wait().unwrap();
    let output = std::mem::take(&mut *printed.lock().unwrap());
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

#[test]
fn ctrl_z_stops_it_and_the_shell_lets_it_go_on() {
    let tool = env!("CARGO_BIN_EXE_bytewright");
    // With job control, as a shell that people type at has it.
    let line = format!(
        "set -m; {tool} view {}; echo stopped with $?; stty -a; fg; echo ended with $?; stty -a",
        bitmap()
    );
    let keys = |printed: &[u8]| -> &'static [u8] {
        match (count(printed, ENTER), count(printed, LEAVE)) {
            (1, 0) => b"\x1a",
            (2, 1) => b"q",
            _ => b"",
        }
    };
    let Some((output, _)) = typing_at_terminal(&line, keys) else {
        return;
    };
    gave_back_and_took_again(&output);
}

/// The terminal was given back when the program stopped, and again at its end; in between the screen was drawn anew.
fn gave_back_and_took_again(output: &[u8]) {
    let text = String::from_utf8_lossy(output);
    assert_eq!(
        (count(output, ENTER), count(output, LEAVE)),
        (2, 2),
        "{text}"
    );
    // 128 and the number of the signal that stops it.
    let (first, second) = text.split_once("stopped with 1").expect(&text);
    let (between, again) = second.split_once("\x1b[?1049h").expect(&text);
    assert!(first.contains("file_header"), "{text}");
    assert!(
        between.contains(" icanon") && between.contains(" echo "),
        "{text}"
    );
    assert!(again.contains("file_header"), "drawn anew: {text}");
    let (_, end) = again.split_once("ended with 0").expect(&text);
    assert!(end.contains(" icanon") && end.contains(" echo "), "{text}");
}

/// As by another program, which tells this one alone.
#[test]
fn being_told_to_stop_gives_the_terminal_back_and_going_on_takes_it_again() {
    let tool = env!("CARGO_BIN_EXE_bytewright");
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        "cd {}; set -m; sh -c 'echo $$ > pid; exec {tool} view {}'; echo stopped with $?; stty -a; \
         fg; echo ended with $?; stty -a",
        folder.path().display(),
        bitmap()
    );
    let path = folder.path().join("pid");
    let is_told = AtomicBool::new(false);
    let keys = move |printed: &[u8]| -> &'static [u8] {
        match (count(printed, ENTER), count(printed, LEAVE)) {
            (1, 0) if contains(printed, b"file_header") => {
                if !is_told.swap(true, Ordering::SeqCst) {
                    let pid = std::fs::read_to_string(&path).unwrap();
                    let told = Command::new("kill").args(["-TSTP", pid.trim()]).status();
                    assert!(told.unwrap().success());
                }
                b""
            }
            (2, 1) => b"q",
            _ => b"",
        }
    };
    let Some((output, _)) = typing_at_terminal(&line, keys) else {
        return;
    };
    gave_back_and_took_again(&output);
}

#[test]
fn a_dumb_terminal_is_told_what_writes_text() {
    let tool = env!("CARGO_BIN_EXE_bytewright");
    let line = format!("TERM=dumb {tool} view {}", bitmap());
    let Some((output, status)) = at_terminal(&line, b"") else {
        return;
    };
    let text = String::from_utf8_lossy(&output);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("TERM=dumb"), "{text}");
    assert!(!contains(&output, ENTER), "{text}");
}

/// Panics on the thread that draws, where a format is asked for.
struct Panics;

impl Host for Panics {
    fn detect(&self, source: &Source, name: Option<&Path>) -> io::Result<Arc<dyn Format>> {
        BuiltIn.detect(source, name)
    }

    fn format(&self, _: &str) -> Result<Arc<dyn Format>, HostError> {
        panic!("the host gave up")
    }
}

#[test]
#[ignore = "a_panic_gives_the_terminal_back runs it, at a terminal"]
fn a_browser_whose_host_panics() {
    let opening = Opening {
        name: "a.bmp".to_owned(),
        source: Source::open(bitmap()).unwrap(),
        path: None,
        format: None,
        other: None,
    };
    let mut app = App::open(opening, &Panics, Colors::None).unwrap();
    view::run(&mut app).unwrap();
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let tests = std::env::current_exe().unwrap();
    let line = format!(
        "{} --exact view::a_browser_whose_host_panics --ignored --nocapture; stty -a",
        tests.display()
    );
    let Some((output, _)) = at_terminal(&line, b"fx\r") else {
        return;
    };
    let text = String::from_utf8_lossy(&output);
    assert_eq!(
        (count(&output, ENTER), count(&output, LEAVE)),
        (1, 1),
        "{text}"
    );
    let (_, after) = text.split_once("\x1b[?1049l").expect(&text);
    assert!(
        after.contains("the host gave up"),
        "told on the screen before: {text}"
    );
    assert!(
        after.contains(" icanon") && after.contains(" echo "),
        "{text}"
    );
}
