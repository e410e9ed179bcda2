//! Patterns mean what GNU tar means by them.

#![cfg(feature = "tar-rules")]

use std::fs;
use std::process::Command;

use bytewright::formats::tar::{Archive, Builder, Rules, Selection};

use super::{have, run};

/// Files, each alone in what it tries out. All are ASCII: to glibc, `?` is a character as well as a
/// byte of one.
const NAMES: &[&str] = &[
    "a",
    "b.c",
    "ab",
    "proc/1/x",
    "proc/A",
    "x/proc/self",
    "x/y/z.o",
    "[ab]",
    "[id].js",
    "i.js",
    "x[y",
    "{a,b}",
    "c/{{name}}/f",
    "c/name/f",
    "Upper",
    "-",
    "]",
    "a]",
    "^a",
    "!a",
    "back\\slash",
    "st*r",
    "que?",
    "sp ace",
    "d-e",
];

/// What patterns are put together from.
const PIECES: &[&str] = &[
    "a",
    "b",
    "c",
    "x",
    "y",
    "z",
    "proc",
    "1",
    "A",
    "/",
    "/",
    "*",
    "*",
    "?",
    ".",
    "o",
    "js",
    "i",
    "[ab]",
    "[!a]",
    "[^a-c]",
    "[a-z]",
    "[[:upper:]]",
    "[[:digit:]",
    "[[:lower:]x-]",
    "[]]",
    "[]a]",
    "[",
    "]",
    "{",
    "}",
    "{a,b}",
    ",",
    "\\*",
    "\\[",
    "\\\\",
    "-",
    "^",
    "!",
    "**",
    "name",
    "[[=a=]]",
    "[[.-.]]",
    " ",
    "[!]]",
    "[\\]]",
    "[a-]",
    "[/]",
];

/// Patterns of one to six pieces, the same in every run.
fn patterns(count: usize) -> Vec<String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut patterns: Vec<String> = [
        "proc/*",
        "x/*",
        "x/proc/*",
        "*/proc/*",
        "./a",
        "[id].js",
        "x[y",
        "{{name}}",
        "{a,b}",
        "[[:upper:]]*",
        "[[:upper]pper",
        "*.o",
        "?",
    ]
    .map(str::to_owned)
    .to_vec();
    while patterns.len() < count {
        let pieces = 1 + next(6);
        let pattern: String = (0..pieces).map(|_| PIECES[next(PIECES.len())]).collect();
        // What ends in `/` means folders here, and nothing in GNU tar; what begins with it is
        // matched with the path on disk.
        if !pattern.starts_with('/') && !pattern.ends_with('/') {
            patterns.push(pattern);
        }
    }
    patterns
}

fn sorted(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().collect();
    lines.sort();
    lines
}

/// Lines of GNU tar, unquoted, without the slashes after folders.
fn gnu(command: &mut Command) -> Vec<String> {
    let listed = run(command.arg("--quoting-style=literal"));
    let listed = String::from_utf8(listed).unwrap();
    sorted(listed.lines().map(|l| l.trim_end_matches('/').to_owned()))
}

fn shown(name: &[u8]) -> String {
    let name = std::str::from_utf8(name).unwrap();
    name.trim_end_matches('/').to_owned()
}

#[test]
fn exclusions_leave_out_what_gnu_tar_leaves_out() {
    if !have("tar") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("r");
    for name in NAMES {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let all = home.path().join("all.tar");
    let mut tar = Command::new("tar");
    run(tar.arg("-C").arg(home.path()).arg("-cf").arg(&all).arg("r"));
    let bytes = fs::read(&all).unwrap();
    for pattern in patterns(250) {
        let excluded = format!("--exclude={pattern}");
        let mut tar = Command::new("tar");
        tar.current_dir(home.path()).args(["-cvf", "/dev/null"]);
        let theirs = gnu(tar.args([&excluded, "r"]));
        let Ok(rules) = Rules::new().exclude(&pattern) else {
            // Ranges that are empty match nothing there.
            let mut tar = Command::new("tar");
            tar.current_dir(home.path())
                .args(["-cvf", "/dev/null", "r"]);
            assert_eq!(theirs, gnu(&mut tar), "{pattern:?} is refused");
            continue;
        };
        let mut builder = Builder::new(Vec::new()).rules(rules);
        let added = builder.add(&root, "r", &mut |notice| panic!("{notice}"));
        added.unwrap();
        let mut archive = Archive::new(builder.finish().unwrap().into()).unwrap();
        let ours = archive.members().map(|m| shown(&m.unwrap().name));
        assert_eq!(sorted(ours), theirs, "create --exclude {pattern:?}");

        // An archive is looked at in the same way.
        let mut tar = Command::new("tar");
        let theirs = gnu(tar.arg("-tf").arg(&all).arg(&excluded));
        let mut selection = Selection::default().exclude([&pattern]).unwrap();
        let mut archive = Archive::new(bytes.clone().into()).unwrap();
        let names = archive.members().map(|m| m.unwrap().name);
        let ours = names.filter(|name| selection.takes(name));
        let ours = sorted(ours.map(|name| shown(&name)));
        assert_eq!(ours, theirs, "list --exclude {pattern:?}");
    }
}

#[test]
fn globs_among_names_take_what_gnu_tar_takes() {
    if !have("tar") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    for name in NAMES {
        let path = home.path().join("r").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let all = home.path().join("all.tar");
    let mut tar = Command::new("tar");
    run(tar.arg("-C").arg(home.path()).arg("-cf").arg(&all).arg("r"));
    let bytes = fs::read(&all).unwrap();
    for pattern in patterns(250) {
        let pattern = format!("r/{pattern}");
        // Doubled slashes and dots mean nothing here.
        if pattern.split('/').any(|part| matches!(part, "" | ".")) {
            continue;
        }
        let mut selection = Selection::new([pattern.clone().into_bytes()]).globs();
        let mut archive = Archive::new(bytes.clone().into()).unwrap();
        let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
        let exact = names.iter().any(|name| shown(name) == pattern);
        if exact {
            names.iter().for_each(|name| selection.is_name(name));
        }
        let ours = names.iter().filter(|name| selection.takes(name));
        let ours = sorted(ours.map(|name| shown(name)));
        let is_glob = !exact && pattern.contains(['*', '?', '[']);
        let kind = match is_glob {
            true => "--wildcards",
            false => "--no-wildcards",
        };
        let mut tar = Command::new("tar");
        tar.env("LC_ALL", "C.UTF-8").arg("-tf").arg(&all);
        let output = tar
            .args([
                "--quoting-style=literal",
                "--no-unquote",
                kind,
                "--",
                &pattern,
            ])
            .output()
            .unwrap();
        let theirs = String::from_utf8(output.stdout).unwrap();
        let theirs = sorted(theirs.lines().map(|l| l.trim_end_matches('/').to_owned()));
        assert_eq!(ours, theirs, "list {pattern:?}");
    }
}
