//! What the verbs show, as pictures: on terminals of 80 and 200 columns, with colour and without,
//! and in a pipe. `BYTEWRIGHT_BLESS=1 cargo test --test cli pictures` draws them anew: look at
//! them before you commit them.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Each verb on a fixture, from the root of the repository.
const SHOWN: [(&str, &[&str]); 10] = [
    ("inspect-bmp", &["inspect", "fixtures/bmp/info-4.bmp"]),
    (
        "inspect-broken",
        &["inspect", "fixtures/gzip/broken-crc.gz"],
    ),
    ("inspect-tar", &["inspect", "fixtures/tar/ustar.tar"]),
    ("dump-bmp", &["dump", "fixtures/bmp/core-24.bmp"]),
    (
        "dump-text",
        &["dump", "--no-fields", "fixtures/gzip/padded.gz"],
    ),
    (
        "diff",
        &[
            "diff",
            "fixtures/bmp/info-24.bmp",
            "fixtures/bmp/info-24-top-down.bmp",
        ],
    ),
    ("layout", &["layout", "c:tag I:length 3H:rgb"]),
    ("guess", &["guess", "fixtures/tar/ustar.tar"]),
    ("find", &["find", "fixtures/tar/ustar.tar", "a.txt"]),
    ("peek", &["peek", "fixtures/gzip/all-fields.gz", "4"]),
];

/// Where it is shown: the columns of a terminal, none in a pipe, and whether in colour.
const PLACES: [(&str, Option<u16>, bool); 4] = [
    ("80 columns, colour", Some(80), true),
    ("200 columns, colour", Some(200), true),
    ("80 columns, NO_COLOR", Some(80), false),
    ("pipe", None, true),
];

fn shown(args: &[&str], columns: Option<u16>, color: bool) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let binary = env!("CARGO_BIN_EXE_bytewright");
    let mut command = match columns {
        None => Command::new(binary),
        Some(_) => Command::new("script"),
    };
    match columns {
        None => command.args(args),
        Some(columns) => {
            let line = format!(
                "stty cols {columns} rows 50; {binary} '{}'",
                args.join("' '")
            );
            command.args(["-qec", &line, "/dev/null"])
        }
    };
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    if !color {
        command.env("NO_COLOR", "1");
    }
    let output = command
        .env("TERM", "xterm-256color")
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.replace("\r\n", "\n"))
}

/// Escape sequences of colours as words between angles, so that a picture can be read.
fn drawn(text: &str) -> String {
    let mut picture = String::new();
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_once("\x1b[") {
        picture.push_str(plain);
        let (codes, behind) = behind.split_once('m').unwrap();
        let word = match codes {
            "0" => "/",
            "1" => "bold",
            "2" => "dim",
            "31" => "red",
            "32" => "green",
            "33" => "yellow",
            "34" => "blue",
            "35" => "magenta",
            "36" => "cyan",
            other => other,
        };
        picture.push_str(&format!("‹{word}›"));
        rest = behind;
    }
    picture.push_str(rest);
    picture
}

#[test]
fn the_pictures_are_those_that_were_looked_at() {
    let bless = std::env::var_os("BYTEWRIGHT_BLESS").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/pictures");
    if shown(&["size", "B"], Some(80), true).is_none() {
        eprintln!("skipped: script is not there");
        return;
    }
    for (name, args) in SHOWN {
        let mut all = String::new();
        for (place, columns, color) in PLACES {
            let text = shown(args, columns, color).unwrap();
            let colored = text.contains('\x1b');
            assert_eq!(colored, columns.is_some() && color, "{name}, {place}");
            let picture = drawn(&text);
            all.push_str(&format!("== {place}\n{picture}\n"));
        }
        let path = folder.join(name).with_extension("txt");
        if bless {
            fs::create_dir_all(&folder).unwrap();
            fs::write(path, all).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert_eq!(all, expected, "{}", path.display());
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, args) in SHOWN {
        let Some(text) = shown(args, Some(80), false) else {
            return;
        };
        // The path of a field is as long as it is, and so are two values side by side.
        if ["find", "diff"].contains(&name) {
            continue;
        }
        let wide = text.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{name}");
    }
}
