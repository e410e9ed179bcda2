//! Completions, by what the program answers and by what real shells make of it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{Folder, run};

const ALL_FIELDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/gzip/all-fields.gz");
const USTAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tar/ustar.tar");

/// The candidates for the last word, without what they are about.
fn candidates(words: &[&str]) -> Vec<String> {
    let args = ["complete", "--"].iter().chain(words);
    let out = run(args).out();
    let first = |line: &str| line.split('\t').next().unwrap().to_owned();
    out.lines().map(first).collect()
}

#[test]
fn verbs_options_and_values_follow() {
    assert_eq!(candidates(&["unp"]), ["unpack", ":files"]);
    assert!(candidates(&[""]).contains(&"tar".to_owned()));
    assert_eq!(candidates(&["tar", "ex"]), ["extract"]);
    assert_eq!(candidates(&["dump", "--off"]), ["--offset"]);
    assert_eq!(candidates(&["--color", "al"]), ["always"]);
    assert_eq!(candidates(&["dump", "--color=al"]), ["--color=always"]);
    assert_eq!(
        candidates(&["hash", "-a", "sha"]),
        ["sha1", "sha256", "sha512"]
    );
    assert_eq!(candidates(&["hash", "-a", "crc32,bl"]), ["crc32,blake3"]);
    assert_eq!(candidates(&["inspect", "-f", "gz"]), ["gzip"]);
    assert_eq!(candidates(&["completions", "z"]), ["zsh"]);
    assert_eq!(candidates(&["man", "tar", "li"]), ["list"]);
    assert_eq!(candidates(&["size", ""]), Vec::<String>::new());
}

#[test]
fn fields_and_members_follow_their_file() {
    assert_eq!(
        candidates(&["get", ALL_FIELDS, "members[0].header.m"]),
        [
            "members[0].header.magic",
            "members[0].header.method",
            "members[0].header.mtime",
            ":goes-on"
        ]
    );
    assert_eq!(
        candidates(&["set", ALL_FIELDS, "members[0].header.os"]),
        ["members[0].header.os=", ":goes-on"]
    );
    // The verb may be left out.
    assert_eq!(
        candidates(&[ALL_FIELDS, "mem"]),
        ["members", ":goes-on", ":files"]
    );
    assert_eq!(candidates(&["tar", "list", USTAR, "d/a"]), ["d/a.txt"]);
    assert_eq!(candidates(&["tar", "list", USTAR, ""]), ["d/", ":goes-on"]);
    // What can't be opened has neither.
    assert_eq!(candidates(&["get", "no-such-file", ""]), [":goes-on"; 0]);
}

/// The script for a shell in a folder, with the folder; `None` where a program is missing.
fn script(shell: &str, programs: &[&str]) -> Option<(Folder, String)> {
    for program in programs {
        let found = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if found.is_err() {
            eprintln!("skipped: {program} is missing");
            return None;
        }
    }
    let folder = Folder::new();
    let text = run(["completions", shell]).out();
    let file = folder.file("completions", text.as_bytes());
    Some((folder, file))
}

/// Runs a shell with the program on its path, without the user's configuration.
fn shell(folder: &Folder, command: &[&str]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_bytewright"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    // A shell that waits for what never comes is a failure, and no end of the test.
    let output = Command::new("timeout")
        .arg("120")
        .args(command)
        .env("PATH", path)
        .env("HOME", folder.path(""))
        .env("XDG_CONFIG_HOME", folder.path("config"))
        .env("XDG_DATA_HOME", folder.path("data"))
        .env("TERM", "xterm")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_gets_words_as_it_splits_and_quotes_them() {
    let Some((folder, file)) = script("bash", &["bash", "timeout"]) else {
        return;
    };
    // What bash sets before it calls the function; words are split at = and : too.
    for (line, words, expected) in [
        ("bytewright tar ex", "bytewright tar ex", "extract"),
        ("bytewright --color=al", "bytewright --color = al", "always"),
        (
            "bytewright --color=",
            "bytewright --color =",
            "auto always never",
        ),
        (
            "bytewright completions ",
            "bytewright completions ''",
            "bash elvish fish powershell zsh",
        ),
        (
            "bytewright hash Carg",
            "bytewright hash Carg",
            "Cargo.toml Cargo.lock",
        ),
        (
            "bytewright get fixtures/tar/ustar.tar members[1].header.mo",
            "bytewright get fixtures/tar/ustar.tar members[1].header.mo",
            r"members\[1\].header.mode",
        ),
        (
            "bytewright get fixtures/tar/ustar.tar 'members[1].header.mo",
            r#"bytewright get fixtures/tar/ustar.tar \''members[1].header.mo'"#,
            "members[1].header.mode",
        ),
    ] {
        let line = line.replace('\'', r"'\''");
        let call = format!(
            "source {file}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; _bytewright; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let out = shell(&folder, &["bash", "--norc", "-c", &call]);
        let mut found: Vec<&str> = out.lines().collect();
        let mut expected: Vec<&str> = expected.split(' ').collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn fish_completes() {
    let Some((folder, file)) = script("fish", &["fish", "timeout"]) else {
        return;
    };
    for (line, expected) in [
        ("bytewright tar ex", "extract"),
        ("bytewright --color al", "always"),
        ("bytewright hash Cargo.t", "Cargo.toml"),
        ("bytewright get fixtures/gzip/all-fields.gz mem", "members"),
        ("bytewright tar list fixtures/tar/ustar.tar d/a", "d/a.txt"),
    ] {
        let call = format!("source {file}; complete -C '{line}'");
        let out = shell(&folder, &["fish", "--no-config", "-c", &call]);
        let found: Vec<&str> = out
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(found, [expected], "{line}");
    }
}

#[test]
fn names_of_files_with_odd_characters_are_completed() {
    if let Some((folder, file)) = script("bash", &["bash", "timeout"]) {
        folder.file("x=y.bmp", b"");
        folder.file("x=a z.bmp", b"");
        let call = format!(
            "source {file}; cd {}; COMP_WORDS=(bytewright inspect x = a); COMP_CWORD=4; \
             COMP_LINE='bytewright inspect x=a'; COMP_POINT=${{#COMP_LINE}}; _bytewright; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            folder.path("").display()
        );
        let out = shell(&folder, &["bash", "--norc", "-c", &call]);
        assert_eq!(out, "a z.bmp\n");
    }
    if let Some((folder, file)) = script("fish", &["fish", "timeout"]) {
        folder.file("-dash", b"");
        folder.file("a b", b"");
        let cd = format!("source {file}; cd {}", folder.path("").display());
        for (line, expected) in [
            ("bytewright inspect -- -", "-dash\n"),
            ("bytewright inspect a", "a b\n"),
        ] {
            let call = format!("{cd}; complete -C '{line}'");
            let out = shell(&folder, &["fish", "--no-config", "-c", &call]);
            assert_eq!(out, expected, "{line}");
        }
    }
}

/// Keys in shells that think they are on a terminal, which zsh makes: it types, and waits for what the
/// shell makes of it.
#[test]
fn a_tab_completes_in_zsh_and_in_bash() {
    let Some((folder, zsh)) = script("zsh", &["zsh", "bash", "timeout"]) else {
        return;
    };
    let (bash_folder, bash) = script("bash", &[]).unwrap();
    let start = format!("autoload -U compinit; compinit -u -D; source {zsh}; PS1=REA\\'\\'DY");
    let bash_start = format!("source {bash}; PS1=REA\\'\\'DY");
    for (program, start) in [("zsh -f -i", &start), ("bash --norc -i", &bash_start)] {
        for (keys, expected) in [
            ("bytewright tar ex\\t", "bytewright tar extract"),
            ("bytewright hash Cargo.t\\t", "bytewright hash Cargo.toml"),
            ("bytewright --color=al\\t", "bytewright --color=always"),
            (
                "bytewright tar list fixtures/tar/ustar.tar d/a\\t",
                "bytewright tar list fixtures/tar/ustar.tar d/a.txt",
            ),
            // A quote that is open.
            (
                "bytewright get fixtures/gzip/all-fields.gz \"mem\\t",
                "bytewright get fixtures/gzip/all-fields.gz \"members",
            ),
        ] {
            // The shell echoes what is typed, and adds what the tab brings.
            let call = format!(
                "zmodload zsh/zpty; zpty -e shell {program}; zpty -w shell $'{start}'; \
                 zpty -r shell out '*READY*'; zpty -n -w shell $'{keys}'; \
                 zpty -r shell out '*{expected}*'; print -r -- \"$out\""
            );
            let call = call.replace("echo GOT bytewright", "bytewright");
            let out = shell(&folder, &["zsh", "-f", "-c", &call.replace("*GOT ", "*")]);
            assert!(
                out.contains(expected.rsplit(' ').next().unwrap()),
                "{program}: {out}"
            );
        }
    }
    drop(bash_folder);
}
