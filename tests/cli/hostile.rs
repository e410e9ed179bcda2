//! What a file holds never acts on the terminal: every verb, on files whose names and contents
//! try to. And files that are no plain files: an answer or a clear error.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{command, run, run_with};

/// Sets the title, clears the screen, rings, turns text around, in C0, C1 and Unicode.
const HOSTILE: &str = "\x1b]0;taken\x07\x1b[2J\u{9b}31m\u{202e}gpj\u{200b}\r\x7f";

/// The verbs of the program's own table; those below others with them.
fn verbs() -> Vec<Vec<String>> {
    let below = |above: &[&str]| {
        let help = run([above, &["--help"]].concat());
        let text = String::from_utf8(help.stdout).unwrap();
        let Some((_, list)) = text.split_once("Commands:\n") else {
            return Vec::new();
        };
        let list = list.split("\n\n").next().unwrap().to_owned();
        let names = list.lines().filter_map(|line| {
            let name = line
                .strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))?;
            Some(name.split(' ').next()?.to_owned())
        });
        names.filter(|name| name != "help").collect()
    };
    let mut verbs = Vec::new();
    for verb in below(&[]) {
        let inner = below(&[&verb]);
        if inner.is_empty() {
            verbs.push(vec![verb]);
        } else {
            verbs.extend(inner.into_iter().map(|inner| vec![verb.clone(), inner]));
        }
    }
    assert!(verbs.len() >= 20, "{verbs:?}");
    verbs
}

/// A folder of files that try.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Files {
        let files = Files(tempfile::tempdir().unwrap());
        files.write(
            "data",
            format!("xxxx{HOSTILE} and more text {HOSTILE}")
                .repeat(20)
                .as_bytes(),
        );
        files.write(HOSTILE, b"content");
        files.write("other", format!("yyyy{HOSTILE} and less").as_bytes());
        let tree = files.0.path().join("tree");
        fs::create_dir(&tree).unwrap();
        fs::write(tree.join(HOSTILE), HOSTILE).unwrap();
        std::os::unix::fs::symlink(HOSTILE, tree.join("link")).unwrap();
        // A hard link whose target is deleted is told, and so are both names.
        let links = files.0.path().join("links");
        fs::create_dir(&links).unwrap();
        let (first, second) = (format!("{HOSTILE}0"), format!("{HOSTILE}1x"));
        fs::write(links.join(&first), "").unwrap();
        fs::hard_link(links.join(&first), links.join(second)).unwrap();
        for (archive, folder) in [("a.tar", "tree"), ("links.tar", "links")] {
            let made = command(["tar", "create", archive, folder])
                .current_dir(&files.0)
                .output()
                .unwrap();
            assert!(made.status.success());
        }
        let mut archive = fs::read(files.0.path().join("a.tar")).unwrap();
        let end = archive.split_off(archive.len().saturating_sub(1024));
        files.write("other.tar", &end);
        archive.truncate(archive.len().saturating_sub(500));
        archive[3] ^= 1;
        files.write("broken.tar", &archive);
        let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bmp/v5-linked.bmp");
        if let Ok(mut bitmap) = fs::read(profile) {
            let end = bitmap.len().saturating_sub(8);
            bitmap[end..].copy_from_slice(b"\x1b]0;x\x07\x9b\0");
            files.write("linked.bmp", &bitmap);
        }
        files.write(
            "formats.toml",
            format!(
                "[formats.x]\ndoc = {HOSTILE:?}\nformat = '4s:magic B:kind'\n\
                 [formats.x.enums.kind]\n27 = {HOSTILE:?}\n[formats.x.notes]\nkind = {HOSTILE:?}\n"
            )
            .replace("\\u{", "\\U{")
            .replace("\\U{1b}", "\\u001b")
            .replace("\\U{7}", "\\u0007")
            .replace("\\U{9b}", "\\u009b")
            .replace("\\U{202e}", "\\u202e")
            .replace("\\U{200b}", "\\u200b")
            .replace("\\U{7f}", "\\u007f")
            .as_bytes(),
        );
        let line = HOSTILE.replace('\r', " ");
        files.write(
            "patch",
            format!("bytewright patch 1\nfile data\nsize 1\nat 0x0 {line}\n- 00  # {line}\n+ 01\n")
                .as_bytes(),
        );
        files.write("list", format!("{}  {line}\n", "0".repeat(64)).as_bytes());
        files
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    /// What a terminal gets, standard error with it.
    fn on_terminal(&self, args: &[&str]) -> Option<Vec<u8>> {
        let quoted = |arg: &&str| format!("'{}'", arg.replace('\'', "'\\''"));
        let line: Vec<String> = [&env!("CARGO_BIN_EXE_bytewright")]
            .into_iter()
            .chain(args)
            .map(quoted)
            .collect();
        let output = Command::new("script")
            .args(["-qec", &line.join(" "), "/dev/null"])
            .current_dir(&self.0)
            .output()
            .ok()?;
        Some(output.stdout)
    }
}

/// What a verb is tried with.
fn tries(verb: &[String]) -> Vec<Vec<&'static str>> {
    let words: Vec<&str> = verb.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["unpack"] => vec![
            vec!["*s:all", "data"],
            vec!["*s", "data"],
            vec!["%x", "data", "--formats", "formats.toml"],
            vec![HOSTILE, "data"],
            vec!["B", HOSTILE],
        ],
        ["pack"] => vec![
            vec!["B", HOSTILE],
            vec![HOSTILE],
            vec!["--json", "data", "B:a"],
        ],
        ["layout"] | ["size"] => vec![vec![HOSTILE], vec!["%x", "--formats", "formats.toml"]],
        ["inspect"] => vec![
            vec!["a.tar"],
            vec!["a.tar", "--all"],
            vec!["linked.bmp"],
            vec!["data"],
            vec!["data", "-f", "*s:all"],
            vec!["data", "-f", "%x", "--formats", "formats.toml"],
            vec!["a.tar", HOSTILE],
            vec!["a.tar", "-O", "json"],
        ],
        ["extract"] => vec![
            vec!["a.tar"],
            vec!["data", "--embedded", "-o", HOSTILE],
            vec!["data", "--offset", "0"],
            vec!["a.tar", HOSTILE],
            vec![HOSTILE],
        ],
        ["get"] => vec![
            vec!["a.tar", "members[*].header.name"],
            vec!["a.tar", ""],
            vec!["a.tar", "", "-O", "json"],
            vec!["a.tar", "members[0]", "-O", "python"],
            vec!["data", "all", "-f", "*s:all"],
        ],
        ["set"] => vec![
            vec!["data", "-n", "-f", "8s:a", "a=new"],
            vec!["a.tar", "-n", "members[1].header.name=b"],
        ],
        ["apply"] => vec![vec!["patch"], vec!["patch", "other"], vec!["data"]],
        ["dump"] => vec![
            vec!["data"],
            vec!["a.tar"],
            vec!["-p", "data"],
            vec!["-r", "data"],
        ],
        ["find"] => vec![
            vec!["data", "text"],
            vec!["a.tar", "u"],
            vec!["data", HOSTILE, "-O", "json"],
            vec!["data", "--regex", HOSTILE],
        ],
        ["diff"] => vec![
            vec!["data", "other"],
            vec!["a.tar", "data"],
            vec!["a.tar", HOSTILE],
        ],
        ["peek"] => vec![
            vec!["data", "4"],
            vec!["data", "10", "--all"],
            vec![HOSTILE],
        ],
        ["hash"] => vec![
            vec!["data", HOSTILE],
            vec!["-c", "list"],
            vec!["-c", "data"],
        ],
        ["strings"] => vec![
            vec!["data"],
            vec!["data", "--encoding", "all"],
            vec!["data", "-O", "jsonl"],
            vec![HOSTILE],
        ],
        ["guess"] => vec![vec!["data"], vec![HOSTILE]],
        ["bmp", "info" | "check"] => vec![vec!["linked.bmp"], vec!["data"], vec![HOSTILE]],
        ["bmp", "show"] => vec![
            vec!["linked.bmp", "--protocol", "blocks"],
            vec!["data"],
            vec![HOSTILE],
        ],
        ["bmp", "convert"] => vec![
            vec!["linked.bmp", "out.png"],
            vec!["data", "out.png"],
            vec![HOSTILE, HOSTILE],
        ],
        ["bmp", "fix"] => vec![vec!["-n", "linked.bmp"], vec!["-n", "data"], vec![HOSTILE]],
        ["formats"] => vec![
            vec!["--formats", "formats.toml"],
            vec!["x", "--formats", "formats.toml"],
            vec![HOSTILE],
        ],
        ["formats", "convert"] => vec![vec![HOSTILE]],
        ["tar", "create"] => vec![
            vec!["b.tar", HOSTILE],
            vec!["tree/b.tar", "tree", "-v"],
            vec!["b.tar", "tree", "--dry-run"],
            vec![
                "b.tar",
                "tree",
                "--dry-run",
                "--format",
                "v7",
                "--transform",
                "s/.*/&&&&/",
            ],
            vec!["b.tar", "tree", "--exclude-from", "data"],
            vec!["b.tar", "--files-from", "data"],
            vec!["b.tar", "--files-from", HOSTILE],
            vec!["b.tar", "tree", "--transform", HOSTILE],
            vec!["b.tar", "tree", "--mtime", HOSTILE],
            vec!["b.tar", "tree", "--owner", HOSTILE],
        ],
        ["tar", "list"] => vec![
            vec!["a.tar"],
            vec!["a.tar", "-v"],
            vec!["a.tar", "-O", "json"],
            vec!["data"],
        ],
        ["tar", "check"] => vec![
            vec!["a.tar", "--min", "note"],
            vec!["broken.tar", "--min", "note"],
            vec!["broken.tar", "-O", "json"],
            vec!["broken.tar", "--repair", HOSTILE],
            vec!["data"],
            vec![HOSTILE],
        ],
        ["tar", "inspect"] => vec![
            vec!["a.tar"],
            vec!["a.tar", "tree", "--all"],
            vec!["broken.tar", "-O", "json"],
            vec!["a.tar", HOSTILE],
        ],
        ["tar", "diff"] => vec![
            vec!["a.tar", "other.tar"],
            vec!["a.tar", "other.tar", "-O", "json"],
            vec!["other.tar", "broken.tar"],
            vec!["a.tar", HOSTILE],
            vec!["a.tar", "a.tar", "--ignore", HOSTILE],
        ],
        ["tar", "manifest"] => vec![
            vec!["a.tar"],
            vec!["a.tar", "-O", "json"],
            vec!["broken.tar"],
        ],
        ["tar", "verify"] => vec![
            vec!["a.tar", "list"],
            vec!["a.tar", "list", "-O", "json"],
            vec!["a.tar", "data"],
            vec!["tree", "list"],
            vec!["a.tar", HOSTILE],
        ],
        ["tar", "extract"] => vec![vec!["a.tar", "-v"], vec!["a.tar"], vec!["a.tar", HOSTILE]],
        ["tar", "append" | "update"] => vec![
            vec!["other.tar", "tree", "-v"],
            vec!["other.tar", "tree", "--dry-run"],
            vec!["other.tar", HOSTILE],
            vec!["broken.tar", "tree"],
            vec!["other.tar", "--files-from", "data"],
            vec!["other.tar", "tree", "--transform", HOSTILE],
        ],
        ["tar", "delete"] => vec![
            vec!["links.tar", "*[0-9]"],
            vec!["other.tar", HOSTILE],
            vec!["broken.tar", "tree"],
            vec![HOSTILE, "tree"],
        ],
        ["tar", "concat"] => vec![
            vec!["a.tar", "broken.tar", "-o", "b.tar"],
            vec!["a.tar", "data", "-o", HOSTILE],
            vec!["a.tar", "-o", "-"],
        ],
        // What it draws of a file is asked in tests/view.
        ["view"] => vec![vec!["gone\x1b]0;taken\x07"], vec!["a.tar", "-f", HOSTILE]],
        ["records"] => vec![
            vec!["*s:text", "data"],
            vec!["members[*].header", "a.tar"],
            vec!["<4s:a", "data", "-O", "csv", "--allow-partial"],
            vec!["<4s:a", "data", "-O", "json", "--allow-partial"],
            vec!["<4s:a", HOSTILE],
            vec!["<4s:a", "data", "--where", HOSTILE],
            vec!["<4s:a", "data", "--select", HOSTILE],
            vec![HOSTILE, "data"],
            vec!["--pack", "<4s:a", "data"],
        ],
        ["records", "stats"] => vec![
            vec!["<4s:a", "data", "--allow-partial"],
            vec!["*s:text", "data"],
        ],
        ["completions"] => vec![vec![HOSTILE]],
        ["man"] => vec![vec![]],
        other => panic!("nothing is tried with {other:?}: add what it could print of a file"),
    }
}

/// What of a terminal's input acts on it: anything but line ends, tabs, colors and plain text.
fn acts(shown: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(shown).replace("\r\n", "\n");
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    }) {
        let found = &rest[at..];
        let color = found.strip_prefix("\x1b[").and_then(|body| {
            let end = body.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            body[end..].strip_prefix('m')
        });
        match color {
            Some(behind) => rest = behind,
            None => return Some(found.chars().take(40).collect()),
        }
    }
    None
}

#[test]
fn no_verb_lets_a_file_act_on_the_terminal() {
    assert_eq!(acts(b"\x1b[1;31mred\x1b[0m \xc3\xa9\n"), None);
    assert!(acts(b"\x1b]0;x\x07").is_some() && acts(b"\x1b[2J").is_some());
    let files = Files::new();
    let mut tried = 0;
    for verb in verbs() {
        for try_ in tries(&verb) {
            let words: Vec<&str> = verb.iter().map(String::as_str).chain(try_).collect();
            let Some(shown) = files.on_terminal(&words) else {
                eprintln!("skipped: script is not there");
                return;
            };
            if let Some(found) = acts(&shown) {
                panic!("{words:?} prints {found:?}");
            }
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried}");
}

/// Each verb that reads any file, and what it is given before or after it.
const READERS: [&[&str]; 20] = [
    &["inspect", "FILE"],
    &["get", "FILE", "a", "-f", "2s:a"],
    &["dump", "FILE", "--length", "64"],
    &["dump", "--plain", "FILE", "--length", "64"],
    &["find", "FILE", "zz", "--length", "1000"],
    &["diff", "FILE", "FILE", "-q"],
    &["peek", "FILE"],
    &["extract", "FILE", "--offset", "0", "--length", "1"],
    &["strings", "FILE", "--length", "1000"],
    &["guess", "FILE"],
    &["hash", "FILE", "--length", "1000"],
    &["unpack", "B", "FILE"],
    &["bmp", "info", "FILE"],
    &["bmp", "check", "FILE"],
    &["bmp", "fix", "-n", "FILE"],
    &["tar", "list", "FILE"],
    &["tar", "check", "FILE"],
    &["tar", "inspect", "FILE"],
    &["tar", "manifest", "FILE"],
    &["tar", "diff", "FILE", "/dev/null"],
];

fn readers(file: &str) -> impl Iterator<Item = Vec<String>> {
    READERS.iter().map(move |args| {
        let arg = |arg: &&str| {
            if *arg == "FILE" {
                file.to_owned()
            } else {
                (*arg).to_owned()
            }
        };
        args.iter().map(arg).collect()
    })
}

#[test]
fn odd_files_have_an_answer_or_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::write(&empty, "").unwrap();
    let sparse = folder.path().join("sparse");
    let file = fs::File::create(&sparse).unwrap();
    // As long as the file system lets a file be.
    if file.set_len(1 << 40).is_err() {
        file.set_len(1 << 33).unwrap();
    }
    let odd = [
        empty.to_str().unwrap(),
        "/proc/self/status",
        "/dev/null",
        folder.path().to_str().unwrap(),
        "/nothing/there",
    ];
    for file in odd {
        for args in readers(file) {
            let answer = run(&args);
            assert!((0..=4).contains(&answer.status), "{args:?}");
            let plain =
                answer.status == 0 || !answer.stderr.is_empty() || !answer.stdout.is_empty();
            assert!(plain || answer.status == 1, "{args:?} says nothing");
            assert!(
                !answer.stderr.contains("panicked"),
                "{args:?}: {}",
                answer.stderr
            );
        }
    }
    let sparse = sparse.to_str().unwrap();
    for args in [
        vec!["dump", sparse, "--offset", "-32"],
        vec![
            "dump",
            "--plain",
            sparse,
            "--offset",
            "0x100000000",
            "--length",
            "32",
        ],
        vec!["peek", sparse, "-16"],
        vec!["guess", sparse],
        vec!["inspect", sparse],
        vec!["get", sparse, "a", "-f", "4s:a"],
        vec!["hash", sparse, "--offset", "-1000"],
        vec!["unpack", "Q", sparse],
        vec!["set", sparse, "a=ab", "-f", "2s:a", "--dry-run"],
    ] {
        let answer = run(&args);
        assert!(answer.status <= 1, "{args:?}: {}", answer.stderr);
    }
}

/// A file that another process cuts while it is read: whatever comes out, nothing panics.
#[test]
fn files_that_shrink_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shrinking");
    let content = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tar/ustar.tar"));
    let content = content.unwrap().repeat(2000);
    for args in readers(path.to_str().unwrap()) {
        fs::write(&path, &content).unwrap();
        let child = command(&args)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        for size in (0..50).rev() {
            file.set_len(size * 100_000).unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert!((0..=4).contains(&output.status.code().unwrap()), "{args:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!errors.contains("panicked"), "{args:?}: {errors}");
    }
}

#[test]
fn a_pipe_is_as_good_as_a_file() {
    let tar = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tar/ustar.tar");
    let tar = tar.to_str().unwrap();
    let bytes = fs::read(tar).unwrap();
    for args in readers("FILE") {
        // A stream that is no bitmap is not read to its end, which may never come. What guess
        // prints is to be copied, with the file's name as a shell takes it.
        if ["diff", "bmp", "guess"].contains(&&*args[0]) || args.iter().any(|arg| arg == "--length")
        {
            continue;
        }
        let with = |name: &str| -> Vec<String> {
            args.iter()
                .map(|arg| {
                    if arg == "FILE" {
                        name.to_owned()
                    } else {
                        arg.clone()
                    }
                })
                .collect()
        };
        let (file, pipe) = (run(with(tar)), run_with(with("-"), &bytes));
        assert_eq!(file.status, pipe.status, "{args:?}");
        let shown = String::from_utf8_lossy(&file.stdout).replace(tar, "standard input");
        assert_eq!(shown, String::from_utf8_lossy(&pipe.stdout), "{args:?}");
    }
}
