//! What all verbs share: usage, exit status, colour, pipes, terminals.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::run::{Folder, Run, command, peer, run};

const CARET: &str = "\
error: a count is followed by nothing
  <2s:magic 3
            ^ expected a format code after the count 3
";

#[test]
fn an_unknown_verb_is_suggested_a_known_one() {
    let error = run(["unpak"]).fails(2);
    assert!(error.contains("'unpak'"), "{error}");
    assert!(error.contains("'unpack'"), "{error}");
}

#[test]
fn no_verb_greets_with_three_things_to_try() {
    let error = run::<&str>([]).fails(2);
    assert!(error.contains("Try:"), "{error}");
    let examples = error
        .lines()
        .filter(|line| line.starts_with("  bytewright "));
    assert_eq!(examples.count(), 3, "{error}");
}

#[test]
fn help_and_version_are_done() {
    assert!(run(["--version"]).out().starts_with("bytewright "));
    let screen = run(["-h"]).out();
    assert!(screen.lines().count() <= 24, "-h fits a terminal");
    assert!(screen.contains("Examples:"), "{screen}");
    let page = run(["--help"]).out();
    for verb in [
        "unpack",
        "pack",
        "layout",
        "dump",
        "size",
        "completions",
        "man",
    ] {
        assert!(page.contains(&format!("  {verb} ")), "{verb}");
        let long = run([verb, "--help"]).out();
        assert!(long.contains("Examples:"), "{verb}");
        assert!(!run([verb, "-h"]).out().contains("Examples:"), "{verb}");
    }
}

/// The commands of the help of a verb, or of the program.
fn commands(of: &[&str]) -> Vec<String> {
    let help = run(of.iter().chain(&["--help"])).out();
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    list.take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|verb| verb != "help")
        .collect()
}

/// What is wrapped by hand must not be wrapped again at 80 columns, in the middle of its lines.
#[test]
fn the_prose_of_all_help_fits_into_80_columns() {
    let mut pages = 0;
    for verb in commands(&[]) {
        let below = commands(&[&verb]);
        let paths = match below.is_empty() {
            true => vec![vec![verb]],
            false => below.into_iter().map(|b| vec![verb.clone(), b]).collect(),
        };
        for (path, help) in paths
            .iter()
            .flat_map(|path| [(path, "-h"), (path, "--help")])
        {
            let mut command = command(path.iter().map(String::as_str).chain([help]));
            let page = Run::from(command.env("COLUMNS", "200").output().unwrap()).out();
            // Clap wraps the first line, and what is indented.
            let prose = page.lines().skip(1);
            let prose = prose.filter(|line| !line.starts_with([' ', 'U']));
            for line in prose {
                assert!(line.chars().count() <= 80, "{path:?} {help}: {line}");
            }
            pages += 1;
        }
    }
    assert!(pages > 60, "{pages}");
}

#[test]
fn a_wrong_format_is_pointed_into() {
    for verb in ["size", "layout", "unpack", "pack"] {
        assert_eq!(run([verb, "<2s:magic 3"]).fails(3), CARET, "{verb}");
    }
}

#[test]
fn python_mode_refuses_what_python_refuses() {
    assert_eq!(run(["size", "<I:size"]).out(), "4\n");
    run(["size", "--python", "<I:size"]).fails(3);
    assert_eq!(run(["size", "--python", "<ccIIIIIIHH"]).out(), "30\n");
}

#[test]
fn color_is_on_when_asked_for_and_off_otherwise() {
    let colored = |args: &[&str], variable: Option<&str>| {
        let mut command = command(args);
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        output.stderr.contains(&0x1b)
    };
    assert!(!colored(&["size", "3"], None));
    assert!(!colored(&["size", "3", "--color", "auto"], None));
    assert!(!colored(&["size", "3", "--color", "never"], None));
    assert!(colored(&["size", "3", "--color", "always"], None));
    assert!(colored(&["--color=always", "size", "3"], Some("NO_COLOR")));
    assert!(colored(&["size", "3"], Some("CLICOLOR_FORCE")));
    assert!(!colored(
        &["size", "3", "--color=never"],
        Some("CLICOLOR_FORCE")
    ));
    run(["size", "<I", "--color", "red"]).fails(2);
}

#[test]
fn completions_and_manual_pages_name_the_verbs() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            ["unpack", "bytewright complete", " complete --"]
                .iter()
                .any(|part| run(["completions", shell]).out().contains(part)),
            "{shell}"
        );
    }
    let page = run(["man"]).out();
    assert!(page.contains(".TH bytewright 1"), "{page}");
    assert!(run(["man", "unpack"]).out().contains("FORMAT"));
    run(["man", "nothing"]).fails(2);
    run(["completions", "cmd"]).fails(2);
}

#[test]
fn every_page_has_examples() {
    let folder = Folder::new();
    let out = folder.path("");
    run(["man", "--out", out.to_str().unwrap()]).out();
    let pages: Vec<_> = std::fs::read_dir(folder.path("man1")).unwrap().collect();
    assert!(pages.len() > 40, "{pages:?}");
    for page in pages {
        let path = page.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        let examples = page.matches("\n.SH EXAMPLES\n").count();
        assert_eq!(examples, 1, "{}", path.display());
    }
    let said = run(["man", "--out", "no such folder"]).fails(2);
    assert!(said.contains("mkdir 'no such folder' makes it"), "{said}");
}

#[test]
fn a_closed_pipe_is_quiet() {
    let folder = Folder::new();
    let file = folder.file("zeros", &vec![0; 4 << 20]);
    let dump = folder.file("dump", b"0: 41\n4000000: 42\n");
    // Text: whoever reads has read enough. Raw bytes: somebody was to keep them all.
    for (args, status) in [
        (vec!["unpack", "B", "--all", &file], 0),
        (vec!["unpack", "B:byte", "--all", "-O", "json", &file], 0),
        (vec!["dump", "--plain", &file], 0),
        (vec!["pack", "4000000s", ""], 2),
        (vec!["dump", "--reverse", &dump], 2),
    ] {
        let mut child = command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(status), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = command(["size", "<I"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error, "error: standard output: No space left on device\n");
}

#[cfg(target_os = "linux")]
#[test]
fn raw_bytes_are_refused_on_a_terminal() {
    let binary = env!("CARGO_BIN_EXE_bytewright");
    let on_terminal = |args: &str| {
        let line = format!("{binary} {args}; echo status $?");
        peer("script", &["-qec", &line, "/dev/null"])
    };
    let Some(refused) = on_terminal("pack '>I' 1") else {
        return;
    };
    assert!(refused.contains("--force"), "{refused:?}");
    assert!(refused.contains("status 2"), "{refused:?}");
    let forced = on_terminal("pack '2s' hi --force").unwrap();
    assert!(forced.starts_with("histatus 0"), "{forced:?}");
    let hex = on_terminal("pack '>I' 1 --hex").unwrap();
    assert!(hex.starts_with("00000001\r\nstatus 0"), "{hex:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_interruption_leaves_no_half_file() {
    let folder = Folder::new();
    let target = folder.file("out", &[0; 1024]);
    // A test run in the background may have been started with the signal ignored.
    let heeding = ["--default-signal=INT", env!("CARGO_BIN_EXE_bytewright")];
    if peer("env", &["--default-signal=INT", "true"]).is_none() {
        return;
    }
    // Twenty gigabytes, none of them on the disk: nothing packs that before it is interrupted.
    let big = folder.file("big", b"");
    let file = std::fs::File::options().write(true).open(&big).unwrap();
    file.set_len(20 << 30).unwrap();
    let mut child = Command::new("env")
        .args(heeding)
        .args([
            "tar",
            "create",
            "--force",
            &target,
            &big,
            "--compress",
            "gzip",
        ])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while folder.names().len() < 3 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(folder.names(), ["big", "out"]);
    assert_eq!(std::fs::read(&target).unwrap(), [0; 1024]);
}

#[test]
fn stored_formats_are_listed_with_what_their_values_mean() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/formats/thermometer.toml"
    );
    let json = run(["formats", "message", "-O", "json", "--formats", file]).out();
    let message: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(message["enums"]["kind"]["16"], "alarm");
    assert_eq!(message["flags"]["flags"]["0x8000"], "test");
    assert_eq!(message["size"], serde_json::Value::Null);
    // One of the shelf, in the same form.
    let json = run(["formats", "zip", "-O", "json"]).out();
    let zip: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(zip["format"].as_str().unwrap().contains("PK"), "{zip}");
    let json = run(["formats", "-O", "json"]).out();
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    let shelf = all["shelf"].as_array().unwrap();
    let png = shelf.iter().find(|format| format["name"] == "png").unwrap();
    assert_eq!(png["suffixes"][0], "png");
    assert_eq!(png["group"], "pictures");
    let missing = run(["formats", "nothing", "--formats", file]).fails(2);
    assert!(missing.contains("no format nothing is known"), "{missing}");
}
